//! Returns, their refunds, and requests for them (schema section 3.12; PRODUCT.md section 7).

use crate::invoices::TaxLine;
use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, BulkStockId, CustomerId, Disposition, InvoiceId, InvoiceLineId, Money, PaymentId, PaymentMethod,
    RefundId, ReturnId, ReturnRequestId, ReturnRequestStatus, UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A return's head: the credit note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Return {
    /// Number of the record.
    pub id: ReturnId,
    /// `RET-000001`: the number of the credit note.
    pub return_number: String,
    /// The invoice that sold it.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub invoice_number: String,
    /// Who brought it back, where the invoice names them.
    pub customer_id: Option<CustomerId>,
    /// Their name.
    pub customer_name: Option<String>,
    /// Business day.
    pub return_date: NaiveDate,
    /// Why it came back.
    pub reason: String,
    /// What came back is worth without tax.
    pub subtotal: Money,
    /// All taxes, at the invoice's own rates.
    pub tax_amount: Money,
    /// What the customer is credited.
    pub total_amount: Money,
    /// Taxes by name.
    #[sqlx(json)]
    pub tax_lines: Vec<TaxLine>,
    /// What was given back of it, without what paid another invoice in an exchange.
    pub refunded: Money,
    /// What of it paid another invoice in an exchange.
    pub exchanged: Money,
    /// Who approved it.
    pub approved_by: Option<UserId>,
    /// Their name.
    pub approved_by_name: Option<String>,
    /// Who asked for it or recorded it.
    pub created_by: Option<UserId>,
    /// When made.
    pub created_at: DateTime<Utc>,
}

/// Something that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ReturnLine {
    /// The return.
    #[serde(skip)]
    pub return_id: i32,
    /// Its place on the invoice.
    pub line_number: i32,
    /// The invoice's line.
    pub invoice_line_id: InvoiceLineId,
    /// The device, or null.
    pub asset_id: Option<AssetId>,
    /// The item, or null.
    pub bulk_stock_id: Option<BulkStockId>,
    /// The device's tag.
    pub asset_tag: Option<String>,
    /// The device's serial number.
    pub serial_number: Option<String>,
    /// The item's SKU.
    pub sku: Option<String>,
    /// What it was called when it was sold.
    pub item_description: String,
    /// How many came back.
    pub quantity: i32,
    /// What one was sold for.
    pub unit_price: Money,
    /// Quantity × unit price.
    pub line_total: Money,
    /// What became of it: Diagnostics, Repair, Scrap or Restock.
    pub disposition: Disposition,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Refund {
    /// Number of the record.
    pub id: RefundId,
    /// The return.
    #[serde(skip)]
    pub return_id: i32,
    /// Business day.
    pub refund_date: NaiveDate,
    /// How it was given back.
    pub payment_method: PaymentMethod,
    /// How much.
    pub amount: Money,
    /// The tender that it counts against, where it was given back by another method.
    pub instead_of: Option<PaymentMethod>,
    /// The other side's number for it; in an exchange the number of the new invoice.
    pub reference: Option<String>,
    /// The invoice that it paid in an exchange: no money moved.
    pub exchange_invoice_id: Option<InvoiceId>,
    /// Who gave it.
    pub paid_by: Option<UserId>,
    /// When given.
    pub created_at: DateTime<Utc>,
}

/// A return with everything on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturnDetail {
    /// Its head.
    #[serde(flatten)]
    pub head: Return,
    /// What came back.
    pub lines: Vec<ReturnLine>,
    /// What was given back.
    pub refunds: Vec<Refund>,
}

