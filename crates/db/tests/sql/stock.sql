BEGIN;
SET LOCAL ROLE bizhub_app;
DO $$
DECLARE
  s integer;
BEGIN
  INSERT INTO bulk_stock (sku, item_name, category, quantity) VALUES ('M-1', 'Mouse', 'Mouse', 5) RETURNING id INTO s;
  PERFORM trial.refused($q$INSERT INTO bulk_stock (sku, item_name, category) VALUES ('m-1', 'Mouse', 'Mouse')$q$, '23505', 'idx_bulk_stock_sku_key');
  PERFORM trial.refused(format('UPDATE bulk_stock SET quantity = -1 WHERE id = %s', s), '23514', 'check_stock_quantity');
  PERFORM trial.refused(format('UPDATE bulk_stock SET reserved_quantity = 6 WHERE id = %s', s), '23514', 'check_stock_reserved');
  PERFORM trial.refused(format('UPDATE bulk_stock SET reserved_quantity = -1 WHERE id = %s', s), '23514', 'check_stock_reserved');
  UPDATE bulk_stock SET reserved_quantity = 3 WHERE id = s;
  PERFORM trial.refused(format('UPDATE bulk_stock SET quantity = 2 WHERE id = %s', s), '23514', 'check_stock_reserved');
  UPDATE bulk_stock SET reserved_quantity = 0 WHERE id = s;
  PERFORM trial.refused($q$INSERT INTO bulk_stock (sku, item_name, category, is_stocked, quantity) VALUES ('LAB', 'Labour', 'Service', false, 1)$q$, '23514', 'check_stock_service');
  PERFORM trial.refused(format('DELETE FROM bulk_stock WHERE id = %s', s), '23503');

  -- The ledger writes itself and adds up; nobody else writes it.
  PERFORM set_config('bizhub.user_id', '1', true), set_config('bizhub.reason', 'counted', true);
  UPDATE bulk_stock SET quantity = quantity - 2, item_name = 'Wireless mouse' WHERE id = s;
  PERFORM set_config('bizhub.stock_kind', 'Returned', true);
  UPDATE bulk_stock SET quantity = quantity + 1 WHERE id = s;
  PERFORM trial.equal((
    SELECT string_agg(concat_ws('|', quantity_change, quantity_after, kind, coalesce(created_by::text, '-'), reason), ' / ' ORDER BY id) FROM stock_ledger WHERE bulk_stock_id = s
  ), '5|5|Received|-|Auto-logged on stock update / -2|3|Adjusted|1|counted / 1|4|Returned|1|counted', 'ledger');
  PERFORM trial.equal((SELECT sum(quantity_change) FROM stock_ledger WHERE bulk_stock_id = s), 4::bigint, 'sum of the ledger');
  PERFORM trial.refused(format($q$INSERT INTO stock_ledger (bulk_stock_id, quantity_change, quantity_after, kind) VALUES (%s, 1, 5, 'Received')$q$, s), '42501');
  PERFORM set_config('bizhub.stock_kind', 'Stolen', true);
  PERFORM trial.refused(format('UPDATE bulk_stock SET quantity = 0 WHERE id = %s', s), '23514', 'check_ledger_kind');
  PERFORM set_config('bizhub.stock_kind', '', true);
END
$$;
ROLLBACK;
