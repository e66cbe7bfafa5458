//! Devices and the bench in a browser without scripts.

use domain::Role;
use serde_json::json;
use stage::Stage;
use stage::http::Server;

async fn model(server: &Server) -> String {
    let kwame = server.api(Role::Manager).await;
    let body = json!({"category": "Laptop", "brand": "HP", "model_name": "EliteBook 840 G7", "cpu": "i5-10310U",
        "default_price_grade_a": "4900.00", "default_price_grade_b": "4400.00"});
    kwame.post("/product-models", &body).await.expect(201)["id"].to_string()
}

/// All checks of the page, passed.
fn passed(page: &str) -> Vec<(String, String)> {
    page.match_indices("name=\"check.")
        .map(|(at, _)| page[at + 6..].split_once('"').unwrap().0.to_owned())
        .map(|name| (name, "pass".to_owned()))
        .collect()
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    let mut pairs: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    pairs.dedup();
    pairs
}

#[tokio::test]
async fn a_laptop_goes_from_the_door_to_the_shelf() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = model(&server).await;
    let yaw = server.browser(Role::Warehouse).await;
    assert!(yaw.get("/devices").await.expect(200).has("No devices yet"));
    let form = yaw.get("/devices/new").await.expect(200);
    assert!(form.has("EliteBook 840 G7 · i5-10310U") && form.has("purchase_cost") && !form.has("list_price"));
    let key = form.field("form_key");
    let fields = [
        ("form_key", key.as_str()),
        ("product_model_id", &model),
        ("serial_number", "5cg 0123 xyz"),
        ("supplier", "TechReuse"),
        ("location_id", "4"),
        ("received_date", "2026-01-12"),
        ("purchase_cost", "2100.00"),
    ];
    let next = yaw.post("/devices/new", &fields).await.expect(303);
    assert_eq!(
        next.location,
        format!(
            "/devices/new?product_model_id={model}&location_id=4&supplier=TechReuse&received_date=2026-01-12"
        )
    );
    // A double click receives it once.
    yaw.post("/devices/new", &fields).await.expect(303);
    let again = yaw.get(&next.location).await.expect(200);
    assert!(again.has("P4T-000001 is received") && again.field("supplier") == "TechReuse");
    let wrong = yaw
        .post(
            "/devices/new",
            &[
                ("product_model_id", &model),
                ("serial_number", "5CG0123XYZ"),
                ("purchase_cost", "-1"),
            ],
        )
        .await
        .expect(422);
    assert!(wrong.has("may not be negative") && wrong.field("serial_number") == "5CG0123XYZ");
    let twice = yaw
        .post(
            "/devices/new",
            &[("product_model_id", &model), ("serial_number", "5CG0123XYZ")],
        )
        .await
        .expect(422);
    assert!(twice.has("it is device P4T-000001"));

    let page = yaw.get("/devices/1").await.expect(200);
    assert!(page.has("Received from TechReuse") && page.has("2,100.00") && page.has("Send to diagnostics"));
    assert!(
        !page.has("value=\"Scrapped\""),
        "scrapping is not for the warehouse"
    );
    let key = format!("{}-1", page.field("form_key"));
    let fields = [("status", "Diagnostics Pending"), ("form_key", key.as_str())];
    assert_eq!(
        yaw.post("/devices/1/status", &fields).await.expect(303).location,
        "/devices/1"
    );
    yaw.get("/bench").await.expect(403);

    let kofi = server.browser(Role::Technician).await;
    let bench = kofi.get("/bench").await.expect(200);
    assert!(bench.has("EliteBook 840 G7") && bench.has("/bench/1/diagnostics") && bench.has("Keyboard"));
    assert!(!bench.has("2,100.00"));
    let mut checks = passed(&bench.text);
    assert!(checks.len() >= 30, "three answers a check: {checks:?}");
    checks.dedup();
    let some = kofi
        .post(
            "/bench/1/diagnostics",
            &[("check.display", "note"), ("battery_health_percent", "85")],
        )
        .await
        .expect(422);
    assert!(some.has("Say what is to be noted.") && some.has("Choose pass, fail or note."));
    assert_eq!(some.field("battery_health_percent"), "85");
    for (name, verdict) in &mut checks {
        if name == "check.ports" {
            *verdict = "note".into();
        }
    }
    checks.push(("note.ports".into(), "1 USB-A port not working".into()));
    checks.push(("battery_health_percent".into(), "85".into()));
    checks.push(("overall_result".into(), "Pass".into()));
    let contradiction = kofi
        .post("/bench/1/diagnostics", &pairs(&checks))
        .await
        .expect(422);
    assert!(contradiction.has("The checks say Pass with Notes"));
    checks.pop();
    let next = kofi
        .post("/bench/1/diagnostics", &pairs(&checks))
        .await
        .expect(303);
    assert_eq!(next.location, "/bench?stage=diagnostics");
    assert!(
        kofi.get(&next.location)
            .await
            .expect(200)
            .has("This queue is empty")
    );

    let bench = kofi.get("/bench").await.expect(200);
    assert!(bench.has("/bench/1/wipe") && bench.has("NIST 800-88 Purge"));
    let nameless = kofi
        .post("/bench/1/wipe", &[("wipe_method", "Blancco")])
        .await
        .expect(422);
    assert!(nameless.has("enter its reference"));
    kofi.post(
        "/bench/1/wipe",
        &[("wipe_method", "Blancco"), ("certificate_reference", "BL-77")],
    )
    .await
    .expect(303);
    let late = kofi
        .post("/bench/1/wipe", &[("wipe_method", "Quick Format")])
        .await
        .expect(409);
    assert!(late.has("is not possible"), "{}", late.text);
    let scanned = kofi.get("/bench?q=p4t-000001").await.expect(303);
    assert_eq!(scanned.location, "/bench?device=1");
    assert!(
        kofi.get("/bench?q=nothing")
            .await
            .expect(200)
            .has("No device has the tag")
    );
    let bench = kofi.get(&scanned.location).await.expect(200);
    assert!(bench.has("A · GH₵ 4,900.00") && bench.has("B · GH₵ 4,400.00") && bench.has("C · no price yet"));
    let unpriced = kofi
        .post(
            "/bench/1/quality-check",
            &[("condition_grade", "C"), ("passed", "true")],
        )
        .await
        .expect(409);
    assert!(unpriced.has("There is no price for HP EliteBook 840 G7 in grade C"));
    kofi.post(
        "/bench/1/quality-check",
        &[("condition_grade", "B"), ("passed", "true")],
    )
    .await
    .expect(303);

    let page = kofi.get("/devices/1").await.expect(200);
    for text in [
        "Ready for Sale",
        "4,400.00",
        "Wiped: Blancco",
        "BL-77",
        "Kofi Owusu",
        "1 USB-A port not working",
        "85 %",
    ] {
        assert!(page.has(text), "{text}");
    }
    for secret in ["2,100.00", "Landed cost", "/devices/1/edit", "Move it"] {
        assert!(!page.has(secret), "{secret}");
    }
    let pdf = kofi.get("/devices/1/wipe-certificates/1/document.pdf").await;
    assert_eq!(
        (pdf.status, pdf.headers["content-type"].to_str().unwrap()),
        (200, "application/pdf")
    );
    let ama = server.browser(Role::Sales).await;
    assert!(
        ama.get("/devices/1")
            .await
            .expect(200)
            .has("/sell?scan=P4T-000001")
    );
    ama.post("/devices/1/status", &[("status", "Diagnostics Pending")])
        .await
        .expect(403);
}

