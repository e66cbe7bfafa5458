-- A device that we sold comes back as part payment of another sale (PRODUCT 2: one device, many lives). The earlier sale
-- stands as it was: no credit note, no money back, its cost and its margin unchanged. Only its line lets go of the device,
-- which goes Sold -> Returned as any device that was with a customer.
CREATE TABLE buy_backs (
  id SERIAL PRIMARY KEY,
  invoice_line_id INTEGER NOT NULL CONSTRAINT buy_backs_invoice_line_id UNIQUE REFERENCES invoice_lines (id),
  agreed_value DECIMAL(10, 2) NOT NULL CONSTRAINT check_buy_back_value CHECK (agreed_value >= 0),
  previous_cost DECIMAL(10, 2), -- what the device had cost until then
  created_by INTEGER DEFAULT shop_actor() REFERENCES users (id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT shop_now()
);
CREATE TRIGGER keep_buy_backs_rows BEFORE UPDATE OR DELETE ON buy_backs
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_buy_backs BEFORE TRUNCATE ON buy_backs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON buy_backs FROM bizhub_app;

-- Only the live line of a device, of an invoice that is paid: what is still owed on comes back as a return.
CREATE FUNCTION apply_buy_back() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  line record;
BEGIN
  SELECT l.asset_id, l.released_at, l.line_number, i.invoice_number, i.status INTO line
  FROM public.invoice_lines l JOIN public.invoices i ON i.id = l.invoice_id
  WHERE l.id = NEW.invoice_line_id FOR NO KEY UPDATE OF l;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key says so
  END IF;
  IF line.asset_id IS NULL OR line.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'Line % of invoice % has no device that is with a customer.', line.line_number, line.invoice_number
      USING ERRCODE = 'BZ002', CONSTRAINT = 'buy_back_live_device';
  END IF;
  IF line.status <> 'Paid' THEN
    RAISE EXCEPTION 'Invoice % is %: its device comes back as a return, not in trade.', line.invoice_number, line.status
      USING ERRCODE = 'BZ002', CONSTRAINT = 'buy_back_paid';
  END IF;
  UPDATE public.invoice_lines SET released_at = shop_now() WHERE id = NEW.invoice_line_id;
  RETURN NEW;
END;
$$;
CREATE TRIGGER apply_buy_back BEFORE INSERT ON buy_backs FOR EACH ROW EXECUTE FUNCTION apply_buy_back();

-- The guard of 0009, which now knows that a device also comes back in trade.
CREATE OR REPLACE FUNCTION guard_asset_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_accessory boolean;
  rule boolean;
  sale record;
BEGIN
  IF NEW.status IS NOT DISTINCT FROM OLD.status THEN
    RAISE EXCEPTION 'The sale fields and the status count of device % are kept by its status and cannot be set by hand.',
      OLD.asset_tag USING ERRCODE = 'BZ003', CONSTRAINT = 'asset_kept_by_status';
  END IF;

  SELECT m.accessory INTO rule FROM public.asset_status_moves m
  WHERE m.from_status = OLD.status AND m.to_status = NEW.status;
  IF FOUND AND rule IS NOT NULL THEN
    SELECT p.category = 'Accessory' INTO is_accessory FROM public.product_models p WHERE p.id = OLD.product_model_id;
  END IF;
  IF NOT FOUND OR rule IS DISTINCT FROM is_accessory THEN
    RAISE EXCEPTION 'Device % is %: it cannot become %.', OLD.asset_tag, OLD.status, NEW.status
      USING ERRCODE = 'BZ001', CONSTRAINT = 'asset_status_move', DETAIL = 'Allowed now: ' || coalesce((
        SELECT string_agg(m.to_status, ', ' ORDER BY m.to_status)
        FROM public.asset_status_moves m
        JOIN public.product_models p ON p.id = OLD.product_model_id
        WHERE m.from_status = OLD.status AND (m.accessory IS NULL OR m.accessory = (p.category = 'Accessory'))
      ), 'nothing') || '.';
  END IF;

  -- What must hold
  IF OLD.status = 'Diagnostics Pending' AND NEW.status IN ('Wipe Pending', 'QC Pending') THEN
    IF (
      SELECT d.overall_result IN ('Pass', 'Pass with Notes') FROM public.diagnostics_results d
      WHERE d.asset_id = OLD.id AND d.status_entry = OLD.status_entry
      ORDER BY d.id DESC LIMIT 1
    ) IS NOT TRUE THEN
      RAISE EXCEPTION 'Device % has not passed diagnostics since it was sent there: record a result first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_diagnostics';
    END IF;

  ELSIF OLD.status = 'Wipe Pending' AND NEW.status = 'QC Pending' THEN
    IF NOT EXISTS (
      SELECT FROM public.wipe_certificates w WHERE w.asset_id = OLD.id AND w.status_entry = OLD.status_entry
    ) THEN
      RAISE EXCEPTION 'Device % has no wipe certificate since it was sent to be wiped: record the wipe first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_wipe';
    END IF;

  ELSIF OLD.status = 'QC Pending' AND NEW.status = 'Ready for Sale' THEN
    IF NEW.condition_grade IS NULL THEN
      RAISE EXCEPTION 'Device % has no grade: grade it A, B or C first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_grade';
    END IF;
    IF NEW.list_price IS NULL AND (
      SELECT CASE NEW.condition_grade
        WHEN 'A' THEN p.default_price_grade_a WHEN 'B' THEN p.default_price_grade_b ELSE p.default_price_grade_c
      END FROM public.product_models p WHERE p.id = NEW.product_model_id
    ) IS NULL THEN
      RAISE EXCEPTION 'Device % has no price: set its own, or its model''s price for grade %.',
        OLD.asset_tag, NEW.condition_grade USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_price';
    END IF;

    -- A returned device has had a customer's data on it, also when it comes by way of the repair bench.
    IF OLD.returned_entry IS NOT NULL THEN
      IF NOT EXISTS (
        SELECT FROM public.diagnostics_results d
        WHERE d.asset_id = OLD.id AND d.status_entry > OLD.returned_entry AND d.overall_result IN ('Pass', 'Pass with Notes')
      ) THEN
        RAISE EXCEPTION 'Device % came back from a customer and has not passed diagnostics since: send it there first.',
          OLD.asset_tag USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_diagnostics';
      END IF;
      IF NOT EXISTS (
        SELECT FROM public.wipe_certificates w WHERE w.asset_id = OLD.id AND w.status_entry > OLD.returned_entry
      ) AND (SELECT p.category <> 'Accessory' FROM public.product_models p WHERE p.id = OLD.product_model_id) THEN
        RAISE EXCEPTION 'Device % came back from a customer and has not been wiped since: send it to diagnostics and wipe first.',
          OLD.asset_tag USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_wipe';
      END IF;
    END IF;

  ELSIF OLD.status IN ('Ready for Sale', 'Reserved') THEN
    SELECT i.id, i.invoice_number, i.invoice_date, i.status, i.goods_released_at, l.unit_price INTO sale
    FROM public.invoice_lines l JOIN public.invoices i ON i.id = l.invoice_id
    WHERE l.asset_id = OLD.id AND l.released_at IS NULL;

    IF NEW.status = 'Sold' THEN
      IF sale.id IS NULL OR NOT (sale.status = 'Paid' OR (sale.status = 'Sent' AND sale.goods_released_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'Device % is on no paid invoice: take the payment first, or release it on credit.', OLD.asset_tag
          USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_paid_line';
      END IF;
    ELSIF NEW.status = 'Reserved' THEN
      IF (sale.id IS NULL OR sale.status NOT IN ('Draft', 'Sent')) AND NOT EXISTS (
        SELECT FROM public.preorders p WHERE p.asset_id = OLD.id AND p.status IN ('Arrived', 'Customer Notified')
      ) THEN
        RAISE EXCEPTION 'Nothing holds device %: put it on an invoice or link it to a preorder.', OLD.asset_tag
          USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_holder';
      END IF;
    ELSIF sale.id IS NOT NULL THEN
      RAISE EXCEPTION 'Invoice % holds device %: cancel it or take the device off it first.',
        sale.invoice_number, OLD.asset_tag USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_is_held';
    ELSIF EXISTS (
      SELECT FROM public.preorders p WHERE p.asset_id = OLD.id AND p.status IN ('Arrived', 'Customer Notified')
    ) THEN
      RAISE EXCEPTION 'A preorder holds device %: reject or close it first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_is_held';
    END IF;

  ELSIF OLD.status = 'Sold' THEN
    IF NOT EXISTS (
      SELECT FROM public.return_lines r JOIN public.invoice_lines l ON l.id = r.invoice_line_id
      WHERE l.asset_id = OLD.id AND l.invoice_id = OLD.invoice_id
    ) AND NOT EXISTS (
      SELECT FROM public.buy_backs b JOIN public.invoice_lines l ON l.id = b.invoice_line_id
      WHERE l.asset_id = OLD.id AND l.invoice_id = OLD.invoice_id
    ) THEN
      RAISE EXCEPTION 'Device % is sold: record its return first.', OLD.asset_tag
        USING ERRCODE = 'BZ002', CONSTRAINT = 'asset_needs_return';
    END IF;

  ELSIF OLD.status = 'Not Sellable' THEN
    NEW.not_sellable_reason := NULL; -- the movement keeps it; the next time needs its own
  END IF;

  IF NEW.status = 'Sold' THEN
    NEW.invoice_id := sale.id;
    NEW.sale_price := sale.unit_price;
    NEW.sale_date := sale.invoice_date;
  ELSE
    NEW.invoice_id := NULL;
    NEW.sale_price := NULL;
    NEW.sale_date := NULL;
  END IF;
  NEW.status_entry := OLD.status_entry + 1;
  NEW.status_since := shop_now();
  IF NEW.status = 'Returned' THEN
    NEW.returned_entry := NEW.status_entry;
  END IF;
  RETURN NEW;
END;
$$;
