//! `/product-models`

use super::bench::Photos;
use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use crate::upload::Upload;
use app::Refusal;
use app::catalog::bulk::{self, BulkChange, BulkPreview, CatalogChange, CatalogChangeDetail};
use app::catalog::bundle::{self, NewBundleItem, ProductModelDetail};
use app::catalog::merge::{self, MergeModelInto, MergePreview, SameModels};
use app::catalog::picture;
use app::catalog::prices::{self, ModelPrice};
use app::catalog::{self, NewProductModel, ProductModel, ProductModelChange};
use axum::extract::{Path, State};
use domain::{BulkStockId, CatalogChangeId, ProductModelId};
use utoipa::ToSchema;

/// A picture of a product model.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is read as it comes")]
pub struct ModelImage {
    /// JPEG, PNG or WebP, at most 10 MB and 25 megapixels; its kind is told by its content.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

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

/// What the grades of a model have cost, newest first.
#[utoipa::path(get, path = "/product-models/{id}/prices", tag = "catalog", params(("id" = ProductModelId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<ModelPrice>)))]
pub async fn prices(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, prices::page(&state.shop, id, &query).await?)
}

/// Models that are recorded more than once: same brand, name, processor, memory and storage, whatever their spelling.
#[utoipa::path(get, path = "/product-models/duplicates", tag = "catalog",
    responses((status = 200, description = "Each model with all its records", body = Vec<SameModels>)))]
pub async fn duplicates(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    Answer::ok(&actor, &merge::duplicates(&state.shop, &actor).await?)
}

/// Merge a model into another one: devices, bundle, preorders and prices are the other one's from then on.
#[utoipa::path(post, path = "/product-models/{id}/merge", tag = "catalog", params(("id" = ProductModelId, Path)), request_body = MergeModelInto,
    responses((status = 200, description = "The model that stays", body = ProductModel)))]
pub async fn merge(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
    Body(into): Body<MergeModelInto>,
) -> Result<Answer, Problem> {
    let model = merge::merge(&state.shop, &actor, id, into).await?;
    Ok(Answer::ok(&actor, &model)?.version(model.updated_at))
}

/// What a change of many models would make, without making it.
#[utoipa::path(post, path = "/product-models/bulk-changes/preview", tag = "catalog", request_body = BulkChange,
    responses((status = 200, description = "What becomes of what", body = BulkPreview)))]
pub async fn preview_change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(change): Body<BulkChange>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &bulk::preview(&state.shop, &actor, &change).await?)
}

/// Change many models at once: their prices by one rule, or what they have in common.
#[utoipa::path(post, path = "/product-models/bulk-changes", tag = "catalog", request_body = BulkChange,
    responses((status = 201, description = "Changed", body = CatalogChangeDetail)))]
pub async fn make_change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(change): Body<BulkChange>,
) -> Result<Answer, Problem> {
    Answer::created(&actor, &bulk::make(&state.shop, &actor, change).await?)
}

/// Changes of many models, newest first.
#[utoipa::path(get, path = "/product-models/bulk-changes", tag = "catalog",
    responses((status = 200, description = "A page", body = ListAnswer<CatalogChange>)))]
pub async fn changes(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, bulk::changes(&state.shop, &actor, &query).await?)
}

/// Take a change of many models back, while nothing of it was changed again.
#[utoipa::path(post, path = "/product-models/bulk-changes/{id}/undo", tag = "catalog", params(("id" = CatalogChangeId, Path)),
    responses((status = 200, description = "Taken back", body = CatalogChangeDetail)))]
pub async fn undo_change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CatalogChangeId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &bulk::undo(&state.shop, &actor, id).await?)
}

/// Show a picture of the model, in place of the one before.
///
/// It is made smaller and written anew as JPEG; `image_url` is its address. The one before stays among the model's photos: a PATCH of
/// `image_url` with its address shows it again.
#[utoipa::path(post, path = "/product-models/{id}/image", tag = "catalog", params(("id" = ProductModelId, Path)),
    request_body(content = ModelImage, content_type = "multipart/form-data"),
    responses((status = 201, description = "The model with its picture", body = ProductModel)))]
pub async fn put_image(
    State(state): State<AppState>,
    Caller(mut actor): Caller,
    PathId(id): PathId<ProductModelId>,
    upload: Upload,
) -> Result<Answer, Problem> {
    upload.fingerprint(&mut actor);
    if let Some(name) = upload.fields.names().next() {
        return Err(Refusal::invalid(
            format!("/{name}"),
            format!("There is no field {name} here. Leave it out, or check its spelling."),
        )
        .into());
    }
    let model = picture::put(&state.shop, &actor, id, &upload.path).await?;
    Ok(Answer::created(&actor, &model)?
        .version(model.updated_at)
        .location(model.image_url.clone().unwrap_or_default()))
}

/// Show no picture of the model any more. The picture itself stays among its photos.
#[utoipa::path(delete, path = "/product-models/{id}/image", tag = "catalog", params(("id" = ProductModelId, Path)),
    responses((status = 204, description = "Taken off")))]
pub async fn take_image_off(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
) -> Result<Answer, Problem> {
    picture::take_off(&state.shop, &actor, id).await?;
    Ok(Answer::no_content())
}

/// The pictures of a model that are kept, the one that is shown and those before it, oldest first.
#[utoipa::path(get, path = "/product-models/{id}/photos", tag = "catalog", params(("id" = ProductModelId, Path)),
    responses((status = 200, description = "The pictures", body = Photos)))]
pub async fn photos(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
) -> Result<Answer, Problem> {
    let data = picture::pictures(&state.shop, &actor, id).await?;
    Answer::ok(&actor, &Photos { data })
}

/// What a merge into another model would make, without making it.
#[utoipa::path(post, path = "/product-models/{id}/merge/preview", tag = "catalog", params(("id" = ProductModelId, Path)), request_body = MergeModelInto,
    responses((status = 200, description = "Both records, and what moves", body = MergePreview)))]
pub async fn preview_merge(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ProductModelId>,
    Body(wish): Body<MergeModelInto>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &merge::preview(&state.shop, &actor, id, wish.into).await?)
}
