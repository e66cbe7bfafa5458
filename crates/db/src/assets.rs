//! Devices (schema section 3.4), and what is recorded of them: movements, diagnostics, wipes.
//!
//! Movements are written by the database. What writes to a device says why in the same statement.

use crate::catalog::ProductModel;
use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, AssetStatus, Category, DiagnosticsId, DiagnosticsResult, Findings, Grade, InvoiceId,
    InvoiceStatus, LocationId, LotId, Money, MovementId, PreorderId, ProductModelId, QualityCheckId, UserId,
    WarrantyId, WarrantyStatus, WarrantyTier, WipeCertificateId,
};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use utoipa::ToSchema;

/// A device, as stored and as the API answers it, with what its model, its place and its price are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Asset {
    /// Number.
    pub id: AssetId,
    /// Our own number on it.
    pub asset_tag: String,
    /// Serial number.
    pub serial_number: String,
    /// Its model.
    pub product_model_id: ProductModelId,
    /// IMEI of a phone.
    pub imei_1: Option<String>,
    /// Second IMEI.
    pub imei_2: Option<String>,
    /// Who sold it to us.
    pub supplier: Option<String>,
    /// What it cost.
    pub purchase_cost: Option<Money>,
    /// What it cost with freight, duty and other charges.
    pub landed_cost: Option<Money>,
    /// What it carries of its lot's charges; `landed_cost` holds it already.
    #[schema(required = false)]
    pub charge_cost: Money,
    /// The lot that it came with.
    pub lot_id: Option<LotId>,
    /// The number of that lot.
    pub lot_number: Option<String>,
    /// The day on which it came in.
    pub received_date: NaiveDate,
    /// A, B or C, once it is checked.
    pub condition_grade: Option<Grade>,
    /// How it looks.
    pub cosmetic_notes: Option<String>,
    /// What is left of its battery, in percent.
    pub battery_health_percent: Option<i32>,
    /// How often its battery was charged.
    pub battery_cycle_count: Option<i32>,
    /// Where it is in its life.
    pub status: AssetStatus,
    /// Since when.
    pub status_since: DateTime<Utc>,
    /// Why it is not sold.
    pub not_sellable_reason: Option<String>,
    /// Where it lies.
    pub location_id: Option<LocationId>,
    /// Its own price, where it is not the model's for the grade.
    pub list_price: Option<Money>,
    /// What it was sold for.
    pub sale_price: Option<Money>,
    /// When it was sold.
    pub sale_date: Option<NaiveDate>,
    /// The invoice that sold it.
    pub invoice_id: Option<InvoiceId>,
    /// The preorder that it is for.
    pub preorder_id: Option<PreorderId>,
    /// What comes with it.
    pub accessories_included: Option<String>,
    /// When it was taken back: received by mistake, alone or with its import. It is no device of the shop any more.
    pub voided_at: Option<DateTime<Utc>>,
    /// Who received it.
    pub created_by: Option<UserId>,
    /// When recorded.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
    /// Laptop, Phone or Accessory.
    pub category: Category,
    /// Brand of its model.
    pub brand: String,
    /// Name of its model.
    pub model_name: String,
    /// Processor.
    pub cpu: Option<String>,
    /// Memory.
    pub ram: Option<String>,
    /// Storage.
    pub storage: Option<String>,
    /// Name of the place where it lies.
    pub location_name: Option<String>,
    /// What it is sold for: its own price, else its model's for its grade.
    pub price: Option<Money>,
}

impl Asset {
    /// `HP EliteBook 840 G7`
    pub fn title(&self) -> String {
        domain::catalog::title(&self.brand, &self.model_name)
    }

    /// `i5-10310U · 16GB · 512GB SSD`
    pub fn specs(&self) -> String {
        domain::catalog::specs(self.cpu.as_deref(), self.ram.as_deref(), self.storage.as_deref())
    }
}

/// A device with its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRecord {
    /// The device.
    pub asset: Asset,
    /// Its model.
    pub product_model: ProductModel,
}

impl AssetRecord {
    /// What its model costs at a grade.
    pub const fn model_price(&self, grade: Grade) -> Option<Money> {
        match grade {
            Grade::A => self.product_model.default_price_grade_a,
            Grade::B => self.product_model.default_price_grade_b,
            Grade::C => self.product_model.default_price_grade_c,
        }
    }
}

impl FromRow<'_, PgRow> for AssetRecord {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let asset = Asset::from_row(row)?;
        let product_model = ProductModel {
            id: asset.product_model_id,
            category: asset.category,
            brand: asset.brand.clone(),
            model_name: asset.model_name.clone(),
            cpu: asset.cpu.clone(),
            ram: asset.ram.clone(),
            storage: asset.storage.clone(),
            screen_size: row.try_get("screen_size")?,
            gpu: row.try_get("gpu")?,
            operating_system: row.try_get("operating_system")?,
            description: row.try_get("description")?,
            default_price_grade_a: row.try_get("default_price_grade_a")?,
            default_price_grade_b: row.try_get("default_price_grade_b")?,
            default_price_grade_c: row.try_get("default_price_grade_c")?,
            image_url: row.try_get("image_url")?,
            created_at: row.try_get("model_created_at")?,
            updated_at: row.try_get("model_updated_at")?,
        };
        Ok(AssetRecord { asset, product_model })
    }
}

macro_rules! asset_columns {
    () => {
        "a.id, a.asset_tag, a.serial_number, a.product_model_id, a.imei_1, a.imei_2, a.supplier, a.purchase_cost,
       a.landed_cost, a.charge_cost, a.lot_id, t.lot_number, a.received_date, a.condition_grade, a.cosmetic_notes, a.battery_health_percent, a.battery_cycle_count,
       a.status, a.status_since, a.not_sellable_reason, a.location_id, a.list_price, a.sale_price, a.sale_date, a.invoice_id,
       a.preorder_id, a.accessories_included, a.voided_at, a.created_by, a.created_at, a.updated_at, p.category, p.brand, p.model_name,
       p.cpu, p.ram, p.storage, o.location_name,
       coalesce(a.list_price, CASE a.condition_grade WHEN 'A' THEN p.default_price_grade_a
         WHEN 'B' THEN p.default_price_grade_b WHEN 'C' THEN p.default_price_grade_c END) AS price"
    };
}

