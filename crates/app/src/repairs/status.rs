//! Moving a ticket on, to its end.

use super::{RepairDetail, RepairTicket, finish, lock, not_found};
use crate::{Actor, Capability, Refusal, Shop, Tx, messages};
use domain::{
    AssetStatus, EstimateAnswer, MessageKind, Money, PaidBy, RepairOutcome, RepairStatus, RepairTicketId,
    Text,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Where a ticket goes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketStatus {
    /// Where it goes.
    pub status: RepairStatus,
    /// Words about it; of Closed, what was done.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
    /// How it ended; Closed needs it, nothing else takes it.
    #[serde(default)]
    pub outcome: Option<RepairOutcome>,
}

/// Moves a ticket on.
pub async fn set_status(
    shop: &Shop,
    actor: &Actor,
    id: RepairTicketId,
    to: TicketStatus,
) -> Result<RepairDetail, Refusal> {
    actor.require(Capability::WorkRepair)?;
    let closes = to.status == RepairStatus::Closed;
    if !closes && to.outcome.is_some() {
        return Err(Refusal::invalid(
            "/outcome",
            "A repair has an outcome when it is closed: leave it out.",
        ));
    }
    let mut tx = shop.begin(actor).await?;
    let before = lock_with_device(&mut tx, id, closes).await?;
    before
        .status
        .check_move(to.status)
        .map_err(|refused| refused_move(&before, refused))?;
    let notes = to.notes.as_ref().and_then(Text::non_empty);
    if closes {
        let outcome = to
            .outcome
            .ok_or_else(|| Refusal::invalid("/outcome", "Say how the repair ended: choose an outcome."))?;
        check_outcome(&before, outcome)?;
        close_in(&mut tx, &before, outcome, notes).await?;
    } else {
        if to.status == RepairStatus::InRepair && before.status != RepairStatus::Ready {
            check_answer(&before)?;
        }
        step(&mut tx, shop, &before, before.status, to.status, notes).await?;
    }
    finish(tx, "repair.status", 200, id, Some(json!(before))).await
}

/// Locks the device of our own stock that closing sends on, and then the ticket.
async fn lock_with_device(tx: &mut Tx, id: RepairTicketId, closes: bool) -> Result<RepairTicket, Refusal> {
    if closes {
        let ticket = db::repairs::ticket_find(tx.conn(), id)
            .await?
            .ok_or_else(not_found)?;
        if ticket.paid_by == PaidBy::Shop
            && let Some(asset) = ticket.asset_id
        {
            db::assets::asset_lock(tx.conn(), asset).await?;
        }
    }
    lock(tx, id).await
}

/// A device is worked on when its owner has agreed to what that costs.
fn check_answer(ticket: &RepairTicket) -> Result<(), Refusal> {
    let (Some(amount), PaidBy::Customer) = (ticket.estimate_amount, ticket.paid_by) else {
        return Ok(());
    };
    let text = match ticket.estimate_answer {
        Some(EstimateAnswer::Yes) => return Ok(()),
        Some(EstimateAnswer::No) => format!(
            "The customer said No to {} for {}: write a new estimate, or give the device back.",
            amount.ghs(),
            ticket.ticket_number
        ),
        None => format!(
            "The customer has not answered the estimate of {} for {} yet: ask, and write down Yes or No.",
            amount.ghs(),
            ticket.ticket_number
        ),
    };
    Err(Refusal::conflict("estimate_open", text))
}

/// Our own device is repaired or not; a customer's can also be replaced or paid back.
fn check_outcome(ticket: &RepairTicket, outcome: RepairOutcome) -> Result<(), Refusal> {
    if ticket.paid_by == PaidBy::Shop && matches!(outcome, RepairOutcome::Replaced | RepairOutcome::Refunded)
    {
        return Err(Refusal::invalid(
            "/outcome",
            "A device of our own stock is Repaired, or Unable to be repaired.",
        ));
    }
    Ok(())
}

fn refused_move(ticket: &RepairTicket, refused: domain::repair::RepairMoveRefused) -> Refusal {
    Refusal::Conflict {
        code: "ticket_status".into(),
        detail: refused.detail.replacen("This ticket", &ticket.ticket_number, 1),
        allowed: Some(refused.allowed.iter().map(ToString::to_string).collect()),
    }
}

/// One move of a locked ticket, with its place in the history.
async fn step(
    tx: &mut Tx,
    shop: &Shop,
    ticket: &RepairTicket,
    from: RepairStatus,
    to: RepairStatus,
    notes: Option<&str>,
) -> Result<(), Refusal> {
    db::repairs::ticket_status_set(tx.conn(), ticket.id, to, None, None).await?;
    db::repairs::event_insert(
        tx.conn(),
        ticket.id,
        "status_change",
        Some((Some(from), to)),
        notes,
    )
    .await?;
    if to == RepairStatus::Ready {
        tell_ready(tx, shop, ticket).await?;
    }
    Ok(())
}

/// Moves a locked ticket on by the shortest way, one move after another.
pub(super) async fn walk(
    tx: &mut Tx,
    shop: &Shop,
    ticket: &RepairTicket,
    end: RepairStatus,
    notes: Option<&str>,
) -> Result<(), Refusal> {
    let mut at = ticket.status;
    for to in at.way_to(end) {
        let words = notes.filter(|_| to == end);
        step(tx, shop, ticket, at, to, words).await?;
        at = to;
    }
    Ok(())
}

/// Closes a locked ticket from where it is, by the moves that lead there. A device of our own stock, locked too, goes back
/// into its workflow with what the repair cost.
pub(crate) async fn close_in(
    tx: &mut Tx,
    ticket: &RepairTicket,
    outcome: RepairOutcome,
    notes: Option<&str>,
) -> Result<(), Refusal> {
    let mut at = ticket.status;
    for to in at.way_to(RepairStatus::Closed) {
        if to == RepairStatus::Closed {
            db::repairs::ticket_status_set(tx.conn(), ticket.id, to, Some(outcome), notes).await?;
            let words = match notes {
                Some(notes) => format!("{outcome}: {notes}"),
                None => outcome.to_string(),
            };
            db::repairs::event_insert(
                tx.conn(),
                ticket.id,
                "status_change",
                Some((Some(at), to)),
                Some(&words),
            )
            .await?;
        } else {
            db::repairs::ticket_status_set(tx.conn(), ticket.id, to, None, None).await?;
            db::repairs::event_insert(tx.conn(), ticket.id, "status_change", Some((Some(at), to)), None)
                .await?;
        }
        at = to;
    }
    if let (PaidBy::Shop, Some(asset)) = (ticket.paid_by, ticket.asset_id) {
        let cost = ticket.total_cost.unwrap_or(Money::ZERO);
        if cost.is_positive() {
            let so_far = db::repairs::asset_repair_cost(tx.conn(), asset).await?;
            if so_far.checked_add(cost).is_none() {
                return Err(Refusal::conflict("too_much", super::TOO_MUCH));
            }
            db::repairs::asset_repair_cost_add(tx.conn(), asset, cost).await?;
        }
        let device = db::assets::asset_find(tx.conn(), asset).await?;
        if device.is_some_and(|d| d.asset.status == AssetStatus::RepairHold) {
            let why = format!("{}: {outcome}", ticket.ticket_number);
            let (next, reason) = match outcome {
                RepairOutcome::Unable => (
                    AssetStatus::NotSellable,
                    Some(format!("Could not be repaired ({})", ticket.ticket_number)),
                ),
                _ => (AssetStatus::DiagnosticsPending, None),
            };
            db::assets::asset_status_set(tx.conn(), asset, next, reason.as_deref(), &why).await?;
        }
    }
    Ok(())
}

/// What the customer is told when the device is ready.
fn ready_message(shop_name: &str, ticket: &RepairTicket) -> String {
    let name = ticket.customer_name.as_deref().unwrap_or("customer");
    let device = ticket.device.as_deref().unwrap_or("device");
    format!(
        "Hello {name}, your {device} is ready to be fetched at {shop_name}. Please bring the slip of {}.",
        ticket.ticket_number
    )
}

/// The one place where a customer is told that a device is ready: into the history, and into the outbox by the first way that
/// is set up and that they allow.
async fn tell_ready(tx: &mut Tx, shop: &Shop, ticket: &RepairTicket) -> Result<(), Refusal> {
    if ticket.customer_id.is_none() {
        return Ok(());
    }
    let settings = shop.settings().await?;
    let about = messages::About::Repair(ticket.id);
    messages::notify(tx, shop, &settings, MessageKind::RepairReady, about, &[]).await?;
    let text = ready_message(&settings.shop.name, ticket);
    db::repairs::event_insert(tx.conn(), ticket.id, "ready_notice", None, Some(&text)).await?;
    Ok(())
}
