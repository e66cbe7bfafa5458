//! Many devices out of the sale at once, or from there back to the bench: a step of the workflow of each.

use crate::assets::{StatusChange, bulk_status_in};
use crate::{Actor, Refusal, Tx};
use db::assets::Asset;
use domain::{AssetId, AssetStatus, BulkStatus, Text};

/// The field by which such a change is recorded.
pub(super) const FIELD: &str = "status";

/// What is said in the history of a device of which a change is taken back.
const TAKEN_BACK: &str = "Bulk change taken back";

/// Refuses what can be seen to be wrong with such a change.
pub(super) fn check(actor: &Actor, to: BulkStatus, reason: Option<&Text<0, 1000>>) -> Result<(), Refusal> {
    actor.require(to.capability())?;
    if to == BulkStatus::NotSellable && reason.and_then(Text::non_empty).is_none() {
        return Err(Refusal::invalid(
            "/reason",
            "Say why the devices become Not Sellable.",
        ));
    }
    Ok(())
}

/// Gives a locked device the status; one that has it already stays as it is.
pub(super) async fn set_in(
    tx: &mut Tx,
    before: &Asset,
    to: BulkStatus,
    reason: Option<&Text<0, 1000>>,
) -> Result<Asset, Refusal> {
    if before.status == to.status() {
        return Ok(before.clone());
    }
    if to == BulkStatus::DiagnosticsPending && before.status != AssetStatus::NotSellable {
        let text = format!(
            "It is {}: only what is Not Sellable is put back on the bench.",
            before.status
        );
        return Err(Refusal::conflict("status_not_allowed", text));
    }
    let change = StatusChange {
        status: to.status(),
        reason: reason.cloned(),
    };
    Ok(bulk_status_in(tx, before.id, &change).await?.asset)
}

/// Takes it back: to where the device was, or as near as the workflow leads (see [`BulkStatus::way_back`]).
pub(super) async fn back_in(tx: &mut Tx, id: AssetId, was: Option<AssetStatus>) -> Result<(), Refusal> {
    let why = match was {
        Some(AssetStatus::NotSellable) => db::bulk_changes::not_sellable_reason(tx.conn(), id).await?,
        _ => None,
    };
    let why = why.unwrap_or_else(|| TAKEN_BACK.to_owned());
    let change = StatusChange {
        status: BulkStatus::way_back(was.unwrap_or(AssetStatus::DiagnosticsPending)),
        reason: why.parse().ok(),
    };
    bulk_status_in(tx, id, &change).await?;
    Ok(())
}
