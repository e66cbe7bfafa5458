//! `/sales`

use crate::AppState;
use crate::answer::Answer;
use crate::extract::Body;
use crate::frame::Caller;
use crate::problem::Problem;
use app::invoices::InvoiceDetail;
use app::sales::{self, NewSale};
use axum::extract::State;

/// Sell at the counter, in one step, all or nothing.
///
/// Paid in full the invoice is Paid. With less, or nothing yet, it needs a customer: the invoice is then Sent, and its goods
/// are held until `hold_expires_at`.
#[utoipa::path(post, path = "/sales", tag = "sales", request_body = NewSale,
    responses((status = 201, description = "The invoice", body = InvoiceDetail)))]
pub async fn checkout(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(sale): Body<NewSale>,
) -> Result<Answer, Problem> {
    let detail = sales::checkout(&state.shop, &actor, sale).await?;
    Ok(Answer::created(&actor, &detail)?
        .version(detail.invoice.updated_at)
        .location(format!("/api/v1/invoices/{}", detail.invoice.id)))
}
