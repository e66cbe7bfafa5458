//! The page of a list: filters in the address, sort, columns that each person chooses, saved views, check boxes, and the list as a
//! file. Built once; docs/lists.md says how a list gets it.

use crate::AppState;
use crate::components::{Choice, ListPage, Tab};
use crate::form::form_key;
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::{file, pages::PageResult, pages::show};
use app::export::{self, Cell, Columns, Format, OnPhone, Row};
use app::lists::{self, Kept, ListSpec};
use app::{Actor, Capability, Page, PageRequest, Refusal, Shop};
use askama::Template;
use axum::response::Response;
use domain::ListName;

/// A row of a list as its page shows it.
pub trait Listed: Row {
    /// Its number.
    fn id(&self) -> String;
    /// What it is.
    fn title(&self) -> String;
    /// More about what it is, or empty.
    fn subtitle(&self) -> String {
        String::new()
    }
    /// Its own page.
    fn href(&self) -> String;
    /// The address of a small picture of it.
    fn picture(&self) -> Option<String> {
        None
    }
    /// The page that a cell leads to beside it, by the name of its column; empty where to none.
    fn leads_to(&self, column: &str, actor: &Actor) -> String {
        let _ = (column, actor);
        String::new()
    }
}

/// A list with a page of its own.
#[derive(Debug, Clone, Copy)]
pub struct ListOf {
    /// Its name, for what people keep of it.
    pub name: ListName,
    /// Its address.
    pub path: &'static str,
    /// What it may be filtered and sorted by.
    pub spec: &'static ListSpec,
    /// Its title.
    pub title: &'static str,
    /// What the first cell of a row is.
    pub row: &'static str,
    /// By which of the list's sorts that cell sorts; empty when by none.
    pub row_sort: &'static str,
    /// What the search box finds; empty when there is none.
    pub search: &'static str,
}

/// A list as somebody asked for it.
#[derive(Debug)]
pub struct Listing<T: 'static> {
    of: ListOf,
    list: ListPage,
    kept: Kept,
    chosen: String,
    columns: Columns<T>,
    format: Option<Format>,
}

/// What opening a list leads to.
#[derive(Debug)]
pub enum Opened<T: 'static> {
    /// The list.
    Here(Box<Listing<T>>),
    /// The view that the person opens it with.
    Elsewhere(Response),
}

/// What reading a list leads to.
#[derive(Debug)]
pub enum Read<T: 'static> {
    /// The list, and the rows that were asked for.
    Here(Box<Listing<T>>, Page<T>),
    /// A file, or the view that the person opens it with.
    Elsewhere(Response),
}

impl<T: Listed + Send> Listing<T> {
    /// From the query of the address. An address without one opens the person's own view of the list, if there is one.
    pub async fn open(
        state: &AppState,
        visitor: &Visitor,
        of: ListOf,
        query: &str,
    ) -> Result<Opened<T>, Refusal> {
        let kept = lists::kept(&state.shop, &visitor.actor, of.name).await?;
        if query.is_empty()
            && let Some(view) = kept.views.iter().find(|v| Some(v.id) == kept.opens_with)
        {
            return Ok(Opened::Elsewhere(redirect(
                &view_href(of.path, &view.query, view.id),
                None,
            )));
        }
        let list = ListPage::from_query(of.path, query, of.spec);
        let chosen = match list.columns() {
            "" => kept.columns.clone(),
            asked => asked.to_owned(),
        };
        Ok(Opened::Here(Box::new(Listing {
            columns: export::chosen_columns(visitor.actor.role, &chosen),
            format: file::format(query),
            of,
            list,
            kept,
            chosen,
        })))
    }

