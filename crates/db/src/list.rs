//! Keyset lists: the one mechanism behind every list of the API and of the pages (API.md section 2).
//!
//! A list is a constant [`ListSpec`]: its SELECT, what it may be sorted and filtered by. Names that come from outside
//! are looked up in those closed lists; only values travel, as bind parameters. The cost of a page does not grow with
//! its depth, because the cursor carries the last row's sort value and id.

use chrono::Datelike;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, Row};

/// The SQL type that a bound text is cast to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `text`
    Text,
    /// `integer`
    Int,
    /// `numeric`
    Money,
    /// `date`, as `YYYY-MM-DD`
    Date,
    /// `timestamptz`, as RFC 3339
    Instant,
    /// `boolean`
    Bool,
    /// `text`, usually one of these. Such a word stands in the statement itself, so that one plan made for it can use what is
    /// known of it (partial indexes, how many rows have it) and need not be made anew for each page. Any other text is bound.
    Word(&'static [&'static str]),
}

impl Kind {
    const fn cast(self) -> &'static str {
        match self {
            Kind::Text | Kind::Word(_) => "::text",
            Kind::Int => "::integer",
            Kind::Money => "::numeric",
            Kind::Date => "::date",
            Kind::Instant => "::timestamptz",
            Kind::Bool => "::boolean",
        }
    }

    /// Whether `text` can be cast without an error, so that a bad value is refused by name and not by the database.
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Kind::Text | Kind::Word(_) => !text.contains('\0'),
            Kind::Int => text.parse::<i32>().is_ok(),
            Kind::Money => domain::Money::parse(text).is_ok(),
            Kind::Date => {
                text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok_and(|day| day.year() > 0)
            }
            Kind::Instant => is_instant(text),
            Kind::Bool => matches!(text, "true" | "false"),
        }
    }
}

/// RFC 3339, or as PostgreSQL writes it into a cursor: with a space, and with whole hours of offset cut short.
fn is_instant(text: &str) -> bool {
    let short = text
        .get(text.len().saturating_sub(3)..)
        .is_some_and(|end| end.starts_with(['+', '-']));
    let text = if short {
        format!("{text}:00")
    } else {
        text.to_owned()
    };
    chrono::DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)).is_ok_and(|instant| instant.year() > 0)
}

/// A column that the list can be sorted or filtered by.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name outside: the schema's column name.
    pub name: &'static str,
    /// The SQL expression; for sorting it must never be null (use `coalesce`).
    pub sql: &'static str,
    /// Its type.
    pub kind: Kind,
}

/// A filter: a SQL condition with `?` where the value goes.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// Name of the query parameter.
    pub name: &'static str,
    /// Condition, e.g. `a.status = ?`; each `?` becomes the same bound value.
    pub sql: &'static str,
    /// Type of the value.
    pub kind: Kind,
}

/// Everything a list is.
#[derive(Debug, Clone, Copy)]
pub struct ListSpec {
    /// `SELECT … FROM …` without WHERE.
    pub select: &'static str,
    /// A condition that always holds (`c.deleted_at IS NULL`), or `true`.
    pub always: &'static str,
    /// The unique integer that breaks ties, e.g. `a.id`.
    pub id: &'static str,
    /// Closed list of sort columns.
    pub sorts: &'static [Column],
    /// The sort when none is asked for, as outside: `-received_date`.
    pub default_sort: &'static str,
    /// Closed list of filters.
    pub filters: &'static [Filter],
    /// Condition for `q`, with `?` for the text, or `None` when the list has no search. `#found` stands for what the use case
    /// has looked up for it ([`PageRequest::found`]).
    pub search: Option<&'static str>,
}

/// What is asked of a list, checked against its [`ListSpec`].
#[derive(Debug, Clone, Default)]
pub struct PageRequest {
    /// Rows on the page, 1 to 200.
    pub limit: u32,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `column` or `-column`; the spec's default when empty.
    pub sort: Option<String>,
    /// Search text.
    pub q: Option<String>,
    /// (filter name, value).
    pub filters: Vec<(String, String)>,
    /// What was looked up for `q` before, where the spec's search asks for it as `#found`.
    pub found: String,
    /// A page shows no row where a filter of its address cannot be read, instead of refusing to open.
    pub nothing_where_unreadable: bool,
}

