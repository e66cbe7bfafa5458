-- Scale data: :devices devices, half as many invoices, a fifth as many customers, made by set-based inserts with the triggers
-- off. What the triggers would have written is written here, so that `bizhub verify` finds the books in order.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET work_mem = '128MB';

INSERT INTO users (username, email, password_hash, role, full_name, must_change_password)
VALUES ('bench-sales', 'sales@bench.example', 'x', 'Sales', 'Ama Mensah', false),
       ('bench-admin', 'admin@bench.example', 'x', 'Admin', 'Efua Boateng', false),
       ('bench-technician', 'tech@bench.example', 'x', 'Technician', 'Kofi Owusu', false);
INSERT INTO api_tokens (user_id, name, token_hash, expires_at)
SELECT id, 'bench', sha256(username::bytea), now() + interval '1 year' FROM users WHERE username LIKE 'bench-%';
INSERT INTO sessions (user_id, token_hash, expires_at)
SELECT id, sha256(username::bytea), now() + interval '1 year' FROM users WHERE username LIKE 'bench-%';

INSERT INTO product_models (category, brand, model_name, cpu, ram, storage, default_price_grade_a, default_price_grade_b, default_price_grade_c)
SELECT CASE WHEN g % 10 < 7 THEN 'Laptop' ELSE 'Phone' END, (ARRAY['HP', 'Dell', 'Lenovo', 'Apple', 'Samsung'])[g % 5 + 1],
       (ARRAY['EliteBook', 'Latitude', 'ThinkPad', 'Air', 'Galaxy'])[g % 5 + 1] || ' ' || 100 + g, 'Core i5-8350U', '16 GB', '256 GB SSD',
       2000 + g % 50 * 100, 1800 + g % 50 * 100, 1500 + g % 50 * 100
FROM generate_series(1, 300) g;
INSERT INTO product_model_prices (product_model_id, grade, new_price, changed_by, changed_at)
SELECT m.id, p.grade, p.price, 1, now() - interval '3 years' FROM product_models m CROSS JOIN LATERAL (VALUES
  ('A', m.default_price_grade_a), ('B', m.default_price_grade_b), ('C', m.default_price_grade_c)) p (grade, price)
WHERE NOT EXISTS (SELECT FROM product_model_prices h WHERE h.product_model_id = m.id AND h.grade = p.grade);

INSERT INTO customers (customer_type, full_name, business_name, phone, email, created_at)
SELECT CASE WHEN g % 10 = 0 THEN 'Wholesale' ELSE 'Retail' END,
       (ARRAY['Esi', 'Kwaku', 'Abena', 'Yaw', 'Adwoa', 'Kojo', 'Akua', 'Kofi'])[g % 8 + 1] || ' ' ||
       (ARRAY['Quaye', 'Mensah', 'Owusu', 'Boateng', 'Darko', 'Asante', 'Ofori'])[g % 7 + 1] || ' ' || g,
       CASE WHEN g % 10 = 0 THEN 'Trading House ' || g END, '+23324' || lpad(g::text, 7, '0'), 'c' || g || '@mail.example', now() - interval '3 years'
FROM generate_series(1, :customers) g;

INSERT INTO bulk_stock (sku, item_name, category, unit_cost, unit_price, quantity, reorder_threshold)
SELECT 'ACC-' || lpad(g::text, 3, '0'), 'Charger ' || g, 'Charger', 70, 120, 2000000, 10 FROM generate_series(1, 50) g;

