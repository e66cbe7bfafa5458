//! Receiving one device.

use super::machine::{keep_in, read_report};
use super::scan_in::{against_the_list, listed};
use super::{AssetAnswer, AssetChange, answer, check_money};
use crate::patch::text;
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::assets::AssetValues;
use domain::{
    AssetTag, BatteryCycles, BatteryHealth, Imei, LocationId, LotId, Price, ProductModelId, ReceivedDate,
    Serial, Text,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What is needed to receive a device.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAsset {
    /// Serial number; the same one in small letters or with spaces is the same device.
    pub serial_number: Serial,
    /// Its model.
    pub product_model_id: ProductModelId,
    /// The day on which it came in; today unless said otherwise, never a day to come.
    #[serde(default)]
    pub received_date: Option<ReceivedDate>,
    /// Our own number; the next free one unless given.
    #[serde(default)]
    pub asset_tag: Option<AssetTag>,
    /// Who sold it to us.
    #[serde(default)]
    pub supplier: Option<Text<0, 100>>,
    /// What it cost.
    #[serde(default)]
    pub purchase_cost: Option<Price>,
    /// What it cost with freight, duty and other charges.
    #[serde(default)]
    pub landed_cost: Option<Price>,
    /// Where it lies.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// IMEI of a phone; its last digit is checked.
    #[serde(default)]
    pub imei_1: Option<Imei>,
    /// Second IMEI.
    #[serde(default)]
    pub imei_2: Option<Imei>,
    /// How it looks.
    #[serde(default)]
    pub cosmetic_notes: Option<Text<0, 5000>>,
    /// What is left of its battery, in percent.
    #[serde(default)]
    pub battery_health_percent: Option<BatteryHealth>,
    /// How often its battery was charged.
    #[serde(default)]
    pub battery_cycle_count: Option<BatteryCycles>,
    /// What comes with it.
    #[serde(default)]
    pub accessories_included: Option<Text<0, 1000>>,
    /// Its own price, where it is not the model's for the grade. Needs the right to set prices.
    #[serde(default)]
    pub list_price: Option<Price>,
    /// The lot that it came with.
    #[serde(default)]
    pub lot_id: Option<LotId>,
}

/// Receives a device. It begins its life as Received.
pub async fn receive(shop: &Shop, actor: &Actor, new: NewAsset) -> Result<AssetAnswer, Refusal> {
    receive_with_report(shop, actor, new, None).await
}

/// Receives a device, and keeps what dmidecode printed on it, in one act.
pub async fn receive_with_report(
    shop: &Shop,
    actor: &Actor,
    new: NewAsset,
    report: Option<&str>,
) -> Result<AssetAnswer, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let report = report
        .map(|text| Ok::<_, Refusal>((read_report(text)?, text)))
        .transpose()?;
    check(shop, actor, &new)?;
    let serial_number = new.serial_number.to_string();
    let mut tx = shop.begin(actor).await?;
    let received = match insert(&mut tx, shop, new).await? {
        Ok(answer) => answer,
        Err(refusal) => {
            drop(tx);
            return Err(named(shop, refusal, &serial_number).await);
        }
    };
    if let Some((found, text)) = report {
        keep_in(&mut tx, received.asset.id, &found, text).await?;
    }
    tx.commit(201, &received).await?;
    Ok(received)
}

/// What is wrong with a new device by itself, and what this caller may not say of it.
pub(super) fn check(shop: &Shop, actor: &Actor, new: &NewAsset) -> Result<(), Refusal> {
    check_money(
        actor,
        new.purchase_cost.is_some() || new.landed_cost.is_some(),
        new.list_price.is_some(),
    )?;
    if new.received_date.map_or(shop.today(), ReceivedDate::date) > shop.today() {
        return Err(day_to_come());
    }
    check_imeis(
        new.imei_1.as_ref().map(Imei::as_str),
        new.imei_2.as_ref().map(Imei::as_str),
    )
}

/// Writes a device that was checked; within, what the database refuses of it. One that the list of its lot names costs what the
/// list says, where nobody says otherwise.
pub(super) async fn insert(
    tx: &mut Tx,
    shop: &Shop,
    new: NewAsset,
) -> Result<Result<AssetAnswer, Refusal>, Refusal> {
    let line = match new.lot_id {
        Some(lot) => listed(tx.conn(), new.serial_number.as_str(), Some(lot)).await?,
        None => None,
    };
    let supplier = text(new.supplier);
    let reason = supplier
        .as_ref()
        .map_or("Received".to_owned(), |from| format!("Received from {from}"));
    let values = AssetValues {
        asset_tag: new.asset_tag.map(|t| t.to_string()),
        serial_number: new.serial_number.to_string(),
        product_model_id: new.product_model_id,
        imei_1: new.imei_1.map(|i| i.to_string()),
        imei_2: new.imei_2.map(|i| i.to_string()),
        supplier,
        purchase_cost: (new.purchase_cost.map(Price::money))
            .or_else(|| line.as_ref().and_then(|line| line.purchase_cost)),
        landed_cost: new.landed_cost.map(Price::money),
        received_date: new.received_date.map_or(shop.today(), ReceivedDate::date),
        cosmetic_notes: text(new.cosmetic_notes),
        battery_health_percent: new.battery_health_percent.map(BatteryHealth::get),
        battery_cycle_count: new.battery_cycle_count.map(BatteryCycles::get),
        accessories_included: text(new.accessories_included),
        list_price: new.list_price.map(Price::money),
        lot_id: new.lot_id,
    };
    if let Err(refusal) = check_codes(tx.conn(), &values, None).await? {
        return Ok(Err(refusal));
    }
    let id = match db::assets::asset_insert(tx.conn(), &values, new.location_id, &reason).await {
        Ok(id) => id,
        Err(error) => return Ok(Err(error.into())),
    };
    let mut answer = answer(tx, id).await?;
    let actor = tx.actor().clone();
    answer.list_warning = against_the_list(tx.conn(), &actor, &answer, line.as_ref()).await?;
    tx.audit(
        "asset.receive",
        "assets",
        id.get(),
        None,
        Some(json!(answer.asset)),
    )
    .await?;
    Ok(Ok(answer))
}

