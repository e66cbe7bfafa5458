//! Lots (PRODUCT.md section 2): what came together, what was expected, its charges and their shares.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, AssetStatus, ChargeKind, ChargeMethod, Currency, ExchangeRate, InvoiceId, LotChargeId, LotId,
    Money, MoneySum, ProductModelId, UserId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A lot, as stored and as the API answers it, with what its devices come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Lot {
    /// Number of the record.
    pub id: LotId,
    /// `LOT-000001`.
    pub lot_number: String,
    /// Who sold it to us.
    pub supplier: Option<String>,
    /// Their number for it: an invoice, a container.
    pub supplier_reference: Option<String>,
    /// The day it came in.
    pub received_date: NaiveDate,
    /// What the supplier's invoice is in.
    pub currency: Currency,
    /// Cedis for one of it.
    pub exchange_rate: ExchangeRate,
    /// How its charges are spread unless one says otherwise.
    pub charge_method: ChargeMethod,
    /// How many devices should come, where that is known without a list of them.
    pub expected_count: Option<i32>,
    /// Notes.
    pub notes: Option<String>,
    /// Who closed it: nothing is received into it and no charge posted any more.
    pub closed_by: Option<UserId>,
    /// When.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When made.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
    /// Devices on the supplier's list.
    pub line_count: i64,
    /// Devices that came with it.
    pub device_count: i64,
    /// Those sold.
    pub sold_count: i64,
    /// Those whose cost nobody wrote down: they count as nothing.
    pub without_cost: i64,
    /// What its devices cost to buy.
    #[sqlx(rename = "bought")]
    #[schema(value_type = MoneySum)]
    pub purchase_cost: Money,
    /// Its charges, as far as its devices carry them.
    #[schema(value_type = MoneySum)]
    pub charge_cost: Money,
    /// What its devices cost by now, with charges and repairs.
    #[sqlx(rename = "landed")]
    #[schema(value_type = MoneySum)]
    pub landed_cost: Money,
    /// What became of it, for those who see profit.
    #[sqlx(flatten)]
    pub profit: LotProfit,
}

/// What the sold devices of a lot brought. Amounts are without tax; what came back from a customer is not sold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LotProfit {
    /// What they were sold for.
    #[schema(value_type = MoneySum)]
    pub sales_amount: Money,
    /// What they cost as known when they were sold.
    #[schema(value_type = MoneySum)]
    pub cost_at_sale: Money,
    /// What they cost by now.
    #[schema(value_type = MoneySum)]
    pub cost_now: Money,
    /// The sales less the cost as known at the sale: what the reports of those days say.
    #[schema(value_type = MoneySum)]
    pub margin_at_sale: Money,
    /// The sales less what they cost by now.
    #[schema(value_type = MoneySum)]
    pub margin_now: Money,
    /// `margin_now` in percent of `cost_now`, one decimal; null where nothing was sold or it cost nothing.
    pub return_percent: Option<String>,
    /// The sales in percent of what the whole lot cost, one decimal.
    pub recovered_percent: Option<String>,
}

macro_rules! lot_select {
    () => {
        "SELECT x.id, x.lot_number, x.supplier, x.supplier_reference, x.received_date, x.currency, x.exchange_rate, x.charge_method,
       x.expected_count, x.notes, x.closed_by, x.closed_at, x.created_by, x.created_at, x.updated_at,
       f.line_count, f.device_count, f.sold_count, f.without_cost,
       f.bought, f.charge_cost, f.landed, f.sales_amount, f.cost_at_sale, f.cost_now,
       f.sales_amount - f.cost_at_sale AS margin_at_sale, f.sales_amount - f.cost_now AS margin_now,
       round((f.sales_amount - f.cost_now) * 100 / nullif(f.cost_now, 0), 1)::text AS return_percent,
       round(f.sales_amount * 100 / nullif(f.landed, 0), 1)::text AS recovered_percent
FROM lots x LEFT JOIN lot_figures g ON g.lot_id = x.id AND NOT EXISTS (SELECT FROM lot_changes c WHERE c.lot_id = x.id)
       CROSS JOIN LATERAL (
         SELECT g.line_count, g.device_count, g.sold_count, g.without_cost, g.bought, g.charge_cost, g.landed, g.sales_amount,
           g.cost_at_sale, g.cost_now WHERE g.lot_id IS NOT NULL
         UNION ALL
         SELECT n.line_count, n.device_count, n.sold_count, n.without_cost, n.bought, n.charge_cost, n.landed, n.sales_amount,
           n.cost_at_sale, n.cost_now FROM add_up_lot(x.id) n WHERE g.lot_id IS NULL
       ) f"
    };
}

