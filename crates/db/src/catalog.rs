//! Product models (schema section 3.3).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{AssetStatus, Category, Money, ProductModelId, catalog};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use std::collections::HashMap;
use utoipa::ToSchema;

/// A product model, as stored and as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ProductModel {
    /// Number.
    pub id: ProductModelId,
    /// Laptop, Phone or Accessory.
    pub category: Category,
    /// Brand.
    pub brand: String,
    /// Name, with or without the brand before it.
    pub model_name: String,
    /// Processor.
    pub cpu: Option<String>,
    /// Memory.
    pub ram: Option<String>,
    /// Storage.
    pub storage: Option<String>,
    /// Screen.
    pub screen_size: Option<String>,
    /// Graphics.
    pub gpu: Option<String>,
    /// Operating system.
    pub operating_system: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Price of a device of grade A that has none of its own.
    pub default_price_grade_a: Option<Money>,
    /// Price of grade B.
    pub default_price_grade_b: Option<Money>,
    /// Price of grade C.
    pub default_price_grade_c: Option<Money>,
    /// Picture: a path of our own or an https address.
    pub image_url: Option<String>,
    /// When recorded.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

impl ProductModel {
    /// `HP EliteBook 840 G7`
    pub fn title(&self) -> String {
        catalog::title(&self.brand, &self.model_name)
    }

    /// `i5-10310U · 16GB · 512GB SSD`
    pub fn specs(&self) -> String {
        catalog::specs(self.cpu.as_deref(), self.ram.as_deref(), self.storage.as_deref())
    }
}

/// The list of product models.
pub const PRODUCT_MODELS: ListSpec = ListSpec {
    select: "SELECT p.id, p.category, p.brand, p.model_name, p.cpu, p.ram, p.storage, p.screen_size, p.gpu,
       p.operating_system, p.description, p.default_price_grade_a, p.default_price_grade_b, p.default_price_grade_c,
       p.image_url, p.created_at, p.updated_at
FROM product_models p",
    always: "true",
    id: "p.id",
    sorts: &[
        Column { name: "brand", sql: "p.brand", kind: Kind::Text },
        Column { name: "model_name", sql: "p.model_name", kind: Kind::Text },
        Column { name: "category", sql: "p.category", kind: Kind::Text },
        Column { name: "created_at", sql: "p.created_at", kind: Kind::Instant },
    ],
    default_sort: "brand",
    filters: &[
        Filter { name: "category", sql: "p.category = ?", kind: Kind::Text },
        Filter { name: "brand", sql: "lower(p.brand) = lower(?)", kind: Kind::Text },
        Filter { name: "model_name", sql: "lower(p.model_name) = lower(?)", kind: Kind::Text },
        Filter { name: "cpu", sql: "lower(p.cpu) = lower(?)", kind: Kind::Text },
        Filter { name: "ram", sql: "lower(p.ram) = lower(?)", kind: Kind::Text },
        Filter { name: "storage", sql: "lower(p.storage) = lower(?)", kind: Kind::Text },
        Filter { name: "operating_system", sql: "lower(p.operating_system) = lower(?)", kind: Kind::Text },
    ],
    search: Some("(p.brand || ' ' || p.model_name) ILIKE '%' || ? || '%' OR p.cpu ILIKE '%' || ? || '%'"),
};

