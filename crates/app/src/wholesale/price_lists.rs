//! Price lists.

use crate::{Actor, Capability, Refusal, Shop};
use db::wholesale::{PriceList, PriceListValues};
use domain::{CustomerId, Percent, PriceListId, PricePercents, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What is needed to record a price list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPriceList {
    /// Name, unique.
    pub name: Text<1, 100>,
    /// Off the list price of everything that has no percentage of its own. Services keep their price.
    pub percent: Percent,
    /// Off laptops.
    #[serde(default)]
    pub laptop_percent: Option<Percent>,
    /// Off phones.
    #[serde(default)]
    pub phone_percent: Option<Percent>,
    /// Off accessories that are devices.
    #[serde(default)]
    pub accessory_percent: Option<Percent>,
}

/// What may be changed; absent fields stay, null empties. What was sold keeps its price.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceListChange {
    /// Name, unique.
    #[serde(default)]
    pub name: Option<Text<1, 100>>,
    /// Off everything else.
    #[serde(default)]
    pub percent: Option<Percent>,
    /// Off laptops.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub laptop_percent: Option<Option<Percent>>,
    /// Off phones.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub phone_percent: Option<Option<Percent>>,
    /// Off accessories.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub accessory_percent: Option<Option<Percent>>,
    /// Whether it is still given to customers.
    #[serde(default)]
    pub is_active: Option<bool>,
}

/// Records a price list.
pub async fn create(shop: &Shop, actor: &Actor, new: NewPriceList) -> Result<PriceList, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let values = PriceListValues {
        name: new.name.into_string(),
        percent: new.percent.decimal(),
        laptop_percent: new.laptop_percent.map(Percent::decimal),
        phone_percent: new.phone_percent.map(Percent::decimal),
        accessory_percent: new.accessory_percent.map(Percent::decimal),
        is_active: true,
    };
    let mut tx = shop.begin(actor).await?;
    let list = db::wholesale::price_list_insert(tx.conn(), &values).await?;
    tx.audit(
        "price_list.create",
        "price_lists",
        list.id.get(),
        None,
        Some(json!(list)),
    )
    .await?;
    tx.commit(201, &list).await?;
    Ok(list)
}

/// Changes a price list.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: PriceListId,
    change: PriceListChange,
) -> Result<PriceList, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    let before = db::wholesale::price_list_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("price list"))?;
    tx.check_version(before.updated_at)?;
    let own = |new: Option<Option<Percent>>, old| new.map_or(old, |p| p.map(Percent::decimal));
    let values = PriceListValues {
        name: change.name.map_or_else(|| before.name.clone(), Text::into_string),
        percent: change.percent.map_or(before.percent, Percent::decimal),
        laptop_percent: own(change.laptop_percent, before.laptop_percent),
        phone_percent: own(change.phone_percent, before.phone_percent),
        accessory_percent: own(change.accessory_percent, before.accessory_percent),
        is_active: change.is_active.unwrap_or(before.is_active),
    };
    let after = db::wholesale::price_list_update(tx.conn(), id, &values).await?;
    tx.audit(
        "price_list.change",
        "price_lists",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// All of them, for choosing one.
pub async fn all(shop: &Shop) -> Result<Vec<PriceList>, Refusal> {
    Ok(db::wholesale::price_lists_all(&mut *shop.read().await?).await?)
}

/// What a customer's price list takes off, and its name.
pub async fn of_customer(shop: &Shop, id: CustomerId) -> Result<Option<(String, PricePercents)>, Refusal> {
    let list = db::wholesale::customer_price_list(&mut *shop.read().await?, id).await?;
    Ok(list.map(|list| (list.name.clone(), list.percents())))
}
