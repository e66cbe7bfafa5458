//! Stocktakes (PRODUCT.md section 5). What came of each thing stands in the views `view_stocktake_devices` and
//! `view_stocktake_items` alone.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{
    AssetId, AssetStatus, BulkStockId, LocationId, StocktakeCountId, StocktakeId, StocktakeOutcome,
    StocktakeStatus, UserId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A stocktake, as stored and as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Stocktake {
    /// Number of the record.
    pub id: StocktakeId,
    /// `CNT-000001`
    pub stocktake_number: String,
    /// The place that is counted.
    pub location_id: LocationId,
    /// Its name.
    pub location_name: String,
    /// Whether whoever counts is not told what is expected.
    pub is_blind: bool,
    /// Counting, Submitted, Approved or Cancelled.
    pub status: StocktakeStatus,
    /// What it is for.
    pub notes: Option<String>,
    /// Who began it.
    pub started_by: Option<UserId>,
    /// Their name.
    pub started_by_name: Option<String>,
    /// When.
    pub started_at: DateTime<Utc>,
    /// Who submitted it.
    pub submitted_by: Option<UserId>,
    /// Their name.
    pub submitted_by_name: Option<String>,
    /// When.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who approved or cancelled it.
    pub decided_by: Option<UserId>,
    /// Their name.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub cancellation_reason: Option<String>,
    /// When its head was last changed.
    pub updated_at: DateTime<Utc>,
}

macro_rules! stocktake_select {
    () => {
        "SELECT s.id, s.stocktake_number, s.location_id, o.location_name, s.is_blind, s.status, s.notes, s.started_by,
       b.full_name AS started_by_name, s.started_at, s.submitted_by, m.full_name AS submitted_by_name, s.submitted_at,
       s.decided_by, d.full_name AS decided_by_name, s.decided_at, s.cancellation_reason, s.updated_at
FROM stocktakes s JOIN locations o ON o.id = s.location_id LEFT JOIN users b ON b.id = s.started_by
LEFT JOIN users m ON m.id = s.submitted_by LEFT JOIN users d ON d.id = s.decided_by"
    };
}

/// The list of stocktakes, newest first.
pub const STOCKTAKES: ListSpec = ListSpec {
    select: stocktake_select!(),
    always: "true",
    id: "s.id",
    sorts: &[Column {
        name: "started_at",
        sql: "s.started_at",
        kind: Kind::Instant,
    }],
    default_sort: "-started_at",
    filters: &[
        Filter {
            name: "status",
            sql: "s.status = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "location_id",
            sql: "s.location_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "started_by",
            sql: "s.started_by = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "from",
            sql: "s.started_at >= ?::timestamp AT TIME ZONE current_setting('TimeZone')",
            kind: Kind::Date,
        },
        Filter {
            name: "to",
            sql: "s.started_at < (? + 1)::timestamp AT TIME ZONE current_setting('TimeZone')",
            kind: Kind::Date,
        },
    ],
    search: Some("s.stocktake_number IN (upper(?), 'CNT-' || lpad(?, greatest(6, length(?)), '0'))"),
};

/// A device of a stocktake and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct StocktakeDevice {
    /// The device.
    pub asset_id: AssetId,
    /// Our own number on it.
    pub asset_tag: String,
    /// Serial number.
    pub serial_number: String,
    /// Brand of its model.
    pub brand: String,
    /// Name of its model.
    pub model_name: String,
    /// Where it is in its life now.
    pub status: AssetStatus,
    /// Whether it lay there by the books when the count began.
    pub expected: bool,
    /// What came of it: as it looks now, and for good once it is approved.
    pub outcome: StocktakeOutcome,
    /// Who counted it; null where nobody did.
    pub counted_by: Option<UserId>,
    /// Their name.
    pub counted_by_name: Option<String>,
    /// When.
    pub counted_at: Option<DateTime<Utc>>,
    /// By which phone or scanner.
    pub counter: Option<String>,
    /// Where the books have it, or had it before the approval.
    pub from_location: Option<String>,
    /// Where the approval put it.
    pub to_location: Option<String>,
}

const OUTCOME: Filter = Filter {
    name: "outcome",
    sql: "v.outcome = ?",
    kind: Kind::Text,
};
const OF_STOCKTAKE: Filter = Filter {
    name: "stocktake_id",
    sql: "v.stocktake_id = ?",
    kind: Kind::Int,
};

