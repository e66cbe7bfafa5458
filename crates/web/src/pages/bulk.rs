//! Doing something with many rows that were ticked in a list: ask, show what it would make, do it by the use case of one, say of
//! each how it went, and take it back.

pub mod lots;

use super::model_care::{ChangeRow, ModelChanges};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors, link};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::assets;
use app::bulk_changes::{
    self, AssetBulkChange, ChangeDetail, ChangePreview, ChangeUndone, ChangedField, NotChanged, RecordChange,
    StockBulkChange,
};
use app::lists::ListSpec;
use app::stock;
use app::{Actor, Capability, Idempotency, PageRequest, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{AssetId, AssetStatus, BulkChangeId, BulkStatus, BulkStockId, Money, PriceStep};
use http::StatusCode;

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
    /// Whether one can look at what it makes before it is done.
    can_look: bool,
    is_look: bool,
    is_done: bool,
    /// Where it is taken back, once it is done.
    undo_href: String,
    form_key: String,
    errors: Errors,
}

/// A ticked row, and what it would become or how that went.
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

    fn optional(mut self) -> Self {
        self.required = false;
        self
    }
}

fn price_fields(form: &Form) -> Vec<Field> {
    let mut step = Field::new("choice", "step", "Change", form);
    step.choices = steps(form.get("step"));
    vec![
        step,
        Field::new("number", "value", "By how much, or to what", form),
    ]
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
    let locations = app::locations::by_hand(&state.shop).await?;
    let mut field = Field::new("choice", "location_id", "Place", form);
    field.choices = Choice::list(
        locations.iter().map(|l| (l.id, l.location_name.as_str())),
        form.get("location_id"),
    );
    Ok(field)
}

/// The most rows that are changed at once: as many as a page shows.
const MOST: usize = 200;

