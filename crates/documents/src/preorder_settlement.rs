use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What the settlement of a rejected preorder prints. All amounts and dates are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreorderSettlementDoc {
    /// Who took the preorder.
    pub shop: Shop,
    /// `PRE-000001`.
    pub number: String,
    /// The day on which it was settled, or on which it stands so.
    pub date: String,
    /// Whose preorder it was.
    pub customer_name: String,
    /// Their phone.
    pub customer_phone: Option<String>,
    /// What was ordered, in their words.
    pub wanted: String,
    /// What arrived: its name and tag.
    pub device: Option<String>,
    /// When and why it was not wanted.
    pub rejected: String,
    /// The sum that was done, line by line.
    pub sums: Vec<SettlementLine>,
    /// Who owes whom: "The shop pays back", "The customer owes", "Nobody owes anything".
    pub verdict: String,
    /// How much; none where nobody owes anything.
    pub amount: Option<String>,
    /// What became of it: when and how it was paid, or that it is still to be paid.
    pub state: String,
    /// The money that moved, in order.
    pub money: Vec<SettlementMoney>,
    /// What both agreed to.
    pub policy: String,
    /// Who settled it.
    pub served_by: Option<String>,
    /// Stands in the PDF's metadata. Take the record's own time, so that a second print is the same file.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// A line of the sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettlementLine {
    /// What it is.
    pub name: String,
    /// Where it comes from.
    pub note: Option<String>,
    /// How much.
    pub amount: String,
}

/// Money that moved for a preorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettlementMoney {
    /// On which day.
    pub date: String,
    /// "Deposit", "Given back" …
    pub name: String,
    /// By which way, with its reference.
    pub how: String,
    /// How much.
    pub amount: String,
}

/// The settlement on A4, as PDF.
pub fn preorder_settlement(doc: &PreorderSettlementDoc) -> Result<Vec<u8>, DocumentError> {
    job(doc).print()
}

pub(crate) fn job(doc: &PreorderSettlementDoc) -> Job<'_, PreorderSettlementDoc> {
    Job {
        template: Template::PreorderSettlement,
        title: format!("Preorder settlement {}, {}", doc.number, doc.shop.name),
        check_url: None,
        created_at: doc.created_at,
        texts: doc,
    }
}

impl PreorderSettlementDoc {
    /// A believable settlement, for previews and tests.
    pub fn sample() -> Self {
        let line = |name: &str, note: Option<&str>, amount: &str| SettlementLine {
            name: name.into(),
            note: note.map(Into::into),
            amount: amount.into(),
        };
        let money = |date: &str, name: &str, how: &str, amount: &str| SettlementMoney {
            date: date.into(),
            name: name.into(),
            how: how.into(),
            amount: amount.into(),
        };
        Self {
            shop: Shop::sample(),
            number: "PRE-000012".into(),
            date: "20 Feb 2025".into(),
            customer_name: "Kwabena Ɔsei Asante".into(),
            customer_phone: Some("+233 20 555 0143".into()),
            wanted: "ThinkPad X1 Carbon, 16 GB, 512 GB SSD, backlit keyboard, any colour but silver".into(),
            device: Some("Lenovo ThinkPad X1 Carbon Gen 9 · P4T-000412".into()),
            rejected: "On 5 Feb 2025: he wanted a larger screen after all.".into(),
            sums: vec![
                line("Price agreed", None, "6,500.00"),
                line("Sold to somebody else for", Some("INV-000731, 18 Feb 2025"), "6,200.00"),
                line("Lost against the price agreed", None, "300.00"),
                line("Deposit", None, "500.00"),
                line("Kept of the deposit for the loss", None, "300.00"),
            ],
            verdict: "The shop pays back to the customer".into(),
            amount: Some("GH₵ 200.00".into()),
            state: "Paid back by MoMo on 20 Feb 2025".into(),
            money: vec![
                money("14 Jan 2025", "Deposit taken", "MoMo MP250114.1102.C00417", "500.00"),
                money("20 Feb 2025", "Kept by the shop", "", "300.00"),
                money("20 Feb 2025", "Given back", "MoMo MP250220.0941.C00102", "200.00"),
            ],
            policy: "Deposit applied toward purchase. If rejected, Payless4Tech may resell before reimbursing. Customer owes any shortfall.".into(),
            served_by: Some("Kwame Boateng".into()),
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(1_740_044_460),
        }
    }
}
