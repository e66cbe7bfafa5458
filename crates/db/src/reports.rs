//! Reports: the schema's four views (section 4) as lists, and what the first page shows.
//!
//! Ageing stock and preorders are written out over their tables, so that a page of them is read in the order of an index;
//! a test holds them against the views.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, AssetStatus, BulkStockId, Category, Decimal, Grade, InvoiceId, InvoiceStatus, Money, MoneySum,
    PaymentMethod, PreorderId, PreorderStatus, ProductModelId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A row of view_inventory_summary: a model and how many of it there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct InventorySummary {
    /// Laptop, Phone or Accessory.
    pub category: Category,
    /// Brand.
    pub brand: String,
    /// Model.
    pub model_name: String,
    /// All devices of this model there ever were.
    pub total_units: i64,
    /// Ready for Sale.
    pub available: i64,
    /// Reserved.
    pub reserved: i64,
    /// Sold.
    pub sold: i64,
    /// What those that are sold brought on average.
    pub avg_sale_price: Option<Money>,
    /// Days since those that can be sold were received, on average.
    #[schema(value_type = Option<String>, pattern = r"^-?[0-9]+(\.[0-9])?$")]
    pub avg_age_days: Option<Decimal>,
    /// The model.
    pub product_model_id: ProductModelId,
    /// CPU.
    pub cpu: Option<String>,
    /// Memory.
    pub ram: Option<String>,
    /// Storage.
    pub storage: Option<String>,
}

/// The list of [`InventorySummary`].
pub const INVENTORY_SUMMARY: ListSpec = ListSpec {
    select: "SELECT v.category, v.brand, v.model_name, v.total_units, v.available, v.reserved, v.sold, v.avg_sale_price,
       round(v.avg_age_days, 1) AS avg_age_days, v.product_model_id, v.cpu, v.ram, v.storage
FROM view_inventory_summary v",
    always: "true",
    id: "v.product_model_id",
    sorts: &[
        Column { name: "total_units", sql: "v.total_units::integer", kind: Kind::Int },
        Column { name: "available", sql: "v.available::integer", kind: Kind::Int },
        Column { name: "reserved", sql: "v.reserved::integer", kind: Kind::Int },
        Column { name: "sold", sql: "v.sold::integer", kind: Kind::Int },
        Column { name: "avg_sale_price", sql: "round(coalesce(v.avg_sale_price, 0), 2)", kind: Kind::Money },
        Column { name: "avg_age_days", sql: "round(coalesce(v.avg_age_days, -1), 1)", kind: Kind::Money },
        Column { name: "brand", sql: "v.brand", kind: Kind::Text },
        Column { name: "model_name", sql: "v.model_name", kind: Kind::Text },
    ],
    default_sort: "-total_units",
    filters: &[
        Filter { name: "category", sql: "v.category = ?", kind: Kind::Text },
        Filter { name: "brand", sql: "lower(v.brand) = lower(?)", kind: Kind::Text },
        Filter { name: "product_model_id", sql: "v.product_model_id = ?", kind: Kind::Int },
    ],
    search: Some("strpos(lower(v.brand || ' ' || v.model_name), lower(?)) > 0"),
};

/// The foot of [`INVENTORY_SUMMARY`].
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct InventoryTotals {
    /// Models.
    pub models: i64,
    /// Devices.
    pub total_units: i64,
    /// Ready for Sale.
    pub available: i64,
    /// Reserved.
    pub reserved: i64,
    /// Sold.
    pub sold: i64,
}

/// Columns of [`InventoryTotals`].
pub const INVENTORY_TOTALS: &str =
    "count(*) AS models, coalesce(sum(v.total_units), 0)::bigint AS total_units,
    coalesce(sum(v.available), 0)::bigint AS available, coalesce(sum(v.reserved), 0)::bigint AS reserved,
    coalesce(sum(v.sold), 0)::bigint AS sold";

