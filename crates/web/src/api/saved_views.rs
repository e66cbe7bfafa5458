//! `/saved-views`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{Body, ListQuery, PathId};
use crate::frame::Caller;
use crate::problem::Problem;
use app::lists::{self, ListChoice, ListChoiceChange, NewSavedView, SavedView, SavedViewChange};
use axum::extract::State;
use domain::{ListName, SavedViewId};

/// Saved views of lists: one's own and those that are shared.
#[utoipa::path(get, path = "/saved-views", tag = "lists", responses((status = 200, description = "A page", body = ListAnswer<SavedView>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, lists::views(&state.shop, &actor, &query).await?)
}

/// Save a view of a list.
#[utoipa::path(post, path = "/saved-views", tag = "lists", request_body = NewSavedView,
    responses((status = 201, description = "Saved", body = SavedView)))]
pub async fn create(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewSavedView>,
) -> Result<Answer, Problem> {
    let view = lists::save_view(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &view)?.version(view.updated_at))
}

/// Change a view, or share it.
#[utoipa::path(patch, path = "/saved-views/{id}", tag = "lists", params(("id" = SavedViewId, Path)), request_body = SavedViewChange,
    responses((status = 200, description = "Changed", body = SavedView)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<SavedViewId>,
    Body(change): Body<SavedViewChange>,
) -> Result<Answer, Problem> {
    let view = lists::change_view(&state.shop, &actor, id, change).await?;
    Ok(Answer::ok(&actor, &view)?.version(view.updated_at))
}

/// Delete a view.
#[utoipa::path(delete, path = "/saved-views/{id}", tag = "lists", params(("id" = SavedViewId, Path)),
    responses((status = 204, description = "Deleted")))]
pub async fn delete(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<SavedViewId>,
) -> Result<Answer, Problem> {
    lists::delete_view(&state.shop, &actor, id).await?;
    Ok(Answer::no_content())
}

/// Let its list open with this view, for the caller.
#[utoipa::path(post, path = "/saved-views/{id}/open", tag = "lists", params(("id" = SavedViewId, Path)),
    responses((status = 200, description = "The view", body = SavedView)))]
pub async fn open(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<SavedViewId>,
) -> Result<Answer, Problem> {
    let view = lists::open_with(&state.shop, &actor, id).await?;
    Ok(Answer::ok(&actor, &view)?.version(view.updated_at))
}

/// What the caller keeps of a list: its columns, and the view that it opens with.
#[utoipa::path(get, path = "/lists/{list}", tag = "lists", params(("list" = ListName, Path)),
    responses((status = 200, description = "What is kept", body = ListChoice)))]
pub async fn choice(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(list): PathId<ListName>,
) -> Result<Answer, Problem> {
    let kept = lists::kept(&state.shop, &actor, list).await?;
    Answer::ok(&actor, &ListChoice::from(kept))
}

/// Keep columns of a list, or let it open as it is.
#[utoipa::path(patch, path = "/lists/{list}", tag = "lists", params(("list" = ListName, Path)), request_body = ListChoiceChange,
    responses((status = 200, description = "What is kept now", body = ListChoice)))]
pub async fn choose(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(list): PathId<ListName>,
    Body(change): Body<ListChoiceChange>,
) -> Result<Answer, Problem> {
    let kept = lists::choose(&state.shop, &actor, list, change).await?;
    Answer::ok(&actor, &kept)
}
