//! Warranties (PRODUCT.md section 9). Sales make them; here they are found, printed and voided.

use crate::invoices::print::{Printed, day, draw, letterhead, split_description};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop};
pub use db::warranties::{WARRANTIES as LIST, Warranty};
use documents::WarrantyDoc;
use domain::{Phone, Text, WarrantyId, WarrantyStatus};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// A page of the list, each as it is today.
pub async fn list(shop: &Shop, request: &PageRequest) -> Result<Page<Warranty>, Refusal> {
    let today = shop.today();
    Ok(crate::lists::page::<Warranty>(shop, &LIST, request)
        .await?
        .map(|w| w.on(today)))
}

/// Reads a warranty.
pub async fn find(shop: &Shop, id: WarrantyId) -> Result<Warranty, Refusal> {
    let mut conn = shop.read().await?;
    let found = db::warranties::warranty_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("warranty"))?;
    Ok(found.on(shop.today()))
}

/// Why a warranty is voided.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Voiding {
    /// The reason.
    pub reason: Text<1, 500>,
}

/// Voids a warranty. An open claim is decided first.
pub async fn void(shop: &Shop, actor: &Actor, id: WarrantyId, why: Voiding) -> Result<Warranty, Refusal> {
    actor.require(Capability::VoidWarranty)?;
    let mut tx = shop.begin(actor).await?;
    let before = db::warranties::warranty_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("warranty"))?;
    tx.check_version(before.updated_at)?;
    match before.status {
        WarrantyStatus::Void => {
            return Err(Refusal::conflict(
                "warranty_status",
                format!("{} is Void already.", before.warranty_number),
            ));
        }
        WarrantyStatus::Claimed => {
            let text = format!(
                "{} has an open claim: decide the claim first.",
                before.warranty_number
            );
            return Err(Refusal::conflict("warranty_status", text));
        }
        WarrantyStatus::Active | WarrantyStatus::Expired => {}
    }
    db::warranties::warranty_void(tx.conn(), id).await?;
    let after = db::warranties::warranty_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("warranty"))?;
    let record = json!({"warranty": after, "reason": why.reason});
    tx.audit(
        "warranty.void",
        "warranties",
        id.get(),
        Some(json!(before)),
        Some(record),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// Prints a warranty's certificate. Whoever may not see customers' contacts gets it without the phone number.
pub async fn print(shop: &Shop, actor: &Actor, id: WarrantyId) -> Result<Printed, Refusal> {
    let warranty = find(shop, id).await?;
    let customer = db::customers::customer_find(&mut *shop.read().await?, warranty.customer_id).await?;
    let settings = shop.settings().await?;
    let (device, specs) = warranty
        .item_description
        .as_deref()
        .map(split_description)
        .unzip();
    let phone = customer
        .filter(|_| actor.can(Capability::SeeCustomerContacts))
        .map(|c| c.phone);
    let doc = WarrantyDoc {
        shop: letterhead(&settings.shop),
        warranty_number: warranty.warranty_number.clone(),
        status: warranty.status.to_string(),
        warranty_tier: warranty.warranty_tier.to_string(),
        customer_name: warranty.customer_name,
        customer_phone: phone.map(|text| text.parse::<Phone>().map_or(text, |p| p.international())),
        device,
        specs: specs.flatten(),
        serial_number: warranty.serial_number,
        asset_tag: warranty.asset_tag,
        invoice_number: warranty.invoice_number,
        start_date: day(warranty.start_date),
        end_date: day(warranty.end_date),
        coverage: warranty.coverage_details.unwrap_or_default(),
        exclusions: warranty.exclusions.unwrap_or_default(),
        includes_accessories: warranty.includes_accessories,
        includes_certificate: warranty.includes_certificate,
        includes_premium_boxing: warranty.includes_premium_boxing,
        how_to_claim: Some(
            "Bring the device and this certificate to the shop, or send us the certificate's number.".into(),
        ),
        check_url: Some(format!("{}/check/{}", shop.public_url(), warranty.check_code)),
        created_at: warranty.created_at,
    };
    draw(format!("{}.pdf", warranty.warranty_number), move || {
        documents::warranty_certificate(&doc)
    })
    .await
}
