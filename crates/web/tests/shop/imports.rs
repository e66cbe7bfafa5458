//! Yaw receives a lot from a supplier's manifest.

use std::io::Write;

use app::imports::{self, Import, ImportMode, ImportState, ManifestOptions};
use app::{Actor, Refusal, Shop};
use domain::Role;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, Server, refused};
use tempfile::NamedTempFile;

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn good_rows() -> ManifestOptions {
    ManifestOptions {
        mode: ImportMode::GoodRows,
        ..ManifestOptions::default()
    }
}

async fn import(
    shop: &Shop,
    actor: &Actor,
    text: &str,
    options: &ManifestOptions,
) -> Result<Import, Refusal> {
    imports::import_manifest(shop, actor, file(text).path(), "lot.csv", options).await
}

fn reasons(import: &Import) -> Vec<String> {
    import
        .errors
        .iter()
        .map(|error| format!("{} {}: {}", error.row, error.column, error.reason))
        .collect()
}

const LOT: &str = "Serial,Brand,Model,CPU,RAM,Cost,Location,Lot\n\
    A1,Dell,Latitude 7490,i5-8350U,8,1500,Warehouse,L7\n\
    A2,DELL,latitude 7490,Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz,8GB,1500.50,warehouse,L7\n\
    A3,HP,EliteBook 840 G5,i5-8350U,16,,,L8\n";

#[tokio::test]
async fn yaw_receives_a_lot_and_then_the_same_again() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let first = import(&stage.shop, &yaw, LOT, &ManifestOptions::default())
        .await
        .unwrap();
    assert_eq!(
        (first.rows, first.accepted, first.rejected),
        (3, 3, 0),
        "{first:?}"
    );
    assert_eq!(first.state, ImportState::Done);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE status = 'Received'")
            .await,
        3
    );
    assert_eq!(
        stage.count("SELECT count(*) FROM product_models").await,
        2,
        "one model, spelled in two ways, and another"
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE purchase_cost = 1500.50")
            .await,
        1
    );
    assert_eq!(
        stage.count("SELECT count(*) FROM inventory_movements WHERE reason = 'Received with lot.csv, lot L7' AND to_status = 'Received'").await,
        2
    );
    assert_eq!(
        stage.count("SELECT count(*) FROM inventory_movements m JOIN users u ON u.id = m.moved_by WHERE u.username = 'yaw'").await,
        3
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'import.manifest'")
            .await,
        1
    );
    assert_eq!(stage.count("SELECT count(*) FROM audit_log a JOIN users u ON u.id = a.user_id WHERE username = 'yaw' AND action = 'asset.receive'").await, 3);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'product_model.create'")
            .await,
        2
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE asset_tag LIKE 'P4T-00000%'")
            .await,
        3
    );

    for mode in [ImportMode::AllOrNothing, ImportMode::GoodRows] {
        let again = import(
            &stage.shop,
            &yaw,
            LOT,
            &ManifestOptions {
                mode,
                ..ManifestOptions::default()
            },
        )
        .await
        .unwrap();
        assert_eq!((again.rows, again.accepted, again.rejected), (3, 0, 3));
        assert_eq!(
            reasons(&again)[0],
            "2 Serial: This device was received already on 14 Jan 2026: it is P4T-000001."
        );
    }
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 3);
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 2);
}

const FAULTY: &str = "Serial,Brand,Model,CPU,Location\n\
    B1,Dell,Latitude 7490,i5-8350U,\n\
    B2,Dell,Latitude 7490,,\n\
    b 1,Dell,Latitude 7490,i5-8350U,\n\
    B4,Dell,Latitude 7490,i5-8350U,Kumasi\n";

