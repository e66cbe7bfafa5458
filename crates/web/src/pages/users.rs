//! Settings → Users.

use super::my_account::{SessionRow, TokenRow, moment, session_rows, token_rows};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Head, ListPage};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::accounts::authenticate::SignedIn;
use app::accounts::{credentials, sign_out};
use app::users::{self, NewUser, User, UserChange};
use app::{Refusal, Role};
use askama::Template;
use axum::extract::{Extension, RawQuery, State};
use domain::{ApiTokenId, UserId};
use http::StatusCode;

/// templates/pages/users.html
#[derive(Debug, Template)]
#[template(path = "pages/users.html")]
pub struct Users {
    frame: Frame,
    q: String,
    roles: Vec<Choice>,
    role_on: bool,
    states: Vec<Choice>,
    state_on: bool,
    clear_href: String,
    heads: Vec<Head>,
    rows: Vec<UserRow>,
    shown: String,
    next_href: String,
    first_href: String,
}

/// A user, as the list shows them.
#[derive(Debug)]
pub struct UserRow {
    id: UserId,
    full_name: String,
    username: String,
    email: String,
    role: Role,
    last_login: String,
    chip: Chip,
}

fn chip(user: &User) -> Chip {
    match (user.is_active, user.must_change_password) {
        (false, _) => Chip::new("Deactivated", "neutral"),
        (true, true) => Chip::new("Must change password", "warn"),
        (true, false) => Chip::new("Active", "good"),
    }
}

/// `GET /settings/users`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query("/settings/users", query.as_deref().unwrap_or(""), &users::LIST);
    let page = app::lists::page::<User>(&state.shop, &users::LIST, &list.request).await?;
    let zone = state.shop.zone();
    let (role, active) = (list.filter("role"), list.filter("is_active"));
    show(&Users {
        frame: visitor.frame.titled("Users"),
        q: list.q().into(),
        roles: Choice::filter(Role::ALL.iter().map(|r| (r, r)), role),
        role_on: !role.is_empty(),
        states: Choice::filter([("true", "Active"), ("false", "Deactivated")], active),
        state_on: !active.is_empty(),
        clear_href: list.clear_href(),
        heads: vec![
            list.head("Name", "full_name", false),
            list.head("Username", "username", false),
            list.head("E-mail", "", false),
            list.head("Role", "", false),
            list.head("Last sign-in", "", false),
            list.head("State", "", false),
        ],
        shown: list.shown(page.data.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        rows: page
            .data
            .into_iter()
            .map(|user| UserRow {
                chip: chip(&user),
                id: user.id,
                full_name: user.full_name,
                username: user.username,
                email: user.email,
                role: user.role,
                last_login: user
                    .last_login
                    .map_or_else(|| "never".into(), |at| moment(at, zone)),
            })
            .collect(),
    })
}

/// templates/pages/user_form.html
#[derive(Debug, Template)]
#[template(path = "pages/user_form.html")]
pub struct UserForm {
    frame: Frame,
    /// Absent for a new one.
    id: Option<UserId>,
    form: Form,
    roles: Vec<Choice>,
    is_self: bool,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    form_key: String,
    errors: Errors,
}

fn new_form(frame: Frame, form: Form, errors: Errors) -> UserForm {
    UserForm {
        frame: frame.titled("Add a user"),
        id: None,
        roles: Choice::list(Role::ALL.iter().map(|r| (r, r)), form.get("role")),
        form,
        is_self: false,
        sessions: Vec::new(),
        tokens: Vec::new(),
        form_key: form_key(),
        errors,
    }
}

/// The page of a user, with what was typed or what is stored.
async fn edit_form(
    state: &AppState,
    visitor: Visitor,
    who: &SignedIn,
    id: UserId,
    typed: Option<Form>,
    errors: Errors,
) -> Result<UserForm, Refusal> {
    let user = users::find(&state.shop, id).await?;
    let zone = state.shop.zone();
    let form = typed.unwrap_or_else(|| {
        Form::from_pairs([
            ("username", user.username.clone()),
            ("email", user.email.clone()),
            ("full_name", user.full_name.clone()),
            ("phone", user.phone.clone().unwrap_or_default()),
            ("role", user.role.to_string()),
            (
                "is_active",
                if user.is_active {
                    "true".into()
                } else {
                    String::new()
                },
            ),
        ])
    });
    Ok(UserForm {
        id: Some(id),
        roles: Choice::list(Role::ALL.iter().map(|r| (r, r)), form.get("role")),
        form,
        is_self: who.user_id == id,
        sessions: session_rows(
            credentials::sessions(&state.shop, &visitor.actor, who, id).await?,
            zone,
        ),
        tokens: token_rows(
            credentials::tokens(&state.shop, &visitor.actor, who, id).await?,
            zone,
        ),
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled(user.full_name),
    })
}

