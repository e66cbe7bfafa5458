-- What the two roles may do (schema 12.4, PRODUCT 13.10). The default privileges of the first migration have granted the
-- tables already; here is said again what the contract says, and then what is taken away.

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO bizhub_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO bizhub_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO bizhub_readonly;

REVOKE UPDATE, DELETE ON
  inventory_movements, diagnostics_results, wipe_certificates, stock_ledger, payments, payment_confirmations,
  returns, return_lines, refunds, preorder_events, repair_events, audit_log, audit_seals
FROM bizhub_app;
REVOKE INSERT ON stock_ledger FROM bizhub_app;
REVOKE INSERT, UPDATE, DELETE ON asset_status_moves FROM bizhub_app;

REVOKE SELECT ON users, sessions, api_tokens, idempotency_keys, sign_in_attempts FROM bizhub_readonly;
GRANT SELECT (
  id, username, email, role, full_name, phone, is_active, must_change_password, created_at, updated_at, last_login
) ON users TO bizhub_readonly;

-- The record of migrations is the owner's; the application reads it to know whether the schema is its own.
DO $$
BEGIN
  IF to_regclass('public._sqlx_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations FROM bizhub_app;
  END IF;
END
$$;
