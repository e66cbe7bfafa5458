//! Payments that are only claimed so far, and what a provider's statement is compared with (PRODUCT.md section 7).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{InvoiceId, Money, PaymentBatchId, PaymentId, PaymentMethod, PreorderId, RefundId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// Money that nobody has seen yet: a payment of an invoice, or the deposit of a preorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ClaimedPayment {
    /// Number of the payment; null for a deposit, which its preorder confirms.
    pub id: Option<PaymentId>,
    /// What it is a part of, when it is over several invoices: they are confirmed together.
    pub batch_id: Option<PaymentBatchId>,
    /// The invoice; null for a deposit.
    pub invoice_id: Option<InvoiceId>,
    /// `INV-000001`.
    pub invoice_number: Option<String>,
    /// The preorder whose deposit it is.
    pub preorder_id: Option<PreorderId>,
    /// `PRE-000001`.
    pub preorder_number: Option<String>,
    /// Who says that they paid.
    pub customer_name: Option<String>,
    /// Their phone.
    pub customer_phone: Option<String>,
    /// Business day.
    pub payment_date: NaiveDate,
    /// How.
    pub payment_method: PaymentMethod,
    /// How much.
    pub amount: Money,
    /// The other side's number for it.
    pub reference: Option<String>,
    /// Who wrote it down.
    pub received_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What waits to be confirmed, oldest first.
pub const CLAIMED: ListSpec = ListSpec {
    select: "SELECT w.id, w.batch_id, w.invoice_id, i.invoice_number, w.preorder_id, o.preorder_number,
       coalesce(c.business_name, c.full_name) AS customer_name, c.phone AS customer_phone, w.payment_date, w.payment_method, w.amount,
       w.reference, u.full_name AS received_by_name, w.created_at
FROM (
  SELECT 2 * p.id::bigint AS key, p.id, p.batch_id, p.invoice_id, NULL::integer AS preorder_id, p.payment_date, p.payment_method, p.amount,
         coalesce(p.reference, b.reference) AS reference, p.received_by, p.created_at
  FROM payments p LEFT JOIN payment_batches b ON b.id = p.batch_id
  WHERE p.claimed AND NOT EXISTS (SELECT FROM payment_confirmations f WHERE f.payment_id = p.id)
    AND NOT EXISTS (SELECT FROM payment_rejections r WHERE r.payment_id = p.id)
  UNION ALL
  SELECT 2 * d.id::bigint + 1, NULL, NULL, NULL, d.preorder_id, d.entry_date, d.payment_method, d.amount, d.reference, d.created_by, d.created_at
  FROM preorder_deposits d
  WHERE d.claimed AND NOT EXISTS (SELECT FROM preorder_deposit_decisions y WHERE y.deposit_id = d.id)
) w LEFT JOIN invoices i ON i.id = w.invoice_id LEFT JOIN preorders o ON o.id = w.preorder_id
LEFT JOIN customers c ON c.id = coalesce(i.customer_id, o.customer_id) LEFT JOIN users u ON u.id = w.received_by",
    always: "true",
    id: "w.key",
    sorts: &[Column { name: "payment_date", sql: "w.payment_date", kind: Kind::Date }],
    default_sort: "payment_date",
    filters: &[Filter { name: "payment_method", sql: "w.payment_method = ?", kind: Kind::Text }],
    search: None,
};

/// How many payments and deposits wait to be confirmed.
pub async fn claimed_count(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM payments p WHERE p.claimed
           AND NOT EXISTS (SELECT FROM payment_confirmations f WHERE f.payment_id = p.id)
           AND NOT EXISTS (SELECT FROM payment_rejections r WHERE r.payment_id = p.id))
         + (SELECT count(*) FROM preorder_deposits d WHERE d.claimed
           AND NOT EXISTS (SELECT FROM preorder_deposit_decisions y WHERE y.deposit_id = d.id))",
    )
    .fetch_one(conn)
    .await
}

/// Whether a payment of this invoice is only claimed so far.
pub async fn claims_open(conn: &mut PgConnection, id: InvoiceId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM payments p WHERE p.invoice_id = $1 AND p.claimed
           AND NOT EXISTS (SELECT FROM payment_confirmations f WHERE f.payment_id = p.id)
           AND NOT EXISTS (SELECT FROM payment_rejections r WHERE r.payment_id = p.id))",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

/// A part of a payment with what became of the claim.
#[derive(Debug, Clone, FromRow, Serialize)]
pub struct Part {
    /// The payment.
    pub id: PaymentId,
    /// Its invoice.
    pub invoice_id: InvoiceId,
    /// How.
    pub payment_method: PaymentMethod,
    /// How much.
    pub amount: Money,
    /// Whether it was claimed when it was taken.
    pub claimed: bool,
    /// Whether somebody has seen the money since.
    pub confirmed: bool,
    /// Whether it was found that it never came.
    pub rejected: bool,
}

