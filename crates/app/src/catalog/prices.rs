//! What the grades of a model have cost, and since when.

use crate::{Page, PageRequest, Refusal, Shop};
pub use db::catalog_care::{MODEL_PRICES as LIST, ModelPrice};
use domain::ProductModelId;

/// A page of the prices of a model, newest first.
pub async fn page(
    shop: &Shop,
    id: ProductModelId,
    request: &PageRequest,
) -> Result<Page<ModelPrice>, Refusal> {
    LIST.sql(request)?;
    super::find(shop, id).await?;
    let mut request = request.clone();
    let filter = ("product_model_id".to_owned(), id.to_string());
    request.filters.push(filter);
    crate::lists::page(shop, &db::catalog_care::MODEL_PRICES_OF, &request).await
}
