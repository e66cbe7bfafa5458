-- Invoices, payments, returns (schema 3.10 to 3.12).

CREATE TABLE invoices (
  id SERIAL PRIMARY KEY,
  invoice_number VARCHAR(50) NOT NULL CONSTRAINT idx_invoices_number UNIQUE,
  customer_id INTEGER REFERENCES customers (id),
  customer_type VARCHAR(20) NOT NULL CHECK (customer_type IN ('Retail', 'Wholesale', 'Walk-in')),

  invoice_date DATE NOT NULL DEFAULT shop_today(),
  status VARCHAR(20) NOT NULL DEFAULT 'Draft' CHECK (status IN ('Draft', 'Sent', 'Paid', 'Cancelled', 'Refunded')),

  -- Totals. With inclusive tax the lines add up to the total, else to the subtotal.
  subtotal DECIMAL(10, 2) NOT NULL CONSTRAINT check_invoice_subtotal CHECK (subtotal >= 0),
  tax_amount DECIMAL(10, 2) NOT NULL DEFAULT 0 CONSTRAINT check_invoice_tax CHECK (tax_amount >= 0),
  total_amount DECIMAL(10, 2) NOT NULL,
  tax_mode VARCHAR(10) NOT NULL DEFAULT 'off' CONSTRAINT check_invoice_tax_mode CHECK (
    tax_mode IN ('off', 'inclusive', 'exclusive')
  ),
  tax_lines JSONB NOT NULL DEFAULT '[]', -- [{"name", "rate", "amount"}], as charged
  amount_paid DECIMAL(10, 2) NOT NULL DEFAULT 0 CONSTRAINT check_invoice_amount_paid CHECK (amount_paid >= 0),
  amount_refunded DECIMAL(10, 2) NOT NULL DEFAULT 0,

  lead_source VARCHAR(50),
  sales_rep_id INTEGER REFERENCES users (id),

  hold_expires_at TIMESTAMP WITH TIME ZONE, -- until when a Draft or Sent invoice keeps its goods
  due_date DATE,
  goods_released_at TIMESTAMP WITH TIME ZONE, -- handed over on credit
  goods_released_by INTEGER REFERENCES users (id),
  cancelled_reason TEXT,
  check_code VARCHAR(22) NOT NULL DEFAULT new_check_code() CONSTRAINT idx_invoices_check_code UNIQUE,

  notes TEXT,

  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),

  CONSTRAINT check_invoice_total CHECK (total_amount = subtotal + tax_amount AND (tax_mode <> 'off' OR tax_amount = 0)),
  CONSTRAINT check_invoice_not_overpaid CHECK (amount_paid - amount_refunded <= total_amount),
  CONSTRAINT check_invoice_refunds CHECK (amount_refunded BETWEEN 0 AND amount_paid),
  CONSTRAINT check_invoice_release CHECK (
    (goods_released_at IS NULL) = (goods_released_by IS NULL) AND (goods_released_at IS NULL OR status <> 'Draft')
  )
);

CREATE INDEX idx_invoices_customer ON invoices (customer_id);
CREATE INDEX idx_invoices_date ON invoices (invoice_date);
CREATE INDEX idx_invoices_status ON invoices (status);
CREATE INDEX idx_invoices_lead_source ON invoices (lead_source);
CREATE INDEX idx_invoices_sales_rep ON invoices (sales_rep_id, invoice_date);
CREATE INDEX idx_invoices_hold ON invoices (hold_expires_at)
  WHERE status IN ('Draft', 'Sent') AND hold_expires_at IS NOT NULL;

CREATE TABLE invoice_lines (
  id SERIAL PRIMARY KEY,
  invoice_id INTEGER NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
  line_number INTEGER NOT NULL CONSTRAINT check_line_number CHECK (line_number >= 1),

  asset_id INTEGER REFERENCES assets (id),
  bulk_stock_id INTEGER REFERENCES bulk_stock (id),

  item_description VARCHAR(255) NOT NULL,
  quantity INTEGER NOT NULL DEFAULT 1 CONSTRAINT check_line_quantity CHECK (quantity >= 1),
  unit_price DECIMAL(10, 2) NOT NULL CONSTRAINT check_line_price CHECK (unit_price >= 0),
  line_total DECIMAL(10, 2) NOT NULL,
  list_price DECIMAL(10, 2) CONSTRAINT check_line_list_price CHECK (list_price >= 0),
  price_approved_by INTEGER REFERENCES users (id),

  unit_cost DECIMAL(10, 2) CONSTRAINT check_line_cost CHECK (unit_cost >= 0),

  released_at TIMESTAMP WITH TIME ZONE, -- null while the line is live: neither cancelled nor returned
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),

  CONSTRAINT check_item_reference CHECK (
    (asset_id IS NOT NULL AND bulk_stock_id IS NULL AND quantity = 1) OR
    (asset_id IS NULL AND bulk_stock_id IS NOT NULL)
  ),
  CONSTRAINT check_line_total CHECK (line_total = unit_price * quantity),
  CONSTRAINT idx_invoice_lines_number UNIQUE (invoice_id, line_number)
);

