//! What comes, goes and moves of bulk stock: the ledger of all items, deliveries, moves between places, and what to order again.

use super::stock::{LedgerRow, item_page, ledger_row, named_back};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors, Head, ListPage};
use crate::extract::PathId;
use crate::file;
use crate::form::Form;
use crate::frame::{Frame, Visitor, redirect};
use app::stock::{self, LedgerEntry, ReorderItem};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{BulkStockId, LedgerKind, Money};
use http::StatusCode;

/// templates/pages/stock_ledger.html
#[derive(Debug, Template)]
#[template(path = "pages/stock_ledger.html")]
pub struct Ledger {
    frame: Frame,
    q: String,
    kinds: Vec<Choice>,
    kind_on: bool,
    categories: Vec<Choice>,
    category_on: bool,
    from: String,
    to: String,
    clear_href: String,
    export_href: String,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<ItemLedgerRow>,
    shown: String,
    next_href: String,
    first_href: String,
}

/// A change of quantity with the item it is of.
#[derive(Debug)]
struct ItemLedgerRow {
    item_href: String,
    item: String,
    sku: String,
    row: LedgerRow,
}

/// `GET /stock/ledger`, and the same as a file with `format=csv`
pub async fn ledger(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let list = ListPage::from_query("/stock/ledger", &query.unwrap_or_default(), &stock::LEDGER_OF_ALL);
    if list.is_file() {
        let shop = state.shop.clone();
        let fetch = move |request| {
            let shop = shop.clone();
            async move { app::lists::page::<LedgerEntry>(&shop, &stock::LEDGER_OF_ALL, &request).await }
        };
        return Ok(file::csv(
            &state,
            &visitor.actor,
            "stock-ledger",
            list.request,
            fetch,
        ));
    }
    let page = app::lists::page::<LedgerEntry>(&state.shop, &stock::LEDGER_OF_ALL, &list.request).await?;
    let categories = stock::categories(&state.shop).await?;
    let sees_invoices = visitor.frame.can(&Capability::ViewInvoices);
    let shown = list.shown(page.data.len(), page.next_cursor.is_some());
    let rows = page.data.into_iter().map(|entry| ItemLedgerRow {
        item_href: format!("/stock/{}", entry.bulk_stock_id),
        item: entry.item_name.clone(),
        sku: entry.sku.clone(),
        row: ledger_row(&state, sees_invoices, entry),
    });
    show(&Ledger {
        rows: rows.collect(),
        q: list.q().into(),
        kinds: Choice::filter(
            LedgerKind::ALL.iter().map(|k| (k.as_str(), k.as_str())),
            list.filter("kind"),
        ),
        kind_on: !list.filter("kind").is_empty(),
        categories: Choice::filter(categories.iter().map(|c| (c, c)), list.filter("category")),
        category_on: !list.filter("category").is_empty(),
        from: list.filter("from").into(),
        to: list.filter("to").into(),
        clear_href: list.clear_href(),
        export_href: list.export_href("csv"),
        filtered: list.filtered(),
        heads: vec![
            list.head("Item", "", false),
            list.head("What", "", false),
            list.head("When", "created_at", false),
            list.head("By", "", false),
            list.head("Why", "", false),
            list.head("Change", "", true),
            list.head("Then", "", true),
        ],
        shown,
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        frame: visitor.frame.titled("Stock ledger"),
    })
}

/// templates/pages/stock_reorder.html
#[derive(Debug, Template)]
#[template(path = "pages/stock_reorder.html")]
pub struct Reorder {
    frame: Frame,
    suppliers: Vec<Choice>,
    supplier_on: bool,
    clear_href: String,
    export_href: String,
    filtered: bool,
    groups: Vec<Group>,
    sees_cost: bool,
    more: bool,
}

/// What is ordered from one supplier.
#[derive(Debug)]
struct Group {
    supplier: String,
    rows: Vec<ReorderRow>,
    cost: String,
}

#[derive(Debug)]
struct ReorderRow {
    href: String,
    item: String,
    sku: String,
    available: String,
    threshold: String,
    to_order: String,
    cost: String,
}

