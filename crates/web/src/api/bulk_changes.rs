//! `/assets/bulk-changes` and `/bulk-stock/bulk-changes`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::bulk_changes::{
    self, AssetBulkChange, BulkChangeRecord, ChangeDetail, ChangePreview, ChangeUndone, StockBulkChange,
};
use axum::extract::State;
use domain::BulkChangeId;

/// What a change of many devices would make, without making it.
#[utoipa::path(post, path = "/assets/bulk-changes/preview", tag = "assets", request_body = AssetBulkChange,
    responses((status = 200, description = "What becomes of what", body = ChangePreview)))]
pub async fn preview_assets(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(change): Body<AssetBulkChange>,
) -> Result<Answer, Problem> {
    Answer::ok(
        &actor,
        &bulk_changes::preview_assets(&state.shop, &actor, &change).await?,
    )
}

/// Change many devices at once: their prices by one rule, their place, or what they have in common. Those that cannot be changed
/// stay as they are and say why.
#[utoipa::path(post, path = "/assets/bulk-changes", tag = "assets", request_body = AssetBulkChange,
    responses((status = 201, description = "Changed", body = ChangeDetail)))]
pub async fn make_assets(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(change): Body<AssetBulkChange>,
) -> Result<Answer, Problem> {
    Answer::created(
        &actor,
        &bulk_changes::make_assets(&state.shop, &actor, change).await?,
    )
}

/// Changes of many devices, newest first.
#[utoipa::path(get, path = "/assets/bulk-changes", tag = "assets",
    responses((status = 200, description = "A page", body = ListAnswer<BulkChangeRecord>)))]
pub async fn asset_changes(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        bulk_changes::page(&state.shop, &bulk_changes::ASSET_CHANGES, &query).await?,
    )
}

/// Take a change of many devices back, while nothing of it was changed again.
#[utoipa::path(post, path = "/assets/bulk-changes/{id}/undo", tag = "assets", params(("id" = BulkChangeId, Path)),
    responses((status = 200, description = "Taken back", body = ChangeUndone)))]
pub async fn undo_assets(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkChangeId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &bulk_changes::undo_assets(&state.shop, &actor, id).await?)
}

/// What a change of many items would make, without making it.
#[utoipa::path(post, path = "/bulk-stock/bulk-changes/preview", tag = "stock", request_body = StockBulkChange,
    responses((status = 200, description = "What becomes of what", body = ChangePreview)))]
pub async fn preview_stock(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(change): Body<StockBulkChange>,
) -> Result<Answer, Problem> {
    Answer::ok(
        &actor,
        &bulk_changes::preview_stock(&state.shop, &actor, &change).await?,
    )
}

/// Change many items at once: their prices by one rule, when they are low, their home, or what they have in common. Those that
/// cannot be changed stay as they are and say why.
#[utoipa::path(post, path = "/bulk-stock/bulk-changes", tag = "stock", request_body = StockBulkChange,
    responses((status = 201, description = "Changed", body = ChangeDetail)))]
pub async fn make_stock(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(change): Body<StockBulkChange>,
) -> Result<Answer, Problem> {
    Answer::created(
        &actor,
        &bulk_changes::make_stock(&state.shop, &actor, change).await?,
    )
}

/// Changes of many items, newest first.
#[utoipa::path(get, path = "/bulk-stock/bulk-changes", tag = "stock",
    responses((status = 200, description = "A page", body = ListAnswer<BulkChangeRecord>)))]
pub async fn stock_changes(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        bulk_changes::page(&state.shop, &bulk_changes::STOCK_CHANGES, &query).await?,
    )
}

/// Take a change of many items back, while nothing of it was changed again.
#[utoipa::path(post, path = "/bulk-stock/bulk-changes/{id}/undo", tag = "stock", params(("id" = BulkChangeId, Path)),
    responses((status = 200, description = "Taken back", body = ChangeUndone)))]
pub async fn undo_stock(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkChangeId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &bulk_changes::undo_stock(&state.shop, &actor, id).await?)
}
