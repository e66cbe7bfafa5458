//! An SMS, by the shop's HTTP gateway.

use super::send::{ATTEMPT, Outcome};
use super::ways::{Sms, SmsBody, SmsMethod};
use domain::message::fill;
use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

/// One call of the gateway, ready to be made. Its `Debug` says where it goes and nothing else: the rest may hold the key.
pub(super) struct Call {
    host: String,
    port: u16,
    encrypted: bool,
    request: Request<Full<Bytes>>,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({}:{})", self.host, self.port)
    }
}

fn in_address(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

fn in_json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// In one pass, so that a value that reads like a placeholder stays what it is.
fn in_json_body(template: &str, values: &[(&str, &str)]) -> String {
    let mut body = String::with_capacity(template.len() + 200);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        body.push_str(before);
        let (own, used) = values
            .iter()
            .find(|(name, _)| after.starts_with(name))
            .map_or_else(
                || ("{".to_owned(), 1),
                |(name, value)| (in_json(value), name.len()),
            );
        body.push_str(&own);
        rest = &after[used..];
    }
    body.push_str(rest);
    body
}

impl Call {
    /// Puts the values where they go. What is wrong with the set-up names its field.
    pub(super) fn new(sms: &Sms, key: &str, to: &str, text: &str) -> Result<Call, (&'static str, String)> {
        let value = |escape: fn(&str) -> String| {
            move |name: &str| match name {
                "to" => Some(escape(to)),
                "text" => Some(escape(text)),
                "secret" => Some(escape(key)),
                _ => None,
            }
        };
        let wrong_address = || {
            (
                "sms_url",
                "Give the whole address, like https://sms.example.com/send.".to_owned(),
            )
        };
        let uri: Uri = fill(&sms.url, value(in_address))
            .parse()
            .map_err(|_| wrong_address())?;
        let encrypted = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong_address()),
        };
        let authority = uri.authority().ok_or_else(wrong_address)?;
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        if host.is_empty()
            || authority.as_str().contains('@')
            || sms.url.split(['/', '?']).nth(2).is_none_or(|h| h.contains('{'))
        {
            return Err(wrong_address());
        }
        let port = authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let (kind, body) = match sms.kind {
            // The placeholders of JSON stand between braces of JSON, so each is replaced by its name.
            SmsBody::Json => {
                let body = in_json_body(&sms.body, &[("{to}", to), ("{secret}", key), ("{text}", text)]);
                if serde_json::from_str::<serde_json::Value>(&body).is_err() {
                    return Err((
                        "sms_body",
                        "This is not JSON. Write it like {\"to\": \"{to}\", \"message\": \"{text}\"}.".into(),
                    ));
                }
                (Some("application/json"), body)
            }
            SmsBody::Form => (
                Some("application/x-www-form-urlencoded"),
                fill(&sms.body, value(in_address)),
            ),
            SmsBody::None => (None, String::new()),
        };
        let method = match sms.method {
            SmsMethod::Post => Method::POST,
            SmsMethod::Get => Method::GET,
            SmsMethod::Put => Method::PUT,
        };
        let path = uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, authority.as_str())
            .header(USER_AGENT, "BizHub");
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        for line in sms.headers.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let wrong = || {
                (
                    "sms_headers",
                    "Write one header a line, like Authorization: Bearer {secret}.".to_owned(),
                )
            };
            let (name, words) = line.split_once(':').ok_or_else(wrong)?;
            let name: HeaderName = name.trim().parse().map_err(|_| wrong())?;
            let secret = |name: &str| (name == "secret").then(|| key.to_owned());
            let is_key = ["authorization", "x-api-key", "api-key", "apikey"].contains(&name.as_str());
            if is_key && !words.contains("{secret}") {
                return Err((
                    "sms_headers",
                    "Write {secret} here where the key belongs, and the key itself below: so nobody reads it again.".into(),
                ));
            }
            let words = HeaderValue::from_str(fill(words.trim(), secret).trim()).map_err(|_| wrong())?;
            request = request.header(name, words);
        }
        let request = request.body(Full::from(body)).map_err(|_| wrong_address())?;
        Ok(Call {
            host,
            port,
            encrypted,
            request,
        })
    }
}

/// Makes the call. No redirect is followed: the key is for this server alone. An answer of 200 to 299 is a yes; 429 and 503
/// are not now; another 4xx is never. What a server in trouble says, or does not say, leaves it open.
pub(super) async fn send(call: Call) -> Outcome {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    send_trusting(call, roots).await
}

/// The same, believing these authorities and no others.
pub(super) async fn send_trusting(call: Call, roots: RootCertStore) -> Outcome {
    let host = call.host.clone();
    let line =
        match tokio::time::timeout(ATTEMPT / 2, TcpStream::connect((call.host.as_str(), call.port))).await {
            Ok(Ok(line)) => line,
            Ok(Err(error)) => return Outcome::NotNow(format!("{host} cannot be reached: {error}.")),
            Err(_) => return Outcome::NotNow(format!("{host} did not answer within half a minute.")),
        };
    if !call.encrypted {
        return ask(line, call).await;
    }
    let name = match ServerName::try_from(host.clone()) {
        Ok(name) => name,
        Err(_) => return Outcome::NotNow(format!("{host} is not a name that can have a certificate.")),
    };
    let encrypted = tokio::time::timeout(ATTEMPT / 2, connector(roots).connect(name, line)).await;
    match encrypted {
        Ok(Ok(line)) => ask(line, call).await,
        Ok(Err(error)) => Outcome::NotNow(format!("{host} is not who it says it is: {error}.")),
        Err(_) => Outcome::NotNow(format!("{host} did not answer within half a minute.")),
    }
}

