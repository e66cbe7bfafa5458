//! A report as a CSV file, written page by page, so that memory does not grow with the number of rows.

use super::{AgingAsset, InventorySummary, PreorderSla, SalesDay};
use crate::export::harmless;
use crate::{Page, PageRequest, Refusal};
use chrono::NaiveDate;
use domain::{AssetStatus, Category, Decimal, Grade, Money, PreorderStatus};
use futures_util::{Stream, stream};

/// A cell of a file: a text that no spreadsheet runs, or a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell(String);

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell(harmless(text).into_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

macro_rules! plain {
    ($($type:ty),+) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                Cell(value.to_string())
            }
        }
    )+};
}

plain!(
    i32,
    i64,
    bool,
    Money,
    Decimal,
    NaiveDate,
    AssetStatus,
    Category,
    Grade,
    PreorderStatus
);

impl<T> From<Option<T>> for Cell
where
    Cell: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell(String::new()), Cell::from)
    }
}

/// A row that can stand in a file.
pub trait FileRow {
    /// Names of the columns, as in the API.
    const COLUMNS: &'static [&'static str];

    /// Its cells, in the order of the columns.
    fn cells(&self) -> Vec<Cell>;
}

impl FileRow for InventorySummary {
    const COLUMNS: &'static [&'static str] = &[
        "category",
        "brand",
        "model_name",
        "cpu",
        "ram",
        "storage",
        "total_units",
        "available",
        "reserved",
        "sold",
        "avg_sale_price",
        "avg_age_days",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.category.into(),
            (&self.brand).into(),
            (&self.model_name).into(),
            self.cpu.as_ref().into(),
            self.ram.as_ref().into(),
            self.storage.as_ref().into(),
            self.total_units.into(),
            self.available.into(),
            self.reserved.into(),
            self.sold.into(),
            self.avg_sale_price.into(),
            self.avg_age_days.into(),
        ]
    }
}

impl FileRow for SalesDay {
    const COLUMNS: &'static [&'static str] = &[
        "invoice_date",
        "transaction_count",
        "total_sales",
        "retail_sales",
        "wholesale_sales",
        "walk_in_sales",
        "return_count",
        "returned_amount",
        "net_sales",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.invoice_date.into(),
            self.transaction_count.into(),
            self.total_sales.into(),
            self.retail_sales.into(),
            self.wholesale_sales.into(),
            self.walk_in_sales.into(),
            self.return_count.into(),
            self.returned_amount.into(),
            self.net_sales.into(),
        ]
    }
}

impl FileRow for AgingAsset {
    const COLUMNS: &'static [&'static str] = &[
        "asset_tag",
        "serial_number",
        "brand",
        "model_name",
        "condition_grade",
        "status",
        "received_date",
        "days_in_inventory",
        "aging_bucket",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.asset_tag).into(),
            (&self.serial_number).into(),
            (&self.brand).into(),
            (&self.model_name).into(),
            self.condition_grade.into(),
            self.status.into(),
            self.received_date.into(),
            self.days_in_inventory.into(),
            (&self.aging_bucket).into(),
        ]
    }
}

impl FileRow for PreorderSla {
    const COLUMNS: &'static [&'static str] = &[
        "preorder_number",
        "customer_name",
        "requested_specs",
        "status",
        "order_date",
        "sla_date",
        "days_overdue",
        "is_overdue",
        "arrival_date",
        "arrived_late",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            (&self.preorder_number).into(),
            (&self.customer_name).into(),
            (&self.requested_specs).into(),
            self.status.into(),
            self.order_date.into(),
            self.sla_date.into(),
            self.days_overdue.into(),
            self.is_overdue.into(),
            self.arrival_date.into(),
            self.arrived_late.into(),
        ]
    }
}

/// A report as a file, piece by piece. `fetch` reads a page of it.
pub fn csv<T, F, R>(request: PageRequest, fetch: F) -> impl Stream<Item = Result<Vec<u8>, Refusal>> + Send
where
    T: FileRow + Send,
    F: Fn(PageRequest) -> R + Send,
    R: Future<Output = Result<Page<T>, Refusal>> + Send,
{
    let start = PageRequest {
        limit: 200,
        cursor: None,
        ..request
    };
    stream::try_unfold(
        (Some(start), fetch, true),
        |(request, fetch, is_first)| async move {
            let Some(request) = request else { return Ok(None) };
            let page = fetch(request.clone()).await?;
            let piece = lines(is_first, &page.data)?;
            let next = page.next_cursor.map(|cursor| PageRequest {
                cursor: Some(cursor),
                ..request
            });
            Ok(Some((piece, (next, fetch, false))))
        },
    )
}

/// Rows as lines; the first piece begins with the mark by which spreadsheets know UTF-8, and the names of the columns.
fn lines<T: FileRow>(is_first: bool, rows: &[T]) -> Result<Vec<u8>, Refusal> {
    let broken = |e: csv::Error| Refusal::Internal(e.to_string());
    let mut file = csv::Writer::from_writer(if is_first {
        b"\xef\xbb\xbf".to_vec()
    } else {
        Vec::new()
    });
    if is_first {
        file.write_record(T::COLUMNS).map_err(broken)?;
    }
    for row in rows {
        file.write_record(row.cells().iter().map(|cell| &cell.0))
            .map_err(broken)?;
    }
    file.into_inner().map_err(|e| Refusal::Internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_formula_and_a_number_stays_one() {
        assert_eq!(Cell::from("=1+1"), Cell("'=1+1".into()));
        assert_eq!(Cell::from(-5), Cell("-5".into()));
        assert_eq!(Cell::from(None::<i32>), Cell(String::new()));
    }
}
