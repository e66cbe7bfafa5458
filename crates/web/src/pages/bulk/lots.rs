//! Closing many lots, or opening them again, one by one.

use super::{Bulk, BulkRow, for_row, no_action, outcome, ticked};
use crate::AppState;
use crate::components::Errors;
use crate::form::{Form, form_key};
use crate::frame::{Visitor, redirect};
use crate::pages::{PageResult, show};
use app::Refusal;
use app::lots::{self, LotChange};
use axum::extract::{RawQuery, State};
use domain::LotId;

async fn lots_page(state: &AppState, visitor: Visitor, form: &Form, errors: Errors) -> Result<Bulk, Refusal> {
    let mut rows = Vec::new();
    for id in ticked::<LotId>(form) {
        let lot = lots::named(&state.shop, id).await?;
        rows.push(BulkRow {
            id: id.to_string(),
            title: [Some(lot.lot_number), lot.supplier]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            detail: format!(
                "{}, {} devices",
                if lot.closed_at.is_some() { "Closed" } else { "Open" },
                lot.device_count
            ),
            href: format!("/lots/{id}"),
            outcome: None,
        });
    }
    let (title, submit) = match form.get("action") {
        "close" => ("Close lots", "Close them"),
        "reopen" => ("Open lots again", "Open them again"),
        _ => return Err(no_action()),
    };
    Ok(Bulk {
        back: "Lots",
        back_href: "/lots",
        path: "/lots/bulk",
        action: form.get("action").into(),
        rows,
        fields: Vec::new(),
        submit,
        can_look: false,
        is_look: false,
        is_done: false,
        undo_href: String::new(),
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled(title),
    })
}

/// `GET /lots/bulk`: what is asked before something is done with the ticked lots.
pub async fn ask(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes())?;
    match form.get("action") {
        "" => Ok(redirect("/lots", None)),
        "labels" => {
            let lots: Vec<_> = ticked::<LotId>(&form)
                .iter()
                .map(|id| ("lot", id.to_string()))
                .collect();
            let query = serde_urlencoded::to_string(lots).unwrap_or_default();
            Ok(redirect(&format!("/labels?{query}"), None))
        }
        _ => show(&lots_page(&state, visitor, &form, Errors::default()).await?),
    }
}

/// `POST /lots/bulk`
pub async fn change(State(state): State<AppState>, visitor: Visitor, form: Form) -> PageResult {
    let closed = match form.get("action") {
        "close" => true,
        "reopen" => false,
        _ => return Err(no_action().into()),
    };
    let change = LotChange {
        closed: Some(closed),
        ..LotChange::default()
    };
    let actor = visitor.actor.clone();
    let mut outcomes = Vec::new();
    for id in ticked::<LotId>(&form) {
        let actor = for_row(&actor, &form, "/lots/bulk", &id.to_string());
        let done = lots::change(&state.shop, &actor, id, change.clone()).await;
        let word = if closed { "Closed" } else { "Open" };
        outcomes.push((id.to_string(), outcome(done.map(|_| word.to_owned()))?));
    }
    show(
        &lots_page(&state, visitor, &form, Errors::default())
            .await?
            .done(outcomes),
    )
}
