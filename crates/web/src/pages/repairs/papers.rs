//! A ticket on paper.

use crate::AppState;
use crate::extract::PathId;
use crate::frame::Visitor;
use crate::pages::PageResult;
use crate::pages::invoices::pdf;
use app::repairs;
use axum::extract::{RawQuery, State};
use domain::RepairTicketId;

/// `GET /repairs/{id}/document.pdf?slip=intake|closing`
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let slip = crate::api::repair_tickets::slip(query.as_deref().unwrap_or(""))?;
    let printed = repairs::print(&state.shop, &visitor.actor, id, slip).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
