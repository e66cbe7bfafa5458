-- :count more devices on sale, with tags and serials from :first on.
SET session_replication_role = replica;
INSERT INTO assets (id, asset_tag, serial_number, product_model_id, purchase_cost, landed_cost, landed_entered, received_date, condition_grade, status, status_entry,
                    location_id, list_price, created_by)
SELECT g, pad_number('P4T-', g), 'SN' || lpad(g::text, 8, '0'), g % 300 + 1, 1800, 2100, 2100, shop_today(), 'A', 'Ready for Sale', 5, 1, 3000, 1
FROM generate_series(:first, :first + :count - 1) g;
INSERT INTO inventory_movements (asset_id, from_location_id, to_location_id, from_status, to_status, moved_by, reason)
SELECT g, CASE WHEN s.n > 1 THEN 1 END, 1, s.a, s.b, 1, 'Received'
FROM (VALUES (1, NULL, 'Received'), (2, 'Received', 'Diagnostics Pending'), (3, 'Diagnostics Pending', 'Wipe Pending'), (4, 'Wipe Pending', 'QC Pending'),
        (5, 'QC Pending', 'Ready for Sale')) AS s (n, a, b)
CROSS JOIN generate_series(:first, :first + :count - 1) g ORDER BY s.n, g;
INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result, status_entry)
SELECT g, 1, '{}', 'Pass', 2 FROM generate_series(:first, :first + :count - 1) g;
INSERT INTO wipe_certificates (asset_id, technician_id, wipe_method, status_entry)
SELECT g, 1, 'NIST 800-88 Clear', 3 FROM generate_series(:first, :first + :count - 1) g;
SELECT setval('asset_tag_seq', :first + :count - 1), setval('assets_id_seq', :first + :count - 1);
RESET session_replication_role;
