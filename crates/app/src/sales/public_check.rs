//! What the QR code on a document answers to anybody: whether it is real, and nothing about a person.

use crate::{Refusal, Shop};
use chrono::NaiveDate;
pub use db::invoices::InvoiceCheck;
use domain::WarrantyStatus;

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

/// What the public page says of a warranty: whether it is valid, for what, until when, and nothing else (PRODUCT.md section 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarrantyCheck {
    /// What it is for.
    pub item_description: Option<String>,
    /// The last four characters of its serial number.
    pub serial_end: Option<String>,
    /// Last day.
    pub end_date: NaiveDate,
    /// Today.
    pub status: WarrantyStatus,
    /// Whether it holds today: an open claim on it changes nothing of that, and its last day ends it all the same.
    pub valid: bool,
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
        return Ok(PublicCheck::Wipe(WipeCheck {
            device: domain::catalog::title(&wipe.brand, &wipe.model_name),
            serial_end: end_of(&wipe.serial_number),
            wipe_method: wipe.wipe_method,
            wipe_date: wipe.wipe_date,
        }));
    }
    let today = shop.today();
    let warranty = db::warranties::warranty_check(&mut conn, code)
        .await?
        .ok_or_else(unknown)?
        .on(today);
    Ok(PublicCheck::Warranty(WarrantyCheck {
        item_description: warranty.item_description,
        serial_end: warranty.serial_number.as_deref().map(end_of),
        end_date: warranty.end_date,
        status: warranty.status,
        valid: matches!(warranty.status, WarrantyStatus::Active | WarrantyStatus::Claimed)
            && today <= warranty.end_date,
    }))
}

/// The last four characters of a serial number: what somebody who holds the device can compare. A short one is not given away whole.
fn end_of(serial_number: &str) -> String {
    let serial: Vec<char> = serial_number.chars().filter(|c| !c.is_whitespace()).collect();
    serial[serial.len() - (serial.len() / 2).min(4)..]
        .iter()
        .collect()
}
