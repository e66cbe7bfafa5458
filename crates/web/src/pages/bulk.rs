//! Doing something with many rows that were ticked in a list: ask, then do it row by row by the use case of one, and say of each
//! how it went.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::assets::{self, AssetChange, Relocation, StatusChange};
use app::stock::{self, BulkStockChange};
use app::{Actor, Idempotency, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{AssetId, AssetStatus, BulkStockId, LocationId, Price, PriceStep, Quantity, Text};
use http::StatusCode;
use serde::Deserialize;

/// templates/pages/bulk.html
#[derive(Debug, Template)]
#[template(path = "pages/bulk.html")]
pub struct Bulk {
    frame: Frame,
    back: &'static str,
    back_href: &'static str,
    path: &'static str,
    action: String,
    rows: Vec<BulkRow>,
    fields: Vec<Field>,
    submit: &'static str,
    is_done: bool,
    form_key: String,
    errors: Errors,
}

/// A ticked row, and once it is done how that went.
#[derive(Debug)]
pub struct BulkRow {
    id: String,
    title: String,
    detail: String,
    href: String,
    outcome: Option<Result<String, String>>,
}

/// What is asked for. Kinds: choice, money, number, text.
#[derive(Debug)]
pub struct Field {
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    value: String,
    choices: Vec<Choice>,
    required: bool,
}

impl Field {
    fn new(kind: &'static str, name: &'static str, label: &'static str, form: &Form) -> Self {
        Field {
            kind,
            name,
            label,
            value: form.get(name).into(),
            choices: Vec::new(),
            required: true,
        }
    }
}

/// The steps that a price can take, for choosing one.
pub(super) fn steps(chosen: &str) -> Vec<Choice> {
    let words = |step| match step {
        PriceStep::RaisePercent => "Raise by percent",
        PriceStep::LowerPercent => "Lower by percent",
        PriceStep::RaiseAmount => "Raise by an amount",
        PriceStep::LowerAmount => "Lower by an amount",
        PriceStep::SetTo => "Set to",
    };
    let pairs = PriceStep::ALL.iter().map(|step| (step.as_str(), words(*step)));
    Choice::list(pairs, chosen)
}

async fn places(state: &AppState, form: &Form) -> Result<Field, Refusal> {
    let locations = app::locations::all(&state.shop).await?;
    let mut field = Field::new("choice", "location_id", "Place", form);
    field.choices = Choice::list(
        locations.iter().map(|l| (l.id, l.location_name.as_str())),
        form.get("location_id"),
    );
    Ok(field)
}

/// The numbers of the ticked rows, at most as many as a page shows.
pub(super) fn ticked<T: std::str::FromStr + PartialEq>(form: &Form) -> Vec<T> {
    let mut ids = Vec::new();
    for id in form.all("id").filter_map(|id| id.parse().ok()).take(200) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The same request for one of the rows: repeated, it does nothing for those that are done.
fn for_row(actor: &Actor, form: &Form, path: &str, row: &str) -> Actor {
    let mut actor = actor.clone();
    actor.request.if_match = None;
    actor.request.idempotency = form.idempotency(path).map(|once| Idempotency {
        key: format!("{}-{row}", once.key),
        ..once
    });
    actor
}

/// How it went with a row. What is no answer for a person ends the whole.
fn outcome(done: Result<String, Refusal>) -> Result<Option<Result<String, String>>, Refusal> {
    match done {
        Ok(word) => Ok(Some(Ok(word))),
        Err(Refusal::Replay(_)) => Ok(Some(Ok("Done already".into()))),
        Err(Refusal::Internal(cause)) => Err(Refusal::Internal(cause)),
        Err(Refusal::Unavailable(cause)) => Err(Refusal::Unavailable(cause)),
        Err(refusal) => Ok(Some(Err(refusal.sentence()))),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPrice {
    step: PriceStep,
    value: Price,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: Text<1, 1000>,
}

/// What is done with each device.
#[derive(Debug)]
enum DeviceAct {
    Move(Relocation),
    Price(NewPrice),
    NotSellable(Why),
}

impl DeviceAct {
    fn of(form: &Form) -> Result<Self, Refusal> {
        const PAGE: &[&str] = &["id", "action"];
        match form.get("action") {
            "move" => form.parse(PAGE).map(DeviceAct::Move),
            "price" => form.parse(PAGE).map(DeviceAct::Price),
            "not-sellable" => form.parse(PAGE).map(DeviceAct::NotSellable),
            _ => Err(no_action()),
        }
    }

    async fn apply(&self, state: &AppState, actor: &Actor, id: AssetId) -> Result<String, Refusal> {
        let shop = &state.shop;
        match self {
            DeviceAct::Move(to) => {
                let device = assets::move_to(shop, actor, id, to.clone()).await?;
                let place = device.asset.location_name.unwrap_or_default();
                Ok(format!("Lies in {place}"))
            }
            DeviceAct::Price(change) => {
                let device = assets::find(shop, actor, id).await?.asset;
                let old = match (device.price, change.step) {
                    (Some(price), _) => price,
                    (None, PriceStep::SetTo) => domain::Money::ZERO,
                    (None, _) => {
                        let text = "It has no price yet: set one, or check its quality first.";
                        return Err(Refusal::conflict("price_missing", text));
                    }
                };
                let impossible =
                    || Refusal::conflict("price", "Its price would be impossible: change it by less.");
                let new = change.step.apply(old, change.value).ok_or_else(impossible)?;
                let mut actor = actor.clone();
                actor.request.if_match = Some(app::tx::etag(device.updated_at));
                let list_price = Price::try_from(new).map_err(|_| impossible())?;
                let change = AssetChange {
                    list_price: Some(Some(list_price)),
                    ..AssetChange::default()
                };
                assets::change(shop, &actor, id, change).await?;
                Ok(format!("{} → {}", old.ghs(), new.ghs()))
            }
            DeviceAct::NotSellable(why) => {
                let change = StatusChange {
                    status: AssetStatus::NotSellable,
                    reason: Some(why.reason.as_str().parse().map_err(|_| no_action())?),
                };
                let device = assets::change_status(shop, actor, id, change).await?;
                Ok(device.asset.status.to_string())
            }
        }
    }
}

fn no_action() -> Refusal {
    Refusal::invalid("", "Choose in the list what to do with the ticked rows.")
}

async fn devices_page(
    state: &AppState,
    visitor: Visitor,
    form: &Form,
    errors: Errors,
) -> Result<Bulk, Refusal> {
    let ids: Vec<AssetId> = ticked(form);
    let rows = assets::these(&state.shop, &ids)
        .await?
        .into_iter()
        .map(|device| BulkRow {
            id: device.id.to_string(),
            title: format!("{} · {}", device.asset_tag, device.title()),
            detail: match device.price {
                Some(price) => format!("{} · {}", device.status, price.ghs()),
                None => device.status.to_string(),
            },
            href: format!("/devices/{}", device.id),
            outcome: None,
        })
        .collect();
    let (title, submit, fields) = match form.get("action") {
        "move" => {
            let mut reason = Field::new("text", "reason", "Reason", form);
            reason.required = false;
            (
                "Move devices",
                "Move them",
                vec![places(state, form).await?, reason],
            )
        }
        "price" => {
            let mut step = Field::new("choice", "step", "Change", form);
            step.choices = steps(form.get("step"));
            let value = Field::new("number", "value", "By how much, or to what", form);
            (
                "Change prices of devices",
                "Change their prices",
                vec![step, value],
            )
        }
        "not-sellable" => {
            let reason = Field::new("text", "reason", "Reason", form);
            ("Mark devices not sellable", "Mark them", vec![reason])
        }
        _ => return Err(no_action()),
    };
    Ok(Bulk {
        back: "Devices",
        back_href: "/devices",
        path: "/devices/bulk",
        action: form.get("action").into(),
        rows,
        fields,
        submit,
        is_done: false,
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled(title),
    })
}

/// `GET /devices/bulk`: what is asked before something is done with the ticked devices.
pub async fn devices(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes())?;
    if form.get("action").is_empty() {
        return Ok(redirect("/devices", None));
    }
    if form.get("action") == "labels" {
        let ids: Vec<String> = ticked::<AssetId>(&form).iter().map(ToString::to_string).collect();
        return Ok(redirect(&format!("/labels?ids={}", ids.join(",")), None));
    }
    show(&devices_page(&state, visitor, &form, Errors::default()).await?)
}

/// `POST /devices/bulk`
pub async fn change_devices(State(state): State<AppState>, visitor: Visitor, form: Form) -> PageResult {
    let act = match DeviceAct::of(&form) {
        Ok(act) => act,
        Err(refusal) => {
            let page = devices_page(&state, visitor, &form, Errors::from_refusal(refusal)?).await?;
            return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let actor = visitor.actor.clone();
    let mut outcomes = Vec::new();
    for id in ticked::<AssetId>(&form) {
        let actor = for_row(&actor, &form, "/devices/bulk", &id.to_string());
        outcomes.push((id.to_string(), outcome(act.apply(&state, &actor, id).await)?));
    }
    show(
        &devices_page(&state, visitor, &form, Errors::default())
            .await?
            .done(outcomes),
    )
}

impl Bulk {
    fn done(mut self, outcomes: Vec<(String, Option<Result<String, String>>)>) -> Self {
        for (id, outcome) in outcomes {
            if let Some(row) = self.rows.iter_mut().find(|row| row.id == id) {
                row.outcome = outcome;
            }
        }
        self.is_done = true;
        self
    }

    /// "3 done, 1 not"
    fn tally(&self) -> String {
        let failed = self
            .rows
            .iter()
            .filter(|r| matches!(r.outcome, Some(Err(_))))
            .count();
        match (self.rows.len() - failed, failed) {
            (done, 0) => format!("{done} done."),
            (done, failed) => format!("{done} done, {failed} not: the list says why."),
        }
    }

    fn all_done(&self) -> bool {
        !self.rows.iter().any(|r| matches!(r.outcome, Some(Err(_))))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Threshold {
    reorder_threshold: Quantity,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    location_id: LocationId,
}

async fn stock_page(
    state: &AppState,
    visitor: Visitor,
    form: &Form,
    errors: Errors,
) -> Result<Bulk, Refusal> {
    let mut rows = Vec::new();
    for id in ticked::<BulkStockId>(form) {
        let item = stock::find(&state.shop, id).await?;
        rows.push(BulkRow {
            id: id.to_string(),
            title: format!("{} · {}", item.sku, item.item_name),
            detail: format!(
                "{} there, reorder below {}",
                item.quantity, item.reorder_threshold
            ),
            href: format!("/stock/{id}"),
            outcome: None,
        });
    }
    let (title, fields) = match form.get("action") {
        "threshold" => (
            "Set when to reorder",
            vec![Field::new("number", "reorder_threshold", "Reorder below", form)],
        ),
        "location" => ("Set the place", vec![places(state, form).await?]),
        _ => return Err(no_action()),
    };
    Ok(Bulk {
        back: "Stock",
        back_href: "/stock",
        path: "/stock/bulk",
        action: form.get("action").into(),
        rows,
        fields,
        submit: "Set it",
        is_done: false,
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled(title),
    })
}

/// `GET /stock/bulk`: what is asked before something is done with the ticked items.
pub async fn items(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes())?;
    if form.get("action").is_empty() {
        return Ok(redirect("/stock", None));
    }
    show(&stock_page(&state, visitor, &form, Errors::default()).await?)
}

/// `POST /stock/bulk`
pub async fn change_items(State(state): State<AppState>, visitor: Visitor, form: Form) -> PageResult {
    const PAGE: &[&str] = &["id", "action"];
    let change = match form.get("action") {
        "threshold" => form.parse::<Threshold>(PAGE).map(|t| BulkStockChange {
            reorder_threshold: Some(t.reorder_threshold),
            ..BulkStockChange::default()
        }),
        "location" => form.parse::<Place>(PAGE).map(|p| BulkStockChange {
            location_id: Some(Some(p.location_id)),
            ..BulkStockChange::default()
        }),
        _ => Err(no_action()),
    };
    let change = match change {
        Ok(change) => change,
        Err(refusal) => {
            let page = stock_page(&state, visitor, &form, Errors::from_refusal(refusal)?).await?;
            return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let actor = visitor.actor.clone();
    let mut outcomes = Vec::new();
    for id in ticked::<BulkStockId>(&form) {
        let actor = for_row(&actor, &form, "/stock/bulk", &id.to_string());
        let done = stock::change(&state.shop, &actor, id, change.clone()).await;
        outcomes.push((id.to_string(), outcome(done.map(|_| "Set".to_owned()))?));
    }
    show(
        &stock_page(&state, visitor, &form, Errors::default())
            .await?
            .done(outcomes),
    )
}
