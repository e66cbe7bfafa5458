-- Numbers, timestamps and logs that write themselves (schema 6).

CREATE SEQUENCE invoice_number_seq START 1;
CREATE SEQUENCE preorder_number_seq START 1;
CREATE SEQUENCE warranty_number_seq START 1;
CREATE SEQUENCE warranty_claim_number_seq START 1;
CREATE SEQUENCE repair_ticket_number_seq START 1;
CREATE SEQUENCE return_number_seq START 1;
CREATE SEQUENCE asset_tag_seq START 1;

CREATE FUNCTION generate_invoice_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.invoice_number IS NULL THEN
    NEW.invoice_number := pad_number('INV-', nextval('public.invoice_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_invoice_number BEFORE INSERT ON invoices
  FOR EACH ROW EXECUTE FUNCTION generate_invoice_number();

CREATE FUNCTION generate_preorder_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.preorder_number IS NULL THEN
    NEW.preorder_number := pad_number('PRE-', nextval('public.preorder_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_preorder_number BEFORE INSERT ON preorders
  FOR EACH ROW EXECUTE FUNCTION generate_preorder_number();

CREATE FUNCTION generate_warranty_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.warranty_number IS NULL THEN
    NEW.warranty_number := pad_number('WAR-', nextval('public.warranty_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_warranty_number BEFORE INSERT ON warranties
  FOR EACH ROW EXECUTE FUNCTION generate_warranty_number();

CREATE FUNCTION generate_claim_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.claim_number IS NULL THEN
    NEW.claim_number := pad_number('WCLAIM-', nextval('public.warranty_claim_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_claim_number BEFORE INSERT ON warranty_claims
  FOR EACH ROW EXECUTE FUNCTION generate_claim_number();

CREATE FUNCTION generate_ticket_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.ticket_number IS NULL THEN
    NEW.ticket_number := pad_number('TKT-', nextval('public.repair_ticket_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_ticket_number BEFORE INSERT ON repair_tickets
  FOR EACH ROW EXECUTE FUNCTION generate_ticket_number();

CREATE FUNCTION generate_return_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.return_number IS NULL THEN
    NEW.return_number := pad_number('RET-', nextval('public.return_number_seq'));
  END IF;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_return_number BEFORE INSERT ON returns
  FOR EACH ROW EXECUTE FUNCTION generate_return_number();

-- A tag written by hand may have taken a number already: then the next one.
CREATE FUNCTION generate_asset_tag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    NEW.asset_tag := pad_number('P4T-', nextval('public.asset_tag_seq'));
    EXIT WHEN NOT EXISTS (SELECT FROM public.assets WHERE upper(asset_tag) = NEW.asset_tag);
  END LOOP;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_asset_tag BEFORE INSERT ON assets
  FOR EACH ROW WHEN (NEW.asset_tag IS NULL) EXECUTE FUNCTION generate_asset_tag();

CREATE FUNCTION set_sla_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.sla_date := NEW.order_date + 21;
  RETURN NEW;
END;
$$;
CREATE TRIGGER set_preorder_sla BEFORE INSERT OR UPDATE ON preorders
  FOR EACH ROW WHEN (NEW.order_date IS NOT NULL AND NEW.sla_date IS NULL) EXECUTE FUNCTION set_sla_date();

-- updated_at, on every table that has it.
CREATE TRIGGER update_users_timestamp BEFORE UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_customers_timestamp BEFORE UPDATE ON customers
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_product_models_timestamp BEFORE UPDATE ON product_models
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_assets_timestamp BEFORE UPDATE ON assets
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_bulk_stock_timestamp BEFORE UPDATE ON bulk_stock
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_invoices_timestamp BEFORE UPDATE ON invoices
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_preorders_timestamp BEFORE UPDATE ON preorders
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_warranties_timestamp BEFORE UPDATE ON warranties
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_warranty_claims_timestamp BEFORE UPDATE ON warranty_claims
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_repair_tickets_timestamp BEFORE UPDATE ON repair_tickets
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_settings_timestamp BEFORE UPDATE ON settings
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- Every change of a device's status or location, and its first receipt, with who and why.
CREATE FUNCTION log_asset_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.inventory_movements (
    asset_id, from_location_id, to_location_id, from_status, to_status, moved_by, reason
  ) VALUES (
    NEW.id, OLD.location_id, NEW.location_id, OLD.status, NEW.status,
    shop_actor(), coalesce(shop_reason(), 'Auto-logged on asset update')
  );
  RETURN NEW;
END;
$$;
CREATE TRIGGER log_asset_changes AFTER UPDATE ON assets
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.location_id IS DISTINCT FROM NEW.location_id)
  EXECUTE FUNCTION log_asset_movement();

-- Once for a statement, so that a lot of thousands is logged as a set.
CREATE FUNCTION log_asset_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.inventory_movements (asset_id, to_location_id, to_status, moved_by, reason)
  SELECT received.id, received.location_id, received.status, shop_actor(), coalesce(shop_reason(), 'Received')
  FROM received ORDER BY received.id;
  RETURN NULL;
END;
$$;
CREATE TRIGGER log_asset_receipts AFTER INSERT ON assets
  REFERENCING NEW TABLE AS received FOR EACH STATEMENT EXECUTE FUNCTION log_asset_receipt();

-- The ledger is the database's own: nobody but this function writes it, so that its sum is always the quantity.
-- What for: bizhub.stock_kind, bizhub.reason, bizhub.invoice_id and bizhub.repair_ticket_id of the transaction.
CREATE FUNCTION log_stock_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO stock_ledger (
    bulk_stock_id, quantity_change, quantity_after, kind, reason, invoice_id, repair_ticket_id
  ) VALUES (
    NEW.id,
    CASE TG_OP WHEN 'INSERT' THEN NEW.quantity ELSE NEW.quantity - OLD.quantity END,
    NEW.quantity,
    coalesce(
      nullif(current_setting('bizhub.stock_kind', true), ''),
      CASE TG_OP WHEN 'INSERT' THEN 'Received' ELSE 'Adjusted' END
    ),
    coalesce(shop_reason(), 'Auto-logged on stock update'),
    nullif(current_setting('bizhub.invoice_id', true), '')::integer,
    nullif(current_setting('bizhub.repair_ticket_id', true), '')::integer
  );
  RETURN NEW;
END;
$$;
CREATE TRIGGER log_stock_receipts AFTER INSERT ON bulk_stock
  FOR EACH ROW WHEN (NEW.quantity <> 0) EXECUTE FUNCTION log_stock_change();
CREATE TRIGGER log_stock_changes AFTER UPDATE ON bulk_stock
  FOR EACH ROW WHEN (OLD.quantity IS DISTINCT FROM NEW.quantity) EXECUTE FUNCTION log_stock_change();

-- Logs, events and money only grow.
DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY[
    'inventory_movements', 'diagnostics_results', 'wipe_certificates', 'stock_ledger', 'payments', 'payment_confirmations',
    'returns', 'return_lines', 'refunds', 'preorder_events', 'repair_events', 'audit_log', 'audit_seals'
  ] LOOP
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s_rows BEFORE UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION refuse_change()', kept
    );
    EXECUTE format(
      'CREATE TRIGGER keep_%1$s BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', kept
    );
  END LOOP;
END
$$;
