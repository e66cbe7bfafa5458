//! `/warranty-claims`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::claims::{self, Completion, Denial, NewClaim, WarrantyClaim};
use axum::extract::State;
use domain::WarrantyClaimId;

/// Warranty claims, newest first.
#[utoipa::path(get, path = "/warranty-claims", tag = "warranty-claims",
    responses((status = 200, description = "A page", body = ListAnswer<WarrantyClaim>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<WarrantyClaim>(&state.shop, &claims::LIST, &query).await?,
    )
}

/// Submit a claim on an Active warranty, within its dates.
#[utoipa::path(post, path = "/warranty-claims", tag = "warranty-claims", request_body = NewClaim,
    responses((status = 201, description = "The claim", body = WarrantyClaim)))]
pub async fn submit(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewClaim>,
) -> Result<Answer, Problem> {
    let claim = claims::submit(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &claim)?
        .version(claim.updated_at)
        .location(format!("/api/v1/warranty-claims/{}", claim.id)))
}

/// One claim.
#[utoipa::path(get, path = "/warranty-claims/{id}", tag = "warranty-claims", params(("id" = WarrantyClaimId, Path)),
    responses((status = 200, description = "The claim", body = WarrantyClaim)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<WarrantyClaimId>,
) -> Result<Answer, Problem> {
    let claim = claims::find(&state.shop, id).await?;
    Ok(Answer::ok(&actor, &claim)?.version(claim.updated_at))
}

/// Approve a claim: its repair ticket is open.
#[utoipa::path(post, path = "/warranty-claims/{id}/approve", tag = "warranty-claims", params(("id" = WarrantyClaimId, Path)),
    responses((status = 200, description = "The claim with its ticket", body = WarrantyClaim)))]
pub async fn approve(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<WarrantyClaimId>,
) -> Result<Answer, Problem> {
    let claim = claims::approve(&state.shop, &actor, id).await?;
    Ok(Answer::ok(&actor, &claim)?.version(claim.updated_at))
}

/// Deny a claim, with the reason.
#[utoipa::path(post, path = "/warranty-claims/{id}/deny", tag = "warranty-claims", params(("id" = WarrantyClaimId, Path)), request_body = Denial,
    responses((status = 200, description = "The claim", body = WarrantyClaim)))]
pub async fn deny(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<WarrantyClaimId>,
    Body(why): Body<Denial>,
) -> Result<Answer, Problem> {
    let claim = claims::deny(&state.shop, &actor, id, why).await?;
    Ok(Answer::ok(&actor, &claim)?.version(claim.updated_at))
}

/// Complete an approved claim: Repaired, Replaced (the replacement is sold for nothing and carries the warranty on) or
/// Refunded (the return and the refunds are made).
#[utoipa::path(post, path = "/warranty-claims/{id}/complete", tag = "warranty-claims", params(("id" = WarrantyClaimId, Path)), request_body = Completion,
    responses((status = 200, description = "The claim", body = WarrantyClaim)))]
pub async fn complete(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<WarrantyClaimId>,
    Body(end): Body<Completion>,
) -> Result<Answer, Problem> {
    let claim = claims::complete(&state.shop, &actor, id, end).await?;
    Ok(Answer::ok(&actor, &claim)?.version(claim.updated_at))
}
