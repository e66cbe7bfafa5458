//! Lists, for every face: one mechanism over the specs of `db`; and the views of them that people save.

use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop};
pub use db::list::{Column, Filter, Kind, ListSpec};
pub use db::saved_views::{SAVED_VIEWS, SavedView};
use domain::{ListName, SavedViewId, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use utoipa::ToSchema;

/// Reads a page of a list.
pub async fn page<T>(shop: &Shop, spec: &ListSpec, request: &PageRequest) -> Result<Page<T>, Refusal>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut conn = shop.read().await?;
    Ok(spec.fetch(&mut conn, request).await?)
}

/// What somebody keeps of a list.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Views that they see, their own first.
    pub views: Vec<SavedView>,
    /// Columns that they chose, with commas; empty for the usual ones.
    pub columns: String,
    /// The view that the list opens with.
    pub opens_with: Option<SavedViewId>,
}

/// Reads what somebody keeps of a list.
pub async fn kept(shop: &Shop, actor: &Actor, list: ListName) -> Result<Kept, Refusal> {
    let Some(user) = actor.user_id else {
        return Ok(Kept::default());
    };
    let mut conn = shop.read().await?;
    let views = db::saved_views::views_seen(&mut conn, list, user).await?;
    let (columns, opens_with) = db::saved_views::choice_find(&mut conn, user, list)
        .await?
        .unwrap_or_default();
    Ok(Kept {
        // A view that is shared no longer opens nothing.
        opens_with: opens_with.filter(|id| views.iter().any(|view| view.id == *id)),
        views,
        columns,
    })
}

/// What is needed to save a view.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSavedView {
    /// The list.
    pub list: ListName,
    /// Name, one's own for this list.
    pub view_name: Text<1, 60>,
    /// What the address of the list has after its question mark: filters, `q`, `sort` and `columns`.
    #[serde(default)]
    pub query: Option<Text<0, 2000>>,
    /// Whether everybody sees it; only for those who may share views.
    #[serde(default)]
    pub is_shared: Option<bool>,
}

/// What may be changed of a view; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedViewChange {
    /// Name.
    #[serde(default)]
    pub view_name: Option<Text<1, 60>>,
    /// Filters, `q`, `sort` and `columns`.
    #[serde(default)]
    pub query: Option<Text<0, 2000>>,
    /// Whether everybody sees it.
    #[serde(default)]
    pub is_shared: Option<bool>,
}

/// A query without what belongs to one look at the list only.
fn lasting(query: Option<&Text<0, 2000>>) -> Result<String, Refusal> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.map_or("", Text::as_str).as_bytes()) {
        if !matches!(&*name, "cursor" | "view" | "format" | "limit") && !value.is_empty() {
            kept.append_pair(&name, &value);
        }
    }
    let kept = kept.finish();
    if kept.len() > 2000 {
        let text = "This view is too long to be saved: take a filter or some columns away.";
        return Err(Refusal::invalid("/query", text));
    }
    Ok(kept)
}

fn check_sharing(actor: &Actor, is_shared: bool) -> Result<(), Refusal> {
    if is_shared && !actor.can(Capability::ShareViews) {
        let text = "Only a Manager or an Admin shares a view with everybody. Save it for yourself, or ask one of them.";
        return Err(Refusal::forbidden("not_allowed", text));
    }
    Ok(())
}