macro_rules! return_select {
    () => {
        "SELECT r.id, r.return_number, r.invoice_id, i.invoice_number, i.customer_id,
       coalesce(c.business_name, c.full_name) AS customer_name, r.return_date, r.reason, r.subtotal, r.tax_amount,
       r.total_amount, r.tax_lines, m.refunded, m.exchanged, r.approved_by, u.full_name AS approved_by_name, r.created_by,
       r.created_at
FROM returns r
JOIN invoices i ON i.id = r.invoice_id
LEFT JOIN customers c ON c.id = i.customer_id
LEFT JOIN users u ON u.id = r.approved_by
CROSS JOIN LATERAL (
  SELECT coalesce(sum(f.amount) FILTER (WHERE f.exchange_invoice_id IS NULL), 0) AS refunded,
         coalesce(sum(f.amount) FILTER (WHERE f.exchange_invoice_id IS NOT NULL), 0) AS exchanged
  FROM refunds f WHERE f.return_id = r.id
) m"
    };
}

/// The list of returns, newest first. A search takes the number of a credit note or an invoice, or a customer.
pub const RETURNS: ListSpec = ListSpec {
    select: return_select!(),
    always: "true",
    id: "r.id",
    sorts: &[
        Column { name: "return_date", sql: "r.return_date", kind: Kind::Date },
        Column { name: "id", sql: "r.id", kind: Kind::Int },
    ],
    default_sort: "-return_date",
    filters: &[
        Filter { name: "return_date", sql: "r.return_date = ?", kind: Kind::Date },
        Filter { name: "from", sql: "r.return_date >= ?", kind: Kind::Date },
        Filter { name: "to", sql: "r.return_date <= ?", kind: Kind::Date },
        Filter { name: "invoice_id", sql: "r.invoice_id = ?", kind: Kind::Int },
        Filter { name: "customer_id", sql: "i.customer_id = ?", kind: Kind::Int },
    ],
    search: Some(
        "r.return_number IN (upper(?), 'RET-' || lpad(?, greatest(6, length(?)), '0')) OR i.invoice_number = upper(?)
         OR i.customer_id = ANY (ARRAY(
           SELECT s.id FROM customers s WHERE s.full_name ILIKE '%' || ? || '%' OR s.business_name ILIKE '%' || ? || '%' LIMIT 500))",
    ),
};

macro_rules! line_select {
    () => {
        "SELECT n.return_id, l.line_number, n.invoice_line_id, l.asset_id, l.bulk_stock_id, a.asset_tag, a.serial_number, b.sku,
       l.item_description, n.quantity, l.unit_price, l.unit_price * n.quantity AS line_total, n.disposition
FROM return_lines n
JOIN invoice_lines l ON l.id = n.invoice_line_id
LEFT JOIN assets a ON a.id = l.asset_id
LEFT JOIN bulk_stock b ON b.id = l.bulk_stock_id"
    };
}

macro_rules! refund_select {
    () => {
        "SELECT f.id, f.return_id, f.refund_date, f.payment_method, f.amount, f.instead_of, f.reference, f.exchange_invoice_id,
       f.paid_by, f.created_at
FROM refunds f"
    };
}

/// Reads a return with everything on it.
pub async fn return_find(conn: &mut PgConnection, id: ReturnId) -> Result<Option<ReturnDetail>, sqlx::Error> {
    let head: Option<Return> = sqlx::query_as(concat!(return_select!(), " WHERE r.id = $1"))
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(head) = head else { return Ok(None) };
    let lines = sqlx::query_as(concat!(
        line_select!(),
        " WHERE n.return_id = $1 ORDER BY l.line_number"
    ))
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let refunds = sqlx::query_as(concat!(refund_select!(), " WHERE f.return_id = $1 ORDER BY f.id"))
        .bind(id)
        .fetch_all(conn)
        .await?;
    Ok(Some(ReturnDetail { head, lines, refunds }))
}

