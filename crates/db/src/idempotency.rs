//! `Idempotency-Key` (API.md section 2): the first answer, kept in the transaction of its effect.

use domain::UserId;
use sqlx::PgConnection;

/// What is known of a key.
#[derive(Debug)]
pub enum Claim {
    /// The key is new and now held by this transaction.
    Fresh,
    /// The key was answered before.
    Answered {
        /// Fingerprint of the request that was answered.
        fingerprint: Vec<u8>,
        /// Its status.
        status: i32,
        /// Its body.
        body: Vec<u8>,
    },
}

/// Claims a key inside the transaction of its effect. When another transaction holds the same key this waits for it:
/// if that one commits its answer is found, if it rolls back the key is ours.
pub async fn key_claim(
    conn: &mut PgConnection,
    user_id: UserId,
    key: &str,
    fingerprint: &[u8],
) -> Result<Claim, sqlx::Error> {
    let inserted = sqlx::query!(
        "INSERT INTO idempotency_keys (user_id, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        user_id.get(),
        key,
        fingerprint
    )
    .execute(&mut *conn)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Claim::Fresh);
    }
    let row = sqlx::query!(
        r#"SELECT fingerprint, status AS "status!", body AS "body!" FROM idempotency_keys WHERE user_id = $1 AND key = $2"#,
        user_id.get(),
        key
    )
    .fetch_one(conn)
    .await?;
    Ok(Claim::Answered {
        fingerprint: row.fingerprint,
        status: row.status,
        body: row.body,
    })
}

/// From here on this transaction waits for another one at most so many milliseconds.
pub async fn wait_at_most(conn: &mut PgConnection, milliseconds: i32) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('lock_timeout', $1::integer::text, true)")
        .bind(milliseconds)
        .execute(conn)
        .await?;
    Ok(())
}

/// The answer that is kept for a key: its status and body. Whether a transaction still works on it, is not told.
pub async fn key_find(
    conn: &mut PgConnection,
    user_id: UserId,
    key: &str,
) -> Result<Option<(i32, Vec<u8>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT status, body FROM idempotency_keys
         WHERE user_id = $1 AND key = $2 AND status IS NOT NULL AND body IS NOT NULL",
    )
    .bind(user_id)
    .bind(key)
    .fetch_optional(conn)
    .await
}

/// Keeps the answer; the caller commits next.
pub async fn key_answer(
    conn: &mut PgConnection,
    user_id: UserId,
    key: &str,
    status: i32,
    body: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE idempotency_keys SET status = $3, body = $4 WHERE user_id = $1 AND key = $2",
        user_id.get(),
        key,
        status,
        body
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets keys older than the given number of days.
pub async fn keys_forget(conn: &mut PgConnection, days: i32) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(days => $1)",
        days
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
