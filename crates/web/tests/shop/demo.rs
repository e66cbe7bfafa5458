//! Demo data: a year of a shop, whose books hold together (schema 8.2).

use app::{Refusal, demo};
use domain::Role;
use stage::Stage;

/// Lists that are filled by work which demo data does not do yet, or that are of whoever asks.
const EMPTY: &[&str] = &[
    "/auth/sessions",
    "/till-sessions/current",
    "/payments/claimed",
    "/return-requests",
    "/returns",
    "/scan-set",
    "/customers/duplicates",
    "/saved-views",
    "/warranty-look-up",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_the_shop_holds_together() {
    let stage = Stage::open().await;
    let made = demo::seed(&stage.shop, 1).await.unwrap();

    // As much as the schema asks for
    assert_eq!((made.customers, made.product_models, made.items), (10, 24, 12));
    assert!(
        (80..=100).contains(&made.devices) && made.invoices >= 20,
        "{made:?}"
    );
    assert!(
        made.new_users.is_empty(),
        "the stage has its five people already: {made:?}"
    );
    for (count, sql) in [
        (11, "SELECT count(DISTINCT status) FROM assets"),
        (4, "SELECT count(DISTINCT status) FROM invoices"),
        (2, "SELECT count(DISTINCT warranty_tier) FROM warranties"),
        (2, "SELECT count(DISTINCT customer_type) FROM customers"),
        (3, "SELECT count(DISTINCT category) FROM product_models"),
        (0, "SELECT count(*) FROM product_models WHERE default_price_grade_a IS NULL OR default_price_grade_b IS NULL
             OR default_price_grade_c IS NULL"),
        (2, "SELECT count(*) FROM bulk_stock WHERE is_stocked AND quantity < reorder_threshold"),
        (9, "SELECT count(DISTINCT status) FROM preorders"),
        (10, "SELECT count(*) FROM preorders"),
        (1, "SELECT count(*) FROM imports WHERE state = 'Done' AND rejected = 0"),
    ] {
        assert_eq!(stage.count(sql).await, count, "{sql}");
    }
    for (sql, what) in [
        (
            "SELECT count(*) FROM invoices i WHERE (SELECT count(*) FROM payments p WHERE p.invoice_id = i.id) > 1",
            "split payments",
        ),
        (
            "SELECT count(*) FROM invoices WHERE status = 'Sent' AND amount_paid > 0 AND amount_paid < total_amount",
            "part payments",
        ),
        (
            "SELECT count(*) FROM invoices WHERE status = 'Paid' AND invoice_date = '2026-01-14'",
            "sales today",
        ),
        (
            "SELECT count(*) FROM invoices WHERE status = 'Paid' AND invoice_date = '2026-01-07'",
            "sales on last week's same day",
        ),
        (
            "SELECT count(*) FROM invoices WHERE status = 'Paid' AND invoice_date < '2025-02-01'",
            "sales a year ago",
        ),
        (
            "SELECT count(*) FROM invoice_lines WHERE price_approved_by IS NOT NULL",
            "prices that a Manager gave",
        ),
        (
            "SELECT count(*) FROM payments WHERE tendered > amount",
            "change given",
        ),
        (
            "SELECT count(*) FROM warranties WHERE end_date < '2026-01-14'",
            "warranties that ran out",
        ),
        (
            "SELECT count(*) FROM diagnostics_results WHERE overall_result = 'Fail'",
            "failed diagnostics",
        ),
        ("SELECT count(*) FROM assets WHERE imei_1 IS NOT NULL", "phones"),
    ] {
        assert!(stage.count(sql).await > 0, "no {what}");
    }

    // The books hold
    assert_eq!(stage.broken_books().await, Vec::<String>::new());
    for (sql, what) in [
        (
            "SELECT count(*) FROM assets a WHERE a.status_entry <>
               (SELECT count(*) FROM inventory_movements m WHERE m.asset_id = a.id AND m.from_status IS DISTINCT FROM m.to_status)",
            "devices with a change of status and no movement",
        ),
        (
            "SELECT count(*) FROM inventory_movements WHERE moved_by IS NULL AND reason NOT LIKE '%the hold ran out'",
            "movements without somebody who did it",
        ),
        (
            "SELECT count(*) FROM (SELECT created_at FROM assets UNION ALL SELECT created_at FROM invoices
               UNION ALL SELECT created_at FROM payments UNION ALL SELECT created_at FROM inventory_movements
               UNION ALL SELECT created_at FROM stock_ledger) r WHERE created_at > '2026-01-14 10:00+00'",
            "rows from the future",
        ),
        (
            "SELECT count(*) FROM inventory_movements m JOIN inventory_movements n ON n.asset_id = m.asset_id AND n.id > m.id
               AND n.created_at < m.created_at",
            "movements out of order",
        ),
        (
            "SELECT count(*) FROM assets a JOIN warranties w ON w.asset_id = a.id WHERE a.status <> 'Sold' AND w.status <> 'Void'",
            "warranties of devices that are not sold",
        ),
    ] {
        assert_eq!(stage.count(sql).await, 0, "{what}");
    }

    // It is made once
    match demo::seed(&stage.shop, 1).await {
        Err(Refusal::Conflict { code, detail, .. }) => {
            assert_eq!(code, "demo_not_empty");
            assert!(detail.contains("--data-dir"), "{detail}");
        }
        other => panic!("{other:?}"),
    }

    // Every list has something on it
    let server = stage.serve().await;
    let (admin, document) = (server.api(Role::Admin).await, web::openapi_json());
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let mut lists = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.trim_start_matches("/api/v1");
        if methods.get("get").is_none() || path.contains('{') || path == "/search" || EMPTY.contains(&path) {
            continue;
        }
        let answer = admin.get(path).await.expect(200);
        if let Some(rows) = answer.get("data").and_then(|data| data.as_array()) {
            lists += 1;
            assert!(!rows.is_empty(), "{path} is empty");
        }
    }
    assert!(lists >= 9, "only {lists} lists were looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_data_keeps_away_from_a_shop_at_work() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-1", 3).await;
    assert!(matches!(
        demo::seed(&stage.shop, 1).await,
        Err(Refusal::Conflict { .. })
    ));
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);

    let stage = Stage::open().await;
    sqlx::query("UPDATE users SET role = 'Sales' WHERE username = 'kofi'")
        .execute(&mut stage.superuser().await)
        .await
        .unwrap();
    let refused = demo::seed(&stage.shop, 1).await.unwrap_err();
    assert!(refused.sentence().contains("kofi"), "{refused}");
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 0);
}
