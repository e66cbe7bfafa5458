-- Servers hold for a few seconds who is behind a session or token. Whatever changes that is told to all of them when it
-- is committed. That somebody was seen or signed in again changes nothing.
CREATE FUNCTION tell_signed_in() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('bizhub_signed_in', '');
  RETURN NULL;
END
$$;

CREATE TRIGGER users_tell_signed_in
  AFTER UPDATE OF username, role, full_name, is_active, must_change_password, password_hash OR DELETE ON users
  FOR EACH STATEMENT EXECUTE FUNCTION tell_signed_in();
CREATE TRIGGER sessions_tell_signed_in
  AFTER UPDATE OF user_id, token_hash, expires_at, revoked_at OR DELETE ON sessions
  FOR EACH STATEMENT EXECUTE FUNCTION tell_signed_in();
CREATE TRIGGER api_tokens_tell_signed_in
  AFTER UPDATE OF user_id, token_hash, expires_at, revoked_at OR DELETE ON api_tokens
  FOR EACH STATEMENT EXECUTE FUNCTION tell_signed_in();
