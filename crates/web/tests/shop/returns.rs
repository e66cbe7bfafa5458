//! Goods that come back (PRODUCT.md section 7), told over HTTP: at the original price and rates, once, never more than was
//! sold or paid, and in the figures of the day on which they came.

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, Reply, refused};

fn cash(amount: &str) -> Value {
    json!([{"payment_method": "Cash", "amount": amount}])
}

async fn sold(api: &Api, lines: Value, payments: Value) -> Value {
    let sale = json!({"customer_type": "Retail", "lines": lines, "payments": payments,
        "customer": {"full_name": "Esi Quaye", "phone": "0244123456"}});
    api.post("/sales", &sale).await.expect(201)
}

fn line(line_number: i32, quantity: i32, disposition: &str) -> Value {
    json!({"line_number": line_number, "quantity": quantity, "disposition": disposition})
}

fn back(lines: Value, refunds: Value) -> Value {
    json!({"reason": "Screen flickers", "lines": lines, "refunds": refunds})
}

async fn give(api: &Api, invoice: &Value, lines: Value, refunds: Value) -> Reply {
    api.post(
        &format!("/invoices/{}/returns", invoice["id"]),
        &back(lines, refunds),
    )
    .await
}

async fn status_of(stage: &Stage, serial: &str) -> String {
    sqlx::query_scalar("SELECT status::text FROM assets WHERE serial_number = $1")
        .bind(serial)
        .fetch_one(&mut stage.superuser().await)
        .await
        .unwrap()
}

async fn tax(stage: &Stage, mode: &str) {
    let set = format!(
        r#"{{"mode": "{mode}", "rates": [{{"name": "VAT", "percent": "15"}}, {{"name": "NHIL", "percent": "2.5"}}]}}"#
    );
    sqlx::query("UPDATE settings SET value = $1::jsonb WHERE key = 'tax'")
        .bind(set)
        .execute(&mut stage.superuser().await)
        .await
        .unwrap();
    stage.shop.forget_settings();
}

