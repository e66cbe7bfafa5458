//! Repair tickets (PRODUCT.md section 10): taken in, estimated, worked on with parts from the stock, closed with an outcome,
//! and billed to whoever pays.

mod bill;
mod change;
mod estimate;
mod open;
mod parts;
pub mod print;
mod status;

pub use bill::bill;
pub use change::{NewNote, TicketChange, change, note};
pub use db::repairs::{
    EVENTS, EVENTS_OF_TICKET, RepairDetail, RepairEvent, RepairPart, RepairTicket, TICKETS as LIST,
};
pub use estimate::{Answered, NewEstimate, answer_estimate, estimate};
pub use open::{INTAKE_PHOTOS, IntakePhoto, NewTicket, open, open_with_photos};
pub(crate) use open::{Intake, open_in};
pub use parts::{NewPart, add_part, remove_part};
pub use print::{Slip, print};
pub(crate) use status::close_in;
pub use status::{TicketStatus, set_status};

use crate::export::{Cell, Column, OnPhone, Row};
use crate::{Page, PageRequest, Refusal, Shop, Tx};
use domain::{AssetId, CustomerId, RepairTicketId, UserId};
use serde_json::{Value, json};

/// Most that a ticket, its labour or its parts come to: what a column holds.
const TOO_MUCH: &str = "A repair comes to at most GH₵ 99,999,999.99.";

/// Reads a ticket with its parts.
pub async fn find(shop: &Shop, id: RepairTicketId) -> Result<RepairDetail, Refusal> {
    let mut conn = shop.read().await?;
    db::repairs::ticket_detail(&mut conn, id)
        .await?
        .ok_or_else(not_found)
}

/// A page of what happened to a ticket.
pub async fn events(
    shop: &Shop,
    id: RepairTicketId,
    request: &PageRequest,
) -> Result<Page<RepairEvent>, Refusal> {
    find(shop, id).await?;
    let mut request = request.clone();
    request.filters.push(("repair_ticket_id".into(), id.to_string()));
    crate::lists::page(shop, &EVENTS_OF_TICKET, &request).await
}

/// Most tickets that the board shows.
pub const BOARD: i64 = 400;

/// Everything that is not closed, the longest waiting first.
pub async fn board(shop: &Shop) -> Result<Vec<RepairTicket>, Refusal> {
    Ok(db::repairs::tickets_open(&mut *shop.read().await?, BOARD).await?)
}

/// The open tickets of one technician, and those that are nobody's yet.
pub async fn bench(shop: &Shop, user: UserId) -> Result<Vec<RepairTicket>, Refusal> {
    Ok(db::repairs::tickets_of_bench(&mut *shop.read().await?, user).await?)
}

/// The repairs of a device, newest first.
pub async fn of_asset(shop: &Shop, id: AssetId) -> Result<Vec<RepairTicket>, Refusal> {
    Ok(db::repairs::tickets_of_asset(&mut *shop.read().await?, id).await?)
}

/// What repairs of our own device cost so far.
pub async fn repair_cost(shop: &Shop, id: AssetId) -> Result<domain::Money, Refusal> {
    Ok(db::repairs::asset_repair_cost(&mut *shop.read().await?, id).await?)
}

/// The repairs of a customer, newest first.
pub async fn of_customer(shop: &Shop, id: CustomerId) -> Result<Vec<RepairTicket>, Refusal> {
    Ok(db::repairs::tickets_of_customer(&mut *shop.read().await?, id).await?)
}

/// People who may work on repairs.
pub async fn technicians(shop: &Shop) -> Result<Vec<(UserId, String)>, Refusal> {
    Ok(db::repairs::technicians(&mut *shop.read().await?).await?)
}

fn not_found() -> Refusal {
    Refusal::not_found("repair ticket")
}

