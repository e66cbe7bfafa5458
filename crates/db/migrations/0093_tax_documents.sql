-- Tax by name (PRODUCT 11): what each document charged of each tax, or gave back.

-- An invoice counts on its own day once its goods went out; a return counts on its own day, against the rates of the
-- invoice. What several returns of one invoice give back adds up to what the invoice charged: each takes the difference
-- between what is back after it and what was back before.
CREATE VIEW view_tax_documents AS
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
WHERE i.status IN ('Paid', 'Refunded') OR (i.status = 'Sent' AND i.goods_released_at IS NOT NULL)
UNION ALL
SELECT
  r.return_id::bigint * 64 + t.place * 2 + 1,
  r.return_date,
  'Return',
  r.return_number,
  i.id,
  i.customer_id,
  t.value ->> 'name',
  (t.value ->> 'rate')::numeric,
  coalesce(t.value ->> 'on', 'base'),
  -(round(i.total_amount * r.after / r.whole, 2) - round(i.total_amount * r.before / r.whole, 2)
    - sum(round((t.value ->> 'amount')::numeric * r.after / r.whole, 2)
          - round((t.value ->> 'amount')::numeric * r.before / r.whole, 2)) OVER (PARTITION BY r.return_id)),
  -(round((t.value ->> 'amount')::numeric * r.after / r.whole, 2)
    - round((t.value ->> 'amount')::numeric * r.before / r.whole, 2)),
  -(round(i.total_amount * r.after / r.whole, 2) - round(i.total_amount * r.before / r.whole, 2))
FROM (
  SELECT o.*, sum(o.value) OVER w AS after, sum(o.value) OVER w - o.value AS before
  FROM (
    SELECT r.id AS return_id, r.return_number, r.return_date, r.invoice_id, sum(l.unit_price * rl.quantity) AS value,
      (SELECT nullif(sum(a.line_total), 0) FROM invoice_lines a WHERE a.invoice_id = r.invoice_id) AS whole
    FROM returns r
    JOIN return_lines rl ON rl.return_id = r.id
    JOIN invoice_lines l ON l.id = rl.invoice_line_id
    GROUP BY r.id
  ) o
  WINDOW w AS (PARTITION BY o.invoice_id ORDER BY o.return_id)
) r
JOIN invoices i ON i.id = r.invoice_id
CROSS JOIN LATERAL jsonb_array_elements(i.tax_lines) WITH ORDINALITY AS t (value, place)
WHERE r.whole IS NOT NULL;
