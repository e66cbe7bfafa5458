//! `/preorders` and `/preorder-deposits`

use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, MaybeBody, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::Actor;
use app::preorders::{
    self, Arrival, CallOff, Close, DepositHeld, DepositRejection, FittingDevice, NewDeposit, NewPreorder,
    NewShortfall, Notice, PickUp, Preorder, PreorderDetail, PreorderEvent, PreorderRejection, ValueDecision,
};
use app::sales::NewSale;
use axum::extract::State;
use axum::response::Response;
use domain::PreorderId;

fn answer(actor: &Actor, detail: &PreorderDetail) -> Result<Answer, Problem> {
    Ok(Answer::ok(actor, detail)?.version(detail.preorder.updated_at))
}

fn made(actor: &Actor, detail: &PreorderDetail) -> Result<Answer, Problem> {
    Ok(Answer::created(actor, detail)?.version(detail.preorder.updated_at))
}

/// Preorders, newest first.
#[utoipa::path(get, path = "/preorders", tag = "preorders", responses((status = 200, description = "A page", body = ListAnswer<Preorder>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, preorders::page(&state.shop, &actor, &query).await?)
}

/// Take a preorder.
#[utoipa::path(post, path = "/preorders", tag = "preorders", request_body = NewPreorder,
    responses((status = 201, description = "Taken", body = PreorderDetail)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewPreorder>,
) -> Result<Answer, Problem> {
    let detail = preorders::create(&state.shop, &actor, new).await?;
    Ok(made(&actor, &detail)?.location(format!("/api/v1/preorders/{}", detail.preorder.id)))
}

/// One preorder with everything on it.
#[utoipa::path(get, path = "/preorders/{id}", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
) -> Result<Answer, Problem> {
    answer(&actor, &preorders::find(&state.shop, &actor, id).await?)
}

/// What happened to a preorder, newest first.
#[utoipa::path(get, path = "/preorders/{id}/events", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<PreorderEvent>)))]
pub async fn events(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, preorders::events(&state.shop, id, &query).await?)
}

/// Devices in the house that would do: those that can be kept now first.
#[utoipa::path(get, path = "/preorders/{id}/devices", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "At most 20", body = Vec<FittingDevice>)))]
pub async fn devices(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
) -> Result<Answer, Problem> {
    preorders::find(&state.shop, &actor, id).await?;
    Answer::ok(&actor, &preorders::devices_fitting(&state.shop, id).await?)
}

/// Take the deposit.
#[utoipa::path(post, path = "/preorders/{id}/deposit", tag = "preorders", params(("id" = PreorderId, Path)), request_body = NewDeposit,
    responses((status = 201, description = "The preorder with the deposit", body = PreorderDetail)))]
pub async fn deposit(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(new): Body<NewDeposit>,
) -> Result<Answer, Problem> {
    made(&actor, &preorders::deposit(&state.shop, &actor, id, new).await?)
}

/// Confirm that the money of a claimed deposit was seen.
#[utoipa::path(post, path = "/preorders/{id}/deposit/confirm", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn confirm_deposit(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
) -> Result<Answer, Problem> {
    answer(
        &actor,
        &preorders::confirm_deposit(&state.shop, &actor, id).await?,
    )
}

/// Record that a claimed deposit never came.
#[utoipa::path(post, path = "/preorders/{id}/deposit/reject", tag = "preorders", params(("id" = PreorderId, Path)),
    request_body = DepositRejection, responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn reject_deposit(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(word): Body<DepositRejection>,
) -> Result<Answer, Problem> {
    answer(
        &actor,
        &preorders::reject_deposit(&state.shop, &actor, id, word).await?,
    )
}

/// Order it from the supplier: the promised days begin.
#[utoipa::path(post, path = "/preorders/{id}/order", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn order(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
) -> Result<Answer, Problem> {
    answer(&actor, &preorders::order(&state.shop, &actor, id).await?)
}

/// Record that it left the supplier.
#[utoipa::path(post, path = "/preorders/{id}/in-transit", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn in_transit(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
) -> Result<Answer, Problem> {
    answer(&actor, &preorders::ship(&state.shop, &actor, id).await?)
}

/// Link the device that arrived, which is Reserved from then on.
#[utoipa::path(post, path = "/preorders/{id}/arrive", tag = "preorders", params(("id" = PreorderId, Path)), request_body = Arrival,
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn arrive(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(arrival): Body<Arrival>,
) -> Result<Answer, Problem> {
    answer(
        &actor,
        &preorders::arrive(&state.shop, &actor, id, arrival).await?,
    )
}

/// Record that the customer was told.
#[utoipa::path(post, path = "/preorders/{id}/notify", tag = "preorders", params(("id" = PreorderId, Path)), request_body = Option<Notice>,
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn notify(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    MaybeBody(notice): MaybeBody<Notice>,
) -> Result<Answer, Problem> {
    answer(&actor, &preorders::notify(&state.shop, &actor, id, notice).await?)
}

