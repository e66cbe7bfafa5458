//! What happens at the counter besides the plain sale: a price that a Manager approves, sales that are put aside, and
//! whether one was saved.

use domain::Role;
use serde_json::{Value, json};
use stage::http::Api;
use stage::{PASSWORD, Stage};

/// A cash sale of one device at this price, approved by somebody.
fn approved(serial: &str, price: &str, username: &str, password: &str) -> Value {
    json!({
        "customer_type": "Walk-in",
        "lines": [{"serial_number": serial, "unit_price": price}],
        "payments": [{"payment_method": "Cash", "amount": price}],
        "approval": {"username": username, "password": password}
    })
}

async fn run(stage: &Stage, sql: &'static str) {
    sqlx::query(sql)
        .execute(&mut stage.superuser().await)
        .await
        .unwrap();
}

async fn pointer(api: &Api, sale: &Value) -> String {
    let refused = api.post("/sales", sale).await.expect(422);
    refused["errors"][0]["pointer"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_manager_approves_a_price_at_the_till_by_their_own_sign_in() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, admin) = (server.api(Role::Sales).await, server.api(Role::Admin).await);
    for serial in ["SN-1", "SN-2", "SN-3"] {
        stage.ready_device(serial).await;
    }
    // Whoever may not give the price cannot approve it either, and nothing tells a wrong name from a wrong password.
    for (name, password, at) in [
        ("ama", PASSWORD, "/approval/username"),
        ("yaw", PASSWORD, "/approval/username"),
        ("kwame", "not-his-password", "/approval/password"),
        ("nobody", PASSWORD, "/approval/password"),
        ("", PASSWORD, "/approval/username"),
        ("kwame", "", "/approval/password"),
    ] {
        assert_eq!(
            pointer(&ama, &approved("SN-1", "4000", name, password)).await,
            at,
            "{name}"
        );
    }
    assert_eq!(stage.count("SELECT count(*) FROM invoices").await, 0);
    let sold = ama
        .post("/sales", &approved("SN-1", "4000", "Kwame", PASSWORD))
        .await
        .expect(201);
    assert_eq!(sold["sales_rep_name"], "Ama Mensah");
    assert_eq!(sold["price_approval"]["approver_name"], "Kwame Asante");
    assert_eq!(
        sold["lines"][0]["price_approved_by"],
        sold["price_approval"]["approved_by"]
    );
    assert_eq!(
        ama.get(&format!("/invoices/{}", sold["id"])).await.expect(200),
        sold
    );
    assert_eq!(
        stage
            .count(
                "SELECT count(*) FROM audit_log WHERE action = 'sale.approve_price'
            AND after -> 'price_approval' ->> 'approver_name' = 'Kwame Asante'"
            )
            .await,
        1
    );
    // A price that needs nobody keeps nobody; and who may give it needs nobody.
    let plain = ama
        .post("/sales", &approved("SN-2", "5000", "kwame", PASSWORD))
        .await
        .expect(201);
    assert_eq!(plain["price_approval"], Value::Null);
    let own = admin
        .post("/sales", &approved("SN-3", "4000", "nobody", "whatever"))
        .await
        .expect(201);
    assert_eq!(own["price_approval"], Value::Null);
    // The password is in no table.
    let mut conn = stage.superuser().await;
    let kept: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_log a, idempotency_keys k
         WHERE a::text LIKE '%' || $1 || '%' OR convert_from(k.body, 'utf8') LIKE '%' || $1 || '%'",
    )
    .bind(PASSWORD)
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(kept, 0);
    assert!(
        sqlx::query("UPDATE price_approvals SET approver_name = 'Somebody'")
            .execute(&mut conn)
            .await
            .is_err()
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn an_approval_is_throttled_like_a_sign_in_and_needs_an_account_in_order() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    run(
        &stage,
        "UPDATE users SET must_change_password = true WHERE username = 'kwame'",
    )
    .await;
    let sale = approved("SN-1", "4000", "kwame", PASSWORD);
    assert_eq!(pointer(&ama, &sale).await, "/approval/username");
    run(
        &stage,
        "UPDATE users SET must_change_password = false, is_active = false WHERE username = 'kwame'",
    )
    .await;
    assert_eq!(pointer(&ama, &sale).await, "/approval/password");
    let mut status = 0;
    for _ in 0..9 {
        let wrong = ama
            .post("/sales", &approved("SN-1", "4000", "efua", "wrong-again"))
            .await;
        status = wrong.status;
    }
    assert_eq!(status, 429);
    let right = approved("SN-1", "4000", "efua", PASSWORD);
    assert_eq!(ama.post("/sales", &right).await.status, 429);
    assert_eq!(stage.count("SELECT count(*) FROM invoices").await, 0);
}

