//! The quality check: the grade, and whether the device can be sold.

use super::{AssetAnswer, answer, facts, lock, not_allowed};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use domain::asset::status::decide_action;
use domain::{AssetAction, AssetId, AssetStatus, Facts, Grade, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// How a device looks and works, and whether it can be sold.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualityCheck {
    /// A, B or C.
    pub condition_grade: Grade,
    /// How it looks.
    #[serde(default)]
    pub cosmetic_notes: Option<Text<0, 5000>>,
    /// Whether it can be sold. If not, it goes to Repair Hold.
    pub passed: bool,
    /// What failed, for whoever repairs it.
    #[serde(default)]
    pub reason: Option<Text<0, 1000>>,
}

/// Records the quality check of a device that waits for it.
pub async fn check_quality(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    check: QualityCheck,
) -> Result<AssetAnswer, Refusal> {
    actor.require(Capability::RecordDiagnostics)?;
    let mut tx = shop.begin(actor).await?;
    let after = check_in(&mut tx, id, &check).await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// The same inside a transaction that does more.
pub(super) async fn check_in(tx: &mut Tx, id: AssetId, check: &QualityCheck) -> Result<AssetAnswer, Refusal> {
    tx.actor().require(Capability::RecordDiagnostics)?;
    let before = lock(tx, id).await?;
    let grade = check.condition_grade;
    let action = if check.passed {
        AssetAction::PassQualityCheck
    } else {
        AssetAction::FailQualityCheck
    };
    let price_known = before.asset.list_price.is_some() || before.model_price(grade).is_some();
    if check.passed && before.asset.status == AssetStatus::QcPending && !price_known {
        return Err(Refusal::conflict(
            "price_missing",
            format!(
                "There is no price for {} in grade {grade}. Ask a Manager to set one for the model (Models, {}), or this \
                 device's own price (Edit details); then record the check again.",
                before.asset.title(),
                before.asset.title()
            ),
        ));
    }
    let facts = Facts {
        grade: Some(grade),
        price_known,
        ..facts(tx, &before).await?
    };
    let line = decide_action(before.asset.status, action, &facts).map_err(not_allowed)?;
    let notes = check.cosmetic_notes.as_ref().and_then(Text::non_empty);
    let how = if check.passed { "passed" } else { "failed" };
    let why = check.reason.as_ref().and_then(Text::non_empty);
    let told = [why, notes].into_iter().flatten();
    let reason = told.fold(format!("Quality check {how}: grade {grade}"), |said, more| {
        format!("{said}. {more}")
    });
    let price = before.asset.list_price.or(before.model_price(grade));
    let checked_by = tx.actor().user_id;
    db::assets::quality_check_insert(tx.conn(), id, checked_by, grade, check.passed, price, notes).await?;
    db::assets::asset_checked(tx.conn(), id, line.to, Some(grade), notes, &reason).await?;
    let after = answer(tx, id).await?;
    let was = json!({"status": before.asset.status, "condition_grade": before.asset.condition_grade,
        "cosmetic_notes": before.asset.cosmetic_notes});
    let is = json!({"status": line.to, "condition_grade": grade, "passed": check.passed, "cosmetic_notes": notes, "reason": why});
    tx.audit("asset.quality_check", "assets", id.get(), Some(was), Some(is))
        .await?;
    Ok(after)
}
