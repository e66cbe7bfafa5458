//! Power cuts in the middle of selling (QUALITY.md section 2): the server and its PostgreSQL are killed again and again
//! under eight sellers. `DRILL_ROUNDS=50` makes it last; with `DRILL_CARELESS=1` the database answers before it has written,
//! and the drill fails.

use super::server::{PATIENCE, Server, ask, open_dir, tell};
use nix::sys::signal::{Signal, kill};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SELLERS: usize = 8;
pub const PASSWORD: &str = "a drill is a drill";

/// Sales by their key: the invoice's number once the server said it, or none while nobody knows.
type Sales = Arc<Mutex<BTreeMap<String, Option<String>>>>;

fn rounds() -> usize {
    std::env::var("DRILL_ROUNDS").map_or(4, |n| n.parse().expect("a number"))
}

pub async fn sign_in(client: &Client, base: &str, password: &str) -> String {
    let body = json!({"username": "admin", "password": password});
    let answer = client.post(format!("{base}/auth/token")).json(&body).send().await;
    let answer: Value = answer.expect("it answers").json().await.expect("JSON");
    answer["token"].as_str().expect("a token").to_owned()
}

pub async fn post(client: &Client, url: String, token: &str, body: &Value) -> Value {
    let answer = client.post(url).bearer_auth(token).json(body).send().await;
    let answer = answer.expect("it answers");
    assert!(
        answer.status().is_success(),
        "{}",
        answer.text().await.expect("text")
    );
    answer.json().await.unwrap_or_default()
}

/// One sale with its key. The invoice's number, or none when the connection or the database went away.
async fn sell(client: &Client, base: &str, token: &str, key: &str) -> Option<String> {
    let body = json!({"customer_type": "Walk-in", "lines": [{"sku": "DRILL", "quantity": 2}],
        "payments": [{"payment_method": "Cash", "amount": "5.00"},
                     {"payment_method": "MoMo", "amount": "15.00", "reference": format!("drill {key}")}]});
    let request = client.post(format!("{base}/sales")).bearer_auth(token);
    let answer = request
        .header("idempotency-key", key)
        .json(&body)
        .send()
        .await
        .ok()?;
    let status = answer.status();
    let said: Value = answer.json().await.ok()?;
    match status {
        StatusCode::CREATED => Some(said["invoice_number"].as_str().expect("a number").to_owned()),
        // While the database is away the server says so, and that nothing was saved or that it cannot know.
        StatusCode::SERVICE_UNAVAILABLE => None,
        other => panic!("{other}: {said}"),
    }
}

