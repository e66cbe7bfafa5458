//! Returns (PRODUCT.md section 7): goods that come back, money that goes back, and what Sales may only ask for.

pub mod exchange;
pub mod print;
pub mod refund;
pub mod request;
pub mod take_back;

pub use db::returns::{REQUESTS, RETURNS as LIST, Refund, Return, ReturnDetail, ReturnLine, ReturnRequest};
pub use exchange::{Exchanged, NewExchange, exchange};
pub use print::print;
pub use refund::{refund, tenders_left};
pub use request::{Decline, approve, decline, open_requests, request, request_find};
pub use take_back::{Preview, preview, take_back};
pub(crate) use take_back::{preview_in, swap_back, take_back_in};

use crate::export::{Cell, Column, OnPhone, Row};
use crate::invoices::InvoiceDetail;
use crate::{Actor, Capability, Refusal, Shop};
use domain::{Amount, Disposition, InvoiceId, PaymentMethod, ReturnId, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Goods that come back, and the money that is given back for them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// Why.
    pub reason: Text<1, 1000>,
    /// What comes back.
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewReturnLine>,
    /// What is given back: together never more than was paid for it.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub refunds: Vec<NewRefund>,
}

/// Something that comes back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturnLine {
    /// Its place on the invoice.
    #[schema(minimum = 1, maximum = 100_000)]
    pub line_number: u32,
    /// How many; 1 of a device.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: u32,
    /// What becomes of it: Diagnostics, Repair or Scrap for a device, Restock or Scrap for an item.
    pub disposition: Disposition,
}

/// Money that is given back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// How.
    pub payment_method: PaymentMethod,
    /// How much. A method that paid gives back no more than it paid.
    pub amount: Amount,
    /// The other side's number for it.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
    /// The tender that it stands for, where it is given back by another method than it was paid.
    #[serde(default)]
    pub instead_of: Option<PaymentMethod>,
}

/// The invoice as it is after a return, with the return that was made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TakenBack {
    /// The invoice.
    #[serde(flatten)]
    pub invoice: InvoiceDetail,
    /// Number of the credit note.
    pub return_number: String,
    /// The return that was made.
    #[serde(rename = "return")]
    pub made: ReturnDetail,
}

/// Reads a return with everything on it.
pub async fn find(shop: &Shop, id: ReturnId) -> Result<ReturnDetail, Refusal> {
    let mut conn = shop.read().await?;
    db::returns::return_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("return"))
}

/// Refuses what only a Manager does, and says how to ask for it.
fn require_approval(actor: &Actor, id: InvoiceId) -> Result<(), Refusal> {
    if actor.can(Capability::ApproveReturns) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "not_allowed",
        format!(
            "Your role, {}, may not take goods back. Ask for it with POST /api/v1/invoices/{id}/return-requests (or Ask for a return on the invoice's page), and a Manager decides.",
            actor.role
        ),
    ))
}

impl Row for Return {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("return_number", |r| Cell::code(&r.return_number)).in_title(),
        Column::<Self>::new("return_date", |r| r.return_date.into())
            .label("Date")
            .sorts("return_date"),
        Column::<Self>::new("invoice_number", |r| Cell::code(&r.invoice_number)).label("Invoice"),
        Column::<Self>::new("customer_name", |r| match &r.customer_name {
            Some(name) => name.into(),
            None => "Walk-in".into(),
        })
        .label("Customer"),
        Column::<Self>::new("reason", |r| (&r.reason).into())
            .label("Why")
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("approved_by", |r| r.approved_by_name.as_ref().into())
            .label("Taken back by")
            .unusual(),
        Column::<Self>::new("subtotal", |r| r.subtotal.into())
            .end()
            .unusual(),
        Column::<Self>::new("tax_amount", |r| r.tax_amount.into())
            .label("Tax")
            .end()
            .unusual(),
        Column::<Self>::new("total_amount", |r| r.total_amount.into())
            .label("Credited")
            .end()
            .on_phone(OnPhone::Amount),
        Column::<Self>::new("refunded", |r| r.refunded.into())
            .label("Given back")
            .end()
            .unusual(),
        Column::<Self>::new("exchanged", |r| r.exchanged.into())
            .label("Paid another invoice")
            .end()
            .unusual(),
    ];
}
