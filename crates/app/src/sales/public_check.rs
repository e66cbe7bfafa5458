//! What the QR code on a document answers to anybody: whether it is real, and nothing about a person.

use crate::{Refusal, Shop};
use chrono::NaiveDate;
pub use db::invoices::InvoiceCheck;
use domain::{WarrantyStatus, WarrantyTier};

/// What is behind a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicCheck {
    /// An invoice.
    Invoice(InvoiceCheck),
    /// A warranty.
    Warranty(WarrantyCheck),
    /// A wipe certificate.
    Wipe(WipeCheck),
}

/// What the public page says of a warranty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarrantyCheck {
    /// `WAR-000001`.
    pub warranty_number: String,
    /// Standard or Premium 1-Year.
    pub warranty_tier: WarrantyTier,
    /// What it is for.
    pub item_description: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// First day.
    pub start_date: NaiveDate,
    /// Last day.
    pub end_date: NaiveDate,
    /// Today.
    pub status: WarrantyStatus,
}

/// What the public page says of a wipe: nothing that names its owner, and of the serial number what somebody who holds the
/// device can compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WipeCheck {
    /// `HP EliteBook 840 G7`
    pub device: String,
    /// The last four characters of its serial number.
    pub serial_end: String,
    /// How it was wiped.
    pub wipe_method: String,
    /// When.
    pub wipe_date: NaiveDate,
}

impl WarrantyCheck {
    /// Whether it holds today.
    pub fn is_valid(&self) -> bool {
        matches!(self.status, WarrantyStatus::Active | WarrantyStatus::Claimed)
    }
}

/// Looks up the code of a document.
pub async fn public_check(shop: &Shop, code: &str) -> Result<PublicCheck, Refusal> {
    let unknown = || {
        Refusal::NotFound(
            "This code belongs to no document of this shop. Scan it again, or ask at the shop.".into(),
        )
    };
    if code.len() != 22
        || !code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    {
        return Err(unknown());
    }
    let mut conn = shop.read().await?;
    if let Some(invoice) = db::invoices::invoice_check(&mut conn, code).await? {
        return Ok(PublicCheck::Invoice(invoice));
    }
    if let Some(wipe) = db::assets::wipe_check(&mut conn, code).await? {
        let serial: Vec<char> = wipe
            .serial_number
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        return Ok(PublicCheck::Wipe(WipeCheck {
            device: domain::catalog::title(&wipe.brand, &wipe.model_name),
            // A short serial number is not given away whole.
            serial_end: serial[serial.len() - (serial.len() / 2).min(4)..]
                .iter()
                .collect(),
            wipe_method: wipe.wipe_method,
            wipe_date: wipe.wipe_date,
        }));
    }
    let warranty = db::warranties::warranty_check(&mut conn, code)
        .await?
        .ok_or_else(unknown)?
        .on(shop.today());
    Ok(PublicCheck::Warranty(WarrantyCheck {
        warranty_number: warranty.warranty_number,
        warranty_tier: warranty.warranty_tier,
        item_description: warranty.item_description,
        serial_number: warranty.serial_number,
        start_date: warranty.start_date,
        end_date: warranty.end_date,
        status: warranty.status,
    }))
}
