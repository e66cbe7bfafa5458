//! Where a device may go now, and of every other status why not.

use super::AssetRecord;
use crate::{Actor, Refusal, Shop};
use domain::asset::status::decide;
use domain::{AssetId, AssetStatus, Document as Holder, Facts};
use serde::Serialize;
use utoipa::ToSchema;

/// A status that a device could get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoveAnswer {
    /// The status.
    pub to: AssetStatus,
    /// Whether this caller may give it now by `POST /assets/{id}/status`.
    pub allowed: bool,
    /// The step's name, where the workflow has one that leads there now.
    pub action: Option<String>,
    /// Whether one has to say why.
    pub reason_required: bool,
    /// Why not, and what can be done instead.
    pub refused: Option<String>,
}

/// All ten other statuses, in their order.
pub async fn moves(shop: &Shop, actor: &Actor, id: AssetId) -> Result<Vec<MoveAnswer>, Refusal> {
    let mut conn = shop.read().await?;
    let record = db::assets::asset_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("device"))?;
    let known = db::assets::asset_facts(&mut conn, id).await?;
    drop(conn);
    let facts = of(&record, known);
    let from = record.asset.status;
    let others = AssetStatus::ALL.iter().filter(|to| **to != from);
    Ok(others.map(|to| one(actor, from, *to, &facts)).collect())
}

fn of(record: &AssetRecord, known: db::assets::AssetFacts) -> Facts {
    Facts {
        grade: record.asset.condition_grade,
        price_known: record.asset.price.is_some(),
        diagnostics_passed_since_entry: known.passed,
        wiped_since_entry: known.wiped,
        cleared_since_return: known.cleared,
        held_by: known
            .invoice_number
            .map(Holder::Invoice)
            .or(known.preorder_number.map(Holder::Preorder)),
        ..Facts::of(record.asset.category)
    }
}

fn one(actor: &Actor, from: AssetStatus, to: AssetStatus, facts: &Facts) -> MoveAnswer {
    let answer = |allowed, action, reason_required, refused| MoveAnswer {
        to,
        allowed,
        action,
        reason_required,
        refused,
    };
    match decide(from, to, facts) {
        Err(refused) => answer(false, None, false, Some(refused.detail)),
        Ok(line) => {
            let action = Some(line.action.to_string());
            let refused = match line.record {
                Some(record) => Some(format!(
                    "This device becomes {to} by {record}: record that instead."
                )),
                None => actor
                    .require(line.capability)
                    .err()
                    .map(|refusal| refusal.sentence()),
            };
            answer(refused.is_none(), action, line.reason_required, refused)
        }
    }
}
