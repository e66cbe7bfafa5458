//! Bulk stock and its ledger (schema section 3.5).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{BulkStockId, InvoiceId, LedgerKind, LocationId, Money, RepairTicketId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// An item of bulk stock, as stored and as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct BulkStock {
    /// Number.
    pub id: BulkStockId,
    /// Code.
    pub sku: String,
    /// Name.
    pub item_name: String,
    /// Charger, Mouse, RAM …
    pub category: String,
    /// Description.
    pub description: Option<String>,
    /// What one costs the shop; absent for roles that may not see costs.
    #[schema(required = false)]
    pub unit_cost: Option<Money>,
    /// What one is sold for.
    pub unit_price: Option<Money>,
    /// How many there are, reserved ones included. Always 0 for a service.
    pub quantity: i32,
    /// How many of them open invoices hold.
    pub reserved_quantity: i32,
    /// How many can be sold; null for a service, which does not run out.
    pub available: Option<i32>,
    /// Below this it is low.
    pub reorder_threshold: i32,
    /// Who it is bought from.
    pub supplier: Option<String>,
    /// Where it is.
    pub location_id: Option<LocationId>,
    /// False for services: labour, delivery, a longer warranty.
    pub is_stocked: bool,
    /// When recorded.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

impl BulkStock {
    /// Whether it is time to order it again.
    pub fn is_low(&self) -> bool {
        self.is_stocked && self.quantity < self.reorder_threshold
    }
}

/// The list of bulk stock.
pub const BULK_STOCK: ListSpec = ListSpec {
    select:
        "SELECT s.id, s.sku, s.item_name, s.category, s.description, s.unit_cost, s.unit_price, s.quantity,
       s.reserved_quantity, CASE WHEN s.is_stocked THEN s.quantity - s.reserved_quantity END AS available,
       s.reorder_threshold, s.supplier, s.location_id, s.is_stocked, s.created_at, s.updated_at
FROM bulk_stock s",
    always: "true",
    id: "s.id",
    sorts: &[
        Column {
            name: "item_name",
            sql: "s.item_name",
            kind: Kind::Text,
        },
        Column {
            name: "sku",
            sql: "s.sku",
            kind: Kind::Text,
        },
        Column {
            name: "category",
            sql: "s.category",
            kind: Kind::Text,
        },
        Column {
            name: "quantity",
            sql: "s.quantity",
            kind: Kind::Int,
        },
        Column {
            name: "unit_price",
            sql: "coalesce(s.unit_price, 0)",
            kind: Kind::Money,
        },
        Column {
            name: "created_at",
            sql: "s.created_at",
            kind: Kind::Instant,
        },
    ],
    default_sort: "item_name",
    filters: &[
        Filter {
            name: "category",
            sql: "lower(s.category) = lower(?)",
            kind: Kind::Text,
        },
        Filter {
            name: "sku",
            sql: "upper(s.sku) = upper(?)",
            kind: Kind::Text,
        },
        Filter {
            name: "supplier",
            sql: "lower(s.supplier) = lower(?)",
            kind: Kind::Text,
        },
        Filter {
            name: "location_id",
            sql: "s.location_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "is_stocked",
            sql: "s.is_stocked = ?",
            kind: Kind::Bool,
        },
        Filter {
            name: "low_stock",
            sql: "(s.is_stocked AND s.quantity < s.reorder_threshold) = ?",
            kind: Kind::Bool,
        },
    ],
    search: Some("s.item_name ILIKE '%' || ? || '%' OR upper(s.sku) LIKE upper(?) || '%'"),
};

/// What is written of an item. Its quantity has its own way: [`stock_quantity_add`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkStockValues {
    /// Code.
    pub sku: String,
    /// Name.
    pub item_name: String,
    /// Charger, Mouse, RAM …
    pub category: String,
    /// Description.
    pub description: Option<String>,
    /// Cost of one.
    pub unit_cost: Option<Money>,
    /// Price of one.
    pub unit_price: Option<Money>,
    /// Below this it is low.
    pub reorder_threshold: i32,
    /// Who it is bought from.
    pub supplier: Option<String>,
    /// Where it is.
    pub location_id: Option<LocationId>,
    /// Whether it is counted.
    pub is_stocked: bool,
}

/// Records an item with the quantity it begins with. The ledger writes itself, with the reason of
/// [`stock_reason_set`].
pub async fn stock_insert(
    conn: &mut PgConnection,
    v: &BulkStockValues,
    quantity: i32,
) -> Result<BulkStock, sqlx::Error> {
    sqlx::query_as!(
        BulkStock,
        "INSERT INTO bulk_stock (sku, item_name, category, description, unit_cost, unit_price, quantity,
                reorder_threshold, supplier, location_id, is_stocked)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         RETURNING id, sku, item_name, category, description, unit_cost, unit_price, quantity, reserved_quantity,
                   CASE WHEN is_stocked THEN quantity - reserved_quantity END AS available, reorder_threshold, supplier,
                   location_id, is_stocked, created_at, updated_at",
        v.sku,
        v.item_name,
        v.category,
        v.description,
        v.unit_cost as _,
        v.unit_price as _,
        quantity,
        v.reorder_threshold,
        v.supplier,
        v.location_id.map(LocationId::get),
        v.is_stocked
    )
    .fetch_one(conn)
    .await
}

