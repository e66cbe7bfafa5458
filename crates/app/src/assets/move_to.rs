//! Putting a device to another place.

use super::{AssetAnswer, answer, lock};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use domain::{AssetId, AssetStatus, LocationId, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Where a device is put, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Relocation {
    /// Where to.
    pub location_id: LocationId,
    /// Why.
    #[serde(default)]
    pub reason: Option<Text<0, 1000>>,
}

/// Puts a device to another place. One that lies there already stays, and nothing is written.
pub async fn move_to(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    to: Relocation,
) -> Result<AssetAnswer, Refusal> {
    actor.require(Capability::MoveStock)?;
    let mut tx = shop.begin(actor).await?;
    let after = move_in(&mut tx, id, &to).await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// The same inside a transaction that does more.
pub(super) async fn move_in(tx: &mut Tx, id: AssetId, to: &Relocation) -> Result<AssetAnswer, Refusal> {
    let reason = to.reason.as_ref().and_then(Text::non_empty).unwrap_or("Moved");
    put_in(tx, id, Some(to.location_id), reason).await
}

/// Puts a device somewhere, or nowhere that is noted, inside a transaction that does more.
pub(crate) async fn put_in(
    tx: &mut Tx,
    id: AssetId,
    location_id: Option<LocationId>,
    reason: &str,
) -> Result<AssetAnswer, Refusal> {
    tx.actor().require(Capability::MoveStock)?;
    let before = lock(tx, id).await?;
    if before.asset.status == AssetStatus::Sold {
        return Err(Refusal::conflict(
            "device_sold",
            format!(
                "Device {} is sold and with its customer: it has no place here until it comes back.",
                before.asset.asset_tag
            ),
        ));
    }
    if before.asset.location_id != location_id {
        db::assets::asset_location_set(tx.conn(), id, location_id, reason).await?;
        let was = json!({"location_id": before.asset.location_id});
        let is = json!({"location_id": location_id, "reason": reason});
        tx.audit("asset.move", "assets", id.get(), Some(was), Some(is))
            .await?;
    }
    answer(tx, id).await
}
