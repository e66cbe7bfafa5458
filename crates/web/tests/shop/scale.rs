//! What a shop of some size reads: at fifty thousand devices, daily work reads the rows that it needs and no table whole.
//! Rows are counted, not plans compared: a planner may choose as it likes among ways that read little.

use domain::Role;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor, Row};
use stage::Stage;

const DEVICES: i64 = 50_000;

/// The tables that grow with the shop.
const LARGE: &str = "'assets', 'inventory_movements', 'diagnostics_results', 'wipe_certificates', 'invoices', 'invoice_lines', 'payments',
                     'customers', 'warranties', 'stock_ledger', 'audit_log'";

#[tokio::test(flavor = "multi_thread")]
async fn daily_work_reads_no_large_table_whole() {
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
    conn.execute("ANALYZE").await.unwrap();
    assert_eq!(
        stage.broken_books().await,
        [""; 0],
        "scale data is a shop whose books hold"
    );

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
