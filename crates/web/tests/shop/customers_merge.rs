//! Duplicates, merging, giving out and erasing customers (PRODUCT.md section 6).

use domain::Role;
use serde_json::{Value, json};
use sqlx::{Executor, Row};
use stage::Stage;
use stage::http::Api;
use std::collections::BTreeSet;

async fn customer(api: &Api, name: &str, phone: &str, more: Value) -> i64 {
    let mut body = json!({"full_name": name, "phone": phone});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    api.post("/customers", &body).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

fn sale(customer: i64, cash: &str) -> Value {
    json!({"customer_id": customer, "customer_type": "Retail", "lines": [{"sku": "CHG-65W"}],
        "payments": [{"payment_method": "Cash", "amount": cash}]})
}

/// Rows of everything that names a customer, besides what was sold: as the other parts of the shop will write them.
async fn service(stage: &Stage, customer: i64) {
    let mut conn = stage.superuser().await;
    let sql = format!(
        "BEGIN; SET LOCAL session_replication_role = replica;
         INSERT INTO preorders (preorder_number, customer_id, requested_specs, notes, status) VALUES ('PRE-9', {customer}, 'A laptop', 'call Esi', 'Closed');
         INSERT INTO preorder_events (preorder_id, event_type) SELECT id, 'Created' FROM preorders;
         INSERT INTO repair_tickets (ticket_number, customer_id, issue_type, issue_description, status, outcome, parts_cost)
           VALUES ('TKT-9', {customer}, 'Screen', 'Cracked', 'Closed', 'Repaired', 40);
         INSERT INTO repair_events (repair_ticket_id, event_type) SELECT id, 'Opened' FROM repair_tickets;
         INSERT INTO warranty_claims (claim_number, warranty_id, customer_id, issue_description, status, outcome)
           SELECT 'WCLAIM-9', min(id), {customer}, 'Battery', 'Completed', 'Repaired' FROM warranties;
         COMMIT"
    );
    conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql)))
        .await
        .unwrap();
}

