//! An exchange: goods come back and others are sold, in one transaction. What the returned goods are worth pays the new
//! invoice as far as it goes; what is left either way is paid or given back in the same step.
//!
//! In the books it is a refund on the old invoice by Other whose reference is the new invoice, and a payment on the new one
//! by Other whose reference is the credit note: each invoice adds up by itself. The two know each other
//! (`refunds.exchange_invoice_id`, `payment_sources.return_id`) and no money moved, so the day's tender leaves both out.

use super::{NewRefund, NewReturn, NewReturnLine, ReturnDetail, require_approval, take_back};
use crate::invoices::{self, InvoiceDetail};
use crate::sales::checkout::{self, Credit, CreditSource};
use crate::sales::{NewSale, cart};
use crate::{Actor, Refusal, Shop};
use db::returns::RefundValues;
use domain::{InvoiceId, PaymentMethod, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Goods that come back, and what is sold instead.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExchange {
    /// Why.
    pub reason: Text<1, 1000>,
    /// What comes back.
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewReturnLine>,
    /// What is given back, where less is bought than came back.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub refunds: Vec<NewRefund>,
    /// What is sold, to the same customer unless another is named; its payments are what is paid on top.
    pub sale: NewSale,
}

/// Both halves of an exchange.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Exchanged {
    /// What came back.
    #[serde(rename = "return")]
    pub made: ReturnDetail,
    /// The new invoice.
    pub invoice: InvoiceDetail,
}

/// Exchanges goods of an invoice for others.
pub async fn exchange(
    shop: &Shop,
    actor: &Actor,
    id: InvoiceId,
    new: NewExchange,
) -> Result<Exchanged, Refusal> {
    require_approval(actor, id)?;
    let NewExchange {
        reason,
        lines,
        refunds,
        mut sale,
    } = new;
    let wish = NewReturn {
        reason,
        lines,
        refunds,
    };
    take_back::check(&wish)?;
    checkout::check(&sale).map_err(in_the_sale)?;
    if sale.invoice_date.is_some() || sale.payments.iter().any(|p| p.payment_date.is_some()) {
        let text = "An exchange is of today: leave the date out.";
        return Err(Refusal::invalid("/sale/invoice_date", text));
    }
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let before = invoices::lock(&mut tx, id).await?;
    if sale.customer_id.is_none() && sale.customer.is_none() {
        sale.customer_id = before.customer_id;
    }
    // Devices that come back and devices that go out are locked together, in one order.
    let mut names = cart::names(&sale.lines);
    let sold = db::invoices::invoice_lines(tx.conn(), id).await?;
    names.asset_ids.extend(
        sold.iter()
            .filter(|line| {
                wish.lines
                    .iter()
                    .any(|w| i64::from(w.line_number) == i64::from(line.line_number))
            })
            .filter_map(|line| line.asset_id.map(domain::AssetId::get)),
    );
    db::sales::cart_lock(tx.conn(), &names).await?;

    let goods = take_back::goods_back(&mut tx, &before, &wish, None).await?;
    let credit = Credit {
        up_to: goods.credit_due,
        reference: goods.number.clone(),
        notes: format!("Exchange of {}", before.invoice_number),
        source: CreditSource::Return(goods.id),
    };
    let credits = if goods.credit_due.is_positive() {
        vec![credit]
    } else {
        Vec::new()
    };
    let (mut tx, invoice) = checkout::sell_in(tx, shop, None, &settings, sale, false, credits)
        .await
        .map_err(in_the_sale)?;
    let used = invoice
        .payments
        .iter()
        .find(|p| {
            p.payment_method == PaymentMethod::Other && p.reference.as_deref() == Some(goods.number.as_str())
        })
        .map(|p| p.amount);
    let mut left = goods.credit_due;
    if let Some(used) = used {
        let half = RefundValues {
            payment_method: PaymentMethod::Other,
            amount: used,
            instead_of: None,
            reference: Some(invoice.invoice.invoice_number.clone()),
            exchange_invoice_id: Some(invoice.invoice.id),
        };
        db::returns::refunds_insert(tx.conn(), id, goods.id, &[half]).await?;
        left = left.checked_sub(used).unwrap_or(left);
    }
    take_back::give_back(&mut tx, id, goods.id, &goods.tenders, &wish.refunds, left).await?;
    take_back::close(&mut tx, id, &goods).await?;
    let taken = take_back::answer(&mut tx, shop, &before, goods.id).await?;
    let answer = Exchanged {
        made: taken.made,
        invoice,
    };
    tx.audit(
        "return.exchange",
        "returns",
        goods.id.get(),
        None,
        Some(json!(answer)),
    )
    .await?;
    tx.commit(201, &answer).await?;
    Ok(answer)
}

/// The pointers of a sale that stands inside another body.
fn in_the_sale(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(mut errors) => {
            for error in &mut errors {
                error.pointer = format!("/sale{}", error.pointer);
            }
            Refusal::Invalid(errors)
        }
        other => other,
    }
}
