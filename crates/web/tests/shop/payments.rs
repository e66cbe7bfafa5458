//! Claimed payments and a provider's statement (PRODUCT.md section 7), told over HTTP.

use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::http::{Api, refused};

fn claimed_sale(serial: &str, reference: &str) -> Value {
    json!({"customer": {"full_name": "Esi Quaye", "phone": "0244123456"}, "customer_type": "Retail",
        "lines": [{"serial_number": serial}],
        "payments": [{"payment_method": "MoMo", "amount": "5000", "reference": reference, "claimed": true}]})
}

async fn device(api: &Api, serial: &str) -> Value {
    api.get(&format!("/assets/by-serial/{serial}")).await.expect(200)["status"].clone()
}

#[tokio::test]
async fn goods_wait_until_the_money_was_seen() {
    let stage = Stage::open().await;
    for serial in ["S1", "S2", "S3"] {
        stage.ready_device(serial).await;
    }
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    let sold = ama.post("/sales", &claimed_sale("S1", "MP1")).await.expect(201);
    assert_eq!(
        (&sold["status"], &sold["balance_due"]),
        (&json!("Sent"), &json!("0.00"))
    );
    assert_eq!(
        (
            &sold["payments"][0]["claimed"],
            sold["warranties"].as_array().unwrap().len()
        ),
        (&json!(true), 0)
    );
    assert_eq!(device(&ama, "S1").await, "Reserved");

    // The database holds it too.
    let mut conn = stage.bizhub_app().await;
    let forced = sqlx::query("UPDATE invoices SET status = 'Paid'")
        .execute(&mut conn)
        .await
        .unwrap_err()
        .to_string();
    assert!(forced.contains("only claimed so far"), "{forced}");

    let waiting = kwame.get("/payments/claimed").await.expect(200);
    assert_eq!(waiting["data"][0]["reference"], "MP1");
    let id = waiting["data"][0]["id"].clone();
    ama.post(&format!("/payments/{id}/confirm"), &json!({}))
        .await
        .expect(403);
    ama.get("/payments/claimed").await.expect(403);
    let confirm = || {
        let (kwame, path) = (kwame.clone(), format!("/payments/{id}/confirm"));
        tokio::spawn(async move { kwame.post(&path, &json!({})).await.status })
    };
    let (one, two) = (confirm(), confirm());
    let mut codes = [one.await.unwrap(), two.await.unwrap()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 409], "confirmed once");
    let paid = ama.get(&format!("/invoices/{}", sold["id"])).await.expect(200);
    assert_eq!(
        (&paid["status"], paid["warranties"].as_array().unwrap().len()),
        (&json!("Paid"), 1)
    );
    assert_eq!(device(&ama, "S1").await, "Sold");

    // A Manager may hand over the goods before; the invoice is Paid when the money was seen.
    let released = ama.post("/sales", &claimed_sale("S2", "MP2")).await.expect(201)["id"].clone();
    kwame
        .post(&format!("/invoices/{released}/release"), &json!({}))
        .await
        .expect(200);
    assert_eq!(device(&ama, "S2").await, "Sold");
    let id = kwame.get("/payments/claimed").await.expect(200)["data"][0]["id"].clone();
    let confirmed = kwame
        .post(
            &format!("/payments/{id}/confirm"),
            &json!({"notes": "Seen in the app"}),
        )
        .await
        .expect(200);
    assert_eq!(confirmed["invoices"][0]["status"], "Paid");

    // Money that never came opens the balance again, by another row.
    let open = ama.post("/sales", &claimed_sale("S3", "MP3")).await.expect(201)["id"].clone();
    let id = kwame.get("/payments/claimed").await.expect(200)["data"][0]["id"].clone();
    let reject = format!("/payments/{id}/reject");
    refused(
        kwame.post(&reject, &json!({"reason": " "})).await,
        422,
        "/reason",
        "",
    );
    ama.post(&reject, &json!({"reason": "No"})).await.expect(403);
    kwame
        .post(&reject, &json!({"reason": "Not in the statement"}))
        .await
        .expect(200);
    refused(
        kwame.post(&format!("/payments/{id}/confirm"), &json!({})).await,
        409,
        "payment_not_claimed",
        "never to have come",
    );
    let again = ama.get(&format!("/invoices/{open}")).await.expect(200);
    assert_eq!(
        (&again["status"], &again["balance_due"]),
        (&json!("Sent"), &json!("5000.00"))
    );
    assert_eq!(again["payments"][0]["rejected"], true);
    let pay = json!({"payment_method": "Cash", "amount": "5000"});
    assert_eq!(
        ama.post(&format!("/invoices/{open}/payments"), &pay)
            .await
            .expect(201)["status"],
        "Paid"
    );
    assert_eq!(
        stage
            .broken_books()
            .await
            .iter()
            .filter(|b| !b.contains("payments"))
            .count(),
        0
    );
}

#[tokio::test]
async fn only_a_transfer_of_a_known_customer_is_claimed() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 5).await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let mut sale = json!({"customer_type": "Walk-in", "lines": [{"sku": "CHG-65W"}],
        "payments": [{"payment_method": "Cash", "amount": "120", "claimed": true}]});
    refused(
        ama.post("/sales", &sale).await,
        422,
        "/payments/0/claimed",
        "MoMo or bank",
    );
    sale["payments"][0]["payment_method"] = json!("MoMo");
    refused(ama.post("/sales", &sale).await, 422, "/payments", "needs a name");
}

async fn send(api: &Api, csv: &str, confirm: bool) -> Value {
    let file = reqwest::multipart::Part::text(csv.to_owned()).file_name("momo.csv");
    let form = reqwest::multipart::Form::new()
        .text("confirm", confirm.to_string())
        .part("file", file);
    let answer = api
        .request(reqwest::Method::POST, "/payments/statement")
        .multipart(form)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, 200, "{body}");
    body
}

