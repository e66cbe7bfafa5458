-- Who may connect. Roles belong to the whole cluster, so several databases may be migrated at once and meet here: whoever
-- comes second finds the role there and goes on.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['bizhub_app', 'bizhub_readonly'] LOOP
    FOR attempt IN 1..20 LOOP
      EXIT WHEN EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted);
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END LOOP;
  END LOOP;

  -- The owner may become the application (SET ROLE), so that one login serves a small installation.
  FOR attempt IN 1..20 LOOP
    EXIT WHEN pg_has_role(current_user, 'bizhub_app', 'MEMBER');
    BEGIN
      EXECUTE format('GRANT bizhub_app TO %I', current_user);
    EXCEPTION WHEN unique_violation OR internal_error THEN
      NULL;
    END;
  END LOOP;

  EXECUTE format('GRANT CONNECT ON DATABASE %I TO bizhub_app, bizhub_readonly', current_database());
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO bizhub_app, bizhub_readonly;

-- Tables of later migrations are granted too; what a role must not have is taken away where the table is made.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bizhub_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO bizhub_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO bizhub_readonly;

-- A business day is the shop's day. An installer's own choice of zone stays.
DO $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
    CROSS JOIN LATERAL unnest(s.setconfig) AS config
    WHERE d.datname = current_database() AND s.setrole = 0 AND lower(config) LIKE 'timezone=%'
  ) THEN
    EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(), 'Africa/Accra');
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'The time zone of this database stays as it is; set it with ALTER DATABASE … SET timezone.';
END
$$;

-- Guards trust what stands in the schema public and the depth of triggers. A role that may make temporary tables could put
-- triggers of its own on them; nobody but the owner may.
DO $$
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
