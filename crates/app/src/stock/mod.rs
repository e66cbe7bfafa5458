//! Bulk stock: chargers, cables, memory, and services (PRODUCT.md section 4).

mod adjust;
mod places;
mod receive;
mod reorder;

pub use adjust::{Adjustment, adjust};
pub use places::{MOVES, MOVES_OF_ALL, StockMove, StockMoveRecord, StockPlace, moves, places, shift};
pub use receive::{NewReceipt, RECEIPTS, StockReceipt, receipt_suppliers, receive};
pub use reorder::{REORDER, ReorderItem, reorder_suppliers};

use crate::export::{Cell, Column, OnPhone, Row};
use crate::patch::text;
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, Tx};
use db::stock::BulkStockValues;
pub use db::stock::{BULK_STOCK as LIST, BulkStock, LEDGER, LEDGER_OF_ALL, LedgerEntry};
use domain::{BulkStockId, LedgerKind, LocationId, Price, Quantity, Sku, Text, Tone};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What is needed to record an item.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBulkStock {
    /// Code, unique; small letters become capitals.
    pub sku: Sku,
    /// Name.
    pub item_name: Text<1, 100>,
    /// Charger, Mouse, RAM …
    pub category: Text<1, 50>,
    /// Description.
    #[serde(default)]
    pub description: Option<Text<0, 5000>>,
    /// What one costs the shop.
    #[serde(default)]
    pub unit_cost: Option<Price>,
    /// What one is sold for.
    #[serde(default)]
    pub unit_price: Option<Price>,
    /// How many there are to begin with; none unless said otherwise.
    #[serde(default)]
    pub quantity: Option<Quantity>,
    /// Below this it is low; as the settings say unless said otherwise.
    #[serde(default)]
    pub reorder_threshold: Option<Quantity>,
    /// Who it is bought from.
    #[serde(default)]
    pub supplier: Option<Text<0, 100>>,
    /// Where it is.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// False for services; true unless said otherwise.
    #[serde(default)]
    pub is_stocked: Option<bool>,
}

/// What may be changed; absent fields stay, null empties. The quantity changes by adjustments only.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkStockChange {
    /// Code, unique.
    #[serde(default)]
    pub sku: Option<Sku>,
    /// Name.
    #[serde(default)]
    pub item_name: Option<Text<1, 100>>,
    /// Charger, Mouse, RAM …
    #[serde(default)]
    pub category: Option<Text<1, 50>>,
    /// Description.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub description: Option<Option<Text<0, 5000>>>,
    /// What one costs the shop.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub unit_cost: Option<Option<Price>>,
    /// What one is sold for. Prices are for those who edit the catalogue.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub unit_price: Option<Option<Price>>,
    /// Below this it is low.
    #[serde(default)]
    pub reorder_threshold: Option<Quantity>,
    /// Who it is bought from.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub supplier: Option<Option<Text<0, 100>>>,
    /// Where it is.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub location_id: Option<Option<LocationId>>,
    /// False for services.
    #[serde(default)]
    pub is_stocked: Option<bool>,
}

impl From<NewBulkStock> for BulkStockChange {
    /// Every field, as a form that shows them all sends them: what is blank is emptied.
    fn from(new: NewBulkStock) -> Self {
        BulkStockChange {
            sku: Some(new.sku),
            item_name: Some(new.item_name),
            category: Some(new.category),
            description: Some(new.description),
            unit_cost: Some(new.unit_cost),
            unit_price: Some(new.unit_price),
            reorder_threshold: new.reorder_threshold,
            supplier: Some(new.supplier),
            location_id: Some(new.location_id),
            is_stocked: new.is_stocked,
        }
    }
}

