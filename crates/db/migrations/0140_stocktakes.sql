-- Stocktakes (PRODUCT 5). What was expected is written down when one begins, what is counted as it is counted; what came of
-- each thing is judged live by the views below, with whatever was sold or moved meanwhile, and kept when it is approved.

CREATE SEQUENCE stocktake_number_seq START 1;

CREATE TABLE stocktakes (
  id SERIAL PRIMARY KEY,
  stocktake_number VARCHAR(20) NOT NULL CONSTRAINT idx_stocktakes_number UNIQUE,
  location_id INTEGER NOT NULL REFERENCES locations (id),
  is_blind BOOLEAN NOT NULL DEFAULT FALSE, -- whoever counts is not told what is expected
  status VARCHAR(12) NOT NULL DEFAULT 'Counting' CONSTRAINT check_stocktake_status CHECK (
    status IN ('Counting', 'Submitted', 'Approved', 'Cancelled')
  ),
  notes TEXT,
  started_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  started_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  submitted_by INTEGER REFERENCES users (id),
  submitted_at TIMESTAMP WITH TIME ZONE,
  decided_by INTEGER REFERENCES users (id), -- who approved or cancelled it
  decided_at TIMESTAMP WITH TIME ZONE,
  cancellation_reason TEXT,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_stocktake_decision CHECK (
    (status IN ('Approved', 'Cancelled')) = (decided_at IS NOT NULL)
    AND (status <> 'Cancelled' OR nullif(btrim(cancellation_reason), '') IS NOT NULL)
  ),
  CONSTRAINT check_stocktake_submission CHECK (status NOT IN ('Submitted', 'Approved') OR submitted_at IS NOT NULL)
);
-- One count of a place at a time.
CREATE UNIQUE INDEX idx_stocktakes_open ON stocktakes (location_id) WHERE status IN ('Counting', 'Submitted');
CREATE INDEX idx_stocktakes_started ON stocktakes (started_at DESC, id DESC);

-- What lay there when it began.
CREATE TABLE stocktake_expected (
  stocktake_id INTEGER NOT NULL REFERENCES stocktakes (id),
  asset_id INTEGER NOT NULL REFERENCES assets (id),
  status VARCHAR(30) NOT NULL,
  PRIMARY KEY (stocktake_id, asset_id)
);
CREATE TABLE stocktake_expected_items (
  stocktake_id INTEGER NOT NULL REFERENCES stocktakes (id),
  bulk_stock_id INTEGER NOT NULL REFERENCES bulk_stock (id),
  quantity INTEGER NOT NULL,
  PRIMARY KEY (stocktake_id, bulk_stock_id)
);

-- What was scanned: a device, so many of an item, or a code that nobody knows.
CREATE TABLE stocktake_counts (
  id SERIAL PRIMARY KEY,
  stocktake_id INTEGER NOT NULL REFERENCES stocktakes (id),
  code VARCHAR(100) NOT NULL,
  asset_id INTEGER REFERENCES assets (id),
  bulk_stock_id INTEGER REFERENCES bulk_stock (id),
  quantity INTEGER NOT NULL DEFAULT 1 CONSTRAINT check_count_quantity CHECK (quantity BETWEEN 0 AND 1000000),
  -- What the books said of it at that moment, written by the database
  asset_status VARCHAR(30),
  asset_location_id INTEGER REFERENCES locations (id),
  book_quantity INTEGER,
  counter VARCHAR(60), -- which phone or scanner, where somebody named it
  counted_by INTEGER NOT NULL DEFAULT shop_actor() REFERENCES users (id),
  counted_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  removed_by INTEGER REFERENCES users (id),
  removed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT check_count_thing CHECK (num_nonnulls(asset_id, bulk_stock_id) <= 1),
  CONSTRAINT check_count_one CHECK (bulk_stock_id IS NOT NULL OR quantity = 1),
  CONSTRAINT check_count_removal CHECK ((removed_by IS NULL) = (removed_at IS NULL))
);
CREATE UNIQUE INDEX idx_stocktake_counts_asset ON stocktake_counts (stocktake_id, asset_id)
  WHERE asset_id IS NOT NULL AND removed_at IS NULL;
CREATE UNIQUE INDEX idx_stocktake_counts_unknown ON stocktake_counts (stocktake_id, serial_key(code))
  WHERE asset_id IS NULL AND bulk_stock_id IS NULL AND removed_at IS NULL;
