//! Parts and services of a repair. A part leaves the shelf when it is put on the ticket, and comes back when it is taken off.

use super::{RepairDetail, RepairPart, RepairTicket, finish, lock, refuse_closed};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::stock::BulkStock;
use domain::{BulkStockId, Money, PaidBy, RepairPartId, RepairTicketId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// A part that is built in, or a service that is done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPart {
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// How many.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: u32,
}

/// What parts come to: at their price for the customer, else at their cost. Nothing if that is more than a ticket holds.
pub(super) fn amount<'a>(paid_by: PaidBy, parts: impl Iterator<Item = &'a RepairPart>) -> Option<Money> {
    let one = |p: &RepairPart| match paid_by {
        PaidBy::Customer => p.unit_price,
        PaidBy::Warranty | PaidBy::Shop => p.unit_cost.unwrap_or(Money::ZERO),
    };
    parts
        .filter(|p| p.removed_at.is_none())
        .try_fold(Money::ZERO, |sum, p| {
            sum.checked_add(one(p).checked_mul_quantity(p.quantity)?)
        })
}

/// Puts a part or a service on a ticket.
pub async fn add_part(
    shop: &Shop,
    actor: &Actor,
    id: RepairTicketId,
    new: NewPart,
) -> Result<RepairDetail, Refusal> {
    actor.require(Capability::WorkRepair)?;
    let quantity = i32::try_from(new.quantity)
        .ok()
        .filter(|n| (1..=100_000).contains(n))
        .ok_or_else(|| Refusal::invalid("/quantity", "A quantity is a whole number from 1 to 100,000."))?;
    let mut tx = shop.begin(actor).await?;
    let item = db::stock::stock_lock(tx.conn(), new.bulk_stock_id)
        .await?
        .ok_or_else(|| Refusal::invalid("/bulk_stock_id", "There is no such item."))?;
    let before = lock(&mut tx, id).await?;
    open_for_parts(&before)?;
    if item.is_stocked && item.quantity - item.reserved_quantity < quantity {
        return Err(not_enough(&mut tx, shop, &item, quantity).await);
    }
    let price = match before.paid_by {
        PaidBy::Customer => item.unit_price,
        PaidBy::Warranty | PaidBy::Shop => item.unit_cost,
    };
    let total = price
        .unwrap_or(Money::ZERO)
        .checked_mul_quantity(quantity)
        .and_then(|more| before.total_cost.unwrap_or(Money::ZERO).checked_add(more));
    if total.is_none() {
        return Err(Refusal::invalid("/quantity", super::TOO_MUCH));
    }
    db::repairs::part_insert(tx.conn(), &before, &item, quantity).await?;
    let words = format!("{quantity} × {} ({})", item.item_name, item.sku);
    db::repairs::event_insert(tx.conn(), id, "part_added", None, Some(&words)).await?;
    finish(tx, "repair.add_part", 201, id, Some(json!(before))).await
}

/// Takes a part off a ticket: it is back on the shelf.
pub async fn remove_part(
    shop: &Shop,
    actor: &Actor,
    id: RepairTicketId,
    part_id: RepairPartId,
) -> Result<(), Refusal> {
    actor.require(Capability::WorkRepair)?;
    let gone = || Refusal::not_found("part on this ticket");
    let mut tx = shop.begin(actor).await?;
    // Read first, because its item is locked before the ticket; looked at again under the lock.
    let part = db::repairs::part_find(tx.conn(), id, part_id)
        .await?
        .ok_or_else(gone)?;
    db::stock::stock_lock(tx.conn(), part.bulk_stock_id).await?;
    let before = lock(&mut tx, id).await?;
    let part = db::repairs::part_find(tx.conn(), id, part_id)
        .await?
        .filter(|p| p.removed_at.is_none())
        .ok_or_else(gone)?;
    open_for_parts(&before)?;
    db::repairs::part_remove(tx.conn(), &before, &part).await?;
    let words = format!("{} × {} ({})", part.quantity, part.item_name, part.sku);
    db::repairs::event_insert(tx.conn(), id, "part_removed", None, Some(&words)).await?;
    let after = db::repairs::ticket_detail(tx.conn(), id).await?;
    tx.audit(
        "repair.remove_part",
        "repair_tickets",
        id.get(),
        Some(json!({"ticket": before, "part": part})),
        Some(json!(after)),
    )
    .await?;
    tx.commit(204, &()).await?;
    Ok(())
}

fn open_for_parts(ticket: &RepairTicket) -> Result<(), Refusal> {
    refuse_closed(ticket)?;
    super::bill::refuse_billed(ticket)?;
    if ticket.status.takes_parts() {
        return Ok(());
    }
    let text = format!(
        "{} is {}: set it back to In Repair, then change its parts.",
        ticket.ticket_number, ticket.status
    );
    Err(Refusal::conflict("ticket_status", text))
}

/// Why there is not enough, and who has it.
async fn not_enough(tx: &mut Tx, shop: &Shop, item: &BulkStock, wanted: i32) -> Refusal {
    let free = item.quantity - item.reserved_quantity;
    let mut text = match (item.reserved_quantity, free) {
        (0, 0) => format!("There is no {} ({}) left.", item.item_name, item.sku),
        (0, _) => format!(
            "There are {free} of {} ({}), and {wanted} are wanted.",
            item.item_name, item.sku
        ),
        (held, _) => format!(
            "There are {} of {} ({}), {held} of them held by open invoices: {free} can be taken, and {wanted} are wanted.",
            item.quantity, item.item_name, item.sku
        ),
    };
    if let Ok(Some(last)) = db::repairs::item_last_taken(tx.conn(), item.id).await {
        let when = last.at.with_timezone(&shop.zone()).format("%a %-d %b, %H:%M");
        let who = last.who.as_deref().unwrap_or("BizHub");
        match &last.document {
            Some(document) => text.push_str(&format!(" {who} took the last one for {document} on {when}.")),
            None => text.push_str(&format!(" {who} took the last one on {when}.")),
        }
    }
    text.push_str(" Take fewer, or set the ticket to Waiting for Parts and order it.");
    Refusal::conflict("not_enough_stock", text)
}
