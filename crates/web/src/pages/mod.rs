//! The pages. A handler is: extract, parse into domain types, one call, show. Its page struct stands beside it, named
//! after its template.

pub mod accounts;
pub mod api_docs;
pub mod bench;
pub mod bench_settings;
pub mod bulk;
pub mod claims;
pub mod close_day;
pub mod customer_account;
pub mod customers;
pub mod devices;
pub mod invoices;
pub mod labels;
pub mod lead_sources;
pub mod lists;
pub mod locations;
pub mod lots;
pub mod machine;
pub mod merge;
pub mod message_settings;
pub mod messages;
pub mod model_care;
pub mod models;
pub mod movements;
pub mod my_account;
pub mod names;
mod parked;
pub mod payments;
pub mod photos;
pub mod preorders;
pub mod price_lists;
pub mod privacy;
pub mod receive;
pub mod repairs;
pub mod reports;
pub mod returns;
pub mod scan;
pub mod search;
pub mod sell;
pub mod settings;
pub mod stock;
pub mod stock_movements;
pub mod stocktakes;
pub mod tills;
pub mod today;
pub mod users;
pub mod warranties;

use crate::problem::PageProblem;
use app::Refusal;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

/// What page handlers answer.
pub type PageResult = Result<Response, PageProblem>;

/// A rendered page.
pub fn show<T: Template>(page: &T) -> PageResult {
    show_with(StatusCode::OK, page)
}

/// A rendered page with a status: 422 for a form that needs another look, 409 for what is not possible now.
pub fn show_with<T: Template>(status: StatusCode, page: &T) -> PageResult {
    let html = page.render().map_err(|e| Refusal::Internal(e.to_string()))?;
    Ok((status, Html(crate::summary::named(html))).into_response())
}
