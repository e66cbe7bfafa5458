//! Giving an invoice to the customer, and keeping its goods longer.

use super::{InvoiceDetail, finish, lock, refused_move};
use crate::sales::{Goods, complete, hold_goods};
use crate::{Actor, Capability, Refusal, Shop};
use domain::{InvoiceAction, InvoiceId, InvoiceStatus};

/// Sends a Draft: its lines are fixed, and its hold begins anew. When there is nothing to pay, it is Paid with that.
pub async fn send(shop: &Shop, actor: &Actor, id: InvoiceId) -> Result<InvoiceDetail, Refusal> {
    actor.require(Capability::Sell)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let status = before
        .status
        .after(InvoiceAction::Send)
        .map_err(|refused| refused_move(&before, refused))?;
    db::sales::reason_set(tx.conn(), id, &format!("On invoice {}", before.invoice_number)).await?;
    if before.balance_due.is_positive() {
        let mut sent = before.clone();
        sent.status = status;
        hold_goods(&mut tx, shop, &settings, &sent, &Goods::none()).await?;
    } else {
        let lines = db::invoices::invoice_lines(tx.conn(), id).await?;
        complete(&mut tx, shop, &settings, &before, &lines).await?;
    }
    finish(shop, tx, "invoice.send", 200, &before).await
}

/// Keeps the goods of a Draft or Sent invoice for another while.
pub async fn renew_hold(shop: &Shop, actor: &Actor, id: InvoiceId) -> Result<InvoiceDetail, Refusal> {
    actor.require(Capability::Sell)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    if !matches!(before.status, InvoiceStatus::Draft | InvoiceStatus::Sent) {
        let text = format!(
            "{} is {}: it holds nothing that could be kept longer.",
            before.invoice_number, before.status
        );
        return Err(Refusal::conflict("invoice_status", text));
    }
    if before.goods_released_at.is_some() {
        let text = format!(
            "The goods of {} are with the customer: nothing is held.",
            before.invoice_number
        );
        return Err(Refusal::conflict("goods_released", text));
    }
    hold_goods(&mut tx, shop, &settings, &before, &Goods::none()).await?;
    finish(shop, tx, "invoice.renew_hold", 200, &before).await
}
