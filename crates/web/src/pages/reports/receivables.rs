//! What customers owe, by how long it has been due. Each figure opens its invoices.

use super::{Cell, Reports, amount, sheet};
use crate::AppState;
use crate::components::{ListPage, link};
use crate::file;
use crate::frame::Visitor;
use crate::pages::{PageResult, show};
use app::wholesale::{Receivable, receivables};
use axum::extract::{RawQuery, State};
use chrono::{Days, NaiveDate};
use domain::Money;

pub(super) const RECEIVABLES: &str = "/reports/receivables";

/// The days on which an age is due: from, to; empty where it is open.
fn due(today: NaiveDate, from: Option<u64>, to: Option<u64>) -> (String, String) {
    let day = |days: Option<u64>| {
        days.and_then(|days| today.checked_sub_days(Days::new(days)))
            .map(|day| day.to_string())
            .unwrap_or_default()
    };
    (day(to), day(from))
}

/// `GET /reports/receivables`
pub async fn by_age(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let rows = receivables(&state.shop, &visitor.actor).await?;
    let today = state.shop.today();
    let is_file = file::is_asked(&query.unwrap_or_default());
    if is_file {
        return Ok(file::small_csv(
            &visitor.actor,
            &format!("receivables-{today}"),
            &rows,
        )?);
    }
    type Column = (&'static str, fn(&Receivable) -> Money, Option<u64>, Option<u64>);
    let columns: [Column; 5] = [
        ("Not due", |row| row.not_due, None, Some(0)),
        ("1–30 days", |row| row.days_1_30, Some(1), Some(30)),
        ("31–60", |row| row.days_31_60, Some(31), Some(60)),
        ("61–90", |row| row.days_61_90, Some(61), Some(90)),
        ("Over 90", |row| row.days_over_90, Some(91), None),
    ];
    let sum = |of: fn(&Receivable) -> Money| Money::sum(rows.iter().map(of)).unwrap_or_default();
    let shown = |money: Money| Some(money).filter(|money| !money.is_zero());
    let table: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| {
            let id = row.customer_id.to_string();
            let mut cells = vec![Cell::text(&row.customer_name).to(format!("/customers/{id}/account"))];
            for (_, of, from, to) in &columns {
                let (due_from, due_to) = due(today, *from, *to);
                let mut pairs = vec![("customer_id", id.as_str()), ("status", "Sent")];
                pairs.extend(Some(("due_from", due_from.as_str())).filter(|p| !p.1.is_empty()));
                pairs.extend(Some(("due_to", due_to.as_str())).filter(|p| !p.1.is_empty()));
                let cell = Cell::money(shown(of(row)));
                cells.push(match shown(of(row)) {
                    Some(_) => cell.to(link("/invoices", &pairs)),
                    None => cell,
                });
            }
            let all = link("/invoices", &[("customer_id", &id), ("status", "Sent")]);
            cells.push(Cell::money(Some(row.total)).to(all));
            cells
        })
        .collect();
    let list = ListPage::from_query(RECEIVABLES, "", &app::invoices::LIST);
    let mut heads = vec![list.head("Customer", "", false)];
    heads.extend(columns.iter().map(|column| list.head(column.0, "", true)));
    heads.push(list.head("All", "", true));
    let mut totals = vec!["All customers".to_owned()];
    totals.extend(columns.iter().map(|column| sum(column.1).grouped()));
    totals.push(sum(|row| row.total).grouped());
    show(&Reports {
        csv_href: link(RECEIVABLES, &[("format", "csv")]),
        figures: vec![
            amount("Owed to the shop", sum(|row| row.total)),
            amount("Over 90 days", sum(|row| row.days_over_90)),
        ],
        heads,
        totals,
        empty: "No sent invoice has anything left to pay.",
        ..sheet(visitor, &list, RECEIVABLES, None, table)
    })
}
