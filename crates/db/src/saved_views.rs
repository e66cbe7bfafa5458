//! Views of lists that people saved, and what a list opens with for each of them.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{ListName, SavedViewId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A view of a list: filters, sort and columns under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct SavedView {
    /// Number.
    pub id: SavedViewId,
    /// The list.
    pub list: ListName,
    /// Name.
    pub view_name: String,
    /// What the address of the list has after its question mark.
    pub query: String,
    /// Whether everybody sees it.
    pub is_shared: bool,
    /// Whose it is.
    pub owner_id: UserId,
    /// Their name.
    pub owner_name: String,
    /// When saved.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

macro_rules! view_select {
    ($from:literal) => {
        concat!(
            "SELECT v.id, v.list, v.view_name, v.query, v.is_shared, v.owner_id, u.full_name AS owner_name, v.created_at, v.updated_at\nFROM ",
            $from,
            " v JOIN users u ON u.id = v.owner_id"
        )
    };
}

/// The views that somebody sees: `seen_by` is that person.
pub const SAVED_VIEWS_OF: ListSpec = ListSpec {
    select: view_select!("saved_views"),
    always: "true",
    id: "v.id",
    sorts: &[Column {
        name: "view_name",
        sql: "v.view_name",
        kind: Kind::Text,
    }],
    default_sort: "view_name",
    filters: &[
        Filter {
            name: "list",
            sql: "v.list = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "seen_by",
            sql: "v.owner_id = ? OR v.is_shared",
            kind: Kind::Int,
        },
    ],
    search: None,
};

/// The same as it is asked for from outside.
pub const SAVED_VIEWS: ListSpec = ListSpec {
    filters: &[Filter {
        name: "list",
        sql: "v.list = ?",
        kind: Kind::Text,
    }],
    ..SAVED_VIEWS_OF
};

/// The views of a list that somebody sees, their own first.
pub async fn views_seen(
    conn: &mut PgConnection,
    list: ListName,
    user: UserId,
) -> Result<Vec<SavedView>, sqlx::Error> {
    sqlx::query_as(concat!(
        view_select!("saved_views"),
        " WHERE v.list = $1 AND (v.owner_id = $2 OR v.is_shared) ORDER BY v.owner_id <> $2, lower(v.view_name), v.id LIMIT 100"
    ))
    .bind(list)
    .bind(user)
    .fetch_all(conn)
    .await
}

/// Reads a view and locks it until the transaction ends.
pub async fn view_lock(conn: &mut PgConnection, id: SavedViewId) -> Result<Option<SavedView>, sqlx::Error> {
    sqlx::query_as(concat!(
        view_select!("saved_views"),
        " WHERE v.id = $1 FOR UPDATE OF v"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Saves a view.
pub async fn view_insert(
    conn: &mut PgConnection,
    list: ListName,
    view_name: &str,
    query: &str,
    is_shared: bool,
) -> Result<SavedView, sqlx::Error> {
    sqlx::query_as(concat!(
        "WITH made AS (INSERT INTO saved_views (list, view_name, query, is_shared) VALUES ($1, $2, $3, $4) RETURNING *) ",
        view_select!("made")
    ))
    .bind(list)
    .bind(view_name)
    .bind(query)
    .bind(is_shared)
    .fetch_one(conn)
    .await
}

/// Writes a view.
pub async fn view_update(
    conn: &mut PgConnection,
    id: SavedViewId,
    view_name: &str,
    query: &str,
    is_shared: bool,
) -> Result<SavedView, sqlx::Error> {
    sqlx::query_as(concat!(
        "WITH made AS (UPDATE saved_views SET view_name = $2, query = $3, is_shared = $4 WHERE id = $1 RETURNING *) ",
        view_select!("made")
    ))
    .bind(id)
    .bind(view_name)
    .bind(query)
    .bind(is_shared)
    .fetch_one(conn)
    .await
}

/// Takes a view away; lists that opened with it open as usual.
pub async fn view_delete(conn: &mut PgConnection, id: SavedViewId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM saved_views WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// The columns that somebody chose for a list, and the view that it opens with.
pub async fn choice_find(
    conn: &mut PgConnection,
    user: UserId,
    list: ListName,
) -> Result<Option<(String, Option<SavedViewId>)>, sqlx::Error> {
    sqlx::query_as("SELECT columns, saved_view_id FROM list_choices WHERE user_id = $1 AND list = $2")
        .bind(user)
        .bind(list)
        .fetch_optional(conn)
        .await
}

/// Keeps the columns of a list for whoever acts.
pub async fn choice_columns_set(
    conn: &mut PgConnection,
    list: ListName,
    columns: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO list_choices (list, columns) VALUES ($1, $2)
         ON CONFLICT (user_id, list) DO UPDATE SET columns = excluded.columns",
    )
    .bind(list)
    .bind(columns)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps the view that a list opens with for whoever acts; `None` for the list as it is.
pub async fn choice_view_set(
    conn: &mut PgConnection,
    list: ListName,
    view: Option<SavedViewId>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO list_choices (list, saved_view_id) VALUES ($1, $2)
         ON CONFLICT (user_id, list) DO UPDATE SET saved_view_id = excluded.saved_view_id",
    )
    .bind(list)
    .bind(view)
    .execute(conn)
    .await?;
    Ok(())
}
