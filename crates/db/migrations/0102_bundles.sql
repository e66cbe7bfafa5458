-- What goes with a device (a 65 W charger with each HP EliteBook 840), at a price of its own.
CREATE TABLE product_model_bundles (
  product_model_id INTEGER NOT NULL REFERENCES product_models (id),
  bulk_stock_id INTEGER NOT NULL REFERENCES bulk_stock (id),
  bundle_price DECIMAL(10, 2) NOT NULL CONSTRAINT check_bundle_price CHECK (bundle_price >= 0),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  PRIMARY KEY (product_model_id, bulk_stock_id)
);
CREATE INDEX idx_product_model_bundles_item ON product_model_bundles (bulk_stock_id);
