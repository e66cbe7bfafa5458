//! What happened to a device.

use super::{
    ALL_MOVEMENTS, AssetSale, AssetWarranty, DiagnosticsRecord, Movement, MovementEntry, QualityCheckRecord,
    WipeCertificate,
};
use crate::export::{Cell, Column, OnPhone, Row};
use crate::{Page, PageRequest, Refusal, Shop, lists};
use db::assets::{
    DIAGNOSTICS, DIAGNOSTICS_OF_ASSET, MOVEMENTS, MOVEMENTS_OF_ASSET, QUALITY_CHECKS,
    QUALITY_CHECKS_OF_ASSET, WIPES, WIPES_OF_ASSET,
};
use db::list::ListSpec;
use domain::{AssetId, AssetStatus};
use sqlx::FromRow;
use sqlx::postgres::PgRow;

/// Everything that happened to a device, each kind newest first.
#[derive(Debug, Clone)]
pub struct History {
    /// Changes of status and place.
    pub movements: Vec<Movement>,
    /// Diagnostics.
    pub diagnostics: Vec<DiagnosticsRecord>,
    /// Wipes.
    pub wipes: Vec<WipeCertificate>,
    /// Quality checks.
    pub quality_checks: Vec<QualityCheckRecord>,
    /// The invoices that it is or was on.
    pub sales: Vec<AssetSale>,
    /// Its warranties.
    pub warranties: Vec<AssetWarranty>,
}

/// The latest of everything that happened to a device, as much as a page shows.
pub async fn history(shop: &Shop, id: AssetId) -> Result<History, Refusal> {
    let all = of_asset(
        &PageRequest {
            limit: 200,
            ..PageRequest::default()
        },
        id,
    );
    let mut conn = shop.read().await?;
    Ok(History {
        movements: MOVEMENTS_OF_ASSET.fetch(&mut conn, &all).await?.data,
        diagnostics: DIAGNOSTICS_OF_ASSET.fetch(&mut conn, &all).await?.data,
        wipes: WIPES_OF_ASSET.fetch(&mut conn, &all).await?.data,
        quality_checks: QUALITY_CHECKS_OF_ASSET.fetch(&mut conn, &all).await?.data,
        sales: db::assets::asset_sales(&mut conn, id).await?,
        warranties: db::assets::asset_warranties(&mut conn, id).await?,
    })
}

fn of_asset(request: &PageRequest, id: AssetId) -> PageRequest {
    let mut request = request.clone();
    request.filters.push(("asset_id".into(), id.to_string()));
    request
}

/// A page of `spec`, which is `public` with one filter more: the device.
async fn page_of<T>(
    shop: &Shop,
    public: &ListSpec,
    spec: &ListSpec,
    id: AssetId,
    request: &PageRequest,
) -> Result<Page<T>, Refusal>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    public.sql(request)?;
    let there = db::assets::asset_find(&mut *shop.read().await?, id).await?;
    there.ok_or_else(|| Refusal::not_found("device"))?;
    lists::page(shop, spec, &of_asset(request, id)).await
}

/// A page of the movements of a device.
pub async fn movements(shop: &Shop, id: AssetId, request: &PageRequest) -> Result<Page<Movement>, Refusal> {
    page_of(shop, &MOVEMENTS, &MOVEMENTS_OF_ASSET, id, request).await
}

/// A page of the movements of all devices.
pub async fn all_movements(shop: &Shop, request: &PageRequest) -> Result<Page<MovementEntry>, Refusal> {
    lists::page(shop, &ALL_MOVEMENTS, request).await
}

fn status(status: Option<AssetStatus>) -> Cell {
    status.map_or(Cell::Empty, |s| Cell::state(s.as_str(), s.tone()))
}

impl Row for MovementEntry {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("asset_tag", |e| Cell::code(&e.asset_tag)).in_title(),
        Column::<Self>::new("brand", |e| (&e.brand).into()).in_title(),
        Column::<Self>::new("model_name", |e| (&e.model_name).into()).in_title(),
        Column::<Self>::new("serial_number", |e| Cell::code(&e.serial_number)).unusual(),
        Column::<Self>::new("created_at", |e| e.movement.created_at.into())
            .label("When")
            .sorts("created_at"),
        Column::<Self>::new("from_status", |e| status(e.movement.from_status))
            .label("Was")
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("to_status", |e| status(e.movement.to_status))
            .label("Became")
            .on_phone(OnPhone::State),
        Column::<Self>::new("from_location", |e| e.movement.from_location_name.as_ref().into())
            .label("Lay")
            .unusual()
            .on_phone(OnPhone::Absent),
        Column::<Self>::new("to_location", |e| e.movement.to_location_name.as_ref().into()).label("Lies"),
        Column::<Self>::new("reason", |e| e.movement.reason.as_ref().into()),
        Column::<Self>::new("moved_by", |e| e.movement.moved_by_name.as_ref().into()).label("Who"),
    ];
}

/// A page of the diagnostics of a device.
pub async fn diagnostics(
    shop: &Shop,
    id: AssetId,
    request: &PageRequest,
) -> Result<Page<DiagnosticsRecord>, Refusal> {
    page_of(shop, &DIAGNOSTICS, &DIAGNOSTICS_OF_ASSET, id, request).await
}

/// A page of the wipe certificates of a device.
pub async fn wipe_certificates(
    shop: &Shop,
    id: AssetId,
    request: &PageRequest,
) -> Result<Page<WipeCertificate>, Refusal> {
    page_of(shop, &WIPES, &WIPES_OF_ASSET, id, request).await
}

/// A page of the quality checks of a device.
pub async fn quality_checks(
    shop: &Shop,
    id: AssetId,
    request: &PageRequest,
) -> Result<Page<QualityCheckRecord>, Refusal> {
    page_of(shop, &QUALITY_CHECKS, &QUALITY_CHECKS_OF_ASSET, id, request).await
}