/// Writes the sums of lots anew whose devices have changed since, at most so many, and says of how many. Nobody else does it
/// until the transaction ends; who is at it already is left to it.
pub async fn figures_fold(conn: &mut PgConnection, most: i64) -> Result<u64, sqlx::Error> {
    // Held before the statement looks at anything: sums of an earlier look must not overwrite those of a later one.
    let mine: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(7470)")
        .fetch_one(&mut *conn)
        .await?;
    if !mine {
        return Ok(0);
    }
    let written = sqlx::query(
        "WITH due AS (
           SELECT x.id FROM lots x WHERE EXISTS (SELECT FROM lot_changes c WHERE c.lot_id = x.id)
             OR NOT EXISTS (SELECT FROM lot_figures g WHERE g.lot_id = x.id) ORDER BY x.id LIMIT $1
         ), noted AS (
           DELETE FROM lot_changes WHERE lot_id IN (SELECT id FROM due)
         )
         INSERT INTO lot_figures (lot_id, line_count, device_count, sold_count, without_cost, bought, charge_cost, landed, sales_amount,
           cost_at_sale, cost_now)
         SELECT d.id, f.line_count, f.device_count, f.sold_count, f.without_cost, f.bought, f.charge_cost, f.landed, f.sales_amount,
           f.cost_at_sale, f.cost_now FROM due d CROSS JOIN LATERAL add_up_lot(d.id) f
         ON CONFLICT (lot_id) DO UPDATE SET line_count = excluded.line_count, device_count = excluded.device_count,
           sold_count = excluded.sold_count, without_cost = excluded.without_cost, bought = excluded.bought,
           charge_cost = excluded.charge_cost, landed = excluded.landed, sales_amount = excluded.sales_amount,
           cost_at_sale = excluded.cost_at_sale, cost_now = excluded.cost_now",
    )
    .bind(most)
    .execute(conn)
    .await?;
    Ok(written.rows_affected())
}

/// The list of lots.
pub const LOTS: ListSpec = ListSpec {
    select: lot_select!(),
    always: "true",
    id: "x.id",
    sorts: &[
        Column {
            name: "received_date",
            sql: "x.received_date",
            kind: Kind::Date,
        },
        Column {
            name: "lot_number",
            sql: "x.lot_number",
            kind: Kind::Text,
        },
        Column {
            name: "supplier",
            sql: "lower(coalesce(x.supplier, ''))",
            kind: Kind::Text,
        },
    ],
    default_sort: "-received_date",
    filters: &[
        Filter {
            name: "supplier",
            sql: "x.supplier = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "supplier_reference",
            sql: "lower(x.supplier_reference) = lower(?)",
            kind: Kind::Text,
        },
        Filter {
            name: "currency",
            sql: "x.currency = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "received_date",
            sql: "x.received_date = ?",
            kind: Kind::Date,
        },
        Filter {
            name: "from",
            sql: "x.received_date >= ?",
            kind: Kind::Date,
        },
        Filter {
            name: "to",
            sql: "x.received_date <= ?",
            kind: Kind::Date,
        },
        Filter {
            name: "closed",
            sql: "(x.closed_at IS NOT NULL) = ?",
            kind: Kind::Bool,
        },
    ],
    search: Some(
        r"x.lot_number ILIKE '%' || replace(?, '\', '\\') || '%' OR x.supplier ILIKE '%' || replace(?, '\', '\\') || '%'
         OR x.supplier_reference ILIKE '%' || replace(?, '\', '\\') || '%'
         OR x.id IN (SELECT s.lot_id FROM assets s WHERE serial_key(s.serial_number) = serial_key(?))",
    ),
};

/// The sums over lots, as [`LOTS`] filters them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LotTotals {
    /// Devices.
    pub device_count: i64,
    /// Those sold.
    pub sold_count: i64,
    /// What all cost by now.
    #[serde(rename = "landed_cost")]
    #[schema(value_type = MoneySum)]
    pub landed: Money,
    /// What the sold ones brought without tax.
    #[schema(value_type = MoneySum)]
    pub sales_amount: Money,
    /// What these cost as known when they were sold.
    #[schema(value_type = MoneySum)]
    pub cost_at_sale: Money,
    /// What these cost by now.
    #[schema(value_type = MoneySum)]
    pub cost_now: Money,
}

