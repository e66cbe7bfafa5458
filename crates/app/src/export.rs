//! Lists as tables: which columns a list has and who sees them, on its page and in a file. Files are CSV and XLSX, written page
//! by page, so that memory does not grow with the number of rows.

use crate::{Capability, Page, PageRequest, Refusal, Role};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{Decimal, Money, Tone};
use futures_util::{Stream, stream};

mod workbook;

/// What stands in a cell, for a page and for a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text. In a file no spreadsheet takes it for a formula.
    Text(String),
    /// A tag, a serial number or another code, in the face of codes.
    Code(String),
    /// A number, as it is written without grouping.
    Number(String),
    /// Yes or no.
    Flag(bool),
    /// An amount.
    Money(Money),
    /// A day.
    Date(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
    /// A state: a word with the colour of its meaning.
    State(String, Tone),
    /// A device's grade.
    Grade(&'static str),
}

impl Cell {
    /// A code.
    pub fn code(text: &str) -> Cell {
        Cell::Code(text.to_owned())
    }

    /// A state.
    pub fn state(word: &str, tone: Tone) -> Cell {
        Cell::State(word.to_owned(), tone)
    }

    /// As it stands in a CSV file: what begins like a formula gets an apostrophe before it.
    fn csv(self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Code(text) | Cell::State(text, _) => {
                match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                    true => format!("'{text}"),
                    false => text,
                }
            }
            Cell::Number(number) => number,
            Cell::Flag(flag) => flag.to_string(),
            Cell::Money(money) => money.to_string(),
            Cell::Date(day) => day.to_string(),
            Cell::Instant(instant) => instant.format("%Y-%m-%d %H:%M:%S").to_string(),
            Cell::Grade(grade) => grade.to_owned(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Cell::Text(text.clone())
    }
}

macro_rules! cells {
    ($($type:ty => $make:expr),+ $(,)?) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                let make: fn($type) -> Cell = $make;
                make(value)
            }
        }
    )+};
}

cells! {
    i32 => |n| Cell::Number(n.to_string()),
    i64 => |n| Cell::Number(n.to_string()),
    Decimal => |n| Cell::Number(n.to_string()),
    bool => Cell::Flag,
    Money => Cell::Money,
    NaiveDate => Cell::Date,
    DateTime<Utc> => Cell::Instant,
}

impl<T> From<Option<T>> for Cell
where
    Cell: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map(Cell::from).unwrap_or_default()
    }
}

/// Where a column stands when the page is as narrow as a phone and each row is a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnPhone {
    /// In the second line of the card.
    Below,
    /// Beside what the row is: its amount.
    Amount,
    /// The state, first in the second line.
    State,
    /// Not at all.
    Absent,
}

/// A column of a list: its name as in the API, what stands in it, who sees it, and how the page shows it.
#[derive(Debug)]
pub struct Column<T> {
    /// Name in addresses and files.
    pub name: &'static str,
    /// Head on the page; from the name when empty.
    pub label: &'static str,
    /// By which of the list's sorts its head sorts; empty when by none.
    pub sort: &'static str,
    /// Whether figures stand in it, at the right.
    pub end: bool,
    /// Whether it is shown when nobody has chosen columns.
    pub usual: bool,
    /// Whether the page says it in the row's first cell anyway: then it is in every file, and nobody chooses it.
    pub in_title: bool,
    /// On a phone.
    pub on_phone: OnPhone,
    cell: fn(&T) -> Cell,
    only: Option<Capability>,
}

impl<T> Column<T> {
    /// A column that everybody sees who sees the list.
    pub const fn new(name: &'static str, cell: fn(&T) -> Cell) -> Self {
        Column {
            name,
            label: "",
            sort: "",
            end: false,
            usual: true,
            in_title: false,
            on_phone: OnPhone::Below,
            cell,
            only: None,
        }
    }

    /// A column only for those who may do this.
    pub const fn only(capability: Capability, name: &'static str, cell: fn(&T) -> Cell) -> Self {
        let mut column = Column::new(name, cell);
        column.only = Some(capability);
        column
    }

    /// With a head.
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    /// Its head sorts the list.
    pub const fn sorts(mut self, sort: &'static str) -> Self {
        self.sort = sort;
        self
    }