/// Sells until told to stop or the server is gone. What nobody knows of is asked again with its key.
async fn seller(
    who: usize,
    base: String,
    token: String,
    sales: Sales,
    stop: Arc<AtomicBool>,
    said: Arc<AtomicUsize>,
) {
    let client = Client::new();
    let open = || -> Option<String> {
        let sales = sales.lock().expect("no panic");
        let prefix = format!("{who}-");
        (sales
            .iter()
            .find(|(key, number)| key.starts_with(&prefix) && number.is_none()))
        .map(|(key, _)| key.clone())
    };
    let mut next = sales.lock().expect("no panic").len();
    while !stop.load(Ordering::Relaxed) {
        let key = open().unwrap_or_else(|| {
            next += 1;
            format!("{who}-{next}")
        });
        sales.lock().expect("no panic").entry(key.clone()).or_default();
        match sell(&client, &base, &token, &key).await {
            Some(number) => {
                sales.lock().expect("no panic").insert(key, Some(number));
                said.fetch_add(1, Ordering::Relaxed);
            }
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn until_sold(said: &AtomicUsize, more: usize) {
    let (begun, from) = (Instant::now(), said.load(Ordering::Relaxed));
    while said.load(Ordering::Relaxed) < from + more {
        assert!(begun.elapsed() < PATIENCE, "nothing is sold any more");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn no_sale_that_was_acknowledged_is_lost_and_none_is_half() {
    let dir = open_dir();
    let sales = Sales::default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut token = String::new();
    for round in 0..=rounds() {
        let server = Server::start(dir.path());
        let base = format!("http://{}/api/v1", server.address);
        let killed = runtime.block_on(async {
            let client = Client::new();
            if round == 0 {
                let first = sign_in(&client, &base, "changeme123").await;
                let change = json!({"current_password": "changeme123", "new_password": PASSWORD});
                post(&client, format!("{base}/auth/password"), &first, &change).await;
                token = sign_in(&client, &base, PASSWORD).await;
                let item =
                    json!({"sku": "DRILL", "item_name": "Drill", "category": "Test", "unit_price": "10.00"});
                let item = post(&client, format!("{base}/bulk-stock"), &token, &item).await;
                let more = json!({"quantity_change": 1_000_000, "reason": "for the drill"});
                post(
                    &client,
                    format!("{base}/bulk-stock/{}/adjustments", item["id"]),
                    &token,
                    &more,
                )
                .await;
            }
            if round == 1 && std::env::var_os("DRILL_CARELESS").is_some() {
                let careless = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$";
                let url = server.url("owner");
                tokio::task::spawn_blocking(move || tell(&url, careless)).await.expect("no panic").expect("it does");
            }
            let (stop, said) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
            let sellers: Vec<_> = (0..SELLERS)
                .map(|who| {
                    tokio::spawn(seller(
                        who,
                        base.clone(),
                        token.clone(),
                        sales.clone(),
                        stop.clone(),
                        said.clone(),
                    ))
                })
                .collect();
            until_sold(&said, 20 + round * 7 % 30).await;
            let last = round == rounds();
            if !last && round % 2 == 1 {
                // PostgreSQL alone: the server starts it again, and the sellers go on by themselves.
                kill(server.postmaster(), Signal::SIGKILL).expect("it runs");
                until_sold(&said, 3 * SELLERS).await;
            }
            if !last {
                server.signal(Signal::SIGKILL);
            }
            stop.store(true, Ordering::Relaxed);
            for seller in sellers {
                seller.await.expect("a seller never panics");
            }
            !last
        });
        if killed {
            drop(server);
            continue;
        }
        // The last time nobody is killed: what is still open is asked once more, and then the books are looked at.
        runtime.block_on(async {
            let client = Client::new();
            let open: Vec<String> = (sales.lock().expect("no panic").iter())
                .filter(|(_, number)| number.is_none())
                .map(|(key, _)| key.clone())
                .collect();
            for key in open {
                let number = sell(&client, &base, &token, &key).await.expect("it is up");
                sales.lock().expect("no panic").insert(key, Some(number));
            }
        });
        let url = server.url("owner");
        let numbers: Vec<String> = sales
            .lock()
            .expect("no panic")
            .values()
            .flatten()
            .cloned()
            .collect();
        let told = ask(
            &url,
            "SELECT string_agg(invoice_number, ' ' ORDER BY invoice_number) FROM invoices WHERE status = 'Paid'",
        );
        let (mut told, mut known): (Vec<String>, _) = (
            told.expect("it answers").split(' ').map(str::to_owned).collect(),
            numbers.clone(),
        );
        told.sort();
        known.sort();
        assert_eq!(
            told, known,
            "each key made one invoice, and each invoice has its key"
        );
        let books = ask(
            &url,
            "SELECT concat_ws(' ', (SELECT count(*) FROM invoices WHERE status <> 'Paid'),
               (SELECT count(*) FROM invoices i WHERE (SELECT count(*) FROM invoice_lines l WHERE l.invoice_id = i.id) <> 1
                  OR (SELECT sum(p.amount) FROM payments p WHERE p.invoice_id = i.id) <> 20.00
                  OR NOT EXISTS (SELECT FROM audit_log a WHERE a.entity = 'invoices' AND a.entity_id = i.id)),
               (SELECT 1000000 - quantity - 2 * (SELECT count(*) FROM invoices) FROM bulk_stock WHERE sku = 'DRILL'),
               (SELECT quantity - (SELECT sum(quantity_change) FROM stock_ledger l WHERE l.bulk_stock_id = b.id)
                  FROM bulk_stock b WHERE sku = 'DRILL'))",
        );
        assert_eq!(books.expect("it answers"), "0 0 0 0", "open, half, stock, ledger");
        server.stop();
    }
}
