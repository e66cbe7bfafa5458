//! What people keep of lists: columns, and views with a name.

use super::PageResult;
use crate::AppState;
use crate::components::Errors;
use crate::extract::{PathId, PathIds};
use crate::form::Form;
use crate::frame::{Visitor, redirect};
use app::Refusal;
use app::lists::{self, NewSavedView, SavedViewChange};
use axum::extract::State;
use axum::response::Response;
use domain::{ListName, SavedViewId};

fn path(list: ListName) -> String {
    match list {
        ListName::Receipts | ListName::Ledger | ListName::StockMoves => format!("/stock/{}", list.as_str()),
        ListName::Preorders | ListName::Repairs => format!("/{}/list", list.as_str()),
        list => format!("/{}", list.as_str()),
    }
}

/// The list as it was, with other columns and from another view.
fn back(list: ListName, form: &Form, columns: Option<&str>, view: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(form.get("query").as_bytes()) {
        let replaced = (name == "columns" && columns.is_some()) || name == "view" || name == "cursor";
        if !replaced && !value.is_empty() {
            query.append_pair(&name, &value);
        }
    }
    if let Some(columns) = columns.filter(|c| !c.is_empty()) {
        query.append_pair("columns", columns);
    }
    // A view that is opened first must not hide what was just asked for.
    query.append_pair("view", view);
    format!("{}?{}", path(list), query.finish())
}

fn refused(list: ListName, form: &Form, refusal: Refusal) -> Result<Response, Refusal> {
    let errors = Errors::from_refusal(refusal)?;
    let text = errors
        .list
        .first()
        .map_or(errors.summary.as_str(), |e| e.text.as_str());
    Ok(redirect(&back(list, form, None, "none"), Some(("bad", text))))
}

/// The names in their order, the one of `up` before its neighbour and the one of `down` behind it.
fn ordered(form: &Form) -> Vec<String> {
    let chosen: Vec<&str> = form.all("column").collect();
    let mut names: Vec<String> = form
        .all("order")
        .filter(|name| chosen.contains(name))
        .map(str::to_owned)
        .collect();
    let at = |wanted: &str| names.iter().position(|name| name == wanted);
    if let Some(place) = at(form.get("up")).filter(|place| *place > 0) {
        names.swap(place, place - 1);
    } else if let Some(place) = at(form.get("down")).filter(|place| place + 1 < names.len()) {
        names.swap(place, place + 1);
    }
    names
}

/// `POST /lists/{list}/columns`: shows these columns, and keeps them for the person.
pub async fn columns(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(list): PathId<ListName>,
    form: Form,
) -> PageResult {
    let columns = if form.is_on("usual") {
        String::new()
    } else {
        ordered(&form).join(",")
    };
    if columns.len() > 1000 {
        return Err(Refusal::invalid("/column", "These are more columns than a list has.").into());
    }
    lists::keep_columns(&state.shop, &visitor.actor, list, &columns).await?;
    Ok(redirect(&back(list, &form, Some(&columns), "none"), None))
}

/// `POST /lists/{list}/views`: saves what is shown as a view.
pub async fn save(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(list): PathId<ListName>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/lists/{list}/views"));
    let new = form
        .pairs()
        .chain([("list", list.as_str())])
        .map(|(name, value)| (name, value.to_owned()));
    let outcome = match Form::from_pairs(new).parse::<NewSavedView>(&[]) {
        Ok(new) => lists::save_view(&state.shop, &visitor.actor, new)
            .await
            .map(|view| view.id.to_string()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(id) => Ok(redirect(
            &back(list, &form, None, &id),
            Some(("good", "The view was saved.")),
        )),
        Err(Refusal::Replay(answer)) => {
            let id = answer.field("id").map(|id| id.to_string()).unwrap_or_default();
            Ok(redirect(&back(list, &form, None, &id), None))
        }
        Err(refusal) => Ok(refused(list, &form, refusal)?),
    }
}

/// `POST /lists/{list}/views/{id}`: opens the list with it, shares it, replaces it by what is shown, deletes it.
pub async fn change(
    State(state): State<AppState>,
    visitor: Visitor,
    PathIds(list, id): PathIds<ListName, SavedViewId>,
    form: Form,
) -> PageResult {
    let (shop, actor) = (&state.shop, &visitor.actor);
    let change = |change: SavedViewChange| async move {
        lists::change_view(shop, actor, id, change).await.map(|_| ())
    };
    let shared = |is_shared| SavedViewChange {
        is_shared: Some(is_shared),
        ..SavedViewChange::default()
    };
    let here = id.to_string();
    let (outcome, word, view) = match form.get("do") {
        "open" => (
            lists::open_with(shop, actor, id).await.map(|_| ()),
            "The list opens with this view from now on.",
            here.as_str(),
        ),
        "plain" => (
            lists::open_plain(shop, actor, list).await,
            "The list opens as it is from now on.",
            here.as_str(),
        ),
        "share" => (
            change(shared(true)).await,
            "Everybody sees the view now.",
            here.as_str(),
        ),
        "unshare" => (
            change(shared(false)).await,
            "Only its owner sees the view now.",
            here.as_str(),
        ),
        "replace" => {
            let shown = Form::from_pairs([("query", form.get("query").to_owned())]);
            let outcome = match shown.parse::<SavedViewChange>(&[]) {
                Ok(new) => change(new).await,
                Err(refusal) => Err(refusal),
            };
            (outcome, "The view shows this from now on.", here.as_str())
        }
        "delete" => (
            lists::delete_view(shop, actor, id).await,
            "The view was deleted.",
            "none",
        ),
        _ => (
            Err(Refusal::invalid("/do", "Choose what to do with the view.")),
            "",
            "none",
        ),
    };
    match outcome {
        Ok(()) => Ok(redirect(&back(list, &form, None, view), Some(("good", word)))),
        Err(refusal) => Ok(refused(list, &form, refusal)?),
    }
}
