//! Receive: a manifest is sent, looked at, received.

pub mod scan;

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::api::imports::options;
use crate::components::{Chip, Choice, Errors, link};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::problem::Problem;
use crate::upload::Upload;
use app::imports::{self, Field, Import, ImportMode, ImportState, ManifestOptions, Preview};
use app::{Refusal, Shop, locations};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use domain::{ImportId, ProductModelId};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use std::collections::BTreeMap;

/// Rows with a fault that the result shows; the file has all of them.
const REJECTED_SHOWN: usize = 500;

/// templates/pages/receive.html
#[derive(Debug, Template)]
#[template(path = "pages/receive.html")]
pub struct Receive {
    frame: Frame,
    recent: Vec<RecentImport>,
    error: String,
}

/// An earlier manifest.
#[derive(Debug)]
struct RecentImport {
    href: String,
    file_name: String,
    when: String,
    who: String,
    chip: Chip,
    counts: String,
}

/// templates/pages/receive_preview.html
#[derive(Debug, Template)]
#[template(path = "pages/receive_preview.html")]
pub struct ReceivePreview {
    frame: Frame,
    id: String,
    file_name: String,
    errors: Errors,
    sheet_note: String,
    mapping: Vec<MappingRow>,
    accepted: String,
    rejected: String,
    repeated: String,
    new_models: String,
    /// Where they are shown, if there are any.
    new_models_href: &'static str,
    models: Vec<NewModel>,
    /// New models beyond those that are shown: they are made.
    more_models: usize,
    columns: Vec<String>,
    rows: Vec<PreviewRow>,
    shown: String,
    modes: Vec<Choice>,
    ends: Vec<Choice>,
    lots: Vec<Choice>,
    supplier_reference: String,
    currency: String,
    currencies: Vec<Choice>,
    supplier: String,
    received_date: String,
    locations: Vec<Choice>,
    foreign_currency: String,
    exchange_rate: String,
    /// What stands where the rate is asked for.
    typed_rate: String,
    columns_json: String,
    can_import: bool,
    import_label: String,
    /// What the button says where the devices are only expected.
    expect_label: String,
    rejected_href: String,
}

/// A column of the file and what it means.
#[derive(Debug)]
struct MappingRow {
    column: String,
    sample: String,
    name: String,
    choices: Vec<Choice>,
}

/// A model that is not in the catalogue, and what it may be.
#[derive(Debug)]
struct NewModel {
    id: String,
    name: String,
    title: String,
    rows: String,
    choices: Vec<Choice>,
}

/// New models that are shown to be matched.
const MODELS_SHOWN: usize = 200;

/// What the fields of the new models begin with.
const MODEL: &str = "model:";

/// A row of the file.
#[derive(Debug)]
struct PreviewRow {
    number: String,
    cells: Vec<PreviewCell>,
    reason: String,
}

/// A cell of the file.
#[derive(Debug)]
struct PreviewCell {
    text: String,
    bad: bool,
    note: String,
}

/// templates/pages/receive_result.html
#[derive(Debug, Template)]
#[template(path = "pages/receive_result.html")]
pub struct ReceiveResult {
    frame: Frame,
    file_name: String,
    running: bool,
    done: String,
    total: String,
    progress_text: String,
    summary: String,
    tone: &'static str,
    received: String,
    /// Received, or Expected where nothing was.
    received_label: &'static str,
    expect_only: bool,
    rejected: String,
    repeated: String,
    rejected_rows: Vec<RejectedRow>,
    rejected_shown: String,
    rejected_href: String,
    devices_href: String,
    /// Where what is expected is scanned in.
    scan_href: String,
    /// Its lots: address and number.
    lots: Vec<(String, String)>,
    undone: String,
    undo_href: String,
    /// Where a file is thrown away that was given up.
    discard_href: String,
    form_key: String,
    errors: Errors,
    labels_href: String,
    /// Open preorders for which one of the devices would do: address and number.
    waiting: Vec<(String, String)>,
}

/// A row that was not received.
#[derive(Debug)]
struct RejectedRow {
    number: String,
    column: String,
    reason: String,
}

