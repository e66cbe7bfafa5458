//! The reports: each the same list as the API's, with its sums, a picture, and a file.

use super::{PageResult, show};
use crate::AppState;
use crate::components::{Choice, Figure, Head, ListPage, Tab, link};
use crate::file;
use crate::frame::{Frame, Visitor, long_date, redirect};
use app::reports::{self, AGING_BUCKETS};
use app::{Actor, Capability, PageRequest, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use chrono::{Days, NaiveDate};
use domain::{AssetStatus, Category, Money, PreorderStatus};

/// templates/pages/reports.html
#[derive(Debug, Template)]
#[template(path = "pages/reports.html")]
pub struct Reports {
    frame: Frame,
    tabs: Vec<Tab>,
    action: &'static str,
    search: Option<&'static str>,
    q: String,
    has_dates: bool,
    from: String,
    to: String,
    selects: Vec<Select>,
    clear_href: String,
    csv_href: String,
    figures: Vec<Figure>,
    bars: Vec<Bar>,
    bars_title: &'static str,
    heads: Vec<Head>,
    rows: Vec<Vec<Cell>>,
    totals: Vec<String>,
    empty: &'static str,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct Select {
    label: &'static str,
    name: &'static str,
    choices: Vec<Choice>,
    on: bool,
}

#[derive(Debug)]
struct Bar {
    label: String,
    value: String,
    part: i64,
    whole: i64,
    href: String,
}

/// How a cell is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Code,
    Number,
    Money,
    Chip(&'static str),
}

#[derive(Debug)]
struct Cell {
    text: String,
    href: String,
    kind: Kind,
}

impl Cell {
    fn new(kind: Kind, text: impl ToString) -> Self {
        Cell {
            text: text.to_string(),
            href: String::new(),
            kind,
        }
    }

    fn text(text: impl ToString) -> Self {
        Cell::new(Kind::Text, text)
    }

    fn number(number: impl ToString) -> Self {
        Cell::new(Kind::Number, number)
    }

    fn money(amount: Option<Money>) -> Self {
        Cell::new(Kind::Money, amount.map(Money::grouped).unwrap_or_default())
    }

    fn date(date: Option<NaiveDate>) -> Self {
        Cell::text(date.map(long_date).unwrap_or_default())
    }

    fn to(self, href: impl Into<String>) -> Self {
        Cell {
            href: href.into(),
            ..self
        }
    }

    fn tone(&self) -> &'static str {
        match self.kind {
            Kind::Chip(tone) => tone,
            _ => "neutral",
        }
    }

    fn class(&self) -> &'static str {
        match self.kind {
            Kind::Number | Kind::Money => "end",
            Kind::Chip(_) => "cell-chip",
            Kind::Text | Kind::Code => "",
        }
    }
}

const INVENTORY: &str = "/reports/inventory-summary";
const SALES: &str = "/reports/sales-daily";
const AGING: &str = "/reports/aging-inventory";
const PREORDERS: &str = "/reports/preorder-sla";

/// The reports, in the order of their tabs, and who may see each beside [`Capability::ReportsAll`].
const TABS: &[(&str, &str, Capability)] = &[
    ("Sales by day", SALES, Capability::ReportsOwnSales),
    ("Stock by model", INVENTORY, Capability::ReportsStock),
    ("Ageing stock", AGING, Capability::ReportsStock),
    ("Preorders", PREORDERS, Capability::ReportsOwnSales),
    ("Close a day", super::close_day::PATH, Capability::CloseDay),
    ("Receivables", receivables::RECEIVABLES, Capability::ReportsAll),
    ("Tax", tax::TAX, Capability::ReportsAll),
    ("Warranty", warranty::WARRANTY, Capability::ReportsAll),
    ("Lots", lots::LOTS, Capability::ReportsAll),
];

