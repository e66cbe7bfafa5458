//! Lists as files to save.

use crate::AppState;
use app::export::{self, Row};
use app::{Actor, Page, PageRequest, Refusal};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header;

/// Whether the query of an address asks for a file (`format=csv`).
pub fn is_asked(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "format" && value == "csv")
}

fn headers(name: &str) -> [(header::HeaderName, String); 2] {
    [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ),
    ]
}

/// A few rows as a CSV file.
pub fn small_csv<T: Row>(actor: &Actor, name: &str, rows: &[T]) -> Result<Response, Refusal> {
    Ok((headers(name), export::csv_lines(actor.role, true, rows)?).into_response())
}

/// A list as a CSV file named after it and the day, sent as it is read.
pub fn csv<T, F, R>(state: &AppState, actor: &Actor, name: &str, request: PageRequest, fetch: F) -> Response
where
    T: Row + Send,
    F: Fn(PageRequest) -> R + Send + 'static,
    R: Future<Output = Result<Page<T>, Refusal>> + Send + 'static,
{
    let headers = headers(&format!("{name}-{}", state.shop.today()));
    (
        headers,
        Body::from_stream(export::csv(actor.role, request, fetch)),
    )
        .into_response()
}
