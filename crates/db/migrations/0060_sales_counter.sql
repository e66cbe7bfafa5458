-- What the counter needs beside the books.

-- What the customer put on the counter, where it was more than what is recorded: a second print shows the same change.
ALTER TABLE payments ADD COLUMN tendered DECIMAL(10, 2) CONSTRAINT check_payment_tendered CHECK (
  tendered IS NULL OR (tendered > amount AND payment_method = 'Cash')
);

-- Services that every shop sells. They are not stocked, and never low on stock.
INSERT INTO bulk_stock (sku, item_name, category, description, unit_cost, unit_price, reorder_threshold, is_stocked) VALUES
  ('WARRANTY-PREMIUM', 'Premium 1-Year warranty', 'Service', 'For one device: accessories, certificate and box', 0, 350.00, 0, FALSE),
  ('DELIVERY', 'Delivery', 'Service', 'Within Accra', 0, 50.00, 0, FALSE),
  ('REPAIR-LABOUR', 'Repair labour', 'Service', 'One hour at the bench', 0, 100.00, 0, FALSE);
