//! `/search`

use crate::AppState;
use crate::answer::Answer;
use crate::frame::Caller;
use crate::pages::search::asked;
use crate::problem::Problem;
use app::search::{self, Found};
use axum::extract::{RawQuery, State};
use serde::Serialize;
use utoipa::ToSchema;

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// At most 20, first what is called exactly so.
    #[schema(max_items = 20)]
    pub data: Vec<Found>,
}

/// Anything by serial, tag, IMEI, SKU, number, phone, e-mail, name or model. Only what the caller may open.
#[utoipa::path(get, path = "/search", tag = "search",
    params(("q" = Option<String>, Query, description = "Search text.", max_length = 100, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")),
    responses((status = 200, description = "What was found", body = SearchAnswer)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RawQuery(query): RawQuery,
) -> Result<Answer, Problem> {
    let data = search::search(&state.shop, &actor, &asked(query.as_deref())).await?;
    Answer::ok(&actor, &SearchAnswer { data })
}
