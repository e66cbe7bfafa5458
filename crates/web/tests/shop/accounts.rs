//! Accounts and security, over HTTP as a browser and as a program.

use domain::Role;
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sqlx::{Executor, Row};
use stage::http::{Api, Server};
use stage::{PASSWORD, Stage};
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

/// A browser that shows each redirect and keeps its cookies.
struct Browser {
    client: Client,
    base: String,
}

struct Page {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Page {
    #[track_caller]
    fn expect(self, status: u16) -> Page {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    fn goes_to(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(SET_COOKIE)
            .iter()
            .map(|v| v.to_str().unwrap())
            .find(|v| v.starts_with(&format!("{name}=")))
    }
}

async fn read(response: Response) -> Page {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    Page {
        status,
        headers,
        text: response.text().await.unwrap(),
    }
}

impl Browser {
    fn new(server: &Server) -> Browser {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(Policy::none())
            .build()
            .unwrap();
        Browser {
            client,
            base: server.base.clone(),
        }
    }

    /// A browser on another machine of the LAN.
    fn at(server: &Server, last: u8) -> Browser {
        let address = IpAddr::V4(Ipv4Addr::new(127, 0, 0, last));
        let client = Client::builder()
            .local_address(address)
            .redirect(Policy::none())
            .build()
            .unwrap();
        Browser {
            client,
            base: server.base.clone(),
        }
    }

