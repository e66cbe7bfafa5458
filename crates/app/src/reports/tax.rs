//! Tax by name over a period, and the documents that add up to it.

use super::file::{Cell, FileRow};
use super::period::Period;
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

impl FileRow for TaxSum {
    const COLUMNS: &'static [&'static str] = &[
        "tax_name",
        "rate",
        "charged_on",
        "invoices",
        "returns",
        "net",
        "tax",
        "gross",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.tax_name).into(),
            self.rate.into(),
            self.charged_on.as_str().into(),
            self.invoices.into(),
            self.returns.into(),
            self.net.into(),
            self.tax.into(),
            self.gross.into(),
        ]
    }
}

impl FileRow for TaxDocument {
    const COLUMNS: &'static [&'static str] = &[
        "document_date",
        "kind",
        "document_number",
        "tax_name",
        "rate",
        "net",
        "tax",
        "gross",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.document_date.into(),
            (&self.kind).into(),
            (&self.document_number).into(),
            (&self.tax_name).into(),
            self.rate.into(),
            self.net.into(),
            self.tax.into(),
            self.gross.into(),
        ]
    }
}