macro_rules! asset_tables {
    () => {
        "
FROM assets a JOIN product_models p ON p.id = a.product_model_id LEFT JOIN locations o ON o.id = a.location_id
  LEFT JOIN lots t ON t.id = a.lot_id"
    };
}

/// A device with its model.
macro_rules! record_columns {
    () => {
        concat!(
            asset_columns!(),
            ", p.screen_size, p.gpu, p.operating_system, p.description, p.default_price_grade_a, p.default_price_grade_b,
       p.default_price_grade_c, p.image_url, p.created_at AS model_created_at, p.updated_at AS model_updated_at"
        )
    };
}

/// A device with its model, by a condition.
macro_rules! record_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            record_columns!(),
            asset_tables!(),
            " WHERE ",
            $condition
        )
    };
}

/// The list of devices.
pub const ASSETS: ListSpec = ListSpec {
    select: concat!("SELECT ", asset_columns!(), asset_tables!()),
    // What was taken back is no device.
    always: "a.voided_at IS NULL",
    id: "a.id",
    sorts: &[
        Column {
            name: "received_date",
            sql: "a.received_date",
            kind: Kind::Date,
        },
        Column {
            name: "asset_tag",
            sql: "a.asset_tag",
            kind: Kind::Text,
        },
        Column {
            name: "serial_number",
            sql: "a.serial_number",
            kind: Kind::Text,
        },
    ],
    default_sort: "-received_date",
    filters: &[
        Filter {
            name: "status",
            sql: "a.status = ?",
            kind: Kind::Word(AssetStatus::TEXTS),
        },
        Filter {
            name: "category",
            sql: "p.category = ?",
            kind: Kind::Word(Category::TEXTS),
        },
        Filter {
            name: "brand",
            sql: "lower(p.brand) = lower(?)",
            kind: Kind::Text,
        },
        Filter {
            name: "condition_grade",
            sql: "a.condition_grade = ?",
            kind: Kind::Word(Grade::TEXTS),
        },
        Filter {
            name: "location_id",
            sql: "a.location_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "product_model_id",
            sql: "a.product_model_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "supplier",
            sql: "a.supplier = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "received_date",
            sql: "a.received_date = ?",
            kind: Kind::Date,
        },
        Filter {
            name: "lot_id",
            sql: "a.lot_id = ?",
            kind: Kind::Int,
        },
        Filter {
            // Came with its lot and is not on the supplier's list.
            name: "lot_extra",
            sql: "(a.lot_id IS NOT NULL AND NOT EXISTS (SELECT FROM lot_lines n WHERE n.lot_id = a.lot_id
                   AND serial_key(n.serial_number) = serial_key(a.serial_number))) = ?",
            kind: Kind::Bool,
        },
        Filter {
            name: "import_id",
            sql: "a.import_id = ?",
            kind: Kind::Int,
        },
        Filter {
            name: "serial_number",
            sql: "serial_key(a.serial_number) = serial_key(?)",
            kind: Kind::Text,
        },
        Filter {
            name: "asset_tag",
            sql: "upper(a.asset_tag) = serial_key(?)",
            kind: Kind::Text,
        },
    ],
    // All of it about one table, each part with an index. Whether one goes from the codes and models to their devices, or through
    // the newest devices, depends on how many there are: the planner sees that, because the models are looked up before and
    // each search has a plan of its own.
    search: Some(
        r"serial_key(a.serial_number) LIKE replace(serial_key(?), '\', '\\') || '%'
         OR upper(a.asset_tag) LIKE replace(serial_key(?), '\', '\\') || '%'
         OR a.imei_1 = serial_key(?) OR a.imei_2 = serial_key(?)
         OR a.product_model_id = ANY (string_to_array(#found, ',')::integer[])",
    ),
};

/// Something else that has a code which a device is to carry.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CodeHolder {
    /// Which code of the device: `serial_number`, `asset_tag`, `imei_1` or `imei_2`.
    pub of: String,
    /// What the code is to the other: `asset_tag`, `imei`, `serial_number` or `sku`.
    pub what: String,
    /// The code.
    pub code: String,
    /// The other: a device's tag and model, or an item's name.
    pub holder: String,
}

/// What else has one of these codes, if anything: a scan of it would mean both. That a serial number or a tag stands twice the
/// unique indexes say.
pub async fn code_holder(
    conn: &mut PgConnection,
    v: &AssetValues,
    but: Option<AssetId>,
) -> Result<Option<CodeHolder>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.of, h.what, c.code, h.holder
         FROM (VALUES ('imei_1', $3::text), ('imei_2', $4::text), ('serial_number', serial_key($1)), ('asset_tag', serial_key($2::text)))
           AS c (of, code)
         CROSS JOIN LATERAL (
           SELECT d.what, a.asset_tag || ', ' || m.brand || ' ' || m.model_name AS holder FROM (
             SELECT id, 'imei' AS what FROM assets WHERE imei_1 = c.code
             UNION ALL SELECT id, 'imei' FROM assets WHERE imei_2 = c.code
             UNION ALL SELECT id, 'asset_tag' FROM assets WHERE upper(asset_tag) = c.code AND c.of <> 'asset_tag'
             UNION ALL SELECT id, 'serial_number' FROM assets WHERE serial_key(serial_number) = c.code AND c.of <> 'serial_number'
           ) d JOIN assets a ON a.id = d.id JOIN product_models m ON m.id = a.product_model_id WHERE d.id IS DISTINCT FROM $5
           UNION ALL
           SELECT 'sku', b.item_name FROM bulk_stock b WHERE upper(b.sku) = c.code
         ) h WHERE c.code IS NOT NULL LIMIT 1",
    )
    .bind(&v.serial_number)
    .bind(&v.asset_tag)
    .bind(&v.imei_1)
    .bind(&v.imei_2)
    .bind(but)
    .fetch_optional(conn)
    .await
}

/// The device that a code is a tag, serial number or IMEI of, as people call it: for an item's SKU.
pub async fn device_with_code(conn: &mut PgConnection, code: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT a.asset_tag || ', ' || m.brand || ' ' || m.model_name FROM (
           SELECT id FROM assets WHERE serial_key(serial_number) = serial_key($1)
           UNION ALL SELECT id FROM assets WHERE upper(asset_tag) = serial_key($1)
           UNION ALL SELECT id FROM assets WHERE imei_1 = serial_key($1)
           UNION ALL SELECT id FROM assets WHERE imei_2 = serial_key($1)
         ) d JOIN assets a ON a.id = d.id JOIN product_models m ON m.id = a.product_model_id LIMIT 1",
    )
    .bind(code)
    .fetch_optional(conn)
    .await
}

