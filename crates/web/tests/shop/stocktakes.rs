//! Stocktakes: counted by several people, while sales go on.

use domain::{AssetId, Role};
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, Server};
use std::sync::Arc;

const SHOP_FLOOR: i32 = 1;
const BACKROOM: i32 = 2;

async fn begin(api: &Api, location: i32) -> Value {
    api.post("/stocktakes", &json!({"location_id": location}))
        .await
        .expect(201)
}

async fn sell(server: &Server, id: AssetId) {
    let body = json!({"customer_type": "Walk-in", "lines": [{"asset_id": id}], "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
    server
        .api(Role::Sales)
        .await
        .post("/sales", &body)
        .await
        .expect(201);
}

async fn outcome(api: &Api, count: &Value, id: AssetId) -> String {
    let rows = api
        .get(&format!("/stocktakes/{}/devices?limit=200", count["id"]))
        .await
        .expect(200);
    let row = rows["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["asset_id"] == json!(id))
        .cloned();
    row.map_or("-".into(), |row| row["outcome"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_can_come_of_a_thing() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, kwame) = (server.api(Role::Warehouse).await, server.api(Role::Manager).await);
    let mut ids = Vec::new();
    for n in 1..=9 {
        ids.push(stage.ready_device(&format!("SN-{n}")).await);
    }
    let [
        found,
        missing,
        wrong,
        sold_after,
        sold_before,
        long_sold,
        moved_after,
        moved_back,
        scrapped,
    ] = ids[..]
    else {
        panic!()
    };
    kwame
        .post(
            &format!("/assets/{wrong}/move"),
            &json!({"location_id": BACKROOM}),
        )
        .await
        .expect(200);
    sell(&server, long_sold).await;
    for (sku, quantity) in [("CHG-1", 10), ("CHG-2", 10), ("CHG-3", 10)] {
        let body = json!({"sku": sku, "item_name": sku, "category": "Charger", "unit_price": "100", "quantity": quantity, "location_id": SHOP_FLOOR});
        kwame.post("/bulk-stock", &body).await.expect(201);
    }

    let count = begin(&yaw, SHOP_FLOOR).await;
    assert_eq!(
        (
            &count["stocktake_number"],
            &count["status"],
            &count["figures"]["expected"]
        ),
        (&json!("CNT-000001"), &json!("Counting"), &json!(7))
    );
    let path = format!("/stocktakes/{}", count["id"]);
    assert_eq!(
        yaw.post("/stocktakes", &json!({"location_id": SHOP_FLOOR}))
            .await
            .expect(409)["code"],
        "count_open"
    );
    let counts = format!("{path}/counts");
    let scan = async |code: &str| {
        yaw.post(&counts, &json!({"code": code, "counter": "Phone 1"}))
            .await
    };
    sell(&server, sold_before).await;
    for code in ["sn-1", "P4T-000003", "SN-4", "SN-6", "SN-7", "SN-9"] {
        scan(code).await.expect(201);
    }
    kwame
        .post(
            &format!("/assets/{moved_back}/move"),
            &json!({"location_id": BACKROOM}),
        )
        .await
        .expect(200);
    let strange = scan("SN-8").await.expect(201);
    assert_eq!(strange["note"], "By the books it is at Backroom.");
    let unknown = scan("XYZ").await.expect(201);
    assert_eq!(
        (&unknown["known"], &unknown["title"]),
        (&json!(false), &Value::Null)
    );
    let twice = kwame.post(&counts, &json!({"code": "sn-1"})).await.expect(409);
    assert_eq!(twice["code"], "already_counted");
    assert_eq!(
        twice["detail"],
        "P4T-000001 was counted already: by Yaw Darko (Phone 1), 14 Jan at 10:00."
    );
    kwame.post(&counts, &json!({"code": "x y z"})).await.expect(409);
    sell(&server, sold_after).await;
    kwame
        .post(
            &format!("/assets/{moved_after}/move"),
            &json!({"location_id": BACKROOM}),
        )
        .await
        .expect(200);
    kwame
        .post(
            &format!("/assets/{scrapped}/status"),
            &json!({"status": "Scrapped", "reason": "Broken"}),
        )
        .await
        .expect(200);

    // Items: 6 of 10 are there, 2 of them sold after they were counted; 12 of the other; nobody counts the third.
    yaw.post(&counts, &json!({"code": "chg-1", "quantity": 4}))
        .await
        .expect(201);
    yaw.post(&counts, &json!({"code": "chg-1", "quantity": 2}))
        .await
        .expect(201);
    let sale = json!({"customer_type": "Walk-in", "lines": [{"sku": "CHG-1", "quantity": 2}], "payments": [{"payment_method": "Cash", "amount": "200.00"}]});
    server
        .api(Role::Sales)
        .await
        .post("/sales", &sale)
        .await
        .expect(201);
    let counted = yaw
        .post(&counts, &json!({"code": "chg-2", "quantity": 13}))
        .await
        .expect(201);
    yaw.post(&format!("{counts}/{}/remove", counted["id"]), &json!({}))
        .await
        .expect(200);
    yaw.post(&counts, &json!({"code": "chg-2", "quantity": 12}))
        .await
        .expect(201);
    assert_eq!(
        yaw.post(&counts, &json!({"code": "sn-2", "quantity": 2}))
            .await
            .expect(422)["errors"][0]["pointer"],
        "/quantity"
    );

    for (id, expected) in [
        (found, "Found"),
        (missing, "Missing"),
        (wrong, "Wrong Place"),
        (sold_after, "Sold Meanwhile"),
        (sold_before, "Sold Meanwhile"),
        (long_sold, "Unexpected"),
        (moved_after, "Moved Meanwhile"),
        (moved_back, "Wrong Place"),
        (scrapped, "Unexpected"),
    ] {
        assert_eq!(outcome(&yaw, &count, id).await, expected, "{id}");
    }
    let now = yaw.get(&path).await.expect(200);
    assert_eq!(
        (&now["counted"], &now["unknown"], &now["items_counted"]),
        (&json!(7), &json!(1), &json!(2))
    );

    // Nothing has moved yet; who counts cannot approve.
    assert_eq!(
        stage
            .count("SELECT count(*) FROM inventory_movements WHERE reason LIKE 'CNT-%'")
            .await,
        0
    );
    kwame
        .post(&format!("{path}/approve"), &json!({}))
        .await
        .expect(409);
    assert_eq!(
        yaw.post(&format!("{path}/submit"), &json!({})).await.expect(200)["allowed"],
        json!([])
    );
    assert_eq!(
        yaw.post(&counts, &json!({"code": "SN-2"})).await.expect(409)["code"],
        "stocktake_not_counting"
    );
    yaw.post(&format!("{path}/approve"), &json!({})).await.expect(403);
    yaw.post(&format!("{path}/cancel"), &json!({"reason": "x"}))
        .await
        .expect(403);
    let approved = kwame
        .post(&format!("{path}/approve"), &json!({}))
        .await
        .expect(200);
    assert_eq!(
        (
            &approved["status"],
            &approved["figures"]["missing"],
            &approved["allowed"]
        ),
        (&json!("Approved"), &json!(1), &json!([]))
    );

    let place =
        async |id: AssetId| yaw.get(&format!("/assets/{id}")).await.expect(200)["location_name"].clone();
    assert_eq!(place(missing).await, "Missing");
    assert_eq!(
        yaw.get(&format!("/assets/{missing}")).await.expect(200)["status"],
        "Ready for Sale"
    );
    for (id, expected) in [
        (found, "Shop Floor"),
        (wrong, "Shop Floor"),
        (moved_back, "Shop Floor"),
        (moved_after, "Backroom"),
    ] {
        assert_eq!(place(id).await, expected, "{id}");
    }
    assert_eq!(
        outcome(&yaw, &count, wrong).await,
        "Wrong Place",
        "what came of it stays"
    );
    let quantity = async |sku: &str| {
        yaw.get(&format!("/bulk-stock?sku={sku}")).await.expect(200)["data"][0]["quantity"].clone()
    };
    assert_eq!(
        (
            quantity("CHG-1").await,
            quantity("CHG-2").await,
            quantity("CHG-3").await
        ),
        (json!(4), json!(12), json!(10))
    );
    let ledger = "SELECT count(*) FROM stock_ledger WHERE kind = 'Adjusted' AND reason = 'CNT-000001: counted at Shop Floor'";
    assert_eq!(stage.count(ledger).await, 2);
    kwame
        .post(&format!("{path}/approve"), &json!({}))
        .await
        .expect(409);

    // The report and the file
    let pdf = yaw
        .request(reqwest::Method::GET, &format!("{path}/report.pdf"))
        .send()
        .await
        .unwrap();
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF"));
    let browser = server.browser(Role::Warehouse).await;
    let file = browser.get(&format!("{path}?format=csv")).await.expect(200);
    assert!(
        file.has("Missing,P4T-000002") && file.has("Unknown,XYZ"),
        "{}",
        file.text
    );
    assert!(browser.get(&path).await.expect(200).has("Wrong Place · 2"));
    assert_eq!(stage.broken_books().await, [""; 0]);

    // Found again by the count of another place.
    let next = begin(&yaw, BACKROOM).await;
    yaw.post(
        &format!("/stocktakes/{}/counts", next["id"]),
        &json!({"code": "SN-2"}),
    )
    .await
    .expect(201);
    assert_eq!(outcome(&yaw, &next, missing).await, "Wrong Place");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_count_tells_nothing_before_it_is_submitted() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    for n in 1..=3 {
        stage.ready_device(&format!("SN-{n}")).await;
    }
    let (yaw, kwame) = (server.api(Role::Warehouse).await, server.api(Role::Manager).await);
    let count = yaw
        .post(
            "/stocktakes",
            &json!({"location_id": SHOP_FLOOR, "is_blind": true}),
        )
        .await
        .expect(201);
    let path = format!("/stocktakes/{}", count["id"]);
    assert!(count.get("figures").is_none());
    yaw.post(&format!("{path}/counts"), &json!({"code": "SN-1"}))
        .await
        .expect(201);
    for part in ["devices", "items", "report.pdf"] {
        assert_eq!(
            yaw.get(&format!("{path}/{part}")).await.expect(409)["code"],
            "blind_count",
            "{part}"
        );
    }
    let browser = server.browser(Role::Warehouse).await;
    let page = browser.get(&path).await.expect(200);
    assert!(page.has("This count is blind") && !page.has("P4T-000002"));
    browser.get(&format!("{path}?format=csv")).await.expect(409);
    yaw.post(&format!("{path}/submit"), &json!({})).await.expect(200);
    assert_eq!(yaw.get(&path).await.expect(200)["figures"]["missing"], 2);
    // A Manager sends it back, and later gives it up: nothing has changed.
    yaw.post(&format!("{path}/reopen"), &json!({})).await.expect(403);
    kwame
        .post(&format!("{path}/reopen"), &json!({}))
        .await
        .expect(200);
    yaw.post(&format!("{path}/counts"), &json!({"code": "SN-2"}))
        .await
        .expect(201);
    assert_eq!(
        kwame
            .post(&format!("{path}/cancel"), &json!({"reason": ""}))
            .await
            .expect(422)["errors"][0]["pointer"],
        "/reason"
    );
    kwame
        .post(&format!("{path}/cancel"), &json!({"reason": "Begun by mistake"}))
        .await
        .expect(200);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE location_id = 1")
            .await,
        3
    );
    begin(&yaw, SHOP_FLOOR).await;
    for role in [Role::Sales, Role::Technician] {
        server.api(role).await.get("/stocktakes").await.expect(403);
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_invoices_hold_is_not_counted_away() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    stage.stocked_item("CHG-1", 5).await;
    let (yaw, kwame) = (server.api(Role::Warehouse).await, server.api(Role::Manager).await);
    kwame
        .post(
            "/invoices",
            &json!({"customer_type": "Walk-in", "lines": [{"sku": "CHG-1", "quantity": 3}]}),
        )
        .await
        .expect(201);
    let count = begin(&yaw, SHOP_FLOOR).await;
    let path = format!("/stocktakes/{}", count["id"]);
    yaw.post(
        &format!("{path}/counts"),
        &json!({"code": "CHG-1", "quantity": 2}),
    )
    .await
    .expect(201);
    yaw.post(&format!("{path}/submit"), &json!({})).await.expect(200);
    let problem = kwame
        .post(&format!("{path}/approve"), &json!({}))
        .await
        .expect(409);
    assert_eq!(problem["code"], "stock_is_held");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

/// Three people count, two sell, one approves, all at once: `COUNT_DEVICES=2000 COUNT_SALES=200` for the size of a shop.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_count_while_devices_are_sold() {
    let size = |name: &str, small: usize| {
        std::env::var(name)
            .ok()
            .and_then(|n| n.parse().ok())
            .unwrap_or(small)
    };
    let (devices, sales) = (size("COUNT_DEVICES", 60), size("COUNT_SALES", 12));
    let stage = Stage::open().await;
    let server = Arc::new(stage.serve().await);
    let first = stage.ready_device("SN-0").await;
    copies(&stage, devices - 1).await;
    let yaw = server.api(Role::Warehouse).await;
    let count = begin(&yaw, SHOP_FLOOR).await;
    assert_eq!(count["figures"]["expected"], devices);
    let counts = Arc::new(format!("/stocktakes/{}/counts", count["id"]));

    // Each counts everything but every 50th, from another end: most things are scanned three times.
    let mut counters = Vec::new();
    for (phone, role) in [Role::Warehouse, Role::Manager, Role::Admin]
        .into_iter()
        .enumerate()
    {
        let (server, counts) = (server.clone(), counts.clone());
        counters.push(tokio::spawn(async move {
            let api = server.api(role).await;
            let (mut good, mut twice) = (0, 0);
            for n in 0..devices {
                let n = (n + phone * devices / 3) % devices;
                if n % 50 == 49 {
                    continue;
                }
                let reply = api
                    .post(
                        &counts,
                        &json!({"code": format!("SN-{n}"), "counter": format!("Phone {phone}")}),
                    )
                    .await;
                match reply.status {
                    201 => good += 1,
                    409 => twice += 1,
                    other => panic!("{other}: {}", reply.json),
                }
            }
            (good, twice)
        }));
    }
    let selling = {
        let server = server.clone();
        tokio::spawn(async move {
            let api = server.api(Role::Sales).await;
            for n in 0..sales {
                let serial = format!("SN-{}", n * devices / sales);
                let body = json!({"customer_type": "Walk-in", "lines": [{"serial_number": serial}], "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
                api.post("/sales", &body).await.expect(201);
            }
        })
    };
    let mut good = 0;
    for counter in counters {
        good += counter.await.unwrap().0;
    }
    let left_out = devices / 50;
    assert_eq!(
        good,
        devices - left_out,
        "each device was counted by exactly one of them"
    );
    selling.await.unwrap();
    let path = format!("/stocktakes/{}", count["id"]);
    yaw.post(&format!("{path}/submit"), &json!({})).await.expect(200);

    // Two approve at once, while the rest is being sold: once.
    let mut approvals = Vec::new();
    for role in [Role::Manager, Role::Admin] {
        let (server, path) = (server.clone(), path.clone());
        approvals.push(tokio::spawn(async move {
            server
                .api(role)
                .await
                .post(&format!("{path}/approve"), &json!({}))
                .await
                .status
        }));
    }
    let last = {
        let server = server.clone();
        tokio::spawn(async move { sell_by_serial(&server, "SN-1").await })
    };
    let mut answers = Vec::new();
    for approval in approvals {
        answers.push(approval.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    last.await.unwrap();
    let f = yaw.get(&path).await.expect(200)["figures"].clone();
    let n = |name: &str| usize::try_from(f[name].as_u64().unwrap()).unwrap();
    assert_eq!(n("found") + n("missing") + n("sold_meanwhile"), devices, "{f}");
    assert_eq!(
        (n("unexpected"), n("wrong_place"), n("moved_meanwhile")),
        (0, 0, 0),
        "{f}"
    );
    assert!(n("sold_meanwhile") >= sales, "{f}");
    let missing = "SELECT count(*) FROM assets a JOIN locations l ON l.id = a.location_id WHERE l.location_name = 'Missing'";
    assert_eq!(usize::try_from(stage.count(missing).await).unwrap(), n("missing"));
    assert_eq!(
        stage.count("SELECT count(*) FROM assets").await,
        i64::try_from(devices).unwrap(),
        "no device lost or twice"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
    let _ = first;
}

#[tokio::test]
async fn an_item_is_counted_wherever_some_of_it_lies() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, kwame) = (server.api(Role::Warehouse).await, server.api(Role::Manager).await);
    let body = json!({"sku": "CHG-1", "item_name": "Charger", "category": "Charger", "unit_price": "100", "quantity": 10, "location_id": SHOP_FLOOR});
    let item = kwame.post("/bulk-stock", &body).await.expect(201);
    let count = begin(&yaw, BACKROOM).await;
    let path = format!("/stocktakes/{}", count["id"]);
    let scan = json!({"code": "CHG-1", "quantity": 3});
    let refused = yaw.post(&format!("{path}/counts"), &scan).await.expect(409);
    assert_eq!(refused["code"], "kept_elsewhere");
    yaw.post(
        &format!("/bulk-stock/{}/moves", item["id"]),
        &json!({"quantity": 4, "to_location_id": BACKROOM}),
    )
    .await
    .expect(201);
    yaw.post(&format!("{path}/counts"), &scan).await.expect(201);
    yaw.post(&format!("{path}/submit"), &json!({})).await.expect(200);
    kwame
        .post(&format!("{path}/approve"), &json!({}))
        .await
        .expect(200);
    let backroom = "SELECT quantity::int8 FROM view_bulk_stock_places WHERE location_id = 2";
    assert_eq!(stage.count(backroom).await, 3, "one is gone from the backroom");
    let shop_floor = "SELECT quantity::int8 FROM view_bulk_stock_places WHERE location_id = 1";
    assert_eq!(stage.count(shop_floor).await, 6, "and none from its home");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

/// The guard in the database and the table in the code say the same of every pair.
#[tokio::test]
async fn every_pair_of_a_stocktakes_statuses_as_the_application() {
    use domain::StocktakeStatus;
    use sqlx::{AssertSqlSafe, Executor};
    let stage = Stage::open().await;
    let server = stage.serve().await;
    begin(&server.api(Role::Warehouse).await, SHOP_FLOOR).await;
    let mut tried = 0;
    for from in StocktakeStatus::ALL {
        for to in StocktakeStatus::ALL {
            if from == to {
                continue;
            }
            let decided = matches!(from, StocktakeStatus::Approved | StocktakeStatus::Cancelled);
            // Past the guards: this is about who may leave a status.
            let place = format!(
                "SET session_replication_role = replica;
                 UPDATE stocktakes SET status = '{from}', submitted_by = 1, submitted_at = now(), cancellation_reason = 'tried',
                   decided_by = CASE WHEN {decided} THEN 1 END, decided_at = CASE WHEN {decided} THEN now() END"
            );
            let mut conn = stage.superuser().await;
            conn.execute(sqlx::raw_sql(AssertSqlSafe(place))).await.unwrap();
            let mut app = stage.bizhub_app().await;
            let moved = app
                .execute(sqlx::raw_sql(AssertSqlSafe(format!(
                    "UPDATE stocktakes SET status = '{to}', cancellation_reason = 'tried', decided_by = NULL, decided_at = NULL"
                ))))
                .await;
            let constraint = moved
                .as_ref()
                .err()
                .and_then(|error| error.as_database_error()?.constraint().map(str::to_owned));
            let expected = (!from.may_become(*to)).then(|| "stocktake_status_move".to_owned());
            assert_eq!(constraint, expected, "{from} → {to}: {moved:?}");
            tried += 1;
        }
    }
    assert_eq!(tried, 12);
}

async fn sell_by_serial(server: &Server, serial: &str) {
    let body = json!({"customer_type": "Walk-in", "lines": [{"serial_number": serial}], "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
    server
        .api(Role::Sales)
        .await
        .post("/sales", &body)
        .await
        .expect(201);
}

/// So many devices more like the first, SN-1 up, by the same steps.
async fn copies(stage: &Stage, many: usize) {
    let mut conn = stage.bizhub_app().await;
    use sqlx::Executor;
    conn.execute(sqlx::raw_sql(
        "BEGIN; SELECT set_config('bizhub.user_id', (SELECT id::text FROM users WHERE username = 'kofi'), true)",
    ))
    .await
    .unwrap();
    for step in [
        "INSERT INTO assets (serial_number, product_model_id, purchase_cost, received_date, location_id)
         SELECT 'SN-' || n, (SELECT min(product_model_id) FROM assets), 3000, '2026-01-05', 1 FROM generate_series(1, $1) n",
        "UPDATE assets SET status = 'Diagnostics Pending' WHERE status = 'Received' AND $1 >= 0",
        "INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result)
         SELECT id, shop_actor(), '{}', 'Pass' FROM assets WHERE status = 'Diagnostics Pending' AND $1 >= 0",
        "UPDATE assets SET status = 'Wipe Pending' WHERE status = 'Diagnostics Pending' AND $1 >= 0",
        "INSERT INTO wipe_certificates (asset_id, technician_id, wipe_method)
         SELECT id, shop_actor(), 'NIST 800-88 Clear' FROM assets WHERE status = 'Wipe Pending' AND $1 >= 0",
        "UPDATE assets SET status = 'QC Pending' WHERE status = 'Wipe Pending' AND $1 >= 0",
        "UPDATE assets SET status = 'Ready for Sale', condition_grade = 'A' WHERE status = 'QC Pending' AND $1 >= 0",
    ] {
        sqlx::query(step).bind(i32::try_from(many).unwrap()).execute(&mut conn).await.unwrap();
    }
    conn.execute("COMMIT").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_work_without_a_script() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    stage.ready_device("SN-1").await;
    stage.ready_device("SN-2").await;
    let yaw = server.browser(Role::Warehouse).await;
    assert!(
        yaw.get("/stocktakes")
            .await
            .expect(200)
            .has("Nothing was counted yet")
    );
    let form = yaw.get("/stocktakes/new").await.expect(200);
    assert!(
        yaw.post("/stocktakes/new", &[])
            .await
            .expect(422)
            .has("Please fill this in")
    );
    let key = form.field("form_key");
    let path = yaw
        .post(
            "/stocktakes/new",
            &[("form_key", key.as_str()), ("location_id", "1")],
        )
        .await
        .expect(303)
        .location;
    let again = yaw
        .post(
            "/stocktakes/new",
            &[("form_key", key.as_str()), ("location_id", "1")],
        )
        .await
        .expect(303)
        .location;
    assert_eq!(path, again);
    let scan = async |code: &str| {
        let key = yaw.get(&path).await.expect(200).field("form_key");
        yaw.post(
            &format!("{path}/counts"),
            &[("form_key", key.as_str()), ("code", code), ("counter", "Phone 2")],
        )
        .await
    };
    assert!(
        scan("SN-1")
            .await
            .expect(200)
            .has("P4T-000001 is counted: HP EliteBook 840 G5.")
    );
    assert!(
        scan("SN-1")
            .await
            .expect(422)
            .has("was counted already: by Yaw Darko (Phone 2)")
    );
    assert!(scan("nobody").await.expect(200).has("Nobody knows nobody"));
    let page = yaw.get(&path).await.expect(200);
    assert!(page.has("Still to be counted · 1") && page.field("counter") == "Phone 2");
    yaw.post(&format!("{path}/counts/1/remove"), &[])
        .await
        .expect(303);
    assert!(yaw.get(&path).await.expect(200).has("Still to be counted · 2"));
    scan("SN-1").await.expect(200);
    yaw.post(&format!("{path}/submit"), &[]).await.expect(303);
    let page = server.browser(Role::Manager).await.get(&path).await.expect(200);
    assert!(
        page.has("Missing · 1") && page.has("Approve") && !yaw.get(&path).await.expect(200).has("/approve")
    );
    server
        .browser(Role::Manager)
        .await
        .post(&format!("{path}/approve"), &[])
        .await
        .expect(303);
    assert!(yaw.get("/stocktakes").await.expect(200).has("Approved"));
    assert_eq!(stage.broken_books().await, [""; 0]);
}
