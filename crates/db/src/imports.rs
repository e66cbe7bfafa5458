//! Imports of manifests: what was read, what came of it, and the writing of a lot of devices as sets.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{AssetId, ImportId, LocationId, LotId, Money, ProductModelId, UserId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

domain::text_enum! {
    /// What is received when some rows of a file are at fault.
    pub enum ImportMode {
        /// Nothing, until all rows are good.
        AllOrNothing = "all_or_nothing",
        /// The good rows; the others come back as a file.
        GoodRows = "good_rows",
    }
}

domain::text_enum! {
    /// How far an import is.
    pub enum ImportState {
        /// Read, and waiting for somebody to say go.
        Queued = "Queued",
        /// At work.
        Running = "Running",
        /// Finished.
        Done = "Done",
        /// Given up; nothing was received.
        Failed = "Failed",
    }
}

/// Why a row was not received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowError {
    /// As a spreadsheet numbers it; the first is 1.
    pub row: u32,
    /// The column's name in the file.
    pub column: String,
    /// What is wrong, and what to do about it.
    pub reason: String,
}

/// An import, as stored and as the API answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Import {
    /// Number.
    pub id: ImportId,
    /// The file's name where it came from.
    pub file_name: String,
    /// What is received when some rows are at fault.
    pub mode: ImportMode,
    /// Only looked at, nothing received.
    pub dry_run: bool,
    /// How far it is.
    pub state: ImportState,
    /// Rows below the header; 0 until they are counted.
    pub rows: i32,
    /// Rows looked at so far.
    pub rows_done: i32,
    /// Devices received, or rows that could be, if it was a dry run.
    pub accepted: i32,
    /// Rows with a fault.
    pub rejected: i32,
    /// Everything that is wrong, by row.
    #[schema(value_type = Vec<RowError>)]
    pub errors: Json<Vec<RowError>>,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it was finished.
    pub finished_at: Option<DateTime<Utc>>,
    /// Nothing was to be received: the lot notes what is expected.
    pub expect_only: bool,
    /// The lots that its devices belong to, or are expected in.
    pub lot_ids: Vec<i32>,
    /// When it was undone: its devices were taken off the books.
    pub undone_at: Option<DateTime<Utc>>,
}

/// An import in a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ImportSummary {
    /// Number.
    pub id: ImportId,
    /// The file's name.
    pub file_name: String,
    /// How far it is.
    pub state: ImportState,
    /// Only looked at.
    pub dry_run: bool,
    /// Only noted what is expected.
    pub expect_only: bool,
    /// Rows below the header.
    pub rows: i32,
    /// Devices received.
    pub accepted: i32,
    /// Rows with a fault.
    pub rejected: i32,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it was finished.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Who sent it; null for the command line.
    pub sent_by: Option<String>,
}

/// The list of imports, without what was only looked at.
pub const IMPORTS: ListSpec = ListSpec {
    select: "SELECT i.id, i.file_name, i.state, i.dry_run, i.expect_only, coalesce(i.rows_total, 0) AS rows, i.accepted, i.rejected,
       i.created_at, i.finished_at, i.undone_at, u.full_name AS sent_by
FROM imports i LEFT JOIN users u ON u.id = i.created_by",
    always: "NOT i.dry_run",
    id: "i.id",
    sorts: &[Column { name: "created_at", sql: "i.created_at", kind: Kind::Instant }],
    default_sort: "-created_at",
    filters: &[Filter { name: "state", sql: "i.state = ?", kind: Kind::Text }],
    search: Some(r"i.file_name ILIKE '%' || replace(?, '\', '\\') || '%'"),
};

/// Why a device of an import keeps it from being undone.
#[derive(Debug, Clone, FromRow)]
pub struct MovedOn {
    /// Its tag.
    pub asset_tag: String,
    /// What happened to it.
    pub why: String,
}

/// Locks an import until the transaction ends. `false` if there is none.
pub async fn import_lock(conn: &mut PgConnection, id: ImportId) -> Result<bool, sqlx::Error> {
    let locked = sqlx::query("SELECT id FROM imports WHERE id = $1 FOR NO KEY UPDATE")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(locked.rows_affected() == 1)
}

