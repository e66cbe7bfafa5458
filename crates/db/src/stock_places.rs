//! Where bulk stock lies, what moves between its places, deliveries with their cost, and what is to be ordered again.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{BulkStockId, LocationId, Money, UserId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// How many of an item are at a place. All places of an item together are its quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct StockPlace {
    /// The place; null for the home of an item that has none.
    pub location_id: Option<LocationId>,
    /// Its name.
    pub location_name: Option<String>,
    /// How many are there, reserved ones included.
    pub quantity: i32,
    /// Whether it is the item's home, from which sales and repairs take first.
    pub is_home: bool,
}

/// The places of an item, its home first.
pub async fn stock_places(conn: &mut PgConnection, id: BulkStockId) -> Result<Vec<StockPlace>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.location_id, l.location_name, v.quantity, v.is_home
         FROM view_bulk_stock_places v LEFT JOIN locations l ON l.id = v.location_id
         WHERE v.bulk_stock_id = $1 ORDER BY v.is_home DESC, v.quantity DESC, v.location_id",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Moves some of an item from one place to another; the database refuses more than is there.
pub async fn move_insert(
    conn: &mut PgConnection,
    id: BulkStockId,
    from: Option<LocationId>,
    to: Option<LocationId>,
    quantity: i32,
    reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO stock_moves (bulk_stock_id, from_location_id, to_location_id, quantity, reason) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id)
    .bind(from)
    .bind(to)
    .bind(quantity)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// Some of an item that went from one place to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct StockMoveRecord {
    /// Number.
    pub id: i64,
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub item_name: String,
    /// How many.
    pub quantity: i32,
    /// From where; null for the home of an item that has none.
    pub from_location_id: Option<LocationId>,
    /// Its name.
    pub from_location_name: Option<String>,
    /// To where; null likewise.
    pub to_location_id: Option<LocationId>,
    /// Its name.
    pub to_location_name: Option<String>,
    /// What for.
    pub reason: Option<String>,
    /// Who moved them.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// The moves of one item between places, newest first.
pub const MOVES: ListSpec = ListSpec {
    select: "SELECT m.id, m.bulk_stock_id, s.sku, s.item_name, m.quantity, m.from_location_id, f.location_name AS from_location_name,
       m.to_location_id, t.location_name AS to_location_name, m.reason, m.created_by, u.full_name AS created_by_name, m.created_at
FROM stock_moves m JOIN bulk_stock s ON s.id = m.bulk_stock_id LEFT JOIN locations f ON f.id = m.from_location_id
LEFT JOIN locations t ON t.id = m.to_location_id LEFT JOIN users u ON u.id = m.created_by",
    always: "true",
    id: "m.id",
    // Rows are written in the order of their ids, and the index of an item's moves has these.
    sorts: &[Column { name: "created_at", sql: "m.id", kind: Kind::Int }],
    default_sort: "-created_at",
    filters: &[],
    search: None,
};

/// The same with the filter that the address of the item stands for.
pub const MOVES_OF_ITEM: ListSpec = ListSpec {
    filters: &[Filter {
        name: "bulk_stock_id",
        sql: "m.bulk_stock_id = ?",
        kind: Kind::Int,
    }],
    ..MOVES
};

/// The moves of all items between places, newest first.
pub const MOVES_OF_ALL: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "bulk_stock_id",
            sql: "m.bulk_stock_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "from_location_id",
            sql: "m.from_location_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "to_location_id",
            sql: "m.to_location_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "created_by",
            sql: "m.created_by = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "from",
            sql: "m.created_at >= (?::date)::timestamptz",
            kind: Kind::Date,
        },
        Filter {
            name: "to",
            sql: "m.created_at < (?::date + 1)::timestamptz",
            kind: Kind::Date,
        },
    ],
    search: Some(
        r"s.item_name ILIKE '%' || replace(?, '\', '\\') || '%' OR upper(s.sku) LIKE replace(upper(?), '\', '\\') || '%'",
    ),
    ..MOVES
};

/// Whether there is such a place.
pub async fn location_exists(conn: &mut PgConnection, id: LocationId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM locations WHERE id = $1)")
        .bind(id)
        .fetch_one(conn)
        .await
}

/// A delivery to be written.
#[derive(Debug)]
pub struct ReceiptValues<'a> {
    /// How many came.
    pub quantity: i32,
    /// What one of them cost.
    pub unit_cost: Money,
    /// How many there were.
    pub quantity_before: i32,
    /// What one of those cost.
    pub cost_before: Option<Money>,
    /// What one costs on average from now on.
    pub cost_after: Money,
    /// Who delivered.
    pub supplier: Option<&'a str>,
    /// Their number for it.
    pub reference: Option<&'a str>,
}

/// Writes a delivery, and what it makes of the item's cost. Its quantity changes by [`crate::stock::stock_quantity_add`].
pub async fn receipt_insert(
    conn: &mut PgConnection,
    id: BulkStockId,
    v: &ReceiptValues<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO stock_receipts (bulk_stock_id, quantity, unit_cost, quantity_before, cost_before, cost_after, supplier, reference)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(v.quantity)
    .bind(v.unit_cost)
    .bind(v.quantity_before)
    .bind(v.cost_before)
    .bind(v.cost_after)
    .bind(v.supplier)
    .bind(v.reference)
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE bulk_stock SET unit_cost = $2 WHERE id = $1")
        .bind(id)
        .bind(v.cost_after)
        .execute(conn)
        .await?;
    Ok(())
}

