//! The wipe certificate on paper.

use crate::{Refusal, Shop};
use domain::{AssetId, WipeCertificateId};
use documents::{Shop as Letterhead, WipeCertificateDoc, wipe_certificate};

/// A file to print or keep.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its name.
    pub file_name: String,
    /// PDF.
    pub bytes: Vec<u8>,
}

/// The certificate that a device was wiped, as PDF.
pub async fn wipe_document(shop: &Shop, asset_id: AssetId, id: WipeCertificateId) -> Result<Document, Refusal> {
    let none = || Refusal::not_found("wipe certificate");
    let mut conn = shop.read().await?;
    let wipe = db::assets::wipe_find(&mut conn, asset_id, id).await?.ok_or_else(none)?;
    let asset = db::assets::asset_find(&mut conn, asset_id).await?.ok_or_else(none)?.asset;
    drop(conn);
    let settings = shop.settings().await?;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let lines = [settings.shop.address.as_str(), settings.shop.city.as_str(), settings.shop.country.as_str()];
    let address: Vec<&str> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
    let doc = WipeCertificateDoc {
        shop: Letterhead {
            name: settings.shop.name.clone(),
            address: address.join(", "),
            phone: settings.shop.phone.clone(),
            email: given(&settings.shop.email),
            tin: given(&settings.shop.tin),
        },
        device: asset.title(),
        specs: given(&asset.specs()),
        serial_number: asset.serial_number,
        asset_tag: asset.asset_tag.clone(),
        wipe_method: wipe.wipe_method,
        certificate_reference: wipe.certificate_reference,
        technician: wipe.technician_name,
        wipe_date: wipe.wipe_date.format("%-d %B %Y").to_string(),
        notes: wipe.notes,
        check_url: None,
        created_at: wipe.created_at,
    };
    let bytes = tokio::task::spawn_blocking(move || wipe_certificate(&doc))
        .await
        .map_err(|e| Refusal::Internal(e.to_string()))?
        .map_err(|e| Refusal::Internal(e.to_string()))?;
    Ok(Document { file_name: format!("wipe-{}-{id}.pdf", file_safe(&asset.asset_tag)), bytes })
}

/// Letters and digits of a tag, for the name of a file.
fn file_safe(tag: &str) -> String {
    tag.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}
