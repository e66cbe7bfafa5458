//! `/price-lists`, and what wholesale adds to customers and invoices.

use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, PathId, period};
use crate::frame::Caller;
use crate::problem::Problem;
use app::invoices::InvoiceDetail;
use app::wholesale::{
    self, Account, CustomerPayment, CustomerTerms, NewPriceList, PriceList, PriceListChange, Receipt,
    Receivable, TermsChange, price_lists,
};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::{CustomerId, InvoiceId, PriceListId};
use serde::Serialize;
use utoipa::ToSchema;

/// Price lists.
#[utoipa::path(get, path = "/price-lists", tag = "catalog", responses((status = 200, description = "A page", body = ListAnswer<PriceList>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    let page = app::lists::page::<PriceList>(&state.shop, &wholesale::PRICE_LISTS, &query).await?;
    Answer::list(&actor, page)
}

/// Record a price list.
#[utoipa::path(post, path = "/price-lists", tag = "catalog", request_body = NewPriceList,
    responses((status = 201, description = "Recorded", body = PriceList)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewPriceList>,
) -> Result<Answer, Problem> {
    Answer::created(&actor, &price_lists::create(&state.shop, &actor, new).await?)
}

/// Change a price list. What was sold keeps its price.
#[utoipa::path(patch, path = "/price-lists/{id}", tag = "catalog", params(("id" = PriceListId, Path)), request_body = PriceListChange,
    responses((status = 200, description = "Changed", body = PriceList)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PriceListId>,
    Body(change): Body<PriceListChange>,
) -> Result<Answer, Problem> {
    Answer::ok(
        &actor,
        &price_lists::change(&state.shop, &actor, id, change).await?,
    )
}

/// On what terms a customer buys, and what they owe.
#[utoipa::path(get, path = "/customers/{id}/terms", tag = "customers", params(("id" = CustomerId, Path)),
    responses((status = 200, description = "The terms", body = CustomerTerms)))]
pub async fn terms(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
) -> Result<Answer, Problem> {
    let terms = wholesale::terms(&state.shop, &actor, id).await?;
    Ok(Answer::ok(&actor, &terms)?.version(terms.updated_at))
}

/// Set a customer's terms: price list, credit limit, days to pay.
#[utoipa::path(put, path = "/customers/{id}/terms", tag = "customers", params(("id" = CustomerId, Path)), request_body = TermsChange,
    responses((status = 200, description = "The terms", body = CustomerTerms)))]
pub async fn set_terms(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
    Body(change): Body<TermsChange>,
) -> Result<Answer, Problem> {
    let terms = wholesale::set_terms(&state.shop, &actor, id, change).await?;
    Ok(Answer::ok(&actor, &terms)?.version(terms.updated_at))
}

/// Hand over the goods of a Sent invoice before they are paid: within the customer's credit limit, or on a claimed payment.
#[utoipa::path(post, path = "/invoices/{id}/release", tag = "invoices", params(("id" = InvoiceId, Path)),
    responses((status = 200, description = "The invoice", body = InvoiceDetail)))]
pub async fn release(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<InvoiceId>,
) -> Result<Answer, Problem> {
    let detail = wholesale::release(&state.shop, &actor, id).await?;
    Ok(Answer::ok(&actor, &detail)?.version(detail.invoice.updated_at))
}

/// Take one payment over several invoices of a customer: the oldest first, or as the allocations say.
#[utoipa::path(post, path = "/customers/{id}/payments", tag = "customers", params(("id" = CustomerId, Path)), request_body = CustomerPayment,
    responses((status = 201, description = "What was recorded", body = Receipt)))]
pub async fn pay(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
    Body(payment): Body<CustomerPayment>,
) -> Result<Answer, Problem> {
    Answer::created(&actor, &wholesale::pay(&state.shop, &actor, id, payment).await?)
}

/// A customer's account: invoices, payments, returns, refunds, and what was owed after each.
#[utoipa::path(get, path = "/customers/{id}/account", tag = "customers",
    params(("id" = CustomerId, Path),
        ("from" = Option<chrono::NaiveDate>, Query, description = "First day; the first of the month unless said otherwise."),
        ("to" = Option<chrono::NaiveDate>, Query, description = "Last day; today unless said otherwise.")),
    responses((status = 200, description = "The account", body = Account)))]
pub async fn account(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
    RawQuery(query): RawQuery,
) -> Result<Answer, Problem> {
    let period = period(query.as_deref(), state.shop.today())?;
    Answer::ok(
        &actor,
        &wholesale::account(&state.shop, &actor, id, period).await?,
    )
}

/// The same as a PDF to send to the customer.
#[utoipa::path(get, path = "/customers/{id}/account/document.pdf", tag = "customers",
    params(("id" = CustomerId, Path),
        ("from" = Option<chrono::NaiveDate>, Query, description = "First day."),
        ("to" = Option<chrono::NaiveDate>, Query, description = "Last day.")),
    responses((status = 200, description = "The PDF", content_type = "application/pdf", body = Pdf)))]
pub async fn account_document(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let period = period(query.as_deref(), state.shop.today())?;
    let printed = wholesale::print_account(&state.shop, &actor, id, period).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// What all customers owe, by age.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receivables {
    /// The day it was looked at.
    pub on: chrono::NaiveDate,
    /// Who owes most first.
    pub data: Vec<Receivable>,
}

/// What customers owe today, by how long it has been due.
#[utoipa::path(get, path = "/reports/receivables", tag = "reports",
    responses((status = 200, description = "By customer", body = Receivables)))]
pub async fn receivables(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    let data = wholesale::receivables(&state.shop, &actor).await?;
    Answer::ok(
        &actor,
        &Receivables {
            on: state.shop.today(),
            data,
        },
    )
}
