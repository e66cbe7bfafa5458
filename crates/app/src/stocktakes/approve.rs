//! From the last scan to the books: submitted, looked at by a Manager, carried out.

use super::{StocktakeDetail, answer, capability, lock};
use crate::{Actor, Refusal, Shop, Tx};
use db::stocktakes::Stocktake;
use domain::{BulkStockId, LedgerKind, LocationId, StocktakeId, StocktakeStatus, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Why a stocktake is given up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StocktakeCancellation {
    /// Why.
    pub reason: Text<1, 500>,
}

/// Locks the stocktake and says whether it may become this.
async fn move_on(
    tx: &mut Tx,
    actor: &Actor,
    id: StocktakeId,
    to: StocktakeStatus,
) -> Result<Stocktake, Refusal> {
    let before = lock(tx, id).await?;
    if !before.status.may_become(to) {
        return Err(Refusal::Conflict {
            code: "status_not_allowed".into(),
            detail: format!(
                "{} is {}: it cannot become {to} now.",
                before.stocktake_number, before.status
            ),
            allowed: Some(before.status.allowed().map(|s| s.to_string()).collect()),
        });
    }
    actor.require(capability(before.status, to))?;
    Ok(before)
}

async fn finish(
    mut tx: Tx,
    before: &Stocktake,
    to: StocktakeStatus,
    reason: Option<&str>,
) -> Result<StocktakeDetail, Refusal> {
    db::stocktakes::stocktake_status_set(tx.conn(), before.id, to, reason).await?;
    let after = answer(&mut tx, before.id).await?;
    let action = match to {
        StocktakeStatus::Counting => "stocktake.reopen",
        StocktakeStatus::Submitted => "stocktake.submit",
        StocktakeStatus::Approved => "stocktake.approve",
        StocktakeStatus::Cancelled => "stocktake.cancel",
    };
    tx.audit(
        action,
        "stocktakes",
        before.id.get(),
        Some(json!({"status": before.status})),
        Some(json!({"status": to, "reason": reason, "figures": after.figures})),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// Says that everything is counted. Nothing more is counted into it from then on.
pub async fn submit(shop: &Shop, actor: &Actor, id: StocktakeId) -> Result<StocktakeDetail, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let before = move_on(&mut tx, actor, id, StocktakeStatus::Submitted).await?;
    let (expected, devices, kept, items) = db::stocktakes::totals(tx.conn(), id).await?;
    if devices + items == 0 && expected + kept > 0 {
        return Err(Refusal::conflict(
            "nothing_counted",
            format!(
                "Nothing is counted yet, and by the books there is something at {}. Scan what is there, or cancel the stocktake.",
                before.location_name
            ),
        ));
    }
    finish(tx, &before, StocktakeStatus::Submitted, None).await
}

/// Sends a submitted stocktake back to be counted further.
pub async fn reopen(shop: &Shop, actor: &Actor, id: StocktakeId) -> Result<StocktakeDetail, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let before = move_on(&mut tx, actor, id, StocktakeStatus::Counting).await?;
    finish(tx, &before, StocktakeStatus::Counting, None).await
}

/// Gives a stocktake up. Nothing is changed by it.
pub async fn cancel(
    shop: &Shop,
    actor: &Actor,
    id: StocktakeId,
    cancellation: StocktakeCancellation,
) -> Result<StocktakeDetail, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let before = move_on(&mut tx, actor, id, StocktakeStatus::Cancelled).await?;
    finish(
        tx,
        &before,
        StocktakeStatus::Cancelled,
        Some(cancellation.reason.as_str()),
    )
    .await
}

/// Carries out what was counted: devices in the wrong place come here, missing ones go to the place Missing, quantities of
/// items are corrected. All of it is judged at this moment, with everything locked, so that a sale comes before or after.
pub async fn approve(shop: &Shop, actor: &Actor, id: StocktakeId) -> Result<StocktakeDetail, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let before = move_on(&mut tx, actor, id, StocktakeStatus::Approved).await?;
    db::stocktakes::things_lock(tx.conn(), id).await?;
    if let Some((sku, left, held)) = db::stocktakes::item_held(tx.conn(), id).await? {
        return Err(Refusal::conflict(
            "stock_is_held",
            format!(
                "By the count there would be {left} of {sku}, and open invoices hold {held}. Cancel or change one of those \
                 invoices, or open the stocktake again and count {sku} once more."
            ),
        ));
    }
    let missing = match db::stocktakes::any_missing(tx.conn(), id).await? {
        true => Some(db::stocktakes::missing_location(tx.conn()).await?),
        false => None,
    };
    db::stocktakes::results_insert(tx.conn(), id, missing).await?;
    let (number, place) = (&before.stocktake_number, &before.location_name);
    db::stocktakes::results_move(tx.conn(), id, true, &format!("{number}: not found at {place}")).await?;
    db::stocktakes::results_move(tx.conn(), id, false, &format!("{number}: found at {place}")).await?;
    let reason = format!("{number}: counted at {place}");
    for (item, change) in db::stocktakes::results_adjustments(tx.conn(), id).await? {
        correct(&mut tx, item, before.location_id, change, &reason).await?;
    }
    finish(tx, &before, StocktakeStatus::Approved, None).await
}

/// Corrects what the books say of an item at this place. Quantities come and go at its home: what lies elsewhere is
/// brought there first, or put there afterwards.
async fn correct(
    tx: &mut Tx,
    item: BulkStockId,
    here: LocationId,
    change: i32,
    reason: &str,
) -> Result<(), Refusal> {
    let places = db::stock_places::stock_places(tx.conn(), item).await?;
    let home = places.iter().find(|p| p.is_home).and_then(|p| p.location_id);
    let elsewhere = home.is_some_and(|home| home != here);
    let there = places
        .iter()
        .find(|p| p.location_id == Some(here))
        .map_or(0, |p| p.quantity);
    let brought = (-change).min(there);
    if elsewhere && brought > 0 {
        db::stock_places::move_insert(tx.conn(), item, Some(here), home, brought, Some(reason)).await?;
    }
    db::stock::stock_reason_set(tx.conn(), LedgerKind::Adjusted, reason).await?;
    db::stock::stock_quantity_add(tx.conn(), item, change).await?;
    if elsewhere && change > 0 {
        db::stock_places::move_insert(tx.conn(), item, home, Some(here), change, Some(reason)).await?;
    }
    Ok(())
}
