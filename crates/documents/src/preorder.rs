use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What a preorder's agreement and its deposit's receipt print. All amounts and dates are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreorderDoc {
    /// Who takes the preorder.
    pub shop: Shop,
    /// `PRE-000001`.
    pub number: String,
    /// The day of the agreement, or of the deposit.
    pub date: String,
    /// Who waits.
    pub customer_name: String,
    /// Their phone.
    pub customer_phone: Option<String>,
    /// What they want, in their words.
    pub wanted: String,
    /// The model and grade that would do.
    pub model: Option<String>,
    /// What it is to cost, or between which prices.
    pub price: Option<String>,
    /// The deposit.
    pub deposit: String,
    /// How and when it was paid, or that it is to be paid.
    pub deposit_state: String,
    /// Transaction number of the deposit.
    pub deposit_reference: Option<String>,
    /// When it is promised.
    pub promised: String,
    /// What both agree to.
    pub policy: String,
    /// Notes.
    pub notes: Option<String>,
    /// Who took it.
    pub served_by: Option<String>,
    /// Stands in the PDF's metadata. Take the record's own time, so that a second print is the same file.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// The agreement on A4, as PDF.
pub fn preorder_agreement(doc: &PreorderDoc) -> Result<Vec<u8>, DocumentError> {
    job(Template::PreorderAgreement, "Preorder agreement", doc).print()
}

/// The deposit's receipt on an 80 mm roll, as PDF.
pub fn deposit_receipt(doc: &PreorderDoc) -> Result<Vec<u8>, DocumentError> {
    job(Template::DepositReceipt, "Deposit receipt", doc).print()
}

pub(crate) fn job<'a>(template: Template, name: &str, doc: &'a PreorderDoc) -> Job<'a, PreorderDoc> {
    Job {
        template,
        title: format!("{name} {}, {}", doc.number, doc.shop.name),
        check_url: None,
        created_at: doc.created_at,
        texts: doc,
    }
}

impl PreorderDoc {
    /// A believable preorder, for previews and tests.
    pub fn sample() -> Self {
        Self {
            shop: Shop::sample(),
            number: "PRE-000012".into(),
            date: "14 Jan 2025".into(),
            customer_name: "Kwabena Ɔsei Asante".into(),
            customer_phone: Some("+233 20 555 0143".into()),
            wanted: "ThinkPad X1 Carbon, 16 GB, 512 GB SSD, backlit keyboard, any colour but silver".into(),
            model: Some("Lenovo ThinkPad X1 Carbon Gen 9, grade A".into()),
            price: Some("GH₵ 6,500.00".into()),
            deposit: "GH₵ 500.00".into(),
            deposit_state: "Paid by MoMo on 14 Jan 2025".into(),
            deposit_reference: Some("MP250114.1102.C00417".into()),
            promised: "By 4 Feb 2025".into(),
            policy: "Deposit applied toward purchase. If rejected, Payless4Tech may resell before reimbursing. Customer owes any shortfall.".into(),
            notes: None,
            served_by: Some("Ama Mensah".into()),
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(1_736_851_320),
        }
    }
}
