//! The shop's settings: a key and a JSON value each.

use domain::UserId;
use serde_json::Value;
use sqlx::PgConnection;

/// All settings.
pub async fn settings_all(conn: &mut PgConnection) -> Result<Vec<(String, Value)>, sqlx::Error> {
    let rows = sqlx::query!("SELECT key, value FROM settings ORDER BY key")
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|r| (r.key, r.value)).collect())
}

/// Sets one.
pub async fn setting_set(
    conn: &mut PgConnection,
    key: &str,
    value: &Value,
    by: Option<UserId>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO settings (key, value, updated_by) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_by = excluded.updated_by, updated_at = shop_now()",
        key,
        value,
        by.map(UserId::get)
    )
    .execute(conn)
    .await?;
    Ok(())
}
