//! Receive: a manifest is sent, looked at, received.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::api::imports::options;
use crate::components::{Chip, Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::problem::Problem;
use crate::upload::Upload;
use app::assets::{self, BatchMode, ModelGuess, NewAsset, NewAssets};
use app::imports::{self, Field, Import, ImportMode, ImportState, ManifestOptions, Preview};
use app::{Refusal, Shop, locations};
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use domain::{AssetId, Imei, ImportId, LocationId, LotId, Price, ProductModelId, ReceivedDate, Serial, Text};
use http::{HeaderValue, StatusCode, header};
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
    rejected: String,
    repeated: String,
    rejected_rows: Vec<RejectedRow>,
    rejected_shown: String,
    rejected_href: String,
    devices_href: String,
    /// Its lots: address and number.
    lots: Vec<(String, String)>,
    undone: String,
    undo_href: String,
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

/// templates/pages/receive_scan.html
#[derive(Debug, Template)]
#[template(path = "pages/receive_scan.html")]
pub struct ReceiveScan {
    frame: Frame,
    models: Vec<Choice>,
    lots: Vec<Choice>,
    locations: Vec<Choice>,
    supplier: String,
    received_date: String,
    purchase_cost: String,
    serial_number: String,
    asset_tag: String,
    may_see_cost: bool,
    scanned: Vec<Scanned>,
    scanned_count: String,
    errors: Errors,
    last: String,
    last_tone: &'static str,
    last_sound: &'static str,
    /// The models that the code may be of, each with its key; with the one that a list of codes names, `new`.
    suggested: Vec<Suggested>,
    /// The code that is asked about.
    asked: String,
    /// A code that was asked about before, and left for this one.
    left: String,
    /// The list that is received in one act: those of it that were not, after a try.
    codes: String,
    modes: Vec<Choice>,
    /// The codes of a list that were not received.
    results: Vec<ReceivedCode>,
    form_key: String,
}

/// A code of a list that was not received.
#[derive(Debug)]
struct ReceivedCode {
    code: String,
    reason: String,
}

/// A model to choose by one key.
#[derive(Debug)]
struct Suggested {
    key: String,
    value: String,
    title: String,
    note: &'static str,
}

/// A device received just now.
#[derive(Debug)]
struct Scanned {
    id: AssetId,
    href: String,
    asset_tag: String,
    serial_number: String,
    title: String,
    when: String,
}

async fn first_page(shop: &Shop, frame: Frame, error: String) -> Result<Receive, Refusal> {
    let recent = imports::recent(shop).await?.into_iter().map(|import| {
        let counts = match import.state {
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
    let started = match options(&form) {
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
    let name: String = import
        .file_name
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

/// What the form asks for: a device, or first which model it is.
enum Wanted {
    Device(Box<NewAsset>),
    Which(ModelGuess),
}

/// What is typed into the form, with the model that was pressed, or that the code tells where none is chosen.
async fn wanted(state: &AppState, visitor: &Visitor, form: &Form) -> Result<Wanted, Refusal> {
    let shop = &state.shop;
    let model = match (form.get("choose"), form.get("product_model_id")) {
        ("", "") => {
            let serial: Serial = form.parse::<OneSerial>(&[])?.serial_number;
            let guess = assets::guess_model(shop, serial.as_str()).await?;
            match guess.product_model_id {
                Some(model) => model.to_string(),
                None if guess.phone.is_some() || !guess.product_models.is_empty() => {
                    return Ok(Wanted::Which(guess));
                }
                None if Imei::is_misread(serial.as_str()) => return Err(assets::misread(serial.as_str())),
                None => {
                    return Err(Refusal::invalid(
                        "/product_model_id",
                        "No model can be guessed from this code: choose it, then scan again.",
                    ));
                }
            }
        }
        ("", chosen) => chosen.to_owned(),
        ("new", _) => {
            let serial: Serial = form.parse::<OneSerial>(&[])?.serial_number;
            let guess = assets::guess_model(shop, serial.as_str()).await?;
            let phone = guess.phone.ok_or_else(|| {
                Refusal::invalid(
                    "/product_model_id",
                    "No phone is known by this code any more: choose the model, then scan again.",
                )
            })?;
            let new = app::tac::phone_model(&phone)?;
            let model = app::catalog::find_or_add(shop, &visitor.actor, new).await?;
            model.id.to_string()
        }
        (pressed, _) => pressed.to_owned(),
    };
    let typed = form
        .pairs()
        .filter(|(name, _)| !matches!(*name, "choose" | "asked" | "product_model_id" | "codes" | "mode"))
        .map(|(name, value)| (name, value.to_owned()))
        .chain([("product_model_id", model)]);
    Form::from_pairs(typed).parse(&[]).map(Wanted::Device)
}

/// What the guess of a model needs of the form.
#[derive(serde::Deserialize)]
struct OneSerial {
    serial_number: Serial,
}

/// The form as it was sent; a serial number and a tag stay only where they were refused.
async fn scan_page(
    state: &AppState,
    visitor: Visitor,
    form: &Form,
    last: Result<String, Errors>,
    guess: Option<ModelGuess>,
) -> Result<ReceiveScan, Refusal> {
    let shop = &state.shop;
    let (scanned_now, latest) = imports::scanned(shop, &visitor.actor).await?;
    // Whoever opens the page again goes on where the last one was put.
    let last_place = latest.first().and_then(|device| device.location_id);
    let place = match (form.get("location_id"), last_place) {
        ("", Some(place)) => place.to_string(),
        (chosen, _) => chosen.to_owned(),
    };
    let scanned = latest.into_iter().map(|device| Scanned {
        id: device.id,
        href: format!("/devices/{}", device.id),
        asset_tag: device.asset_tag,
        serial_number: device.serial_number,
        title: format!("{} {}", device.brand, device.model_name),
        when: device
            .created_at
            .with_timezone(&shop.zone())
            .format("%H:%M")
            .to_string(),
    });
    let scanned: Vec<Scanned> = scanned.collect();
    let places = locations::all(shop).await?;
    let today = shop.today().to_string();
    // A serial that is known already makes room for the next scan; one that was mistyped stays to be mended.
    let refused = guess.is_some() || last.as_ref().is_err_and(|errors| !errors.list.is_empty());
    let again = |name| {
        if refused {
            form.get(name).to_owned()
        } else {
            String::new()
        }
    };
    let (last, last_tone, errors) = match last {
        Ok(last) if guess.is_some() => (last, "warn", Errors::default()),
        Ok(last) => (last, "good", Errors::default()),
        Err(errors) if errors.list.is_empty() => (errors.summary.clone(), "bad", errors),
        Err(errors) => (String::new(), "bad", errors),
    };
    let (code, asked_before) = (form.get("serial_number").trim(), form.get("asked"));
    let same = |one: &str, other: &str| match (Serial::parse(one), Serial::parse(other)) {
        (Ok(one), Ok(other)) => one.key() == other.key(),
        _ => false,
    };
    Ok(ReceiveScan {
        left: match asked_before {
            "" => String::new(),
            before if same(before, code) => String::new(),
            before => before.to_owned(),
        },
        asked: match guess {
            Some(_) => code.to_owned(),
            None => String::new(),
        },
        codes: form.get("codes").into(),
        modes: Choice::list(
            [
                ("all_or_nothing", "All of them, or none"),
                ("good_ones", "Those that can be received"),
            ],
            match form.get("mode") {
                "" => "all_or_nothing",
                mode => mode,
            },
        ),
        results: Vec::new(),
        suggested: guess.map(suggested).unwrap_or_default(),
        last_sound: if last_tone == "warn" { "ask" } else { last_tone },
        models: Choice::list(app::catalog::named(shop).await?, form.get("product_model_id")),
        locations: Choice::list(
            places
                .iter()
                .map(|place| (place.id, place.location_name.as_str())),
            &place,
        ),
        lots: Choice::list(app::lots::open(shop).await?, form.get("lot_id")),
        supplier: form.get("supplier").into(),
        received_date: if form.get("received_date").is_empty() {
            today
        } else {
            form.get("received_date").into()
        },
        purchase_cost: form.get("purchase_cost").into(),
        serial_number: again("serial_number"),
        asset_tag: again("asset_tag"),
        may_see_cost: visitor.frame.sees_cost(),
        scanned_count: match scanned_now {
            0 => String::new(),
            many if many > scanned.len() => format!("{many} devices, the last {} here", scanned.len()),
            many => devices(i32::try_from(many).unwrap_or(i32::MAX)),
        },
        scanned,
        errors,
        last,
        last_tone,
        form_key: form_key(),
        frame: visitor.frame.titled("Scan devices in"),
    })
}

/// The models of a guess, with the keys 1 to 8.
fn suggested(guess: ModelGuess) -> Vec<Suggested> {
    let new = guess
        .phone
        .filter(|_| guess.product_models.is_empty())
        .map(|phone| Suggested {
            key: "1".into(),
            value: "new".into(),
            title: domain::catalog::title(&phone.brand, &phone.model_name),
            note: "added to the catalogue, without prices",
        });
    let there = (1..).zip(guess.product_models).map(|(n, model)| Suggested {
        key: n.to_string(),
        value: model.id.to_string(),
        title: model.title,
        note: "",
    });
    new.into_iter().chain(there).collect()
}

/// What is asked when a code does not tell one model.
fn which(code: &str, guess: &ModelGuess) -> String {
    match &guess.phone {
        Some(phone) => {
            let name = domain::catalog::title(&phone.brand, &phone.model_name);
            match guess.product_models.as_slice() {
                [] => format!(
                    "{code} is of {name}, which the catalogue has not yet. Add it, and receive this one?"
                ),
                [_] => format!("{code} is of {name}. Is it this one?"),
                _ => format!("{code} is of {name}. Which one is it?"),
            }
        }
        None => format!("{code} looks like these: which one is it? Or choose another model."),
    }
}

/// `GET /receive/scan`
pub async fn scan_form(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    // A lot's page names itself, so that what is scanned next belongs to it.
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let kept = ["lot_id", "supplier", "codes"].map(|name| (name, asked.get(name).to_owned()));
    show(&scan_page(&state, visitor, &Form::from_iter(kept), Ok(String::new()), None).await?)
}

/// `POST /receive/scan`: one device; the page comes back for the next.
pub async fn scan(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/receive/scan");
    let received = match wanted(&state, &visitor, &form).await {
        Ok(Wanted::Which(guess)) => {
            let question = which(form.get("serial_number").trim(), &guess);
            return show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &scan_page(&state, visitor, &form, Ok(question), Some(guess)).await?,
            );
        }
        Ok(Wanted::Device(new)) => assets::scan_in(&state.shop, &visitor.actor, *new).await,
        Err(refusal) => Err(refusal),
    };
    let (status, last) = match received {
        Ok(device) => {
            let asset = &device.asset;
            let what = format!(
                "{} is received: {}, serial {}.",
                asset.asset_tag,
                asset.title(),
                asset.serial_number
            );
            (StatusCode::OK, Ok(what))
        }
        Err(Refusal::Replay(_)) => (StatusCode::OK, Ok("This one was received already.".into())),
        Err(refusal) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Err(Errors::from_refusal(refusal)?),
        ),
    };
    show_with(status, &scan_page(&state, visitor, &form, last, None).await?)
}

/// What a list is received with; the same fields as for one.
#[derive(Debug, serde::Deserialize)]
struct WithAll {
    product_model_id: Option<ProductModelId>,
    received_date: Option<ReceivedDate>,
    supplier: Option<Text<0, 100>>,
    purchase_cost: Option<Price>,
    location_id: Option<LocationId>,
    lot_id: Option<LotId>,
    #[serde(default)]
    mode: BatchMode,
}

/// What is typed into the form, and the list in it.
fn wanted_list(form: &Form) -> Result<NewAssets, Refusal> {
    let codes = super::labels::codes(form.get("codes"));
    let parsed: Result<Vec<Serial>, _> = codes.iter().map(|code| code.parse()).collect();
    let serial_numbers = parsed.map_err(|sentence| Refusal::invalid("/codes", sentence.to_string()))?;
    if serial_numbers.is_empty() {
        return Err(Refusal::invalid(
            "/codes",
            "Scan or paste the serial numbers first, one a line.",
        ));
    }
    let all: WithAll = form.parse(&["codes", "serial_number", "asset_tag", "asked", "choose"])?;
    Ok(NewAssets {
        serial_numbers,
        product_model_id: all.product_model_id,
        received_date: all.received_date,
        supplier: all.supplier,
        purchase_cost: all.purchase_cost,
        location_id: all.location_id,
        lot_id: all.lot_id,
        mode: all.mode,
    })
}

/// `POST /receive/scan/list`: many devices in one act. What could not be received stays in the list.
pub async fn scan_list(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/receive/scan/list");
    let done = match wanted_list(&form) {
        Ok(new) => assets::receive_many(&state.shop, &visitor.actor, new).await,
        Err(refusal) => Err(refusal),
    };
    let kept = |codes: String| {
        let others = form
            .pairs()
            .filter(|(name, _)| !matches!(*name, "codes" | "serial_number" | "asset_tag" | "asked"))
            .map(|(name, value)| (name, value.to_owned()));
        Form::from_pairs(others.chain([("codes", codes)]))
    };
    let (status, form, last, results) = match done {
        Ok(done) => {
            let left: Vec<&str> = done
                .results
                .iter()
                .filter(|row| !done.carried_out || row.reason.is_some())
                .map(|row| row.serial_number.as_str())
                .collect();
            let form = kept(left.join("\n"));
            let many = |count: usize| devices(i32::try_from(count).unwrap_or(i32::MAX));
            let last = match (done.carried_out, done.refused) {
                (true, 0) => Ok(format!("{} received.", many(done.received))),
                (true, refused) => Ok(format!(
                    "{} received; {refused} could not be, and stay in the list.",
                    many(done.received)
                )),
                (false, refused) => Err(Errors {
                    summary: format!(
                        "Nothing was received, because {refused} of {} cannot be.",
                        done.results.len()
                    ),
                    list: Vec::new(),
                }),
            };
            let status = match done.carried_out {
                true => StatusCode::OK,
                false => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let shown = done.results.into_iter().map(|row| ReceivedCode {
                code: row.serial_number,
                reason: row.reason.unwrap_or_default(),
            });
            (
                status,
                form,
                last,
                shown.filter(|row| !row.reason.is_empty()).collect(),
            )
        }
        Err(Refusal::Replay(_)) => (
            StatusCode::OK,
            kept(String::new()),
            Ok("These were received already.".into()),
            Vec::new(),
        ),
        Err(refusal) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            kept(form.get("codes").to_owned()),
            Err(Errors::from_refusal(refusal)?),
            Vec::new(),
        ),
    };
    let mut page = scan_page(&state, visitor, &form, last, None).await?;
    page.results = results;
    show_with(status, &page)
}

/// `POST /receive/scan/{id}/take-back`: the last scan was a mistake. The form stays as it was.
pub async fn take_back(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    let (status, last) = match assets::take_back(&state.shop, &visitor.actor, id).await {
        Ok(device) => {
            // Its tag is free again; the record keeps it with a number behind it.
            let (tag, _) = device
                .asset
                .asset_tag
                .rsplit_once('~')
                .unwrap_or((&device.asset.asset_tag, ""));
            (StatusCode::OK, Ok(format!("{tag} is taken back.")))
        }
        Err(refusal) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Err(Errors::from_refusal(refusal)?),
        ),
    };
    let kept = form
        .pairs()
        .filter(|(name, _)| !matches!(*name, "serial_number" | "asset_tag" | "asked"));
    let form = Form::from_pairs(kept.map(|(name, value)| (name, value.to_owned())));
    show_with(status, &scan_page(&state, visitor, &form, last, None).await?)
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
    let all = locations::all(shop).await?;
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
        new_models: preview.new_models.to_string(),
        columns: (0..preview.header.names.len())
            .map(|column| preview.header.name(column))
            .collect(),
        shown: shown(&preview),
        modes: Choice::list(
            [
                ("good_rows", "Receive the good rows"),
                ("all_or_nothing", "Receive nothing"),
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
    match (wrong, good) {
        (0, good) => format!("The first {good} rows"),
        (1, 0) if preview.rejected == 1 => "The one row with a fault".into(),
        (wrong, 0) if wrong == usize::try_from(preview.rejected).unwrap_or(0) => {
            format!("All {wrong} rows with a fault")
        }
        (wrong, 0) => format!("The first {wrong} rows with a fault; the file has all"),
        (wrong, good) if wrong == usize::try_from(preview.rejected).unwrap_or(0) => {
            format!("All {wrong} rows with a fault, and the first {good} good ones")
        }
        (wrong, good) => {
            format!("The first {wrong} rows with a fault, and the first {good} good ones; the file has all")
        }
    }
}

async fn result_page(state: &AppState, frame: Frame, import: Import) -> Result<ReceiveResult, Refusal> {
    let (lots, undone) = (import.lot_ids.clone(), import.undone_at);
    let mut page = result(frame, import);
    for id in lots {
        let lot = app::lots::named(&state.shop, domain::LotId::new(id)).await?;
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

/// `POST /receive/{id}/undo`
pub async fn undo(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ImportId>,
    form: Form,
) -> PageResult {
    let back = format!("/receive/{id}");
    visitor.actor.request.idempotency = form.idempotency(&format!("{back}/undo"));
    match imports::undo(&state.shop, &visitor.actor, id).await {
        Ok(_) | Err(Refusal::Replay(_)) => Ok(redirect(
            &back,
            Some((
                "good",
                "The import was undone: its devices are off the books, and the file may be imported again.",
            )),
        )),
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
        _ if import.undone_at.is_some() => (
            format!(
                "{} came with this file, and were taken off the books again.",
                devices(import.accepted)
            ),
            "info",
        ),
        _ if import.expect_only && import.accepted > 0 => (
            format!(
                "{} are expected now. Scan them in as they come.",
                devices(import.accepted)
            ),
            "good",
        ),
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
