//! The board: columns by status, with what is due and overdue.

use super::{due, thing};
use crate::AppState;
use crate::components::{Chip, link};
use crate::frame::{Frame, Visitor};
use crate::pages::{PageResult, show};
use app::Capability;
use app::preorders;
use askama::Template;
use axum::extract::State;

/// templates/pages/preorders.html
#[derive(Debug, Template)]
#[template(path = "pages/preorders.html")]
pub struct Board {
    frame: Frame,
    columns: Vec<Column>,
    open: String,
    overdue: String,
    held: String,
    sees_money: bool,
    may_take: bool,
}

/// A column of the board.
#[derive(Debug)]
struct Column {
    chip: Chip,
    count: String,
    cards: Vec<Card>,
    more_href: String,
}

/// A preorder on the board.
#[derive(Debug)]
struct Card {
    href: String,
    number: String,
    customer: String,
    thing: String,
    due: Chip,
}

/// `GET /preorders`
pub async fn board(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let columns = preorders::board(&state.shop, &visitor.actor).await?;
    let (_, held) = preorders::held_total(&state.shop).await?;
    let today = state.shop.today();
    let overdue = columns
        .iter()
        .flat_map(|c| &c.preorders)
        .filter(|p| p.is_overdue)
        .count();
    show(&Board {
        open: columns.iter().map(|c| c.count).sum::<i64>().to_string(),
        overdue: overdue.to_string(),
        held: held.grouped(),
        sees_money: visitor.frame.can(&Capability::ViewInvoices),
        may_take: visitor.frame.can(&Capability::EditPreorders),
        columns: columns
            .iter()
            .map(|c| Column {
                chip: Chip::toned(c.status.as_str(), c.status.tone()),
                count: c.count.to_string(),
                more_href: match usize::try_from(c.count).is_ok_and(|n| n > c.preorders.len()) {
                    true => link("/preorders/list", &[("status", c.status.as_str())]),
                    false => String::new(),
                },
                cards: c
                    .preorders
                    .iter()
                    .map(|p| Card {
                        href: format!("/preorders/{}", p.id),
                        number: p.preorder_number.clone(),
                        customer: p.customer_name.clone(),
                        thing: thing(p),
                        due: due(p, today),
                    })
                    .collect(),
            })
            .collect(),
        frame: visitor.frame.titled("Preorders"),
    })
}
