//! My bench: the device that waits longest is already open; saving goes on to the next.

use super::devices::{NextAction, steps};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, FieldProblem, Tab};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::assets::{self, AssetAnswer, Diagnosis, NewWipe, QualityCheck};
use app::{Actor, PageRequest, Refusal, Settings};
use askama::Template;
use axum::extract::{RawQuery, State};
use chrono::{DateTime, Utc};
use domain::{
    AssetId, AssetStatus, BatteryCycles, BatteryHealth, DiagnosticsResult, Findings, Grade, Money, Text,
    Verdict,
};
use http::StatusCode;
use serde::Deserialize;

/// A queue of the bench.
#[derive(Debug)]
pub(super) struct Stage {
    status: AssetStatus,
    pub(super) slug: &'static str,
    label: &'static str,
}

const fn stage(status: AssetStatus, slug: &'static str, label: &'static str) -> Stage {
    Stage { status, slug, label }
}

/// The queues, in the order in which a device goes through them.
pub(super) const STAGES: &[Stage] = &[
    stage(AssetStatus::Received, "new", "New"),
    stage(AssetStatus::DiagnosticsPending, DIAGNOSTICS, "To test"),
    stage(AssetStatus::WipePending, WIPE, "To wipe"),
    stage(AssetStatus::QcPending, QUALITY_CHECK, "To check"),
    stage(AssetStatus::RepairHold, "hold", "On hold"),
];

const DIAGNOSTICS: &str = "diagnostics";
const WIPE: &str = "wipe";
const QUALITY_CHECK: &str = "quality-check";

/// The queues that are offered when nobody says which: what needs a technician's record.
const WORK: [&str; 3] = [DIAGNOSTICS, WIPE, QUALITY_CHECK];

