//! `/customers`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::customers::{self, Customer, CustomerChange, Duplicate, Erasure, MergeInto, NewCustomer};
use axum::extract::State;
use axum::response::Response;
use domain::CustomerId;

/// Customers, without deleted ones.
#[utoipa::path(get, path = "/customers", tag = "customers", responses((status = 200, description = "A page", body = ListAnswer<Customer>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, customers::page(&state.shop, &actor, &query).await?)
}

/// Record a customer.
#[utoipa::path(post, path = "/customers", tag = "customers", request_body = NewCustomer,
    responses((status = 201, description = "Recorded", body = Customer)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewCustomer>,
) -> Result<Answer, Problem> {
    let customer = customers::create(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &customer)?
        .version(customer.updated_at)
        .location(format!("/api/v1/customers/{}", customer.id)))
}

/// One customer.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", params(("id" = CustomerId, Path)),
    responses((status = 200, description = "The customer", body = Customer)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
) -> Result<Answer, Problem> {
    let customer = customers::find(&state.shop, id).await?;
    Ok(Answer::ok(&actor, &customer)?.version(customer.updated_at))
}

/// Change a customer.
#[utoipa::path(patch, path = "/customers/{id}", tag = "customers", params(("id" = CustomerId, Path)), request_body = CustomerChange,
    responses((status = 200, description = "Changed", body = Customer)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
    Body(change): Body<CustomerChange>,
) -> Result<Answer, Problem> {
    let customer = customers::change(&state.shop, &actor, id, change).await?;
    Ok(Answer::ok(&actor, &customer)?.version(customer.updated_at))
}

/// Delete a customer softly.
#[utoipa::path(delete, path = "/customers/{id}", tag = "customers", params(("id" = CustomerId, Path)),
    responses((status = 204, description = "Deleted")))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
) -> Result<Answer, Problem> {
    customers::delete(&state.shop, &actor, id).await?;
    Ok(Answer::no_content())
}

/// Pairs of customers that are likely the same one.
#[utoipa::path(get, path = "/customers/duplicates", tag = "customers",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "Pairs on the page"),
           ("cursor" = Option<String>, Query, pattern = r"^[0-9]{1,9}-[0-9]{1,9}$", description = "next_cursor of the page before")),
    responses((status = 200, description = "A page", body = ListAnswer<Duplicate>)))]
pub async fn duplicates(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, customers::duplicates(&state.shop, &actor, &query).await?)
}

/// Merge a customer into another one, with the whole history.
#[utoipa::path(post, path = "/customers/{id}/merge", tag = "customers", params(("id" = CustomerId, Path)), request_body = MergeInto,
    responses((status = 200, description = "The customer that stays", body = Customer)))]
pub async fn merge(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
    Body(into): Body<MergeInto>,
) -> Result<Answer, Problem> {
    let customer = customers::merge(&state.shop, &actor, id, into).await?;
    Ok(Answer::ok(&actor, &customer)?.version(customer.updated_at))
}

/// Everything that is held about a customer: by table, every row that is about them.
#[utoipa::path(get, path = "/customers/{id}/export", tag = "customers", params(("id" = CustomerId, Path)),
    responses((status = 200, description = "Everything", body = serde_json::Value)))]
pub async fn export(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
) -> Result<Response, Problem> {
    let export = customers::export(&state.shop, &actor, id).await?;
    Ok(crate::pages::privacy::file(export))
}

/// Erase a customer: their details are taken out of the records, and the books stay as they are.
#[utoipa::path(post, path = "/customers/{id}/erase", tag = "customers", params(("id" = CustomerId, Path)), request_body = Erasure,
    responses((status = 204, description = "Erased")))]
pub async fn erase(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
    Body(erasure): Body<Erasure>,
) -> Result<Answer, Problem> {
    customers::erase(&state.shop, &actor, id, erasure).await?;
    Ok(Answer::no_content())
}