#[tokio::test]
async fn the_bench_goes_on_to_the_next() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = model(&server).await;
    let kofi = server.browser(Role::Technician).await;
    let yaw = server.api(Role::Warehouse).await;
    for serial in ["A1", "A2", "A3"] {
        let body = json!({"serial_number": serial, "product_model_id": model.parse::<i32>().unwrap()});
        let id = yaw.post("/assets", &body).await.expect(201)["id"].clone();
        yaw.post(
            &format!("/assets/{id}/status"),
            &json!({"status": "Diagnostics Pending"}),
        )
        .await
        .expect(200);
    }
    let bench = kofi.get("/bench").await.expect(200);
    assert!(
        bench.has("/bench/1/diagnostics") && bench.has("/bench?stage=diagnostics&#38;next=2"),
        "{}",
        bench.text
    );
    let second = kofi.get("/bench?stage=diagnostics&next=2").await.expect(200);
    let mut checks = passed(&second.text);
    checks.dedup();
    checks.push(("next".into(), second.field("next")));
    let third = kofi
        .post("/bench/2/diagnostics", &pairs(&checks))
        .await
        .expect(303);
    assert_eq!(third.location, "/bench?stage=diagnostics&next=3");
    assert!(
        kofi.get(&third.location)
            .await
            .expect(200)
            .has("/bench/3/diagnostics")
    );
    // Whoever is next may have been taken meanwhile: then the queue begins again.
    assert!(
        kofi.get("/bench?stage=diagnostics&next=2")
            .await
            .expect(200)
            .has("/bench/1/diagnostics")
    );
    assert!(
        kofi.get("/bench?stage=diagnostics&next=99")
            .await
            .expect(200)
            .has("/bench/1/diagnostics")
    );
    kofi.get("/bench?device=99").await.expect(404);
    let new = kofi.get("/bench?stage=new").await.expect(200);
    assert!(new.has("This queue is empty"));
    let held = kofi
        .post(
            "/devices/1/status",
            &[("status", "Repair Hold"), ("stage", "diagnostics")],
        )
        .await
        .expect(303);
    assert_eq!(held.location, "/bench?stage=diagnostics");
    assert!(kofi.get("/bench?stage=hold").await.expect(200).has("Repair done"));
}

