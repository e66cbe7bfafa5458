//! Repair tickets (PRODUCT.md section 10), told over HTTP: whose device it is, parts that leave the stock once, what it comes
//! to, and every move of the workflow as each role and by SQL.

use domain::{RepairStatus, Role};
use serde_json::{Value, json};
use sqlx::Executor;
use stage::Stage;
use stage::http::{Api, Reply, refused};

fn own_phone() -> Value {
    json!({"customer": {"full_name": "Esi Quaye", "phone": "0244123456"}, "device_brand": "Samsung", "device_model": "A52",
        "device_serial": "R58", "issue_type": "Screen Repair", "issue_description": "Cracked", "condition_notes": "Scratches",
        "accessories": "Charger", "promised_date": "2026-01-20"})
}

async fn move_to(api: &Api, id: &Value, status: &str) -> Reply {
    let mut body = json!({"status": status});
    if status == "Closed" {
        body["outcome"] = json!("Repaired");
    }
    api.post(&format!("/repair-tickets/{id}/status"), &body).await
}

async fn walk(api: &Api, id: &Value, statuses: &[&str]) {
    for status in statuses {
        move_to(api, id, status).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_phone_is_estimated_repaired_billed_and_paid() {
    let stage = Stage::open().await;
    let part = stage.stocked_item("LCD-A52", 2).await;
    let server = stage.serve().await;
    let (ama, kofi) = (server.api(Role::Sales).await, server.api(Role::Technician).await);
    let opened = ama.post("/repair-tickets", &own_phone()).await;
    assert_eq!(opened.headers["location"], "/api/v1/repair-tickets/1");
    let opened = opened.expect(201);
    let id = &opened["id"];
    assert_eq!(opened["ticket_number"], "TKT-000001");
    assert_eq!(
        (&opened["status"], &opened["paid_by"], &opened["device"]),
        (&json!("Open"), &json!("Customer"), &json!("Samsung A52"))
    );
    assert_eq!(opened["total_cost"], "0.00");

    let seen = kofi.get("/repair-tickets/1").await.expect(200);
    assert_eq!(seen["customer_phone"], "+233•••••••56", "masked for the bench");
    walk(&kofi, id, &["Diagnosing"]).await;
    let estimate = json!({"amount": "400.00", "notes": "Screen and labour"});
    refused(
        ama.post("/repair-tickets/1/estimate", &estimate).await,
        403,
        "not_allowed",
        "Sales",
    );
    kofi.post("/repair-tickets/1/estimate", &estimate)
        .await
        .expect(200);
    refused(
        move_to(&kofi, id, "In Repair").await,
        409,
        "estimate_open",
        "has not answered",
    );
    ama.post("/repair-tickets/1/estimate-answer", &json!({"answer": "Yes"}))
        .await
        .expect(200);
    refused(
        ama.post("/repair-tickets/1/estimate-answer", &json!({"answer": "No"}))
            .await,
        409,
        "estimate_answered",
        "Yes",
    );
    walk(&kofi, id, &["Waiting for Parts", "In Repair"]).await;

    let with = kofi
        .post(
            "/repair-tickets/1/parts",
            &json!({"bulk_stock_id": part, "quantity": 2}),
        )
        .await
        .expect(201);
    assert_eq!(
        (&with["parts_cost"], &with["total_cost"]),
        (&json!("240.00"), &json!("240.00"))
    );
    assert!(with["parts"][0].get("unit_cost").is_none(), "{with}");
    assert_eq!(
        ama.get(&format!("/bulk-stock/{part}")).await.expect(200)["quantity"],
        0
    );
    kofi.delete("/repair-tickets/1/parts/1").await.expect(204);
    kofi.delete("/repair-tickets/1/parts/1").await.expect(404);
    assert_eq!(
        ama.get(&format!("/bulk-stock/{part}")).await.expect(200)["quantity"],
        2
    );
    kofi.post(
        "/repair-tickets/1/parts",
        &json!({"bulk_stock_id": part, "quantity": 1}),
    )
    .await
    .expect(201);
    let labour = stage
        .count("SELECT id::bigint FROM bulk_stock WHERE sku = 'REPAIR-LABOUR'")
        .await;
    kofi.post(
        "/repair-tickets/1/parts",
        &json!({"bulk_stock_id": labour, "quantity": 1}),
    )
    .await
    .expect(201);
    let sums = kofi
        .patch("/repair-tickets/1", &json!({"labor_cost": "150.50"}))
        .await
        .expect(200);
    assert_eq!(
        (&sums["labor_cost"], &sums["parts_cost"], &sums["total_cost"]),
        (&json!("150.50"), &json!("120.00"), &json!("270.50"))
    );
    refused(
        kofi.patch("/repair-tickets/1", &json!({"labor_cost": "99.00"}))
            .await,
        422,
        "/labor_cost",
        "GH₵ 100.00",
    );
    refused(
        ama.post("/repair-tickets/1/bill", &json!({})).await,
        409,
        "ticket_status",
        "In Repair",
    );
    walk(&kofi, id, &["Ready"]).await;
    refused(
        kofi.post(
            "/repair-tickets/1/parts",
            &json!({"bulk_stock_id": part, "quantity": 1}),
        )
        .await,
        409,
        "ticket_status",
        "In Repair",
    );
    kofi.post("/repair-tickets/1/bill", &json!({})).await.expect(403);
    let billed = ama.post("/repair-tickets/1/bill", &json!({})).await.expect(201);
    assert_eq!(
        (&billed["invoice_number"], &billed["invoice_status"]),
        (&json!("INV-000001"), &json!("Sent"))
    );
    refused(
        ama.post("/repair-tickets/1/bill", &json!({})).await,
        409,
        "ticket_billed",
        "INV-000001",
    );
    refused(
        kofi.patch("/repair-tickets/1", &json!({"labor_cost": "500.00"}))
            .await,
        409,
        "ticket_billed",
        "cancel",
    );
    let invoice = ama.get("/invoices/1").await.expect(200);
    assert_eq!(invoice["total_amount"], "270.50");
    assert_eq!(invoice["lines"].as_array().unwrap().len(), 3);
    assert_eq!(
        ama.get(&format!("/bulk-stock/{part}")).await.expect(200)["quantity"],
        1,
        "billing takes nothing a second time"
    );
    let paid = ama
        .post(
            "/invoices/1/payments",
            &json!({"payment_method": "Cash", "amount": "270.50"}),
        )
        .await
        .expect(201);
    assert_eq!(paid["status"], "Paid");
    refused(
        kofi.post("/repair-tickets/1/status", &json!({"status": "Closed"}))
            .await,
        422,
        "/outcome",
        "outcome",
    );
    let closed = kofi
        .post(
            "/repair-tickets/1/status",
            &json!({"status": "Closed", "outcome": "Repaired", "notes": "New screen"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (
            &closed["outcome"],
            &closed["closed_date"],
            &closed["resolution_notes"]
        ),
        (&json!("Repaired"), &json!("2026-01-14"), &json!("New screen"))
    );
    refused(
        kofi.patch("/repair-tickets/1", &json!({"notes": "x"})).await,
        409,
        "ticket_closed",
        "another ticket",
    );
    ama.post(
        "/repair-tickets/1/notes",
        &json!({"notes": "Fetched by her brother"}),
    )
    .await
    .expect(201);

    let events = ama.get("/repair-tickets/1/events").await.expect(200);
    let kinds: Vec<&str> = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["event_type"].as_str().unwrap())
        .collect();
    for kind in [
        "opened",
        "estimate_given",
        "estimate_answered",
        "part_added",
        "part_removed",
        "labor_changed",
        "ready_notice",
        "billed",
        "note_added",
    ] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
    assert_eq!(kinds.iter().filter(|k| **k == "status_change").count(), 5);
    for slip in ["intake", "closing"] {
        let pdf = ama
            .request(
                reqwest::Method::GET,
                &format!("/repair-tickets/1/document.pdf?slip={slip}"),
            )
            .send()
            .await
            .unwrap();
        assert_eq!(pdf.status(), 200);
        assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF"));
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_leads_to_the_shelf_and_nothing_is_billed() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kofi) = (server.api(Role::Sales).await, server.api(Role::Technician).await);
    let id = ama.post("/repair-tickets", &own_phone()).await.expect(201)["id"].clone();
    refused(
        ama.post("/repair-tickets/1/estimate-answer", &json!({"answer": "No"}))
            .await,
        409,
        "no_estimate",
        "first",
    );
    kofi.post("/repair-tickets/1/estimate", &json!({"amount": "900.00"}))
        .await
        .expect(200);
    let no = ama
        .post(
            "/repair-tickets/1/estimate-answer",
            &json!({"answer": "No", "notes": "Too dear"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&no["status"], &no["estimate_answer"]),
        (&json!("Ready"), &json!("No"))
    );
    refused(
        ama.post("/repair-tickets/1/bill", &json!({})).await,
        409,
        "nothing_to_bill",
        "nothing",
    );
    kofi.post(
        &format!("/repair-tickets/{id}/status"),
        &json!({"status": "Closed", "outcome": "Unable"}),
    )
    .await
    .expect(200);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_device_goes_back_into_its_workflow_with_the_cost() {
    let stage = Stage::open().await;
    let (good, bad) = (stage.ready_device("SN-1").await, stage.ready_device("SN-2").await);
    let part = stage.stocked_item("BAT-840", 5).await;
    let server = stage.serve().await;
    let (kofi, kwame, ama) = (
        server.api(Role::Technician).await,
        server.api(Role::Manager).await,
        server.api(Role::Sales).await,
    );
    let ticket = |asset| json!({"asset_id": asset, "issue_type": "Battery Replacement", "issue_description": "Dies at 40 %"});
    refused(
        kofi.post("/repair-tickets", &ticket(good)).await,
        409,
        "asset_status",
        "Repair Hold",
    );
    for id in [good, bad] {
        kofi.post(
            &format!("/assets/{id}/status"),
            &json!({"status": "Repair Hold", "reason": "Battery"}),
        )
        .await
        .expect(200);
    }
    let opened = kofi.post("/repair-tickets", &ticket(good)).await.expect(201);
    assert_eq!(opened["paid_by"], "Shop");
    assert!(opened.get("total_cost").is_none(), "a cost of the shop: {opened}");
    refused(
        kofi.post("/repair-tickets", &ticket(good)).await,
        409,
        "ticket_open",
        "TKT-000001",
    );
    walk(&kofi, &json!(1), &["Diagnosing", "In Repair"]).await;
    kofi.post(
        "/repair-tickets/1/parts",
        &json!({"bulk_stock_id": part, "quantity": 1}),
    )
    .await
    .expect(201);
    assert_eq!(
        kwame.get("/repair-tickets/1").await.expect(200)["total_cost"],
        "70.00",
        "at cost"
    );
    walk(&kofi, &json!(1), &["Ready"]).await;
    refused(
        ama.post("/repair-tickets/1/bill", &json!({})).await,
        409,
        "nothing_to_bill",
        "own stock",
    );
    refused(
        kofi.post(
            "/repair-tickets/1/status",
            &json!({"status": "Closed", "outcome": "Refunded"}),
        )
        .await,
        422,
        "/outcome",
        "Unable",
    );
    walk(&kofi, &json!(1), &["Closed"]).await;
    assert_eq!(
        kwame.get(&format!("/assets/{good}")).await.expect(200)["status"],
        "Diagnostics Pending"
    );
    assert_eq!(
        stage
            .count("SELECT repair_cost::bigint FROM assets WHERE serial_number = 'SN-1'")
            .await,
        70
    );

    kofi.post("/repair-tickets", &ticket(bad)).await.expect(201);
    walk(&kofi, &json!(2), &["Diagnosing", "In Repair", "Ready"]).await;
    kofi.post(
        "/repair-tickets/2/status",
        &json!({"status": "Closed", "outcome": "Unable"}),
    )
    .await
    .expect(200);
    assert_eq!(
        kwame.get(&format!("/assets/{bad}")).await.expect(200)["status"],
        "Not Sellable"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_technicians_take_the_last_part() {
    let stage = Stage::open().await;
    let part = stage.stocked_item("LCD-A52", 1).await;
    let server = stage.serve().await;
    let (ama, kofi, kwame) = (
        server.api(Role::Sales).await,
        server.api(Role::Technician).await,
        server.api(Role::Manager).await,
    );
    for phone in ["0244123456", "0244123457"] {
        let mut new = own_phone();
        new["customer"]["phone"] = json!(phone);
        ama.post("/repair-tickets", &new).await.expect(201);
    }
    let body = json!({"bulk_stock_id": part, "quantity": 1});
    let (one, two) = tokio::join!(
        kofi.post("/repair-tickets/1/parts", &body),
        kwame.post("/repair-tickets/2/parts", &body)
    );
    let (won, lost, who, number) = if one.status == 201 {
        (one, two, "Kofi Owusu", "TKT-000001")
    } else {
        (two, one, "Kwame Asante", "TKT-000002")
    };
    won.expect(201);
    let body = lost.expect(409);
    assert_eq!(body["code"], "not_enough_stock");
    let detail = body["detail"].as_str().unwrap();
    assert!(detail.contains(who) && detail.contains(number), "{detail}");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_wrong_is_named() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kofi, yaw) = (
        server.api(Role::Sales).await,
        server.api(Role::Technician).await,
        server.api(Role::Warehouse).await,
    );
    let base = json!({"issue_type": "x", "issue_description": "x"});
    refused(
        ama.post("/repair-tickets", &base).await,
        422,
        "/customer_id",
        "Whose",
    );
    let with = |field: &str, value: Value| {
        let mut body = own_phone();
        body[field] = value;
        body
    };
    refused(
        ama.post("/repair-tickets", &with("promised_date", json!("2026-01-13")))
            .await,
        422,
        "/promised_date",
        "later",
    );
    refused(
        ama.post("/repair-tickets", &with("issue_type", json!(""))).await,
        422,
        "/issue_type",
        "",
    );
    refused(
        ama.post("/repair-tickets", &with("asset_id", json!(9))).await,
        422,
        "/asset_id",
        "no such device",
    );
    refused(
        ama.post("/repair-tickets", &with("assigned_to", json!(1))).await,
        403,
        "not_allowed",
        "Sales",
    );
    let yaws = stage
        .count("SELECT id::bigint FROM users WHERE username = 'yaw'")
        .await;
    refused(
        kofi.post(
            "/repair-tickets",
            &json!({"customer_id": 1, "issue_type": "x", "issue_description": "x"}),
        )
        .await,
        422,
        "/customer_id",
        "no such customer",
    );
    ama.post("/repair-tickets", &own_phone()).await.expect(201);
    refused(
        kofi.patch("/repair-tickets/1", &json!({"assigned_to": yaws}))
            .await,
        422,
        "/assigned_to",
        "Technician",
    );
    refused(
        kofi.post(
            "/repair-tickets/1/parts",
            &json!({"bulk_stock_id": 999, "quantity": 1}),
        )
        .await,
        422,
        "/bulk_stock_id",
        "no such item",
    );
    refused(
        kofi.post(
            "/repair-tickets/1/parts",
            &json!({"bulk_stock_id": 1, "quantity": 0}),
        )
        .await,
        422,
        "/quantity",
        "1 to 100,000",
    );
    refused(
        kofi.post(
            "/repair-tickets/1/status",
            &json!({"status": "Diagnosing", "outcome": "Repaired"}),
        )
        .await,
        422,
        "/outcome",
        "closed",
    );
    yaw.get("/repair-tickets").await.expect(403);
    kofi.get("/repair-tickets/99").await.expect(404);
    let mine = kofi
        .get("/repair-tickets?open=true&status=Open&q=TKT-1")
        .await
        .expect(200);
    assert_eq!(
        mine["data"].as_array().unwrap().len(),
        0,
        "q is a number as it is written, or bare digits"
    );
    assert_eq!(
        kofi.get("/repair-tickets?q=1").await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let found = kofi.get("/search?q=TKT-000001").await.expect(200);
    assert_eq!(found["data"][0]["url"], "/repairs/1");
}

/// A ticket of its own in each status, made by the shortest way.
async fn ticket_at(ama: &Api, kwame: &Api, status: RepairStatus) -> Value {
    let id = ama.post("/repair-tickets", &own_phone()).await.expect(201)["id"].clone();
    let way: &[&str] = match status {
        RepairStatus::Open => &[],
        RepairStatus::Diagnosing => &["Diagnosing"],
        RepairStatus::WaitingForParts => &["Diagnosing", "Waiting for Parts"],
        RepairStatus::InRepair => &["Diagnosing", "In Repair"],
        RepairStatus::Ready => &["Diagnosing", "In Repair", "Ready"],
        RepairStatus::Closed => &["Diagnosing", "In Repair", "Ready", "Closed"],
    };
    walk(kwame, &id, way).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn every_move_as_each_role_and_by_sql() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let mut roles = Vec::new();
    for role in Role::ALL {
        roles.push((*role, server.api(*role).await));
    }
    for from in RepairStatus::ALL {
        let allowed: Vec<RepairStatus> = from.allowed().map(|(_, to)| to).collect();
        let stays = ticket_at(&ama, &kwame, *from).await;
        for to in RepairStatus::ALL {
            for (role, api) in &roles {
                let works = matches!(role, Role::Admin | Role::Manager | Role::Technician);
                let id = match works && allowed.contains(to) {
                    true => ticket_at(&ama, &kwame, *from).await,
                    false => stays.clone(),
                };
                let reply = move_to(api, &id, to.as_str()).await;
                let wanted = match (works, allowed.contains(to)) {
                    (false, _) => 403,
                    (true, true) => 200,
                    (true, false) => 409,
                };
                assert_eq!(reply.status, wanted, "{role}: {from} to {to}");
                if wanted == 409 {
                    assert_eq!(
                        reply.expect(409)["allowed"],
                        json!(allowed.iter().map(|s| s.as_str()).collect::<Vec<_>>())
                    );
                }
            }
            let id = match allowed.contains(to) {
                true => ticket_at(&ama, &kwame, *from).await,
                false => stays.clone(),
            };
            let mut conn = stage.bizhub_app().await;
            let done = sqlx::query("UPDATE repair_tickets SET status = $2, outcome = CASE $2 WHEN 'Closed' THEN 'Repaired' END WHERE id = $1")
                .bind(i32::try_from(id.as_i64().unwrap()).unwrap())
                .bind(to.as_str())
                .execute(&mut conn)
                .await;
            assert_eq!(
                done.is_ok(),
                allowed.contains(to) || from == to,
                "by SQL: {from} to {to}: {done:?}"
            );
        }
    }
    let mut conn = stage.bizhub_app().await;
    for refused in [
        "DELETE FROM repair_tickets",
        "DELETE FROM repair_events",
        "UPDATE repair_events SET notes = 'x'",
        "DELETE FROM repair_parts",
        "INSERT INTO repair_tickets (issue_type, issue_description, status) VALUES ('x', 'x', 'Ready')",
        "UPDATE repair_tickets SET issue_type = 'y' WHERE status = 'Closed'",
    ] {
        assert!(conn.execute(refused).await.is_err(), "{refused}");
    }
    conn.execute("UPDATE repair_tickets SET total_cost = 5, parts_cost = 5 WHERE status = 'Open'")
        .await
        .unwrap();
    assert_eq!(
        stage
            .count("SELECT count(*) FROM repair_tickets WHERE total_cost <> 0")
            .await,
        0,
        "sums keep themselves"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_taken_in_and_closed_in_the_browser() {
    let stage = Stage::open().await;
    stage.stocked_item("LCD-A52", 2).await;
    let server = stage.serve().await;
    let (ama, kofi) = (
        server.browser(Role::Sales).await,
        server.browser(Role::Technician).await,
    );
    let form = ama.get("/repairs/new").await.expect(200);
    let key = form.field("form_key");
    let bad = ama
        .post(
            "/repairs/new",
            &[
                ("form_key", key.as_str()),
                ("device_model", "A52"),
                ("issue_type", "Screen"),
                ("issue_description", "Cracked"),
            ],
        )
        .await
        .expect(422);
    assert!(
        bad.has("Whose device is it?") && bad.has("A52"),
        "what was typed stays"
    );
    let key = bad.field("form_key");
    let done = ama
        .post(
            "/repairs/new",
            &[
                ("form_key", key.as_str()),
                ("device_model", "A52"),
                ("issue_type", "Screen"),
                ("issue_description", "Cracked"),
                ("full_name", "Esi Quaye"),
                ("phone", "024 412 3456"),
            ],
        )
        .await
        .expect(303);
    assert_eq!(done.location, "/repairs/1");
    assert!(kofi.get("/repairs").await.expect(200).has("TKT-000001"));
    assert!(kofi.get("/bench").await.expect(200).has("TKT-000001"));
    assert!(!kofi.get("/repairs/1").await.expect(200).has("+233244123456"));
    for (path, fields) in [
        ("status", vec![("status", "Diagnosing")]),
        ("status", vec![("status", "In Repair")]),
        ("parts", vec![("sku", "lcd-a52"), ("quantity", "1")]),
        ("work", vec![("assigned_to", ""), ("labor_cost", "80")]),
        ("notes", vec![("notes", "Glass is out")]),
        ("status", vec![("status", "Ready")]),
    ] {
        let key = kofi.get("/repairs/1").await.expect(200).field("form_key");
        let mut all = vec![("form_key", key.as_str())];
        all.extend(fields);
        kofi.post(&format!("/repairs/1/{path}"), &all).await.expect(303);
    }
    let page = ama.get("/repairs/1").await.expect(200);
    assert!(page.has("200.00") && page.has("Bill the repair"), "120 and 80");
    let billed = ama
        .post("/repairs/1/bill", &[("form_key", "k1")])
        .await
        .expect(303);
    assert_eq!(billed.location, "/invoices/1");
    let wrong = kofi
        .post(
            "/repairs/1/parts",
            &[("form_key", "k2"), ("sku", "nothing"), ("quantity", "1")],
        )
        .await
        .expect(422);
    assert!(wrong.has("no item with this SKU"));
    kofi.post(
        "/repairs/1/status",
        &[("form_key", "k3"), ("status", "Closed"), ("outcome", "Repaired")],
    )
    .await
    .expect(303);
    let listed = ama.get("/repairs/list?q=A52&status=Closed").await.expect(200);
    assert!(
        listed.has("No ticket is like that"),
        "a free text is a fault or a name"
    );
    assert!(ama.get("/repairs/list?q=Esi").await.expect(200).has("TKT-000001"));
    assert!(
        ama.get("/repairs/list?format=csv")
            .await
            .expect(200)
            .has("TKT-000001")
    );
    assert!(
        ama.get("/customers/1?tab=repairs")
            .await
            .expect(200)
            .has("TKT-000001")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_come_along_with_the_intake_or_nothing_does() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kofi) = (
        server.browser(Role::Sales).await,
        server.browser(Role::Technician).await,
    );
    let form = ama.get("/repairs/new").await.expect(200);
    assert!(
        form.has("multipart/form-data") && form.has("capture=\"environment\""),
        "{}",
        form.text
    );
    let fields = |key: &'static str| {
        [
            ("form_key", key),
            ("device_model", "A52"),
            ("issue_type", "Screen"),
            ("issue_description", "Cracked at the corner"),
            ("full_name", "Esi Quaye"),
            ("phone", "024 412 3456"),
        ]
    };
    let photo = || super::bench::png(200, 150);
    // What a browser sends of a field in which nothing was chosen.
    let none = || ("photo_back", "", Vec::new());
    let files = vec![
        ("photo_front", "front.png", photo()),
        none(),
        ("photos", "note.pdf", b"%PDF-1.7 no photo".to_vec()),
    ];
    let refused = ama
        .post_files("/repairs/new", &fields("one"), files)
        .await
        .expect(422);
    assert!(
        refused.has("photos-error") && refused.has("This is no photo that can be kept"),
        "{}",
        refused.text
    );
    assert!(
        refused.has("Cracked at the corner") && refused.field("phone") == "024 412 3456",
        "what was typed stays"
    );
    assert!(refused.has("Choose the photos again"));
    assert_eq!(stage.count("SELECT count(*) FROM repair_tickets").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM photos").await, 0);

    // Larger than is kept: the form comes back all the same.
    let huge = vec![("photo_fault", "huge.jpg", vec![0xff; 21 * 1024 * 1024])];
    let refused = ama
        .post_files("/repairs/new", &fields("big"), huge)
        .await
        .expect(422);
    assert!(refused.has("larger than 10 MB") && refused.has("Cracked at the corner"));

    let many = || (0..9).map(|_| ("photos", "x.png", photo())).collect();
    let refused = ama
        .post_files("/repairs/new", &fields("many"), many())
        .await
        .expect(422);
    assert!(refused.has("at most 8 photos"));

    let good = || {
        vec![
            ("photo_front", "front.png", photo()),
            none(),
            ("photos", "a.png", photo()),
            ("photos", "b.png", photo()),
        ]
    };
    for _ in 0..2 {
        let done = ama
            .post_files("/repairs/new", &fields("two"), good())
            .await
            .expect(303);
        assert_eq!(
            done.location, "/repairs/1",
            "a second click opens no second ticket"
        );
    }
    assert_eq!(stage.count("SELECT count(*) FROM repair_tickets").await, 1);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM photos WHERE repair_ticket_id = 1")
            .await,
        3
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM photos WHERE caption = 'Front'")
            .await,
        1
    );
    let page = kofi.get("/repairs/1").await.expect(200);
    assert_eq!(page.text.matches("loading=\"lazy\"").count(), 3, "{}", page.text);
    assert_eq!(
        kofi.get("/photos/1").await.expect(200).headers["content-type"],
        "image/jpeg"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_device_is_told_through_the_outbox_and_a_no_is_respected() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kofi) = (server.api(Role::Sales).await, server.api(Role::Technician).await);
    let (page, bench) = (
        server.browser(Role::Sales).await,
        server.browser(Role::Technician).await,
    );
    let ready = async |phone: &str| {
        let mut body = own_phone();
        body["customer"]["phone"] = json!(phone);
        let id = ama.post("/repair-tickets", &body).await.expect(201)["id"].clone();
        walk(&kofi, &id, &["Diagnosing", "In Repair", "Ready"]).await;
        id
    };
    let first = ready("0244123456").await;
    let shown = page.get(&format!("/repairs/{first}")).await.expect(200);
    assert!(!shown.has("wa.me"), "nothing goes past the outbox");
    assert!(
        shown.has("Tell the customer") && shown.has("href=\"/messages/1\"") && shown.has("just now"),
        "the message that waits is the one that is opened: {}",
        shown.text
    );
    assert!(
        !bench
            .get(&format!("/repairs/{first}"))
            .await
            .expect(200)
            .has("/messages/")
    );
    page.post("/messages/1/open", &[]).await;
    let shown = page.get(&format!("/repairs/{first}")).await.expect(200);
    assert!(
        shown.has("Opened") && shown.has("/messages/new?kind=Repair+Ready"),
        "{}",
        shown.text
    );

    // Whoever said no is not written to.
    let customer = ama.get(&format!("/repair-tickets/{first}")).await.expect(200)["customer_id"].clone();
    let no = json!({"whatsapp": "Nothing", "sms": "Nothing", "email": "Nothing", "given_how": "In person"});
    ama.post(&format!("/customers/{customer}/consents"), &no)
        .await
        .expect(200);
    let second = ready("0244123456").await;
    let shown = page.get(&format!("/repairs/{second}")).await.expect(200);
    assert!(!shown.has("wa.me") && shown.has("/messages/new?kind=Repair+Ready"));
    let asked = format!("/messages/new?kind=Repair+Ready&channel=WhatsApp&repair_ticket_id={second}");
    assert!(
        page.get(&asked)
            .await
            .expect(200)
            .has("wants no messages by WhatsApp")
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM messages WHERE repair_ticket_id = 2")
            .await,
        0
    );
    let listed = ama
        .get(&format!("/messages?repair_ticket_id={first}"))
        .await
        .expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    // The promised day is changed on the page.
    let key = bench
        .get(&format!("/repairs/{first}"))
        .await
        .expect(200)
        .field("form_key");
    let work = [
        ("form_key", key.as_str()),
        ("assigned_to", ""),
        ("promised_date", "2026-01-30"),
    ];
    bench
        .post(&format!("/repairs/{first}/work"), &work)
        .await
        .expect(303);
    let shown = bench.get(&format!("/repairs/{first}")).await.expect(200);
    assert_eq!(shown.field("promised_date"), "2026-01-30");
}
