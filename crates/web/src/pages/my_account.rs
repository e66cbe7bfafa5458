//! My account: one's own sessions, API tokens and looks.

use super::accounts::set_cookie;
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::accounts::authenticate::SignedIn;
use app::accounts::credentials::{self, ApiToken, Session};
use app::accounts::sign_out;
use app::{Refusal, users};
use askama::Template;
use axum::extract::{Extension, State};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{ApiTokenId, SessionId};
use http::{HeaderValue, StatusCode, header};

/// templates/pages/account.html
#[derive(Debug, Template)]
#[template(path = "pages/account.html")]
pub struct Account {
    frame: Frame,
    user: users::User,
    themes: Vec<Choice>,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    new_token: String,
    token_name: String,
    token_days: Vec<Choice>,
    form_key: String,
    errors: Errors,
}

/// A session, as it is read.
#[derive(Debug)]
pub struct SessionRow {
    /// Number.
    pub id: SessionId,
    /// The browser and what it runs on.
    pub device: String,
    /// Where it was begun.
    pub address: String,
    /// When it was begun.
    pub since: String,
    /// When it was last used.
    pub last_seen: String,
    /// Whether it is this one.
    pub current: bool,
}

/// A token, as it is read.
#[derive(Debug)]
pub struct TokenRow {
    /// Number.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created: String,
    /// When it ends.
    pub expires: String,
    /// When it was last used.
    pub last_used: String,
}

/// "14 Jan 2026, 10:00" in the shop's time.
pub(super) fn moment(instant: DateTime<Utc>, zone: Tz) -> String {
    instant
        .with_timezone(&zone)
        .format("%-d %b %Y, %H:%M")
        .to_string()
}

/// The rows of sessions.
pub(super) fn session_rows(sessions: Vec<Session>, zone: Tz) -> Vec<SessionRow> {
    let row = |s: Session| SessionRow {
        id: s.id,
        device: device_name(s.user_agent.as_deref().unwrap_or("")),
        address: s.address.unwrap_or_default(),
        since: moment(s.created_at, zone),
        last_seen: moment(s.last_seen_at, zone),
        current: s.current,
    };
    sessions.into_iter().map(row).collect()
}

/// The rows of tokens.
pub(super) fn token_rows(tokens: Vec<ApiToken>, zone: Tz) -> Vec<TokenRow> {
    let row = |t: ApiToken| TokenRow {
        id: t.id,
        name: t.name,
        created: moment(t.created_at, zone),
        expires: moment(t.expires_at, zone),
        last_used: t
            .last_used_at
            .map_or_else(|| "never".to_owned(), |at| moment(at, zone)),
    };
    tokens.into_iter().map(row).collect()
}

/// "Firefox on Android", as far as the browser tells.
fn device_name(user_agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "A browser".to_owned(),
    }
}

const THEMES: [(&str, &str); 3] = [("auto", "As the device"), ("light", "Light"), ("dark", "Dark")];
const LIVES: [(&str, &str); 4] = [
    ("7", "in a week"),
    ("30", "in 30 days"),
    ("90", "in 90 days"),
    ("365", "in a year"),
];

async fn page(
    state: &AppState,
    visitor: Visitor,
    who: &SignedIn,
    form: &Form,
    errors: Errors,
) -> Result<Account, Refusal> {
    let zone = state.shop.zone();
    let days = form.get("expires_in_days");
    Ok(Account {
        user: users::find(&state.shop, who.user_id).await?,
        themes: Choice::list(THEMES, visitor.frame.theme),
        sessions: session_rows(
            credentials::sessions(&state.shop, &visitor.actor, who, who.user_id).await?,
            zone,
        ),
        tokens: token_rows(
            credentials::tokens(&state.shop, &visitor.actor, who, who.user_id).await?,
            zone,
        ),
        new_token: String::new(),
        token_name: form.get("name").into(),
        token_days: Choice::list(LIVES, if days.is_empty() { "30" } else { days }),
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("My account"),
    })
}

/// `GET /account`
pub async fn show_account(
    State(state): State<AppState>,
    visitor: Visitor,
    Extension(who): Extension<SignedIn>,
) -> PageResult {
    show(&page(&state, visitor, &who, &Form::default(), Errors::default()).await?)
}

/// `POST /account/theme`: kept by the browser, so that a shared till looks the same for everybody.
pub async fn theme(form: Form) -> PageResult {
    let theme = THEMES
        .iter()
        .map(|(value, _)| *value)
        .find(|value| *value == form.get("theme"))
        .unwrap_or("auto");
    let mut response = redirect("/account", None);
    let cookie = format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// `POST /account/tokens`: the page itself answers, since the secret is shown this once and must not travel through a
/// redirect.
pub async fn create_token(
    State(state): State<AppState>,
    mut visitor: Visitor,
    Extension(who): Extension<SignedIn>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/account/tokens");
    let outcome = match form.parse(&[]) {
        Ok(new) => credentials::create_token(&state.shop, &visitor.actor, new).await,
        Err(refusal) => Err(refusal),
    };
    visitor.actor.request.idempotency = None;
    match outcome {
        Ok(made) => {
            let mut account = page(&state, visitor, &who, &Form::default(), Errors::default()).await?;
            account.new_token = made.token.unwrap_or_default();
            show_with(StatusCode::CREATED, &account)
        }
        Err(Refusal::Replay(_)) => Ok(redirect(
            "/account",
            Some(("info", "That token was made already and is not shown again.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor, &who, &form, errors).await?,
            )
        }
    }
}

/// `POST /account/tokens/{id}/revoke`
pub async fn revoke_token(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ApiTokenId>,
) -> PageResult {
    credentials::revoke_token(&state.shop, &visitor.actor, id).await?;
    Ok(redirect("/account", Some(("good", "The token is revoked."))))
}

/// `POST /account/sessions/{id}/end`
pub async fn end_session(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<SessionId>,
) -> PageResult {
    credentials::end_session(&state.shop, &visitor.actor, id).await?;
    Ok(redirect("/account", Some(("good", "That session is ended."))))
}

/// `POST /account/sign-out-everywhere`
pub async fn sign_out_everywhere(
    State(state): State<AppState>,
    visitor: Visitor,
    Extension(who): Extension<SignedIn>,
) -> PageResult {
    sign_out::everywhere(&state.shop, &visitor.actor, who.user_id).await?;
    let mut response = redirect("/sign-in", Some(("info", "You are signed out everywhere.")));
    set_cookie(&state, &mut response, "", 0);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn browsers_have_short_names() {
        let chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36";
        assert_eq!(device_name(chrome), "Chrome on Android");
        assert_eq!(
            device_name("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/17 Safari/605"),
            "Safari on Mac"
        );
        assert_eq!(device_name("<b>"), "A browser");
    }
}
