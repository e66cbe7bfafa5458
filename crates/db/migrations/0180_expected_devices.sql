-- A serial number that is scanned in is looked for on the lists of all open lots.
CREATE INDEX idx_lot_lines_key ON lot_lines (serial_key(serial_number));