/// The returns of an invoice, in order.
pub async fn invoice_returns(
    conn: &mut PgConnection,
    id: InvoiceId,
) -> Result<Vec<ReturnDetail>, sqlx::Error> {
    let heads: Vec<Return> = sqlx::query_as(concat!(
        return_select!(),
        " WHERE r.invoice_id = $1 ORDER BY r.id"
    ))
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let lines: Vec<ReturnLine> = sqlx::query_as(concat!(
        line_select!(),
        " WHERE l.invoice_id = $1 ORDER BY n.return_id, l.line_number"
    ))
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let refunds: Vec<Refund> = sqlx::query_as(concat!(
        refund_select!(),
        " WHERE f.invoice_id = $1 AND f.return_id IS NOT NULL ORDER BY f.id"
    ))
    .bind(id)
    .fetch_all(conn)
    .await?;
    let detail = |head: Return| {
        let mine = head.id.get();
        ReturnDetail {
            lines: lines.iter().filter(|l| l.return_id == mine).cloned().collect(),
            refunds: refunds.iter().filter(|f| f.return_id == mine).cloned().collect(),
            head,
        }
    };
    Ok(heads.into_iter().map(detail).collect())
}

/// How many of each line of an invoice came back, by the line's number.
pub async fn lines_returned(conn: &mut PgConnection, id: InvoiceId) -> Result<Vec<(i32, i64)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT l.line_number, coalesce(sum(n.quantity), 0)
         FROM invoice_lines l JOIN return_lines n ON n.invoice_line_id = l.id
         WHERE l.invoice_id = $1 GROUP BY l.line_number",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What each tender paid on an invoice and was not given back yet, in the order of the first payment by it.
pub async fn tenders_left(
    conn: &mut PgConnection,
    id: InvoiceId,
) -> Result<Vec<(PaymentMethod, Money)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.payment_method, greatest(p.paid - coalesce((
                  SELECT sum(f.amount) FROM refunds f
                  WHERE f.invoice_id = $1 AND coalesce(f.instead_of, f.payment_method) = p.payment_method
                ), 0), 0)
         FROM (SELECT payment_method, sum(amount) AS paid, min(id) AS first FROM payments WHERE invoice_id = $1 GROUP BY payment_method) p
         ORDER BY p.first",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// A return to be written.
#[derive(Debug)]
pub struct ReturnValues<'a> {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Why it comes back.
    pub reason: &'a str,
    /// Who approved it.
    pub approved_by: Option<UserId>,
    /// Who asked for it; whoever acts, unless it is said.
    pub created_by: Option<UserId>,
    /// Without tax.
    pub subtotal: Money,
    /// All taxes.
    pub tax_amount: Money,
    /// What it is worth.
    pub total_amount: Money,
    /// Taxes by name.
    pub tax_lines: &'a [TaxLine],
    /// What comes back: line, how many, what becomes of it.
    pub lines: &'a [(InvoiceLineId, i32, Disposition)],
}

/// Writes a return. A trigger takes its total off what the invoice owes. What follows in the transaction (movements,
/// ledger) is written in its name.
pub async fn return_insert(
    conn: &mut PgConnection,
    r: &ReturnValues<'_>,
) -> Result<(ReturnId, String), sqlx::Error> {
    let (id, number): (ReturnId, String) = sqlx::query_as(
        "INSERT INTO returns (invoice_id, reason, approved_by, created_by, subtotal, tax_amount, total_amount, tax_lines)
         VALUES ($1, $2, $3, coalesce($4, shop_actor()), $5, $6, $7, $8) RETURNING id, return_number::text",
    )
    .bind(r.invoice_id)
    .bind(r.reason)
    .bind(r.approved_by)
    .bind(r.created_by)
    .bind(r.subtotal)
    .bind(r.tax_amount)
    .bind(r.total_amount)
    .bind(sqlx::types::Json(r.tax_lines))
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO return_lines (return_id, invoice_line_id, quantity, disposition)
         SELECT $1, n.line, n.quantity, n.disposition FROM unnest($2::integer[], $3::integer[], $4::text[]) AS n(line, quantity, disposition)",
    )
    .bind(id)
    .bind(r.lines.iter().map(|l| l.0).collect::<Vec<_>>())
    .bind(r.lines.iter().map(|l| l.1).collect::<Vec<_>>())
    .bind(r.lines.iter().map(|l| l.2.as_str()).collect::<Vec<_>>())
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "SELECT set_config('bizhub.invoice_id', $1::integer::text, true), set_config('bizhub.stock_kind', 'Returned', true),
                set_config('bizhub.reason', 'Return ' || $2 || ': ' || $3, true)",
    )
    .bind(r.invoice_id)
    .bind(&number)
    .bind(r.reason)
    .execute(conn)
    .await?;
    Ok((id, number))
}

