//! Payments that the customer only claims, until somebody has seen the money (PRODUCT.md section 7).

pub mod statement;

pub use db::payments::{BookPayment, CLAIMED, ClaimedPayment};
pub use statement::{Compared, Statement, StatementRow, compare};

use crate::sales::complete_all;
use crate::{Actor, Capability, Refusal, Settings, Shop, Tx};
use db::invoices::Invoice;
use db::payments::Part;
use domain::{InvoiceStatus, PaymentId, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// That the money was seen.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Where it was seen.
    #[serde(default)]
    pub notes: Option<Text<0, 500>>,
}

/// That the money never came.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// Why that is sure.
    pub reason: Text<1, 500>,
}

/// What became of a claim.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Decided {
    /// The payments, all parts of what was handed over.
    pub payment_ids: Vec<PaymentId>,
    /// Their invoices, as they are now.
    pub invoices: Vec<Invoice>,
}

/// How many payments wait to be confirmed.
pub async fn waiting(shop: &Shop) -> Result<i64, Refusal> {
    Ok(db::payments::claimed_count(&mut *shop.read().await?).await?)
}

/// Confirms a claimed payment with all its parts. Invoices that have nothing left to pay are Paid, and their goods go out.
pub async fn confirm(
    shop: &Shop,
    actor: &Actor,
    id: PaymentId,
    word: Confirmation,
) -> Result<Decided, Refusal> {
    actor.require(Capability::ConfirmPayments)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let notes = word.notes.as_ref().and_then(Text::non_empty);
    let parts = confirm_in(&mut tx, shop, &settings, id, notes).await?;
    decided(tx, parts).await
}

/// Confirms one payment inside a transaction.
pub(crate) async fn confirm_in(
    tx: &mut Tx,
    shop: &Shop,
    settings: &Settings,
    id: PaymentId,
    notes: Option<&str>,
) -> Result<Vec<Part>, Refusal> {
    let parts = open_parts(tx, id).await?;
    for part in &parts {
        db::payments::confirmation_insert(tx.conn(), part.id, notes).await?;
    }
    let mut full = Vec::new();
    for part in &parts {
        let invoice = db::invoices::invoice_find(tx.conn(), part.invoice_id)
            .await?
            .ok_or_else(|| Refusal::not_found("invoice"))?;
        if invoice.status == InvoiceStatus::Sent
            && !invoice.balance_due.is_positive()
            && !full.iter().any(|known: &Invoice| known.id == invoice.id)
            && !db::payments::claims_open(tx.conn(), invoice.id).await?
        {
            full.push(invoice);
        }
    }
    complete_all(tx, shop, settings, &full).await?;
    tx.audit(
        "payment.confirm",
        "payments",
        id.get(),
        None,
        Some(json!({"parts": parts, "notes": notes})),
    )
    .await?;
    Ok(parts)
}

/// Records that a claimed payment never came: a refund of each part opens the balance again.
pub async fn reject(shop: &Shop, actor: &Actor, id: PaymentId, word: Rejection) -> Result<Decided, Refusal> {
    actor.require(Capability::ConfirmPayments)?;
    let mut tx = shop.begin(actor).await?;
    let parts = open_parts(&mut tx, id).await?;
    for part in &parts {
        db::payments::rejection_insert(tx.conn(), part, word.reason.as_str()).await?;
    }
    tx.audit(
        "payment.reject",
        "payments",
        id.get(),
        None,
        Some(json!({"parts": parts, "reason": word.reason.as_str()})),
    )
    .await?;
    decided(tx, parts).await
}

/// The parts of a claimed payment, their invoices locked by number, unless the claim was decided already.
async fn open_parts(tx: &mut Tx, id: PaymentId) -> Result<Vec<Part>, Refusal> {
    let seen = db::payments::payment_parts(tx.conn(), id).await?;
    for part in &seen {
        db::invoices::invoice_lock(tx.conn(), part.invoice_id).await?;
    }
    let parts = db::payments::payment_parts(tx.conn(), id).await?;
    let part = parts.first().ok_or_else(|| Refusal::not_found("payment"))?;
    let text = match (part.claimed, part.confirmed, part.rejected) {
        (false, ..) => "This payment was seen when it was taken: there is nothing to confirm.",
        (_, true, _) => "This payment was confirmed already.",
        (_, _, true) => "This payment was found never to have come. Record it again when it does.",
        _ => return Ok(parts),
    };
    Err(Refusal::conflict("payment_not_claimed", text))
}

async fn decided(mut tx: Tx, parts: Vec<Part>) -> Result<Decided, Refusal> {
    let mut invoices: Vec<Invoice> = Vec::new();
    for part in &parts {
        if !invoices.iter().any(|known| known.id == part.invoice_id)
            && let Some(invoice) = db::invoices::invoice_find(tx.conn(), part.invoice_id).await?
        {
            invoices.push(invoice);
        }
    }
    let decided = Decided {
        payment_ids: parts.iter().map(|part| part.id).collect(),
        invoices,
    };
    tx.commit(200, &decided).await?;
    Ok(decided)
}
