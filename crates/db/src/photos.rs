//! Photos of devices and of what is taken in for repair, and pictures of product models.

use chrono::{DateTime, Utc};
use domain::{AssetId, DiagnosticsId, PhotoId, ProductModelId, RepairTicketId, UserId};
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// What a photo is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A device of ours.
    Asset(AssetId),
    /// What is taken in for repair.
    RepairTicket(RepairTicketId),
    /// A product model.
    ProductModel(ProductModelId),
}

impl Subject {
    const fn keys(self) -> (Option<AssetId>, Option<RepairTicketId>, Option<ProductModelId>) {
        match self {
            Self::Asset(id) => (Some(id), None, None),
            Self::RepairTicket(id) => (None, Some(id), None),
            Self::ProductModel(id) => (None, None, Some(id)),
        }
    }

    const fn number(self) -> i32 {
        match self {
            Self::Asset(id) => id.get(),
            Self::RepairTicket(id) => id.get(),
            Self::ProductModel(id) => id.get(),
        }
    }
}

/// A photo, without its picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct Photo {
    /// Number.
    pub id: PhotoId,
    /// The device that it shows.
    pub asset_id: Option<AssetId>,
    /// The ticket that it belongs to.
    pub repair_ticket_id: Option<RepairTicketId>,
    /// The product model that it is a picture of.
    pub product_model_id: Option<ProductModelId>,
    /// The diagnostics during which it was taken.
    pub diagnostics_id: Option<DiagnosticsId>,
    /// What is to be seen.
    pub caption: Option<String>,
    /// Width in pixels.
    pub width: i32,
    /// Height in pixels.
    pub height: i32,
    /// Who took it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Name of who took it.
    pub created_by_name: Option<String>,
}

macro_rules! photos_where {
    ($condition:literal) => {
        concat!(
            "SELECT p.id, p.asset_id, p.repair_ticket_id, p.product_model_id, p.caption, p.width, p.height, p.created_by, p.created_at,
       u.full_name AS created_by_name,
       (SELECT d.id FROM diagnostics_results d WHERE d.asset_id = p.asset_id AND d.status_entry = p.status_entry
        ORDER BY d.id DESC LIMIT 1) AS diagnostics_id
FROM photos p LEFT JOIN users u ON u.id = p.created_by WHERE p.removed_at IS NULL AND ",
            $condition
        )
    };
}

/// Keeps a photo: JPEG, and a small one for lists.
pub async fn photo_insert(
    conn: &mut PgConnection,
    of: Subject,
    caption: Option<&str>,
    (width, height): (i32, i32),
    image: &[u8],
    thumbnail: &[u8],
) -> Result<PhotoId, sqlx::Error> {
    let (asset, ticket, model) = of.keys();
    sqlx::query_scalar(
        "WITH p AS (
           INSERT INTO photos (asset_id, repair_ticket_id, product_model_id, caption, width, height)
           VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
         )
         INSERT INTO photo_files (photo_id, image, thumbnail) SELECT id, $7, $8 FROM p RETURNING photo_id",
    )
    .bind(asset)
    .bind(ticket)
    .bind(model)
    .bind(caption)
    .bind(width)
    .bind(height)
    .bind(image)
    .bind(thumbnail)
    .fetch_one(conn)
    .await
}

/// The photos of something, oldest first.
pub async fn photo_list(conn: &mut PgConnection, of: Subject) -> Result<Vec<Photo>, sqlx::Error> {
    sqlx::query_as(match of {
        Subject::Asset(_) => photos_where!("p.asset_id = $1 ORDER BY p.id LIMIT 200"),
        Subject::RepairTicket(_) => photos_where!("p.repair_ticket_id = $1 ORDER BY p.id LIMIT 200"),
        Subject::ProductModel(_) => photos_where!("p.product_model_id = $1 ORDER BY p.id LIMIT 200"),
    })
    .bind(of.number())
    .fetch_all(conn)
    .await
}

/// How many photos something has.
pub async fn photo_count(conn: &mut PgConnection, of: Subject) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(match of {
        Subject::Asset(_) => "SELECT count(*) FROM photos WHERE removed_at IS NULL AND asset_id = $1",
        Subject::RepairTicket(_) => {
            "SELECT count(*) FROM photos WHERE removed_at IS NULL AND repair_ticket_id = $1"
        }
        Subject::ProductModel(_) => {
            "SELECT count(*) FROM photos WHERE removed_at IS NULL AND product_model_id = $1"
        }
    })
    .bind(of.number())
    .fetch_one(conn)
    .await
}

/// One photo that is there.
pub async fn photo_find(conn: &mut PgConnection, id: PhotoId) -> Result<Option<Photo>, sqlx::Error> {
    sqlx::query_as(photos_where!("p.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// The picture of a photo, or its small one.
pub async fn photo_file(
    conn: &mut PgConnection,
    id: PhotoId,
    small: bool,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar(if small {
        "SELECT thumbnail FROM photo_files WHERE photo_id = $1"
    } else {
        "SELECT image FROM photo_files WHERE photo_id = $1"
    })
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Takes a photo away: its picture is gone, its row stays. Says whether it was there.
pub async fn photo_remove(
    conn: &mut PgConnection,
    id: PhotoId,
    removed_by: Option<UserId>,
) -> Result<bool, sqlx::Error> {
    let there = sqlx::query(
        "UPDATE photos SET removed_at = shop_now(), removed_by = $2, caption = NULL WHERE id = $1 AND removed_at IS NULL",
    )
    .bind(id)
    .bind(removed_by)
    .execute(&mut *conn)
    .await?
    .rows_affected();
    sqlx::query("DELETE FROM photo_files WHERE photo_id = $1")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(there > 0)
}
