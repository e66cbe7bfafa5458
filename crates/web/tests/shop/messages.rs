//! Messages to customers (PRODUCT.md section 12): against a mail server and an SMS gateway of the test's own.

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value, json};
use stage::Stage;
use stage::browser::Browser;
use stage::http::{Api, Server};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with the next message.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Takes,
    /// Answers with this code: of SMTP, or of HTTP.
    Refuses(u16),
    /// Reads it all and hangs up.
    HangsUp,
    /// Takes its time first.
    TakesSlowly,
}

/// A mail server or an SMS gateway, and what reached it.
#[derive(Debug, Clone)]
struct Sink {
    port: u16,
    moods: Arc<Mutex<VecDeque<Mood>>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    async fn mail() -> Sink {
        let (sink, listener) = Sink::listen().await;
        let own = sink.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(own.clone().speak_smtp(line));
            }
        });
        sink
    }

    async fn gateway() -> Sink {
        let (sink, listener) = Sink::listen().await;
        let own = sink.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(own.clone().speak_http(line));
            }
        });
        sink
    }

    async fn listen() -> (Sink, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Sink {
            port: listener.local_addr().unwrap().port(),
            moods: Arc::default(),
            taken: Arc::default(),
        };
        (sink, listener)
    }

    fn next(&self, moods: &[Mood]) {
        self.moods.lock().unwrap().extend(moods);
    }

    fn mood(&self) -> Mood {
        self.moods.lock().unwrap().pop_front().unwrap_or(Mood::Takes)
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    async fn speak_smtp(self, line: TcpStream) {
        let mut line = BufReader::new(line);
        let mood = self.mood();
        line.write_all(b"220 sink\r\n").await.unwrap();
        let mut said = String::new();
        let mut heard = String::new();
        while line.read_line(&mut said).await.unwrap_or(0) > 0 {
            let word = said.get(..4).unwrap_or("").to_uppercase();
            let answer = match (word.as_str(), mood) {
                ("EHLO", _) => "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n".to_owned(),
                ("AUTH", _) => {
                    heard.push_str(&said);
                    "235 welcome\r\n".into()
                }
                ("RCPT", Mood::Refuses(code)) => format!("{code} not this one\r\n"),
                ("DATA", _) => {
                    line.write_all(b"354 go on\r\n").await.unwrap();
                    let mut row = String::new();
                    while row != ".\r\n" {
                        row.clear();
                        line.read_line(&mut row).await.unwrap();
                        heard.push_str(&row);
                    }
                    if mood == Mood::HangsUp {
                        return;
                    }
                    self.taken.lock().unwrap().push(std::mem::take(&mut heard));
                    "250 taken\r\n".into()
                }
                ("QUIT", _) => return,
                _ => "250 well\r\n".into(),
            };
            line.write_all(answer.as_bytes()).await.unwrap();
            said.clear();
        }
    }

    async fn speak_http(self, line: TcpStream) {
        let mut line = BufReader::new(line);
        let (mut heard, mut row, mut length) = (String::new(), String::new(), 0);
        while line.read_line(&mut row).await.unwrap() > 2 {
            if let Some(n) = row.to_lowercase().strip_prefix("content-length:") {
                length = n.trim().parse().unwrap();
            }
            heard.push_str(&row);
            row.clear();
        }
        let mut body = vec![0; length];
        line.read_exact(&mut body).await.unwrap();
        heard.push_str(&String::from_utf8(body).unwrap());
        let code = match self.mood() {
            Mood::HangsUp => return,
            Mood::Refuses(code) => code,
            Mood::Takes => 200,
            Mood::TakesSlowly => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                200
            }
        };
        if code == 200 {
            self.taken.lock().unwrap().push(heard);
        }
        let answer = format!("HTTP/1.1 {code} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        line.write_all(answer.as_bytes()).await.unwrap();
    }
}

const KEY: &str = "gate-key-93";
const PASSWORD: &str = "post-box-71";

