//! Reading the machine: a report of dmidecode beside the record of a device, and what of it is taken over.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::Errors;
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::problem::Problem;
use crate::report::ReportText;
use app::assets::{self, MachineComparison, ReportField, TakeOver};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::State;
use domain::{AssetId, MachineReport};
use http::StatusCode;

/// templates/pages/machine.html
#[derive(Debug, Template)]
#[template(path = "pages/machine.html")]
pub struct Machine {
    frame: Frame,
    id: AssetId,
    asset_tag: String,
    title: String,
    pasted: String,
    latest: Option<ReportView>,
    earlier: Vec<(String, String)>,
    may_create: bool,
    /// Whether the model is to be added.
    creates: bool,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct ReportView {
    id: String,
    when: String,
    rows: Vec<Row>,
    differs: bool,
    needs_model: bool,
    facts: Vec<(&'static str, String)>,
    remarks: Vec<String>,
}

#[derive(Debug)]
struct Row {
    key: &'static str,
    label: &'static str,
    found: String,
    recorded: String,
    differs: bool,
    /// Whether it is to be taken over.
    ticked: bool,
}

/// What a report says beside what is compared.
pub(super) fn facts(r: &MachineReport) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let modules = r.memory_modules.iter().map(|m| {
        let words = [
            Some(domain::asset::machine::ram_text(m.size_mb)),
            m.kind.clone(),
            m.speed.clone(),
            m.manufacturer.clone(),
            m.part_number.clone(),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let free = usize::try_from(r.memory_slots)
        .unwrap_or_default()
        .saturating_sub(r.memory_modules.len());
    let modules = modules.chain((free > 0).then(|| format!("{free} free")));
    let batteries = r.batteries.iter().map(|b| {
        let capacity = b
            .design_capacity_mwh
            .map(|mwh| format!("{}.{} Wh when new", mwh / 1000, mwh % 1000 / 100));
        [b.name.clone(), capacity, b.chemistry.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    });
    let facts = vec![
        ("Maker's number", text(&r.product_number)),
        ("Form", text(&r.form)),
        ("Modules", modules.collect::<Vec<_>>().join(" · ")),
        ("Battery", batteries.collect::<Vec<_>>().join(" · ")),
        ("Firmware", text(&r.bios_version)),
        (
            "Firmware of",
            r.bios_date.map(crate::frame::long_date).unwrap_or_default(),
        ),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The report beside the record. Ticked is what was ticked before, else all that differs and that this person can take over: a
/// model that the catalogue lacks has to be added first.
fn view(state: &AppState, c: &MachineComparison, may_create: bool, before: Option<&Form>) -> ReportView {
    let found = &c.report.found.0;
    let lacks_model = c.product_model_id.is_none() && !may_create;
    let ticked = |field: ReportField| match before {
        Some(form) => form.all("take").any(|key| key == field.key()),
        None => field == ReportField::SerialNumber || !lacks_model,
    };
    ReportView {
        id: c.report.id.to_string(),
        when: signed(state, c),
        rows: c
            .fields
            .iter()
            .map(|d| Row {
                key: d.field.key(),
                label: d.field.label(),
                found: d.found.clone().unwrap_or_default(),
                recorded: d.recorded.clone().unwrap_or_default(),
                differs: d.differs,
                ticked: ticked(d.field),
            })
            .collect(),
        differs: c.fields.iter().any(|d| d.differs),
        needs_model: c.product_model_id.is_none(),
        facts: facts(found),
        remarks: found.remarks.clone(),
    }
}

fn signed(state: &AppState, c: &MachineComparison) -> String {
    let when = super::invoices::when(&state.shop, c.report.created_at);
    match &c.report.created_by_name {
        Some(who) => format!("{when} · {who}"),
        None => when,
    }
}

async fn page(
    state: &AppState,
    visitor: Visitor,
    id: AssetId,
    pasted: String,
    before: Option<&Form>,
    errors: Errors,
) -> Result<Machine, Refusal> {
    let may_create =
        visitor.actor.can(Capability::EditCatalog) || visitor.actor.can(Capability::ReceiveStock);
    let device = assets::find(&state.shop, &visitor.actor, id).await?.asset;
    let reports = assets::reports(&state.shop, id).await?;
    Ok(Machine {
        id,
        title: device.title(),
        asset_tag: device.asset_tag,
        // What is pasted comes back, unless it is far too long.
        pasted: Some(pasted)
            .filter(|text| text.len() <= 200_000)
            .unwrap_or_default(),
        latest: reports.first().map(|c| view(state, c, may_create, before)),
        earlier: reports
            .iter()
            .skip(1)
            .map(|c| (signed(state, c), c.report.found.line()))
            .collect(),
        may_create,
        creates: before.is_some_and(|form| form.is_on("create_model")),
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("Read the machine"),
    })
}

/// `GET /devices/{id}/machine`
pub async fn open(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<AssetId>,
) -> PageResult {
    show(&page(&state, visitor, id, String::new(), None, Errors::default()).await?)
}

/// A refusal of what was pasted or attached, under its field.
pub(super) fn under_the_text(refusal: Refusal) -> Result<Errors, Refusal> {
    match refusal {
        Refusal::Invalid(mut errors) => {
            for error in &mut errors {
                if error.pointer.is_empty() {
                    error.pointer = "/text".into();
                }
            }
            Errors::from_refusal(Refusal::Invalid(errors))
        }
        Refusal::Unreadable { detail, .. } => Errors::from_refusal(Refusal::invalid("/text", detail)),
        other => Errors::from_refusal(other),
    }
}

/// `POST /devices/{id}/machine`
pub async fn keep(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    report: Result<ReportText, Problem>,
) -> PageResult {
    let (pasted, outcome) = match report {
        Ok(report) => {
            visitor.actor.request.idempotency = report.fields.idempotency(&format!("/devices/{id}/machine"));
            report.fingerprint(&mut visitor.actor);
            let kept = assets::keep_report(&state.shop, &visitor.actor, id, &report.text).await;
            (report.text, kept.map(|_| ()))
        }
        Err(problem) => (String::new(), Err(*problem.0)),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(&format!("/devices/{id}/machine"), None)),
        Err(refusal) => {
            let errors = under_the_text(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor, id, pasted, None, errors).await?,
            )
        }
    }
}

/// `POST /devices/{id}/machine/take-over`
pub async fn take_over(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/devices/{id}/machine/take-over"));
    let fields: Vec<ReportField> = ReportField::ALL
        .into_iter()
        .filter(|field| form.all("take").any(|key| key == field.key()))
        .collect();
    let outcome = match form.get("machine_report_id").parse() {
        Ok(machine_report_id) => {
            let take = TakeOver {
                machine_report_id,
                fields,
                create_model: form.is_on("create_model"),
            };
            assets::take_over(&state.shop, &visitor.actor, id, take)
                .await
                .map(|_| ())
        }
        Err(_) => Err(Refusal::not_found("report of this machine")),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/devices/{id}"),
            Some(("good", "The record says what the machine says.")),
        )),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::CONFLICT,
            };
            let errors = Errors::from_refusal(refusal)?;
            let page = page(&state, visitor, id, String::new(), Some(&form), errors).await?;
            show_with(status, &page)
        }
    }
}