/// The reports that this person may see, and closing days.
pub(super) fn tabs(actor: &Actor, current: &str) -> Vec<Tab> {
    TABS.iter()
        .filter(|(_, _, capability)| actor.can(Capability::ReportsAll) || actor.can(*capability))
        .map(|(label, href, _)| Tab {
            label: (*label).into(),
            href: (*href).into(),
            current: *href == current,
            count: String::new(),
        })
        .collect()
}

/// `GET /reports`: the first report that this person may see.
pub async fn first(visitor: Visitor) -> PageResult {
    let first = tabs(&visitor.actor, "")
        .into_iter()
        .next()
        .ok_or_else(|| Refusal::not_allowed(visitor.actor.role))?;
    Ok(redirect(&first.href, None))
}

/// A page of a report without its rows.
fn sheet(
    visitor: Visitor,
    list: &ListPage,
    action: &'static str,
    next_cursor: Option<&str>,
    rows: Vec<Vec<Cell>>,
) -> Reports {
    Reports {
        tabs: tabs(&visitor.actor, action),
        frame: visitor.frame.titled("Reports"),
        action,
        search: None,
        q: list.q().into(),
        has_dates: false,
        from: String::new(),
        to: String::new(),
        selects: Vec::new(),
        clear_href: list.clear_href(),
        csv_href: list.export_href("csv"),
        figures: Vec::new(),
        bars: Vec::new(),
        bars_title: "",
        heads: Vec::new(),
        totals: Vec::new(),
        empty: "",
        shown: list.shown(rows.len(), next_cursor.is_some()),
        next_href: list.next_href(next_cursor),
        first_href: list.first_href(),
        rows,
    }
}

fn select<V: ToString>(
    list: &ListPage,
    label: &'static str,
    name: &'static str,
    values: impl IntoIterator<Item = V>,
) -> Select {
    let pairs = values.into_iter().map(|v| (v.to_string(), v.to_string()));
    Select {
        label,
        name,
        choices: Choice::filter(pairs, list.filter(name)),
        on: !list.filter(name).is_empty(),
    }
}

fn figure(label: &str, value: impl ToString, href: impl Into<String>) -> Figure {
    Figure {
        label: label.into(),
        value: value.to_string(),
        href: href.into(),
        ..Figure::default()
    }
}

fn amount(label: &str, value: Money) -> Figure {
    Figure {
        label: label.into(),
        value: value.grouped(),
        money: true,
        ..Figure::default()
    }
}

/// A closure that reads a page of a report for this person: what [`file::csv`] wants.
macro_rules! reader {
    ($state:expr, $visitor:expr, $report:path) => {{
        let (shop, actor) = ($state.shop.clone(), $visitor.actor.clone());
        move |request: PageRequest| {
            let (shop, actor) = (shop.clone(), actor.clone());
            async move { $report(&shop, &actor, &request).await }
        }
    }};
}

pub mod lots;
pub mod receivables;
pub mod tax;
pub mod warranty;