/// The columns of [`LotTotals`].
pub const TOTALS: &str = "coalesce(sum(f.device_count), 0)::bigint AS device_count, coalesce(sum(f.sold_count), 0)::bigint AS sold_count,
  coalesce(sum(f.landed), 0) AS landed, coalesce(sum(f.sales_amount), 0) AS sales_amount,
  coalesce(sum(f.cost_at_sale), 0) AS cost_at_sale, coalesce(sum(f.cost_now), 0) AS cost_now";

/// What the supplier's list says of a device, beside what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LotLine {
    /// Number.
    pub id: i32,
    /// The lot.
    pub lot_id: LotId,
    /// Serial number on the list.
    pub serial_number: String,
    /// What the list calls it.
    pub model: String,
    /// The model of the catalogue that this is.
    pub product_model_id: Option<ProductModelId>,
    /// What the supplier asks for it, in the lot's currency.
    pub invoiced_cost: Option<Money>,
    /// The same in cedis.
    pub purchase_cost: Option<Money>,
    /// `received`, `missing`, or `differs` where it came and its model or cost is another.
    pub outcome: String,
    /// The device that came.
    pub asset_id: Option<AssetId>,
    /// Its tag.
    pub asset_tag: Option<String>,
    /// Where it is in its life.
    pub status: Option<AssetStatus>,
    /// What it is.
    pub received_model: Option<String>,
    /// What was written down as its cost.
    #[sqlx(rename = "received_cost")]
    pub unit_cost: Option<Money>,
    /// Where it is missing here, the device with this serial number that stands in the stock otherwise.
    pub elsewhere_asset_id: Option<AssetId>,
}

/// What the list of an open lot says of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ListedDevice {
    /// The lot.
    pub lot_id: LotId,
    /// `LOT-000001`.
    pub lot_number: String,
    /// What the list calls it.
    pub model: String,
    /// The model of the catalogue that this is.
    pub product_model_id: Option<ProductModelId>,
    /// What it costs by the list, in cedis at the lot's rate. Never part of an answer: not everybody sees costs.
    #[serde(skip)]
    pub purchase_cost: Option<Money>,
}

/// Where open lots expect this serial number, in whatever case and with whatever blanks, the oldest first: of this lot, or of
/// all (two at most: whoever asks wants to know whether it is one).
pub async fn listed_devices(
    conn: &mut PgConnection,
    serial: &str,
    lot: Option<LotId>,
) -> Result<Vec<ListedDevice>, sqlx::Error> {
    sqlx::query_as(
        "SELECT n.lot_id, x.lot_number, n.model, n.product_model_id, n.purchase_cost
         FROM lot_lines n JOIN lots x ON x.id = n.lot_id
         WHERE serial_key(n.serial_number) = serial_key($1) AND x.closed_at IS NULL AND ($2::integer IS NULL OR n.lot_id = $2)
         ORDER BY n.lot_id LIMIT 2",
    )
    .bind(serial)
    .bind(lot)
    .fetch_all(conn)
    .await
}

