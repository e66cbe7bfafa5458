//! Correcting the quantity of an item by hand.

use crate::{Actor, Capability, Refusal, Shop};
use db::stock::BulkStock;
use domain::{BulkStockId, LedgerKind, QuantityChange, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// A correction of a quantity, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// How many more (10) or fewer (-2).
    pub quantity_change: QuantityChange,
    /// Why: delivery, counted, broken …
    pub reason: Text<1, 500>,
}

/// Changes the quantity of an item, never below zero and never below what open invoices hold. The ledger keeps who and
/// why.
pub async fn adjust(
    shop: &Shop,
    actor: &Actor,
    id: BulkStockId,
    adjustment: Adjustment,
) -> Result<BulkStock, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let change = adjustment.quantity_change.get();
    let mut tx = shop.begin(actor).await?;
    let before = db::stock::stock_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("item"))?;
    tx.check_version(before.updated_at)?;
    if !before.is_stocked {
        return Err(Refusal::conflict(
            "not_stocked",
            format!(
                "{} is a service and is not counted, so there is no quantity to change.",
                before.item_name
            ),
        ));
    }
    let after = before.quantity.checked_add(change).ok_or_else(|| {
        Refusal::conflict(
            "too_many",
            format!(
                "There are {} of it already: that is as far as counting goes.",
                before.quantity
            ),
        )
    })?;
    if after < before.reserved_quantity {
        return Err(not_enough(&before));
    }
    db::stock::stock_reason_set(tx.conn(), LedgerKind::Adjusted, adjustment.reason.as_str()).await?;
    let item = db::stock::stock_quantity_add(tx.conn(), id, change).await?;
    let why = json!({"quantity": item.quantity, "quantity_change": change, "reason": adjustment.reason});
    tx.audit(
        "bulk_stock.adjust",
        "bulk_stock",
        id.get(),
        Some(json!({"quantity": before.quantity})),
        Some(why),
    )
    .await?;
    tx.commit(201, &item).await?;
    Ok(item)
}

fn not_enough(item: &BulkStock) -> Refusal {
    let free = item.quantity - item.reserved_quantity;
    let held = match item.reserved_quantity {
        0 => String::new(),
        held => format!(", {held} of them held by open invoices"),
    };
    Refusal::conflict(
        "not_enough_stock",
        format!(
            "There are {} of {}{held}: at most {free} can be taken away.",
            item.quantity, item.sku
        ),
    )
}