/// What is written of a device, but for its status, its place and its sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetValues {
    /// Our own number; the next one when there is none.
    pub asset_tag: Option<String>,
    /// Serial number.
    pub serial_number: String,
    /// Its model.
    pub product_model_id: ProductModelId,
    /// IMEI.
    pub imei_1: Option<String>,
    /// Second IMEI.
    pub imei_2: Option<String>,
    /// Supplier.
    pub supplier: Option<String>,
    /// Cost.
    pub purchase_cost: Option<Money>,
    /// Cost with freight and duty.
    pub landed_cost: Option<Money>,
    /// The day on which it came in.
    pub received_date: NaiveDate,
    /// How it looks.
    pub cosmetic_notes: Option<String>,
    /// Battery, in percent.
    pub battery_health_percent: Option<i32>,
    /// Battery cycles.
    pub battery_cycle_count: Option<i32>,
    /// What comes with it.
    pub accessories_included: Option<String>,
    /// Its own price.
    pub list_price: Option<Money>,
    /// The lot that it came with.
    pub lot_id: Option<LotId>,
}

/// Records a device as Received; the database writes its first movement.
pub async fn asset_insert(
    conn: &mut PgConnection,
    v: &AssetValues,
    location_id: Option<LocationId>,
    reason: &str,
) -> Result<AssetId, sqlx::Error> {
    sqlx::query_scalar!(
        "WITH why AS (SELECT set_config('bizhub.reason', $16, true))
         INSERT INTO assets (asset_tag, serial_number, product_model_id, imei_1, imei_2, supplier, purchase_cost, landed_cost,
                received_date, cosmetic_notes, battery_health_percent, battery_cycle_count, accessories_included, list_price,
                location_id, lot_id)
         SELECT $1, $2, $3::integer, $4, $5, $6, $7::numeric, $8::numeric, $9::date, $10, $11::integer, $12::integer, $13,
                $14::numeric, $15::integer, $17::integer FROM why
         RETURNING id",
        v.asset_tag,
        v.serial_number,
        v.product_model_id.get(),
        v.imei_1,
        v.imei_2,
        v.supplier,
        v.purchase_cost as _,
        v.landed_cost as _,
        v.received_date,
        v.cosmetic_notes,
        v.battery_health_percent,
        v.battery_cycle_count,
        v.accessories_included,
        v.list_price as _,
        location_id.map(LocationId::get),
        reason,
        v.lot_id.map(LotId::get)
    )
    .fetch_one(conn)
    .await
}

/// Writes all values of a device. A tag once given stays unless another is given.
pub async fn asset_update(conn: &mut PgConnection, id: AssetId, v: &AssetValues) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE assets SET asset_tag = coalesce($2, asset_tag), serial_number = $3, product_model_id = $4, imei_1 = $5,
                imei_2 = $6, supplier = $7, purchase_cost = $8, landed_cost = $9, received_date = $10, cosmetic_notes = $11,
                battery_health_percent = $12, battery_cycle_count = $13, accessories_included = $14, list_price = $15,
                lot_id = $16
         WHERE id = $1",
        id.get(),
        v.asset_tag,
        v.serial_number,
        v.product_model_id.get(),
        v.imei_1,
        v.imei_2,
        v.supplier,
        v.purchase_cost as _,
        v.landed_cost as _,
        v.received_date,
        v.cosmetic_notes,
        v.battery_health_percent,
        v.battery_cycle_count,
        v.accessories_included,
        v.list_price as _,
        v.lot_id.map(LotId::get)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Reads a device with its model.
