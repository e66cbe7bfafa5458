-- Claimed payments (PRODUCT 7): the customer says that the money was sent. It counts on the balance, but the goods stay
-- held until somebody has seen the money, or until a Manager releases them.

-- The money never came. The refund beside it opens the balance again; both rows stay.
CREATE TABLE payment_rejections (
  payment_id INTEGER PRIMARY KEY REFERENCES payments (id),
  refund_id INTEGER NOT NULL CONSTRAINT idx_payment_rejections_refund UNIQUE REFERENCES refunds (id),
  reason TEXT NOT NULL CONSTRAINT check_rejection_reason CHECK (btrim(reason) <> ''),
  rejected_by INTEGER NOT NULL DEFAULT shop_actor() REFERENCES users (id),
  rejected_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE TRIGGER keep_payment_rejections_rows BEFORE UPDATE OR DELETE ON payment_rejections
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_payment_rejections BEFORE TRUNCATE ON payment_rejections
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON payment_rejections FROM bizhub_app;

CREATE INDEX idx_payments_claimed ON payments (id) WHERE claimed;

-- Only a claimed payment is confirmed or rejected, and once, whichever comes first.
CREATE FUNCTION guard_claim() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_confirmation BEFORE INSERT ON payment_confirmations FOR EACH ROW EXECUTE FUNCTION guard_claim();
CREATE TRIGGER guard_rejection BEFORE INSERT ON payment_rejections FOR EACH ROW EXECUTE FUNCTION guard_claim();

-- An invoice is Paid, and its goods go out, when the money was seen.
CREATE FUNCTION guard_invoice_claims() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_invoice_claims BEFORE UPDATE ON invoices
  FOR EACH ROW WHEN (NEW.status = 'Paid' AND OLD.status IS DISTINCT FROM 'Paid') EXECUTE FUNCTION guard_invoice_claims();
