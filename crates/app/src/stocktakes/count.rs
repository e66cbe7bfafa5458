//! Counting one thing, and taking it back.

use super::StocktakeCount;
use crate::{Actor, Capability, Refusal, Shop};
use db::stocktakes::Counted;
use domain::{Quantity, StocktakeCountId, StocktakeId, StocktakeStatus, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What was scanned.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCount {
    /// A tag, a serial number, an IMEI or a SKU.
    pub code: Text<1, 100>,
    /// How many of an item; 1 unless said otherwise, 0 of an item that is gone. Always 1 of a device.
    #[serde(default)]
    pub quantity: Option<Quantity>,
    /// Which phone or scanner, where that should be told.
    #[serde(default)]
    pub counter: Option<Text<0, 60>>,
}

/// What was counted, and what it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CountAnswer {
    /// The count.
    #[serde(flatten)]
    pub count: StocktakeCount,
    /// False for a code that no device and no item has.
    pub known: bool,
    /// Where the books have a device that does not belong here, or its status where that is odd; absent otherwise, and of a
    /// blind count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub note: Option<String>,
}

/// Counts what was scanned. A device is counted once: the second scan is refused with who counted it and when. A code that
/// nobody knows is kept as it is.
pub async fn count(
    shop: &Shop,
    actor: &Actor,
    id: StocktakeId,
    new: NewCount,
) -> Result<CountAnswer, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let code = new.code.as_str();
    let mut tx = shop.begin(actor).await?;
    let stocktake = db::stocktakes::stocktake_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("stocktake"))?;
    let what = match db::assets::asset_find_by_code(tx.conn(), code).await? {
        Some(device) => Counted::Device(device),
        None => match db::stocktakes::item_by_code(tx.conn(), code).await? {
            Some((_, sku, _, false)) => {
                return Err(Refusal::conflict(
                    "not_stocked",
                    format!("{sku} is a service, and there is nothing of it to count."),
                ));
            }
            Some((item, sku, ..))
                if !db::stocktakes::item_is_kept_at(tx.conn(), item, stocktake.location_id).await? =>
            {
                return Err(Refusal::conflict(
                    "kept_elsewhere",
                    format!(
                        "{sku} is not kept at {}: count it where it is kept, or move some of it here first.",
                        stocktake.location_name
                    ),
                ));
            }
            Some((item, ..)) => Counted::Item(item),
            None => Counted::Unknown,
        },
    };
    let quantity = new.quantity.map_or(1, Quantity::get);
    if quantity != 1 && !matches!(what, Counted::Item(_)) {
        return Err(Refusal::invalid(
            "/quantity",
            "A device is counted one by one: leave the quantity at 1, or scan the SKU of an item.",
        ));
    }
    let counter = new.counter.as_ref().and_then(Text::non_empty);
    let Some(count_id) = db::stocktakes::count_insert(tx.conn(), id, code, what, quantity, counter).await?
    else {
        let there = db::stocktakes::count_of(tx.conn(), id, code, what).await?;
        return Err(counted_already(shop, code, there));
    };
    let counted = db::stocktakes::count_find(tx.conn(), id, count_id)
        .await?
        .ok_or_else(|| Refusal::not_found("count"))?;
    let note = match what {
        Counted::Device(device) if !stocktake.is_blind => {
            let record = db::assets::asset_find(tx.conn(), device).await?;
            record.and_then(|r| odd(&r.asset, stocktake.location_id))
        }
        _ => None,
    };
    let answer = CountAnswer {
        known: what != Counted::Unknown,
        note,
        count: counted,
    };
    tx.audit(
        "stocktake.count",
        "stocktakes",
        id.get(),
        None,
        Some(
            json!({"count_id": count_id, "code": code, "asset_id": answer.count.asset_id,
            "bulk_stock_id": answer.count.bulk_stock_id, "quantity": quantity}),
        ),
    )
    .await?;
    tx.commit(201, &answer).await?;
    Ok(answer)
}

/// What is odd about a device that lies here.
pub(super) fn odd(asset: &db::assets::Asset, here: domain::LocationId) -> Option<String> {
    use domain::AssetStatus::{Scrapped, Sold};
    match (asset.status, &asset.location_name) {
        (Sold | Scrapped, _) => Some(format!("By the books it is {}.", asset.status)),
        (_, None) => Some("By the books it has no place.".into()),
        (_, Some(place)) if asset.location_id != Some(here) => {
            Some(format!("By the books it is at {place}."))
        }
        _ => None,
    }
}

pub(super) fn counted_already(shop: &Shop, code: &str, there: Option<StocktakeCount>) -> Refusal {
    let sentence = match there {
        Some(count) => {
            let when = count
                .counted_at
                .with_timezone(&shop.zone())
                .format("%-d %b at %H:%M");
            let by = count.counter.map(|c| format!(" ({c})")).unwrap_or_default();
            let what = count.asset_tag.unwrap_or(count.code);
            format!(
                "{what} was counted already: by {}{by}, {when}.",
                count.counted_by_name
            )
        }
        None => format!("{code} was counted already."),
    };
    Refusal::conflict("already_counted", sentence)
}

/// Takes back what was counted: a scan too many, or a quantity that was wrong.
pub async fn uncount(
    shop: &Shop,
    actor: &Actor,
    id: StocktakeId,
    count_id: StocktakeCountId,
) -> Result<StocktakeCount, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let mut tx = shop.begin(actor).await?;
    let stocktake = super::lock(&mut tx, id).await?;
    if stocktake.status != StocktakeStatus::Counting {
        return Err(Refusal::conflict(
            "stocktake_not_counting",
            format!(
                "{} is {}: what was counted stays. Ask a Manager to open it again first.",
                stocktake.stocktake_number, stocktake.status
            ),
        ));
    }
    let count = db::stocktakes::count_find(tx.conn(), id, count_id)
        .await?
        .ok_or_else(|| Refusal::not_found("count"))?;
    db::stocktakes::count_remove(tx.conn(), count_id).await?;
    tx.audit(
        "stocktake.uncount",
        "stocktakes",
        id.get(),
        Some(json!(count)),
        None,
    )
    .await?;
    tx.commit(200, &count).await?;
    Ok(count)
}
