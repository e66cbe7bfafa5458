//! Labels: the call, the form, and what is refused.

use domain::Role;
use serde_json::json;
use stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn labels_come_as_a_pdf_for_every_paper() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let one = stage.ready_device("SN-1").await;
    let item = stage.stocked_item("CHG-65W", 4).await;
    let yaw = server.api(Role::Warehouse).await;
    for size in ["40x30", "50x25", "62x29", "a4-24", "a4-21"] {
        for code in ["Code 128", "QR"] {
            let body = json!({"asset_ids": [one], "bulk_stock_ids": [item], "size": size, "code": code, "copies": 2, "start_at": 3});
            let response = yaw
                .request(reqwest::Method::POST, "/labels.pdf")
                .json(&body)
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), 200, "{size} {code}");
            assert_eq!(response.headers()["content-type"], "application/pdf");
            assert!(response.bytes().await.unwrap().starts_with(b"%PDF"));
        }
    }
    for (body, pointer) in [
        (json!({}), "/asset_ids"),
        (json!({"asset_ids": [one], "size": "A4"}), "/size"),
        (json!({"asset_ids": [one], "copies": 0}), "/copies"),
        (json!({"asset_ids": [one], "copies": 101}), "/copies"),
        (
            json!({"asset_ids": [one], "size": "a4-21", "start_at": 22}),
            "/start_at",
        ),
        (json!({"asset_ids": [one], "start_at": 0}), "/start_at"),
        (json!({"asset_ids": [one], "start_at": 25}), "/start_at"),
        (json!({"asset_ids": [one], "copies": 101}), "/copies"),
    ] {
        let problem = yaw.post("/labels.pdf", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
    yaw.post("/labels.pdf", &json!({"asset_ids": [99]}))
        .await
        .expect(404);
    yaw.post("/labels.pdf", &json!({"bulk_stock_ids": [99]}))
        .await
        .expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_takes_codes_and_remembers_the_paper() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let one = stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 4).await;
    let yaw = server.browser(Role::Warehouse).await;
    let form = yaw.get(&format!("/labels?ids={one}")).await.expect(200);
    assert!(form.has("1 device") && form.field("asset_ids") == one.to_string());
    let fields = |codes: &str| {
        [
            ("codes", codes.to_owned()),
            ("size", "62x29".into()),
            ("code", "QR".into()),
            ("copies", "1".into()),
            ("start_at", "1".into()),
        ]
    };
    let post = async |codes: &str| {
        let fields = fields(codes);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        yaw.post("/labels", &fields).await
    };
    let wrong = post("sn-1\nnobody, CHG-65w").await.expect(422);
    assert!(wrong.has("No device and no item has the code nobody"));
    assert!(
        post("")
            .await
            .expect(422)
            .has("Choose at least one device or item")
    );
    post("sn-1\nCHG-65w").await.expect(200);
    // The browser keeps the paper for the next time.
    let again = yaw.get("/labels").await.expect(200);
    assert!(again.has("value=\"62x29\" selected"));
}
