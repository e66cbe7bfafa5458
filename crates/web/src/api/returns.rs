//! `/returns`, `/return-requests`, and what comes back of an invoice.

use super::invoices::layout;
use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::invoices::Layout;
use app::returns::{
    self, Decline, Exchanged, NewExchange, NewRefund, NewReturn, Return, ReturnDetail, ReturnRequest,
    TakenBack,
};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{InvoiceId, ReturnId, ReturnRequestId};

/// Take goods back and give their money back.
#[utoipa::path(post, path = "/invoices/{id}/returns", tag = "returns", params(("id" = InvoiceId, Path)), request_body = NewReturn,
    responses((status = 201, description = "The invoice as it is then, with the return", body = TakenBack)))]
pub async fn take_back(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
    Body(new): Body<NewReturn>,
) -> Result<Answer, Problem> {
    let taken = returns::take_back(&state.shop, &actor, id, new).await?;
    Ok(Answer::created(&actor, &taken)?
        .version(taken.invoice.invoice.updated_at)
        .location(format!("/api/v1/returns/{}", taken.made.head.id)))
}

/// Exchange goods for others: a return and a sale in one step.
#[utoipa::path(post, path = "/invoices/{id}/exchanges", tag = "returns", params(("id" = InvoiceId, Path)), request_body = NewExchange,
    responses((status = 201, description = "The return and the new invoice", body = Exchanged)))]
pub async fn exchange(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
    Body(new): Body<NewExchange>,
) -> Result<Answer, Problem> {
    let exchanged = returns::exchange(&state.shop, &actor, id, new).await?;
    Ok(Answer::created(&actor, &exchanged)?.location(format!("/api/v1/returns/{}", exchanged.made.head.id)))
}

/// Returns, newest first.
#[utoipa::path(get, path = "/returns", tag = "returns", responses((status = 200, description = "A page", body = ListAnswer<Return>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<Return>(&state.shop, &returns::LIST, &query).await?,
    )
}

/// One return with everything on it.
#[utoipa::path(get, path = "/returns/{id}", tag = "returns", params(("id" = ReturnId, Path)),
    responses((status = 200, description = "The return", body = ReturnDetail)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ReturnId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &returns::find(&state.shop, id).await?)
}

/// Give back more of what a return credited.
#[utoipa::path(post, path = "/returns/{id}/refunds", tag = "returns", params(("id" = ReturnId, Path)), request_body = NewRefund,
    responses((status = 201, description = "The invoice as it is then, with the return", body = TakenBack)))]
pub async fn refund(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ReturnId>,
    Body(new): Body<NewRefund>,
) -> Result<Answer, Problem> {
    let taken = returns::refund(&state.shop, &actor, id, new).await?;
    Ok(Answer::created(&actor, &taken)?.location(format!("/api/v1/returns/{id}")))
}

/// The credit note on A4, or on an 80 mm roll, as PDF.
#[utoipa::path(get, path = "/returns/{id}/document.pdf", tag = "returns",
    params(("id" = ReturnId, Path), ("layout" = Option<Layout>, Query, description = "a4 unless said otherwise")),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn document(
    State(state): State<AppState>,
    PathId(id): PathId<ReturnId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let printed = returns::print(&state.shop, id, layout(query.as_deref().unwrap_or(""))?).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// Ask for a return: nothing moves until a Manager approves it.
#[utoipa::path(post, path = "/invoices/{id}/return-requests", tag = "returns", params(("id" = InvoiceId, Path)), request_body = NewReturn,
    responses((status = 201, description = "The request", body = ReturnRequest)))]
pub async fn request(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
    Body(new): Body<NewReturn>,
) -> Result<Answer, Problem> {
    let made = returns::request(&state.shop, &actor, id, new).await?;
    Ok(Answer::created(&actor, &made)?
        .version(made.updated_at)
        .location(format!("/api/v1/return-requests/{}", made.id)))
}

/// Requests for returns, newest first.
#[utoipa::path(get, path = "/return-requests", tag = "returns",
    responses((status = 200, description = "A page", body = ListAnswer<ReturnRequest>)))]
pub async fn requests(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<ReturnRequest>(&state.shop, &returns::REQUESTS, &query).await?,
    )
}

/// One request.
#[utoipa::path(get, path = "/return-requests/{id}", tag = "returns", params(("id" = ReturnRequestId, Path)),
    responses((status = 200, description = "The request", body = ReturnRequest)))]
pub async fn request_find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ReturnRequestId>,
) -> Result<Answer, Problem> {
    let found = returns::request_find(&state.shop, id).await?;
    Ok(Answer::ok(&actor, &found)?.version(found.updated_at))
}

/// Approve a request: the return is made as it was asked for.
#[utoipa::path(post, path = "/return-requests/{id}/approve", tag = "returns", params(("id" = ReturnRequestId, Path)),
    responses((status = 201, description = "The request, with the return that was made", body = ReturnRequest)))]
pub async fn approve(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ReturnRequestId>,
) -> Result<Answer, Problem> {
    let decided = returns::approve(&state.shop, &actor, id).await?;
    Ok(Answer::created(&actor, &decided)?.version(decided.updated_at))
}

/// Decline a request.
#[utoipa::path(post, path = "/return-requests/{id}/decline", tag = "returns", params(("id" = ReturnRequestId, Path)), request_body = Decline,
    responses((status = 200, description = "The request", body = ReturnRequest)))]
pub async fn decline(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ReturnRequestId>,
    Body(why): Body<Decline>,
) -> Result<Answer, Problem> {
    let decided = returns::decline(&state.shop, &actor, id, why).await?;
    Ok(Answer::ok(&actor, &decided)?.version(decided.updated_at))
}
