//! Bulk stock and its ledger, over the API and its pages.

use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::Api;

async fn charger(api: &Api, quantity: i32) -> Value {
    let body = json!({"sku": "chg-65w", "item_name": "65 W charger", "category": "Charger", "unit_cost": "80",
        "unit_price": "120", "quantity": quantity, "reorder_threshold": 5, "supplier": "Melcom", "location_id": 1});
    api.post("/bulk-stock", &body).await.expect(201)
}

#[tokio::test]
async fn yaw_records_chargers_and_corrects_their_quantity() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let item = charger(&yaw, 10).await;
    assert_eq!(item["sku"], "CHG-65W");
    assert_eq!(
        (&item["unit_cost"], &item["unit_price"]),
        (&json!("80.00"), &json!("120.00"))
    );
    assert_eq!(
        (&item["quantity"], &item["reserved_quantity"], &item["available"]),
        (&json!(10), &json!(0), &json!(10))
    );
    assert_eq!(item["is_stocked"], true);

    let path = format!("/bulk-stock/{}", item["id"]);
    let adjust = format!("{path}/adjustments");
    let after = yaw
        .post(
            &adjust,
            &json!({"quantity_change": 5, "reason": "Delivery from Melcom"}),
        )
        .await
        .expect(201);
    assert_eq!((&after["id"], &after["quantity"]), (&item["id"], &json!(15)));
    let after = yaw
        .post(&adjust, &json!({"quantity_change": -2, "reason": "Broken"}))
        .await
        .expect(201);
    assert_eq!(after["quantity"], 13);
    let problem = yaw
        .post(&adjust, &json!({"quantity_change": -14, "reason": "Lost"}))
        .await
        .expect(409);
    assert_eq!(problem["code"], "not_enough_stock");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("There are 13 of CHG-65W"),
        "{problem}"
    );

    let ledger = yaw.get(&format!("{path}/ledger")).await.expect(200);
    let rows: Vec<_> = ledger["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            format!(
                "{} {} {} {} {}",
                r["kind"], r["quantity_change"], r["quantity_after"], r["reason"], r["created_by_name"]
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            r#""Adjusted" -2 13 "Broken" "Yaw Darko""#,
            r#""Adjusted" 5 15 "Delivery from Melcom" "Yaw Darko""#,
            r#""Received" 10 10 "First count" "Yaw Darko""#,
        ]
    );
    let page = yaw.get(&format!("{path}/ledger?limit=2")).await.expect(200);
    let next = page["next_cursor"].as_str().unwrap();
    let page = yaw
        .get(&format!("{path}/ledger?limit=2&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(
        (page["data"].as_array().unwrap().len(), &page["next_cursor"]),
        (1, &json!(null))
    );
    yaw.get("/bulk-stock/99/ledger").await.expect(404);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'bulk_stock.adjust'")
            .await,
        2
    );
}

#[tokio::test]
async fn sixteen_hands_take_ten_chargers() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let item = charger(&yaw, 10).await;
    let path = format!("/bulk-stock/{}/adjustments", item["id"]);
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let (yaw, path) = (yaw.clone(), path.clone());
            tokio::spawn(async move {
                yaw.post(&path, &json!({"quantity_change": -1, "reason": "Taken"}))
                    .await
            })
        })
        .collect();
    let (mut taken, mut refused) = (0, 0);
    for one in tries {
        let reply = one.await.unwrap();
        match reply.status {
            201 => taken += 1,
            409 => {
                assert_eq!(reply.json["code"], "not_enough_stock");
                refused += 1;
            }
            other => panic!("{other}: {}", reply.json),
        }
    }
    assert_eq!((taken, refused), (10, 6));
    assert_eq!(
        stage
            .count("SELECT quantity::bigint FROM bulk_stock WHERE is_stocked")
            .await,
        0
    );
    assert_eq!(
        stage
            .count("SELECT sum(quantity_change)::bigint FROM stock_ledger")
            .await,
        0
    );
    assert_eq!(stage.count("SELECT count(*) FROM stock_ledger").await, 11);
}