#[tokio::test]
async fn a_repeated_key_answers_an_approved_sale_without_its_password() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let sale = approved("SN-1", "4000", "kwame", PASSWORD);
    let first = ama.post_once("/sales", "till-1", &sale).await.expect(201);
    let again = approved("SN-1", "4000", "kwame", "forgotten");
    assert_eq!(ama.post_once("/sales", "till-1", &again).await.expect(201), first);
}

#[tokio::test]
async fn the_sell_page_asks_for_the_approval_and_keeps_all_but_the_password() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    let line = format!("asset:{device}");
    let fields = |name: &'static str, password: &'static str, verb: &'static str| {
        vec![
            ("idempotency_key", "k-1".to_owned()),
            ("line", line.clone()),
            ("quantity", "1".into()),
            ("unit_price", "4000".into()),
            ("payment_method", "Cash".into()),
            ("payment_amount", "4000".into()),
            ("notes", "For the school".into()),
            ("approval_username", name.into()),
            ("approval_password", password.into()),
            ("do", verb.into()),
        ]
    };
    let send = async |name, password, verb| {
        let fields = fields(name, password, verb);
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        ama.post("/sell", &pairs).await
    };
    let shown = send("", "", "update").await.expect(200);
    assert!(shown.has("A Manager approves this price"));
    let refused = send("kwame", "not-his-password", "complete").await.expect(422);
    assert!(refused.has("The user name or the password is wrong"));
    assert!(!refused.has("not-his-password"));
    assert!(refused.has("For the school"));
    assert_eq!(refused.field("approval_username"), "kwame");
    let done = send("kwame", PASSWORD, "complete").await.expect(303);
    let page = ama.get(done.location.trim_end_matches("/sold")).await.expect(200);
    assert!(page.has("price approved by Kwame Asante"), "{}", page.text);
    // A Manager is not asked.
    let kwame = server.browser(Role::Manager).await;
    let fields = fields("", "", "update");
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert!(
        !kwame
            .post("/sell", &pairs)
            .await
            .has("A Manager approves this price")
    );
}

