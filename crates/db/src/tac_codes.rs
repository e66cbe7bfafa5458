//! Type allocation codes: the first eight digits of an IMEI, and which phone they stand for. The shop imports them.

use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A type allocation code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct TacCode {
    /// Eight digits.
    pub tac: String,
    /// Who made the phone.
    pub brand: String,
    /// Which it is.
    pub model_name: String,
}

/// Writes many codes; those that are there get the new names. Answers how many were new and how many have changed.
pub async fn tac_upsert(conn: &mut PgConnection, codes: &[TacCode]) -> Result<(u64, u64), sqlx::Error> {
    let column = |of: fn(&TacCode) -> &String| codes.iter().map(|c| of(c).clone()).collect::<Vec<_>>();
    let written: Vec<bool> = sqlx::query_scalar(
        "INSERT INTO tac_codes AS t (tac, brand, model_name) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
         ON CONFLICT (tac) DO UPDATE SET brand = excluded.brand, model_name = excluded.model_name
           WHERE (t.brand, t.model_name) IS DISTINCT FROM (excluded.brand, excluded.model_name)
         RETURNING t.xmax = 0",
    )
    .bind(column(|c| &c.tac))
    .bind(column(|c| &c.brand))
    .bind(column(|c| &c.model_name))
    .fetch_all(conn)
    .await?;
    let added = written.iter().filter(|new| **new).count();
    Ok((added as u64, (written.len() - added) as u64))
}

/// The phone behind a code.
pub async fn tac_find(conn: &mut PgConnection, tac: &str) -> Result<Option<TacCode>, sqlx::Error> {
    sqlx::query_as("SELECT tac, brand, model_name FROM tac_codes WHERE tac = $1")
        .bind(tac)
        .fetch_optional(conn)
        .await
}

/// How many codes there are.
pub async fn tac_count(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM tac_codes")
        .fetch_one(conn)
        .await
}