/// Records an item, with the quantity that is there.
pub async fn create(shop: &Shop, actor: &Actor, new: NewBulkStock) -> Result<BulkStock, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let is_stocked = new.is_stocked.unwrap_or(true);
    let quantity = new.quantity.map_or(0, Quantity::get);
    if !is_stocked && quantity != 0 {
        return Err(Refusal::conflict(
            "not_stocked",
            "A service is not counted: leave its quantity at 0, or record it as an item that is counted.",
        ));
    }
    let values = BulkStockValues {
        sku: new.sku.into(),
        item_name: new.item_name.into_string(),
        category: new.category.into_string(),
        description: text(new.description),
        unit_cost: new.unit_cost.map(Price::money),
        unit_price: new.unit_price.map(Price::money),
        reorder_threshold: new
            .reorder_threshold
            .unwrap_or(shop.settings().await?.reorder_threshold)
            .get(),
        supplier: text(new.supplier),
        location_id: new.location_id,
        is_stocked,
    };
    let mut tx = shop.begin(actor).await?;
    check_sku(&mut tx, &values.sku).await?;
    db::stock::stock_reason_set(tx.conn(), LedgerKind::Received, "First count").await?;
    let item = db::stock::stock_insert(tx.conn(), &values, quantity).await?;
    tx.audit(
        "bulk_stock.create",
        "bulk_stock",
        item.id.get(),
        None,
        Some(json!(item)),
    )
    .await?;
    tx.commit(201, &item).await?;
    Ok(item)
}

/// Refuses a SKU that a scan would find a device by.
async fn check_sku(tx: &mut Tx, sku: &str) -> Result<(), Refusal> {
    match db::assets::device_with_code(tx.conn(), sku).await? {
        Some(device) => Err(Refusal::conflict(
            "code_taken",
            format!("{sku} is the code of device {device}: a scan would mean both. Choose another SKU."),
        )),
        None => Ok(()),
    }
}

/// Changes an item, but not its quantity.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: BulkStockId,
    change: BulkStockChange,
) -> Result<BulkStock, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let after = bulk_change_in(&mut tx, id, change).await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// The same inside a transaction that does more.
pub(crate) async fn bulk_change_in(
    tx: &mut Tx,
    id: BulkStockId,
    change: BulkStockChange,
) -> Result<BulkStock, Refusal> {
    tx.actor().require(Capability::AdjustBulkStock)?;
    let before = db::stock::stock_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("item"))?;
    tx.check_version(before.updated_at)?;
    let old = before.clone();
    let values = BulkStockValues {
        sku: change.sku.map_or(old.sku, String::from),
        item_name: change.item_name.map_or(old.item_name, Text::into_string),
        category: change.category.map_or(old.category, Text::into_string),
        description: change.description.map_or(old.description, text),
        unit_cost: change.unit_cost.map_or(old.unit_cost, |p| p.map(Price::money)),
        unit_price: change.unit_price.map_or(old.unit_price, |p| p.map(Price::money)),
        reorder_threshold: change
            .reorder_threshold
            .map_or(old.reorder_threshold, Quantity::get),
        supplier: change.supplier.map_or(old.supplier, text),
        location_id: change.location_id.unwrap_or(old.location_id),
        is_stocked: change.is_stocked.unwrap_or(old.is_stocked),
    };
    if values.sku != before.sku {
        check_sku(tx, &values.sku).await?;
    }
    if values.unit_price != before.unit_price {
        tx.actor().require(Capability::EditCatalog)?;
    }
    if !values.is_stocked && before.quantity != 0 {
        return Err(Refusal::conflict(
            "stock_left",
            format!(
                "There are still {} of {}: take them out first, then it can become a service.",
                before.quantity, before.sku
            ),
        ));
    }
    let after = db::stock::stock_update(tx.conn(), id, &values).await?;
    tx.audit(
        "bulk_stock.change",
        "bulk_stock",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    Ok(after)
}

/// Reads an item.
pub async fn find(shop: &Shop, id: BulkStockId) -> Result<BulkStock, Refusal> {
    let mut conn = shop.read().await?;
    db::stock::stock_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("item"))
}

/// A page of the ledger of an item.
pub async fn ledger(
    shop: &Shop,
    id: BulkStockId,
    request: &PageRequest,
) -> Result<Page<LedgerEntry>, Refusal> {
    find(shop, id).await?;
    let mut request = request.clone();
    request.filters.push(("bulk_stock_id".into(), id.to_string()));
    crate::lists::page(shop, &db::stock::LEDGER_OF_ITEM, &request).await
}

/// The item that has this code, whatever its case.
pub async fn by_sku(shop: &Shop, sku: &str) -> Result<Option<BulkStockId>, Refusal> {
    let found = db::stocktakes::item_by_code(&mut *shop.read().await?, sku).await?;
    Ok(found.map(|(id, ..)| id))
}

