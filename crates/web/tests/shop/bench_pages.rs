//! The bench's pages when something is wrong: all of it is said at once, nothing typed is lost, and every move has its reason.

use crate::bench::png;
use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::browser::Browser;
use stage::http::{Api, Server};

/// A laptop that waits for diagnostics, with a price in grade A.
async fn waiting(server: &Server, serial: &str) -> i64 {
    let (kwame, yaw) = (server.api(Role::Manager).await, server.api(Role::Warehouse).await);
    let model = json!({"category": "Laptop", "brand": "HP", "model_name": format!("EliteBook {serial}"),
        "default_price_grade_a": "4900.00"});
    let model = kwame.post("/product-models", &model).await.expect(201)["id"].clone();
    let device = json!({"serial_number": serial, "product_model_id": model});
    let id = yaw.post("/assets", &device).await.expect(201)["id"]
        .as_i64()
        .unwrap();
    yaw.post(
        &format!("/assets/{id}/status"),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    id
}

/// Every check of the open checklist, passed, and what is added to them.
async fn checks(kofi: &Browser, id: i64, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = kofi.get(&format!("/bench?device={id}")).await.expect(200);
    let mut fields: Vec<(String, String)> = page
        .text
        .match_indices("name=\"check.")
        .map(|(at, _)| page.text[at + 6..].split_once('"').unwrap().0.to_owned())
        .map(|name| (name, "pass".to_owned()))
        .collect();
    fields.dedup();
    for (name, value) in more {
        fields.retain(|(there, _)| there != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

async fn last_reason(api: &Api, id: i64) -> Value {
    let moved = api
        .get(&format!("/assets/{id}/movements?limit=1"))
        .await
        .expect(200);
    moved["data"][0]["reason"].clone()
}

#[tokio::test]
async fn all_that_is_wrong_on_the_bench_is_said_at_once() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let id = waiting(&server, "SN1").await;
    let kofi = server.browser(Role::Technician).await;
    let diagnostics = format!("/bench/{id}/diagnostics");
    let long = "x".repeat(5001);
    let wrong = checks(
        &kofi,
        id,
        &[
            ("check.display", "note"),
            ("battery_health_percent", "150"),
            ("battery_cycle_count", "many"),
            ("notes", &long),
        ],
    )
    .await;
    let page = kofi.post(&diagnostics, &pairs(&wrong)).await.expect(422);
    for sentence in [
        "Say what is to be noted.",
        "Battery health is a percentage from 0 to 100.",
        "Write a whole number here, without spaces.",
        "This takes at most 5000 characters; these are 5001.",
    ] {
        assert!(page.has(sentence), "{sentence}");
    }
    assert_eq!(page.field("battery_cycle_count"), "many");

    // A Fail that no check explains is explained in words, …
    let silent = checks(&kofi, id, &[("overall_result", "Fail")]).await;
    let page = kofi.post(&diagnostics, &pairs(&silent)).await.expect(422);
    assert!(page.has("No check failed: say here why the device does."));
    // … and what failed is the reason of the move.
    let fails = checks(
        &kofi,
        id,
        &[
            ("check.display", "fail"),
            ("note.display", "dark line"),
            ("check.wifi", "fail"),
            ("check.keyboard", "note"),
            ("note.keyboard", "worn"),
        ],
    )
    .await;
    kofi.post(&diagnostics, &pairs(&fails)).await.expect(303);
    let api = server.api(Role::Technician).await;
    assert_eq!(
        last_reason(&api, id).await,
        "Diagnostics: Fail. Display: dark line; Wi-Fi"
    );
    assert!(
        kofi.get(&format!("/bench?device={id}"))
            .await
            .expect(200)
            .has("Diagnostics: Fail. Display: dark line; Wi-Fi")
    );
}

#[tokio::test]
async fn a_failed_quality_check_says_why() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let id = waiting(&server, "SN1").await;
    let (kofi, api) = (
        server.browser(Role::Technician).await,
        server.api(Role::Technician).await,
    );
    let found = json!({"checklist_data": {"display": "pass"}, "overall_result": "Pass"});
    api.post(&format!("/assets/{id}/diagnostics"), &found)
        .await
        .expect(201);
    let wipe = json!({"wipe_method": "NIST 800-88 Clear"});
    api.post(&format!("/assets/{id}/wipe-certificates"), &wipe)
        .await
        .expect(201);
    let check = format!("/bench/{id}/quality-check");
    let silent = [
        ("condition_grade", "B"),
        ("passed", "false"),
        ("cosmetic_notes", "Scratched"),
    ];
    let page = kofi.post(&check, &silent).await.expect(422);
    assert!(page.has("Say what failed. Whoever repairs it reads this.") && page.has("Scratched"));
    let told = [
        ("condition_grade", "B"),
        ("passed", "false"),
        ("reason", "Fan is loud"),
    ];
    kofi.post(&check, &told).await.expect(303);
    assert_eq!(
        last_reason(&api, id).await,
        "Quality check failed: grade B. Fan is loud"
    );
    assert_eq!(
        api.get(&format!("/assets/{id}")).await.expect(200)["status"],
        "Repair Hold"
    );
}

#[tokio::test]
async fn a_reason_that_is_refused_comes_back_in_its_form() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let id = waiting(&server, "SN1").await;
    let (kofi, api) = (
        server.browser(Role::Technician).await,
        server.api(Role::Technician).await,
    );
    let status = format!("/devices/{id}/status");
    let page = kofi.get(&format!("/devices/{id}")).await.expect(200);
    assert!(!page.has("data-open-now"));
    let long = format!("water {}", "x".repeat(1000));
    let page = kofi
        .post(&status, &[("status", "Not Sellable"), ("reason", &long)])
        .await
        .expect(422);
    assert!(page.has("This takes at most 1000 characters; these are 1006."));
    let dialog = page
        .text
        .split("data-open-now")
        .nth(1)
        .expect("the dialog is open");
    assert!(dialog.split("</dialog>").next().unwrap().contains(&long));
    // A move that needs no reason may have one, and keeps it.
    kofi.post(
        &status,
        &[("status", "Repair Hold"), ("reason", "Waits for a hinge")],
    )
    .await
    .expect(303);
    assert_eq!(last_reason(&api, id).await, "Waits for a hinge");
}

#[tokio::test]
async fn a_refused_photo_loses_nothing_of_the_bench() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let id = waiting(&server, "SN1").await;
    let kofi = server.browser(Role::Technician).await;
    let photos = format!("/devices/{id}/photos");
    let fields = [
        ("back", "bench"),
        ("caption", "Scratch on the lid"),
        ("form_key", "k1"),
    ];
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(400, 300, |x, y| {
        let part = |n: u32| u8::try_from(n % 256).unwrap();
        image::Rgb([part(x * y), part(x), part(y)])
    }))
    .write_to(&mut jpeg, image::ImageFormat::Jpeg)
    .unwrap();
    let whole = jpeg.into_inner();
    let half = whole[..whole.len() / 2].to_vec();
    for (file, sentence) in [
        (vec![b'x'; 21 * 1024 * 1024], "This photo is larger than 10 MB."),
        (half, "This photo is damaged or was cut short."),
        (Vec::new(), "Take or choose a photo first."),
    ] {
        let page = kofi
            .post_files(&photos, &fields, vec![("file", "lid.jpg", file)])
            .await
            .expect(422);
        assert!(page.has(sentence), "{sentence}");
        assert!(
            page.has(&format!("/bench/{id}/diagnostics")),
            "the bench is there still"
        );
        assert_eq!(page.field("caption"), "Scratch on the lid");
    }
    for file in [whole, png(100, 100)] {
        let fields = [
            ("back", "bench"),
            ("form_key", if file.starts_with(b"\xff") { "k2" } else { "k3" }),
        ];
        let next = kofi
            .post_files(&photos, &fields, vec![("file", "lid.jpg", file)])
            .await
            .expect(303);
        assert_eq!(next.location, format!("/bench?device={id}"));
    }
    // Taking one away leaves the bench open as well.
    let photo = stage.count("SELECT max(id)::bigint FROM photos").await;
    let next = kofi
        .post(&format!("/photos/{photo}/remove"), &[("back", "bench")])
        .await
        .expect(303);
    assert_eq!(next.location, format!("/bench?device={id}"));
}

#[tokio::test]
async fn who_was_signed_out_comes_back_to_the_page_of_the_form() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let base = server.base.trim_end_matches('/');
    for (referer, next) in [
        (
            format!("{base}/bench?stage=wipe"),
            "/sign-in?next=%2Fbench%3Fstage%3Dwipe",
        ),
        // Shown again with what was wrong, that address only takes forms.
        (format!("{base}/bench/1/wipe"), "/sign-in?next=%2F"),
        ("https://elsewhere.example/bench".to_owned(), "/sign-in?next=%2F"),
    ] {
        let answer = client
            .post(format!("{base}/bench/1/wipe"))
            .header("origin", base)
            .header("referer", referer)
            .form(&[("wipe_method", "Quick Format")])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()["location"], next);
    }
}