/// `GET /reports/sales-daily`
pub async fn sales_daily(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let mut list = ListPage::from_query(SALES, &query.unwrap_or_default(), &reports::SALES_DAILY);
    let clear_href = list.clear_href();
    if ["from", "to", "invoice_date"]
        .iter()
        .all(|name| list.filter(name).is_empty())
    {
        let from = state.shop.today() - Days::new(29);
        list.request.filters.push(("from".into(), from.to_string()));
    }
    if list.is_file() {
        return Ok(file::csv(
            &state,
            &visitor.actor,
            "sales-daily",
            list.request,
            reader!(state, visitor, reports::sales_daily),
        ));
    }
    let totals = reports::sales_totals(&state.shop, &visitor.actor, &list.request).await?;
    let page = reports::sales_daily(&state.shop, &visitor.actor, &list.request).await?;
    let own = match visitor.actor.can(Capability::ReportsAll) {
        true => list.filter("sales_rep_id").to_owned(),
        false => visitor.actor.user()?.to_string(),
    };
    let documents = |date: &str, kind: &str| {
        let mut pairs = vec![("status", "Paid"), ("invoice_date", date)];
        pairs.extend(Some(("sales_rep_id", own.as_str())).filter(|_| !own.is_empty()));
        pairs.extend(Some(("customer_type", kind)).filter(|_| !kind.is_empty()));
        link("/invoices", &pairs)
    };
    let most = page
        .data
        .iter()
        .map(|d| d.total_sales)
        .max()
        .unwrap_or_default()
        .pesewas()
        .max(1);
    let bars = (page.data.iter().take(31))
        .map(|d| Bar {
            label: long_date(d.invoice_date),
            value: d.total_sales.ghs(),
            part: d.total_sales.pesewas(),
            whole: most,
            href: documents(&d.invoice_date.to_string(), ""),
        })
        .collect();
    let rows = (page.data.iter())
        .map(|d| {
            let date = d.invoice_date.to_string();
            vec![
                Cell::text(long_date(d.invoice_date)).to(documents(&date, "")),
                Cell::number(d.transaction_count),
                Cell::money(Some(d.retail_sales)).to(documents(&date, "Retail")),
                Cell::money(Some(d.wholesale_sales)).to(documents(&date, "Wholesale")),
                Cell::money(Some(d.walk_in_sales)).to(documents(&date, "Walk-in")),
                Cell::money(Some(d.total_sales)).to(documents(&date, "")),
                Cell::money(Some(d.returned_amount)).to(link("/returns", &[("return_date", &date)])),
                Cell::money(Some(d.net_sales)),
            ]
        })
        .collect();
    show(&Reports {
        has_dates: true,
        from: list.filter("from").into(),
        to: list.filter("to").into(),
        clear_href,
        figures: vec![
            amount("Sales", totals.total_sales),
            figure("Invoices", totals.transaction_count, ""),
            amount("Retail", totals.retail_sales),
            amount("Wholesale", totals.wholesale_sales),
            amount("Walk-in", totals.walk_in_sales),
            amount("Returned", totals.returned_amount),
            amount("Sales less returns", totals.net_sales),
        ],
        bars,
        bars_title: "Sales of each day",
        heads: vec![
            list.head("Day", "invoice_date", false),
            list.head("Invoices", "transaction_count", true),
            list.head("Retail", "", true),
            list.head("Wholesale", "", true),
            list.head("Walk-in", "", true),
            list.head("Sales", "total_sales", true),
            list.head("Returned", "", true),
            list.head("Less returns", "", true),
        ],
        totals: vec![
            if totals.days == 1 {
                "1 day with a sale".into()
            } else {
                format!("{} days with a sale", totals.days)
            },
            totals.transaction_count.to_string(),
            totals.retail_sales.grouped(),
            totals.wholesale_sales.grouped(),
            totals.walk_in_sales.grouped(),
            totals.total_sales.grouped(),
            totals.returned_amount.grouped(),
            totals.net_sales.grouped(),
        ],
        empty: "No invoice was paid in these days. Choose others, or come back after the first sale.",
        ..sheet(visitor, &list, SALES, page.next_cursor.as_deref(), rows)
    })
}