pub async fn asset_find(conn: &mut PgConnection, id: AssetId) -> Result<Option<AssetRecord>, sqlx::Error> {
    sqlx::query_as(record_where!("a.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Devices by their numbers, in that order; those that there are not, and those taken back, are left out.
pub async fn assets_by_ids(conn: &mut PgConnection, ids: &[AssetId]) -> Result<Vec<Asset>, sqlx::Error> {
    let ids: Vec<i32> = ids.iter().map(|id| id.get()).collect();
    sqlx::query_as(concat!(
        "SELECT ",
        asset_columns!(),
        asset_tables!(),
        " JOIN unnest($1::integer[]) WITH ORDINALITY AS wanted (id, place) ON wanted.id = a.id
         WHERE a.voided_at IS NULL ORDER BY wanted.place"
    ))
    .bind(ids)
    .fetch_all(conn)
    .await
}

/// The devices that lie in a place, by tag; 5,000 at most.
pub async fn assets_at(
    conn: &mut PgConnection,
    location_id: LocationId,
) -> Result<Vec<AssetId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT id FROM assets WHERE location_id = $1 AND status NOT IN ('Sold', 'Scrapped') ORDER BY asset_tag LIMIT 5000",
    )
    .bind(location_id)
    .fetch_all(conn)
    .await
}

/// Whether anything happened to a device after its receipt: a movement, a record, an invoice, a stocktake.
pub async fn asset_has_moved(conn: &mut PgConnection, id: AssetId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM inventory_movements WHERE asset_id = $1) > 1
           OR EXISTS (SELECT FROM diagnostics_results WHERE asset_id = $1)
           OR EXISTS (SELECT FROM wipe_certificates WHERE asset_id = $1)
           OR EXISTS (SELECT FROM invoice_lines WHERE asset_id = $1)
           OR EXISTS (SELECT FROM stocktake_counts WHERE asset_id = $1 AND removed_at IS NULL)",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

/// Takes a device off the books that was received by mistake, and sets its tag, serial number and IMEI free.
pub async fn asset_take_back(conn: &mut PgConnection, id: AssetId, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH why AS (SELECT set_config('bizhub.reason', $2, true))
         UPDATE assets SET status = 'Scrapped', voided_at = shop_now(), lot_id = NULL, location_id = NULL, imei_1 = NULL, imei_2 = NULL,
                serial_number = left(serial_number, 60) || ' taken back ' || id, asset_tag = left(asset_tag, 30) || '~' || id
         FROM why WHERE id = $1",
    )
    .bind(id)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// By whom, when and why a device was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct AssetTakenBack {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Option<UserId>,
    /// Their name.
    pub by_name: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What is written of taking a device back; nothing where it was not.
pub async fn asset_taken_back(
    conn: &mut PgConnection,
    id: AssetId,
) -> Result<Option<AssetTakenBack>, sqlx::Error> {
    sqlx::query_as(
        "SELECT a.voided_at AS at, m.moved_by AS by, u.full_name AS by_name, m.reason
         FROM assets a
         LEFT JOIN LATERAL (
           SELECT v.moved_by, v.reason FROM inventory_movements v WHERE v.asset_id = a.id AND v.to_status = 'Scrapped' ORDER BY v.id DESC LIMIT 1
         ) m ON true
         LEFT JOIN users u ON u.id = m.moved_by
         WHERE a.id = $1 AND a.voided_at IS NOT NULL",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The models of the latest twenty devices whose serial number begins so, the latest first.
pub async fn models_by_serial_start(
    conn: &mut PgConnection,
    start: &str,
) -> Result<Vec<ProductModelId>, sqlx::Error> {
    // OFFSET 0: the few that are alike are found by the index, and only then ordered.
    sqlx::query_scalar(
        "SELECT product_model_id FROM (
           SELECT id, product_model_id FROM (
             SELECT a.id, a.product_model_id FROM assets a
             WHERE serial_key(a.serial_number) ~>=~ serial_key($1)
               AND serial_key(a.serial_number) ~<~ (serial_key($1) || chr(1114111)) AND a.voided_at IS NULL
             OFFSET 0
           ) alike ORDER BY id DESC LIMIT 20
         ) latest GROUP BY product_model_id ORDER BY max(id) DESC",
    )
    .bind(start)
    .fetch_all(conn)
    .await
}

/// The models of the latest twenty phones with this type allocation code, the latest first.
pub async fn models_by_tac(conn: &mut PgConnection, tac: &str) -> Result<Vec<ProductModelId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT product_model_id FROM (
           SELECT id, product_model_id FROM (
             SELECT a.id, a.product_model_id FROM assets a
             WHERE a.imei_1 BETWEEN $1 || '0000000' AND $1 || '9999999' AND a.voided_at IS NULL
             OFFSET 0
           ) alike ORDER BY id DESC LIMIT 20
         ) latest GROUP BY product_model_id ORDER BY max(id) DESC",
    )
    .bind(tac)
    .fetch_all(conn)
    .await
}

/// The look-up of a scan, in one statement.
pub const FIND_BY_SERIAL: &str =
    record_where!("serial_key(a.serial_number) = serial_key($1) AND a.voided_at IS NULL");

/// The device with this serial number, whatever its case and spaces.
pub async fn asset_find_by_serial(
    conn: &mut PgConnection,
    serial_number: &str,
) -> Result<Option<AssetRecord>, sqlx::Error> {
    sqlx::query_as(FIND_BY_SERIAL)
        .bind(serial_number)
        .fetch_optional(conn)
        .await
}

/// The look-up of several scans at once, in one statement.
pub const FIND_BY_SERIALS: &str = concat!(
    "SELECT wanted.place, ",
    record_columns!(),
    asset_tables!(),
    " JOIN unnest($1::text[]) WITH ORDINALITY AS wanted (code, place) ON serial_key(a.serial_number) = serial_key(wanted.code)
       AND a.voided_at IS NULL"
);

/// The devices with these serial numbers, each with its place in the list of them, counted from 0. A number that stands
/// twice in the list is answered twice.
pub async fn assets_find_by_serials(
    conn: &mut PgConnection,
    serial_numbers: &[String],
) -> Result<Vec<(usize, AssetRecord)>, sqlx::Error> {
    let rows = sqlx::query(FIND_BY_SERIALS)
        .bind(serial_numbers)
        .fetch_all(conn)
        .await?;
    (rows.iter())
        .map(|row| {
            let place: i64 = row.try_get("place")?;
            Ok((
                usize::try_from(place - 1).unwrap_or(usize::MAX),
                AssetRecord::from_row(row)?,
            ))
        })
        .collect()
}

/// The device with this tag, whatever its case and spaces.
pub async fn asset_find_by_tag(
    conn: &mut PgConnection,
    asset_tag: &str,
) -> Result<Option<AssetRecord>, sqlx::Error> {
    sqlx::query_as(record_where!(
        "a.voided_at IS NULL AND upper(a.asset_tag) IN (serial_key($1), upper(btrim($1)))
         ORDER BY upper(a.asset_tag) = upper(btrim($1)) DESC LIMIT 1"
    ))
    .bind(asset_tag)
    .fetch_optional(conn)
    .await
}

/// The device that a scanned code names: its tag, serial number or IMEI, in this order.
pub async fn asset_find_by_code(conn: &mut PgConnection, code: &str) -> Result<Option<AssetId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id!: AssetId" FROM (
             SELECT 1 AS place, id FROM assets WHERE upper(asset_tag) = serial_key($1) AND voided_at IS NULL
             UNION ALL SELECT 2, id FROM assets WHERE serial_key(serial_number) = serial_key($1) AND voided_at IS NULL
             UNION ALL SELECT 3, id FROM assets WHERE imei_1 = serial_key($1)
             UNION ALL SELECT 4, id FROM assets WHERE imei_2 = serial_key($1)
           ) found ORDER BY place LIMIT 1"#,
        code
    )
    .fetch_optional(conn)
    .await
}

/// Locks a device until the transaction ends and reads it with its model. Lines and records that point at it can still be
/// added. Two statements, so that what is read is what whoever had the lock before has left.
pub async fn asset_lock(conn: &mut PgConnection, id: AssetId) -> Result<Option<AssetRecord>, sqlx::Error> {
    let locked = sqlx::query!("SELECT id FROM assets WHERE id = $1 FOR NO KEY UPDATE", id.get())
        .fetch_optional(&mut *conn)
        .await?;
    match locked {
        Some(_) => asset_find(conn, id).await,
        None => Ok(None),
    }
}

