-- Sales put aside at the counter: the form as it stood. They hold nothing, anybody who sells goes on with them, and they end
-- with the shop's day.
CREATE TABLE parked_sales (
  id SERIAL PRIMARY KEY,
  parked_on DATE NOT NULL DEFAULT shop_today(),
  label VARCHAR(60) NOT NULL CONSTRAINT check_parked_label CHECK (btrim(label) <> ''),
  customer_name VARCHAR(200),
  total_amount DECIMAL(10, 2) NOT NULL CONSTRAINT check_parked_total CHECK (total_amount >= 0),
  cart JSONB NOT NULL, -- [["field", "value"]], without payments and passwords
  parked_by INTEGER NOT NULL DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE INDEX idx_parked_sales_day ON parked_sales (parked_on);
