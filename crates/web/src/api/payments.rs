//! `/payments`: what is only claimed, and a provider's statement.

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::form::Form;
use crate::frame::Caller;
use crate::problem::Problem;
use crate::upload::Upload;
use app::payments::{self, ClaimedPayment, Compared, Confirmation, Decided, Rejection, Statement};
use app::{Invalid, Refusal};
use axum::extract::State;
use domain::{PaymentId, PaymentMethod};
use utoipa::ToSchema;

/// Payments that wait to be confirmed, oldest first.
#[utoipa::path(get, path = "/payments/claimed", tag = "payments", responses((status = 200, description = "A page", body = ListAnswer<ClaimedPayment>)))]
pub async fn claimed(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    let page = app::lists::page::<ClaimedPayment>(&state.shop, &payments::CLAIMED, &query).await?;
    Answer::list(&actor, page)
}

/// Confirm that the money of a claimed payment came. An invoice with nothing left to pay is Paid with it.
#[utoipa::path(post, path = "/payments/{id}/confirm", tag = "payments", params(("id" = PaymentId, Path)), request_body = Confirmation,
    responses((status = 200, description = "Confirmed, with all parts of the payment", body = Decided)))]
pub async fn confirm(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PaymentId>,
    Body(word): Body<Confirmation>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &payments::confirm(&state.shop, &actor, id, word).await?)
}

/// Record that the money of a claimed payment never came: a refund beside it opens the balance again.
#[utoipa::path(post, path = "/payments/{id}/reject", tag = "payments", params(("id" = PaymentId, Path)), request_body = Rejection,
    responses((status = 200, description = "Rejected, with all parts of the payment", body = Decided)))]
pub async fn reject(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PaymentId>,
    Body(word): Body<Rejection>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &payments::reject(&state.shop, &actor, id, word).await?)
}

/// A provider's statement.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is read as it comes")]
pub struct StatementUpload {
    /// CSV with a row of names, at most 5 MB: reference (or transaction id), amount (or credit), date, sender.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// MoMo unless said otherwise.
    #[schema(required = false)]
    payment_method: PaymentMethod,
    /// Confirm what is claimed and matches.
    #[schema(required = false, default = false)]
    confirm: bool,
}

/// Compare a provider's statement with the books, by reference, and list what differs on both sides.
#[utoipa::path(post, path = "/payments/statement", tag = "payments",
    request_body(content = StatementUpload, content_type = "multipart/form-data"),
    responses((status = 200, description = "What matches and what not", body = Compared)))]
pub async fn statement(
    State(state): State<AppState>,
    Caller(mut actor): Caller,
    upload: Upload,
) -> Result<Answer, Problem> {
    upload.fingerprint(&mut actor);
    let (method, confirm) = options(&upload.fields)?;
    let statement = read(&upload).await?;
    Answer::ok(
        &actor,
        &payments::compare(&state.shop, &actor, method, statement, confirm).await?,
    )
}

/// Reads an uploaded statement.
pub async fn read(upload: &Upload) -> Result<Statement, Refusal> {
    let broken = |e: std::io::Error| Refusal::Internal(format!("an upload cannot be read: {e}"));
    let length = tokio::fs::metadata(&upload.path).await.map_err(broken)?.len();
    if length > payments::statement::MOST_BYTES {
        let text = "A statement may have at most 5 MB: send it in parts.";
        return Err(Refusal::invalid("/file", text));
    }
    payments::statement::read(&tokio::fs::read(&upload.path).await.map_err(broken)?)
}

/// The fields beside the file. Empty ones count as absent.
pub fn options(fields: &Form) -> Result<(PaymentMethod, bool), Refusal> {
    let (mut method, mut confirm) = (PaymentMethod::MoMo, false);
    let mut invalid = Invalid::new();
    for name in fields.names() {
        let value = fields.get(name).trim();
        match name {
            _ if value.is_empty() => {}
            "payment_method" => {
                method = invalid.check("/payment_method", value.parse()).unwrap_or(method);
            }
            "confirm" => match value {
                "true" | "on" => confirm = true,
                "false" => confirm = false,
                _ => invalid.push("/confirm", "This must be true or false."),
            },
            "form_key" => {}
            _ => invalid.push(
                format!("/{name}"),
                format!("There is no field {name} here. Leave it out, or check its spelling."),
            ),
        }
    }
    invalid.into_result()?;
    Ok((method, confirm))
}
