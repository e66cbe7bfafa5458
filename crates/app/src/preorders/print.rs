//! The agreement and the deposit's receipt on paper.

use super::{Preorder, PreorderDetail, find};
use crate::invoices::print::{Printed, day, draw, letterhead};
use crate::{Actor, Capability, Refusal, Shop};
use documents::PreorderDoc;
use domain::{Money, Phone, PreorderId};

/// What is printed where a preorder has no words of its own.
const POLICY: &str = "Deposit applied toward purchase. If rejected, the shop may resell before reimbursing. Customer owes any shortfall.";

/// Prints the agreement with its policy terms.
pub async fn print_agreement(shop: &Shop, actor: &Actor, id: PreorderId) -> Result<Printed, Refusal> {
    let detail = find(shop, actor, id).await?;
    let taken = detail.preorder.created_at;
    let mut doc = document(shop, actor, &detail).await?;
    doc.date = day(taken.with_timezone(&shop.zone()).date_naive());
    doc.created_at = taken;
    draw(format!("{}.pdf", doc.number), move || {
        documents::preorder_agreement(&doc)
    })
    .await
}

/// Prints the receipt of the deposit; there is none before it is taken.
pub async fn print_deposit(shop: &Shop, actor: &Actor, id: PreorderId) -> Result<Printed, Refusal> {
    let detail = find(shop, actor, id).await?;
    let Some(deposit) = detail.deposit() else {
        let text = format!(
            "No deposit was taken for {} yet: take it first.",
            detail.preorder.preorder_number
        );
        return Err(Refusal::conflict("no_deposit", text));
    };
    let mut doc = document(shop, actor, &detail).await?;
    doc.date = deposit
        .created_at
        .with_timezone(&shop.zone())
        .format("%a %-d %b %Y, %H:%M")
        .to_string();
    doc.created_at = deposit.created_at;
    doc.served_by = deposit.created_by_name.clone().or(doc.served_by);
    draw(format!("{}-deposit.pdf", doc.number), move || {
        documents::deposit_receipt(&doc)
    })
    .await
}

async fn document(shop: &Shop, actor: &Actor, detail: &PreorderDetail) -> Result<PreorderDoc, Refusal> {
    let settings = shop.settings().await?;
    let p = &detail.preorder;
    let sees = actor.can(Capability::SeeCustomerContacts);
    let phone = p.customer_phone.clone().filter(|_| sees);
    let deposit_state = match detail.deposit() {
        Some(deposit)
            if p.deposit_held.is_positive()
                || !p.status.allowed().any(|s| s == domain::PreorderStatus::Ordered) =>
        {
            format!(
                "{} by {} on {}",
                if p.deposit_claimed {
                    "Said to be paid"
                } else {
                    "Paid"
                },
                deposit.payment_method.map(|m| m.as_str()).unwrap_or_default(),
                day(deposit.entry_date)
            )
        }
        _ => "To be paid before we order".to_owned(),
    };
    Ok(PreorderDoc {
        shop: letterhead(&settings.shop),
        number: p.preorder_number.clone(),
        date: String::new(),
        customer_name: p.customer_name.clone(),
        customer_phone: phone.map(|text| text.parse::<Phone>().map_or(text, |p| p.international())),
        wanted: p.requested_specs.clone(),
        model: p.model_name.as_ref().map(|model| match p.wanted_grade {
            Some(grade) => format!("{model}, grade {grade}"),
            None => model.clone(),
        }),
        price: price(p),
        deposit: p.deposit_amount.ghs(),
        deposit_state,
        deposit_reference: p.deposit_reference.clone(),
        promised: match p.sla_date {
            Some(date) => format!("By {}", day(date)),
            None => format!("Within {} days of the order", settings.preorder_sla_days),
        },
        policy: p.policy_terms.clone().unwrap_or_else(|| POLICY.into()),
        notes: p.notes.clone(),
        served_by: p.assigned_to_name.clone(),
        created_at: p.created_at,
    })
}

fn price(p: &Preorder) -> Option<String> {
    let span = |min: Option<Money>, max: Option<Money>| match (min, max) {
        (Some(min), Some(max)) if min != max => Some(format!("{} to {}", min.ghs(), max.grouped())),
        (Some(one), Some(_)) => Some(one.ghs()),
        (Some(min), None) => Some(format!("From {}", min.ghs())),
        (None, Some(max)) => Some(format!("Up to {}", max.ghs())),
        (None, None) => None,
    };
    p.agreed_price
        .map(Money::ghs)
        .or_else(|| span(p.target_price_min, p.target_price_max))
}
