-- Two records of one product model made one: everything that names the first names the second from then on, and the first is
-- gone. What is remembered of it here leads old links, and whoever writes to it at the same moment, to the one that stays.
CREATE TABLE product_model_merges (
  gone_id INTEGER PRIMARY KEY,
  product_model_id INTEGER NOT NULL CONSTRAINT product_model_merges_kept REFERENCES product_models (id),
  model JSONB NOT NULL,
  merged_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  merged_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_product_model_merges_kept ON product_model_merges (product_model_id);
REVOKE INSERT, UPDATE, DELETE ON product_model_merges FROM bizhub_app;

-- The tables that name a product model: asked of the catalogue, so that a new one is never forgotten.
CREATE FUNCTION product_model_references() RETURNS TABLE (named_in regclass, named_by name) LANGUAGE sql STABLE AS $$
  SELECT k.conrelid::regclass, a.attname
  FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  WHERE k.contype = 'f' AND k.confrelid = 'public.product_models'::regclass AND k.conrelid <> k.confrelid
  ORDER BY k.conrelid::regclass::text
$$;

-- Whoever writes to a model that is being merged away waits for the merge and writes to the one that stays.
CREATE FUNCTION follow_merged_model() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kept integer;
BEGIN
  PERFORM FROM public.product_models m WHERE m.id = NEW.product_model_id FOR KEY SHARE;
  IF NOT FOUND THEN
    SELECT g.product_model_id INTO kept FROM public.product_model_merges g WHERE g.gone_id = NEW.product_model_id;
    NEW.product_model_id := coalesce(kept, NEW.product_model_id);
  END IF;
  RETURN NEW;
END;
$$;
DO $$
DECLARE
  named regclass;
BEGIN
  FOR named IN SELECT named_in FROM product_model_references()
    WHERE named_in::text IN ('assets', 'preorders', 'product_model_bundles')
  LOOP
    EXECUTE format(
      'CREATE TRIGGER follow_merged_model BEFORE INSERT OR UPDATE OF product_model_id ON %s
       FOR EACH ROW WHEN (NEW.product_model_id IS NOT NULL) EXECUTE FUNCTION follow_merged_model()', named);
  END LOOP;
END
$$;

-- Moves everything of a model to another one and takes the first away. Returns how many rows of each table.
CREATE FUNCTION product_model_merge(gone integer, kept integer) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  place record;
  rows bigint;
  moved jsonb := '{}';
BEGIN
  PERFORM FROM product_models WHERE id IN (gone, kept) ORDER BY id FOR UPDATE;
  IF gone = kept OR (SELECT count(*) FROM product_models WHERE id IN (gone, kept)) <> 2 THEN
    RAISE EXCEPTION 'Only two models that are both there can be merged.' USING ERRCODE = 'BZ002', CONSTRAINT = 'model_merge_two';
  END IF;
  -- What both have is kept as the one that stays has it.
  DELETE FROM product_model_bundles b WHERE b.product_model_id = gone
    AND EXISTS (SELECT FROM product_model_bundles k WHERE k.product_model_id = kept AND k.bulk_stock_id = b.bulk_stock_id);
  UPDATE product_models k SET
    default_price_grade_a = coalesce(k.default_price_grade_a, g.default_price_grade_a),
    default_price_grade_b = coalesce(k.default_price_grade_b, g.default_price_grade_b),
    default_price_grade_c = coalesce(k.default_price_grade_c, g.default_price_grade_c),
    screen_size = coalesce(k.screen_size, g.screen_size), gpu = coalesce(k.gpu, g.gpu),
    operating_system = coalesce(k.operating_system, g.operating_system),
    description = coalesce(k.description, g.description), image_url = coalesce(k.image_url, g.image_url)
  FROM product_models g WHERE k.id = kept AND g.id = gone;
  PERFORM set_config('bizhub.model_change', 'merge', true);
  UPDATE product_model_prices SET product_model_id = kept, merged_from = coalesce(merged_from, gone) WHERE product_model_id = gone;
  GET DIAGNOSTICS rows = ROW_COUNT;
  moved := jsonb_build_object('product_model_prices', rows);
  PERFORM set_config('bizhub.model_change', '', true);
  -- A device stays the same thing in the same state: no movement, and no question about its state.
  FOR place IN SELECT named_in, named_by FROM product_model_references() LOOP
    CONTINUE WHEN place.named_in = 'public.product_model_prices'::regclass;
    EXECUTE format('UPDATE %s SET %I = $1 WHERE %I = $2', place.named_in, place.named_by, place.named_by) USING kept, gone;
    GET DIAGNOSTICS rows = ROW_COUNT;
    moved := moved || jsonb_build_object(place.named_in::text, rows);
  END LOOP;
  INSERT INTO product_model_merges (gone_id, product_model_id, model)
  SELECT gone, kept, to_jsonb(m) FROM product_models m WHERE m.id = gone;
  DELETE FROM product_models WHERE id = gone;
  RETURN moved;
END;
$$;
REVOKE ALL ON FUNCTION product_model_merge(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION product_model_merge(integer, integer) TO bizhub_app;