/// The payment and the other parts of what was handed over with it, by invoice.
pub async fn payment_parts(conn: &mut PgConnection, id: PaymentId) -> Result<Vec<Part>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.id, p.invoice_id, p.payment_method, p.amount, p.claimed,
                EXISTS (SELECT FROM payment_confirmations f WHERE f.payment_id = p.id) AS confirmed,
                EXISTS (SELECT FROM payment_rejections r WHERE r.payment_id = p.id) AS rejected
         FROM payments p WHERE p.id = $1 OR p.batch_id = (SELECT o.batch_id FROM payments o WHERE o.id = $1)
         ORDER BY p.invoice_id, p.id",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Writes that somebody has seen the money.
pub async fn confirmation_insert(
    conn: &mut PgConnection,
    id: PaymentId,
    notes: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO payment_confirmations (payment_id, notes) VALUES ($1, $2)")
        .bind(id)
        .bind(notes)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes that the money never came, with the refund that opens the balance again.
pub async fn rejection_insert(
    conn: &mut PgConnection,
    part: &Part,
    reason: &str,
) -> Result<RefundId, sqlx::Error> {
    let refund: RefundId = sqlx::query_scalar(
        "INSERT INTO refunds (invoice_id, payment_method, amount, notes) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(part.invoice_id)
    .bind(part.payment_method)
    .bind(part.amount)
    .bind(format!("Claimed payment that never came: {reason}"))
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query("INSERT INTO payment_rejections (payment_id, refund_id, reason) VALUES ($1, $2, $3)")
        .bind(part.id)
        .bind(refund)
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(refund)
}

/// What the books hold under a reference, all its parts together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct BookPayment {
    /// The payment, or the first part of it; null for what was paid on a preorder.
    pub id: Option<PaymentId>,
    /// The invoice, or the first of them.
    pub invoice_id: Option<InvoiceId>,
    /// The preorder whose deposit or shortfall it is.
    pub preorder_id: Option<PreorderId>,
    /// The numbers of the invoices, or that of the preorder.
    pub invoice_numbers: String,
    /// Business day.
    pub payment_date: NaiveDate,
    /// The other side's number.
    pub reference: String,
    /// All of it.
    pub amount: Money,
    /// Who paid.
    pub customer_name: Option<String>,
    /// Whether it waits to be confirmed.
    pub claimed: bool,
    /// Whether it was found that it never came.
    pub rejected: bool,
}

/// Payments, deposits and shortfalls of a method with a reference: those with one of these references, and those of these days.
pub async fn book_payments(
    conn: &mut PgConnection,
    method: PaymentMethod,
    references: &[String],
    days: Option<(NaiveDate, NaiveDate)>,
) -> Result<Vec<BookPayment>, sqlx::Error> {
    sqlx::query_as(
        "WITH wanted AS (SELECT serial_key(t) AS key FROM unnest($2::text[]) t)
         SELECT p.id, p.invoice_id, NULL::integer AS preorder_id, p.payment_date, p.reference, coalesce(b.amount, p.amount) AS amount,
                coalesce(c.business_name, c.full_name) AS customer_name,
                coalesce((SELECT string_agg(n.invoice_number, ', ' ORDER BY n.id) FROM payments q JOIN invoices n ON n.id = q.invoice_id
                          WHERE q.batch_id = p.batch_id), i.invoice_number) AS invoice_numbers,
                p.claimed AND f.payment_id IS NULL AND r.payment_id IS NULL AS claimed, r.payment_id IS NOT NULL AS rejected
         FROM payments p JOIN invoices i ON i.id = p.invoice_id LEFT JOIN customers c ON c.id = i.customer_id
         LEFT JOIN payment_batches b ON b.id = p.batch_id
         LEFT JOIN payment_confirmations f ON f.payment_id = p.id LEFT JOIN payment_rejections r ON r.payment_id = p.id
         WHERE p.reference IS NOT NULL AND p.payment_method = $1 AND p.payment_method IN ('MoMo', 'Bank Transfer')
           AND (serial_key(p.reference) = ANY (ARRAY(SELECT key FROM wanted)) OR p.payment_date BETWEEN $3 AND $4)
         UNION ALL
         SELECT NULL, NULL, d.preorder_id, d.entry_date, d.reference, d.amount, coalesce(c.business_name, c.full_name), o.preorder_number,
                d.claimed AND y.deposit_id IS NULL, NOT coalesce(y.confirmed, true)
         FROM preorder_deposits d JOIN preorders o ON o.id = d.preorder_id JOIN customers c ON c.id = o.customer_id
         LEFT JOIN preorder_deposit_decisions y ON y.deposit_id = d.id
         WHERE d.reference IS NOT NULL AND d.kind IN ('Deposit', 'Shortfall') AND d.payment_method = $1
           AND d.payment_method IN ('MoMo', 'Bank Transfer')
           AND (serial_key(d.reference) = ANY (ARRAY(SELECT key FROM wanted)) OR d.entry_date BETWEEN $3 AND $4)
         ORDER BY payment_date, id LIMIT 20000",
    )
    .bind(method)
    .bind(references)
    .bind(days.map(|d| d.0))
    .bind(days.map(|d| d.1))
    .fetch_all(conn)
    .await
}
