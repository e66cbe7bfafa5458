//! `/reports`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{ListQuery, period};
use crate::frame::Caller;
use crate::problem::Problem;
use app::lots::{self, LotTotals};
use app::reports::dashboard::{self, Dashboard};
use app::reports::tax::{self, TaxDocument, TaxSum};
use app::reports::warranty::{CostBy, WarrantyCost};
use app::reports::{self, AgingAsset, InventorySummary, PreorderSla, SalesDay};
use axum::extract::{RawQuery, State};
use domain::Money;
use serde::Serialize;
use utoipa::ToSchema;

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

/// Sums over lots.
#[derive(Debug, Serialize, ToSchema)]
pub struct LotSums {
    /// The sums.
    #[serde(flatten)]
    pub totals: LotTotals,
    /// What the sold ones brought beyond what they cost as known at the sale.
    pub margin_at_sale: Money,
    /// What they brought beyond what they cost by now.
    pub margin_now: Money,
}

/// What lots earn together: the sums over all that `GET /lots` answers with the same filters.
#[utoipa::path(get, path = "/reports/lots/totals", tag = "reports",
    responses((status = 200, description = "The sums", body = LotSums)))]
pub async fn lot_totals(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    for (name, asked) in [("cursor", &query.cursor), ("sort", &query.sort)] {
        if asked.is_some() {
            let text = "These are sums over the whole list: they have no pages and no order.";
            return Err(app::Refusal::invalid(format!("/{name}"), text).into());
        }
    }
    let totals = lots::totals(&state.shop, &actor, &query).await?;
    let margin = |cost| totals.sales_amount.checked_sub(cost).unwrap_or_default();
    Answer::ok(
        &actor,
        &LotSums {
            margin_at_sale: margin(totals.cost_at_sale),
            margin_now: margin(totals.cost_now),
            totals,
        },
    )
}

/// Everything that the first page shows.
#[utoipa::path(get, path = "/reports/dashboard", tag = "reports",
    responses((status = 200, description = "As of now", body = Dashboard)))]
pub async fn dashboard(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    Answer::ok(&actor, &dashboard::dashboard(&state.shop, &actor).await?)
}

/// Taxes of a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxReport {
    /// First day.
    pub from: chrono::NaiveDate,
    /// Last day.
    pub to: chrono::NaiveDate,
    /// By name and rate.
    pub data: Vec<TaxSum>,
}

/// Tax by name and rate over a period: invoices on their day, less returns on theirs.
#[utoipa::path(get, path = "/reports/tax", tag = "reports",
    params(("from" = Option<chrono::NaiveDate>, Query, description = "First day; the first of the month unless said otherwise."),
        ("to" = Option<chrono::NaiveDate>, Query, description = "Last day; today unless said otherwise.")),
    responses((status = 200, description = "The sums", body = TaxReport)))]
pub async fn tax_by_name(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RawQuery(query): RawQuery,
) -> Result<Answer, Problem> {
    let period = period(query.as_deref(), state.shop.today())?;
    let data = tax::by_name(&state.shop, &actor, period).await?;
    Answer::ok(
        &actor,
        &TaxReport {
            from: period.from,
            to: period.to,
            data,
        },
    )
}

/// The documents behind the tax report.
#[utoipa::path(get, path = "/reports/tax/documents", tag = "reports",
    responses((status = 200, description = "A page", body = ListAnswer<TaxDocument>)))]
pub async fn tax_documents(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, tax::documents(&state.shop, &actor, &query).await?)
}

/// What warranties cost in a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarrantyReport {
    /// First day.
    pub from: chrono::NaiveDate,
    /// Last day.
    pub to: chrono::NaiveDate,
    /// What the costs are summed by.
    pub by: CostBy,
    /// The dearest first.
    pub data: Vec<WarrantyCost>,
}

/// What warranties cost by model, supplier or lot: the claims made in a period, with all that they led to.
#[utoipa::path(get, path = "/reports/warranty-cost", tag = "reports",
    params(("from" = Option<chrono::NaiveDate>, Query, description = "First day; the first of the month unless said otherwise."),
        ("to" = Option<chrono::NaiveDate>, Query, description = "Last day; today unless said otherwise."),
        ("by" = Option<CostBy>, Query, description = "model unless said otherwise.")),
    responses((status = 200, description = "The costs", body = WarrantyReport)))]
pub async fn warranty_cost(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RawQuery(query): RawQuery,
) -> Result<Answer, Problem> {
    let period = period(query.as_deref(), state.shop.today())?;
    let asked = form_urlencoded::parse(query.as_deref().unwrap_or("").as_bytes())
        .find(|(name, value)| name == "by" && !value.is_empty())
        .map(|(_, value)| value.parse());
    let by = match asked {
        None => CostBy::Model,
        Some(by) => by.map_err(|e: domain::TextError| app::Refusal::invalid("/by", e.to_string()))?,
    };
    let data = app::reports::warranty::costs(&state.shop, &actor, period, by).await?;
    Answer::ok(
        &actor,
        &WarrantyReport {
            from: period.from,
            to: period.to,
            by,
            data,
        },
    )
}
