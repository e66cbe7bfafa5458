//! A hundred devices, sixty-four clients, two servers on one database (QUALITY.md section 2): everybody sells, drafts, pays,
//! cancels and takes back whatever they can, and each device is sold once. `RACE_ATTEMPTS=10000` makes it last; with
//! `RACE_CARELESS=1` nothing in the database keeps a device from a second sale, and the race fails.

use super::drill::{PASSWORD, post, sign_in};
use super::server::{Server, ask, bizhub, open_dir, tell};
use rand::Rng;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const CLIENTS: usize = 64;
const DEVICES: usize = 100;

fn attempts() -> usize {
    std::env::var("RACE_ATTEMPTS").map_or(1500, |n| n.parse().expect("a number"))
}

/// A hundred laptops, brought on sale by the legal steps.
const SHELF: &str = "
BEGIN;
SELECT set_config('bizhub.user_id', '1', true);
INSERT INTO product_models (category, brand, model_name, default_price_grade_a) VALUES ('Laptop', 'HP', 'Race', 1000);
INSERT INTO assets (asset_tag, serial_number, product_model_id, purchase_cost, landed_cost, received_date)
SELECT 'RACE-' || lpad(g::text, 3, '0'), 'RACE' || g, m.id, 700, 750, shop_today() FROM generate_series(0, 99) g, product_models m WHERE m.model_name = 'Race';
UPDATE assets SET status = 'Diagnostics Pending' WHERE asset_tag LIKE 'RACE-%';
INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result) SELECT id, 1, '{}', 'Pass' FROM assets WHERE asset_tag LIKE 'RACE-%';
UPDATE assets SET status = 'Wipe Pending' WHERE asset_tag LIKE 'RACE-%';
INSERT INTO wipe_certificates (asset_id, technician_id, wipe_method) SELECT id, 1, 'NIST 800-88 Clear' FROM assets WHERE asset_tag LIKE 'RACE-%';
UPDATE assets SET status = 'QC Pending' WHERE asset_tag LIKE 'RACE-%';
UPDATE assets SET status = 'Ready for Sale', condition_grade = 'A' WHERE asset_tag LIKE 'RACE-%';
INSERT INTO customers (customer_type, full_name, phone) VALUES ('Retail', 'Race Customer', '+233240000001');
COMMIT";

/// The opposite: one live line a device is no rule any more, nothing guards lines and devices, and what two servers read of a
/// device stays what it was before its sale, as it would without the lock.
const CARELESS: &str = "
DROP INDEX idx_invoice_lines_live_asset;
ALTER TABLE invoice_lines DISABLE TRIGGER guard_line_insert;
ALTER TABLE assets DISABLE TRIGGER guard_asset_update;
CREATE FUNCTION forget_sale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.status := 'Ready for Sale';
  RETURN NEW;
END
$$;
CREATE TRIGGER aaa_forget_sale BEFORE UPDATE ON assets FOR EACH ROW WHEN (NEW.status IN ('Sold', 'Reserved')) EXECUTE FUNCTION forget_sale();";

