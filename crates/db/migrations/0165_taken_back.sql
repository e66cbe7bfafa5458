-- What was received by mistake and taken back, alone or with its import, is no device of the shop: it is counted under no status,
-- and its record stays as it is for what is written of it.
CREATE OR REPLACE FUNCTION add_asset_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO asset_status_changes (status, units) SELECT a.status, count(*) FROM added a WHERE a.voided_at IS NULL GROUP BY a.status;
  RETURN NULL;
END;
$$;

CREATE OR REPLACE FUNCTION change_asset_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.voided_at IS NULL THEN
    INSERT INTO asset_status_changes (status, units) VALUES (OLD.status, -1);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.voided_at IS NULL THEN
      INSERT INTO asset_status_changes (status, units) VALUES (NEW.status, 1);
    END IF;
  END IF;
  RETURN NULL;
END;
$$;

DROP TRIGGER count_changed_asset ON assets;
CREATE TRIGGER count_changed_asset AFTER UPDATE ON assets
  FOR EACH ROW WHEN (OLD.status <> NEW.status OR (OLD.voided_at IS NULL) <> (NEW.voided_at IS NULL))
  EXECUTE FUNCTION change_asset_status();
ALTER TABLE assets ENABLE ALWAYS TRIGGER count_changed_asset;

INSERT INTO asset_status_changes (status, units)
  SELECT status, -count(*) FROM assets WHERE voided_at IS NOT NULL GROUP BY status;

-- Only a merge of models may still touch it: the record follows its model.
CREATE FUNCTION guard_voided_asset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(OLD) - ARRAY['product_model_id', 'updated_at']) IS DISTINCT FROM (to_jsonb(NEW) - ARRAY['product_model_id', 'updated_at']) THEN
    RAISE EXCEPTION 'Device % was taken back: its record stays as it is. Receive the device again.', OLD.asset_tag
      USING ERRCODE = 'BZ003', CONSTRAINT = 'asset_taken_back';
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER guard_voided_asset BEFORE UPDATE ON assets
  FOR EACH ROW WHEN (OLD.voided_at IS NOT NULL) EXECUTE FUNCTION guard_voided_asset();
