//! Receiving by scanning: which model it probably is, and taking the last scan back.

use super::{AssetAnswer, NewAsset, answer, lock, receive};
use crate::tac::{TacCode, TacModel};
use crate::{Actor, Capability, Refusal, Shop};
use db::lots::ListedDevice;
use domain::{AssetId, AssetStatus, Category, Imei, LotId, ProductModelId, Serial};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// So many characters alike, of serial numbers that are longer, are one batch of one maker …
const SURE: usize = 8;
/// … and fewer only a plant and a year: what they suggest, a person confirms. Longest first.
const LIKELY: [usize; 3] = [6, 5, 4];
/// The most models that are suggested: each has a key of its own.
const CANDIDATES: usize = 8;

/// What a code tells of the model of the device that it stands on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModelGuess {
    /// The model by all that is known; null where a person has to choose.
    pub product_model_id: Option<ProductModelId>,
    /// The phone that an IMEI belongs to, where a list that was imported knows it.
    pub phone: Option<TacCode>,
    /// The models of the catalogue that it may be, the most likely first, 8 at most.
    pub product_models: Vec<TacModel>,
    /// The list that it stands on: of the lot that was named, or, where none was, of the one open lot that expects it. Its model
    /// is the one to choose, whatever the code is like.
    pub expected: Option<ListedDevice>,
}

/// Which model the device with this serial number or IMEI most likely is of.
///
/// An IMEI is asked of the list of type allocation codes and of the phones received before: where those are all of one model,
/// and the catalogue has no other of that name, it is that one. Another serial number is of the model of the latest devices
/// that begin with the same eight characters, where they are all of one; what fewer characters say is a suggestion. A device that
/// a supplier's list names, of this lot or of the only open one that does, is of the model of the list.
pub async fn guess_model(shop: &Shop, code: &str, lot: Option<LotId>) -> Result<ModelGuess, Refusal> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let mut conn = shop.read().await?;
    let mut guess = ModelGuess {
        expected: listed(&mut conn, &code, lot).await?,
        ..ModelGuess::default()
    };
    let mut sure = false;
    let mut ids = Vec::new();
    if let Ok(imei) = Imei::parse(&code) {
        let tac = &imei.as_str()[..8];
        ids = db::assets::models_by_tac(&mut conn, tac).await?;
        sure = ids.len() == 1;
        guess.phone = db::tac_codes::tac_find(&mut conn, tac).await?;
        if let Some(phone) = &guess.phone {
            for model in db::catalog::models_called(&mut conn, &phone.brand, &phone.model_name).await? {
                if !ids.contains(&model.id) {
                    sure = false;
                    ids.push(model.id);
                }
            }
        }
    } else if !code.contains('\0') {
        for length in std::iter::once(SURE).chain(LIKELY) {
            let start: String = code.chars().take(length).collect();
            if code.chars().count() <= length {
                continue;
            }
            ids = db::assets::models_by_serial_start(&mut conn, &start).await?;
            if !ids.is_empty() {
                sure = length == SURE && ids.len() == 1;
                break;
            }
        }
    }
    if let Some(listed) = guess.expected.as_ref().and_then(|line| line.product_model_id) {
        (ids, sure) = (vec![listed], true);
    }
    guess.product_model_id = ids.first().copied().filter(|_| sure);
    for id in ids.into_iter().take(CANDIDATES) {
        guess
            .product_models
            .extend(db::catalog::model_find(&mut conn, id).await?.map(TacModel::from));
    }
    Ok(guess)
}

/// What the list of this lot says of a serial number; without a lot, the list of the only open one that names it.
pub(super) async fn listed(
    conn: &mut db::PgConnection,
    serial: &str,
    lot: Option<LotId>,
) -> Result<Option<ListedDevice>, Refusal> {
    if serial.contains('\0') {
        return Ok(None);
    }
    let mut lines = db::lots::listed_devices(conn, serial, lot).await?;
    Ok(lines.pop().filter(|_| lines.is_empty()))
}

