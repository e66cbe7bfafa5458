//! Lead sources: where customers have heard of the shop.

use crate::{Actor, Capability, Refusal, Shop};
pub use db::lead_sources::{LEAD_SOURCES as LIST, LeadSource};
use domain::{LeadSourceId, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What is needed to record a lead source.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLeadSource {
    /// Name, unique.
    pub source_name: Text<1, 50>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<Text<0, 2000>>,
    /// Whether it is offered; yes unless said otherwise.
    #[serde(default)]
    pub is_active: Option<bool>,
}

/// What may be changed; absent fields stay, null empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadSourceChange {
    /// Name, unique.
    #[serde(default)]
    pub source_name: Option<Text<1, 50>>,
    /// What it is for.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub description: Option<Option<Text<0, 2000>>>,
    /// Whether it is still offered.
    #[serde(default)]
    pub is_active: Option<bool>,
}

/// Records a lead source.
pub async fn create(shop: &Shop, actor: &Actor, new: NewLeadSource) -> Result<LeadSource, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    let description = new.description.as_ref().and_then(Text::non_empty);
    let is_active = new.is_active.unwrap_or(true);
    let source =
        db::lead_sources::lead_source_insert(tx.conn(), new.source_name.as_str(), description, is_active)
            .await?;
    tx.audit(
        "lead_source.create",
        "lead_sources",
        source.id.get(),
        None,
        Some(json!(source)),
    )
    .await?;
    tx.commit(201, &source).await?;
    Ok(source)
}

/// Changes a lead source. One that is no longer used is switched off, so that old sales keep theirs.
pub async fn change(
    shop: &Shop,
    actor: &Actor,
    id: LeadSourceId,
    change: LeadSourceChange,
) -> Result<LeadSource, Refusal> {
    actor.require(Capability::EditCatalog)?;
    let mut tx = shop.begin(actor).await?;
    let before = db::lead_sources::lead_source_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("lead source"))?;
    let name = change
        .source_name
        .as_ref()
        .map_or(before.source_name.as_str(), Text::as_str);
    let description = match &change.description {
        Some(new) => new.as_ref().and_then(Text::non_empty),
        None => before.description.as_deref(),
    };
    let is_active = change.is_active.unwrap_or(before.is_active);
    let after = db::lead_sources::lead_source_update(tx.conn(), id, name, description, is_active).await?;
    tx.audit(
        "lead_source.change",
        "lead_sources",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// All of them, for choosing one.
pub async fn all(shop: &Shop) -> Result<Vec<LeadSource>, Refusal> {
    Ok(db::lead_sources::lead_sources_all(&mut *shop.read().await?).await?)
}
