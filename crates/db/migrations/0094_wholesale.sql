-- Wholesale (PRODUCT 7): price lists, terms of a customer, one payment over several invoices.

CREATE TABLE price_lists (
  id SERIAL PRIMARY KEY,
  name VARCHAR(100) NOT NULL,
  -- Per cent off the list price; a kind of device may have its own. Services keep their price.
  percent DECIMAL(5, 2) NOT NULL CONSTRAINT check_price_list_percent CHECK (percent BETWEEN 0 AND 100),
  laptop_percent DECIMAL(5, 2) CONSTRAINT check_price_list_laptop CHECK (laptop_percent BETWEEN 0 AND 100),
  phone_percent DECIMAL(5, 2) CONSTRAINT check_price_list_phone CHECK (phone_percent BETWEEN 0 AND 100),
  accessory_percent DECIMAL(5, 2) CONSTRAINT check_price_list_accessory CHECK (accessory_percent BETWEEN 0 AND 100),
  is_active BOOLEAN NOT NULL DEFAULT TRUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE UNIQUE INDEX idx_price_lists_name ON price_lists (lower(btrim(name)));
CREATE TRIGGER update_price_lists_timestamp BEFORE UPDATE ON price_lists
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
REVOKE DELETE ON price_lists FROM bizhub_app;

ALTER TABLE customers
  ADD COLUMN price_list_id INTEGER REFERENCES price_lists (id),
  ADD COLUMN credit_limit DECIMAL(10, 2) CONSTRAINT check_customer_credit_limit CHECK (credit_limit >= 0),
  ADD COLUMN payment_terms_days INTEGER CONSTRAINT check_customer_terms CHECK (payment_terms_days BETWEEN 0 AND 365);

CREATE INDEX idx_invoices_open_customer ON invoices (customer_id) WHERE status = 'Sent';

-- What a customer hands over once, for several invoices. Its parts are payments; the first carries the reference, so that
-- the index over references holds for what was handed over and not for its parts.
CREATE TABLE payment_batches (
  id SERIAL PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  payment_date DATE NOT NULL DEFAULT shop_today(),
  payment_method VARCHAR(20) NOT NULL CONSTRAINT check_batch_method CHECK (
    payment_method IN ('Cash', 'MoMo', 'Bank Transfer', 'Card', 'Other')
  ),
  amount DECIMAL(10, 2) NOT NULL CONSTRAINT check_batch_amount CHECK (amount > 0),
  reference VARCHAR(100),
  notes TEXT,
  received_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_payment_batches_customer ON payment_batches (customer_id, payment_date);
CREATE TRIGGER keep_payment_batches_rows BEFORE UPDATE OR DELETE ON payment_batches
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_payment_batches BEFORE TRUNCATE ON payment_batches
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON payment_batches FROM bizhub_app;

ALTER TABLE payments ADD COLUMN batch_id INTEGER REFERENCES payment_batches (id);
CREATE INDEX idx_payments_batch ON payments (batch_id) WHERE batch_id IS NOT NULL;

-- At the commit a batch is exactly its parts, of one customer, one method and one day, and its reference stands on one.
CREATE FUNCTION check_payment_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  batch record;
  parts record;
BEGIN
  IF TG_TABLE_NAME = 'payments' THEN
    SELECT * INTO batch FROM public.payment_batches b WHERE b.id = NEW.batch_id;
  ELSE
    SELECT * INTO batch FROM public.payment_batches b WHERE b.id = NEW.id;
  END IF;
  SELECT sum(p.amount) AS amount,
    bool_and(p.payment_method = batch.payment_method AND p.payment_date = batch.payment_date
      AND i.customer_id IS NOT DISTINCT FROM batch.customer_id) AS same,
    count(*) FILTER (WHERE p.reference IS NOT NULL) AS references,
    count(*) FILTER (WHERE p.reference = batch.reference) AS own
  INTO parts
  FROM public.payments p JOIN public.invoices i ON i.id = p.invoice_id WHERE p.batch_id = batch.id;
  IF parts.amount IS DISTINCT FROM batch.amount OR parts.same IS NOT TRUE
    OR parts.references <> (CASE WHEN batch.reference IS NULL THEN 0 ELSE 1 END) OR parts.own <> parts.references
  THEN
    RAISE EXCEPTION 'The parts of payment % are not what the customer handed over.', batch.id
      USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_batch_parts';
  END IF;
  RETURN NULL;
END;
$$;
CREATE CONSTRAINT TRIGGER check_payment_batch AFTER INSERT ON payment_batches DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION check_payment_batch();
CREATE CONSTRAINT TRIGGER check_payment_batch_part AFTER INSERT ON payments DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.batch_id IS NOT NULL) EXECUTE FUNCTION check_payment_batch();

-- The customer's account over time: what went on it (documents on their day) and what came off it.
CREATE VIEW view_customer_account AS
SELECT i.customer_id, i.invoice_date AS entry_date, 1 AS place, i.id AS entry_id, 'Invoice' AS kind, i.invoice_number AS number,
  i.id AS invoice_id, i.due_date, i.total_amount AS charged, 0::numeric(10, 2) AS paid
FROM invoices i
WHERE i.status IN ('Sent', 'Paid', 'Refunded') AND i.customer_id IS NOT NULL
UNION ALL
SELECT i.customer_id, p.payment_date, 2, min(p.id), 'Payment',
  concat_ws(' ', p.payment_method, max(p.reference)), min(p.invoice_id), NULL, 0, sum(p.amount)
FROM payments p JOIN invoices i ON i.id = p.invoice_id
WHERE i.status IN ('Sent', 'Paid', 'Refunded') AND i.customer_id IS NOT NULL
GROUP BY i.customer_id, p.payment_date, p.payment_method, coalesce(-p.batch_id, p.id)
UNION ALL
SELECT i.customer_id, r.refund_date, 4, r.id, 'Refund', concat_ws(' ', r.payment_method, r.reference), i.id, NULL, r.amount, 0
FROM refunds r JOIN invoices i ON i.id = r.invoice_id
WHERE i.status IN ('Sent', 'Paid', 'Refunded') AND i.customer_id IS NOT NULL
UNION ALL
-- What came back is taken off at what it was sold for, with its tax; of several returns each takes the difference.
SELECT r.customer_id, r.return_date, 3, r.return_id, 'Return', r.return_number, r.invoice_id, NULL, 0,
  round(r.total_amount * r.after / r.whole, 2) - round(r.total_amount * r.before / r.whole, 2)
FROM (
  SELECT o.*, sum(o.value) OVER w AS after, sum(o.value) OVER w - o.value AS before
  FROM (
    SELECT r.id AS return_id, r.return_number, r.return_date, r.invoice_id, i.customer_id, i.total_amount,
      sum(l.unit_price * rl.quantity) AS value,
      (SELECT nullif(sum(a.line_total), 0) FROM invoice_lines a WHERE a.invoice_id = r.invoice_id) AS whole
    FROM returns r
    JOIN invoices i ON i.id = r.invoice_id
    JOIN return_lines rl ON rl.return_id = r.id
    JOIN invoice_lines l ON l.id = rl.invoice_line_id
    WHERE i.status IN ('Sent', 'Paid', 'Refunded') AND i.customer_id IS NOT NULL
    GROUP BY r.id, i.id
  ) o
  WINDOW w AS (PARTITION BY o.invoice_id ORDER BY o.return_id)
) r
WHERE r.whole IS NOT NULL;
