-- Preorders (PRODUCT 8): the workflow held by the database itself, and deposits as money that is held for somebody.

ALTER TABLE preorders
  -- Which model and grade would do, where the customer said so: what arrives is matched with it.
  ADD COLUMN product_model_id INTEGER REFERENCES product_models (id),
  ADD COLUMN wanted_grade VARCHAR(1) CONSTRAINT check_preorder_grade CHECK (wanted_grade IN ('A', 'B', 'C')),
  -- What the device is to cost, without tax that comes on top; from the arrival on it is always there.
  ADD COLUMN agreed_price DECIMAL(10, 2) CONSTRAINT check_preorder_agreed_price CHECK (agreed_price > 0),
  ADD COLUMN invoice_id INTEGER REFERENCES invoices (id), -- by which it was picked up
  ADD COLUMN rejection_reason TEXT;
CREATE INDEX idx_preorders_model ON preorders (product_model_id) WHERE product_model_id IS NOT NULL;
CREATE UNIQUE INDEX idx_preorders_invoice ON preorders (invoice_id) WHERE invoice_id IS NOT NULL;

-- Every pesewa of a preorder that is not a payment of an invoice. Deposit: taken, and held from then on. Refund: given back
-- out of what is held. Kept: the part of the deposit that covers what a resale brought too little; no money moves.
-- Shortfall: what the customer pays of a resale's loss beyond the deposit.
CREATE TABLE preorder_deposits (
  id SERIAL PRIMARY KEY,
  preorder_id INTEGER NOT NULL REFERENCES preorders (id),
  kind VARCHAR(10) NOT NULL CONSTRAINT check_preorder_deposit_kind CHECK (kind IN ('Deposit', 'Refund', 'Kept', 'Shortfall')),
  entry_date DATE NOT NULL DEFAULT shop_today(),
  payment_method VARCHAR(20) CONSTRAINT check_preorder_deposit_method CHECK (
    payment_method IN ('Cash', 'MoMo', 'Bank Transfer', 'Card', 'Other')
  ),
  amount DECIMAL(10, 2) NOT NULL CONSTRAINT check_preorder_deposit_amount CHECK (amount > 0),
  reference VARCHAR(100),
  notes TEXT,
  claimed BOOLEAN NOT NULL DEFAULT FALSE, -- the customer says so; until a preorder_deposit_decisions row exists
  till_session_id INTEGER REFERENCES till_sessions (id),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_preorder_deposit_money CHECK ((payment_method IS NULL) = (kind = 'Kept')),
  CONSTRAINT check_preorder_deposit_claim CHECK (
    NOT claimed OR (kind = 'Deposit' AND payment_method IN ('MoMo', 'Bank Transfer'))
  )
);
CREATE INDEX idx_preorder_deposits_preorder ON preorder_deposits (preorder_id);
CREATE INDEX idx_preorder_deposits_date ON preorder_deposits (entry_date);
CREATE INDEX idx_preorder_deposits_till ON preorder_deposits (till_session_id) WHERE till_session_id IS NOT NULL;
CREATE UNIQUE INDEX idx_preorder_deposits_reference ON preorder_deposits (payment_method, serial_key(reference))
  WHERE reference IS NOT NULL AND kind IN ('Deposit', 'Shortfall') AND payment_method IN ('MoMo', 'Bank Transfer');

-- Whether the money of a claimed deposit came, said once.
CREATE TABLE preorder_deposit_decisions (
  deposit_id INTEGER PRIMARY KEY REFERENCES preorder_deposits (id),
  confirmed BOOLEAN NOT NULL,
  reason TEXT,
  refund_id INTEGER CONSTRAINT idx_preorder_deposit_decisions_refund UNIQUE REFERENCES preorder_deposits (id),
  decided_by INTEGER NOT NULL DEFAULT shop_actor() REFERENCES users (id),
  decided_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_deposit_rejection CHECK (
    confirmed = (refund_id IS NULL) AND (confirmed OR nullif(btrim(reason), '') IS NOT NULL)
  )
);

