//! Recording diagnostics. The result moves the device on.

use super::checklists::check_findings;
use super::{AssetAnswer, answer, facts, lock, not_allowed};
use crate::{Actor, Capability, Refusal, Shop};
use domain::asset::status::decide_action;
use domain::{AssetAction, AssetId, BatteryCycles, BatteryHealth, DiagnosticsResult, Facts, Findings, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What a technician found.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// What was found, check by check: `pass`, `fail`, `fail: why`, or what is to be said.
    pub checklist_data: Findings,
    /// How it ended: with Fail the device goes to Repair Hold, else on.
    pub overall_result: DiagnosticsResult,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
    /// What is left of its battery, in percent.
    #[serde(default)]
    pub battery_health_percent: Option<BatteryHealth>,
    /// How often its battery was charged.
    #[serde(default)]
    pub battery_cycle_count: Option<BatteryCycles>,
}

/// Records diagnostics of a device that waits for them.
pub async fn diagnose(
    shop: &Shop,
    actor: &Actor,
    id: AssetId,
    found: Diagnosis,
) -> Result<AssetAnswer, Refusal> {
    actor.require(Capability::RecordDiagnostics)?;
    let technician = actor.user()?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    check_findings(&settings, before.asset.category, &found.checklist_data)?;
    let result = found.overall_result;
    let action = if result.passed() {
        AssetAction::PassDiagnostics
    } else {
        AssetAction::FailDiagnostics
    };
    // The result that is about to be recorded is the one that counts.
    let facts = Facts {
        diagnostics_passed_since_entry: result.passed(),
        ..facts(&mut tx, &before).await?
    };
    let line = decide_action(before.asset.status, action, &facts).map_err(not_allowed)?;
    let notes = found.notes.as_ref().and_then(Text::non_empty);
    let record =
        db::assets::diagnostics_insert(tx.conn(), id, technician, &found.checklist_data, result, notes)
            .await?;
    let health = found.battery_health_percent.map(BatteryHealth::get);
    let cycles = found.battery_cycle_count.map(BatteryCycles::get);
    let reason = match notes {
        Some(notes) => format!("Diagnostics: {result}. {notes}"),
        None => format!("Diagnostics: {result}"),
    };
    db::assets::asset_diagnosed(tx.conn(), id, line.to, health, cycles, &reason).await?;
    let mut after = answer(&mut tx, id).await?;
    let was = json!({
        "status": before.asset.status,
        "battery_health_percent": before.asset.battery_health_percent,
        "battery_cycle_count": before.asset.battery_cycle_count,
    });
    tx.audit(
        "asset.diagnose",
        "assets",
        id.get(),
        Some(was),
        Some(json!({"status": line.to, "diagnostics_result": record})),
    )
    .await?;
    after.diagnostics_result = Some(record);
    tx.commit(201, &after).await?;
    Ok(after)
}