    /// Opens the list and reads what the address asks for: by one call of `fetch`, or for a file by as many as it takes.
    pub async fn read<F, R>(
        state: &AppState,
        visitor: &Visitor,
        of: ListOf,
        query: Option<String>,
        fetch: F,
    ) -> Result<Read<T>, Refusal>
    where
        F: Fn(Shop, PageRequest) -> R + Clone + Send + 'static,
        R: Future<Output = Result<Page<T>, Refusal>> + Send + 'static,
    {
        let listing = match Self::open(state, visitor, of, &query.unwrap_or_default()).await? {
            Opened::Here(listing) => listing,
            Opened::Elsewhere(view) => return Ok(Read::Elsewhere(view)),
        };
        let (shop, by_parts) = (state.shop.clone(), fetch.clone());
        let by_parts = move |request| by_parts(shop.clone(), request);
        if let Some(file) = listing.file(state, visitor, by_parts) {
            return Ok(Read::Elsewhere(file));
        }
        let page = fetch(state.shop.clone(), listing.request().clone()).await?;
        Ok(Read::Here(listing, page))
    }

    /// What to ask for.
    pub fn request(&self) -> &PageRequest {
        &self.list.request
    }

    /// The value of a filter, or empty.
    pub fn filter(&self, name: &str) -> &str {
        self.list.filter(name)
    }

    /// The list as a file with what is shown, where the address asks for one.
    pub fn file<F, R>(&self, state: &AppState, visitor: &Visitor, fetch: F) -> Option<Response>
    where
        F: Fn(PageRequest) -> R + Send + 'static,
        R: Future<Output = Result<Page<T>, Refusal>> + Send + 'static,
    {
        let columns = export::file_columns(visitor.actor.role, &self.chosen);
        let (name, request) = (self.of.name.as_str(), self.list.request.clone());
        Some(file::listed(state, self.format?, name, columns, request, fetch))
    }

    /// The page, still without filters, tabs and actions of its own.
    pub fn view(self, state: &AppState, visitor: Visitor, page: &Page<T>) -> ListView {
        let Listing {
            of,
            list,
            kept,
            columns,
            ..
        } = self;
        let role = visitor.actor.role;
        let mut heads = vec![head(&list, of.row.to_owned(), of.row_sort, false)];
        heads.extend(columns.iter().map(|c| head(&list, c.head(), c.sort, c.end)));
        let rows = page
            .data
            .iter()
            .map(|row| ListRow {
                id: row.id(),
                title: row.title(),
                subtitle: row.subtitle(),
                href: row.href(),
                picture: row.picture().unwrap_or_default(),
                cells: columns
                    .iter()
                    .map(|c| ListCell {
                        href: row.leads_to(c.name, &visitor.actor),
                        ..ListCell::new(state, c.cell(row), c.on_phone, c.end)
                    })
                    .collect(),
            })
            .collect();
        let shown_names: Vec<&str> = columns.iter().map(|c| c.name).collect();
        let all = export::all_columns::<T>(role);
        let rest = all
            .iter()
            .filter(|c| !c.in_title && !shown_names.contains(&c.name));
        let choices: Vec<Choice> = (columns.iter().map(|c| (*c, true)))
            .chain(rest.map(|c| (*c, false)))
            .map(|(c, selected)| Choice {
                value: c.name.into(),
                label: c.head(),
                selected,
            })
            .collect();
        let everything = choices
            .iter()
            .map(|c| c.value.as_str())
            .collect::<Vec<_>>()
            .join(",");
        let whole = list.with_columns(everything);
        let saved = kept
            .views
            .iter()
            .map(|view| {
                let mine = Some(view.owner_id) == visitor.actor.user_id;
                SavedLink {
                    id: view.id.to_string(),
                    label: view.view_name.clone(),
                    href: view_href(of.path, &view.query, view.id),
                    current: list.view() == view.id.to_string(),
                    note: match (mine, view.is_shared) {
                        (true, true) => "Shared".into(),
                        (true, false) => String::new(),
                        (false, _) => format!("From {}", view.owner_name),
                    },
                    is_shared: view.is_shared,
                    may_change: mine || visitor.actor.can(Capability::ShareViews),
                    opens: kept.opens_with == Some(view.id),
                }
            })
            .collect::<Vec<_>>();
        let query = list.start_href();
        ListView {
            title: of.title,
            path: of.path,
            name: of.name.as_str(),
            search: of.search,
            q: list.q().into(),
            subline: "",
            trail: ("", ""),
            tabs: Vec::new(),
            tabs_label: "",
            actions: Vec::new(),
            filters: Vec::new(),
            chips: Vec::new(),
            named: Vec::new(),
            clear_href: match (list.filtered(), kept.opens_with) {
                (false, _) => String::new(),
                (true, None) => of.path.into(),
                (true, Some(_)) => format!("{}?view=none", of.path),
            },
            filtered: list.filtered(),
            heads,
            rows,
            choices,
            saved,
            exports: vec![
                ("CSV, as shown", list.export_href("csv")),
                ("XLSX, as shown", list.export_href("xlsx")),
                ("CSV, all columns", whole.export_href("csv")),
                ("XLSX, all columns", whole.export_href("xlsx")),
            ],
            shown: list.shown(page.data.len(), page.next_cursor.is_some()),
            next_href: list.next_href(page.next_cursor.as_deref()),
            first_href: list.first_href(),
            query: query
                .split_once('?')
                .map(|(_, q)| q.to_owned())
                .unwrap_or_default(),
            may_share: visitor.actor.can(Capability::ShareViews),
            has_default: kept.opens_with.is_some(),
            empty: Empty::default(),
            notices: Vec::new(),
            waiting: Waiting::default(),
            bulk_path: "",
            bulk: Vec::new(),
            form_key: form_key(),
            frame: visitor.frame.titled(of.title),
            list,
        }
    }
}