-- What each device went through. The first half is sold, one an invoice; of the rest most are on sale.
CREATE UNLOGGED TABLE bench_plan AS
SELECT g AS id, CASE
         WHEN g <= :invoices THEN CASE WHEN g % 100 = 0 THEN 'Reserved' ELSE 'Sold' END
         WHEN g % 20 = 11 THEN 'Received' WHEN g % 20 = 12 THEN 'Diagnostics Pending' WHEN g % 20 = 13 THEN 'Wipe Pending'
         WHEN g % 20 = 14 THEN 'QC Pending' WHEN g % 200 = 15 THEN 'Reserved' ELSE 'Ready for Sale' END AS status,
       CASE WHEN g <= :invoices THEN shop_today() - 1095 + (g::bigint * 1074 / :invoices)::int
            ELSE shop_today() - 200 + ((g - :invoices)::bigint * 199 / (:devices - :invoices))::int END AS received,
       1500 + g % 50 * 100 AS price
FROM generate_series(1, :devices) g;
ALTER TABLE bench_plan ADD COLUMN steps int;
UPDATE bench_plan SET steps = CASE status WHEN 'Received' THEN 1 WHEN 'Diagnostics Pending' THEN 2 WHEN 'Wipe Pending' THEN 3
  WHEN 'QC Pending' THEN 4 WHEN 'Ready for Sale' THEN 6 ELSE 7 END;
ANALYZE bench_plan;

INSERT INTO lots (lot_number, supplier, received_date, created_by, created_at, updated_at)
SELECT pad_number('LOT-', (p.id + 499) / 500), 'Supplier ' || (p.id + 499) / 500 % 7, p.received, 1, p.received + interval '8 hours', p.received + interval '8 hours'
FROM bench_plan p WHERE p.id % 500 = 1 ORDER BY p.id;
INSERT INTO assets (asset_tag, serial_number, product_model_id, lot_id, supplier, purchase_cost, landed_cost, landed_entered, received_date, condition_grade,
                    battery_health_percent, status, status_entry, status_since, location_id, list_price, sale_price, sale_date, invoice_id,
                    created_by, created_at, updated_at)
SELECT pad_number('P4T-', p.id), 'SN' || lpad(p.id::text, 8, '0'), p.id % 300 + 1, (p.id + 499) / 500, 'Supplier ' || (p.id + 499) / 500 % 7, p.price * 0.6, p.price * 0.7, p.price * 0.7, p.received,
       CASE WHEN p.steps > 4 THEN (ARRAY['A', 'B', 'C'])[p.id % 3 + 1] END, 80 + p.id % 20, p.status, CASE WHEN p.steps > 5 THEN p.steps - 1 ELSE p.steps END,
       p.received + interval '30 hours', CASE p.status WHEN 'Sold' THEN 5 WHEN 'Ready for Sale' THEN 1 WHEN 'Reserved' THEN 1 ELSE 2 END,
       CASE WHEN p.steps > 4 THEN p.price END, CASE p.status WHEN 'Sold' THEN p.price END, CASE p.status WHEN 'Sold' THEN p.received + 20 END,
       CASE p.status WHEN 'Sold' THEN p.id END, 1, p.received + interval '9 hours', p.received + interval '30 hours'
FROM bench_plan p ORDER BY p.id;

INSERT INTO inventory_movements (asset_id, from_location_id, to_location_id, from_status, to_status, moved_by, reason, created_at)
SELECT p.id, s.from_place, CASE WHEN s.n = 7 AND p.status = 'Reserved' THEN 1 ELSE s.to_place END, s.from_status,
       CASE WHEN s.n = 7 THEN p.status ELSE s.to_status END, 1, s.reason, p.received + interval '9 hours' + s.n * interval '3 hours'
FROM (VALUES (1, NULL::int, 2, NULL, 'Received', 'Received'), (2, 2, 2, 'Received', 'Diagnostics Pending', 'Auto-logged on asset update'),
        (3, 2, 2, 'Diagnostics Pending', 'Wipe Pending', 'Auto-logged on asset update'), (4, 2, 2, 'Wipe Pending', 'QC Pending', 'Auto-logged on asset update'),
        (5, 2, 2, 'QC Pending', 'Ready for Sale', 'Auto-logged on asset update'), (6, 2, 1, 'Ready for Sale', 'Ready for Sale', 'To the shop floor'),
        (7, 1, 5, 'Ready for Sale', 'Sold', 'Sold')) AS s (n, from_place, to_place, from_status, to_status, reason)