    async fn signed_in(server: &Server, username: &str) -> Browser {
        let browser = Browser::new(server);
        browser.sign_in(username, PASSWORD).await.expect(303);
        browser
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    async fn get(&self, path: &str) -> Page {
        read(self.request(Method::GET, path).send().await.unwrap()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        read(
            self.request(Method::POST, path)
                .form(fields)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    async fn sign_in(&self, username: &str, password: &str) -> Page {
        self.post("/sign-in", &[("username", username), ("password", password)])
            .await
    }

    async fn token(&self, username: &str, password: &str) -> Page {
        let body = json!({"username": username, "password": password});
        read(
            self.request(Method::POST, "/api/v1/auth/token")
                .json(&body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }
}

fn new_user(username: &str, role: &str) -> Value {
    json!({"username": username, "email": format!("{username}@shop.test"), "password": PASSWORD, "role": role,
        "full_name": "Somebody New"})
}

async fn id_of(efua: &Api, username: &str) -> i64 {
    efua.get(&format!("/users?username={username}")).await.expect(200)["data"][0]["id"]
        .as_i64()
        .unwrap()
}

/// The same stage a while later: a server whose clock has moved on.
async fn serve_later(stage: &Stage, minutes: i64) -> Server {
    stage
        .serve_at(stage::opening() + chrono::TimeDelta::minutes(minutes))
        .await
}

#[tokio::test]
async fn the_seeded_password_must_be_changed_before_anything_else() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let admin = server.sign_in("admin", "changeme123").await;
    assert_eq!(
        admin.get("/auth/me").await.expect(200)["must_change_password"],
        true
    );
    for path in [
        "/users",
        "/customers",
        "/locations",
        "/auth/sessions",
        "/auth/tokens",
    ] {
        assert_eq!(
            admin.get(path).await.expect(403)["code"],
            "password_change_required",
            "{path}"
        );
    }
    let kept = admin
        .post("/customers", &json!({"full_name": "X", "phone": "0244123456"}))
        .await
        .expect(403);
    assert_eq!(kept["code"], "password_change_required");

    let browser = Browser::new(&server);
    assert!(
        browser
            .get("/sign-in")
            .await
            .expect(200)
            .text
            .contains("changeme123")
    );
    browser.sign_in("admin", "changeme123").await.expect(303);
    for path in ["/settings", "/account", "/settings/users"] {
        assert_eq!(
            browser.get(path).await.expect(303).goes_to(),
            "/account/password",
            "{path}"
        );
    }
    let form = [
        ("current_password", "changeme123"),
        ("new_password", "adinkra symbols"),
        ("new_password_again", "adinkra symbols"),
    ];
    let shown = browser
        .post(
            "/account/password",
            &[form[0], form[1], ("new_password_again", "other")],
        )
        .await
        .expect(422);
    assert!(shown.text.contains("not the same"));
    browser.post("/account/password", &form).await.expect(303);
    browser.get("/account").await.expect(200);
    // The token from before is gone with the old password; the sign-in page no longer tells the first one.
    admin.get("/auth/me").await.expect(401);
    assert!(!browser.get("/sign-in").await.text.contains("changeme123"));
    let admin = server.sign_in("ADMIN", "adinkra symbols").await;
    admin.get("/users").await.expect(200);
}

#[tokio::test]
async fn a_password_is_changed_with_the_present_one_only() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = server.api(Role::Sales).await;
    for (current, new, pointer) in [
        ("wrong-password", "adinkra symbols", "/current_password"),
        (PASSWORD, "short", "/new_password"),
        (PASSWORD, "password123", "/new_password"),
        (PASSWORD, PASSWORD, "/new_password"),
        (PASSWORD, &"ɛ".repeat(37), "/new_password"),
        (PASSWORD, &"x1".repeat(37), "/new_password"),
    ] {
        let body = json!({"current_password": current, "new_password": new});
        let problem = ama.post("/auth/password", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let other = server.api(Role::Sales).await;
    let longest = "x1".repeat(36);
    ama.post(
        "/auth/password",
        &json!({"current_password": PASSWORD, "new_password": longest}),
    )
    .await
    .expect(204);
    // This token goes on, every other one ended.
    ama.get("/auth/me").await.expect(200);
    other.get("/auth/me").await.expect(401);
    server.sign_in("ama", &longest).await;
}

#[tokio::test]
async fn wrong_is_wrong_whether_the_name_or_the_password_is() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let browser = Browser::new(&server);
    let problem = |page: Page| {
        let mut problem: Value = serde_json::from_str(&page.expect(401).text).unwrap();
        problem["instance"].take();
        problem
    };
    let wrong_password = problem(browser.token("ama", "not-her-password").await);
    assert_eq!(
        wrong_password,
        problem(browser.token("nobody", "not-her-password").await)
    );
    assert_eq!(wrong_password["code"], "not_signed_in");
    // Name and e-mail address both work, whatever their case.
    browser.token("AMA@Example.COM", PASSWORD).await.expect(201);
    browser.token(" Ama ", PASSWORD).await.expect(201);
    for username in ["x".repeat(101), "a\u{0}b".into()] {
        let status = browser.token(&username, PASSWORD).await.status;
        assert!([401, 422].contains(&status), "{status}");
    }
    let page = browser.sign_in("ama", "not-her-password").await.expect(422);
    assert!(
        page.text.contains("user name or the password is wrong") && !page.text.contains("not-her-password")
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_but_nobody_is_locked_out_of_where_they_work() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (counter, stranger) = (Browser::at(&server, 2), Browser::at(&server, 3));
    counter.token("ama", PASSWORD).await.expect(201);
    for _ in 0..8 {
        stranger.token("ama", "a guess").await.expect(401);
    }
    // Even the right password must wait now, by name and by e-mail address, on the page and over the API.
    let told = stranger.token("ama", PASSWORD).await.expect(429);
    assert!(
        told.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            > 0
    );
    assert_eq!(
        serde_json::from_str::<Value>(&told.text).unwrap()["code"],
        "too_many"
    );
    stranger.token("ama@example.com", PASSWORD).await.expect(429);
    stranger.sign_in("ama", PASSWORD).await.expect(429);
    // Where she signed in before she gets in all the same, and so do others at the stranger's address.
    counter.token("ama", PASSWORD).await.expect(201);
    stranger.token("yaw", PASSWORD).await.expect(201);
    // Waiting helps.
    let later = serve_later(&stage, 16).await;
    Browser::at(&later, 3).token("ama", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn guessing_many_names_from_one_address_is_slowed_down_too() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (counter, stranger) = (Browser::at(&server, 2), Browser::at(&server, 3));
    counter.token("ama", PASSWORD).await.expect(201);
    let mut guesses = 0;
    while stranger.token(&format!("guess{guesses}"), "a guess").await.status == 401 {
        guesses += 1;
        assert!(guesses < 100, "an address may not guess for ever");
    }
    stranger.token("kofi", PASSWORD).await.expect(429);
    counter.token("ama", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_new_password_ends_the_waiting() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let efua = server.api(Role::Admin).await;
    let stranger = Browser::at(&server, 3);
    for _ in 0..9 {
        stranger.token("kofi", "a guess").await;
    }
    stranger.token("kofi", PASSWORD).await.expect(429);
    let kofi = id_of(&efua, "kofi").await;
    efua.patch(
        &format!("/users/{kofi}"),
        &json!({"password": "waakye and shito"}),
    )
    .await
    .expect(200);
    stranger.token("kofi", "waakye and shito").await.expect(201);
}

#[tokio::test]
async fn an_admin_keeps_users_and_everybody_else_does_not() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let efua = server.api(Role::Admin).await;
    let made = efua.post("/users", &new_user("Esi.Quaye", "Sales")).await;
    let etag = made.headers["etag"].to_str().unwrap().to_owned();
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let esi = made.expect(201);
    assert_eq!(location, format!("/api/v1/users/{}", esi["id"]));
    assert_eq!(
        (&esi["must_change_password"], &esi["is_active"], &esi["phone"]),
        (&json!(false), &json!(true), &json!(null))
    );
    assert!(!esi.to_string().contains("password_hash") && !esi.to_string().contains("$2b$"));
    let path = format!("/users/{}", esi["id"]);
    assert_eq!(efua.get(&path).await.expect(200), esi);

    // One person's whatever the case, and each clash is a sentence.
    for (body, code) in [
        (
            json!({"username": "esi.quaye", "email": "other@shop.test"}),
            "username",
        ),
        (
            json!({"username": "other", "email": "ESI.QUAYE@shop.test"}),
            "email",
        ),
    ] {
        let mut clash = new_user("x", "Sales");
        clash["username"] = body["username"].clone();
        clash["email"] = body["email"].clone();
        let problem = efua.post("/users", &clash).await.expect(409);
        assert!(problem["code"].as_str().unwrap().contains(code), "{problem}");
        assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{problem}");
    }
    for (field, value) in [
        ("role", json!("Owner")),
        ("role", json!(null)),
        ("username", json!("two words")),
        ("username", json!("a@b.c")),
        ("email", json!("no address")),
        ("password", json!("short")),
        ("password", json!("changeme123")),
        ("password", json!("Zoe.Adjei")),
        ("full_name", json!("  ")),
        ("phone", json!("call me")),
        ("password_hash", json!("$2b$10$x")),
        ("id", json!(1)),
        ("last_login", json!("2026-01-01T00:00:00Z")),
    ] {
        let mut body = new_user("zoe.adjei", "Sales");
        body[field] = value;
        let problem = efua.post("/users", &body).await.expect(422);
        assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{problem}");
    }

    let changed = efua
        .patch_if(
            &path,
            &etag,
            &json!({"full_name": "Esi Quaye", "phone": "0244123456"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed["full_name"], &changed["phone"]),
        (&json!("Esi Quaye"), &json!("+233244123456"))
    );
    efua.patch_if(&path, "\"1\"", &json!({"full_name": "Nobody"}))
        .await
        .expect(412);
    assert_eq!(
        efua.patch(&path, &json!({"phone": null})).await.expect(200)["phone"],
        json!(null)
    );
    efua.patch(&path, &json!({"username": "AMA"})).await.expect(409);
    efua.patch("/users/99999", &json!({"full_name": "X"}))
        .await
        .expect(404);
    efua.get("/users/x").await.expect(404);

    for role in [Role::Manager, Role::Sales, Role::Technician, Role::Warehouse] {
        let other = server.api(role).await;
        other.get("/users").await.expect(403);
        other.get(&path).await.expect(403);
        other.post("/users", &new_user("mole", "Admin")).await.expect(403);
        other.patch(&path, &json!({"role": "Admin"})).await.expect(403);
    }
    let all = efua.get("/users?limit=200").await.expect(200);
    assert_eq!(all["data"].as_array().unwrap().len(), 7);
    assert!(!all.to_string().contains("hash"));
    let mut seen = Vec::new();
    let mut next = "/users?limit=2&sort=-created_at".to_owned();
    loop {
        let page = efua.get(&next).await.expect(200);
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|u| u["id"].as_i64().unwrap()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("/users?limit=2&sort=-created_at&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort_unstable();
    assert_eq!(seen.len(), 7, "{seen:?}");
    assert_eq!(
        efua.get("/users?role=Sales&q=quaye").await.expect(200)["data"][0]["username"],
        "Esi.Quaye"
    );
    let logged = stage
        .count("SELECT count(*) FROM audit_log WHERE before::text || after::text LIKE '%$2b$%'")
        .await;
    assert_eq!(logged, 0);
}

#[tokio::test]
async fn who_loses_role_password_or_account_is_out_at_once() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let efua = server.api(Role::Admin).await;
    let ama = id_of(&efua, "ama").await;
    let path = format!("/users/{ama}");
    for (change, back) in [
        (json!({"role": "Technician"}), json!({"role": "Sales"})),
        (json!({"is_active": false}), json!({"is_active": true})),
        (
            json!({"password": "waakye and shito"}),
            json!({"password": PASSWORD}),
        ),
    ] {
        let token = server.sign_in("ama", PASSWORD).await;
        let browser = Browser::signed_in(&server, "ama").await;
        token.get("/auth/me").await.expect(200);
        browser.get("/account").await.expect(200);
        efua.patch(&path, &change).await.expect(200);
        token.get("/auth/me").await.expect(401);
        assert!(
            browser
                .get("/account")
                .await
                .expect(303)
                .goes_to()
                .starts_with("/sign-in")
        );
        if change["is_active"] == false {
            Browser::new(&server).token("ama", PASSWORD).await.expect(401);
        }
        efua.patch(&path, &back).await.expect(200);
        // What ended stays ended.
        token.get("/auth/me").await.expect(401);
    }
    // A new name is no reason to sign anybody out.
    let token = server.sign_in("ama", PASSWORD).await;
    efua.patch(&path, &json!({"full_name": "Ama M."}))
        .await
        .expect(200);
    token.get("/auth/me").await.expect(200);
}

#[tokio::test]
async fn what_one_server_is_told_every_server_knows() {
    let stage = Stage::open().await;
    let here = stage.serve().await;
    let there = stage.serve_as("http://there.test").await;
    let efua = here.api(Role::Admin).await;
    let ama = id_of(&efua, "ama").await;
    for round in 0..20 {
        let token = there.sign_in("ama", PASSWORD).await;
        // The second is answered without asking the database, once that server hears of changes.
        token.get("/auth/me").await.expect(200);
        token.get("/auth/me").await.expect(200);
        if round % 5 == 4 {
            stage
                .count("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")
                .await;
        }
        efua.patch(&format!("/users/{ama}"), &json!({"is_active": false}))
            .await
            .expect(200);
        let told = Instant::now();
        while token.get("/auth/me").await.status != 401 {
            assert!(
                told.elapsed() < Duration::from_secs(2),
                "round {round}: still let in"
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        efua.patch(&format!("/users/{ama}"), &json!({"is_active": true}))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn the_shop_never_loses_its_last_admin() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let efua = server.api(Role::Admin).await;
    let (me, admin, kwame) = (
        id_of(&efua, "efua").await,
        id_of(&efua, "admin").await,
        id_of(&efua, "kwame").await,
    );
    for change in [json!({"role": "Sales"}), json!({"is_active": false})] {
        let problem = efua.patch(&format!("/users/{me}"), &change).await.expect(409);
        assert_eq!(problem["code"], "own_account");
    }
    let own = efua
        .patch(&format!("/users/{me}"), &json!({"password": "waakye and shito"}))
        .await
        .expect(409);
    assert_eq!(own["code"], "own_password");
    efua.patch(&format!("/users/{admin}"), &json!({"is_active": false}))
        .await
        .expect(200);
    let problem = efua
        .patch(&format!("/users/{me}"), &json!({"is_active": false}))
        .await
        .expect(409);
    assert_eq!(problem["code"], "last_admin");

    // Two Admins who take the role from each other at the same moment: one of them keeps it.
    efua.patch(&format!("/users/{kwame}"), &json!({"role": "Admin"}))
        .await
        .expect(200);
    let kwame_api = server.sign_in("kwame", PASSWORD).await;
    let demote = json!({"role": "Sales"});
    let (his, hers) = (format!("/users/{kwame}"), format!("/users/{me}"));
    let (one, two) = tokio::join!(efua.patch(&his, &demote), kwame_api.patch(&hers, &demote));
    assert_ne!(
        one.status == 200,
        two.status == 200,
        "{} and {}",
        one.json,
        two.json
    );
    assert_eq!(
        stage
            .count("SELECT count(*) FROM users WHERE role = 'Admin' AND is_active")
            .await,
        1
    );
}

#[tokio::test]
async fn tokens_are_shown_once_and_end() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (ama, kofi) = (server.api(Role::Sales).await, server.api(Role::Technician).await);
    let made = ama
        .post(
            "/auth/tokens",
            &json!({"name": "Label printer", "expires_in_days": 7}),
        )
        .await
        .expect(201);
    let secret = made["token"].as_str().unwrap().to_owned();
    assert_eq!(made["expires_at"], "2026-01-21T10:00:00Z");
    let listed = ama.get("/auth/tokens").await.expect(200);
    assert_eq!(listed["data"][0]["name"], "Label printer");
    assert!(
        listed["data"]
            .as_array()
            .unwrap()
            .iter()
            .any(|t| t["current"] == true)
    );
    assert!(!listed.to_string().contains(&secret));
    for body in [
        json!({"name": ""}),
        json!({"name": "x", "expires_in_days": 0}),
        json!({"name": "x", "expires_in_days": 366}),
    ] {
        ama.post("/auth/tokens", &body).await.expect(422);
    }
    // The secret is nowhere in the database, not even in the answer kept for a repeated request.
    let body = json!({"name": "Twice"});
    let once = ama.post_once("/auth/tokens", "k1", &body).await.expect(201);
    let again = ama.post_once("/auth/tokens", "k1", &body).await.expect(201);
    assert_eq!((&again["id"], &again["token"]), (&once["id"], &json!(null)));
    let kept = once["token"].as_str().unwrap().to_owned();
    let mut conn = stage.superuser().await;
    let found: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM idempotency_keys WHERE convert_from(body, 'UTF8') LIKE '%' || $1 || '%'",
    )
    .bind(&kept)
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(found, 0);

    let client = Client::new();
    let me = async |server: &Server, token: &str| {
        let request = client
            .get(format!("{}/api/v1/auth/me", server.base))
            .bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(me(&server, &secret).await, 200);
    let later = serve_later(&stage, 7 * 24 * 60 + 1).await;
    assert_eq!(me(&later, &secret).await, 401, "an expired token");
    // Another person's token is not there for others, but an Admin may revoke it.
    let id = made["id"].as_i64().unwrap();
    kofi.delete(&format!("/auth/tokens/{id}")).await.expect(404);
    assert_eq!(me(&server, &secret).await, 200);
    server
        .api(Role::Admin)
        .await
        .delete(&format!("/auth/tokens/{id}"))
        .await
        .expect(204);
    assert_eq!(me(&server, &secret).await, 401, "a revoked token");
    ama.delete(&format!("/auth/tokens/{id}")).await.expect(404);
    for wrong in ["", "x", "Bearer", &"a".repeat(5000)] {
        assert_eq!(me(&server, wrong).await, 401);
    }
    ama.delete("/auth/token").await.expect(204);
    ama.get("/auth/me").await.expect(401);
}

#[tokio::test]
async fn sessions_are_listed_ended_and_run_out() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (till, phone) = (
        Browser::signed_in(&server, "ama").await,
        Browser::signed_in(&server, "ama").await,
    );
    let ama = server.api(Role::Sales).await;
    let page = till.get("/account").await.expect(200);
    assert!(page.text.contains("This one") && page.text.contains("Sign out everywhere"));
    let sessions = ama.get("/auth/sessions").await.expect(200);
    assert_eq!(sessions["data"].as_array().unwrap().len(), 2);
    assert!(!sessions.to_string().contains("hash"));
    let newest = sessions["data"][0]["id"].as_i64().unwrap();
    server
        .api(Role::Technician)
        .await
        .delete(&format!("/auth/sessions/{newest}"))
        .await
        .expect(404);
    till.post(&format!("/account/sessions/{newest}/end"), &[])
        .await
        .expect(303);
    phone.get("/account").await.expect(303);
    till.get("/account").await.expect(200);

    // A token made on the page is shown in that answer only.
    let form = [
        ("name", "Label printer"),
        ("expires_in_days", "7"),
        ("form_key", "k7"),
    ];
    let shown = till.post("/account/tokens", &form).await.expect(201);
    assert!(shown.text.contains("data-copy="));
    till.post("/account/tokens", &form).await.expect(303);
    let listed = till.get("/account").await.expect(200).text;
    assert!(listed.contains("Label printer") && !listed.contains("data-copy="));
    assert!(
        till.post("/account/tokens", &[("name", ""), ("form_key", "k8")])
            .await
            .expect(422)
            .text
            .contains("fill this in")
    );

    let out = till.post("/account/sign-out-everywhere", &[]).await.expect(303);
    assert_eq!(out.goes_to(), "/sign-in");
    till.get("/account").await.expect(303);
    ama.get("/auth/me").await.expect(401);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")
            .await,
        0
    );

    // Idle for twelve hours, or a week old: signed out.
    let signed_in = till.sign_in("ama", PASSWORD).await.expect(303);
    let cookie = signed_in
        .cookie("bizhub")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let account = async |server: &Server| {
        let request = Client::builder()
            .redirect(Policy::none())
            .build()
            .unwrap()
            .get(format!("{}/account", server.base));
        request
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(account(&serve_later(&stage, 12 * 60 - 1).await).await, 200);
    assert_eq!(account(&serve_later(&stage, 24 * 60).await).await, 303);
}

#[tokio::test]
async fn the_session_cookie_is_well_kept() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let first = Browser::new(&server).sign_in("ama", PASSWORD).await.expect(303);
    let plain = first.cookie("bizhub").unwrap();
    assert!(
        plain.contains("; HttpOnly") && plain.contains("; SameSite=Lax") && plain.contains("; Path=/"),
        "{plain}"
    );
    assert!(!plain.contains("Secure") && !plain.contains("Domain"), "{plain}");
    let second = Browser::new(&server).sign_in("ama", PASSWORD).await.expect(303);
    assert_ne!(
        plain,
        second.cookie("bizhub").unwrap(),
        "each sign-in has a session of its own"
    );

    let secure = stage.serve_as("https://shop.example").await;
    let page = Browser::new(&secure).sign_in("ama", PASSWORD).await.expect(303);
    let cookie = page.cookie("__Host-bizhub").unwrap();
    assert!(
        cookie.contains("; Secure") && cookie.contains("; HttpOnly") && cookie.contains("; Path=/"),
        "{cookie}"
    );
    assert!(
        cookie.contains("; SameSite=Lax") && !cookie.contains("Domain"),
        "{cookie}"
    );
    // A cookie under the plain name, which another service of this host could have set, is not looked at.
    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    let browser = Browser::new(&secure);
    let with = async |name: &str| {
        let request = browser
            .request(Method::GET, "/account")
            .header("cookie", format!("{name}={secret}"));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((with("__Host-bizhub").await, with("bizhub").await), (200, 303));
}

#[tokio::test]
async fn signing_in_goes_on_to_pages_of_our_own_only() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let wanted = Browser::new(&server)
        .get("/settings/locations?x=1")
        .await
        .expect(303);
    assert_eq!(wanted.goes_to(), "/sign-in?next=%2Fsettings%2Flocations%3Fx%3D1");
    for (next, goes_to) in [
        ("/settings/locations", "/settings/locations"),
        ("https://evil.example", "/sell"),
        ("//evil.example", "/sell"),
        ("/\\evil.example", "/sell"),
        ("/\t/evil.example", "/sell"),
        ("\t//evil.example", "/sell"),
        ("/\n/evil.example", "/sell"),
        ("javascript:alert(1)", "/sell"),
        ("/sign-out", "/sell"),
        ("", "/sell"),
    ] {
        let form = [("username", "ama"), ("password", PASSWORD), ("next", next)];
        let page = Browser::new(&server).post("/sign-in", &form).await.expect(303);
        assert_eq!(page.goes_to(), goes_to, "{next:?}");
        let query = serde_urlencoded::to_string([("next", next)]).unwrap();
        let page = Browser::new(&server)
            .get(&format!("/sign-in?{query}"))
            .await
            .expect(200);
        assert!(!page.text.contains("evil"), "{next:?}");
    }
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let browser = Browser::signed_in(&server, "efua").await;
    let host = server.base.trim_start_matches("http://").to_owned();
    let body = [("location_name", "From elsewhere")];
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
    ] {
        let page = browser
            .request(Method::POST, "/settings/locations")
            .header(name, value)
            .form(&body);
        assert_eq!(page.send().await.unwrap().status(), 403, "{name}: {value}");
        let call = browser
            .request(Method::POST, "/api/v1/locations")
            .header(name, value)
            .json(&json!({"location_name": "X"}));
        let problem: Value = call.send().await.unwrap().json().await.unwrap();
        assert_eq!(problem["code"], "cross_site", "{name}: {value}");
        let call = browser
            .request(Method::DELETE, "/api/v1/auth/token")
            .header(name, value);
        assert_eq!(call.send().await.unwrap().status(), 403);
        let sign_in = browser.request(Method::POST, "/sign-in").header(name, value);
        assert_eq!(
            sign_in
                .form(&[("username", "ama"), ("password", PASSWORD)])
                .send()
                .await
                .unwrap()
                .status(),
            403
        );
    }
    assert_eq!(stage.count("SELECT count(*) FROM locations").await, 5);
    for (name, value) in [
        ("sec-fetch-site", "same-origin".to_owned()),
        ("origin", format!("http://{host}")),
    ] {
        let page = browser
            .request(Method::POST, "/settings/locations")
            .header(name, &value);
        let location = format!("From {name}");
        let page = read(
            page.form(&[("location_name", location.as_str())])
                .send()
                .await
                .unwrap(),
        )
        .await;
        page.expect(303);
    }
    // Links from elsewhere may be followed: reading changes nothing.
    let page = browser
        .request(Method::GET, "/settings/locations")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(page.send().await.unwrap().status(), 200);
}

/// Everything that a GET could have changed; when somebody was seen is noted on purpose.
async fn fingerprint(stage: &Stage) -> String {
    let mut conn = stage.superuser().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'
         AND tablename NOT IN ('sessions', 'api_tokens') ORDER BY 1",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let mut sum = String::new();
    for table in tables {
        let sql =
            format!("SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t");
        let one: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&mut conn)
            .await
            .unwrap();
        sum.push_str(&format!("{table} {one}\n"));
    }
    sum
}

#[tokio::test]
async fn reading_changes_nothing() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let browser = Browser::signed_in(&server, "efua").await;
    let before = fingerprint(&stage).await;
    let (_, sheet) = web::document_and_sheet();
    for line in sheet {
        let path = line.path.replace("{id}", "1");
        // A path that only takes POST does not take GET for it.
        let page = browser.get(&path).await;
        assert!(page.status < 500, "{path}: {}", page.text);
        if !browser_takes_get(&line.path) {
            assert!(page.status >= 400, "GET {path} did something: {}", page.status);
        }
    }
    assert_eq!(fingerprint(&stage).await, before);
}

fn browser_takes_get(path: &str) -> bool {
    web::document_and_sheet()
        .1
        .iter()
        .any(|line| line.method == "GET" && line.path == path)
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let browser = Browser::signed_in(&server, "efua").await;
    for path in [
        "/sign-in",
        "/settings",
        "/settings/users",
        "/account",
        "/no-such-page",
        "/settings/users/99999",
        "/static/icon.svg",
        "/static/no-such-file",
        "/healthz",
        "/readyz",
        "/api/docs",
        "/api/v1/openapi.json",
        "/api/v1/users",
        "/api/v1/no-such-call",
        "/api/v1/users/0",
        "/",
    ] {
        let page = browser.get(path).await;
        let header = |name: &str| {
            page.headers
                .get(name)
                .map_or("", |v| v.to_str().unwrap())
                .to_owned()
        };
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains('*'),
            "{path}: {policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"),
            "{path}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(!header("x-request-id").is_empty(), "{path}");
        let public = path.starts_with("/static/") && page.status == 200;
        assert_eq!(
            header("cache-control").contains("no-store"),
            !public,
            "{path}: {}",
            header("cache-control")
        );
        if header("content-type").starts_with("text/html") {
            for inline in [
                "style=\"",
                "onclick",
                "onload",
                "<style",
                "javascript:",
                "http://",
                "https://",
            ] {
                assert!(!page.text.contains(inline), "{path} contains {inline}");
            }
            assert!(
                page.text
                    .match_indices("<script")
                    .all(|(at, _)| page.text[at..].starts_with("<script src=\"/static/")),
                "{path}"
            );
        }
    }
    // An id of the client's is kept if it is harmless.
    let own = browser
        .request(Method::GET, "/healthz")
        .header("x-request-id", "till-7.1")
        .send()
        .await
        .unwrap();
    assert_eq!(own.headers()["x-request-id"], "till-7.1");
    let other = browser
        .request(Method::GET, "/healthz")
        .header("x-request-id", "a b<c>")
        .send()
        .await
        .unwrap();
    assert_ne!(other.headers()["x-request-id"], "a b<c>");
}

#[tokio::test]
async fn refusals_of_the_api_have_one_shape() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let browser = Browser::new(&server);
    let efua = server.api(Role::Admin).await;
    let large = "x".repeat(3 * 1024 * 1024);
    let cases: Vec<(RequestBuilder, u16, &str)> = vec![
        (
            browser.request(Method::GET, "/api/v1/users"),
            401,
            "not_signed_in",
        ),
        (
            browser
                .request(Method::GET, "/api/v1/users")
                .header("authorization", "Basic eDp4"),
            401,
            "not_signed_in",
        ),
        (
            browser.request(Method::GET, "/api/v1/no-such-call"),
            404,
            "not_found",
        ),
        (
            browser.request(Method::PUT, "/api/v1/users"),
            405,
            "method_not_allowed",
        ),
        (
            browser.request(Method::DELETE, "/api/v1/auth/me"),
            405,
            "method_not_allowed",
        ),
        (efua.request(Method::GET, "/users/1234567"), 404, "not_found"),
        (efua.request(Method::GET, "/users/abc"), 404, "not_found"),
        (
            efua.request(Method::POST, "/users")
                .body("{")
                .header("content-type", "application/json"),
            400,
            "unreadable",
        ),
        (
            efua.request(Method::POST, "/users").body("a=b"),
            415,
            "unsupported_media_type",
        ),
        (
            efua.request(Method::POST, "/users").json(&json!({})),
            422,
            "invalid",
        ),
        (
            efua.request(Method::POST, "/users")
                .json(&json!({ "username": large })),
            413,
            "too_large",
        ),
    ];
    for (request, status, code) in cases {
        let response = request.send().await.unwrap();
        let told = format!("{} {}", response.url(), response.status());
        assert_eq!(response.status().as_u16(), status, "{told}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json",
            "{told}"
        );
        assert_eq!(
            response.headers().contains_key("www-authenticate"),
            status == 401,
            "{told}"
        );
        let problem: Value = response.json().await.unwrap();
        assert_eq!(
            (problem["status"].as_u64(), problem["code"].as_str()),
            (Some(u64::from(status)), Some(code)),
            "{problem}"
        );
        for field in ["type", "title", "detail"] {
            assert!(!problem[field].as_str().unwrap().is_empty(), "{problem}");
        }
    }
}

#[tokio::test]
async fn every_call_is_for_whom_the_documents_say() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (document, sheet) = web::document_and_sheet();
    let document = serde_json::to_value(document).unwrap();
    let mut people = Vec::new();
    for role in Role::ALL {
        people.push((*role, server.api(*role).await));
    }
    let nobody = server.nobody();
    let mut walked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase();
            let line = sheet
                .iter()
                .find(|l| l.method == method && l.path == *path)
                .unwrap_or_else(|| panic!("{method} {path}"));
            let path = path.trim_start_matches("/api/v1");
            // Numbers that nobody has and a body that nothing takes: whoever is let in changes nothing.
            let mut filled = String::new();
            for part in path.split('/').skip(1) {
                filled.push('/');
                filled.push_str(if part.starts_with('{') { "2147483647" } else { part });
            }
            let send = async |api: &Api| {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let reads = method == Method::GET || method == Method::DELETE;
                let request = api.request(method, &filled);
                let request = if reads {
                    request
                } else {
                    request.json(&json!({"no_such_field": 1}))
                };
                let response = request.send().await.unwrap();
                let status = response.status().as_u16();
                let body = response.bytes().await.unwrap();
                (status, serde_json::from_slice::<Value>(&body).unwrap_or_default())
            };
            let public = operation["security"] == json!([]);
            assert_eq!(public, line.access == web::Access::Public, "{method} {path}");
            let (status, problem) = send(&nobody).await;
            assert_eq!(
                status == 401,
                !public,
                "{method} {path} without credentials: {status} {problem}"
            );
            let web::Access::Any(capabilities) = line.access else {
                continue;
            };
            walked += 1;
            if (method.as_str(), path) == ("DELETE", "/auth/token") {
                continue; // It would end the walk; its own story tests it.
            }
            for (role, api) in &people {
                let may = capabilities.iter().any(|c| role.can(*c));
                let (status, problem) = send(api).await;
                assert_eq!(
                    status == 403,
                    !may,
                    "{method} {path} as {role}: {status} {problem}"
                );
                assert!(
                    status != 401 && status < 500,
                    "{method} {path} as {role}: {status} {problem}"
                );
                if !may {
                    assert_eq!(problem["code"], "not_allowed", "{method} {path} as {role}");
                }
            }
        }
    }
    assert!(walked > 15, "{walked}");
}

#[tokio::test]
async fn every_page_is_for_whom_the_sheet_says() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let (_, sheet) = web::document_and_sheet();
    let mut people = Vec::new();
    for (role, name) in [
        (Role::Admin, "efua"),
        (Role::Manager, "kwame"),
        (Role::Sales, "ama"),
        (Role::Technician, "kofi"),
        (Role::Warehouse, "yaw"),
    ] {
        people.push((role, Browser::signed_in(&server, name).await));
    }
    let nobody = Browser::new(&server);
    for line in sheet.iter().filter(|line| !line.path.starts_with("/api/v1/")) {
        let web::Access::Any(capabilities) = line.access else {
            continue;
        };
        let mut path = String::new();
        for part in line.path.split('/').skip(1) {
            path.push('/');
            path.push_str(if part.starts_with('{') { "2147483647" } else { part });
        }
        let send = async |browser: &Browser| match line.method.as_str() {
            "GET" => browser.get(&path).await,
            _ => browser.post(&path, &[]).await,
        };
        let page = send(&nobody).await;
        assert!(
            page.status == 303 && page.goes_to().starts_with("/sign-in"),
            "{} {path}: {}",
            line.method,
            page.status
        );
        for (role, browser) in &people {
            let may = capabilities.iter().any(|c| role.can(*c));
            if may && line.method != "GET" {
                continue; // Forms have an effect; their stories test them.
            }
            let page = send(browser).await;
            assert_eq!(
                page.status == 403,
                !may,
                "{} {path} as {role}: {}",
                line.method,
                page.status
            );
            assert!(
                page.status < 500,
                "{} {path} as {role}: {}",
                line.method,
                page.text
            );
            assert!(
                !page.goes_to().starts_with("/sign-in"),
                "{} {path} as {role}",
                line.method
            );
        }
    }
}

#[tokio::test]
async fn efua_keeps_users_in_the_browser() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let efua = Browser::signed_in(&server, "efua").await;
    let form = [
        ("form_key", "u1"),
        ("username", "esi"),
        ("email", "esi@shop.test"),
        ("full_name", "Esi Quaye"),
        ("role", "Sales"),
        ("phone", ""),
        ("password", " waakye and shito "),
    ];
    assert_eq!(
        efua.post("/settings/users", &form).await.expect(303).goes_to(),
        "/settings/users"
    );
    efua.post("/settings/users", &form).await.expect(303);
    assert_eq!(
        stage
            .count("SELECT count(*) FROM users WHERE username = 'esi'")
            .await,
        1,
        "a double click is one user"
    );
    let mut clash = form;
    clash[0] = ("form_key", "u2");
    let page = efua.post("/settings/users", &clash).await.expect(422);
    assert!(
        page.text.contains("username is taken")
            && page.text.contains("esi@shop.test")
            && !page.text.contains("waakye")
    );
    clash[4] = ("role", "");
    assert!(
        efua.post("/settings/users", &clash)
            .await
            .expect(422)
            .text
            .contains("fill this in")
    );