/// The number of this lot, where there is a list of what it should bring.
pub async fn lot_with_list(conn: &mut PgConnection, id: LotId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT lot_number FROM lots x WHERE id = $1 AND EXISTS (SELECT FROM lot_lines n WHERE n.lot_id = x.id)",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

macro_rules! line_from {
    () => {
        "
FROM lot_lines n
       LEFT JOIN assets e ON serial_key(e.serial_number) = serial_key(n.serial_number)
       LEFT JOIN assets a ON a.id = e.id AND a.lot_id = n.lot_id
       LEFT JOIN product_models p ON p.id = a.product_model_id"
    };
}

macro_rules! line_outcome {
    () => {
        "CASE WHEN a.id IS NULL THEN 'missing'
         WHEN a.product_model_id <> n.product_model_id OR a.purchase_cost <> n.purchase_cost THEN 'differs' ELSE 'received' END"
    };
}

/// The supplier's list of a lot, beside what came.
pub const LINES: ListSpec = ListSpec {
    select: concat!(
        "SELECT n.id, n.lot_id, n.serial_number, n.model, n.product_model_id, n.invoiced_cost, n.purchase_cost, ",
        line_outcome!(),
        " AS outcome, a.id AS asset_id, a.asset_tag, a.status, p.brand || ' ' || p.model_name AS received_model,
       a.purchase_cost AS received_cost, CASE WHEN a.id IS NULL THEN e.id END AS elsewhere_asset_id",
        line_from!()
    ),
    always: "true",
    id: "n.id",
    sorts: &[
        Column {
            name: "id",
            sql: "n.id",
            kind: Kind::Int,
        },
        Column {
            name: "serial_number",
            sql: "n.serial_number",
            kind: Kind::Text,
        },
    ],
    default_sort: "id",
    filters: &[Filter {
        name: "outcome",
        sql: concat!("(", line_outcome!(), ") = ?"),
        kind: Kind::Text,
    }],
    search: Some(r"serial_key(n.serial_number) LIKE replace(serial_key(?), '\', '\\') || '%'"),
};

/// The same with the filter that the address of the lot stands for.
pub const LINES_OF_LOT: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "outcome",
            sql: concat!("(", line_outcome!(), ") = ?"),
            kind: Kind::Text,
        },
        Filter {
            name: "lot_id",
            sql: "n.lot_id = ?",
            kind: Kind::Int,
        },
    ],
    ..LINES
};

/// Expected against received.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LotExpected {
    /// Devices on the supplier's list.
    pub expected: i64,
    /// Those that came, as they are on it.
    pub received: i64,
    /// Those that did not come.
    pub missing: i64,
    /// Those that came and are another model, or cost another amount.
    pub differs: i64,
    /// Devices that came and are not on it.
    pub extra: i64,
}

/// How many devices of a lot stand in a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LotStage {
    /// The status.
    pub status: AssetStatus,
    /// How many devices.
    pub device_count: i64,
}

/// A charge of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LotCharge {
    /// Number of the record.
    pub id: LotChargeId,
    /// Its place in the lot, from 1.
    pub charge_number: i32,
    /// What it is for.
    pub kind: ChargeKind,
    /// How it is spread.
    pub method: ChargeMethod,
    /// What the bill says; less than nothing for one that takes another back.
    pub amount: Money,
    /// In this money.
    pub currency: Currency,
    /// Cedis for one of it.
    pub exchange_rate: ExchangeRate,
    /// The same in cedis: what the shares add up to.
    pub amount_ghs: Money,
    /// The day of the bill.
    pub charge_date: NaiveDate,
    /// Who wants the money.
    pub supplier: Option<String>,
    /// Their bill.
    pub reference: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// The charge that this one takes back.
    pub reverses: Option<i32>,
    /// The charge that takes this one back.
    pub reversed_by: Option<i32>,
    /// Devices that carry a share of it.
    pub share_count: i64,
    /// Devices of the lot that came later and carry nothing of it.
    pub without_share: i64,
    /// Who posted it.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A lot with everything on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LotDetail {
    /// The lot.
    #[serde(flatten)]
    pub lot: Lot,
    /// Expected against received.
    pub expected: LotExpected,
    /// Its devices by status.
    pub stages: Vec<LotStage>,
    /// Its charges, in the order in which they were posted.
    pub charges: Vec<LotCharge>,
}

