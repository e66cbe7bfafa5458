//! Preorders (PRODUCT.md section 8), told over HTTP and by SQL: each step once and in its order, the deposit as money that is
//! held for somebody, and what is owed when it goes wrong.

use domain::{AssetId, PreorderStatus, Role};
use serde_json::{Value, json};
use sqlx::Executor;
use stage::Stage;
use stage::http::{Api, Reply, refused};

async fn taken(api: &Api, more: Value) -> Value {
    let mut new = json!({"requested_specs": "EliteBook, 16 GB", "customer": {"full_name": "Esi Quaye", "phone": "0244123456"}});
    for (name, value) in more.as_object().unwrap() {
        new[name] = value.clone();
    }
    api.post("/preorders", &new).await.expect(201)
}

async fn act(api: &Api, id: &Value, step: &str, body: Value) -> Reply {
    api.post(&format!("/preorders/{id}/{step}"), &body).await
}

/// A preorder brought to a status, agreed at 6,500 with a deposit of 500 unless `more` says otherwise.
async fn at(api: &Api, status: PreorderStatus, device: Option<AssetId>, more: Value) -> Value {
    use PreorderStatus::*;
    let mut with = json!({"agreed_price": "6500.00"});
    for (name, value) in more.as_object().unwrap() {
        with[name] = value.clone();
    }
    let id = taken(api, with).await["id"].clone();
    let path: &[(&str, PreorderStatus)] = match status {
        DepositPending => &[],
        Closed => &[("close", Closed)],
        Rejected | Resold => &[
            ("deposit", Ordered),
            ("order", Ordered),
            ("in-transit", InTransit),
            ("arrive", Arrived),
            ("reject", Rejected),
            ("resell", Resold),
        ],
        _ => &[
            ("deposit", Ordered),
            ("order", Ordered),
            ("in-transit", InTransit),
            ("arrive", Arrived),
            ("notify", CustomerNotified),
            ("pick-up", PickedUp),
        ],
    };
    for (step, reached) in path {
        let answer = act(api, &id, step, body_of(step, device)).await;
        assert!(matches!(answer.status, 200 | 201), "{step}: {}", answer.json);
        if *reached == status && *step != "deposit" {
            break;
        }
    }
    id
}

/// A body that each step takes. The resale brings 5,500, so that the deposit is kept and 500 is still owed.
fn body_of(step: &str, device: Option<AssetId>) -> Value {
    match step {
        "deposit" => json!({"payment_method": "Cash"}),
        "arrive" => json!({"asset_id": device}),
        "notify" => json!({"channel": "Phone"}),
        "pick-up" => {
            json!({"unit_price": "6500.00", "payments": [{"payment_method": "Cash", "amount": "6000.00"}]})
        }
        "reject" => json!({"reason": "Too heavy"}),
        "resell" => {
            json!({"customer_type": "Walk-in", "lines": [{"asset_id": device, "unit_price": "5500.00"}], "payments": [{"payment_method": "Cash", "amount": "5500.00"}]})
        }
        _ => json!({}),
    }
}

async fn held(stage: &Stage) -> i64 {
    stage
        .count("SELECT (100 * coalesce(sum(held), 0))::bigint FROM view_preorder_deposits")
        .await
}

