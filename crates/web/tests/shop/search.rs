//! The search box (API.md, `GET /search`; QUALITY.md section 4), told over HTTP.

use domain::Role;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use sqlx::Executor;
use stage::http::{Api, Server};
use stage::{PASSWORD, Stage};

async fn hits(api: &Api, q: &str) -> Vec<Value> {
    let query = encoded(q);
    api.get(&format!("/search?q={query}")).await.expect(200)["data"]
        .as_array()
        .unwrap()
        .clone()
}

fn encoded(q: &str) -> String {
    q.bytes().map(|b| format!("%{b:02X}")).collect()
}

fn named(hit: &Value) -> (&str, &str) {
    (hit["kind"].as_str().unwrap(), hit["title"].as_str().unwrap())
}

async fn browser(server: &Server, username: &str) -> Client {
    let client = Client::builder()
        .cookie_store(true)
        .redirect(Policy::none())
        .build()
        .unwrap();
    let form = [("username", username), ("password", PASSWORD)];
    client
        .post(format!("{}/sign-in", server.base))
        .form(&form)
        .send()
        .await
        .unwrap();
    client
}

/// Where the scan box leads, or the page that it shows.
async fn scan(client: &Client, server: &Server, q: &str) -> Result<String, String> {
    let answer = client
        .get(format!("{}/find?q={}", server.base, encoded(q)))
        .send()
        .await
        .unwrap();
    match answer.status().as_u16() {
        303 => Ok(answer.headers()["location"].to_str().unwrap().to_owned()),
        200 => Err(answer.text().await.unwrap()),
        other => panic!("{other}: {}", answer.text().await.unwrap()),
    }
}