/// The list of the only open lot that expects this serial number, while no device has it.
pub async fn expected(shop: &Shop, serial: &Serial) -> Result<Option<ListedDevice>, Refusal> {
    let mut conn = shop.read().await?;
    match listed(&mut conn, serial.as_str(), None).await? {
        Some(_)
            if db::assets::asset_find_by_serial(&mut conn, serial.as_str())
                .await?
                .is_some() =>
        {
            Ok(None)
        }
        line => Ok(line),
    }
}

/// What the supplier's lists say otherwise of a device that was just received, for whoever received it. `None` where it is as
/// listed, or no list is about it.
pub(super) async fn against_the_list(
    conn: &mut db::PgConnection,
    actor: &Actor,
    device: &AssetAnswer,
    line: Option<&ListedDevice>,
) -> Result<Option<String>, Refusal> {
    let asset = &device.asset;
    let serial = &asset.serial_number;
    let Some(line) = line else {
        let own = match asset.lot_id {
            Some(lot) => db::lots::lot_with_list(conn, lot).await?,
            None => None,
        };
        let other = listed(conn, serial, None).await?.map(|line| line.lot_number);
        return Ok(match (own, other) {
            (Some(own), None) => Some(format!("{serial} is not on the supplier's list of {own}.")),
            (Some(own), Some(other)) => Some(format!(
                "{serial} is not on the supplier's list of {own}: {other} expects it. Take it back and receive it there, if it came with that."
            )),
            (None, Some(other)) => Some(format!(
                "{other} expects {serial}: take it back and receive it with that lot, if it came with it."
            )),
            (None, None) => None,
        });
    };
    let model = &device.product_model;
    let mut said = Vec::new();
    if line
        .product_model_id
        .is_some_and(|id| id != asset.product_model_id)
    {
        let specs = model.specs();
        let received = match specs.is_empty() {
            true => model.title(),
            false => format!("{} · {specs}", model.title()),
        };
        said.push(format!(
            "The list says {}; it was received as {received}.",
            line.model
        ));
    }
    if let (Some(listed), Some(cost)) = (line.purchase_cost, asset.purchase_cost)
        && listed != cost
        && actor.can(Capability::SeePurchaseCost)
    {
        said.push(format!(
            "The list says {}; {} was written down as its cost.",
            listed.ghs(),
            cost.ghs()
        ));
    }
    Ok((!said.is_empty()).then(|| said.join(" ")))
}

/// Receives a device by the one code that was scanned. A phone's box shows its IMEI where a laptop has its serial number: that is
/// kept as both, and a misread one is refused.
pub async fn scan_in(shop: &Shop, actor: &Actor, mut new: NewAsset) -> Result<AssetAnswer, Refusal> {
    let code = new.serial_number.as_str();
    if Imei::is_misread(code) {
        let model = db::catalog::model_find(&mut *shop.read().await?, new.product_model_id).await?;
        if model.is_some_and(|model| model.category == Category::Phone) {
            return Err(misread(code));
        }
    }
    new.imei_1 = Imei::parse(code).ok();
    receive(shop, actor, new).await
}

/// A device of which nothing is known but its code and its model.
pub(super) fn by_code(serial_number: Serial, product_model_id: ProductModelId) -> NewAsset {
    NewAsset {
        imei_1: Imei::parse(serial_number.as_str()).ok(),
        serial_number,
        product_model_id,
        received_date: None,
        asset_tag: None,
        supplier: None,
        purchase_cost: None,
        landed_cost: None,
        location_id: None,
        imei_2: None,
        cosmetic_notes: None,
        battery_health_percent: None,
        battery_cycle_count: None,
        accessories_included: None,
        list_price: None,
        lot_id: None,
    }
}

/// What is said of a code that has the length of an IMEI and is none.
pub fn misread(code: &str) -> Refusal {
    Refusal::invalid(
        "/serial_number",
        format!(
            "The last digit of the IMEI {code} does not fit the others: scan it again, or dial *#06# on the phone to see it."
        ),
    )
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
