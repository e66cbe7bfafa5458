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
    let machine = [("look", "machine"), ("text", THINKPAD)];
    let with = |more: &[(&'static str, &'static str)]| [&machine[..], more].concat();
    let filled = yaw
        .post_multipart(
            "/devices/new",
            &with(&[
                ("supplier", "TechReuse UK"),
                ("cosmetic_notes", "Lid"),
                ("imei_2", "1"),
            ]),
        )
        .await
        .expect(200);
    assert_eq!(filled.field("serial_number"), "PF1ABCDE");
    // Whatever was typed stays, and the report goes along.
    assert_eq!(
        (filled.field("supplier"), filled.field("imei_2")),
        ("TechReuse UK".into(), "1".into())
    );
    assert!(filled.has("Lid</textarea>") && filled.has("Product Name: 20L5000AXX"));
    assert!(
        filled.has(&format!("<option value=\"{there}\" selected>")),
        "{}",
        filled.text
    );
    assert!(!filled.has("Differs"));
    let wrong = yaw
        .post_multipart(
            "/devices/new",
            &[("look", "machine"), ("text", "nonsense"), ("supplier", "X1")],
        )
        .await
        .expect(422);
    assert!(wrong.has("sudo dmidecode") && wrong.field("supplier") == "X1" && wrong.has("nonsense"));
    let long = "x".repeat(1024 * 1024 + 1);
    let wrong = yaw
        .post_multipart(
            "/devices/new",
            &[("look", "machine"), ("text", &long), ("supplier", "X1")],
        )
        .await
        .expect(422);
    assert!(wrong.has("far too long") && wrong.field("supplier") == "X1");

    // What was typed counts; what differs stands beside it, and can be taken over.
    let typed = [
        ("serial_number", "A9"),
        ("product_model_id", "2"),
        ("received_date", "2026-01-12"),
    ];
    assert_eq!(other, 2);
    let differs = yaw
        .post_multipart("/devices/new", &with(&typed))
        .await
        .expect(200);
    assert_eq!(differs.field("serial_number"), "A9");
    assert!(differs.has("<option value=\"2\" selected>") && differs.has("Differs"));
    assert!(
        differs.has("EliteBook 840 G5</td>")
            && differs.has("machine:model")
            && differs.has("machine:serial_number")
    );
    let taken = |what: &'static str| {
        let mut fields = vec![("look", what), ("text", THINKPAD)];
        fields.extend(typed);
        fields
    };
    let serial = yaw
        .post_multipart("/devices/new", &taken("machine:serial_number"))
        .await
        .expect(200);
    assert_eq!(serial.field("serial_number"), "PF1ABCDE");
    let fitting = yaw
        .post_multipart("/devices/new", &taken("machine:model"))
        .await
        .expect(200);
    assert!(fitting.has(&format!("<option value=\"{there}\" selected>")));
    // A machine that the catalogue has not is added by one press.
    let bigger = THINKPAD.replace("Size: 16 GB", "Size: 32 GB");
    let mut fields = typed.to_vec();
    fields.extend([("look", "machine"), ("text", bigger.as_str())]);
    assert!(
        yaw.post_multipart("/devices/new", &fields)
            .await
            .expect(200)
            .has("machine:new_model")
    );
    fields.retain(|(name, _)| *name != "look");
    fields.push(("look", "machine:new_model"));
    let added = yaw.post_multipart("/devices/new", &fields).await.expect(200);
    assert!(added.has("<option value=\"3\" selected>") && !added.has("machine:new_model"));
    assert_eq!(
        stage
            .count("SELECT count(*) FROM product_models WHERE ram LIKE '32%'")
            .await,
        1
    );

    // Received, the report is the device's own; a press repeated receives nothing more.
    let key = yaw.get("/devices/new").await.expect(200).field("form_key");
    let mut fields = typed.to_vec();
    fields.extend([("form_key", key.as_str()), ("text", THINKPAD)]);
    let gone_on = yaw.post_multipart("/devices/new", &fields).await.expect(303);
    assert!(gone_on.location.starts_with("/devices/new?"));
    assert_eq!(
        yaw.post_multipart("/devices/new", &fields)
            .await
            .expect(303)
            .location,
        gone_on.location
    );
    let new = kwame.get("/assets/by-serial/A9").await.expect(200)["id"].clone();
    let kept = kwame
        .get(&format!("/assets/{new}/machine-reports"))
        .await
        .expect(200);
    assert_eq!(
        kept["data"][0]["report"]["found"]["serial_number"], "PF1ABCDE",
        "{kept}"
    );
    assert_eq!(stage.count("SELECT count(*) FROM machine_reports").await, 1);
    fields.retain(|(name, _)| !matches!(*name, "text" | "form_key" | "serial_number"));
    fields.extend([("serial_number", "A10"), ("text", "nonsense")]);
    assert!(
        yaw.post_multipart("/devices/new", &fields)
            .await
            .expect(422)
            .has("sudo dmidecode")
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE serial_number = 'A10'")
            .await,
        0
    );

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

