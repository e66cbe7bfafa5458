//! What the pages of stock and bench show, by call: queues, moves, sums over lots, costs; and devices out of the sale and back.

use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, Reply, Server};

#[track_caller]
fn invalid(reply: Reply, pointer: &str) {
    let body = reply.expect(422);
    assert_eq!(body["errors"][0]["pointer"], pointer, "{body}");
}

async fn open() -> (Stage, Server) {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    (stage, server)
}

/// Received devices of a new model, in their order.
async fn received(server: &Server, category: &str, serials: &[&str]) -> Vec<i64> {
    let kwame = server.api(Role::Manager).await;
    let model = json!({"category": category, "brand": "HP", "model_name": format!("{category} of {}", serials[0]),
        "default_price_grade_a": "4900.00"});
    let model = kwame.post("/product-models", &model).await.expect(201)["id"].clone();
    let mut ids = Vec::new();
    for serial in serials {
        let device = json!({"serial_number": serial, "product_model_id": model, "purchase_cost": "1000.00", "location_id": 1});
        let made = kwame.post("/assets", &device).await.expect(201);
        ids.push(made["id"].as_i64().unwrap());
    }
    ids
}

fn numbers(list: &Value, field: &str) -> Vec<i64> {
    let rows = list["data"].as_array().unwrap();
    rows.iter().map(|row| row[field].as_i64().unwrap()).collect()
}

/// All rows of a list, one a page.
async fn walk(api: &Api, path: &str, field: &str) -> Vec<i64> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..20 {
        let page = api.get(&format!("{path}limit=1{cursor}")).await.expect(200);
        seen.extend(numbers(&page, field));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen
}

