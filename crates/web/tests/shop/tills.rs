//! Tills, closed days and back-dating (PRODUCT.md section 7), told over HTTP.

use domain::Role;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use stage::Stage;
use stage::http::{Api, Reply};

#[track_caller]
fn refused(reply: Reply, status: u16, at: &str) {
    stage::http::refused(reply, status, at, "");
}

fn cash(pieces: &[(&str, u32)]) -> Value {
    pieces
        .iter()
        .map(|(denomination, quantity)| json!({"denomination": denomination, "quantity": quantity}))
        .collect()
}

fn cash_sale(sku: &str, amount: &str) -> Value {
    json!({"customer_type": "Walk-in", "lines": [{"sku": sku}], "payments": [{"payment_method": "Cash", "amount": amount}]})
}

async fn open(api: &Api, float: &str) -> Value {
    api.post("/till-sessions", &json!({"opening_float": float}))
        .await
        .expect(201)
}

/// Runs SQL as the application's role, on behalf of somebody; what the database says to it.
async fn as_app(stage: &Stage, who: &str, sql: &str) -> Result<(), String> {
    let mut conn = stage.bizhub_app().await;
    let set = format!(
        "SELECT set_config('bizhub.user_id', (SELECT id::text FROM users WHERE username = '{who}'), false), \
         set_config('bizhub.now', '2026-01-14 10:00+00', false)"
    );
    conn.execute(AssertSqlSafe(set)).await.unwrap();
    conn.execute(AssertSqlSafe(sql.to_owned()))
        .await
        .map(|_| ())
        .map_err(|e| {
            e.as_database_error()
                .map_or(e.to_string(), |d| d.message().to_owned())
        })
}

