-- Catalogue, devices and bulk stock (schema 3.3 to 3.9). Foreign keys to invoices and preorders follow those tables.

CREATE TABLE product_models (
  id SERIAL PRIMARY KEY,
  category VARCHAR(20) NOT NULL CHECK (category IN ('Laptop', 'Phone', 'Accessory')),
  brand VARCHAR(50) NOT NULL,
  model_name VARCHAR(100) NOT NULL,
  cpu VARCHAR(100),
  ram VARCHAR(50),
  storage VARCHAR(50),
  screen_size VARCHAR(20),
  gpu VARCHAR(100),
  operating_system VARCHAR(50),
  description TEXT,
  default_price_grade_a DECIMAL(10, 2),
  default_price_grade_b DECIMAL(10, 2),
  default_price_grade_c DECIMAL(10, 2),
  image_url VARCHAR(255),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_model_prices CHECK (
    default_price_grade_a >= 0 AND default_price_grade_b >= 0 AND default_price_grade_c >= 0
  )
);

CREATE INDEX idx_product_models_category ON product_models (category);
CREATE INDEX idx_product_models_brand ON product_models (brand);
CREATE INDEX idx_product_models_model ON product_models (model_name);
-- Duplicates are found by this and offered for merging, not refused.
CREATE INDEX idx_product_models_key ON product_models (lower(brand), lower(model_name));

CREATE TABLE assets (
  id SERIAL PRIMARY KEY,
  asset_tag VARCHAR(50) NOT NULL CONSTRAINT idx_assets_tag UNIQUE,
  serial_number VARCHAR(100) NOT NULL CONSTRAINT idx_assets_serial UNIQUE,
  product_model_id INTEGER NOT NULL REFERENCES product_models (id),
  imei_1 VARCHAR(15) CONSTRAINT check_imei_1 CHECK (imei_1 ~ '^[0-9]{15}$'),
  imei_2 VARCHAR(15) CONSTRAINT check_imei_2 CHECK (imei_2 ~ '^[0-9]{15}$' AND imei_2 <> imei_1),

  -- Purchase
  supplier VARCHAR(100),
  purchase_cost DECIMAL(10, 2) CONSTRAINT check_purchase_cost CHECK (purchase_cost >= 0),
  landed_cost DECIMAL(10, 2) CONSTRAINT check_landed_cost CHECK (landed_cost >= 0),
  received_date DATE NOT NULL DEFAULT shop_today(),

  -- Condition
  condition_grade VARCHAR(10) CHECK (condition_grade IN ('A', 'B', 'C')),
  cosmetic_notes TEXT,
  battery_health_percent INTEGER CHECK (battery_health_percent BETWEEN 0 AND 100),
  battery_cycle_count INTEGER CONSTRAINT check_battery_cycle_count CHECK (battery_cycle_count >= 0),

  -- Workflow. status_entry counts the changes of status: what a technician records carries the count of its moment, and so
  -- it is known what was recorded since the device last entered its state, whatever any clock says.
  status VARCHAR(30) NOT NULL DEFAULT 'Received' CHECK (status IN (
    'Received',
    'Diagnostics Pending',
    'Wipe Pending',
    'QC Pending',
    'Ready for Sale',
    'Reserved',
    'Sold',
    'Returned',
    'Repair Hold',
    'Scrapped',
    'Not Sellable'
  )),
  status_entry INTEGER NOT NULL DEFAULT 1,
  returned_entry INTEGER, -- status_entry of its last return from a customer
  status_since TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  not_sellable_reason TEXT,

  location_id INTEGER REFERENCES locations (id),

  -- Its own price, where it is not the model's for the grade
  list_price DECIMAL(10, 2) CONSTRAINT check_list_price CHECK (list_price >= 0),

  -- The sale, filled by the guard while the device is Sold
  sale_price DECIMAL(10, 2),
  sale_date DATE,
  invoice_id INTEGER,

  preorder_id INTEGER,
  accessories_included TEXT,

  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),

  CONSTRAINT check_asset_sale CHECK (
    CASE WHEN status = 'Sold'
      THEN invoice_id IS NOT NULL AND sale_date IS NOT NULL AND sale_price IS NOT NULL
      ELSE invoice_id IS NULL AND sale_date IS NULL AND sale_price IS NULL
    END
  ),
  CONSTRAINT check_asset_graded CHECK (
    status NOT IN ('Ready for Sale', 'Reserved', 'Sold') OR condition_grade IS NOT NULL
  ),
  CONSTRAINT check_not_sellable_reason CHECK (
    status <> 'Not Sellable' OR nullif(btrim(not_sellable_reason), '') IS NOT NULL
  )
);