-- What was taken before there was this table.
INSERT INTO preorder_deposits (preorder_id, kind, entry_date, payment_method, amount, reference, created_by, created_at)
SELECT p.id, 'Deposit', coalesce(p.deposit_date, p.order_date, p.created_at::date), coalesce(p.deposit_payment_method, 'Other'),
       p.deposit_amount, p.deposit_reference, NULL, p.created_at
FROM preorders p WHERE p.deposit_paid AND p.deposit_amount > 0;

-- Where the money of each preorder is. Held is what the shop owes until it is applied, given back or kept.
CREATE VIEW view_preorder_deposits AS
  SELECT p.id AS preorder_id, coalesce(d.taken, 0) AS taken, coalesce(d.refunded, 0) AS refunded, coalesce(d.kept, 0) AS kept,
    coalesce(d.shortfall, 0) AS shortfall, coalesce(a.applied, 0) AS applied,
    coalesce(d.taken, 0) - coalesce(d.refunded, 0) - coalesce(d.kept, 0) - coalesce(a.applied, 0) AS held
  FROM preorders p
  LEFT JOIN LATERAL (
    SELECT sum(e.amount) FILTER (WHERE e.kind = 'Deposit') AS taken, sum(e.amount) FILTER (WHERE e.kind = 'Refund') AS refunded,
      sum(e.amount) FILTER (WHERE e.kind = 'Kept') AS kept, sum(e.amount) FILTER (WHERE e.kind = 'Shortfall') AS shortfall
    FROM preorder_deposits e WHERE e.preorder_id = p.id
  ) d ON true
  LEFT JOIN LATERAL (SELECT sum(y.amount) AS applied FROM payments y WHERE y.preorder_id = p.id) a ON true;
REVOKE INSERT, UPDATE, DELETE ON view_preorder_deposits FROM bizhub_app;

-- Why a step is taken, for its event (bizhub.preorder_note).
CREATE FUNCTION preorder_note() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('bizhub.preorder_note', true), '') $$;

CREATE FUNCTION guard_preorder_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A preorder begins as Deposit Pending: its deposit, order and device are recorded as they come.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_starts_pending';
END;
$$;
CREATE TRIGGER guard_preorder_insert BEFORE INSERT ON preorders
  FOR EACH ROW WHEN (
    NEW.status <> 'Deposit Pending' OR NEW.deposit_paid OR num_nonnulls(NEW.deposit_date, NEW.order_date, NEW.arrival_date,
      NEW.customer_notified_date, NEW.asset_id, NEW.invoice_id, NEW.resale_invoice_id, NEW.resale_recovery_amount) > 0
  )
  EXECUTE FUNCTION guard_preorder_insert();

