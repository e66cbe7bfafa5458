//! The pages of customers.

use domain::Role;
use stage::Stage;

const ESI: [(&str, &str); 6] = [
    ("customer_type", "Wholesale"),
    ("full_name", "Esi Quaye"),
    ("phone", "024 412 3456"),
    ("business_name", "Quaye Computers"),
    ("email", "esi@example.com"),
    ("address", "Ring Road 5"),
];

#[tokio::test]
async fn ama_records_a_customer_and_finds_her_in_one_field() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    assert!(ama.get("/customers").await.expect(200).has("No customers yet"));
    let form = ama.get("/customers/new?phone=0244123456").await.expect(200);
    assert_eq!(
        (form.field("phone"), form.field("city")),
        ("0244123456".into(), "Accra".into())
    );
    let made = ama.post("/customers/new", &ESI).await.expect(303);
    for q in [
        "esi%20q",
        "quaye%20comp",
        "ESI@example",
        "0244123456",
        "244%20123%20456",
    ] {
        let page = ama.get(&format!("/customers?q={q}")).await.expect(200);
        assert!(page.has(&format!("href=\"{}\"", made.location)), "{q}");
    }
    assert!(
        ama.get("/customers?q=nobody")
            .await
            .expect(200)
            .has("Nobody is called that")
    );
    assert!(
        !ama.get("/customers?customer_type=Retail")
            .await
            .expect(200)
            .has("Esi Quaye")
    );

    let page = ama.get(&made.location).await.expect(200);
    for text in [
        "Quaye Computers",
        "+233 24 412 3456",
        "tel:+233244123456",
        "https://wa.me/233244123456",
        "esi@example.com",
        "Ring Road 5",
    ] {
        assert!(page.has(text), "{text}: {}", page.text);
    }
    let refused = ama
        .post("/customers/new", &[("full_name", "Kojo"), ("phone", "call me")])
        .await
        .expect(422);
    assert!(refused.has("no letters") && refused.has("value=\"Kojo\"") && refused.has("value=\"call me\""));
}

#[tokio::test]
async fn a_phone_that_somebody_has_is_pointed_out() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    let key = ama.get("/customers/new").await.expect(200).field("form_key");
    let mut form = ESI.to_vec();
    form.push(("form_key", &key));
    let esi = ama.post("/customers/new", &form).await.expect(303);
    assert_eq!(
        ama.post("/customers/new", &form).await.expect(303).location,
        esi.location,
        "a double click is no duplicate"
    );

    let brother = [("full_name", "Kojo Quaye"), ("phone", "+233244123456")];
    let asked = ama.post("/customers/new", &brother).await.expect(409);
    assert!(
        asked.has("Esi Quaye</a> has this phone already")
            && asked.has("Record anyway")
            && asked.has(&esi.location)
    );
    assert_eq!(asked.field("duplicate_seen"), "true");
    assert_eq!(stage.count("SELECT count(*) FROM customers").await, 1);
    let mut anyway = brother.to_vec();
    anyway.push(("duplicate_seen", "true"));
    let kojo = ama.post("/customers/new", &anyway).await.expect(303);
    assert!(
        ama.get(&kojo.location)
            .await
            .expect(200)
            .has("Esi Quaye</a> may be the same person: same phone")
    );
    assert_eq!(stage.count("SELECT count(*) FROM customers").await, 2);
}

#[tokio::test]
async fn kofi_sees_no_contacts_and_changes_nothing() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    let esi = ama.post("/customers/new", &ESI).await.expect(303).location;
    for role in [Role::Technician, Role::Warehouse] {
        let browser = server.browser(role).await;
        for path in [esi.as_str(), "/customers", "/customers?q=esi"] {
            let page = browser.get(path).await.expect(200);
            assert!(page.has("Esi Quaye"), "{path}");
            for hidden in [
                "24412",
                "244 12",
                "wa.me",
                "tel:",
                "esi@example.com",
                "Ring Road",
                "Add a customer",
                "Balance",
                "Left to pay",
                "Edit",
            ] {
                assert!(!page.has(hidden), "{role} sees {hidden} on {path}");
            }
        }
        for path in [
            "/customers/new".to_owned(),
            format!("{esi}/edit"),
            format!("{esi}/delete"),
        ] {
            browser.get(&path).await.expect(403);
            browser.post(&path, &ESI).await.expect(403);
        }
        assert!(
            !browser
                .get(&format!("{esi}?tab=invoices"))
                .await
                .expect(200)
                .has("No invoice yet")
        );
    }
}

