//! Warranties and claims (PRODUCT.md section 9), told over HTTP: within the dates, one open claim at a time, repaired, replaced
//! with the original dates or refunded, and every move as each role and by SQL.

use chrono::TimeDelta;
use domain::{ClaimStatus, Role, WarrantyStatus};
use serde_json::{Value, json};
use sqlx::Executor;
use stage::Stage;
use stage::http::{Api, Reply, refused};

/// Sells a device to Esi; answers the warranty's number of record.
async fn sold(stage: &Stage, ama: &Api, serial: &str) -> Value {
    stage.ready_device(serial).await;
    let sale = json!({"customer_type": "Retail", "lines": [{"serial_number": serial}],
        "payments": [{"payment_method": "MoMo", "amount": "2000.00", "reference": format!("MP-{serial}")}, {"payment_method": "Cash", "amount": "3000.00"}],
        "customer": {"full_name": "Esi Quaye", "phone": "0244123456"}});
    ama.post("/sales", &sale).await.expect(201)["warranties"][0].clone()
}

async fn claim(api: &Api, warranty: &Value) -> Reply {
    api.post(
        "/warranty-claims",
        &json!({"warranty_id": warranty["id"], "issue_description": "Does not charge"}),
    )
    .await
}

async fn act(api: &Api, claim: &Value, action: &str, body: Value) -> Reply {
    api.post(&format!("/warranty-claims/{}/{action}", claim["id"]), &body)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_battery_fails_twice_and_the_laptop_is_replaced() {
    let stage = Stage::open().await;
    let part = stage.stocked_item("BAT-840", 3).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let warranty = sold(&stage, &ama, "SN-1").await;
    assert_eq!(warranty["end_date"], "2026-04-14");
    let other = stage.ready_device("SN-2").await;

    let server = stage.serve_at(stage::opening() + TimeDelta::days(80)).await;
    let (ama, kwame, kofi) = (
        server.api(Role::Sales).await,
        server.api(Role::Manager).await,
        server.api(Role::Technician).await,
    );
    let first = claim(&ama, &warranty).await;
    assert_eq!(first.headers["location"], "/api/v1/warranty-claims/1");
    let first = first.expect(201);
    assert_eq!(
        (&first["claim_number"], &first["status"]),
        (&json!("WCLAIM-000001"), &json!("Submitted"))
    );
    refused(
        claim(&ama, &warranty).await,
        409,
        "warranty_status",
        "WCLAIM-000001",
    );
    act(&ama, &first, "approve", json!({})).await.expect(403);
    act(&kofi, &first, "approve", json!({})).await.expect(403);
    refused(
        act(&kwame, &first, "complete", json!({"outcome": "Repaired"})).await,
        409,
        "claim_status",
        "approve or deny",
    );
    refused(
        kwame
            .post(
                &format!("/warranties/{}/void", warranty["id"]),
                &json!({"reason": "x"}),
            )
            .await,
        409,
        "warranty_status",
        "open claim",
    );
    let approved = act(&kwame, &first, "approve", json!({})).await.expect(200);
    assert_eq!(approved["ticket_number"], "TKT-000001");
    assert_eq!(
        kwame
            .get(&format!("/warranties/{}", warranty["id"]))
            .await
            .expect(200)["status"],
        "Claimed"
    );
    for status in ["Diagnosing", "In Repair"] {
        kofi.post("/repair-tickets/1/status", &json!({"status": status}))
            .await
            .expect(200);
    }
    let with = kofi
        .post(
            "/repair-tickets/1/parts",
            &json!({"bulk_stock_id": part, "quantity": 1}),
        )
        .await
        .expect(201);
    assert!(
        with.get("parts_cost").is_none(),
        "what a warranty costs is the shop's: {with}"
    );
    kofi.post("/repair-tickets/1/status", &json!({"status": "Ready"}))
        .await
        .expect(200);
    kofi.post(
        "/repair-tickets/1/status",
        &json!({"status": "Closed", "outcome": "Repaired"}),
    )
    .await
    .expect(200);
    refused(
        ama.post("/repair-tickets/1/bill", &json!({})).await,
        409,
        "nothing_to_bill",
        "warranty",
    );
    let done = act(
        &kwame,
        &first,
        "complete",
        json!({"outcome": "Repaired", "labor_cost": "30.00"}),
    )
    .await
    .expect(200);
    assert_eq!(
        (
            &done["status"],
            &done["labor_cost"],
            &done["parts_cost"],
            &done["total_cost"]
        ),
        (
            &json!("Completed"),
            &json!("30.00"),
            &json!("70.00"),
            &json!("100.00")
        )
    );
    assert!(
        kofi.get("/warranty-claims/1")
            .await
            .expect(200)
            .get("total_cost")
            .is_none()
    );

    let second = claim(&ama, &warranty).await.expect(201);
    act(&kwame, &second, "approve", json!({})).await.expect(200);
    refused(
        act(&kwame, &second, "complete", json!({"outcome": "Replaced"})).await,
        422,
        "/replacement_asset_id",
        "instead",
    );
    refused(
        act(
            &kwame,
            &second,
            "complete",
            json!({"outcome": "Repaired", "replacement_asset_id": other}),
        )
        .await,
        422,
        "/replacement_asset_id",
        "leave it out",
    );
    refused(
        act(
            &kwame,
            &second,
            "complete",
            json!({"outcome": "Replaced", "replacement_asset_id": 99}),
        )
        .await,
        422,
        "/replacement_asset_id",
        "no such device",
    );
    let own = warranty["asset_id"].clone();
    assert_eq!(
        act(
            &kwame,
            &second,
            "complete",
            json!({"outcome": "Replaced", "replacement_asset_id": own})
        )
        .await
        .status,
        409
    );
    let replaced = act(
        &kwame,
        &second,
        "complete",
        json!({"outcome": "Replaced", "replacement_asset_id": other}),
    )
    .await
    .expect(200);
    assert_eq!(
        (&replaced["outcome"], &replaced["replacement_asset_id"]),
        (&json!("Replaced"), &json!(other))
    );
    let invoice = ama
        .get(&format!("/invoices/{}", replaced["replacement_invoice_id"]))
        .await
        .expect(200);
    assert_eq!(
        (&invoice["total_amount"], &invoice["status"]),
        (&json!("0.00"), &json!("Paid"))
    );
    let carried = ama
        .get(&format!("/warranties/{}", replaced["replacement_warranty_id"]))
        .await
        .expect(200);
    assert_eq!(
        (&carried["end_date"], &carried["status"]),
        (&json!("2026-04-14"), &json!("Active")),
        "the original end"
    );
    assert_eq!(
        kwame.get(&format!("/assets/{own}")).await.expect(200)["status"],
        "Returned"
    );
    assert_eq!(
        kwame.get(&format!("/assets/{other}")).await.expect(200)["status"],
        "Sold"
    );
    assert_eq!(
        kwame.get("/repair-tickets/2").await.expect(200)["outcome"],
        "Replaced"
    );
    let old = ama
        .get(&format!("/warranties/{}", warranty["id"]))
        .await
        .expect(200);
    assert_eq!(old["status"], "Void");
    let page = server
        .browser(Role::Sales)
        .await
        .get(&format!("/check/{}", carried["check_code"].as_str().unwrap()))
        .await
        .expect(200);
    assert!(
        page.has("14 Apr 2026"),
        "the code on paper shows the original end"
    );
    let number = carried["warranty_number"].as_str().unwrap();
    for beyond in [number, "Standard", "SN-2", "Esi", "INV-"] {
        assert!(!page.has(beyond), "the page says {beyond}: {}", page.text);
    }

    // The replacement fails too: there is no price to give back for it.
    let third = claim(&ama, &carried).await.expect(201);
    act(&kwame, &third, "approve", json!({})).await.expect(200);
    refused(
        act(&kwame, &third, "complete", json!({"outcome": "Refunded"})).await,
        409,
        "given_for_nothing",
        "nothing",
    );
    act(&kwame, &third, "complete", json!({"outcome": "Repaired"}))
        .await
        .expect(200);

    let report = kwame
        .get("/reports/warranty-cost?from=2026-01-01&to=2026-12-31")
        .await
        .expect(200);
    let row = &report["data"][0];
    assert_eq!(
        (
            &row["claims"],
            &row["repaired"],
            &row["replaced"],
            &row["service_cost"],
            &row["replacement_cost"],
            &row["cost_total"]
        ),
        (
            &json!(3),
            &json!(2),
            &json!(1),
            &json!("100.00"),
            &json!("3200.00"),
            &json!("3300.00")
        )
    );
    for by in ["supplier", "lot"] {
        assert_eq!(
            kwame
                .get(&format!(
                    "/reports/warranty-cost?from=2026-01-01&to=2026-12-31&by={by}"
                ))
                .await
                .expect(200)["data"][0]["cost_total"],
            "3300.00"
        );
    }
    ama.get("/reports/warranty-cost").await.expect(403);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_gives_the_money_back_as_it_was_paid() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let warranty = sold(&stage, &ama, "SN-1").await;
    let made = claim(&ama, &warranty).await.expect(201);
    act(&kwame, &made, "approve", json!({})).await.expect(200);
    let done = act(&kwame, &made, "complete", json!({"outcome": "Refunded"}))
        .await
        .expect(200);
    assert_eq!(
        (&done["outcome"], &done["return_number"]),
        (&json!("Refunded"), &json!("RET-000001"))
    );
    let invoice = ama.get("/invoices/1").await.expect(200);
    assert_eq!(
        (&invoice["status"], &invoice["amount_refunded"]),
        (&json!("Refunded"), &json!("5000.00"))
    );
    assert_eq!(
        kwame
            .get(&format!("/warranties/{}", warranty["id"]))
            .await
            .expect(200)["status"],
        "Void"
    );
    assert_eq!(
        kwame.get("/repair-tickets/1").await.expect(200)["outcome"],
        "Refunded"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_active_warranty_within_its_dates_is_claimed_on() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame, yaw) = (
        server.api(Role::Sales).await,
        server.api(Role::Manager).await,
        server.api(Role::Warehouse).await,
    );
    let (one, two, three) = (
        sold(&stage, &ama, "SN-1").await,
        sold(&stage, &ama, "SN-2").await,
        sold(&stage, &ama, "SN-3").await,
    );
    claim(&yaw, &one).await.expect(403);
    claim(&server.api(Role::Technician).await, &one).await.expect(403);
    refused(
        ama.post(
            "/warranty-claims",
            &json!({"warranty_id": 99, "issue_description": "x"}),
        )
        .await,
        422,
        "/warranty_id",
        "no such",
    );
    refused(
        ama.post(
            "/warranty-claims",
            &json!({"warranty_id": one["id"], "issue_description": " "}),
        )
        .await,
        422,
        "/issue_description",
        "",
    );
    let denied = claim(&ama, &one).await.expect(201);
    refused(
        act(&kwame, &denied, "deny", json!({"denial_reason": ""})).await,
        422,
        "/denial_reason",
        "",
    );
    let denied = act(
        &kwame,
        &denied,
        "deny",
        json!({"denial_reason": "It fell into water"}),
    )
    .await
    .expect(200);
    assert_eq!(
        (&denied["status"], &denied["outcome"]),
        (&json!("Denied"), &json!("Denied"))
    );
    refused(
        act(&kwame, &denied, "approve", json!({})).await,
        409,
        "claim_status",
        "settled",
    );
    claim(&ama, &one).await.expect(201);

    ama.post(
        &format!("/warranties/{}/void", two["id"]),
        &json!({"reason": "x"}),
    )
    .await
    .expect(403);
    kwame
        .post(
            &format!("/warranties/{}/void", two["id"]),
            &json!({"reason": "Seal broken"}),
        )
        .await
        .expect(200);
    refused(claim(&ama, &two).await, 409, "warranty_status", "Seal broken");
    let server = stage.serve_at(stage::opening() + TimeDelta::days(91)).await;
    let ama = server.api(Role::Sales).await;
    refused(claim(&ama, &three).await, 409, "warranty_status", "14 Apr 2026");
    // Its open claim does not make it valid beyond its last day, to whoever scans the certificate.
    let check = format!("/check/{}", one["check_code"].as_str().unwrap());
    let page = server.browser(Role::Sales).await.get(&check).await.expect(200);
    assert!(
        page.has("This warranty has ended") && !page.has("is valid"),
        "{}",
        page.text
    );
    for (q, covered, verdict) in [
        ("SN-3", false, "Ended on 14 Apr 2026."),
        ("sn-2", false, "Void: Seal broken"),
        (
            "P4T-000001",
            false,
            "Ended on 14 Apr 2026; a claim made before is open.",
        ),
        ("0244 123 456", false, ""),
        ("INV-000003", false, "Ended on 14 Apr 2026."),
        ("WAR-000003", false, "Ended on 14 Apr 2026."),
    ] {
        let path = format!("/warranty-look-up?q={}", q.replace(' ', "%20"));
        let found = ama.get(&path).await.expect(200);
        assert_eq!(found["data"][0]["covered"], covered, "{q}: {found}");
        assert!(
            found["data"][0]["verdict"].as_str().unwrap().contains(verdict),
            "{q}: {found}"
        );
    }
    assert_eq!(
        ama.get("/warranty-look-up?q=XYZ-9").await.expect(200)["verdict"],
        "Never sold by us."
    );
    refused(ama.get("/warranty-look-up?q=").await, 422, "/q", "");
    assert!(
        server
            .browser(Role::Sales)
            .await
            .get("/warranties?q=SN-3")
            .await
            .expect(200)
            .has("Ended on 14 Apr 2026.")
    );
    let shown = server
        .browser(Role::Sales)
        .await
        .get("/warranties?q=0244+123+456")
        .await
        .expect(200);
    assert!(
        shown.has("WAR-000003") && !shown.has("No warranty is like that"),
        "{}",
        shown.text
    );
    let later = stage.shop.at(stage::opening() + TimeDelta::days(91));
    assert_eq!(app::warranties::expire(&later).await.unwrap(), 1);
    assert_eq!(app::warranties::expire(&later).await.unwrap(), 0);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM warranties WHERE status = 'Expired'")
            .await,
        1
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_claims_and_two_decisions_at_once() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame, efua) = (
        server.api(Role::Sales).await,
        server.api(Role::Manager).await,
        server.api(Role::Admin).await,
    );
    let warranty = sold(&stage, &ama, "SN-1").await;
    let (one, two) = tokio::join!(claim(&ama, &warranty), claim(&kwame, &warranty));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let made = kwame.get("/warranty-claims?status=Submitted").await.expect(200)["data"][0].clone();
    let (one, two) = tokio::join!(
        act(&kwame, &made, "approve", json!({})),
        act(&efua, &made, "deny", json!({"denial_reason": "No"}))
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

/// A claim of its own in each status.
async fn claim_at(stage: &Stage, ama: &Api, kwame: &Api, serial: &str, status: ClaimStatus) -> Value {
    let warranty = sold(stage, ama, serial).await;
    let made = claim(ama, &warranty).await.expect(201);
    match status {
        ClaimStatus::Submitted => {}
        ClaimStatus::Denied => {
            act(kwame, &made, "deny", json!({"denial_reason": "No"}))
                .await
                .expect(200);
        }
        ClaimStatus::Approved | ClaimStatus::Completed => {
            act(kwame, &made, "approve", json!({})).await.expect(200);
            if status == ClaimStatus::Completed {
                act(kwame, &made, "complete", json!({"outcome": "Repaired"}))
                    .await
                    .expect(200);
            }
        }
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn every_move_of_a_claim_as_each_role_and_by_sql() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let mut roles = Vec::new();
    for role in Role::ALL {
        roles.push((*role, server.api(*role).await));
    }
    let mut n = 0;
    for from in ClaimStatus::ALL {
        let stays = claim_at(&stage, &ama, &kwame, &format!("ST-{from}"), *from).await;
        let allowed: Vec<ClaimStatus> = from.allowed().collect();
        for (to, action, body) in [
            (ClaimStatus::Approved, "approve", json!({})),
            (ClaimStatus::Denied, "deny", json!({"denial_reason": "No"})),
            (ClaimStatus::Completed, "complete", json!({"outcome": "Repaired"})),
        ] {
            for (role, api) in &roles {
                let decides = matches!(role, Role::Admin | Role::Manager);
                let which = match decides && allowed.contains(&to) {
                    true => {
                        n += 1;
                        claim_at(&stage, &ama, &kwame, &format!("SN-{n}"), *from).await
                    }
                    false => stays.clone(),
                };
                let wanted = match (decides, allowed.contains(&to)) {
                    (false, _) => 403,
                    (true, true) => 200,
                    (true, false) => 409,
                };
                assert_eq!(
                    act(api, &which, action, body.clone()).await.status,
                    wanted,
                    "{role}: {from} to {to}"
                );
            }
        }
        for to in ClaimStatus::ALL {
            let mut conn = stage.bizhub_app().await;
            conn.execute("BEGIN").await.unwrap();
            // With a ticket that any approved claim could have.
            let done = sqlx::query(
                "UPDATE warranty_claims SET status = $2, denial_reason = CASE $2 WHEN 'Denied' THEN 'x' END,
                   repair_ticket_id = CASE WHEN $2 = 'Approved' AND status = 'Submitted'
                     THEN (SELECT min(t.id) FROM repair_tickets t WHERE NOT EXISTS (SELECT FROM warranty_claims k WHERE k.repair_ticket_id = t.id))
                     ELSE repair_ticket_id END,
                   outcome = CASE $2 WHEN 'Denied' THEN 'Denied' WHEN 'Completed' THEN 'Repaired' END WHERE id = $1",
            )
            .bind(i32::try_from(stays["id"].as_i64().unwrap()).unwrap())
            .bind(to.as_str())
            .execute(&mut conn)
            .await;
            let free_ticket = *to != ClaimStatus::Approved || *from != ClaimStatus::Submitted;
            let passes = allowed.contains(to) && free_ticket;
            let same = from == to && !matches!(from, ClaimStatus::Denied);
            assert_eq!(
                done.is_ok(),
                passes || (same && done.is_ok()),
                "by SQL: {from} to {to}: {done:?}"
            );
            conn.execute("ROLLBACK").await.unwrap();
        }
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_move_of_a_warranty_by_sql() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let active = sold(&stage, &ama, "SN-1").await;
    let claimed = sold(&stage, &ama, "SN-2").await;
    claim(&ama, &claimed).await.expect(201);
    let void = sold(&stage, &ama, "SN-3").await;
    kwame
        .post(
            &format!("/warranties/{}/void", void["id"]),
            &json!({"reason": "x"}),
        )
        .await
        .expect(200);
    let mut conn = stage.bizhub_app().await;
    for (from, id) in [
        (WarrantyStatus::Active, &active),
        (WarrantyStatus::Claimed, &claimed),
        (WarrantyStatus::Expired, &active),
        (WarrantyStatus::Void, &void),
    ] {
        for to in WarrantyStatus::ALL {
            conn.execute("BEGIN; SELECT set_config('bizhub.now', '2026-06-01 10:00+00', true)")
                .await
                .unwrap();
            let id = i32::try_from(id["id"].as_i64().unwrap()).unwrap();
            if from == WarrantyStatus::Expired {
                sqlx::query("UPDATE warranties SET status = 'Expired' WHERE id = $1")
                    .bind(id)
                    .execute(&mut conn)
                    .await
                    .unwrap();
            }
            let done = sqlx::query("UPDATE warranties SET status = $2, void_reason = CASE $2 WHEN 'Void' THEN 'x' END WHERE id = $1")
                .bind(id)
                .bind(to.as_str())
                .execute(&mut conn)
                .await;
            // Claimed comes and goes with its claim alone, which the table's two moves about it are.
            let by_claim = *to == WarrantyStatus::Claimed || from == WarrantyStatus::Claimed;
            let passes = from == *to || (from.may_become(*to) && !by_claim);
            assert_eq!(done.is_ok(), passes, "{from} to {to}: {done:?}");
            conn.execute("ROLLBACK").await.unwrap();
        }
    }
    for refused in [
        "UPDATE warranties SET status = 'Expired' WHERE status = 'Active' AND end_date > '2026-12-01'",
        "DELETE FROM warranties",
        "DELETE FROM warranty_claims",
        "INSERT INTO warranty_claims (warranty_id, customer_id, issue_description) SELECT id, customer_id, 'x' FROM warranties WHERE status = 'Void'",
    ] {
        let done = conn.execute(refused).await;
        assert!(
            done.as_ref().map_or(true, |d| d.rows_affected() == 0),
            "{refused}: {done:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_submitted_and_decided_in_the_browser() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama_api = server.api(Role::Sales).await;
    let warranty = sold(&stage, &ama_api, "SN-1").await;
    stage.ready_device("SN-2").await;
    let (ama, kwame, kofi, yaw) = (
        server.browser(Role::Sales).await,
        server.browser(Role::Manager).await,
        server.browser(Role::Technician).await,
        server.browser(Role::Warehouse).await,
    );
    let id = &warranty["id"];
    let page = ama.get(&format!("/warranties/{id}")).await.expect(200);
    assert!(
        page.has("Covered until 14 Apr 2026.")
            && page.has("Submit a claim")
            && !page.has("Void the warranty")
    );
    assert!(
        yaw.get(&format!("/warranties/{id}"))
            .await
            .expect(200)
            .has("Covered until")
    );
    let path = format!("/warranties/{id}/claim");
    let key = ama.get(&path).await.expect(200).field("form_key");
    let empty = ama
        .post(&path, &[("form_key", key.as_str()), ("notes", "Keep this")])
        .await
        .expect(422);
    assert!(empty.has("Please fill this in.") && empty.has("Keep this"));
    let key = empty.field("form_key");
    let done = ama
        .post(
            &path,
            &[
                ("form_key", key.as_str()),
                ("issue_description", "Does not charge"),
            ],
        )
        .await
        .expect(303);
    assert_eq!(done.location, "/claims/1");
    assert!(!ama.get("/claims/1").await.expect(200).has("Approve and open"));
    assert!(kofi.get("/claims/1").await.expect(200).has("•••••••"));
    assert!(kwame.get("/claims").await.expect(200).has("WCLAIM-000001"));
    kwame
        .post("/claims/1/approve", &[("form_key", "a1")])
        .await
        .expect(303);
    assert!(kwame.get("/repairs/1").await.expect(200).has("Warranty"));
    let wrong = kwame
        .post(
            "/claims/1/complete",
            &[
                ("form_key", "c1"),
                ("outcome", "Replaced"),
                ("replacement", "NOPE"),
            ],
        )
        .await
        .expect(422);
    assert!(wrong.has("No device has this tag"));
    kwame
        .post(
            "/claims/1/complete",
            &[
                ("form_key", "c2"),
                ("outcome", "Replaced"),
                ("replacement", "SN-2"),
            ],
        )
        .await
        .expect(303);
    let page = kwame.get("/claims/1").await.expect(200);
    assert!(page.has("Replaced") && page.has("WAR-000002") && page.has("RET-000001"));
    assert!(kwame.get("/warranties/2").await.expect(200).has("Carries on"));
    assert!(
        kwame
            .get("/reports/warranty-cost?from=2026-01-01&to=2026-01-31&by=lot")
            .await
            .expect(200)
            .has("3,200.00")
    );
    assert!(
        kwame
            .get("/reports/warranty-cost?format=csv")
            .await
            .expect(200)
            .has("cost_total")
    );
    kwame
        .post(
            "/warranties/2/void",
            &[("form_key", "v1"), ("reason", "Opened by somebody else")],
        )
        .await
        .expect(303);
    assert!(
        ama.get("/warranties/2")
            .await
            .expect(200)
            .has("Opened by somebody else")
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}
