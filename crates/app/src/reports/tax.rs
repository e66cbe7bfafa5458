//! Tax by name over a period, and the documents that add up to it.

use super::period::Period;
use crate::export::{Column, Row};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop};
pub use db::taxes::{TAX_DOCUMENTS, TaxDocument, TaxSum};

/// What each tax came to in these days: invoices whose goods went out, less what came back, each on its own day.
pub async fn by_name(shop: &Shop, actor: &Actor, period: Period) -> Result<Vec<TaxSum>, Refusal> {
    actor.require(Capability::ReportsAll)?;
    Ok(db::taxes::taxes_by_name(&mut *shop.read().await?, period.from, period.to).await?)
}

/// The documents behind it.
pub async fn documents(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<Page<TaxDocument>, Refusal> {
    actor.require(Capability::ReportsAll)?;
    super::page(shop, actor, &TAX_DOCUMENTS, request).await
}

impl Row for TaxSum {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("tax_name", |r| (&r.tax_name).into()),
        Column::new("rate", |r| r.rate.normalize().into()),
        Column::new("charged_on", |r| r.charged_on.as_str().into()),
        Column::new("invoices", |r| r.invoices.into()),
        Column::new("returns", |r| r.returns.into()),
        Column::new("net", |r| r.net.into()),
        Column::new("tax", |r| r.tax.into()),
        Column::new("gross", |r| r.gross.into()),
    ];
}

impl Row for TaxDocument {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("document_date", |r| r.document_date.into()),
        Column::new("kind", |r| (&r.kind).into()),
        Column::new("document_number", |r| (&r.document_number).into()),
        Column::new("tax_name", |r| (&r.tax_name).into()),
        Column::new("rate", |r| r.rate.normalize().into()),
        Column::new("net", |r| r.net.into()),
        Column::new("tax", |r| r.tax.into()),
        Column::new("gross", |r| r.gross.into()),
    ];
}