CREATE FUNCTION guard_preorder_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  still_held numeric;
BEGIN
  -- The deposit's fields change by its rows alone, whose triggers stand one level below this one.
  IF (OLD.deposit_paid, OLD.deposit_amount, OLD.deposit_date, OLD.deposit_payment_method, OLD.deposit_reference) IS DISTINCT FROM
     (NEW.deposit_paid, NEW.deposit_amount, NEW.deposit_date, NEW.deposit_payment_method, NEW.deposit_reference)
    AND pg_trigger_depth() < 2
  THEN
    RAISE EXCEPTION 'What was deposited on preorder % is what was taken for it: record a deposit.', OLD.preorder_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'preorder_deposit_kept';
  END IF;
  IF (OLD.preorder_number, CASE WHEN NEW.status = 'Arrived' THEN NULL ELSE OLD.asset_id END,
      CASE WHEN NEW.status = 'Picked Up' THEN NULL ELSE OLD.invoice_id END,
      CASE WHEN NEW.status = 'Resold' THEN NULL ELSE row(OLD.resale_invoice_id, OLD.resale_recovery_amount)::text END,
      CASE WHEN NEW.status = 'Ordered' THEN NULL ELSE OLD.order_date END,
      CASE WHEN NEW.status = 'Arrived' THEN NULL ELSE OLD.arrival_date END,
      CASE WHEN NEW.status = 'Customer Notified' THEN NULL ELSE OLD.customer_notified_date END,
      CASE WHEN NEW.status IN ('Deposit Pending', 'Ordered', 'In Transit', 'Arrived') THEN NULL ELSE OLD.agreed_price END,
      CASE WHEN NEW.status = 'Rejected' THEN NULL ELSE OLD.rejection_reason END) IS DISTINCT FROM
     (NEW.preorder_number, CASE WHEN NEW.status = 'Arrived' THEN NULL ELSE NEW.asset_id END,
      CASE WHEN NEW.status = 'Picked Up' THEN NULL ELSE NEW.invoice_id END,
      CASE WHEN NEW.status = 'Resold' THEN NULL ELSE row(NEW.resale_invoice_id, NEW.resale_recovery_amount)::text END,
      CASE WHEN NEW.status = 'Ordered' THEN NULL ELSE NEW.order_date END,
      CASE WHEN NEW.status = 'Arrived' THEN NULL ELSE NEW.arrival_date END,
      CASE WHEN NEW.status = 'Customer Notified' THEN NULL ELSE NEW.customer_notified_date END,
      CASE WHEN NEW.status IN ('Deposit Pending', 'Ordered', 'In Transit', 'Arrived') THEN NULL ELSE NEW.agreed_price END,
      CASE WHEN NEW.status = 'Rejected' THEN NULL ELSE NEW.rejection_reason END)
    OR (OLD.status = NEW.status AND (OLD.asset_id, OLD.order_date, OLD.arrival_date, OLD.customer_notified_date, OLD.invoice_id,
        OLD.resale_invoice_id, OLD.resale_recovery_amount, OLD.rejection_reason) IS DISTINCT FROM
       (NEW.asset_id, NEW.order_date, NEW.arrival_date, NEW.customer_notified_date, NEW.invoice_id,
        NEW.resale_invoice_id, NEW.resale_recovery_amount, NEW.rejection_reason))
  THEN
    RAISE EXCEPTION 'What preorder % says of its steps is kept as it was written.', OLD.preorder_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'preorder_kept';
  END IF;
  IF OLD.status = NEW.status THEN
    RETURN NEW;
  END IF;

  IF (OLD.status || '>' || NEW.status) NOT IN (
    'Deposit Pending>Ordered', 'Deposit Pending>Closed', 'Ordered>In Transit', 'In Transit>Arrived',
    'Arrived>Customer Notified', 'Arrived>Rejected', 'Customer Notified>Picked Up', 'Customer Notified>Rejected',
    'Picked Up>Closed', 'Rejected>Resold', 'Resold>Closed'
  ) THEN
    RAISE EXCEPTION 'Preorder % is %: it cannot become %.', OLD.preorder_number, OLD.status, NEW.status
      USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_status_move', DETAIL = CASE OLD.status
        WHEN 'Deposit Pending' THEN 'Allowed now: Ordered, Closed.'
        WHEN 'Ordered' THEN 'Allowed now: In Transit.'
        WHEN 'In Transit' THEN 'Allowed now: Arrived.'
        WHEN 'Arrived' THEN 'Allowed now: Customer Notified, Rejected.'
        WHEN 'Customer Notified' THEN 'Allowed now: Picked Up, Rejected.'
        WHEN 'Rejected' THEN 'Allowed now: Resold.'
        WHEN 'Closed' THEN 'Allowed now: nothing.'
        ELSE 'Allowed now: Closed.'
      END;
  END IF;

  IF NEW.status = 'Ordered' THEN
    NEW.order_date := coalesce(NEW.order_date, shop_today());
  ELSIF NEW.status = 'Arrived' THEN
    NEW.arrival_date := coalesce(NEW.arrival_date, shop_today());
    -- From now on it can come to a settlement, which is reckoned from this price.
    NEW.agreed_price := coalesce(NEW.agreed_price, nullif(NEW.target_price_max, 0), nullif(NEW.target_price_min, 0), (
      SELECT coalesce(a.list_price, CASE a.condition_grade WHEN 'A' THEN m.default_price_grade_a
        WHEN 'B' THEN m.default_price_grade_b ELSE m.default_price_grade_c END)
      FROM public.assets a JOIN public.product_models m ON m.id = a.product_model_id WHERE a.id = NEW.asset_id
    ));
  ELSIF NEW.status = 'Customer Notified' THEN
    NEW.customer_notified_date := coalesce(NEW.customer_notified_date, shop_today());
  ELSIF NEW.status = 'Picked Up' THEN
    IF NOT EXISTS (
      SELECT FROM public.invoices i JOIN public.invoice_lines l ON l.invoice_id = i.id AND l.released_at IS NULL
      JOIN public.payments y ON y.invoice_id = i.id AND y.preorder_id = NEW.id
      WHERE i.id = NEW.invoice_id AND i.status = 'Paid' AND l.asset_id = NEW.asset_id
    ) THEN
      RAISE EXCEPTION 'Preorder % is picked up by a paid invoice with its device and its deposit on it.', OLD.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_needs_sale';
    END IF;
  ELSIF NEW.status = 'Rejected' THEN
    IF nullif(btrim(NEW.rejection_reason), '') IS NULL THEN
      RAISE EXCEPTION 'Say why the customer does not want what came for preorder %.', OLD.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_needs_reason';
    END IF;
  ELSIF NEW.status = 'Resold' THEN
    IF NOT EXISTS (
      SELECT FROM public.assets a WHERE a.id = NEW.asset_id AND a.status = 'Sold' AND a.invoice_id = NEW.resale_invoice_id
        AND a.sale_price = NEW.resale_recovery_amount
    ) THEN
      RAISE EXCEPTION 'What came for preorder % is not sold yet: sell it first.', OLD.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_needs_resale';
    END IF;
  ELSIF NEW.status = 'Closed' THEN
    SELECT d.held INTO still_held FROM public.view_preorder_deposits d WHERE d.preorder_id = OLD.id;
    IF still_held <> 0 THEN
      RAISE EXCEPTION 'GH₵ % of preorder % is still held for the customer: give it back or settle it first.',
        still_held, OLD.preorder_number USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_holds_money';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_preorder_update BEFORE UPDATE ON preorders
  FOR EACH ROW EXECUTE FUNCTION guard_preorder_update();

