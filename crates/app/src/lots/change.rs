//! Recording a lot, changing it, closing it.

use super::{LotDetail, finish, money_of, not_found};
use crate::patch::{field, text};
use crate::{Actor, Capability, Refusal, Shop};
use db::lots::LotValues;
use domain::{ChargeMethod, Currency, ExchangeRate, LotId, Quantity, ReceivedDate, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What is needed to record a lot.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLot {
    /// Who sold it to us.
    #[serde(default)]
    pub supplier: Option<Text<0, 100>>,
    /// Their number for it. The same one of the same supplier is the same lot.
    #[serde(default)]
    pub supplier_reference: Option<Text<0, 100>>,
    /// The day it came in; today unless said otherwise, never a day to come.
    #[serde(default)]
    pub received_date: Option<ReceivedDate>,
    /// What the supplier's invoice is in; GHS unless said otherwise.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Cedis for one of it: needed for another currency than the cedi.
    #[serde(default)]
    pub exchange_rate: Option<ExchangeRate>,
    /// How its charges are spread unless one says otherwise; by value unless said otherwise.
    #[serde(default)]
    pub charge_method: Option<ChargeMethod>,
    /// How many devices should come.
    #[serde(default)]
    pub expected_count: Option<Quantity>,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
}

/// What may be changed; absent fields stay, null empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotChange {
    /// Who sold it to us.
    #[serde(default, deserialize_with = "field")]
    pub supplier: Option<Option<Text<0, 100>>>,
    /// Their number for it.
    #[serde(default, deserialize_with = "field")]
    pub supplier_reference: Option<Option<Text<0, 100>>>,
    /// The day it came in.
    #[serde(default)]
    pub received_date: Option<ReceivedDate>,
    /// What the supplier's invoice is in.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Cedis for one of it.
    #[serde(default)]
    pub exchange_rate: Option<ExchangeRate>,
    /// How its charges are spread.
    #[serde(default)]
    pub charge_method: Option<ChargeMethod>,
    /// How many devices should come.
    #[serde(default, deserialize_with = "field")]
    pub expected_count: Option<Option<Quantity>>,
    /// Notes.
    #[serde(default, deserialize_with = "field")]
    pub notes: Option<Option<Text<0, 5000>>>,
    /// Whether it is closed: nothing is received into a closed lot and no charge posted.
    #[serde(default)]
    pub closed: Option<bool>,
}

impl From<NewLot> for LotChange {
    /// All details at once, as a form brings them: what is blank is emptied.
    fn from(whole: NewLot) -> Self {
        let currency = whole.currency.unwrap_or_else(Currency::cedi);
        LotChange {
            supplier: Some(whole.supplier),
            supplier_reference: Some(whole.supplier_reference),
            received_date: whole.received_date,
            exchange_rate: match currency.is_cedi() {
                true => Some(whole.exchange_rate.unwrap_or(ExchangeRate::ONE)),
                false => whole.exchange_rate,
            },
            currency: Some(currency),
            charge_method: whole.charge_method,
            expected_count: Some(whole.expected_count),
            notes: Some(whole.notes),
            closed: None,
        }
    }
}

pub(super) fn day_to_come() -> Refusal {
    Refusal::conflict(
        "day_to_come",
        "This day is still to come: write today or an earlier day.",
    )
}

fn taken(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Conflict { code, .. } if code == "idx_lots_reference" => Refusal::conflict(
            "lot_exists",
            "There is a lot of this supplier with this reference already: open that one instead.",
        ),
        other => other,
    }
}

/// Records a lot.
pub async fn create(shop: &Shop, actor: &Actor, new: NewLot) -> Result<LotDetail, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let (currency, exchange_rate) = money_of(new.currency, new.exchange_rate)?;
    let received_date = new.received_date.map_or(shop.today(), ReceivedDate::date);
    if received_date > shop.today() {
        return Err(day_to_come());
    }
    let values = LotValues {
        supplier: text(new.supplier),
        supplier_reference: text(new.supplier_reference),
        received_date,
        currency,
        exchange_rate,
        charge_method: new.charge_method.unwrap_or(ChargeMethod::ByValue),
        expected_count: new.expected_count.map(Quantity::get),
        notes: text(new.notes),
    };
    let mut tx = shop.begin(actor).await?;
    let id = db::lots::lot_insert(tx.conn(), &values)
        .await
        .map_err(|error| taken(error.into()))?;
    finish(tx, "lot.create", 201, id, None, None).await
}

/// Changes a lot, closes it or opens it again.
pub async fn change(shop: &Shop, actor: &Actor, id: LotId, change: LotChange) -> Result<LotDetail, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    if change.received_date.is_some_and(|day| day.date() > shop.today()) {
        return Err(day_to_come());
    }
    let mut tx = shop.begin(actor).await?;
    if !db::lots::lot_lock(tx.conn(), id).await? {
        return Err(not_found());
    }
    let before = db::lots::lot_find(tx.conn(), id).await?.ok_or_else(not_found)?;
    tx.check_version(before.updated_at)?;
    let old = before.clone();
    let (currency, exchange_rate) = match (&change.currency, change.exchange_rate) {
        (None, None) => (old.currency.clone(), old.exchange_rate),
        // Another currency needs its own rate; the old one says nothing of it.
        (Some(new), None) if *new != old.currency => money_of(change.currency, None)?,
        (new, rate) => money_of(
            Some(new.clone().unwrap_or_else(|| old.currency.clone())),
            Some(rate.unwrap_or(old.exchange_rate)),
        )?,
    };
    let other_money = (&currency, exchange_rate) != (&old.currency, old.exchange_rate);
    if other_money && db::lots::lot_has_foreign_costs(tx.conn(), id).await? {
        return Err(Refusal::conflict(
            "lot_rate_used",
            format!(
                "The costs on the list of {} were converted at {}: undo the import and read the file again with the right rate.",
                old.lot_number, old.exchange_rate
            ),
        ));
    }
    let values = LotValues {
        supplier: change.supplier.map_or(old.supplier, text),
        supplier_reference: change.supplier_reference.map_or(old.supplier_reference, text),
        received_date: change.received_date.map_or(old.received_date, ReceivedDate::date),
        currency,
        exchange_rate,
        charge_method: change.charge_method.unwrap_or(old.charge_method),
        expected_count: change
            .expected_count
            .map_or(old.expected_count, |count| count.map(Quantity::get)),
        notes: change.notes.map_or(old.notes, text),
    };
    let closed = change.closed.unwrap_or(old.closed_at.is_some());
    db::lots::lot_update(tx.conn(), id, &values, closed)
        .await
        .map_err(|error| taken(error.into()))?;
    finish(tx, "lot.change", 200, id, Some(json!(before)), None).await
}
