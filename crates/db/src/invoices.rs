//! Invoices, their lines and payments (schema sections 3.10 to 3.12).

use crate::list::{Column, Filter, Kind, ListSpec};
use crate::returns::ReturnDetail;
use crate::warranties::Warranty;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, BulkStockId, CustomerId, Decimal, InvoiceCustomerType, InvoiceId, InvoiceLineId, InvoiceStatus,
    Money, PaymentBatchId, PaymentId, PaymentMethod, TaxOn, UserId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// One tax, as an invoice charged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxLine {
    /// Name on the receipt.
    pub name: String,
    /// Percent.
    #[schema(value_type = String, example = "15")]
    pub rate: Decimal,
    /// What it was on: the net amount unless said otherwise.
    #[serde(default, skip_serializing_if = "TaxOn::is_base")]
    #[schema(required = false)]
    pub on: TaxOn,
    /// What it came to.
    pub amount: Money,
}

/// An invoice's head, as stored and as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Invoice {
    /// Number of the record.
    pub id: InvoiceId,
    /// `INV-000001`.
    pub invoice_number: String,
    /// Who buys; null for a walk-in without a name.
    pub customer_id: Option<CustomerId>,
    /// Their name.
    pub customer_name: Option<String>,
    /// Their phone.
    pub customer_phone: Option<String>,
    /// Retail, Wholesale or Walk-in.
    pub customer_type: InvoiceCustomerType,
    /// Business day.
    pub invoice_date: NaiveDate,
    /// Draft, Sent, Paid, Cancelled or Refunded.
    pub status: InvoiceStatus,
    /// Before tax.
    pub subtotal: Money,
    /// All taxes.
    pub tax_amount: Money,
    /// What is to be paid.
    pub total_amount: Money,
    /// `off`, `inclusive` or `exclusive`, at the time of the sale.
    pub tax_mode: String,
    /// Taxes by name, as charged.
    #[sqlx(json)]
    pub tax_lines: Vec<TaxLine>,
    /// All payments.
    pub amount_paid: Money,
    /// What was given back.
    pub amount_refunded: Money,
    /// What was credited for goods that came back.
    #[serde(default)]
    pub amount_credited: Money,
    /// What is owed to the customer for goods that came back and is not given back yet.
    #[serde(default)]
    pub credit_due: Money,
    /// What is still to pay, less what came back: nothing once it is paid, cancelled or refunded.
    pub balance_due: Money,
    /// Where the customer comes from.
    pub lead_source: Option<String>,
    /// Who sold it.
    pub sales_rep_id: Option<UserId>,
    /// Their name.
    pub sales_rep_name: Option<String>,
    /// Until when a Draft or Sent invoice keeps its goods.
    pub hold_expires_at: Option<DateTime<Utc>>,
    /// When it is to be paid.
    pub due_date: Option<NaiveDate>,
    /// When goods were handed over on credit.
    pub goods_released_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub cancelled_reason: Option<String>,
    /// The code of its public check page.
    pub check_code: String,
    /// Notes.
    pub notes: Option<String>,
    /// When made.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct InvoiceLine {
    /// Number of the record.
    pub id: InvoiceLineId,
    /// Place on the invoice, from 1.
    pub line_number: i32,
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
    /// How many.
    pub quantity: i32,
    /// Price of one.
    pub unit_price: Money,
    /// Quantity × unit price.
    pub line_total: Money,
    /// List price of one at the time.
    pub list_price: Option<Money>,
    /// Who approved a price far below the list.
    pub price_approved_by: Option<UserId>,
    /// Cost of one.
    #[serde(default)]
    #[schema(required = false)]
    pub unit_cost: Option<Money>,
    /// When it was cancelled or came back.
    pub released_at: Option<DateTime<Utc>>,
    /// Whether the item's stock is counted; false for a device or a service.
    #[serde(skip)]
    pub is_stocked: bool,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Payment {
    /// Number of the record.
    pub id: PaymentId,
    /// Business day.
    pub payment_date: NaiveDate,
    /// Cash, MoMo, Bank Transfer, Card or Other.
    pub payment_method: PaymentMethod,
    /// What is recorded: never more than was due.
    pub amount: Money,
    /// Cash put on the counter, where it was more.
    pub tendered: Option<Money>,
    /// The other side's number for it.
    pub reference: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// Who took it.
    pub received_by: Option<UserId>,
    /// Their name.
    pub received_by_name: Option<String>,
    /// Whether somebody has still to see the money.
    pub claimed: bool,
    /// Whether it was claimed and never came: a refund took it back.
    pub rejected: bool,
    /// What it is a part of, when one payment was over several invoices.
    pub batch_id: Option<PaymentBatchId>,
    /// When taken.
    pub created_at: DateTime<Utc>,
}

