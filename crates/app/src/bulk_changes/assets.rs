//! Many devices at once: their prices by one rule, their place, and what they have in common.

use super::sellable;
use super::{
    ChangeDetail, ChangePreview, ChangeUndone, Outcome, RecordChange, Step, changed, for_many, recorded,
    recorded_price, step, stepped, to_undo, undone, wanted, words,
};
use crate::assets::{AssetChange, bulk_change_in, bulk_put_in};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::assets::Asset;
use domain::{AssetId, BulkChangeId, BulkStatus, LocationId, Price, PriceStep, Text};
use serde::Deserialize;
use utoipa::ToSchema;

const TABLE: &str = "assets";

/// A change of many devices. Prices need the right to set them, places the right to move.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetBulkChange {
    /// The devices.
    #[serde(default)]
    #[schema(required = true, min_items = 1, max_items = 500)]
    pub asset_ids: Vec<AssetId>,
    /// How their prices change: each gets one of its own.
    #[serde(default)]
    pub step: Option<PriceStep>,
    /// By how much, or to what; in percent or cedis, as the step says.
    #[serde(default)]
    pub value: Option<Price>,
    /// A supplier for all.
    #[serde(default)]
    pub supplier: Option<Text<1, 100>>,
    /// What comes with each of them.
    #[serde(default)]
    pub accessories_included: Option<Text<1, 1000>>,
    /// A place for all.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// A status for all: out of the sale, or from there back to the bench. It needs the right to that.
    #[serde(default)]
    pub status: Option<BulkStatus>,
    /// Why they are put there, or become Not Sellable; that has to be said.
    #[serde(default)]
    pub reason: Option<Text<0, 1000>>,
}

impl AssetBulkChange {
    fn is_detail(&self) -> bool {
        self.supplier.is_some() || self.accessories_included.is_some()
    }

    fn check(&self, actor: &Actor) -> Result<(Vec<i32>, Option<Step>), Refusal> {
        if self.step.is_some() || self.is_detail() {
            actor.require(Capability::EditAssets)?;
        }
        if self.step.is_some() {
            actor.require(Capability::EditCatalog)?;
        }
        if self.location_id.is_some() {
            actor.require(Capability::MoveStock)?;
        }
        if let Some(status) = self.status {
            sellable::check(actor, status, self.reason.as_ref())?;
        }
        let ids = wanted("/asset_ids", "devices", self.asset_ids.iter().map(|id| id.get()))?;
        let others = self.is_detail() || self.location_id.is_some() || self.status.is_some();
        Ok((ids, step(self.step, self.value, others)?))
    }
}

fn text<const MIN: usize, const MAX: usize>(value: Option<&Text<MIN, MAX>>) -> Option<String> {
    value.and_then(Text::non_empty).map(str::to_owned)
}

fn title(asset: &Asset) -> String {
    format!("{} · {}", asset.asset_tag, asset.title())
}