#[tokio::test]
async fn what_is_held_stays_and_services_are_not_counted() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = server.api(Role::Manager).await;
    let item = charger(&kwame, 10).await;
    let mut conn = stage.superuser().await;
    sqlx::query("UPDATE bulk_stock SET reserved_quantity = 4 WHERE is_stocked")
        .execute(&mut conn)
        .await
        .unwrap();
    let path = format!("/bulk-stock/{}", item["id"]);
    assert_eq!(kwame.get(&path).await.expect(200)["available"], 6);
    let problem = kwame
        .post(
            &format!("{path}/adjustments"),
            &json!({"quantity_change": -7, "reason": "x"}),
        )
        .await
        .expect(409);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("4 of them held by open invoices: at most 6"),
        "{problem}"
    );
    kwame
        .post(
            &format!("{path}/adjustments"),
            &json!({"quantity_change": -6, "reason": "x"}),
        )
        .await
        .expect(201);
    assert_eq!(
        kwame
            .patch(&path, &json!({"is_stocked": false}))
            .await
            .expect(409)["code"],
        "stock_left"
    );

    let labour = json!({"sku": "LABOUR", "item_name": "Repair labour", "category": "Service", "unit_price": "150", "is_stocked": false});
    let labour = kwame.post("/bulk-stock", &labour).await.expect(201);
    assert_eq!(
        (
            &labour["quantity"],
            &labour["available"],
            &labour["reorder_threshold"]
        ),
        (&json!(0), &json!(null), &json!(10))
    );
    let path = format!("/bulk-stock/{}/adjustments", labour["id"]);
    assert_eq!(
        kwame
            .post(&path, &json!({"quantity_change": 1, "reason": "x"}))
            .await
            .expect(409)["code"],
        "not_stocked"
    );
    let counted = json!({"sku": "S2", "item_name": "Delivery", "category": "Service", "quantity": 3, "is_stocked": false});
    assert_eq!(
        kwame.post("/bulk-stock", &counted).await.expect(409)["code"],
        "not_stocked"
    );
}

#[tokio::test]
async fn each_role_sees_and_does_its_part() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let item = charger(&yaw, 10).await;
    let path = format!("/bulk-stock/{}", item["id"]);
    for (role, sees_cost, adjusts, prices) in [
        (Role::Admin, true, 201, 200),
        (Role::Manager, true, 201, 200),
        (Role::Warehouse, true, 201, 403),
        (Role::Sales, false, 403, 403),
        (Role::Technician, false, 403, 403),
    ] {
        let api = server.api(role).await;
        assert_eq!(
            api.get(&path).await.expect(200).get("unit_cost").is_some(),
            sees_cost,
            "{role}"
        );
        assert_eq!(
            api.get("/bulk-stock").await.expect(200)["data"][0]
                .get("unit_cost")
                .is_some(),
            sees_cost,
            "{role}"
        );
        api.post(
            &format!("{path}/adjustments"),
            &json!({"quantity_change": 1, "reason": "Counted"}),
        )
        .await
        .expect(adjusts);
        api.patch(
            &path,
            &json!({"unit_price": format!("12{}", role.as_str().len())}),
        )
        .await
        .expect(prices);
        api.get(&format!("{path}/ledger")).await.expect(200);
    }
    server.nobody().get(&path).await.expect(401);
    yaw.patch(
        &path,
        &json!({"supplier": "Game", "location_id": 2, "description": null}),
    )
    .await
    .expect(200);
    assert_eq!(
        yaw.patch(&path, &json!({"quantity": 99})).await.expect(422)["errors"][0]["pointer"],
        "/quantity"
    );
    yaw.patch_if(&path, "\"0\"", &json!({"supplier": "x"}))
        .await
        .expect(412);
}