/// The devices of a stocktake.
pub const DEVICES: ListSpec = ListSpec {
    select:
        "SELECT v.asset_id, a.asset_tag, a.serial_number, p.brand, p.model_name, a.status, v.expected, v.outcome, v.counted_by,
       u.full_name AS counted_by_name, v.counted_at, v.counter, f.location_name AS from_location, t.location_name AS to_location
FROM view_stocktake_devices v JOIN assets a ON a.id = v.asset_id JOIN product_models p ON p.id = a.product_model_id
LEFT JOIN users u ON u.id = v.counted_by LEFT JOIN locations f ON f.id = v.from_location_id LEFT JOIN locations t ON t.id = v.to_location_id",
    always: "true",
    id: "v.asset_id",
    sorts: &[Column {
        name: "asset_tag",
        sql: "a.asset_tag",
        kind: Kind::Text,
    }],
    default_sort: "asset_tag",
    filters: &[OUTCOME],
    search: None,
};

/// The same with the filter that the address of the stocktake stands for.
pub const DEVICES_OF: ListSpec = ListSpec {
    filters: &[OUTCOME, OF_STOCKTAKE],
    ..DEVICES
};

/// An item of bulk stock in a stocktake and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct StocktakeItem {
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub item_name: String,
    /// What there was by the books when the count began; null of what was not kept there.
    pub expected_quantity: Option<i32>,
    /// What was counted; null where nobody counted.
    pub counted_quantity: Option<i32>,
    /// What there was by the books when it was last counted.
    pub book_quantity: Option<i32>,
    /// Counted less that: what the approval does to the quantity.
    pub quantity_change: i32,
    /// What came of it.
    pub outcome: StocktakeOutcome,
}

/// The items of a stocktake.
pub const ITEMS: ListSpec = ListSpec {
    select:
        "SELECT v.bulk_stock_id, b.sku, b.item_name, v.expected_quantity, v.counted_quantity, v.book_quantity,
       v.quantity_change, v.outcome
FROM view_stocktake_items v JOIN bulk_stock b ON b.id = v.bulk_stock_id",
    always: "true",
    id: "v.bulk_stock_id",
    sorts: &[Column {
        name: "sku",
        sql: "b.sku",
        kind: Kind::Text,
    }],
    default_sort: "sku",
    filters: &[OUTCOME],
    search: None,
};

/// The same with the filter that the address of the stocktake stands for.
pub const ITEMS_OF: ListSpec = ListSpec {
    filters: &[OUTCOME, OF_STOCKTAKE],
    ..ITEMS
};

/// One thing that was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct StocktakeCount {
    /// Number.
    pub id: StocktakeCountId,
    /// What was scanned.
    pub code: String,
    /// The device that it is.
    pub asset_id: Option<AssetId>,
    /// Its tag.
    pub asset_tag: Option<String>,
    /// The item that it is.
    pub bulk_stock_id: Option<BulkStockId>,
    /// How many; 1 of a device.
    pub quantity: i32,
    /// What it is, in words; null of a code that nobody knows.
    pub title: Option<String>,
    /// By which phone or scanner.
    pub counter: Option<String>,
    /// Who.
    pub counted_by: UserId,
    /// Their name.
    pub counted_by_name: String,
    /// When.
    pub counted_at: DateTime<Utc>,
}

macro_rules! count_select {
    () => {
        "SELECT v.id, v.code, v.asset_id, a.asset_tag, v.bulk_stock_id, v.quantity,
       coalesce(CASE WHEN p.model_name ILIKE p.brand || '%' THEN p.model_name ELSE p.brand || ' ' || p.model_name END, b.item_name) AS title,
       v.counter, v.counted_by, u.full_name AS counted_by_name, v.counted_at
FROM stocktake_counts v JOIN users u ON u.id = v.counted_by LEFT JOIN assets a ON a.id = v.asset_id
LEFT JOIN product_models p ON p.id = a.product_model_id LEFT JOIN bulk_stock b ON b.id = v.bulk_stock_id"
    };
}

const COUNT_FILTERS: [Filter; 3] = [
    Filter {
        name: "counted_by",
        sql: "v.counted_by = ?",
        kind: Kind::Int,
    },
    Filter {
        name: "is_unknown",
        sql: "(v.asset_id IS NULL AND v.bulk_stock_id IS NULL) = ?",
        kind: Kind::Bool,
    },
    OF_STOCKTAKE,
];