JOIN bench_plan p ON p.steps >= s.n ORDER BY s.n, p.id;
INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result, diagnostic_date, status_entry, created_at)
SELECT p.id, 1, '{"power_on": "pass", "display": "pass", "keyboard": "pass", "battery": "pass"}', 'Pass', p.received, 2, p.received + interval '17 hours'
FROM bench_plan p WHERE p.steps >= 3 ORDER BY p.id;
INSERT INTO wipe_certificates (asset_id, technician_id, wipe_method, wipe_date, status_entry, created_at)
SELECT p.id, 1, 'NIST 800-88 Clear', p.received, 3, p.received + interval '20 hours' FROM bench_plan p WHERE p.steps >= 4 ORDER BY p.id;

INSERT INTO invoices (invoice_number, customer_id, customer_type, invoice_date, status, subtotal, total_amount, amount_paid, lead_source, sales_rep_id,
                      hold_expires_at, created_at, updated_at)
SELECT pad_number('INV-', p.id), (p.id - 1) % :customers + 1, CASE WHEN ((p.id - 1) % :customers + 1) % 10 = 0 THEN 'Wholesale' ELSE 'Retail' END, p.received + 20,
       CASE p.status WHEN 'Sold' THEN 'Paid' ELSE 'Sent' END, p.price + 120, p.price + 120, CASE p.status WHEN 'Sold' THEN p.price + 120 ELSE 100 END,
       (ARRAY['Instagram', 'Walk-in', 'Referral', 'Facebook'])[p.id % 4 + 1], 1, CASE p.status WHEN 'Reserved' THEN now() + interval '60 days' END,
       p.received + 20 + interval '12 hours', p.received + 20 + interval '12 hours'
FROM bench_plan p WHERE p.id <= :invoices ORDER BY p.id;
INSERT INTO invoice_lines (invoice_id, line_number, asset_id, bulk_stock_id, item_description, quantity, unit_price, line_total, list_price, unit_cost, created_at)
SELECT p.id, l.n, CASE l.n WHEN 1 THEN p.id END, CASE l.n WHEN 2 THEN b.id END, CASE l.n WHEN 1 THEN 'HP EliteBook · Core i5-8350U · 16 GB · 256 GB SSD · Grade A' ELSE b.item_name END,
       1, CASE l.n WHEN 1 THEN p.price ELSE 120 END, CASE l.n WHEN 1 THEN p.price ELSE 120 END, CASE l.n WHEN 1 THEN p.price ELSE 120 END,
       CASE l.n WHEN 1 THEN p.price * 0.7 ELSE 70 END, p.received + 20 + interval '12 hours'
FROM bench_plan p CROSS JOIN (VALUES (1), (2)) AS l (n) JOIN bulk_stock b ON b.sku = 'ACC-' || lpad((p.id % 50 + 1)::text, 3, '0')
WHERE p.id <= :invoices ORDER BY p.id, l.n;
INSERT INTO payments (invoice_id, payment_date, payment_method, amount, reference, received_by, created_at)
SELECT p.id, p.received + 20, 'MoMo', CASE p.status WHEN 'Sold' THEN p.price ELSE 100 END, 'MM' || p.id, 1, p.received + 20 + interval '12 hours'
FROM bench_plan p WHERE p.id <= :invoices ORDER BY p.id;
INSERT INTO payments (invoice_id, payment_date, payment_method, amount, received_by, created_at)
SELECT p.id, p.received + 20, 'Cash', 120, 1, p.received + 20 + interval '12 hours' FROM bench_plan p WHERE p.id <= :invoices AND p.status = 'Sold' ORDER BY p.id;
INSERT INTO audit_log (at, user_id, action, entity, entity_id, after, request_id, address)
SELECT p.received + 20 + interval '12 hours', 1, 'sale.checkout', 'invoices', p.id,
       jsonb_build_object('id', p.id, 'invoice_number', pad_number('INV-', p.id), 'total_amount', p.price + 120, 'status', 'Paid',
         'lines', jsonb_build_array(jsonb_build_object('asset_id', p.id, 'unit_price', p.price), jsonb_build_object('quantity', 1, 'unit_price', 120))),
       'bench', '127.0.0.1'
