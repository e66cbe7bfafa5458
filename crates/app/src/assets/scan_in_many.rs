//! Receiving what many codes stand for, in one act.

use super::receive::{check, insert, named_by};
use super::scan_in::{by_code, misread};
use super::{AssetAnswer, BatchMode, NewAsset, guess_model};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use domain::{AssetId, Category, LocationId, LotId, Price, ProductModelId, ReceivedDate, Serial, Text};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// The most codes of one act.
const MOST: usize = 500;

/// Devices that came together, by the codes scanned from them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssets {
    /// Serial numbers, or the IMEIs of phones, in the order in which they get their tags.
    #[schema(min_items = 1, max_items = 500)]
    pub serial_numbers: Vec<Serial>,
    /// The model of all of them; where it is left out, each code has to tell its own for sure, or the lot's list.
    #[serde(default)]
    pub product_model_id: Option<ProductModelId>,
    /// The day on which they came in; today unless said otherwise, never a day to come.
    #[serde(default)]
    pub received_date: Option<ReceivedDate>,
    /// Who sold them to us.
    #[serde(default)]
    pub supplier: Option<Text<0, 100>>,
    /// What each cost, in cedis; what the lot's list says, unless said otherwise. Needs the right to see costs.
    #[serde(default)]
    pub purchase_cost: Option<Price>,
    /// Where they are put.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// The lot that they came with.
    #[serde(default)]
    pub lot_id: Option<LotId>,
    /// What becomes of the rest when one cannot be received; nothing is received unless said otherwise.
    #[serde(default)]
    pub mode: BatchMode,
}

/// What became of one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivedRow {
    /// The code.
    pub serial_number: String,
    /// The device that was received; null where none was.
    pub asset_id: Option<AssetId>,
    /// Our own number on it; null where none was received.
    pub asset_tag: Option<String>,
    /// Why it cannot be received; null where it can.
    pub reason: Option<String>,
    /// What the supplier's list says otherwise of one that is received: another model or cost, or nothing of it at all.
    pub warning: Option<String>,
}

/// What became of many codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivedMany {
    /// Whether anything was received. False of all or nothing when one could not be.
    pub carried_out: bool,
    /// How many were received; 0 where nothing was carried out.
    pub received: usize,
    /// How many cannot be received.
    pub refused: usize,
    /// Each code, in the order in which they were given.
    pub results: Vec<ReceivedRow>,
}

/// Receives a device for each code, in one act. Each answers for itself why it cannot be.
pub async fn receive_many(shop: &Shop, actor: &Actor, new: NewAssets) -> Result<ReceivedMany, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    if new.serial_numbers.is_empty() || new.serial_numbers.len() > MOST {
        return Err(Refusal::invalid(
            "/serial_numbers",
            "Scan or paste 1 to 500 serial numbers at once; for more, send them as a manifest.",
        ));
    }
    // Before the transaction: a guess asks the shop for a connection of its own.
    let mut wanted = Vec::with_capacity(new.serial_numbers.len());
    let mut seen = HashSet::new();
    for serial in &new.serial_numbers {
        let device = match (seen.insert(serial.key()), new.product_model_id) {
            (false, _) => Err("It stands in this list twice.".to_owned()),
            (true, Some(model)) => Ok(model),
            (true, None) => guess_model(shop, serial.as_str(), new.lot_id)
                .await?
                .product_model_id
                .ok_or_else(|| {
                    "Its code does not tell the model for sure: choose the model, or scan it by itself."
                        .into()
                }),
        };
        wanted.push((serial, device.map(|model| one_of(&new, serial, model))));
    }
    if let Some(Ok(first)) = wanted
        .iter()
        .map(|(_, device)| device)
        .find(|device| device.is_ok())
    {
        check(shop, actor, first)?;
    }
    let mut tx = shop.begin(actor).await?;
    let mut results = Vec::with_capacity(wanted.len());
    for (serial, device) in wanted {
        let received = match device {
            Ok(device) => one(&mut tx, shop, device).await?,
            Err(reason) => Err(reason),
        };
        let (device, warning, reason) = match received {
            Ok(device) => (Some(device.asset), device.list_warning, None),
            Err(reason) => (None, None, Some(reason)),
        };
        results.push(ReceivedRow {
            serial_number: serial.to_string(),
            asset_id: device.as_ref().map(|asset| asset.id),
            asset_tag: device.map(|asset| asset.asset_tag),
            reason,
            warning,
        });
    }
    let refused = results.iter().filter(|row| row.reason.is_some()).count();
    let carried_out = results.len() > refused && (refused == 0 || new.mode == BatchMode::GoodOnes);
    if !carried_out {
        for row in &mut results {
            (row.asset_id, row.asset_tag, row.warning) = (None, None, None);
        }
    }
    let answer = ReceivedMany {
        carried_out,
        received: if carried_out { results.len() - refused } else { 0 },
        refused,
        results,
    };
    if carried_out {
        tx.commit(200, &answer).await?;
    }
    Ok(answer)
}

fn one_of(all: &NewAssets, serial: &Serial, model: ProductModelId) -> NewAsset {
    NewAsset {
        received_date: all.received_date,
        supplier: all.supplier.clone(),
        purchase_cost: all.purchase_cost,
        location_id: all.location_id,
        lot_id: all.lot_id,
        ..by_code(serial.clone(), model)
    }
}

/// Receives one. What is refused of it leaves nothing behind; what is wrong with all of them ends the whole.
async fn one(tx: &mut Tx, shop: &Shop, new: NewAsset) -> Result<Result<AssetAnswer, String>, Refusal> {
    let serial = new.serial_number.to_string();
    if new.imei_1.is_none() && domain::Imei::is_misread(&serial) {
        let model = db::catalog::model_find(tx.conn(), new.product_model_id).await?;
        if model.is_some_and(|model| model.category == Category::Phone) {
            return Ok(Err(misread(&serial).sentence()));
        }
    }
    tx.mark().await?;
    match insert(tx, shop, new).await? {
        Ok(answer) => {
            tx.forget_mark().await?;
            Ok(Ok(answer))
        }
        Err(refusal @ Refusal::Conflict { .. }) => {
            tx.back_to_mark().await?;
            Ok(Err(named_by(tx.conn(), shop, refusal, &serial).await.sentence()))
        }
        Err(refusal) => Err(refusal),
    }
}
