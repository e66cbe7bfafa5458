//! Finding devices: by number and by what is scanned, and their columns in a file.

use super::{Asset, AssetAnswer};
use crate::export::{Cell, Column, OnPhone, Row};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop};
use domain::{AssetId, AssetTag, Serial};

fn seen(actor: &Actor, found: Option<super::AssetRecord>) -> Result<AssetAnswer, Refusal> {
    found
        .map(|record| AssetAnswer::new(record, actor.role))
        .ok_or_else(|| Refusal::not_found("device"))
}

/// Reads a device. What was taken back is still read by its number, and says so.
pub async fn find(shop: &Shop, actor: &Actor, id: AssetId) -> Result<AssetAnswer, Refusal> {
    let mut conn = shop.read().await?;
    let device = seen(actor, db::assets::asset_find(&mut conn, id).await?)?;
    let taken_back = match device.asset.voided_at {
        Some(_) => db::assets::asset_taken_back(&mut conn, id).await?,
        None => None,
    };
    Ok(AssetAnswer { taken_back, ..device })
}

/// The device with this serial number, whatever its case and spaces.
pub async fn by_serial(shop: &Shop, actor: &Actor, serial: &Serial) -> Result<AssetAnswer, Refusal> {
    seen(actor, shop.asset_by_serial(serial.as_str()).await?)
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

/// These devices, in the order of their numbers, for doing something with all of them.
pub async fn these(shop: &Shop, ids: &[AssetId]) -> Result<Vec<Asset>, Refusal> {
    Ok(db::assets::assets_by_ids(&mut *shop.read().await?, ids).await?)
}

/// A page of the devices.
pub async fn page(shop: &Shop, request: &PageRequest) -> Result<Page<Asset>, Refusal> {
    let mut conn = shop.read().await?;
    let mut request = request.clone();
    if let Some(q) = request.q.as_deref().map(str::trim)
        && !q.is_empty()
        && !q.contains('\0')
    {
        request.found = db::catalog::models_found(&mut conn, q).await?;
    }
    Ok(db::assets::ASSETS.fetch(&mut conn, &request).await?)
}

impl Row for Asset {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("asset_tag", |a| Cell::code(&a.asset_tag))
            .label("Tag")
            .sorts("asset_tag"),
        Column::<Self>::new("serial_number", |a| Cell::code(&a.serial_number))
            .label("Serial")
            .sorts("serial_number"),
        Column::<Self>::new("imei_1", |a| a.imei_1.as_deref().map_or(Cell::Empty, Cell::code))
            .label("IMEI")
            .unusual(),
        Column::<Self>::new("category", |a| a.category.as_str().into())
            .label("Kind")
            .unusual(),
        Column::<Self>::new("brand", |a| (&a.brand).into()).in_title(),
        Column::<Self>::new("model_name", |a| (&a.model_name).into()).in_title(),
        Column::<Self>::new("cpu", |a| a.cpu.as_ref().into()).in_title(),
        Column::<Self>::new("ram", |a| a.ram.as_ref().into()).in_title(),
        Column::<Self>::new("storage", |a| a.storage.as_ref().into()).in_title(),
        Column::<Self>::new("condition_grade", |a| {
            a.condition_grade.map_or(Cell::Empty, |g| Cell::Grade(g.as_str()))
        })
        .label("Grade"),
        Column::<Self>::new("status", |a| Cell::state(a.status.as_str(), a.status.tone()))
            .on_phone(OnPhone::State),
        Column::<Self>::new("location", |a| a.location_name.as_ref().into()).label("Place"),
        Column::<Self>::new("supplier", |a| a.supplier.as_ref().into()).unusual(),
        Column::<Self>::new("received_date", |a| a.received_date.into())
            .label("Received")
            .sorts("received_date"),
        Column::<Self>::new("status_since", |a| a.status_since.into())
            .label("In this state since")
            .unusual(),
        Column::<Self>::new("battery_health_percent", |a| a.battery_health_percent.into())
            .label("Battery, %")
            .end()
            .unusual(),
        Column::<Self>::new("price", |a| a.price.into())
            .end()
            .on_phone(OnPhone::Amount),
        Column::<Self>::new("sale_price", |a| a.sale_price.into())
            .label("Sold for")
            .end()
            .unusual(),
        Column::<Self>::new("sale_date", |a| a.sale_date.into())
            .label("Sold on")
            .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "purchase_cost", |a| {
            a.purchase_cost.into()
        })
        .end()
        .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "landed_cost", |a| {
            a.landed_cost.into()
        })
        .end()
        .unusual(),
    ];
}