/// Why a list cannot be shown as asked.
#[derive(Debug)]
pub enum ListError {
    /// A parameter is wrong: its name and a sentence.
    Parameter {
        /// The query parameter.
        name: String,
        /// What is wrong and what would be right.
        detail: String,
    },
    /// The database refused or is gone.
    Fault(Fault),
}

use crate::Fault;

impl From<sqlx::Error> for ListError {
    fn from(error: sqlx::Error) -> Self {
        ListError::Fault(error.into())
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Cursor of the following page, if there is one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with each row changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(change).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

fn parameter(name: &str, detail: impl Into<String>) -> ListError {
    ListError::Parameter {
        name: name.to_owned(),
        detail: detail.into(),
    }
}

impl ListSpec {
    fn sort(&self, asked: Option<&str>) -> Result<(Column, bool), ListError> {
        let asked = asked.filter(|s| !s.is_empty()).unwrap_or(self.default_sort);
        let (name, descending) = match asked.strip_prefix('-') {
            Some(name) => (name, true),
            None => (asked, false),
        };
        match self.sorts.iter().find(|c| c.name == name) {
            Some(column) => Ok((*column, descending)),
            None => {
                let names: Vec<_> = self.sorts.iter().map(|c| c.name).collect();
                Err(parameter(
                    "sort",
                    format!("This list can be sorted by {}.", names.join(", ")),
                ))
            }
        }
    }

    fn push_condition(query: &mut QueryBuilder<Postgres>, sql: &'static str, value: &str, kind: Kind) {
        query.push(" AND (");
        Self::push_values(query, sql, value, kind);
        query.push(")");
    }

    fn push_values(query: &mut QueryBuilder<Postgres>, sql: &'static str, value: &str, kind: Kind) {
        let word = match kind {
            Kind::Word(words) => words.iter().find(|word| **word == value && !word.contains('\'')),
            _ => None,
        };
        let mut parts = sql.split('?');
        query.push(parts.next().unwrap_or(""));
        for part in parts {
            match word {
                Some(word) => {
                    query.push("'").push(*word).push("'");
                }
                None => {
                    query.push_bind(value.to_owned()).push(kind.cast());
                }
            }
            query.push(part);
        }
    }

    fn push_filters(&self, query: &mut QueryBuilder<Postgres>, page: &PageRequest) -> Result<(), ListError> {
        for (name, value) in &page.filters {
            let filter = self.filters.iter().find(|f| f.name == name).ok_or_else(|| {
                let names: Vec<_> = self.filters.iter().map(|f| f.name).collect();
                parameter(
                    name,
                    format!("This list can be filtered by {}.", names.join(", ")),
                )
            })?;
            if !filter.kind.accepts(value) {
                if page.nothing_where_unreadable {
                    query.push(" AND false");
                    continue;
                }
                return Err(parameter(
                    name,
                    format!("{value:?} is not a value that {name} can have."),
                ));
            }
            Self::push_condition(query, filter.sql, value, filter.kind);
        }
        if let Some(q) = page.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let search = self
                .search
                .ok_or_else(|| parameter("q", "This list has no search."))?;
            if q.chars().count() > 100 || q.contains('\0') {
                return Err(parameter("q", "Search for at most 100 characters."));
            }
            let (before, after) = search.split_once("#found").unwrap_or((search, ""));
            query.push(" AND (");
            Self::push_values(query, before, q, Kind::Text);
            if before.len() < search.len() {
                query.push_bind(page.found.clone());
                query.push("::text");
            }
            Self::push_values(query, after, q, Kind::Text);
            query.push(")");
        }
        Ok(())
    }

    /// Whether the cursor, if there is one, is of a page of this list with this sort.
    pub fn knows_cursor(&self, page: &PageRequest) -> bool {
        let Some(cursor) = page.cursor.as_deref().filter(|c| !c.is_empty()) else {
            return true;
        };
        self.sort(page.sort.as_deref()).is_ok_and(|(column, descending)| {
            decode_cursor(cursor, column.name, descending)
                .is_some_and(|(value, _)| column.kind.accepts(&value))
        })
    }

    fn build(&self, page: &PageRequest) -> Result<(QueryBuilder<Postgres>, Column), ListError> {
        let (column, descending) = self.sort(page.sort.as_deref())?;
        // The SELECT list is wrapped from outside so that each row brings its own sort value for the cursor.
        let mut query = QueryBuilder::<Postgres>::new("");
        let (before_from, from) = split_select(self.select);
        query.push(before_from);
        query.push(", (");
        query.push(column.sql);
        query.push(")::text AS list_sort_value, ");
        query.push(self.id);
        query.push(" AS list_sort_id ");
        query.push(from);
        query.push(" WHERE (");
        query.push(self.always);
        query.push(")");
        self.push_filters(&mut query, page)?;
        if let Some(cursor) = page.cursor.as_deref().filter(|c| !c.is_empty()) {
            // As `knows_cursor` has it.
            let (value, id) = decode_cursor(cursor, column.name, descending)
                .filter(|(value, _)| column.kind.accepts(value))
                .ok_or_else(|| {
                    parameter(
                        "cursor",
                        "The next page cannot be found by this. Begin at the first page, or use next_cursor of the page before with the same sort.",
                    )
                })?;
            query.push(" AND (");
            query.push(column.sql);
            query.push(", ");
            query.push(self.id);
            query.push(if descending { ") < (" } else { ") > (" });
            query.push_bind(value);
            query.push(column.kind.cast());
            query.push(", ");
            query.push_bind(id);
            query.push(")");
        }
        query.push(" ORDER BY ");
        query.push(column.sql);
        query.push(if descending { " DESC, " } else { " ASC, " });
        query.push(self.id);
        query.push(if descending { " DESC" } else { " ASC" });
        // A number of rows that the planner does not know is taken for a tenth of the table.
        query.push(" LIMIT ").push(u64::from(page.limit) + 1);
        Ok((query, column))
    }

    /// Reads one page. One row more than asked is read to know whether another page follows; nothing is counted.
    pub async fn fetch<T>(&self, conn: &mut PgConnection, page: &PageRequest) -> Result<Page<T>, ListError>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        if !(1..=200).contains(&page.limit) {
            return Err(parameter("limit", "Ask for 1 to 200 rows a page."));
        }
        let (mut query, column) = self.build(page)?;
        // How much a search finds decides how it is best read: it is planned each time.
        let is_search = page.q.as_deref().is_some_and(|q| !q.trim().is_empty());
        let rows: Vec<PgRow> = query.build().persistent(!is_search).fetch_all(conn).await?;
        let limit = page.limit as usize;
        let next_cursor = match (rows.len() > limit, rows.get(limit.saturating_sub(1))) {
            (true, Some(last)) => {
                let value: String = last.try_get("list_sort_value")?;
                let id: i64 = last
                    .try_get::<i32, _>("list_sort_id")
                    .map(i64::from)
                    .or_else(|_| last.try_get("list_sort_id"))?;
                let descending = self.sort(page.sort.as_deref())?.1;
                Some(encode_cursor(column.name, descending, &value, id))
            }
            _ => None,
        };
        let data = rows
            .iter()
            .take(limit)
            .map(T::from_row)
            .collect::<Result<_, _>>()?;
        Ok(Page { data, next_cursor })
    }

