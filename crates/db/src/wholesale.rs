//! Price lists, customers' terms and accounts (PRODUCT.md section 7).

use crate::list::{Column, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    CustomerId, Decimal, InvoiceId, Money, MoneySum, PaymentBatchId, PaymentMethod, PriceListId,
    PricePercents, UserId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A price list: so many per cent off the list price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct PriceList {
    /// Number.
    pub id: PriceListId,
    /// Name, unique.
    pub name: String,
    /// Off everything that has no percentage of its own.
    #[schema(value_type = String, example = "10.00")]
    pub percent: Decimal,
    /// Off laptops.
    #[schema(value_type = Option<String>)]
    pub laptop_percent: Option<Decimal>,
    /// Off phones.
    #[schema(value_type = Option<String>)]
    pub phone_percent: Option<Decimal>,
    /// Off accessories.
    #[schema(value_type = Option<String>)]
    pub accessory_percent: Option<Decimal>,
    /// Whether it is still given to customers; whoever has it keeps it.
    pub is_active: bool,
    /// When made.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

impl PriceList {
    /// What it takes off.
    pub fn percents(&self) -> PricePercents {
        PricePercents {
            percent: self.percent,
            laptop: self.laptop_percent,
            phone: self.phone_percent,
            accessory: self.accessory_percent,
        }
    }
}

/// The list of price lists.
pub const PRICE_LISTS: ListSpec = ListSpec {
    select: "SELECT p.id, p.name, p.percent, p.laptop_percent, p.phone_percent, p.accessory_percent, p.is_active, p.created_at, p.updated_at
FROM price_lists p",
    always: "true",
    id: "p.id",
    sorts: &[Column { name: "name", sql: "lower(p.name)", kind: Kind::Text }],
    default_sort: "name",
    filters: &[],
    search: None,
};

/// What is written of a price list.
#[derive(Debug, Clone)]
pub struct PriceListValues {
    /// Name.
    pub name: String,
    /// Off everything else.
    pub percent: Decimal,
    /// Off laptops.
    pub laptop_percent: Option<Decimal>,
    /// Off phones.
    pub phone_percent: Option<Decimal>,
    /// Off accessories.
    pub accessory_percent: Option<Decimal>,
    /// Whether it is still given.
    pub is_active: bool,
}

/// Records a price list.
pub async fn price_list_insert(
    conn: &mut PgConnection,
    v: &PriceListValues,
) -> Result<PriceList, sqlx::Error> {
    sqlx::query_as(
        "INSERT INTO price_lists (name, percent, laptop_percent, phone_percent, accessory_percent, is_active)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
    )
    .bind(&v.name)
    .bind(v.percent)
    .bind(v.laptop_percent)
    .bind(v.phone_percent)
    .bind(v.accessory_percent)
    .bind(v.is_active)
    .fetch_one(conn)
    .await
}

/// Reads and locks a price list.
pub async fn price_list_lock(
    conn: &mut PgConnection,
    id: PriceListId,
) -> Result<Option<PriceList>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM price_lists WHERE id = $1 FOR UPDATE")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Writes all values of a price list.
pub async fn price_list_update(
    conn: &mut PgConnection,
    id: PriceListId,
    v: &PriceListValues,
) -> Result<PriceList, sqlx::Error> {
    sqlx::query_as(
        "UPDATE price_lists SET name = $2, percent = $3, laptop_percent = $4, phone_percent = $5, accessory_percent = $6,
                is_active = $7 WHERE id = $1 RETURNING *",
    )
    .bind(id)
    .bind(&v.name)
    .bind(v.percent)
    .bind(v.laptop_percent)
    .bind(v.phone_percent)
    .bind(v.accessory_percent)
    .bind(v.is_active)
    .fetch_one(conn)
    .await
}

/// All price lists by name.
pub async fn price_lists_all(conn: &mut PgConnection) -> Result<Vec<PriceList>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM price_lists ORDER BY lower(name)")
        .fetch_all(conn)
        .await
}

/// The price list of a customer, if they have one.
pub async fn customer_price_list(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Option<PriceList>, sqlx::Error> {
    sqlx::query_as("SELECT p.* FROM customers c JOIN price_lists p ON p.id = c.price_list_id WHERE c.id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// On what terms a customer buys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct CustomerTerms {
    /// The customer.
    pub customer_id: CustomerId,
    /// Their price list, or null for list prices.
    pub price_list_id: Option<PriceListId>,
    /// Its name.
    pub price_list_name: Option<String>,
    /// Up to what they may owe for goods that they have; null is no credit.
    pub credit_limit: Option<Money>,
    /// Days that they have to pay; null is at once.
    pub payment_terms_days: Option<i32>,
    /// What they owe for goods that were released on credit.
    #[schema(value_type = MoneySum)]
    pub credit_used: Money,
    /// What all sent invoices leave to pay.
    #[schema(value_type = MoneySum)]
    pub balance_due: Money,
    /// When the customer was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A customer's terms, unless there is no such customer.
pub async fn customer_terms(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Option<CustomerTerms>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.id AS customer_id, c.price_list_id, p.name AS price_list_name, c.credit_limit, c.payment_terms_days,
                o.credit_used, o.balance_due, c.updated_at
         FROM customers c LEFT JOIN price_lists p ON p.id = c.price_list_id
         CROSS JOIN LATERAL (
           SELECT coalesce(sum(invoice_balance(i)), 0) AS balance_due,
                  coalesce(sum(invoice_balance(i))
                    FILTER (WHERE i.goods_released_at IS NOT NULL), 0) AS credit_used
           FROM invoices i WHERE i.customer_id = c.id AND i.status = 'Sent'
         ) o
         WHERE c.id = $1 AND c.deleted_at IS NULL",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Writes a customer's terms.
pub async fn customer_terms_set(
    conn: &mut PgConnection,
    id: CustomerId,
    price_list: Option<PriceListId>,
    credit_limit: Option<Money>,
    payment_terms_days: Option<i32>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE customers SET price_list_id = $2, credit_limit = $3, payment_terms_days = $4 WHERE id = $1",
    )
    .bind(id)
    .bind(price_list)
    .bind(credit_limit)
    .bind(payment_terms_days)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that the goods of a Sent invoice are handed over before it is paid, and when it is due.
pub async fn invoice_release(
    conn: &mut PgConnection,
    id: InvoiceId,
    by: Option<UserId>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE invoices i SET goods_released_at = shop_now(), goods_released_by = $2, due_date = shop_today()
                + coalesce((SELECT c.payment_terms_days FROM customers c WHERE c.id = i.customer_id), 0)
         WHERE i.id = $1",
    )
    .bind(id)
    .bind(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks the Sent invoices of a customer, by number, and answers number, day that they count from, and balance.
pub async fn customer_open_lock(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Vec<(InvoiceId, NaiveDate, Money)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, coalesce(due_date, invoice_date), invoice_balance(invoices)
         FROM invoices WHERE customer_id = $1 AND status = 'Sent' ORDER BY id FOR NO KEY UPDATE",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Locks items of bulk stock by number, where several invoices are completed at once.
pub async fn stock_lock(conn: &mut PgConnection, ids: &[domain::BulkStockId]) -> Result<(), sqlx::Error> {
    if !ids.is_empty() {
        sqlx::query("SELECT id FROM bulk_stock WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE")
            .bind(ids)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// What a customer handed over once for several invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct PaymentBatch {
    /// Number.
    pub id: PaymentBatchId,
    /// Who paid.
    pub customer_id: CustomerId,
    /// Business day.
    pub payment_date: NaiveDate,
    /// How.
    pub payment_method: PaymentMethod,
    /// All of it.
    pub amount: Money,
    /// The other side's number for it.
    pub reference: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// Who took it.
    pub received_by: Option<UserId>,
    /// When taken.
    pub created_at: DateTime<Utc>,
}

/// Writes what was handed over; its parts are payments that follow in the same transaction.
pub async fn batch_insert(
    conn: &mut PgConnection,
    customer: CustomerId,
    method: PaymentMethod,
    amount: Money,
    reference: Option<&str>,
    notes: Option<&str>,
) -> Result<PaymentBatch, sqlx::Error> {
    sqlx::query_as(
        "INSERT INTO payment_batches (customer_id, payment_method, amount, reference, notes) VALUES ($1, $2, $3, $4, $5)
         RETURNING *",
    )
    .bind(customer)
    .bind(method)
    .bind(amount)
    .bind(reference)
    .bind(notes)
    .fetch_one(conn)
    .await
}

/// What is due from a customer, by how long it has been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Receivable {
    /// Who owes.
    pub customer_id: CustomerId,
    /// Their business or name.
    pub customer_name: String,
    /// Their phone.
    pub customer_phone: String,
    /// Sent invoices with something left to pay.
    pub invoices: i64,
    /// Not due yet.
    #[schema(value_type = MoneySum)]
    pub not_due: Money,
    /// Due for 1 to 30 days.
    #[schema(value_type = MoneySum)]
    pub days_1_30: Money,
    /// Due for 31 to 60 days.
    #[schema(value_type = MoneySum)]
    pub days_31_60: Money,
    /// Due for 61 to 90 days.
    #[schema(value_type = MoneySum)]
    pub days_61_90: Money,
    /// Due for longer.
    #[schema(value_type = MoneySum)]
    pub days_over_90: Money,
    /// All of it.
    #[schema(value_type = MoneySum)]
    pub total: Money,
    /// Up to what they may owe.
    pub credit_limit: Option<Money>,
}

/// What is due on this day, by customer, who owes most first. An invoice without a due date is due on its own day.
pub async fn receivables(conn: &mut PgConnection, today: NaiveDate) -> Result<Vec<Receivable>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.id AS customer_id, coalesce(c.business_name, c.full_name) AS customer_name, c.phone AS customer_phone,
                c.credit_limit, count(*) AS invoices, sum(o.balance) AS total,
                coalesce(sum(o.balance) FILTER (WHERE o.late <= 0), 0) AS not_due,
                coalesce(sum(o.balance) FILTER (WHERE o.late BETWEEN 1 AND 30), 0) AS days_1_30,
                coalesce(sum(o.balance) FILTER (WHERE o.late BETWEEN 31 AND 60), 0) AS days_31_60,
                coalesce(sum(o.balance) FILTER (WHERE o.late BETWEEN 61 AND 90), 0) AS days_61_90,
                coalesce(sum(o.balance) FILTER (WHERE o.late > 90), 0) AS days_over_90
         FROM (
           SELECT i.customer_id, invoice_balance(i) AS balance,
                  $1 - coalesce(i.due_date, i.invoice_date) AS late
           FROM invoices i WHERE i.status = 'Sent' AND invoice_balance(i) > 0
         ) o JOIN customers c ON c.id = o.customer_id
         GROUP BY c.id ORDER BY sum(o.balance) DESC, c.id",
    )
    .bind(today)
    .fetch_all(conn)
    .await
}

/// A line of a customer's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct AccountEntry {
    /// Day.
    pub entry_date: NaiveDate,
    /// Invoice, Payment, Return or Refund.
    pub kind: String,
    /// Number of the document, or how it was paid.
    pub number: String,
    /// The invoice it belongs to; of a payment over several, the first.
    pub invoice_id: InvoiceId,
    /// When an invoice is due.
    pub due_date: Option<NaiveDate>,
    /// What it adds to the account.
    pub charged: Money,
    /// What it takes off.
    pub paid: Money,
    /// What is owed after it; less than nothing when the shop owes.
    #[schema(value_type = MoneySum)]
    pub balance: Money,
}

/// What a customer owed before this day.
pub async fn account_opening(
    conn: &mut PgConnection,
    id: CustomerId,
    before: NaiveDate,
) -> Result<Money, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT coalesce(sum(charged - paid), 0) FROM view_customer_account WHERE customer_id = $1 AND entry_date < $2",
    )
    .bind(id)
    .bind(before)
    .fetch_one(conn)
    .await
}

/// A customer's account over these days, with what is owed after each line.
pub async fn account_entries(
    conn: &mut PgConnection,
    id: CustomerId,
    from: NaiveDate,
    to: NaiveDate,
    opening: Money,
) -> Result<Vec<AccountEntry>, sqlx::Error> {
    sqlx::query_as(
        "SELECT entry_date, kind, number, invoice_id, due_date, charged, paid,
                $4 + sum(charged - paid) OVER (ORDER BY entry_date, place, entry_id) AS balance
         FROM view_customer_account WHERE customer_id = $1 AND entry_date BETWEEN $2 AND $3
         ORDER BY entry_date, place, entry_id",
    )
    .bind(id)
    .bind(from)
    .bind(to)
    .bind(opening)
    .fetch_all(conn)
    .await
}
