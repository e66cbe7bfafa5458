//! Sales and invoices (PRODUCT.md sections 7 and 9), told over HTTP.

use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, refused};

const WALK_IN: &str = "Walk-in";

fn rounds(default: usize) -> usize {
    std::env::var("STAGE_ROUNDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(default)
}

async fn customer(api: &Api) -> i64 {
    let body = json!({"full_name": "Esi Quaye", "phone": "0244123456"});
    api.post("/customers", &body).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

/// A walk-in sale of what the lines name, paid in cash.
fn cash_sale(lines: Value, amount: &str) -> Value {
    json!({"customer_type": WALK_IN, "lines": lines, "payments": [{"payment_method": "Cash", "amount": amount}]})
}

async fn invoice(api: &Api, id: &Value) -> Value {
    api.get(&format!("/invoices/{id}")).await.expect(200)
}

async fn status_of(stage: &Stage, serial: &str) -> String {
    let mut conn = stage.superuser().await;
    sqlx::query_scalar("SELECT status::text FROM assets WHERE serial_number = $1")
        .bind(serial)
        .fetch_one(&mut conn)
        .await
        .unwrap()
}

async fn all<T: Send + 'static>(
    tries: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = tries.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn ama_sells_a_laptop_and_a_charger() {
    let stage = Stage::open().await;
    stage.ready_device("5CG8420Q0B").await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let sale = json!({
        "customer": {"full_name": "Esi Quaye", "phone": "024 412 3456"},
        "customer_type": "Retail",
        "lead_source": "Instagram",
        "notes": "Bag added free of charge.",
        "lines": [{"serial_number": " 5cg8420q0b "}, {"sku": "chg-65w", "quantity": 2}],
        "payments": [
            {"payment_method": "Cash", "amount": "3300"},
            {"payment_method": "MoMo", "amount": "2000.00", "reference": "MP240114.77"}
        ]
    });
    let made = ama.post("/sales", &sale).await;
    assert_eq!(
        made.headers["location"],
        format!("/api/v1/invoices/{}", made.json["id"])
    );
    let etag = made.headers["etag"].clone();
    let sold = made.expect(201);
    assert_eq!(sold["invoice_number"], "INV-000001");
    assert_eq!(sold["status"], "Paid");
    assert_eq!(
        (&sold["total_amount"], &sold["amount_paid"]),
        (&json!("5240.00"), &json!("5240.00"))
    );
    assert_eq!(
        (&sold["change_due"], &sold["balance_due"]),
        (&json!("60.00"), &json!("0.00"))
    );
    assert_eq!(
        sold["lines"][0]["item_description"],
        "HP EliteBook 840 G5 · Core i5-8350U · 16 GB · 256 GB SSD · Grade A"
    );
    assert_eq!(sold["lines"][0]["list_price"], "5000.00");
    assert_eq!(sold["lines"][1]["line_total"], "240.00");
    assert!(
        sold["lines"][0].get("unit_cost").is_none(),
        "Sales sees no cost: {sold}"
    );
    assert_eq!(sold["payments"].as_array().unwrap().len(), 2);
    assert_eq!(sold["payments"][0]["amount"], "3240.00");
    assert_eq!(sold["warranties"][0]["warranty_number"], "WAR-000001");
    assert_eq!(sold["warranties"][0]["warranty_tier"], "Standard");
    assert_eq!(sold["warranties"][0]["end_date"], "2026-04-14");
    assert_eq!(
        (&sold["customer_name"], &sold["customer_phone"]),
        (&json!("Esi Quaye"), &json!("+233244123456"))
    );
    assert_eq!(
        (&sold["sales_rep_name"], &sold["lead_source"]),
        (&json!("Ama Mensah"), &json!("Instagram"))
    );

    let read = ama.get(&format!("/invoices/{}", sold["id"])).await;
    assert_eq!(read.headers["etag"], etag);
    assert_eq!(read.expect(200), sold, "what the sale answered is what is stored");
    let kwame = server.api(Role::Manager).await;
    assert_eq!(
        invoice(&kwame, &sold["id"]).await["lines"][0]["unit_cost"],
        "3200.00"
    );

    assert_eq!(
        stage.count("SELECT count(*) FROM assets a JOIN locations l ON l.id = a.location_id
            WHERE a.status = 'Sold' AND a.sale_price = 5000 AND a.sale_date = '2026-01-14' AND l.location_name = 'Sold'").await, 1);
    assert_eq!(
        stage
            .count("SELECT quantity::bigint FROM bulk_stock WHERE sku = 'CHG-65W'")
            .await,
        3
    );
    assert_eq!(
        stage
            .count(
                "SELECT count(*) FROM stock_ledger g JOIN users u ON u.id = g.created_by
            WHERE g.kind = 'Sold' AND g.quantity_change = -2 AND g.invoice_id = 1 AND u.username = 'ama'"
            )
            .await,
        1
    );
    assert_eq!(
        stage
            .count(
                "SELECT count(*) FROM inventory_movements m JOIN users u ON u.id = m.moved_by
            WHERE m.to_status = 'Sold' AND m.reason = 'On invoice INV-000001' AND u.username = 'ama'"
            )
            .await,
        1
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'sale.checkout' AND entity_id = 1")
            .await,
        1
    );
    assert_eq!(stage.broken_books().await, [""; 0]);

    for (path, name) in [
        (
            format!("/invoices/{}/document.pdf?layout=receipt", sold["id"]),
            "INV-000001-receipt.pdf",
        ),
        (format!("/invoices/{}/document.pdf", sold["id"]), "INV-000001.pdf"),
        (
            format!("/warranties/{}/document.pdf", sold["warranties"][0]["id"]),
            "WAR-000001.pdf",
        ),
    ] {
        let pdf = ama.request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(
            (pdf.status().as_u16(), &pdf.headers()["content-type"]),
            (200, &"application/pdf".parse().unwrap())
        );
        assert!(
            pdf.headers()["content-disposition"]
                .to_str()
                .unwrap()
                .contains(name)
        );
        assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-"));
    }
    ama.get(&format!("/invoices/{}/document.pdf?layout=a5", sold["id"]))
        .await
        .expect(422);

    let list = ama
        .get("/invoices?q=1&status=Paid&customer_type=Retail")
        .await
        .expect(200);
    assert_eq!(list["data"][0]["invoice_number"], "INV-000001");
    assert_eq!(
        ama.get("/invoices?q=quaye").await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        ama.get("/invoices?status=Draft").await.expect(200)["data"],
        json!([])
    );
    assert_eq!(
        ama.get("/warranties?q=5CG8420Q0B").await.expect(200)["data"][0]["invoice_number"],
        "INV-000001"
    );
}

#[tokio::test]
async fn each_wrong_value_is_named_and_leaves_no_trace() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let cash = json!([{"payment_method": "Cash", "amount": "9000"}]);
    let line = |line: Value| json!({"customer_type": WALK_IN, "lines": [line], "payments": cash});
    let device = json!({"serial_number": "SN-1"});
    for (body, pointer, says) in [
        (
            line(json!({"serial_number": "SN-9"})),
            "/lines/0/serial_number",
            "no device with the serial number SN-9",
        ),
        (
            line(json!({"asset_tag": "P4T-9"})),
            "/lines/0/asset_tag",
            "no device with the tag P4T-9",
        ),
        (line(json!({"asset_id": 99})), "/lines/0/asset_id", "no device"),
        (
            line(json!({"sku": "NO-SUCH"})),
            "/lines/0/sku",
            "no item with the SKU NO-SUCH",
        ),
        (
            line(json!({"bulk_stock_id": 99})),
            "/lines/0/bulk_stock_id",
            "no item",
        ),
        (line(json!({})), "/lines/0", "Name the device or item once"),
        (
            line(json!({"serial_number": "SN-1", "sku": "CHG-65W"})),
            "/lines/0",
            "Name the device or item once",
        ),
        (
            line(json!({"serial_number": "SN-1", "quantity": 2})),
            "/lines/0/quantity",
            "its quantity is 1",
        ),
        (
            line(json!({"sku": "CHG-65W", "quantity": 0})),
            "/lines/0/quantity",
            "at least 1",
        ),
        (
            line(json!({"sku": "CHG-65W", "quantity": -1})),
            "/lines/0/quantity",
            "too small or too large",
        ),
        (
            line(json!({"sku": "CHG-65W", "unit_price": "-1"})),
            "/lines/0/unit_price",
            "negative",
        ),
        (
            line(json!({"sku": "CHG-65W", "unit_price": "1234567890.00"})),
            "/lines/0/unit_price",
            "too large",
        ),
        (
            line(json!({"sku": "CHG-65W", "unit_price": "1.001"})),
            "/lines/0/unit_price",
            "two decimals",
        ),
        (
            line(json!({"sku": "CHG-65W", "unit_price": 5})),
            "/lines/0/unit_price",
            "must be money as text",
        ),
        (
            line(json!({"sku": "CHG-65W", "quantity": 5, "unit_price": "99999999.99"})),
            "/lines/0",
            "more than 99,999,999.99",
        ),
        (
            line(json!({"sku": "CHG-65W", "price": "1.00"})),
            "/lines/0/price",
            "no field price",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [], "payments": cash}),
            "/lines",
            "nothing on this sale",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device, device], "payments": cash}),
            "/lines/1",
            "already",
        ),
        (
            json!({"customer_type": "VIP", "lines": [device], "payments": cash}),
            "/customer_type",
            "Retail, Wholesale or Walk-in",
        ),
        (
            json!({"lines": [device], "payments": cash}),
            "/customer_type",
            "required",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device], "payments": cash, "total_amount": "1"}),
            "/total_amount",
            "no field",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device], "payments": cash, "lead_source": "Radio"}),
            "/lead_source",
            "Radio",
        ),
        (
            json!({"customer_type": "Retail", "customer_id": 99, "lines": [device], "payments": cash}),
            "/customer_id",
            "no such customer",
        ),
        (
            json!({"customer_type": "Retail", "customer_id": 1, "customer": {"full_name": "E", "phone": "0244123456"}, "lines": [device], "payments": cash}),
            "/customer",
            "once",
        ),
        (
            json!({"customer_type": "Retail", "customer": {"full_name": "E", "phone": "call me"}, "lines": [device], "payments": cash}),
            "/customer/phone",
            "letters",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device]}),
            "/payments",
            "GH₵ 5,000.00 is still to pay",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device], "payments": [{"payment_method": "Cash", "amount": "4999.99"}]}),
            "/payments",
            "GH₵ 0.01",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device], "payments": [{"payment_method": "Card", "amount": "5000.01"}]}),
            "/payments/0/amount",
            "only cash gives change",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device], "payments": [{"payment_method": "Cash", "amount": "0"}]}),
            "/payments/0/amount",
            "more than 0.00",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device], "payments": [{"payment_method": "Cowries", "amount": "5"}]}),
            "/payments/0/payment_method",
            "Cash",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device], "payments": [
            {"payment_method": "MoMo", "amount": "1000", "reference": "MP 1"}, {"payment_method": "MoMo", "amount": "4000", "reference": "mp1"}]}),
            "/payments/1/reference",
            "another payment",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [device], "payments": cash, "warranty_tier": "Standard"}),
            "/customer",
            "name and phone",
        ),
        (
            json!({"customer_type": WALK_IN, "lines": [{"sku": "CHG-65W"}], "payments": cash, "warranty_tier": "Standard"}),
            "/warranty_tier",
            "no device",
        ),
        (
            json!({"customer_type": "Retail", "customer": {"full_name": "E", "phone": "0244123456"}, "lines": [device], "payments": cash, "warranty_tier": "Premium 1-Year"}),
            "/warranty_tier",
            "add 1 of WARRANTY-PREMIUM",
        ),
    ] {
        refused(ama.post("/sales", &body).await, 422, pointer, says);
    }
    assert_eq!(stage.count("SELECT count(*) FROM invoices").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM customers").await, 0);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action IN ('sale.checkout', 'customer.create')")
            .await,
        0
    );
    assert_eq!(status_of(&stage, "SN-1").await, "Ready for Sale");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_loser_is_told_what_holds_the_device() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    for serial in ["SOLD", "HELD"] {
        stage.ready_device(serial).await;
    }
    ama.post("/sales", &cash_sale(json!([{"serial_number": "SOLD"}]), "5000"))
        .await
        .expect(201);
    ama.post(
        "/invoices",
        &json!({"customer_type": WALK_IN, "lines": [{"serial_number": "HELD"}]}),
    )
    .await
    .expect(201);
    let mut conn = stage.bizhub_app().await;
    sqlx::query("SELECT set_config('bizhub.user_id', '1', false)")
        .execute(&mut conn)
        .await
        .unwrap();
    sqlx::query("INSERT INTO assets (serial_number, product_model_id, received_date) SELECT 'NEW', product_model_id, '2026-01-14' FROM assets LIMIT 1")
        .execute(&mut conn).await.unwrap();
    for (serial, says) in [
        ("SOLD", "P4T-000001 was sold on Wed 14 Jan 2026 with INV-000001."),
        (
            "HELD",
            "P4T-000002 is held by INV-000002 (Draft, Ama Mensah) until Fri 16 Jan 2026, 10:00",
        ),
        ("NEW", "P4T-000003 is Received: send it to diagnostics first."),
    ] {
        for path in ["/sales", "/invoices"] {
            let mut body = cash_sale(json!([{"serial_number": serial}]), "5000");
            if path == "/invoices" {
                body.as_object_mut().unwrap().remove("payments");
            }
            refused(kwame.post(path, &body).await, 409, "device_not_available", says);
        }
    }
    stage.stocked_item("CHG-65W", 3).await;
    let many = |quantity| cash_sale(json!([{"sku": "CHG-65W", "quantity": quantity}]), "900");
    refused(
        ama.post("/sales", &many(4)).await,
        409,
        "not_enough_stock",
        "only 3 of Charger 65 W (CHG-65W), and 4 are wanted",
    );
    ama.post("/sales", &many(3)).await.expect(201);
    refused(
        ama.post("/sales", &many(1)).await,
        409,
        "not_enough_stock",
        "no Charger 65 W (CHG-65W) left",
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_discount_past_the_limit_needs_a_manager() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    for serial in ["SN-1", "SN-2"] {
        stage.ready_device(serial).await;
    }
    let at = |serial, price| cash_sale(json!([{"serial_number": serial, "unit_price": price}]), price);
    refused(
        ama.post("/sales", &at("SN-1", "4499.99")).await,
        403,
        "discount_needs_manager",
        "more than 10 % below its list price of GH₵ 5,000.00",
    );
    let allowed = ama.post("/sales", &at("SN-1", "4500.00")).await.expect(201);
    assert_eq!(allowed["lines"][0]["price_approved_by"], Value::Null);
    let approved = kwame.post("/sales", &at("SN-2", "4000.00")).await.expect(201);
    assert_eq!(approved["lines"][0]["list_price"], "5000.00");
    assert_eq!(
        approved["lines"][0]["price_approved_by"],
        approved["sales_rep_id"]
    );
}