/// A row of view_sales_daily: the paid invoices of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct SalesDay {
    /// The day.
    pub invoice_date: NaiveDate,
    /// Invoices.
    pub transaction_count: i64,
    /// Their totals.
    #[schema(value_type = MoneySum)]
    pub total_sales: Money,
    /// Of these, to retail customers.
    #[schema(value_type = MoneySum)]
    pub retail_sales: Money,
    /// To wholesale customers.
    #[schema(value_type = MoneySum)]
    pub wholesale_sales: Money,
    /// To walk-ins.
    #[schema(value_type = MoneySum)]
    pub walk_in_sales: Money,
    /// Returns of this day, of invoices of any day.
    pub return_count: i64,
    /// What they credited.
    #[schema(value_type = MoneySum)]
    pub returned_amount: Money,
    /// The sales less the returns.
    #[schema(value_type = MoneySum)]
    pub net_sales: Money,
}

/// The list of [`SalesDay`].
pub const SALES_DAILY: ListSpec = ListSpec {
    select: "SELECT v.invoice_date, v.transaction_count, v.total_sales, v.retail_sales, v.wholesale_sales, v.walk_in_sales,
       v.return_count, v.returned_amount, v.net_sales
FROM view_sales_daily v",
    always: "true",
    id: "(v.invoice_date - date '2000-01-01')",
    sorts: &[
        Column { name: "invoice_date", sql: "v.invoice_date", kind: Kind::Date },
        Column { name: "total_sales", sql: "v.total_sales", kind: Kind::Money },
        Column { name: "transaction_count", sql: "v.transaction_count::integer", kind: Kind::Int },
    ],
    default_sort: "-invoice_date",
    filters: SALES_DAILY_FILTERS,
    search: None,
};

const SALES_DAILY_FILTERS: &[Filter] = &[
    Filter {
        name: "invoice_date",
        sql: "v.invoice_date = ?",
        kind: Kind::Date,
    },
    Filter {
        name: "from",
        sql: "v.invoice_date >= ?",
        kind: Kind::Date,
    },
    Filter {
        name: "to",
        sql: "v.invoice_date <= ?",
        kind: Kind::Date,
    },
];

/// The same of one seller: to be used with the filter `sales_rep_id`, which makes a day one row.
pub const SALES_DAILY_OF_SELLER: ListSpec = ListSpec {
    select: "SELECT v.invoice_date, v.transaction_count, v.total_sales, v.retail_sales, v.wholesale_sales, v.walk_in_sales,
       v.return_count, v.returned_amount, v.net_sales
FROM (SELECT d.sales_rep_id, d.day AS invoice_date, sum(d.sales)::bigint AS transaction_count, sum(d.amount) AS total_sales,
             sum(CASE WHEN d.customer_type = 'Retail' THEN d.amount ELSE 0 END) AS retail_sales,
             sum(CASE WHEN d.customer_type = 'Wholesale' THEN d.amount ELSE 0 END) AS wholesale_sales,
             sum(CASE WHEN d.customer_type = 'Walk-in' THEN d.amount ELSE 0 END) AS walk_in_sales,
             sum(d.returns)::bigint AS return_count, sum(d.returned) AS returned_amount, sum(d.amount - d.returned) AS net_sales
      FROM (
        SELECT i.sales_rep_id, i.invoice_date AS day, i.customer_type, 1 AS sales, i.total_amount AS amount, 0 AS returns,
               0::numeric AS returned
        FROM invoices i WHERE i.status IN ('Paid', 'Refunded')
        UNION ALL
        SELECT i.sales_rep_id, r.return_date, i.customer_type, 0, 0, 1, r.total_amount
        FROM returns r JOIN invoices i ON i.id = r.invoice_id WHERE i.status IN ('Paid', 'Refunded')
      ) d GROUP BY d.sales_rep_id, d.day) v",
    filters: &[
        SALES_DAILY_FILTERS[0],
        SALES_DAILY_FILTERS[1],
        SALES_DAILY_FILTERS[2],
        Filter { name: "sales_rep_id", sql: "v.sales_rep_id = ?", kind: Kind::Int },
    ],
    ..SALES_DAILY
};

/// The foot of [`SALES_DAILY`].
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SalesTotals {
    /// Days with a sale.
    pub days: i64,
    /// Invoices.
    pub transaction_count: i64,
    /// Their totals.
    pub total_sales: Money,
    /// To retail customers.
    pub retail_sales: Money,
    /// To wholesale customers.
    pub wholesale_sales: Money,
    /// To walk-ins.
    pub walk_in_sales: Money,
    /// What returns credited.
    pub returned_amount: Money,
    /// The sales less the returns.
    pub net_sales: Money,
}

