//! The API's conventions (API.md section 2), told over customers.

use domain::Role;
use serde_json::json;
use stage::Stage;

#[tokio::test]
async fn ama_records_a_customer_and_kofi_sees_a_masked_phone() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let customer = ama
        .post(
            "/customers",
            &json!({"full_name": " Esi Quaye ", "phone": "024 412 3456", "email": "esi@example.com"}),
        )
        .await
        .expect(201);
    assert_eq!(customer["phone"], "+233244123456");
    assert_eq!(customer["full_name"], "Esi Quaye");
    assert_eq!(customer["customer_type"], "Retail");
    let id = customer["id"].as_i64().unwrap();

    let kofi = server.api(Role::Technician).await;
    let seen = kofi.get(&format!("/customers/{id}")).await.expect(200);
    assert!(!seen["phone"].as_str().unwrap().contains("24412"), "{seen}");
    assert!(seen.get("email").is_none(), "{seen}");
    // Nor are they found out digit by digit; who has the whole number finds its owner.
    for (q, found) in [("4412", 0), ("esi@", 0), ("0244123456", 1), ("quaye", 1)] {
        let list = kofi.get(&format!("/customers?q={q}")).await.expect(200);
        assert_eq!(list["data"].as_array().unwrap().len(), found, "{q}");
    }
    kofi.post("/customers", &json!({"full_name": "X", "phone": "0244123456"}))
        .await
        .expect(403);
    server.nobody().get("/customers").await.expect(401);

    let found = ama.get("/customers?q=0244123456").await.expect(200);
    assert_eq!(found["data"][0]["id"], id);
    ama.delete(&format!("/customers/{id}")).await.expect(204);
    ama.get(&format!("/customers/{id}")).await.expect(404);
}

#[tokio::test]
async fn bad_input_is_named_and_leaves_no_trace() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    for (body, pointer) in [
        (json!({"full_name": "Esi", "phone": "call me"}), "/phone"),
        (json!({"full_name": "", "phone": "0244123456"}), "/full_name"),
        (
            json!({"full_name": "Esi", "phone": "0244123456", "credit": "1"}),
            "/credit",
        ),
        (json!({"phone": "0244123456"}), "/full_name"),
        (
            json!({"full_name": "Esi", "phone": "0244123456", "customer_type": "VIP"}),
            "/customer_type",
        ),
    ] {
        let problem = ama.post("/customers", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert_eq!(problem["code"], "invalid");
    }
    let text = ama
        .request(reqwest::Method::POST, "/customers")
        .body("full_name=Esi")
        .send()
        .await
        .unwrap();
    assert_eq!(text.status(), 415);
    assert_eq!(stage.count("SELECT count(*) FROM customers").await, 0);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE entity = 'customers'")
            .await,
        0
    );
}

#[tokio::test]
async fn the_same_key_has_one_effect_even_at_once() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let body = json!({"full_name": "Esi Quaye", "phone": "0244123456"});
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let (ama, body) = (ama.clone(), body.clone());
            tokio::spawn(async move { ama.post_once("/customers", "till-7", &body).await })
        })
        .collect();
    let mut answers = Vec::new();
    for one in tries {
        answers.push(one.await.unwrap().expect(201));
    }
    assert!(answers.iter().all(|a| a == &answers[0]));
    assert_eq!(stage.count("SELECT count(*) FROM customers").await, 1);
    let other = json!({"full_name": "Somebody else", "phone": "0244123456"});
    ama.post_once("/customers", "till-7", &other).await.expect(422);
}

#[tokio::test]
async fn a_stale_change_is_refused() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let made = ama
        .post("/customers", &json!({"full_name": "Esi", "phone": "0244123456"}))
        .await;
    let etag = made.headers["etag"].to_str().unwrap().to_owned();
    let path = format!("/customers/{}", made.json["id"]);
    let later = stage.shop.at(stage::opening() + chrono::TimeDelta::minutes(1));
    let change = serde_json::from_value(json!({"city": "Kumasi"})).unwrap();
    let id = made.json["id"].to_string().parse().unwrap();
    app::customers::change(&later, &stage.actor(Role::Sales).await, id, change)
        .await
        .unwrap();
    ama.patch_if(&path, &etag, &json!({"city": "Tema"}))
        .await
        .expect(412);
    let fresh = ama.get(&path).await;
    assert_eq!(fresh.json["city"], "Kumasi");
    let etag = fresh.headers["etag"].to_str().unwrap();
    assert_eq!(
        ama.patch_if(&path, etag, &json!({"city": null}))
            .await
            .expect(200)["city"],
        json!(null)
    );
}

#[tokio::test]
async fn pages_of_a_list_follow_each_other() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    for n in 0..7 {
        let body = json!({"full_name": format!("Customer {}", n % 3), "phone": "0244123456"});
        ama.post("/customers", &body).await.expect(201);
    }
    let mut seen = Vec::new();
    let mut path = "/customers?limit=3&sort=-full_name".to_owned();
    loop {
        let page = ama.get(&path).await.expect(200);
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["id"].as_i64().unwrap()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/customers?limit=3&sort=-full_name&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, [6, 3, 5, 2, 7, 4, 1]);
    ama.get("/customers?sort=password_hash").await.expect(422);
    ama.get("/customers?limit=0").await.expect(422);
    ama.get("/customers?password_hash=x").await.expect(422);
}

#[tokio::test]
async fn a_value_of_the_wrong_kind_is_refused_in_words() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let line = |quantity: serde_json::Value| json!([{"sku": "DELIVERY", "quantity": quantity}]);
    for (lines, words) in [
        (line(json!(10_000_000_000_i64)), "too small or too large"),
        (line(json!(-1)), "too small or too large"),
        (line(json!("2")), "must be a whole number, not a text"),
        (
            line(json!(1.5)),
            "must be a whole number, not a number with decimals",
        ),
        (json!({}), "must be a list, not an object"),
        (
            json!([{"sku": 7}]),
            "must be a SKU of 1 to 50 characters, not a whole number",
        ),
    ] {
        let body = json!({"customer_type": "Walk-in", "lines": lines, "payments": []});
        let problem = ama.post("/sales", &body).await.expect(422);
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
}
