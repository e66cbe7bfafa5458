//! Charges of a lot: posted and spread, taken back, spread again over what came since.

use super::change::day_to_come;
use super::{LotDetail, finish, money_of, not_found};
use crate::patch::text;
use crate::{Actor, Capability, Refusal, Shop, Tx};
use chrono::NaiveDate;
use db::lots::{ChargeValues, LotCharge};
use domain::{
    Amount, AssetId, ChargeKind, ChargeMethod, Currency, ExchangeRate, LotId, Money, ReceivedDate, Text, lot,
};
use serde::Deserialize;
use serde_json::json;
use std::str::FromStr;
use utoipa::ToSchema;

/// A bill that came with a lot.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCharge {
    /// What it is for.
    pub kind: ChargeKind,
    /// What the bill says, in its currency.
    pub amount: Amount,
    /// In what money; GHS unless said otherwise.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Cedis for one of it: needed for another currency than the cedi.
    #[serde(default)]
    pub exchange_rate: Option<ExchangeRate>,
    /// How it is spread; as the lot says unless said otherwise.
    #[serde(default)]
    pub method: Option<ChargeMethod>,
    /// The day of the bill; today unless said otherwise, never a day to come.
    #[serde(default)]
    pub charge_date: Option<ReceivedDate>,
    /// Who wants the money.
    #[serde(default)]
    pub supplier: Option<Text<0, 100>>,
    /// Their bill. The same one for the same thing is posted once.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 2000>>,
}

/// The place of a charge in its lot, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChargeNumber(i32);

impl FromStr for ChargeNumber {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.parse().ok().filter(|number| *number > 0);
        number
            .map(Self)
            .ok_or_else(|| "A charge has a number from 1 up.".into())
    }
}

/// Locks a lot and its devices, and tells its charges.
async fn lock(tx: &mut Tx, id: LotId) -> Result<(db::lots::Lot, Vec<LotCharge>), Refusal> {
    if !db::lots::lot_lock(tx.conn(), id).await? {
        return Err(not_found());
    }
    let lot = db::lots::lot_find(tx.conn(), id).await?.ok_or_else(not_found)?;
    tx.check_version(lot.updated_at)?;
    if lot.closed_at.is_some() {
        return Err(Refusal::conflict(
            "lot_closed",
            format!("{} is closed: open it again first.", lot.lot_number),
        ));
    }
    Ok((lot, db::lots::charges_of_lot(tx.conn(), id).await?))
}

/// Spreads a charge over the devices that the lot has now.
async fn shares(tx: &mut Tx, id: LotId, values: &ChargeValues) -> Result<Vec<(AssetId, Money)>, Refusal> {
    let devices = db::lots::lot_assets_lock(tx.conn(), id).await?;
    if devices.is_empty() {
        return Err(Refusal::conflict(
            "lot_empty",
            "No device of this lot is here to carry it: receive the devices first, then post the charge.",
        ));
    }
    let costs: Vec<Option<Money>> = devices.iter().map(|device| device.purchase_cost).collect();
    let shares = lot::spread(values.amount_ghs, values.method, &costs);
    for (device, share) in devices.iter().zip(&shares) {
        if device.landed.checked_add(*share).is_none() {
            return Err(Refusal::invalid(
                "/amount",
                format!(
                    "With this {} would cost more than can be written down: check the amount and the rate.",
                    device.asset_tag
                ),
            ));
        }
    }
    Ok(devices.into_iter().map(|device| device.id).zip(shares).collect())
}

/// Posts a charge and spreads it over the devices of the lot, sold ones too.
pub async fn charge(shop: &Shop, actor: &Actor, id: LotId, new: NewCharge) -> Result<LotDetail, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    actor.require(Capability::SeePurchaseCost)?;
    let (currency, exchange_rate) = money_of(new.currency, new.exchange_rate)?;
    let charge_date = new.charge_date.map_or(shop.today(), ReceivedDate::date);
    if charge_date > shop.today() {
        return Err(day_to_come());
    }
    let amount_ghs = exchange_rate
        .in_cedis(new.amount.money())
        .map_err(|error| Refusal::invalid("/amount", format!("In cedis: {error}")))?;
    if !amount_ghs.is_positive() {
        return Err(Refusal::invalid(
            "/amount",
            "In cedis this is less than a pesewa: check the amount and the rate.",
        ));
    }
    let mut tx = shop.begin(actor).await?;
    let (lot, charges) = lock(&mut tx, id).await?;
    let values = ChargeValues {
        kind: new.kind,
        method: new.method.unwrap_or(lot.charge_method),
        amount: new.amount.money(),
        currency,
        exchange_rate,
        amount_ghs,
        charge_date,
        supplier: text(new.supplier),
        reference: text(new.reference),
        notes: text(new.notes),
        reverses_id: None,
    };
    let same = |charge: &&LotCharge| {
        charge.kind == values.kind
            && charge.reverses.is_none()
            && charge.reversed_by.is_none()
            && charge.reference.is_some()
            && charge.reference.as_ref().map(|r| r.to_lowercase())
                == values.reference.as_ref().map(|r| r.to_lowercase())
    };
    if let Some(before) = charges.iter().find(same) {
        return Err(Refusal::conflict(
            "charge_posted",
            format!(
                "{} {} of {} is posted already, as charge {}: take that one back first if it was wrong.",
                before.kind,
                before.reference.as_deref().unwrap_or_default(),
                before.charge_date,
                before.charge_number
            ),
        ));
    }
    let shares = shares(&mut tx, id, &values).await?;
    db::lots::charge_insert(tx.conn(), id, &values, &shares).await?;
    let told = json!({"lot_number": lot.lot_number, "kind": values.kind, "amount": values.amount, "currency": values.currency,
        "amount_ghs": values.amount_ghs, "method": values.method, "reference": values.reference, "devices": shares.len()});
    finish(tx, "lot.charge", 201, id, None, Some(told)).await
}