/// Takes sold devices back, and sends each where its disposition says. They are locked already.
pub async fn devices_returned(
    conn: &mut PgConnection,
    devices: &[(AssetId, Disposition)],
) -> Result<(), sqlx::Error> {
    if devices.is_empty() {
        return Ok(());
    }
    let ids: Vec<AssetId> = devices.iter().map(|d| d.0).collect();
    let next: Vec<&str> = devices
        .iter()
        .map(|(_, disposition)| match disposition {
            Disposition::Repair => "Repair Hold",
            Disposition::Scrap => "Scrapped",
            Disposition::Diagnostics | Disposition::Restock => "Diagnostics Pending",
        })
        .collect();
    // It is in the house again: on the bench if it is to be repaired, or else behind the shop.
    sqlx::query(
        "UPDATE assets a SET status = 'Returned', location_id = (
           SELECT l.id FROM locations l WHERE l.location_name = CASE n.next WHEN 'Repair Hold' THEN 'Repair Bench' ELSE 'Backroom' END)
         FROM unnest($1::integer[], $2::text[]) AS n(id, next) WHERE a.id = n.id",
    )
    .bind(&ids)
    .bind(&next)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE assets a SET status = n.next FROM unnest($1::integer[], $2::text[]) AS n(id, next) WHERE a.id = n.id",
    )
    .bind(&ids)
    .bind(&next)
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts returned items back on the shelf, and takes off again what is scrapped, so that the ledger says both.
pub async fn items_returned(
    conn: &mut PgConnection,
    back: &[(BulkStockId, i32)],
    scrapped: &[(BulkStockId, i32)],
    number: &str,
) -> Result<(), sqlx::Error> {
    const CHANGE: &str = "WITH items AS MATERIALIZED (
           SELECT b.id FROM bulk_stock b WHERE b.id = ANY ($1) ORDER BY b.id FOR NO KEY UPDATE
         )
         UPDATE bulk_stock b SET quantity = b.quantity + n.change
         FROM items JOIN unnest($1::integer[], $2::integer[]) AS n(id, change) ON n.id = items.id
         WHERE b.id = items.id AND b.is_stocked";
    if !back.is_empty() {
        sqlx::query(CHANGE)
            .bind(back.iter().map(|b| b.0).collect::<Vec<_>>())
            .bind(back.iter().map(|b| b.1).collect::<Vec<_>>())
            .execute(&mut *conn)
            .await?;
    }
    if !scrapped.is_empty() {
        sqlx::query("SELECT set_config('bizhub.stock_kind', 'Adjusted', true), set_config('bizhub.reason', 'Scrapped on return ' || $1, true)")
            .bind(number)
            .execute(&mut *conn)
            .await?;
        sqlx::query(CHANGE)
            .bind(scrapped.iter().map(|b| b.0).collect::<Vec<_>>())
            .bind(scrapped.iter().map(|b| -b.1).collect::<Vec<_>>())
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Voids the warranties that these devices got with this invoice, and answers the numbers of those with an open claim, which
/// stay as they are.
pub async fn warranties_void(
    conn: &mut PgConnection,
    invoice: InvoiceId,
    devices: &[AssetId],
    reason: &str,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "WITH given AS MATERIALIZED (
           SELECT w.id, w.warranty_number, w.status FROM warranties w
           WHERE w.invoice_id = $1 AND w.asset_id = ANY ($2) ORDER BY w.id FOR NO KEY UPDATE
         ), ended AS (
           UPDATE warranties w SET status = 'Void', void_reason = $3 FROM given WHERE w.id = given.id AND given.status IN ('Active', 'Expired')
         )
         SELECT warranty_number::text FROM given WHERE status = 'Claimed'",
    )
    .bind(invoice)
    .bind(devices)
    .bind(reason)
    .fetch_all(conn)
    .await
}