#[tokio::test]
async fn from_the_deposit_to_the_door() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let opened = ama
        .post("/till-sessions", &json!({"opening_float": "100.00"}))
        .await
        .expect(201);
    let till_path = format!("/till-sessions/{}", opened["id"]);

    let made = ama
        .post("/preorders", &json!({"requested_specs": "An EliteBook 840, any generation", "customer": {"full_name": "Esi Quaye", "phone": "0244123456"}, "target_price_max": "6500"}))
        .await;
    assert_eq!(made.headers["location"], "/api/v1/preorders/1");
    let made = made.expect(201);
    assert_eq!(
        (
            &made["preorder_number"],
            &made["status"],
            &made["deposit_amount"],
            &made["deposit_paid"]
        ),
        (
            &json!("PRE-000001"),
            &json!("Deposit Pending"),
            &json!("500.00"),
            &json!(false)
        )
    );
    assert_eq!(
        made["policy_terms"].as_str().unwrap().split_whitespace().next(),
        Some("Deposit")
    );
    let id = &made["id"];
    refused(
        act(&ama, id, "order", json!({})).await,
        409,
        "deposit_needed",
        "take it first",
    );

    let paid = act(
        &ama,
        id,
        "deposit",
        json!({"payment_method": "MoMo", "reference": "MP 77"}),
    )
    .await
    .expect(201);
    assert_eq!(
        (
            &paid["deposit_paid"],
            &paid["deposit_date"],
            &paid["deposit_held"]
        ),
        (&json!(true), &json!("2026-01-14"), &json!("500.00"))
    );
    refused(
        act(&ama, id, "deposit", json!({"payment_method": "Cash"})).await,
        409,
        "deposit_taken",
        "taken already",
    );
    // The deposit is in the till and in the day's tender, and owed.
    let till = kwame.get(&till_path).await.expect(200);
    assert!(
        till["balances"].to_string().contains("\"payments\":\"500.00\""),
        "{till}"
    );
    let tender = |d: &Value| d["tender"].to_string();
    assert!(tender(&kwame.get("/reports/dashboard").await.expect(200)).contains("\"500.00\""));
    assert_eq!(held(&stage).await, 50_000);

    let ordered = act(&ama, id, "order", json!({})).await.expect(200);
    assert_eq!(
        (
            &ordered["order_date"],
            &ordered["sla_date"],
            &ordered["is_overdue"]
        ),
        (&json!("2026-01-14"), &json!("2026-02-04"), &json!(false))
    );
    act(&ama, id, "in-transit", json!({})).await.expect(200);
    let fits = ama.get(&format!("/preorders/{id}/devices")).await.expect(200);
    assert_eq!(fits[0]["asset_tag"], "P4T-000001", "{fits}");
    let here = act(&ama, id, "arrive", json!({"asset_id": device}))
        .await
        .expect(200);
    assert_eq!(
        (
            &here["status"],
            &here["arrival_date"],
            &here["asset_tag"],
            &here["agreed_price"]
        ),
        (
            &json!("Arrived"),
            &json!("2026-01-14"),
            &json!("P4T-000001"),
            &json!("6500.00")
        )
    );
    let asset = ama.get(&format!("/assets/{device}")).await.expect(200);
    assert_eq!(
        (&asset["status"], &asset["preorder_id"]),
        (&json!("Reserved"), id)
    );
    let sale = json!({"customer_type": "Walk-in", "lines": [{"asset_id": device}], "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
    refused(
        ama.post("/sales", &sale).await,
        409,
        "device_not_available",
        "held by preorder PRE-000001",
    );
    refused(
        act(&ama, id, "pick-up", body_of("pick-up", None)).await,
        409,
        "preorder_status",
        "told",
    );

    // No body at all is fine where nothing has to be said.
    let told = ama
        .request(reqwest::Method::POST, &format!("/preorders/{id}/notify"))
        .send()
        .await
        .unwrap();
    assert_eq!(told.status().as_u16(), 200);
    let short =
        json!({"unit_price": "6500.00", "payments": [{"payment_method": "Cash", "amount": "5999.00"}]});
    refused(
        act(&ama, id, "pick-up", short).await,
        422,
        "/payments",
        "1.00 is still to pay",
    );
    let claimed = json!({"payments": [{"payment_method": "MoMo", "amount": "6000.00", "claimed": true}]});
    refused(
        act(&ama, id, "pick-up", claimed).await,
        422,
        "/payments/0/claimed",
        "seen the money",
    );
    let rest = json!({"unit_price": "6500.00", "payments": [{"payment_method": "Cash", "amount": "2000.00"}, {"payment_method": "MoMo", "amount": "4000.00", "reference": "MP78"}]});
    let path = format!("/preorders/{id}/pick-up");
    let gone = ama.post_once(&path, "key-1", &rest).await.expect(201);
    assert_eq!(
        (&gone["status"], &gone["deposit_held"], &gone["invoice_number"]),
        (
            &json!("Picked Up"),
            &json!("0.00"),
            &gone["invoice"]["invoice_number"]
        )
    );
    let invoice = &gone["invoice"];
    assert_eq!(
        (
            &invoice["status"],
            &invoice["total_amount"],
            &invoice["amount_paid"]
        ),
        (&json!("Paid"), &json!("6500.00"), &json!("6500.00"))
    );
    assert_eq!(invoice["payments"].as_array().unwrap().len(), 3);
    assert_eq!(invoice["warranties"][0]["asset_tag"], "P4T-000001");
    assert_eq!(
        ama.post_once(&path, "key-1", &rest).await.expect(201)["invoice"]["id"],
        invoice["id"]
    );
    assert_eq!(
        ama.get(&format!("/assets/{device}")).await.expect(200)["status"],
        "Sold"
    );
    assert_eq!(stage.count("SELECT count(*) FROM payments WHERE preorder_id = 1 AND amount = 500 AND till_session_id IS NULL").await, 1);
    // Counted once: 4,500 by MoMo and 2,000 in cash, by till and by tender.
    let till = kwame.get(&till_path).await.expect(200)["balances"].to_string();
    assert!(
        till.contains("\"payments\":\"4500.00\"")
            && till.contains("\"expected\":\"2100.00\"")
            && !till.contains("Other"),
        "{till}"
    );
    let tender = tender(&kwame.get("/reports/dashboard").await.expect(200));
    assert!(
        tender.contains("4500.00") && tender.contains("2000.00") && !tender.contains("Other"),
        "{tender}"
    );

    let closed = act(&ama, id, "close", json!({})).await.expect(200);
    assert_eq!(
        (&closed["status"], &closed["allowed"]),
        (&json!("Closed"), &json!([]))
    );
    let events = ama
        .get(&format!("/preorders/{id}/events?limit=200"))
        .await
        .expect(200);
    let told: Vec<&str> = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|e| e["event_type"].as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        [
            "created",
            "deposit_received",
            "ordered",
            "in_transit",
            "arrived",
            "customer_notified",
            "picked_up",
            "closed"
        ]
    );
    assert_eq!(events["data"][0]["created_by_name"], "Ama Mensah");
    let found = ama.get("/search?q=PRE-000001").await.expect(200);
    assert_eq!(found["data"][0]["url"], "/preorders/1", "{found}");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn every_pair_as_each_role() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    const STEPS: &[(&str, &[(PreorderStatus, PreorderStatus)])] = {
        use PreorderStatus::*;
        &[
            ("order", &[(DepositPending, Ordered)]),
            ("in-transit", &[(Ordered, InTransit)]),
            ("arrive", &[(InTransit, Arrived)]),
            ("notify", &[(Arrived, CustomerNotified)]),
            ("pick-up", &[(CustomerNotified, PickedUp)]),
            ("reject", &[(Arrived, Rejected), (CustomerNotified, Rejected)]),
            ("resell", &[(Rejected, Resold)]),
            (
                "close",
                &[(DepositPending, Closed), (PickedUp, Closed), (Resold, Closed)],
            ),
        ]
    };
    let mut serial = 0;
    let mut allowed_pairs = 0;
    for from in PreorderStatus::ALL {
        serial += 1;
        let device = stage.ready_device(&format!("SN-{serial}")).await;
        let spare = stage.ready_device(&format!("SP-{serial}")).await;
        let still = at(&kwame, *from, Some(device), json!({})).await;
        for role in Role::ALL {
            let api = server.api(*role).await;
            for (step, pairs) in STEPS {
                let leads = pairs.iter().find(|(f, _)| f == from).map(|(_, to)| *to);
                if !matches!(role, Role::Admin | Role::Manager | Role::Sales) {
                    act(&api, &still, step, body_of(step, Some(spare)))
                        .await
                        .expect(403);
                    continue;
                }
                let Some(to) = leads else {
                    let device = if *step == "arrive" { spare } else { device };
                    let body = refused(
                        act(&api, &still, step, body_of(step, Some(device))).await,
                        409,
                        "preorder_status",
                        "PRE-",
                    );
                    let listed: Vec<String> = from.allowed().map(|s| s.to_string()).collect();
                    assert_eq!(body["allowed"], json!(listed), "{from} {step}");
                    continue;
                };
                serial += 1;
                let device = stage.ready_device(&format!("SN-{serial}")).await;
                let id = at(&kwame, *from, Some(device), json!({})).await;
                if *step == "order" {
                    act(
                        &kwame,
                        &id,
                        "deposit",
                        json!({"payment_method": "Cash", "amount": "200"}),
                    )
                    .await
                    .expect(201);
                }
                let done = act(&api, &id, step, body_of(step, Some(device))).await;
                assert!(
                    matches!(done.status, 200 | 201),
                    "{role} {from} {step}: {}",
                    done.json
                );
                assert_eq!(done.json["status"], to.as_str());
                allowed_pairs += 1;
            }
        }
    }
    assert_eq!(allowed_pairs, 11 * 3);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn what_is_owed_after_a_resale() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let desk = server.browser(Role::Sales).await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    for (n, (resale, kept, back, owed)) in [
        ("6700.00", "0.00", "500.00", "0.00"),
        ("6200.00", "300.00", "200.00", "0.00"),
        ("5800.00", "500.00", "0.00", "200.00"),
    ]
    .iter()
    .enumerate()
    {
        let device = stage.ready_device(&format!("SN-{n}")).await;
        let id = at(&ama, PreorderStatus::Rejected, Some(device), json!({})).await;
        refused(
            ama.get(&format!("/preorders/{id}/settlement.pdf")).await,
            409,
            "no_settlement",
            "nothing to settle",
        );
        assert_eq!(
            ama.get(&format!("/assets/{device}")).await.expect(200)["status"],
            "Ready for Sale"
        );
        let lines = json!([{"asset_id": device, "unit_price": resale}]);
        let payments = json!([{"payment_method": "Cash", "amount": resale}]);
        // The second is sold at the till, and settles its preorder all the same.
        if n == 1 {
            let sale = json!({"customer_type": "Walk-in", "lines": lines, "payments": payments});
            ama.post("/sales", &sale).await.expect(201);
        } else {
            let sale = json!({"customer_type": "Walk-in", "lines": lines, "payments": payments});
            act(&ama, &id, "resell", sale).await.expect(201);
        }
        let resold = ama.get(&format!("/preorders/{id}")).await.expect(200);
        let s = &resold["settlement"];
        assert_eq!(
            (&resold["status"], &resold["resale_recovery_amount"]),
            (&json!("Resold"), &json!(resale))
        );
        assert_eq!(
            (&s["kept"], &s["to_customer"], &s["by_customer"]),
            (&json!(kept), &json!(back), &json!(owed))
        );
        let paper = format!("/preorders/{id}/settlement.pdf");
        assert!(!desk.save(&paper).await.is_empty());
        assert!(
            desk.get(&format!("/preorders/{id}"))
                .await
                .expect(200)
                .has(&paper)
        );
        if *back != "0.00" {
            refused(
                act(&ama, &id, "close", json!({})).await,
                403,
                "refund_needs_manager",
                "Manager",
            );
        }
        let closed = act(&kwame, &id, "close", json!({"reason": "Settled"}))
            .await
            .expect(200);
        assert_eq!(
            (&closed["status"], &closed["deposit_held"]),
            (&json!("Closed"), &json!("0.00"))
        );
        assert_eq!(closed["settlement"]["still_owed"], *owed);
        let shortfall = act(&ama, &id, "shortfall", json!({"payment_method": "Cash"})).await;
        if *owed == "0.00" {
            refused(shortfall, 409, "nothing_owed", "Nothing is owed");
        } else {
            assert_eq!(shortfall.expect(201)["settlement"]["still_owed"], "0.00");
            refused(
                act(&ama, &id, "shortfall", json!({"payment_method": "Cash"})).await,
                409,
                "nothing_owed",
                "Nothing is owed",
            );
        }
    }
    assert_eq!(held(&stage).await, 0);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn given_up_before_it_is_ordered() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let id = taken(&ama, json!({"deposit_amount": "300"})).await["id"].clone();
    act(&ama, &id, "deposit", json!({"payment_method": "Cash"}))
        .await
        .expect(201);
    let list = ama.get("/preorder-deposits").await.expect(200);
    assert_eq!(
        (
            &list["data"][0]["deposit_held"],
            &list["data"][0]["preorder_number"]
        ),
        (&json!("300.00"), &json!("PRE-000001"))
    );
    refused(
        act(&ama, &id, "close", json!({})).await,
        403,
        "refund_needs_manager",
        "300.00",
    );
    let closed = act(
        &kwame,
        &id,
        "close",
        json!({"payment_method": "MoMo", "reference": "R1", "reason": "Moved away"}),
    )
    .await
    .expect(200);
    assert_eq!(
        (&closed["status"], &closed["deposit_paid"]),
        (&json!("Closed"), &json!(false))
    );
    assert_eq!(
        (
            &closed["deposits"][1]["kind"],
            &closed["deposits"][1]["payment_method"]
        ),
        (&json!("Refund"), &json!("MoMo"))
    );
    assert_eq!(ama.get("/preorder-deposits").await.expect(200)["data"], json!([]));
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn what_never_sells_is_settled_by_a_managers_word() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let word =
        |worth: &str| json!({"resale_recovery_amount": worth, "reason": "The screen died on the shelf"});
    let early = at(&ama, PreorderStatus::InTransit, None, json!({})).await;
    refused(
        act(&kwame, &early, "decide-value", word("1.00")).await,
        409,
        "preorder_status",
        "arrive",
    );
    let id = at(&ama, PreorderStatus::Rejected, Some(device), json!({})).await;
    act(&ama, &id, "decide-value", word("5800.00")).await.expect(403);
    refused(
        act(&kwame, &id, "decide-value", word("6500.01")).await,
        422,
        "/resale_recovery_amount",
        "agreed",
    );
    refused(
        act(&kwame, &id, "decide-value", word("-1")).await,
        422,
        "/resale_recovery_amount",
        "",
    );
    refused(
        act(
            &kwame,
            &id,
            "decide-value",
            json!({"resale_recovery_amount": "0", "reason": " "}),
        )
        .await,
        422,
        "/reason",
        "",
    );
    let decided = act(&kwame, &id, "decide-value", word("5800.00"))
        .await
        .expect(200);
    let s = &decided["settlement"];
    assert_eq!(
        (
            &decided["status"],
            &decided["resale_invoice_id"],
            &s["kept"],
            &s["by_customer"]
        ),
        (&json!("Resold"), &json!(null), &json!("500.00"), &json!("200.00"))
    );
    // What it brings one day is the shop's: the settlement stays.
    let sale = json!({"customer_type": "Walk-in", "lines": [{"asset_id": device, "unit_price": "6500.00"}], "payments": [{"payment_method": "Cash", "amount": "6500.00"}]});
    ama.post("/sales", &sale).await.expect(201);
    let closed = act(&ama, &id, "close", json!({"payment_method": "Cash"}))
        .await
        .expect(200);
    assert_eq!(
        (
            &closed["status"],
            &closed["deposit_held"],
            &closed["resale_recovery_amount"]
        ),
        (&json!("Closed"), &json!("0.00"), &json!("5800.00"))
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn what_never_comes_is_called_off_with_its_deposit() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let why = json!({"reason": "The supplier closed down"});
    for status in PreorderStatus::ALL {
        let device = stage.ready_device(&format!("OFF-{status:?}")).await;
        let id = at(&kwame, *status, Some(device), json!({})).await;
        act(&ama, &id, "call-off", why.clone()).await.expect(403);
        if !status.is_awaited() {
            refused(
                act(&kwame, &id, "call-off", why.clone()).await,
                409,
                "preorder_status",
                "PRE-",
            );
            continue;
        }
        refused(
            act(&kwame, &id, "call-off", json!({"reason": "  "})).await,
            422,
            "/reason",
            "",
        );
        let off = act(&kwame, &id, "call-off", why.clone()).await.expect(200);
        assert_eq!(
            (
                &off["status"],
                &off["allowed"],
                &off["deposit_held"],
                &off["is_overdue"]
            ),
            (&json!(status.as_str()), &json!([]), &json!("0.00"), &json!(false))
        );
        let back = &off["deposits"][1];
        assert_eq!(
            (&back["kind"], &back["amount"], &back["payment_method"]),
            (&json!("Refund"), &json!("500.00"), &json!("Cash"))
        );
        for step in [
            "order",
            "in-transit",
            "arrive",
            "notify",
            "pick-up",
            "reject",
            "resell",
            "close",
            "call-off",
        ] {
            let body = if step == "call-off" {
                why.clone()
            } else {
                body_of(step, Some(device))
            };
            refused(
                act(&kwame, &id, step, body).await,
                409,
                "preorder_called_off",
                "new preorder",
            );
        }
        let fits = ama
            .get(&format!(
                "/preorders?is_called_off=true&status={}",
                status.as_str().replace(' ', "%20")
            ))
            .await
            .expect(200);
        assert_eq!(fits["data"].as_array().unwrap().len(), 1);
        // Neither by SQL: the database holds the ending itself.
        let mut app = stage.bizhub_app().await;
        let moved = sqlx::query("UPDATE preorders SET status = CASE status WHEN 'Ordered' THEN 'In Transit' ELSE 'Arrived' END, asset_id = $2 WHERE id = $1")
            .bind(i32::try_from(id.as_i64().unwrap()).unwrap())
            .bind((*status == PreorderStatus::InTransit).then_some(device))
            .execute(&mut app)
            .await;
        assert!(moved.unwrap_err().to_string().contains("called off"));
    }
    // Without its refund nothing is called off: the commit refuses.
    let id = at(&kwame, PreorderStatus::Ordered, Some(device), json!({})).await;
    let mut app = stage.bizhub_app().await;
    let alone =
        sqlx::query("UPDATE preorders SET called_off_at = now(), called_off_reason = 'No' WHERE id = $1")
            .bind(i32::try_from(id.as_i64().unwrap()).unwrap())
            .execute(&mut app)
            .await;
    assert!(alone.unwrap_err().to_string().contains("goes back with it"));
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_claimed_deposit_waits_for_a_manager_and_a_reference_pays_once() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let id = taken(&ama, json!({})).await["id"].clone();
    refused(
        act(
            &ama,
            &id,
            "deposit",
            json!({"payment_method": "Cash", "claimed": true}),
        )
        .await,
        422,
        "/claimed",
        "MoMo or bank",
    );
    let claim = json!({"payment_method": "MoMo", "reference": "MP 1", "claimed": true});
    let claimed = act(&ama, &id, "deposit", claim.clone()).await.expect(201);
    assert_eq!(
        (&claimed["deposit_paid"], &claimed["deposit_claimed"]),
        (&json!(false), &json!(true))
    );
    refused(
        act(&ama, &id, "order", json!({})).await,
        409,
        "deposit_needed",
        "only claimed",
    );
    refused(
        act(&kwame, &id, "close", json!({})).await,
        409,
        "deposit_claimed",
        "confirmed",
    );
    act(&ama, &id, "deposit/confirm", json!({})).await.expect(403);
    act(
        &kwame,
        &id,
        "deposit/reject",
        json!({"reason": "Not on the statement"}),
    )
    .await
    .expect(200);
    assert_eq!(held(&stage).await, 0);
    let again = act(
        &ama,
        &id,
        "deposit",
        json!({"payment_method": "MoMo", "reference": "MP2", "claimed": true}),
    )
    .await
    .expect(201);
    assert_eq!(again["deposits"][0]["confirmed"], false);
    let confirmed = act(&kwame, &id, "deposit/confirm", json!({})).await.expect(200);
    assert_eq!(confirmed["deposit_paid"], true);
    refused(
        act(&kwame, &id, "deposit/confirm", json!({})).await,
        409,
        "deposit_not_claimed",
        "waits",
    );
    act(&ama, &id, "order", json!({})).await.expect(200);

    // The reference of a deposit pays no invoice, that of an invoice no deposit, and none two deposits.
    let sale = |reference: &str| json!({"customer_type": "Walk-in", "lines": [{"serial_number": "SN-1"}], "payments": [{"payment_method": "MoMo", "amount": "5000.00", "reference": reference}]});
    refused(
        ama.post("/sales", &sale("mp2")).await,
        409,
        "reference_used",
        "the deposit of PRE-000001",
    );
    ama.post("/sales", &sale("MP3")).await.expect(201);
    let second = taken(&ama, json!({})).await["id"].clone();
    for (reference, says) in [("m p 3", "paid INV-00"), ("MP2", "the deposit of PRE-000001")] {
        let body = json!({"payment_method": "MoMo", "reference": reference});
        refused(
            act(&ama, &second, "deposit", body).await,
            409,
            "reference_used",
            says,
        );
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_device_and_many_who_want_it() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    for round in 0..3 {
        let device = stage.ready_device(&format!("SN-{round}")).await;
        let mut waiting = Vec::new();
        for _ in 0..4 {
            waiting.push(at(&ama, PreorderStatus::InTransit, None, json!({})).await);
        }
        let mut races = tokio::task::JoinSet::new();
        for id in waiting {
            let ama = ama.clone();
            races.spawn(async move { act(&ama, &id, "arrive", json!({"asset_id": device})).await });
        }
        for _ in 0..2 {
            let ama = ama.clone();
            let sale = json!({"customer_type": "Walk-in", "lines": [{"asset_id": device}], "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
            races.spawn(async move { ama.post("/sales", &sale).await });
        }
        let answers = races.join_all().await;
        assert_eq!(
            answers.iter().filter(|a| matches!(a.status, 200 | 201)).count(),
            1,
            "{answers:?}"
        );
        for lost in answers.iter().filter(|a| !matches!(a.status, 200 | 201)) {
            let detail = lost.json["detail"].as_str().unwrap_or_default();
            assert!(
                lost.status == 409 && (detail.contains("PRE-") || detail.contains("INV-")),
                "{}",
                lost.json
            );
        }
    }
    // One preorder picked up by eight clerks at once
    let device = stage.ready_device("SN-9").await;
    let id = at(&ama, PreorderStatus::CustomerNotified, Some(device), json!({})).await;
    let mut races = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (ama, id) = (ama.clone(), id.clone());
        races.spawn(async move { act(&ama, &id, "pick-up", body_of("pick-up", None)).await.status });
    }
    let mut answers = races.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409, 409, 409, 409, 409, 409]);
    // What was rejected is resold by its preorder and by the till at once
    let device = stage.ready_device("SN-10").await;
    let id = at(&ama, PreorderStatus::Rejected, Some(device), json!({})).await;
    let sale = body_of("resell", Some(device));
    let (here, there) = tokio::join!(act(&ama, &id, "resell", sale.clone()), ama.post("/sales", &sale));
    let mut answers = [here.status, there.status];
    answers.sort_unstable();
    assert_eq!(answers, [201, 409], "{} {}", here.json, there.json);
    assert_eq!(
        ama.get(&format!("/preorders/{id}")).await.expect(200)["status"],
        "Resold"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn bad_input_names_its_field() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    for (body, at) in [
        (json!({"requested_specs": "x"}), "/customer_id"),
        (json!({"requested_specs": "x", "customer_id": 99}), "/customer_id"),
        (
            json!({"requested_specs": " ", "customer_id": 1}),
            "/requested_specs",
        ),
        (
            json!({"requested_specs": "x", "customer": {"full_name": "A", "phone": "0244123456"}, "deposit_amount": "0"}),
            "/deposit_amount",
        ),
        (
            json!({"requested_specs": "x", "customer": {"full_name": "A", "phone": "0244123456"}, "target_price_min": "2", "target_price_max": "1"}),
            "/target_price_max",
        ),
        (
            json!({"requested_specs": "x", "customer": {"full_name": "A", "phone": "0244123456"}, "product_model_id": 99}),
            "/product_model_id",
        ),
        (
            json!({"requested_specs": "x", "customer": {"full_name": "A", "phone": "0244123456"}, "assigned_to": 999}),
            "/assigned_to",
        ),
        (
            json!({"requested_specs": "x", "customer": {"full_name": "A", "phone": "0244123456"}, "wanted_grade": "D"}),
            "/wanted_grade",
        ),
    ] {
        refused(ama.post("/preorders", &body).await, 422, at, "");
    }
    let id = at(&ama, PreorderStatus::InTransit, None, json!({})).await;
    refused(
        act(&ama, &id, "arrive", json!({"asset_id": 99})).await,
        422,
        "/asset_id",
        "no device",
    );
    let broken = stage.ready_device("SN-1").await;
    let yaw = server.api(Role::Warehouse).await;
    yaw.post(
        &format!("/assets/{broken}/status"),
        &json!({"status": "Not Sellable", "reason": "Locked"}),
    )
    .await
    .expect(200);
    refused(
        act(&ama, &id, "arrive", json!({"asset_id": broken})).await,
        409,
        "device_not_available",
        "Not Sellable (Locked)",
    );
    let device = stage.ready_device("SN-2").await;
    act(&ama, &id, "arrive", json!({"asset_id": device}))
        .await
        .expect(200);
    refused(
        act(&ama, &id, "notify", json!({"channel": "Pigeon"})).await,
        422,
        "/channel",
        "WhatsApp",
    );
    refused(
        act(&ama, &id, "reject", json!({"reason": ""})).await,
        422,
        "/reason",
        "",
    );
    ama.post("/preorders/99/order", &json!({})).await.expect(404);
    ama.get("/preorders/99/events").await.expect(404);
    // Phones are masked for those who may only read.
    let seen = yaw.get(&format!("/preorders/{id}")).await.expect(200);
    assert!(seen["customer_phone"].as_str().unwrap().contains('•'), "{seen}");
    yaw.get("/preorder-deposits").await.expect(403);
    let stale = ama
        .request(reqwest::Method::POST, &format!("/preorders/{id}/notify"))
        .header("If-Match", "\"0\"")
        .send()
        .await
        .unwrap();
    assert_eq!(stale.status().as_u16(), 412);
}

#[tokio::test]
async fn in_the_browser() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (ama, kofi) = (
        server.browser(Role::Sales).await,
        server.browser(Role::Technician).await,
    );
    let form = ama.get("/preorders/new").await.expect(200);
    assert_eq!(form.field("deposit_amount"), "500.00");
    let key = form.field("form_key");
    let wrong = [
        ("form_key", key.as_str()),
        ("requested_specs", "EliteBook 840 G5 for Esi"),
        ("agreed_price", "x"),
        ("deposit_amount", "500"),
    ];
    let shown = ama.post("/preorders/new", &wrong).await.expect(422);
    assert!(
        shown.has("EliteBook 840 G5 for Esi") && shown.has("agreed_price-error"),
        "{}",
        shown.text
    );
    let nobody = [
        ("form_key", "a"),
        ("requested_specs", "EliteBook 840 G5"),
        ("deposit_amount", "500"),
    ];
    assert!(
        ama.post("/preorders/new", &nobody)
            .await
            .expect(422)
            .has("find-error")
    );
    let good = [
        ("form_key", "b"),
        ("requested_specs", "EliteBook 840 G5"),
        ("agreed_price", "6,500"),
        ("deposit_amount", "500"),
        ("full_name", "Esi Quaye"),
        ("phone", "0244123456"),
    ];
    assert_eq!(
        ama.post("/preorders/new", &good).await.expect(303).location,
        "/preorders/1"
    );
    assert_eq!(
        ama.post("/preorders/new", &good).await.expect(303).location,
        "/preorders/1",
        "a second click makes no second one"
    );
    let find = [
        ("form_key", "c"),
        ("act", "find"),
        ("find", "Esi"),
        ("requested_specs", "Another"),
        ("deposit_amount", "500"),
    ];
    let found = ama.post("/preorders/new", &find).await.expect(200);
    assert!(found.has("Esi Quaye") && found.has("Another"));
    let by_enter = [
        ("form_key", "d"),
        ("act", "find"),
        ("find", ""),
        ("requested_specs", "Another"),
        ("deposit_amount", "500"),
    ];
    ama.post("/preorders/new", &by_enter).await.expect(422);

    let page = ama.get("/preorders/1").await.expect(200);
    assert!(page.has("Next: take the deposit") && page.has("Give it up"));
    assert!(
        !kofi
            .get("/preorders/1")
            .await
            .expect(200)
            .has("<form class=\"stack\""),
        "who may only read has no forms"
    );
    for (step, fields) in [
        ("deposit", vec![("payment_method", "Cash"), ("amount", "500.00")]),
        ("order", vec![]),
        ("in-transit", vec![]),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("form_key", step)]).collect();
        ama.post(&format!("/preorders/1/{step}"), &fields)
            .await
            .expect(303);
    }
    assert!(
        ama.get(&format!("/devices/{device}"))
            .await
            .expect(200)
            .has("A preorder waits")
    );
    assert!(ama.get("/preorders/1").await.expect(200).has("It is this one"));
    let shown = ama
        .post("/preorders/1/arrive", &[("form_key", "x"), ("code", "NO-SUCH")])
        .await
        .expect(422);
    assert!(shown.has("NO-SUCH") && shown.has("code-error"));
    ama.post(
        "/preorders/1/arrive",
        &[("form_key", "y"), ("code", "p4t-000001")],
    )
    .await
    .expect(303);
    assert!(
        ama.get(&format!("/devices/{device}"))
            .await
            .expect(200)
            .has("PRE-000001 for Esi Quaye")
    );
    let arrived = ama.get("/preorders/1").await.expect(200);
    assert!(
        arrived.has("/messages/new?kind=Preorder+Arrived") && !arrived.has("wa.me"),
        "the customer is written to through the outbox: {}",
        arrived.text
    );
    let sent = [
        ("form_key", "w"),
        ("kind", "Preorder Arrived"),
        ("channel", "WhatsApp"),
        ("preorder_id", "1"),
    ];
    ama.post("/messages/new", &sent).await.expect(200);
    let told = ama.get("/preorders/1").await.expect(200);
    assert!(told.has("/messages/1") && told.has("Preorder Arrived by WhatsApp"));
    ama.post("/preorders/1/notify", &[("form_key", "z"), ("channel", "SMS")])
        .await
        .expect(303);
    let page = ama.get("/preorders/1").await.expect(200);
    assert_eq!(
        (page.field("unit_price"), page.field("payments_0_amount")),
        ("6500.00".into(), "6000.00".into())
    );
    let too_little = [
        ("form_key", "p"),
        ("unit_price", "6500"),
        ("payments_0_payment_method", "Cash"),
        ("payments_0_amount", "10"),
    ];
    let shown = ama.post("/preorders/1/pick-up", &too_little).await.expect(422);
    assert!(
        shown.has("is still to pay") && shown.field("payments_0_amount") == "10",
        "{}",
        shown.text
    );
    let all = [
        ("form_key", "q"),
        ("unit_price", "6,500"),
        ("payments_0_payment_method", "Cash"),
        ("payments_0_amount", "6,000"),
    ];
    ama.post("/preorders/1/pick-up", &all).await.expect(303);
    ama.post("/preorders/1/pick-up", &all).await.expect(303);
    assert!(
        ama.get("/preorders/1")
            .await
            .expect(200)
            .has("Picked up with INV-00")
    );
    for path in [
        "/preorders",
        "/preorders/list?q=esi",
        "/customers/1?tab=preorders",
    ] {
        assert!(ama.get(path).await.expect(200).has("PRE-000001"), "{path}");
    }
    for path in ["/preorders/1/agreement.pdf", "/preorders/1/deposit.pdf"] {
        assert_eq!(
            ama.get(path).await.expect(200).headers["content-type"],
            "application/pdf"
        );
    }
    ama.post("/preorders/1/no-such-step", &[]).await.expect(404);
    let file = ama.get("/preorders/deposits?format=csv").await.expect(200);
    assert!(
        file.has("preorder_number,customer_name,customer_phone,status"),
        "{}",
        file.text
    );
    kofi.get("/preorders/deposits").await.expect(403);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