#[tokio::test]
async fn lists_are_filtered_exported_and_harmless() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = model(&server).await.parse::<i32>().unwrap();
    let api = server.api(Role::Warehouse).await;
    for n in 0..60 {
        let body = json!({"serial_number": format!("=CMD{n}"), "product_model_id": model, "purchase_cost": "1234.56",
            "supplier": "<script>alert(1)</script>"});
        api.post("/assets", &body).await.expect(201);
    }
    let yaw = server.browser(Role::Warehouse).await;
    let first = yaw.get("/devices").await.expect(200);
    assert!(first.has("50 shown, and more") && first.has("rel=\"next\""));
    let more = first
        .text
        .split("href=\"/devices?cursor=")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(
        yaw.get(&format!("/devices?cursor={more}"))
            .await
            .expect(200)
            .has("10 shown")
    );
    assert!(
        yaw.get("/devices?status=Sold")
            .await
            .expect(200)
            .has("No device is like that")
    );
    assert!(
        yaw.get("/devices?status=nonsense&location_id=x&sort=y")
            .await
            .expect(200)
            .has("No device is like that")
    );
    assert!(!yaw.get("/devices/1").await.expect(200).has("<script>alert"));
    // A filter that cannot be read shows nothing, and never all; a page or a search that cannot be read begins at the first.
    for filter in ["lot_id=abc", "lot_id=99999999999999999999", "received_date=soon"] {
        let page = yaw.get(&format!("/devices?{filter}")).await.expect(200);
        assert!(page.has("No device is like that"), "{filter}");
        let file = yaw
            .get(&format!("/devices?{filter}&format=csv"))
            .await
            .expect(200);
        assert_eq!(file.text.lines().count(), 1, "{filter}: {}", file.text);
    }
    for address in ["/devices?cursor=zz", "/devices?q=%00"] {
        assert!(
            yaw.get(address).await.expect(200).has("50 shown, and more"),
            "{address}"
        );
    }

    let file = yaw
        .get("/devices?format=csv&brand=HP&columns=serial_number,supplier,purchase_cost")
        .await
        .expect(200);
    assert_eq!(file.text.lines().count(), 61);
    assert!(file.has("'=CMD7,") && file.has("1234.56"));
    let ama = server.browser(Role::Sales).await;
    let file = ama
        .get("/devices?format=csv&columns=purchase_cost,price")
        .await
        .expect(200);
    assert!(
        !file.has("1234.56") && !file.has("purchase_cost"),
        "{}",
        file.text
    );
}

#[tokio::test]
async fn details_are_edited_by_those_who_may() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let model = model(&server).await;
    let yaw = server.browser(Role::Warehouse).await;
    yaw.post(
        "/devices/new",
        &[
            ("product_model_id", &model),
            ("serial_number", "A1"),
            ("supplier", "Old"),
        ],
    )
    .await
    .expect(303);
    let kwame = server.browser(Role::Manager).await;
    let form = kwame.get("/devices/1/edit").await.expect(200);
    let version = form.field("version");
    let fields = [
        ("version", version.as_str()),
        ("product_model_id", &model),
        ("serial_number", "A1"),
        ("received_date", "2026-01-10"),
        ("list_price", "5100"),
    ];
    kwame.post("/devices/1/edit", &fields).await.expect(303);
    let page = kwame.get("/devices/1").await.expect(200);
    assert!(page.has("5,100.00") && !page.has("<dd>Old</dd>"));
    let form = yaw.get("/devices/1/edit").await.expect(200);
    assert!(!form.has("list_price"));
    // Without the field for it, the price stays.
    yaw.post(
        "/devices/1/edit",
        &[
            ("product_model_id", &model),
            ("serial_number", "A2"),
            ("received_date", "2026-01-10"),
        ],
    )
    .await
    .expect(303);
    assert!(kwame.get("/devices/1").await.expect(200).has("5,100.00"));
    let broken = yaw
        .post(
            "/devices/1/edit",
            &[("product_model_id", &model), ("serial_number", "")],
        )
        .await
        .expect(422);
    assert!(broken.has("Please fill this in."));
    let kept = yaw
        .post("/devices/1/status", &[("status", "Not Sellable")])
        .await
        .expect(422);
    assert!(kept.has("Say why the device becomes Not Sellable."));
    yaw.post(
        "/devices/1/status",
        &[("status", "Not Sellable"), ("reason", "Board is gone")],
    )
    .await
    .expect(303);
    assert!(
        yaw.get("/devices/1")
            .await
            .expect(200)
            .has("Not sellable: Board is gone")
    );
    yaw.post("/devices/1/move", &[("location_id", "2"), ("reason", "Shelf 4")])
        .await
        .expect(303);
    let page = yaw.get("/devices/1").await.expect(200);
    assert!(page.has("Shelf 4") && page.has("Backroom"));
    yaw.post("/devices/1/move", &[]).await.expect(422);
    yaw.get("/devices/9").await.expect(404);
    yaw.get("/devices/9/edit").await.expect(404);
    let kofi = server.browser(Role::Technician).await;
    kofi.get("/devices/1/edit").await.expect(403);
    kofi.get("/devices/new").await.expect(403);
}