    // Her first password, spaces and all, lets her in and must be changed.
    let esi = Browser::new(&server);
    esi.sign_in("esi", "waakye and shito").await.expect(422);
    esi.sign_in("esi", " waakye and shito ").await.expect(303);
    assert_eq!(
        esi.get("/account").await.expect(303).goes_to(),
        "/account/password"
    );

    let list = efua.get("/settings/users?q=quaye").await.expect(200).text;
    assert!(
        list.contains("Esi Quaye") && list.contains("Must change password") && !list.contains("Kofi Owusu")
    );
    let at = list
        .find("/settings/users/")
        .map(|_| ())
        .and_then(|()| list.split("row-link\" href=\"").nth(1))
        .unwrap();
    let path = at.split('"').next().unwrap().to_owned();
    assert!(efua.get(&path).await.expect(200).text.contains("Set password"));
    let change = [
        ("username", "esi"),
        ("email", "esi@shop.test"),
        ("full_name", "Esi Q."),
        ("role", "Technician"),
        ("phone", "0244123456"),
    ];
    efua.post(&path, &change).await.expect(303);
    let row: (String, String, bool, Option<String>) =
        sqlx::query_as("SELECT full_name, role, is_active, phone FROM users WHERE username = 'esi'")
            .fetch_one(&mut stage.superuser().await)
            .await
            .unwrap();
    assert_eq!(
        row,
        (
            "Esi Q.".into(),
            "Technician".into(),
            false,
            Some("+233244123456".into())
        )
    );
    esi.get("/account/password").await.expect(303);
    assert!(
        efua.post(&format!("{path}/password"), &[("password", "short")])
            .await
            .expect(422)
            .text
            .contains("at least 8")
    );
    efua.post(&format!("{path}/password"), &[("password", "banku and tilapia")])
        .await
        .expect(303);
    efua.post(&format!("{path}/sign-out"), &[]).await.expect(303);
    efua.get("/settings/users/0").await.expect(404);

