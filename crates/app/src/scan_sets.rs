//! Scan many, act once: each person's set of scanned devices, kept until it is let go of.

use crate::assets::Asset;
use crate::{Actor, Capability, Refusal, Shop};
use domain::asset::status::plain_moves;
use domain::{AssetId, AssetStatus, Role, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Codes scanned or pasted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScans {
    /// Tags, serial numbers or IMEIs.
    #[schema(min_items = 1, max_items = 2000)]
    pub codes: Vec<Text<1, 100>>,
}

/// What became of one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScanRow {
    /// What was scanned.
    pub code: String,
    /// The device that it is; null where nobody knows it.
    pub asset_id: Option<AssetId>,
    /// Whether it is in the set because of this scan.
    pub added: bool,
    /// What is to be said of it, where it was not added.
    pub reason: Option<String>,
}

/// Somebody's set of scanned devices, and what became of the codes just scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScanSet {
    /// The devices, the one scanned last first.
    pub data: Vec<Asset>,
    /// The codes just scanned.
    pub scanned: Vec<ScanRow>,
}

/// The caller's set.
pub async fn find(shop: &Shop, actor: &Actor) -> Result<ScanSet, Refusal> {
    let data = db::scan_sets::scan_set_devices(&mut *shop.read().await?, actor.user()?).await?;
    Ok(ScanSet {
        data,
        scanned: Vec::new(),
    })
}

/// Adds what was scanned to the caller's set.
pub async fn add(shop: &Shop, actor: &Actor, new: NewScans) -> Result<ScanSet, Refusal> {
    actor.require(Capability::ViewStock)?;
    if new.codes.is_empty() || new.codes.len() > 2_000 {
        return Err(Refusal::invalid(
            "/codes",
            "Scan or paste 1 to 2,000 codes at once.",
        ));
    }
    let user = actor.user()?;
    let mut tx = shop.begin(actor).await?;
    let mut room = db::scan_sets::MOST - db::scan_sets::scan_set_count(tx.conn(), user).await?;
    let mut scanned = Vec::with_capacity(new.codes.len());
    for code in &new.codes {
        let code = code.as_str();
        let asset_id = db::assets::asset_find_by_code(tx.conn(), code).await?;
        let (added, reason) = match asset_id {
            None => (
                false,
                Some(format!("No device has the tag, serial number or IMEI {code}.")),
            ),
            Some(_) if room <= 0 => (
                false,
                Some("The set is full: act on it, or empty it first.".into()),
            ),
            Some(id) => match db::scan_sets::scan_set_add(tx.conn(), user, id).await? {
                true => (true, None),
                false => (false, Some(format!("{code} is in the set already."))),
            },
        };
        room -= i64::from(added);
        scanned.push(ScanRow {
            code: code.to_owned(),
            asset_id,
            added,
            reason,
        });
    }
    let data = db::scan_sets::scan_set_devices(tx.conn(), user).await?;
    let set = ScanSet { data, scanned };
    tx.commit(200, &set).await?;
    Ok(set)
}

/// Takes devices out of the caller's set; all of them when none is named.
pub async fn remove(shop: &Shop, actor: &Actor, ids: Option<&[AssetId]>) -> Result<(), Refusal> {
    let mut tx = shop.begin(actor).await?;
    db::scan_sets::scan_set_remove(tx.conn(), actor.user()?, ids).await?;
    tx.commit(204, &()).await?;
    Ok(())
}

/// The statuses that this role may give by hand to some of these devices, and to how many of them.
pub fn allowed(role: Role, devices: &[Asset]) -> Vec<(AssetStatus, usize)> {
    let may = |device: &Asset, to: AssetStatus| {
        plain_moves(device.status, role)
            .any(|line| line.to == to && line.categories.contains(&device.category))
    };
    AssetStatus::ALL
        .iter()
        .map(|to| (*to, devices.iter().filter(|device| may(device, *to)).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}
