-- What is left to pay on an invoice, said once: lists, reports, credit and statements ask here. Whoever wrote the sum again
-- forgot what came back. PostgreSQL writes it into the query that asks, so that it costs what the sum costs.
CREATE FUNCTION invoice_balance(invoice invoices) RETURNS NUMERIC LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT greatest(invoice.total_amount - invoice.amount_credited - invoice.amount_paid + invoice.amount_refunded, 0)
$$;