#[tokio::test]
async fn all_or_nothing_receives_nothing_and_good_rows_the_good_ones() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let nothing = import(&stage.shop, &yaw, FAULTY, &ManifestOptions::default())
        .await
        .unwrap();
    assert_eq!((nothing.rows, nothing.accepted, nothing.rejected), (4, 0, 3));
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 0);

    let look = ManifestOptions {
        dry_run: true,
        ..good_rows()
    };
    let looked = import(&stage.shop, &yaw, FAULTY, &look).await.unwrap();
    assert_eq!((looked.accepted, looked.rejected, looked.dry_run), (1, 3, true));
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action LIKE 'import%' AND after->>'accepted' = '1'")
            .await,
        0
    );

    let good = import(&stage.shop, &yaw, FAULTY, &good_rows()).await.unwrap();
    assert_eq!((good.accepted, good.rejected), (1, 3));
    assert_eq!(
        reasons(&good),
        [
            "3 CPU: The CPU is missing: fill it in, or write Unknown to receive the device without it.",
            "4 Serial: This serial number stands in row 2 already: a device can be received only once.",
            "5 Location: There is no location “Kumasi”: write one that there is, or leave it empty.",
        ]
    );
    let bad = String::from_utf8(imports::rejected_file(&stage.shop, good.id).await.unwrap()).unwrap();
    assert!(
        bad.starts_with("\u{feff}Serial,Brand,Model,CPU,Location,Row,What is wrong\nB2,Dell,"),
        "{bad}"
    );
    // The faults mended, the rows that came back are received.
    let mended = bad
        .replace("7490,,", "7490,i5-8350U,")
        .replace("Kumasi", "Shop Floor")
        .replace("b 1,", "B3,");
    let mended = import(&stage.shop, &yaw, &mended, &ManifestOptions::default())
        .await
        .unwrap();
    assert_eq!(
        (mended.accepted, mended.rejected),
        (3, 0),
        "{:?}",
        reasons(&mended)
    );
}

#[tokio::test]
async fn bad_files_leave_no_trace() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let cases = [
        ("", "empty"),
        ("%PDF-1.7", "a PDF document"),
        (
            "Brand,Model,CPU\nDell,x,i5\n",
            "No serial number column was found in row 1",
        ),
        ("Serial,Brand,Model\n", "no rows"),
    ];
    for (text, expected) in cases {
        let refusal = import(&stage.shop, &yaw, text, &good_rows())
            .await
            .unwrap_err()
            .sentence();
        assert!(refusal.contains(expected), "{refusal}");
    }
    let tomorrow = ManifestOptions {
        received_date: stage.shop.today().succ_opt(),
        ..good_rows()
    };
    assert!(import(&stage.shop, &yaw, LOT, &tomorrow).await.is_err());
    let ama = stage.actor(Role::Sales).await;
    assert!(matches!(
        import(&stage.shop, &ama, LOT, &good_rows()).await,
        Err(Refusal::Forbidden { .. })
    ));
    assert_eq!(stage.count("SELECT count(*) FROM imports").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log").await, 0);
}

#[tokio::test]
async fn known_numbers_are_told_apart() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let first = "Serial,IMEI,IMEI 2,Tag,Brand,Model\nS1,490154203237518,356938035643809,T-1,Samsung,S9\n";
    import(&stage.shop, &yaw, first, &good_rows()).await.unwrap();
    let second = "Serial,IMEI,IMEI 2,Tag,Brand,Model\n\
        S2,356938035643809,,,Samsung,S9\nS3,,490154203237518,,Samsung,S9\nS4,,,t-1,Samsung,S9\n s 1 ,,,T-9,Samsung,S9\n";
    let second = import(&stage.shop, &yaw, second, &good_rows()).await.unwrap();
    assert_eq!(
        reasons(&second),
        [
            "2 IMEI: Another device, T-1, has this IMEI already: read it again.",
            "3 IMEI: Another device, T-1, has this IMEI already: read it again.",
            "4 Tag: Another device, T-1, has this asset tag already: read it again.",
            "5 Serial: This device was received already on 14 Jan 2026: it is T-1.",
        ]
    );
}

#[tokio::test]
async fn costs_in_another_currency_need_a_rate() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let lot = "Serial,Brand,Model,Cost (USD)\nC1,Dell,x,100.10\n";
    let without = import(&stage.shop, &yaw, lot, &good_rows()).await.unwrap();
    assert!(
        reasons(&without)[0].starts_with("2 Cost (USD): This cost is in USD: say how many cedis"),
        "{without:?}"
    );
    let with = ManifestOptions {
        exchange_rate: Some("15.55".parse().unwrap()),
        ..good_rows()
    };
    let with = import(&stage.shop, &yaw, lot, &with).await.unwrap();
    assert_eq!(with.accepted, 1);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE purchase_cost = 1556.56")
            .await,
        1
    );
    let mixed = "Serial,Brand,Model,Cost\nD1,Dell,x,$1\nD2,Dell,x,€1\nD3,Dell,x,GHS 1\n";
    let rate = ManifestOptions {
        exchange_rate: Some("15".parse().unwrap()),
        ..good_rows()
    };
    let mixed = import(&stage.shop, &yaw, mixed, &rate).await.unwrap();
    assert_eq!((mixed.accepted, mixed.rejected), (2, 1));
    assert!(reasons(&mixed)[0].contains("in EUR and others are in USD"));
}