/// What was counted in a stocktake and not taken back, latest first.
pub const COUNTS: ListSpec = ListSpec {
    select: count_select!(),
    always: "v.removed_at IS NULL",
    id: "v.id",
    sorts: &[Column {
        name: "id",
        sql: "v.id",
        kind: Kind::Int,
    }],
    default_sort: "-id",
    filters: COUNT_FILTERS.split_at(2).0,
    search: None,
};

/// The same with the filter that the address of the stocktake stands for.
pub const COUNTS_OF: ListSpec = ListSpec {
    filters: &COUNT_FILTERS,
    ..COUNTS
};

/// How many things had which outcome.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct OutcomeCount {
    /// The outcome.
    pub outcome: StocktakeOutcome,
    /// How many.
    pub count: i64,
}

/// Begins a stocktake, and writes down what lies there by the books.
pub async fn stocktake_insert(
    conn: &mut PgConnection,
    location_id: LocationId,
    is_blind: bool,
    notes: Option<&str>,
) -> Result<StocktakeId, sqlx::Error> {
    let id: StocktakeId = sqlx::query_scalar(
        "INSERT INTO stocktakes (location_id, is_blind, notes) VALUES ($1, $2, $3) RETURNING id",
    )
    .bind(location_id)
    .bind(is_blind)
    .bind(notes)
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO stocktake_expected (stocktake_id, asset_id, status)
         SELECT $1, a.id, a.status FROM assets a WHERE a.location_id = $2 AND a.status NOT IN ('Sold', 'Scrapped')",
    )
    .bind(id)
    .bind(location_id)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO stocktake_expected_items (stocktake_id, bulk_stock_id, quantity)
         SELECT $1, v.bulk_stock_id, v.quantity FROM view_bulk_stock_places v WHERE v.location_id = $2",
    )
    .bind(id)
    .bind(location_id)
    .execute(conn)
    .await?;
    Ok(id)
}

/// Reads a stocktake.
pub async fn stocktake_find(
    conn: &mut PgConnection,
    id: StocktakeId,
) -> Result<Option<Stocktake>, sqlx::Error> {
    sqlx::query_as(concat!(stocktake_select!(), " WHERE s.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// The stocktake of a place that is not decided yet.
pub async fn stocktake_open_at(
    conn: &mut PgConnection,
    location_id: LocationId,
) -> Result<Option<Stocktake>, sqlx::Error> {
    sqlx::query_as(concat!(
        stocktake_select!(),
        " WHERE s.location_id = $1 AND s.status IN ('Counting', 'Submitted')"
    ))
    .bind(location_id)
    .fetch_optional(conn)
    .await
}

/// The stocktakes that are not decided yet: one of a place at most.
pub async fn stocktakes_open(conn: &mut PgConnection) -> Result<Vec<Stocktake>, sqlx::Error> {
    sqlx::query_as(concat!(
        stocktake_select!(),
        " WHERE s.status IN ('Counting', 'Submitted') ORDER BY s.location_id"
    ))
    .fetch_all(conn)
    .await
}

/// Locks a stocktake until the transaction ends, and reads it as whoever had the lock before has left it.
pub async fn stocktake_lock(
    conn: &mut PgConnection,
    id: StocktakeId,
) -> Result<Option<Stocktake>, sqlx::Error> {
    sqlx::query("SELECT id FROM stocktakes WHERE id = $1 FOR NO KEY UPDATE")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    stocktake_find(conn, id).await
}

/// Moves a stocktake on; who and when is written by the database.
pub async fn stocktake_status_set(
    conn: &mut PgConnection,
    id: StocktakeId,
    status: StocktakeStatus,
    cancellation_reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE stocktakes SET status = $2, cancellation_reason = $3 WHERE id = $1")
        .bind(id)
        .bind(status)
        .bind(cancellation_reason)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a code is that was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// A device.
    Device(AssetId),
    /// An item of bulk stock.
    Item(BulkStockId),
    /// Nobody knows.
    Unknown,
}

/// The item of bulk stock that has this code, with its place and whether it is counted at all.
pub async fn item_by_code(
    conn: &mut PgConnection,
    code: &str,
) -> Result<Option<(BulkStockId, String, Option<LocationId>, bool)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, sku, location_id, is_stocked FROM bulk_stock WHERE upper(sku) = upper(btrim($1))",
    )
    .bind(code)
    .fetch_optional(conn)
    .await
}

/// Whether an item is kept at a place: it is at home there, or some of it was brought there. What has no home is kept anywhere.
pub async fn item_is_kept_at(
    conn: &mut PgConnection,
    item: BulkStockId,
    place: LocationId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM view_bulk_stock_places v WHERE v.bulk_stock_id = $1
           AND (v.location_id = $2 OR (v.is_home AND v.location_id IS NULL)))",
    )
    .bind(item)
    .bind(place)
    .fetch_one(conn)
    .await
}

