//! Settings of the bench: checklists and wipe methods, and the list of phones' codes.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::Errors;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::problem::Problem;
use crate::upload::Upload;
use app::assets::{change_checklists, checklist, checklist_text};
use app::{Refusal, tac};
use askama::Template;
use axum::extract::State;
use domain::Category;
use http::StatusCode;

/// templates/pages/checklists.html
#[derive(Debug, Template)]
#[template(path = "pages/checklists.html")]
pub struct Checklists {
    frame: Frame,
    form: Form,
    form_key: String,
    errors: Errors,
}

impl Checklists {
    fn new(frame: Frame, form: Form, errors: Errors) -> Self {
        Checklists {
            frame: frame.titled("Checklists"),
            form,
            form_key: form_key(),
            errors,
        }
    }
}

/// `GET /settings/checklists`
pub async fn checklists(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let now = state.shop.settings().await?;
    let list = |category| checklist_text(&checklist(&now, category));
    let form = Form::from_pairs([
        ("laptop", list(Category::Laptop)),
        ("phone", list(Category::Phone)),
        ("accessory", list(Category::Accessory)),
        ("wipe_methods", now.wipe_methods.join("\n")),
        (
            "only_listed_checks",
            if now.only_listed_checks {
                "true".into()
            } else {
                String::new()
            },
        ),
    ]);
    show(&Checklists::new(visitor.frame, form, Errors::default()))
}

/// `POST /settings/checklists`
pub async fn save_checklists(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/settings/checklists");
    let outcome = match form.parse(&[]) {
        Ok(change) => change_checklists(&state.shop, &visitor.actor, change).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) | Err(Refusal::Replay(_)) => Ok(redirect(
            "/settings/checklists",
            Some(("good", "The checklists are saved.")),
        )),
        Err(refusal) => show_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &Checklists::new(visitor.frame, form, Errors::from_refusal(refusal)?),
        ),
    }
}

/// templates/pages/tac_codes.html
#[derive(Debug, Template)]
#[template(path = "pages/tac_codes.html")]
pub struct TacCodes {
    frame: Frame,
    count: String,
    form_key: String,
    errors: Errors,
}

async fn tac_page(state: &AppState, frame: Frame, errors: Errors) -> Result<TacCodes, Refusal> {
    Ok(TacCodes {
        count: match tac::count(&state.shop).await? {
            0 => "No code is known yet.".into(),
            1 => "One code is known.".into(),
            count => format!("{count} codes are known."),
        },
        form_key: form_key(),
        errors,
        frame: frame.titled("Phone codes"),
    })
}

/// `GET /settings/phone-codes`
pub async fn tac_codes(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&tac_page(&state, visitor.frame, Errors::default()).await?)
}

/// `POST /settings/phone-codes`
pub async fn import_tac_codes(
    State(state): State<AppState>,
    mut visitor: Visitor,
    upload: Result<Upload, Problem>,
) -> PageResult {
    let outcome = match upload {
        Ok(upload) => {
            visitor.actor.request.idempotency = upload.fields.idempotency("/settings/phone-codes");
            upload.fingerprint(&mut visitor.actor);
            tac::import(&state.shop, &visitor.actor, &upload.path).await
        }
        Err(problem) => Err(*problem.0),
    };
    match outcome {
        Ok(done) => {
            let word = format!(
                "{} rows: {} new codes, {} renamed, {} left out.",
                done.rows, done.added, done.changed, done.left_out
            );
            Ok(redirect("/settings/phone-codes", Some(("good", &word))))
        }
        Err(Refusal::Replay(_)) => Ok(redirect("/settings/phone-codes", None)),
        Err(refusal) => {
            let refusal = match refusal {
                Refusal::Unreadable { detail, .. } => Refusal::invalid("/file", detail),
                other => other,
            };
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &tac_page(&state, visitor.frame, errors).await?,
            )
        }
    }
}
