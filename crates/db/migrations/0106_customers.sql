-- Customers: merged with their whole history, given out, erased (PRODUCT 6).
--
-- A merge moves what names the customer to the one that stays, once, instead of every reader following a pointer for ever:
-- balances, statements and lists stay one index look-up by customer_id, and no query can forget to follow. Only the record
-- that was merged away keeps a pointer, for old links and for whoever writes to it at the same moment.

ALTER TABLE customers
  ADD COLUMN merged_into INTEGER CONSTRAINT customers_merged_into REFERENCES customers (id),
  ADD COLUMN erased_at TIMESTAMP WITH TIME ZONE,
  ADD CONSTRAINT check_customer_merged CHECK (merged_into IS NULL OR (deleted_at IS NOT NULL AND merged_into <> id)),
  ADD CONSTRAINT check_customer_erased CHECK (erased_at IS NULL OR deleted_at IS NOT NULL);
CREATE INDEX idx_customers_merged_into ON customers (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX idx_customers_name_key ON customers (lower(full_name)) WHERE deleted_at IS NULL;
CREATE INDEX idx_customers_business_key ON customers (lower(business_name)) WHERE business_name IS NOT NULL AND deleted_at IS NULL;

-- What a posted invoice said of its customer before a merge: it is printed like that again.
CREATE TABLE invoice_names (
  invoice_id INTEGER PRIMARY KEY REFERENCES invoices (id),
  full_name VARCHAR(100) NOT NULL,
  business_name VARCHAR(100),
  email VARCHAR(100),
  phone VARCHAR(20) NOT NULL,
  address TEXT,
  city VARCHAR(50)
);
GRANT SELECT ON invoice_names TO bizhub_app, bizhub_readonly;
REVOKE INSERT, UPDATE, DELETE ON invoice_names FROM bizhub_app;

-- The tables that name a customer, and in which column: asked of the catalogue, so that a new one is never forgotten. In the
-- order in which rows are locked.
CREATE FUNCTION customer_references() RETURNS TABLE (named_in regclass, named_by name) LANGUAGE sql STABLE AS $$
  SELECT k.conrelid::regclass, a.attname
  FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  WHERE k.contype = 'f' AND k.confrelid = 'public.customers'::regclass AND k.conrelid <> k.confrelid
  ORDER BY array_position(ARRAY['invoices', 'preorders', 'warranties', 'warranty_claims', 'repair_tickets'], k.conrelid::regclass::text)
    NULLS LAST, k.conrelid::regclass::text
$$;

-- Whoever writes to a customer that is being merged away waits for the merge (the lock of the foreign key comes early) and
-- writes to the one that stays. So a sale at the same moment neither fails nor is lost.
CREATE FUNCTION follow_merged_customer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  customer record;
BEGIN
  SELECT c.merged_into, c.erased_at INTO customer FROM public.customers c WHERE c.id = NEW.customer_id FOR KEY SHARE;
  IF customer.merged_into IS NOT NULL THEN
    NEW.customer_id := customer.merged_into;
  ELSIF customer.erased_at IS NOT NULL AND TG_OP = 'INSERT' THEN
    RAISE EXCEPTION 'This customer was erased: record them anew first.' USING ERRCODE = 'BZ002', CONSTRAINT = 'customer_erased';
  END IF;
  RETURN NEW;
END;
$$;
DO $$
DECLARE
  named regclass;
BEGIN
  FOR named IN SELECT named_in FROM customer_references() LOOP
    EXECUTE format(
      'CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON %s
       FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merged_customer()', named);
  END LOOP;
END
$$;

-- Append-only, but for the customer's number in a merge and for words in an erasure, by the functions below alone.
CREATE FUNCTION refuse_change_but_of_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND acts_as_owner() AND current_setting('bizhub.customer_change', true) = TG_ARGV[0]
    AND to_jsonb(NEW) - TG_ARGV[1:] = to_jsonb(OLD) - TG_ARGV[1:]
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'Rows of % are kept as they were written: add a new row instead of changing one.', TG_TABLE_NAME
    USING ERRCODE = 'BZ003', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
END;
$$;
CREATE OR REPLACE TRIGGER keep_payment_batches_rows BEFORE UPDATE OR DELETE ON payment_batches
  FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of_customer('merge', 'customer_id');
CREATE TRIGGER keep_customer_consents_rows BEFORE UPDATE OR DELETE ON customer_consents
  FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of_customer('merge', 'customer_id');
CREATE TRIGGER keep_customer_consents BEFORE TRUNCATE ON customer_consents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER keep_message_events_rows BEFORE UPDATE OR DELETE ON message_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of_customer('erase', 'words');
CREATE OR REPLACE TRIGGER keep_audit_log_rows BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of_customer('erase', 'before', 'after');

-- Moves everything of a customer to another one. Returns how many rows of each table.
CREATE FUNCTION customer_merge(gone integer, kept integer) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  place record;
  rows bigint;
  moved jsonb := '{}';
BEGIN
  PERFORM FROM customers WHERE id IN (gone, kept) ORDER BY id FOR UPDATE;
  IF gone = kept OR (SELECT count(*) FROM customers WHERE id IN (gone, kept) AND deleted_at IS NULL) <> 2 THEN
    RAISE EXCEPTION 'Only two customers that are both there can be merged.' USING ERRCODE = 'BZ002', CONSTRAINT = 'customer_merge_two';
  END IF;
  PERFORM FROM invoices WHERE customer_id = gone ORDER BY id FOR NO KEY UPDATE;
  INSERT INTO invoice_names (invoice_id, full_name, business_name, email, phone, address, city)
  SELECT i.id, c.full_name, c.business_name, c.email, c.phone, c.address, c.city
  FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE c.id = gone AND i.status <> 'Draft'
  ON CONFLICT (invoice_id) DO NOTHING;
  PERFORM set_config('bizhub.customer_change', 'merge', true);
  FOR place IN SELECT named_in, named_by FROM customer_references() LOOP
    EXECUTE format('UPDATE %s SET %I = $1 WHERE %I = $2', place.named_in, place.named_by, place.named_by) USING kept, gone;
    GET DIAGNOSTICS rows = ROW_COUNT;
    moved := moved || jsonb_build_object(place.named_in::text, rows + coalesce((moved ->> place.named_in::text)::bigint, 0));
  END LOOP;
  PERFORM set_config('bizhub.customer_change', '', true);
  UPDATE customers SET merged_into = kept WHERE merged_into = gone;
  UPDATE customers SET merged_into = kept, deleted_at = shop_now() WHERE id = gone;
  RETURN moved;
END;
$$;

-- What is held about a customer: their record, everything that names it, and everything that names that. What the shop paid
-- for goods and repairs is not theirs.
CREATE FUNCTION customer_holdings(customer integer) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  held jsonb;
  fresh jsonb;
  later jsonb;
  source text;
  place record;
  found jsonb;
BEGIN
  SELECT jsonb_build_object('customers', jsonb_build_array(to_jsonb(c))), jsonb_build_object('customers', jsonb_build_array(c.id))
  INTO held, fresh FROM public.customers c WHERE c.id = customer;
  IF held IS NULL THEN
    RETURN NULL;
  END IF;
  WHILE fresh <> '{}' LOOP
    later := '{}';
    FOR source IN SELECT jsonb_object_keys(fresh) LOOP
      FOR place IN
        SELECT k.conrelid::regclass::text AS named_in, a.attname AS named_by,
          EXISTS (SELECT FROM pg_attribute i WHERE i.attrelid = k.conrelid AND i.attname = 'id') AS numbered
        FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        WHERE k.contype = 'f' AND k.confrelid = source::regclass
          AND k.conrelid::regclass::text NOT IN ('assets', 'stock_ledger', 'till_entries')
      LOOP
        EXECUTE format(
          'SELECT coalesce(jsonb_agg(to_jsonb(t) - ARRAY[''unit_cost'', ''labor_cost'', ''parts_cost'']), ''[]'') FROM %s t
           WHERE t.%I = ANY (SELECT e::integer FROM jsonb_array_elements_text($1) e)
             AND NOT coalesce($2, ''[]'') @> jsonb_build_array(to_jsonb(t) - ARRAY[''unit_cost'', ''labor_cost'', ''parts_cost''])',
          place.named_in, place.named_by)
        USING fresh -> source, held -> place.named_in INTO found;
        held := held || jsonb_build_object(place.named_in, coalesce(held -> place.named_in, '[]') || found);
        IF place.numbered AND found <> '[]' THEN
          later := later || jsonb_build_object(place.named_in,
            coalesce(later -> place.named_in, '[]') || (SELECT jsonb_agg(e -> 'id') FROM jsonb_array_elements(found) e));
        END IF;
      END LOOP;
    END LOOP;
    fresh := later;
  END LOOP;
  RETURN held || jsonb_build_object('audit_log', (
    SELECT coalesce(jsonb_agg(to_jsonb(a) - ARRAY['address', 'request_id'] ORDER BY a.id), '[]') FROM public.audit_log a
    WHERE a.entity = 'customers' AND a.entity_id IN (SELECT (e ->> 'id')::integer FROM jsonb_array_elements(held -> 'customers') e)));
END;
$$;

-- The log of changes cannot be changed, but a person has a right to be forgotten. So their details are taken out of its rows,
-- and the hash of each row as it was stays behind: whoever seals or proves the log takes a redacted row's hash from here.
CREATE TABLE audit_redactions (
  audit_id BIGINT PRIMARY KEY REFERENCES audit_log (id),
  row_hash BYTEA NOT NULL,
  customer_id INTEGER NOT NULL,
  redacted_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  redacted_by INTEGER DEFAULT shop_actor()
);
CREATE TRIGGER keep_audit_redactions_rows BEFORE UPDATE OR DELETE ON audit_redactions
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_audit_redactions BEFORE TRUNCATE ON audit_redactions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON audit_redactions TO bizhub_app, bizhub_readonly;
REVOKE INSERT, UPDATE, DELETE ON audit_redactions FROM bizhub_app;

-- SHA-256 of everything in a row of the log, the same in every time zone.
CREATE FUNCTION audit_row_hash(a audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    a.id, extract(epoch FROM a.at), a.user_id, a.action, a.entity, a.entity_id, a.before, a.after, a.request_id, a.address
  )::text, 'UTF8'))
