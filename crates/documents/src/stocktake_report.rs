use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What came out of a stocktake, on A4. All values are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StocktakeReportDoc {
    /// Whose stock.
    pub shop: Shop,
    /// `CNT-000001`
    pub number: String,
    /// The place that was counted.
    pub location: String,
    /// Counting, Submitted, Approved or Cancelled.
    pub status: String,
    /// When it was begun, submitted and decided, and by whom; each a line of its own.
    pub steps: Vec<String>,
    /// What it was for.
    pub notes: Option<String>,
    /// Names and numbers of the head: expected, found, missing …
    pub figures: Vec<(String, String)>,
    /// What needs a look, by outcome; what was found is only counted.
    pub groups: Vec<StocktakeReportGroup>,
    /// When it was drawn.
    pub created_at: DateTime<Utc>,
}

/// The things with one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StocktakeReportGroup {
    /// The outcome.
    pub title: String,
    /// What it means and what was done about it.
    pub words: String,
    /// The things.
    pub rows: Vec<StocktakeReportRow>,
}

/// One thing of a stocktake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StocktakeReportRow {
    /// Tag, SKU, or the code that nobody knows.
    pub code: String,
    /// What it is.
    pub what: String,
    /// More of it: serial, counted and expected quantity.
    pub detail: String,
    /// Who counted it and when.
    pub counted: String,
}

/// The report of a stocktake as PDF.
pub fn stocktake_report(doc: &StocktakeReportDoc) -> Result<Vec<u8>, DocumentError> {
    Job {
        template: Template::StocktakeReport,
        title: format!("Stocktake {}", doc.number),
        check_url: None,
        created_at: doc.created_at,
        texts: doc,
    }
    .print()
}
