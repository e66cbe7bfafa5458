-- The list of moves of bulk stock reads the newest first, of all items, from or to one place, or of some days.
CREATE INDEX idx_stock_moves_from ON stock_moves (from_location_id, id DESC);
CREATE INDEX idx_stock_moves_to ON stock_moves (to_location_id, id DESC);
CREATE INDEX idx_stock_moves_created_at ON stock_moves (created_at);
