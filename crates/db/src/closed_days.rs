//! Closed days, with their figures as they were known at the closing (PRODUCT.md section 7).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{Money, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a day comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayFigures {
    /// Invoices of the day that are Sent, Paid or Refunded.
    pub invoices: i64,
    /// What they come to.
    #[schema(value_type = String, example = "5240.00")]
    pub sales_total: String,
    /// What was taken on the day.
    #[schema(value_type = String, example = "5240.00")]
    pub payments_total: String,
    /// What was given back on the day.
    #[schema(value_type = String, example = "0.00")]
    pub refunds_total: String,
    /// Returns of the day.
    pub returns: i64,
    /// What was taken, by method.
    pub payments: BTreeMap<String, String>,
    /// What was given back, by method.
    pub refunds: BTreeMap<String, String>,
}

/// A closed day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ClosedDay {
    /// The day.
    pub day: NaiveDate,
    /// As they were known at the closing.
    #[sqlx(json)]
    pub figures: DayFigures,
    /// Who closed it.
    pub closed_by: Option<UserId>,
    /// Their name.
    pub closed_by_name: Option<String>,
    /// When.
    pub closed_at: DateTime<Utc>,
}

macro_rules! day_select {
    () => {
        "SELECT d.day, d.figures, d.closed_by, u.full_name AS closed_by_name, d.closed_at
FROM closed_days d LEFT JOIN users u ON u.id = d.closed_by"
    };
}

/// Closed days, latest first.
pub const CLOSED_DAYS: ListSpec = ListSpec {
    select: day_select!(),
    always: "true",
    id: "(d.day - date '2000-01-01')",
    sorts: &[Column {
        name: "day",
        sql: "d.day",
        kind: Kind::Date,
    }],
    default_sort: "-day",
    filters: &[Filter {
        name: "day",
        sql: "d.day = ?",
        kind: Kind::Date,
    }],
    search: None,
};

/// A day that is not closed yet, with what it comes to so far.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OpenDay {
    /// The day.
    pub day: NaiveDate,
    /// So far.
    #[sqlx(json)]
    pub figures: DayFigures,
}

/// A till that stands against closing a day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OpenTill {
    /// Number of the session.
    pub id: domain::TillSessionId,
    /// Whose it is.
    pub user_name: String,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

/// A claimed payment that stands against closing a day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ClaimedPayment {
    /// The invoice, unless it is a preorder's deposit.
    pub invoice_id: Option<domain::InvoiceId>,
    /// The preorder, if it is its deposit.
    pub preorder_id: Option<domain::PreorderId>,
    /// The number of either.
    pub invoice_number: String,
    /// How much.
    pub amount: Money,
}

/// Waits for everybody who is writing into a day, and keeps others from it until the transaction ends.
pub async fn days_lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(7463)")
        .execute(conn)
        .await?;
    Ok(())
}

/// The last closed day.
pub async fn day_last(conn: &mut PgConnection) -> Result<Option<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar("SELECT max(day) FROM closed_days")
        .fetch_one(conn)
        .await
}

/// The first day that anything is dated on.
pub async fn day_first(conn: &mut PgConnection) -> Result<Option<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT least((SELECT min(invoice_date) FROM invoices), (SELECT min(payment_date) FROM payments),
                      (SELECT min(refund_date) FROM refunds), (SELECT min(return_date) FROM returns))",
    )
    .fetch_one(conn)
    .await
}

/// One closed day.
pub async fn day_find(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<ClosedDay>, sqlx::Error> {
    sqlx::query_as(concat!(day_select!(), " WHERE d.day = $1"))
        .bind(day)
        .fetch_optional(conn)
        .await
}

/// Closes these days, with their figures.
pub async fn days_close(
    conn: &mut PgConnection,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO closed_days (day, figures)
         SELECT n.day::date, day_figures(n.day::date)
         FROM generate_series($1::date::timestamp, $2::date::timestamp, interval '1 day') AS n(day)",
    )
    .bind(from)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Days that are not closed yet, with their figures so far, latest first.
pub async fn days_open(
    conn: &mut PgConnection,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<OpenDay>, sqlx::Error> {
    sqlx::query_as(
        "SELECT n.day::date AS day, day_figures(n.day::date) AS figures
         FROM generate_series($1::date::timestamp, $2::date::timestamp, interval '1 day') AS n(day) ORDER BY n.day DESC",
    )
    .bind(from)
    .bind(until)
    .fetch_all(conn)
    .await
}

/// Tills that were opened on this day or before and are not closed.
pub async fn days_open_tills(
    conn: &mut PgConnection,
    until: NaiveDate,
) -> Result<Vec<OpenTill>, sqlx::Error> {
    sqlx::query_as(
        "SELECT s.id, u.full_name AS user_name, s.opened_at FROM till_sessions s JOIN users u ON u.id = s.user_id
         WHERE s.state <> 'Closed' AND s.opened_at::date <= $1 ORDER BY s.opened_at",
    )
    .bind(until)
    .fetch_all(conn)
    .await
}

/// Payments of this day or before that somebody only claims to have made.
pub async fn days_claimed(
    conn: &mut PgConnection,
    until: NaiveDate,
) -> Result<Vec<ClaimedPayment>, sqlx::Error> {
    sqlx::query_as(
        "(SELECT p.invoice_id, NULL::integer AS preorder_id, i.invoice_number, p.amount
          FROM payments p JOIN invoices i ON i.id = p.invoice_id
          WHERE p.claimed AND p.payment_date <= $1
            AND p.payment_date > coalesce((SELECT max(day) FROM closed_days), date '0001-01-01')
            AND NOT EXISTS (SELECT FROM payment_confirmations c WHERE c.payment_id = p.id)
            AND NOT EXISTS (SELECT FROM payment_rejections r WHERE r.payment_id = p.id)
          ORDER BY p.id LIMIT 100)
         UNION ALL
         (SELECT NULL, d.preorder_id, o.preorder_number, d.amount
          FROM preorder_deposits d JOIN preorders o ON o.id = d.preorder_id
          WHERE d.claimed AND d.entry_date <= $1
            AND d.entry_date > coalesce((SELECT max(day) FROM closed_days), date '0001-01-01')
            AND NOT EXISTS (SELECT FROM preorder_deposit_decisions y WHERE y.deposit_id = d.id)
          ORDER BY d.id LIMIT 100)",
    )
    .bind(until)
    .fetch_all(conn)
    .await
}