#[tokio::test]
async fn a_laptop_comes_back_and_its_money_goes_back() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let payments = json!([{"payment_method": "MoMo", "amount": "2000.00", "reference": "MP1"}, {"payment_method": "Cash", "amount": "3240.00"}]);
    let invoice = sold(
        &ama,
        json!([{"serial_number": "SN-1"}, {"sku": "CHG-65W", "quantity": 2}]),
        payments,
    )
    .await;

    let first = give(
        &kwame,
        &invoice,
        json!([line(1, 1, "Diagnostics")]),
        json!([{"payment_method": "MoMo", "amount": "2000.00", "reference": "MP2"}, {"payment_method": "Cash", "amount": "3000.00"}]),
    )
    .await;
    assert_eq!(first.headers["location"], "/api/v1/returns/1");
    let first = first.expect(201);
    assert_eq!(
        (&first["return_number"], &first["status"]),
        (&json!("RET-000001"), &json!("Paid"))
    );
    assert_eq!(
        (
            &first["amount_credited"],
            &first["amount_refunded"],
            &first["credit_due"]
        ),
        (&json!("5000.00"), &json!("5000.00"), &json!("0.00"))
    );
    assert_eq!(first["return"]["lines"][0]["serial_number"], "SN-1");
    assert_eq!(first["return"]["approved_by_name"], "Kwame Asante");
    assert_eq!(first["returns"][0]["refunds"][1]["amount"], "3000.00");
    assert!(
        first["returns"][0]["lines"][0].get("return_id").is_none(),
        "{first}"
    );
    assert_eq!(first["warranties"][0]["status"], "Void");
    assert_eq!(status_of(&stage, "SN-1").await, "Diagnostics Pending");
    assert_eq!(
        stage
            .count(
                "SELECT count(*) FROM inventory_movements m JOIN users u ON u.id = m.moved_by
                 WHERE m.to_status IN ('Returned', 'Diagnostics Pending') AND m.reason = 'Return RET-000001: Screen flickers'
                   AND u.username = 'kwame'"
            )
            .await,
        2
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM warranties WHERE void_reason LIKE 'Returned with RET-000001%'")
            .await,
        1
    );

    let second = give(&kwame, &invoice, json!([line(2, 1, "Scrap")]), cash("120.00"))
        .await
        .expect(201);
    assert_eq!(second["status"], "Paid");
    let third = give(&kwame, &invoice, json!([line(2, 1, "Restock")]), json!([]))
        .await
        .expect(201);
    assert_eq!(
        (&third["status"], &third["credit_due"]),
        (&json!("Paid"), &json!("120.00")),
        "everything is back, not all of the money"
    );
    let late = json!({"payment_method": "Cash", "amount": "120.01"});
    refused(
        kwame.post("/returns/3/refunds", &late).await,
        422,
        "/amount",
        "120.00",
    );
    let late = json!({"payment_method": "Cash", "amount": "120.00"});
    let done = kwame.post("/returns/3/refunds", &late).await.expect(201);
    assert_eq!(
        (&done["status"], &done["balance_due"], &done["amount_refunded"]),
        (&json!("Refunded"), &json!("0.00"), &json!("5240.00"))
    );
    assert_eq!(
        stage
            .count("SELECT quantity::bigint FROM bulk_stock WHERE sku = 'CHG-65W'")
            .await,
        4,
        "one is scrapped"
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM stock_ledger WHERE kind = 'Returned' AND quantity_change = 1 AND invoice_id = 1")
            .await,
        2
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM stock_ledger WHERE kind = 'Adjusted' AND quantity_change = -1 AND reason = 'Scrapped on return RET-000002'")
            .await,
        1
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'return.create'")
            .await,
        4
    );
    assert_eq!(stage.broken_books().await, [""; 0]);

    let list = ama.get("/returns?q=1").await.expect(200);
    assert_eq!(list["data"][0]["return_number"], "RET-000001");
    assert_eq!(
        ama.get("/returns/1").await.expect(200)["lines"][0]["asset_tag"],
        "P4T-000001"
    );
    for (path, name) in [
        ("?layout=receipt", "RET-000001-receipt.pdf"),
        ("", "RET-000001.pdf"),
    ] {
        let pdf = ama
            .request(reqwest::Method::GET, &format!("/returns/1/document.pdf{path}"))
            .send()
            .await
            .unwrap();
        assert!(
            pdf.headers()["content-disposition"]
                .to_str()
                .unwrap()
                .contains(name)
        );
        assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-"));
    }
}

#[tokio::test]
async fn what_comes_back_has_its_share_of_the_tax_of_its_day() {
    for (mode, total, one) in [
        ("exclusive", "423.00", "141.00"),
        ("inclusive", "360.00", "120.00"),
    ] {
        let stage = Stage::open().await;
        stage.stocked_item("CHG-65W", 3).await;
        tax(&stage, mode).await;
        let server = stage.serve().await;
        let kwame = server.api(Role::Manager).await;
        let invoice = sold(&kwame, json!([{"sku": "CHG-65W", "quantity": 3}]), cash(total)).await;
        assert_eq!(invoice["total_amount"], total);
        // The settings of a later day change nothing.
        tax(&stage, "off").await;
        let mut sums = (0, 0);
        for n in 0..3 {
            let made = give(&kwame, &invoice, json!([line(1, 1, "Restock")]), cash(one))
                .await
                .expect(201);
            let made = &made["return"];
            assert_eq!(made["total_amount"], one, "{mode} {n}");
            let pesewas = |v: &Value| v.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
            sums.0 += pesewas(&made["subtotal"]);
            sums.1 += pesewas(&made["tax_amount"]);
        }
        let whole = |field: &str| {
            invoice[field]
                .as_str()
                .unwrap()
                .replace('.', "")
                .parse::<i64>()
                .unwrap()
        };
        assert_eq!(sums, (whole("subtotal"), whole("tax_amount")));
        let after = kwame
            .get(&format!("/invoices/{}", invoice["id"]))
            .await
            .expect(200);
        assert_eq!(after["status"], "Refunded");
        assert_eq!(stage.broken_books().await, [""; 0]);
    }
}

