//! One payment of a customer over several invoices.

use crate::sales::checkout::refused_payment;
use crate::sales::complete_all;
use crate::{Actor, Capability, Invalid, Refusal, Shop};
use db::sales::PaymentValues;
use db::wholesale::PaymentBatch;
use domain::wholesale::in_order;
use domain::{Amount, CustomerId, InvoiceId, InvoiceStatus, Money, PaymentId, PaymentMethod, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What a customer hands over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerPayment {
    /// How.
    pub payment_method: PaymentMethod,
    /// How much. Cash beyond what is open gives change; nothing else may be beyond it.
    pub amount: Amount,
    /// The other side's number for it. A MoMo or bank reference pays once.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 500>>,
    /// Whether the customer only says so: it waits to be confirmed. MoMo and bank transfers only.
    #[serde(default)]
    pub claimed: bool,
    /// Which invoices it is for; the oldest first when absent.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub allocations: Option<Vec<Allocation>>,
}

/// So much of a payment for one invoice.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Allocation {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// How much of the payment.
    pub amount: Amount,
}

/// What was recorded of a customer's payment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Receipt {
    /// What was handed over.
    #[serde(flatten)]
    pub payment: PaymentBatch,
    /// Its parts, by invoice.
    pub parts: Vec<ReceiptPart>,
    /// Cash given back.
    pub change_due: Money,
}

/// A part of a payment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceiptPart {
    /// Number of its record.
    pub payment_id: PaymentId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// `INV-000001`.
    pub invoice_number: String,
    /// How much.
    pub amount: Money,
    /// What the invoice leaves to pay after it.
    pub balance_due: Money,
    /// The invoice's status after it.
    pub status: InvoiceStatus,
}

/// Takes one payment over the Sent invoices of a customer. An invoice that is paid in full with it is Paid.
pub async fn pay(
    shop: &Shop,
    actor: &Actor,
    id: CustomerId,
    new: CustomerPayment,
) -> Result<Receipt, Refusal> {
    actor.require(Capability::Sell)?;
    let by_wire = matches!(
        new.payment_method,
        PaymentMethod::MoMo | PaymentMethod::BankTransfer
    );
    if new.claimed && !by_wire {
        return Err(Refusal::invalid("/claimed", crate::sales::CLAIM_BY_WIRE));
    }
    if new
        .allocations
        .as_ref()
        .is_some_and(|parts| parts.is_empty() || parts.len() > 200)
    {
        return Err(Refusal::invalid(
            "/allocations",
            "Name 1 to 200 invoices, or leave the allocations out.",
        ));
    }
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let id = db::customers::customer_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?
        .id;
    let mut open = db::wholesale::customer_open_lock(tx.conn(), id).await?;
    open.sort_by_key(|(id, day, _)| (*day, *id));
    let open: Vec<(InvoiceId, Money)> = open.into_iter().map(|(id, _, due)| (id, due)).collect();
    let given = new.amount.money();
    let (parts, left) = match &new.allocations {
        None => in_order(given, &open),
        Some(wanted) => allocated(wanted, &open, given)?,
    };
    if parts.is_empty() {
        let text = "This customer has no sent invoice that is open: there is nothing to pay.";
        return Err(Refusal::conflict("nothing_due", text));
    }
    let total = given.checked_sub(left).unwrap_or(given);
    if left.is_positive() && new.payment_method != PaymentMethod::Cash {
        let text = format!(
            "This is more than what is left to pay, {}: only cash gives change.",
            total.ghs()
        );
        return Err(Refusal::conflict("beyond_balance", text));
    }
    let reference = new.reference.as_ref().and_then(Text::non_empty);
    let notes = new.notes.as_ref().and_then(Text::non_empty);
    let payment =
        db::wholesale::batch_insert(tx.conn(), id, new.payment_method, total, reference, notes).await?;
    // Invoices are paid in the order in which they are locked.
    let mut parts = parts;
    parts.sort_by_key(|(id, _)| *id);
    let mut full = Vec::new();
    for (n, (invoice_id, amount)) in parts.iter().enumerate() {
        let invoice = db::invoices::invoice_find(tx.conn(), *invoice_id)
            .await?
            .ok_or_else(|| Refusal::not_found("invoice"))?;
        let values = PaymentValues {
            payment_date: None,
            payment_method: new.payment_method,
            amount: *amount,
            tendered: None,
            reference: reference.filter(|_| n == 0).map(str::to_owned),
            notes: notes.map(str::to_owned),
            claimed: new.claimed,
            batch_id: Some(payment.id),
        };
        if let Err(error) =
            db::sales::payment_insert(tx.conn(), *invoice_id, &invoice.invoice_number, &values).await
        {
            drop(tx);
            return Err(refused_payment(shop, error, &[values]).await);
        }
        if *amount == invoice.balance_due
            && !new.claimed
            && !db::payments::claims_open(tx.conn(), *invoice_id).await?
        {
            full.push(invoice);
        }
    }
    complete_all(&mut tx, shop, &settings, &full).await?;
    let written = db::invoices::batch_parts(tx.conn(), payment.id).await?;
    let receipt = Receipt {
        payment,
        parts: written
            .into_iter()
            .map(|(payment_id, amount, invoice)| ReceiptPart {
                payment_id,
                invoice_id: invoice.id,
                invoice_number: invoice.invoice_number,
                amount,
                balance_due: invoice.balance_due,
                status: invoice.status,
            })
            .collect(),
        change_due: left,
    };
    tx.audit(
        "customer.pay",
        "payment_batches",
        receipt.payment.id.get(),
        None,
        Some(json!(receipt)),
    )
    .await?;
    tx.commit(201, &receipt).await?;
    Ok(receipt)
}

/// The parts that were asked for, each within its invoice and together the whole amount.
fn allocated(
    wanted: &[Allocation],
    open: &[(InvoiceId, Money)],
    given: Money,
) -> Result<(Vec<(InvoiceId, Money)>, Money), Refusal> {
    let mut invalid = Invalid::new();
    let mut parts: Vec<(InvoiceId, Money)> = Vec::new();
    for (n, part) in wanted.iter().enumerate() {
        let amount = part.amount.money();
        if parts.iter().any(|(id, _)| *id == part.invoice_id) {
            invalid.push(
                format!("/allocations/{n}/invoice_id"),
                "This invoice stands here twice: put the parts together.",
            );
            continue;
        }
        match open.iter().find(|(id, _)| *id == part.invoice_id) {
            None => invalid.push(
                format!("/allocations/{n}/invoice_id"),
                "This is no sent invoice of this customer.",
            ),
            Some((_, due)) if amount > *due => {
                return Err(Refusal::conflict(
                    "beyond_balance",
                    format!(
                        "Part {} is more than what its invoice leaves to pay, {}.",
                        n + 1,
                        due.ghs()
                    ),
                ));
            }
            Some(_) => parts.push((part.invoice_id, amount)),
        }
    }
    let sum = Money::sum(wanted.iter().map(|part| part.amount.money()));
    if sum != Some(given) {
        invalid.push(
            "/allocations",
            "The parts must add up to the amount of the payment.",
        );
    }
    invalid.into_result().map_err(|e| Refusal::Invalid(e.0))?;
    Ok((parts, Money::ZERO))
}
