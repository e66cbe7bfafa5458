//! What each lot earns (PRODUCT.md section 11).

use super::{Cell, Reports, amount, figure, sheet};
use crate::AppState;
use crate::components::{Figure, ListPage, link};
use crate::file;
use crate::frame::{Visitor, long_date};
use crate::pages::{PageResult, show};
use app::lots::{self, Lot};
use axum::extract::{RawQuery, State};
use domain::{Decimal, Money};

pub(super) const LOTS: &str = "/reports/lots";

/// A part of a whole in percent, one decimal, or a dash.
fn percent(part: Money, whole: Money) -> String {
    match whole.is_positive() {
        true => format!(
            "{}\u{a0}%",
            (part.decimal() * Decimal::ONE_HUNDRED / whole.decimal()).round_dp(1)
        ),
        false => "–".into(),
    }
}

/// `GET /reports/lots`
pub async fn lots(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query(LOTS, &query.unwrap_or_default(), &lots::LIST);
    if list.is_file() {
        let shop = state.shop.clone();
        let fetch = move |request| {
            let shop = shop.clone();
            async move { app::lists::page::<Lot>(&shop, &lots::LIST, &request).await }
        };
        return Ok(file::csv(&state, &visitor.actor, "lots", list.request, fetch));
    }
    let totals = lots::totals(&state.shop, &visitor.actor, &list.request).await?;
    let page = app::lists::page::<Lot>(&state.shop, &lots::LIST, &list.request).await?;
    let rows = page
        .data
        .iter()
        .map(|l| {
            let (id, p) = (l.id.to_string(), &l.profit);
            let sold = link("/devices", &[("lot_id", &id), ("status", "Sold")]);
            let name = [
                Some(l.lot_number.clone()),
                l.supplier.clone(),
                l.supplier_reference.clone(),
            ];
            vec![
                Cell::text(name.into_iter().flatten().collect::<Vec<_>>().join(" · "))
                    .to(format!("/lots/{id}")),
                Cell::text(long_date(l.received_date)),
                Cell::number(l.device_count).to(link("/devices", &[("lot_id", &id)])),
                Cell::number(l.sold_count).to(sold.clone()),
                Cell::money(Some(l.landed_cost)),
                Cell::money(Some(p.sales_amount)).to(sold),
                Cell::number(percent(p.sales_amount, l.landed_cost)),
                Cell::money(Some(p.margin_at_sale)),
                Cell::number(percent(p.margin_now, p.cost_now)),
                Cell::money(Some(p.margin_now)),
            ]
        })
        .collect();
    let now = totals
        .sales_amount
        .checked_sub(totals.cost_now)
        .unwrap_or_default();
    let then = totals
        .sales_amount
        .checked_sub(totals.cost_at_sale)
        .unwrap_or_default();
    show(&Reports {
        search: Some("Number, supplier, reference or serial"),
        has_dates: true,
        from: list.filter("from").into(),
        to: list.filter("to").into(),
        figures: vec![
            figure("Devices", totals.device_count, ""),
            figure("Sold", totals.sold_count, ""),
            amount("Cost of all", totals.landed),
            amount("Sold for, without tax", totals.sales_amount),
            Figure {
                note: format!("{} as known at the sale", then.ghs()),
                ..amount("Margin today", now)
            },
            figure("Return on the money", percent(now, totals.cost_now), ""),
        ],
        heads: vec![
            list.head("Lot", "lot_number", false),
            list.head("Came in", "received_date", false),
            list.head("Devices", "", true),
            list.head("Sold", "", true),
            list.head("Cost", "", true),
            list.head("Sales", "", true),
            list.head("Money back", "", true),
            list.head("Margin then", "", true),
            list.head("Return", "", true),
            list.head("Margin today", "", true),
        ],
        empty: "No lot came in in these days.",
        ..sheet(visitor, &list, LOTS, page.next_cursor.as_deref(), rows)
    })
}
