//! The wipe certificate on paper.

use crate::invoices::Printed;
use crate::invoices::print::{day, draw, letterhead};
use crate::{Refusal, Shop};
use documents::WipeCertificateDoc;
use domain::{AssetId, WipeCertificateId};

/// Prints the certificate that a device was wiped.
pub async fn print_wipe(shop: &Shop, asset_id: AssetId, id: WipeCertificateId) -> Result<Printed, Refusal> {
    let none = || Refusal::not_found("wipe certificate");
    let mut conn = shop.read().await?;
    let wipe = db::assets::wipe_find(&mut conn, asset_id, id)
        .await?
        .ok_or_else(none)?;
    let asset = db::assets::asset_find(&mut conn, asset_id)
        .await?
        .ok_or_else(none)?
        .asset;
    let check_code = db::assets::wipe_check_code(&mut conn, id).await?;
    drop(conn);
    let settings = shop.settings().await?;
    let tag: String = asset
        .asset_tag
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let doc = WipeCertificateDoc {
        shop: letterhead(&settings.shop),
        device: asset.title(),
        specs: Some(asset.specs()).filter(|text| !text.is_empty()),
        serial_number: asset.serial_number,
        asset_tag: asset.asset_tag,
        wipe_method: wipe.wipe_method,
        certificate_reference: wipe.certificate_reference,
        technician: wipe.technician_name,
        wipe_date: day(wipe.wipe_date),
        notes: wipe.notes,
        check_url: Some(format!("{}/check/{check_code}", shop.public_url())),
        created_at: wipe.created_at,
    };
    draw(format!("wipe-{tag}-{id}.pdf"), move || {
        documents::wipe_certificate(&doc)
    })
    .await
}