/// Writes down what was scanned; `None` when it was counted already.
pub async fn count_insert(
    conn: &mut PgConnection,
    id: StocktakeId,
    code: &str,
    what: Counted,
    quantity: i32,
    counter: Option<&str>,
) -> Result<Option<StocktakeCountId>, sqlx::Error> {
    let (asset_id, item_id) = match what {
        Counted::Device(id) => (Some(id), None),
        Counted::Item(id) => (None, Some(id)),
        Counted::Unknown => (None, None),
    };
    sqlx::query_scalar(
        "INSERT INTO stocktake_counts (stocktake_id, code, asset_id, bulk_stock_id, quantity, counter)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(id)
    .bind(code)
    .bind(asset_id)
    .bind(item_id)
    .bind(quantity)
    .bind(counter)
    .fetch_optional(conn)
    .await
}

/// What was counted, by its number.
pub async fn count_find(
    conn: &mut PgConnection,
    stocktake_id: StocktakeId,
    id: StocktakeCountId,
) -> Result<Option<StocktakeCount>, sqlx::Error> {
    sqlx::query_as(concat!(
        count_select!(),
        " WHERE v.stocktake_id = $1 AND v.id = $2 AND v.removed_at IS NULL"
    ))
    .bind(stocktake_id)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The count that this scan would repeat.
pub async fn count_of(
    conn: &mut PgConnection,
    stocktake_id: StocktakeId,
    code: &str,
    what: Counted,
) -> Result<Option<StocktakeCount>, sqlx::Error> {
    let asset_id = match what {
        Counted::Device(id) => Some(id),
        _ => None,
    };
    sqlx::query_as(concat!(
        count_select!(),
        " WHERE v.stocktake_id = $1 AND v.removed_at IS NULL AND v.bulk_stock_id IS NULL
            AND CASE WHEN $2::integer IS NULL THEN v.asset_id IS NULL AND serial_key(v.code) = serial_key($3) ELSE v.asset_id = $2 END"
    ))
    .bind(stocktake_id)
    .bind(asset_id)
    .bind(code)
    .fetch_optional(conn)
    .await
}

/// Counts many devices at once, each under its tag, in the order of their numbers; answers those that were not counted before.
pub async fn devices_count(
    conn: &mut PgConnection,
    id: StocktakeId,
    devices: &[AssetId],
    counter: Option<&str>,
) -> Result<Vec<AssetId>, sqlx::Error> {
    let devices: Vec<i32> = devices.iter().map(|id| id.get()).collect();
    sqlx::query_scalar(
        "INSERT INTO stocktake_counts (stocktake_id, code, asset_id, counter)
         SELECT $1, a.asset_tag, a.id, $3 FROM assets a WHERE a.id = ANY ($2) ORDER BY a.id
         ON CONFLICT DO NOTHING RETURNING asset_id",
    )
    .bind(id)
    .bind(devices)
    .bind(counter)
    .fetch_all(conn)
    .await
}

/// The counts of these devices that were not taken back.
pub async fn counts_of(
    conn: &mut PgConnection,
    id: StocktakeId,
    devices: &[AssetId],
) -> Result<Vec<StocktakeCount>, sqlx::Error> {
    let devices: Vec<i32> = devices.iter().map(|id| id.get()).collect();
    sqlx::query_as(concat!(
        count_select!(),
        " WHERE v.stocktake_id = $1 AND v.asset_id = ANY ($2) AND v.removed_at IS NULL ORDER BY v.asset_id"
    ))
    .bind(id)
    .bind(devices)
    .fetch_all(conn)
    .await
}

/// Takes back what was counted.
pub async fn count_remove(conn: &mut PgConnection, id: StocktakeCountId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE stocktake_counts SET removed_at = shop_now(), removed_by = shop_actor() WHERE id = $1",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many of the devices, items and codes had which outcome.
pub async fn outcomes(conn: &mut PgConnection, id: StocktakeId) -> Result<Vec<OutcomeCount>, sqlx::Error> {
    sqlx::query_as(
        "SELECT outcome, count(*) AS count FROM (
           SELECT outcome FROM view_stocktake_devices WHERE stocktake_id = $1
           UNION ALL SELECT outcome FROM view_stocktake_items WHERE stocktake_id = $1 AND outcome <> 'Found'
           UNION ALL SELECT 'Unknown' FROM stocktake_counts
             WHERE stocktake_id = $1 AND asset_id IS NULL AND bulk_stock_id IS NULL AND removed_at IS NULL
         ) things GROUP BY outcome",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// How much there is to count and was counted: devices expected, devices counted, items kept there, items counted.
pub async fn totals(conn: &mut PgConnection, id: StocktakeId) -> Result<(i64, i64, i64, i64), sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM stocktake_expected WHERE stocktake_id = $1),
                (SELECT count(*) FROM stocktake_counts WHERE stocktake_id = $1 AND removed_at IS NULL AND asset_id IS NOT NULL),
                (SELECT count(*) FROM stocktake_expected_items WHERE stocktake_id = $1),
                (SELECT count(DISTINCT bulk_stock_id) FROM stocktake_counts WHERE stocktake_id = $1 AND removed_at IS NULL)",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

/// Somebody who counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Counter {
    /// Their name.
    pub full_name: String,
    /// What they counted, each scan once.
    pub counts: i64,
}

/// Who counted how much: name, and how many scans.
pub async fn counters(conn: &mut PgConnection, id: StocktakeId) -> Result<Vec<Counter>, sqlx::Error> {
    sqlx::query_as(
        "SELECT u.full_name, count(*) AS counts FROM stocktake_counts c JOIN users u ON u.id = c.counted_by
         WHERE c.stocktake_id = $1 AND c.removed_at IS NULL GROUP BY u.full_name ORDER BY 2 DESC, 1",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Locks every device and every item of a stocktake, so that what is judged next stays so until it is carried out.
pub async fn things_lock(conn: &mut PgConnection, id: StocktakeId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "SELECT a.id FROM assets a WHERE a.id IN (
           SELECT asset_id FROM stocktake_expected WHERE stocktake_id = $1
           UNION SELECT asset_id FROM stocktake_counts WHERE stocktake_id = $1 AND removed_at IS NULL
         ) ORDER BY a.id FOR NO KEY UPDATE",
    )
    .bind(id)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "SELECT b.id FROM bulk_stock b WHERE b.id IN (
           SELECT bulk_stock_id FROM stocktake_counts WHERE stocktake_id = $1 AND removed_at IS NULL
         ) ORDER BY b.id FOR UPDATE",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// The first item that open invoices hold more of than would be left.
pub async fn item_held(
    conn: &mut PgConnection,
    id: StocktakeId,
) -> Result<Option<(String, i32, i32)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT b.sku, b.quantity + v.quantity_change, b.reserved_quantity
         FROM view_stocktake_items v JOIN bulk_stock b ON b.id = v.bulk_stock_id
         WHERE v.stocktake_id = $1 AND v.quantity_change <> 0 AND b.quantity + v.quantity_change < b.reserved_quantity
         ORDER BY b.sku LIMIT 1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Whether anything is missing.
pub async fn any_missing(conn: &mut PgConnection, id: StocktakeId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM view_stocktake_devices WHERE stocktake_id = $1 AND outcome = 'Missing')",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

/// The place for what a count did not find; made when it is needed first.
pub async fn missing_location(conn: &mut PgConnection) -> Result<LocationId, sqlx::Error> {
    sqlx::query_scalar(
        "WITH made AS (
           INSERT INTO locations (location_name, description) VALUES ('Missing', 'Not found by a stocktake, until somebody finds it')
           ON CONFLICT (location_name) DO NOTHING RETURNING id
         ) SELECT id FROM made UNION ALL SELECT id FROM locations WHERE location_name = 'Missing' LIMIT 1",
    )
    .fetch_one(conn)
    .await
}

/// Keeps what came of each thing, with where it goes. Call it with all things locked.
pub async fn results_insert(
    conn: &mut PgConnection,
    id: StocktakeId,
    missing: Option<LocationId>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO stocktake_results (stocktake_id, asset_id, count_id, outcome, expected, from_location_id, to_location_id)
         SELECT v.stocktake_id, v.asset_id, v.count_id, v.outcome, v.expected, v.from_location_id,
                CASE WHEN v.outcome = 'Missing' THEN nullif($2, s.location_id)
                  WHEN v.outcome = 'Wrong Place' OR (v.outcome = 'Unexpected' AND a.status <> 'Sold')
                  THEN nullif(s.location_id, a.location_id) END
         FROM view_stocktake_devices v JOIN stocktakes s ON s.id = v.stocktake_id JOIN assets a ON a.id = v.asset_id
         WHERE v.stocktake_id = $1 ORDER BY v.asset_id",
    )
    .bind(id)
    .bind(missing)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO stocktake_results (stocktake_id, bulk_stock_id, outcome, expected, expected_quantity, counted_quantity, quantity_change)
         SELECT v.stocktake_id, v.bulk_stock_id, v.outcome, v.expected_quantity IS NOT NULL, v.book_quantity, v.counted_quantity, v.quantity_change
         FROM view_stocktake_items v WHERE v.stocktake_id = $1 ORDER BY v.bulk_stock_id",
    )
    .bind(id)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO stocktake_results (stocktake_id, count_id, outcome)
         SELECT c.stocktake_id, c.id, 'Unknown' FROM stocktake_counts c
         WHERE c.stocktake_id = $1 AND c.asset_id IS NULL AND c.bulk_stock_id IS NULL AND c.removed_at IS NULL ORDER BY c.id",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves the devices of one outcome to where their results say; answers how many.
