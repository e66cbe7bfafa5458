//! Settings → Locations.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::Errors;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::Refusal;
use app::locations::{self, Location};
use askama::Template;
use axum::extract::State;
use http::StatusCode;

/// templates/pages/locations.html
#[derive(Debug, Template)]
#[template(path = "pages/locations.html")]
pub struct Locations {
    frame: Frame,
    rows: Vec<Location>,
    location_name: String,
    description: String,
    form_key: String,
    errors: Errors,
}

async fn page(state: &AppState, frame: Frame, form: &Form, errors: Errors) -> Result<Locations, Refusal> {
    Ok(Locations {
        frame: frame.titled("Locations"),
        rows: locations::all(&state.shop).await?,
        location_name: form.get("location_name").into(),
        description: form.get("description").into(),
        form_key: form_key(),
        errors,
    })
}

/// `GET /settings/locations`
pub async fn list(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&page(&state, visitor.frame, &Form::default(), Errors::default()).await?)
}

/// `POST /settings/locations`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/settings/locations");
    let outcome = match form.parse(&[]) {
        Ok(new) => locations::create(&state.shop, &visitor.actor, new).await.map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => {
            Ok(redirect("/settings/locations", Some(("good", "The location was added."))))
        }
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&state, visitor.frame, &form, errors).await?)
        }
    }
}