/// Columns of [`SalesTotals`].
pub const SALES_TOTALS: &str = "count(*) AS days, coalesce(sum(v.transaction_count), 0)::bigint AS transaction_count,
    coalesce(sum(v.total_sales), 0) AS total_sales, coalesce(sum(v.retail_sales), 0) AS retail_sales,
    coalesce(sum(v.wholesale_sales), 0) AS wholesale_sales, coalesce(sum(v.walk_in_sales), 0) AS walk_in_sales,
    coalesce(sum(v.returned_amount), 0) AS returned_amount, coalesce(sum(v.net_sales), 0) AS net_sales";

/// A row of view_aging_inventory: a device that could be sold, and how long it has been here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct AgingAsset {
    /// Our own number on it.
    pub asset_tag: String,
    /// Serial number.
    pub serial_number: String,
    /// Brand.
    pub brand: String,
    /// Model.
    pub model_name: String,
    /// Grade, once it has one.
    pub condition_grade: Option<Grade>,
    /// Where it is in its life.
    pub status: AssetStatus,
    /// When it was received.
    pub received_date: NaiveDate,
    /// Days since.
    pub days_in_inventory: i32,
    /// `Under 30 days`, `30-60 days`, `60-90 days` or `90+ days`.
    pub aging_bucket: String,
    /// The device.
    pub asset_id: AssetId,
}

/// The buckets of [`AgingAsset`], youngest first.
pub const AGING_BUCKETS: &[&str] = &["Under 30 days", "30-60 days", "60-90 days", "90+ days"];

macro_rules! aging_bucket {
    () => {
        "CASE WHEN shop_today() - a.received_date > 90 THEN '90+ days'
              WHEN shop_today() - a.received_date > 60 THEN '60-90 days'
              WHEN shop_today() - a.received_date > 30 THEN '30-60 days'
              ELSE 'Under 30 days' END"
    };
}

/// The list of [`AgingAsset`].
pub const AGING_INVENTORY: ListSpec = ListSpec {
    select: concat!(
        "SELECT a.asset_tag, a.serial_number, pm.brand, pm.model_name, a.condition_grade, a.status, a.received_date,
       shop_today() - a.received_date AS days_in_inventory, ",
        aging_bucket!(),
        " AS aging_bucket, a.id AS asset_id
FROM assets a JOIN product_models pm ON pm.id = a.product_model_id"
    ),
    // As idx_assets_ageing is written.
    always: "(a.status IN ('Received', 'Diagnostics Pending', 'Wipe Pending', 'QC Pending', 'Ready for Sale')) IS TRUE",
    id: "a.id",
    sorts: &[
        Column { name: "received_date", sql: "a.received_date", kind: Kind::Date },
        Column { name: "days_in_inventory", sql: "(shop_today() - a.received_date)", kind: Kind::Int },
        Column { name: "asset_tag", sql: "a.asset_tag", kind: Kind::Text },
    ],
    default_sort: "received_date",
    filters: &[
        Filter { name: "status", sql: "a.status = ?", kind: Kind::Text },
        Filter { name: "aging_bucket", sql: concat!(aging_bucket!(), " = ?"), kind: Kind::Text },
        Filter { name: "condition_grade", sql: "a.condition_grade = ?", kind: Kind::Text },
        Filter { name: "category", sql: "pm.category = ?", kind: Kind::Text },
        Filter { name: "brand", sql: "lower(pm.brand) = lower(?)", kind: Kind::Text },
        Filter { name: "product_model_id", sql: "a.product_model_id = ?", kind: Kind::Int },
    ],
    search: Some(
        "serial_key(a.serial_number) = serial_key(?) OR upper(a.asset_tag) = upper(?)
         OR strpos(lower(pm.brand || ' ' || pm.model_name), lower(?)) > 0",
    ),
};

/// The foot of [`AGING_INVENTORY`].
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct AgingTotals {
    /// Devices.
    pub units: i64,
    /// A count a bucket, in the order of [`AGING_BUCKETS`].
    pub buckets: Vec<i64>,
}

