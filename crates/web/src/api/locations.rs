//! `/locations`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::locations::{self, Location, LocationChange, NewLocation};
use axum::extract::State;
use domain::LocationId;

/// Locations.
#[utoipa::path(get, path = "/locations", tag = "catalog", responses((status = 200, description = "A page", body = ListAnswer<Location>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<Location>(&state.shop, &locations::LIST, &query).await?,
    )
}

/// Record a location.
#[utoipa::path(post, path = "/locations", tag = "catalog", request_body = NewLocation,
    responses((status = 201, description = "Recorded", body = Location)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewLocation>,
) -> Result<Answer, Problem> {
    Answer::created(&actor, &locations::create(&state.shop, &actor, new).await?)
}

/// Change a location.
#[utoipa::path(patch, path = "/locations/{id}", tag = "catalog", params(("id" = LocationId, Path)), request_body = LocationChange,
    responses((status = 200, description = "Changed", body = Location)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<LocationId>,
    Body(change): Body<LocationChange>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &locations::change(&state.shop, &actor, id, change).await?)
}