CREATE INDEX idx_invoice_lines_invoice ON invoice_lines (invoice_id);
CREATE INDEX idx_invoice_lines_asset ON invoice_lines (asset_id);
CREATE INDEX idx_invoice_lines_bulk ON invoice_lines (bulk_stock_id);
-- A device is on one live line at most.
CREATE UNIQUE INDEX idx_invoice_lines_live_asset ON invoice_lines (asset_id)
  WHERE asset_id IS NOT NULL AND released_at IS NULL;

CREATE TABLE payments (
  id SERIAL PRIMARY KEY,
  invoice_id INTEGER NOT NULL REFERENCES invoices (id),
  payment_date DATE NOT NULL DEFAULT shop_today(),
  payment_method VARCHAR(20) NOT NULL CHECK (payment_method IN ('Cash', 'MoMo', 'Bank Transfer', 'Card', 'Other')),
  amount DECIMAL(10, 2) NOT NULL CONSTRAINT check_payment_amount CHECK (amount > 0),
  reference VARCHAR(100),
  notes TEXT,
  received_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  claimed BOOLEAN NOT NULL DEFAULT FALSE, -- the customer says so; true until a payment_confirmations row exists
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_payments_invoice ON payments (invoice_id);
CREATE INDEX idx_payments_date ON payments (payment_date);
CREATE INDEX idx_payments_method ON payments (payment_method);
-- A MoMo or bank reference pays once.
CREATE UNIQUE INDEX idx_payments_reference ON payments (payment_method, serial_key(reference))
  WHERE reference IS NOT NULL AND payment_method IN ('MoMo', 'Bank Transfer');

-- Payments are never changed, so that somebody saw the money is a row of its own.
CREATE TABLE payment_confirmations (
  payment_id INTEGER PRIMARY KEY REFERENCES payments (id),
  confirmed_by INTEGER NOT NULL DEFAULT shop_actor() REFERENCES users (id),
  confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  notes TEXT
);

CREATE TABLE returns (
  id SERIAL PRIMARY KEY,
  return_number VARCHAR(50) NOT NULL CONSTRAINT idx_returns_number UNIQUE,
  invoice_id INTEGER NOT NULL REFERENCES invoices (id),
  return_date DATE NOT NULL DEFAULT shop_today(),
  reason TEXT NOT NULL CONSTRAINT check_return_reason CHECK (btrim(reason) <> ''),
  approved_by INTEGER REFERENCES users (id),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT returns_id_invoice UNIQUE (id, invoice_id)
);

CREATE INDEX idx_returns_invoice ON returns (invoice_id);
CREATE INDEX idx_returns_date ON returns (return_date);

CREATE TABLE return_lines (
  id SERIAL PRIMARY KEY,
  return_id INTEGER NOT NULL REFERENCES returns (id),
  invoice_line_id INTEGER NOT NULL REFERENCES invoice_lines (id),
  quantity INTEGER NOT NULL DEFAULT 1 CONSTRAINT check_return_quantity CHECK (quantity >= 1),
  disposition VARCHAR(20) NOT NULL CONSTRAINT check_return_disposition CHECK (
    disposition IN ('Diagnostics', 'Repair', 'Scrap', 'Restock')
  ),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT idx_return_lines_return UNIQUE (return_id, invoice_line_id)
);

CREATE INDEX idx_return_lines_invoice_line ON return_lines (invoice_line_id);

CREATE TABLE refunds (
  id SERIAL PRIMARY KEY,
  invoice_id INTEGER NOT NULL REFERENCES invoices (id),
  return_id INTEGER, -- none when money of an unfinished sale is given back
  refund_date DATE NOT NULL DEFAULT shop_today(),
  payment_method VARCHAR(20) NOT NULL CONSTRAINT check_refund_method CHECK (
    payment_method IN ('Cash', 'MoMo', 'Bank Transfer', 'Card', 'Other')
  ),
  amount DECIMAL(10, 2) NOT NULL CONSTRAINT check_refund_amount CHECK (amount > 0),
  reference VARCHAR(100),
  notes TEXT,
  paid_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT refunds_return FOREIGN KEY (return_id, invoice_id) REFERENCES returns (id, invoice_id)
);

CREATE INDEX idx_refunds_invoice ON refunds (invoice_id);
CREATE INDEX idx_refunds_return ON refunds (return_id) WHERE return_id IS NOT NULL;
CREATE INDEX idx_refunds_date ON refunds (refund_date);

ALTER TABLE assets ADD CONSTRAINT assets_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id);
ALTER TABLE stock_ledger ADD CONSTRAINT stock_ledger_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id);
