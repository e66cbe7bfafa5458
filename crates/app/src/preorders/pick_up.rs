//! The two steps that sell: to the customer who waited, and to somebody else.

use super::{PreorderDetail, after, finish, lock};
use crate::sales::checkout::{self, Credit, CreditSource};
use crate::sales::{NewLine, NewPayment, NewSale};
use crate::{Actor, Capability, Refusal, Shop};
use db::preorders::StepValues;
use domain::{
    CustomerType, InvoiceCustomerType, InvoiceStatus, Money, PreorderAction, PreorderId, PreorderStatus,
    Price, Text, WarrantyTier,
};
use serde::Deserialize;
use utoipa::ToSchema;

/// How a preorder is picked up.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickUp {
    /// What the device costs; what was agreed unless said otherwise.
    #[serde(default)]
    pub unit_price: Option<Price>,
    /// How the rest is paid, after the deposit: all of it.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub payments: Vec<NewPayment>,
    /// What is sold beside the device: accessories, a Premium warranty.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub lines: Vec<NewLine>,
    /// The warranty wanted. Premium 1-Year needs the item WARRANTY-PREMIUM among the lines.
    #[serde(default)]
    pub warranty_tier: Option<WarrantyTier>,
    /// Notes for the customer.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
}

/// Hands over what arrived, in one step: the invoice, the deposit applied to it, the rest paid, the device sold, its
/// warranty given.
pub async fn pick_up(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    wish: PickUp,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    actor.require(Capability::Sell)?;
    let seen = wish.payments.iter().position(|p| p.claimed);
    if let Some(n) = seen {
        let text = "The device goes with this payment, so somebody has to have seen the money: look for it first, then hand over.";
        return Err(Refusal::invalid(format!("/payments/{n}/claimed"), text));
    }
    if let Some(n) = wish.payments.iter().position(|p| p.payment_date.is_some()) {
        let text = "A preorder is handed over today: leave the date out.";
        return Err(Refusal::invalid(format!("/payments/{n}/payment_date"), text));
    }
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let to = after(&before, PreorderAction::PickUp)?;
    let Some(device) = before.asset_id else {
        return Err(Refusal::Internal(format!(
            "{} is {} without a device",
            before.preorder_number, before.status
        )));
    };
    let kind = db::preorders::buyer_lock(tx.conn(), before.customer_id).await?;
    let price = wish.unit_price.map(Price::money).or(before.agreed_price);
    let mut lines = vec![NewLine {
        asset_id: Some(device),
        unit_price: price.and_then(|money| money.try_into().ok()),
        ..NewLine::default()
    }];
    lines.extend(wish.lines);
    let sale = NewSale {
        customer_id: Some(before.customer_id),
        customer: None,
        customer_type: match kind {
            Some(CustomerType::Wholesale) => InvoiceCustomerType::Wholesale,
            _ => InvoiceCustomerType::Retail,
        },
        approval: None,
        lead_source: None,
        notes: wish.notes,
        lines,
        payments: wish.payments,
        warranty_tier: wish.warranty_tier,
        invoice_date: None,
        back_date_reason: None,
        trade_ins: Vec::new(),
    };
    checkout::check(&sale).map_err(beside_the_device)?;
    let deposit = Credit {
        up_to: before.deposit_held,
        reference: before.preorder_number.clone(),
        notes: format!("Deposit of preorder {}", before.preorder_number),
        source: CreditSource::Preorder(id, device),
    };
    let (mut tx, invoice) = checkout::sell_in(tx, shop, None, &settings, sale, false, vec![deposit])
        .await
        .map_err(beside_the_device)?;
    require_paid(&invoice.invoice.status, invoice.invoice.balance_due)?;
    let values = StepValues {
        invoice_id: Some(invoice.invoice.id),
        ..StepValues::default()
    };
    db::preorders::preorder_step(tx.conn(), id, to, &values).await?;
    finish(tx, "preorder.pick_up", 201, Some(&before), id, Some(invoice)).await
}

/// Sells what a customer rejected to somebody else. The sale itself makes the preorder Resold, as one at the till would.
pub async fn resell(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    sale: NewSale,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    actor.require(Capability::Sell)?;
    checkout::check(&sale)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    // Not locked: the sale locks the device, and then its trigger the preorder, in the order of every sale at a till.
    let before = db::preorders::preorder_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("preorder"))?;
    tx.check_version(before.updated_at)?;
    after(&before, PreorderAction::Resell)?;
    let device = before.asset_id;
    let (mut tx, invoice) = checkout::sell_in(tx, shop, None, &settings, sale, false, Vec::new()).await?;
    if !invoice.lines.iter().any(|line| line.asset_id == device) {
        let text = format!(
            "{} is not on this sale: it is what was rejected, so add it.",
            before.asset_tag.as_deref().unwrap_or("The device")
        );
        return Err(Refusal::invalid("/lines", text));
    }
    require_paid(&invoice.invoice.status, invoice.invoice.balance_due)?;
    let now = db::preorders::preorder_find(tx.conn(), id).await?;
    if now.as_ref().map(|p| p.status) != Some(PreorderStatus::Resold) {
        return Err(Refusal::conflict(
            "busy",
            "Somebody else was changing this preorder at this moment and nothing was saved. Try again.",
        ));
    }
    finish(tx, "preorder.resell", 201, Some(&before), id, Some(invoice)).await
}

fn require_paid(status: &InvoiceStatus, left: Money) -> Result<(), Refusal> {
    if *status == InvoiceStatus::Paid {
        return Ok(());
    }
    let text = if left.is_positive() {
        format!("{} is still to pay: take the rest, then hand over.", left.ghs())
    } else {
        "A payment is only claimed so far: look for the money first, then hand over.".into()
    };
    Err(Refusal::invalid("/payments", text))
}

/// The pointers of the lines beside the device, and of its price.
fn beside_the_device(refusal: Refusal) -> Refusal {
    let Refusal::Invalid(mut errors) = refusal else {
        return refusal;
    };
    for error in &mut errors {
        let Some((n, field)) = error
            .pointer
            .strip_prefix("/lines/")
            .map(|rest| rest.split_once('/').unwrap_or((rest, "")))
        else {
            continue;
        };
        error.pointer = match (n.parse::<usize>(), field) {
            (Ok(0), _) => "/unit_price".into(),
            (Ok(n), "") => format!("/lines/{}", n - 1),
            (Ok(n), field) => format!("/lines/{}/{field}", n - 1),
            (Err(_), _) => continue,
        };
    }
    Refusal::Invalid(errors)
}
