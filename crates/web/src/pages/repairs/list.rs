//! The list of all tickets, and of those that nobody fetches.

use super::{status_chip, tabs};
use crate::AppState;
use crate::components::{Chip, Choice, Head, ListPage, Tab};
use crate::file;
use crate::frame::{Frame, Visitor, long_date};
use crate::pages::bench::waited;
use crate::pages::{PageResult, show};
use app::PageRequest;
use app::repairs::{self, RepairTicket};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{PaidBy, RepairStatus};

/// templates/pages/repairs.html
#[derive(Debug, Template)]
#[template(path = "pages/repairs.html")]
pub struct Repairs {
    frame: Frame,
    tabs: Vec<Tab>,
    q: String,
    statuses: Vec<Choice>,
    status_on: bool,
    payers: Vec<Choice>,
    payer_on: bool,
    uncollected: String,
    clear_href: String,
    csv_href: String,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<ListRow>,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct ListRow {
    href: String,
    number: String,
    opened: String,
    device: String,
    code: String,
    who: String,
    issue: String,
    technician: String,
    age: String,
    chip: Chip,
    pays: &'static str,
}

/// `GET /repairs/list`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query("/repairs/list", &query.unwrap_or_default(), &repairs::LIST);
    if list.is_file() {
        let shop = state.shop.clone();
        return Ok(file::csv(
            &state,
            &visitor.actor,
            "repair-tickets",
            list.request,
            move |request: PageRequest| {
                let shop = shop.clone();
                async move { app::lists::page::<RepairTicket>(&shop, &repairs::LIST, &request).await }
            },
        ));
    }
    let page = app::lists::page::<RepairTicket>(&state.shop, &repairs::LIST, &list.request).await?;
    let now = state.shop.now();
    let rows: Vec<ListRow> = page
        .data
        .iter()
        .map(|t| ListRow {
            href: format!("/repairs/{}", t.id),
            number: t.ticket_number.clone(),
            opened: long_date(t.opened_date),
            device: t.device.clone().unwrap_or_default(),
            code: t
                .asset_tag
                .clone()
                .or_else(|| t.device_serial.clone())
                .unwrap_or_default(),
            who: t.customer_name.clone().unwrap_or_else(|| "Our own stock".into()),
            issue: t.issue_type.clone(),
            technician: t.assigned_to_name.clone().unwrap_or_default(),
            age: match t.status {
                RepairStatus::Closed => String::new(),
                _ => waited(now, t.status_since),
            },
            chip: status_chip(t.status),
            pays: t.paid_by.as_str(),
        })
        .collect();
    let uncollected = list.filter("uncollected_days").to_owned();
    show(&Repairs {
        tabs: tabs(
            &visitor.actor,
            if uncollected.is_empty() {
                "All tickets"
            } else {
                "Not fetched"
            },
        ),
        q: list.q().into(),
        statuses: Choice::filter(RepairStatus::ALL.iter().map(|s| (s, s)), list.filter("status")),
        status_on: !list.filter("status").is_empty(),
        payers: Choice::filter(PaidBy::ALL.iter().map(|s| (s, s)), list.filter("paid_by")),
        payer_on: !list.filter("paid_by").is_empty(),
        uncollected,
        clear_href: list.clear_href(),
        csv_href: list.export_href("csv"),
        filtered: list.filtered(),
        heads: vec![
            list.head("Ticket", "id", false),
            list.head("Device", "", false),
            list.head("Customer", "", false),
            list.head("Fault", "", false),
            list.head("Technician", "", false),
            list.head("Pays", "", false),
            list.head("Status", "", false),
            list.head("For", "status_since", false),
            list.head("Taken in", "opened_date", false),
        ],
        shown: list.shown(rows.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        rows,
        frame: visitor.frame.titled("Repairs"),
    })
}
