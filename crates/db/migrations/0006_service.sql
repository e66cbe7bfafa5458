-- Preorders, warranties, claims and repairs (schema 3.13 to 3.18).

CREATE TABLE preorders (
  id SERIAL PRIMARY KEY,
  preorder_number VARCHAR(50) NOT NULL CONSTRAINT idx_preorders_number UNIQUE,
  customer_id INTEGER NOT NULL REFERENCES customers (id),

  requested_specs TEXT NOT NULL,
  target_price_min DECIMAL(10, 2),
  target_price_max DECIMAL(10, 2),

  deposit_amount DECIMAL(10, 2) NOT NULL DEFAULT 500.00 CONSTRAINT check_deposit_amount CHECK (deposit_amount >= 0),
  deposit_paid BOOLEAN NOT NULL DEFAULT FALSE,
  deposit_date DATE,
  deposit_payment_method VARCHAR(20) CONSTRAINT check_deposit_method CHECK (
    deposit_payment_method IN ('Cash', 'MoMo', 'Bank Transfer', 'Card', 'Other')
  ),
  deposit_reference VARCHAR(100),

  status VARCHAR(30) NOT NULL DEFAULT 'Deposit Pending' CHECK (status IN (
    'Deposit Pending',
    'Ordered',
    'In Transit',
    'Arrived',
    'Customer Notified',
    'Picked Up',
    'Rejected',
    'Resold',
    'Closed'
  )),

  order_date DATE,
  sla_date DATE, -- order_date + 21 days unless given
  arrival_date DATE,
  customer_notified_date DATE,

  asset_id INTEGER REFERENCES assets (id),

  resale_recovery_amount DECIMAL(10, 2),
  resale_invoice_id INTEGER REFERENCES invoices (id),

  notes TEXT,
  policy_terms TEXT DEFAULT 'Deposit applied toward purchase. If rejected, Payless4Tech may resell before reimbursing. Customer owes any shortfall.',

  assigned_to INTEGER REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),

  CONSTRAINT check_deposit_before_order CHECK (status IN ('Deposit Pending', 'Closed') OR deposit_paid),
  CONSTRAINT check_target_prices CHECK (
    target_price_min >= 0 AND target_price_max >= 0 AND target_price_min <= target_price_max
  ),
  CONSTRAINT check_resale_recovery CHECK (resale_recovery_amount >= 0),
  CONSTRAINT check_preorder_asset CHECK (
    status NOT IN ('Arrived', 'Customer Notified', 'Picked Up') OR asset_id IS NOT NULL
  )
);

CREATE INDEX idx_preorders_customer ON preorders (customer_id);
CREATE INDEX idx_preorders_status ON preorders (status);
CREATE INDEX idx_preorders_sla ON preorders (sla_date);
CREATE INDEX idx_preorders_asset ON preorders (asset_id);
CREATE INDEX idx_preorders_resale_invoice ON preorders (resale_invoice_id) WHERE resale_invoice_id IS NOT NULL;
CREATE INDEX idx_preorders_assigned ON preorders (assigned_to) WHERE assigned_to IS NOT NULL;
-- A device waits for one customer at most.
CREATE UNIQUE INDEX idx_preorders_holding_asset ON preorders (asset_id) WHERE status IN ('Arrived', 'Customer Notified');

CREATE TABLE preorder_events (
  id SERIAL PRIMARY KEY,
  preorder_id INTEGER NOT NULL REFERENCES preorders (id),
  event_type VARCHAR(50) NOT NULL,
  from_status VARCHAR(30),
  to_status VARCHAR(30),
  notes TEXT,
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_preorder_events_preorder ON preorder_events (preorder_id);
CREATE INDEX idx_preorder_events_date ON preorder_events (created_at);

CREATE TABLE warranties (
  id SERIAL PRIMARY KEY,
  warranty_number VARCHAR(50) NOT NULL CONSTRAINT idx_warranties_number UNIQUE,
  invoice_id INTEGER NOT NULL REFERENCES invoices (id),
  asset_id INTEGER REFERENCES assets (id),
  customer_id INTEGER NOT NULL REFERENCES customers (id),

  warranty_tier VARCHAR(20) NOT NULL CHECK (warranty_tier IN ('Standard', 'Premium 1-Year')),
  start_date DATE NOT NULL,
  end_date DATE NOT NULL,

  coverage_details TEXT DEFAULT 'Hardware defects, excluding physical/water damage',
  exclusions TEXT DEFAULT 'Physical damage, water damage, software issues, battery wear',

  includes_accessories BOOLEAN NOT NULL DEFAULT FALSE,
  includes_certificate BOOLEAN NOT NULL DEFAULT FALSE,
  includes_premium_boxing BOOLEAN NOT NULL DEFAULT FALSE,

  status VARCHAR(20) NOT NULL DEFAULT 'Active' CHECK (status IN ('Active', 'Claimed', 'Expired', 'Void')),

  check_code VARCHAR(22) NOT NULL DEFAULT new_check_code() CONSTRAINT idx_warranties_check_code UNIQUE,

  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),

  CONSTRAINT check_warranty_dates CHECK (end_date > start_date)
);

CREATE INDEX idx_warranties_invoice ON warranties (invoice_id);
CREATE INDEX idx_warranties_asset ON warranties (asset_id);
CREATE INDEX idx_warranties_customer ON warranties (customer_id);
CREATE INDEX idx_warranties_dates ON warranties (start_date, end_date);
-- One sale gives a device one warranty at a time.
CREATE UNIQUE INDEX idx_warranties_active ON warranties (invoice_id, asset_id) WHERE status = 'Active';
-- What runs out next.
CREATE INDEX idx_warranties_running_out ON warranties (end_date) WHERE status = 'Active';

