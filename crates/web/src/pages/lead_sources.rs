//! Settings → Lead sources.

use super::names::{NameRow, Names, NamesKind, Typed};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::Errors;
use crate::extract::PathId;
use crate::form::Form;
use crate::frame::{Frame, Visitor, redirect};
use app::Refusal;
use app::lead_sources::{self, LeadSourceChange};
use axum::extract::State;
use domain::LeadSourceId;
use http::StatusCode;

static KIND: NamesKind = NamesKind {
    title: "Lead sources",
    sub: "Where customers have heard of the shop.",
    action: "/settings/lead-sources",
    name_field: "source_name",
    add_label: "Add a lead source",
    icon: "users",
    can_deactivate: true,
};

async fn page(state: &AppState, frame: Frame, typed: Typed) -> Result<Names, Refusal> {
    let rows = lead_sources::all(&state.shop).await?;
    let rows = rows
        .into_iter()
        .map(|l| NameRow::new(l.id.get(), l.source_name, l.description, l.is_active))
        .collect();
    Ok(Names::new(frame, &KIND, rows, typed))
}

/// `GET /settings/lead-sources`
pub async fn list(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&page(&state, visitor.frame, Typed::Nothing).await?)
}

/// `POST /settings/lead-sources`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(KIND.action);
    let outcome = match form.parse(&[]) {
        Ok(new) => lead_sources::create(&state.shop, &visitor.actor, new)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            KIND.action,
            Some(("good", "The lead source was added.")),
        )),
        Err(refusal) => {
            let typed = Typed::New(form, Errors::from_refusal(refusal)?);
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor.frame, typed).await?,
            )
        }
    }
}

/// `POST /settings/lead-sources/{id}`
pub async fn change(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<LeadSourceId>,
    form: Form,
) -> PageResult {
    let outcome = match form.parse::<LeadSourceChange>(&[]) {
        Ok(mut change) => {
            change.description.get_or_insert(None);
            change.is_active = Some(form.is_on("is_active"));
            lead_sources::change(&state.shop, &visitor.actor, id, change).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => Ok(redirect(
            KIND.action,
            Some(("good", "The lead source was changed.")),
        )),
        Err(refusal) => {
            let typed = Typed::Change(id.get(), form, Errors::from_refusal(refusal)?);
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor.frame, typed).await?,
            )
        }
    }
}