/// What is written of a lot.
#[derive(Debug, Clone)]
pub struct LotValues {
    /// Supplier.
    pub supplier: Option<String>,
    /// Their number for it.
    pub supplier_reference: Option<String>,
    /// The day it came in.
    pub received_date: NaiveDate,
    /// Money of the invoice.
    pub currency: Currency,
    /// Cedis for one.
    pub exchange_rate: ExchangeRate,
    /// How charges are spread.
    pub charge_method: ChargeMethod,
    /// How many should come.
    pub expected_count: Option<i32>,
    /// Notes.
    pub notes: Option<String>,
}

/// Records a lot.
pub async fn lot_insert(conn: &mut PgConnection, v: &LotValues) -> Result<LotId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO lots (supplier, supplier_reference, received_date, currency, exchange_rate, charge_method, expected_count, notes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(&v.supplier)
    .bind(&v.supplier_reference)
    .bind(v.received_date)
    .bind(&v.currency)
    .bind(v.exchange_rate)
    .bind(v.charge_method)
    .bind(v.expected_count)
    .bind(&v.notes)
    .fetch_one(conn)
    .await
}

/// Writes all values of a lot; `closed` closes it or opens it again.
pub async fn lot_update(
    conn: &mut PgConnection,
    id: LotId,
    v: &LotValues,
    closed: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE lots SET supplier = $2, supplier_reference = $3, received_date = $4, currency = $5, exchange_rate = $6,
                charge_method = $7, expected_count = $8, notes = $9,
                closed_at = CASE WHEN $10 THEN coalesce(closed_at, shop_now()) END,
                closed_by = CASE WHEN NOT $10 THEN NULL WHEN closed_at IS NULL THEN shop_actor() ELSE closed_by END
         WHERE id = $1",
    )
    .bind(id)
    .bind(&v.supplier)
    .bind(&v.supplier_reference)
    .bind(v.received_date)
    .bind(&v.currency)
    .bind(v.exchange_rate)
    .bind(v.charge_method)
    .bind(v.expected_count)
    .bind(&v.notes)
    .bind(closed)
    .execute(conn)
    .await?;
    Ok(())
}

