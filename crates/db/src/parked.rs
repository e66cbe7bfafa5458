//! Sales put aside at the counter.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{Money, ParkedSaleId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A sale that was put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ParkedSale {
    /// Number.
    pub id: ParkedSaleId,
    /// What it is called.
    pub label: String,
    /// For whom, where that was known.
    pub customer_name: Option<String>,
    /// What it came to.
    pub total_amount: Money,
    /// The fields of the till's form, without payments and passwords.
    #[sqlx(json)]
    #[schema(value_type = Vec<[String; 2]>)]
    pub cart: Vec<(String, String)>,
    /// Who put it aside.
    pub parked_by_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What is kept of a sale that is put aside.
#[derive(Debug, Clone)]
pub struct ParkedValues<'a> {
    /// What it is called.
    pub label: &'a str,
    /// For whom, where that is known.
    pub customer_name: Option<&'a str>,
    /// What it comes to.
    pub total_amount: Money,
    /// The fields of the till's form.
    pub cart: &'a [(String, String)],
}

/// Puts a sale aside, and answers its number.
pub async fn parked_insert(
    conn: &mut PgConnection,
    values: &ParkedValues<'_>,
) -> Result<ParkedSaleId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO parked_sales (label, customer_name, total_amount, cart) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(values.label)
    .bind(values.customer_name)
    .bind(values.total_amount)
    .bind(sqlx::types::Json(values.cart))
    .fetch_one(conn)
    .await
}

/// The sales that were put aside on a day, oldest first; 50 at most.
pub async fn parked_on(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<ParkedSale>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.id, p.label, p.customer_name, p.total_amount, p.cart, u.full_name AS parked_by_name, p.created_at
         FROM parked_sales p JOIN users u ON u.id = p.parked_by WHERE p.parked_on = $1 ORDER BY p.id LIMIT 50",
    )
    .bind(day)
    .fetch_all(conn)
    .await
}

/// Reads one.
pub async fn parked_find(
    conn: &mut PgConnection,
    id: ParkedSaleId,
) -> Result<Option<ParkedSale>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.id, p.label, p.customer_name, p.total_amount, p.cart, u.full_name AS parked_by_name, p.created_at
         FROM parked_sales p JOIN users u ON u.id = p.parked_by WHERE p.id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Takes one away and answers it: of two people who do it at once, one gets it.
pub async fn parked_take(
    conn: &mut PgConnection,
    id: ParkedSaleId,
) -> Result<Option<ParkedSale>, sqlx::Error> {
    sqlx::query_as(
        "DELETE FROM parked_sales p USING users u WHERE p.id = $1 AND u.id = p.parked_by AND p.parked_on = shop_today()
         RETURNING p.id, p.label, p.customer_name, p.total_amount, p.cart, u.full_name AS parked_by_name, p.created_at",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Forgets what was put aside on earlier days; answers how many.
pub async fn parked_forget(conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM parked_sales WHERE parked_on < shop_today()")
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
