//! Warranty claims (PRODUCT.md section 9): submitted within the warranty's dates, approved with a repair ticket or denied with
//! a reason, and completed.

mod complete;

pub use complete::{Completion, complete};
pub use db::claims::{CLAIMS as LIST, WarrantyClaim};

use crate::export::{Cell, Column, OnPhone, Row};
use crate::repairs::{Intake, open_in};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::repairs::TicketValues;
use domain::{ClaimStatus, Money, PaidBy, Text, WarrantyClaimId, WarrantyId, WarrantyStatus};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Reads a claim.
pub async fn find(shop: &Shop, id: WarrantyClaimId) -> Result<WarrantyClaim, Refusal> {
    db::claims::claim_find(&mut *shop.read().await?, id)
        .await?
        .ok_or_else(not_found)
}

fn not_found() -> Refusal {
    Refusal::not_found("warranty claim")
}

/// A claim on a warranty.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClaim {
    /// The warranty: Active, and within its dates.
    pub warranty_id: WarrantyId,
    /// What is wrong with the device.
    pub issue_description: Text<1, 5000>,
    /// Notes for whoever decides.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
}

/// Submits a claim. Its warranty is Claimed until it is decided and settled.
pub async fn submit(shop: &Shop, actor: &Actor, new: NewClaim) -> Result<WarrantyClaim, Refusal> {
    actor.require(Capability::SubmitClaim)?;
    let mut tx = shop.begin(actor).await?;
    let warranty = db::warranties::warranty_lock(tx.conn(), new.warranty_id)
        .await?
        .ok_or_else(|| Refusal::invalid("/warranty_id", "There is no such warranty."))?;
    let today = shop.today();
    let number = &warranty.warranty_number;
    let day = |d: chrono::NaiveDate| d.format("%-d %b %Y").to_string();
    let no = |text: String| Err(Refusal::conflict("warranty_status", text));
    match warranty.status.effective(warranty.end_date, today) {
        WarrantyStatus::Active if today < warranty.start_date => {
            return no(format!("{number} begins on {}.", day(warranty.start_date)));
        }
        WarrantyStatus::Active => {}
        WarrantyStatus::Expired => {
            return no(format!(
                "{number} ended on {}: open a repair ticket that the customer pays for instead.",
                day(warranty.end_date)
            ));
        }
        WarrantyStatus::Claimed => {
            let open = db::claims::claims_of_warranty(tx.conn(), warranty.id).await?;
            let claim = open.iter().find(|c| c.status.is_open());
            let which = claim.map_or("a claim".to_owned(), |c| {
                format!("{} ({})", c.claim_number, c.status)
            });
            return no(format!("{number} has {which} open: settle that one first."));
        }
        WarrantyStatus::Void => {
            let why = warranty
                .void_reason
                .as_deref()
                .unwrap_or("no reason is written down");
            return no(format!("{number} is Void ({why}): nothing can be claimed on it."));
        }
    }
    let id = db::claims::claim_insert(
        tx.conn(),
        warranty.id,
        warranty.customer_id,
        new.issue_description.as_str(),
        new.notes.as_ref().and_then(Text::non_empty),
    )
    .await?;
    finish(tx, "claim.submit", 201, id, None).await
}

/// Locks the warranty of a claim and then the claim, and refuses what its status does not allow.
async fn lock(tx: &mut Tx, id: WarrantyClaimId, to: ClaimStatus) -> Result<WarrantyClaim, Refusal> {
    let found = db::claims::claim_find(tx.conn(), id)
        .await?
        .ok_or_else(not_found)?;
    db::warranties::warranty_lock(tx.conn(), found.warranty_id).await?;
    let claim = db::claims::claim_lock(tx.conn(), id)
        .await?
        .ok_or_else(not_found)?;
    tx.check_version(claim.updated_at)?;
    claim.status.check_move(to).map_err(|refused| Refusal::Conflict {
        code: "claim_status".into(),
        detail: refused.detail.replacen("This claim", &claim.claim_number, 1),
        allowed: Some(refused.allowed.iter().map(ToString::to_string).collect()),
    })?;
    Ok(claim)
}

