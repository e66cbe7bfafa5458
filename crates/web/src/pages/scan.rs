//! Scan many, act once: a set of devices that stays until it is let go of.

use super::labels::codes;
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, link};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::assets::{self, Act, Asset, Batch, BatchAnswer, BatchMode, QualityCheck, Relocation, StatusChange};
use app::scan_sets::{self, NewScans, ScanRow};
use app::stocktakes::{self, NewSetCount, SetCount, Stocktake};
use app::{Actor, Capability, Refusal, locations};
use askama::Template;
use axum::extract::State;
use domain::{AssetId, Grade, StocktakeStatus};
use http::StatusCode;

/// templates/pages/scan.html
#[derive(Debug, Template)]
#[template(path = "pages/scan.html")]
pub struct Scan {
    frame: Frame,
    rows: Vec<Row>,
    count: String,
    last: String,
    last_tone: &'static str,
    unknown: Vec<ScanRow>,
    /// Where the codes that nobody knows are received; empty where there is none, or for who may not.
    receive_href: String,
    results: Vec<Outcome>,
    results_title: String,
    statuses: Vec<Choice>,
    locations: Vec<Choice>,
    grades: Vec<Choice>,
    results_of_check: Vec<Choice>,
    modes: Vec<Choice>,
    may_move: bool,
    may_check: bool,
    may_bar: bool,
    may_count: bool,
    count_places: Vec<Choice>,
    codes: String,
    reason: String,
    cosmetic_notes: String,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct Row {
    id: AssetId,
    asset_tag: String,
    serial_number: String,
    title: String,
    grade: String,
    chip: Chip,
    location: String,
}

/// What became of one device.
#[derive(Debug)]
struct Outcome {
    href: String,
    asset_tag: String,
    done: bool,
    words: String,
}

/// What the page has to say about the last thing that was done.
#[derive(Debug, Default)]
struct Said {
    last: String,
    tone: &'static str,
    unknown: Vec<ScanRow>,
    /// The codes that nobody knows.
    nobodys: Vec<String>,
    answer: Option<BatchAnswer>,
    errors: Errors,
}

async fn page(state: &AppState, visitor: Visitor, form: &Form, said: Said) -> Result<Scan, Refusal> {
    let devices = scan_sets::find(&state.shop, &visitor.actor).await?.data;
    let statuses = scan_sets::allowed(visitor.frame.role(), &devices)
        .into_iter()
        .map(|(status, count)| (status, format!("{status} ({count} of {})", devices.len())));
    let places = locations::all(&state.shop).await?;
    let may_count = visitor.frame.can(&Capability::AdjustBulkStock);
    let open = match may_count {
        true => stocktakes::open(&state.shop).await?,
        false => Vec::new(),
    };
    let refused = !said.errors.list.is_empty() || !said.errors.summary.is_empty();
    let typed = |name: &str| {
        if refused {
            form.get(name).to_owned()
        } else {
            String::new()
        }
    };
    let mode = if form.get("mode").is_empty() {
        "all_or_nothing"
    } else {
        form.get("mode")
    };
    let results_title = said.answer.as_ref().map(title).unwrap_or_default();
    let results = said.answer.map(outcomes).unwrap_or_default();
    Ok(Scan {
        statuses: Choice::list(statuses, form.get("status")),
        locations: Choice::list(
            locations::by_hand(&state.shop)
                .await?
                .into_iter()
                .map(|place| (place.id, place.location_name)),
            form.get("location_id"),
        ),
        grades: Choice::list(Grade::ALL.iter().map(|g| (g, g)), form.get("condition_grade")),
        results_of_check: Choice::list(
            [("true", "Can be sold"), ("false", "To repair")],
            form.get("passed"),
        ),
        modes: Choice::list(
            [
                ("all_or_nothing", "All of them, or none"),
                ("good_ones", "Those that can be done"),
            ],
            mode,
        ),
        count: match devices.len() {
            0 => String::new(),
            1 => "1 device".into(),
            many => format!("{many} devices"),
        },
        rows: devices.into_iter().map(row).collect(),
        receive_href: match visitor.frame.can(&Capability::ReceiveStock) && !said.nobodys.is_empty() {
            true => link("/receive/scan", &[("codes", &said.nobodys.join("\n"))]),
            false => String::new(),
        },
        last: said.last,
        last_tone: said.tone,
        unknown: said.unknown,
        results,
        results_title,
        may_move: visitor.frame.can(&Capability::MoveStock),
        may_check: visitor.frame.can(&Capability::RecordDiagnostics),
        may_bar: visitor.frame.can(&Capability::MarkNotSellable),
        may_count,
        count_places: Choice::list(
            places.iter().map(|place| {
                let count = open.iter().find(|count| count.location_id == place.id);
                (place.id, place_to_count(&place.location_name, count))
            }),
            form.get("count_location_id"),
        ),
        codes: typed("codes"),
        reason: typed("reason"),
        cosmetic_notes: typed("cosmetic_notes"),
        form_key: form_key(),
        errors: said.errors,
        frame: visitor.frame.titled("Scan many, act once"),
    })
}

/// A place, and the count of it that is open.
fn place_to_count(name: &str, open: Option<&Stocktake>) -> String {
    match open {
        None => name.to_owned(),
        Some(count) if count.status == StocktakeStatus::Counting => {
            format!("{name} (goes on with {})", count.stocktake_number)
        }
        Some(count) => format!("{name} ({} waits for a Manager)", count.stocktake_number),
    }
}

fn row(device: Asset) -> Row {
    Row {
        id: device.id,
        title: device.title(),
        grade: device.condition_grade.map(|g| g.to_string()).unwrap_or_default(),
        chip: device.status.into(),
        location: device.location_name.unwrap_or_default(),
        asset_tag: device.asset_tag,
        serial_number: device.serial_number,
    }
}

fn title(answer: &BatchAnswer) -> String {
    match (answer.carried_out, answer.done, answer.refused) {
        (true, done, 0) => format!("Done: {done}"),
        (true, done, refused) => format!("Done: {done}, not done: {refused}"),
        (false, _, refused) => format!("Nothing was done, because {refused} cannot be"),
    }
}

fn outcomes(answer: BatchAnswer) -> Vec<Outcome> {
    let carried_out = answer.carried_out;
    answer
        .results
        .into_iter()
        .map(|row| Outcome {
            href: format!("/devices/{}", row.asset_id),
            asset_tag: row.asset_tag.unwrap_or_else(|| row.asset_id.to_string()),
            done: row.done,
            words: match (row.reason, carried_out) {
                (Some(reason), _) => reason,
                (None, false) => "Could be done.".into(),
                (None, true) => {
                    let status = row.status.map(|s| s.to_string());
                    [status, row.location_name]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(" · ")
                }
            },
        })
        .collect()
}

/// `GET /scan`
pub async fn open(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&page(&state, visitor, &Form::default(), Said::default()).await?)
}

