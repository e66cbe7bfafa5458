//! Tax (PRODUCT.md section 7): what an invoice charges on its day, and the report of it.

use chrono::{TimeZone, Utc};
use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, Server};

async fn taxes(server: &Server, mode: &str, rates: &str) {
    let efua = server.browser(Role::Admin).await;
    let page = efua.get("/settings/shop").await.expect(200);
    let key = page.field("form_key");
    let fields = [
        ("form_key", key.as_str()),
        ("name", "Payless4Tech"),
        ("allowed_discount_percent", "10"),
        ("hold_hours", "48"),
        ("warranty_standard_days", "90"),
        ("warranty_premium_days", "365"),
        ("tax_mode", mode),
        ("tax_rates", rates),
    ];
    efua.post("/settings/shop", &fields).await.expect(303);
}

async fn sell(api: &Api, sku: &str, price: &str, paid: &str) -> Value {
    let sale = json!({"customer_type": "Walk-in", "lines": [{"sku": sku, "unit_price": price}],
        "payments": [{"payment_method": "Cash", "amount": paid}]});
    api.post("/sales", &sale).await.expect(201)
}

fn parts(invoice: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let lines = invoice["tax_lines"].as_array().unwrap();
    lines
        .iter()
        .map(|l| (text(&l["name"]), text(&l["amount"])))
        .collect()
}

const GHANA: &str = "NHIL 2.5\nGETFund 2.5\nCOVID-19 1 until 2025-12-31\nVAT 15 on levies until 2025-12-31\nVAT 15 from 2026-01-01";

#[tokio::test]
async fn an_invoice_takes_the_taxes_of_its_own_day() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 10).await;
    let now = stage.serve().await;
    taxes(&now, "exclusive", GHANA).await;

    let before = stage
        .serve_at(Utc.with_ymd_and_hms(2025, 12, 31, 23, 59, 0).unwrap())
        .await;
    let old = sell(&before.api(Role::Manager).await, "CHG-65W", "1000", "1219").await;
    assert_eq!(
        (&old["subtotal"], &old["total_amount"]),
        (&json!("1000.00"), &json!("1219.00"))
    );
    let told = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect()
    };
    let cascade = told(&[
        ("NHIL", "25.00"),
        ("GETFund", "25.00"),
        ("COVID-19", "10.00"),
        ("VAT", "159.00"),
    ]);
    assert_eq!(parts(&old), cascade);
    assert_eq!(old["tax_lines"][3]["on"], "base and levies");

    let after = stage
        .serve_at(Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap())
        .await;
    let kwame = after.api(Role::Manager).await;
    let new = sell(&kwame, "CHG-65W", "1000", "1200").await;
    assert_eq!(
        parts(&new),
        told(&[("NHIL", "25.00"), ("GETFund", "25.00"), ("VAT", "150.00")])
    );

    // What a past invoice charged stays when the settings change.
    taxes(&now, "inclusive", "VAT 15\nNHIL 2.5\nGETFund 2.5").await;
    let read = kwame.get(&format!("/invoices/{}", old["id"])).await.expect(200);
    assert_eq!(
        (parts(&read), &read["total_amount"]),
        (cascade, &json!("1219.00"))
    );
    let inclusive = sell(&now.api(Role::Manager).await, "CHG-65W", "5000", "5000").await;
    assert_eq!(
        parts(&inclusive),
        told(&[("VAT", "625.00"), ("NHIL", "104.17"), ("GETFund", "104.17")])
    );
    assert_eq!(
        (&inclusive["subtotal"], &inclusive["total_amount"]),
        (&json!("4166.66"), &json!("5000.00"))
    );
}

#[tokio::test]
async fn the_report_says_each_tax_once_and_opens_its_documents() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 10).await;
    let now = stage.serve().await;
    taxes(&now, "exclusive", GHANA).await;
    let before = stage
        .serve_at(Utc.with_ymd_and_hms(2025, 12, 30, 9, 0, 0).unwrap())
        .await;
    sell(&before.api(Role::Manager).await, "CHG-65W", "1000", "1219").await;
    let kwame = now.api(Role::Manager).await;
    for _ in 0..2 {
        sell(&kwame, "CHG-65W", "100.10", "200").await;
    }
    let asked = "/reports/tax?from=2025-12-01&to=2026-01-31";
    let report = kwame.get(asked).await.expect(200);
    let rows: Vec<_> = report["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            format!(
                "{} {} {} {} {} {}",
                r["tax_name"], r["rate"], r["charged_on"], r["invoices"], r["net"], r["tax"]
            )
            .replace('"', "")
        })
        .collect();
    assert_eq!(
        rows,
        [
            "COVID-19 1 base 1 1000.00 10.00",
            "GETFund 2.5 base 3 1200.20 30.00",
            "NHIL 2.5 base 3 1200.20 30.00",
            "VAT 15 base 2 200.20 30.04",
            "VAT 15 base and levies 1 1000.00 159.00",
        ]
    );
    let documents = kwame
        .get("/reports/tax/documents?tax_name=NHIL&rate=2.5&from=2026-01-01&limit=1")
        .await
        .expect(200);
    assert_eq!(documents["data"][0]["tax"], "2.50");
    let cursor = documents["next_cursor"].as_str().unwrap();
    let rest = kwame
        .get(&format!(
            "/reports/tax/documents?tax_name=NHIL&rate=2.5&from=2026-01-01&limit=1&cursor={cursor}"
        ))
        .await;
    assert_eq!(rest.expect(200)["data"].as_array().unwrap().len(), 1);

    // The day of a return is its own, and it takes back what was charged, to the pesewa.
    let back = json!({"reason": "Faulty", "lines": [{"line_number": 1, "quantity": 1, "disposition": "Restock"}],
        "refunds": [{"payment_method": "Cash", "amount": "1219.00"}]});
    kwame.post("/invoices/1/returns", &back).await.expect(201);
    let january = kwame
        .get("/reports/tax?from=2026-01-01&to=2026-01-31")
        .await
        .expect(200);
    let vat = january["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["charged_on"] == "base and levies")
        .unwrap();
    assert_eq!(
        (&vat["returns"], &vat["net"], &vat["tax"], &vat["gross"]),
        (
            &json!(1),
            &json!("-1000.00"),
            &json!("-159.00"),
            &json!("-1219.00")
        )
    );

    let page = now.browser(Role::Manager).await;
    let shown = page.get(asked).await.expect(200);
    assert!(shown.has("VAT 15 % on net and levies") && shown.has("/reports/tax/documents?tax_name=VAT"));
    assert!(
        page.get(&format!("{asked}&format=csv"))
            .await
            .expect(200)
            .text
            .contains("COVID-19,1,base,1,")
    );
    page.get("/reports/tax/documents?tax_name=VAT&rate=15")
        .await
        .expect(200);
    page.get("/reports/tax/documents?format=csv").await.expect(200);
    kwame.get("/reports/tax?from=soon").await.expect(422);
    for role in [Role::Sales, Role::Technician, Role::Warehouse] {
        now.api(role).await.get("/reports/tax").await.expect(403);
    }
}