/// Every table that names a customer.
async fn naming(stage: &Stage) -> BTreeSet<String> {
    let mut conn = stage.superuser().await;
    let rows = conn
        .fetch_all("SELECT DISTINCT named_in::text FROM customer_references()")
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Esi with a sale, a part payment over invoices, a return, a message, a consent, and what service writes.
async fn esi_with_everything(stage: &Stage, ama: &Api, kwame: &Api) -> i64 {
    stage.stocked_item("CHG-65W", 50).await;
    stage.ready_device("SN-1").await;
    let more = json!({"email": "esi@example.com", "address": "Ring Road 5", "notes": "Likes tea"});
    let esi = customer(ama, "Esi Quaye", "024 412 3456", more).await;
    let mut first = sale(esi, "5120.00");
    first["lines"] = json!([{"asset_tag": "P4T-000001", "unit_price": "5000.00"}, {"sku": "CHG-65W"}]);
    let sold = ama.post("/sales", &first).await.expect(201);
    let draft = json!({"customer_id": esi, "customer_type": "Retail", "lines": [{"sku": "CHG-65W"}]});
    let open = ama.post("/invoices", &draft).await.expect(201)["id"].clone();
    ama.post(&format!("/invoices/{open}/send"), &json!({}))
        .await
        .expect(200);
    let all = json!({"payment_method": "Cash", "amount": "120.00"});
    ama.post(&format!("/customers/{esi}/payments"), &all)
        .await
        .expect(201);
    let back = json!({"reason": "Does not fit", "lines": [{"line_number": 2, "quantity": 1, "disposition": "Restock"}],
        "refunds": [{"payment_method": "Cash", "amount": "120.00"}]});
    kwame
        .post(&format!("/invoices/{}/returns", sold["id"]), &back)
        .await
        .expect(201);
    let yes = json!({"sms": "Everything", "email": "Nothing", "given_how": "In person"});
    ama.post(&format!("/customers/{esi}/consents"), &yes)
        .await
        .expect(200);
    let receipt = json!({"kind": "Receipt", "channel": "WhatsApp", "invoice_id": sold["id"]});
    ama.post("/messages", &receipt).await.expect(201);
    service(stage, esi).await;
    esi
}

#[tokio::test]
async fn likely_duplicates_are_listed_and_said_on_the_page() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    let esi = customer(
        &ama,
        "Esi Quaye",
        "024 412 3456",
        json!({"email": "esi@example.com"}),
    )
    .await;
    let second = customer(
        &ama,
        "E. Quaye",
        "020 123 4567",
        json!({"alternate_phone": "+233244123456"}),
    )
    .await;
    let mail = customer(&ama, "Esi Q", "020 123 4568", json!({"email": "ESI@example.com"})).await;
    let name = customer(&ama, "esi quaye", "020 123 4569", json!({})).await;
    let osei = customer(&ama, "Nana", "020 123 4570", json!({"business_name": "Osei Ltd"})).await;
    let kofi = customer(&ama, "Kofi", "020 123 4571", json!({"business_name": "OSEI LTD"})).await;
    customer(&ama, "Yaw", "020 123 4572", json!({})).await;
    let page = kwame.get("/customers/duplicates").await.expect(200);
    let found: Vec<(i64, i64)> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["id"].as_i64().unwrap(), p["other_id"].as_i64().unwrap()))
        .collect();
    assert_eq!(found, [(esi, second), (esi, mail), (esi, name), (osei, kofi)]);
    assert_eq!(
        (&page["data"][0]["same_phone"], &page["data"][0]["same_name"]),
        (&json!(true), &json!(false))
    );
    let first = kwame.get("/customers/duplicates?limit=3").await.expect(200);
    let next = format!(
        "/customers/duplicates?limit=3&cursor={}",
        first["next_cursor"].as_str().unwrap()
    );
    assert_eq!(
        kwame.get(&next).await.expect(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    kwame.get("/customers/duplicates?cursor=x").await.expect(422);
    ama.get("/customers/duplicates").await.expect(403);

    let browser = server.browser(Role::Manager).await;
    let page = browser.get(&format!("/customers/{esi}")).await.expect(200);
    for (other, why) in [(second, "same phone"), (mail, "same e-mail"), (name, "same name")] {
        assert!(
            page.has(&format!("/customers/{other}/merge?into={esi}")) && page.has(why),
            "{}",
            page.text
        );
    }
    assert!(
        browser
            .get("/customers/duplicates")
            .await
            .expect(200)
            .has("Osei Ltd")
    );
    // Who may not see contacts learns nothing from what somebody else's phone is.
    let kofi = server.browser(Role::Technician).await;
    assert!(
        !kofi
            .get(&format!("/customers/{esi}"))
            .await
            .expect(200)
            .has("may be the same person")
    );
}

#[tokio::test]
async fn a_merge_moves_the_whole_history_and_old_links_lead_on() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    let gone = esi_with_everything(&stage, &ama, &kwame).await;
    let kept = customer(
        &ama,
        "Esi Quaye-Mensah",
        "020 123 4567",
        json!({"customer_type": "Wholesale", "business_name": "Quaye Ltd"}),
    )
    .await;
    let stays = json!({"sms": "Nothing", "given_how": "By phone"});
    ama.post(&format!("/customers/{kept}/consents"), &stays)
        .await
        .expect(200);
    let balance = |id: i64| {
        let kwame = kwame.clone();
        async move {
            kwame
                .get(&format!("/customers/{id}/account?from=2026-01-01&to=2026-01-31"))
                .await
        }
    };
    let before = balance(gone).await.expect(200);

    ama.post(&format!("/customers/{gone}/merge"), &json!({"into": kept}))
        .await
        .expect(403);
    for (into, status) in [
        (json!({"into": gone}), 422),
        (json!({"into": 99}), 422),
        (json!({}), 422),
    ] {
        kwame
            .post(&format!("/customers/{gone}/merge"), &into)
            .await
            .expect(status);
    }
    kwame
        .post("/customers/99/merge", &json!({"into": kept}))
        .await
        .expect(404);
    let browser = server.browser(Role::Manager).await;
    let preview = browser
        .get(&format!("/customers/{gone}/merge?into={kept}"))
        .await
        .expect(200);
    for text in [
        "2 invoices",
        "1 warranty",
        "1 return",
        "1 message",
        "1 repair",
        "Quaye Ltd",
        "Also known as: Esi Quaye",
    ] {
        assert!(preview.has(text), "{text}: {}", preview.text);
    }
    let merged = kwame
        .post(&format!("/customers/{gone}/merge"), &json!({"into": kept}))
        .await
        .expect(200);
    assert_eq!(
        (
            &merged["id"],
            &merged["full_name"],
            &merged["alternate_phone"],
            &merged["email"]
        ),
        (
            &json!(kept),
            &json!("Esi Quaye-Mensah"),
            &json!("+233244123456"),
            &json!("esi@example.com")
        )
    );
    assert_eq!(merged["notes"], "Likes tea\nAlso known as: Esi Quaye");
    for table in naming(&stage).await {
        let mut conn = stage.superuser().await;
        let sql = format!(
            "SELECT count(*) FILTER (WHERE customer_id = {gone}), count(*) FILTER (WHERE customer_id = {kept}) FROM {table}"
        );
        let (old, new): (i64, i64) = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert!(old == 0 && new > 0, "{table}: {old} {new}");
    }
    let after = balance(kept).await.expect(200);
    assert_eq!(
        (&after["entries"], &after["closing"]),
        (&before["entries"], &before["closing"])
    );
    let allowed = ama.get(&format!("/customers/{kept}/consents")).await.expect(200);
    let of = |channel: &str| {
        allowed
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["channel"] == channel)
            .unwrap()["allows"]
            .clone()
    };
    assert_eq!(
        (of("SMS"), of("E-mail")),
        (json!("Nothing"), json!("Nothing")),
        "the stricter of both"
    );

    // Old links and old numbers lead to the one that stays.
    assert_eq!(
        ama.get(&format!("/customers/{gone}")).await.expect(200)["id"],
        kept
    );
    assert_eq!(
        browser
            .get(&format!("/customers/{gone}"))
            .await
            .expect(303)
            .location,
        format!("/customers/{kept}")
    );
    let again = ama.post("/sales", &sale(gone, "120.00")).await.expect(201);
    assert_eq!(
        (&again["customer_id"], &again["customer_name"]),
        (&json!(kept), &json!("Quaye Ltd"))
    );
    ama.patch(&format!("/customers/{gone}"), &json!({"city": "Tema"}))
        .await
        .expect(200);
    assert_eq!(
        ama.get(&format!("/customers/{kept}")).await.expect(200)["city"],
        "Tema"
    );
    let refused = kwame
        .post(&format!("/customers/{gone}/merge"), &json!({"into": kept}))
        .await
        .expect(409);
    assert_eq!(refused["code"], "merged_already");

    // The invoice of before says what it said; the new one says who she is now.
    let mut conn = stage.superuser().await;
    let names: Vec<(i32, String)> =
        sqlx::query_as("SELECT invoice_id, full_name FROM invoice_names ORDER BY 1")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert_eq!(names, [(1, "Esi Quaye".to_owned()), (2, "Esi Quaye".to_owned())]);
    // A second merge keeps the pointer of the first short.
    let last = customer(&ama, "Esi", "020 999 9999", json!({})).await;
    kwame
        .post(&format!("/customers/{kept}/merge"), &json!({"into": last}))
        .await
        .expect(200);
    assert_eq!(
        ama.get(&format!("/customers/{gone}")).await.expect(200)["id"],
        last
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM invoice_names WHERE full_name = 'Esi Quaye'")
            .await,
        2
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'customer.merge'")
            .await,
        4
    );
    assert_eq!(books(&stage).await, [""; 0]);
}

