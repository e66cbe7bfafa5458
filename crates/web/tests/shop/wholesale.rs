//! Wholesale (PRODUCT.md section 7), told over HTTP.

use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, Reply, Server, refused};

async fn dealer(kwame: &Api, phone: &str, terms: Value) -> i64 {
    let body = json!({"full_name": "Nana Osei", "business_name": "Osei Phones Ltd", "customer_type": "Wholesale", "phone": phone});
    let id = kwame.post("/customers", &body).await.expect(201)["id"]
        .as_i64()
        .unwrap();
    put(kwame, &format!("/customers/{id}/terms"), &terms)
        .await
        .expect(200);
    id
}

async fn put(api: &Api, path: &str, body: &Value) -> Reply {
    let answer = api
        .request(reqwest::Method::PUT, path)
        .json(body)
        .send()
        .await
        .unwrap();
    Reply {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        json: answer.json().await.unwrap_or(Value::Null),
    }
}

/// A Sent invoice of so much.
async fn sent(api: &Api, customer: i64, price: &str) -> Value {
    let lines = json!([{"sku": "CHG-65W", "unit_price": price}]);
    let draft = json!({"customer_id": customer, "customer_type": "Wholesale", "lines": lines});
    let id = api.post("/invoices", &draft).await.expect(201)["id"].clone();
    api.post(&format!("/invoices/{id}/send"), &json!({}))
        .await
        .expect(200)
}

async fn at_work(stage: &Stage) -> (Server, Api, Api) {
    stage.stocked_item("CHG-65W", 500).await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    (server, kwame, ama)
}

#[tokio::test]
async fn a_price_list_prices_the_lines_and_is_no_discount() {
    let stage = Stage::open().await;
    stage.ready_device("5CG8420Q0B").await;
    let (server, kwame, ama) = at_work(&stage).await;
    let list = json!({"name": "Dealers", "percent": "10", "laptop_percent": "20"});
    let list = kwame.post("/price-lists", &list).await.expect(201);
    refused(
        kwame
            .post("/price-lists", &json!({"name": " dealers", "percent": "5"}))
            .await,
        422,
        "/name",
        "name already",
    );
    refused(
        kwame
            .post("/price-lists", &json!({"name": "X", "percent": "101"}))
            .await,
        422,
        "/percent",
        "0 to 100",
    );
    let nana = dealer(
        &kwame,
        "0244000001",
        json!({"price_list_id": list["id"], "payment_terms_days": 14}),
    )
    .await;
    let sale = json!({"customer_id": nana, "customer_type": "Wholesale",
        "lines": [{"serial_number": "5CG8420Q0B"}, {"sku": "CHG-65W"}, {"sku": "DELIVERY"}]});
    let sold = ama.post("/sales", &sale).await.expect(201);
    let line = |n: usize, field: &str| sold["lines"][n][field].as_str().unwrap_or("").to_owned();
    assert_eq!(
        (line(0, "unit_price"), line(0, "list_price")),
        ("4000.00".into(), "5000.00".into())
    );
    assert_eq!(
        (line(1, "unit_price"), line(1, "list_price")),
        ("108.00".into(), "120.00".into())
    );
    assert_eq!(line(2, "unit_price"), "50.00", "a service keeps its price");
    assert!(sold["lines"][0]["price_approved_by"].is_null());
    assert_eq!(
        (&sold["status"], &sold["due_date"]),
        (&json!("Sent"), &json!("2026-01-28"))
    );
    let read = ama.get(&format!("/invoices/{}", sold["id"])).await.expect(200);
    assert_eq!(read, sold, "what the sale answered is what is stored");

    // Far below the dealer's own price needs a Manager.
    let cheap = json!({"customer_id": nana, "customer_type": "Wholesale", "lines": [{"sku": "CHG-65W", "unit_price": "97.19"}]});
    ama.post("/sales", &cheap).await.expect(403);
    let fair = json!({"customer_id": nana, "customer_type": "Wholesale", "lines": [{"sku": "CHG-65W", "unit_price": "97.20"}]});
    ama.post("/sales", &fair).await.expect(201);

    for role in [Role::Sales, Role::Technician, Role::Warehouse] {
        let api = server.api(role).await;
        api.post("/price-lists", &json!({"name": "Mine", "percent": "90"}))
            .await
            .expect(403);
        put(&api, &format!("/customers/{nana}/terms"), &json!({}))
            .await
            .expect(403);
    }
    assert_eq!(
        ama.get(&format!("/customers/{nana}/terms")).await.expect(200)["price_list_name"],
        "Dealers"
    );
    server
        .api(Role::Warehouse)
        .await
        .get(&format!("/customers/{nana}/terms"))
        .await
        .expect(403);
    let days = put(
        &kwame,
        &format!("/customers/{nana}/terms"),
        &json!({"payment_terms_days": 366}),
    )
    .await;
    refused(days, 422, "/payment_terms_days", "365");
}

