//! What warranties cost, by model, supplier and lot.

use super::period::Period;
use crate::export::{Column, Row};
use crate::{Actor, Capability, Refusal, Shop};
pub use db::claims::WarrantyCost;

domain::text_enum! {
    /// What the costs are summed by.
    pub enum CostBy {
        /// The model.
        Model = "model",
        /// Who delivered the device.
        Supplier = "supplier",
        /// The lot that the device came with; of what came without one, what one supplier delivered on one day.
        Lot = "lot",
        /// The device itself.
        Device = "device",
    }
}

/// What the claims made in these days cost so far.
pub async fn costs(
    shop: &Shop,
    actor: &Actor,
    period: Period,
    by: CostBy,
) -> Result<Vec<WarrantyCost>, Refusal> {
    actor.require(Capability::ReportsAll)?;
    let mut conn = shop.read().await?;
    Ok(db::claims::warranty_costs(&mut conn, period.from, period.to, by.as_str()).await?)
}

impl Row for WarrantyCost {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("name", |r| (&r.name).into()),
        Column::new("warranties", |r| r.warranties.into()),
        Column::new("claims", |r| r.claims.into()),
        Column::new("denied", |r| r.denied.into()),
        Column::new("repaired", |r| r.repaired.into()),
        Column::new("replaced", |r| r.replaced.into()),
        Column::new("refunded", |r| r.refunded.into()),
        Column::only(Capability::SeeMargin, "service_cost", |r| r.service_cost.into()),
        Column::only(Capability::SeeMargin, "replacement_cost", |r| {
            r.replacement_cost.into()
        }),
        Column::only(Capability::SeeMargin, "refunded_amount", |r| {
            r.refunded_amount.into()
        }),
        Column::only(Capability::SeeMargin, "cost_total", |r| r.cost_total.into()),
        Column::only(Capability::SeeMargin, "sale_profit", |r| r.sale_profit.into()),
        Column::only(Capability::SeeMargin, "earned", |r| r.earned.into()),
    ];
}
