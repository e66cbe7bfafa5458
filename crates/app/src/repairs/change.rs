//! Changing a ticket, and writing notes on it.

use super::{RepairDetail, finish, lock, open, refuse_closed};
use crate::patch::text;
use crate::{Actor, Capability, Refusal, Shop};
use chrono::NaiveDate;
use db::repairs::TicketValues;
use domain::{Money, Price, RepairTicketId, Text, UserId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What may be changed of a ticket; absent fields stay, null empties. Whose it is and its status are not among them.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketChange {
    /// Make of a device that we never had.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub device_brand: Option<Option<Text<0, 50>>>,
    /// Its model.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub device_model: Option<Option<Text<0, 100>>>,
    /// Its serial number.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub device_serial: Option<Option<Text<0, 100>>>,
    /// Kind of fault.
    #[serde(default)]
    pub issue_type: Option<Text<1, 50>>,
    /// What is wrong with it.
    #[serde(default)]
    pub issue_description: Option<Text<1, 5000>>,
    /// How it looks.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub condition_notes: Option<Option<Text<0, 2000>>>,
    /// What came with it.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub accessories: Option<Option<Text<0, 1000>>>,
    /// By when it is promised.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub promised_date: Option<Option<NaiveDate>>,
    /// Whose work it is. For whoever works on repairs, like labour and what was done.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub assigned_to: Option<Option<UserId>>,
    /// Labour with the services on the ticket: no less than those.
    #[serde(default)]
    pub labor_cost: Option<Price>,
    /// What was done.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub resolution_notes: Option<Option<Text<0, 5000>>>,
    /// Notes for the bench.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub notes: Option<Option<Text<0, 5000>>>,
}

/// Changes a ticket that is not closed. Labour stays once it is billed.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: RepairTicketId,
    change: TicketChange,
) -> Result<RepairDetail, Refusal> {
    actor.require(Capability::OpenRepair)?;
    if change.assigned_to.is_some() || change.labor_cost.is_some() || change.resolution_notes.is_some() {
        actor.require(Capability::WorkRepair)?;
    }
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    refuse_closed(&before)?;
    let old = before.clone();
    let values = TicketValues {
        customer_id: old.customer_id,
        asset_id: old.asset_id,
        device_brand: change.device_brand.map_or(old.device_brand, text),
        device_model: change.device_model.map_or(old.device_model, text),
        device_serial: change.device_serial.map_or(old.device_serial, text),
        issue_type: change.issue_type.map_or(old.issue_type, Text::into_string),
        issue_description: change
            .issue_description
            .map_or(old.issue_description, Text::into_string),
        condition_notes: change.condition_notes.map_or(old.condition_notes, text),
        accessories: change.accessories.map_or(old.accessories, text),
        promised_date: change.promised_date.unwrap_or(old.promised_date),
        paid_by: old.paid_by,
        assigned_to: change.assigned_to.unwrap_or(old.assigned_to),
        labor_cost: change
            .labor_cost
            .map_or(old.labor_cost.unwrap_or(Money::ZERO), Price::money),
        resolution_notes: change.resolution_notes.map_or(old.resolution_notes, text),
        notes: change.notes.map_or(old.notes, text),
    };
    let known = before.asset_id.is_some();
    if known
        && (values.device_brand.is_some() || values.device_model.is_some() || values.device_serial.is_some())
    {
        return Err(Refusal::invalid(
            "/device_model",
            "This device has a record of its own: its make, model and serial number stand there.",
        ));
    }
    if let Some(day) = values.promised_date
        && values.promised_date != before.promised_date
        && day < shop.today()
    {
        return Err(Refusal::invalid(
            "/promised_date",
            "A repair is promised for today or later.",
        ));
    }
    let labor_moved = Some(values.labor_cost) != before.labor_cost;
    if labor_moved {
        super::bill::refuse_billed(&before)?;
        check_labor(&mut tx, &before, values.labor_cost).await?;
    }
    let assigned = values.assigned_to != before.assigned_to;
    if assigned {
        open::check_technician(&mut tx, values.assigned_to).await?;
    }
    db::repairs::ticket_update(tx.conn(), id, &values).await?;
    let event = |what, words: String| (what, words);
    let mut events = Vec::new();
    if labor_moved {
        events.push(event("labor_changed", labor_words(&before, values.labor_cost)));
    }
    if values.promised_date != before.promised_date {
        let day = values
            .promised_date
            .map_or("no day".to_owned(), |d| d.format("%-d %b %Y").to_string());
        events.push(event("promised", format!("Promised for {day}")));
    }
    let details = |b: &db::repairs::RepairTicket| {
        json!([
            b.device_brand,
            b.device_model,
            b.device_serial,
            b.issue_type,
            b.issue_description,
            b.condition_notes,
            b.accessories,
            b.resolution_notes,
            b.notes
        ])
    };
    if let Some(after) = db::repairs::ticket_find(tx.conn(), id).await?
        && details(&before) != details(&after)
    {
        events.push(event("details_changed", "Details changed".into()));
    }
    for (what, words) in events {
        db::repairs::event_insert(tx.conn(), id, what, None, Some(&words)).await?;
    }
    if assigned {
        open::assigned(&mut tx, id).await?;
    }
    finish(tx, "repair.change", 200, id, Some(json!(before))).await
}

/// What the history says of labour. Whoever may not see what a warranty costs reads the history too.
fn labor_words(ticket: &db::repairs::RepairTicket, now: Money) -> String {
    match ticket.paid_by {
        domain::PaidBy::Customer => format!("Labour is {}", now.ghs()),
        domain::PaidBy::Warranty | domain::PaidBy::Shop => "Labour changed".into(),
    }
}

/// Labour is no less than the services on the ticket, and no more than a ticket holds.
async fn check_labor(
    tx: &mut crate::Tx,
    ticket: &db::repairs::RepairTicket,
    labor: Money,
) -> Result<(), Refusal> {
    let parts = db::repairs::ticket_parts(tx.conn(), ticket.id).await?;
    let services = super::parts::amount(ticket.paid_by, parts.iter().filter(|p| !p.is_stocked))
        .ok_or_else(|| Refusal::invalid("/labor_cost", super::TOO_MUCH))?;
    if labor < services {
        let text = format!(
            "The services on this ticket come to {}: labour is no less, or take a service off.",
            services.ghs()
        );
        return Err(Refusal::invalid("/labor_cost", text));
    }
    if ticket
        .parts_cost
        .unwrap_or(Money::ZERO)
        .checked_add(labor)
        .is_none()
    {
        return Err(Refusal::invalid("/labor_cost", super::TOO_MUCH));
    }
    Ok(())
}

/// A note on a ticket.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// What is noted.
    pub notes: Text<1, 5000>,
}

/// Writes a note into the history of a ticket, also of a closed one.
pub async fn note(
    shop: &Shop,
    actor: &Actor,
    id: RepairTicketId,
    new: NewNote,
) -> Result<RepairDetail, Refusal> {
    actor.require(Capability::OpenRepair)?;
    let mut tx = shop.begin(actor).await?;
    lock(&mut tx, id).await?;
    db::repairs::event_insert(tx.conn(), id, "note_added", None, Some(new.notes.as_str())).await?;
    finish(tx, "repair.note", 201, id, None).await
}