/// Random lives, run by the database's own triggers as the application's role; what must be held is kept beside them.
const LIVES: &str = "
CREATE FUNCTION pg_temp.lives(first integer, many integer) RETURNS TABLE (expected numeric, shortfalls numeric) LANGUAGE plpgsql AS $$
DECLARE
  n integer; p integer; d integer; i integer; dep numeric; price numeric; resale numeric; loss numeric; fate integer; ends integer;
BEGIN
  expected := 0; shortfalls := 0;
  FOR n IN first..(first + many - 1) LOOP
    fate := floor(random() * 10); ends := floor(random() * 4);
    dep := round((100 + random() * 900)::numeric, 2); price := round((300 + random() * 6000)::numeric, 2);
    INSERT INTO preorders (customer_id, requested_specs, agreed_price) VALUES (1, 'x', price) RETURNING id INTO p;
    CONTINUE WHEN fate = 0;
    IF fate = 1 THEN UPDATE preorders SET status = 'Closed' WHERE id = p; CONTINUE; END IF;
    INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount, reference, claimed)
    VALUES (p, 'Deposit', CASE WHEN n % 2 = 0 THEN 'MoMo' ELSE 'Cash' END, dep, CASE WHEN n % 2 = 0 THEN 'R' || n END, n % 2 = 0 AND fate = 2);
    IF fate = 2 THEN
      IF n % 2 = 0 THEN
        INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (p, 'Refund', 'MoMo', dep) RETURNING id INTO i;
        INSERT INTO preorder_deposit_decisions (deposit_id, confirmed, refund_id, reason)
        SELECT min(id), false, i, 'never came' FROM preorder_deposits WHERE preorder_id = p;
      ELSIF ends = 0 THEN
        INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (p, 'Refund', 'Cash', dep);
        UPDATE preorders SET status = 'Closed' WHERE id = p;
      ELSE
        expected := expected + dep;
      END IF;
      CONTINUE;
    END IF;
    UPDATE preorders SET status = 'Ordered' WHERE id = p;
    UPDATE preorders SET status = 'In Transit' WHERE id = p;
    IF fate = 3 THEN expected := expected + dep; CONTINUE; END IF;
    d := n;
    UPDATE preorders SET status = 'Arrived', asset_id = d WHERE id = p;
    IF fate = 4 THEN expected := expected + dep; CONTINUE; END IF;
    IF fate <= 6 THEN
      UPDATE preorders SET status = 'Customer Notified' WHERE id = p;
      INSERT INTO invoices (customer_id, customer_type, subtotal, total_amount) VALUES (1, 'Retail', price, price) RETURNING id INTO i;
      INSERT INTO invoice_lines (invoice_id, line_number, asset_id, item_description, unit_price, line_total) VALUES (i, 1, d, 'x', price, price);
      INSERT INTO payments (invoice_id, payment_method, amount, preorder_id) VALUES (i, 'Other', least(dep, price), p);
      IF price > dep THEN INSERT INTO payments (invoice_id, payment_method, amount) VALUES (i, 'Cash', price - dep); END IF;
      UPDATE invoices SET status = 'Paid' WHERE id = i;
      UPDATE assets SET status = 'Sold' WHERE id = d;
      UPDATE preorders SET status = 'Picked Up', invoice_id = i WHERE id = p;
      IF ends = 0 THEN
        IF dep > price THEN INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (p, 'Refund', 'Cash', dep - price); END IF;
        UPDATE preorders SET status = 'Closed' WHERE id = p;
      ELSE
        expected := expected + greatest(dep - price, 0);
      END IF;
      CONTINUE;
    END IF;
    UPDATE preorders SET status = 'Rejected', rejection_reason = 'x' WHERE id = p;
    IF fate = 7 THEN expected := expected + dep; CONTINUE; END IF;
    resale := round((price * (0.5 + random() * 0.7))::numeric, 2);
    INSERT INTO invoices (customer_type, subtotal, total_amount) VALUES ('Walk-in', resale, resale) RETURNING id INTO i;
    INSERT INTO invoice_lines (invoice_id, line_number, asset_id, item_description, unit_price, line_total) VALUES (i, 1, d, 'x', resale, resale);
    INSERT INTO payments (invoice_id, payment_method, amount) VALUES (i, 'Cash', resale);
    UPDATE invoices SET status = 'Paid' WHERE id = i;
    UPDATE assets SET status = 'Sold' WHERE id = d;
    IF fate = 8 THEN expected := expected + dep; CONTINUE; END IF;
    loss := greatest(price - resale, 0);
    IF loss > 0 THEN INSERT INTO preorder_deposits (preorder_id, kind, amount) VALUES (p, 'Kept', least(loss, dep)); END IF;
    IF dep > loss THEN INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (p, 'Refund', 'Cash', dep - loss); END IF;
    UPDATE preorders SET status = 'Closed' WHERE id = p;
    IF loss > dep AND ends = 0 THEN
      INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount) VALUES (p, 'Shortfall', 'Cash', loss - dep);
      shortfalls := shortfalls + loss - dep;
    END IF;
  END LOOP;
  RETURN NEXT;
