//! `/labels.pdf`

use crate::AppState;
use crate::answer::{Pdf, pdf};
use crate::extract::Body;
use crate::frame::Caller;
use crate::problem::Problem;
use app::labels::{self, LabelOrder};
use axum::extract::State;
use axum::response::Response;

/// Labels with bar codes as PDF, for devices and for items of bulk stock. A page a label on a roll, a page a sheet on A4.
#[utoipa::path(post, path = "/labels.pdf", tag = "labels", request_body = LabelOrder,
    responses((status = 200, description = "The labels", body = Pdf, content_type = "application/pdf")))]
pub async fn print(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(order): Body<LabelOrder>,
) -> Result<Response, Problem> {
    let printed = labels::print(&state.shop, &actor, order).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
