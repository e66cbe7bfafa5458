//! Invoices after (or without) the counter: drafts, their lines, sending, paying, cancelling, holds, printing.

pub mod cancel;
pub mod lines;
pub mod pay;
pub mod print;
pub mod send;

pub use cancel::{Cancellation, cancel, release_expired_holds};
pub use db::invoices::{INVOICES as LIST, Invoice, InvoiceDetail, InvoiceLine, Payment, TaxLine};
pub use lines::{add_line, remove_line};
pub use pay::pay;
pub use print::{Layout, Printed, print};
pub use send::{renew_hold, send};

use crate::export::{Cell, Column, OnPhone, Row};
use crate::sales::{NewInvoice, checkout};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::invoices::InvoiceHead;
use domain::{CustomerId, InvoiceCustomerType, InvoiceId, InvoiceStatus, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Makes a Draft, which holds its devices and stock until the hold runs out.
pub async fn create(shop: &Shop, actor: &Actor, new: NewInvoice) -> Result<InvoiceDetail, Refusal> {
    actor.require(Capability::Sell)?;
    checkout::make(shop, actor, new.into(), true).await
}

/// Reads an invoice with everything on it.
pub async fn find(shop: &Shop, id: InvoiceId) -> Result<InvoiceDetail, Refusal> {
    let mut conn = shop.read().await?;
    let detail = db::invoices::invoice_detail(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("invoice"))?;
    Ok(on_its_day(shop, detail))
}

/// What may be changed of an invoice; absent fields stay, null empties. Who it is for changes while it is a Draft.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceChange {
    /// Who buys.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub customer_id: Option<Option<CustomerId>>,
    /// Retail, Wholesale or Walk-in.
    #[serde(default)]
    pub customer_type: Option<InvoiceCustomerType>,
    /// Name of an active lead source.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub lead_source: Option<Option<Text<0, 50>>>,
    /// Notes for the customer.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub notes: Option<Option<Text<0, 5000>>>,
}

/// Changes an invoice's head.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: InvoiceId,
    change: InvoiceChange,
) -> Result<InvoiceDetail, Refusal> {
    actor.require(Capability::Sell)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let text = |value: Option<String>, old: Option<String>, given: bool| if given { value } else { old };
    let lead_given = change.lead_source.is_some();
    let lead_source = change
        .lead_source
        .flatten()
        .as_ref()
        .and_then(Text::non_empty)
        .map(str::to_owned);
    let notes_given = change.notes.is_some();
    let notes = change
        .notes
        .flatten()
        .as_ref()
        .and_then(Text::non_empty)
        .map(str::to_owned);
    let head = InvoiceHead {
        customer_id: change.customer_id.unwrap_or(before.customer_id),
        customer_type: change.customer_type.unwrap_or(before.customer_type),
        lead_source: text(lead_source, before.lead_source.clone(), lead_given),
        notes: text(notes, before.notes.clone(), notes_given),
    };
    let moved = (head.customer_id, head.customer_type) != (before.customer_id, before.customer_type);
    if moved && before.status != InvoiceStatus::Draft {
        return Err(not_a_draft(&before, "whom it is for"));
    }
    let new_customer = head
        .customer_id
        .filter(|_| head.customer_id != before.customer_id);
    let new_lead = head
        .lead_source
        .as_deref()
        .filter(|_| head.lead_source != before.lead_source);
    let found = db::sales::sale_references(tx.conn(), new_customer, new_lead).await?;
    if !found.lead_source_known {
        let text = format!(
            "There is no active lead source {}: choose one of the list.",
            new_lead.unwrap_or_default()
        );
        return Err(Refusal::invalid("/lead_source", text));
    }
    if new_customer.is_some() && found.customer_id.is_none() {
        return Err(Refusal::invalid(
            "/customer_id",
            "There is no such customer. Find the customer again, or record a new one.",
        ));
    }
    db::invoices::invoice_change(tx.conn(), id, &head).await?;
    finish(shop, tx, "invoice.change", 200, &before).await
}

/// Reads and locks an invoice, and refuses what was asked for on an older version of it.
pub(crate) async fn lock(tx: &mut Tx, id: InvoiceId) -> Result<Invoice, Refusal> {
    let invoice = db::invoices::invoice_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("invoice"))?;
    tx.check_version(invoice.updated_at)?;
    Ok(invoice)
}

/// Ends a use case on an invoice: reads what it is now, writes the audit row, commits.
pub(crate) async fn finish(
    shop: &Shop,
    mut tx: Tx,
    action: &str,
    status: u16,
    before: &Invoice,
) -> Result<InvoiceDetail, Refusal> {
    let after = db::invoices::invoice_detail(tx.conn(), before.id)
        .await?
        .ok_or_else(|| Refusal::not_found("invoice"))?;
    let after = on_its_day(shop, after);
    tx.audit(
        action,
        "invoices",
        before.id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(status, &after).await?;
    Ok(after)
}

pub(crate) fn on_its_day(shop: &Shop, mut detail: InvoiceDetail) -> InvoiceDetail {
    let today = shop.today();
    detail.warranties = detail.warranties.into_iter().map(|w| w.on(today)).collect();
    detail
}

/// The refusal for what only a Draft allows.
fn not_a_draft(invoice: &Invoice, what: &str) -> Refusal {
    Refusal::Conflict {
        code: "invoice_not_draft".into(),
        detail: format!(
            "{} is {}: {what} can be changed while it is a Draft only.",
            invoice.invoice_number, invoice.status
        ),
        allowed: None,
    }
}

/// The refusal for a move that the invoice's workflow does not have.
fn refused_move(invoice: &Invoice, refused: domain::invoice::status::InvoiceMoveRefused) -> Refusal {
    Refusal::Conflict {
        code: "invoice_status".into(),
        detail: refused
            .detail
            .replacen("This invoice", &invoice.invoice_number, 1),
        allowed: Some(refused.allowed.iter().map(ToString::to_string).collect()),
    }
}

impl Row for Invoice {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("invoice_number", |i| Cell::code(&i.invoice_number)).in_title(),
        Column::<Self>::new("invoice_date", |i| i.invoice_date.into())
            .label("Date")
            .sorts("invoice_date"),
        Column::<Self>::new("customer_name", |i| match &i.customer_name {
            Some(name) => name.into(),
            None => "Walk-in".into(),
        })
        .label("Customer"),
        Column::<Self>::new("customer_type", |i| i.customer_type.as_str().into())
            .label("Kind")
            .unusual(),
        Column::<Self>::new("sales_rep", |i| i.sales_rep_name.as_ref().into())
            .label("Seller")
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("status", |i| Cell::state(i.status.as_str(), i.status.tone()))
            .on_phone(OnPhone::State),
        Column::<Self>::new("amount_paid", |i| i.amount_paid.into())
            .label("Paid")
            .end()
            .unusual(),
        Column::<Self>::new("balance_due", |i| i.balance_due.into())
            .label("Balance")
            .end()
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("total_amount", |i| i.total_amount.into())
            .label("Total")
            .end()
            .on_phone(OnPhone::Amount),
    ];
}
