//! The main job from end to end over the API (PRODUCT.md): a manifest in, a paid sale out, each by the role whose work it is.

use domain::Role;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use stage::Stage;
use stage::http::Api;

const MANIFEST: &str = "serial_number,category,brand,model_name,cpu,ram,storage,purchase_cost\n\
    5CG0123XYZ,Laptop,HP,EliteBook 840 G7,Core i5-10310U,16 GB,512 GB SSD,2100.00\n\
    ,Laptop,HP,EliteBook 840 G7,Core i5-10310U,16 GB,512 GB SSD,2100.00\n";

async fn pdf(api: &Api, path: &str) {
    let answer = api.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    assert!(answer.bytes().await.unwrap().starts_with(b"%PDF-"), "{path}");
}

#[tokio::test]
async fn a_manifest_comes_in_and_a_paid_sale_goes_out() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, kofi) = (
        server.api(Role::Warehouse).await,
        server.api(Role::Technician).await,
    );
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);

    // Yaw receives: the good row, and the other one is named.
    let form = Form::new()
        .part("file", Part::text(MANIFEST).file_name("lot.csv"))
        .text("mode", "good_rows");
    let import = yaw
        .request(Method::POST, "/imports/manifest")
        .multipart(form)
        .send()
        .await
        .unwrap();
    let import: Value = import.json().await.unwrap();
    assert_eq!(
        (&import["accepted"], &import["rejected"]),
        (&json!(1), &json!(1)),
        "{import}"
    );
    assert_eq!(
        (&import["errors"][0]["row"], &import["errors"][0]["column"]),
        (&json!(3), &json!("serial_number"))
    );

    // Kwame prices the model and stocks chargers.
    let device = yaw.get("/assets/by-serial/5cg0123xyz").await.expect(200);
    let model = format!("/product-models/{}", device["product_model_id"]);
    kwame
        .patch(&model, &json!({"default_price_grade_a": "4900.00"}))
        .await
        .expect(200);
    let charger = json!({"sku": "CHG-65W", "item_name": "65 W USB-C charger", "category": "Charger", "unit_cost": "60.00",
        "unit_price": "120.00", "quantity": 3});
    kwame.post("/bulk-stock", &charger).await.expect(201);

    // Kofi tests, wipes and grades.
    let path = format!("/assets/{}", device["id"]);
    kofi.post(
        &format!("{path}/status"),
        &json!({"status": "Diagnostics Pending"}),
    )
    .await
    .expect(200);
    let result = json!({"checklist_data": {"display": "pass", "battery": "pass"}, "overall_result": "Pass"});
    kofi.post(&format!("{path}/diagnostics"), &result)
        .await
        .expect(201);
    let wiped = kofi
        .post(
            &format!("{path}/wipe-certificates"),
            &json!({"wipe_method": "NIST 800-88 Purge"}),
        )
        .await
        .expect(201);
    let certificate = &wiped["wipe_certificate"]["id"];
    let ready = kofi
        .post(
            &format!("{path}/quality-check"),
            &json!({"condition_grade": "A", "passed": true}),
        )
        .await
        .expect(200);
    assert_eq!(ready["status"], "Ready for Sale");
    pdf(
        &kofi,
        &format!("{path}/wipe-certificates/{certificate}/document.pdf"),
    )
    .await;

    // Ama sells it with a charger, cash and MoMo.
    let sale = json!({"customer": {"full_name": "Abena Osei", "phone": "024 411 2233"}, "customer_type": "Retail",
        "lines": [{"asset_tag": device["asset_tag"]}, {"sku": "CHG-65W"}],
        "payments": [{"payment_method": "Cash", "amount": "3000.00"},
                     {"payment_method": "MoMo", "amount": "2020.00", "reference": "20514783321"}]});
    let sold = ama.post("/sales", &sale).await.expect(201);
    assert_eq!(
        (&sold["status"], &sold["total_amount"]),
        (&json!("Paid"), &json!("5020.00"))
    );
    for layout in ["a4", "receipt"] {
        pdf(
            &ama,
            &format!("/invoices/{}/document.pdf?layout={layout}", sold["id"]),
        )
        .await;
    }
    let warranty = &sold["warranties"][0];
    pdf(&ama, &format!("/warranties/{}/document.pdf", warranty["id"])).await;

    // It is gone, and everybody sees what they should.
    assert_eq!(kofi.get(&path).await.expect(200)["status"], "Sold");
    let again = ama.post("/sales", &sale).await.expect(409);
    assert!(
        again["detail"].as_str().unwrap().contains("INV-000001"),
        "{again}"
    );
    let moves = yaw
        .get(&format!("{path}/movements?sort=created_at"))
        .await
        .expect(200);
    let states: Vec<&str> = (moves["data"].as_array().unwrap().iter())
        .filter_map(|m| m["to_status"].as_str())
        .collect();
    let life = [
        "Received",
        "Diagnostics Pending",
        "Wipe Pending",
        "QC Pending",
        "Ready for Sale",
        "Sold",
    ];
    assert!(life.iter().all(|state| states.contains(state)), "{states:?}");
    let day = kwame.get("/reports/sales-daily").await.expect(200);
    assert_eq!(day["data"][0]["total_sales"], "5020.00", "{day}");
    let today = kwame.get("/reports/dashboard").await.expect(200);
    assert_eq!(today["today"]["total_sales"], "5020.00", "{today}");
}
