//! The bench: reading machines and phones, photos, checklists, what a device was, and every pass over it.

use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Executor;
use stage::Stage;
use stage::http::{Api, Server};

/// What a made-up ThinkPad says of itself.
const THINKPAD: &str = "# dmidecode 3.4\nHandle 0x0001, DMI type 17, 40 bytes\nMemory Device\n\tSize: 16 GB\n\tLocator: ChannelA-DIMM0\n\tType: DDR4\n\nHandle 0x0003, DMI type 4, 48 bytes\nProcessor Information\n\tVersion: Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz\n\nHandle 0x0005, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: LENOVO\n\tProduct Name: 20L5000AXX\n\tVersion: ThinkPad T480\n\tSerial Number: PF1ABCDE\n";

async fn model(api: &Api, brand: &str, name: &str, cpu: &str, ram: &str) -> i64 {
    let body = json!({"category": "Laptop", "brand": brand, "model_name": name, "cpu": cpu, "ram": ram,
        "storage": "256GB SSD", "default_price_grade_a": "4900.00"});
    api.post("/product-models", &body).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

async fn received(server: &Server, model: i64, serial: &str) -> i64 {
    let yaw = server.api(Role::Warehouse).await;
    let body = json!({"serial_number": serial, "product_model_id": model});
    yaw.post("/assets", &body).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

/// A picture of one colour, as the browser sends it.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb([20, 90, 160]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

async fn send(api: &Api, path: &str, bytes: Vec<u8>) -> (u16, Value) {
    let part = reqwest::multipart::Part::bytes(bytes).file_name("photo.png");
    let form = reqwest::multipart::Form::new()
        .part("file", part)
        .text("caption", "Scratch on the lid");
    answer(api.request(Method::POST, path).multipart(form)).await
}

async fn text(api: &Api, path: &str, text: &str) -> (u16, Value) {
    let request = api
        .request(Method::POST, path)
        .header("content-type", "text/plain");
    answer(request.body(text.to_owned())).await
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let reply = request.send().await.unwrap();
    let status = reply.status().as_u16();
    let text = reply.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

async fn to_diagnostics(api: &Api, id: i64) {
    let body = json!({"status": "Diagnostics Pending"});
    api.post(&format!("/assets/{id}/status"), &body).await.expect(200);
}

#[tokio::test]
async fn a_machine_is_read_and_its_word_taken_over() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let kofi = server.api(Role::Technician).await;
    let wrong = model(&kwame, "Lenovo", "ThinkPad T480", "i5-8250U", "8GB").await;
    let id = received(&server, wrong, "PF1 ABCDE").await;

    let (status, read) = text(&kofi, "/dmidecode", THINKPAD).await;
    assert_eq!(status, 200, "{read}");
    assert_eq!(
        (&read["brand"], &read["model_name"]),
        (&json!("Lenovo"), &json!("ThinkPad T480"))
    );
    assert_eq!(
        (&read["cpu"], &read["ram"]),
        (&json!("Intel Core i5-8350U"), &json!("16 GB"))
    );
    assert_eq!(text(&kofi, "/dmidecode", "no report at all").await.0, 422);
    assert_eq!(
        text(&kofi, "/dmidecode", &"x".repeat(1024 * 1024 + 1)).await.0,
        413
    );
    let ama = server.api(Role::Sales).await;
    assert_eq!(text(&ama, "/dmidecode", THINKPAD).await.0, 403);
    let json = answer(kofi.request(Method::POST, "/dmidecode").json(&json!({}))).await;
    assert_eq!(json.0, 415);

    let path = format!("/assets/{id}/machine-report");
    assert_eq!(text(&kofi, "/assets/999/machine-report", THINKPAD).await.0, 404);
    let (status, kept) = text(&kofi, &path, THINKPAD).await;
    assert_eq!(status, 201, "{kept}");
    let differs: Vec<&str> = kept["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["differs"] == true)
        .map(|f| f["field"].as_str().unwrap())
        .collect();
    assert_eq!(differs, ["cpu", "ram"], "{kept}");
    assert_eq!(kept["product_model_id"], Value::Null);
    let report = kept["report"]["id"].as_i64().unwrap();

    // The catalogue has no such model: Kofi may not add it, Yaw may.
    let take =
        |create: bool| json!({"machine_report_id": report, "fields": ["cpu", "ram"], "create_model": create});
    let over = format!("{path}/take-over");
    assert_eq!(
        kofi.post(&over, &take(false)).await.expect(409)["code"],
        "model_missing"
    );
    kofi.post(&over, &take(true)).await.expect(403);
    let none = json!({"machine_report_id": report, "fields": []});
    assert_eq!(
        kofi.post(&over, &none).await.expect(422)["errors"][0]["pointer"],
        "/fields"
    );
    let yaw = server.api(Role::Warehouse).await;
    let device = yaw.post(&over, &take(true)).await.expect(200);
    assert_eq!(
        (&device["cpu"], &device["ram"]),
        (&json!("Intel Core i5-8350U"), &json!("16 GB"))
    );
    assert_eq!(device["storage"], "256GB SSD");
    assert_eq!(device["product_model"]["default_price_grade_a"], Value::Null);
    let again = kofi
        .get(&format!("/assets/{id}/machine-reports"))
        .await
        .expect(200);
    assert!(
        again["data"][0]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["differs"] == false)
    );
    // The same for another device finds the model that is there now, whoever asks.
    let twin = received(&server, wrong, "PF1XYZ").await;
    let (_, kept) = text(&kofi, &format!("/assets/{twin}/machine-report"), THINKPAD).await;
    assert_eq!(kept["product_model_id"], device["product_model_id"]);
    let report = kept["report"]["id"].as_i64().unwrap();
    let over = format!("/assets/{twin}/machine-report/take-over");
    let cpu_ram = json!({"machine_report_id": report, "fields": ["cpu", "ram"]});
    let taken = kofi.post(&over, &cpu_ram).await.expect(200);
    assert_eq!(taken["product_model_id"], device["product_model_id"]);
    // Its serial number is the first one's: said by name.
    let serial = json!({"machine_report_id": report, "fields": ["serial_number"]});
    let refused = kofi.post(&over, &serial).await.expect(409);
    assert_eq!(refused["code"], "serial_taken");
    // A report of another device is none of this one.
    let foreign = json!({"machine_report_id": report, "fields": ["cpu"]});
    kofi.post(&format!("/assets/{id}/machine-report/take-over"), &foreign)
        .await
        .expect(404);
    let mut conn = stage.bizhub_app().await;
    assert!(
        conn.execute("UPDATE machine_reports SET report_text = ''")
            .await
            .is_err()
    );
    assert!(conn.execute("DELETE FROM machine_reports").await.is_err());
    assert_eq!(stage.broken_books().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_pages_read_a_machine_too() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let there = model(&kwame, "Lenovo", "ThinkPad T480", "i5-8350U", "16GB").await;
    let other = model(&kwame, "HP", "EliteBook 840 G5", "i5-8350U", "8GB").await;
    let id = received(&server, other, "A1").await;
    let yaw = server.browser(Role::Warehouse).await;
    let filled = yaw
        .post_multipart(
            "/devices/new/machine",
            &[("text", THINKPAD), ("supplier", "TechReuse UK")],
        )
        .await
        .expect(200);
    assert_eq!(filled.field("serial_number"), "PF1ABCDE");
    assert_eq!(filled.field("supplier"), "TechReuse UK");
    assert!(
        filled.has(&format!("<option value=\"{there}\" selected>")),
        "{}",
        filled.text
    );
    let wrong = yaw
        .post_multipart("/devices/new/machine", &[("text", "nonsense")])
        .await
        .expect(422);
    assert!(wrong.has("sudo dmidecode"));

    let path = format!("/devices/{id}/machine");
    let key = yaw.get(&path).await.expect(200).field("form_key");
    let kept = yaw
        .post_multipart(&path, &[("text", THINKPAD), ("form_key", &key)])
        .await
        .expect(303);
    assert_eq!(kept.location, path);
    let page = yaw.get(&path).await.expect(200);
    assert!(page.has("value=\"serial_number\"") && page.has("value=\"brand\"") && page.has("differs"));
    let report = page.field("machine_report_id");
    let nothing = yaw
        .post(&format!("{path}/take-over"), &[("machine_report_id", &report)])
        .await
        .expect(422);
    assert!(nothing.has("Choose what to take over."));
    let fields = [
        ("machine_report_id", report.as_str()),
        ("take", "brand"),
        ("take", "model_name"),
        ("take", "ram"),
        ("take", "serial_number"),
    ];
    let done = yaw.post(&format!("{path}/take-over"), &fields).await.expect(303);
    assert_eq!(done.location, format!("/devices/{id}"));
    let device = kwame.get(&format!("/assets/{id}")).await.expect(200);
    assert_eq!(
        (&device["product_model_id"], &device["serial_number"]),
        (&json!(there), &json!("PF1ABCDE"))
    );
}

#[tokio::test]
async fn photos_are_kept_shown_and_taken_away() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let kofi = server.api(Role::Technician).await;
    let ama = server.api(Role::Sales).await;
    let laptop = model(&kwame, "HP", "EliteBook 840 G5", "i5-8350U", "8GB").await;
    let id = received(&server, laptop, "A1").await;
    let path = format!("/assets/{id}/photos");
    to_diagnostics(&kofi, id).await;
    let (status, photo) = send(&kofi, &path, png(2000, 1000)).await;
    assert_eq!(status, 201, "{photo}");
    assert_eq!(
        (&photo["width"], &photo["height"], &photo["caption"]),
        (&json!(1600), &json!(800), &json!("Scratch on the lid"))
    );
    let number = photo["id"].as_i64().unwrap();
    let image = kofi
        .request(Method::GET, &format!("/photos/{number}/image.jpg"))
        .send()
        .await
        .unwrap();
    assert_eq!(image.headers()["content-type"], "image/jpeg");
    assert_eq!(image.headers()["x-content-type-options"], "nosniff");
    assert!(
        image.headers()["cache-control"]
            .to_str()
            .unwrap()
            .starts_with("private")
    );
    assert!(image.bytes().await.unwrap().starts_with(&[0xff, 0xd8]));

    // It belongs to the pass in which it was taken.
    let found = json!({"checklist_data": {"display": "pass"}, "overall_result": "Pass"});
    let tested = kofi
        .post(&format!("/assets/{id}/diagnostics"), &found)
        .await
        .expect(201);
    let listed = ama.get(&path).await.expect(200);
    assert_eq!(
        listed["data"][0]["diagnostics_id"],
        tested["diagnostics_result"]["id"]
    );

    for (bytes, words) in [
        (b"no photo".to_vec(), "JPEG, PNG or WebP"),
        (vec![0; 10 * 1024 * 1024 + 1], "10 MB"),
        (Vec::new(), "photo"),
    ] {
        let (status, problem) = send(&kofi, &path, bytes).await;
        assert_eq!(status, 422, "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], "/file");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
    assert_eq!(send(&ama, &path, png(100, 100)).await.0, 403);
    assert_eq!(send(&kofi, "/assets/999/photos", png(100, 100)).await.0, 404);

    // What a customer brings in is seen by those who may see tickets.
    let ticket = json!({"customer": {"full_name": "Esi Boadu", "phone": "0244123456"}, "device_brand": "Tecno",
        "device_model": "Spark 10", "issue_type": "Screen Repair", "issue_description": "Broken glass"});
    let ticket = ama.post("/repair-tickets", &ticket).await.expect(201);
    let tickets = format!("/repair-tickets/{}/photos", ticket["id"]);
    let (status, intake) = send(&ama, &tickets, png(400, 300)).await;
    assert_eq!(status, 201, "{intake}");
    let yaw = server.api(Role::Warehouse).await;
    yaw.get(&tickets).await.expect(403);
    let hidden = format!("/photos/{}", intake["id"]);
    yaw.get(&format!("{hidden}/image.jpg")).await.expect(404);
    yaw.delete(&hidden).await.expect(404);
    kofi.delete(&hidden).await.expect(403);
    assert_eq!(kofi.get(&format!("{hidden}/thumbnail.jpg")).await.status, 200);

    kwame.delete(&format!("/photos/{number}")).await.expect(204);
    kofi.get(&format!("/photos/{number}/image.jpg")).await.expect(404);
    assert_eq!(kofi.get(&path).await.expect(200)["data"], json!([]));
    assert_eq!(stage.count("SELECT count(*) FROM photo_files").await, 1);

    // A person gets their photos, and takes them along when they are erased.
    let customer = ticket["customer_id"].as_i64().unwrap();
    let efua = server.browser(Role::Admin).await;
    let export = efua
        .get(&format!("/customers/{customer}/export.json"))
        .await
        .expect(200);
    assert!(
        export.has("data:image/jpeg;base64,/9j/"),
        "{}",
        &export.text[..export.text.len().min(500)]
    );
    let done = json!({"status": "Closed", "outcome": "Unable", "notes": "No part"});
    for status in ["Diagnosing", "In Repair", "Ready"] {
        kofi.post(
            &format!("/repair-tickets/{}/status", ticket["id"]),
            &json!({"status": status}),
        )
        .await
        .expect(200);
    }
    kofi.post(&format!("/repair-tickets/{}/status", ticket["id"]), &done)
        .await
        .expect(200);
    let mut conn = stage.bizhub_app().await;
    sqlx::query("SELECT customer_erase($1)")
        .bind(i32::try_from(customer).unwrap())
        .execute(&mut conn)
        .await
        .unwrap();
    assert_eq!(stage.count("SELECT count(*) FROM photo_files").await, 0);
    assert_eq!(ama.get(&tickets).await.expect(200)["data"], json!([]));
    assert!(conn.execute("DELETE FROM photos").await.is_err());
    assert!(conn.execute("UPDATE photos SET removed_at = NULL").await.is_err());
    assert_eq!(stage.broken_books().await, Vec::<String>::new());
}

#[tokio::test]
async fn checklists_are_the_shops_own() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let kofi = server.api(Role::Technician).await;
    let laptop = model(&kwame, "HP", "EliteBook 840 G5", "i5-8350U", "8GB").await;
    let (first, second) = (
        received(&server, laptop, "A1").await,
        received(&server, laptop, "A2").await,
    );
    to_diagnostics(&kofi, first).await;
    to_diagnostics(&kofi, second).await;
    let old = json!({"checklist_data": {"trackpad": "fail: dead"}, "overall_result": "Fail"});
    let held = kofi
        .post(&format!("/assets/{first}/diagnostics"), &old)
        .await
        .expect(201);
    assert_eq!(held["status"], "Repair Hold");

    let efua = server.browser(Role::Admin).await;
    let fields = [
        ("laptop", "Display\nlid: Lid and hinges"),
        ("only_listed_checks", "true"),
        ("wipe_methods", "Shredder"),
    ];
    efua.post("/settings/checklists", &fields).await.expect(303);
    let twice = efua
        .post("/settings/checklists", &[("laptop", "Display\ndisplay")])
        .await
        .expect(422);
    assert!(twice.has("stands there twice"));
    server
        .browser(Role::Manager)
        .await
        .get("/settings/checklists")
        .await
        .expect(403);

    let bench = server
        .browser(Role::Technician)
        .await
        .get(&format!("/bench?device={second}"))
        .await
        .expect(200);
    assert!(bench.has("Lid and hinges") && !bench.has("check.trackpad"));
    let path = format!("/assets/{second}/diagnostics");
    let gone = json!({"checklist_data": {"trackpad": "pass"}, "overall_result": "Pass"});
    assert_eq!(
        kofi.post(&path, &gone).await.expect(422)["errors"][0]["pointer"],
        "/checklist_data/trackpad"
    );
    let new = json!({"checklist_data": {"lid": "pass", "display": "pass"}, "overall_result": "Pass"});
    kofi.post(&path, &new).await.expect(201);
    // What was found before is still read by its words.
    let page = server
        .browser(Role::Manager)
        .await
        .get(&format!("/devices/{first}"))
        .await
        .expect(200);
    assert!(page.has("Trackpad") && page.has("dead"));
}

#[tokio::test]
async fn every_pass_and_every_day_is_known() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let kofi = server.api(Role::Technician).await;
    let laptop = model(&kwame, "HP", "EliteBook 840 G5", "i5-8350U", "8GB").await;
    let id = received(&server, laptop, "5CG8420Q0B").await;
    let path = format!("/assets/{id}");
    to_diagnostics(&kofi, id).await;
    let found = json!({"checklist_data": {"display": "pass"}, "overall_result": "Pass", "battery_health_percent": 80});
    kofi.post(&format!("{path}/diagnostics"), &found)
        .await
        .expect(201);
    let wipe = json!({"wipe_method": "Blancco", "certificate_reference": "BL-77"});
    kofi.post(&format!("{path}/wipe-certificates"), &wipe)
        .await
        .expect(201);
    kofi.post(
        &format!("{path}/quality-check"),
        &json!({"condition_grade": "A", "passed": true}),
    )
    .await
    .expect(200);
    let checks = kofi.get(&format!("{path}/quality-checks")).await.expect(200);
    assert_eq!(checks["data"][0]["price"], "4900.00");
    assert_eq!(
        (
            &checks["data"][0]["passed"],
            &checks["data"][0]["technician_name"]
        ),
        (&json!(true), &json!("Kofi Owusu"))
    );

    // Ten days on it has another grade, another price and another place.
    let later = server_later(&stage).await;
    let kwame_later = later.api(Role::Manager).await;
    kwame_later
        .patch(
            &format!("/product-models/{laptop}"),
            &json!({"default_price_grade_a": "4500.00", "default_price_grade_b": "4000.00"}),
        )
        .await
        .expect(200);
    kwame_later
        .post(&format!("{path}/move"), &json!({"location_id": 1}))
        .await
        .expect(200);
    let body = json!({"status": "Diagnostics Pending", "reason": "Came back from the window"});
    kwame_later
        .post(&format!("{path}/status"), &body)
        .await
        .expect(200);
    kwame_later.post(&format!("{path}/diagnostics"), &json!({"checklist_data": {"display": "pass"}, "overall_result": "Pass", "battery_health_percent": 70})).await.expect(201);
    kwame_later
        .post(
            &format!("{path}/wipe-certificates"),
            &json!({"wipe_method": "DoD 3-pass"}),
        )
        .await
        .expect(201);
    kwame_later
        .post(
            &format!("{path}/quality-check"),
            &json!({"condition_grade": "B", "passed": true}),
        )
        .await
        .expect(200);
    let then = kwame_later
        .get(&format!("{path}/history?at=2026-01-20"))
        .await
        .expect(200);
    assert_eq!(then["status"], "Ready for Sale");
    assert_eq!(
        (
            &then["condition_grade"],
            &then["price"],
            &then["battery_health_percent"]
        ),
        (&json!("A"), &json!("4900.00"), &json!(80)),
        "{then}"
    );
    let now = kwame_later
        .get(&format!("{path}/history?at=2026-01-24"))
        .await
        .expect(200);
    assert_eq!(
        (&now["condition_grade"], &now["price"], &now["location_name"]),
        (&json!("B"), &json!("4000.00"), &json!("Shop Floor")),
        "{now}"
    );
    kwame_later
        .get(&format!("{path}/history?at=2026-01-13"))
        .await
        .expect(404);
    for wrong in [
        "?at=2026-01-25",
        "",
        "?at=yesterday",
        "?at=0001-01-01",
        "?at=99999-01-01",
    ] {
        let problem = kwame_later
            .get(&format!("{path}/history{wrong}"))
            .await
            .expect(422);
        assert_eq!(problem["errors"][0]["pointer"], "/at", "{wrong}");
    }
    let page = later
        .browser(Role::Sales)
        .await
        .get(&format!("/devices/{id}?at=2026-01-20"))
        .await
        .expect(200);
    assert!(page.has("4,900.00") && page.has("Quality check: grade B"));

    // Whoever scans the code on a certificate learns of the device, and of nobody.
    let mut conn = stage.superuser().await;
    let code: String = sqlx::query_scalar("SELECT check_code FROM wipe_certificates ORDER BY id LIMIT 1")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    let page = reqwest::get(format!("{}/check/{code}", server.base))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        page.contains("ends in 0Q0B") && page.contains("Blancco"),
        "{page}"
    );
    assert!(!page.contains("5CG8420Q0B") && !page.contains("Kofi"));

    // Where it may go, and of every other status why not.
    let moves = kofi.get(&format!("{path}/moves")).await.expect(200);
    let moves = moves["data"].as_array().unwrap();
    assert_eq!(moves.len(), 10);
    for step in moves {
        assert_ne!(step["allowed"] == true, step["refused"].is_string(), "{step}");
    }
    assert_eq!(stage.broken_books().await, Vec::<String>::new());
}

async fn server_later(stage: &Stage) -> Server {
    stage
        .serve_at(stage::opening() + chrono::TimeDelta::days(10))
        .await
}

#[tokio::test]
async fn phones_are_known_by_their_codes() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let phone = json!({"category": "Phone", "brand": "Samsung", "model_name": "Galaxy S9", "ram": "4GB"});
    let phone = kwame.post("/product-models", &phone).await.expect(201)["id"].clone();
    let list = "A made-up list\ntac,name,name\n49015420,SAMSUNG,Galaxy S9\n4901,short,x\n";
    let yaw = server.api(Role::Warehouse).await;
    assert_eq!(send_list(&yaw, list).await.0, 403);
    let (status, done) = send_list(&kwame, list).await;
    assert_eq!(
        (status, &done["added"], &done["left_out"]),
        (200, &json!(1), &json!(1)),
        "{done}"
    );
    assert_eq!(send_list(&kwame, "no,columns\n").await.0, 422);
    let found = yaw.get("/tac/490154203237518").await.expect(200);
    assert_eq!(
        (&found["brand"], &found["product_models"][0]["id"]),
        (&json!("Samsung"), &phone)
    );
    yaw.get("/tac/490154203237517").await.expect(404);
    yaw.get("/tac/356759040000013").await.expect(404);
    let page = server
        .browser(Role::Warehouse)
        .await
        .get("/devices/new?look=imei&imei_1=490154203237518&serial_number=R58")
        .await
        .expect(200);
    assert!(page.has("Samsung Galaxy S9. Its model is chosen.") && page.field("serial_number") == "R58");
    let page = server
        .browser(Role::Warehouse)
        .await
        .get("/devices/new?look=imei&imei_1=12")
        .await
        .expect(200);
    assert!(page.has("An IMEI has 15 digits"));
}

async fn send_list(api: &Api, list: &str) -> (u16, Value) {
    let part = reqwest::multipart::Part::bytes(list.as_bytes().to_vec()).file_name("tac.csv");
    let form = reqwest::multipart::Form::new().part("file", part);
    answer(api.request(Method::POST, "/imports/tac").multipart(form)).await
}
