use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What the slip of a repair prints: of the intake, to be signed by whoever hands the device in, or of the end. All values
/// are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepairSlipDoc {
    /// Whose bench.
    pub shop: Shop,
    /// "Repair intake" or "Repair closed".
    pub heading: String,
    /// `TKT-000001`.
    pub ticket_number: String,
    /// The sentence under the title.
    pub lead: String,
    /// Name and value of each fact; empty values are left out.
    pub facts: Vec<(String, String)>,
    /// Parts and services, on the closing slip.
    pub lines: Vec<RepairSlipLine>,
    /// Name and amount of each sum.
    pub sums: Vec<(String, String)>,
    /// What is agreed with the signature, a paragraph each.
    pub terms: Vec<String>,
    /// Who signs for the shop.
    pub shop_signs: String,
    /// Who signs for the device.
    pub customer_signs: String,
    /// Stands in the PDF's metadata. Take the ticket's own time, so that a second print is the same file.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// A part or a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepairSlipLine {
    /// What.
    pub name: String,
    /// How many.
    pub quantity: String,
    /// What it comes to; empty where nothing is billed.
    pub amount: String,
}

/// The slip on A4, as PDF.
pub fn repair_slip(doc: &RepairSlipDoc) -> Result<Vec<u8>, DocumentError> {
    job(doc).print()
}

pub(crate) fn job(doc: &RepairSlipDoc) -> Job<'_, RepairSlipDoc> {
    Job {
        template: Template::RepairSlip,
        title: format!("{} {}, {}", doc.heading, doc.ticket_number, doc.shop.name),
        check_url: None,
        created_at: doc.created_at,
        texts: doc,
    }
}
