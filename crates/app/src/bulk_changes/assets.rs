//! Many devices at once: their prices by one rule, their place, and what they have in common.

use super::sellable;
use super::{
    Change, ChangeDetail, ChangePreview, ChangeUndone, Field, RecordChange, check_step, recorded, stepped,
    wanted, words,
};
use crate::assets::{AssetChange, bulk_change_in, bulk_put_in};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::assets::Asset;
use domain::{AssetId, BulkChangeId, BulkStatus, LocationId, Price, PriceStep, Text};
use serde::Deserialize;
use utoipa::ToSchema;

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
}

impl Change for AssetBulkChange {
    const TABLE: &'static str = "assets";
    const RECORD: &'static str = "device";
    type Record = Asset;

    fn check(&self, actor: &Actor) -> Result<Vec<i32>, Refusal> {
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
            self.supplier.as_ref().map(|t| format!("supplier {}", t.as_str())),
            (self.accessories_included.as_ref()).map(|t| format!("comes with {}", t.as_str())),
            place.map(|place| format!("moved to {place}")),
            self.status.map(|status| format!("now {status}")),
        ];
        words(parts.into_iter().flatten())
    }

    async fn lock(tx: &mut Tx, id: i32) -> Result<Option<Asset>, Refusal> {
        let found = db::assets::asset_lock(tx.conn(), AssetId::new(id)).await?;
        Ok(found.map(|record| record.asset))
    }

    fn code(asset: &Asset) -> &str {
        &asset.asset_tag
    }

    fn name(asset: &Asset) -> String {
        asset.title()
    }

    fn fields(asset: &Asset) -> Vec<Field> {
        vec![
            ("list_price", asset.list_price.map(|p| p.to_string())),
            ("supplier", asset.supplier.clone()),
            ("accessories_included", asset.accessories_included.clone()),
            ("location_id", asset.location_id.map(|l| l.to_string())),
            (sellable::FIELD, Some(asset.status.to_string())),
        ]
    }

    async fn apply(&self, tx: &mut Tx, shop: &Shop, before: &Asset) -> Result<Asset, Refusal> {
        let mut after = before.clone();
        let price = self.step.zip(self.value);
        let list_price = price.map(|price| stepped(before.price, price)).transpose()?;
        if list_price.is_some() || self.is_detail() {
            let details = AssetChange {
                list_price: list_price.map(Some),
                supplier: (self.supplier.as_ref())
                    .and_then(|t| t.as_str().parse().ok())
                    .map(Some),
                accessories_included: (self.accessories_included.as_ref())
                    .and_then(|t| t.as_str().parse().ok())
                    .map(Some),
                ..AssetChange::default()
            };
            after = bulk_change_in(tx, shop.today(), before.id, details).await?.asset;
        }
        if let Some(place) = self.location_id {
            crate::locations::check_by_hand(tx.conn(), place).await?;
            let reason = self.reason.as_ref().and_then(Text::non_empty).unwrap_or("Moved");
            after = bulk_put_in(tx, before.id, Some(place), reason).await?.asset;
        }
        if let Some(status) = self.status {
            after = sellable::set_in(tx, before, status, self.reason.as_ref()).await?;
        }
        Ok(after)
    }

    fn may_undo(actor: &Actor, rows: &[RecordChange]) -> Result<(), Refusal> {
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
        Ok(())
    }

    fn is_void(asset: &Asset) -> bool {
        asset.voided_at.is_some()
    }

    async fn put_back(tx: &mut Tx, shop: &Shop, id: i32, rows: &[RecordChange]) -> Result<(), Refusal> {
        let id = AssetId::new(id);
        let mut back = AssetChange::default();
        let mut is_detail = false;
        for row in rows {
            let (field, old) = (row.field.as_str(), row.old_value.as_deref());
            match field {
                "list_price" => back.list_price = Some(recorded(field, old)?),
                "supplier" => back.supplier = Some(recorded(field, old)?),
                "accessories_included" => back.accessories_included = Some(recorded(field, old)?),
                sellable::FIELD => {
                    sellable::back_in(tx, id, recorded(field, old)?).await?;
                    continue;
                }
                _ => {
                    let place = recorded("location_id", old)?;
                    bulk_put_in(tx, id, place, "Bulk change taken back").await?;
                    continue;
                }
            }
            is_detail = true;
        }
        if is_detail {
            bulk_change_in(tx, shop.today(), id, back).await?;
        }
        Ok(())
    }
}

/// Shows what a change of many devices would make, without making it.
pub async fn preview_assets(
    shop: &Shop,
    actor: &Actor,
    change: &AssetBulkChange,
) -> Result<ChangePreview, Refusal> {
    super::preview(shop, actor, change).await
}

/// Changes many devices at once; those that cannot be changed stay as they are and say why.
pub async fn make_assets(
    shop: &Shop,
    actor: &Actor,
    change: AssetBulkChange,
) -> Result<ChangeDetail, Refusal> {
    super::make(shop, actor, &change).await
}

/// Takes a change of many devices back, while nothing of it was changed again.
pub async fn undo_assets(shop: &Shop, actor: &Actor, id: BulkChangeId) -> Result<ChangeUndone, Refusal> {
    super::undo::<AssetBulkChange>(shop, actor, id).await
}
