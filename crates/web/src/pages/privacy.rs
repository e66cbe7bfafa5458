//! A person's rights: everything that is held about them as a file, and their erasure.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::Errors;
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::Refusal;
use app::customers::{self, Export};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::CustomerId;
use http::{HeaderValue, StatusCode, header};

/// templates/pages/customer_privacy.html
#[derive(Debug, Template)]
#[template(path = "pages/customer_privacy.html")]
pub struct Privacy {
    frame: Frame,
    id: CustomerId,
    full_name: String,
    back_href: String,
    file_href: String,
    question: String,
    open: Vec<String>,
    typed: String,
    form_key: String,
    errors: Errors,
}

async fn page(
    state: &AppState,
    visitor: Visitor,
    id: CustomerId,
    typed: &str,
    errors: Errors,
) -> Result<Privacy, Refusal> {
    let customer = customers::person(&state.shop, &visitor.actor, id).await?;
    Ok(Privacy {
        open: customers::open_matters(&state.shop, &visitor.actor, customer.id).await?,
        id: customer.id,
        back_href: format!("/customers/{}", customer.id),
        file_href: format!("/customers/{}/export.json", customer.id),
        question: format!("Type {} to erase this customer", customer.full_name),
        full_name: customer.full_name,
        typed: typed.to_owned(),
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("Give out or erase"),
    })
}

/// `GET /customers/{id}/privacy`
pub async fn ask(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
) -> PageResult {
    show(&page(&state, visitor, id, "", Errors::default()).await?)
}

/// A JSON file, saved under its name.
pub(crate) fn file(export: Export) -> Response {
    let mut response = export.json.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", export.file_name)) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// `GET /customers/{id}/export.json`
pub async fn export(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
) -> PageResult {
    Ok(file(customers::export(&state.shop, &visitor.actor, id).await?))
}

/// `POST /customers/{id}/erase`, once their name is typed.
pub async fn erase(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/customers/{id}/erase"));
    let outcome = match form.parse(&[]) {
        Ok(erasure) => customers::erase(&state.shop, &visitor.actor, id, erasure).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            "/customers",
            Some(("good", "The customer was erased. The books stay as they are.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = page(&state, visitor, id, form.get("full_name"), errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
