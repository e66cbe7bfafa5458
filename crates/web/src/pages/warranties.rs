//! Warranties: the list, the certificate, and the public page behind a QR code.

use super::invoices::{pdf, warranty_chip};
use super::{PageResult, show};
use crate::AppState;
use crate::components::{Chip, Head, ListPage};
use crate::extract::PathId;
use crate::frame::{Frame, PlainFrame, Visitor, long_date};
use app::sales::{PublicCheck, public_check};
use app::warranties::{self, Warranty};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::WarrantyId;

/// templates/pages/warranties.html
#[derive(Debug, Template)]
#[template(path = "pages/warranties.html")]
pub struct Warranties {
    frame: Frame,
    q: String,
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
    id: String,
    number: String,
    device: String,
    code: String,
    customer: String,
    tier: String,
    until: String,
    chip: Chip,
    invoice: String,
    invoice_href: String,
}

/// `GET /warranties`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query("/warranties", &query.unwrap_or_default(), &warranties::LIST);
    let page = warranties::list(&state.shop, &list.request).await?;
    let sees_invoices = visitor.actor.can(app::Capability::ViewInvoices);
    let rows: Vec<Row> = page
        .data
        .iter()
        .map(|w: &Warranty| Row {
            id: w.id.to_string(),
            number: w.warranty_number.clone(),
            device: w.item_description.clone().unwrap_or_default(),
            code: w.serial_number.clone().unwrap_or_default(),
            customer: w.customer_name.clone(),
            tier: w.warranty_tier.to_string(),
            until: long_date(w.end_date),
            chip: warranty_chip(w.status),
            invoice: w.invoice_number.clone(),
            invoice_href: if sees_invoices {
                format!("/invoices/{}", w.invoice_id)
            } else {
                String::new()
            },
        })
        .collect();
    show(&Warranties {
        frame: visitor.frame.titled("Warranties"),
        q: list.q().into(),
        clear_href: list.clear_href(),
        filtered: list.filtered(),
        heads: vec![
            list.head("Warranty", "", false),
            list.head("Device", "", false),
            list.head("Customer", "", false),
            list.head("Tier", "", false),
            list.head("Until", "end_date", false),
            list.head("Status", "", false),
            list.head("Invoice", "", false),
        ],
        shown: list.shown(rows.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        rows,
    })
}

/// `GET /warranties/{id}/document.pdf`
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<WarrantyId>,
) -> PageResult {
    let printed = warranties::print(&state.shop, &visitor.actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// templates/pages/check.html
#[derive(Debug, Template)]
#[template(path = "pages/check.html")]
pub struct Check {
    frame: PlainFrame,
    good: bool,
    title: String,
    facts: Vec<(&'static str, String)>,
    shop_name: String,
}

/// `GET /check/{code}`: what a QR code on paper leads to. No names, no phones, no prices of others.
pub async fn check(State(state): State<AppState>, Path(code): Path<String>) -> PageResult {
    let settings = state.shop.settings().await?;
    let (good, title, facts) = match public_check(&state.shop, &code).await? {
        PublicCheck::Invoice(invoice) => (
            !matches!(
                invoice.status,
                domain::InvoiceStatus::Cancelled | domain::InvoiceStatus::Refunded
            ),
            format!("{} is ours", invoice.invoice_number),
            vec![
                ("Date", long_date(invoice.invoice_date)),
                ("Status", invoice.status.to_string()),
                ("Items", invoice.items.to_string()),
            ],
        ),
        PublicCheck::Warranty(warranty) => (
            warranty.is_valid(),
            if warranty.is_valid() {
                "This warranty is valid".to_owned()
            } else {
                format!("This warranty is {}", warranty.status)
            },
            vec![
                ("Warranty", warranty.warranty_number.clone()),
                ("For", warranty.item_description.clone().unwrap_or_default()),
                (
                    "Serial number",
                    warranty.serial_number.clone().unwrap_or_default(),
                ),
                ("Tier", warranty.warranty_tier.to_string()),
                ("Until", long_date(warranty.end_date)),
            ],
        ),
    };
    show(&Check {
        frame: PlainFrame::titled("Check"),
        good,
        title,
        facts,
        shop_name: settings.shop.name.clone(),
    })
}
