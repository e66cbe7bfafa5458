//! Several places for one item, and moves between them.

use crate::export::{Cell, Column, OnPhone, Row};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop};
use db::stock::BulkStock;
pub use db::stock_places::{MOVES, MOVES_OF_ALL, StockMoveRecord, StockPlace};
use domain::{BulkStockId, LocationId, Pieces, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Some of an item go from one place to another.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockMove {
    /// How many.
    pub quantity: Pieces,
    /// From where; the item's home unless said otherwise.
    #[serde(default)]
    pub from_location_id: Option<LocationId>,
    /// To where; the item's home unless said otherwise.
    #[serde(default)]
    pub to_location_id: Option<LocationId>,
    /// What for.
    #[serde(default)]
    pub reason: Option<Text<0, 500>>,
}

/// The places of an item, its home first.
pub async fn places(shop: &Shop, id: BulkStockId) -> Result<Vec<StockPlace>, Refusal> {
    super::find(shop, id).await?;
    Ok(db::stock_places::stock_places(&mut *shop.read().await?, id).await?)
}

/// Moves some of an item. Its quantity stays what it is, and its ledger with it.
pub async fn shift(
    shop: &Shop,
    actor: &Actor,
    id: BulkStockId,
    wish: StockMove,
) -> Result<BulkStock, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let mut tx = shop.begin(actor).await?;
    let before = db::stock::stock_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("item"))?;
    tx.check_version(before.updated_at)?;
    let from = wish.from_location_id.or(before.location_id);
    let to = wish.to_location_id.or(before.location_id);
    for (pointer, place) in [
        ("/from_location_id", wish.from_location_id),
        ("/to_location_id", wish.to_location_id),
    ] {
        if let Some(place) = place
            && !db::stock_places::location_exists(tx.conn(), place).await?
        {
            return Err(Refusal::invalid(pointer, "There is no such place."));
        }
    }
    if from == to {
        let text = "It is there already: choose another place.";
        return Err(Refusal::invalid("/to_location_id", text));
    }
    let there = db::stock_places::stock_places(tx.conn(), id).await?;
    let many = there
        .iter()
        .find(|p| p.location_id == from)
        .map_or(0, |p| p.quantity);
    if wish.quantity.get() > many {
        let text = format!(
            "There are {many} of {} at that place: move that many, or fewer.",
            before.sku
        );
        return Err(Refusal::conflict("not_enough_stock", text));
    }
    let reason = wish.reason.as_ref().and_then(Text::non_empty);
    db::stock_places::move_insert(tx.conn(), id, from, to, wish.quantity.get(), reason).await?;
    let item = db::stock::stock_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("item"))?;
    let now = db::stock_places::stock_places(tx.conn(), id).await?;
    let told = json!({"places": now, "moved": wish.quantity.get(), "reason": reason});
    tx.audit(
        "bulk_stock.move",
        "bulk_stock",
        id.get(),
        Some(json!({"places": there})),
        Some(told),
    )
    .await?;
    tx.commit(201, &item).await?;
    Ok(item)
}

/// A page of the moves of an item between places, newest first.
pub async fn moves(
    shop: &Shop,
    id: BulkStockId,
    request: &PageRequest,
) -> Result<Page<StockMoveRecord>, Refusal> {
    MOVES.sql(request)?;
    super::find(shop, id).await?;
    let mut request = request.clone();
    request.filters.push(("bulk_stock_id".into(), id.to_string()));
    crate::lists::page(shop, &db::stock_places::MOVES_OF_ITEM, &request).await
}

impl Row for StockMoveRecord {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("sku", |m| Cell::code(&m.sku)).in_title(),
        Column::<Self>::new("item_name", |m| (&m.item_name).into()).in_title(),
        Column::<Self>::new("created_at", |m| m.created_at.into())
            .label("When")
            .sorts("created_at"),
        Column::<Self>::new("quantity", |m| m.quantity.into())
            .label("How many")
            .end()
            .on_phone(OnPhone::Amount),
        Column::<Self>::new("from_location", |m| m.from_location_name.as_ref().into()).label("From"),
        Column::<Self>::new("to_location", |m| m.to_location_name.as_ref().into()).label("To"),
        Column::<Self>::new("reason", |m| m.reason.as_ref().into()).label("Why"),
        Column::<Self>::new("created_by", |m| m.created_by_name.as_ref().into()).label("Who"),
    ];
}
