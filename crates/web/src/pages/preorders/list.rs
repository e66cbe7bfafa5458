//! The list of all preorders.

use super::thing;
use crate::AppState;
use crate::frame::Visitor;
use crate::listing::{ListOf, Listed, Listing, Opened};
use crate::pages::PageResult;
use app::preorders::{self, Preorder};
use app::{Actor, Capability};
use axum::extract::{RawQuery, State};
use domain::{ListName, PreorderStatus};

impl Listed for Preorder {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        self.preorder_number.clone()
    }
    fn subtitle(&self) -> String {
        thing(self)
    }
    fn href(&self) -> String {
        format!("/preorders/{}", self.id)
    }
    fn leads_to(&self, column: &str, actor: &Actor) -> String {
        match (column, self.asset_id) {
            ("asset_tag", Some(id)) => format!("/devices/{id}"),
            ("customer_name", _) if actor.can(Capability::ViewCustomers) => {
                format!("/customers/{}", self.customer_id)
            }
            _ => String::new(),
        }
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Preorders,
    path: "/preorders/list",
    spec: &preorders::LIST,
    title: "All preorders",
    row: "Preorder",
    row_sort: "created_at",
    search: "Number, customer or what is wanted",
};

/// `GET /preorders/list`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let query = query.unwrap_or_default();
    let listing = match Listing::<Preorder>::open(&state, &visitor, LIST, &query).await? {
        Opened::Here(listing) => listing,
        Opened::Elsewhere(view) => return Ok(view),
    };
    let (shop, actor) = (state.shop.clone(), visitor.actor.clone());
    let fetch = move |request| {
        let (shop, actor) = (shop.clone(), actor.clone());
        async move { preorders::page(&shop, &actor, &request).await }
    };
    if let Some(file) = listing.file(&state, &visitor, fetch) {
        return Ok(file);
    }
    let page = preorders::page(&state.shop, &visitor.actor, listing.request()).await?;
    let sells = visitor.actor.can(Capability::EditPreorders);
    let people = app::sales::till::sellers(&state.shop).await?;
    listing
        .view(&state, visitor, &page)
        .back("Preorders", "/preorders")
        .action(sells, "Take a preorder", "/preorders/new", "plus")
        .select(
            "Status",
            "status",
            PreorderStatus::ALL.iter().map(|s| (s.as_str(), s.as_str())),
        )
        .select(
            "Promise",
            "is_overdue",
            [("true", "Overdue"), ("false", "In time")],
        )
        .select(
            "Ending",
            "is_called_off",
            [("false", "Go on"), ("true", "Called off")],
        )
        .select(
            "Looked after by",
            "assigned_to",
            people.iter().map(|(id, name)| (id, name.as_str())),
        )
        .named("customer_id", "Customer", String::new())
        .named("asset_id", "Device", String::new())
        .named("product_model_id", "Model", String::new())
        .empty(
            "No preorder is like that",
            "No preorders yet",
            "What customers ask for and you get for them appears here.",
            "clock",
        )
        .offer(sells, "Take a preorder", "/preorders/new")
        .show()
}