/// The till's form with one device on it.
fn cart(device: domain::AssetId, key: &str, rest: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = vec![
        ("idempotency_key".to_owned(), key.to_owned()),
        ("line".into(), format!("asset:{device}")),
        ("bundled".into(), String::new()),
        ("quantity".into(), "1".into()),
        ("unit_price".into(), "4900".into()),
    ];
    fields.extend(rest.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    fields
}

async fn press(browser: &stage::browser::Browser, fields: &[(String, String)]) -> stage::browser::Shown {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post("/sell", &pairs).await
}

#[tokio::test]
async fn a_sale_is_put_aside_and_somebody_else_goes_on_with_it() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (ama, kwame) = (
        server.browser(Role::Sales).await,
        server.browser(Role::Manager).await,
    );
    let aside = [
        ("park_label", "Blue shirt"),
        ("new_name", "Kojo Addo"),
        ("notes", "Wants a bag"),
        ("payment_method", "Cash"),
        ("payment_amount", "4900"),
        ("do", "park"),
    ];
    let shown = press(&ama, &cart(device, "k-1", &aside)).await.expect(200);
    assert!(shown.has("Blue shirt is put aside") && shown.has("Nothing of it is held"));
    // The same press again is the same sale put aside.
    press(&ama, &cart(device, "k-1", &aside)).await.expect(200);
    assert_eq!(stage.count("SELECT count(*) FROM parked_sales").await, 1);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE status = 'Ready for Sale'")
            .await,
        1,
        "it holds nothing"
    );
    let till = kwame.get("/sell").await.expect(200);
    for said in ["Blue shirt", "Kojo Addo · Ama Mensah", "4,900.00"] {
        assert!(till.has(said), "{said}");
    }
    // Not over another sale.
    let full = press(&kwame, &cart(device, "k-2", &[("do", "resume:1")])).await;
    assert!(full.has("put it aside first"));
    let resume = [("idempotency_key", "k-3"), ("do", "resume:1")];
    let on = kwame.post("/sell", &resume).await.expect(200);
    assert_eq!(on.field("unit_price"), "4900");
    assert_eq!(on.field("new_name"), "Kojo Addo");
    assert!(on.has("Wants a bag") && !on.has("payment_amount"));
    // Pressed again after a lost answer it is still theirs, and nobody else's.
    assert_eq!(kwame.post("/sell", &resume).await.field("unit_price"), "4900");
    let late = ama
        .post("/sell", &[("idempotency_key", "k-4"), ("do", "resume:1")])
        .await;
    assert!(late.has("Somebody went on with this sale already"));
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE entity = 'parked_sales'")
            .await,
        2
    );
}

#[tokio::test]
async fn two_people_cannot_go_on_with_the_same_sale() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    press(&ama, &cart(device, "k-1", &[("do", "park")]))
        .await
        .expect(200);
    let tries = (0..8).map(|n| {
        let browser = ama.clone();
        tokio::spawn(async move {
            let key = format!("r-{n}");
            let fields = [("idempotency_key", key.as_str()), ("do", "resume:1")];
            browser.post("/sell", &fields).await.expect(200).has("data-line")
        })
    });
    let mut winners = 0;
    for one in tries.collect::<Vec<_>>() {
        winners += i32::from(one.await.unwrap());
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn what_is_put_aside_shows_what_was_sold_meanwhile_and_ends_with_the_day() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    for key in ["k-1", "k-2", "k-3"] {
        press(&ama, &cart(device, key, &[("do", "park")]))
            .await
            .expect(200);
    }
    let api = server.api(Role::Sales).await;
    let sale = json!({"customer_type": "Walk-in", "lines": [{"serial_number": "SN-1"}],
        "payments": [{"payment_method": "Cash", "amount": "5000"}]});
    api.post("/sales", &sale).await.expect(201);
    let on = ama.post("/sell", &[("do", "resume:1")]).await.expect(200);
    assert!(on.has("It is sold already"), "{}", on.text);
    let dropped = ama.post("/sell", &[("do", "discard:2")]).await.expect(200);
    assert!(dropped.has("is dropped"));
    let tomorrow = stage
        .serve_at(stage::opening() + chrono::TimeDelta::days(1))
        .await;
    let kwame = tomorrow.browser(Role::Manager).await;
    assert!(!kwame.get("/sell").await.has("Put aside today"));
    assert!(
        kwame
            .post("/sell", &[("do", "resume:3")])
            .await
            .has("Somebody went on")
    );
    for role in [Role::Technician, Role::Warehouse] {
        server
            .browser(role)
            .await
            .post("/sell", &[("do", "resume:3")])
            .await
            .expect(403);
    }
}

async fn was_saved(browser: &stage::browser::Browser, key: &str) -> Value {
    let shown = browser.post("/sell/saved", &[("key", key)]).await.expect(200);
    serde_json::from_str(&shown.text).unwrap()
}