/// `POST /scan`: one code of the scan box, or a pasted list.
pub async fn add(State(state): State<AppState>, visitor: Visitor, form: Form) -> PageResult {
    let mut wanted = codes(form.get("codes"));
    // What a scanner types is one code, whatever stands in it.
    wanted.extend(Some(form.get("scan").trim().to_owned()).filter(|code| !code.is_empty()));
    let parsed: Result<Vec<_>, _> = wanted.iter().map(|code| code.parse()).collect();
    let added = match parsed {
        Ok(codes) => scan_sets::add(&state.shop, &visitor.actor, NewScans { codes }).await,
        Err(sentence) => Err(Refusal::invalid("/codes", sentence)),
    };
    match added {
        Ok(set) => {
            let good = set.scanned.iter().filter(|row| row.added).count();
            let unknown: Vec<_> = set.scanned.iter().filter(|row| !row.added).cloned().collect();
            let last = match (set.scanned.as_slice(), set.data.first()) {
                ([one], _) if !one.added => one.reason.clone().unwrap_or_default(),
                ([_], Some(device)) => format!("{} is in the set: {}.", device.asset_tag, device.title()),
                (all, _) => format!("{good} of {} are in the set now.", all.len()),
            };
            let nobodys = unknown.iter().filter(|row| row.asset_id.is_none());
            let said = Said {
                last,
                nobodys: nobodys.map(|row| row.code.clone()).collect(),
                tone: if unknown.is_empty() { "good" } else { "bad" },
                unknown: if set.scanned.len() > 1 {
                    unknown
                } else {
                    Vec::new()
                },
                ..Said::default()
            };
            show(&page(&state, visitor, &Form::default(), said).await?)
        }
        Err(refusal) => {
            let said = Said {
                errors: Errors::from_refusal(refusal)?,
                ..Said::default()
            };
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor, &form, said).await?,
            )
        }
    }
}

/// What the pressed button asks for.
fn wanted(form: &Form, actor: &Actor) -> Result<Act, Refusal> {
    let only = |names: &[&str]| Form::from_pairs(names.iter().map(|name| (*name, form.get(name).to_owned())));
    match form.get("do") {
        "move" => only(&["location_id", "reason"])
            .parse::<Relocation>(&[])
            .map(Act::Move),
        "status" => only(&["status", "reason"])
            .parse::<StatusChange>(&[])
            .map(Act::Status),
        "quality_check" => {
            actor.require(Capability::RecordDiagnostics)?;
            only(&["condition_grade", "cosmetic_notes", "passed"])
                .parse::<QualityCheck>(&[])
                .map(Act::QualityCheck)
        }
        _ => Err(Refusal::invalid(
            "",
            "Press the button of what is to be done with the set.",
        )),
    }
}

