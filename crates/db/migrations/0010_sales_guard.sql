-- Invoices, lines and money, held by the database itself (PRODUCT 7).

CREATE FUNCTION guard_invoice_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An invoice begins as a Draft without payments: add its lines and payments, then move it on.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'invoice_starts_draft';
END;
$$;
CREATE TRIGGER guard_invoice_insert BEFORE INSERT ON invoices
  FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM 'Draft' OR NEW.amount_paid <> 0 OR NEW.amount_refunded <> 0)
  EXECUTE FUNCTION guard_invoice_insert();

CREATE FUNCTION guard_invoice_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lines record;
BEGIN
  -- amount_paid and amount_refunded change by payments and refunds alone, whose triggers stand one level below this one.
  IF (OLD.amount_paid, OLD.amount_refunded) IS DISTINCT FROM (NEW.amount_paid, NEW.amount_refunded)
    AND pg_trigger_depth() < 2
  THEN
    RAISE EXCEPTION 'What was paid on invoice % is the sum of its payments: record a payment or a refund.', OLD.invoice_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_money_kept';
  END IF;

  IF OLD.status <> 'Draft' AND (
    (OLD.invoice_number, OLD.customer_type, OLD.invoice_date, OLD.subtotal, OLD.tax_amount, OLD.total_amount, OLD.tax_mode,
      OLD.tax_lines, OLD.check_code) IS DISTINCT FROM
    (NEW.invoice_number, NEW.customer_type, NEW.invoice_date, NEW.subtotal, NEW.tax_amount, NEW.total_amount, NEW.tax_mode,
      NEW.tax_lines, NEW.check_code)
    OR (OLD.goods_released_at IS NOT NULL AND (OLD.goods_released_at, OLD.goods_released_by) IS DISTINCT FROM
      (NEW.goods_released_at, NEW.goods_released_by))
  ) THEN
    RAISE EXCEPTION 'Invoice % is %: what it says cannot be changed. Cancel it or record a return instead.',
      OLD.invoice_number, OLD.status USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_frozen';
  END IF;
  IF OLD.goods_released_at IS NULL AND NEW.goods_released_at IS NOT NULL AND NEW.status <> 'Sent' THEN
    RAISE EXCEPTION 'Invoice % is %: goods are released on credit while it is Sent.', OLD.invoice_number, NEW.status
      USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_release_sent';
  END IF;

  IF OLD.status IS NOT DISTINCT FROM NEW.status THEN
    RETURN NEW;
  END IF;

  IF (OLD.status || '>' || NEW.status) NOT IN (
    'Draft>Sent', 'Draft>Paid', 'Sent>Paid', 'Draft>Cancelled', 'Sent>Cancelled', 'Paid>Refunded'
  ) THEN
    RAISE EXCEPTION 'Invoice % is %: it cannot become %.', OLD.invoice_number, OLD.status, NEW.status
      USING ERRCODE = 'BZ001', CONSTRAINT = 'invoice_status_move', DETAIL = CASE OLD.status
        WHEN 'Draft' THEN 'Allowed now: Sent, Paid, Cancelled.'
        WHEN 'Sent' THEN 'Allowed now: Paid, Cancelled.'
        WHEN 'Paid' THEN 'Allowed now: Refunded.'
        ELSE 'Allowed now: nothing.'
      END;
  END IF;

  IF OLD.status = 'Draft' AND NEW.status IN ('Sent', 'Paid') THEN
    SELECT count(*) AS number, sum(l.line_total) AS total INTO lines
    FROM public.invoice_lines l WHERE l.invoice_id = OLD.id AND l.released_at IS NULL;
    IF lines.number = 0 THEN
      RAISE EXCEPTION 'Invoice % has no lines: add what is sold first.', OLD.invoice_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_lines';
    END IF;
    IF lines.total <> (CASE NEW.tax_mode WHEN 'inclusive' THEN NEW.total_amount ELSE NEW.subtotal END) THEN
      RAISE EXCEPTION 'The lines of invoice % add up to %, which is not what its totals say.', OLD.invoice_number, lines.total
        USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_totals_match';
    END IF;
  END IF;

  IF NEW.status = 'Paid' AND NEW.amount_paid - NEW.amount_refunded <> NEW.total_amount THEN
    RAISE EXCEPTION 'Invoice % still has % to pay.', OLD.invoice_number,
      NEW.total_amount - NEW.amount_paid + NEW.amount_refunded USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_payment';
  END IF;

  IF NEW.status = 'Cancelled' THEN
    IF NEW.amount_paid <> NEW.amount_refunded THEN
      RAISE EXCEPTION 'Invoice % has % paid on it: give that back first, then cancel.', OLD.invoice_number,
        NEW.amount_paid - NEW.amount_refunded USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_cancel_unpaid';
    END IF;
    IF NEW.goods_released_at IS NOT NULL AND EXISTS (
      SELECT FROM public.invoice_lines l WHERE l.invoice_id = OLD.id AND l.released_at IS NULL
    ) THEN
      RAISE EXCEPTION 'The goods of invoice % are with the customer: record their return first.', OLD.invoice_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_cancel_goods';
    END IF;
  END IF;

  IF NEW.status = 'Refunded' AND EXISTS (
    SELECT FROM public.invoice_lines l WHERE l.invoice_id = OLD.id AND l.released_at IS NULL
  ) THEN
    RAISE EXCEPTION 'Not everything on invoice % came back: record the return of the other lines first.', OLD.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_returns';
  END IF;
  RETURN NEW;