/// Who approved a price far below the list at the till, with their own sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct PriceApproval {
    /// Who.
    pub approved_by: UserId,
    /// Their name at that time.
    pub approver_name: String,
}

/// An invoice with everything on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceDetail {
    /// Its head.
    #[serde(flatten)]
    pub invoice: Invoice,
    /// What is sold.
    pub lines: Vec<InvoiceLine>,
    /// How it was paid.
    pub payments: Vec<Payment>,
    /// Warranties that came with it.
    pub warranties: Vec<Warranty>,
    /// What came back of it.
    pub returns: Vec<ReturnDetail>,
    /// Cash given back at the counter.
    pub change_due: Money,
    /// Who approved its prices at the till, where they needed that.
    #[serde(default)]
    pub price_approval: Option<PriceApproval>,
}

impl InvoiceDetail {
    /// Puts the parts together.
    pub fn new(
        invoice: Invoice,
        lines: Vec<InvoiceLine>,
        payments: Vec<Payment>,
        warranties: Vec<Warranty>,
    ) -> Self {
        let back = |p: &Payment| {
            p.tendered
                .and_then(|t| t.checked_sub(p.amount))
                .unwrap_or(Money::ZERO)
        };
        let change_due = Money::sum(payments.iter().map(back)).unwrap_or(Money::ZERO);
        InvoiceDetail {
            invoice,
            lines,
            payments,
            warranties,
            returns: Vec::new(),
            change_due,
            price_approval: None,
        }
    }
}

macro_rules! invoice_select {
    () => {
        "SELECT i.id, i.invoice_number, i.customer_id, coalesce(c.business_name, c.full_name) AS customer_name,
       c.phone AS customer_phone, i.customer_type, i.invoice_date, i.status, i.subtotal, i.tax_amount, i.total_amount,
       i.tax_mode, i.tax_lines, i.amount_paid, i.amount_refunded, i.amount_credited,
       CASE WHEN i.status IN ('Draft', 'Sent')
         THEN invoice_balance(i) ELSE 0 END AS balance_due,
       CASE WHEN i.amount_credited > 0
         THEN greatest(i.amount_paid - i.amount_refunded - i.total_amount + i.amount_credited, 0) ELSE 0 END AS credit_due,
       i.lead_source, i.sales_rep_id, u.full_name AS sales_rep_name, i.hold_expires_at, i.due_date, i.goods_released_at,
       i.cancelled_reason, i.check_code, i.notes, i.created_at, i.updated_at
FROM invoices i LEFT JOIN customers c ON c.id = i.customer_id LEFT JOIN users u ON u.id = i.sales_rep_id"
    };
}

/// The list of invoices, newest first. A search takes a number, with or without its INV-, or a customer.
pub const INVOICES: ListSpec = ListSpec {
    select: invoice_select!(),
    always: "true",
    id: "i.id",
    sorts: &[
        Column { name: "invoice_date", sql: "i.invoice_date", kind: Kind::Date },
        Column { name: "id", sql: "i.id", kind: Kind::Int },
    ],
    default_sort: "-invoice_date",
    filters: &[
        Filter { name: "status", sql: "i.status = ?", kind: Kind::Text },
        Filter { name: "customer_id", sql: "i.customer_id = ?", kind: Kind::Int },
        Filter { name: "customer_type", sql: "i.customer_type = ?", kind: Kind::Text },
        Filter { name: "invoice_date", sql: "i.invoice_date = ?", kind: Kind::Date },
        Filter { name: "sales_rep_id", sql: "i.sales_rep_id = ?", kind: Kind::Int },
        Filter { name: "lead_source", sql: "i.lead_source = ?", kind: Kind::Text },
        Filter { name: "due_from", sql: "coalesce(i.due_date, i.invoice_date) >= ?", kind: Kind::Date },
        Filter { name: "due_to", sql: "coalesce(i.due_date, i.invoice_date) <= ?", kind: Kind::Date },
    ],
    search: Some(
        "i.invoice_number IN (upper(?), 'INV-' || lpad(?, greatest(6, length(?)), '0'))
         OR i.customer_id = ANY (ARRAY(
           SELECT s.id FROM customers s WHERE s.full_name ILIKE '%' || ? || '%' OR s.business_name ILIKE '%' || ? || '%'
             OR (length(regexp_replace(?, '[^0-9]', '', 'g')) >= 4
                 AND s.phone LIKE '%' || ltrim(regexp_replace(?, '[^0-9]', '', 'g'), '0') || '%')
           LIMIT 500))",
    ),
};

