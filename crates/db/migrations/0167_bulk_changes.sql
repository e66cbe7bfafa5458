-- A change of many devices, or of many items of bulk stock, at once: what each was and became, so that one act takes it back
-- while nothing of it was changed again. Product models have theirs in catalog_changes.
CREATE TABLE bulk_changes (
  id SERIAL PRIMARY KEY,
  changed VARCHAR(20) NOT NULL CONSTRAINT check_bulk_changed CHECK (changed IN ('assets', 'bulk_stock')),
  summary VARCHAR(200) NOT NULL,
  made_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  made_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  undone_by INTEGER REFERENCES users (id),
  undone_at TIMESTAMP WITH TIME ZONE
);
CREATE TABLE bulk_change_rows (
  bulk_change_id INTEGER NOT NULL REFERENCES bulk_changes (id),
  record_id INTEGER NOT NULL, -- a device or an item, as bulk_changes.changed says
  field VARCHAR(30) NOT NULL,
  old_value TEXT,
  new_value TEXT,
  PRIMARY KEY (bulk_change_id, record_id, field)
);
REVOKE UPDATE, DELETE ON bulk_changes FROM bizhub_app;
GRANT UPDATE (undone_by, undone_at) ON bulk_changes TO bizhub_app;
REVOKE UPDATE, DELETE ON bulk_change_rows FROM bizhub_app;
CREATE TRIGGER keep_bulk_change_rows_rows BEFORE UPDATE OR DELETE ON bulk_change_rows
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_bulk_change_rows BEFORE TRUNCATE ON bulk_change_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
