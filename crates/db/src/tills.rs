//! Till sessions (PRODUCT.md section 7). What is expected in one stands in the views `till_entries` and `till_balances` alone.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{
    Denomination, Money, MoneySum, PaymentMethod, TillMovementKind, TillSessionId, TillState, UserId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A till session, as stored and as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct TillSession {
    /// Number of the record.
    pub id: TillSessionId,
    /// `Z-000001`, the number of its report; null before it is closed.
    pub z_number: Option<String>,
    /// Whose till it is.
    pub user_id: UserId,
    /// Their name.
    pub user_name: String,
    /// Open, Counted or Closed.
    pub state: TillState,
    /// Cash that was in it to begin with.
    pub opening_float: Money,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was counted.
    pub counted_at: Option<DateTime<Utc>>,
    /// Who counted.
    pub counted_by: Option<UserId>,
    /// Counted less expected, over what was counted; null before that.
    #[schema(value_type = Option<MoneySum>)]
    pub difference: Option<Money>,
    /// Why it differs.
    pub difference_reason: Option<String>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who closed it.
    pub closed_by: Option<UserId>,
    /// Their name.
    pub closed_by_name: Option<String>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

macro_rules! session_select {
    () => {
        "SELECT s.id, s.z_number, s.user_id, u.full_name AS user_name, s.state, s.opening_float, s.opened_at, s.counted_at,
       s.counted_by, s.difference, s.difference_reason, s.closed_at, s.closed_by, c.full_name AS closed_by_name, s.updated_at
FROM till_sessions s JOIN users u ON u.id = s.user_id LEFT JOIN users c ON c.id = s.closed_by"
    };
}

/// All till sessions, newest first.
pub const TILL_SESSIONS: ListSpec = ListSpec {
    select: session_select!(),
    always: "true",
    id: "s.id",
    sorts: &[
        Column {
            name: "opened_at",
            sql: "s.opened_at",
            kind: Kind::Instant,
        },
        Column {
            name: "id",
            sql: "s.id",
            kind: Kind::Int,
        },
    ],
    default_sort: "-opened_at",
    filters: &[
        Filter {
            name: "state",
            sql: "s.state = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "user_id",
            sql: "s.user_id = ?",
            kind: Kind::Int,
        },
    ],
    search: None,
};

/// Cash that went in or out without a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct TillMovement {
    /// Number of the record.
    pub id: i32,
    /// Pay in or Pay out.
    pub kind: TillMovementKind,
    /// How much.
    pub amount: Money,
    /// What for.
    pub reason: String,
    /// Who.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What was counted of one denomination or by one method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct TillCount {
    /// By which method.
    pub payment_method: PaymentMethod,
    /// Which note or coin; null of a method's total.
    pub denomination: Option<Denomination>,
    /// How many; null of a method's total.
    pub quantity: Option<i32>,
    /// What they are worth.
    pub amount: Money,
}

/// What should be there by one method, and what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct TillBalance {
    /// The method.
    pub payment_method: PaymentMethod,
    /// What was in it to begin with; only of cash.
    pub opening_float: Money,
    /// How many payments.
    pub payment_count: i64,
    /// What they come to.
    #[schema(value_type = MoneySum)]
    pub payments: Money,
    /// What was given back.
    #[schema(value_type = MoneySum)]
    pub refunds: Money,
    /// What went in without a sale.
    #[schema(value_type = MoneySum)]
    pub pay_ins: Money,
    /// What went out without a refund.
    #[schema(value_type = MoneySum)]
    pub pay_outs: Money,
    /// Float + payments − refunds + pay-ins − pay-outs.
    #[schema(value_type = MoneySum)]
    pub expected: Money,
    /// What was counted; null where nobody counted.
    pub counted: Option<Money>,
    /// Counted less expected.
    #[schema(value_type = Option<MoneySum>)]
    pub difference: Option<Money>,
}

/// Which invoices a session took money for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct TillInvoices {
    /// How many.
    pub invoice_count: i64,
    /// The first, by number.
    pub first_invoice: Option<String>,
    /// The last.
    pub last_invoice: Option<String>,
}

/// Opens a session of the transaction's user.
pub async fn till_open(conn: &mut PgConnection, opening_float: Money) -> Result<TillSessionId, sqlx::Error> {
    sqlx::query_scalar("INSERT INTO till_sessions (opening_float) VALUES ($1) RETURNING id")
        .bind(opening_float)
        .fetch_one(conn)
        .await
}

