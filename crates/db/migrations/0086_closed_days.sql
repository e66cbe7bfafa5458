-- Closed days: what is dated on one, or before it, is written no more (PRODUCT 7).

CREATE TABLE closed_days (
  day DATE PRIMARY KEY,
  figures JSONB NOT NULL, -- as they were known at the closing
  closed_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  closed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE TRIGGER keep_closed_days_rows BEFORE UPDATE OR DELETE ON closed_days FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_closed_days BEFORE TRUNCATE ON closed_days FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON closed_days FROM bizhub_app;

-- Whoever writes into a day holds this lock shared until the end of the transaction, whoever closes one holds it alone: so
-- the figures of a closed day contain everything that was ever dated on it.
CREATE FUNCTION refuse_closed_day(dated date) RETURNS void LANGUAGE plpgsql AS $$
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

CREATE FUNCTION guard_closed_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.invoice_date);
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_closed_day BEFORE INSERT OR UPDATE OF invoice_date ON invoices
  FOR EACH ROW EXECUTE FUNCTION guard_closed_invoice();

CREATE FUNCTION guard_closed_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.payment_date);
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_closed_day BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION guard_closed_payment();

CREATE FUNCTION guard_closed_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.refund_date);
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_closed_day BEFORE INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION guard_closed_refund();

CREATE FUNCTION guard_closed_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_closed_day(NEW.return_date);
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_closed_day BEFORE INSERT ON returns FOR EACH ROW EXECUTE FUNCTION guard_closed_return();

-- What a day comes to.
CREATE FUNCTION day_figures(dated date) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'invoices', (SELECT count(*) FROM invoices i WHERE i.invoice_date = dated AND i.status IN ('Sent', 'Paid', 'Refunded')),
    'sales_total', (SELECT coalesce(sum(i.total_amount), 0)::numeric(14, 2)::text FROM invoices i
                    WHERE i.invoice_date = dated AND i.status IN ('Sent', 'Paid', 'Refunded')),
    'payments_total', (SELECT coalesce(sum(p.amount), 0)::numeric(14, 2)::text FROM payments p WHERE p.payment_date = dated),
    'refunds_total', (SELECT coalesce(sum(r.amount), 0)::numeric(14, 2)::text FROM refunds r WHERE r.refund_date = dated),
    'returns', (SELECT count(*) FROM returns r WHERE r.return_date = dated),
    'payments', (SELECT coalesce(jsonb_object_agg(m.payment_method, m.total), '{}') FROM (
      SELECT p.payment_method, sum(p.amount)::numeric(14, 2)::text AS total FROM payments p
      WHERE p.payment_date = dated GROUP BY p.payment_method) m),
    'refunds', (SELECT coalesce(jsonb_object_agg(m.payment_method, m.total), '{}') FROM (
      SELECT r.payment_method, sum(r.amount)::numeric(14, 2)::text AS total FROM refunds r
      WHERE r.refund_date = dated GROUP BY r.payment_method) m)
  )
$$;
