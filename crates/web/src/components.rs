//! What the components of templates/components.html are filled with.

use crate::extract::parse_list_query;
use app::{PageRequest, Refusal};
use db_list::ListSpec;
use domain::AssetStatus;
use domain::Tone;

use app::lists as db_list;

/// A choice of a select, a filter or a segmented field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen now.
    pub selected: bool,
}

impl Choice {
    /// Choices from (value, label) pairs, with the chosen one marked.
    pub fn list<V: ToString, L: ToString>(
        pairs: impl IntoIterator<Item = (V, L)>,
        chosen: &str,
    ) -> Vec<Choice> {
        pairs
            .into_iter()
            .map(|(value, label)| {
                let value = value.to_string();
                let selected = value == chosen;
                Choice {
                    value,
                    label: label.to_string(),
                    selected,
                }
            })
            .collect()
    }

    /// Choices of a filter: "Any" first.
    pub fn filter<V: ToString, L: ToString>(
        pairs: impl IntoIterator<Item = (V, L)>,
        chosen: &str,
    ) -> Vec<Choice> {
        let mut choices = vec![Choice {
            value: String::new(),
            label: "Any".into(),
            selected: chosen.is_empty(),
        }];
        choices.extend(Choice::list(pairs, chosen));
        choices
    }
}

/// A head of a table.
#[derive(Debug, Clone)]
pub struct Head {
    /// Label.
    pub label: &'static str,
    /// Link that sorts by it; empty when the list cannot be sorted by it.
    pub href: String,
    /// `ascending`, `descending` or empty.
    pub sorted: &'static str,
    /// Whether the column is right-aligned.
    pub end: bool,
}

/// A tab.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Label.
    pub label: String,
    /// Link.
    pub href: String,
    /// Whether it is open.
    pub current: bool,
    /// A count beside it, or empty.
    pub count: String,
}

/// A status, as word and colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Word.
    pub status: String,
    /// neutral, info, good, warn, bad or accent.
    pub tone: String,
    /// Icon; a dot when empty.
    pub icon: String,
}

impl Chip {
    /// A chip by hand.
    pub fn new(status: impl Into<String>, tone: &str) -> Self {
        Chip {
            status: status.into(),
            tone: tone.into(),
            icon: String::new(),
        }
    }

    /// The chip of a tone of the domain.
    pub fn toned(status: impl Into<String>, tone: Tone) -> Self {
        Chip::new(status, tone.as_str())
    }
}

impl From<AssetStatus> for Chip {
    fn from(status: AssetStatus) -> Self {
        Chip::toned(status.as_str(), status.tone())
    }
}

/// An entry of a timeline.
#[derive(Debug, Clone)]
pub struct Event {
    /// Icon.
    pub icon: String,
    /// Tone.
    pub tone: String,
    /// What happened.
    pub title: String,
    /// More about it.
    pub detail: String,
    /// Who.
    pub who: String,
    /// When, as it is read.
    pub when: String,
    /// When, for machines.
    pub when_iso: String,
    /// The document behind it, or empty.
    pub href: String,
}

/// One wrong field, for the summary over a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Name of the field, which is its id too.
    pub name: String,
    /// Its label as far as the name tells.
    pub label: String,
    /// What is wrong.
    pub text: String,
}

/// What is wrong with a form. Empty at first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors {
    /// A sentence about the whole, or empty.
    pub summary: String,
    /// Wrong fields.
    pub list: Vec<FieldProblem>,
}