/// Reads a session.
pub async fn till_find(
    conn: &mut PgConnection,
    id: TillSessionId,
) -> Result<Option<TillSession>, sqlx::Error> {
    sqlx::query_as(concat!(session_select!(), " WHERE s.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Reads a session and locks it: payments on their way into it are over, later ones wait.
pub async fn till_lock(
    conn: &mut PgConnection,
    id: TillSessionId,
) -> Result<Option<TillSession>, sqlx::Error> {
    // The lock first, in a statement of its own: what is read after it is what the last holder left.
    sqlx::query("SELECT id FROM till_sessions WHERE id = $1 FOR UPDATE")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    till_find(conn, id).await
}

/// The session of this person that is not closed yet.
pub async fn till_of_user(conn: &mut PgConnection, user: UserId) -> Result<Option<TillSession>, sqlx::Error> {
    sqlx::query_as(concat!(
        session_select!(),
        " WHERE s.user_id = $1 AND s.state <> 'Closed'"
    ))
    .bind(user)
    .fetch_optional(conn)
    .await
}

/// What went in and out without a sale, in order.
pub async fn till_movements(
    conn: &mut PgConnection,
    id: TillSessionId,
) -> Result<Vec<TillMovement>, sqlx::Error> {
    sqlx::query_as(
        "SELECT m.id, m.kind, m.amount, m.reason, m.created_by, u.full_name AS created_by_name, m.created_at
         FROM till_movements m LEFT JOIN users u ON u.id = m.created_by WHERE m.till_session_id = $1 ORDER BY m.id",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What was counted, in the order of counting.
pub async fn till_counts(conn: &mut PgConnection, id: TillSessionId) -> Result<Vec<TillCount>, sqlx::Error> {
    sqlx::query_as(
        "SELECT payment_method, denomination, quantity, amount FROM till_counts WHERE till_session_id = $1 ORDER BY id",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What should be there and what was counted, by method: cash first.
pub async fn till_balances(
    conn: &mut PgConnection,
    id: TillSessionId,
) -> Result<Vec<TillBalance>, sqlx::Error> {
    sqlx::query_as(
        "SELECT payment_method, opening_float, payment_count, payments, refunds, pay_ins, pay_outs, expected, counted, difference
         FROM till_balances WHERE till_session_id = $1
         ORDER BY array_position(ARRAY['Cash', 'MoMo', 'Bank Transfer', 'Card', 'Other'], payment_method::text)",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Which invoices the session took money for.
pub async fn till_invoices(conn: &mut PgConnection, id: TillSessionId) -> Result<TillInvoices, sqlx::Error> {
    sqlx::query_as(
        "SELECT count(*) AS invoice_count,
                (array_agg(i.invoice_number::text ORDER BY i.id))[1] AS first_invoice,
                (array_agg(i.invoice_number::text ORDER BY i.id DESC))[1] AS last_invoice
         FROM invoices i WHERE i.id IN (SELECT p.invoice_id FROM payments p WHERE p.till_session_id = $1)",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

/// Writes a pay-in or a pay-out.
pub async fn till_movement_insert(
    conn: &mut PgConnection,
    id: TillSessionId,
    kind: TillMovementKind,
    amount: Money,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO till_movements (till_session_id, kind, amount, reason) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(kind)
        .bind(amount)
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes what was counted and ends the taking of money. The database reckons the difference.
pub async fn till_count(
    conn: &mut PgConnection,
    id: TillSessionId,
    counts: &[TillCount],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO till_counts (till_session_id, payment_method, denomination, quantity, amount)
         SELECT $1, n.method, n.denomination, n.quantity, n.amount
         FROM unnest($2::text[], $3::text[], $4::integer[], $5::numeric[]) WITH ORDINALITY
              AS n(method, denomination, quantity, amount, place)
         ORDER BY n.place",
    )
    .bind(id)
    .bind(
        counts
            .iter()
            .map(|c| c.payment_method.as_str())
            .collect::<Vec<_>>(),
    )
    .bind(
        counts
            .iter()
            .map(|c| c.denomination.map(Denomination::as_str))
            .collect::<Vec<_>>(),
    )
    .bind(counts.iter().map(|c| c.quantity).collect::<Vec<_>>())
    .bind(counts.iter().map(|c| c.amount).collect::<Vec<_>>())
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE till_sessions SET state = 'Counted', counted_at = shop_now(), counted_by = shop_actor() WHERE id = $1",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Closes a counted session; the database gives it its number, and refuses a difference without a reason.
pub async fn till_close(
    conn: &mut PgConnection,
    id: TillSessionId,
    reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE till_sessions SET state = 'Closed', closed_at = shop_now(), closed_by = shop_actor(), difference_reason = $2
         WHERE id = $1",
    )
    .bind(id)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(())
}
