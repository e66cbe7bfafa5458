//! Giving a device another status by hand: every move of the workflow that needs no other record.

use super::{AssetAnswer, answer, facts, lock, not_allowed, nullable};
use crate::{Actor, Refusal, Shop, Tx};
use domain::asset::status::{MOVES, MoveRefused, allowed_from, decide};
use domain::{AssetId, AssetStatus, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Where a device goes, and why.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    /// Where it goes.
    pub status: AssetStatus,
    /// Why; required where the workflow says so.
    #[serde(default)]
    pub reason: Option<Text<0, 1000>>,
}

fn needs_reason(status: AssetStatus) -> bool {
    MOVES.iter().any(|line| line.to == status && line.reason_required)
}

impl PartialSchema for StatusChange {
    fn schema() -> RefOr<Schema> {
        let statuses = |with_reason: bool| {
            let names = AssetStatus::ALL
                .iter()
                .filter(move |s| needs_reason(**s) == with_reason);
            ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(names.map(|s| s.as_str())))
        };
        let closed = || {
            ObjectBuilder::new()
                .schema_type(Type::Object)
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        };
        OneOfBuilder::new()
            .item(
                closed()
                    .property("status", statuses(true))
                    .property("reason", Text::<1, 1000>::schema())
                    .required("status")
                    .required("reason"),
            )
            .item(
                closed()
                    .property("status", statuses(false))
                    .property("reason", nullable(Text::<0, 1000>::schema()))
                    .required("status"),
            )
            .into()
    }
}

impl ToSchema for StatusChange {}

/// Moves a device on in its life.
pub async fn change_status(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    change: StatusChange,
) -> Result<AssetAnswer, Refusal> {
    check_reason_given(&change)?;
    let mut tx = shop.begin(actor).await?;
    let after = change_in(&mut tx, id, &change).await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// Refuses a change that can be seen to lack its reason.
pub(super) fn check_reason_given(change: &StatusChange) -> Result<(), Refusal> {
    let given = change.reason.as_ref().and_then(Text::non_empty);
    if given.is_none() && needs_reason(change.status) {
        return Err(Refusal::invalid(
            "/reason",
            format!("Say why the device becomes {}.", change.status),
        ));
    }
    Ok(())
}

/// The same inside a transaction that does more.
pub(crate) async fn change_in(
    tx: &mut Tx,
    id: AssetId,
    change: &StatusChange,
) -> Result<AssetAnswer, Refusal> {
    let given = change.reason.as_ref().and_then(Text::non_empty);
    let before = lock(tx, id).await?;
    let facts = facts(tx, &before).await?;
    let from = before.asset.status;
    let line = decide(from, change.status, &facts).map_err(not_allowed)?;
    if let Some(record) = line.record {
        let allowed: Vec<AssetStatus> = allowed_from(from, facts.category)
            .filter(|l| l.is_plain())
            .map(|l| l.to)
            .collect();
        let detail = format!(
            "This device becomes {} by {record}: record that instead.",
            line.to
        );
        return Err(not_allowed(MoveRefused { detail, allowed }));
    }
    tx.actor().require(line.capability)?;
    let reason = line
        .check_reason(given)
        .map_err(|error| Refusal::Invalid(vec![error]))?;
    let not_sellable = reason.as_deref().filter(|_| line.to == AssetStatus::NotSellable);
    let why = reason.as_deref().unwrap_or(line.action.as_str());
    db::assets::asset_status_set(tx.conn(), id, line.to, not_sellable, why).await?;
    let after = answer(tx, id).await?;
    let (was, is) = (
        json!({"status": from}),
        json!({"status": line.to, "reason": reason}),
    );
    tx.audit("asset.status", "assets", id.get(), Some(was), Some(is))
        .await?;
    Ok(after)
}