pub async fn results_move(
    conn: &mut PgConnection,
    id: StocktakeId,
    missing: bool,
    reason: &str,
) -> Result<u64, sqlx::Error> {
    sqlx::query("SELECT set_config('bizhub.reason', $1, true)")
        .bind(reason)
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query(
        "UPDATE assets a SET location_id = r.to_location_id FROM stocktake_results r
         WHERE r.stocktake_id = $1 AND r.asset_id = a.id AND r.to_location_id IS NOT NULL AND (r.outcome = 'Missing') = $2",
    )
    .bind(id)
    .bind(missing)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The items whose quantity an approval changes, and by how much.
pub async fn results_adjustments(
    conn: &mut PgConnection,
    id: StocktakeId,
) -> Result<Vec<(BulkStockId, i32)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT bulk_stock_id, quantity_change FROM stocktake_results
         WHERE stocktake_id = $1 AND bulk_stock_id IS NOT NULL AND quantity_change <> 0 ORDER BY bulk_stock_id",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// A row of the file of a stocktake.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct StocktakeLine {
    /// Tag, SKU, or the code that nobody knows.
    pub code: String,
    /// Serial number of a device.
    pub serial_number: Option<String>,
    /// What it is.
    pub title: Option<String>,
    /// What came of it.
    pub outcome: StocktakeOutcome,
    /// What the books said.
    pub expected_quantity: Option<i32>,
    /// What was counted.
    pub counted_quantity: Option<i32>,
    /// Who counted it.
    pub counted_by: Option<String>,
    /// When.
    pub counted_at: Option<DateTime<Utc>>,
    /// Where the books have it, or had it.
    pub from_location: Option<String>,
    /// Where the approval put it.
    pub to_location: Option<String>,
}

