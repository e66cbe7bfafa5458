//! `/lead-sources`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::lead_sources::{self, LeadSource, LeadSourceChange, NewLeadSource};
use axum::extract::State;
use domain::LeadSourceId;

/// Lead sources.
#[utoipa::path(get, path = "/lead-sources", tag = "catalog", responses((status = 200, description = "A page", body = ListAnswer<LeadSource>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<LeadSource>(&state.shop, &lead_sources::LIST, &query).await?,
    )
}

/// Record a lead source.
#[utoipa::path(post, path = "/lead-sources", tag = "catalog", request_body = NewLeadSource,
    responses((status = 201, description = "Recorded", body = LeadSource)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewLeadSource>,
) -> Result<Answer, Problem> {
    Answer::created(&actor, &lead_sources::create(&state.shop, &actor, new).await?)
}

/// Change a lead source.
#[utoipa::path(patch, path = "/lead-sources/{id}", tag = "catalog", params(("id" = LeadSourceId, Path)), request_body = LeadSourceChange,
    responses((status = 200, description = "Changed", body = LeadSource)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<LeadSourceId>,
    Body(change): Body<LeadSourceChange>,
) -> Result<Answer, Problem> {
    Answer::ok(
        &actor,
        &lead_sources::change(&state.shop, &actor, id, change).await?,
    )
}
