-- The schema's four views (section 4): its columns first, then what makes them say what is true.

-- One row a variant: models that differ in CPU, memory or storage are not the same thing to sell.
CREATE VIEW view_inventory_summary AS
SELECT
  pm.category,
  pm.brand,
  pm.model_name,
  COUNT(*) AS total_units,
  COUNT(*) FILTER (WHERE a.status = 'Ready for Sale') AS available,
  COUNT(*) FILTER (WHERE a.status = 'Reserved') AS reserved,
  COUNT(*) FILTER (WHERE a.status = 'Sold') AS sold,
  AVG(a.sale_price) FILTER (WHERE a.status = 'Sold') AS avg_sale_price,
  AVG(shop_today() - a.received_date) FILTER (WHERE a.status IN ('Ready for Sale', 'Reserved')) AS avg_age_days,
  pm.id AS product_model_id,
  pm.cpu,
  pm.ram,
  pm.storage
FROM assets a
JOIN product_models pm ON a.product_model_id = pm.id
GROUP BY pm.id
ORDER BY total_units DESC;

-- The three kinds of customer add up to the total.
CREATE VIEW view_sales_daily AS
SELECT
  invoice_date,
  COUNT(*) AS transaction_count,
  SUM(total_amount) AS total_sales,
  SUM(CASE WHEN customer_type = 'Retail' THEN total_amount ELSE 0 END) AS retail_sales,
  SUM(CASE WHEN customer_type = 'Wholesale' THEN total_amount ELSE 0 END) AS wholesale_sales,
  SUM(CASE WHEN customer_type = 'Walk-in' THEN total_amount ELSE 0 END) AS walk_in_sales
FROM invoices
WHERE status = 'Paid'
GROUP BY invoice_date
ORDER BY invoice_date DESC;

CREATE VIEW view_aging_inventory AS
SELECT
  a.asset_tag,
  a.serial_number,
  pm.brand,
  pm.model_name,
  a.condition_grade,
  a.status,
  a.received_date,
  shop_today() - a.received_date AS days_in_inventory,
  CASE
    WHEN shop_today() - a.received_date > 90 THEN '90+ days'
    WHEN shop_today() - a.received_date > 60 THEN '60-90 days'
    WHEN shop_today() - a.received_date > 30 THEN '30-60 days'
    ELSE 'Under 30 days'
  END AS aging_bucket,
  a.id AS asset_id
FROM assets a
JOIN product_models pm ON a.product_model_id = pm.id
WHERE a.status IN ('Received', 'Diagnostics Pending', 'Wipe Pending', 'QC Pending', 'Ready for Sale')
ORDER BY days_in_inventory DESC;

-- Only what is still on its way can be overdue. days_overdue stands still on arrival and is negative while there is time.
CREATE VIEW view_preorder_sla AS
SELECT
  p.preorder_number,
  c.full_name AS customer_name,
  p.requested_specs,
  p.status,
  p.order_date,
  p.sla_date,
  coalesce(p.arrival_date, shop_today()) - p.sla_date AS days_overdue,
  p.status IN ('Ordered', 'In Transit') AND p.sla_date IS NOT NULL AND shop_today() > p.sla_date AS is_overdue,
  p.arrival_date,
  p.arrival_date > p.sla_date AS arrived_late,
  p.id AS preorder_id
FROM preorders p
JOIN customers c ON p.customer_id = c.id
WHERE p.status NOT IN ('Closed')
ORDER BY p.sla_date ASC;