/// The fields that a change can be of, as texts.
fn fields(asset: &Asset) -> [(&'static str, Option<String>); 5] {
    [
        ("list_price", asset.list_price.map(|p| p.to_string())),
        ("supplier", asset.supplier.clone()),
        ("accessories_included", asset.accessories_included.clone()),
        ("location_id", asset.location_id.map(|l| l.to_string())),
        (sellable::FIELD, Some(asset.status.to_string())),
    ]
}

async fn one(
    tx: &mut Tx,
    shop: &Shop,
    before: &Asset,
    change: &AssetBulkChange,
    price: Option<Step>,
) -> Result<Vec<RecordChange>, Refusal> {
    let mut after = before.clone();
    let list_price = price.map(|price| stepped(before.price, price)).transpose()?;
    if list_price.is_some() || change.is_detail() {
        let details = AssetChange {
            list_price: list_price.map(Some),
            supplier: text(change.supplier.as_ref())
                .and_then(|t| t.parse().ok())
                .map(Some),
            accessories_included: text(change.accessories_included.as_ref())
                .and_then(|t| t.parse().ok())
                .map(Some),
            ..AssetChange::default()
        };
        after = bulk_change_in(tx, shop.today(), before.id, details).await?.asset;
    }
    if let Some(place) = change.location_id {
        let reason = text(change.reason.as_ref()).unwrap_or_else(|| "Moved".into());
        after = bulk_put_in(tx, before.id, Some(place), &reason).await?.asset;
    }
    if let Some(status) = change.status {
        after = sellable::set_in(tx, before, status, change.reason.as_ref()).await?;
    }
    Ok(fields(before)
        .into_iter()
        .zip(fields(&after))
        .filter_map(|((field, old), (_, new))| changed(before.id.get(), field, old, new))
        .collect())
}

async fn all(
    tx: &mut Tx,
    shop: &Shop,
    ids: &[i32],
    change: &AssetBulkChange,
    price: Option<Step>,
) -> Result<Outcome, Refusal> {
    if let Some(place) = change.location_id
        && !db::stock_places::location_exists(tx.conn(), place).await?
    {
        return Err(Refusal::invalid("/location_id", "There is no such place."));
    }
    let mut outcome = Outcome::default();
    for id in ids {
        tx.mark().await?;
        let found = db::assets::asset_lock(tx.conn(), AssetId::new(*id)).await?;
        let title = found.as_ref().map(|record| title(&record.asset));
        let done = match found {
            Some(record) => one(tx, shop, &record.asset, change, price).await,
            None => Err(Refusal::not_found("device")),
        };
        outcome.take(tx, *id, title, done).await?;
    }
    Ok(outcome)
}

impl AssetBulkChange {
    async fn summary(&self, tx: &mut Tx, price: Option<Step>) -> Result<String, Refusal> {
        let place = match self.location_id {
            Some(id) => db::locations::location_name(tx.conn(), id).await?,
            None => None,
        };
        Ok(words(
            price,
            &[
                ("supplier", text(self.supplier.as_ref())),
                ("comes with", text(self.accessories_included.as_ref())),
                ("moved to", place),
                ("now", self.status.map(|s| s.to_string())),
            ],
        ))
    }
}

/// Shows what a change of many devices would make, without making it.
pub async fn preview_assets(
    shop: &Shop,
    actor: &Actor,
    change: &AssetBulkChange,
) -> Result<ChangePreview, Refusal> {
    let (ids, price) = change.check(actor)?;
    let mut tx = shop.begin(&for_many(actor, true)).await?;
    let Outcome { rows, refused } = all(&mut tx, shop, &ids, change, price).await?;
    Ok(ChangePreview {
        summary: change.summary(&mut tx, price).await?,
        rows,
        refused,
    })
}

/// Changes many devices at once; those that cannot be changed stay as they are and say why.
pub async fn make_assets(
    shop: &Shop,
    actor: &Actor,
    change: AssetBulkChange,
) -> Result<ChangeDetail, Refusal> {
    let (ids, price) = change.check(actor)?;
    let mut tx = shop.begin(&for_many(actor, false)).await?;
    let outcome = all(&mut tx, shop, &ids, &change, price).await?;
    let summary = change.summary(&mut tx, price).await?;
    outcome.keep(tx, TABLE, &summary).await
}

/// Takes a change of many devices back, while nothing of it was changed again.
pub async fn undo_assets(shop: &Shop, actor: &Actor, id: BulkChangeId) -> Result<ChangeUndone, Refusal> {
    let mut tx = shop.begin(&for_many(actor, false)).await?;
    let (before, rows) = to_undo(&mut tx, TABLE, id).await?;
    for (field, capability) in [
        ("list_price", Capability::EditCatalog),
        ("supplier", Capability::EditAssets),
        ("accessories_included", Capability::EditAssets),
        ("location_id", Capability::MoveStock),
        (sellable::FIELD, Capability::MarkNotSellable),
    ] {
        if rows.iter().any(|row| row.field == field) {
            actor.require(capability)?;
        }
    }
    let mut later = Vec::new();
    for of_one in rows.chunk_by(|a, b| a.record_id == b.record_id) {
        let Some(first) = of_one.first() else { continue };
        let asset = AssetId::new(first.record_id);
        let Some(found) = db::assets::asset_lock(tx.conn(), asset).await? else {
            continue;
        };
        let now = fields(&found.asset);
        let stands = |row: &RecordChange| now.iter().any(|(f, v)| *f == row.field && *v == row.new_value);
        if found.asset.voided_at.is_some() || !of_one.iter().all(stands) {
            later.push(found.asset.asset_tag);
            continue;
        }
        if !later.is_empty() {
            continue;
        }
        let mut back = AssetChange::default();
        let mut is_detail = false;
        for row in of_one {
            let old = row.old_value.as_deref();
            match row.field.as_str() {
                "list_price" => back.list_price = Some(recorded_price("list_price", old)?),
                "supplier" => back.supplier = Some(recorded("supplier", old)?),
                "accessories_included" => {
                    back.accessories_included = Some(recorded("accessories_included", old)?);
                }
                sellable::FIELD => {
                    sellable::back_in(&mut tx, asset, recorded(sellable::FIELD, old)?).await?;
                    continue;
                }
                _ => {
                    let place: Option<i32> = recorded("location_id", old)?;
                    bulk_put_in(
                        &mut tx,
                        asset,
                        place.map(LocationId::new),
                        "Bulk change taken back",
                    )
                    .await?;
                    continue;
                }
            }
            is_detail = true;
        }
        if is_detail {
            bulk_change_in(&mut tx, shop.today(), asset, back).await?;
        }
    }
    undone(tx, before, rows, later).await
}
