BEGIN;
SET LOCAL ROLE bizhub_app;
DO $$
DECLARE
  d integer;
  i integer;
  c integer;
  p integer;
BEGIN
  -- A device begins as Received, whatever one writes.
  PERFORM trial.refused($q$INSERT INTO assets (serial_number, product_model_id, status) VALUES ('X', trial.model('Laptop'), 'Ready for Sale')$q$, 'BZ001', 'asset_starts_received');
  d := trial.device();
  PERFORM trial.refused(format($q$UPDATE assets SET status = 'Sold' WHERE id = %s$q$, d), 'BZ001', 'asset_status_move');
  PERFORM trial.refused(format($q$UPDATE assets SET status = 'Lost' WHERE id = %s$q$, d), 'BZ001', 'asset_status_move');
  PERFORM trial.refused(format($q$UPDATE assets SET status = NULL WHERE id = %s$q$, d), 'BZ001', 'asset_status_move');
  PERFORM trial.refused(format($q$UPDATE assets SET condition_grade = 'Z' WHERE id = %s$q$, d), '23514', 'assets_condition_grade_check');
  PERFORM trial.refused(format($q$UPDATE assets SET status_entry = 9 WHERE id = %s$q$, d), 'BZ003', 'asset_kept_by_status');
  PERFORM trial.refused(format($q$UPDATE assets SET sale_price = 1 WHERE id = %s$q$, d), 'BZ003', 'asset_kept_by_status');
  PERFORM trial.refused(format($q$UPDATE assets SET status = 'Not Sellable' WHERE id = %s$q$, d), '23514', 'check_not_sellable_reason');
  PERFORM trial.refused(format($q$UPDATE assets SET status = 'Not Sellable', not_sellable_reason = ' ' WHERE id = %s$q$, d), '23514', 'check_not_sellable_reason');
  PERFORM trial.refused(format('DELETE FROM assets WHERE id = %s', d), '23503');

  -- A result counts in the state it was recorded in; the last one counts; who records cannot choose the state.
  INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result, status_entry) VALUES (d, 1, '{}', 'Pass', 2);
  PERFORM trial.move(d, 'Diagnostics Pending');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Wipe Pending')$q$, d), 'BZ002', 'asset_needs_diagnostics');
  PERFORM trial.diagnose(d);
  PERFORM trial.diagnose(d, 'Fail');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Wipe Pending')$q$, d), 'BZ002', 'asset_needs_diagnostics');
  PERFORM trial.diagnose(d, 'Pass with Notes');
  PERFORM trial.wipe(d);
  PERFORM trial.move(d, 'Wipe Pending');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'QC Pending')$q$, d), 'BZ002', 'asset_needs_wipe');
  PERFORM trial.wipe(d);
  PERFORM trial.move(d, 'QC Pending');
  -- Back to diagnostics: the old result no longer counts, although it is of this very transaction.
  PERFORM trial.move(d, 'Diagnostics Pending');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Wipe Pending')$q$, d), 'BZ002', 'asset_needs_diagnostics');
  PERFORM trial.diagnose(d);
  PERFORM trial.move(d, 'Wipe Pending');
  PERFORM trial.wipe(d);
  PERFORM trial.move(d, 'QC Pending');

  -- Grade and price
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Ready for Sale')$q$, d), 'BZ002', 'asset_needs_grade');
  PERFORM trial.refused(format($q$UPDATE assets SET status = 'Ready for Sale', condition_grade = 'B' WHERE id = %s$q$, d), 'BZ002', 'asset_needs_price');
  UPDATE assets SET condition_grade = 'B', list_price = 4200 WHERE id = d;
  PERFORM trial.move(d, 'Ready for Sale');
  PERFORM trial.refused(format('UPDATE assets SET condition_grade = NULL WHERE id = %s', d), '23514', 'check_asset_graded');

  -- Held, sold, returned
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Reserved')$q$, d), 'BZ002', 'asset_needs_holder');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Sold')$q$, d), 'BZ002', 'asset_needs_paid_line');
  i := trial.draft(d);
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Sold')$q$, d), 'BZ002', 'asset_needs_paid_line');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Scrapped')$q$, d), 'BZ002', 'asset_is_held');
  PERFORM trial.move(d, 'Reserved');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Ready for Sale')$q$, d), 'BZ002', 'asset_is_held');
  PERFORM trial.pay(i);
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Ready for Sale')$q$, d), 'BZ002', 'asset_is_held');
  PERFORM trial.move(d, 'Sold');
  PERFORM trial.equal((SELECT (invoice_id, sale_price, sale_date)::text FROM assets WHERE id = d), (i, 5000.00::numeric(10,2), shop_today())::text, 'sale fields');
  PERFORM trial.refused(format('UPDATE assets SET invoice_id = NULL WHERE id = %s', d), 'BZ003', 'asset_kept_by_status');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Returned')$q$, d), 'BZ002', 'asset_needs_return');
  PERFORM trial.refused(format($q$SELECT trial.draft(%s)$q$, d), 'BZ002', 'line_asset_sellable');
  PERFORM trial.take_back(i);
  PERFORM trial.move(d, 'Returned');
  PERFORM trial.equal((SELECT invoice_id IS NULL AND sale_price IS NULL AND sale_date IS NULL FROM assets WHERE id = d), true, 'sale fields after a return');

  -- By way of the repair bench the customer's data would stay on it.
  PERFORM trial.move(d, 'Repair Hold');
  PERFORM trial.move(d, 'QC Pending');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Ready for Sale')$q$, d), 'BZ002', 'asset_needs_diagnostics');
  PERFORM trial.move(d, 'Diagnostics Pending');
  PERFORM trial.diagnose(d);
  PERFORM trial.move(d, 'Repair Hold');
  PERFORM trial.move(d, 'QC Pending');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Ready for Sale')$q$, d), 'BZ002', 'asset_needs_wipe');
  PERFORM trial.move(d, 'Diagnostics Pending');
  PERFORM trial.diagnose(d);
  PERFORM trial.move(d, 'Wipe Pending');
  PERFORM trial.wipe(d);
  PERFORM trial.move(d, 'QC Pending');
  PERFORM trial.move(d, 'Ready for Sale');
  -- A second life: sold again, and the first sale's return does not bring it back a second time.
  i := trial.draft(d);
  PERFORM trial.pay(i);
  PERFORM trial.move(d, 'Sold');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Returned')$q$, d), 'BZ002', 'asset_needs_return');

  -- On credit: handed over while the invoice is Sent
  d := trial.device_at('Laptop', 'Reserved');
  i := (SELECT invoice_id FROM invoice_lines WHERE asset_id = d);
  UPDATE invoices SET status = 'Sent' WHERE id = i;
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Sold')$q$, d), 'BZ002', 'asset_needs_paid_line');
  UPDATE invoices SET goods_released_at = shop_now(), goods_released_by = 1 WHERE id = i;
  PERFORM trial.move(d, 'Sold');
  PERFORM trial.refused(format($q$UPDATE invoices SET status = 'Cancelled' WHERE id = %s$q$, i), 'BZ002', 'invoice_cancel_goods');

  -- A preorder holds a device for its own customer
  d := trial.device_at('Phone', 'Ready for Sale');
  INSERT INTO customers (customer_type, full_name, phone) VALUES ('Retail', 'Ama Mensah', '+233240000001') RETURNING id INTO c;
  p := trial.preorder_at('Customer Notified', 'HP EliteBook', c);
  d := (SELECT asset_id FROM preorders WHERE id = p);
  PERFORM trial.equal((SELECT status::text FROM assets WHERE id = d), 'Reserved', 'what arrived');
  PERFORM trial.refused(format($q$SELECT trial.move(%s, 'Ready for Sale')$q$, d), 'BZ002', 'asset_is_held');
  PERFORM trial.refused(format($q$SELECT trial.draft(%s)$q$, d), 'BZ002', 'line_asset_sellable');
  i := trial.pick_up(p);
  UPDATE preorders SET status = 'Picked Up', invoice_id = i WHERE id = p;
  PERFORM trial.equal((SELECT status::text FROM assets WHERE id = d), 'Sold', 'what was picked up');

  -- A reason belongs to its own stay in Not Sellable.
  d := trial.device_at('Laptop', 'Not Sellable');
  PERFORM trial.move(d, 'Repair Hold');
  PERFORM trial.equal((SELECT not_sellable_reason FROM assets WHERE id = d), NULL, 'reason after leaving');
