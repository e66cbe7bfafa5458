-- The same figures, counted before the models' names are looked up, and with today's date asked for once and not for each
-- device: at a million devices the report must not take a second.
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
    COUNT(*) AS total_units,
    COUNT(*) FILTER (WHERE status = 'Ready for Sale') AS available,
    COUNT(*) FILTER (WHERE status = 'Reserved') AS reserved,
    COUNT(*) FILTER (WHERE status = 'Sold') AS sold,
    AVG(sale_price) FILTER (WHERE status = 'Sold') AS avg_sale_price,
    AVG(received_date - DATE '2000-01-01') FILTER (WHERE status IN ('Ready for Sale', 'Reserved')) AS avg_received
  FROM assets
  GROUP BY product_model_id
) a
JOIN product_models pm ON pm.id = a.product_model_id
ORDER BY a.total_units DESC;
