//! Lists as people want them: columns, saved views, files of what is shown, ticked rows.

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::Server;

const FORMULA: &str = "=HYPERLINK(\"http://x.test\",\"EliteBook\")";

/// A model that is called like a formula, and some devices of it.
async fn stock(server: &Server, devices: usize) -> (i64, Vec<i64>) {
    let kwame = server.api(Role::Manager).await;
    let model = json!({"category": "Laptop", "brand": "HP", "model_name": FORMULA, "cpu": "@cmd", "default_price_grade_a": "4900.00"});
    let model = kwame.post("/product-models", &model).await.expect(201)["id"]
        .as_i64()
        .unwrap();
    let mut ids = Vec::new();
    for n in 0..devices {
        let device = json!({"serial_number": format!("SN-{n:04}"), "product_model_id": model, "purchase_cost": "1234.56",
            "list_price": format!("{}.50", 1000 + n), "location_id": 1});
        let made = kwame.post("/assets", &device).await.expect(201);
        ids.push(made["id"].as_i64().unwrap());
    }
    (model, ids)
}

#[tokio::test]
async fn a_file_is_what_is_shown_and_holds_no_formula() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    stock(&server, 3).await;
    let yaw = server.browser(Role::Warehouse).await;
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
    let page = ama.get(&format!("{shown}&q=SN-0001")).await.expect(200);
    assert!(
        page.has("1 shown") && !page.has("1,234.56") && !page.has("purchase_cost")
            || page.has("columns=serial_number")
    );

    let base = server.url();
    let client = server.api(Role::Manager).await;
    let _ = (base, client);
    let bytes = yaw.bytes(&format!("{shown}&format=xlsx")).await;
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    assert!(
        book.worksheet_formula("List")
            .unwrap()
            .used_cells()
            .all(|(_, _, formula)| formula.is_empty())
    );
    let sheet = book.worksheet_range("List").unwrap();
    assert_eq!(sheet.get_value((1, 1)), Some(&Data::String(FORMULA.into())));
    assert_eq!(sheet.get_value((1, 7)), Some(&Data::Float(1000.5)));
}