/// `GET /reports/inventory-summary`
pub async fn inventory_summary(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let list = ListPage::from_query(INVENTORY, &query.unwrap_or_default(), &reports::INVENTORY_SUMMARY);
    if list.is_file() {
        return Ok(file::csv(
            &state,
            &visitor.actor,
            "inventory-summary",
            list.request,
            reader!(state, visitor, reports::inventory_summary),
        ));
    }
    let totals = reports::inventory_totals(&state.shop, &visitor.actor, &list.request).await?;
    let page = reports::inventory_summary(&state.shop, &visitor.actor, &list.request).await?;
    let rows = (page.data.iter())
        .map(|m| {
            let model = m.product_model_id.to_string();
            let specs: Vec<&str> = [&m.cpu, &m.ram, &m.storage]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            let devices = |status: AssetStatus| {
                link(
                    "/devices",
                    &[("product_model_id", &model), ("status", status.as_str())],
                )
            };
            vec![
                Cell::text(format!("{} {}", m.brand, m.model_name)).to(format!("/models/{model}")),
                Cell::text(specs.join(" · ")),
                Cell::text(m.category),
                Cell::number(m.available).to(devices(AssetStatus::ReadyForSale)),
                Cell::number(m.reserved).to(devices(AssetStatus::Reserved)),
                Cell::number(m.sold).to(devices(AssetStatus::Sold)),
                Cell::number(m.total_units).to(link("/devices", &[("product_model_id", &model)])),
                Cell::number(m.avg_age_days.map(|d| d.to_string()).unwrap_or_default()),
                Cell::money(m.avg_sale_price),
            ]
        })
        .collect();
    show(&Reports {
        search: Some("Brand or model"),
        selects: vec![select(&list, "Kind", "category", Category::ALL)],
        figures: vec![
            figure(
                "Ready for sale",
                totals.available,
                link("/devices", &[("status", "Ready for Sale")]),
            ),
            figure(
                "Reserved",
                totals.reserved,
                link("/devices", &[("status", "Reserved")]),
            ),
            figure("Sold", totals.sold, link("/devices", &[("status", "Sold")])),
            figure("All devices", totals.total_units, "/devices"),
        ],
        heads: vec![
            list.head("Model", "model_name", false),
            list.head("Specs", "", false),
            list.head("Kind", "", false),
            list.head("Ready", "available", true),
            list.head("Reserved", "reserved", true),
            list.head("Sold", "sold", true),
            list.head("All", "total_units", true),
            list.head("Age in days", "avg_age_days", true),
            list.head("Average price", "avg_sale_price", true),
        ],
        totals: vec![
            if totals.models == 1 {
                "1 model".into()
            } else {
                format!("{} models", totals.models)
            },
            String::new(),
            String::new(),
            totals.available.to_string(),
            totals.reserved.to_string(),
            totals.sold.to_string(),
            totals.total_units.to_string(),
            String::new(),
            String::new(),
        ],
        empty: "No device of such a model was ever received. Change the filters, or receive the first one.",
        ..sheet(visitor, &list, INVENTORY, page.next_cursor.as_deref(), rows)
    })
}

/// `GET /reports/aging-inventory`
pub async fn aging_inventory(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let list = ListPage::from_query(AGING, &query.unwrap_or_default(), &reports::AGING_INVENTORY);
    if list.is_file() {
        return Ok(file::csv(
            &state,
            &visitor.actor,
            "aging-inventory",
            list.request,
            reader!(state, visitor, reports::aging_inventory),
        ));
    }
    let totals = reports::aging_totals(&state.shop, &visitor.actor, &list.request).await?;
    let page = reports::aging_inventory(&state.shop, &visitor.actor, &list.request).await?;
    let rows = (page.data.iter())
        .map(|a| {
            vec![
                Cell::new(Kind::Code, &a.asset_tag).to(format!("/devices/{}", a.asset_id)),
                Cell::text(format!("{} {}", a.brand, a.model_name)),
                Cell::new(Kind::Code, &a.serial_number),
                Cell::text(a.condition_grade.map(|g| g.to_string()).unwrap_or_default()),
                Cell::new(Kind::Chip(a.status.tone().as_str()), a.status),
                Cell::text(long_date(a.received_date)),
                Cell::number(a.days_in_inventory),
                Cell::text(&a.aging_bucket),
            ]
        })
        .collect();
    let most = totals.buckets.iter().copied().max().unwrap_or(1).max(1);
    let bars = (AGING_BUCKETS.iter().zip(&totals.buckets))
        .map(|(bucket, units)| Bar {
            label: (*bucket).into(),
            value: units.to_string(),
            part: *units,
            whole: most,
            href: link(AGING, &[("aging_bucket", bucket)]),
        })
        .collect();
    let stages = [
        AssetStatus::Received,
        AssetStatus::DiagnosticsPending,
        AssetStatus::WipePending,
        AssetStatus::QcPending,
        AssetStatus::ReadyForSale,
    ];
    show(&Reports {
        search: Some("Brand, model, tag or serial"),
        selects: vec![
            select(&list, "Kind", "category", Category::ALL),
            select(&list, "Stage", "status", stages),
            select(&list, "Age", "aging_bucket", AGING_BUCKETS),
        ],
        bars,
        bars_title: "Devices by age",
        heads: vec![
            list.head("Tag", "asset_tag", false),
            list.head("Model", "", false),
            list.head("Serial", "", false),
            list.head("Grade", "", false),
            list.head("Stage", "", false),
            list.head("Received", "received_date", false),
            list.head("Days", "days_in_inventory", true),
            list.head("Age", "", false),
        ],
        totals: vec![if totals.units == 1 {
            "1 device".into()
        } else {
            format!("{} devices", totals.units)
        }],
        empty: "No device waits. What is received, tested and ready for sale stands here, oldest first.",
        ..sheet(visitor, &list, AGING, page.next_cursor.as_deref(), rows)
    })
}