impl Row for LedgerEntry {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("sku", |l| Cell::code(&l.sku)).in_title(),
        Column::<Self>::new("item_name", |l| (&l.item_name).into()).in_title(),
        Column::<Self>::new("kind", |l| l.kind.as_str().into()).label("What"),
        Column::<Self>::new("quantity_change", |l| l.quantity_change.into())
            .label("Change")
            .end()
            .on_phone(OnPhone::Amount),
        Column::<Self>::new("quantity_after", |l| l.quantity_after.into())
            .label("Then")
            .end(),
        Column::<Self>::new("created_at", |l| l.created_at.into())
            .label("When")
            .sorts("created_at"),
        Column::<Self>::new("invoice_number", |l| {
            l.invoice_number.as_deref().map_or(Cell::Empty, Cell::code)
        })
        .label("Invoice"),
        Column::<Self>::new("by", |l| l.created_by_name.as_ref().into()),
        Column::<Self>::new("reason", |l| l.reason.as_ref().into()).label("Why"),
    ];
}

/// The categories in use.
pub async fn categories(shop: &Shop) -> Result<Vec<String>, Refusal> {
    Ok(db::stock::stock_categories(&mut *shop.read().await?).await?)
}

/// An item with the name of its place, as a row of a list.
#[derive(Debug, Clone)]
pub struct StockRow {
    /// The item.
    pub item: BulkStock,
    /// Where it is.
    pub location: Option<String>,
}

/// Whether there is enough of an item: the word, and what it means.
pub fn level(item: &BulkStock) -> (&'static str, Tone) {
    match (item.is_stocked, item.quantity) {
        (false, _) => ("Service", Tone::Neutral),
        (true, 0) => ("Out", Tone::Bad),
        _ if item.is_low() => ("Low", Tone::Warn),
        _ => ("In stock", Tone::Good),
    }
}

impl Row for StockRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("sku", |r| Cell::code(&r.item.sku))
            .label("SKU")
            .sorts("sku"),
        Column::<Self>::new("item_name", |r| (&r.item.item_name).into()).in_title(),
        Column::<Self>::new("category", |r| (&r.item.category).into()).sorts("category"),
        Column::<Self>::new("location", |r| r.location.as_ref().into()).label("Place"),
        Column::<Self>::new("level", |r| {
            let (word, tone) = level(&r.item);
            Cell::state(word, tone)
        })
        .on_phone(OnPhone::State),
        Column::<Self>::new("quantity", |r| {
            if r.item.is_stocked {
                r.item.quantity.into()
            } else {
                Cell::Empty
            }
        })
        .end()
        .sorts("quantity"),
        Column::<Self>::new("reserved_quantity", |r| r.item.reserved_quantity.into())
            .label("Held")
            .end()
            .unusual(),
        Column::<Self>::new("reorder_threshold", |r| r.item.reorder_threshold.into())
            .label("Reorder below")
            .end()
            .unusual(),
        Column::<Self>::new("supplier", |r| r.item.supplier.as_ref().into()).unusual(),
        Column::<Self>::new("is_stocked", |r| r.item.is_stocked.into())
            .label("Counted")
            .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "unit_cost", |r| {
            r.item.unit_cost.into()
        })
        .label("Cost")
        .end()
        .on_phone(OnPhone::Absent),
        Column::<Self>::new("unit_price", |r| r.item.unit_price.into())
            .label("Price")
            .end()
            .sorts("unit_price")
            .on_phone(OnPhone::Amount),
    ];
}

/// A page of the list, with places.
pub async fn rows(shop: &Shop, request: &PageRequest) -> Result<Page<StockRow>, Refusal> {
    let page: Page<BulkStock> = crate::lists::page(shop, &LIST, request).await?;
    let locations = crate::locations::all(shop).await?;
    let row = |item: BulkStock| StockRow {
        location: (locations.iter().find(|l| Some(l.id) == item.location_id))
            .map(|l| l.location_name.clone()),
        item,
    };
    Ok(Page {
        data: page.data.into_iter().map(row).collect(),
        next_cursor: page.next_cursor,
    })
}