/// Reads a lot.
pub async fn lot_find(conn: &mut PgConnection, id: LotId) -> Result<Option<Lot>, sqlx::Error> {
    sqlx::query_as(concat!(lot_select!(), " WHERE x.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Locks a lot until the transaction ends: nothing is received into it and no charge posted meanwhile. `false` if there is none.
pub async fn lot_lock(conn: &mut PgConnection, id: LotId) -> Result<bool, sqlx::Error> {
    let locked = sqlx::query("SELECT id FROM lots WHERE id = $1 FOR UPDATE")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(locked.rows_affected() == 1)
}

/// Holds lots in the order of their numbers until the transaction ends, so that no charge is posted to them meanwhile. Others
/// may still receive into them.
pub async fn lots_hold(conn: &mut PgConnection, ids: &[LotId]) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT id FROM lots WHERE id = ANY ($1) ORDER BY id FOR KEY SHARE")
        .bind(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// The lot with this reference of this supplier.
pub async fn lot_by_reference(
    conn: &mut PgConnection,
    supplier: Option<&str>,
    reference: &str,
) -> Result<Option<LotId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT id FROM lots WHERE lower(coalesce(supplier, '')) = lower(coalesce($1, '')) AND lower(supplier_reference) = lower($2)",
    )
    .bind(supplier)
    .bind(reference)
    .fetch_optional(conn)
    .await
}

/// The open lots, for choosing one, the latest first: number, and what tells it apart.
pub async fn lots_open(conn: &mut PgConnection, limit: i64) -> Result<Vec<(LotId, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, concat_ws(' · ', lot_number, supplier, supplier_reference) FROM lots
         WHERE closed_at IS NULL ORDER BY received_date DESC, id DESC LIMIT $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What a lot is called: its number.
pub async fn lot_number(conn: &mut PgConnection, id: LotId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT lot_number FROM lots WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// The devices of a lot, in the order in which they were received: for labels, or for moving them together.
pub async fn lot_asset_ids(conn: &mut PgConnection, id: LotId) -> Result<Vec<AssetId>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM assets WHERE lot_id = $1 ORDER BY id")
        .bind(id)
        .fetch_all(conn)
        .await
}

/// Whether costs on the supplier's list were converted with the lot's rate.
pub async fn lot_has_foreign_costs(conn: &mut PgConnection, id: LotId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM lot_lines n JOIN lots x ON x.id = n.lot_id
           WHERE n.lot_id = $1 AND n.invoiced_cost IS NOT NULL AND x.currency <> 'GHS')",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

/// A lot with everything on its page.
pub async fn lot_detail(conn: &mut PgConnection, id: LotId) -> Result<Option<LotDetail>, sqlx::Error> {
    let Some(lot) = lot_find(conn, id).await? else {
        return Ok(None);
    };
    let expected = sqlx::query_as(concat!(
        "SELECT count(*) AS expected, count(*) FILTER (WHERE o.outcome = 'received') AS received,
           count(*) FILTER (WHERE o.outcome = 'missing') AS missing, count(*) FILTER (WHERE o.outcome = 'differs') AS differs,
           (SELECT count(*) FROM assets x WHERE x.lot_id = $1 AND NOT EXISTS (SELECT FROM lot_lines m
              WHERE m.lot_id = $1 AND serial_key(m.serial_number) = serial_key(x.serial_number))) AS extra
         FROM (SELECT ",
        line_outcome!(),
        " AS outcome",
        line_from!(),
        " WHERE n.lot_id = $1) o"
    ))
    .bind(id)
    .fetch_one(&mut *conn)
    .await?;
    let stages = sqlx::query_as(
        "SELECT status, count(*) AS device_count FROM assets WHERE lot_id = $1 GROUP BY status ORDER BY status",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let charges = charges_of_lot(conn, id).await?;
    Ok(Some(LotDetail {
        lot,
        expected,
        stages,
        charges,
    }))
}

macro_rules! charge_select {
    () => {
        "SELECT c.id, c.charge_number, c.kind, c.method, c.amount, c.currency, c.exchange_rate, c.amount_ghs, c.charge_date,
           c.supplier, c.reference, c.notes, t.charge_number AS reverses, r.charge_number AS reversed_by,
           (SELECT count(*) FROM lot_charge_shares s WHERE s.lot_charge_id = c.id AND s.amount <> 0) AS share_count,
           CASE WHEN c.reverses_id IS NULL AND r.id IS NULL THEN (SELECT count(*) FROM assets a WHERE a.lot_id = c.lot_id
             AND NOT EXISTS (SELECT FROM lot_charge_shares s WHERE s.lot_charge_id = c.id AND s.asset_id = a.id)) ELSE 0 END AS without_share,
           c.created_by, u.full_name AS created_by_name, c.created_at
         FROM lot_charges c LEFT JOIN lot_charges t ON t.id = c.reverses_id LEFT JOIN lot_charges r ON r.reverses_id = c.id
         LEFT JOIN users u ON u.id = c.created_by"
    };
}

/// The charges of a lot, in the order in which they were posted.
pub async fn charges_of_lot(conn: &mut PgConnection, id: LotId) -> Result<Vec<LotCharge>, sqlx::Error> {
    sqlx::query_as(concat!(
        charge_select!(),
        " WHERE c.lot_id = $1 ORDER BY c.charge_number"
    ))
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What a device of a lot cost, for spreading a charge.
#[derive(Debug, Clone, FromRow)]
pub struct LotAsset {
    /// The device.
    pub id: AssetId,
    /// Its tag.
    pub asset_tag: String,
    /// What it cost to buy.
    pub purchase_cost: Option<Money>,
    /// What it carries and cost so far.
    pub landed: Money,
}

/// Locks the devices of a lot, by number, until the transaction ends.
pub async fn lot_assets_lock(conn: &mut PgConnection, id: LotId) -> Result<Vec<LotAsset>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, asset_tag, purchase_cost, coalesce(landed_cost, purchase_cost, 0) AS landed
         FROM assets WHERE lot_id = $1 ORDER BY id FOR NO KEY UPDATE",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// A charge to be posted.
#[derive(Debug, Clone)]
pub struct ChargeValues {
    /// What it is for.
    pub kind: ChargeKind,
    /// How it is spread.
    pub method: ChargeMethod,
    /// What the bill says.
    pub amount: Money,
    /// In this money.
    pub currency: Currency,
    /// Cedis for one.
    pub exchange_rate: ExchangeRate,
    /// In cedis.
    pub amount_ghs: Money,
    /// The day of the bill.
    pub charge_date: NaiveDate,
    /// Who wants the money.
    pub supplier: Option<String>,
    /// Their bill.
    pub reference: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// The charge that it takes back.
    pub reverses_id: Option<LotChargeId>,
}

/// Posts a charge with what each device carries of it; the database adds that to the devices.
pub async fn charge_insert(
    conn: &mut PgConnection,
    lot: LotId,
    v: &ChargeValues,
    shares: &[(AssetId, Money)],
) -> Result<LotChargeId, sqlx::Error> {
    let id: LotChargeId = sqlx::query_scalar(
        "INSERT INTO lot_charges (lot_id, kind, method, amount, currency, exchange_rate, amount_ghs, charge_date, supplier, reference,
                                  notes, reverses_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
    )
    .bind(lot)
    .bind(v.kind)
    .bind(v.method)
    .bind(v.amount)
    .bind(&v.currency)
    .bind(v.exchange_rate)
    .bind(v.amount_ghs)
    .bind(v.charge_date)
    .bind(&v.supplier)
    .bind(&v.reference)
    .bind(&v.notes)
    .bind(v.reverses_id)
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO lot_charge_shares (lot_charge_id, asset_id, amount)
         SELECT $1, s.asset_id, s.amount FROM unnest($2::integer[], $3::numeric[]) AS s (asset_id, amount)",
    )
    .bind(id)
    .bind(shares.iter().map(|(asset, _)| asset.get()).collect::<Vec<_>>())
    .bind(shares.iter().map(|(_, amount)| *amount).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(id)
}

/// What each device carries of a charge.
pub async fn charge_shares(
    conn: &mut PgConnection,
    id: LotChargeId,
) -> Result<Vec<(AssetId, Money)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT asset_id, amount FROM lot_charge_shares WHERE lot_charge_id = $1 ORDER BY asset_id",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What a device carries of a charge, for its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct AssetShare {
    /// Freight, Duty …
    pub kind: ChargeKind,
    /// The day of the bill.
    pub charge_date: NaiveDate,
    /// Its share.
    pub amount: Money,
}

/// What a device carries of its lot's charges; what was taken back is left out.
pub async fn asset_shares(conn: &mut PgConnection, id: AssetId) -> Result<Vec<AssetShare>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.kind, c.charge_date, s.amount
         FROM lot_charge_shares s JOIN lot_charges c ON c.id = s.lot_charge_id JOIN assets a ON a.id = s.asset_id AND a.lot_id = c.lot_id
         WHERE s.asset_id = $1 AND s.amount <> 0 AND c.reverses_id IS NULL
           AND NOT EXISTS (SELECT FROM lot_charges r WHERE r.reverses_id = c.id)
         ORDER BY c.charge_number",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What a sold device brought without tax, and what it cost as known then and by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct SoldMargin {
    /// What it was sold for, without tax.
    #[schema(value_type = MoneySum)]
    pub net: Money,
    /// What it cost as known at the sale.
    #[schema(value_type = Option<MoneySum>)]
    pub cost_at_sale: Option<Money>,
    /// What it costs by now.
    #[schema(value_type = Option<MoneySum>)]
    pub cost_now: Option<Money>,
}

/// The margin of a device that is sold.
pub async fn asset_margin(conn: &mut PgConnection, id: AssetId) -> Result<Option<SoldMargin>, sqlx::Error> {
    sqlx::query_as(
        "SELECT round(l.line_total * i.subtotal / nullif((SELECT sum(o.line_total) FROM invoice_lines o WHERE o.invoice_id = i.id), 0), 2) AS net,
                l.unit_cost AS cost_at_sale,
                coalesce(a.landed_cost, a.purchase_cost, CASE WHEN a.repair_cost > 0 THEN 0 END) + a.repair_cost AS cost_now
         FROM assets a JOIN invoice_lines l ON l.asset_id = a.id AND l.invoice_id = a.invoice_id AND l.released_at IS NULL
         JOIN invoices i ON i.id = l.invoice_id
         WHERE a.id = $1 AND a.status = 'Sold' AND i.subtotal > 0",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// By how much more the devices of an invoice cost by now than was known when they were put on it; nothing where none does.
/// Lines whose device has come back or begun another life are left out: what they cost then is no longer what it costs now.
pub async fn invoice_later_cost(conn: &mut PgConnection, id: InvoiceId) -> Result<Money, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT coalesce(sum(coalesce(a.landed_cost, a.purchase_cost, 0) + a.repair_cost - l.unit_cost), 0)
         FROM invoice_lines l JOIN assets a ON a.id = l.asset_id AND a.invoice_id = l.invoice_id
         WHERE l.invoice_id = $1 AND l.released_at IS NULL AND a.status = 'Sold' AND l.unit_cost IS NOT NULL",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

/// A line of the supplier's list to be noted.
#[derive(Debug, Clone)]
pub struct LineValues {
    /// Serial number.
    pub serial_number: String,
    /// What the list calls it.
    pub model: String,
    /// The model of the catalogue.
    pub product_model_id: Option<ProductModelId>,
    /// What the supplier asks, in the lot's currency.
    pub invoiced_cost: Option<Money>,
    /// In cedis.
    pub purchase_cost: Option<Money>,
}

/// Notes lines of the supplier's list; a serial number that stands on it stays as it is. Answers how many are new.
pub async fn lines_insert(
    conn: &mut PgConnection,
    lot: LotId,
    import: Option<domain::ImportId>,
    lines: &[LineValues],
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO lot_lines (lot_id, import_id, serial_number, model, product_model_id, invoiced_cost, purchase_cost)
         SELECT $1, $2, n.serial, n.model, n.model_id, n.invoiced, n.cost
         FROM unnest($3::text[], $4::text[], $5::integer[], $6::numeric[], $7::numeric[])
           WITH ORDINALITY AS n (serial, model, model_id, invoiced, cost, place) ORDER BY n.place
         ON CONFLICT DO NOTHING",
    )
    .bind(lot)
    .bind(import)
    .bind(lines.iter().map(|l| l.serial_number.as_str()).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.model.as_str()).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.product_model_id.map(ProductModelId::get)).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.invoiced_cost).collect::<Vec<_>>())
    .bind(lines.iter().map(|l| l.purchase_cost).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
