-- A place is counted by what lies at that place: an item's books there are its home's rest or what was moved there, not all of
-- it (migrations 0140 and 0151). What has no home at all is taken to be where it is counted.
CREATE FUNCTION stock_at(item integer, place integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(v.quantity), 0)::integer FROM public.view_bulk_stock_places v
  WHERE v.bulk_stock_id = item AND (v.location_id = place OR (v.is_home AND v.location_id IS NULL))
$$;

CREATE OR REPLACE FUNCTION guard_stocktake_count() RETURNS trigger LANGUAGE plpgsql AS $$
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