#[tokio::test]
async fn the_queue_of_the_bench_is_read_by_state_and_age() {
    let (_stage, server) = open().await;
    let laptops = received(&server, "Laptop", &["SN-1", "SN-2", "SN-3"]).await;
    let phone = received(&server, "Phone", &["SN-4"]).await[0];
    let kofi = server.api(Role::Technician).await;
    for id in [laptops[2], laptops[0], phone] {
        kofi.post(
            &format!("/assets/{id}/status"),
            &json!({"status": "Diagnostics Pending"}),
        )
        .await
        .expect(200);
    }
    let bench = kofi.get("/bench").await.expect(200);
    let states: Vec<(&str, i64)> = bench["queues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|q| (q["status"].as_str().unwrap(), q["count"].as_i64().unwrap()))
        .collect();
    assert_eq!(
        states,
        [
            ("Received", 1),
            ("Diagnostics Pending", 3),
            ("Wipe Pending", 0),
            ("QC Pending", 0),
            ("Repair Hold", 0)
        ]
    );
    assert!(bench["queues"][1]["waiting_since"].is_string() && bench["queues"][2]["waiting_since"].is_null());
    assert_eq!(bench["tested_today"], 0);

    // For diagnostics unless another state is named, the longest first, page by page
    let mut waiting = walk(&kofi, "/bench/queue?", "id").await;
    let mut all = vec![laptops[0], laptops[2], phone];
    assert_eq!(
        numbers(&kofi.get("/bench/queue").await.expect(200), "id"),
        waiting
    );
    waiting.sort_unstable();
    all.sort_unstable();
    assert_eq!(waiting, all);
    let new = kofi.get("/bench/queue?status=Received").await.expect(200);
    assert_eq!(numbers(&new, "id"), [laptops[1]]);
    assert_eq!(new["data"][0]["serial_number"], "SN-2");
    let phones = kofi.get("/bench/queue?category=Phone").await.expect(200);
    assert_eq!(numbers(&phones, "id"), [phone]);
    for (filter, many) in [
        ("waiting_since=2020-01-01T00:00:00Z", 0),
        ("waiting_since=2126-01-01T00:00:00Z", 3),
        ("location_id=2", 0),
        ("location_id=1", 3),
        ("status=Sold", 0),
    ] {
        let list = kofi.get(&format!("/bench/queue?{filter}")).await.expect(200);
        assert_eq!(list["data"].as_array().unwrap().len(), many, "{filter}");
    }
    for (query, pointer) in [
        ("sort=price", "/sort"),
        ("waiting_since=yesterday", "/waiting_since"),
        ("location_id=x", "/location_id"),
        ("colour=red", "/colour"),
        ("limit=0", "/limit"),
        ("q=x", "/q"),
        ("cursor=zz", "/cursor"),
    ] {
        invalid(kofi.get(&format!("/bench/queue?{query}")).await, pointer);
    }
    let done =
        json!({"checklist_data": {"display": "fail"}, "overall_result": "Fail", "notes": "No picture"});
    kofi.post(&format!("/assets/{phone}/diagnostics"), &done)
        .await
        .expect(201);
    let bench = kofi.get("/bench").await.expect(200);
    assert_eq!(
        (&bench["tested_today"], &bench["queues"][4]["count"]),
        (&json!(1), &json!(1))
    );
    for (role, status) in [
        (Role::Admin, 200),
        (Role::Manager, 200),
        (Role::Sales, 403),
        (Role::Warehouse, 403),
    ] {
        let api = server.api(role).await;
        for path in ["/bench", "/bench/queue"] {
            api.get(path).await.expect(status);
        }
    }
    server.nobody().get("/bench/queue").await.expect(401);
}

#[tokio::test]
async fn what_moved_between_places_is_a_list() {
    let (stage, server) = open().await;
    let (chargers, mice) = (
        stage.stocked_item("CHG-65W", 9).await,
        stage.stocked_item("MOUSE-1", 5).await,
    );
    let yaw = server.api(Role::Warehouse).await;
    for (item, quantity, from, to) in [
        (chargers, 4, json!(null), json!(2)),
        (mice, 1, json!(null), json!(3)),
        (chargers, 1, json!(2), json!(3)),
    ] {
        let body =
            json!({"quantity": quantity, "from_location_id": from, "to_location_id": to, "reason": "Branch"});
        yaw.post(&format!("/bulk-stock/{item}/moves"), &body)
            .await
            .expect(201);
    }
    let ama = server.api(Role::Sales).await;
    let all = ama.get("/bulk-stock/moves").await.expect(200);
    assert_eq!(numbers(&all, "quantity"), [1, 1, 4], "newest first");
    let newest = &all["data"][0];
    assert_eq!(
        (
            &newest["sku"],
            &newest["from_location_id"],
            &newest["to_location_id"],
            &newest["created_by_name"]
        ),
        (&json!("CHG-65W"), &json!(2), &json!(3), &json!("Yaw Darko"))
    );
    assert_eq!(walk(&ama, "/bulk-stock/moves?", "id").await, numbers(&all, "id"));
    let of_item = format!("/bulk-stock/{chargers}/moves");
    assert_eq!(numbers(&ama.get(&of_item).await.expect(200), "quantity"), [1, 4]);
    for (filter, many) in [
        ("to_location_id=3", 2),
        ("from_location_id=2", 1),
        ("q=mouse", 1),
        ("q=\\", 0),
        ("to=2020-01-01", 0),
        ("from=2020-01-01", 3),
    ] {
        let list = ama.get(&format!("/bulk-stock/moves?{filter}")).await.expect(200);
        assert_eq!(list["data"].as_array().unwrap().len(), many, "{filter}");
    }
    for (path, pointer) in [
        ("/bulk-stock/moves?sort=quantity".to_owned(), "/sort"),
        ("/bulk-stock/moves?from=soon".to_owned(), "/from"),
        (format!("{of_item}?bulk_stock_id=1"), "/bulk_stock_id"),
    ] {
        invalid(ama.get(&path).await, pointer);
    }
    ama.get("/bulk-stock/9999/moves").await.expect(404);
    server.nobody().get("/bulk-stock/moves").await.expect(401);
    let page = server.browser(Role::Sales).await;
    assert!(page.get("/stock/moves").await.expect(200).has("CHG-65W"));
    assert!(
        page.get("/stock/ledger")
            .await
            .expect(200)
            .has("href=\"/stock/moves\"")
    );
}

#[tokio::test]
async fn lots_are_summed_and_a_device_tells_its_costs() {
    let (stage, server) = open().await;
    let (kwame, yaw, ama) = (
        server.api(Role::Manager).await,
        server.api(Role::Warehouse).await,
        server.api(Role::Sales).await,
    );
    for (supplier, date) in [("Retek", "2026-01-05"), ("Other", "2025-12-01")] {
        let lot = json!({"supplier": supplier, "received_date": date});
        yaw.post("/lots", &lot).await.expect(201);
    }
    let device = stage.ready_device("SN-1").await;
    let mut conn = stage.superuser().await;
    sqlx::query("UPDATE assets SET lot_id = 1 WHERE id = $1")
        .bind(device.get())
        .execute(&mut conn)
        .await
        .unwrap();
    let sale = json!({"customer_type": "Walk-in", "lines": [{"asset_id": device}],
        "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
    ama.post("/sales", &sale).await.expect(201);
    let sums = kwame.get("/reports/lots/totals").await.expect(200);
    let lots = kwame.get("/lots").await.expect(200);
    let sold: i64 = lots["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["sold_count"].as_i64().unwrap())
        .sum();
    assert_eq!(sums["sold_count"], sold);
    assert_eq!(
        (
            &sums["device_count"],
            &sums["sales_amount"],
            &sums["margin_now"],
            &sums["margin_at_sale"]
        ),
        (&json!(1), &json!("5000.00"), &json!("1800.00"), &json!("1800.00")),
        "{sums}"
    );
    let other = kwame.get("/reports/lots/totals?supplier=Other").await.expect(200);
    assert_eq!(
        (&other["device_count"], &other["margin_now"]),
        (&json!(0), &json!("0.00"))
    );
    for (query, pointer) in [
        ("sort=lot_number", "/sort"),
        ("cursor=00", "/cursor"),
        ("from=x", "/from"),
        ("colour=red", "/colour"),
    ] {
        invalid(kwame.get(&format!("/reports/lots/totals?{query}")).await, pointer);
    }
    for api in [&yaw, &ama, &server.api(Role::Technician).await] {
        api.get("/reports/lots/totals").await.expect(403);
    }

    let costs = format!("/assets/{device}/costs");
    let seen = kwame.get(&costs).await.expect(200);
    assert_eq!(
        (
            &seen["landed_cost"],
            &seen["margin"]["net"],
            &seen["margin"]["cost_now"]
        ),
        (&json!("3200.00"), &json!("5000.00"), &json!("3200.00")),
        "{seen}"
    );
    let yaws = yaw.get(&costs).await.expect(200);
    assert!(
        yaws["landed_cost"] == "3200.00" && yaws.get("margin").is_none(),
        "{yaws}"
    );
    ama.get(&costs).await.expect(403);
    yaw.get("/assets/9999/costs").await.expect(404);
}

#[tokio::test]
async fn sets_counts_and_rejected_rows_are_read_by_call_too() {
    let (_stage, server) = open().await;
    let ids = received(&server, "Laptop", &["SN-1", "SN-2"]).await;
    let (yaw, ama) = (server.api(Role::Warehouse).await, server.api(Role::Sales).await);
    yaw.post("/scan-set", &json!({"codes": ["SN-1", "SN-2"]}))
        .await
        .expect(200);
    yaw.delete(&format!("/scan-set/{}", ids[0])).await.expect(204);
    yaw.delete(&format!("/scan-set/{}", ids[0])).await.expect(204);
    let set = yaw.get("/scan-set").await.expect(200);
    assert_eq!(numbers(&set, "id"), [ids[1]]);
    invalid_or_missing(yaw.delete("/scan-set/x").await);

    let count = yaw
        .post("/stocktakes", &json!({"location_id": 1}))
        .await
        .expect(201)["id"]
        .clone();
    for code in ["SN-1", "SN-2"] {
        yaw.post(&format!("/stocktakes/{count}/counts"), &json!({"code": code}))
            .await
            .expect(201);
    }
    let counters = yaw
        .get(&format!("/stocktakes/{count}/counters"))
        .await
        .expect(200);
    assert_eq!(counters["data"], json!([{"full_name": "Yaw Darko", "counts": 2}]));
    yaw.get("/stocktakes/99/counters").await.expect(404);
    ama.get(&format!("/stocktakes/{count}/counters"))
        .await
        .expect(403);

    let text = "Serial,Brand,Model,Cost\nSN-9,HP,EliteBook 840,100\n,HP,EliteBook 840,100\n";
    let file = reqwest::multipart::Part::bytes(text.as_bytes().to_vec()).file_name("lot.csv");
    let form = reqwest::multipart::Form::new()
        .part("file", file)
        .text("mode", "good_rows");
    let answer = yaw
        .request(reqwest::Method::POST, "/imports/manifest")
        .multipart(form)
        .send()
        .await
        .unwrap();
    let import: Value = answer.json().await.unwrap();
    assert_eq!(import["rejected"], 1, "{import}");
    let path = format!("/imports/{}/rejected.csv", import["id"]);
    let file = yaw.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(file.text().await.unwrap().contains("EliteBook 840"));
    yaw.get("/imports/9999/rejected.csv").await.expect(404);
    ama.get(&path).await.expect(403);
}

#[track_caller]
fn invalid_or_missing(reply: Reply) {
    assert!([404, 422].contains(&reply.status), "{}", reply.json);
}

#[tokio::test]
async fn many_devices_leave_the_sale_at_once_and_come_back_over_the_bench() {
    let (stage, server) = open().await;
    let ready = [
        stage.ready_device("SN-1").await.get(),
        stage.ready_device("SN-2").await.get(),
        stage.ready_device("SN-3").await.get(),
    ];
    let (kofi, yaw, ama) = (
        server.api(Role::Technician).await,
        server.api(Role::Warehouse).await,
        server.api(Role::Sales).await,
    );
    let held = json!({"status": "Repair Hold"});
    kofi.post(&format!("/assets/{}/status", ready[1]), &held)
        .await
        .expect(200);
    let sale = json!({"customer_type": "Walk-in", "lines": [{"asset_id": ready[2]}],
        "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
    ama.post("/sales", &sale).await.expect(201);

    let bar = json!({"asset_ids": ready, "status": "Not Sellable", "reason": "Recalled by the maker"});
    let seen = kofi.post("/assets/bulk-changes/preview", &bar).await.expect(200);
    assert_eq!(seen["rows"].as_array().unwrap().len(), 2, "{seen}");
    assert_eq!(
        (&seen["rows"][0]["old_value"], &seen["rows"][0]["new_value"]),
        (&json!("Ready for Sale"), &json!("Not Sellable"))
    );
    assert_eq!(seen["refused"][0]["record_id"], ready[2]);
    let state = async |id: i32| kofi.get(&format!("/assets/{id}")).await.expect(200)["status"].clone();
    assert_eq!(state(ready[0]).await, "Ready for Sale", "a look changes nothing");

    for (body, pointer) in [
        (json!({"asset_ids": ready, "status": "Not Sellable"}), "/reason"),
        (
            json!({"asset_ids": ready, "status": "Not Sellable", "reason": " "}),
            "/reason",
        ),
        (
            json!({"asset_ids": ready, "status": "Sold", "reason": "x"}),
            "/status",
        ),
        (
            json!({"asset_ids": [], "status": "Not Sellable", "reason": "x"}),
            "/asset_ids",
        ),
    ] {
        invalid(yaw.post("/assets/bulk-changes", &body).await, pointer);
    }
    ama.post("/assets/bulk-changes", &bar).await.expect(403);
    let price = json!({"asset_ids": ready, "step": "set_to", "value": "1.00"});
    kofi.post("/assets/bulk-changes", &price).await.expect(403);
    let supplier = json!({"asset_ids": ready, "supplier": "x"});
    kofi.post("/assets/bulk-changes", &supplier).await.expect(403);

    let made = yaw
        .post_once("/assets/bulk-changes", "n1", &bar)
        .await
        .expect(201);
    assert_eq!((&made["records"], &made["rows"]), (&json!(2), &seen["rows"]));
    assert_eq!(
        yaw.post_once("/assets/bulk-changes", "n1", &bar)
            .await
            .expect(201),
        made
    );
    let device = kofi.get(&format!("/assets/{}", ready[0])).await.expect(200);
    assert_eq!(
        (&device["status"], &device["not_sellable_reason"]),
        (&json!("Not Sellable"), &json!("Recalled by the maker"))
    );
    let moved = kofi
        .get(&format!("/assets/{}/movements", ready[0]))
        .await
        .expect(200);
    assert!(
        moved["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|m| m["to_status"] == "Not Sellable" && m["reason"] == "Recalled by the maker"),
        "{moved}"
    );

    // Taken back: on the bench again, and in repair what was in repair. Nothing goes on sale without its checks.
    let undo = format!("/assets/bulk-changes/{}/undo", made["id"]);
    ama.post(&undo, &json!({})).await.expect(403);
    let undone = kofi.post(&undo, &json!({})).await.expect(200);
    assert!(undone["undone_at"].is_string());
    assert_eq!(state(ready[0]).await, "Diagnostics Pending");
    assert_eq!(state(ready[1]).await, "Repair Hold");
    assert_eq!(
        kofi.post(&undo, &json!({})).await.expect(409)["code"],
        "undone_already"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);

    // Put back by its own act, only what is Not Sellable, and that taken back too with the reason that stood before.
    let two = &ready[..2];
    let bar = json!({"asset_ids": two, "status": "Not Sellable", "reason": "Cracked"});
    yaw.post("/assets/bulk-changes", &bar).await.expect(201);
    let bench = json!({"asset_ids": ready, "status": "Diagnostics Pending"});
    let back = yaw.post("/assets/bulk-changes", &bench).await.expect(201);
    assert_eq!(back["records"], 2);
    assert!(
        back["refused"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("It is Sold"),
        "{back}"
    );
    assert_eq!(state(ready[1]).await, "Diagnostics Pending");
    let undo = format!("/assets/bulk-changes/{}/undo", back["id"]);
    yaw.post(&undo, &json!({})).await.expect(200);
    let device = kofi.get(&format!("/assets/{}", ready[0])).await.expect(200);
    assert_eq!(
        (&device["status"], &device["not_sellable_reason"]),
        (&json!("Not Sellable"), &json!("Cracked"))
    );
    // Of what went on since, nothing is taken back.
    let bench = json!({"asset_ids": two, "status": "Diagnostics Pending"});
    let back = yaw.post("/assets/bulk-changes", &bench).await.expect(201);
    kofi.post(&format!("/assets/{}/status", ready[0]), &held)
        .await
        .expect(200);
    let undo = format!("/assets/bulk-changes/{}/undo", back["id"]);
    assert_eq!(
        yaw.post(&undo, &json!({})).await.expect(409)["code"],
        "changed_since"
    );
    assert_eq!(state(ready[1]).await, "Diagnostics Pending");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn the_pages_show_what_leaves_the_sale_before_it_does() {
    let (stage, server) = open().await;
    let ready = [
        stage.ready_device("SN-1").await.to_string(),
        stage.ready_device("SN-2").await.to_string(),
    ];
    let kofi = server.browser(Role::Technician).await;
    let list = kofi.get("/devices").await.expect(200);
    assert!(list.has("Mark not sellable") && list.has("Back to the bench") && list.has("/devices/changes"));
    let ask = format!(
        "/devices/bulk?action=not-sellable&id={}&id={}",
        ready[0], ready[1]
    );
    let form = kofi.get(&ask).await.expect(200);
    assert!(form.has("Show what it makes"));
    let unsaid = kofi.get(&format!("{ask}&preview=true&reason=")).await.expect(200);
    assert!(
        unsaid.has("Say why the devices become Not Sellable."),
        "{}",
        unsaid.text
    );
    let look = kofi
        .get(&format!("{ask}&preview=true&reason=Recalled"))
        .await
        .expect(200);
    assert!(look.has("Ready for Sale → Not Sellable"), "{}", look.text);
    let key = form.field("form_key");
    let fields = [
        ("form_key", key.as_str()),
        ("action", "not-sellable"),
        ("id", &ready[0]),
        ("id", &ready[1]),
        ("reason", "Recalled"),
    ];
    let done = kofi.post("/devices/bulk", &fields).await.expect(200);
    assert!(
        done.has("2 done.") && done.has("/devices/changes/1/undo"),
        "{}",
        done.text
    );
    assert_eq!(
        kofi.post("/devices/bulk", &fields).await.expect(303).location,
        "/devices/changes"
    );
    let missing = [("action", "not-sellable"), ("id", &ready[0] as &str)];
    kofi.post("/devices/bulk", &missing).await.expect(422);
    kofi.post("/devices/changes/1/undo", &[("form_key", "u1")])
        .await
        .expect(303);
    assert!(
        kofi.get("/devices/changes")
            .await
            .expect(200)
            .has("back on the bench")
    );

    // The scanned set takes the same way.
    let api = server.api(Role::Technician).await;
    api.post("/scan-set", &json!({"codes": ["SN-1", "SN-2"]}))
        .await
        .expect(200);
    assert!(
        kofi.get("/scan")
            .await
            .expect(200)
            .has("/devices/bulk?action=not-sellable")
    );
    let form = kofi
        .get("/devices/bulk?action=not-sellable&set=scanned")
        .await
        .expect(200);
    assert!(form.has("2 ticked") && form.has("P4T-000002"), "{}", form.text);
    assert!(
        !server
            .browser(Role::Sales)
            .await
            .get("/devices")
            .await
            .expect(200)
            .has("Mark not sellable")
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn one_code_means_one_thing() {
    let (stage, server) = open().await;
    received(&server, "Phone", &["FIRST"]).await;
    let kwame = server.api(Role::Manager).await;
    let model = 1;
    let (one, two) = ("490154203237518", "356759040000011");
    kwame
        .patch("/assets/1", &json!({"imei_1": one, "imei_2": two}))
        .await
        .expect(200);
    let item = json!({"sku": "CHG-65W", "item_name": "Charger 65 W", "category": "Charger"});
    kwame.post("/bulk-stock", &item).await.expect(201);
    let new = |serial: &str, more: Value| {
        let mut device = json!({"serial_number": serial, "product_model_id": model});
        device
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        device
    };
    let tag = kwame.get("/assets/1").await.expect(200)["asset_tag"]
        .as_str()
        .unwrap()
        .to_owned();
    for (device, says) in [
        (new("SECOND", json!({"imei_2": one})), "is the IMEI of P4T-"),
        (new("SECOND", json!({"imei_1": two})), "is the IMEI of P4T-"),
        (new(two, json!({})), "is the IMEI of P4T-"),
        (new(&tag.to_lowercase(), json!({})), "is the tag of P4T-"),
        (new("chg-65w", json!({})), "is the SKU of Charger 65 W"),
        (
            new("SECOND", json!({"asset_tag": "CHG-65W"})),
            "is the SKU of Charger 65 W",
        ),
        (
            new("SECOND", json!({"asset_tag": "first"})),
            "is the serial number of P4T-",
        ),
        (new("INV-000001", json!({})), "one of our own numbers"),
        (
            new("https://bizhub.local/check/ABC", json!({})),
            "one of our own numbers or addresses",
        ),
    ] {
        let refused = kwame.post("/assets", &device).await.expect(409);
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains(says), "{device}: {detail}");
        assert_eq!(refused["code"], "code_taken");
    }
    let sku = json!({"sku": two, "item_name": "Odd", "category": "Charger"});
    assert!(
        kwame.post("/bulk-stock", &sku).await.expect(409)["detail"]
            .as_str()
            .unwrap()
            .contains("Choose another SKU")
    );
    // Scanned by many, the good ones come in and each other says why.
    let codes = json!({"product_model_id": model, "serial_numbers": ["NEW-1", tag, "CHG-65W", "INV-000001"], "mode": "good_ones"});
    let done = kwame.post("/assets/receive", &codes).await.expect(200);
    assert_eq!(
        (&done["received"], &done["refused"]),
        (&json!(1), &json!(3)),
        "{done}"
    );
    // A device keeps its own codes, also one in the other's place, and gives them free with its details.
    kwame
        .patch(
            "/assets/1",
            &json!({"imei_1": two, "imei_2": one, "serial_number": two}),
        )
        .await
        .expect(200);
    kwame
        .patch("/assets/1", &json!({"imei_2": null}))
        .await
        .expect(200);
    kwame
        .post("/assets", &new("SECOND", json!({"imei_1": one})))
        .await
        .expect(201);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imei_is_given_once_whoever_is_first() {
    let (stage, server) = open().await;
    let ids = received(&server, "Phone", &["R1", "R2", "R3", "R4", "R5", "R6"]).await;
    let kwame = server.api(Role::Manager).await;
    let all = ids.iter().map(|id| {
        let (kwame, field) = (kwame.clone(), if id % 2 == 0 { "imei_1" } else { "imei_2" });
        let (path, change) = (format!("/assets/{id}"), json!({field: "490154203237518"}));
        tokio::spawn(async move { kwame.patch(&path, &change).await.status })
    });
    let (mut good, mut refused) = (0, 0);
    for one in all.collect::<Vec<_>>() {
        match one.await.unwrap() {
            200 => good += 1,
            409 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((good, refused), (1, 5));
    assert_eq!(stage.broken_books().await, [""; 0]);
}
