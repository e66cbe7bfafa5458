-- Till sessions: whose drawer the money is in, and whether it is all there (PRODUCT 7).

CREATE SEQUENCE till_z_number_seq START 1;

-- Open: takes money. Counted: the drawer was counted, and its difference waits for a reason. Closed: for good.
CREATE TABLE till_sessions (
  id SERIAL PRIMARY KEY,
  z_number VARCHAR(50) CONSTRAINT idx_till_sessions_number UNIQUE, -- of its report, from the closing on
  user_id INTEGER NOT NULL DEFAULT shop_actor() REFERENCES users (id),
  state VARCHAR(10) NOT NULL DEFAULT 'Open' CONSTRAINT check_till_state CHECK (state IN ('Open', 'Counted', 'Closed')),
  opening_float DECIMAL(10, 2) NOT NULL CONSTRAINT check_till_float CHECK (opening_float >= 0),
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  counted_at TIMESTAMP WITH TIME ZONE,
  counted_by INTEGER REFERENCES users (id),
  difference DECIMAL(16, 2), -- counted less expected, over what was counted
  difference_reason TEXT,
  closed_at TIMESTAMP WITH TIME ZONE,
  closed_by INTEGER REFERENCES users (id),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_till_counted CHECK (
    (state = 'Open') = (counted_at IS NULL) AND (counted_at IS NULL) = (difference IS NULL)
  ),
  CONSTRAINT check_till_closed CHECK (
    (state = 'Closed') = (closed_at IS NOT NULL) AND (state = 'Closed') = (z_number IS NOT NULL)
  )
);

-- One drawer a person.
CREATE UNIQUE INDEX idx_till_sessions_open ON till_sessions (user_id) WHERE state <> 'Closed';
CREATE INDEX idx_till_sessions_user ON till_sessions (user_id, opened_at);
CREATE INDEX idx_till_sessions_opened ON till_sessions (opened_at);