FROM bench_plan p WHERE p.id <= :invoices ORDER BY p.id;

INSERT INTO stock_ledger (bulk_stock_id, quantity_change, quantity_after, kind, reason, created_by, created_at)
SELECT id, 2000000, 2000000, 'Received', 'Received', 1, now() - interval '3 years' FROM bulk_stock WHERE sku LIKE 'ACC-%';
INSERT INTO stock_ledger (bulk_stock_id, quantity_change, quantity_after, kind, reason, invoice_id, created_by, created_at)
SELECT l.bulk_stock_id, -1, 2000000 - row_number() OVER (PARTITION BY l.bulk_stock_id ORDER BY l.id), 'Sold', 'On invoice', l.invoice_id, 1, l.created_at
FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE l.bulk_stock_id IS NOT NULL AND i.status = 'Paid' ORDER BY l.id;
UPDATE bulk_stock b SET quantity = b.quantity - coalesce(n.sold, 0), reserved_quantity = coalesce(n.held, 0)
FROM (SELECT l.bulk_stock_id, count(*) FILTER (WHERE i.status = 'Paid') AS sold, count(*) FILTER (WHERE i.status = 'Sent') AS held
      FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE l.bulk_stock_id IS NOT NULL GROUP BY 1) n WHERE n.bulk_stock_id = b.id;

INSERT INTO warranties (warranty_number, invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date, status, created_at, updated_at)
SELECT pad_number('WAR-', row_number() OVER (ORDER BY p.id)), p.id, p.id, (p.id - 1) % :customers + 1, 'Standard', p.received + 20, p.received + 110,
       CASE WHEN p.received + 110 >= shop_today() THEN 'Active' ELSE 'Expired' END, p.received + 20 + interval '12 hours', p.received + 20 + interval '12 hours'
FROM bench_plan p WHERE p.status = 'Sold' ORDER BY p.id;
INSERT INTO repair_tickets (ticket_number, customer_id, asset_id, issue_type, issue_description, status, opened_date, closed_date, outcome,
                            paid_by, labor_entered, labor_cost, parts_cost, total_cost, created_at, updated_at)
SELECT pad_number('TKT-', row_number() OVER (ORDER BY w.id)), w.customer_id, w.asset_id, 'Battery', 'Does not hold its charge', 'Closed', w.start_date + 1, w.start_date + 1, 'Repaired',
       'Warranty', 50, 50, 0, 50, w.created_at, w.created_at
FROM warranties w WHERE w.id % 50 = 1 ORDER BY w.id;
INSERT INTO repair_events (repair_ticket_id, event_type, from_status, to_status, created_by, created_at)
SELECT t.id, s.type, s.a, s.b, 1, t.created_at FROM repair_tickets t
CROSS JOIN (VALUES (1, 'Created', NULL, 'Open'), (2, 'Status', 'Open', 'In Repair'), (3, 'Status', 'In Repair', 'Closed')) AS s (n, type, a, b) ORDER BY t.id, s.n;
INSERT INTO warranty_claims (claim_number, warranty_id, customer_id, issue_description, claim_date, status, repair_ticket_id, outcome, outcome_date,
                             labor_cost, parts_cost, total_cost, created_at, updated_at)
SELECT pad_number('WCLAIM-', row_number() OVER (ORDER BY w.id)), w.id, w.customer_id, 'Does not hold its charge', w.start_date + 1, 'Completed', t.id, 'Repaired', w.start_date + 1,
       50, 0, 50, w.created_at, w.created_at