/// Hand over what arrived: invoice, deposit applied, rest paid, device sold, warranty given, in one step.
#[utoipa::path(post, path = "/preorders/{id}/pick-up", tag = "preorders", params(("id" = PreorderId, Path)), request_body = PickUp,
    responses((status = 201, description = "The preorder, with the invoice that was made", body = PreorderDetail)))]
pub async fn pick_up(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(wish): Body<PickUp>,
) -> Result<Answer, Problem> {
    made(&actor, &preorders::pick_up(&state.shop, &actor, id, wish).await?)
}

/// Record that the customer does not want what arrived.
#[utoipa::path(post, path = "/preorders/{id}/reject", tag = "preorders", params(("id" = PreorderId, Path)), request_body = PreorderRejection,
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn reject(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(rejection): Body<PreorderRejection>,
) -> Result<Answer, Problem> {
    answer(
        &actor,
        &preorders::reject(&state.shop, &actor, id, rejection).await?,
    )
}

/// Sell what was rejected to somebody else.
#[utoipa::path(post, path = "/preorders/{id}/resell", tag = "preorders", params(("id" = PreorderId, Path)), request_body = NewSale,
    responses((status = 201, description = "The preorder with its settlement, and the invoice that was made", body = PreorderDetail)))]
pub async fn resell(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(sale): Body<NewSale>,
) -> Result<Answer, Problem> {
    made(&actor, &preorders::resell(&state.shop, &actor, id, sale).await?)
}

/// Call off what was ordered and never comes: the whole deposit goes back, and it takes no other step.
#[utoipa::path(post, path = "/preorders/{id}/call-off", tag = "preorders", params(("id" = PreorderId, Path)), request_body = CallOff,
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn call_off(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(how): Body<CallOff>,
) -> Result<Answer, Problem> {
    answer(&actor, &preorders::call_off(&state.shop, &actor, id, how).await?)
}

/// Decide what a rejected device is worth that does not sell, so that it can be settled.
#[utoipa::path(post, path = "/preorders/{id}/decide-value", tag = "preorders", params(("id" = PreorderId, Path)), request_body = ValueDecision,
    responses((status = 200, description = "The preorder with its settlement", body = PreorderDetail)))]
pub async fn decide_value(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(decision): Body<ValueDecision>,
) -> Result<Answer, Problem> {
    answer(
        &actor,
        &preorders::decide_value(&state.shop, &actor, id, decision).await?,
    )
}

/// Settle what is owed and end it, or give it up before it is ordered.
#[utoipa::path(post, path = "/preorders/{id}/close", tag = "preorders", params(("id" = PreorderId, Path)), request_body = Option<Close>,
    responses((status = 200, description = "The preorder", body = PreorderDetail)))]
pub async fn close(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    MaybeBody(how): MaybeBody<Close>,
) -> Result<Answer, Problem> {
    answer(&actor, &preorders::close(&state.shop, &actor, id, how).await?)
}

/// Take what the customer still owes of a resale's loss.
#[utoipa::path(post, path = "/preorders/{id}/shortfall", tag = "preorders", params(("id" = PreorderId, Path)), request_body = NewShortfall,
    responses((status = 201, description = "The preorder with the payment", body = PreorderDetail)))]
pub async fn shortfall(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
    Body(new): Body<NewShortfall>,
) -> Result<Answer, Problem> {
    made(
        &actor,
        &preorders::pay_shortfall(&state.shop, &actor, id, new).await?,
    )
}

/// The agreement with its policy terms, as PDF.
#[utoipa::path(get, path = "/preorders/{id}/agreement.pdf", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn agreement(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
) -> Result<Response, Problem> {
    let printed = preorders::print_agreement(&state.shop, &actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// The receipt of the deposit on an 80 mm roll, as PDF.
#[utoipa::path(get, path = "/preorders/{id}/deposit.pdf", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn deposit_receipt(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
) -> Result<Response, Problem> {
    let printed = preorders::print_deposit(&state.shop, &actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// The settlement of a rejected preorder, as PDF: what was agreed, what it brought, and who owes whom how much. 409 before its device was
/// sold to somebody else.
#[utoipa::path(get, path = "/preorders/{id}/settlement.pdf", tag = "preorders", params(("id" = PreorderId, Path)),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn settlement(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PreorderId>,
) -> Result<Response, Problem> {
    let printed = preorders::print_settlement(&state.shop, &actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// Deposits that are held for somebody, oldest first.
#[utoipa::path(get, path = "/preorder-deposits", tag = "preorders", responses((status = 200, description = "A page", body = ListAnswer<DepositHeld>)))]
pub async fn held(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, preorders::held(&state.shop, &actor, &query).await?)
}