/// Views that the caller sees.
pub async fn views(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<Page<SavedView>, Refusal> {
    if let Some((name, _)) = request.filters.iter().find(|(name, _)| name != "list") {
        let text = "This list can be filtered by list.";
        return Err(Refusal::invalid(format!("/{name}"), text));
    }
    let mut request = request.clone();
    let user = actor.user_id.map_or(0, |id| id.get());
    request.filters.push(("seen_by".into(), user.to_string()));
    page(shop, &db::saved_views::SAVED_VIEWS_OF, &request).await
}

/// Saves a view.
pub async fn save_view(shop: &Shop, actor: &Actor, new: NewSavedView) -> Result<SavedView, Refusal> {
    let is_shared = new.is_shared.unwrap_or(false);
    check_sharing(actor, is_shared)?;
    let mut tx = shop.begin(actor).await?;
    let query = lasting(new.query.as_ref())?;
    let name = new.view_name.as_str().trim();
    let view = db::saved_views::view_insert(tx.conn(), new.list, name, &query, is_shared).await?;
    tx.audit(
        "saved_view.create",
        "saved_views",
        view.id.get(),
        None,
        Some(json!(view)),
    )
    .await?;
    tx.commit(201, &view).await?;
    Ok(view)
}

/// The view under its lock, for its owner; of a shared one also for those who may share.
async fn own_view(tx: &mut crate::Tx, actor: &Actor, id: SavedViewId) -> Result<SavedView, Refusal> {
    let view = db::saved_views::view_lock(tx.conn(), id)
        .await?
        .filter(|view| view.is_shared || Some(view.owner_id) == actor.user_id)
        .ok_or_else(|| Refusal::not_found("view"))?;
    if Some(view.owner_id) != actor.user_id && !actor.can(Capability::ShareViews) {
        let text = format!(
            "{} shares this view with you: ask them to change it.",
            view.owner_name
        );
        return Err(Refusal::forbidden("not_yours", text));
    }
    tx.check_version(view.updated_at)?;
    Ok(view)
}

/// Changes a view.
pub async fn change_view(
    shop: &Shop,
    actor: &Actor,
    id: SavedViewId,
    change: SavedViewChange,
) -> Result<SavedView, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let before = own_view(&mut tx, actor, id).await?;
    let is_shared = change.is_shared.unwrap_or(before.is_shared);
    check_sharing(actor, is_shared && !before.is_shared)?;
    let name = change
        .view_name
        .map_or(before.view_name.clone(), |name| name.as_str().trim().to_owned());
    let query = match &change.query {
        Some(query) => lasting(Some(query))?,
        None => before.query.clone(),
    };
    let after = db::saved_views::view_update(tx.conn(), id, &name, &query, is_shared).await?;
    let (was, is) = (Some(json!(before)), Some(json!(after)));
    tx.audit("saved_view.change", "saved_views", id.get(), was, is)
        .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// Deletes a view.
pub async fn delete_view(shop: &Shop, actor: &Actor, id: SavedViewId) -> Result<(), Refusal> {
    let mut tx = shop.begin(actor).await?;
    let before = own_view(&mut tx, actor, id).await?;
    db::saved_views::view_delete(tx.conn(), id).await?;
    tx.audit(
        "saved_view.delete",
        "saved_views",
        id.get(),
        Some(json!(before)),
        None,
    )
    .await?;
    tx.commit(204, &()).await
}

/// Lets a list open with this view for the caller.
pub async fn open_with(shop: &Shop, actor: &Actor, id: SavedViewId) -> Result<SavedView, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let view = db::saved_views::view_lock(tx.conn(), id)
        .await?
        .filter(|view| view.is_shared || Some(view.owner_id) == actor.user_id)
        .ok_or_else(|| Refusal::not_found("view"))?;
    db::saved_views::choice_view_set(tx.conn(), view.list, Some(id)).await?;
    let is = Some(json!({"list": view.list, "saved_view_id": id}));
    tx.audit("list.open_with", "list_choices", None, None, is).await?;
    tx.commit(200, &view).await?;
    Ok(view)
}

/// Lets a list open as it is for the caller.
pub async fn open_plain(shop: &Shop, actor: &Actor, list: ListName) -> Result<(), Refusal> {
    let mut tx = shop.begin(actor).await?;
    db::saved_views::choice_view_set(tx.conn(), list, None).await?;
    let is = Some(json!({"list": list, "saved_view_id": null}));
    tx.audit("list.open_with", "list_choices", None, None, is).await?;
    tx.commit(204, &()).await
}

/// Keeps the columns of a list for the caller.
pub async fn keep_columns(shop: &Shop, actor: &Actor, list: ListName, columns: &str) -> Result<(), Refusal> {
    let mut tx = shop.begin(actor).await?;
    db::saved_views::choice_columns_set(tx.conn(), list, columns).await?;
    let is = Some(json!({"list": list, "columns": columns}));
    tx.audit("list.columns", "list_choices", None, None, is).await?;
    tx.commit(204, &()).await
}

/// What somebody keeps of a list, for the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ListChoice {
    /// Columns, with commas; empty for the usual ones.
    pub columns: String,
    /// The view that the list opens with; null for the list as it is.
    pub opens_with: Option<SavedViewId>,
}

impl From<Kept> for ListChoice {
    fn from(kept: Kept) -> Self {
        ListChoice {
            columns: kept.columns,
            opens_with: kept.opens_with,
        }
    }
}

/// What may be changed of what somebody keeps of a list; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListChoiceChange {
    /// Columns, with commas; empty for the usual ones. Names that the list does not have are left out when it is shown.
    #[serde(default)]
    pub columns: Option<Text<0, 1000>>,
    /// The view that the list opens with; null lets it open as it is.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub opens_with: Option<Option<SavedViewId>>,
}

/// Changes what the caller keeps of a list.
pub async fn choose(
    shop: &Shop,
    actor: &Actor,
    list: ListName,
    change: ListChoiceChange,
) -> Result<ListChoice, Refusal> {
    let Some(user) = actor.user_id else {
        return Err(Refusal::not_found("list of one's own"));
    };
    let mut tx = shop.begin(actor).await?;
    if let Some(columns) = &change.columns {
        db::saved_views::choice_columns_set(tx.conn(), list, columns.as_str().trim()).await?;
        let is = Some(json!({"list": list, "columns": columns.as_str().trim()}));
        tx.audit("list.columns", "list_choices", None, None, is).await?;
    }
    if let Some(view) = change.opens_with {
        if let Some(id) = view {
            let there = db::saved_views::view_lock(tx.conn(), id).await?;
            there
                .filter(|v| v.list == list && (v.is_shared || v.owner_id == user))
                .ok_or_else(|| Refusal::invalid("/opens_with", "There is no such view of this list."))?;
        }
        db::saved_views::choice_view_set(tx.conn(), list, view).await?;
        let is = Some(json!({"list": list, "saved_view_id": view}));
        tx.audit("list.open_with", "list_choices", None, None, is).await?;
    }
    let (columns, opens_with) = db::saved_views::choice_find(tx.conn(), user, list)
        .await?
        .unwrap_or_default();
    let choice = ListChoice { columns, opens_with };
    tx.commit(200, &choice).await?;
    Ok(choice)
}
