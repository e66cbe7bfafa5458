//! Completing an approved claim: repaired, replaced or refunded, in one transaction with everything that this means.
//!
//! A replacement is sold for nothing on an invoice of its own and carries the rest of the warranty, with the original dates.
//! The old device comes back by a credit note of nothing: what was paid for it has paid for its replacement.

use super::{WarrantyClaim, finish, lock, not_found};
use crate::repairs::close_in;
use crate::returns::{self, NewRefund, NewReturn, NewReturnLine};
use crate::sales::{NewLine, NewSale, checkout};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::claims::ClaimLinks;
use db::invoices::{Invoice, InvoiceLine};
use db::sales::CartNames;
use domain::claim::Settlement;
use domain::{
    Amount, AssetId, ClaimStatus, Disposition, InvoiceCustomerType, Money, Price, RepairStatus, Text,
    WarrantyClaimId,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// How a claim ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// Repaired, Replaced or Refunded.
    pub outcome: Settlement,
    /// What labour cost the shop; of the repair ticket unless said otherwise.
    #[serde(default)]
    pub labor_cost: Option<Price>,
    /// What parts cost the shop; of the repair ticket unless said otherwise.
    #[serde(default)]
    pub parts_cost: Option<Price>,
    /// Words about it.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
    /// The device that is given instead, Ready for Sale; for Replaced alone.
    #[serde(default)]
    pub replacement_asset_id: Option<AssetId>,
}

/// Completes a claim. Its repair ticket is closed with it where it is not yet.
pub async fn complete(
    shop: &Shop,
    actor: &Actor,
    id: WarrantyClaimId,
    end: Completion,
) -> Result<WarrantyClaim, Refusal> {
    actor.require(Capability::DecideClaim)?;
    match (end.outcome, end.replacement_asset_id) {
        (Settlement::Replaced, None) => {
            return Err(Refusal::invalid(
                "/replacement_asset_id",
                "Name the device that the customer gets instead.",
            ));
        }
        (Settlement::Repaired | Settlement::Refunded, Some(_)) => {
            return Err(Refusal::invalid(
                "/replacement_asset_id",
                "Only a claim that ends as Replaced has a replacement: leave it out.",
            ));
        }
        _ => {}
    }
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    // Read first, then locked in the one order: invoice, devices, warranty, claim, ticket.
    let found = db::claims::claim_find(tx.conn(), id)
        .await?
        .ok_or_else(not_found)?;
    let warranty = db::warranties::warranty_find(tx.conn(), found.warranty_id)
        .await?
        .ok_or_else(not_found)?;
    let sold = if end.outcome == Settlement::Repaired {
        None
    } else {
        Some(sold_line(&mut tx, &found, warranty.invoice_id, end.replacement_asset_id).await?)
    };
    let before = lock(&mut tx, id, ClaimStatus::Completed).await?;
    let notes = end.notes.as_ref().and_then(Text::non_empty);
    let (outcome, repair_outcome) = end.outcome.outcomes();
    let ticket_id = before
        .repair_ticket_id
        .ok_or_else(|| Refusal::Internal("an approved claim has its ticket".into()))?;
    let ticket = db::repairs::ticket_lock(tx.conn(), ticket_id)
        .await?
        .ok_or_else(not_found)?;
    let costs = (
        end.labor_cost
            .map_or(ticket.labor_cost.unwrap_or(Money::ZERO), Price::money),
        end.parts_cost
            .map_or(ticket.parts_cost.unwrap_or(Money::ZERO), Price::money),
    );
    if costs.0.checked_add(costs.1).is_none() {
        return Err(Refusal::invalid(
            "/labor_cost",
            "Labour and parts come to at most GH₵ 99,999,999.99.",
        ));
    }
    if ticket.status != RepairStatus::Closed {
        let words = match notes {
            Some(notes) => format!("{}: {notes}", before.claim_number),
            None => format!("{} is completed", before.claim_number),
        };
        close_in(&mut tx, &ticket, repair_outcome, Some(&words)).await?;
    }
    db::claims::claim_complete(tx.conn(), id, outcome, costs, notes).await?;
    let Some((invoice, line)) = sold else {
        return finish(tx, "claim.complete", 200, id, Some(json!(before))).await;
    };
    let links;
    match end.replacement_asset_id {
        None => {
            let made = refund(&mut tx, shop, &invoice, &line, &before).await?;
            links = ClaimLinks {
                made: Some(made),
                ..ClaimLinks::default()
            };
        }
        Some(asset) => {
            let reason = format!("Replaced under warranty: {}", before.claim_number);
            let made = returns::swap_back(&mut tx, &invoice, &line, &reason).await?;
            let sale = gift(&before, &invoice, asset)?;
            let (again, detail) = checkout::sell_in(tx, shop, None, &settings, sale, false, Vec::new())
                .await
                .map_err(at_the_replacement)?;
            tx = again;
            let carried =
                db::claims::warranty_carry_over(tx.conn(), warranty.id, detail.invoice.id, asset).await?;
            let now = db::warranties::warranty_find(tx.conn(), carried).await?;
            tx.audit(
                "warranty.carry_over",
                "warranties",
                carried.get(),
                Some(json!(warranty)),
                Some(json!(now)),
            )
            .await?;
            links = ClaimLinks {
                asset: Some(asset),
                invoice: Some(detail.invoice.id),
                warranty: Some(carried),
                made: Some(made),
            };
        }
    }
    db::claims::claim_link(tx.conn(), id, &links).await?;
    finish(tx, "claim.complete", 200, id, Some(json!(before))).await
}