#[tokio::test]
async fn sixteen_at_once_receive_each_device_once() {
    let stage = Stage::open().await;
    let yaw = stage.actor(Role::Warehouse).await;
    let mut lot = String::from("Serial,Brand,Model,CPU,RAM\n");
    for n in 0..2500 {
        lot.push_str(&format!("SN{n},Dell,Latitude {},i5-8350U,8\n", n % 40));
    }
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..16 {
        let (shop, yaw, lot) = (stage.shop.clone(), yaw.clone(), lot.clone());
        let mode = if n % 2 == 0 {
            ImportMode::GoodRows
        } else {
            ImportMode::AllOrNothing
        };
        tasks.spawn(async move {
            import(
                &shop,
                &yaw,
                &lot,
                &ManifestOptions {
                    mode,
                    ..ManifestOptions::default()
                },
            )
            .await
            .unwrap()
        });
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().map(|import| import.accepted).sum::<i32>(), 2500);
    assert_eq!(
        done.iter()
            .filter(|import| import.accepted == 2500 && import.rejected == 0)
            .count(),
        1
    );
    assert!(
        done.iter()
            .all(|import| import.accepted == 2500 || import.rejected == 2500)
    );
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 2500);
    assert_eq!(
        stage.count("SELECT count(*) FROM inventory_movements").await,
        2500
    );
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 40);
}

fn form(bytes: impl Into<Vec<u8>>, fields: &[(&'static str, &str)]) -> Form {
    let file = Part::bytes(bytes.into()).file_name("lots/Kofi \"7\".csv");
    fields
        .iter()
        .fold(Form::new().part("file", file), |form, (name, value)| {
            form.text(*name, (*value).to_owned())
        })
}

async fn send(api: &Api, key: Option<&str>, form: Form) -> (u16, Value) {
    let mut request = api.request(Method::POST, "/imports/manifest").multipart(form);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn the_api_receives_a_lot() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let (status, looked) = send(
        &yaw,
        None,
        form(FAULTY, &[("mode", "good_rows"), ("dry_run", "true")]),
    )
    .await;
    assert_eq!(
        (status, &looked["rows"], &looked["accepted"], &looked["rejected"]),
        (200, &json!(4), &json!(1), &json!(3))
    );
    assert_eq!(looked["errors"][0]["row"], 3);
    assert_eq!(looked["errors"][0]["column"], "CPU");
    let (status, nothing) = send(&yaw, None, form(FAULTY, &[])).await;
    assert_eq!(
        (status, &nothing["accepted"], &nothing["mode"]),
        (200, &json!(0), &json!("all_or_nothing"))
    );
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);

    let fields = [
        ("mode", "good_rows"),
        ("supplier", "Kofi Traders"),
        ("received_date", "2026-01-10"),
        ("columns", "{\"Location\": null}"),
    ];
    let (status, good) = send(&yaw, None, form(FAULTY, &fields)).await;
    assert_eq!(
        (status, &good["accepted"], &good["rejected"]),
        (200, &json!(2), &json!(2)),
        "{good}"
    );
    let kept = "SELECT count(*) FROM assets WHERE supplier = 'Kofi Traders' AND received_date = '2026-01-10'";
    assert_eq!(stage.count(kept).await, 2);
    let id = good["id"].as_i64().unwrap();
    let found = yaw.get(&format!("/imports/{id}")).await.expect(200);
    assert_eq!(found, good);
    assert_eq!(found["file_name"], "Kofi \"7\".csv");

    yaw.get("/imports/999999").await.expect(404);
    let kofi = server.api(Role::Technician).await;
    assert_eq!(send(&kofi, None, form(LOT, &[])).await.0, 403);
    kofi.get(&format!("/imports/{id}")).await.expect(403);
}

#[tokio::test]
async fn bad_uploads_are_refused_with_their_field() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let cases = [
        (form(LOT, &[("mode", "some")]), 422, "/mode"),
        (form(LOT, &[("dry_run", "maybe")]), 422, "/dry_run"),
        (form(LOT, &[("price", "1")]), 422, "/price"),
        (form(LOT, &[("location_id", "99")]), 422, "/location_id"),
        (
            form(LOT, &[("received_date", "2027-01-01")]),
            422,
            "/received_date",
        ),
        (form(LOT, &[("received_date", "tomorrow")]), 422, "/received_date"),
        (form(LOT, &[("exchange_rate", "-1")]), 422, "/exchange_rate"),
        (form(LOT, &[("columns", "[]")]), 422, "/columns"),
        (
            form(LOT, &[("columns", "{\"Serial\": \"colour\"}")]),
            422,
            "/columns",
        ),
        (form(LOT, &[("columns", "{\"Colour\": \"brand\"}")]), 422, "/file"),
        (form("Brand,Model\nDell,x\n", &[]), 422, "/file"),
        (form("", &[]), 422, "/file"),
        (Form::new().text("mode", "good_rows"), 422, "/file"),
    ];
    for (form, status, pointer) in cases {
        let (got, problem) = send(&yaw, None, form).await;
        assert_eq!(
            (got, problem["errors"][0]["pointer"].as_str()),
            (status, Some(pointer)),
            "{problem}"
        );
    }
    assert_eq!(send(&yaw, None, form("%PDF-1.7", &[])).await.0, 415);
    let (status, problem) = send(&yaw, None, form(vec![b'x'; 30 << 20], &[])).await;
    assert_eq!(
        (status, &problem["code"]),
        (413, &json!("too_large")),
        "{problem}"
    );
    let plain = yaw
        .request(Method::POST, "/imports/manifest")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(plain.status(), 415);
    assert_eq!(stage.count("SELECT count(*) FROM imports").await, 0);
    // Other calls keep their small limit.
    let big = yaw
        .request(Method::POST, "/customers")
        .json(&json!({"notes": "x".repeat(3 << 20)}))
        .send()
        .await
        .unwrap();
    assert_eq!(big.status(), 403, "the gate comes first");
    let ama = server.api(Role::Sales).await;
    let big = ama
        .request(Method::POST, "/customers")
        .json(&json!({"notes": "x".repeat(3 << 20)}))
        .send()
        .await
        .unwrap();
    assert_eq!(big.status(), 413);
}

