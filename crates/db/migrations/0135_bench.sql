-- The bench: what a machine says of itself, type allocation codes of phones, quality checks as records of their own, photos,
-- and a check code on each wipe certificate (PRODUCT 2, 3 and 10).

-- Reports of dmidecode, as they were read and word by word. They stay as they are.
CREATE TABLE machine_reports (
  id SERIAL PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets (id),
  found JSONB NOT NULL,
  report_text TEXT NOT NULL CONSTRAINT check_report_size CHECK (octet_length(report_text) <= 1048576),
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_machine_reports_asset ON machine_reports (asset_id, id DESC);

-- Quality checks, as diagnostics and wipes are kept. What was checked before this is read from the log of changes.
CREATE TABLE quality_checks (
  id SERIAL PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets (id),
  technician_id INTEGER REFERENCES users (id),
  condition_grade VARCHAR(10) NOT NULL CHECK (condition_grade IN ('A', 'B', 'C')),
  passed BOOLEAN NOT NULL,
  price DECIMAL(10, 2), -- what the grade made it cost, as known at the check
  cosmetic_notes TEXT,
  status_entry INTEGER NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_quality_checks_asset ON quality_checks (asset_id);
CREATE INDEX idx_quality_checks_technician ON quality_checks (technician_id, created_at);

INSERT INTO quality_checks (asset_id, technician_id, condition_grade, passed, cosmetic_notes, status_entry, created_at)
SELECT l.entity_id, l.user_id, l.after ->> 'condition_grade', (l.after ->> 'passed')::boolean, l.after ->> 'cosmetic_notes', 0, l.at
FROM audit_log l JOIN assets a ON a.id = l.entity_id
WHERE l.action = 'asset.quality_check' AND l.entity = 'assets' AND l.after ->> 'condition_grade' IN ('A', 'B', 'C')
ORDER BY l.id;

CREATE TRIGGER stamp_quality_check BEFORE INSERT ON quality_checks
  FOR EACH ROW EXECUTE FUNCTION stamp_status_entry();

-- Photos of devices and of what is taken in for repair. The pictures themselves stand apart, so that lists do not carry them;
-- one that is taken away leaves its row behind.
CREATE TABLE photos (
  id SERIAL PRIMARY KEY,
  asset_id INTEGER REFERENCES assets (id),
  repair_ticket_id INTEGER REFERENCES repair_tickets (id),
  caption VARCHAR(200),
  width INTEGER NOT NULL CONSTRAINT check_photo_width CHECK (width BETWEEN 1 AND 1600),
  height INTEGER NOT NULL CONSTRAINT check_photo_height CHECK (height BETWEEN 1 AND 1600),
  status_entry INTEGER, -- of the device, when it was taken: so a photo belongs to a pass
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  removed_at TIMESTAMP WITH TIME ZONE,
  removed_by INTEGER REFERENCES users (id),
  CONSTRAINT check_photo_of CHECK (num_nonnulls(asset_id, repair_ticket_id) = 1)
);
CREATE INDEX idx_photos_asset ON photos (asset_id, id) WHERE asset_id IS NOT NULL;
CREATE INDEX idx_photos_ticket ON photos (repair_ticket_id, id) WHERE repair_ticket_id IS NOT NULL;
CREATE TRIGGER stamp_photo BEFORE INSERT ON photos
  FOR EACH ROW WHEN (NEW.asset_id IS NOT NULL) EXECUTE FUNCTION stamp_status_entry();

CREATE TABLE photo_files (
  photo_id INTEGER PRIMARY KEY REFERENCES photos (id),
  image BYTEA NOT NULL CONSTRAINT check_photo_image CHECK (octet_length(image) BETWEEN 1 AND 4194304),
  thumbnail BYTEA NOT NULL CONSTRAINT check_photo_thumbnail CHECK (octet_length(thumbnail) BETWEEN 1 AND 262144)
);
-- JPEG does not get smaller by being compressed again.
ALTER TABLE photo_files ALTER image SET STORAGE EXTERNAL, ALTER thumbnail SET STORAGE EXTERNAL;

CREATE FUNCTION guard_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
CREATE TRIGGER guard_photo BEFORE UPDATE ON photos FOR EACH ROW EXECUTE FUNCTION guard_photo();

-- Whoever is erased takes the photos of what they brought in with them.
CREATE FUNCTION erase_photos() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM photo_files f USING photos p, repair_tickets t
  WHERE f.photo_id = p.id AND t.id = p.repair_ticket_id AND t.customer_id = NEW.id;
  UPDATE photos p SET removed_at = shop_now(), removed_by = shop_actor(), caption = NULL FROM repair_tickets t
  WHERE t.id = p.repair_ticket_id AND t.customer_id = NEW.id AND p.removed_at IS NULL;
  RETURN NULL;
END;
$$;
CREATE TRIGGER erase_photos AFTER UPDATE OF erased_at ON customers
  FOR EACH ROW WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION erase_photos();

-- Type allocation codes: the first eight digits of an IMEI say who made the phone and which it is. The shop brings the list.
CREATE TABLE tac_codes (
  tac VARCHAR(8) PRIMARY KEY CONSTRAINT check_tac CHECK (tac ~ '^[0-9]{8}$'),
  brand VARCHAR(50) NOT NULL,
  model_name VARCHAR(100) NOT NULL
);

-- What the QR code on a certificate leads to.
ALTER TABLE wipe_certificates
  ADD COLUMN check_code VARCHAR(22) NOT NULL DEFAULT new_check_code() CONSTRAINT idx_wipe_check_code UNIQUE;

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['machine_reports', 'quality_checks'] LOOP
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s_rows BEFORE UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept);
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept);
  END LOOP;
END
$$;
REVOKE UPDATE, DELETE ON machine_reports, quality_checks FROM bizhub_app;
REVOKE DELETE ON photos FROM bizhub_app;
REVOKE UPDATE ON photo_files FROM bizhub_app;
REVOKE SELECT ON photo_files FROM bizhub_readonly;
