//! `/auth`

use crate::AppState;
use crate::answer::Answer;
use crate::extract::Body;
use crate::frame::Caller;
use crate::problem::Problem;
use app::RequestInfo;
use app::accounts::change_password::{PasswordChange, change_password};
use app::accounts::sign_in::{self, FreshToken, Me, SignIn};
use app::accounts::sign_out;
use axum::extract::{Extension, State};
use app::accounts::authenticate::SignedIn;

/// Sign in and get a token.
#[utoipa::path(post, path = "/auth/token", tag = "auth", request_body = SignIn,
    responses((status = 201, description = "Signed in", body = FreshToken)))]
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(request): Extension<RequestInfo>,
    Body(body): Body<SignIn>,
) -> Result<Answer, Problem> {
    Answer::created(&app::Actor::system(), &sign_in::for_token(&state.shop, &request, body).await?)
}

/// Who is signed in.
#[utoipa::path(get, path = "/auth/me", tag = "auth", responses((status = 200, description = "You", body = Me)))]
pub async fn me(Caller(actor): Caller, Extension(who): Extension<SignedIn>) -> Result<Answer, Problem> {
    let me = Me {
        id: who.user_id,
        username: who.username,
        role: who.role,
        full_name: who.full_name,
        must_change_password: who.must_change_password,
    };
    Answer::ok(&actor, &me)
}

/// Revoke this token.
#[utoipa::path(delete, path = "/auth/token", tag = "auth", responses((status = 204, description = "Revoked")))]
pub async fn sign_out(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Extension(who): Extension<SignedIn>,
) -> Result<Answer, Problem> {
    sign_out::here(&state.shop, &actor, &who).await?;
    Ok(Answer::no_content())
}

/// Change your password.
#[utoipa::path(post, path = "/auth/password", tag = "auth", request_body = PasswordChange,
    responses((status = 204, description = "Changed")))]
pub async fn password(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Extension(who): Extension<SignedIn>,
    Body(body): Body<PasswordChange>,
) -> Result<Answer, Problem> {
    change_password(&state.shop, &actor, &who, body).await?;
    Ok(Answer::no_content())
}
