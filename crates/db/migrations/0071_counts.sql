-- The days' totals come from the counts below, which cost a sale less than this index.
DROP INDEX idx_invoices_paid_days;
-- What is still to be paid. A sale at the counter is never Sent and is not written here.
CREATE INDEX idx_invoices_receivable ON invoices (due_date) INCLUDE (total_amount, amount_paid, amount_refunded)
  WHERE status = 'Sent';

-- The first page's counts, as changes that are added up. Each transaction adds rows of its own and none waits for another at
-- a counter; rows are folded together when there are many. What they add up to is what the tables say, at every commit.
CREATE TABLE asset_status_changes (
  id BIGSERIAL PRIMARY KEY,
  status VARCHAR(30) NOT NULL,
  units INTEGER NOT NULL
);

CREATE TABLE paid_day_changes (
  id BIGSERIAL PRIMARY KEY,
  invoice_date DATE NOT NULL,
  transaction_count INTEGER NOT NULL,
  total_sales DECIMAL(14, 2) NOT NULL
);

CREATE FUNCTION add_asset_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO asset_status_changes (status, units) SELECT a.status, count(*) FROM added a GROUP BY a.status;
  RETURN NULL;
END;
$$;

CREATE FUNCTION change_asset_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO asset_status_changes (status, units) VALUES (OLD.status, -1);
  ELSE
    INSERT INTO asset_status_changes (status, units) VALUES (OLD.status, -1), (NEW.status, 1);
  END IF;
  RETURN NULL;
END;
$$;

CREATE FUNCTION change_paid_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status = 'Paid' THEN
    INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales) VALUES (OLD.invoice_date, -1, -OLD.total_amount);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.status = 'Paid' THEN
    INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales) VALUES (NEW.invoice_date, 1, NEW.total_amount);
  END IF;
  RETURN NULL;
END;
$$;

CREATE TRIGGER count_added_assets AFTER INSERT ON assets
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_asset_status();
CREATE TRIGGER count_changed_asset AFTER UPDATE ON assets
  FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION change_asset_status();
CREATE TRIGGER count_deleted_asset AFTER DELETE ON assets
  FOR EACH ROW EXECUTE FUNCTION change_asset_status();
CREATE TRIGGER count_paid_invoice AFTER INSERT ON invoices
  FOR EACH ROW WHEN (NEW.status = 'Paid') EXECUTE FUNCTION change_paid_day();
CREATE TRIGGER count_changed_invoice AFTER UPDATE ON invoices
  FOR EACH ROW WHEN (
    (OLD.status = 'Paid' OR NEW.status = 'Paid') AND
    (OLD.status, OLD.invoice_date, OLD.total_amount) IS DISTINCT FROM (NEW.status, NEW.invoice_date, NEW.total_amount)
  ) EXECUTE FUNCTION change_paid_day();
CREATE TRIGGER count_deleted_invoice AFTER DELETE ON invoices
  FOR EACH ROW WHEN (OLD.status = 'Paid') EXECUTE FUNCTION change_paid_day();

-- Whoever loads data with triggers off is counted all the same.
ALTER TABLE assets ENABLE ALWAYS TRIGGER count_added_assets;
ALTER TABLE assets ENABLE ALWAYS TRIGGER count_changed_asset;
ALTER TABLE assets ENABLE ALWAYS TRIGGER count_deleted_asset;
ALTER TABLE invoices ENABLE ALWAYS TRIGGER count_paid_invoice;
ALTER TABLE invoices ENABLE ALWAYS TRIGGER count_changed_invoice;
ALTER TABLE invoices ENABLE ALWAYS TRIGGER count_deleted_invoice;

INSERT INTO asset_status_changes (status, units) SELECT status, count(*) FROM assets GROUP BY status;
INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales)
  SELECT invoice_date, count(*), sum(total_amount) FROM invoices WHERE status = 'Paid' GROUP BY invoice_date;