/// `GET /settings/users/new`
pub async fn new(visitor: Visitor) -> PageResult {
    show(&new_form(visitor.frame, Form::default(), Errors::default()))
}

/// `POST /settings/users`: the first password was chosen by somebody else, so it has to be changed.
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/settings/users");
    let outcome = match form.parse::<NewUser>(&[]) {
        Ok(new) => {
            let new = NewUser {
                must_change_password: Some(true),
                ..new
            };
            users::create(&state.shop, &visitor.actor, new).await.map(|_| ())
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => {
            Ok(redirect("/settings/users", Some(("good", "The user was added."))))
        }
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &new_form(visitor.frame, form, errors),
            )
        }
    }
}

/// `GET /settings/users/{id}`
pub async fn edit(
    State(state): State<AppState>,
    visitor: Visitor,
    Extension(who): Extension<SignedIn>,
    PathId(id): PathId<UserId>,
) -> PageResult {
    show(&edit_form(&state, visitor, &who, id, None, Errors::default()).await?)
}

/// `POST /settings/users/{id}`
pub async fn change(
    State(state): State<AppState>,
    visitor: Visitor,
    Extension(who): Extension<SignedIn>,
    PathId(id): PathId<UserId>,
    form: Form,
) -> PageResult {
    // Seeded addresses such as admin@localhost need not pass today's check as long as nobody changes them.
    let stored = users::find(&state.shop, id).await?;
    let unchanged: &[&str] = if form.get("email") == stored.email {
        &["email"]
    } else {
        &[]
    };
    let outcome = match form.parse::<UserChange>(unchanged) {
        Ok(mut change) => {
            change.phone.get_or_insert(None);
            if who.user_id != id {
                change.is_active = Some(form.is_on("is_active"));
            }
            users::change(&state.shop, &visitor.actor, id, change).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => Ok(redirect(
            "/settings/users",
            Some(("good", "The user was changed.")),
        )),
        Err(refusal) => again(&state, visitor, &who, id, Some(form), refusal).await,
    }
}

/// `POST /settings/users/{id}/password`: it has to be changed at the next sign-in.
pub async fn set_password(
    State(state): State<AppState>,
    visitor: Visitor,
    Extension(who): Extension<SignedIn>,
    PathId(id): PathId<UserId>,
    form: Form,
) -> PageResult {
    let outcome = match form.get("password").parse() {
        Ok(password) => {
            let change = UserChange {
                password: Some(password),
                must_change_password: Some(true),
                ..UserChange::default()
            };
            users::change(&state.shop, &visitor.actor, id, change).await
        }
        Err(refused) => Err(Refusal::invalid("/password", refused.to_string())),
    };
    match outcome {
        Ok(user) => {
            let text = format!(
                "{} has a new password, and is signed out everywhere.",
                user.full_name
            );
            Ok(redirect(&format!("/settings/users/{id}"), Some(("good", &text))))
        }
        Err(refusal) => again(&state, visitor, &who, id, None, refusal).await,
    }
}

async fn again(
    state: &AppState,
    visitor: Visitor,
    who: &SignedIn,
    id: UserId,
    typed: Option<Form>,
    refusal: Refusal,
) -> PageResult {
    let errors = Errors::from_refusal(refusal)?;
    show_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &edit_form(state, visitor, who, id, typed, errors).await?,
    )
}

/// `POST /settings/users/{id}/sign-out`
pub async fn sign_out(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<UserId>,
) -> PageResult {
    sign_out::everywhere(&state.shop, &visitor.actor, id).await?;
    Ok(redirect(
        &format!("/settings/users/{id}"),
        Some(("good", "All sessions and tokens of this person are ended.")),
    ))
}

/// `POST /settings/users/{id}/revoke-token`
pub async fn revoke_token(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<UserId>,
    form: Form,
) -> PageResult {
    let token: ApiTokenId = form
        .get("token_id")
        .parse()
        .map_err(|_| Refusal::not_found("token"))?;
    credentials::revoke_token(&state.shop, &visitor.actor, token).await?;
    Ok(redirect(
        &format!("/settings/users/{id}"),
        Some(("good", "The token is revoked.")),
    ))
}