    /// Sums and counts over everything that the filters leave, for the foot of a report. Unlike a page, this reads all
    /// those rows.
    pub async fn sums<T>(
        &self,
        conn: &mut PgConnection,
        page: &PageRequest,
        columns: &'static str,
    ) -> Result<T, ListError>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let mut query = QueryBuilder::<Postgres>::new("SELECT ");
        query.push(columns);
        query.push(split_select(self.select).1);
        query.push(" WHERE (");
        query.push(self.always);
        query.push(")");
        self.push_filters(&mut query, page)?;
        Ok(T::from_row(&query.build().fetch_one(conn).await?)?)
    }

    /// The SQL of a page, for tests of its plan.
    pub fn sql(&self, page: &PageRequest) -> Result<String, ListError> {
        Ok(self.build(page)?.0.sql().as_str().to_owned())
    }
}

/// Splits before the outermost ` FROM `, written in the specs on a line of its own as `\nFROM`.
fn split_select(select: &'static str) -> (&'static str, &'static str) {
    let at = select
        .find("\nFROM ")
        .expect("a list's SELECT has its FROM at the start of a line");
    select.split_at(at)
}

fn encode_cursor(column: &str, descending: bool, value: &str, id: i64) -> String {
    let sign = if descending { '-' } else { '+' };
    hex(format!("{sign}{column}\u{1f}{id}\u{1f}{value}").as_bytes())
}