END
$$;

-- Who moved it, from where, and why; also to and from no location, and the first receipt.
DO $$
DECLARE
  d integer;
BEGIN
  PERFORM set_config('bizhub.user_id', '1', true), set_config('bizhub.reason', 'Lot 7', true), set_config('bizhub.now', '2025-03-01 09:00+00', true);
  d := trial.device();
  PERFORM set_config('bizhub.reason', '', true);
  UPDATE assets SET location_id = NULL WHERE id = d;
  UPDATE assets SET location_id = 2, cosmetic_notes = 'x' WHERE id = d;
  UPDATE assets SET cosmetic_notes = 'y' WHERE id = d;
  PERFORM trial.equal((
    SELECT string_agg(concat_ws('|', coalesce(from_status, '-'), to_status, coalesce(from_location_id::text, '-'), coalesce(to_location_id::text, '-'), moved_by, reason), ' / ' ORDER BY id)
    FROM inventory_movements WHERE asset_id = d AND created_at = '2025-03-01 09:00+00'
  ), '-|Received|-|1|1|Lot 7 / Received|Received|1|-|1|Auto-logged on asset update / Received|Received|-|2|1|Auto-logged on asset update', 'movements');
  PERFORM trial.equal((SELECT received_date FROM assets WHERE id = d), '2025-03-01'::date, 'received_date follows the clock');