    /// Figures, at the right.
    pub const fn end(mut self) -> Self {
        self.end = true;
        self
    }

    /// Shown only where somebody chooses it.
    pub const fn unusual(mut self) -> Self {
        self.usual = false;
        self
    }

    /// Said in the row's first cell.
    pub const fn in_title(mut self) -> Self {
        self.in_title = true;
        self
    }

    /// Where it stands on a phone.
    pub const fn on_phone(mut self, place: OnPhone) -> Self {
        self.on_phone = place;
        self
    }

    /// The head of the column for people.
    pub fn head(&self) -> String {
        if !self.label.is_empty() {
            return self.label.to_owned();
        }
        let words = self.name.replace('_', " ");
        let first = words.get(..1).unwrap_or_default().to_uppercase();
        first + words.get(1..).unwrap_or_default()
    }

    /// What stands in it for a row.
    pub fn cell(&self, row: &T) -> Cell {
        (self.cell)(row)
    }

    fn is_for(&self, role: Role) -> bool {
        self.only.is_none_or(|capability| role.can(capability))
    }
}

/// What can stand in a list as a row.
pub trait Row: Sized + 'static {
    /// Its columns, in their usual order.
    const COLUMNS: &'static [Column<Self>];
}

/// Columns of a list, some of all.
pub type Columns<T> = Vec<&'static Column<T>>;

/// All columns that a role may see.
pub fn all_columns<T: Row>(role: Role) -> Columns<T> {
    T::COLUMNS.iter().filter(|c| c.is_for(role)).collect()
}

/// The columns that somebody chose, in their order, as far as the role may see them; the usual ones where none of them is
/// one. Columns of the row's first cell are not among them.
pub fn chosen_columns<T: Row>(role: Role, names: &str) -> Columns<T> {
    let all: Columns<T> = all_columns(role).into_iter().filter(|c| !c.in_title).collect();
    let mut chosen: Columns<T> = Vec::new();
    for name in names.split(',') {
        if let Some(column) = all.iter().find(|c| c.name == name)
            && !chosen.iter().any(|c| c.name == name)
        {
            chosen.push(column);
        }
    }
    if chosen.is_empty() {
        chosen = all.into_iter().filter(|c| c.usual).collect();
    }
    chosen
}

/// The columns of a file of what is shown: what the first cell says, and the chosen ones.
pub fn file_columns<T: Row>(role: Role, names: &str) -> Columns<T> {
    let mut columns: Columns<T> = all_columns(role).into_iter().filter(|c| c.in_title).collect();
    columns.extend(chosen_columns(role, names));
    columns
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with commas.
    Csv,
    /// A workbook.
    Xlsx,
}

enum Writer {
    Csv,
    Xlsx(Box<workbook::Workbook>),
}

/// A list as a file, piece by piece, with these columns. `fetch` reads a page of it.
pub fn file<T, F, R>(
    format: Format,
    columns: Columns<T>,
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
    let writer = match format {
        Format::Csv => Writer::Csv,
        Format::Xlsx => Writer::Xlsx(Box::default()),
    };
    stream::try_unfold(
        (Some(start), fetch, writer, columns, true),
        move |(request, fetch, mut writer, columns, first)| async move {
            let Some(request) = request else { return Ok(None) };
            let page = fetch(request.clone()).await?;
            let next = page.next_cursor.map(|cursor| PageRequest {
                cursor: Some(cursor),
                ..request
            });
            let piece = match &mut writer {
                Writer::Csv => lines(&columns, first, &page.data)?,
                Writer::Xlsx(book) => book.rows(&columns, first, &page.data, next.is_none())?,
            };
            Ok(Some((piece, (next, fetch, writer, columns, false))))
        },
    )
}

/// Rows as lines of CSV, with all columns that the role may see.
pub fn csv_lines<T: Row>(role: Role, first: bool, rows: &[T]) -> Result<Vec<u8>, Refusal> {
    lines(&all_columns(role), first, rows)
}