async fn first_page(shop: &Shop, frame: Frame, error: String) -> Result<Receive, Refusal> {
    let recent = imports::recent(shop).await?.into_iter().map(|import| {
        let counts = match import.state {
            ImportState::Done if import.expect_only => format!(
                "{} of {} expected",
                thousands(import.accepted),
                thousands(import.rows)
            ),
            ImportState::Done => format!(
                "{} of {} received",
                thousands(import.accepted),
                thousands(import.rows)
            ),
            _ => thousands(import.rows),
        };
        RecentImport {
            href: format!("/receive/{}", import.id),
            file_name: import.file_name,
            when: import
                .created_at
                .with_timezone(&shop.zone())
                .format("%-d %b, %H:%M")
                .to_string(),
            who: import.sent_by.unwrap_or_else(|| "Command line".into()),
            chip: match import.state {
                ImportState::Done if import.undone_at.is_some() => Chip::new("Undone", "neutral"),
                ImportState::Done if import.expect_only => Chip::new("Expected", "info"),
                ImportState::Queued => Chip::new("To be looked at", "info"),
                ImportState::Running => Chip::new("Being received", "accent"),
                ImportState::Done if import.accepted == 0 => Chip::new("Nothing received", "warn"),
                ImportState::Done => Chip::new("Received", "good"),
                ImportState::Failed => Chip::new("Given up", "bad"),
            },
            counts,
        }
    });
    let recent = recent.collect();
    Ok(Receive {
        frame: frame.titled("Receive devices"),
        recent,
        error,
    })
}

/// `GET /receive`
pub async fn first(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&first_page(&state.shop, visitor.frame, String::new()).await?)
}

