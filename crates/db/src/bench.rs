//! The queues of the bench: who waits in which state, and since when.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, Utc};
use domain::{AssetId, AssetStatus, Category, Grade, LocationId, LotId, ProductModelId};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A device that waits in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct WaitingDevice {
    /// The device.
    pub id: AssetId,
    /// Our own number on it.
    pub asset_tag: String,
    /// Serial number.
    pub serial_number: String,
    /// Its model.
    pub product_model_id: ProductModelId,
    /// Laptop, Phone …
    pub category: Category,
    /// Brand of its model.
    pub brand: String,
    /// Name of its model.
    pub model_name: String,
    /// The state in which it waits.
    pub status: AssetStatus,
    /// Since when.
    pub status_since: DateTime<Utc>,
    /// Its grade, where it was checked before.
    pub condition_grade: Option<Grade>,
    /// The lot that it came with.
    pub lot_id: Option<LotId>,
    /// Where it lies.
    pub location_id: Option<LocationId>,
    /// Its name.
    pub location_name: Option<String>,
}

/// Who waits, the longest first. Nobody waits where a device is Sold or Scrapped: said here, it lets the index of what is in the
/// house give the page without the rest of the queue.
pub const QUEUE: ListSpec = ListSpec {
    select: "SELECT a.id, a.asset_tag, a.serial_number, a.product_model_id, p.category, p.brand, p.model_name, a.status, a.status_since,
       a.condition_grade, a.lot_id, a.location_id, o.location_name
FROM assets a JOIN product_models p ON p.id = a.product_model_id LEFT JOIN locations o ON o.id = a.location_id",
    always: "a.status NOT IN ('Sold', 'Scrapped')",
    id: "a.id",
    sorts: &[Column { name: "status_since", sql: "a.status_since", kind: Kind::Instant }],
    default_sort: "status_since",
    filters: &[
        Filter { name: "status", sql: "a.status = ?", kind: Kind::Text },
        Filter { name: "category", sql: "p.category = ?", kind: Kind::Text },
        Filter { name: "location_id", sql: "a.location_id = ?", kind: Kind::Int },
        Filter { name: "lot_id", sql: "a.lot_id = ?", kind: Kind::Int },
        Filter { name: "waiting_since", sql: "a.status_since <= ?", kind: Kind::Instant },
    ],
    search: None,
};

/// Since when the one waits who waits longest in a state; `None` where nobody does.
pub async fn queue_oldest(
    conn: &mut PgConnection,
    status: AssetStatus,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT a.status_since FROM assets a WHERE a.status = $1 AND a.status NOT IN ('Sold', 'Scrapped')
         ORDER BY a.status_since LIMIT 1",
    )
    .bind(status.as_str())
    .fetch_optional(conn)
    .await
}