impl Errors {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.summary.is_empty() && self.list.is_empty()
    }

    /// The sentence under a field, or empty.
    pub fn of(&self, name: &str) -> &str {
        self.list
            .iter()
            .find(|e| e.name == name)
            .map_or("", |e| e.text.as_str())
    }

    /// From a refusal that a form can show; `Err` gives back what needs a page of its own (a bug, or nobody there).
    pub fn from_refusal(refusal: Refusal) -> Result<Errors, Refusal> {
        match refusal {
            Refusal::Invalid(fields) => {
                let mut errors = Errors::default();
                for field in fields {
                    let name = field.pointer.trim_start_matches('/').replace('/', "_");
                    if name.is_empty() {
                        errors.summary = field.detail;
                    } else {
                        let label = label_of(&name);
                        errors.list.push(FieldProblem {
                            name,
                            label,
                            text: field.detail,
                        });
                    }
                }
                Ok(errors)
            }
            Refusal::Conflict { .. }
            | Refusal::Forbidden { .. }
            | Refusal::Stale
            | Refusal::TooMany { .. }
            | Refusal::Unreadable { .. }
            | Refusal::Unavailable(_) => Ok(Errors {
                summary: refusal.sentence(),
                list: Vec::new(),
            }),
            other => Err(other),
        }
    }
}

/// A field as its form calls it; mostly its name says that.
fn label_of(name: &str) -> String {
    let label = match name {
        "at" => "At the end of",
        "battery_cycle_count" => "Battery cycles",
        "battery_health_percent" => "Battery health",
        "caption" => "What is to be seen",
        "condition_grade" => "Grade",
        "cosmetic_notes" => "Looks",
        "file" => "File",
        "imei_1" => "IMEI",
        "imei_2" => "Second IMEI",
        "overall_result" => "Overall",
        "product_model_id" => "Model",
        "reason" => "Reason",
        "text" => "What dmidecode prints",
        "wipe_method" => "Wipe method",
        _ => "",
    };
    if !label.is_empty() {
        return label.into();
    }
    let label = name.replace('_', " ");
    match label.get(..1) {
        Some(first) => format!("{}{}", first.to_uppercase(), &label[1..]),
        None => label,
    }
}

/// A list page's address, taken apart: what is filtered, how it is sorted, and the links that change one of them.
#[derive(Debug, Clone)]
pub struct ListPage {
    /// What to ask `app` for.
    pub request: PageRequest,
    path: &'static str,
    default_sort: &'static str,
    is_file: bool,
    columns: String,
    view: String,
}