#[tokio::test]
async fn the_same_key_imports_once_and_another_file_needs_another_key() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let yaw = yaw.clone();
        tasks.spawn(async move { send(&yaw, Some("lot-7"), form(LOT, &[])).await });
    }
    let answers = tasks.join_all().await;
    for (status, answer) in &answers {
        assert_eq!((*status, &answer["accepted"]), (200, &json!(3)), "{answer}");
        assert_eq!(answer, &answers[0].1);
    }
    assert_eq!(stage.count("SELECT count(*) FROM imports").await, 1);
    assert_eq!(send(&yaw, Some("lot-7"), form(FAULTY, &[])).await.0, 422);
    assert_eq!(
        send(&yaw, Some("lot-7"), form(LOT, &[("mode", "good_rows")]))
            .await
            .0,
        422
    );
}

/// Yaw at his browser.
struct Browser {
    client: reqwest::Client,
    base: String,
}

impl Browser {
    async fn open(server: &Server, username: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let browser = Self {
            client,
            base: server.base.clone(),
        };
        browser
            .post(
                "/sign-in",
                &[("username", username), ("password", stage::PASSWORD)],
            )
            .await;
        browser
    }

    async fn get(&self, path: &str) -> (u16, String, String) {
        Self::read(self.client.get(format!("{}{path}", self.base))).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        Self::read(self.client.post(format!("{}{path}", self.base)).form(fields)).await
    }

    async fn upload(&self, form: Form) -> (u16, String, String) {
        Self::read(self.client.post(format!("{}/receive", self.base)).multipart(form)).await
    }

    /// Status, path and text of where it ended.
    async fn read(request: reqwest::RequestBuilder) -> (u16, String, String) {
        let answer = request.send().await.unwrap();
        (
            answer.status().as_u16(),
            answer.url().path().to_owned(),
            answer.text().await.unwrap(),
        )
    }
}

