//! A payment on an invoice. The one that completes it sells the goods.

use super::{InvoiceDetail, finish, lock, refused_move};
use crate::sales::checkout::{refused_payment, tender};
use crate::sales::{Goods, NewPayment, back_date, complete, hold_goods};
use crate::{Actor, Capability, Refusal, Shop};
use domain::{InvoiceId, InvoiceStatus, Money};

/// Takes a payment. A Draft becomes Sent with the first, and Paid by itself with the one that completes it.
pub async fn pay(
    shop: &Shop,
    actor: &Actor,
    id: InvoiceId,
    payment: NewPayment,
) -> Result<InvoiceDetail, Refusal> {
    actor.require(Capability::Sell)?;
    let settings = shop.settings().await?;
    let earlier = back_date(
        actor,
        shop.today(),
        payment.payment_date,
        payment.back_date_reason.as_ref(),
        ("/payment_date", "/back_date_reason"),
    )?;
    let day = earlier.as_ref().map(|earlier| earlier.day);
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let move_refused = |refused| refused_move(&before, refused);
    before.status.after_payment(Money::ZERO).map_err(move_refused)?;
    let (payments, balance) = tender(&[payment], &[day], before.balance_due).map_err(on_the_payment)?;
    let mut status = before.status.after_payment(balance).map_err(move_refused)?;
    // Until somebody has seen the money the invoice stays Sent, and its goods stay here.
    if status == InvoiceStatus::Paid
        && (payments.iter().any(|p| p.claimed) || db::payments::claims_open(tx.conn(), id).await?)
    {
        status = InvoiceStatus::Sent;
    }
    if status != InvoiceStatus::Paid && before.customer_id.is_none() {
        let text = "A part payment needs a name: take the customer's name and phone, put them on the invoice, then take the payment.";
        return Err(Refusal::conflict("customer_needed", text));
    }
    let lines = db::invoices::invoice_lines(tx.conn(), id).await?;
    for payment in &payments {
        if let Err(error) = db::sales::payment_insert(tx.conn(), id, &before.invoice_number, payment).await {
            drop(tx);
            return Err(refused_payment(shop, error, &payments).await);
        }
    }
    if status == InvoiceStatus::Paid {
        complete(&mut tx, shop, &settings, &before, &lines).await?;
    } else if status != before.status {
        let mut sent = before.clone();
        sent.status = status;
        hold_goods(&mut tx, shop, &settings, &sent, &Goods::none()).await?;
    }
    if let Some(earlier) = &earlier {
        earlier.audit(&mut tx, "payment.back_date", id).await?;
    }
    finish(shop, tx, "invoice.pay", 201, &before).await
}

/// The pointers of a body that is one payment and not a list of them.
fn on_the_payment(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(mut errors) => {
            for error in &mut errors {
                error.pointer = error.pointer.replacen("/payments/0", "", 1);
            }
            Refusal::Invalid(errors)
        }
        other => other,
    }
}