END;
$$;
-- A payment's own update of a Draft or Sent invoice changes amount_paid alone and is let through without a call.
CREATE TRIGGER guard_invoice_update BEFORE UPDATE ON invoices
  FOR EACH ROW WHEN (
    OLD.status IS DISTINCT FROM NEW.status
    OR OLD.goods_released_at IS DISTINCT FROM NEW.goods_released_at
    OR (pg_trigger_depth() = 0 AND (OLD.status <> 'Draft'
      OR OLD.amount_paid IS DISTINCT FROM NEW.amount_paid OR OLD.amount_refunded IS DISTINCT FROM NEW.amount_refunded))
  )
  EXECUTE FUNCTION guard_invoice_update();

CREATE FUNCTION guard_invoice_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Invoice % is kept: cancel it instead of deleting it.', OLD.invoice_number
    USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_kept';
END;
$$;
CREATE TRIGGER guard_invoice_delete BEFORE DELETE ON invoices
  FOR EACH ROW WHEN (OLD.status <> 'Draft' OR OLD.amount_paid <> 0) EXECUTE FUNCTION guard_invoice_delete();
CREATE TRIGGER keep_invoices BEFORE TRUNCATE ON invoices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_invoice_lines BEFORE TRUNCATE ON invoice_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A cancelled invoice lets go of its goods.
CREATE FUNCTION release_invoice_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.invoice_lines SET released_at = shop_now() WHERE invoice_id = NEW.id AND released_at IS NULL;
  RETURN NULL;
END;
$$;
CREATE TRIGGER release_cancelled_lines AFTER UPDATE ON invoices
  FOR EACH ROW WHEN (NEW.status = 'Cancelled' AND OLD.status IS DISTINCT FROM 'Cancelled')
  EXECUTE FUNCTION release_invoice_lines();

-- Lines come and go while the invoice is a Draft; a device is put on a line when it is free to be sold.
CREATE FUNCTION guard_line_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  invoice record;
  asset record;
BEGIN
  SELECT i.invoice_number, i.status, i.customer_id INTO invoice
  FROM public.invoices i WHERE i.id = NEW.invoice_id FOR NO KEY UPDATE;
  IF FOUND AND invoice.status <> 'Draft' THEN
    RAISE EXCEPTION 'Invoice % is %: its lines cannot be changed.', invoice.invoice_number, invoice.status
      USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_lines_frozen';
  END IF;
  IF NEW.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'A new line is live: it is released by a return or a cancellation.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'line_release_kept';
  END IF;
  IF NEW.asset_id IS NOT NULL THEN
    SELECT a.asset_tag, a.status INTO asset FROM public.assets a WHERE a.id = NEW.asset_id FOR NO KEY UPDATE;
    IF FOUND AND asset.status <> 'Ready for Sale' AND NOT (asset.status = 'Reserved' AND EXISTS (
      SELECT FROM public.preorders p
      WHERE p.asset_id = NEW.asset_id AND p.status IN ('Arrived', 'Customer Notified') AND p.customer_id = invoice.customer_id
    )) THEN
      RAISE EXCEPTION 'Device % is %: it cannot be put on an invoice.', asset.asset_tag, asset.status
        USING ERRCODE = 'BZ002', CONSTRAINT = 'line_asset_sellable';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_line_insert BEFORE INSERT ON invoice_lines
  FOR EACH ROW EXECUTE FUNCTION guard_line_insert();