#[tokio::test]
async fn yaw_receives_a_lot_in_the_browser() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = Browser::open(&server, "yaw").await;
    let (status, _, page) = yaw.get("/receive").await;
    assert_eq!(status, 200);
    assert!(page.contains("No manifest yet"), "{page}");

    let lot = "Kofi Traders\n\nSer. nr.;Make;Model;CPU;Remarks\n\
        A1;Dell;Latitude 7490;i5-8350U;<script>alert(1)</script>\nA2;Dell;Latitude 7490;;=1+1\n";
    let (status, path, page) = yaw.upload(form(lot, &[])).await;
    assert_eq!(status, 200, "{page}");
    assert!(path.starts_with("/receive/"), "{path}");
    assert!(
        page.contains("No serial number column was found in row 3"),
        "{page}"
    );
    assert!(
        page.contains("&#60;script&#62;") && !page.contains("<script>alert"),
        "what the file says is only text"
    );

    let (_, _, page) = yaw.get(&format!("{path}?c1=serial_number")).await;
    assert!(!page.contains("No serial number column"), "{page}");
    assert!(
        page.contains("Receive 1 device") && page.contains("The CPU is missing"),
        "{page}"
    );
    assert!(page.contains("cell-bad"));
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 0);
    let (status, _, bad) = yaw.get(&format!("{path}/rejected.csv?c1=serial_number")).await;
    assert_eq!(status, 200);
    assert!(
        bad.contains("A2,Dell,Latitude 7490,,'=1+1,5,\"CPU: The CPU is missing"),
        "{bad}"
    );

    let fields = [
        ("columns", "{\"1\":\"serial_number\"}"),
        ("mode", "good_rows"),
        ("received_date", "2026-01-14"),
        ("location_id", "4"),
    ];
    let wrong = [&fields[..3], &[("location_id", "99")]].concat();
    let (status, _, page) = yaw.post(&format!("{path}/import"), &wrong).await;
    assert_eq!(status, 422, "{page}");
    assert!(
        page.contains("There is no such location") && page.contains("Receive 1 device"),
        "{page}"
    );
    let (_, _, mut page) = yaw.post(&format!("{path}/import"), &fields).await;
    while page.contains("data-poll") {
        page = yaw.get(&path).await.2;
    }
    assert!(page.contains("Received 1 of 2. 1 row is at fault"), "{page}");
    assert_eq!(stage.count("SELECT count(*) FROM assets a JOIN locations l ON l.id = a.location_id WHERE l.location_name = 'Warehouse'").await, 1);
    let (status, _, again) = yaw.post(&format!("{path}/import"), &fields).await;
    assert_eq!(status, 200, "{again}");
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 1);
    let (_, _, list) = yaw.get("/receive").await;
    assert!(list.contains("1 of 2 received"), "{list}");

    for (file, expected) in [
        ("", "This file is empty"),
        ("%PDF-1.7", "a PDF document"),
        ("Serial,Brand,Model\n", "no rows"),
    ] {
        let (status, _, page) = yaw.upload(form(file, &[])).await;
        assert!(
            (400..500).contains(&status) && page.contains(expected),
            "{status} {page}"
        );
    }
    let (status, _, _) = yaw.get("/receive/none").await;
    assert_eq!(status, 404);
    let ama = Browser::open(&server, "ama").await;
    assert_eq!(ama.get("/receive").await.0, 403);
}

#[tokio::test]
async fn a_wrong_file_is_thrown_away_and_a_received_one_is_not() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = Browser::open(&server, "yaw").await;
    let (_, wrong, page) = yaw.upload(form(LOT, &[])).await;
    assert!(page.contains("Throw the file away"), "{page}");
    let discard = format!("{wrong}/discard");
    let ama = Browser::open(&server, "ama").await;
    assert_eq!(ama.post(&discard, &[]).await.0, 403);
    let (status, path, page) = yaw.post(&discard, &[]).await;
    assert_eq!((status, path.as_str()), (200, "/receive"));
    assert!(
        page.contains("was thrown away: nothing of it was received") && page.contains("No manifest yet"),
        "{page}"
    );
    assert_eq!(yaw.get(&wrong).await.0, 404);
    assert_eq!(
        yaw.post(&discard, &[]).await.1,
        "/receive",
        "pressed twice, it is still gone"
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'import.discard' AND before->>'rows' = '3'")
            .await,
        1
    );

    let (_, right, _) = yaw.upload(form(LOT, &[])).await;
    let import = format!("{right}/import");
    let (_, _, mut page) = yaw.post(&import, &[("received_date", "2026-01-14")]).await;
    while page.contains("data-poll") {
        page = yaw.get(&right).await.2;
    }
    assert!(!page.contains("Throw the file away"), "{page}");
    assert_eq!(yaw.post(&format!("{right}/discard"), &[]).await.1, right);
    let id = right.trim_start_matches("/receive/");
    let api = server.api(Role::Warehouse).await;
    let refused = api.delete(&format!("/imports/{id}")).await.expect(409);
    assert_eq!(refused["code"], "import_started");
    api.delete("/imports/999").await.expect(404);
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 3);
}