/// Reads an item.
pub async fn stock_find(conn: &mut PgConnection, id: BulkStockId) -> Result<Option<BulkStock>, sqlx::Error> {
    sqlx::query_as!(
        BulkStock,
        "SELECT id, sku, item_name, category, description, unit_cost, unit_price, quantity, reserved_quantity,
                CASE WHEN is_stocked THEN quantity - reserved_quantity END AS available, reorder_threshold, supplier,
                location_id, is_stocked, created_at, updated_at
         FROM bulk_stock WHERE id = $1",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Reads an item and locks the row until the transaction ends.
pub async fn stock_lock(conn: &mut PgConnection, id: BulkStockId) -> Result<Option<BulkStock>, sqlx::Error> {
    sqlx::query_as!(
        BulkStock,
        "SELECT id, sku, item_name, category, description, unit_cost, unit_price, quantity, reserved_quantity,
                CASE WHEN is_stocked THEN quantity - reserved_quantity END AS available, reorder_threshold, supplier,
                location_id, is_stocked, created_at, updated_at
         FROM bulk_stock WHERE id = $1 FOR UPDATE",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Writes all values of an item but its quantity.
pub async fn stock_update(
    conn: &mut PgConnection,
    id: BulkStockId,
    v: &BulkStockValues,
) -> Result<BulkStock, sqlx::Error> {
    sqlx::query_as!(
        BulkStock,
        "UPDATE bulk_stock SET sku = $2, item_name = $3, category = $4, description = $5, unit_cost = $6, unit_price = $7,
                reorder_threshold = $8, supplier = $9, location_id = $10, is_stocked = $11
         WHERE id = $1
         RETURNING id, sku, item_name, category, description, unit_cost, unit_price, quantity, reserved_quantity,
                   CASE WHEN is_stocked THEN quantity - reserved_quantity END AS available, reorder_threshold, supplier,
                   location_id, is_stocked, created_at, updated_at",
        id.get(),
        v.sku,
        v.item_name,
        v.category,
        v.description,
        v.unit_cost as _,
        v.unit_price as _,
        v.reorder_threshold,
        v.supplier,
        v.location_id.map(LocationId::get),
        v.is_stocked
    )
    .fetch_one(conn)
    .await
}

/// Adds to the quantity of an item, or takes away. The ledger writes itself, with what [`stock_reason_set`] said.
pub async fn stock_quantity_add(
    conn: &mut PgConnection,
    id: BulkStockId,
    change: i32,
) -> Result<BulkStock, sqlx::Error> {
    sqlx::query_as!(
        BulkStock,
        "UPDATE bulk_stock SET quantity = quantity + $2 WHERE id = $1
         RETURNING id, sku, item_name, category, description, unit_cost, unit_price, quantity, reserved_quantity,
                   CASE WHEN is_stocked THEN quantity - reserved_quantity END AS available, reorder_threshold, supplier,
                   location_id, is_stocked, created_at, updated_at",
        id.get(),
        change
    )
    .fetch_one(conn)
    .await
}

/// Says for the rest of the transaction what changes of quantity are for.
pub async fn stock_reason_set(
    conn: &mut PgConnection,
    kind: LedgerKind,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "SELECT set_config('bizhub.stock_kind', $1, true) AS kind, set_config('bizhub.reason', $2, true) AS reason",
        kind.as_str(),
        reason
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The categories in use, for choosing one.
pub async fn stock_categories(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT DISTINCT category FROM bulk_stock ORDER BY category")
        .fetch_all(conn)
        .await
}

/// A change of an item's quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LedgerEntry {
    /// Number.
    pub id: i64,
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub item_name: String,
    /// How many more, or fewer.
    pub quantity_change: i32,
    /// How many there were then.
    pub quantity_after: i32,
    /// What for.
    pub kind: LedgerKind,
    /// Why.
    pub reason: Option<String>,
    /// The invoice behind it.
    pub invoice_id: Option<InvoiceId>,
    /// Its number.
    pub invoice_number: Option<String>,
    /// The repair behind it.
    pub repair_ticket_id: Option<RepairTicketId>,
    /// Who.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// The ledger of one item, newest first.
pub const LEDGER: ListSpec = ListSpec {
    select:
        "SELECT l.id, l.bulk_stock_id, s.sku, s.item_name, l.quantity_change, l.quantity_after, l.kind, l.reason, l.invoice_id,
       i.invoice_number, l.repair_ticket_id, l.created_by, u.full_name AS created_by_name, l.created_at
FROM stock_ledger l JOIN bulk_stock s ON s.id = l.bulk_stock_id LEFT JOIN invoices i ON i.id = l.invoice_id LEFT JOIN users u ON u.id = l.created_by",
    always: "true",
    id: "l.id",
    // Rows are written in the order of their ids, and the index of an item's ledger has these.
    sorts: &[Column {
        name: "created_at",
        sql: "l.id",
        kind: Kind::Int,
    }],
    default_sort: "-created_at",
    filters: &[Filter {
        name: "kind",
        sql: "l.kind = ?",
        kind: Kind::Text,
    }],
    search: None,
};

/// The same with the filter that the address of the item stands for.
pub const LEDGER_OF_ITEM: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "kind",
            sql: "l.kind = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "bulk_stock_id",
            sql: "l.bulk_stock_id = ?",
            kind: Kind::Int,
        },
    ],
    ..LEDGER
};

/// The ledger of all items together, newest first.
pub const LEDGER_OF_ALL: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "kind",
            sql: "l.kind = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "bulk_stock_id",
            sql: "l.bulk_stock_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "category",
            sql: "lower(s.category) = lower(?)",
            kind: Kind::Text,
        },
        Filter {
            name: "created_by",
            sql: "l.created_by = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "from",
            sql: "l.created_at >= (?::date)::timestamptz",
            kind: Kind::Date,
        },
        Filter {
            name: "to",
            sql: "l.created_at < (?::date + 1)::timestamptz",
            kind: Kind::Date,
        },
    ],
    search: Some("s.item_name ILIKE '%' || ? || '%' OR upper(s.sku) LIKE upper(?) || '%'"),
    ..LEDGER
};
