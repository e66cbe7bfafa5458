//! `/product-models`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::Refusal;
use app::catalog::bundle::{self, NewBundleItem, ProductModelDetail};
use app::catalog::{self, NewProductModel, ProductModel, ProductModelChange};
use axum::extract::{Path, State};
use domain::{BulkStockId, ProductModelId};

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
    responses((status = 200, description = "The product model, and what goes with each device of it", body = ProductModelDetail)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
) -> Result<Answer, Problem> {
    let found = bundle::detail(&state.shop, id).await?;
    Ok(Answer::ok(&actor, &found)?.version(found.model.updated_at))
}

/// Put an item into the bundle of a model, or give it another price there.
///
/// One goes with each device of the model, at `bundle_price`, which is no discount and may be nothing.
#[utoipa::path(post, path = "/product-models/{id}/bundle", tag = "catalog", params(("id" = ProductModelId, Path)), request_body = NewBundleItem,
    responses((status = 201, description = "The product model", body = ProductModelDetail)))]
pub async fn put_in_bundle(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
    Body(new): Body<NewBundleItem>,
) -> Result<Answer, Problem> {
    let detail = bundle::put(&state.shop, &actor, id, new).await?;
    Ok(Answer::created(&actor, &detail)?.version(detail.model.updated_at))
}

/// Take an item out of the bundle of a model.
#[utoipa::path(delete, path = "/product-models/{id}/bundle/{bulk_stock_id}", tag = "catalog",
    params(("id" = ProductModelId, Path), ("bulk_stock_id" = BulkStockId, Path)),
    responses((status = 204, description = "Taken out")))]
pub async fn take_out_of_bundle(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Path((id, item)): Path<(String, String)>,
) -> Result<Answer, Problem> {
    let id = id.parse().map_err(|_| Refusal::not_found("product model"))?;
    let item = item.parse().map_err(|_| Refusal::not_found("item"))?;
    bundle::remove(&state.shop, &actor, id, item).await?;
    Ok(Answer::no_content())
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
