//! Lists as people want them: columns, saved views, files of what is shown, ticked rows; and care of the catalogue.

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, Server};

const FORMULA: &str = "=HYPERLINK(\"http://x.test\",\"EliteBook\")";

async fn model(kwame: &Api, name: &str, price: &str) -> i64 {
    let model = json!({"category": "Laptop", "brand": "HP", "model_name": name, "cpu": "@cmd", "default_price_grade_a": price});
    kwame.post("/product-models", &model).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

async fn devices(kwame: &Api, model: i64, first: usize, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    for n in first..first + count {
        let device = json!({"serial_number": format!("SN-{n:04}"), "product_model_id": model, "purchase_cost": "1234.56",
            "list_price": format!("{}.50", 1000 + n), "location_id": 1});
        let made = kwame.post("/assets", &device).await.expect(201);
        ids.push(made["id"].as_i64().unwrap());
    }
    ids
}

async fn open() -> (Stage, Server) {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    (stage, server)
}

#[tokio::test]
async fn a_file_is_what_is_shown_and_holds_no_formula() {
    let (_stage, server) = open().await;
    let kwame = server.api(Role::Manager).await;
    let formula = model(&kwame, FORMULA, "4900.00").await;
    devices(&kwame, formula, 0, 3).await;
    let yaw = server.browser(Role::Warehouse).await;
    // What was pasted by mistake is searched for by its beginning, and the page stays the list.
    let long = yaw
        .get(&format!("/devices?q={}", "x".repeat(3_000)))
        .await
        .expect(200);
    assert!(
        long.has(&format!("value=\"{}\"", "x".repeat(100))),
        "{}",
        long.text
    );
    let shown = "/devices?sort=serial_number&columns=serial_number,purchase_cost,price";
    let file = yaw.get(&format!("{shown}&format=csv")).await.expect(200);
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(
        lines[0].trim_start_matches('\u{feff}'),
        "brand,model_name,cpu,ram,storage,serial_number,purchase_cost,price"
    );
    assert_eq!(
        lines[1],
        "HP,\"'=HYPERLINK(\"\"http://x.test\"\",\"\"EliteBook\"\")\",'@cmd,,,SN-0000,1234.56,1000.50"
    );
    assert_eq!(lines.len(), 4);
    let ama = server.browser(Role::Sales).await;
    let file = ama.get(&format!("{shown}&format=csv")).await.expect(200);
    assert!(!file.has("purchase_cost") && !file.has("1234.56") && file.has("1000.50"));
    let page = ama.get(shown).await.expect(200);
    assert!(page.has("SN-0001") && !page.has("1,234.56") && !page.has("Purchase cost"));
    assert!(yaw.get(shown).await.expect(200).has("1,234.56"));

    let bytes = yaw.save(&format!("{shown}&format=xlsx")).await;
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let formulas = book.worksheet_formula("List").unwrap();
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
    let sheet = book.worksheet_range("List").unwrap();
    assert_eq!(sheet.get_value((1, 1)), Some(&Data::String(FORMULA.into())));
    assert_eq!(sheet.get_value((1, 7)), Some(&Data::Float(1000.5)));
    for path in [
        "/models",
        "/stock",
        "/movements",
        "/customers",
        "/invoices",
        "/lots",
        "/stock/receipts",
        "/stock/ledger",
    ] {
        let browser = server.browser(Role::Manager).await;
        for format in ["csv", "xlsx"] {
            browser.get(&format!("{path}?format={format}")).await.expect(200);
        }
        browser
            .get(&format!("{path}?columns=nonsense&sort=nonsense&view=x"))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn columns_and_views_are_kept_for_each_person() {
    let (_stage, server) = open().await;
    let kwame_api = server.api(Role::Manager).await;
    let hp = model(&kwame_api, "EliteBook 840", "4900.00").await;
    devices(&kwame_api, hp, 0, 2).await;
    let kwame = server.browser(Role::Manager).await;
    let fields = [
        ("query", "status=Received&cursor=x"),
        ("order", "asset_tag"),
        ("order", "price"),
        ("order", "supplier"),
        ("column", "asset_tag"),
        ("column", "price"),
        ("up", "price"),
    ];
    let next = kwame.post("/lists/devices/columns", &fields).await.expect(303);
    assert_eq!(
        next.location,
        "/devices?status=Received&columns=price%2Casset_tag&view=none"
    );
    let page = kwame.get("/devices?status=Received").await.expect(200);
    let price = page.text.find(">Price<").unwrap();
    assert!(
        price < page.text.find(">Tag</a>").unwrap(),
        "columns are kept in their order"
    );
    let ama = server.browser(Role::Sales).await;
    assert!(
        ama.get("/devices?status=Received")
            .await
            .expect(200)
            .has(">Place<")
    );

    let key = page.field("form_key");
    let save = [
        ("form_key", key.as_str()),
        ("query", "status=Received&columns=price"),
        ("view_name", "New ones"),
        ("is_shared", "true"),
    ];
    let saved = kwame.post("/lists/devices/views", &save).await.expect(303);
    let again = kwame.post("/lists/devices/views", &save).await.expect(303);
    assert_eq!(saved.location, again.location, "a double click saves it once");
    assert!(
        saved
            .location
            .starts_with("/devices?status=Received&columns=price&view=")
    );
    let id = saved.location.rsplit('=').next().unwrap().to_owned();
    assert!(ama.get("/devices").await.expect(200).has("New ones"));
    let change = format!("/lists/devices/views/{id}");
    ama.post(&change, &[("do", "open"), ("query", "")])
        .await
        .expect(303);
    let opened = ama.get("/devices").await.expect(303);
    assert_eq!(
        opened.location,
        format!("/devices?status=Received&columns=price&view={id}")
    );
    ama.get("/devices?view=none").await.expect(200);
    let refused = ama
        .post(&change, &[("do", "delete"), ("query", "")])
        .await
        .expect(303);
    assert!(refused.headers["set-cookie"].to_str().unwrap().contains("bad="));
    kwame
        .post(&change, &[("do", "unshare"), ("query", "")])
        .await
        .expect(303);
    ama.get("/devices").await.expect(200);

    let ama = server.api(Role::Sales).await;
    ama.post(
        "/saved-views",
        &json!({"list": "devices", "view_name": "Mine", "is_shared": true}),
    )
    .await
    .expect(403);
    ama.post("/saved-views", &json!({"list": "nonsense", "view_name": "Mine"}))
        .await
        .expect(422);
    let mine = ama
        .post(
            "/saved-views",
            &json!({"list": "devices", "view_name": "Mine", "query": "q=HP&cursor=1"}),
        )
        .await
        .expect(201);
    assert_eq!(mine["query"], "q=HP");
    let twice = ama
        .post("/saved-views", &json!({"list": "devices", "view_name": "mine"}))
        .await;
    assert_eq!(twice.expect(422)["errors"][0]["pointer"], "/view_name");
    let seen = ama.get("/saved-views?list=devices").await.expect(200);
    assert_eq!(
        seen["data"].as_array().unwrap().len(),
        1,
        "others' own views are not seen"
    );
    ama.get("/saved-views?seen_by=1").await.expect(422);
    ama.patch(&format!("/saved-views/{id}"), &json!({"view_name": "x"}))
        .await
        .expect(404);
    ama.delete(&format!("/saved-views/{}", mine["id"]))
        .await
        .expect(204);
}

#[tokio::test]
async fn ticked_rows_are_done_one_by_one_and_each_says_how_it_went() {
    let (stage, server) = open().await;
    let kwame_api = server.api(Role::Manager).await;
    let hp = model(&kwame_api, "EliteBook 840", "4900.00").await;
    let ids: Vec<String> = devices(&kwame_api, hp, 0, 3)
        .await
        .iter()
        .map(ToString::to_string)
        .collect();
    let scrap = json!({"status": "Scrapped", "reason": "Broken"});
    kwame_api
        .post(&format!("/assets/{}/status", ids[2]), &scrap)
        .await
        .expect(200);
    let kwame = server.browser(Role::Manager).await;
    let ask = format!(
        "/devices/bulk?action=price&id={}&id={}&id={}",
        ids[0], ids[1], ids[0]
    );
    let form = kwame.get(&ask).await.expect(200);
    let key = form.field("form_key");
    let price = [
        ("form_key", key.as_str()),
        ("action", "price"),
        ("id", &ids[0]),
        ("id", &ids[1]),
        ("step", "raise_percent"),
        ("value", "10"),
    ];
    let done = kwame.post("/devices/bulk", &price).await.expect(200);
    assert!(done.has("2 done.") && done.has("1,100.55"), "{}", done.text);
    let again = kwame.post("/devices/bulk", &price).await.expect(303);
    assert_eq!(again.location, "/devices/changes");
    let device = kwame_api.get(&format!("/assets/{}", ids[0])).await.expect(200);
    assert_eq!(device["list_price"], "1100.55", "a double click raises it once");
    let wrong = [
        ("action", "price"),
        ("id", &ids[0] as &str),
        ("step", "raise_percent"),
        ("value", "x"),
    ];
    kwame.post("/devices/bulk", &wrong).await.expect(422);

    let yaw = server.browser(Role::Warehouse).await;
    let bar = [
        ("form_key", "k2"),
        ("action", "not-sellable"),
        ("id", &ids[0] as &str),
        ("id", &ids[2]),
        ("reason", "Dropped"),
    ];
    let done = yaw.post("/devices/bulk", &bar).await.expect(200);
    assert!(done.has("Not done"), "{}", done.text);
    let to = [
        ("form_key", "k3"),
        ("action", "move"),
        ("id", &ids[1] as &str),
        ("location_id", "2"),
    ];
    assert!(yaw.post("/devices/bulk", &to).await.expect(200).has("1 done."));
    let moves = kwame_api
        .get(&format!(
            "/inventory-movements?asset_id={}&to_location_id=2",
            ids[1]
        ))
        .await
        .expect(200);
    assert_eq!(moves["data"][0]["to_location_id"], 2);
    let labels = yaw
        .get(&format!(
            "/devices/bulk?action=labels&id={}&id={}",
            ids[0], ids[1]
        ))
        .await
        .expect(303);
    assert_eq!(labels.location, format!("/labels?ids={},{}", ids[0], ids[1]));
    let ama = server.browser(Role::Sales).await;
    ama.post("/devices/bulk", &price).await.expect(403);
    ama.get("/devices/changes").await.expect(403);

    let item =
        json!({"sku": "CHG-65W", "item_name": "Charger", "category": "Charger", "unit_price": "120.00"});
    let item = kwame_api.post("/bulk-stock", &item).await.expect(201)["id"].to_string();
    let set = [
        ("form_key", "k4"),
        ("action", "threshold"),
        ("id", &item as &str),
        ("reorder_threshold", "7"),
    ];
    assert!(yaw.post("/stock/bulk", &set).await.expect(200).has("1 done."));
    let item = kwame_api.get(&format!("/bulk-stock/{item}")).await.expect(200);
    assert_eq!(item["reorder_threshold"], 7);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn prices_of_many_models_change_together_and_back() {
    let (_stage, server) = open().await;
    let kwame = server.api(Role::Manager).await;
    let (one, two) = (
        model(&kwame, "EliteBook 840", "4900.00").await,
        model(&kwame, "ProBook 450", "3000.01").await,
    );
    let change =
        json!({"product_model_ids": [one, two], "grades": ["A"], "step": "lower_percent", "value": "10"});
    let seen = kwame
        .post("/product-models/bulk-changes/preview", &change)
        .await
        .expect(200);
    assert_eq!(seen["rows"][0]["new_value"], "4410.00");
    assert_eq!(seen["rows"][1]["new_value"], "2700.01");
    assert_eq!(seen["without_price"], 0);
    // Who asks for a grade that one of them has no price of is told that it stays without.
    for (step, empty) in [("raise_percent", 2), ("set_to", 0)] {
        let all = json!({"product_model_ids": [one, two], "step": step, "value": "10"});
        let seen = kwame
            .post("/product-models/bulk-changes/preview", &all)
            .await
            .expect(200);
        assert_eq!(seen["without_price"], empty, "{step}");
    }
    assert_eq!(
        kwame.get(&format!("/product-models/{one}")).await.expect(200)["default_price_grade_a"],
        "4900.00"
    );
    let made = kwame
        .post("/product-models/bulk-changes", &change)
        .await
        .expect(201);
    let prices = kwame
        .get(&format!("/product-models/{one}/prices"))
        .await
        .expect(200);
    assert_eq!(prices["data"][0]["old_price"], "4900.00");
    assert_eq!(prices["data"][0]["new_price"], "4410.00");
    assert_eq!(prices["data"].as_array().unwrap().len(), 2);
    let undo = format!("/product-models/bulk-changes/{}/undo", made["id"]);
    kwame
        .patch(
            &format!("/product-models/{two}"),
            &json!({"default_price_grade_a": "1.00"}),
        )
        .await
        .expect(200);
    let refused = kwame.post(&undo, &json!({})).await.expect(409);
    assert_eq!(refused["code"], "changed_since");
    kwame
        .patch(
            &format!("/product-models/{two}"),
            &json!({"default_price_grade_a": "2700.01"}),
        )
        .await
        .expect(200);
    kwame.post(&undo, &json!({})).await.expect(200);
    assert_eq!(
        kwame.get(&format!("/product-models/{two}")).await.expect(200)["default_price_grade_a"],
        "3000.01"
    );
    assert_eq!(
        kwame.post(&undo, &json!({})).await.expect(409)["code"],
        "undone_already"
    );

    let same = json!({"product_model_ids": [one], "step": "set_to"});
    assert_eq!(
        kwame
            .post("/product-models/bulk-changes", &same)
            .await
            .expect(422)["errors"][0]["pointer"],
        "/value"
    );
    let none = json!({"product_model_ids": [], "brand": "HP"});
    kwame
        .post("/product-models/bulk-changes", &none)
        .await
        .expect(422);
    let gone = json!({"product_model_ids": [9999], "brand": "HP"});
    kwame
        .post("/product-models/bulk-changes", &gone)
        .await
        .expect(422);
    let same = json!({"product_model_ids": [one], "brand": "HP"});
    assert_eq!(
        kwame
            .post("/product-models/bulk-changes", &same)
            .await
            .expect(409)["code"],
        "nothing_changes"
    );
    server
        .api(Role::Sales)
        .await
        .post("/product-models/bulk-changes", &change)
        .await
        .expect(403);

    let browser = server.browser(Role::Manager).await;
    let page = browser
        .get(&format!(
            "/models/bulk?action=prices&id={one}&grade=A&step=set_to&value=5000&preview=true"
        ))
        .await
        .expect(200);
    assert!(page.has("4,900.00") && page.has("5,000.00"));
    let all = format!("/models/bulk?action=prices&id={one}&step=raise_percent&value=1&preview=true");
    assert!(
        browser
            .get(&all)
            .await
            .expect(200)
            .has("1 of them has no price in one of these grades")
    );
    let key = page.field("form_key");
    let id = one.to_string();
    let fields = [
        ("form_key", key.as_str()),
        ("action", "prices"),
        ("id", &id),
        ("grade", "A"),
        ("step", "set_to"),
        ("value", "5000"),
    ];
    browser.post("/models/bulk", &fields).await.expect(303);
    assert!(
        browser
            .get("/models/changes")
            .await
            .expect(200)
            .has("Take it back")
    );
    assert!(
        browser
            .get(&format!("/models/{one}"))
            .await
            .expect(200)
            .has("Prices so far")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_records_of_a_model_become_one_while_devices_come_in() {
    let (stage, server) = open().await;
    let kwame = server.api(Role::Manager).await;
    let kept = model(&kwame, "EliteBook 840", "4900.00").await;
    let gone = model(&kwame, "EliteBook 840 old", "4700.00").await;
    let ids = devices(&kwame, gone, 0, 2).await;
    let item =
        json!({"sku": "CHG-65W", "item_name": "Charger", "category": "Charger", "unit_price": "120.00"});
    kwame.post("/bulk-stock", &item).await.expect(201);
    for id in [kept, gone] {
        let bundle = json!({"sku": "CHG-65W", "bundle_price": "0"});
        kwame
            .post(&format!("/product-models/{id}/bundle"), &bundle)
            .await
            .expect(201);
    }
    let itself = json!({"into": gone});
    kwame
        .post(&format!("/product-models/{gone}/merge"), &itself)
        .await
        .expect(422);
    let ama = server.api(Role::Sales).await;
    ama.post(&format!("/product-models/{gone}/merge"), &json!({"into": kept}))
        .await
        .expect(403);

    let coming = (0..20).map(|n| {
        let api = kwame.clone();
        tokio::spawn(async move {
            let device =
                json!({"serial_number": format!("RACE-{n}"), "product_model_id": gone, "location_id": 1});
            api.post("/assets", &device).await
        })
    });
    let coming: Vec<_> = coming.collect();
    let merged = kwame
        .post(&format!("/product-models/{gone}/merge"), &json!({"into": kept}))
        .await
        .expect(200);
    assert_eq!(merged["id"], kept);
    for received in coming {
        let reply = received.await.unwrap();
        assert!(matches!(reply.status, 201 | 422 | 409), "{}", reply.status);
        if reply.status == 201 {
            assert!(reply.expect(201)["id"].is_number());
        }
    }
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM assets WHERE product_model_id = $1")
        .bind(i32::try_from(gone).unwrap())
        .fetch_one(&mut stage.superuser().await)
        .await
        .unwrap();
    assert_eq!(left, 0);
    for id in ids {
        assert_eq!(
            kwame.get(&format!("/assets/{id}")).await.expect(200)["product_model_id"],
            kept
        );
    }
    kwame.get(&format!("/product-models/{gone}")).await.expect(404);
    let again = kwame
        .post(&format!("/product-models/{gone}/merge"), &json!({"into": kept}))
        .await;
    assert_eq!(again.expect(409)["code"], "merged_already");
    let prices = kwame
        .get(&format!("/product-models/{kept}/prices"))
        .await
        .expect(200);
    let from: Vec<&Value> = prices["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["merged_from"])
        .collect();
    assert!(from.contains(&&json!(gone)), "{prices}");
    let browser = server.browser(Role::Manager).await;
    let old = browser.get(&format!("/models/{gone}")).await.expect(303);
    assert_eq!(old.location, format!("/models/{kept}"));
    assert!(
        browser
            .get("/models/duplicates")
            .await
            .expect(200)
            .has("No duplicates")
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
    let kept_rows = sqlx::query("UPDATE product_model_prices SET new_price = 1")
        .execute(&mut stage.superuser().await)
        .await;
    assert!(kept_rows.is_err(), "prices so far are never changed");
}

async fn item(api: &Api, sku: &str, price: Option<&str>) -> i64 {
    let item = json!({"sku": sku, "item_name": format!("Item {sku}"), "category": "Charger", "unit_price": price, "supplier": "Melcom"});
    api.post("/bulk-stock", &item).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn lots_and_deliveries_are_lists_like_the_others() {
    let (_stage, server) = open().await;
    let api = server.api(Role::Warehouse).await;
    for (supplier, day) in [
        ("Retek", "2026-01-10"),
        (FORMULA, "2026-01-11"),
        ("Aztech", "2026-01-12"),
    ] {
        let lot = json!({"supplier": supplier, "received_date": day, "expected_count": 4});
        api.post("/lots", &lot).await.expect(201);
    }
    let yaw = server.browser(Role::Warehouse).await;
    let page = yaw
        .get("/lots?sort=supplier&from=2026-01-10&closed=false&columns=supplier,expected,charge_cost")
        .await
        .expect(200);
    let (first, last) = (
        page.text.find("Aztech</td>").unwrap(),
        page.text.find("Retek</td>").unwrap(),
    );
    assert!(first < last && page.has("LOT-000003") && page.has("Charges"));
    assert!(
        page.has("data-label=\"Expected\""),
        "a figure says its column: {}",
        page.text
    );
    assert!(page.has("Save what is shown as") && page.has("format=xlsx"));
    let file = yaw
        .get("/lots?sort=supplier&columns=supplier,expected&format=csv")
        .await
        .expect(200);
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(
        lines[0].trim_start_matches('\u{feff}'),
        "lot_number,supplier,expected"
    );
    assert_eq!(
        lines[1],
        "LOT-000002,\"'=HYPERLINK(\"\"http://x.test\"\",\"\"EliteBook\"\")\",4"
    );
    assert_eq!(lines.len(), 4);
    let save = [
        ("form_key", "v1"),
        ("query", "supplier=Retek"),
        ("view_name", "From Retek"),
    ];
    yaw.post("/lists/lots/views", &save).await.expect(303);
    let view = yaw.get("/lots?supplier=Retek").await.expect(200);
    assert!(view.has("From Retek") && view.has("LOT-000001") && !view.has("LOT-000002"));
    assert_eq!(
        yaw.get("/lots/bulk?action=labels&id=1&id=3")
            .await
            .expect(303)
            .location,
        "/labels?lot=1&lot=3"
    );
    let ask = yaw.get("/lots/bulk?action=close&id=1&id=3").await.expect(200);
    let close = [
        ("form_key", ask.field("form_key")),
        ("action", "close".into()),
        ("id", "1".into()),
        ("id", "3".into()),
    ];
    let close: Vec<(&str, &str)> = close.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert!(yaw.post("/lots/bulk", &close).await.expect(200).has("2 done."));
    let open = yaw.get("/lots?closed=false").await.expect(200);
    assert!(open.has("LOT-000002") && !open.has("LOT-000001"));

    // Deliveries: newest first, what they cost only for those who see costs.
    let (one, two) = (
        item(&api, "CHG-45W", None).await,
        item(&api, "CHG-65W", Some("120.00")).await,
    );
    for (id, quantity, cost, supplier) in [
        (one, 10, "80.00", "Melcom"),
        (two, 5, "95.00", FORMULA),
        (one, 30, "100.00", "Compughana"),
    ] {
        let receipt =
            json!({"quantity": quantity, "unit_cost": cost, "supplier": supplier, "reference": "DN-7"});
        api.post(&format!("/bulk-stock/{id}/receipts"), &receipt)
            .await
            .expect(201);
    }
    let page = yaw.get("/stock/receipts").await.expect(200);
    assert!(
        page.text.find("Compughana</td>").unwrap() < page.text.find("Melcom</td>").unwrap(),
        "{}",
        page.text
    );
    assert!(page.has("3,000.00") && page.has("data-label=\"Cost of one\""));
    let file = yaw
        .get(&format!("/stock/receipts?bulk_stock_id={one}&columns=quantity,unit_cost,value,cost_before,cost_after&format=csv"))
        .await
        .expect(200);
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines[1], "Item CHG-45W,CHG-45W,30,100.00,3000.00,80.00,95.00");
    assert_eq!(lines.len(), 3);
    let ama = server.browser(Role::Sales).await;
    let seen = ama.get("/stock/receipts").await.expect(200);
    assert!(seen.has("Compughana") && !seen.has("100.00") && !seen.has("Cost of one"));
    let rows = server
        .api(Role::Sales)
        .await
        .get("/bulk-stock/receipts?supplier=melcom")
        .await
        .expect(200);
    assert_eq!(rows["data"].as_array().unwrap().len(), 1);
    for hidden in ["unit_cost", "cost_before", "cost_after"] {
        assert!(rows["data"][0].get(hidden).is_none(), "{rows}");
    }
    let first = api.get("/bulk-stock/receipts?limit=2").await.expect(200);
    let next = first["next_cursor"].as_str().unwrap();
    let rest = api
        .get(&format!("/bulk-stock/receipts?limit=2&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(rest["data"][0]["quantity"], 10);
    assert_eq!(rest["data"][0]["cost_after"], "80.00");
    let labels = yaw
        .get(&format!("/stock/bulk?action=labels&id={one}&id={two}&id={one}"))
        .await
        .expect(303);
    assert_eq!(labels.location, format!("/labels?items={one},{two}"));
    let ledger = yaw
        .get("/stock/ledger?kind=Received&sort=-created_at")
        .await
        .expect(200);
    assert!(ledger.has("Delivery from Compughana") && ledger.has("Save what is shown as"));
}

#[tokio::test]
async fn many_devices_change_at_once_and_back() {
    let (stage, server) = open().await;
    let kwame = server.api(Role::Manager).await;
    let hp = model(&kwame, "EliteBook 840", "4900.00").await;
    let ids = devices(&kwame, hp, 0, 2).await;
    let bare = json!({"serial_number": "BARE", "product_model_id": hp});
    let bare = kwame.post("/assets", &bare).await.expect(201)["id"]
        .as_i64()
        .unwrap();
    let all = json!([ids[1], ids[0], bare, 999, ids[0]]);
    let change = json!({"asset_ids": all, "step": "raise_percent", "value": "10", "supplier": "Retek", "location_id": 2, "reason": "Sorted"});
    let seen = kwame
        .post("/assets/bulk-changes/preview", &change)
        .await
        .expect(200);
    assert_eq!(seen["rows"].as_array().unwrap().len(), 6, "{seen}");
    assert_eq!(seen["refused"][0]["record_id"], bare);
    assert_eq!(seen["refused"][1]["title"], json!(null));
    let before = kwame.get(&format!("/assets/{}", ids[0])).await.expect(200);
    assert_eq!(before["list_price"], "1000.50", "a look changes nothing");
    assert_eq!(stage.count("SELECT count(*) FROM bulk_changes").await, 0);

    let made = kwame
        .post_once("/assets/bulk-changes", "b1", &change)
        .await
        .expect(201);
    assert_eq!(made["rows"], seen["rows"], "what was shown is what is made");
    assert_eq!(
        (&made["records"], &made["summary"]),
        (&json!(2), &seen["summary"])
    );
    let again = kwame
        .post_once("/assets/bulk-changes", "b1", &change)
        .await
        .expect(201);
    assert_eq!(again, made);
    let after = kwame.get(&format!("/assets/{}", ids[0])).await.expect(200);
    assert_eq!(
        (&after["list_price"], &after["supplier"], &after["location_id"]),
        (&json!("1100.55"), &json!("Retek"), &json!(2))
    );
    let list = kwame.get("/assets/bulk-changes").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    let undo = format!("/assets/bulk-changes/{}/undo", made["id"]);
    kwame
        .post(
            &format!("/bulk-stock/bulk-changes/{}/undo", made["id"]),
            &json!({}),
        )
        .await
        .expect(404);

    // Of what was changed since, nothing is taken back.
    let path = format!("/assets/{}", ids[1]);
    kwame
        .patch(&path, &json!({"list_price": "1.00"}))
        .await
        .expect(200);
    let refused = kwame.post(&undo, &json!({})).await.expect(409);
    assert_eq!(refused["code"], "changed_since");
    let still = kwame.get(&format!("/assets/{}", ids[0])).await.expect(200);
    assert_eq!(still["list_price"], "1100.55");
    kwame
        .patch(&path, &json!({"list_price": "1101.65"}))
        .await
        .expect(200);
    let undone = kwame.post(&undo, &json!({})).await.expect(200);
    assert!(undone["undone_at"].is_string());
    for (id, price) in [(ids[0], "1000.50"), (ids[1], "1001.50")] {
        let device = kwame.get(&format!("/assets/{id}")).await.expect(200);
        assert_eq!(
            (&device["list_price"], &device["supplier"], &device["location_id"]),
            (&json!(price), &json!(null), &json!(1))
        );
    }
    assert_eq!(
        kwame.post(&undo, &json!({})).await.expect(409)["code"],
        "undone_already"
    );

    // Bad input, and who may what.
    for (body, pointer) in [
        (json!({"asset_ids": [], "supplier": "x"}), "/asset_ids"),
        (json!({"asset_ids": [ids[0]]}), "/step"),
        (json!({"asset_ids": [ids[0]], "step": "set_to"}), "/value"),
        (json!({"asset_ids": [ids[0]], "value": "5"}), "/step"),
        (json!({"asset_ids": [ids[0]], "location_id": 99}), "/location_id"),
    ] {
        for path in ["/assets/bulk-changes", "/assets/bulk-changes/preview"] {
            let problem = kwame.post(path, &body).await.expect(422);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
    }
    let nothing = json!({"asset_ids": [ids[0]], "location_id": 1});
    assert_eq!(
        kwame.post("/assets/bulk-changes", &nothing).await.expect(409)["code"],
        "nothing_changes"
    );
    let yaw = server.api(Role::Warehouse).await;
    let to = json!({"asset_ids": ids, "location_id": 2});
    let moved = yaw.post("/assets/bulk-changes", &to).await.expect(201);
    let dear = json!({"asset_ids": ids, "step": "set_to", "value": "1.00"});
    yaw.post("/assets/bulk-changes", &dear).await.expect(403);
    let ama = server.api(Role::Sales).await;
    ama.post("/assets/bulk-changes", &to).await.expect(403);
    let undo = format!("/assets/bulk-changes/{}/undo", moved["id"]);
    ama.post(&undo, &json!({})).await.expect(403);

    // The pages: a look, the change, and back.
    let browser = server.browser(Role::Manager).await;
    let look = format!(
        "/devices/bulk?action=price&id={}&id={bare}&step=raise_amount&value=5&preview=true",
        ids[0]
    );
    let page = browser.get(&look).await.expect(200);
    assert!(
        page.has("1,005.50") && page.has("It has no price yet"),
        "{}",
        page.text
    );
    let id = ids[0].to_string();
    let fields = [
        ("form_key", "p1"),
        ("action", "details"),
        ("id", &id as &str),
        ("supplier", "Aztech"),
    ];
    let done = browser.post("/devices/bulk", &fields).await.expect(200);
    assert!(done.has("1 done.") && done.has("Take it back"), "{}", done.text);
    let changes = browser.get("/devices/changes").await.expect(200);
    assert!(changes.has("supplier Aztech") && changes.has("Taken back"));
    let undo = browser
        .post("/devices/changes/3/undo", &[("form_key", "u1")])
        .await
        .expect(303);
    assert_eq!(undo.location, "/devices/changes");
    browser
        .post("/devices/changes/3/undo", &[("form_key", "u2")])
        .await
        .expect(409);
    let mut app = stage.bizhub_app().await;
    for statement in [
        "UPDATE bulk_changes SET summary = 'x'",
        "DELETE FROM bulk_changes",
        "UPDATE bulk_change_rows SET new_value = 'x'",
        "DELETE FROM bulk_change_rows",
    ] {
        assert!(
            sqlx::query(statement).execute(&mut app).await.is_err(),
            "{statement}"
        );
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn many_items_change_at_once_and_back() {
    let (stage, server) = open().await;
    let kwame = server.api(Role::Manager).await;
    let ids = [
        item(&kwame, "CHG-45W", Some("100.00")).await,
        item(&kwame, "CHG-65W", None).await,
    ];
    let change = json!({"bulk_stock_ids": ids, "step": "lower_percent", "value": "10", "reorder_threshold": 7, "category": "Power", "location_id": 2});
    let seen = kwame
        .post("/bulk-stock/bulk-changes/preview", &change)
        .await
        .expect(200);
    assert_eq!(seen["refused"][0]["record_id"], ids[1]);
    let made = kwame.post("/bulk-stock/bulk-changes", &change).await.expect(201);
    assert_eq!(made["rows"], seen["rows"]);
    let after = kwame.get(&format!("/bulk-stock/{}", ids[0])).await.expect(200);
    assert_eq!(
        (
            &after["unit_price"],
            &after["reorder_threshold"],
            &after["category"]
        ),
        (&json!("90.00"), &json!(7), &json!("Power"))
    );
    let undo = format!("/bulk-stock/bulk-changes/{}/undo", made["id"]);
    kwame.post(&undo, &json!({})).await.expect(200);
    let back = kwame.get(&format!("/bulk-stock/{}", ids[0])).await.expect(200);
    assert_eq!(
        (
            &back["unit_price"],
            &back["reorder_threshold"],
            &back["category"],
            &back["location_id"]
        ),
        (&json!("100.00"), &json!(10), &json!("Charger"), &json!(null))
    );
    let yaw = server.api(Role::Warehouse).await;
    let low = json!({"bulk_stock_ids": ids, "reorder_threshold": 3});
    yaw.post("/bulk-stock/bulk-changes", &low).await.expect(201);
    yaw.post("/bulk-stock/bulk-changes", &change).await.expect(403);
    for role in [Role::Sales, Role::Technician] {
        let api = server.api(role).await;
        api.post("/bulk-stock/bulk-changes", &low).await.expect(403);
        api.get("/bulk-stock/bulk-changes").await.expect(403);
    }
    let browser = server.browser(Role::Manager).await;
    let look = format!(
        "/stock/bulk?action=threshold&id={}&reorder_threshold=9&preview=true",
        ids[0]
    );
    assert!(browser.get(&look).await.expect(200).has("3 → 9"));
    let changes = browser.get("/stock/changes").await.expect(200);
    assert!(changes.has("reorder below 3") && changes.has("Take it back"));
    let ama = server.browser(Role::Sales).await;
    ama.get("/stock/bulk?action=threshold&id=1").await.expect(403);
    ama.post(
        "/stock/bulk",
        &[("action", "threshold"), ("id", "1"), ("reorder_threshold", "1")],
    )
    .await
    .expect(403);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn what_pages_do_the_api_does_too() {
    let (_stage, server) = open().await;
    let (kwame, efua) = (server.api(Role::Manager).await, server.api(Role::Admin).await);
    let one = model(&kwame, "EliteBook 840", "4900.00").await;
    let two = model(&kwame, "EliteBook 850", "4900.00").await;
    devices(&kwame, one, 0, 2).await;
    // What a merge would make
    let preview = kwame
        .post(
            &format!("/product-models/{one}/merge/preview"),
            &json!({"into": two}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&preview["moves"]["assets"], &preview["kept"]["id"]),
        (&json!(2), &json!(two))
    );
    kwame.get(&format!("/product-models/{one}")).await.expect(200);
    // Checklists
    let lists = json!({"laptop": "Display\nbios_lock: No BIOS lock", "wipe_methods": "NIST 800-88 Purge"});
    let set = efua
        .request(reqwest::Method::PUT, "/settings/checklists")
        .json(&lists);
    assert_eq!(set.send().await.unwrap().status().as_u16(), 200);
    let now = server
        .api(Role::Technician)
        .await
        .get("/settings/checklists")
        .await
        .expect(200);
    assert_eq!(
        now["laptop"][1],
        json!({"key": "bios_lock", "label": "No BIOS lock"})
    );
    let wrong = json!({"laptop": "A\nA"});
    let wrong = efua
        .request(reqwest::Method::PUT, "/settings/checklists")
        .json(&wrong);
    assert_eq!(wrong.send().await.unwrap().status().as_u16(), 422);
    let set = kwame
        .request(reqwest::Method::PUT, "/settings/checklists")
        .json(&lists);
    let allowed = set.send().await.unwrap().status().as_u16();
    assert_eq!(
        allowed == 200,
        Role::Manager.can(domain::Capability::ManageSettings)
    );
    // What is kept of a list
    let view = json!({"list": "lots", "view_name": "Open ones", "query": "closed=false"});
    let view = kwame.post("/saved-views", &view).await.expect(201)["id"].clone();
    let kept = kwame
        .patch(
            "/lists/lots",
            &json!({"columns": "supplier,sold", "opens_with": view}),
        )
        .await
        .expect(200);
    assert_eq!(kept, json!({"columns": "supplier,sold", "opens_with": view}));
    let wrong = kwame
        .patch("/lists/devices", &json!({"opens_with": view}))
        .await
        .expect(422);
    assert_eq!(wrong["errors"][0]["pointer"], "/opens_with");
    kwame
        .patch("/lists/lots", &json!({"opens_with": null}))
        .await
        .expect(200);
    assert_eq!(
        kwame.get("/lists/lots").await.expect(200),
        json!({"columns": "supplier,sold", "opens_with": null})
    );
    kwame.get("/lists/nonsense").await.expect(404);
}

/// Two models that are merged into each other, received, priced and sold by many at once: each thing happens once, on the model
/// that stays, and nobody is told of a fault. `STAGE_ROUNDS` says how often.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn models_are_merged_both_ways_while_they_are_received_priced_and_sold() {
    let rounds = std::env::var("STAGE_ROUNDS").map_or(6, |n| n.parse().unwrap());
    let (stage, server) = open().await;
    let (kwame, efua) = (server.api(Role::Manager).await, server.api(Role::Admin).await);
    let (yaw, ama) = (server.api(Role::Warehouse).await, server.api(Role::Sales).await);
    for round in 0..rounds {
        let one = model(&kwame, &format!("Twin {round} one"), "5000.00").await;
        let two = model(&kwame, &format!("Twin {round} two"), "5000.00").await;
        let mut ready = Vec::new();
        for (n, of) in [one, two, one, two].into_iter().enumerate() {
            let id = stage.ready_device(&format!("READY-{round}-{n}")).await;
            let moved =
                sqlx::query("UPDATE assets SET product_model_id = $2, list_price = 5000 WHERE id = $1")
                    .bind(id)
                    .bind(i32::try_from(of).unwrap())
                    .execute(&mut stage.bizhub_app().await)
                    .await;
            moved.unwrap();
            ready.push(id);
        }
        let mut tasks = tokio::task::JoinSet::new();
        for (api, gone, into) in [(&kwame, one, two), (&efua, two, one)] {
            let api = api.clone();
            let path = format!("/product-models/{gone}/merge");
            tasks.spawn(async move { ("merge", api.post(&path, &json!({"into": into})).await) });
        }
        for n in 0..12 {
            let api = yaw.clone();
            let of = if n % 2 == 0 { one } else { two };
            let device =
                json!({"serial_number": format!("IN-{round}-{n}"), "product_model_id": of, "location_id": 1});
            tasks.spawn(async move { ("receive", api.post("/assets", &device).await) });
        }
        for n in 0..6 {
            let api = kwame.clone();
            let path = format!("/product-models/{}", if n % 2 == 0 { one } else { two });
            let price = json!({"default_price_grade_a": format!("{}.00", 5000 + n), "default_price_grade_b": format!("{}.00", 4000 + n)});
            tasks.spawn(async move { ("price", api.patch(&path, &price).await) });
        }
        for id in ready {
            let api = ama.clone();
            let sale = json!({"customer_type": "Walk-in", "lines": [{"asset_id": id}],
                "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
            tasks.spawn(async move { ("sell", api.post("/sales", &sale).await) });
        }
        let (mut merged, mut received, mut sold) = (0, 0, 0);
        while let Some(done) = tasks.join_next().await {
            let (what, reply) = done.unwrap();
            match (what, reply.status) {
                ("merge", 200) => merged += 1,
                // The other way round there is nothing left to merge, or nothing to merge into.
                ("merge", 409 | 422) | ("receive", 422) | ("price", 200 | 404) => {}
                ("receive", 201) => received += 1,
                ("sell", 201) => sold += 1,
                (what, status) => panic!("round {round}: {what} answers {status}: {}", reply.json),
            }
        }
        assert_eq!((merged, sold), (1, 4), "round {round}");
        let mut left = Vec::new();
        for id in [one, two] {
            if kwame.get(&format!("/product-models/{id}")).await.status == 200 {
                left.push(id);
            }
        }
        assert_eq!(left.len(), 1, "round {round}");
        let devices: i64 = sqlx::query_scalar("SELECT count(*) FROM assets WHERE product_model_id = $1")
            .bind(i32::try_from(left[0]).unwrap())
            .fetch_one(&mut stage.superuser().await)
            .await
            .unwrap();
        assert_eq!(devices, received + sold, "round {round}: no device lost or twice");
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}
