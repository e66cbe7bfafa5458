//! Photos: taken on the page of what they show, and served to whoever may see that.

use super::{PageResult, devices, repairs};
use crate::AppState;
use crate::api::bench::{caption, jpeg};
use crate::components::Errors;
use crate::extract::PathId;
use crate::form::Form;
use crate::frame::{Visitor, redirect};
use crate::problem::Problem;
use crate::upload::Uploads;
use app::photos::{self, Photo, Subject};
use app::{Actor, Refusal, Shop};
use axum::extract::State;
use domain::{AssetId, PhotoId, RepairTicketId};
use http::StatusCode;

/// A photo as pages show it.
#[derive(Debug, Clone)]
pub(super) struct PhotoView {
    pub(super) id: PhotoId,
    pub(super) caption: String,
    pub(super) alt: String,
    pub(super) when: String,
    pub(super) who: String,
    pub(super) may_remove: bool,
}

pub(super) fn view(shop: &Shop, actor: &Actor, photo: &Photo) -> PhotoView {
    let when = super::invoices::when(shop, photo.created_at);
    let caption = photo.caption.clone().unwrap_or_default();
    PhotoView {
        id: photo.id,
        alt: if caption.is_empty() {
            format!("Photo of {when}")
        } else {
            caption.clone()
        },
        caption,
        when,
        who: photo.created_by_name.clone().unwrap_or_default(),
        may_remove: photos::may_remove(actor, photo),
    }
}

/// Keeps what a form brings. The key of the form makes a double click one photo; what was typed beside the photo comes back
/// with whatever is wrong.
async fn keep(
    state: &AppState,
    actor: &mut Actor,
    path: &str,
    of: Subject,
    uploads: Result<Uploads, Problem>,
) -> (Form, Result<(), Refusal>) {
    let uploads = match uploads {
        Ok(uploads) => uploads,
        Err(problem) => return (Form::default(), Err(*problem.0)),
    };
    actor.request.idempotency = uploads.fields.idempotency(path);
    uploads.fingerprint(actor);
    let taken = match (caption(&uploads.fields), &uploads.files[..]) {
        (Err(refusal), _) => Err(refusal),
        (_, []) => Err(Refusal::invalid("/file", "Take or choose a photo first.")),
        (_, [_, _, ..]) => Err(Refusal::invalid("/file", "Send one photo at a time.")),
        (Ok(caption), [received]) => match &received.file {
            Ok(file) => photos::take(&state.shop, actor, of, file, caption)
                .await
                .map(|_| ()),
            Err(sentence) => Err(Refusal::invalid("/file", sentence.clone())),
        },
    };
    let taken = match taken {
        Err(Refusal::Replay(_)) => Ok(()),
        other => other,
    };
    (uploads.fields, taken)
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Unreadable { status, .. } => {
            StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST)
        }
        _ => StatusCode::CONFLICT,
    }
}

/// A refusal as the words under the field of the file, wherever the page shows it.
fn under_the_field(refusal: Refusal) -> Result<Errors, Refusal> {
    match refusal {
        Refusal::Unreadable { detail, .. } => Errors::from_refusal(Refusal::invalid("/file", detail)),
        other => Errors::from_refusal(other),
    }
}

/// A refused picture: its status, and the words under its field.
pub(super) fn told(refusal: Refusal) -> Result<(StatusCode, Errors), Refusal> {
    let status = status_of(&refusal);
    Ok((status, under_the_field(refusal)?))
}

/// `POST /devices/{id}/photos`, from the device's page or from the bench.
pub async fn of_device(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<AssetId>,
    uploads: Result<Uploads, Problem>,
) -> PageResult {
    let path = format!("/devices/{id}/photos");
    let (fields, kept) = keep(&state, &mut visitor.actor, &path, Subject::Asset(id), uploads).await;
    let from_bench = fields.get("back") == "bench";
    match kept {
        Ok(()) if from_bench => Ok(redirect(&format!("/bench?device={id}"), None)),
        Ok(()) => Ok(redirect(
            &format!("/devices/{id}"),
            Some(("good", "The photo is kept.")),
        )),
        Err(refusal) => {
            let status = status_of(&refusal);
            let errors = under_the_field(refusal)?;
            if from_bench {
                super::bench::again(&state, visitor, id, fields, errors, status).await
            } else {
                devices::again(&state, visitor, id, fields, errors, status).await
            }
        }
    }
}

/// `POST /repairs/{id}/photos`
pub async fn of_ticket(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    uploads: Result<Uploads, Problem>,
) -> PageResult {
    let path = format!("/repairs/{id}/photos");
    let (fields, kept) = keep(
        &state,
        &mut visitor.actor,
        &path,
        Subject::RepairTicket(id),
        uploads,
    )
    .await;
    match kept {
        Ok(()) => Ok(redirect(
            &format!("/repairs/{id}"),
            Some(("good", "The photo is kept.")),
        )),
        Err(refusal) => {
            let status = status_of(&refusal);
            repairs::again(&state, visitor, id, fields, under_the_field(refusal)?, status).await
        }
    }
}

/// `POST /photos/{id}/remove`
pub async fn remove(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<PhotoId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/photos/{id}/remove"));
    match photos::remove(&state.shop, &visitor.actor, id).await {
        Ok(photo) => {
            let back = match (photo.asset_id, photo.repair_ticket_id, photo.product_model_id) {
                // On the bench one goes on with what is open there.
                (Some(asset), ..) if form.get("back") == "bench" => {
                    return Ok(redirect(&format!("/bench?device={asset}"), None));
                }
                (Some(asset), ..) => format!("/devices/{asset}"),
                (None, Some(ticket), _) => format!("/repairs/{ticket}"),
                (None, None, Some(model)) => format!("/models/{model}"),
                (None, None, None) => "/".into(),
            };
            Ok(redirect(&back, Some(("info", "The photo is taken away."))))
        }
        Err(Refusal::Replay(_)) => Ok(redirect("/", None)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /photos/{id}`
pub async fn image(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PhotoId>,
) -> PageResult {
    Ok(jpeg(photos::file(&state.shop, &visitor.actor, id, false).await?))
}

/// `GET /photos/{id}/small`
pub async fn thumbnail(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PhotoId>,
) -> PageResult {
    Ok(jpeg(photos::file(&state.shop, &visitor.actor, id, true).await?))
}
