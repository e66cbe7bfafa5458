//! Care of the catalogue: what models have cost, two records of one model made one, and changes of many models at once.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{CatalogChangeId, Grade, Money, ProductModelId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A change of the price of a model's grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ModelPrice {
    /// Number.
    pub id: i32,
    /// The model.
    pub product_model_id: ProductModelId,
    /// The grade.
    pub grade: Grade,
    /// What it cost before; null when it had no price.
    pub old_price: Option<Money>,
    /// What it costs since then; null when it has no price any more.
    pub new_price: Option<Money>,
    /// Who changed it; null for what was found when the history began.
    pub changed_by: Option<UserId>,
    /// Their name.
    pub changed_by_name: Option<String>,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// The number of the model that it was a price of, where that one was merged into this one.
    pub merged_from: Option<i32>,
}

/// The prices of a model, as they are asked for from outside.
pub const MODEL_PRICES: ListSpec = ListSpec {
    select: "SELECT h.id, h.product_model_id, h.grade, h.old_price, h.new_price, h.changed_by, u.full_name AS changed_by_name,
       h.changed_at, h.merged_from
FROM product_model_prices h LEFT JOIN users u ON u.id = h.changed_by",
    always: "true",
    id: "h.id",
    sorts: &[Column {
        name: "changed_at",
        sql: "h.changed_at",
        kind: Kind::Instant,
    }],
    default_sort: "-changed_at",
    filters: &[Filter {
        name: "grade",
        sql: "h.grade = ?",
        kind: Kind::Text,
    }],
    search: None,
};

/// The same with the filter that the address of the model stands for.
pub const MODEL_PRICES_OF: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "grade",
            sql: "h.grade = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "product_model_id",
            sql: "h.product_model_id = ?",
            kind: Kind::Int,
        },
    ],
    ..MODEL_PRICES
};

/// A row that names a model: which one, and how many devices are of it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ModelHeld {
    /// A table of the schema.
    pub named_in: String,
    /// How many of its rows name the model.
    pub rows: i64,
}

/// What names a model: devices, preorders, items of its bundle.
pub async fn model_held(conn: &mut PgConnection, id: ProductModelId) -> Result<Vec<ModelHeld>, sqlx::Error> {
    sqlx::query_as(
        "SELECT 'assets' AS named_in, count(*) AS rows FROM assets WHERE product_model_id = $1 AND voided_at IS NULL
         UNION ALL SELECT 'preorders', count(*) FROM preorders WHERE product_model_id = $1
         UNION ALL SELECT 'product_model_bundles', count(*) FROM product_model_bundles WHERE product_model_id = $1",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// The model into which one was merged, if it was.
pub async fn model_merged_into(
    conn: &mut PgConnection,
    id: ProductModelId,
) -> Result<Option<ProductModelId>, sqlx::Error> {
    sqlx::query_scalar("SELECT product_model_id FROM product_model_merges WHERE gone_id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Moves everything of a model to another one and takes it away; answers how many rows of each table.
pub async fn model_merge(
    conn: &mut PgConnection,
    gone: ProductModelId,
    kept: ProductModelId,
) -> Result<serde_json::Value, sqlx::Error> {
    sqlx::query_scalar("SELECT product_model_merge($1, $2)")
        .bind(gone)
        .bind(kept)
        .fetch_one(conn)
        .await
}

/// What the devices in the house of these models and grades cost on average.
pub async fn models_average_cost(
    conn: &mut PgConnection,
    ids: &[ProductModelId],
) -> Result<Vec<(ProductModelId, Grade, Money)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT product_model_id, condition_grade, round(avg(coalesce(landed_cost, purchase_cost)), 2)
         FROM assets
         WHERE product_model_id = ANY ($1) AND condition_grade IS NOT NULL AND status NOT IN ('Sold', 'Scrapped')
           AND coalesce(landed_cost, purchase_cost) IS NOT NULL
         GROUP BY product_model_id, condition_grade",
    )
    .bind(ids)
    .fetch_all(conn)
    .await
}

/// A change of many models at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct CatalogChange {
    /// Number.
    pub id: CatalogChangeId,
    /// What was done.
    pub summary: String,
    /// How many models it changed.
    pub models: i64,
    /// Who did it.
    pub made_by: Option<UserId>,
    /// Their name.
    pub made_by_name: Option<String>,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Who took it back.
    pub undone_by: Option<UserId>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
}

/// The changes of many models at once, newest first.
pub const CATALOG_CHANGES: ListSpec = ListSpec {
    select: "SELECT g.id, g.summary, g.made_by, u.full_name AS made_by_name, g.made_at, g.undone_by, g.undone_at,
       (SELECT count(DISTINCT r.product_model_id) FROM catalog_change_rows r WHERE r.catalog_change_id = g.id) AS models
FROM catalog_changes g LEFT JOIN users u ON u.id = g.made_by",
    always: "true",
    id: "g.id",
    sorts: &[Column {
        name: "id",
        sql: "g.id",
        kind: Kind::Int,
    }],
    default_sort: "-id",
    filters: &[],
    search: None,
};

/// What a change made of one field of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct FieldChange {
    /// The model.
    pub product_model_id: ProductModelId,
    /// The field.
    pub field: String,
    /// What it was.
    pub old_value: Option<String>,
    /// What it became.
    pub new_value: Option<String>,
}

