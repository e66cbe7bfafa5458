use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What an invoice and its receipt print. All amounts, dates and quantities are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvoiceDoc {
    /// Who sells.
    pub shop: Shop,
    /// `INV-000001`.
    pub number: String,
    /// The invoice's date, with the time if the receipt shall have one.
    pub date: String,
    /// When it is to be paid, if later.
    pub due_date: Option<String>,
    /// Draft, Sent, Paid, Cancelled or Refunded, in the schema's words: it decides the chip's colour, the words across
    /// a draft or cancelled invoice, and the bar that tells a receipt's reader that it is not (fully) paid.
    pub status: String,
    /// Who buys; none for a walk-in.
    pub customer: Option<InvoiceCustomer>,
    /// Who sold it.
    pub served_by: Option<String>,
    /// What is sold.
    pub lines: Vec<InvoiceLine>,
    /// The sum of the lines. Not printed when there is no tax and it equals the total.
    pub subtotal: String,
    /// Taxes by name; empty when tax is off.
    pub taxes: Vec<InvoiceTax>,
    /// Whether the prices include the taxes: they are then printed below the total.
    pub taxes_included: bool,
    /// What it comes to.
    pub total: String,
    /// What was paid (or paid back), in order.
    pub payments: Vec<InvoicePayment>,
    /// Cash put on the counter, when change was given.
    pub cash_given: Option<String>,
    /// Change handed back.
    pub change_given: Option<String>,
    /// What is still owed.
    pub balance_due: String,
    /// One line for each warranty that came with the sale.
    pub warranty_notes: Vec<String>,
    /// A note for the customer.
    pub notes: Option<String>,
    /// The shop's terms.
    pub policy: Option<String>,
    /// The invoice's public check page: its QR code and its text.
    #[serde(skip)]
    pub check_url: Option<String>,
    /// Stands in the PDF's metadata. Take the invoice's own time, so that a second print is the same file.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// Who buys, as the invoice names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvoiceCustomer {
    /// Person or business.
    pub name: String,
    /// Phone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address; more than one line is fine.
    pub address: Option<String>,
    /// Taxpayer identification number of a business.
    pub tin: Option<String>,
}

/// One thing sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvoiceLine {
    /// What it is.
    pub description: String,
    /// Specification and grade, in one line.
    pub detail: Option<String>,
    /// Serial number of a device.
    pub serial_number: Option<String>,
    /// Asset tag of a device.
    pub asset_tag: Option<String>,
    /// How many.
    pub quantity: String,
    /// Price of one.
    pub unit_price: String,
    /// The list price of one, where it was sold for another: printed struck through.
    pub list_price: Option<String>,
    /// Quantity × unit price.
    pub line_total: String,
}

/// One tax of the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvoiceTax {
    /// Its name with its rate, such as "VAT 15%".
    pub name: String,
    /// What it comes to.
    pub amount: String,
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvoicePayment {
    /// Cash, MoMo, Bank Transfer, Card or Other.
    pub method: String,
    /// Transaction number.
    pub reference: Option<String>,
    /// Its day.
    pub date: Option<String>,
    /// What else there is to say, such as "not confirmed yet" or "refund".
    pub note: Option<String>,
    /// How much.
    pub amount: String,
}

/// The invoice on A4 sheets, as PDF.
pub fn invoice(doc: &InvoiceDoc) -> Result<Vec<u8>, DocumentError> {
    job(Template::Invoice, doc).print()
}

/// The receipt of an invoice on an 80 mm roll, as PDF: one page as long as its text.
pub fn receipt(doc: &InvoiceDoc) -> Result<Vec<u8>, DocumentError> {
    job(Template::Receipt, doc).print()
}

pub(crate) fn job(template: Template, doc: &InvoiceDoc) -> Job<'_, InvoiceDoc> {
    let kind = if matches!(template, Template::Receipt) {
        "Receipt"
    } else {
        "Invoice"
    };
    Job {
        template,
        title: format!("{kind} {}, {}", doc.number, doc.shop.name),
        check_url: doc.check_url.as_deref(),
        created_at: doc.created_at,
        texts: doc,
    }
}

impl InvoiceDoc {
    /// A believable paid invoice, for previews and tests.
    pub fn sample() -> Self {
        let article = |description: &str, quantity: &str, unit_price: &str, line_total: &str| InvoiceLine {
            description: description.into(),
            detail: None,
            serial_number: None,
            asset_tag: None,
            quantity: quantity.into(),
            unit_price: unit_price.into(),
            list_price: None,
            line_total: line_total.into(),
        };
        let payment = |method: &str, reference: Option<&str>, amount: &str| InvoicePayment {
            method: method.into(),
            reference: reference.map(Into::into),
            date: Some("14 Jan 2025".into()),
            note: None,
            amount: amount.into(),
        };
        Self {
            shop: Shop::sample(),
            number: "INV-000412".into(),
            date: "Tue 14 Jan 2025, 10:42".into(),
            due_date: None,
            status: "Paid".into(),
            customer: Some(InvoiceCustomer {
                name: "Kwabena Ɔsei Asante".into(),
                phone: Some("+233 20 555 0143".into()),
                email: Some("k.asante@example.com".into()),
                address: Some("7 Boundary Road, East Legon, Accra".into()),
                tin: None,
            }),
            served_by: Some("Abena Owusu".into()),
            lines: vec![
                InvoiceLine {
                    detail: Some("Core i5-8350U · 16 GB · 256 GB SSD · Grade A".into()),
                    serial_number: Some("5CG8420Q0B".into()),
                    asset_tag: Some("P4T-000123".into()),
                    list_price: Some("4,500.00".into()),
                    ..article("HP EliteBook 840 G5", "1", "4,250.00", "4,250.00")
                },
                article("HP 65 W charger, blue tip", "2", "180.00", "360.00"),
                article("Premium 1-Year warranty", "1", "350.00", "350.00"),
            ],
            subtotal: "GH₵ 4,960.00".into(),
            taxes: [("VAT 15%", "GH₵ 744.00"), ("NHIL 2.5%", "GH₵ 124.00"), ("GETFund 2.5%", "GH₵ 124.00")]
                .map(|(name, amount)| InvoiceTax { name: name.into(), amount: amount.into() })
                .into(),
            taxes_included: false,
            total: "GH₵ 5,952.00".into(),
            payments: vec![
                payment("MoMo", Some("MP250114.1042.C03311"), "GH₵ 3,000.00"),
                payment("Cash", None, "GH₵ 2,952.00"),
            ],
            cash_given: Some("GH₵ 3,000.00".into()),
            change_given: Some("GH₵ 48.00".into()),
            balance_due: "GH₵ 0.00".into(),
            warranty_notes: vec![
                "WAR-000088: HP EliteBook 840 G5 (5CG8420Q0B), Premium 1-Year, until 14 Jan 2026.".into(),
            ],
            notes: Some("Laptop bag added free of charge.".into()),
            policy: Some(
                "Goods may be returned within 7 days with this invoice, in the condition in which they were sold. \
                 The warranty covers hardware defects; it does not cover physical or water damage, software, or \
                 battery wear."
                    .into(),
            ),
            check_url: Some("https://hub.payless4tech.example/check/INV-000412?k=7Q2mZx9d".into()),
            created_at: DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_736_851_320),
        }
    }
}
