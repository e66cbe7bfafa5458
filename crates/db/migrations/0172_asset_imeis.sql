-- An IMEI is one phone's, whether it stands there as its first or as its second: two unique indexes, one a column, do not see
-- that. Each IMEI has its row here, kept by the devices themselves; the key refuses the second.
CREATE TABLE asset_imeis (
  imei varchar(15) CONSTRAINT asset_imeis_key PRIMARY KEY,
  asset_id integer NOT NULL REFERENCES assets (id) ON DELETE CASCADE
);
CREATE INDEX idx_asset_imeis_asset ON asset_imeis (asset_id);

-- What two devices share already stays, and stands in `bizhub verify` until somebody mends it.
INSERT INTO asset_imeis (imei, asset_id)
SELECT i.imei, min(i.id) FROM (
  SELECT imei_1 AS imei, id FROM assets WHERE imei_1 IS NOT NULL
  UNION ALL SELECT imei_2, id FROM assets WHERE imei_2 IS NOT NULL
) i GROUP BY i.imei;

-- As its owner: the shop's own role reads the table and has no other way to write it.
CREATE FUNCTION keep_asset_imeis() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM asset_imeis WHERE asset_id = OLD.id;
  END IF;
  IF NEW.imei_1 IS NOT NULL THEN
    INSERT INTO asset_imeis (imei, asset_id) VALUES (NEW.imei_1, NEW.id);
  END IF;
  IF NEW.imei_2 IS NOT NULL THEN
    INSERT INTO asset_imeis (imei, asset_id) VALUES (NEW.imei_2, NEW.id);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_asset_imeis() FROM PUBLIC;

CREATE TRIGGER keep_new_asset_imeis AFTER INSERT ON assets FOR EACH ROW
  WHEN (NEW.imei_1 IS NOT NULL OR NEW.imei_2 IS NOT NULL) EXECUTE FUNCTION keep_asset_imeis();
CREATE TRIGGER keep_changed_asset_imeis AFTER UPDATE OF imei_1, imei_2 ON assets FOR EACH ROW
  WHEN ((OLD.imei_1, OLD.imei_2) IS DISTINCT FROM (NEW.imei_1, NEW.imei_2)) EXECUTE FUNCTION keep_asset_imeis();

REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON asset_imeis FROM bizhub_app;
