//! Reports and Today (PRODUCT.md section 11), told over HTTP.

use chrono::NaiveDate;
use db::list::{ListSpec, PageRequest};
use domain::Role;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use sqlx::postgres::PgRow;
use sqlx::{Executor, FromRow, PgConnection, Row};
use stage::http::{Api, Server};
use stage::{PASSWORD, Stage};

fn sale(serial: &str, amount: &str, kind: &str) -> Value {
    json!({"customer_type": kind, "lines": [{"serial_number": serial}], "payments": [{"payment_method": "Cash", "amount": amount}]})
}

async fn browser(server: &Server, username: &str) -> Client {
    let client = Client::builder()
        .cookie_store(true)
        .redirect(Policy::none())
        .build()
        .unwrap();
    let form = [("username", username), ("password", PASSWORD)];
    let answer = client
        .post(format!("{}/sign-in", server.base))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    client
}

async fn page(client: &Client, server: &Server, path: &str) -> (u16, String) {
    let answer = client.get(format!("{}{path}", server.base)).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn rows(api: &Api, path: &str) -> Vec<Value> {
    api.get(path).await.expect(200)["data"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn the_day_is_the_same_everywhere() {
    let stage = Stage::open().await;
    for serial in ["5CG1", "5CG2", "5CG3"] {
        stage.ready_device(serial).await;
    }
    stage.stocked_item("CHG-65W", 3).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let two_ways = json!({"customer_type": "Walk-in", "lines": [{"serial_number": "5CG1"}, {"sku": "CHG-65W"}],
        "payments": [{"payment_method": "Cash", "amount": "2120.00"}, {"payment_method": "MoMo", "amount": "3000.00", "reference": "MP1"}]});
    ama.post("/sales", &two_ways).await.expect(201);
    kwame
        .post("/sales", &sale("5CG2", "5000.00", "Retail"))
        .await
        .expect(201);

    let today = kwame.get("/reports/dashboard").await.expect(200);
    assert_eq!(today["date"], "2026-01-14");
    assert_eq!(
        today["today"],
        json!({"invoice_date": "2026-01-14", "transaction_count": 2, "total_sales": "10120.00", "returned_amount": "0.00", "net_sales": "10120.00"})
    );
    assert_eq!(today["same_day_last_week"]["total_sales"], "0.00");
    assert_eq!(today["month"][0]["month_to_date"], "10120.00");
    assert_eq!(
        (&today["cost_total"], &today["profit"]),
        (&json!("6470.00"), &json!("3650.00")),
        "2 × 3,200 and 70"
    );
    assert_eq!(today["lines_without_cost"], 0);
    let tender = &today["tender"];
    assert_eq!(
        (&tender[0]["payment_method"], &tender[0]["amount"]),
        (&json!("Cash"), &json!("7120.00"))
    );
    assert_eq!(
        (&tender[1]["payment_method"], &tender[1]["amount"]),
        (&json!("MoMo"), &json!("3000.00"))
    );
    let stages = today["stages"].as_array().unwrap();
    assert_eq!(
        (stages.len(), &stages[0]["status"], &stages[0]["units"]),
        (1, &json!("Ready for Sale"), &json!(1))
    );
    assert_eq!(
        (&today["low_stock_count"], &today["low_stock"][0]["sku"]),
        (&json!(1), &json!("CHG-65W"))
    );
    assert_eq!(today["recent_sales"].as_array().unwrap().len(), 2);

    let day = rows(&kwame, "/reports/sales-daily").await;
    assert_eq!(
        day,
        [
            json!({"invoice_date": "2026-01-14", "transaction_count": 2, "total_sales": "10120.00", "retail_sales": "5000.00",
            "wholesale_sales": "0.00", "walk_in_sales": "5120.00", "return_count": 0, "returned_amount": "0.00", "net_sales": "10120.00"})
        ]
    );
    let own = rows(&ama, "/reports/sales-daily").await;
    assert_eq!(
        (&own[0]["total_sales"], &own[0]["transaction_count"]),
        (&json!("5120.00"), &json!(1))
    );
    let kwame_id = stage.actor(Role::Manager).await.user_id.unwrap();
    let of_kwame = format!("/reports/sales-daily?sales_rep_id={kwame_id}");
    assert_eq!(rows(&kwame, &of_kwame).await[0]["total_sales"], "5000.00");
    assert!(
        rows(&ama, &of_kwame).await.is_empty(),
        "what others sold is not for Ama"
    );
    assert!(
        rows(&kwame, "/reports/sales-daily?to=2026-01-13")
            .await
            .is_empty()
    );

    let models = rows(&kwame, "/reports/inventory-summary").await;
    let counts: Vec<_> = ["total_units", "available", "reserved", "sold"]
        .map(|c| models[0][c].as_i64().unwrap())
        .into();
    assert_eq!(counts, [3, 1, 0, 2]);
    assert_eq!(
        (&models[0]["avg_sale_price"], &models[0]["avg_age_days"]),
        (&json!("5000.00"), &json!("9.0"))
    );
    let ageing = rows(&kwame, "/reports/aging-inventory").await;
    assert_eq!(
        (
            ageing.len(),
            &ageing[0]["serial_number"],
            &ageing[0]["days_in_inventory"]
        ),
        (1, &json!("5CG3"), &json!(9))
    );

    let kwames = browser(&server, "kwame").await;
    let (status, text) = page(&kwames, &server, "/today").await;
    assert_eq!(status, 200, "{text}");
    for shown in [
        "Good morning, Kwame",
        "10,120.00",
        "3,650.00",
        "7,120.00",
        "/invoices?invoice_date=2026-01-14&#38;status=Paid",
    ] {
        assert!(text.contains(shown), "{shown} is not in {text}");
    }
    let amas = browser(&server, "ama").await;
    let (status, text) = page(&amas, &server, "/reports/sales-daily").await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("5,120.00") && !text.contains("10,120.00"), "{text}");
}

#[tokio::test]
async fn everybody_sees_their_own_reports() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let table = [
        ("inventory-summary", "AMW"),
        ("aging-inventory", "AMW"),
        ("sales-daily", "AMS"),
        ("preorder-sla", "AMS"),
        ("dashboard", "AM"),
    ];
    for role in Role::ALL {
        let api = server.api(*role).await;
        for (report, who) in table {
            let may = who.contains(role.as_str().chars().next().unwrap());
            api.get(&format!("/reports/{report}"))
                .await
                .expect(if may { 200 } else { 403 });
        }
    }
    for (report, _) in table {
        server
            .nobody()
            .get(&format!("/reports/{report}"))
            .await
            .expect(401);
    }
    for (username, first) in [
        ("kwame", "sales-daily"),
        ("ama", "sales-daily"),
        ("yaw", "inventory-summary"),
    ] {
        let client = browser(&server, username).await;
        let answer = client
            .get(format!("{}/reports", server.base))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["location"], format!("/reports/{first}"));
        let (status, text) = page(&client, &server, &format!("/reports/{first}")).await;
        assert_eq!(
            (status, text.contains("Nothing to report")),
            (200, true),
            "{text}"
        );
        assert!(text.contains("href=\"/reports\""), "the rail leads there");
    }
    let kofi = browser(&server, "kofi").await;
    assert_eq!(page(&kofi, &server, "/reports").await.0, 403);
    assert_eq!(page(&kofi, &server, "/today").await.0, 403);
    let (_, yaws) = page(
        &browser(&server, "yaw").await,
        &server,
        "/reports/inventory-summary",
    )
    .await;
    assert!(
        !yaws.contains("/reports/sales-daily"),
        "a tab for what may not be opened"
    );
}

