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
