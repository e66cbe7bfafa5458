//! `/scan-set`

use crate::AppState;
use crate::answer::Answer;
use crate::extract::{Body, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::scan_sets::{self, NewScans, ScanSet};
use app::stocktakes::{self, NewSetCount, SetCount};
use axum::extract::State;
use domain::AssetId;

/// The devices that the caller has scanned to do one thing with all of them.
#[utoipa::path(get, path = "/scan-set", tag = "assets", responses((status = 200, description = "The set", body = ScanSet)))]
pub async fn find(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    Answer::ok(&actor, &scan_sets::find(&state.shop, &actor).await?)
}

/// Add tags, serial numbers or IMEIs to the set.
#[utoipa::path(post, path = "/scan-set", tag = "assets", request_body = NewScans,
    responses((status = 200, description = "The set, and what became of each code", body = ScanSet)))]
pub async fn add(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewScans>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &scan_sets::add(&state.shop, &actor, new).await?)
}

/// Let go of the whole set. Nothing happens to the devices.
#[utoipa::path(delete, path = "/scan-set", tag = "assets", responses((status = 204, description = "Empty")))]
pub async fn clear(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    scan_sets::remove(&state.shop, &actor, None).await?;
    Ok(Answer::no_content())
}

/// Take one device out of the set. Nothing happens to it.
#[utoipa::path(delete, path = "/scan-set/{asset_id}", tag = "assets", params(("asset_id" = AssetId, Path)),
    responses((status = 204, description = "Not in the set")))]
pub async fn remove(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
) -> Result<Answer, Problem> {
    scan_sets::remove(&state.shop, &actor, Some(&[id])).await?;
    Ok(Answer::no_content())
}

/// Count the whole set at a place, in one act: into the count that is open there, or into one that begins with this.
///
/// A device that was counted already stays as it was counted, and its row says by whom. The set stays until it is let go of.
#[utoipa::path(post, path = "/scan-set/count", tag = "stocktakes", request_body = NewSetCount,
    responses((status = 200, description = "The count, and what became of each device", body = SetCount)))]
pub async fn count(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewSetCount>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &stocktakes::count_set(&state.shop, &actor, new).await?)
}
