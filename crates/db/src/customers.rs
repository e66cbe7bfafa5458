//! Customers (schema section 3.2), without the ones that were deleted.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::customer::CustomerType;
use domain::{
    AssetId, AssetStatus, CustomerId, InvoiceId, InvoiceStatus, Money, WarrantyId, WarrantyStatus,
    WarrantyTier,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A customer, as stored and as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Customer {
    /// Number.
    pub id: CustomerId,
    /// Retail or Wholesale.
    pub customer_type: CustomerType,
    /// Name.
    pub full_name: String,
    /// Business, for wholesale.
    pub business_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone in international form.
    pub phone: String,
    /// Second phone in international form.
    pub alternate_phone: Option<String>,
    /// Street.
    #[schema(required = false)]
    pub address: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// When recorded.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

/// The list of customers. A search by phone compares digits, so that a local number finds the international one.
pub const CUSTOMERS: ListSpec = ListSpec {
    select: "SELECT c.id, c.customer_type, c.full_name, c.business_name, c.email, c.phone, c.alternate_phone, c.address,
       c.city, c.region, c.notes, c.created_at, c.updated_at
FROM customers c",
    always: "c.deleted_at IS NULL",
    id: "c.id",
    sorts: &[
        Column { name: "full_name", sql: "c.full_name", kind: Kind::Text },
        Column { name: "created_at", sql: "c.created_at", kind: Kind::Instant },
    ],
    default_sort: "full_name",
    filters: &[
        Filter { name: "customer_type", sql: "c.customer_type = ?", kind: Kind::Text },
        Filter { name: "phone", sql: "c.phone = ? OR c.alternate_phone = ?", kind: Kind::Text },
        Filter { name: "email", sql: "lower(c.email) = lower(?)", kind: Kind::Text },
        Filter { name: "city", sql: "c.city = ?", kind: Kind::Text },
    ],
    search: Some(
        "c.full_name ILIKE '%' || ? || '%' OR c.business_name ILIKE '%' || ? || '%' OR c.email ILIKE '%' || ? || '%'
         OR (length(regexp_replace(?, '[^0-9]', '', 'g')) >= 4
             AND c.phone LIKE '%' || ltrim(regexp_replace(?, '[^0-9]', '', 'g'), '0') || '%')",
    ),
};

/// The same for those who see no contact details: what they search must not tell them digit by digit.
pub const CUSTOMERS_MASKED: ListSpec = ListSpec {
    search: Some(
        "c.full_name ILIKE '%' || ? || '%' OR c.business_name ILIKE '%' || ? || '%'
         OR c.phone = '+233' || ltrim(regexp_replace(?, '[^0-9]', '', 'g'), '0') OR c.phone = ?",
    ),
    ..CUSTOMERS
};

/// What is written of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerValues {
    /// Retail or Wholesale.
    pub customer_type: CustomerType,
    /// Name.
    pub full_name: String,
    /// Business.
    pub business_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone in international form.
    pub phone: String,
    /// Second phone.
    pub alternate_phone: Option<String>,
    /// Street.
    pub address: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Notes.
    pub notes: Option<String>,
}

/// Records a customer.
pub async fn customer_insert(conn: &mut PgConnection, v: &CustomerValues) -> Result<Customer, sqlx::Error> {
    sqlx::query_as!(
        Customer,
        r#"INSERT INTO customers (customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region, notes)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           RETURNING id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region,
                     notes, created_at, updated_at"#,
        v.customer_type.as_str(),
        v.full_name,
        v.business_name,
        v.email,
        v.phone,
        v.alternate_phone,
        v.address,
        v.city,
        v.region,
        v.notes
    )
    .fetch_one(conn)
    .await
}

/// Reads a customer. Who was merged away is found as the one that stayed.
pub async fn customer_find(conn: &mut PgConnection, id: CustomerId) -> Result<Option<Customer>, sqlx::Error> {
    sqlx::query_as!(
        Customer,
        "SELECT id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region, notes,
                created_at, updated_at
         FROM customers WHERE id = (SELECT coalesce(merged_into, id) FROM customers WHERE id = $1) AND deleted_at IS NULL",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Reads a customer and locks the row until the transaction ends. Who was merged away, even while this waited, is found as
/// the one that stayed: go on with the number in the answer.
pub async fn customer_lock(conn: &mut PgConnection, id: CustomerId) -> Result<Option<Customer>, sqlx::Error> {
    let mut id = id;
    loop {
        let found = sqlx::query_as!(
            Customer,
            "SELECT id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region, notes,
                    created_at, updated_at
             FROM customers WHERE id = $1 AND deleted_at IS NULL FOR UPDATE",
            id.get()
        )
        .fetch_optional(&mut *conn)
        .await?;
        match found {
            Some(customer) => return Ok(Some(customer)),
            None => match customer_survivor(conn, id).await? {
                Some(survivor) => id = survivor,
                None => return Ok(None),
            },
        }
    }
}

/// The customer that this one was merged into.
pub async fn customer_survivor(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Option<CustomerId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        r#"SELECT merged_into AS "merged_into: CustomerId" FROM customers WHERE id = $1"#,
        id.get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten())
}

/// The customers with this phone, first or second, in international form: likely duplicates.
pub async fn customers_by_phone(conn: &mut PgConnection, phone: &str) -> Result<Vec<Customer>, sqlx::Error> {
    sqlx::query_as!(
        Customer,
        "SELECT id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region, notes,
                created_at, updated_at
         FROM customers WHERE (phone = $1 OR alternate_phone = $1) AND deleted_at IS NULL
         ORDER BY phone = $1 DESC, id LIMIT 20",
        phone
    )
    .fetch_all(conn)
    .await
}

/// Writes all values of a customer.
pub async fn customer_update(
    conn: &mut PgConnection,
    id: CustomerId,
    v: &CustomerValues,
) -> Result<Customer, sqlx::Error> {
    sqlx::query_as!(
        Customer,
        r#"UPDATE customers SET customer_type = $2, full_name = $3, business_name = $4, email = $5, phone = $6,
                  alternate_phone = $7, address = $8, city = $9, region = $10, notes = $11
           WHERE id = $1
           RETURNING id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region,
                     notes, created_at, updated_at"#,
        id.get(),
        v.customer_type.as_str(),
        v.full_name,
        v.business_name,
        v.email,
        v.phone,
        v.alternate_phone,
        v.address,
        v.city,
        v.region,
        v.notes
    )
    .fetch_one(conn)
    .await
}

/// Deletes softly: invoices and warranties keep their customer.
pub async fn customer_delete(conn: &mut PgConnection, id: CustomerId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE customers SET deleted_at = shop_now() WHERE id = $1",
        id.get()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a customer is to the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerFigures {
    /// The customer.
    pub customer_id: CustomerId,
    /// Invoices that were sent or paid.
    pub invoices: i64,
    /// The last day on which they bought.
    pub last_date: Option<NaiveDate>,
    /// What they paid so far, without what went back.
    pub paid: Money,
    /// What sent invoices leave to pay.
    pub balance_due: Money,
}

/// The figures of these customers; who never bought has none.
pub async fn customer_figures(
    conn: &mut PgConnection,
    ids: &[i32],
) -> Result<Vec<CustomerFigures>, sqlx::Error> {
    sqlx::query_as!(
        CustomerFigures,
        r#"SELECT customer_id AS "customer_id!", count(*) AS "invoices!", max(invoice_date) AS last_date,
                  sum(amount_paid - amount_refunded) AS "paid!: Money",
                  coalesce(sum(invoice_balance(invoices)) FILTER (WHERE status = 'Sent'), 0)
                      AS "balance_due!: Money"
           FROM invoices WHERE customer_id = ANY($1) AND status IN ('Sent', 'Paid', 'Refunded') GROUP BY customer_id"#,
        ids
    )
    .fetch_all(conn)
    .await
}

/// An invoice, as a customer's page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerInvoice {
    /// Number of the record.
    pub id: InvoiceId,
    /// `INV-000001`
    pub invoice_number: String,
    /// Day.
    pub invoice_date: NaiveDate,
    /// Where it is in its life.
    pub status: InvoiceStatus,
    /// What is on it, shortened.
    pub things: Option<String>,
    /// Total.
    pub total_amount: Money,
    /// What is left to pay.
    pub balance_due: Money,
}

/// The newest invoices of a customer.
pub async fn customer_invoices(
    conn: &mut PgConnection,
    id: CustomerId,
    limit: i64,
) -> Result<Vec<CustomerInvoice>, sqlx::Error> {
    sqlx::query_as!(
        CustomerInvoice,
        r#"SELECT i.id, i.invoice_number, i.invoice_date, i.status, i.total_amount,
                  CASE WHEN i.status IN ('Draft', 'Sent') THEN invoice_balance(i) ELSE 0 END
                      AS "balance_due!: Money",
                  (SELECT string_agg(l.item_description, ', ' ORDER BY l.line_number)
                   FROM invoice_lines l WHERE l.invoice_id = i.id AND l.line_number <= 3) AS things
           FROM invoices i WHERE i.customer_id = $1 ORDER BY i.invoice_date DESC, i.id DESC LIMIT $2"#,
        id.get(),
        limit
    )
    .fetch_all(conn)
    .await
}

/// A device that a customer bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerDevice {
    /// Number of the device.
    pub id: AssetId,
    /// Tag.
    pub asset_tag: String,
    /// Serial number.
    pub serial_number: String,
    /// Brand.
    pub brand: String,
    /// Model.
    pub model_name: String,
    /// Where the device is in its life now.
    pub status: AssetStatus,
    /// When it was bought.
    pub invoice_date: NaiveDate,
}

/// The devices on the paid invoices of a customer, newest first.
pub async fn customer_devices(
    conn: &mut PgConnection,
    id: CustomerId,
    limit: i64,
) -> Result<Vec<CustomerDevice>, sqlx::Error> {
    sqlx::query_as!(
        CustomerDevice,
        "SELECT a.id, a.asset_tag, a.serial_number, p.brand, p.model_name, a.status, i.invoice_date
         FROM invoices i
         JOIN invoice_lines l ON l.invoice_id = i.id
         JOIN assets a ON a.id = l.asset_id
         JOIN product_models p ON p.id = a.product_model_id
         WHERE i.customer_id = $1 AND i.status IN ('Paid', 'Refunded')
         ORDER BY i.invoice_date DESC, l.id DESC LIMIT $2",
        id.get(),
        limit
    )
    .fetch_all(conn)
    .await
}

/// A warranty, as a customer's page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerWarranty {
    /// Number of the record.
    pub id: WarrantyId,
    /// `WAR-000001`
    pub warranty_number: String,
    /// Standard or Premium.
    pub warranty_tier: WarrantyTier,
    /// Last day.
    pub end_date: NaiveDate,
    /// What it is worth, as stored: whether its time is over depends on the day.
    pub status: WarrantyStatus,
    /// Brand of the device.
    pub brand: Option<String>,
    /// Model of the device.
    pub model_name: Option<String>,
    /// Tag of the device.
    pub asset_tag: Option<String>,
}