#[tokio::test]
async fn bad_items_and_adjustments_leave_no_trace() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    let good = json!({"sku": "M-1", "item_name": "Mouse", "category": "Mouse"});
    for (field, value) in [
        ("sku", json!("M 1")),
        ("sku", json!("")),
        ("item_name", json!("")),
        ("unit_price", json!("-1")),
        ("unit_cost", json!("1.001")),
        ("quantity", json!(-1)),
        ("quantity", json!(1.5)),
        ("quantity", json!(1_000_001)),
        ("reorder_threshold", json!(-1)),
        ("reserved_quantity", json!(1)),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        let problem = yaw.post("/bulk-stock", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{value}");
    }
    assert_eq!(
        stage
            .count("SELECT count(*) FROM bulk_stock WHERE is_stocked")
            .await,
        0
    );
    let item = yaw.post("/bulk-stock", &good).await.expect(201);
    let twin = json!({"sku": "m-1", "item_name": "Mouse", "category": "Mouse"});
    assert!(
        yaw.post("/bulk-stock", &twin).await.expect(409)["detail"]
            .as_str()
            .unwrap()
            .contains("SKU")
    );
    let path = format!("/bulk-stock/{}/adjustments", item["id"]);
    for (body, pointer) in [
        (json!({"quantity_change": 0, "reason": "x"}), "/quantity_change"),
        (json!({"quantity_change": 1}), "/reason"),
        (json!({"quantity_change": 1, "reason": " "}), "/reason"),
        (json!({"quantity_change": "1", "reason": "x"}), "/quantity_change"),
        (
            json!({"quantity_change": 2_000_000, "reason": "x"}),
            "/quantity_change",
        ),
    ] {
        assert_eq!(
            yaw.post(&path, &body).await.expect(422)["errors"][0]["pointer"],
            pointer,
            "{body}"
        );
    }
    yaw.post(
        "/bulk-stock/99/adjustments",
        &json!({"quantity_change": 1, "reason": "x"}),
    )
    .await
    .expect(404);
    assert_eq!(stage.count("SELECT count(*) FROM stock_ledger").await, 0);
}

#[tokio::test]
async fn low_stock_is_found() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.api(Role::Warehouse).await;
    for (sku, quantity, threshold, stocked) in [
        ("A", 4, 5, true),
        ("B", 5, 5, true),
        ("C", 0, 0, true),
        ("D", 0, 5, false),
    ] {
        let body = json!({"sku": sku, "item_name": sku, "category": "Cable", "quantity": quantity, "reorder_threshold": threshold, "is_stocked": stocked});
        yaw.post("/bulk-stock", &body).await.expect(201);
    }
    for (query, skus) in [
        ("low_stock=true", vec!["A"]),
        ("low_stock=false&is_stocked=true", vec!["B", "C"]),
        ("is_stocked=false&category=Cable", vec!["D"]),
        ("sku=b", vec!["B"]),
        ("category=cable&sort=-quantity", vec!["B", "A", "D", "C"]),
        ("location_id=1", vec![]),
    ] {
        let page = yaw.get(&format!("/bulk-stock?{query}")).await.expect(200);
        let found: Vec<_> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["sku"].as_str().unwrap())
            .collect();
        assert_eq!(found, skus, "{query}");
    }
    yaw.get("/bulk-stock?low_stock=maybe").await.expect(422);
}