/// The models that have this text in brand and name, as a list with commas, for a list of what is of them.
pub async fn models_found(conn: &mut PgConnection, text: &str) -> Result<String, sqlx::Error> {
    sqlx::query_scalar(
        r"SELECT coalesce(string_agg(id::text, ','), '') FROM product_models
          WHERE (brand || ' ' || model_name) ILIKE '%' || replace(replace($1, '\', '\\'), '%', '\%') || '%'",
    )
    .bind(text)
    .fetch_one(conn)
    .await
}

/// What is written of a product model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelValues {
    /// Laptop, Phone or Accessory.
    pub category: Category,
    /// Brand.
    pub brand: String,
    /// Name.
    pub model_name: String,
    /// Processor.
    pub cpu: Option<String>,
    /// Memory.
    pub ram: Option<String>,
    /// Storage.
    pub storage: Option<String>,
    /// Screen.
    pub screen_size: Option<String>,
    /// Graphics.
    pub gpu: Option<String>,
    /// Operating system.
    pub operating_system: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Price of grade A.
    pub default_price_grade_a: Option<Money>,
    /// Price of grade B.
    pub default_price_grade_b: Option<Money>,
    /// Price of grade C.
    pub default_price_grade_c: Option<Money>,
    /// Picture.
    pub image_url: Option<String>,
}

impl ModelValues {
    /// What it has in common with the same model in another spelling.
    pub fn key(&self) -> String {
        catalog::model_key(
            &self.brand,
            &self.model_name,
            self.cpu.as_deref(),
            self.ram.as_deref(),
            self.storage.as_deref(),
        )
    }
}

/// Records a product model.
pub async fn model_insert(conn: &mut PgConnection, v: &ModelValues) -> Result<ProductModel, sqlx::Error> {
    sqlx::query_as!(
        ProductModel,
        "INSERT INTO product_models (category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system,
                description, default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         RETURNING id, category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, description,
                   default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url, created_at, updated_at",
        v.category.as_str(),
        v.brand,
        v.model_name,
        v.cpu,
        v.ram,
        v.storage,
        v.screen_size,
        v.gpu,
        v.operating_system,
        v.description,
        v.default_price_grade_a as _,
        v.default_price_grade_b as _,
        v.default_price_grade_c as _,
        v.image_url
    )
    .fetch_one(conn)
    .await
}

/// Reads a product model.
pub async fn model_find(
    conn: &mut PgConnection,
    id: ProductModelId,
) -> Result<Option<ProductModel>, sqlx::Error> {
    sqlx::query_as!(
        ProductModel,
        "SELECT id, category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, description,
                default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url, created_at, updated_at
         FROM product_models WHERE id = $1",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Reads a product model and locks the row until the transaction ends.
pub async fn model_lock(
    conn: &mut PgConnection,
    id: ProductModelId,
) -> Result<Option<ProductModel>, sqlx::Error> {
    sqlx::query_as!(
        ProductModel,
        "SELECT id, category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, description,
                default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url, created_at, updated_at
         FROM product_models WHERE id = $1 FOR UPDATE",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Writes all values of a product model.
pub async fn model_update(
    conn: &mut PgConnection,
    id: ProductModelId,
    v: &ModelValues,
) -> Result<ProductModel, sqlx::Error> {
    sqlx::query_as!(
        ProductModel,
        "UPDATE product_models SET category = $2, brand = $3, model_name = $4, cpu = $5, ram = $6, storage = $7,
                screen_size = $8, gpu = $9, operating_system = $10, description = $11, default_price_grade_a = $12,
                default_price_grade_b = $13, default_price_grade_c = $14, image_url = $15
         WHERE id = $1
         RETURNING id, category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, description,
                   default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url, created_at, updated_at",
        id.get(),
        v.category.as_str(),
        v.brand,
        v.model_name,
        v.cpu,
        v.ram,
        v.storage,
        v.screen_size,
        v.gpu,
        v.operating_system,
        v.description,
        v.default_price_grade_a as _,
        v.default_price_grade_b as _,
        v.default_price_grade_c as _,
        v.image_url
    )
    .fetch_one(conn)
    .await
}

/// Waits until nobody else is recording a model, so that the same one is not recorded twice at once. Held until the
/// transaction ends.
pub async fn models_guard(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtext('product_models')) AS held")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// The oldest model with this key (see [`catalog::model_key`]). The spelling of the rules is Rust's, so the database
/// only narrows down by the letters of the name.
pub async fn model_find_by_key(
    conn: &mut PgConnection,
    key: &str,
) -> Result<Option<ProductModelId>, sqlx::Error> {
    Ok(models_find_by_key(conn, key).await?.first().copied())
}

/// All models with this key, the oldest first.
pub async fn models_find_by_key(
    conn: &mut PgConnection,
    key: &str,
) -> Result<Vec<ProductModelId>, sqlx::Error> {
    let name = key.split('|').nth(1).unwrap_or("");
    let rows = sqlx::query!(
        r#"SELECT id, brand, model_name, cpu, ram, storage FROM product_models
           WHERE position($1 IN lower(regexp_replace(model_name, '\s', '', 'g'))) > 0 ORDER BY id"#,
        name
    )
    .fetch_all(conn)
    .await?;
    let same = rows.into_iter().filter(|r| {
        catalog::model_key(
            &r.brand,
            &r.model_name,
            r.cpu.as_deref(),
            r.ram.as_deref(),
            r.storage.as_deref(),
        ) == key
    });
    Ok(same.map(|r| r.id).collect())
}

/// All models, the oldest first.
pub async fn models_all(conn: &mut PgConnection) -> Result<Vec<ProductModel>, sqlx::Error> {
    sqlx::query_as!(
        ProductModel,
        "SELECT id, category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, description,
                default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url, created_at, updated_at
         FROM product_models ORDER BY id"
    )
    .fetch_all(conn)
    .await
}

/// Reads these product models, in the order of their numbers.
pub async fn models_find(conn: &mut PgConnection, ids: &[i32]) -> Result<Vec<ProductModel>, sqlx::Error> {
    sqlx::query_as!(
        ProductModel,
        "SELECT id, category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, description,
                default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url, created_at, updated_at
         FROM product_models WHERE id = ANY ($1) ORDER BY id",
        ids
    )
    .fetch_all(conn)
    .await
}

/// Reads these product models and locks their rows, in the order of their numbers, until the transaction ends.
pub async fn models_lock(conn: &mut PgConnection, ids: &[i32]) -> Result<Vec<ProductModel>, sqlx::Error> {
    sqlx::query_as!(
        ProductModel,
        "SELECT id, category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, description,
                default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url, created_at, updated_at
         FROM product_models WHERE id = ANY ($1) ORDER BY id FOR UPDATE",
        ids
    )
    .fetch_all(conn)
    .await
}

/// All models by their keys, the oldest of each, for matching many at once.
pub async fn models_by_key(conn: &mut PgConnection) -> Result<HashMap<String, ProductModelId>, sqlx::Error> {
    let rows =
        sqlx::query!("SELECT id, brand, model_name, cpu, ram, storage FROM product_models ORDER BY id DESC")
            .fetch_all(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let (cpu, ram, storage) = (r.cpu.as_deref(), r.ram.as_deref(), r.storage.as_deref());
            (
                catalog::model_key(&r.brand, &r.model_name, cpu, ram, storage),
                r.id,
            )
        })
        .collect())
}

/// The brands of the catalogue, for choosing one.
pub async fn brands_all(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT DISTINCT brand FROM product_models ORDER BY brand")
        .fetch_all(conn)
        .await
}

/// How many devices of a model there are in each state.
pub async fn model_devices(
    conn: &mut PgConnection,
    id: ProductModelId,
) -> Result<Vec<(AssetStatus, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT status, count(*) AS "devices!" FROM assets WHERE product_model_id = $1 AND voided_at IS NULL GROUP BY status"#,
        id.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.status, r.devices)).collect())
}

