//! Lots (PRODUCT.md section 2): what came together, its charges to the pesewa, also when they come late, and imports undone.

use domain::Role;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sqlx::Executor;
use stage::Stage;
use stage::http::{Api, Reply, refused};

async fn manifest(api: &Api, text: &str, fields: &[(&'static str, &str)]) -> Value {
    let file = Part::bytes(text.as_bytes().to_vec()).file_name("lot.csv");
    let form = fields
        .iter()
        .fold(Form::new().part("file", file), |form, (name, value)| {
            form.text(*name, (*value).to_owned())
        });
    let request = api.request(Method::POST, "/imports/manifest").multipart(form);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{:?}", answer.text().await);
    answer.json().await.unwrap()
}

/// Devices of equal model at 100, 200, 300 … dollars.
fn list(count: usize) -> String {
    let mut text = String::from("Serial,Brand,Model,CPU,RAM,Storage,Cost\n");
    for n in 1..=count {
        text.push_str(&format!(
            "L{n:05},HP,EliteBook 840 G5,i5-8350U,16,256,{}.00\n",
            n % 50 * 10 + 100
        ));
    }
    text
}

const IN_DOLLARS: &[(&str, &str)] = &[
    ("supplier", "Retek"),
    ("supplier_reference", "RT-1"),
    ("currency", "USD"),
    ("exchange_rate", "15.555555"),
];

/// Takes every Received device of lot 1 to Ready for Sale at 9,000.00.
async fn make_ready(stage: &Stage) {
    let mut conn = stage.bizhub_app().await;
    conn.execute(
        "BEGIN; SELECT set_config('bizhub.user_id', (SELECT id::text FROM users WHERE username = 'kofi'), true);
         UPDATE product_models SET default_price_grade_a = 9000;
         UPDATE assets SET status = 'Diagnostics Pending' WHERE lot_id = 1;
         INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result)
           SELECT id, shop_actor(), '{}', 'Pass' FROM assets WHERE lot_id = 1;
         UPDATE assets SET status = 'Wipe Pending' WHERE lot_id = 1;
         INSERT INTO wipe_certificates (asset_id, technician_id, wipe_method) SELECT id, shop_actor(), 'NIST 800-88 Clear' FROM assets WHERE lot_id = 1;
         UPDATE assets SET status = 'QC Pending' WHERE lot_id = 1;
         UPDATE assets SET status = 'Ready for Sale', condition_grade = 'A' WHERE lot_id = 1; COMMIT",
    )
    .await
    .unwrap();
}

async fn sell(api: &Api, asset: i64) -> Reply {
    let sale = json!({"customer_type": "Walk-in", "lines": [{"asset_id": asset}],
        "payments": [{"payment_method": "Cash", "amount": "9000.00"}]});
    api.post("/sales", &sale).await
}

fn charge(kind: &str, amount: &str, reference: &str) -> Value {
    json!({"kind": kind, "amount": amount, "reference": reference})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_makes_a_lot_and_its_charges_are_spread_to_the_pesewa() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let [yaw, kwame, ama] = server.apis([Role::Warehouse, Role::Manager, Role::Sales]).await;
    let import = manifest(&yaw, &list(7), IN_DOLLARS).await;
    assert_eq!(
        (&import["accepted"], &import["lot_ids"]),
        (&json!(7), &json!([1])),
        "{import}"
    );
    let lot = yaw.get("/lots/1").await.expect(200);
    assert_eq!(
        (
            &lot["lot_number"],
            &lot["supplier"],
            &lot["supplier_reference"],
            &lot["currency"],
            &lot["exchange_rate"]
        ),
        (
            &json!("LOT-000001"),
            &json!("Retek"),
            &json!("RT-1"),
            &json!("USD"),
            &json!("15.555555")
        )
    );
    assert_eq!(
        lot["expected"],
        json!({"expected": 7, "received": 7, "missing": 0, "differs": 0, "extra": 0})
    );
    // 110 + 120 + … + 170 dollars, each converted half up.
    assert_eq!(lot["purchase_cost"], "15244.44");
    assert_eq!(lot["stages"], json!([{"status": "Received", "device_count": 7}]));
    assert!(lot.get("profit").is_none(), "Warehouse sees no profit: {lot}");
    assert!(kwame.get("/lots/1").await.expect(200)["profit"].is_object());
    for api in [&ama, &server.api(Role::Technician).await] {
        refused(api.get("/lots").await, 403, "not_allowed", "");
        refused(
            api.post("/lots/1/charges", &charge("Duty", "1.00", "x")).await,
            403,
            "not_allowed",
            "",
        );
    }

    // By value and per unit, in cedis and in dollars
    let posted = yaw
        .post("/lots/1/charges", &charge("Duty", "1000.00", "BOE-1"))
        .await;
    assert_eq!(posted.headers["location"], "/api/v1/lots/1");
    let posted = posted.expect(201);
    assert_eq!(posted["charge_cost"], "1000.00");
    assert_eq!(posted["charges"][0]["share_count"], 7);
    let mut freight = charge("Freight", "64.29", "BL-1");
    freight["currency"] = json!("USD");
    freight["exchange_rate"] = json!("15.555555");
    freight["method"] = json!("per unit");
    let posted = yaw.post("/lots/1/charges", &freight).await.expect(201);
    assert_eq!(posted["charges"][1]["amount_ghs"], "1000.07");
    let device = yaw.get("/assets?lot_id=1&sort=serial_number").await.expect(200)["data"][0].clone();
    assert_eq!(device["lot_number"], "LOT-000001");
    assert_eq!(
        (
            &device["purchase_cost"],
            &device["charge_cost"],
            &device["landed_cost"]
        ),
        // 110/980 of 1,000.00, and a seventh of 1,000.07
        (&json!("1711.11"), &json!("255.11"), &json!("1966.22"))
    );
    let seen = ama.get("/assets?lot_id=1").await.expect(200)["data"][0].clone();
    assert!(
        seen.get("charge_cost").is_none() && seen.get("landed_cost").is_none(),
        "{seen}"
    );

    // The same bill twice, and what cannot be
    refused(
        yaw.post("/lots/1/charges", &charge("Duty", "1000.00", "boe-1"))
            .await,
        409,
        "charge_posted",
        "charge 1",
    );
    for (body, at) in [
        (json!({"kind": "Bribe", "amount": "1.00"}), "/kind"),
        (json!({"kind": "Duty", "amount": "0.00"}), "/amount"),
        (json!({"kind": "Duty", "amount": "1.001"}), "/amount"),
        (
            json!({"kind": "Duty", "amount": "1.00", "currency": "USD"}),
            "/exchange_rate",
        ),
        (
            json!({"kind": "Duty", "amount": "1.00", "exchange_rate": "2"}),
            "/exchange_rate",
        ),
        (
            json!({"kind": "Duty", "amount": "1.00", "currency": "USDT"}),
            "/currency",
        ),
        (
            json!({"kind": "Duty", "amount": "0.01", "currency": "JPY", "exchange_rate": "0.1"}),
            "/amount",
        ),
        (
            json!({"kind": "Duty", "amount": "99999999.99", "currency": "USD", "exchange_rate": "999999"}),
            "/amount",
        ),
    ] {
        refused(yaw.post("/lots/1/charges", &body).await, 422, at, "");
    }
    refused(
        yaw.post(
            "/lots/1/charges",
            &json!({"kind": "Duty", "amount": "1.00", "charge_date": "2026-01-15"}),
        )
        .await,
        409,
        "day_to_come",
        "",
    );
    // A landed cost written by hand holds the shares already.
    let id = &device["id"];
    let written = yaw
        .patch(&format!("/assets/{id}"), &json!({"landed_cost": "2000.00"}))
        .await
        .expect(200);
    assert_eq!(
        (&written["landed_cost"], &written["charge_cost"]),
        (&json!("2000.00"), &json!("255.11"))
    );
    refused(
        yaw.patch(&format!("/assets/{id}"), &json!({"landed_cost": "255.10"}))
            .await,
        409,
        "landed_below_charges",
        "255.11",
    );
    refused(
        yaw.patch(&format!("/assets/{id}"), &json!({"lot_id": null}))
            .await,
        409,
        "asset_carries_charges",
        "take those back",
    );

    // Taken back, once; and spread again over what came since
    let back = yaw
        .post("/lots/1/charges/1/reverse", &json!({}))
        .await
        .expect(201);
    assert_eq!(back["charge_cost"], "1000.07");
    assert_eq!(
        (&back["charges"][2]["reverses"], &back["charges"][2]["amount_ghs"]),
        (&json!(1), &json!("-1000.00"))
    );
    assert_eq!(back["charges"][0]["reversed_by"], 3);
    for number in [1, 3] {
        let path = format!("/lots/1/charges/{number}/reverse");
        refused(yaw.post(&path, &json!({})).await, 409, "charge_reversed", "");
    }
    yaw.post("/lots/1/charges/9/reverse", &json!({}))
        .await
        .expect(404);
    let model = &device["product_model_id"];
    let eighth =
        json!({"serial_number": "X8", "product_model_id": model, "lot_id": 1, "purchase_cost": "500.00"});
    yaw.post("/assets", &eighth).await.expect(201);
    assert_eq!(
        yaw.get("/lots/1").await.expect(200)["charges"][1]["without_share"],
        1
    );
    let again = yaw.post("/lots/1/charges/2/spread", &json!({})).await.expect(201);
    assert_eq!(again["charges"][4]["share_count"], 8);
    assert_eq!(again["charge_cost"], "1000.07");
    assert_eq!(again["expected"]["extra"], 1);
    let eighth = yaw.get("/assets/by-serial/X8").await.expect(200);
    assert_eq!(
        (&eighth["charge_cost"], &eighth["landed_cost"]),
        (&json!("125.00"), &json!("625.00"))
    );

    // A closed lot takes nothing
    let closed = yaw.patch("/lots/1", &json!({"closed": true})).await.expect(200);
    assert!(closed["closed_at"].is_string(), "{closed}");
    refused(
        yaw.post("/lots/1/charges", &charge("Other", "1.00", "z")).await,
        409,
        "lot_closed",
        "open it again",
    );
    let ninth = json!({"serial_number": "X9", "product_model_id": model, "lot_id": 1});
    refused(yaw.post("/assets", &ninth).await, 409, "lot_closed", "LOT-000001");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lots_are_recorded_found_and_changed() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let new = json!({"supplier": "Greenloop", "supplier_reference": "G-7", "currency": "EUR", "exchange_rate": "13.5", "expected_count": 40});
    let made = yaw.post_once("/lots", "k1", &new).await.expect(201);
    assert_eq!(yaw.post_once("/lots", "k1", &new).await.expect(201), made);
    refused(yaw.post("/lots", &new).await, 409, "lot_exists", "reference");
    for (body, at) in [
        (json!({"currency": "EUR"}), "/exchange_rate"),
        (
            json!({"exchange_rate": "1.1234567", "currency": "EUR"}),
            "/exchange_rate",
        ),
        (json!({"expected_count": -1}), "/expected_count"),
        (json!({"charge_method": "by weight"}), "/charge_method"),
        (json!({"supplier": "x".repeat(101)}), "/supplier"),
        (json!({"colour": "red"}), "/colour"),
    ] {
        refused(yaw.post("/lots", &body).await, 422, at, "");
    }
    refused(
        yaw.post("/lots", &json!({"received_date": "2026-01-15"})).await,
        409,
        "day_to_come",
        "",
    );
    refused(
        yaw.patch("/lots/1", &json!({"currency": "USD"})).await,
        422,
        "/exchange_rate",
        "USD",
    );
    let changed = yaw
        .patch(
            "/lots/1",
            &json!({"exchange_rate": "13.75", "notes": "By sea", "charge_method": "per unit"}),
        )
        .await;
    assert!(changed.headers.contains_key("etag"));
    assert_eq!(changed.expect(200)["exchange_rate"], "13.75");
    yaw.patch_if("/lots/1", "\"0\"", &json!({"notes": null}))
        .await
        .expect(412);
    refused(
        yaw.post("/lots/1/charges", &charge("Duty", "1.00", "x")).await,
        409,
        "lot_empty",
        "receive",
    );
    for (query, found) in [
        ("q=greenl", 1),
        ("q=LOT-000001", 1),
        ("supplier=Greenloop&closed=false", 1),
        ("closed=true", 0),
        ("from=2026-01-15", 0),
        ("currency=EUR&sort=-lot_number", 1),
    ] {
        let page = yaw.get(&format!("/lots?{query}")).await.expect(200);
        assert_eq!(page["data"].as_array().unwrap().len(), found, "{query}: {page}");
    }
    yaw.get("/lots/2").await.expect(404);
    yaw.get("/lots/2/lines").await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_expected_is_scanned_in_and_compared() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let listed = "Serial,Brand,Model,Cost\nE1,HP,EliteBook,100.00\nE2,HP,EliteBook,100.00\nE3,HP,EliteBook,100.00\nE4,HP,EliteBook,\n";
    let import = manifest(
        &yaw,
        listed,
        &[
            ("supplier", "Retek"),
            ("supplier_reference", "E"),
            ("expect_only", "true"),
        ],
    )
    .await;
    assert_eq!(
        (&import["accepted"], &import["expect_only"], &import["lot_ids"]),
        (&json!(4), &json!(true), &json!([1]))
    );
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    let other = yaw_model(&server.api(Role::Manager).await).await;
    for (serial, model, cost) in [
        (" e1", 1, "100.00"),
        ("E2", 1, "120.00"),
        ("E3", other, "100.00"),
        ("E9", 1, "100.00"),
    ] {
        let body =
            json!({"serial_number": serial, "product_model_id": model, "purchase_cost": cost, "lot_id": 1});
        yaw.post("/assets", &body).await.expect(201);
    }
    let lot = yaw.get("/lots/1").await.expect(200);
    assert_eq!(
        lot["expected"],
        json!({"expected": 4, "received": 1, "missing": 1, "differs": 2, "extra": 1})
    );
    let outcome = async |outcome: &str| -> Vec<String> {
        let page = yaw
            .get(&format!("/lots/1/lines?outcome={outcome}"))
            .await
            .expect(200);
        let rows = page["data"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["serial_number"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(outcome("missing").await, ["E4"]);
    assert_eq!(outcome("differs").await, ["E2", "E3"]);
    assert_eq!(outcome("received").await, ["E1"]);
    let extra = yaw.get("/assets?lot_id=1&lot_extra=true").await.expect(200);
    assert_eq!(extra["data"].as_array().unwrap().len(), 1);
    assert_eq!(extra["data"][0]["serial_number"], "E9");

    // The same reference is the same lot, when the file comes for good: only the missing one is new.
    let rest = manifest(
        &yaw,
        listed,
        &[
            ("supplier", "retek"),
            ("supplier_reference", "e"),
            ("mode", "good_rows"),
        ],
    )
    .await;
    assert_eq!(
        (&rest["accepted"], &rest["rejected"], &rest["lot_ids"]),
        (&json!(1), &json!(3), &json!([1]))
    );
    assert_eq!(yaw.get("/lots/1").await.expect(200)["expected"]["missing"], 0);
    assert_eq!(stage.count("SELECT count(*) FROM lots").await, 1);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

const EXPECTED: &str = "Serial,Brand,Model,Cost\nEXQ001,Dell,Latitude 5490,100.00\nEXQ002,Dell,Latitude 5490,100.00\n\
    EXQ003,HP,EliteBook 840 G5,80.00\nEXQ004,HP,EliteBook 840 G5,80.00\nEXQ005,HP,EliteBook 840 G5,80.00\nEXQ006,HP,EliteBook 840 G5,\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_expected_device_brings_its_model_and_its_cost_from_the_list() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let [yaw, kofi] = server.apis([Role::Warehouse, Role::Technician]).await;
    let fields = [IN_DOLLARS, &[("expect_only", "true")]].concat();
    manifest(&yaw, EXPECTED, &fields).await;
    let dell = stage
        .count("SELECT id::bigint FROM product_models WHERE brand = 'Dell'")
        .await;
    let hp = stage
        .count("SELECT id::bigint FROM product_models WHERE brand = 'HP'")
        .await;

    // The guess: of the lot that is named, or of the only open one that expects it; its number for those who receive.
    for at in ["/model-guesses/exq%20001?lot_id=1", "/model-guesses/EXQ001"] {
        let guess = yaw.get(at).await.expect(200);
        assert_eq!(guess["product_model_id"], dell, "{guess}");
        assert_eq!(guess["expected"]["lot_number"], "LOT-000001");
        assert!(guess["expected"].get("purchase_cost").is_none());
        let guess = kofi.get(at).await.expect(200);
        assert_eq!(
            (&guess["product_model_id"], &guess["expected"]),
            (&json!(dell), &Value::Null)
        );
    }
    refused(
        yaw.get("/model-guesses/EXQ001?lot_id=x").await,
        422,
        "/lot_id",
        "no such lot",
    );

    let browser = server.browser(Role::Warehouse).await;
    let scan = async |serial: &str, more: &[(&str, &str)]| {
        let fields = [
            ("location_id", "4"),
            ("received_date", "2026-01-14"),
            ("serial_number", serial),
        ];
        browser.post("/receive/scan", &[&fields[..], more].concat()).await
    };
    let page = scan(" exq 001", &[("lot_id", "1")]).await.expect(200);
    assert!(
        page.has("P4T-000001 is received: Dell Latitude 5490") && page.has("data-sound=\"good\""),
        "{}",
        page.text
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE lot_id = 1 AND purchase_cost = 1555.56")
            .await,
        1,
        "in cedis at the lot's rate"
    );

    // Another model chosen: it is received as chosen, and said.
    let other = hp.to_string();
    let page = scan("EXQ002", &[("lot_id", "1"), ("product_model_id", &other)])
        .await
        .expect(200);
    assert!(
        page.has("The list says Dell Latitude 5490; it was received as HP EliteBook 840 G5.")
            && page.has("data-sound=\"ask\""),
        "{}",
        page.text
    );
    let page = scan("ZZQ9", &[("lot_id", "1"), ("product_model_id", &other)])
        .await
        .expect(200);
    assert!(
        page.has("ZZQ9 is not on the supplier's list of LOT-000001.")
            || page.has("ZZQ9 is not on the supplier&#39;s list of LOT-000001."),
        "{}",
        page.text
    );
    assert!(page.has("data-sound=\"ask\""));

    // No lot chosen: nothing is received until somebody says whether it came with it.
    let page = scan("EXQ003", &[]).await.expect(422);
    assert!(
        page.has("EXQ003 is expected with LOT-000001, as HP EliteBook 840 G5.")
            && page.has("Receive it with LOT-000001")
    );
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 3);
    let page = scan("EXQ003", &[("lot_id", ""), ("into", "1")]).await.expect(200);
    assert!(
        page.has("P4T-000004 is received") && page.has("value=\"1\" selected"),
        "the next one comes with it too"
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE lot_id = 1 AND purchase_cost = 1244.44")
            .await,
        1
    );
    let page = scan("EXQ006", &[("without_lot", "true")]).await.expect(200);
    assert!(page.has("P4T-000005 is received: HP EliteBook 840 G5") && page.has("LOT-000001 expects EXQ006"));

    // Over the API: what is typed stands, and is compared.
    let one =
        json!({"serial_number": "exq004", "product_model_id": hp, "lot_id": 1, "purchase_cost": "900.00"});
    let device = yaw.post("/assets", &one).await.expect(201);
    assert_eq!(device["purchase_cost"], "900.00");
    assert_eq!(
        device["list_warning"],
        "The list says GH₵ 1,244.44; GH₵ 900.00 was written down as its cost."
    );
    let many = json!({"serial_numbers": ["EXQ 005", "NOT-1"], "lot_id": 1, "mode": "good_ones"});
    let answer = yaw.post("/assets/receive", &many).await.expect(200);
    assert_eq!(
        (&answer["received"], &answer["refused"]),
        (&json!(1), &json!(1)),
        "{answer}"
    );
    assert_eq!(answer["results"][0]["warning"], Value::Null);
    let many = json!({"serial_numbers": ["NOT-1"], "lot_id": 1, "product_model_id": hp});
    let answer = yaw.post("/assets/receive", &many).await.expect(200);
    assert_eq!(
        answer["results"][0]["warning"],
        "NOT-1 is not on the supplier's list of LOT-000001."
    );

    let lot = yaw.get("/lots/1").await.expect(200);
    assert_eq!(
        lot["expected"],
        json!({"expected": 6, "received": 3, "missing": 1, "differs": 2, "extra": 2})
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_lots_or_a_closed_one_expect_is_not_guessed() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    for reference in ["A", "B"] {
        let fields = [("supplier_reference", reference), ("expect_only", "true")];
        manifest(
            &yaw,
            "Serial,Brand,Model,Cost\nTWO-1,Dell,Latitude 5490,100.00\n",
            &fields,
        )
        .await;
    }
    let guess = async |at: &str| yaw.get(at).await.expect(200)["expected"].clone();
    assert_eq!(guess("/model-guesses/TWO-1").await, Value::Null, "either of two");
    assert_eq!(
        guess("/model-guesses/TWO-1?lot_id=2").await["lot_number"],
        "LOT-000002"
    );
    yaw.patch("/lots/2", &json!({"closed": true})).await.expect(200);
    assert_eq!(guess("/model-guesses/TWO-1?lot_id=2").await, Value::Null);
    assert_eq!(guess("/model-guesses/TWO-1").await["lot_number"], "LOT-000001");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_is_in_a_currency_that_there_is_and_a_loss_is_written_one_way() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let [yaw, kwame] = server.apis([Role::Warehouse, Role::Manager]).await;
    manifest(
        &yaw,
        "Serial,Brand,Model,Cost\nM1,HP,EliteBook,1000.00\n",
        IN_DOLLARS,
    )
    .await;
    let mut bill = charge("Duty", "10.00", "B-1");
    for (wrong, says) in [("DOL", "There is no currency DOL"), ("dollars", "three letters")] {
        (bill["currency"], bill["exchange_rate"]) = (json!(wrong), json!("15"));
        refused(yaw.post("/lots/1/charges", &bill).await, 422, "/currency", says);
        let lot = json!({"received_date": "2026-01-14", "currency": wrong, "exchange_rate": "15"});
        refused(yaw.post("/lots", &lot).await, 422, "/currency", says);
    }
    for right in ["usd", "ZAR", "JPY"] {
        (bill["currency"], bill["reference"]) = (json!(right), json!(right));
        yaw.post("/lots/1/charges", &bill).await.expect(201);
    }
    let browser = server.browser(Role::Manager).await;
    for page in ["/lots/1", "/lots/new", "/lots/1/edit"] {
        let page = browser.get(page).await.expect(200);
        assert!(
            page.has("<select class=\"input\" id=\"currency\"") && page.has("<option value=\"EUR\">"),
            "{}",
            page.text
        );
    }
    make_ready(&stage).await;
    sell(&kwame, 1).await.expect(201);
    let page = browser.get("/lots/1").await.expect(200);
    assert!(
        page.has("-<span class=\"currency\">GH₵</span>") && !page.has("GH₵</span>-"),
        "{}",
        page.text
    );
}

async fn yaw_model(kwame: &Api) -> i64 {
    let model = json!({"category": "Laptop", "brand": "Dell", "model_name": "Latitude"});
    kwame.post("/product-models", &model).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_after_the_sale_leaves_what_was_known_beside_it() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let [yaw, kwame, ama] = server.apis([Role::Warehouse, Role::Manager, Role::Sales]).await;
    manifest(&yaw, &list(4), &[("supplier", "Retek")]).await;
    yaw.post("/lots/1/charges", &charge("Freight", "40.00", "BL"))
        .await
        .expect(201);
    make_ready(&stage).await;
    let sold = sell(&ama, 1).await.expect(201);
    let day = kwame.get("/reports/dashboard").await.expect(200);
    let before = kwame.get("/lots/1").await.expect(200)["profit"].clone();
    // 110.00 and 110/500 of 40.00
    assert_eq!(
        (&before["cost_at_sale"], &before["margin_now"]),
        (&json!("118.80"), &json!("8881.20")),
        "{before}"
    );
    assert_eq!(before["margin_at_sale"], before["margin_now"]);

    yaw.post("/lots/1/charges", &charge("Duty", "1000.00", "BOE"))
        .await
        .expect(201);
    let profit = kwame.get("/lots/1").await.expect(200)["profit"].clone();
    assert_eq!(
        (
            &profit["margin_at_sale"],
            &profit["cost_now"],
            &profit["margin_now"],
            &profit["return_percent"]
        ),
        (
            &json!("8881.20"),
            &json!("338.80"),
            &json!("8661.20"),
            &json!("2556.4")
        )
    );
    // What stands on paper stays, and so do the reports of the day.
    let invoice = kwame.get(&format!("/invoices/{}", sold["id"])).await.expect(200);
    assert_eq!(invoice["lines"][0]["unit_cost"], "118.80");
    assert_eq!(kwame.get("/reports/dashboard").await.expect(200), day);
    let (manager, seller) = (
        server.browser(Role::Manager).await,
        server.browser(Role::Sales).await,
    );
    let device = manager.get("/devices/1").await.expect(200);
    for words in [
        "as known at the sale",
        "8,881.20",
        "Margin today",
        "8,661.20",
        "Freight",
        "Duty",
        "220.00",
        "LOT-000001",
    ] {
        assert!(device.has(words), "{words}");
    }
    let page = manager
        .get(&format!("/invoices/{}", sold["id"]))
        .await
        .expect(200);
    assert!(
        page.has("Profit as known at the sale")
            && page.has("8,881.20")
            && page.has("Profit today")
            && page.has("8,661.20")
    );
    let lot = manager.get("/lots/1").await.expect(200);
    assert!(
        lot.has("As known when they were sold, the margin was GH₵ 8,881.20") && lot.has("8,661.20"),
        "{}",
        lot.text
    );
    for path in ["/devices/1".to_owned(), format!("/invoices/{}", sold["id"])] {
        let page = seller.get(&path).await.expect(200);
        assert!(
            !page.has("8,661.20") && !page.has("Margin") && !page.has("Profit"),
            "{path}"
        );
    }
    let yaws = server
        .browser(Role::Warehouse)
        .await
        .get("/lots/1")
        .await
        .expect(200);
    assert!(!yaws.has("8,661.20") && !yaws.has("Return on the money") && yaws.has("1,040.00"));
    let report = manager.get("/reports/lots").await.expect(200);
    assert!(report.has("LOT-000001") && report.has("8,661.20") && report.has("8,881.20"));
    server
        .browser(Role::Warehouse)
        .await
        .get("/reports/lots")
        .await
        .expect(403);

    // Back from the customer, it is not sold, and the return takes back what the sale said.
    let back = json!({"reason": "Too slow", "lines": [{"line_number": 1, "quantity": 1, "disposition": "Diagnostics"}],
        "refunds": [{"payment_method": "Cash", "amount": "9000.00"}]});
    kwame
        .post(&format!("/invoices/{}/returns", sold["id"]), &back)
        .await
        .expect(201);
    let profit = kwame.get("/lots/1").await.expect(200)["profit"].clone();
    assert_eq!(
        (&profit["sales_amount"], &profit["margin_now"]),
        (&json!("0.00"), &json!("0.00"))
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_undone_while_nothing_of_it_has_moved_on() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, kofi) = (
        server.api(Role::Warehouse).await,
        server.api(Role::Technician).await,
    );
    manifest(&yaw, &list(5), IN_DOLLARS).await;
    yaw.post("/lots/1/charges", &charge("Duty", "10.00", "B"))
        .await
        .expect(201);
    refused(
        kofi.post("/imports/1/undo", &json!({})).await,
        403,
        "not_allowed",
        "",
    );
    refused(
        yaw.post("/imports/1/undo", &json!({})).await,
        409,
        "import_moved_on",
        "carries a charge",
    );
    yaw.post("/lots/1/charges/1/reverse", &json!({}))
        .await
        .expect(201);
    let undone = yaw
        .post_once("/imports/1/undo", "once", &json!({}))
        .await
        .expect(200);
    assert!(undone["undone_at"].is_string(), "{undone}");
    assert_eq!(
        yaw.post_once("/imports/1/undo", "once", &json!({}))
            .await
            .expect(200),
        undone
    );
    refused(
        yaw.post("/imports/1/undo", &json!({})).await,
        409,
        "import_undone",
        "",
    );
    yaw.post("/imports/9/undo", &json!({})).await.expect(404);

    // Gone from every list, still there for whoever follows the records
    assert_eq!(yaw.get("/assets").await.expect(200)["data"], json!([]));
    assert_eq!(
        yaw.get("/reports/inventory-summary").await.expect(200)["data"],
        json!([])
    );
    yaw.get("/assets/by-serial/L00001").await.expect(404);
    let lot = yaw.get("/lots/1").await.expect(200);
    assert_eq!(
        (&lot["device_count"], &lot["line_count"], &lot["charge_cost"]),
        (&json!(0), &json!(0), &json!("0.00"))
    );
    assert_eq!(
        stage.count("SELECT count(*) FROM inventory_movements WHERE reason = 'Import of lot.csv undone' AND to_status = 'Scrapped'").await,
        5
    );

    // The same file again, into the same lot, with the same serial numbers
    let again = manifest(&yaw, &list(5), IN_DOLLARS).await;
    assert_eq!(
        (&again["accepted"], &again["lot_ids"]),
        (&json!(5), &json!([1])),
        "{again}"
    );
    let device = yaw.get("/assets/by-serial/L00001").await.expect(200);
    kofi.post(
        &format!("/assets/{}/status", device["id"]),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    let tag = device["asset_tag"].as_str().unwrap();
    refused(
        yaw.post("/imports/2/undo", &json!({})).await,
        409,
        "import_moved_on",
        &format!("{tag} is Diagnostics Pending"),
    );
    let dry = manifest(&yaw, &list(6), &[("dry_run", "true"), ("mode", "good_rows")]).await;
    refused(
        yaw.post(&format!("/imports/{}/undo", dry["id"]), &json!({}))
            .await,
        409,
        "import_nothing",
        "",
    );
    let imports = yaw.get("/imports").await.expect(200);
    assert_eq!(imports["data"].as_array().unwrap().len(), 2, "{imports}");
    assert_eq!(stage.broken_books().await, [""; 0]);

    // In the browser
    let browser = server.browser(Role::Warehouse).await;
    let page = browser.get("/receive/2").await.expect(200);
    assert!(page.has("LOT-000001") && page.has("Undo the whole import"));
    let refused = browser
        .post("/receive/2/undo", &[("form_key", "k")])
        .await
        .expect(409);
    assert!(refused.has("cannot be undone as a whole"), "{}", refused.text);
    assert!(browser.get("/receive/1").await.expect(200).has("Undone on"));
}

#[tokio::test(flavor = "multi_thread")]
async fn yaw_keeps_a_lot_in_the_browser() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let browser = server.browser(Role::Warehouse).await;
    let form = browser.get("/lots/new").await.expect(200);
    let key = form.field("form_key");
    let wrong = [
        ("form_key", key.as_str()),
        ("supplier", "Retek"),
        ("received_date", "2026-01-14"),
        ("currency", "USD"),
        ("charge_method", "by value"),
    ];
    let shown = browser.post("/lots/new", &wrong).await.expect(422);
    assert!(shown.has("Say how many cedis one USD was.") && shown.has("Retek"));
    let key = shown.field("form_key");
    let right = [
        ("form_key", key.as_str()),
        ("supplier", "Retek"),
        ("received_date", "2026-01-14"),
        ("currency", "USD"),
        ("exchange_rate", "15.5"),
        ("charge_method", "by value"),
        ("expected_count", "3"),
    ];
    for _ in 0..2 {
        assert_eq!(
            browser.post("/lots/new", &right).await.expect(303).location,
            "/lots/1"
        );
    }
    assert_eq!(stage.count("SELECT count(*) FROM lots").await, 1);
    let lot = browser.get("/lots/1").await.expect(200);
    assert!(
        lot.has("Expected") && !lot.has("Post and spread"),
        "nothing to spread over yet"
    );
    let api = server.api(Role::Manager).await;
    let model = yaw_model(&api).await.to_string();
    let scan = browser.get("/receive/scan?lot_id=1").await.expect(200);
    let fields = [
        ("form_key", scan.field("form_key")),
        ("product_model_id", model),
        ("location_id", "4".into()),
        ("received_date", "2026-01-14".into()),
        ("lot_id", "1".into()),
        ("serial_number", "S1".into()),
        ("purchase_cost", "900".into()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    browser.post("/receive/scan", &fields).await.expect(200);
    let lot = browser.get("/lots/1").await.expect(200);
    let key = lot.field("form_key");
    let key = key.trim_end_matches('c');
    let bad = [
        ("form_key", key),
        ("kind", "Duty"),
        ("amount", "0"),
        ("method", "by value"),
    ];
    let shown = browser.post("/lots/1/charges", &bad).await.expect(422);
    assert!(shown.has("This must be more than 0.00."));
    let key = shown.field("form_key");
    let good = [
        ("form_key", key.trim_end_matches('c')),
        ("kind", "Duty"),
        ("amount", "100.10"),
        ("method", "by value"),
    ];
    for _ in 0..2 {
        assert_eq!(
            browser.post("/lots/1/charges", &good).await.expect(303).location,
            "/lots/1"
        );
    }
    assert_eq!(
        stage.count("SELECT count(*) FROM lot_charges").await,
        1,
        "pressed twice, posted once"
    );
    let lot = browser.get("/lots/1").await.expect(200);
    assert!(lot.has("100.10") && lot.has("1,000.10") && lot.has("Take back"));
    browser
        .post("/lots/1/charges/1/reverse", &[("form_key", "r1")])
        .await
        .expect(303);
    browser
        .post("/lots/1/closed", &[("form_key", "c1"), ("closed", "true")])
        .await
        .expect(303);
    assert!(browser.get("/lots/1").await.expect(200).has("Open it again"));
    let list = browser.get("/lots?closed=true").await.expect(200);
    assert!(list.has("LOT-000001") && list.has(">3</") && list.has("/devices?lot_id=1"));
    let file = browser.get("/lots?format=csv").await.expect(200);
    assert!(
        file.has("lot_number,supplier") && file.has(",3,1,0,") && !file.has("margin_now"),
        "{}",
        file.text
    );
    assert!(
        browser
            .get("/lots/1/expected")
            .await
            .expect(200)
            .has("Nothing here")
    );
    let device = browser.get("/devices/1/edit").await.expect(200);
    assert!(device.has("LOT-000001"), "a closed lot stays chosen");
    server.browser(Role::Sales).await.get("/lots").await.expect(403);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_meets_receipts_and_itself() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    manifest(&yaw, &list(9), &[("supplier", "Retek")]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..8 {
        let api = yaw.clone();
        tasks.spawn(async move {
            let once = charge("Freight", "1000.00", "ONE");
            let status = api.post_once("/lots/1/charges", "same", &once).await.status;
            assert!(status == 201, "{status}");
            let device = json!({"serial_number": format!("R{n}"), "product_model_id": 1, "lot_id": 1, "purchase_cost": "77.77"});
            api.post("/assets", &device).await.expect(201);
            // Without a key, the same bill is posted once all the same.
            let bill = api.post("/lots/1/charges", &charge("Duty", "333.33", "TWO")).await.status;
            assert!(matches!(bill, 201 | 409), "{bill}");
            if n % 3 == 0 {
                let again = api.post("/lots/1/charges/1/spread", &json!({})).await.status;
                assert!(matches!(again, 201 | 409), "{again}");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let lot = yaw.get("/lots/1").await.expect(200);
    assert_eq!(
        (&lot["device_count"], &lot["charge_cost"]),
        (&json!(17), &json!("1333.33")),
        "{lot}"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

/// A lot of LOT_DEVICES devices (60 unless told otherwise, 2000 for the size of a shop) is imported, charged with three bills,
/// labelled, and counted by three phones at once, while a tenth of it is being sold: no device is lost or there twice, and the
/// books are equal.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lot_is_charged_labelled_and_counted_while_a_tenth_of_it_is_sold() {
    let devices: usize = std::env::var("LOT_DEVICES").map_or(60, |n| n.parse().unwrap());
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let [yaw, kwame, ama] = server.apis([Role::Warehouse, Role::Manager, Role::Sales]).await;
    let began = std::time::Instant::now();
    let import = manifest(
        &yaw,
        &list(devices),
        &[
            ("supplier", "Retek"),
            ("supplier_reference", "BIG"),
            ("location_id", "1"),
        ],
    )
    .await;
    assert_eq!(import["accepted"], devices);
    make_ready(&stage).await;
    let imported = began.elapsed();

    let count = yaw
        .post("/stocktakes", &json!({"location_id": 1}))
        .await
        .expect(201);
    assert_eq!(count["figures"]["expected"], devices);
    let count = format!("/stocktakes/{}", count["id"]);
    let sold = devices / 10;
    let mut tasks = tokio::task::JoinSet::new();
    for till in 0..4 {
        let api = ama.clone();
        // Each till sells its quarter.
        tasks.spawn(async move {
            for n in (0..sold).filter(|n| n % 4 == till) {
                sell(&api, i64::try_from(n + 1).unwrap()).await.expect(201);
            }
            0
        });
    }
    for (kind, amount, method) in [
        ("Freight", "98765.43", "per unit"),
        ("Duty", "200000.01", "by value"),
        ("Clearing", "1000.00", "per unit"),
    ] {
        let api = yaw.clone();
        tasks.spawn(async move {
            let mut bill = charge(kind, amount, kind);
            bill["method"] = json!(method);
            api.post_once("/lots/1/charges", kind, &bill).await.expect(201);
            0
        });
    }
    // Three phones, each from another end, so that most things are scanned three times. Every fiftieth lies nowhere.
    for (phone, role) in [Role::Warehouse, Role::Manager, Role::Admin]
        .into_iter()
        .enumerate()
    {
        let api = server.api(role).await;
        let path = format!("{count}/counts");
        tasks.spawn(async move {
            let mut good = 0;
            for n in 0..devices {
                let n = (n + phone * devices / 3) % devices + 1;
                if n.is_multiple_of(50) {
                    continue;
                }
                let code = format!("L{n:05}");
                let scan = json!({"code": code, "counter": format!("Phone {phone}")});
                let reply = api.post(&path, &scan).await;
                match reply.status {
                    201 => good += 1,
                    409 => {
                        let told = reply.json["detail"].as_str().unwrap();
                        assert!(told.contains("was counted already: by "), "{told}");
                    }
                    other => panic!("{code} answers {other}: {}", reply.json),
                }
            }
            good
        });
    }
    // Its sums are written anew again and again meanwhile.
    let folding = tokio::spawn({
        let shop = stage.shop.clone();
        async move {
            loop {
                app::lots::fold_figures(&shop).await.unwrap();
                tokio::task::yield_now().await;
            }
        }
    });
    let labels = {
        let api = yaw.clone();
        tokio::spawn(async move {
            let order =
                json!({"asset_ids": (1..=devices).collect::<Vec<_>>(), "size": "50x25", "code": "Code 128"});
            let pdf = api.request(Method::POST, "/labels.pdf").json(&order);
            let pdf = pdf.send().await.unwrap();
            assert_eq!(pdf.status(), 200);
            pdf.bytes().await.unwrap()
        })
    };
    let mut counted = 0;
    while let Some(done) = tasks.join_next().await {
        counted += done.unwrap();
    }
    folding.abort();
    let nowhere = devices / 50;
    assert_eq!(
        counted,
        devices - nowhere,
        "each device was counted by exactly one phone"
    );
    let labels = labels.await.unwrap();
    let pages = labels
        .windows(11)
        .filter(|bytes| bytes.starts_with(b"/Type/Page") && bytes[10] != b's')
        .count();
    assert_eq!(pages, devices, "a label is a page");
    yaw.post(&format!("{count}/submit"), &json!({})).await.expect(200);
    let figures = kwame
        .post(&format!("{count}/approve"), &json!({}))
        .await
        .expect(200)["figures"]
        .clone();
    let n = |name: &str| usize::try_from(figures[name].as_u64().unwrap()).unwrap();
    assert_eq!(
        n("found") + n("missing") + n("sold_meanwhile"),
        devices,
        "{figures}"
    );
    assert_eq!(
        n("unexpected") + n("wrong_place") + n("moved_meanwhile"),
        0,
        "{figures}"
    );
    assert_eq!(n("sold_meanwhile"), sold, "{figures}");
    assert_eq!(
        n("missing"),
        (sold + 1..=devices).filter(|n| n % 50 == 0).count(),
        "{figures}"
    );

    let lot = kwame.get("/lots/1").await.expect(200);
    assert_eq!(
        (&lot["device_count"], &lot["sold_count"], &lot["charge_cost"]),
        (&json!(devices), &json!(sold), &json!("299765.44")),
        "{lot}"
    );
    assert_eq!(lot["expected"]["missing"], 0);
    assert_eq!(lot["profit"]["sales_amount"], format!("{}.00", sold * 9000));
    let money = |text: &Value| text.as_str().unwrap().parse::<domain::Money>().unwrap();
    let carried = stage
        .count("SELECT (sum(s.amount) * 100)::bigint FROM lot_charge_shares s")
        .await;
    assert_eq!(carried, 29_976_544);
    let all = i64::try_from(devices).unwrap();
    for (what, there) in [
        ("SELECT count(*) FROM lot_charge_shares", all * 3),
        ("SELECT count(*) FROM assets", all),
        ("SELECT count(*) FROM assets WHERE status = 'Sold'", all / 10),
        ("SELECT count(DISTINCT asset_id) FROM stocktake_results", all),
    ] {
        assert_eq!(stage.count(what).await, there, "{what}");
    }
    let now = money(&lot["profit"]["margin_now"]);
    let then = money(&lot["profit"]["margin_at_sale"]);
    assert!(now <= then, "a bill never makes a sale better: {now} and {then}");
    assert_eq!(stage.broken_books().await, [""; 0]);
    app::lots::fold_figures(&stage.shop).await.unwrap();
    assert_eq!(stage.count("SELECT count(*) FROM lot_changes").await, 0);
    let kept = kwame.get("/lots/1").await.expect(200);
    assert_eq!(kept, lot, "what is kept of it is what its devices said");
    assert_eq!(stage.broken_books().await, [""; 0]);
    let whole = began.elapsed();
    if devices >= 1000 {
        assert!(
            whole.as_secs() < 600,
            "{devices} devices took {whole:?}, {imported:?} of it to bring them in"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lot_is_offered_to_who_waits_and_its_warranties_are_counted_by_it() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let [yaw, kwame, ama] = server.apis([Role::Warehouse, Role::Manager, Role::Sales]).await;
    let wish = json!({"customer": {"full_name": "Kojo Ansah", "phone": "0201112222"},
        "requested_specs": "An EliteBook 840 for school"});
    ama.post("/preorders", &wish).await.expect(201);
    let cash = json!({"payment_method": "Cash"});
    ama.post("/preorders/1/deposit", &cash).await.expect(201);
    ama.post("/preorders/1/order", &json!({})).await.expect(200);
    manifest(&yaw, &list(2), IN_DOLLARS).await;
    // Another device of the same hands in the same minute, which would do for nobody.
    let other = json!({"category": "Laptop", "brand": "Dell", "model_name": "Latitude 5400"});
    let other = kwame.post("/product-models", &other).await.expect(201)["id"].clone();
    yaw.post(
        "/assets",
        &json!({"serial_number": "X1", "product_model_id": other}),
    )
    .await
    .expect(201);
    let page = server.browser(Role::Manager).await;
    for path in ["/lots/1", "/receive/1", "/devices/1"] {
        let shown = page.get(path).await.expect(200);
        assert!(shown.has("PRE-000001"), "{path}: {}", shown.text);
    }
    let mut conn = stage.bizhub_app().await;
    conn.execute("UPDATE assets SET status = 'Diagnostics Pending' WHERE id = 2")
        .await
        .unwrap();
    assert!(
        page.get("/devices/2").await.expect(200).has("PRE-000001"),
        "also at the bench"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_warranties_cost_is_counted_by_the_lot() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let [yaw, kwame, ama] = server.apis([Role::Warehouse, Role::Manager, Role::Sales]).await;
    manifest(&yaw, &list(2), IN_DOLLARS).await;
    make_ready(&stage).await;
    // A second lot of the same supplier on the same day.
    let late = list(1).replace("L00001", "M00001");
    let second = &[("supplier", "Retek"), ("supplier_reference", "RT-2")];
    manifest(&yaw, &late, second).await;
    let sale = json!({"customer_type": "Retail", "customer": {"full_name": "Esi Quaye", "phone": "0244123456"},
        "lines": [{"asset_id": 1}], "payments": [{"payment_method": "Cash", "amount": "9000.00"}]});
    let warranty = ama.post("/sales", &sale).await.expect(201)["warranties"][0]["id"].clone();
    let claim = json!({"warranty_id": warranty, "issue_description": "Does not start"});
    ama.post("/warranty-claims", &claim).await.expect(201);
    kwame
        .post("/warranty-claims/1/approve", &json!({}))
        .await
        .expect(200);
    let end = json!({"outcome": "Repaired", "labor_cost": "40.00"});
    kwame.post("/warranty-claims/1/complete", &end).await.expect(200);
    let report = kwame
        .get("/reports/warranty-cost?by=lot&from=2026-01-01&to=2026-01-31")
        .await
        .expect(200);
    let rows = report["data"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{report}");
    assert_eq!(
        (&rows[0]["name"], &rows[0]["cost_total"]),
        (&json!("LOT-000001 · Retek · RT-1"), &json!("40.00"))
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}