-- A device that arrives is kept for its preorder, and let go of by a rejection. Each step is an event.
CREATE FUNCTION follow_preorder() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  device record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.preorder_events (preorder_id, event_type, to_status, notes)
    VALUES (NEW.id, 'created', NEW.status, preorder_note());
    RETURN NULL;
  END IF;
  IF NEW.status = 'Arrived' THEN
    UPDATE public.assets SET status = 'Reserved', preorder_id = NEW.id WHERE id = NEW.asset_id AND status = 'Ready for Sale';
    IF NOT FOUND THEN
      SELECT a.asset_tag, a.status INTO device FROM public.assets a WHERE a.id = NEW.asset_id;
      RAISE EXCEPTION 'Device % is %: it cannot be kept for preorder %.', device.asset_tag, device.status, NEW.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_device_free';
    END IF;
  ELSIF NEW.status = 'Rejected' THEN
    UPDATE public.assets SET status = 'Ready for Sale', preorder_id = NULL WHERE id = NEW.asset_id;
  END IF;
  INSERT INTO public.preorder_events (preorder_id, event_type, from_status, to_status, notes)
  VALUES (
    NEW.id, CASE NEW.status WHEN 'Closed' THEN CASE OLD.status WHEN 'Deposit Pending' THEN 'given_up' ELSE 'closed' END
      ELSE lower(replace(NEW.status, ' ', '_')) END,
    OLD.status, NEW.status, coalesce(preorder_note(), CASE NEW.status
      WHEN 'Resold' THEN (SELECT 'Sold with ' || i.invoice_number FROM public.invoices i WHERE i.id = NEW.resale_invoice_id)
      WHEN 'Picked Up' THEN (SELECT 'With ' || i.invoice_number FROM public.invoices i WHERE i.id = NEW.invoice_id)
      WHEN 'Rejected' THEN NEW.rejection_reason
    END)
  );
  RETURN NULL;
