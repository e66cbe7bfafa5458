-- What each grade of a model has cost, and since when: written by the database whoever changes a price, never changed.
CREATE TABLE product_model_prices (
  id SERIAL PRIMARY KEY,
  product_model_id INTEGER NOT NULL REFERENCES product_models (id),
  grade CHAR(1) NOT NULL CONSTRAINT check_model_price_grade CHECK (grade IN ('A', 'B', 'C')),
  old_price DECIMAL(10, 2),
  new_price DECIMAL(10, 2),
  changed_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  -- The number of the model that it was a price of, where that one was merged into this one.
  merged_from INTEGER
);
CREATE INDEX idx_product_model_prices_model ON product_model_prices (product_model_id, changed_at DESC, id DESC);
REVOKE INSERT, UPDATE, DELETE ON product_model_prices FROM bizhub_app;

CREATE FUNCTION record_model_prices() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO product_model_prices (product_model_id, grade, old_price, new_price)
  SELECT NEW.id, p.grade, p.old_price, p.new_price
  FROM (VALUES
    ('A', CASE WHEN TG_OP = 'UPDATE' THEN OLD.default_price_grade_a END, NEW.default_price_grade_a),
    ('B', CASE WHEN TG_OP = 'UPDATE' THEN OLD.default_price_grade_b END, NEW.default_price_grade_b),
    ('C', CASE WHEN TG_OP = 'UPDATE' THEN OLD.default_price_grade_c END, NEW.default_price_grade_c)
  ) p (grade, old_price, new_price)
  WHERE p.old_price IS DISTINCT FROM p.new_price;
  RETURN NULL;
END;
$$;
CREATE TRIGGER record_new_model_prices AFTER INSERT ON product_models
  FOR EACH ROW EXECUTE FUNCTION record_model_prices();
CREATE TRIGGER record_model_prices AFTER UPDATE OF default_price_grade_a, default_price_grade_b, default_price_grade_c
  ON product_models FOR EACH ROW EXECUTE FUNCTION record_model_prices();

-- The prices as they are found: nobody knows who made them.
INSERT INTO product_model_prices (product_model_id, grade, new_price, changed_by, changed_at)
SELECT m.id, p.grade, p.price, NULL, m.created_at
FROM product_models m CROSS JOIN LATERAL (VALUES
  ('A', m.default_price_grade_a), ('B', m.default_price_grade_b), ('C', m.default_price_grade_c)) p (grade, price)
WHERE p.price IS NOT NULL;

-- Kept as written, but for the number of the model in a merge, by the merge's function alone.
CREATE FUNCTION refuse_change_but_of_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND acts_as_owner() AND current_setting('bizhub.model_change', true) = 'merge'
    AND to_jsonb(NEW) - ARRAY['product_model_id', 'merged_from'] = to_jsonb(OLD) - ARRAY['product_model_id', 'merged_from']
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'Rows of % are kept as they were written: add a new row instead of changing one.', TG_TABLE_NAME
    USING ERRCODE = 'BZ003', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER keep_product_model_prices_rows BEFORE UPDATE OR DELETE ON product_model_prices
  FOR EACH ROW EXECUTE FUNCTION refuse_change_but_of_model();
CREATE TRIGGER keep_product_model_prices BEFORE TRUNCATE ON product_model_prices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