/// Rows that the triggers would not let in at once, without them.
async fn fill(conn: &mut PgConnection, devices: i32) {
    conn.execute("SET session_replication_role = replica")
        .await
        .unwrap();
    let steps = [
        "INSERT INTO product_models (category, brand, model_name)
         SELECT 'Laptop', (ARRAY['HP', 'Dell', 'Lenovo'])[1 + g % 3], 'Model ' || g FROM generate_series(1, 200) g WHERE $1 > 0",
        "INSERT INTO customers (customer_type, full_name, phone)
         SELECT 'Retail', 'Customer ' || md5(g::text), '+23324' || lpad(g::text, 7, '0') FROM generate_series(1, $1 / 4) g",
        "INSERT INTO invoices (id, invoice_number, customer_id, customer_type, invoice_date, status, subtotal, total_amount, amount_paid, sales_rep_id)
         SELECT g, 'INV-' || lpad(g::text, 6, '0'), 1 + g % ($1 / 4), 'Retail', date '2026-01-14' - g % 300,
                CASE WHEN g % 47 = 0 THEN 'Sent' ELSE 'Paid' END, 100, 100, CASE WHEN g % 47 = 0 THEN 0 ELSE 100 END,
                (SELECT id FROM users WHERE username = 'ama')
         FROM generate_series(1, $1 / 2) g",
        "INSERT INTO assets (id, asset_tag, serial_number, product_model_id, received_date, status, condition_grade, status_since,
                             invoice_id, sale_date, sale_price)
         SELECT g, 'P4T-' || lpad(g::text, 6, '0'), 'SN' || g, 1 + g % 200, date '2026-01-14' - g % 400,
                CASE WHEN g <= $1 / 2 THEN 'Sold' ELSE (ARRAY['Received', 'Diagnostics Pending', 'QC Pending', 'Ready for Sale', 'Scrapped'])[1 + g % 5] END,
                'A', timestamptz '2026-01-14' - g % 400 * interval '1 day',
                CASE WHEN g <= $1 / 2 THEN g END, CASE WHEN g <= $1 / 2 THEN date '2026-01-14' - g % 300 END, CASE WHEN g <= $1 / 2 THEN 100 END
         FROM generate_series(1, $1) g",
        "INSERT INTO invoice_lines (invoice_id, line_number, asset_id, item_description, unit_price, line_total, unit_cost)
         SELECT g, 1, g, 'A device', 100, 100, 60 FROM generate_series(1, $1 / 2) g",
        "INSERT INTO payments (invoice_id, payment_date, payment_method, amount)
         SELECT g, date '2026-01-14' - g % 300, 'Cash', 100 FROM generate_series(1, $1 / 2) g WHERE g % 47 <> 0",
        "INSERT INTO preorders (preorder_number, customer_id, requested_specs, deposit_paid, status, order_date, sla_date, arrival_date)
         SELECT 'PRE-' || lpad(g::text, 6, '0'), g, 'A laptop', true,
                (ARRAY['Ordered', 'In Transit', 'Closed', 'Closed', 'Closed'])[1 + g % 5], date '2026-01-14' - g % 60,
                CASE WHEN g % 7 > 0 THEN date '2026-01-14' - g % 60 + 21 END, CASE WHEN g % 3 = 0 THEN date '2026-01-10' END
         FROM generate_series(1, $1 / 20) g",
    ];
    for step in steps {
        sqlx::query(step).bind(devices).execute(&mut *conn).await.unwrap();
    }
    conn.execute("RESET session_replication_role").await.unwrap();
    conn.execute(sqlx::raw_sql(
        "SET max_parallel_workers_per_gather = 0; SET bizhub.now = '2026-01-14T10:00:00Z'",
    ))
    .await
    .unwrap();
    conn.execute("VACUUM ANALYZE").await.unwrap();
}

