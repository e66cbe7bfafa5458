//! A delivery: how many came, and what they make of the item's cost.

use crate::export::{Cell, Column, OnPhone, Row};
use crate::{Actor, Capability, Refusal, Shop};
use db::stock::BulkStock;
use db::stock_places::ReceiptValues;
pub use db::stock_places::{RECEIPTS, StockReceipt};
use domain::{BulkStockId, LedgerKind, LocationId, Pieces, Price, Text, stock};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What came of an item.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReceipt {
    /// How many.
    pub quantity: Pieces,
    /// What one of them cost the shop.
    pub unit_cost: Price,
    /// Who delivered; the item's own supplier unless said otherwise.
    #[serde(default)]
    pub supplier: Option<Text<0, 100>>,
    /// Their number for it: a delivery note, an invoice.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
    /// Where it goes; the item's home unless said otherwise.
    #[serde(default)]
    pub location_id: Option<LocationId>,
}

/// Receives a delivery. The item's cost becomes the moving average of what was there and what came.
pub async fn receive(
    shop: &Shop,
    actor: &Actor,
    id: BulkStockId,
    new: NewReceipt,
) -> Result<BulkStock, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let mut tx = shop.begin(actor).await?;
    let before = db::stock::stock_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("item"))?;
    tx.check_version(before.updated_at)?;
    if !before.is_stocked {
        let text = format!("{} is a service: nothing of it is delivered.", before.item_name);
        return Err(Refusal::conflict("not_stocked", text));
    }
    if let Some(place) = new.location_id
        && !db::stock_places::location_exists(tx.conn(), place).await?
    {
        return Err(Refusal::invalid("/location_id", "There is no such place."));
    }
    let many = new.quantity.get();
    if before.quantity.checked_add(many).is_none() {
        let text = format!(
            "There are {} of it already: that is as far as counting goes.",
            before.quantity
        );
        return Err(Refusal::conflict("too_many", text));
    }
    let unit_cost = new.unit_cost.money();
    let cost_after = stock::moving_average(before.quantity, before.unit_cost, many, unit_cost);
    let supplier = new
        .supplier
        .as_ref()
        .and_then(Text::non_empty)
        .or(before.supplier.as_deref());
    let reference = new.reference.as_ref().and_then(Text::non_empty);
    let values = ReceiptValues {
        quantity: many,
        unit_cost,
        quantity_before: before.quantity,
        cost_before: before.unit_cost,
        cost_after,
        supplier,
        reference,
    };
    // No cost in it: everybody who sees stock reads the ledger.
    let why = [
        supplier.map(|s| format!("from {s}")),
        reference.map(str::to_owned),
    ];
    let why = why.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let why = if why.is_empty() {
        "Delivery".to_owned()
    } else {
        format!("Delivery {why}")
    };
    db::stock::stock_reason_set(tx.conn(), LedgerKind::Received, &why).await?;
    db::stock_places::receipt_insert(tx.conn(), id, &values).await?;
    let mut item = db::stock::stock_quantity_add(tx.conn(), id, many).await?;
    if let Some(place) = new.location_id
        && before.location_id != Some(place)
    {
        db::stock_places::move_insert(tx.conn(), id, before.location_id, Some(place), many, Some(&why))
            .await?;
        item = db::stock::stock_find(tx.conn(), id)
            .await?
            .ok_or_else(|| Refusal::not_found("item"))?;
    }
    let told = json!({"quantity": item.quantity, "received": many, "unit_cost": unit_cost, "cost_after": cost_after,
        "supplier": supplier, "reference": reference});
    let old = json!({"quantity": before.quantity, "unit_cost": before.unit_cost});
    tx.audit(
        "bulk_stock.receive",
        "bulk_stock",
        id.get(),
        Some(old),
        Some(told),
    )
    .await?;
    tx.commit(201, &item).await?;
    Ok(item)
}

/// The suppliers of the latest deliveries, for choosing one.
pub async fn receipt_suppliers(shop: &Shop) -> Result<Vec<String>, Refusal> {
    Ok(db::stock_places::receipt_suppliers(&mut *shop.read().await?).await?)
}

impl Row for StockReceipt {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("item_name", |r| (&r.item_name).into()).in_title(),
        Column::<Self>::new("sku", |r| Cell::code(&r.sku)).in_title(),
        Column::<Self>::new("created_at", |r| r.created_at.into())
            .label("When")
            .sorts("created_at"),
        Column::<Self>::new("quantity", |r| r.quantity.into())
            .label("Came")
            .end()
            .sorts("quantity")
            .on_phone(OnPhone::Amount),
        Column::<Self>::only(Capability::SeePurchaseCost, "unit_cost", |r| r.unit_cost.into())
            .label("Cost of one")
            .end(),
        Column::<Self>::only(Capability::SeePurchaseCost, "value", |r| {
            r.unit_cost
                .and_then(|cost| cost.checked_mul_quantity(r.quantity))
                .into()
        })
        .label("Together")
        .end(),
        Column::<Self>::new("supplier", |r| r.supplier.as_ref().into()).sorts("supplier"),
        Column::<Self>::new("reference", |r| r.reference.as_ref().into()),
        Column::<Self>::new("by", |r| r.created_by_name.as_ref().into()).unusual(),
        Column::<Self>::new("category", |r| (&r.category).into()).unusual(),
        Column::<Self>::new("quantity_before", |r| r.quantity_before.into())
            .label("There before")
            .end()
            .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "cost_before", |r| {
            r.cost_before.into()
        })
        .label("Cost before")
        .end()
        .unusual(),
        Column::<Self>::only(Capability::SeePurchaseCost, "cost_after", |r| r.cost_after.into())
            .label("Cost since")
            .end()
            .unusual(),
    ];
}
