//! Signing in and out, and one's own password.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::Errors;
use crate::form::Form;
use crate::frame::{PlainFrame, Visitor, cookie_in, first_page, redirect};
use app::accounts::authenticate::{Credential, SESSION_ABSOLUTE, SignedIn, authenticate};
use app::accounts::change_password::change_password;
use app::accounts::{sign_in, sign_out};
use app::{Refusal, RequestInfo};
use askama::Template;
use axum::extract::{Extension, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// templates/pages/sign_in.html
#[derive(Debug, Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    frame: PlainFrame,
    username: String,
    next: String,
    error: String,
    first_start: bool,
}

/// Only a path of our own is gone on to after signing in.
fn safe_next(next: &str) -> &str {
    // Browsers read a backslash as a slash and leave out tabs and line breaks.
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if ours && next != "/" && !next.starts_with("/sign-") {
        next
    } else {
        ""
    }
}

async fn sign_in_page(
    state: &AppState,
    mut frame: PlainFrame,
    form: &Form,
    error: String,
) -> Result<SignInPage, Refusal> {
    frame.title = "Sign in".into();
    Ok(SignInPage {
        frame,
        username: form.get("username").into(),
        next: safe_next(form.get("next")).into(),
        error,
        first_start: sign_in::is_first_start(&state.shop).await?,
    })
}

/// `GET /sign-in`
pub async fn sign_in_form(
    State(state): State<AppState>,
    frame: PlainFrame,
    RawQuery(query): RawQuery,
) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    show(&sign_in_page(&state, frame, &form, String::new()).await?)
}

/// `POST /sign-in`
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(request): Extension<RequestInfo>,
    frame: PlainFrame,
    headers: HeaderMap,
    form: Form,
) -> PageResult {
    let user_agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
    match sign_in::for_session(
        &state.shop,
        &request,
        form.get("username"),
        form.get("password"),
        user_agent,
    )
    .await
    {
        Ok(session) => {
            let next = match safe_next(form.get("next")) {
                "" => first_page(session.user.role),
                next => next,
            };
            let mut response = redirect(next, None);
            set_cookie(
                &state,
                &mut response,
                &session.secret,
                SESSION_ABSOLUTE.num_seconds(),
            );
            Ok(response)
        }
        Err(refusal @ (Refusal::Unauthenticated(_) | Refusal::TooMany { .. })) => {
            let status = match refusal {
                Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            show_with(
                status,
                &sign_in_page(&state, frame, &form, refusal.sentence()).await?,
            )
        }
        Err(refusal) => Err(refusal.into()),
    }
}

pub(super) fn set_cookie(state: &AppState, response: &mut Response, secret: &str, max_age: i64) {
    let name = state.cookie_name();
    let secure = if state.secure_cookies { "; Secure" } else { "" };
    let cookie = format!("{name}={secret}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// `POST /sign-out`
pub async fn sign_out(
    State(state): State<AppState>,
    visitor: Visitor,
    Extension(who): Extension<SignedIn>,
) -> PageResult {
    sign_out::here(&state.shop, &visitor.actor, &who).await?;
    let mut response = redirect("/sign-in", Some(("info", "You are signed out.")));
    set_cookie(&state, &mut response, "", 0);
    Ok(response)
}

/// `GET /`: the first page of the role, or the sign-in page.
pub async fn first(State(state): State<AppState>, headers: HeaderMap) -> PageResult {
    let who = match cookie_in(&headers, state.cookie_name()) {
        Some(secret) => authenticate(&state.shop, Credential::Session(secret)).await?,
        None => None,
    };
    Ok(redirect(who.map_or("/sign-in", |who| first_page(who.role)), None))
}

/// templates/pages/change_password.html
#[derive(Debug, Template)]
#[template(path = "pages/change_password.html")]
pub struct ChangePassword {
    frame: PlainFrame,
    forced: bool,
    errors: Errors,
}

/// `GET /account/password`
pub async fn password_form(Extension(who): Extension<SignedIn>) -> PageResult {
    let frame = PlainFrame::titled("Choose a password");
    show(&ChangePassword {
        frame,
        forced: who.must_change_password,
        errors: Errors::default(),
    })
}

/// `POST /account/password`
pub async fn password(
    State(state): State<AppState>,
    visitor: Visitor,
    Extension(who): Extension<SignedIn>,
    form: Form,
) -> PageResult {
    let outcome = if form.get("new_password") == form.get("new_password_again") {
        match form.parse(&["new_password_again"]) {
            Ok(change) => change_password(&state.shop, &visitor.actor, &who, change).await,
            Err(refusal) => Err(refusal),
        }
    } else {
        Err(Refusal::invalid(
            "/new_password_again",
            "This is not the same as the new password. Type it again.",
        ))
    };
    match outcome {
        Ok(()) => Ok(redirect(
            first_page(who.role),
            Some(("good", "Your password is changed.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let frame = PlainFrame::titled("Choose a password");
            let page = ChangePassword {
                frame,
                forced: who.must_change_password,
                errors,
            };
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
