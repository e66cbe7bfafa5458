//! Labels with bar codes (PRODUCT.md section 2): for devices, and for items of bulk stock.

use crate::invoices::Printed;
use crate::invoices::print::draw;
use crate::{Actor, Capability, Refusal, Shop};
use db::assets::Asset;
use documents::{Label, LabelsDoc};
use domain::{AssetId, BulkStockId, ImportId, LabelCode, LabelSize, LocationId, LotId, Money};
use serde::Deserialize;
use utoipa::ToSchema;

/// The most labels that are drawn in one go.
pub const MOST: usize = 5_000;

/// Which labels, and how they look.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelOrder {
    /// Devices, in the order in which they are printed.
    #[serde(default)]
    #[schema(max_items = 5000)]
    pub asset_ids: Vec<AssetId>,
    /// Items of bulk stock, after the devices.
    #[serde(default)]
    #[schema(max_items = 5000)]
    pub bulk_stock_ids: Vec<BulkStockId>,
    /// The paper; 50 x 25 mm unless said otherwise.
    #[serde(default)]
    pub size: Option<LabelSize>,
    /// Bars unless said otherwise. What does not fit as bars is printed as QR.
    #[serde(default)]
    pub code: Option<LabelCode>,
    /// Whether the price stands on it; it does unless said otherwise.
    #[serde(default)]
    pub with_price: Option<bool>,
    /// On a sheet: the first label that is still unused, counted by rows from 1.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 24)]
    pub start_at: Option<u8>,
    /// How many of each; 1 unless said otherwise.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    pub copies: Option<u8>,
}

fn paper(size: LabelSize) -> documents::LabelPaper {
    match size {
        LabelSize::Roll40x30 => documents::LabelPaper::Roll40x30,
        LabelSize::Roll50x25 => documents::LabelPaper::Roll50x25,
        LabelSize::Roll62 => documents::LabelPaper::Roll62,
        LabelSize::A4Sheet24 => documents::LabelPaper::A4Sheet24,
        LabelSize::A4Sheet21 => documents::LabelPaper::A4Sheet21,
    }
}

fn price(amount: Option<Money>, shown: bool) -> Option<String> {
    amount.filter(|_| shown).map(Money::ghs)
}

fn of_device(asset: Asset, priced: bool) -> Label {
    Label {
        title: asset.title(),
        specs: Some(asset.specs()).filter(|text| !text.is_empty()),
        grade: asset.condition_grade.map(|grade| grade.to_string()),
        price: price(asset.price, priced),
        code: asset.asset_tag,
    }
}

/// The devices that a manifest brought, in their order.
pub async fn of_import(shop: &Shop, import: ImportId) -> Result<Vec<AssetId>, Refusal> {
    Ok(db::imports::import_assets(&mut *shop.read().await?, import).await?)
}

/// The devices of a lot.
pub async fn of_lot(shop: &Shop, lot: LotId) -> Result<Vec<AssetId>, Refusal> {
    Ok(db::lots::lot_asset_ids(&mut *shop.read().await?, lot).await?)
}

/// The devices that lie in a place, by tag.
pub async fn of_location(shop: &Shop, location: LocationId) -> Result<Vec<AssetId>, Refusal> {
    Ok(db::assets::assets_at(&mut *shop.read().await?, location).await?)
}

/// Draws labels as PDF: a page a label on a roll, a page a sheet on A4.
pub async fn print(shop: &Shop, actor: &Actor, order: LabelOrder) -> Result<Printed, Refusal> {
    actor.require(Capability::ViewStock)?;
    let copies = usize::from(order.copies.unwrap_or(1));
    if !(1..=100).contains(&copies) {
        return Err(Refusal::invalid("/copies", "Print 1 to 100 of each label."));
    }
    let size = order.size.unwrap_or(LabelSize::Roll50x25);
    let per_sheet = paper(size).per_sheet();
    let start_at = usize::from(order.start_at.unwrap_or(1));
    let most = if per_sheet == 1 { 24 } else { per_sheet };
    if !(1..=most).contains(&start_at) {
        return Err(Refusal::invalid(
            "/start_at",
            format!("This sheet has {most} labels: give the number of one of them."),
        ));
    }
    // A roll has no used labels, whatever the form still says.
    let skipped = if per_sheet == 1 { 0 } else { start_at - 1 };
    let wanted = (order.asset_ids.len() + order.bulk_stock_ids.len()) * copies;
    if wanted == 0 {
        return Err(Refusal::invalid(
            "/asset_ids",
            "Choose at least one device or item to print a label for.",
        ));
    }
    if wanted > MOST {
        return Err(Refusal::invalid(
            "/asset_ids",
            "Print at most 5,000 labels in one go.",
        ));
    }
    let priced = order.with_price.unwrap_or(true);
    let mut conn = shop.read().await?;
    let assets = db::assets::assets_by_ids(&mut conn, &order.asset_ids).await?;
    if assets.len() < order.asset_ids.len() {
        return Err(Refusal::not_found("device"));
    }
    let mut once: Vec<Label> = assets.into_iter().map(|asset| of_device(asset, priced)).collect();
    for id in &order.bulk_stock_ids {
        let item = db::stock::stock_find(&mut conn, *id)
            .await?
            .ok_or_else(|| Refusal::not_found("item"))?;
        once.push(Label {
            title: item.item_name,
            specs: Some(item.category),
            grade: None,
            price: price(item.unit_price, priced),
            code: item.sku,
        });
    }
    drop(conn);
    let labels = once
        .into_iter()
        .flat_map(|label| std::iter::repeat_n(label, copies))
        .collect();
    let doc = LabelsDoc {
        paper: paper(size),
        code: match order.code.unwrap_or(LabelCode::Code128) {
            LabelCode::Code128 => documents::LabelCode::Code128,
            LabelCode::Qr => documents::LabelCode::Qr,
        },
        skipped,
        labels,
        created_at: shop.now(),
    };
    draw("labels.pdf".into(), move || documents::labels(&doc)).await
}
