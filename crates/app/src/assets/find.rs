//! Finding devices: by number, by what is scanned, and as a file.

use super::{Asset, AssetAnswer, LIST};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, export};
use domain::{AssetId, AssetTag, Money, Serial};
use std::borrow::Cow;

fn seen(actor: &Actor, found: Option<super::AssetRecord>) -> Result<AssetAnswer, Refusal> {
    found
        .map(|record| AssetAnswer::new(record, actor.role))
        .ok_or_else(|| Refusal::not_found("device"))
}

/// Reads a device.
pub async fn find(shop: &Shop, actor: &Actor, id: AssetId) -> Result<AssetAnswer, Refusal> {
    seen(actor, db::assets::asset_find(&mut *shop.read().await?, id).await?)
}

/// The device with this serial number, whatever its case and spaces.
pub async fn by_serial(shop: &Shop, actor: &Actor, serial: &Serial) -> Result<AssetAnswer, Refusal> {
    seen(
        actor,
        db::assets::asset_find_by_serial(&mut *shop.read().await?, serial.as_str()).await?,
    )
}

/// The device with this tag, whatever its case and spaces.
pub async fn by_tag(shop: &Shop, actor: &Actor, tag: &AssetTag) -> Result<AssetAnswer, Refusal> {
    seen(
        actor,
        db::assets::asset_find_by_tag(&mut *shop.read().await?, tag.as_str()).await?,
    )
}

/// The device that a scanned code names: a tag, a serial number or an IMEI.
pub async fn by_code(shop: &Shop, code: &str) -> Result<Option<AssetId>, Refusal> {
    if code.trim().is_empty() || code.contains('\0') {
        return Ok(None);
    }
    Ok(db::assets::asset_find_by_code(&mut *shop.read().await?, code).await?)
}

/// The suppliers of the latest devices, for choosing one.
pub async fn suppliers(shop: &Shop) -> Result<Vec<String>, Refusal> {
    Ok(db::assets::suppliers_recent(&mut *shop.read().await?).await?)
}

/// The head of the list as a file; the last two only for those who see costs.
pub const EXPORT_HEAD: &[&str] = &[
    "asset_tag",
    "serial_number",
    "imei_1",
    "category",
    "brand",
    "model_name",
    "cpu",
    "ram",
    "storage",
    "condition_grade",
    "status",
    "location",
    "supplier",
    "received_date",
    "price",
    "sale_price",
    "sale_date",
    "purchase_cost",
    "landed_cost",
];

/// One page of the list as lines of a CSV file, and the cursor of the next: a file of any length takes the memory of a
/// page. The first page brings the head.
pub async fn export_page(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<(Vec<u8>, Option<String>), Refusal> {
    let columns = EXPORT_HEAD.len()
        - if actor.can(Capability::SeePurchaseCost) {
            0
        } else {
            2
        };
    let page: Page<Asset> = crate::lists::page(
        shop,
        &LIST,
        &PageRequest {
            limit: 200,
            ..request.clone()
        },
    )
    .await?;
    let money = |amount: Option<Money>| amount.map(|m| m.to_string()).unwrap_or_default().into();
    let rows = page.data.iter().map(|a| {
        let mut row: Vec<Cow<'_, str>> = vec![
            a.asset_tag.as_str().into(),
            a.serial_number.as_str().into(),
            a.imei_1.as_deref().unwrap_or_default().into(),
            a.category.as_str().into(),
            a.brand.as_str().into(),
            a.model_name.as_str().into(),
            a.cpu.as_deref().unwrap_or_default().into(),
            a.ram.as_deref().unwrap_or_default().into(),
            a.storage.as_deref().unwrap_or_default().into(),
            a.condition_grade.map_or("", |g| g.as_str()).into(),
            a.status.as_str().into(),
            a.location_name.as_deref().unwrap_or_default().into(),
            a.supplier.as_deref().unwrap_or_default().into(),
            a.received_date.to_string().into(),
            money(a.price),
            money(a.sale_price),
            a.sale_date.map(|d| d.to_string()).unwrap_or_default().into(),
            money(a.purchase_cost),
            money(a.landed_cost),
        ];
        row.truncate(columns);
        row
    });
    let first = request.cursor.is_none();
    let lines = if first {
        export::csv(EXPORT_HEAD.get(..columns).unwrap_or(EXPORT_HEAD), rows)?
    } else {
        export::csv_rows(rows)?
    };
    Ok((lines, page.next_cursor))
}