$$;

CREATE FUNCTION without_person(tree jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE jsonb_typeof(tree)
    WHEN 'object' THEN (
      SELECT coalesce(jsonb_object_agg(e.key, CASE
        WHEN e.value <> 'null' AND e.key IN ('full_name', 'business_name', 'email', 'phone', 'alternate_phone', 'address', 'city',
          'region', 'notes', 'customer_name', 'customer_phone', 'customer_email', 'recipient', 'subject', 'body')
        THEN '"[erased]"'::jsonb ELSE without_person(e.value) END), '{}') FROM jsonb_each(tree) e)
    WHEN 'array' THEN (
      SELECT coalesce(jsonb_agg(without_person(e.value) ORDER BY e.n), '[]') FROM jsonb_array_elements(tree) WITH ORDINALITY e (value, n))
    ELSE tree
  END;
END;
$$;

-- Takes a person out of the records and leaves the books as they are. What is open is asked by the application first.
CREATE FUNCTION customer_erase(customer integer) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  own integer[];
  words text[];
  held jsonb;
  messages_changed bigint;
  redacted bigint;
BEGIN
  PERFORM FROM customers WHERE id = customer OR merged_into = customer ORDER BY id FOR UPDATE;
  SELECT array_agg(id), array_agg(phone) || array_agg(email) || array_agg(full_name) INTO own, words
  FROM customers WHERE id = customer OR merged_into = customer;
  IF NOT EXISTS (SELECT FROM customers WHERE id = customer AND merged_into IS NULL AND erased_at IS NULL) THEN
    RAISE EXCEPTION 'There is no such customer, or they were erased already.' USING ERRCODE = 'BZ002', CONSTRAINT = 'customer_erase_one';
  END IF;
  held := customer_holdings(customer);
  PERFORM set_config('bizhub.customer_change', 'erase', true);

  UPDATE messages SET status = 'Cancelled', next_attempt_at = NULL
  WHERE customer_id = customer AND status IN ('Ready', 'Queued', 'Unclear', 'Failed');
  UPDATE messages SET recipient = '[erased]', subject = NULL, body = '[erased]', last_error = NULL WHERE customer_id = customer;
  GET DIAGNOSTICS messages_changed = ROW_COUNT;
  UPDATE message_events e SET words = NULL FROM messages m
  WHERE m.id = e.message_id AND m.customer_id = customer AND e.words IS NOT NULL;

  DELETE FROM invoice_names n USING invoices i WHERE i.id = n.invoice_id AND i.customer_id = customer;
  UPDATE invoices SET notes = NULL WHERE customer_id = customer AND notes IS NOT NULL;
  UPDATE preorders SET notes = NULL WHERE customer_id = customer AND notes IS NOT NULL;
  UPDATE repair_tickets SET notes = NULL WHERE customer_id = customer AND notes IS NOT NULL;
  UPDATE warranty_claims SET notes = NULL WHERE customer_id = customer AND notes IS NOT NULL;
  UPDATE idempotency_keys k SET body = convert_to('{}', 'UTF8')
  WHERE k.body IS NOT NULL AND EXISTS (
    SELECT FROM unnest(words) w WHERE length(w) >= 4 AND position(convert_to(w, 'UTF8') IN k.body) > 0);

  UPDATE customers SET full_name = 'Erased customer', business_name = NULL, email = NULL, phone = '', alternate_phone = NULL,
    address = NULL, city = NULL, region = NULL, notes = NULL, erased_at = shop_now(), deleted_at = coalesce(deleted_at, shop_now())
  WHERE id = ANY (own);

  -- Rows of the log about the customer and about everything that names them.
  INSERT INTO audit_redactions (audit_id, row_hash, customer_id)
  SELECT a.id, audit_row_hash(a), customer FROM audit_log a
  JOIN (
    SELECT DISTINCT t.key AS entity, (e ->> 'id')::integer AS entity_id
    FROM jsonb_each(held - 'audit_log') t, jsonb_array_elements(t.value) e WHERE e ? 'id'
  ) o ON o.entity = a.entity AND o.entity_id = a.entity_id
  WHERE (without_person(a.before), without_person(a.after)) IS DISTINCT FROM (a.before, a.after)
  ON CONFLICT (audit_id) DO NOTHING;
  UPDATE audit_log a SET before = without_person(a.before), after = without_person(a.after)
  FROM audit_redactions r WHERE r.audit_id = a.id AND r.customer_id = customer
    AND (without_person(a.before), without_person(a.after)) IS DISTINCT FROM (a.before, a.after);
  GET DIAGNOSTICS redacted = ROW_COUNT;
  PERFORM set_config('bizhub.customer_change', '', true);
  RETURN jsonb_build_object('messages', messages_changed, 'audit_rows', redacted);
END;
$$;

REVOKE ALL ON FUNCTION customer_merge(integer, integer), customer_erase(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customer_merge(integer, integer), customer_erase(integer) TO bizhub_app;