/// What is recorded of a device, as far as it decides where it may go. Read after the lock, by a statement of its own, so
/// that it sees what the one before it in the queue for the lock has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetFacts {
    /// Whether the last diagnostics since it entered its state were passed.
    pub passed: bool,
    /// Whether it was wiped since it entered its state.
    pub wiped: bool,
    /// Whether it passed diagnostics, and was wiped unless it is an accessory, since a customer brought it back.
    pub cleared: bool,
    /// Number of the invoice whose line holds or sold it.
    pub invoice_number: Option<String>,
    /// Number of the preorder that holds it.
    pub preorder_number: Option<String>,
}

/// Reads the facts of a device.
pub async fn asset_facts(conn: &mut PgConnection, id: AssetId) -> Result<AssetFacts, sqlx::Error> {
    sqlx::query_as!(
        AssetFacts,
        r#"SELECT
             coalesce((
               SELECT d.overall_result IN ('Pass', 'Pass with Notes') FROM diagnostics_results d
               WHERE d.asset_id = a.id AND d.status_entry = a.status_entry ORDER BY d.id DESC LIMIT 1
             ), false) AS "passed!",
             EXISTS (
               SELECT FROM wipe_certificates w WHERE w.asset_id = a.id AND w.status_entry = a.status_entry
             ) AS "wiped!",
             a.returned_entry IS NULL OR (
               EXISTS (
                 SELECT FROM diagnostics_results d WHERE d.asset_id = a.id AND d.status_entry > a.returned_entry
                 AND d.overall_result IN ('Pass', 'Pass with Notes')
               ) AND (p.category = 'Accessory' OR EXISTS (
                 SELECT FROM wipe_certificates w WHERE w.asset_id = a.id AND w.status_entry > a.returned_entry
               ))
             ) AS "cleared!",
             (
               SELECT i.invoice_number FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
               WHERE l.asset_id = a.id AND l.released_at IS NULL
             ) AS invoice_number,
             (
               SELECT o.preorder_number FROM preorders o
               WHERE o.asset_id = a.id AND o.status IN ('Arrived', 'Customer Notified') ORDER BY o.id LIMIT 1
             ) AS preorder_number
           FROM assets a JOIN product_models p ON p.id = a.product_model_id WHERE a.id = $1"#,
        id.get()
    )
    .fetch_one(conn)
    .await
}

/// Moves a device on in its life. `not_sellable_reason` is for Not Sellable alone.
pub async fn asset_status_set(
    conn: &mut PgConnection,
    id: AssetId,
    status: AssetStatus,
    not_sellable_reason: Option<&str>,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH why AS (SELECT set_config('bizhub.reason', $4, true))
         UPDATE assets SET status = $2, not_sellable_reason = coalesce($3, not_sellable_reason) FROM why WHERE id = $1",
        id.get(),
        status.as_str(),
        not_sellable_reason,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a device on after diagnostics, with what they say of its battery.
pub async fn asset_diagnosed(
    conn: &mut PgConnection,
    id: AssetId,
    status: AssetStatus,
    battery_health_percent: Option<i32>,
    battery_cycle_count: Option<i32>,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH why AS (SELECT set_config('bizhub.reason', $5, true))
         UPDATE assets SET status = $2, battery_health_percent = coalesce($3, battery_health_percent),
                battery_cycle_count = coalesce($4, battery_cycle_count)
         FROM why WHERE id = $1",
        id.get(),
        status.as_str(),
        battery_health_percent,
        battery_cycle_count,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a device on after its quality check, with its grade and how it looks.
pub async fn asset_checked(
    conn: &mut PgConnection,
    id: AssetId,
    status: AssetStatus,
    condition_grade: Option<Grade>,
    cosmetic_notes: Option<&str>,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH why AS (SELECT set_config('bizhub.reason', $5, true))
         UPDATE assets SET status = $2, condition_grade = coalesce($3, condition_grade),
                cosmetic_notes = coalesce($4, cosmetic_notes)
         FROM why WHERE id = $1",
        id.get(),
        status.as_str(),
        condition_grade.map(Grade::as_str),
        cosmetic_notes,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts a device to another place.
pub async fn asset_location_set(
    conn: &mut PgConnection,
    id: AssetId,
    location_id: Option<LocationId>,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH why AS (SELECT set_config('bizhub.reason', $3, true))
         UPDATE assets SET location_id = $2 FROM why WHERE id = $1",
        id.get(),
        location_id.map(LocationId::get),
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A change of a device's status or place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Movement {
    /// Number.
    pub id: MovementId,
    /// The device.
    pub asset_id: AssetId,
    /// Where it lay.
    pub from_location_id: Option<LocationId>,
    /// Where it lies then.
    pub to_location_id: Option<LocationId>,
    /// Where it was in its life; null when it was received.
    pub from_status: Option<AssetStatus>,
    /// Where it is then.
    pub to_status: Option<AssetStatus>,
    /// Who did it.
    pub moved_by: Option<UserId>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Name of the place where it lay.
    pub from_location_name: Option<String>,
    /// Name of the place where it lies then.
    pub to_location_name: Option<String>,
    /// Name of who did it.
    pub moved_by_name: Option<String>,
}

/// Newest first, by the instant and then by the number.
const BY_TIME: &str = "-created_at";

/// The movements of a device.
pub const MOVEMENTS: ListSpec = ListSpec {
    select: "SELECT v.id, v.asset_id, v.from_location_id, v.to_location_id, v.from_status, v.to_status, v.moved_by, v.reason,
       v.created_at, f.location_name AS from_location_name, t.location_name AS to_location_name,
       u.full_name AS moved_by_name
FROM inventory_movements v LEFT JOIN locations f ON f.id = v.from_location_id
       LEFT JOIN locations t ON t.id = v.to_location_id LEFT JOIN users u ON u.id = v.moved_by",
    always: "true",
    id: "v.id",
    sorts: &[Column { name: "created_at", sql: "v.created_at", kind: Kind::Instant }],
    default_sort: BY_TIME,
    filters: &[Filter { name: "to_status", sql: "v.to_status = ?", kind: Kind::Text }],
    search: None,
};

/// A movement with the device that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct MovementEntry {
    /// The movement.
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub movement: Movement,
    /// The device's tag.
    pub asset_tag: String,
    /// Its serial number.
    pub serial_number: String,
    /// Brand of its model.
    pub brand: String,
    /// Name of its model.
    pub model_name: String,
}

/// The movements of all devices. Each filter has an index of its own that gives the newest first.
pub const ALL_MOVEMENTS: ListSpec = ListSpec {
    select: "SELECT v.id, v.asset_id, v.from_location_id, v.to_location_id, v.from_status, v.to_status, v.moved_by, v.reason,
       v.created_at, f.location_name AS from_location_name, t.location_name AS to_location_name,
       u.full_name AS moved_by_name, a.asset_tag, a.serial_number, p.brand, p.model_name
FROM inventory_movements v JOIN assets a ON a.id = v.asset_id JOIN product_models p ON p.id = a.product_model_id
       LEFT JOIN locations f ON f.id = v.from_location_id LEFT JOIN locations t ON t.id = v.to_location_id
       LEFT JOIN users u ON u.id = v.moved_by",
    always: "true",
    id: "v.id",
    sorts: &[Column { name: "created_at", sql: "v.created_at", kind: Kind::Instant }],
    default_sort: BY_TIME,
    filters: &[
        Filter { name: "asset_id", sql: "v.asset_id = ?", kind: Kind::Int },
        Filter { name: "moved_by", sql: "v.moved_by = ?", kind: Kind::Int },
        Filter {
            name: "to_status",
            sql: "v.to_status = ? AND v.from_status IS DISTINCT FROM v.to_status",
            kind: Kind::Text,
        },
        Filter {
            name: "to_location_id",
            sql: "v.to_location_id = ? AND v.from_location_id IS DISTINCT FROM v.to_location_id",
            kind: Kind::Int,
        },
        Filter { name: "reason", sql: r"v.reason ILIKE '%' || replace(replace(?, '\', '\\'), '%', '\%') || '%'", kind: Kind::Text },
        Filter { name: "from", sql: "v.created_at >= ?::timestamp AT TIME ZONE current_setting('TimeZone')", kind: Kind::Date },
        Filter {
            name: "to",
            sql: "v.created_at < (? + 1)::timestamp AT TIME ZONE current_setting('TimeZone')",
            kind: Kind::Date,
        },
    ],
    search: Some(
        r"v.asset_id = ANY (ARRAY(
         (SELECT s.id FROM assets s WHERE serial_key(s.serial_number) LIKE replace(serial_key(?), '\', '\\') || '%' LIMIT 200)
         UNION (SELECT s.id FROM assets s WHERE upper(s.asset_tag) LIKE replace(serial_key(?), '\', '\\') || '%' LIMIT 200)
         UNION SELECT s.id FROM assets s WHERE s.imei_1 = serial_key(?) OR s.imei_2 = serial_key(?)))",
    ),
};

/// The same with the filter that the address of the device stands for.
pub const MOVEMENTS_OF_ASSET: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "to_status",
            sql: "v.to_status = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "asset_id",
            sql: "v.asset_id = ?",
            kind: Kind::Int,
        },
    ],
    ..MOVEMENTS
};

/// A result of diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct DiagnosticsRecord {
    /// Number.
    pub id: DiagnosticsId,
    /// The device.
    pub asset_id: AssetId,
    /// Who looked.
    pub technician_id: UserId,
    /// What was found, check by check.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub checklist_data: serde_json::Value,
    /// How it ended.
    pub overall_result: Option<DiagnosticsResult>,
    /// Notes.
    pub notes: Option<String>,
    /// On which day.
    pub diagnostic_date: NaiveDate,
    /// When recorded.
    pub created_at: DateTime<Utc>,
    /// Name of who looked.
    pub technician_name: String,
}

