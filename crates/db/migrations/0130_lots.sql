-- Lots (PRODUCT 2): what came together from a supplier, the charges that came with it, and what of them each device carries.

CREATE SEQUENCE lot_number_seq START 1;

CREATE TABLE lots (
  id SERIAL PRIMARY KEY,
  lot_number VARCHAR(50) NOT NULL CONSTRAINT idx_lots_number UNIQUE,
  supplier VARCHAR(100),
  supplier_reference VARCHAR(100),
  received_date DATE NOT NULL DEFAULT shop_today(),
  -- What the supplier's invoice is in, and cedis for one of it
  currency VARCHAR(3) NOT NULL DEFAULT 'GHS' CONSTRAINT check_lot_currency CHECK (currency ~ '^[A-Z]{3}$'),
  exchange_rate DECIMAL(12, 6) NOT NULL DEFAULT 1 CONSTRAINT check_lot_rate CHECK (
    exchange_rate > 0 AND (currency <> 'GHS' OR exchange_rate = 1)
  ),
  -- How its charges are spread unless one says otherwise
  charge_method VARCHAR(10) NOT NULL DEFAULT 'by value' CONSTRAINT check_lot_method CHECK (charge_method IN ('by value', 'per unit')),
  expected_count INTEGER CONSTRAINT check_lot_expected CHECK (expected_count >= 0),
  notes TEXT,
  closed_by INTEGER REFERENCES users (id),
  closed_at TIMESTAMP WITH TIME ZONE,
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_lots_received ON lots (received_date DESC, id DESC);
-- The same reference of the same supplier is the same lot.
CREATE UNIQUE INDEX idx_lots_reference ON lots (lower(coalesce(supplier, '')), lower(supplier_reference)) WHERE supplier_reference IS NOT NULL;

CREATE FUNCTION generate_lot_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.lot_number IS NULL THEN
    NEW.lot_number := pad_number('LOT-', nextval('public.lot_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_lot_number BEFORE INSERT ON lots FOR EACH ROW EXECUTE FUNCTION generate_lot_number();
CREATE TRIGGER update_lots_timestamp BEFORE UPDATE ON lots FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- What the supplier's list says is in it.
CREATE TABLE lot_lines (
  id SERIAL PRIMARY KEY,
  lot_id INTEGER NOT NULL REFERENCES lots (id),
  import_id INTEGER REFERENCES imports (id),
  serial_number VARCHAR(100) NOT NULL,
  model VARCHAR(255) NOT NULL, -- as the list has it
  product_model_id INTEGER REFERENCES product_models (id),
  invoiced_cost DECIMAL(12, 2) CONSTRAINT check_lot_line_invoiced CHECK (invoiced_cost >= 0), -- in the money of the invoice
  purchase_cost DECIMAL(10, 2) CONSTRAINT check_lot_line_cost CHECK (purchase_cost >= 0), -- the same in cedis
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE UNIQUE INDEX idx_lot_lines_serial ON lot_lines (lot_id, serial_key(serial_number));
CREATE INDEX idx_lot_lines_import ON lot_lines (import_id) WHERE import_id IS NOT NULL;

-- A bill that came with the lot. Posted ones stay: a row with the opposite amount takes one back.
CREATE TABLE lot_charges (
  id SERIAL PRIMARY KEY,
  lot_id INTEGER NOT NULL REFERENCES lots (id),
  charge_number INTEGER NOT NULL, -- its place in the lot, from 1
  kind VARCHAR(20) NOT NULL CONSTRAINT check_charge_kind CHECK (
    kind IN ('Freight', 'Duty', 'Eco-levy', 'Clearing', 'Insurance', 'Local transport', 'Other')
  ),
  method VARCHAR(10) NOT NULL CONSTRAINT check_charge_method CHECK (method IN ('by value', 'per unit')),
  amount DECIMAL(12, 2) NOT NULL CONSTRAINT check_charge_amount CHECK (amount <> 0),
  currency VARCHAR(3) NOT NULL DEFAULT 'GHS' CONSTRAINT check_charge_currency CHECK (currency ~ '^[A-Z]{3}$'),
  exchange_rate DECIMAL(12, 6) NOT NULL DEFAULT 1 CONSTRAINT check_charge_rate CHECK (
    exchange_rate > 0 AND (currency <> 'GHS' OR exchange_rate = 1)
  ),
  amount_ghs DECIMAL(10, 2) NOT NULL,
  charge_date DATE NOT NULL DEFAULT shop_today(),
  supplier VARCHAR(100),
  reference VARCHAR(100),
  notes TEXT,
  reverses_id INTEGER CONSTRAINT idx_lot_charges_reverses UNIQUE REFERENCES lot_charges (id),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT idx_lot_charges_number UNIQUE (lot_id, charge_number),
  CONSTRAINT check_charge_sign CHECK (CASE WHEN reverses_id IS NULL THEN amount > 0 AND amount_ghs > 0 ELSE amount < 0 AND amount_ghs < 0 END)
);

-- What of it each device carries.
CREATE TABLE lot_charge_shares (
  id BIGSERIAL PRIMARY KEY,
  lot_charge_id INTEGER NOT NULL REFERENCES lot_charges (id),
  asset_id INTEGER NOT NULL REFERENCES assets (id),
  amount DECIMAL(10, 2) NOT NULL,
  CONSTRAINT idx_charge_shares_once UNIQUE (lot_charge_id, asset_id)
);
CREATE INDEX idx_charge_shares_asset ON lot_charge_shares (asset_id);

-- landed_entered: what somebody wrote as the landed cost, without the charges of the lot. charge_cost: the sum of its shares.
-- landed_cost is kept from both and from what it cost to buy.
ALTER TABLE assets
  ADD COLUMN lot_id INTEGER REFERENCES lots (id),
  ADD COLUMN import_id INTEGER REFERENCES imports (id),
  ADD COLUMN charge_cost DECIMAL(10, 2) NOT NULL DEFAULT 0 CONSTRAINT check_charge_cost CHECK (charge_cost >= 0),
  ADD COLUMN landed_entered DECIMAL(10, 2) CONSTRAINT check_landed_entered CHECK (landed_entered >= 0),
  -- Its import was undone: the record stays for what is written of it, and is no device of the shop
  ADD COLUMN voided_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE assets DISABLE TRIGGER update_assets_timestamp;
UPDATE assets SET landed_entered = landed_cost WHERE landed_cost IS NOT NULL;
ALTER TABLE assets ENABLE TRIGGER update_assets_timestamp;
CREATE INDEX idx_assets_lot ON assets (lot_id, id) WHERE lot_id IS NOT NULL;
CREATE INDEX idx_assets_import ON assets (import_id, id) WHERE import_id IS NOT NULL;
ALTER TABLE assets ADD CONSTRAINT check_asset_voided CHECK (voided_at IS NULL OR (status = 'Scrapped' AND lot_id IS NULL));

CREATE FUNCTION keep_landed_cost() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lot record;
BEGIN
  IF NEW.lot_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.lot_id IS DISTINCT FROM OLD.lot_id) THEN
    SELECT l.lot_number, l.closed_at INTO lot FROM public.lots l WHERE l.id = NEW.lot_id FOR KEY SHARE;
    IF lot.closed_at IS NOT NULL THEN
      RAISE EXCEPTION '% is closed: open it again before something is received into it.', lot.lot_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'lot_closed';
    END IF;
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.charge_cost := 0;
    NEW.landed_entered := NEW.landed_cost;
    RETURN NEW;
  END IF;
  IF NEW.lot_id IS DISTINCT FROM OLD.lot_id AND OLD.charge_cost > 0 AND NOT (NEW.lot_id IS NULL AND OLD.status = 'Sold') THEN
    RAISE EXCEPTION 'Device % carries charges of its lot: take those back first.', OLD.asset_tag
      USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_carries_charges';
  END IF;
  IF NEW.charge_cost IS DISTINCT FROM OLD.charge_cost OR NEW.lot_id IS DISTINCT FROM OLD.lot_id THEN
    SELECT coalesce(sum(s.amount), 0) INTO NEW.charge_cost
    FROM public.lot_charge_shares s JOIN public.lot_charges c ON c.id = s.lot_charge_id
    WHERE s.asset_id = NEW.id AND c.lot_id = NEW.lot_id;
  END IF;
  IF NEW.landed_cost IS DISTINCT FROM OLD.landed_cost THEN
    NEW.landed_entered := NEW.landed_cost - NEW.charge_cost;
    IF NEW.landed_entered < 0 THEN
      RAISE EXCEPTION 'Device % carries % of its lot''s charges alone: its landed cost cannot be less.', OLD.asset_tag, NEW.charge_cost
        USING ERRCODE = 'BZ002', CONSTRAINT = 'landed_below_charges';
    END IF;
  END IF;
  NEW.landed_cost := CASE
    WHEN NEW.landed_entered IS NOT NULL THEN NEW.landed_entered + NEW.charge_cost
    WHEN NEW.charge_cost > 0 THEN coalesce(NEW.purchase_cost, 0) + NEW.charge_cost
  END;
  RETURN NEW;
END;
$$;
CREATE TRIGGER keep_landed_cost_new BEFORE INSERT ON assets
  FOR EACH ROW WHEN (NEW.lot_id IS NOT NULL OR NEW.landed_cost IS NOT NULL OR NEW.landed_entered IS NOT NULL OR NEW.charge_cost <> 0)
  EXECUTE FUNCTION keep_landed_cost();
CREATE TRIGGER keep_landed_cost BEFORE UPDATE ON assets
  FOR EACH ROW WHEN (
    (OLD.lot_id, OLD.purchase_cost, OLD.landed_cost, OLD.charge_cost, OLD.landed_entered)
    IS DISTINCT FROM (NEW.lot_id, NEW.purchase_cost, NEW.landed_cost, NEW.charge_cost, NEW.landed_entered)
  )
  EXECUTE FUNCTION keep_landed_cost();

-- Charges are added under the lock of their lot: nobody receives into it meanwhile.
CREATE FUNCTION guard_lot_charge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lot record;
  taken_back record;
BEGIN
  SELECT l.lot_number, l.closed_at INTO lot FROM public.lots l WHERE l.id = NEW.lot_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  IF lot.closed_at IS NOT NULL THEN
    RAISE EXCEPTION '% is closed: open it again before a charge is posted.', lot.lot_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'lot_closed';
  END IF;
  IF NEW.reverses_id IS NOT NULL THEN
    SELECT c.lot_id, c.reverses_id, c.amount, c.amount_ghs INTO taken_back FROM public.lot_charges c WHERE c.id = NEW.reverses_id;
    IF FOUND AND (taken_back.lot_id, taken_back.amount, taken_back.amount_ghs) IS DISTINCT FROM (NEW.lot_id, -NEW.amount, -NEW.amount_ghs)
      OR taken_back.reverses_id IS NOT NULL THEN
      RAISE EXCEPTION 'A charge of % is taken back whole, and once.', lot.lot_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'charge_reversed_whole';
    END IF;
  END IF;
  SELECT coalesce(max(c.charge_number), 0) + 1 INTO NEW.charge_number FROM public.lot_charges c WHERE c.lot_id = NEW.lot_id;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_lot_charge BEFORE INSERT ON lot_charges FOR EACH ROW EXECUTE FUNCTION guard_lot_charge();

-- At the commit the shares are the charge, to the pesewa.
CREATE FUNCTION check_charge_shares() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(s.amount) FROM public.lot_charge_shares s WHERE s.lot_charge_id = NEW.id) IS DISTINCT FROM NEW.amount_ghs THEN
    RAISE EXCEPTION 'The shares of a charge must add up to it.' USING ERRCODE = 'BZ002', CONSTRAINT = 'charge_is_its_shares';
  END IF;
  RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER check_charge_shares AFTER INSERT ON lot_charges DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION check_charge_shares();

CREATE FUNCTION carry_charge_shares() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.assets a SET charge_cost = a.charge_cost + n.amount
  FROM (
    SELECT s.asset_id, c.lot_id, sum(s.amount) AS amount
    FROM added s JOIN public.lot_charges c ON c.id = s.lot_charge_id GROUP BY s.asset_id, c.lot_id
  ) n
  WHERE a.id = n.asset_id AND a.lot_id = n.lot_id AND n.amount <> 0;
  RETURN NULL;
END;
$$;
CREATE TRIGGER carry_charge_shares AFTER INSERT ON lot_charge_shares
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION carry_charge_shares();

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['lot_charges', 'lot_charge_shares'] LOOP
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s_rows BEFORE UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept
    );
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept
    );
  END LOOP;