/// A refund to be written.
#[derive(Debug, Clone)]
pub struct RefundValues {
    /// How.
    pub payment_method: PaymentMethod,
    /// How much.
    pub amount: Money,
    /// The tender that it counts against.
    pub instead_of: Option<PaymentMethod>,
    /// The other side's number for it.
    pub reference: Option<String>,
    /// The invoice that it pays.
    pub exchange_invoice_id: Option<InvoiceId>,
}

/// Writes refunds of a return, which count on its invoice at once.
pub async fn refunds_insert(
    conn: &mut PgConnection,
    invoice: InvoiceId,
    id: ReturnId,
    refunds: &[RefundValues],
) -> Result<(), sqlx::Error> {
    for refund in refunds {
        sqlx::query(
            "INSERT INTO refunds (invoice_id, return_id, payment_method, amount, instead_of, reference, exchange_invoice_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(invoice)
        .bind(id)
        .bind(refund.payment_method)
        .bind(refund.amount)
        .bind(refund.instead_of)
        .bind(refund.reference.as_deref())
        .bind(refund.exchange_invoice_id)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Brings an invoice to where its returns left it: Refunded when everything came back and everything was given back, Paid or
/// Cancelled when goods on credit came back and nothing is owed any more.
pub async fn invoice_after_return(
    conn: &mut PgConnection,
    id: InvoiceId,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE invoices i SET status = n.status, hold_expires_at = NULL,
                cancelled_reason = CASE n.status WHEN 'Cancelled' THEN $2 ELSE i.cancelled_reason END
         FROM (
           SELECT CASE
             WHEN v.status = 'Paid' AND NOT v.live AND v.amount_paid = v.amount_refunded THEN 'Refunded'
             WHEN v.status = 'Sent' AND NOT v.live AND v.amount_paid = v.amount_refunded THEN 'Cancelled'
             WHEN v.status = 'Sent' AND v.amount_paid - v.amount_refunded >= v.total_amount - v.amount_credited THEN 'Paid'
           END AS status
           FROM (SELECT o.*, EXISTS (SELECT FROM invoice_lines l WHERE l.invoice_id = o.id AND l.released_at IS NULL) AS live
                 FROM invoices o WHERE o.id = $1) v
         ) n WHERE i.id = $1 AND n.status IS NOT NULL",
    )
    .bind(id)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that a payment is the credit of a return.
pub async fn payment_from_return(
    conn: &mut PgConnection,
    payment: PaymentId,
    from: ReturnId,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO payment_sources (payment_id, return_id) VALUES ($1, $2)")
        .bind(payment)
        .bind(from)
        .execute(conn)
        .await?;
    Ok(())
}

/// A request for a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ReturnRequest {
    /// Number of the record.
    pub id: ReturnRequestId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub invoice_number: String,
    /// Who brings it back, where the invoice names them.
    pub customer_name: Option<String>,
    /// Requested, Approved or Declined.
    pub status: ReturnRequestStatus,
    /// Why it comes back.
    pub reason: String,
    /// What comes back, as asked: `line_number`, `quantity`, `disposition`.
    #[schema(value_type = Vec<Object>)]
    pub lines: Value,
    /// What is to be given back, as asked: `payment_method`, `amount`, `reference`, `instead_of`.
    #[schema(value_type = Vec<Object>)]
    pub refunds: Value,
    /// Who asks.
    pub requested_by: Option<UserId>,
    /// Their name.
    pub requested_by_name: Option<String>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// Their name.
    pub decided_by_name: Option<String>,
    /// When decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was declined.
    pub decline_reason: Option<String>,
    /// The return that was made of it.
    pub return_id: Option<ReturnId>,
    /// Its number.
    pub return_number: Option<String>,
    /// When asked.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

macro_rules! request_select {
    () => {
        "SELECT q.id, q.invoice_id, i.invoice_number, coalesce(c.business_name, c.full_name) AS customer_name, q.status, q.reason,
       q.lines, q.refunds, q.requested_by, u.full_name AS requested_by_name, q.decided_by, d.full_name AS decided_by_name,
       q.decided_at, q.decline_reason, q.return_id, r.return_number, q.created_at, q.updated_at
FROM return_requests q
JOIN invoices i ON i.id = q.invoice_id
LEFT JOIN customers c ON c.id = i.customer_id
LEFT JOIN users u ON u.id = q.requested_by
LEFT JOIN users d ON d.id = q.decided_by
LEFT JOIN returns r ON r.id = q.return_id"
    };
}

/// The list of requests, newest first.
pub const REQUESTS: ListSpec = ListSpec {
    select: request_select!(),
    always: "true",
    id: "q.id",
    sorts: &[Column {
        name: "id",
        sql: "q.id",
        kind: Kind::Int,
    }],
    default_sort: "-id",
    filters: &[
        Filter {
            name: "status",
            sql: "q.status = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "invoice_id",
            sql: "q.invoice_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "requested_by",
            sql: "q.requested_by = ?",
            kind: Kind::Int,
        },
    ],
    search: Some(
        "i.invoice_number = upper(?) OR strpos(lower(coalesce(c.business_name, c.full_name, '')), lower(?)) > 0",
    ),
};

/// Writes a request.
pub async fn request_insert(
    conn: &mut PgConnection,
    invoice: InvoiceId,
    reason: &str,
    lines: &Value,
    refunds: &Value,
) -> Result<ReturnRequestId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO return_requests (invoice_id, reason, lines, refunds) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(invoice)
    .bind(reason)
    .bind(lines)
    .bind(refunds)
    .fetch_one(conn)
    .await
}

/// Reads a request.
pub async fn request_find(
    conn: &mut PgConnection,
    id: ReturnRequestId,
) -> Result<Option<ReturnRequest>, sqlx::Error> {
    sqlx::query_as(concat!(request_select!(), " WHERE q.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Reads a request and locks it.
pub async fn request_lock(
    conn: &mut PgConnection,
    id: ReturnRequestId,
) -> Result<Option<ReturnRequest>, sqlx::Error> {
    sqlx::query_as(concat!(
        request_select!(),
        " WHERE q.id = $1 FOR NO KEY UPDATE OF q"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The requests that nobody decided yet, oldest first: of one invoice, or of all.
pub async fn requests_open(
    conn: &mut PgConnection,
    invoice: Option<InvoiceId>,
    limit: i64,
) -> Result<Vec<ReturnRequest>, sqlx::Error> {
    sqlx::query_as(concat!(
        request_select!(),
        " WHERE q.status = 'Requested' AND ($1::integer IS NULL OR q.invoice_id = $1) ORDER BY q.created_at, q.id LIMIT $2"
    ))
    .bind(invoice)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Decides a request: approved with its return, or declined with a reason.
pub async fn request_decide(
    conn: &mut PgConnection,
    id: ReturnRequestId,
    made: Option<ReturnId>,
    declined: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE return_requests SET status = CASE WHEN $2::integer IS NULL THEN 'Declined' ELSE 'Approved' END, return_id = $2,
                decline_reason = $3, decided_by = shop_actor(), decided_at = shop_now()
         WHERE id = $1",
    )
    .bind(id)
    .bind(made)
    .bind(declined)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many requests nobody decided yet.
pub async fn requests_open_count(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM return_requests WHERE status = 'Requested'")
        .fetch_one(conn)
        .await
}

/// Says that a payment is a device that was taken in trade.
pub async fn payment_from_device(
    conn: &mut PgConnection,
    payment: PaymentId,
    device: AssetId,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO payment_sources (payment_id, asset_id) VALUES ($1, $2)")
        .bind(payment)
        .bind(device)
        .execute(conn)
        .await?;
    Ok(())
}

/// A device comes back that is replaced: it is Returned, behind the shop, until somebody sends it on. It is locked already.
pub async fn device_swapped(conn: &mut PgConnection, id: AssetId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE assets SET status = 'Returned',
                location_id = coalesce((SELECT l.id FROM locations l WHERE l.location_name = 'Backroom'), location_id)
         WHERE id = $1",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}
