//! Settings → Price lists.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::Errors;
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::Refusal;
use app::wholesale::{PriceListChange, price_lists};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{Decimal, PriceListId};
use http::StatusCode;

const PATH: &str = "/settings/price-lists";

/// templates/pages/price_lists.html
#[derive(Debug, Template)]
#[template(path = "pages/price_lists.html")]
pub struct PriceLists {
    frame: Frame,
    rows: Vec<Row>,
    /// Number of the list whose form is shown; empty for a new one.
    changing: String,
    form_title: &'static str,
    form: Form,
    form_key: String,
    errors: Errors,
}

/// One price list.
#[derive(Debug)]
struct Row {
    name: String,
    percents: String,
    is_active: bool,
    href: String,
}

async fn page(
    state: &AppState,
    frame: Frame,
    form: Form,
    errors: Errors,
    changing: Option<PriceListId>,
) -> Result<PriceLists, Refusal> {
    let text = |percent: Option<Decimal>| percent.map(|p| p.normalize().to_string()).unwrap_or_default();
    let mut form = form;
    let mut rows = Vec::new();
    for list in price_lists::all(&state.shop).await? {
        let mut percents = format!("{} % off", list.percent.normalize());
        for (name, own) in [
            ("laptops", list.laptop_percent),
            ("phones", list.phone_percent),
            ("accessories", list.accessory_percent),
        ] {
            if let Some(own) = own {
                percents.push_str(&format!(" · {name} {} %", own.normalize()));
            }
        }
        if changing == Some(list.id) && form.names().next().is_none() {
            form = Form::from_pairs([
                ("name", list.name.clone()),
                ("percent", list.percent.normalize().to_string()),
                ("laptop_percent", text(list.laptop_percent)),
                ("phone_percent", text(list.phone_percent)),
                ("accessory_percent", text(list.accessory_percent)),
                ("is_active", list.is_active.to_string()),
            ]);
        }
        rows.push(Row {
            percents,
            is_active: list.is_active,
            href: format!("{PATH}?change={}", list.id),
            name: list.name,
        });
    }
    Ok(PriceLists {
        frame: frame.titled("Price lists"),
        rows,
        form_title: if changing.is_some() {
            "Change the price list"
        } else {
            "Add a price list"
        },
        changing: changing.map(|id| id.to_string()).unwrap_or_default(),
        form,
        form_key: form_key(),
        errors,
    })
}

/// `GET /settings/price-lists`, with `?change=` for the form of one.
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let query = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let changing = query.get("change").parse().ok();
    show(
        &page(
            &state,
            visitor.frame,
            Form::default(),
            Errors::default(),
            changing,
        )
        .await?,
    )
}

/// `POST /settings/price-lists`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(PATH);
    let outcome = match form.parse(&[]) {
        Ok(new) => price_lists::create(&state.shop, &visitor.actor, new)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(PATH, Some(("good", "The price list was added.")))),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = page(&state, visitor.frame, form, errors, None).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// `POST /settings/price-lists/{id}`
pub async fn change(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PriceListId>,
    form: Form,
) -> PageResult {
    let outcome = match form.parse::<PriceListChange>(&[]) {
        Ok(mut change) => {
            // A blank field takes the kind's own percentage away; a box without a tick is sent by nobody.
            change.laptop_percent.get_or_insert(None);
            change.phone_percent.get_or_insert(None);
            change.accessory_percent.get_or_insert(None);
            change.is_active.get_or_insert(false);
            price_lists::change(&state.shop, &visitor.actor, id, change).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => Ok(redirect(PATH, Some(("good", "The price list was changed.")))),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = page(&state, visitor.frame, form, errors, Some(id)).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
