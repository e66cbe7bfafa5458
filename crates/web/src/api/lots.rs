//! `/lots`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId, PathIds};
use crate::frame::Caller;
use crate::problem::Problem;
use app::Actor;
use app::lots::{self, ChargeNumber, Lot, LotChange, LotDetail, LotLine, NewCharge, NewLot};
use axum::extract::State;
use domain::LotId;

fn answer(actor: &Actor, detail: &LotDetail) -> Result<Answer, Problem> {
    Ok(Answer::ok(actor, detail)?.version(detail.lot.updated_at))
}

fn made(actor: &Actor, detail: &LotDetail) -> Result<Answer, Problem> {
    Ok(Answer::created(actor, detail)?
        .version(detail.lot.updated_at)
        .location(format!("/api/v1/lots/{}", detail.lot.id)))
}

/// Lots, the latest first. `profit` is there for those who see it.
#[utoipa::path(get, path = "/lots", tag = "lots",
    responses((status = 200, description = "A page", body = ListAnswer<Lot>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<Lot>(&state.shop, &lots::LIST, &query).await?,
    )
}

/// Record a lot. Its devices come by `POST /imports/manifest` or `POST /assets` with its `lot_id`.
#[utoipa::path(post, path = "/lots", tag = "lots", request_body = NewLot,
    responses((status = 201, description = "The lot", body = LotDetail)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewLot>,
) -> Result<Answer, Problem> {
    made(&actor, &lots::create(&state.shop, &actor, new).await?)
}

/// One lot: expected against received, its devices by status, its charges. Its devices are `GET /assets?lot_id=`.
#[utoipa::path(get, path = "/lots/{id}", tag = "lots", params(("id" = LotId, Path)),
    responses((status = 200, description = "The lot", body = LotDetail)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<LotId>,
) -> Result<Answer, Problem> {
    answer(&actor, &lots::find(&state.shop, id).await?)
}

/// Change a lot, close it, or open it again.
#[utoipa::path(patch, path = "/lots/{id}", tag = "lots", params(("id" = LotId, Path)), request_body = LotChange,
    responses((status = 200, description = "Changed", body = LotDetail)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<LotId>,
    Body(change): Body<LotChange>,
) -> Result<Answer, Problem> {
    answer(&actor, &lots::change(&state.shop, &actor, id, change).await?)
}

/// The supplier's list of a lot, beside what came: `outcome` is `received`, `missing` or `differs`.
#[utoipa::path(get, path = "/lots/{id}/lines", tag = "lots", params(("id" = LotId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<LotLine>)))]
pub async fn lines(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<LotId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, lots::lines(&state.shop, id, &query).await?)
}

/// Post a bill that came with a lot: it is spread over its devices, sold ones too, to the pesewa.
#[utoipa::path(post, path = "/lots/{id}/charges", tag = "lots", params(("id" = LotId, Path)), request_body = NewCharge,
    responses((status = 201, description = "The lot with the charge", body = LotDetail)))]
pub async fn charge(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<LotId>,
    Body(new): Body<NewCharge>,
) -> Result<Answer, Problem> {
    made(&actor, &lots::charge(&state.shop, &actor, id, new).await?)
}

/// Take a charge back: a row with the opposite amount, from each device what it carried.
#[utoipa::path(post, path = "/lots/{id}/charges/{charge_number}/reverse", tag = "lots",
    params(("id" = LotId, Path), ("charge_number" = i32, Path, minimum = 1)),
    responses((status = 201, description = "The lot", body = LotDetail)))]
pub async fn reverse(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathIds(id, number): PathIds<LotId, ChargeNumber>,
) -> Result<Answer, Problem> {
    made(&actor, &lots::reverse(&state.shop, &actor, id, number).await?)
}

/// Spread a charge again over the devices that the lot has now: it is taken back and posted again in one step.
#[utoipa::path(post, path = "/lots/{id}/charges/{charge_number}/spread", tag = "lots",
    params(("id" = LotId, Path), ("charge_number" = i32, Path, minimum = 1)),
    responses((status = 201, description = "The lot", body = LotDetail)))]
pub async fn spread_again(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathIds(id, number): PathIds<LotId, ChargeNumber>,
) -> Result<Answer, Problem> {
    made(
        &actor,
        &lots::spread_again(&state.shop, &actor, id, number).await?,
    )
}