/// templates/pages/bench.html
#[derive(Debug, Template)]
#[template(path = "pages/bench.html")]
pub struct Bench {
    frame: Frame,
    tabs: Vec<Tab>,
    stage: &'static str,
    device: Option<BenchDevice>,
    queue: Vec<QueueRow>,
    queue_more: String,
    tickets: Vec<super::repairs::Card>,
    checks: Vec<CheckRow>,
    results: Vec<Choice>,
    photos: Vec<super::photos::PhotoView>,
    wipe_methods: Vec<Choice>,
    grades: Vec<Choice>,
    price_hint: String,
    done_today: String,
    not_found: String,
    form: Form,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct BenchDevice {
    id: AssetId,
    title: String,
    specs: String,
    asset_tag: String,
    serial_number: String,
    waiting: String,
    chip: Chip,
    last_note: String,
    cosmetic_notes: String,
    next: String,
    skip_href: String,
    actions: Vec<NextAction>,
}

#[derive(Debug)]
struct QueueRow {
    href: String,
    title: String,
    asset_tag: String,
    waiting: String,
    current: bool,
}

#[derive(Debug)]
struct CheckRow {
    name: String,
    label: String,
    verdict: String,
    note: String,
    error: String,
}

impl BenchDevice {
    /// How it looks: as typed, else as it is known.
    fn cosmetic_notes_of<'a>(&'a self, form: &'a Form) -> &'a str {
        match form.get("cosmetic_notes") {
            "" => &self.cosmetic_notes,
            typed => typed,
        }
    }
}

const NOW: &str = "just now";

/// "just now", "35 min", "5 h", "12 days"
pub(super) fn waited(now: DateTime<Utc>, since: DateTime<Utc>) -> String {
    let time = now - since;
    match (time.num_minutes(), time.num_hours(), time.num_days()) {
        (..=1, ..) => NOW.into(),
        (minutes, ..=0, _) => format!("{minutes} min"),
        (_, hours, ..=1) => format!("{hours} h"),
        (.., days) => format!("{days} days"),
    }
}

/// What the address asks for.
#[derive(Debug, Default)]
struct Wish {
    stage: Option<&'static Stage>,
    device: Option<AssetId>,
    next: Option<AssetId>,
    not_found: String,
}

/// The device to open: the one that is asked for; else the next one if it still waits in this queue; else the first.
async fn choose(
    state: &AppState,
    actor: &Actor,
    wish: &Wish,
) -> Result<(&'static Stage, Option<AssetAnswer>), Refusal> {
    let by_status = |status: AssetStatus| STAGES.iter().find(|stage| stage.status == status);
    if let Some(id) = wish.device {
        let device = assets::find(&state.shop, actor, id).await?;
        let stage = by_status(device.asset.status)
            .or(wish.stage)
            .unwrap_or(&STAGES[0]);
        return Ok((stage, Some(device)));
    }
    if let (Some(stage), Some(id)) = (wish.stage, wish.next) {
        match assets::find(&state.shop, actor, id).await {
            Ok(device) if device.asset.status == stage.status => return Ok((stage, Some(device))),
            Ok(_) | Err(Refusal::NotFound(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    let candidates: Vec<&Stage> = match wish.stage {
        Some(stage) => vec![stage],
        None => STAGES.iter().filter(|stage| WORK.contains(&stage.slug)).collect(),
    };
    for stage in &candidates {
        if let Some(first) = assets::first_in_queue(&state.shop, stage.status).await? {
            return Ok((stage, Some(assets::find(&state.shop, actor, first).await?)));
        }
    }
    Ok((candidates[0], None))
}

fn check_rows(settings: &Settings, device: &AssetAnswer, form: &Form, errors: &Errors) -> Vec<CheckRow> {
    assets::checklist(settings, device.asset.category)
        .into_iter()
        .map(|item| CheckRow {
            verdict: form.get(&format!("check.{}", item.key)).into(),
            note: form.get(&format!("note.{}", item.key)).into(),
            error: errors.of(&format!("check.{}", item.key)).into(),
            label: item.label,
            name: item.key,
        })
        .collect()
}

/// A grade with the price that follows from it.
fn grade_label(grade: Grade, device: Option<&AssetAnswer>) -> String {
    let Some(device) = device else {
        return grade.to_string();
    };
    let m = &device.product_model;
    let price = device.asset.list_price.or(match grade {
        Grade::A => m.default_price_grade_a,
        Grade::B => m.default_price_grade_b,
        Grade::C => m.default_price_grade_c,
    });
    format!("{grade} · {}", price.map_or("no price yet".into(), Money::ghs))
}

/// Where the prices beside the grades come from.
fn price_hint(device: &AssetAnswer) -> String {
    match device.asset.list_price {
        Some(own) => format!("It has a price of its own, {}, whatever its grade.", own.ghs()),
        None => "The price follows from the grade.".into(),
    }
}

async fn page(
    state: &AppState,
    frame: Frame,
    actor: &Actor,
    wish: Wish,
    form: Form,
    errors: Errors,
) -> Result<Bench, Refusal> {
    let (stage, device) = choose(state, actor, &wish).await?;
    let states: Vec<AssetStatus> = STAGES.iter().map(|stage| stage.status).collect();
    let bench = assets::bench(&state.shop, actor, stage.status, &states).await?;
    let settings = state.shop.settings().await?;
    let now = state.shop.now();
    let open = device.as_ref().map(|d| d.asset.id);
    let fits = device.as_ref().is_some_and(|d| d.asset.status == stage.status);
    let waiting = bench.count(stage.status);
    let more = waiting - i64::try_from(bench.queue.len()).unwrap_or(waiting);
    let chosen_method = form.get("wipe_method");
    let chosen_grade = match (form.get("condition_grade"), &device) {
        ("", Some(device)) => device
            .asset
            .condition_grade
            .map(|g| g.to_string())
            .unwrap_or_default(),
        (typed, _) => typed.to_owned(),
    };
    let mut methods: Vec<String> = settings.wipe_methods.clone();
    if !chosen_method.is_empty() && !methods.iter().any(|m| m == chosen_method) {
        methods.push(chosen_method.to_owned());
    }
    let results = [
        ("", "As the checks say"),
        (DiagnosticsResult::Pass.as_str(), "Pass"),
        (DiagnosticsResult::PassWithNotes.as_str(), "Pass with notes"),
        (DiagnosticsResult::Fail.as_str(), "Fail"),
    ];
    Ok(Bench {
        tabs: STAGES
            .iter()
            .map(|s| Tab {
                label: s.label.into(),
                href: format!("/bench?stage={}", s.slug),
                current: s.slug == stage.slug && (fits || device.is_none()),
                count: bench.count(s.status).to_string(),
            })
            .collect(),
        stage: if fits { stage.slug } else { "" },
        checks: match &device {
            Some(device) => check_rows(&settings, device, &form, &errors),
            None => Vec::new(),
        },
        results: Choice::list(results, form.get("overall_result")),
        wipe_methods: Choice::list(methods.iter().map(|m| (m, m)), chosen_method),
        grades: Choice::list(
            Grade::ALL.iter().map(|g| (*g, grade_label(*g, device.as_ref()))),
            &chosen_grade,
        ),
        price_hint: device.as_ref().map(price_hint).unwrap_or_default(),
        photos: match open {
            Some(id) => app::photos::list(&state.shop, actor, app::photos::Subject::Asset(id))
                .await?
                .iter()
                .map(|p| super::photos::view(&state.shop, actor, p))
                .collect(),
            None => Vec::new(),
        },
        queue: bench
            .queue
            .iter()
            .map(|entry| QueueRow {
                href: format!("/bench?device={}", entry.id),
                title: domain::catalog::title(&entry.brand, &entry.model_name),
                asset_tag: entry.asset_tag.clone(),
                waiting: waited(now, entry.status_since),
                current: Some(entry.id) == open,
            })
            .collect(),
        tickets: match actor.user_id {
            Some(user) => app::repairs::bench(&state.shop, user)
                .await?
                .iter()
                .map(|t| super::repairs::card(now, state.shop.today(), t))
                .collect(),
            None => Vec::new(),
        },
        queue_more: if more > 0 {
            format!("and {more} more")
        } else {
            String::new()
        },
        done_today: match (bench.tested_today, bench.wiped_today) {
            (0, 0) => "Nothing recorded yet today.".into(),
            (tested, wiped) => format!("Today: {tested} tested, {wiped} wiped."),
        },
        device: match device {
            Some(device) => Some(bench_device(state, &frame, stage, device).await?),
            None => None,
        },
        not_found: wish.not_found,
        form_key: form_key(),
        form,
        errors,
        frame: frame.titled("My bench"),
    })
}

async fn bench_device(
    state: &AppState,
    frame: &Frame,
    stage: &'static Stage,
    device: AssetAnswer,
) -> Result<BenchDevice, Refusal> {
    let a = device.asset;
    let latest = PageRequest {
        limit: 1,
        ..PageRequest::default()
    };
    let last = assets::movements(&state.shop, a.id, &latest)
        .await?
        .data
        .into_iter()
        .next();
    let next = assets::next_in_queue(&state.shop, a.id)
        .await?
        .map(|id| id.to_string())
        .unwrap_or_default();
    let (mut actions, more) = steps(&a, frame);
    actions.retain(|action| !action.href.starts_with("/bench"));
    actions.extend(more);
    Ok(BenchDevice {
        title: a.title(),
        specs: a.specs(),
        waiting: match waited(state.shop.now(), a.status_since).as_str() {
            _ if stage.status != a.status => String::new(),
            NOW => "came just now".into(),
            time => format!("waits {time}"),
        },
        chip: a.status.into(),
        last_note: last
            .and_then(|m| {
                Some(format!(
                    "{}, {}",
                    m.reason?,
                    m.moved_by_name.unwrap_or_else(|| "BizHub".into())
                ))
            })
            .unwrap_or_default(),
        skip_href: format!("/bench?stage={}&next={next}", stage.slug),
        next,
        actions,
        cosmetic_notes: a.cosmetic_notes.unwrap_or_default(),
        asset_tag: a.asset_tag,
        serial_number: a.serial_number,
        id: a.id,
    })
}

fn wish(form: &Form) -> Wish {
    Wish {
        stage: STAGES.iter().find(|stage| stage.slug == form.get("stage")),
        device: form.get("device").parse().ok(),
        next: form.get("next").parse().ok(),
        not_found: String::new(),
    }
}

/// `GET /bench`, with `?stage=`, `?device=`, or `?q=` for what is scanned.
pub async fn open(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let mut wish = wish(&form);
    let code = form.get("q").trim();
    if !code.is_empty() {
        match assets::by_code(&state.shop, code).await? {
            Some(id) => return Ok(redirect(&format!("/bench?device={id}"), None)),
            None => wish.not_found = code.chars().take(100).collect(),
        }
    }
    show(
        &page(
            &state,
            visitor.frame,
            &visitor.actor,
            wish,
            Form::default(),
            Errors::default(),
        )
        .await?,
    )
}

/// After a record: on to the next in the queue, or the form again with what was wrong.
async fn after(
    state: &AppState,
    visitor: Visitor,
    id: AssetId,
    slug: &str,
    form: Form,
    outcome: Result<AssetAnswer, Failed>,
) -> PageResult {
    match outcome {
        Ok(device) => {
            let word = format!("{} is {} now.", device.asset.asset_tag, device.asset.status);
            let tone = if device.asset.status == AssetStatus::RepairHold {
                "info"
            } else {
                "good"
            };
            Ok(redirect(&onwards(slug, &form), Some((tone, &word))))
        }
        Err(Failed::Refused(Refusal::Replay(_))) => Ok(redirect(&onwards(slug, &form), None)),
        Err(Failed::Refused(refusal)) => {
            let status = if let Refusal::Invalid(_) = refusal {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::CONFLICT
            };
            let errors = Errors::from_refusal(refusal)?;
            again(state, visitor, id, form, errors, status).await
        }
        Err(Failed::Form(errors)) => {
            again(state, visitor, id, form, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

fn onwards(slug: &str, form: &Form) -> String {
    match form.get("next").parse::<AssetId>() {
        Ok(next) => format!("/bench?stage={slug}&next={next}"),
        Err(_) => format!("/bench?stage={slug}"),
    }
}

pub(super) async fn again(
    state: &AppState,
    visitor: Visitor,
    id: AssetId,
    form: Form,
    errors: Errors,
    status: StatusCode,
) -> PageResult {
    let wish = Wish {
        device: Some(id),
        ..Wish::default()
    };
    show_with(
        status,
        &page(state, visitor.frame, &visitor.actor, wish, form, errors).await?,
    )
}

/// Why a record was not made: by a rule, or by what the form says.
#[derive(Debug)]
enum Failed {
    Refused(Refusal),
    Form(Errors),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Failed::Refused(refusal)
    }
}

/// The fields of the diagnostics form beside its checks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideChecks {
    #[serde(default)]
    overall_result: Option<DiagnosticsResult>,
    #[serde(default)]
    notes: Option<Text<0, 5000>>,
    #[serde(default)]
    battery_health_percent: Option<BatteryHealth>,
    #[serde(default)]
    battery_cycle_count: Option<BatteryCycles>,
}

fn read_diagnosis(settings: &Settings, device: &AssetAnswer, form: &Form) -> Result<Diagnosis, Failed> {
    let mut errors = Errors::default();
    let mut verdicts = Vec::new();
    let mut findings = serde_json::Map::new();
    let mut of_checks = vec!["next".to_owned()];
    for item in assets::checklist(settings, device.asset.category) {
        let (check, note) = (format!("check.{}", item.key), format!("note.{}", item.key));
        let finding = match form.get(&check).parse::<Verdict>() {
            Ok(verdict) => {
                verdicts.push(verdict);
                verdict.write(form.get(&note)).map_err(|e| e.to_string())
            }
            Err(_) => Err("Choose pass, fail or note.".into()),
        };
        match finding.and_then(|text| text.parse::<Text<1, 500>>()) {
            Ok(text) => {
                findings.insert(item.key, text.into_string().into());
            }
            Err(text) => errors.list.push(FieldProblem {
                name: check.clone(),
                label: item.label,
                text,
            }),
        }
        of_checks.extend([check, note]);
    }
    let of_checks: Vec<&str> = of_checks.iter().map(String::as_str).collect();
    let beside: BesideChecks = match form.parse(&of_checks) {
        Ok(beside) => beside,
        // With what is wrong in the checks, so that all of it can be mended at once.
        Err(refusal @ Refusal::Invalid(_)) => {
            let beside = Errors::from_refusal(refusal)?;
            errors.summary = beside.summary;
            errors.list.extend(beside.list);
            return Err(Failed::Form(errors));
        }
        Err(other) => return Err(other.into()),
    };
    let by_checks = DiagnosticsResult::of(verdicts);
    let overall_result = beside.overall_result.unwrap_or(by_checks);
    if overall_result == DiagnosticsResult::Pass && by_checks != DiagnosticsResult::Pass {
        errors.list.push(FieldProblem {
            name: "overall_result".into(),
            label: "Overall".into(),
            text: format!("The checks say {by_checks}: choose that, or mend a check."),
        });
    }
    let said = beside.notes.as_ref().and_then(Text::non_empty).is_some();
    if overall_result == DiagnosticsResult::Fail && by_checks != DiagnosticsResult::Fail && !said {
        errors.list.push(FieldProblem {
            name: "notes".into(),
            label: "Notes".into(),
            text: "No check failed: say here why the device does. Whoever repairs it reads this.".into(),
        });
    }
    if !errors.list.is_empty() {
        return Err(Failed::Form(errors));
    }
    let checklist_data: Findings = serde_json::from_value(serde_json::Value::Object(findings))
        .map_err(|e| Refusal::invalid("/checklist_data", e.to_string()))?;
    Ok(Diagnosis {
        checklist_data,
        overall_result,
        notes: beside.notes,
        battery_health_percent: beside.battery_health_percent,
        battery_cycle_count: beside.battery_cycle_count,
    })
}

/// `POST /bench/{id}/diagnostics`
pub async fn diagnose(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/bench/{id}/diagnostics"));
    let device = assets::find(&state.shop, &visitor.actor, id).await?;
    let settings = state.shop.settings().await?;
    let outcome = match read_diagnosis(&settings, &device, &form) {
        Ok(found) => assets::diagnose(&state.shop, &visitor.actor, id, found)
            .await
            .map_err(Failed::from),
        Err(failed) => Err(failed),
    };
    after(&state, visitor, id, DIAGNOSTICS, form, outcome).await
}

/// `POST /bench/{id}/wipe`
pub async fn wipe(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/bench/{id}/wipe"));
    let outcome = match form.parse::<NewWipe>(&["next"]) {
        Ok(wipe) => assets::record_wipe(&state.shop, &visitor.actor, id, wipe).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, WIPE, form, outcome.map_err(Failed::from)).await
}

/// `POST /bench/{id}/quality-check`
pub async fn quality_check(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/bench/{id}/quality-check"));
    let outcome = match form.parse::<QualityCheck>(&["next"]) {
        Ok(check) if !check.passed && check.reason.as_ref().and_then(Text::non_empty).is_none() => Err(
            Refusal::invalid("/reason", "Say what failed. Whoever repairs it reads this."),
        ),
        Ok(check) => assets::check_quality(&state.shop, &visitor.actor, id, check).await,
        Err(refusal) => Err(refusal),
    };
    after(
        &state,
        visitor,
        id,
        QUALITY_CHECK,
        form,
        outcome.map_err(Failed::from),
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::WipeMethod;

    #[test]
    fn waiting_is_said_in_the_largest_unit() {
        let now = DateTime::UNIX_EPOCH + chrono::TimeDelta::days(100);
        for (minutes, text) in [
            (0, "just now"),
            (35, "35 min"),
            (59, "59 min"),
            (60, "1 h"),
            (47 * 60, "47 h"),
            (48 * 60, "2 days"),
        ] {
            assert_eq!(waited(now, now - chrono::TimeDelta::minutes(minutes)), text);
        }
    }

    #[test]
    fn the_wipe_methods_of_the_domain_can_be_chosen() {
        assert!(
            Settings::default()
                .wipe_methods
                .iter()
                .all(|m| WipeMethod::parse(m).is_ok())
        );
    }
}