async fn all<T>(conn: &mut PgConnection, spec: &ListSpec, sort: &str) -> Vec<T>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut request = PageRequest {
        limit: 200,
        sort: Some(sort.into()),
        ..PageRequest::default()
    };
    let mut rows = Vec::new();
    loop {
        let page = spec.fetch::<T>(conn, &request).await.unwrap();
        rows.extend(page.data);
        request.cursor = page.next_cursor;
        if request.cursor.is_none() {
            return rows;
        }
    }
}

#[tokio::test]
async fn the_lists_are_the_views_by_whatever_they_are_sorted() {
    use db::reports::*;
    let stage = Stage::open().await;
    let mut conn = stage.superuser().await;
    fill(&mut conn, 800).await;
    let view = |name: &'static str| sqlx::query_as::<_, (Value,)>(name);
    macro_rules! same {
        ($row:ty, $spec:expr, $columns:literal, $from:literal) => {
            let expected = view(concat!(
                "SELECT to_jsonb(v) FROM (SELECT ",
                $columns,
                " ",
                $from,
                ") v"
            ))
            .fetch_all(&mut conn)
            .await
            .unwrap();
            let mut expected: Vec<Value> = expected.into_iter().map(|(v,)| v).collect();
            expected.sort_by_key(Value::to_string);
            for sort in $spec.sorts {
                for sort in [sort.name.to_owned(), format!("-{}", sort.name)] {
                    let rows: Vec<$row> = all(&mut conn, $spec, &sort).await;
                    let mut rows: Vec<Value> = rows
                        .iter()
                        .map(|r| serde_json::to_value(r).unwrap())
                        .collect();
                    rows.sort_by_key(Value::to_string);
                    assert_eq!(rows, expected, "sorted by {sort}");
                }
            }
        };
    }
    same!(AgingAsset, &AGING_INVENTORY, "*", "FROM view_aging_inventory");
    same!(PreorderSla, &PREORDER_SLA, "*", "FROM view_preorder_sla");
    same!(
        SalesDay,
        &SALES_DAILY,
        "invoice_date, transaction_count, total_sales::text, retail_sales::text, wholesale_sales::numeric(12,2)::text,
         walk_in_sales::numeric(12,2)::text,
         return_count, returned_amount::numeric(12,2)::text, net_sales::numeric(12,2)::text",
        "FROM view_sales_daily"
    );
    same!(
        InventorySummary,
        &INVENTORY_SUMMARY,
        "category, brand, model_name, total_units, available, reserved, sold, round(avg_sale_price, 2)::text AS avg_sale_price,
         round(avg_age_days, 1)::text AS avg_age_days, product_model_id, cpu, ram, storage",
        "FROM view_inventory_summary"
    );
    let of_ama = PageRequest {
        limit: 200,
        filters: vec![(
            "sales_rep_id".into(),
            stage.actor(Role::Sales).await.user_id.unwrap().to_string(),
        )],
        ..PageRequest::default()
    };
    let own = SALES_DAILY_OF_SELLER
        .fetch::<SalesDay>(&mut conn, &of_ama)
        .await
        .unwrap()
        .data;
    let everybodys = SALES_DAILY
        .fetch::<SalesDay>(
            &mut conn,
            &PageRequest {
                limit: 200,
                ..PageRequest::default()
            },
        )
        .await
        .unwrap()
        .data;
    assert_eq!(own, everybodys, "Ama sold everything here");
    let totals: SalesTotals = SALES_DAILY_OF_SELLER
        .sums(&mut conn, &of_ama, SALES_TOTALS)
        .await
        .unwrap();
    assert_eq!(
        (totals.transaction_count, totals.total_sales.pesewas()),
        (392, 3_920_000)
    );
    let totals: AgingTotals = AGING_INVENTORY
        .sums(&mut conn, &PageRequest::default(), AGING_TOTALS)
        .await
        .unwrap();
    assert_eq!(totals.buckets.iter().sum::<i64>(), totals.units);
}

