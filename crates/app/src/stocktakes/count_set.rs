//! Scan many, count them at once: the caller's scanned set goes into the count of a place.

use super::count::{counted_already, odd};
use super::{NewStocktake, StocktakeDetail, answer, is_hidden, start_in};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use domain::{AssetId, LocationId, StocktakeId, StocktakeStatus, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

/// Where the devices of the caller's set lie.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSetCount {
    /// The place. Its open count goes on; where none is open, one begins.
    pub location_id: LocationId,
    /// Whether a count that begins with this is blind.
    #[serde(default)]
    pub is_blind: Option<bool>,
    /// What a count that begins with this is for.
    #[serde(default)]
    pub notes: Option<Text<0, 1000>>,
    /// Which phone or scanner, where that should be told.
    #[serde(default)]
    pub counter: Option<Text<0, 60>>,
}

/// What became of one device of the set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SetCountRow {
    /// The device.
    pub asset_id: AssetId,
    /// Our own number on it.
    pub asset_tag: String,
    /// Whether it is counted because of this.
    pub counted: bool,
    /// Who counted it before, where it was counted already.
    pub reason: Option<String>,
    /// Where the books have a device that does not belong here; absent otherwise, and of a blind count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub note: Option<String>,
}

/// What became of the whole set.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SetCount {
    /// The count, as it is now.
    pub stocktake: StocktakeDetail,
    /// Whether it began with this.
    pub begun: bool,
    /// How many devices are counted because of this.
    pub counted: usize,
    /// How many were counted already.
    pub counted_already: usize,
    /// Each device, the one scanned last first.
    pub results: Vec<SetCountRow>,
}

/// Counts every device of the caller's set at a place, in one act. What was counted already stays as it was counted. The set
/// stays.
pub async fn count_set(shop: &Shop, actor: &Actor, new: NewSetCount) -> Result<SetCount, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let user = actor.user()?;
    // The version of one record says nothing about many.
    let mut actor = actor.clone();
    actor.request.if_match = None;
    let mut tx = shop.begin(&actor).await?;
    let devices = db::scan_sets::scan_set_devices(tx.conn(), user).await?;
    if devices.is_empty() {
        return Err(Refusal::conflict(
            "set_empty",
            "Nothing is in the set: scan the devices first, then count them.",
        ));
    }
    let (id, begun) = open_or_begin(&mut tx, &new).await?;
    let ids: Vec<AssetId> = devices.iter().map(|device| device.id).collect();
    let counter = new.counter.as_ref().and_then(Text::non_empty);
    let fresh: HashSet<AssetId> = db::stocktakes::devices_count(tx.conn(), id, &ids, counter)
        .await?
        .into_iter()
        .collect();
    let mut counts: HashMap<AssetId, _> = db::stocktakes::counts_of(tx.conn(), id, &ids)
        .await?
        .into_iter()
        .filter_map(|count| Some((count.asset_id?, count)))
        .collect();
    let stocktake = answer(&mut tx, id).await?;
    let tells = !is_hidden(&stocktake.stocktake);
    let results: Vec<SetCountRow> = devices
        .into_iter()
        .map(|device| SetCountRow {
            asset_id: device.id,
            counted: fresh.contains(&device.id),
            reason: (!fresh.contains(&device.id))
                .then(|| counted_already(shop, &device.asset_tag, counts.remove(&device.id)).sentence()),
            note: tells
                .then(|| odd(&device, stocktake.stocktake.location_id))
                .flatten(),
            asset_tag: device.asset_tag,
        })
        .collect();
    let done = SetCount {
        begun,
        counted: fresh.len(),
        counted_already: results.len() - fresh.len(),
        results,
        stocktake,
    };
    let counted: Vec<AssetId> = ids.into_iter().filter(|id| fresh.contains(id)).collect();
    tx.audit(
        "stocktake.count_set",
        "stocktakes",
        id.get(),
        None,
        Some(json!({"asset_ids": counted, "counted_already": done.counted_already})),
    )
    .await?;
    tx.commit(200, &done).await?;
    Ok(done)
}

/// The open count of the place, or one that begins now.
async fn open_or_begin(tx: &mut Tx, new: &NewSetCount) -> Result<(StocktakeId, bool), Refusal> {
    if let Some(id) = open_at(tx, new.location_id).await? {
        return Ok((id, false));
    }
    tx.mark().await?;
    let start = NewStocktake {
        location_id: new.location_id,
        is_blind: new.is_blind,
        notes: new.notes.clone(),
    };
    match start_in(tx, &start).await {
        Ok(id) => {
            tx.forget_mark().await?;
            Ok((id, true))
        }
        // Somebody else began at the same moment: both count into that one.
        Err(Refusal::Conflict { code, .. }) if code == "idx_stocktakes_open" => {
            tx.back_to_mark().await?;
            match open_at(tx, new.location_id).await? {
                Some(id) => Ok((id, false)),
                None => Err(Refusal::conflict(
                    "busy",
                    "Somebody else was counting this place at this moment and nothing was saved. Try again.",
                )),
            }
        }
        Err(refusal) => Err(refusal),
    }
}

async fn open_at(tx: &mut Tx, place: LocationId) -> Result<Option<StocktakeId>, Refusal> {
    let open = db::stocktakes::stocktake_open_at(tx.conn(), place).await?;
    match open {
        None => Ok(None),
        Some(open) if open.status == StocktakeStatus::Counting => Ok(Some(open.id)),
        Some(open) => Err(Refusal::conflict(
            "stocktake_not_counting",
            format!(
                "{} was counted already, and {} waits for a Manager: have it approved, cancelled or opened again first.",
                open.location_name, open.stocktake_number
            ),
        )),
    }
}
