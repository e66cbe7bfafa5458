-- What the other scripts stand on. Run by a superuser; each script then works as bizhub_app inside a transaction that it
-- rolls back.
CREATE SCHEMA trial;
GRANT USAGE ON SCHEMA trial TO bizhub_app, bizhub_readonly;

-- Runs a statement that must be refused with this SQLSTATE and, where given, this constraint.
CREATE FUNCTION trial.refused(statement text, state text, name text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  got_state text;
  got_name text;
  got_text text;
BEGIN
  BEGIN
    EXECUTE statement;
  EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS got_state = RETURNED_SQLSTATE, got_name = CONSTRAINT_NAME, got_text = MESSAGE_TEXT;
    IF got_state <> state OR (name IS NOT NULL AND got_name <> name) THEN
      RAISE EXCEPTION 'refused with % % (%), not with % %: %', got_state, got_name, got_text, state, name, statement;
    END IF;
    RETURN;
  END;
  RAISE EXCEPTION 'not refused: %', statement;
END;
$$;

CREATE FUNCTION trial.equal(actual anyelement, expected anyelement, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF actual IS DISTINCT FROM expected THEN
    RAISE EXCEPTION '%: found %, expected %', what, actual, expected;
  END IF;
END;
$$;

CREATE FUNCTION trial.model(category text) RETURNS integer LANGUAGE sql AS $$
  INSERT INTO product_models (category, brand, model_name, default_price_grade_a)
  VALUES (category, 'HP', 'EliteBook 840 G7', 5000) RETURNING id
$$;

CREATE FUNCTION trial.device(category text DEFAULT 'Laptop') RETURNS integer LANGUAGE sql AS $$
  INSERT INTO assets (serial_number, product_model_id, location_id)
  VALUES ('SN' || gen_random_uuid(), trial.model(category), 1) RETURNING id
$$;

CREATE FUNCTION trial.diagnose(device integer, result text DEFAULT 'Pass') RETURNS void LANGUAGE sql AS $$
  INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result) VALUES (device, 1, '{}', result)
$$;

CREATE FUNCTION trial.wipe(device integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO wipe_certificates (asset_id, technician_id, wipe_method) VALUES (device, 1, 'NIST 800-88 Clear')
$$;

CREATE FUNCTION trial.move(device integer, target text) RETURNS void LANGUAGE sql AS $$
  UPDATE assets SET status = target, not_sellable_reason = CASE target WHEN 'Not Sellable' THEN 'cracked' END
  WHERE id = device
$$;

-- A Draft of one device at 5000.00.
CREATE FUNCTION trial.draft(device integer, customer integer DEFAULT NULL) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  invoice integer;
BEGIN
  INSERT INTO invoices (customer_id, customer_type, subtotal, total_amount) VALUES (customer, 'Retail', 5000, 5000)
  RETURNING id INTO invoice;
  INSERT INTO invoice_lines (invoice_id, line_number, asset_id, item_description, unit_price, line_total)
  VALUES (invoice, 1, device, 'HP EliteBook 840 G7', 5000, 5000);
  RETURN invoice;
END;
$$;

CREATE FUNCTION trial.pay(invoice integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO payments (invoice_id, payment_method, amount) VALUES (invoice, 'Cash', 5000);
  UPDATE invoices SET status = 'Paid' WHERE id = invoice;
END;
$$;

CREATE FUNCTION trial.take_back(invoice integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  came_back integer;
BEGIN
  INSERT INTO returns (invoice_id, reason) VALUES (invoice, 'changed their mind') RETURNING id INTO came_back;
  INSERT INTO return_lines (return_id, invoice_line_id, disposition)
  SELECT came_back, id, 'Diagnostics' FROM invoice_lines WHERE invoice_id = invoice AND asset_id IS NOT NULL;
END;
$$;

-- A device brought to a state by the workflow's own steps.
CREATE FUNCTION trial.device_at(category text, target text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  device integer := trial.device(category);
  invoice integer;
BEGIN
  IF target = 'Received' THEN RETURN device; END IF;
  IF target IN ('Not Sellable', 'Scrapped') THEN PERFORM trial.move(device, target); RETURN device; END IF;
  PERFORM trial.move(device, 'Diagnostics Pending');
  IF target = 'Diagnostics Pending' THEN RETURN device; END IF;
  IF target = 'Repair Hold' THEN PERFORM trial.move(device, target); RETURN device; END IF;
  PERFORM trial.diagnose(device);
  IF category <> 'Accessory' THEN
    PERFORM trial.move(device, 'Wipe Pending');
    IF target = 'Wipe Pending' THEN RETURN device; END IF;
    PERFORM trial.wipe(device);
  END IF;
  PERFORM trial.move(device, 'QC Pending');
  IF target = 'QC Pending' THEN RETURN device; END IF;
  UPDATE assets SET condition_grade = 'A', status = 'Ready for Sale' WHERE id = device;
  IF target = 'Ready for Sale' THEN RETURN device; END IF;
  invoice := trial.draft(device);
  IF target = 'Reserved' THEN PERFORM trial.move(device, target); RETURN device; END IF;
  PERFORM trial.pay(invoice);
  PERFORM trial.move(device, 'Sold');
  IF target = 'Sold' THEN RETURN device; END IF;
  PERFORM trial.take_back(invoice);
  PERFORM trial.move(device, 'Returned');
  RETURN device;
END;
$$;

-- Tries one pair of states. With ready, all that the move could need is there before it is tried; without, nothing is.
-- Answers 'moved', or the constraint that refused.
CREATE FUNCTION trial.attempt(category text, origin text, target text, ready boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  device integer;
  answer text := 'moved';
BEGIN
  BEGIN
    device := trial.device_at(category, origin);
    IF ready THEN
      PERFORM trial.diagnose(device);
      PERFORM trial.wipe(device);
      UPDATE assets SET condition_grade = 'A' WHERE id = device;
      IF origin = 'Ready for Sale' AND target IN ('Reserved', 'Sold') THEN
        PERFORM trial.draft(device);
      END IF;
      IF origin IN ('Ready for Sale', 'Reserved') AND target = 'Sold' THEN
        PERFORM trial.pay((SELECT invoice_id FROM invoice_lines WHERE asset_id = device AND released_at IS NULL));
      END IF;
      IF origin = 'Reserved' AND target <> 'Sold' THEN
        UPDATE invoices SET status = 'Cancelled'
        WHERE id = (SELECT invoice_id FROM invoice_lines WHERE asset_id = device AND released_at IS NULL);
      END IF;
      IF origin = 'Sold' THEN
        PERFORM trial.take_back((SELECT invoice_id FROM assets WHERE id = device));
      END IF;
    END IF;
    UPDATE assets SET status = target, not_sellable_reason = CASE WHEN ready THEN 'cracked' END WHERE id = device;
    RAISE EXCEPTION USING ERRCODE = 'TRIAL', CONSTRAINT = 'moved', MESSAGE = 'moved';
  EXCEPTION
    WHEN SQLSTATE 'TRIAL' OR SQLSTATE 'BZ001' OR SQLSTATE 'BZ002' OR SQLSTATE 'BZ003' OR check_violation THEN
      GET STACKED DIAGNOSTICS answer = CONSTRAINT_NAME;
  END;
  RETURN answer;
END;
$$;

-- A preorder brought to a status by the workflow's own steps. What arrives is a laptop that costs 5,000.
CREATE FUNCTION trial.preorder_at(
  target text, specs text DEFAULT 'x', buyer integer DEFAULT NULL, ordered date DEFAULT NULL, arrived date DEFAULT NULL
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  preorder integer;
  device integer;
  invoice integer;
BEGIN
  IF buyer IS NULL THEN
    INSERT INTO customers (customer_type, full_name, phone) VALUES ('Retail', 'Esi Quaye', '+233244000000') RETURNING id INTO buyer;
  END IF;
  INSERT INTO preorders (customer_id, requested_specs) VALUES (buyer, specs) RETURNING id INTO preorder;
  IF target = 'Deposit Pending' THEN RETURN preorder; END IF;
  IF target = 'Closed' THEN UPDATE preorders SET status = target WHERE id = preorder; RETURN preorder; END IF;
  INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (preorder, 'Deposit', 'Cash', 500);
  UPDATE preorders SET status = 'Ordered', order_date = ordered WHERE id = preorder;
  IF target = 'Ordered' THEN RETURN preorder; END IF;
  UPDATE preorders SET status = 'In Transit' WHERE id = preorder;
  IF target = 'In Transit' THEN RETURN preorder; END IF;
  device := trial.device_at('Laptop', 'Ready for Sale');
  UPDATE preorders SET status = 'Arrived', asset_id = device, arrival_date = arrived WHERE id = preorder;
  IF target = 'Arrived' THEN RETURN preorder; END IF;
  IF target IN ('Rejected', 'Resold') THEN
    UPDATE preorders SET status = 'Rejected', rejection_reason = 'too big' WHERE id = preorder;
    IF target = 'Resold' THEN PERFORM trial.resell(preorder); END IF;
    RETURN preorder;
  END IF;
  UPDATE preorders SET status = 'Customer Notified' WHERE id = preorder;
  IF target = 'Picked Up' THEN
    invoice := trial.pick_up(preorder);
    UPDATE preorders SET status = 'Picked Up', invoice_id = invoice WHERE id = preorder;
  END IF;
  RETURN preorder;
END;
$$;

-- The sale of what was rejected, which makes its preorder Resold.
CREATE FUNCTION trial.resell(preorder integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  device integer := (SELECT asset_id FROM preorders WHERE id = preorder);
BEGIN
  PERFORM trial.pay(trial.draft(device));
  PERFORM trial.move(device, 'Sold');
END;
$$;

-- The sale by which a preorder is picked up.
CREATE FUNCTION trial.pick_up(preorder integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  held record;
  invoice integer;
BEGIN
  SELECT asset_id, customer_id INTO held FROM preorders WHERE id = preorder;
  invoice := trial.draft(held.asset_id, held.customer_id);
  INSERT INTO payments (invoice_id, payment_method, amount, preorder_id) VALUES (invoice, 'Other', 500, preorder);
  INSERT INTO payments (invoice_id, payment_method, amount) VALUES (invoice, 'Cash', 4500);
  UPDATE invoices SET status = 'Paid' WHERE id = invoice;
  PERFORM trial.move(held.asset_id, 'Sold');
  RETURN invoice;
END;
$$;

-- Tries one pair of a preorder's statuses, as trial.attempt does of a device's.
CREATE FUNCTION trial.preorder_attempt(origin text, target text, ready boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  preorder integer;
  device integer;
  invoice integer;
  answer text := 'moved';
BEGIN
  BEGIN
    preorder := trial.preorder_at(origin);
    IF ready AND origin = 'Deposit Pending' AND target = 'Ordered' THEN
      INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (preorder, 'Deposit', 'MoMo', 300);
    ELSIF ready AND origin = 'In Transit' AND target = 'Arrived' THEN
      device := trial.device_at('Laptop', 'Ready for Sale');
    ELSIF ready AND origin = 'Customer Notified' AND target = 'Picked Up' THEN
      invoice := trial.pick_up(preorder);
    ELSIF ready AND origin = 'Rejected' AND target = 'Resold' THEN
      PERFORM trial.resell(preorder);
    ELSIF ready AND origin = 'Resold' AND target = 'Closed' THEN
      INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (preorder, 'Refund', 'Cash', 500);
    END IF;
    UPDATE preorders SET status = target, asset_id = coalesce(device, asset_id), invoice_id = coalesce(invoice, invoice_id),
      rejection_reason = CASE WHEN ready AND target = 'Rejected' AND status <> 'Rejected' THEN 'too big' ELSE rejection_reason END
    WHERE id = preorder;
    RAISE EXCEPTION USING ERRCODE = 'TRIAL', CONSTRAINT = 'moved', MESSAGE = 'moved';
  EXCEPTION
    WHEN SQLSTATE 'TRIAL' OR SQLSTATE 'BZ001' OR SQLSTATE 'BZ002' OR SQLSTATE 'BZ003' OR check_violation THEN
      GET STACKED DIAGNOSTICS answer = CONSTRAINT_NAME;
  END;
  RETURN answer;
END;
$$;
