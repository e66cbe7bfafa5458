BEGIN;
SET LOCAL ROLE bizhub_app;
DO $$
DECLARE
  c integer;
  i integer;
  d integer := trial.device_at('Laptop', 'Sold');
  p integer;
  w integer;
BEGIN
  PERFORM trial.refused($q$INSERT INTO users (username, email, password_hash, role, full_name) VALUES ('ADMIN', 'a@b', 'x', 'Admin', 'X')$q$, '23505', 'idx_users_username_key');
  PERFORM trial.refused($q$INSERT INTO users (username, email, password_hash, role, full_name) VALUES ('other', 'Admin@LocalHost', 'x', 'Admin', 'X')$q$, '23505', 'idx_users_email_key');
  PERFORM trial.refused($q$INSERT INTO users (username, email, password_hash, role, full_name) VALUES ('other', 'a@b', 'x', 'Owner', 'X')$q$, '23514', 'users_role_check');

  INSERT INTO customers (customer_type, full_name, phone) VALUES ('Retail', 'Kofi Boateng', '+233200000001') RETURNING id INTO c;
  PERFORM trial.refused(format($q$INSERT INTO preorders (customer_id, requested_specs, status) VALUES (%s, 'x', 'Ordered')$q$, c), 'BZ001', 'preorder_starts_pending');
  INSERT INTO preorders (customer_id, requested_specs) VALUES (c, 'ThinkPad T14') RETURNING id INTO p;
  PERFORM trial.refused(format($q$UPDATE preorders SET status = 'Ordered' WHERE id = %s$q$, p), '23514', 'check_deposit_before_order');
  PERFORM trial.refused(format($q$UPDATE preorders SET deposit_paid = true WHERE id = %s$q$, p), 'BZ003', 'preorder_deposit_kept');
  INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount, reference) VALUES (p, 'Deposit', 'MoMo', 300, 'mp 7');
  PERFORM trial.refused(format($q$INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (%s, 'Deposit', 'Cash', 1)$q$, p), 'BZ002', 'preorder_takes_deposit');
  PERFORM trial.refused(format($q$INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (%s, 'Refund', 'Cash', 301)$q$, p), 'BZ002', 'preorder_refund_within_held');
  PERFORM trial.refused(format($q$INSERT INTO payments (invoice_id, payment_method, amount, reference) VALUES (%s, 'MoMo', 1, 'MP7')$q$, trial.draft(trial.device_at('Laptop', 'Ready for Sale'))), 'BZ002', 'reference_used');
  UPDATE preorders SET status = 'Ordered', order_date = '2026-01-10' WHERE id = p;
  PERFORM trial.refused(format($q$UPDATE preorders SET order_date = '2026-01-11' WHERE id = %s$q$, p), 'BZ003', 'preorder_kept');
  PERFORM trial.equal((SELECT string_agg(event_type, ' ' ORDER BY id) FROM preorder_events WHERE preorder_id = p), 'created deposit_received ordered', 'events');
  PERFORM trial.equal((SELECT sla_date FROM preorders WHERE id = p), '2026-01-31'::date, 'sla_date');
  PERFORM trial.preorder_at('Closed', 'given up', c);

  i := (SELECT invoice_id FROM assets WHERE id = d);
  PERFORM trial.refused(format($q$INSERT INTO warranties (invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date) VALUES (%s, %s, %s, 'Standard', '2026-01-02', '2026-01-02')$q$, i, d, c), '23514', 'check_warranty_dates');
  PERFORM set_config('bizhub.now', '2026-01-14 10:00+00', true);
  INSERT INTO warranties (invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date) VALUES (i, d, c, 'Standard', '2026-01-02', '2026-04-02') RETURNING id INTO w;
  PERFORM trial.refused(format($q$INSERT INTO warranties (invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date) VALUES (%s, %s, %s, 'Standard', '2026-01-02', '2026-04-02')$q$, i, d, c), '23505', 'idx_warranties_active');
  PERFORM trial.refused(format($q$INSERT INTO warranty_claims (warranty_id, customer_id, issue_description, outcome) VALUES (%s, %s, 'x', 'Magic')$q$, w, c), '23514', 'warranty_claims_outcome_check');
  PERFORM trial.refused($q$INSERT INTO repair_tickets (issue_type, issue_description, outcome) VALUES ('x', 'x', 'Magic')$q$, '23514', 'repair_tickets_outcome_check');
  PERFORM trial.refused($q$INSERT INTO repair_tickets (issue_type, issue_description, status) VALUES ('x', 'x', 'Closed')$q$, '23514', 'check_ticket_outcome');
  INSERT INTO warranty_claims (warranty_id, customer_id, issue_description) VALUES (w, c, 'dead pixel');
  INSERT INTO repair_tickets (issue_type, issue_description) VALUES ('Screen Repair', 'dead pixel');

  PERFORM trial.equal((SELECT warranty_number ~ '^WAR-\d{6}$' AND length(check_code) = 22 FROM warranties WHERE id = w), true, 'warranty number');
  PERFORM trial.equal((SELECT bool_and(preorder_number ~ '^PRE-\d{6}$') FROM preorders), true, 'preorder number');
  PERFORM trial.equal((SELECT bool_and(claim_number ~ '^WCLAIM-\d{6}$') FROM warranty_claims), true, 'claim number');
  PERFORM trial.equal((SELECT bool_and(ticket_number ~ '^TKT-\d{6}$') FROM repair_tickets), true, 'ticket number');
  PERFORM trial.equal(pad_number('INV-', 999999) || pad_number('INV-', 1000000), 'INV-999999INV-1000000', 'numbers are not cut');

  -- updated_at follows the clock of the transaction
  PERFORM set_config('bizhub.now', '2025-05-05 05:05+00', true);
  UPDATE customers SET notes = 'x' WHERE id = c;
  PERFORM trial.equal((SELECT updated_at FROM customers WHERE id = c), '2025-05-05 05:05+00'::timestamptz, 'updated_at');
END
$$;
ROLLBACK;
