//! `bizhub verify`: each invariant is shown to fail, by breaking the books on purpose behind the guards' backs.

use domain::Role;
use serde_json::json;
use sqlx::{Connection, Executor};
use stage::Stage;

/// An invariant, and how a superuser breaks it with the triggers off. Device 1 is sold on invoice 1 with two chargers and a
/// warranty, device 2 is on the Sent invoice 2, device 3 is on sale; preorder 1 is Ordered with a deposit by MoMo.
const BREAKS: &[(&str, &str)] = &[
    ("line-totals", "ALTER TABLE invoice_lines DROP CONSTRAINT check_line_total;
      UPDATE invoice_lines SET unit_price = unit_price + 1 WHERE bulk_stock_id IS NOT NULL AND invoice_id = 1"),
    ("line-signs", "ALTER TABLE invoice_lines DROP CONSTRAINT check_line_quantity;
      INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, quantity, unit_price, line_total)
      SELECT 2, 9, id, 'x', 0, 0, 0 FROM bulk_stock WHERE sku = 'DELIVERY'"),
    ("line-items", "ALTER TABLE invoice_lines DROP CONSTRAINT check_item_reference;
      INSERT INTO invoice_lines (invoice_id, line_number, item_description, unit_price, line_total) VALUES (2, 9, 'x', 0, 0)"),
    ("lines-are-totals", "UPDATE invoices SET subtotal = subtotal - 1, total_amount = total_amount - 1 WHERE id = 2"),
    ("total-is-net-and-tax", "ALTER TABLE invoices DROP CONSTRAINT check_invoice_total;
      UPDATE invoices SET total_amount = total_amount + 1 WHERE id = 2"),
    ("tax-parts", "UPDATE invoices SET tax_mode = 'exclusive', tax_lines = '[{\"name\": \"VAT\", \"rate\": \"15\", \"amount\": \"0.01\"}]' WHERE id = 2"),
    ("no-tax-when-off", "UPDATE invoices SET tax_lines = '[{\"name\": \"VAT\", \"rate\": \"0\", \"amount\": \"0.00\"}]' WHERE id = 2"),
    ("issued-has-lines", "INSERT INTO invoices (invoice_number, customer_type, status, subtotal, total_amount) VALUES ('INV-000003', 'Retail', 'Sent', 0, 0);
      INSERT INTO audit_log (action, entity, entity_id) VALUES ('x', 'invoices', currval('invoices_id_seq')); SELECT nextval('invoice_number_seq')"),
    ("cancelled-lets-go", "INSERT INTO invoices (invoice_number, customer_type, status, subtotal, total_amount) VALUES ('INV-000003', 'Retail', 'Cancelled', 0, 0);
      INSERT INTO audit_log (action, entity, entity_id) VALUES ('x', 'invoices', currval('invoices_id_seq')); SELECT nextval('invoice_number_seq');
      INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, unit_price, line_total)
      SELECT currval('invoices_id_seq'), 1, id, 'x', 0, 0 FROM bulk_stock WHERE sku = 'DELIVERY'"),
    ("refunded-came-back", "INSERT INTO invoices (invoice_number, customer_type, status, subtotal, total_amount) VALUES ('INV-000003', 'Retail', 'Refunded', 0, 0);
      INSERT INTO audit_log (action, entity, entity_id) VALUES ('x', 'invoices', currval('invoices_id_seq')); SELECT nextval('invoice_number_seq');
      INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, unit_price, line_total)
      SELECT currval('invoices_id_seq'), 1, id, 'x', 0, 0 FROM bulk_stock WHERE sku = 'DELIVERY';
      INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales) SELECT invoice_date, 1, 0 FROM invoices WHERE status = 'Refunded'"),
    ("released-on-credit", "ALTER TABLE invoices DROP CONSTRAINT check_invoice_release; UPDATE invoices SET goods_released_by = 1 WHERE id = 1"),
    ("paid-holds-no-longer", "UPDATE invoices SET hold_expires_at = now() WHERE id = 1"),
    ("approvals-are-on-lines", "INSERT INTO price_approvals (invoice_id, approved_by, approver_name) VALUES (2, 1, 'x')"),
    ("paid-is-payments", "UPDATE invoices SET amount_paid = amount_paid + 1 WHERE id = 2"),
    ("refunded-is-refunds", "UPDATE refunds SET amount = amount + 1"),
    ("never-overpaid", "ALTER TABLE invoices DROP CONSTRAINT check_invoice_not_overpaid;
      UPDATE payments SET amount = 90000 WHERE invoice_id = 2; UPDATE invoices SET amount_paid = 90000 WHERE id = 2"),
    ("refunds-within-paid", "ALTER TABLE invoices DROP CONSTRAINT check_invoice_refunds;
      UPDATE refunds SET amount = 90000; UPDATE invoices SET amount_refunded = 90000 WHERE id = 2"),
    ("paid-in-full", "UPDATE payments SET amount = 1 WHERE invoice_id = 1; UPDATE invoices SET amount_paid = 2 WHERE id = 1"),
    ("open-is-owed", "UPDATE payments SET amount = 5140 WHERE invoice_id = 2; UPDATE invoices SET amount_paid = 5140 WHERE id = 2"),
    ("cancelled-keeps-no-money", "UPDATE invoices SET status = 'Cancelled' WHERE id = 2;
      UPDATE invoice_lines SET released_at = now() WHERE invoice_id = 2"),
    ("money-moves-forward", "ALTER TABLE payments DROP CONSTRAINT check_payment_tendered; UPDATE payments SET tendered = 1 WHERE invoice_id = 2"),
    ("references-once", "DROP INDEX idx_payments_reference; UPDATE payments SET payment_method = 'MoMo', reference = 'pp 1' WHERE invoice_id = 1;
      UPDATE payments SET payment_method = 'MoMo', reference = 'PP1' WHERE invoice_id = 2"),
    ("confirmed-was-claimed", "INSERT INTO payment_confirmations (payment_id, confirmed_by) VALUES (1, 1)"),
    ("paid-is-seen", "UPDATE payments SET claimed = true WHERE id = 1"),
    ("batches-are-their-parts", "INSERT INTO payment_batches (customer_id, payment_method, amount) SELECT min(id), 'Cash', 5 FROM customers"),
    ("till-money-is-in-its-days", "INSERT INTO till_sessions (user_id, opening_float) VALUES (1, 0);
      UPDATE payments SET till_session_id = currval('till_sessions_id_seq') WHERE id = 1"),
    ("buy-backs-pay-a-sale", "INSERT INTO buy_backs (invoice_line_id, agreed_value)
      SELECT id, 100 FROM invoice_lines WHERE invoice_id = 1 AND asset_id IS NOT NULL"),
    ("credited-is-returns", "UPDATE invoices SET amount_credited = 1 WHERE id = 1"),
    ("credit-notes-add-up", "INSERT INTO returns (return_number, invoice_id, reason, tax_lines) VALUES ('RET-000001', 1, 'x', '[{\"amount\": \"1.00\"}]');
      INSERT INTO return_lines (return_id, invoice_line_id, quantity, disposition)
      SELECT currval('returns_id_seq'), id, 1, 'Restock' FROM invoice_lines WHERE invoice_id = 1 AND quantity = 2"),
    ("exchanges-have-two-halves", "INSERT INTO returns (return_number, invoice_id, reason) VALUES ('RET-000001', 1, 'x');
      INSERT INTO return_lines (return_id, invoice_line_id, quantity, disposition)
      SELECT currval('returns_id_seq'), id, 1, 'Restock' FROM invoice_lines WHERE invoice_id = 1 AND quantity = 2;
      INSERT INTO payment_sources (payment_id, return_id) VALUES (1, currval('returns_id_seq'))"),
    ("returns-have-lines", "INSERT INTO returns (return_number, invoice_id, reason) VALUES ('RET-000001', 1, 'x')"),
    ("returns-within-sold", "INSERT INTO returns (return_number, invoice_id, reason) VALUES ('RET-000001', 1, 'x');
      INSERT INTO return_lines (return_id, invoice_line_id, quantity, disposition)
      SELECT currval('returns_id_seq'), id, 9, 'Restock' FROM invoice_lines WHERE invoice_id = 1 AND quantity = 2;
      UPDATE invoice_lines SET released_at = now() WHERE invoice_id = 1 AND quantity = 2"),
    ("returns-of-their-invoice", "INSERT INTO returns (return_number, invoice_id, reason) VALUES ('RET-000001', 2, 'x');
      INSERT INTO return_lines (return_id, invoice_line_id, quantity, disposition)
      SELECT currval('returns_id_seq'), id, 1, 'Restock' FROM invoice_lines WHERE invoice_id = 1 AND quantity = 2"),
    ("returned-is-released", "UPDATE invoice_lines SET released_at = now() WHERE invoice_id = 1 AND quantity = 2"),
    ("one-live-line", "DROP INDEX idx_invoice_lines_live_asset;
      INSERT INTO invoice_lines (invoice_id, line_number, asset_id, item_description, unit_price, line_total)
      SELECT 2, 9, asset_id, 'x', 0, 0 FROM invoice_lines WHERE invoice_id = 2 AND asset_id IS NOT NULL"),
    ("sold-has-its-line", "UPDATE invoices SET status = 'Draft' WHERE id = 1"),
    ("line-has-its-device", "UPDATE invoice_lines SET asset_id = 3 WHERE asset_id = 2"),
    ("reserved-has-its-holder", "UPDATE invoice_lines SET released_at = now() WHERE asset_id = 2"),
    ("preorder-holds-its-device", "UPDATE preorders SET status = 'Arrived', asset_id = 3, arrival_date = order_date WHERE id = 1;
      INSERT INTO preorder_events (preorder_id, event_type, from_status, to_status)
      VALUES (1, 'in_transit', 'Ordered', 'In Transit'), (1, 'arrived', 'In Transit', 'Arrived')"),
    ("sold-knows-its-sale", "UPDATE assets SET sale_price = 1 WHERE id = 1"),
    ("sellable-is-graded", "ALTER TABLE assets DROP CONSTRAINT check_asset_graded; UPDATE assets SET condition_grade = NULL WHERE id = 3"),
    ("unsellable-says-why", "ALTER TABLE assets DROP CONSTRAINT check_not_sellable_reason; UPDATE assets SET status = 'Not Sellable' WHERE id = 3;
      INSERT INTO inventory_movements (asset_id, from_status, to_status, from_location_id, to_location_id, moved_by)
      SELECT id, 'Ready for Sale', 'Not Sellable', location_id, location_id, 1 FROM assets WHERE id = 3; UPDATE assets SET status_entry = status_entry + 1 WHERE id = 3"),
    ("serials-once", "DROP INDEX idx_assets_serial_key;
      UPDATE assets SET serial_number = ' ' || lower((SELECT serial_number FROM assets WHERE id = 2)) WHERE id = 3"),
    ("imeis-kept", "INSERT INTO asset_imeis VALUES ('356938035643809', 3)"),
    ("first-movement-is-receipt", "DELETE FROM inventory_movements WHERE id = (SELECT min(id) FROM inventory_movements WHERE asset_id = 3); UPDATE assets SET status_entry = status_entry - 1 WHERE id = 3;
      UPDATE diagnostics_results SET status_entry = status_entry - 1 WHERE asset_id = 3; UPDATE wipe_certificates SET status_entry = status_entry - 1 WHERE asset_id = 3"),
    ("last-movement-is-status", "UPDATE assets SET location_id = NULL WHERE id = 3"),
    ("movements-follow", "UPDATE inventory_movements SET from_location_id = NULL WHERE id = (SELECT max(id) FROM inventory_movements WHERE asset_id = 3)"),
    ("movements-are-allowed", "DELETE FROM asset_status_moves WHERE to_status = 'Sold'"),
    ("a-movement-a-change", "UPDATE assets SET status_entry = status_entry + 1 WHERE id = 3"),
    ("movements-have-actors", "UPDATE inventory_movements SET moved_by = NULL WHERE id = (SELECT max(id) FROM inventory_movements WHERE asset_id = 3)"),
    ("diagnosed-before-on", "UPDATE diagnostics_results SET overall_result = 'Fail' WHERE asset_id = 3"),
    ("wiped-before-on", "DELETE FROM wipe_certificates WHERE asset_id = 3"),
    ("returned-is-wiped-again", "UPDATE assets SET returned_entry = status_entry WHERE id = 3"),
    ("stock-is-ledger", "UPDATE bulk_stock SET quantity = quantity + 1 WHERE sku = 'CHG-65W'"),
    ("ledger-follows", "UPDATE stock_ledger SET quantity_after = quantity_after + 1 WHERE kind = 'Sold'"),
    ("held-is-open-lines", "UPDATE bulk_stock SET reserved_quantity = reserved_quantity + 1 WHERE sku = 'CHG-65W'"),
    ("stock-places-add-up", "INSERT INTO bulk_stock_locations (bulk_stock_id, location_id, quantity) SELECT id, 1, 1 FROM bulk_stock WHERE sku = 'CHG-65W'"),
    ("stock-receipts-are-booked", "INSERT INTO stock_receipts (bulk_stock_id, quantity, unit_cost, quantity_before, cost_before, cost_after)
      SELECT id, 5, unit_cost, quantity, unit_cost, unit_cost FROM bulk_stock WHERE sku = 'CHG-65W'"),
    ("deliveries-average-the-cost", "ALTER TABLE stock_receipts DROP CONSTRAINT check_receipt_average;
      UPDATE stock_receipts SET cost_after = 71; UPDATE bulk_stock SET unit_cost = 71 WHERE sku = 'CHG-65W'"),
    ("cost-is-what-deliveries-made-it", "UPDATE bulk_stock SET unit_cost = 71 WHERE sku = 'CHG-65W'"),
    ("stock-within-bounds", "ALTER TABLE bulk_stock DROP CONSTRAINT check_stock_reserved; UPDATE bulk_stock SET reserved_quantity = 1 WHERE sku = 'DELIVERY'"),
    ("sold-stock-names-its-invoice", "INSERT INTO stock_ledger (bulk_stock_id, quantity_change, quantity_after, kind, created_by)
      SELECT id, -1, quantity - 1, 'Sold', 1 FROM bulk_stock WHERE sku = 'CHG-65W'; UPDATE bulk_stock SET quantity = quantity - 1 WHERE sku = 'CHG-65W'"),
    ("sold-stock-left-the-shelf", "UPDATE stock_ledger SET kind = 'Consumed' WHERE kind = 'Sold'"),
    ("ledger-has-actors", "UPDATE stock_ledger SET created_by = NULL WHERE kind = 'Sold'"),
    ("warranty-of-a-sale", "UPDATE warranties SET asset_id = 3"),
    ("warranty-dates", "UPDATE warranties SET start_date = '2025-12-01'"),
    ("warranty-holder", "UPDATE invoices SET customer_id = NULL WHERE id = 1"),
    ("one-active-warranty", "DROP INDEX idx_warranties_active; INSERT INTO warranties (warranty_number, invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date)
      SELECT 'WAR-000002', invoice_id, asset_id, customer_id, 'Standard', start_date, end_date FROM warranties; SELECT nextval('warranty_number_seq')"),
    ("premium-is-whole", "UPDATE warranties SET warranty_tier = 'Premium 1-Year', includes_certificate = false"),
    ("claims-of-the-holder", "INSERT INTO warranty_claims (claim_number, warranty_id, customer_id, issue_description, claim_date)
      SELECT 'WCLAIM-000001', id, customer_id, 'x', start_date - 1 FROM warranties; UPDATE warranties SET status = 'Claimed'"),
    ("service-costs", "INSERT INTO repair_tickets (ticket_number, issue_type, issue_description, labor_cost, labor_entered, total_cost) VALUES ('TKT-000001', 'x', 'x', 5, 5, 6);
      INSERT INTO repair_events (repair_ticket_id, event_type, to_status) SELECT currval('repair_tickets_id_seq'), 'opened', 'Open'"),
    ("ticket-sums", "INSERT INTO repair_tickets (ticket_number, issue_type, issue_description, parts_cost, total_cost) VALUES ('TKT-000001', 'x', 'x', 5, 5);
      INSERT INTO repair_events (repair_ticket_id, event_type, to_status) SELECT currval('repair_tickets_id_seq'), 'opened', 'Open'"),
    ("charges-are-their-shares", "INSERT INTO lots (lot_number) VALUES ('LOT-000001');
      INSERT INTO lot_charges (lot_id, charge_number, kind, method, amount, amount_ghs)
      SELECT currval('lots_id_seq'), 1, 'Freight', 'per unit', 5, 5"),
    ("devices-carry-their-shares", "UPDATE assets SET charge_cost = 5, landed_cost = landed_cost + 5 WHERE id = 3"),
    ("landed-is-purchase-and-shares", "UPDATE assets SET landed_cost = landed_cost + 1 WHERE id = 3"),
    ("reversals-take-all-back", "INSERT INTO lots (lot_number) VALUES ('LOT-000001');
      INSERT INTO lot_charges (lot_id, charge_number, kind, method, amount, amount_ghs)
      SELECT currval('lots_id_seq'), 1, 'Freight', 'per unit', 5, 5;
      INSERT INTO lot_charge_shares (lot_charge_id, asset_id, amount) SELECT currval('lot_charges_id_seq'), 3, 5;
      INSERT INTO lot_charges (lot_id, charge_number, kind, method, amount, amount_ghs, reverses_id)
      SELECT currval('lots_id_seq'), 2, 'Freight', 'per unit', -5, -5, currval('lot_charges_id_seq');
      INSERT INTO lot_charge_shares (lot_charge_id, asset_id, amount) SELECT currval('lot_charges_id_seq'), 2, -5"),
    ("shares-stay-with-the-lot", "INSERT INTO lots (lot_number) VALUES ('LOT-000001');
      INSERT INTO lot_charges (lot_id, charge_number, kind, method, amount, amount_ghs)
      SELECT currval('lots_id_seq'), 1, 'Freight', 'per unit', 5, 5;
      INSERT INTO lot_charge_shares (lot_charge_id, asset_id, amount) SELECT currval('lot_charges_id_seq'), 3, 5"),
    ("undone-is-off-the-books", "ALTER TABLE assets DROP CONSTRAINT check_asset_voided; UPDATE assets SET voided_at = now() WHERE id = 3"),
    ("parts-left-the-shelf", "UPDATE stock_ledger SET repair_ticket_id = 1 WHERE kind = 'Received'"),
    ("tickets-have-their-history", "INSERT INTO repair_tickets (ticket_number, issue_type, issue_description) VALUES ('TKT-000001', 'x', 'x')"),
    ("only-customers-are-billed", "INSERT INTO repair_tickets (ticket_number, issue_type, issue_description, paid_by, invoice_id) VALUES ('TKT-000001', 'x', 'x', 'Shop', 1);
      INSERT INTO repair_events (repair_ticket_id, event_type, to_status) SELECT currval('repair_tickets_id_seq'), 'opened', 'Open'"),
    ("own-repairs-are-costs", "UPDATE assets SET repair_cost = 5 WHERE id = 3"),
    ("claimed-has-its-claim", "UPDATE warranties SET status = 'Claimed'"),
    ("claims-end-with-outcomes", "INSERT INTO warranty_claims (claim_number, warranty_id, customer_id, issue_description, claim_date, status, denial_reason)
      SELECT 'WCLAIM-000001', id, customer_id, 'x', start_date, 'Denied', 'x' FROM warranties"),
    ("approved-claims-have-tickets", "INSERT INTO warranty_claims (claim_number, warranty_id, customer_id, issue_description, claim_date, status)
      SELECT 'WCLAIM-000001', id, customer_id, 'x', start_date, 'Approved' FROM warranties; UPDATE warranties SET status = 'Claimed'"),
    ("replacements-carry-on", "INSERT INTO warranties (warranty_number, invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date, status, replaces_warranty_id)
      SELECT 'WAR-000002', invoice_id, asset_id, customer_id, 'Standard', start_date, end_date, 'Void', id FROM warranties; SELECT nextval('warranty_number_seq')"),
    ("settled-claims-show-how", "INSERT INTO repair_tickets (ticket_number, issue_type, issue_description, paid_by, status, outcome, closed_date)
      VALUES ('TKT-000001', 'x', 'x', 'Warranty', 'Closed', 'Replaced', '2026-01-14');
      INSERT INTO repair_events (repair_ticket_id, event_type, to_status) SELECT currval('repair_tickets_id_seq'), 'opened', 'Closed';
      INSERT INTO warranty_claims (claim_number, warranty_id, customer_id, issue_description, claim_date, status, outcome, outcome_date, repair_ticket_id)
      SELECT 'WCLAIM-000001', id, customer_id, 'x', start_date, 'Completed', 'Replaced', '2026-01-14', currval('repair_tickets_id_seq') FROM warranties"),
    ("closed-tickets-are-dated", "INSERT INTO repair_tickets (ticket_number, issue_type, issue_description, status, outcome) VALUES ('TKT-000001', 'x', 'x', 'Closed', 'Repaired');
      INSERT INTO repair_events (repair_ticket_id, event_type, to_status) SELECT currval('repair_tickets_id_seq'), 'opened', 'Closed'"),
    ("preorders-are-paid-for", "ALTER TABLE preorders DROP CONSTRAINT check_deposit_before_order; UPDATE preorders SET deposit_paid = false"),
    ("deposits-are-held", "INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (1, 'Refund', 'Cash', 900)"),
    ("deposits-add-up", "INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (99, 'Deposit', 'Cash', 5)"),
    ("deposit-is-its-row", "UPDATE preorders SET deposit_amount = 400"),
    ("deposit-references-once", "UPDATE payments SET reference = 'pd 1' WHERE payment_method = 'MoMo'"),
    ("deposit-money-is-in-its-days", "INSERT INTO till_sessions (user_id, opening_float) VALUES (1, 0);
      UPDATE preorder_deposits SET till_session_id = currval('till_sessions_id_seq')"),
    ("picked-up-has-its-sale", "UPDATE preorders SET invoice_id = 2"),
    ("preorder-dates", "UPDATE preorders SET arrival_date = order_date - 1"),
    ("preorder-steps-have-events", "DELETE FROM preorder_events WHERE to_status = 'Ordered'"),
    ("settled-as-reckoned", "UPDATE preorders SET status = 'Closed', agreed_price = 6500, resale_invoice_id = 1, resale_recovery_amount = 6700;
      INSERT INTO preorder_events (preorder_id, event_type, from_status, to_status) VALUES (1, 'closed', 'Ordered', 'Closed');
      INSERT INTO preorder_deposits (preorder_id, kind, amount) VALUES (1, 'Kept', 500)"),
    ("one-count-of-a-place", "DROP INDEX idx_stocktakes_open;
      INSERT INTO stocktakes (stocktake_number, location_id, started_by) VALUES ('CNT-000001', 1, 1), ('CNT-000002', 1, 1)"),
    ("counted-once", "INSERT INTO stocktakes (stocktake_number, location_id, started_by) VALUES ('CNT-000001', 1, 1);
      DROP INDEX idx_stocktake_counts_asset; INSERT INTO stocktake_counts (stocktake_id, code, asset_id, counted_by) SELECT s.id, 'x', 3, 1 FROM stocktakes s, generate_series(1, 2)"),
    ("approved-counts-are-judged", "INSERT INTO stocktakes (stocktake_number, location_id, started_by, status, submitted_by, submitted_at, decided_by, decided_at) VALUES ('CNT-000001', 1, 1, 'Approved', 1, now(), 1, now());
      INSERT INTO stocktake_expected (stocktake_id, asset_id, status) SELECT id, 3, 'Ready for Sale' FROM stocktakes"),
    ("results-follow-the-counts", "INSERT INTO stocktakes (stocktake_number, location_id, started_by, status, submitted_by, submitted_at, decided_by, decided_at) VALUES ('CNT-000001', 1, 1, 'Approved', 1, now(), 1, now());
      INSERT INTO stocktake_expected (stocktake_id, asset_id, status) SELECT id, 3, 'Ready for Sale' FROM stocktakes;
      INSERT INTO stocktake_results (stocktake_id, asset_id, outcome, expected) SELECT id, 3, 'Found', true FROM stocktakes"),
    ("counts-moved-what-they-say", "INSERT INTO stocktakes (stocktake_number, location_id, started_by, status, submitted_by, submitted_at, decided_by, decided_at) VALUES ('CNT-000001', 1, 1, 'Approved', 1, now(), 1, now());
      INSERT INTO stocktake_expected (stocktake_id, asset_id, status) SELECT id, 3, 'Ready for Sale' FROM stocktakes;
      INSERT INTO stocktake_results (stocktake_id, asset_id, outcome, expected, from_location_id, to_location_id) SELECT id, 3, 'Missing', true, 1, 2 FROM stocktakes"),
    ("counts-adjusted-what-they-say", "INSERT INTO stocktakes (stocktake_number, location_id, started_by, status, submitted_by, submitted_at, decided_by, decided_at) VALUES ('CNT-000001', 1, 1, 'Approved', 1, now(), 1, now());
      INSERT INTO stocktake_expected_items (stocktake_id, bulk_stock_id, quantity) SELECT id, 1, 7 FROM stocktakes;
      INSERT INTO stocktake_results (stocktake_id, bulk_stock_id, outcome, expected, expected_quantity, counted_quantity, quantity_change)
      SELECT id, 1, 'Short', true, 7, 5, -2 FROM stocktakes"),
    ("counts-are-decided-by-somebody", "INSERT INTO stocktakes (stocktake_number, location_id, started_by) VALUES ('CNT-000001', 1, NULL)"),
    ("numbers-once", "UPDATE invoices SET invoice_number = 'INV-2' WHERE id = 2"),
    ("next-number-is-free", "UPDATE invoices SET invoice_number = 'INV-000900' WHERE id = 2"),
    ("check-codes-once", "UPDATE wipe_certificates SET check_code = (SELECT check_code FROM warranties) WHERE asset_id = 3"),
    ("keys-have-answers", "INSERT INTO idempotency_keys (user_id, key, fingerprint) VALUES (1, 'x', '')"),
    ("invoices-are-audited", "DELETE FROM audit_log WHERE entity = 'invoices' AND entity_id = 2"),
    ("payments-are-audited", "UPDATE payments SET created_at = '2020-01-01'"),
    ("counted-devices", "INSERT INTO asset_status_changes (status, units) VALUES ('Sold', 1)"),
    ("summed-lots", "INSERT INTO lots (lot_number, supplier) VALUES ('LOT-000900', 'Kept wrongly');
      INSERT INTO lot_figures SELECT currval('lots_id_seq'), 0, 1, 0, 0, 0, 0, 0, 0, 0, 0"),
    ("counted-sales", "UPDATE paid_day_changes SET total_sales = total_sales + 1"),
    ("merged-names-nobody", "INSERT INTO customers (customer_type, full_name, phone, deleted_at, merged_into) VALUES ('Retail', 'x', 'x', now(), 1);
      UPDATE invoices SET customer_id = currval('customers_id_seq') WHERE id = 2"),
    ("erased-are-gone", "UPDATE customers SET deleted_at = now(), erased_at = now() WHERE id = 1"),
    ("messages-are-their-steps", "INSERT INTO messages (kind, channel, status, recipient, body, sent_at) VALUES ('Test', 'SMS', 'Sent', 'x', 'x', now())"),
    ("prices-follow-their-history", "UPDATE product_models SET default_price_grade_a = default_price_grade_a + 1"),
    ("bulk-changes-tell-what-they-made", "INSERT INTO bulk_changes (changed, summary, made_by) VALUES ('assets', 'x', 1);
      INSERT INTO audit_log (action, entity, entity_id, after) VALUES ('bulk_change.make', 'bulk_changes', currval('bulk_changes_id_seq'), '{\"records\": 0}')"),
    ("taken-back-by-somebody-later", "INSERT INTO bulk_changes (changed, summary, made_by, undone_at) VALUES ('assets', 'x', 1, now());
      INSERT INTO bulk_change_rows VALUES (currval('bulk_changes_id_seq'), 3, 'supplier', 'x', 'y');
      INSERT INTO audit_log (action, entity, entity_id, after) VALUES
        ('bulk_change.make', 'bulk_changes', currval('bulk_changes_id_seq'), '{\"records\": 1}'), ('bulk_change.undo', 'bulk_changes', currval('bulk_changes_id_seq'), NULL)"),
    ("bulk-changes-are-of-their-table", "INSERT INTO bulk_changes (changed, summary, made_by) VALUES ('bulk_stock', 'x', 1);
      INSERT INTO bulk_change_rows VALUES (currval('bulk_changes_id_seq'), 987654, 'supplier', 'x', 'y');
      INSERT INTO audit_log (action, entity, entity_id, after) VALUES ('bulk_change.make', 'bulk_changes', currval('bulk_changes_id_seq'), '{\"records\": 1}')"),
    ("bulk-changes-are-audited", "INSERT INTO bulk_changes (changed, summary, made_by) VALUES ('assets', 'x', 1);
      INSERT INTO bulk_change_rows VALUES (currval('bulk_changes_id_seq'), 3, 'supplier', 'x', 'y'), (currval('bulk_changes_id_seq'), 2, 'supplier', 'x', 'y');
      INSERT INTO audit_log (action, entity, entity_id, after) VALUES ('bulk_change.make', 'bulk_changes', currval('bulk_changes_id_seq'), '{\"records\": 1}')"),
    ("bulk-moves-are-movements", "INSERT INTO bulk_changes (changed, summary, made_by) VALUES ('assets', 'x', 1);
      INSERT INTO bulk_change_rows VALUES (currval('bulk_changes_id_seq'), 3, 'status', 'Ready for Sale', 'Not Sellable');
      INSERT INTO audit_log (action, entity, entity_id, after) VALUES ('bulk_change.make', 'bulk_changes', currval('bulk_changes_id_seq'), '{\"records\": 1}')"),
    ("catalog-prices-are-in-their-history", "INSERT INTO catalog_changes (summary, made_by) VALUES ('x', 1);
      INSERT INTO catalog_change_rows VALUES (currval('catalog_changes_id_seq'), 1, 'default_price_grade_a', '1.00', '2.00');
      INSERT INTO audit_log (action, entity, entity_id, after) VALUES ('catalog_change.make', 'catalog_changes', currval('catalog_changes_id_seq'), '{\"models\": 1}')"),
    ("merged-models-are-gone", "UPDATE product_model_merges SET gone_id = 1;
      INSERT INTO audit_log (action, entity, entity_id) VALUES ('product_model.merge', 'product_models', 1)"),
    ("merges-are-audited", "DELETE FROM audit_log WHERE action = 'product_model.merge'"),
    ("views-are-of-their-list", "INSERT INTO saved_views (list, view_name, query, owner_id) VALUES ('lots', 'Open', '', 1);
      INSERT INTO list_choices (user_id, list, saved_view_id) VALUES (1, 'devices', currval('saved_views_id_seq'))"),
    ("views-have-owners", "DROP INDEX idx_saved_views_name;
      INSERT INTO saved_views (list, view_name, query, owner_id) VALUES ('lots', 'Open', '', 1), ('lots', 'open', '', 1)"),
    ("sets-hold-devices-once", "ALTER TABLE scan_set_devices DROP CONSTRAINT idx_scan_set_devices_once;
      INSERT INTO scan_set_devices (user_id, asset_id) VALUES (1, 3), (1, 3)"),
    ("photos-are-of-something", "ALTER TABLE photos DROP CONSTRAINT check_photo_of;
      INSERT INTO photos (width, height) VALUES (10, 10);
      INSERT INTO photo_files (photo_id, image, thumbnail) VALUES (currval('photos_id_seq'), 'x', 'x')"),
    ("nothing-hangs-loose", "DELETE FROM customers"),
    ("photos-have-pictures", "INSERT INTO photos (asset_id, width, height) VALUES (1, 10, 10)"),
    ("models-show-their-own", "UPDATE product_models SET image_url = '/api/v1/photos/77/image.jpg' WHERE id = 1"),
    ("erased-have-no-photos", "INSERT INTO customers (customer_type, full_name, phone, city, region, erased_at, deleted_at)
      VALUES ('Retail', 'Erased customer', '', NULL, NULL, now(), now());
      INSERT INTO repair_tickets (ticket_number, customer_id, issue_type, issue_description)
      VALUES ('TKT-900001', currval('customers_id_seq'), 'x', 'x');
      INSERT INTO repair_events (repair_ticket_id, event_type, to_status) VALUES (currval('repair_tickets_id_seq'), 'opened', 'Open');
      INSERT INTO photos (repair_ticket_id, width, height) VALUES (currval('repair_tickets_id_seq'), 10, 10);
      INSERT INTO photo_files (photo_id, image, thumbnail) VALUES (currval('photos_id_seq'), 'x', 'x')"),
    ("graded-by-its-check", "INSERT INTO quality_checks (asset_id, condition_grade, passed, status_entry)
      SELECT id, CASE condition_grade WHEN 'A' THEN 'B' ELSE 'A' END, true, status_entry - 1 FROM assets WHERE id = 3"),
    ("somebody-can-let-in", "UPDATE users SET is_active = false"),
];

/// Breaking one thing may break another: these come along.
fn follows(name: &str) -> &'static [&'static str] {
    match name {
        "line-signs" => &["returned-is-released"],
        "buy-backs-pay-a-sale" => &["returned-is-released"],
        "never-overpaid" => &["open-is-owed"],
        "cancelled-keeps-no-money" => &["held-is-open-lines", "reserved-has-its-holder"],
        "sold-has-its-line" => &[
            "held-is-open-lines",
            "line-has-its-device",
            "open-is-owed",
            "warranty-of-a-sale",
        ],
        "line-has-its-device" => &["reserved-has-its-holder"],
        "reversals-take-all-back" => &["shares-stay-with-the-lot"],
        "reserved-has-its-holder" => &["returned-is-released"],
        _ => &[],
    }
}

/// A shop with one sale, one open invoice with a payment and a refund, one device on the shelf, a delivery of chargers, and
/// two records of one model made one.
async fn shop() -> Stage {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let devices = [
        stage.ready_device("SN-1").await,
        stage.ready_device("SN-2").await,
        stage.ready_device("SN-3").await,
    ];
    assert_eq!(devices.map(|id| id.get()), [1, 2, 3]);
    stage.stocked_item("CHG-65W", 9).await;
    let ama = server.api(Role::Sales).await;
    let customer = json!({"customer_type": "Retail", "full_name": "Esi Quaye", "phone": "024 412 3456"});
    ama.post(
        "/sales",
        &json!({"customer": customer, "customer_type": "Retail",
            "lines": [{"asset_tag": "P4T-000001"}, {"sku": "CHG-65W", "quantity": 2}],
            "payments": [{"payment_method": "MoMo", "amount": "240.00", "reference": "MP1"}, {"payment_method": "Cash", "amount": "5000.00"}]}),
    )
    .await
    .expect(201);
    ama.post(
        "/sales",
        &json!({"customer_id": 1, "customer_type": "Retail", "lines": [{"asset_tag": "P4T-000002"}, {"sku": "CHG-65W", "quantity": 1}],
            "payments": [{"payment_method": "Cash", "amount": "100.00"}]}),
    )
    .await
    .expect(201);
    ama.post(
        "/preorders",
        &json!({"customer_id": 1, "requested_specs": "ThinkPad T14"}),
    )
    .await
    .expect(201);
    let deposit = json!({"payment_method": "MoMo", "reference": "PD1"});
    ama.post("/preorders/1/deposit", &deposit).await.expect(201);
    ama.post("/preorders/1/order", &json!({})).await.expect(200);
    // A delivery at another cost, and a model that was recorded twice.
    let yaw = server.api(Role::Warehouse).await;
    let item = stage
        .count("SELECT id::bigint FROM bulk_stock WHERE sku = 'CHG-65W'")
        .await;
    yaw.post(
        &format!("/bulk-stock/{item}/receipts"),
        &json!({"quantity": 1, "unit_cost": "77.00"}),
    )
    .await
    .expect(201);
    let kwame = server.api(Role::Manager).await;
    let again = json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G5 again", "default_price_grade_a": "4800.00"});
    let gone = kwame.post("/product-models", &again).await.expect(201)["id"].clone();
    kwame
        .post(&format!("/product-models/{gone}/merge"), &json!({"into": 1}))
        .await
        .expect(200);
    let mut conn = stage.superuser().await;
    conn.execute(
        "BEGIN; SELECT set_config('bizhub.user_id', '2', true), set_config('bizhub.now', '2026-01-14 10:00+00', true);
         INSERT INTO refunds (invoice_id, payment_method, amount) VALUES (2, 'Cash', 20); COMMIT",
    )
    .await
    .unwrap();
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn every_invariant_can_be_broken_and_is_named() {
    let stage = shop().await;
    assert_eq!(
        stage.broken_books().await,
        [""; 0],
        "the books hold before they are broken"
    );
    let names: Vec<&str> = BREAKS.iter().map(|(name, _)| *name).collect();
    for invariant in db::verify::INVARIANTS {
        assert!(
            names.contains(&invariant.name),
            "{} is never shown to fail",
            invariant.name
        );
    }
    assert_eq!(names.len(), db::verify::INVARIANTS.len());
    let mut conn = stage.superuser().await;
    let mut wrong = Vec::new();
    for (name, sql) in BREAKS {
        let mut tx = conn.begin().await.unwrap();
        tx.execute("SET LOCAL session_replication_role = replica")
            .await
            .unwrap();
        if let Err(error) = tx.execute(sqlx::raw_sql(*sql)).await {
            wrong.push(format!("{name} cannot be broken like that: {error}"));
            continue;
        }
        let mut broken = Vec::new();
        for invariant in db::verify::INVARIANTS {
            let offences = db::verify::invariant_offences(&mut tx, invariant).await.unwrap();
            if !offences.is_empty() {
                broken.push(invariant.name);
            }
        }
        tx.rollback().await.unwrap();
        let mut expected = vec![*name];
        expected.extend(follows(name));
        expected.sort_unstable();
        broken.sort_unstable();
        if broken != expected {
            wrong.push(format!("{name}: expected {expected:?}, found {broken:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_is_one_sentence_with_its_numbers() {
    let stage = shop().await;
    let mut conn = stage.superuser().await;
    conn.execute("SET session_replication_role = replica; UPDATE bulk_stock SET quantity = quantity + 1 WHERE sku = 'CHG-65W'")
        .await
        .unwrap();
    assert_eq!(
        stage.broken_books().await,
        [
            "stock-is-ledger: What is on the shelf is what its ledger adds up to, but CHG-65W: the shelf says 9, its ledger 8."
        ]
    );
}

#[test]
fn invariants_have_names_of_their_own_and_their_queries_end() {
    let all = db::verify::INVARIANTS;
    assert!(all.len() >= 40, "{}", all.len());
    for (n, one) in all.iter().enumerate() {
        assert!(
            all[..n].iter().all(|other| other.name != one.name),
            "{}",
            one.name
        );
        assert!(
            one.law.ends_with('.') && one.sql.ends_with("LIMIT 20"),
            "{}",
            one.name
        );
    }
}

/// A table that names models and that the invariant does not ask is found here, not by a broken shop.
#[tokio::test]
async fn every_table_that_names_a_model_is_asked() {
    let stage = Stage::open().await;
    let mut conn = stage.superuser().await;
    let tables: Vec<(String, String)> =
        sqlx::query_as("SELECT named_in::text, named_by::text FROM product_model_references()")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert!(tables.len() >= 6, "{tables:?}");
    let invariant = db::verify::INVARIANTS
        .iter()
        .find(|one| one.name == "merged-models-are-gone")
        .unwrap();
    for (table, column) in tables {
        assert_eq!(column, "product_model_id", "{table}");
        assert!(
            invariant.sql.contains(&format!(" FROM {table}\n")),
            "{table} names models, and merged-models-are-gone does not ask it"
        );
    }
}