fn decode_cursor(cursor: &str, column: &str, descending: bool) -> Option<(String, i64)> {
    let text = String::from_utf8(unhex(cursor)?).ok()?;
    let mut parts = text.splitn(3, '\u{1f}');
    let sort = parts.next()?;
    let id = parts.next()?.parse().ok()?;
    let value = parts.next()?;
    let sign = if descending { "-" } else { "+" };
    (sort.strip_prefix(sign) == Some(column)).then(|| (value.to_owned(), id))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok())
        .collect()
}

/// The arguments type of a list's query, named for the tests that explain it.
pub type Arguments = PgArguments;

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: ListSpec = ListSpec {
        select: "SELECT t.*\nFROM t",
        always: "true",
        id: "t.id",
        sorts: &[Column {
            name: "name",
            sql: "t.name",
            kind: Kind::Text,
        }],
        default_sort: "name",
        filters: &[Filter {
            name: "size",
            sql: "t.size = ?",
            kind: Kind::Int,
        }],
        search: None,
    };

    fn request() -> PageRequest {
        PageRequest {
            limit: 50,
            ..PageRequest::default()
        }
    }

    #[test]
    fn only_names_of_the_closed_lists_reach_the_sql() {
        let hostile = PageRequest {
            sort: Some("name; DROP TABLE t".into()),
            ..request()
        };
        assert!(matches!(SPEC.sql(&hostile), Err(ListError::Parameter { name, .. }) if name == "sort"));
        let hostile = PageRequest {
            filters: vec![("1=1 OR x".into(), "1".into())],
            ..request()
        };
        assert!(SPEC.sql(&hostile).is_err());
        let wrong_type = PageRequest {
            filters: vec![("size".into(), "big".into())],
            ..request()
        };
        assert!(matches!(SPEC.sql(&wrong_type), Err(ListError::Parameter { name, .. }) if name == "size"));
    }

    #[test]
    fn a_known_word_stands_in_the_statement_and_any_other_is_bound() {
        const FILTERS: &[Filter] = &[Filter {
            name: "state",
            sql: "t.state = ?",
            kind: Kind::Word(&["On", "Off", "Don't know"]),
        }];
        let spec = ListSpec {
            filters: FILTERS,
            ..SPEC
        };
        let asked = |state: &str| {
            let page = PageRequest {
                filters: vec![("state".into(), state.into())],
                ..request()
            };
            spec.sql(&page).expect("it is a filter")
        };
        assert!(asked("Off").contains("(t.state = 'Off')"), "{}", asked("Off"));
        assert!(asked("Off").ends_with("LIMIT 51"));
        for other in ["off", "Don't know", "' OR true --", ""] {
            assert!(asked(other).contains("(t.state = $1::text)"), "{}", asked(other));
        }
    }

    #[test]
    fn instants_are_read_as_clients_and_as_cursors_write_them() {
        for good in [
            "2026-01-14T10:00:00Z",
            "2026-01-14 10:00:00+00",
            "2026-01-14 10:00:00.123456-05",
            "2026-01-14T10:00:00+05:30",
        ] {
            assert!(Kind::Instant.accepts(good), "{good}");
        }
        for bad in [
            "",
            "2026-01-14",
            "0000-01-14T10:00:00Z",
            "now",
            "é+00",
            "+0",
            "2026-13-14 10:00:00+00",
        ] {
            assert!(!Kind::Instant.accepts(bad), "{bad}");
        }
        assert!(
            Kind::Date.accepts("2026-01-14")
                && !Kind::Date.accepts("0000-01-14")
                && !Kind::Date.accepts("2026-02-30")
        );
    }

    #[test]
    fn a_cursor_belongs_to_its_sort() {
        let cursor = encode_cursor("name", false, "Zoë\u{1f}x", 7);
        assert_eq!(
            decode_cursor(&cursor, "name", false),
            Some(("Zoë\u{1f}x".to_owned(), 7))
        );
        assert_eq!(decode_cursor(&cursor, "name", true), None);
        assert_eq!(decode_cursor(&cursor, "size", false), None);
        assert_eq!(decode_cursor("zz", "name", false), None);
        assert_eq!(decode_cursor("é0", "name", false), None);
    }
}