CREATE TABLE repair_tickets (
  id SERIAL PRIMARY KEY,
  ticket_number VARCHAR(50) NOT NULL CONSTRAINT idx_repair_tickets_number UNIQUE,
  customer_id INTEGER REFERENCES customers (id),
  asset_id INTEGER REFERENCES assets (id),

  issue_type VARCHAR(50) NOT NULL,
  issue_description TEXT NOT NULL,

  status VARCHAR(30) NOT NULL DEFAULT 'Open' CHECK (status IN (
    'Open',
    'Diagnosing',
    'Waiting for Parts',
    'In Repair',
    'Ready',
    'Closed'
  )),

  assigned_to INTEGER REFERENCES users (id),

  opened_date DATE NOT NULL DEFAULT shop_today(),
  closed_date DATE,

  outcome VARCHAR(50) CHECK (outcome IN ('Repaired', 'Replaced', 'Refunded', 'Unable')),
  resolution_notes TEXT,

  labor_cost DECIMAL(10, 2) NOT NULL DEFAULT 0,
  parts_cost DECIMAL(10, 2) NOT NULL DEFAULT 0,
  total_cost DECIMAL(10, 2) NOT NULL DEFAULT 0,

  invoice_id INTEGER REFERENCES invoices (id),

  notes TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),

  CONSTRAINT check_ticket_costs CHECK (labor_cost >= 0 AND parts_cost >= 0 AND total_cost >= 0),
  CONSTRAINT check_ticket_outcome CHECK (status <> 'Closed' OR outcome IS NOT NULL)
);

CREATE INDEX idx_repair_tickets_customer ON repair_tickets (customer_id);
CREATE INDEX idx_repair_tickets_asset ON repair_tickets (asset_id);
CREATE INDEX idx_repair_tickets_status ON repair_tickets (status);
CREATE INDEX idx_repair_tickets_assigned ON repair_tickets (assigned_to);
CREATE INDEX idx_repair_tickets_date ON repair_tickets (opened_date);
CREATE INDEX idx_repair_tickets_invoice ON repair_tickets (invoice_id) WHERE invoice_id IS NOT NULL;

CREATE TABLE warranty_claims (
  id SERIAL PRIMARY KEY,
  claim_number VARCHAR(50) NOT NULL CONSTRAINT idx_warranty_claims_number UNIQUE,
  warranty_id INTEGER NOT NULL REFERENCES warranties (id),
  customer_id INTEGER NOT NULL REFERENCES customers (id),

  issue_description TEXT NOT NULL,
  claim_date DATE NOT NULL DEFAULT shop_today(),

  status VARCHAR(20) NOT NULL DEFAULT 'Submitted' CHECK (status IN ('Submitted', 'Approved', 'Denied', 'Completed')),
  denial_reason TEXT,

  repair_ticket_id INTEGER REFERENCES repair_tickets (id),
  outcome VARCHAR(50) CHECK (outcome IN ('Repaired', 'Replaced', 'Refunded', 'Denied')),
  outcome_date DATE,

  labor_cost DECIMAL(10, 2),
  parts_cost DECIMAL(10, 2),
  total_cost DECIMAL(10, 2),

  notes TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),

  CONSTRAINT check_claim_costs CHECK (labor_cost >= 0 AND parts_cost >= 0 AND total_cost >= 0),
  CONSTRAINT check_claim_denial CHECK (status <> 'Denied' OR nullif(btrim(denial_reason), '') IS NOT NULL),
  CONSTRAINT check_claim_outcome CHECK (status <> 'Completed' OR outcome IS NOT NULL)
);

CREATE INDEX idx_warranty_claims_warranty ON warranty_claims (warranty_id);
CREATE INDEX idx_warranty_claims_status ON warranty_claims (status);
CREATE INDEX idx_warranty_claims_date ON warranty_claims (claim_date);
CREATE INDEX idx_warranty_claims_customer ON warranty_claims (customer_id);
CREATE INDEX idx_warranty_claims_ticket ON warranty_claims (repair_ticket_id) WHERE repair_ticket_id IS NOT NULL;

CREATE TABLE repair_events (
  id SERIAL PRIMARY KEY,
  repair_ticket_id INTEGER NOT NULL REFERENCES repair_tickets (id),
  event_type VARCHAR(50) NOT NULL,
  from_status VARCHAR(30),
  to_status VARCHAR(30),
  notes TEXT,
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);

CREATE INDEX idx_repair_events_ticket ON repair_events (repair_ticket_id);
CREATE INDEX idx_repair_events_date ON repair_events (created_at);

ALTER TABLE assets ADD CONSTRAINT assets_preorder_id_fkey FOREIGN KEY (preorder_id) REFERENCES preorders (id);
ALTER TABLE stock_ledger
  ADD CONSTRAINT stock_ledger_repair_ticket_id_fkey FOREIGN KEY (repair_ticket_id) REFERENCES repair_tickets (id);
-- The payment that applies a deposit: that money was in the till on the deposit's day and is not counted again.
ALTER TABLE payments ADD COLUMN preorder_id INTEGER REFERENCES preorders (id);
CREATE UNIQUE INDEX idx_payments_preorder ON payments (preorder_id) WHERE preorder_id IS NOT NULL;