CREATE TABLE till_movements (
  id SERIAL PRIMARY KEY,
  till_session_id INTEGER NOT NULL REFERENCES till_sessions (id),
  kind VARCHAR(10) NOT NULL CONSTRAINT check_till_movement_kind CHECK (kind IN ('Pay in', 'Pay out')),
  amount DECIMAL(10, 2) NOT NULL CONSTRAINT check_till_movement_amount CHECK (amount > 0),
  reason TEXT NOT NULL CONSTRAINT check_till_movement_reason CHECK (btrim(reason) <> ''),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_till_movements_session ON till_movements (till_session_id);

-- What was counted: cash by its notes and coins, other methods by their totals.
CREATE TABLE till_counts (
  id SERIAL PRIMARY KEY,
  till_session_id INTEGER NOT NULL REFERENCES till_sessions (id),
  payment_method VARCHAR(20) NOT NULL CONSTRAINT check_till_count_method CHECK (
    payment_method IN ('Cash', 'MoMo', 'Bank Transfer', 'Card', 'Other')
  ),
  denomination VARCHAR(20) CONSTRAINT check_till_count_denomination CHECK (denomination IN (
    '200 note', '100 note', '50 note', '20 note', '10 note', '5 note', '2 note', '1 note',
    '2 coin', '1 coin', '0.50 coin', '0.20 coin', '0.10 coin'
  )),
  quantity INTEGER CONSTRAINT check_till_count_quantity CHECK (quantity >= 0),
  amount DECIMAL(10, 2) NOT NULL CONSTRAINT check_till_count_amount CHECK (amount >= 0),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT idx_till_counts_session UNIQUE (till_session_id, payment_method, denomination),
  CONSTRAINT check_till_count_cash CHECK (
    (payment_method = 'Cash') = (denomination IS NOT NULL) AND (payment_method = 'Cash') = (quantity IS NOT NULL)
    AND (denomination IS NULL OR amount = split_part(denomination, ' ', 1)::numeric * quantity)
  )
);
CREATE UNIQUE INDEX idx_till_counts_total ON till_counts (till_session_id, payment_method) WHERE denomination IS NULL;

ALTER TABLE payments ADD COLUMN till_session_id INTEGER REFERENCES till_sessions (id);
ALTER TABLE refunds ADD COLUMN till_session_id INTEGER REFERENCES till_sessions (id);
CREATE INDEX idx_payments_till ON payments (till_session_id) WHERE till_session_id IS NOT NULL;
CREATE INDEX idx_refunds_till ON refunds (till_session_id) WHERE till_session_id IS NOT NULL;

-- Everything that a session's figures consist of. Whatever else becomes money of a till is one more branch here.
CREATE VIEW till_entries AS
  SELECT s.id AS till_session_id, 'Cash'::varchar AS payment_method, 'Float'::varchar AS kind, s.opening_float AS amount
  FROM till_sessions s
  UNION ALL
  SELECT p.till_session_id, p.payment_method, 'Payment', p.amount FROM payments p WHERE p.till_session_id IS NOT NULL
  UNION ALL
  SELECT r.till_session_id, r.payment_method, 'Refund', -r.amount FROM refunds r WHERE r.till_session_id IS NOT NULL
  UNION ALL
  SELECT m.till_session_id, 'Cash', m.kind, CASE m.kind WHEN 'Pay in' THEN m.amount ELSE -m.amount END FROM till_movements m
  UNION ALL
  SELECT c.till_session_id, c.payment_method, 'Counted', c.amount FROM till_counts c;

-- Per session and method: what should be there, and what was counted (null where nobody counted).
CREATE VIEW till_balances AS
  SELECT e.till_session_id, e.payment_method,
    coalesce(sum(e.amount) FILTER (WHERE e.kind = 'Float'), 0) AS opening_float,
    count(*) FILTER (WHERE e.kind = 'Payment') AS payment_count,
    coalesce(sum(e.amount) FILTER (WHERE e.kind = 'Payment'), 0) AS payments,
    -coalesce(sum(e.amount) FILTER (WHERE e.kind = 'Refund'), 0) AS refunds,
    coalesce(sum(e.amount) FILTER (WHERE e.kind = 'Pay in'), 0) AS pay_ins,
    -coalesce(sum(e.amount) FILTER (WHERE e.kind = 'Pay out'), 0) AS pay_outs,
    coalesce(sum(e.amount) FILTER (WHERE e.kind <> 'Counted'), 0) AS expected,
    sum(e.amount) FILTER (WHERE e.kind = 'Counted') AS counted,
    sum(e.amount) FILTER (WHERE e.kind = 'Counted')
      - coalesce(sum(e.amount) FILTER (WHERE e.kind <> 'Counted'), 0) AS difference
  FROM till_entries e GROUP BY e.till_session_id, e.payment_method;

-- A session goes Open, Counted, Closed, and nothing else of it ever changes. What it is short or over is reckoned here, so
-- that nobody can say something else.
CREATE FUNCTION guard_till_session() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_till_session BEFORE INSERT OR UPDATE ON till_sessions
  FOR EACH ROW EXECUTE FUNCTION guard_till_session();

CREATE TRIGGER update_till_sessions_timestamp BEFORE UPDATE ON till_sessions
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- A pay-in, a pay-out or a count goes into an open session. The lock makes it wait for a closing, and a closing wait for it.
CREATE FUNCTION guard_till_entry() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard_till_entry BEFORE INSERT ON till_movements FOR EACH ROW EXECUTE FUNCTION guard_till_entry();
CREATE TRIGGER guard_till_entry BEFORE INSERT ON till_counts FOR EACH ROW EXECUTE FUNCTION guard_till_entry();

-- Money goes into the open session of who takes it, whatever the statement says. KEY SHARE waits for a closing (FOR UPDATE)
-- and not for other sales; after the wait the session is looked at again.
CREATE FUNCTION assign_till() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER assign_till BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION assign_till();
CREATE TRIGGER assign_till BEFORE INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION assign_till();

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['till_movements', 'till_counts'] LOOP
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s_rows BEFORE UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept
    );
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept
    );
  END LOOP;
END
$$;
CREATE TRIGGER keep_till_session_rows BEFORE DELETE ON till_sessions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_till_sessions BEFORE TRUNCATE ON till_sessions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

REVOKE UPDATE, DELETE ON till_movements, till_counts FROM bizhub_app;
REVOKE DELETE ON till_sessions FROM bizhub_app;
REVOKE INSERT, UPDATE, DELETE ON till_entries, till_balances FROM bizhub_app;
