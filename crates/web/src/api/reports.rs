//! `/reports`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::ListQuery;
use crate::frame::Caller;
use crate::problem::Problem;
use app::reports::dashboard::{self, Dashboard};
use app::reports::{self, AgingAsset, InventorySummary, PreorderSla, SalesDay};
use axum::extract::State;

/// Models and how many of each there are.
#[utoipa::path(get, path = "/reports/inventory-summary", tag = "reports",
    responses((status = 200, description = "A page", body = ListAnswer<InventorySummary>)))]
pub async fn inventory_summary(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        reports::inventory_summary(&state.shop, &actor, &query).await?,
    )
}

/// Days and what was sold on each. Sales sees their own invoices only.
#[utoipa::path(get, path = "/reports/sales-daily", tag = "reports",
    responses((status = 200, description = "A page", body = ListAnswer<SalesDay>)))]
pub async fn sales_daily(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, reports::sales_daily(&state.shop, &actor, &query).await?)
}

/// Devices that could be sold, and how long each has been here.
#[utoipa::path(get, path = "/reports/aging-inventory", tag = "reports",
    responses((status = 200, description = "A page", body = ListAnswer<AgingAsset>)))]
pub async fn aging_inventory(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        reports::aging_inventory(&state.shop, &actor, &query).await?,
    )
}

/// Preorders that are not closed, and which of them are late.
#[utoipa::path(get, path = "/reports/preorder-sla", tag = "reports",
    responses((status = 200, description = "A page", body = ListAnswer<PreorderSla>)))]
pub async fn preorder_sla(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, reports::preorder_sla(&state.shop, &actor, &query).await?)
}

/// Everything that the first page shows.
#[utoipa::path(get, path = "/reports/dashboard", tag = "reports",
    responses((status = 200, description = "As of now", body = Dashboard)))]
pub async fn dashboard(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    Answer::ok(&actor, &dashboard::dashboard(&state.shop, &actor).await?)
}