/// The diagnostics of a device.
pub const DIAGNOSTICS: ListSpec = ListSpec {
    select: "SELECT d.id, d.asset_id, d.technician_id, d.checklist_data, d.overall_result, d.notes, d.diagnostic_date,
       d.created_at, u.full_name AS technician_name
FROM diagnostics_results d JOIN users u ON u.id = d.technician_id",
    always: "true",
    id: "d.id",
    sorts: &[Column { name: "created_at", sql: "d.created_at", kind: Kind::Instant }],
    default_sort: BY_TIME,
    filters: &[Filter { name: "overall_result", sql: "d.overall_result = ?", kind: Kind::Text }],
    search: None,
};

/// The same with the filter that the address of the device stands for.
pub const DIAGNOSTICS_OF_ASSET: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "overall_result",
            sql: "d.overall_result = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "asset_id",
            sql: "d.asset_id = ?",
            kind: Kind::Int,
        },
    ],
    ..DIAGNOSTICS
};

/// A certificate that a device was wiped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct WipeCertificate {
    /// Number.
    pub id: WipeCertificateId,
    /// The device.
    pub asset_id: AssetId,
    /// Who wiped it.
    pub technician_id: UserId,
    /// How.
    pub wipe_method: String,
    /// The certificate of another program.
    pub certificate_reference: Option<String>,
    /// On which day.
    pub wipe_date: NaiveDate,
    /// Notes.
    pub notes: Option<String>,
    /// When recorded.
    pub created_at: DateTime<Utc>,
    /// Name of who wiped it.
    pub technician_name: String,
}

/// The wipe certificates of a device.
pub const WIPES: ListSpec = ListSpec {
    select: "SELECT w.id, w.asset_id, w.technician_id, w.wipe_method, w.certificate_reference, w.wipe_date, w.notes,
       w.created_at, u.full_name AS technician_name
FROM wipe_certificates w JOIN users u ON u.id = w.technician_id",
    always: "true",
    id: "w.id",
    sorts: &[Column { name: "created_at", sql: "w.created_at", kind: Kind::Instant }],
    default_sort: BY_TIME,
    filters: &[Filter { name: "wipe_method", sql: "w.wipe_method = ?", kind: Kind::Text }],
    search: None,
};

/// The same with the filter that the address of the device stands for.
pub const WIPES_OF_ASSET: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "wipe_method",
            sql: "w.wipe_method = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "asset_id",
            sql: "w.asset_id = ?",
            kind: Kind::Int,
        },
    ],
    ..WIPES
};

