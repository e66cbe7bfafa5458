//! Stock: what is counted, not numbered.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::locations::Location;
use app::stock::{self, BulkStock, BulkStockChange, LedgerEntry, NewBulkStock, StockRow};
use app::{Actor, Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{BulkStockId, ListName, LocationId, Money};
use http::StatusCode;

fn amount(money: Option<Money>) -> String {
    money.map(Money::grouped).unwrap_or_default()
}

fn level(item: &BulkStock) -> Chip {
    let (word, tone) = stock::level(item);
    Chip::toned(word, tone)
}

fn place(locations: &[Location], id: Option<LocationId>) -> String {
    locations
        .iter()
        .find(|l| Some(l.id) == id)
        .map(|l| l.location_name.clone())
        .unwrap_or_default()
}

impl Listed for StockRow {
    fn id(&self) -> String {
        self.item.id.to_string()
    }
    fn title(&self) -> String {
        self.item.item_name.clone()
    }
    fn href(&self) -> String {
        format!("/stock/{}", self.item.id)
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Stock,
    path: "/stock",
    spec: &stock::LIST,
    title: "Stock",
    row: "Item",
    row_sort: "item_name",
    search: "SKU or name",
};

/// `GET /stock`, and the same as a file with `format=csv` or `xlsx`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move { stock::rows(&shop, &request).await };
    let (listing, page) = match Listing::<StockRow>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let categories = stock::categories(&state.shop).await?;
    let edits = visitor.actor.can(Capability::AdjustBulkStock);
    let prices = visitor.actor.can(Capability::EditCatalog);
    listing
        .view(&state, visitor, &page)
        .subline("Accessories, parts and services: what is counted, not numbered.")
        .action(true, "To order", "/stock/reorder", "shopping-cart")
        .action(true, "Deliveries", "/stock/receipts", "truck")
        .action(true, "Ledger", "/stock/ledger", "history")
        .action(edits, "Bulk changes", "/stock/changes", "undo-2")
        .action(edits, "Add an item", "/stock/new", "plus")
        .select("Category", "category", categories.iter().map(|c| (c, c)))
        .select("Level", "low_stock", [("true", "Low"), ("false", "Enough")])
        .select("Kind", "is_stocked", [("true", "Counted"), ("false", "Services")])
        .named("supplier", "Supplier", String::new())
        .bulk(
            "/stock/bulk",
            &[
                (edits && prices, "price", "Change price", "tag"),
                (edits, "details", "Change details", "pencil"),
                (edits, "threshold", "Set when to reorder", "boxes"),
                (edits, "location", "Set the place", "map-pin"),
                (true, "labels", "Print labels", "printer"),
            ],
        )
        .empty(
            "No item is like that",
            "No items yet",
            "Chargers, mice, memory, and services like delivery belong here.",
            "boxes",
        )
        .offer(edits, "Add an item", "/stock/new")
        .show()
}

/// templates/pages/stock_form.html
#[derive(Debug, Template)]
#[template(path = "pages/stock_form.html")]
pub struct StockForm {
    frame: Frame,
    action: String,
    back_href: String,
    is_new: bool,
    form: Form,
    version: String,
    kinds: Vec<Choice>,
    categories: Vec<String>,
    locations: Vec<Choice>,
    may_see_cost: bool,
    may_price: bool,
    form_key: String,
    errors: Errors,
}

async fn form_page(
    state: &AppState,
    frame: Frame,
    id: Option<BulkStockId>,
    form: Form,
    errors: Errors,
) -> Result<StockForm, Refusal> {
    let locations = app::locations::all(&state.shop).await?;
    let kind = if form.get("is_stocked").is_empty() {
        "true"
    } else {
        form.get("is_stocked")
    };
    Ok(StockForm {
        action: id.map_or("/stock/new".into(), |id| format!("/stock/{id}/edit")),
        back_href: id.map_or("/stock".into(), |id| format!("/stock/{id}")),
        is_new: id.is_none(),
        version: form.get("version").into(),
        kinds: Choice::list([("true", "Counted"), ("false", "Service, not counted")], kind),
        categories: stock::categories(&state.shop).await?,
        locations: Choice::list(
            locations.iter().map(|l| (l.id, l.location_name.as_str())),
            form.get("location_id"),
        ),
        may_see_cost: frame.sees_cost(),
        may_price: id.is_none() || frame.can(&Capability::EditCatalog),
        form_key: form_key(),
        frame: frame.titled(if id.is_none() {
            "Add an item"
        } else {
            "Edit the item"
        }),
        form,
        errors,
    })
}

/// `GET /stock/new`
pub async fn new(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let settings = state.shop.settings().await?;
    let form = Form::from_iter([("reorder_threshold", settings.reorder_threshold.get().to_string())]);
    show(&form_page(&state, visitor.frame, None, form, Errors::default()).await?)
}

/// `POST /stock/new`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/stock/new");
    let outcome = match form.parse::<NewBulkStock>(&[]) {
        Ok(new) => stock::create(&state.shop, &visitor.actor, new)
            .await
            .map(|item| item.id.to_string()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(id) => Ok(redirect(
            &format!("/stock/{id}"),
            Some(("good", "The item was added.")),
        )),
        Err(Refusal::Replay(answer)) => Ok(redirect(
            &format!("/stock/{}", answer.field("id").unwrap_or_default()),
            None,
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor.frame, None, form, errors).await?,
            )
        }
    }
}