#[tokio::test]
async fn yaw_scans_devices_in_one_after_the_other() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let actor = stage.actor(Role::Warehouse).await;
    import(&stage.shop, &actor, LOT, &ManifestOptions::default())
        .await
        .unwrap();
    let yaw = Browser::open(&server, "yaw").await;
    let (status, _, page) = yaw.get("/receive/scan").await;
    assert_eq!(status, 200);
    // What came with the manifest was not scanned.
    assert!(
        page.contains("Latitude 7490") && page.contains("Nothing scanned yet"),
        "{page}"
    );
    let device = |serial| {
        [
            ("product_model_id", "1"),
            ("location_id", "4"),
            ("received_date", "2026-01-14"),
            ("serial_number", serial),
        ]
    };
    let (status, _, page) = yaw.post("/receive/scan", &device("NEW-1")).await;
    assert_eq!(status, 200);
    assert!(
        page.contains("P4T-000004 is received") && page.contains("NEW-1"),
        "{page}"
    );
    let (status, _, page) = yaw.post("/receive/scan", &device("new-1")).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("is recorded already: it is device P4T-000004") && !page.contains("value=\"new-1\""),
        "{page}"
    );
    yaw.post("/receive/scan", &device("490154203237518")).await;
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE imei_1 = '490154203237518'")
            .await,
        1
    );
    assert_eq!(stage.count("SELECT count(*) FROM assets").await, 5);
    // All that were scanned in one go are told and get their labels, not only those that are shown.
    for serial in (1..=11).map(|n| format!("MORE-{n}")) {
        let fields = [
            ("product_model_id", "1"),
            ("location_id", "4"),
            ("received_date", "2026-01-14"),
            ("serial_number", serial.as_str()),
        ];
        yaw.post("/receive/scan", &fields).await;
    }
    let (_, _, page) = yaw.get("/receive/scan").await;
    assert!(page.contains("13 devices, the last 10 here"), "{page}");
    // Whoever opens the page again goes on at the same place.
    assert!(page.contains("value=\"4\" selected"), "{page}");
    let (_, _, labels) = yaw.get("/labels?set=received").await;
    assert!(labels.contains("13 devices"), "{labels}");
    let earlier = "SET session_replication_role = replica;
        UPDATE assets SET created_at = created_at - interval '3 hours' WHERE serial_number IN ('NEW-1', '490154203237518')";
    sqlx::Executor::execute(&mut stage.superuser().await, sqlx::raw_sql(earlier))
        .await
        .unwrap();
    let (_, _, page) = yaw.get("/receive/scan").await;
    assert!(page.contains("11 devices, the last 10 here"), "{page}");
}

#[tokio::test]
async fn a_rate_is_asked_for_on_top_and_the_columns_stay_as_chosen() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = Browser::open(&server, "yaw").await;
    let lot = "Ser. nr.;Make;Model;CPU;Price USD\nA1;Dell;Latitude 7490;i5-8350U;100\n";
    let (_, path, _) = yaw.upload(form(lot, &[])).await;
    let (_, _, page) = yaw.get(&format!("{path}?c1=serial_number")).await;
    let on_top = page
        .find("Read again at this rate")
        .expect("the rate is asked for");
    assert!(
        on_top < page.find("Rows that are good").unwrap(),
        "before the figures"
    );
    assert!(
        page.contains("The one row with a fault") && !page.contains("first 0 good"),
        "{page}"
    );
    // A rate that is none loses nothing of what was chosen, and stands there as it was typed.
    let (_, _, page) = yaw
        .get(&format!("{path}?c1=serial_number&exchange_rate=15,2"))
        .await;
    assert!(!page.contains("No serial number column"), "{page}");
    assert!(
        page.contains("value=\"15,2\"") && page.contains("Write how many cedis one was"),
        "{page}"
    );
    assert!(page.contains(">Cedis for one USD</a>: Write how many"), "{page}");
    let (_, _, page) = yaw
        .get(&format!("{path}?c1=serial_number&exchange_rate=15.2"))
        .await;
    assert!(
        page.contains("Receive 1 device") && !page.contains("Read again at this rate"),
        "{page}"
    );
}

