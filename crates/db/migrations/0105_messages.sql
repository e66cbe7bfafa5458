-- Messages to customers (PRODUCT 12): an outbox. A row is written with what it is about, in the same transaction, and says
-- what became of it; message_events keeps every step.

CREATE TABLE messages (
  id SERIAL PRIMARY KEY,
  kind VARCHAR(30) NOT NULL CONSTRAINT check_message_kind CHECK (kind IN (
    'Receipt', 'Invoice', 'Credit Note', 'Statement', 'Preorder Arrived', 'Repair Ready', 'Warranty Ends', 'Balance Due', 'Test'
  )),
  channel VARCHAR(10) NOT NULL CONSTRAINT check_message_channel CHECK (channel IN ('E-mail', 'WhatsApp', 'SMS')),
  status VARCHAR(10) NOT NULL CONSTRAINT check_message_status CHECK (
    status IN ('Ready', 'Opened', 'Queued', 'Sending', 'Sent', 'Unclear', 'Failed', 'Cancelled')
  ),
  customer_id INTEGER REFERENCES customers (id),
  recipient VARCHAR(100) NOT NULL, -- a phone in international form, or an e-mail address
  subject VARCHAR(200),
  body TEXT NOT NULL CONSTRAINT check_message_body CHECK (btrim(body) <> ''),

  -- What it is about; a receipt, an invoice, a statement and a credit note bring their PDF along by e-mail.
  invoice_id INTEGER REFERENCES invoices (id),
  return_id INTEGER REFERENCES returns (id),
  preorder_id INTEGER REFERENCES preorders (id),
  repair_ticket_id INTEGER REFERENCES repair_tickets (id),
  warranty_id INTEGER REFERENCES warranties (id),
  statement_from DATE,
  statement_to DATE,

  attempts INTEGER NOT NULL DEFAULT 0 CONSTRAINT check_message_attempts CHECK (attempts >= 0),
  next_attempt_at TIMESTAMP WITH TIME ZONE,
  claimed_until TIMESTAMP WITH TIME ZONE, -- a Sending one nobody has finished by then is Unclear
  last_error TEXT,
  sent_at TIMESTAMP WITH TIME ZONE,
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),

  -- A WhatsApp message is opened by a person; the others go by themselves.
  CONSTRAINT check_message_way CHECK ((channel = 'WhatsApp') = (status IN ('Ready', 'Opened')) OR status = 'Cancelled'),
  CONSTRAINT check_message_queued CHECK ((status = 'Queued') = (next_attempt_at IS NOT NULL)),
  CONSTRAINT check_message_sending CHECK ((status = 'Sending') = (claimed_until IS NOT NULL)),
  CONSTRAINT check_message_sent CHECK ((status = 'Sent') = (sent_at IS NOT NULL)),
  CONSTRAINT check_message_statement CHECK ((kind = 'Statement') = (statement_from IS NOT NULL AND statement_to IS NOT NULL))
);
CREATE INDEX idx_messages_customer ON messages (customer_id);
CREATE INDEX idx_messages_invoice ON messages (invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX idx_messages_return ON messages (return_id) WHERE return_id IS NOT NULL;
CREATE INDEX idx_messages_preorder ON messages (preorder_id) WHERE preorder_id IS NOT NULL;
CREATE INDEX idx_messages_repair_ticket ON messages (repair_ticket_id) WHERE repair_ticket_id IS NOT NULL;
CREATE INDEX idx_messages_warranty ON messages (warranty_id) WHERE warranty_id IS NOT NULL;
CREATE INDEX idx_messages_due ON messages (next_attempt_at, id) WHERE status = 'Queued';
CREATE INDEX idx_messages_sending ON messages (claimed_until) WHERE status = 'Sending';
CREATE INDEX idx_messages_created ON messages (created_at, id);

CREATE TRIGGER update_messages_timestamp BEFORE UPDATE ON messages
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- Whether the present rights are those of the tables' owner: so it is inside of a SECURITY DEFINER function, and never for
-- the application's own statements.
CREATE FUNCTION acts_as_owner() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT pg_get_userbyid(c.relowner) = current_user FROM pg_class c WHERE c.oid = 'public.customers'::regclass
$$;

-- A message is what was written and to whom; only its way goes on, as domain/src/message.rs has it.
CREATE FUNCTION guard_message() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_message BEFORE INSERT OR UPDATE OR DELETE ON messages FOR EACH ROW EXECUTE FUNCTION guard_message();
CREATE TRIGGER keep_messages BEFORE TRUNCATE ON messages FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE message_events (
  id SERIAL PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES messages (id),
  from_status VARCHAR(10),
  to_status VARCHAR(10) NOT NULL,
  attempt INTEGER NOT NULL,
  words TEXT, -- what the other side said, or who asked
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_message_events_message ON message_events (message_id, id);
CREATE TRIGGER keep_message_events_rows BEFORE UPDATE OR DELETE ON message_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_message_events BEFORE TRUNCATE ON message_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every step writes itself down. A WhatsApp message that is opened again is one more step.
CREATE FUNCTION log_message_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO message_events (message_id, from_status, to_status, attempt, words)
  VALUES (NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD.status END, NEW.status, NEW.attempts,
    CASE WHEN NEW.status IN ('Queued', 'Failed', 'Unclear') THEN NEW.last_error END);
  RETURN NULL;
END;
$$;
CREATE TRIGGER log_message_written AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION log_message_step();
CREATE TRIGGER log_message_steps AFTER UPDATE OF status ON messages
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR NEW.status = 'Opened') EXECUTE FUNCTION log_message_step();

-- What a customer allows on each channel, as they said it: the newest row of a channel holds. Who never said anything gets
-- the documents they ask for, and no reminders.
CREATE TABLE customer_consents (
  id SERIAL PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  channel VARCHAR(10) NOT NULL CONSTRAINT check_consent_channel CHECK (channel IN ('E-mail', 'WhatsApp', 'SMS')),
  allows VARCHAR(10) NOT NULL CONSTRAINT check_consent_allows CHECK (allows IN ('Nothing', 'Documents', 'Everything')),
  given_on DATE NOT NULL DEFAULT shop_today(),
  given_how VARCHAR(20) NOT NULL CONSTRAINT check_consent_how CHECK (
    given_how IN ('In person', 'By phone', 'In writing', 'Merged')
  ),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_customer_consents_customer ON customer_consents (customer_id, channel, id);

-- Keys of the e-mail server and the SMS gateway. They are written, used, and never shown: not in answers, logs, the audit
-- log or to the role for reports.
CREATE TABLE secrets (
  name VARCHAR(50) PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  updated_by INTEGER DEFAULT shop_actor() REFERENCES users (id)
);
CREATE TRIGGER update_secrets_timestamp BEFORE UPDATE ON secrets
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

GRANT SELECT, INSERT, UPDATE, DELETE ON messages, message_events, customer_consents, secrets TO bizhub_app;
REVOKE DELETE ON messages FROM bizhub_app;
REVOKE INSERT, UPDATE, DELETE ON message_events FROM bizhub_app;
REVOKE UPDATE, DELETE ON customer_consents FROM bizhub_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO bizhub_app;
GRANT SELECT ON messages, message_events, customer_consents TO bizhub_readonly;
REVOKE ALL ON secrets FROM bizhub_readonly;
