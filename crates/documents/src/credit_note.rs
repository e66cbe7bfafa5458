use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, InvoiceTax, Shop};

/// What a credit note prints. All amounts, dates and quantities are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditNoteDoc {
    /// Who takes back.
    pub shop: Shop,
    /// `RET-000001`.
    pub number: String,
    /// When it came back.
    pub date: String,
    /// The invoice that sold it.
    pub invoice_number: String,
    /// The invoice's day.
    pub invoice_date: String,
    /// Who brought it back; none for a walk-in.
    pub customer: Option<String>,
    /// Who took it back.
    pub served_by: Option<String>,
    /// Why.
    pub reason: String,
    /// What came back.
    pub lines: Vec<CreditNoteLine>,
    /// What it is worth without tax. Not printed when there is no tax.
    pub subtotal: String,
    /// Taxes by name, at the invoice's own rates.
    pub taxes: Vec<InvoiceTax>,
    /// Whether the prices include the taxes: they are then printed below the total.
    pub taxes_included: bool,
    /// What is credited.
    pub total: String,
    /// How it was given back.
    pub refunds: Vec<CreditNoteRefund>,
    /// Stands in the PDF's metadata. Take the return's own time, so that a second print is the same file.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// One thing that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditNoteLine {
    /// What it is.
    pub description: String,
    /// Specification and grade, in one line.
    pub detail: Option<String>,
    /// Serial number of a device.
    pub serial_number: Option<String>,
    /// Asset tag of a device.
    pub asset_tag: Option<String>,
    /// What the customer should know of its further way.
    pub disposition: Option<String>,
    /// How many.
    pub quantity: String,
    /// What one was sold for.
    pub unit_price: String,
    /// Quantity × unit price.
    pub line_total: String,
}

/// One sum given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditNoteRefund {
    /// How, as words.
    pub label: String,
    /// Transaction number.
    pub reference: Option<String>,
    /// Its day.
    pub date: String,
    /// How much.
    pub amount: String,
}

/// The credit note on A4 sheets, as PDF.
pub fn credit_note(doc: &CreditNoteDoc) -> Result<Vec<u8>, DocumentError> {
    job(Template::CreditNote, doc).print()
}

/// The credit note on an 80 mm roll, as PDF: one page as long as its text.
pub fn credit_receipt(doc: &CreditNoteDoc) -> Result<Vec<u8>, DocumentError> {
    job(Template::CreditReceipt, doc).print()
}

pub(crate) fn job(template: Template, doc: &CreditNoteDoc) -> Job<'_, CreditNoteDoc> {
    Job {
        template,
        title: format!("Credit note {}, {}", doc.number, doc.shop.name),
        check_url: None,
        created_at: doc.created_at,
        texts: doc,
    }
}

impl CreditNoteDoc {
    /// A believable credit note, for previews and tests.
    pub fn sample() -> Self {
        let invoice = crate::InvoiceDoc::sample();
        Self {
            shop: Shop::sample(),
            number: "RET-000017".into(),
            date: "Mon 20 Jan 2025, 15:10".into(),
            invoice_number: invoice.number,
            invoice_date: "14 Jan 2025".into(),
            customer: invoice.customer.map(|c| c.name),
            served_by: Some("Kwame Asante".into()),
            reason: "Screen flickers on battery".into(),
            lines: vec![CreditNoteLine {
                description: "HP EliteBook 840 G5".into(),
                detail: Some("Core i5-8350U · 16 GB · 256 GB SSD · Grade A".into()),
                serial_number: Some("5CG8420Q0B".into()),
                asset_tag: Some("P4T-000123".into()),
                disposition: None,
                quantity: "1".into(),
                unit_price: "4,250.00".into(),
                line_total: "4,250.00".into(),
            }],
            subtotal: "GH₵ 4,250.00".into(),
            taxes: [
                ("VAT 15%", "GH₵ 637.50"),
                ("NHIL 2.5%", "GH₵ 106.25"),
                ("GETFund 2.5%", "GH₵ 106.25"),
            ]
            .map(|(name, amount)| InvoiceTax {
                name: name.into(),
                amount: amount.into(),
            })
            .into(),
            taxes_included: false,
            total: "GH₵ 5,100.00".into(),
            refunds: vec![
                CreditNoteRefund {
                    label: "Given back by MoMo".into(),
                    reference: Some("MP250120.1510.C00417".into()),
                    date: "20 Jan 2025".into(),
                    amount: "GH₵ 3,000.00".into(),
                },
                CreditNoteRefund {
                    label: "Given back by Cash".into(),
                    reference: None,
                    date: "20 Jan 2025".into(),
                    amount: "GH₵ 2,100.00".into(),
                },
            ],
            created_at: DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_737_385_800),
        }
    }
}