fn connector(roots: RootCertStore) -> TlsConnector {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has what TLS 1.2 and 1.3 need")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn ask(line: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, call: Call) -> Outcome {
    let host = call.host;
    let (mut sender, connection) = match http1::handshake(TokioIo::new(line)).await {
        Ok(both) => both,
        Err(error) => return Outcome::NotNow(format!("{host} does not speak HTTP: {error}.")),
    };
    let driver = tokio::spawn(connection);
    let answer = tokio::time::timeout(ATTEMPT, sender.send_request(call.request)).await;
    let outcome = match answer {
        Ok(Ok(answer)) => {
            let status = answer.status();
            // Only the status is kept: a gateway that echoes what it was asked would put the key into the log.
            let body = Limited::new(answer.into_body(), 64 * 1024);
            let _ = tokio::time::timeout(Duration::from_secs(5), body.collect()).await;
            judged(&host, status)
        }
        Ok(Err(_)) => Outcome::Unknown(format!("The line to {host} broke before it answered.")),
        Err(_) => Outcome::Unknown(format!(
            "{host} took the message and did not answer within a minute."
        )),
    };
    driver.abort();
    outcome
}

fn judged(host: &str, status: StatusCode) -> Outcome {
    match status.as_u16() {
        200..=299 => Outcome::Taken,
        429 | 503 => Outcome::NotNow(format!("{host} cannot take it now ({status}).")),
        // Our key or our address, which an Admin can mend.
        401 | 403 | 404 | 405 => Outcome::NotNow(format!(
            "{host} does not accept the set-up ({status}): an Admin looks at Settings, Messages."
        )),
        408 | 500..=599 => {
            Outcome::Unknown(format!("{host} was in trouble ({status}): it may have sent it."))
        }
        _ => Outcome::Never(format!("{host} refuses it ({status}).")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(sms: &Sms) -> Result<Request<Full<Bytes>>, &'static str> {
        Call::new(sms, "k\"1", "+233244123456", "Say \"yes\" & {to}\nnow")
            .map(|c| c.request)
            .map_err(|e| e.0)
    }

    async fn body(request: Request<Full<Bytes>>) -> String {
        let bytes = request.into_body().collect().await.expect("a body").to_bytes();
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    #[tokio::test]
    async fn values_are_escaped_as_their_place_asks() {
        let sms = Sms {
            url: "https://sms.test:8443/send?to={to}&k={secret}".into(),
            ..Sms::default()
        };
        let request = call(&sms).expect("a call");
        assert_eq!(request.uri(), "/send?to=%2B233244123456&k=k%221");
        assert_eq!(request.headers()["authorization"], "Bearer k\"1");
        assert_eq!(request.headers()["host"], "sms.test:8443");
        let json: serde_json::Value = serde_json::from_str(&body(request).await).expect("json");
        assert_eq!(json["message"], "Say \"yes\" & {to}\nnow");
        let form = Sms {
            kind: SmsBody::Form,
            body: "to={to}&text={text}".into(),
            ..sms
        };
        assert_eq!(
            body(call(&form).expect("a call")).await,
            "to=%2B233244123456&text=Say+%22yes%22+%26+%7Bto%7D%0Anow"
        );
    }

    #[test]
    fn a_wrong_set_up_names_its_field() {
        let with = |url: &str, headers: &str, body: &str| {
            call(&Sms {
                url: url.into(),
                headers: headers.into(),
                body: body.into(),
                ..Sms::default()
            })
            .map(|_| ())
        };
        let good = "{\"to\": \"{to}\"}";
        assert_eq!(with("https://a.test", "", good), Ok(()));
        for url in [
            "a.test",
            "ftp://a.test",
            "https://",
            "https://{to}/",
            "https://u:p@a.test/",
        ] {
            assert_eq!(with(url, "", good), Err("sms_url"), "{url}");
        }
        for headers in ["nothing", "Authorization: Bearer abc", "a b: c", "X: é\u{7}"] {
            assert_eq!(
                with("https://a.test", headers, good),
                Err("sms_headers"),
                "{headers}"
            );
        }
        assert_eq!(with("https://a.test", "", "to={to}"), Err("sms_body"));
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        let judge = |code: u16| judged("x", StatusCode::from_u16(code).expect("a status"));
        assert_eq!(judge(202), Outcome::Taken);
        assert!(matches!(judge(503), Outcome::NotNow(_)));
        assert!(matches!(judge(400), Outcome::Never(_)));
        for open in [408, 500, 502, 504] {
            assert!(matches!(judge(open), Outcome::Unknown(_)), "{open}");
        }
        assert!(matches!(judge(302), Outcome::Never(_)));
    }
}