#[tokio::test]
async fn never_more_than_was_sold_or_paid() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let payments = json!([{"payment_method": "MoMo", "amount": "2000.00", "reference": "MP1"}, {"payment_method": "Cash", "amount": "3240.00"}]);
    let invoice = sold(
        &ama,
        json!([{"serial_number": "SN-1"}, {"sku": "CHG-65W", "quantity": 2}]),
        payments,
    )
    .await;
    let momo = |amount: &str| json!([{"payment_method": "MoMo", "amount": amount}]);
    let device = json!([line(1, 1, "Diagnostics")]);
    for (lines, refunds, pointer, says) in [
        (json!([]), json!([]), "/lines", "at least one"),
        (
            json!([line(9, 1, "Scrap")]),
            json!([]),
            "/lines/0/line_number",
            "no line 9",
        ),
        (
            json!([line(1, 2, "Scrap")]),
            json!([]),
            "/lines/0/quantity",
            "sold 1",
        ),
        (
            json!([line(2, 0, "Scrap")]),
            json!([]),
            "/lines/0/quantity",
            "from 1",
        ),
        (
            json!([line(1, 1, "Restock")]),
            json!([]),
            "/lines/0/disposition",
            "Diagnostics, Repair or Scrap",
        ),
        (
            json!([line(2, 1, "Repair")]),
            json!([]),
            "/lines/0/disposition",
            "Restock or Scrap",
        ),
        (
            json!([line(2, 1, "Keep")]),
            json!([]),
            "/lines/0/disposition",
            "Diagnostics",
        ),
        (
            json!([line(2, 1, "Scrap"), line(2, 1, "Restock")]),
            json!([]),
            "/lines/1/line_number",
            "twice",
        ),
        (
            device.clone(),
            momo("2000.01"),
            "/refunds/0/amount",
            "MoMo paid GH₵ 2,000.00",
        ),
        (device.clone(), cash("3240.01"), "/refunds/0/amount", "Cash paid"),
        (
            json!([line(2, 1, "Restock")]),
            cash("120.01"),
            "/refunds/0/amount",
            "GH₵ 120.00 at most",
        ),
        (device.clone(), cash("0"), "/refunds/0/amount", "more than 0"),
    ] {
        refused(give(&kwame, &invoice, lines, refunds).await, 422, pointer, says);
    }
    refused(
        kwame
            .post(
                &format!("/invoices/{}/returns", invoice["id"]),
                &json!({"reason": " ", "lines": device}),
            )
            .await,
        422,
        "/reason",
        "empty",
    );
    assert_eq!(stage.count("SELECT count(*) FROM returns").await, 0);
    assert_eq!(status_of(&stage, "SN-1").await, "Sold");
    // By another method than it was paid: all by card, or a tender named that it stands for.
    let mixed = json!([{"payment_method": "Cash", "amount": "3240.00"}, {"payment_method": "Cash", "amount": "1760.00", "instead_of": "MoMo"}]);
    give(&kwame, &invoice, device.clone(), mixed).await.expect(201);
    refused(
        give(&kwame, &invoice, device, json!([])).await,
        409,
        "already_returned",
        "P4T-000001 came back already",
    );
    let card = json!([{"payment_method": "Card", "amount": "240.00"}]);
    let done = give(&kwame, &invoice, json!([line(2, 2, "Restock")]), card)
        .await
        .expect(201);
    assert_eq!(done["status"], "Refunded");
    refused(
        give(&kwame, &invoice, json!([line(2, 1, "Restock")]), json!([])).await,
        409,
        "invoice_status",
        "Refunded",
    );
    let draft = json!({"customer_type": "Walk-in", "lines": [{"sku": "CHG-65W"}]});
    let draft = ama.post("/invoices", &draft).await.expect(201);
    refused(
        give(&kwame, &draft, json!([line(1, 1, "Restock")]), json!([])).await,
        409,
        "invoice_status",
        "cancel it instead",
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn of_eight_who_take_the_same_line_back_one_does() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let invoice = sold(
        &kwame,
        json!([{"serial_number": "SN-1"}, {"sku": "CHG-65W", "quantity": 3}]),
        cash("5360"),
    )
    .await;
    for (lines, amount, wins) in [
        (json!([line(1, 1, "Repair")]), "5000.00", 1),
        (json!([line(2, 1, "Restock")]), "120.00", 3),
    ] {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let (api, invoice, lines) = (kwame.clone(), invoice.clone(), lines.clone());
                let refunds = cash(amount);
                tokio::spawn(async move { give(&api, &invoice, lines, refunds).await.status })
            })
            .collect();
        let mut statuses = Vec::new();
        for one in tries {
            statuses.push(one.await.unwrap());
        }
        assert_eq!(
            statuses.iter().filter(|s| **s == 201).count(),
            wins,
            "{statuses:?}"
        );
        assert!(statuses.iter().all(|s| [201, 409].contains(s)), "{statuses:?}");
        assert_eq!(stage.broken_books().await, [""; 0]);
    }
    let after = kwame
        .get(&format!("/invoices/{}", invoice["id"]))
        .await
        .expect(200);
    assert_eq!(
        (&after["status"], &after["amount_refunded"]),
        (&json!("Refunded"), &json!("5360.00"))
    );
    // The same request sent twice is one return.
    let again = sold(&kwame, json!([{"sku": "CHG-65W"}]), cash("120")).await;
    let body = back(json!([line(1, 1, "Restock")]), cash("120.00"));
    let path = format!("/invoices/{}/returns", again["id"]);
    let first = kwame.post_once(&path, "once", &body).await.expect(201);
    assert_eq!(kwame.post_once(&path, "once", &body).await.expect(201), first);
}

