-- Devices that somebody scanned to do one thing with all of them. Kept until they are let go of, so that a set is gone on
-- with on another phone or another day.
CREATE TABLE scan_set_devices (
  id SERIAL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  asset_id INTEGER NOT NULL REFERENCES assets (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now(),
  CONSTRAINT idx_scan_set_devices_once UNIQUE (user_id, asset_id)
);
CREATE INDEX idx_scan_set_devices_user ON scan_set_devices (user_id, id DESC);
REVOKE UPDATE ON scan_set_devices FROM bizhub_app;
