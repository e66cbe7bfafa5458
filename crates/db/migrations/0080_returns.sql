-- Returns (PRODUCT 7): what a credit note takes off an invoice, refunds by another method, exchanges, and figures that
-- count a return on its own day.

-- What came back is taken off what is owed: balance = total - credited - paid + refunded.
ALTER TABLE invoices ADD COLUMN amount_credited DECIMAL(10, 2) NOT NULL DEFAULT 0 CONSTRAINT check_invoice_credited CHECK (
  amount_credited BETWEEN 0 AND total_amount
);

-- A credit note adds up as its invoice did, at the invoice's own rates.
ALTER TABLE returns
  ADD COLUMN subtotal DECIMAL(10, 2) NOT NULL DEFAULT 0 CONSTRAINT check_return_subtotal CHECK (subtotal >= 0),
  ADD COLUMN tax_amount DECIMAL(10, 2) NOT NULL DEFAULT 0 CONSTRAINT check_return_tax CHECK (tax_amount >= 0),
  ADD COLUMN total_amount DECIMAL(10, 2) NOT NULL DEFAULT 0,
  ADD COLUMN tax_lines JSONB NOT NULL DEFAULT '[]', -- [{"name", "rate", "amount"}]
  ADD CONSTRAINT check_return_total CHECK (total_amount = subtotal + tax_amount);

ALTER TABLE refunds
  -- The tender that it counts against, where the money is given back by another method.
  ADD COLUMN instead_of VARCHAR(20) CONSTRAINT check_refund_instead_of CHECK (
    instead_of IN ('Cash', 'MoMo', 'Bank Transfer', 'Card', 'Other') AND instead_of <> payment_method
  ),
  -- An exchange: no money moved, the amount pays this invoice.
  ADD COLUMN exchange_invoice_id INTEGER REFERENCES invoices (id)
    CONSTRAINT check_refund_exchange CHECK (exchange_invoice_id IS NULL OR payment_method = 'Other');

