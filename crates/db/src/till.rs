//! What the till shows of devices and items: by what a scanner reads, by a part of a name, or by their numbers.

use domain::{AssetId, AssetStatus, BulkStockId, Category, Grade, Money, PricePercents};
use sqlx::{FromRow, PgConnection};

/// A device or an item, as the till shows it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct TillItem {
    /// The device, or null.
    pub asset_id: Option<AssetId>,
    /// The item, or null.
    pub bulk_stock_id: Option<BulkStockId>,
    /// Asset tag or SKU.
    pub code: String,
    /// Brand and model, or the item's name.
    pub title: String,
    /// Processor, memory, storage and serial number, or the item's kind.
    pub sub: String,
    /// Grade of a device.
    pub grade: Option<Grade>,
    /// Its own price or the model's for its grade, or the item's.
    pub list_price: Option<Money>,
    /// Status of a device.
    pub status: Option<AssetStatus>,
    /// How many are free; null for devices and services.
    pub available: Option<i32>,
    /// What kind of device it is.
    pub category: Option<Category>,
    /// The picture of its model.
    pub image_url: Option<String>,
}

impl TillItem {
    /// What it costs this customer: its list price, or what their price list makes of it. Services keep their price.
    pub fn usual_price(&self, prices: Option<&PricePercents>) -> Option<Money> {
        let is_service = self.asset_id.is_none() && self.available.is_none();
        match (prices, self.list_price) {
            (Some(prices), Some(list)) if !is_service => Some(prices.price(list, self.category)),
            (_, list) => list,
        }
    }
}

macro_rules! devices {
    () => {
        "SELECT a.id AS asset_id, NULL::integer AS bulk_stock_id, a.asset_tag AS code, pm.brand || ' ' || pm.model_name AS title,
       concat_ws(' · ', nullif(pm.cpu, ''), nullif(pm.ram, ''), nullif(pm.storage, ''), a.serial_number) AS sub,
       a.condition_grade AS grade,
       coalesce(a.list_price, CASE a.condition_grade WHEN 'A' THEN pm.default_price_grade_a
         WHEN 'B' THEN pm.default_price_grade_b WHEN 'C' THEN pm.default_price_grade_c END) AS list_price,
       a.status, NULL::integer AS available, pm.category, pm.image_url
FROM assets a JOIN product_models pm ON pm.id = a.product_model_id"
    };
}

macro_rules! items {
    () => {
        "SELECT NULL::integer AS asset_id, b.id AS bulk_stock_id, b.sku AS code, b.item_name AS title, b.category AS sub,
       NULL::varchar AS grade, b.unit_price AS list_price, NULL::varchar AS status,
       CASE WHEN b.is_stocked THEN b.quantity - b.reserved_quantity END AS available, NULL::varchar AS category,
       NULL::varchar AS image_url
FROM bulk_stock b"
    };
}

/// Those with these numbers.
pub async fn till_items(
    conn: &mut PgConnection,
    asset_ids: &[i32],
    item_ids: &[i32],
) -> Result<Vec<TillItem>, sqlx::Error> {
    sqlx::query_as(concat!(
        devices!(),
        " WHERE a.id = ANY ($1) UNION ALL ",
        items!(),
        " WHERE b.id = ANY ($2)"
    ))
    .bind(asset_ids)
    .bind(item_ids)
    .fetch_all(conn)
    .await
}

/// What a scanner may have read: a tag, a serial number, an IMEI or a SKU, whatever its case and blanks.
pub async fn till_exact(conn: &mut PgConnection, code: &str) -> Result<Vec<TillItem>, sqlx::Error> {
    sqlx::query_as(concat!(
        devices!(),
        " WHERE a.id = ANY (ARRAY(SELECT s.id FROM assets s WHERE serial_key(s.serial_number) = serial_key($1)
              UNION SELECT t.id FROM assets t WHERE upper(t.asset_tag) = upper(btrim($1))
              UNION SELECT m.id FROM assets m WHERE m.imei_1 = btrim($1)
              UNION SELECT n.id FROM assets n WHERE n.imei_2 = btrim($1))) AND a.voided_at IS NULL
          UNION ALL ",
        items!(),
        " WHERE upper(b.sku) = upper(btrim($1))"
    ))
    .bind(code)
    .fetch_all(conn)
    .await
}

/// What can be sold and is called so: ready devices of models with this in their name, and items.
pub async fn till_search(conn: &mut PgConnection, text: &str) -> Result<Vec<TillItem>, sqlx::Error> {
    sqlx::query_as(concat!(
        "(",
        devices!(),
        " WHERE a.status = 'Ready for Sale' AND a.product_model_id = ANY (ARRAY(
              SELECT m.id FROM product_models m WHERE m.brand || ' ' || m.model_name ILIKE '%' || $1 || '%' LIMIT 200))
          ORDER BY a.received_date, a.id LIMIT 8) UNION ALL (",
        items!(),
        " WHERE b.item_name ILIKE '%' || $1 || '%' OR b.sku ILIKE $1 || '%' ORDER BY b.item_name LIMIT 8)"
    ))
    .bind(text)
    .fetch_all(conn)
    .await
}

/// The active lead sources by name.
pub async fn lead_source_names(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT source_name FROM lead_sources WHERE is_active ORDER BY id")
        .fetch_all(conn)
        .await
}

/// Users who may have sold something: number and name.
pub async fn seller_names(conn: &mut PgConnection) -> Result<Vec<(i32, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, full_name FROM users WHERE role IN ('Admin', 'Manager', 'Sales') ORDER BY full_name",
    )
    .fetch_all(conn)
    .await
}