END;
$$;
CREATE TRIGGER follow_preorder_insert AFTER INSERT ON preorders FOR EACH ROW EXECUTE FUNCTION follow_preorder();
CREATE TRIGGER follow_preorder_update AFTER UPDATE ON preorders
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION follow_preorder();

-- What a customer rejected is sold to somebody else, at the till or by a preorder's own step: either way it is the resale.
CREATE FUNCTION follow_resale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.preorders SET status = 'Resold', resale_invoice_id = NEW.invoice_id, resale_recovery_amount = NEW.sale_price
  WHERE asset_id = NEW.id AND status = 'Rejected';
  RETURN NULL;
END;
$$;
CREATE TRIGGER follow_resale AFTER UPDATE OF status ON assets
  FOR EACH ROW WHEN (NEW.status = 'Sold' AND OLD.status IS DISTINCT FROM 'Sold') EXECUTE FUNCTION follow_resale();

-- At the commit, what a preorder holds is Reserved: it is sold by that preorder's pick-up and in no other way.
CREATE FUNCTION check_preorder_device() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  holder text;
BEGIN
  SELECT p.preorder_number INTO holder FROM public.preorders p JOIN public.assets a ON a.id = p.asset_id
  WHERE p.asset_id = NEW.id AND p.status IN ('Arrived', 'Customer Notified') AND a.status <> 'Reserved';
  IF FOUND THEN
    RAISE EXCEPTION 'Preorder % holds device %: hand it over there, or reject it first.', holder, NEW.asset_tag
      USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_holds_device';
  END IF;
  RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER check_preorder_device AFTER UPDATE ON assets DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.status = 'Reserved' AND NEW.status IS DISTINCT FROM 'Reserved')
  EXECUTE FUNCTION check_preorder_device();

-- Money of a preorder. The lock makes what goes in and what goes out wait for each other.
CREATE FUNCTION apply_preorder_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  preorder record;
  money record;
BEGIN
  PERFORM FROM public.preorders p WHERE p.id = NEW.preorder_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  SELECT p.preorder_number, p.status, greatest(p.agreed_price - p.resale_recovery_amount, 0) AS loss INTO preorder
  FROM public.preorders p WHERE p.id = NEW.preorder_id;
  SELECT d.* INTO money FROM public.view_preorder_deposits d WHERE d.preorder_id = NEW.preorder_id;
  IF NEW.kind = 'Deposit' THEN
    IF preorder.status <> 'Deposit Pending' THEN
      RAISE EXCEPTION 'Preorder % is %: it takes no deposit.', preorder.preorder_number, preorder.status
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_takes_deposit';
    ELSIF money.held > 0 THEN
      RAISE EXCEPTION 'The deposit of preorder % was taken already.', preorder.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_takes_deposit';
    END IF;
    UPDATE public.preorders SET deposit_amount = NEW.amount, deposit_paid = NOT NEW.claimed, deposit_date = NEW.entry_date,
      deposit_payment_method = NEW.payment_method, deposit_reference = NEW.reference
    WHERE id = NEW.preorder_id;
  ELSIF NEW.kind = 'Refund' THEN
    IF preorder.status NOT IN ('Deposit Pending', 'Resold', 'Picked Up') OR NEW.amount > money.held
      OR (preorder.status = 'Deposit Pending' AND NEW.amount <> money.held)
    THEN
      RAISE EXCEPTION 'Preorder % is % and GH₵ % is held for it: GH₵ % cannot be given back.',
        preorder.preorder_number, preorder.status, money.held, NEW.amount
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_refund_within_held';
    END IF;
    IF preorder.status = 'Deposit Pending' THEN
      UPDATE public.preorders SET deposit_paid = FALSE, deposit_date = NULL, deposit_payment_method = NULL, deposit_reference = NULL
      WHERE id = NEW.preorder_id;
    END IF;
  ELSIF NEW.kind = 'Kept' THEN
    IF preorder.status <> 'Resold' OR NEW.amount > money.held OR money.kept + money.shortfall + NEW.amount > preorder.loss THEN
      RAISE EXCEPTION 'Only what a resale of preorder % lost is kept of its deposit.', preorder.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_kept_within_loss';
    END IF;
  ELSIF preorder.status NOT IN ('Resold', 'Closed') OR money.kept + money.shortfall + NEW.amount > preorder.loss THEN
    RAISE EXCEPTION 'This is more than the customer of preorder % still owes.', preorder.preorder_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_shortfall_within_loss';
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER apply_preorder_deposit BEFORE INSERT ON preorder_deposits
  FOR EACH ROW EXECUTE FUNCTION apply_preorder_deposit();