END;
$$";

/// BIZHUB_LIVES=10000 runs as many.
#[tokio::test]
async fn all_deposits_held_are_the_books_after_many_lives() {
    let lives: i32 = std::env::var("BIZHUB_LIVES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(600);
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    let mut conn = stage.superuser().await;
    conn.execute("INSERT INTO customers (customer_type, full_name, phone) VALUES ('Retail', 'Esi', '+233244123456'); SET session_replication_role = replica")
        .await
        .unwrap();
    // Devices that are ready, as many as there are lives: made by the device that is, with its history.
    sqlx::query(
        "INSERT INTO assets (id, asset_tag, serial_number, product_model_id, status, status_entry, condition_grade, received_date, location_id)
         SELECT n, 'P4T-' || lpad(n::text, 6, '0'), 'LIFE-' || n, product_model_id, status, status_entry, condition_grade, received_date, location_id
         FROM assets, generate_series(2, $1) n WHERE id = 1",
    )
    .bind(lives)
    .execute(&mut conn)
    .await
    .unwrap();
    conn.execute("SET session_replication_role = origin; SET ROLE bizhub_app; SELECT set_config('bizhub.user_id', '2', false)")
        .await
        .unwrap();
    conn.execute(sqlx::raw_sql(LIVES)).await.unwrap();
    let (mut expected, mut shortfalls) = (domain::Money::ZERO, domain::Money::ZERO);
    // Some at a time, each in a transaction of its own and planned for what is there by then.
    for first in (1..=lives).step_by(250) {
        let many = 250.min(lives - first + 1);
        let (held, short): (domain::Money, domain::Money) =
            sqlx::query_as("SELECT * FROM pg_temp.lives($1, $2)")
                .bind(first)
                .bind(many)
                .fetch_one(&mut conn)
                .await
                .unwrap();
        expected = expected.checked_add(held).unwrap();
        shortfalls = shortfalls.checked_add(short).unwrap();
        stage.superuser().await.execute("VACUUM ANALYZE").await.unwrap();
    }
    let (list, books, paid): (domain::Money, domain::Money, domain::Money) = sqlx::query_as(
        "SELECT (SELECT sum(held) FROM view_preorder_deposits),
                (SELECT sum(CASE kind WHEN 'Deposit' THEN amount WHEN 'Shortfall' THEN 0 ELSE -amount END) FROM preorder_deposits)
                  - (SELECT sum(amount) FROM payments WHERE preorder_id IS NOT NULL),
                (SELECT coalesce(sum(amount), 0) FROM preorder_deposits WHERE kind = 'Shortfall')",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!((list, books, paid), (expected, expected, shortfalls));
    let broken = stage.broken_books().await;
    let of_preorders: Vec<&String> = broken
        .iter()
        .filter(|b| b.contains("deposit") || b.contains("preorder") || b.contains("settled"))
        .collect();
    assert_eq!(of_preorders, Vec::<&String>::new());
}
