-- What a day comes to. Of an exchange only what changed hands counts, as everywhere else: not the credit note that pays the new
-- invoice, nor the refund that it is.
CREATE OR REPLACE FUNCTION day_figures(dated date) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'invoices', (SELECT count(*) FROM invoices i WHERE i.invoice_date = dated AND i.status IN ('Sent', 'Paid', 'Refunded')),
    'sales_total', (SELECT coalesce(sum(i.total_amount), 0)::numeric(14, 2)::text FROM invoices i
                    WHERE i.invoice_date = dated AND i.status IN ('Sent', 'Paid', 'Refunded')),
    'payments_total', (SELECT coalesce(sum(m.amount), 0)::numeric(14, 2)::text FROM (
      SELECT p.amount FROM payments p WHERE p.payment_date = dated AND p.preorder_id IS NULL
        AND NOT EXISTS (SELECT FROM payment_sources s WHERE s.payment_id = p.id AND s.return_id IS NOT NULL)
      UNION ALL SELECT d.amount FROM preorder_deposits d WHERE d.entry_date = dated AND d.kind IN ('Deposit', 'Shortfall')) m),
    'refunds_total', (SELECT coalesce(sum(m.amount), 0)::numeric(14, 2)::text FROM (
      SELECT r.amount FROM refunds r WHERE r.refund_date = dated AND r.exchange_invoice_id IS NULL
      UNION ALL SELECT d.amount FROM preorder_deposits d WHERE d.entry_date = dated AND d.kind = 'Refund') m),
    'returns', (SELECT count(*) FROM returns r WHERE r.return_date = dated),
    'payments', (SELECT coalesce(jsonb_object_agg(m.payment_method, m.total), '{}') FROM (
      SELECT q.payment_method, sum(q.amount)::numeric(14, 2)::text AS total FROM (
        SELECT p.payment_method, p.amount FROM payments p WHERE p.payment_date = dated AND p.preorder_id IS NULL
        AND NOT EXISTS (SELECT FROM payment_sources s WHERE s.payment_id = p.id AND s.return_id IS NOT NULL)
        UNION ALL SELECT d.payment_method, d.amount FROM preorder_deposits d
        WHERE d.entry_date = dated AND d.kind IN ('Deposit', 'Shortfall')) q GROUP BY q.payment_method) m),
    'refunds', (SELECT coalesce(jsonb_object_agg(m.payment_method, m.total), '{}') FROM (
      SELECT q.payment_method, sum(q.amount)::numeric(14, 2)::text AS total FROM (
        SELECT r.payment_method, r.amount FROM refunds r WHERE r.refund_date = dated AND r.exchange_invoice_id IS NULL
        UNION ALL SELECT d.payment_method, d.amount FROM preorder_deposits d
        WHERE d.entry_date = dated AND d.kind = 'Refund') q GROUP BY q.payment_method) m)
  )
$$;
