//! `/product-models`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::catalog::{self, NewProductModel, ProductModel, ProductModelChange};
use axum::extract::State;
use domain::ProductModelId;

/// Product models.
#[utoipa::path(get, path = "/product-models", tag = "catalog", responses((status = 200, description = "A page", body = ListAnswer<ProductModel>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<ProductModel>(&state.shop, &catalog::LIST, &query).await?,
    )
}

/// Record a product model. The same one twice (brand, model name, CPU, memory, storage) is refused with
/// `duplicate_model`.
#[utoipa::path(post, path = "/product-models", tag = "catalog", request_body = NewProductModel,
    responses((status = 201, description = "Recorded", body = ProductModel)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewProductModel>,
) -> Result<Answer, Problem> {
    let model = catalog::create(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &model)?
        .version(model.updated_at)
        .location(format!("/api/v1/product-models/{}", model.id)))
}

/// One product model.
#[utoipa::path(get, path = "/product-models/{id}", tag = "catalog", params(("id" = ProductModelId, Path)),
    responses((status = 200, description = "The product model", body = ProductModel)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
) -> Result<Answer, Problem> {
    let model = catalog::find(&state.shop, id).await?;
    Ok(Answer::ok(&actor, &model)?.version(model.updated_at))
}

/// Change a product model.
#[utoipa::path(patch, path = "/product-models/{id}", tag = "catalog", params(("id" = ProductModelId, Path)), request_body = ProductModelChange,
    responses((status = 200, description = "Changed", body = ProductModel)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
    Body(change): Body<ProductModelChange>,
) -> Result<Answer, Problem> {
    let model = catalog::change(&state.shop, &actor, id, change).await?;
    Ok(Answer::ok(&actor, &model)?.version(model.updated_at))
}