/// Columns of [`AgingTotals`].
pub const AGING_TOTALS: &str = "count(*) AS units, ARRAY[
    count(*) FILTER (WHERE shop_today() - a.received_date <= 30),
    count(*) FILTER (WHERE shop_today() - a.received_date BETWEEN 31 AND 60),
    count(*) FILTER (WHERE shop_today() - a.received_date BETWEEN 61 AND 90),
    count(*) FILTER (WHERE shop_today() - a.received_date > 90)] AS buckets";

/// A row of view_preorder_sla: a preorder that is not closed, and whether it is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct PreorderSla {
    /// Its number.
    pub preorder_number: String,
    /// Who waits.
    pub customer_name: String,
    /// What they asked for.
    pub requested_specs: String,
    /// Where it is.
    pub status: PreorderStatus,
    /// When it was ordered.
    pub order_date: Option<NaiveDate>,
    /// When it is due.
    pub sla_date: Option<NaiveDate>,
    /// Days past that date; negative while there is time; standing still on arrival.
    pub days_overdue: Option<i32>,
    /// Still on its way and past its date.
    pub is_overdue: bool,
    /// When it arrived.
    pub arrival_date: Option<NaiveDate>,
    /// Whether that was too late.
    pub arrived_late: Option<bool>,
    /// The preorder.
    pub preorder_id: PreorderId,
}

macro_rules! is_overdue {
    () => {
        "(p.status IN ('Ordered', 'In Transit') AND p.called_off_at IS NULL AND p.sla_date IS NOT NULL AND shop_today() > p.sla_date)"
    };
}

/// The list of [`PreorderSla`].
pub const PREORDER_SLA: ListSpec = ListSpec {
    select: concat!(
        "SELECT p.preorder_number, c.full_name AS customer_name, p.requested_specs, p.status, p.order_date, p.sla_date,
       coalesce(p.arrival_date, shop_today()) - p.sla_date AS days_overdue, ",
        is_overdue!(),
        " AS is_overdue, p.arrival_date, p.arrival_date > p.sla_date AS arrived_late, p.id AS preorder_id
FROM preorders p JOIN customers c ON c.id = p.customer_id"
    ),
    always: "p.status <> 'Closed' AND p.called_off_at IS NULL",
    id: "p.id",
    sorts: &[
        Column { name: "sla_date", sql: "coalesce(p.sla_date, date '9999-12-31')", kind: Kind::Date },
        Column {
            name: "days_overdue",
            sql: "coalesce(coalesce(p.arrival_date, shop_today()) - p.sla_date, -999999)",
            kind: Kind::Int,
        },
        Column { name: "preorder_number", sql: "p.preorder_number", kind: Kind::Text },
    ],
    default_sort: "sla_date",
    filters: &[
        Filter { name: "status", sql: "p.status = ?", kind: Kind::Text },
        Filter { name: "is_overdue", sql: concat!(is_overdue!(), " = ?"), kind: Kind::Bool },
        Filter { name: "customer_id", sql: "p.customer_id = ?", kind: Kind::Int },
    ],
    search: Some("p.preorder_number = upper(?) OR strpos(lower(c.full_name), lower(?)) > 0"),
};

/// The foot of [`PREORDER_SLA`].
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PreorderTotals {
    /// Preorders.
    pub preorders: i64,
    /// Late and still on their way.
    pub overdue: i64,
    /// Arrived too late.
    pub arrived_late: i64,
}

/// Columns of [`PreorderTotals`].
pub const PREORDER_TOTALS: &str =
    "count(*) AS preorders, count(*) FILTER (WHERE p.status IN ('Ordered', 'In Transit')
    AND p.called_off_at IS NULL AND p.sla_date IS NOT NULL AND shop_today() > p.sla_date) AS overdue,
    count(*) FILTER (WHERE p.arrival_date > p.sla_date) AS arrived_late";

