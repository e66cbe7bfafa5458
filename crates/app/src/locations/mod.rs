//! Locations: where devices and stock are.

use crate::{Actor, Capability, Refusal, Shop};
pub use db::locations::{LOCATIONS as LIST, Location};
use domain::{LocationId, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What is needed to record a location.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLocation {
    /// Name, unique.
    pub location_name: Text<1, 50>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<Text<0, 2000>>,
}

/// What may be changed; absent fields stay, null empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationChange {
    /// Name, unique.
    #[serde(default)]
    pub location_name: Option<Text<1, 50>>,
    /// What it is for.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub description: Option<Option<Text<0, 2000>>>,
}

/// Records a location.
pub async fn create(shop: &Shop, actor: &Actor, new: NewLocation) -> Result<Location, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    let description = new.description.as_ref().and_then(Text::non_empty);
    let location = db::locations::location_insert(tx.conn(), new.location_name.as_str(), description).await?;
    tx.audit(
        "location.create",
        "locations",
        location.id.get(),
        None,
        Some(json!(location)),
    )
    .await?;
    tx.commit(201, &location).await?;
    Ok(location)
}

/// Changes a location.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: LocationId,
    change: LocationChange,
) -> Result<Location, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    let before = db::locations::location_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("location"))?;
    let name = change
        .location_name
        .as_ref()
        .map_or(before.location_name.as_str(), Text::as_str);
    let description = match &change.description {
        Some(new) => new.as_ref().and_then(Text::non_empty),
        None => before.description.as_deref(),
    };
    let after = db::locations::location_update(tx.conn(), id, name, description).await?;
    tx.audit(
        "location.change",
        "locations",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// All of them, for choosing one.
pub async fn all(shop: &Shop) -> Result<Vec<Location>, Refusal> {
    Ok(db::locations::locations_all(&mut *shop.read().await?).await?)
}

/// Places that a device gets to by what happens to it, each with what that is: nobody puts one there by hand. A sale puts it to
/// Sold, the approval of a count to Missing; a return, a count or a move brings it back. A page offers none of them, and many devices
/// at once are not put there; a client that moves one device to a place that it names (API.md) knows what it does.
const NOT_BY_HAND: [(&str, &str); 2] = [
    ("Sold", "a sale puts a device there"),
    ("Missing", "a count puts the devices there that it did not find"),
];

/// The places where a person can put a device, for choosing one.
pub async fn by_hand(shop: &Shop) -> Result<Vec<Location>, Refusal> {
    let mut places = all(shop).await?;
    places.retain(|place| not_by_hand(&place.location_name).is_none());
    Ok(places)
}

/// Why nobody puts a device to the place of this name by hand; `None` where one may.
pub(crate) fn not_by_hand(name: &str) -> Option<String> {
    let (_, why) = NOT_BY_HAND.iter().find(|(place, _)| *place == name)?;
    Some(format!(
        "Nobody puts a device to {name} by hand: {why}. Choose the place where it stands."
    ))
}

/// Refuses a place where nobody puts a device by hand. One that there is not is for the database to refuse.
pub(crate) async fn check_by_hand(conn: &mut db::PgConnection, id: LocationId) -> Result<(), Refusal> {
    let name = db::locations::location_name(conn, id).await?;
    let why = name.as_deref().and_then(not_by_hand);
    why.map_or(Ok(()), |why| Err(Refusal::invalid("/location_id", why)))
}