#[tokio::test]
async fn sales_asks_and_a_manager_decides() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let invoice = sold(&ama, json!([{"sku": "CHG-65W", "quantity": 2}]), cash("240")).await;
    let lines = json!([line(1, 1, "Restock")]);
    refused(
        give(&ama, &invoice, lines.clone(), cash("120.00")).await,
        403,
        "not_allowed",
        "return-requests",
    );
    for role in [Role::Technician, Role::Warehouse] {
        let other = server.api(role).await;
        give(&other, &invoice, lines.clone(), json!([])).await.expect(403);
        other.get("/returns").await.expect(403);
        other.get("/return-requests").await.expect(403);
    }
    let path = format!("/invoices/{}/return-requests", invoice["id"]);
    let asked = ama.post(&path, &back(lines.clone(), cash("120.00"))).await;
    assert_eq!(asked.headers["location"], "/api/v1/return-requests/1");
    let asked = asked.expect(201);
    assert_eq!(
        (&asked["status"], &asked["requested_by_name"]),
        (&json!("Requested"), &json!("Ama Mensah"))
    );
    assert_eq!(stage.count("SELECT count(*) FROM returns").await, 0);
    refused(
        ama.post(&path, &back(lines.clone(), json!([]))).await,
        409,
        "return_requested",
        "Ama Mensah asked",
    );
    ama.post("/return-requests/1/approve", &json!({}))
        .await
        .expect(403);
    ama.post("/return-requests/1/decline", &json!({"reason": "x"}))
        .await
        .expect(403);
    refused(
        kwame
            .post("/return-requests/1/decline", &json!({"reason": ""}))
            .await,
        422,
        "/reason",
        "empty",
    );
    let declined = kwame
        .post("/return-requests/1/decline", &json!({"reason": "Box is missing"}))
        .await
        .expect(200);
    assert_eq!(
        (&declined["status"], &declined["decline_reason"]),
        (&json!("Declined"), &json!("Box is missing"))
    );
    refused(
        kwame.post("/return-requests/1/approve", &json!({})).await,
        409,
        "return_request_decided",
        "Declined already",
    );
    ama.post(&path, &back(lines, cash("120.00"))).await.expect(201);
    assert_eq!(
        ama.get("/return-requests?status=Requested").await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let approved = kwame
        .post("/return-requests/2/approve", &json!({}))
        .await
        .expect(201);
    assert_eq!(
        (&approved["status"], &approved["return_number"]),
        (&json!("Approved"), &json!("RET-000001"))
    );
    let made = kwame.get("/returns/1").await.expect(200);
    assert_eq!(
        (&made["approved_by_name"], &made["created_by"]),
        (&json!("Kwame Asante"), &asked["requested_by"])
    );
    assert_eq!(made["refunded"], "120.00");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_returned_laptop_is_reworked_and_sold_again() {
    let stage = Stage::open().await;
    let id = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (kwame, kofi) = (
        server.api(Role::Manager).await,
        server.api(Role::Technician).await,
    );
    let first = sold(&kwame, json!([{"serial_number": "SN-1"}]), cash("5000")).await;
    give(
        &kwame,
        &first,
        json!([line(1, 1, "Diagnostics")]),
        cash("5000.00"),
    )
    .await
    .expect(201);
    let path = format!("/assets/{id}");
    let again = json!({"customer_type": "Walk-in", "lines": [{"asset_id": id}], "payments": cash("4500"), "notes": ""});
    assert_eq!(
        kwame.post("/sales", &again).await.expect(409)["code"],
        "device_not_available"
    );
    let check = json!({"checklist_data": {"screen": "ok"}, "overall_result": "Pass"});
    kofi.post(&format!("{path}/diagnostics"), &check)
        .await
        .expect(201);
    let wipe = json!({"wipe_method": "NIST 800-88 Clear"});
    kofi.post(&format!("{path}/wipe-certificates"), &wipe)
        .await
        .expect(201);
    let grade = json!({"condition_grade": "A", "passed": true});
    kofi.post(&format!("{path}/quality-check"), &grade)
        .await
        .expect(200);
    let second = sold(&kwame, json!([{"serial_number": "SN-1"}]), cash("5000")).await;
    assert_eq!(second["warranties"][0]["status"], "Active");
    assert_eq!(status_of(&stage, "SN-1").await, "Sold");
    // The first sale's return does not bring it back a second time.
    refused(
        give(&kwame, &first, json!([line(1, 1, "Diagnostics")]), json!([])).await,
        409,
        "invoice_status",
        "came back already",
    );
    let moves = kwame
        .get(&format!("{path}/movements?limit=200"))
        .await
        .expect(200);
    let sales = moves["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|m| m["to_status"] == "Sold")
        .count();
    assert_eq!(sales, 2, "both sales stay in its history");
    give(&kwame, &second, json!([line(1, 1, "Scrap")]), cash("5000.00"))
        .await
        .expect(201);
    assert_eq!(status_of(&stage, "SN-1").await, "Scrapped");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn exchanges_up_and_down_add_up_on_both_invoices() {
    let stage = Stage::open().await;
    for serial in ["SN-1", "SN-2"] {
        stage.ready_device(serial).await;
    }
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let first = sold(&kwame, json!([{"serial_number": "SN-1"}]), cash("5000")).await;
    let path = format!("/invoices/{}/exchanges", first["id"]);
    let up = |payments: Value| {
        json!({"reason": "Wants another", "lines": [line(1, 1, "Diagnostics")],
            "sale": {"customer_type": "Retail", "lines": [{"serial_number": "SN-2"}, {"sku": "CHG-65W"}], "payments": payments}})
    };
    ama.post(&path, &up(cash("120"))).await.expect(403);
    refused(
        kwame
            .post(
                &path,
                &up(json!([{"payment_method": "Card", "amount": "121.00"}])),
            )
            .await,
        422,
        "/sale/payments/0/amount",
        "120.00",
    );
    assert_eq!(
        status_of(&stage, "SN-1").await,
        "Sold",
        "nothing of a refused exchange is left"
    );
    let done = kwame.post(&path, &up(cash("150"))).await.expect(201);
    let new = &done["invoice"];
    assert_eq!(
        (&new["status"], &new["total_amount"], &new["change_due"]),
        (&json!("Paid"), &json!("5120.00"), &json!("30.00"))
    );
    assert_eq!(new["customer_id"], first["customer_id"]);
    assert_eq!(new["payments"][1]["reference"], done["return"]["return_number"]);
    assert_eq!(
        (&done["return"]["exchanged"], &done["return"]["refunded"]),
        (&json!("5000.00"), &json!("0.00"))
    );
    assert_eq!(done["return"]["refunds"][0]["reference"], new["invoice_number"]);
    let old = kwame.get(&format!("/invoices/{}", first["id"])).await.expect(200);
    assert_eq!(old["status"], "Refunded");
    assert_eq!(stage.broken_books().await, [""; 0]);

    // Down: for a charger, and the rest in cash.
    let path = format!("/invoices/{}/exchanges", new["id"]);
    let down = |refunds: Value| {
        json!({"reason": "Too heavy", "lines": [line(1, 1, "Diagnostics")], "refunds": refunds,
            "sale": {"customer_type": "Retail", "lines": [{"sku": "CHG-65W"}], "payments": []}})
    };
    refused(
        kwame
            .post(
                &path,
                &down(json!([{"payment_method": "Card", "amount": "4880.01"}])),
            )
            .await,
        422,
        "/refunds/0/amount",
        "4,880.00 at most",
    );
    let done = kwame
        .post(
            &path,
            &down(json!([{"payment_method": "Cash", "amount": "120.00"}, {"payment_method": "Cash", "amount": "4760.00", "instead_of": "Other"}])),
        )
        .await
        .expect(201);
    assert_eq!(done["invoice"]["status"], "Paid");
    assert_eq!(
        (&done["return"]["exchanged"], &done["return"]["refunded"]),
        (&json!("120.00"), &json!("4880.00"))
    );
    assert_eq!(stage.broken_books().await, [""; 0]);

    // In the drawer: 5,000 and 120 in, 4,880 out. Sales less returns say the same.
    let today = kwame.get("/reports/dashboard").await.expect(200);
    assert_eq!(
        today["tender"],
        json!([{"payment_method": "Cash", "payment_count": 2, "amount": "5120.00", "refunded": "4880.00"}])
    );
    assert_eq!(
        (&today["today"]["total_sales"], &today["today"]["net_sales"]),
        (&json!("10240.00"), &json!("240.00"))
    );
}

#[tokio::test]
async fn a_return_counts_on_its_own_day() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 5).await;
    let first_day = stage.serve().await;
    let kwame = first_day.api(Role::Manager).await;
    let invoice = sold(
        &kwame,
        json!([{"serial_number": "SN-1"}, {"sku": "CHG-65W"}]),
        cash("5120"),
    )
    .await;
    let board = |api: Api| async move { api.get("/reports/dashboard").await.expect(200) };
    let figures = |day: &Value| {
        (
            day["today"].clone(),
            day["profit"].clone(),
            day["cost_total"].clone(),
            day["tender"].clone(),
        )
    };
    let before = board(kwame.clone()).await;
    assert_eq!(before["profit"], "1850.00");
    let second_day = stage.serve_at(stage::opening() + TimeDelta::days(1)).await;
    let efua = second_day.api(Role::Admin).await;
    let refunds = cash("5120.00");
    let done = give(
        &efua,
        &invoice,
        json!([line(1, 1, "Diagnostics"), line(2, 1, "Restock")]),
        refunds,
    )
    .await
    .expect(201);
    assert_eq!(
        (&done["status"], &done["return"]["return_date"]),
        (&json!("Refunded"), &json!("2026-01-15"))
    );
    assert_eq!(
        figures(&board(kwame.clone()).await),
        figures(&before),
        "the first day stays as it was"
    );
    let after = board(efua.clone()).await;
    assert_eq!(
        (&after["profit"], &after["cost_total"]),
        (&json!("-1850.00"), &json!("-3270.00"))
    );
    assert_eq!(
        after["today"],
        json!({"invoice_date": "2026-01-15", "transaction_count": 0, "total_sales": "0.00", "returned_amount": "5120.00", "net_sales": "-5120.00"})
    );
    assert_eq!(
        after["tender"],
        json!([{"payment_method": "Cash", "payment_count": 0, "amount": "0.00", "refunded": "5120.00"}])
    );
    assert_eq!(
        after["month"].as_array().unwrap().last().unwrap()["month_to_date"],
        "0.00"
    );
    let days = efua
        .get("/reports/sales-daily?sort=invoice_date")
        .await
        .expect(200);
    let of = |n: usize| {
        (
            days["data"][n]["total_sales"].clone(),
            days["data"][n]["net_sales"].clone(),
        )
    };
    assert_eq!(of(0), (json!("5120.00"), json!("5120.00")));
    assert_eq!(of(1), (json!("0.00"), json!("-5120.00")));
    let own = efua
        .get(&format!(
            "/reports/sales-daily?sales_rep_id={}&invoice_date=2026-01-15",
            invoice["sales_rep_id"]
        ))
        .await
        .expect(200);
    assert_eq!(own["data"][0]["returned_amount"], "5120.00");
}

#[tokio::test]
async fn goods_on_credit_that_come_back_lower_what_is_owed() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.ready_device("SN-2").await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let invoice = sold(
        &kwame,
        json!([{"serial_number": "SN-1"}, {"serial_number": "SN-2"}]),
        cash("1000"),
    )
    .await;
    assert_eq!(invoice["status"], "Sent");
    refused(
        give(&kwame, &invoice, json!([line(1, 1, "Diagnostics")]), json!([])).await,
        409,
        "invoice_status",
        "still here",
    );
    let mut conn = stage.superuser().await;
    for step in [
        "UPDATE invoices SET goods_released_at = shop_now(), goods_released_by = 1 WHERE id = 1",
        "UPDATE assets SET status = 'Sold'",
    ] {
        sqlx::query(step).execute(&mut conn).await.unwrap();
    }
    let device = |n| json!([line(n, 1, "Diagnostics")]);
    refused(
        give(&kwame, &invoice, device(1), cash("1.00")).await,
        422,
        "/refunds/0/amount",
        "lowers what is owed",
    );
    let after = give(&kwame, &invoice, device(1), json!([])).await.expect(201);
    assert_eq!(
        (&after["status"], &after["balance_due"]),
        (&json!("Sent"), &json!("4000.00"))
    );
    let pay = json!({"payment_method": "Card", "amount": "4000.01"});
    kwame.post("/invoices/1/payments", &pay).await.expect(422);
    let after = give(&kwame, &invoice, device(2), cash("1000.00"))
        .await
        .expect(201);
    assert_eq!(
        (&after["status"], &after["balance_due"]),
        (&json!("Cancelled"), &json!("0.00"))
    );
}

