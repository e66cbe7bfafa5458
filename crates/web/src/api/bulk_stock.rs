//! `/bulk-stock`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::stock::{
    self, Adjustment, BulkStock, BulkStockChange, LedgerEntry, NewBulkStock, NewReceipt, ReorderItem,
    StockMove, StockMoveRecord, StockPlace, StockReceipt,
};
use axum::extract::State;
use domain::BulkStockId;

/// Items of bulk stock, and services.
#[utoipa::path(get, path = "/bulk-stock", tag = "stock", responses((status = 200, description = "A page", body = ListAnswer<BulkStock>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<BulkStock>(&state.shop, &stock::LIST, &query).await?,
    )
}

/// Record an item with the quantity that is there.
#[utoipa::path(post, path = "/bulk-stock", tag = "stock", request_body = NewBulkStock,
    responses((status = 201, description = "Recorded", body = BulkStock)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewBulkStock>,
) -> Result<Answer, Problem> {
    let item = stock::create(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &item)?
        .version(item.updated_at)
        .location(format!("/api/v1/bulk-stock/{}", item.id)))
}

/// One item.
#[utoipa::path(get, path = "/bulk-stock/{id}", tag = "stock", params(("id" = BulkStockId, Path)),
    responses((status = 200, description = "The item", body = BulkStock)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkStockId>,
) -> Result<Answer, Problem> {
    let item = stock::find(&state.shop, id).await?;
    Ok(Answer::ok(&actor, &item)?.version(item.updated_at))
}

/// Change an item. Its quantity changes by adjustments; its price only by those who edit the catalogue.
#[utoipa::path(patch, path = "/bulk-stock/{id}", tag = "stock", params(("id" = BulkStockId, Path)), request_body = BulkStockChange,
    responses((status = 200, description = "Changed", body = BulkStock)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkStockId>,
    Body(change): Body<BulkStockChange>,
) -> Result<Answer, Problem> {
    let item = stock::change(&state.shop, &actor, id, change).await?;
    Ok(Answer::ok(&actor, &item)?.version(item.updated_at))
}

/// Correct the quantity of an item. Never below zero or below what open invoices hold: `not_enough_stock`.
#[utoipa::path(post, path = "/bulk-stock/{id}/adjustments", tag = "stock", params(("id" = BulkStockId, Path)), request_body = Adjustment,
    responses((status = 201, description = "The item as it is now", body = BulkStock)))]
pub async fn adjust(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkStockId>,
    Body(adjustment): Body<Adjustment>,
) -> Result<Answer, Problem> {
    let item = stock::adjust(&state.shop, &actor, id, adjustment).await?;
    Ok(Answer::created(&actor, &item)?.version(item.updated_at))
}

/// Every change of the quantity of an item, newest first.
#[utoipa::path(get, path = "/bulk-stock/{id}/ledger", tag = "stock", params(("id" = BulkStockId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<LedgerEntry>)))]
pub async fn ledger(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkStockId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, stock::ledger(&state.shop, id, &query).await?)
}

/// Every change of the quantity of every item, newest first.
#[utoipa::path(get, path = "/bulk-stock/ledger", tag = "stock", responses((status = 200, description = "A page", body = ListAnswer<LedgerEntry>)))]
pub async fn whole_ledger(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    let page = app::lists::page::<LedgerEntry>(&state.shop, &stock::LEDGER_OF_ALL, &query).await?;
    Answer::list(&actor, page)
}

/// What is to be ordered again, by supplier: items of which fewer can be sold than their threshold.
#[utoipa::path(get, path = "/bulk-stock/reorder", tag = "stock", responses((status = 200, description = "A page", body = ListAnswer<ReorderItem>)))]
pub async fn reorder(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    let page = app::lists::page::<ReorderItem>(&state.shop, &stock::REORDER, &query).await?;
    Answer::list(&actor, page)
}

/// Receive a delivery. The item's cost becomes the moving average.
#[utoipa::path(post, path = "/bulk-stock/{id}/receipts", tag = "stock", params(("id" = BulkStockId, Path)), request_body = NewReceipt,
    responses((status = 201, description = "The item as it is now", body = BulkStock)))]
pub async fn receive(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkStockId>,
    Body(new): Body<NewReceipt>,
) -> Result<Answer, Problem> {
    let item = stock::receive(&state.shop, &actor, id, new).await?;
    Ok(Answer::created(&actor, &item)?.version(item.updated_at))
}

/// What came of bulk stock, newest first: how many, from whom, and what one cost.
#[utoipa::path(get, path = "/bulk-stock/receipts", tag = "stock", responses((status = 200, description = "A page", body = ListAnswer<StockReceipt>)))]
pub async fn receipts(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    let page = app::lists::page::<StockReceipt>(&state.shop, &stock::RECEIPTS, &query).await?;
    Answer::list(&actor, page)
}

/// Where an item lies, its home first. All places together are its quantity.
#[utoipa::path(get, path = "/bulk-stock/{id}/places", tag = "stock", params(("id" = BulkStockId, Path)),
    responses((status = 200, description = "The places", body = Vec<StockPlace>)))]
pub async fn places(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkStockId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &stock::places(&state.shop, id).await?)
}

/// Move some of an item from one place to another. Never more than is there: `not_enough_stock`.
#[utoipa::path(post, path = "/bulk-stock/{id}/moves", tag = "stock", params(("id" = BulkStockId, Path)), request_body = StockMove,
    responses((status = 201, description = "The item as it is now", body = BulkStock)))]
pub async fn shift(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkStockId>,
    Body(wish): Body<StockMove>,
) -> Result<Answer, Problem> {
    let item = stock::shift(&state.shop, &actor, id, wish).await?;
    Ok(Answer::created(&actor, &item)?.version(item.updated_at))
}

/// The moves of an item between places, newest first.
#[utoipa::path(get, path = "/bulk-stock/{id}/moves", tag = "stock", params(("id" = BulkStockId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<StockMoveRecord>)))]
pub async fn moves(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<BulkStockId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, stock::moves(&state.shop, id, &query).await?)
}

/// The moves of all items between places, newest first.
#[utoipa::path(get, path = "/bulk-stock/moves", tag = "stock", responses((status = 200, description = "A page", body = ListAnswer<StockMoveRecord>)))]
pub async fn all_moves(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    let page = app::lists::page::<StockMoveRecord>(&state.shop, &stock::MOVES_OF_ALL, &query).await?;
    Answer::list(&actor, page)
}
