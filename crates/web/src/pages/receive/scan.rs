//! Receive: devices scanned in, one after the other.

use super::devices;
use crate::AppState;
use crate::components::{Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor};
use crate::pages::{PageResult, show, show_with};
use app::assets::{self, BatchMode, ListedDevice, ModelGuess, NewAsset, NewAssets};
use app::{Refusal, imports, locations};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{AssetId, Imei, LocationId, LotId, Price, ProductModelId, ReceivedDate, Serial, Text};
use http::StatusCode;

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
    /// The models that the code may be of, each with its key; with the one that a list of codes names, `new`. Or the lot that
    /// expects it, and none.
    suggested: Vec<Suggested>,
    /// What is to be chosen: a model, or a lot.
    question: &'static str,
    /// The code that is asked about.
    asked: String,
    /// A code that was asked about before, and left for this one.
    left: String,
    /// The list that is received in one act: those of it that were not, after a try.
    codes: String,
    modes: Vec<Choice>,
    /// The codes of a list that were not received.
    results: Vec<ReceivedCode>,
    /// Those that were, and not as the supplier's list says.
    warned: Vec<ReceivedCode>,
    form_key: String,
}

/// A code of a list, and what is wrong with it.
#[derive(Debug)]
struct ReceivedCode {
    code: String,
    reason: String,
}