/// `GET /stock/reorder`, and the same as a file with `format=csv`
pub async fn reorder(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let mut list = ListPage::from_query("/stock/reorder", &query.unwrap_or_default(), &stock::REORDER);
    if list.is_file() {
        let shop = state.shop.clone();
        let fetch = move |request| {
            let shop = shop.clone();
            async move { app::lists::page::<ReorderItem>(&shop, &stock::REORDER, &request).await }
        };
        return Ok(file::csv(&state, &visitor.actor, "to-order", list.request, fetch));
    }
    list.request.limit = 200;
    let page = app::lists::page::<ReorderItem>(&state.shop, &stock::REORDER, &list.request).await?;
    let suppliers = stock::reorder_suppliers(&state.shop).await?;
    let sees_cost = visitor.frame.sees_cost();
    let mut groups: Vec<Group> = Vec::new();
    let mut sums: Vec<Money> = Vec::new();
    for item in page.data {
        let supplier = item.supplier.clone().unwrap_or_default();
        let cost = item.unit_cost.and_then(|c| c.checked_mul_quantity(item.to_order));
        if groups.last().is_none_or(|g| g.supplier != supplier) {
            groups.push(Group {
                supplier,
                rows: Vec::new(),
                cost: String::new(),
            });
            sums.push(Money::ZERO);
        }
        if let (Some(group), Some(sum)) = (groups.last_mut(), sums.last_mut()) {
            *sum = sum.checked_add(cost.unwrap_or(Money::ZERO)).unwrap_or(*sum);
            group.cost = sum.grouped();
            group.rows.push(ReorderRow {
                href: format!("/stock/{}", item.id),
                item: item.item_name,
                sku: item.sku,
                available: item.available.to_string(),
                threshold: item.reorder_threshold.to_string(),
                to_order: item.to_order.to_string(),
                cost: cost.map(Money::grouped).unwrap_or_default(),
            });
        }
    }
    show(&Reorder {
        suppliers: Choice::filter(suppliers.iter().map(|s| (s, s)), list.filter("supplier")),
        supplier_on: !list.filter("supplier").is_empty(),
        clear_href: list.clear_href(),
        export_href: list.export_href("csv"),
        filtered: list.filtered(),
        groups,
        sees_cost,
        more: page.next_cursor.is_some(),
        frame: visitor.frame.titled("To order again"),
    })
}

/// The fields of a form under the names of the command they stand for: each form of the page has names of its own.
fn renamed(form: &Form, names: &[(&'static str, &'static str)]) -> Form {
    Form::from_pairs(
        names
            .iter()
            .map(|(typed, meant)| (*meant, form.get(typed).trim().replace(',', "")))
            .collect::<Vec<_>>(),
    )
}

const RECEIVED: &[(&str, &str)] = &[
    ("received_quantity", "quantity"),
    ("received_cost", "unit_cost"),
    ("received_supplier", "supplier"),
    ("received_reference", "reference"),
    ("received_place", "location_id"),
];
const MOVED: &[(&str, &str)] = &[
    ("moved_quantity", "quantity"),
    ("moved_from", "from_location_id"),
    ("moved_to", "to_location_id"),
    ("moved_reason", "reason"),
];

/// `POST /stock/{id}/receipts`
pub async fn receive(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<BulkStockId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stock/{id}/receipts"));
    let outcome = match renamed(&form, RECEIVED).parse(&[]) {
        Ok(new) => stock::receive(&state.shop, &visitor.actor, id, new)
            .await
            .map(drop),
        Err(refusal) => Err(refusal),
    };
    answer(
        &state,
        visitor,
        id,
        &form,
        outcome,
        RECEIVED,
        "The delivery is received.",
    )
    .await
}

/// `POST /stock/{id}/moves`
pub async fn shift(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<BulkStockId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/stock/{id}/moves"));
    let outcome = match renamed(&form, MOVED).parse(&[]) {
        Ok(wish) => stock::shift(&state.shop, &visitor.actor, id, wish)
            .await
            .map(drop),
        Err(refusal) => Err(refusal),
    };
    answer(&state, visitor, id, &form, outcome, MOVED, "They are moved.").await
}

async fn answer(
    state: &AppState,
    visitor: Visitor,
    id: BulkStockId,
    form: &Form,
    outcome: Result<(), Refusal>,
    names: &[(&'static str, &'static str)],
    word: &str,
) -> PageResult {
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(&format!("/stock/{id}"), Some(("good", word)))),
        Err(refusal) => {
            let errors = named_back(Errors::from_refusal(refusal)?, names);
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &item_page(state, visitor.frame, id, "", form, errors).await?,
            )
        }
    }
}
