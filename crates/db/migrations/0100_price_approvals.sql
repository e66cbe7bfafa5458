-- A price far below the list, approved at the till by a Manager's own sign-in (PRODUCT 7): who it was, by the name that they
-- had then. Never changed.
CREATE TABLE price_approvals (
  invoice_id INTEGER PRIMARY KEY REFERENCES invoices (id),
  approved_by INTEGER NOT NULL REFERENCES users (id),
  approver_name VARCHAR(100) NOT NULL,
  approved_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE TRIGGER keep_price_approvals_rows BEFORE UPDATE OR DELETE ON price_approvals
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_price_approvals BEFORE TRUNCATE ON price_approvals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON price_approvals FROM bizhub_app;
