//! What is to be ordered again, by supplier.

use crate::export::{Column, Row};
use crate::{Capability, Refusal, Shop};
pub use db::stock_places::{REORDER, ReorderItem};

/// The suppliers of what is low.
pub async fn reorder_suppliers(shop: &Shop) -> Result<Vec<String>, Refusal> {
    Ok(db::stock_places::reorder_suppliers(&mut *shop.read().await?).await?)
}

impl Row for ReorderItem {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("supplier", |r| r.supplier.as_ref().into()),
        Column::new("sku", |r| (&r.sku).into()),
        Column::new("item_name", |r| (&r.item_name).into()),
        Column::new("available", |r| r.available.into()),
        Column::new("reorder_threshold", |r| r.reorder_threshold.into()),
        Column::new("to_order", |r| r.to_order.into()),
        Column::only(Capability::SeePurchaseCost, "unit_cost", |r| r.unit_cost.into()),
    ];
}