/// What the clients know of: open and paid invoices, and how often each answer came.
#[derive(Default)]
struct Known {
    open: Vec<i64>,
    paid: Vec<i64>,
    answers: BTreeMap<(&'static str, u16), usize>,
}

impl Known {
    /// One of them, which stays known: others try the same.
    fn any(list: &[i64]) -> Option<i64> {
        (!list.is_empty()).then(|| list[rand::rng().random_range(0..list.len())])
    }
}

async fn attempt(client: &Client, base: &str, token: &str, known: &Mutex<Known>) {
    let device = format!("RACE-{:03}", rand::rng().random_range(0..DEVICES));
    let cash = json!([{"payment_method": "Cash", "amount": "1000.00"}]);
    let (open, paid) = {
        let known = known.lock().expect("no panic");
        (Known::any(&known.open), Known::any(&known.paid))
    };
    let dice = rand::rng().random_range(0..100);
    let (what, path, body) = match (dice, open, paid) {
        (0..=9, _, Some(id)) => (
            "return",
            format!("invoices/{id}/returns"),
            json!({"reason": "race", "lines": [{"line_number": 1, "quantity": 1, "disposition": "Diagnostics"}],
                "refunds": [{"payment_method": "Cash", "amount": "1000.00"}]}),
        ),
        (10..=29, Some(id), _) => (
            "payment",
            format!("invoices/{id}/payments"),
            json!({"payment_method": "Cash", "amount": "1000.00"}),
        ),
        (30..=49, Some(id), _) => (
            "cancel",
            format!("invoices/{id}/cancel"),
            json!({"reason": "race"}),
        ),
        (50..=79, ..) => (
            "draft",
            "invoices".to_owned(),
            json!({"customer_id": 1, "customer_type": "Retail", "lines": [{"asset_tag": device}]}),
        ),
        _ => (
            "checkout",
            "sales".to_owned(),
            json!({"customer_type": "Walk-in", "lines": [{"asset_tag": device}], "payments": cash}),
        ),
    };
    let request = client
        .post(format!("{base}/{path}"))
        .bearer_auth(token)
        .json(&body);
    let answer = request.send().await.expect("it answers");
    let status = answer.status();
    let said: Value = answer.json().await.unwrap_or_default();
    let mut known = known.lock().expect("no panic");
    *known.answers.entry((what, status.as_u16())).or_default() += 1;
    match (what, status) {
        ("checkout", StatusCode::CREATED) => known.paid.extend(said["id"].as_i64()),
        ("draft", StatusCode::CREATED) => known.open.extend(said["id"].as_i64()),
        ("payment", StatusCode::CREATED) => known.paid.extend(open),
        ("return" | "cancel", StatusCode::CREATED | StatusCode::OK) => {}
        ("checkout" | "draft", StatusCode::CONFLICT) => {
            let why = said["detail"].as_str().unwrap_or_default();
            // Held or sold by an invoice, or come back from a customer; or let go of between the try and the answer.
            assert!(
                why.contains(&device)
                    && ["INV-", "Diagnostics Pending", "Returned", "let go"]
                        .iter()
                        .any(|holder| why.contains(holder)),
                "{said}"
            );
        }
        (_, StatusCode::CONFLICT) => assert!(said["detail"].is_string(), "{said}"),
        (what, status) => panic!("{what} {path}: {status}: {said}"),
    }
}

#[test]
fn a_device_is_sold_once_whatever_two_servers_are_asked() {
    let (dir, other_dir) = (open_dir(), open_dir());
    let one = Server::start(dir.path());
    let url = one.url("owner");
    let elsewhere = other_dir.path().join("two");
    let two = Server::start_with(
        bizhub(&elsewhere).env("BIZHUB_DATABASE_URL", &url).arg("serve"),
        &elsewhere,
    );
    tell(&url, SHELF).expect("it does");
    if std::env::var_os("RACE_CARELESS").is_some() {
        tell(&url, CARELESS).expect("it does");
    }
    let bases = [&one, &two].map(|server| format!("http://{}/api/v1", server.address));
    let known = Arc::new(Mutex::new(Known::default()));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let client = Client::new();
        let first = sign_in(&client, &bases[0], "changeme123").await;
        let change = json!({"current_password": "changeme123", "new_password": PASSWORD});
        post(&client, format!("{}/auth/password", bases[0]), &first, &change).await;
        let token = sign_in(&client, &bases[1], PASSWORD).await;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|who| {
                let (base, token, known) = (bases[who % 2].clone(), token.clone(), known.clone());
                tokio::spawn(async move {
                    let client = Client::new();
                    for _ in 0..attempts() / CLIENTS {
                        attempt(&client, &base, &token, &known).await;
                    }
                })
            })
            .collect();
        for client in clients {
            client.await.expect("a client never panics");
        }
    });
    let answers = std::mem::take(&mut known.lock().expect("no panic").answers);
    for what in ["checkout", "draft", "payment", "cancel", "return"] {
        assert!(
            answers.iter().any(|((w, status), _)| *w == what && *status < 300)
                && answers
                    .iter()
                    .any(|((w, status), _)| *w == what && *status == 409),
            "{what} was won and lost: {answers:?}"
        );
    }
    // Sold once in its life: a device that came back waits for diagnostics, so that nobody could sell it again.
    let twice = ask(
        &url,
        "SELECT count(*)::text FROM (SELECT l.asset_id FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
           WHERE i.status IN ('Paid', 'Refunded') GROUP BY l.asset_id HAVING count(*) > 1) t",
    );
    assert_eq!(twice.expect("it answers"), "0", "{answers:?}");
    let sold = ask(
        &url,
        "SELECT concat_ws(' ', count(*) FILTER (WHERE status IN ('Paid', 'Refunded')),
           (SELECT count(*) FROM inventory_movements WHERE to_status = 'Sold')) FROM invoices",
    )
    .expect("it answers");
    let won: usize = (answers.iter())
        .filter(|((what, status), _)| matches!(*what, "checkout" | "payment") && *status < 300)
        .map(|(_, count)| count)
        .sum();
    assert_eq!(
        sold,
        format!("{won} {won}"),
        "what was acknowledged is what the books say"
    );
    let verified = bizhub(dir.path()).arg("verify").output().expect("it runs");
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
    two.signal(nix::sys::signal::Signal::SIGTERM);
    drop(two);
    one.stop();
}
