//! The list of all tickets, and of those that nobody fetches.

use super::tabs;
use crate::AppState;
use crate::frame::Visitor;
use crate::listing::{ListOf, Listed, Listing, Read};
use crate::pages::PageResult;
use app::repairs::{self, RepairTicket};
use app::{Actor, Capability};
use axum::extract::{RawQuery, State};
use domain::{ListName, PaidBy, RepairStatus};

impl Listed for RepairTicket {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        self.ticket_number.clone()
    }
    fn subtitle(&self) -> String {
        self.issue_type.clone()
    }
    fn href(&self) -> String {
        format!("/repairs/{}", self.id)
    }
    fn leads_to(&self, column: &str, actor: &Actor) -> String {
        match (column, self.asset_id, self.invoice_id) {
            ("asset_tag", Some(id), _) => format!("/devices/{id}"),
            ("invoice_number", _, Some(id)) if actor.can(Capability::ViewInvoices) => {
                format!("/invoices/{id}")
            }
            _ => String::new(),
        }
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Repairs,
    path: "/repairs/list",
    spec: &repairs::LIST,
    title: "Repairs",
    row: "Ticket",
    row_sort: "id",
    search: "Ticket, serial, fault or customer",
};

/// `GET /repairs/list`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move {
        app::lists::page::<RepairTicket>(&shop, &repairs::LIST, &request).await
    };
    let (listing, page) = match Listing::<RepairTicket>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let tabs = tabs(
        &visitor.actor,
        if listing.filter("uncollected_days").is_empty() {
            "All tickets"
        } else {
            "Not fetched"
        },
    );
    listing
        .view(&state, visitor, &page)
        .tabs("Repairs", tabs)
        .action(true, "Take in a repair", "/repairs/new", "plus")
        .select("Status", "status", RepairStatus::ALL.iter().map(|s| (s, s)))
        .select("Pays", "paid_by", PaidBy::ALL.iter().map(|s| (s, s)))
        .day("From", "from")
        .day("To", "to")
        .named("uncollected_days", "Ready for more days than", String::new())
        .named("open", "Open", String::new())
        .named("assigned_to", "Technician", String::new())
        .named("customer_id", "Customer", String::new())
        .named("asset_id", "Device", String::new())
        .named("invoice_id", "Invoice", String::new())
        .empty(
            "No ticket is like that",
            "Nothing was taken in yet",
            "Take a customer's device in, or one of our stock in Repair Hold.",
            "wrench",
        )
        .offer(true, "Take in a repair", "/repairs/new")
        .show()
}
