//! What warranties cost, by model, supplier and lot.

use super::{Cell, Reports, Select, amount, figure, sheet};
use crate::AppState;
use crate::components::{Choice, Head, ListPage, link};
use crate::file;
use crate::frame::Visitor;
use crate::pages::{PageResult, show};
use app::reports::warranty::{self, CostBy};
use axum::extract::{RawQuery, State};
use domain::Money;

pub(super) const WARRANTY: &str = "/reports/warranty-cost";

/// What the query of an address sums by.
pub(crate) fn by(query: &str) -> CostBy {
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "by")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(CostBy::Model)
}

/// `GET /reports/warranty-cost`
pub async fn costs(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let query = query.unwrap_or_default();
    let period = crate::extract::period(Some(&query), state.shop.today())?;
    let by = by(&query);
    let costs = warranty::costs(&state.shop, &visitor.actor, period, by).await?;
    let (from, to) = (period.from.to_string(), period.to.to_string());
    if file::is_asked(&query) {
        let name = format!("warranty-cost-by-{by}-{from}-{to}");
        return Ok(file::small_csv(&visitor.actor, &name, &costs)?);
    }
    let claims = |outcome: &str| {
        let mut pairs = vec![("from", from.as_str()), ("to", to.as_str())];
        pairs.extend(Some(("outcome", outcome)).filter(|_| !outcome.is_empty()));
        link("/claims", &pairs)
    };
    let rate = |claims: i64, warranties: i64| match warranties {
        0 => String::new(),
        all => format!("{}\u{a0}%", (claims * 100 + all / 2) / all),
    };
    let rows: Vec<Vec<Cell>> = (costs.iter())
        .map(|c| {
            vec![
                Cell::text(&c.name),
                Cell::number(c.warranties),
                Cell::number(c.claims),
                Cell::number(rate(c.claims, c.warranties)),
                Cell::number(c.repaired),
                Cell::number(c.replaced),
                Cell::number(c.refunded),
                Cell::number(c.denied),
                Cell::money(Some(c.service_cost)),
                Cell::money(Some(c.replacement_cost)),
                Cell::money(Some(c.refunded_amount)),
                Cell::money(Some(c.cost_total)),
                Cell::money(Some(c.sale_profit)),
                Cell::money(Some(c.earned)),
            ]
        })
        .collect();
    let sum =
        |one: fn(&warranty::WarrantyCost) -> Money| Money::sum(costs.iter().map(one)).unwrap_or_default();
    let count = |one: fn(&warranty::WarrantyCost) -> i64| costs.iter().map(one).sum::<i64>();
    let list = ListPage::from_query(WARRANTY, "", &app::claims::LIST);
    let head = |label: &'static str, end: bool| -> Head { list.head(label, "", end) };
    let names = [
        (CostBy::Model, "Model"),
        (CostBy::Supplier, "Supplier"),
        (CostBy::Lot, "Lot"),
        (CostBy::Device, "Device"),
    ];
    let first = names
        .iter()
        .find(|(b, _)| *b == by)
        .map_or("Model", |(_, name)| *name);
    show(&Reports {
        has_dates: true,
        selects: vec![Select {
            label: "By",
            name: "by",
            choices: Choice::list(names, by.as_str()),
            on: by != CostBy::Model,
        }],
        csv_href: link(
            WARRANTY,
            &[
                ("from", &from),
                ("to", &to),
                ("by", by.as_str()),
                ("format", "csv"),
            ],
        ),
        clear_href: WARRANTY.into(),
        figures: vec![
            amount("Cost of warranty", sum(|c| c.cost_total)),
            figure("Claims", count(|c| c.claims), claims("")),
            figure("Repaired", count(|c| c.repaired), claims("Repaired")),
            figure("Replaced", count(|c| c.replaced), claims("Replaced")),
            figure("Refunded", count(|c| c.refunded), claims("Refunded")),
            figure("Denied", count(|c| c.denied), claims("Denied")),
        ],
        heads: vec![
            head(first, false),
            head("Sold", true),
            head("Claims", true),
            head("Rate", true),
            head("Repaired", true),
            head("Replaced", true),
            head("Refunded", true),
            head("Denied", true),
            head("Service", true),
            head("Devices", true),
            head("Money", true),
            head("Cost", true),
            head("Sales earned", true),
            head("Left", true),
        ],
        totals: match costs.is_empty() {
            true => Vec::new(),
            false => vec![
                "Together".into(),
                count(|c| c.warranties).to_string(),
                count(|c| c.claims).to_string(),
                rate(count(|c| c.claims), count(|c| c.warranties)),
                count(|c| c.repaired).to_string(),
                count(|c| c.replaced).to_string(),
                count(|c| c.refunded).to_string(),
                count(|c| c.denied).to_string(),
                sum(|c| c.service_cost).grouped(),
                sum(|c| c.replacement_cost).grouped(),
                sum(|c| c.refunded_amount).grouped(),
                sum(|c| c.cost_total).grouped(),
                sum(|c| c.sale_profit).grouped(),
                sum(|c| c.earned).grouped(),
            ],
        },
        empty: "No warranty held and no claim was made in these days.",
        from,
        to,
        ..sheet(visitor, &list, WARRANTY, None, rows)
    })
}
