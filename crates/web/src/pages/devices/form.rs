//! Receiving a device, and changing the details of one: the same form.

use crate::AppState;
use crate::components::{Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::pages::{PageResult, show, show_with};
use crate::report::FormWithReport;
use app::assets::{self, AssetChange, NewAsset, ProductModel};
use app::{Actor, Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{AssetId, Money};
use http::StatusCode;

/// templates/pages/device_form.html
#[derive(Debug, Template)]
#[template(path = "pages/device_form.html")]
pub struct DeviceForm {
    frame: Frame,
    action: String,
    back: &'static str,
    back_href: String,
    is_new: bool,
    form: Form,
    version: String,
    models: Vec<Choice>,
    locations: Vec<Choice>,
    suppliers: Vec<String>,
    lots: Vec<Choice>,
    may_see_cost: bool,
    may_price: bool,
    may_edit_models: bool,
    said: Said,
    form_key: String,
    errors: Errors,
}

/// What a machine or an IMEI says of a device that is being received, beside what is typed of it.
#[derive(Debug, Default)]
struct Said {
    sentence: String,
    facts: Vec<(&'static str, String)>,
    remarks: Vec<String>,
    /// Where the machine and the form disagree: what, by the machine, in the form.
    differences: Vec<(&'static str, String, String)>,
    /// What can be taken over: value of the button, and its words.
    offers: Vec<(String, String)>,
}

async fn form_page(
    state: &AppState,
    frame: Frame,
    id: Option<AssetId>,
    form: Form,
    errors: Errors,
) -> Result<DeviceForm, Refusal> {
    let models = app::catalog::named(&state.shop).await?;
    let locations = app::locations::by_hand(&state.shop).await?;
    let mut lots = app::lots::open(&state.shop).await?;
    // The one that it is in stays to be chosen when it is closed, or long past.
    if let Ok(chosen) = form.get("lot_id").parse()
        && !lots.iter().any(|(id, _)| *id == chosen)
        && let Ok(lot) = app::lots::named(&state.shop, chosen).await
    {
        lots.push((lot.id, lot.lot_number));
    }
    Ok(DeviceForm {
        lots: Choice::list(lots, form.get("lot_id")),
        action: id.map_or("/devices/new".into(), |id| format!("/devices/{id}/edit")),
        back: if id.is_some() { "Device" } else { "Devices" },
        back_href: id.map_or("/devices".into(), |id| format!("/devices/{id}")),
        is_new: id.is_none(),
        version: form.get("version").into(),
        models: Choice::list(models, form.get("product_model_id")),
        locations: Choice::list(
            locations.iter().map(|l| (l.id, l.location_name.as_str())),
            form.get("location_id"),
        ),
        suppliers: assets::suppliers(&state.shop).await?,
        may_see_cost: frame.sees_cost(),
        may_price: frame.can(&Capability::EditCatalog),
        may_edit_models: frame.can(&Capability::EditCatalog),
        said: Said::default(),
        form_key: form_key(),
        frame: frame.titled(if id.is_none() {
            "Receive a device"
        } else {
            "Edit the device"
        }),
        form,
        errors,
    })
}

/// What stays from one device to the next while somebody receives several.
const KEPT: [&str; 5] = [
    "product_model_id",
    "location_id",
    "supplier",
    "received_date",
    "lot_id",
];

/// What another page may fill in by its link.
const LINKED: [&str; 7] = [
    "product_model_id",
    "location_id",
    "supplier",
    "received_date",
    "lot_id",
    "serial_number",
    "imei_1",
];

/// The fields that are no detail of the device.
const BESIDE: [&str; 2] = ["look", "text"];

fn set(form: &Form, name: &str, value: String) -> Form {
    let others = form.pairs().filter(|(other, _)| *other != name);
    let others: Vec<(&str, String)> = others.map(|(name, value)| (name, value.to_owned())).collect();
    Form::from_pairs(others.into_iter().chain([(name, value)]))
}

/// `GET /devices/new`
pub async fn new(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let linked = LINKED.iter().map(|name| (*name, asked.get(name).to_owned()));
    let mut form = Form::from_pairs(linked.filter(|(_, value)| !value.is_empty()));
    if form.get("received_date").is_empty() {
        form = set(&form, "received_date", state.shop.today().to_string());
    }
    show(&form_page(&state, visitor.frame, None, form, Errors::default()).await?)
}

/// What the IMEI says, with whatever was typed: `take` is the model to choose, by its number, or `new` for the one that the
/// catalogue has not.
async fn read_imei(state: AppState, visitor: Visitor, form: Form, take: &str) -> PageResult {
    let (shop, mut said, mut errors) = (&state.shop, Said::default(), Errors::default());
    let mut form = form;
    match form.get("imei_1").trim().parse::<domain::Imei>() {
        Ok(imei) => {
            let mut guess = assets::guess_model(shop, imei.as_str(), form.get("lot_id").parse().ok()).await?;
            if take == "new"
                && let Some(phone) = &guess.phone
            {
                let new = app::tac::phone_model(phone)?;
                let model = app::catalog::find_or_add(shop, &visitor.actor, new).await?;
                form = set(&form, "product_model_id", model.id.to_string());
                guess.product_models = vec![model.into()];
            } else if !take.is_empty() {
                form = set(&form, "product_model_id", take.to_owned());
            } else if form.get("product_model_id").is_empty()
                && let [only] = guess.product_models.as_slice()
            {
                form = set(&form, "product_model_id", only.id.to_string());
            }
            let chosen = form.get("product_model_id").to_owned();
            said = phone_says(&imei, guess, &chosen);
        }
        Err(wrong) => errors = Errors::from_refusal(Refusal::invalid("/imei_1", wrong.to_string()))?,
    }
    let status = match errors.list.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut page = form_page(&state, visitor.frame, None, form, errors).await?;
    page.said = said;
    show_with(status, &page)
}

/// What an IMEI says, beside the model that is chosen.
fn phone_says(imei: &domain::Imei, guess: assets::ModelGuess, chosen: &str) -> Said {
    let name = guess
        .phone
        .as_ref()
        .map(|phone| domain::catalog::title(&phone.brand, &phone.model_name));
    let is_chosen = guess.product_models.iter().any(|m| m.id.to_string() == chosen);
    let says = match &name {
        Some(name) => format!("The IMEI is of: {name}."),
        None => format!("No list of codes knows the code {}.", &imei.as_str()[..8]),
    };
    let then = match (guess.product_models.as_slice(), &name) {
        ([], None) => "Choose the model by hand, or import a newer list of codes.".into(),
        ([], Some(_)) => "The catalogue has no such model yet.".into(),
        ([_], _) if is_chosen => "Its model is chosen.".into(),
        (_, _) if is_chosen => "One of its models is chosen: look whether memory and storage fit.".into(),
        (_, None) => "Phones with the same code were of these models.".into(),
        ([_], Some(_)) => "Chosen is another model.".into(),
        (many, Some(_)) => format!(
            "The catalogue has {} of them: choose by memory and storage.",
            many.len()
        ),
    };
    let mut offers: Vec<(String, String)> = guess
        .product_models
        .into_iter()
        .filter(|model| model.id.to_string() != chosen)
        .map(|model| (format!("imei:{}", model.id), format!("Choose {}", model.title)))
        .collect();
    if let Some(name) = name.filter(|_| offers.is_empty() && !is_chosen) {
        offers.push((
            "imei:new".into(),
            format!("Add {name} to the catalogue and choose it"),
        ));
    }
    Said {
        sentence: format!("{says} {then}"),
        offers,
        ..Said::default()
    }
}

/// What the machine says, where nothing was typed, and beside it what differs: `take` is what is to be as the machine says all
/// the same. The report goes along, and is kept with the device.
async fn read_machine(state: AppState, visitor: Visitor, form: Form, take: &str) -> PageResult {
    let mut form = form;
    let found = match assets::read_report(form.get("text")) {
        Ok(found) => found,
        Err(refusal) => return wrong_report(&state, visitor, form, refusal).await,
    };
    if let Some(serial) = &found.serial_number
        && (form.get("serial_number").trim().is_empty() || take == "serial_number")
    {
        form = set(&form, "serial_number", serial.clone());
    }
    let models = assets::fitting_models(&state.shop, &found).await?;
    let best = models.first();
    if take == "new_model"
        && let Some(new) = assets::machine_model(&found)
    {
        let model = app::catalog::find_or_add(&state.shop, &visitor.actor, new).await?;
        form = set(&form, "product_model_id", model.id.to_string());
    } else if let Some(best) = best
        && (form.get("product_model_id").is_empty() || take == "model")
    {
        form = set(&form, "product_model_id", best.id.to_string());
    }
    let chosen = form.get("product_model_id").parse().ok();
    let differences = assets::compare_typed(&state.shop, &found, form.get("serial_number"), chosen).await?;
    let said = machine_says(&found, best, chosen, differences);
    let mut page = form_page(&state, visitor.frame, None, form, Errors::default()).await?;
    page.said = said;
    show(&page)
}

/// What a machine says, beside what is typed.
fn machine_says(
    found: &domain::MachineReport,
    best: Option<&ProductModel>,
    chosen: Option<domain::ProductModelId>,
    differences: Vec<assets::MachineDifference>,
) -> Said {
    let line = found.line();
    let named = |model: &ProductModel| {
        [model.title(), model.specs()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    };
    let fitting = best.filter(|best| assets::fits(found, best));
    let sentence = match (line.is_empty(), best) {
        (true, _) => "The machine names neither brand nor model.".into(),
        (false, None) if chosen.is_none() => {
            format!("The machine says: {line}. The catalogue has no such model yet.")
        }
        (false, Some(best)) if chosen == Some(best.id) => format!(
            "The machine says: {line}. Chosen is {}: look whether memory and storage fit.",
            named(best)
        ),
        (false, _) => format!("The machine says: {line}."),
    };
    let mut offers = Vec::new();
    if differences
        .iter()
        .any(|d| d.field == assets::ReportField::SerialNumber)
    {
        let words = "Take the machine's serial number".to_owned();
        offers.push(("machine:serial_number".into(), words));
    }
    let of_model = differences
        .iter()
        .any(|d| d.field != assets::ReportField::SerialNumber);
    match (fitting, assets::machine_model(found)) {
        (Some(model), _) if chosen != Some(model.id) => {
            offers.push(("machine:model".into(), format!("Choose {}", named(model))));
        }
        (None, Some(_)) if of_model || chosen.is_none() => {
            let words = format!("Add {line} to the catalogue and choose it");
            offers.push(("machine:new_model".into(), words));
        }
        _ => {}
    }
    Said {
        sentence: format!("{sentence} The report is kept with the device."),
        facts: crate::pages::machine::facts(found),
        remarks: found.remarks.clone(),
        differences: differences
            .into_iter()
            .map(|d| {
                let text = |value: Option<String>| value.unwrap_or_else(|| "–".into());
                (d.field.label(), text(d.found), text(d.recorded))
            })
            .collect(),
        offers,
    }
}

/// The form again, with what is wrong with the report.
async fn wrong_report(state: &AppState, visitor: Visitor, form: Form, refusal: Refusal) -> PageResult {
    let errors = crate::pages::machine::under_the_text(refusal)?;
    let page = form_page(state, visitor.frame, None, form, errors).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `POST /devices/new`: the form comes back for the next device, with what stays the same. With `look` nothing is received: the
/// form comes back filled in with what the IMEI or the machine says.
pub async fn receive(
    State(state): State<AppState>,
    mut visitor: Visitor,
    FormWithReport { fields, text }: FormWithReport,
) -> PageResult {
    let form = match text {
        Ok(text) if text.trim().is_empty() => fields,
        Ok(text) => set(&fields, "text", text),
        Err(refusal) => return wrong_report(&state, visitor, fields, refusal).await,
    };
    let look = form.get("look").to_owned();
    match look.split_once(':').unwrap_or((look.as_str(), "")) {
        ("imei", take) => return read_imei(state, visitor, form, take).await,
        ("machine", take) => return read_machine(state, visitor, form, take).await,
        _ => {}
    }
    visitor.actor.request.idempotency = form.idempotency("/devices/new");
    let report = Some(form.get("text")).filter(|text| !text.is_empty());
    if let Some(Err(refusal)) = report.map(assets::read_report) {
        return wrong_report(&state, visitor, form, refusal).await;
    }
    let outcome = match form.parse::<NewAsset>(&BESIDE) {
        Ok(new) => assets::receive_with_report(&state.shop, &visitor.actor, new, report)
            .await
            .map(|device| (device.asset.asset_tag, device.list_warning)),
        Err(refusal) => Err(refusal),
    };
    let kept = KEPT
        .into_iter()
        .map(|name| (name, form.get(name)))
        .filter(|(_, value)| !value.is_empty());
    let again = format!(
        "/devices/new?{}",
        serde_urlencoded::to_string(kept.collect::<Vec<_>>()).unwrap_or_default()
    );
    match outcome {
        Ok((tag, warning)) => {
            let serial = form.get("serial_number").trim();
            let (tone, word) = match warning {
                Some(warning) => ("warn", format!("{tag} is received, serial {serial}. {warning}")),
                None => (
                    "good",
                    format!("{tag} is received, serial {serial}. Scan the next one."),
                ),
            };
            Ok(redirect(&again, Some((tone, &word))))
        }
        Err(Refusal::Replay(_)) => Ok(redirect(&again, None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor.frame, None, form, errors).await?,
            )
        }
    }
}

/// `GET /devices/{id}/edit`
pub async fn edit(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<AssetId>,
) -> PageResult {
    let a = assets::find(&state.shop, &visitor.actor, id).await?.asset;
    let money = |amount: Option<Money>| amount.map(|m| m.to_string()).unwrap_or_default();
    let number = |number: Option<i32>| number.map(|n| n.to_string()).unwrap_or_default();
    let form = Form::from_iter([
        ("version", app::tx::etag(a.updated_at)),
        ("serial_number", a.serial_number),
        ("asset_tag", a.asset_tag),
        ("product_model_id", a.product_model_id.to_string()),
        ("imei_1", a.imei_1.unwrap_or_default()),
        ("imei_2", a.imei_2.unwrap_or_default()),
        ("supplier", a.supplier.unwrap_or_default()),
        ("lot_id", a.lot_id.map(|id| id.to_string()).unwrap_or_default()),
        ("purchase_cost", money(a.purchase_cost)),
        ("landed_cost", money(a.landed_cost)),
        ("list_price", money(a.list_price)),
        ("received_date", a.received_date.to_string()),
        ("cosmetic_notes", a.cosmetic_notes.unwrap_or_default()),
        ("battery_health_percent", number(a.battery_health_percent)),
        ("battery_cycle_count", number(a.battery_cycle_count)),
        ("accessories_included", a.accessories_included.unwrap_or_default()),
    ]);
    show(&form_page(&state, visitor.frame, Some(id), form, Errors::default()).await?)
}

/// Every field of the form, but for what this person does not see or set.
fn whole_change(actor: &Actor, whole: NewAsset) -> AssetChange {
    let mut change = AssetChange::from(whole);
    if !actor.can(Capability::SeePurchaseCost) {
        (change.purchase_cost, change.landed_cost) = (None, None);
    }
    if !actor.can(Capability::EditCatalog) {
        change.list_price = None;
    }
    change
}

/// `POST /devices/{id}/edit`
pub async fn change(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/devices/{id}/edit"));
    visitor.actor.request.if_match = Some(form.get("version").to_owned()).filter(|v| !v.is_empty());
    let outcome = match form.parse::<NewAsset>(&["version"]) {
        Ok(whole) => {
            let change = whole_change(&visitor.actor, whole);
            assets::change(&state.shop, &visitor.actor, id, change)
                .await
                .map(|_| ())
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/devices/{id}"),
            Some(("good", "The details were changed.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor.frame, Some(id), form, errors).await?,
            )
        }
    }
}