/// Reads an invoice's head.
pub async fn invoice_find(conn: &mut PgConnection, id: InvoiceId) -> Result<Option<Invoice>, sqlx::Error> {
    sqlx::query_as(concat!(invoice_select!(), " WHERE i.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Reads an invoice's head and locks its row until the transaction ends.
pub async fn invoice_lock(conn: &mut PgConnection, id: InvoiceId) -> Result<Option<Invoice>, sqlx::Error> {
    sqlx::query_as(concat!(
        invoice_select!(),
        " WHERE i.id = $1 FOR NO KEY UPDATE OF i"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The lines of an invoice, in order.
pub async fn invoice_lines(conn: &mut PgConnection, id: InvoiceId) -> Result<Vec<InvoiceLine>, sqlx::Error> {
    sqlx::query_as(
        "SELECT l.id, l.line_number, l.asset_id, l.bulk_stock_id, a.asset_tag, a.serial_number, b.sku, l.item_description,
                l.quantity, l.unit_price, l.line_total, l.list_price, l.price_approved_by, l.unit_cost, l.released_at,
                coalesce(b.is_stocked, false) AS is_stocked
         FROM invoice_lines l LEFT JOIN assets a ON a.id = l.asset_id LEFT JOIN bulk_stock b ON b.id = l.bulk_stock_id
         WHERE l.invoice_id = $1 ORDER BY l.line_number",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// The payments of an invoice, in order.
pub async fn invoice_payments(conn: &mut PgConnection, id: InvoiceId) -> Result<Vec<Payment>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.id, p.payment_date, p.payment_method, p.amount, p.tendered, coalesce(p.reference, b.reference) AS reference,
                p.notes, p.received_by, u.full_name AS received_by_name,
                p.claimed AND f.payment_id IS NULL AND r.payment_id IS NULL AS claimed,
                r.payment_id IS NOT NULL AS rejected, p.batch_id, p.created_at
         FROM payments p LEFT JOIN payment_confirmations f ON f.payment_id = p.id
         LEFT JOIN payment_rejections r ON r.payment_id = p.id LEFT JOIN payment_batches b ON b.id = p.batch_id
         LEFT JOIN users u ON u.id = p.received_by
         WHERE p.invoice_id = $1 ORDER BY p.id",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// An invoice with everything on it.
pub async fn invoice_detail(
    conn: &mut PgConnection,
    id: InvoiceId,
) -> Result<Option<InvoiceDetail>, sqlx::Error> {
    let Some(invoice) = invoice_find(conn, id).await? else {
        return Ok(None);
    };
    let lines = invoice_lines(conn, id).await?;
    let payments = invoice_payments(conn, id).await?;
    let warranties = crate::warranties::invoice_warranties(conn, id).await?;
    let mut detail = InvoiceDetail::new(invoice, lines, payments, warranties);
    if detail.lines.iter().any(|line| line.price_approved_by.is_some()) {
        detail.price_approval = sqlx::query_as(
            "SELECT p.approved_by, p.approver_name FROM price_approvals p WHERE p.invoice_id = $1",
        )
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    }
    detail.returns = crate::returns::invoice_returns(conn, id).await?;
    Ok(Some(detail))
}

/// Keeps who approved the prices of an invoice.
pub async fn price_approval_insert(
    conn: &mut PgConnection,
    id: InvoiceId,
    approval: &PriceApproval,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO price_approvals (invoice_id, approved_by, approver_name) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(approval.approved_by)
        .bind(&approval.approver_name)
        .execute(conn)
        .await?;
    Ok(())
}

/// The parts of one payment over several invoices: payment, amount, and the invoice as it is now.
pub async fn batch_parts(
    conn: &mut PgConnection,
    batch: PaymentBatchId,
) -> Result<Vec<(PaymentId, Money, Invoice)>, sqlx::Error> {
    let parts: Vec<(PaymentId, Money, InvoiceId)> =
        sqlx::query_as("SELECT id, amount, invoice_id FROM payments WHERE batch_id = $1 ORDER BY id")
            .bind(batch)
            .fetch_all(&mut *conn)
            .await?;
    let mut found = Vec::with_capacity(parts.len());
    for (payment, amount, invoice) in parts {
        if let Some(invoice) = invoice_find(&mut *conn, invoice).await? {
            found.push((payment, amount, invoice));
        }
    }
    Ok(found)
}

/// What may be changed of an invoice's head.
#[derive(Debug, Clone)]
pub struct InvoiceHead {
    /// Who buys.
    pub customer_id: Option<CustomerId>,
    /// Retail, Wholesale or Walk-in.
    pub customer_type: InvoiceCustomerType,
    /// Where the customer comes from.
    pub lead_source: Option<String>,
    /// Notes.
    pub notes: Option<String>,
}

/// Writes an invoice's head.
pub async fn invoice_change(
    conn: &mut PgConnection,
    id: InvoiceId,
    head: &InvoiceHead,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE invoices SET customer_id = $2, customer_type = $3, lead_source = $4, notes = $5 WHERE id = $1",
        id.get(),
        head.customer_id.map(CustomerId::get),
        head.customer_type.as_str(),
        head.lead_source,
        head.notes
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What an invoice adds up to, as its columns keep it.
#[derive(Debug, Clone)]
pub struct StoredTotals {
    /// Before tax.
    pub subtotal: Money,
    /// All taxes.
    pub tax_amount: Money,
    /// What is to be paid.
    pub total_amount: Money,
    /// `off`, `inclusive` or `exclusive`.
    pub tax_mode: &'static str,
    /// By name.
    pub tax_lines: Vec<TaxLine>,
}

/// Writes a Draft's totals.
pub async fn invoice_total(
    conn: &mut PgConnection,
    id: InvoiceId,
    totals: &StoredTotals,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE invoices SET subtotal = $2, tax_amount = $3, total_amount = $4, tax_mode = $5, tax_lines = $6 WHERE id = $1",
    )
    .bind(id)
    .bind(totals.subtotal)
    .bind(totals.tax_amount)
    .bind(totals.total_amount)
    .bind(totals.tax_mode)
    .bind(sqlx::types::Json(&totals.tax_lines))
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a line off a Draft.
pub async fn invoice_line_delete(
    conn: &mut PgConnection,
    id: InvoiceId,
    line_number: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM invoice_lines WHERE invoice_id = $1 AND line_number = $2",
        id.get(),
        line_number
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Cancels an invoice; a trigger releases its lines.
pub async fn invoice_cancel(
    conn: &mut PgConnection,
    id: InvoiceId,
    reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE invoices SET status = 'Cancelled', cancelled_reason = $2, hold_expires_at = NULL WHERE id = $1",
        id.get(),
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Unpaid invoices whose hold ran out before this instant, oldest first.
pub async fn invoices_held_too_long(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<Vec<InvoiceId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT id FROM invoices
         WHERE status IN ('Draft', 'Sent') AND hold_expires_at < $1 AND amount_paid = amount_refunded
         ORDER BY hold_expires_at, id LIMIT 500",
    )
    .bind(before)
    .fetch_all(conn)
    .await
}

/// The invoice that a MoMo or bank reference paid.
pub async fn reference_holder(
    conn: &mut PgConnection,
    method: PaymentMethod,
    reference: &str,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT i.invoice_number FROM payments p JOIN invoices i ON i.id = p.invoice_id
         WHERE p.payment_method = $1 AND serial_key(p.reference) = serial_key($2)
           AND p.reference IS NOT NULL AND p.payment_method IN ('MoMo', 'Bank Transfer')",
        method.as_str(),
        reference
    )
    .fetch_optional(conn)
    .await
}

/// What the public page says of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct InvoiceCheck {
    /// `INV-000001`.
    pub invoice_number: String,
    /// Its day.
    pub invoice_date: NaiveDate,
    /// Its status.
    pub status: InvoiceStatus,
    /// How many things are on it.
    pub items: i64,
}

/// Finds an invoice by the code of its public page.
pub async fn invoice_check(conn: &mut PgConnection, code: &str) -> Result<Option<InvoiceCheck>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.invoice_number, i.invoice_date, i.status,
                (SELECT coalesce(sum(l.quantity), 0) FROM invoice_lines l WHERE l.invoice_id = i.id) AS items
         FROM invoices i WHERE i.check_code = $1",
    )
    .bind(code)
    .fetch_optional(conn)
    .await
}
