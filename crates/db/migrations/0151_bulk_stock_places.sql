-- Bulk stock in several places, and what a delivery makes of its cost (PRODUCT 4).
--
-- bulk_stock.location_id is an item's home: the shop's own shelf, from which sales and repairs take. bulk_stock_locations holds
-- what lies elsewhere; the home has the rest, so that all places together are always the quantity, and a sale writes nothing
-- more than before. Only when the home is empty does a sale take from elsewhere, where most of it lies.
CREATE TABLE bulk_stock_locations (
  bulk_stock_id INTEGER NOT NULL REFERENCES bulk_stock (id),
  location_id INTEGER NOT NULL REFERENCES locations (id),
  quantity INTEGER NOT NULL CONSTRAINT check_place_quantity CHECK (quantity > 0),
  PRIMARY KEY (bulk_stock_id, location_id)
);
CREATE INDEX idx_bulk_stock_locations_location ON bulk_stock_locations (location_id);
ALTER TABLE bulk_stock
  ADD COLUMN elsewhere_quantity INTEGER NOT NULL DEFAULT 0,
  ADD CONSTRAINT check_stock_elsewhere CHECK (elsewhere_quantity >= 0 AND elsewhere_quantity <= greatest(quantity, 0));

CREATE TABLE stock_moves (
  id BIGSERIAL PRIMARY KEY,
  bulk_stock_id INTEGER NOT NULL REFERENCES bulk_stock (id),
  from_location_id INTEGER REFERENCES locations (id), -- null: the home of an item without a place
  to_location_id INTEGER REFERENCES locations (id),
  quantity INTEGER NOT NULL CONSTRAINT check_move_quantity CHECK (quantity > 0),
  reason TEXT,
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT check_move_goes CHECK (from_location_id IS DISTINCT FROM to_location_id)
);
CREATE INDEX idx_stock_moves_item ON stock_moves (bulk_stock_id, id DESC);

CREATE TABLE stock_receipts (
  id BIGSERIAL PRIMARY KEY,
  bulk_stock_id INTEGER NOT NULL REFERENCES bulk_stock (id),
  quantity INTEGER NOT NULL CONSTRAINT check_receipt_quantity CHECK (quantity > 0),
  unit_cost DECIMAL(10, 2) NOT NULL CONSTRAINT check_receipt_cost CHECK (unit_cost >= 0),
  quantity_before INTEGER NOT NULL,
  cost_before DECIMAL(10, 2),
  cost_after DECIMAL(10, 2) NOT NULL,
  supplier VARCHAR(100),
  reference VARCHAR(100),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  -- The moving average: what was there at its cost and what came at its own, by the piece, half a pesewa up.
  CONSTRAINT check_receipt_average CHECK (
    cost_after = round((quantity_before * coalesce(cost_before, unit_cost) + quantity * unit_cost) / (quantity_before + quantity), 2)
  )
);
CREATE INDEX idx_stock_receipts_item ON stock_receipts (bulk_stock_id, id DESC);

-- What a move does. The places are the database's own, like the ledger: nobody but these functions writes them.
CREATE FUNCTION apply_stock_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
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
CREATE TRIGGER apply_stock_move BEFORE INSERT ON stock_moves FOR EACH ROW EXECUTE FUNCTION apply_stock_move();

-- More goes than the home has: the rest comes from where most of it lies.
CREATE FUNCTION take_from_elsewhere() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
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
CREATE TRIGGER take_from_elsewhere BEFORE UPDATE ON bulk_stock
  FOR EACH ROW WHEN (NEW.quantity < NEW.elsewhere_quantity) EXECUTE FUNCTION take_from_elsewhere();

-- Another home: what lay there already is at home from then on.
CREATE FUNCTION bring_home() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  there integer;
BEGIN
  DELETE FROM bulk_stock_locations l WHERE l.bulk_stock_id = NEW.id AND l.location_id = NEW.location_id RETURNING l.quantity INTO there;
  NEW.elsewhere_quantity := NEW.elsewhere_quantity - coalesce(there, 0);
  RETURN NEW;
END;
$$;
CREATE TRIGGER bring_home BEFORE UPDATE ON bulk_stock
  FOR EACH ROW WHEN (OLD.location_id IS DISTINCT FROM NEW.location_id AND NEW.elsewhere_quantity > 0) EXECUTE FUNCTION bring_home();

CREATE FUNCTION guard_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What lies elsewhere changes by a move.' USING ERRCODE = 'BZ003', CONSTRAINT = 'stock_places_kept';
END;
$$;
CREATE TRIGGER guard_elsewhere BEFORE UPDATE OF elsewhere_quantity ON bulk_stock
  FOR EACH ROW WHEN (OLD.elsewhere_quantity IS DISTINCT FROM NEW.elsewhere_quantity AND pg_trigger_depth() = 0)
  EXECUTE FUNCTION guard_elsewhere();

-- Every place of every item: together they are its quantity.
CREATE VIEW view_bulk_stock_places AS
  SELECT s.id AS bulk_stock_id, s.location_id, s.quantity - s.elsewhere_quantity AS quantity, true AS is_home
  FROM bulk_stock s WHERE s.is_stocked
  UNION ALL
  SELECT l.bulk_stock_id, l.location_id, l.quantity, false FROM bulk_stock_locations l;

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['stock_moves', 'stock_receipts'] LOOP
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s_rows BEFORE UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept
    );
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept
    );
  END LOOP;
END
$$;
REVOKE UPDATE, DELETE ON stock_moves, stock_receipts FROM bizhub_app;
REVOKE INSERT, UPDATE, DELETE ON bulk_stock_locations, view_bulk_stock_places FROM bizhub_app;
