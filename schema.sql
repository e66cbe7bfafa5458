-- The schema after all migrations, made by scripts/schema-dump.sh. Change crates/db/migrations, then run make generate.
--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET client_min_messages = warning;

--
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

--
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

--
-- Name: acts_as_owner(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.acts_as_owner() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  SELECT pg_get_userbyid(c.relowner) = current_user FROM pg_class c WHERE c.oid = 'public.customers'::regclass
$$;

--
-- Name: add_asset_status(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_asset_status() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO asset_status_changes (status, units) SELECT a.status, count(*) FROM added a WHERE a.voided_at IS NULL GROUP BY a.status;
  RETURN NULL;
END;
$$;

--
-- Name: add_up_lot(integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_up_lot(of_lot integer) RETURNS TABLE(line_count bigint, device_count bigint, sold_count bigint, without_cost bigint, bought numeric, charge_cost numeric, landed numeric, sales_amount numeric, cost_at_sale numeric, cost_now numeric)
    LANGUAGE sql STABLE
    AS $$
  SELECT (SELECT count(*) FROM public.lot_lines n WHERE n.lot_id = of_lot),
    count(*), count(m.invoice_line_id), count(*) FILTER (WHERE m.cost IS NULL),
    coalesce(sum(m.purchase_cost), 0), coalesce(sum(m.charge_cost), 0), coalesce(sum(m.cost), 0), coalesce(sum(m.net), 0),
    coalesce(sum(m.cost_known) FILTER (WHERE m.invoice_line_id IS NOT NULL), 0),
    coalesce(sum(m.cost) FILTER (WHERE m.invoice_line_id IS NOT NULL), 0)
  FROM public.lot_members m WHERE m.lot_id = of_lot
$$;

--
-- Name: apply_buy_back(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.apply_buy_back() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  line record;
BEGIN
  SELECT l.asset_id, l.released_at, l.line_number, i.invoice_number, i.status INTO line
  FROM public.invoice_lines l JOIN public.invoices i ON i.id = l.invoice_id
  WHERE l.id = NEW.invoice_line_id FOR NO KEY UPDATE OF l;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  IF line.asset_id IS NULL OR line.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'Line % of invoice % has no device that is with a customer.', line.line_number, line.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'buy_back_live_device';
  END IF;
  IF line.status <> 'Paid' THEN
    RAISE EXCEPTION 'Invoice % is %: its device comes back as a return, not in trade.', line.invoice_number, line.status
      USING ERRCODE = 'BZ002', CONSTRAINT = 'buy_back_paid';
  END IF;
  UPDATE public.invoice_lines SET released_at = shop_now() WHERE id = NEW.invoice_line_id;
  RETURN NEW;
END;
$$;

--
-- Name: apply_deposit_decision(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.apply_deposit_decision() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  deposit record;
  refund record;
BEGIN
  SELECT d.preorder_id, d.kind, d.claimed, d.amount, d.payment_method INTO deposit
  FROM public.preorder_deposits d WHERE d.id = NEW.deposit_id;
  PERFORM FROM public.preorders p WHERE p.id = deposit.preorder_id FOR NO KEY UPDATE;
  IF deposit.claimed IS NOT TRUE THEN
    RAISE EXCEPTION 'This deposit was seen when it was taken: there is nothing to confirm or reject.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'deposit_is_claimed';
  END IF;
  IF NEW.confirmed THEN
    UPDATE public.preorders SET deposit_paid = TRUE WHERE id = deposit.preorder_id;
  ELSE
    SELECT d.preorder_id, d.kind, d.amount, d.payment_method INTO refund FROM public.preorder_deposits d WHERE d.id = NEW.refund_id;
    IF (refund.preorder_id, refund.kind, refund.amount, refund.payment_method) IS DISTINCT FROM
      (deposit.preorder_id, 'Refund'::varchar, deposit.amount, deposit.payment_method)
    THEN
      RAISE EXCEPTION 'A deposit that never came is taken back in full, by its own method.'
        USING ERRCODE = 'BZ002', CONSTRAINT = 'deposit_rejection_refund';
    END IF;
  END IF;
  INSERT INTO public.preorder_events (preorder_id, event_type, notes)
  VALUES (deposit.preorder_id, CASE WHEN NEW.confirmed THEN 'deposit_confirmed' ELSE 'deposit_rejected' END, NEW.reason);
  RETURN NEW;
END;
$$;

--
-- Name: apply_payments(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.apply_payments() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  part record;
  invoice record;
BEGIN
  FOR part IN SELECT p.invoice_id, sum(p.amount) AS amount FROM paid p GROUP BY p.invoice_id ORDER BY p.invoice_id LOOP
    -- Appending nothing keeps the planner on the primary key: by status it would walk past every invoice that was ever a Draft.
    UPDATE public.invoices SET amount_paid = amount_paid + part.amount
    WHERE id = part.invoice_id AND status || '' IN ('Draft', 'Sent')
      AND (amount_credited = 0 OR amount_paid + part.amount - amount_refunded <= total_amount - amount_credited);
    IF NOT FOUND THEN
      SELECT i.invoice_number, i.status INTO invoice FROM public.invoices i WHERE i.id = part.invoice_id;
      IF FOUND AND invoice.status IN ('Draft', 'Sent') THEN
        RAISE EXCEPTION 'This is more than what is left to pay on invoice %: goods of it came back.', invoice.invoice_number
          USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_within_credit';
      ELSIF FOUND THEN
        RAISE EXCEPTION 'Invoice % is %: it takes no payments.', invoice.invoice_number, invoice.status
          USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_invoice_open';
      END IF;
    END IF;
  END LOOP;
  RETURN NULL;
END;
$$;

--
-- Name: apply_preorder_deposit(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.apply_preorder_deposit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  preorder record;
  money record;
BEGIN
  PERFORM FROM public.preorders p WHERE p.id = NEW.preorder_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  SELECT p.preorder_number, p.status, p.called_off_at, greatest(p.agreed_price - p.resale_recovery_amount, 0) AS loss INTO preorder
  FROM public.preorders p WHERE p.id = NEW.preorder_id;
  SELECT d.* INTO money FROM public.view_preorder_deposits d WHERE d.preorder_id = NEW.preorder_id;
  IF NEW.kind = 'Deposit' THEN
    IF preorder.status <> 'Deposit Pending' THEN
      RAISE EXCEPTION 'Preorder % is %: it takes no deposit.', preorder.preorder_number, preorder.status
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_takes_deposit';
    ELSIF money.held > 0 THEN
      RAISE EXCEPTION 'The deposit of preorder % was taken already.', preorder.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_takes_deposit';
    END IF;
    UPDATE public.preorders SET deposit_amount = NEW.amount, deposit_paid = NOT NEW.claimed, deposit_date = NEW.entry_date,
      deposit_payment_method = NEW.payment_method, deposit_reference = NEW.reference
    WHERE id = NEW.preorder_id;
  ELSIF NEW.kind = 'Refund' THEN
    IF (preorder.status NOT IN ('Deposit Pending', 'Resold', 'Picked Up') AND preorder.called_off_at IS NULL) OR NEW.amount > money.held
      OR ((preorder.status = 'Deposit Pending' OR preorder.called_off_at IS NOT NULL) AND NEW.amount <> money.held)
    THEN
      RAISE EXCEPTION 'Preorder % is % and GH₵ % is held for it: GH₵ % cannot be given back.',
        preorder.preorder_number, preorder.status, money.held, NEW.amount
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_refund_within_held';
    END IF;
    IF preorder.status = 'Deposit Pending' THEN
      UPDATE public.preorders SET deposit_paid = FALSE, deposit_date = NULL, deposit_payment_method = NULL, deposit_reference = NULL
      WHERE id = NEW.preorder_id;
    END IF;
  ELSIF NEW.kind = 'Kept' THEN
    IF preorder.status <> 'Resold' OR NEW.amount > money.held OR money.kept + money.shortfall + NEW.amount > preorder.loss THEN
      RAISE EXCEPTION 'Only what a resale of preorder % lost is kept of its deposit.', preorder.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_kept_within_loss';
    END IF;
  ELSIF preorder.status NOT IN ('Resold', 'Closed') OR money.kept + money.shortfall + NEW.amount > preorder.loss THEN
    RAISE EXCEPTION 'This is more than the customer of preorder % still owes.', preorder.preorder_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_shortfall_within_loss';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: apply_refund(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.apply_refund() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE public.invoices SET amount_refunded = amount_refunded + NEW.amount WHERE id = NEW.invoice_id;
  RETURN NEW;
END;
$$;

--
-- Name: apply_return(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.apply_return() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE public.invoices SET amount_credited = amount_credited + NEW.total_amount WHERE id = NEW.invoice_id;
  RETURN NEW;
END;
$$;

--
-- Name: apply_return_line(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.apply_return_line() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  line record;
  back bigint;
BEGIN
  SELECT l.quantity, l.asset_id, l.line_number, l.released_at, i.id AS invoice_id, i.invoice_number, i.status, i.goods_released_at,
    r.invoice_id AS return_invoice_id INTO line
  FROM public.invoice_lines l
  JOIN public.invoices i ON i.id = l.invoice_id
  JOIN public.returns r ON r.id = NEW.return_id
  WHERE l.id = NEW.invoice_line_id FOR NO KEY UPDATE OF l;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign keys say which is missing
  END IF;
  IF line.invoice_id <> line.return_invoice_id THEN
    RAISE EXCEPTION 'That line is on invoice %, not on the invoice of this return.', line.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_same_invoice';
  END IF;
  IF NOT (line.status = 'Paid' OR (line.status = 'Sent' AND line.goods_released_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'Invoice % is %: nothing of it has gone out that could come back.', line.invoice_number, line.status
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_goods_out';
  END IF;
  IF line.asset_id IS NOT NULL AND NEW.disposition = 'Restock' THEN
    RAISE EXCEPTION 'A returned device goes to diagnostics, repair or scrap, not straight back into stock.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_device_disposition';
  END IF;
  IF line.asset_id IS NULL AND NEW.disposition NOT IN ('Restock', 'Scrap') THEN
    RAISE EXCEPTION 'A returned item goes back into stock or is scrapped: it has no diagnostics of its own.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_item_disposition';
  END IF;
  IF line.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'Line % of invoice % came back already.', line.line_number, line.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_within_sold';
  END IF;
  SELECT coalesce(sum(r.quantity), 0) + NEW.quantity INTO back
  FROM public.return_lines r WHERE r.invoice_line_id = NEW.invoice_line_id;
  IF back > line.quantity THEN
    RAISE EXCEPTION 'Line % of invoice % sold %, and % would have come back.',
      line.line_number, line.invoice_number, line.quantity, back
      USING ERRCODE = 'BZ002', CONSTRAINT = 'return_within_sold';
  END IF;
  IF back = line.quantity THEN
    UPDATE public.invoice_lines SET released_at = shop_now() WHERE id = NEW.invoice_line_id;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: apply_stock_move(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.apply_stock_move() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
  item record;
  from_home boolean;
  to_home boolean;
  there integer;
BEGIN
  SELECT s.sku, s.quantity, s.elsewhere_quantity, s.location_id INTO item
  FROM bulk_stock s WHERE s.id = NEW.bulk_stock_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  from_home := NEW.from_location_id IS NOT DISTINCT FROM item.location_id;
  to_home := NEW.to_location_id IS NOT DISTINCT FROM item.location_id;
  IF from_home THEN
    there := item.quantity - item.elsewhere_quantity;
  ELSE
    SELECT l.quantity INTO there FROM bulk_stock_locations l
    WHERE l.bulk_stock_id = NEW.bulk_stock_id AND l.location_id = NEW.from_location_id;
  END IF;
  IF coalesce(there, 0) < NEW.quantity OR (NEW.to_location_id IS NULL AND NOT to_home) THEN
    RAISE EXCEPTION 'There are % of % at that place: move that many, or fewer.', coalesce(there, 0), item.sku
      USING ERRCODE = 'BZ002', CONSTRAINT = 'stock_move_within';
  END IF;
  IF NOT from_home THEN
    DELETE FROM bulk_stock_locations l
    WHERE l.bulk_stock_id = NEW.bulk_stock_id AND l.location_id = NEW.from_location_id AND l.quantity = NEW.quantity;
    UPDATE bulk_stock_locations l SET quantity = l.quantity - NEW.quantity
    WHERE l.bulk_stock_id = NEW.bulk_stock_id AND l.location_id = NEW.from_location_id AND l.quantity > NEW.quantity;
  END IF;
  IF NOT to_home THEN
    INSERT INTO bulk_stock_locations AS l (bulk_stock_id, location_id, quantity)
    VALUES (NEW.bulk_stock_id, NEW.to_location_id, NEW.quantity)
    ON CONFLICT (bulk_stock_id, location_id) DO UPDATE SET quantity = l.quantity + EXCLUDED.quantity;
  END IF;
  IF from_home <> to_home THEN
    UPDATE bulk_stock SET elsewhere_quantity = elsewhere_quantity + CASE WHEN from_home THEN NEW.quantity ELSE -NEW.quantity END
    WHERE id = NEW.bulk_stock_id;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: assign_till(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.assign_till() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  session record;
BEGIN
  NEW.till_session_id := NULL;
  SELECT s.id, s.state INTO session FROM public.till_sessions s
  WHERE s.user_id = shop_actor() AND s.state <> 'Closed' FOR KEY SHARE;
  IF NOT FOUND THEN
    IF NEW.payment_method = 'Cash'
      AND EXISTS (SELECT FROM public.settings t WHERE t.key = 'till_required' AND t.value = 'true'::jsonb)
    THEN
      RAISE EXCEPTION 'No till is open: open your till before you take or give cash.'
        USING ERRCODE = 'BZ002', CONSTRAINT = 'till_required';
    END IF;
  ELSIF session.state = 'Counted' THEN
    RAISE EXCEPTION 'Your till is counted and waits to be closed: say why it differs, then open it again and go on.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'till_counted';
  ELSE
    NEW.till_session_id := session.id;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: shop_actor(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.shop_actor() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('bizhub.user_id', true), '')::integer $$;

--
-- Name: shop_now(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.shop_now() RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(nullif(current_setting('bizhub.now', true), '')::timestamptz, now()) $$;

SET default_tablespace = '';

--
-- Name: audit_log; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_log (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    user_id integer DEFAULT public.shop_actor(),
    action text NOT NULL,
    entity text NOT NULL,
    entity_id integer,
    before jsonb,
    after jsonb,
    request_id text,
    address text
);

--
-- Name: audit_row_hash(public.audit_log); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.audit_row_hash(a public.audit_log) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    a.id, extract(epoch FROM a.at), a.user_id, a.action, a.entity, a.entity_id, a.before, a.after, a.request_id, a.address
  )::text, 'UTF8'))
$$;

--
-- Name: begin_stocktake(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.begin_stocktake() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.status <> 'Counting' OR num_nonnulls(NEW.submitted_at, NEW.decided_at) > 0 THEN
    RAISE EXCEPTION 'A stocktake begins as Counting: count first, then submit it.'
      USING ERRCODE = 'BZ001', CONSTRAINT = 'stocktake_starts_counting';
  END IF;
  IF NEW.stocktake_number IS NULL THEN
    NEW.stocktake_number := pad_number('CNT-', nextval('public.stocktake_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: bring_home(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.bring_home() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
  there integer;
BEGIN
  DELETE FROM bulk_stock_locations l WHERE l.bulk_stock_id = NEW.id AND l.location_id = NEW.location_id RETURNING l.quantity INTO there;
  NEW.elsewhere_quantity := NEW.elsewhere_quantity - coalesce(there, 0);
  RETURN NEW;
END;
$$;

--
-- Name: carry_charge_shares(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.carry_charge_shares() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE public.assets a SET charge_cost = a.charge_cost + n.amount
  FROM (
    SELECT s.asset_id, c.lot_id, sum(s.amount) AS amount
    FROM added s JOIN public.lot_charges c ON c.id = s.lot_charge_id GROUP BY s.asset_id, c.lot_id
  ) n
  WHERE a.id = n.asset_id AND a.lot_id = n.lot_id AND n.amount <> 0;
  RETURN NULL;
END;
$$;

--
-- Name: change_asset_status(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.change_asset_status() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF OLD.voided_at IS NULL THEN
    INSERT INTO asset_status_changes (status, units) VALUES (OLD.status, -1);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.voided_at IS NULL THEN
      INSERT INTO asset_status_changes (status, units) VALUES (NEW.status, 1);
    END IF;
  END IF;
  RETURN NULL;
END;
$$;

--
-- Name: change_paid_day(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.change_paid_day() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status IN ('Paid', 'Refunded') THEN
    INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales) VALUES (OLD.invoice_date, -1, -OLD.total_amount);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.status IN ('Paid', 'Refunded') THEN
    INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales) VALUES (NEW.invoice_date, 1, NEW.total_amount);
  END IF;
  RETURN NULL;
END;
$$;

--
-- Name: check_called_off(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_called_off() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF EXISTS (SELECT FROM public.view_preorder_deposits d WHERE d.preorder_id = NEW.id AND d.held <> 0) THEN
    RAISE EXCEPTION 'Preorder % is called off: its whole deposit goes back with it.', NEW.preorder_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_holds_money';
  END IF;
  RETURN NULL;
END;
$$;

--
-- Name: check_charge_shares(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_charge_shares() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF (SELECT sum(s.amount) FROM public.lot_charge_shares s WHERE s.lot_charge_id = NEW.id) IS DISTINCT FROM NEW.amount_ghs THEN
    RAISE EXCEPTION 'The shares of a charge must add up to it.' USING ERRCODE = 'BZ002', CONSTRAINT = 'charge_is_its_shares';
  END IF;
  RETURN NULL;
END;
$$;

--
-- Name: check_payment_batch(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_payment_batch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  batch record;
  parts record;
BEGIN
  IF TG_TABLE_NAME = 'payments' THEN
    SELECT * INTO batch FROM public.payment_batches b WHERE b.id = NEW.batch_id;
  ELSE
    SELECT * INTO batch FROM public.payment_batches b WHERE b.id = NEW.id;
  END IF;
  SELECT sum(p.amount) AS amount,
    bool_and(p.payment_method = batch.payment_method AND p.payment_date = batch.payment_date
      AND i.customer_id IS NOT DISTINCT FROM batch.customer_id) AS same,
    count(*) FILTER (WHERE p.reference IS NOT NULL) AS references,
    count(*) FILTER (WHERE p.reference = batch.reference) AS own
  INTO parts
  FROM public.payments p JOIN public.invoices i ON i.id = p.invoice_id WHERE p.batch_id = batch.id;
  IF parts.amount IS DISTINCT FROM batch.amount OR parts.same IS NOT TRUE
    OR parts.references <> (CASE WHEN batch.reference IS NULL THEN 0 ELSE 1 END) OR parts.own <> parts.references
  THEN
    RAISE EXCEPTION 'The parts of payment % are not what the customer handed over.', batch.id
      USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_batch_parts';
  END IF;
  RETURN NULL;
END;
$$;

--
-- Name: check_preorder_device(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.check_preorder_device() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  holder text;
BEGIN
  SELECT p.preorder_number INTO holder FROM public.preorders p JOIN public.assets a ON a.id = p.asset_id
  WHERE p.asset_id = NEW.id AND p.status IN ('Arrived', 'Customer Notified') AND a.status <> 'Reserved';
  IF FOUND THEN
    RAISE EXCEPTION 'Preorder % holds device %: hand it over there, or reject it first.', holder, NEW.asset_tag
      USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_holds_device';
  END IF;
  RETURN NULL;
END;
$$;

--
-- Name: customer_erase(integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.customer_erase(customer integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

--
-- Name: customer_holdings(integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.customer_holdings(customer integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $_$
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
$_$;

--
-- Name: customer_merge(integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.customer_merge(gone integer, kept integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
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
$_$;

--
-- Name: customer_references(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.customer_references() RETURNS TABLE(named_in regclass, named_by name)
    LANGUAGE sql STABLE
    AS $$
  SELECT k.conrelid::regclass, a.attname
  FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  WHERE k.contype = 'f' AND k.confrelid = 'public.customers'::regclass AND k.conrelid <> k.confrelid
  ORDER BY array_position(ARRAY['invoices', 'preorders', 'warranties', 'warranty_claims', 'repair_tickets'], k.conrelid::regclass::text)
    NULLS LAST, k.conrelid::regclass::text
$$;

--
-- Name: day_figures(date); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.day_figures(dated date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
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

--
-- Name: erase_photos(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.erase_photos() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
  DELETE FROM photo_files f USING photos p, repair_tickets t
  WHERE f.photo_id = p.id AND t.id = p.repair_ticket_id AND t.customer_id = NEW.id;
  UPDATE photos p SET removed_at = shop_now(), removed_by = shop_actor(), caption = NULL FROM repair_tickets t
  WHERE t.id = p.repair_ticket_id AND t.customer_id = NEW.id AND p.removed_at IS NULL;
  RETURN NULL;
END;
$$;

--
-- Name: follow_called_off(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.follow_called_off() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO public.preorder_events (preorder_id, event_type, notes) VALUES (NEW.id, 'called_off', NEW.called_off_reason);
  RETURN NULL;
END;
$$;

--
-- Name: follow_claim(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.follow_claim() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE public.warranties SET status = 'Claimed' WHERE id = NEW.warranty_id AND status = 'Active';
  ELSIF NEW.status IN ('Denied', 'Completed') AND OLD.status NOT IN ('Denied', 'Completed') THEN
    UPDATE public.warranties SET status = 'Active' WHERE id = NEW.warranty_id AND status = 'Claimed';
  END IF;
  RETURN NULL;
END;
$$;

--
-- Name: follow_merged_customer(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.follow_merged_customer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

--
-- Name: follow_merged_model(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.follow_merged_model() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  kept integer;
BEGIN
  PERFORM FROM public.product_models m WHERE m.id = NEW.product_model_id FOR KEY SHARE;
  IF NOT FOUND THEN
    SELECT g.product_model_id INTO kept FROM public.product_model_merges g WHERE g.gone_id = NEW.product_model_id;
    NEW.product_model_id := coalesce(kept, NEW.product_model_id);
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: follow_preorder(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.follow_preorder() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  device record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.preorder_events (preorder_id, event_type, to_status, notes)
    VALUES (NEW.id, 'created', NEW.status, preorder_note());
    RETURN NULL;
  END IF;
  IF NEW.status = 'Arrived' THEN
    UPDATE public.assets SET status = 'Reserved', preorder_id = NEW.id WHERE id = NEW.asset_id AND status = 'Ready for Sale';
    IF NOT FOUND THEN
      SELECT a.asset_tag, a.status INTO device FROM public.assets a WHERE a.id = NEW.asset_id;
      RAISE EXCEPTION 'Device % is %: it cannot be kept for preorder %.', device.asset_tag, device.status, NEW.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_device_free';
    END IF;
  ELSIF NEW.status = 'Rejected' THEN
    UPDATE public.assets SET status = 'Ready for Sale', preorder_id = NULL WHERE id = NEW.asset_id;
  END IF;
  INSERT INTO public.preorder_events (preorder_id, event_type, from_status, to_status, notes)
  VALUES (
    NEW.id, CASE NEW.status WHEN 'Closed' THEN CASE OLD.status WHEN 'Deposit Pending' THEN 'given_up' ELSE 'closed' END
      ELSE lower(replace(NEW.status, ' ', '_')) END,
    OLD.status, NEW.status, coalesce(preorder_note(), CASE NEW.status
      WHEN 'Resold' THEN (SELECT 'Sold with ' || i.invoice_number FROM public.invoices i WHERE i.id = NEW.resale_invoice_id)
      WHEN 'Picked Up' THEN (SELECT 'With ' || i.invoice_number FROM public.invoices i WHERE i.id = NEW.invoice_id)
      WHEN 'Rejected' THEN NEW.rejection_reason
    END)
  );
  RETURN NULL;
END;
$$;

--
-- Name: follow_resale(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.follow_resale() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE public.preorders SET status = 'Resold', resale_invoice_id = NEW.invoice_id, resale_recovery_amount = NEW.sale_price
  WHERE asset_id = NEW.id AND status = 'Rejected';
  RETURN NULL;
END;
$$;

--
-- Name: generate_asset_tag(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.generate_asset_tag() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  LOOP
    NEW.asset_tag := pad_number('P4T-', nextval('public.asset_tag_seq'));
    EXIT WHEN NOT EXISTS (SELECT FROM public.assets WHERE upper(asset_tag) = NEW.asset_tag);
  END LOOP;
  RETURN NEW;
END;
$$;

--
-- Name: generate_claim_number(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.generate_claim_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.claim_number IS NULL THEN
    NEW.claim_number := pad_number('WCLAIM-', nextval('public.warranty_claim_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: generate_invoice_number(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.generate_invoice_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.invoice_number IS NULL THEN
    NEW.invoice_number := pad_number('INV-', nextval('public.invoice_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: generate_lot_number(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.generate_lot_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.lot_number IS NULL THEN
    NEW.lot_number := pad_number('LOT-', nextval('public.lot_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: generate_preorder_number(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.generate_preorder_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.preorder_number IS NULL THEN
    NEW.preorder_number := pad_number('PRE-', nextval('public.preorder_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: generate_return_number(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.generate_return_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.return_number IS NULL THEN
    NEW.return_number := pad_number('RET-', nextval('public.return_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: generate_ticket_number(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.generate_ticket_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.ticket_number IS NULL THEN
    NEW.ticket_number := pad_number('TKT-', nextval('public.repair_ticket_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: generate_warranty_number(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.generate_warranty_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.warranty_number IS NULL THEN
    NEW.warranty_number := pad_number('WAR-', nextval('public.warranty_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_applied_deposit(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_applied_deposit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  preorder record;
  still_held numeric;
BEGIN
  PERFORM FROM public.preorders p WHERE p.id = NEW.preorder_id FOR NO KEY UPDATE;
  SELECT p.preorder_number, p.status, p.customer_id, i.customer_id AS buyer, i.total_amount INTO preorder
  FROM public.preorders p JOIN public.invoices i ON i.id = NEW.invoice_id WHERE p.id = NEW.preorder_id;
  IF FOUND THEN
    SELECT d.held INTO still_held FROM public.view_preorder_deposits d WHERE d.preorder_id = NEW.preorder_id;
    IF preorder.status <> 'Customer Notified' OR preorder.customer_id IS DISTINCT FROM preorder.buyer
      OR NEW.amount <> least(still_held, preorder.total_amount) OR NEW.claimed
    THEN
      RAISE EXCEPTION 'The deposit of preorder % is applied to its own customer''s invoice, as far as it goes, when it is picked up.',
        preorder.preorder_number USING ERRCODE = 'BZ002', CONSTRAINT = 'deposit_applies_once';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_asset_receipt(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_asset_receipt() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'A device begins as Received: receive it first, then move it on.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'asset_starts_received';
END;
$$;

--
-- Name: guard_asset_status(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_asset_status() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  is_accessory boolean;
  rule boolean;
  sale record;
BEGIN
  IF NEW.status IS NOT DISTINCT FROM OLD.status THEN
    RAISE EXCEPTION 'The sale fields and the status count of device % are kept by its status and cannot be set by hand.',
      OLD.asset_tag USING ERRCODE = 'BZ003', CONSTRAINT = 'asset_kept_by_status';
  END IF;

  SELECT m.accessory INTO rule FROM public.asset_status_moves m
  WHERE m.from_status = OLD.status AND m.to_status = NEW.status;
  IF FOUND AND rule IS NOT NULL THEN
    SELECT p.category = 'Accessory' INTO is_accessory FROM public.product_models p WHERE p.id = OLD.product_model_id;
  END IF;
  IF NOT FOUND OR rule IS DISTINCT FROM is_accessory THEN
    RAISE EXCEPTION 'Device % is %: it cannot become %.', OLD.asset_tag, OLD.status, NEW.status
      USING ERRCODE = 'BZ001', CONSTRAINT = 'asset_status_move', DETAIL = 'Allowed now: ' || coalesce((
        SELECT string_agg(m.to_status, ', ' ORDER BY m.to_status)
        FROM public.asset_status_moves m
        JOIN public.product_models p ON p.id = OLD.product_model_id
        WHERE m.from_status = OLD.status AND (m.accessory IS NULL OR m.accessory = (p.category = 'Accessory'))
      ), 'nothing') || '.';
  END IF;

  -- What must hold
  IF OLD.status = 'Diagnostics Pending' AND NEW.status IN ('Wipe Pending', 'QC Pending') THEN
    IF (
      SELECT d.overall_result IN ('Pass', 'Pass with Notes') FROM public.diagnostics_results d
      WHERE d.asset_id = OLD.id AND d.status_entry = OLD.status_entry
      ORDER BY d.id DESC LIMIT 1
    ) IS NOT TRUE THEN
      RAISE EXCEPTION 'Device % has not passed diagnostics since it was sent there: record a result first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_diagnostics';
    END IF;

  ELSIF OLD.status = 'Wipe Pending' AND NEW.status = 'QC Pending' THEN
    IF NOT EXISTS (
      SELECT FROM public.wipe_certificates w WHERE w.asset_id = OLD.id AND w.status_entry = OLD.status_entry
    ) THEN
      RAISE EXCEPTION 'Device % has no wipe certificate since it was sent to be wiped: record the wipe first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_wipe';
    END IF;

  ELSIF OLD.status = 'QC Pending' AND NEW.status = 'Ready for Sale' THEN
    IF NEW.condition_grade IS NULL THEN
      RAISE EXCEPTION 'Device % has no grade: grade it A, B or C first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_grade';
    END IF;
    IF NEW.list_price IS NULL AND (
      SELECT CASE NEW.condition_grade
        WHEN 'A' THEN p.default_price_grade_a WHEN 'B' THEN p.default_price_grade_b ELSE p.default_price_grade_c
      END FROM public.product_models p WHERE p.id = NEW.product_model_id
    ) IS NULL THEN
      RAISE EXCEPTION 'Device % has no price: set its own, or its model''s price for grade %.',
        OLD.asset_tag, NEW.condition_grade USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_price';
    END IF;

    -- A returned device has had a customer's data on it, also when it comes by way of the repair bench.
    IF OLD.returned_entry IS NOT NULL THEN
      IF NOT EXISTS (
        SELECT FROM public.diagnostics_results d
        WHERE d.asset_id = OLD.id AND d.status_entry > OLD.returned_entry AND d.overall_result IN ('Pass', 'Pass with Notes')
      ) THEN
        RAISE EXCEPTION 'Device % came back from a customer and has not passed diagnostics since: send it there first.',
          OLD.asset_tag USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_diagnostics';
      END IF;
      IF NOT EXISTS (
        SELECT FROM public.wipe_certificates w WHERE w.asset_id = OLD.id AND w.status_entry > OLD.returned_entry
      ) AND (SELECT p.category <> 'Accessory' FROM public.product_models p WHERE p.id = OLD.product_model_id) THEN
        RAISE EXCEPTION 'Device % came back from a customer and has not been wiped since: send it to diagnostics and wipe first.',
          OLD.asset_tag USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_wipe';
      END IF;
    END IF;

  ELSIF OLD.status IN ('Ready for Sale', 'Reserved') THEN
    SELECT i.id, i.invoice_number, i.invoice_date, i.status, i.goods_released_at, l.unit_price INTO sale
    FROM public.invoice_lines l JOIN public.invoices i ON i.id = l.invoice_id
    WHERE l.asset_id = OLD.id AND l.released_at IS NULL;

    IF NEW.status = 'Sold' THEN
      IF sale.id IS NULL OR NOT (sale.status = 'Paid' OR (sale.status = 'Sent' AND sale.goods_released_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'Device % is on no paid invoice: take the payment first, or release it on credit.', OLD.asset_tag
          USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_paid_line';
      END IF;
    ELSIF NEW.status = 'Reserved' THEN
      IF (sale.id IS NULL OR sale.status NOT IN ('Draft', 'Sent')) AND NOT EXISTS (
        SELECT FROM public.preorders p WHERE p.asset_id = OLD.id AND p.status IN ('Arrived', 'Customer Notified')
      ) THEN
        RAISE EXCEPTION 'Nothing holds device %: put it on an invoice or link it to a preorder.', OLD.asset_tag
          USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_holder';
      END IF;
    ELSIF sale.id IS NOT NULL THEN
      RAISE EXCEPTION 'Invoice % holds device %: cancel it or take the device off it first.',
        sale.invoice_number, OLD.asset_tag USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_is_held';
    ELSIF EXISTS (
      SELECT FROM public.preorders p WHERE p.asset_id = OLD.id AND p.status IN ('Arrived', 'Customer Notified')
    ) THEN
      RAISE EXCEPTION 'A preorder holds device %: reject or close it first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_is_held';
    END IF;

  ELSIF OLD.status = 'Sold' THEN
    IF NOT EXISTS (
      SELECT FROM public.return_lines r JOIN public.invoice_lines l ON l.id = r.invoice_line_id
      WHERE l.asset_id = OLD.id AND l.invoice_id = OLD.invoice_id
    ) AND NOT EXISTS (
      SELECT FROM public.buy_backs b JOIN public.invoice_lines l ON l.id = b.invoice_line_id
      WHERE l.asset_id = OLD.id AND l.invoice_id = OLD.invoice_id
    ) THEN
      RAISE EXCEPTION 'Device % is sold: record its return first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_return';
    END IF;

  ELSIF OLD.status = 'Not Sellable' THEN
    NEW.not_sellable_reason := NULL; -- the movement keeps it; the next time needs its own
  END IF;

  IF NEW.status = 'Sold' THEN
    NEW.invoice_id := sale.id;
    NEW.sale_price := sale.unit_price;
    NEW.sale_date := sale.invoice_date;
  ELSE
    NEW.invoice_id := NULL;
    NEW.sale_price := NULL;
    NEW.sale_date := NULL;
  END IF;
  NEW.status_entry := OLD.status_entry + 1;
  NEW.status_since := shop_now();
  IF NEW.status = 'Returned' THEN
    NEW.returned_entry := NEW.status_entry;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_claim(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_claim() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  payment record;
  refund record;
BEGIN
  SELECT p.claimed, p.amount, p.payment_method, p.invoice_id INTO payment
  FROM public.payments p WHERE p.id = NEW.payment_id;
  -- Whoever confirms and whoever rejects meet at the invoice.
  PERFORM FROM public.invoices i WHERE i.id = payment.invoice_id FOR NO KEY UPDATE;
  IF payment.claimed IS NOT NULL AND NOT payment.claimed THEN
    RAISE EXCEPTION 'This payment was seen when it was taken: there is nothing to confirm or reject.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_is_claimed';
  END IF;
  IF EXISTS (SELECT FROM public.payment_confirmations c WHERE c.payment_id = NEW.payment_id)
    OR EXISTS (SELECT FROM public.payment_rejections r WHERE r.payment_id = NEW.payment_id)
  THEN
    RAISE EXCEPTION 'This payment was confirmed or rejected already.'
      USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_claim_open';
  END IF;
  IF TG_TABLE_NAME = 'payment_rejections' THEN
    SELECT f.amount, f.payment_method, f.invoice_id, f.return_id INTO refund FROM public.refunds f WHERE f.id = NEW.refund_id;
    IF (refund.amount, refund.payment_method, refund.invoice_id) IS DISTINCT FROM
      (payment.amount, payment.payment_method, payment.invoice_id) OR refund.return_id IS NOT NULL
    THEN
      RAISE EXCEPTION 'A rejected payment is taken back in full, on its invoice and by its method.'
        USING ERRCODE = 'BZ002', CONSTRAINT = 'payment_rejection_refund';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_claim_delete(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_claim_delete() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% is kept: deny it instead of deleting it.', OLD.claim_number USING ERRCODE = 'BZ003', CONSTRAINT = 'claim_kept';
END;
$$;

--
-- Name: guard_claim_insert(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_claim_insert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  warranty record;
BEGIN
  IF NEW.status <> 'Submitted' THEN
    RAISE EXCEPTION 'A claim begins as Submitted.' USING ERRCODE = 'BZ001', CONSTRAINT = 'claim_starts_submitted';
  END IF;
  SELECT w.warranty_number, w.status, w.start_date, w.end_date, w.customer_id INTO warranty
  FROM public.warranties w WHERE w.id = NEW.warranty_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  IF warranty.status <> 'Active' THEN
    RAISE EXCEPTION '% is %: only an Active warranty can be claimed on.', warranty.warranty_number, warranty.status
      USING ERRCODE = 'BZ002', CONSTRAINT = 'claim_needs_active_warranty';
  END IF;
  IF NEW.claim_date NOT BETWEEN warranty.start_date AND warranty.end_date THEN
    RAISE EXCEPTION '% holds from % to %: this claim is of %.', warranty.warranty_number, warranty.start_date, warranty.end_date, NEW.claim_date
      USING ERRCODE = 'BZ002', CONSTRAINT = 'claim_within_dates';
  END IF;
  IF NEW.customer_id <> warranty.customer_id THEN
    RAISE EXCEPTION '% is another customer''s.', warranty.warranty_number USING ERRCODE = 'BZ002', CONSTRAINT = 'claim_of_the_holder';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_claim_update(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_claim_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  -- What a completed claim led to is written once, after it: its warranty must be free of the claim to be void.
  free text[] := ARRAY['customer_id', 'updated_at'] || ARRAY(
    SELECT k FROM unnest(ARRAY['replacement_asset_id', 'replacement_invoice_id', 'replacement_warranty_id', 'return_id']) k
    WHERE OLD.status = 'Completed' AND to_jsonb(OLD) ->> k IS NULL
  );
BEGIN
  IF NEW.status IS DISTINCT FROM OLD.status THEN
    IF NOT EXISTS (SELECT FROM public.claim_status_moves m WHERE m.from_status = OLD.status AND m.to_status = NEW.status) THEN
      RAISE EXCEPTION '% is %: it cannot become %.', OLD.claim_number, OLD.status, NEW.status
        USING ERRCODE = 'BZ001', CONSTRAINT = 'claim_status_move', DETAIL = 'Allowed now: ' || coalesce((
          SELECT string_agg(m.to_status, ', ' ORDER BY m.to_status) FROM public.claim_status_moves m WHERE m.from_status = OLD.status
        ), 'nothing') || '.';
    END IF;
    IF NEW.status = 'Approved' AND NEW.repair_ticket_id IS NULL THEN
      RAISE EXCEPTION '% needs its repair ticket: approving opens it.', OLD.claim_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'claim_needs_ticket';
    END IF;
  ELSIF OLD.status IN ('Denied', 'Completed') AND (to_jsonb(OLD) - free) IS DISTINCT FROM (to_jsonb(NEW) - free) THEN
    RAISE EXCEPTION '% is %: it stays as it is.', OLD.claim_number, OLD.status USING ERRCODE = 'BZ003', CONSTRAINT = 'claim_decided';
  END IF;
  IF (NEW.outcome IS NOT NULL) <> (NEW.status IN ('Denied', 'Completed')) OR (NEW.status = 'Denied') <> coalesce(NEW.outcome = 'Denied', false) THEN
    RAISE EXCEPTION '% is % and its outcome says %.', OLD.claim_number, NEW.status, coalesce(NEW.outcome, 'nothing')
      USING ERRCODE = 'BZ002', CONSTRAINT = 'claim_outcome_fits';
  END IF;
  IF NEW.labor_cost IS NOT NULL OR NEW.parts_cost IS NOT NULL THEN
    NEW.total_cost := coalesce(NEW.labor_cost, 0) + coalesce(NEW.parts_cost, 0);
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_closed_deposit(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_closed_deposit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.entry_date);
  RETURN NEW;
END;
$$;

--
-- Name: guard_closed_invoice(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_closed_invoice() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.invoice_date);
  RETURN NEW;
END;
$$;

--
-- Name: guard_closed_payment(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_closed_payment() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.payment_date);
  RETURN NEW;
END;
$$;

--
-- Name: guard_closed_refund(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_closed_refund() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.refund_date);
  RETURN NEW;
END;
$$;

--
-- Name: guard_closed_return(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_closed_return() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.return_date);
  RETURN NEW;
END;
$$;

--
-- Name: guard_elsewhere(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_elsewhere() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'What lies elsewhere changes by a move.' USING ERRCODE = 'BZ003', CONSTRAINT = 'stock_places_kept';
END;
$$;

--
-- Name: guard_invoice_claims(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_invoice_claims() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF EXISTS (
    SELECT FROM public.payments p WHERE p.invoice_id = OLD.id AND p.claimed
      AND NOT EXISTS (SELECT FROM public.payment_confirmations c WHERE c.payment_id = p.id)
      AND NOT EXISTS (SELECT FROM public.payment_rejections r WHERE r.payment_id = p.id)
  ) THEN
    RAISE EXCEPTION 'A payment on invoice % is only claimed so far: confirm that the money came first.', OLD.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_claims_open';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_invoice_delete(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_invoice_delete() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'Invoice % is kept: cancel it instead of deleting it.', OLD.invoice_number
    USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_kept';
END;
$$;

--
-- Name: guard_invoice_insert(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_invoice_insert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'An invoice begins as a Draft without payments: add its lines and payments, then move it on.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'invoice_starts_draft';
END;
$$;

--
-- Name: guard_invoice_update(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_invoice_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  lines record;
BEGIN
  -- These change by payments, refunds and returns alone, whose triggers stand one level below this one.
  IF (OLD.amount_paid, OLD.amount_refunded, OLD.amount_credited)
    IS DISTINCT FROM (NEW.amount_paid, NEW.amount_refunded, NEW.amount_credited)
    AND pg_trigger_depth() < 2
  THEN
    RAISE EXCEPTION 'What was paid on invoice % is the sum of its payments: record a payment or a refund.', OLD.invoice_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_money_kept';
  END IF;

  IF OLD.status <> 'Draft' AND (
    (OLD.invoice_number, OLD.customer_type, OLD.invoice_date, OLD.subtotal, OLD.tax_amount, OLD.total_amount, OLD.tax_mode,
      OLD.tax_lines, OLD.check_code) IS DISTINCT FROM
    (NEW.invoice_number, NEW.customer_type, NEW.invoice_date, NEW.subtotal, NEW.tax_amount, NEW.total_amount, NEW.tax_mode,
      NEW.tax_lines, NEW.check_code)
    OR (OLD.goods_released_at IS NOT NULL AND (OLD.goods_released_at, OLD.goods_released_by) IS DISTINCT FROM
      (NEW.goods_released_at, NEW.goods_released_by))
  ) THEN
    RAISE EXCEPTION 'Invoice % is %: what it says cannot be changed. Cancel it or record a return instead.',
      OLD.invoice_number, OLD.status USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_frozen';
  END IF;
  IF OLD.goods_released_at IS NULL AND NEW.goods_released_at IS NOT NULL AND NEW.status <> 'Sent' THEN
    RAISE EXCEPTION 'Invoice % is %: goods are released on credit while it is Sent.', OLD.invoice_number, NEW.status
      USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_release_sent';
  END IF;

  IF OLD.status IS NOT DISTINCT FROM NEW.status THEN
    RETURN NEW;
  END IF;

  IF (OLD.status || '>' || NEW.status) NOT IN (
    'Draft>Sent', 'Draft>Paid', 'Sent>Paid', 'Draft>Cancelled', 'Sent>Cancelled', 'Paid>Refunded'
  ) THEN
    RAISE EXCEPTION 'Invoice % is %: it cannot become %.', OLD.invoice_number, OLD.status, NEW.status
      USING ERRCODE = 'BZ001', CONSTRAINT = 'invoice_status_move', DETAIL = CASE OLD.status
        WHEN 'Draft' THEN 'Allowed now: Sent, Paid, Cancelled.'
        WHEN 'Sent' THEN 'Allowed now: Paid, Cancelled.'
        WHEN 'Paid' THEN 'Allowed now: Refunded.'
        ELSE 'Allowed now: nothing.'
      END;
  END IF;

  IF OLD.status = 'Draft' AND NEW.status IN ('Sent', 'Paid') THEN
    SELECT count(*) AS number, sum(l.line_total) AS total INTO lines
    FROM public.invoice_lines l WHERE l.invoice_id = OLD.id AND l.released_at IS NULL;
    IF lines.number = 0 THEN
      RAISE EXCEPTION 'Invoice % has no lines: add what is sold first.', OLD.invoice_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_lines';
    END IF;
    IF lines.total <> (CASE NEW.tax_mode WHEN 'inclusive' THEN NEW.total_amount ELSE NEW.subtotal END) THEN
      RAISE EXCEPTION 'The lines of invoice % add up to %, which is not what its totals say.', OLD.invoice_number, lines.total
        USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_totals_match';
    END IF;
  END IF;

  IF NEW.status = 'Paid' AND NEW.amount_paid - NEW.amount_refunded < NEW.total_amount - NEW.amount_credited THEN
    RAISE EXCEPTION 'Invoice % still has % to pay.', OLD.invoice_number,
      NEW.total_amount - NEW.amount_credited - NEW.amount_paid + NEW.amount_refunded USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_payment';
  END IF;

  IF NEW.status = 'Cancelled' THEN
    IF NEW.amount_paid <> NEW.amount_refunded THEN
      RAISE EXCEPTION 'Invoice % has % paid on it: give that back first, then cancel.', OLD.invoice_number,
        NEW.amount_paid - NEW.amount_refunded USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_cancel_unpaid';
    END IF;
    IF NEW.goods_released_at IS NOT NULL AND EXISTS (
      SELECT FROM public.invoice_lines l WHERE l.invoice_id = OLD.id AND l.released_at IS NULL
    ) THEN
      RAISE EXCEPTION 'The goods of invoice % are with the customer: record their return first.', OLD.invoice_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_cancel_goods';
    END IF;
  END IF;

  IF NEW.status = 'Refunded' AND EXISTS (
    SELECT FROM public.invoice_lines l WHERE l.invoice_id = OLD.id AND l.released_at IS NULL
  ) THEN
    RAISE EXCEPTION 'Not everything on invoice % came back: record the return of the other lines first.', OLD.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_returns';
  END IF;
  IF NEW.status = 'Refunded' AND NEW.amount_paid <> NEW.amount_refunded THEN
    RAISE EXCEPTION 'Not everything that was paid on invoice % was given back: % is left.', OLD.invoice_number,
      NEW.amount_paid - NEW.amount_refunded USING ERRCODE = 'BZ002', CONSTRAINT = 'invoice_needs_refund';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_line_change(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_line_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  invoice record;
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.asset_id, NEW.invoice_id) IS DISTINCT FROM (OLD.asset_id, OLD.invoice_id) THEN
    RAISE EXCEPTION 'A line keeps its device and its invoice: take the line off and add another.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'line_item_kept';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.released_at IS DISTINCT FROM OLD.released_at THEN
    RAISE EXCEPTION 'A line is released by a return or by cancelling its invoice, not by hand.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'line_release_kept';
  END IF;
  -- When the Draft itself is being deleted it is already gone here.
  SELECT i.invoice_number, i.status INTO invoice FROM public.invoices i WHERE i.id = OLD.invoice_id FOR NO KEY UPDATE;
  IF FOUND AND invoice.status <> 'Draft' THEN
    RAISE EXCEPTION 'Invoice % is %: its lines cannot be changed.', invoice.invoice_number, invoice.status
      USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_lines_frozen';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_line_insert(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_line_insert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  invoice record;
  asset record;
BEGIN
  SELECT i.invoice_number, i.status, i.customer_id INTO invoice
  FROM public.invoices i WHERE i.id = NEW.invoice_id FOR NO KEY UPDATE;
  IF FOUND AND invoice.status <> 'Draft' THEN
    RAISE EXCEPTION 'Invoice % is %: its lines cannot be changed.', invoice.invoice_number, invoice.status
      USING ERRCODE = 'BZ003', CONSTRAINT = 'invoice_lines_frozen';
  END IF;
  IF NEW.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'A new line is live: it is released by a return or a cancellation.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'line_release_kept';
  END IF;
  IF NEW.asset_id IS NOT NULL THEN
    SELECT a.asset_tag, a.status INTO asset FROM public.assets a WHERE a.id = NEW.asset_id FOR NO KEY UPDATE;
    IF FOUND AND asset.status <> 'Ready for Sale' AND NOT (asset.status = 'Reserved' AND EXISTS (
      SELECT FROM public.preorders p
      WHERE p.asset_id = NEW.asset_id AND p.status IN ('Arrived', 'Customer Notified') AND p.customer_id = invoice.customer_id
    )) THEN
      RAISE EXCEPTION 'Device % is %: it cannot be put on an invoice.', asset.asset_tag, asset.status
        USING ERRCODE = 'BZ002', CONSTRAINT = 'line_asset_sellable';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_lot_charge(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_lot_charge() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  lot record;
  taken_back record;
BEGIN
  SELECT l.lot_number, l.closed_at INTO lot FROM public.lots l WHERE l.id = NEW.lot_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  IF lot.closed_at IS NOT NULL THEN
    RAISE EXCEPTION '% is closed: open it again before a charge is posted.', lot.lot_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'lot_closed';
  END IF;
  IF NEW.reverses_id IS NOT NULL THEN
    SELECT c.lot_id, c.reverses_id, c.amount, c.amount_ghs INTO taken_back FROM public.lot_charges c WHERE c.id = NEW.reverses_id;
    IF FOUND AND (taken_back.lot_id, taken_back.amount, taken_back.amount_ghs) IS DISTINCT FROM (NEW.lot_id, -NEW.amount, -NEW.amount_ghs)
      OR taken_back.reverses_id IS NOT NULL THEN
      RAISE EXCEPTION 'A charge of % is taken back whole, and once.', lot.lot_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'charge_reversed_whole';
    END IF;
  END IF;
  SELECT coalesce(max(c.charge_number), 0) + 1 INTO NEW.charge_number FROM public.lot_charges c WHERE c.lot_id = NEW.lot_id;
  RETURN NEW;
END;
$$;

--
-- Name: guard_message(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_message() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> (CASE NEW.channel WHEN 'WhatsApp' THEN 'Ready' ELSE 'Queued' END) THEN
      RAISE EXCEPTION 'A message begins as Queued, or as Ready for WhatsApp.'
        USING ERRCODE = 'BZ001', CONSTRAINT = 'message_starts';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'Message % is kept: cancel it instead.', OLD.id USING ERRCODE = 'BZ003', CONSTRAINT = 'message_kept';
  END IF;
  IF (OLD.id, OLD.kind, OLD.channel, OLD.invoice_id, OLD.return_id, OLD.preorder_id, OLD.repair_ticket_id, OLD.warranty_id,
      OLD.statement_from, OLD.statement_to, OLD.created_by, OLD.created_at) IS DISTINCT FROM
     (NEW.id, NEW.kind, NEW.channel, NEW.invoice_id, NEW.return_id, NEW.preorder_id, NEW.repair_ticket_id, NEW.warranty_id,
      NEW.statement_from, NEW.statement_to, NEW.created_by, NEW.created_at)
    OR ((OLD.recipient, OLD.subject, OLD.body, OLD.customer_id) IS DISTINCT FROM
        (NEW.recipient, NEW.subject, NEW.body, NEW.customer_id) AND NOT acts_as_owner())
  THEN
    RAISE EXCEPTION 'Message % stays as it was written: cancel it and write another.', OLD.id
      USING ERRCODE = 'BZ003', CONSTRAINT = 'message_kept';
  END IF;
  IF OLD.status IS DISTINCT FROM NEW.status AND (OLD.status || '>' || NEW.status) NOT IN (
    'Ready>Opened', 'Ready>Cancelled',
    'Queued>Sending', 'Queued>Cancelled',
    'Sending>Sent', 'Sending>Queued', 'Sending>Failed', 'Sending>Unclear',
    'Unclear>Sent', 'Unclear>Queued', 'Unclear>Cancelled',
    'Failed>Queued', 'Failed>Cancelled'
  ) THEN
    RAISE EXCEPTION 'Message % is %: it cannot become %.', OLD.id, OLD.status, NEW.status
      USING ERRCODE = 'BZ001', CONSTRAINT = 'message_status_move';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_part(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_part() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  ticket record;
BEGIN
  SELECT t.ticket_number, t.status INTO ticket FROM public.repair_tickets t WHERE t.id = NEW.repair_ticket_id FOR NO KEY UPDATE;
  IF FOUND AND ticket.status = 'Closed' THEN
    RAISE EXCEPTION '% is closed: its parts stay as they are.', ticket.ticket_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'ticket_closed';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL
    OR (to_jsonb(OLD) - ARRAY['removed_at', 'removed_by']) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['removed_at', 'removed_by'])) THEN
    RAISE EXCEPTION 'A part on a ticket stays as it was added: take it off and add another.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'part_kept';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_photo(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_photo() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  -- Of two records of a model made one, all pictures are the one's that stays. The merge runs as the owner of the table, and nobody
  -- who serves requests is that.
  IF num_nonnulls(OLD.product_model_id, NEW.product_model_id) = 2
    AND (to_jsonb(NEW) - 'product_model_id') = (to_jsonb(OLD) - 'product_model_id')
    AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID)
  THEN
    RETURN NEW;
  END IF;
  IF OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL
    OR (to_jsonb(NEW) - ARRAY['removed_at', 'removed_by', 'caption']) <> (to_jsonb(OLD) - ARRAY['removed_at', 'removed_by', 'caption'])
    OR NEW.caption IS NOT NULL
  THEN
    RAISE EXCEPTION 'A photo stays as it was taken: take it away, and take another one.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'photo_stays';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_preorder_ending(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_preorder_ending() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'A preorder is not taken as called off or decided.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_starts_pending';
END;
$$;

--
-- Name: guard_preorder_insert(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_preorder_insert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'A preorder begins as Deposit Pending: its deposit, order and device are recorded as they come.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_starts_pending';
END;
$$;

--
-- Name: guard_preorder_update(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_preorder_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  still_held numeric;
BEGIN
  -- The deposit's fields change by its rows alone, whose triggers stand one level below this one.
  IF (OLD.deposit_paid, OLD.deposit_amount, OLD.deposit_date, OLD.deposit_payment_method, OLD.deposit_reference) IS DISTINCT FROM
     (NEW.deposit_paid, NEW.deposit_amount, NEW.deposit_date, NEW.deposit_payment_method, NEW.deposit_reference)
    AND pg_trigger_depth() < 2
  THEN
    RAISE EXCEPTION 'What was deposited on preorder % is what was taken for it: record a deposit.', OLD.preorder_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'preorder_deposit_kept';
  END IF;
  IF (OLD.preorder_number, CASE WHEN NEW.status = 'Arrived' THEN NULL ELSE OLD.asset_id END,
      CASE WHEN NEW.status = 'Picked Up' THEN NULL ELSE OLD.invoice_id END,
      CASE WHEN NEW.status = 'Resold' THEN NULL ELSE row(OLD.resale_invoice_id, OLD.resale_recovery_amount)::text END,
      CASE WHEN NEW.status = 'Ordered' THEN NULL ELSE OLD.order_date END,
      CASE WHEN NEW.status = 'Arrived' THEN NULL ELSE OLD.arrival_date END,
      CASE WHEN NEW.status = 'Customer Notified' THEN NULL ELSE OLD.customer_notified_date END,
      CASE WHEN NEW.status IN ('Deposit Pending', 'Ordered', 'In Transit', 'Arrived') THEN NULL ELSE OLD.agreed_price END,
      CASE WHEN NEW.status = 'Rejected' THEN NULL ELSE OLD.rejection_reason END) IS DISTINCT FROM
     (NEW.preorder_number, CASE WHEN NEW.status = 'Arrived' THEN NULL ELSE NEW.asset_id END,
      CASE WHEN NEW.status = 'Picked Up' THEN NULL ELSE NEW.invoice_id END,
      CASE WHEN NEW.status = 'Resold' THEN NULL ELSE row(NEW.resale_invoice_id, NEW.resale_recovery_amount)::text END,
      CASE WHEN NEW.status = 'Ordered' THEN NULL ELSE NEW.order_date END,
      CASE WHEN NEW.status = 'Arrived' THEN NULL ELSE NEW.arrival_date END,
      CASE WHEN NEW.status = 'Customer Notified' THEN NULL ELSE NEW.customer_notified_date END,
      CASE WHEN NEW.status IN ('Deposit Pending', 'Ordered', 'In Transit', 'Arrived') THEN NULL ELSE NEW.agreed_price END,
      CASE WHEN NEW.status = 'Rejected' THEN NULL ELSE NEW.rejection_reason END)
    OR (OLD.status = NEW.status AND (OLD.asset_id, OLD.order_date, OLD.arrival_date, OLD.customer_notified_date, OLD.invoice_id,
        OLD.resale_invoice_id, OLD.resale_recovery_amount, OLD.rejection_reason) IS DISTINCT FROM
       (NEW.asset_id, NEW.order_date, NEW.arrival_date, NEW.customer_notified_date, NEW.invoice_id,
        NEW.resale_invoice_id, NEW.resale_recovery_amount, NEW.rejection_reason))
  THEN
    RAISE EXCEPTION 'What preorder % says of its steps is kept as it was written.', OLD.preorder_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'preorder_kept';
  END IF;
  -- Called off and decided are said once, each in its own place.
  IF OLD.called_off_at IS NOT NULL AND (OLD.status, OLD.agreed_price) IS DISTINCT FROM (NEW.status, NEW.agreed_price) THEN
    RAISE EXCEPTION 'Preorder % was called off and its deposit given back: take a new preorder.', OLD.preorder_number
      USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_called_off';
  END IF;
  IF (OLD.called_off_at, OLD.called_off_reason, OLD.called_off_by, OLD.value_decided_reason, OLD.value_decided_by) IS DISTINCT FROM
     (NEW.called_off_at, NEW.called_off_reason, NEW.called_off_by, NEW.value_decided_reason, NEW.value_decided_by)
  THEN
    IF OLD.called_off_at IS NULL AND NEW.called_off_at IS NOT NULL AND OLD.value_decided_reason IS NULL
      AND NEW.value_decided_reason IS NULL AND OLD.status = NEW.status AND OLD.status IN ('Ordered', 'In Transit')
    THEN
      NEW.called_off_at := shop_now();
      NEW.called_off_by := coalesce(NEW.called_off_by, shop_actor());
    ELSIF NEW.value_decided_reason IS NOT NULL AND OLD.called_off_at IS NULL AND NEW.called_off_at IS NULL
      AND OLD.status = 'Rejected' AND NEW.status = 'Resold' AND NEW.resale_invoice_id IS NULL
    THEN
      NEW.value_decided_by := coalesce(NEW.value_decided_by, shop_actor());
    ELSE
      RAISE EXCEPTION 'Preorder % is %: only what is Ordered or In Transit is called off, and only what is Rejected is settled by a decision.',
        OLD.preorder_number, OLD.status USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_ending';
    END IF;
  END IF;
  IF OLD.status = NEW.status THEN
    RETURN NEW;
  END IF;

  IF (OLD.status || '>' || NEW.status) NOT IN (
    'Deposit Pending>Ordered', 'Deposit Pending>Closed', 'Ordered>In Transit', 'In Transit>Arrived',
    'Arrived>Customer Notified', 'Arrived>Rejected', 'Customer Notified>Picked Up', 'Customer Notified>Rejected',
    'Picked Up>Closed', 'Rejected>Resold', 'Resold>Closed'
  ) THEN
    RAISE EXCEPTION 'Preorder % is %: it cannot become %.', OLD.preorder_number, OLD.status, NEW.status
      USING ERRCODE = 'BZ001', CONSTRAINT = 'preorder_status_move', DETAIL = CASE OLD.status
        WHEN 'Deposit Pending' THEN 'Allowed now: Ordered, Closed.'
        WHEN 'Ordered' THEN 'Allowed now: In Transit.'
        WHEN 'In Transit' THEN 'Allowed now: Arrived.'
        WHEN 'Arrived' THEN 'Allowed now: Customer Notified, Rejected.'
        WHEN 'Customer Notified' THEN 'Allowed now: Picked Up, Rejected.'
        WHEN 'Rejected' THEN 'Allowed now: Resold.'
        WHEN 'Closed' THEN 'Allowed now: nothing.'
        ELSE 'Allowed now: Closed.'
      END;
  END IF;

  IF NEW.status = 'Ordered' THEN
    NEW.order_date := coalesce(NEW.order_date, shop_today());
  ELSIF NEW.status = 'Arrived' THEN
    NEW.arrival_date := coalesce(NEW.arrival_date, shop_today());
    -- From now on it can come to a settlement, which is reckoned from this price.
    NEW.agreed_price := coalesce(NEW.agreed_price, nullif(NEW.target_price_max, 0), nullif(NEW.target_price_min, 0), (
      SELECT coalesce(a.list_price, CASE a.condition_grade WHEN 'A' THEN m.default_price_grade_a
        WHEN 'B' THEN m.default_price_grade_b ELSE m.default_price_grade_c END)
      FROM public.assets a JOIN public.product_models m ON m.id = a.product_model_id WHERE a.id = NEW.asset_id
    ));
  ELSIF NEW.status = 'Customer Notified' THEN
    NEW.customer_notified_date := coalesce(NEW.customer_notified_date, shop_today());
  ELSIF NEW.status = 'Picked Up' THEN
    IF NOT EXISTS (
      SELECT FROM public.invoices i JOIN public.invoice_lines l ON l.invoice_id = i.id AND l.released_at IS NULL
      JOIN public.payments y ON y.invoice_id = i.id AND y.preorder_id = NEW.id
      WHERE i.id = NEW.invoice_id AND i.status = 'Paid' AND l.asset_id = NEW.asset_id
    ) THEN
      RAISE EXCEPTION 'Preorder % is picked up by a paid invoice with its device and its deposit on it.', OLD.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_needs_sale';
    END IF;
  ELSIF NEW.status = 'Rejected' THEN
    IF nullif(btrim(NEW.rejection_reason), '') IS NULL THEN
      RAISE EXCEPTION 'Say why the customer does not want what came for preorder %.', OLD.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_needs_reason';
    END IF;
  ELSIF NEW.status = 'Resold' THEN
    -- Either it was sold, or somebody decided what it is worth.
    IF NEW.value_decided_reason IS NULL AND NOT EXISTS (
      SELECT FROM public.assets a WHERE a.id = NEW.asset_id AND a.status = 'Sold' AND a.invoice_id = NEW.resale_invoice_id
        AND a.sale_price = NEW.resale_recovery_amount
    ) THEN
      RAISE EXCEPTION 'What came for preorder % is not sold yet: sell it first.', OLD.preorder_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_needs_resale';
    END IF;
  ELSIF NEW.status = 'Closed' THEN
    SELECT d.held INTO still_held FROM public.view_preorder_deposits d WHERE d.preorder_id = OLD.id;
    IF still_held <> 0 THEN
      RAISE EXCEPTION 'GH₵ % of preorder % is still held for the customer: give it back or settle it first.',
        still_held, OLD.preorder_number USING ERRCODE = 'BZ002', CONSTRAINT = 'preorder_holds_money';
    END IF;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_reference_once(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_reference_once() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  paid text;
BEGIN
  PERFORM pg_advisory_xact_lock(7464, hashtext(NEW.payment_method || serial_key(NEW.reference)));
  IF TG_TABLE_NAME = 'payments' THEN
    SELECT 'the deposit of ' || p.preorder_number INTO paid
    FROM public.preorder_deposits d JOIN public.preorders p ON p.id = d.preorder_id
    WHERE d.payment_method = NEW.payment_method AND serial_key(d.reference) = serial_key(NEW.reference)
      AND d.kind IN ('Deposit', 'Shortfall') AND d.payment_method IN ('MoMo', 'Bank Transfer') AND d.reference IS NOT NULL;
  ELSE
    SELECT coalesce((
      SELECT i.invoice_number FROM public.payments y JOIN public.invoices i ON i.id = y.invoice_id
      WHERE y.payment_method = NEW.payment_method AND serial_key(y.reference) = serial_key(NEW.reference)
        AND y.payment_method IN ('MoMo', 'Bank Transfer') AND y.reference IS NOT NULL
    ), (
      SELECT 'the deposit of ' || p.preorder_number
      FROM public.preorder_deposits d JOIN public.preorders p ON p.id = d.preorder_id
      WHERE d.payment_method = NEW.payment_method AND serial_key(d.reference) = serial_key(NEW.reference)
        AND d.kind IN ('Deposit', 'Shortfall') AND d.payment_method IN ('MoMo', 'Bank Transfer') AND d.reference IS NOT NULL
    )) INTO paid;
  END IF;
  IF paid IS NOT NULL THEN
    RAISE EXCEPTION 'The % reference % paid % already: ask the customer for the message of this payment.',
      NEW.payment_method, NEW.reference, paid USING ERRCODE = 'BZ002', CONSTRAINT = 'reference_used';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_return_request(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_return_request() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status = 'Requested' AND NEW.status <> 'Requested' AND
    (OLD.id, OLD.invoice_id, OLD.reason, OLD.lines, OLD.refunds, OLD.requested_by, OLD.created_at) IS NOT DISTINCT FROM
    (NEW.id, NEW.invoice_id, NEW.reason, NEW.lines, NEW.refunds, NEW.requested_by, NEW.created_at)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A request for a return stays as it was asked: it is approved or declined once.'
    USING ERRCODE = 'BZ003', CONSTRAINT = 'return_request_kept';
END;
$$;

--
-- Name: guard_stocktake(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_stocktake() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF (OLD.stocktake_number, OLD.location_id, OLD.is_blind, OLD.started_by, OLD.started_at) IS DISTINCT FROM
     (NEW.stocktake_number, NEW.location_id, NEW.is_blind, NEW.started_by, NEW.started_at) THEN
    RAISE EXCEPTION 'What % counts is kept as it was begun: cancel it and begin another.', OLD.stocktake_number
      USING ERRCODE = 'BZ003', CONSTRAINT = 'stocktake_kept';
  END IF;
  IF OLD.status <> NEW.status THEN
    IF (OLD.status || '>' || NEW.status) NOT IN (
      'Counting>Submitted', 'Counting>Cancelled', 'Submitted>Counting', 'Submitted>Approved', 'Submitted>Cancelled'
    ) THEN
      RAISE EXCEPTION '% is %: it cannot become %.', OLD.stocktake_number, OLD.status, NEW.status
        USING ERRCODE = 'BZ001', CONSTRAINT = 'stocktake_status_move', DETAIL = CASE OLD.status
          WHEN 'Counting' THEN 'Allowed now: Submitted, Cancelled.'
          WHEN 'Submitted' THEN 'Allowed now: Counting, Approved, Cancelled.'
          ELSE 'Allowed now: nothing.'
        END;
    END IF;
    IF NEW.status = 'Submitted' THEN
      NEW.submitted_by := shop_actor();
      NEW.submitted_at := shop_now();
    ELSIF NEW.status IN ('Approved', 'Cancelled') THEN
      NEW.decided_by := shop_actor();
      NEW.decided_at := shop_now();
    END IF;
  ELSIF OLD.status IN ('Approved', 'Cancelled') THEN
    RAISE EXCEPTION '% is %: it stays as it is.', OLD.stocktake_number, OLD.status
      USING ERRCODE = 'BZ003', CONSTRAINT = 'stocktake_kept';
  END IF;
  NEW.updated_at := shop_now();
  RETURN NEW;
END;
$$;

--
-- Name: guard_stocktake_count(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_stocktake_count() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  count_of record;
BEGIN
  SELECT s.stocktake_number, s.status, s.location_id INTO count_of FROM public.stocktakes s WHERE s.id = NEW.stocktake_id FOR SHARE;
  IF FOUND AND count_of.status <> 'Counting' THEN
    RAISE EXCEPTION '% is %: nothing more is counted into it. Ask a Manager to open it again, or begin another.',
      count_of.stocktake_number, count_of.status USING ERRCODE = 'BZ001', CONSTRAINT = 'stocktake_not_counting';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL
      OR (to_jsonb(OLD) - ARRAY['removed_at', 'removed_by']) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['removed_at', 'removed_by']) THEN
      RAISE EXCEPTION 'What was counted stays as it was counted: take it back and count again.'
        USING ERRCODE = 'BZ003', CONSTRAINT = 'count_kept';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.asset_id IS NOT NULL THEN
    SELECT a.status, a.location_id INTO NEW.asset_status, NEW.asset_location_id FROM public.assets a WHERE a.id = NEW.asset_id;
  ELSIF NEW.bulk_stock_id IS NOT NULL THEN
    PERFORM FROM public.bulk_stock b WHERE b.id = NEW.bulk_stock_id FOR SHARE;
    NEW.book_quantity := public.stock_at(NEW.bulk_stock_id, count_of.location_id);
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_ticket_delete(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_ticket_delete() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% is kept: close it instead of deleting it.', OLD.ticket_number
    USING ERRCODE = 'BZ003', CONSTRAINT = 'ticket_kept';
END;
$$;

--
-- Name: guard_ticket_insert(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_ticket_insert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'A repair begins as Open: take it in first, then move it on.'
    USING ERRCODE = 'BZ001', CONSTRAINT = 'ticket_starts_open';
END;
$$;

--
-- Name: guard_ticket_update(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_ticket_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF OLD.status = 'Closed' AND NEW.status = 'Closed' THEN
    IF (to_jsonb(OLD) - ARRAY['invoice_id', 'customer_id', 'updated_at']) IS DISTINCT FROM
       (to_jsonb(NEW) - ARRAY['invoice_id', 'customer_id', 'updated_at']) THEN
      RAISE EXCEPTION '% is closed: it stays as it is. Open another ticket for more work.', OLD.ticket_number
        USING ERRCODE = 'BZ003', CONSTRAINT = 'ticket_closed';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.status IS DISTINCT FROM OLD.status THEN
    IF NOT EXISTS (SELECT FROM public.repair_status_moves m WHERE m.from_status = OLD.status AND m.to_status = NEW.status) THEN
      RAISE EXCEPTION '% is %: it cannot become %.', OLD.ticket_number, OLD.status, NEW.status
        USING ERRCODE = 'BZ001', CONSTRAINT = 'ticket_status_move', DETAIL = 'Allowed now: ' || coalesce((
          SELECT string_agg(m.to_status, ', ' ORDER BY m.to_status) FROM public.repair_status_moves m WHERE m.from_status = OLD.status
        ), 'nothing') || '.';
    END IF;
    IF NEW.status = 'Closed' AND NEW.outcome IS NULL THEN
      RAISE EXCEPTION '% needs an outcome: say how the repair ended.', OLD.ticket_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'ticket_needs_outcome';
    END IF;
    NEW.status_since := shop_now();
    NEW.closed_date := CASE NEW.status WHEN 'Closed' THEN shop_today() END;
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_till_entry(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_till_entry() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  now_is text;
BEGIN
  SELECT s.state INTO now_is FROM public.till_sessions s WHERE s.id = NEW.till_session_id FOR KEY SHARE;
  IF FOUND AND now_is <> 'Open' THEN
    RAISE EXCEPTION 'This till is %: nothing more goes into it.', lower(now_is)
      USING ERRCODE = 'BZ002', CONSTRAINT = 'till_takes_nothing';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_till_session(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_till_session() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'Open' THEN
      RAISE EXCEPTION 'A till is opened first, then counted, then closed.'
        USING ERRCODE = 'BZ001', CONSTRAINT = 'till_starts_open';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.state || '>' || NEW.state) NOT IN ('Open>Counted', 'Counted>Closed') THEN
    RAISE EXCEPTION 'This till is %: it cannot become %.', OLD.state, NEW.state
      USING ERRCODE = 'BZ001', CONSTRAINT = 'till_state_move';
  END IF;
  IF (OLD.id, OLD.user_id, OLD.opening_float, OLD.opened_at) IS DISTINCT FROM
     (NEW.id, NEW.user_id, NEW.opening_float, NEW.opened_at)
    OR (OLD.state = 'Counted' AND (OLD.counted_at, OLD.counted_by, OLD.difference) IS DISTINCT FROM
       (NEW.counted_at, NEW.counted_by, NEW.difference))
  THEN
    RAISE EXCEPTION 'What a till session says is kept as it was written.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'till_kept';
  END IF;
  IF NEW.state = 'Counted' THEN
    IF NOT EXISTS (SELECT FROM public.till_counts c WHERE c.till_session_id = NEW.id AND c.payment_method = 'Cash') THEN
      RAISE EXCEPTION 'Count the cash of this till first.' USING ERRCODE = 'BZ002', CONSTRAINT = 'till_needs_count';
    END IF;
    SELECT coalesce(sum(b.difference), 0) INTO NEW.difference FROM public.till_balances b WHERE b.till_session_id = NEW.id;
    NEW.difference_reason := NULL;
  ELSE
    NEW.difference_reason := nullif(btrim(NEW.difference_reason), '');
    IF NEW.difference_reason IS NULL AND EXISTS (
      SELECT FROM public.till_balances b WHERE b.till_session_id = NEW.id AND b.difference <> 0
    ) THEN
      RAISE EXCEPTION 'The count differs from what is expected: say why, then the till is closed.'
        USING ERRCODE = 'BZ002', CONSTRAINT = 'till_needs_reason';
    END IF;
    NEW.z_number := pad_number('Z-', nextval('public.till_z_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_voided_asset(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_voided_asset() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF (to_jsonb(OLD) - ARRAY['product_model_id', 'updated_at']) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['product_model_id', 'updated_at']) THEN
    RAISE EXCEPTION 'Device % was taken back: its record stays as it is. Receive the device again.', OLD.asset_tag
      USING ERRCODE = 'BZ003', CONSTRAINT = 'asset_taken_back';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: guard_warranty_delete(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_warranty_delete() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% is kept: void it instead of deleting it.', OLD.warranty_number USING ERRCODE = 'BZ003', CONSTRAINT = 'warranty_kept';
END;
$$;

--
-- Name: guard_warranty_insert(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_warranty_insert() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'A warranty begins as Active.' USING ERRCODE = 'BZ001', CONSTRAINT = 'warranty_starts_active';
END;
$$;

--
-- Name: guard_warranty_update(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_warranty_update() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.warranty_status_moves m WHERE m.from_status = OLD.status AND m.to_status = NEW.status) THEN
    RAISE EXCEPTION '% is %: it cannot become %.', OLD.warranty_number, OLD.status, NEW.status
      USING ERRCODE = 'BZ001', CONSTRAINT = 'warranty_status_move', DETAIL = 'Allowed now: ' || coalesce((
        SELECT string_agg(m.to_status, ', ' ORDER BY m.to_status) FROM public.warranty_status_moves m WHERE m.from_status = OLD.status
      ), 'nothing') || '.';
  END IF;
  IF (NEW.status = 'Claimed') <> EXISTS (
    SELECT FROM public.warranty_claims c WHERE c.warranty_id = OLD.id AND c.status IN ('Submitted', 'Approved')
  ) THEN
    RAISE EXCEPTION '% is Claimed while a claim on it is open, and only then: submit or decide the claim.', OLD.warranty_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'warranty_claim_open';
  END IF;
  IF NEW.status = 'Expired' AND NEW.end_date >= shop_today() THEN
    RAISE EXCEPTION '% holds until %: it has not expired.', OLD.warranty_number, NEW.end_date
      USING ERRCODE = 'BZ002', CONSTRAINT = 'warranty_still_holds';
  END IF;
  IF NEW.status = 'Void' AND nullif(btrim(NEW.void_reason), '') IS NULL THEN
    RAISE EXCEPTION 'Say why % is void.', OLD.warranty_number USING ERRCODE = 'BZ002', CONSTRAINT = 'warranty_void_reason';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: new_check_code(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.new_check_code() RETURNS text
    LANGUAGE sql PARALLEL SAFE
    AS $$ SELECT translate(encode(uuid_send(gen_random_uuid()), 'base64'), '+/=', '-_') $$;

--
-- Name: shop_today(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.shop_today() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(nullif(current_setting('bizhub.now', true), '')::timestamptz, now())::date $$;

--
-- Name: invoices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invoices (
    id integer NOT NULL,
    invoice_number character varying(50) NOT NULL,
    customer_id integer,
    customer_type character varying(20) NOT NULL,
    invoice_date date DEFAULT public.shop_today() NOT NULL,
    status character varying(20) DEFAULT 'Draft'::character varying NOT NULL,
    subtotal numeric(10,2) NOT NULL,
    tax_amount numeric(10,2) DEFAULT 0 NOT NULL,
    total_amount numeric(10,2) NOT NULL,
    tax_mode character varying(10) DEFAULT 'off'::character varying NOT NULL,
    tax_lines jsonb DEFAULT '[]'::jsonb NOT NULL,
    amount_paid numeric(10,2) DEFAULT 0 NOT NULL,
    amount_refunded numeric(10,2) DEFAULT 0 NOT NULL,
    lead_source character varying(50),
    sales_rep_id integer,
    hold_expires_at timestamp with time zone,
    due_date date,
    goods_released_at timestamp with time zone,
    goods_released_by integer,
    cancelled_reason text,
    check_code character varying(22) DEFAULT public.new_check_code() NOT NULL,
    notes text,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    amount_credited numeric(10,2) DEFAULT 0 NOT NULL,
    CONSTRAINT check_invoice_amount_paid CHECK ((amount_paid >= (0)::numeric)),
    CONSTRAINT check_invoice_credited CHECK (((amount_credited >= (0)::numeric) AND (amount_credited <= total_amount))),
    CONSTRAINT check_invoice_not_overpaid CHECK (((amount_paid - amount_refunded) <= total_amount)),
    CONSTRAINT check_invoice_refunds CHECK (((amount_refunded >= (0)::numeric) AND (amount_refunded <= amount_paid))),
    CONSTRAINT check_invoice_release CHECK ((((goods_released_at IS NULL) = (goods_released_by IS NULL)) AND ((goods_released_at IS NULL) OR ((status)::text <> 'Draft'::text)))),
    CONSTRAINT check_invoice_subtotal CHECK ((subtotal >= (0)::numeric)),
    CONSTRAINT check_invoice_tax CHECK ((tax_amount >= (0)::numeric)),
    CONSTRAINT check_invoice_tax_mode CHECK (((tax_mode)::text = ANY ((ARRAY['off'::character varying, 'inclusive'::character varying, 'exclusive'::character varying])::text[]))),
    CONSTRAINT check_invoice_total CHECK (((total_amount = (subtotal + tax_amount)) AND (((tax_mode)::text <> 'off'::text) OR (tax_amount = (0)::numeric)))),
    CONSTRAINT invoices_customer_type_check CHECK (((customer_type)::text = ANY ((ARRAY['Retail'::character varying, 'Wholesale'::character varying, 'Walk-in'::character varying])::text[]))),
    CONSTRAINT invoices_status_check CHECK (((status)::text = ANY ((ARRAY['Draft'::character varying, 'Sent'::character varying, 'Paid'::character varying, 'Cancelled'::character varying, 'Refunded'::character varying])::text[])))
)
WITH (fillfactor='60');

--
-- Name: invoice_balance(public.invoices); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.invoice_balance(invoice public.invoices) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT greatest(invoice.total_amount - invoice.amount_credited - invoice.amount_paid + invoice.amount_refunded, 0)
$$;

--
-- Name: keep_asset_imeis(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_asset_imeis() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM asset_imeis WHERE asset_id = OLD.id;
  END IF;
  IF NEW.imei_1 IS NOT NULL THEN
    INSERT INTO asset_imeis (imei, asset_id) VALUES (NEW.imei_1, NEW.id);
  END IF;
  IF NEW.imei_2 IS NOT NULL THEN
    INSERT INTO asset_imeis (imei, asset_id) VALUES (NEW.imei_2, NEW.id);
  END IF;
  RETURN NULL;
END $$;

--
-- Name: keep_landed_cost(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_landed_cost() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  lot record;
BEGIN
  IF NEW.lot_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.lot_id IS DISTINCT FROM OLD.lot_id) THEN
    SELECT l.lot_number, l.closed_at INTO lot FROM public.lots l WHERE l.id = NEW.lot_id FOR KEY SHARE;
    IF lot.closed_at IS NOT NULL THEN
      RAISE EXCEPTION '% is closed: open it again before something is received into it.', lot.lot_number
        USING ERRCODE = 'BZ002', CONSTRAINT = 'lot_closed';
    END IF;
  END IF;
  IF TG_OP = 'INSERT' THEN
    NEW.charge_cost := 0;
    NEW.landed_entered := NEW.landed_cost;
    RETURN NEW;
  END IF;
  IF NEW.lot_id IS DISTINCT FROM OLD.lot_id AND OLD.charge_cost > 0 AND NOT (NEW.lot_id IS NULL AND OLD.status = 'Sold') THEN
    RAISE EXCEPTION 'Device % carries charges of its lot: take those back first.', OLD.asset_tag
      USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_carries_charges';
  END IF;
  IF NEW.charge_cost IS DISTINCT FROM OLD.charge_cost OR NEW.lot_id IS DISTINCT FROM OLD.lot_id THEN
    SELECT coalesce(sum(s.amount), 0) INTO NEW.charge_cost
    FROM public.lot_charge_shares s JOIN public.lot_charges c ON c.id = s.lot_charge_id
    WHERE s.asset_id = NEW.id AND c.lot_id = NEW.lot_id;
  END IF;
  IF NEW.landed_cost IS DISTINCT FROM OLD.landed_cost THEN
    NEW.landed_entered := NEW.landed_cost - NEW.charge_cost;
    IF NEW.landed_entered < 0 THEN
      RAISE EXCEPTION 'Device % carries % of its lot''s charges alone: its landed cost cannot be less.', OLD.asset_tag, NEW.charge_cost
        USING ERRCODE = 'BZ002', CONSTRAINT = 'landed_below_charges';
    END IF;
  END IF;
  NEW.landed_cost := CASE
    WHEN NEW.landed_entered IS NOT NULL THEN NEW.landed_entered + NEW.charge_cost
    WHEN NEW.charge_cost > 0 THEN coalesce(NEW.purchase_cost, 0) + NEW.charge_cost
  END;
  RETURN NEW;
END;
$$;

--
-- Name: log_asset_movement(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.log_asset_movement() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO public.inventory_movements (
    asset_id, from_location_id, to_location_id, from_status, to_status, moved_by, reason
  ) VALUES (
    NEW.id, OLD.location_id, NEW.location_id, OLD.status, NEW.status,
    shop_actor(), coalesce(shop_reason(), 'Auto-logged on asset update')
  );
  RETURN NEW;
END;
$$;

--
-- Name: log_asset_receipt(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.log_asset_receipt() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO public.inventory_movements (asset_id, to_location_id, to_status, moved_by, reason)
  SELECT received.id, received.location_id, received.status, shop_actor(), coalesce(shop_reason(), 'Received')
  FROM received ORDER BY received.id;
  RETURN NULL;
END;
$$;

--
-- Name: log_message_step(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.log_message_step() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
  INSERT INTO message_events (message_id, from_status, to_status, attempt, words)
  VALUES (NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD.status END, NEW.status, NEW.attempts,
    CASE WHEN NEW.status IN ('Queued', 'Failed', 'Unclear') THEN NEW.last_error END);
  RETURN NULL;
END;
$$;

--
-- Name: log_preorder_deposit(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.log_preorder_deposit() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO public.preorder_events (preorder_id, event_type, notes) VALUES (
    NEW.preorder_id,
    CASE NEW.kind WHEN 'Deposit' THEN CASE WHEN NEW.claimed THEN 'deposit_claimed' ELSE 'deposit_received' END
      WHEN 'Refund' THEN 'deposit_refunded' WHEN 'Kept' THEN 'deposit_kept' ELSE 'shortfall_received' END,
    concat_ws(' ', 'GH₵ ' || to_char(NEW.amount, 'FM99,999,990.00'), 'by ' || NEW.payment_method, NEW.reference)
      || coalesce(': ' || NEW.notes, '')
  );
  RETURN NULL;
END;
$$;

--
-- Name: log_stock_change(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.log_stock_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
  INSERT INTO stock_ledger (
    bulk_stock_id, quantity_change, quantity_after, kind, reason, invoice_id, repair_ticket_id
  ) VALUES (
    NEW.id,
    CASE TG_OP WHEN 'INSERT' THEN NEW.quantity ELSE NEW.quantity - OLD.quantity END,
    NEW.quantity,
    coalesce(
      nullif(current_setting('bizhub.stock_kind', true), ''),
      CASE TG_OP WHEN 'INSERT' THEN 'Received' ELSE 'Adjusted' END
    ),
    coalesce(shop_reason(), 'Auto-logged on stock update'),
    nullif(current_setting('bizhub.invoice_id', true), '')::integer,
    nullif(current_setting('bizhub.repair_ticket_id', true), '')::integer
  );
  RETURN NEW;
END;
$$;

--
-- Name: note_buy_back_lot(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.note_buy_back_lot() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  SELECT a.lot_id INTO NEW.lot_id FROM public.invoice_lines l JOIN public.assets a ON a.id = l.asset_id WHERE l.id = NEW.invoice_line_id;
  RETURN NEW;
END;
$$;

--
-- Name: note_device_lot(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.note_device_lot() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO public.lot_changes (lot_id)
    SELECT DISTINCT n.lot_id FROM (VALUES (OLD.lot_id), (NEW.lot_id)) n (lot_id) WHERE n.lot_id IS NOT NULL;
  RETURN NULL;
END;
$$;

--
-- Name: note_lots(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.note_lots() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO public.lot_changes (lot_id) SELECT DISTINCT c.lot_id FROM changed c WHERE c.lot_id IS NOT NULL;
  RETURN NULL;
END;
$$;

--
-- Name: pad_number(text, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.pad_number(prefix text, number bigint) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
  RETURN prefix || lpad(number::text, greatest(6, length(number::text)), '0');
END
$$;

--
-- Name: preorder_note(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.preorder_note() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('bizhub.preorder_note', true), '') $$;

--
-- Name: product_model_merge(integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.product_model_merge(gone integer, kept integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
DECLARE
  place record;
  rows bigint;
  moved jsonb := '{}';
BEGIN
  PERFORM FROM product_models WHERE id IN (gone, kept) ORDER BY id FOR UPDATE;
  IF gone = kept OR (SELECT count(*) FROM product_models WHERE id IN (gone, kept)) <> 2 THEN
    RAISE EXCEPTION 'Only two models that are both there can be merged.' USING ERRCODE = 'BZ002', CONSTRAINT = 'model_merge_two';
  END IF;
  -- What both have is kept as the one that stays has it.
  DELETE FROM product_model_bundles b WHERE b.product_model_id = gone
    AND EXISTS (SELECT FROM product_model_bundles k WHERE k.product_model_id = kept AND k.bulk_stock_id = b.bulk_stock_id);
  UPDATE product_models k SET
    default_price_grade_a = coalesce(k.default_price_grade_a, g.default_price_grade_a),
    default_price_grade_b = coalesce(k.default_price_grade_b, g.default_price_grade_b),
    default_price_grade_c = coalesce(k.default_price_grade_c, g.default_price_grade_c),
    screen_size = coalesce(k.screen_size, g.screen_size), gpu = coalesce(k.gpu, g.gpu),
    operating_system = coalesce(k.operating_system, g.operating_system),
    description = coalesce(k.description, g.description), image_url = coalesce(k.image_url, g.image_url)
  FROM product_models g WHERE k.id = kept AND g.id = gone;
  PERFORM set_config('bizhub.model_change', 'merge', true);
  UPDATE product_model_prices SET product_model_id = kept, merged_from = coalesce(merged_from, gone) WHERE product_model_id = gone;
  GET DIAGNOSTICS rows = ROW_COUNT;
  moved := jsonb_build_object('product_model_prices', rows);
  PERFORM set_config('bizhub.model_change', '', true);
  -- A device stays the same thing in the same state: no movement, and no question about its state.
  FOR place IN SELECT named_in, named_by FROM product_model_references() LOOP
    CONTINUE WHEN place.named_in = 'public.product_model_prices'::regclass;
    EXECUTE format('UPDATE %s SET %I = $1 WHERE %I = $2', place.named_in, place.named_by, place.named_by) USING kept, gone;
    GET DIAGNOSTICS rows = ROW_COUNT;
    moved := moved || jsonb_build_object(place.named_in::text, rows);
  END LOOP;
  INSERT INTO product_model_merges (gone_id, product_model_id, model)
  SELECT gone, kept, to_jsonb(m) FROM product_models m WHERE m.id = gone;
  DELETE FROM product_models WHERE id = gone;
  RETURN moved;
END;
$_$;

--
-- Name: product_model_references(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.product_model_references() RETURNS TABLE(named_in regclass, named_by name)
    LANGUAGE sql STABLE
    AS $$
  SELECT k.conrelid::regclass, a.attname
  FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  WHERE k.contype = 'f' AND k.confrelid = 'public.product_models'::regclass AND k.conrelid <> k.confrelid
  ORDER BY k.conrelid::regclass::text
$$;

--
-- Name: record_model_prices(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.record_model_prices() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
  INSERT INTO product_model_prices (product_model_id, grade, old_price, new_price)
  SELECT NEW.id, p.grade, p.old_price, p.new_price
  FROM (VALUES
    ('A', CASE WHEN TG_OP = 'UPDATE' THEN OLD.default_price_grade_a END, NEW.default_price_grade_a),
    ('B', CASE WHEN TG_OP = 'UPDATE' THEN OLD.default_price_grade_b END, NEW.default_price_grade_b),
    ('C', CASE WHEN TG_OP = 'UPDATE' THEN OLD.default_price_grade_c END, NEW.default_price_grade_c)
  ) p (grade, old_price, new_price)
  WHERE p.old_price IS DISTINCT FROM p.new_price;
  RETURN NULL;
END;
$$;

--
-- Name: refuse_change(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are kept as they were written: add a new row instead of changing one.', TG_TABLE_NAME
    USING ERRCODE = 'BZ003', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
END;
$$;

--
-- Name: refuse_change_but_of_customer(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse_change_but_of_customer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

--
-- Name: refuse_change_but_of_model(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse_change_but_of_model() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND acts_as_owner() AND current_setting('bizhub.model_change', true) = 'merge'
    AND to_jsonb(NEW) - ARRAY['product_model_id', 'merged_from'] = to_jsonb(OLD) - ARRAY['product_model_id', 'merged_from']
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'Rows of % are kept as they were written: add a new row instead of changing one.', TG_TABLE_NAME
    USING ERRCODE = 'BZ003', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
END;
$$;

--
-- Name: refuse_closed_day(date); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.refuse_closed_day(dated date) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  last date;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7463);
  SELECT max(c.day) INTO last FROM public.closed_days c;
  IF dated <= last THEN
    RAISE EXCEPTION 'The books are closed up to %: nothing more is entered for %. Enter it for a later day.',
      to_char(last, 'FMDD Mon YYYY'), to_char(dated, 'FMDD Mon YYYY')
      USING ERRCODE = 'BZ002', CONSTRAINT = 'day_closed';
  END IF;
END;
$$;

--
-- Name: release_invoice_lines(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.release_invoice_lines() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE public.invoice_lines SET released_at = shop_now() WHERE invoice_id = NEW.id AND released_at IS NULL;
  RETURN NULL;
END;
$$;

--
-- Name: serial_key(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.serial_key(typed text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT upper(regexp_replace(typed, '\s', '', 'g')) $$;

--
-- Name: set_sla_date(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.set_sla_date() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.sla_date := NEW.order_date + 21;
  RETURN NEW;
END;
$$;

--
-- Name: shop_reason(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.shop_reason() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('bizhub.reason', true), '') $$;

--
-- Name: stamp_status_entry(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.stamp_status_entry() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  SELECT a.status_entry INTO NEW.status_entry FROM public.assets a WHERE a.id = NEW.asset_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'There is no device %.', NEW.asset_id
      USING ERRCODE = '23503', CONSTRAINT = TG_TABLE_NAME || '_asset_id_fkey';
  END IF;
  RETURN NEW;
END;
$$;

--
-- Name: stock_at(integer, integer); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.stock_at(item integer, place integer) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
  SELECT coalesce(sum(v.quantity), 0)::integer FROM public.view_bulk_stock_places v
  WHERE v.bulk_stock_id = item AND (v.location_id = place OR (v.is_home AND v.location_id IS NULL))
$$;

--
-- Name: sum_ticket(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.sum_ticket() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
  sums record;
BEGIN
  SELECT coalesce(sum(p.amount) FILTER (WHERE p.is_stocked), 0) AS parts, coalesce(sum(p.amount) FILTER (WHERE NOT p.is_stocked), 0) AS labor
  INTO sums FROM (
    SELECT r.is_stocked, r.quantity * CASE NEW.paid_by WHEN 'Customer' THEN r.unit_price ELSE coalesce(r.unit_cost, 0) END AS amount
    FROM public.repair_parts r WHERE r.repair_ticket_id = NEW.id AND r.removed_at IS NULL
  ) p;
  IF TG_OP = 'INSERT' THEN
    IF NEW.labor_entered = 0 THEN
      NEW.labor_entered := NEW.labor_cost;
    END IF;
  ELSIF NEW.labor_cost IS DISTINCT FROM OLD.labor_cost AND NEW.labor_entered IS NOT DISTINCT FROM OLD.labor_entered THEN
    NEW.labor_entered := NEW.labor_cost - sums.labor;
  END IF;
  NEW.labor_cost := NEW.labor_entered + sums.labor;
  NEW.parts_cost := sums.parts;
  NEW.total_cost := NEW.labor_cost + NEW.parts_cost;
  RETURN NEW;
END;
$$;

--
-- Name: sum_ticket_of_part(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.sum_ticket_of_part() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE public.repair_tickets SET updated_at = updated_at WHERE id = NEW.repair_ticket_id;
  RETURN NULL;
END;
$$;

--
-- Name: take_from_elsewhere(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.take_from_elsewhere() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
DECLARE
  place record;
  missing integer := NEW.elsewhere_quantity - greatest(NEW.quantity, 0);
BEGIN
  FOR place IN
    SELECT l.location_id, l.quantity FROM bulk_stock_locations l WHERE l.bulk_stock_id = NEW.id ORDER BY l.quantity DESC, l.location_id
  LOOP
    EXIT WHEN missing = 0;
    IF place.quantity <= missing THEN
      DELETE FROM bulk_stock_locations l WHERE l.bulk_stock_id = NEW.id AND l.location_id = place.location_id;
      missing := missing - place.quantity;
    ELSE
      UPDATE bulk_stock_locations l SET quantity = l.quantity - missing
      WHERE l.bulk_stock_id = NEW.id AND l.location_id = place.location_id;
      missing := 0;
    END IF;
  END LOOP;
  NEW.elsewhere_quantity := greatest(NEW.quantity, 0);
  RETURN NEW;
END;
$$;

--
-- Name: tell_signed_in(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.tell_signed_in() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM pg_notify('bizhub_signed_in', '');
  RETURN NULL;
END
$$;

--
-- Name: update_updated_at_column(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.update_updated_at_column() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  NEW.updated_at := shop_now();
  RETURN NEW;
END;
$$;

--
-- Name: without_person(jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.without_person(tree jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    AS $$
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

--
-- Name: api_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_tokens (
    id integer NOT NULL,
    user_id integer NOT NULL,
    name character varying(100) NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);

--
-- Name: api_tokens_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.api_tokens_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: api_tokens_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.api_tokens_id_seq OWNED BY public.api_tokens.id;

--
-- Name: asset_imeis; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.asset_imeis (
    imei character varying(15) NOT NULL,
    asset_id integer NOT NULL
);

--
-- Name: asset_status_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.asset_status_changes (
    id bigint NOT NULL,
    status character varying(30) NOT NULL,
    units integer NOT NULL
);

--
-- Name: asset_status_changes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.asset_status_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: asset_status_changes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.asset_status_changes_id_seq OWNED BY public.asset_status_changes.id;

--
-- Name: asset_status_moves; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.asset_status_moves (
    from_status character varying(30) NOT NULL,
    to_status character varying(30) NOT NULL,
    accessory boolean
);

--
-- Name: asset_tag_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.asset_tag_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: assets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.assets (
    id integer NOT NULL,
    asset_tag character varying(50) NOT NULL,
    serial_number character varying(100) NOT NULL,
    product_model_id integer NOT NULL,
    imei_1 character varying(15),
    imei_2 character varying(15),
    supplier character varying(100),
    purchase_cost numeric(10,2),
    landed_cost numeric(10,2),
    received_date date DEFAULT public.shop_today() NOT NULL,
    condition_grade character varying(10),
    cosmetic_notes text,
    battery_health_percent integer,
    battery_cycle_count integer,
    status character varying(30) DEFAULT 'Received'::character varying NOT NULL,
    status_entry integer DEFAULT 1 NOT NULL,
    returned_entry integer,
    status_since timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    not_sellable_reason text,
    location_id integer,
    list_price numeric(10,2),
    sale_price numeric(10,2),
    sale_date date,
    invoice_id integer,
    preorder_id integer,
    accessories_included text,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    repair_cost numeric(10,2) DEFAULT 0 NOT NULL,
    lot_id integer,
    import_id integer,
    charge_cost numeric(10,2) DEFAULT 0 NOT NULL,
    landed_entered numeric(10,2),
    voided_at timestamp with time zone,
    CONSTRAINT assets_battery_health_percent_check CHECK (((battery_health_percent >= 0) AND (battery_health_percent <= 100))),
    CONSTRAINT assets_condition_grade_check CHECK (((condition_grade)::text = ANY ((ARRAY['A'::character varying, 'B'::character varying, 'C'::character varying])::text[]))),
    CONSTRAINT assets_status_check CHECK (((status)::text = ANY ((ARRAY['Received'::character varying, 'Diagnostics Pending'::character varying, 'Wipe Pending'::character varying, 'QC Pending'::character varying, 'Ready for Sale'::character varying, 'Reserved'::character varying, 'Sold'::character varying, 'Returned'::character varying, 'Repair Hold'::character varying, 'Scrapped'::character varying, 'Not Sellable'::character varying])::text[]))),
    CONSTRAINT check_asset_graded CHECK ((((status)::text <> ALL ((ARRAY['Ready for Sale'::character varying, 'Reserved'::character varying, 'Sold'::character varying])::text[])) OR (condition_grade IS NOT NULL))),
    CONSTRAINT check_asset_sale CHECK (
CASE
    WHEN ((status)::text = 'Sold'::text) THEN ((invoice_id IS NOT NULL) AND (sale_date IS NOT NULL) AND (sale_price IS NOT NULL))
    ELSE ((invoice_id IS NULL) AND (sale_date IS NULL) AND (sale_price IS NULL))
END),
    CONSTRAINT check_asset_voided CHECK (((voided_at IS NULL) OR (((status)::text = 'Scrapped'::text) AND (lot_id IS NULL)))),
    CONSTRAINT check_battery_cycle_count CHECK ((battery_cycle_count >= 0)),
    CONSTRAINT check_charge_cost CHECK ((charge_cost >= (0)::numeric)),
    CONSTRAINT check_imei_1 CHECK (((imei_1)::text ~ '^[0-9]{15}$'::text)),
    CONSTRAINT check_imei_2 CHECK ((((imei_2)::text ~ '^[0-9]{15}$'::text) AND ((imei_2)::text <> (imei_1)::text))),
    CONSTRAINT check_landed_cost CHECK ((landed_cost >= (0)::numeric)),
    CONSTRAINT check_landed_entered CHECK ((landed_entered >= (0)::numeric)),
    CONSTRAINT check_list_price CHECK ((list_price >= (0)::numeric)),
    CONSTRAINT check_not_sellable_reason CHECK ((((status)::text <> 'Not Sellable'::text) OR (NULLIF(btrim(not_sellable_reason), ''::text) IS NOT NULL))),
    CONSTRAINT check_purchase_cost CHECK ((purchase_cost >= (0)::numeric)),
    CONSTRAINT check_repair_cost CHECK ((repair_cost >= (0)::numeric))
);

--
-- Name: assets_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.assets_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: assets_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.assets_id_seq OWNED BY public.assets.id;

--
-- Name: audit_log_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: audit_log_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.audit_log_id_seq OWNED BY public.audit_log.id;

--
-- Name: audit_redactions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_redactions (
    audit_id bigint NOT NULL,
    row_hash bytea NOT NULL,
    customer_id integer NOT NULL,
    redacted_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    redacted_by integer DEFAULT public.shop_actor()
);

--
-- Name: audit_seals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_seals (
    id bigint NOT NULL,
    first_audit_id bigint NOT NULL,
    last_audit_id bigint NOT NULL,
    row_count bigint NOT NULL,
    previous_hash bytea,
    hash bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_seal_range CHECK ((first_audit_id <= last_audit_id)),
    CONSTRAINT check_seal_row_count CHECK ((row_count >= 1))
);

--
-- Name: audit_seals_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.audit_seals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: audit_seals_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.audit_seals_id_seq OWNED BY public.audit_seals.id;

--
-- Name: bulk_change_rows; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulk_change_rows (
    bulk_change_id integer NOT NULL,
    record_id integer NOT NULL,
    field character varying(30) NOT NULL,
    old_value text,
    new_value text
);

--
-- Name: bulk_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulk_changes (
    id integer NOT NULL,
    changed character varying(20) NOT NULL,
    summary character varying(200) NOT NULL,
    made_by integer DEFAULT public.shop_actor(),
    made_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    undone_by integer,
    undone_at timestamp with time zone,
    CONSTRAINT check_bulk_changed CHECK (((changed)::text = ANY ((ARRAY['assets'::character varying, 'bulk_stock'::character varying])::text[])))
);

--
-- Name: bulk_changes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.bulk_changes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: bulk_changes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.bulk_changes_id_seq OWNED BY public.bulk_changes.id;

--
-- Name: bulk_stock; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulk_stock (
    id integer NOT NULL,
    sku character varying(50) NOT NULL,
    item_name character varying(100) NOT NULL,
    category character varying(50) NOT NULL,
    description text,
    unit_cost numeric(10,2),
    unit_price numeric(10,2),
    quantity integer DEFAULT 0 NOT NULL,
    reserved_quantity integer DEFAULT 0 NOT NULL,
    reorder_threshold integer DEFAULT 10 NOT NULL,
    supplier character varying(100),
    location_id integer,
    is_stocked boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    elsewhere_quantity integer DEFAULT 0 NOT NULL,
    CONSTRAINT check_reorder_threshold CHECK ((reorder_threshold >= 0)),
    CONSTRAINT check_stock_elsewhere CHECK (((elsewhere_quantity >= 0) AND (elsewhere_quantity <= GREATEST(quantity, 0)))),
    CONSTRAINT check_stock_quantity CHECK ((quantity >= 0)),
    CONSTRAINT check_stock_reserved CHECK (((reserved_quantity >= 0) AND (reserved_quantity <= quantity))),
    CONSTRAINT check_stock_service CHECK ((is_stocked OR (quantity = 0))),
    CONSTRAINT check_unit_cost CHECK ((unit_cost >= (0)::numeric)),
    CONSTRAINT check_unit_price CHECK ((unit_price >= (0)::numeric))
);

--
-- Name: bulk_stock_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.bulk_stock_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: bulk_stock_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.bulk_stock_id_seq OWNED BY public.bulk_stock.id;

--
-- Name: bulk_stock_locations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.bulk_stock_locations (
    bulk_stock_id integer NOT NULL,
    location_id integer NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT check_place_quantity CHECK ((quantity > 0))
);

--
-- Name: buy_backs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.buy_backs (
    id integer NOT NULL,
    invoice_line_id integer NOT NULL,
    agreed_value numeric(10,2) NOT NULL,
    previous_cost numeric(10,2),
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    lot_id integer,
    CONSTRAINT check_buy_back_value CHECK ((agreed_value >= (0)::numeric))
);

--
-- Name: buy_backs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.buy_backs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: buy_backs_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.buy_backs_id_seq OWNED BY public.buy_backs.id;

--
-- Name: catalog_change_rows; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.catalog_change_rows (
    catalog_change_id integer NOT NULL,
    product_model_id integer NOT NULL,
    field character varying(30) NOT NULL,
    old_value text,
    new_value text
);

--
-- Name: catalog_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.catalog_changes (
    id integer NOT NULL,
    summary character varying(200) NOT NULL,
    made_by integer DEFAULT public.shop_actor(),
    made_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    undone_by integer,
    undone_at timestamp with time zone
);

--
-- Name: catalog_changes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.catalog_changes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: catalog_changes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.catalog_changes_id_seq OWNED BY public.catalog_changes.id;

--
-- Name: claim_status_moves; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.claim_status_moves (
    from_status character varying(20) NOT NULL,
    to_status character varying(20) NOT NULL
);

--
-- Name: closed_days; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.closed_days (
    day date NOT NULL,
    figures jsonb NOT NULL,
    closed_by integer DEFAULT public.shop_actor(),
    closed_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: customer_consents; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.customer_consents (
    id integer NOT NULL,
    customer_id integer NOT NULL,
    channel character varying(10) NOT NULL,
    allows character varying(10) NOT NULL,
    given_on date DEFAULT public.shop_today() NOT NULL,
    given_how character varying(20) NOT NULL,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_consent_allows CHECK (((allows)::text = ANY ((ARRAY['Nothing'::character varying, 'Documents'::character varying, 'Everything'::character varying])::text[]))),
    CONSTRAINT check_consent_channel CHECK (((channel)::text = ANY ((ARRAY['E-mail'::character varying, 'WhatsApp'::character varying, 'SMS'::character varying])::text[]))),
    CONSTRAINT check_consent_how CHECK (((given_how)::text = ANY ((ARRAY['In person'::character varying, 'By phone'::character varying, 'In writing'::character varying, 'Merged'::character varying])::text[])))
);

--
-- Name: customer_consents_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.customer_consents_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: customer_consents_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.customer_consents_id_seq OWNED BY public.customer_consents.id;

--
-- Name: customers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.customers (
    id integer NOT NULL,
    customer_type character varying(20) NOT NULL,
    full_name character varying(100) NOT NULL,
    business_name character varying(100),
    email character varying(100),
    phone character varying(20) NOT NULL,
    alternate_phone character varying(20),
    address text,
    city character varying(50) DEFAULT 'Accra'::character varying,
    region character varying(50),
    notes text,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    deleted_at timestamp with time zone,
    price_list_id integer,
    credit_limit numeric(10,2),
    payment_terms_days integer,
    merged_into integer,
    erased_at timestamp with time zone,
    CONSTRAINT check_customer_credit_limit CHECK ((credit_limit >= (0)::numeric)),
    CONSTRAINT check_customer_erased CHECK (((erased_at IS NULL) OR (deleted_at IS NOT NULL))),
    CONSTRAINT check_customer_merged CHECK (((merged_into IS NULL) OR ((deleted_at IS NOT NULL) AND (merged_into <> id)))),
    CONSTRAINT check_customer_terms CHECK (((payment_terms_days >= 0) AND (payment_terms_days <= 365))),
    CONSTRAINT customers_customer_type_check CHECK (((customer_type)::text = ANY ((ARRAY['Retail'::character varying, 'Wholesale'::character varying])::text[])))
);

--
-- Name: customers_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.customers_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: customers_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.customers_id_seq OWNED BY public.customers.id;

--
-- Name: diagnostics_results; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.diagnostics_results (
    id integer NOT NULL,
    asset_id integer NOT NULL,
    technician_id integer NOT NULL,
    checklist_data jsonb NOT NULL,
    overall_result character varying(20),
    notes text,
    diagnostic_date date DEFAULT public.shop_today() NOT NULL,
    status_entry integer NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT diagnostics_results_overall_result_check CHECK (((overall_result)::text = ANY ((ARRAY['Pass'::character varying, 'Pass with Notes'::character varying, 'Fail'::character varying])::text[])))
);

--
-- Name: diagnostics_results_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.diagnostics_results_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: diagnostics_results_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.diagnostics_results_id_seq OWNED BY public.diagnostics_results.id;

--
-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.idempotency_keys (
    user_id integer NOT NULL,
    key character varying(255) NOT NULL,
    fingerprint bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: imports; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.imports (
    id integer NOT NULL,
    kind character varying(30) NOT NULL,
    file_name character varying(255) NOT NULL,
    sha256 bytea NOT NULL,
    mode character varying(20) NOT NULL,
    dry_run boolean DEFAULT false NOT NULL,
    state character varying(20) DEFAULT 'Queued'::character varying NOT NULL,
    rows_total integer,
    rows_done integer DEFAULT 0 NOT NULL,
    accepted integer DEFAULT 0 NOT NULL,
    rejected integer DEFAULT 0 NOT NULL,
    errors jsonb DEFAULT '[]'::jsonb NOT NULL,
    source_file bytea,
    rejected_file bytea,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    finished_at timestamp with time zone,
    undone_at timestamp with time zone,
    undone_by integer,
    expect_only boolean DEFAULT false NOT NULL,
    CONSTRAINT check_import_mode CHECK (((mode)::text = ANY ((ARRAY['all_or_nothing'::character varying, 'good_rows'::character varying])::text[]))),
    CONSTRAINT check_import_state CHECK (((state)::text = ANY ((ARRAY['Queued'::character varying, 'Running'::character varying, 'Done'::character varying, 'Failed'::character varying])::text[]))),
    CONSTRAINT check_import_undone CHECK (((undone_at IS NULL) OR ((state)::text = 'Done'::text)))
);

--
-- Name: imports_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.imports_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: imports_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.imports_id_seq OWNED BY public.imports.id;

--
-- Name: inventory_movements; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.inventory_movements (
    id integer NOT NULL,
    asset_id integer NOT NULL,
    from_location_id integer,
    to_location_id integer,
    from_status character varying(30),
    to_status character varying(30),
    moved_by integer DEFAULT public.shop_actor(),
    reason text,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: inventory_movements_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.inventory_movements_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: inventory_movements_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.inventory_movements_id_seq OWNED BY public.inventory_movements.id;

--
-- Name: invoice_lines; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invoice_lines (
    id integer NOT NULL,
    invoice_id integer NOT NULL,
    line_number integer NOT NULL,
    asset_id integer,
    bulk_stock_id integer,
    item_description character varying(255) NOT NULL,
    quantity integer DEFAULT 1 NOT NULL,
    unit_price numeric(10,2) NOT NULL,
    line_total numeric(10,2) NOT NULL,
    list_price numeric(10,2),
    price_approved_by integer,
    unit_cost numeric(10,2),
    released_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_item_reference CHECK ((((asset_id IS NOT NULL) AND (bulk_stock_id IS NULL) AND (quantity = 1)) OR ((asset_id IS NULL) AND (bulk_stock_id IS NOT NULL)))),
    CONSTRAINT check_line_cost CHECK ((unit_cost >= (0)::numeric)),
    CONSTRAINT check_line_list_price CHECK ((list_price >= (0)::numeric)),
    CONSTRAINT check_line_number CHECK ((line_number >= 1)),
    CONSTRAINT check_line_price CHECK ((unit_price >= (0)::numeric)),
    CONSTRAINT check_line_quantity CHECK ((quantity >= 1)),
    CONSTRAINT check_line_total CHECK ((line_total = (unit_price * (quantity)::numeric)))
);

--
-- Name: invoice_lines_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.invoice_lines_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: invoice_lines_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.invoice_lines_id_seq OWNED BY public.invoice_lines.id;

--
-- Name: invoice_names; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invoice_names (
    invoice_id integer NOT NULL,
    full_name character varying(100) NOT NULL,
    business_name character varying(100),
    email character varying(100),
    phone character varying(20) NOT NULL,
    address text,
    city character varying(50)
);

--
-- Name: invoice_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.invoice_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: invoices_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.invoices_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: invoices_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.invoices_id_seq OWNED BY public.invoices.id;

--
-- Name: jobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.jobs (
    id bigint NOT NULL,
    kind character varying(50) NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 10 NOT NULL,
    locked_at timestamp with time zone,
    last_error text,
    done_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: jobs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: jobs_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.jobs_id_seq OWNED BY public.jobs.id;

--
-- Name: lead_sources; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lead_sources (
    id integer NOT NULL,
    source_name character varying(50) NOT NULL,
    description text,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: lead_sources_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.lead_sources_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: lead_sources_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.lead_sources_id_seq OWNED BY public.lead_sources.id;

--
-- Name: list_choices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.list_choices (
    user_id integer DEFAULT public.shop_actor() NOT NULL,
    list character varying(30) NOT NULL,
    columns text DEFAULT ''::text NOT NULL,
    saved_view_id integer,
    CONSTRAINT check_list_columns CHECK ((length(columns) <= 1000))
);

--
-- Name: locations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.locations (
    id integer NOT NULL,
    location_name character varying(50) NOT NULL,
    description text,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: locations_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.locations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: locations_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.locations_id_seq OWNED BY public.locations.id;

--
-- Name: lot_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lot_changes (
    id bigint NOT NULL,
    lot_id integer NOT NULL
);

--
-- Name: lot_changes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.lot_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: lot_changes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.lot_changes_id_seq OWNED BY public.lot_changes.id;

--
-- Name: lot_charge_shares; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lot_charge_shares (
    id bigint NOT NULL,
    lot_charge_id integer NOT NULL,
    asset_id integer NOT NULL,
    amount numeric(10,2) NOT NULL
);

--
-- Name: lot_charge_shares_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.lot_charge_shares_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: lot_charge_shares_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.lot_charge_shares_id_seq OWNED BY public.lot_charge_shares.id;

--
-- Name: lot_charges; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lot_charges (
    id integer NOT NULL,
    lot_id integer NOT NULL,
    charge_number integer NOT NULL,
    kind character varying(20) NOT NULL,
    method character varying(10) NOT NULL,
    amount numeric(12,2) NOT NULL,
    currency character varying(3) DEFAULT 'GHS'::character varying NOT NULL,
    exchange_rate numeric(12,6) DEFAULT 1 NOT NULL,
    amount_ghs numeric(10,2) NOT NULL,
    charge_date date DEFAULT public.shop_today() NOT NULL,
    supplier character varying(100),
    reference character varying(100),
    notes text,
    reverses_id integer,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_charge_amount CHECK ((amount <> (0)::numeric)),
    CONSTRAINT check_charge_currency CHECK (((currency)::text ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT check_charge_kind CHECK (((kind)::text = ANY ((ARRAY['Freight'::character varying, 'Duty'::character varying, 'Eco-levy'::character varying, 'Clearing'::character varying, 'Insurance'::character varying, 'Local transport'::character varying, 'Other'::character varying])::text[]))),
    CONSTRAINT check_charge_method CHECK (((method)::text = ANY ((ARRAY['by value'::character varying, 'per unit'::character varying])::text[]))),
    CONSTRAINT check_charge_rate CHECK (((exchange_rate > (0)::numeric) AND (((currency)::text <> 'GHS'::text) OR (exchange_rate = (1)::numeric)))),
    CONSTRAINT check_charge_sign CHECK (
CASE
    WHEN (reverses_id IS NULL) THEN ((amount > (0)::numeric) AND (amount_ghs > (0)::numeric))
    ELSE ((amount < (0)::numeric) AND (amount_ghs < (0)::numeric))
END)
);

--
-- Name: lot_charges_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.lot_charges_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: lot_charges_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.lot_charges_id_seq OWNED BY public.lot_charges.id;

--
-- Name: lot_figures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lot_figures (
    lot_id integer NOT NULL,
    line_count bigint NOT NULL,
    device_count bigint NOT NULL,
    sold_count bigint NOT NULL,
    without_cost bigint NOT NULL,
    bought numeric NOT NULL,
    charge_cost numeric NOT NULL,
    landed numeric NOT NULL,
    sales_amount numeric NOT NULL,
    cost_at_sale numeric NOT NULL,
    cost_now numeric NOT NULL
);

--
-- Name: lot_lines; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lot_lines (
    id integer NOT NULL,
    lot_id integer NOT NULL,
    import_id integer,
    serial_number character varying(100) NOT NULL,
    model character varying(255) NOT NULL,
    product_model_id integer,
    invoiced_cost numeric(12,2),
    purchase_cost numeric(10,2),
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_lot_line_cost CHECK ((purchase_cost >= (0)::numeric)),
    CONSTRAINT check_lot_line_invoiced CHECK ((invoiced_cost >= (0)::numeric))
);

--
-- Name: lot_lines_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.lot_lines_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: lot_lines_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.lot_lines_id_seq OWNED BY public.lot_lines.id;

--
-- Name: lot_members; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.lot_members AS
 SELECT a.lot_id,
    a.id AS asset_id,
    a.status,
    a.purchase_cost,
    a.charge_cost,
    a.repair_cost,
    (COALESCE(a.landed_cost, a.purchase_cost, (
        CASE
            WHEN (a.repair_cost > (0)::numeric) THEN 0
            ELSE NULL::integer
        END)::numeric) + a.repair_cost) AS cost,
    s.invoice_id,
    s.invoice_line_id,
    s.net,
    s.cost_known
   FROM (public.assets a
     LEFT JOIN LATERAL ( SELECT l.id AS invoice_line_id,
            l.invoice_id,
            l.unit_cost AS cost_known,
            round(((l.line_total * i.subtotal) / NULLIF(( SELECT sum(o.line_total) AS sum
                   FROM public.invoice_lines o
                  WHERE (o.invoice_id = i.id)), (0)::numeric)), 2) AS net
           FROM (public.invoice_lines l
             JOIN public.invoices i ON ((i.id = l.invoice_id)))
          WHERE (((a.status)::text = 'Sold'::text) AND (l.asset_id = a.id) AND (l.invoice_id = a.invoice_id) AND (l.released_at IS NULL))) s ON (true))
  WHERE (a.lot_id IS NOT NULL)
UNION ALL
 SELECT b.lot_id,
    l.asset_id,
    'Sold'::character varying AS status,
    NULL::numeric AS purchase_cost,
    0 AS charge_cost,
    0 AS repair_cost,
    b.previous_cost AS cost,
    l.invoice_id,
    l.id AS invoice_line_id,
    round(((l.line_total * i.subtotal) / NULLIF(( SELECT sum(o.line_total) AS sum
           FROM public.invoice_lines o
          WHERE (o.invoice_id = i.id)), (0)::numeric)), 2) AS net,
    l.unit_cost AS cost_known
   FROM ((public.buy_backs b
     JOIN public.invoice_lines l ON ((l.id = b.invoice_line_id)))
     JOIN public.invoices i ON ((i.id = l.invoice_id)))
  WHERE (b.lot_id IS NOT NULL);

--
-- Name: lot_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.lot_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: lots; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lots (
    id integer NOT NULL,
    lot_number character varying(50) NOT NULL,
    supplier character varying(100),
    supplier_reference character varying(100),
    received_date date DEFAULT public.shop_today() NOT NULL,
    currency character varying(3) DEFAULT 'GHS'::character varying NOT NULL,
    exchange_rate numeric(12,6) DEFAULT 1 NOT NULL,
    charge_method character varying(10) DEFAULT 'by value'::character varying NOT NULL,
    expected_count integer,
    notes text,
    closed_by integer,
    closed_at timestamp with time zone,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_lot_currency CHECK (((currency)::text ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT check_lot_expected CHECK ((expected_count >= 0)),
    CONSTRAINT check_lot_method CHECK (((charge_method)::text = ANY ((ARRAY['by value'::character varying, 'per unit'::character varying])::text[]))),
    CONSTRAINT check_lot_rate CHECK (((exchange_rate > (0)::numeric) AND (((currency)::text <> 'GHS'::text) OR (exchange_rate = (1)::numeric))))
);

--
-- Name: lots_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.lots_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: lots_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.lots_id_seq OWNED BY public.lots.id;

--
-- Name: machine_reports; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.machine_reports (
    id integer NOT NULL,
    asset_id integer NOT NULL,
    found jsonb NOT NULL,
    report_text text NOT NULL,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_report_size CHECK ((octet_length(report_text) <= 1048576))
);

--
-- Name: machine_reports_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.machine_reports_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: machine_reports_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.machine_reports_id_seq OWNED BY public.machine_reports.id;

--
-- Name: message_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.message_events (
    id integer NOT NULL,
    message_id integer NOT NULL,
    from_status character varying(10),
    to_status character varying(10) NOT NULL,
    attempt integer NOT NULL,
    words text,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: message_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.message_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: message_events_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.message_events_id_seq OWNED BY public.message_events.id;

--
-- Name: messages; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.messages (
    id integer NOT NULL,
    kind character varying(30) NOT NULL,
    channel character varying(10) NOT NULL,
    status character varying(10) NOT NULL,
    customer_id integer,
    recipient character varying(100) NOT NULL,
    subject character varying(200),
    body text NOT NULL,
    invoice_id integer,
    return_id integer,
    preorder_id integer,
    repair_ticket_id integer,
    warranty_id integer,
    statement_from date,
    statement_to date,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    claimed_until timestamp with time zone,
    last_error text,
    sent_at timestamp with time zone,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_message_attempts CHECK ((attempts >= 0)),
    CONSTRAINT check_message_body CHECK ((btrim(body) <> ''::text)),
    CONSTRAINT check_message_channel CHECK (((channel)::text = ANY ((ARRAY['E-mail'::character varying, 'WhatsApp'::character varying, 'SMS'::character varying])::text[]))),
    CONSTRAINT check_message_kind CHECK (((kind)::text = ANY ((ARRAY['Receipt'::character varying, 'Invoice'::character varying, 'Credit Note'::character varying, 'Statement'::character varying, 'Preorder Arrived'::character varying, 'Repair Ready'::character varying, 'Warranty Ends'::character varying, 'Balance Due'::character varying, 'Test'::character varying])::text[]))),
    CONSTRAINT check_message_queued CHECK ((((status)::text = 'Queued'::text) = (next_attempt_at IS NOT NULL))),
    CONSTRAINT check_message_sending CHECK ((((status)::text = 'Sending'::text) = (claimed_until IS NOT NULL))),
    CONSTRAINT check_message_sent CHECK ((((status)::text = 'Sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT check_message_statement CHECK ((((kind)::text = 'Statement'::text) = ((statement_from IS NOT NULL) AND (statement_to IS NOT NULL)))),
    CONSTRAINT check_message_status CHECK (((status)::text = ANY ((ARRAY['Ready'::character varying, 'Opened'::character varying, 'Queued'::character varying, 'Sending'::character varying, 'Sent'::character varying, 'Unclear'::character varying, 'Failed'::character varying, 'Cancelled'::character varying])::text[]))),
    CONSTRAINT check_message_way CHECK (((((channel)::text = 'WhatsApp'::text) = ((status)::text = ANY ((ARRAY['Ready'::character varying, 'Opened'::character varying])::text[]))) OR ((status)::text = 'Cancelled'::text)))
);

--
-- Name: messages_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.messages_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: messages_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.messages_id_seq OWNED BY public.messages.id;

--
-- Name: paid_day_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.paid_day_changes (
    id bigint NOT NULL,
    invoice_date date NOT NULL,
    transaction_count integer NOT NULL,
    total_sales numeric(14,2) NOT NULL
);

--
-- Name: paid_day_changes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.paid_day_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: paid_day_changes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.paid_day_changes_id_seq OWNED BY public.paid_day_changes.id;

--
-- Name: parked_sales; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.parked_sales (
    id integer NOT NULL,
    parked_on date DEFAULT public.shop_today() NOT NULL,
    label character varying(60) NOT NULL,
    customer_name character varying(200),
    total_amount numeric(10,2) NOT NULL,
    cart jsonb NOT NULL,
    parked_by integer DEFAULT public.shop_actor() NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_parked_label CHECK ((btrim((label)::text) <> ''::text)),
    CONSTRAINT check_parked_total CHECK ((total_amount >= (0)::numeric))
);

--
-- Name: parked_sales_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.parked_sales_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: parked_sales_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.parked_sales_id_seq OWNED BY public.parked_sales.id;

--
-- Name: payment_batches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.payment_batches (
    id integer NOT NULL,
    customer_id integer NOT NULL,
    payment_date date DEFAULT public.shop_today() NOT NULL,
    payment_method character varying(20) NOT NULL,
    amount numeric(10,2) NOT NULL,
    reference character varying(100),
    notes text,
    received_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_batch_amount CHECK ((amount > (0)::numeric)),
    CONSTRAINT check_batch_method CHECK (((payment_method)::text = ANY ((ARRAY['Cash'::character varying, 'MoMo'::character varying, 'Bank Transfer'::character varying, 'Card'::character varying, 'Other'::character varying])::text[])))
);

--
-- Name: payment_batches_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.payment_batches_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: payment_batches_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.payment_batches_id_seq OWNED BY public.payment_batches.id;

--
-- Name: payment_confirmations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.payment_confirmations (
    payment_id integer NOT NULL,
    confirmed_by integer DEFAULT public.shop_actor() NOT NULL,
    confirmed_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    notes text
);

--
-- Name: payment_rejections; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.payment_rejections (
    payment_id integer NOT NULL,
    refund_id integer NOT NULL,
    reason text NOT NULL,
    rejected_by integer DEFAULT public.shop_actor() NOT NULL,
    rejected_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_rejection_reason CHECK ((btrim(reason) <> ''::text))
);

--
-- Name: payment_sources; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.payment_sources (
    payment_id integer NOT NULL,
    return_id integer,
    asset_id integer,
    CONSTRAINT check_payment_source CHECK ((num_nonnulls(return_id, asset_id) = 1))
);

--
-- Name: payments; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.payments (
    id integer NOT NULL,
    invoice_id integer NOT NULL,
    payment_date date DEFAULT public.shop_today() NOT NULL,
    payment_method character varying(20) NOT NULL,
    amount numeric(10,2) NOT NULL,
    reference character varying(100),
    notes text,
    received_by integer DEFAULT public.shop_actor(),
    claimed boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    preorder_id integer,
    tendered numeric(10,2),
    till_session_id integer,
    batch_id integer,
    CONSTRAINT check_payment_amount CHECK ((amount > (0)::numeric)),
    CONSTRAINT check_payment_tendered CHECK (((tendered IS NULL) OR ((tendered > amount) AND ((payment_method)::text = 'Cash'::text)))),
    CONSTRAINT payments_payment_method_check CHECK (((payment_method)::text = ANY ((ARRAY['Cash'::character varying, 'MoMo'::character varying, 'Bank Transfer'::character varying, 'Card'::character varying, 'Other'::character varying])::text[])))
);

--
-- Name: payments_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.payments_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: payments_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.payments_id_seq OWNED BY public.payments.id;

--
-- Name: photo_files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.photo_files (
    photo_id integer NOT NULL,
    image bytea NOT NULL,
    thumbnail bytea NOT NULL,
    CONSTRAINT check_photo_image CHECK (((octet_length(image) >= 1) AND (octet_length(image) <= 4194304))),
    CONSTRAINT check_photo_thumbnail CHECK (((octet_length(thumbnail) >= 1) AND (octet_length(thumbnail) <= 262144)))
);
ALTER TABLE ONLY public.photo_files ALTER COLUMN image SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.photo_files ALTER COLUMN thumbnail SET STORAGE EXTERNAL;

--
-- Name: photos; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.photos (
    id integer NOT NULL,
    asset_id integer,
    repair_ticket_id integer,
    caption character varying(200),
    width integer NOT NULL,
    height integer NOT NULL,
    status_entry integer,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    removed_at timestamp with time zone,
    removed_by integer,
    product_model_id integer,
    CONSTRAINT check_photo_height CHECK (((height >= 1) AND (height <= 1600))),
    CONSTRAINT check_photo_of CHECK ((num_nonnulls(asset_id, repair_ticket_id, product_model_id) = 1)),
    CONSTRAINT check_photo_width CHECK (((width >= 1) AND (width <= 1600)))
);

--
-- Name: photos_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.photos_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: photos_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.photos_id_seq OWNED BY public.photos.id;

--
-- Name: preorder_deposit_decisions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.preorder_deposit_decisions (
    deposit_id integer NOT NULL,
    confirmed boolean NOT NULL,
    reason text,
    refund_id integer,
    decided_by integer DEFAULT public.shop_actor() NOT NULL,
    decided_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_deposit_rejection CHECK (((confirmed = (refund_id IS NULL)) AND (confirmed OR (NULLIF(btrim(reason), ''::text) IS NOT NULL))))
);

--
-- Name: preorder_deposits; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.preorder_deposits (
    id integer NOT NULL,
    preorder_id integer NOT NULL,
    kind character varying(10) NOT NULL,
    entry_date date DEFAULT public.shop_today() NOT NULL,
    payment_method character varying(20),
    amount numeric(10,2) NOT NULL,
    reference character varying(100),
    notes text,
    claimed boolean DEFAULT false NOT NULL,
    till_session_id integer,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_preorder_deposit_amount CHECK ((amount > (0)::numeric)),
    CONSTRAINT check_preorder_deposit_claim CHECK (((NOT claimed) OR (((kind)::text = 'Deposit'::text) AND ((payment_method)::text = ANY ((ARRAY['MoMo'::character varying, 'Bank Transfer'::character varying])::text[]))))),
    CONSTRAINT check_preorder_deposit_kind CHECK (((kind)::text = ANY ((ARRAY['Deposit'::character varying, 'Refund'::character varying, 'Kept'::character varying, 'Shortfall'::character varying])::text[]))),
    CONSTRAINT check_preorder_deposit_method CHECK (((payment_method)::text = ANY ((ARRAY['Cash'::character varying, 'MoMo'::character varying, 'Bank Transfer'::character varying, 'Card'::character varying, 'Other'::character varying])::text[]))),
    CONSTRAINT check_preorder_deposit_money CHECK (((payment_method IS NULL) = ((kind)::text = 'Kept'::text)))
);

--
-- Name: preorder_deposits_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.preorder_deposits_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: preorder_deposits_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.preorder_deposits_id_seq OWNED BY public.preorder_deposits.id;

--
-- Name: preorder_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.preorder_events (
    id integer NOT NULL,
    preorder_id integer NOT NULL,
    event_type character varying(50) NOT NULL,
    from_status character varying(30),
    to_status character varying(30),
    notes text,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: preorder_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.preorder_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: preorder_events_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.preorder_events_id_seq OWNED BY public.preorder_events.id;

--
-- Name: preorder_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.preorder_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: preorders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.preorders (
    id integer NOT NULL,
    preorder_number character varying(50) NOT NULL,
    customer_id integer NOT NULL,
    requested_specs text NOT NULL,
    target_price_min numeric(10,2),
    target_price_max numeric(10,2),
    deposit_amount numeric(10,2) DEFAULT 500.00 NOT NULL,
    deposit_paid boolean DEFAULT false NOT NULL,
    deposit_date date,
    deposit_payment_method character varying(20),
    deposit_reference character varying(100),
    status character varying(30) DEFAULT 'Deposit Pending'::character varying NOT NULL,
    order_date date,
    sla_date date,
    arrival_date date,
    customer_notified_date date,
    asset_id integer,
    resale_recovery_amount numeric(10,2),
    resale_invoice_id integer,
    notes text,
    policy_terms text DEFAULT 'Deposit applied toward purchase. If rejected, Payless4Tech may resell before reimbursing. Customer owes any shortfall.'::text,
    assigned_to integer,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    product_model_id integer,
    wanted_grade character varying(1),
    agreed_price numeric(10,2),
    invoice_id integer,
    rejection_reason text,
    called_off_at timestamp with time zone,
    called_off_by integer,
    called_off_reason text,
    value_decided_by integer,
    value_decided_reason text,
    CONSTRAINT check_deposit_amount CHECK ((deposit_amount >= (0)::numeric)),
    CONSTRAINT check_deposit_before_order CHECK ((((status)::text = ANY ((ARRAY['Deposit Pending'::character varying, 'Closed'::character varying])::text[])) OR deposit_paid)),
    CONSTRAINT check_deposit_method CHECK (((deposit_payment_method)::text = ANY ((ARRAY['Cash'::character varying, 'MoMo'::character varying, 'Bank Transfer'::character varying, 'Card'::character varying, 'Other'::character varying])::text[]))),
    CONSTRAINT check_preorder_agreed_price CHECK ((agreed_price > (0)::numeric)),
    CONSTRAINT check_preorder_asset CHECK ((((status)::text <> ALL ((ARRAY['Arrived'::character varying, 'Customer Notified'::character varying, 'Picked Up'::character varying])::text[])) OR (asset_id IS NOT NULL))),
    CONSTRAINT check_preorder_called_off CHECK ((((called_off_at IS NULL) AND (called_off_by IS NULL) AND (called_off_reason IS NULL)) OR ((called_off_at IS NOT NULL) AND (NULLIF(btrim(called_off_reason), ''::text) IS NOT NULL) AND ((status)::text = ANY ((ARRAY['Ordered'::character varying, 'In Transit'::character varying])::text[]))))),
    CONSTRAINT check_preorder_grade CHECK (((wanted_grade)::text = ANY ((ARRAY['A'::character varying, 'B'::character varying, 'C'::character varying])::text[]))),
    CONSTRAINT check_preorder_value_decided CHECK ((((value_decided_by IS NULL) AND (value_decided_reason IS NULL)) OR ((NULLIF(btrim(value_decided_reason), ''::text) IS NOT NULL) AND (resale_invoice_id IS NULL) AND (resale_recovery_amount IS NOT NULL) AND ((status)::text = ANY ((ARRAY['Resold'::character varying, 'Closed'::character varying])::text[]))))),
    CONSTRAINT check_resale_recovery CHECK ((resale_recovery_amount >= (0)::numeric)),
    CONSTRAINT check_target_prices CHECK (((target_price_min >= (0)::numeric) AND (target_price_max >= (0)::numeric) AND (target_price_min <= target_price_max))),
    CONSTRAINT preorders_status_check CHECK (((status)::text = ANY ((ARRAY['Deposit Pending'::character varying, 'Ordered'::character varying, 'In Transit'::character varying, 'Arrived'::character varying, 'Customer Notified'::character varying, 'Picked Up'::character varying, 'Rejected'::character varying, 'Resold'::character varying, 'Closed'::character varying])::text[])))
);

--
-- Name: preorders_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.preorders_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: preorders_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.preorders_id_seq OWNED BY public.preorders.id;

--
-- Name: price_approvals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.price_approvals (
    invoice_id integer NOT NULL,
    approved_by integer NOT NULL,
    approver_name character varying(100) NOT NULL,
    approved_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: price_lists; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.price_lists (
    id integer NOT NULL,
    name character varying(100) NOT NULL,
    percent numeric(5,2) NOT NULL,
    laptop_percent numeric(5,2),
    phone_percent numeric(5,2),
    accessory_percent numeric(5,2),
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_price_list_accessory CHECK (((accessory_percent >= (0)::numeric) AND (accessory_percent <= (100)::numeric))),
    CONSTRAINT check_price_list_laptop CHECK (((laptop_percent >= (0)::numeric) AND (laptop_percent <= (100)::numeric))),
    CONSTRAINT check_price_list_percent CHECK (((percent >= (0)::numeric) AND (percent <= (100)::numeric))),
    CONSTRAINT check_price_list_phone CHECK (((phone_percent >= (0)::numeric) AND (phone_percent <= (100)::numeric)))
);

--
-- Name: price_lists_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.price_lists_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: price_lists_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.price_lists_id_seq OWNED BY public.price_lists.id;

--
-- Name: product_model_bundles; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.product_model_bundles (
    product_model_id integer NOT NULL,
    bulk_stock_id integer NOT NULL,
    bundle_price numeric(10,2) NOT NULL,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_bundle_price CHECK ((bundle_price >= (0)::numeric))
);

--
-- Name: product_model_merges; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.product_model_merges (
    gone_id integer NOT NULL,
    product_model_id integer NOT NULL,
    model jsonb NOT NULL,
    merged_by integer DEFAULT public.shop_actor(),
    merged_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: product_model_prices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.product_model_prices (
    id integer NOT NULL,
    product_model_id integer NOT NULL,
    grade character(1) NOT NULL,
    old_price numeric(10,2),
    new_price numeric(10,2),
    changed_by integer DEFAULT public.shop_actor(),
    changed_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    merged_from integer,
    CONSTRAINT check_model_price_grade CHECK ((grade = ANY (ARRAY['A'::bpchar, 'B'::bpchar, 'C'::bpchar])))
);

--
-- Name: product_model_prices_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.product_model_prices_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: product_model_prices_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.product_model_prices_id_seq OWNED BY public.product_model_prices.id;

--
-- Name: product_models; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.product_models (
    id integer NOT NULL,
    category character varying(20) NOT NULL,
    brand character varying(50) NOT NULL,
    model_name character varying(100) NOT NULL,
    cpu character varying(100),
    ram character varying(50),
    storage character varying(50),
    screen_size character varying(20),
    gpu character varying(100),
    operating_system character varying(50),
    description text,
    default_price_grade_a numeric(10,2),
    default_price_grade_b numeric(10,2),
    default_price_grade_c numeric(10,2),
    image_url character varying(255),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_model_prices CHECK (((default_price_grade_a >= (0)::numeric) AND (default_price_grade_b >= (0)::numeric) AND (default_price_grade_c >= (0)::numeric))),
    CONSTRAINT product_models_category_check CHECK (((category)::text = ANY ((ARRAY['Laptop'::character varying, 'Phone'::character varying, 'Accessory'::character varying])::text[])))
);

--
-- Name: product_models_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.product_models_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: product_models_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.product_models_id_seq OWNED BY public.product_models.id;

--
-- Name: quality_checks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.quality_checks (
    id integer NOT NULL,
    asset_id integer NOT NULL,
    technician_id integer,
    condition_grade character varying(10) NOT NULL,
    passed boolean NOT NULL,
    price numeric(10,2),
    cosmetic_notes text,
    status_entry integer NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT quality_checks_condition_grade_check CHECK (((condition_grade)::text = ANY ((ARRAY['A'::character varying, 'B'::character varying, 'C'::character varying])::text[])))
);

--
-- Name: quality_checks_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.quality_checks_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: quality_checks_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.quality_checks_id_seq OWNED BY public.quality_checks.id;

--
-- Name: refunds; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.refunds (
    id integer NOT NULL,
    invoice_id integer NOT NULL,
    return_id integer,
    refund_date date DEFAULT public.shop_today() NOT NULL,
    payment_method character varying(20) NOT NULL,
    amount numeric(10,2) NOT NULL,
    reference character varying(100),
    notes text,
    paid_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    instead_of character varying(20),
    exchange_invoice_id integer,
    till_session_id integer,
    CONSTRAINT check_refund_amount CHECK ((amount > (0)::numeric)),
    CONSTRAINT check_refund_exchange CHECK (((exchange_invoice_id IS NULL) OR ((payment_method)::text = 'Other'::text))),
    CONSTRAINT check_refund_instead_of CHECK ((((instead_of)::text = ANY ((ARRAY['Cash'::character varying, 'MoMo'::character varying, 'Bank Transfer'::character varying, 'Card'::character varying, 'Other'::character varying])::text[])) AND ((instead_of)::text <> (payment_method)::text))),
    CONSTRAINT check_refund_method CHECK (((payment_method)::text = ANY ((ARRAY['Cash'::character varying, 'MoMo'::character varying, 'Bank Transfer'::character varying, 'Card'::character varying, 'Other'::character varying])::text[])))
);

--
-- Name: refunds_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.refunds_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: refunds_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.refunds_id_seq OWNED BY public.refunds.id;

--
-- Name: repair_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.repair_events (
    id integer NOT NULL,
    repair_ticket_id integer NOT NULL,
    event_type character varying(50) NOT NULL,
    from_status character varying(30),
    to_status character varying(30),
    notes text,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: repair_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.repair_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: repair_events_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.repair_events_id_seq OWNED BY public.repair_events.id;

--
-- Name: repair_parts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.repair_parts (
    id integer NOT NULL,
    repair_ticket_id integer NOT NULL,
    bulk_stock_id integer NOT NULL,
    sku character varying(50) NOT NULL,
    item_name character varying(100) NOT NULL,
    is_stocked boolean NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric(10,2) NOT NULL,
    unit_cost numeric(10,2),
    added_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    removed_by integer,
    removed_at timestamp with time zone,
    CONSTRAINT check_part_cost CHECK ((unit_cost >= (0)::numeric)),
    CONSTRAINT check_part_price CHECK ((unit_price >= (0)::numeric)),
    CONSTRAINT check_part_quantity CHECK (((quantity >= 1) AND (quantity <= 100000)))
);

--
-- Name: repair_parts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.repair_parts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: repair_parts_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.repair_parts_id_seq OWNED BY public.repair_parts.id;

--
-- Name: repair_status_moves; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.repair_status_moves (
    from_status character varying(30) NOT NULL,
    to_status character varying(30) NOT NULL
);

--
-- Name: repair_ticket_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.repair_ticket_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: repair_tickets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.repair_tickets (
    id integer NOT NULL,
    ticket_number character varying(50) NOT NULL,
    customer_id integer,
    asset_id integer,
    issue_type character varying(50) NOT NULL,
    issue_description text NOT NULL,
    status character varying(30) DEFAULT 'Open'::character varying NOT NULL,
    assigned_to integer,
    opened_date date DEFAULT public.shop_today() NOT NULL,
    closed_date date,
    outcome character varying(50),
    resolution_notes text,
    labor_cost numeric(10,2) DEFAULT 0 NOT NULL,
    parts_cost numeric(10,2) DEFAULT 0 NOT NULL,
    total_cost numeric(10,2) DEFAULT 0 NOT NULL,
    invoice_id integer,
    notes text,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    paid_by character varying(10) DEFAULT 'Customer'::character varying NOT NULL,
    device_brand character varying(50),
    device_model character varying(100),
    device_serial character varying(100),
    condition_notes text,
    accessories text,
    promised_date date,
    labor_entered numeric(10,2) DEFAULT 0 NOT NULL,
    estimate_amount numeric(10,2),
    estimate_notes text,
    estimate_answer character varying(3),
    status_since timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_ticket_costs CHECK (((labor_cost >= (0)::numeric) AND (parts_cost >= (0)::numeric) AND (total_cost >= (0)::numeric))),
    CONSTRAINT check_ticket_estimate CHECK ((estimate_amount >= (0)::numeric)),
    CONSTRAINT check_ticket_estimate_answer CHECK ((((estimate_answer)::text = ANY ((ARRAY['Yes'::character varying, 'No'::character varying])::text[])) AND ((estimate_answer IS NULL) OR (estimate_amount IS NOT NULL)))),
    CONSTRAINT check_ticket_labor CHECK ((labor_entered >= (0)::numeric)),
    CONSTRAINT check_ticket_outcome CHECK ((((status)::text <> 'Closed'::text) OR (outcome IS NOT NULL))),
    CONSTRAINT check_ticket_paid_by CHECK (((paid_by)::text = ANY ((ARRAY['Customer'::character varying, 'Warranty'::character varying, 'Shop'::character varying])::text[]))),
    CONSTRAINT repair_tickets_outcome_check CHECK (((outcome)::text = ANY ((ARRAY['Repaired'::character varying, 'Replaced'::character varying, 'Refunded'::character varying, 'Unable'::character varying])::text[]))),
    CONSTRAINT repair_tickets_status_check CHECK (((status)::text = ANY ((ARRAY['Open'::character varying, 'Diagnosing'::character varying, 'Waiting for Parts'::character varying, 'In Repair'::character varying, 'Ready'::character varying, 'Closed'::character varying])::text[])))
);

--
-- Name: repair_tickets_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.repair_tickets_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: repair_tickets_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.repair_tickets_id_seq OWNED BY public.repair_tickets.id;

--
-- Name: return_lines; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.return_lines (
    id integer NOT NULL,
    return_id integer NOT NULL,
    invoice_line_id integer NOT NULL,
    quantity integer DEFAULT 1 NOT NULL,
    disposition character varying(20) NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_return_disposition CHECK (((disposition)::text = ANY ((ARRAY['Diagnostics'::character varying, 'Repair'::character varying, 'Scrap'::character varying, 'Restock'::character varying])::text[]))),
    CONSTRAINT check_return_quantity CHECK ((quantity >= 1))
);

--
-- Name: return_lines_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.return_lines_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: return_lines_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.return_lines_id_seq OWNED BY public.return_lines.id;

--
-- Name: return_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.return_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: return_requests; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.return_requests (
    id integer NOT NULL,
    invoice_id integer NOT NULL,
    status character varying(20) DEFAULT 'Requested'::character varying NOT NULL,
    reason text NOT NULL,
    lines jsonb NOT NULL,
    refunds jsonb DEFAULT '[]'::jsonb NOT NULL,
    requested_by integer DEFAULT public.shop_actor(),
    decided_by integer,
    decided_at timestamp with time zone,
    decline_reason text,
    return_id integer,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_return_request_approved CHECK ((((status)::text = 'Approved'::text) = (return_id IS NOT NULL))),
    CONSTRAINT check_return_request_decided CHECK ((((status)::text = 'Requested'::text) = (decided_at IS NULL))),
    CONSTRAINT check_return_request_declined CHECK ((((status)::text = 'Declined'::text) = (decline_reason IS NOT NULL))),
    CONSTRAINT check_return_request_reason CHECK ((btrim(reason) <> ''::text)),
    CONSTRAINT check_return_request_status CHECK (((status)::text = ANY ((ARRAY['Requested'::character varying, 'Approved'::character varying, 'Declined'::character varying])::text[])))
);

--
-- Name: return_requests_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.return_requests_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: return_requests_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.return_requests_id_seq OWNED BY public.return_requests.id;

--
-- Name: returns; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.returns (
    id integer NOT NULL,
    return_number character varying(50) NOT NULL,
    invoice_id integer NOT NULL,
    return_date date DEFAULT public.shop_today() NOT NULL,
    reason text NOT NULL,
    approved_by integer,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    subtotal numeric(10,2) DEFAULT 0 NOT NULL,
    tax_amount numeric(10,2) DEFAULT 0 NOT NULL,
    total_amount numeric(10,2) DEFAULT 0 NOT NULL,
    tax_lines jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT check_return_reason CHECK ((btrim(reason) <> ''::text)),
    CONSTRAINT check_return_subtotal CHECK ((subtotal >= (0)::numeric)),
    CONSTRAINT check_return_tax CHECK ((tax_amount >= (0)::numeric)),
    CONSTRAINT check_return_total CHECK ((total_amount = (subtotal + tax_amount)))
);

--
-- Name: returns_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.returns_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: returns_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.returns_id_seq OWNED BY public.returns.id;

--
-- Name: saved_views; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.saved_views (
    id integer NOT NULL,
    list character varying(30) NOT NULL,
    view_name character varying(60) NOT NULL,
    query text NOT NULL,
    is_shared boolean DEFAULT false NOT NULL,
    owner_id integer DEFAULT public.shop_actor() NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_saved_view_name CHECK ((btrim((view_name)::text) <> ''::text)),
    CONSTRAINT check_saved_view_query CHECK ((length(query) <= 2000))
);

--
-- Name: saved_views_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.saved_views_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: saved_views_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.saved_views_id_seq OWNED BY public.saved_views.id;

--
-- Name: scan_set_devices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scan_set_devices (
    id integer NOT NULL,
    user_id integer NOT NULL,
    asset_id integer NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: scan_set_devices_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.scan_set_devices_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: scan_set_devices_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.scan_set_devices_id_seq OWNED BY public.scan_set_devices.id;

--
-- Name: secrets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.secrets (
    name character varying(50) NOT NULL,
    value text NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_by integer DEFAULT public.shop_actor()
);

--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    id integer NOT NULL,
    user_id integer NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    user_agent text,
    address text,
    revoked_at timestamp with time zone
);

--
-- Name: sessions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sessions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: sessions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sessions_id_seq OWNED BY public.sessions.id;

--
-- Name: settings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.settings (
    key character varying(100) NOT NULL,
    value jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_by integer
);

--
-- Name: sign_in_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sign_in_attempts (
    id bigint NOT NULL,
    account_key text NOT NULL,
    address text NOT NULL,
    succeeded boolean NOT NULL,
    at timestamp with time zone DEFAULT public.shop_now() NOT NULL
);

--
-- Name: sign_in_attempts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sign_in_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: sign_in_attempts_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sign_in_attempts_id_seq OWNED BY public.sign_in_attempts.id;

--
-- Name: stock_ledger; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stock_ledger (
    id bigint NOT NULL,
    bulk_stock_id integer NOT NULL,
    quantity_change integer NOT NULL,
    quantity_after integer NOT NULL,
    kind character varying(20) NOT NULL,
    reason text,
    invoice_id integer,
    repair_ticket_id integer,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_ledger_after CHECK ((quantity_after >= 0)),
    CONSTRAINT check_ledger_change CHECK ((quantity_change <> 0)),
    CONSTRAINT check_ledger_kind CHECK (((kind)::text = ANY ((ARRAY['Received'::character varying, 'Sold'::character varying, 'Returned'::character varying, 'Adjusted'::character varying, 'Consumed'::character varying])::text[])))
);

--
-- Name: stock_ledger_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.stock_ledger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: stock_ledger_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.stock_ledger_id_seq OWNED BY public.stock_ledger.id;

--
-- Name: stock_moves; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stock_moves (
    id bigint NOT NULL,
    bulk_stock_id integer NOT NULL,
    from_location_id integer,
    to_location_id integer,
    quantity integer NOT NULL,
    reason text,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_move_goes CHECK ((from_location_id IS DISTINCT FROM to_location_id)),
    CONSTRAINT check_move_quantity CHECK ((quantity > 0))
);

--
-- Name: stock_moves_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.stock_moves_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: stock_moves_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.stock_moves_id_seq OWNED BY public.stock_moves.id;

--
-- Name: stock_receipts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stock_receipts (
    id bigint NOT NULL,
    bulk_stock_id integer NOT NULL,
    quantity integer NOT NULL,
    unit_cost numeric(10,2) NOT NULL,
    quantity_before integer NOT NULL,
    cost_before numeric(10,2),
    cost_after numeric(10,2) NOT NULL,
    supplier character varying(100),
    reference character varying(100),
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_receipt_average CHECK ((cost_after = round(((((quantity_before)::numeric * COALESCE(cost_before, unit_cost)) + ((quantity)::numeric * unit_cost)) / ((quantity_before + quantity))::numeric), 2))),
    CONSTRAINT check_receipt_cost CHECK ((unit_cost >= (0)::numeric)),
    CONSTRAINT check_receipt_quantity CHECK ((quantity > 0))
);

--
-- Name: stock_receipts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.stock_receipts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: stock_receipts_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.stock_receipts_id_seq OWNED BY public.stock_receipts.id;

--
-- Name: stocktake_counts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stocktake_counts (
    id integer NOT NULL,
    stocktake_id integer NOT NULL,
    code character varying(100) NOT NULL,
    asset_id integer,
    bulk_stock_id integer,
    quantity integer DEFAULT 1 NOT NULL,
    asset_status character varying(30),
    asset_location_id integer,
    book_quantity integer,
    counter character varying(60),
    counted_by integer DEFAULT public.shop_actor() NOT NULL,
    counted_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    removed_by integer,
    removed_at timestamp with time zone,
    CONSTRAINT check_count_one CHECK (((bulk_stock_id IS NOT NULL) OR (quantity = 1))),
    CONSTRAINT check_count_quantity CHECK (((quantity >= 0) AND (quantity <= 1000000))),
    CONSTRAINT check_count_removal CHECK (((removed_by IS NULL) = (removed_at IS NULL))),
    CONSTRAINT check_count_thing CHECK ((num_nonnulls(asset_id, bulk_stock_id) <= 1))
);

--
-- Name: stocktake_counts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.stocktake_counts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: stocktake_counts_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.stocktake_counts_id_seq OWNED BY public.stocktake_counts.id;

--
-- Name: stocktake_expected; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stocktake_expected (
    stocktake_id integer NOT NULL,
    asset_id integer NOT NULL,
    status character varying(30) NOT NULL
);

--
-- Name: stocktake_expected_items; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stocktake_expected_items (
    stocktake_id integer NOT NULL,
    bulk_stock_id integer NOT NULL,
    quantity integer NOT NULL
);

--
-- Name: stocktake_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.stocktake_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: stocktake_results; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stocktake_results (
    id integer NOT NULL,
    stocktake_id integer NOT NULL,
    asset_id integer,
    bulk_stock_id integer,
    count_id integer,
    outcome character varying(20) NOT NULL,
    expected boolean DEFAULT false NOT NULL,
    from_location_id integer,
    to_location_id integer,
    expected_quantity integer,
    counted_quantity integer,
    quantity_change integer DEFAULT 0 NOT NULL,
    CONSTRAINT check_result_outcome CHECK (((outcome)::text = ANY ((ARRAY['Found'::character varying, 'Missing'::character varying, 'Unexpected'::character varying, 'Wrong Place'::character varying, 'Sold Meanwhile'::character varying, 'Moved Meanwhile'::character varying, 'Unknown'::character varying, 'Short'::character varying, 'Over'::character varying, 'Not Counted'::character varying])::text[])))
);

--
-- Name: stocktake_results_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.stocktake_results_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: stocktake_results_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.stocktake_results_id_seq OWNED BY public.stocktake_results.id;

--
-- Name: stocktakes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stocktakes (
    id integer NOT NULL,
    stocktake_number character varying(20) NOT NULL,
    location_id integer NOT NULL,
    is_blind boolean DEFAULT false NOT NULL,
    status character varying(12) DEFAULT 'Counting'::character varying NOT NULL,
    notes text,
    started_by integer DEFAULT public.shop_actor(),
    started_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    submitted_by integer,
    submitted_at timestamp with time zone,
    decided_by integer,
    decided_at timestamp with time zone,
    cancellation_reason text,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_stocktake_decision CHECK (((((status)::text = ANY ((ARRAY['Approved'::character varying, 'Cancelled'::character varying])::text[])) = (decided_at IS NOT NULL)) AND (((status)::text <> 'Cancelled'::text) OR (NULLIF(btrim(cancellation_reason), ''::text) IS NOT NULL)))),
    CONSTRAINT check_stocktake_status CHECK (((status)::text = ANY ((ARRAY['Counting'::character varying, 'Submitted'::character varying, 'Approved'::character varying, 'Cancelled'::character varying])::text[]))),
    CONSTRAINT check_stocktake_submission CHECK ((((status)::text <> ALL ((ARRAY['Submitted'::character varying, 'Approved'::character varying])::text[])) OR (submitted_at IS NOT NULL)))
);

--
-- Name: stocktakes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.stocktakes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: stocktakes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.stocktakes_id_seq OWNED BY public.stocktakes.id;

--
-- Name: tac_codes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.tac_codes (
    tac character varying(8) NOT NULL,
    brand character varying(50) NOT NULL,
    model_name character varying(100) NOT NULL,
    CONSTRAINT check_tac CHECK (((tac)::text ~ '^[0-9]{8}$'::text))
);

--
-- Name: till_counts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.till_counts (
    id integer NOT NULL,
    till_session_id integer NOT NULL,
    payment_method character varying(20) NOT NULL,
    denomination character varying(20),
    quantity integer,
    amount numeric(10,2) NOT NULL,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_till_count_amount CHECK ((amount >= (0)::numeric)),
    CONSTRAINT check_till_count_cash CHECK (((((payment_method)::text = 'Cash'::text) = (denomination IS NOT NULL)) AND (((payment_method)::text = 'Cash'::text) = (quantity IS NOT NULL)) AND ((denomination IS NULL) OR (amount = ((split_part((denomination)::text, ' '::text, 1))::numeric * (quantity)::numeric))))),
    CONSTRAINT check_till_count_denomination CHECK (((denomination)::text = ANY ((ARRAY['200 note'::character varying, '100 note'::character varying, '50 note'::character varying, '20 note'::character varying, '10 note'::character varying, '5 note'::character varying, '2 note'::character varying, '1 note'::character varying, '2 coin'::character varying, '1 coin'::character varying, '0.50 coin'::character varying, '0.20 coin'::character varying, '0.10 coin'::character varying])::text[]))),
    CONSTRAINT check_till_count_method CHECK (((payment_method)::text = ANY ((ARRAY['Cash'::character varying, 'MoMo'::character varying, 'Bank Transfer'::character varying, 'Card'::character varying, 'Other'::character varying])::text[]))),
    CONSTRAINT check_till_count_quantity CHECK ((quantity >= 0))
);

--
-- Name: till_movements; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.till_movements (
    id integer NOT NULL,
    till_session_id integer NOT NULL,
    kind character varying(10) NOT NULL,
    amount numeric(10,2) NOT NULL,
    reason text NOT NULL,
    created_by integer DEFAULT public.shop_actor(),
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_till_movement_amount CHECK ((amount > (0)::numeric)),
    CONSTRAINT check_till_movement_kind CHECK (((kind)::text = ANY ((ARRAY['Pay in'::character varying, 'Pay out'::character varying])::text[]))),
    CONSTRAINT check_till_movement_reason CHECK ((btrim(reason) <> ''::text))
);

--
-- Name: till_sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.till_sessions (
    id integer NOT NULL,
    z_number character varying(50),
    user_id integer DEFAULT public.shop_actor() NOT NULL,
    state character varying(10) DEFAULT 'Open'::character varying NOT NULL,
    opening_float numeric(10,2) NOT NULL,
    opened_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    counted_at timestamp with time zone,
    counted_by integer,
    difference numeric(16,2),
    difference_reason text,
    closed_at timestamp with time zone,
    closed_by integer,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    CONSTRAINT check_till_closed CHECK (((((state)::text = 'Closed'::text) = (closed_at IS NOT NULL)) AND (((state)::text = 'Closed'::text) = (z_number IS NOT NULL)))),
    CONSTRAINT check_till_counted CHECK (((((state)::text = 'Open'::text) = (counted_at IS NULL)) AND ((counted_at IS NULL) = (difference IS NULL)))),
    CONSTRAINT check_till_float CHECK ((opening_float >= (0)::numeric)),
    CONSTRAINT check_till_state CHECK (((state)::text = ANY ((ARRAY['Open'::character varying, 'Counted'::character varying, 'Closed'::character varying])::text[])))
);

--
-- Name: till_entries; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.till_entries AS
 SELECT s.id AS till_session_id,
    'Cash'::character varying AS payment_method,
    'Float'::character varying AS kind,
    s.opening_float AS amount
   FROM public.till_sessions s
UNION ALL
 SELECT p.till_session_id,
    p.payment_method,
    'Payment'::character varying AS kind,
    p.amount
   FROM public.payments p
  WHERE (p.till_session_id IS NOT NULL)
UNION ALL
 SELECT r.till_session_id,
    r.payment_method,
    'Refund'::character varying AS kind,
    (- r.amount) AS amount
   FROM public.refunds r
  WHERE (r.till_session_id IS NOT NULL)
UNION ALL
 SELECT m.till_session_id,
    'Cash'::character varying AS payment_method,
    m.kind,
        CASE m.kind
            WHEN 'Pay in'::text THEN m.amount
            ELSE (- m.amount)
        END AS amount
   FROM public.till_movements m
UNION ALL
 SELECT c.till_session_id,
    c.payment_method,
    'Counted'::character varying AS kind,
    c.amount
   FROM public.till_counts c
UNION ALL
 SELECT d.till_session_id,
    d.payment_method,
        CASE d.kind
            WHEN 'Refund'::text THEN 'Refund'::text
            ELSE 'Payment'::text
        END AS kind,
        CASE d.kind
            WHEN 'Refund'::text THEN (- d.amount)
            ELSE d.amount
        END AS amount
   FROM public.preorder_deposits d
  WHERE (d.till_session_id IS NOT NULL);

--
-- Name: till_balances; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.till_balances AS
 SELECT e.till_session_id,
    e.payment_method,
    COALESCE(sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Float'::text)), (0)::numeric) AS opening_float,
    count(*) FILTER (WHERE ((e.kind)::text = 'Payment'::text)) AS payment_count,
    COALESCE(sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Payment'::text)), (0)::numeric) AS payments,
    (- COALESCE(sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Refund'::text)), (0)::numeric)) AS refunds,
    COALESCE(sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Pay in'::text)), (0)::numeric) AS pay_ins,
    (- COALESCE(sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Pay out'::text)), (0)::numeric)) AS pay_outs,
    COALESCE(sum(e.amount) FILTER (WHERE ((e.kind)::text <> 'Counted'::text)), (0)::numeric) AS expected,
    sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Counted'::text)) AS counted,
    (sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Counted'::text)) - COALESCE(sum(e.amount) FILTER (WHERE ((e.kind)::text <> 'Counted'::text)), (0)::numeric)) AS difference
   FROM public.till_entries e
  GROUP BY e.till_session_id, e.payment_method;

--
-- Name: till_counts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.till_counts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: till_counts_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.till_counts_id_seq OWNED BY public.till_counts.id;

--
-- Name: till_movements_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.till_movements_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: till_movements_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.till_movements_id_seq OWNED BY public.till_movements.id;

--
-- Name: till_sessions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.till_sessions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: till_sessions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.till_sessions_id_seq OWNED BY public.till_sessions.id;

--
-- Name: till_z_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.till_z_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id integer NOT NULL,
    username character varying(50) NOT NULL,
    email character varying(100) NOT NULL,
    password_hash character varying(255) NOT NULL,
    role character varying(20) NOT NULL,
    full_name character varying(100) NOT NULL,
    phone character varying(20),
    is_active boolean DEFAULT true NOT NULL,
    must_change_password boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    last_login timestamp with time zone,
    CONSTRAINT users_role_check CHECK (((role)::text = ANY ((ARRAY['Admin'::character varying, 'Manager'::character varying, 'Sales'::character varying, 'Technician'::character varying, 'Warehouse'::character varying])::text[])))
);

--
-- Name: users_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.users_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: users_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;

--
-- Name: view_aging_inventory; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_aging_inventory AS
 SELECT a.asset_tag,
    a.serial_number,
    pm.brand,
    pm.model_name,
    a.condition_grade,
    a.status,
    a.received_date,
    (public.shop_today() - a.received_date) AS days_in_inventory,
        CASE
            WHEN ((public.shop_today() - a.received_date) > 90) THEN '90+ days'::text
            WHEN ((public.shop_today() - a.received_date) > 60) THEN '60-90 days'::text
            WHEN ((public.shop_today() - a.received_date) > 30) THEN '30-60 days'::text
            ELSE 'Under 30 days'::text
        END AS aging_bucket,
    a.id AS asset_id
   FROM (public.assets a
     JOIN public.product_models pm ON ((a.product_model_id = pm.id)))
  WHERE (((a.status)::text = ANY ((ARRAY['Received'::character varying, 'Diagnostics Pending'::character varying, 'Wipe Pending'::character varying, 'QC Pending'::character varying, 'Ready for Sale'::character varying])::text[])) IS TRUE)
  ORDER BY (public.shop_today() - a.received_date) DESC;

--
-- Name: view_bulk_stock_places; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_bulk_stock_places AS
 SELECT s.id AS bulk_stock_id,
    s.location_id,
    (s.quantity - s.elsewhere_quantity) AS quantity,
    true AS is_home
   FROM public.bulk_stock s
  WHERE s.is_stocked
UNION ALL
 SELECT l.bulk_stock_id,
    l.location_id,
    l.quantity,
    false AS is_home
   FROM public.bulk_stock_locations l;

--
-- Name: view_customer_account; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_customer_account AS
 WITH open AS NOT MATERIALIZED (
         SELECT i.id,
            i.invoice_number,
            i.customer_id,
            i.customer_type,
            i.invoice_date,
            i.status,
            i.subtotal,
            i.tax_amount,
            i.total_amount,
            i.tax_mode,
            i.tax_lines,
            i.amount_paid,
            i.amount_refunded,
            i.lead_source,
            i.sales_rep_id,
            i.hold_expires_at,
            i.due_date,
            i.goods_released_at,
            i.goods_released_by,
            i.cancelled_reason,
            i.check_code,
            i.notes,
            i.created_at,
            i.updated_at,
            i.amount_credited
           FROM public.invoices i
          WHERE ((i.customer_id IS NOT NULL) AND (((i.status)::text = ANY ((ARRAY['Sent'::character varying, 'Paid'::character varying, 'Refunded'::character varying])::text[])) OR (i.goods_released_at IS NOT NULL)))
        )
 SELECT i.customer_id,
    i.invoice_date AS entry_date,
    1 AS place,
    i.id AS entry_id,
    'Invoice'::text AS kind,
    i.invoice_number AS number,
    i.id AS invoice_id,
    i.due_date,
    i.total_amount AS charged,
    (0)::numeric(10,2) AS paid
   FROM open i
UNION ALL
 SELECT i.customer_id,
    p.payment_date AS entry_date,
    2 AS place,
    min(p.id) AS entry_id,
    'Payment'::text AS kind,
    concat_ws(' '::text, p.payment_method, max((p.reference)::text)) AS number,
    min(p.invoice_id) AS invoice_id,
    NULL::date AS due_date,
    0 AS charged,
    sum(p.amount) AS paid
   FROM (public.payments p
     JOIN open i ON ((i.id = p.invoice_id)))
  GROUP BY i.customer_id, p.payment_date, p.payment_method, COALESCE((- p.batch_id), p.id)
UNION ALL
 SELECT i.customer_id,
    r.refund_date AS entry_date,
    4 AS place,
    r.id AS entry_id,
    'Refund'::text AS kind,
    concat_ws(' '::text, r.payment_method, r.reference) AS number,
    i.id AS invoice_id,
    NULL::date AS due_date,
    r.amount AS charged,
    0 AS paid
   FROM (public.refunds r
     JOIN open i ON ((i.id = r.invoice_id)))
UNION ALL
 SELECT i.customer_id,
    r.return_date AS entry_date,
    3 AS place,
    r.id AS entry_id,
    'Return'::text AS kind,
    r.return_number AS number,
    i.id AS invoice_id,
    NULL::date AS due_date,
    0 AS charged,
    r.total_amount AS paid
   FROM (public.returns r
     JOIN open i ON ((i.id = r.invoice_id)));

--
-- Name: view_inventory_summary; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_inventory_summary AS
 SELECT pm.category,
    pm.brand,
    pm.model_name,
    a.total_units,
    a.available,
    a.reserved,
    a.sold,
    a.avg_sale_price,
    (((public.shop_today() - '2000-01-01'::date))::numeric - a.avg_received) AS avg_age_days,
    pm.id AS product_model_id,
    pm.cpu,
    pm.ram,
    pm.storage
   FROM (( SELECT each.product_model_id,
            (sum(each.units))::bigint AS total_units,
            (COALESCE(sum(each.units) FILTER (WHERE ((each.status)::text = 'Ready for Sale'::text)), (0)::numeric))::bigint AS available,
            (COALESCE(sum(each.units) FILTER (WHERE ((each.status)::text = 'Reserved'::text)), (0)::numeric))::bigint AS reserved,
            (COALESCE(sum(each.units) FILTER (WHERE ((each.status)::text = 'Sold'::text)), (0)::numeric))::bigint AS sold,
            (sum(each.prices) FILTER (WHERE ((each.status)::text = 'Sold'::text)) / NULLIF(sum(each.priced) FILTER (WHERE ((each.status)::text = 'Sold'::text)), (0)::numeric)) AS avg_sale_price,
            (sum(each.received) FILTER (WHERE ((each.status)::text = ANY ((ARRAY['Ready for Sale'::character varying, 'Reserved'::character varying])::text[]))) / NULLIF(sum(each.units) FILTER (WHERE ((each.status)::text = ANY ((ARRAY['Ready for Sale'::character varying, 'Reserved'::character varying])::text[]))), (0)::numeric)) AS avg_received
           FROM ( SELECT assets.product_model_id,
                    assets.status,
                    count(*) AS units,
                    sum(assets.sale_price) AS prices,
                    count(assets.sale_price) AS priced,
                    sum((assets.received_date - '2000-01-01'::date)) AS received
                   FROM public.assets
                  WHERE (assets.voided_at IS NULL)
                  GROUP BY assets.product_model_id, assets.status) each
          GROUP BY each.product_model_id) a
     JOIN public.product_models pm ON ((pm.id = a.product_model_id)))
  ORDER BY a.total_units DESC;

--
-- Name: view_preorder_deposits; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_preorder_deposits AS
 SELECT p.id AS preorder_id,
    COALESCE(d.taken, (0)::numeric) AS taken,
    COALESCE(d.refunded, (0)::numeric) AS refunded,
    COALESCE(d.kept, (0)::numeric) AS kept,
    COALESCE(d.shortfall, (0)::numeric) AS shortfall,
    COALESCE(a.applied, (0)::numeric) AS applied,
    (((COALESCE(d.taken, (0)::numeric) - COALESCE(d.refunded, (0)::numeric)) - COALESCE(d.kept, (0)::numeric)) - COALESCE(a.applied, (0)::numeric)) AS held
   FROM ((public.preorders p
     LEFT JOIN LATERAL ( SELECT sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Deposit'::text)) AS taken,
            sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Refund'::text)) AS refunded,
            sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Kept'::text)) AS kept,
            sum(e.amount) FILTER (WHERE ((e.kind)::text = 'Shortfall'::text)) AS shortfall
           FROM public.preorder_deposits e
          WHERE (e.preorder_id = p.id)) d ON (true))
     LEFT JOIN LATERAL ( SELECT sum(y.amount) AS applied
           FROM public.payments y
          WHERE (y.preorder_id = p.id)) a ON (true));

--
-- Name: view_preorder_sla; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_preorder_sla AS
 SELECT p.preorder_number,
    c.full_name AS customer_name,
    p.requested_specs,
    p.status,
    p.order_date,
    p.sla_date,
    (COALESCE(p.arrival_date, public.shop_today()) - p.sla_date) AS days_overdue,
    (((p.status)::text = ANY ((ARRAY['Ordered'::character varying, 'In Transit'::character varying])::text[])) AND (p.sla_date IS NOT NULL) AND (public.shop_today() > p.sla_date)) AS is_overdue,
    p.arrival_date,
    (p.arrival_date > p.sla_date) AS arrived_late,
    p.id AS preorder_id
   FROM (public.preorders p
     JOIN public.customers c ON ((p.customer_id = c.id)))
  WHERE (((p.status)::text <> 'Closed'::text) AND (p.called_off_at IS NULL))
  ORDER BY p.sla_date;

--
-- Name: view_sales_daily; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_sales_daily AS
 SELECT d.day AS invoice_date,
    sum(d.sales) AS transaction_count,
    sum(d.amount) AS total_sales,
    sum(
        CASE
            WHEN ((d.customer_type)::text = 'Retail'::text) THEN d.amount
            ELSE (0)::numeric
        END) AS retail_sales,
    sum(
        CASE
            WHEN ((d.customer_type)::text = 'Wholesale'::text) THEN d.amount
            ELSE (0)::numeric
        END) AS wholesale_sales,
    sum(
        CASE
            WHEN ((d.customer_type)::text = 'Walk-in'::text) THEN d.amount
            ELSE (0)::numeric
        END) AS walk_in_sales,
    sum(d.returns) AS return_count,
    sum(d.returned) AS returned_amount,
    sum((d.amount - d.returned)) AS net_sales
   FROM ( SELECT i.invoice_date AS day,
            i.customer_type,
            1 AS sales,
            i.total_amount AS amount,
            0 AS returns,
            (0)::numeric AS returned
           FROM public.invoices i
          WHERE ((i.status)::text = ANY ((ARRAY['Paid'::character varying, 'Refunded'::character varying])::text[]))
        UNION ALL
         SELECT r.return_date,
            i.customer_type,
            0,
            0,
            1,
            r.total_amount
           FROM (public.returns r
             JOIN public.invoices i ON ((i.id = r.invoice_id)))
          WHERE ((i.status)::text = ANY ((ARRAY['Paid'::character varying, 'Refunded'::character varying])::text[]))) d
  GROUP BY d.day
  ORDER BY d.day DESC;

--
-- Name: view_stocktake_devices; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_stocktake_devices AS
 SELECT d.stocktake_id,
    d.asset_id,
    d.expected,
    c.id AS count_id,
    c.counted_by,
    c.counted_at,
    c.counter,
    (
        CASE
            WHEN (((a.status)::text = 'Sold'::text) AND (d.expected OR ((c.asset_status)::text <> 'Sold'::text))) THEN 'Sold Meanwhile'::text
            WHEN ((c.id IS NULL) AND (((a.status)::text = 'Scrapped'::text) OR (a.location_id IS DISTINCT FROM s.location_id))) THEN 'Moved Meanwhile'::text
            WHEN (c.id IS NULL) THEN 'Missing'::text
            WHEN ((a.status)::text = ANY ((ARRAY['Sold'::character varying, 'Scrapped'::character varying])::text[])) THEN 'Unexpected'::text
            WHEN (a.location_id = s.location_id) THEN 'Found'::text
            WHEN (c.asset_location_id = s.location_id) THEN 'Moved Meanwhile'::text
            WHEN (a.location_id IS NULL) THEN 'Unexpected'::text
            ELSE 'Wrong Place'::text
        END)::character varying(20) AS outcome,
    a.location_id AS from_location_id,
    NULL::integer AS to_location_id
   FROM (((( SELECT e.stocktake_id,
            e.asset_id,
            true AS expected
           FROM public.stocktake_expected e
        UNION ALL
         SELECT k.stocktake_id,
            k.asset_id,
            false
           FROM public.stocktake_counts k
          WHERE ((k.asset_id IS NOT NULL) AND (k.removed_at IS NULL) AND (NOT (EXISTS ( SELECT
                   FROM public.stocktake_expected x
                  WHERE ((x.stocktake_id = k.stocktake_id) AND (x.asset_id = k.asset_id))))))) d
     JOIN public.stocktakes s ON (((s.id = d.stocktake_id) AND ((s.status)::text <> 'Approved'::text))))
     JOIN public.assets a ON ((a.id = d.asset_id)))
     LEFT JOIN public.stocktake_counts c ON (((c.stocktake_id = d.stocktake_id) AND (c.asset_id = d.asset_id) AND (c.removed_at IS NULL))))
UNION ALL
 SELECT r.stocktake_id,
    r.asset_id,
    r.expected,
    r.count_id,
    c.counted_by,
    c.counted_at,
    c.counter,
    r.outcome,
    r.from_location_id,
    r.to_location_id
   FROM (public.stocktake_results r
     LEFT JOIN public.stocktake_counts c ON ((c.id = r.count_id)))
  WHERE (r.asset_id IS NOT NULL);

--
-- Name: view_stocktake_items; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_stocktake_items AS
 SELECT i.stocktake_id,
    i.bulk_stock_id,
    e.quantity AS expected_quantity,
    c.counted AS counted_quantity,
    c.book AS book_quantity,
    COALESCE((c.counted - c.book), 0) AS quantity_change,
    (
        CASE
            WHEN (c.counted IS NULL) THEN 'Not Counted'::text
            WHEN (c.counted = c.book) THEN 'Found'::text
            WHEN (c.counted < c.book) THEN 'Short'::text
            ELSE 'Over'::text
        END)::character varying(20) AS outcome
   FROM (((( SELECT stocktake_expected_items.stocktake_id,
            stocktake_expected_items.bulk_stock_id
           FROM public.stocktake_expected_items
        UNION
         SELECT stocktake_counts.stocktake_id,
            stocktake_counts.bulk_stock_id
           FROM public.stocktake_counts
          WHERE ((stocktake_counts.bulk_stock_id IS NOT NULL) AND (stocktake_counts.removed_at IS NULL))) i
     JOIN public.stocktakes s ON (((s.id = i.stocktake_id) AND ((s.status)::text <> 'Approved'::text))))
     LEFT JOIN public.stocktake_expected_items e ON (((e.stocktake_id = i.stocktake_id) AND (e.bulk_stock_id = i.bulk_stock_id))))
     LEFT JOIN LATERAL ( SELECT (sum(k.quantity))::integer AS counted,
            (array_agg(k.book_quantity ORDER BY k.id DESC))[1] AS book
           FROM public.stocktake_counts k
          WHERE ((k.stocktake_id = i.stocktake_id) AND (k.bulk_stock_id = i.bulk_stock_id) AND (k.removed_at IS NULL))) c ON (true))
UNION ALL
 SELECT r.stocktake_id,
    r.bulk_stock_id,
    e.quantity AS expected_quantity,
    r.counted_quantity,
    r.expected_quantity AS book_quantity,
    r.quantity_change,
    r.outcome
   FROM (public.stocktake_results r
     LEFT JOIN public.stocktake_expected_items e ON (((e.stocktake_id = r.stocktake_id) AND (e.bulk_stock_id = r.bulk_stock_id))))
  WHERE (r.bulk_stock_id IS NOT NULL);

--
-- Name: view_tax_documents; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.view_tax_documents AS
 SELECT (((i.id)::bigint * 64) + (t.place * 2)) AS id,
    i.invoice_date AS document_date,
    'Invoice'::text AS kind,
    i.invoice_number AS document_number,
    i.id AS invoice_id,
    i.customer_id,
    (t.value ->> 'name'::text) AS tax_name,
    ((t.value ->> 'rate'::text))::numeric AS rate,
    COALESCE((t.value ->> 'on'::text), 'base'::text) AS charged_on,
    i.subtotal AS net,
    ((t.value ->> 'amount'::text))::numeric(12,2) AS tax,
    i.total_amount AS gross
   FROM (public.invoices i
     CROSS JOIN LATERAL jsonb_array_elements(i.tax_lines) WITH ORDINALITY t(value, place))
  WHERE (((i.status)::text = ANY ((ARRAY['Paid'::character varying, 'Refunded'::character varying])::text[])) OR (i.goods_released_at IS NOT NULL))
UNION ALL
 SELECT ((((r.id)::bigint * 64) + (t.place * 2)) + 1) AS id,
    r.return_date AS document_date,
    'Return'::text AS kind,
    r.return_number AS document_number,
    i.id AS invoice_id,
    i.customer_id,
    (t.value ->> 'name'::text) AS tax_name,
    ((t.value ->> 'rate'::text))::numeric AS rate,
    COALESCE((t.value ->> 'on'::text), 'base'::text) AS charged_on,
    (- r.subtotal) AS net,
    (- ((t.value ->> 'amount'::text))::numeric(12,2)) AS tax,
    (- r.total_amount) AS gross
   FROM ((public.returns r
     JOIN public.invoices i ON ((i.id = r.invoice_id)))
     CROSS JOIN LATERAL jsonb_array_elements(r.tax_lines) WITH ORDINALITY t(value, place));

--
-- Name: warranties; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.warranties (
    id integer NOT NULL,
    warranty_number character varying(50) NOT NULL,
    invoice_id integer NOT NULL,
    asset_id integer,
    customer_id integer NOT NULL,
    warranty_tier character varying(20) NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    coverage_details text DEFAULT 'Hardware defects, excluding physical/water damage'::text,
    exclusions text DEFAULT 'Physical damage, water damage, software issues, battery wear'::text,
    includes_accessories boolean DEFAULT false NOT NULL,
    includes_certificate boolean DEFAULT false NOT NULL,
    includes_premium_boxing boolean DEFAULT false NOT NULL,
    status character varying(20) DEFAULT 'Active'::character varying NOT NULL,
    check_code character varying(22) DEFAULT public.new_check_code() NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    void_reason text,
    replaces_warranty_id integer,
    CONSTRAINT check_warranty_dates CHECK ((end_date > start_date)),
    CONSTRAINT warranties_status_check CHECK (((status)::text = ANY ((ARRAY['Active'::character varying, 'Claimed'::character varying, 'Expired'::character varying, 'Void'::character varying])::text[]))),
    CONSTRAINT warranties_warranty_tier_check CHECK (((warranty_tier)::text = ANY ((ARRAY['Standard'::character varying, 'Premium 1-Year'::character varying])::text[])))
);

--
-- Name: warranties_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.warranties_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: warranties_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.warranties_id_seq OWNED BY public.warranties.id;

--
-- Name: warranty_claim_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.warranty_claim_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: warranty_claims; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.warranty_claims (
    id integer NOT NULL,
    claim_number character varying(50) NOT NULL,
    warranty_id integer NOT NULL,
    customer_id integer NOT NULL,
    issue_description text NOT NULL,
    claim_date date DEFAULT public.shop_today() NOT NULL,
    status character varying(20) DEFAULT 'Submitted'::character varying NOT NULL,
    denial_reason text,
    repair_ticket_id integer,
    outcome character varying(50),
    outcome_date date,
    labor_cost numeric(10,2),
    parts_cost numeric(10,2),
    total_cost numeric(10,2),
    notes text,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    updated_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    replacement_asset_id integer,
    replacement_invoice_id integer,
    replacement_warranty_id integer,
    return_id integer,
    submitted_by integer DEFAULT public.shop_actor(),
    decided_by integer,
    decided_at timestamp with time zone,
    CONSTRAINT check_claim_costs CHECK (((labor_cost >= (0)::numeric) AND (parts_cost >= (0)::numeric) AND (total_cost >= (0)::numeric))),
    CONSTRAINT check_claim_denial CHECK ((((status)::text <> 'Denied'::text) OR (NULLIF(btrim(denial_reason), ''::text) IS NOT NULL))),
    CONSTRAINT check_claim_outcome CHECK ((((status)::text <> 'Completed'::text) OR (outcome IS NOT NULL))),
    CONSTRAINT warranty_claims_outcome_check CHECK (((outcome)::text = ANY ((ARRAY['Repaired'::character varying, 'Replaced'::character varying, 'Refunded'::character varying, 'Denied'::character varying])::text[]))),
    CONSTRAINT warranty_claims_status_check CHECK (((status)::text = ANY ((ARRAY['Submitted'::character varying, 'Approved'::character varying, 'Denied'::character varying, 'Completed'::character varying])::text[])))
);

--
-- Name: warranty_claims_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.warranty_claims_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: warranty_claims_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.warranty_claims_id_seq OWNED BY public.warranty_claims.id;

--
-- Name: warranty_number_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.warranty_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: warranty_status_moves; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.warranty_status_moves (
    from_status character varying(20) NOT NULL,
    to_status character varying(20) NOT NULL
);

--
-- Name: wipe_certificates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.wipe_certificates (
    id integer NOT NULL,
    asset_id integer NOT NULL,
    technician_id integer NOT NULL,
    wipe_method character varying(50) NOT NULL,
    certificate_reference character varying(100),
    wipe_date date DEFAULT public.shop_today() NOT NULL,
    notes text,
    status_entry integer NOT NULL,
    created_at timestamp with time zone DEFAULT public.shop_now() NOT NULL,
    check_code character varying(22) DEFAULT public.new_check_code() NOT NULL
);

--
-- Name: wipe_certificates_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.wipe_certificates_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: wipe_certificates_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.wipe_certificates_id_seq OWNED BY public.wipe_certificates.id;

--
-- Name: api_tokens id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens ALTER COLUMN id SET DEFAULT nextval('public.api_tokens_id_seq'::regclass);

--
-- Name: asset_status_changes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.asset_status_changes ALTER COLUMN id SET DEFAULT nextval('public.asset_status_changes_id_seq'::regclass);

--
-- Name: assets id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets ALTER COLUMN id SET DEFAULT nextval('public.assets_id_seq'::regclass);

--
-- Name: audit_log id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_log ALTER COLUMN id SET DEFAULT nextval('public.audit_log_id_seq'::regclass);

--
-- Name: audit_seals id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_seals ALTER COLUMN id SET DEFAULT nextval('public.audit_seals_id_seq'::regclass);

--
-- Name: bulk_changes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_changes ALTER COLUMN id SET DEFAULT nextval('public.bulk_changes_id_seq'::regclass);

--
-- Name: bulk_stock id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_stock ALTER COLUMN id SET DEFAULT nextval('public.bulk_stock_id_seq'::regclass);

--
-- Name: buy_backs id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.buy_backs ALTER COLUMN id SET DEFAULT nextval('public.buy_backs_id_seq'::regclass);

--
-- Name: catalog_changes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.catalog_changes ALTER COLUMN id SET DEFAULT nextval('public.catalog_changes_id_seq'::regclass);

--
-- Name: customer_consents id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customer_consents ALTER COLUMN id SET DEFAULT nextval('public.customer_consents_id_seq'::regclass);

--
-- Name: customers id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers ALTER COLUMN id SET DEFAULT nextval('public.customers_id_seq'::regclass);

--
-- Name: diagnostics_results id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.diagnostics_results ALTER COLUMN id SET DEFAULT nextval('public.diagnostics_results_id_seq'::regclass);

--
-- Name: imports id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports ALTER COLUMN id SET DEFAULT nextval('public.imports_id_seq'::regclass);

--
-- Name: inventory_movements id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inventory_movements ALTER COLUMN id SET DEFAULT nextval('public.inventory_movements_id_seq'::regclass);

--
-- Name: invoice_lines id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_lines ALTER COLUMN id SET DEFAULT nextval('public.invoice_lines_id_seq'::regclass);

--
-- Name: invoices id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoices ALTER COLUMN id SET DEFAULT nextval('public.invoices_id_seq'::regclass);

--
-- Name: jobs id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs ALTER COLUMN id SET DEFAULT nextval('public.jobs_id_seq'::regclass);

--
-- Name: lead_sources id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lead_sources ALTER COLUMN id SET DEFAULT nextval('public.lead_sources_id_seq'::regclass);

--
-- Name: locations id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.locations ALTER COLUMN id SET DEFAULT nextval('public.locations_id_seq'::regclass);

--
-- Name: lot_changes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_changes ALTER COLUMN id SET DEFAULT nextval('public.lot_changes_id_seq'::regclass);

--
-- Name: lot_charge_shares id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charge_shares ALTER COLUMN id SET DEFAULT nextval('public.lot_charge_shares_id_seq'::regclass);

--
-- Name: lot_charges id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charges ALTER COLUMN id SET DEFAULT nextval('public.lot_charges_id_seq'::regclass);

--
-- Name: lot_lines id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_lines ALTER COLUMN id SET DEFAULT nextval('public.lot_lines_id_seq'::regclass);

--
-- Name: lots id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lots ALTER COLUMN id SET DEFAULT nextval('public.lots_id_seq'::regclass);

--
-- Name: machine_reports id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.machine_reports ALTER COLUMN id SET DEFAULT nextval('public.machine_reports_id_seq'::regclass);

--
-- Name: message_events id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_events ALTER COLUMN id SET DEFAULT nextval('public.message_events_id_seq'::regclass);

--
-- Name: messages id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages ALTER COLUMN id SET DEFAULT nextval('public.messages_id_seq'::regclass);

--
-- Name: paid_day_changes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.paid_day_changes ALTER COLUMN id SET DEFAULT nextval('public.paid_day_changes_id_seq'::regclass);

--
-- Name: parked_sales id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.parked_sales ALTER COLUMN id SET DEFAULT nextval('public.parked_sales_id_seq'::regclass);

--
-- Name: payment_batches id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_batches ALTER COLUMN id SET DEFAULT nextval('public.payment_batches_id_seq'::regclass);

--
-- Name: payments id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments ALTER COLUMN id SET DEFAULT nextval('public.payments_id_seq'::regclass);

--
-- Name: photos id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photos ALTER COLUMN id SET DEFAULT nextval('public.photos_id_seq'::regclass);

--
-- Name: preorder_deposits id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposits ALTER COLUMN id SET DEFAULT nextval('public.preorder_deposits_id_seq'::regclass);

--
-- Name: preorder_events id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_events ALTER COLUMN id SET DEFAULT nextval('public.preorder_events_id_seq'::regclass);

--
-- Name: preorders id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders ALTER COLUMN id SET DEFAULT nextval('public.preorders_id_seq'::regclass);

--
-- Name: price_lists id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.price_lists ALTER COLUMN id SET DEFAULT nextval('public.price_lists_id_seq'::regclass);

--
-- Name: product_model_prices id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_prices ALTER COLUMN id SET DEFAULT nextval('public.product_model_prices_id_seq'::regclass);

--
-- Name: product_models id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_models ALTER COLUMN id SET DEFAULT nextval('public.product_models_id_seq'::regclass);

--
-- Name: quality_checks id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quality_checks ALTER COLUMN id SET DEFAULT nextval('public.quality_checks_id_seq'::regclass);

--
-- Name: refunds id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refunds ALTER COLUMN id SET DEFAULT nextval('public.refunds_id_seq'::regclass);

--
-- Name: repair_events id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_events ALTER COLUMN id SET DEFAULT nextval('public.repair_events_id_seq'::regclass);

--
-- Name: repair_parts id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_parts ALTER COLUMN id SET DEFAULT nextval('public.repair_parts_id_seq'::regclass);

--
-- Name: repair_tickets id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_tickets ALTER COLUMN id SET DEFAULT nextval('public.repair_tickets_id_seq'::regclass);

--
-- Name: return_lines id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_lines ALTER COLUMN id SET DEFAULT nextval('public.return_lines_id_seq'::regclass);

--
-- Name: return_requests id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_requests ALTER COLUMN id SET DEFAULT nextval('public.return_requests_id_seq'::regclass);

--
-- Name: returns id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.returns ALTER COLUMN id SET DEFAULT nextval('public.returns_id_seq'::regclass);

--
-- Name: saved_views id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.saved_views ALTER COLUMN id SET DEFAULT nextval('public.saved_views_id_seq'::regclass);

--
-- Name: scan_set_devices id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scan_set_devices ALTER COLUMN id SET DEFAULT nextval('public.scan_set_devices_id_seq'::regclass);

--
-- Name: sessions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions ALTER COLUMN id SET DEFAULT nextval('public.sessions_id_seq'::regclass);

--
-- Name: sign_in_attempts id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_attempts ALTER COLUMN id SET DEFAULT nextval('public.sign_in_attempts_id_seq'::regclass);

--
-- Name: stock_ledger id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_ledger ALTER COLUMN id SET DEFAULT nextval('public.stock_ledger_id_seq'::regclass);

--
-- Name: stock_moves id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_moves ALTER COLUMN id SET DEFAULT nextval('public.stock_moves_id_seq'::regclass);

--
-- Name: stock_receipts id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_receipts ALTER COLUMN id SET DEFAULT nextval('public.stock_receipts_id_seq'::regclass);

--
-- Name: stocktake_counts id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_counts ALTER COLUMN id SET DEFAULT nextval('public.stocktake_counts_id_seq'::regclass);

--
-- Name: stocktake_results id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_results ALTER COLUMN id SET DEFAULT nextval('public.stocktake_results_id_seq'::regclass);

--
-- Name: stocktakes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktakes ALTER COLUMN id SET DEFAULT nextval('public.stocktakes_id_seq'::regclass);

--
-- Name: till_counts id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_counts ALTER COLUMN id SET DEFAULT nextval('public.till_counts_id_seq'::regclass);

--
-- Name: till_movements id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_movements ALTER COLUMN id SET DEFAULT nextval('public.till_movements_id_seq'::regclass);

--
-- Name: till_sessions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_sessions ALTER COLUMN id SET DEFAULT nextval('public.till_sessions_id_seq'::regclass);

--
-- Name: users id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);

--
-- Name: warranties id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranties ALTER COLUMN id SET DEFAULT nextval('public.warranties_id_seq'::regclass);

--
-- Name: warranty_claims id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims ALTER COLUMN id SET DEFAULT nextval('public.warranty_claims_id_seq'::regclass);

--
-- Name: wipe_certificates id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.wipe_certificates ALTER COLUMN id SET DEFAULT nextval('public.wipe_certificates_id_seq'::regclass);

--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

--
-- Name: asset_imeis asset_imeis_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.asset_imeis
    ADD CONSTRAINT asset_imeis_key PRIMARY KEY (imei);

--
-- Name: asset_status_changes asset_status_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.asset_status_changes
    ADD CONSTRAINT asset_status_changes_pkey PRIMARY KEY (id);

--
-- Name: asset_status_moves asset_status_moves_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.asset_status_moves
    ADD CONSTRAINT asset_status_moves_pkey PRIMARY KEY (from_status, to_status);

--
-- Name: assets assets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_pkey PRIMARY KEY (id);

--
-- Name: audit_log audit_log_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

--
-- Name: audit_redactions audit_redactions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_redactions
    ADD CONSTRAINT audit_redactions_pkey PRIMARY KEY (audit_id);

--
-- Name: audit_seals audit_seals_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_seals
    ADD CONSTRAINT audit_seals_pkey PRIMARY KEY (id);

--
-- Name: bulk_change_rows bulk_change_rows_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_change_rows
    ADD CONSTRAINT bulk_change_rows_pkey PRIMARY KEY (bulk_change_id, record_id, field);

--
-- Name: bulk_changes bulk_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_pkey PRIMARY KEY (id);

--
-- Name: bulk_stock_locations bulk_stock_locations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_stock_locations
    ADD CONSTRAINT bulk_stock_locations_pkey PRIMARY KEY (bulk_stock_id, location_id);

--
-- Name: bulk_stock bulk_stock_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_stock
    ADD CONSTRAINT bulk_stock_pkey PRIMARY KEY (id);

--
-- Name: buy_backs buy_backs_invoice_line_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.buy_backs
    ADD CONSTRAINT buy_backs_invoice_line_id UNIQUE (invoice_line_id);

--
-- Name: buy_backs buy_backs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.buy_backs
    ADD CONSTRAINT buy_backs_pkey PRIMARY KEY (id);

--
-- Name: catalog_change_rows catalog_change_rows_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.catalog_change_rows
    ADD CONSTRAINT catalog_change_rows_pkey PRIMARY KEY (catalog_change_id, product_model_id, field);

--
-- Name: catalog_changes catalog_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.catalog_changes
    ADD CONSTRAINT catalog_changes_pkey PRIMARY KEY (id);

--
-- Name: claim_status_moves claim_status_moves_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.claim_status_moves
    ADD CONSTRAINT claim_status_moves_pkey PRIMARY KEY (from_status, to_status);

--
-- Name: closed_days closed_days_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.closed_days
    ADD CONSTRAINT closed_days_pkey PRIMARY KEY (day);

--
-- Name: customer_consents customer_consents_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customer_consents
    ADD CONSTRAINT customer_consents_pkey PRIMARY KEY (id);

--
-- Name: customers customers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);

--
-- Name: diagnostics_results diagnostics_results_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.diagnostics_results
    ADD CONSTRAINT diagnostics_results_pkey PRIMARY KEY (id);

--
-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key);

--
-- Name: api_tokens idx_api_tokens_token; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT idx_api_tokens_token UNIQUE (token_hash);

--
-- Name: assets idx_assets_serial; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT idx_assets_serial UNIQUE (serial_number);

--
-- Name: assets idx_assets_tag; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT idx_assets_tag UNIQUE (asset_tag);

--
-- Name: audit_seals idx_audit_seals_first; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_seals
    ADD CONSTRAINT idx_audit_seals_first UNIQUE (first_audit_id);

--
-- Name: audit_seals idx_audit_seals_last; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_seals
    ADD CONSTRAINT idx_audit_seals_last UNIQUE (last_audit_id);

--
-- Name: bulk_stock idx_bulk_stock_sku; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_stock
    ADD CONSTRAINT idx_bulk_stock_sku UNIQUE (sku);

--
-- Name: lot_charge_shares idx_charge_shares_once; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charge_shares
    ADD CONSTRAINT idx_charge_shares_once UNIQUE (lot_charge_id, asset_id);

--
-- Name: invoice_lines idx_invoice_lines_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT idx_invoice_lines_number UNIQUE (invoice_id, line_number);

--
-- Name: invoices idx_invoices_check_code; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT idx_invoices_check_code UNIQUE (check_code);

--
-- Name: invoices idx_invoices_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT idx_invoices_number UNIQUE (invoice_number);

--
-- Name: lot_charges idx_lot_charges_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charges
    ADD CONSTRAINT idx_lot_charges_number UNIQUE (lot_id, charge_number);

--
-- Name: lot_charges idx_lot_charges_reverses; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charges
    ADD CONSTRAINT idx_lot_charges_reverses UNIQUE (reverses_id);

--
-- Name: lots idx_lots_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lots
    ADD CONSTRAINT idx_lots_number UNIQUE (lot_number);

--
-- Name: payment_rejections idx_payment_rejections_refund; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_rejections
    ADD CONSTRAINT idx_payment_rejections_refund UNIQUE (refund_id);

--
-- Name: preorder_deposit_decisions idx_preorder_deposit_decisions_refund; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposit_decisions
    ADD CONSTRAINT idx_preorder_deposit_decisions_refund UNIQUE (refund_id);

--
-- Name: preorders idx_preorders_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT idx_preorders_number UNIQUE (preorder_number);

--
-- Name: repair_tickets idx_repair_tickets_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_tickets
    ADD CONSTRAINT idx_repair_tickets_number UNIQUE (ticket_number);

--
-- Name: return_lines idx_return_lines_return; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_lines
    ADD CONSTRAINT idx_return_lines_return UNIQUE (return_id, invoice_line_id);

--
-- Name: returns idx_returns_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.returns
    ADD CONSTRAINT idx_returns_number UNIQUE (return_number);

--
-- Name: scan_set_devices idx_scan_set_devices_once; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scan_set_devices
    ADD CONSTRAINT idx_scan_set_devices_once UNIQUE (user_id, asset_id);

--
-- Name: sessions idx_sessions_token; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT idx_sessions_token UNIQUE (token_hash);

--
-- Name: stocktakes idx_stocktakes_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktakes
    ADD CONSTRAINT idx_stocktakes_number UNIQUE (stocktake_number);

--
-- Name: till_counts idx_till_counts_session; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_counts
    ADD CONSTRAINT idx_till_counts_session UNIQUE (till_session_id, payment_method, denomination);

--
-- Name: till_sessions idx_till_sessions_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_sessions
    ADD CONSTRAINT idx_till_sessions_number UNIQUE (z_number);

--
-- Name: users idx_users_email; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT idx_users_email UNIQUE (email);

--
-- Name: users idx_users_username; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT idx_users_username UNIQUE (username);

--
-- Name: warranties idx_warranties_check_code; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranties
    ADD CONSTRAINT idx_warranties_check_code UNIQUE (check_code);

--
-- Name: warranties idx_warranties_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranties
    ADD CONSTRAINT idx_warranties_number UNIQUE (warranty_number);

--
-- Name: warranty_claims idx_warranty_claims_number; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT idx_warranty_claims_number UNIQUE (claim_number);

--
-- Name: wipe_certificates idx_wipe_check_code; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.wipe_certificates
    ADD CONSTRAINT idx_wipe_check_code UNIQUE (check_code);

--
-- Name: imports imports_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (id);

--
-- Name: inventory_movements inventory_movements_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inventory_movements
    ADD CONSTRAINT inventory_movements_pkey PRIMARY KEY (id);

--
-- Name: invoice_lines invoice_lines_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_pkey PRIMARY KEY (id);

--
-- Name: invoice_names invoice_names_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_names
    ADD CONSTRAINT invoice_names_pkey PRIMARY KEY (invoice_id);

--
-- Name: invoices invoices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (id);

--
-- Name: jobs jobs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);

--
-- Name: lead_sources lead_sources_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lead_sources
    ADD CONSTRAINT lead_sources_pkey PRIMARY KEY (id);

--
-- Name: lead_sources lead_sources_source_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lead_sources
    ADD CONSTRAINT lead_sources_source_name_key UNIQUE (source_name);

--
-- Name: list_choices list_choices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.list_choices
    ADD CONSTRAINT list_choices_pkey PRIMARY KEY (user_id, list);

--
-- Name: locations locations_location_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_location_name_key UNIQUE (location_name);

--
-- Name: locations locations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_pkey PRIMARY KEY (id);

--
-- Name: lot_changes lot_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_changes
    ADD CONSTRAINT lot_changes_pkey PRIMARY KEY (id);

--
-- Name: lot_charge_shares lot_charge_shares_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charge_shares
    ADD CONSTRAINT lot_charge_shares_pkey PRIMARY KEY (id);

--
-- Name: lot_charges lot_charges_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charges
    ADD CONSTRAINT lot_charges_pkey PRIMARY KEY (id);

--
-- Name: lot_figures lot_figures_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_figures
    ADD CONSTRAINT lot_figures_pkey PRIMARY KEY (lot_id);

--
-- Name: lot_lines lot_lines_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_lines
    ADD CONSTRAINT lot_lines_pkey PRIMARY KEY (id);

--
-- Name: lots lots_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lots
    ADD CONSTRAINT lots_pkey PRIMARY KEY (id);

--
-- Name: machine_reports machine_reports_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.machine_reports
    ADD CONSTRAINT machine_reports_pkey PRIMARY KEY (id);

--
-- Name: message_events message_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_events
    ADD CONSTRAINT message_events_pkey PRIMARY KEY (id);

--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

--
-- Name: paid_day_changes paid_day_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.paid_day_changes
    ADD CONSTRAINT paid_day_changes_pkey PRIMARY KEY (id);

--
-- Name: parked_sales parked_sales_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.parked_sales
    ADD CONSTRAINT parked_sales_pkey PRIMARY KEY (id);

--
-- Name: payment_batches payment_batches_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_batches
    ADD CONSTRAINT payment_batches_pkey PRIMARY KEY (id);

--
-- Name: payment_confirmations payment_confirmations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_confirmations
    ADD CONSTRAINT payment_confirmations_pkey PRIMARY KEY (payment_id);

--
-- Name: payment_rejections payment_rejections_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_rejections
    ADD CONSTRAINT payment_rejections_pkey PRIMARY KEY (payment_id);

--
-- Name: payment_sources payment_sources_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_sources
    ADD CONSTRAINT payment_sources_pkey PRIMARY KEY (payment_id);

--
-- Name: payments payments_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

--
-- Name: photo_files photo_files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photo_files
    ADD CONSTRAINT photo_files_pkey PRIMARY KEY (photo_id);

--
-- Name: photos photos_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_pkey PRIMARY KEY (id);

--
-- Name: preorder_deposit_decisions preorder_deposit_decisions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposit_decisions
    ADD CONSTRAINT preorder_deposit_decisions_pkey PRIMARY KEY (deposit_id);

--
-- Name: preorder_deposits preorder_deposits_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposits
    ADD CONSTRAINT preorder_deposits_pkey PRIMARY KEY (id);

--
-- Name: preorder_events preorder_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_events
    ADD CONSTRAINT preorder_events_pkey PRIMARY KEY (id);

--
-- Name: preorders preorders_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_pkey PRIMARY KEY (id);

--
-- Name: price_approvals price_approvals_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.price_approvals
    ADD CONSTRAINT price_approvals_pkey PRIMARY KEY (invoice_id);

--
-- Name: price_lists price_lists_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.price_lists
    ADD CONSTRAINT price_lists_pkey PRIMARY KEY (id);

--
-- Name: product_model_bundles product_model_bundles_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_bundles
    ADD CONSTRAINT product_model_bundles_pkey PRIMARY KEY (product_model_id, bulk_stock_id);

--
-- Name: product_model_merges product_model_merges_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_merges
    ADD CONSTRAINT product_model_merges_pkey PRIMARY KEY (gone_id);

--
-- Name: product_model_prices product_model_prices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_prices
    ADD CONSTRAINT product_model_prices_pkey PRIMARY KEY (id);

--
-- Name: product_models product_models_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_models
    ADD CONSTRAINT product_models_pkey PRIMARY KEY (id);

--
-- Name: quality_checks quality_checks_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quality_checks
    ADD CONSTRAINT quality_checks_pkey PRIMARY KEY (id);

--
-- Name: refunds refunds_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_pkey PRIMARY KEY (id);

--
-- Name: repair_events repair_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_events
    ADD CONSTRAINT repair_events_pkey PRIMARY KEY (id);

--
-- Name: repair_parts repair_parts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_parts
    ADD CONSTRAINT repair_parts_pkey PRIMARY KEY (id);

--
-- Name: repair_status_moves repair_status_moves_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_status_moves
    ADD CONSTRAINT repair_status_moves_pkey PRIMARY KEY (from_status, to_status);

--
-- Name: repair_tickets repair_tickets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_tickets
    ADD CONSTRAINT repair_tickets_pkey PRIMARY KEY (id);

--
-- Name: return_lines return_lines_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_lines
    ADD CONSTRAINT return_lines_pkey PRIMARY KEY (id);

--
-- Name: return_requests return_requests_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_requests
    ADD CONSTRAINT return_requests_pkey PRIMARY KEY (id);

--
-- Name: return_requests return_requests_return_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_requests
    ADD CONSTRAINT return_requests_return_id UNIQUE (return_id);

--
-- Name: returns returns_id_invoice; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.returns
    ADD CONSTRAINT returns_id_invoice UNIQUE (id, invoice_id);

--
-- Name: returns returns_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.returns
    ADD CONSTRAINT returns_pkey PRIMARY KEY (id);

--
-- Name: saved_views saved_views_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.saved_views
    ADD CONSTRAINT saved_views_pkey PRIMARY KEY (id);

--
-- Name: scan_set_devices scan_set_devices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scan_set_devices
    ADD CONSTRAINT scan_set_devices_pkey PRIMARY KEY (id);

--
-- Name: secrets secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (name);

--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

--
-- Name: settings settings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (key);

--
-- Name: sign_in_attempts sign_in_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_attempts
    ADD CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (id);

--
-- Name: stock_ledger stock_ledger_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_ledger
    ADD CONSTRAINT stock_ledger_pkey PRIMARY KEY (id);

--
-- Name: stock_moves stock_moves_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_moves
    ADD CONSTRAINT stock_moves_pkey PRIMARY KEY (id);

--
-- Name: stock_receipts stock_receipts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_receipts
    ADD CONSTRAINT stock_receipts_pkey PRIMARY KEY (id);

--
-- Name: stocktake_counts stocktake_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_counts
    ADD CONSTRAINT stocktake_counts_pkey PRIMARY KEY (id);

--
-- Name: stocktake_expected_items stocktake_expected_items_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_expected_items
    ADD CONSTRAINT stocktake_expected_items_pkey PRIMARY KEY (stocktake_id, bulk_stock_id);

--
-- Name: stocktake_expected stocktake_expected_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_expected
    ADD CONSTRAINT stocktake_expected_pkey PRIMARY KEY (stocktake_id, asset_id);

--
-- Name: stocktake_results stocktake_results_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_results
    ADD CONSTRAINT stocktake_results_pkey PRIMARY KEY (id);

--
-- Name: stocktakes stocktakes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktakes
    ADD CONSTRAINT stocktakes_pkey PRIMARY KEY (id);

--
-- Name: tac_codes tac_codes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.tac_codes
    ADD CONSTRAINT tac_codes_pkey PRIMARY KEY (tac);

--
-- Name: till_counts till_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_counts
    ADD CONSTRAINT till_counts_pkey PRIMARY KEY (id);

--
-- Name: till_movements till_movements_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_movements
    ADD CONSTRAINT till_movements_pkey PRIMARY KEY (id);

--
-- Name: till_sessions till_sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_sessions
    ADD CONSTRAINT till_sessions_pkey PRIMARY KEY (id);

--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

--
-- Name: warranties warranties_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranties
    ADD CONSTRAINT warranties_pkey PRIMARY KEY (id);

--
-- Name: warranty_claims warranty_claims_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_pkey PRIMARY KEY (id);

--
-- Name: warranty_status_moves warranty_status_moves_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_status_moves
    ADD CONSTRAINT warranty_status_moves_pkey PRIMARY KEY (from_status, to_status);

--
-- Name: wipe_certificates wipe_certificates_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.wipe_certificates
    ADD CONSTRAINT wipe_certificates_pkey PRIMARY KEY (id);

--
-- Name: idx_api_tokens_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_api_tokens_user ON public.api_tokens USING btree (user_id);

--
-- Name: idx_asset_imeis_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_asset_imeis_asset ON public.asset_imeis USING btree (asset_id);

--
-- Name: idx_assets_ageing; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_ageing ON public.assets USING btree (received_date, id) WHERE (((status)::text = ANY ((ARRAY['Received'::character varying, 'Diagnostics Pending'::character varying, 'Wipe Pending'::character varying, 'QC Pending'::character varying, 'Ready for Sale'::character varying])::text[])) IS TRUE);

--
-- Name: idx_assets_imei_1; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_assets_imei_1 ON public.assets USING btree (imei_1) WHERE (imei_1 IS NOT NULL);

--
-- Name: idx_assets_imei_2; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_assets_imei_2 ON public.assets USING btree (imei_2) WHERE (imei_2 IS NOT NULL);

--
-- Name: idx_assets_import; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_import ON public.assets USING btree (import_id, id) WHERE (import_id IS NOT NULL);

--
-- Name: idx_assets_in_house; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_in_house ON public.assets USING btree (status, status_since) WHERE ((status)::text <> ALL ((ARRAY['Sold'::character varying, 'Scrapped'::character varying])::text[]));

--
-- Name: idx_assets_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_invoice ON public.assets USING btree (invoice_id);

--
-- Name: idx_assets_location; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_location ON public.assets USING btree (location_id);

--
-- Name: idx_assets_lot; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_lot ON public.assets USING btree (lot_id, id) WHERE (lot_id IS NOT NULL);

--
-- Name: idx_assets_model; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_model ON public.assets USING btree (product_model_id);

--
-- Name: idx_assets_model_received; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_model_received ON public.assets USING btree (product_model_id, received_date DESC, id DESC);

--
-- Name: idx_assets_preorder; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_preorder ON public.assets USING btree (preorder_id) WHERE (preorder_id IS NOT NULL);

--
-- Name: idx_assets_ready; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_ready ON public.assets USING btree (product_model_id, received_date DESC, id DESC) WHERE ((status)::text = 'Ready for Sale'::text);

--
-- Name: idx_assets_received_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_received_date ON public.assets USING btree (received_date);

--
-- Name: idx_assets_serial_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_assets_serial_key ON public.assets USING btree (public.serial_key((serial_number)::text) text_pattern_ops);

--
-- Name: idx_assets_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_status ON public.assets USING btree (status);

--
-- Name: idx_assets_status_received; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_assets_status_received ON public.assets USING btree (status, received_date DESC, id DESC);

--
-- Name: idx_assets_tag_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_assets_tag_key ON public.assets USING btree (upper((asset_tag)::text) text_pattern_ops);

--
-- Name: idx_audit_log_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_audit_log_at ON public.audit_log USING brin (at);

--
-- Name: idx_audit_log_entity; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_audit_log_entity ON public.audit_log USING btree (entity, entity_id);

--
-- Name: idx_audit_log_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_audit_log_user ON public.audit_log USING btree (user_id, id);

--
-- Name: idx_bulk_stock_category; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_bulk_stock_category ON public.bulk_stock USING btree (category);

--
-- Name: idx_bulk_stock_locations_location; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_bulk_stock_locations_location ON public.bulk_stock_locations USING btree (location_id);

--
-- Name: idx_bulk_stock_quantity; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_bulk_stock_quantity ON public.bulk_stock USING btree (quantity);

--
-- Name: idx_bulk_stock_sku_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_bulk_stock_sku_key ON public.bulk_stock USING btree (upper((sku)::text) text_pattern_ops);

--
-- Name: idx_buy_backs_lot; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_buy_backs_lot ON public.buy_backs USING btree (lot_id) WHERE (lot_id IS NOT NULL);

--
-- Name: idx_charge_shares_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_charge_shares_asset ON public.lot_charge_shares USING btree (asset_id);

--
-- Name: idx_customer_consents_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customer_consents_customer ON public.customer_consents USING btree (customer_id, channel, id);

--
-- Name: idx_customers_alternate_phone; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_alternate_phone ON public.customers USING btree (alternate_phone) WHERE (alternate_phone IS NOT NULL);

--
-- Name: idx_customers_business_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_business_key ON public.customers USING btree (lower((business_name)::text)) WHERE ((business_name IS NOT NULL) AND (deleted_at IS NULL));

--
-- Name: idx_customers_deleted; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_deleted ON public.customers USING btree (deleted_at);

--
-- Name: idx_customers_email_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_email_key ON public.customers USING btree (lower((email)::text)) WHERE (email IS NOT NULL);

--
-- Name: idx_customers_merged_into; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_merged_into ON public.customers USING btree (merged_into) WHERE (merged_into IS NOT NULL);

--
-- Name: idx_customers_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_name ON public.customers USING btree (full_name);

--
-- Name: idx_customers_name_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_name_key ON public.customers USING btree (lower((full_name)::text)) WHERE (deleted_at IS NULL);

--
-- Name: idx_customers_phone; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_phone ON public.customers USING btree (phone);

--
-- Name: idx_customers_search; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_search ON public.customers USING gin (full_name public.gin_trgm_ops, business_name public.gin_trgm_ops, phone public.gin_trgm_ops);

--
-- Name: idx_customers_type; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_customers_type ON public.customers USING btree (customer_type);

--
-- Name: idx_diagnostics_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_diagnostics_asset ON public.diagnostics_results USING btree (asset_id);

--
-- Name: idx_diagnostics_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_diagnostics_date ON public.diagnostics_results USING btree (diagnostic_date);

--
-- Name: idx_diagnostics_technician; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_diagnostics_technician ON public.diagnostics_results USING btree (technician_id, diagnostic_date);

--
-- Name: idx_idempotency_keys_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

--
-- Name: idx_imports_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_imports_created ON public.imports USING btree (created_at);

--
-- Name: idx_imports_sha256; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_imports_sha256 ON public.imports USING btree (sha256);

--
-- Name: idx_invoice_lines_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoice_lines_asset ON public.invoice_lines USING btree (asset_id);

--
-- Name: idx_invoice_lines_bulk; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoice_lines_bulk ON public.invoice_lines USING btree (bulk_stock_id);

--
-- Name: idx_invoice_lines_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoice_lines_invoice ON public.invoice_lines USING btree (invoice_id);

--
-- Name: idx_invoice_lines_live_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_invoice_lines_live_asset ON public.invoice_lines USING btree (asset_id) WHERE ((asset_id IS NOT NULL) AND (released_at IS NULL));

--
-- Name: idx_invoices_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoices_customer ON public.invoices USING btree (customer_id);

--
-- Name: idx_invoices_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoices_date ON public.invoices USING btree (invoice_date);

--
-- Name: idx_invoices_hold; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoices_hold ON public.invoices USING btree (hold_expires_at) INCLUDE (total_amount, goods_released_at) WHERE (((status)::text = ANY ((ARRAY['Draft'::character varying, 'Sent'::character varying])::text[])) AND (hold_expires_at IS NOT NULL));

--
-- Name: idx_invoices_lead_source; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoices_lead_source ON public.invoices USING btree (lead_source);

--
-- Name: idx_invoices_open_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoices_open_customer ON public.invoices USING btree (customer_id) WHERE ((status)::text = 'Sent'::text);

--
-- Name: idx_invoices_receivable; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoices_receivable ON public.invoices USING btree (due_date) INCLUDE (total_amount) WHERE ((status)::text = 'Sent'::text);

--
-- Name: idx_invoices_sales_rep; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoices_sales_rep ON public.invoices USING btree (sales_rep_id, invoice_date);

--
-- Name: idx_invoices_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_invoices_status ON public.invoices USING btree (status);

--
-- Name: idx_jobs_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_jobs_due ON public.jobs USING btree (run_at) WHERE (done_at IS NULL);

--
-- Name: idx_list_choices_view; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_list_choices_view ON public.list_choices USING btree (saved_view_id) WHERE (saved_view_id IS NOT NULL);

--
-- Name: idx_lot_changes_lot; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_lot_changes_lot ON public.lot_changes USING btree (lot_id);

--
-- Name: idx_lot_lines_import; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_lot_lines_import ON public.lot_lines USING btree (import_id) WHERE (import_id IS NOT NULL);

--
-- Name: idx_lot_lines_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_lot_lines_key ON public.lot_lines USING btree (public.serial_key((serial_number)::text));

--
-- Name: idx_lot_lines_serial; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_lot_lines_serial ON public.lot_lines USING btree (lot_id, public.serial_key((serial_number)::text));

--
-- Name: idx_lots_received; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_lots_received ON public.lots USING btree (received_date DESC, id DESC);

--
-- Name: idx_lots_reference; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_lots_reference ON public.lots USING btree (lower((COALESCE(supplier, ''::character varying))::text), lower((supplier_reference)::text)) WHERE (supplier_reference IS NOT NULL);

--
-- Name: idx_machine_reports_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_machine_reports_asset ON public.machine_reports USING btree (asset_id, id DESC);

--
-- Name: idx_message_events_message; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_message_events_message ON public.message_events USING btree (message_id, id);

--
-- Name: idx_messages_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_created ON public.messages USING btree (created_at, id);

--
-- Name: idx_messages_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_customer ON public.messages USING btree (customer_id);

--
-- Name: idx_messages_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_due ON public.messages USING btree (next_attempt_at, id) WHERE ((status)::text = 'Queued'::text);

--
-- Name: idx_messages_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_invoice ON public.messages USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);

--
-- Name: idx_messages_preorder; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_preorder ON public.messages USING btree (preorder_id) WHERE (preorder_id IS NOT NULL);

--
-- Name: idx_messages_repair_ticket; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_repair_ticket ON public.messages USING btree (repair_ticket_id) WHERE (repair_ticket_id IS NOT NULL);

--
-- Name: idx_messages_return; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_return ON public.messages USING btree (return_id) WHERE (return_id IS NOT NULL);

--
-- Name: idx_messages_sending; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_sending ON public.messages USING btree (claimed_until) WHERE ((status)::text = 'Sending'::text);

--
-- Name: idx_messages_warranty; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_messages_warranty ON public.messages USING btree (warranty_id) WHERE (warranty_id IS NOT NULL);

--
-- Name: idx_movements_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_movements_asset ON public.inventory_movements USING btree (asset_id);

--
-- Name: idx_movements_by; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_movements_by ON public.inventory_movements USING btree (moved_by, created_at DESC, id DESC);

--
-- Name: idx_movements_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_movements_date ON public.inventory_movements USING btree (created_at);

--
-- Name: idx_movements_newest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_movements_newest ON public.inventory_movements USING btree (created_at DESC, id DESC);

--
-- Name: idx_movements_reason; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_movements_reason ON public.inventory_movements USING gin (reason public.gin_trgm_ops) WHERE (reason IS NOT NULL);

--
-- Name: idx_movements_to_place; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_movements_to_place ON public.inventory_movements USING btree (to_location_id, created_at DESC, id DESC) WHERE (from_location_id IS DISTINCT FROM to_location_id);

--
-- Name: idx_movements_to_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_movements_to_status ON public.inventory_movements USING btree (to_status, created_at DESC, id DESC) WHERE ((from_status)::text IS DISTINCT FROM (to_status)::text);

--
-- Name: idx_parked_sales_day; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_parked_sales_day ON public.parked_sales USING btree (parked_on);

--
-- Name: idx_payment_batches_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payment_batches_customer ON public.payment_batches USING btree (customer_id, payment_date);

--
-- Name: idx_payment_sources_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payment_sources_asset ON public.payment_sources USING btree (asset_id) WHERE (asset_id IS NOT NULL);

--
-- Name: idx_payment_sources_return; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payment_sources_return ON public.payment_sources USING btree (return_id) WHERE (return_id IS NOT NULL);

--
-- Name: idx_payments_batch; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payments_batch ON public.payments USING btree (batch_id) WHERE (batch_id IS NOT NULL);

--
-- Name: idx_payments_claimed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payments_claimed ON public.payments USING btree (id) WHERE claimed;

--
-- Name: idx_payments_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payments_date ON public.payments USING btree (payment_date);

--
-- Name: idx_payments_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payments_invoice ON public.payments USING btree (invoice_id);

--
-- Name: idx_payments_method; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payments_method ON public.payments USING btree (payment_method);

--
-- Name: idx_payments_preorder; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_payments_preorder ON public.payments USING btree (preorder_id) WHERE (preorder_id IS NOT NULL);

--
-- Name: idx_payments_reference; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_payments_reference ON public.payments USING btree (payment_method, public.serial_key((reference)::text)) WHERE ((reference IS NOT NULL) AND ((payment_method)::text = ANY ((ARRAY['MoMo'::character varying, 'Bank Transfer'::character varying])::text[])));

--
-- Name: idx_payments_till; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_payments_till ON public.payments USING btree (till_session_id) WHERE (till_session_id IS NOT NULL);

--
-- Name: idx_photos_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_photos_asset ON public.photos USING btree (asset_id, id) WHERE (asset_id IS NOT NULL);

--
-- Name: idx_photos_model; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_photos_model ON public.photos USING btree (product_model_id, id) WHERE (product_model_id IS NOT NULL);

--
-- Name: idx_photos_ticket; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_photos_ticket ON public.photos USING btree (repair_ticket_id, id) WHERE (repair_ticket_id IS NOT NULL);

--
-- Name: idx_preorder_deposits_claimed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorder_deposits_claimed ON public.preorder_deposits USING btree (id) WHERE claimed;

--
-- Name: idx_preorder_deposits_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorder_deposits_date ON public.preorder_deposits USING btree (entry_date);

--
-- Name: idx_preorder_deposits_preorder; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorder_deposits_preorder ON public.preorder_deposits USING btree (preorder_id);

--
-- Name: idx_preorder_deposits_reference; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_preorder_deposits_reference ON public.preorder_deposits USING btree (payment_method, public.serial_key((reference)::text)) WHERE ((reference IS NOT NULL) AND ((kind)::text = ANY ((ARRAY['Deposit'::character varying, 'Shortfall'::character varying])::text[])) AND ((payment_method)::text = ANY ((ARRAY['MoMo'::character varying, 'Bank Transfer'::character varying])::text[])));

--
-- Name: idx_preorder_deposits_till; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorder_deposits_till ON public.preorder_deposits USING btree (till_session_id) WHERE (till_session_id IS NOT NULL);

--
-- Name: idx_preorder_events_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorder_events_date ON public.preorder_events USING btree (created_at);

--
-- Name: idx_preorder_events_preorder; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorder_events_preorder ON public.preorder_events USING btree (preorder_id);

--
-- Name: idx_preorders_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_asset ON public.preorders USING btree (asset_id);

--
-- Name: idx_preorders_assigned; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_assigned ON public.preorders USING btree (assigned_to) WHERE (assigned_to IS NOT NULL);

--
-- Name: idx_preorders_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_customer ON public.preorders USING btree (customer_id);

--
-- Name: idx_preorders_deposit_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_deposit_date ON public.preorders USING btree (deposit_date) WHERE deposit_paid;

--
-- Name: idx_preorders_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_due ON public.preorders USING btree (COALESCE(sla_date, '9999-12-31'::date), id) WHERE (((status)::text <> 'Closed'::text) AND (called_off_at IS NULL));

--
-- Name: idx_preorders_holding_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_preorders_holding_asset ON public.preorders USING btree (asset_id) WHERE ((status)::text = ANY ((ARRAY['Arrived'::character varying, 'Customer Notified'::character varying])::text[]));

--
-- Name: idx_preorders_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_preorders_invoice ON public.preorders USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);

--
-- Name: idx_preorders_model; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_model ON public.preorders USING btree (product_model_id) WHERE (product_model_id IS NOT NULL);

--
-- Name: idx_preorders_resale_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_resale_invoice ON public.preorders USING btree (resale_invoice_id) WHERE (resale_invoice_id IS NOT NULL);

--
-- Name: idx_preorders_sla; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_sla ON public.preorders USING btree (sla_date);

--
-- Name: idx_preorders_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_preorders_status ON public.preorders USING btree (status);

--
-- Name: idx_price_lists_name; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_price_lists_name ON public.price_lists USING btree (lower(btrim((name)::text)));

--
-- Name: idx_product_model_bundles_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_product_model_bundles_item ON public.product_model_bundles USING btree (bulk_stock_id);

--
-- Name: idx_product_model_merges_kept; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_product_model_merges_kept ON public.product_model_merges USING btree (product_model_id);

--
-- Name: idx_product_model_prices_model; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_product_model_prices_model ON public.product_model_prices USING btree (product_model_id, changed_at DESC, id DESC);

--
-- Name: idx_product_models_brand; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_product_models_brand ON public.product_models USING btree (brand);

--
-- Name: idx_product_models_category; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_product_models_category ON public.product_models USING btree (category);

--
-- Name: idx_product_models_key; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_product_models_key ON public.product_models USING btree (lower((brand)::text), lower((model_name)::text));

--
-- Name: idx_product_models_model; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_product_models_model ON public.product_models USING btree (model_name);

--
-- Name: idx_product_models_search; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_product_models_search ON public.product_models USING gin (((((brand)::text || ' '::text) || (model_name)::text)) public.gin_trgm_ops);

--
-- Name: idx_quality_checks_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_quality_checks_asset ON public.quality_checks USING btree (asset_id);

--
-- Name: idx_quality_checks_technician; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_quality_checks_technician ON public.quality_checks USING btree (technician_id, created_at);

--
-- Name: idx_refunds_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_refunds_date ON public.refunds USING btree (refund_date);

--
-- Name: idx_refunds_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_refunds_invoice ON public.refunds USING btree (invoice_id);

--
-- Name: idx_refunds_return; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_refunds_return ON public.refunds USING btree (return_id) WHERE (return_id IS NOT NULL);

--
-- Name: idx_refunds_till; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_refunds_till ON public.refunds USING btree (till_session_id) WHERE (till_session_id IS NOT NULL);

--
-- Name: idx_repair_events_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_events_date ON public.repair_events USING btree (created_at);

--
-- Name: idx_repair_events_ticket; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_events_ticket ON public.repair_events USING btree (repair_ticket_id);

--
-- Name: idx_repair_parts_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_parts_item ON public.repair_parts USING btree (bulk_stock_id);

--
-- Name: idx_repair_parts_ticket; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_parts_ticket ON public.repair_parts USING btree (repair_ticket_id);

--
-- Name: idx_repair_tickets_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_tickets_asset ON public.repair_tickets USING btree (asset_id);

--
-- Name: idx_repair_tickets_assigned; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_tickets_assigned ON public.repair_tickets USING btree (assigned_to);

--
-- Name: idx_repair_tickets_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_tickets_customer ON public.repair_tickets USING btree (customer_id);

--
-- Name: idx_repair_tickets_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_tickets_date ON public.repair_tickets USING btree (opened_date);

--
-- Name: idx_repair_tickets_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_tickets_invoice ON public.repair_tickets USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);

--
-- Name: idx_repair_tickets_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_tickets_open ON public.repair_tickets USING btree (status, id) WHERE ((status)::text <> 'Closed'::text);

--
-- Name: idx_repair_tickets_open_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_repair_tickets_open_asset ON public.repair_tickets USING btree (asset_id) WHERE ((status)::text <> 'Closed'::text);

--
-- Name: idx_repair_tickets_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_repair_tickets_status ON public.repair_tickets USING btree (status);

--
-- Name: idx_return_lines_invoice_line; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_return_lines_invoice_line ON public.return_lines USING btree (invoice_line_id);

--
-- Name: idx_return_requests_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_return_requests_invoice ON public.return_requests USING btree (invoice_id);

--
-- Name: idx_return_requests_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_return_requests_open ON public.return_requests USING btree (created_at, id) WHERE ((status)::text = 'Requested'::text);

--
-- Name: idx_returns_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_returns_date ON public.returns USING btree (return_date);

--
-- Name: idx_returns_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_returns_invoice ON public.returns USING btree (invoice_id);

--
-- Name: idx_saved_views_name; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_saved_views_name ON public.saved_views USING btree (owner_id, list, lower((view_name)::text));

--
-- Name: idx_saved_views_shared; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_saved_views_shared ON public.saved_views USING btree (list) WHERE is_shared;

--
-- Name: idx_scan_set_devices_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_scan_set_devices_user ON public.scan_set_devices USING btree (user_id, id DESC);

--
-- Name: idx_sessions_expires; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_sessions_expires ON public.sessions USING btree (expires_at);

--
-- Name: idx_sessions_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_sessions_user ON public.sessions USING btree (user_id);

--
-- Name: idx_sign_in_attempts_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_sign_in_attempts_account ON public.sign_in_attempts USING btree (account_key, at);

--
-- Name: idx_sign_in_attempts_address; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_sign_in_attempts_address ON public.sign_in_attempts USING btree (address, at);

--
-- Name: idx_sign_in_attempts_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_sign_in_attempts_at ON public.sign_in_attempts USING btree (at);

--
-- Name: idx_stock_ledger_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_ledger_invoice ON public.stock_ledger USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);

--
-- Name: idx_stock_ledger_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_ledger_item ON public.stock_ledger USING btree (bulk_stock_id, id DESC);

--
-- Name: idx_stock_ledger_ticket; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_ledger_ticket ON public.stock_ledger USING btree (repair_ticket_id) WHERE (repair_ticket_id IS NOT NULL);

--
-- Name: idx_stock_moves_created_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_moves_created_at ON public.stock_moves USING btree (created_at);

--
-- Name: idx_stock_moves_from; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_moves_from ON public.stock_moves USING btree (from_location_id, id DESC);

--
-- Name: idx_stock_moves_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_moves_item ON public.stock_moves USING btree (bulk_stock_id, id DESC);

--
-- Name: idx_stock_moves_to; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_moves_to ON public.stock_moves USING btree (to_location_id, id DESC);

--
-- Name: idx_stock_receipts_created_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_receipts_created_at ON public.stock_receipts USING btree (created_at);

--
-- Name: idx_stock_receipts_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_receipts_item ON public.stock_receipts USING btree (bulk_stock_id, id DESC);

--
-- Name: idx_stock_receipts_supplier; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stock_receipts_supplier ON public.stock_receipts USING btree (lower((supplier)::text), id DESC);

--
-- Name: idx_stocktake_counts_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_stocktake_counts_asset ON public.stocktake_counts USING btree (stocktake_id, asset_id) WHERE ((asset_id IS NOT NULL) AND (removed_at IS NULL));

--
-- Name: idx_stocktake_counts_item; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stocktake_counts_item ON public.stocktake_counts USING btree (stocktake_id, bulk_stock_id) WHERE (bulk_stock_id IS NOT NULL);

--
-- Name: idx_stocktake_counts_latest; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stocktake_counts_latest ON public.stocktake_counts USING btree (stocktake_id, id DESC);

--
-- Name: idx_stocktake_counts_unknown; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_stocktake_counts_unknown ON public.stocktake_counts USING btree (stocktake_id, public.serial_key((code)::text)) WHERE ((asset_id IS NULL) AND (bulk_stock_id IS NULL) AND (removed_at IS NULL));

--
-- Name: idx_stocktake_results; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stocktake_results ON public.stocktake_results USING btree (stocktake_id);

--
-- Name: idx_stocktake_results_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_stocktake_results_asset ON public.stocktake_results USING btree (stocktake_id, asset_id) WHERE (asset_id IS NOT NULL);

--
-- Name: idx_stocktake_results_item; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_stocktake_results_item ON public.stocktake_results USING btree (stocktake_id, bulk_stock_id) WHERE (bulk_stock_id IS NOT NULL);

--
-- Name: idx_stocktakes_open; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_stocktakes_open ON public.stocktakes USING btree (location_id) WHERE ((status)::text = ANY ((ARRAY['Counting'::character varying, 'Submitted'::character varying])::text[]));

--
-- Name: idx_stocktakes_started; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_stocktakes_started ON public.stocktakes USING btree (started_at DESC, id DESC);

--
-- Name: idx_till_counts_total; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_till_counts_total ON public.till_counts USING btree (till_session_id, payment_method) WHERE (denomination IS NULL);

--
-- Name: idx_till_movements_session; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_till_movements_session ON public.till_movements USING btree (till_session_id);

--
-- Name: idx_till_sessions_open; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_till_sessions_open ON public.till_sessions USING btree (user_id) WHERE ((state)::text <> 'Closed'::text);

--
-- Name: idx_till_sessions_opened; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_till_sessions_opened ON public.till_sessions USING btree (opened_at);

--
-- Name: idx_till_sessions_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_till_sessions_user ON public.till_sessions USING btree (user_id, opened_at);

--
-- Name: idx_users_email_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_users_email_key ON public.users USING btree (lower((email)::text));

--
-- Name: idx_users_role; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_users_role ON public.users USING btree (role);

--
-- Name: idx_users_username_key; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_users_username_key ON public.users USING btree (lower((username)::text));

--
-- Name: idx_warranties_active; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_warranties_active ON public.warranties USING btree (invoice_id, asset_id) WHERE ((status)::text = 'Active'::text);

--
-- Name: idx_warranties_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranties_asset ON public.warranties USING btree (asset_id);

--
-- Name: idx_warranties_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranties_customer ON public.warranties USING btree (customer_id);

--
-- Name: idx_warranties_dates; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranties_dates ON public.warranties USING btree (start_date, end_date);

--
-- Name: idx_warranties_invoice; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranties_invoice ON public.warranties USING btree (invoice_id);

--
-- Name: idx_warranties_replaces; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_warranties_replaces ON public.warranties USING btree (replaces_warranty_id) WHERE (replaces_warranty_id IS NOT NULL);

--
-- Name: idx_warranties_running_out; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranties_running_out ON public.warranties USING btree (end_date) WHERE ((status)::text = 'Active'::text);

--
-- Name: idx_warranty_claims_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranty_claims_customer ON public.warranty_claims USING btree (customer_id);

--
-- Name: idx_warranty_claims_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranty_claims_date ON public.warranty_claims USING btree (claim_date);

--
-- Name: idx_warranty_claims_one_ticket; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_warranty_claims_one_ticket ON public.warranty_claims USING btree (repair_ticket_id) WHERE (repair_ticket_id IS NOT NULL);

--
-- Name: idx_warranty_claims_open; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX idx_warranty_claims_open ON public.warranty_claims USING btree (warranty_id) WHERE ((status)::text = ANY ((ARRAY['Submitted'::character varying, 'Approved'::character varying])::text[]));

--
-- Name: idx_warranty_claims_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranty_claims_status ON public.warranty_claims USING btree (status);

--
-- Name: idx_warranty_claims_ticket; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranty_claims_ticket ON public.warranty_claims USING btree (repair_ticket_id) WHERE (repair_ticket_id IS NOT NULL);

--
-- Name: idx_warranty_claims_warranty; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_warranty_claims_warranty ON public.warranty_claims USING btree (warranty_id);

--
-- Name: idx_wipe_asset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_wipe_asset ON public.wipe_certificates USING btree (asset_id);

--
-- Name: idx_wipe_date; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_wipe_date ON public.wipe_certificates USING btree (wipe_date);

--
-- Name: idx_wipe_technician; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_wipe_technician ON public.wipe_certificates USING btree (technician_id, wipe_date);

--
-- Name: api_tokens api_tokens_tell_signed_in; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER api_tokens_tell_signed_in AFTER DELETE OR UPDATE OF user_id, token_hash, expires_at, revoked_at ON public.api_tokens FOR EACH STATEMENT EXECUTE FUNCTION public.tell_signed_in();

--
-- Name: buy_backs apply_buy_back; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER apply_buy_back BEFORE INSERT ON public.buy_backs FOR EACH ROW EXECUTE FUNCTION public.apply_buy_back();

--
-- Name: preorder_deposit_decisions apply_deposit_decision; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER apply_deposit_decision BEFORE INSERT ON public.preorder_deposit_decisions FOR EACH ROW EXECUTE FUNCTION public.apply_deposit_decision();

--
-- Name: payments apply_payments; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER apply_payments AFTER INSERT ON public.payments REFERENCING NEW TABLE AS paid FOR EACH STATEMENT EXECUTE FUNCTION public.apply_payments();

--
-- Name: preorder_deposits apply_preorder_deposit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER apply_preorder_deposit BEFORE INSERT ON public.preorder_deposits FOR EACH ROW EXECUTE FUNCTION public.apply_preorder_deposit();

--
-- Name: refunds apply_refund; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER apply_refund BEFORE INSERT ON public.refunds FOR EACH ROW EXECUTE FUNCTION public.apply_refund();

--
-- Name: returns apply_return; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER apply_return BEFORE INSERT ON public.returns FOR EACH ROW WHEN ((new.total_amount <> (0)::numeric)) EXECUTE FUNCTION public.apply_return();

--
-- Name: return_lines apply_return_line; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER apply_return_line BEFORE INSERT ON public.return_lines FOR EACH ROW EXECUTE FUNCTION public.apply_return_line();

--
-- Name: stock_moves apply_stock_move; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER apply_stock_move BEFORE INSERT ON public.stock_moves FOR EACH ROW EXECUTE FUNCTION public.apply_stock_move();

--
-- Name: payments assign_till; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER assign_till BEFORE INSERT ON public.payments FOR EACH ROW WHEN ((new.preorder_id IS NULL)) EXECUTE FUNCTION public.assign_till();

--
-- Name: preorder_deposits assign_till; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER assign_till BEFORE INSERT ON public.preorder_deposits FOR EACH ROW WHEN ((new.payment_method IS NOT NULL)) EXECUTE FUNCTION public.assign_till();

--
-- Name: refunds assign_till; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER assign_till BEFORE INSERT ON public.refunds FOR EACH ROW EXECUTE FUNCTION public.assign_till();

--
-- Name: stocktakes begin_stocktake; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER begin_stocktake BEFORE INSERT ON public.stocktakes FOR EACH ROW EXECUTE FUNCTION public.begin_stocktake();

--
-- Name: bulk_stock bring_home; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER bring_home BEFORE UPDATE ON public.bulk_stock FOR EACH ROW WHEN (((old.location_id IS DISTINCT FROM new.location_id) AND (new.elsewhere_quantity > 0))) EXECUTE FUNCTION public.bring_home();

--
-- Name: lot_charge_shares carry_charge_shares; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER carry_charge_shares AFTER INSERT ON public.lot_charge_shares REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.carry_charge_shares();

--
-- Name: preorders check_called_off; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER check_called_off AFTER UPDATE ON public.preorders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.called_off_at IS NOT NULL)) EXECUTE FUNCTION public.check_called_off();

--
-- Name: lot_charges check_charge_shares; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER check_charge_shares AFTER INSERT ON public.lot_charges DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.check_charge_shares();

--
-- Name: payment_batches check_payment_batch; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER check_payment_batch AFTER INSERT ON public.payment_batches DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.check_payment_batch();

--
-- Name: payments check_payment_batch_part; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER check_payment_batch_part AFTER INSERT ON public.payments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.batch_id IS NOT NULL)) EXECUTE FUNCTION public.check_payment_batch();

--
-- Name: assets check_preorder_device; Type: TRIGGER; Schema: public; Owner: -
--

CREATE CONSTRAINT TRIGGER check_preorder_device AFTER UPDATE ON public.assets DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((old.status)::text = 'Reserved'::text) AND ((new.status)::text IS DISTINCT FROM 'Reserved'::text))) EXECUTE FUNCTION public.check_preorder_device();

--
-- Name: assets count_added_assets; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER count_added_assets AFTER INSERT ON public.assets REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.add_asset_status();

ALTER TABLE public.assets ENABLE ALWAYS TRIGGER count_added_assets;

--
-- Name: assets count_changed_asset; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER count_changed_asset AFTER UPDATE ON public.assets FOR EACH ROW WHEN ((((old.status)::text <> (new.status)::text) OR ((old.voided_at IS NULL) <> (new.voided_at IS NULL)))) EXECUTE FUNCTION public.change_asset_status();

ALTER TABLE public.assets ENABLE ALWAYS TRIGGER count_changed_asset;

--
-- Name: invoices count_changed_invoice; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER count_changed_invoice AFTER UPDATE ON public.invoices FOR EACH ROW WHEN (((((old.status)::text = 'Paid'::text) OR ((new.status)::text = 'Paid'::text)) AND ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.invoice_date IS DISTINCT FROM new.invoice_date)) OR (old.total_amount IS DISTINCT FROM new.total_amount)))) EXECUTE FUNCTION public.change_paid_day();

ALTER TABLE public.invoices ENABLE ALWAYS TRIGGER count_changed_invoice;

--
-- Name: assets count_deleted_asset; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER count_deleted_asset AFTER DELETE ON public.assets FOR EACH ROW EXECUTE FUNCTION public.change_asset_status();

ALTER TABLE public.assets ENABLE ALWAYS TRIGGER count_deleted_asset;

--
-- Name: invoices count_deleted_invoice; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER count_deleted_invoice AFTER DELETE ON public.invoices FOR EACH ROW WHEN (((old.status)::text = 'Paid'::text)) EXECUTE FUNCTION public.change_paid_day();

ALTER TABLE public.invoices ENABLE ALWAYS TRIGGER count_deleted_invoice;

--
-- Name: invoices count_paid_invoice; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER count_paid_invoice AFTER INSERT ON public.invoices FOR EACH ROW WHEN (((new.status)::text = 'Paid'::text)) EXECUTE FUNCTION public.change_paid_day();

ALTER TABLE public.invoices ENABLE ALWAYS TRIGGER count_paid_invoice;

--
-- Name: customers erase_photos; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER erase_photos AFTER UPDATE OF erased_at ON public.customers FOR EACH ROW WHEN (((old.erased_at IS NULL) AND (new.erased_at IS NOT NULL))) EXECUTE FUNCTION public.erase_photos();

--
-- Name: preorders follow_called_off; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_called_off AFTER UPDATE ON public.preorders FOR EACH ROW WHEN (((old.called_off_at IS NULL) AND (new.called_off_at IS NOT NULL))) EXECUTE FUNCTION public.follow_called_off();

--
-- Name: warranty_claims follow_claim; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_claim AFTER INSERT OR UPDATE ON public.warranty_claims FOR EACH ROW EXECUTE FUNCTION public.follow_claim();

--
-- Name: customer_consents follow_merged_customer; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON public.customer_consents FOR EACH ROW WHEN ((new.customer_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_customer();

--
-- Name: invoices follow_merged_customer; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON public.invoices FOR EACH ROW WHEN ((new.customer_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_customer();

--
-- Name: messages follow_merged_customer; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON public.messages FOR EACH ROW WHEN ((new.customer_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_customer();

--
-- Name: payment_batches follow_merged_customer; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON public.payment_batches FOR EACH ROW WHEN ((new.customer_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_customer();

--
-- Name: preorders follow_merged_customer; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON public.preorders FOR EACH ROW WHEN ((new.customer_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_customer();

--
-- Name: repair_tickets follow_merged_customer; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON public.repair_tickets FOR EACH ROW WHEN ((new.customer_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_customer();

--
-- Name: warranties follow_merged_customer; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON public.warranties FOR EACH ROW WHEN ((new.customer_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_customer();

--
-- Name: warranty_claims follow_merged_customer; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_customer BEFORE INSERT OR UPDATE OF customer_id ON public.warranty_claims FOR EACH ROW WHEN ((new.customer_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_customer();

--
-- Name: assets follow_merged_model; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_model BEFORE INSERT OR UPDATE OF product_model_id ON public.assets FOR EACH ROW WHEN ((new.product_model_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_model();

--
-- Name: photos follow_merged_model; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_model BEFORE INSERT ON public.photos FOR EACH ROW WHEN ((new.product_model_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_model();

--
-- Name: preorders follow_merged_model; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_model BEFORE INSERT OR UPDATE OF product_model_id ON public.preorders FOR EACH ROW WHEN ((new.product_model_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_model();

--
-- Name: product_model_bundles follow_merged_model; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_merged_model BEFORE INSERT OR UPDATE OF product_model_id ON public.product_model_bundles FOR EACH ROW WHEN ((new.product_model_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merged_model();

--
-- Name: preorders follow_preorder_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_preorder_insert AFTER INSERT ON public.preorders FOR EACH ROW EXECUTE FUNCTION public.follow_preorder();

--
-- Name: preorders follow_preorder_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_preorder_update AFTER UPDATE ON public.preorders FOR EACH ROW WHEN (((old.status)::text IS DISTINCT FROM (new.status)::text)) EXECUTE FUNCTION public.follow_preorder();

--
-- Name: assets follow_resale; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER follow_resale AFTER UPDATE OF status ON public.assets FOR EACH ROW WHEN ((((new.status)::text = 'Sold'::text) AND ((old.status)::text IS DISTINCT FROM 'Sold'::text))) EXECUTE FUNCTION public.follow_resale();

--
-- Name: payments guard_applied_deposit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_applied_deposit BEFORE INSERT ON public.payments FOR EACH ROW WHEN ((new.preorder_id IS NOT NULL)) EXECUTE FUNCTION public.guard_applied_deposit();

--
-- Name: assets guard_asset_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_asset_insert BEFORE INSERT ON public.assets FOR EACH ROW WHEN ((((new.status)::text IS DISTINCT FROM 'Received'::text) OR (new.status_entry IS DISTINCT FROM 1) OR (new.returned_entry IS NOT NULL))) EXECUTE FUNCTION public.guard_asset_receipt();

--
-- Name: assets guard_asset_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_asset_update BEFORE UPDATE ON public.assets FOR EACH ROW WHEN (((((((((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.status_entry IS DISTINCT FROM new.status_entry)) OR (old.returned_entry IS DISTINCT FROM new.returned_entry)) OR (old.status_since IS DISTINCT FROM new.status_since)) OR (old.invoice_id IS DISTINCT FROM new.invoice_id)) OR (old.sale_price IS DISTINCT FROM new.sale_price)) OR (old.sale_date IS DISTINCT FROM new.sale_date))) EXECUTE FUNCTION public.guard_asset_status();

--
-- Name: warranty_claims guard_claim_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_claim_delete BEFORE DELETE ON public.warranty_claims FOR EACH ROW EXECUTE FUNCTION public.guard_claim_delete();

--
-- Name: warranty_claims guard_claim_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_claim_insert BEFORE INSERT ON public.warranty_claims FOR EACH ROW EXECUTE FUNCTION public.guard_claim_insert();

--
-- Name: warranty_claims guard_claim_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_claim_update BEFORE UPDATE ON public.warranty_claims FOR EACH ROW EXECUTE FUNCTION public.guard_claim_update();

--
-- Name: invoices guard_closed_day; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_closed_day BEFORE INSERT OR UPDATE OF invoice_date ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.guard_closed_invoice();

--
-- Name: payments guard_closed_day; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_closed_day BEFORE INSERT ON public.payments FOR EACH ROW EXECUTE FUNCTION public.guard_closed_payment();

--
-- Name: preorder_deposits guard_closed_day; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_closed_day BEFORE INSERT ON public.preorder_deposits FOR EACH ROW EXECUTE FUNCTION public.guard_closed_deposit();

--
-- Name: refunds guard_closed_day; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_closed_day BEFORE INSERT ON public.refunds FOR EACH ROW EXECUTE FUNCTION public.guard_closed_refund();

--
-- Name: returns guard_closed_day; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_closed_day BEFORE INSERT ON public.returns FOR EACH ROW EXECUTE FUNCTION public.guard_closed_return();

--
-- Name: payment_confirmations guard_confirmation; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_confirmation BEFORE INSERT ON public.payment_confirmations FOR EACH ROW EXECUTE FUNCTION public.guard_claim();

--
-- Name: bulk_stock guard_elsewhere; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_elsewhere BEFORE UPDATE OF elsewhere_quantity ON public.bulk_stock FOR EACH ROW WHEN (((old.elsewhere_quantity IS DISTINCT FROM new.elsewhere_quantity) AND (pg_trigger_depth() = 0))) EXECUTE FUNCTION public.guard_elsewhere();

--
-- Name: invoices guard_invoice_claims; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_invoice_claims BEFORE UPDATE ON public.invoices FOR EACH ROW WHEN ((((new.status)::text = 'Paid'::text) AND ((old.status)::text IS DISTINCT FROM 'Paid'::text))) EXECUTE FUNCTION public.guard_invoice_claims();

--
-- Name: invoices guard_invoice_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_invoice_delete BEFORE DELETE ON public.invoices FOR EACH ROW WHEN ((((old.status)::text <> 'Draft'::text) OR (old.amount_paid <> (0)::numeric))) EXECUTE FUNCTION public.guard_invoice_delete();

--
-- Name: invoices guard_invoice_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_invoice_insert BEFORE INSERT ON public.invoices FOR EACH ROW WHEN ((((new.status)::text IS DISTINCT FROM 'Draft'::text) OR (new.amount_paid <> (0)::numeric) OR (new.amount_refunded <> (0)::numeric))) EXECUTE FUNCTION public.guard_invoice_insert();

--
-- Name: invoices guard_invoice_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_invoice_update BEFORE UPDATE ON public.invoices FOR EACH ROW WHEN ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.goods_released_at IS DISTINCT FROM new.goods_released_at) OR ((pg_trigger_depth() = 0) AND (((old.status)::text <> 'Draft'::text) OR (old.amount_paid IS DISTINCT FROM new.amount_paid) OR (old.amount_refunded IS DISTINCT FROM new.amount_refunded) OR (old.amount_credited IS DISTINCT FROM new.amount_credited))))) EXECUTE FUNCTION public.guard_invoice_update();

--
-- Name: invoice_lines guard_line_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_line_delete BEFORE DELETE ON public.invoice_lines FOR EACH ROW EXECUTE FUNCTION public.guard_line_change();

--
-- Name: invoice_lines guard_line_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_line_insert BEFORE INSERT ON public.invoice_lines FOR EACH ROW EXECUTE FUNCTION public.guard_line_insert();

--
-- Name: invoice_lines guard_line_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_line_update BEFORE UPDATE ON public.invoice_lines FOR EACH ROW WHEN (((pg_trigger_depth() = 0) OR (old.released_at IS NOT NULL))) EXECUTE FUNCTION public.guard_line_change();

--
-- Name: lot_charges guard_lot_charge; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_lot_charge BEFORE INSERT ON public.lot_charges FOR EACH ROW EXECUTE FUNCTION public.guard_lot_charge();

--
-- Name: messages guard_message; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_message BEFORE INSERT OR DELETE OR UPDATE ON public.messages FOR EACH ROW EXECUTE FUNCTION public.guard_message();

--
-- Name: repair_parts guard_part; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_part BEFORE INSERT OR UPDATE ON public.repair_parts FOR EACH ROW EXECUTE FUNCTION public.guard_part();

--
-- Name: photos guard_photo; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_photo BEFORE UPDATE ON public.photos FOR EACH ROW EXECUTE FUNCTION public.guard_photo();

--
-- Name: preorders guard_preorder_ending; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_preorder_ending BEFORE INSERT ON public.preorders FOR EACH ROW WHEN ((num_nonnulls(new.called_off_at, new.called_off_by, new.called_off_reason, new.value_decided_by, new.value_decided_reason) > 0)) EXECUTE FUNCTION public.guard_preorder_ending();

--
-- Name: preorders guard_preorder_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_preorder_insert BEFORE INSERT ON public.preorders FOR EACH ROW WHEN ((((new.status)::text <> 'Deposit Pending'::text) OR new.deposit_paid OR (num_nonnulls(new.deposit_date, new.order_date, new.arrival_date, new.customer_notified_date, new.asset_id, new.invoice_id, new.resale_invoice_id, new.resale_recovery_amount) > 0))) EXECUTE FUNCTION public.guard_preorder_insert();

--
-- Name: preorders guard_preorder_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_preorder_update BEFORE UPDATE ON public.preorders FOR EACH ROW EXECUTE FUNCTION public.guard_preorder_update();

--
-- Name: payments guard_reference_once; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_reference_once BEFORE INSERT ON public.payments FOR EACH ROW WHEN (((new.reference IS NOT NULL) AND ((new.payment_method)::text = ANY ((ARRAY['MoMo'::character varying, 'Bank Transfer'::character varying])::text[])))) EXECUTE FUNCTION public.guard_reference_once();

--
-- Name: preorder_deposits guard_reference_once; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_reference_once BEFORE INSERT ON public.preorder_deposits FOR EACH ROW WHEN (((new.reference IS NOT NULL) AND ((new.kind)::text = ANY ((ARRAY['Deposit'::character varying, 'Shortfall'::character varying])::text[])) AND ((new.payment_method)::text = ANY ((ARRAY['MoMo'::character varying, 'Bank Transfer'::character varying])::text[])))) EXECUTE FUNCTION public.guard_reference_once();

--
-- Name: payment_rejections guard_rejection; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_rejection BEFORE INSERT ON public.payment_rejections FOR EACH ROW EXECUTE FUNCTION public.guard_claim();

--
-- Name: return_requests guard_return_request; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_return_request BEFORE DELETE OR UPDATE ON public.return_requests FOR EACH ROW EXECUTE FUNCTION public.guard_return_request();

--
-- Name: stocktakes guard_stocktake; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_stocktake BEFORE UPDATE ON public.stocktakes FOR EACH ROW EXECUTE FUNCTION public.guard_stocktake();

--
-- Name: stocktake_counts guard_stocktake_count; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_stocktake_count BEFORE INSERT OR UPDATE ON public.stocktake_counts FOR EACH ROW EXECUTE FUNCTION public.guard_stocktake_count();

--
-- Name: repair_tickets guard_ticket_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_ticket_delete BEFORE DELETE ON public.repair_tickets FOR EACH ROW EXECUTE FUNCTION public.guard_ticket_delete();

--
-- Name: repair_tickets guard_ticket_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_ticket_insert BEFORE INSERT ON public.repair_tickets FOR EACH ROW WHEN ((((new.status)::text <> 'Open'::text) AND (((new.status)::text <> 'Closed'::text) OR (new.outcome IS NOT NULL)))) EXECUTE FUNCTION public.guard_ticket_insert();

--
-- Name: repair_tickets guard_ticket_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_ticket_update BEFORE UPDATE ON public.repair_tickets FOR EACH ROW EXECUTE FUNCTION public.guard_ticket_update();

--
-- Name: till_counts guard_till_entry; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_till_entry BEFORE INSERT ON public.till_counts FOR EACH ROW EXECUTE FUNCTION public.guard_till_entry();

--
-- Name: till_movements guard_till_entry; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_till_entry BEFORE INSERT ON public.till_movements FOR EACH ROW EXECUTE FUNCTION public.guard_till_entry();

--
-- Name: till_sessions guard_till_session; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_till_session BEFORE INSERT OR UPDATE ON public.till_sessions FOR EACH ROW EXECUTE FUNCTION public.guard_till_session();

--
-- Name: assets guard_voided_asset; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_voided_asset BEFORE UPDATE ON public.assets FOR EACH ROW WHEN ((old.voided_at IS NOT NULL)) EXECUTE FUNCTION public.guard_voided_asset();

--
-- Name: warranties guard_warranty_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_warranty_delete BEFORE DELETE ON public.warranties FOR EACH ROW EXECUTE FUNCTION public.guard_warranty_delete();

--
-- Name: warranties guard_warranty_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_warranty_insert BEFORE INSERT ON public.warranties FOR EACH ROW WHEN (((new.status)::text <> 'Active'::text)) EXECUTE FUNCTION public.guard_warranty_insert();

--
-- Name: warranties guard_warranty_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_warranty_update BEFORE UPDATE ON public.warranties FOR EACH ROW WHEN (((old.status)::text IS DISTINCT FROM (new.status)::text)) EXECUTE FUNCTION public.guard_warranty_update();

--
-- Name: audit_log keep_audit_log; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_audit_log BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: audit_log keep_audit_log_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_audit_log_rows BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION public.refuse_change_but_of_customer('erase', 'before', 'after');

--
-- Name: audit_redactions keep_audit_redactions; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_audit_redactions BEFORE TRUNCATE ON public.audit_redactions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: audit_redactions keep_audit_redactions_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_audit_redactions_rows BEFORE DELETE OR UPDATE ON public.audit_redactions FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: audit_seals keep_audit_seals; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_audit_seals BEFORE TRUNCATE ON public.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: audit_seals keep_audit_seals_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_audit_seals_rows BEFORE DELETE OR UPDATE ON public.audit_seals FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: bulk_change_rows keep_bulk_change_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_bulk_change_rows BEFORE TRUNCATE ON public.bulk_change_rows FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: bulk_change_rows keep_bulk_change_rows_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_bulk_change_rows_rows BEFORE DELETE OR UPDATE ON public.bulk_change_rows FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: buy_backs keep_buy_backs; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_buy_backs BEFORE TRUNCATE ON public.buy_backs FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: buy_backs keep_buy_backs_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_buy_backs_rows BEFORE DELETE OR UPDATE ON public.buy_backs FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: catalog_change_rows keep_catalog_change_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_catalog_change_rows BEFORE TRUNCATE ON public.catalog_change_rows FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: catalog_change_rows keep_catalog_change_rows_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_catalog_change_rows_rows BEFORE DELETE OR UPDATE ON public.catalog_change_rows FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: assets keep_changed_asset_imeis; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_changed_asset_imeis AFTER UPDATE OF imei_1, imei_2 ON public.assets FOR EACH ROW WHEN ((((old.imei_1)::text IS DISTINCT FROM (new.imei_1)::text) OR ((old.imei_2)::text IS DISTINCT FROM (new.imei_2)::text))) EXECUTE FUNCTION public.keep_asset_imeis();

--
-- Name: closed_days keep_closed_days; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_closed_days BEFORE TRUNCATE ON public.closed_days FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: closed_days keep_closed_days_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_closed_days_rows BEFORE DELETE OR UPDATE ON public.closed_days FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: customer_consents keep_customer_consents; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_customer_consents BEFORE TRUNCATE ON public.customer_consents FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: customer_consents keep_customer_consents_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_customer_consents_rows BEFORE DELETE OR UPDATE ON public.customer_consents FOR EACH ROW EXECUTE FUNCTION public.refuse_change_but_of_customer('merge', 'customer_id');

--
-- Name: diagnostics_results keep_diagnostics_results; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_diagnostics_results BEFORE TRUNCATE ON public.diagnostics_results FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: diagnostics_results keep_diagnostics_results_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_diagnostics_results_rows BEFORE DELETE OR UPDATE ON public.diagnostics_results FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: inventory_movements keep_inventory_movements; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_inventory_movements BEFORE TRUNCATE ON public.inventory_movements FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: inventory_movements keep_inventory_movements_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_inventory_movements_rows BEFORE DELETE OR UPDATE ON public.inventory_movements FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: invoice_lines keep_invoice_lines; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_invoice_lines BEFORE TRUNCATE ON public.invoice_lines FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: invoices keep_invoices; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_invoices BEFORE TRUNCATE ON public.invoices FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: assets keep_landed_cost; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_landed_cost BEFORE UPDATE ON public.assets FOR EACH ROW WHEN ((((((old.lot_id IS DISTINCT FROM new.lot_id) OR (old.purchase_cost IS DISTINCT FROM new.purchase_cost)) OR (old.landed_cost IS DISTINCT FROM new.landed_cost)) OR (old.charge_cost IS DISTINCT FROM new.charge_cost)) OR (old.landed_entered IS DISTINCT FROM new.landed_entered))) EXECUTE FUNCTION public.keep_landed_cost();

--
-- Name: assets keep_landed_cost_new; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_landed_cost_new BEFORE INSERT ON public.assets FOR EACH ROW WHEN (((new.lot_id IS NOT NULL) OR (new.landed_cost IS NOT NULL) OR (new.landed_entered IS NOT NULL) OR (new.charge_cost <> (0)::numeric))) EXECUTE FUNCTION public.keep_landed_cost();

--
-- Name: lot_charge_shares keep_lot_charge_shares; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_lot_charge_shares BEFORE TRUNCATE ON public.lot_charge_shares FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: lot_charge_shares keep_lot_charge_shares_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_lot_charge_shares_rows BEFORE DELETE OR UPDATE ON public.lot_charge_shares FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: lot_charges keep_lot_charges; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_lot_charges BEFORE TRUNCATE ON public.lot_charges FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: lot_charges keep_lot_charges_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_lot_charges_rows BEFORE DELETE OR UPDATE ON public.lot_charges FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: machine_reports keep_machine_reports; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_machine_reports BEFORE TRUNCATE ON public.machine_reports FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: machine_reports keep_machine_reports_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_machine_reports_rows BEFORE DELETE OR UPDATE ON public.machine_reports FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: message_events keep_message_events; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_message_events BEFORE TRUNCATE ON public.message_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: message_events keep_message_events_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_message_events_rows BEFORE DELETE OR UPDATE ON public.message_events FOR EACH ROW EXECUTE FUNCTION public.refuse_change_but_of_customer('erase', 'words');

--
-- Name: messages keep_messages; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_messages BEFORE TRUNCATE ON public.messages FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: assets keep_new_asset_imeis; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_new_asset_imeis AFTER INSERT ON public.assets FOR EACH ROW WHEN (((new.imei_1 IS NOT NULL) OR (new.imei_2 IS NOT NULL))) EXECUTE FUNCTION public.keep_asset_imeis();

--
-- Name: payment_batches keep_payment_batches; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payment_batches BEFORE TRUNCATE ON public.payment_batches FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: payment_batches keep_payment_batches_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payment_batches_rows BEFORE DELETE OR UPDATE ON public.payment_batches FOR EACH ROW EXECUTE FUNCTION public.refuse_change_but_of_customer('merge', 'customer_id');

--
-- Name: payment_confirmations keep_payment_confirmations; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payment_confirmations BEFORE TRUNCATE ON public.payment_confirmations FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: payment_confirmations keep_payment_confirmations_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payment_confirmations_rows BEFORE DELETE OR UPDATE ON public.payment_confirmations FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: payment_rejections keep_payment_rejections; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payment_rejections BEFORE TRUNCATE ON public.payment_rejections FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: payment_rejections keep_payment_rejections_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payment_rejections_rows BEFORE DELETE OR UPDATE ON public.payment_rejections FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: payment_sources keep_payment_sources; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payment_sources BEFORE TRUNCATE ON public.payment_sources FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: payment_sources keep_payment_sources_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payment_sources_rows BEFORE DELETE OR UPDATE ON public.payment_sources FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: payments keep_payments; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payments BEFORE TRUNCATE ON public.payments FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: payments keep_payments_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_payments_rows BEFORE DELETE OR UPDATE ON public.payments FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: preorder_deposit_decisions keep_preorder_deposit_decisions; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_preorder_deposit_decisions BEFORE TRUNCATE ON public.preorder_deposit_decisions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: preorder_deposit_decisions keep_preorder_deposit_decisions_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_preorder_deposit_decisions_rows BEFORE DELETE OR UPDATE ON public.preorder_deposit_decisions FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: preorder_deposits keep_preorder_deposits; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_preorder_deposits BEFORE TRUNCATE ON public.preorder_deposits FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: preorder_deposits keep_preorder_deposits_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_preorder_deposits_rows BEFORE DELETE OR UPDATE ON public.preorder_deposits FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: preorder_events keep_preorder_events; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_preorder_events BEFORE TRUNCATE ON public.preorder_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: preorder_events keep_preorder_events_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_preorder_events_rows BEFORE DELETE OR UPDATE ON public.preorder_events FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: price_approvals keep_price_approvals; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_price_approvals BEFORE TRUNCATE ON public.price_approvals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: price_approvals keep_price_approvals_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_price_approvals_rows BEFORE DELETE OR UPDATE ON public.price_approvals FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: product_model_prices keep_product_model_prices; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_product_model_prices BEFORE TRUNCATE ON public.product_model_prices FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: product_model_prices keep_product_model_prices_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_product_model_prices_rows BEFORE DELETE OR UPDATE ON public.product_model_prices FOR EACH ROW EXECUTE FUNCTION public.refuse_change_but_of_model();

--
-- Name: quality_checks keep_quality_checks; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_quality_checks BEFORE TRUNCATE ON public.quality_checks FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: quality_checks keep_quality_checks_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_quality_checks_rows BEFORE DELETE OR UPDATE ON public.quality_checks FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: refunds keep_refunds; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_refunds BEFORE TRUNCATE ON public.refunds FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: refunds keep_refunds_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_refunds_rows BEFORE DELETE OR UPDATE ON public.refunds FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: repair_events keep_repair_events; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_repair_events BEFORE TRUNCATE ON public.repair_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: repair_events keep_repair_events_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_repair_events_rows BEFORE DELETE OR UPDATE ON public.repair_events FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: repair_parts keep_repair_parts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_repair_parts BEFORE TRUNCATE ON public.repair_parts FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: repair_parts keep_repair_parts_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_repair_parts_rows BEFORE DELETE ON public.repair_parts FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: return_lines keep_return_lines; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_return_lines BEFORE TRUNCATE ON public.return_lines FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: return_lines keep_return_lines_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_return_lines_rows BEFORE DELETE OR UPDATE ON public.return_lines FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: return_requests keep_return_requests; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_return_requests BEFORE TRUNCATE ON public.return_requests FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: returns keep_returns; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_returns BEFORE TRUNCATE ON public.returns FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: returns keep_returns_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_returns_rows BEFORE DELETE OR UPDATE ON public.returns FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: stock_ledger keep_stock_ledger; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stock_ledger BEFORE TRUNCATE ON public.stock_ledger FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: stock_ledger keep_stock_ledger_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stock_ledger_rows BEFORE DELETE OR UPDATE ON public.stock_ledger FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: stock_moves keep_stock_moves; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stock_moves BEFORE TRUNCATE ON public.stock_moves FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: stock_moves keep_stock_moves_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stock_moves_rows BEFORE DELETE OR UPDATE ON public.stock_moves FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: stock_receipts keep_stock_receipts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stock_receipts BEFORE TRUNCATE ON public.stock_receipts FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: stock_receipts keep_stock_receipts_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stock_receipts_rows BEFORE DELETE OR UPDATE ON public.stock_receipts FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: stocktake_counts keep_stocktake_counts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stocktake_counts BEFORE DELETE OR TRUNCATE ON public.stocktake_counts FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: stocktake_expected keep_stocktake_expected; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stocktake_expected BEFORE DELETE OR UPDATE OR TRUNCATE ON public.stocktake_expected FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: stocktake_expected_items keep_stocktake_expected_items; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stocktake_expected_items BEFORE DELETE OR UPDATE OR TRUNCATE ON public.stocktake_expected_items FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: stocktake_results keep_stocktake_results; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stocktake_results BEFORE DELETE OR UPDATE OR TRUNCATE ON public.stocktake_results FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: stocktakes keep_stocktakes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_stocktakes BEFORE DELETE OR TRUNCATE ON public.stocktakes FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: till_counts keep_till_counts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_till_counts BEFORE TRUNCATE ON public.till_counts FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: till_counts keep_till_counts_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_till_counts_rows BEFORE DELETE OR UPDATE ON public.till_counts FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: till_movements keep_till_movements; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_till_movements BEFORE TRUNCATE ON public.till_movements FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: till_movements keep_till_movements_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_till_movements_rows BEFORE DELETE OR UPDATE ON public.till_movements FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: till_sessions keep_till_session_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_till_session_rows BEFORE DELETE ON public.till_sessions FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: till_sessions keep_till_sessions; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_till_sessions BEFORE TRUNCATE ON public.till_sessions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: wipe_certificates keep_wipe_certificates; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_wipe_certificates BEFORE TRUNCATE ON public.wipe_certificates FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

--
-- Name: wipe_certificates keep_wipe_certificates_rows; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_wipe_certificates_rows BEFORE DELETE OR UPDATE ON public.wipe_certificates FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

--
-- Name: assets log_asset_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER log_asset_changes AFTER UPDATE ON public.assets FOR EACH ROW WHEN ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.location_id IS DISTINCT FROM new.location_id))) EXECUTE FUNCTION public.log_asset_movement();

--
-- Name: assets log_asset_receipts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER log_asset_receipts AFTER INSERT ON public.assets REFERENCING NEW TABLE AS received FOR EACH STATEMENT EXECUTE FUNCTION public.log_asset_receipt();

--
-- Name: messages log_message_steps; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER log_message_steps AFTER UPDATE OF status ON public.messages FOR EACH ROW WHEN ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR ((new.status)::text = 'Opened'::text))) EXECUTE FUNCTION public.log_message_step();

--
-- Name: messages log_message_written; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER log_message_written AFTER INSERT ON public.messages FOR EACH ROW EXECUTE FUNCTION public.log_message_step();

--
-- Name: preorder_deposits log_preorder_deposit; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER log_preorder_deposit AFTER INSERT ON public.preorder_deposits FOR EACH ROW EXECUTE FUNCTION public.log_preorder_deposit();

--
-- Name: bulk_stock log_stock_changes; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER log_stock_changes AFTER UPDATE ON public.bulk_stock FOR EACH ROW WHEN ((old.quantity IS DISTINCT FROM new.quantity)) EXECUTE FUNCTION public.log_stock_change();

--
-- Name: bulk_stock log_stock_receipts; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER log_stock_receipts AFTER INSERT ON public.bulk_stock FOR EACH ROW WHEN ((new.quantity <> 0)) EXECUTE FUNCTION public.log_stock_change();

--
-- Name: assets note_added_lots; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER note_added_lots AFTER INSERT ON public.assets REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_lots();

ALTER TABLE public.assets ENABLE ALWAYS TRIGGER note_added_lots;

--
-- Name: buy_backs note_bought_back_lots; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER note_bought_back_lots AFTER INSERT ON public.buy_backs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_lots();

ALTER TABLE public.buy_backs ENABLE ALWAYS TRIGGER note_bought_back_lots;

--
-- Name: buy_backs note_buy_back_lot; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER note_buy_back_lot BEFORE INSERT ON public.buy_backs FOR EACH ROW EXECUTE FUNCTION public.note_buy_back_lot();

--
-- Name: assets note_changed_lots; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER note_changed_lots AFTER UPDATE ON public.assets FOR EACH ROW WHEN ((((old.lot_id IS NOT NULL) OR (new.lot_id IS NOT NULL)) AND (((((((old.lot_id IS DISTINCT FROM new.lot_id) OR (((old.status)::text = 'Sold'::text) IS DISTINCT FROM ((new.status)::text = 'Sold'::text))) OR (old.invoice_id IS DISTINCT FROM new.invoice_id)) OR (old.purchase_cost IS DISTINCT FROM new.purchase_cost)) OR (old.landed_cost IS DISTINCT FROM new.landed_cost)) OR (old.charge_cost IS DISTINCT FROM new.charge_cost)) OR (old.repair_cost IS DISTINCT FROM new.repair_cost)))) EXECUTE FUNCTION public.note_device_lot();

ALTER TABLE public.assets ENABLE ALWAYS TRIGGER note_changed_lots;

--
-- Name: lot_lines note_expected_lots; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER note_expected_lots AFTER INSERT ON public.lot_lines REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_lots();

ALTER TABLE public.lot_lines ENABLE ALWAYS TRIGGER note_expected_lots;

--
-- Name: lot_lines note_unexpected_lots; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER note_unexpected_lots AFTER DELETE ON public.lot_lines REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.note_lots();

ALTER TABLE public.lot_lines ENABLE ALWAYS TRIGGER note_unexpected_lots;

--
-- Name: product_models record_model_prices; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER record_model_prices AFTER UPDATE OF default_price_grade_a, default_price_grade_b, default_price_grade_c ON public.product_models FOR EACH ROW EXECUTE FUNCTION public.record_model_prices();

--
-- Name: product_models record_new_model_prices; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER record_new_model_prices AFTER INSERT ON public.product_models FOR EACH ROW EXECUTE FUNCTION public.record_model_prices();

--
-- Name: invoices release_cancelled_lines; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER release_cancelled_lines AFTER UPDATE ON public.invoices FOR EACH ROW WHEN ((((new.status)::text = 'Cancelled'::text) AND ((old.status)::text IS DISTINCT FROM 'Cancelled'::text))) EXECUTE FUNCTION public.release_invoice_lines();

--
-- Name: sessions sessions_tell_signed_in; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER sessions_tell_signed_in AFTER DELETE OR UPDATE OF user_id, token_hash, expires_at, revoked_at ON public.sessions FOR EACH STATEMENT EXECUTE FUNCTION public.tell_signed_in();

--
-- Name: assets set_asset_tag; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_asset_tag BEFORE INSERT ON public.assets FOR EACH ROW WHEN ((new.asset_tag IS NULL)) EXECUTE FUNCTION public.generate_asset_tag();

--
-- Name: warranty_claims set_claim_number; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_claim_number BEFORE INSERT ON public.warranty_claims FOR EACH ROW EXECUTE FUNCTION public.generate_claim_number();

--
-- Name: invoices set_invoice_number; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_invoice_number BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.generate_invoice_number();

--
-- Name: lots set_lot_number; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_lot_number BEFORE INSERT ON public.lots FOR EACH ROW EXECUTE FUNCTION public.generate_lot_number();

--
-- Name: preorders set_preorder_number; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_preorder_number BEFORE INSERT ON public.preorders FOR EACH ROW EXECUTE FUNCTION public.generate_preorder_number();

--
-- Name: preorders set_preorder_sla; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_preorder_sla BEFORE INSERT OR UPDATE ON public.preorders FOR EACH ROW WHEN (((new.order_date IS NOT NULL) AND (new.sla_date IS NULL))) EXECUTE FUNCTION public.set_sla_date();

--
-- Name: returns set_return_number; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_return_number BEFORE INSERT ON public.returns FOR EACH ROW EXECUTE FUNCTION public.generate_return_number();

--
-- Name: repair_tickets set_ticket_number; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_ticket_number BEFORE INSERT ON public.repair_tickets FOR EACH ROW EXECUTE FUNCTION public.generate_ticket_number();

--
-- Name: warranties set_warranty_number; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_warranty_number BEFORE INSERT ON public.warranties FOR EACH ROW EXECUTE FUNCTION public.generate_warranty_number();

--
-- Name: diagnostics_results stamp_diagnostics; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stamp_diagnostics BEFORE INSERT ON public.diagnostics_results FOR EACH ROW EXECUTE FUNCTION public.stamp_status_entry();

--
-- Name: photos stamp_photo; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stamp_photo BEFORE INSERT ON public.photos FOR EACH ROW WHEN ((new.asset_id IS NOT NULL)) EXECUTE FUNCTION public.stamp_status_entry();

--
-- Name: quality_checks stamp_quality_check; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stamp_quality_check BEFORE INSERT ON public.quality_checks FOR EACH ROW EXECUTE FUNCTION public.stamp_status_entry();

--
-- Name: wipe_certificates stamp_wipe; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER stamp_wipe BEFORE INSERT ON public.wipe_certificates FOR EACH ROW EXECUTE FUNCTION public.stamp_status_entry();

--
-- Name: repair_tickets sum_ticket; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER sum_ticket BEFORE INSERT OR UPDATE ON public.repair_tickets FOR EACH ROW EXECUTE FUNCTION public.sum_ticket();

--
-- Name: repair_parts sum_ticket_of_part; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER sum_ticket_of_part AFTER INSERT OR UPDATE ON public.repair_parts FOR EACH ROW EXECUTE FUNCTION public.sum_ticket_of_part();

--
-- Name: bulk_stock take_from_elsewhere; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER take_from_elsewhere BEFORE UPDATE ON public.bulk_stock FOR EACH ROW WHEN ((new.quantity < new.elsewhere_quantity)) EXECUTE FUNCTION public.take_from_elsewhere();

--
-- Name: assets update_assets_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_assets_timestamp BEFORE UPDATE ON public.assets FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: bulk_stock update_bulk_stock_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_bulk_stock_timestamp BEFORE UPDATE ON public.bulk_stock FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: customers update_customers_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_customers_timestamp BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: invoices update_invoices_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_invoices_timestamp BEFORE UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: lots update_lots_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_lots_timestamp BEFORE UPDATE ON public.lots FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: messages update_messages_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_messages_timestamp BEFORE UPDATE ON public.messages FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: preorders update_preorders_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_preorders_timestamp BEFORE UPDATE ON public.preorders FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: price_lists update_price_lists_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_price_lists_timestamp BEFORE UPDATE ON public.price_lists FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: product_models update_product_models_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_product_models_timestamp BEFORE UPDATE ON public.product_models FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: repair_tickets update_repair_tickets_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_repair_tickets_timestamp BEFORE UPDATE ON public.repair_tickets FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: return_requests update_return_requests_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_return_requests_timestamp BEFORE UPDATE ON public.return_requests FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: saved_views update_saved_views_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_saved_views_timestamp BEFORE UPDATE ON public.saved_views FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: secrets update_secrets_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_secrets_timestamp BEFORE UPDATE ON public.secrets FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: settings update_settings_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_settings_timestamp BEFORE UPDATE ON public.settings FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: stocktakes update_stocktakes_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_stocktakes_timestamp BEFORE UPDATE ON public.stocktakes FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: till_sessions update_till_sessions_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_till_sessions_timestamp BEFORE UPDATE ON public.till_sessions FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: users update_users_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_users_timestamp BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: warranties update_warranties_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_warranties_timestamp BEFORE UPDATE ON public.warranties FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: warranty_claims update_warranty_claims_timestamp; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER update_warranty_claims_timestamp BEFORE UPDATE ON public.warranty_claims FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

--
-- Name: users users_tell_signed_in; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER users_tell_signed_in AFTER DELETE OR UPDATE OF username, role, full_name, is_active, must_change_password, password_hash ON public.users FOR EACH STATEMENT EXECUTE FUNCTION public.tell_signed_in();

--
-- Name: api_tokens api_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: asset_imeis asset_imeis_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.asset_imeis
    ADD CONSTRAINT asset_imeis_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id) ON DELETE CASCADE;

--
-- Name: assets assets_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: assets assets_import_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.imports(id);

--
-- Name: assets assets_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: assets assets_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_location_id_fkey FOREIGN KEY (location_id) REFERENCES public.locations(id);

--
-- Name: assets assets_lot_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES public.lots(id);

--
-- Name: assets assets_preorder_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_preorder_id_fkey FOREIGN KEY (preorder_id) REFERENCES public.preorders(id);

--
-- Name: assets assets_product_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.assets
    ADD CONSTRAINT assets_product_model_id_fkey FOREIGN KEY (product_model_id) REFERENCES public.product_models(id);

--
-- Name: audit_redactions audit_redactions_audit_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_redactions
    ADD CONSTRAINT audit_redactions_audit_id_fkey FOREIGN KEY (audit_id) REFERENCES public.audit_log(id);

--
-- Name: bulk_change_rows bulk_change_rows_bulk_change_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_change_rows
    ADD CONSTRAINT bulk_change_rows_bulk_change_id_fkey FOREIGN KEY (bulk_change_id) REFERENCES public.bulk_changes(id);

--
-- Name: bulk_changes bulk_changes_made_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_made_by_fkey FOREIGN KEY (made_by) REFERENCES public.users(id);

--
-- Name: bulk_changes bulk_changes_undone_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_undone_by_fkey FOREIGN KEY (undone_by) REFERENCES public.users(id);

--
-- Name: bulk_stock bulk_stock_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_stock
    ADD CONSTRAINT bulk_stock_location_id_fkey FOREIGN KEY (location_id) REFERENCES public.locations(id);

--
-- Name: bulk_stock_locations bulk_stock_locations_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_stock_locations
    ADD CONSTRAINT bulk_stock_locations_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: bulk_stock_locations bulk_stock_locations_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.bulk_stock_locations
    ADD CONSTRAINT bulk_stock_locations_location_id_fkey FOREIGN KEY (location_id) REFERENCES public.locations(id);

--
-- Name: buy_backs buy_backs_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.buy_backs
    ADD CONSTRAINT buy_backs_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: buy_backs buy_backs_invoice_line_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.buy_backs
    ADD CONSTRAINT buy_backs_invoice_line_id_fkey FOREIGN KEY (invoice_line_id) REFERENCES public.invoice_lines(id);

--
-- Name: buy_backs buy_backs_lot_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.buy_backs
    ADD CONSTRAINT buy_backs_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES public.lots(id);

--
-- Name: catalog_change_rows catalog_change_rows_catalog_change_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.catalog_change_rows
    ADD CONSTRAINT catalog_change_rows_catalog_change_id_fkey FOREIGN KEY (catalog_change_id) REFERENCES public.catalog_changes(id);

--
-- Name: catalog_changes catalog_changes_made_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.catalog_changes
    ADD CONSTRAINT catalog_changes_made_by_fkey FOREIGN KEY (made_by) REFERENCES public.users(id);

--
-- Name: catalog_changes catalog_changes_undone_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.catalog_changes
    ADD CONSTRAINT catalog_changes_undone_by_fkey FOREIGN KEY (undone_by) REFERENCES public.users(id);

--
-- Name: closed_days closed_days_closed_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.closed_days
    ADD CONSTRAINT closed_days_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES public.users(id);

--
-- Name: customer_consents customer_consents_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customer_consents
    ADD CONSTRAINT customer_consents_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: customer_consents customer_consents_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customer_consents
    ADD CONSTRAINT customer_consents_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);

--
-- Name: customers customers_merged_into; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_merged_into FOREIGN KEY (merged_into) REFERENCES public.customers(id);

--
-- Name: customers customers_price_list_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_price_list_id_fkey FOREIGN KEY (price_list_id) REFERENCES public.price_lists(id);

--
-- Name: diagnostics_results diagnostics_results_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.diagnostics_results
    ADD CONSTRAINT diagnostics_results_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: diagnostics_results diagnostics_results_technician_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.diagnostics_results
    ADD CONSTRAINT diagnostics_results_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES public.users(id);

--
-- Name: idempotency_keys idempotency_keys_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: imports imports_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: imports imports_undone_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_undone_by_fkey FOREIGN KEY (undone_by) REFERENCES public.users(id);

--
-- Name: inventory_movements inventory_movements_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inventory_movements
    ADD CONSTRAINT inventory_movements_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: inventory_movements inventory_movements_from_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inventory_movements
    ADD CONSTRAINT inventory_movements_from_location_id_fkey FOREIGN KEY (from_location_id) REFERENCES public.locations(id);

--
-- Name: inventory_movements inventory_movements_moved_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inventory_movements
    ADD CONSTRAINT inventory_movements_moved_by_fkey FOREIGN KEY (moved_by) REFERENCES public.users(id);

--
-- Name: inventory_movements inventory_movements_to_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inventory_movements
    ADD CONSTRAINT inventory_movements_to_location_id_fkey FOREIGN KEY (to_location_id) REFERENCES public.locations(id);

--
-- Name: invoice_lines invoice_lines_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: invoice_lines invoice_lines_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: invoice_lines invoice_lines_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id) ON DELETE CASCADE;

--
-- Name: invoice_lines invoice_lines_price_approved_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_price_approved_by_fkey FOREIGN KEY (price_approved_by) REFERENCES public.users(id);

--
-- Name: invoice_names invoice_names_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoice_names
    ADD CONSTRAINT invoice_names_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: invoices invoices_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);

--
-- Name: invoices invoices_goods_released_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_goods_released_by_fkey FOREIGN KEY (goods_released_by) REFERENCES public.users(id);

--
-- Name: invoices invoices_sales_rep_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_sales_rep_id_fkey FOREIGN KEY (sales_rep_id) REFERENCES public.users(id);

--
-- Name: list_choices list_choices_saved_view_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.list_choices
    ADD CONSTRAINT list_choices_saved_view_id_fkey FOREIGN KEY (saved_view_id) REFERENCES public.saved_views(id) ON DELETE SET NULL;

--
-- Name: list_choices list_choices_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.list_choices
    ADD CONSTRAINT list_choices_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

--
-- Name: lot_charge_shares lot_charge_shares_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charge_shares
    ADD CONSTRAINT lot_charge_shares_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: lot_charge_shares lot_charge_shares_lot_charge_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charge_shares
    ADD CONSTRAINT lot_charge_shares_lot_charge_id_fkey FOREIGN KEY (lot_charge_id) REFERENCES public.lot_charges(id);

--
-- Name: lot_charges lot_charges_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charges
    ADD CONSTRAINT lot_charges_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: lot_charges lot_charges_lot_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charges
    ADD CONSTRAINT lot_charges_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES public.lots(id);

--
-- Name: lot_charges lot_charges_reverses_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_charges
    ADD CONSTRAINT lot_charges_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES public.lot_charges(id);

--
-- Name: lot_figures lot_figures_lot_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_figures
    ADD CONSTRAINT lot_figures_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES public.lots(id);

--
-- Name: lot_lines lot_lines_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_lines
    ADD CONSTRAINT lot_lines_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: lot_lines lot_lines_import_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_lines
    ADD CONSTRAINT lot_lines_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.imports(id);

--
-- Name: lot_lines lot_lines_lot_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_lines
    ADD CONSTRAINT lot_lines_lot_id_fkey FOREIGN KEY (lot_id) REFERENCES public.lots(id);

--
-- Name: lot_lines lot_lines_product_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lot_lines
    ADD CONSTRAINT lot_lines_product_model_id_fkey FOREIGN KEY (product_model_id) REFERENCES public.product_models(id);

--
-- Name: lots lots_closed_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lots
    ADD CONSTRAINT lots_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES public.users(id);

--
-- Name: lots lots_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lots
    ADD CONSTRAINT lots_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: machine_reports machine_reports_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.machine_reports
    ADD CONSTRAINT machine_reports_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: machine_reports machine_reports_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.machine_reports
    ADD CONSTRAINT machine_reports_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: message_events message_events_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_events
    ADD CONSTRAINT message_events_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: message_events message_events_message_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.message_events
    ADD CONSTRAINT message_events_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.messages(id);

--
-- Name: messages messages_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: messages messages_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);

--
-- Name: messages messages_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: messages messages_preorder_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_preorder_id_fkey FOREIGN KEY (preorder_id) REFERENCES public.preorders(id);

--
-- Name: messages messages_repair_ticket_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_repair_ticket_id_fkey FOREIGN KEY (repair_ticket_id) REFERENCES public.repair_tickets(id);

--
-- Name: messages messages_return_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_return_id_fkey FOREIGN KEY (return_id) REFERENCES public.returns(id);

--
-- Name: messages messages_warranty_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_warranty_id_fkey FOREIGN KEY (warranty_id) REFERENCES public.warranties(id);

--
-- Name: parked_sales parked_sales_parked_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.parked_sales
    ADD CONSTRAINT parked_sales_parked_by_fkey FOREIGN KEY (parked_by) REFERENCES public.users(id);

--
-- Name: payment_batches payment_batches_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_batches
    ADD CONSTRAINT payment_batches_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);

--
-- Name: payment_batches payment_batches_received_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_batches
    ADD CONSTRAINT payment_batches_received_by_fkey FOREIGN KEY (received_by) REFERENCES public.users(id);

--
-- Name: payment_confirmations payment_confirmations_confirmed_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_confirmations
    ADD CONSTRAINT payment_confirmations_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES public.users(id);

--
-- Name: payment_confirmations payment_confirmations_payment_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_confirmations
    ADD CONSTRAINT payment_confirmations_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES public.payments(id);

--
-- Name: payment_rejections payment_rejections_payment_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_rejections
    ADD CONSTRAINT payment_rejections_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES public.payments(id);

--
-- Name: payment_rejections payment_rejections_refund_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_rejections
    ADD CONSTRAINT payment_rejections_refund_id_fkey FOREIGN KEY (refund_id) REFERENCES public.refunds(id);

--
-- Name: payment_rejections payment_rejections_rejected_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_rejections
    ADD CONSTRAINT payment_rejections_rejected_by_fkey FOREIGN KEY (rejected_by) REFERENCES public.users(id);

--
-- Name: payment_sources payment_sources_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_sources
    ADD CONSTRAINT payment_sources_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: payment_sources payment_sources_payment_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_sources
    ADD CONSTRAINT payment_sources_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES public.payments(id);

--
-- Name: payment_sources payment_sources_return_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payment_sources
    ADD CONSTRAINT payment_sources_return_id_fkey FOREIGN KEY (return_id) REFERENCES public.returns(id);

--
-- Name: payments payments_batch_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.payment_batches(id);

--
-- Name: payments payments_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: payments payments_preorder_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_preorder_id_fkey FOREIGN KEY (preorder_id) REFERENCES public.preorders(id);

--
-- Name: payments payments_received_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_received_by_fkey FOREIGN KEY (received_by) REFERENCES public.users(id);

--
-- Name: payments payments_till_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_till_session_id_fkey FOREIGN KEY (till_session_id) REFERENCES public.till_sessions(id);

--
-- Name: photo_files photo_files_photo_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photo_files
    ADD CONSTRAINT photo_files_photo_id_fkey FOREIGN KEY (photo_id) REFERENCES public.photos(id);

--
-- Name: photos photos_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: photos photos_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: photos photos_product_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_product_model_id_fkey FOREIGN KEY (product_model_id) REFERENCES public.product_models(id);

--
-- Name: photos photos_removed_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_removed_by_fkey FOREIGN KEY (removed_by) REFERENCES public.users(id);

--
-- Name: photos photos_repair_ticket_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_repair_ticket_id_fkey FOREIGN KEY (repair_ticket_id) REFERENCES public.repair_tickets(id);

--
-- Name: preorder_deposit_decisions preorder_deposit_decisions_decided_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposit_decisions
    ADD CONSTRAINT preorder_deposit_decisions_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

--
-- Name: preorder_deposit_decisions preorder_deposit_decisions_deposit_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposit_decisions
    ADD CONSTRAINT preorder_deposit_decisions_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES public.preorder_deposits(id);

--
-- Name: preorder_deposit_decisions preorder_deposit_decisions_refund_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposit_decisions
    ADD CONSTRAINT preorder_deposit_decisions_refund_id_fkey FOREIGN KEY (refund_id) REFERENCES public.preorder_deposits(id);

--
-- Name: preorder_deposits preorder_deposits_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposits
    ADD CONSTRAINT preorder_deposits_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: preorder_deposits preorder_deposits_preorder_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposits
    ADD CONSTRAINT preorder_deposits_preorder_id_fkey FOREIGN KEY (preorder_id) REFERENCES public.preorders(id);

--
-- Name: preorder_deposits preorder_deposits_till_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_deposits
    ADD CONSTRAINT preorder_deposits_till_session_id_fkey FOREIGN KEY (till_session_id) REFERENCES public.till_sessions(id);

--
-- Name: preorder_events preorder_events_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_events
    ADD CONSTRAINT preorder_events_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: preorder_events preorder_events_preorder_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorder_events
    ADD CONSTRAINT preorder_events_preorder_id_fkey FOREIGN KEY (preorder_id) REFERENCES public.preorders(id);

--
-- Name: preorders preorders_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: preorders preorders_assigned_to_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES public.users(id);

--
-- Name: preorders preorders_called_off_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_called_off_by_fkey FOREIGN KEY (called_off_by) REFERENCES public.users(id);

--
-- Name: preorders preorders_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);

--
-- Name: preorders preorders_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: preorders preorders_product_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_product_model_id_fkey FOREIGN KEY (product_model_id) REFERENCES public.product_models(id);

--
-- Name: preorders preorders_resale_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_resale_invoice_id_fkey FOREIGN KEY (resale_invoice_id) REFERENCES public.invoices(id);

--
-- Name: preorders preorders_value_decided_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.preorders
    ADD CONSTRAINT preorders_value_decided_by_fkey FOREIGN KEY (value_decided_by) REFERENCES public.users(id);

--
-- Name: price_approvals price_approvals_approved_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.price_approvals
    ADD CONSTRAINT price_approvals_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES public.users(id);

--
-- Name: price_approvals price_approvals_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.price_approvals
    ADD CONSTRAINT price_approvals_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: product_model_bundles product_model_bundles_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_bundles
    ADD CONSTRAINT product_model_bundles_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: product_model_bundles product_model_bundles_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_bundles
    ADD CONSTRAINT product_model_bundles_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: product_model_bundles product_model_bundles_product_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_bundles
    ADD CONSTRAINT product_model_bundles_product_model_id_fkey FOREIGN KEY (product_model_id) REFERENCES public.product_models(id);

--
-- Name: product_model_merges product_model_merges_kept; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_merges
    ADD CONSTRAINT product_model_merges_kept FOREIGN KEY (product_model_id) REFERENCES public.product_models(id);

--
-- Name: product_model_merges product_model_merges_merged_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_merges
    ADD CONSTRAINT product_model_merges_merged_by_fkey FOREIGN KEY (merged_by) REFERENCES public.users(id);

--
-- Name: product_model_prices product_model_prices_changed_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_prices
    ADD CONSTRAINT product_model_prices_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES public.users(id);

--
-- Name: product_model_prices product_model_prices_product_model_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.product_model_prices
    ADD CONSTRAINT product_model_prices_product_model_id_fkey FOREIGN KEY (product_model_id) REFERENCES public.product_models(id);

--
-- Name: quality_checks quality_checks_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quality_checks
    ADD CONSTRAINT quality_checks_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: quality_checks quality_checks_technician_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quality_checks
    ADD CONSTRAINT quality_checks_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES public.users(id);

--
-- Name: refunds refunds_exchange_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_exchange_invoice_id_fkey FOREIGN KEY (exchange_invoice_id) REFERENCES public.invoices(id);

--
-- Name: refunds refunds_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: refunds refunds_paid_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_paid_by_fkey FOREIGN KEY (paid_by) REFERENCES public.users(id);

--
-- Name: refunds refunds_return; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_return FOREIGN KEY (return_id, invoice_id) REFERENCES public.returns(id, invoice_id);

--
-- Name: refunds refunds_till_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_till_session_id_fkey FOREIGN KEY (till_session_id) REFERENCES public.till_sessions(id);

--
-- Name: repair_events repair_events_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_events
    ADD CONSTRAINT repair_events_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: repair_events repair_events_repair_ticket_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_events
    ADD CONSTRAINT repair_events_repair_ticket_id_fkey FOREIGN KEY (repair_ticket_id) REFERENCES public.repair_tickets(id);

--
-- Name: repair_parts repair_parts_added_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_parts
    ADD CONSTRAINT repair_parts_added_by_fkey FOREIGN KEY (added_by) REFERENCES public.users(id);

--
-- Name: repair_parts repair_parts_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_parts
    ADD CONSTRAINT repair_parts_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: repair_parts repair_parts_removed_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_parts
    ADD CONSTRAINT repair_parts_removed_by_fkey FOREIGN KEY (removed_by) REFERENCES public.users(id);

--
-- Name: repair_parts repair_parts_repair_ticket_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_parts
    ADD CONSTRAINT repair_parts_repair_ticket_id_fkey FOREIGN KEY (repair_ticket_id) REFERENCES public.repair_tickets(id);

--
-- Name: repair_tickets repair_tickets_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_tickets
    ADD CONSTRAINT repair_tickets_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: repair_tickets repair_tickets_assigned_to_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_tickets
    ADD CONSTRAINT repair_tickets_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES public.users(id);

--
-- Name: repair_tickets repair_tickets_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_tickets
    ADD CONSTRAINT repair_tickets_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);

--
-- Name: repair_tickets repair_tickets_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.repair_tickets
    ADD CONSTRAINT repair_tickets_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: return_lines return_lines_invoice_line_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_lines
    ADD CONSTRAINT return_lines_invoice_line_id_fkey FOREIGN KEY (invoice_line_id) REFERENCES public.invoice_lines(id);

--
-- Name: return_lines return_lines_return_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_lines
    ADD CONSTRAINT return_lines_return_id_fkey FOREIGN KEY (return_id) REFERENCES public.returns(id);

--
-- Name: return_requests return_requests_decided_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_requests
    ADD CONSTRAINT return_requests_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

--
-- Name: return_requests return_requests_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_requests
    ADD CONSTRAINT return_requests_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: return_requests return_requests_requested_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_requests
    ADD CONSTRAINT return_requests_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES public.users(id);

--
-- Name: return_requests return_requests_return_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.return_requests
    ADD CONSTRAINT return_requests_return_id_fkey FOREIGN KEY (return_id) REFERENCES public.returns(id);

--
-- Name: returns returns_approved_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.returns
    ADD CONSTRAINT returns_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES public.users(id);

--
-- Name: returns returns_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.returns
    ADD CONSTRAINT returns_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: returns returns_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.returns
    ADD CONSTRAINT returns_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: saved_views saved_views_owner_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.saved_views
    ADD CONSTRAINT saved_views_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.users(id);

--
-- Name: scan_set_devices scan_set_devices_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scan_set_devices
    ADD CONSTRAINT scan_set_devices_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: scan_set_devices scan_set_devices_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scan_set_devices
    ADD CONSTRAINT scan_set_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

--
-- Name: secrets secrets_updated_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES public.users(id);

--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- Name: settings settings_updated_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES public.users(id);

--
-- Name: stock_ledger stock_ledger_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_ledger
    ADD CONSTRAINT stock_ledger_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: stock_ledger stock_ledger_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_ledger
    ADD CONSTRAINT stock_ledger_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: stock_ledger stock_ledger_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_ledger
    ADD CONSTRAINT stock_ledger_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: stock_ledger stock_ledger_repair_ticket_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_ledger
    ADD CONSTRAINT stock_ledger_repair_ticket_id_fkey FOREIGN KEY (repair_ticket_id) REFERENCES public.repair_tickets(id);

--
-- Name: stock_moves stock_moves_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_moves
    ADD CONSTRAINT stock_moves_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: stock_moves stock_moves_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_moves
    ADD CONSTRAINT stock_moves_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: stock_moves stock_moves_from_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_moves
    ADD CONSTRAINT stock_moves_from_location_id_fkey FOREIGN KEY (from_location_id) REFERENCES public.locations(id);

--
-- Name: stock_moves stock_moves_to_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_moves
    ADD CONSTRAINT stock_moves_to_location_id_fkey FOREIGN KEY (to_location_id) REFERENCES public.locations(id);

--
-- Name: stock_receipts stock_receipts_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_receipts
    ADD CONSTRAINT stock_receipts_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: stock_receipts stock_receipts_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stock_receipts
    ADD CONSTRAINT stock_receipts_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: stocktake_counts stocktake_counts_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_counts
    ADD CONSTRAINT stocktake_counts_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: stocktake_counts stocktake_counts_asset_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_counts
    ADD CONSTRAINT stocktake_counts_asset_location_id_fkey FOREIGN KEY (asset_location_id) REFERENCES public.locations(id);

--
-- Name: stocktake_counts stocktake_counts_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_counts
    ADD CONSTRAINT stocktake_counts_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: stocktake_counts stocktake_counts_counted_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_counts
    ADD CONSTRAINT stocktake_counts_counted_by_fkey FOREIGN KEY (counted_by) REFERENCES public.users(id);

--
-- Name: stocktake_counts stocktake_counts_removed_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_counts
    ADD CONSTRAINT stocktake_counts_removed_by_fkey FOREIGN KEY (removed_by) REFERENCES public.users(id);

--
-- Name: stocktake_counts stocktake_counts_stocktake_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_counts
    ADD CONSTRAINT stocktake_counts_stocktake_id_fkey FOREIGN KEY (stocktake_id) REFERENCES public.stocktakes(id);

--
-- Name: stocktake_expected stocktake_expected_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_expected
    ADD CONSTRAINT stocktake_expected_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: stocktake_expected_items stocktake_expected_items_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_expected_items
    ADD CONSTRAINT stocktake_expected_items_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: stocktake_expected_items stocktake_expected_items_stocktake_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_expected_items
    ADD CONSTRAINT stocktake_expected_items_stocktake_id_fkey FOREIGN KEY (stocktake_id) REFERENCES public.stocktakes(id);

--
-- Name: stocktake_expected stocktake_expected_stocktake_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_expected
    ADD CONSTRAINT stocktake_expected_stocktake_id_fkey FOREIGN KEY (stocktake_id) REFERENCES public.stocktakes(id);

--
-- Name: stocktake_results stocktake_results_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_results
    ADD CONSTRAINT stocktake_results_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: stocktake_results stocktake_results_bulk_stock_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_results
    ADD CONSTRAINT stocktake_results_bulk_stock_id_fkey FOREIGN KEY (bulk_stock_id) REFERENCES public.bulk_stock(id);

--
-- Name: stocktake_results stocktake_results_count_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_results
    ADD CONSTRAINT stocktake_results_count_id_fkey FOREIGN KEY (count_id) REFERENCES public.stocktake_counts(id);

--
-- Name: stocktake_results stocktake_results_from_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_results
    ADD CONSTRAINT stocktake_results_from_location_id_fkey FOREIGN KEY (from_location_id) REFERENCES public.locations(id);

--
-- Name: stocktake_results stocktake_results_stocktake_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_results
    ADD CONSTRAINT stocktake_results_stocktake_id_fkey FOREIGN KEY (stocktake_id) REFERENCES public.stocktakes(id);

--
-- Name: stocktake_results stocktake_results_to_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktake_results
    ADD CONSTRAINT stocktake_results_to_location_id_fkey FOREIGN KEY (to_location_id) REFERENCES public.locations(id);

--
-- Name: stocktakes stocktakes_decided_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktakes
    ADD CONSTRAINT stocktakes_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

--
-- Name: stocktakes stocktakes_location_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktakes
    ADD CONSTRAINT stocktakes_location_id_fkey FOREIGN KEY (location_id) REFERENCES public.locations(id);

--
-- Name: stocktakes stocktakes_started_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktakes
    ADD CONSTRAINT stocktakes_started_by_fkey FOREIGN KEY (started_by) REFERENCES public.users(id);

--
-- Name: stocktakes stocktakes_submitted_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stocktakes
    ADD CONSTRAINT stocktakes_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES public.users(id);

--
-- Name: till_counts till_counts_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_counts
    ADD CONSTRAINT till_counts_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: till_counts till_counts_till_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_counts
    ADD CONSTRAINT till_counts_till_session_id_fkey FOREIGN KEY (till_session_id) REFERENCES public.till_sessions(id);

--
-- Name: till_movements till_movements_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_movements
    ADD CONSTRAINT till_movements_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

--
-- Name: till_movements till_movements_till_session_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_movements
    ADD CONSTRAINT till_movements_till_session_id_fkey FOREIGN KEY (till_session_id) REFERENCES public.till_sessions(id);

--
-- Name: till_sessions till_sessions_closed_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_sessions
    ADD CONSTRAINT till_sessions_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES public.users(id);

--
-- Name: till_sessions till_sessions_counted_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_sessions
    ADD CONSTRAINT till_sessions_counted_by_fkey FOREIGN KEY (counted_by) REFERENCES public.users(id);

--
-- Name: till_sessions till_sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.till_sessions
    ADD CONSTRAINT till_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

--
-- Name: warranties warranties_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranties
    ADD CONSTRAINT warranties_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: warranties warranties_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranties
    ADD CONSTRAINT warranties_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);

--
-- Name: warranties warranties_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranties
    ADD CONSTRAINT warranties_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoices(id);

--
-- Name: warranties warranties_replaces_warranty_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranties
    ADD CONSTRAINT warranties_replaces_warranty_id_fkey FOREIGN KEY (replaces_warranty_id) REFERENCES public.warranties(id);

--
-- Name: warranty_claims warranty_claims_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);

--
-- Name: warranty_claims warranty_claims_decided_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.users(id);

--
-- Name: warranty_claims warranty_claims_repair_ticket_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_repair_ticket_id_fkey FOREIGN KEY (repair_ticket_id) REFERENCES public.repair_tickets(id);

--
-- Name: warranty_claims warranty_claims_replacement_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_replacement_asset_id_fkey FOREIGN KEY (replacement_asset_id) REFERENCES public.assets(id);

--
-- Name: warranty_claims warranty_claims_replacement_invoice_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_replacement_invoice_id_fkey FOREIGN KEY (replacement_invoice_id) REFERENCES public.invoices(id);

--
-- Name: warranty_claims warranty_claims_replacement_warranty_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_replacement_warranty_id_fkey FOREIGN KEY (replacement_warranty_id) REFERENCES public.warranties(id);

--
-- Name: warranty_claims warranty_claims_return_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_return_id_fkey FOREIGN KEY (return_id) REFERENCES public.returns(id);

--
-- Name: warranty_claims warranty_claims_submitted_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_submitted_by_fkey FOREIGN KEY (submitted_by) REFERENCES public.users(id);

--
-- Name: warranty_claims warranty_claims_warranty_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.warranty_claims
    ADD CONSTRAINT warranty_claims_warranty_id_fkey FOREIGN KEY (warranty_id) REFERENCES public.warranties(id);

--
-- Name: wipe_certificates wipe_certificates_asset_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.wipe_certificates
    ADD CONSTRAINT wipe_certificates_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES public.assets(id);

--
-- Name: wipe_certificates wipe_certificates_technician_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.wipe_certificates
    ADD CONSTRAINT wipe_certificates_technician_id_fkey FOREIGN KEY (technician_id) REFERENCES public.users(id);

--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA public TO bizhub_app;
GRANT USAGE ON SCHEMA public TO bizhub_readonly;

--
-- Name: TABLE audit_log; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.audit_log TO bizhub_app;
GRANT SELECT ON TABLE public.audit_log TO bizhub_readonly;

--
-- Name: FUNCTION customer_erase(customer integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.customer_erase(customer integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.customer_erase(customer integer) TO bizhub_app;

--
-- Name: FUNCTION customer_merge(gone integer, kept integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.customer_merge(gone integer, kept integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.customer_merge(gone integer, kept integer) TO bizhub_app;

--
-- Name: TABLE invoices; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invoices TO bizhub_app;
GRANT SELECT ON TABLE public.invoices TO bizhub_readonly;

--
-- Name: FUNCTION keep_asset_imeis(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.keep_asset_imeis() FROM PUBLIC;

--
-- Name: FUNCTION product_model_merge(gone integer, kept integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.product_model_merge(gone integer, kept integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.product_model_merge(gone integer, kept integer) TO bizhub_app;

--
-- Name: TABLE api_tokens; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_tokens TO bizhub_app;

--
-- Name: SEQUENCE api_tokens_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.api_tokens_id_seq TO bizhub_app;

--
-- Name: TABLE asset_imeis; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.asset_imeis TO bizhub_app;
GRANT SELECT ON TABLE public.asset_imeis TO bizhub_readonly;

--
-- Name: TABLE asset_status_changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.asset_status_changes TO bizhub_app;
GRANT SELECT ON TABLE public.asset_status_changes TO bizhub_readonly;

--
-- Name: SEQUENCE asset_status_changes_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.asset_status_changes_id_seq TO bizhub_app;

--
-- Name: TABLE asset_status_moves; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.asset_status_moves TO bizhub_app;
GRANT SELECT ON TABLE public.asset_status_moves TO bizhub_readonly;

--
-- Name: SEQUENCE asset_tag_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.asset_tag_seq TO bizhub_app;

--
-- Name: TABLE assets; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.assets TO bizhub_app;
GRANT SELECT ON TABLE public.assets TO bizhub_readonly;

--
-- Name: SEQUENCE assets_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.assets_id_seq TO bizhub_app;

--
-- Name: SEQUENCE audit_log_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.audit_log_id_seq TO bizhub_app;

--
-- Name: TABLE audit_redactions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.audit_redactions TO bizhub_app;
GRANT SELECT ON TABLE public.audit_redactions TO bizhub_readonly;

--
-- Name: TABLE audit_seals; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.audit_seals TO bizhub_app;
GRANT SELECT ON TABLE public.audit_seals TO bizhub_readonly;

--
-- Name: SEQUENCE audit_seals_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.audit_seals_id_seq TO bizhub_app;

--
-- Name: TABLE bulk_change_rows; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.bulk_change_rows TO bizhub_app;
GRANT SELECT ON TABLE public.bulk_change_rows TO bizhub_readonly;

--
-- Name: TABLE bulk_changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.bulk_changes TO bizhub_app;
GRANT SELECT ON TABLE public.bulk_changes TO bizhub_readonly;

--
-- Name: COLUMN bulk_changes.undone_by; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(undone_by) ON TABLE public.bulk_changes TO bizhub_app;

--
-- Name: COLUMN bulk_changes.undone_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(undone_at) ON TABLE public.bulk_changes TO bizhub_app;

--
-- Name: SEQUENCE bulk_changes_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.bulk_changes_id_seq TO bizhub_app;

--
-- Name: TABLE bulk_stock; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bulk_stock TO bizhub_app;
GRANT SELECT ON TABLE public.bulk_stock TO bizhub_readonly;

--
-- Name: SEQUENCE bulk_stock_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.bulk_stock_id_seq TO bizhub_app;

--
-- Name: TABLE bulk_stock_locations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.bulk_stock_locations TO bizhub_app;
GRANT SELECT ON TABLE public.bulk_stock_locations TO bizhub_readonly;

--
-- Name: TABLE buy_backs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.buy_backs TO bizhub_app;
GRANT SELECT ON TABLE public.buy_backs TO bizhub_readonly;

--
-- Name: SEQUENCE buy_backs_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.buy_backs_id_seq TO bizhub_app;

--
-- Name: TABLE catalog_change_rows; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.catalog_change_rows TO bizhub_app;
GRANT SELECT ON TABLE public.catalog_change_rows TO bizhub_readonly;

--
-- Name: TABLE catalog_changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.catalog_changes TO bizhub_app;
GRANT SELECT ON TABLE public.catalog_changes TO bizhub_readonly;

--
-- Name: COLUMN catalog_changes.undone_by; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(undone_by) ON TABLE public.catalog_changes TO bizhub_app;

--
-- Name: COLUMN catalog_changes.undone_at; Type: ACL; Schema: public; Owner: -
--

GRANT UPDATE(undone_at) ON TABLE public.catalog_changes TO bizhub_app;

--
-- Name: SEQUENCE catalog_changes_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.catalog_changes_id_seq TO bizhub_app;

--
-- Name: TABLE claim_status_moves; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.claim_status_moves TO bizhub_app;
GRANT SELECT ON TABLE public.claim_status_moves TO bizhub_readonly;

--
-- Name: TABLE closed_days; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.closed_days TO bizhub_app;
GRANT SELECT ON TABLE public.closed_days TO bizhub_readonly;

--
-- Name: TABLE customer_consents; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.customer_consents TO bizhub_app;
GRANT SELECT ON TABLE public.customer_consents TO bizhub_readonly;

--
-- Name: SEQUENCE customer_consents_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.customer_consents_id_seq TO bizhub_app;

--
-- Name: TABLE customers; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customers TO bizhub_app;
GRANT SELECT ON TABLE public.customers TO bizhub_readonly;

--
-- Name: SEQUENCE customers_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.customers_id_seq TO bizhub_app;

--
-- Name: TABLE diagnostics_results; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.diagnostics_results TO bizhub_app;
GRANT SELECT ON TABLE public.diagnostics_results TO bizhub_readonly;

--
-- Name: SEQUENCE diagnostics_results_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.diagnostics_results_id_seq TO bizhub_app;

--
-- Name: TABLE idempotency_keys; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO bizhub_app;

--
-- Name: TABLE imports; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.imports TO bizhub_app;
GRANT SELECT ON TABLE public.imports TO bizhub_readonly;

--
-- Name: SEQUENCE imports_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.imports_id_seq TO bizhub_app;

--
-- Name: TABLE inventory_movements; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.inventory_movements TO bizhub_app;
GRANT SELECT ON TABLE public.inventory_movements TO bizhub_readonly;

--
-- Name: SEQUENCE inventory_movements_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.inventory_movements_id_seq TO bizhub_app;

--
-- Name: TABLE invoice_lines; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invoice_lines TO bizhub_app;
GRANT SELECT ON TABLE public.invoice_lines TO bizhub_readonly;

--
-- Name: SEQUENCE invoice_lines_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.invoice_lines_id_seq TO bizhub_app;

--
-- Name: TABLE invoice_names; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.invoice_names TO bizhub_app;
GRANT SELECT ON TABLE public.invoice_names TO bizhub_readonly;

--
-- Name: SEQUENCE invoice_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.invoice_number_seq TO bizhub_app;

--
-- Name: SEQUENCE invoices_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.invoices_id_seq TO bizhub_app;

--
-- Name: TABLE jobs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.jobs TO bizhub_app;
GRANT SELECT ON TABLE public.jobs TO bizhub_readonly;

--
-- Name: SEQUENCE jobs_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.jobs_id_seq TO bizhub_app;

--
-- Name: TABLE lead_sources; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lead_sources TO bizhub_app;
GRANT SELECT ON TABLE public.lead_sources TO bizhub_readonly;

--
-- Name: SEQUENCE lead_sources_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.lead_sources_id_seq TO bizhub_app;

--
-- Name: TABLE list_choices; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.list_choices TO bizhub_app;
GRANT SELECT ON TABLE public.list_choices TO bizhub_readonly;

--
-- Name: TABLE locations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO bizhub_app;
GRANT SELECT ON TABLE public.locations TO bizhub_readonly;

--
-- Name: SEQUENCE locations_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.locations_id_seq TO bizhub_app;

--
-- Name: TABLE lot_changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lot_changes TO bizhub_app;
GRANT SELECT ON TABLE public.lot_changes TO bizhub_readonly;

--
-- Name: SEQUENCE lot_changes_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.lot_changes_id_seq TO bizhub_app;

--
-- Name: TABLE lot_charge_shares; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.lot_charge_shares TO bizhub_app;
GRANT SELECT ON TABLE public.lot_charge_shares TO bizhub_readonly;

--
-- Name: SEQUENCE lot_charge_shares_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.lot_charge_shares_id_seq TO bizhub_app;

--
-- Name: TABLE lot_charges; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.lot_charges TO bizhub_app;
GRANT SELECT ON TABLE public.lot_charges TO bizhub_readonly;

--
-- Name: SEQUENCE lot_charges_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.lot_charges_id_seq TO bizhub_app;

--
-- Name: TABLE lot_figures; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lot_figures TO bizhub_app;
GRANT SELECT ON TABLE public.lot_figures TO bizhub_readonly;

--
-- Name: TABLE lot_lines; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lot_lines TO bizhub_app;
GRANT SELECT ON TABLE public.lot_lines TO bizhub_readonly;

--
-- Name: SEQUENCE lot_lines_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.lot_lines_id_seq TO bizhub_app;

--
-- Name: TABLE lot_members; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.lot_members TO bizhub_app;
GRANT SELECT ON TABLE public.lot_members TO bizhub_readonly;

--
-- Name: SEQUENCE lot_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.lot_number_seq TO bizhub_app;

--
-- Name: TABLE lots; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.lots TO bizhub_app;
GRANT SELECT ON TABLE public.lots TO bizhub_readonly;

--
-- Name: SEQUENCE lots_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.lots_id_seq TO bizhub_app;

--
-- Name: TABLE machine_reports; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.machine_reports TO bizhub_app;
GRANT SELECT ON TABLE public.machine_reports TO bizhub_readonly;

--
-- Name: SEQUENCE machine_reports_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.machine_reports_id_seq TO bizhub_app;

--
-- Name: TABLE message_events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.message_events TO bizhub_app;
GRANT SELECT ON TABLE public.message_events TO bizhub_readonly;

--
-- Name: SEQUENCE message_events_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.message_events_id_seq TO bizhub_app;

--
-- Name: TABLE messages; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO bizhub_app;
GRANT SELECT ON TABLE public.messages TO bizhub_readonly;

--
-- Name: SEQUENCE messages_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.messages_id_seq TO bizhub_app;

--
-- Name: TABLE paid_day_changes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.paid_day_changes TO bizhub_app;
GRANT SELECT ON TABLE public.paid_day_changes TO bizhub_readonly;

--
-- Name: SEQUENCE paid_day_changes_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.paid_day_changes_id_seq TO bizhub_app;

--
-- Name: TABLE parked_sales; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked_sales TO bizhub_app;
GRANT SELECT ON TABLE public.parked_sales TO bizhub_readonly;

--
-- Name: SEQUENCE parked_sales_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.parked_sales_id_seq TO bizhub_app;

--
-- Name: TABLE payment_batches; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.payment_batches TO bizhub_app;
GRANT SELECT ON TABLE public.payment_batches TO bizhub_readonly;

--
-- Name: SEQUENCE payment_batches_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.payment_batches_id_seq TO bizhub_app;

--
-- Name: TABLE payment_confirmations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.payment_confirmations TO bizhub_app;
GRANT SELECT ON TABLE public.payment_confirmations TO bizhub_readonly;

--
-- Name: TABLE payment_rejections; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.payment_rejections TO bizhub_app;
GRANT SELECT ON TABLE public.payment_rejections TO bizhub_readonly;

--
-- Name: TABLE payment_sources; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.payment_sources TO bizhub_app;
GRANT SELECT ON TABLE public.payment_sources TO bizhub_readonly;

--
-- Name: TABLE payments; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.payments TO bizhub_app;
GRANT SELECT ON TABLE public.payments TO bizhub_readonly;

--
-- Name: SEQUENCE payments_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.payments_id_seq TO bizhub_app;

--
-- Name: TABLE photo_files; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE public.photo_files TO bizhub_app;

--
-- Name: TABLE photos; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.photos TO bizhub_app;
GRANT SELECT ON TABLE public.photos TO bizhub_readonly;

--
-- Name: SEQUENCE photos_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.photos_id_seq TO bizhub_app;

--
-- Name: TABLE preorder_deposit_decisions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.preorder_deposit_decisions TO bizhub_app;
GRANT SELECT ON TABLE public.preorder_deposit_decisions TO bizhub_readonly;

--
-- Name: TABLE preorder_deposits; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.preorder_deposits TO bizhub_app;
GRANT SELECT ON TABLE public.preorder_deposits TO bizhub_readonly;

--
-- Name: SEQUENCE preorder_deposits_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.preorder_deposits_id_seq TO bizhub_app;

--
-- Name: TABLE preorder_events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.preorder_events TO bizhub_app;
GRANT SELECT ON TABLE public.preorder_events TO bizhub_readonly;

--
-- Name: SEQUENCE preorder_events_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.preorder_events_id_seq TO bizhub_app;

--
-- Name: SEQUENCE preorder_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.preorder_number_seq TO bizhub_app;

--
-- Name: TABLE preorders; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.preorders TO bizhub_app;
GRANT SELECT ON TABLE public.preorders TO bizhub_readonly;

--
-- Name: SEQUENCE preorders_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.preorders_id_seq TO bizhub_app;

--
-- Name: TABLE price_approvals; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.price_approvals TO bizhub_app;
GRANT SELECT ON TABLE public.price_approvals TO bizhub_readonly;

--
-- Name: TABLE price_lists; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.price_lists TO bizhub_app;
GRANT SELECT ON TABLE public.price_lists TO bizhub_readonly;

--
-- Name: SEQUENCE price_lists_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.price_lists_id_seq TO bizhub_app;

--
-- Name: TABLE product_model_bundles; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.product_model_bundles TO bizhub_app;
GRANT SELECT ON TABLE public.product_model_bundles TO bizhub_readonly;

--
-- Name: TABLE product_model_merges; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.product_model_merges TO bizhub_app;
GRANT SELECT ON TABLE public.product_model_merges TO bizhub_readonly;

--
-- Name: TABLE product_model_prices; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.product_model_prices TO bizhub_app;
GRANT SELECT ON TABLE public.product_model_prices TO bizhub_readonly;

--
-- Name: SEQUENCE product_model_prices_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.product_model_prices_id_seq TO bizhub_app;

--
-- Name: TABLE product_models; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.product_models TO bizhub_app;
GRANT SELECT ON TABLE public.product_models TO bizhub_readonly;

--
-- Name: SEQUENCE product_models_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.product_models_id_seq TO bizhub_app;

--
-- Name: TABLE quality_checks; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.quality_checks TO bizhub_app;
GRANT SELECT ON TABLE public.quality_checks TO bizhub_readonly;

--
-- Name: SEQUENCE quality_checks_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.quality_checks_id_seq TO bizhub_app;

--
-- Name: TABLE refunds; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.refunds TO bizhub_app;
GRANT SELECT ON TABLE public.refunds TO bizhub_readonly;

--
-- Name: SEQUENCE refunds_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.refunds_id_seq TO bizhub_app;

--
-- Name: TABLE repair_events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.repair_events TO bizhub_app;
GRANT SELECT ON TABLE public.repair_events TO bizhub_readonly;

--
-- Name: SEQUENCE repair_events_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.repair_events_id_seq TO bizhub_app;

--
-- Name: TABLE repair_parts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.repair_parts TO bizhub_app;
GRANT SELECT ON TABLE public.repair_parts TO bizhub_readonly;

--
-- Name: SEQUENCE repair_parts_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.repair_parts_id_seq TO bizhub_app;

--
-- Name: TABLE repair_status_moves; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.repair_status_moves TO bizhub_app;
GRANT SELECT ON TABLE public.repair_status_moves TO bizhub_readonly;

--
-- Name: SEQUENCE repair_ticket_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.repair_ticket_number_seq TO bizhub_app;

--
-- Name: TABLE repair_tickets; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.repair_tickets TO bizhub_app;
GRANT SELECT ON TABLE public.repair_tickets TO bizhub_readonly;

--
-- Name: SEQUENCE repair_tickets_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.repair_tickets_id_seq TO bizhub_app;

--
-- Name: TABLE return_lines; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.return_lines TO bizhub_app;
GRANT SELECT ON TABLE public.return_lines TO bizhub_readonly;

--
-- Name: SEQUENCE return_lines_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.return_lines_id_seq TO bizhub_app;

--
-- Name: SEQUENCE return_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.return_number_seq TO bizhub_app;

--
-- Name: TABLE return_requests; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.return_requests TO bizhub_app;
GRANT SELECT ON TABLE public.return_requests TO bizhub_readonly;

--
-- Name: SEQUENCE return_requests_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.return_requests_id_seq TO bizhub_app;

--
-- Name: TABLE returns; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.returns TO bizhub_app;
GRANT SELECT ON TABLE public.returns TO bizhub_readonly;

--
-- Name: SEQUENCE returns_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.returns_id_seq TO bizhub_app;

--
-- Name: TABLE saved_views; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.saved_views TO bizhub_app;
GRANT SELECT ON TABLE public.saved_views TO bizhub_readonly;

--
-- Name: SEQUENCE saved_views_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.saved_views_id_seq TO bizhub_app;

--
-- Name: TABLE scan_set_devices; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE public.scan_set_devices TO bizhub_app;
GRANT SELECT ON TABLE public.scan_set_devices TO bizhub_readonly;

--
-- Name: SEQUENCE scan_set_devices_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.scan_set_devices_id_seq TO bizhub_app;

--
-- Name: TABLE secrets; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.secrets TO bizhub_app;

--
-- Name: TABLE sessions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO bizhub_app;

--
-- Name: SEQUENCE sessions_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.sessions_id_seq TO bizhub_app;

--
-- Name: TABLE settings; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.settings TO bizhub_app;
GRANT SELECT ON TABLE public.settings TO bizhub_readonly;

--
-- Name: TABLE sign_in_attempts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_attempts TO bizhub_app;

--
-- Name: SEQUENCE sign_in_attempts_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.sign_in_attempts_id_seq TO bizhub_app;

--
-- Name: TABLE stock_ledger; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.stock_ledger TO bizhub_app;
GRANT SELECT ON TABLE public.stock_ledger TO bizhub_readonly;

--
-- Name: SEQUENCE stock_ledger_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.stock_ledger_id_seq TO bizhub_app;

--
-- Name: TABLE stock_moves; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.stock_moves TO bizhub_app;
GRANT SELECT ON TABLE public.stock_moves TO bizhub_readonly;

--
-- Name: SEQUENCE stock_moves_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.stock_moves_id_seq TO bizhub_app;

--
-- Name: TABLE stock_receipts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.stock_receipts TO bizhub_app;
GRANT SELECT ON TABLE public.stock_receipts TO bizhub_readonly;

--
-- Name: SEQUENCE stock_receipts_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.stock_receipts_id_seq TO bizhub_app;

--
-- Name: TABLE stocktake_counts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.stocktake_counts TO bizhub_app;
GRANT SELECT ON TABLE public.stocktake_counts TO bizhub_readonly;

--
-- Name: SEQUENCE stocktake_counts_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.stocktake_counts_id_seq TO bizhub_app;

--
-- Name: TABLE stocktake_expected; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.stocktake_expected TO bizhub_app;
GRANT SELECT ON TABLE public.stocktake_expected TO bizhub_readonly;

--
-- Name: TABLE stocktake_expected_items; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.stocktake_expected_items TO bizhub_app;
GRANT SELECT ON TABLE public.stocktake_expected_items TO bizhub_readonly;

--
-- Name: SEQUENCE stocktake_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.stocktake_number_seq TO bizhub_app;

--
-- Name: TABLE stocktake_results; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.stocktake_results TO bizhub_app;
GRANT SELECT ON TABLE public.stocktake_results TO bizhub_readonly;

--
-- Name: SEQUENCE stocktake_results_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.stocktake_results_id_seq TO bizhub_app;

--
-- Name: TABLE stocktakes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.stocktakes TO bizhub_app;
GRANT SELECT ON TABLE public.stocktakes TO bizhub_readonly;

--
-- Name: SEQUENCE stocktakes_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.stocktakes_id_seq TO bizhub_app;

--
-- Name: TABLE tac_codes; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tac_codes TO bizhub_app;
GRANT SELECT ON TABLE public.tac_codes TO bizhub_readonly;

--
-- Name: TABLE till_counts; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.till_counts TO bizhub_app;
GRANT SELECT ON TABLE public.till_counts TO bizhub_readonly;

--
-- Name: TABLE till_movements; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.till_movements TO bizhub_app;
GRANT SELECT ON TABLE public.till_movements TO bizhub_readonly;

--
-- Name: TABLE till_sessions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE public.till_sessions TO bizhub_app;
GRANT SELECT ON TABLE public.till_sessions TO bizhub_readonly;

--
-- Name: TABLE till_entries; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.till_entries TO bizhub_app;
GRANT SELECT ON TABLE public.till_entries TO bizhub_readonly;

--
-- Name: TABLE till_balances; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.till_balances TO bizhub_app;
GRANT SELECT ON TABLE public.till_balances TO bizhub_readonly;

--
-- Name: SEQUENCE till_counts_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.till_counts_id_seq TO bizhub_app;

--
-- Name: SEQUENCE till_movements_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.till_movements_id_seq TO bizhub_app;

--
-- Name: SEQUENCE till_sessions_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.till_sessions_id_seq TO bizhub_app;

--
-- Name: SEQUENCE till_z_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.till_z_number_seq TO bizhub_app;

--
-- Name: TABLE users; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO bizhub_app;

--
-- Name: COLUMN users.id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(id) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.username; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(username) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.email; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(email) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.role; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(role) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.full_name; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(full_name) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.phone; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(phone) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.is_active; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(is_active) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.must_change_password; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(must_change_password) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.created_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(created_at) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.updated_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(updated_at) ON TABLE public.users TO bizhub_readonly;

--
-- Name: COLUMN users.last_login; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(last_login) ON TABLE public.users TO bizhub_readonly;

--
-- Name: SEQUENCE users_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.users_id_seq TO bizhub_app;

--
-- Name: TABLE view_aging_inventory; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.view_aging_inventory TO bizhub_app;
GRANT SELECT ON TABLE public.view_aging_inventory TO bizhub_readonly;

--
-- Name: TABLE view_bulk_stock_places; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.view_bulk_stock_places TO bizhub_app;
GRANT SELECT ON TABLE public.view_bulk_stock_places TO bizhub_readonly;

--
-- Name: TABLE view_customer_account; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.view_customer_account TO bizhub_app;
GRANT SELECT ON TABLE public.view_customer_account TO bizhub_readonly;

--
-- Name: TABLE view_inventory_summary; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.view_inventory_summary TO bizhub_app;
GRANT SELECT ON TABLE public.view_inventory_summary TO bizhub_readonly;

--
-- Name: TABLE view_preorder_deposits; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.view_preorder_deposits TO bizhub_app;
GRANT SELECT ON TABLE public.view_preorder_deposits TO bizhub_readonly;

--
-- Name: TABLE view_preorder_sla; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.view_preorder_sla TO bizhub_app;
GRANT SELECT ON TABLE public.view_preorder_sla TO bizhub_readonly;

--
-- Name: TABLE view_sales_daily; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.view_sales_daily TO bizhub_app;
GRANT SELECT ON TABLE public.view_sales_daily TO bizhub_readonly;

--
-- Name: TABLE view_stocktake_devices; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.view_stocktake_devices TO bizhub_app;
GRANT SELECT ON TABLE public.view_stocktake_devices TO bizhub_readonly;

--
-- Name: TABLE view_stocktake_items; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.view_stocktake_items TO bizhub_app;
GRANT SELECT ON TABLE public.view_stocktake_items TO bizhub_readonly;

--
-- Name: TABLE view_tax_documents; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.view_tax_documents TO bizhub_app;
GRANT SELECT ON TABLE public.view_tax_documents TO bizhub_readonly;

--
-- Name: TABLE warranties; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.warranties TO bizhub_app;
GRANT SELECT ON TABLE public.warranties TO bizhub_readonly;

--
-- Name: SEQUENCE warranties_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.warranties_id_seq TO bizhub_app;

--
-- Name: SEQUENCE warranty_claim_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.warranty_claim_number_seq TO bizhub_app;

--
-- Name: TABLE warranty_claims; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.warranty_claims TO bizhub_app;
GRANT SELECT ON TABLE public.warranty_claims TO bizhub_readonly;

--
-- Name: SEQUENCE warranty_claims_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.warranty_claims_id_seq TO bizhub_app;

--
-- Name: SEQUENCE warranty_number_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.warranty_number_seq TO bizhub_app;

--
-- Name: TABLE warranty_status_moves; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.warranty_status_moves TO bizhub_app;
GRANT SELECT ON TABLE public.warranty_status_moves TO bizhub_readonly;

--
-- Name: TABLE wipe_certificates; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT ON TABLE public.wipe_certificates TO bizhub_app;
GRANT SELECT ON TABLE public.wipe_certificates TO bizhub_readonly;

--
-- Name: SEQUENCE wipe_certificates_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,USAGE ON SEQUENCE public.wipe_certificates_id_seq TO bizhub_app;

--
-- Name: DEFAULT PRIVILEGES FOR SEQUENCES; Type: DEFAULT ACL; Schema: public; Owner: -
--

ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT,USAGE ON SEQUENCES  TO bizhub_app;

--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: public; Owner: -
--

ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES  TO bizhub_app;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT SELECT ON TABLES  TO bizhub_readonly;

--
-- PostgreSQL database dump complete
--

