//! The picture of a product model (PRODUCT.md section 2). `image_url` says which one is shown: an address elsewhere, or one of the
//! model's own, which are kept as photos are. A picture that was replaced or taken off stays among them, to be shown again.

use super::{NewProductModel, ProductModel, values_of};
use crate::photos::{self, Photo, Subject};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use domain::{PhotoId, ProductModelId};
use serde_json::json;
use std::path::Path;

/// Before and after the number of a picture of our own.
const OWN: (&str, &str) = ("/api/v1/photos/", "/image.jpg");

/// The address of a picture of our own.
pub fn address(id: PhotoId) -> String {
    format!("{}{id}{}", OWN.0, OWN.1)
}

/// The number of the picture at this address, if it is one of our own.
pub fn own(url: &str) -> Option<PhotoId> {
    url.strip_prefix(OWN.0)?.strip_suffix(OWN.1)?.parse().ok()
}

/// The address of the small picture of one of our own; `None` of another address.
pub fn small(url: &str) -> Option<String> {
    own(url).map(|id| format!("{}{id}/thumbnail.jpg", OWN.0))
}

/// An address of our own is one of a picture of this very model.
pub(super) async fn check(tx: &mut Tx, id: Option<ProductModelId>, url: Option<&str>) -> Result<(), Refusal> {
    let Some(photo) = url.and_then(own) else {
        return Ok(());
    };
    let there = db::photos::photo_find(tx.conn(), photo).await?;
    match there {
        Some(photo) if id.is_some() && photo.product_model_id == id => Ok(()),
        _ => Err(Refusal::invalid(
            "/image_url",
            "This is no picture of this model: upload one first, or choose one of its own.",
        )),
    }
}

impl NewProductModel {
    /// The picture that it names.
    pub(super) fn picture(&self) -> Option<&str> {
        self.image_url.as_ref().map(domain::catalog::ImageUrl::as_str)
    }
}

/// Keeps the picture in a file, and shows it instead of the one before.
pub async fn put(
    shop: &Shop,
    actor: &Actor,
    id: ProductModelId,
    file: &Path,
) -> Result<ProductModel, Refusal> {
    actor.require(Capability::EditCatalog)?;
    super::find(shop, id).await?;
    let picture = photos::prepare(file, None).await?;
    let mut tx = shop.begin(actor).await?;
    let before = locked(&mut tx, id).await?;
    let photo = photos::keep_in(&mut tx, Subject::ProductModel(id), &picture).await?;
    let after = shown(&mut tx, before, Some(address(photo.id))).await?;
    tx.commit(201, &after).await?;
    Ok(after)
}

/// Shows no picture any more. What was shown stays among the pictures of the model.
pub async fn take_off(shop: &Shop, actor: &Actor, id: ProductModelId) -> Result<ProductModel, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    let before = locked(&mut tx, id).await?;
    let after = shown(&mut tx, before, None).await?;
    tx.commit(204, &()).await?;
    Ok(after)
}

/// Shows one of the model's own pictures again.
pub async fn show_again(
    shop: &Shop,
    actor: &Actor,
    id: ProductModelId,
    photo: PhotoId,
) -> Result<ProductModel, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    let before = locked(&mut tx, id).await?;
    let url = address(photo);
    check(&mut tx, Some(id), Some(&url)).await?;
    let after = shown(&mut tx, before, Some(url)).await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// All pictures of a model that are kept, oldest first.
pub async fn pictures(shop: &Shop, actor: &Actor, id: ProductModelId) -> Result<Vec<Photo>, Refusal> {
    photos::list(shop, actor, Subject::ProductModel(id)).await
}

/// A picture is deleted for good: the model that shows it shows none any more.
pub(crate) async fn deleted(tx: &mut Tx, id: ProductModelId, photo: PhotoId) -> Result<(), Refusal> {
    let Some(before) = db::catalog::model_lock(tx.conn(), id).await? else {
        return Ok(());
    };
    if before.image_url.as_deref().and_then(own) == Some(photo) {
        shown(tx, before, None).await?;
    }
    Ok(())
}

async fn locked(tx: &mut Tx, id: ProductModelId) -> Result<ProductModel, Refusal> {
    let model = db::catalog::model_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("product model"))?;
    tx.check_version(model.updated_at)?;
    Ok(model)
}

async fn shown(tx: &mut Tx, before: ProductModel, url: Option<String>) -> Result<ProductModel, Refusal> {
    if before.image_url == url {
        return Ok(before);
    }
    let mut values = values_of(before.clone());
    values.image_url = url;
    let after = db::catalog::model_update(tx.conn(), before.id, &values).await?;
    tx.audit(
        "product_model.change",
        "product_models",
        after.id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_our_own_are_told_from_others() {
        let id = PhotoId::new(12);
        assert_eq!(own(&address(id)), Some(id));
        assert_eq!(
            small(&address(id)).as_deref(),
            Some("/api/v1/photos/12/thumbnail.jpg")
        );
        for other in [
            "/pictures/840g7.jpg",
            "https://example.com/api/v1/photos/12/image.jpg",
            "/api/v1/photos/0/image.jpg",
            "/api/v1/photos/12/thumbnail.jpg",
            "/api/v1/photos//image.jpg",
        ] {
            assert_eq!(own(other), None, "{other}");
        }
    }
}