END
$$;
REVOKE UPDATE, DELETE ON lot_charges, lot_charge_shares FROM bizhub_app;
REVOKE DELETE ON lots FROM bizhub_app;

-- A device taken in trade begins another life: its lot keeps the sale, with what the device had cost by then.
ALTER TABLE buy_backs ADD COLUMN lot_id INTEGER REFERENCES lots (id);
CREATE INDEX idx_buy_backs_lot ON buy_backs (lot_id) WHERE lot_id IS NOT NULL;
CREATE FUNCTION note_buy_back_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT a.lot_id INTO NEW.lot_id FROM public.invoice_lines l JOIN public.assets a ON a.id = l.asset_id WHERE l.id = NEW.invoice_line_id;
  RETURN NEW;
END;
$$;
CREATE TRIGGER note_buy_back_lot BEFORE INSERT ON buy_backs FOR EACH ROW EXECUTE FUNCTION note_buy_back_lot();

-- Undoing an import
ALTER TABLE imports
  ADD COLUMN undone_at TIMESTAMP WITH TIME ZONE,
  ADD COLUMN undone_by INTEGER REFERENCES users (id),
  ADD COLUMN expect_only BOOLEAN NOT NULL DEFAULT FALSE,
  ADD CONSTRAINT check_import_undone CHECK (undone_at IS NULL OR state = 'Done');

