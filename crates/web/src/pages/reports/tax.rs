//! Tax by name, and the documents behind each figure.

use super::{Cell, Reports, amount, select, sheet};
use crate::AppState;
use crate::components::{Head, ListPage, link};
use crate::file;
use crate::frame::{Visitor, long_date};
use crate::pages::{PageResult, show};
use app::PageRequest;
use app::reports::tax::{self, TAX_DOCUMENTS};
use axum::extract::{RawQuery, State};
use domain::Money;

pub(super) const TAX: &str = "/reports/tax";
const DOCUMENTS: &str = "/reports/tax/documents";

fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    Money::sum(amounts).unwrap_or_default()
}

/// `GET /reports/tax`
pub async fn by_name(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let query = query.unwrap_or_default();
    let period = crate::extract::period(Some(&query), state.shop.today())?;
    let taxes = tax::by_name(&state.shop, &visitor.actor, period).await?;
    let (from, to) = (period.from.to_string(), period.to.to_string());
    if file::is_asked(&query) {
        return Ok(file::small_csv(
            &visitor.actor,
            &format!("tax-{from}-{to}"),
            &taxes,
        )?);
    }
    let rows: Vec<Vec<Cell>> = (taxes.iter())
        .map(|tax| {
            let rate = tax.rate.to_string();
            let pairs = [
                ("tax_name", tax.tax_name.as_str()),
                ("rate", rate.as_str()),
                ("from", &from),
                ("to", &to),
            ];
            let documents = link(DOCUMENTS, &pairs);
            let on = if tax.charged_on.is_base() {
                ""
            } else {
                " on net and levies"
            };
            vec![
                Cell::text(format!("{} {} %{on}", tax.tax_name, tax.rate.normalize())).to(documents.clone()),
                Cell::number(tax.invoices).to(link(
                    DOCUMENTS,
                    &[pairs.as_slice(), &[("kind", "Invoice")]].concat(),
                )),
                Cell::number(tax.returns).to(link(
                    DOCUMENTS,
                    &[pairs.as_slice(), &[("kind", "Return")]].concat(),
                )),
                Cell::money(Some(tax.net)),
                Cell::money(Some(tax.gross)),
                Cell::money(Some(tax.tax)).to(documents),
            ]
        })
        .collect();
    let all = sum(taxes.iter().map(|tax| tax.tax));
    let list = ListPage::from_query(TAX, "", &TAX_DOCUMENTS);
    let head = |label: &'static str, end: bool| -> Head { list.head(label, "", end) };
    show(&Reports {
        has_dates: true,
        csv_href: link(TAX, &[("from", &from), ("to", &to), ("format", "csv")]),
        clear_href: TAX.into(),
        figures: vec![amount("Tax to pay", all)],
        heads: vec![
            head("Tax", false),
            head("Invoices", true),
            head("Returns", true),
            head("Net", true),
            head("Total", true),
            head("Tax", true),
        ],
        totals: vec![
            "All taxes".into(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            all.grouped(),
        ],
        empty: "No invoice of these days charged a tax. Choose other days, or set the taxes in Settings, Shop.",
        from,
        to,
        ..sheet(visitor, &list, TAX, None, rows)
    })
}

/// `GET /reports/tax/documents`
pub async fn documents(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let list = ListPage::from_query(DOCUMENTS, &query.unwrap_or_default(), &TAX_DOCUMENTS);
    if list.is_file() {
        let request = list.request;
        return Ok(file::csv(
            &state,
            &visitor.actor,
            "tax-documents",
            request,
            reader!(state, visitor, tax::documents),
        ));
    }
    let page = tax::documents(&state.shop, &visitor.actor, &list.request).await?;
    let rows = (page.data.iter())
        .map(|d| {
            vec![
                Cell::text(&d.document_number).to(format!("/invoices/{}", d.invoice_id)),
                Cell::text(long_date(d.document_date)),
                Cell::text(format!("{} {} %", d.tax_name, d.rate.normalize())),
                Cell::money(Some(d.net)),
                Cell::money(Some(d.gross)),
                Cell::money(Some(d.tax)),
            ]
        })
        .collect();
    show(&Reports {
        has_dates: true,
        from: list.filter("from").into(),
        to: list.filter("to").into(),
        selects: [
            select(
                &list,
                "Tax",
                "tax_name",
                Some(list.filter("tax_name")).filter(|name| !name.is_empty()),
            ),
            select(
                &list,
                "Rate",
                "rate",
                Some(list.filter("rate")).filter(|rate| !rate.is_empty()),
            ),
            select(&list, "Kind", "kind", ["Invoice", "Return"]),
        ]
        .into_iter()
        .filter(|one| one.choices.len() > 1)
        .collect(),
        heads: vec![
            list.head("Document", "", false),
            list.head("Day", "document_date", false),
            list.head("Tax", "", false),
            list.head("Net", "", true),
            list.head("Total", "", true),
            list.head("Tax", "tax", true),
        ],
        empty: "No document of these days charged this tax.",
        ..sheet(visitor, &list, DOCUMENTS, page.next_cursor.as_deref(), rows)
    })
}