#[tokio::test]
async fn a_statement_shows_the_differences_on_both_sides() {
    let stage = Stage::open().await;
    for serial in ["S1", "S2", "S3"] {
        stage.ready_device(serial).await;
    }
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    for (serial, reference) in [("S1", "MP1"), ("S2", "MP2"), ("S3", "MP3")] {
        ama.post("/sales", &claimed_sale(serial, reference))
            .await
            .expect(201);
    }
    let csv = "Date,Transaction ID,Amount,Sender\n14/01/2026,mp 1,5000.00,Esi\n14/01/2026,MP2,500.00,Esi\n14/01/2026,MP9,70,Kojo\n14/01/2026,,1,x\n";
    let looked = send(&kwame, csv, false).await;
    let count = |body: &Value, list: &str| body[list].as_array().unwrap().len();
    for list in [
        "matched",
        "amounts_differ",
        "not_in_books",
        "not_in_statement",
        "unread",
    ] {
        assert_eq!(count(&looked, list), 1, "{list}: {looked}");
    }
    assert_eq!(looked["not_in_statement"][0]["reference"], "MP3");
    assert_eq!(looked["not_in_books"][0]["sender"], "Kojo");
    assert_eq!(looked["confirmed"], 0);
    assert_eq!(device(&ama, "S1").await, "Reserved");
    assert_eq!(send(&kwame, csv, true).await["confirmed"], 1);
    assert_eq!(send(&kwame, csv, true).await["confirmed"], 0, "twice is once");
    assert_eq!(device(&ama, "S1").await, "Sold");
    assert_eq!(device(&ama, "S2").await, "Reserved");
    let form = reqwest::multipart::Form::new().text("file", "x");
    let refused = ama
        .request(reqwest::Method::POST, "/payments/statement")
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn a_deposit_is_claimed_confirmed_and_matched_like_a_payment() {
    let stage = Stage::open().await;
    stage.ready_device("S1").await;
    let server = stage.serve().await;
    let (ama, kwame) = (server.api(Role::Sales).await, server.api(Role::Manager).await);
    ama.post("/sales", &claimed_sale("S1", "MP1")).await.expect(201);
    let mut preorders = Vec::new();
    for (n, claimed) in [(2, true), (3, true), (4, false), (5, true)] {
        let new = json!({"requested_specs": "EliteBook", "customer": {"full_name": "Esi Quaye", "phone": format!("024412345{n}")}});
        let id = ama.post("/preorders", &new).await.expect(201)["id"].clone();
        let deposit = json!({"payment_method": "MoMo", "reference": format!("MP{n}"), "claimed": claimed});
        ama.post(&format!("/preorders/{id}/deposit"), &deposit)
            .await
            .expect(201);
        preorders.push(id);
    }
    // All of them wait on one list, whose pages meet without gap or double.
    let mut waiting = Vec::new();
    let mut path = "/payments/claimed?limit=1".to_owned();
    loop {
        let page = kwame.get(&path).await.expect(200);
        waiting.push(page["data"][0].clone());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/payments/claimed?limit=1&cursor={cursor}");
    }
    let references: Vec<&str> = waiting.iter().map(|w| w["reference"].as_str().unwrap()).collect();
    assert_eq!(waiting.len(), 4, "{references:?}");
    for (reference, paper) in [
        ("MP1", "invoice_number"),
        ("MP2", "preorder_number"),
        ("MP5", "preorder_number"),
    ] {
        let row = waiting.iter().find(|w| w["reference"] == reference).unwrap();
        assert!(
            row[paper].is_string() && row["customer_name"].is_string() || reference == "MP1",
            "{row}"
        );
    }
    let kwame_page = server.browser(Role::Manager).await;
    let told = kwame_page.get("/payments/claimed").await.text;
    assert!(
        told.contains(&format!("/preorders/{}/confirm-deposit", preorders[0])),
        "{told}"
    );

    // One never came; it counts for nothing in the books.
    kwame
        .post(
            &format!("/preorders/{}/deposit/reject", preorders[3]),
            &json!({"reason": "Nothing came"}),
        )
        .await
        .expect(200);
    let csv = "Date,Transaction ID,Amount,Sender\n14/01/2026,mp 1,5000.00,Esi\n14/01/2026,mp2,500.00,Esi\n14/01/2026,MP3,50.00,Esi\n14/01/2026,MP5,500,Esi\n";
    let looked = send(&kwame, csv, false).await;
    let of = |list: &str, side: &str| -> Vec<String> {
        let rows = looked[list].as_array().unwrap().iter();
        let row = |r: &Value| {
            if side.is_empty() {
                r["reference"].clone()
            } else {
                r[side]["reference"].clone()
            }
        };
        rows.map(|r| row(r).as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(of("matched", "book"), ["MP1", "MP2"]);
    assert_eq!(of("amounts_differ", "book"), ["MP3"]);
    assert_eq!(of("not_in_statement", ""), ["MP4"]);
    assert_eq!(of("not_in_books", ""), ["MP5"]);
    assert_eq!(looked["matched"][1]["book"]["preorder_id"], preorders[0]);
    assert_eq!(looked["confirmed"], 0);
    assert_eq!(send(&kwame, csv, true).await["confirmed"], 2);
    assert_eq!(send(&kwame, csv, true).await["confirmed"], 0, "twice is once");
    let preorder = ama.get(&format!("/preorders/{}", preorders[0])).await.expect(200);
    assert_eq!(
        (&preorder["deposit_paid"], &preorder["deposit_claimed"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}