fn view_href(path: &str, query: &str, id: domain::SavedViewId) -> String {
    match query {
        "" => format!("{path}?view={id}"),
        query => format!("{path}?{query}&view={id}"),
    }
}

fn head(list: &ListPage, label: String, sort: &str, end: bool) -> ListHead {
    let head = list.head("", sort, end);
    ListHead {
        label,
        href: head.href,
        sorted: head.sorted,
        end,
    }
}

/// A head of the table.
#[derive(Debug)]
pub struct ListHead {
    label: String,
    href: String,
    sorted: &'static str,
    end: bool,
}

#[derive(Debug)]
struct ListRow {
    id: String,
    title: String,
    subtitle: String,
    href: String,
    picture: String,
    cells: Vec<ListCell>,
}

#[derive(Debug)]
struct ListCell {
    kind: &'static str,
    text: String,
    tone: &'static str,
    class: &'static str,
    href: String,
}

impl ListCell {
    fn new(state: &AppState, cell: Cell, on_phone: OnPhone, end: bool) -> Self {
        let (kind, text, tone) = match cell {
            Cell::Empty => ("text", String::new(), ""),
            Cell::Text(text) => ("text", text, ""),
            Cell::Number(number) => ("text", number, ""),
            Cell::Flag(flag) => ("text", if flag { "Yes" } else { "No" }.to_owned(), ""),
            Cell::Code(text) => ("code", text, ""),
            Cell::Money(money) => ("money", money.grouped(), ""),
            Cell::Date(day) => ("short", long_date(day), ""),
            Cell::Instant(instant) => ("short", crate::pages::invoices::when(&state.shop, instant), ""),
            Cell::State(word, tone) => ("chip", word, tone.as_str()),
            Cell::Grade(grade) => ("grade", grade.to_owned(), ""),
        };
        let class = match (on_phone, end) {
            (OnPhone::Below, false) => "",
            (OnPhone::Below, true) => "end",
            (OnPhone::Amount, _) => "end cell-amount",
            (OnPhone::State, _) => "cell-chip",
            (OnPhone::Absent, false) => "cell-wide-only",
            (OnPhone::Absent, true) => "end cell-wide-only",
        };
        ListCell {
            kind,
            text,
            tone,
            class,
            href: String::new(),
        }
    }
}

/// A filter of the bar.
#[derive(Debug)]
struct FilterField {
    label: &'static str,
    name: &'static str,
    choices: Vec<Choice>,
    /// The value of a field for a day or a text; of a choice, nothing.
    value: String,
    kind: &'static str,
    on: bool,
}

