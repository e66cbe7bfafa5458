-- What open invoices hold is summed on the first page: from the index alone, which a paid sale at the counter is never in.
DROP INDEX idx_invoices_hold;
CREATE INDEX idx_invoices_hold ON invoices (hold_expires_at) INCLUDE (total_amount, goods_released_at)
  WHERE status IN ('Draft', 'Sent') AND hold_expires_at IS NOT NULL;