/// A delivery of bulk stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct StockReceipt {
    /// Number.
    pub id: i64,
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub item_name: String,
    /// Its category.
    pub category: String,
    /// How many came.
    pub quantity: i32,
    /// What one of them cost; absent for roles that may not see costs.
    #[schema(required = false)]
    pub unit_cost: Option<Money>,
    /// How many there were.
    pub quantity_before: i32,
    /// What one of those cost on average; absent for roles that may not see costs.
    #[schema(required = false)]
    pub cost_before: Option<Money>,
    /// What one costs on average since; absent for roles that may not see costs.
    #[schema(required = false)]
    pub cost_after: Option<Money>,
    /// Who delivered.
    pub supplier: Option<String>,
    /// Their number for it.
    pub reference: Option<String>,
    /// Who received it.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// The deliveries of all items, newest first.
pub const RECEIPTS: ListSpec = ListSpec {
    select: "SELECT r.id, r.bulk_stock_id, s.sku, s.item_name, s.category, r.quantity, r.unit_cost, r.quantity_before, r.cost_before,
       r.cost_after, r.supplier, r.reference, r.created_by, u.full_name AS created_by_name, r.created_at
FROM stock_receipts r JOIN bulk_stock s ON s.id = r.bulk_stock_id LEFT JOIN users u ON u.id = r.created_by",
    always: "true",
    id: "r.id",
    sorts: &[
        // Rows are written in the order of their ids, which have an index.
        Column { name: "created_at", sql: "r.id", kind: Kind::Int },
        Column { name: "item_name", sql: "s.item_name", kind: Kind::Text },
        Column { name: "supplier", sql: "lower(coalesce(r.supplier, ''))", kind: Kind::Text },
        Column { name: "quantity", sql: "r.quantity", kind: Kind::Int },
    ],
    default_sort: "-created_at",
    filters: &[
        Filter { name: "bulk_stock_id", sql: "r.bulk_stock_id = ?", kind: Kind::Int },
        Filter { name: "category", sql: "lower(s.category) = lower(?)", kind: Kind::Text },
        Filter { name: "supplier", sql: "lower(r.supplier) = lower(?)", kind: Kind::Text },
        Filter { name: "created_by", sql: "r.created_by = ?", kind: Kind::Int },
        Filter { name: "from", sql: "r.created_at >= (?::date)::timestamptz", kind: Kind::Date },
        Filter { name: "to", sql: "r.created_at < (?::date + 1)::timestamptz", kind: Kind::Date },
    ],
    search: Some(
        r"s.item_name ILIKE '%' || replace(?, '\', '\\') || '%' OR upper(s.sku) LIKE replace(upper(?), '\', '\\') || '%'
         OR r.reference ILIKE '%' || replace(?, '\', '\\') || '%'",
    ),
};

/// The suppliers of deliveries, for choosing one.
pub async fn receipt_suppliers(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT DISTINCT supplier FROM (SELECT supplier FROM stock_receipts ORDER BY id DESC LIMIT 1000) r WHERE supplier IS NOT NULL ORDER BY 1",
    )
    .fetch_all(conn)
    .await
}

/// An item that is to be ordered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ReorderItem {
    /// The item.
    pub id: BulkStockId,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub item_name: String,
    /// Its category.
    pub category: String,
    /// Who it is bought from.
    pub supplier: Option<String>,
    /// How many there are.
    pub quantity: i32,
    /// How many of them can be sold.
    pub available: i32,
    /// Below this it is low.
    pub reorder_threshold: i32,
    /// How many bring what can be sold to twice the threshold.
    pub to_order: i32,
    /// What one cost on average; absent for roles that may not see costs.
    #[schema(required = false)]
    pub unit_cost: Option<Money>,
}

macro_rules! to_order {
    () => {
        "(2 * s.reorder_threshold - (s.quantity - s.reserved_quantity))"
    };
}

/// What is low, by supplier: an item is on it while fewer can be sold than its threshold.
pub const REORDER: ListSpec = ListSpec {
    select: concat!(
        "SELECT s.id, s.sku, s.item_name, s.category, s.supplier, s.quantity, s.quantity - s.reserved_quantity AS available,
       s.reorder_threshold, ",
        to_order!(),
        " AS to_order, s.unit_cost
FROM bulk_stock s"
    ),
    always: "s.is_stocked AND s.quantity - s.reserved_quantity < s.reorder_threshold",
    id: "s.id",
    sorts: &[
        Column { name: "supplier", sql: "lower(coalesce(s.supplier, ''))", kind: Kind::Text },
        Column { name: "item_name", sql: "s.item_name", kind: Kind::Text },
        Column { name: "to_order", sql: to_order!(), kind: Kind::Int },
    ],
    default_sort: "supplier",
    filters: &[
        Filter { name: "supplier", sql: "lower(coalesce(s.supplier, '')) = lower(?)", kind: Kind::Text },
        Filter { name: "category", sql: "lower(s.category) = lower(?)", kind: Kind::Text },
    ],
    search: Some("s.item_name ILIKE '%' || ? || '%' OR upper(s.sku) LIKE upper(?) || '%'"),
};

/// The suppliers of what is low, for choosing one.
pub async fn reorder_suppliers(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT DISTINCT s.supplier FROM bulk_stock s
         WHERE s.is_stocked AND s.quantity - s.reserved_quantity < s.reorder_threshold AND s.supplier IS NOT NULL ORDER BY 1",
    )
    .fetch_all(conn)
    .await
}
