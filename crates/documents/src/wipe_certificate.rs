use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::press::{Job, Template};
use crate::{DocumentError, Shop};

/// What the certificate of a device's erased storage prints. All values are text, printed as they are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WipeCertificateDoc {
    /// Who erased it.
    pub shop: Shop,
    /// The device's model.
    pub device: String,
    /// Processor, memory, storage, in one line.
    pub specs: Option<String>,
    /// Its serial number.
    pub serial_number: String,
    /// Its asset tag.
    pub asset_tag: String,
    /// How it was erased, such as "NIST 800-88".
    pub wipe_method: String,
    /// The erasing software's own certificate.
    pub certificate_reference: Option<String>,
    /// Who did it, and signs for it.
    pub technician: String,
    /// When.
    pub wipe_date: String,
    /// What else there is to say.
    pub notes: Option<String>,
    /// The certificate's check page: its QR code and its text.
    #[serde(skip)]
    pub check_url: Option<String>,
    /// Stands in the PDF's metadata. Take the record's own time, so that a second print is the same file.
    #[serde(skip)]
    pub created_at: DateTime<Utc>,
}

/// The wipe certificate on A4, as PDF.
pub fn wipe_certificate(doc: &WipeCertificateDoc) -> Result<Vec<u8>, DocumentError> {
    job(doc).print()
}

pub(crate) fn job(doc: &WipeCertificateDoc) -> Job<'_, WipeCertificateDoc> {
    Job {
        template: Template::WipeCertificate,
        title: format!("Certificate of data erasure {}, {}", doc.asset_tag, doc.shop.name),
        check_url: doc.check_url.as_deref(),
        created_at: doc.created_at,
        texts: doc,
    }
}

impl WipeCertificateDoc {
    /// A believable certificate, for previews and tests.
    pub fn sample() -> Self {
        Self {
            shop: Shop::sample(),
            device: "HP EliteBook 840 G5".into(),
            specs: Some("Core i5-8350U · 16 GB · 256 GB SSD".into()),
            serial_number: "5CG8420Q0B".into(),
            asset_tag: "P4T-000123".into(),
            wipe_method: "NIST 800-88".into(),
            certificate_reference: Some("BLC-2025-0109-77431".into()),
            technician: "Yaw Boateng".into(),
            wipe_date: "9 January 2025".into(),
            notes: Some("ATA secure erase, followed by verification.".into()),
            check_url: Some("https://hub.payless4tech.example/check/P4T-000123?k=2xPq81Lm".into()),
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(1_736_429_400),
        }
    }
}