CREATE TRIGGER assign_till BEFORE INSERT ON preorder_deposits
  FOR EACH ROW WHEN (NEW.payment_method IS NOT NULL) EXECUTE FUNCTION assign_till();

CREATE FUNCTION guard_closed_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.entry_date);
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_closed_day BEFORE INSERT ON preorder_deposits FOR EACH ROW EXECUTE FUNCTION guard_closed_deposit();

CREATE FUNCTION log_preorder_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.preorder_events (preorder_id, event_type, notes) VALUES (
    NEW.preorder_id,
    CASE NEW.kind WHEN 'Deposit' THEN CASE WHEN NEW.claimed THEN 'deposit_claimed' ELSE 'deposit_received' END
      WHEN 'Refund' THEN 'deposit_refunded' WHEN 'Kept' THEN 'deposit_kept' ELSE 'shortfall_received' END,
    concat_ws(' ', 'GH₵ ' || to_char(NEW.amount, 'FM99,999,990.00'), 'by ' || NEW.payment_method, NEW.reference)
      || coalesce(': ' || NEW.notes, '')
  );
  RETURN NULL;
END;
$$;
CREATE TRIGGER log_preorder_deposit AFTER INSERT ON preorder_deposits FOR EACH ROW EXECUTE FUNCTION log_preorder_deposit();

CREATE FUNCTION apply_deposit_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  deposit record;
  refund record;
BEGIN
  SELECT d.preorder_id, d.kind, d.claimed, d.amount, d.payment_method INTO deposit
  FROM public.preorder_deposits d WHERE d.id = NEW.deposit_id;
  PERFORM FROM public.preorders p WHERE p.id = deposit.preorder_id FOR NO KEY UPDATE;
  IF deposit.claimed IS NOT TRUE THEN
    RAISE EXCEPTION 'This deposit was seen when it was taken: there is nothing to confirm or reject.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'deposit_is_claimed';
  END IF;
  IF NEW.confirmed THEN
    UPDATE public.preorders SET deposit_paid = TRUE WHERE id = deposit.preorder_id;
  ELSE
    SELECT d.preorder_id, d.kind, d.amount, d.payment_method INTO refund FROM public.preorder_deposits d WHERE d.id = NEW.refund_id;
    IF (refund.preorder_id, refund.kind, refund.amount, refund.payment_method) IS DISTINCT FROM
      (deposit.preorder_id, 'Refund'::varchar, deposit.amount, deposit.payment_method)
    THEN
      RAISE EXCEPTION 'A deposit that never came is taken back in full, by its own method.'
        USING ERRCODE = 'BZ002', CONSTRAINT = 'deposit_rejection_refund';
    END IF;
  END IF;
  INSERT INTO public.preorder_events (preorder_id, event_type, notes)
  VALUES (deposit.preorder_id, CASE WHEN NEW.confirmed THEN 'deposit_confirmed' ELSE 'deposit_rejected' END, NEW.reason);
  RETURN NEW;
END;
$$;
CREATE TRIGGER apply_deposit_decision BEFORE INSERT ON preorder_deposit_decisions
  FOR EACH ROW EXECUTE FUNCTION apply_deposit_decision();

-- A deposit that pays an invoice: as much of it as goes, at the pick-up, for the same customer. It was in a till on its own
-- day and is in none again.
CREATE FUNCTION guard_applied_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  preorder record;
  still_held numeric;