/// The invariants, without those that rows written behind the guards' back break.
async fn books(stage: &Stage) -> Vec<String> {
    let broken = stage.broken_books().await;
    broken
        .into_iter()
        .filter(|line| !["PRE-9", "TKT-9", "WCLAIM-9"].iter().any(|n| line.contains(n)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sale_to_whom_is_merged_at_that_moment_neither_fails_nor_is_lost() {
    let stage = Stage::open().await;
    stage.stocked_item("CHG-65W", 5000).await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    for round in 0..8 {
        let gone = customer(&ama, "Gone", &format!("020 100 00{round:02}"), json!({})).await;
        let kept = customer(&ama, "Kept", &format!("020 200 00{round:02}"), json!({})).await;
        let part = sale(gone, "20.00");
        let open = ama.post("/sales", &part).await.expect(201)["id"].clone();
        let mut tasks = Vec::new();
        for n in 0..10 {
            let ama = ama.clone();
            let open = open.clone();
            tasks.push(tokio::spawn(async move {
                match n % 3 {
                    0 => ama.post("/sales", &sale(gone, "120.00")).await.expect(201),
                    1 => ama.post("/sales", &sale(gone, "50.00")).await.expect(201),
                    _ => {
                        let part = json!({"payment_method": "Cash", "amount": "5.00"});
                        ama.post(&format!("/invoices/{open}/payments"), &part)
                            .await
                            .expect(201)
                    }
                }
            }));
        }
        let into = json!({"into": kept});
        let merged = kwame.post(&format!("/customers/{gone}/merge"), &into).await;
        for task in tasks {
            task.await.unwrap();
        }
        merged.expect(200);
        let mut conn = stage.superuser().await;
        let of: i64 = sqlx::query_scalar("SELECT count(*) FROM invoices WHERE customer_id = $1")
            .bind(i32::try_from(kept).unwrap())
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(of, 8, "round {round}");
    }
    // Two Managers merge two records into each other: one of them wins.
    let one = customer(&ama, "One", "020 300 0001", json!({})).await;
    let two = customer(&ama, "Two", "020 300 0002", json!({})).await;
    let (first, second) = (json!({"into": two}), json!({"into": one}));
    let (paths, kwame2) = (
        (
            format!("/customers/{one}/merge"),
            format!("/customers/{two}/merge"),
        ),
        kwame.clone(),
    );
    let (a, b) = tokio::join!(kwame.post(&paths.0, &first), kwame2.post(&paths.1, &second));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn everything_that_is_held_is_given_out() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    let esi = esi_with_everything(&stage, &ama, &kwame).await;
    let other = customer(&ama, "Somebody Else", "020 123 4567", json!({})).await;
    ama.post("/sales", &sale(other, "120.00")).await.expect(201);
    ama.get(&format!("/customers/{esi}/export")).await.expect(403);
    let file = kwame.get(&format!("/customers/{esi}/export")).await.expect(200);
    let held = file["held"].as_object().unwrap();
    let mut tables = naming(&stage).await;
    for table in [
        "customers",
        "invoice_lines",
        "payments",
        "returns",
        "return_lines",
        "refunds",
        "preorder_events",
        "repair_events",
        "message_events",
        "audit_log",
    ] {
        tables.insert(table.into());
    }
    for table in tables {
        let rows = held.get(&table).and_then(Value::as_array).map_or(0, Vec::len);
        assert!(rows > 0, "{table} is not in the file");
    }
    assert_eq!(
        (
            held["invoices"].as_array().unwrap().len(),
            held["payments"].as_array().unwrap().len()
        ),
        (2, 2)
    );
    let text = file.to_string();
    assert!(text.contains("Ring Road 5") && !text.contains("Somebody Else"));
    assert!(
        !text.contains("unit_cost") && !text.contains("parts_cost"),
        "what the shop paid is not theirs"
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE action = 'customer.export'")
            .await,
        1
    );
    let saved = server
        .browser(Role::Manager)
        .await
        .get(&format!("/customers/{esi}/export.json"))
        .await
        .expect(200);
    assert!(
        saved.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("customer-1.json")
    );
    kwame.get("/customers/99/export").await.expect(404);
}

#[tokio::test]
async fn an_erasure_forgets_the_person_and_keeps_the_books() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    let esi = esi_with_everything(&stage, &ama, &kwame).await;
    let twin = customer(&ama, "Esi Twin", "020 123 4567", json!({})).await;
    kwame
        .post(&format!("/customers/{twin}/merge"), &json!({"into": esi}))
        .await
        .expect(200);
    let open = ama.post("/sales", &sale(esi, "20.00")).await.expect(201);
    let path = format!("/customers/{esi}/erase");
    let name = json!({"full_name": "esi quaye"});
    ama.post(&path, &name).await.expect(403);
    kwame.post(&path, &json!({"full_name": "Esi"})).await.expect(422);
    let refused = kwame.post(&path, &name).await.expect(409);
    assert!(
        refused["detail"].as_str().unwrap().contains("invoice INV-000003"),
        "{refused}"
    );
    let rest = json!({"payment_method": "Cash", "amount": "100.00"});
    ama.post(&format!("/invoices/{}/payments", open["id"]), &rest)
        .await
        .expect(201);
    for (sql, back, says) in [
        (
            "UPDATE repair_tickets SET status = 'Open'",
            "UPDATE repair_tickets SET status = 'Closed'",
            "repair TKT-9",
        ),
        (
            "UPDATE preorders SET status = 'Deposit Pending'",
            "UPDATE preorders SET status = 'Closed'",
            "preorder PRE-9",
        ),
        (
            "UPDATE warranty_claims SET status = 'Submitted'",
            "UPDATE warranty_claims SET status = 'Completed'",
            "warranty claim WCLAIM-9",
        ),
    ] {
        let mut conn = stage.superuser().await;
        conn.execute("SET session_replication_role = replica")
            .await
            .unwrap();
        conn.execute(sql).await.unwrap();
        let refused = kwame.post(&path, &name).await.expect(409);
        assert!(refused["detail"].as_str().unwrap().contains(says), "{refused}");
        conn.execute(back).await.unwrap();
    }
    let figures = "SELECT sum(total_amount)::bigint * 1000 + count(*) FROM invoices";
    let before = (
        stage.count(figures).await,
        stage.count("SELECT count(*) FROM audit_log").await,
    );
    let hash = "SELECT ('x' || left(encode(sha256(string_agg(audit_row_hash(a), '' ORDER BY a.id)), 'hex'), 15))::bit(60)::bigint FROM audit_log a";
    let sealed = stage.count(hash).await;
    kwame.post(&path, &name).await.expect(204);

    // Nowhere in the database is there a trace of her.
    let mut conn = stage.superuser().await;
    let tables = conn
        .fetch_all("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
        .await
        .unwrap();
    for row in tables {
        let table: String = row.get(0);
        for word in ["Esi", "244123456", "201234567", "esi@", "Ring Road", "Likes tea"] {
            let sql = format!("SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE '%{word}%'");
            let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_one(&mut conn)
                .await
                .unwrap();
            assert_eq!(found, 0, "{word} stands in {table}");
        }
        let sql = format!(
            "SELECT count(*) FROM {table} t WHERE '{table}' = 'idempotency_keys' AND to_jsonb(t)::text LIKE '%{}%'",
            hex("Esi")
        );
        let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(found, 0, "{table}");
    }
    // The books are what they were; the log is as long as it was and its rows prove what they said.
    assert_eq!(stage.count(figures).await, before.0);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log").await, before.1 + 1);
    let proven = "SELECT ('x' || left(encode(sha256(string_agg(coalesce(r.row_hash, audit_row_hash(a)), '' ORDER BY a.id)), 'hex'), 15))::bit(60)::bigint
        FROM audit_log a LEFT JOIN audit_redactions r ON r.audit_id = a.id WHERE a.action <> 'customer.erase'";
    assert_eq!(stage.count(proven).await, sealed);
    let invoice = ama.get("/invoices/1").await.expect(200);
    assert_eq!(
        (&invoice["customer_name"], &invoice["status"]),
        (&json!("Erased customer"), &json!("Paid"))
    );
    let pdf = ama
        .request(reqwest::Method::GET, "/invoices/1/document.pdf?layout=a4")
        .send()
        .await
        .unwrap();
    assert_eq!(pdf.status(), 200);
    for gone in [esi, twin] {
        ama.get(&format!("/customers/{gone}")).await.expect(404);
        kwame
            .post(&format!("/customers/{gone}/erase"), &name)
            .await
            .expect(404);
        ama.post("/sales", &sale(gone, "120.00")).await.expect(422);
    }
    // Not even the owner of the tables writes for them any more.
    let refused = conn.execute("INSERT INTO messages (kind, channel, status, customer_id, recipient, body) VALUES ('Receipt', 'WhatsApp', 'Ready', 1, 'x', 'x')").await;
    assert!(refused.unwrap_err().to_string().contains("was erased"));
    assert_eq!(books(&stage).await, [""; 0]);
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test]
async fn only_the_two_functions_change_what_is_kept() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    esi_with_everything(&stage, &ama, &kwame).await;
    let mut app = stage.bizhub_app().await;
    app.execute("SET bizhub.customer_change = 'merge'").await.unwrap();
    for sql in [
        "UPDATE payment_batches SET customer_id = 1",
        "UPDATE audit_log SET after = NULL",
        "UPDATE messages SET customer_id = NULL",
        "UPDATE customer_consents SET customer_id = 1",
        "INSERT INTO invoice_names (invoice_id, full_name, phone) VALUES (1, 'x', 'x')",
        "INSERT INTO audit_redactions (audit_id, row_hash, customer_id) VALUES (1, '', 1)",
    ] {
        assert!(app.execute(sql).await.is_err(), "{sql}");
    }
    // The owner's own hand is refused as well, but for what the functions do.
    let mut owner = stage.superuser().await;
    for (change, sql) in [
        ("", "UPDATE payment_batches SET customer_id = 1"),
        ("merge", "UPDATE payment_batches SET amount = 1"),
        ("merge", "UPDATE audit_log SET after = NULL"),
        ("erase", "UPDATE audit_log SET action = 'x'"),
        ("erase", "DELETE FROM audit_log"),
        ("erase", "UPDATE message_events SET to_status = 'Sent'"),
    ] {
        owner
            .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
                "SET bizhub.customer_change = '{change}'"
            ))))
            .await
            .unwrap();
        assert!(owner.execute(sql).await.is_err(), "{change}: {sql}");
    }
    // Each table that names a customer follows a merge.
    assert_eq!(
        stage.count("SELECT count(*) FROM customer_references() r WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = r.named_in AND t.tgname = 'follow_merged_customer')").await,
        0
    );
}

