-- What is written stays, for the application and for the owner.
BEGIN;
DO $$
DECLARE
  d integer := trial.device_at('Laptop', 'Returned');
  i integer := (SELECT max(invoice_id) FROM payments);
  kept text;
  c integer;
  p integer;
BEGIN
  INSERT INTO invoices (customer_type, subtotal, total_amount) VALUES ('Walk-in', 5, 5) RETURNING id INTO c;
  PERFORM trial.refused('INSERT INTO payment_confirmations (payment_id, confirmed_by) SELECT max(id), 1 FROM payments',
    'BZ002', 'payment_is_claimed');
  INSERT INTO payments (invoice_id, payment_method, amount, claimed) VALUES (c, 'MoMo', 2, TRUE) RETURNING id INTO p;
  INSERT INTO payment_confirmations (payment_id, confirmed_by) VALUES (p, 1);
  PERFORM trial.refused(format('INSERT INTO payment_rejections (payment_id, refund_id, reason, rejected_by) VALUES (%s, 1, $q$x$q$, 1)', p),
    'BZ002', 'payment_claim_open');
  INSERT INTO payments (invoice_id, payment_method, amount, claimed) VALUES (c, 'MoMo', 3, TRUE) RETURNING id INTO p;
  INSERT INTO refunds (invoice_id, payment_method, amount) VALUES (c, 'MoMo', 3) RETURNING id INTO c;
  INSERT INTO payment_rejections (payment_id, refund_id, reason, rejected_by) VALUES (p, c, 'never came', 1);
  INSERT INTO refunds (invoice_id, payment_method, amount) VALUES (i, 'Cash', 1);
  INSERT INTO bulk_stock (sku, item_name, category, quantity) VALUES ('M-1', 'Mouse', 'Mouse', 5);
  INSERT INTO customers (customer_type, full_name, phone) VALUES ('Retail', 'Efua', '+233200000009') RETURNING id INTO c;
  INSERT INTO invoices (customer_id, customer_type, subtotal, total_amount) VALUES (c, 'Retail', 2, 2) RETURNING id INTO i;
  INSERT INTO payment_batches (customer_id, payment_method, amount) VALUES (c, 'Cash', 1) RETURNING id INTO p;
  PERFORM trial.refused('SET CONSTRAINTS ALL IMMEDIATE', 'BZ002', 'payment_batch_parts');
  INSERT INTO payments (invoice_id, payment_method, amount, batch_id) VALUES (i, 'Cash', 1, p);
  SET CONSTRAINTS ALL IMMEDIATE;
  INSERT INTO preorders (customer_id, requested_specs) VALUES (c, 'x') RETURNING id INTO p;
  INSERT INTO preorder_events (preorder_id, event_type) VALUES (p, 'note_added');
  INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount, claimed) VALUES (p, 'Deposit', 'MoMo', 500, TRUE) RETURNING id INTO p;
  INSERT INTO preorder_deposit_decisions (deposit_id, confirmed, decided_by) VALUES (p, TRUE, 1);
  INSERT INTO repair_tickets (issue_type, issue_description) VALUES ('x', 'x') RETURNING id INTO p;
  INSERT INTO repair_events (repair_ticket_id, event_type) VALUES (p, 'note_added');
  INSERT INTO machine_reports (asset_id, found, report_text) SELECT min(id), '{}', 'x' FROM assets;
  INSERT INTO quality_checks (asset_id, condition_grade, passed) SELECT min(id), 'A', TRUE FROM assets;
  INSERT INTO audit_log (action, entity) VALUES ('a', 'b');
  INSERT INTO audit_seals (first_audit_id, last_audit_id, row_count, hash) VALUES (1, 1, 1, '\x00');

  FOREACH kept IN ARRAY ARRAY[
    'inventory_movements', 'diagnostics_results', 'wipe_certificates', 'stock_ledger', 'payments', 'payment_confirmations',
    'payment_batches', 'payment_rejections', 'returns', 'return_lines', 'refunds', 'preorder_events', 'repair_events',
    'preorder_deposits', 'preorder_deposit_decisions', 'machine_reports', 'quality_checks',
    'audit_log', 'audit_seals'
  ] LOOP
    PERFORM trial.refused(format('UPDATE %1$I SET %2$I = %2$I', kept, (
      SELECT attname FROM pg_attribute WHERE attrelid = kept::regclass AND attnum = 2)), 'BZ003', 'append_only');
    PERFORM trial.refused(format('DELETE FROM %I', kept), 'BZ003', 'append_only');
    PERFORM trial.refused(format('TRUNCATE %I CASCADE', kept), 'BZ003', 'append_only');
    SET LOCAL ROLE bizhub_app;
    PERFORM trial.refused(format('UPDATE %1$I SET %2$I = %2$I', kept, (
      SELECT attname FROM pg_attribute WHERE attrelid = kept::regclass AND attnum = 2)), '42501');
    PERFORM trial.refused(format('DELETE FROM %I', kept), '42501');
    PERFORM trial.refused(format('TRUNCATE %I CASCADE', kept), '42501');
    RESET ROLE;
  END LOOP;
  PERFORM trial.refused('TRUNCATE invoices CASCADE', 'BZ003', 'append_only');
END
$$;
ROLLBACK;
