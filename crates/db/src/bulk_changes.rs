//! Changes of many devices, or of many items of bulk stock, at once: what each was and became.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{BulkChangeId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A change of many records at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct BulkChangeRecord {
    /// Number.
    pub id: BulkChangeId,
    /// What was done.
    pub summary: String,
    /// How many records it changed.
    pub records: i64,
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

macro_rules! changes {
    () => {
        "SELECT g.id, g.summary, g.made_by, u.full_name AS made_by_name, g.made_at, g.undone_by, g.undone_at,
       (SELECT count(DISTINCT r.record_id) FROM bulk_change_rows r WHERE r.bulk_change_id = g.id) AS records
FROM bulk_changes g LEFT JOIN users u ON u.id = g.made_by"
    };
}

const fn changes_of(always: &'static str) -> ListSpec {
    ListSpec {
        select: changes!(),
        always,
        id: "g.id",
        sorts: &[Column {
            name: "id",
            sql: "g.id",
            kind: Kind::Int,
        }],
        default_sort: "-id",
        filters: &[Filter {
            name: "made_by",
            sql: "g.made_by = ?",
            kind: Kind::Int,
        }],
        search: None,
    }
}

/// Changes of many devices, newest first.
pub const ASSET_CHANGES: ListSpec = changes_of("g.changed = 'assets'");

/// Changes of many items of bulk stock, newest first.
pub const STOCK_CHANGES: ListSpec = changes_of("g.changed = 'bulk_stock'");

/// What a change made of one field of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct RecordChange {
    /// The device or the item.
    pub record_id: i32,
    /// The field.
    pub field: String,
    /// What it was.
    pub old_value: Option<String>,
    /// What it became.
    pub new_value: Option<String>,
}

/// Records a change of many records of a table.
pub async fn change_insert(
    conn: &mut PgConnection,
    changed: &str,
    summary: &str,
    rows: &[RecordChange],
) -> Result<BulkChangeId, sqlx::Error> {
    let id: BulkChangeId =
        sqlx::query_scalar("INSERT INTO bulk_changes (changed, summary) VALUES ($1, $2) RETURNING id")
            .bind(changed)
            .bind(summary)
            .fetch_one(&mut *conn)
            .await?;
    sqlx::query(
        "INSERT INTO bulk_change_rows (bulk_change_id, record_id, field, old_value, new_value)
         SELECT $1, * FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[])",
    )
    .bind(id)
    .bind(rows.iter().map(|r| r.record_id).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.field.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.old_value.as_deref()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.new_value.as_deref()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(id)
}

/// Reads a change of this table and locks it until the transaction ends.
pub async fn change_lock(
    conn: &mut PgConnection,
    changed: &str,
    id: BulkChangeId,
) -> Result<Option<BulkChangeRecord>, sqlx::Error> {
    let there = sqlx::query_scalar::<_, i32>(
        "SELECT id FROM bulk_changes WHERE id = $1 AND changed = $2 FOR NO KEY UPDATE",
    )
    .bind(id)
    .bind(changed)
    .fetch_optional(&mut *conn)
    .await?;
    match there {
        Some(_) => change_find(conn, id).await,
        None => Ok(None),
    }
}

/// Reads a change.
pub async fn change_find(
    conn: &mut PgConnection,
    id: BulkChangeId,
) -> Result<Option<BulkChangeRecord>, sqlx::Error> {
    sqlx::query_as(concat!(changes!(), " WHERE g.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// What a change made, by record.
pub async fn change_rows(
    conn: &mut PgConnection,
    id: BulkChangeId,
) -> Result<Vec<RecordChange>, sqlx::Error> {
    sqlx::query_as(
        "SELECT record_id, field, old_value, new_value FROM bulk_change_rows WHERE bulk_change_id = $1 ORDER BY record_id, field",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Marks a change as taken back.
pub async fn change_undone(
    conn: &mut PgConnection,
    id: BulkChangeId,
    by: Option<UserId>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE bulk_changes SET undone_by = $2, undone_at = shop_now() WHERE id = $1")
        .bind(id)
        .bind(by)
        .execute(conn)
        .await?;
    Ok(())
}

/// Why a device became Not Sellable the last time. Its own record forgets that once it is something else.
pub async fn not_sellable_reason(
    conn: &mut PgConnection,
    id: domain::AssetId,
) -> Result<Option<String>, sqlx::Error> {
    let found: Option<Option<String>> = sqlx::query_scalar(
        "SELECT reason FROM inventory_movements
         WHERE asset_id = $1 AND to_status = 'Not Sellable' AND from_status <> to_status ORDER BY id DESC LIMIT 1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten())
}
