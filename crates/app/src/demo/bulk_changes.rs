//! Changes of many devices, items and models at once: one of each that stands, and one that was taken back.

use super::made;
use super::people::Staff;
use crate::assets::{self, Asset};
use crate::bulk_changes::{self, AssetBulkChange, StockBulkChange};
use crate::catalog::bulk::{self, BulkChange};
use crate::catalog::{self, ProductModel};
use crate::stock::{self, BulkStock};
use crate::{PageRequest, Refusal, Shop, lists};
use chrono::TimeDelta;
use domain::{AssetStatus, Category, Grade, PriceStep};

/// Changes them in the last two hours.
pub(super) async fn make(shop: &Shop, staff: &Staff) -> Result<(), Refusal> {
    let at = |minutes| shop.at(shop.now() - TimeDelta::minutes(minutes));
    let some = |limit, filters: &[(&str, &str)]| PageRequest {
        limit,
        filters: (filters.iter())
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..PageRequest::default()
    };

    // Devices: what comes with some of them, and a price that was not meant
    let ready = some(5, &[("status", AssetStatus::ReadyForSale.as_str())]);
    let ready = lists::page::<Asset>(shop, &assets::LIST, &ready).await?.data;
    let devices = AssetBulkChange {
        asset_ids: ready.iter().map(|device| device.id).collect(),
        ..AssetBulkChange::default()
    };
    if !ready.is_empty() {
        let with_bag = AssetBulkChange {
            accessories_included: Some(made("Charger, bag")),
            ..devices.clone()
        };
        bulk_changes::make_assets(&at(110), &staff.kwame, with_bag).await?;
        let dearer = AssetBulkChange {
            step: Some(PriceStep::RaisePercent),
            value: Some(made("50")),
            ..devices
        };
        let slip = bulk_changes::make_assets(&at(100), &staff.kwame, dearer).await?;
        bulk_changes::undo_assets(&at(98), &staff.kwame, slip.change.id).await?;
    }

    // Items of bulk stock
    let items = some(3, &[("is_stocked", "true")]);
    let items = lists::page::<BulkStock>(shop, &stock::LIST, &items).await?.data;
    let items = StockBulkChange {
        bulk_stock_ids: items.iter().map(|item| item.id).collect(),
        ..StockBulkChange::default()
    };
    if !items.bulk_stock_ids.is_empty() {
        let elsewhere = StockBulkChange {
            supplier: Some(made("Accra Cables Ltd")),
            ..items.clone()
        };
        bulk_changes::make_stock(&at(90), &staff.kwame, elsewhere).await?;
        let cheaper = StockBulkChange {
            step: Some(PriceStep::LowerAmount),
            value: Some(made("5.00")),
            ..items
        };
        let slip = bulk_changes::make_stock(&at(80), &staff.kwame, cheaper).await?;
        bulk_changes::undo_stock(&at(78), &staff.kwame, slip.change.id).await?;
    }

    // Product models
    let phones = some(4, &[("category", Category::Phone.as_str())]);
    let phones = lists::page::<ProductModel>(shop, &catalog::LIST, &phones)
        .await?
        .data;
    if !phones.is_empty() {
        let change = |step, value| BulkChange {
            product_model_ids: phones.iter().map(|model| model.id).collect(),
            grades: vec![Grade::C],
            step: Some(step),
            value: Some(made(value)),
            ..BulkChange::default()
        };
        let lower = change(PriceStep::LowerPercent, "2");
        bulk::make(&at(70), &staff.kwame, lower).await?;
        let higher = change(PriceStep::RaisePercent, "20");
        let slip = bulk::make(&at(60), &staff.kwame, higher).await?;
        bulk::undo(&at(58), &staff.kwame, slip.change.id).await?;
    }
    Ok(())
}