-- Each device that came with a lot, with what it cost and what its sale brought without tax: cost is what is known now,
-- cost_known what was known when it was put on the invoice.
CREATE VIEW lot_members AS
SELECT
  a.lot_id,
  a.id AS asset_id,
  a.status,
  a.purchase_cost,
  a.charge_cost,
  a.repair_cost,
  coalesce(a.landed_cost, a.purchase_cost, CASE WHEN a.repair_cost > 0 THEN 0 END) + a.repair_cost AS cost,
  s.invoice_id,
  s.invoice_line_id,
  s.net,
  s.cost_known
FROM assets a
LEFT JOIN LATERAL (
  SELECT l.id AS invoice_line_id, l.invoice_id, l.unit_cost AS cost_known,
    round(l.line_total * i.subtotal / nullif((SELECT sum(o.line_total) FROM invoice_lines o WHERE o.invoice_id = i.id), 0), 2) AS net
  FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
  WHERE a.status = 'Sold' AND l.asset_id = a.id AND l.invoice_id = a.invoice_id AND l.released_at IS NULL
) s ON TRUE
WHERE a.lot_id IS NOT NULL
UNION ALL
SELECT b.lot_id, l.asset_id, 'Sold', NULL, 0, 0, b.previous_cost, l.invoice_id, l.id,
  round(l.line_total * i.subtotal / nullif((SELECT sum(o.line_total) FROM invoice_lines o WHERE o.invoice_id = i.id), 0), 2),
  l.unit_cost