#[tokio::test]
async fn what_is_called_exactly_so_comes_first() {
    let stage = Stage::open().await;
    let laptop = stage.ready_device("5CG8420Q0B").await;
    stage.ready_device("5CG8420Q0B2").await;
    let charger = stage.stocked_item("CHG-65W", 5).await;
    stage
        .superuser()
        .await
        .execute("UPDATE assets SET imei_1 = '490154203237518' WHERE serial_number = '5CG8420Q0B'")
        .await
        .unwrap();
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let sale = json!({"customer": {"full_name": "Esi Quaye", "phone": "024 412 3456"}, "customer_type": "Retail",
        "lines": [{"serial_number": "5CG8420Q0B"}], "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
    let invoice = ama.post("/sales", &sale).await.expect(201);
    let customer = &invoice["customer_id"];
    ama.post(
        "/customers",
        &json!({"full_name": "Esi Quayefio", "phone": "0209876543"}),
    )
    .await
    .expect(201);
    let tag: String = sqlx::query_scalar("SELECT asset_tag FROM assets WHERE id = $1")
        .bind(laptop)
        .fetch_one(&mut stage.superuser().await)
        .await
        .unwrap();
    let number = invoice["invoice_number"].as_str().unwrap();
    let warranty = invoice["warranties"][0]["warranty_number"].as_str().unwrap();

    for (typed, kind, title) in [
        ("5CG8420Q0B", "device", tag.as_str()),
        (" 5cg8420 q0b ", "device", tag.as_str()),
        (tag.as_str(), "device", tag.as_str()),
        ("490154203237518", "device", tag.as_str()),
        ("chg-65w", "item", "Charger 65 W"),
        (number, "invoice", number),
        ("inv 1", "invoice", number),
        (warranty, "warranty", warranty),
        ("0244123456", "customer", "Esi Quaye"),
        ("+233 24 412 3456", "customer", "Esi Quaye"),
        ("hp elitebook 840 g5", "model", "HP EliteBook 840 G5"),
    ] {
        let found = hits(&ama, typed).await;
        assert_eq!(named(&found[0]), (kind, title), "{typed}: {found:?}");
    }
    let found = hits(&ama, "5CG8420Q0B").await;
    assert_eq!(found.len(), 2, "the longer serial comes after: {found:?}");
    assert_eq!(found[0]["url"], format!("/devices/{laptop}"));
    for (typed, kind, title) in [
        ("esi", "customer", "Esi Quaye"),
        ("quaye esi", "customer", "Esi Quaye"),
        ("elite 840", "model", "HP EliteBook 840 G5"),
        ("charger", "item", "Charger 65 W"),
        ("chg", "item", "Charger 65 W"),
        ("5cg84", "device", tag.as_str()),
        ("24 4123", "customer", "Esi Quaye"),
    ] {
        let found = hits(&ama, typed).await;
        assert!(
            found.iter().any(|hit| named(hit) == (kind, title)),
            "{typed}: {found:?}"
        );
    }
    assert!(
        hits(&ama, "1")
            .await
            .iter()
            .any(|hit| named(hit) == ("invoice", number)),
        "bare digits may mean a number"
    );
    for nothing in ["", "%", "__", "%%%", "5CG84_0Q0B", "\\", "O'Neill"] {
        assert!(hits(&ama, nothing).await.is_empty(), "{nothing}");
    }

    let amas = browser(&server, "ama").await;
    assert_eq!(
        scan(&amas, &server, "5cg8420q0b").await,
        Ok(format!("/devices/{laptop}"))
    );
    assert_eq!(
        scan(&amas, &server, "CHG-65W").await,
        Ok(format!("/stock/{charger}"))
    );
    assert_eq!(
        scan(&amas, &server, "0244123456").await,
        Ok(format!("/customers/{customer}"))
    );
    assert_eq!(
        scan(&amas, &server, number).await,
        Ok(format!("/invoices/{}", invoice["id"]))
    );
    let warranties = scan(&amas, &server, warranty).await.unwrap();
    assert_eq!(warranties, "/warranties/1");
    for url in hits(&ama, "5CG8420Q0B")
        .await
        .iter()
        .chain(&hits(&ama, number).await)
        .chain(&hits(&ama, "esi").await)
    {
        let path = url["url"].as_str().unwrap();
        let answer = amas.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    let shown = amas
        .get(format!("{}{warranties}", server.base))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(shown.contains(warranty), "{shown}");
    let several = scan(&amas, &server, "esi").await.unwrap_err();
    assert!(
        several.contains("Esi Quaye") && several.contains("Esi Quayefio"),
        "{several}"
    );
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_open() {
    let stage = Stage::open().await;
    stage.ready_device("5CG8420Q0B").await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let sale = json!({"customer": {"full_name": "Esi Quaye", "phone": "024 412 3456"}, "customer_type": "Retail",
        "lines": [{"serial_number": "5CG8420Q0B"}], "payments": [{"payment_method": "Cash", "amount": "5000.00"}]});
    let invoice = ama.post("/sales", &sale).await.expect(201);
    let number = invoice["invoice_number"].as_str().unwrap();
    assert!(
        hits(&ama, "Esi Quaye").await[0]["subtitle"]
            .as_str()
            .unwrap()
            .contains("+233244123456")
    );
    for role in [Role::Technician, Role::Warehouse] {
        let api = server.api(role).await;
        assert!(hits(&api, number).await.is_empty(), "{role}");
        let found = hits(&api, "Esi Quaye").await;
        assert_eq!(named(&found[0]), ("customer", "Esi Quaye"));
        assert!(!found[0].to_string().contains("24412"), "{found:?}");
        assert!(
            hits(&api, "24 4123").await.is_empty(),
            "a phone is not found digit by digit by {role}"
        );
        assert_eq!(
            hits(&api, "0244123456").await.len(),
            1,
            "who has the whole phone finds whose it is"
        );
    }
    server.nobody().get("/search?q=esi").await.expect(401);
    let problem = ama
        .get(&format!("/search?q={}", "x".repeat(101)))
        .await
        .expect(422);
    assert_eq!(problem["errors"][0]["pointer"], "/q");
    ama.get("/search?q=%00").await.expect(422);
    assert_eq!(ama.get("/search").await.expect(200), json!({"data": []}));
}

#[tokio::test]
async fn what_nobody_knows_can_be_received_or_added() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (yaw, ama) = (browser(&server, "yaw").await, browser(&server, "ama").await);
    let offered = scan(&yaw, &server, "5CG0123XYZ").await.unwrap_err();
    assert!(
        offered.contains("Receive 5CG0123XYZ") && offered.contains("/devices/new?serial_number=5CG0123XYZ"),
        "{offered}"
    );
    let not_offered = scan(&ama, &server, "5CG0123XYZ").await.unwrap_err();
    assert!(!not_offered.contains("/devices/new"), "{not_offered}");
    let offered = scan(&ama, &server, "0244123456").await.unwrap_err();
    assert!(offered.contains("/customers/new?phone=0244123456"), "{offered}");
    let offered = scan(&ama, &server, "Esi <b>Quaye").await.unwrap_err();
    assert!(
        offered.contains("/customers/new?full_name=Esi+%3Cb%3EQuaye") && !offered.contains("<b>Q"),
        "{offered}"
    );
    let too_long = scan(&ama, &server, &"x".repeat(101)).await.unwrap_err();
    assert!(too_long.contains("at most 100"), "{too_long}");
    assert!(
        scan(&ama, &server, "")
            .await
            .unwrap_err()
            .contains("Find anything")
    );
}