/// `GET /reports/preorder-sla`
pub async fn preorder_sla(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let list = ListPage::from_query(PREORDERS, &query.unwrap_or_default(), &reports::PREORDER_SLA);
    if list.is_file() {
        return Ok(file::csv(
            &state,
            &visitor.actor,
            "preorder-sla",
            list.request,
            reader!(state, visitor, reports::preorder_sla),
        ));
    }
    let totals = reports::preorder_totals(&state.shop, &visitor.actor, &list.request).await?;
    let page = reports::preorder_sla(&state.shop, &visitor.actor, &list.request).await?;
    let rows = (page.data.iter())
        .map(|p| {
            let (word, tone) = match (p.is_overdue, p.arrived_late) {
                (true, _) => ("Overdue", "bad"),
                (false, Some(true)) => ("Arrived late", "warn"),
                (false, Some(false)) => ("Arrived in time", "good"),
                (false, None) => ("In time", "neutral"),
            };
            vec![
                Cell::new(Kind::Code, &p.preorder_number).to(format!("/preorders/{}", p.preorder_id)),
                Cell::text(&p.customer_name),
                Cell::text(&p.requested_specs),
                Cell::new(Kind::Chip(p.status.tone().as_str()), p.status),
                Cell::date(p.order_date),
                Cell::date(p.sla_date),
                Cell::number(p.days_overdue.map(|d| d.to_string()).unwrap_or_default()),
                Cell::new(Kind::Chip(tone), word),
            ]
        })
        .collect();
    let open = PreorderStatus::ALL
        .iter()
        .filter(|s| **s != PreorderStatus::Closed);
    let late = Select {
        label: "Overdue",
        name: "is_overdue",
        choices: Choice::filter([("true", "Yes"), ("false", "No")], list.filter("is_overdue")),
        on: !list.filter("is_overdue").is_empty(),
    };
    show(&Reports {
        search: Some("Number or customer"),
        selects: vec![select(&list, "Step", "status", open), late],
        figures: vec![
            figure("Open preorders", totals.preorders, PREORDERS),
            figure(
                "Overdue",
                totals.overdue,
                link(PREORDERS, &[("is_overdue", "true")]),
            ),
            figure("Arrived late", totals.arrived_late, ""),
        ],
        heads: vec![
            list.head("Preorder", "preorder_number", false),
            list.head("Customer", "", false),
            list.head("Wants", "", false),
            list.head("Step", "", false),
            list.head("Ordered", "", false),
            list.head("Due", "sla_date", false),
            list.head("Days over", "days_overdue", true),
            list.head("In time", "", false),
        ],
        empty: "No preorder is open. Change the filters, or take the first one.",
        ..sheet(visitor, &list, PREORDERS, page.next_cursor.as_deref(), rows)
    })
}