/// A photo as a phone held upright sends it: lying, left half red and right half blue, with the turn, the place and the number of
/// the camera beside it.
fn from_a_phone(format: image::ImageFormat) -> Vec<u8> {
    let lying = image::RgbImage::from_fn(400, 200, |x, _| {
        image::Rgb(if x < 200 { [220, 20, 20] } else { [20, 20, 220] })
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    lying.write_to(&mut bytes, format).unwrap();
    let plain = bytes.into_inner();
    let tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 5.6037N 0.1870W CAM-4711";
    if format == image::ImageFormat::Jpeg {
        let exif = [b"Exif\0\0".as_slice(), tiff].concat();
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        return [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat();
    }
    let chunk = |kind: &[u8], data: &[u8]| {
        let mut crc = u32::MAX;
        for byte in kind.iter().chain(data) {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            }
        }
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length, kind, data, &(!crc).to_be_bytes()].concat()
    };
    // Behind the header, which is 8 and 25 bytes long.
    let beside = [
        chunk(b"eXIf", tiff),
        chunk(b"tEXt", b"Comment\0GPS 5.6037N CAM-4711"),
    ]
    .concat();
    [&plain[..33], &beside, &plain[33..]].concat()
}

/// A small JPEG whose header says so many pixels.
fn hollow_jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(16, 16, image::Rgb([20, 90, 160]))
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    let mut jpeg = bytes.into_inner();
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_for_the_bench_is_refused_with_a_sentence() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (kofi, kwame) = (
        server.api(Role::Technician).await,
        server.api(Role::Manager).await,
    );
    let id = stage.ready_device("SN-1").await;
    let photos = format!("/assets/{id}/photos");
    let report = format!("/assets/{id}/machine-report");
    let wide = ",".repeat(1_000_000).into_bytes();
    let huge = vec![b'x'; 21 * 1024 * 1024];
    for (api, path, bytes, status, says) in [
        (&kofi, &photos, hollow_jpeg(8660, 5774), 422, "25 megapixels"),
        (&kofi, &photos, hollow_jpeg(65_000, 65_000), 422, "25 megapixels"),
        (&kofi, &photos, huge.clone(), 413, "send a smaller one"),
        (&kofi, &report, huge.clone(), 422, "less than 1 MB"),
        (
            &kofi,
            &report,
            b"  *-core\n       product: 20L5".to_vec(),
            422,
            "what lshw prints",
        ),
        (
            &kwame,
            &"/imports/tac".to_owned(),
            wide.clone(),
            422,
            "200 columns",
        ),
        (
            &kwame,
            &"/imports/tac".to_owned(),
            huge,
            413,
            "send a smaller one",
        ),
    ] {
        // The form of a photo has a caption; the others take the file alone.
        let part = reqwest::multipart::Part::bytes(bytes).file_name("sent");
        let form = reqwest::multipart::Form::new().part("file", part);
        let (answered, problem) = answer(api.request(Method::POST, path).multipart(form)).await;
        assert_eq!(answered, status, "{path}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(says) && detail.ends_with('.'), "{path}: {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_photo_was_taken_does_not_stay_in_it_and_how_it_was_held_does() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kofi = server.api(Role::Technician).await;
    let id = stage.ready_device("SN-1").await;
    for format in [image::ImageFormat::Jpeg, image::ImageFormat::Png] {
        let sent = from_a_phone(format);
        let holds = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|w| w == what);
        assert!(holds(&sent, b"CAM-4711"));
        let (status, photo) = send(&kofi, &format!("/assets/{id}/photos"), sent).await;
        assert_eq!(status, 201, "{format:?}: {photo}");
        assert_eq!(
            (&photo["width"], &photo["height"]),
            (&json!(200), &json!(400)),
            "{format:?}"
        );
        for which in ["image.jpg", "thumbnail.jpg"] {
            let path = format!("/photos/{}/{which}", photo["id"]);
            let kept = kofi.request(Method::GET, &path).send().await.unwrap();
            let kept = kept.bytes().await.unwrap();
            for trace in [b"Exif".as_slice(), b"GPS", b"CAM-4711", b"5.6037"] {
                assert!(!holds(&kept, trace), "{format:?} {which} keeps {trace:?}");
            }
            let upright = image::load_from_memory(&kept).unwrap().to_rgb8();
            let (width, height) = upright.dimensions();
            assert!(height > width);
            // Turned to the right: what was left is up.
            let (above, below) = (
                upright.get_pixel(width / 2, height / 8),
                upright.get_pixel(width / 2, height * 7 / 8),
            );
            assert!(above[0] > 150 && above[2] < 90, "{format:?} {which}: {above:?}");
            assert!(below[2] > 150 && below[0] < 90, "{format:?} {which}: {below:?}");
        }
    }
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
    let misread = yaw.get("/tac/490154203237517").await.expect(404);
    assert!(
        misread["detail"]
            .as_str()
            .unwrap_or("")
            .contains("does not fit the others"),
        "{misread}"
    );
    yaw.get("/tac/356759040000013").await.expect(404);
    // One of what was typed is read, all of it stays, and nothing of it stands in an address.
    let browser = server.browser(Role::Warehouse).await;
    let look = async |what: &str, imei: &str, model: &str| {
        let fields = [
            ("look", what),
            ("imei_1", imei),
            ("product_model_id", model),
            ("serial_number", "R58"),
            ("purchase_cost", "1,200"),
            ("lot_id", ""),
            ("cosmetic_notes", "Cracked corner"),
        ];
        browser.post("/devices/new", &fields).await
    };
    let page = look("imei", "490154203237518", "").await.expect(200);
    assert!(page.has("Samsung Galaxy S9. Its model is chosen.") && page.field("serial_number") == "R58");
    assert!(
        page.has("Cracked corner</textarea>") && page.has(&format!("<option value=\"{phone}\" selected>"))
    );
    assert_eq!(page.field("imei_1"), "490154203237518");
    let page = look("imei", "12", "").await.expect(422);
    assert!(page.has("An IMEI has 15 digits") && page.has("Cracked corner</textarea>"));
    // A model that was chosen by hand stays until it is pressed.
    let other = json!({"category": "Phone", "brand": "Tecno", "model_name": "Spark 10"});
    let other = kwame.post("/product-models", &other).await.expect(201)["id"].to_string();
    let page = look("imei", "490154203237518", &other).await.expect(200);
    assert!(page.has("Chosen is another model") && page.has(&format!("<option value=\"{other}\" selected>")));
    let page = look(&format!("imei:{phone}"), "490154203237518", &other)
        .await
        .expect(200);
    assert!(page.has(&format!("<option value=\"{phone}\" selected>")));
    let page = look("imei", "356759040000011", "").await.expect(200);
    assert!(page.has("No list of codes knows the code 35675904."));
    assert_eq!(
        send_list(&kwame, "tac,brand,model\n35675904,OPPO,N1\n").await.0,
        200
    );
    let page = look("imei", "356759040000011", "").await.expect(200);
    assert!(page.has("Add OPPO N1 to the catalogue"));
    let page = look("imei:new", "356759040000011", "").await.expect(200);
    assert!(page.has("OPPO N1. Its model is chosen."));
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
}

async fn send_list(api: &Api, list: &str) -> (u16, Value) {
    let part = reqwest::multipart::Part::bytes(list.as_bytes().to_vec()).file_name("tac.csv");
    let form = reqwest::multipart::Form::new().part("file", part);
    answer(api.request(Method::POST, "/imports/tac").multipart(form)).await
}