/// The newest warranties of a customer.
pub async fn customer_warranties(
    conn: &mut PgConnection,
    id: CustomerId,
    limit: i64,
) -> Result<Vec<CustomerWarranty>, sqlx::Error> {
    sqlx::query_as!(
        CustomerWarranty,
        r#"SELECT w.id, w.warranty_number, w.warranty_tier, w.end_date, w.status, p.brand AS "brand?",
                  p.model_name AS "model_name?", a.asset_tag AS "asset_tag?"
           FROM warranties w
           LEFT JOIN assets a ON a.id = w.asset_id
           LEFT JOIN product_models p ON p.id = a.product_model_id
           WHERE w.customer_id = $1 ORDER BY w.id DESC LIMIT $2"#,
        id.get(),
        limit
    )
    .fetch_all(conn)
    .await
}

/// Two customers that are likely the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Duplicate {
    /// The one that was recorded first.
    pub id: CustomerId,
    /// Their name.
    pub full_name: String,
    /// Their business.
    pub business_name: Option<String>,
    /// Their phone.
    pub phone: String,
    /// The other one.
    pub other_id: CustomerId,
    /// Their name.
    pub other_full_name: String,
    /// Their business.
    pub other_business_name: Option<String>,
    /// Their phone.
    pub other_phone: String,
    /// Whether they share a phone, first or second.
    pub same_phone: bool,
    /// Whether they share an e-mail address.
    pub same_email: bool,
    /// Whether they share a name, or a business.
    pub same_name: bool,
}

