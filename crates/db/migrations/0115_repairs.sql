-- Repair tickets (PRODUCT 10): whose device it is and how it came in, parts, estimate, and the workflow held by the database.

ALTER TABLE repair_tickets
  -- Who pays: the customer by an invoice, a warranty, or the shop for its own stock.
  ADD COLUMN paid_by VARCHAR(10) NOT NULL DEFAULT 'Customer' CONSTRAINT check_ticket_paid_by CHECK (
    paid_by IN ('Customer', 'Warranty', 'Shop')
  ),
  -- A device that we never had, as its owner names it
  ADD COLUMN device_brand VARCHAR(50),
  ADD COLUMN device_model VARCHAR(100),
  ADD COLUMN device_serial VARCHAR(100),
  ADD COLUMN condition_notes TEXT,
  ADD COLUMN accessories TEXT,
  ADD COLUMN promised_date DATE,
  -- Labour beside the services on the ticket: labor_cost is both
  ADD COLUMN labor_entered DECIMAL(10, 2) NOT NULL DEFAULT 0 CONSTRAINT check_ticket_labor CHECK (labor_entered >= 0),
  ADD COLUMN estimate_amount DECIMAL(10, 2) CONSTRAINT check_ticket_estimate CHECK (estimate_amount >= 0),
  ADD COLUMN estimate_notes TEXT,
  ADD COLUMN estimate_answer VARCHAR(3) CONSTRAINT check_ticket_estimate_answer CHECK (
    estimate_answer IN ('Yes', 'No') AND (estimate_answer IS NULL OR estimate_amount IS NOT NULL)
  ),
  ADD COLUMN status_since TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now();

-- A device is on one open ticket at most.
CREATE UNIQUE INDEX idx_repair_tickets_open_asset ON repair_tickets (asset_id) WHERE status <> 'Closed';
-- The board, and what waits to be fetched.
CREATE INDEX idx_repair_tickets_open ON repair_tickets (status, id) WHERE status <> 'Closed';

