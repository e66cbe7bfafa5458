//! The reports' columns in a file, named as in the API.

use super::{AgingAsset, InventorySummary, PreorderSla, SalesDay};
use crate::export::{Column, Row};

impl Row for InventorySummary {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("category", |r| r.category.as_str().into()),
        Column::new("brand", |r| (&r.brand).into()),
        Column::new("model_name", |r| (&r.model_name).into()),
        Column::new("cpu", |r| r.cpu.as_ref().into()),
        Column::new("ram", |r| r.ram.as_ref().into()),
        Column::new("storage", |r| r.storage.as_ref().into()),
        Column::new("total_units", |r| r.total_units.into()),
        Column::new("available", |r| r.available.into()),
        Column::new("reserved", |r| r.reserved.into()),
        Column::new("sold", |r| r.sold.into()),
        Column::new("avg_sale_price", |r| r.avg_sale_price.into()),
        Column::new("avg_age_days", |r| r.avg_age_days.into()),
    ];
}

impl Row for SalesDay {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("invoice_date", |r| r.invoice_date.into()),
        Column::new("transaction_count", |r| r.transaction_count.into()),
        Column::new("total_sales", |r| r.total_sales.into()),
        Column::new("retail_sales", |r| r.retail_sales.into()),
        Column::new("wholesale_sales", |r| r.wholesale_sales.into()),
        Column::new("walk_in_sales", |r| r.walk_in_sales.into()),
        Column::new("return_count", |r| r.return_count.into()),
        Column::new("returned_amount", |r| r.returned_amount.into()),
        Column::new("net_sales", |r| r.net_sales.into()),
    ];
}

impl Row for AgingAsset {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("asset_tag", |r| (&r.asset_tag).into()),
        Column::new("serial_number", |r| (&r.serial_number).into()),
        Column::new("brand", |r| (&r.brand).into()),
        Column::new("model_name", |r| (&r.model_name).into()),
        Column::new("condition_grade", |r| {
            r.condition_grade.map(|g| g.as_str()).into()
        }),
        Column::new("status", |r| r.status.as_str().into()),
        Column::new("received_date", |r| r.received_date.into()),
        Column::new("days_in_inventory", |r| r.days_in_inventory.into()),
        Column::new("aging_bucket", |r| (&r.aging_bucket).into()),
    ];
}

impl Row for PreorderSla {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("preorder_number", |r| (&r.preorder_number).into()),
        Column::new("customer_name", |r| (&r.customer_name).into()),
        Column::new("requested_specs", |r| (&r.requested_specs).into()),
        Column::new("status", |r| r.status.as_str().into()),
        Column::new("order_date", |r| r.order_date.into()),
        Column::new("sla_date", |r| r.sla_date.into()),
        Column::new("days_overdue", |r| r.days_overdue.into()),
        Column::new("is_overdue", |r| r.is_overdue.into()),
        Column::new("arrival_date", |r| r.arrival_date.into()),
        Column::new("arrived_late", |r| r.arrived_late.into()),
    ];
}