/// The charge with this number, if it still counts.
fn standing(charges: &[LotCharge], number: ChargeNumber) -> Result<&LotCharge, Refusal> {
    let charge = charges
        .iter()
        .find(|charge| charge.charge_number == number.0)
        .ok_or_else(|| Refusal::not_found("charge of this lot"))?;
    if let Some(by) = charge.reversed_by {
        let text = format!("Charge {} was taken back by charge {by}.", charge.charge_number);
        return Err(Refusal::conflict("charge_reversed", text));
    }
    if let Some(of) = charge.reverses {
        let text = format!("This one takes charge {of} back: post the charge again instead.");
        return Err(Refusal::conflict("charge_reversed", text));
    }
    Ok(charge)
}

/// Writes the row that takes a charge back, from each device what it carries.
async fn take_back(
    tx: &mut Tx,
    id: LotId,
    charge: &LotCharge,
    today: NaiveDate,
    why: &str,
) -> Result<(), Refusal> {
    // The devices under their locks, in order, before the database takes it from them.
    db::lots::lot_assets_lock(tx.conn(), id).await?;
    let shares = db::lots::charge_shares(tx.conn(), charge.id).await?;
    let back: Vec<(AssetId, Money)> = shares.into_iter().map(|(asset, share)| (asset, -share)).collect();
    let values = ChargeValues {
        amount: -charge.amount,
        amount_ghs: -charge.amount_ghs,
        charge_date: today,
        notes: Some(why.to_owned()),
        reverses_id: Some(charge.id),
        ..of(charge)
    };
    db::lots::charge_insert(tx.conn(), id, &values, &back).await?;
    Ok(())
}

fn of(charge: &LotCharge) -> ChargeValues {
    ChargeValues {
        kind: charge.kind,
        method: charge.method,
        amount: charge.amount,
        currency: charge.currency.clone(),
        exchange_rate: charge.exchange_rate,
        amount_ghs: charge.amount_ghs,
        charge_date: charge.charge_date,
        supplier: charge.supplier.clone(),
        reference: charge.reference.clone(),
        notes: charge.notes.clone(),
        reverses_id: None,
    }
}

/// Takes a charge back: a row with the opposite amount, from each device what it carried.
pub async fn reverse(
    shop: &Shop,
    actor: &Actor,
    id: LotId,
    number: ChargeNumber,
) -> Result<LotDetail, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    actor.require(Capability::SeePurchaseCost)?;
    let mut tx = shop.begin(actor).await?;
    let (lot, charges) = lock(&mut tx, id).await?;
    let charge = standing(&charges, number)?;
    take_back(&mut tx, id, charge, shop.today(), "Taken back").await?;
    let told = json!({"lot_number": lot.lot_number, "charge_number": charge.charge_number, "kind": charge.kind,
        "amount_ghs": -charge.amount_ghs});
    finish(tx, "lot.charge_reverse", 201, id, None, Some(told)).await
}

/// Spreads a charge again over what the lot has now: takes it back and posts the same, in one step. For devices that came
/// after it, or whose cost was written down since.
pub async fn spread_again(
    shop: &Shop,
    actor: &Actor,
    id: LotId,
    number: ChargeNumber,
) -> Result<LotDetail, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    actor.require(Capability::SeePurchaseCost)?;
    let mut tx = shop.begin(actor).await?;
    let (lot, charges) = lock(&mut tx, id).await?;
    let charge = standing(&charges, number)?;
    take_back(&mut tx, id, charge, shop.today(), "Spread again").await?;
    let values = of(charge);
    let shares = shares(&mut tx, id, &values).await?;
    db::lots::charge_insert(tx.conn(), id, &values, &shares).await?;
    let told = json!({"lot_number": lot.lot_number, "charge_number": charge.charge_number, "kind": charge.kind,
        "amount_ghs": charge.amount_ghs, "devices": shares.len()});
    finish(tx, "lot.charge_spread", 201, id, None, Some(told)).await
}