/// Ends a use case on a claim.
async fn finish(
    mut tx: Tx,
    action: &str,
    status: u16,
    id: WarrantyClaimId,
    before: Option<Value>,
) -> Result<WarrantyClaim, Refusal> {
    let after = db::claims::claim_find(tx.conn(), id)
        .await?
        .ok_or_else(not_found)?;
    tx.audit(action, "warranty_claims", id.get(), before, Some(json!(after)))
        .await?;
    tx.commit(status, &after).await?;
    Ok(after)
}

/// Approves a claim: its repair ticket is open, and the customer pays nothing.
pub async fn approve(shop: &Shop, actor: &Actor, id: WarrantyClaimId) -> Result<WarrantyClaim, Refusal> {
    actor.require(Capability::DecideClaim)?;
    let mut tx = shop.begin(actor).await?;
    // The device is locked before its warranty.
    let found = db::claims::claim_find(tx.conn(), id)
        .await?
        .ok_or_else(not_found)?;
    if let Some(asset) = found.asset_id {
        db::assets::asset_lock(tx.conn(), asset).await?;
    }
    let before = lock(&mut tx, id, ClaimStatus::Approved).await?;
    let values = TicketValues {
        customer_id: Some(before.customer_id),
        asset_id: before.asset_id,
        device_brand: None,
        device_model: None,
        device_serial: None,
        issue_type: "Warranty".into(),
        issue_description: before.issue_description.clone(),
        condition_notes: None,
        accessories: None,
        promised_date: None,
        paid_by: PaidBy::Warranty,
        assigned_to: None,
        labor_cost: Money::ZERO,
        resolution_notes: None,
        notes: Some(format!("{} on {}", before.claim_number, before.warranty_number)),
    };
    let ticket = open_in(&mut tx, shop, Intake::Claim, values).await?;
    db::claims::claim_approve(tx.conn(), id, ticket).await?;
    finish(tx, "claim.approve", 200, id, Some(json!(before))).await
}

/// Why a claim is denied.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// The reason, for the customer.
    pub denial_reason: Text<1, 2000>,
}

/// Denies a claim.
pub async fn deny(
    shop: &Shop,
    actor: &Actor,
    id: WarrantyClaimId,
    why: Denial,
) -> Result<WarrantyClaim, Refusal> {
    actor.require(Capability::DecideClaim)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id, ClaimStatus::Denied).await?;
    db::claims::claim_deny(tx.conn(), id, why.denial_reason.as_str()).await?;
    finish(tx, "claim.deny", 200, id, Some(json!(before))).await
}

impl Row for WarrantyClaim {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("claim_number", |c| Cell::code(&c.claim_number)).in_title(),
        Column::<Self>::new("claim_date", |c| c.claim_date.into())
            .label("Date")
            .sorts("claim_date"),
        Column::<Self>::new("warranty_number", |c| Cell::code(&c.warranty_number))
            .label("Warranty")
            .unusual(),
        Column::<Self>::new("device", |c| c.device.as_ref().into()),
        Column::<Self>::new("serial_number", |c| {
            c.serial_number.as_deref().map_or(Cell::Empty, Cell::code)
        }),
        Column::<Self>::new("customer_name", |c| (&c.customer_name).into()).label("Customer"),
        Column::<Self>::new("issue_description", |c| (&c.issue_description).into())
            .label("What is wrong")
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("status", |c| Cell::state(c.status.as_str(), c.status.tone()))
            .on_phone(OnPhone::State),
        Column::<Self>::new("outcome", |c| c.outcome.map(|o| o.as_str()).into()),
        Column::<Self>::new("outcome_date", |c| c.outcome_date.into()).unusual(),
        Column::<Self>::new("ticket_number", |c| c.ticket_number.as_ref().into())
            .label("Ticket")
            .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "labor_cost", |c| c.labor_cost.into())
            .end()
            .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "parts_cost", |c| c.parts_cost.into())
            .end()
            .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "total_cost", |c| c.total_cost.into())
            .end()
            .unusual(),
    ];
}