/// A day's sales, and what its month brought until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct PaceDay {
    /// The day.
    pub invoice_date: NaiveDate,
    /// Invoices.
    pub transaction_count: i64,
    /// Their totals.
    #[schema(value_type = MoneySum)]
    pub total_sales: Money,
    /// What returns of this day credited.
    #[schema(value_type = MoneySum)]
    pub returned_amount: Money,
    /// The sales less the returns of its month up to this day.
    #[schema(value_type = MoneySum)]
    pub month_to_date: Money,
    /// How many rows it was added up from.
    #[serde(skip)]
    pub entries: i64,
}

/// The days with a sale, from one to another, as [`SALES_DAILY`] counts them.
pub async fn sales_pace(
    conn: &mut PgConnection,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<PaceDay>, sqlx::Error> {
    sqlx::query_as(
        "SELECT d.invoice_date, d.transaction_count, d.total_sales, d.returned_amount, d.entries,
                sum(d.total_sales - d.returned_amount) OVER (PARTITION BY date_trunc('month', d.invoice_date) ORDER BY d.invoice_date)
                  AS month_to_date
         FROM (
           SELECT coalesce(s.day, r.day) AS invoice_date, coalesce(s.sales, 0) AS transaction_count, coalesce(s.amount, 0) AS total_sales,
                  coalesce(r.amount, 0) AS returned_amount, coalesce(s.entries, 0) AS entries
           FROM (
             SELECT invoice_date AS day, sum(transaction_count) AS sales, sum(total_sales) AS amount, count(*) AS entries
             FROM paid_day_changes WHERE invoice_date BETWEEN $1 AND $2 GROUP BY invoice_date
           ) s FULL JOIN (
             SELECT b.return_date AS day, sum(b.total_amount) AS amount
             FROM returns b JOIN invoices i ON i.id = b.invoice_id
             WHERE b.return_date BETWEEN $1 AND $2 AND i.status IN ('Paid', 'Refunded') GROUP BY b.return_date
           ) r ON r.day = s.day
         ) d WHERE d.transaction_count <> 0 OR d.returned_amount <> 0 ORDER BY d.invoice_date",
    )
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await
}

/// Folds the rows that counts are added up from, at most so many, and says how many it folded. Nobody waits for it: what
/// others are folding is left to them.
pub async fn counts_fold(conn: &mut PgConnection, most: i64) -> Result<u64, sqlx::Error> {
    let mut folded = 0;
    for sql in [
        "WITH gone AS (
           DELETE FROM asset_status_changes WHERE id IN (
             SELECT id FROM asset_status_changes ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
           ) RETURNING status, units
         ), kept AS (
           INSERT INTO asset_status_changes (status, units) SELECT status, sum(units) FROM gone GROUP BY status HAVING sum(units) <> 0
         ) SELECT count(*) FROM gone",
        "WITH gone AS (
           DELETE FROM paid_day_changes WHERE id IN (
             SELECT id FROM paid_day_changes ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
           ) RETURNING invoice_date, transaction_count, total_sales
         ), kept AS (
           INSERT INTO paid_day_changes (invoice_date, transaction_count, total_sales)
           SELECT invoice_date, sum(transaction_count), sum(total_sales) FROM gone GROUP BY invoice_date
         ) SELECT count(*) FROM gone",
    ] {
        let count: i64 = sqlx::query_scalar(sql).bind(most).fetch_one(&mut *conn).await?;
        folded += count.unsigned_abs();
    }
    Ok(folded)
}

/// What was earned on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayProfit {
    /// What the goods cost.
    pub cost_total: Money,
    /// What the sales brought without tax, less that.
    pub profit: Money,
    /// Lines whose cost is not known and counts as nothing.
    pub lines_without_cost: i64,
}

