-- What the devices of each lot come to, kept beside the lots: the list of lots and its report would otherwise read every device
-- of every lot that they show, with its sale. Whoever changes one of those devices notes its lot in a row of their own, so that
-- no sale waits for another at a sum. A noted lot is added up from its devices; the housekeeping writes the sums anew and takes
-- the notes away.
CREATE TABLE lot_figures (
  lot_id INTEGER PRIMARY KEY REFERENCES lots (id),
  line_count BIGINT NOT NULL,
  device_count BIGINT NOT NULL,
  sold_count BIGINT NOT NULL,
  without_cost BIGINT NOT NULL,
  bought NUMERIC NOT NULL,
  charge_cost NUMERIC NOT NULL,
  landed NUMERIC NOT NULL,
  sales_amount NUMERIC NOT NULL,
  cost_at_sale NUMERIC NOT NULL,
  cost_now NUMERIC NOT NULL
);

CREATE TABLE lot_changes (
  id BIGSERIAL PRIMARY KEY,
  lot_id INTEGER NOT NULL
);
CREATE INDEX idx_lot_changes_lot ON lot_changes (lot_id);

-- A lot's sums, from its devices.
CREATE FUNCTION add_up_lot(of_lot integer) RETURNS TABLE (
  line_count bigint, device_count bigint, sold_count bigint, without_cost bigint, bought numeric, charge_cost numeric, landed numeric,
  sales_amount numeric, cost_at_sale numeric, cost_now numeric
) LANGUAGE sql STABLE AS $$
  SELECT (SELECT count(*) FROM public.lot_lines n WHERE n.lot_id = of_lot),
    count(*), count(m.invoice_line_id), count(*) FILTER (WHERE m.cost IS NULL),
    coalesce(sum(m.purchase_cost), 0), coalesce(sum(m.charge_cost), 0), coalesce(sum(m.cost), 0), coalesce(sum(m.net), 0),
    coalesce(sum(m.cost_known) FILTER (WHERE m.invoice_line_id IS NOT NULL), 0),
    coalesce(sum(m.cost) FILTER (WHERE m.invoice_line_id IS NOT NULL), 0)
  FROM public.lot_members m WHERE m.lot_id = of_lot
$$;

CREATE FUNCTION note_lots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.lot_changes (lot_id) SELECT DISTINCT c.lot_id FROM changed c WHERE c.lot_id IS NOT NULL;
  RETURN NULL;
END;
$$;

CREATE FUNCTION note_device_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.lot_changes (lot_id)
    SELECT DISTINCT n.lot_id FROM (VALUES (OLD.lot_id), (NEW.lot_id)) n (lot_id) WHERE n.lot_id IS NOT NULL;
  RETURN NULL;
END;
$$;

CREATE TRIGGER note_added_lots AFTER INSERT ON assets
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_lots();
CREATE TRIGGER note_changed_lots AFTER UPDATE ON assets FOR EACH ROW WHEN (
  (OLD.lot_id IS NOT NULL OR NEW.lot_id IS NOT NULL)
  AND (OLD.lot_id, OLD.status = 'Sold', OLD.invoice_id, OLD.purchase_cost, OLD.landed_cost, OLD.charge_cost, OLD.repair_cost)
    IS DISTINCT FROM (NEW.lot_id, NEW.status = 'Sold', NEW.invoice_id, NEW.purchase_cost, NEW.landed_cost, NEW.charge_cost, NEW.repair_cost)
) EXECUTE FUNCTION note_device_lot();
CREATE TRIGGER note_bought_back_lots AFTER INSERT ON buy_backs
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_lots();
CREATE TRIGGER note_expected_lots AFTER INSERT ON lot_lines
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_lots();
CREATE TRIGGER note_unexpected_lots AFTER DELETE ON lot_lines
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_lots();

-- Whoever loads data with triggers off changes the sums all the same.
ALTER TABLE assets ENABLE ALWAYS TRIGGER note_added_lots;
ALTER TABLE assets ENABLE ALWAYS TRIGGER note_changed_lots;
ALTER TABLE buy_backs ENABLE ALWAYS TRIGGER note_bought_back_lots;
ALTER TABLE lot_lines ENABLE ALWAYS TRIGGER note_expected_lots;
ALTER TABLE lot_lines ENABLE ALWAYS TRIGGER note_unexpected_lots;