/// The first piece begins with the mark by which spreadsheets know UTF-8, and the columns' names.
fn lines<T>(columns: &Columns<T>, first: bool, rows: &[T]) -> Result<Vec<u8>, Refusal> {
    let broken = |e: csv::Error| Refusal::Internal(e.to_string());
    let start: &[u8] = if first { b"\xef\xbb\xbf" } else { b"" };
    let mut file = csv::Writer::from_writer(start.to_vec());
    if first {
        file.write_record(columns.iter().map(|c| c.name))
            .map_err(broken)?;
    }
    for row in rows {
        file.write_record(columns.iter().map(|c| c.cell(row).csv()))
            .map_err(broken)?;
    }
    file.into_inner().map_err(|e| Refusal::Internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
    use futures_util::StreamExt;

    struct Item(&'static str, i32);

    impl Row for Item {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::<Self>::new("name", |i| i.0.into()).in_title(),
            Column::<Self>::new("change", |i| i.1.into()),
            Column::<Self>::new("price", |_| Money::from_pesewas(490_000).into()).unusual(),
            Column::<Self>::only(Capability::SeePurchaseCost, "cost", |_| "5.00".into()),
        ];
    }

    const FORMULAS: [&str; 6] = ["=HYPERLINK(\"x\")", "+1", "-cmd", "@sum", "\t=1", "\r=1"];

    #[test]
    fn no_text_is_a_formula_and_a_number_stays_one() {
        for text in FORMULAS {
            assert_eq!(Cell::from(text).csv(), format!("'{text}"));
            assert_eq!(Cell::code(text).csv(), format!("'{text}"));
        }
        assert_eq!(Cell::from(-5).csv(), "-5");
        assert_eq!(Cell::from(None::<i32>).csv(), "");
    }

    #[test]
    fn who_may_not_see_a_column_does_not_get_it() {
        let rows = [Item("=1+1, \"b\"", -2)];
        let file = |columns: Columns<Item>, first| {
            String::from_utf8(lines(&columns, first, &rows).expect("it is written")).expect("UTF-8")
        };
        assert_eq!(
            file(file_columns(Role::Warehouse, ""), true),
            "\u{feff}name,change,cost\n\"'=1+1, \"\"b\"\"\",-2,5.00\n"
        );
        let asked = "cost,price,nonsense,price";
        assert_eq!(
            file(file_columns(Role::Sales, asked), false),
            "\"'=1+1, \"\"b\"\"\",4900.00\n"
        );
        let names = |role, asked| {
            chosen_columns::<Item>(role, asked)
                .iter()
                .map(|c| c.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(Role::Warehouse, asked), ["cost", "price"]);
        assert_eq!(names(Role::Sales, "cost"), ["change"]);
    }

    #[tokio::test]
    async fn a_workbook_holds_texts_and_numbers_and_no_formula() {
        let fetch = |request: PageRequest| async move {
            let at: usize = request
                .cursor
                .as_deref()
                .unwrap_or("0")
                .parse()
                .expect("a number");
            let data = vec![Item(FORMULAS[at], -2), Item("a <b> & \u{1}c", 7)];
            let next_cursor = (at + 1 < FORMULAS.len()).then(|| (at + 1).to_string());
            Ok(Page { data, next_cursor })
        };
        let columns = file_columns(Role::Sales, "price,change");
        let pieces: Vec<_> = file(Format::Xlsx, columns, PageRequest::default(), fetch)
            .collect()
            .await;
        let bytes: Vec<u8> = pieces
            .into_iter()
            .flat_map(|piece| piece.expect("it is written"))
            .collect();
        let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a workbook");
        let formulas = book.worksheet_formula("List").expect("the sheet");
        assert!(formulas.used_cells().all(|(_, _, f)| f.is_empty()));
        let sheet = book.worksheet_range("List").expect("the sheet");
        assert_eq!(sheet.height(), 1 + 2 * FORMULAS.len());
        for (n, text) in FORMULAS.iter().enumerate() {
            let row = u32::try_from(2 * n + 1).expect("small");
            let cell = |column| sheet.get_value((row, column)).cloned().unwrap_or_default();
            assert_eq!(cell(0).to_string().trim(), text.trim());
            assert!(matches!(cell(0), Data::String(_)));
            assert_eq!((cell(1), cell(2)), (Data::Float(4900.0), Data::Float(-2.0)));
        }
        assert_eq!(
            sheet.get_value((2, 0)).map(ToString::to_string).as_deref(),
            Some("a <b> & c")
        );
    }
}
