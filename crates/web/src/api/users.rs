//! `/users`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::users::{self, NewUser, User, UserChange};
use axum::extract::State;
use domain::UserId;

/// Users.
#[utoipa::path(get, path = "/users", tag = "users", responses((status = 200, description = "A page", body = ListAnswer<User>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<User>(&state.shop, &users::LIST, &query).await?,
    )
}

/// Record a user.
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser,
    responses((status = 201, description = "Recorded", body = User)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewUser>,
) -> Result<Answer, Problem> {
    let user = users::create(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &user)?
        .version(user.updated_at)
        .location(format!("/api/v1/users/{}", user.id)))
}

/// One user.
#[utoipa::path(get, path = "/users/{id}", tag = "users", params(("id" = UserId, Path)),
    responses((status = 200, description = "The user", body = User)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Answer, Problem> {
    let user = users::find(&state.shop, id).await?;
    Ok(Answer::ok(&actor, &user)?.version(user.updated_at))
}

/// Change a user. A new role, a new password or deactivation ends all their sessions and tokens at once.
#[utoipa::path(patch, path = "/users/{id}", tag = "users", params(("id" = UserId, Path)), request_body = UserChange,
    responses((status = 200, description = "Changed", body = User)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<UserId>,
    Body(change): Body<UserChange>,
) -> Result<Answer, Problem> {
    let user = users::change(&state.shop, &actor, id, change).await?;
    Ok(Answer::ok(&actor, &user)?.version(user.updated_at))
}
