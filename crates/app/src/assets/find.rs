//! Finding devices: by number and by what is scanned, and their columns in a file.

use super::{Asset, AssetAnswer};
use crate::export::{Column, Row};
use crate::{Actor, Capability, Refusal, Shop};
use domain::{AssetId, AssetTag, Serial};

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

impl Row for Asset {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("asset_tag", |a| (&a.asset_tag).into()),
        Column::new("serial_number", |a| (&a.serial_number).into()),
        Column::new("imei_1", |a| a.imei_1.as_ref().into()),
        Column::new("category", |a| a.category.as_str().into()),
        Column::new("brand", |a| (&a.brand).into()),
        Column::new("model_name", |a| (&a.model_name).into()),
        Column::new("cpu", |a| a.cpu.as_ref().into()),
        Column::new("ram", |a| a.ram.as_ref().into()),
        Column::new("storage", |a| a.storage.as_ref().into()),
        Column::new("condition_grade", |a| {
            a.condition_grade.map(|g| g.as_str()).into()
        }),
        Column::new("status", |a| a.status.as_str().into()),
        Column::new("location", |a| a.location_name.as_ref().into()),
        Column::new("supplier", |a| a.supplier.as_ref().into()),
        Column::new("received_date", |a| a.received_date.into()),
        Column::new("price", |a| a.price.into()),
        Column::new("sale_price", |a| a.sale_price.into()),
        Column::new("sale_date", |a| a.sale_date.into()),
        Column::only(Capability::SeePurchaseCost, "purchase_cost", |a| {
            a.purchase_cost.into()
        }),
        Column::only(Capability::SeePurchaseCost, "landed_cost", |a| {
            a.landed_cost.into()
        }),
    ];
}
