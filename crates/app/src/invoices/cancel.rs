//! Calling off an invoice that nobody paid: by hand, or because its hold ran out.

use super::{Invoice, InvoiceDetail, finish, lock, refused_move};
use crate::sales::Goods;
use crate::{Actor, Capability, Refusal, Shop, Tx};
use domain::{InvoiceAction, InvoiceId, InvoiceStatus, Text};
use serde::Deserialize;
use utoipa::ToSchema;

/// Why an invoice is cancelled.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// The reason.
    #[serde(default)]
    pub reason: Option<Text<0, 500>>,
}

/// Cancels an unpaid invoice and lets go of its goods.
pub async fn cancel(
    shop: &Shop,
    actor: &Actor,
    id: InvoiceId,
    why: Cancellation,
) -> Result<InvoiceDetail, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let own_draft = before.status == InvoiceStatus::Draft && before.sales_rep_id == actor.user_id;
    let may = actor.can(Capability::CancelAnyInvoice) || (own_draft && actor.can(Capability::CancelOwnDraft));
    if !may {
        return Err(Refusal::forbidden(
            "not_allowed",
            format!(
                "{} is not a Draft of your own. Ask a Manager to cancel it.",
                before.invoice_number
            ),
        ));
    }
    call_off(&mut tx, &before, why.reason.as_ref().and_then(Text::non_empty)).await?;
    finish(shop, tx, "invoice.cancel", 200, &before).await
}

async fn call_off(tx: &mut Tx, invoice: &Invoice, reason: Option<&str>) -> Result<(), Refusal> {
    invoice
        .status
        .after(InvoiceAction::Cancel)
        .map_err(|refused| refused_move(invoice, refused))?;
    if invoice.amount_paid != invoice.amount_refunded {
        let text = format!(
            "{} was paid on {} already: give that back first, then cancel it.",
            invoice
                .amount_paid
                .checked_sub(invoice.amount_refunded)
                .unwrap_or(invoice.amount_paid)
                .ghs(),
            invoice.invoice_number
        );
        return Err(Refusal::conflict("invoice_has_payments", text));
    }
    let goods = Goods::held(&db::invoices::invoice_lines(tx.conn(), invoice.id).await?, false);
    db::sales::devices_lock(tx.conn(), &goods.asset_ids).await?;
    let because = reason.map(|r| format!(": {r}")).unwrap_or_default();
    db::sales::reason_set(
        tx.conn(),
        invoice.id,
        &format!("Invoice {} cancelled{because}", invoice.invoice_number),
    )
    .await?;
    db::invoices::invoice_cancel(tx.conn(), invoice.id, reason).await?;
    db::sales::goods_release(tx.conn(), &goods.asset_ids, &goods.stock).await?;
    Ok(())
}

/// Cancels the unpaid invoices whose hold ran out, each in a transaction of its own, and answers how many. For a job that
/// runs every few minutes.
pub async fn release_expired_holds(shop: &Shop) -> Result<usize, Refusal> {
    let now = shop.now();
    let due = db::invoices::invoices_held_too_long(&mut *shop.read().await?, now).await?;
    let mut released = 0;
    for id in due {
        let mut tx = shop.begin(&Actor::system()).await?;
        let before = lock(&mut tx, id).await?;
        // Somebody may have paid, sent or renewed it meanwhile.
        let still_due = matches!(before.status, InvoiceStatus::Draft | InvoiceStatus::Sent)
            && before.hold_expires_at.is_some_and(|end| end < now)
            && before.amount_paid == before.amount_refunded
            && before.goods_released_at.is_none();
        if still_due {
            call_off(&mut tx, &before, Some("the hold ran out")).await?;
            finish(shop, tx, "invoice.hold_expired", 200, &before).await?;
            released += 1;
        }
    }
    Ok(released)
}