/// How many devices of each of these models are ready for sale.
pub async fn models_ready(
    conn: &mut PgConnection,
    ids: &[i32],
) -> Result<HashMap<ProductModelId, i64>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT product_model_id, count(*) AS "devices!" FROM assets
           WHERE product_model_id = ANY($1) AND status = 'Ready for Sale' GROUP BY product_model_id"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (r.product_model_id, r.devices))
        .collect())
}

/// The models for choosing one: number, title and specs, by brand and name.
pub async fn models_named(conn: &mut PgConnection) -> Result<Vec<(ProductModelId, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, brand, model_name, cpu, ram, storage FROM product_models ORDER BY brand, model_name, id LIMIT 2000"
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let specs = catalog::specs(r.cpu.as_deref(), r.ram.as_deref(), r.storage.as_deref());
            let title = catalog::title(&r.brand, &r.model_name);
            (
                r.id,
                if specs.is_empty() {
                    title
                } else {
                    format!("{title} · {specs}")
                },
            )
        })
        .collect())
}

/// The models of this brand and name, whatever their case and equipment, 50 at most.
pub async fn models_called(
    conn: &mut PgConnection,
    brand: &str,
    model_name: &str,
) -> Result<Vec<ProductModel>, sqlx::Error> {
    sqlx::query_as!(
        ProductModel,
        "SELECT id, category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, description,
                default_price_grade_a, default_price_grade_b, default_price_grade_c, image_url, created_at, updated_at
         FROM product_models WHERE lower(brand) = lower($1) AND lower(model_name) = lower($2) ORDER BY id LIMIT 50",
        brand,
        model_name
    )
    .fetch_all(conn)
    .await
}