const OTHERWISE: &str = "Serial,Brand,Model,CPU,RAM,Storage\n\
    N1,HP,EliteBook 840 G7,i5-10310U,16GB,512GB\nN2,hp,Elitebook 840 G7,i5-10310U,16,512\n\
    N3,HP,EliteBook 840 G7,i5-10310U,8GB,256GB SSD\nN4,HP,EliteBook 840 G7,i5-10310U,16GB,512G-SSD\n";

/// Records the model that the catalogue has, and answers its number.
async fn elitebook(server: &Server) -> i64 {
    let model = json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G7", "cpu": "i5-10310U",
        "ram": "16 GB", "storage": "512 GB SSD"});
    let kwame = server.api(Role::Manager).await;
    kwame.post("/product-models", &model).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

#[tokio::test]
async fn a_new_model_of_a_manifest_is_named_and_matched_on_the_preview() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let there = elitebook(&server).await;
    let yaw = Browser::open(&server, "yaw").await;
    let (_, path, page) = yaw.upload(form(OTHERWISE, &[])).await;
    assert!(
        page.contains("HP EliteBook 840 G7 · Intel Core i5-10310U · 16 GB · 512 GB</label><span class=\"mapping-sample\">2 rows")
            && page.contains("HP EliteBook 840 G7 · Intel Core i5-10310U · 8 GB · 256 GB SSD</label><span class=\"mapping-sample\">1 row<"),
        "{page}"
    );
    assert!(
        !page.contains("id=\"model-3\""),
        "512G-SSD is the same as 512 GB SSD: {page}"
    );
    // What most likely is the same is chosen already; another size is not, but it is offered.
    let option = |selected| format!("<option value=\"{there}\"{selected}>HP EliteBook 840 G7 · ");
    assert_eq!(page.matches(&option(" selected")).count(), 1, "{page}");
    assert_eq!(page.matches(&option("")).count(), 1, "{page}");
    let same = "model:hp|elitebook840g7|intelcorei5-10310u|16gb|512gb";
    assert!(
        page.contains(&format!("name=\"{same}\" form=\"import\"")),
        "{page}"
    );

    let chosen = there.to_string();
    let import = format!("{path}/import");
    let fields = |model| {
        vec![
            ("mode", "good_rows"),
            ("received_date", "2026-01-14"),
            (same, model),
            ("model:hp|elitebook840g7|intelcorei5-10310u|8gb|256gbssd", ""),
        ]
    };
    for wrong in ["99", "x"] {
        let (status, _, page) = yaw.post(&import, &fields(wrong)).await;
        assert_eq!(status, 422, "{page}");
        assert!(
            page.contains("There is no model 99") || page.contains("Choose one of the models"),
            "{page}"
        );
    }
    let (_, _, mut page) = yaw.post(&import, &fields(&chosen)).await;
    while page.contains("data-poll") {
        page = yaw.get(&path).await.2;
    }
    assert_eq!(
        stage.count("SELECT count(*) FROM product_models").await,
        2,
        "one was matched, one made"
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE product_model_id = 1")
            .await,
        3
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM lot_lines WHERE product_model_id = 1")
            .await,
        3
    );
    assert_eq!(
        stage
            .count(
                "SELECT (after->>'matched_models')::bigint FROM audit_log WHERE action = 'import.manifest'"
            )
            .await,
        1
    );
}

#[tokio::test]
async fn the_api_matches_models_of_a_manifest() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let there = elitebook(&server).await;
    let yaw = server.api(Role::Warehouse).await;
    for (wrong, says) in [
        ("{", "Write a JSON object"),
        ("{\"a\": \"b\"}", "Write a JSON object"),
        ("{\"a\": 99}", "There is no model 99"),
    ] {
        let (status, answer) = send(&yaw, None, form(OTHERWISE, &[("models", wrong)])).await;
        assert_eq!(
            (status, &answer["errors"][0]["pointer"]),
            (422, &json!("/models")),
            "{answer}"
        );
        assert!(
            answer["errors"][0]["detail"].as_str().unwrap().contains(says),
            "{answer}"
        );
    }
    // As the file says them, in whatever spelling.
    let models = format!("{{\"hp|Elitebook 840 G7|i5-10310U|16|512 gb\": {there}, \"x|y|||\": null}}");
    let (status, answer) = send(&yaw, None, form(OTHERWISE, &[("models", &models)])).await;
    assert_eq!((status, &answer["accepted"]), (200, &json!(4)), "{answer}");
    assert_eq!(stage.count("SELECT count(*) FROM product_models").await, 2);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE product_model_id = 1")
            .await,
        3
    );
}

