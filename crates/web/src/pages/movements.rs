//! The movements of all devices.

use super::{PageResult, devices};
use crate::AppState;
use crate::frame::Visitor;
use crate::listing::{ListOf, Listed, Listing, Read};
use app::Capability;
use app::assets::{self, MovementEntry};
use axum::extract::{RawQuery, State};
use domain::{AssetStatus, ListName};

impl Listed for MovementEntry {
    /// The device, so that ticked rows are devices.
    fn id(&self) -> String {
        self.movement.asset_id.to_string()
    }
    fn title(&self) -> String {
        self.asset_tag.clone()
    }
    fn subtitle(&self) -> String {
        domain::catalog::title(&self.brand, &self.model_name)
    }
    fn href(&self) -> String {
        format!("/devices/{}", self.movement.asset_id)
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Movements,
    path: "/movements",
    spec: &assets::ALL_MOVEMENTS,
    title: "Movements",
    row: "Device",
    row_sort: "",
    search: "Tag or serial",
};

/// `GET /movements`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch = |shop, request| async move { assets::all_movements(&shop, &request).await };
    let (listing, page) = match Listing::<MovementEntry>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let locations = app::locations::all(&state.shop).await?;
    let people = app::users::names(&state.shop).await?;
    let device = devices::tag_of(&state, &visitor, listing.filter("asset_id")).await;
    let moves = visitor.actor.can(Capability::MoveStock);
    listing
        .view(&state, visitor, &page)
        .subline("Every change of a device's state or place, and who made it.")
        .select("Who", "moved_by", people)
        .select("Became", "to_status", AssetStatus::ALL.iter().map(|s| (*s, *s)))
        .select(
            "To",
            "to_location_id",
            locations.iter().map(|l| (l.id, l.location_name.as_str())),
        )
        .text("Reason", "reason")
        .day("From", "from")
        .day("Until", "to")
        .named("asset_id", "Device", device)
        .bulk(
            "/devices/bulk",
            &[
                (moves, "move", "Move", "map-pin"),
                (true, "labels", "Print labels", "printer"),
            ],
        )
        .empty(
            "No movement is like that",
            "No movements yet",
            "Whatever happens to a device is written here by itself.",
            "history",
        )
        .show()
}
