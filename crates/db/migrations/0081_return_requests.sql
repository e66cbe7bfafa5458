-- What Sales may only ask for (PRODUCT 1): a return as it was wished, until a Manager decides.

CREATE TABLE return_requests (
  id SERIAL PRIMARY KEY,
  invoice_id INTEGER NOT NULL REFERENCES invoices (id),
  status VARCHAR(20) NOT NULL DEFAULT 'Requested' CONSTRAINT check_return_request_status CHECK (
    status IN ('Requested', 'Approved', 'Declined')
  ),
  reason TEXT NOT NULL CONSTRAINT check_return_request_reason CHECK (btrim(reason) <> ''),
  lines JSONB NOT NULL, -- [{"line_number", "quantity", "disposition"}], as asked
  refunds JSONB NOT NULL DEFAULT '[]', -- [{"payment_method", "amount", "reference", "instead_of"}], as asked
  requested_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  decided_by INTEGER REFERENCES users (id),
  decided_at TIMESTAMP WITH TIME ZONE,
  decline_reason TEXT,
  return_id INTEGER CONSTRAINT return_requests_return_id UNIQUE REFERENCES returns (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_return_request_decided CHECK ((status = 'Requested') = (decided_at IS NULL)),
  CONSTRAINT check_return_request_approved CHECK ((status = 'Approved') = (return_id IS NOT NULL)),
  CONSTRAINT check_return_request_declined CHECK ((status = 'Declined') = (decline_reason IS NOT NULL))
);
CREATE INDEX idx_return_requests_invoice ON return_requests (invoice_id);
CREATE INDEX idx_return_requests_open ON return_requests (created_at, id) WHERE status = 'Requested';

CREATE FUNCTION guard_return_request() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_return_request BEFORE UPDATE OR DELETE ON return_requests
  FOR EACH ROW EXECUTE FUNCTION guard_return_request();
CREATE TRIGGER keep_return_requests BEFORE TRUNCATE ON return_requests
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER update_return_requests_timestamp BEFORE UPDATE ON return_requests
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
REVOKE DELETE ON return_requests FROM bizhub_app;
