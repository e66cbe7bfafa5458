//! Warranties (PRODUCT.md section 9). Sales make them; here they are found, printed and voided.

use crate::export::{Cell, Column, OnPhone, Row};
use crate::invoices::print::{Printed, day, draw, letterhead, split_description};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, messages};
use chrono::NaiveDate;
pub use db::warranties::{WARRANTIES as LIST, Warranty};
use documents::WarrantyDoc;
use domain::{AssetId, MessageKind, Phone, Text, WarrantyId, WarrantyStatus};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// A page of the list, each as it is today.
pub async fn list(shop: &Shop, request: &PageRequest) -> Result<Page<Warranty>, Refusal> {
    let today = shop.today();
    Ok(crate::lists::page::<Warranty>(shop, &LIST, request)
        .await?
        .map(|w| w.on(today)))
}

impl Row for Warranty {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("warranty_number", |w| Cell::code(&w.warranty_number)).in_title(),
        Column::<Self>::new("item_description", |w| w.item_description.as_ref().into()).label("Device"),
        Column::<Self>::new("serial_number", |w| {
            w.serial_number.as_deref().map_or(Cell::Empty, Cell::code)
        }),
        Column::<Self>::new("asset_tag", |w| {
            w.asset_tag.as_deref().map_or(Cell::Empty, Cell::code)
        })
        .unusual(),
        Column::<Self>::new("customer_name", |w| (&w.customer_name).into()).label("Customer"),
        Column::<Self>::new("warranty_tier", |w| w.warranty_tier.as_str().into())
            .label("Tier")
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("start_date", |w| w.start_date.into())
            .label("From")
            .sorts("start_date")
            .unusual(),
        Column::<Self>::new("end_date", |w| w.end_date.into())
            .label("Until")
            .sorts("end_date"),
        Column::<Self>::new("status", |w| Cell::state(w.status.as_str(), w.status.tone()))
            .on_phone(OnPhone::State),
        Column::<Self>::new("void_reason", |w| w.void_reason.as_ref().into()).unusual(),
        Column::<Self>::new("invoice_number", |w| Cell::code(&w.invoice_number)).label("Invoice"),
    ];
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
    db::warranties::warranty_void(tx.conn(), id, why.reason.as_str()).await?;
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

/// What a code means: a warranty with its verdict, or a device without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// Whether it is covered today.
    pub covered: bool,
    /// The verdict in words: "Covered until 14 Apr 2026."
    pub verdict: String,
    /// What the device is called.
    pub device: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// Number of its record.
    pub asset_id: Option<AssetId>,
    /// The warranty, where there is one.
    pub warranty: Option<Warranty>,
}

/// What a look-up says that finds nothing.
pub const NEVER_SOLD: &str = "Never sold by us.";

/// Looks a device up by its serial number, tag or IMEI, by a warranty's or an invoice's number, or by its holder's phone.
/// Nothing found means that we never sold it.
pub async fn look_up(shop: &Shop, code: &str) -> Result<Vec<Verdict>, Refusal> {
    let code = code.trim();
    if code.is_empty() || code.chars().count() > 100 || code.contains('\0') {
        return Err(Refusal::invalid("/q", "Look for 1 to 100 characters."));
    }
    let phone = code.parse::<Phone>().ok().map(|p| p.to_string());
    let today = shop.today();
    let mut conn = shop.read().await?;
    let mut verdicts = Vec::new();
    for found in db::claims::warranty_look_up(&mut conn, code, phone.as_deref()).await? {
        let warranty = match found.warranty_id {
            Some(id) => db::warranties::warranty_find(&mut conn, id)
                .await?
                .map(|w| w.on(today)),
            None => None,
        };
        let (covered, verdict) = match &warranty {
            Some(w) => verdict(w, today),
            None => match found.sale_date {
                Some(sold) => (false, format!("Sold by us on {} without a warranty.", day(sold))),
                None => (
                    false,
                    format!(
                        "{} is ours and not sold: there is no warranty on it.",
                        found.asset_tag.as_deref().unwrap_or("This device")
                    ),
                ),
            },
        };
        verdicts.push(Verdict {
            covered,
            verdict,
            device: found.device,
            serial_number: found.serial_number,
            asset_id: found.asset_id,
            warranty,
        });
    }
    Ok(verdicts)
}

/// What a warranty is worth on a day, in words.
pub fn verdict(warranty: &Warranty, today: NaiveDate) -> (bool, String) {
    let end = day(warranty.end_date);
    match warranty.status.effective(warranty.end_date, today) {
        WarrantyStatus::Active => (true, format!("Covered until {end}.")),
        WarrantyStatus::Claimed if today <= warranty.end_date => {
            (true, format!("Covered until {end}; a claim is open."))
        }
        WarrantyStatus::Claimed => (false, format!("Ended on {end}; a claim made before is open.")),
        WarrantyStatus::Expired => (false, format!("Ended on {end}.")),
        WarrantyStatus::Void => (
            false,
            match &warranty.void_reason {
                Some(reason) => format!("Void: {reason}"),
                None => "Void.".into(),
            },
        ),
    }
}

/// Stores what has expired: for the daily job. Answers how many.
pub async fn expire(shop: &Shop) -> Result<u64, Refusal> {
    let mut tx = shop.begin(&Actor::system()).await?;
    let expired = db::claims::warranties_expire(tx.conn()).await?;
    if expired > 0 {
        tx.audit(
            "warranty.expire",
            "warranties",
            None,
            None,
            Some(json!({"expired": expired})),
        )
        .await?;
    }
    tx.commit(200, &()).await?;
    Ok(expired)
}

/// Days before its end that a customer who wants reminders is told of a warranty's end.
const REMINDED_BEFORE_DAYS: i32 = 7;
/// Reminders in one round of the housekeeping.
const REMINDED_AT_ONCE: i64 = 200;

/// Writes the reminders of warranties that end soon, each once. Only customers who allow everything on some channel get one.
pub async fn remind(shop: &Shop) -> Result<usize, Refusal> {
    let settings = shop.settings().await?;
    let mut told = 0;
    // Two servers that do this at once find the same warranties: the second waits, and finds them told.
    let mut tx = shop.begin(&Actor::system()).await?;
    let ending =
        db::messages::warranties_to_remind(tx.conn(), REMINDED_BEFORE_DAYS, REMINDED_AT_ONCE).await?;
    for id in ending {
        let about = messages::About::Warranty(id);
        let message =
            messages::notify(&mut tx, shop, &settings, MessageKind::WarrantyEnds, about, &[]).await?;
        told += usize::from(message.is_some());
    }
    tx.commit(200, &()).await?;
    Ok(told)
}

/// The claims on a warranty, newest first.
pub async fn claims(shop: &Shop, id: WarrantyId) -> Result<Vec<db::claims::WarrantyClaim>, Refusal> {
    Ok(db::claims::claims_of_warranty(&mut *shop.read().await?, id).await?)
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
