//! Lists as files to save.

use crate::AppState;
use app::export::{self, Row};
use app::{Actor, Page, PageRequest, Refusal};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header;

/// A list as a CSV file named after it and the day, sent as it is read.
pub fn csv<T, F, R>(state: &AppState, actor: &Actor, name: &str, request: PageRequest, fetch: F) -> Response
where
    T: Row + Send,
    F: Fn(PageRequest) -> R + Send + 'static,
    R: Future<Output = Result<Page<T>, Refusal>> + Send + 'static,
{
    let disposition = format!("attachment; filename=\"{name}-{}.csv\"", state.shop.today());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (
        headers,
        Body::from_stream(export::csv(actor.role, request, fetch)),
    )
        .into_response()
}