#[tokio::test]
async fn a_day_at_the_till_to_the_pesewa() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 9).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let kwame = server.api(Role::Manager).await;
    assert_eq!(ama.get("/till-sessions/current").await.status, 404);
    let till = open(&ama, "200").await;
    let path = format!("/till-sessions/{}", till["id"]);
    refused(
        ama.post("/till-sessions", &json!({"opening_float": "1"})).await,
        409,
        "till_open",
    );

    ama.post("/sales", &cash_sale("CHG-65W", "150")).await.expect(201);
    let split = json!({"customer_type": "Walk-in", "lines": [{"serial_number": "SN-1"}, {"sku": "CHG-65W", "quantity": 2}],
        "payments": [{"payment_method": "Cash", "amount": "3300"}, {"payment_method": "MoMo", "amount": "2000", "reference": "MP-1"}]});
    ama.post("/sales", &split).await.expect(201);
    // Another's sale goes into no till, or into that person's own.
    kwame
        .post("/sales", &cash_sale("CHG-65W", "120"))
        .await
        .expect(201);
    as_app(
        &stage,
        "ama",
        "INSERT INTO refunds (invoice_id, payment_method, amount) VALUES (1, 'Cash', 20.50)",
    )
    .await
    .unwrap();
    ama.post(
        &format!("{path}/movements"),
        &json!({"kind": "Pay in", "amount": "100", "reason": "Change"}),
    )
    .await
    .expect(201);
    ama.post(
        &format!("{path}/movements"),
        &json!({"kind": "Pay out", "amount": "49.00", "reason": "Petrol"}),
    )
    .await
    .expect(201);

    // 200 + 120 + 3,240 - 20.50 + 100 - 49 = 3,590.50: Ama must not know, a Manager may.
    let browser = server.browser(Role::Sales).await;
    for place in [path.as_str(), "/till-sessions/current", "/till-sessions"] {
        let seen = ama.get(place).await.expect(200).to_string();
        assert!(
            !seen.contains("3590.50") && !seen.contains("balances"),
            "{place}: {seen}"
        );
    }
    for place in ["/till", "/tills", &format!("/tills/{}", till["id"]), "/sell"] {
        let seen = browser.get(place).await.expect(200).text;
        assert!(!seen.contains("3,590.50") && !seen.contains("3590.50"), "{place}");
    }
    let seen = kwame.get(&path).await.expect(200);
    assert_eq!(seen["balances"][0]["expected"], "3590.50", "{seen}");
    assert_eq!(seen["balances"][0]["payments"], "3360.00");
    assert_eq!(seen["balances"][0]["refunds"], "20.50");
    assert_eq!(seen["balances"][1]["payment_method"], "MoMo");
    assert_eq!(seen["balances"][1]["expected"], "2000.00");
    assert_eq!(
        seen["invoices"],
        json!({"invoice_count": 2, "first_invoice": "INV-000001", "last_invoice": "INV-000002"})
    );

    // Counted five cedis short: the count is kept, and only the reason is missing.
    let close = format!("{path}/close");
    refused(ama.post(&close, &json!({})).await, 422, "/cash");
    let wrong = json!({"cash": cash(&[("5 note", 1), ("5 note", 2)])});
    refused(ama.post(&close, &wrong).await, 422, "/cash/1/denomination");
    let wrong = json!({"cash": [], "totals": [{"payment_method": "Cash", "amount": "5"}]});
    refused(ama.post(&close, &wrong).await, 422, "/totals/0/payment_method");
    refused(
        kwame.get(&format!("{path}/document.pdf")).await,
        409,
        "till_not_closed",
    );
    let count = json!({"cash": cash(&[("200 note", 17), ("100 note", 1), ("50 note", 1), ("20 note", 1), ("10 note", 1), ("5 note", 1), ("0.50 coin", 1)]),
        "totals": [{"payment_method": "MoMo", "amount": "2000"}]});
    let counted = ama.post(&close, &count).await.expect(200);
    assert_eq!(
        (&counted["state"], &counted["difference"]),
        (&json!("Counted"), &json!("-5.00"))
    );
    assert_eq!(counted["balances"][0]["counted"], "3585.50");
    assert_eq!(counted["balances"][1]["difference"], "0.00");
    refused(
        ama.post("/sales", &cash_sale("CHG-65W", "120")).await,
        409,
        "till_counted",
    );
    let other = json!({"cash": cash(&[("5 note", 2)]), "difference_reason": "I counted again"});
    refused(ama.post(&close, &other).await, 409, "till_counted");
    assert_eq!(ama.post(&close, &json!({})).await.expect(200)["state"], "Counted");

    let closed = ama
        .post(
            &close,
            &json!({"difference_reason": "One note too many as change"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&closed["state"], &closed["z_number"]),
        (&json!("Closed"), &json!("Z-000001"))
    );
    assert_eq!(closed["difference_reason"], "One note too many as change");
    assert_eq!(
        ama.post(&close, &count).await.expect(200),
        closed,
        "twice is once"
    );
    assert_eq!(ama.post(&close, &other).await.expect(200), closed);
    assert_eq!(ama.get(&path).await.expect(200), closed);
    refused(
        ama.post(
            &format!("{path}/movements"),
            &json!({"kind": "Pay in", "amount": "1", "reason": "x"}),
        )
        .await,
        409,
        "till_takes_nothing",
    );
    for layout in ["a4", "receipt"] {
        let paper = browser
            .get(&format!("/tills/{}/document.pdf?layout={layout}", till["id"]))
            .await
            .expect(200);
        assert_eq!(paper.headers["content-type"], "application/pdf");
    }
    // Selling goes on without a till, and with a new one.
    ama.post("/sales", &cash_sale("CHG-65W", "120")).await.expect(201);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM payments WHERE till_session_id IS NULL")
            .await,
        2
    );
    open(&ama, "0").await;
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action IN ('till.open', 'till.move', 'till.count', 'till.close')")
            .await,
        7
    );
}

