//! Scan intake, and scan many, act once.

use domain::Role;
use serde_json::{Value, json};
use stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_guessed_and_the_last_scan_is_taken_back() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let model = kwame
        .post(
            "/product-models",
            &json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G7"}),
        )
        .await
        .expect(201)["id"]
        .to_string();
    let yaw = server.browser(Role::Warehouse).await;
    let scan = async |serial: &str, model: &str| {
        let key = yaw.get("/receive/scan").await.expect(200).field("form_key");
        let fields = [
            ("form_key", key.as_str()),
            ("serial_number", serial),
            ("product_model_id", model),
            ("location_id", "4"),
            ("supplier", "TechReuse"),
            ("received_date", "2026-01-12"),
        ];
        yaw.post("/receive/scan", &fields).await
    };
    assert!(
        scan("5CG0123AAA", "")
            .await
            .expect(422)
            .has("No model can be guessed")
    );
    assert!(
        scan("5CG0123AAA", &model)
            .await
            .expect(200)
            .has("P4T-000001 is received")
    );
    let next = scan("5CG0123AAB", "").await.expect(200);
    assert!(next.has("P4T-000002 is received: HP EliteBook 840 G7"));
    let twice = scan("5cg0123 aab", "").await.expect(422);
    assert!(twice.has("it is device P4T-000002") && twice.has("received 12 Jan 2026 and Received since"));

    let back = yaw
        .post(
            "/receive/scan/2/take-back",
            &[("product_model_id", model.as_str()), ("supplier", "TechReuse")],
        )
        .await
        .expect(200);
    assert!(back.has("P4T-000002 is taken back") && back.field("supplier") == "TechReuse");
    assert!(scan("5CG0123AAB", "").await.expect(200).has(" is received: HP"));
    // What has moved on stays.
    kwame
        .post("/assets/1/status", &json!({"status": "Diagnostics Pending"}))
        .await
        .expect(200);
    let api = server.api(Role::Warehouse).await;
    assert_eq!(
        api.post("/assets/1/take-back", &json!({})).await.expect(409)["code"],
        "moved_on"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_kept_and_acted_on_at_once() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    for serial in ["SN-1", "SN-2", "SN-3"] {
        stage.ready_device(serial).await;
    }
    let yaw = server.browser(Role::Warehouse).await;
    assert!(
        yaw.post("/scan", &[("scan", "sn-1")])
            .await
            .expect(200)
            .has("P4T-000001 is in the set")
    );
    assert!(
        yaw.post("/scan", &[("scan", "P4T-000001")])
            .await
            .expect(200)
            .has("is in the set already")
    );
    assert!(
        yaw.post("/scan", &[("scan", "who")])
            .await
            .expect(200)
            .has("No device has the tag")
    );
    let list = yaw
        .post("/scan", &[("codes", "SN-2, nobody\nP4T-000003")])
        .await
        .expect(200);
    assert!(list.has("2 of 3 are in the set now") && list.has("3 devices"));

    // Another phone of the same person goes on with it; another person has a set of their own.
    let page = server
        .browser(Role::Warehouse)
        .await
        .get("/scan")
        .await
        .expect(200);
    assert!(page.has("3 devices") && page.has("Not Sellable (3 of 3)") && !page.has("Record for all"));
    assert!(
        server
            .browser(Role::Manager)
            .await
            .get("/scan")
            .await
            .expect(200)
            .has("Nothing scanned yet")
    );

    let act = async |fields: &[(&str, &str)]| {
        let key = yaw.get("/scan").await.expect(200).field("form_key");
        let mut all = vec![("form_key", key.as_str())];
        all.extend_from_slice(fields);
        yaw.post("/scan/act", &all).await
    };
    assert!(
        act(&[("do", "move"), ("location_id", "2")])
            .await
            .expect(200)
            .has("Done: 3")
    );
    assert!(
        act(&[("do", "status"), ("status", "Not Sellable")])
            .await
            .expect(422)
            .has("Say why")
    );
    assert!(
        act(&[
            ("do", "quality_check"),
            ("condition_grade", "A"),
            ("passed", "true")
        ])
        .await
        .expect(422)
        .has("may not")
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE location_id = 2")
            .await,
        3
    );

    // One is sold: all or nothing does nothing, the good ones are done.
    let ama = server.api(Role::Sales).await;
    ama.post("/sales", &json!({"customer_type": "Walk-in", "lines": [{"asset_id": 2}], "payments": [{"payment_method": "Cash", "amount": "5000.00"}]}))
        .await
        .expect(201);
    let none = act(&[("do", "move"), ("location_id", "1"), ("mode", "all_or_nothing")])
        .await
        .expect(200);
    assert!(none.has("Nothing was done, because 1 cannot be") && none.has("is sold and with its customer"));
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE location_id = 2 AND status = 'Ready for Sale'")
            .await,
        2
    );
    let some = act(&[("do", "move"), ("location_id", "1"), ("mode", "good_ones")])
        .await
        .expect(200);
    assert!(some.has("Done: 2, not done: 1"));
    act(&[("do", "clear")]).await.expect(303);
    assert!(yaw.get("/scan").await.expect(200).has("Nothing scanned yet"));
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_answers_for_each_device() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ids = [stage.ready_device("SN-1").await, stage.ready_device("SN-2").await];
    let (yaw, kofi, ama) = (
        server.api(Role::Warehouse).await,
        server.api(Role::Technician).await,
        server.api(Role::Sales).await,
    );
    let batch =
        |act: Value, mode: &str| json!({"asset_ids": [ids[1], 77, ids[0], ids[1]], "act": act, "mode": mode});
    let to = json!({"move": {"location_id": 2, "reason": "Window"}});
    ama.post("/assets/batch", &batch(to.clone(), "good_ones"))
        .await
        .expect(403);
    kofi.post("/assets/batch", &batch(to.clone(), "good_ones"))
        .await
        .expect(403);
    let none = yaw
        .post("/assets/batch", &batch(to.clone(), "all_or_nothing"))
        .await
        .expect(200);
    assert_eq!(
        (&none["carried_out"], &none["done"], &none["refused"]),
        (&json!(false), &json!(0), &json!(1))
    );
    let some = yaw
        .post_once("/assets/batch", "k1", &batch(to.clone(), "good_ones"))
        .await
        .expect(200);
    assert_eq!(
        (
            &some["done"],
            &some["results"][0]["asset_id"],
            &some["results"][0]["location_name"]
        ),
        (&json!(2), &json!(ids[1]), &json!("Backroom"))
    );
    assert!(
        some["results"][1]["reason"]
            .as_str()
            .unwrap()
            .contains("no such device")
    );
    // The same key says the same again and does nothing.
    let moves = "SELECT count(*) FROM inventory_movements WHERE reason = 'Window'";
    assert_eq!(stage.count(moves).await, 2);
    assert_eq!(
        yaw.post_once("/assets/batch", "k1", &batch(to, "good_ones"))
            .await
            .expect(200),
        some
    );
    assert_eq!(stage.count(moves).await, 2);

    // Each device answers by its own state, in the words of its own call.
    let status = json!({"status": {"status": "Received"}});
    let refused = yaw
        .post("/assets/batch", &json!({"asset_ids": ids, "act": status}))
        .await
        .expect(200);
    assert_eq!(
        (&refused["carried_out"], &refused["refused"]),
        (&json!(false), &json!(2))
    );
    for (body, pointer) in [
        (
            json!({"asset_ids": [], "act": {"move": {"location_id": 2}}}),
            "/asset_ids",
        ),
        (
            json!({"asset_ids": ids, "act": {"move": {"location_id": 99}}}),
            "/act/move/location_id",
        ),
        (
            json!({"asset_ids": ids, "act": {"status": {"status": "Not Sellable"}}}),
            "/act/status/reason",
        ),
        (json!({"asset_ids": ids, "act": {"paint": {}}}), "/act"),
    ] {
        let problem = yaw.post("/assets/batch", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let graded =
        json!({"asset_ids": ids, "act": {"quality_check": {"condition_grade": "B", "passed": true}}});
    assert_eq!(
        kofi.post("/assets/batch", &graded).await.expect(200)["refused"],
        2
    );
    yaw.post("/assets/batch", &graded).await.expect(403);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_has_calls_of_its_own() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    stage.ready_device("SN-1").await;
    let kofi = server.api(Role::Technician).await;
    let set = kofi
        .post("/scan-set", &json!({"codes": ["sn-1", "sn-1", "x"]}))
        .await
        .expect(200);
    assert_eq!(
        (
            set["data"].as_array().unwrap().len(),
            &set["scanned"][0]["added"],
            &set["scanned"][1]["added"]
        ),
        (1, &json!(true), &json!(false))
    );
    assert!(set["data"][0].get("purchase_cost").is_none());
    kofi.post("/scan-set", &json!({"codes": []})).await.expect(422);
    kofi.delete("/scan-set").await.expect(204);
    assert_eq!(kofi.get("/scan-set").await.expect(200)["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_counted_in_one_act() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let mut ids = Vec::new();
    for serial in ["SN-1", "SN-2", "SN-3", "SN-4"] {
        ids.push(stage.ready_device(serial).await);
    }
    let (yaw, kwame) = (
        server.browser(Role::Warehouse).await,
        server.api(Role::Manager).await,
    );
    yaw.post("/scan", &[("codes", "SN-1, SN-2, SN-3")])
        .await
        .expect(200);
    let key = yaw.get("/scan").await.expect(200).field("form_key");
    let act = async |place: &str| {
        let fields = [
            ("form_key", key.as_str()),
            ("do", "count"),
            ("count_location_id", place),
        ];
        yaw.post("/scan/act", &fields).await
    };
    let nowhere = act("").await.expect(422);
    assert!(nowhere.has("count_location_id-error") && nowhere.has("Please fill this in"));
    let there = act("1").await.expect(303).location;
    assert_eq!(there, "/stocktakes/1");
    // The same press twice is one act.
    assert_eq!(act("1").await.expect(303).location, there);
    let page = yaw.get(&there).await.expect(200);
    assert!(page.has("CNT-000001") && page.has("P4T-000003"));
    let open = yaw.get("/scan").await.expect(200);
    assert!(open.has("goes on with CNT-000001") && open.has("3 devices"));

    let elsewhere = [("do", "count"), ("count_location_id", "99")];
    let refused = yaw.post("/scan/act", &elsewhere).await.expect(422);
    assert!(refused.has("There is no such location"));

    // Somebody else goes on with it: what was counted stays as it was counted.
    kwame
        .post("/assets/4/move", &json!({"location_id": 2}))
        .await
        .expect(200);
    kwame
        .post("/scan-set", &json!({"codes": ["SN-3", "SN-4"]}))
        .await
        .expect(200);
    let at = |place: i32| json!({"location_id": place, "counter": "Phone 2"});
    let done = kwame.post_once("/scan-set/count", "c1", &at(1)).await.expect(200);
    assert_eq!(
        (
            &done["begun"],
            &done["counted"],
            &done["counted_already"],
            &done["stocktake"]["counted"]
        ),
        (&json!(false), &json!(1), &json!(1), &json!(4)),
        "{done}"
    );
    assert_eq!(done["results"][0]["note"], "By the books it is at Backroom.");
    let twice = done["results"][1]["reason"].as_str().unwrap();
    assert!(
        twice.contains("P4T-000003 was counted already: by Yaw Darko"),
        "{twice}"
    );
    assert_eq!(
        kwame.post_once("/scan-set/count", "c1", &at(1)).await.expect(200),
        done
    );
    assert_eq!(stage.count("SELECT count(*) FROM stocktake_counts").await, 4);

    // Of a blind count nobody is told where the books have a device.
    let blind = json!({"location_id": 3, "is_blind": true, "notes": "Behind the door"});
    let done = kwame.post("/scan-set/count", &blind).await.expect(200);
    assert_eq!(
        (&done["begun"], &done["stocktake"]["notes"]),
        (&json!(true), &json!("Behind the door"))
    );
    assert!(done["results"][0].get("note").is_none() && done["stocktake"].get("figures").is_none());

    for (body, pointer) in [
        (json!({}), "/location_id"),
        (json!({"location_id": 99}), "/location_id"),
        (json!({"location_id": 1, "counter": "x".repeat(61)}), "/counter"),
    ] {
        let problem = kwame.post("/scan-set/count", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    kwame.post("/stocktakes/1/submit", &json!({})).await.expect(200);
    let late = kwame.post("/scan-set/count", &at(1)).await.expect(409);
    assert_eq!(late["code"], "stocktake_not_counting");
    kwame.delete("/scan-set").await.expect(204);
    assert_eq!(
        kwame.post("/scan-set/count", &at(2)).await.expect(409)["code"],
        "set_empty"
    );
    for role in [Role::Sales, Role::Technician] {
        server
            .api(role)
            .await
            .post("/scan-set/count", &at(2))
            .await
            .expect(403);
        assert!(
            !server
                .browser(role)
                .await
                .get("/scan")
                .await
                .expect(200)
                .has("Count all")
        );
    }
    let audits = "SELECT count(*) FROM audit_log WHERE action = 'stocktake.count_set'";
    assert_eq!(stage.count(audits).await, 3);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sets_begin_one_count() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    for n in 0..40 {
        stage.ready_device(&format!("SN-{n}")).await;
    }
    let (yaw, kwame) = (server.api(Role::Warehouse).await, server.api(Role::Manager).await);
    // The same devices in both sets, scanned the other way round.
    let codes: Vec<String> = (0..40).map(|n| format!("SN-{n}")).collect();
    let back: Vec<&String> = codes.iter().rev().collect();
    yaw.post("/scan-set", &json!({"codes": codes})).await.expect(200);
    kwame.post("/scan-set", &json!({"codes": back})).await.expect(200);
    for place in [1, 2, 3] {
        let at = json!({"location_id": place});
        let (one, other) = tokio::join!(
            yaw.post("/scan-set/count", &at),
            kwame.post("/scan-set/count", &at)
        );
        let (one, other) = (one.expect(200), other.expect(200));
        assert_ne!(one["begun"], other["begun"]);
        let counted = |done: &Value| done["counted"].as_i64().unwrap();
        assert_eq!(counted(&one) + counted(&other), 40);
    }
    assert_eq!(stage.count("SELECT count(*) FROM stocktakes").await, 3);
    assert_eq!(stage.count("SELECT count(*) FROM stocktake_counts").await, 120);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imei_tells_the_model_by_one_key() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let list = "tac,name,name\n49015420,SAMSUNG,Galaxy S9\n";
    let part = reqwest::multipart::Part::bytes(list.as_bytes().to_vec()).file_name("tac.csv");
    let form = reqwest::multipart::Form::new().part("file", part);
    let sent = kwame
        .request(reqwest::Method::POST, "/imports/tac")
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 200);
    let yaw = server.browser(Role::Warehouse).await;
    let scan = async |serial: &str, more: &[(&str, &str)]| {
        let key = yaw.get("/receive/scan").await.expect(200).field("form_key");
        let mut fields = vec![
            ("form_key", key.as_str()),
            ("serial_number", serial),
            ("product_model_id", ""),
            ("location_id", "4"),
            ("received_date", "2026-01-12"),
        ];
        fields.extend_from_slice(more);
        yaw.post("/receive/scan", &fields).await
    };
    // A misread IMEI is nobody's: neither guessed, nor received because somebody chose a model.
    let misread = scan("490154203237517", &[]).await.expect(422);
    assert!(
        misread.has("The last digit of the IMEI 490154203237517 does not fit"),
        "{}",
        misread.text
    );
    // The list knows the phone, the catalogue does not: one key adds it.
    let asked = scan("490154203237518", &[]).await.expect(422);
    assert!(
        asked.has("is of Samsung Galaxy S9, which the catalogue has not yet"),
        "{}",
        asked.text
    );
    assert!(asked.has("value=\"new\" data-key=\"1\"") && asked.field("serial_number") == "490154203237518");
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    let done = scan(
        "490154203237518",
        &[("choose", "new"), ("asked", "490154203237518")],
    )
    .await
    .expect(200);
    assert!(done.has("P4T-000001 is received: Samsung Galaxy S9"));
    let device = kwame.get("/assets/1").await.expect(200);
    assert_eq!(
        (&device["imei_1"], &device["product_model"]["category"]),
        (&json!("490154203237518"), &json!("Phone"))
    );
    let plain = device["product_model_id"].clone();
    for chosen in [String::new(), plain.to_string()] {
        let misread = scan("490154203237517", &[("choose", &chosen)]).await.expect(422);
        assert!(
            misread.has("does not fit the others: scan it again"),
            "{}",
            misread.text
        );
    }
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 1);
    // Confirmed once, the next of its kind is received at once.
    assert!(
        scan("490154200000018", &[])
            .await
            .expect(200)
            .has("P4T-000002 is received: Samsung Galaxy S9")
    );
    // With a second one in the catalogue a person chooses, and what was asked about and left is told.
    let body =
        json!({"category": "Phone", "brand": "Samsung", "model_name": "Galaxy S9", "storage": "256GB"});
    let large = kwame.post("/product-models", &body).await.expect(201)["id"].to_string();
    let asked = scan("490154200000026", &[]).await.expect(422);
    assert!(asked.has("Which one is it?") && asked.has("Samsung Galaxy S9 · 256GB"));
    let next = scan(
        "490154200000034",
        &[("choose", &large), ("asked", "490154200000026")],
    )
    .await
    .expect(200);
    assert!(next.has("P4T-000003 is received") && next.has("was not received, because nothing was chosen"));
    let guess = kwame.get("/model-guesses/490154200000026").await.expect(200);
    assert_eq!(
        (&guess["product_model_id"], &guess["phone"]["tac"]),
        (&Value::Null, &json!("49015420"))
    );
    let models: Vec<String> = (guess["product_models"].as_array().unwrap().iter())
        .map(|model| model["id"].to_string())
        .collect();
    assert_eq!(models, [large.clone(), plain.to_string()]);
    // What nobody may choose is refused, with the code still there.
    let wrong = scan("490154200000026", &[("choose", "77")]).await.expect(422);
    assert!(wrong.has("There is no such product model") && wrong.field("serial_number") == "490154200000026");

    // Six characters alike are a suggestion, eight are enough.
    assert!(
        scan("5CG0123AAA", &[("choose", &large)])
            .await
            .expect(200)
            .has(" is received")
    );
    let alike = scan("5CG012ZZZZ", &[]).await.expect(422);
    assert!(alike.has("looks like these") && alike.has(&format!("value=\"{large}\" data-key=\"1\"")));
    assert!(scan("5CG0123AZZ", &[]).await.expect(200).has(" is received"));
    assert!(
        scan("LOW5CG", &[])
            .await
            .expect(422)
            .has("No model can be guessed from this code")
    );
    let nothing = kwame.get("/model-guesses/NOTHING-1").await.expect(200);
    assert_eq!(nothing["product_models"], json!([]));
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_is_no_device_any_more() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (kwame, yaw) = (server.api(Role::Manager).await, server.api(Role::Warehouse).await);
    let model = json!({"category": "Phone", "brand": "Apple", "model_name": "iPhone 12", "default_price_grade_a": "2900.00"});
    let model = kwame.post("/product-models", &model).await.expect(201)["id"].clone();
    let device = json!({"serial_number": "F2LZK1A", "asset_tag": "OWN-77", "product_model_id": model, "imei_1": "490154203237518",
        "supplier": "Only once", "location_id": 1, "purchase_cost": "900.00"});
    let made = yaw.post("/assets", &device).await.expect(201);
    let id = made["id"].as_i64().unwrap();
    let browser = server.browser(Role::Warehouse).await;
    browser.post("/scan", &[("scan", "OWN-77")]).await.expect(200);
    let back = yaw
        .post(&format!("/assets/{id}/take-back"), &json!({}))
        .await
        .expect(200);
    assert!(
        back["taken_back"]["by_name"].as_str().unwrap().contains("Yaw"),
        "{back}"
    );

    // Its record stays, by its number alone, and says so.
    let record = yaw.get(&format!("/assets/{id}")).await.expect(200);
    assert!(
        record["voided_at"].is_string() && record["allowed"] == json!([]),
        "{record}"
    );
    assert_eq!(record["taken_back"]["reason"], "Received by mistake, taken back");
    assert!(record["taken_back"]["by"].is_i64());
    let page = browser.get(&format!("/devices/{id}")).await.expect(200);
    assert!(
        page.has("This was taken back on") && page.has("Received by mistake") && !page.has("Print label"),
        "{}",
        page.text
    );

    // Nothing else knows it.
    for path in [
        "/assets/by-serial/F2LZK1A",
        "/assets/by-tag/OWN-77",
        &format!("/assets/by-tag/OWN-77~{id}"),
        &format!("/assets/by-serial/F2LZK1A taken back {id}"),
    ] {
        yaw.get(path).await.expect(404);
    }
    for q in ["OWN-77", "F2LZK1A", "490154203237518", "OWN-7", "F2LZ"] {
        for path in ["/search", "/assets"] {
            let found = yaw.get(&format!("{path}?q={q}")).await.expect(200);
            assert_eq!(found["data"], json!([]), "{path} {q}");
        }
        let till = server
            .browser(Role::Sales)
            .await
            .get(&format!("/sell?scan={q}"))
            .await;
        assert!(!till.has("iPhone 12"), "{q}");
    }
    assert_eq!(
        yaw.get("/assets?status=Scrapped").await.expect(200)["data"],
        json!([])
    );
    assert_eq!(yaw.get("/scan-set").await.expect(200)["data"], json!([]));
    assert!(!browser.get("/scan").await.expect(200).has("OWN-77"));
    let model_page = server
        .browser(Role::Manager)
        .await
        .get(&format!("/models/{model}"))
        .await
        .expect(200);
    assert!(!model_page.has("Scrapped"), "{}", model_page.text);
    assert_eq!(
        stage
            .count("SELECT coalesce(sum(units), 0) FROM asset_status_changes WHERE status = 'Scrapped'")
            .await,
        0
    );
    let summary = kwame.get("/reports/inventory-summary").await.expect(200);
    assert_eq!(summary["data"], json!([]));
    assert!(!browser.get("/devices").await.expect(200).has("Only once"));
    let label = json!({"asset_ids": [id]});
    yaw.post("/labels.pdf", &label).await.expect(404);

    // Nothing is done with it.
    for (path, body) in [
        ("move", json!({"location_id": 2})),
        ("status", json!({"status": "Diagnostics Pending"})),
        ("take-back", json!({})),
    ] {
        let refused = kwame
            .post(&format!("/assets/{id}/{path}"), &body)
            .await
            .expect(409);
        assert_eq!(refused["code"], "taken_back", "{refused}");
    }
    kwame
        .patch(&format!("/assets/{id}"), &json!({"supplier": "x"}))
        .await
        .expect(409);
    let bulk = json!({"asset_ids": [id], "location_id": 2});
    kwame.post("/assets/bulk-changes", &bulk).await.expect(409);
    let mut app = stage.bizhub_app().await;
    for statement in [
        format!("UPDATE assets SET location_id = 2 WHERE id = {id}"),
        format!("UPDATE assets SET voided_at = NULL WHERE id = {id}"),
    ] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&mut app)
            .await;
        assert!(refused.unwrap_err().to_string().contains("was taken back"));
    }
    // What it was called is free: the same device comes in again, and both stand in what happened.
    let again = yaw.post("/assets", &device).await.expect(201);
    assert_ne!(again["id"], id);
    let moves = yaw.get("/inventory-movements").await.expect(200);
    assert_eq!(moves["data"].as_array().unwrap().len(), 3);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_received_in_one_act() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, kwame) = (server.api(Role::Warehouse).await, server.api(Role::Manager).await);
    let body = json!({"category": "Phone", "brand": "Samsung", "model_name": "Galaxy S9"});
    let phone = kwame.post("/product-models", &body).await.expect(201)["id"].clone();
    let all = |codes: &[&str], mode: &str| json!({"serial_numbers": codes, "product_model_id": phone, "location_id": 4, "mode": mode});
    let codes = ["R58M1", "490154203237518", "r58m1", "490154203237517", "R58M2"];
    let none = yaw
        .post("/assets/receive", &all(&codes, "all_or_nothing"))
        .await
        .expect(200);
    assert_eq!(
        (&none["carried_out"], &none["received"], &none["refused"]),
        (&json!(false), &json!(0), &json!(2)),
        "{none}"
    );
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    let some = yaw
        .post("/assets/receive", &all(&codes, "good_ones"))
        .await
        .expect(200);
    let tags: Vec<&Value> = some["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["asset_tag"])
        .collect();
    assert_eq!(some["received"], 3);
    assert_eq!(tags.iter().filter(|tag| tag.is_null()).count(), 2);
    assert_eq!(some["results"][2]["reason"], "It stands in this list twice.");
    let misread = some["results"][3]["reason"].as_str().unwrap();
    assert!(misread.contains("does not fit the others"), "{misread}");
    let taken = yaw
        .post("/assets/receive", &all(&["R58M3", "R58M2"], "good_ones"))
        .await
        .expect(200);
    let reason = taken["results"][1]["reason"].as_str().unwrap();
    assert!(
        reason.contains("is recorded already: it is device P4T-"),
        "{reason}"
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE location_id = 4")
            .await,
        4
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE imei_1 = '490154203237518'")
            .await,
        1
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'asset.receive'")
            .await,
        4
    );
    for (body, pointer) in [
        (json!({"serial_numbers": []}), "/serial_numbers"),
        (json!({"serial_numbers": vec!["A"; 501]}), "/serial_numbers"),
        (
            json!({"serial_numbers": ["A"], "product_model_id": 99}),
            "/product_model_id",
        ),
        (
            json!({"serial_numbers": ["A"], "product_model_id": phone, "location_id": 99}),
            "/location_id",
        ),
    ] {
        let problem = yaw.post("/assets/receive", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    for role in [Role::Sales, Role::Technician] {
        let refused = server
            .api(role)
            .await
            .post("/assets/receive", &all(&["B"], "good_ones"))
            .await;
        refused.expect(403);
    }

    // The page: what nobody knows is offered to be received, and what was refused stays in the list.
    let browser = server.browser(Role::Warehouse).await;
    let set = browser
        .post("/scan", &[("codes", "R58M1\nR58M7\nR58M8")])
        .await
        .expect(200);
    assert!(set.has("/receive/scan?codes=R58M7%0AR58M8"), "{}", set.text);
    let form = browser
        .get("/receive/scan?codes=R58M7%0AR58M8%0AR58M1")
        .await
        .expect(200);
    assert!(form.has("R58M7\nR58M8\nR58M1</textarea>"), "{}", form.text);
    let send = async |codes: &str, mode: &str| {
        let key = browser.get("/receive/scan").await.expect(200).field("form_key");
        let model = phone.to_string();
        let fields = [
            ("form_key", key.as_str()),
            ("codes", codes),
            ("mode", mode),
            ("product_model_id", &model),
            ("location_id", "4"),
            ("received_date", "2026-01-12"),
            ("serial_number", ""),
        ];
        browser.post("/receive/scan/list", &fields).await
    };
    let refused = send("R58M7\nR58M8\nR58M1", "all_or_nothing").await.expect(422);
    assert!(
        refused.has("Nothing was received, because 1 of 3 cannot be.")
            && refused.has("R58M7\nR58M8\nR58M1</textarea>")
    );
    let done = send("R58M7\nR58M8\nR58M1", "good_ones").await.expect(200);
    assert!(
        done.has("2 devices received; 1 could not be, and stay in the list.") && done.has("R58M1</textarea>")
    );
    // The same form scans one by one, with the list still in it.
    let model = phone.to_string();
    let one = [
        ("codes", "R58M1"),
        ("mode", "all_or_nothing"),
        ("product_model_id", model.as_str()),
        ("location_id", "4"),
        ("received_date", "2026-01-12"),
        ("serial_number", "R58M9"),
    ];
    let scanned = browser.post("/receive/scan", &one).await.expect(200);
    assert!(
        scanned.has("serial R58M9") && scanned.has("R58M1</textarea>"),
        "{}",
        scanned.text
    );
    let empty = send("", "good_ones").await.expect(422);
    assert!(
        empty.has("Scan or paste the serial numbers first"),
        "{}",
        empty.text
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}