FROM warranties w JOIN repair_tickets t ON t.asset_id = w.asset_id WHERE w.id % 50 = 1 ORDER BY w.id;
INSERT INTO preorders (preorder_number, customer_id, requested_specs, deposit_paid, deposit_date, deposit_payment_method, status, order_date, sla_date, arrival_date, asset_id, created_at, updated_at)
SELECT pad_number('PRE-', row_number() OVER (ORDER BY p.id)), p.id % :customers + 1, 'HP EliteBook, 16 GB', true, p.received - 20, 'Cash', 'Arrived', p.received - 20, p.received + 1,
       p.received, p.id, p.received - interval '20 days', p.received + interval '1 hour'
FROM bench_plan p WHERE p.status = 'Reserved' AND p.id > :invoices ORDER BY p.id;
INSERT INTO preorders (preorder_number, customer_id, requested_specs, deposit_paid, deposit_date, deposit_payment_method, status, order_date, sla_date, created_at, updated_at)
SELECT pad_number('PRE-', (SELECT count(*) FROM preorders) + g), g % :customers + 1, 'Dell Latitude, 16 GB', true, shop_today() - g % 300, 'MoMo',
       CASE WHEN g % 300 > 30 THEN 'Closed' ELSE 'Ordered' END, shop_today() - g % 300, shop_today() - g % 300 + 21, now() - (g % 300) * interval '1 day', now()
FROM generate_series(1, :devices / 100) g;
INSERT INTO preorder_deposits (preorder_id, kind, entry_date, payment_method, amount, created_by, created_at)
SELECT id, 'Deposit', deposit_date, deposit_payment_method, deposit_amount, 1, created_at FROM preorders;
INSERT INTO preorder_deposits (preorder_id, kind, entry_date, payment_method, amount, created_by, created_at)
SELECT id, 'Refund', deposit_date, deposit_payment_method, deposit_amount, 1, created_at FROM preorders WHERE status = 'Closed';
UPDATE preorders SET order_date = NULL, sla_date = NULL, deposit_paid = false, deposit_date = NULL, deposit_payment_method = NULL WHERE status = 'Closed';
INSERT INTO preorder_events (preorder_id, event_type, from_status, to_status, created_by, created_at)
SELECT p.id, s.type, s.a, s.b, 1, p.created_at FROM preorders p
JOIN (VALUES (1, 'created', NULL, 'Deposit Pending', '{Closed,Ordered,Arrived}'::text[]), (2, 'given_up', 'Deposit Pending', 'Closed', '{Closed}'),
  (2, 'ordered', 'Deposit Pending', 'Ordered', '{Ordered,Arrived}'), (3, 'in_transit', 'Ordered', 'In Transit', '{Arrived}'),
  (4, 'arrived', 'In Transit', 'Arrived', '{Arrived}')) AS s (n, type, a, b, of) ON p.status = ANY (s.of) ORDER BY p.id, s.n;
UPDATE assets a SET preorder_id = p.id FROM preorders p WHERE p.asset_id = a.id;
DROP TABLE bench_plan;

SELECT setval('asset_tag_seq', :devices), setval('invoice_number_seq', :invoices), setval('lot_number_seq', (SELECT count(*) FROM lots)), setval('warranty_number_seq', (SELECT count(*) FROM warranties)),
       setval('warranty_claim_number_seq', (SELECT greatest(count(*), 1) FROM warranty_claims)), setval('repair_ticket_number_seq', (SELECT greatest(count(*), 1) FROM repair_tickets)),
       setval('preorder_number_seq', (SELECT greatest(count(*), 1) FROM preorders));
DELETE FROM paid_day_changes;
INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales)
SELECT invoice_date, count(*), sum(total_amount) FROM invoices WHERE status = 'Paid' GROUP BY invoice_date;
RESET session_replication_role;