/// The lots of the devices that an import brought.
pub async fn import_lots(conn: &mut PgConnection, id: ImportId) -> Result<Vec<LotId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT DISTINCT lot_id FROM assets WHERE import_id = $1 AND lot_id IS NOT NULL ORDER BY 1",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Locks the devices that an import brought, by number, until the transaction ends, and answers how many there are.
pub async fn import_devices_lock(conn: &mut PgConnection, id: ImportId) -> Result<u64, sqlx::Error> {
    let locked = sqlx::query(
        "SELECT id FROM assets WHERE import_id = $1 AND voided_at IS NULL ORDER BY id FOR UPDATE",
    )
    .bind(id)
    .execute(conn)
    .await?;
    Ok(locked.rows_affected())
}

/// Devices of an import to which something happened since they were received, and how many there are.
pub async fn import_moved_on(
    conn: &mut PgConnection,
    id: ImportId,
    limit: i64,
) -> Result<(i64, Vec<MovedOn>), sqlx::Error> {
    let all: Vec<MovedOn> = sqlx::query_as(
        "SELECT d.asset_tag, d.why FROM (
           SELECT a.id, a.asset_tag, CASE
             WHEN a.status <> 'Received' THEN 'is ' || a.status
             WHEN a.status_entry <> 1 OR (SELECT count(*) FROM inventory_movements m WHERE m.asset_id = a.id) > 1 THEN 'was moved'
             WHEN EXISTS (SELECT FROM invoice_lines l WHERE l.asset_id = a.id) THEN 'was on an invoice'
             WHEN EXISTS (SELECT FROM preorders p WHERE p.asset_id = a.id) THEN 'is linked to a preorder'
             WHEN EXISTS (SELECT FROM stocktake_counts k WHERE k.asset_id = a.id AND k.removed_at IS NULL) THEN 'was counted in a stocktake'
             WHEN EXISTS (SELECT FROM repair_tickets t WHERE t.asset_id = a.id) THEN 'has a repair ticket'
             WHEN EXISTS (SELECT FROM lot_charge_shares s JOIN lot_charges c ON c.id = s.lot_charge_id WHERE s.asset_id = a.id
               AND c.reverses_id IS NULL AND NOT EXISTS (SELECT FROM lot_charges r WHERE r.reverses_id = c.id))
               THEN 'carries a charge of its lot, which is taken back first'
           END AS why FROM assets a WHERE a.import_id = $1 AND a.voided_at IS NULL
         ) d WHERE d.why IS NOT NULL ORDER BY d.id",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    Ok((
        count,
        all.into_iter()
            .take(usize::try_from(limit).unwrap_or(0))
            .collect(),
    ))
}

/// Takes the devices of an import off the books: their records stay for what is written of them, Scrapped, out of their lot,
/// and under a serial number and a tag that leave the real ones free. Answers how many.
pub async fn import_devices_void(
    conn: &mut PgConnection,
    id: ImportId,
    reason: &str,
) -> Result<u64, sqlx::Error> {
    reason_set(conn, reason).await?;
    let done = sqlx::query(
        "UPDATE assets SET status = 'Scrapped', voided_at = shop_now(), lot_id = NULL, location_id = NULL, imei_1 = NULL, imei_2 = NULL,
                serial_number = left(serial_number, 70) || ' undone ' || id, asset_tag = left(asset_tag, 30) || '~' || id
         WHERE import_id = $1 AND voided_at IS NULL",
    )
    .bind(id)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM lot_lines WHERE import_id = $1")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Notes that an import was undone.
pub async fn import_undone(conn: &mut PgConnection, id: ImportId) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE imports SET undone_at = shop_now(), undone_by = shop_actor() WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// What is known of an import before it has run.
#[derive(Debug, Clone)]
pub struct NewImport<'a> {
    /// The file's name where it came from.
    pub file_name: &'a str,
    /// Of the file.
    pub sha256: &'a [u8],
    /// What is received when some rows are at fault.
    pub mode: ImportMode,
    /// Only look.
    pub dry_run: bool,
    /// Only note what is expected.
    pub expect_only: bool,
    /// Queued or Running.
    pub state: ImportState,
    /// The file itself, if it is to be imported later.
    pub source_file: Option<&'a [u8]>,
}

/// What came of an import.
#[derive(Debug, Clone)]
pub struct ImportResult<'a> {
    /// Rows below the header.
    pub rows: i32,
    /// Devices received.
    pub accepted: i32,
    /// Rows with a fault.
    pub rejected: i32,
    /// Everything that is wrong.
    pub errors: &'a [RowError],
    /// The rows with a fault as a file.
    pub rejected_file: Option<&'a [u8]>,
}