/// Everything of a stocktake: devices, items, codes that nobody knows.
pub async fn lines(conn: &mut PgConnection, id: StocktakeId) -> Result<Vec<StocktakeLine>, sqlx::Error> {
    sqlx::query_as(
        "SELECT a.asset_tag AS code, a.serial_number, p.brand || ' ' || p.model_name AS title, v.outcome,
                CASE WHEN v.expected THEN 1 ELSE 0 END AS expected_quantity, CASE WHEN v.counted_at IS NULL THEN 0 ELSE 1 END AS counted_quantity,
                u.full_name AS counted_by, v.counted_at, f.location_name AS from_location, t.location_name AS to_location
         FROM view_stocktake_devices v JOIN assets a ON a.id = v.asset_id JOIN product_models p ON p.id = a.product_model_id
         LEFT JOIN users u ON u.id = v.counted_by LEFT JOIN locations f ON f.id = v.from_location_id
         LEFT JOIN locations t ON t.id = v.to_location_id WHERE v.stocktake_id = $1
         UNION ALL
         SELECT b.sku, NULL, b.item_name, v.outcome, coalesce(v.book_quantity, v.expected_quantity), v.counted_quantity, NULL, NULL, NULL, NULL
         FROM view_stocktake_items v JOIN bulk_stock b ON b.id = v.bulk_stock_id WHERE v.stocktake_id = $1
         UNION ALL
         SELECT c.code, NULL, NULL, 'Unknown', NULL, 1, u.full_name, c.counted_at, NULL, NULL
         FROM stocktake_counts c JOIN users u ON u.id = c.counted_by
         WHERE c.stocktake_id = $1 AND c.asset_id IS NULL AND c.bulk_stock_id IS NULL AND c.removed_at IS NULL
         ORDER BY 4, 1",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}