END
$$;

-- Identity
DO $$
DECLARE
  m integer := trial.model('Phone');
BEGIN
  INSERT INTO assets (serial_number, asset_tag, product_model_id, imei_1) VALUES ('ab c-1', 'tag1', m, '356938035643809');
  PERFORM trial.refused(format($q$INSERT INTO assets (serial_number, product_model_id) VALUES ('ABC-1', %s)$q$, m), '23505', 'idx_assets_serial_key');
  PERFORM trial.refused(format($q$INSERT INTO assets (serial_number, product_model_id) VALUES ('ab c-1', %s)$q$, m), '23505');
  PERFORM trial.refused(format($q$INSERT INTO assets (serial_number, asset_tag, product_model_id) VALUES ('x2', 'TAG1', %s)$q$, m), '23505', 'idx_assets_tag_key');
  PERFORM trial.refused(format($q$INSERT INTO assets (serial_number, product_model_id, imei_1) VALUES ('x3', %s, '356938035643809')$q$, m), '23505', 'idx_assets_imei_1');
  PERFORM trial.refused(format($q$INSERT INTO assets (serial_number, product_model_id, imei_1) VALUES ('x4', %s, '12')$q$, m), '23514', 'check_imei_1');
  -- A tag written by hand is stepped over.
  INSERT INTO assets (serial_number, asset_tag, product_model_id)
  SELECT 'taken', lower(pad_number('P4T-', last_value + 1)), m FROM asset_tag_seq;
  INSERT INTO assets (serial_number, product_model_id) VALUES ('after', m);
  PERFORM trial.equal((SELECT asset_tag ~ '^P4T-\d{6,}$' FROM assets WHERE serial_number = 'after'), true, 'generated tag');
END
$$;
ROLLBACK;