/// A filter that has no field of its own, and the way to take it away.
#[derive(Debug)]
struct FilterChip {
    label: String,
    value: String,
    href: String,
}

#[derive(Debug)]
struct SavedLink {
    id: String,
    label: String,
    href: String,
    current: bool,
    note: String,
    is_shared: bool,
    may_change: bool,
    opens: bool,
}

/// A sentence over the list about what was looked for.
#[derive(Debug)]
struct Notice {
    tone: &'static str,
    icon: &'static str,
    what: String,
    href: String,
    text: String,
}

/// What waits for somebody before the list begins: rows of texts, the first of which leads to its page.
#[derive(Debug, Default)]
struct Waiting {
    title: &'static str,
    heads: &'static [&'static str],
    rows: Vec<(String, Vec<String>)>,
}

/// Something to do, at the top of the page.
#[derive(Debug)]
struct Action {
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    is_main: bool,
}

/// Something to do with the ticked rows.
#[derive(Debug)]
struct Bulk {
    value: &'static str,
    label: &'static str,
    icon: &'static str,
}

/// What an empty list says: title, text, icon, and what to do about it.
#[derive(Debug, Default)]
struct Empty {
    nothing_found: &'static str,
    title: &'static str,
    text: &'static str,
    icon: &'static str,
    action: &'static str,
    href: &'static str,
}

/// templates/pages/list.html
#[derive(Debug, Template)]
#[template(path = "pages/list.html")]
pub struct ListView {
    frame: Frame,
    title: &'static str,
    subline: &'static str,
    trail: (&'static str, &'static str),
    path: &'static str,
    name: &'static str,
    search: &'static str,
    q: String,
    tabs: Vec<Tab>,
    tabs_label: &'static str,
    actions: Vec<Action>,
    filters: Vec<FilterField>,
    chips: Vec<FilterChip>,
    named: Vec<(&'static str, &'static str, String)>,
    clear_href: String,
    filtered: bool,
    heads: Vec<ListHead>,
    rows: Vec<ListRow>,
    choices: Vec<Choice>,
    saved: Vec<SavedLink>,
    exports: Vec<(&'static str, String)>,
    shown: String,
    next_href: String,
    first_href: String,
    query: String,
    may_share: bool,
    has_default: bool,
    empty: Empty,
    notices: Vec<Notice>,
    waiting: Waiting,
    bulk_path: &'static str,
    bulk: Vec<Bulk>,
    form_key: String,
    list: ListPage,
}

impl ListView {
    /// A sentence under the title.
    pub fn subline(mut self, text: &'static str) -> Self {
        self.subline = text;
        self
    }

    /// The page that it belongs to: its title and address.
    pub fn back(mut self, title: &'static str, href: &'static str) -> Self {
        self.trail = (title, href);
        self
    }

    /// Tabs over the list.
    pub fn tabs(mut self, label: &'static str, tabs: Vec<Tab>) -> Self {
        (self.tabs_label, self.tabs) = (label, tabs);
        self
    }

    /// Something to do, at the top of the page.
    pub fn action(
        mut self,
        allowed: bool,
        label: &'static str,
        href: &'static str,
        icon: &'static str,
    ) -> Self {
        if allowed {
            let is_main = icon == "plus" || icon == "package-plus" || icon == "shopping-cart";
            // One way is the main one, the last that makes something new.
            for action in &mut self.actions {
                action.is_main &= !is_main;
            }
            self.actions.push(Action {
                label,
                href,
                icon,
                is_main,
            });
        }
        self
    }

    /// A filter by one of some values.
    pub fn select<V: ToString, L: ToString>(
        mut self,
        label: &'static str,
        name: &'static str,
        pairs: impl IntoIterator<Item = (V, L)>,
    ) -> Self {
        let value = self.list.filter(name).to_owned();
        self.filters.push(FilterField {
            label,
            name,
            choices: Choice::filter(pairs, &value),
            value: String::new(),
            kind: "",
            on: !value.is_empty(),
        });
        self
    }

