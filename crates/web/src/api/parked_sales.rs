//! `/parked-sales`: sales put aside at the counter.

use crate::AppState;
use crate::answer::Answer;
use crate::extract::{Body, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::sales::parked::{self, NewParkedSale, ParkedSale};
use axum::extract::State;
use domain::ParkedSaleId;

/// What was put aside today, oldest first. It holds nothing and is forgotten with the shop's day.
#[utoipa::path(get, path = "/parked-sales", tag = "sales", responses((status = 200, description = "At most 50", body = Vec<ParkedSale>)))]
pub async fn list(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    Answer::ok(&actor, &parked::parked(&state.shop).await?)
}

/// Put a sale aside.
#[utoipa::path(post, path = "/parked-sales", tag = "sales", request_body = NewParkedSale,
    responses((status = 201, description = "Put aside", body = ParkedSale)))]
pub async fn park(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewParkedSale>,
) -> Result<Answer, Problem> {
    Answer::created(&actor, &parked::park_cart(&state.shop, &actor, new).await?)
}

/// Take one away, to go on with it or to drop it. Of two who do so one gets it: `parked_sale_gone`.
#[utoipa::path(delete, path = "/parked-sales/{id}", tag = "sales", params(("id" = ParkedSaleId, Path)),
    responses((status = 200, description = "As it was put aside", body = ParkedSale)))]
pub async fn take(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ParkedSaleId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &parked::resume(&state.shop, &actor, id).await?)
}
