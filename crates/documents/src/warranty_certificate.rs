use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What a warranty certificate prints. All values are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WarrantyDoc {
    /// Who gives the warranty.
    pub shop: Shop,
    /// `WAR-000001`.
    pub warranty_number: String,
    /// Active, Claimed, Expired or Void, in the schema's words: Expired and Void stand across the page.
    pub status: String,
    /// Standard or Premium 1-Year; the premium one is drawn in gold.
    pub warranty_tier: String,
    /// Who holds it.
    pub customer_name: String,
    /// The holder's phone number.
    pub customer_phone: Option<String>,
    /// The device's model.
    pub device: Option<String>,
    /// Processor, memory, storage, grade, in one line.
    pub specs: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// Its asset tag.
    pub asset_tag: Option<String>,
    /// The invoice it came with.
    pub invoice_number: String,
    /// First day.
    pub start_date: String,
    /// Last day.
    pub end_date: String,
    /// What is covered.
    pub coverage: String,
    /// What is not.
    pub exclusions: String,
    /// Premium: accessories come with it.
    pub includes_accessories: bool,
    /// Premium: this certificate comes printed.
    pub includes_certificate: bool,
    /// Premium: the device comes in a box.
    pub includes_premium_boxing: bool,
    /// What the holder has to do.
    pub how_to_claim: Option<String>,
    /// The warranty's public check page: its QR code and its text.
    #[serde(skip)]
    pub check_url: Option<String>,
    /// Stands in the PDF's metadata. Take the record's own time, so that a second print is the same file.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// The warranty certificate on A4, as PDF.
pub fn warranty_certificate(doc: &WarrantyDoc) -> Result<Vec<u8>, DocumentError> {
    job(doc).print()
}

pub(crate) fn job(doc: &WarrantyDoc) -> Job<'_, WarrantyDoc> {
    Job {
        template: Template::WarrantyCertificate,
        title: format!("Warranty certificate {}, {}", doc.warranty_number, doc.shop.name),
        check_url: doc.check_url.as_deref(),
        created_at: doc.created_at,
        texts: doc,
    }
}

impl WarrantyDoc {
    /// A believable premium warranty, for previews and tests.
    pub fn sample() -> Self {
        Self {
            shop: Shop::sample(),
            warranty_number: "WAR-000088".into(),
            status: "Active".into(),
            warranty_tier: "Premium 1-Year".into(),
            customer_name: "Kwabena Ɔsei Asante".into(),
            customer_phone: Some("+233 20 555 0143".into()),
            device: Some("HP EliteBook 840 G5".into()),
            specs: Some("Core i5-8350U · 16 GB · 256 GB SSD · Grade A".into()),
            serial_number: Some("5CG8420Q0B".into()),
            asset_tag: Some("P4T-000123".into()),
            invoice_number: "INV-000412".into(),
            start_date: "14 January 2025".into(),
            end_date: "14 January 2026".into(),
            coverage: "Hardware defects, excluding physical and water damage.".into(),
            exclusions: "Physical damage, water damage, software issues, battery wear.".into(),
            includes_accessories: true,
            includes_certificate: true,
            includes_premium_boxing: true,
            how_to_claim: Some(
                "Bring the device and this certificate to the shop, or send us the certificate's number."
                    .into(),
            ),
            check_url: Some("https://hub.payless4tech.example/check/WAR-000088?k=Zr0b7TqE".into()),
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(1_736_851_320),
        }
    }
}
