//! Changing the details of a device. Status, place and sale change by what one does with it.

use super::receive::{check_codes, check_imeis, day_to_come, named};
use super::{AssetAnswer, answer, check_money, lock};
use crate::patch::{field, text};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use chrono::NaiveDate;
use db::assets::AssetValues;
use domain::{
    AssetId, AssetStatus, AssetTag, BatteryCycles, BatteryHealth, Imei, LotId, Money, Price, ProductModelId,
    ReceivedDate, Serial, Text,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What may be changed; absent fields stay, null empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetChange {
    /// Serial number.
    #[serde(default)]
    pub serial_number: Option<Serial>,
    /// Our own number.
    #[serde(default)]
    pub asset_tag: Option<AssetTag>,
    /// Its model.
    #[serde(default)]
    pub product_model_id: Option<ProductModelId>,
    /// IMEI.
    #[serde(default, deserialize_with = "field")]
    pub imei_1: Option<Option<Imei>>,
    /// Second IMEI.
    #[serde(default, deserialize_with = "field")]
    pub imei_2: Option<Option<Imei>>,
    /// Supplier.
    #[serde(default, deserialize_with = "field")]
    pub supplier: Option<Option<Text<0, 100>>>,
    /// Cost.
    #[serde(default, deserialize_with = "field")]
    pub purchase_cost: Option<Option<Price>>,
    /// Cost with freight and duty.
    #[serde(default, deserialize_with = "field")]
    pub landed_cost: Option<Option<Price>>,
    /// The day on which it came in.
    #[serde(default)]
    pub received_date: Option<ReceivedDate>,
    /// How it looks.
    #[serde(default, deserialize_with = "field")]
    pub cosmetic_notes: Option<Option<Text<0, 5000>>>,
    /// Battery, in percent.
    #[serde(default, deserialize_with = "field")]
    pub battery_health_percent: Option<Option<BatteryHealth>>,
    /// Battery cycles.
    #[serde(default, deserialize_with = "field")]
    pub battery_cycle_count: Option<Option<BatteryCycles>>,
    /// What comes with it.
    #[serde(default, deserialize_with = "field")]
    pub accessories_included: Option<Option<Text<0, 1000>>>,
    /// Its own price. Needs the right to set prices.
    #[serde(default, deserialize_with = "field")]
    pub list_price: Option<Option<Price>>,
    /// The lot that it came with. One that carries charges stays where it is.
    #[serde(default, deserialize_with = "field")]
    pub lot_id: Option<Option<LotId>>,
}

fn money(new: Option<Option<Price>>, old: Option<Money>) -> Option<Money> {
    new.map_or(old, |price| price.map(Price::money))
}

/// Changes the details of a device.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    change: AssetChange,
) -> Result<AssetAnswer, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let serial_number = change.serial_number.as_ref().map(Serial::to_string);
    match change_in(&mut tx, shop.today(), id, change).await {
        Ok(after) => {
            tx.commit(200, &after).await?;
            Ok(after)
        }
        Err(refusal) => {
            drop(tx);
            Err(named(shop, refusal, serial_number.as_deref().unwrap_or_default()).await)
        }
    }
}

/// The same inside a transaction that does more.
pub(crate) async fn change_in(
    tx: &mut Tx,
    today: NaiveDate,
    id: AssetId,
    change: AssetChange,
) -> Result<AssetAnswer, Refusal> {
    tx.actor().require(Capability::EditAssets)?;
    check_money(
        tx.actor(),
        change.purchase_cost.is_some() || change.landed_cost.is_some(),
        change.list_price.is_some(),
    )?;
    if change.received_date.is_some_and(|day| day.date() > today) {
        return Err(day_to_come());
    }
    if let Some(Some(lot)) = change.lot_id {
        // Before the device, as everywhere: whoever posts a charge holds the lot and waits for its devices.
        db::lots::lots_hold(tx.conn(), &[lot]).await?;
    }
    let before = lock(tx, id).await?.asset;
    let old = before.clone();
    if change.lot_id.is_some_and(|lot| lot != old.lot_id) && old.status == AssetStatus::Sold {
        return Err(Refusal::conflict(
            "asset_sold",
            format!("{} is sold: its lot stays as it is.", old.asset_tag),
        ));
    }
    let values = AssetValues {
        asset_tag: change.asset_tag.map(|t| t.to_string()),
        serial_number: change.serial_number.map_or(old.serial_number, |s| s.to_string()),
        product_model_id: change.product_model_id.unwrap_or(old.product_model_id),
        imei_1: change.imei_1.map_or(old.imei_1, |i| i.map(|i| i.to_string())),
        imei_2: change.imei_2.map_or(old.imei_2, |i| i.map(|i| i.to_string())),
        supplier: change.supplier.map_or(old.supplier, text),
        purchase_cost: money(change.purchase_cost, old.purchase_cost),
        landed_cost: money(change.landed_cost, old.landed_cost),
        received_date: change.received_date.map_or(old.received_date, ReceivedDate::date),
        cosmetic_notes: change.cosmetic_notes.map_or(old.cosmetic_notes, text),
        battery_health_percent: change
            .battery_health_percent
            .map_or(old.battery_health_percent, |h| h.map(BatteryHealth::get)),
        battery_cycle_count: change
            .battery_cycle_count
            .map_or(old.battery_cycle_count, |c| c.map(BatteryCycles::get)),
        accessories_included: change.accessories_included.map_or(old.accessories_included, text),
        list_price: money(change.list_price, old.list_price),
        lot_id: change.lot_id.unwrap_or(old.lot_id),
    };
    check_imeis(values.imei_1.as_deref(), values.imei_2.as_deref())?;
    let has_other_codes = values.serial_number != before.serial_number
        || values
            .asset_tag
            .as_ref()
            .is_some_and(|tag| *tag != before.asset_tag)
        || (&values.imei_1, &values.imei_2) != (&before.imei_1, &before.imei_2);
    if has_other_codes {
        check_codes(tx.conn(), &values, Some(id)).await??;
    }
    db::assets::asset_update(tx.conn(), id, &values).await?;
    let after = answer(tx, id).await?;
    if matches!(
        after.asset.status,
        AssetStatus::ReadyForSale | AssetStatus::Reserved
    ) && after.asset.price.is_none()
    {
        return Err(Refusal::conflict(
            "price_missing",
            format!(
                "Device {} is {}: it cannot be left without a price.",
                before.asset_tag, before.status
            ),
        ));
    }
    tx.audit(
        "asset.change",
        "assets",
        id.get(),
        Some(json!(before)),
        Some(json!(after.asset)),
    )
    .await?;
    Ok(after)
}
