//! What comes, goes and moves of bulk stock: the ledger of all items, deliveries, moves between places, and what to order again.

use super::stock::{item_page, named_back};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors, ListPage};
use crate::extract::PathId;
use crate::file;
use crate::form::Form;
use crate::frame::{Frame, Visitor, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::stock::{self, LedgerEntry, ReorderItem, StockMoveRecord, StockReceipt};
use app::{Actor, Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{BulkStockId, LedgerKind, ListName, Money};
use http::StatusCode;

/// A row that is about an item of bulk stock: it says the item and leads to it.
macro_rules! rows_about_items {
    ($($row:ty { $($more:tt)* })+) => {$(
        impl Listed for $row {
            /// The item, so that ticked rows are items.
            fn id(&self) -> String {
                self.bulk_stock_id.to_string()
            }
            fn title(&self) -> String {
                self.item_name.clone()
            }
            fn subtitle(&self) -> String {
                self.sku.clone()
            }
            fn href(&self) -> String {
                format!("/stock/{}", self.bulk_stock_id)
            }
            $($more)*
        }
    )+};
}

rows_about_items! {
    LedgerEntry {
        fn leads_to(&self, column: &str, actor: &Actor) -> String {
            match (column, self.invoice_id) {
                ("invoice_number", Some(id)) if actor.can(Capability::ViewInvoices) => format!("/invoices/{id}"),
                _ => String::new(),
            }
        }
    }
    StockMoveRecord {}
    StockReceipt {}
}

const LEDGER: ListOf = ListOf {
    name: ListName::Ledger,
    path: "/stock/ledger",
    spec: &stock::LEDGER_OF_ALL,
    title: "Stock ledger",
    row: "Item",
    row_sort: "",
    search: "Name or SKU",
};

/// What can be done with items that were ticked in one of their lists.
fn item_actions(actor: &Actor) -> [(bool, &'static str, &'static str, &'static str); 2] {
    let edits = actor.can(Capability::AdjustBulkStock);
    [
        (edits, "threshold", "Set when to reorder", "boxes"),
        (true, "labels", "Print labels", "printer"),
    ]
}

/// The name of the item that a list is of, for the chip that says so.
async fn item_named(state: &AppState, id: &str) -> String {
    match id.parse() {
        Ok(id) => stock::find(&state.shop, id)
            .await
            .map(|item| item.item_name)
            .unwrap_or_default(),
        Err(_) => String::new(),
    }
}

/// `GET /stock/ledger`, and the same as a file with `format=csv` or `xlsx`
pub async fn ledger(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let fetch = |shop, request| async move {
        app::lists::page::<LedgerEntry>(&shop, &stock::LEDGER_OF_ALL, &request).await
    };
    let (listing, page) = match Listing::<LedgerEntry>::read(&state, &visitor, LEDGER, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let categories = stock::categories(&state.shop).await?;
    let people = app::users::names(&state.shop).await?;
    let item = item_named(&state, listing.filter("bulk_stock_id")).await;
    let actions = item_actions(&visitor.actor);
    listing
        .view(&state, visitor, &page)
        .back("Stock", "/stock")
        .subline("Every change of quantity, with who and why.")
        .action(true, "Moves", "/stock/moves", "map-pin")
        .select(
            "What",
            "kind",
            LedgerKind::ALL.iter().map(|k| (k.as_str(), k.as_str())),
        )
        .select("Category", "category", categories.iter().map(|c| (c, c)))
        .select("Who", "created_by", people)
        .day("From", "from")
        .day("To", "to")
        .named("bulk_stock_id", "Item", item)
        .bulk("/stock/bulk", &actions)
        .empty(
            "Nothing moved like that",
            "Nothing has moved yet",
            "Receipts, sales and corrections are written here.",
            "history",
        )
        .show()
}

const MOVES: ListOf = ListOf {
    name: ListName::StockMoves,
    path: "/stock/moves",
    spec: &stock::MOVES_OF_ALL,
    title: "Stock moves",
    row: "Item",
    row_sort: "",
    search: "Name or SKU",
};

/// `GET /stock/moves`, and the same as a file with `format=csv` or `xlsx`
pub async fn moves(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move {
        app::lists::page::<StockMoveRecord>(&shop, &stock::MOVES_OF_ALL, &request).await
    };
    let (listing, page) =
        match Listing::<StockMoveRecord>::read(&state, &visitor, MOVES, query, fetch).await? {
            Read::Here(listing, page) => (listing, page),
            Read::Elsewhere(answer) => return Ok(answer),
        };
    let places = app::locations::all(&state.shop).await?;
    let choices: Vec<_> = (places.iter())
        .map(|place| (place.id, place.location_name.as_str()))
        .collect();
    let people = app::users::names(&state.shop).await?;
    let item = item_named(&state, listing.filter("bulk_stock_id")).await;
    let actions = item_actions(&visitor.actor);
    listing
        .view(&state, visitor, &page)
        .back("Stock", "/stock")
        .subline("What went from one place to another. The quantity of an item stays what it is.")
        .action(true, "Ledger", "/stock/ledger", "history")
        .select("From place", "from_location_id", choices.clone())
        .select("To place", "to_location_id", choices)
        .select("Who", "created_by", people)
        .day("From", "from")
        .day("To", "to")
        .named("bulk_stock_id", "Item", item)
        .bulk("/stock/bulk", &actions)
        .empty(
            "Nothing was moved like that",
            "Nothing was moved yet",
            "Move some of an item to another place on its page.",
            "map-pin",
        )
        .offer(true, "Show the stock", "/stock")
        .show()
}

const RECEIPTS: ListOf = ListOf {
    name: ListName::Receipts,
    path: "/stock/receipts",
    spec: &stock::RECEIPTS,
    title: "Deliveries",
    row: "Item",
    row_sort: "item_name",
    search: "Name, SKU or reference",
};

/// `GET /stock/receipts`, and the same as a file with `format=csv` or `xlsx`
pub async fn receipts(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let fetch = |shop, request| async move {
        app::lists::page::<StockReceipt>(&shop, &stock::RECEIPTS, &request).await
    };
    let (listing, page) =
        match Listing::<StockReceipt>::read(&state, &visitor, RECEIPTS, query, fetch).await? {
            Read::Here(listing, page) => (listing, page),
            Read::Elsewhere(answer) => return Ok(answer),
        };
    let categories = stock::categories(&state.shop).await?;
    let suppliers = stock::receipt_suppliers(&state.shop).await?;
    let people = app::users::names(&state.shop).await?;
    let item = item_named(&state, listing.filter("bulk_stock_id")).await;
    let actions = item_actions(&visitor.actor);
    listing
        .view(&state, visitor, &page)
        .back("Stock", "/stock")
        .subline("What came of bulk stock, from whom, and what one cost.")
        .select("Supplier", "supplier", suppliers.iter().map(|s| (s, s)))
        .select("Category", "category", categories.iter().map(|c| (c, c)))
        .select("Who", "created_by", people)
        .day("From", "from")
        .day("To", "to")
        .named("bulk_stock_id", "Item", item)
        .bulk("/stock/bulk", &actions)
        .empty(
            "No delivery is like that",
            "No deliveries yet",
            "What is received on an item's page is written here, with its cost.",
            "truck",
        )
        .offer(true, "Show the items", "/stock")
        .show()
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
