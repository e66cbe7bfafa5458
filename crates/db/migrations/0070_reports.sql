-- What the reports and the first page read, without what was sold long ago.

-- What is in the house, by state, and since when.
CREATE INDEX idx_assets_in_house ON assets (status, status_since) WHERE status NOT IN ('Sold', 'Scrapped');
-- Ageing stock, oldest first.
CREATE INDEX idx_assets_ageing ON assets (received_date, id)
  WHERE status IN ('Received', 'Diagnostics Pending', 'Wipe Pending', 'QC Pending', 'Ready for Sale');
-- The sales of each day, without looking at the invoices themselves.
CREATE INDEX idx_invoices_paid_days ON invoices (invoice_date) INCLUDE (total_amount, customer_type) WHERE status = 'Paid';
-- Preorders that are not closed, in the order in which they are due.
CREATE INDEX idx_preorders_due ON preorders (coalesce(sla_date, date '9999-12-31'), id) WHERE status <> 'Closed';
-- A deposit is money of its day.
CREATE INDEX idx_preorders_deposit_date ON preorders (deposit_date) WHERE deposit_paid;
