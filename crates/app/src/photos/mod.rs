//! Photos of devices and of what is taken in for repair, and pictures of product models (PRODUCT.md sections 2, 3 and 10).

mod picture;

use crate::{Actor, Capability, Refusal, Shop, Tx};
pub use db::photos::{Photo, Subject};
use domain::{PhotoId, Text};
use serde_json::{Value, json};
use std::path::Path;

pub use picture::{FILE_LIMIT, PIXEL_LIMIT};

/// The most photos of one thing.
const MOST: i64 = 50;

/// Whether somebody may take photos of it.
pub fn may_take(actor: &Actor, of: Subject) -> bool {
    match of {
        Subject::Asset(_) => [
            Capability::ReceiveStock,
            Capability::RecordDiagnostics,
            Capability::EditAssets,
        ]
        .into_iter()
        .any(|c| actor.can(c)),
        Subject::RepairTicket(_) => actor.can(Capability::OpenRepair),
        Subject::ProductModel(_) => actor.can(Capability::EditCatalog),
    }
}

fn may_see(actor: &Actor, of: Subject) -> bool {
    actor.can(match of {
        Subject::Asset(_) | Subject::ProductModel(_) => Capability::ViewStock,
        Subject::RepairTicket(_) => Capability::OpenRepair,
    })
}

/// Whether somebody may take this one away: whoever took it, or a Manager.
pub fn may_remove(actor: &Actor, photo: &Photo) -> bool {
    actor.can(Capability::EditCatalog) || (actor.user_id.is_some() && photo.created_by == actor.user_id)
}

fn subject(photo: &Photo) -> Result<Subject, Refusal> {
    let asset = photo.asset_id.map(Subject::Asset);
    asset
        .or(photo.repair_ticket_id.map(Subject::RepairTicket))
        .or(photo.product_model_id.map(Subject::ProductModel))
        .ok_or_else(|| Refusal::Internal(format!("photo {} is of nothing", photo.id)))
}

/// A photo that is judged and made smaller, and not kept yet.
#[derive(Debug)]
pub(crate) struct Ready {
    picture: picture::Picture,
    caption: Option<String>,
}

/// Makes the photo in a file ready to be kept, before any transaction waits for it.
pub(crate) async fn prepare(file: &Path, caption: Option<Text<0, 200>>) -> Result<Ready, Refusal> {
    Ok(Ready {
        picture: picture::prepare(file).await?,
        caption: crate::patch::text(caption),
    })
}

/// Keeps it, inside a transaction that the caller began and commits.
pub(crate) async fn keep_in(tx: &mut Tx, of: Subject, photo: &Ready) -> Result<Photo, Refusal> {
    if db::photos::photo_count(tx.conn(), of).await? >= MOST {
        return Err(Refusal::conflict(
            "photos_full",
            format!("There are {MOST} photos already: take one away first."),
        ));
    }
    let picture = &photo.picture;
    let size = (picture.width, picture.height);
    let (image, small) = (&picture.image, &picture.thumbnail);
    let id = db::photos::photo_insert(tx.conn(), of, photo.caption.as_deref(), size, image, small).await?;
    let photo = db::photos::photo_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("photo"))?;
    tx.audit("photo.take", "photos", id.get(), None, Some(of_what(&photo)))
        .await?;
    Ok(photo)
}

/// Keeps the photo in a file.
pub async fn take(
    shop: &Shop,
    actor: &Actor,
    of: Subject,
    file: &Path,
    caption: Option<Text<0, 200>>,
) -> Result<Photo, Refusal> {
    if !may_take(actor, of) {
        return Err(Refusal::not_allowed(actor.role));
    }
    there(shop, of).await?;
    let ready = prepare(file, caption).await?;
    let mut tx = shop.begin(actor).await?;
    if let Subject::Asset(id) = of
        && let Some(record) = db::assets::asset_find(tx.conn(), id).await?
    {
        crate::assets::stands(&record.asset)?;
    }
    let photo = keep_in(&mut tx, of, &ready).await?;
    tx.commit(201, &photo).await?;
    Ok(photo)
}

fn of_what(photo: &Photo) -> Value {
    json!({
        "asset_id": photo.asset_id,
        "repair_ticket_id": photo.repair_ticket_id,
        "product_model_id": photo.product_model_id,
    })
}

async fn there(shop: &Shop, of: Subject) -> Result<(), Refusal> {
    let mut conn = shop.read().await?;
    match of {
        Subject::Asset(id) => db::assets::asset_find(&mut conn, id)
            .await?
            .map(|_| ())
            .ok_or_else(|| Refusal::not_found("device")),
        Subject::RepairTicket(id) => db::repairs::ticket_find(&mut conn, id)
            .await?
            .map(|_| ())
            .ok_or_else(|| Refusal::not_found("repair ticket")),
        Subject::ProductModel(id) => db::catalog::model_find(&mut conn, id)
            .await?
            .map(|_| ())
            .ok_or_else(|| Refusal::not_found("product model")),
    }
}

/// The photos of something, oldest first.
pub async fn list(shop: &Shop, actor: &Actor, of: Subject) -> Result<Vec<Photo>, Refusal> {
    if !may_see(actor, of) {
        return Err(Refusal::not_allowed(actor.role));
    }
    there(shop, of).await?;
    Ok(db::photos::photo_list(&mut *shop.read().await?, of).await?)
}

/// The picture of a photo as JPEG, or the small one. Whoever may not see what it shows is told that there is none.
pub async fn file(shop: &Shop, actor: &Actor, id: PhotoId, small: bool) -> Result<Vec<u8>, Refusal> {
    let none = || Refusal::not_found("photo");
    let mut conn = shop.read().await?;
    let photo = db::photos::photo_find(&mut conn, id).await?.ok_or_else(none)?;
    if !may_see(actor, subject(&photo)?) {
        return Err(none());
    }
    db::photos::photo_file(&mut conn, id, small)
        .await?
        .ok_or_else(none)
}

/// Takes a photo away. Its picture is gone for good; that there was one stays known.
pub async fn remove(shop: &Shop, actor: &Actor, id: PhotoId) -> Result<Photo, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let photo = db::photos::photo_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("photo"))?;
    if !may_see(actor, subject(&photo)?) {
        return Err(Refusal::not_found("photo"));
    }
    if !may_remove(actor, &photo) {
        return Err(Refusal::forbidden(
            "not_allowed",
            "Only who took a photo may take it away, or a Manager.",
        ));
    }
    if let Some(model) = photo.product_model_id {
        crate::catalog::picture::deleted(&mut tx, model, id).await?;
    }
    db::photos::photo_remove(tx.conn(), id, actor.user_id).await?;
    tx.audit("photo.remove", "photos", id.get(), Some(of_what(&photo)), None)
        .await?;
    tx.commit(204, &()).await?;
    Ok(photo)
}
