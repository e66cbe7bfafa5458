//! Taking a device in.

use super::{RepairDetail, finish};
use crate::customers::NewCustomer;
use crate::patch::text;
use crate::photos::{self, Subject};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use chrono::NaiveDate;
use db::assets::AssetRecord;
use db::repairs::TicketValues;
use domain::{
    AssetId, AssetStatus, CustomerId, Money, PaidBy, Price, RepairStatus, RepairTicketId, Text, UserId,
};
use serde::Deserialize;
use std::path::Path;
use utoipa::ToSchema;

/// A device that is taken in: the customer's own, one that we sold, or our own stock in Repair Hold.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
    /// Whose it is. A device that we sold is its buyer's unless said otherwise.
    #[serde(default)]
    pub customer_id: Option<CustomerId>,
    /// Whose it is, recorded in place; an active customer with the same phone is used instead of a duplicate.
    #[serde(default)]
    pub customer: Option<NewCustomer>,
    /// A device that we sold, or of our stock in Repair Hold.
    #[serde(default)]
    pub asset_id: Option<AssetId>,
    /// Make of a device that we never had.
    #[serde(default)]
    pub device_brand: Option<Text<0, 50>>,
    /// Its model.
    #[serde(default)]
    pub device_model: Option<Text<0, 100>>,
    /// Its serial number.
    #[serde(default)]
    pub device_serial: Option<Text<0, 100>>,
    /// Kind of fault: Screen Repair, Battery Replacement …
    pub issue_type: Text<1, 50>,
    /// What is wrong with it, as the customer says.
    pub issue_description: Text<1, 5000>,
    /// How it looks: scratches, what does not work.
    #[serde(default)]
    pub condition_notes: Option<Text<0, 2000>>,
    /// What is handed in with it: charger, bag …
    #[serde(default)]
    pub accessories: Option<Text<0, 1000>>,
    /// By when it is promised; today or later.
    #[serde(default)]
    pub promised_date: Option<NaiveDate>,
    /// Whose work it is. For whoever works on repairs.
    #[serde(default)]
    pub assigned_to: Option<UserId>,
    /// Labour that is agreed already. For whoever works on repairs.
    #[serde(default)]
    pub labor_cost: Option<Price>,
    /// Notes for the bench.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
}

/// The most photos that are taken along with the intake; more can be added to the ticket.
pub const INTAKE_PHOTOS: usize = 8;

/// A photo of what is taken in.
#[derive(Debug)]
pub struct IntakePhoto<'a> {
    /// The field that it came in, for what is wrong with it.
    pub field: &'a str,
    /// Where the file lies.
    pub file: &'a Path,
    /// What is to be seen.
    pub caption: Option<Text<0, 200>>,
}

/// Takes a device in.
pub async fn open(shop: &Shop, actor: &Actor, new: NewTicket) -> Result<RepairDetail, Refusal> {
    open_with_photos(shop, actor, new, Vec::new()).await
}

/// Takes a device in with its photos: all of it or nothing, so that a photo that cannot be kept leaves no ticket behind.
pub async fn open_with_photos(
    shop: &Shop,
    actor: &Actor,
    new: NewTicket,
    photos: Vec<IntakePhoto<'_>>,
) -> Result<RepairDetail, Refusal> {
    actor.require(Capability::OpenRepair)?;
    if new.assigned_to.is_some() || new.labor_cost.is_some() {
        actor.require(Capability::WorkRepair)?;
    }
    if new.customer_id.is_some() && new.customer.is_some() {
        return Err(Refusal::invalid(
            "/customer",
            "Name the customer once: by customer_id, or as a new one.",
        ));
    }
    if let Some(beyond) = photos.get(INTAKE_PHOTOS) {
        let text = format!("Take at most {INTAKE_PHOTOS} photos along; add the others to the ticket.");
        return Err(Refusal::invalid(format!("/{}", beyond.field), text));
    }
    let mut ready = Vec::with_capacity(photos.len());
    for photo in photos {
        let prepared = photos::prepare(photo.file, photo.caption).await;
        ready.push(prepared.map_err(|refusal| match refusal {
            Refusal::Invalid(_) => Refusal::invalid(format!("/{}", photo.field), refusal.sentence()),
            other => other,
        })?);
    }
    let mut tx = shop.begin(actor).await?;
    let mut customer_id = new.customer_id;
    if let Some(given) = &new.customer {
        customer_id = Some(crate::sales::checkout::customer_in_place(&mut tx, actor, given).await?);
    }
    let values = TicketValues {
        customer_id,
        asset_id: new.asset_id,
        device_brand: text(new.device_brand),
        device_model: text(new.device_model),
        device_serial: text(new.device_serial),
        issue_type: new.issue_type.into_string(),
        issue_description: new.issue_description.into_string(),
        condition_notes: text(new.condition_notes),
        accessories: text(new.accessories),
        promised_date: new.promised_date,
        paid_by: PaidBy::Customer,
        assigned_to: new.assigned_to,
        labor_cost: new.labor_cost.map_or(Money::ZERO, Price::money),
        resolution_notes: None,
        notes: text(new.notes),
    };
    let id = open_in(&mut tx, shop, Intake::Counter, values).await?;
    for photo in &ready {
        photos::keep_in(&mut tx, Subject::RepairTicket(id), photo).await?;
    }
    finish(tx, "repair.open", 201, id, None).await
}