/// What is said on the page of the count, where whoever counted the set goes on.
fn counted(done: &SetCount) -> (&'static str, String) {
    let head = &done.stocktake.stocktake;
    let devices = |many: usize| match many {
        1 => "1 device".to_owned(),
        many => format!("{many} devices"),
    };
    let mut words = Vec::new();
    match (done.counted, done.begun) {
        (0, _) => {}
        (many, true) => words.push(format!(
            "{} begins with {} of the set.",
            head.stocktake_number,
            devices(many)
        )),
        (many, false) => words.push(format!(
            "{} of the set counted into {}.",
            devices(many),
            head.stocktake_number
        )),
    }
    if done.counted_already > 0 {
        words.push(format!("{} counted already.", devices(done.counted_already)));
    }
    words.push("The set stays until you empty it.".into());
    let tone = if done.counted == 0 { "info" } else { "good" };
    (tone, words.join(" "))
}

/// Counts the set at the chosen place, and goes on to that count.
async fn count(state: AppState, visitor: Visitor, form: Form) -> PageResult {
    let place = [("location_id", form.get("count_location_id").to_owned())];
    let done = match Form::from_pairs(place).parse::<NewSetCount>(&[]) {
        Ok(new) => stocktakes::count_set(&state.shop, &visitor.actor, new).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(done) => {
            let (tone, words) = counted(&done);
            let there = format!("/stocktakes/{}", done.stocktake.stocktake.id);
            Ok(redirect(&there, Some((tone, &words))))
        }
        Err(Refusal::Replay(answer)) => {
            let there = answer.field("stocktake").map(|count| count["id"].to_string());
            Ok(redirect(
                &format!("/stocktakes/{}", there.unwrap_or_default()),
                None,
            ))
        }
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            for error in errors.list.iter_mut().filter(|error| error.name == "location_id") {
                error.name = "count_location_id".into();
                error.label = "Where they lie".into();
            }
            let said = Said {
                errors,
                ..Said::default()
            };
            let mut visitor = visitor;
            visitor.actor.request.idempotency = None;
            let page = page(&state, visitor, &form, said).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// `POST /scan/act`: what the pressed button says, with the whole set.
pub async fn act(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    if form.get("do") == "clear" {
        scan_sets::remove(&state.shop, &visitor.actor, None).await?;
        return Ok(redirect(
            "/scan",
            Some(("good", "The set is empty. Nothing happened to the devices.")),
        ));
    }
    if let Some(id) = form
        .get("do")
        .strip_prefix("remove:")
        .and_then(|id| id.parse::<AssetId>().ok())
    {
        scan_sets::remove(&state.shop, &visitor.actor, Some(&[id])).await?;
        return Ok(redirect("/scan", None));
    }
    visitor.actor.request.idempotency = form.idempotency("/scan/act");
    if form.get("do") == "count" {
        return count(state, visitor, form).await;
    }
    let set = scan_sets::find(&state.shop, &visitor.actor).await?;
    let mode = match form.get("mode") {
        "good_ones" => BatchMode::GoodOnes,
        _ => BatchMode::AllOrNothing,
    };
    let acted = match wanted(&form, &visitor.actor) {
        Ok(act) => {
            let asset_ids = set.data.iter().map(|device| device.id).collect();
            assets::batch(&state.shop, &visitor.actor, Batch { asset_ids, act, mode }).await
        }
        Err(refusal) => Err(refusal),
    };
    visitor.actor.request.idempotency = None;
    match acted {
        Ok(answer) => {
            let said = Said {
                last: format!("{}.", title(&answer)),
                tone: if answer.refused == 0 { "good" } else { "bad" },
                answer: Some(answer),
                ..Said::default()
            };
            show(&page(&state, visitor, &form, said).await?)
        }
        Err(Refusal::Replay(_)) => Ok(redirect("/scan", Some(("info", "This was done already.")))),
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            for error in &mut errors.list {
                if let Some(name) = error
                    .name
                    .rsplit_once("status_")
                    .or_else(|| error.name.rsplit_once("move_"))
                {
                    error.name = name.1.to_owned();
                }
            }
            let said = Said {
                errors,
                ..Said::default()
            };
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor, &form, said).await?,
            )
        }
    }
}
