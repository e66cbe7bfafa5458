//! What stands around every route: headers, request ids, one log line, one task a request.

use crate::problem::{PageProblem, Problem};
use app::Refusal;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use rand::RngCore;
use std::time::Instant;
use tower_http::csrf::ProtectionError;

/// Headers of every answer. Scripts and styles come from files of our own only, so the policy needs no nonce.
static HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=(), payment=()",
    ),
];

tokio::task_local! {
    static CURRENT_ID: String;
}

/// The id of the request that is being handled, for pages and log lines; empty outside of one.
pub fn request_id() -> String {
    CURRENT_ID.try_with(Clone::clone).unwrap_or_default()
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request its id, runs it in a task of its own, logs one line, and adds the headers.
///
/// A task of its own: axum drops a handler when the browser goes away, and a use case must run to its end.
pub async fn around(mut request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(&REQUEST_ID)
        .filter(|v| {
            v.len() <= 64
                && v.as_bytes()
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
        })
        .cloned()
        .unwrap_or_else(new_request_id);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let is_api = path.starts_with("/api/");
    let has_flash = crate::frame::cookie_in(request.headers(), "flash").is_some();
    let start = Instant::now();
    let mut response =
        match tokio::spawn(CURRENT_ID.scope(id.to_str().unwrap_or("").to_owned(), next.run(request))).await {
            Ok(response) => response,
            Err(_) => {
                let refusal = Refusal::Internal("the handler panicked".into());
                if is_api {
                    Problem(Box::new(refusal)).into_response()
                } else {
                    PageProblem(Box::new(refusal)).into_response()
                }
            }
        };
    let elapsed = start.elapsed();
    let status = response.status().as_u16();
    metrics::histogram!("bizhub_http_request_seconds", "status" => status.to_string()).record(elapsed);
    // The path may hold a serial or a phone number: only its shape is logged.
    tracing::info!(
        target: "bizhub::http",
        %method,
        path = %shape(&path),
        status,
        micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        request_id = id.to_str().unwrap_or(""),
        "request"
    );
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    // A message is for one page: the one that showed it takes it away.
    if has_flash && is_page && (200..300).contains(&status) {
        headers.append(
            header::SET_COOKIE,
            HeaderValue::from_static("flash=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly"),
        );
    }
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// `/api/v1/assets/by-serial/5CG0123` as `/api/v1/assets/by-serial/…`: segments with a digit or an escape are data,
/// and so is whatever follows `by-serial` or `by-tag`.
fn shape(path: &str) -> String {
    let mut previous = "";
    let mut segments = Vec::new();
    for segment in path.split('/') {
        let version = segment == "v1";
        let is_data = previous.starts_with("by-")
            || (!version && segment.bytes().any(|b| b.is_ascii_digit() || b == b'%'))
            || segment.len() > 40;
        segments.push(if is_data { "…" } else { segment });
        previous = segment;
    }
    segments.join("/")
}

fn new_request_id() -> HeaderValue {
    let id = format!("{:016x}", rand::rng().next_u64());
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("unknown"))
}

/// The refusal of a cross-site request.
pub fn cross_site(_: ProtectionError) -> Response {
    Problem(Box::new(Refusal::forbidden(
        "cross_site",
        "This request came from another site and was not carried out. Open BizHub itself and try there.",
    )))
    .into_response()
}

/// The body limit answers a bare text: said here as everything else is said.
pub async fn too_large(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let is_text = |value: &HeaderValue| value.as_bytes().starts_with(b"text/plain");
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE
        || !response.headers().get(header::CONTENT_TYPE).is_some_and(is_text)
    {
        return response;
    }
    let refusal = Refusal::Unreadable {
        status: 413,
        detail: "This is larger than may be sent at once. Send less.".into(),
    };
    if is_api {
        Problem(Box::new(refusal)).into_response()
    } else {
        PageProblem(Box::new(refusal)).into_response()
    }
}

/// What cannot be found, for the API and for people.
pub async fn not_found(request: Request) -> Response {
    let refusal = Refusal::not_found("page");
    if request.uri().path().starts_with("/api/") {
        Problem(Box::new(refusal)).into_response()
    } else {
        PageProblem(Box::new(refusal)).into_response()
    }
}

/// A method that a path does not have.
pub async fn method_not_allowed(request: Request) -> Response {
    let refusal = Refusal::Unreadable {
        status: 405,
        detail: format!("This address does not take {}.", request.method()),
    };
    if request.uri().path().starts_with("/api/") {
        Problem(Box::new(refusal)).into_response()
    } else {
        PageProblem(Box::new(refusal)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn logs_hold_no_data_from_paths() {
        assert_eq!(
            shape("/api/v1/assets/by-serial/ABC"),
            "/api/v1/assets/by-serial/…"
        );
        assert_eq!(shape("/api/v1/assets/17/movements"), "/api/v1/assets/…/movements");
        assert_eq!(shape("/devices"), "/devices");
        assert_eq!(shape("/w/%2B233"), "/w/…");
    }
}
