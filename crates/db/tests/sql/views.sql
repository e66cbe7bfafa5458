BEGIN;
SET LOCAL ROLE bizhub_app;
DO $$
DECLARE
  d integer;
  m integer;
  c integer;
  kind text;
BEGIN
  PERFORM set_config('bizhub.now', '2024-06-30 12:00+00', true);

  -- Walk-ins are a column of their own; the three add up.
  FOREACH kind IN ARRAY ARRAY['Retail', 'Wholesale', 'Walk-in', 'Walk-in'] LOOP
    d := trial.device_at('Laptop', 'Ready for Sale');
    INSERT INTO invoices (customer_type, subtotal, total_amount) VALUES (kind, 10, 10) RETURNING id INTO m;
    INSERT INTO invoice_lines (invoice_id, line_number, asset_id, item_description, unit_price, line_total) VALUES (m, 1, d, 'x', 10, 10);
    INSERT INTO payments (invoice_id, payment_method, amount) VALUES (m, 'Cash', 10);
    UPDATE invoices SET status = 'Paid' WHERE id = m;
  END LOOP;
  PERFORM trial.equal((SELECT concat_ws('|', transaction_count, total_sales, retail_sales, wholesale_sales, walk_in_sales) FROM view_sales_daily WHERE invoice_date = '2024-06-30'), '4|40.00|10.00|10.00|20.00', 'sales of the day');

  -- Variants are rows of their own.
  INSERT INTO product_models (category, brand, model_name, ram) VALUES ('Laptop', 'Variant', 'V1', '8GB'), ('Laptop', 'Variant', 'V1', '16GB');
  INSERT INTO assets (serial_number, product_model_id, received_date) SELECT 'V' || id, id, '2024-03-31' FROM product_models WHERE brand = 'Variant';
  PERFORM trial.equal((SELECT count(*) FROM view_inventory_summary WHERE brand = 'Variant' AND total_units = 1), 2::bigint, 'variants');
  PERFORM trial.equal((SELECT concat_ws('|', days_in_inventory, aging_bucket) FROM view_aging_inventory WHERE brand = 'Variant' LIMIT 1), '91|90+ days', 'ageing');

  -- Only what is still on its way is overdue.
  INSERT INTO customers (customer_type, full_name, phone) VALUES ('Retail', 'Yaw', '+233200000002') RETURNING id INTO c;
  PERFORM trial.preorder_at('In Transit', 'late', c, '2024-06-01'), trial.preorder_at('Ordered', 'in time', c, '2024-06-20'),
    trial.preorder_at('Customer Notified', 'came late', c, '2024-06-01', '2024-06-25'),
    trial.preorder_at('Resold', 'resold', c, '2024-05-01', '2024-05-10'), trial.preorder_at('Deposit Pending', 'unpaid', c);
  PERFORM trial.equal((SELECT string_agg(concat_ws('|', requested_specs, days_overdue, is_overdue, arrived_late), ' / ' ORDER BY requested_specs) FROM view_preorder_sla WHERE customer_name = 'Yaw'),
    'came late|3|f|t / in time|-11|f / late|8|t / resold|-12|f|f / unpaid|f', 'preorder SLA');
END
$$;
ROLLBACK;
