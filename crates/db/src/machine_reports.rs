//! What machines say of themselves: reports of dmidecode, append-only.

use chrono::{DateTime, Utc};
use domain::{AssetId, MachineReport, MachineReportId, UserId};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, types::Json};
use utoipa::ToSchema;

/// A report that was read on a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct StoredReport {
    /// Number.
    pub id: MachineReportId,
    /// The device.
    pub asset_id: AssetId,
    /// What it says.
    #[schema(value_type = MachineReport)]
    pub found: Json<MachineReport>,
    /// Who read it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Name of who read it.
    pub created_by_name: Option<String>,
}

/// Keeps a report.
pub async fn report_insert(
    conn: &mut PgConnection,
    asset_id: AssetId,
    found: &MachineReport,
    report_text: &str,
) -> Result<StoredReport, sqlx::Error> {
    sqlx::query_as(
        "WITH r AS (
           INSERT INTO machine_reports (asset_id, found, report_text) VALUES ($1, $2, $3)
           RETURNING id, asset_id, found, created_by, created_at
         )
         SELECT r.*, u.full_name AS created_by_name FROM r LEFT JOIN users u ON u.id = r.created_by",
    )
    .bind(asset_id)
    .bind(Json(found))
    .bind(report_text)
    .fetch_one(conn)
    .await
}

/// The reports of a device, newest first, 50 at most.
pub async fn report_list(
    conn: &mut PgConnection,
    asset_id: AssetId,
) -> Result<Vec<StoredReport>, sqlx::Error> {
    sqlx::query_as(
        "SELECT r.id, r.asset_id, r.found, r.created_by, r.created_at, u.full_name AS created_by_name
         FROM machine_reports r LEFT JOIN users u ON u.id = r.created_by
         WHERE r.asset_id = $1 ORDER BY r.id DESC LIMIT 50",
    )
    .bind(asset_id)
    .fetch_all(conn)
    .await
}

/// One report of a device.
pub async fn report_find(
    conn: &mut PgConnection,
    asset_id: AssetId,
    id: MachineReportId,
) -> Result<Option<StoredReport>, sqlx::Error> {
    sqlx::query_as(
        "SELECT r.id, r.asset_id, r.found, r.created_by, r.created_at, u.full_name AS created_by_name
         FROM machine_reports r LEFT JOIN users u ON u.id = r.created_by WHERE r.asset_id = $1 AND r.id = $2",
    )
    .bind(asset_id)
    .bind(id)
    .fetch_optional(conn)
    .await
}