/// `POST /receive`
pub async fn upload(
    State(state): State<AppState>,
    visitor: Visitor,
    upload: Result<Upload, Problem>,
) -> PageResult {
    let kept = match upload {
        Ok(upload) => imports::upload(&state.shop, &visitor.actor, &upload.path, &upload.file_name).await,
        Err(problem) => Err(*problem.0),
    };
    match kept {
        Ok(id) => Ok(redirect(&format!("/receive/{id}"), None)),
        Err(refusal @ (Refusal::Invalid(_) | Refusal::Unreadable { .. })) => {
            let status = match refusal {
                Refusal::Unreadable { status, .. } => {
                    StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
                }
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            show_with(
                status,
                &first_page(&state.shop, visitor.frame, refusal.sentence()).await?,
            )
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /receive/{id}`: the preview of a file that waits, the progress of one at work, the result of one that is done.
pub async fn show_import(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ImportId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let import = imports::find(&state.shop, id).await?;
    if import.state != ImportState::Queued {
        let waiting = match import.state == ImportState::Done && import.accepted > 0 && !import.dry_run {
            true => app::preorders::waiting_for_import(&state.shop, &visitor.actor, id).await?,
            false => Vec::new(),
        };
        let mut page = result_page(&state, visitor.frame, import).await?;
        if !page.devices_href.is_empty() {
            page.labels_href = format!("/labels?import={id}");
        }
        page.waiting = waiting
            .into_iter()
            .map(|p| (format!("/preorders/{}", p.id), p.preorder_number))
            .collect();
        return show(&page);
    }
    let form = Form::parse_bytes(query.as_deref().unwrap_or("").as_bytes())?;
    let (options, wrong) = preview_options(&form);
    let errors = wrong.map_or(Ok(Errors::default()), Errors::from_refusal)?;
    show(&preview(&state, visitor, id, &form, options, errors).await?)
}

/// `POST /receive/{id}/import`
pub async fn import(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ImportId>,
    form: Form,
) -> PageResult {
    let started = match with_models(&form).and_then(|form| options(&form)) {
        Ok(options) => imports::start(&state.shop, &visitor.actor, id, &options).await,
        Err(refusal) => Err(refusal),
    };
    match started {
        Ok(()) => Ok(redirect(&format!("/receive/{id}"), None)),
        // Whoever pressed twice sees what the first press did.
        Err(Refusal::Conflict { code, .. }) if code.starts_with("import_") => {
            Ok(redirect(&format!("/receive/{id}"), None))
        }
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let columns = ManifestOptions::parse_columns(form.get("columns")).unwrap_or_default();
            let options = ManifestOptions {
                columns,
                ..preview_options(&form).0
            };
            let page = preview(&state, visitor, id, &form, options, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// The form with what was chosen for the new models as one field, as the API takes it.
fn with_models(form: &Form) -> Result<Form, Refusal> {
    let mut models = BTreeMap::new();
    for (key, chosen) in form.starting(MODEL) {
        let id = match chosen {
            "" => None,
            id => Some(id.parse::<ProductModelId>().map_err(|_| {
                Refusal::invalid(
                    "/models",
                    "Choose one of the models that are offered, or make it new.",
                )
            })?),
        };
        models.insert(key, id);
    }
    let others = form.pairs().filter(|(name, _)| !name.starts_with(MODEL));
    let others = others.map(|(name, value)| (name, value.to_owned()));
    let models = (!models.is_empty()).then(|| ("models", json!(models).to_string()));
    Ok(Form::from_pairs(others.chain(models)))
}

/// `GET /receive/{id}/rejected.csv`
pub async fn rejected(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ImportId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let import = imports::find(&state.shop, id).await?;
    let file = if import.state == ImportState::Queued {
        let form = Form::parse_bytes(query.as_deref().unwrap_or("").as_bytes())?;
        let (options, wrong) = preview_options(&form);
        wrong.map_or(Ok(()), Err)?;
        imports::rejected_preview(&state.shop, &visitor.actor, id, &options).await?
    } else {
        imports::rejected_file(&state.shop, id).await?
    };
    let stem = import
        .file_name
        .rsplit_once('.')
        .map_or(&*import.file_name, |(stem, _)| stem);
    let name: String = stem
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_ ".contains(*c))
        .take(60)
        .collect();
    let disposition = format!("attachment; filename=\"{} - rows with a fault.csv\"", name.trim());
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok((
        [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        file,
    )
        .into_response())
}

/// What the form beside the preview says: `c3=brand` means that the third column is the brand, `c3=` that it is nothing. What
/// cannot be read is left out, and told.
fn preview_options(form: &Form) -> (ManifestOptions, Option<Refusal>) {
    let columns = form
        .starting("c")
        .filter(|(number, _)| number.parse::<usize>().is_ok());
    let columns = columns
        .map(|(number, key)| (number.to_owned(), Field::from_key(key)))
        .collect();
    let rate = match form.get("exchange_rate").trim() {
        "" => Ok(None),
        rate => ManifestOptions::parse_exchange_rate(rate).map(Some),
    };
    let currency = match form.get("currency").trim() {
        "" => Ok(None),
        code => code
            .parse()
            .map(Some)
            .map_err(|error: domain::TextError| Refusal::invalid("/currency", error.to_string())),
    };
    let (exchange_rate, currency, wrong) = match (rate, currency) {
        (Ok(rate), Ok(currency)) => (rate, currency, None),
        (Err(wrong), currency) => (None, currency.unwrap_or_default(), Some(wrong)),
        (Ok(rate), Err(wrong)) => (rate, None, Some(wrong)),
    };
    let options = ManifestOptions {
        columns,
        exchange_rate,
        currency,
        mode: ImportMode::GoodRows,
        ..ManifestOptions::default()
    };
    (options, wrong)
}

async fn preview(
    state: &AppState,
    visitor: Visitor,
    id: ImportId,
    form: &Form,
    options: ManifestOptions,
    mut errors: Errors,
) -> Result<ReceivePreview, Refusal> {
    let shop = &state.shop;
    let preview = imports::preview(shop, &visitor.actor, id, &options).await?;
    if let Some(problem) = &preview.problem
        && errors.summary.is_empty()
    {
        errors.summary = problem.clone();
    }
    let all = locations::by_hand(shop).await?;
    let mode = if form.get("mode") == "all_or_nothing" {
        "all_or_nothing"
    } else {
        "good_rows"
    };
    let received_date = match form.get("received_date") {
        "" => shop.today().to_string(),
        typed => typed.to_owned(),
    };
    let exchange_rate = options
        .exchange_rate
        .map(|rate| rate.to_string())
        .unwrap_or_default();
    let mut query: Vec<(String, &str)> = options
        .columns
        .iter()
        .map(|(column, field)| (format!("c{column}"), field.map_or("", Field::key)))
        .collect();
    query.push(("exchange_rate".into(), &exchange_rate));
    let currency = options.currency.as_ref().map_or("", |code| code.as_str());
    query.push(("currency".into(), currency));
    let href = format!("/receive/{id}/rejected.csv");
    let query = serde_urlencoded::to_string(&query).unwrap_or_default();
    let columns_json: BTreeMap<&str, Option<&str>> = options
        .columns
        .iter()
        .map(|(column, field)| (column.as_str(), field.map(Field::key)))
        .collect();
    let can_import = preview.problem.is_none() && preview.accepted > 0;
    Ok(ReceivePreview {
        id: id.to_string(),
        file_name: preview.import.file_name.clone(),
        errors,
        sheet_note: format!(
            "{} rows below the header in row {}.",
            thousands(preview.rows),
            preview.header.row
        ),
        mapping: mapping_rows(&preview),
        accepted: thousands(preview.accepted),
        rejected: thousands(preview.rejected),
        repeated: thousands(preview.repeated),
        new_models: preview.new_models.len().to_string(),
        new_models_href: match preview.new_models.is_empty() {
            true => "",
            false => "#new-models",
        },
        more_models: preview.new_models.len().saturating_sub(MODELS_SHOWN),
        models: new_models(&preview, form),
        columns: (0..preview.header.names.len())
            .map(|column| preview.header.name(column))
            .collect(),
        shown: shown(&preview),
        modes: Choice::list(
            [
                ("good_rows", "Take the good rows"),
                ("all_or_nothing", "Take none of them"),
            ],
            mode,
        ),
        ends: Choice::list(
            [
                ("false", "Receive them now"),
                ("true", "Expect them, and scan them in"),
            ],
            if form.get("expect_only") == "true" {
                "true"
            } else {
                "false"
            },
        ),
        lots: Choice::list(app::lots::open(shop).await?, form.get("lot_id")),
        supplier_reference: form.get("supplier_reference").into(),
        currency: currency.into(),
        currencies: Choice::list(
            imports::foreign_currencies().into_iter().map(|code| (code, code)),
            currency,
        ),
        supplier: form.get("supplier").into(),
        received_date,
        locations: Choice::list(
            all.into_iter().map(|place| (place.id, place.location_name)),
            form.get("location_id"),
        ),
        foreign_currency: preview.foreign_currency.unwrap_or_default().into(),
        typed_rate: form.get("exchange_rate").trim().into(),
        exchange_rate,
        columns_json: serde_json::to_string(&columns_json).unwrap_or_default(),
        can_import,
        import_label: format!("Receive {}", devices(preview.accepted)),
        expect_label: format!("Expect {}", devices(preview.accepted)),
        rejected_href: if preview.rejected > 0 {
            format!("{href}?{query}")
        } else {
            String::new()
        },
        rows: preview
            .shown
            .iter()
            .map(|row| preview_row(row, &preview))
            .collect(),
        frame: visitor.frame.titled(preview.import.file_name),
    })
}

/// The new models with what each may be, as chosen before, or as it most likely is.
fn new_models(preview: &Preview, form: &Form) -> Vec<NewModel> {
    let models = preview.new_models.iter().take(MODELS_SHOWN).enumerate();
    models
        .map(|(index, model)| {
            let name = format!("{MODEL}{}", model.key);
            let chosen = match form.names().any(|field| field == name) {
                true => form.get(&name).to_owned(),
                false => model.likely.map(|id| id.to_string()).unwrap_or_default(),
            };
            let likely = model.nearest.iter().find(|(id, _)| Some(*id) == model.likely);
            let rows = match model.rows {
                1 => "1 row".into(),
                rows => format!("{} rows", thousands(i32::try_from(rows).unwrap_or(i32::MAX))),
            };
            let new = (String::new(), "Make it new".to_owned());
            let there = model
                .nearest
                .iter()
                .map(|(id, title)| (id.to_string(), title.clone()));
            NewModel {
                id: format!("model-{}", index + 1),
                name,
                title: model.title.clone(),
                rows: match likely {
                    Some((_, title)) => format!("{rows}, most likely {title}"),
                    None => rows,
                },
                choices: Choice::list(std::iter::once(new).chain(there), &chosen),
            }
        })
        .collect()
}

fn mapping_rows(preview: &Preview) -> Vec<MappingRow> {
    let columns = preview.fields.iter().zip(&preview.samples).enumerate();
    columns
        .map(|(index, (field, sample))| {
            let fields = Field::ALL.iter().map(|field| (field.key(), field.label()));
            let fields = std::iter::once(("", "nothing")).chain(fields);
            MappingRow {
                column: preview.header.name(index),
                sample: sample.chars().take(60).collect(),
                name: format!("c{}", index + 1),
                choices: Choice::list(fields, field.map_or("", Field::key)),
            }
        })
        .collect()
}

fn preview_row(row: &imports::PreviewRow, preview: &Preview) -> PreviewRow {
    let cells = row.cells.iter().enumerate().map(|(column, text)| {
        let name = preview.header.name(column);
        let bad = row.errors.iter().any(|(at, _)| *at == name);
        PreviewCell {
            text: text.chars().take(200).collect(),
            bad,
            note: String::new(),
        }
    });
    let reasons: Vec<&str> = row.errors.iter().map(|(_, reason)| reason.as_str()).collect();
    PreviewRow {
        number: row.number.to_string(),
        cells: cells.collect(),
        reason: reasons.join(" "),
    }
}

fn shown(preview: &Preview) -> String {
    let wrong = preview.shown.iter().filter(|row| !row.errors.is_empty()).count();
    let good = preview.shown.len() - wrong;
    let is_all = |shown: usize, of: i32| usize::try_from(of) == Ok(shown);
    let with_fault = match wrong {
        0 => String::new(),
        1 if preview.rejected == 1 => "The one row with a fault".into(),
        _ if is_all(wrong, preview.rejected) => format!("All {wrong} rows with a fault"),
        _ => format!("The first {wrong} rows with a fault"),
    };
    let first = if wrong == 0 { "The" } else { "the" };
    let all = if wrong == 0 { "All" } else { "all" };
    let without = match good {
        0 => String::new(),
        1 if preview.accepted == 1 => format!("{first} one good row"),
        _ if is_all(good, preview.accepted) => format!("{all} {good} good rows"),
        _ => format!("{first} first {good} good rows"),
    };
    let and = if with_fault.is_empty() || without.is_empty() {
        ""
    } else {
        ", and "
    };
    let more = if is_all(wrong, preview.rejected) {
        ""
    } else {
        "; the file has all with a fault"
    };
    format!("{with_fault}{and}{without}{more}")
}

async fn result_page(state: &AppState, frame: Frame, import: Import) -> Result<ReceiveResult, Refusal> {
    let (lots, undone) = (import.lot_ids.clone(), import.undone_at);
    let scans = import.expect_only && import.accepted > 0 && undone.is_none();
    let mut page = result(frame, import);
    for &id in &lots {
        let lot = app::lots::named(&state.shop, domain::LotId::new(id)).await?;
        if scans && lots.len() == 1 && lot.closed_at.is_none() {
            let supplier = lot.supplier.unwrap_or_default();
            page.scan_href = link(
                "/receive/scan",
                &[("lot_id", &id.to_string()), ("supplier", &supplier)],
            );
        }
        page.lots.push((format!("/lots/{id}"), lot.lot_number));
    }
    if let Some(at) = undone {
        page.undone = at
            .with_timezone(&state.shop.zone())
            .format("%-d %b %Y, %H:%M")
            .to_string();
    }
    Ok(page)
}

/// `POST /receive/{id}/discard`: the file was the wrong one.
pub async fn discard(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ImportId>,
) -> PageResult {
    match imports::discard(&state.shop, &visitor.actor, id).await {
        Ok(import) => {
            let told = format!(
                "{} was thrown away: nothing of it was received.",
                import.file_name
            );
            Ok(redirect("/receive", Some(("info", &told))))
        }
        // Whoever pressed twice sees what the first press did.
        Err(Refusal::NotFound(_)) => Ok(redirect("/receive", None)),
        Err(Refusal::Conflict { .. }) => Ok(redirect(&format!("/receive/{id}"), None)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /receive/{id}/undo`
pub async fn undo(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ImportId>,
    form: Form,
) -> PageResult {
    let back = format!("/receive/{id}");
    visitor.actor.request.idempotency = form.idempotency(&format!("{back}/undo"));
    let told = |import: Import| match import.expect_only {
        true => {
            "The import was undone: its devices are no longer expected, and the file may be imported again."
        }
        false => "The import was undone: its devices are off the books, and the file may be imported again.",
    };
    match imports::undo(&state.shop, &visitor.actor, id).await {
        Ok(import) => Ok(redirect(&back, Some(("good", told(import))))),
        Err(Refusal::Replay(_)) => {
            let import = imports::find(&state.shop, id).await?;
            Ok(redirect(&back, Some(("good", told(import)))))
        }
        Err(refusal @ Refusal::Conflict { .. }) => {
            let import = imports::find(&state.shop, id).await?;
            let mut page = result_page(&state, visitor.frame, import).await?;
            page.errors = Errors::from_refusal(refusal)?;
            show_with(StatusCode::CONFLICT, &page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn result(frame: Frame, import: Import) -> ReceiveResult {
    let id = import.id;
    let (done, total) = (import.rows_done, import.rows.max(1));
    let before = i32::try_from(imports::received_before(&import)).unwrap_or(i32::MAX);
    let (summary, tone) = match import.state {
        ImportState::Failed => {
            let reason = import
                .errors
                .first()
                .map(|error| error.reason.clone())
                .unwrap_or_default();
            (format!("Nothing was received. {reason}"), "bad")
        }
        _ if import.undone_at.is_some() => {
            let (many, one) = (devices(import.accepted), import.accepted == 1);
            let told = match (import.expect_only, one) {
                (true, true) => format!("{many} of this file is no longer expected."),
                (true, false) => format!("{many} of this file are no longer expected."),
                (false, true) => format!("{many} came with this file, and was taken off the books again."),
                (false, false) => {
                    format!("{many} came with this file, and were taken off the books again.")
                }
            };
            (told, "info")
        }
        _ if import.expect_only && import.accepted > 0 => {
            let many = devices(import.accepted);
            let told = match import.accepted {
                1 => format!("{many} is expected now. Scan it in when it comes."),
                _ => format!("{many} are expected now. Scan them in as they come."),
            };
            let rejected = match import.rejected {
                0 => String::new(),
                1 => " 1 row is at fault: mend it and send it again.".into(),
                more => format!(
                    " {} rows are at fault: mend them and send them again.",
                    thousands(more)
                ),
            };
            (format!("{told}{rejected}"), "good")
        }
        _ if import.rejected == 0 => (
            format!("All rows were received: {}.", devices(import.accepted)),
            "good",
        ),
        _ if import.accepted == 0 && before == import.rows => (
            format!("Nothing new: all {} were received before.", devices(before)),
            "info",
        ),
        _ if import.accepted == 0 => (
            format!(
                "Nothing was received: {} of {} rows are at fault.",
                thousands(import.rejected),
                thousands(import.rows)
            ),
            "warn",
        ),
        _ => {
            let (accepted, rows) = (thousands(import.accepted), thousands(import.rows));
            let rejected = match import.rejected {
                1 => "1 row is at fault: mend it and send it again.".to_owned(),
                more => format!(
                    "{} rows are at fault: mend them and send them again.",
                    thousands(more)
                ),
            };
            (format!("Received {accepted} of {rows}. {rejected}"), "good")
        }
    };
    let failed = import.state == ImportState::Failed;
    let rejected_rows = import
        .errors
        .iter()
        .filter(|_| !failed)
        .take(REJECTED_SHOWN)
        .map(|error| RejectedRow {
            number: error.row.to_string(),
            column: error.column.clone(),
            reason: error.reason.clone(),
        });
    ReceiveResult {
        running: import.state == ImportState::Running,
        done: done.to_string(),
        total: total.to_string(),
        progress_text: format!("{} of {} rows", thousands(done), thousands(import.rows)),
        summary,
        tone,
        received: thousands(import.accepted),
        received_label: match import.expect_only {
            true => "Expected",
            false => "Received",
        },
        expect_only: import.expect_only,
        rejected: thousands(import.rejected),
        repeated: thousands(before),
        rejected_rows: rejected_rows.collect(),
        rejected_shown: if import.errors.len() > REJECTED_SHOWN {
            format!(
                "The first {REJECTED_SHOWN} of {}; the file has all.",
                import.errors.len()
            )
        } else {
            String::new()
        },
        rejected_href: if import.rejected > 0 {
            format!("/receive/{id}/rejected.csv")
        } else {
            String::new()
        },
        labels_href: String::new(),
        scan_href: String::new(),
        devices_href: if import.accepted > 0 && import.undone_at.is_none() && !import.expect_only {
            format!("/devices?import_id={id}")
        } else {
            String::new()
        },
        lots: Vec::new(),
        undone: String::new(),
        undo_href: match import.state == ImportState::Done
            && import.accepted > 0
            && import.undone_at.is_none()
            && !import.dry_run
        {
            true => format!("/receive/{id}/undo"),
            false => String::new(),
        },
        discard_href: if failed {
            format!("/receive/{id}/discard")
        } else {
            String::new()
        },
        form_key: form_key(),
        errors: Errors::default(),
        waiting: Vec::new(),
        frame: frame.titled(import.file_name.clone()),
        file_name: import.file_name,
    }
}

fn devices(count: i32) -> String {
    if count == 1 {
        "1 device".into()
    } else {
        format!("{} devices", thousands(count))
    }
}

/// `12,002`
fn thousands(count: i32) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
