//! The board: columns by status, all of them or one technician's own.

use super::{Card, card, tabs};
use crate::AppState;
use crate::components::Tab;
use crate::form::Form;
use crate::frame::{Frame, Visitor};
use crate::pages::{PageResult, show};
use app::Capability;
use app::repairs;
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::RepairStatus;

#[derive(Debug)]
struct Column {
    title: &'static str,
    tone: &'static str,
    count: String,
    cards: Vec<Card>,
}

/// templates/pages/repairs_board.html
#[derive(Debug, Template)]
#[template(path = "pages/repairs_board.html")]
pub struct Board {
    frame: Frame,
    tabs: Vec<Tab>,
    columns: Vec<Column>,
    is_empty: bool,
    may_open: bool,
}

/// `GET /repairs`
pub async fn board(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let mine = asked.is_on("mine") && visitor.actor.can(Capability::WorkRepair);
    let mut tickets = repairs::board(&state.shop).await?;
    if mine {
        tickets.retain(|t| t.assigned_to == visitor.actor.user_id);
    }
    let (now, today) = (state.shop.now(), state.shop.today());
    let columns = RepairStatus::ALL
        .iter()
        .filter(|status| **status != RepairStatus::Closed)
        .map(|status| {
            let cards: Vec<Card> = tickets
                .iter()
                .filter(|t| t.status == *status)
                .map(|t| card(now, today, t))
                .collect();
            Column {
                title: status.as_str(),
                tone: status.tone().as_str(),
                count: cards.len().to_string(),
                cards,
            }
        })
        .collect();
    show(&Board {
        tabs: tabs(&visitor.actor, if mine { "Mine" } else { "Board" }),
        is_empty: tickets.is_empty(),
        may_open: visitor.actor.can(Capability::OpenRepair),
        columns,
        frame: visitor.frame.titled("Repairs"),
    })
}
