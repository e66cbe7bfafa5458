//! A preorder on paper.

use crate::AppState;
use crate::extract::PathId;
use crate::frame::Visitor;
use crate::pages::PageResult;
use crate::pages::invoices::pdf;
use app::preorders;
use axum::extract::State;
use domain::PreorderId;

/// `GET /preorders/{id}/agreement.pdf`
pub async fn agreement(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PreorderId>,
) -> PageResult {
    let printed = preorders::print_agreement(&state.shop, &visitor.actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// `GET /preorders/{id}/deposit.pdf`
pub async fn deposit_receipt(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PreorderId>,
) -> PageResult {
    let printed = preorders::print_deposit(&state.shop, &visitor.actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// `GET /preorders/{id}/settlement.pdf`
pub async fn settlement(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PreorderId>,
) -> PageResult {
    let printed = preorders::print_settlement(&state.shop, &visitor.actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
