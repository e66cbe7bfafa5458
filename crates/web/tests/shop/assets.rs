//! Devices from the door to the shelf, over the API: Yaw receives, Kofi tests, wipes and grades.

use domain::asset::status::{MOVES, allowed_from};
use domain::{AssetStatus, Category, Role};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor, Row};
use stage::Stage;
use stage::http::{Api, Server};

/// A model with prices for grades A and B, made by Kwame.
async fn elitebook(server: &Server) -> i64 {
    let kwame = server.api(Role::Manager).await;
    let body = json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G7", "cpu": "i5-10310U", "ram": "16GB",
        "storage": "512GB SSD", "default_price_grade_a": "4900.00", "default_price_grade_b": "4400.00"});
    kwame.post("/product-models", &body).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

async fn charger(server: &Server) -> i64 {
    let kwame = server.api(Role::Manager).await;
    let body = json!({"category": "Accessory", "brand": "HP", "model_name": "USB-C dock", "default_price_grade_a": "600.00"});
    kwame.post("/product-models", &body).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

async fn received(api: &Api, model: i64, serial: &str) -> i64 {
    let body = json!({"serial_number": serial, "product_model_id": model});
    api.post("/assets", &body).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

fn found(result: &str) -> Value {
    json!({"checklist_data": {"display": "pass", "ports": "1 USB-A port not working"}, "overall_result": result})
}

#[tokio::test]
async fn yaw_receives_and_kofi_makes_it_ready() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let yaw = server.api(Role::Warehouse).await;
    let body = json!({"serial_number": "5cg 0123 xyz", "product_model_id": model, "supplier": "TechReuse UK",
        "purchase_cost": "2100.00", "landed_cost": "2350.5", "location_id": 4, "accessories_included": "Charger"});
    let device = yaw.post("/assets", &body).await;
    assert!(device.headers.contains_key("etag") && device.headers.contains_key("location"));
    let device = device.expect(201);
    assert_eq!(device["asset_tag"], "P4T-000001");
    assert_eq!(device["status"], "Received");
    assert_eq!(device["received_date"], "2026-01-14");
    assert_eq!(device["landed_cost"], "2350.50");
    assert_eq!(device["product_model"]["model_name"], "EliteBook 840 G7");
    assert_eq!(device["allowed"], json!(["Diagnostics Pending", "Not Sellable"]));
    let id = device["id"].as_i64().unwrap();
    let path = format!("/assets/{id}");

    let kofi = server.api(Role::Technician).await;
    let seen = kofi.get("/assets/by-serial/%205CG0123XYZ").await.expect(200);
    assert_eq!(seen["id"], id);
    assert_eq!(seen["purchase_cost"], Value::Null);
    assert!(
        seen.get("purchase_cost").is_none() && seen.get("landed_cost").is_none(),
        "{seen}"
    );
    assert_eq!(
        kofi.get("/assets/by-tag/p4t-%20000001").await.expect(200)["id"],
        id
    );
    kofi.get("/assets/by-tag/P4T-000002").await.expect(404);
    kofi.get("/assets/by-serial/5CG0123XY").await.expect(404);

    let sent = kofi
        .post(
            &format!("{path}/status"),
            &json!({"status": "Diagnostics Pending"}),
        )
        .await
        .expect(200);
    assert_eq!(sent["status"], "Diagnostics Pending");
    let mut diagnosis = found("Pass with Notes");
    diagnosis["battery_health_percent"] = json!(85);
    diagnosis["notes"] = json!("Left USB-A port is dead.");
    let tested = kofi
        .post(&format!("{path}/diagnostics"), &diagnosis)
        .await
        .expect(201);
    assert_eq!(tested["status"], "Wipe Pending");
    assert_eq!(tested["battery_health_percent"], 85);
    assert_eq!(tested["diagnostics_result"]["technician_name"], "Kofi Owusu");
    assert_eq!(tested["diagnostics_result"]["diagnostic_date"], "2026-01-14");
    assert_eq!(
        tested["diagnostics_result"]["checklist_data"]["ports"],
        "1 USB-A port not working"
    );

    let wiped = kofi
        .post(
            &format!("{path}/wipe-certificates"),
            &json!({"wipe_method": "nist 800-88 clear"}),
        )
        .await
        .expect(201);
    assert_eq!(wiped["status"], "QC Pending");
    assert_eq!(wiped["wipe_certificate"]["wipe_method"], "NIST 800-88 Clear");
    let no_price = kofi
        .post(
            &format!("{path}/quality-check"),
            &json!({"condition_grade": "C", "passed": true}),
        )
        .await
        .expect(409);
    assert_eq!(no_price["code"], "price_missing");
    assert!(
        no_price["detail"]
            .as_str()
            .unwrap()
            .contains("HP EliteBook 840 G7"),
        "{no_price}"
    );
    let check = json!({"condition_grade": "B", "cosmetic_notes": "Scratch on the lid", "passed": true});
    let ready = kofi
        .post(&format!("{path}/quality-check"), &check)
        .await
        .expect(200);
    assert_eq!(ready["status"], "Ready for Sale");
    assert_eq!(ready["condition_grade"], "B");
    assert_eq!(ready["price"], "4400.00");

    let moved = yaw
        .post(
            &format!("{path}/move"),
            &json!({"location_id": 1, "reason": "For the window"}),
        )
        .await
        .expect(200);
    assert_eq!(moved["location_name"], "Shop Floor");
    yaw.post(&format!("{path}/move"), &json!({"location_id": 1}))
        .await
        .expect(200);
    let movements = kofi.get(&format!("{path}/movements")).await.expect(200);
    let rows: Vec<_> = movements["data"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|m| {
            (
                m["to_status"].as_str().unwrap(),
                m["moved_by_name"].as_str().unwrap(),
                m["reason"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("Received", "Yaw Darko", "Received from TechReuse UK"),
            ("Diagnostics Pending", "Kofi Owusu", "Send to diagnostics"),
            (
                "Wipe Pending",
                "Kofi Owusu",
                "Diagnostics: Pass with Notes. Ports: 1 USB-A port not working. Left USB-A port is dead."
            ),
            ("QC Pending", "Kofi Owusu", "Wiped: NIST 800-88 Clear"),
            (
                "Ready for Sale",
                "Kofi Owusu",
                "Quality check passed: grade B. Scratch on the lid"
            ),
            ("Ready for Sale", "Yaw Darko", "For the window"),
        ]
    );
    assert_eq!(movements["data"][0]["to_location_name"], "Shop Floor");
    kofi.get(&format!("{path}/movements?asset_id=2"))
        .await
        .expect(422);
    kofi.get("/assets/999/movements").await.expect(404);

    let wipes = kofi.get(&format!("{path}/wipe-certificates")).await.expect(200);
    let certificate = wipes["data"][0]["id"].as_i64().unwrap();
    let pdf = kofi
        .request(
            reqwest::Method::GET,
            &format!("{path}/wipe-certificates/{certificate}/document.pdf"),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(pdf.headers()["content-type"], "application/pdf");
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-"));
    kofi.get(&format!(
        "/assets/999/wipe-certificates/{certificate}/document.pdf"
    ))
    .await
    .expect(404);
    kofi.get(&format!("{path}/wipe-certificates/x/document.pdf"))
        .await
        .expect(404);
    assert_eq!(
        kofi.get(&format!("{path}/diagnostics")).await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let list = kofi
        .get("/assets?status=Ready%20for%20Sale&category=Laptop&brand=hp&condition_grade=B&location_id=1")
        .await
        .expect(200);
    assert_eq!(list["data"][0]["id"], id);
    for (query, rows) in [
        ("q=5cg0123", 1),
        ("q=P4T-0000", 1),
        ("q=elitebook%20840", 1),
        ("q=100%25", 0),
        ("q=%5C", 0),
        ("supplier=TechReuse%20UK", 1),
        ("received_date=2026-01-13", 0),
        ("status=Sold", 0),
        ("serial_number=5CG%200123xyz", 1),
        ("sort=asset_tag", 1),
    ] {
        let page = kofi.get(&format!("/assets?{query}")).await.expect(200);
        assert_eq!(page["data"].as_array().unwrap().len(), rows, "{query}");
    }
    kofi.get("/assets?sort=purchase_cost").await.expect(422);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE entity = 'assets'")
            .await,
        6
    );
}

#[tokio::test]
async fn a_failure_goes_to_repair_and_an_accessory_skips_the_wipe() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (model, dock) = (elitebook(&server).await, charger(&server).await);
    let yaw = server.api(Role::Warehouse).await;
    let kofi = server.api(Role::Technician).await;
    let laptop = format!("/assets/{}", received(&yaw, model, "A1").await);
    kofi.post(
        &format!("{laptop}/status"),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    let failed = kofi
        .post(&format!("{laptop}/diagnostics"), &found("Fail"))
        .await
        .expect(201);
    assert_eq!(failed["status"], "Repair Hold");
    let back = kofi
        .post(
            &format!("{laptop}/status"),
            &json!({"status": "Diagnostics Pending"}),
        )
        .await
        .expect(200);
    assert_eq!(back["status"], "Diagnostics Pending");
    // The old result does not count for the new stay.
    kofi.post(
        &format!("{laptop}/wipe-certificates"),
        &json!({"wipe_method": "DoD 3-pass"}),
    )
    .await
    .expect(409);

    let dock = format!("/assets/{}", received(&yaw, dock, "D1").await);
    kofi.post(
        &format!("{dock}/status"),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    assert_eq!(
        kofi.post(&format!("{dock}/diagnostics"), &found("Pass"))
            .await
            .expect(201)["status"],
        "QC Pending"
    );
    let poor = kofi
        .post(
            &format!("{dock}/quality-check"),
            &json!({"condition_grade": "A", "passed": false}),
        )
        .await
        .expect(200);
    assert_eq!(poor["status"], "Repair Hold");
    kofi.post(&format!("{dock}/status"), &json!({"status": "QC Pending"}))
        .await
        .expect(200);
    let good = kofi
        .post(
            &format!("{dock}/quality-check"),
            &json!({"condition_grade": "A", "passed": true}),
        )
        .await
        .expect(200);
    assert_eq!(good["price"], "600.00");
}

#[tokio::test]
async fn refusals_say_where_a_device_can_go() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let yaw = server.api(Role::Warehouse).await;
    let kofi = server.api(Role::Technician).await;
    let path = format!("/assets/{}", received(&yaw, model, "A1").await);
    let refused = kofi
        .post(&format!("{path}/status"), &json!({"status": "Sold"}))
        .await
        .expect(409);
    assert_eq!(refused["code"], "status_not_allowed");
    assert_eq!(
        refused["allowed"],
        json!(["Diagnostics Pending", "Not Sellable", "Scrapped"])
    );
    for (call, body) in [
        ("diagnostics", found("Pass")),
        ("wipe-certificates", json!({"wipe_method": "Quick Format"})),
        ("quality-check", json!({"condition_grade": "A", "passed": true})),
        ("quality-check", json!({"condition_grade": "C", "passed": false})),
    ] {
        let refused = kofi.post(&format!("{path}/{call}"), &body).await.expect(409);
        assert_eq!(refused["code"], "status_not_allowed", "{call}");
        assert!(
            refused["allowed"].as_array().is_some_and(|a| a.len() == 3),
            "{call}: {refused}"
        );
    }
    let silent = kofi
        .post(
            &format!("{path}/status"),
            &json!({"status": "Not Sellable", "reason": " "}),
        )
        .await
        .expect(422);
    assert_eq!(silent["errors"][0]["pointer"], "/reason");
    kofi.post(
        &format!("{path}/status"),
        &json!({"status": "Scrapped", "reason": "Drowned"}),
    )
    .await
    .expect(403);
    let kept = yaw
        .post(
            &format!("{path}/status"),
            &json!({"status": "Not Sellable", "reason": "Cracked board"}),
        )
        .await
        .expect(200);
    assert_eq!(kept["not_sellable_reason"], "Cracked board");
    let back = yaw
        .post(
            &format!("{path}/status"),
            &json!({"status": "Diagnostics Pending"}),
        )
        .await
        .expect(200);
    assert_eq!(back["not_sellable_reason"], Value::Null);
    // What is written waits for the record that justifies it.
    let early = kofi
        .post(&format!("{path}/status"), &json!({"status": "Wipe Pending"}))
        .await
        .expect(409);
    assert!(
        early["detail"].as_str().unwrap().contains("record a result"),
        "{early}"
    );
    let blancco = json!({"wipe_method": "blancco"});
    let nameless = kofi
        .post(&format!("{path}/wipe-certificates"), &blancco)
        .await
        .expect(422);
    assert_eq!(nameless["errors"][0]["pointer"], "/certificate_reference");
    let ama = server.api(Role::Sales).await;
    for (call, body) in [
        ("status", json!({"status": "Diagnostics Pending"})),
        ("move", json!({"location_id": 1})),
        ("diagnostics", found("Pass")),
        ("wipe-certificates", json!({"wipe_method": "Quick Format"})),
        ("quality-check", json!({"condition_grade": "A", "passed": true})),
    ] {
        ama.post(&format!("{path}/{call}"), &body).await.expect(403);
    }
    yaw.post(&format!("{path}/diagnostics"), &found("Pass"))
        .await
        .expect(403);
    kofi.post(&format!("{path}/move"), &json!({"location_id": 1}))
        .await
        .expect(403);
    assert_eq!(stage.count("SELECT count(*) FROM diagnostics_results").await, 0);
    let stale = kofi
        .request(reqwest::Method::POST, &format!("{path}/diagnostics"))
        .header("If-Match", "\"0\"")
        .json(&found("Pass"))
        .send()
        .await
        .unwrap();
    assert_eq!(stale.status(), 412);
}

#[tokio::test]
async fn a_sent_device_waits_for_the_record_it_needs() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let kofi = server.api(Role::Technician).await;
    let path = format!(
        "/assets/{}",
        received(&server.api(Role::Warehouse).await, model, "A1").await
    );
    kofi.post(
        &format!("{path}/status"),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    kofi.post(&format!("{path}/diagnostics"), &found("Pass"))
        .await
        .expect(201);
    kofi.post(
        &format!("{path}/wipe-certificates"),
        &json!({"wipe_method": "DoD 3-pass"}),
    )
    .await
    .expect(201);
    let by_hand = kofi
        .post(&format!("{path}/status"), &json!({"status": "Ready for Sale"}))
        .await
        .expect(409);
    assert_eq!(by_hand["code"], "status_not_allowed");
    assert!(!by_hand["allowed"].as_array().unwrap().contains(&json!("Sold")));
}

/// Puts a device into a state, past the guards: these tests are about who may leave it.
async fn place(stage: &Stage, id: i64, status: AssetStatus) {
    let mut conn = stage.superuser().await;
    let sold = status == AssetStatus::Sold;
    let sql = format!(
        "SET session_replication_role = replica;
         UPDATE assets SET status = '{status}', condition_grade = 'A', not_sellable_reason = 'kept',
                invoice_id = {}, sale_date = {}, sale_price = {} WHERE id = {id}",
        if sold { "1" } else { "NULL" },
        if sold { "'2026-01-14'" } else { "NULL" },
        if sold { "1" } else { "NULL" },
    );
    conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
}

#[tokio::test]
async fn every_pair_of_states_for_every_role() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let id = received(&server.api(Role::Warehouse).await, model, "A1").await;
    for role in Role::ALL {
        let api = server.api(*role).await;
        for from in AssetStatus::ALL {
            for to in AssetStatus::ALL {
                place(&stage, id, *from).await;
                let allowed = api.get(&format!("/assets/{id}")).await.expect(200)["allowed"].clone();
                let body = json!({"status": to, "reason": "tried"});
                let reply = api.post(&format!("/assets/{id}/status"), &body).await;
                let line =
                    allowed_from(*from, Category::Laptop).find(|line| line.to == *to && line.is_plain());
                let expected = match line {
                    _ if *role == Role::Sales => 403,
                    None => 409,
                    Some(line) if role.can(line.capability) => 200,
                    Some(_) => 403,
                };
                assert_eq!(reply.status, expected, "{role}: {from} to {to}: {}", reply.json);
                assert_eq!(
                    allowed.as_array().unwrap().contains(&json!(to)),
                    expected == 200,
                    "{role}: {from} to {to}"
                );
                if expected == 200 {
                    assert_eq!(reply.json["status"], json!(to));
                } else if expected == 409 {
                    assert_eq!(reply.json["code"], "status_not_allowed");
                    let allowed = reply.json["allowed"].as_array().unwrap();
                    assert!(!allowed.contains(&json!(to)), "{from} to {to}: {}", reply.json);
                }
            }
        }
    }
    let plain = MOVES.iter().filter(|line| line.is_plain()).count();
    assert!(plain > 20, "the table has lost its lines");
}

/// Scans that come together are looked up by one statement.
#[tokio::test(flavor = "multi_thread")]
async fn scans_that_come_together_get_each_their_own_device() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, kofi) = (
        server.api(Role::Warehouse).await,
        server.api(Role::Technician).await,
    );
    let model = elitebook(&server).await;
    for n in 0..12 {
        received(&yaw, model, &format!("5CG{n:04}")).await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..48 {
        let (kofi, yaw) = (kofi.clone(), yaw.clone());
        tasks.spawn(async move {
            for round in 0..20 {
                let n = (task * 5 + round * 7) % 16;
                let answer = kofi.get(&format!("/assets/by-serial/5cg%20{n:04}")).await;
                if n < 12 {
                    let device = answer.expect(200);
                    assert_eq!(device["serial_number"], format!("5CG{n:04}"));
                    assert!(
                        device.get("purchase_cost").is_none(),
                        "costs are not for technicians"
                    );
                } else {
                    answer.expect(404);
                }
                if task % 12 == 0 {
                    // What was just written is found.
                    let serial = format!("NEW{task:02}{round:02}");
                    received(&yaw, model, &serial).await;
                    kofi.get(&format!("/assets/by-serial/{serial}")).await.expect(200);
                }
            }
        });
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn sixteen_technicians_wipe_one_device_once() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let kofi = server.api(Role::Technician).await;
    let path = format!(
        "/assets/{}",
        received(&server.api(Role::Warehouse).await, model, "A1").await
    );
    kofi.post(
        &format!("{path}/status"),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    kofi.post(&format!("{path}/diagnostics"), &found("Pass"))
        .await
        .expect(201);
    let tries: Vec<_> = (0..16)
        .map(|n| {
            let (kofi, path) = (kofi.clone(), path.clone());
            tokio::spawn(async move {
                let body = json!({"wipe_method": "DoD 3-pass", "notes": format!("bench {n}")});
                kofi.post(&format!("{path}/wipe-certificates"), &body).await
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for one in tries {
        let reply = one.await.unwrap();
        if reply.status != 201 {
            assert_eq!(reply.json["code"], "status_not_allowed");
        }
        statuses.push(reply.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert!(statuses[1..].iter().all(|s| *s == 409), "{statuses:?}");
    assert_eq!(stage.count("SELECT count(*) FROM wipe_certificates").await, 1);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM inventory_movements WHERE to_status = 'QC Pending'")
            .await,
        1
    );
}

#[tokio::test]
async fn bad_input_is_named_and_leaves_no_trace() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let yaw = server.api(Role::Warehouse).await;
    let kofi = server.api(Role::Technician).await;
    for (extra, pointer) in [
        (json!({"status": "Ready for Sale"}), "/status"),
        (json!({"sale_price": "1.00"}), "/sale_price"),
        (json!({"serial_number": " "}), "/serial_number"),
        (json!({"product_model_id": 999}), "/product_model_id"),
        (json!({"product_model_id": 0}), "/product_model_id"),
        (json!({"location_id": 999}), "/location_id"),
        (json!({"purchase_cost": "-1"}), "/purchase_cost"),
        (json!({"purchase_cost": "1234567890123456.00"}), "/purchase_cost"),
        (json!({"purchase_cost": 5}), "/purchase_cost"),
        (json!({"landed_cost": "1.005"}), "/landed_cost"),
        (json!({"received_date": "14/01/2026"}), "/received_date"),
        (json!({"received_date": "-9999-01-01"}), "/received_date"),
        (json!({"imei_1": "490154203237517"}), "/imei_1"),
        (
            json!({"imei_1": "490154203237518", "imei_2": "49-015420-323751-8"}),
            "/imei_2",
        ),
        (json!({"battery_health_percent": 101}), "/battery_health_percent"),
        (json!({"supplier": "x".repeat(101)}), "/supplier"),
        (json!({"asset_tag": "\u{7}"}), "/asset_tag"),
    ] {
        let mut body = json!({"serial_number": "A1", "product_model_id": model});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let problem = yaw.post("/assets", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let ahead = json!({"serial_number": "A1", "product_model_id": model, "received_date": "2026-01-15"});
    assert_eq!(
        yaw.post("/assets", &ahead).await.expect(409)["code"],
        "day_to_come"
    );
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE entity = 'assets'")
            .await,
        0
    );

    let path = format!("/assets/{}", received(&yaw, model, "5CG 0123").await);
    let there = yaw.get(&path).await.expect(200);
    let tag = there["asset_tag"].as_str().unwrap();
    let twice = yaw
        .post(
            "/assets",
            &json!({"serial_number": "5cg0123", "product_model_id": model}),
        )
        .await
        .expect(409);
    assert_eq!(twice["code"], "serial_taken");
    assert!(twice["detail"].as_str().unwrap().contains(tag), "{twice}");
    let tag = json!({"serial_number": "B", "product_model_id": model, "asset_tag": tag.to_lowercase()});
    yaw.post("/assets", &tag).await.expect(409);
    let price = json!({"serial_number": "B", "product_model_id": model, "list_price": "10.00"});
    yaw.post("/assets", &price).await.expect(403);
    kofi.post(
        &format!("{path}/status"),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    for (data, pointer) in [
        (json!({}), "/checklist_data"),
        (json!({"Display": "pass"}), "/checklist_data"),
        (json!({"display": 1}), "/checklist_data/display"),
        (json!({"display": ""}), "/checklist_data/display"),
        (json!({"display": "x".repeat(501)}), "/checklist_data/display"),
        (json!([]), "/checklist_data"),
    ] {
        let body = json!({"checklist_data": data, "overall_result": "Pass"});
        let problem = kofi.post(&format!("{path}/diagnostics"), &body).await.expect(422);
        assert!(
            problem["errors"][0]["pointer"]
                .as_str()
                .unwrap()
                .starts_with(pointer),
            "{problem}"
        );
    }
    kofi.post(
        &format!("{path}/diagnostics"),
        &json!({"checklist_data": {"a": "pass"}, "overall_result": "Great"}),
    )
    .await
    .expect(422);
    assert_eq!(stage.count("SELECT count(*) FROM diagnostics_results").await, 0);
    for path in ["/assets/0", "/assets/x", "/assets/2147483648", "/assets/999"] {
        yaw.get(path).await.expect(404);
    }
}

#[tokio::test]
async fn details_are_changed_by_those_who_may() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let yaw = server.api(Role::Warehouse).await;
    let kwame = server.api(Role::Manager).await;
    let id = received(&yaw, model, "A1").await;
    let path = format!("/assets/{id}");
    let read = yaw.get(&path).await;
    let etag = read.headers["etag"].to_str().unwrap().to_owned();
    let changed = yaw
        .patch_if(
            &path,
            &etag,
            &json!({"supplier": "Lagos Lots", "purchase_cost": "99.9", "imei_1": null}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed["supplier"], &changed["purchase_cost"]),
        (&json!("Lagos Lots"), &json!("99.90"))
    );
    yaw.patch_if(&path, "\"1\"", &json!({"supplier": null}))
        .await
        .expect(412);
    yaw.patch(&path, &json!({"list_price": "5000.00"}))
        .await
        .expect(403);
    assert_eq!(
        kwame
            .patch(&path, &json!({"list_price": "5000.00"}))
            .await
            .expect(200)["list_price"],
        "5000.00"
    );
    for (field, value) in [
        ("status", json!("Sold")),
        ("location_id", json!(1)),
        ("id", json!(7)),
        ("sale_price", json!("1.00")),
    ] {
        let problem = kwame.patch(&path, &json!({field: value})).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
    }
    for role in [Role::Sales, Role::Technician] {
        server
            .api(role)
            .await
            .patch(&path, &json!({"supplier": "me"}))
            .await
            .expect(403);
    }
    // A device that is ready is never left without a price.
    place(&stage, id, AssetStatus::ReadyForSale).await;
    let mut conn = stage.superuser().await;
    conn.execute("UPDATE product_models SET default_price_grade_a = NULL")
        .await
        .unwrap();
    assert_eq!(
        kwame.patch(&path, &json!({"list_price": null})).await.expect(409)["code"],
        "price_missing"
    );
    let row = conn
        .fetch_one("SELECT list_price::text, supplier FROM assets")
        .await
        .unwrap();
    assert_eq!(row.get::<String, _>(0), "5000.00");
    assert_eq!(row.get::<String, _>(1), "Lagos Lots");
}

#[tokio::test]
async fn a_returned_device_is_wiped_again_before_it_is_sold() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let kofi = server.api(Role::Technician).await;
    let id = received(&server.api(Role::Warehouse).await, model, "A1").await;
    let path = format!("/assets/{id}");
    place(&stage, id, AssetStatus::Returned).await;
    let mut conn = stage.superuser().await;
    conn.execute(
        "SET session_replication_role = replica; UPDATE assets SET status_entry = 9, returned_entry = 9",
    )
    .await
    .unwrap();
    kofi.post(&format!("{path}/status"), &json!({"status": "Repair Hold"}))
        .await
        .expect(200);
    kofi.post(&format!("{path}/status"), &json!({"status": "QC Pending"}))
        .await
        .expect(200);
    let check = json!({"condition_grade": "A", "passed": true});
    let refused = kofi
        .post(&format!("{path}/quality-check"), &check)
        .await
        .expect(409);
    assert_eq!(refused["code"], "status_not_allowed");
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("came back from a customer"),
        "{refused}"
    );
    kofi.post(
        &format!("{path}/status"),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    kofi.post(&format!("{path}/diagnostics"), &found("Pass"))
        .await
        .expect(201);
    kofi.post(
        &format!("{path}/wipe-certificates"),
        &json!({"wipe_method": "DoD 3-pass"}),
    )
    .await
    .expect(201);
    assert_eq!(
        kofi.post(&format!("{path}/quality-check"), &check)
            .await
            .expect(200)["status"],
        "Ready for Sale"
    );
}

/// What is read must be what is shown: no list and no look-up goes through all devices.
#[tokio::test]
async fn no_query_looks_at_every_device() {
    let stage = Stage::open().await;
    let mut conn = stage.superuser().await;
    conn.execute(
        "INSERT INTO product_models (category, brand, model_name, default_price_grade_a)
         SELECT 'Laptop', (ARRAY['HP', 'Dell', 'Lenovo'])[g % 3 + 1], 'Model ' || g, 100 FROM generate_series(1, 300) g;
         SET session_replication_role = replica;
         INSERT INTO assets (asset_tag, serial_number, product_model_id, received_date, status, condition_grade)
         SELECT 'T-' || g, 'S' || g, g % 300 + 1, date '2025-01-01' + g % 370, CASE WHEN g % 5 = 0 THEN 'Ready for Sale' ELSE 'Received' END, 'A'
         FROM generate_series(1, 50000) g;
         RESET session_replication_role; ANALYZE assets; ANALYZE product_models",
    )
    .await
    .unwrap();
    let list = |filters: &[(&str, &str)], q: &str| {
        let request = app::PageRequest {
            limit: 50,
            filters: filters.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
            q: Some(q.into()),
            ..app::PageRequest::default()
        };
        let sql = app::assets::LIST.sql(&request).unwrap();
        let bound = |value: &&str| !sql.contains(&format!("'{value}'"));
        let values: Vec<String> = (filters.iter().map(|(_, v)| *v).filter(bound))
            .map(str::to_owned)
            .collect();
        (sql, values)
    };
    let browse = [
        ("status", "Ready for Sale"),
        ("category", "Laptop"),
        ("brand", "HP"),
    ];
    let mut plans = vec![
        list(&[], ""),
        list(&browse, ""),
        list(&[("serial_number", "s 77")], ""),
    ];
    plans.push((app::assets::FIND_BY_SERIAL.to_owned(), vec!["s 77".into()]));
    for (sql, values) in plans {
        let mut query = sqlx::query(AssertSqlSafe(format!("EXPLAIN {sql}")));
        for value in &values {
            query = query.bind(value);
        }
        let plan: Vec<String> = query
            .fetch_all(&mut conn)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        assert!(
            !plan.iter().any(|line| line.contains("Seq Scan on assets")),
            "{sql}\n{}",
            plan.join("\n")
        );
    }
}
