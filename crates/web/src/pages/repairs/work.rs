//! What the forms of a ticket's page do.

use super::page::page;
use crate::AppState;
use crate::components::Errors;
use crate::extract::PathId;
use crate::form::Form;
use crate::frame::{Visitor, redirect};
use crate::pages::{PageResult, show_with};
use app::repairs::{self, Answered, NewEstimate, NewNote, NewPart, TicketChange, TicketStatus};
use app::{Refusal, Shop};
use axum::extract::{Path, State};
use domain::{EstimateAnswer, RepairPartId, RepairTicketId, UserId};
use http::StatusCode;

/// After a form of a ticket's page: the page again, with a word or with what was wrong.
async fn after<T>(
    state: &AppState,
    visitor: Visitor,
    id: RepairTicketId,
    form: Form,
    word: &str,
    outcome: Result<T, Refusal>,
) -> PageResult {
    match outcome {
        Ok(_) => Ok(redirect(&format!("/repairs/{id}"), Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/repairs/{id}"), None)),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::CONFLICT,
            };
            let errors = Errors::from_refusal(refusal)?;
            show_with(status, &page(state, visitor, id, form, errors).await?)
        }
    }
}

macro_rules! keyed {
    ($visitor:ident, $form:ident, $id:ident, $what:literal) => {
        $visitor.actor.request.idempotency = $form.idempotency(&format!(concat!("/repairs/{}/", $what), $id))
    };
}

/// `POST /repairs/{id}/status`
pub async fn status(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "status");
    let outcome = match form.parse::<TicketStatus>(&[]) {
        Ok(to) => repairs::set_status(&state.shop, &visitor.actor, id, to).await,
        Err(refusal) => Err(refusal),
    };
    let word = format!("The ticket is {} now.", form.get("status"));
    after(&state, visitor, id, form, &word, outcome).await
}

/// `POST /repairs/{id}/notes`
pub async fn note(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "notes");
    let outcome = match form.parse::<NewNote>(&[]) {
        Ok(new) => repairs::note(&state.shop, &visitor.actor, id, new).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, form, "The note is written.", outcome).await
}

/// `POST /repairs/{id}/parts`
pub async fn add_part(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "parts");
    let outcome = match part(&state.shop, &form).await {
        Ok(new) => repairs::add_part(&state.shop, &visitor.actor, id, new).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, form, "The part is on the ticket.", outcome).await
}

async fn part(shop: &Shop, form: &Form) -> Result<NewPart, Refusal> {
    let sku = form.get("sku").trim();
    let bulk_stock_id = repairs::item_by_sku(shop, sku)
        .await?
        .ok_or_else(|| Refusal::invalid("/sku", "There is no item with this SKU: choose one of the list."))?;
    let quantity = form
        .get("quantity")
        .trim()
        .parse()
        .map_err(|_| Refusal::invalid("/quantity", "A quantity is a whole number."))?;
    Ok(NewPart {
        bulk_stock_id,
        quantity,
    })
}

/// `POST /repairs/{id}/parts/{part_id}/remove`
pub async fn remove_part(
    State(state): State<AppState>,
    mut visitor: Visitor,
    Path((id, part_id)): Path<(String, String)>,
    form: Form,
) -> PageResult {
    let id: RepairTicketId = id.parse().map_err(|_| Refusal::not_found("repair ticket"))?;
    let part_id: RepairPartId = part_id
        .parse()
        .map_err(|_| Refusal::not_found("part on this ticket"))?;
    visitor.actor.request.idempotency = form.idempotency(&format!("/repairs/{id}/parts/{part_id}/remove"));
    let outcome = repairs::remove_part(&state.shop, &visitor.actor, id, part_id).await;
    after(
        &state,
        visitor,
        id,
        form,
        "The part is back in the stock.",
        outcome,
    )
    .await
}

/// `POST /repairs/{id}/estimate`
pub async fn estimate(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "estimate");
    let outcome = match form.parse::<NewEstimate>(&[]) {
        Ok(new) => repairs::estimate(&state.shop, &visitor.actor, id, new).await,
        Err(refusal) => Err(refusal),
    };
    let word = "The estimate is written: ask the customer.";
    after(&state, visitor, id, form, word, outcome).await
}

/// `POST /repairs/{id}/estimate-answer`
pub async fn answer_estimate(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "estimate-answer");
    let outcome = match form.parse::<Answered>(&[]) {
        Ok(answered) => repairs::answer_estimate(&state.shop, &visitor.actor, id, answered).await,
        Err(refusal) => Err(refusal),
    };
    let word = match form.get("answer").parse() {
        Ok(EstimateAnswer::No) => "The customer said no: the device is ready to be fetched.",
        _ => "The customer said yes.",
    };
    after(&state, visitor, id, form, word, outcome).await
}

/// `POST /repairs/{id}/work`: whose work it is, labour, the promised day, what was done.
pub async fn work(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "work");
    let outcome = match change(&form) {
        Ok(change) => repairs::change(&state.shop, &visitor.actor, id, change).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, form, "The ticket is changed.", outcome).await
}

/// Fields that the form shows, blank ones emptied; labour that is blank stays.
fn change(form: &Form) -> Result<TicketChange, Refusal> {
    let optional = |name: &str| Some(form.get(name).trim()).filter(|text| !text.is_empty());
    let mut change = TicketChange::default();
    if form.names().any(|n| n == "assigned_to") {
        let user: Option<UserId> = optional("assigned_to")
            .map(str::parse)
            .transpose()
            .map_err(|_| Refusal::invalid("/assigned_to", "Choose somebody of the list."))?;
        change.assigned_to = Some(user);
    }
    if form.names().any(|n| n == "promised_date") {
        let day = optional("promised_date")
            .map(str::parse)
            .transpose()
            .map_err(|_| Refusal::invalid("/promised_date", "Give a day as 2026-01-31."))?;
        change.promised_date = Some(day);
    }
    if let Some(labor) = optional("labor_cost") {
        let plain: String = labor.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
        change.labor_cost = Some(
            plain
                .parse()
                .map_err(|e: domain::MoneyError| Refusal::invalid("/labor_cost", e.to_string()))?,
        );
    }
    if form.names().any(|n| n == "resolution_notes") {
        change.resolution_notes = Some(
            optional("resolution_notes")
                .map(str::parse)
                .transpose()
                .map_err(|e: String| Refusal::invalid("/resolution_notes", e))?,
        );
    }
    Ok(change)
}

/// `POST /repairs/{id}/bill`
pub async fn bill(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "bill");
    match repairs::bill(&state.shop, &visitor.actor, id).await {
        Ok(detail) => {
            let to = match detail.ticket.invoice_id {
                Some(invoice) => format!("/invoices/{invoice}"),
                None => format!("/repairs/{id}"),
            };
            Ok(redirect(
                &to,
                Some(("good", "The repair is billed: take the payment.")),
            ))
        }
        other => after(&state, visitor, id, form, "", other).await,
    }
}