#[tokio::test]
async fn the_server_says_whether_a_sale_was_saved_and_means_it() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (ama, kwame) = (
        server.browser(Role::Sales).await,
        server.browser(Role::Manager).await,
    );
    let paid = [
        ("payment_method", "Cash"),
        ("payment_amount", "4900"),
        ("do", "complete"),
    ];
    // Asked before it arrived: not saved, and the late one is refused.
    let asked = was_saved(&ama, "k-1").await;
    assert_eq!(asked["saved"], false);
    assert_eq!(was_saved(&ama, "k-1").await["saved"], false);
    press(&ama, &cart(device, "k-1", &paid)).await.expect(422);
    assert_eq!(stage.count("SELECT count(*) FROM invoices").await, 0);
    // Pressed again with the key that came with the answer.
    let key = asked["key"].as_str().unwrap();
    press(&ama, &cart(device, key, &paid)).await.expect(303);
    let saved = was_saved(&ama, key).await;
    assert_eq!(saved["invoice_number"], "INV-000001");
    assert_eq!(saved["href"], "/invoices/1/sold");
    assert_eq!(
        was_saved(&kwame, key).await["saved"],
        false,
        "a key is its owner's"
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn asking_and_selling_at_once_agree() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    for n in 0..12 {
        let device = stage.ready_device(&format!("SN-{n}")).await;
        let key = format!("race-{n}");
        let paid = [
            ("payment_method", "Cash"),
            ("payment_amount", "4900"),
            ("do", "complete"),
        ];
        let fields = cart(device, &key, &paid);
        let (sold, asked) = tokio::join!(press(&ama, &fields), was_saved(&ama, &key));
        assert_eq!(sold.status == 303, asked["saved"] == true, "{n}: {asked}");
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn what_goes_with_a_model_is_offered_at_the_till_at_its_own_price() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let model = kwame.get(&format!("/assets/{device}")).await.expect(200)["product_model_id"].clone();
    let bundle = format!("/product-models/{model}/bundle");
    let charger = json!({"sku": "chg-65w", "bundle_price": "0"});
    ama.post(&bundle, &charger).await.expect(403);
    let wrong = kwame
        .post(&bundle, &json!({"sku": "NONE", "bundle_price": "0"}))
        .await
        .expect(422);
    assert_eq!(wrong["errors"][0]["pointer"], "/sku");
    let put = kwame.post(&bundle, &charger).await.expect(201);
    assert_eq!(put["bundle"][0]["bundle_price"], "0.00");
    let read = ama.get(&format!("/product-models/{model}")).await.expect(200);
    assert_eq!(read["bundle"], put["bundle"]);
    // Scanned at the till, the charger comes along; removed, the device is sold alone.
    let till = server.browser(Role::Sales).await;
    let shown = till.post("/sell", &[("scan", "SN-1")]).await.expect(200);
    assert!(shown.has("goes with the device") && shown.has(&format!("value=\"asset:{device}\"")));
    assert!(!shown.has("A Manager approves this price"));
    // Its price is no discount for one a device, but it is for a second one.
    let sale = |quantity| {
        json!({"customer_type": "Walk-in", "lines": [{"serial_number": "SN-1"}, {"sku": "CHG-65W", "quantity": quantity, "unit_price": "0"}],
            "payments": [{"payment_method": "Cash", "amount": "5000"}]})
    };
    ama.post("/sales", &sale(2)).await.expect(403);
    let sold = ama.post("/sales", &sale(1)).await.expect(201);
    assert_eq!(sold["lines"][1]["price_approved_by"], Value::Null);
    let item = &put["bundle"][0]["bulk_stock_id"];
    let out = format!("{bundle}/{item}");
    kwame.delete(&out).await.expect(204);
    kwame.delete(&out).await.expect(404);
    // On the model's page, by a Manager.
    let page = server.browser(Role::Manager).await;
    let form = [("sku", "CHG-65W"), ("bundle_price", "60")];
    let at = format!("/models/{model}/bundle");
    page.post(&at, &[("sku", "NONE"), ("bundle_price", "60")])
        .await
        .expect(422);
    page.post(&at, &form).await.expect(303);
    assert!(page.get(&format!("/models/{model}")).await.has("60.00"));
    page.post(&at, &[("remove", &item.to_string())]).await.expect(303);
    assert_eq!(stage.count("SELECT count(*) FROM product_model_bundles").await, 0);
}

#[tokio::test]
async fn a_manager_enters_a_sale_for_an_earlier_day_on_the_page() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    let server = stage.serve().await;
    let (ama, kwame) = (
        server.browser(Role::Sales).await,
        server.browser(Role::Manager).await,
    );
    assert!(!ama.get("/sell").await.has("Enter it for an earlier day"));
    assert!(kwame.get("/sell").await.has("Enter it for an earlier day"));
    let paid = |day, why, key| {
        cart(
            device,
            key,
            &[
                ("payment_method", "Cash"),
                ("payment_amount", "4900"),
                ("invoice_date", day),
                ("back_date_reason", why),
                ("do", "complete"),
            ],
        )
    };
    let silent = press(&kwame, &paid("2026-01-10", "", "k-1")).await.expect(422);
    assert!(silent.has("Say why this is entered for an earlier day"));
    assert_eq!(silent.field("invoice_date"), "2026-01-10");
    press(&kwame, &paid("10 January", "Forgotten", "k-2"))
        .await
        .expect(422);
    press(&ama, &paid("2026-01-10", "Forgotten", "k-3"))
        .await
        .expect(422);
    press(&kwame, &paid("2026-01-10", "Forgotten", "k-4"))
        .await
        .expect(303);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM invoices WHERE invoice_date = '2026-01-10'")
            .await,
        1
    );
}

