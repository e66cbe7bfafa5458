//! Handing goods over before they are paid.
//!
//! The customer's row is locked before the invoice, so that two releases against one limit are looked at one after the
//! other. Devices are Sold from then on, stock leaves, and warranties begin: the customer has the goods. The payment that
//! completes the invoice later only makes it Paid.

use crate::invoices::{InvoiceDetail, finish, lock};
use crate::sales::hand_over;
use crate::{Actor, Capability, Refusal, Shop};
use domain::wholesale::beyond_credit;
use domain::{InvoiceId, InvoiceStatus, Money};

/// Releases the goods of a Sent invoice on credit, or on a payment that is only claimed so far.
pub async fn release(shop: &Shop, actor: &Actor, id: InvoiceId) -> Result<InvoiceDetail, Refusal> {
    actor.require(Capability::ReleaseOnCredit)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let seen = db::invoices::invoice_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("invoice"))?;
    let Some(customer) = seen.customer_id else {
        let text = format!(
            "{} has no customer: goods are released to a known customer only.",
            seen.invoice_number
        );
        return Err(Refusal::conflict("customer_needed", text));
    };
    let name = db::customers::customer_lock(tx.conn(), customer)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?
        .full_name;
    let before = lock(&mut tx, id).await?;
    if before.customer_id != Some(customer) {
        let text = "Somebody else was changing this invoice at this moment. Open it again.";
        return Err(Refusal::conflict("busy", text));
    }
    let number = &before.invoice_number;
    if before.goods_released_at.is_some() {
        let text = format!("The goods of {number} were released already.");
        return Err(Refusal::conflict("goods_released", text));
    }
    if before.status != InvoiceStatus::Sent {
        let text = match before.status {
            InvoiceStatus::Draft => format!("{number} is a Draft: send it first, then release its goods."),
            status => format!("{number} is {status}: its goods cannot be released on credit."),
        };
        return Err(Refusal::Conflict {
            code: "invoice_status".into(),
            detail: text,
            allowed: None,
        });
    }
    let terms = db::wholesale::customer_terms(tx.conn(), customer)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    let limit = terms.credit_limit.unwrap_or(Money::ZERO);
    if let Some(over) = beyond_credit(limit, terms.credit_used, before.balance_due)
        .filter(|_| before.balance_due.is_positive())
    {
        let text = match terms.credit_limit {
            None => format!(
                "{name} has no credit: set a credit limit of at least {}, or take the money first.",
                before.balance_due.ghs()
            ),
            Some(limit) => format!(
                "{name} owes {} of a credit limit of {}: {number} with {} goes {} past it. Take {} first, or raise the limit.",
                terms.credit_used.ghs(),
                limit.ghs(),
                before.balance_due.ghs(),
                over.ghs(),
                over.ghs()
            ),
        };
        return Err(Refusal::conflict("credit_limit", text));
    }
    db::sales::reason_set(tx.conn(), id, &format!("Released on invoice {number}")).await?;
    let lines = db::invoices::invoice_lines(tx.conn(), id).await?;
    let mut goods = crate::sales::Goods::held(&lines, true);
    db::sales::devices_lock(tx.conn(), &goods.asset_ids).await?;
    goods.asset_ids.sort_unstable();
    db::wholesale::invoice_release(tx.conn(), id, actor.user_id).await?;
    hand_over(
        &mut tx,
        shop,
        &settings,
        &before,
        &lines,
        &goods,
        InvoiceStatus::Sent,
    )
    .await?;
    finish(shop, tx, "invoice.release", 200, &before).await
}
