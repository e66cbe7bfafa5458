//! `/messages`, and what customers allow.

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::messages::{self, Consent, Message, NewConsents, NewMessage};
use axum::extract::State;
use domain::{CustomerId, MessageId};

/// Messages to customers.
#[utoipa::path(get, path = "/messages", tag = "messages", responses((status = 200, description = "A page", body = ListAnswer<Message>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, messages::page(&state.shop, &actor, &query).await?)
}

/// Write a message. A WhatsApp message is opened by its link; the others are sent in the background.
#[utoipa::path(post, path = "/messages", tag = "messages", request_body = NewMessage,
    responses((status = 201, description = "Written", body = Message)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewMessage>,
) -> Result<Answer, Problem> {
    let message = messages::create(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &message)?.location(format!("/api/v1/messages/{}", message.id)))
}

/// One message.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = 200, description = "The message", body = Message)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<MessageId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &messages::find(&state.shop, &actor, id).await?)
}

/// Write down that a WhatsApp message was opened.
#[utoipa::path(post, path = "/messages/{id}/open", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = 200, description = "Opened", body = Message)))]
pub async fn open(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<MessageId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &messages::open(&state.shop, &actor, id).await?)
}

/// Send a message again that failed or is unclear.
#[utoipa::path(post, path = "/messages/{id}/retry", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = 200, description = "Waits to be sent", body = Message)))]
pub async fn retry(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<MessageId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &messages::retry(&state.shop, &actor, id).await?)
}

/// Call a message off that did not go out, or leave an unclear one as it is.
#[utoipa::path(post, path = "/messages/{id}/cancel", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = 200, description = "Cancelled", body = Message)))]
pub async fn cancel(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<MessageId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &messages::cancel(&state.shop, &actor, id).await?)
}

/// What a customer allows on each channel, where they said so; else they get documents and no reminders.
#[utoipa::path(get, path = "/customers/{id}/consents", tag = "customers", params(("id" = CustomerId, Path)),
    responses((status = 200, description = "The newest of each channel", body = Vec<Consent>)))]
pub async fn consents(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &messages::consents(&state.shop, id).await?)
}

/// Write down what a customer allows.
#[utoipa::path(post, path = "/customers/{id}/consents", tag = "customers", params(("id" = CustomerId, Path)), request_body = NewConsents,
    responses((status = 200, description = "The newest of each channel", body = Vec<Consent>)))]
pub async fn consents_set(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<CustomerId>,
    Body(new): Body<NewConsents>,
) -> Result<Answer, Problem> {
    let after = messages::consents_set(&state.shop, &actor, id, new).await?;
    Answer::ok(&actor, &after)
}
