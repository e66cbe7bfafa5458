//! Devices that somebody scanned to do one thing with all of them.

use crate::assets::Asset;
use domain::{AssetId, UserId};
use sqlx::PgConnection;

/// The most devices that one set holds.
pub const MOST: i64 = 5_000;

/// Adds a device to somebody's set; answers whether it was not in it already.
pub async fn scan_set_add(
    conn: &mut PgConnection,
    user_id: UserId,
    asset_id: AssetId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO scan_set_devices (user_id, asset_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(user_id)
    .bind(asset_id)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes devices out of somebody's set; all of them when none is named.
pub async fn scan_set_remove(
    conn: &mut PgConnection,
    user_id: UserId,
    asset_ids: Option<&[AssetId]>,
) -> Result<u64, sqlx::Error> {
    let ids: Option<Vec<i32>> = asset_ids.map(|ids| ids.iter().map(|id| id.get()).collect());
    let done = sqlx::query(
        "DELETE FROM scan_set_devices WHERE user_id = $1 AND ($2::integer[] IS NULL OR asset_id = ANY ($2))",
    )
    .bind(user_id)
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// How many devices somebody's set holds.
pub async fn scan_set_count(conn: &mut PgConnection, user_id: UserId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM scan_set_devices d JOIN assets a ON a.id = d.asset_id WHERE d.user_id = $1 AND a.voided_at IS NULL")
        .bind(user_id)
        .fetch_one(conn)
        .await
}

/// The devices of somebody's set, the one scanned last first.
pub async fn scan_set_devices(conn: &mut PgConnection, user_id: UserId) -> Result<Vec<Asset>, sqlx::Error> {
    let ids: Vec<i32> = sqlx::query_scalar(
        "SELECT asset_id FROM scan_set_devices WHERE user_id = $1 ORDER BY id DESC LIMIT $2",
    )
    .bind(user_id)
    .bind(MOST)
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<AssetId> = ids.into_iter().map(AssetId::new).collect();
    crate::assets::assets_by_ids(conn, &ids).await
}
