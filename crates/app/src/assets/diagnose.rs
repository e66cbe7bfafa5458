//! Recording diagnostics. The result moves the device on.

use super::checklists::{check_findings, labels};
use super::{AssetAnswer, answer, facts, lock, not_allowed};
use crate::settings::ChecklistItem;
use crate::{Actor, Capability, Refusal, Shop};
use domain::asset::status::decide_action;
use domain::{
    AssetAction, AssetId, BatteryCycles, BatteryHealth, DiagnosticsResult, Facts, Findings, Text, Verdict,
};
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
    let labels = labels(&settings, before.asset.category);
    let reason = why(result, &found.checklist_data, &labels, notes);
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

/// The most findings that a reason names; all of them stand in the result itself.
const MOST_NAMED: usize = 8;

/// Why the device goes where it goes, for whoever takes it up there: the result, the checks that did not pass, and the notes.
fn why(result: DiagnosticsResult, found: &Findings, labels: &[ChecklistItem], notes: Option<&str>) -> String {
    let place = |key: &str| labels.iter().position(|item| item.key == key);
    let mut told: Vec<(usize, String, &str)> = Vec::new();
    for (key, finding) in found.entries() {
        let (verdict, note) = Verdict::read(finding);
        let tells = match result {
            DiagnosticsResult::Pass => false,
            DiagnosticsResult::PassWithNotes => verdict != Verdict::Pass,
            DiagnosticsResult::Fail => verdict == Verdict::Fail,
        };
        if tells {
            let place = place(key);
            let label = place.map_or_else(|| key.replace('_', " "), |n| labels[n].label.clone());
            told.push((place.unwrap_or(labels.len()), label, note));
        }
    }
    told.sort_by_key(|(place, ..)| *place);
    let more = told.len().saturating_sub(MOST_NAMED);
    let mut named: Vec<String> = told
        .iter()
        .take(MOST_NAMED)
        .map(|(_, label, note)| match *note {
            "" => label.clone(),
            note => format!("{label}: {note}"),
        })
        .collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    let mut reason = format!("Diagnostics: {result}");
    if !named.is_empty() {
        reason = format!("{reason}. {}", named.join("; "));
    }
    // Whoever writes the same words twice reads them once.
    match notes.filter(|notes| !told.iter().any(|(_, _, note)| note == notes)) {
        Some(notes) => format!("{reason}. {notes}"),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Category;
    use domain::asset::default_checklist;

    #[test]
    fn the_reason_names_what_did_not_pass() {
        let labels: Vec<ChecklistItem> = default_checklist(Category::Laptop)
            .iter()
            .map(|item| ChecklistItem {
                key: item.key.into(),
                label: item.label.into(),
            })
            .collect();
        let found = |text: &str| serde_json::from_str::<Findings>(text).unwrap();
        let findings = r#"{"wifi": "fail", "display": "fail: dark line", "keyboard": "worn", "ports": "pass", "odd_one": "fail"}"#;
        for (result, findings, notes, reason) in [
            (
                DiagnosticsResult::Pass,
                r#"{"display": "pass"}"#,
                None,
                "Diagnostics: Pass",
            ),
            (
                DiagnosticsResult::Fail,
                findings,
                Some("on the left"),
                "Diagnostics: Fail. Display: dark line; Wi-Fi; odd one. on the left",
            ),
            (
                DiagnosticsResult::PassWithNotes,
                r#"{"display": "pass", "keyboard": "worn"}"#,
                Some("worn"),
                "Diagnostics: Pass with Notes. Keyboard: worn",
            ),
            (
                DiagnosticsResult::Fail,
                r#"{"display": "pass"}"#,
                Some("no life in it"),
                "Diagnostics: Fail. no life in it",
            ),
        ] {
            assert_eq!(why(result, &found(findings), &labels, notes), reason);
        }
        let many: Vec<String> = (0..20).map(|n| format!(r#""check_{n:02}": "fail""#)).collect();
        let reason = why(
            DiagnosticsResult::Fail,
            &found(&format!("{{{}}}", many.join(","))),
            &labels,
            None,
        );
        assert!(reason.ends_with("check 07; and 12 more"), "{reason}");
    }
}