/// Records a change of many models.
pub async fn change_insert(
    conn: &mut PgConnection,
    summary: &str,
    rows: &[FieldChange],
) -> Result<CatalogChangeId, sqlx::Error> {
    let id: CatalogChangeId =
        sqlx::query_scalar("INSERT INTO catalog_changes (summary) VALUES ($1) RETURNING id")
            .bind(summary)
            .fetch_one(&mut *conn)
            .await?;
    let models: Vec<i32> = rows.iter().map(|r| r.product_model_id.get()).collect();
    let fields: Vec<&str> = rows.iter().map(|r| r.field.as_str()).collect();
    let old: Vec<Option<&str>> = rows.iter().map(|r| r.old_value.as_deref()).collect();
    let new: Vec<Option<&str>> = rows.iter().map(|r| r.new_value.as_deref()).collect();
    sqlx::query(
        "INSERT INTO catalog_change_rows (catalog_change_id, product_model_id, field, old_value, new_value)
         SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[])",
    )
    .bind(id)
    .bind(models)
    .bind(fields)
    .bind(old)
    .bind(new)
    .execute(conn)
    .await?;
    Ok(id)
}

/// Reads a change and locks it until the transaction ends.
pub async fn change_lock(
    conn: &mut PgConnection,
    id: CatalogChangeId,
) -> Result<Option<CatalogChange>, sqlx::Error> {
    sqlx::query_scalar::<_, i32>("SELECT id FROM catalog_changes WHERE id = $1 FOR NO KEY UPDATE")
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    change_find(conn, id).await
}

/// Reads a change.
pub async fn change_find(
    conn: &mut PgConnection,
    id: CatalogChangeId,
) -> Result<Option<CatalogChange>, sqlx::Error> {
    sqlx::query_as(
        "SELECT g.id, g.summary, g.made_by, u.full_name AS made_by_name, g.made_at, g.undone_by, g.undone_at,
                (SELECT count(DISTINCT r.product_model_id) FROM catalog_change_rows r WHERE r.catalog_change_id = g.id) AS models
         FROM catalog_changes g LEFT JOIN users u ON u.id = g.made_by WHERE g.id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// What a change made, by model.
pub async fn change_rows(
    conn: &mut PgConnection,
    id: CatalogChangeId,
) -> Result<Vec<FieldChange>, sqlx::Error> {
    sqlx::query_as(
        "SELECT product_model_id, field, old_value, new_value FROM catalog_change_rows
         WHERE catalog_change_id = $1 ORDER BY product_model_id, field",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Marks a change as taken back.
pub async fn change_undone(
    conn: &mut PgConnection,
    id: CatalogChangeId,
    by: Option<UserId>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE catalog_changes SET undone_by = $2, undone_at = shop_now() WHERE id = $1")
        .bind(id)
        .bind(by)
        .execute(conn)
        .await?;
    Ok(())
}