/// A sale to Esi of one device, with an old one in trade.
fn traded(serial: &str, old: &str, model: &Value, value: &str, cash: &str) -> Value {
    json!({
        "customer_type": "Retail", "customer": {"full_name": "Esi Quaye", "phone": "0244123456"},
        "lines": [{"serial_number": serial}],
        "payments": [{"payment_method": "Cash", "amount": cash}],
        "trade_ins": [{"serial_number": old, "product_model_id": model, "agreed_value": value, "condition": "Worn keys"}]
    })
}

#[tokio::test]
async fn a_device_that_we_sold_comes_back_in_trade_as_the_same_device() {
    let stage = Stage::open().await;
    let device = stage.ready_device("SN-1").await;
    stage.ready_device("SN-2").await;
    let server = stage.serve().await;
    let (ama, kwame, kofi) = (
        server.api(Role::Sales).await,
        server.api(Role::Manager).await,
        server.api(Role::Technician).await,
    );
    let first = json!({
        "customer_type": "Retail", "customer": {"full_name": "Yaa Osei", "phone": "0244999888"},
        "lines": [{"serial_number": "SN-1"}], "payments": [{"payment_method": "Cash", "amount": "5000"}]
    });
    let sold = ama.post("/sales", &first).await.expect(201);
    let at = format!("/assets/{device}");
    let before = kwame.get(&at).await.expect(200);
    let model = before["product_model_id"].clone();
    let day = kwame.get("/reports/sales-daily").await.expect(200);
    let wrong = ama
        .post("/sales", &traded("SN-2", "SN-1", &json!(99), "1500", "3500"))
        .await
        .expect(422);
    assert_eq!(wrong["errors"][0]["pointer"], "/trade_ins/0/product_model_id");
    let made = ama
        .post("/sales", &traded("SN-2", " sn-1", &model, "1500", "3500"))
        .await
        .expect(201);
    assert_eq!(made["status"], "Paid");
    assert_eq!(made["payments"][1]["reference"], before["asset_tag"]);
    let after = kwame.get(&at).await.expect(200);
    assert_eq!(after["status"], "Diagnostics Pending");
    assert_eq!(
        (&after["purchase_cost"], &after["supplier"], &after["invoice_id"]),
        (&json!("1500.00"), &json!("Esi Quaye"), &Value::Null)
    );
    assert_eq!(
        stage.count("SELECT count(*) FROM assets").await,
        2,
        "one device, one record"
    );
    // The sale that it comes from stands: its money, its cost, its day.
    let old = kwame.get(&format!("/invoices/{}", sold["id"])).await.expect(200);
    assert_eq!(old["status"], "Paid");
    assert_eq!(old["amount_credited"], "0.00");
    assert_eq!(old["lines"][0]["unit_cost"], "3200.00");
    assert_ne!(old["lines"][0]["released_at"], Value::Null);
    assert_eq!(old["warranties"][0]["status"], "Void");
    let now = kwame.get("/reports/sales-daily").await.expect(200);
    assert_eq!(
        now["data"][0]["returned_amount"],
        day["data"][0]["returned_amount"]
    );
    let moves = "SELECT count(*) FROM inventory_movements WHERE (from_status, to_status) IN
        (('Sold', 'Returned'), ('Returned', 'Diagnostics Pending')) AND reason LIKE 'Taken in trade from Esi Quaye, sold with INV-%'";
    assert_eq!(stage.count(moves).await, 2);
    // It cannot come back a second time by its old sale.
    let back = json!({"reason": "Too late", "lines": [{"line_number": 1, "quantity": 1, "disposition": "Diagnostics"}]});
    kwame
        .post(&format!("/invoices/{}/returns", sold["id"]), &back)
        .await
        .expect(409);
    let again = traded("SN-2", "SN-1", &model, "1500", "3500");
    ama.post("/sales", &again).await.expect(409);
    // It passes diagnostics, wipe and check as any device that was with a customer, and is sold again at its new cost.
    kofi.post(
        &format!("{at}/diagnostics"),
        &json!({"checklist_data": {"display": "pass"}, "overall_result": "Pass"}),
    )
    .await
    .expect(201);
    kofi.post(
        &format!("{at}/wipe-certificates"),
        &json!({"wipe_method": "NIST 800-88 Clear"}),
    )
    .await
    .expect(201);
    kofi.post(
        &format!("{at}/quality-check"),
        &json!({"condition_grade": "A", "passed": true}),
    )
    .await
    .expect(200);
    let mut third = first.clone();
    third["lines"] = json!([{"serial_number": "SN-1", "unit_price": "5000"}]);
    let resold = kwame.post("/sales", &third).await.expect(201);
    assert_eq!(resold["lines"][0]["unit_cost"], "1500.00");
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn only_what_is_paid_for_comes_back_in_trade_and_the_database_says_so_too() {
    let stage = Stage::open().await;
    stage.ready_device("SN-1").await;
    stage.ready_device("SN-2").await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let credit = json!({"customer_type": "Retail", "customer": {"full_name": "Yaa Osei", "phone": "0244999888"},
        "lines": [{"serial_number": "SN-1"}], "payments": [{"payment_method": "Cash", "amount": "100"}]});
    let open = ama.post("/sales", &credit).await.expect(201);
    let model = kwame.get("/assets/by-serial/SN-1").await.expect(200)["product_model_id"].clone();
    let trade = traded("SN-2", "SN-1", &model, "1500", "3500");
    ama.post("/sales", &trade).await.expect(409);
    let mut conn = stage.bizhub_app().await;
    let by_hand = "INSERT INTO buy_backs (invoice_line_id, agreed_value) SELECT id, 1 FROM invoice_lines";
    assert!(
        sqlx::query(by_hand).execute(&mut conn).await.is_err(),
        "it is not paid"
    );
    let moved = "UPDATE assets SET status = 'Returned' WHERE serial_number = 'SN-1'";
    assert!(sqlx::query(moved).execute(&mut conn).await.is_err());
    let pay = json!({"payment_method": "Cash", "amount": "4900"});
    ama.post(&format!("/invoices/{}/payments", open["id"]), &pay)
        .await
        .expect(201);
    assert!(
        sqlx::query(moved).execute(&mut conn).await.is_err(),
        "it is sold and nothing brought it back"
    );
    ama.post("/sales", &trade).await.expect(201);
    assert!(
        sqlx::query("DELETE FROM buy_backs")
            .execute(&mut conn)
            .await
            .is_err()
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_and_a_trade_in_of_one_device_do_not_both_get_it() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    for n in 0..6 {
        let (old, new) = (format!("OLD-{n}"), format!("NEW-{n}"));
        stage.ready_device(&old).await;
        stage.ready_device(&new).await;
        let first = json!({"customer_type": "Walk-in", "lines": [{"serial_number": old}],
            "payments": [{"payment_method": "Cash", "amount": "5000"}]});
        let sold = ama.post("/sales", &first).await.expect(201);
        let model =
            kwame.get(&format!("/assets/by-serial/{old}")).await.expect(200)["product_model_id"].clone();
        let back = json!({"reason": "Changed mind", "lines": [{"line_number": 1, "quantity": 1, "disposition": "Diagnostics"}]});
        let returns = format!("/invoices/{}/returns", sold["id"]);
        let trade = traded(&new, &old, &model, "1500", "3500");
        let (returned, traded) = tokio::join!(kwame.post(&returns, &back), ama.post("/sales", &trade));
        let done = [returned.status, traded.status];
        assert!(done == [201, 409] || done == [409, 201], "{done:?}");
    }
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_manager_exchanges_a_device_on_the_page_and_settles_either_way() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let kwame = server.browser(Role::Manager).await;
    for serial in ["SN-1", "SN-2", "SN-3"] {
        stage.ready_device(serial).await;
    }
    let sale = json!({"customer_type": "Walk-in", "lines": [{"serial_number": "SN-1"}],
        "payments": [{"payment_method": "Cash", "amount": "5000"}]});
    let sold = ama.post("/sales", &sale).await.expect(201);
    let at = format!("/invoices/{}/exchange", sold["id"]);
    server.browser(Role::Sales).await.get(&at).await.expect(403);
    assert!(kwame.get(&format!("/invoices/{}", sold["id"])).await.has(&at));
    let empty = kwame.get(&at).await.expect(200);
    assert_eq!(empty.field("quantity_1"), "1");
    let first = [
        ("quantity_1", "1"),
        ("disposition_1", "Diagnostics"),
        ("form_key", "x-1"),
    ];
    let with = |more: &[(&'static str, &'static str)]| [first.as_slice(), more].concat();
    let added = kwame
        .post(&at, &with(&[("scan", "sn-2"), ("act", "add")]))
        .await
        .expect(200);
    assert_eq!(added.field("goods_price"), "5000.00");
    assert!(added.has("Nothing is owed"));
    assert!(
        kwame
            .post(&at, &with(&[("scan", "NONE"), ("act", "add")]))
            .await
            .expect(422)
            .has("Nothing has exactly")
    );
    // Dearer: the customer pays the difference.
    let dearer = [("goods", "SN-2"), ("goods_price", "5300")];
    let shown = kwame
        .post(&at, &with(&[&dearer[..], &[("act", "reckon")]].concat()))
        .await
        .expect(200);
    assert!(shown.has("The customer pays") && shown.field("pay_amount") == "300.00");
    let silent = kwame
        .post(
            &at,
            &with(
                &[
                    &dearer[..],
                    &[("pay_method", "Cash"), ("pay_amount", "300"), ("act", "exchange")],
                ]
                .concat(),
            ),
        )
        .await
        .expect(422);
    assert!(silent.has("Say why it comes back") && silent.field("pay_amount") == "300");
    let short = [
        ("reason", "Too slow"),
        ("pay_method", "Cash"),
        ("pay_amount", "200"),
        ("act", "exchange"),
    ];
    assert!(
        kwame
            .post(&at, &with(&[&dearer[..], &short].concat()))
            .await
            .expect(422)
            .has("still to pay")
    );
    let full = [
        ("reason", "Too slow"),
        ("pay_method", "Cash"),
        ("pay_amount", "300"),
        ("act", "exchange"),
    ];
    let done = kwame
        .post(&at, &with(&[&dearer[..], &full].concat()))
        .await
        .expect(303);
    assert_eq!(done.location, "/invoices/2");
    let again = kwame
        .post(&at, &with(&[&dearer[..], &full].concat()))
        .await
        .expect(303);
    assert_eq!(again.location, "/invoices/2", "pressed twice it is one exchange");
    // Cheaper: the customer gets the difference back, as it was paid.
    let at = "/invoices/2/exchange";
    let cheaper = [("goods", "SN-3"), ("goods_price", "5200")];
    let shown = kwame
        .post(at, &with(&[&cheaper[..], &[("act", "reckon")]].concat()))
        .await
        .expect(200);
    assert!(shown.has("The customer gets back"), "{}", shown.text);
    assert_eq!(shown.field("refund_0"), "100.00");
    let full = [("reason", "Scratched"), ("refund_0", "100"), ("act", "exchange")];
    kwame
        .post(
            at,
            &[("form_key", "x-2")]
                .into_iter()
                .chain(first[..2].iter().copied())
                .chain(cheaper)
                .chain(full)
                .collect::<Vec<_>>(),
        )
        .await
        .expect(303);
    assert_eq!(stage.count("SELECT count(*) FROM returns").await, 2);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM assets WHERE status = 'Sold'")
            .await,
        1
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_sale_on_its_way_is_waited_for_and_not_called_lost() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.browser(Role::Sales).await;
    let mut conn = stage.superuser().await;
    let claim = "BEGIN; INSERT INTO idempotency_keys (user_id, key, fingerprint)
        SELECT id, 'till-slow', '' FROM users WHERE username = 'ama'";
    sqlx::raw_sql(claim).execute(&mut conn).await.unwrap();
    let asked = ama.post("/sell/saved", &[("key", "slow")]).await;
    assert_eq!(asked.status, 409, "{}", asked.text);
    sqlx::raw_sql("ROLLBACK").execute(&mut conn).await.unwrap();
    assert_eq!(was_saved(&ama, "slow").await["saved"], false);
    let long = "x".repeat(200);
    ama.post("/sell/saved", &[("key", &long)]).await.expect(422);
    for role in [Role::Technician, Role::Warehouse] {
        server
            .browser(role)
            .await
            .post("/sell/saved", &[("key", "k")])
            .await
            .expect(403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_are_put_aside_over_the_api() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kofi) = (server.api(Role::Sales).await, server.api(Role::Technician).await);
    let sale = json!({"label": "Blue shirt", "customer_name": "Esi", "total_amount": "120.00",
        "cart": [["line", "CHG-65W"], ["quantity", "1"], ["payment_amount", "120.00"], ["approval_password", "secret"]]});
    kofi.get("/parked-sales").await.expect(403);
    kofi.post("/parked-sales", &sale).await.expect(403);
    for (bad, pointer) in [
        (json!({"label": " ", "total_amount": "1", "cart": []}), "/label"),
        (
            json!({"label": "A", "total_amount": "-1", "cart": []}),
            "/total_amount",
        ),
        (
            json!({"label": "A", "total_amount": "1", "cart": [["x".repeat(101), ""]]}),
            "/cart",
        ),
    ] {
        assert_eq!(
            ama.post("/parked-sales", &bad).await.expect(422)["errors"][0]["pointer"],
            pointer
        );
    }
    let parked = ama.post("/parked-sales", &sale).await.expect(201);
    assert_eq!(
        parked["cart"],
        json!([["line", "CHG-65W"], ["quantity", "1"]]),
        "no payment and no password is kept"
    );
    let list = ama.get("/parked-sales").await.expect(200);
    assert_eq!(
        (list.as_array().unwrap().len(), &list[0]["label"]),
        (1, &json!("Blue shirt"))
    );
    let path = format!("/parked-sales/{}", parked["id"]);
    let (one, two) = tokio::join!(ama.delete(&path), ama.delete(&path));
    let mut codes = [one.status, two.status];
    codes.sort_unstable();
    assert_eq!(codes, [200, 409], "one goes on with it");
    assert_eq!(ama.get("/parked-sales").await.expect(200), json!([]));
    assert_eq!(stage.broken_books().await, [""; 0]);
}
