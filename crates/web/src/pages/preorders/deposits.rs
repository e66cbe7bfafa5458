//! The deposits that are held for somebody.

use crate::AppState;
use crate::components::{Chip, Head, ListPage};
use crate::frame::{Frame, Visitor, long_date};
use crate::pages::{PageResult, show};
use app::PageRequest;
use app::preorders;
use askama::Template;
use axum::extract::{RawQuery, State};

/// templates/pages/preorder_deposits.html
#[derive(Debug, Template)]
#[template(path = "pages/preorder_deposits.html")]
pub struct Deposits {
    frame: Frame,
    total: String,
    count: String,
    q: String,
    clear_href: String,
    filtered: bool,
    export_href: String,
    heads: Vec<Head>,
    rows: Vec<HeldRow>,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct HeldRow {
    href: String,
    number: String,
    customer: String,
    chip: Chip,
    taken: String,
    how: String,
    claimed: bool,
    amount: String,
}

/// `GET /preorders/deposits`
pub async fn deposits(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let list = ListPage::from_query(
        "/preorders/deposits",
        &query.unwrap_or_default(),
        &preorders::DEPOSITS_HELD,
    );
    if list.is_file() {
        let (shop, actor) = (state.shop.clone(), visitor.actor.clone());
        let fetch = move |request: PageRequest| {
            let (shop, actor) = (shop.clone(), actor.clone());
            async move { preorders::held(&shop, &actor, &request).await }
        };
        return Ok(crate::file::csv(
            &state,
            &visitor.actor,
            "deposits-held",
            list.request,
            fetch,
        ));
    }
    let page = preorders::held(&state.shop, &visitor.actor, &list.request).await?;
    let (count, total) = preorders::held_total(&state.shop).await?;
    let rows: Vec<HeldRow> = page
        .data
        .iter()
        .map(|d| HeldRow {
            href: format!("/preorders/{}", d.preorder_id),
            number: d.preorder_number.clone(),
            customer: d.customer_name.clone(),
            chip: Chip::toned(d.status.as_str(), d.status.tone()),
            taken: d.deposit_date.map(long_date).unwrap_or_default(),
            how: [
                d.deposit_payment_method.map(|m| m.to_string()),
                d.deposit_reference.clone(),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
            claimed: d.deposit_claimed,
            amount: d.deposit_held.grouped(),
        })
        .collect();
    show(&Deposits {
        total: total.grouped(),
        count: count.to_string(),
        q: list.q().into(),
        clear_href: list.clear_href(),
        filtered: list.filtered(),
        export_href: list.export_href("csv"),
        heads: vec![
            list.head("Preorder", "", false),
            list.head("Customer", "", false),
            list.head("Status", "", false),
            list.head("Taken", "deposit_date", false),
            list.head("How", "", false),
            list.head("Held", "deposit_held", true),
        ],
        shown: list.shown(rows.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        rows,
        frame: visitor.frame.titled("Deposits held"),
    })
}