/// The profit of the invoices that [`SALES_DAILY`] counts on a day, less that of what came back on it.
pub async fn sales_profit(conn: &mut PgConnection, day: NaiveDate) -> Result<DayProfit, sqlx::Error> {
    sqlx::query_as!(
        DayProfit,
        r#"SELECT coalesce(sum(d.cost), 0) AS "cost_total!", coalesce(sum(d.net - d.cost), 0) AS "profit!",
                  coalesce(sum(d.unknown), 0)::bigint AS "lines_without_cost!"
           FROM (
             SELECT i.subtotal AS net, c.cost, c.unknown
             FROM invoices i CROSS JOIN LATERAL (
               SELECT coalesce(sum(l.unit_cost * l.quantity), 0) AS cost, count(*) FILTER (WHERE l.unit_cost IS NULL) AS unknown
               FROM invoice_lines l WHERE l.invoice_id = i.id
             ) c
             WHERE i.invoice_date = $1 AND i.status IN ('Paid', 'Refunded')
             UNION ALL
             SELECT -r.subtotal, -c.cost, 0
             FROM returns r JOIN invoices i ON i.id = r.invoice_id CROSS JOIN LATERAL (
               SELECT coalesce(sum(l.unit_cost * n.quantity), 0) AS cost
               FROM return_lines n JOIN invoice_lines l ON l.id = n.invoice_line_id WHERE n.return_id = r.id
             ) c
             WHERE r.return_date = $1 AND i.status IN ('Paid', 'Refunded')
           ) d"#,
        day
    )
    .fetch_one(conn)
    .await
}

/// What came in and went out by one method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Tender {
    /// How.
    pub payment_method: PaymentMethod,
    /// Payments and deposits.
    pub payment_count: i64,
    /// What they brought.
    pub amount: Money,
    /// What was given back.
    pub refunded: Money,
}

/// The money of a day by method. A preorder's deposit counts on its own day, and not again when it pays an
/// invoice; the two halves of an exchange move no money and are left out.
pub async fn tender_by_method(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Tender>, sqlx::Error> {
    sqlx::query_as(
        "SELECT t.payment_method, count(*) FILTER (WHERE t.amount > 0) AS payment_count, sum(t.amount) AS amount,
                sum(t.refunded) AS refunded
         FROM (
           SELECT payment_method, amount, 0::numeric AS refunded FROM payments p
           WHERE payment_date = $1 AND preorder_id IS NULL
             AND NOT EXISTS (SELECT FROM payment_sources s WHERE s.payment_id = p.id AND s.return_id IS NOT NULL)
           UNION ALL
           SELECT payment_method, CASE kind WHEN 'Refund' THEN 0 ELSE amount END, CASE kind WHEN 'Refund' THEN amount ELSE 0 END
           FROM preorder_deposits WHERE entry_date = $1 AND kind <> 'Kept'
           UNION ALL
           SELECT payment_method, 0, amount FROM refunds WHERE refund_date = $1 AND exchange_invoice_id IS NULL
         ) t GROUP BY t.payment_method ORDER BY sum(t.amount) DESC, t.payment_method",
    )
    .bind(day)
    .fetch_all(conn)
    .await
}

/// How many devices are in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct StageCount {
    /// The state.
    pub status: AssetStatus,
    /// Devices in it.
    pub units: i64,
    /// Since when the one that waits longest is in it.
    pub oldest_status_since: DateTime<Utc>,
    /// How many rows it was added up from.
    #[serde(skip)]
    pub entries: i64,
}

/// What is in the house, by state: everything but what is Sold or Scrapped.
pub async fn stages_count(conn: &mut PgConnection) -> Result<Vec<StageCount>, sqlx::Error> {
    sqlx::query_as(
        "SELECT s.status, s.units, s.entries, o.status_since AS oldest_status_since
         FROM (
           SELECT status, sum(units) AS units, count(*) AS entries FROM asset_status_changes
           WHERE status NOT IN ('Sold', 'Scrapped') GROUP BY status
         ) s
         CROSS JOIN LATERAL (
           SELECT a.status_since FROM assets a WHERE a.status = s.status AND a.status NOT IN ('Sold', 'Scrapped')
           ORDER BY a.status_since LIMIT 1
         ) o WHERE s.units <> 0",
    )
    .fetch_all(conn)
    .await
}

/// A preorder that should have been here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct OverduePreorder {
    /// The preorder.
    pub preorder_id: PreorderId,
    /// Its number.
    pub preorder_number: String,
    /// Who waits.
    pub customer_name: String,
    /// When it was due.
    pub sla_date: NaiveDate,
    /// Days since.
    pub days_overdue: i32,
    /// How many there are in all.
    #[serde(skip)]
    pub total: i64,
}