FROM buy_backs b JOIN invoice_lines l ON l.id = b.invoice_line_id JOIN invoices i ON i.id = l.invoice_id
WHERE b.lot_id IS NOT NULL;

-- A record whose import was undone is no device.
CREATE OR REPLACE VIEW view_inventory_summary AS
SELECT
  pm.category,
  pm.brand,
  pm.model_name,
  a.total_units,
  a.available,
  a.reserved,
  a.sold,
  a.avg_sale_price,
  (shop_today() - DATE '2000-01-01') - a.avg_received AS avg_age_days,
  pm.id AS product_model_id,
  pm.cpu,
  pm.ram,
  pm.storage
FROM (
  SELECT
    product_model_id,
    COUNT(*) AS total_units,
    COUNT(*) FILTER (WHERE status = 'Ready for Sale') AS available,
    COUNT(*) FILTER (WHERE status = 'Reserved') AS reserved,
    COUNT(*) FILTER (WHERE status = 'Sold') AS sold,
    AVG(sale_price) FILTER (WHERE status = 'Sold') AS avg_sale_price,
    AVG(received_date - DATE '2000-01-01') FILTER (WHERE status IN ('Ready for Sale', 'Reserved')) AS avg_received
  FROM assets
  WHERE voided_at IS NULL
  GROUP BY product_model_id
) a
JOIN product_models pm ON pm.id = a.product_model_id
ORDER BY a.total_units DESC;
