//! Many items of bulk stock at once: their prices by one rule, when they are low, their place, and what they have in common.

use super::{
    Change, ChangeDetail, ChangePreview, ChangeUndone, Field, RecordChange, check_step, recorded, stepped,
    wanted, words,
};
use crate::stock::{BulkStockChange, bulk_change_in};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::stock::BulkStock;
use domain::{BulkChangeId, BulkStockId, LocationId, Price, PriceStep, Quantity, Text};
use serde::Deserialize;
use utoipa::ToSchema;

/// A change of many items. Prices need the right to set them.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockBulkChange {
    /// The items.
    #[serde(default)]
    #[schema(required = true, min_items = 1, max_items = 500)]
    pub bulk_stock_ids: Vec<BulkStockId>,
    /// How their prices change.
    #[serde(default)]
    pub step: Option<PriceStep>,
    /// By how much, or to what; in percent or cedis, as the step says.
    #[serde(default)]
    pub value: Option<Price>,
    /// Below this each of them is low.
    #[serde(default)]
    pub reorder_threshold: Option<Quantity>,
    /// A category for all.
    #[serde(default)]
    pub category: Option<Text<1, 50>>,
    /// A supplier for all.
    #[serde(default)]
    pub supplier: Option<Text<1, 100>>,
    /// A home for all.
    #[serde(default)]
    pub location_id: Option<LocationId>,
}

impl Change for StockBulkChange {
    const TABLE: &'static str = "bulk_stock";
    const RECORD: &'static str = "item";
    type Record = BulkStock;

    fn check(&self, actor: &Actor) -> Result<Vec<i32>, Refusal> {
        actor.require(Capability::AdjustBulkStock)?;
        if self.step.is_some() {
            actor.require(Capability::EditCatalog)?;
        }
        let ids = self.bulk_stock_ids.iter().map(|id| id.get());
        let ids = wanted("/bulk_stock_ids", "items", ids)?;
        let others = self.reorder_threshold.is_some()
            || self.category.is_some()
            || self.supplier.is_some()
            || self.location_id.is_some();
        check_step(self.step, self.value, others)?;
        Ok(ids)
    }

    fn place(&self) -> Option<LocationId> {
        self.location_id
    }

    fn summary(&self, place: Option<String>) -> String {
        let price = self.step.zip(self.value);
        let parts = [
            price.map(|(step, value)| format!("Prices {}", step.words(value))),
            (self.reorder_threshold).map(|n| format!("reorder below {}", n.get())),
            self.category.as_ref().map(|t| format!("category {}", t.as_str())),
            self.supplier.as_ref().map(|t| format!("supplier {}", t.as_str())),
            place.map(|place| format!("home {place}")),
        ];
        words(parts.into_iter().flatten())
    }

    async fn lock(tx: &mut Tx, id: i32) -> Result<Option<BulkStock>, Refusal> {
        Ok(db::stock::stock_lock(tx.conn(), BulkStockId::new(id)).await?)
    }

    fn code(item: &BulkStock) -> &str {
        &item.sku
    }

    fn name(item: &BulkStock) -> String {
        item.item_name.clone()
    }

    fn fields(item: &BulkStock) -> Vec<Field> {
        vec![
            ("unit_price", item.unit_price.map(|p| p.to_string())),
            ("reorder_threshold", Some(item.reorder_threshold.to_string())),
            ("category", Some(item.category.clone())),
            ("supplier", item.supplier.clone()),
            ("location_id", item.location_id.map(|l| l.to_string())),
        ]
    }

    async fn apply(&self, tx: &mut Tx, _: &Shop, before: &BulkStock) -> Result<BulkStock, Refusal> {
        let price = self.step.zip(self.value);
        let unit_price = price.map(|price| stepped(before.unit_price, price)).transpose()?;
        let change = BulkStockChange {
            unit_price: unit_price.map(Some),
            reorder_threshold: self.reorder_threshold,
            category: self.category.clone(),
            supplier: (self.supplier.as_ref())
                .and_then(|t| t.as_str().parse().ok())
                .map(Some),
            location_id: self.location_id.map(Some),
            ..BulkStockChange::default()
        };
        bulk_change_in(tx, before.id, change).await
    }

    async fn put_back(tx: &mut Tx, _: &Shop, id: i32, rows: &[RecordChange]) -> Result<(), Refusal> {
        let mut back = BulkStockChange::default();
        for row in rows {
            let (field, old) = (row.field.as_str(), row.old_value.as_deref());
            match field {
                "unit_price" => back.unit_price = Some(recorded(field, old)?),
                "reorder_threshold" => {
                    let threshold = recorded(field, old)?;
                    back.reorder_threshold = threshold.and_then(|n| Quantity::new(n).ok());
                }
                "category" => back.category = recorded(field, old)?,
                "supplier" => back.supplier = Some(recorded(field, old)?),
                _ => back.location_id = Some(recorded("location_id", old)?),
            }
        }
        bulk_change_in(tx, BulkStockId::new(id), back).await?;
        Ok(())
    }
}

/// Shows what a change of many items would make, without making it.
pub async fn preview_stock(
    shop: &Shop,
    actor: &Actor,
    change: &StockBulkChange,
) -> Result<ChangePreview, Refusal> {
    super::preview(shop, actor, change).await
}

/// Changes many items at once; those that cannot be changed stay as they are and say why.
pub async fn make_stock(
    shop: &Shop,
    actor: &Actor,
    change: StockBulkChange,
) -> Result<ChangeDetail, Refusal> {
    super::make(shop, actor, &change).await
}

/// Takes a change of many items back, while nothing of it was changed again.
pub async fn undo_stock(shop: &Shop, actor: &Actor, id: BulkChangeId) -> Result<ChangeUndone, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    super::undo::<StockBulkChange>(shop, actor, id).await
}
