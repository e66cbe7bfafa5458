//! `/stocktakes`

use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, PathId, PathIds};
use crate::frame::Caller;
use crate::problem::Problem;
use app::Actor;
use app::stocktakes::{
    self, CountAnswer, Counter, NewCount, NewStocktake, Stocktake, StocktakeCancellation, StocktakeCount,
    StocktakeDetail, StocktakeDevice, StocktakeItem,
};
use axum::extract::State;
use axum::response::Response;
use domain::{StocktakeCountId, StocktakeId};
use serde::Serialize;
use utoipa::ToSchema;

fn answer(actor: &Actor, detail: &StocktakeDetail) -> Result<Answer, Problem> {
    Ok(Answer::ok(actor, detail)?.version(detail.stocktake.updated_at))
}

/// Stocktakes, newest first.
#[utoipa::path(get, path = "/stocktakes", tag = "stocktakes",
    responses((status = 200, description = "A page", body = ListAnswer<Stocktake>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    let page = app::lists::page::<Stocktake>(&state.shop, &stocktakes::LIST, &query).await?;
    Answer::list(&actor, page)
}

/// Begin to count a place.
#[utoipa::path(post, path = "/stocktakes", tag = "stocktakes", request_body = NewStocktake,
    responses((status = 201, description = "Begun", body = StocktakeDetail)))]
pub async fn start(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewStocktake>,
) -> Result<Answer, Problem> {
    let detail = stocktakes::start(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &detail)?
        .version(detail.stocktake.updated_at)
        .location(format!("/api/v1/stocktakes/{}", detail.stocktake.id)))
}

/// One stocktake with how far it is.
#[utoipa::path(get, path = "/stocktakes/{id}", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "The stocktake", body = StocktakeDetail)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
) -> Result<Answer, Problem> {
    answer(&actor, &stocktakes::find(&state.shop, &actor, id).await?)
}

/// The devices of a stocktake, with what came of each: as it looks now, and for good once it is approved. 409 `blind_count`
/// while a blind one is counted.
#[utoipa::path(get, path = "/stocktakes/{id}/devices", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<StocktakeDevice>)))]
pub async fn devices(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, stocktakes::devices(&state.shop, id, &query).await?)
}

/// The items of bulk stock of a stocktake, with what came of each. 409 `blind_count` while a blind one is counted.
#[utoipa::path(get, path = "/stocktakes/{id}/items", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<StocktakeItem>)))]
pub async fn items(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, stocktakes::items(&state.shop, id, &query).await?)
}

/// What was counted, latest first.
#[utoipa::path(get, path = "/stocktakes/{id}/counts", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<StocktakeCount>)))]
pub async fn counts(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, stocktakes::counts(&state.shop, id, &query).await?)
}

/// Count what was scanned. A device that was counted is 409 `already_counted`, with who counted it and when; a code that
/// nobody knows is kept, with `known` false.
#[utoipa::path(post, path = "/stocktakes/{id}/counts", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    request_body = NewCount, responses((status = 201, description = "Counted", body = CountAnswer)))]
pub async fn count(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
    Body(new): Body<NewCount>,
) -> Result<Answer, Problem> {
    Answer::created(&actor, &stocktakes::count(&state.shop, &actor, id, new).await?)
}

/// Take back what was counted.
#[utoipa::path(post, path = "/stocktakes/{id}/counts/{count_id}/remove", tag = "stocktakes",
    params(("id" = StocktakeId, Path), ("count_id" = StocktakeCountId, Path)),
    responses((status = 200, description = "What was taken back", body = StocktakeCount)))]
pub async fn uncount(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathIds(id, count_id): PathIds<StocktakeId, StocktakeCountId>,
) -> Result<Answer, Problem> {
    Answer::ok(
        &actor,
        &stocktakes::uncount(&state.shop, &actor, id, count_id).await?,
    )
}

/// Say that everything is counted.
#[utoipa::path(post, path = "/stocktakes/{id}/submit", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "The stocktake", body = StocktakeDetail)))]
pub async fn submit(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
) -> Result<Answer, Problem> {
    answer(&actor, &stocktakes::submit(&state.shop, &actor, id).await?)
}

/// Send a submitted stocktake back to be counted further.
#[utoipa::path(post, path = "/stocktakes/{id}/reopen", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "The stocktake", body = StocktakeDetail)))]
pub async fn reopen(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
) -> Result<Answer, Problem> {
    answer(&actor, &stocktakes::reopen(&state.shop, &actor, id).await?)
}

/// Approve a submitted stocktake: devices are moved and quantities corrected as it found them.
#[utoipa::path(post, path = "/stocktakes/{id}/approve", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "The stocktake", body = StocktakeDetail)))]
pub async fn approve(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
) -> Result<Answer, Problem> {
    answer(&actor, &stocktakes::approve(&state.shop, &actor, id).await?)
}

/// Give a stocktake up; nothing is changed by it. One that is submitted needs the right to approve.
#[utoipa::path(post, path = "/stocktakes/{id}/cancel", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    request_body = StocktakeCancellation, responses((status = 200, description = "The stocktake", body = StocktakeDetail)))]
pub async fn cancel(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
    Body(cancellation): Body<StocktakeCancellation>,
) -> Result<Answer, Problem> {
    answer(
        &actor,
        &stocktakes::cancel(&state.shop, &actor, id, cancellation).await?,
    )
}

/// The report of a stocktake as PDF. 409 `blind_count` while a blind one is counted.
#[utoipa::path(get, path = "/stocktakes/{id}/report.pdf", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "The report", body = Pdf, content_type = "application/pdf")))]
pub async fn report(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
) -> Result<Response, Problem> {
    let printed = stocktakes::print(&state.shop, &actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// Everybody who counts in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counters {
    /// Who counted most first.
    pub data: Vec<Counter>,
}

/// Who counts in it, and how much each has counted.
#[utoipa::path(get, path = "/stocktakes/{id}/counters", tag = "stocktakes", params(("id" = StocktakeId, Path)),
    responses((status = 200, description = "The counters", body = Counters)))]
pub async fn counters(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<StocktakeId>,
) -> Result<Answer, Problem> {
    let data = stocktakes::counters(&state.shop, id).await?;
    Answer::ok(&actor, &Counters { data })
}