/// The preorders that are late on this day, longest first: so many of them, each with the count of all.
pub async fn preorders_overdue(
    conn: &mut PgConnection,
    day: NaiveDate,
    limit: i64,
) -> Result<Vec<OverduePreorder>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.id AS preorder_id, p.preorder_number, c.full_name AS customer_name, p.sla_date, $1 - p.sla_date AS days_overdue, p.total
         FROM (SELECT o.*, count(*) OVER () AS total FROM preorders o
               WHERE o.status IN ('Ordered', 'In Transit') AND o.called_off_at IS NULL AND o.sla_date < $1 ORDER BY o.sla_date, o.id LIMIT $2) p
         JOIN customers c ON c.id = p.customer_id ORDER BY p.sla_date, p.id",
    )
    .bind(day)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// An item that has to be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LowItem {
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// SKU.
    pub sku: String,
    /// Name.
    pub item_name: String,
    /// On the shelf.
    pub quantity: i32,
    /// Below this it is low.
    pub reorder_threshold: i32,
    /// How many there are in all.
    #[serde(skip)]
    pub total: i64,
}

/// The items below their threshold, lowest first: so many of them, each with the count of all.
pub async fn items_low(conn: &mut PgConnection, limit: i64) -> Result<Vec<LowItem>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id AS bulk_stock_id, sku, item_name, quantity, reorder_threshold, count(*) OVER () AS total
         FROM bulk_stock WHERE is_stocked AND quantity < reorder_threshold
         ORDER BY quantity - reorder_threshold, id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What is not paid yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct OpenInvoices {
    /// Draft and Sent invoices that hold goods.
    pub held_count: i64,
    /// Their totals.
    #[schema(value_type = MoneySum)]
    pub held_amount: Money,
    /// When the next of them lets go.
    #[schema(required = true)]
    pub next_hold_expires_at: Option<DateTime<Utc>>,
    /// Sent invoices.
    pub receivable_count: i64,
    /// What is still to be paid of them.
    #[schema(value_type = MoneySum)]
    pub receivable_balance: Money,
    /// Of these, invoices past their due date.
    pub overdue_count: i64,
    /// What is still to be paid of those.
    #[schema(value_type = MoneySum)]
    pub overdue_balance: Money,
}

/// What is not paid yet, as of an instant and its day.
pub async fn invoices_open(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    day: NaiveDate,
) -> Result<OpenInvoices, sqlx::Error> {
    sqlx::query_as(
        "SELECT h.*, r.*
         FROM (
           SELECT count(*) AS held_count, coalesce(sum(total_amount), 0) AS held_amount, min(hold_expires_at) AS next_hold_expires_at
           FROM invoices WHERE status IN ('Draft', 'Sent') AND hold_expires_at > $1 AND goods_released_at IS NULL
         ) h CROSS JOIN (
           SELECT count(*) AS receivable_count, coalesce(sum(balance), 0) AS receivable_balance,
                  count(*) FILTER (WHERE due_date < $2) AS overdue_count,
                  coalesce(sum(balance) FILTER (WHERE due_date < $2), 0) AS overdue_balance
           FROM (SELECT due_date, invoice_balance(invoices) AS balance FROM invoices WHERE status = 'Sent') s
         ) r",
    )
    .bind(now)
    .bind(day)
    .fetch_one(conn)
    .await
}

/// A sale of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct RecentSale {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub invoice_number: String,
    /// Who bought, if they said so.
    pub customer_name: Option<String>,
    /// Where it is.
    pub status: InvoiceStatus,
    /// Its total.
    pub total_amount: Money,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// The latest invoices of a day, without drafts and what was cancelled.
pub async fn sales_recent(
    conn: &mut PgConnection,
    day: NaiveDate,
    limit: i64,
) -> Result<Vec<RecentSale>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.id AS invoice_id, i.invoice_number, c.full_name AS customer_name, i.status, i.total_amount, i.created_at
         FROM (SELECT * FROM invoices WHERE invoice_date = $1 AND status IN ('Sent', 'Paid', 'Refunded')
               ORDER BY id DESC LIMIT $2) i
         LEFT JOIN customers c ON c.id = i.customer_id ORDER BY i.id DESC",
    )
    .bind(day)
    .bind(limit)
    .fetch_all(conn)
    .await
}
