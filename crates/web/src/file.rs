//! Lists as files to save.

use crate::AppState;
use app::export::{self, Columns, Format, Row};
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

/// A list as a CSV file named after it and the day, sent as it is read, with all columns that the person may see.
pub fn csv<T, F, R>(state: &AppState, actor: &Actor, name: &str, request: PageRequest, fetch: F) -> Response
where
    T: Row + Send,
    F: Fn(PageRequest) -> R + Send + 'static,
    R: Future<Output = Result<Page<T>, Refusal>> + Send + 'static,
{
    let columns = export::all_columns(actor.role);
    listed(state, Format::Csv, name, columns, request, fetch)
}

/// A list as a file named after it and the day, sent as it is read, with these columns.
pub fn listed<T, F, R>(
    state: &AppState,
    format: Format,
    name: &str,
    columns: Columns<T>,
    request: PageRequest,
    fetch: F,
) -> Response
where
    T: Row + Send,
    F: Fn(PageRequest) -> R + Send + 'static,
    R: Future<Output = Result<Page<T>, Refusal>> + Send + 'static,
{
    let mut headers = headers(&format!("{name}-{}", state.shop.today()));
    if format == Format::Xlsx {
        headers[0].1 = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".into();
        headers[1].1 = headers[1].1.replace(".csv\"", ".xlsx\"");
    }
    (
        headers,
        Body::from_stream(export::file(format, columns, request, fetch)),
    )
        .into_response()
}

/// The kind of file that the query of an address asks for.
pub fn format(query: &str) -> Option<Format> {
    let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "format")?;
    match &*value {
        "csv" => Some(Format::Csv),
        "xlsx" => Some(Format::Xlsx),
        _ => None,
    }
}
