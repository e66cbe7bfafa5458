//! Models that are recorded twice, and two records of one model made one.

use super::{ProductModel, values_of};
use crate::merging::stepping_back;
use crate::{Actor, Capability, Refusal, Shop};
use domain::ProductModelId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Which record stays.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeModelInto {
    /// The model that everything goes to.
    pub into: ProductModelId,
}

/// Records of one model: same brand, name, processor, memory and storage, whatever their spelling.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SameModels {
    /// The records, the oldest first.
    pub models: Vec<ProductModel>,
}

/// What a merge would make.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergePreview {
    /// The record that goes.
    pub gone: ProductModel,
    /// The record that stays, as it is.
    pub kept: ProductModel,
    /// What moves: a table of the schema, and how many rows.
    pub moves: BTreeMap<String, i64>,
}

/// All models that are recorded more than once.
pub async fn duplicates(shop: &Shop, actor: &Actor) -> Result<Vec<SameModels>, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut conn = shop.read().await?;
    let mut by_key: BTreeMap<String, Vec<ProductModel>> = BTreeMap::new();
    for model in db::catalog::models_all(&mut conn).await? {
        by_key
            .entry(values_of(model.clone()).key())
            .or_default()
            .push(model);
    }
    Ok(by_key
        .into_values()
        .filter(|models| models.len() > 1)
        .map(|models| SameModels { models })
        .collect())
}

/// The other records of the model that this is one of.
pub async fn duplicates_of(shop: &Shop, model: &ProductModel) -> Result<Vec<ProductModel>, Refusal> {
    let mut conn = shop.read().await?;
    let key = values_of(model.clone()).key();
    let mut same = Vec::new();
    for id in db::catalog::models_find_by_key(&mut conn, &key).await? {
        if id != model.id {
            same.extend(db::catalog::model_find(&mut conn, id).await?);
        }
    }
    Ok(same)
}

fn same_one() -> Refusal {
    Refusal::invalid(
        "/into",
        "Choose another model: a record cannot be merged into itself.",
    )
}

fn other_kind(gone: &ProductModel, kept: &ProductModel) -> Refusal {
    let text = format!(
        "One is a {}, the other a {}: give both the same kind first.",
        gone.category, kept.category
    );
    Refusal::invalid("/into", text)
}

/// Shows what a merge would make, without making it.
pub async fn preview(
    shop: &Shop,
    actor: &Actor,
    gone: ProductModelId,
    into: ProductModelId,
) -> Result<MergePreview, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let gone = super::find(shop, gone).await?;
    let kept = super::find(shop, into)
        .await
        .map_err(|_| Refusal::invalid("/into", "There is no such model."))?;
    if gone.id == kept.id {
        return Err(same_one());
    }
    let held = db::catalog_care::model_held(&mut *shop.read().await?, gone.id).await?;
    Ok(MergePreview {
        gone,
        kept,
        moves: held.into_iter().map(|h| (h.named_in, h.rows)).collect(),
    })
}

/// Merges a model into another one: devices, bundle, preorders and prices are the second one's from then on, in one
/// transaction. Whoever receives or sells at the same moment goes first: a merge that would have to wait lets go and begins
/// again.
pub async fn merge(
    shop: &Shop,
    actor: &Actor,
    gone: ProductModelId,
    into: MergeModelInto,
) -> Result<ProductModel, Refusal> {
    actor.require(Capability::EditCatalog)?;
    stepping_back(|| merge_once(shop, actor, gone, into.into)).await
}

async fn merge_once(
    shop: &Shop,
    actor: &Actor,
    gone: ProductModelId,
    into: ProductModelId,
) -> Result<ProductModel, Refusal> {
    if gone == into {
        return Err(same_one());
    }
    let mut tx = shop.begin(actor).await?;
    db::customers::merge_waits_briefly(tx.conn()).await?;
    db::catalog::models_guard(tx.conn()).await?;
    let (first, second) = (gone.min(into), gone.max(into));
    let one = db::catalog::model_lock(tx.conn(), first).await?;
    let two = db::catalog::model_lock(tx.conn(), second).await?;
    let (gone_now, kept) = if gone < into { (one, two) } else { (two, one) };
    let Some(gone_now) = gone_now else {
        return Err(
            match db::catalog_care::model_merged_into(tx.conn(), gone).await? {
                Some(other) => Refusal::conflict(
                    "merged_already",
                    format!("This model was merged into number {other} already: open that one."),
                ),
                None => Refusal::not_found("product model"),
            },
        );
    };
    let kept = kept.ok_or_else(|| Refusal::invalid("/into", "There is no such model."))?;
    tx.check_version(gone_now.updated_at)?;
    if gone_now.category != kept.category {
        return Err(other_kind(&gone_now, &kept));
    }
    let moved = db::catalog_care::model_merge(tx.conn(), gone, into).await?;
    let after = db::catalog::model_find(tx.conn(), into)
        .await?
        .ok_or_else(|| Refusal::not_found("product model"))?;
    let is = json!({"merged_into": into});
    let was = Some(json!(gone_now));
    tx.audit("product_model.merge", "product_models", gone.get(), was, Some(is))
        .await?;
    let is = json!({"product_model": after, "merged_from": gone, "moved": moved});
    let was = Some(json!(kept));
    tx.audit("product_model.merge", "product_models", into.get(), was, Some(is))
        .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// The model into which one was merged, for old links.
pub async fn merged_into(shop: &Shop, id: ProductModelId) -> Result<Option<ProductModelId>, Refusal> {
    Ok(db::catalog_care::model_merged_into(&mut *shop.read().await?, id).await?)
}