BEGIN
  PERFORM FROM public.preorders p WHERE p.id = NEW.preorder_id FOR NO KEY UPDATE;
  SELECT p.preorder_number, p.status, p.customer_id, i.customer_id AS buyer, i.total_amount INTO preorder
  FROM public.preorders p JOIN public.invoices i ON i.id = NEW.invoice_id WHERE p.id = NEW.preorder_id;
  IF FOUND THEN
    SELECT d.held INTO still_held FROM public.view_preorder_deposits d WHERE d.preorder_id = NEW.preorder_id;
    IF preorder.status <> 'Customer Notified' OR preorder.customer_id IS DISTINCT FROM preorder.buyer
      OR NEW.amount <> least(still_held, preorder.total_amount) OR NEW.claimed
    THEN
      RAISE EXCEPTION 'The deposit of preorder % is applied to its own customer''s invoice, as far as it goes, when it is picked up.',
        preorder.preorder_number USING ERRCODE = 'BZ002', CONSTRAINT = 'deposit_applies_once';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_applied_deposit BEFORE INSERT ON payments
  FOR EACH ROW WHEN (NEW.preorder_id IS NOT NULL) EXECUTE FUNCTION guard_applied_deposit();
DROP TRIGGER assign_till ON payments;
CREATE TRIGGER assign_till BEFORE INSERT ON payments
  FOR EACH ROW WHEN (NEW.preorder_id IS NULL) EXECUTE FUNCTION assign_till();

-- A MoMo or bank reference pays once in the whole system: an invoice or a deposit. Both sides wait for each other.
CREATE FUNCTION guard_reference_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  paid text;
BEGIN
  PERFORM pg_advisory_xact_lock(7464, hashtext(NEW.payment_method || serial_key(NEW.reference)));
  IF TG_TABLE_NAME = 'payments' THEN
    SELECT 'the deposit of ' || p.preorder_number INTO paid
    FROM public.preorder_deposits d JOIN public.preorders p ON p.id = d.preorder_id
    WHERE d.payment_method = NEW.payment_method AND serial_key(d.reference) = serial_key(NEW.reference)
      AND d.kind IN ('Deposit', 'Shortfall') AND d.payment_method IN ('MoMo', 'Bank Transfer') AND d.reference IS NOT NULL;
  ELSE
    SELECT coalesce((
      SELECT i.invoice_number FROM public.payments y JOIN public.invoices i ON i.id = y.invoice_id
      WHERE y.payment_method = NEW.payment_method AND serial_key(y.reference) = serial_key(NEW.reference)
        AND y.payment_method IN ('MoMo', 'Bank Transfer') AND y.reference IS NOT NULL
    ), (
      SELECT 'the deposit of ' || p.preorder_number
      FROM public.preorder_deposits d JOIN public.preorders p ON p.id = d.preorder_id
      WHERE d.payment_method = NEW.payment_method AND serial_key(d.reference) = serial_key(NEW.reference)
        AND d.kind IN ('Deposit', 'Shortfall') AND d.payment_method IN ('MoMo', 'Bank Transfer') AND d.reference IS NOT NULL
    )) INTO paid;
  END IF;
  IF paid IS NOT NULL THEN
    RAISE EXCEPTION 'The % reference % paid % already: ask the customer for the message of this payment.',
      NEW.payment_method, NEW.reference, paid USING ERRCODE = 'BZ002', CONSTRAINT = 'reference_used';
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_reference_once BEFORE INSERT ON payments
  FOR EACH ROW WHEN (NEW.reference IS NOT NULL AND NEW.payment_method IN ('MoMo', 'Bank Transfer'))
  EXECUTE FUNCTION guard_reference_once();
CREATE TRIGGER guard_reference_once BEFORE INSERT ON preorder_deposits
  FOR EACH ROW WHEN (
    NEW.reference IS NOT NULL AND NEW.kind IN ('Deposit', 'Shortfall') AND NEW.payment_method IN ('MoMo', 'Bank Transfer')
  )
  EXECUTE FUNCTION guard_reference_once();