CREATE INDEX idx_assets_status ON assets (status);
CREATE INDEX idx_assets_model ON assets (product_model_id);
CREATE INDEX idx_assets_location ON assets (location_id);
CREATE INDEX idx_assets_received_date ON assets (received_date);
CREATE INDEX idx_assets_invoice ON assets (invoice_id);
CREATE INDEX idx_assets_preorder ON assets (preorder_id) WHERE preorder_id IS NOT NULL;
CREATE UNIQUE INDEX idx_assets_imei_1 ON assets (imei_1) WHERE imei_1 IS NOT NULL;
CREATE UNIQUE INDEX idx_assets_imei_2 ON assets (imei_2) WHERE imei_2 IS NOT NULL;
-- text_pattern_ops answers = and LIKE 'start%' in any collation.
CREATE UNIQUE INDEX idx_assets_serial_key ON assets (serial_key(serial_number) text_pattern_ops);
CREATE UNIQUE INDEX idx_assets_tag_key ON assets (upper(asset_tag) text_pattern_ops);
-- The browse pages: what is ready, newest first, all of it or of one model; and each queue, by state.
CREATE INDEX idx_assets_ready ON assets (product_model_id, received_date DESC, id DESC) WHERE status = 'Ready for Sale';
CREATE INDEX idx_assets_status_received ON assets (status, received_date DESC, id DESC);

-- The workflow (PRODUCT 3): every move that exists. accessory says for which devices: null for all, true for accessories
-- alone (they skip the wipe), false for all others.
CREATE TABLE asset_status_moves (
  from_status VARCHAR(30) NOT NULL,
  to_status VARCHAR(30) NOT NULL,
  accessory BOOLEAN,
  PRIMARY KEY (from_status, to_status)
);

INSERT INTO asset_status_moves (from_status, to_status, accessory) VALUES
  ('Received', 'Diagnostics Pending', NULL),
  ('Received', 'Not Sellable', NULL),
  ('Received', 'Scrapped', NULL),
  ('Diagnostics Pending', 'Wipe Pending', FALSE),
  ('Diagnostics Pending', 'QC Pending', TRUE),
  ('Diagnostics Pending', 'Repair Hold', NULL),
  ('Diagnostics Pending', 'Not Sellable', NULL),
  ('Diagnostics Pending', 'Scrapped', NULL),
  ('Wipe Pending', 'QC Pending', NULL),
  ('Wipe Pending', 'Repair Hold', NULL),
  ('Wipe Pending', 'Not Sellable', NULL),
  ('Wipe Pending', 'Scrapped', NULL),
  ('QC Pending', 'Ready for Sale', NULL),
  ('QC Pending', 'Diagnostics Pending', NULL),
  ('QC Pending', 'Repair Hold', NULL),
  ('QC Pending', 'Not Sellable', NULL),
  ('QC Pending', 'Scrapped', NULL),
  ('Ready for Sale', 'Reserved', NULL),
  ('Ready for Sale', 'Sold', NULL),
  ('Ready for Sale', 'Diagnostics Pending', NULL),
  ('Ready for Sale', 'Repair Hold', NULL),
  ('Ready for Sale', 'Not Sellable', NULL),
  ('Ready for Sale', 'Scrapped', NULL),
  ('Reserved', 'Sold', NULL),
  ('Reserved', 'Ready for Sale', NULL),
  ('Sold', 'Returned', NULL),
  ('Returned', 'Diagnostics Pending', NULL),
  ('Returned', 'Repair Hold', NULL),
  ('Returned', 'Not Sellable', NULL),
  ('Returned', 'Scrapped', NULL),
  ('Repair Hold', 'Diagnostics Pending', NULL),
  ('Repair Hold', 'QC Pending', NULL),
  ('Repair Hold', 'Not Sellable', NULL),
  ('Repair Hold', 'Scrapped', NULL),
  ('Not Sellable', 'Diagnostics Pending', NULL),
  ('Not Sellable', 'Repair Hold', NULL),
  ('Not Sellable', 'Scrapped', NULL);

