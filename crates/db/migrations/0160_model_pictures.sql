-- Pictures of product models, kept as photos are (PRODUCT 2). The one that is shown stands in product_models.image_url; those before it
-- stay, so that a picture that was replaced is shown again by one press.
ALTER TABLE photos ADD COLUMN product_model_id INTEGER REFERENCES product_models (id);
ALTER TABLE photos
  DROP CONSTRAINT check_photo_of,
  ADD CONSTRAINT check_photo_of CHECK (num_nonnulls(asset_id, repair_ticket_id, product_model_id) = 1);
CREATE INDEX idx_photos_model ON photos (product_model_id, id) WHERE product_model_id IS NOT NULL;
CREATE TRIGGER follow_merged_model BEFORE INSERT ON photos
  FOR EACH ROW WHEN (NEW.product_model_id IS NOT NULL) EXECUTE FUNCTION follow_merged_model();

CREATE OR REPLACE FUNCTION guard_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Of two records of a model made one, all pictures are the one's that stays. The merge runs as the owner of the table, and nobody
  -- who serves requests is that.
  IF num_nonnulls(OLD.product_model_id, NEW.product_model_id) = 2
    AND (to_jsonb(NEW) - 'product_model_id') = (to_jsonb(OLD) - 'product_model_id')
    AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID)
  THEN
    RETURN NEW;
  END IF;
  IF OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL
    OR (to_jsonb(NEW) - ARRAY['removed_at', 'removed_by', 'caption']) <> (to_jsonb(OLD) - ARRAY['removed_at', 'removed_by', 'caption'])
    OR NEW.caption IS NOT NULL
  THEN
    RAISE EXCEPTION 'A photo stays as it was taken: take it away, and take another one.'
      USING ERRCODE = 'BZ003', CONSTRAINT = 'photo_stays';
  END IF;
  RETURN NEW;
END;
$$;
