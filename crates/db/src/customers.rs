//! Customers (schema section 3.2), without the ones that were deleted.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::CustomerId;
use domain::customer::CustomerType;
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

/// Reads a customer.
pub async fn customer_find(conn: &mut PgConnection, id: CustomerId) -> Result<Option<Customer>, sqlx::Error> {
    sqlx::query_as!(
        Customer,
        "SELECT id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region, notes,
                created_at, updated_at
         FROM customers WHERE id = $1 AND deleted_at IS NULL",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Reads a customer and locks the row until the transaction ends.
pub async fn customer_lock(conn: &mut PgConnection, id: CustomerId) -> Result<Option<Customer>, sqlx::Error> {
    sqlx::query_as!(
        Customer,
        "SELECT id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region, notes,
                created_at, updated_at
         FROM customers WHERE id = $1 AND deleted_at IS NULL FOR UPDATE",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// The customers with this phone, in international form: likely duplicates.
pub async fn customers_by_phone(conn: &mut PgConnection, phone: &str) -> Result<Vec<Customer>, sqlx::Error> {
    sqlx::query_as!(
        Customer,
        "SELECT id, customer_type, full_name, business_name, email, phone, alternate_phone, address, city, region, notes,
                created_at, updated_at
         FROM customers WHERE phone = $1 AND deleted_at IS NULL ORDER BY id LIMIT 20",
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
    sqlx::query!("UPDATE customers SET deleted_at = shop_now() WHERE id = $1", id.get()).execute(conn).await?;
    Ok(())
}
