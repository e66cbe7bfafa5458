//! The form that takes a device in.

use crate::AppState;
use crate::components::{Choice, Errors};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::pages::{PageResult, show, show_with};
use crate::problem::Problem;
use crate::upload::{Received, Uploads};
use app::repairs::{self, IntakePhoto, NewTicket, RepairDetail};
use app::{Actor, Capability, Refusal, Shop};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::AssetId;
use http::StatusCode;

/// templates/pages/repair_form.html
#[derive(Debug, Template)]
#[template(path = "pages/repair_form.html")]
pub struct RepairForm {
    frame: Frame,
    form: Form,
    customer_id: String,
    customer: String,
    asset_id: String,
    asset: String,
    technicians: Vec<Choice>,
    may_work: bool,
    issue_types: &'static [&'static str],
    photos: Vec<PhotoField>,
    photos_again: bool,
    form_key: String,
    errors: Errors,
}

/// A place for a photo on the form.
#[derive(Debug)]
struct PhotoField {
    name: &'static str,
    label: &'static str,
    /// The camera takes one at a time; those that are there already come together.
    camera: bool,
    error: String,
}

/// The photos that the form asks for; the label of a camera's field is the caption.
const PHOTOS: &[(&str, &str, bool)] = &[
    ("photo_front", "Front", true),
    ("photo_back", "Back", true),
    ("photo_fault", "The fault", true),
    ("photos", "More photos", false),
];

/// Kinds of fault that are proposed; any other can be typed.
const ISSUE_TYPES: &[&str] = &[
    "Screen Repair",
    "Battery Replacement",
    "Keyboard Repair",
    "Charging Port Repair",
    "Storage Upgrade",
    "Memory Upgrade",
    "Water Damage",
    "Software",
    "Diagnostics",
    "Other",
];

async fn form_page(
    state: &AppState,
    visitor: Visitor,
    form: Form,
    errors: Errors,
) -> Result<RepairForm, Refusal> {
    let customer = match form.get("customer_id").parse() {
        Ok(id) => app::customers::find(&state.shop, id).await.ok(),
        Err(_) => None,
    };
    let asset = match form.get("asset_id").parse::<AssetId>() {
        Ok(id) => app::assets::find(&state.shop, &visitor.actor, id).await.ok(),
        Err(_) => None,
    };
    let may_work = visitor.actor.can(Capability::WorkRepair);
    let technicians = repairs::technicians(&state.shop).await?;
    Ok(RepairForm {
        customer_id: customer.as_ref().map(|c| c.id.to_string()).unwrap_or_default(),
        customer: customer
            .map(|c| format!("{} · {}", c.full_name, visitor.frame.phone(&c.phone)))
            .unwrap_or_default(),
        asset_id: asset.as_ref().map(|a| a.asset.id.to_string()).unwrap_or_default(),
        asset: asset
            .map(|a| format!("{} · {} · {}", a.asset.title(), a.asset.asset_tag, a.asset.status))
            .unwrap_or_default(),
        technicians: Choice::list(technicians, form.get("assigned_to")),
        may_work,
        issue_types: ISSUE_TYPES,
        photos: PHOTOS
            .iter()
            .map(|&(name, label, camera)| PhotoField {
                name,
                label,
                camera,
                error: errors.of(name).into(),
            })
            .collect(),
        photos_again: false,
        form,
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("Take in a repair"),
    })
}

/// `GET /repairs/new?customer_id=&asset_id=`
pub async fn new(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    show(&form_page(&state, visitor, form, Errors::default()).await?)
}

/// Reads the intake form as the command that the API takes.
async fn read(shop: &Shop, form: &Form) -> Result<NewTicket, Refusal> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for name in [
        "customer_id",
        "asset_id",
        "device_brand",
        "device_model",
        "device_serial",
        "issue_type",
        "issue_description",
        "condition_notes",
        "accessories",
        "promised_date",
        "assigned_to",
        "notes",
    ] {
        pairs.push((name, form.get(name).to_owned()));
    }
    let code = form.get("code").trim();
    if form.get("asset_id").is_empty() && !code.is_empty() {
        let id = app::assets::by_code(shop, code).await?.ok_or_else(|| {
            Refusal::invalid(
                "/code",
                "No device of ours has this tag, serial number or IMEI. Leave it empty and write make and model.",
            )
        })?;
        pairs.retain(|(name, _)| *name != "asset_id");
        pairs.push(("asset_id", id.to_string()));
    }
    let mut new: NewTicket = Form::from_pairs(pairs).parse(&[])?;
    let (name, phone) = (form.get("full_name").trim(), form.get("phone").trim());
    if new.customer_id.is_none() && !(name.is_empty() && phone.is_empty()) {
        let who = Form::from_pairs([("full_name", name.to_owned()), ("phone", phone.to_owned())]);
        new.customer = Some(who.parse(&[])?);
    }
    Ok(new)
}

/// The photos that came with the form, each with the name of its field as caption.
fn taken_along(files: &[Received]) -> Result<Vec<IntakePhoto<'_>>, Refusal> {
    files
        .iter()
        .map(|received| {
            let Some(&(field, label, camera)) = PHOTOS.iter().find(|(name, ..)| *name == received.field)
            else {
                return Err(Refusal::invalid(
                    "/photos",
                    "The form has no such field for a photo.",
                ));
            };
            let caption = camera.then(|| label.parse()).transpose();
            Ok(IntakePhoto {
                field,
                file: match &received.file {
                    Ok(file) => file,
                    Err(why) => return Err(Refusal::invalid(format!("/{field}"), why.clone())),
                },
                caption: caption.map_err(Refusal::Internal)?,
            })
        })
        .collect()
}

async fn take_in(state: &AppState, actor: &Actor, uploads: &Uploads) -> Result<RepairDetail, Refusal> {
    let new = read(&state.shop, &uploads.fields).await?;
    let photos = taken_along(&uploads.files)?;
    repairs::open_with_photos(&state.shop, actor, new, photos).await
}

/// `POST /repairs/new`
pub async fn create(
    State(state): State<AppState>,
    mut visitor: Visitor,
    uploads: Result<Uploads, Problem>,
) -> PageResult {
    let uploads = uploads.map_err(|problem| *problem.0)?;
    visitor.actor.request.idempotency = uploads.fields.idempotency("/repairs/new");
    uploads.fingerprint(&mut visitor.actor);
    match take_in(&state, &visitor.actor, &uploads).await {
        Ok(detail) => Ok(redirect(
            &format!("/repairs/{}", detail.ticket.id),
            Some((
                "good",
                &format!(
                    "{} is taken in. Print the slip to sign.",
                    detail.ticket.ticket_number
                ),
            )),
        )),
        Err(Refusal::Replay(answer)) => {
            let id = answer.field("id").map(|id| id.to_string()).unwrap_or_default();
            Ok(redirect(&format!("/repairs/{id}"), None))
        }
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            for error in &mut errors.list {
                // What a body says of the customer stands in the form's own fields.
                match error.name.as_str() {
                    "customer_id" | "customer" | "customer_full_name" => error.name = "full_name".into(),
                    "customer_phone" => error.name = "phone".into(),
                    "asset_id" => error.name = "code".into(),
                    _ => {}
                }
            }
            let mut page = form_page(&state, visitor, uploads.fields, errors).await?;
            page.photos_again = !uploads.files.is_empty();
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
