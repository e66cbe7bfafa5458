//! Undoing a whole import while nothing of it has moved on.

use db::imports::{self, Import, ImportState};
use domain::ImportId;
use serde_json::json;

use crate::{Actor, Capability, Refusal, Shop};

/// Devices that a refusal names.
const NAMED: i64 = 3;

/// Undoes an import: its devices are taken off the books, and the same file may be imported again.
///
/// Movements and audit rows are never deleted, and they name the devices: so their records stay, Scrapped and marked, without
/// their serial number, tag, IMEI, lot and place, and no list or count shows them. Models that the import made stay.
pub async fn undo(shop: &Shop, actor: &Actor, id: ImportId) -> Result<Import, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let mut tx = shop.begin(actor).await?;
    imports::imports_lock(tx.conn()).await?;
    if !imports::import_lock(tx.conn(), id).await? {
        return Err(Refusal::not_found("import"));
    }
    let before = imports::import_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("import"))?;
    if before.undone_at.is_some() {
        return Err(Refusal::conflict(
            "import_undone",
            "This import was undone already.",
        ));
    }
    if before.state != ImportState::Done || before.dry_run || before.accepted == 0 {
        return Err(Refusal::conflict(
            "import_nothing",
            "Nothing was received with this file, so there is nothing to undo.",
        ));
    }
    let lots = imports::import_lots(tx.conn(), id).await?;
    db::lots::lots_hold(tx.conn(), &lots).await?;
    let devices = imports::import_devices_lock(tx.conn(), id).await?;
    if devices == 0 && !before.expect_only {
        return Err(Refusal::conflict(
            "import_unknown",
            "This import is older than lots: which devices it brought is not known, so it cannot be undone as a whole.",
        ));
    }
    let (count, first) = imports::import_moved_on(tx.conn(), id, NAMED).await?;
    if count > 0 {
        let named: Vec<String> = first
            .iter()
            .map(|device| format!("{} {}", device.asset_tag, device.why))
            .collect();
        let more = match count - NAMED {
            ..=0 => String::new(),
            n => format!(", and {n} more"),
        };
        return Err(Refusal::conflict(
            "import_moved_on",
            format!(
                "This import cannot be undone as a whole any more: {}{more}. Correct the devices one by one.",
                named.join(", ")
            ),
        ));
    }
    let reason = format!("Import of {} undone", before.file_name);
    imports::import_devices_void(tx.conn(), id, &reason).await?;
    imports::import_undone(tx.conn(), id).await?;
    let told = json!({"file_name": before.file_name, "devices": devices, "lot_ids": before.lot_ids});
    tx.audit("import.undo", "imports", id.get(), None, Some(told))
        .await?;
    let after = imports::import_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("import"))?;
    tx.commit(200, &after).await?;
    Ok(after)
}
