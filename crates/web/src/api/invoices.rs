//! `/invoices`

use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::Refusal;
use app::invoices::{self, Cancellation, Invoice, InvoiceChange, InvoiceDetail, Layout};
use app::sales::{NewInvoice, NewLine, NewPayment};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use domain::InvoiceId;

fn answer(actor: &app::Actor, detail: &InvoiceDetail) -> Result<Answer, Problem> {
    Ok(Answer::ok(actor, detail)?.version(detail.invoice.updated_at))
}

fn made(actor: &app::Actor, detail: &InvoiceDetail) -> Result<Answer, Problem> {
    Ok(Answer::created(actor, detail)?
        .version(detail.invoice.updated_at)
        .location(format!("/api/v1/invoices/{}", detail.invoice.id)))
}

/// Invoices, newest first.
#[utoipa::path(get, path = "/invoices", tag = "invoices", responses((status = 200, description = "A page", body = ListAnswer<Invoice>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<Invoice>(&state.shop, &invoices::LIST, &query).await?,
    )
}

/// Make a Draft, which holds its devices and stock.
#[utoipa::path(post, path = "/invoices", tag = "invoices", request_body = NewInvoice,
    responses((status = 201, description = "The Draft", body = InvoiceDetail)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewInvoice>,
) -> Result<Answer, Problem> {
    made(&actor, &invoices::create(&state.shop, &actor, new).await?)
}

/// One invoice with everything on it.
#[utoipa::path(get, path = "/invoices/{id}", tag = "invoices", params(("id" = InvoiceId, Path)),
    responses((status = 200, description = "The invoice", body = InvoiceDetail)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
) -> Result<Answer, Problem> {
    answer(&actor, &invoices::find(&state.shop, id).await?)
}

/// Change notes, lead source, or (of a Draft) whom it is for.
#[utoipa::path(patch, path = "/invoices/{id}", tag = "invoices", params(("id" = InvoiceId, Path)), request_body = InvoiceChange,
    responses((status = 200, description = "Changed", body = InvoiceDetail)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
    Body(change): Body<InvoiceChange>,
) -> Result<Answer, Problem> {
    answer(&actor, &invoices::change(&state.shop, &actor, id, change).await?)
}

/// Put a device or an item on a Draft.
#[utoipa::path(post, path = "/invoices/{id}/lines", tag = "invoices", params(("id" = InvoiceId, Path)), request_body = NewLine,
    responses((status = 201, description = "The invoice with the new line", body = InvoiceDetail)))]
pub async fn add_line(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
    Body(line): Body<NewLine>,
) -> Result<Answer, Problem> {
    made(&actor, &invoices::add_line(&state.shop, &actor, id, line).await?)
}

/// Take a line off a Draft.
#[utoipa::path(delete, path = "/invoices/{id}/lines/{line_number}", tag = "invoices",
    params(("id" = InvoiceId, Path), ("line_number" = i32, Path, minimum = 1)),
    responses((status = 204, description = "Taken off")))]
pub async fn remove_line(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, line_number)): Path<(String, String)>,
) -> Result<Answer, Problem> {
    let id = id.parse().map_err(|_| Refusal::not_found("invoice"))?;
    let line_number = line_number.parse().map_err(|_| Refusal::not_found("line"))?;
    invoices::remove_line(&state.shop, &actor, id, line_number).await?;
    Ok(Answer::no_content())
}

/// Send a Draft: its lines are fixed.
#[utoipa::path(post, path = "/invoices/{id}/send", tag = "invoices", params(("id" = InvoiceId, Path)),
    responses((status = 200, description = "The invoice", body = InvoiceDetail)))]
pub async fn send(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
) -> Result<Answer, Problem> {
    answer(&actor, &invoices::send(&state.shop, &actor, id).await?)
}

/// Keep the goods of a Draft or Sent invoice for another while.
#[utoipa::path(post, path = "/invoices/{id}/renew-hold", tag = "invoices", params(("id" = InvoiceId, Path)),
    responses((status = 200, description = "The invoice", body = InvoiceDetail)))]
pub async fn renew_hold(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
) -> Result<Answer, Problem> {
    answer(&actor, &invoices::renew_hold(&state.shop, &actor, id).await?)
}

/// Cancel an unpaid invoice and let go of its goods.
#[utoipa::path(post, path = "/invoices/{id}/cancel", tag = "invoices", params(("id" = InvoiceId, Path)), request_body = Cancellation,
    responses((status = 200, description = "The invoice", body = InvoiceDetail)))]
pub async fn cancel(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
    Body(why): Body<Cancellation>,
) -> Result<Answer, Problem> {
    answer(&actor, &invoices::cancel(&state.shop, &actor, id, why).await?)
}

/// Take a payment. The one that completes the invoice sells its goods.
#[utoipa::path(post, path = "/invoices/{id}/payments", tag = "invoices", params(("id" = InvoiceId, Path)), request_body = NewPayment,
    responses((status = 201, description = "The invoice with the payment", body = InvoiceDetail)))]
pub async fn pay(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
    Body(payment): Body<NewPayment>,
) -> Result<Answer, Problem> {
    made(&actor, &invoices::pay(&state.shop, &actor, id, payment).await?)
}

/// The invoice on A4, or its receipt on an 80 mm roll, as PDF.
#[utoipa::path(get, path = "/invoices/{id}/document.pdf", tag = "invoices",
    params(("id" = InvoiceId, Path), ("layout" = Option<Layout>, Query, description = "a4 unless said otherwise")),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn document(
    State(state): State<AppState>,
    PathId(id): PathId<InvoiceId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let printed = invoices::print(&state.shop, id, layout(query.as_deref().unwrap_or(""))?).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// The layout that a query string asks for.
pub fn layout(query: &str) -> Result<Layout, Refusal> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| Refusal::invalid("", "The query of this address cannot be read."))?;
    match pairs.iter().find(|(name, _)| name == "layout") {
        Some((_, value)) if !value.is_empty() => value
            .parse()
            .map_err(|e: domain::TextError| Refusal::invalid("/layout", e.to_string())),
        _ => Ok(Layout::A4),
    }
}
