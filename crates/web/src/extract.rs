//! What a handler takes from a request, with refusals that name the field.

use crate::problem::{PageProblem, Problem};
use app::{PageRequest, Refusal};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// A JSON body, checked by the types of `T`: 415 for another kind of body, 400 for what is not JSON, 422 with a
/// pointer for a value that cannot be taken.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|value| {
                let essence = value.split(';').next().unwrap_or("").trim();
                essence.eq_ignore_ascii_case("application/json")
            });
        if !is_json {
            return Err(Problem::unreadable(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Send the body as JSON, with the header Content-Type: application/json.",
            ));
        }
        let bytes = read_body(request, state).await?;
        parse_json(&bytes).map(Body)
    }
}

/// The same, where nothing has to be said: no body at all is the body that says nothing.
#[derive(Debug)]
pub struct MaybeBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !request.headers().contains_key(header::CONTENT_TYPE) && read_length(&request) == Some(0) {
            return Ok(MaybeBody(T::default()));
        }
        let Body(body) = Body::from_request(request, state).await?;
        Ok(MaybeBody(body))
    }
}

/// How long the body is: nothing where no header says so, because then none follows.
fn read_length(request: &Request) -> Option<u64> {
    if request.headers().contains_key(header::TRANSFER_ENCODING) {
        return None;
    }
    match request.headers().get(header::CONTENT_LENGTH) {
        None => Some(0),
        Some(length) => length.to_str().ok()?.parse().ok(),
    }
}

/// The bytes of a body within the route's limit.
pub async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let status = rejection.into_response().status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::unreadable(
                status,
                "The body is larger than this call takes. Send less at once.",
            )
        } else {
            Problem::unreadable(
                StatusCode::BAD_REQUEST,
                "The body could not be read to its end. Send it again.",
            )
        }
    })
}

/// Parses JSON into the types of a body.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // PostgreSQL's text cannot hold this character, whatever field it stands in.
    if bytes.windows(6).any(|w| w.eq_ignore_ascii_case(b"\\u0000")) {
        return Err(Refusal::invalid(
            "",
            "A text contains the character U+0000, which cannot be stored.",
        )
        .into());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().clone();
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                let mut pointer = String::new();
                for segment in path.iter() {
                    match segment {
                        serde_path_to_error::Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                        serde_path_to_error::Segment::Map { key } => pointer.push_str(&format!("/{key}")),
                        serde_path_to_error::Segment::Enum { variant } => {
                            pointer.push_str(&format!("/{variant}"))
                        }
                        serde_path_to_error::Segment::Unknown => {}
                    }
                }
                data_problem(pointer, &inner.to_string())
            }
            _ => Problem::unreadable(StatusCode::BAD_REQUEST, format!("The body is not JSON: {inner}.")),
        }
    })?;
    deserializer.end().map_err(|e| {
        Problem::unreadable(
            StatusCode::BAD_REQUEST,
            format!("The body is not one JSON value: {e}."),
        )
    })?;
    Ok(value)
}

fn data_problem(mut pointer: String, message: &str) -> Problem {
    // serde ends its messages with the position, which says nothing beside the pointer.
    let message = message.split(" at line ").next().unwrap_or(message);
    let name = message.split('`').nth(1).unwrap_or("");
    let detail = if message.starts_with("unknown field") {
        if !pointer.ends_with(&format!("/{name}")) {
            pointer.push_str(&format!("/{name}"));
        }
        format!("There is no field {name} here. Leave it out, or check its spelling.")
    } else if message.starts_with("missing field") {
        pointer.push_str(&format!("/{name}"));
        format!("The field {name} is required.")
    } else if message.starts_with("invalid length") && message.contains("expected struct") {
        "This must be an object, not a list.".to_owned()
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        let wanted = message.rsplit("expected ").next().unwrap_or_default();
        let given = message
            .split(": ")
            .nth(1)
            .and_then(|given| given.split(", expected").next())
            .unwrap_or_default();
        match wanted.trim_start_matches("a ").trim_start_matches("an ") {
            "u8" | "u16" | "u32" | "i16" | "i32" | "u64" | "i64" | "usize"
                if given.starts_with("integer") =>
            {
                "This number is too small or too large here.".to_owned()
            }
            "u8" | "u16" | "u32" | "i16" | "i32" | "u64" | "i64" | "usize" => {
                format!("This must be a whole number, not {}.", in_words(given))
            }
            "string" => format!("This must be a text in quotes, not {}.", in_words(given)),
            "sequence" => format!("This must be a list, not {}.", in_words(given)),
            "boolean" => format!("This must be true or false, not {}.", in_words(given)),
            kind if kind.starts_with("struct") => {
                format!("This must be an object, not {}.", in_words(given))
            }
            _ => format!("This must be {wanted}, not {}.", in_words(given)),
        }
    } else {
        message.to_owned()
    };
    Refusal::invalid(pointer, detail).into()
}