#[tokio::test]
async fn the_pages_take_back_ask_and_decide() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let (api, ama, kwame) = (
        server.api(Role::Sales).await,
        server.browser(Role::Sales).await,
        server.browser(Role::Manager).await,
    );
    sold(
        &api,
        json!([{"serial_number": "SN-1"}, {"sku": "CHG-65W", "quantity": 2}]),
        cash("5240"),
    )
    .await;
    assert!(ama.get("/invoices/1").await.expect(200).has("Ask for a return"));
    let form = kwame.get("/invoices/1/return").await.expect(200);
    assert_eq!(form.field("quantity_2"), "2");
    assert_eq!(form.field("refund_0"), "5240.00", "everything, as it was paid");
    let worked = kwame
        .post(
            "/invoices/1/return",
            &[
                ("act", "reckon"),
                ("quantity_1", "0"),
                ("quantity_2", "1"),
                ("disposition_1", "Diagnostics"),
                ("disposition_2", "Restock"),
            ],
        )
        .await
        .expect(200);
    assert_eq!(
        (worked.field("refund_0"), worked.field("quantity_2")),
        ("120.00".into(), "1".into())
    );
    let key = worked.field("form_key");
    let fields = |quantity, money, reason| {
        [
            ("act", "take"),
            ("form_key", key.as_str()),
            ("quantity_1", "0"),
            ("disposition_1", "Diagnostics"),
            ("quantity_2", quantity),
            ("disposition_2", "Restock"),
            ("refund_0", money),
            ("reason", reason),
        ]
    };
    let wrong = kwame
        .post("/invoices/1/return", &fields("1", "121", "Wrong plug"))
        .await
        .expect(422);
    assert!(
        wrong.has("120.00 at most") && wrong.has("Wrong plug"),
        "{}",
        wrong.text
    );
    let wrong = kwame
        .post("/invoices/1/return", &fields("x", "120", ""))
        .await
        .expect(422);
    assert!(wrong.has("A quantity is a whole number."), "{}", wrong.text);
    let asked = ama
        .post("/invoices/1/return", &fields("1", "120", "Wrong plug"))
        .await
        .expect(303);
    assert_eq!(asked.location, "/return-requests/1");
    assert!(
        kwame
            .get("/today")
            .await
            .expect(200)
            .has("returns wait for a decision")
    );
    assert!(
        kwame
            .get("/invoices/1")
            .await
            .expect(200)
            .has("/return-requests/1")
    );
    assert!(kwame.get("/returns").await.expect(200).has("Ama Mensah"));
    assert!(!ama.get("/return-requests/1").await.expect(200).has("Approve"));
    ama.post("/return-requests/1/approve", &[]).await.expect(403);
    let page = kwame.get("/return-requests/1").await.expect(200);
    assert!(page.has("Approve and take back"));
    kwame
        .post("/return-requests/1/decline", &[("reason", "")])
        .await
        .expect(422);
    let key = page.field("form_key");
    let done = kwame
        .post("/return-requests/1/approve", &[("form_key", &key)])
        .await
        .expect(303);
    assert_eq!(done.location, "/return-requests/1");
    kwame
        .post("/return-requests/1/approve", &[("form_key", &key)])
        .await
        .expect(303);
    assert_eq!(stage.count("SELECT count(*) FROM returns").await, 1);
    for (page, text) in [
        ("/returns/1", "Back on the shelf"),
        ("/return-requests/1", "Kwame Asante approved it: RET-000001"),
        ("/invoices/1", "RET-000001"),
        ("/returns", "RET-000001"),
        ("/reports/sales-daily", "120.00"),
        ("/today", "Returned today"),
    ] {
        let shown = kwame.get(page).await.expect(200);
        assert!(shown.has(text), "{page}: {}", shown.text);
    }
    let pdf = kwame
        .get("/returns/1/document.pdf?layout=receipt")
        .await
        .expect(200);
    assert!(pdf.text.starts_with("%PDF-"));
    server
        .browser(Role::Technician)
        .await
        .get("/returns")
        .await
        .expect(403);
}

