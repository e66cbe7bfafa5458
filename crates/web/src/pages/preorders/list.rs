//! The list of all preorders.

use super::{due, thing};
use crate::AppState;
use crate::components::{Chip, Choice, Head, ListPage};
use crate::frame::{Frame, Visitor};
use crate::pages::{PageResult, show};
use app::preorders;
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::PreorderStatus;

/// templates/pages/preorder_list.html
#[derive(Debug, Template)]
#[template(path = "pages/preorder_list.html")]
pub struct List {
    frame: Frame,
    q: String,
    statuses: Vec<Choice>,
    has_status: bool,
    overdue: Vec<Choice>,
    has_overdue: bool,
    called_off: Vec<Choice>,
    has_called_off: bool,
    clear_href: String,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<Row>,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct Row {
    href: String,
    number: String,
    customer: String,
    thing: String,
    chip: Chip,
    due: Chip,
    deposit: String,
}

/// `GET /preorders/list`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query("/preorders/list", &query.unwrap_or_default(), &preorders::LIST);
    let page = preorders::page(&state.shop, &visitor.actor, &list.request).await?;
    let today = state.shop.today();
    let rows: Vec<Row> = page
        .data
        .iter()
        .map(|p| Row {
            href: format!("/preorders/{}", p.id),
            number: p.preorder_number.clone(),
            customer: p.customer_name.clone(),
            thing: thing(p),
            chip: Chip::toned(p.status.as_str(), p.status.tone()),
            due: due(p, today),
            deposit: if p.deposit_held.is_positive() {
                p.deposit_held.grouped()
            } else {
                String::new()
            },
        })
        .collect();
    let statuses = PreorderStatus::ALL.iter().map(|s| (s.as_str(), s.as_str()));
    show(&List {
        q: list.q().into(),
        statuses: Choice::filter(statuses, list.filter("status")),
        has_status: !list.filter("status").is_empty(),
        overdue: Choice::filter(
            [("true", "Overdue"), ("false", "In time")],
            list.filter("is_overdue"),
        ),
        has_overdue: !list.filter("is_overdue").is_empty(),
        called_off: Choice::filter(
            [("false", "Go on"), ("true", "Called off")],
            list.filter("is_called_off"),
        ),
        has_called_off: !list.filter("is_called_off").is_empty(),
        clear_href: list.clear_href(),
        filtered: list.filtered(),
        heads: vec![
            list.head("Preorder", "created_at", false),
            list.head("Customer", "", false),
            list.head("Wanted", "", false),
            list.head("Status", "", false),
            list.head("Due", "sla_date", false),
            list.head("Deposit held", "", true),
        ],
        shown: list.shown(rows.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        rows,
        frame: visitor.frame.titled("All preorders"),
    })
}