CREATE FUNCTION guard_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  invoice record;
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.asset_id, NEW.invoice_id) IS DISTINCT FROM (OLD.asset_id, OLD.invoice_id) THEN
    RAISE EXCEPTION 'A line keeps its device and its invoice: take the line off and add another.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'line_item_kept';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.released_at IS DISTINCT FROM OLD.released_at THEN
    RAISE EXCEPTION 'A line is released by a return or by cancelling its invoice, not by hand.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'line_release_kept';
  END IF;
  -- When the Draft itself is being deleted it is already gone here.
  SELECT i.invoice_number, i.status INTO invoice FROM public.invoices i WHERE i.id = OLD.invoice_id FOR NO KEY UPDATE;
  IF FOUND AND invoice.status <> 'Draft' THEN
    RAISE EXCEPTION 'Invoice % is %: its lines cannot be changed.', invoice.invoice_number, invoice.status
      USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_lines_frozen';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END;
$$;
-- The release by a cancellation or a return comes from their triggers, and changes nothing else.
CREATE TRIGGER guard_line_update BEFORE UPDATE ON invoice_lines
  FOR EACH ROW WHEN (pg_trigger_depth() = 0 OR OLD.released_at IS NOT NULL) EXECUTE FUNCTION guard_line_change();
CREATE TRIGGER guard_line_delete BEFORE DELETE ON invoice_lines
  FOR EACH ROW EXECUTE FUNCTION guard_line_change();

-- A payment counts on its invoice at once; past the total the invoice's own check refuses it.
CREATE FUNCTION apply_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  invoice record;
BEGIN
  -- Appending nothing keeps the planner on the primary key: by status it would walk past every invoice that was ever a Draft.
  UPDATE public.invoices SET amount_paid = amount_paid + NEW.amount
  WHERE id = NEW.invoice_id AND status || '' IN ('Draft', 'Sent');
  IF NOT FOUND THEN
    SELECT i.invoice_number, i.status INTO invoice FROM public.invoices i WHERE i.id = NEW.invoice_id;
    IF FOUND THEN
      RAISE EXCEPTION 'Invoice % is %: it takes no payments.', invoice.invoice_number, invoice.status
        USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_invoice_open';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER apply_payment BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION apply_payment();

CREATE FUNCTION apply_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.invoices SET amount_refunded = amount_refunded + NEW.amount WHERE id = NEW.invoice_id;
  RETURN NEW;
END;
$$;
CREATE TRIGGER apply_refund BEFORE INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION apply_refund();

-- A returned line comes from the same invoice, whose goods went out, and never more than went out. When all of it is back
-- the line is released, and a device may be sold again.
CREATE FUNCTION apply_return_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  line record;
  back bigint;
BEGIN
  SELECT l.quantity, l.asset_id, l.line_number, i.id AS invoice_id, i.invoice_number, i.status, i.goods_released_at,
    r.invoice_id AS return_invoice_id INTO line
  FROM public.invoice_lines l
  JOIN public.invoices i ON i.id = l.invoice_id
  JOIN public.returns r ON r.id = NEW.return_id
  WHERE l.id = NEW.invoice_line_id FOR NO KEY UPDATE OF l;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign keys say which is missing
  END IF;
  IF line.invoice_id <> line.return_invoice_id THEN
    RAISE EXCEPTION 'That line is on invoice %, not on the invoice of this return.', line.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_same_invoice';
  END IF;
  IF NOT (line.status = 'Paid' OR (line.status = 'Sent' AND line.goods_released_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'Invoice % is %: nothing of it has gone out that could come back.', line.invoice_number, line.status
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_goods_out';
  END IF;
  IF line.asset_id IS NOT NULL AND NEW.disposition = 'Restock' THEN
    RAISE EXCEPTION 'A returned device goes to diagnostics, repair or scrap, not straight back into stock.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_device_disposition';
  END IF;
  SELECT coalesce(sum(r.quantity), 0) + NEW.quantity INTO back
  FROM public.return_lines r WHERE r.invoice_line_id = NEW.invoice_line_id;
  IF back > line.quantity THEN
    RAISE EXCEPTION 'Line % of invoice % sold %, and % would have come back.',
      line.line_number, line.invoice_number, line.quantity, back
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_within_sold';
  END IF;
  IF back = line.quantity THEN
    UPDATE public.invoice_lines SET released_at = shop_now() WHERE id = NEW.invoice_line_id;
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER apply_return_line BEFORE INSERT ON return_lines FOR EACH ROW EXECUTE FUNCTION apply_return_line();