#[tokio::test]
async fn an_old_device_is_part_of_the_payment() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let sale = |old: Value, cash_in: &str, known: bool| {
        let mut sale = json!({"customer_type": "Retail", "lines": [{"serial_number": "SN-1"}], "payments": cash(cash_in), "trade_ins": old});
        if known {
            sale["customer"] = json!({"full_name": "Esi Quaye", "phone": "0244123456"});
        }
        sale
    };
    let old = |serial: &str, value: &str| json!({"serial_number": serial, "product_model_id": 1, "agreed_value": value, "condition": "Cracked lid"});
    for (body, pointer, says) in [
        (
            sale(json!([old("OLD-1", "1500")]), "3500", false),
            "/customer",
            "known",
        ),
        (
            sale(json!([old("OLD-1", "5000.01")]), "1", true),
            "/trade_ins/0/agreed_value",
            "more than what is left",
        ),
        (
            sale(json!([old("OLD-1", "10"), old("old-1 ", "10")]), "4980", true),
            "/trade_ins/1/serial_number",
            "twice",
        ),
        (
            sale(
                json!([{"serial_number": "OLD-1", "product_model_id": 99, "agreed_value": "10"}]),
                "4990",
                true,
            ),
            "/trade_ins/0/product_model_id",
            "no such product model",
        ),
        (
            sale(json!([old("OLD-1", "0")]), "5000", true),
            "/trade_ins/0/agreed_value",
            "more than 0",
        ),
    ] {
        refused(ama.post("/sales", &body).await, 422, pointer, says);
    }
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 1);
    let made = ama
        .post("/sales", &sale(json!([old("OLD-1", "1500")]), "3500", true))
        .await
        .expect(201);
    assert_eq!(
        (&made["status"], &made["payments"][1]["amount"]),
        (&json!("Paid"), &json!("1500.00"))
    );
    assert_eq!(made["payments"][1]["reference"], "P4T-000002");
    assert_eq!(
        stage
            .count(
                "SELECT count(*) FROM assets a JOIN payment_sources s ON s.asset_id = a.id WHERE a.status = 'Received'
                 AND a.purchase_cost = 1500 AND a.supplier = 'Esi Quaye' AND a.cosmetic_notes = 'Cracked lid'"
            )
            .await,
        1
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM inventory_movements WHERE to_status = 'Received' AND reason = 'Taken in trade from Esi Quaye'")
            .await,
        1
    );
    stage.ready_device("SN-2").await;
    let mut again = sale(json!([old("old-1", "10")]), "4990", true);
    again["lines"] = json!([{"serial_number": "SN-2"}]);
    refused(
        ama.post("/sales", &again).await,
        409,
        "trade_in_known",
        "which is Received",
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}