/// Reads and locks a ticket, and refuses what was asked for on an older version of it.
async fn lock(tx: &mut Tx, id: RepairTicketId) -> Result<RepairTicket, Refusal> {
    let ticket = db::repairs::ticket_lock(tx.conn(), id)
        .await?
        .ok_or_else(not_found)?;
    tx.check_version(ticket.updated_at)?;
    Ok(ticket)
}

/// Refuses changes of what is closed.
fn refuse_closed(ticket: &RepairTicket) -> Result<(), Refusal> {
    if ticket.status != domain::RepairStatus::Closed {
        return Ok(());
    }
    let text = format!(
        "{} is Closed: it stays as it is. Open another ticket for more work.",
        ticket.ticket_number
    );
    Err(Refusal::conflict("ticket_closed", text))
}

/// Ends a use case on a ticket: reads what it is now, writes the audit row, commits.
async fn finish(
    mut tx: Tx,
    action: &str,
    status: u16,
    id: RepairTicketId,
    before: Option<Value>,
) -> Result<RepairDetail, Refusal> {
    let after = db::repairs::ticket_detail(tx.conn(), id)
        .await?
        .ok_or_else(not_found)?;
    tx.audit(action, "repair_tickets", id.get(), before, Some(json!(after)))
        .await?;
    tx.commit(status, &after).await?;
    Ok(after)
}

impl Row for RepairTicket {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("ticket_number", |t| Cell::code(&t.ticket_number)).in_title(),
        Column::<Self>::new("issue_type", |t| (&t.issue_type).into()).in_title(),
        Column::<Self>::new("device", |t| t.device.as_ref().into()),
        Column::<Self>::new("asset_tag", |t| {
            t.asset_tag.as_deref().map_or(Cell::Empty, Cell::code)
        })
        .label("Tag"),
        Column::<Self>::new("serial_number", |t| {
            let serial = t.serial_number.as_deref().or(t.device_serial.as_deref());
            serial.map_or(Cell::Empty, Cell::code)
        })
        .unusual(),
        Column::<Self>::new("customer_name", |t| match &t.customer_name {
            Some(name) => name.into(),
            None => "Our own stock".into(),
        })
        .label("Customer"),
        Column::<Self>::new("assigned_to", |t| t.assigned_to_name.as_ref().into()).label("Technician"),
        Column::<Self>::new("paid_by", |t| t.paid_by.as_str().into())
            .label("Pays")
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("status", |t| Cell::state(t.status.as_str(), t.status.tone()))
            .on_phone(OnPhone::State),
        Column::<Self>::new("status_since", |t| t.status_since.into())
            .label("Since")
            .sorts("status_since"),
        Column::<Self>::new("opened_date", |t| t.opened_date.into())
            .label("Taken in")
            .sorts("opened_date")
            .unusual(),
        Column::<Self>::new("promised_date", |t| t.promised_date.into())
            .label("Promised for")
            .sorts("promised_date")
            .unusual(),
        Column::<Self>::new("closed_date", |t| t.closed_date.into())
            .label("Closed")
            .unusual(),
        Column::<Self>::new("outcome", |t| t.outcome.map(|o| o.as_str()).into()).unusual(),
        Column::<Self>::only(crate::Capability::SeePurchaseCost, "labor_cost", |t| {
            t.labor_cost.into()
        })
        .end()
        .unusual(),
        Column::<Self>::only(crate::Capability::SeePurchaseCost, "parts_cost", |t| {
            t.parts_cost.into()
        })
        .end()
        .unusual(),
        Column::<Self>::only(crate::Capability::SeePurchaseCost, "total_cost", |t| {
            t.total_cost.into()
        })
        .end()
        .unusual(),
        Column::<Self>::new("invoice_number", |t| t.invoice_number.as_ref().into())
            .label("Invoice")
            .unusual(),
    ];
}

/// The item with a SKU, for a part that is chosen by it.
pub async fn item_by_sku(shop: &Shop, sku: &str) -> Result<Option<domain::BulkStockId>, Refusal> {
    Ok(db::repairs::item_by_sku(&mut *shop.read().await?, sku).await?)
}
