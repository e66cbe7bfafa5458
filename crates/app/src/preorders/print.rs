//! The agreement, the deposit's receipt and the settlement on paper.

use super::{Preorder, PreorderDetail, PreorderEvent, SettlementDue, find};
use crate::invoices::print::{Printed, day, draw, letterhead};
use crate::{Actor, Capability, Refusal, Shop};
use documents::{PreorderDoc, PreorderSettlementDoc, SettlementLine, SettlementMoney};
use domain::{DepositKind, Money, Phone, PreorderId};

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

/// Prints who owes whom how much; there is nothing to settle before the device was sold to somebody else.
pub async fn print_settlement(shop: &Shop, actor: &Actor, id: PreorderId) -> Result<Printed, Refusal> {
    let detail = find(shop, actor, id).await?;
    let p = &detail.preorder;
    let Some(due) = &detail.settlement else {
        let text = format!(
            "{} has nothing to settle: that comes once the customer did not want the device and it was sold to somebody else.",
            p.preorder_number
        );
        return Err(Refusal::conflict("no_settlement", text));
    };
    let settings = shop.settings().await?;
    let device = match p.asset_id {
        Some(asset) => db::assets::asset_find(&mut *shop.read().await?, asset).await?,
        None => None,
    };
    let happened = |what: &str| detail.events.iter().rev().find(|e| e.event_type == what);
    let on = |event: &PreorderEvent| day(event.created_at.with_timezone(&shop.zone()).date_naive());
    let last = happened("closed").or_else(|| happened("resold"));
    let rejected = [
        happened("rejected").map(|e| format!("On {}", on(e))),
        p.rejection_reason.clone(),
    ];
    let sold = match &p.value_decided_reason {
        Some(why) => ("Decided to be worth", Some(format!("Not sold: {why}"))),
        None => {
            let paper = [p.resale_invoice_number.clone(), happened("resold").map(on)];
            let note = paper.into_iter().flatten().collect::<Vec<_>>().join(", ");
            ("Sold to somebody else for", Some(note).filter(|n| !n.is_empty()))
        }
    };
    let (verdict, amount) = verdict(due);
    let doc = PreorderSettlementDoc {
        shop: letterhead(&settings.shop),
        number: p.preorder_number.clone(),
        date: last.map_or_else(|| day(shop.today()), on),
        customer_name: p.customer_name.clone(),
        customer_phone: printed_phone(p, actor),
        wanted: p.requested_specs.clone(),
        device: device.map(|d| format!("{} · {}", d.asset.title(), d.asset.asset_tag)),
        rejected: rejected.into_iter().flatten().collect::<Vec<_>>().join(": "),
        sums: [
            ("Price agreed", None, due.agreed_price),
            (sold.0, sold.1, due.resale_recovery_amount),
            ("Lost against the price agreed", None, due.loss),
            ("Deposit", None, due.deposit_amount),
            ("Kept of the deposit for the loss", None, due.kept),
        ]
        .map(|(name, note, amount)| SettlementLine {
            name: name.into(),
            note,
            amount: amount.grouped(),
        })
        .into(),
        verdict: verdict.into(),
        amount: amount.map(Money::ghs),
        state: settled_how(&detail, due),
        money: detail.deposits.iter().map(moved).collect(),
        policy: p.policy_terms.clone().unwrap_or_else(|| POLICY.into()),
        served_by: happened("closed").and_then(|e| e.created_by_name.clone()),
        created_at: detail
            .deposits
            .iter()
            .map(|d| d.created_at)
            .chain(last.map(|e| e.created_at))
            .max()
            .unwrap_or(p.created_at),
    };
    draw(format!("{}-settlement.pdf", doc.number), move || {
        documents::preorder_settlement(&doc)
    })
    .await
}

fn verdict(due: &SettlementDue) -> (&'static str, Option<Money>) {
    if due.to_customer.is_positive() {
        ("The shop pays back to the customer", Some(due.to_customer))
    } else if due.by_customer.is_positive() {
        ("The customer owes the shop", Some(due.by_customer))
    } else {
        ("Nobody owes anything", None)
    }
}

/// What became of it: paid when and how, or still to be paid.
fn settled_how(detail: &PreorderDetail, due: &SettlementDue) -> String {
    let paid = |kind: DepositKind| {
        detail.deposits.iter().rev().find(|d| d.kind == kind).map(|d| {
            let how = d.payment_method.map(|m| m.as_str()).unwrap_or_default();
            format!("by {how} on {}", day(d.entry_date))
        })
    };
    let closed = detail.preorder.status == domain::PreorderStatus::Closed;
    if due.to_customer.is_positive() {
        match paid(DepositKind::Refund).filter(|_| closed) {
            Some(how) => format!("Paid back {how}"),
            None => "Still to be paid back".into(),
        }
    } else if due.still_owed.is_positive() {
        match due.still_owed == due.by_customer {
            true => "Still to be paid".into(),
            false => format!("{} of it are still to be paid", due.still_owed.ghs()),
        }
    } else if due.by_customer.is_positive() {
        paid(DepositKind::Shortfall).map_or_else(String::new, |how| format!("Paid {how}"))
    } else {
        "The deposit covers what the resale lost".into()
    }
}

fn moved(deposit: &super::PreorderDeposit) -> SettlementMoney {
    let how = [
        deposit.payment_method.map(|m| m.to_string()),
        deposit.reference.clone(),
    ];
    SettlementMoney {
        date: day(deposit.entry_date),
        name: match (deposit.kind, deposit.claimed, deposit.confirmed) {
            (DepositKind::Deposit, true, None) => "Deposit, not seen yet",
            (DepositKind::Deposit, true, Some(false)) => "Deposit, never came",
            (DepositKind::Deposit, ..) => "Deposit taken",
            (DepositKind::Refund, ..) => "Given back",
            (DepositKind::Kept, ..) => "Kept for the loss",
            (DepositKind::Shortfall, ..) => "Paid by the customer",
        }
        .into(),
        how: how.into_iter().flatten().collect::<Vec<_>>().join(" "),
        amount: deposit.amount.grouped(),
    }
}

/// The customer's phone as it is read out; absent for roles that may not see it.
fn printed_phone(p: &Preorder, actor: &Actor) -> Option<String> {
    let phone = p.customer_phone.clone();
    let seen = phone.filter(|_| actor.can(Capability::SeeCustomerContacts));
    seen.map(|text| text.parse::<Phone>().map_or(text, |p| p.international()))
}

async fn document(shop: &Shop, actor: &Actor, detail: &PreorderDetail) -> Result<PreorderDoc, Refusal> {
    let settings = shop.settings().await?;
    let p = &detail.preorder;
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
        customer_phone: printed_phone(p, actor),
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::preorder::Settlement;

    #[test]
    fn the_paper_says_who_owes_whom() {
        let ghs = |cedis: i64| Money::from_pesewas(cedis * 100);
        for (resale, says, amount) in [
            (6700, "The shop pays back to the customer", Some(500)),
            (6200, "The shop pays back to the customer", Some(200)),
            (6000, "Nobody owes anything", None),
            (5800, "The customer owes the shop", Some(200)),
        ] {
            let s = Settlement::of(ghs(6500), ghs(500), ghs(resale));
            let due = SettlementDue {
                agreed_price: ghs(6500),
                deposit_amount: ghs(500),
                resale_recovery_amount: ghs(resale),
                loss: s.loss,
                kept: s.kept,
                to_customer: s.to_customer,
                by_customer: s.by_customer,
                still_owed: s.by_customer,
            };
            assert_eq!(verdict(&due), (says, amount.map(ghs)), "{resale}");
        }
    }
}