#[tokio::test]
async fn the_pages_count_and_say_why() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let yaw = server.browser(Role::Warehouse).await;
    assert!(
        yaw.get("/stock").await.expect(200).has("WARRANTY-PREMIUM"),
        "services are there from the first day"
    );
    let new = yaw.get("/stock/new").await.expect(200);
    assert_eq!(new.field("reorder_threshold"), "10");
    let form = [
        ("is_stocked", "true"),
        ("item_name", "=65 W charger"),
        ("sku", "chg-65w"),
        ("category", "Charger"),
        ("unit_cost", "80"),
        ("unit_price", "120"),
        ("quantity", "3"),
        ("reorder_threshold", "5"),
        ("location_id", "2"),
    ];
    let made = yaw.post("/stock/new", &form).await.expect(303);
    let item = yaw.get(&made.location).await.expect(200);
    assert!(
        item.has("CHG-65W") && item.has("Low") && item.has("240.00") && item.has("First count"),
        "{}",
        item.text
    );

    let adjust = format!("{}/adjustments", made.location);
    let key = item.field("form_key");
    let form = [
        ("form_key", key.as_str()),
        ("quantity_change", "10"),
        ("reason", "Delivery from Melcom"),
    ];
    yaw.post(&adjust, &form).await.expect(303);
    yaw.post(&adjust, &form).await.expect(303);
    assert_eq!(
        stage
            .count("SELECT quantity::bigint FROM bulk_stock WHERE is_stocked")
            .await,
        13,
        "a double click counts once"
    );
    let item = yaw.get(&made.location).await.expect(200);
    assert!(item.has("Delivery from Melcom") && item.has("+10") && item.has("Yaw Darko"));
    let refused = yaw
        .post(&adjust, &[("quantity_change", "-99"), ("reason", "Lost")])
        .await
        .expect(422);
    assert!(refused.has("at most 13 can be taken away") && refused.has("value=\"Lost\""));
    assert!(
        yaw.post(&adjust, &[("quantity_change", "ten"), ("reason", "Lost")])
            .await
            .expect(422)
            .has("Write a whole number")
    );

    // Warehouse changes everything but the price.
    let edit = format!("{}/edit", made.location);
    let page = yaw.get(&edit).await.expect(200);
    assert!(
        !page.has("name=\"unit_price\"") && page.has("name=\"unit_cost\"") && !page.has("name=\"quantity\"")
    );
    let version = page.field("version");
    let change = [
        ("version", version.as_str()),
        ("is_stocked", "true"),
        ("item_name", "=65 W charger"),
        ("sku", "CHG-65W"),
        ("category", "Charger"),
        ("reorder_threshold", "2"),
        ("unit_cost", "85"),
        ("supplier", "Melcom"),
    ];
    yaw.post(&edit, &change).await.expect(303);
    let item = yaw.get(&made.location).await.expect(200);
    assert!(item.has("Melcom") && item.has("85.00") && item.has("120.00") && item.has("In stock"));

    let kofi = server.browser(Role::Technician).await;
    let seen = kofi.get(&made.location).await.expect(200);
    assert!(
        !seen.has("85.00")
            && seen.has("120.00")
            && !seen.has("Correct the quantity")
            && !seen.has("Edit</a>")
    );
    let list = kofi.get("/stock?q=chg&low_stock=false").await.expect(200);
    assert!(list.has("CHG-65W") && !list.has("85.00") && list.has("120.00"));
    kofi.get(&edit).await.expect(403);
    kofi.post(&adjust, &form).await.expect(403);
    assert!(
        kofi.get("/stock?low_stock=true")
            .await
            .expect(200)
            .has("No item is like that")
    );

    let file = kofi
        .get("/stock?format=csv&columns=sku,category,quantity,reserved_quantity,reorder_threshold,unit_price,supplier,location,is_stocked,unit_cost")
        .await
        .expect(200);
    assert!(
        file.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/csv")
    );
    assert!(
        file.has("'=65 W charger,CHG-65W,Charger,13,0,2,120.00,Melcom,,true"),
        "{}",
        file.text
    );
    assert!(!file.has("unit_cost") && !file.has("85.00"));
    assert!(
        yaw.get("/stock?format=csv&q=chg&columns=is_stocked,unit_cost")
            .await
            .expect(200)
            .has(",true,85.00")
    );
}