    // The seeded administrator's address stays as it is when something else is changed.
    let admin = stage
        .count("SELECT id::bigint FROM users WHERE username = 'admin'")
        .await;
    let change = [
        ("username", "admin"),
        ("email", "admin@localhost"),
        ("full_name", "The Boss"),
        ("role", "Admin"),
        ("is_active", "true"),
    ];
    efua.post(&format!("/settings/users/{admin}"), &change)
        .await
        .expect(303);
}

#[tokio::test]
async fn kwame_keeps_the_short_lists_and_efua_the_settings() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let kwame = Browser::signed_in(&server, "kwame").await;
    let hub = kwame.get("/settings").await.expect(200).text;
    assert!(
        hub.contains("/settings/lead-sources")
            && !hub.contains("/settings/users")
            && !hub.contains("/settings/shop")
    );
    kwame
        .post(
            "/settings/lead-sources",
            &[("source_name", "Radio"), ("form_key", "r1")],
        )
        .await
        .expect(303);
    let page = kwame
        .post(
            "/settings/lead-sources",
            &[("source_name", "Radio"), ("form_key", "r2")],
        )
        .await
        .expect(422);
    assert!(page.text.contains("exists already"));
    let radio = stage
        .count("SELECT id::bigint FROM lead_sources WHERE source_name = 'Radio'")
        .await;
    let path = format!("/settings/lead-sources/{radio}");
    assert!(
        kwame
            .post(&path, &[("source_name", "Instagram")])
            .await
            .expect(422)
            .text
            .contains("exists already")
    );
    kwame
        .post(&path, &[("source_name", "Radio & TV")])
        .await
        .expect(303);
    assert!(
        kwame
            .get("/settings/lead-sources")
            .await
            .expect(200)
            .text
            .contains("Not used any more")
    );
    let location = stage
        .count("SELECT id::bigint FROM locations WHERE location_name = 'Backroom'")
        .await;
    kwame
        .post(
            &format!("/settings/locations/{location}"),
            &[("location_name", "Store room")],
        )
        .await
        .expect(303);
    assert_eq!(
        stage
            .count(
                "SELECT count(*) FROM locations WHERE location_name = 'Store room' AND description IS NULL"
            )
            .await,
        1
    );
    kwame
        .post("/settings/locations/999999", &[("location_name", "X")])
        .await
        .expect(404);