/// What serde calls a value that does not fit, for people.
fn in_words(given: &str) -> &str {
    match given.split(' ').next().unwrap_or_default() {
        "map" => "an object",
        "sequence" => "a list",
        "string" => "a text",
        "integer" => "a whole number",
        "floating" => "a number with decimals",
        "null" => "null",
        "boolean" => "true or false",
        _ => "this",
    }
}

/// The one parameter of a path, such as `{id}`. What is not of its type names nothing: 404, as problem+json under
/// `/api/`, as a page elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PathId<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let value = match RawPathParams::from_request_parts(parts, state).await {
            Ok(params) => params.iter().next().and_then(|(_, v)| v.parse().ok()),
            Err(_) => None,
        };
        value.map(PathId).ok_or_else(|| nothing_there(parts))
    }
}

/// The two parameters of a path, such as `{id}` and `{certificate_id}`, in their order.
#[derive(Debug, Clone, Copy)]
pub struct PathIds<A, B>(pub A, pub B);

impl<S: Send + Sync, A: FromStr, B: FromStr> FromRequestParts<S> for PathIds<A, B> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let values = match RawPathParams::from_request_parts(parts, state).await {
            Ok(params) => {
                let mut values = params.iter().map(|(_, v)| v);
                let first = values.next().and_then(|v| v.parse().ok());
                first.zip(values.next().and_then(|v| v.parse().ok()))
            }
            Err(_) => None,
        };
        values
            .map(|(a, b)| PathIds(a, b))
            .ok_or_else(|| nothing_there(parts))
    }
}

/// 404, as problem+json under `/api/`, as a page elsewhere.
fn nothing_there(parts: &Parts) -> Response {
    let refusal = Refusal::not_found("record");
    // Nested routers see the path without its prefix.
    let path = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(parts.uri.path(), |uri| uri.path());
    if path.starts_with("/api/") {
        Problem::from(refusal).into_response()
    } else {
        PageProblem::from(refusal).into_response()
    }
}

/// The query of a list: `limit`, `cursor`, `sort`, `q`, and `column=value` filters.
#[derive(Debug, Clone, Default)]
pub struct ListQuery(pub PageRequest);

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parse_list_query(parts.uri.query().unwrap_or(""), 50)
            .map(ListQuery)
            .map_err(Problem::from)
    }
}

/// Parses a list's query string. Empty values mean that the parameter was not given, as in a form left blank.
pub fn parse_list_query(query: &str, default_limit: u32) -> Result<PageRequest, Refusal> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| Refusal::invalid("", "The query of this address cannot be read."))?;
    let mut page = PageRequest {
        limit: default_limit,
        ..PageRequest::default()
    };
    for (name, value) in pairs {
        match name.as_str() {
            "limit" => {
                page.limit = value
                    .parse()
                    .ok()
                    .filter(|n| (1..=200).contains(n))
                    .ok_or_else(|| Refusal::invalid("/limit", "Ask for 1 to 200 rows a page."))?;
            }
            "cursor" => page.cursor = Some(value),
            "sort" => page.sort = Some(value),
            "q" => page.q = Some(value),
            _ if value.is_empty() => {}
            _ => page.filters.push((name, value)),
        }
    }
    Ok(page)
}

/// The days `from` and `to` of a query string.
pub fn period(
    query: Option<&str>,
    today: chrono::NaiveDate,
) -> Result<app::reports::period::Period, Refusal> {
    let one = |name: &str| {
        form_urlencoded::parse(query.unwrap_or("").as_bytes())
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    app::reports::period::Period::parse(&one("from"), &one("to"), today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[expect(dead_code, reason = "only its type matters here")]
        quantity: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cart {
        #[expect(dead_code, reason = "only its type matters here")]
        lines: Vec<Line>,
    }

    fn pointer(json: &str) -> (u16, String) {
        let problem = parse_json::<Cart>(json.as_bytes()).expect_err("refused");
        match *problem.0 {
            Refusal::Invalid(errors) => (422, errors.into_iter().next().expect("one").pointer),
            Refusal::Unreadable { status, .. } => (status, String::new()),
            other => panic!("unexpected {other:?}"),
        }
    }

    #[test]
    fn refusals_point_at_the_field() {
        assert_eq!(
            pointer(r#"{"lines": [{"quantity": "x"}]}"#),
            (422, "/lines/0/quantity".into())
        );
        assert_eq!(
            pointer(r#"{"lines": [{"quantity": 1, "price": 2}]}"#),
            (422, "/lines/0/price".into())
        );
        assert_eq!(pointer(r#"{"lines": [{}]}"#), (422, "/lines/0/quantity".into()));
        assert_eq!(pointer(r#"{"lines": ["#), (400, String::new()));
        let list = parse_json::<Cart>(b"[]").expect_err("refused");
        assert!(
            format!("{list:?}").contains("This must be an object, not a list."),
            "{list:?}"
        );
        assert_eq!(pointer(r#"{"lines": []} x"#), (400, String::new()));
        assert_eq!(pointer("{\"lines\": [], \"\\u0000\": 1}"), (422, String::new()));
    }
}