/// Pairs of likely duplicates after this pair, the newest records last.
pub async fn duplicates_page(
    conn: &mut PgConnection,
    after: (i32, i32),
    limit: i64,
) -> Result<Vec<Duplicate>, sqlx::Error> {
    sqlx::query_as(
        "WITH live AS (SELECT * FROM customers WHERE deleted_at IS NULL),
         phones AS (
           SELECT id, phone FROM live UNION SELECT id, alternate_phone FROM live WHERE alternate_phone IS NOT NULL
         ),
         pairs AS (
           SELECT a.id AS one, b.id AS two, true AS phone, false AS email, false AS name
           FROM phones a JOIN phones b ON b.phone = a.phone AND b.id > a.id
           UNION ALL
           SELECT a.id, b.id, false, true, false FROM live a JOIN live b ON lower(b.email) = lower(a.email) AND b.id > a.id
           UNION ALL
           SELECT a.id, b.id, false, false, true FROM live a JOIN live b ON lower(b.full_name) = lower(a.full_name) AND b.id > a.id
           UNION ALL
           SELECT a.id, b.id, false, false, true FROM live a JOIN live b ON lower(b.business_name) = lower(a.business_name) AND b.id > a.id
         ),
         found AS (
           SELECT one, two, bool_or(phone) AS same_phone, bool_or(email) AS same_email, bool_or(name) AS same_name
           FROM pairs WHERE (one, two) > ($1, $2) GROUP BY one, two ORDER BY one, two LIMIT $3
         )
         SELECT a.id, a.full_name, a.business_name, a.phone, b.id AS other_id, b.full_name AS other_full_name,
                b.business_name AS other_business_name, b.phone AS other_phone, f.same_phone, f.same_email, f.same_name
         FROM found f JOIN customers a ON a.id = f.one JOIN customers b ON b.id = f.two ORDER BY a.id, b.id",
    )
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The likely duplicates of one customer, who stands first in each pair.
pub async fn duplicates_of(conn: &mut PgConnection, id: CustomerId) -> Result<Vec<Duplicate>, sqlx::Error> {
    sqlx::query_as(
        "WITH own AS (SELECT * FROM customers WHERE id = $1 AND deleted_at IS NULL),
         others AS (
           SELECT c.id, true AS phone, false AS email, false AS name FROM own o JOIN customers c ON c.phone IN (o.phone, o.alternate_phone)
           UNION ALL
           SELECT c.id, true, false, false FROM own o JOIN customers c ON c.alternate_phone IN (o.phone, o.alternate_phone)
           UNION ALL
           SELECT c.id, false, true, false FROM own o JOIN customers c ON c.email IS NOT NULL AND lower(c.email) = lower(o.email)
           UNION ALL
           SELECT c.id, false, false, true FROM own o JOIN customers c ON c.deleted_at IS NULL AND lower(c.full_name) = lower(o.full_name)
           UNION ALL
           SELECT c.id, false, false, true FROM own o
           JOIN customers c ON c.deleted_at IS NULL AND c.business_name IS NOT NULL AND lower(c.business_name) = lower(o.business_name)
         )
         SELECT o.id, o.full_name, o.business_name, o.phone, c.id AS other_id, c.full_name AS other_full_name,
                c.business_name AS other_business_name, c.phone AS other_phone,
                bool_or(t.phone) AS same_phone, bool_or(t.email) AS same_email, bool_or(t.name) AS same_name
         FROM own o, others t JOIN customers c ON c.id = t.id
         WHERE c.deleted_at IS NULL AND c.id <> $1
         GROUP BY o.id, o.full_name, o.business_name, o.phone, c.id ORDER BY bool_or(t.phone) DESC, c.id LIMIT 20",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Reads a customer even if they were deleted, but for those who were erased.
pub async fn customer_find_deleted(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Option<Customer>, sqlx::Error> {
    sqlx::query_as!(
        Customer,
        "SELECT id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region, notes,
                created_at, updated_at
         FROM customers WHERE id = (SELECT coalesce(merged_into, id) FROM customers WHERE id = $1) AND erased_at IS NULL",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Gives up soon where somebody holds what is needed, so that whoever sells never waits in a circle with a merge.
pub async fn merge_waits_briefly(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SET LOCAL lock_timeout = '200ms'")
        .execute(conn)
        .await?;
    Ok(())
}

/// Moves everything of a customer to another one; answers how many rows of each table.
pub async fn customer_merge(
    conn: &mut PgConnection,
    gone: CustomerId,
    kept: CustomerId,
) -> Result<serde_json::Value, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT customer_merge($1, $2) AS "moved!""#,
        gone.get(),
        kept.get()
    )
    .fetch_one(conn)
    .await
}

/// Everything that is held about a customer, by table.
pub async fn customer_holdings(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Option<serde_json::Value>, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT customer_holdings($1) AS "held""#, id.get())
        .fetch_one(conn)
        .await
}

/// Takes a person out of the records.
pub async fn customer_erase(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<serde_json::Value, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT customer_erase($1) AS "done!""#, id.get())
        .fetch_one(conn)
        .await
}

/// What is still open with a customer, each as a few words: `INV-000012 (GH₵ 200.00 to pay)`.
pub async fn customer_open_matters(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT words AS "words!" FROM (
             SELECT 1 AS place, i.id, 'invoice ' || i.invoice_number || CASE i.status WHEN 'Draft' THEN ' (a draft)' ELSE ' (not settled)' END AS words
             FROM invoices i WHERE i.customer_id = $1 AND (i.status IN ('Draft', 'Sent')
               OR (i.amount_credited > 0 AND i.amount_paid - i.amount_refunded > i.total_amount - i.amount_credited))
             UNION ALL
             SELECT 2, c.id, 'warranty claim ' || c.claim_number FROM warranty_claims c WHERE c.customer_id = $1 AND c.status IN ('Submitted', 'Approved')
             UNION ALL
             SELECT 3, t.id, 'repair ' || t.ticket_number FROM repair_tickets t WHERE t.customer_id = $1 AND t.status <> 'Closed'
             UNION ALL
             SELECT 4, p.id, 'preorder ' || p.preorder_number FROM preorders p WHERE p.customer_id = $1 AND p.status NOT IN ('Picked Up', 'Closed') AND p.called_off_at IS NULL
             UNION ALL
             SELECT 5, q.id, 'a return of ' || i.invoice_number || ' that is asked for' FROM return_requests q JOIN invoices i ON i.id = q.invoice_id
             WHERE i.customer_id = $1 AND q.status = 'Requested'
             UNION ALL
             SELECT 6, m.id, 'a message that is being sent' FROM messages m WHERE m.customer_id = $1 AND m.status = 'Sending'
           ) open ORDER BY place, id LIMIT 20"#,
        id.get()
    )
    .fetch_all(conn)
    .await
}

/// What a posted invoice said of its customer before they were merged into another record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceName {
    /// Name.
    pub full_name: String,
    /// Business.
    pub business_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone in international form.
    pub phone: String,
    /// Street.
    pub address: Option<String>,
    /// Town.
    pub city: Option<String>,
}

impl Customer {
    /// The same record under what an invoice said.
    pub fn named(self, name: InvoiceName) -> Customer {
        Customer {
            full_name: name.full_name,
            business_name: name.business_name,
            email: name.email,
            phone: name.phone,
            address: name.address,
            city: name.city,
            ..self
        }
    }
}

/// Reads it, where there was a merge.
pub async fn invoice_name_find(
    conn: &mut PgConnection,
    id: InvoiceId,
) -> Result<Option<InvoiceName>, sqlx::Error> {
    sqlx::query_as!(
        InvoiceName,
        "SELECT full_name, business_name, email, phone, address, city FROM invoice_names WHERE invoice_id = $1",
        id.get()
    )
    .fetch_optional(conn)
    .await
}