    let ama = server.api(Role::Sales).await;
    let sources = ama.get("/lead-sources?is_active=false").await.expect(200);
    assert_eq!(sources["data"][0]["source_name"], "Radio & TV");
    ama.post("/lead-sources", &json!({"source_name": "X"}))
        .await
        .expect(403);
    let manager = server.api(Role::Manager).await;
    let made = manager
        .post("/lead-sources", &json!({"source_name": "Billboard"}))
        .await
        .expect(201);
    assert_eq!(made["is_active"], true);
    let path = format!("/lead-sources/{}", made["id"]);
    assert_eq!(
        manager
            .patch(&path, &json!({"is_active": false}))
            .await
            .expect(200)["source_name"],
        "Billboard"
    );
    manager
        .patch(&path, &json!({"source_name": "Radio & TV"}))
        .await
        .expect(409);
    manager
        .patch("/lead-sources/999999", &json!({}))
        .await
        .expect(404);

    let efua = Browser::signed_in(&server, "efua").await;
    assert!(
        efua.get("/settings/shop")
            .await
            .expect(200)
            .text
            .contains("Payless4Tech")
    );
    let form = |changes: &[(&'static str, &'static str)]| {
        let mut fields = vec![
            ("name", "Payless4Tech"),
            ("city", "Accra"),
            ("country", "Ghana"),
            ("allowed_discount_percent", "10"),
            ("hold_hours", "48"),
            ("warranty_standard_days", "90"),
            ("warranty_premium_days", "365"),
            ("tax_mode", "off"),
        ];
        for (name, value) in changes {
            fields.retain(|(n, _)| n != name);
            fields.push((name, value));
        }
        fields
    };
    for (name, value) in [
        ("allowed_discount_percent", "101"),
        ("allowed_discount_percent", "a lot"),
        ("hold_hours", "0"),
        ("warranty_standard_days", "99999"),
        ("tax_mode", "maybe"),
        ("tax_mode", "inclusive"),
        ("tax_rates", "VAT"),
        ("email", "nowhere"),
        ("name", ""),
    ] {
        let page = efua
            .post("/settings/shop", &form(&[(name, value)]))
            .await
            .expect(422);
        assert!(page.text.contains("field-error"), "{name} = {value}");
    }
    assert_eq!(
        stage
            .count("SELECT count(*) FROM audit_log WHERE entity = 'settings'")
            .await,
        0
    );
    let good = form(&[
        ("address", "Oxford Street 7"),
        ("allowed_discount_percent", "7.5"),
        ("tax_mode", "inclusive"),
        ("tax_rates", "VAT 15\r\nNHIL 2.5%"),
    ]);
    efua.post("/settings/shop", &good).await.expect(303);
    let now = stage.shop.settings().await.unwrap();
    assert_eq!(
        (
            now.shop.address.as_str(),
            now.allowed_discount_percent.to_string().as_str()
        ),
        ("Oxford Street 7", "7.5")
    );
    assert_eq!(
        (now.tax.mode.as_str(), now.tax.rates.len(), now.hold_hours),
        ("inclusive", 2, 48)
    );
    // Only what was changed is written: the other keys are nobody's still.
    assert_eq!(
        stage
            .count("SELECT count(*) FROM settings WHERE updated_by IS NOT NULL")
            .await,
        3
    );
    let page = efua.get("/settings/shop").await.expect(200).text;
    assert!(page.contains("NHIL 2.5") && page.contains("Oxford Street 7"));
}

