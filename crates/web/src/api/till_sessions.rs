//! `/till-sessions`

use super::invoices::layout;
use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::{Problem, ProblemDetails};
use app::Refusal;
use app::invoices::Layout;
use app::tills::{self, CloseTill, NewTillMovement, OpenTill, TillDetail, TillSession};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::TillSessionId;

/// Till sessions, newest first: anybody's for those who may see them, else one's own.
#[utoipa::path(get, path = "/till-sessions", tag = "tills", responses((status = 200, description = "A page", body = ListAnswer<TillSession>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, tills::list(&state.shop, &actor, &query).await?)
}

/// Open a till of one's own, with the cash that is in it.
#[utoipa::path(post, path = "/till-sessions", tag = "tills", request_body = OpenTill,
    responses((status = 201, description = "The session", body = TillDetail)))]
pub async fn open(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<OpenTill>,
) -> Result<Answer, Problem> {
    let till = tills::open(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &till)?
        .version(till.changed_at())
        .location(format!("/api/v1/till-sessions/{}", till.session.id)))
}

/// One's own session that is not closed; 404 when there is none.
#[utoipa::path(get, path = "/till-sessions/current", tag = "tills",
    responses((status = 200, description = "The session", body = TillDetail), (status = 404,
        description = "No till is open", content_type = "application/problem+json", body = ProblemDetails)))]
pub async fn current(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    let till = tills::current(&state.shop, &actor).await?.ok_or_else(|| {
        Refusal::NotFound("You have no open till. Open one with the cash that is in it.".into())
    })?;
    Ok(Answer::ok(&actor, &till)?.version(till.changed_at()))
}

/// One session. What is expected in it is absent until it is counted, for those who count blindly.
#[utoipa::path(get, path = "/till-sessions/{id}", tag = "tills", params(("id" = TillSessionId, Path)),
    responses((status = 200, description = "The session", body = TillDetail)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<TillSessionId>,
) -> Result<Answer, Problem> {
    let till = tills::find(&state.shop, &actor, id).await?;
    Ok(Answer::ok(&actor, &till)?.version(till.changed_at()))
}

/// Pay cash in or out, without a sale.
#[utoipa::path(post, path = "/till-sessions/{id}/movements", tag = "tills", params(("id" = TillSessionId, Path)),
    request_body = NewTillMovement, responses((status = 201, description = "The session with the movement", body = TillDetail)))]
pub async fn move_cash(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<TillSessionId>,
    Body(new): Body<NewTillMovement>,
) -> Result<Answer, Problem> {
    let till = tills::move_cash(&state.shop, &actor, id, new).await?;
    Ok(Answer::created(&actor, &till)?
        .version(till.changed_at())
        .location(format!("/api/v1/till-sessions/{id}")))
}

/// Count a till and close it. A count that differs without a reason is kept: the session is Counted, and closed by sending
/// the reason. Closing a closed till answers the same again.
#[utoipa::path(post, path = "/till-sessions/{id}/close", tag = "tills", params(("id" = TillSessionId, Path)),
    request_body = CloseTill, responses((status = 200, description = "The session", body = TillDetail)))]
pub async fn close(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<TillSessionId>,
    Body(close): Body<CloseTill>,
) -> Result<Answer, Problem> {
    let till = tills::close(&state.shop, &actor, id, close).await?;
    Ok(Answer::ok(&actor, &till)?.version(till.changed_at()))
}

/// The Z report of a closed till on A4, or on an 80 mm roll, as PDF.
#[utoipa::path(get, path = "/till-sessions/{id}/document.pdf", tag = "tills",
    params(("id" = TillSessionId, Path), ("layout" = Option<Layout>, Query, description = "a4 unless said otherwise")),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn document(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<TillSessionId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let layout = layout(query.as_deref().unwrap_or(""))?;
    let printed = tills::print(&state.shop, &actor, id, layout).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