#[tokio::test]
async fn goods_go_out_on_credit_up_to_the_limit() {
    let stage = Stage::open().await;
    stage.ready_device("5CG8420Q0B").await;
    let (_server, kwame, ama) = at_work(&stage).await;
    let nana = dealer(
        &kwame,
        "0244000001",
        json!({"credit_limit": "5100", "payment_terms_days": 30}),
    )
    .await;
    let sale = json!({"customer_id": nana, "customer_type": "Wholesale", "lines": [{"serial_number": "5CG8420Q0B"}]});
    let first = ama.post("/sales", &sale).await.expect(201)["id"].clone();
    let release = format!("/invoices/{first}/release");
    ama.post(&release, &json!({})).await.expect(403);
    let out = kwame.post(&release, &json!({})).await.expect(200);
    assert_eq!(
        (&out["status"], &out["due_date"]),
        (&json!("Sent"), &json!("2026-02-13"))
    );
    assert!(out["goods_released_at"].is_string() && out["hold_expires_at"].is_null());
    assert_eq!(
        out["warranties"].as_array().unwrap().len(),
        1,
        "the warranty runs from the day the customer has it"
    );
    refused(
        kwame.post(&release, &json!({})).await,
        409,
        "goods_released",
        "already",
    );
    let device = kwame.get("/assets/by-serial/5CG8420Q0B").await.expect(200);
    assert_eq!(device["status"], "Sold");

    let second = sent(&ama, nana, "120").await["id"].clone();
    refused(
        kwame
            .post(&format!("/invoices/{second}/release"), &json!({}))
            .await,
        409,
        "credit_limit",
        "GH₵ 20.00 past it",
    );
    refused(
        kwame.post(&format!("/invoices/{first}/cancel"), &json!({})).await,
        409,
        "invoice_cancel_goods",
        "with the customer",
    );

    let pay = json!({"payment_method": "Cash", "amount": "5000"});
    let paid = ama
        .post(&format!("/invoices/{first}/payments"), &pay)
        .await
        .expect(201);
    assert_eq!(
        (&paid["status"], paid["warranties"].as_array().unwrap().len()),
        (&json!("Paid"), 1)
    );
    kwame
        .post(&format!("/invoices/{second}/release"), &json!({}))
        .await
        .expect(200);
    assert_eq!(stage.broken_books().await, Vec::<String>::new());

    let esi = json!({"full_name": "Esi Quaye", "phone": "0244123456"});
    let esi = ama.post("/customers", &esi).await.expect(201)["id"]
        .as_i64()
        .unwrap();
    let third = sent(&ama, esi, "120").await["id"].clone();
    refused(
        kwame
            .post(&format!("/invoices/{third}/release"), &json!({}))
            .await,
        409,
        "credit_limit",
        "has no credit",
    );
}