#[tokio::test]
async fn the_pages_merge_and_erase() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    let one = customer(&ama, "Esi Quaye", "024 412 3456", json!({})).await;
    let two = customer(&ama, "Esi Quaye", "020 123 4567", json!({})).await;
    let kwame = server.browser(Role::Manager).await;
    let found = kwame
        .get(&format!("/customers/{two}/merge?q=esi"))
        .await
        .expect(200);
    assert!(found.has(&format!("/customers/{two}/merge?into={one}")));
    kwame.get(&format!("/customers/{two}/merge")).await.expect(200);
    let own = kwame
        .get(&format!("/customers/{two}/merge?into={two}"))
        .await
        .expect(200);
    assert!(own.has("cannot be merged into itself"));
    let into = one.to_string();
    let path = format!("/customers/{two}/merge");
    let form = [("into", into.as_str()), ("form_key", "one")];
    assert_eq!(
        kwame.post(&path, &form).await.expect(303).location,
        format!("/customers/{one}")
    );
    kwame.post(&path, &form).await.expect(303);
    let privacy = format!("/customers/{one}/privacy");
    assert!(
        kwame
            .get(&privacy)
            .await
            .expect(200)
            .has("Type Esi Quaye to erase")
    );
    let erase = format!("/customers/{one}/erase");
    kwame.post(&erase, &[("full_name", "somebody")]).await.expect(422);
    kwame
        .post(&erase, &[("full_name", "Esi Quaye"), ("form_key", "two")])
        .await
        .expect(303);
    kwame
        .post(&erase, &[("full_name", "Esi Quaye"), ("form_key", "two")])
        .await
        .expect(404);
    for role in [Role::Sales, Role::Technician] {
        server.browser(role).await.get(&privacy).await.expect(403);
    }
}
