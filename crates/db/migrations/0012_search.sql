-- Finding by a part of a name or a phone number. Without pg_trgm (a contrib module) the same searches work, slower.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'pg_trgm') THEN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX idx_customers_search ON customers
      USING gin (full_name gin_trgm_ops, business_name gin_trgm_ops, phone gin_trgm_ops);
    CREATE INDEX idx_product_models_search ON product_models
      USING gin ((brand || ' ' || model_name) gin_trgm_ops);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'pg_trgm may not be installed by this role: searching by a part of a name will be slower.';
END
$$;
