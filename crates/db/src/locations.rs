//! Locations (schema section 3.6).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::LocationId;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A place where devices and stock are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Location {
    /// Number.
    pub id: LocationId,
    /// Name.
    pub location_name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When recorded.
    pub created_at: DateTime<Utc>,
}

/// The list of locations.
pub const LOCATIONS: ListSpec = ListSpec {
    select: "SELECT l.id, l.location_name, l.description, l.created_at
FROM locations l",
    always: "true",
    id: "l.id",
    sorts: &[
        Column {
            name: "location_name",
            sql: "l.location_name",
            kind: Kind::Text,
        },
        Column {
            name: "created_at",
            sql: "l.created_at",
            kind: Kind::Instant,
        },
    ],
    default_sort: "location_name",
    filters: &[Filter {
        name: "location_name",
        sql: "l.location_name = ?",
        kind: Kind::Text,
    }],
    search: Some("l.location_name ILIKE '%' || ? || '%'"),
};

/// All locations, for choosing one.
pub async fn locations_all(conn: &mut PgConnection) -> Result<Vec<Location>, sqlx::Error> {
    sqlx::query_as!(
        Location,
        "SELECT id, location_name, description, created_at FROM locations ORDER BY location_name"
    )
    .fetch_all(conn)
    .await
}

/// The name of a location.
pub async fn location_name(conn: &mut PgConnection, id: LocationId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT location_name::text FROM locations WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Records a location.
pub async fn location_insert(
    conn: &mut PgConnection,
    location_name: &str,
    description: Option<&str>,
) -> Result<Location, sqlx::Error> {
    sqlx::query_as!(
        Location,
        "INSERT INTO locations (location_name, description) VALUES ($1, $2)
         RETURNING id, location_name, description, created_at",
        location_name,
        description
    )
    .fetch_one(conn)
    .await
}

/// Reads a location and locks it.
pub async fn location_lock(conn: &mut PgConnection, id: LocationId) -> Result<Option<Location>, sqlx::Error> {
    sqlx::query_as!(
        Location,
        "SELECT id, location_name, description, created_at FROM locations WHERE id = $1 FOR UPDATE",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Writes a location.
pub async fn location_update(
    conn: &mut PgConnection,
    id: LocationId,
    location_name: &str,
    description: Option<&str>,
) -> Result<Location, sqlx::Error> {
    sqlx::query_as!(
        Location,
        "UPDATE locations SET location_name = $2, description = $3 WHERE id = $1
         RETURNING id, location_name, description, created_at",
        id.get(),
        location_name,
        description
    )
    .fetch_one(conn)
    .await
}
