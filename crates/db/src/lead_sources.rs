//! Lead sources (schema section 3.19).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::LeadSourceId;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// Where a customer has heard of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LeadSource {
    /// Number.
    pub id: LeadSourceId,
    /// Name.
    pub source_name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is still offered.
    pub is_active: bool,
    /// When recorded.
    pub created_at: DateTime<Utc>,
}

/// The list of lead sources.
pub const LEAD_SOURCES: ListSpec = ListSpec {
    select: "SELECT s.id, s.source_name, s.description, s.is_active, s.created_at
FROM lead_sources s",
    always: "true",
    id: "s.id",
    sorts: &[
        Column {
            name: "source_name",
            sql: "s.source_name",
            kind: Kind::Text,
        },
        Column {
            name: "created_at",
            sql: "s.created_at",
            kind: Kind::Instant,
        },
    ],
    default_sort: "source_name",
    filters: &[
        Filter {
            name: "source_name",
            sql: "s.source_name = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "is_active",
            sql: "s.is_active = ?",
            kind: Kind::Bool,
        },
    ],
    search: Some("s.source_name ILIKE '%' || ? || '%'"),
};

/// All lead sources, for choosing one.
pub async fn lead_sources_all(conn: &mut PgConnection) -> Result<Vec<LeadSource>, sqlx::Error> {
    sqlx::query_as!(
        LeadSource,
        "SELECT id, source_name, description, is_active, created_at FROM lead_sources ORDER BY source_name"
    )
    .fetch_all(conn)
    .await
}

/// Records a lead source.
pub async fn lead_source_insert(
    conn: &mut PgConnection,
    source_name: &str,
    description: Option<&str>,
    is_active: bool,
) -> Result<LeadSource, sqlx::Error> {
    sqlx::query_as!(
        LeadSource,
        "INSERT INTO lead_sources (source_name, description, is_active) VALUES ($1, $2, $3)
         RETURNING id, source_name, description, is_active, created_at",
        source_name,
        description,
        is_active
    )
    .fetch_one(conn)
    .await
}

/// Reads a lead source and locks it.
pub async fn lead_source_lock(
    conn: &mut PgConnection,
    id: LeadSourceId,
) -> Result<Option<LeadSource>, sqlx::Error> {
    sqlx::query_as!(
        LeadSource,
        "SELECT id, source_name, description, is_active, created_at FROM lead_sources WHERE id = $1 FOR UPDATE",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Writes a lead source.
pub async fn lead_source_update(
    conn: &mut PgConnection,
    id: LeadSourceId,
    source_name: &str,
    description: Option<&str>,
    is_active: bool,
) -> Result<LeadSource, sqlx::Error> {
    sqlx::query_as!(
        LeadSource,
        "UPDATE lead_sources SET source_name = $2, description = $3, is_active = $4 WHERE id = $1
         RETURNING id, source_name, description, is_active, created_at",
        id.get(),
        source_name,
        description,
        is_active
    )
    .fetch_one(conn)
    .await
}
