//! Money of a return that is given back later than its goods came back.

use super::{NewRefund, TakenBack, require_approval, take_back};
use crate::{Actor, Refusal, Shop, invoices};
use domain::{InvoiceId, Money, PaymentMethod, ReturnId};

/// Gives back more of what a return credited.
pub async fn refund(shop: &Shop, actor: &Actor, id: ReturnId, new: NewRefund) -> Result<TakenBack, Refusal> {
    let found = super::find(shop, id).await?;
    require_approval(actor, found.head.invoice_id)?;
    let mut tx = shop.begin(actor).await?;
    let before = invoices::lock(&mut tx, found.head.invoice_id).await?;
    let tenders = db::returns::tenders_left(tx.conn(), before.id).await?;
    take_back::give_back(&mut tx, before.id, id, &tenders, &[new], before.credit_due)
        .await
        .map_err(on_the_refund)?;
    let reason = format!("Everything came back with {}", found.head.return_number);
    db::returns::invoice_after_return(tx.conn(), before.id, &reason).await?;
    let answer = take_back::answer(&mut tx, shop, &before, id).await?;
    tx.commit(201, &answer).await?;
    Ok(answer)
}

/// The pointers of a body that is one refund and not a list of them.
fn on_the_refund(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(mut errors) => {
            for error in &mut errors {
                error.pointer = error.pointer.replacen("/refunds/0", "", 1);
            }
            Refusal::Invalid(errors)
        }
        other => other,
    }
}

/// What each tender paid on an invoice and was not given back yet.
pub async fn tenders_left(shop: &Shop, id: InvoiceId) -> Result<Vec<(PaymentMethod, Money)>, Refusal> {
    let mut conn = shop.read().await?;
    Ok(db::returns::tenders_left(&mut conn, id).await?)
}