/// A model, or a lot, to choose by one key.
#[derive(Debug)]
struct Suggested {
    /// The field that it is the value of.
    name: &'static str,
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

/// What the form asks for: a device, or first which model it is.
enum Wanted {
    Device(Box<NewAsset>),
    Which(ModelGuess),
    /// Whether it came with the lot that expects it.
    WhichLot(ListedDevice),
}

/// What the page asks about a code before anything is received.
enum Question {
    Model(ModelGuess),
    Lot(ListedDevice),
}

/// What is typed into the form, with the model that was pressed, or that the code tells where none is chosen.
async fn wanted(state: &AppState, visitor: &Visitor, form: &Form) -> Result<Wanted, Refusal> {
    let shop = &state.shop;
    let lot: Option<LotId> = form.get("lot_id").parse().ok();
    // Without a lot, one that a list expects would be missing there, and cost nothing: whoever scans says whether it is that one.
    if lot.is_none()
        && form.get("without_lot").is_empty()
        && form.get("choose").is_empty()
        && let Ok(serial) = Serial::parse(form.get("serial_number"))
        && let Some(expected) = assets::expected(shop, &serial).await?
    {
        return Ok(Wanted::WhichLot(expected));
    }
    let model = match (form.get("choose"), form.get("product_model_id")) {
        ("", "") => {
            let serial: Serial = form.parse::<OneSerial>(&[])?.serial_number;
            let guess = assets::guess_model(shop, serial.as_str(), lot).await?;
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
            let guess = assets::guess_model(shop, serial.as_str(), lot).await?;
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
        .filter(|(name, _)| {
            !matches!(
                *name,
                "choose" | "asked" | "without_lot" | "product_model_id" | "codes" | "mode"
            )
        })
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
    last: Result<Told, Errors>,
    question: Option<Question>,
) -> Result<ReceiveScan, Refusal> {
    let shop = &state.shop;
    let (scanned_now, latest) = imports::scanned(shop, &visitor.actor).await?;
    // Whoever opens the page again goes on where the last one was put.
    let last_place = latest.first().and_then(|device| device.location_id);
    let places = locations::by_hand(shop).await?;
    let last_place = last_place.filter(|last| places.iter().any(|place| place.id == *last));
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
    let today = shop.today().to_string();
    // A serial that is known already makes room for the next scan; one that was mistyped stays to be mended.
    let refused = question.is_some() || last.as_ref().is_err_and(|errors| !errors.list.is_empty());
    let again = |name| {
        if refused {
            form.get(name).to_owned()
        } else {
            String::new()
        }
    };
    let (last, last_tone, errors) = match last {
        Ok(last) => (
            last.words,
            if last.warns { "warn" } else { "good" },
            Errors::default(),
        ),
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
        asked: match question {
            Some(_) => code.to_owned(),
            None => String::new(),
        },
        question: match question {
            Some(Question::Lot(_)) => "Did it come with this lot?",
            _ => "Which model is it?",
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
        warned: Vec::new(),
        suggested: match question {
            Some(Question::Model(guess)) => suggested(guess),
            Some(Question::Lot(expected)) => lots_to_choose(&expected),
            None => Vec::new(),
        },
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

/// What became of the last scan.
struct Told {
    words: String,
    /// Something about it needs a look.
    warns: bool,
}

impl From<String> for Told {
    fn from(words: String) -> Self {
        Told { words, warns: false }
    }
}

/// The lot that expects a device, and none, with the keys 1 and 2.
fn lots_to_choose(expected: &ListedDevice) -> Vec<Suggested> {
    let into = Suggested {
        name: "into",
        key: "1".into(),
        value: expected.lot_id.to_string(),
        title: format!("Receive it with {}", expected.lot_number),
        note: "and what is scanned next",
    };
    let without = Suggested {
        name: "without_lot",
        key: "2".into(),
        value: "true".into(),
        title: "Receive it without a lot".into(),
        note: "",
    };
    vec![into, without]
}

/// The models of a guess, with the keys 1 to 8.
fn suggested(guess: ModelGuess) -> Vec<Suggested> {
    let new = guess
        .phone
        .filter(|_| guess.product_models.is_empty())
        .map(|phone| Suggested {
            name: "choose",
            key: "1".into(),
            value: "new".into(),
            title: domain::catalog::title(&phone.brand, &phone.model_name),
            note: "added to the catalogue, without prices",
        });
    let there = (1..).zip(guess.product_models).map(|(n, model)| Suggested {
        name: "choose",
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
pub async fn form(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    // A lot's page names itself, so that what is scanned next belongs to it.
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let kept = ["lot_id", "supplier", "codes"].map(|name| (name, asked.get(name).to_owned()));
    show(
        &scan_page(
            &state,
            visitor,
            &Form::from_iter(kept),
            Ok(String::new().into()),
            None,
        )
        .await?,
    )
}

/// The form with the lot that was pressed for the question chosen in it.
fn with_lot_pressed(form: Form) -> Form {
    let lot = form.get("into").to_owned();
    if lot.is_empty() {
        return form;
    }
    let others = form
        .pairs()
        .filter(|(name, _)| !matches!(*name, "into" | "lot_id"));
    let others = others.map(|(name, value)| (name, value.to_owned()));
    Form::from_pairs(others.chain([("lot_id", lot)]))
}

/// `POST /receive/scan`: one device; the page comes back for the next.
pub async fn scan(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    let form = with_lot_pressed(form);
    visitor.actor.request.idempotency = form.idempotency("/receive/scan");
    let received = match wanted(&state, &visitor, &form).await {
        Ok(Wanted::Which(guess)) => {
            let words = which(form.get("serial_number").trim(), &guess);
            return ask(&state, visitor, &form, words, Question::Model(guess)).await;
        }
        Ok(Wanted::WhichLot(line)) => {
            let code = form.get("serial_number").trim();
            let words = format!("{code} is expected with {}, as {}.", line.lot_number, line.model);
            return ask(&state, visitor, &form, words, Question::Lot(line)).await;
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
            let told = match &device.list_warning {
                Some(warning) => Told {
                    words: format!("{what} {warning}"),
                    warns: true,
                },
                None => what.into(),
            };
            (StatusCode::OK, Ok(told))
        }
        Err(Refusal::Replay(_)) => (
            StatusCode::OK,
            Ok("This one was received already.".to_owned().into()),
        ),
        Err(refusal) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Err(Errors::from_refusal(refusal)?),
        ),
    };
    show_with(status, &scan_page(&state, visitor, &form, last, None).await?)
}

/// The page with a question about the code that was scanned.
async fn ask(
    state: &AppState,
    visitor: Visitor,
    form: &Form,
    words: String,
    question: Question,
) -> PageResult {
    let told = Told { words, warns: true };
    show_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &scan_page(state, visitor, form, Ok(told), Some(question)).await?,
    )
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
    let codes = crate::pages::labels::codes(form.get("codes"));
    let parsed: Result<Vec<Serial>, _> = codes.iter().map(|code| code.parse()).collect();
    let serial_numbers = parsed.map_err(|sentence| Refusal::invalid("/codes", sentence.to_string()))?;
    if serial_numbers.is_empty() {
        return Err(Refusal::invalid(
            "/codes",
            "Scan or paste the serial numbers first, one a line.",
        ));
    }
    let all: WithAll = form.parse(&[
        "codes",
        "serial_number",
        "asset_tag",
        "asked",
        "choose",
        "without_lot",
    ])?;
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
    let (status, form, last, results, warned) = match done {
        Ok(done) => {
            let left: Vec<&str> = done
                .results
                .iter()
                .filter(|row| !done.carried_out || row.reason.is_some())
                .map(|row| row.serial_number.as_str())
                .collect();
            let form = kept(left.join("\n"));
            let many = |count: usize| devices(i32::try_from(count).unwrap_or(i32::MAX));
            let warned = done.results.iter().filter_map(|row| {
                Some(ReceivedCode {
                    code: row.serial_number.clone(),
                    reason: row.warning.clone()?,
                })
            });
            let warned: Vec<ReceivedCode> = warned.collect();
            let told = |words| Told {
                words,
                warns: !warned.is_empty(),
            };
            let last = match (done.carried_out, done.refused) {
                (true, 0) => Ok(told(format!("{} received.", many(done.received)))),
                (true, refused) => Ok(told(format!(
                    "{} received; {refused} could not be, and stay in the list.",
                    many(done.received)
                ))),
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
                warned,
            )
        }
        Err(Refusal::Replay(_)) => (
            StatusCode::OK,
            kept(String::new()),
            Ok("These were received already.".to_owned().into()),
            Vec::new(),
            Vec::new(),
        ),
        Err(refusal) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            kept(form.get("codes").to_owned()),
            Err(Errors::from_refusal(refusal)?),
            Vec::new(),
            Vec::new(),
        ),
    };
    let mut page = scan_page(&state, visitor, &form, last, None).await?;
    (page.results, page.warned) = (results, warned);
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
            (StatusCode::OK, Ok(format!("{tag} is taken back.").into()))
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