/// Records a result of diagnostics.
pub async fn diagnostics_insert(
    conn: &mut PgConnection,
    asset_id: AssetId,
    technician_id: UserId,
    found: &Findings,
    result: DiagnosticsResult,
    notes: Option<&str>,
) -> Result<DiagnosticsRecord, sqlx::Error> {
    sqlx::query_as(
        "WITH d AS (
           INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result, notes)
           VALUES ($1, $2, $3, $4, $5) RETURNING *
         )
         SELECT d.id, d.asset_id, d.technician_id, d.checklist_data, d.overall_result, d.notes, d.diagnostic_date,
                d.created_at, u.full_name AS technician_name
         FROM d JOIN users u ON u.id = d.technician_id",
    )
    .bind(asset_id)
    .bind(technician_id)
    .bind(sqlx::types::Json(found))
    .bind(result)
    .bind(notes)
    .fetch_one(conn)
    .await
}

/// Records that a device was wiped.
pub async fn wipe_insert(
    conn: &mut PgConnection,
    asset_id: AssetId,
    technician_id: UserId,
    wipe_method: &str,
    certificate_reference: Option<&str>,
    notes: Option<&str>,
) -> Result<WipeCertificate, sqlx::Error> {
    sqlx::query_as(
        "WITH w AS (
           INSERT INTO wipe_certificates (asset_id, technician_id, wipe_method, certificate_reference, notes)
           VALUES ($1, $2, $3, $4, $5) RETURNING *
         )
         SELECT w.id, w.asset_id, w.technician_id, w.wipe_method, w.certificate_reference, w.wipe_date, w.notes,
                w.created_at, u.full_name AS technician_name
         FROM w JOIN users u ON u.id = w.technician_id",
    )
    .bind(asset_id)
    .bind(technician_id)
    .bind(wipe_method)
    .bind(certificate_reference)
    .bind(notes)
    .fetch_one(conn)
    .await
}

/// Reads a wipe certificate of a device.
pub async fn wipe_find(
    conn: &mut PgConnection,
    asset_id: AssetId,
    id: WipeCertificateId,
) -> Result<Option<WipeCertificate>, sqlx::Error> {
    sqlx::query_as(
        "SELECT w.id, w.asset_id, w.technician_id, w.wipe_method, w.certificate_reference, w.wipe_date, w.notes,
                w.created_at, u.full_name AS technician_name
         FROM wipe_certificates w JOIN users u ON u.id = w.technician_id WHERE w.id = $1 AND w.asset_id = $2",
    )
    .bind(id)
    .bind(asset_id)
    .fetch_optional(conn)
    .await
}

/// An invoice that a device is or was on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetSale {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub invoice_number: String,
    /// Its status.
    pub status: InvoiceStatus,
    /// Its day.
    pub invoice_date: NaiveDate,
    /// What the device costs on it.
    pub unit_price: Money,
    /// Whether the line still holds the device.
    pub is_live: bool,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// Who sold it.
    pub sales_rep_name: Option<String>,
    /// When the line was written.
    pub created_at: DateTime<Utc>,
}

/// The invoices that a device is or was on, newest first.
pub async fn asset_sales(conn: &mut PgConnection, id: AssetId) -> Result<Vec<AssetSale>, sqlx::Error> {
    sqlx::query_as!(
        AssetSale,
        r#"SELECT i.id AS invoice_id, i.invoice_number, i.status, i.invoice_date, l.unit_price,
                  l.released_at IS NULL AS "is_live!", c.full_name AS "customer_name?", u.full_name AS "sales_rep_name?",
                  l.created_at
           FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
           LEFT JOIN customers c ON c.id = i.customer_id LEFT JOIN users u ON u.id = i.sales_rep_id
           WHERE l.asset_id = $1 ORDER BY l.id DESC LIMIT 100"#,
        id.get()
    )
    .fetch_all(conn)
    .await
}

/// A warranty on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetWarranty {
    /// Number of the record.
    pub id: WarrantyId,
    /// Its number.
    pub warranty_number: String,
    /// Standard or premium.
    pub warranty_tier: WarrantyTier,
    /// First day.
    pub start_date: NaiveDate,
    /// Last day.
    pub end_date: NaiveDate,
    /// Whether it holds.
    pub status: Option<WarrantyStatus>,
}

/// The warranties on a device, newest first.
pub async fn asset_warranties(
    conn: &mut PgConnection,
    id: AssetId,
) -> Result<Vec<AssetWarranty>, sqlx::Error> {
    sqlx::query_as!(
        AssetWarranty,
        r#"SELECT id, warranty_number, warranty_tier, start_date, end_date, status AS "status?"
           FROM warranties WHERE asset_id = $1 ORDER BY id DESC LIMIT 100"#,
        id.get()
    )
    .fetch_all(conn)
    .await
}

/// A device that waits for a technician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueEntry {
    /// The device.
    pub id: AssetId,
    /// Its tag.
    pub asset_tag: String,
    /// Brand.
    pub brand: String,
    /// Model.
    pub model_name: String,
    /// Since when it waits.
    pub status_since: DateTime<Utc>,
}

/// Who waits in a state, the longest first. Nobody waits where a device is Sold or Scrapped: said here too, it lets the index of
/// what is in the house give the page without the rest of the queue.
pub async fn queue_list(
    conn: &mut PgConnection,
    status: AssetStatus,
    limit: i64,
) -> Result<Vec<QueueEntry>, sqlx::Error> {
    sqlx::query_as!(
        QueueEntry,
        "SELECT a.id, a.asset_tag, p.brand, p.model_name, a.status_since
         FROM assets a JOIN product_models p ON p.id = a.product_model_id
         WHERE a.status = $1 AND a.status NOT IN ('Sold', 'Scrapped') ORDER BY a.status_since, a.id LIMIT $2",
        status.as_str(),
        limit
    )
    .fetch_all(conn)
    .await
}

/// The one who waits after a device in its state: the next one to look at when it is skipped or done. The device itself is read
/// first, not joined: so the index gives the next one and the rest of the queue stays unread.
pub async fn queue_next(conn: &mut PgConnection, id: AssetId) -> Result<Option<AssetId>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT n.id FROM assets n
         WHERE n.status = (SELECT a.status FROM assets a WHERE a.id = $1) AND n.status NOT IN ('Sold', 'Scrapped')
           AND (n.status_since, n.id) > (SELECT a.status_since, a.id FROM assets a WHERE a.id = $1)
         ORDER BY n.status_since, n.id LIMIT 1",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// How many wait in each of these states, by the counts that are kept.