#[tokio::test]
async fn an_expected_list_is_never_called_received() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = Browser::open(&server, "yaw").await;
    let (_, path, page) = yaw.upload(form(LOT, &[])).await;
    assert!(
        page.contains(">Expect 3 devices<") && page.contains(">Receive 3 devices<"),
        "{page}"
    );
    let fields = [("expect_only", "true"), ("received_date", "2026-01-14")];
    let (_, _, mut page) = yaw.post(&format!("{path}/import"), &fields).await;
    while page.contains("data-poll") {
        page = yaw.get(&path).await.2;
    }
    assert!(
        page.contains("3 devices are expected now.")
            && page.contains("<span class=\"stat-label\">Expected</span>"),
        "{page}"
    );
    assert!(
        !page.contains("<span class=\"stat-label\">Received</span>"),
        "{page}"
    );
    // Two lots: whoever scans chooses one. One: the way to it is there.
    assert!(!page.contains("Scan devices in</a>"), "{page}");
    let (_, _, list) = yaw.get("/receive").await;
    assert!(list.contains("3 of 3 expected"), "{list}");
    let (_, _, page) = yaw.post(&format!("{path}/undo"), &[("form_key", "u1")]).await;
    assert!(
        page.contains("3 devices of this file are no longer expected.") && !page.contains("off the books"),
        "{page}"
    );

    let (_, path, _) = yaw
        .upload(form("Serial,Brand,Model\nQ1,HP,EliteBook\n", &[]))
        .await;
    let (_, _, mut page) = yaw.post(&format!("{path}/import"), &fields).await;
    while page.contains("data-poll") {
        page = yaw.get(&path).await.2;
    }
    assert!(
        page.contains("1 device is expected now. Scan it in when it comes.")
            && page.contains("href=\"/receive/scan?lot_id=3"),
        "{page}"
    );
}

#[tokio::test]
async fn nobody_is_offered_a_place_where_only_a_sale_or_a_count_puts_a_device() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = elitebook(&server).await;
    let [yaw, kwame] = server.apis([Role::Warehouse, Role::Manager]).await;
    let missing = json!({"location_name": "Missing"});
    kwame.post("/locations", &missing).await.expect(201);
    let places = stage.count("SELECT count(*) FROM locations").await;
    let device = json!({"serial_number": "P1", "product_model_id": model, "location_id": 4});
    yaw.post("/assets", &device).await.expect(201);
    for name in ["Sold", "Missing"] {
        let found = yaw
            .get(&format!("/locations?location_name={name}"))
            .await
            .expect(200);
        let id = found["data"][0]["id"].as_i64().unwrap();
        let says = format!("Nobody puts a device to {name} by hand");
        let bulk = json!({"asset_ids": [1], "location_id": id});
        refused(
            kwame.post("/assets/bulk-changes", &bulk).await,
            422,
            "/location_id",
            &says,
        );
        let (status, answer) = send(&yaw, None, form(LOT, &[("location_id", &id.to_string())])).await;
        assert_eq!(
            (status, &answer["errors"][0]["pointer"]),
            (422, &json!("/location_id")),
            "{answer}"
        );
        let row = format!(
            "Serial,Brand,Model,Location\nP4,HP,EliteBook,{}\n",
            name.to_lowercase()
        );
        let (_, answer) = send(&yaw, None, form(row, &[])).await;
        assert!(
            answer["errors"][0]["reason"].as_str().unwrap().contains(&says),
            "{answer}"
        );
    }
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE location_id = 4")
            .await,
        1
    );
    // They stay places of the shop, and are offered nowhere that a device is put.
    assert_eq!(
        yaw.get("/locations").await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len() as i64,
        places
    );
    let yaw = Browser::open(&server, "yaw").await;
    let (_, path, _) = yaw.upload(form(LOT, &[])).await;
    yaw.post("/scan", &[("codes", "P1")]).await;
    for page in ["/receive/scan", "/devices/new", "/devices/1", "/scan", &path] {
        let (status, _, text) = yaw.get(page).await;
        assert_eq!(status, 200);
        let (_, choices) = text.split_once("id=\"location_id\"").unwrap();
        let (choices, _) = choices.split_once("</select>").unwrap();
        assert!(choices.contains(">Backroom</option>"), "{page}: {choices}");
        assert!(
            !choices.contains(">Missing<") && !choices.contains(">Sold<"),
            "{page}: {choices}"
        );
    }
}