#[tokio::test]
async fn looks_are_kept_by_the_browser() {
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let ama = Browser::signed_in(&server, "ama").await;
    let page = ama.post("/account/theme", &[("theme", "dark")]).await.expect(303);
    assert!(page.cookie("theme").unwrap().contains("SameSite=Lax"));
    assert!(ama.get("/account").await.text.contains("data-theme=\"dark\""));
    assert!(ama.get("/sign-in").await.text.contains("data-theme=\"dark\""));
    let page = ama
        .post("/account/theme", &[("theme", "x; Domain=evil")])
        .await
        .expect(303);
    assert!(page.cookie("theme").unwrap().starts_with("theme=auto;"));
    let docs = Browser::new(&server).get("/api/docs").await.expect(200).text;
    assert!(
        docs.contains("/api/v1/users/{id}") && docs.contains("Who may: Admin"),
        "the API can be read without signing in"
    );
}

#[tokio::test]
async fn accounts_from_the_command_line() {
    use app::accounts::console;
    use app::accounts::credentials::NewToken;
    let stage = Stage::open().await;
    let server = stage.serve().await;
    let user = console::ConsoleUser {
        username: "esi".parse().unwrap(),
        email: None,
        role: Role::Sales,
        full_name: "Esi Quaye".parse().unwrap(),
        phone: None,
    };
    let esi = console::user_add(&stage.shop, user.clone(), "waakye and shito".parse().unwrap())
        .await
        .unwrap();
    assert!(esi.must_change_password && esi.email == "esi@localhost");
    let twice = console::user_add(&stage.shop, user, "waakye and shito".parse().unwrap())
        .await
        .unwrap_err();
    assert_eq!(twice.sentence(), "This username is taken. Choose another.");
    console::user_set_password(&stage.shop, "ESI", "banku and tilapia".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(
        server
            .sign_in("esi", "banku and tilapia")
            .await
            .get("/users")
            .await
            .json["code"],
        "password_change_required"
    );
    assert_eq!(console::user_list(&stage.shop).await.unwrap().len(), 7);
    let new = NewToken {
        name: "till".parse().unwrap(),
        expires_in_days: Some(1),
    };
    let token = console::token_create(&stage.shop, "kwame", new.clone())
        .await
        .unwrap()
        .token
        .unwrap();
    let me = Client::new()
        .get(format!("{}/api/v1/auth/me", server.base))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(me.json::<Value>().await.unwrap()["username"], "kwame");
    let missing = console::token_create(&stage.shop, "nobody", new)
        .await
        .unwrap_err();
    assert!(missing.sentence().contains("bizhub user list"), "{missing}");
}

#[tokio::test]
async fn work_that_is_cut_off_leaves_no_transaction_open() {
    let stage = Stage::open().await;
    let actor = stage.actor(Role::Sales).await;
    // One connection: whatever a cut-off transaction leaves behind, the next one meets.
    let pool = app::PoolOptions {
        max: 1,
        min: 0,
        acquire_timeout: Duration::from_secs(20),
        ..app::PoolOptions::default()
    };
    let clock = app::Clock::Fixed(stage::opening());
    let shop = app::Shop::open(
        stage.url(),
        Some("bizhub_app"),
        &pool,
        clock,
        chrono_tz::Africa::Accra,
        "http://x",
    )
    .await
    .unwrap();
    let mut finished = 0;
    for polls in 1..40 {
        let new: app::customers::NewCustomer =
            serde_json::from_value(json!({"full_name": format!("Customer {polls}"), "phone": "0244123456"}))
                .unwrap();
        let done = cut_off_after(polls, app::customers::create(&shop, &actor, new)).await;
        finished += i64::from(done.is_some());
        let mut conn = shop.read().await.unwrap();
        // As one simple query: a transaction that was open before has an earlier now(), and says for whom it was.
        let sql = "SELECT now() = statement_timestamp() AND shop_actor() IS NULL AS fresh";
        let row = conn.fetch_one(sqlx::raw_sql(sql)).await.unwrap();
        assert!(
            row.get::<bool, _>("fresh"),
            "cut off after {polls} polls, a transaction stayed open"
        );
    }
    assert!(finished > 0, "it must get through in the end");
    let idle = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(stage.count(idle).await, 0);
    let stored = stage.count("SELECT count(*) FROM customers").await;
    let audited = stage
        .count("SELECT count(*) FROM audit_log WHERE entity = 'customers'")
        .await;
    assert_eq!(stored, audited, "never half");
    assert!(stored >= finished);
}

/// Polls the work so many times and drops it, wherever it is then.
async fn cut_off_after<F: Future>(polls: usize, work: F) -> Option<F::Output> {
    let mut work = Box::pin(work);
    let mut left = polls;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return std::task::Poll::Ready(None);
        }
        left -= 1;
        match work.as_mut().poll(context) {
            std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
            std::task::Poll::Pending if left == 0 => std::task::Poll::Ready(None),
            std::task::Poll::Pending => std::task::Poll::Pending,
        }
    })
    .await
}