/// Records an import that is about to run, or an upload that waits for it.
pub async fn import_insert(conn: &mut PgConnection, new: &NewImport<'_>) -> Result<ImportId, sqlx::Error> {
    sqlx::query_scalar!(
        r#"INSERT INTO imports (kind, file_name, sha256, mode, dry_run, state, source_file, expect_only)
         VALUES ('manifest', $1, $2, $3, $4, $5, $6, $7) RETURNING id AS "id: _""#,
        new.file_name,
        new.sha256,
        new.mode.as_str(),
        new.dry_run,
        new.state.as_str(),
        new.source_file,
        new.expect_only
    )
    .fetch_one(conn)
    .await
}

/// Reads an import.
pub async fn import_find(conn: &mut PgConnection, id: ImportId) -> Result<Option<Import>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.id, i.file_name, i.mode, i.dry_run, i.state, coalesce(i.rows_total, 0) AS rows, i.rows_done, i.accepted, i.rejected,
                i.errors, i.created_at, i.finished_at, i.expect_only, i.undone_at, ARRAY(
                  SELECT a.lot_id FROM assets a WHERE a.import_id = i.id AND a.lot_id IS NOT NULL
                  UNION SELECT n.lot_id FROM lot_lines n WHERE n.import_id = i.id ORDER BY 1) AS lot_ids
         FROM imports i WHERE i.id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The latest imports and uploads.
