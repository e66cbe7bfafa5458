-- What every installation starts with (schema 3.6, 3.19, 8.1).

INSERT INTO locations (location_name, description) VALUES
  ('Shop Floor', 'Main retail display area'),
  ('Backroom', 'Storage behind shop'),
  ('Repair Bench', 'Technician workstation'),
  ('Warehouse', 'Off-site storage'),
  ('Sold', 'Item has been sold and left premises');

INSERT INTO lead_sources (source_name, description) VALUES
  ('Instagram', 'Social media marketing'),
  ('Walk-in', 'Customer walked into shop'),
  ('Referral', 'Referred by existing customer'),
  ('Campus Ambassador', 'University campus representative'),
  ('Online Search', 'Found via Google/search engine'),
  ('Facebook', 'Facebook ads or organic'),
  ('WhatsApp', 'WhatsApp Business'),
  ('Other', 'Other source');

-- admin / changeme123, which must be changed at the first sign-in.
INSERT INTO users (username, email, password_hash, role, full_name, must_change_password) VALUES
  ('admin', 'admin@localhost', '$2b$10$0Wzfl1JYJ16gO4gzk8yN8.X7HO3Pe/VM68eTfjZW9XZ7z86IrqGZG', 'Admin', 'Administrator', TRUE);

INSERT INTO settings (key, value) VALUES
  ('shop', '{"name": "Payless4Tech", "address": "", "city": "Accra", "country": "Ghana", "phone": "", "email": "", "website": ""}'),
  ('time_zone', '"Africa/Accra"'),
  ('currency', '"GHS"'),
  ('allowed_discount_percent', '10'),
  ('hold_hours', '48'),
  ('warranty_standard_days', '90'),
  ('warranty_premium_days', '365'),
  ('reorder_threshold', '10'),
  ('preorder_deposit', '"500.00"'),
  ('preorder_sla_days', '21'),
  ('tax', '{"mode": "off", "rates": []}'),
  ('wipe_methods', '["NIST 800-88 Clear", "NIST 800-88 Purge", "DoD 3-pass", "Quick Format", "Blancco"]'),
  ('diagnostics_checklists', '{
    "Laptop": [
      {"key": "power_on", "label": "Powers on"},
      {"key": "display", "label": "Display"},
      {"key": "keyboard", "label": "Keyboard"},
      {"key": "trackpad", "label": "Trackpad"},
      {"key": "ports", "label": "Ports"},
      {"key": "wifi", "label": "Wi-Fi"},
      {"key": "bluetooth", "label": "Bluetooth"},
      {"key": "speakers", "label": "Speakers"},
      {"key": "microphone", "label": "Microphone"},
      {"key": "webcam", "label": "Webcam"},
      {"key": "storage", "label": "Storage health"},
      {"key": "battery", "label": "Battery"},
      {"key": "charging", "label": "Charging"}
    ],
    "Phone": [
      {"key": "power_on", "label": "Powers on"},
      {"key": "display", "label": "Display"},
      {"key": "touch", "label": "Touch"},
      {"key": "buttons", "label": "Buttons"},
      {"key": "cameras", "label": "Cameras"},
      {"key": "speakers", "label": "Speakers"},
      {"key": "microphone", "label": "Microphone"},
      {"key": "sim", "label": "SIM and calls"},
      {"key": "wifi", "label": "Wi-Fi"},
      {"key": "bluetooth", "label": "Bluetooth"},
      {"key": "biometrics", "label": "Fingerprint or face"},
      {"key": "account_lock", "label": "No account lock"},
      {"key": "battery", "label": "Battery"},
      {"key": "charging", "label": "Charging"}
    ],
    "Accessory": [
      {"key": "works", "label": "Works"},
      {"key": "complete", "label": "Complete"}
    ]
  }');
