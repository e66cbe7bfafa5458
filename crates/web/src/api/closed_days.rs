//! `/closed-days`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery};
use crate::frame::Caller;
use crate::problem::Problem;
use app::closed_days::{self, CloseDay, ClosedDay};
use axum::extract::State;

/// Closed days with their figures as they were known at the closing, latest first.
#[utoipa::path(get, path = "/closed-days", tag = "tills", responses((status = 200, description = "A page", body = ListAnswer<ClosedDay>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<ClosedDay>(&state.shop, &closed_days::LIST, &query).await?,
    )
}

/// Close a day, with all days before it that are not closed yet, or a whole month. Nothing is dated on them from then on.
#[utoipa::path(post, path = "/closed-days", tag = "tills", request_body = CloseDay,
    responses((status = 201, description = "The last day that was closed", body = ClosedDay)))]
pub async fn close(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(close): Body<CloseDay>,
) -> Result<Answer, Problem> {
    Answer::created(&actor, &closed_days::close(&state.shop, &actor, close).await?)
}
