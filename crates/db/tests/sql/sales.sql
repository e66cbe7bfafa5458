BEGIN;
SET LOCAL ROLE bizhub_app;
DO $$
DECLARE
  d integer := trial.device_at('Laptop', 'Ready for Sale');
  i integer;
  j integer;
  s integer;
  l integer;
  r integer;
BEGIN
  INSERT INTO bulk_stock (sku, item_name, category, quantity, unit_price) VALUES ('CHG-65W', 'Charger', 'Charger', 5, 100) RETURNING id INTO s;

  -- An invoice begins as a Draft.
  PERFORM trial.refused($q$INSERT INTO invoices (customer_type, subtotal, total_amount, status) VALUES ('Retail', 0, 0, 'Paid')$q$, 'BZ001', 'invoice_starts_draft');
  PERFORM trial.refused($q$INSERT INTO invoices (customer_type, subtotal, total_amount, amount_paid) VALUES ('Retail', 1, 1, 1)$q$, 'BZ001', 'invoice_starts_draft');
  PERFORM trial.refused($q$INSERT INTO invoices (customer_type, subtotal, total_amount) VALUES ('Retail', 1, 2)$q$, '23514', 'check_invoice_total');
  PERFORM trial.refused($q$INSERT INTO invoices (customer_type, subtotal, tax_amount, total_amount) VALUES ('Retail', 1, 1, 2)$q$, '23514', 'check_invoice_total');
  PERFORM trial.refused($q$INSERT INTO invoices (customer_type, subtotal, tax_amount, total_amount, tax_mode) VALUES ('Retail', -1, 1, 0, 'exclusive')$q$, '23514', 'check_invoice_subtotal');
  i := trial.draft(d);
  PERFORM trial.equal((SELECT invoice_number ~ '^INV-\d{6}$' AND length(check_code) = 22 FROM invoices WHERE id = i), true, 'number and code');

  -- Lines
  PERFORM trial.refused(format($q$SELECT trial.draft(%s)$q$, d), '23505', 'idx_invoice_lines_live_asset');
  PERFORM trial.refused(format($q$INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, quantity, unit_price, line_total) VALUES (%s, 2, %s, 'x', 0, 100, 0)$q$, i, s), '23514', 'check_line_quantity');
  PERFORM trial.refused(format($q$INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, quantity, unit_price, line_total) VALUES (%s, 2, %s, 'x', 2, 100, 100)$q$, i, s), '23514', 'check_line_total');
  PERFORM trial.refused(format($q$INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, quantity, unit_price, line_total) VALUES (%s, 2, %s, 'x', 1, -1, -1)$q$, i, s), '23514', 'check_line_price');
  PERFORM trial.refused(format($q$INSERT INTO invoice_lines (invoice_id, line_number, item_description, unit_price, line_total) VALUES (%s, 2, 'x', 1, 1)$q$, i), '23514', 'check_item_reference');
  PERFORM trial.refused(format($q$INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, unit_price, line_total) VALUES (%s, 1, %s, 'x', 1, 1)$q$, i, s), '23505', 'idx_invoice_lines_number');
  PERFORM trial.refused(format($q$INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, unit_price, line_total, released_at) VALUES (%s, 2, %s, 'x', 1, 1, now())$q$, i, s), 'BZ003', 'line_release_kept');
  PERFORM trial.refused(format('UPDATE invoice_lines SET released_at = now() WHERE invoice_id = %s', i), 'BZ003', 'line_release_kept');
  PERFORM trial.refused(format('UPDATE invoice_lines SET asset_id = NULL, bulk_stock_id = %s WHERE invoice_id = %s', s, i), 'BZ003', 'line_item_kept');
  INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, quantity, unit_price, line_total) VALUES (i, 2, s, 'Charger', 2, 100, 200) RETURNING id INTO l;
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Sent' WHERE id = %s$q$, i), 'BZ002', 'invoice_totals_match');
  UPDATE invoices SET subtotal = 5200, total_amount = 5200 WHERE id = i;

  -- Money
  PERFORM trial.refused(format($q$INSERT INTO payments (invoice_id, payment_method, amount) VALUES (%s, 'Cash', 0)$q$, i), '23514', 'check_payment_amount');
  PERFORM trial.refused(format($q$INSERT INTO payments (invoice_id, payment_method, amount) VALUES (%s, 'Cash', 5200.01)$q$, i), '23514', 'check_invoice_not_overpaid');
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Paid' WHERE id = %s$q$, i), 'BZ002', 'invoice_needs_payment');
  PERFORM trial.refused(format('UPDATE invoices SET amount_paid = 5200 WHERE id = %s', i), 'BZ003', 'invoice_money_kept');
  INSERT INTO payments (invoice_id, payment_method, amount, reference) VALUES (i, 'Cash', 3000, NULL), (i, 'MoMo', 2000, 'mp 2401.77');
  PERFORM trial.equal((SELECT amount_paid FROM invoices WHERE id = i), 5000.00::numeric(10,2), 'amount_paid');
  PERFORM trial.refused(format($q$INSERT INTO payments (invoice_id, payment_method, amount, reference) VALUES (%s, 'MoMo', 1, 'MP2401.77')$q$, i), '23505', 'idx_payments_reference');
  INSERT INTO payments (invoice_id, payment_method, amount, reference) VALUES (i, 'Card', 100, 'MP2401.77');
  UPDATE invoices SET status = 'Sent' WHERE id = i;
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Cancelled' WHERE id = %s$q$, i), 'BZ002', 'invoice_cancel_unpaid');
  PERFORM trial.refused(format($q$INSERT INTO payments (invoice_id, payment_method, amount) VALUES (%s, 'Cash', 100.01)$q$, i), '23514', 'check_invoice_not_overpaid');
  INSERT INTO payments (invoice_id, payment_method, amount) VALUES (i, 'Cash', 100);

  -- What left Draft stays as it is.
  PERFORM trial.refused(format('DELETE FROM invoices WHERE id = %s', i), 'BZ003', 'invoice_kept');
  PERFORM trial.refused(format('DELETE FROM invoice_lines WHERE invoice_id = %s', i), 'BZ003', 'invoice_lines_frozen');
  PERFORM trial.refused(format('UPDATE invoice_lines SET unit_cost = 1 WHERE invoice_id = %s', i), 'BZ003', 'invoice_lines_frozen');
  PERFORM trial.refused(format($q$INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, unit_price, line_total) VALUES (%s, 3, %s, 'x', 1, 1)$q$, i, s), 'BZ003', 'invoice_lines_frozen');
  PERFORM trial.refused(format('UPDATE invoices SET subtotal = 5300, total_amount = 5300 WHERE id = %s', i), 'BZ003', 'invoice_frozen');
  PERFORM trial.refused(format($q$UPDATE invoices SET invoice_date = '2020-01-01' WHERE id = %s$q$, i), 'BZ003', 'invoice_frozen');
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Draft' WHERE id = %s$q$, i), 'BZ001', 'invoice_status_move');
  UPDATE invoices SET notes = 'collects on Friday', due_date = shop_today() WHERE id = i;
  UPDATE invoices SET status = 'Paid' WHERE id = i;
  PERFORM trial.move(d, 'Sold');
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Cancelled' WHERE id = %s$q$, i), 'BZ001', 'invoice_status_move');
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Refunded' WHERE id = %s$q$, i), 'BZ002', 'invoice_needs_returns');
  PERFORM trial.refused(format($q$INSERT INTO payments (invoice_id, payment_method, amount) VALUES (%s, 'Cash', 1)$q$, i), 'BZ002', 'payment_invoice_open');

  -- Returns and refunds
  INSERT INTO returns (invoice_id, reason) VALUES (i, 'one too many') RETURNING id INTO r;
  PERFORM trial.refused(format($q$INSERT INTO return_lines (return_id, invoice_line_id, quantity, disposition) VALUES (%s, %s, 3, 'Restock')$q$, r, l), 'BZ002', 'return_within_sold');
  INSERT INTO return_lines (return_id, invoice_line_id, quantity, disposition) VALUES (r, l, 1, 'Restock');
  PERFORM trial.equal((SELECT released_at FROM invoice_lines WHERE id = l), NULL, 'half of a line is still live');
  PERFORM trial.refused(format($q$INSERT INTO refunds (invoice_id, return_id, payment_method, amount) VALUES (%s, %s, 'Cash', 5200.01)$q$, i, r), '23514', 'check_invoice_refunds');
  INSERT INTO refunds (invoice_id, return_id, payment_method, amount) VALUES (i, r, 'Cash', 100);
  PERFORM trial.refused(format($q$INSERT INTO refunds (invoice_id, return_id, payment_method, amount) VALUES (%s, %s, 'Cash', 5100.01)$q$, i, r), '23514', 'check_invoice_refunds');
  PERFORM trial.refused(format($q$INSERT INTO payments (invoice_id, payment_method, amount) VALUES (%s, 'Cash', 100)$q$, i), 'BZ002', 'payment_invoice_open');
  INSERT INTO returns (invoice_id, reason) VALUES (i, 'all of it') RETURNING id INTO r;
  PERFORM trial.refused(format($q$INSERT INTO return_lines (return_id, invoice_line_id, disposition) SELECT %s, id, 'Restock' FROM invoice_lines WHERE invoice_id = %s AND asset_id IS NOT NULL$q$, r, i), 'BZ002', 'return_device_disposition');
  INSERT INTO return_lines (return_id, invoice_line_id, quantity, disposition) SELECT r, id, 1, CASE WHEN asset_id IS NULL THEN 'Restock' ELSE 'Diagnostics' END FROM invoice_lines WHERE invoice_id = i;
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Refunded' WHERE id = %s$q$, i), 'BZ002', 'invoice_needs_refund');
  INSERT INTO refunds (invoice_id, return_id, payment_method, amount) VALUES (i, r, 'Cash', 5100);
  UPDATE invoices SET status = 'Refunded' WHERE id = i;
  PERFORM trial.refused(format('UPDATE invoice_lines SET released_at = NULL WHERE invoice_id = %s', i), 'BZ003', 'line_release_kept');
  INSERT INTO invoices (customer_type, subtotal, total_amount) VALUES ('Walk-in', 0, 0) RETURNING id INTO j;
  PERFORM trial.refused(format($q$INSERT INTO refunds (invoice_id, return_id, payment_method, amount) VALUES (%s, %s, 'Cash', 1)$q$, j, r), '23514');
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Paid' WHERE id = %s$q$, j), 'BZ002', 'invoice_needs_lines');
  PERFORM trial.refused(format($q$INSERT INTO returns (invoice_id, reason) VALUES (%s, ' ')$q$, j), '23514', 'check_return_reason');

  -- A Draft may go, with its lines, and its device is free again.
  d := trial.device_at('Laptop', 'Ready for Sale');
  i := trial.draft(d);
  DELETE FROM invoices WHERE id = i;
  PERFORM trial.equal((SELECT count(*) FROM invoice_lines WHERE invoice_id = i), 0::bigint, 'lines of a deleted Draft');
  -- So does cancelling; a part payment has to be given back first.
  i := trial.draft(d);
  INSERT INTO payments (invoice_id, payment_method, amount) VALUES (i, 'Cash', 10);
  PERFORM trial.refused(format('DELETE FROM invoices WHERE id = %s', i), 'BZ003', 'invoice_kept');
  INSERT INTO refunds (invoice_id, payment_method, amount) VALUES (i, 'Cash', 10);
  UPDATE invoices SET status = 'Cancelled', cancelled_reason = 'no money' WHERE id = i;
  PERFORM trial.equal((SELECT count(*) FROM invoice_lines WHERE invoice_id = i AND released_at IS NOT NULL), 1::bigint, 'released lines');
  PERFORM trial.refused(format($q$INSERT INTO payments (invoice_id, payment_method, amount) VALUES (%s, 'Cash', 1)$q$, i), 'BZ002', 'payment_invoice_open');
  i := trial.draft(d);

  -- A gift: nothing to pay
  INSERT INTO invoices (customer_type, subtotal, total_amount) VALUES ('Walk-in', 0, 0) RETURNING id INTO j;
  INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, unit_price, line_total) VALUES (j, 1, s, 'Charger', 0, 0);
  UPDATE invoices SET status = 'Paid' WHERE id = j;

  -- Inclusive tax: the lines are the total.
  INSERT INTO invoices (customer_type, subtotal, tax_amount, total_amount, tax_mode) VALUES ('Retail', 80, 20, 100, 'inclusive') RETURNING id INTO j;
  INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, unit_price, line_total) VALUES (j, 1, s, 'Charger', 100, 100);
  UPDATE invoices SET status = 'Sent' WHERE id = j;
END
$$;
ROLLBACK;
