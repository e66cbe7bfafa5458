-- Functions that defaults, indexes and triggers stand on. Plain SQL bodies, so that the planner inlines them.

-- The instant that history is written with: the application's clock when it says one (bizhub.now), else the transaction's.
CREATE FUNCTION shop_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(current_setting('bizhub.now', true), '')::timestamptz, now()) $$;

-- The business day of that instant, in the session's time zone.
CREATE FUNCTION shop_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(nullif(current_setting('bizhub.now', true), '')::timestamptz, now())::date $$;

-- The user on whose behalf the transaction runs, if it said so (bizhub.user_id).
CREATE FUNCTION shop_actor() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('bizhub.user_id', true), '')::integer $$;

-- Why the transaction does what it does, if it said so (bizhub.reason).
CREATE FUNCTION shop_reason() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('bizhub.reason', true), '') $$;

-- Serials and references are the same whatever their case and spaces.
CREATE FUNCTION serial_key(typed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT upper(regexp_replace(typed, '\s', '', 'g')) $$;

-- A document number: six digits or more, never cut.
CREATE FUNCTION pad_number(prefix text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT prefix || lpad(number::text, greatest(6, length(number::text)), '0') $$;

-- 22 characters that nobody guesses, for the public page behind a QR code.
CREATE FUNCTION new_check_code() RETURNS text LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$ SELECT translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_') $$;

CREATE FUNCTION update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := shop_now();
  RETURN NEW;
END;
$$;

-- Logs, events and money rows are added to and never changed, by whoever is connected.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are kept as they were written: add a new row instead of changing one.', TG_TABLE_NAME
    USING ERRCODE = 'BZ003', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
END;
$$;
