//! `/repair-tickets`

use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::repairs::{
    self, Answered, NewEstimate, NewNote, NewPart, NewTicket, RepairDetail, RepairEvent, RepairTicket, Slip,
    TicketChange, TicketStatus,
};
use app::{Actor, Refusal};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use domain::RepairTicketId;

fn answer(actor: &Actor, detail: &RepairDetail) -> Result<Answer, Problem> {
    Ok(Answer::ok(actor, detail)?.version(detail.ticket.updated_at))
}

fn made(actor: &Actor, detail: &RepairDetail) -> Result<Answer, Problem> {
    Ok(Answer::created(actor, detail)?
        .version(detail.ticket.updated_at)
        .location(format!("/api/v1/repair-tickets/{}", detail.ticket.id)))
}

/// Repair tickets, newest first.
#[utoipa::path(get, path = "/repair-tickets", tag = "repairs",
    responses((status = 200, description = "A page", body = ListAnswer<RepairTicket>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<RepairTicket>(&state.shop, &repairs::LIST, &query).await?,
    )
}

/// Take a device in: the customer's own, one that we sold, or our own stock in Repair Hold.
#[utoipa::path(post, path = "/repair-tickets", tag = "repairs", request_body = NewTicket,
    responses((status = 201, description = "The ticket", body = RepairDetail)))]
pub async fn open(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewTicket>,
) -> Result<Answer, Problem> {
    made(&actor, &repairs::open(&state.shop, &actor, new).await?)
}

/// One ticket with its parts.
#[utoipa::path(get, path = "/repair-tickets/{id}", tag = "repairs", params(("id" = RepairTicketId, Path)),
    responses((status = 200, description = "The ticket", body = RepairDetail)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
) -> Result<Answer, Problem> {
    answer(&actor, &repairs::find(&state.shop, id).await?)
}

/// Change a ticket that is not closed: details, whose work it is, labour.
#[utoipa::path(patch, path = "/repair-tickets/{id}", tag = "repairs", params(("id" = RepairTicketId, Path)), request_body = TicketChange,
    responses((status = 200, description = "Changed", body = RepairDetail)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    Body(change): Body<TicketChange>,
) -> Result<Answer, Problem> {
    answer(&actor, &repairs::change(&state.shop, &actor, id, change).await?)
}

/// What happened to a ticket, oldest first.
#[utoipa::path(get, path = "/repair-tickets/{id}/events", tag = "repairs", params(("id" = RepairTicketId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<RepairEvent>)))]
pub async fn events(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, repairs::events(&state.shop, id, &query).await?)
}

/// Move a ticket on: every move of docs/workflows/repair.md. Closed needs an outcome.
#[utoipa::path(post, path = "/repair-tickets/{id}/status", tag = "repairs", params(("id" = RepairTicketId, Path)), request_body = TicketStatus,
    responses((status = 200, description = "The ticket", body = RepairDetail)))]
pub async fn status(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    Body(to): Body<TicketStatus>,
) -> Result<Answer, Problem> {
    answer(&actor, &repairs::set_status(&state.shop, &actor, id, to).await?)
}

/// Write a note into a ticket's history.
#[utoipa::path(post, path = "/repair-tickets/{id}/notes", tag = "repairs", params(("id" = RepairTicketId, Path)), request_body = NewNote,
    responses((status = 201, description = "The ticket", body = RepairDetail)))]
pub async fn note(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    Body(new): Body<NewNote>,
) -> Result<Answer, Problem> {
    made(&actor, &repairs::note(&state.shop, &actor, id, new).await?)
}

/// Put a part or a service on a ticket. A part leaves the stock at once.
#[utoipa::path(post, path = "/repair-tickets/{id}/parts", tag = "repairs", params(("id" = RepairTicketId, Path)), request_body = NewPart,
    responses((status = 201, description = "The ticket with the part", body = RepairDetail)))]
pub async fn add_part(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    Body(new): Body<NewPart>,
) -> Result<Answer, Problem> {
    made(&actor, &repairs::add_part(&state.shop, &actor, id, new).await?)
}

/// Take a part off a ticket: it is back in the stock.
#[utoipa::path(delete, path = "/repair-tickets/{id}/parts/{part_id}", tag = "repairs",
    params(("id" = RepairTicketId, Path), ("part_id" = domain::RepairPartId, Path)),
    responses((status = 204, description = "Taken off")))]
pub async fn remove_part(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, part_id)): Path<(String, String)>,
) -> Result<Answer, Problem> {
    let id = id.parse().map_err(|_| Refusal::not_found("repair ticket"))?;
    let part_id = part_id
        .parse()
        .map_err(|_| Refusal::not_found("part on this ticket"))?;
    repairs::remove_part(&state.shop, &actor, id, part_id).await?;
    Ok(Answer::no_content())
}

/// Estimate a repair: the customer is asked before it begins.
#[utoipa::path(post, path = "/repair-tickets/{id}/estimate", tag = "repairs", params(("id" = RepairTicketId, Path)), request_body = NewEstimate,
    responses((status = 200, description = "The ticket", body = RepairDetail)))]
pub async fn estimate(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    Body(new): Body<NewEstimate>,
) -> Result<Answer, Problem> {
    answer(&actor, &repairs::estimate(&state.shop, &actor, id, new).await?)
}

/// Write down the customer's yes or no to the estimate.
#[utoipa::path(post, path = "/repair-tickets/{id}/estimate-answer", tag = "repairs", params(("id" = RepairTicketId, Path)), request_body = Answered,
    responses((status = 200, description = "The ticket", body = RepairDetail)))]
pub async fn answer_estimate(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    Body(answered): Body<Answered>,
) -> Result<Answer, Problem> {
    answer(
        &actor,
        &repairs::answer_estimate(&state.shop, &actor, id, answered).await?,
    )
}

/// Bill a repair: makes a Sent invoice that is paid at the till.
#[utoipa::path(post, path = "/repair-tickets/{id}/bill", tag = "repairs", params(("id" = RepairTicketId, Path)),
    responses((status = 201, description = "The ticket with its invoice", body = RepairDetail)))]
pub async fn bill(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
) -> Result<Answer, Problem> {
    made(&actor, &repairs::bill(&state.shop, &actor, id).await?)
}

/// The intake slip or the closing slip, as PDF.
#[utoipa::path(get, path = "/repair-tickets/{id}/document.pdf", tag = "repairs",
    params(("id" = RepairTicketId, Path), ("slip" = Option<Slip>, Query, description = "intake unless said otherwise")),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn document(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let slip = slip(query.as_deref().unwrap_or(""))?;
    let printed = repairs::print(&state.shop, &actor, id, slip).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// The slip that a query string asks for.
pub fn slip(query: &str) -> Result<Slip, Refusal> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| Refusal::invalid("", "The query of this address cannot be read."))?;
    match pairs.iter().find(|(name, _)| name == "slip") {
        Some((_, value)) if !value.is_empty() => value
            .parse()
            .map_err(|e: domain::TextError| Refusal::invalid("/slip", e.to_string())),
        _ => Ok(Slip::Intake),
    }
}
