-- Tax and accounts with what a credit note says of itself. Goods that went out on credit and all came back leave both
-- documents standing, each on its own day, though their invoice is Cancelled then.

CREATE OR REPLACE VIEW view_tax_documents AS
SELECT
  (i.id::bigint * 64 + t.place * 2) AS id,
  i.invoice_date AS document_date,
  'Invoice' AS kind,
  i.invoice_number AS document_number,
  i.id AS invoice_id,
  i.customer_id,
  t.value ->> 'name' AS tax_name,
  (t.value ->> 'rate')::numeric AS rate,
  coalesce(t.value ->> 'on', 'base') AS charged_on,
  i.subtotal AS net,
  (t.value ->> 'amount')::numeric(12, 2) AS tax,
  i.total_amount AS gross
FROM invoices i
CROSS JOIN LATERAL jsonb_array_elements(i.tax_lines) WITH ORDINALITY AS t (value, place)
WHERE i.status IN ('Paid', 'Refunded') OR i.goods_released_at IS NOT NULL
UNION ALL
SELECT
  r.id::bigint * 64 + t.place * 2 + 1,
  r.return_date,
  'Return',
  r.return_number,
  i.id,
  i.customer_id,
  t.value ->> 'name',
  (t.value ->> 'rate')::numeric,
  coalesce(t.value ->> 'on', 'base'),
  -r.subtotal,
  -(t.value ->> 'amount')::numeric(12, 2),
  -r.total_amount
FROM returns r
JOIN invoices i ON i.id = r.invoice_id
CROSS JOIN LATERAL jsonb_array_elements(r.tax_lines) WITH ORDINALITY AS t (value, place);

CREATE OR REPLACE VIEW view_customer_account AS
WITH open AS NOT MATERIALIZED (
  SELECT i.* FROM invoices i
  WHERE i.customer_id IS NOT NULL AND (i.status IN ('Sent', 'Paid', 'Refunded') OR i.goods_released_at IS NOT NULL)
)
SELECT i.customer_id, i.invoice_date AS entry_date, 1 AS place, i.id AS entry_id, 'Invoice' AS kind, i.invoice_number AS number,
  i.id AS invoice_id, i.due_date, i.total_amount AS charged, 0::numeric(10, 2) AS paid
FROM open i
UNION ALL
SELECT i.customer_id, p.payment_date, 2, min(p.id), 'Payment',
  concat_ws(' ', p.payment_method, max(p.reference)), min(p.invoice_id), NULL, 0, sum(p.amount)
FROM payments p JOIN open i ON i.id = p.invoice_id
GROUP BY i.customer_id, p.payment_date, p.payment_method, coalesce(-p.batch_id, p.id)
UNION ALL
SELECT i.customer_id, r.refund_date, 4, r.id, 'Refund', concat_ws(' ', r.payment_method, r.reference), i.id, NULL, r.amount, 0
FROM refunds r JOIN open i ON i.id = r.invoice_id
UNION ALL
SELECT i.customer_id, r.return_date, 3, r.id, 'Return', r.return_number, i.id, NULL, 0, r.total_amount
FROM returns r JOIN open i ON i.id = r.invoice_id;