pub async fn imports_recent(conn: &mut PgConnection, limit: i64) -> Result<Vec<ImportSummary>, sqlx::Error> {
    sqlx::query_as!(
        ImportSummary,
        r#"SELECT i.id AS "id: _", i.file_name, i.state AS "state: _", i.dry_run, i.expect_only, coalesce(i.rows_total, 0) AS "rows!",
                  i.accepted, i.rejected, i.created_at, i.finished_at, i.undone_at, u.full_name AS "sent_by?"
           FROM imports i LEFT JOIN users u ON u.id = i.created_by
           WHERE NOT i.dry_run
           ORDER BY i.created_at DESC, i.id DESC LIMIT $1"#,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The file of an upload that waits to be imported.
pub async fn import_source(conn: &mut PgConnection, id: ImportId) -> Result<Option<Vec<u8>>, sqlx::Error> {
    Ok(
        sqlx::query_scalar!("SELECT source_file FROM imports WHERE id = $1", id.get())
            .fetch_optional(conn)
            .await?
            .flatten(),
    )
}

/// The rows with a fault, as a file.
pub async fn import_rejected_file(
    conn: &mut PgConnection,
    id: ImportId,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    Ok(
        sqlx::query_scalar!("SELECT rejected_file FROM imports WHERE id = $1", id.get())
            .fetch_optional(conn)
            .await?
            .flatten(),
    )
}

/// Sets a waiting upload to work. `false` if it is at work already, or done.
pub async fn import_start(
    conn: &mut PgConnection,
    id: ImportId,
    mode: ImportMode,
    expect_only: bool,
) -> Result<bool, sqlx::Error> {
    let started = sqlx::query!(
        "UPDATE imports SET state = 'Running', mode = $2, expect_only = $3, rows_done = 0, errors = '[]', finished_at = NULL
         WHERE id = $1 AND state IN ('Queued', 'Failed') AND source_file IS NOT NULL",
        id.get(),
        mode.as_str(),
        expect_only
    )
    .execute(conn)
    .await?;
    Ok(started.rows_affected() == 1)
}

/// Throws a file away of which nothing was received. `false` if it is being received, was, or is not there.
pub async fn upload_delete(conn: &mut PgConnection, id: ImportId) -> Result<bool, sqlx::Error> {
    let deleted = sqlx::query("DELETE FROM imports WHERE id = $1 AND state IN ('Queued', 'Failed')")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Notes how far an import is.
pub async fn import_progress(
    conn: &mut PgConnection,
    id: ImportId,
    rows: i32,
    done: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE imports SET rows_total = $2, rows_done = $3 WHERE id = $1",
        id.get(),
        rows,
        done
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes what came of an import.
pub async fn import_finish(
    conn: &mut PgConnection,
    id: ImportId,
    result: &ImportResult<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE imports SET state = 'Done', rows_total = $2, rows_done = $2, accepted = $3, rejected = $4, errors = $5,
                rejected_file = $6, source_file = NULL, finished_at = shop_now()
         WHERE id = $1",
        id.get(),
        result.rows,
        result.accepted,
        result.rejected,
        Json(result.errors) as _,
        result.rejected_file
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that an import was given up, and why.
pub async fn import_fail(conn: &mut PgConnection, id: ImportId, reason: &str) -> Result<(), sqlx::Error> {
    let errors = [RowError {
        row: 0,
        column: String::new(),
        reason: reason.to_owned(),
    }];
    sqlx::query!(
        "UPDATE imports SET state = 'Failed', errors = $2, finished_at = shop_now() WHERE id = $1 AND state <> 'Done'",
        id.get(),
        Json(errors) as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Imports that a stopped server left at work: nothing of them was received.
pub async fn imports_fail_interrupted(conn: &mut PgConnection, reason: &str) -> Result<u64, sqlx::Error> {
    let errors = [RowError {
        row: 0,
        column: String::new(),
        reason: reason.to_owned(),
    }];
    let done = sqlx::query!(
        "UPDATE imports SET state = 'Failed', errors = $1, finished_at = shop_now() WHERE state = 'Running'",
        Json(errors) as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets the files of uploads that nobody imported.
pub async fn uploads_forget(conn: &mut PgConnection, days: i32) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE imports SET source_file = NULL
         WHERE source_file IS NOT NULL AND state <> 'Running' AND created_at < shop_now() - make_interval(days => $1)",
        days
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Lets one import in at a time, whichever server it runs on, until its transaction ends.
pub async fn imports_lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtext('bizhub.imports'))")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// A product model that was recorded.
#[derive(Debug, Clone)]
pub struct KnownModel {
    /// Number.
    pub id: ProductModelId,
    /// Maker.
    pub brand: String,
    /// Name.
    pub model_name: String,
    /// Processor.
    pub cpu: Option<String>,
    /// Memory.
    pub ram: Option<String>,
    /// Disk.
    pub storage: Option<String>,
}

/// A product model to be recorded.
#[derive(Debug, Clone)]
pub struct ModelRow {
    /// Laptop, Phone or Accessory.
    pub category: &'static str,
    /// Maker.
    pub brand: String,
    /// Name.
    pub model_name: String,
    /// Processor.
    pub cpu: Option<String>,
    /// Memory.
    pub ram: Option<String>,
    /// Disk.
    pub storage: Option<String>,
    /// Diagonal.
    pub screen_size: Option<String>,
    /// Graphics.
    pub gpu: Option<String>,
    /// Operating system.
    pub operating_system: Option<String>,
}

/// The request behind a set of writes, for their audit rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// Its id.
    pub id: Option<&'a str>,
    /// Where it came from.
    pub address: Option<&'a str>,
}

/// Records product models as a set, with an audit row each.
pub async fn models_insert(
    conn: &mut PgConnection,
    models: &[ModelRow],
    request: Request<'_>,
) -> Result<Vec<KnownModel>, sqlx::Error> {
    fn column<'m, T>(models: &'m [ModelRow], value: impl Fn(&'m ModelRow) -> T) -> Vec<T> {
        models.iter().map(value).collect()
    }
    sqlx::query_as!(
        KnownModel,
        r#"WITH made AS (
             INSERT INTO product_models (category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system)
             SELECT category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
               WITH ORDINALITY AS m (category, brand, model_name, cpu, ram, storage, screen_size, gpu, operating_system, n)
             ORDER BY n
             RETURNING *
           ), audited AS (
             INSERT INTO audit_log (action, entity, entity_id, after, request_id, address)
             SELECT 'product_model.create', 'product_models', id, jsonb_strip_nulls(to_jsonb(made)), $10, $11 FROM made
           )
           SELECT id AS "id!: _", brand AS "brand!", model_name AS "model_name!", cpu, ram, storage FROM made"#,
        &column(models, |m| m.category) as &[&str],
        &column(models, |m| m.brand.as_str()) as &[&str],
        &column(models, |m| m.model_name.as_str()) as &[&str],
        &column(models, |m| m.cpu.as_deref()) as &[Option<&str>],
        &column(models, |m| m.ram.as_deref()) as &[Option<&str>],
        &column(models, |m| m.storage.as_deref()) as &[Option<&str>],
        &column(models, |m| m.screen_size.as_deref()) as &[Option<&str>],
        &column(models, |m| m.gpu.as_deref()) as &[Option<&str>],
        &column(models, |m| m.operating_system.as_deref()) as &[Option<&str>],
        request.id,
        request.address
    )
    .fetch_all(conn)
    .await
}

/// A device to be received.
#[derive(Debug, Clone)]
pub struct DeviceRow {
    /// Its serial number.
    pub serial_number: String,
    /// Its tag; the next free one if there is none.
    pub asset_tag: Option<String>,
    /// First IMEI.
    pub imei_1: Option<String>,
    /// Second IMEI.
    pub imei_2: Option<String>,
    /// What it is.
    pub product_model_id: ProductModelId,
    /// Who sold it to us.
    pub supplier: Option<String>,
    /// In cedis.
    pub purchase_cost: Option<Money>,
    /// What the list asks for it, in its currency.
    pub invoiced_cost: Option<Money>,
    /// The code of that currency.
    pub currency: &'static str,
    /// A, B or C.
    pub condition_grade: Option<&'static str>,
    /// What one sees.
    pub cosmetic_notes: Option<String>,
    /// In percent.
    pub battery_health_percent: Option<i32>,
    /// Where it stands.
    pub location_id: Option<LocationId>,
}

/// A number of a device that stands in the stock already.
#[derive(Debug, Clone)]
pub struct KnownDevice {
    /// The place in the list that was asked about, from 0.
    pub index: i64,
    /// `serial_number`, `imei`, `asset_tag`; `code` for a serial number that is the tag of a device or the SKU of an item.
    pub what: String,
    /// The tag of the device that has it, or the item's name.
    pub asset_tag: String,
    /// When that one was received.
    pub received_date: NaiveDate,
}

/// Which of these numbers stand in the stock already. Serial numbers are compared without case and spaces.
pub async fn devices_known(
    conn: &mut PgConnection,
    serials: &[&str],
    imeis: &[[Option<&str>; 2]],
    tags: &[Option<&str>],
) -> Result<Vec<KnownDevice>, sqlx::Error> {
    let first: Vec<_> = imeis.iter().map(|pair| pair[0]).collect();
    let second: Vec<_> = imeis.iter().map(|pair| pair[1]).collect();
    sqlx::query_as!(
        KnownDevice,
        r#"SELECT s.n - 1 AS "index!", 'serial_number' AS "what!", a.asset_tag AS "asset_tag!", a.received_date AS "received_date!"
           FROM unnest($1::text[]) WITH ORDINALITY AS s (serial, n)
           JOIN assets a ON serial_key(a.serial_number) = serial_key(s.serial)
           UNION ALL
           SELECT i.n - 1, 'imei', a.asset_tag, a.received_date
           FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS i (first, second, n)
           JOIN assets a ON a.imei_1 IN (i.first, i.second) OR a.imei_2 IN (i.first, i.second)
           WHERE i.first IS NOT NULL OR i.second IS NOT NULL
           UNION ALL
           SELECT t.n - 1, 'asset_tag', a.asset_tag, a.received_date
           FROM unnest($4::text[]) WITH ORDINALITY AS t (tag, n)
           JOIN assets a ON upper(a.asset_tag) = upper(t.tag)
           WHERE t.tag IS NOT NULL
           UNION ALL
           SELECT s.n - 1, 'code', a.asset_tag, a.received_date
           FROM unnest($1::text[]) WITH ORDINALITY AS s (serial, n)
           JOIN assets a ON upper(a.asset_tag) = serial_key(s.serial)
           UNION ALL
           SELECT s.n - 1, 'code', b.item_name, shop_today()
           FROM unnest($1::text[]) WITH ORDINALITY AS s (serial, n)
           JOIN bulk_stock b ON upper(b.sku) = serial_key(s.serial)
           ORDER BY 1"#,
        serials as &[&str],
        &first as &[Option<&str>],
        &second as &[Option<&str>],
        tags as &[Option<&str>]
    )
    .fetch_all(conn)
    .await
}

/// Says why the writes that follow in this transaction are made; movements keep it.
pub async fn reason_set(conn: &mut PgConnection, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT set_config('bizhub.reason', $1, true)", reason)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Receives devices as a set, with an audit row each, and answers the serial numbers of those that were not in the stock yet.
pub async fn devices_insert(
    conn: &mut PgConnection,
    devices: &[DeviceRow],
    received_date: NaiveDate,
    (lot, import): (LotId, ImportId),
    request: Request<'_>,
) -> Result<Vec<String>, sqlx::Error> {
    fn column<'d, T>(devices: &'d [DeviceRow], value: impl Fn(&'d DeviceRow) -> T) -> Vec<T> {
        devices.iter().map(value).collect()
    }
    sqlx::query_scalar!(
        r#"WITH received AS (
             INSERT INTO assets (serial_number, asset_tag, imei_1, imei_2, product_model_id, supplier, purchase_cost,
                                 condition_grade, cosmetic_notes, battery_health_percent, location_id, received_date, lot_id, import_id)
             SELECT serial_number, asset_tag, imei_1, imei_2, product_model_id, supplier, purchase_cost,
                    condition_grade, cosmetic_notes, battery_health_percent, location_id, $12, $15::integer, $16::integer
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::numeric[], $8::text[],
                         $9::text[], $10::integer[], $11::integer[])
               WITH ORDINALITY AS d (serial_number, asset_tag, imei_1, imei_2, product_model_id, supplier, purchase_cost,
                                     condition_grade, cosmetic_notes, battery_health_percent, location_id, n)
             ORDER BY n
             ON CONFLICT DO NOTHING
             RETURNING *
           ), audited AS (
             INSERT INTO audit_log (action, entity, entity_id, after, request_id, address)
             SELECT 'asset.receive', 'assets', id, jsonb_strip_nulls(to_jsonb(received)), $13, $14 FROM received
           )
           SELECT serial_number AS "serial_number!" FROM received"#,
        &column(devices, |d| d.serial_number.as_str()) as &[&str],
        &column(devices, |d| d.asset_tag.as_deref()) as &[Option<&str>],
        &column(devices, |d| d.imei_1.as_deref()) as &[Option<&str>],
        &column(devices, |d| d.imei_2.as_deref()) as &[Option<&str>],
        &column(devices, |d| d.product_model_id.get()) as &[i32],
        &column(devices, |d| d.supplier.as_deref()) as &[Option<&str>],
        &column(devices, |d| d.purchase_cost.map(Money::decimal)) as &[Option<Decimal>],
        &column(devices, |d| d.condition_grade) as &[Option<&str>],
        &column(devices, |d| d.cosmetic_notes.as_deref()) as &[Option<&str>],
        &column(devices, |d| d.battery_health_percent) as &[Option<i32>],
        &column(devices, |d| d.location_id.map(LocationId::get)) as &[Option<i32>],
        received_date,
        request.id,
        request.address,
        lot.get(),
        import.get()
    )
    .fetch_all(conn)
    .await
}

/// A device that somebody received just now.
#[derive(Debug, Clone)]
pub struct ScannedDevice {
    /// Number.
    pub id: AssetId,
    /// Its tag.
    pub asset_tag: String,
    /// Its serial number.
    pub serial_number: String,
    /// Maker.
    pub brand: String,
    /// Name.
    pub model_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Where it lies.
    pub location_id: Option<LocationId>,
}

/// The devices that a manifest brought, in their order; 5,000 at most.
pub async fn import_assets(
    conn: &mut PgConnection,
    id: ImportId,
) -> Result<Vec<domain::AssetId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT a.id FROM assets a WHERE a.import_id = $1 AND a.voided_at IS NULL ORDER BY a.id LIMIT 5000",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What this person received by scanning or typing, one after the other, without a pause of more than two hours and up to now:
/// the devices of one go, in the order of the scans. Manifests are not among them, nor what was taken back.
pub async fn scanned_run(
    conn: &mut PgConnection,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<Vec<AssetId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT id FROM (
           SELECT id, bool_or(pause > interval '2 hours') OVER (ORDER BY id DESC) AS is_before FROM (
             SELECT id, lag(created_at, 1, $2) OVER (ORDER BY id DESC) - created_at AS pause FROM assets
             WHERE id > (SELECT max(id) - 1000 FROM assets) AND created_by = $1 AND voided_at IS NULL AND import_id IS NULL
           ) a
         ) b WHERE NOT is_before ORDER BY id",
    )
    .bind(user_id)
    .bind(now)
    .fetch_all(conn)
    .await
}

/// These devices as who scans looks at them, the latest first.
pub async fn scanned_devices(
    conn: &mut PgConnection,
    ids: &[AssetId],
) -> Result<Vec<ScannedDevice>, sqlx::Error> {
    let ids: Vec<i32> = ids.iter().map(|id| id.get()).collect();
    sqlx::query_as!(
        ScannedDevice,
        r#"SELECT a.id, a.asset_tag, a.serial_number, p.brand, p.model_name, a.created_at, a.location_id
           FROM assets a JOIN product_models p ON p.id = a.product_model_id
           WHERE a.id = ANY($1) ORDER BY a.id DESC"#,
        &ids
    )
    .fetch_all(conn)
    .await
}
