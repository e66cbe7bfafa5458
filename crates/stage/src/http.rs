//! The shop over real HTTP: a server on a free port, and a client a role.

use crate::{PASSWORD, PEOPLE, Stage};
use app::{Clock, PoolOptions, Shop};
use chrono::{DateTime, Utc};
use domain::Role;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// `http://127.0.0.1:PORT`
    pub base: String,
    stop: Option<oneshot::Sender<()>>,
}

impl Stage {
    /// Serves this stage's shop.
    pub async fn serve(&self) -> Server {
        Self::serve_shop(self.shop.clone()).await
    }

    /// Serves the same shop as it is at another instant, over connections of its own.
    pub async fn serve_at(&self, instant: DateTime<Utc>) -> Server {
        self.serve_apart(instant, "http://shop.test").await
    }

    /// Serves the same shop under another public address, over connections of its own.
    pub async fn serve_as(&self, public_url: &str) -> Server {
        self.serve_apart(crate::opening(), public_url).await
    }

    async fn serve_apart(&self, instant: DateTime<Utc>, public_url: &str) -> Server {
        let pool = PoolOptions {
            max: 4,
            min: 0,
            ..PoolOptions::default()
        };
        let zone = self.shop.zone();
        let shop = Shop::open(
            self.url(),
            Some("bizhub_app"),
            &pool,
            Clock::Fixed(instant),
            zone,
            public_url,
        )
        .await
        .unwrap();
        Self::serve_shop(shop).await
    }

    async fn serve_shop(shop: Shop) -> Server {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        // As the product does; it ends when the server closes the shop.
        let hearing = shop.clone();
        tokio::spawn(async move { hearing.hear_changes(std::future::pending()).await });
        tokio::spawn(async move {
            web::serve(listener, shop, async move {
                let _ = stopped.await;
            })
            .await
        });
        Server {
            base,
            stop: Some(stop),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// A client of the API, signed in or not.
#[derive(Debug, Clone)]
pub struct Api {
    /// The client itself, for what the shorthands do not cover.
    pub client: Client,
    base: String,
    token: Option<String>,
}

/// What came back: status and JSON (null when there was none).
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub json: Value,
    /// Headers.
    pub headers: reqwest::header::HeaderMap,
}

impl Reply {
    /// The body, after checking the status; the body stands in the failure's message.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.json);
        self.json
    }

    async fn of(response: Response) -> Reply {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        Reply {
            status,
            json: serde_json::from_str(&text).unwrap_or(Value::Null),
            headers,
        }
    }
}

/// A refusal, after checking its status, where it points (422: a field, else its code) and that its sentence says this.
#[track_caller]
pub fn refused(reply: Reply, status: u16, at: &str, says: &str) -> Value {
    let body = reply.expect(status);
    let found = match status {
        422 => &body["errors"][0]["pointer"],
        _ => &body["code"],
    };
    assert_eq!(found, at, "{body}");
    assert!(
        body["detail"].as_str().unwrap().contains(says),
        "{says:?} is not in {body}"
    );
    body
}

impl Server {
    /// A client that is not signed in.
    pub fn nobody(&self) -> Api {
        Api {
            client: Client::new(),
            base: self.base.clone(),
            token: None,
        }
    }

    /// A client signed in as the person with this role.
    pub async fn api(&self, role: Role) -> Api {
        let (username, _, _) = PEOPLE.iter().find(|(_, r, _)| *r == role).unwrap();
        self.sign_in(username, PASSWORD).await
    }

    /// Clients signed in as the persons with these roles.
    pub async fn apis<const N: usize>(&self, roles: [Role; N]) -> [Api; N] {
        let mut apis = Vec::with_capacity(N);
        for role in roles {
            apis.push(self.api(role).await);
        }
        apis.try_into().unwrap()
    }

    /// A client signed in by name.
    pub async fn sign_in(&self, username: &str, password: &str) -> Api {
        let mut api = self.nobody();
        let body = json!({"username": username, "password": password, "name": "test"});
        let answer = api.post("/auth/token", &body).await.expect(201);
        api.token = answer["token"].as_str().map(str::to_owned);
        api
    }
}

impl Api {
    /// A request under `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/api/v1{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(body).send().await.unwrap()).await
    }

    /// POST with an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Reply {
        let request = self
            .request(Method::POST, path)
            .header("Idempotency-Key", key)
            .json(body);
        Reply::of(request.send().await.unwrap()).await
    }

    /// PATCH.
    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(Method::PATCH, path).json(body).send().await.unwrap()).await
    }

    /// PATCH with `If-Match`.
    pub async fn patch_if(&self, path: &str, etag: &str, body: &Value) -> Reply {
        let request = self
            .request(Method::PATCH, path)
            .header("If-Match", etag)
            .json(body);
        Reply::of(request.send().await.unwrap()).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::DELETE, path).send().await.unwrap()).await
    }
}