CREATE INDEX idx_stocktake_counts_item ON stocktake_counts (stocktake_id, bulk_stock_id) WHERE bulk_stock_id IS NOT NULL;
CREATE INDEX idx_stocktake_counts_latest ON stocktake_counts (stocktake_id, id DESC);

-- What came of each thing, written once, by the approval.
CREATE TABLE stocktake_results (
  id SERIAL PRIMARY KEY,
  stocktake_id INTEGER NOT NULL REFERENCES stocktakes (id),
  asset_id INTEGER REFERENCES assets (id),
  bulk_stock_id INTEGER REFERENCES bulk_stock (id),
  count_id INTEGER REFERENCES stocktake_counts (id), -- of a device, or of a code that nobody knows
  outcome VARCHAR(20) NOT NULL CONSTRAINT check_result_outcome CHECK (outcome IN (
    'Found', 'Missing', 'Unexpected', 'Wrong Place', 'Sold Meanwhile', 'Moved Meanwhile', 'Unknown', 'Short', 'Over', 'Not Counted'
  )),
  expected BOOLEAN NOT NULL DEFAULT FALSE,
  from_location_id INTEGER REFERENCES locations (id),
  to_location_id INTEGER REFERENCES locations (id), -- where the approval put it, if it moved it
  expected_quantity INTEGER,
  counted_quantity INTEGER,
  quantity_change INTEGER NOT NULL DEFAULT 0 -- what the approval did to the item's quantity
);
CREATE UNIQUE INDEX idx_stocktake_results_asset ON stocktake_results (stocktake_id, asset_id) WHERE asset_id IS NOT NULL;
CREATE UNIQUE INDEX idx_stocktake_results_item ON stocktake_results (stocktake_id, bulk_stock_id) WHERE bulk_stock_id IS NOT NULL;
CREATE INDEX idx_stocktake_results ON stocktake_results (stocktake_id);

CREATE FUNCTION begin_stocktake() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER begin_stocktake BEFORE INSERT ON stocktakes FOR EACH ROW EXECUTE FUNCTION begin_stocktake();

CREATE FUNCTION guard_stocktake() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER update_stocktakes_timestamp BEFORE UPDATE ON stocktakes FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER guard_stocktake BEFORE UPDATE ON stocktakes FOR EACH ROW EXECUTE FUNCTION guard_stocktake();

-- The stocktake is locked against its submission, the item against a sale that is being written: what the books say of an
-- item is what they say when the goods on the shelf were counted.
CREATE FUNCTION guard_stocktake_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  count_of record;
BEGIN
  SELECT s.stocktake_number, s.status INTO count_of FROM public.stocktakes s WHERE s.id = NEW.stocktake_id FOR SHARE;
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
    SELECT b.quantity INTO NEW.book_quantity FROM public.bulk_stock b WHERE b.id = NEW.bulk_stock_id FOR SHARE;
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_stocktake_count BEFORE INSERT OR UPDATE ON stocktake_counts
  FOR EACH ROW EXECUTE FUNCTION guard_stocktake_count();

CREATE TRIGGER keep_stocktakes BEFORE DELETE OR TRUNCATE ON stocktakes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_stocktake_counts BEFORE DELETE OR TRUNCATE ON stocktake_counts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_stocktake_expected BEFORE UPDATE OR DELETE OR TRUNCATE ON stocktake_expected
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_stocktake_expected_items BEFORE UPDATE OR DELETE OR TRUNCATE ON stocktake_expected_items
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_stocktake_results BEFORE UPDATE OR DELETE OR TRUNCATE ON stocktake_results
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE DELETE ON stocktakes, stocktake_counts FROM bizhub_app;
REVOKE UPDATE, DELETE ON stocktake_expected, stocktake_expected_items, stocktake_results FROM bizhub_app;

