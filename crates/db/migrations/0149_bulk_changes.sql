-- A change of many product models at once: what each was and became, so that one click takes it back while nothing of it was
-- changed again.
CREATE TABLE catalog_changes (
  id SERIAL PRIMARY KEY,
  summary VARCHAR(200) NOT NULL,
  made_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  made_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  undone_by INTEGER REFERENCES users (id),
  undone_at TIMESTAMP WITH TIME ZONE
);
CREATE TABLE catalog_change_rows (
  catalog_change_id INTEGER NOT NULL REFERENCES catalog_changes (id),
  product_model_id INTEGER NOT NULL, -- without a reference: a model may be merged away later, and what was changed stays written
  field VARCHAR(30) NOT NULL,
  old_value TEXT,
  new_value TEXT,
  PRIMARY KEY (catalog_change_id, product_model_id, field)
);
REVOKE UPDATE, DELETE ON catalog_changes FROM bizhub_app;
GRANT UPDATE (undone_by, undone_at) ON catalog_changes TO bizhub_app;
REVOKE UPDATE, DELETE ON catalog_change_rows FROM bizhub_app;
CREATE TRIGGER keep_catalog_change_rows_rows BEFORE UPDATE OR DELETE ON catalog_change_rows
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_catalog_change_rows BEFORE TRUNCATE ON catalog_change_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
