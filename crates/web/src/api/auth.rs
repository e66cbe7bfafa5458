//! `/auth`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::RequestInfo;
use app::accounts::authenticate::SignedIn;
use app::accounts::change_password::{PasswordChange, change_password};
use app::accounts::credentials::{self, ApiToken, MadeToken, NewToken, Session};
use app::accounts::sign_in::{self, FreshToken, Me, SignIn};
use app::accounts::sign_out;
use axum::extract::{Extension, State};
use domain::{ApiTokenId, SessionId};

/// Sign in and get a token.
#[utoipa::path(post, path = "/auth/token", tag = "auth", request_body = SignIn,
    responses((status = 201, description = "Signed in", body = FreshToken)))]
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(request): Extension<RequestInfo>,
    Body(body): Body<SignIn>,
) -> Result<Answer, Problem> {
    Answer::created(
        &app::Actor::system(),
        &sign_in::for_token(&state.shop, &request, body).await?,
    )
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

/// Your sessions that are still good, at most the last 200.
#[utoipa::path(get, path = "/auth/sessions", tag = "auth", responses((status = 200, description = "Your sessions", body = ListAnswer<Session>)))]
pub async fn sessions(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Extension(who): Extension<SignedIn>,
) -> Result<Answer, Problem> {
    let data = credentials::sessions(&state.shop, &actor, &who, who.user_id).await?;
    Answer::ok(
        &actor,
        &ListAnswer {
            data,
            next_cursor: None,
        },
    )
}

/// End a session of yours; who manages users may end anybody's.
#[utoipa::path(delete, path = "/auth/sessions/{id}", tag = "auth", params(("id" = SessionId, Path)),
    responses((status = 204, description = "Ended")))]
pub async fn end_session(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<SessionId>,
) -> Result<Answer, Problem> {
    credentials::end_session(&state.shop, &actor, id).await?;
    Ok(Answer::no_content())
}

/// Your API tokens that are still good, at most the last 200.
#[utoipa::path(get, path = "/auth/tokens", tag = "auth", responses((status = 200, description = "Your tokens", body = ListAnswer<ApiToken>)))]
pub async fn tokens(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Extension(who): Extension<SignedIn>,
) -> Result<Answer, Problem> {
    let data = credentials::tokens(&state.shop, &actor, &who, who.user_id).await?;
    Answer::ok(
        &actor,
        &ListAnswer {
            data,
            next_cursor: None,
        },
    )
}

/// Make an API token of your own. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/auth/tokens", tag = "auth", request_body = NewToken,
    responses((status = 201, description = "Made", body = MadeToken)))]
pub async fn create_token(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewToken>,
) -> Result<Answer, Problem> {
    Answer::created(
        &actor,
        &credentials::create_token(&state.shop, &actor, new).await?,
    )
}

/// Revoke a token of yours; who manages users may revoke anybody's.
#[utoipa::path(delete, path = "/auth/tokens/{id}", tag = "auth", params(("id" = ApiTokenId, Path)),
    responses((status = 204, description = "Revoked")))]
pub async fn revoke_token(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ApiTokenId>,
) -> Result<Answer, Problem> {
    credentials::revoke_token(&state.shop, &actor, id).await?;
    Ok(Answer::no_content())
}
