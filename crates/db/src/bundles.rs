//! What goes with a device of a product model, at a price of its own.

use domain::{AssetId, BulkStockId, Money, ProductModelId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// An item that goes with each device of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct BundleItem {
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// Its SKU.
    pub sku: String,
    /// What it is called.
    pub item_name: String,
    /// What one costs by itself.
    pub unit_price: Option<Money>,
    /// What one costs with the device.
    pub bundle_price: Money,
}

/// What goes with a model, by SKU.
pub async fn bundle_items(
    conn: &mut PgConnection,
    model: ProductModelId,
) -> Result<Vec<BundleItem>, sqlx::Error> {
    sqlx::query_as(
        "SELECT b.bulk_stock_id, s.sku, s.item_name, s.unit_price, b.bundle_price
         FROM product_model_bundles b JOIN bulk_stock s ON s.id = b.bulk_stock_id
         WHERE b.product_model_id = $1 ORDER BY s.sku",
    )
    .bind(model)
    .fetch_all(conn)
    .await
}

/// Puts an item into a model's bundle, or gives it another price; `None` when no item has this SKU.
pub async fn bundle_put(
    conn: &mut PgConnection,
    model: ProductModelId,
    sku: &str,
    price: Money,
) -> Result<Option<BulkStockId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO product_model_bundles (product_model_id, bulk_stock_id, bundle_price)
         SELECT $1, s.id, $3 FROM bulk_stock s WHERE upper(s.sku) = upper($2)
         ON CONFLICT (product_model_id, bulk_stock_id) DO UPDATE SET bundle_price = excluded.bundle_price
         RETURNING bulk_stock_id",
    )
    .bind(model)
    .bind(sku)
    .bind(price)
    .fetch_optional(conn)
    .await
}

/// Takes an item out of a model's bundle; whether it was in it.
pub async fn bundle_remove(
    conn: &mut PgConnection,
    model: ProductModelId,
    item: BulkStockId,
) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query("DELETE FROM product_model_bundles WHERE product_model_id = $1 AND bulk_stock_id = $2")
            .bind(model)
            .bind(item)
            .execute(conn)
            .await?;
    Ok(done.rows_affected() > 0)
}

/// What goes with these devices: device, item, price.
pub async fn bundles_of(
    conn: &mut PgConnection,
    devices: &[AssetId],
) -> Result<Vec<(AssetId, BulkStockId, Money)>, sqlx::Error> {
    if devices.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_as(
        "SELECT a.id, b.bulk_stock_id, b.bundle_price FROM assets a
         JOIN product_model_bundles b ON b.product_model_id = a.product_model_id
         WHERE a.id = ANY ($1) ORDER BY a.id, b.bulk_stock_id",
    )
    .bind(devices)
    .fetch_all(conn)
    .await
}
