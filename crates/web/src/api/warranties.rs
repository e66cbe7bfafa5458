//! `/warranties`

use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::warranties::{self, Verdict, Voiding, Warranty};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::WarrantyId;
use serde::Serialize;
use utoipa::ToSchema;

/// Warranties, newest first.
#[utoipa::path(get, path = "/warranties", tag = "warranties", responses((status = 200, description = "A page", body = ListAnswer<Warranty>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, warranties::list(&state.shop, &query).await?)
}

/// One warranty.
#[utoipa::path(get, path = "/warranties/{id}", tag = "warranties", params(("id" = WarrantyId, Path)),
    responses((status = 200, description = "The warranty", body = Warranty)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<WarrantyId>,
) -> Result<Answer, Problem> {
    let warranty = warranties::find(&state.shop, id).await?;
    Ok(Answer::ok(&actor, &warranty)?.version(warranty.updated_at))
}

/// Void a warranty.
#[utoipa::path(post, path = "/warranties/{id}/void", tag = "warranties", params(("id" = WarrantyId, Path)), request_body = Voiding,
    responses((status = 200, description = "The warranty", body = Warranty)))]
pub async fn void(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<WarrantyId>,
    Body(why): Body<Voiding>,
) -> Result<Answer, Problem> {
    let warranty = warranties::void(&state.shop, &actor, id, why).await?;
    Ok(Answer::ok(&actor, &warranty)?.version(warranty.updated_at))
}

/// The certificate, as PDF.
#[utoipa::path(get, path = "/warranties/{id}/document.pdf", tag = "warranties", params(("id" = WarrantyId, Path)),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn document(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<WarrantyId>,
) -> Result<Response, Problem> {
    let printed = warranties::print(&state.shop, &actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// What a look-up found.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookUpAnswer {
    /// The verdict on the whole, in words.
    pub verdict: String,
    /// One a device, at most 20.
    #[schema(max_items = 20)]
    pub data: Vec<Verdict>,
}

/// Whether something is covered: by serial number, tag or IMEI, by a warranty's or an invoice's number, or by its holder's phone.
#[utoipa::path(get, path = "/warranty-look-up", tag = "warranties",
    params(("q" = String, Query, description = "What to look for.", min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f\x7f-\x9f]*\S[^\x00-\x1f\x7f-\x9f]*$")),
    responses((status = 200, description = "The verdicts", body = LookUpAnswer)))]
pub async fn look_up(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RawQuery(query): RawQuery,
) -> Result<Answer, Problem> {
    let q = crate::pages::search::asked(query.as_deref());
    let data = warranties::look_up(&state.shop, &q).await?;
    let verdict = match data.first() {
        Some(first) => first.verdict.clone(),
        None => warranties::NEVER_SOLD.to_owned(),
    };
    Answer::ok(&actor, &LookUpAnswer { verdict, data })
}