#[tokio::test]
async fn warranties_follow_the_customer_and_the_premium_item() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame, kofi) = (
        server.api(Role::Sales).await,
        server.api(Role::Manager).await,
        server.api(Role::Technician).await,
    );
    for serial in ["SN-1", "SN-2", "SN-3"] {
        stage.ready_device(serial).await;
    }
    let esi = customer(&ama).await;
    let anonymous = ama
        .post("/sales", &cash_sale(json!([{"serial_number": "SN-1"}]), "5000"))
        .await
        .expect(201);
    assert_eq!(anonymous["warranties"], json!([]));
    let premium = json!({"customer_type": "Retail", "customer_id": esi, "warranty_tier": "Premium 1-Year",
        "lines": [{"serial_number": "SN-2"}, {"sku": "WARRANTY-PREMIUM"}], "payments": [{"payment_method": "Card", "amount": "5350"}]});
    let sold = ama.post("/sales", &premium).await.expect(201);
    let warranty = &sold["warranties"][0];
    assert_eq!(
        (&warranty["warranty_tier"], &warranty["end_date"]),
        (&json!("Premium 1-Year"), &json!("2027-01-14"))
    );
    assert_eq!(
        (&warranty["includes_accessories"], &warranty["customer_name"]),
        (&json!(true), &json!("Esi Quaye"))
    );
    assert_eq!(invoice(&ama, &sold["id"]).await, sold);

    // A Draft gives them when it is paid.
    let draft = ama
        .post(
            "/invoices",
            &json!({"customer_type": "Retail", "customer_id": esi, "lines": [{"serial_number": "SN-3"}]}),
        )
        .await
        .expect(201);
    assert_eq!(draft["warranties"], json!([]));
    let paid = ama
        .post(
            &format!("/invoices/{}/payments", draft["id"]),
            &json!({"payment_method": "Cash", "amount": "5000"}),
        )
        .await
        .expect(201);
    assert_eq!(paid["warranties"][0]["warranty_tier"], "Standard");

    let path = format!("/warranties/{}", warranty["id"]);
    assert_eq!(kofi.get(&path).await.expect(200)["status"], "Active");
    ama.post(&format!("{path}/void"), &json!({"reason": "returned"}))
        .await
        .expect(403);
    refused(
        kwame.post(&format!("{path}/void"), &json!({"reason": " "})).await,
        422,
        "/reason",
        "empty",
    );
    assert_eq!(
        kwame
            .post(&format!("{path}/void"), &json!({"reason": "returned"}))
            .await
            .expect(200)["status"],
        "Void"
    );
    refused(
        kwame
            .post(&format!("{path}/void"), &json!({"reason": "again"}))
            .await,
        409,
        "warranty_status",
        "Void already",
    );
    let list = ama.get("/warranties?status=Void").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);

    // The QR codes answer anybody, without a name.
    use app::sales::{PublicCheck, public_check};
    let code = |of: &Value| of["check_code"].as_str().unwrap().to_owned();
    let PublicCheck::Invoice(check) = public_check(&stage.shop, &code(&sold)).await.unwrap() else {
        panic!("an invoice")
    };
    assert_eq!((check.invoice_number.as_str(), check.items), ("INV-000002", 2));
    let PublicCheck::Warranty(check) = public_check(&stage.shop, &code(warranty)).await.unwrap() else {
        panic!("a warranty")
    };
    assert!(!check.valid && check.serial_end.as_deref() == Some("-2"));
    assert!(!format!("{check:?}").contains("Esi"));
    let PublicCheck::Warranty(check) = public_check(&stage.shop, &code(&paid["warranties"][0]))
        .await
        .unwrap()
    else {
        panic!("a warranty")
    };
    assert!(check.valid);
    let later = stage.shop.at(stage::opening() + chrono::TimeDelta::days(91));
    let PublicCheck::Warranty(check) = public_check(&later, &code(&paid["warranties"][0])).await.unwrap()
    else {
        panic!("a warranty")
    };
    assert!(!check.valid, "{check:?}");
    assert!(public_check(&stage.shop, "INV-000001").await.is_err());
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn part_payment_keeps_the_goods_for_a_known_customer() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let esi = customer(&ama).await;
    let sale = json!({"customer_type": "Retail", "customer_id": esi, "lines": [{"serial_number": "SN-1"}, {"sku": "CHG-65W", "quantity": 2}],
        "payments": [{"payment_method": "MoMo", "amount": "1000", "reference": "MP-1"}]});
    let sent = ama.post("/sales", &sale).await.expect(201);
    assert_eq!(
        (&sent["status"], &sent["balance_due"]),
        (&json!("Sent"), &json!("4240.00"))
    );
    assert_eq!(sent["hold_expires_at"], "2026-01-16T10:00:00Z");
    assert_eq!(sent["warranties"], json!([]));
    assert_eq!(invoice(&ama, &sent["id"]).await, sent);
    assert_eq!(status_of(&stage, "SN-1").await, "Reserved");
    assert_eq!(
        stage
            .count("SELECT reserved_quantity::bigint FROM bulk_stock WHERE sku = 'CHG-65W'")
            .await,
        2
    );

    let path = format!("/invoices/{}", sent["id"]);
    let pay = |method: &str, amount: &str| json!({"payment_method": method, "amount": amount});
    refused(
        kwame.post(&format!("{path}/cancel"), &json!({})).await,
        409,
        "invoice_has_payments",
        "GH₵ 1,000.00 was paid",
    );
    refused(
        ama.post(&format!("{path}/payments"), &pay("Card", "4240.01"))
            .await,
        422,
        "/amount",
        "more than what is left to pay, GH₵ 4,240.00",
    );
    refused(
        ama.post(
            &format!("{path}/payments"),
            &json!({"payment_method": "MoMo", "amount": "1", "reference": "mp-1"}),
        )
        .await,
        409,
        "reference_used",
        "MoMo reference mp-1 paid INV-000001",
    );
    let part = ama
        .post(&format!("{path}/payments"), &pay("Card", "240"))
        .await
        .expect(201);
    assert_eq!(
        (&part["status"], &part["balance_due"]),
        (&json!("Sent"), &json!("4000.00"))
    );
    refused(
        ama.post(&format!("{path}/lines"), &json!({"sku": "CHG-65W"}))
            .await,
        409,
        "invoice_not_draft",
        "Sent",
    );
    let done = ama
        .post(&format!("{path}/payments"), &pay("Cash", "4050"))
        .await
        .expect(201);
    assert_eq!(
        (&done["status"], &done["change_due"], &done["hold_expires_at"]),
        (&json!("Paid"), &json!("50.00"), &Value::Null)
    );
    assert_eq!(done["warranties"].as_array().unwrap().len(), 1);
    assert_eq!(status_of(&stage, "SN-1").await, "Sold");
    assert_eq!(
        stage
            .count("SELECT quantity * 10 + reserved_quantity::bigint FROM bulk_stock WHERE sku = 'CHG-65W'")
            .await,
        30
    );
    let over = ama.post(&format!("{path}/payments"), &pay("Cash", "1")).await;
    assert_eq!(over.json["allowed"], json!(["Refunded"]));
    refused(
        over,
        409,
        "invoice_status",
        "INV-000001 is Paid: nothing is left to pay",
    );
    // The expiry of a hold never takes paid goods away.
    let later = stage.shop.at(stage::opening() + chrono::TimeDelta::days(9));
    assert_eq!(app::invoices::release_expired_holds(&later).await.unwrap(), 0);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_draft_holds_and_lets_go() {
    let stage = Stage::open().await;
    for serial in ["SN-1", "SN-2"] {
        stage.ready_device(serial).await;
    }
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let esi = customer(&ama).await;
    let new = json!({"customer_type": WALK_IN, "lines": [{"serial_number": "SN-1"}]});
    let draft = ama.post("/invoices", &new).await.expect(201);
    assert_eq!(
        (&draft["status"], &draft["balance_due"]),
        (&json!("Draft"), &json!("5000.00"))
    );
    assert_eq!(invoice(&ama, &draft["id"]).await, draft);
    let path = format!("/invoices/{}", draft["id"]);

    let two = ama
        .post(
            &format!("{path}/lines"),
            &json!({"sku": "CHG-65W", "quantity": 5}),
        )
        .await
        .expect(201);
    assert_eq!(
        (&two["total_amount"], &two["lines"][1]["line_number"]),
        (&json!("5600.00"), &json!(2))
    );
    refused(
        ama.post(&format!("{path}/lines"), &json!({"sku": "CHG-65W"}))
            .await,
        409,
        "not_enough_stock",
        "no Charger",
    );
    refused(
        ama.post(&format!("{path}/lines"), &json!({"sku": "NONE"})).await,
        422,
        "/sku",
        "NONE",
    );
    refused(
        ama.post(
            &format!("{path}/lines"),
            &json!({"sku": "CHG-65W", "quantity": 0}),
        )
        .await,
        422,
        "/quantity",
        "at least 1",
    );
    refused(
        ama.post(&format!("{path}/lines"), &json!({})).await,
        422,
        "",
        "once",
    );
    refused(
        ama.post(&format!("{path}/lines"), &json!({"serial_number": "SN-1"}))
            .await,
        409,
        "device_not_available",
        "held by INV-000001",
    );
    ama.post(&format!("{path}/lines"), &json!({"serial_number": "SN-2"}))
        .await
        .expect(201);
    ama.delete(&format!("{path}/lines/1")).await.expect(204);
    ama.delete(&format!("{path}/lines/1")).await.expect(404);
    assert_eq!(status_of(&stage, "SN-1").await, "Ready for Sale");
    assert_eq!(status_of(&stage, "SN-2").await, "Reserved");
    assert_eq!(stage.broken_books().await, [""; 0]);

    let changed = ama
        .patch(
            &path,
            &json!({"customer_id": esi, "customer_type": "Retail", "notes": "Collects on Friday"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed["customer_name"], &changed["notes"]),
        (&json!("Esi Quaye"), &json!("Collects on Friday"))
    );
    refused(
        ama.patch(&path, &json!({"lead_source": "Radio"})).await,
        422,
        "/lead_source",
        "Radio",
    );
    refused(
        ama.patch(&path, &json!({"customer_id": 99})).await,
        422,
        "/customer_id",
        "no such customer",
    );
    refused(
        ama.patch(&path, &json!({"total_amount": "1.00"})).await,
        422,
        "/total_amount",
        "no field",
    );
    ama.patch_if(&path, "\"0\"", &json!({"notes": null}))
        .await
        .expect(412);
    let stale = ama
        .request(reqwest::Method::POST, &format!("{path}/send"))
        .header("If-Match", "\"0\"")
        .send()
        .await
        .unwrap();
    assert_eq!(stale.status(), 412);

    let sent = ama.post(&format!("{path}/send"), &json!({})).await.expect(200);
    assert_eq!(sent["status"], "Sent");
    refused(
        ama.post(&format!("{path}/send"), &json!({})).await,
        409,
        "invoice_status",
        "with the customer already",
    );
    refused(
        ama.delete(&format!("{path}/lines/2")).await,
        409,
        "invoice_not_draft",
        "Sent",
    );
    refused(
        ama.patch(&path, &json!({"customer_id": null})).await,
        409,
        "invoice_not_draft",
        "Sent",
    );
    ama.patch(&path, &json!({"notes": null})).await.expect(200);
    // Sent is not hers to cancel any more.
    refused(
        ama.post(&format!("{path}/cancel"), &json!({"reason": "changed her mind"}))
            .await,
        403,
        "not_allowed",
        "not a Draft of your own",
    );
    let off = kwame
        .post(&format!("{path}/cancel"), &json!({"reason": "changed her mind"}))
        .await
        .expect(200);
    assert_eq!(
        (&off["status"], &off["cancelled_reason"], &off["balance_due"]),
        (&json!("Cancelled"), &json!("changed her mind"), &json!("0.00"))
    );
    assert_eq!(status_of(&stage, "SN-2").await, "Ready for Sale");
    refused(
        kwame.post(&format!("{path}/cancel"), &json!({})).await,
        409,
        "invoice_status",
        "make a new invoice",
    );
    refused(
        ama.post(
            &format!("{path}/payments"),
            &json!({"payment_method": "Cash", "amount": "5"}),
        )
        .await,
        409,
        "invoice_status",
        "Cancelled",
    );
    assert_eq!(stage.broken_books().await, [""; 0]);

    // Her own draft is, and nobody else's.
    let hers = ama.post("/invoices", &new).await.expect(201);
    let part = json!({"payment_method": "Cash", "amount": "5"});
    refused(
        ama.post(&format!("/invoices/{}/payments", hers["id"]), &part)
            .await,
        409,
        "customer_needed",
        "name and phone",
    );
    let his = kwame
        .post(
            "/invoices",
            &json!({"customer_type": WALK_IN, "lines": [{"serial_number": "SN-2"}]}),
        )
        .await
        .expect(201);
    ama.post(&format!("/invoices/{}/cancel", his["id"]), &json!({}))
        .await
        .expect(403);
    ama.post(&format!("/invoices/{}/cancel", hers["id"]), &json!({}))
        .await
        .expect(200);

    // A hold runs out, unless it is renewed.
    let minute = chrono::TimeDelta::minutes(1);
    let end = stage::opening() + chrono::TimeDelta::hours(48);
    assert_eq!(
        app::invoices::release_expired_holds(&stage.shop.at(end - minute))
            .await
            .unwrap(),
        0
    );
    let soon = stage.shop.at(end - minute);
    let manager = stage.actor(Role::Manager).await;
    let id = his["id"].to_string().parse().unwrap();
    app::invoices::renew_hold(&soon, &manager, id).await.unwrap();
    assert_eq!(
        app::invoices::release_expired_holds(&stage.shop.at(end + minute))
            .await
            .unwrap(),
        0
    );
    let late = stage.shop.at(end + chrono::TimeDelta::hours(48));
    assert_eq!(app::invoices::release_expired_holds(&late).await.unwrap(), 1);
    assert_eq!(
        invoice(&kwame, &his["id"]).await["cancelled_reason"],
        "the hold ran out"
    );
    assert_eq!(status_of(&stage, "SN-2").await, "Ready for Sale");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn taxes_of_the_day_stand_on_the_invoice() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 5).await;
    let mut conn = stage.superuser().await;
    let set = |mode: &str| {
        format!(
            r#"{{"mode": "{mode}", "rates": [{{"name": "VAT", "percent": "15"}}, {{"name": "NHIL", "percent": "2.5", "from": "2026-01-01"}}]}}"#
        )
    };
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    for (mode, subtotal, tax, total) in [
        ("exclusive", "120.00", "21.00", "141.00"),
        ("inclusive", "102.13", "17.87", "120.00"),
    ] {
        sqlx::query("UPDATE settings SET value = $1::jsonb WHERE key = 'tax'")
            .bind(set(mode))
            .execute(&mut conn)
            .await
            .unwrap();
        stage.shop.forget_settings();
        let sold = ama
            .post("/sales", &cash_sale(json!([{"sku": "CHG-65W"}]), "200"))
            .await
            .expect(201);
        assert_eq!(
            (&sold["subtotal"], &sold["tax_amount"], &sold["total_amount"]),
            (&json!(subtotal), &json!(tax), &json!(total))
        );
        assert_eq!(
            (&sold["tax_mode"], &sold["tax_lines"][1]["name"]),
            (&json!(mode), &json!("NHIL"))
        );
        assert_eq!(invoice(&ama, &sold["id"]).await, sold);
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_known_phone_is_a_known_customer_and_a_gift_needs_no_payment() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 50).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let sale = json!({"customer_type": "Retail", "customer": {"full_name": "Esi", "phone": "0244123456"},
        "lines": [{"sku": "CHG-65W"}], "payments": [{"payment_method": "Cash", "amount": "120"}]});
    let answers = all((0..8).map(|_| {
        let (ama, sale) = (ama.clone(), sale.clone());
        async move { ama.post("/sales", &sale).await }
    }))
    .await;
    for answer in answers {
        assert_eq!(answer.expect(201)["customer_id"], 1);
    }
    assert_eq!(stage.count("SELECT count(*) FROM customers").await, 1);
    let gift = json!({"customer_type": WALK_IN, "lines": [{"sku": "CHG-65W", "unit_price": "0"}]});
    assert_eq!(kwame.post("/sales", &gift).await.expect(201)["status"], "Paid");
    let draft = kwame.post("/invoices", &gift).await.expect(201);
    assert_eq!(
        kwame
            .post(&format!("/invoices/{}/send", draft["id"]), &json!({}))
            .await
            .expect(200)["status"],
        "Paid"
    );
    assert_eq!(
        stage
            .count("SELECT quantity::bigint FROM bulk_stock WHERE sku = 'CHG-65W'")
            .await,
        40
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn each_role_does_its_part() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let nothing = json!({"customer_type": WALK_IN, "lines": [{"sku": "NONE"}]});
    for role in domain::Role::ALL {
        let api = server.api(*role).await;
        let sells = matches!(role, Role::Admin | Role::Manager | Role::Sales);
        let decides = matches!(role, Role::Admin | Role::Manager);
        let at = |allowed: bool, status: u16| if allowed { status } else { 403 };
        api.post("/sales", &nothing).await.expect(at(sells, 422));
        api.post("/invoices", &nothing).await.expect(at(sells, 422));
        api.get("/invoices").await.expect(at(sells, 200));
        api.get("/invoices/99").await.expect(at(sells, 404));
        api.patch("/invoices/99", &json!({})).await.expect(at(sells, 404));
        api.post("/invoices/99/send", &json!({}))
            .await
            .expect(at(sells, 404));
        api.post("/invoices/99/renew-hold", &json!({}))
            .await
            .expect(at(sells, 404));
        api.post("/invoices/99/cancel", &json!({}))
            .await
            .expect(at(sells, 404));
        api.post("/invoices/99/lines", &json!({"sku": "A"}))
            .await
            .expect(at(sells, 404));
        api.delete("/invoices/99/lines/1").await.expect(at(sells, 404));
        api.post(
            "/invoices/99/payments",
            &json!({"payment_method": "Cash", "amount": "1"}),
        )
        .await
        .expect(at(sells, 404));
        api.get("/invoices/99/document.pdf").await.expect(at(sells, 404));
        api.get("/warranties").await.expect(200);
        api.get("/warranties/99").await.expect(404);
        api.get("/warranties/99/document.pdf").await.expect(404);
        api.post("/warranties/99/void", &json!({"reason": "x"}))
            .await
            .expect(at(decides, 404));
    }
    server.nobody().post("/sales", &nothing).await.expect(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_sellers_at_one_device() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    for round in 0..rounds(10) {
        let serial = format!("RACE-{round}");
        stage.ready_device(&serial).await;
        let answers = all((0..32).map(|n| {
            let (ama, serial) = (ama.clone(), serial.clone());
            async move {
                // Some sell it, some put it on a Draft.
                match n % 4 {
                    3 => {
                        ama.post(
                            "/invoices",
                            &json!({"customer_type": WALK_IN, "lines": [{"serial_number": serial}]}),
                        )
                        .await
                    }
                    _ => {
                        ama.post("/sales", &cash_sale(json!([{"serial_number": serial}]), "5000"))
                            .await
                    }
                }
            }
        }))
        .await;
        let winners = answers.iter().filter(|a| a.status == 201).count();
        let losers: Vec<_> = answers.iter().filter(|a| a.status == 409).collect();
        assert_eq!(
            (winners, losers.len()),
            (1, 31),
            "{:?}",
            answers
                .iter()
                .map(|a| (a.status, &a.json["detail"]))
                .collect::<Vec<_>>()
        );
        for loser in losers {
            assert_eq!(loser.json["code"], "device_not_available");
            assert!(
                loser.json["detail"].as_str().unwrap().contains("INV-"),
                "{}",
                loser.json
            );
        }
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_sells_once() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 50).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let sale = cash_sale(json!([{"sku": "CHG-65W"}]), "150");
    let answers = all((0..16).map(|_| {
        let (ama, sale) = (ama.clone(), sale.clone());
        async move { ama.post_once("/sales", "till-1-77", &sale).await }
    }))
    .await;
    let first = answers[0].json.clone();
    assert_eq!(first["change_due"], "30.00");
    for answer in answers {
        assert_eq!(answer.expect(201), first);
    }
    assert_eq!(stage.count("SELECT count(*) FROM invoices").await, 1);
    assert_eq!(
        stage
            .count("SELECT quantity::bigint FROM bulk_stock WHERE sku = 'CHG-65W'")
            .await,
        49
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn payments_at_once_never_pass_the_total() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let esi = customer(&ama).await;
    let draft = ama
        .post(
            "/invoices",
            &json!({"customer_type": "Retail", "customer_id": esi, "lines": [{"serial_number": "SN-1"}]}),
        )
        .await
        .expect(201);
    let path = format!("/invoices/{}/payments", draft["id"]);
    let answers = all((0..8).map(|n| {
        let (ama, path) = (ama.clone(), path.clone());
        async move {
            ama.post(
                &path,
                &json!({"payment_method": "MoMo", "amount": "1000", "reference": format!("MP-{n}")}),
            )
            .await
        }
    }))
    .await;
    let taken = answers.iter().filter(|a| a.status == 201).count();
    assert_eq!(taken, 5, "{answers:?}");
    assert!(
        answers.iter().all(|a| matches!(a.status, 201 | 409 | 422)),
        "{answers:?}"
    );
    let paid = invoice(&ama, &draft["id"]).await;
    assert_eq!(
        (&paid["status"], &paid["amount_paid"]),
        (&json!("Paid"), &json!("5000.00"))
    );
    assert_eq!(stage.count("SELECT count(*) FROM warranties").await, 1);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

/// `STAGE_ROUNDS=1000` is a thousand invoices.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_payments_at_once_on_many_invoices_never_pass_a_total() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 20_000).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let esi = customer(&ama).await;
    for round in 0..rounds(10) {
        let line = json!({"sku": "CHG-65W", "quantity": 10});
        let draft = ama
            .post(
                "/invoices",
                &json!({"customer_type": "Retail", "customer_id": esi, "lines": [line]}),
            )
            .await
            .expect(201);
        // Of 1,200.00: six of 200.00 pay it, and of 500.00 two fit.
        let (amount, fit) = if round % 2 == 0 {
            ("200.00", 6)
        } else {
            ("500.00", 2)
        };
        let path = format!("/invoices/{}/payments", draft["id"]);
        let answers = all((0..8).map(|n| {
            let (ama, path) = (ama.clone(), path.clone());
            let reference = format!("MP-{round}-{n}");
            async move {
                ama.post(
                    &path,
                    &json!({"payment_method": "MoMo", "amount": amount, "reference": reference}),
                )
                .await
            }
        }))
        .await;
        assert_eq!(
            answers.iter().filter(|a| a.status == 201).count(),
            fit,
            "{answers:?}"
        );
        assert!(
            answers.iter().all(|a| matches!(a.status, 201 | 409 | 422)),
            "{answers:?}"
        );
        let paid = invoice(&ama, &draft["id"]).await;
        let (status, sum) = if fit == 6 {
            ("Paid", "1200.00")
        } else {
            ("Sent", "1000.00")
        };
        assert_eq!(
            (&paid["status"], &paid["amount_paid"]),
            (&json!(status), &json!(sum))
        );
    }
    let sold = stage
        .count("SELECT coalesce(-sum(quantity_change), 0)::bigint FROM stock_ledger WHERE kind = 'Sold'")
        .await;
    let paid = stage
        .count("SELECT count(*) FROM invoices WHERE status = 'Paid'")
        .await;
    assert_eq!(sold, 10 * paid, "what was paid left the shelf once");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_reference_pays_once_whoever_types_it() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 50).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    for round in 0..rounds(10).min(20) {
        // Twelve references in both orders: nobody waits in a circle.
        let answers = all((0..16).map(|n| {
            let ama = ama.clone();
            let reference = |r: u32| {
                if n % 3 == 0 {
                    format!("mp{round} {r}")
                } else {
                    format!("MP {round}{r}")
                }
            };
            let mut payments: Vec<Value> = (10..22)
                .map(|r| json!({"payment_method": "MoMo", "amount": "10", "reference": reference(r)}))
                .collect();
            if n % 2 == 0 {
                payments.reverse();
            }
            async move {
                ama.post(
                    "/sales",
                    &json!({"customer_type": WALK_IN, "lines": [{"sku": "CHG-65W"}], "payments": payments}),
                )
                .await
            }
        }))
        .await;
        assert_eq!(
            answers.iter().filter(|a| a.status == 201).count(),
            1,
            "{answers:?}"
        );
        for answer in answers.into_iter().filter(|a| a.status != 201) {
            refused(answer, 409, "reference_used", "INV-");
        }
    }
    // A card's slip number is the card's own business.
    let card = json!({"customer_type": WALK_IN, "lines": [{"sku": "CHG-65W"}], "payments": [{"payment_method": "Card", "amount": "120", "reference": "MP010"}]});
    ama.post("/sales", &card).await.expect(201);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stock_is_never_sold_twice() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 20).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let answers = all((0..32).map(|n| {
        let ama = ama.clone();
        async move {
            let lines = json!([{"sku": "CHG-65W", "quantity": 2}]);
            match n % 3 {
                0 => {
                    ama.post("/invoices", &json!({"customer_type": WALK_IN, "lines": lines}))
                        .await
                }
                _ => ama.post("/sales", &cash_sale(lines, "240")).await,
            }
        }
    }))
    .await;
    assert_eq!(
        answers.iter().filter(|a| a.status == 201).count(),
        10,
        "{answers:?}"
    );
    assert!(
        answers
            .iter()
            .all(|a| a.status == 201 || a.json["code"] == "not_enough_stock"),
        "{answers:?}"
    );
    assert_eq!(
        stage
            .count("SELECT (quantity - reserved_quantity)::bigint FROM bulk_stock WHERE sku = 'CHG-65W'")
            .await,
        0
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn carts_in_opposite_orders_do_not_wait_in_a_circle() {
    let stage = Stage::open().await;
    for sku in ["A", "B", "C"] {
        stage.stocked_item(sku, 1000).await;
    }
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    for round in 0..rounds(10).min(20) {
        let serials: Vec<String> = (0..3).map(|n| format!("R{round}-{n}")).collect();
        for serial in &serials {
            stage.ready_device(serial).await;
        }
        let answers = all((0..16).map(|n| {
            let (ama, kwame, serials) = (ama.clone(), kwame.clone(), serials.clone());
            async move {
                let mut lines: Vec<Value> = serials.iter().map(|s| json!({"serial_number": s})).collect();
                lines.extend(["A", "B", "C"].map(|sku| json!({"sku": sku})));
                if n % 2 == 0 {
                    lines.reverse();
                }
                match n % 4 {
                    // Some only take items, some hold everything and let go of it again.
                    0 => {
                        ama.post(
                            "/sales",
                            &cash_sale(json!([{"sku": "C"}, {"sku": "B"}, {"sku": "A"}]), "360"),
                        )
                        .await
                    }
                    1 => {
                        let made = kwame
                            .post("/invoices", &json!({"customer_type": WALK_IN, "lines": lines}))
                            .await;
                        if made.status == 201 {
                            kwame
                                .post(&format!("/invoices/{}/cancel", made.json["id"]), &json!({}))
                                .await
                                .expect(200);
                        }
                        made
                    }
                    _ => ama.post("/sales", &cash_sale(json!(lines), "15360")).await,
                }
            }
        }))
        .await;
        for answer in &answers {
            let told = answer.status == 201 || answer.json["code"] == "device_not_available";
            assert!(told, "{} {}", answer.status, answer.json);
        }
    }
    assert_eq!(
        stage
            .count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .await,
        0
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

thread_local! {
    /// What this thread sent to the database: a test's runtime has one thread.
    static SENT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts what goes to the database, but for what the pool and the settings do now and then.
#[derive(Debug)]
struct Statements;

struct IsOurs(bool);

impl tracing::field::Visit for IsOurs {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let text = format!("{value:?}");
        if field.name() == "summary"
            && (text.contains("'TimeZone'")
                || text.contains("SELECT key, value")
                || text.contains("ROLLBACK"))
        {
            self.0 = false;
        }
    }
}

impl tracing::Subscriber for Statements {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let mut ours = IsOurs(true);
        event.record(&mut ours);
        SENT.set(SENT.get() + usize::from(ours.0));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn a_checkout_takes_few_round_trips_however_long_the_cart() {
    let stage = Stage::open().await;
    for n in 0..21 {
        stage.ready_device(&format!("SN-{n}")).await;
        stage.stocked_item(&format!("ITEM-{n}"), 5).await;
    }
    let ama = stage.actor(Role::Sales).await;
    let new = serde_json::from_value(json!({"full_name": "Esi Quaye", "phone": "0244123456"})).unwrap();
    let esi = app::customers::create(&stage.shop, &ama, new).await.unwrap().id;
    tracing::subscriber::set_global_default(Statements).unwrap();
    for cart in [0..1, 1..21] {
        let lines: Vec<Value> = cart
            .clone()
            .flat_map(|n| {
                [
                    json!({"serial_number": format!("SN-{n}")}),
                    json!({"sku": format!("ITEM-{n}")}),
                ]
            })
            .collect();
        let sale = json!({"customer_type": "Retail", "customer_id": esi, "lead_source": "Instagram", "lines": lines, "payments": [
            {"payment_method": "MoMo", "amount": "100", "reference": format!("MP-{}", cart.start)}, {"payment_method": "Cash", "amount": "999999"}]});
        stage.shop.forget_settings();
        SENT.set(0);
        let sold = app::sales::checkout(&stage.shop, &ama, serde_json::from_value(sale).unwrap())
            .await
            .unwrap();
        assert_eq!(sold.warranties.len(), cart.len());
        // BEGIN, whom and where from, the cart, the invoice, its goods, the audit row, COMMIT
        assert_eq!(SENT.get(), 7);
    }
}