-- Where a payment comes from that nobody paid in money: the credit of a returned purchase (its other half is the refund
-- with exchange_invoice_id; both halves are left out of the day's tender), or a device taken as part payment.
CREATE TABLE payment_sources (
  payment_id INTEGER PRIMARY KEY REFERENCES payments (id),
  return_id INTEGER REFERENCES returns (id),
  asset_id INTEGER REFERENCES assets (id),
  CONSTRAINT check_payment_source CHECK (num_nonnulls(return_id, asset_id) = 1)
);
CREATE INDEX idx_payment_sources_return ON payment_sources (return_id) WHERE return_id IS NOT NULL;
CREATE INDEX idx_payment_sources_asset ON payment_sources (asset_id) WHERE asset_id IS NOT NULL;
CREATE TRIGGER keep_payment_sources_rows BEFORE UPDATE OR DELETE ON payment_sources
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_payment_sources BEFORE TRUNCATE ON payment_sources
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON payment_sources FROM bizhub_app;

-- Why a warranty ended before its time.
ALTER TABLE warranties ADD COLUMN void_reason TEXT;

CREATE FUNCTION apply_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.invoices SET amount_credited = amount_credited + NEW.total_amount WHERE id = NEW.invoice_id;
  RETURN NEW;
END;
$$;
CREATE TRIGGER apply_return BEFORE INSERT ON returns
  FOR EACH ROW WHEN (NEW.total_amount <> 0) EXECUTE FUNCTION apply_return();

-- The guard of 0010, which now knows credits: Paid is what is left after them, and Refunded needs the money back.
CREATE OR REPLACE FUNCTION guard_invoice_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lines record;
BEGIN
  -- These change by payments, refunds and returns alone, whose triggers stand one level below this one.
  IF (OLD.amount_paid, OLD.amount_refunded, OLD.amount_credited)
    IS DISTINCT FROM (NEW.amount_paid, NEW.amount_refunded, NEW.amount_credited)
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

  IF NEW.status = 'Paid' AND NEW.amount_paid - NEW.amount_refunded < NEW.total_amount - NEW.amount_credited THEN
    RAISE EXCEPTION 'Invoice % still has % to pay.', OLD.invoice_number,
      NEW.total_amount - NEW.amount_credited - NEW.amount_paid + NEW.amount_refunded USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_payment';
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
  IF NEW.status = 'Refunded' AND NEW.amount_paid <> NEW.amount_refunded THEN
    RAISE EXCEPTION 'Not everything that was paid on invoice % was given back: % is left.', OLD.invoice_number,
      NEW.amount_paid - NEW.amount_refunded USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_refund';
  END IF;
  RETURN NEW;
END;
$$;
DROP TRIGGER guard_invoice_update ON invoices;
CREATE TRIGGER guard_invoice_update BEFORE UPDATE ON invoices
  FOR EACH ROW WHEN (
    OLD.status IS DISTINCT FROM NEW.status
    OR OLD.goods_released_at IS DISTINCT FROM NEW.goods_released_at
    OR (pg_trigger_depth() = 0 AND (OLD.status <> 'Draft'
      OR OLD.amount_paid IS DISTINCT FROM NEW.amount_paid OR OLD.amount_refunded IS DISTINCT FROM NEW.amount_refunded
      OR OLD.amount_credited IS DISTINCT FROM NEW.amount_credited))
  )
  EXECUTE FUNCTION guard_invoice_update();

-- Payments stop at what is left after credits.
CREATE OR REPLACE FUNCTION apply_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  invoice record;
BEGIN
  -- Appending nothing keeps the planner on the primary key: by status it would walk past every invoice that was ever a Draft.
  UPDATE public.invoices SET amount_paid = amount_paid + NEW.amount
  WHERE id = NEW.invoice_id AND status || '' IN ('Draft', 'Sent')
    AND (amount_credited = 0 OR amount_paid + NEW.amount - amount_refunded <= total_amount - amount_credited);
  IF NOT FOUND THEN
    SELECT i.invoice_number, i.status INTO invoice FROM public.invoices i WHERE i.id = NEW.invoice_id;
    IF FOUND AND invoice.status IN ('Draft', 'Sent') THEN
      RAISE EXCEPTION 'This is more than what is left to pay on invoice %: goods of it came back.', invoice.invoice_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_within_credit';
    ELSIF FOUND THEN
      RAISE EXCEPTION 'Invoice % is %: it takes no payments.', invoice.invoice_number, invoice.status
        USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_invoice_open';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;

-- A line that was let go of does not come back a second time, and items have dispositions of their own.
CREATE OR REPLACE FUNCTION apply_return_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  line record;
  back bigint;
BEGIN
  SELECT l.quantity, l.asset_id, l.line_number, l.released_at, i.id AS invoice_id, i.invoice_number, i.status, i.goods_released_at,
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
  IF line.asset_id IS NULL AND NEW.disposition NOT IN ('Restock', 'Scrap') THEN
    RAISE EXCEPTION 'A returned item goes back into stock or is scrapped: it has no diagnostics of its own.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_item_disposition';
  END IF;
  IF line.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'Line % of invoice % came back already.', line.line_number, line.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_within_sold';
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

-- Figures: an invoice that was refunded was still sold on its day; what came back counts on the day of the return.
CREATE OR REPLACE FUNCTION change_paid_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status IN ('Paid', 'Refunded') THEN
    INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales) VALUES (OLD.invoice_date, -1, -OLD.total_amount);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.status IN ('Paid', 'Refunded') THEN
    INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales) VALUES (NEW.invoice_date, 1, NEW.total_amount);
  END IF;
  RETURN NULL;
END;
$$;

INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales)
  SELECT invoice_date, count(*), sum(total_amount) FROM invoices WHERE status = 'Refunded' GROUP BY invoice_date;

CREATE OR REPLACE VIEW view_sales_daily AS
SELECT
  d.day AS invoice_date,
  sum(d.sales)::bigint AS transaction_count,
  sum(d.amount) AS total_sales,
  sum(CASE WHEN d.customer_type = 'Retail' THEN d.amount ELSE 0 END) AS retail_sales,
  sum(CASE WHEN d.customer_type = 'Wholesale' THEN d.amount ELSE 0 END) AS wholesale_sales,
  sum(CASE WHEN d.customer_type = 'Walk-in' THEN d.amount ELSE 0 END) AS walk_in_sales,
  sum(d.returns)::bigint AS return_count,
  sum(d.returned) AS returned_amount,
  sum(d.amount - d.returned) AS net_sales
FROM (
  SELECT i.invoice_date AS day, i.customer_type, 1 AS sales, i.total_amount AS amount, 0 AS returns, 0::numeric AS returned
  FROM invoices i WHERE i.status IN ('Paid', 'Refunded')
  UNION ALL
  SELECT r.return_date, i.customer_type, 0, 0, 1, r.total_amount
  FROM returns r JOIN invoices i ON i.id = r.invoice_id WHERE i.status IN ('Paid', 'Refunded')
) d
GROUP BY d.day
ORDER BY d.day DESC;
