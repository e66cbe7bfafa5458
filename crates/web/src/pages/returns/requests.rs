//! Returns that Sales asked for, and a Manager's decision.

use super::{ReturnedLine, became};
use crate::AppState;
use crate::components::{Chip, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::pages::invoices::when;
use crate::pages::{PageResult, show, show_with};
use app::invoices;
use app::returns::{self, Decline};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::State;
use domain::{Money, ReturnRequestId, ReturnRequestStatus};
use http::StatusCode;

/// templates/pages/return_request.html
#[derive(Debug, Template)]
#[template(path = "pages/return_request.html")]
pub struct RequestPage {
    frame: Frame,
    id: String,
    invoice: String,
    invoice_href: String,
    chip: Chip,
    sub: String,
    reason: String,
    lines: Vec<ReturnedLine>,
    refunds: Vec<(String, String)>,
    outcome: String,
    outcome_href: String,
    may_decide: bool,
    decline_reason: String,
    form_key: String,
    errors: Errors,
}

async fn request_page(
    state: &AppState,
    visitor: Visitor,
    id: ReturnRequestId,
    form: &Form,
    errors: Errors,
) -> Result<RequestPage, Refusal> {
    let request = returns::request_find(&state.shop, id).await?;
    let detail = invoices::find(&state.shop, request.invoice_id).await?;
    let wish = returns::request::wished(&request)?;
    let decider = request.decided_by_name.as_deref().unwrap_or("Somebody");
    let (outcome, outcome_href) = match request.status {
        ReturnRequestStatus::Requested => (String::new(), String::new()),
        ReturnRequestStatus::Approved => (
            format!(
                "{decider} approved it: {}",
                request.return_number.as_deref().unwrap_or("")
            ),
            request
                .return_id
                .map(|id| format!("/returns/{id}"))
                .unwrap_or_default(),
        ),
        ReturnRequestStatus::Declined => (
            format!(
                "{decider} declined it: {}",
                request.decline_reason.as_deref().unwrap_or("")
            ),
            String::new(),
        ),
    };
    let lines = wish
        .lines
        .iter()
        .filter_map(|w| {
            let line = detail
                .lines
                .iter()
                .find(|l| l.line_number.unsigned_abs() == w.line_number)?;
            let quantity = i32::try_from(w.quantity).ok()?;
            Some(ReturnedLine {
                title: line.item_description.clone(),
                code: line
                    .asset_tag
                    .clone()
                    .or_else(|| line.sku.clone())
                    .unwrap_or_default(),
                href: match (line.asset_id, line.bulk_stock_id) {
                    (Some(id), _) => format!("/devices/{id}"),
                    (_, Some(id)) => format!("/stock/{id}"),
                    _ => String::new(),
                },
                quantity: w.quantity.to_string(),
                what: became(w.disposition).into(),
                total: line
                    .unit_price
                    .checked_mul_quantity(quantity)
                    .map(Money::grouped)
                    .unwrap_or_default(),
            })
        })
        .collect();
    Ok(RequestPage {
        id: id.to_string(),
        invoice: request.invoice_number.clone(),
        invoice_href: format!("/invoices/{}", request.invoice_id),
        chip: Chip::toned(request.status.as_str(), request.status.tone()),
        sub: format!(
            "{} · asked by {} · {}",
            request.customer_name.as_deref().unwrap_or("Walk-in"),
            request.requested_by_name.as_deref().unwrap_or("BizHub"),
            when(&state.shop, request.created_at)
        ),
        reason: request.reason.clone(),
        lines,
        refunds: wish
            .refunds
            .iter()
            .map(|r| (r.payment_method.to_string(), r.amount.money().grouped()))
            .collect(),
        outcome,
        outcome_href,
        may_decide: request.status == ReturnRequestStatus::Requested
            && visitor.actor.can(Capability::ApproveReturns),
        decline_reason: form.get("reason").into(),
        form_key: form_key(),
        errors,
        frame: visitor
            .frame
            .titled(format!("Return asked for {}", request.invoice_number)),
    })
}

/// `GET /return-requests/{id}`
pub async fn request_find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ReturnRequestId>,
) -> PageResult {
    show(&request_page(&state, visitor, id, &Form::default(), Errors::default()).await?)
}

async fn decided(
    state: &AppState,
    visitor: Visitor,
    id: ReturnRequestId,
    form: &Form,
    outcome: Result<&str, Refusal>,
) -> PageResult {
    let here = format!("/return-requests/{id}");
    match outcome {
        Ok(word) => Ok(redirect(&here, Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&here, None)),
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            // What was asked for does not fit any more: there is no field of it here.
            if let Some(first) = errors.list.iter().find(|e| e.name != "reason") {
                errors.summary = first.text.clone();
            }
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &request_page(state, visitor, id, form, errors).await?,
            )
        }
    }
}

/// `POST /return-requests/{id}/approve`
pub async fn approve(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ReturnRequestId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/return-requests/{id}/approve"));
    let outcome = returns::approve(&state.shop, &visitor.actor, id).await;
    decided(&state, visitor, id, &form, outcome.map(|_| "The return is made.")).await
}

/// `POST /return-requests/{id}/decline`
pub async fn decline(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ReturnRequestId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/return-requests/{id}/decline"));
    let outcome = match form.parse::<Decline>(&[]) {
        Ok(why) => returns::decline(&state.shop, &visitor.actor, id, why)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    decided(
        &state,
        visitor,
        id,
        &form,
        outcome.map(|()| "The request is declined."),
    )
    .await
}