/// What the counts add up to, and what they should, as two columns of text.
async fn counts(conn: &mut PgConnection) -> (String, String) {
    let sql = "SELECT
        (SELECT string_agg(status || units, ' ' ORDER BY status) FROM
          (SELECT status, sum(units) AS units FROM asset_status_changes GROUP BY status HAVING sum(units) <> 0) s)
        || (SELECT string_agg(concat_ws(' ', '', invoice_date, n, total), ' ' ORDER BY invoice_date) FROM
          (SELECT invoice_date, sum(transaction_count) AS n, sum(total_sales) AS total FROM paid_day_changes
           GROUP BY invoice_date HAVING sum(transaction_count) <> 0) d),
        (SELECT string_agg(status || units, ' ' ORDER BY status) FROM (SELECT status, count(*) AS units FROM assets WHERE voided_at IS NULL GROUP BY status) s)
        || (SELECT string_agg(concat_ws(' ', '', invoice_date, transaction_count, total_sales), ' ' ORDER BY invoice_date) FROM view_sales_daily)";
    let row = conn.fetch_one(sql).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn counts_are_what_the_tables_say_whatever_is_done() {
    let stage = Stage::open().await;
    let mut conn = stage.superuser().await;
    for serial in ["5CG1", "5CG2", "5CG3"] {
        stage.ready_device(serial).await;
    }
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let sale = |serial| sale(serial, "5000.00", "Retail");
    ama.post("/sales", &sale("5CG1")).await.expect(201);
    let draft = ama
        .post(
            "/invoices",
            &json!({"customer_type": "Retail", "lines": [{"serial_number": "5CG2"}]}),
        )
        .await
        .expect(201);
    let check = async |conn: &mut PgConnection| {
        let (counted, is) = counts(conn).await;
        assert_eq!(counted, is);
        counted
    };
    assert!(
        check(&mut conn)
            .await
            .starts_with("Ready for Sale1 Reserved1 Sold1 2026-01-14 1 5000.00")
    );
    let payment = json!({"payment_method": "Cash", "amount": "5000.00"});
    ama.post(&format!("/invoices/{}/payments", draft["id"]), &payment)
        .await
        .expect(201);
    ama.post("/sales", &sale("5CG1")).await.expect(409);
    assert!(check(&mut conn).await.contains(" 2 10000.00"));
    fill_apart(&mut conn).await;
    let before = check(&mut conn).await;

    // Two who fold at once, one of whom stops half way, and a sale meanwhile.
    let mut other = stage.bizhub_app().await;
    other.execute("BEGIN").await.unwrap();
    assert!(db::reports::counts_fold(&mut other, 40).await.unwrap() > 40);
    assert!(db::reports::counts_fold(&mut conn, 1000).await.unwrap() > 0);
    assert_eq!(check(&mut conn).await, before);
    ama.post("/sales", &sale("5CG3")).await.expect(201);
    other.execute("COMMIT").await.unwrap();
    db::reports::counts_fold(&mut conn, 1000).await.unwrap();
    assert_ne!(check(&mut conn).await, before);
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM asset_status_changes")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    let states: i64 = sqlx::query_scalar("SELECT count(DISTINCT status) FROM assets")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(rows, states, "folded to a row a state");
}

/// Rows written, changed and deleted with triggers off, as a loader does.
async fn fill_apart(conn: &mut PgConnection) {
    conn.execute(sqlx::raw_sql(
        "SET session_replication_role = replica;
         INSERT INTO assets (asset_tag, serial_number, product_model_id) SELECT 'T-' || g, 'T' || g, 1 FROM generate_series(1, 100) g;
         UPDATE assets SET status = 'Scrapped' WHERE serial_number LIKE 'T%5';
         DELETE FROM assets WHERE serial_number LIKE 'T%6';
         INSERT INTO invoices (invoice_number, customer_type, invoice_date, status, subtotal, total_amount)
         SELECT 'X-' || g, 'Retail', date '2026-01-01' + g % 10, 'Paid', g, g FROM generate_series(1, 100) g;
         UPDATE invoices SET status = 'Refunded' WHERE invoice_number LIKE 'X-%5';
         UPDATE invoices SET invoice_date = '2026-01-12' WHERE invoice_number LIKE 'X-%6';
         DELETE FROM invoices WHERE invoice_number LIKE 'X-%7';
         RESET session_replication_role",
    ))
    .await
    .unwrap();
}

/// How often a big table was read from end to end in this transaction.
async fn whole_reads(conn: &mut PgConnection) -> i64 {
    let sql = "SELECT sum(seq_scan)::bigint FROM pg_stat_xact_user_tables
               WHERE relname IN ('assets', 'invoices', 'invoice_lines', 'payments', 'customers', 'preorders')";
    conn.fetch_one(sql).await.unwrap().get(0)
}

#[tokio::test]
async fn no_big_table_is_read_from_end_to_end() {
    use db::reports::*;
    use db::search::*;
    let stage = Stage::open().await;
    let mut conn = stage.superuser().await;
    fill(&mut conn, 20_000).await;
    conn.execute("BEGIN").await.unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 1, 14).unwrap();
    let kinds: Vec<String> = [
        "device", "item", "model", "customer", "invoice", "warranty", "preorder", "ticket", "claim",
    ]
    .map(String::from)
    .into();
    let mut before = whole_reads(&mut conn).await;
    macro_rules! reads_little {
        ($what:expr) => {
            $what;
            let now = whole_reads(&mut conn).await;
            assert_eq!(
                now,
                before,
                "{} reads a big table from end to end",
                stringify!($what)
            );
        };
    }
    reads_little!(assert_eq!(
        sales_pace(&mut conn, NaiveDate::from_ymd_opt(2025, 12, 1).unwrap(), day)
            .await
            .unwrap()
            .len(),
        45
    ));
    reads_little!(sales_profit(&mut conn, day).await.unwrap());
    reads_little!(tender_by_method(&mut conn, day).await.unwrap());
    reads_little!(stages_count(&mut conn).await.unwrap());
    reads_little!(preorders_overdue(&mut conn, day, 10).await.unwrap());
    reads_little!(invoices_open(&mut conn, stage::opening(), day).await.unwrap());
    reads_little!(sales_recent(&mut conn, day, 10).await.unwrap());
    let first = PageRequest {
        limit: 50,
        ..PageRequest::default()
    };
    let month = PageRequest {
        filters: vec![("from".into(), "2025-12-16".into())],
        ..first.clone()
    };
    reads_little!(assert_eq!(
        SALES_DAILY
            .fetch::<SalesDay>(&mut conn, &month)
            .await
            .unwrap()
            .data
            .len(),
        30
    ));
    let page = AGING_INVENTORY
        .fetch::<AgingAsset>(&mut conn, &first)
        .await
        .unwrap();
    let second = PageRequest {
        cursor: page.next_cursor,
        ..first.clone()
    };
    reads_little!(assert_eq!(
        AGING_INVENTORY
            .fetch::<AgingAsset>(&mut conn, &second)
            .await
            .unwrap()
            .data
            .len(),
        50
    ));
    let page = PREORDER_SLA
        .fetch::<PreorderSla>(&mut conn, &first)
        .await
        .unwrap();
    let second = PageRequest {
        cursor: page.next_cursor,
        ..first.clone()
    };
    reads_little!(assert_eq!(
        PREORDER_SLA
            .fetch::<PreorderSla>(&mut conn, &second)
            .await
            .unwrap()
            .data
            .len(),
        50
    ));
    for (key, phone) in [
        ("SN19999", ""),
        ("P4T-019999", ""),
        ("490154203237518", ""),
        ("INV-000412", ""),
        ("0240000412", "+233240000412"),
    ] {
        let terms = ExactTerms {
            key: key.into(),
            numbers: vec![key.into()],
            guesses: vec!["INV-000007".into()],
            phone: phone.into(),
            email: "ama@example.com".into(),
            name: key.to_lowercase(),
            kinds: kinds.clone(),
        };
        for _ in 0..7 {
            reads_little!(hits_exact(&mut conn, &terms).await.unwrap());
        }
    }
    let rare: String = sqlx::query_scalar("SELECT substr(full_name, 12, 7) FROM customers WHERE id = 77")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    for (key, word, digits) in [
        ("SN1999", "SN1999", ""),
        ("P4T-0001", "P4T-0001", ""),
        ("ZZ", &rare, ""),
        ("024", "", "240000412"),
    ] {
        let terms = LikeTerms {
            key: key.into(),
            longest: word.into(),
            words: vec![word.into()],
            digits: digits.into(),
            kinds: kinds.clone(),
        };
        reads_little!(assert!(
            !hits_like(&mut conn, &terms).await.unwrap().is_empty(),
            "{key}"
        ));
    }
    // The one report that counts everything there ever was: it shows that reading a table whole is noticed here.
    INVENTORY_SUMMARY
        .fetch::<InventorySummary>(&mut conn, &first)
        .await
        .unwrap();
    before += 1;
    assert_eq!(whole_reads(&mut conn).await, before);
}

