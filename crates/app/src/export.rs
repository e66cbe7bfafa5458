//! Lists as files: CSV, written page by page, so that memory does not grow with the number of rows.

use crate::{Capability, Page, PageRequest, Refusal, Role};
use chrono::NaiveDate;
use domain::{Decimal, Money};
use futures_util::{Stream, stream};

/// A cell of a file: a number, or a text that no spreadsheet takes for a formula.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell(String);

impl From<&str> for Cell {
    /// What begins like a formula gets an apostrophe before it.
    fn from(text: &str) -> Self {
        match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            true => Cell(format!("'{text}")),
            false => Cell(text.to_owned()),
        }
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

plain!(i32, i64, bool, Money, Decimal, NaiveDate);

impl<T> From<Option<T>> for Cell
where
    Cell: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map(Cell::from).unwrap_or_default()
    }
}

/// A column of a file: its name as in the API, what stands in it, and who sees it.
#[derive(Debug)]
pub struct Column<T> {
    name: &'static str,
    cell: fn(&T) -> Cell,
    only: Option<Capability>,
}

impl<T> Column<T> {
    /// A column that everybody sees who sees the list.
    pub const fn new(name: &'static str, cell: fn(&T) -> Cell) -> Self {
        let only = None;
        Column { name, cell, only }
    }

    /// A column only for those who may do this.
    pub const fn only(capability: Capability, name: &'static str, cell: fn(&T) -> Cell) -> Self {
        let only = Some(capability);
        Column { name, cell, only }
    }
}

/// What can stand in a file as a row.
pub trait Row: Sized + 'static {
    /// Its columns, in the order of the file.
    const COLUMNS: &'static [Column<Self>];
}

/// A list as a CSV file, piece by piece, with the columns that this role may see. `fetch` reads a page of it.
pub fn csv<T, F, R>(
    role: Role,
    request: PageRequest,
    fetch: F,
) -> impl Stream<Item = Result<Vec<u8>, Refusal>> + Send
where
    T: Row + Send,
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
        move |(request, fetch, first)| async move {
            let Some(request) = request else { return Ok(None) };
            let page = fetch(request.clone()).await?;
            let piece = csv_lines(role, first, &page.data)?;
            let next = page.next_cursor.map(|cursor| PageRequest {
                cursor: Some(cursor),
                ..request
            });
            Ok(Some((piece, (next, fetch, false))))
        },
    )
}

/// Rows as lines of CSV; the first piece begins with the mark by which spreadsheets know UTF-8, and the columns' names.
pub fn csv_lines<T: Row>(role: Role, first: bool, rows: &[T]) -> Result<Vec<u8>, Refusal> {
    let broken = |e: csv::Error| Refusal::Internal(e.to_string());
    let columns = || T::COLUMNS.iter().filter(|c| c.only.is_none_or(|o| role.can(o)));
    let start: &[u8] = if first { b"\xef\xbb\xbf" } else { b"" };
    let mut file = csv::Writer::from_writer(start.to_vec());
    if first {
        file.write_record(columns().map(|c| c.name)).map_err(broken)?;
    }
    for row in rows {
        file.write_record(columns().map(|c| (c.cell)(row).0))
            .map_err(broken)?;
    }
    file.into_inner().map_err(|e| Refusal::Internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Item(&'static str, i32);

    impl Row for Item {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::new("name", |i| i.0.into()),
            Column::new("change", |i| i.1.into()),
            Column::only(Capability::SeePurchaseCost, "cost", |_| "5.00".into()),
        ];
    }

    #[test]
    fn no_text_is_a_formula_and_a_number_stays_one() {
        for text in ["=HYPERLINK(\"x\")", "+1", "-cmd", "@sum", "\t=1", "\r=1"] {
            assert_eq!(Cell::from(text), Cell(format!("'{text}")));
        }
        assert_eq!(Cell::from(-5), Cell("-5".into()));
        assert_eq!(Cell::from(None::<i32>), Cell(String::new()));
    }

    #[test]
    fn who_may_not_see_a_column_does_not_get_it() {
        let rows = [Item("=1+1, \"b\"", -2)];
        let file = |role, first| {
            String::from_utf8(csv_lines(role, first, &rows).expect("it is written")).expect("UTF-8")
        };
        assert_eq!(
            file(Role::Warehouse, true),
            "\u{feff}name,change,cost\n\"'=1+1, \"\"b\"\"\",-2,5.00\n"
        );
        assert_eq!(file(Role::Sales, false), "\"'=1+1, \"\"b\"\"\",-2\n");
    }
}