/// The numbers of the ticked rows, at most as many as a page shows.
pub(super) fn ticked<T: std::str::FromStr + PartialEq>(form: &Form) -> Vec<T> {
    let mut ids = Vec::new();
    for id in form.all("id").filter_map(|id| id.parse().ok()).take(MOST) {
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

/// The fields of the page itself, which no command has.
const PAGE: &[&str] = &["id", "action", "preview"];

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
        "price" => (
            "Change prices of devices",
            "Change their prices",
            price_fields(form),
        ),
        "details" => (
            "Change details of devices",
            "Change them",
            vec![
                Field::new("text", "supplier", "Supplier", form).optional(),
                Field::new("text", "accessories_included", "Comes with", form).optional(),
            ],
        ),
        "not-sellable" => {
            let reason = Field::new("text", "reason", "Reason", form);
            ("Mark devices not sellable", "Mark them", vec![reason])
        }
        "to-bench" => (
            "Put devices back on the bench",
            "Put them back",
            vec![Field::new("text", "reason", "Reason", form).optional()],
        ),
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
        can_look: true,
        is_look: false,
        is_done: false,
        undo_href: String::new(),
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
    let mut form = Form::parse_bytes(query.unwrap_or_default().as_bytes())?;
    if form.get("action").is_empty() {
        return Ok(redirect("/devices", None));
    }
    if form.get("set") == "scanned" {
        let set = app::scan_sets::find(&state.shop, &visitor.actor).await?.data;
        if set.len() > MOST {
            let text = "At most 200 devices are changed at once like this: take some out of the set first.";
            return Ok(redirect("/scan", Some(("bad", text))));
        }
        let action = ("action", form.get("action").to_owned());
        let ids = set.iter().map(|device| ("id", device.id.to_string()));
        form = Form::from_pairs(ids.chain([action]));
    }
    if form.get("action") == "labels" {
        let ids: Vec<String> = ticked::<AssetId>(&form).iter().map(ToString::to_string).collect();
        return Ok(redirect(&format!("/labels?ids={}", ids.join(",")), None));
    }
    if !form.is_on("preview") {
        return show(&devices_page(&state, visitor, &form, Errors::default()).await?);
    }
    let seen = match devices_command(&form) {
        Ok(change) => bulk_changes::preview_assets(&state.shop, &visitor.actor, &change).await,
        Err(refusal) => Err(refusal),
    };
    show_look(&state, seen, |errors| {
        devices_page(&state, visitor, &form, errors)
    })
    .await
}

/// The change of devices that a form says.
fn devices_command(form: &Form) -> Result<AssetBulkChange, Refusal> {
    let mut change: AssetBulkChange = form.parse(PAGE)?;
    change.asset_ids = ticked(form);
    change.status = match form.get("action") {
        "not-sellable" => Some(BulkStatus::NotSellable),
        "to-bench" => Some(BulkStatus::DiagnosticsPending),
        _ => change.status,
    };
    Ok(change)
}

/// `POST /devices/bulk`
pub async fn change_devices(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/devices/bulk");
    let outcome = match (form.get("action"), devices_command(&form)) {
        ("move" | "price" | "details" | "not-sellable" | "to-bench", Ok(change)) => {
            bulk_changes::make_assets(&state.shop, &visitor.actor, change).await
        }
        ("move" | "price" | "details" | "not-sellable" | "to-bench", Err(refusal)) => Err(refusal),
        _ => Err(no_action()),
    };
    let page = |errors| devices_page(&state, visitor, &form, errors);
    show_made(&state, outcome, "/devices/changes", page).await
}

/// Shows the page again with what a change would make of each row, or why it cannot be made.
async fn show_look<P: Future<Output = Result<Bulk, Refusal>>>(
    state: &AppState,
    seen: Result<ChangePreview, Refusal>,
    page: impl FnOnce(Errors) -> P,
) -> PageResult {
    match seen {
        Err(refusal @ Refusal::Forbidden { .. }) => Err(refusal.into()),
        Err(refusal) => show(&page(Errors::from_refusal(refusal)?).await?),
        Ok(seen) => {
            let told = Told::of(state).await?;
            show(&page(Errors::default()).await?.look(&told, &seen))
        }
    }
}

/// Shows the page again with what became of each row, or why nothing was changed; `changes` is where a change stands that was
/// made already.
async fn show_made<P: Future<Output = Result<Bulk, Refusal>>>(
    state: &AppState,
    outcome: Result<ChangeDetail, Refusal>,
    changes: &str,
    page: impl FnOnce(Errors) -> P,
) -> PageResult {
    match outcome {
        Err(refusal @ Refusal::Forbidden { .. }) => Err(refusal.into()),
        Err(Refusal::Replay(_)) => Ok(redirect(changes, None)),
        Err(refusal) => {
            let page = page(Errors::from_refusal(refusal)?).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Ok(made) => {
            let told = Told::of(state).await?;
            show(&page(Errors::default()).await?.made(&told, made))
        }
    }
}

/// What says what became of a field: the names of places.
#[derive(Debug)]
struct Told {
    places: Vec<(String, String)>,
}

impl Told {
    async fn of(state: &AppState) -> Result<Self, Refusal> {
        let places = app::locations::all(&state.shop).await?;
        Ok(Told {
            places: places
                .into_iter()
                .map(|place| (place.id.to_string(), place.location_name))
                .collect(),
        })
    }

    /// `GH₵ 1,000.00 → GH₵ 1,100.00`
    fn words(&self, change: &ChangedField) -> String {
        let value = |value: &Option<String>| match (change.field.as_str(), value) {
            ("location_id", Some(id)) => {
                let place = self.places.iter().find(|(known, _)| known == id);
                place.map_or_else(|| id.clone(), |(_, name)| name.clone())
            }
            ("list_price" | "unit_price", Some(price)) => {
                Money::parse(price).map_or_else(|_| price.clone(), Money::ghs)
            }
            (_, Some(text)) => text.clone(),
            (_, None) => "–".into(),
        };
        format!("{} → {}", value(&change.old_value), value(&change.new_value))
    }
}

impl Bulk {
    /// What became of each row, or would.
    fn told(&mut self, told: &Told, rows: &[ChangedField], refused: &[NotChanged]) {
        for row in &mut self.rows {
            let words: Vec<String> = rows
                .iter()
                .filter(|change| change.record_id.to_string() == row.id)
                .map(|change| told.words(change))
                .collect();
            let no = refused.iter().find(|no| no.record_id.to_string() == row.id);
            row.outcome = Some(match (no, words.is_empty()) {
                (Some(no), _) => Err(no.reason.clone()),
                (None, true) => Ok("As it was".into()),
                (None, false) => Ok(words.join(", ")),
            });
        }
    }

    fn look(mut self, told: &Told, seen: &ChangePreview) -> Self {
        self.told(told, &seen.rows, &seen.refused);
        self.is_look = true;
        self
    }

    fn made(mut self, told: &Told, made: ChangeDetail) -> Self {
        self.told(told, &made.rows, &made.refused);
        self.undo_href = format!("{}/changes/{}/undo", self.back_href, made.change.id);
        self.is_done = true;
        self
    }

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
        "price" => ("Change prices of items", price_fields(form)),
        "details" => (
            "Change details of items",
            vec![
                Field::new("text", "category", "Category", form).optional(),
                Field::new("text", "supplier", "Supplier", form).optional(),
            ],
        ),
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
        can_look: true,
        is_look: false,
        is_done: false,
        undo_href: String::new(),
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
    if form.get("action") == "labels" {
        let ids: Vec<String> = ticked::<BulkStockId>(&form)
            .iter()
            .map(ToString::to_string)
            .collect();
        return Ok(redirect(&format!("/labels?items={}", ids.join(",")), None));
    }
    visitor.actor.require(Capability::AdjustBulkStock)?;
    if !form.is_on("preview") {
        return show(&stock_page(&state, visitor, &form, Errors::default()).await?);
    }
    let seen = match items_command(&form) {
        Ok(change) => bulk_changes::preview_stock(&state.shop, &visitor.actor, &change).await,
        Err(refusal) => Err(refusal),
    };
    show_look(&state, seen, |errors| stock_page(&state, visitor, &form, errors)).await
}

/// The change of items that a form says.
fn items_command(form: &Form) -> Result<StockBulkChange, Refusal> {
    let mut change: StockBulkChange = form.parse(PAGE)?;
    change.bulk_stock_ids = ticked(form);
    Ok(change)
}

/// `POST /stock/bulk`
pub async fn change_items(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/stock/bulk");
    let outcome = match items_command(&form) {
        Ok(change) => bulk_changes::make_stock(&state.shop, &visitor.actor, change).await,
        Err(refusal) => Err(refusal),
    };
    let page = |errors| stock_page(&state, visitor, &form, errors);
    show_made(&state, outcome, "/stock/changes", page).await
}

/// A list of bulk changes: its address, the page before it, and what it is a list of.
#[derive(Debug)]
struct ChangesOf {
    path: &'static str,
    back: (&'static str, &'static str),
    spec: &'static ListSpec,
    what: &'static str,
}

const DEVICES: ChangesOf = ChangesOf {
    path: "/devices/changes",
    back: ("Devices", "/devices"),
    spec: &bulk_changes::ASSET_CHANGES,
    what: "Devices",
};

const ITEMS: ChangesOf = ChangesOf {
    path: "/stock/changes",
    back: ("Stock", "/stock"),
    spec: &bulk_changes::STOCK_CHANGES,
    what: "Items",
};

async fn changes_page(
    state: &AppState,
    visitor: Visitor,
    of: &ChangesOf,
    query: &str,
    errors: Errors,
) -> Result<ModelChanges, Refusal> {
    let asked = Form::parse_bytes(query.as_bytes()).unwrap_or_default();
    let request = PageRequest {
        limit: 50,
        cursor: Some(asked.get("cursor").to_owned()).filter(|c| !c.is_empty()),
        ..PageRequest::default()
    };
    let page = bulk_changes::page(&state.shop, of.spec, &request).await?;
    let when = |instant| super::invoices::when(&state.shop, instant);
    Ok(ModelChanges {
        path: of.path,
        back_title: of.back.0,
        back_href: of.back.1,
        what: of.what,
        next_href: (page.next_cursor)
            .map(|c| link(of.path, &[("cursor", &c)]))
            .unwrap_or_default(),
        rows: page
            .data
            .into_iter()
            .map(|change| ChangeRow {
                id: change.id.get(),
                summary: change.summary,
                records: change.records,
                who: change.made_by_name.unwrap_or_default(),
                when: when(change.made_at),
                undone: change.undone_at.map(when).unwrap_or_default(),
            })
            .collect(),
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("Bulk changes"),
    })
}

/// Whether a change took a device out of the sale that was not in repair: there is no way back but over the bench.
fn left_the_sale(change: &RecordChange) -> bool {
    let was = change.old_value.as_deref();
    change.field == "status"
        && change.new_value.as_deref() == Some(BulkStatus::NotSellable.as_str())
        && was != Some(AssetStatus::RepairHold.as_str())
}

async fn after_undo(
    state: &AppState,
    visitor: Visitor,
    of: &ChangesOf,
    outcome: Result<ChangeUndone, Refusal>,
) -> PageResult {
    match outcome {
        Ok(undone) if undone.rows.iter().any(left_the_sale) => {
            let text = "They are back on the bench: each is tested, wiped and checked before it can be sold.";
            Ok(redirect(of.path, Some(("good", text))))
        }
        Ok(_) | Err(Refusal::Replay(_)) => {
            Ok(redirect(of.path, Some(("good", "They are as they were before."))))
        }
        Err(refusal @ Refusal::Forbidden { .. }) => Err(refusal.into()),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = changes_page(state, visitor, of, "", errors).await?;
            show_with(StatusCode::CONFLICT, &page)
        }
    }
}

/// `GET /devices/changes`
pub async fn device_changes(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let query = query.unwrap_or_default();
    show(&changes_page(&state, visitor, &DEVICES, &query, Errors::default()).await?)
}

/// `POST /devices/changes/{id}/undo`
pub async fn undo_devices(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<BulkChangeId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/devices/changes/{id}/undo"));
    let outcome = bulk_changes::undo_assets(&state.shop, &visitor.actor, id).await;
    after_undo(&state, visitor, &DEVICES, outcome).await
}

/// `GET /stock/changes`
pub async fn item_changes(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let query = query.unwrap_or_default();
    show(&changes_page(&state, visitor, &ITEMS, &query, Errors::default()).await?)
}

/// `POST /stock/changes/{id}/undo`
pub async fn undo_items(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<BulkChangeId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stock/changes/{id}/undo"));
    let outcome = bulk_changes::undo_stock(&state.shop, &visitor.actor, id).await;
    after_undo(&state, visitor, &ITEMS, outcome).await
}