impl ListPage {
    /// From the query of the address. What cannot be read is left out, and a page shows the list all the same; but a filter that
    /// cannot be read lets no row through, so that nobody takes all rows for some.
    pub fn from_query(path: &'static str, query: &str, spec: &ListSpec) -> Self {
        let mut request = parse_list_query(query, 50).unwrap_or(PageRequest {
            limit: 50,
            ..PageRequest::default()
        });
        request
            .filters
            .retain(|(name, _)| spec.filters.iter().any(|f| f.name == name.as_str()));
        request.nothing_where_unreadable = true;
        // More than anything is called by is searched for by its beginning.
        request.q = request
            .q
            .map(|q| q.chars().filter(|c| !c.is_control()).take(100).collect());
        let known = |s: &String| spec.sorts.iter().any(|c| c.name == s.trim_start_matches('-'));
        request.sort = request.sort.filter(known);
        if !spec.knows_cursor(&request) {
            request.cursor = None;
        }
        let text = |asked: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == asked)
                .map(|(_, value)| value.chars().take(1000).collect())
                .unwrap_or_default()
        };
        ListPage {
            request,
            path,
            default_sort: spec.default_sort,
            is_file: crate::file::is_asked(query),
            columns: text("columns"),
            view: text("view"),
        }
    }

    /// The columns that the address asks for, with commas, or empty.
    pub fn columns(&self) -> &str {
        &self.columns
    }

    /// The saved view that the address came from, or empty.
    pub fn view(&self) -> &str {
        &self.view
    }

    /// The sort, where it is not the list's own.
    pub fn other_sort(&self) -> &str {
        let sort = self.request.sort.as_deref().unwrap_or_default();
        if sort == self.default_sort { "" } else { sort }
    }

    /// The same list with other columns.
    pub fn with_columns(&self, columns: String) -> Self {
        ListPage {
            columns,
            ..self.clone()
        }
    }

    /// The same list without a filter.
    pub fn without(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.request.filters.retain(|(n, _)| n != name);
        other
    }

    /// Link to the first page of this list.
    pub fn start_href(&self) -> String {
        self.href(self.request.sort.as_deref(), None)
    }

    /// Whether the address asks for the list as a file (`format=csv`).
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// The value of a filter, or empty.
    pub fn filter(&self, name: &str) -> &str {
        self.request
            .filters
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    /// The search text, or empty.
    pub fn q(&self) -> &str {
        self.request.q.as_deref().unwrap_or("")
    }

    /// Whether anything is filtered or searched.
    pub fn filtered(&self) -> bool {
        !self.q().is_empty() || !self.request.filters.is_empty()
    }

    /// Link that clears all filters, or empty when there are none.
    pub fn clear_href(&self) -> String {
        if self.filtered() {
            self.path.to_owned()
        } else {
            String::new()
        }
    }

    fn href(&self, sort: Option<&str>, cursor: Option<&str>) -> String {
        let mut pairs: Vec<(&str, &str)> = self
            .request
            .filters
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        if !self.q().is_empty() {
            pairs.push(("q", self.q()));
        }
        if let Some(sort) = sort.filter(|s| *s != self.default_sort) {
            pairs.push(("sort", sort));
        }
        for (name, value) in [("columns", &self.columns), ("view", &self.view)] {
            if !value.is_empty() {
                pairs.push((name, value));
            }
        }
        if let Some(cursor) = cursor {
            pairs.push(("cursor", cursor));
        }
        if pairs.is_empty() {
            return self.path.to_owned();
        }
        format!(
            "{}?{}",
            self.path,
            serde_urlencoded::to_string(pairs).unwrap_or_default()
        )
    }

    /// A head that sorts by `column`, or one that does not sort when `column` is empty.
    pub fn head(&self, label: &'static str, column: &str, end: bool) -> Head {
        if column.is_empty() {
            return Head {
                label,
                href: String::new(),
                sorted: "",
                end,
            };
        }
        let now = self.request.sort.as_deref().unwrap_or(self.default_sort);
        let descending = format!("-{column}");
        let (sorted, next) = if now == column {
            ("ascending", descending.as_str())
        } else if now == descending {
            ("descending", column)
        } else {
            ("", if end { descending.as_str() } else { column })
        };
        Head {
            label,
            href: self.href(Some(next), None),
            sorted,
            end,
        }
    }

    /// Link to the next page, or empty.
    pub fn next_href(&self, next_cursor: Option<&str>) -> String {
        next_cursor
            .map(|c| self.href(self.request.sort.as_deref(), Some(c)))
            .unwrap_or_default()
    }

    /// Link to the first page, or empty when this is it.
    pub fn first_href(&self) -> String {
        match self.request.cursor {
            Some(_) => self.href(self.request.sort.as_deref(), None),
            None => String::new(),
        }
    }

    /// Link to the same list as a file: the same filters and sort.
    pub fn export_href(&self, format: &str) -> String {
        let href = self.href(self.request.sort.as_deref(), None);
        let mark = if href.contains('?') { '&' } else { '?' };
        format!("{href}{mark}format={format}")
    }

    /// "50 shown", "Nothing".
    pub fn shown(&self, rows: usize, more: bool) -> String {
        match (rows, more) {
            (1, false) => "1 shown".into(),
            (n, false) => format!("{n} shown"),
            (n, true) => format!("{n} shown, and more"),
        }
    }
}

/// A figure that opens its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figure {
    /// What it counts.
    pub label: String,
    /// The figure.
    pub value: String,
    /// Whether it is an amount.
    pub money: bool,
    /// What it is compared with.
    pub note: String,
    /// Tone of the note.
    pub tone: String,
    /// Icon of the note.
    pub icon: String,
    /// Its rows, or empty.
    pub href: String,
}

/// An address with a query.
pub fn link(path: &str, query: &[(&str, &str)]) -> String {
    format!(
        "{path}?{}",
        serde_urlencoded::to_string(query).unwrap_or_default()
    )
}