#[tokio::test]
async fn ama_edits_and_deletes_by_name() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    let esi = ama.post("/customers/new", &ESI).await.expect(303).location;
    let edit = format!("{esi}/edit");
    let form = ama.get(&edit).await.expect(200);
    assert_eq!(
        (form.field("phone"), form.field("email")),
        ("+233 24 412 3456".into(), "esi@example.com".into())
    );
    let version = form.field("version");
    let change = [
        ("version", version.as_str()),
        ("customer_type", "Retail"),
        ("full_name", "Esi Q. Quaye"),
        ("phone", "024 412 3456"),
    ];
    ama.post(&edit, &change).await.expect(303);
    let page = ama.get(&esi).await.expect(200);
    assert!(page.has("Esi Q. Quaye") && !page.has("esi@example.com") && !page.has("Quaye Computers"));
    assert!(
        ama.post(&edit, &[("version", "\"0\""), change[1], change[2], change[3]])
            .await
            .expect(422)
            .has("Somebody changed this")
    );

    let delete = format!("{esi}/delete");
    assert!(ama.get(&delete).await.expect(200).has("Delete Esi Q. Quaye?"));
    assert!(
        ama.post(&delete, &[("typed", "Esi")])
            .await
            .expect(422)
            .has("Type Esi Q. Quaye to delete")
    );
    assert_eq!(
        ama.post(&delete, &[("typed", "esi q. quaye ")])
            .await
            .expect(303)
            .location,
        "/customers"
    );
    ama.get(&esi).await.expect(404);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM customers WHERE deleted_at IS NOT NULL")
            .await,
        1
    );
}

#[tokio::test]
async fn her_page_shows_what_she_bought_and_owes() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    let esi = ama.post("/customers/new", &ESI).await.expect(303).location;
    let mut conn = stage.superuser().await;
    for sql in [
        "INSERT INTO product_models (category, brand, model_name, default_price_grade_a) VALUES ('Laptop', 'HP', 'EliteBook 840 G7', 4900)",
        "INSERT INTO assets (serial_number, product_model_id, received_date) VALUES ('S1', 1, '2026-01-01')",
        "INSERT INTO bulk_stock (sku, item_name, category, quantity, unit_price) VALUES ('CHG', '65 W charger', 'Charger', 9, 120)",
        "INSERT INTO invoices (customer_id, customer_type, invoice_date, subtotal, total_amount) VALUES (1, 'Wholesale', '2026-01-10', 1240, 1240)",
        "INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, quantity, unit_price, line_total) VALUES (1, 1, 1, '65 W charger', 2, 620, 1240)",
        "UPDATE invoices SET status = 'Sent'",
        "INSERT INTO payments (invoice_id, payment_method, amount, payment_date) VALUES (1, 'Cash', 240, '2026-01-10')",
        "INSERT INTO warranties (invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date) VALUES (1, 1, 1, 'Standard', '2025-09-01', '2026-01-13')",
    ] {
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    }
    let page = ama.get(&esi).await.expect(200);
    for text in [
        "INV-000001",
        "65 W charger",
        "Sent",
        "1,240.00",
        "1,000.00",
        "240.00",
        "Sat 10 Jan 2026",
        "/invoices/1",
    ] {
        assert!(page.has(text), "{text}: {}", page.text);
    }
    let page = ama.get(&format!("{esi}?tab=warranties")).await.expect(200);
    assert!(
        page.has("WAR-000001") && page.has("HP EliteBook 840 G7") && page.has("Expired"),
        "its last day is past"
    );
    assert!(
        ama.get(&format!("{esi}?tab=devices"))
            .await
            .expect(200)
            .has("No device yet"),
        "nothing is paid yet"
    );
    let list = ama.get("/customers").await.expect(200);
    assert!(list.has("1,000.00") && list.has("Sat 10 Jan 2026"));
}
