//! A customer's statement of account.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What a statement of account prints. All amounts and dates are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementDoc {
    /// Whose books these are.
    pub shop: Shop,
    /// Whose account it is.
    pub customer: String,
    /// Their phone.
    pub phone: Option<String>,
    /// The days, such as "1 Jan 2026 to 31 Jan 2026".
    pub period: String,
    /// What was owed before.
    pub opening: String,
    /// What happened, in order.
    pub lines: Vec<StatementLine>,
    /// What is owed at the end.
    pub closing: String,
    /// Stands in the PDF's metadata.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// A line of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// Day.
    pub date: String,
    /// What it is.
    pub text: String,
    /// When it is due.
    pub due: Option<String>,
    /// What it added; empty for nothing.
    pub charged: String,
    /// What it took off; empty for nothing.
    pub paid: String,
    /// What was owed after it.
    pub balance: String,
}

/// The statement on A4, as PDF.
pub fn statement(doc: &StatementDoc) -> Result<Vec<u8>, DocumentError> {
    Job {
        template: Template::Statement,
        title: format!("Statement of account, {}", doc.shop.name),
        check_url: None,
        created_at: doc.created_at,
        texts: doc,
    }
    .print()
}
