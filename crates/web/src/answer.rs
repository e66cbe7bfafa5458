//! Answers of the API: JSON as the caller's role may see it.

use crate::problem::Problem;
use app::{Actor, Page, disclosure};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// A JSON answer.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    body: Vec<u8>,
    etag: Option<String>,
    location: Option<String>,
}

/// A page of a list, as every list of the API answers (API.md section 2).
#[derive(Debug, Serialize, ToSchema)]
pub struct ListAnswer<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Cursor of the next page; null on the last one.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl Answer {
    fn json<T: Serialize + ?Sized>(status: StatusCode, actor: &Actor, body: &T) -> Result<Self, Problem> {
        let body = disclosure::disclose(actor.role, body)
            .map_err(|e| Problem::from(app::Refusal::Internal(e.to_string())))?;
        Ok(Answer {
            status,
            body,
            etag: None,
            location: None,
        })
    }

    /// 200 with the resource, or what an action left of it.
    pub fn ok<T: Serialize + ?Sized>(actor: &Actor, body: &T) -> Result<Self, Problem> {
        Self::json(StatusCode::OK, actor, body)
    }

    /// 201 with what was made.
    pub fn created<T: Serialize + ?Sized>(actor: &Actor, body: &T) -> Result<Self, Problem> {
        Self::json(StatusCode::CREATED, actor, body)
    }

    /// 204.
    pub fn no_content() -> Self {
        Answer {
            status: StatusCode::NO_CONTENT,
            body: Vec::new(),
            etag: None,
            location: None,
        }
    }

    /// A page of a list.
    pub fn list<T: Serialize>(actor: &Actor, page: Page<T>) -> Result<Self, Problem> {
        Self::ok(
            actor,
            &ListAnswer {
                data: page.data,
                next_cursor: page.next_cursor,
            },
        )
    }

    /// Adds the entity tag of a record last changed at this instant.
    pub fn version(mut self, updated_at: DateTime<Utc>) -> Self {
        self.etag = Some(app::tx::etag(updated_at));
        self
    }

    /// Adds where the new thing is.
    pub fn location(mut self, path: String) -> Self {
        self.location = Some(path);
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        if self.status != StatusCode::NO_CONTENT {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        } else {
            headers.remove(header::CONTENT_TYPE);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(etag) = self.etag.and_then(|e| HeaderValue::from_str(&e).ok()) {
            headers.insert(header::ETAG, etag);
        }
        if let Some(location) = self.location.and_then(|l| HeaderValue::from_str(&l).ok()) {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

/// A PDF, for the OpenAPI document.
#[derive(Debug)]
pub struct Pdf;

impl utoipa::PartialSchema for Pdf {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, schema::Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .into()
    }
}

impl ToSchema for Pdf {}

/// A PDF, shown by the browser and saved under its name.
pub fn pdf(file_name: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    if let Ok(name) = HeaderValue::from_str(&format!("inline; filename=\"{file_name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
