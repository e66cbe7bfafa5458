//! Users (schema section 3.1). The password's hash is never read here: it stays with signing in.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{Role, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A user, as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct User {
    /// Number.
    pub id: UserId,
    /// Sign-in name.
    pub username: String,
    /// E-mail address, which signs in too.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Name.
    pub full_name: String,
    /// Phone in international form.
    pub phone: Option<String>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// When recorded.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
    /// When they last signed in.
    pub last_login: Option<DateTime<Utc>>,
}

/// The list of users.
pub const USERS: ListSpec = ListSpec {
    select: "SELECT u.id, u.username, u.email, u.role, u.full_name, u.phone, u.is_active, u.must_change_password, u.created_at,
       u.updated_at, u.last_login
FROM users u",
    always: "true",
    id: "u.id",
    sorts: &[
        Column { name: "full_name", sql: "u.full_name", kind: Kind::Text },
        Column { name: "username", sql: "u.username", kind: Kind::Text },
        Column { name: "created_at", sql: "u.created_at", kind: Kind::Instant },
    ],
    default_sort: "full_name",
    filters: &[
        Filter { name: "role", sql: "u.role = ?", kind: Kind::Text },
        Filter { name: "is_active", sql: "u.is_active = ?", kind: Kind::Bool },
        Filter { name: "username", sql: "lower(u.username) = lower(?)", kind: Kind::Text },
        Filter { name: "email", sql: "lower(u.email) = lower(?)", kind: Kind::Text },
    ],
    search: Some("u.full_name ILIKE '%' || ? || '%' OR u.username ILIKE '%' || ? || '%' OR u.email ILIKE '%' || ? || '%'"),
};

/// What is written of a user, but for the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserValues {
    /// Sign-in name.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Name.
    pub full_name: String,
    /// Phone in international form.
    pub phone: Option<String>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
}

/// Records a user.
pub async fn user_insert(
    conn: &mut PgConnection,
    v: &UserValues,
    password_hash: &str,
) -> Result<User, sqlx::Error> {
    sqlx::query_as!(
        User,
        "INSERT INTO users (username, email, password_hash, role, full_name, phone, is_active, must_change_password)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         RETURNING id, username, email, role, full_name, phone, is_active, must_change_password, created_at, updated_at,
                   last_login",
        v.username,
        v.email,
        password_hash,
        v.role.as_str(),
        v.full_name,
        v.phone,
        v.is_active,
        v.must_change_password
    )
    .fetch_one(conn)
    .await
}

/// Reads a user.
pub async fn user_find(conn: &mut PgConnection, id: UserId) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as!(
        User,
        "SELECT id, username, email, role, full_name, phone, is_active, must_change_password, created_at, updated_at, last_login
         FROM users WHERE id = $1",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Finds a user by the name they sign in with, whatever its case.
pub async fn user_by_username(conn: &mut PgConnection, username: &str) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as!(
        User,
        "SELECT id, username, email, role, full_name, phone, is_active, must_change_password, created_at, updated_at, last_login
         FROM users WHERE lower(username) = lower($1)",
        username
    )
    .fetch_optional(conn)
    .await
}

/// All users, for choosing one and for the command line.
pub async fn users_all(conn: &mut PgConnection) -> Result<Vec<User>, sqlx::Error> {
    sqlx::query_as!(
        User,
        "SELECT id, username, email, role, full_name, phone, is_active, must_change_password, created_at, updated_at, last_login
         FROM users ORDER BY full_name, id"
    )
    .fetch_all(conn)
    .await
}

/// Reads a user and every active Admin and locks them, so that two changes at once cannot take away the last Admin. The
/// lock lets rows that only refer to these users through.
pub async fn users_lock(conn: &mut PgConnection, id: UserId) -> Result<Vec<User>, sqlx::Error> {
    sqlx::query_as!(
        User,
        "SELECT id, username, email, role, full_name, phone, is_active, must_change_password, created_at, updated_at, last_login
         FROM users WHERE id = $1 OR (role = 'Admin' AND is_active) ORDER BY id FOR NO KEY UPDATE",
        id.get()
    )
    .fetch_all(conn)
    .await
}

/// Writes all values of a user but the password.
pub async fn user_update(conn: &mut PgConnection, id: UserId, v: &UserValues) -> Result<User, sqlx::Error> {
    sqlx::query_as!(
        User,
        "UPDATE users SET username = $2, email = $3, role = $4, full_name = $5, phone = $6, is_active = $7,
                must_change_password = $8
         WHERE id = $1
         RETURNING id, username, email, role, full_name, phone, is_active, must_change_password, created_at, updated_at,
                   last_login",
        id.get(),
        v.username,
        v.email,
        v.role.as_str(),
        v.full_name,
        v.phone,
        v.is_active,
        v.must_change_password
    )
    .fetch_one(conn)
    .await
}