/// All details of a device at once, as a form brings them: what is blank is emptied, but for what every device has.
impl From<NewAsset> for AssetChange {
    fn from(whole: NewAsset) -> Self {
        AssetChange {
            serial_number: Some(whole.serial_number),
            asset_tag: whole.asset_tag,
            product_model_id: Some(whole.product_model_id),
            imei_1: Some(whole.imei_1),
            imei_2: Some(whole.imei_2),
            supplier: Some(whole.supplier),
            purchase_cost: Some(whole.purchase_cost),
            landed_cost: Some(whole.landed_cost),
            received_date: whole.received_date,
            cosmetic_notes: Some(whole.cosmetic_notes),
            battery_health_percent: Some(whole.battery_health_percent),
            battery_cycle_count: Some(whole.battery_cycle_count),
            accessories_included: Some(whole.accessories_included),
            list_price: Some(whole.list_price),
            lot_id: Some(whole.lot_id),
        }
    }
}

pub(super) fn day_to_come() -> Refusal {
    Refusal::conflict(
        "day_to_come",
        "This day is still to come: a device is received on the day it is here, or earlier.",
    )
}

pub(super) fn check_imeis(imei_1: Option<&str>, imei_2: Option<&str>) -> Result<(), Refusal> {
    match (imei_1, imei_2) {
        (Some(one), Some(two)) if one == two => Err(Refusal::invalid(
            "/imei_2",
            "Both IMEIs are the same: leave the second one out, or read it again.",
        )),
        _ => Ok(()),
    }
}

/// Refuses codes of a device that mean something else already: a scan would find both, or the wrong one. Within, the refusal.
pub(super) async fn check_codes(
    conn: &mut db::PgConnection,
    values: &AssetValues,
    device: Option<domain::AssetId>,
) -> Result<Result<(), Refusal>, Refusal> {
    if let Some(held) = db::assets::code_holder(conn, values, device).await? {
        let name = |what: &str| match what {
            "imei" | "imei_1" | "imei_2" => "IMEI",
            "asset_tag" => "tag",
            "sku" => "SKU",
            _ => "serial number",
        };
        let what_next = match (held.of.as_str(), held.what.as_str()) {
            ("asset_tag", _) => "Leave the tag empty to get the next free one.",
            ("imei_1" | "imei_2", _) => "Dial *#06# on the phone to see its own, or open that device.",
            (_, "sku") => "Receive such items under Stock, or scan the serial number of this device.",
            _ => "Open that device, or scan the serial number of this one.",
        };
        let text = format!(
            "{} is the {} of {}, and no {} of another. {what_next}",
            held.code,
            name(&held.what),
            held.holder,
            name(&held.of),
        );
        return Ok(Err(Refusal::conflict("code_taken", text)));
    }
    let ours = Serial::parse(&values.serial_number).is_ok_and(|serial| serial.is_ours());
    Ok(match ours {
        true => Err(Refusal::conflict("code_taken", our_own(&values.serial_number))),
        false => Ok(()),
    })
}

/// What is said of a serial number that is one of ours.
pub(crate) fn our_own(code: &str) -> String {
    format!(
        "{code} is one of our own numbers or addresses, and no serial number: take the one that its maker gave the device."
    )
}

/// A refusal that names the device which has this serial number already.
pub(super) async fn named(shop: &Shop, refusal: Refusal, serial_number: &str) -> Refusal {
    match shop.read().await {
        Ok(mut conn) => named_by(&mut conn, shop, refusal, serial_number).await,
        Err(_) => refusal,
    }
}

/// The same over a connection that is there already.
pub(super) async fn named_by(
    conn: &mut db::PgConnection,
    shop: &Shop,
    refusal: Refusal,
    serial_number: &str,
) -> Refusal {
    let is_serial =
        matches!(&refusal, Refusal::Conflict { code, .. } if code.starts_with("idx_assets_serial"));
    if !is_serial {
        return refusal;
    }
    let there = db::assets::asset_find_by_serial(conn, serial_number)
        .await
        .ok()
        .flatten();
    match there {
        Some(record) => Refusal::conflict(
            "serial_taken",
            format!(
                "The serial number {serial_number} is recorded already: it is device {}, {}, received {} and {} since {}. \
                 Open that one instead.",
                record.asset.asset_tag,
                record.asset.title(),
                record.asset.received_date.format("%-d %b %Y"),
                record.asset.status,
                record
                    .asset
                    .status_since
                    .with_timezone(&shop.zone())
                    .format("%-d %b %Y, %H:%M")
            ),
        ),
        None => Refusal::conflict(
            "serial_taken",
            "A device with this serial number is recorded already. Find it by its serial.",
        ),
    }
}