-- Deposits are money of the till they were taken into.
CREATE OR REPLACE VIEW till_entries AS
  SELECT s.id AS till_session_id, 'Cash'::varchar AS payment_method, 'Float'::varchar AS kind, s.opening_float AS amount
  FROM till_sessions s
  UNION ALL
  SELECT p.till_session_id, p.payment_method, 'Payment', p.amount FROM payments p WHERE p.till_session_id IS NOT NULL
  UNION ALL
  SELECT r.till_session_id, r.payment_method, 'Refund', -r.amount FROM refunds r WHERE r.till_session_id IS NOT NULL
  UNION ALL
  SELECT m.till_session_id, 'Cash', m.kind, CASE m.kind WHEN 'Pay in' THEN m.amount ELSE -m.amount END FROM till_movements m
  UNION ALL
  SELECT c.till_session_id, c.payment_method, 'Counted', c.amount FROM till_counts c
  UNION ALL
  SELECT d.till_session_id, d.payment_method, CASE d.kind WHEN 'Refund' THEN 'Refund' ELSE 'Payment' END,
    CASE d.kind WHEN 'Refund' THEN -d.amount ELSE d.amount END
  FROM preorder_deposits d WHERE d.till_session_id IS NOT NULL;

-- What a day comes to: a deposit on its own day, and not again when it pays an invoice.
CREATE OR REPLACE FUNCTION day_figures(dated date) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'invoices', (SELECT count(*) FROM invoices i WHERE i.invoice_date = dated AND i.status IN ('Sent', 'Paid', 'Refunded')),
    'sales_total', (SELECT coalesce(sum(i.total_amount), 0)::numeric(14, 2)::text FROM invoices i
                    WHERE i.invoice_date = dated AND i.status IN ('Sent', 'Paid', 'Refunded')),
    'payments_total', (SELECT coalesce(sum(m.amount), 0)::numeric(14, 2)::text FROM (
      SELECT p.amount FROM payments p WHERE p.payment_date = dated AND p.preorder_id IS NULL
      UNION ALL SELECT d.amount FROM preorder_deposits d WHERE d.entry_date = dated AND d.kind IN ('Deposit', 'Shortfall')) m),
    'refunds_total', (SELECT coalesce(sum(m.amount), 0)::numeric(14, 2)::text FROM (
      SELECT r.amount FROM refunds r WHERE r.refund_date = dated
      UNION ALL SELECT d.amount FROM preorder_deposits d WHERE d.entry_date = dated AND d.kind = 'Refund') m),
    'returns', (SELECT count(*) FROM returns r WHERE r.return_date = dated),
    'payments', (SELECT coalesce(jsonb_object_agg(m.payment_method, m.total), '{}') FROM (
      SELECT q.payment_method, sum(q.amount)::numeric(14, 2)::text AS total FROM (
        SELECT p.payment_method, p.amount FROM payments p WHERE p.payment_date = dated AND p.preorder_id IS NULL
        UNION ALL SELECT d.payment_method, d.amount FROM preorder_deposits d
        WHERE d.entry_date = dated AND d.kind IN ('Deposit', 'Shortfall')) q GROUP BY q.payment_method) m),
    'refunds', (SELECT coalesce(jsonb_object_agg(m.payment_method, m.total), '{}') FROM (
      SELECT q.payment_method, sum(q.amount)::numeric(14, 2)::text AS total FROM (
        SELECT r.payment_method, r.amount FROM refunds r WHERE r.refund_date = dated
        UNION ALL SELECT d.payment_method, d.amount FROM preorder_deposits d
        WHERE d.entry_date = dated AND d.kind = 'Refund') q GROUP BY q.payment_method) m)
  )
$$;

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['preorder_deposits', 'preorder_deposit_decisions'] LOOP
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s_rows BEFORE UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept
    );
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept
    );
  END LOOP;
END
$$;
REVOKE UPDATE, DELETE ON preorder_deposits, preorder_deposit_decisions FROM bizhub_app;
REVOKE DELETE ON preorders FROM bizhub_app;
