//! Tax by name (PRODUCT.md section 11), from `view_tax_documents`: invoices on their day, returns on theirs.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::NaiveDate;
use domain::{CustomerId, Decimal, InvoiceId, Money, MoneySum, TaxOn};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// One tax at one rate over a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct TaxSum {
    /// Its name, as charged.
    pub tax_name: String,
    /// Percent of what it is on.
    #[schema(value_type = String, example = "15")]
    pub rate: Decimal,
    /// What it is on.
    pub charged_on: TaxOn,
    /// Invoices with it.
    pub invoices: i64,
    /// Returns with it.
    pub returns: i64,
    /// Net amount of these documents; returns count less.
    #[schema(value_type = MoneySum)]
    pub net: Money,
    /// What the tax came to.
    #[schema(value_type = MoneySum)]
    pub tax: Money,
    /// Total of these documents.
    #[schema(value_type = MoneySum)]
    pub gross: Money,
}

/// One document's part in a tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct TaxDocument {
    /// Number of the row.
    pub id: i64,
    /// The day it counts on.
    pub document_date: NaiveDate,
    /// Invoice or Return.
    pub kind: String,
    /// `INV-000001` or `RET-000001`.
    pub document_number: String,
    /// The invoice, also of a return.
    pub invoice_id: InvoiceId,
    /// Who bought.
    pub customer_id: Option<CustomerId>,
    /// The tax.
    pub tax_name: String,
    /// Its percent.
    #[schema(value_type = String, example = "15")]
    pub rate: Decimal,
    /// Net amount; less than nothing for a return.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// Total.
    pub gross: Money,
}

/// The documents behind the figures, newest first.
pub const TAX_DOCUMENTS: ListSpec = ListSpec {
    select: "SELECT v.id, v.document_date, v.kind, v.document_number, v.invoice_id, v.customer_id, v.tax_name, v.rate, v.net, v.tax,
       v.gross
FROM view_tax_documents v",
    always: "true",
    id: "v.id",
    sorts: &[
        Column { name: "document_date", sql: "v.document_date", kind: Kind::Date },
        Column { name: "tax", sql: "v.tax", kind: Kind::Money },
    ],
    default_sort: "-document_date",
    filters: &[
        Filter { name: "from", sql: "v.document_date >= ?", kind: Kind::Date },
        Filter { name: "to", sql: "v.document_date <= ?", kind: Kind::Date },
        Filter { name: "tax_name", sql: "v.tax_name = ?", kind: Kind::Text },
        Filter { name: "rate", sql: "v.rate = ?", kind: Kind::Money },
        Filter { name: "kind", sql: "v.kind = ?", kind: Kind::Text },
    ],
    search: None,
};

/// Taxes by name and rate over these days, both included.
pub async fn taxes_by_name(
    conn: &mut PgConnection,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<TaxSum>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.tax_name, v.rate, v.charged_on, count(*) FILTER (WHERE v.kind = 'Invoice') AS invoices,
                count(*) FILTER (WHERE v.kind = 'Return') AS returns, sum(v.net) AS net, sum(v.tax) AS tax, sum(v.gross) AS gross
         FROM view_tax_documents v WHERE v.document_date BETWEEN $1 AND $2
         GROUP BY v.tax_name, v.rate, v.charged_on ORDER BY v.tax_name, v.rate DESC, v.charged_on",
    )
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await
}
