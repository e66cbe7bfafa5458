-- Two ways out for preorders that would stand for ever, inside the table of moves as it is.
--   * What was rejected and sells to nobody: a Manager decides what it is worth, with a reason. That is its resale, without an
--     invoice (Rejected -> Resold), and it is settled and closed like any other.
--   * What was ordered and never comes: the shop calls it off. The table leads from Ordered and In Transit only to the arrival, so
--     the preorder stays where it was, says so, gives its whole deposit back in the same transaction and takes no other step.
ALTER TABLE preorders
  ADD COLUMN called_off_at TIMESTAMP WITH TIME ZONE,
  ADD COLUMN called_off_by INTEGER REFERENCES users (id),
  ADD COLUMN called_off_reason TEXT,
  ADD COLUMN value_decided_by INTEGER REFERENCES users (id),
  ADD COLUMN value_decided_reason TEXT,
  ADD CONSTRAINT check_preorder_called_off CHECK (
    called_off_at IS NULL AND called_off_by IS NULL AND called_off_reason IS NULL
    OR called_off_at IS NOT NULL AND nullif(btrim(called_off_reason), '') IS NOT NULL AND status IN ('Ordered', 'In Transit')
  ),
  ADD CONSTRAINT check_preorder_value_decided CHECK (
    value_decided_by IS NULL AND value_decided_reason IS NULL
    OR nullif(btrim(value_decided_reason), '') IS NOT NULL AND resale_invoice_id IS NULL AND resale_recovery_amount IS NOT NULL
      AND status IN ('Resold', 'Closed')
  );
DROP INDEX idx_preorders_due;
CREATE INDEX idx_preorders_due ON preorders (coalesce(sla_date, date '9999-12-31'), id)
  WHERE status <> 'Closed' AND called_off_at IS NULL;

-- What waits to be confirmed is counted on each look at Today.
CREATE INDEX idx_preorder_deposits_claimed ON preorder_deposits (id) WHERE claimed;

CREATE FUNCTION guard_preorder_ending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A preorder is not taken as called off or decided.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_starts_pending';
END;
$$;
CREATE TRIGGER guard_preorder_ending BEFORE INSERT ON preorders
  FOR EACH ROW WHEN (num_nonnulls(NEW.called_off_at, NEW.called_off_by, NEW.called_off_reason, NEW.value_decided_by,
    NEW.value_decided_reason) > 0)
  EXECUTE FUNCTION guard_preorder_ending();

CREATE OR REPLACE FUNCTION guard_preorder_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
  -- Called off and decided are said once, each in its own place.
  IF OLD.called_off_at IS NOT NULL AND (OLD.status, OLD.agreed_price) IS DISTINCT FROM (NEW.status, NEW.agreed_price) THEN
    RAISE EXCEPTION 'Preorder % was called off and its deposit given back: take a new preorder.', OLD.preorder_number
      USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_called_off';
  END IF;
  IF (OLD.called_off_at, OLD.called_off_reason, OLD.called_off_by, OLD.value_decided_reason, OLD.value_decided_by) IS DISTINCT FROM
     (NEW.called_off_at, NEW.called_off_reason, NEW.called_off_by, NEW.value_decided_reason, NEW.value_decided_by)
  THEN
    IF OLD.called_off_at IS NULL AND NEW.called_off_at IS NOT NULL AND OLD.value_decided_reason IS NULL
      AND NEW.value_decided_reason IS NULL AND OLD.status = NEW.status AND OLD.status IN ('Ordered', 'In Transit')
    THEN
      NEW.called_off_at := shop_now();
      NEW.called_off_by := coalesce(NEW.called_off_by, shop_actor());
    ELSIF NEW.value_decided_reason IS NOT NULL AND OLD.called_off_at IS NULL AND NEW.called_off_at IS NULL
      AND OLD.status = 'Rejected' AND NEW.status = 'Resold' AND NEW.resale_invoice_id IS NULL
    THEN
      NEW.value_decided_by := coalesce(NEW.value_decided_by, shop_actor());
    ELSE
      RAISE EXCEPTION 'Preorder % is %: only what is Ordered or In Transit is called off, and only what is Rejected is settled by a decision.',
        OLD.preorder_number, OLD.status USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_ending';
    END IF;
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
    -- Either it was sold, or somebody decided what it is worth.
    IF NEW.value_decided_reason IS NULL AND NOT EXISTS (
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

CREATE OR REPLACE FUNCTION apply_preorder_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  preorder record;
  money record;
BEGIN
  PERFORM FROM public.preorders p WHERE p.id = NEW.preorder_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  SELECT p.preorder_number, p.status, p.called_off_at, greatest(p.agreed_price - p.resale_recovery_amount, 0) AS loss INTO preorder
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
    IF (preorder.status NOT IN ('Deposit Pending', 'Resold', 'Picked Up') AND preorder.called_off_at IS NULL) OR NEW.amount > money.held
      OR ((preorder.status = 'Deposit Pending' OR preorder.called_off_at IS NOT NULL) AND NEW.amount <> money.held)
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

-- That it is called off is an event which leads nowhere; and at the commit nothing is held for it any more.
CREATE FUNCTION follow_called_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.preorder_events (preorder_id, event_type, notes) VALUES (NEW.id, 'called_off', NEW.called_off_reason);
  RETURN NULL;
END;
$$;
CREATE TRIGGER follow_called_off AFTER UPDATE ON preorders
  FOR EACH ROW WHEN (OLD.called_off_at IS NULL AND NEW.called_off_at IS NOT NULL) EXECUTE FUNCTION follow_called_off();

CREATE FUNCTION check_called_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM public.view_preorder_deposits d WHERE d.preorder_id = NEW.id AND d.held <> 0) THEN
    RAISE EXCEPTION 'Preorder % is called off: its whole deposit goes back with it.', NEW.preorder_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_holds_money';
  END IF;
  RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER check_called_off AFTER UPDATE ON preorders DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.called_off_at IS NOT NULL) EXECUTE FUNCTION check_called_off();

-- What was called off is not waited for.
CREATE OR REPLACE VIEW view_preorder_sla AS
SELECT
  p.preorder_number,
  c.full_name AS customer_name,
  p.requested_specs,
  p.status,
  p.order_date,
  p.sla_date,
  coalesce(p.arrival_date, shop_today()) - p.sla_date AS days_overdue,
  p.status IN ('Ordered', 'In Transit') AND p.sla_date IS NOT NULL AND shop_today() > p.sla_date AS is_overdue,
  p.arrival_date,
  p.arrival_date > p.sla_date AS arrived_late,
  p.id AS preorder_id
FROM preorders p
JOIN customers c ON p.customer_id = c.id
WHERE p.status NOT IN ('Closed') AND p.called_off_at IS NULL
ORDER BY p.sla_date ASC;
