//! The lists of what is promised, taken back, mended and counted: the same page as the lists of the stock, and the same files.

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use domain::Role;
use serde_json::json;
use stage::Stage;
use stage::http::Server;

const FORMULA: &str = "=HYPERLINK(\"http://x.test\",\"Esi\")";

/// A list, a column whose text begins like a formula here, and who may not see the list.
const LISTS: &[(&str, &str, &[Role])] = &[
    ("/returns", "reason", &[Role::Technician, Role::Warehouse]),
    ("/warranties", "customer_name", &[]),
    ("/preorders/list", "customer_name", &[]),
    ("/stocktakes", "notes", &[Role::Sales, Role::Technician]),
    ("/claims", "issue_description", &[Role::Warehouse]),
    ("/repairs/list", "customer_name", &[Role::Warehouse]),
    ("/stock/moves", "reason", &[]),
];

/// A shop where somebody with the name of a formula bought, brought back, waits, claims and has something mended.
async fn shop() -> (Stage, Server) {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    for serial in ["SN-1", "SN-2", "SN-3"] {
        stage.ready_device(serial).await;
    }
    let item = stage.stocked_item("CHG-65W", 9).await;
    let (ama, kwame, yaw) = (
        server.api(Role::Sales).await,
        server.api(Role::Manager).await,
        server.api(Role::Warehouse).await,
    );
    let customer = json!({"customer_type": "Retail", "full_name": FORMULA, "phone": "024 412 3456"});
    let customer = ama.post("/customers", &customer).await.expect(201)["id"].clone();
    for tag in ["P4T-000001", "P4T-000002", "P4T-000003"] {
        let sale = json!({"customer_id": customer, "customer_type": "Retail", "lines": [{"asset_tag": tag}],
            "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
        ama.post("/sales", &sale).await.expect(201);
    }
    let claim = json!({"warranty_id": 1, "issue_description": "=1+1 fails"});
    ama.post("/warranty-claims", &claim).await.expect(201);
    let back = json!({"reason": "+Too slow", "lines": [{"line_number": 1, "quantity": 1, "disposition": "Diagnostics"}],
        "refunds": [{"payment_method": "Cash", "amount": "5000.00"}]});
    kwame.post("/invoices/2/returns", &back).await.expect(201);
    let asked = json!({"reason": "-Changed his mind", "lines": [{"line_number": 1, "quantity": 1, "disposition": "Diagnostics"}]});
    ama.post("/invoices/3/return-requests", &asked).await.expect(201);
    let wanted = json!({"customer_id": customer, "requested_specs": "ThinkPad T14"});
    ama.post("/preorders", &wanted).await.expect(201);
    let repair = json!({"customer_id": customer, "device_brand": "HP", "issue_type": "Screen Repair",
        "issue_description": "Cracked"});
    ama.post("/repair-tickets", &repair).await.expect(201);
    let count = json!({"location_id": 1, "notes": "@sum of all"});
    yaw.post("/stocktakes", &count).await.expect(201);
    let shift = json!({"quantity": 2, "to_location_id": 2, "reason": "=For the branch"});
    yaw.post(&format!("/bulk-stock/{item}/moves"), &shift)
        .await
        .expect(201);
    (stage, server)
}

#[tokio::test]
async fn what_is_shown_is_saved_and_holds_no_formula() {
    let (stage, server) = shop().await;
    let kwame = server.browser(Role::Manager).await;
    for (path, column, barred) in LISTS {
        let shown = kwame.get(path).await.expect(200);
        for word in ["Views", "Columns", "Export", "XLSX, as shown"] {
            assert!(shown.has(word), "{path} has no {word}");
        }
        let file = kwame
            .get(&format!("{path}?columns={column}&format=csv"))
            .await
            .expect(200);
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8", "{path}");
        assert!(file.text.lines().count() >= 2, "{path}: {}", file.text);
        assert!(
            ["'=", "'+", "'-", "'@"].iter().any(|safe| file.has(safe)),
            "{path}: {}",
            file.text
        );
        for bad in ["=", "+", "@"] {
            for before in [",", "\n", "\""] {
                assert!(!file.has(&format!("{before}{bad}")), "{path}: {}", file.text);
            }
        }
        let bytes = kwame.save(&format!("{path}?columns={column}&format=xlsx")).await;
        let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let formulas = book.worksheet_formula("List").unwrap();
        assert!(
            formulas.used_cells().all(|(_, _, formula)| formula.is_empty()),
            "{path}"
        );
        let sheet = book.worksheet_range("List").unwrap();
        let texts = sheet.used_cells().filter(
            |(_, _, cell)| matches!(cell, Data::String(text) if text.starts_with(['=', '+', '-', '@'])),
        );
        assert!(texts.count() >= 1, "{path} keeps the text as a text");
        for role in *barred {
            let browser = server.browser(*role).await;
            browser.get(&format!("{path}?format=xlsx")).await.expect(403);
            browser.get(path).await.expect(403);
        }
        // What nobody knows is left out; a filter stands in the address and in the file.
        kwame
            .get(&format!(
                "{path}?columns=nonsense&sort=nonsense&view=x&nonsense=1"
            ))
            .await
            .expect(200);
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn each_list_keeps_its_filters_its_columns_and_its_views() {
    let (_stage, server) = shop().await;
    let kwame = server.browser(Role::Manager).await;
    for (path, filter, there, gone) in [
        ("/returns", "from=2026-01-14", "RET-000001", false),
        ("/returns", "to=2026-01-13", "RET-000001", true),
        ("/warranties", "status=Claimed", "WAR-000001", false),
        ("/warranties", "status=Expired", "WAR-000001", true),
        ("/warranties", "ends_to=2026-01-20", "WAR-000001", true),
        (
            "/warranties",
            "ends_from=2026-01-20&sort=end_date",
            "WAR-000001",
            false,
        ),
        ("/preorders/list", "status=Deposit+Pending", "PRE-000001", false),
        ("/preorders/list", "is_overdue=true", "PRE-000001", true),
        ("/stocktakes", "status=Counting&q=1", "CNT-000001", false),
        ("/stocktakes", "status=Approved", "CNT-000001", true),
        ("/stocktakes", "to=2026-01-13", "CNT-000001", true),
        (
            "/stocktakes",
            "from=2026-01-14&to=2026-01-14",
            "CNT-000001",
            false,
        ),
        ("/claims", "status=Submitted", "WCLAIM-000001", false),
        ("/claims", "outcome=Replaced", "WCLAIM-000001", true),
        ("/repairs/list", "status=Open", "TKT-000001", false),
        ("/repairs/list", "uncollected_days=3", "TKT-000001", true),
        ("/stock/moves", "to_location_id=2&q=chg", "CHG-65W", false),
        ("/stock/moves", "to_location_id=1", "CHG-65W", true),
    ] {
        for format in ["", "&format=csv"] {
            let shown = kwame.get(&format!("{path}?{filter}{format}")).await.expect(200);
            assert_eq!(!shown.has(there), gone, "{path}?{filter}{format}: {}", shown.text);
        }
    }
    assert!(
        kwame.get("/returns").await.expect(200).has("-Changed his mind"),
        "what waits for a decision stands before the list"
    );
    let verdict = kwame.get("/warranties?q=SN-1").await.expect(200);
    assert!(verdict.has("Covered until"), "{}", verdict.text);

    for (list, path) in [
        ("returns", "/returns"),
        ("warranties", "/warranties"),
        ("preorders", "/preorders/list"),
        ("stocktakes", "/stocktakes"),
        ("claims", "/claims"),
        ("repairs", "/repairs/list"),
        ("moves", "/stock/moves"),
    ] {
        let key = kwame.get(path).await.expect(200).field("form_key");
        let save = [
            ("form_key", key.as_str()),
            ("query", "q=1&cursor=x"),
            ("view_name", "Mine"),
        ];
        let saved = kwame
            .post(&format!("/lists/{list}/views"), &save)
            .await
            .expect(303);
        assert!(
            saved.location.starts_with(&format!("{path}?q=1&view=")),
            "{}",
            saved.location
        );
        assert!(kwame.get(&saved.location).await.expect(200).has("Mine"));
    }

    // Three warranties, one a page, forwards to the end
    let mut next = "/warranties?limit=1&sort=end_date".to_owned();
    let mut seen = Vec::new();
    while !next.is_empty() && seen.len() < 9 {
        let page = kwame.get(&next).await.expect(200);
        let number = page.text.find("WAR-00000").unwrap();
        seen.push(page.text[number..number + 10].to_owned());
        next = page
            .text
            .split("href=\"")
            .filter_map(|part| part.split('"').next())
            .find(|href| href.contains("cursor="))
            .map(|href| format!("{}&limit=1", href.replace("&#38;", "&").replace("&amp;", "&")))
            .unwrap_or_default();
    }
    seen.sort_unstable();
    assert_eq!(seen, ["WAR-000001", "WAR-000002", "WAR-000003"]);
}

#[tokio::test]
async fn what_a_role_may_not_see_is_in_no_file() {
    let (_stage, server) = shop().await;
    let (kofi, ama) = (
        server.browser(Role::Technician).await,
        server.browser(Role::Sales).await,
    );
    let asked = "/preorders/list?columns=customer_phone,customer_name";
    for format in ["", "&format=csv"] {
        let seen = ama.get(&format!("{asked}{format}")).await.expect(200);
        assert!(seen.has("244123456"), "{}", seen.text);
        let hidden = kofi.get(&format!("{asked}{format}")).await.expect(200);
        assert!(
            !hidden.has("123456")
                && !hidden.has(">Phone<")
                && !hidden.text.starts_with("\u{feff}customer_phone")
                && !hidden.has(",customer_phone"),
            "{}",
            hidden.text
        );
    }
    let costs = "/claims?columns=total_cost,status";
    let kwame = server.browser(Role::Manager).await;
    assert!(
        kwame
            .get(&format!("{costs}&format=csv"))
            .await
            .expect(200)
            .has("total_cost")
    );
    for browser in [&kofi, &ama] {
        assert!(
            !browser
                .get(&format!("{costs}&format=csv"))
                .await
                .expect(200)
                .has("total_cost")
        );
    }
    let warranties = kofi.get("/warranties").await.expect(200);
    assert!(
        warranties.has("INV-000001") && !warranties.has("href=\"/invoices/"),
        "a Technician reads the number of the invoice and is led nowhere"
    );
    assert!(
        ama.get("/warranties")
            .await
            .expect(200)
            .has("href=\"/invoices/1\"")
    );
}
