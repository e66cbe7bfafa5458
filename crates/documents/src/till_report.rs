use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What the report of a closed till (Z report) prints. All amounts, dates and quantities are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TillReportDoc {
    /// Whose shop.
    pub shop: Shop,
    /// `Z-000001`.
    pub number: String,
    /// Whose till.
    pub user: String,
    /// When it was opened.
    pub opened: String,
    /// When it was closed.
    pub closed: String,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// How many invoices it took money for.
    pub invoice_count: String,
    /// The first and the last of them.
    pub invoice_range: Option<String>,
    /// Cash to begin with.
    pub opening_float: String,
    /// Figures by method.
    pub methods: Vec<TillReportMethod>,
    /// Pay-ins and pay-outs.
    pub movements: Vec<TillReportMovement>,
    /// The count by denomination.
    pub counts: Vec<TillReportCount>,
    /// What it comes to.
    pub counted_cash: String,
    /// Counted less expected, over all that was counted.
    pub difference: String,
    /// Why it differs.
    pub reason: Option<String>,
    /// Stands in the PDF's metadata. Take the closing's own time, so that a second print is the same file.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// One method's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TillReportMethod {
    /// Cash, MoMo …
    pub method: String,
    /// How many payments.
    pub payment_count: String,
    /// What was taken.
    pub payments: String,
    /// What was given back.
    pub refunds: String,
    /// What went in without a sale.
    pub pay_ins: String,
    /// What went out without a refund.
    pub pay_outs: String,
    /// What should be there.
    pub expected: String,
    /// What was there.
    pub counted: String,
    /// The difference, where it was counted.
    pub difference: Option<String>,
}

/// A pay-in or a pay-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TillReportMovement {
    /// Pay in or Pay out.
    pub kind: String,
    /// What for.
    pub reason: String,
    /// Who.
    pub by: String,
    /// How much, with its sign.
    pub amount: String,
}

/// How many there were of a note or a coin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TillReportCount {
    /// `200 note`.
    pub denomination: String,
    /// How many.
    pub quantity: String,
    /// What they are worth.
    pub amount: String,
}

/// The report on A4, as PDF.
pub fn till_report(doc: &TillReportDoc) -> Result<Vec<u8>, DocumentError> {
    job(Template::TillReport, doc).print()
}

/// The report on an 80 mm roll, as PDF.
pub fn till_report_roll(doc: &TillReportDoc) -> Result<Vec<u8>, DocumentError> {
    job(Template::TillReportRoll, doc).print()
}

pub(crate) fn job(template: Template, doc: &TillReportDoc) -> Job<'_, TillReportDoc> {
    Job {
        template,
        title: format!("Z report {}, {}", doc.number, doc.shop.name),
        check_url: None,
        created_at: doc.created_at,
        texts: doc,
    }
}

impl TillReportDoc {
    /// A believable report, for previews and tests.
    pub fn sample() -> Self {
        let method = |method: &str, count: &str, payments: &str, expected: &str| TillReportMethod {
            method: method.into(),
            payment_count: count.into(),
            payments: payments.into(),
            refunds: "0.00".into(),
            pay_ins: "0.00".into(),
            pay_outs: "0.00".into(),
            expected: expected.into(),
            counted: "not counted".into(),
            difference: None,
        };
        let count = |denomination: &str, quantity: &str, amount: &str| TillReportCount {
            denomination: denomination.into(),
            quantity: quantity.into(),
            amount: amount.into(),
        };
        Self {
            shop: Shop::sample(),
            number: "Z-000042".into(),
            user: "Abena Owusu".into(),
            opened: "Tue 14 Jan 2025, 08:02".into(),
            closed: "Tue 14 Jan 2025, 18:10".into(),
            closed_by: Some("Abena Owusu".into()),
            invoice_count: "9".into(),
            invoice_range: Some("INV-000404 – INV-000412".into()),
            opening_float: "200.00".into(),
            methods: vec![
                TillReportMethod {
                    refunds: "120.00".into(),
                    pay_ins: "100.00".into(),
                    pay_outs: "50.00".into(),
                    counted: "3,077.00".into(),
                    difference: Some("-5.00".into()),
                    ..method("Cash", "6", "2,952.00", "3,082.00")
                },
                TillReportMethod {
                    counted: "3,000.00".into(),
                    difference: Some("0.00".into()),
                    ..method("MoMo", "3", "3,000.00", "3,000.00")
                },
                method("Card", "1", "850.00", "850.00"),
            ],
            movements: vec![
                TillReportMovement {
                    kind: "Pay in".into(),
                    reason: "Change from the bank".into(),
                    by: "Kwame Asante".into(),
                    amount: "100.00".into(),
                },
                TillReportMovement {
                    kind: "Pay out".into(),
                    reason: "Petrol for the generator".into(),
                    by: "Abena Owusu".into(),
                    amount: "-50.00".into(),
                },
            ],
            counts: vec![
                count("200 note", "14", "2,800.00"),
                count("50 note", "5", "250.00"),
                count("20 note", "1", "20.00"),
                count("5 note", "1", "5.00"),
                count("1 coin", "2", "2.00"),
            ],
            counted_cash: "3,077.00".into(),
            difference: "-5.00".into(),
            reason: Some("A customer was given one note too many as change.".into()),
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(1_736_878_200),
        }
    }
}
