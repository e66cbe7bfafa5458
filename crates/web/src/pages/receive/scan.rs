//! Receive: devices scanned in, one after the other.

use crate::AppState;
use crate::components::{Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor};
use crate::pages::{PageResult, show, show_with};
use app::assets::{self, ModelGuess, NewAsset};
use app::{Refusal, imports, locations};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{AssetId, Imei, Serial};
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
    labels_href: String,
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
    form_key: String,
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

/// Where the labels of these devices are printed, in the order in which they were scanned.
fn labels_href(scanned: &[Scanned]) -> String {
    let ids: Vec<String> = scanned.iter().rev().map(|device| device.id.to_string()).collect();
    format!("/labels?ids={}", ids.join(","))
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
        .filter(|(name, _)| !matches!(*name, "choose" | "asked" | "product_model_id"))
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
    let scanned = imports::scanned(shop, &visitor.actor)
        .await?
        .into_iter()
        .map(|device| Scanned {
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
    let (scanned_now, asked_before) = (form.get("serial_number").trim(), form.get("asked"));
    let same = |one: &str, other: &str| match (Serial::parse(one), Serial::parse(other)) {
        (Ok(one), Ok(other)) => one.key() == other.key(),
        _ => false,
    };
    Ok(ReceiveScan {
        left: match asked_before {
            "" => String::new(),
            before if same(before, scanned_now) => String::new(),
            before => before.to_owned(),
        },
        asked: match guess {
            Some(_) => scanned_now.to_owned(),
            None => String::new(),
        },
        suggested: guess.map(suggested).unwrap_or_default(),
        last_sound: if last_tone == "warn" { "ask" } else { last_tone },
        models: Choice::list(app::catalog::named(shop).await?, form.get("product_model_id")),
        locations: Choice::list(
            places
                .iter()
                .map(|place| (place.id, place.location_name.as_str())),
            form.get("location_id"),
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
        labels_href: labels_href(&scanned),
        scanned_count: if scanned.is_empty() {
            String::new()
        } else {
            format!("the last {}", scanned.len())
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
pub async fn form(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    // A lot's page names itself, so that what is scanned next belongs to it.
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let kept = ["lot_id", "supplier"].map(|name| (name, asked.get(name).to_owned()));
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
        Ok(Wanted::Device(mut new)) => {
            // A phone's box shows its IMEI where a laptop has its serial number.
            new.imei_1 = Imei::parse(new.serial_number.as_str()).ok();
            assets::receive(&state.shop, &visitor.actor, *new).await
        }
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
