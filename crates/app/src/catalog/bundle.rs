//! Bundles: what goes with each device of a model ("a 65 W charger with each HP EliteBook 840"), at a price of its own that is
//! no discount. The till offers it beside the device; whoever sells may leave it out.

use super::{ProductModel, find};
use crate::{Actor, Capability, Refusal, Shop};
pub use db::bundles::BundleItem;
use domain::{AssetId, BulkStockId, Money, Price, ProductModelId, Sku};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A product model with what goes with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProductModelDetail {
    /// The model.
    #[serde(flatten)]
    pub model: ProductModel,
    /// What goes with each device of it.
    pub bundle: Vec<BundleItem>,
}

/// An item that goes with each device of a model.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBundleItem {
    /// Its SKU.
    pub sku: Sku,
    /// What one costs with the device; nothing, when it is a gift.
    pub bundle_price: Price,
}

/// Reads a model with what goes with it.
pub async fn detail(shop: &Shop, id: ProductModelId) -> Result<ProductModelDetail, Refusal> {
    let model = find(shop, id).await?;
    let bundle = db::bundles::bundle_items(&mut *shop.read().await?, id).await?;
    Ok(ProductModelDetail { model, bundle })
}

/// Puts an item into a model's bundle, or gives it another price there.
pub async fn put(
    shop: &Shop,
    actor: &Actor,
    id: ProductModelId,
    new: NewBundleItem,
) -> Result<ProductModelDetail, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    let model = db::catalog::model_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("product model"))?;
    let before = db::bundles::bundle_items(tx.conn(), id).await?;
    let price = new.bundle_price.money();
    db::bundles::bundle_put(tx.conn(), id, new.sku.as_str(), price)
        .await?
        .ok_or_else(|| {
            let text = format!(
                "There is no item with the SKU {}: check it, or add it to the stock.",
                new.sku
            );
            Refusal::invalid("/sku", text)
        })?;
    let bundle = db::bundles::bundle_items(tx.conn(), id).await?;
    tx.audit(
        "product_model.bundle",
        "product_models",
        id.get(),
        Some(json!({"bundle": before})),
        Some(json!({"bundle": bundle})),
    )
    .await?;
    let detail = ProductModelDetail { model, bundle };
    tx.commit(201, &detail).await?;
    Ok(detail)
}

/// Takes an item out of a model's bundle.
pub async fn remove(
    shop: &Shop,
    actor: &Actor,
    id: ProductModelId,
    item: BulkStockId,
) -> Result<(), Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    db::catalog::model_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("product model"))?;
    let before = db::bundles::bundle_items(tx.conn(), id).await?;
    if !db::bundles::bundle_remove(tx.conn(), id, item).await? {
        return Err(Refusal::not_found("item in this bundle"));
    }
    let bundle = db::bundles::bundle_items(tx.conn(), id).await?;
    tx.audit(
        "product_model.bundle",
        "product_models",
        id.get(),
        Some(json!({"bundle": before})),
        Some(json!({"bundle": bundle})),
    )
    .await?;
    tx.commit(204, &()).await
}

/// What goes with these devices: device, item, price.
pub async fn of_devices(
    shop: &Shop,
    devices: &[AssetId],
) -> Result<Vec<(AssetId, BulkStockId, Money)>, Refusal> {
    Ok(db::bundles::bundles_of(&mut *shop.read().await?, devices).await?)
}

/// How many of which item may go at a bundle's price: one with each device.
#[derive(Debug, Clone, Default)]
pub struct Allowance(HashMap<BulkStockId, Vec<Money>>);

impl Allowance {
    /// Of what goes with the devices of a sale.
    pub fn of(bundles: &[(AssetId, BulkStockId, Money)]) -> Self {
        let mut prices: HashMap<BulkStockId, Vec<Money>> = HashMap::new();
        for (_, item, price) in bundles {
            prices.entry(*item).or_default().push(*price);
        }
        Allowance(prices)
    }

    /// Takes so many of an item at this price, where that is allowed.
    pub fn take(&mut self, item: BulkStockId, price: Money, quantity: i32) -> bool {
        let Some(prices) = self.0.get_mut(&item) else {
            return false;
        };
        let wanted = usize::try_from(quantity).unwrap_or(usize::MAX);
        if prices.iter().filter(|bundled| **bundled <= price).count() < wanted {
            return false;
        }
        for _ in 0..wanted {
            // The dearest that still fits leaves the cheaper ones to other lines.
            let fits = prices
                .iter()
                .enumerate()
                .filter(|(_, bundled)| **bundled <= price);
            if let Some((at, _)) = fits.max_by_key(|(_, bundled)| **bundled) {
                prices.swap_remove(at);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    #[test]
    fn one_item_goes_with_each_device() {
        let (charger, bag) = (BulkStockId::new(7), BulkStockId::new(8));
        let devices = [AssetId::new(1), AssetId::new(2)];
        let bundles: Vec<_> = devices
            .iter()
            .zip(["0", "50"])
            .map(|(device, price)| (*device, charger, money(price)))
            .collect();
        let mut allowed = Allowance::of(&bundles);
        assert!(!allowed.take(bag, money("100"), 1), "it goes with no device");
        assert!(!allowed.take(charger, money("0"), 2), "one of the two costs 50");
        assert!(
            allowed.take(charger, money("60"), 1),
            "more than the bundle asks for is no discount"
        );
        assert!(allowed.take(charger, money("0"), 1), "the free one is left");
        assert!(
            !allowed.take(charger, money("100"), 1),
            "a third one has no device"
        );
    }
}