#[tokio::test]
async fn two_releases_against_one_limit_one_wins() {
    let stage = Stage::open().await;
    let (_server, kwame, ama) = at_work(&stage).await;
    for round in 0..5 {
        let nana = dealer(
            &kwame,
            &format!("02440000{round:02}"),
            json!({"credit_limit": "150"}),
        )
        .await;
        let (one, two) = (
            sent(&ama, nana, "120").await["id"].clone(),
            sent(&ama, nana, "120").await["id"].clone(),
        );
        let release = |id: Value| {
            let kwame = kwame.clone();
            tokio::spawn(async move {
                kwame
                    .post(&format!("/invoices/{id}/release"), &json!({}))
                    .await
                    .status
            })
        };
        let (a, b) = (release(one), release(two));
        let mut codes = [a.await.unwrap(), b.await.unwrap()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409]);
    }
    assert_eq!(stage.broken_books().await, Vec::<String>::new());
}

#[tokio::test]
async fn one_payment_over_several_invoices() {
    let stage = Stage::open().await;
    let (_server, kwame, ama) = at_work(&stage).await;
    let nana = dealer(&kwame, "0244000001", json!({"credit_limit": "1000"})).await;
    let mut ids = Vec::new();
    for price in ["120", "130", "140"] {
        ids.push(sent(&kwame, nana, price).await["id"].clone());
    }
    let path = format!("/customers/{nana}/payments");
    let momo = json!({"payment_method": "MoMo", "amount": "200", "reference": "MP 77"});
    let receipt = ama.post(&path, &momo).await.expect(201);
    let part = |n: usize| {
        let p = &receipt["parts"][n];
        (
            p["invoice_id"].clone(),
            p["amount"].as_str().unwrap().to_owned(),
            p["status"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(part(0), (ids[0].clone(), "120.00".into(), "Paid".into()));
    assert_eq!(part(1), (ids[1].clone(), "80.00".into(), "Sent".into()));
    // The reference stands on each part, and pays once all the same.
    let second = ama.get(&format!("/invoices/{}", ids[1])).await.expect(200);
    assert_eq!(
        (&second["payments"][0]["reference"], &second["balance_due"]),
        (&json!("MP 77"), &json!("50.00"))
    );
    refused(
        ama.post(
            &path,
            &json!({"payment_method": "MoMo", "amount": "10", "reference": "mp77"}),
        )
        .await,
        409,
        "reference_used",
        "INV-",
    );
    let alone = json!({"payment_method": "MoMo", "amount": "10", "reference": "MP77"});
    ama.post(&format!("/invoices/{}/payments", ids[2]), &alone)
        .await
        .expect(409);

    refused(
        ama.post(&path, &json!({"payment_method": "Card", "amount": "190.01"}))
            .await,
        409,
        "beyond_balance",
        "GH₵ 190.00",
    );
    let parts = |parts: Value| json!({"payment_method": "Card", "amount": "60", "allocations": parts});
    refused(
        ama.post(&path, &parts(json!([{"invoice_id": ids[2], "amount": "50"}])))
            .await,
        422,
        "/allocations",
        "add up",
    );
    refused(
        ama.post(&path, &parts(json!([{"invoice_id": ids[1], "amount": "60"}])))
            .await,
        409,
        "beyond_balance",
        "50.00",
    );
    refused(
        ama.post(&path, &parts(json!([{"invoice_id": ids[0], "amount": "60"}])))
            .await,
        422,
        "/allocations/0/invoice_id",
        "no sent invoice",
    );
    ama.post(&path, &parts(json!([{"invoice_id": ids[2], "amount": "60"}])))
        .await
        .expect(201);
    let rest = ama
        .post(&path, &json!({"payment_method": "Cash", "amount": "150"}))
        .await
        .expect(201);
    assert_eq!(
        (&rest["amount"], &rest["change_due"]),
        (&json!("130.00"), &json!("20.00"))
    );
    refused(
        ama.post(&path, &json!({"payment_method": "Cash", "amount": "1"}))
            .await,
        409,
        "nothing_due",
        "nothing to pay",
    );
    assert_eq!(stage.broken_books().await, Vec::<String>::new());

    let account = ama.get(&format!("/customers/{nana}/account")).await.expect(200);
    let kinds: Vec<_> = account["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            format!(
                "{} {}",
                e["kind"].as_str().unwrap(),
                e["balance"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "Invoice 120.00",
            "Invoice 250.00",
            "Invoice 390.00",
            "Payment 190.00",
            "Payment 130.00",
            "Payment 0.00"
        ]
    );
    let pdf = ama
        .request(
            reqwest::Method::GET,
            &format!("/customers/{nana}/account/document.pdf"),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(pdf.status(), 200);
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF"));
}

#[tokio::test]
async fn eight_clients_paying_one_customer_never_pass_the_total() {
    let stage = Stage::open().await;
    let (_server, kwame, ama) = at_work(&stage).await;
    let nana = dealer(&kwame, "0244000001", json!({"credit_limit": "1000"})).await;
    for price in ["120", "130", "140"] {
        sent(&kwame, nana, price).await;
    }
    let tries: Vec<_> = (0..8)
        .map(|n| {
            let ama = ama.clone();
            tokio::spawn(async move {
                let body = json!({"payment_method": "MoMo", "amount": "70", "reference": format!("R{n}")});
                ama.post(&format!("/customers/{nana}/payments"), &body)
                    .await
                    .status
            })
        })
        .collect();
    let mut won = 0;
    for one in tries {
        match one.await.unwrap() {
            201 => won += 1,
            409 => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(won, 5, "5 × 70 fit into 390, a sixth does not");
    assert_eq!(stage.broken_books().await, Vec::<String>::new());
    assert_eq!(
        stage
            .count("SELECT (sum(amount) * 100)::bigint FROM payments")
            .await,
        35_000
    );
}

#[tokio::test]
async fn what_came_back_is_owed_nowhere() {
    let stage = Stage::open().await;
    let (_server, kwame, ama) = at_work(&stage).await;
    let terms = json!({"credit_limit": "1500.00", "payment_terms_days": 30});
    let nana = dealer(&kwame, "0244000001", terms).await;
    let lines = json!([{"sku": "CHG-65W", "quantity": 10, "unit_price": "100.00"}]);
    let draft = json!({"customer_id": nana, "customer_type": "Wholesale", "lines": lines});
    let id = kwame.post("/invoices", &draft).await.expect(201)["id"].clone();
    for step in ["send", "release"] {
        kwame
            .post(&format!("/invoices/{id}/{step}"), &json!({}))
            .await
            .expect(200);
    }
    let back = json!({"reason": "too many", "refunds": [],
        "lines": [{"line_number": 1, "quantity": 4, "disposition": "Restock"}]});
    kwame
        .post(&format!("/invoices/{id}/returns"), &back)
        .await
        .expect(201);

    let invoice = ama.get(&format!("/invoices/{id}")).await.expect(200);
    let terms = kwame.get(&format!("/customers/{nana}/terms")).await.expect(200);
    let owed = kwame.get("/reports/receivables").await.expect(200);
    for (what, balance) in [
        ("the invoice", &invoice["balance_due"]),
        ("what is open", &terms["balance_due"]),
        ("credit used", &terms["credit_used"]),
        ("receivables", &owed["data"][0]["total"]),
    ] {
        assert_eq!(balance, "600.00", "{what}: {terms} {owed}");
    }
    let rest = json!({"payment_method": "Cash", "amount": terms["balance_due"]});
    let paid = ama
        .post(&format!("/invoices/{id}/payments"), &rest)
        .await
        .expect(201);
    assert_eq!(
        (&paid["status"], &paid["balance_due"]),
        (&json!("Paid"), &json!("0.00"))
    );
    assert_eq!(stage.broken_books().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_customers_owe_by_age() {
    let stage = Stage::open().await;
    let (server, kwame, _) = at_work(&stage).await;
    let nana = dealer(&kwame, "0244000001", json!({"credit_limit": "9000"})).await;
    for _ in 0..5 {
        sent(&kwame, nana, "120").await;
    }
    let mut conn = stage.superuser().await;
    for (n, days) in [0, 1, 31, 90, 91].into_iter().enumerate() {
        sqlx::query("UPDATE invoices SET due_date = date '2026-01-14' - $2 WHERE id = (SELECT id FROM invoices ORDER BY id OFFSET $1 LIMIT 1)")
            .bind(n as i64).bind(days).execute(&mut conn).await.unwrap();
    }
    let report = kwame.get("/reports/receivables").await.expect(200);
    let row = &report["data"][0];
    for column in ["not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90"] {
        assert_eq!(row[column], "120.00", "{column}: {row}");
    }
    assert_eq!((&row["total"], &row["invoices"]), (&json!("600.00"), &json!(5)));
    let late = kwame
        .get(&format!(
            "/invoices?status=Sent&customer_id={nana}&due_to=2026-01-13&due_from=2025-12-15"
        ))
        .await
        .expect(200);
    assert_eq!(
        late["data"].as_array().unwrap().len(),
        1,
        "the figure opens its invoices"
    );
    for role in [Role::Sales, Role::Technician, Role::Warehouse] {
        server
            .api(role)
            .await
            .get("/reports/receivables")
            .await
            .expect(403);
    }
}

#[tokio::test]
async fn a_payment_is_spread_by_hand_on_the_account_page() {
    let stage = Stage::open().await;
    let (server, kwame, ama) = at_work(&stage).await;
    let nana = dealer(&kwame, "0244000001", json!({"credit_limit": "1000"})).await;
    let mut ids = Vec::new();
    for price in ["120", "130", "140"] {
        ids.push(sent(&kwame, nana, price).await["id"].to_string());
    }
    let page = server.browser(Role::Sales).await;
    let account = format!("/customers/{nana}/account");
    let shown = page.get(&account).await.text;
    for id in &ids {
        assert!(shown.contains(&format!("name=\"for_{id}\"")), "{shown}");
    }
    let [first, second, third] = [0, 1, 2].map(|n| format!("for_{}", ids[n]));
    let pay = format!("/customers/{nana}/payments");
    let fields = |amount: &'static str, a: &'static str, b: &'static str| {
        vec![
            ("payment_method", "Cash"),
            ("amount", amount),
            (first.as_str(), a),
            (second.as_str(), ""),
            (third.as_str(), b),
        ]
    };
    // What does not add up, or is no amount, comes back with what was typed.
    let wrong = page.post(&pay, &fields("150", "20.00", "100")).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text.contains("must add up") && wrong.text.contains("value=\"20.00\""),
        "{}",
        wrong.text
    );
    let wrong = page.post(&pay, &fields("150", "much", "100")).await;
    assert!(wrong.text.contains(&format!("{first}-error")), "{}", wrong.text);
    let beyond = page.post(&pay, &fields("250", "150", "100")).await;
    assert!(
        beyond.text.contains("more than what its invoice leaves to pay"),
        "{}",
        beyond.text
    );
    let done = page.post(&pay, &fields("150", "50", "100.00")).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let mut left = Vec::new();
    for id in &ids {
        left.push(ama.get(&format!("/invoices/{id}")).await.expect(200)["balance_due"].clone());
    }
    assert_eq!(left, [json!("70.00"), json!("130.00"), json!("40.00")]);
    // Kwame sold it, Ama took the money: the invoice says so, and on a phone the account says which amount is which.
    let paid = ama.get(&format!("/invoices/{}", ids[0])).await.expect(200);
    assert_eq!(paid["payments"][0]["received_by_name"], "Ama Mensah");
    let shown = page.get(&format!("/invoices/{}", ids[0])).await.expect(200);
    let (_, payments) = shown
        .text
        .split_once("<span class=\"strong\">Cash</span>")
        .unwrap();
    assert!(
        payments.split("</li>").next().unwrap().contains("Ama Mensah"),
        "{payments}"
    );
    let shown = page.get(&account).await.expect(200);
    for label in ["Charged", "Paid", "Balance"] {
        assert!(shown.has(&format!(" data-label=\"{label}\">")), "{label}");
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}