/// `GET /stock/{id}/edit`
pub async fn edit(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<BulkStockId>,
) -> PageResult {
    let item = stock::find(&state.shop, id).await?;
    let money = |amount: Option<Money>| amount.map(|m| m.to_string()).unwrap_or_default();
    let form = Form::from_iter([
        ("version", app::tx::etag(item.updated_at)),
        ("sku", item.sku),
        ("item_name", item.item_name),
        ("category", item.category),
        ("description", item.description.unwrap_or_default()),
        ("unit_cost", money(item.unit_cost)),
        ("unit_price", money(item.unit_price)),
        ("reorder_threshold", item.reorder_threshold.to_string()),
        ("supplier", item.supplier.unwrap_or_default()),
        (
            "location_id",
            item.location_id.map(|l| l.to_string()).unwrap_or_default(),
        ),
        ("is_stocked", item.is_stocked.to_string()),
    ]);
    show(&form_page(&state, visitor.frame, Some(id), form, Errors::default()).await?)
}

/// Every field of the form, but for the price where somebody else sets it.
fn whole_change(actor: &Actor, new: NewBulkStock) -> BulkStockChange {
    let mut change = BulkStockChange::from(new);
    if !actor.can(Capability::EditCatalog) {
        change.unit_price = None;
    }
    change
}

/// `POST /stock/{id}/edit`
pub async fn change(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<BulkStockId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stock/{id}/edit"));
    visitor.actor.request.if_match = Some(form.get("version").to_owned()).filter(|v| !v.is_empty());
    let outcome = match form.parse::<NewBulkStock>(&["version"]) {
        Ok(new) => stock::change(&state.shop, &visitor.actor, id, whole_change(&visitor.actor, new))
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/stock/{id}"),
            Some(("good", "The item was changed.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor.frame, Some(id), form, errors).await?,
            )
        }
    }
}

