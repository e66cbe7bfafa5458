//! Many items of bulk stock at once: their prices by one rule, when they are low, their place, and what they have in common.

use super::{
    ChangeDetail, ChangePreview, ChangeUndone, Outcome, RecordChange, Step, changed, for_many, recorded,
    recorded_price, step, stepped, to_undo, undone, wanted, words,
};
use crate::stock::{BulkStockChange, bulk_change_in};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::stock::BulkStock;
use domain::{BulkChangeId, BulkStockId, LocationId, Price, PriceStep, Quantity, Text};
use serde::Deserialize;
use utoipa::ToSchema;

const TABLE: &str = "bulk_stock";

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

fn title(item: &BulkStock) -> String {
    format!("{} · {}", item.sku, item.item_name)
}

/// The fields that a change can be of, as texts.
fn fields(item: &BulkStock) -> [(&'static str, Option<String>); 5] {
    [
        ("unit_price", item.unit_price.map(|p| p.to_string())),
        ("reorder_threshold", Some(item.reorder_threshold.to_string())),
        ("category", Some(item.category.clone())),
        ("supplier", item.supplier.clone()),
        ("location_id", item.location_id.map(|l| l.to_string())),
    ]
}

impl StockBulkChange {
    fn check(&self, actor: &Actor) -> Result<(Vec<i32>, Option<Step>), Refusal> {
        actor.require(Capability::AdjustBulkStock)?;
        if self.step.is_some() {
            actor.require(Capability::EditCatalog)?;
        }
        let ids = wanted(
            "/bulk_stock_ids",
            "items",
            self.bulk_stock_ids.iter().map(|id| id.get()),
        )?;
        let others = self.reorder_threshold.is_some()
            || self.category.is_some()
            || self.supplier.is_some()
            || self.location_id.is_some();
        Ok((ids, step(self.step, self.value, others)?))
    }

    async fn summary(&self, tx: &mut Tx, price: Option<Step>) -> Result<String, Refusal> {
        let place = match self.location_id {
            Some(id) => db::locations::location_name(tx.conn(), id).await?,
            None => None,
        };
        Ok(words(
            price,
            &[
                (
                    "reorder below",
                    self.reorder_threshold.map(|n| n.get().to_string()),
                ),
                (
                    "category",
                    self.category.as_ref().map(|t| t.as_str().trim().to_owned()),
                ),
                (
                    "supplier",
                    self.supplier.as_ref().map(|t| t.as_str().trim().to_owned()),
                ),
                ("home", place),
            ],
        ))
    }

    async fn one(
        &self,
        tx: &mut Tx,
        before: &BulkStock,
        price: Option<Step>,
    ) -> Result<Vec<RecordChange>, Refusal> {
        let change = BulkStockChange {
            unit_price: price
                .map(|price| stepped(before.unit_price, price))
                .transpose()?
                .map(Some),
            reorder_threshold: self.reorder_threshold,
            category: self.category.clone(),
            supplier: self
                .supplier
                .as_ref()
                .and_then(|t| t.as_str().parse().ok())
                .map(Some),
            location_id: self.location_id.map(Some),
            ..BulkStockChange::default()
        };
        let after = bulk_change_in(tx, before.id, change).await?;
        Ok(fields(before)
            .into_iter()
            .zip(fields(&after))
            .filter_map(|((field, old), (_, new))| changed(before.id.get(), field, old, new))
            .collect())
    }

    async fn all(&self, tx: &mut Tx, ids: &[i32], price: Option<Step>) -> Result<Outcome, Refusal> {
        if let Some(place) = self.location_id
            && !db::stock_places::location_exists(tx.conn(), place).await?
        {
            return Err(Refusal::invalid("/location_id", "There is no such place."));
        }
        let mut outcome = Outcome::default();
        for id in ids {
            tx.mark().await?;
            let found = db::stock::stock_lock(tx.conn(), BulkStockId::new(*id)).await?;
            let title = found.as_ref().map(title);
            let done = match found {
                Some(item) => self.one(tx, &item, price).await,
                None => Err(Refusal::not_found("item")),
            };
            outcome.take(tx, *id, title, done).await?;
        }
        Ok(outcome)
    }
}

/// Shows what a change of many items would make, without making it.
pub async fn preview_stock(
    shop: &Shop,
    actor: &Actor,
    change: &StockBulkChange,
) -> Result<ChangePreview, Refusal> {
    let (ids, price) = change.check(actor)?;
    let mut tx = shop.begin(&for_many(actor, true)).await?;
    let Outcome { rows, refused } = change.all(&mut tx, &ids, price).await?;
    Ok(ChangePreview {
        summary: change.summary(&mut tx, price).await?,
        rows,
        refused,
    })
}

/// Changes many items at once; those that cannot be changed stay as they are and say why.
pub async fn make_stock(
    shop: &Shop,
    actor: &Actor,
    change: StockBulkChange,
) -> Result<ChangeDetail, Refusal> {
    let (ids, price) = change.check(actor)?;
    let mut tx = shop.begin(&for_many(actor, false)).await?;
    let outcome = change.all(&mut tx, &ids, price).await?;
    let summary = change.summary(&mut tx, price).await?;
    outcome.keep(tx, TABLE, &summary).await
}

/// Takes a change of many items back, while nothing of it was changed again.
pub async fn undo_stock(shop: &Shop, actor: &Actor, id: BulkChangeId) -> Result<ChangeUndone, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let mut tx = shop.begin(&for_many(actor, false)).await?;
    let (before, rows) = to_undo(&mut tx, TABLE, id).await?;
    let mut later = Vec::new();
    for of_one in rows.chunk_by(|a, b| a.record_id == b.record_id) {
        let Some(first) = of_one.first() else { continue };
        let item = BulkStockId::new(first.record_id);
        let Some(found) = db::stock::stock_lock(tx.conn(), item).await? else {
            continue;
        };
        let now = fields(&found);
        let stands = |row: &RecordChange| now.iter().any(|(f, v)| *f == row.field && *v == row.new_value);
        if !of_one.iter().all(stands) {
            later.push(found.sku);
            continue;
        }
        if !later.is_empty() {
            continue;
        }
        let mut back = BulkStockChange::default();
        for row in of_one {
            let old = row.old_value.as_deref();
            match row.field.as_str() {
                "unit_price" => back.unit_price = Some(recorded_price("unit_price", old)?),
                "reorder_threshold" => {
                    let threshold: Option<i32> = recorded("reorder_threshold", old)?;
                    back.reorder_threshold = threshold.and_then(|n| Quantity::new(n).ok());
                }
                "category" => back.category = recorded("category", old)?,
                "supplier" => back.supplier = Some(recorded("supplier", old)?),
                _ => {
                    let place: Option<i32> = recorded("location_id", old)?;
                    back.location_id = Some(place.map(LocationId::new));
                }
            }
        }
        bulk_change_in(&mut tx, item, back).await?;
    }
    undone(tx, before, rows, later).await
}