pub async fn queue_counts(
    conn: &mut PgConnection,
    statuses: &[AssetStatus],
) -> Result<Vec<(AssetStatus, i64)>, sqlx::Error> {
    let names: Vec<String> = statuses.iter().map(|s| s.as_str().to_owned()).collect();
    let rows = sqlx::query!(
        r#"SELECT status AS "status: AssetStatus", sum(units) AS "devices!" FROM asset_status_changes
           WHERE status = ANY ($1) GROUP BY status"#,
        &names
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.status, r.devices)).collect())
}

/// How many diagnostics and wipes a technician has recorded on a day.
pub async fn bench_today(
    conn: &mut PgConnection,
    technician_id: UserId,
    today: NaiveDate,
) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT
             (SELECT count(*) FROM diagnostics_results WHERE technician_id = $1 AND diagnostic_date = $2) AS "tested!",
             (SELECT count(*) FROM wipe_certificates WHERE technician_id = $1 AND wipe_date = $2) AS "wiped!""#,
        technician_id.get(),
        today
    )
    .fetch_one(conn)
    .await?;
    Ok((row.tested, row.wiped))
}

/// The suppliers in use, for choosing one.
pub async fn suppliers_recent(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT supplier AS "supplier!" FROM (
             SELECT supplier FROM assets WHERE voided_at IS NULL ORDER BY id DESC LIMIT 1000
           ) recent WHERE supplier IS NOT NULL ORDER BY 1"#
    )
    .fetch_all(conn)
    .await
}

/// A quality check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct QualityCheckRecord {
    /// Number.
    pub id: QualityCheckId,
    /// The device.
    pub asset_id: AssetId,
    /// Who checked it.
    pub technician_id: Option<UserId>,
    /// A, B or C.
    pub condition_grade: Grade,
    /// Whether it could be sold.
    pub passed: bool,
    /// What the grade made it cost then, as far as it was known.
    pub price: Option<Money>,
    /// How it looked.
    pub cosmetic_notes: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Name of who checked it.
    pub technician_name: Option<String>,
}

/// The quality checks of a device.
pub const QUALITY_CHECKS: ListSpec = ListSpec {
    select: "SELECT q.id, q.asset_id, q.technician_id, q.condition_grade, q.passed, q.price, q.cosmetic_notes, q.created_at,
       u.full_name AS technician_name
FROM quality_checks q LEFT JOIN users u ON u.id = q.technician_id",
    always: "true",
    id: "q.id",
    sorts: &[Column { name: "created_at", sql: "q.created_at", kind: Kind::Instant }],
    default_sort: BY_TIME,
    filters: &[Filter { name: "passed", sql: "q.passed = ?", kind: Kind::Bool }],
    search: None,
};

/// The same with the filter that the address of the device stands for.
pub const QUALITY_CHECKS_OF_ASSET: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "passed",
            sql: "q.passed = ?",
            kind: Kind::Bool,
        },
        Filter {
            name: "asset_id",
            sql: "q.asset_id = ?",
            kind: Kind::Int,
        },
    ],
    ..QUALITY_CHECKS
};

/// Records a quality check.
pub async fn quality_check_insert(
    conn: &mut PgConnection,
    asset_id: AssetId,
    technician_id: Option<UserId>,
    grade: Grade,
    passed: bool,
    price: Option<Money>,
    cosmetic_notes: Option<&str>,
) -> Result<QualityCheckId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO quality_checks (asset_id, technician_id, condition_grade, passed, price, cosmetic_notes)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(asset_id)
    .bind(technician_id)
    .bind(grade)
    .bind(passed)
    .bind(price)
    .bind(cosmetic_notes)
    .fetch_one(conn)
    .await
}

/// The check code of a wipe certificate.
pub async fn wipe_check_code(conn: &mut PgConnection, id: WipeCertificateId) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT check_code FROM wipe_certificates WHERE id = $1")
        .bind(id)
        .fetch_one(conn)
        .await
}

/// What anybody may learn of a wipe certificate.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct WipeCheck {
    /// Brand.
    pub brand: String,
    /// Model.
    pub model_name: String,
    /// Serial number, whole.
    pub serial_number: String,
    /// How it was wiped.
    pub wipe_method: String,
    /// When.
    pub wipe_date: NaiveDate,
}

/// The wipe certificate with this check code.
pub async fn wipe_check(conn: &mut PgConnection, code: &str) -> Result<Option<WipeCheck>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.brand, p.model_name, a.serial_number, w.wipe_method, w.wipe_date
         FROM wipe_certificates w JOIN assets a ON a.id = w.asset_id JOIN product_models p ON p.id = a.product_model_id
         WHERE w.check_code = $1",
    )
    .bind(code)
    .fetch_optional(conn)
    .await
}

/// Where a device was in its life, and where it lay, at an instant.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Whereabouts {
    /// Its status.
    pub status: AssetStatus,
    /// Since when.
    pub status_since: DateTime<Utc>,
    /// Where it lay.
    pub location_name: Option<String>,
}

/// The state of a device just before an instant, by its movements. Nothing if it was not here yet.
pub async fn asset_whereabouts(
    conn: &mut PgConnection,
    id: AssetId,
    before: DateTime<Utc>,
) -> Result<Option<Whereabouts>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.to_status AS status,
                (SELECT max(s.created_at) FROM inventory_movements s
                 WHERE s.asset_id = $1 AND s.created_at < $2 AND s.from_status IS DISTINCT FROM s.to_status) AS status_since,
                o.location_name
         FROM inventory_movements v LEFT JOIN locations o ON o.id = v.to_location_id
         WHERE v.asset_id = $1 AND v.created_at < $2 AND v.to_status IS NOT NULL
         ORDER BY v.created_at DESC, v.id DESC LIMIT 1",
    )
    .bind(id)
    .bind(before)
    .fetch_optional(conn)
    .await
}

/// What a record was before each of its changes at or after an instant, newest first: the log's words of it.
pub async fn changes_since(
    conn: &mut PgConnection,
    entity: &str,
    entity_id: i32,
    since: DateTime<Utc>,
) -> Result<Vec<serde_json::Value>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT before FROM audit_log
         WHERE entity = $1 AND entity_id = $2 AND at >= $3 AND before IS NOT NULL ORDER BY id DESC LIMIT 10000",
    )
    .bind(entity)
    .bind(entity_id)
    .bind(since)
    .fetch_all(conn)
    .await
}
