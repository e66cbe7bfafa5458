BEGIN;
-- The application cannot change the schema, its guards or the table of moves.
SET LOCAL ROLE bizhub_app;
DO $$
DECLARE
  t text;
BEGIN
  PERFORM trial.refused('CREATE TABLE x (a integer)', '42501');
  PERFORM trial.refused('CREATE TEMP TABLE x (a integer)', '42501');
  PERFORM trial.refused('CREATE FUNCTION public.x() RETURNS integer LANGUAGE sql AS ''SELECT 1''', '42501');
  PERFORM trial.refused('ALTER TABLE assets DISABLE TRIGGER ALL', '42501');
  PERFORM trial.refused('DROP TRIGGER guard_asset_update ON assets', '42501');
  PERFORM trial.refused('SET session_replication_role = replica', '42501');
  PERFORM trial.refused('INSERT INTO asset_status_moves VALUES (''Received'', ''Sold'')', '42501');
  PERFORM trial.refused('UPDATE asset_status_moves SET to_status = ''Sold''', '42501');
  PERFORM trial.refused('DELETE FROM asset_status_moves', '42501');
  PERFORM trial.refused('SELECT setval(''invoice_number_seq'', 1)', '42501');
  IF to_regclass('public._sqlx_migrations') IS NOT NULL THEN
    PERFORM count(*) FROM _sqlx_migrations;
    PERFORM trial.refused('DELETE FROM _sqlx_migrations', '42501');
  END IF;
END
$$;
RESET ROLE;

-- The reporting role reads the shop, and no secrets.
SET LOCAL ROLE bizhub_readonly;
DO $$
BEGIN
  PERFORM id, username, role, last_login FROM users;
  PERFORM * FROM invoices;
  PERFORM * FROM view_sales_daily;
  PERFORM trial.refused('SELECT password_hash FROM users', '42501');
  PERFORM trial.refused('SELECT * FROM users', '42501');
  PERFORM trial.refused('SELECT * FROM sessions', '42501');
  PERFORM trial.refused('SELECT * FROM api_tokens', '42501');
  PERFORM trial.refused('SELECT * FROM idempotency_keys', '42501');
  PERFORM trial.refused('INSERT INTO locations (location_name) VALUES (''x'')', '42501');
  PERFORM trial.refused('UPDATE settings SET value = ''1''', '42501');
  PERFORM trial.refused('SELECT nextval(''invoice_number_seq'')', '42501');
END
$$;
RESET ROLE;

-- A table of a later migration is granted by itself.
SELECT set_config('role', (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'assets'::regclass), true);
CREATE TABLE later (id serial PRIMARY KEY);
RESET ROLE;
SELECT trial.equal(has_table_privilege('bizhub_app', 'later', 'INSERT') AND has_sequence_privilege('bizhub_app', 'later_id_seq', 'USAGE')
  AND has_table_privilege('bizhub_readonly', 'later', 'SELECT') AND NOT has_table_privilege('bizhub_readonly', 'later', 'INSERT'), true, 'default privileges');
ROLLBACK;