/// Where a ticket comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intake {
    /// Somebody brings a device, or the bench takes one of the stock.
    Counter,
    /// An approved warranty claim.
    Claim,
}

/// Takes a device in, inside a transaction that the caller began and commits.
pub(crate) async fn open_in(
    tx: &mut Tx,
    shop: &Shop,
    intake: Intake,
    mut values: TicketValues,
) -> Result<RepairTicketId, Refusal> {
    if let Some(day) = values.promised_date
        && day < shop.today()
    {
        return Err(Refusal::invalid(
            "/promised_date",
            "A repair is promised for today or later.",
        ));
    }
    check_technician(tx, values.assigned_to).await?;
    if let Some(id) = values.customer_id
        && db::customers::customer_find(tx.conn(), id).await?.is_none()
    {
        return Err(Refusal::invalid(
            "/customer_id",
            "There is no such customer. Find the customer again, or record a new one.",
        ));
    }
    match values.asset_id {
        Some(id) => {
            let asset = db::assets::asset_lock(tx.conn(), id)
                .await?
                .filter(|record| record.asset.voided_at.is_none())
                .ok_or_else(|| Refusal::invalid("/asset_id", "There is no such device."))?;
            whose(tx, &asset, intake, &mut values).await?;
        }
        None => {
            if values.customer_id.is_none() {
                return Err(Refusal::invalid(
                    "/customer_id",
                    "Whose device is it? Name the customer, or a device of our own stock.",
                ));
            }
        }
    }
    let id = db::repairs::ticket_insert(tx.conn(), &values).await?;
    db::repairs::event_insert(
        tx.conn(),
        id,
        "opened",
        Some((None, RepairStatus::Open)),
        Some(&values.issue_description),
    )
    .await?;
    if values.assigned_to.is_some() {
        assigned(tx, id).await?;
    }
    Ok(id)
}

/// Writes into the history whose work a ticket is now.
pub(super) async fn assigned(tx: &mut Tx, id: RepairTicketId) -> Result<(), Refusal> {
    let now = db::repairs::ticket_find(tx.conn(), id)
        .await?
        .ok_or_else(super::not_found)?;
    let words = now.assigned_to_name.unwrap_or_else(|| "Nobody".into());
    db::repairs::event_insert(tx.conn(), id, "assigned", None, Some(&words)).await?;
    Ok(())
}

/// Refuses to give work to somebody who does not do repairs.
pub(super) async fn check_technician(tx: &mut Tx, user: Option<UserId>) -> Result<(), Refusal> {
    let Some(user) = user else { return Ok(()) };
    if db::repairs::technicians(tx.conn())
        .await?
        .iter()
        .any(|(id, _)| *id == user)
    {
        return Ok(());
    }
    Err(Refusal::invalid(
        "/assigned_to",
        "Repairs are given to an active Technician, Manager or Admin.",
    ))
}

/// Whose a device that we know is, and who pays for it. It is locked.
async fn whose(
    tx: &mut Tx,
    asset: &AssetRecord,
    intake: Intake,
    values: &mut TicketValues,
) -> Result<(), Refusal> {
    let device = &asset.asset;
    (values.device_brand, values.device_model, values.device_serial) = (None, None, None);
    match device.status {
        AssetStatus::Sold => {
            let holder = db::repairs::asset_holder(tx.conn(), device.id).await?;
            values.customer_id = values.customer_id.or(holder);
            if values.customer_id.is_none() {
                return Err(Refusal::invalid(
                    "/customer_id",
                    format!(
                        "{} was sold to somebody without a name: take the customer's name and phone.",
                        device.asset_tag
                    ),
                ));
            }
            values.paid_by = match intake {
                Intake::Counter => PaidBy::Customer,
                Intake::Claim => PaidBy::Warranty,
            };
        }
        AssetStatus::RepairHold => {
            if values.customer_id.is_some() {
                return Err(Refusal::invalid(
                    "/customer_id",
                    format!("{} is our own stock: leave the customer out.", device.asset_tag),
                ));
            }
            values.paid_by = PaidBy::Shop;
        }
        status => {
            let text = format!(
                "{} is {status}: a repair takes devices that we sold, and our own stock when it is in Repair Hold. Put it there first.",
                device.asset_tag
            );
            return Err(Refusal::conflict("asset_status", text));
        }
    }
    if let Some(open) = db::repairs::ticket_open_of_asset(tx.conn(), device.id).await? {
        let text = format!(
            "{} is on {} already, which is {}: work on that one, or close it first.",
            device.asset_tag, open.ticket_number, open.status
        );
        return Err(Refusal::conflict("ticket_open", text));
    }
    Ok(())
}
