//! What a shop of some size reads: at fifty thousand devices, daily work reads the rows that it needs and no table whole.
//! Rows are counted, not plans compared: a planner may choose as it likes among ways that read little.

use domain::Role;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};
use stage::Stage;

const DEVICES: i64 = 50_000;

/// The tables that grow with the shop.
const LARGE: &str = "'assets', 'inventory_movements', 'diagnostics_results', 'wipe_certificates', 'invoices', 'invoice_lines', 'payments',
                     'customers', 'warranties', 'stock_ledger', 'audit_log'";

/// A stage with that many devices, whose books hold, and a superuser's connection to it.
async fn large() -> (Stage, PgConnection) {
    let stage = Stage::open().await;
    let sql = include_str!("../../../../bench/src/scale.sql")
        .replace(":devices", &DEVICES.to_string())
        .replace(":invoices", &(DEVICES / 2).to_string())
        .replace(":customers", &(DEVICES / 5).to_string());
    let mut conn = stage.superuser().await;
    // Invoices and holds of these days, as the stage's clock sees them.
    conn.execute("SELECT set_config('bizhub.now', '2026-01-14 10:00+00', false)")
        .await
        .unwrap();
    conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    (stage, conn)
}

async fn holds(stage: &Stage, conn: &mut PgConnection) {
    let broken = stage.broken_books().await;
    assert_eq!(broken, [""; 0], "scale data is a shop whose books hold");
    // What the asking read is told before anything is counted.
    ended(conn, "application_name <> 'bizhub'").await;
}