#[tokio::test]
async fn a_report_is_a_file_too() {
    let stage = Stage::open().await;
    let mut conn = stage.superuser().await;
    fill(&mut conn, 2000).await;
    sqlx::query("UPDATE product_models SET model_name = '=HYPERLINK(\"x\")', brand = '@SUM' WHERE id = (SELECT product_model_id FROM assets WHERE serial_number = 'SN1598')")
        .execute(&mut conn)
        .await
        .unwrap();
    let server = stage.serve().await;
    let kwame = browser(&server, "kwame").await;
    let answer = kwame
        .get(format!(
            "{}/reports/aging-inventory?format=csv&sort=-received_date",
            server.base
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"aging-inventory-2026-01-14.csv\""
    );
    let text = answer.text().await.unwrap();
    assert!(text.contains("asset_tag,serial_number,brand"), "{}", &text[..200]);
    assert_eq!(
        text.lines().count(),
        801,
        "a head, and the four of five that are not scrapped"
    );
    assert!(
        text.lines()
            .any(|line| line.contains(",SN1598,'@SUM,\"'=HYPERLINK(\"\"x\"\")\",")),
        "the texts are no formulas"
    );
    let (status, text) = page(&kwame, &server, "/reports/preorder-sla?format=csv").await;
    assert!(
        status == 200 && text.contains(",-") && !text.contains("'-"),
        "numbers stay numbers: {text}"
    );
    for report in ["sales-daily", "inventory-summary"] {
        assert_eq!(
            page(&kwame, &server, &format!("/reports/{report}?format=csv"))
                .await
                .0,
            200
        );
    }
    for path in [
        "inventory-summary?category=Laptop&sort=-sold",
        "aging-inventory?aging_bucket=90%2B+days",
        "preorder-sla?is_overdue=true",
        "sales-daily?from=2025-12-01&sort=total_sales",
    ] {
        let (status, text) = page(&kwame, &server, &format!("/reports/{path}")).await;
        assert_eq!(status, 200, "{text}");
        assert!(text.contains("<tfoot>") || path.starts_with("preorder"), "{text}");
        assert!(!text.contains("=HYPERLINK(\"x"), "escaped");
    }
    let api = server.api(Role::Manager).await;
    for wrong in [
        "sales-daily?from=yesterday",
        "sales-daily?sort=profit",
        "aging-inventory?purchase_cost=1",
        "preorder-sla?limit=0",
    ] {
        api.get(&format!("/reports/{wrong}")).await.expect(422);
    }
}