#[tokio::test]
async fn a_delivery_makes_the_average_cost() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, ama) = (server.api(Role::Warehouse).await, server.api(Role::Sales).await);
    let item = charger(&yaw, 10).await;
    let path = format!("/bulk-stock/{}", item["id"]);
    let receipts = format!("{path}/receipts");
    let delivery = json!({"quantity": 30, "unit_cost": "100", "reference": "LS 44"});
    ama.post(&receipts, &delivery).await.expect(403);
    for (bad, pointer) in [
        (json!({"quantity": 0, "unit_cost": "1"}), "/quantity"),
        (json!({"quantity": 1, "unit_cost": "-1"}), "/unit_cost"),
        (
            json!({"quantity": 1, "unit_cost": "1", "location_id": 9999}),
            "/location_id",
        ),
    ] {
        assert_eq!(
            yaw.post(&receipts, &bad).await.expect(422)["errors"][0]["pointer"],
            pointer
        );
    }
    let after = yaw.post(&receipts, &delivery).await.expect(201);
    assert_eq!(
        (&after["quantity"], &after["unit_cost"]),
        (&json!(40), &json!("95.00"))
    );
    let after = yaw
        .post(&receipts, &json!({"quantity": 1, "unit_cost": "95.21"}))
        .await
        .expect(201);
    assert_eq!(after["unit_cost"], "95.01", "95.0051… to the nearest pesewa");
    let ledger = ama
        .get("/bulk-stock/ledger?kind=Received&q=charger")
        .await
        .expect(200);
    let rows = ledger["data"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&rows[1]["quantity_change"], &rows[1]["reason"], &rows[1]["sku"]),
        (
            &json!(30),
            &json!("Delivery from Melcom, LS 44"),
            &json!("CHG-65W")
        )
    );
    assert!(!ledger.to_string().contains("95.00"), "no cost for everybody");
    for none in [
        "kind=Sold",
        "q=mouse",
        "to=2020-01-01",
        "from=2030-01-01",
        "category=Mouse",
    ] {
        let page = ama.get(&format!("/bulk-stock/ledger?{none}")).await.expect(200);
        assert_eq!(page["data"], json!([]), "{none}");
    }
    let service = yaw
        .post(
            "/bulk-stock",
            &json!({"sku": "FIT", "item_name": "Fitting", "category": "Service", "is_stocked": false}),
        )
        .await
        .expect(201);
    let refused = yaw
        .post(&format!("/bulk-stock/{}/receipts", service["id"]), &delivery)
        .await
        .expect(409);
    assert_eq!(refused["code"], "not_stocked");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn an_item_lies_in_several_places() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, ama) = (server.api(Role::Warehouse).await, server.api(Role::Sales).await);
    let item = charger(&yaw, 10).await;
    let path = format!("/bulk-stock/{}", item["id"]);
    let moves = format!("{path}/moves");
    let at = |places: &Value| -> Vec<(i64, i64)> {
        let pair = |p: &Value| {
            (
                p["location_id"].as_i64().unwrap(),
                p["quantity"].as_i64().unwrap(),
            )
        };
        places.as_array().unwrap().iter().map(pair).collect()
    };
    ama.post(&moves, &json!({"quantity": 1, "to_location_id": 2}))
        .await
        .expect(403);
    yaw.post(
        &moves,
        &json!({"quantity": 6, "to_location_id": 2, "reason": "For the branch"}),
    )
    .await
    .expect(201);
    yaw.post(
        &moves,
        &json!({"quantity": 1, "from_location_id": 2, "to_location_id": 3}),
    )
    .await
    .expect(201);
    let places = format!("{path}/places");
    assert_eq!(at(&yaw.get(&places).await.expect(200)), [(1, 4), (2, 5), (3, 1)]);
    assert_eq!(yaw.get(&path).await.expect(200)["quantity"], 10);
    for (bad, status, at) in [
        (
            json!({"quantity": 5, "to_location_id": 2}),
            409,
            "not_enough_stock",
        ),
        (
            json!({"quantity": 1, "from_location_id": 3, "to_location_id": 3}),
            422,
            "/to_location_id",
        ),
        (json!({"quantity": 1}), 422, "/to_location_id"),
        (
            json!({"quantity": 1, "to_location_id": 9999}),
            422,
            "/to_location_id",
        ),
        (json!({"quantity": 0, "to_location_id": 2}), 422, "/quantity"),
    ] {
        let body = yaw.post(&moves, &bad).await.expect(status);
        let said = if status == 422 {
            &body["errors"][0]["pointer"]
        } else {
            &body["code"]
        };
        assert_eq!(said, at, "{bad}");
    }
    // Sales take from the home first, and from elsewhere when it is empty: all of it can be sold.
    let sale = |many: i32| {
        json!({"customer_type": "Walk-in", "lines": [{"sku": "CHG-65W", "quantity": many}],
        "payments": [{"payment_method": "Cash", "amount": format!("{}.00", 120 * many)}]})
    };
    ama.post("/sales", &sale(3)).await.expect(201);
    assert_eq!(at(&yaw.get(&places).await.expect(200)), [(1, 1), (2, 5), (3, 1)]);
    ama.post("/sales", &sale(3)).await.expect(201);
    assert_eq!(at(&yaw.get(&places).await.expect(200)), [(1, 0), (2, 3), (3, 1)]);
    // A delivery can go where it is wanted; another home takes what lies there.
    yaw.post(
        &format!("{path}/receipts"),
        &json!({"quantity": 2, "unit_cost": "80", "location_id": 3}),
    )
    .await
    .expect(201);
    assert_eq!(at(&yaw.get(&places).await.expect(200)), [(1, 0), (2, 3), (3, 3)]);
    let mut change = yaw.request(reqwest::Method::PATCH, &path);
    change = change.json(&json!({"location_id": 2}));
    assert_eq!(change.send().await.unwrap().status().as_u16(), 200);
    assert_eq!(at(&yaw.get(&places).await.expect(200)), [(2, 3), (3, 3)]);
    assert_eq!(stage.broken_books().await, [""; 0]);
    let mut app = stage.bizhub_app().await;
    for statement in [
        "UPDATE bulk_stock SET elsewhere_quantity = 1",
        "DELETE FROM bulk_stock_locations",
        "UPDATE stock_moves SET quantity = 1",
        "DELETE FROM stock_receipts",
    ] {
        assert!(
            sqlx::query(statement).execute(&mut app).await.is_err(),
            "{statement}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tills_movers_and_deliveries_meet_at_one_item() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, ama) = (server.api(Role::Warehouse).await, server.api(Role::Sales).await);
    let item = charger(&yaw, 6).await;
    let path = format!("/bulk-stock/{}", item["id"]);
    let mut hands = tokio::task::JoinSet::new();
    for n in 0..24 {
        let (yaw, ama, path) = (yaw.clone(), ama.clone(), path.clone());
        hands.spawn(async move {
            let done = match n % 4 {
                0 | 1 => {
                    let sale = json!({"customer_type": "Walk-in", "lines": [{"sku": "CHG-65W"}], "payments": [{"payment_method": "Cash", "amount": "120.00"}]});
                    ama.post("/sales", &sale).await
                }
                2 => yaw.post(&format!("{path}/moves"), &json!({"quantity": 2, "to_location_id": 2})).await,
                _ => yaw.post(&format!("{path}/moves"), &json!({"quantity": 1, "from_location_id": 2})).await,
            };
            assert!([201, 409].contains(&done.status), "{}", done.json);
            (n % 4 < 2 && done.status == 201) as i32
        });
    }
    let sold: i32 = hands.join_all().await.iter().sum();
    assert_eq!(sold, 6, "all six are sold, wherever they lay, and no seventh");
    assert_eq!(yaw.get(&path).await.expect(200)["quantity"], 0);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn what_is_low_is_ordered_by_supplier() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, kofi) = (
        server.api(Role::Warehouse).await,
        server.api(Role::Technician).await,
    );
    charger(&yaw, 3).await;
    for (sku, supplier, quantity) in [
        ("MOUSE", "Compughana", 1),
        ("BAG", "Compughana", 50),
        ("RAM", "", 0),
    ] {
        let body = json!({"sku": sku, "item_name": sku, "category": "Part", "quantity": quantity, "reorder_threshold": 4, "supplier": supplier});
        yaw.post("/bulk-stock", &body).await.expect(201);
    }
    let list = yaw.get("/bulk-stock/reorder").await.expect(200);
    let rows: Vec<(String, i64)> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            (
                r["sku"].as_str().unwrap().to_owned(),
                r["to_order"].as_i64().unwrap(),
            )
        })
        .collect();
    let wanted = [("RAM", 8), ("MOUSE", 7), ("CHG-65W", 7)];
    assert_eq!(rows, wanted.map(|(sku, many)| (sku.to_owned(), many)));
    assert!(
        kofi.get("/bulk-stock/reorder").await.expect(200)["data"][2]
            .get("unit_cost")
            .is_none()
    );
    let one = yaw.get("/bulk-stock/reorder?supplier=melcom").await.expect(200);
    assert_eq!(one["data"].as_array().unwrap().len(), 1);

    // The pages: both lists, both files, and the two forms of an item.
    let browser = server.browser(Role::Warehouse).await;
    let page = browser.get("/stock/reorder").await.text;
    assert!(
        page.contains("Melcom")
            && page.contains("Compughana")
            && page.contains("No supplier")
            && !page.contains("BAG"),
        "{page}"
    );
    let file = browser.get("/stock/reorder?format=csv").await.text;
    assert!(file.contains("Melcom,CHG-65W,65 W charger,3,5,7"), "{file}");
    let page = browser.get("/stock/1").await.text;
    let id = if page.contains("CHG-65W") {
        "1"
    } else {
        yaw.get("/bulk-stock?sku=CHG-65W").await.expect(200)["data"][0]["id"]
            .to_string()
            .leak()
    };
    let wrong = browser
        .post(
            &format!("/stock/{id}/receipts"),
            &[("received_quantity", "0"), ("received_cost", "90")],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text.contains("received_quantity-error") && wrong.text.contains("value=\"90\""),
        "{}",
        wrong.text
    );
    let done = browser
        .post(
            &format!("/stock/{id}/receipts"),
            &[
                ("received_quantity", "7"),
                ("received_cost", "90"),
                ("received_reference", "A 1"),
            ],
        )
        .await;
    assert_eq!(done.status, 303, "{}", done.text);
    let done = browser
        .post(
            &format!("/stock/{id}/moves"),
            &[("moved_quantity", "4"), ("moved_from", "1"), ("moved_to", "2")],
        )
        .await;
    assert_eq!(done.status, 303, "{}", done.text);
    let wrong = browser
        .post(
            &format!("/stock/{id}/moves"),
            &[("moved_quantity", "40"), ("moved_from", "2"), ("moved_to", "1")],
        )
        .await;
    assert!(
        wrong.text.contains("There are 4 of CHG-65W at that place"),
        "{}",
        wrong.text
    );
    let page = browser.get("/stock/ledger?kind=Received").await.text;
    assert!(
        page.contains("65 W charger") && page.contains("Delivery from Melcom, A 1"),
        "{page}"
    );
    let file = browser.get("/stock/ledger?format=csv&kind=Received").await.text;
    assert!(file.contains("CHG-65W,65 W charger,Received,7,10"), "{file}");
    assert_eq!(stage.broken_books().await, [""; 0]);
}