#[tokio::test]
async fn an_even_till_needs_no_reason_and_its_rows_stay() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let till = open(&ama, "12.30").await;
    let close = format!("/till-sessions/{}/close", till["id"]);
    let count = json!({"cash": cash(&[("10 note", 1), ("2 coin", 1), ("0.20 coin", 1), ("0.10 coin", 1)])});
    let closed = ama.post(&close, &count).await.expect(200);
    assert_eq!(
        (&closed["state"], &closed["difference"]),
        (&json!("Closed"), &json!("0.00"))
    );
    for sql in [
        "UPDATE till_sessions SET difference = 0, opening_float = 5",
        "UPDATE till_sessions SET state = 'Open'",
        "DELETE FROM till_sessions",
        "UPDATE till_counts SET amount = 1",
        "DELETE FROM till_counts",
        "INSERT INTO till_movements (till_session_id, kind, amount, reason) VALUES (1, 'Pay in', 1, 'x')",
        "INSERT INTO till_counts (till_session_id, payment_method, amount) VALUES (1, 'MoMo', 1)",
    ] {
        assert!(as_app(&stage, "ama", sql).await.is_err(), "{sql}");
    }
    open(&ama, "1").await;
    for sql in [
        "INSERT INTO till_sessions (opening_float) VALUES (1)",
        "UPDATE till_sessions SET state = 'Closed', closed_at = shop_now() WHERE state = 'Open'",
        "UPDATE till_sessions SET state = 'Counted', counted_at = shop_now() WHERE state = 'Open'",
    ] {
        assert!(as_app(&stage, "ama", sql).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn each_role_has_its_tills() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let (kofi, yaw) = (
        server.api(Role::Technician).await,
        server.api(Role::Warehouse).await,
    );
    for nobody in [&kofi, &yaw] {
        assert_eq!(
            nobody
                .post("/till-sessions", &json!({"opening_float": "1"}))
                .await
                .status,
            403
        );
        assert_eq!(nobody.get("/till-sessions").await.status, 403);
        assert_eq!(nobody.get("/closed-days").await.status, 403);
    }
    assert_eq!(
        ama.post("/closed-days", &json!({"date": "2026-01-13"}))
            .await
            .status,
        403
    );
    let hers = open(&ama, "10").await;
    let his = open(&kwame, "0").await;
    let his_path = format!("/till-sessions/{}", his["id"]);
    refused(ama.get(&his_path).await, 403, "not_your_till");
    refused(
        ama.post(&format!("{his_path}/close"), &json!({"cash": []})).await,
        403,
        "not_your_till",
    );
    assert_eq!(
        ama.get("/till-sessions").await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        kwame.get("/till-sessions").await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    // A forgotten one is closed by a Manager, and says by whom.
    let closed = kwame
        .post(
            &format!("/till-sessions/{}/close", hers["id"]),
            &json!({"cash": [], "difference_reason": "Ama has gone home"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&closed["user_name"], &closed["closed_by_name"]),
        (&json!("Ama Mensah"), &json!("Kwame Asante"))
    );
    assert_eq!(
        kwame.get("/till-sessions?state=Closed").await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_sellers_pay_while_the_till_is_closed() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 200).await;
    let mut admin = stage.superuser().await;
    admin
        .execute("INSERT INTO settings (key, value) VALUES ('till_required', 'true')")
        .await
        .unwrap();
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    refused(
        ama.post("/sales", &cash_sale("CHG-65W", "120")).await,
        409,
        "till_required",
    );
    for round in 0..3 {
        let till = open(&ama, "0").await;
        let close = format!("/till-sessions/{}/close", till["id"]);
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let ama = ama.clone();
            tasks.push(tokio::spawn(async move {
                let mut sold = 0;
                for _ in 0..4 {
                    match ama.post("/sales", &cash_sale("CHG-65W", "120")).await {
                        reply if reply.status == 201 => sold += 1,
                        reply => refused(reply, 409, "till_required"),
                    }
                }
                sold
            }));
        }
        tokio::time::sleep(std::time::Duration::from_millis(40 * round)).await;
        let answer = json!({"cash": [], "difference_reason": "Counted in the storm"});
        let (closed, again) = tokio::join!(ama.post(&close, &answer), ama.post(&close, &answer));
        let closed = closed.expect(200);
        assert_eq!(again.expect(200), closed, "closed twice at once is closed once");
        let mut sold = 0;
        for task in tasks {
            sold += task.await.unwrap();
        }
        let figure = &closed["balances"][0];
        assert_eq!(figure["payment_count"], sold, "{closed}");
        let rows: (i64, bool) = sqlx::query_as(
            "SELECT count(*), coalesce(sum(amount), 0) = $2 FROM payments WHERE till_session_id = $1",
        )
        .bind(i32::try_from(till["id"].as_i64().unwrap()).unwrap())
        .bind(
            figure["payments"]
                .as_str()
                .unwrap()
                .parse::<domain::Money>()
                .unwrap(),
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert_eq!(rows, (sold, true), "{closed}");
    }
    assert_eq!(
        stage
            .count("SELECT count(*) FROM payments WHERE till_session_id IS NULL")
            .await,
        0
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_closed_day_takes_nothing_more() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 9).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let mut earlier = cash_sale("CHG-65W", "120");
    earlier["invoice_date"] = json!("2026-01-12");
    earlier["back_date_reason"] = json!("The power was off");
    kwame.post("/sales", &earlier).await.expect(201);
    refused(
        kwame.post("/closed-days", &json!({"date": "2026-01-15"})).await,
        422,
        "/date",
    );
    refused(
        kwame
            .post(
                "/closed-days",
                &json!({"date": "2026-01-14", "whole_month": true}),
            )
            .await,
        422,
        "/date",
    );
    let day = kwame
        .post("/closed-days", &json!({"date": "2026-01-13"}))
        .await
        .expect(201);
    assert_eq!(day["figures"]["payments_total"], "0.00");
    assert_eq!(
        kwame
            .post("/closed-days", &json!({"date": "2026-01-13"}))
            .await
            .expect(201),
        day
    );
    let days = kwame.get("/closed-days").await.expect(200);
    assert_eq!(days["data"].as_array().unwrap().len(), 2, "{days}");
    assert_eq!(days["data"][1]["figures"]["payments"], json!({"Cash": "120.00"}));
    refused(kwame.post("/sales", &earlier).await, 409, "day_closed");
    for sql in [
        "INSERT INTO invoices (customer_type, invoice_date, subtotal, total_amount) VALUES ('Walk-in', '2026-01-13', 1, 1)",
        "INSERT INTO invoices (customer_type, subtotal, total_amount) VALUES ('Walk-in', 1, 1);
         INSERT INTO payments (invoice_id, payment_date, payment_method, amount) SELECT max(id), '2026-01-01', 'Card', 1 FROM invoices",
        "INSERT INTO refunds (invoice_id, refund_date, payment_method, amount) VALUES (1, '2026-01-13', 'Card', 1)",
        "INSERT INTO returns (invoice_id, return_date, reason) VALUES (1, '2026-01-13', 'x')",
    ] {
        let said = as_app(&stage, "kwame", sql).await.unwrap_err();
        assert!(said.contains("The books are closed up to 13 Jan 2026"), "{said}");
    }
    for sql in [
        "DELETE FROM closed_days",
        "UPDATE closed_days SET day = '2000-01-01'",
    ] {
        assert!(as_app(&stage, "kwame", sql).await.is_err(), "{sql}");
    }
    // Today is closed when every till is, and then until tomorrow.
    let till = open(&ama, "0").await;
    ama.post("/sales", &cash_sale("CHG-65W", "120")).await.expect(201);
    refused(
        kwame.post("/closed-days", &json!({"date": "2026-01-14"})).await,
        409,
        "day_open",
    );
    let page = server
        .browser(Role::Manager)
        .await
        .get("/reports/close-day")
        .await
        .expect(200);
    assert!(page.has("The till of Ama Mensah is open"), "{}", page.text);
    assert!(
        page.has("Paid and sent invoices") && page.has("Invoiced"),
        "{}",
        page.text
    );
    ama.post(
        &format!("/till-sessions/{}/close", till["id"]),
        &json!({"cash": cash(&[("100 note", 1), ("20 note", 1)])}),
    )
    .await
    .expect(200);
    let today = kwame
        .post("/closed-days", &json!({"date": "2026-01-14"}))
        .await
        .expect(201);
    assert_eq!(today["figures"]["sales_total"], "120.00");
    refused(
        ama.post("/sales", &cash_sale("CHG-65W", "120")).await,
        409,
        "day_closed",
    );
    let tomorrow = stage::opening() + chrono::TimeDelta::days(1);
    let server = stage.serve_at(tomorrow).await;
    let ama = server.api(Role::Sales).await;
    ama.post("/sales", &cash_sale("CHG-65W", "120")).await.expect(201);
}

#[tokio::test]
async fn an_earlier_day_needs_a_manager_and_a_reason() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.ready_device("SN-2").await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let sale = json!({"customer": {"full_name": "Esi Quaye", "phone": "0244123456"}, "customer_type": "Retail",
        "lines": [{"serial_number": "SN-1"}], "payments": [{"payment_method": "Cash", "amount": "5000"}],
        "invoice_date": "2026-01-10", "back_date_reason": "Written on paper in the dark"});
    let with = |field: &str, value: Value| {
        let mut other = sale.clone();
        other[field] = value;
        other
    };
    assert_eq!(ama.post("/sales", &sale).await.status, 403);
    refused(
        kwame.post("/sales", &with("back_date_reason", Value::Null)).await,
        422,
        "/back_date_reason",
    );
    refused(
        kwame.post("/sales", &with("back_date_reason", json!(" "))).await,
        422,
        "/back_date_reason",
    );
    refused(
        kwame
            .post("/sales", &with("invoice_date", json!("2026-01-15")))
            .await,
        422,
        "/invoice_date",
    );
    refused(
        kwame
            .post("/sales", &with("invoice_date", json!("1999-12-31")))
            .await,
        422,
        "/invoice_date",
    );
    let sold = kwame.post("/sales", &sale).await.expect(201);
    assert_eq!(sold["invoice_date"], "2026-01-10");
    assert_eq!(sold["payments"][0]["payment_date"], "2026-01-10");
    assert_eq!(sold["warranties"][0]["start_date"], "2026-01-10");
    assert_eq!(sold["warranties"][0]["end_date"], "2026-04-10");
    assert_eq!(
        kwame.get(&format!("/invoices/{}", sold["id"])).await.expect(200),
        sold,
        "as it is stored"
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'sale.back_date' AND after->>'back_date_reason' = 'Written on paper in the dark'")
            .await,
        1
    );
    // Today's date is nothing special.
    let mut today = with("invoice_date", json!("2026-01-14"));
    today["lines"] = json!([{"serial_number": "SN-2"}]);
    today["payments"] = json!([]);
    let sent = ama.post("/sales", &today).await.expect(201);
    let pay = format!("/invoices/{}/payments", sent["id"]);
    let payment = json!({"payment_method": "Card", "amount": "1000", "payment_date": "2026-01-13", "back_date_reason": "Found the slip"});
    assert_eq!(ama.post(&pay, &payment).await.status, 403);
    let paid = kwame.post(&pay, &payment).await.expect(201);
    assert_eq!(paid["payments"][0]["payment_date"], "2026-01-13");
    let mut bare = payment.clone();
    bare.as_object_mut().unwrap().remove("back_date_reason");
    refused(kwame.post(&pay, &bare).await, 422, "/back_date_reason");
}

#[tokio::test]
async fn the_pages_of_the_till() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 9).await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    assert!(ama.get("/sell").await.expect(200).has("No till open."));
    let page = ama.get("/till").await.expect(200);
    let wrong = ama
        .post(
            "/till",
            &[("form_key", &page.field("form_key")), ("opening_float", "ten")],
        )
        .await
        .expect(422);
    assert!(wrong.has("value=\"ten\""), "{}", wrong.text);
    ama.post(
        "/till",
        &[("form_key", &page.field("form_key")), ("opening_float", "100")],
    )
    .await
    .expect(303);
    assert!(ama.get("/sell").await.expect(200).has("Till open since 10:00"));
    let api = server.api(Role::Sales).await;
    api.post("/sales", &cash_sale("CHG-65W", "120")).await.expect(201);

    let page = ama.get("/till").await.expect(200);
    let key = page.field("form_key");
    ama.post(
        "/tills/1/movements",
        &[
            ("form_key", &key),
            ("kind", "Pay out"),
            ("amount", "20"),
            ("reason", "Petrol"),
        ],
    )
    .await
    .expect(303);
    let key = ama.get("/till").await.expect(200).field("form_key");
    let count = [
        ("form_key", key.as_str()),
        ("cash_100_note", "1"),
        ("cash_050_coin", "2"),
    ];
    let sum = ama
        .post("/tills/1/close", &[&count[..], &[("do", "sum")]].concat())
        .await
        .expect(200);
    assert!(sum.has("data-count-total>101.00<"), "{}", sum.text);
    let wrong = ama
        .post(
            "/tills/1/close",
            &[("cash_100_note", "a few"), ("total_momo", "1.234")],
        )
        .await
        .expect(422);
    assert!(
        wrong.has("value=\"a few\"") && wrong.has("cash_100_note"),
        "{}",
        wrong.text
    );
    ama.post("/tills/1/close", &count).await.expect(303);
    let page = ama.get("/till").await.expect(200);
    assert!(page.has("99.00 less than expected"), "{}", page.text);
    ama.post(
        "/tills/1/close",
        &[("form_key", &page.field("form_key")), ("difference_reason", "")],
    )
    .await
    .expect(422);
    let page = ama.get("/till").await.expect(200);
    ama.post(
        "/tills/1/close",
        &[
            ("form_key", &page.field("form_key")),
            ("difference_reason", "Stolen"),
        ],
    )
    .await
    .expect(303);
    assert!(ama.get("/tills/1").await.expect(200).has("Z-000001"));
    let kwame = server.browser(Role::Manager).await;
    assert!(kwame.get("/tills").await.expect(200).has("Stolen"));
    assert!(kwame.get("/tills/1").await.expect(200).has("-99.00"));
    let page = kwame.get("/reports/close-day").await.expect(200);
    assert!(page.has("120.00"), "{}", page.text);
    kwame
        .post(
            "/reports/close-day",
            &[("form_key", &page.field("form_key")), ("date", "2026-01-14")],
        )
        .await
        .expect(303);
    assert!(
        kwame
            .get("/reports/close-day")
            .await
            .expect(200)
            .has("Kwame Asante")
    );
    assert_eq!(ama.get("/reports/close-day").await.status, 403);
    assert_eq!(
        server.browser(Role::Technician).await.get("/till").await.status,
        403
    );
}