-- Each device of a stocktake and what is to be said of it now, in this order:
--   sold while the count ran, before or after it was counted: nothing is wrong with it;
--   not counted, and no longer there by the books: somebody moved or scrapped it meanwhile;
--   not counted: missing;
--   counted though it was sold before the count began: unexpected;
--   counted where the books have it: found;
--   counted while the books had it there, and moved after that: moved meanwhile;
--   counted, and the books have it nowhere or scrapped: unexpected; and elsewhere: in the wrong place.
CREATE VIEW view_stocktake_devices AS
  SELECT d.stocktake_id, d.asset_id, d.expected, c.id AS count_id, c.counted_by, c.counted_at, c.counter,
    CASE
      WHEN a.status = 'Sold' AND (d.expected OR c.asset_status <> 'Sold') THEN 'Sold Meanwhile'
      WHEN c.id IS NULL AND (a.status = 'Scrapped' OR a.location_id IS DISTINCT FROM s.location_id) THEN 'Moved Meanwhile'
      WHEN c.id IS NULL THEN 'Missing'
      WHEN a.status IN ('Sold', 'Scrapped') THEN 'Unexpected'
      WHEN a.location_id = s.location_id THEN 'Found'
      WHEN c.asset_location_id = s.location_id THEN 'Moved Meanwhile'
      WHEN a.location_id IS NULL THEN 'Unexpected'
      ELSE 'Wrong Place'
    END::varchar(20) AS outcome,
    a.location_id AS from_location_id, NULL::integer AS to_location_id
  FROM (
    SELECT e.stocktake_id, e.asset_id, TRUE AS expected FROM stocktake_expected e
    UNION ALL
    SELECT k.stocktake_id, k.asset_id, FALSE FROM stocktake_counts k
    WHERE k.asset_id IS NOT NULL AND k.removed_at IS NULL
      AND NOT EXISTS (SELECT FROM stocktake_expected x WHERE x.stocktake_id = k.stocktake_id AND x.asset_id = k.asset_id)
  ) d
  JOIN stocktakes s ON s.id = d.stocktake_id AND s.status <> 'Approved'
  JOIN assets a ON a.id = d.asset_id
  LEFT JOIN stocktake_counts c ON c.stocktake_id = d.stocktake_id AND c.asset_id = d.asset_id AND c.removed_at IS NULL
  UNION ALL
  SELECT r.stocktake_id, r.asset_id, r.expected, r.count_id, c.counted_by, c.counted_at, c.counter, r.outcome,
    r.from_location_id, r.to_location_id
  FROM stocktake_results r LEFT JOIN stocktake_counts c ON c.id = r.count_id
  WHERE r.asset_id IS NOT NULL;

-- Each item of a stocktake. It is compared with the books as they stood when it was last counted, so that what is sold after
-- that, and what was sold before, changes nothing. An item that nobody counted is left alone.
CREATE VIEW view_stocktake_items AS
  SELECT i.stocktake_id, i.bulk_stock_id, e.quantity AS expected_quantity, c.counted AS counted_quantity, c.book AS book_quantity,
    coalesce(c.counted - c.book, 0) AS quantity_change,
    CASE
      WHEN c.counted IS NULL THEN 'Not Counted'
      WHEN c.counted = c.book THEN 'Found'
      WHEN c.counted < c.book THEN 'Short'
      ELSE 'Over'
    END::varchar(20) AS outcome
  FROM (
    SELECT stocktake_id, bulk_stock_id FROM stocktake_expected_items
    UNION SELECT stocktake_id, bulk_stock_id FROM stocktake_counts WHERE bulk_stock_id IS NOT NULL AND removed_at IS NULL
  ) i
  JOIN stocktakes s ON s.id = i.stocktake_id AND s.status <> 'Approved'
  LEFT JOIN stocktake_expected_items e ON e.stocktake_id = i.stocktake_id AND e.bulk_stock_id = i.bulk_stock_id
  LEFT JOIN LATERAL (
    SELECT sum(k.quantity)::integer AS counted, (array_agg(k.book_quantity ORDER BY k.id DESC))[1] AS book
    FROM stocktake_counts k WHERE k.stocktake_id = i.stocktake_id AND k.bulk_stock_id = i.bulk_stock_id AND k.removed_at IS NULL
  ) c ON true
  UNION ALL
  SELECT r.stocktake_id, r.bulk_stock_id, e.quantity, r.counted_quantity, r.expected_quantity, r.quantity_change, r.outcome
  FROM stocktake_results r
  LEFT JOIN stocktake_expected_items e ON e.stocktake_id = r.stocktake_id AND e.bulk_stock_id = r.bulk_stock_id
  WHERE r.bulk_stock_id IS NOT NULL;

REVOKE INSERT, UPDATE, DELETE ON view_stocktake_devices, view_stocktake_items FROM bizhub_app;