/// Locks the invoice of the warranty and the devices, and finds the line that sold the claimed one.
async fn sold_line(
    tx: &mut Tx,
    claim: &WarrantyClaim,
    invoice_id: domain::InvoiceId,
    replacement: Option<AssetId>,
) -> Result<(Invoice, InvoiceLine), Refusal> {
    let invoice = db::invoices::invoice_lock(tx.conn(), invoice_id)
        .await?
        .ok_or_else(not_found)?;
    let ids = claim
        .asset_id
        .iter()
        .chain(&replacement)
        .map(|id| id.get())
        .collect();
    let names = CartNames {
        asset_ids: ids,
        ..CartNames::default()
    };
    let found = db::sales::cart_lock(tx.conn(), &names).await?;
    if let Some(id) = replacement
        && !found.iter().any(|item| item.asset_id == Some(id))
    {
        return Err(Refusal::invalid(
            "/replacement_asset_id",
            "There is no such device.",
        ));
    }
    let lines = db::invoices::invoice_lines(tx.conn(), invoice_id).await?;
    let line = lines.into_iter().find(|line| {
        line.asset_id.is_some() && line.asset_id == claim.asset_id && line.released_at.is_none()
    });
    line.map(|line| (invoice, line)).ok_or_else(|| {
        let text = format!(
            "The device of {} is not with the customer any more: complete the claim as Repaired.",
            claim.claim_number
        );
        Refusal::conflict("device_not_sold", text)
    })
}

/// Takes the device back and gives its money back as it was paid.
async fn refund(
    tx: &mut Tx,
    shop: &Shop,
    invoice: &Invoice,
    line: &InvoiceLine,
    claim: &WarrantyClaim,
) -> Result<domain::ReturnId, Refusal> {
    if !line.line_total.is_positive() {
        let text = format!(
            "{} was given for nothing in place of another device, so there is no price to give back: replace it, or pay the customer out of the till.",
            line.asset_tag.as_deref().unwrap_or("This device")
        );
        return Err(Refusal::conflict("given_for_nothing", text));
    }
    let reason = format!("Refunded under warranty: {}", claim.claim_number);
    let mut wish = NewReturn {
        reason: reason
            .parse()
            .map_err(|_| Refusal::Internal("a reason of some letters".into()))?,
        lines: vec![NewReturnLine {
            line_number: line.line_number.unsigned_abs(),
            quantity: 1,
            disposition: Disposition::Diagnostics,
        }],
        refunds: Vec::new(),
    };
    let preview = returns::preview_in(tx.conn(), invoice.id, &wish).await?;
    for (payment_method, left) in preview.refunds {
        if left.is_positive() {
            wish.refunds.push(NewRefund {
                payment_method,
                amount: Amount::try_from(left)
                    .map_err(|_| Refusal::Internal("an amount above nothing".into()))?,
                reference: None,
                instead_of: None,
            });
        }
    }
    returns::take_back_in(tx, shop, invoice, &wish).await
}

/// The sale of the replacement, for nothing.
fn gift(claim: &WarrantyClaim, invoice: &Invoice, asset: AssetId) -> Result<NewSale, Refusal> {
    let notes = format!(
        "Replacement for {} under {}",
        claim.asset_tag.as_deref().unwrap_or("a device"),
        claim.claim_number
    );
    Ok(NewSale {
        customer_id: Some(claim.customer_id),
        customer: None,
        customer_type: match invoice.customer_type {
            InvoiceCustomerType::WalkIn => InvoiceCustomerType::Retail,
            other => other,
        },
        lead_source: None,
        notes: Some(
            notes
                .parse()
                .map_err(|_| Refusal::Internal("a note of some letters".into()))?,
        ),
        lines: vec![NewLine {
            asset_id: Some(asset),
            unit_price: Some(
                "0.00"
                    .parse()
                    .map_err(|_| Refusal::Internal("nothing is a price".into()))?,
            ),
            ..NewLine::default()
        }],
        payments: Vec::new(),
        approval: None,
        warranty_tier: None,
        invoice_date: None,
        back_date_reason: None,
        trade_ins: Vec::new(),
    })
}

/// The pointers of a sale that this body does not have.
fn at_the_replacement(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(mut errors) => {
            for error in &mut errors {
                error.pointer = "/replacement_asset_id".into();
            }
            Refusal::Invalid(errors)
        }
        other => other,
    }
}
