//! Lists, for every face: one mechanism over the specs of `db`.

use crate::{Page, PageRequest, Refusal, Shop};
pub use db::list::{Column, Filter, Kind, ListSpec};
use sqlx::FromRow;
use sqlx::postgres::PgRow;

/// Reads a page of a list.
pub async fn page<T>(shop: &Shop, spec: &ListSpec, request: &PageRequest) -> Result<Page<T>, Refusal>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut conn = shop.read().await?;
    Ok(spec.fetch(&mut conn, request).await?)
}
