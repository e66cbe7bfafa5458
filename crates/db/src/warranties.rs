//! Warranties (schema section 3.15).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{AssetId, CustomerId, InvoiceId, WarrantyId, WarrantyStatus, WarrantyTier};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// What is covered, and what is not: the schema's own words.
pub const COVERAGE: &str = "Hardware defects, excluding physical/water damage";
/// What is not covered.
pub const EXCLUSIONS: &str = "Physical damage, water damage, software issues, battery wear";

/// A warranty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Warranty {
    /// Number of the record.
    pub id: WarrantyId,
    /// `WAR-000001`.
    pub warranty_number: String,
    /// The invoice it came with.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub invoice_number: String,
    /// The device.
    pub asset_id: Option<AssetId>,
    /// Its tag.
    pub asset_tag: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// What the device was called when it was sold.
    pub item_description: Option<String>,
    /// Who holds it.
    pub customer_id: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Standard or Premium 1-Year.
    pub warranty_tier: WarrantyTier,
    /// First day.
    pub start_date: NaiveDate,
    /// Last day.
    pub end_date: NaiveDate,
    /// What is covered.
    pub coverage_details: Option<String>,
    /// What is not.
    pub exclusions: Option<String>,
    /// Premium: accessories come with it.
    pub includes_accessories: bool,
    /// Premium: the certificate comes printed.
    pub includes_certificate: bool,
    /// Premium: the device comes in a box.
    pub includes_premium_boxing: bool,
    /// Active, Claimed, Expired or Void.
    pub status: WarrantyStatus,
    /// Why it is Void.
    pub void_reason: Option<String>,
    /// The warranty whose rest it carries on, with its dates.
    pub replaces_warranty_id: Option<WarrantyId>,
    /// The code of its public check page.
    pub check_code: String,
    /// When made.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

impl Warranty {
    /// As it is on a day: an Active warranty whose last day is past has Expired, whether or not anybody wrote that down.
    pub fn on(mut self, today: NaiveDate) -> Self {
        self.status = self.status.effective(self.end_date, today);
        self
    }
}

macro_rules! warranty_select {
    () => {
        "SELECT w.id, w.warranty_number, w.invoice_id, i.invoice_number, w.asset_id, a.asset_tag, a.serial_number,
       (SELECT l.item_description FROM invoice_lines l WHERE l.invoice_id = w.invoice_id AND l.asset_id = w.asset_id
        ORDER BY l.id LIMIT 1) AS item_description,
       w.customer_id, c.full_name AS customer_name, w.warranty_tier, w.start_date, w.end_date, w.coverage_details, w.exclusions,
       w.includes_accessories, w.includes_certificate, w.includes_premium_boxing,
       w.status, w.void_reason, w.replaces_warranty_id, w.check_code, w.created_at, w.updated_at
FROM warranties w
JOIN invoices i ON i.id = w.invoice_id
JOIN customers c ON c.id = w.customer_id
LEFT JOIN assets a ON a.id = w.asset_id"
    };
}

/// The list of warranties, newest first.
pub const WARRANTIES: ListSpec = ListSpec {
    select: warranty_select!(),
    always: "true",
    id: "w.id",
    sorts: &[
        Column { name: "start_date", sql: "w.start_date", kind: Kind::Date },
        Column { name: "end_date", sql: "w.end_date", kind: Kind::Date },
        Column { name: "id", sql: "w.id", kind: Kind::Int },
    ],
    default_sort: "-start_date",
    filters: &[
        Filter {
            name: "status",
            sql: "(w.status = ? AND NOT (w.status = 'Active' AND w.end_date < shop_today()))
                  OR (? = 'Expired' AND w.status = 'Active' AND w.end_date < shop_today())",
            kind: Kind::Text,
        },
        Filter { name: "warranty_tier", sql: "w.warranty_tier = ?", kind: Kind::Text },
        Filter { name: "ends_from", sql: "w.end_date >= ?", kind: Kind::Date },
        Filter { name: "ends_to", sql: "w.end_date <= ?", kind: Kind::Date },
        Filter { name: "customer_id", sql: "w.customer_id = ?", kind: Kind::Int },
        Filter { name: "asset_id", sql: "w.asset_id = ?", kind: Kind::Int },
        Filter { name: "invoice_id", sql: "w.invoice_id = ?", kind: Kind::Int },
    ],
    search: Some(
        "w.warranty_number IN (upper(?), 'WAR-' || lpad(?, greatest(6, length(?)), '0'))
         OR w.asset_id = ANY (ARRAY(SELECT s.id FROM assets s WHERE serial_key(s.serial_number) = serial_key(?) OR upper(s.asset_tag) = upper(?) OR s.imei_1 = ? OR s.imei_2 = ?))
         OR w.invoice_id = ANY (ARRAY(SELECT s.id FROM invoices s WHERE s.invoice_number = upper(?)))
         OR w.customer_id = ANY (ARRAY(SELECT s.id FROM customers s WHERE s.full_name ILIKE '%' || ? || '%' LIMIT 500))
         OR w.customer_id = ANY (ARRAY(SELECT s.id FROM customers s WHERE ? ~ '^[+0-9][0-9 ()-]{7,19}$' AND s.phone = ANY (ARRAY[
              '+' || regexp_replace(?, '[^0-9]', '', 'g'), '+233' || ltrim(regexp_replace(?, '[^0-9]', '', 'g'), '0')])))",
    ),
};

/// Reads a warranty.
pub async fn warranty_find(conn: &mut PgConnection, id: WarrantyId) -> Result<Option<Warranty>, sqlx::Error> {
    sqlx::query_as(concat!(warranty_select!(), " WHERE w.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Reads a warranty and locks its row.
pub async fn warranty_lock(conn: &mut PgConnection, id: WarrantyId) -> Result<Option<Warranty>, sqlx::Error> {
    sqlx::query_as(concat!(
        warranty_select!(),
        " WHERE w.id = $1 FOR NO KEY UPDATE OF w"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The warranties that came with an invoice.
pub async fn invoice_warranties(
    conn: &mut PgConnection,
    id: InvoiceId,
) -> Result<Vec<Warranty>, sqlx::Error> {
    sqlx::query_as(concat!(
        warranty_select!(),
        " WHERE w.invoice_id = $1 ORDER BY w.id"
    ))
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Finds a warranty by the code of its public page.
pub async fn warranty_check(conn: &mut PgConnection, code: &str) -> Result<Option<Warranty>, sqlx::Error> {
    sqlx::query_as(concat!(warranty_select!(), " WHERE w.check_code = $1"))
        .bind(code)
        .fetch_optional(conn)
        .await
}

/// Voids a warranty.
pub async fn warranty_void(conn: &mut PgConnection, id: WarrantyId, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE warranties SET status = 'Void', void_reason = $2 WHERE id = $1")
        .bind(id)
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(())
}
