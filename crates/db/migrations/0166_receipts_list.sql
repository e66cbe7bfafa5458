-- The list of deliveries reads the newest first, of all items or of one supplier.
CREATE INDEX idx_stock_receipts_supplier ON stock_receipts (lower(supplier), id DESC);
CREATE INDEX idx_stock_receipts_created_at ON stock_receipts (created_at);
