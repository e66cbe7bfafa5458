-- The ageing report's index is for the ageing report. Written as a plain list of statuses it is implied by "status = 'Ready
-- for Sale'" too, and was taken for lists of ready devices, where it leads through everything received lately that is not ready.
DROP INDEX idx_assets_ageing;
CREATE INDEX idx_assets_ageing ON assets (received_date, id)
  WHERE (status IN ('Received', 'Diagnostics Pending', 'Wipe Pending', 'QC Pending', 'Ready for Sale')) IS TRUE;

CREATE OR REPLACE VIEW view_aging_inventory AS
SELECT
  a.asset_tag,
  a.serial_number,
  pm.brand,
  pm.model_name,
  a.condition_grade,
  a.status,
  a.received_date,
  (shop_today() - a.received_date) AS days_in_inventory,
  CASE
    WHEN (shop_today() - a.received_date) > 90 THEN '90+ days'
    WHEN (shop_today() - a.received_date) > 60 THEN '60-90 days'
    WHEN (shop_today() - a.received_date) > 30 THEN '30-60 days'
    ELSE 'Under 30 days'
  END AS aging_bucket,
  a.id AS asset_id
FROM assets a
JOIN product_models pm ON a.product_model_id = pm.id
WHERE (a.status IN ('Received', 'Diagnostics Pending', 'Wipe Pending', 'QC Pending', 'Ready for Sale')) IS TRUE
ORDER BY days_in_inventory DESC;

-- Counted by model and status first: one sum for each device instead of six.
CREATE OR REPLACE VIEW view_inventory_summary AS
SELECT
  pm.category,
  pm.brand,
  pm.model_name,
  a.total_units,
  a.available,
  a.reserved,
  a.sold,
  a.avg_sale_price,
  (shop_today() - DATE '2000-01-01') - a.avg_received AS avg_age_days,
  pm.id AS product_model_id,
  pm.cpu,
  pm.ram,
  pm.storage
FROM (
  SELECT
    product_model_id,
    SUM(units)::bigint AS total_units,
    COALESCE(SUM(units) FILTER (WHERE status = 'Ready for Sale'), 0)::bigint AS available,
    COALESCE(SUM(units) FILTER (WHERE status = 'Reserved'), 0)::bigint AS reserved,
    COALESCE(SUM(units) FILTER (WHERE status = 'Sold'), 0)::bigint AS sold,
    SUM(prices) FILTER (WHERE status = 'Sold') / NULLIF(SUM(priced) FILTER (WHERE status = 'Sold'), 0) AS avg_sale_price,
    SUM(received) FILTER (WHERE status IN ('Ready for Sale', 'Reserved'))::numeric
      / NULLIF(SUM(units) FILTER (WHERE status IN ('Ready for Sale', 'Reserved')), 0) AS avg_received
  FROM (
    SELECT product_model_id, status, COUNT(*) AS units, SUM(sale_price) AS prices, COUNT(sale_price) AS priced,
           SUM(received_date - DATE '2000-01-01') AS received
    FROM assets
    WHERE voided_at IS NULL
    GROUP BY product_model_id, status
  ) each
  GROUP BY product_model_id
) a
JOIN product_models pm ON pm.id = a.product_model_id
ORDER BY a.total_units DESC;