-- What a repair took of the stock, at the price and the cost of that moment. What is given back stays here, marked.
CREATE TABLE repair_parts (
  id SERIAL PRIMARY KEY,
  repair_ticket_id INTEGER NOT NULL REFERENCES repair_tickets (id),
  bulk_stock_id INTEGER NOT NULL REFERENCES bulk_stock (id),
  sku VARCHAR(50) NOT NULL,
  item_name VARCHAR(100) NOT NULL,
  is_stocked BOOLEAN NOT NULL, -- false: a service, which counts as labour
  quantity INTEGER NOT NULL CONSTRAINT check_part_quantity CHECK (quantity BETWEEN 1 AND 100000),
  unit_price DECIMAL(10, 2) NOT NULL CONSTRAINT check_part_price CHECK (unit_price >= 0),
  unit_cost DECIMAL(10, 2) CONSTRAINT check_part_cost CHECK (unit_cost >= 0),
  added_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  removed_by INTEGER REFERENCES users (id),
  removed_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX idx_repair_parts_ticket ON repair_parts (repair_ticket_id);
CREATE INDEX idx_repair_parts_item ON repair_parts (bulk_stock_id);
CREATE INDEX idx_stock_ledger_ticket ON stock_ledger (repair_ticket_id) WHERE repair_ticket_id IS NOT NULL;

-- Parts on an invoice: they left the stock when they were built in, so what is billed is a service.
INSERT INTO bulk_stock (sku, item_name, category, description, unit_cost, unit_price, reorder_threshold, is_stocked)
VALUES ('REPAIR-PARTS', 'Repair parts', 'Service', 'A part that was built in by a repair', NULL, NULL, 0, FALSE)
ON CONFLICT DO NOTHING;

-- What repairs of our own stock cost, beside what the device cost to buy and land.
ALTER TABLE assets ADD COLUMN repair_cost DECIMAL(10, 2) NOT NULL DEFAULT 0 CONSTRAINT check_repair_cost CHECK (repair_cost >= 0);

CREATE TABLE repair_status_moves (
  from_status VARCHAR(30) NOT NULL,
  to_status VARCHAR(30) NOT NULL,
  PRIMARY KEY (from_status, to_status)
);
INSERT INTO repair_status_moves VALUES
  ('Open', 'Diagnosing'),
  ('Diagnosing', 'Waiting for Parts'),
  ('Diagnosing', 'In Repair'),
  ('Waiting for Parts', 'In Repair'),
  ('In Repair', 'Waiting for Parts'),
  ('In Repair', 'Ready'),
  ('Ready', 'In Repair'),
  ('Ready', 'Closed');
REVOKE INSERT, UPDATE, DELETE ON repair_status_moves FROM bizhub_app;

CREATE FUNCTION guard_ticket_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A repair begins as Open: take it in first, then move it on.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'ticket_starts_open';
END;
$$;
CREATE TRIGGER guard_ticket_insert BEFORE INSERT ON repair_tickets
  FOR EACH ROW WHEN (NEW.status <> 'Open' AND (NEW.status <> 'Closed' OR NEW.outcome IS NOT NULL))
  EXECUTE FUNCTION guard_ticket_insert();

CREATE FUNCTION guard_ticket_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'Closed' AND NEW.status = 'Closed' THEN
    IF (to_jsonb(OLD) - ARRAY['invoice_id', 'customer_id', 'updated_at']) IS DISTINCT FROM
       (to_jsonb(NEW) - ARRAY['invoice_id', 'customer_id', 'updated_at']) THEN
      RAISE EXCEPTION '% is closed: it stays as it is. Open another ticket for more work.', OLD.ticket_number
        USING ERRCODE = 'BZ003', CONSTRAINT = 'ticket_closed';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.status IS DISTINCT FROM OLD.status THEN
    IF NOT EXISTS (SELECT FROM public.repair_status_moves m WHERE m.from_status = OLD.status AND m.to_status = NEW.status) THEN
      RAISE EXCEPTION '% is %: it cannot become %.', OLD.ticket_number, OLD.status, NEW.status
        USING ERRCODE = 'BZ001', CONSTRAINT = 'ticket_status_move', DETAIL = 'Allowed now: ' || coalesce((
          SELECT string_agg(m.to_status, ', ' ORDER BY m.to_status) FROM public.repair_status_moves m WHERE m.from_status = OLD.status
        ), 'nothing') || '.';
    END IF;
    IF NEW.status = 'Closed' AND NEW.outcome IS NULL THEN
      RAISE EXCEPTION '% needs an outcome: say how the repair ended.', OLD.ticket_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'ticket_needs_outcome';
    END IF;
    NEW.status_since := shop_now();
    NEW.closed_date := CASE NEW.status WHEN 'Closed' THEN shop_today() END;
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_ticket_update BEFORE UPDATE ON repair_tickets FOR EACH ROW EXECUTE FUNCTION guard_ticket_update();

-- What a ticket comes to is kept by the database: parts and services on it and the labour that was entered; at the price for
-- the customer, at their cost where a warranty or the shop pays.
CREATE FUNCTION sum_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sums record;
BEGIN
  SELECT coalesce(sum(p.amount) FILTER (WHERE p.is_stocked), 0) AS parts, coalesce(sum(p.amount) FILTER (WHERE NOT p.is_stocked), 0) AS labor
  INTO sums FROM (
    SELECT r.is_stocked, r.quantity * CASE NEW.paid_by WHEN 'Customer' THEN r.unit_price ELSE coalesce(r.unit_cost, 0) END AS amount
    FROM public.repair_parts r WHERE r.repair_ticket_id = NEW.id AND r.removed_at IS NULL
  ) p;
  IF TG_OP = 'INSERT' THEN
    IF NEW.labor_entered = 0 THEN
      NEW.labor_entered := NEW.labor_cost;
    END IF;
  ELSIF NEW.labor_cost IS DISTINCT FROM OLD.labor_cost AND NEW.labor_entered IS NOT DISTINCT FROM OLD.labor_entered THEN
    NEW.labor_entered := NEW.labor_cost - sums.labor;
  END IF;
  NEW.labor_cost := NEW.labor_entered + sums.labor;
  NEW.parts_cost := sums.parts;
  NEW.total_cost := NEW.labor_cost + NEW.parts_cost;
  RETURN NEW;
END;
$$;
-- After the guard, by its name.
CREATE TRIGGER sum_ticket BEFORE INSERT OR UPDATE ON repair_tickets FOR EACH ROW EXECUTE FUNCTION sum_ticket();

CREATE FUNCTION guard_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ticket record;
BEGIN
  SELECT t.ticket_number, t.status INTO ticket FROM public.repair_tickets t WHERE t.id = NEW.repair_ticket_id FOR NO KEY UPDATE;
  IF FOUND AND ticket.status = 'Closed' THEN
    RAISE EXCEPTION '% is closed: its parts stay as they are.', ticket.ticket_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'ticket_closed';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL
    OR (to_jsonb(OLD) - ARRAY['removed_at', 'removed_by']) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['removed_at', 'removed_by'])) THEN
    RAISE EXCEPTION 'A part on a ticket stays as it was added: take it off and add another.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'part_kept';
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_part BEFORE INSERT OR UPDATE ON repair_parts FOR EACH ROW EXECUTE FUNCTION guard_part();
CREATE TRIGGER keep_repair_parts_rows BEFORE DELETE ON repair_parts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_repair_parts BEFORE TRUNCATE ON repair_parts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE DELETE ON repair_parts FROM bizhub_app;

CREATE FUNCTION sum_ticket_of_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.repair_tickets SET updated_at = updated_at WHERE id = NEW.repair_ticket_id;
  RETURN NULL;
END;
$$;
CREATE TRIGGER sum_ticket_of_part AFTER INSERT OR UPDATE ON repair_parts FOR EACH ROW EXECUTE FUNCTION sum_ticket_of_part();

CREATE FUNCTION guard_ticket_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is kept: close it instead of deleting it.', OLD.ticket_number
    USING ERRCODE = 'BZ003', CONSTRAINT = 'ticket_kept';
END;
$$;
CREATE TRIGGER guard_ticket_delete BEFORE DELETE ON repair_tickets FOR EACH ROW EXECUTE FUNCTION guard_ticket_delete();
