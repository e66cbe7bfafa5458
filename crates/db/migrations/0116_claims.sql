-- Warranties and claims (PRODUCT 9), held by the database: one open claim a warranty, only while it holds, and a warranty is
-- Claimed exactly while a claim is open.

ALTER TABLE warranties
  -- The warranty whose rest this one carries on: a replacement keeps the original dates.
  ADD COLUMN replaces_warranty_id INTEGER REFERENCES warranties (id);
CREATE UNIQUE INDEX idx_warranties_replaces ON warranties (replaces_warranty_id) WHERE replaces_warranty_id IS NOT NULL;

ALTER TABLE warranty_claims
  ADD COLUMN replacement_asset_id INTEGER REFERENCES assets (id),
  ADD COLUMN replacement_invoice_id INTEGER REFERENCES invoices (id),
  ADD COLUMN replacement_warranty_id INTEGER REFERENCES warranties (id),
  ADD COLUMN return_id INTEGER REFERENCES returns (id),
  ADD COLUMN submitted_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  ADD COLUMN decided_by INTEGER REFERENCES users (id),
  ADD COLUMN decided_at TIMESTAMP WITH TIME ZONE;
CREATE UNIQUE INDEX idx_warranty_claims_open ON warranty_claims (warranty_id) WHERE status IN ('Submitted', 'Approved');
CREATE UNIQUE INDEX idx_warranty_claims_one_ticket ON warranty_claims (repair_ticket_id) WHERE repair_ticket_id IS NOT NULL;

CREATE TABLE warranty_status_moves (
  from_status VARCHAR(20) NOT NULL,
  to_status VARCHAR(20) NOT NULL,
  PRIMARY KEY (from_status, to_status)
);
INSERT INTO warranty_status_moves VALUES
  ('Active', 'Claimed'),
  ('Active', 'Expired'),
  ('Active', 'Void'),
  ('Claimed', 'Active'),
  ('Expired', 'Void');
CREATE TABLE claim_status_moves (
  from_status VARCHAR(20) NOT NULL,
  to_status VARCHAR(20) NOT NULL,
  PRIMARY KEY (from_status, to_status)
);
INSERT INTO claim_status_moves VALUES
  ('Submitted', 'Approved'),
  ('Submitted', 'Denied'),
  ('Approved', 'Completed');
REVOKE INSERT, UPDATE, DELETE ON warranty_status_moves, claim_status_moves FROM bizhub_app;

CREATE FUNCTION guard_warranty_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A warranty begins as Active.' USING ERRCODE = 'BZ001', CONSTRAINT = 'warranty_starts_active';
END;
$$;
CREATE TRIGGER guard_warranty_insert BEFORE INSERT ON warranties
  FOR EACH ROW WHEN (NEW.status <> 'Active') EXECUTE FUNCTION guard_warranty_insert();

CREATE FUNCTION guard_warranty_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_warranty_update BEFORE UPDATE ON warranties
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION guard_warranty_update();

CREATE FUNCTION guard_claim_insert() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_claim_insert BEFORE INSERT ON warranty_claims FOR EACH ROW EXECUTE FUNCTION guard_claim_insert();

CREATE FUNCTION guard_claim_update() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_claim_update BEFORE UPDATE ON warranty_claims FOR EACH ROW EXECUTE FUNCTION guard_claim_update();

-- The warranty follows its claims.
CREATE FUNCTION follow_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE public.warranties SET status = 'Claimed' WHERE id = NEW.warranty_id AND status = 'Active';
  ELSIF NEW.status IN ('Denied', 'Completed') AND OLD.status NOT IN ('Denied', 'Completed') THEN
    UPDATE public.warranties SET status = 'Active' WHERE id = NEW.warranty_id AND status = 'Claimed';
  END IF;
  RETURN NULL;
END;
$$;
CREATE TRIGGER follow_claim AFTER INSERT OR UPDATE ON warranty_claims FOR EACH ROW EXECUTE FUNCTION follow_claim();

CREATE FUNCTION guard_claim_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is kept: deny it instead of deleting it.', OLD.claim_number USING ERRCODE = 'BZ003', CONSTRAINT = 'claim_kept';
END;
$$;
CREATE TRIGGER guard_claim_delete BEFORE DELETE ON warranty_claims FOR EACH ROW EXECUTE FUNCTION guard_claim_delete();
CREATE FUNCTION guard_warranty_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is kept: void it instead of deleting it.', OLD.warranty_number USING ERRCODE = 'BZ003', CONSTRAINT = 'warranty_kept';
END;
$$;
CREATE TRIGGER guard_warranty_delete BEFORE DELETE ON warranties FOR EACH ROW EXECUTE FUNCTION guard_warranty_delete();
