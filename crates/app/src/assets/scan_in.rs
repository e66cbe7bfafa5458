//! Receiving by scanning: which model it probably is, and taking the last scan back.

use super::{AssetAnswer, answer, lock};
use crate::{Actor, Capability, Refusal, Shop};
use domain::{AssetId, AssetStatus, ProductModelId};
use serde_json::json;

/// How many characters of a serial number tell the model, longest first: makers number their devices so.
const STARTS: [usize; 4] = [8, 6, 5, 4];

/// The model that a serial number most likely is of: that of the latest devices whose serials begin alike, where they
/// are all of one model.
pub async fn model_of(shop: &Shop, serial: &str) -> Result<Option<ProductModelId>, Refusal> {
    let serial: String = serial.chars().filter(|c| !c.is_whitespace()).collect();
    if serial.contains('\0') {
        return Ok(None);
    }
    let mut conn = shop.read().await?;
    for length in STARTS {
        let start: String = serial.chars().take(length).collect();
        if start.chars().count() < length || serial.chars().count() == length {
            continue;
        }
        if let Some(model) = db::assets::model_by_serial_start(&mut conn, &start).await? {
            return Ok(Some(model));
        }
    }
    Ok(None)
}

/// Takes back a device that was received by mistake, while nothing has happened to it since and by whoever received it or
/// somebody who may scrap. The record stays for what is written of it, found by its number alone; its tag, serial number and IMEI
/// are free again.
pub async fn take_back(shop: &Shop, actor: &Actor, id: AssetId) -> Result<AssetAnswer, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?.asset;
    if before.created_by != actor.user_id {
        actor.require(Capability::Scrap)?;
    }
    if before.status != AssetStatus::Received || db::assets::asset_has_moved(tx.conn(), id).await? {
        return Err(Refusal::conflict(
            "moved_on",
            format!(
                "Device {} has moved on since it was received ({}): it cannot be taken back. Change its details instead, or \
                 ask a Manager.",
                before.asset_tag, before.status
            ),
        ));
    }
    db::assets::asset_take_back(tx.conn(), id, "Received by mistake, taken back").await?;
    let after = answer(&mut tx, id).await?;
    tx.audit(
        "asset.take_back",
        "assets",
        id.get(),
        Some(
            json!({"asset_tag": before.asset_tag, "serial_number": before.serial_number, "status": before.status}),
        ),
        Some(
            json!({"asset_tag": after.asset.asset_tag, "serial_number": after.asset.serial_number, "status": after.asset.status}),
        ),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}
