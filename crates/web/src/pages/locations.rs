//! Settings → Locations.

use super::names::{NameRow, Names, NamesKind, Typed};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::Errors;
use crate::extract::PathId;
use crate::form::Form;
use crate::frame::{Frame, Visitor, redirect};
use app::Refusal;
use app::locations::{self, LocationChange};
use axum::extract::State;
use domain::LocationId;
use http::StatusCode;

static KIND: NamesKind = NamesKind {
    title: "Locations",
    sub: "Where devices and stock are.",
    action: "/settings/locations",
    name_field: "location_name",
    add_label: "Add a location",
    icon: "map-pin",
    can_deactivate: false,
};

async fn page(state: &AppState, frame: Frame, typed: Typed) -> Result<Names, Refusal> {
    let rows = locations::all(&state.shop).await?;
    let rows = rows
        .into_iter()
        .map(|l| NameRow::new(l.id.get(), l.location_name, l.description, true))
        .collect();
    Ok(Names::new(frame, &KIND, rows, typed))
}

/// `GET /settings/locations`
pub async fn list(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&page(&state, visitor.frame, Typed::Nothing).await?)
}

/// `POST /settings/locations`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(KIND.action);
    let outcome = match form.parse(&[]) {
        Ok(new) => locations::create(&state.shop, &visitor.actor, new)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => {
            Ok(redirect(KIND.action, Some(("good", "The location was added."))))
        }
        Err(refusal) => {
            let typed = Typed::New(form, Errors::from_refusal(refusal)?);
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor.frame, typed).await?,
            )
        }
    }
}

/// `POST /settings/locations/{id}`
pub async fn change(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<LocationId>,
    form: Form,
) -> PageResult {
    let outcome = match form.parse::<LocationChange>(&[]) {
        Ok(mut change) => {
            change.description.get_or_insert(None);
            locations::change(&state.shop, &visitor.actor, id, change).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => Ok(redirect(KIND.action, Some(("good", "The location was changed.")))),
        Err(refusal) => {
            let typed = Typed::Change(id.get(), form, Errors::from_refusal(refusal)?);
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor.frame, typed).await?,
            )
        }
    }
}
