-- All movements as a list: newest first, by who, into which state, to which place. Each index serves a page without a sort.
CREATE INDEX idx_movements_newest ON inventory_movements (created_at DESC, id DESC);
CREATE INDEX idx_movements_by ON inventory_movements (moved_by, created_at DESC, id DESC);
CREATE INDEX idx_movements_to_status ON inventory_movements (to_status, created_at DESC, id DESC)
  WHERE from_status IS DISTINCT FROM to_status;
CREATE INDEX idx_movements_to_place ON inventory_movements (to_location_id, created_at DESC, id DESC)
  WHERE from_location_id IS DISTINCT FROM to_location_id;
-- The devices of a model, newest first: for the list when one looks for a model by its name.
CREATE INDEX idx_assets_model_received ON assets (product_model_id, received_date DESC, id DESC);
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX idx_movements_reason ON inventory_movements USING gin (reason gin_trgm_ops) WHERE reason IS NOT NULL;
  END IF;
END
$$;