/// templates/pages/stock_item.html
#[derive(Debug, Template)]
#[template(path = "pages/stock_item.html")]
pub struct StockItem {
    frame: Frame,
    item: BulkStock,
    chip: Chip,
    edit_href: String,
    adjust_action: String,
    held: String,
    location: String,
    unit_cost: String,
    unit_price: String,
    stock_value: String,
    reorder_threshold: String,
    ledger: Vec<LedgerRow>,
    ledger_shown: String,
    ledger_next_href: String,
    ledger_first_href: String,
    may_adjust: bool,
    quantity_change: String,
    reason: String,
    places: Vec<(String, i32)>,
    from_places: Vec<Choice>,
    to_places: Vec<Choice>,
    receive_places: Vec<Choice>,
    form: Form,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct LedgerRow {
    when: String,
    when_iso: String,
    what: String,
    href: String,
    reason: String,
    who: String,
    change: String,
    gain: bool,
    balance: String,
}

fn ledger_row(state: &AppState, sees_invoices: bool, entry: LedgerEntry) -> LedgerRow {
    let invoice = entry.invoice_number.filter(|_| sees_invoices);
    LedgerRow {
        when: entry
            .created_at
            .with_timezone(&state.shop.zone())
            .format("%a %-d %b %Y, %H:%M")
            .to_string(),
        when_iso: entry.created_at.to_rfc3339(),
        href: match (&invoice, entry.invoice_id) {
            (Some(_), Some(id)) => format!("/invoices/{id}"),
            _ => String::new(),
        },
        what: invoice.map_or(entry.kind.to_string(), |number| {
            format!("{} · {number}", entry.kind)
        }),
        reason: entry.reason.unwrap_or_default(),
        who: entry.created_by_name.unwrap_or_default(),
        gain: entry.quantity_change > 0,
        change: format!("{:+}", entry.quantity_change),
        balance: entry.quantity_after.to_string(),
    }
}

/// Errors under the names that the page's form has for what the command calls otherwise.
pub(super) fn named_back(mut errors: Errors, names: &[(&'static str, &'static str)]) -> Errors {
    for error in &mut errors.list {
        if let Some((typed, _)) = names.iter().find(|(_, meant)| *meant == error.name) {
            error.name = (*typed).into();
        }
    }
    errors
}

pub(super) async fn item_page(
    state: &AppState,
    frame: Frame,
    id: BulkStockId,
    query: &str,
    form: &Form,
    errors: Errors,
) -> Result<StockItem, Refusal> {
    let item = stock::find(&state.shop, id).await?;
    let cursor = Form::parse_bytes(query.as_bytes())
        .map(|q| q.get("cursor").to_owned())
        .unwrap_or_default();
    let path = format!("/stock/{id}");
    let request = app::PageRequest {
        limit: 50,
        cursor: Some(cursor.clone()).filter(|c| !c.is_empty()),
        ..app::PageRequest::default()
    };
    let ledger = stock::ledger(&state.shop, id, &request).await?;
    let locations = app::locations::all(&state.shop).await?;
    let sees_invoices = frame.can(&Capability::ViewInvoices);
    let more = ledger.next_cursor.is_some();
    let value = item
        .unit_cost
        .filter(|_| item.is_stocked)
        .and_then(|cost| cost.checked_mul_quantity(item.quantity));
    let sees_cost = frame.sees_cost();
    let places = stock::places(&state.shop, id).await?;
    let named = |name: Option<&String>| name.cloned().unwrap_or_else(|| "No place".into());
    let key = |place: Option<LocationId>| place.map(|id| id.to_string()).unwrap_or_default();
    // An item without a home takes back what has no place.
    let home = item
        .location_id
        .is_none()
        .then(|| (String::new(), "No place".to_owned()));
    Ok(StockItem {
        chip: level(&item),
        edit_href: format!("{path}/edit"),
        adjust_action: format!("{path}/adjustments"),
        held: match item.reserved_quantity {
            0 => String::new(),
            held => format!("{held} held by open invoices, {} free", item.quantity - held),
        },
        location: place(&locations, item.location_id),
        unit_cost: amount(item.unit_cost.filter(|_| sees_cost)),
        unit_price: amount(item.unit_price),
        stock_value: amount(value.filter(|_| sees_cost)),
        reorder_threshold: item.reorder_threshold.to_string(),
        ledger_shown: format!("{} shown", ledger.data.len()),
        ledger_next_href: ledger
            .next_cursor
            .filter(|_| more)
            .map(|c| format!("{path}?cursor={c}"))
            .unwrap_or_default(),
        ledger_first_href: if cursor.is_empty() { String::new() } else { path },
        ledger: ledger
            .data
            .into_iter()
            .map(|e| ledger_row(state, sees_invoices, e))
            .collect(),
        may_adjust: frame.can(&Capability::AdjustBulkStock),
        from_places: Choice::list(
            places.iter().filter(|p| p.quantity > 0).map(|p| {
                (
                    key(p.location_id),
                    format!("{} ({})", named(p.location_name.as_ref()), p.quantity),
                )
            }),
            form.get("moved_from"),
        ),
        to_places: Choice::list(
            home.iter().cloned().chain(
                locations
                    .iter()
                    .map(|l| (l.id.to_string(), l.location_name.clone())),
            ),
            form.get("moved_to"),
        ),
        receive_places: Choice::list(
            locations
                .iter()
                .map(|l| (l.id.to_string(), l.location_name.clone())),
            form.get("received_place"),
        ),
        places: places
            .into_iter()
            .map(|p| (named(p.location_name.as_ref()), p.quantity))
            .collect(),
        form: form.clone(),
        quantity_change: form.get("quantity_change").into(),
        reason: form.get("reason").into(),
        form_key: form_key(),
        errors,
        frame: frame.titled(item.item_name.clone()),
        item,
    })
}

/// `GET /stock/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<BulkStockId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let query = query.unwrap_or_default();
    show(
        &item_page(
            &state,
            visitor.frame,
            id,
            &query,
            &Form::default(),
            Errors::default(),
        )
        .await?,
    )
}

/// `POST /stock/{id}/adjustments`
pub async fn adjust(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<BulkStockId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stock/{id}/adjustments"));
    let outcome = match form.parse(&[]) {
        Ok(adjustment) => stock::adjust(&state.shop, &visitor.actor, id, adjustment)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/stock/{id}"),
            Some(("good", "The quantity was changed.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &item_page(&state, visitor.frame, id, "", &form, errors).await?,
            )
        }
    }
}