    /// A filter by a day.
    pub fn day(self, label: &'static str, name: &'static str) -> Self {
        self.field(label, name, "date")
    }

    /// A filter by a text.
    pub fn text(self, label: &'static str, name: &'static str) -> Self {
        self.field(label, name, "text")
    }

    fn field(mut self, label: &'static str, name: &'static str, kind: &'static str) -> Self {
        let value = self.list.filter(name).to_owned();
        self.filters.push(FilterField {
            label,
            name,
            choices: Vec::new(),
            on: !value.is_empty(),
            value,
            kind,
        });
        self
    }

    /// What a filter without a field says when it is on: its label, and its value in words (empty for the value itself).
    pub fn named(mut self, name: &'static str, label: &'static str, words: String) -> Self {
        self.named.push((name, label, words));
        self
    }

    /// What can be done with ticked rows, at `path` with `action` and each row's number as `id`.
    pub fn bulk(
        mut self,
        path: &'static str,
        actions: &[(bool, &'static str, &'static str, &'static str)],
    ) -> Self {
        self.bulk_path = path;
        let allowed = actions.iter().filter(|(allowed, ..)| *allowed);
        self.bulk = allowed
            .map(|(_, value, label, icon)| Bulk { value, label, icon })
            .collect();
        self
    }

    /// What the page says when nothing is in the list: when nothing is like what is asked for, and when there is nothing.
    pub fn empty(
        mut self,
        nothing_found: &'static str,
        title: &'static str,
        text: &'static str,
        icon: &'static str,
    ) -> Self {
        self.empty = Empty {
            nothing_found,
            title,
            text,
            icon,
            ..Empty::default()
        };
        self
    }

    /// What to do about a list in which nothing is.
    pub fn offer(mut self, allowed: bool, action: &'static str, href: &'static str) -> Self {
        if allowed {
            (self.empty.action, self.empty.href) = (action, href);
        }
        self
    }

    /// A sentence over the list about what was looked for: good or not, what it is about with its page (empty where it has none).
    pub fn notice(mut self, is_good: bool, what: String, href: String, text: String) -> Self {
        let (tone, icon) = match is_good {
            true => ("good", "shield-check"),
            false => ("warn", "triangle-alert"),
        };
        self.notices.push(Notice {
            tone,
            icon,
            what,
            href,
            text,
        });
        self
    }

    /// What waits for somebody, in a table of its own before the list: each row's page, and its texts under these heads.
    pub fn waiting(
        mut self,
        title: &'static str,
        heads: &'static [&'static str],
        rows: Vec<(String, Vec<String>)>,
    ) -> Self {
        self.waiting = Waiting { title, heads, rows };
        self
    }

    /// The page.
    pub fn show(mut self) -> PageResult {
        let has_field = |name: &str| self.filters.iter().any(|f| f.name == name);
        for (name, value) in &self.list.request.filters {
            if has_field(name) {
                continue;
            }
            let named = self.named.iter().find(|(n, ..)| n == name);
            let label = named.map_or_else(|| name.replace('_', " "), |(_, label, _)| (*label).to_owned());
            let words = named.map(|(.., words)| words.clone()).filter(|w| !w.is_empty());
            self.chips.push(FilterChip {
                label,
                value: words.unwrap_or_else(|| value.clone()),
                href: self.list.without(name).start_href(),
            });
        }
        show(&self)
    }

    /// What the form of the filters keeps beside its own fields.
    fn kept(&self) -> Vec<(&str, &str)> {
        let has_field = |name: &str| self.filters.iter().any(|f| f.name == name);
        let mut kept: Vec<(&str, &str)> = (self.list.request.filters.iter())
            .filter(|(name, _)| !has_field(name))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        kept.extend([
            ("sort", self.list.other_sort()),
            ("columns", self.list.columns()),
            ("view", self.list.view()),
        ]);
        kept.retain(|(_, value)| !value.is_empty());
        kept
    }
}