async fn set_up(efua: &Browser, mail: u16, gateway: u16) {
    let (port, url) = (mail.to_string(), format!("http://127.0.0.1:{gateway}/send"));
    let fields = [
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", port.as_str()),
        ("smtp_security", "none"),
        ("smtp_username", "shop"),
        ("smtp_password", PASSWORD),
        ("smtp_from", "shop@example.com"),
        ("sms_url", url.as_str()),
        ("sms_method", "POST"),
        ("sms_headers", "Authorization: Bearer {secret}"),
        ("sms_kind", "json"),
        ("sms_body", r#"{"to": "{to}", "text": "{text}"}"#),
        ("sms_password", KEY),
    ];
    efua.post("/settings/messages", &fields).await.expect(303);
}

/// A sale of one charger to Esi, and its invoice.
async fn sold(ama: &Api) -> i64 {
    let customer = json!({"customer_type": "Retail", "full_name": "Esi \"Q\" Quaye", "phone": "024 412 3456", "email": "esi@example.com"});
    let sale = json!({"customer": customer, "customer_type": "Retail", "lines": [{"sku": "CHG-65W"}],
        "payments": [{"payment_method": "Cash", "amount": "120.00"}]});
    ama.post("/sales", &sale).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}

async fn at_work(stage: &Stage) -> (Server, Api, Api, Browser, Sink, Sink) {
    stage.stocked_item("CHG-65W", 500).await;
    let server = stage.serve().await;
    let (kwame, ama) = (server.api(Role::Manager).await, server.api(Role::Sales).await);
    let efua = server.browser(Role::Admin).await;
    let (mail, gateway) = (Sink::mail().await, Sink::gateway().await);
    set_up(&efua, mail.port, gateway.port).await;
    stage.shop.forget_settings();
    (server, kwame, ama, efua, mail, gateway)
}

fn receipt(channel: &str, invoice: i64) -> Value {
    json!({"kind": "Receipt", "channel": channel, "invoice_id": invoice})
}

async fn status(api: &Api, id: &Value) -> String {
    let message = api.get(&format!("/messages/{id}")).await.expect(200);
    message["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_receipt_goes_out_once_with_its_document() {
    let stage = Stage::open().await;
    let (_server, kwame, ama, _, mail, gateway) = at_work(&stage).await;
    let invoice = sold(&ama).await;
    let by_mail = ama
        .post("/messages", &receipt("E-mail", invoice))
        .await
        .expect(201);
    let by_sms = ama.post("/messages", &receipt("SMS", invoice)).await.expect(201);
    assert_eq!(
        (&by_mail["status"], &by_mail["recipient"]),
        (&json!("Queued"), &json!("esi@example.com"))
    );
    let round = app::messages::work(&stage.shop).await.unwrap();
    assert_eq!(
        (round.sent, round.postponed, round.failed, round.unclear),
        (2, 0, 0, 0)
    );
    assert_eq!(app::messages::work(&stage.shop).await.unwrap().sent, 0);

    let letters = mail.taken();
    assert_eq!(letters.len(), 1);
    for text in [
        "To: esi@example.com",
        "Subject: Your receipt INV-000001 from",
        "application/pdf",
        "INV-000001.pdf",
        "JVBERi0",
    ] {
        assert!(letters[0].contains(text), "{text} is not in {}", letters[0]);
    }
    let calls = gateway.taken();
    assert_eq!(calls.len(), 1);
    assert!(
        calls[0]
            .to_lowercase()
            .contains(&format!("authorization: bearer {KEY}"))
    );
    let body: Value = serde_json::from_str(
        calls[0]
            .split_once('{')
            .map(|(_, b)| format!("{{{b}"))
            .unwrap()
            .as_str(),
    )
    .unwrap();
    assert_eq!(body["to"], "+233244123456");
    let text = body["text"].as_str().unwrap();
    assert!(
        text.contains("Esi \"Q\" Quaye")
            && text.contains("GHS 120.00")
            && text.contains("http://shop.test/check/"),
        "{text}"
    );

    assert_eq!(status(&ama, &by_sms["id"]).await, "Sent");
    let list = kwame.get("/messages?status=Sent").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    // What went out is done with.
    let again = kwame
        .post(&format!("/messages/{}/retry", by_mail["id"]), &json!({}))
        .await;
    assert!(
        again.expect(409)["detail"]
            .as_str()
            .unwrap()
            .contains("sent already")
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM message_events WHERE message_id = 1")
            .await,
        3,
        "Queued, Sending, Sent"
    );
}

#[tokio::test]
async fn what_is_refused_is_tried_again_and_offline_loses_nothing() {
    let stage = Stage::open().await;
    let (_server, kwame, ama, efua, mail, gateway) = at_work(&stage).await;
    let invoice = sold(&ama).await;
    gateway.next(&[Mood::Refuses(503), Mood::Refuses(429)]);
    let sms = ama.post("/messages", &receipt("SMS", invoice)).await.expect(201);
    let at = |minutes| stage.shop.at(stage::opening() + TimeDelta::minutes(minutes));
    assert_eq!(app::messages::work(&at(0)).await.unwrap().postponed, 1);
    assert_eq!(
        app::messages::work(&at(0)).await.unwrap(),
        Default::default(),
        "not before its pause is over"
    );
    let waiting = kwame.get(&format!("/messages/{}", sms["id"])).await.expect(200);
    assert_eq!(
        (&waiting["status"], &waiting["attempts"]),
        (&json!("Queued"), &json!(1))
    );
    assert!(waiting["last_error"].as_str().unwrap().contains("503"));
    assert_eq!(app::messages::work(&at(1)).await.unwrap().postponed, 1);
    assert_eq!(
        app::messages::work(&at(2)).await.unwrap(),
        Default::default(),
        "the second pause is longer"
    );
    assert_eq!(app::messages::work(&at(3)).await.unwrap().sent, 1);
    assert_eq!(gateway.taken().len(), 1);

    // Nobody listens there any more: it waits, and after three days a person is asked.
    let gone = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    set_up(&efua, mail.port, gone).await;
    stage.shop.forget_settings();
    let sms = ama.post("/messages", &receipt("SMS", invoice)).await.expect(201);
    for minutes in [3, 10, 60, 600, 2000] {
        app::messages::work(&at(minutes)).await.unwrap();
        assert_eq!(status(&kwame, &sms["id"]).await, "Queued");
    }
    assert_eq!(app::messages::work(&at(3 * 24 * 60)).await.unwrap().failed, 1);
    set_up(&efua, mail.port, gateway.port).await;
    stage.shop.forget_settings();
    ama.post(&format!("/messages/{}/retry", sms["id"]), &json!({}))
        .await
        .expect(403);
    kwame
        .post(&format!("/messages/{}/retry", sms["id"]), &json!({}))
        .await
        .expect(200);
    assert_eq!(app::messages::work(&at(3 * 24 * 60)).await.unwrap().sent, 1);

    // A server's no for good is not repeated.
    mail.next(&[Mood::Refuses(550)]);
    let letter = ama
        .post("/messages", &receipt("E-mail", invoice))
        .await
        .expect(201);
    assert_eq!(app::messages::work(&at(4 * 24 * 60)).await.unwrap().failed, 1);
    let failed = kwame
        .get(&format!("/messages/{}", letter["id"]))
        .await
        .expect(200);
    assert!(failed["last_error"].as_str().unwrap().contains("550"), "{failed}");
    kwame
        .post(&format!("/messages/{}/cancel", letter["id"]), &json!({}))
        .await
        .expect(200);
    assert_eq!(
        app::messages::work(&at(5 * 24 * 60)).await.unwrap(),
        Default::default()
    );
}

#[tokio::test]
async fn what_breaks_off_on_the_wire_is_unclear_and_a_person_decides() {
    let stage = Stage::open().await;
    let (_server, kwame, ama, _, mail, gateway) = at_work(&stage).await;
    let invoice = sold(&ama).await;
    mail.next(&[Mood::HangsUp]);
    gateway.next(&[Mood::HangsUp, Mood::Refuses(502)]);
    for channel in ["E-mail", "SMS", "SMS"] {
        ama.post("/messages", &receipt(channel, invoice))
            .await
            .expect(201);
    }
    assert_eq!(app::messages::work(&stage.shop).await.unwrap().unclear, 3);
    let much_later = stage.shop.at(stage::opening() + TimeDelta::days(30));
    assert_eq!(
        app::messages::work(&much_later).await.unwrap(),
        Default::default(),
        "nothing goes out by itself"
    );
    let list = kwame.get("/messages?status=Unclear").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 3);
    kwame.post("/messages/1/retry", &json!({})).await.expect(200);
    kwame.post("/messages/2/cancel", &json!({})).await.expect(200);
    assert_eq!(app::messages::work(&stage.shop).await.unwrap().sent, 1);
    assert_eq!((mail.taken().len(), gateway.taken().len()), (1, 0));

    // The server dies between the claim and the answer.
    let sms = ama.post("/messages", &receipt("SMS", invoice)).await.expect(201);
    let system = app::Actor::system();
    let mut tx = stage.shop.begin(&system).await.unwrap();
    db::messages::message_claim(tx.conn(), 300)
        .await
        .unwrap()
        .unwrap();
    tx.commit(204, &()).await.unwrap();
    assert_eq!(
        app::messages::work(&stage.shop).await.unwrap(),
        Default::default(),
        "another has it"
    );
    kwame
        .post(&format!("/messages/{}/cancel", sms["id"]), &json!({}))
        .await
        .expect(409);
    let later = stage.shop.at(stage::opening() + TimeDelta::minutes(6));
    // Whoever was refused lets go of the row in a moment; the next look finds it.
    let mut round = app::messages::Round::default();
    for _ in 0..50 {
        round = app::messages::work(&later).await.unwrap();
        if round.unclear > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!((round.unclear, round.sent, gateway.taken().len()), (1, 0, 0));
    assert_eq!(status(&kwame, &sms["id"]).await, "Unclear");
    // It comes back after all, and knows: that is the truth. A late no changes nothing.
    let mut tx = stage.shop.begin(&system).await.unwrap();
    let id = domain::MessageId::new(sms["id"].as_i64().unwrap().try_into().unwrap());
    let sent = domain::MessageStatus::Sent;
    assert!(
        !db::messages::message_finish(tx.conn(), id, 1, domain::MessageStatus::Failed, None, None)
            .await
            .unwrap()
    );
    assert!(
        !db::messages::message_finish(tx.conn(), id, 7, sent, None, None)
            .await
            .unwrap()
    );
    assert!(
        db::messages::message_finish(tx.conn(), id, 1, sent, None, None)
            .await
            .unwrap()
    );
    tx.commit(204, &()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_send_fifty_messages_once_each() {
    let stage = Stage::open().await;
    let (_server, _, ama, _, mail, gateway) = at_work(&stage).await;
    let invoice = sold(&ama).await;
    for n in 0..50 {
        let channel = if n % 5 == 0 { "E-mail" } else { "SMS" };
        let mut new = receipt(channel, invoice);
        new["body"] = json!(format!("number {n}."));
        ama.post("/messages", &new).await.expect(201);
    }
    gateway.next(&[Mood::TakesSlowly; 40]);
    let workers = (0..4).map(|_| {
        let shop = stage.shop.clone();
        tokio::spawn(async move { app::messages::work(&shop).await.unwrap().sent })
    });
    let mut sent = 0;
    for worker in workers.collect::<Vec<_>>() {
        sent += worker.await.unwrap();
    }
    let everything = [mail.taken(), gateway.taken()].concat().join("\n");
    assert_eq!((sent, mail.taken().len(), gateway.taken().len()), (50, 10, 40));
    for n in 0..50 {
        assert_eq!(everything.matches(&format!("number {n}.")).count(), 1, "{n}");
    }
    assert_eq!(
        stage
            .count("SELECT count(*) FROM messages WHERE status = 'Sent' AND attempts = 1")
            .await,
        50
    );
    assert_eq!(stage.broken_books().await, [""; 0]);
}

#[tokio::test]
async fn a_no_is_respected() {
    let stage = Stage::open().await;
    let (server, kwame, ama, _, _, gateway) = at_work(&stage).await;
    let invoice = sold(&ama).await;
    let consents = "/customers/1/consents";
    assert_eq!(ama.get(consents).await.expect(200), json!([]));
    let queued = ama.post("/messages", &receipt("SMS", invoice)).await.expect(201);
    let no = json!({"sms": "Nothing", "given_how": "By phone"});
    ama.post(consents, &no).await.expect(200);
    // What was written before the no does not go out either.
    assert_eq!(app::messages::work(&stage.shop).await.unwrap().failed, 1);
    let failed = ama.get(&format!("/messages/{}", queued["id"])).await.expect(200);
    assert!(
        failed["last_error"]
            .as_str()
            .unwrap()
            .contains("wants no messages by SMS"),
        "{failed}"
    );
    let refused = ama.post("/messages", &receipt("SMS", invoice)).await.expect(409);
    assert_eq!(refused["code"], "no_consent");
    ama.post("/messages", &receipt("E-mail", invoice))
        .await
        .expect(201);
    assert_eq!(gateway.taken().len(), 0);

    // Reminders are for those who agreed to them.
    let draft = json!({"customer_id": 1, "customer_type": "Retail", "lines": [{"sku": "CHG-65W"}]});
    let draft = ama.post("/invoices", &draft).await.expect(201)["id"]
        .as_i64()
        .unwrap();
    let due = json!({"kind": "Balance Due", "channel": "E-mail", "invoice_id": draft});
    assert_eq!(
        ama.post("/messages", &due).await.expect(409)["code"],
        "invoice_status"
    );
    ama.post(&format!("/invoices/{draft}/send"), &json!({}))
        .await
        .expect(200);
    let refused = ama.post("/messages", &due).await.expect(409);
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("has not agreed to reminders"),
        "{refused}"
    );
    let yes = json!({"email": "Everything", "given_how": "In writing", "given_on": "2026-01-10"});
    let after = ama.post(consents, &yes).await.expect(200);
    assert_eq!(after.as_array().unwrap().len(), 2);
    ama.post("/messages", &due).await.expect(201);

    for (wrong, at) in [
        (json!({"given_how": "By phone"}), ""),
        (json!({"sms": "Maybe", "given_how": "By phone"}), "/sms"),
        (json!({"sms": "Nothing", "given_how": "Merged"}), "/given_how"),
        (
            json!({"sms": "Nothing", "given_how": "By phone", "given_on": "2026-01-15"}),
            "/given_on",
        ),
    ] {
        assert_eq!(
            ama.post(consents, &wrong).await.expect(422)["errors"][0]["pointer"],
            at,
            "{wrong}"
        );
    }
    for role in [Role::Technician, Role::Warehouse] {
        let other = server.api(role).await;
        other.get(consents).await.expect(403);
        other.get("/messages").await.expect(403);
        other
            .post("/messages", &receipt("SMS", invoice))
            .await
            .expect(403);
    }
    kwame.get("/messages/999").await.expect(404);
}

#[tokio::test]
async fn keys_are_never_shown_again() {
    let stage = Stage::open().await;
    let (server, _, ama, efua, mail, _) = at_work(&stage).await;
    sold(&ama).await;
    let page = efua.get("/settings/messages").await.expect(200);
    assert!(page.has("smtp_password") && !page.has(KEY) && !page.has(PASSWORD));
    for role in [Role::Manager, Role::Sales] {
        server
            .browser(role)
            .await
            .get("/settings/messages")
            .await
            .expect(403);
    }
    // Not in the log of changes, in the settings, in what an idempotent request keeps, or for the role of reports.
    for table in [
        "audit_log",
        "settings",
        "idempotency_keys",
        "messages",
        "message_events",
    ] {
        let mut conn = stage.superuser().await;
        let sql = format!(
            "SELECT count(*) FROM {table} t WHERE t::text LIKE '%{KEY}%' OR t::text LIKE '%{PASSWORD}%'"
        );
        let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(found, 0, "{table}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM pg_class WHERE relname = 'secrets' AND has_table_privilege('bizhub_readonly', oid, 'SELECT')").await, 0);
    // A key that would go to another server is forgotten.
    set_up_elsewhere(&efua, mail.port).await;
    assert_eq!(stage.count("SELECT count(*) FROM secrets").await, 0);

    let wrong = [
        ("smtp_security", "none"),
        ("sms_url", "ftp://x"),
        ("sms_method", "POST"),
        ("sms_kind", "json"),
        ("sms_body", "{}"),
    ];
    let page = efua.post("/settings/messages", &wrong).await.expect(422);
    assert!(page.has("Give the whole address"), "{}", page.text);
}

async fn set_up_elsewhere(efua: &Browser, port: u16) {
    let port = port.to_string();
    let fields = [
        ("smtp_host", "localhost"),
        ("smtp_port", port.as_str()),
        ("smtp_security", "none"),
        ("smtp_from", "shop@example.com"),
        ("sms_url", "http://elsewhere.test/?to={to}&text={text}"),
        ("sms_method", "GET"),
        ("sms_kind", "none"),
    ];
    efua.post("/settings/messages", &fields).await.expect(303);
}

#[tokio::test]
async fn the_pages_write_try_and_tell() {
    let stage = Stage::open().await;
    let (server, _, ama_api, efua, mail, _) = at_work(&stage).await;
    let invoice = sold(&ama_api).await;
    let ama = server.browser(Role::Sales).await;
    let sold = ama.get(&format!("/invoices/{invoice}/sold")).await.expect(200);
    let form = format!("/messages/new?kind=Receipt&channel=E-mail&invoice_id={invoice}");
    assert!(
        sold.has(&form.replace('&', "&#38;")) || sold.has(&form),
        "{}",
        sold.text
    );
    let page = ama.get(&form).await.expect(200);
    assert_eq!(page.field("recipient"), "esi@example.com");
    assert!(page.has("Your receipt INV-000001") && page.has("The document comes along"));
    let id = invoice.to_string();
    let fields = [
        ("kind", "Receipt"),
        ("channel", "E-mail"),
        ("invoice_id", id.as_str()),
        ("recipient", "esi@work.example"),
        ("subject", "Here it is"),
        ("body", "Your receipt, Esi."),
        ("form_key", "one"),
    ];
    assert_eq!(
        ama.post("/messages/new", &fields).await.expect(303).location,
        format!("/invoices/{invoice}")
    );
    ama.post("/messages/new", &fields).await.expect(303);
    assert_eq!(
        stage.count("SELECT count(*) FROM messages").await,
        1,
        "a double click is one message"
    );
    app::messages::work(&stage.shop).await.unwrap();
    assert!(mail.taken()[0].contains("Subject: Here it is") && mail.taken()[0].contains("esi@work.example"));
    let mut wrong = fields;
    wrong[3] = ("recipient", "nowhere");
    wrong[6] = ("form_key", "two");
    assert!(
        ama.post("/messages/new", &wrong)
            .await
            .expect(422)
            .has("Here it is"),
        "nothing typed is lost"
    );

    // WhatsApp is opened by a person, as often as they like.
    let fields = [
        ("kind", "Receipt"),
        ("channel", "WhatsApp"),
        ("invoice_id", id.as_str()),
        ("form_key", "three"),
    ];
    let on = ama.post("/messages/new", &fields).await.expect(200);
    let refresh = on.headers["refresh"].to_str().unwrap().to_owned();
    assert!(
        refresh.starts_with("0; url=https://wa.me/233244123456?text="),
        "{refresh}"
    );
    ama.post("/messages/2/open", &[]).await.expect(200);
    assert_eq!(stage.count("SELECT count(*) FROM message_events WHERE message_id = 2 AND to_status = 'Opened' AND created_by IS NOT NULL").await, 2);
    assert_eq!(
        app::messages::work(&stage.shop).await.unwrap(),
        Default::default()
    );

    for (path, says) in [
        ("/messages", "Esi"),
        ("/messages/1", "Sending, attempt 1"),
        ("/customers/1/consent", "Never asked"),
    ] {
        assert!(ama.get(path).await.expect(200).has(says), "{path}");
    }
    ama.post(
        "/customers/1/consent",
        &[
            ("email", "Nothing"),
            ("given_how", "In person"),
            ("form_key", "four"),
        ],
    )
    .await
    .expect(303);
    assert!(
        ama.get(&form)
            .await
            .expect(200)
            .has("wants no messages by E-mail")
    );

    // A test, and words of the shop's own.
    let test = efua
        .post(
            "/settings/messages/test",
            &[
                ("channel", "SMS"),
                ("recipient", "0201234567"),
                ("form_key", "five"),
            ],
        )
        .await
        .expect(303);
    assert!(efua.get(&test.location).await.expect(200).has("+233201234567"));
    ama.get(&test.location).await.expect(404);
    let words = "/settings/messages/words";
    let bad = [
        ("kind", "Receipt"),
        ("subject", "{device}"),
        ("text", "Dear {name}"),
        ("do", "save"),
    ];
    assert!(
        efua.post(words, &bad)
            .await
            .expect(422)
            .has("{name} means nothing here")
    );
    let good = [
        ("kind", "Receipt"),
        ("subject", "Thanks"),
        ("text", "Akwaaba {customer}!"),
        ("do", "save"),
    ];
    let mut look = good;
    look[3] = ("do", "preview");
    assert!(
        efua.post(words, &look)
            .await
            .expect(200)
            .has("Akwaaba Ama Mensah!")
    );
    efua.post(words, &good).await.expect(303);
    stage.shop.forget_settings();
    let sms = ama.get(&form.replace("E-mail", "SMS")).await.expect(200);
    assert!(sms.has("Akwaaba Esi"), "{}", sms.text);
    efua.post(words, &[("kind", "Receipt"), ("do", "reset")])
        .await
        .expect(303);
}

#[tokio::test]
async fn a_kind_is_about_its_own_thing() {
    let stage = Stage::open().await;
    let (_server, _, ama, ..) = at_work(&stage).await;
    let invoice = sold(&ama).await;
    for (wrong, at) in [
        (json!({"kind": "Receipt", "channel": "SMS"}), "/invoice_id"),
        (
            json!({"kind": "Receipt", "channel": "SMS", "invoice_id": 99}),
            "/invoice_id",
        ),
        (
            json!({"kind": "Receipt", "channel": "SMS", "invoice_id": invoice, "customer_id": 1}),
            "/customer_id",
        ),
        (
            json!({"kind": "Receipt", "channel": "SMS", "invoice_id": invoice, "from": "2026-01-01"}),
            "/from",
        ),
        (json!({"kind": "Test", "channel": "SMS"}), "/kind"),
        (
            json!({"kind": "Receipt", "channel": "Pigeon", "invoice_id": invoice}),
            "/channel",
        ),
        (
            json!({"kind": "Receipt", "channel": "E-mail", "invoice_id": invoice, "recipient": "0244123456"}),
            "/recipient",
        ),
        (
            json!({"kind": "Receipt", "channel": "E-mail", "invoice_id": invoice, "subject": "a\nb"}),
            "/subject",
        ),
        (
            json!({"kind": "Statement", "channel": "E-mail", "customer_id": 1, "from": "2026-02-01", "to": "2026-01-01"}),
            "/from",
        ),
        (
            json!({"kind": "Preorder Arrived", "channel": "SMS", "preorder_id": 5}),
            "/preorder_id",
        ),
        (
            json!({"kind": "Repair Ready", "channel": "SMS", "repair_ticket_id": 5}),
            "/repair_ticket_id",
        ),
        (
            json!({"kind": "Warranty Ends", "channel": "SMS", "warranty_id": 5}),
            "/warranty_id",
        ),
    ] {
        assert_eq!(
            ama.post("/messages", &wrong).await.expect(422)["errors"][0]["pointer"],
            at,
            "{wrong}"
        );
    }
    let statement = json!({"kind": "Statement", "channel": "E-mail", "customer_id": 1});
    let message = ama.post("/messages", &statement).await.expect(201);
    assert_eq!(
        (&message["statement_from"], &message["statement_to"]),
        (&json!("2026-01-01"), &json!("2026-01-14"))
    );
}

#[tokio::test]
async fn the_database_keeps_what_was_written() {
    let stage = Stage::open().await;
    let (_server, _, ama, ..) = at_work(&stage).await;
    let invoice = sold(&ama).await;
    ama.post("/messages", &receipt("SMS", invoice)).await.expect(201);
    let mut conn = stage.bizhub_app().await;
    for sql in [
        "UPDATE messages SET body = 'x'",
        "UPDATE messages SET recipient = '+233000000000'",
        "UPDATE messages SET status = 'Sent', sent_at = now(), next_attempt_at = NULL",
        "DELETE FROM messages",
        "UPDATE message_events SET words = 'x'",
        "DELETE FROM message_events",
        "INSERT INTO message_events (message_id, to_status, attempt) VALUES (1, 'Sent', 1)",
        "UPDATE customer_consents SET allows = 'Everything'",
        "INSERT INTO messages (kind, channel, status, recipient, body, sent_at) VALUES ('Receipt', 'SMS', 'Sent', 'x', 'x', now())",
    ] {
        let refused = sqlx::query(sql).execute(&mut conn).await;
        // Consents are none yet, and what is not there cannot be changed: the right itself is missing.
        assert!(refused.is_err(), "{sql}");
    }
}