/// Waits until all other connections like this have ended: a backend tells what it read when it ends.
async fn ended(conn: &mut PgConnection, which: &str) {
    let others = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
    );
    while sqlx::query_scalar::<_, i64>(AssertSqlSafe(others.clone()))
        .fetch_one(&mut *conn)
        .await
        .unwrap()
        > 0
    {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn daily_work_reads_no_large_table_whole() {
    let (stage, mut conn) = large().await;
    conn.execute("ANALYZE").await.unwrap();
    holds(&stage, &mut conn).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    conn.execute("SELECT pg_stat_reset()").await.unwrap();
    let mut requests = 0;
    // Together, so that some are looked up by one statement.
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..64 {
        let ama = ama.clone();
        tasks.spawn(async move {
            for round in 0..8 {
                ama.get(&format!("/assets/by-serial/SN{:08}", n * 500 + round + 1))
                    .await
                    .expect(200);
            }
        });
        requests += 8;
    }
    tasks.join_all().await;
    for n in 0..8 {
        let device = DEVICES - n;
        ama.get(&format!("/assets/by-serial/SN{:08}", n * 1000 + 1))
            .await
            .expect(200);
        let first = ama
            .get("/assets?status=Ready%20for%20Sale&category=Laptop&brand=HP&limit=50")
            .await
            .expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        ama.get(&format!(
            "/assets?status=Ready%20for%20Sale&category=Laptop&brand=HP&limit=50&cursor={cursor}"
        ))
        .await
        .expect(200);
        for path in [
            "/assets?limit=50",
            "/invoices?limit=50",
            "/customers?limit=50",
            "/warranties?limit=50",
        ] {
            ama.get(path).await.expect(200);
        }
        for q in [
            format!("SN{device:08}"),
            format!("P4T-{device:06}"),
            format!("INV-{:06}", n + 1),
            format!("024{:07}", n + 1),
        ] {
            let found = ama.get(&format!("/search?q={q}")).await.expect(200);
            assert_ne!(found, Value::Null, "{q}");
        }
        kwame.get("/reports/dashboard").await.expect(200);
        let sale = json!({"customer_id": n + 1, "customer_type": "Retail",
            "lines": [{"asset_tag": format!("P4T-{:06}", DEVICES - 10 - n * 20)}, {"sku": "ACC-001"}],
            "payments": [{"payment_method": "Cash", "amount": "100.00"}]});
        let invoice = ama.post("/sales", &sale).await.expect(201);
        let rest = json!({"payment_method": "Cash", "amount": invoice["balance_due"]});
        ama.post(&format!("/invoices/{}/payments", invoice["id"]), &rest)
            .await
            .expect(201);
        requests += 15;
    }
    drop(server);
    // Devices that came lately and are not ready stand in no ready one's way.
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN SELECT * FROM assets WHERE status = 'Ready for Sale' ORDER BY received_date DESC, id DESC LIMIT 50",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(!plan.contains("idx_assets_ageing"), "{plan}");
    // A backend tells what it read when it ends.
    stage.shop.close().await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let rows = conn
        .fetch_all(sqlx::raw_sql(AssertSqlSafe(format!(
            "SELECT relname::text, seq_scan, seq_tup_read, idx_tup_fetch FROM pg_stat_user_tables WHERE relname IN ({LARGE}) ORDER BY 1"
        ))))
        .await
        .unwrap();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for row in rows {
        let (table, scans, read, fetched): (String, i64, i64, i64) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        seen += fetched;
        if read > 0 || fetched > requests * 300 {
            wrong.push(format!(
                "{table}: {scans} scans read {read} rows, {fetched} rows by index, in {requests} requests"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > requests, "the counts were not read: {seen}");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

/// What grows beside it: lots of a hundred devices with a bill each, items with their deliveries, counts that were approved,
/// photos, prices of models over the years, views, and a set that somebody scanned.
const STOCK_AND_BENCH: &str = "
SET session_replication_role = replica;
UPDATE lots SET supplier_reference = 'R' || id;
INSERT INTO lots (lot_number, supplier, supplier_reference, received_date, created_by)
SELECT pad_number('LOT-', g), 'Supplier ' || g % 7, 'R' || g, shop_today() - g, 1 FROM generate_series((SELECT count(*)::int + 1 FROM lots), 500) g;
SELECT setval('lot_number_seq', 500);
UPDATE assets SET lot_id = (id - 1) / 100 + 1, charge_cost = 1, landed_cost = landed_entered + 1;
INSERT INTO lot_lines (lot_id, serial_number, model, product_model_id, purchase_cost, created_by)
SELECT lot_id, serial_number, 'As listed', product_model_id, purchase_cost, 1 FROM assets ORDER BY id;
INSERT INTO lot_charges (lot_id, charge_number, kind, method, amount, amount_ghs, created_by)
SELECT id, 1, 'Freight', 'per unit', 100, 100, 1 FROM lots ORDER BY id;
INSERT INTO lot_charge_shares (lot_charge_id, asset_id, amount) SELECT lot_id, id, 1 FROM assets ORDER BY id;

INSERT INTO bulk_stock (sku, item_name, category, unit_cost, unit_price, quantity, reorder_threshold, supplier)
SELECT 'PART-' || lpad(g::text, 5, '0'), 'Part ' || g, 'Charger', 10, 20, 40, CASE WHEN g % 40 = 0 THEN 50 ELSE 5 END, 'Supplier ' || g % 7
FROM generate_series(1, 4000) g;
INSERT INTO stock_receipts (bulk_stock_id, quantity, unit_cost, quantity_before, cost_before, cost_after, created_by, created_at)
SELECT b.id, 20, 10, (n - 1) * 20, 10, 10, 1, now() - (500 - b.id % 400 - n) * interval '1 day'
FROM bulk_stock b CROSS JOIN generate_series(1, 2) n WHERE b.sku LIKE 'PART-%' ORDER BY n, b.id;
INSERT INTO stock_ledger (bulk_stock_id, quantity_change, quantity_after, kind, reason, created_by, created_at)
SELECT bulk_stock_id, 20, quantity_before + 20, 'Received', 'Delivery', 1, created_at FROM stock_receipts ORDER BY id;

INSERT INTO stocktakes (stocktake_number, location_id, status, started_by, started_at, submitted_by, submitted_at, decided_by, decided_at)
SELECT pad_number('CNT-', g), 1, 'Approved', 1, now() - g * interval '1 day', 1, now() - g * interval '1 day', 1, now() - g * interval '1 day'
FROM generate_series(1, 500) g;
SELECT setval('stocktake_number_seq', 500);
INSERT INTO stocktake_expected (stocktake_id, asset_id, status) SELECT t.id, a.id, 'Ready for Sale'
FROM stocktakes t JOIN assets a ON a.id BETWEEN t.id * 40 + 1 AND t.id * 40 + 40;
INSERT INTO stocktake_counts (stocktake_id, code, asset_id, asset_status, counted_by)
SELECT e.stocktake_id, a.serial_number, a.id, 'Ready for Sale', 1 FROM stocktake_expected e JOIN assets a ON a.id = e.asset_id ORDER BY 1, a.id;
INSERT INTO stocktake_results (stocktake_id, asset_id, count_id, outcome, expected)
SELECT stocktake_id, asset_id, id, 'Found', true FROM stocktake_counts ORDER BY id;

INSERT INTO photos (asset_id, width, height, created_by) SELECT id, 10, 10, 1 FROM assets WHERE id % 4 = 0 ORDER BY id;
INSERT INTO photo_files (photo_id, image, thumbnail) SELECT id, 'x', 'x' FROM photos;
INSERT INTO product_model_prices (product_model_id, grade, old_price, new_price, changed_by, changed_at)
SELECT p.product_model_id, p.grade, p.new_price, p.new_price, 1, now() - (1000 - n) * interval '1 day'
FROM product_model_prices p CROSS JOIN generate_series(1, 30) n ORDER BY n, p.id;
INSERT INTO saved_views (list, view_name, query, is_shared, owner_id)
SELECT 'devices', 'View ' || g, 'status=Sold', g % 20 = 0, g % 8 + 1 FROM generate_series(1, 160) g;
INSERT INTO scan_set_devices (user_id, asset_id)
SELECT u.id, a.id FROM users u CROSS JOIN (SELECT id FROM assets WHERE id % 250 = 0) a;
INSERT INTO quality_checks (asset_id, technician_id, condition_grade, passed, status_entry)
SELECT id, 1, condition_grade, true, 4 FROM assets WHERE condition_grade IS NOT NULL ORDER BY id;
RESET session_replication_role";

/// What grows with the shop beside [`LARGE`]. Not the items of bulk stock: a shop has some hundred, and a page may look at all.
const LARGE_TOO: &str = "'lot_lines', 'lot_charges', 'lot_charge_shares', 'lots', 'stock_receipts', 'stocktakes',
    'stocktake_expected', 'stocktake_counts', 'stocktake_results', 'photos', 'photo_files', 'product_model_prices', 'saved_views',
    'scan_set_devices', 'quality_checks', 'lot_figures', 'lot_changes'";

/// Whose list, where, and how many rows of one table it may read. A page shows fifty rows at most, and what it reads of a table to
/// show one of them is a few rows. The page of a lot and its labels read what they are of, and a page of models says how many of
/// each are ready.
const STOCK_LISTS: &[(Role, &str, i64)] = &[
    (Role::Warehouse, "/movements", 200),
    (Role::Warehouse, "/movements?to_status=Sold", 200),
    (Role::Warehouse, "/movements?moved_by=1", 200),
    (Role::Warehouse, "/movements?to_location_id=5", 200),
    (Role::Warehouse, "/movements?q=SN00000007", 200),
    (Role::Warehouse, "/movements?q=P4T-000007", 200),
    (Role::Manager, "/api/v1/inventory-movements?limit=50", 200),
    (
        Role::Manager,
        "/api/v1/inventory-movements?asset_id=77&limit=50",
        200,
    ),
    // Its filter offers the suppliers of the newest thousand devices.
    (Role::Manager, "/lots", 1100),
    (Role::Manager, "/api/v1/lots?limit=50", 200),
    (Role::Manager, "/api/v1/lots?limit=5&supplier_reference=R77", 1000),
    (Role::Manager, "/reports/lots", 1500),
    (Role::Manager, "/lots/7", 1500),
    (Role::Warehouse, "/lots/7/expected", 1500),
    (Role::Warehouse, "/api/v1/lots/7/lines?limit=50", 600),
    (Role::Warehouse, "/devices?lot_id=7", 500),
    (Role::Warehouse, "/labels?lot=7", 600),
    (Role::Warehouse, "/devices", 500),
    (Role::Warehouse, "/stock", 300),
    (Role::Warehouse, "/stock/77", 300),
    (Role::Warehouse, "/stock/ledger", 300),
    (Role::Warehouse, "/api/v1/bulk-stock/77/ledger?limit=50", 200),
    (Role::Warehouse, "/api/v1/bulk-stock/7/ledger?limit=50", 200),
    (Role::Warehouse, "/stock/reorder", 500),
    (Role::Warehouse, "/stocktakes", 300),
    (Role::Warehouse, "/stocktakes/77", 400),
    (Role::Warehouse, "/api/v1/stocktakes/77/counts?limit=50", 200),
    (Role::Warehouse, "/api/v1/stocktakes/77/devices?limit=50", 200),
    (Role::Warehouse, "/api/v1/stocktakes/77/items?limit=50", 200),
    (Role::Warehouse, "/api/v1/assets/40/photos", 50),
    (Role::Technician, "/devices/40", 100),
    (Role::Technician, "/api/v1/assets/40/quality-checks", 50),
    (Role::Technician, "/api/v1/assets/40/history?at=2026-01-14", 100),
    (Role::Manager, "/models/7", 500),
    (Role::Manager, "/models", 4000),
    (Role::Manager, "/api/v1/product-models/7/prices?limit=50", 200),
    (Role::Warehouse, "/scan", 1000),
    (Role::Warehouse, "/api/v1/scan-set", 1000),
    (Role::Sales, "/api/v1/saved-views?list=devices&limit=50", 500),
    (Role::Technician, "/bench", 200),
    (Role::Technician, "/bench?stage=wipe", 200),
    (Role::Technician, "/bench?stage=quality-check", 200),
];

/// Each list by itself, over connections that end with it: what one reads is not lost among the others.
#[tokio::test(flavor = "multi_thread")]
async fn lists_of_stock_and_bench_read_what_their_page_shows() {
    let (stage, mut conn) = large().await;
    conn.execute(sqlx::raw_sql(STOCK_AND_BENCH)).await.unwrap();
    assert_eq!(app::lots::fold_figures(&stage.shop).await.unwrap(), 500);
    conn.execute("VACUUM (ANALYZE)").await.unwrap();
    holds(&stage, &mut conn).await;
    stage.shop.close().await;
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (role, path, most) in STOCK_LISTS {
        let server = stage.serve_at(stage::opening()).await;
        let (api, browser) = (server.api(*role).await, server.browser(*role).await);
        conn.execute("SELECT pg_stat_reset()").await.unwrap();
        match path.strip_prefix("/api/v1") {
            Some(path) => drop(api.get(path).await.expect(200)),
            None => drop(browser.get(path).await.expect(200)),
        }
        drop(server);
        ended(&mut conn, "true").await;
        let rows = conn
            .fetch_all(sqlx::raw_sql(AssertSqlSafe(format!(
                "SELECT t.relname::text, t.seq_tup_read, greatest(t.idx_tup_fetch, (
                   SELECT sum(i.idx_tup_read)::bigint FROM pg_stat_user_indexes i WHERE i.relid = t.relid)) AS fetched
                 FROM pg_stat_user_tables t WHERE t.relname IN ({LARGE}, {LARGE_TOO}) ORDER BY 1"
            ))))
            .await
            .unwrap();
        for row in rows {
            let (table, read): (String, i64) = (row.get(0), row.get(1));
            let fetched = row.get::<Option<i64>, _>(2).unwrap_or(0);
            seen += fetched;
            // A table of a few pages is read in turn sooner than by an index.
            if read + fetched > *most {
                wrong.push(format!(
                    "{path} reads {read} rows of {table} in turn, and {fetched} by index of {most} at most"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 1000, "the counts were not read: {seen}");
}