CREATE TABLE inventory_movements (
  id SERIAL PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets (id),
  from_location_id INTEGER REFERENCES locations (id),
  to_location_id INTEGER REFERENCES locations (id),
  from_status VARCHAR(30),
  to_status VARCHAR(30),
  moved_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  reason TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_movements_asset ON inventory_movements (asset_id);
CREATE INDEX idx_movements_date ON inventory_movements (created_at);

CREATE TABLE diagnostics_results (
  id SERIAL PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets (id),
  technician_id INTEGER NOT NULL REFERENCES users (id),
  checklist_data JSONB NOT NULL,
  overall_result VARCHAR(20) CHECK (overall_result IN ('Pass', 'Pass with Notes', 'Fail')),
  notes TEXT,
  diagnostic_date DATE NOT NULL DEFAULT shop_today(),
  status_entry INTEGER NOT NULL, -- assets.status_entry when it was recorded
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_diagnostics_asset ON diagnostics_results (asset_id);
CREATE INDEX idx_diagnostics_date ON diagnostics_results (diagnostic_date);
CREATE INDEX idx_diagnostics_technician ON diagnostics_results (technician_id, diagnostic_date);

CREATE TABLE wipe_certificates (
  id SERIAL PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets (id),
  technician_id INTEGER NOT NULL REFERENCES users (id),
  wipe_method VARCHAR(50) NOT NULL,
  certificate_reference VARCHAR(100),
  wipe_date DATE NOT NULL DEFAULT shop_today(),
  notes TEXT,
  status_entry INTEGER NOT NULL, -- assets.status_entry when it was recorded
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_wipe_asset ON wipe_certificates (asset_id);
CREATE INDEX idx_wipe_date ON wipe_certificates (wipe_date);
CREATE INDEX idx_wipe_technician ON wipe_certificates (technician_id, wipe_date);

CREATE TABLE bulk_stock (
  id SERIAL PRIMARY KEY,
  sku VARCHAR(50) NOT NULL CONSTRAINT idx_bulk_stock_sku UNIQUE,
  item_name VARCHAR(100) NOT NULL,
  category VARCHAR(50) NOT NULL,
  description TEXT,
  unit_cost DECIMAL(10, 2) CONSTRAINT check_unit_cost CHECK (unit_cost >= 0),
  unit_price DECIMAL(10, 2) CONSTRAINT check_unit_price CHECK (unit_price >= 0),
  quantity INTEGER NOT NULL DEFAULT 0 CONSTRAINT check_stock_quantity CHECK (quantity >= 0),
  -- Held by Draft and Sent invoices, still on the shelf
  reserved_quantity INTEGER NOT NULL DEFAULT 0,
  reorder_threshold INTEGER NOT NULL DEFAULT 10 CONSTRAINT check_reorder_threshold CHECK (reorder_threshold >= 0),
  supplier VARCHAR(100),
  location_id INTEGER REFERENCES locations (id),
  -- Services (labour, delivery, a premium warranty) are items that are not stocked: their quantity stays 0
  is_stocked BOOLEAN NOT NULL DEFAULT TRUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_stock_reserved CHECK (reserved_quantity BETWEEN 0 AND quantity),
  CONSTRAINT check_stock_service CHECK (is_stocked OR quantity = 0)
);

CREATE UNIQUE INDEX idx_bulk_stock_sku_key ON bulk_stock (upper(sku) text_pattern_ops);
CREATE INDEX idx_bulk_stock_quantity ON bulk_stock (quantity);
CREATE INDEX idx_bulk_stock_category ON bulk_stock (category);

-- Every change of a quantity, written by the database itself: sum(quantity_change) is the quantity.
CREATE TABLE stock_ledger (
  id BIGSERIAL PRIMARY KEY,
  bulk_stock_id INTEGER NOT NULL REFERENCES bulk_stock (id),
  quantity_change INTEGER NOT NULL CONSTRAINT check_ledger_change CHECK (quantity_change <> 0),
  quantity_after INTEGER NOT NULL CONSTRAINT check_ledger_after CHECK (quantity_after >= 0),
  kind VARCHAR(20) NOT NULL CONSTRAINT check_ledger_kind CHECK (
    kind IN ('Received', 'Sold', 'Returned', 'Adjusted', 'Consumed')
  ),
  reason TEXT,
  invoice_id INTEGER,
  repair_ticket_id INTEGER,
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_stock_ledger_item ON stock_ledger (bulk_stock_id, id DESC);
CREATE INDEX idx_stock_ledger_invoice ON stock_ledger (invoice_id) WHERE invoice_id IS NOT NULL;
