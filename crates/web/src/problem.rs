//! The one error at the edge: problem+json for the API, a page with a way on for people.

use crate::frame::PlainFrame;
use app::{FieldError, Refusal};
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// RFC 9457 problem details (API.md section 2).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProblemDetails {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short title.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// One sentence: what happened, and what to do next.
    pub detail: String,
    /// A stable word for programs.
    pub code: String,
    /// Wrong fields, with their JSON pointers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<ProblemField>>,
    /// For a refused change of status: where it may go now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<String>>,
}

/// One wrong field.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer into the body, or `/name` of a query parameter.
    pub pointer: String,
    /// What is wrong and how to mend it.
    pub detail: String,
}

/// A refusal on its way out of the API.
#[derive(Debug)]
pub struct Problem(pub Box<Refusal>);

impl<E: Into<Refusal>> From<E> for Problem {
    fn from(error: E) -> Self {
        Problem(Box::new(error.into()))
    }
}

impl Problem {
    /// A body or header that cannot be read.
    pub fn unreadable(status: StatusCode, detail: impl Into<String>) -> Self {
        Refusal::Unreadable {
            status: status.as_u16(),
            detail: detail.into(),
        }
        .into()
    }
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::NotFound(_) => StatusCode::NOT_FOUND,
        Refusal::Conflict { .. } => StatusCode::CONFLICT,
        Refusal::Forbidden { .. } => StatusCode::FORBIDDEN,
        Refusal::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Refusal::Stale => StatusCode::PRECONDITION_FAILED,
        Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Unreadable { status, .. } => {
            StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST)
        }
        Refusal::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Replay(answer) => StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK),
        Refusal::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn code_of(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::Invalid(_) => "invalid",
        Refusal::NotFound(_) => "not_found",
        Refusal::Conflict { code, .. } => code,
        Refusal::Forbidden { code, .. } => code,
        Refusal::Unauthenticated(_) => "not_signed_in",
        Refusal::Stale => "stale",
        Refusal::TooMany { .. } => "too_many",
        Refusal::Unreadable { status: 413, .. } => "too_large",
        Refusal::Unreadable { status: 415, .. } => "unsupported_media_type",
        Refusal::Unreadable { status: 405, .. } => "method_not_allowed",
        Refusal::Unreadable { .. } => "unreadable",
        Refusal::Unavailable(_) => "unavailable",
        Refusal::Replay(_) => "replayed",
        Refusal::Internal(_) => "internal",
    }
}

impl ProblemDetails {
    fn of(refusal: &Refusal) -> Self {
        let status = status_of(refusal);
        let code = code_of(refusal).to_owned();
        ProblemDetails {
            kind: format!("urn:bizhub:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: status.as_u16(),
            detail: refusal.sentence(),
            code,
            errors: match refusal {
                Refusal::Invalid(errors) => Some(
                    errors
                        .iter()
                        .map(|FieldError { pointer, detail }| ProblemField {
                            pointer: pointer.clone(),
                            detail: detail.clone(),
                        })
                        .collect(),
                ),
                _ => None,
            },
            allowed: match refusal {
                Refusal::Conflict { allowed, .. } => allowed.clone(),
                _ => None,
            },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Refusal::Replay(answer) = &*self.0 {
            let mut response = (status_of(&self.0), answer.body.clone()).into_response();
            if !answer.body.is_empty() {
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            response
                .headers_mut()
                .insert("idempotency-replayed", HeaderValue::from_static("true"));
            return response;
        }
        if let Refusal::Internal(cause) = &*self.0 {
            tracing::error!(
                cause,
                request_id = crate::security::request_id(),
                "a request failed"
            );
        }
        let details = ProblemDetails::of(&self.0);
        let body = serde_json::to_vec(&details).unwrap_or_default();
        let mut response = (status_of(&self.0), body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if details.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Refusal::TooMany { retry_after, .. } = &*self.0 {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
        }
        response
    }
}

/// A refusal on its way to a person: a page that says what happened, why, and where to go on.
#[derive(Debug)]
pub struct PageProblem(pub Box<Refusal>);

impl<E: Into<Refusal>> From<E> for PageProblem {
    fn from(error: E) -> Self {
        PageProblem(Box::new(error.into()))
    }
}

/// The error page.
#[derive(Debug, Template)]
#[template(path = "pages/error_plain.html")]
pub struct ErrorPage {
    /// Frame without a signed-in user.
    pub frame: PlainFrame,
    /// HTTP status.
    pub status: String,
    /// Heading.
    pub title: String,
    /// What happened, why, what next.
    pub text: String,
    /// Ways on.
    pub actions: Vec<Link>,
    /// For the administrator.
    pub request_id: String,
}

/// A way on.
#[derive(Debug, Clone)]
pub struct Link {
    /// As it is read.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        if let Refusal::Internal(cause) = &*self.0 {
            tracing::error!(cause, request_id = crate::security::request_id(), "a page failed");
        }
        let status = status_of(&self.0);
        let heading = match status.as_u16() {
            403 => "This is not for your role",
            404 => "Nothing here",
            409 => "Not possible now",
            412 => "Changed meanwhile",
            413 => "Too large",
            422 => "Please check what was entered",
            429 => "Too many tries",
            503 => "The database is out of reach",
            500..=599 => "Something went wrong",
            _ => "That did not work",
        };
        let page = ErrorPage {
            frame: PlainFrame::titled(heading),
            status: status.as_u16().to_string(),
            title: heading.to_owned(),
            text: self.0.sentence(),
            actions: vec![Link {
                label: "Go to the first page".into(),
                href: "/".into(),
            }],
            request_id: crate::security::request_id(),
        };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(_) => (status, self.0.sentence()).into_response(),
        }
    }
}
