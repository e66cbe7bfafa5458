//! Stocktakes (PRODUCT.md section 5): a place is counted by scanning, by several people at once, while sales go on.
//!
//! What is missing, found or in the wrong place is judged by the database's views from what lay there at the beginning,
//! what was counted, and what happened to each thing meanwhile. A Manager approves; only then anything moves.

mod approve;
mod count;
mod count_set;
mod print;

pub use approve::{StocktakeCancellation, approve, cancel, reopen, submit};
pub use count::{CountAnswer, NewCount, count, uncount};
pub use count_set::{NewSetCount, SetCount, SetCountRow, count_set};
pub use db::stocktakes::{
    COUNTS, Counter, DEVICES, ITEMS, STOCKTAKES as LIST, Stocktake, StocktakeCount, StocktakeDevice,
    StocktakeItem, StocktakeLine,
};
pub use print::{lines, print};

use crate::export::{Cell, Column, OnPhone, Row};
use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop, Tx, lists};
use db::list::ListSpec;
use domain::{LocationId, StocktakeId, StocktakeOutcome, StocktakeStatus, Text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// What is needed to begin a stocktake.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStocktake {
    /// The place that is counted.
    pub location_id: LocationId,
    /// Whether whoever counts is not told what is expected, until it is submitted.
    #[serde(default)]
    pub is_blind: Option<bool>,
    /// What it is for.
    #[serde(default)]
    pub notes: Option<Text<0, 1000>>,
}

/// How many things had which outcome, as it looks now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StocktakeFigures {
    /// Devices that lay there by the books when it began.
    pub expected: i64,
    /// Devices where the books have them.
    pub found: i64,
    /// Devices that are not there.
    pub missing: i64,
    /// Devices that are there and by the books nowhere.
    pub unexpected: i64,
    /// Devices that are there and by the books elsewhere.
    pub wrong_place: i64,
    /// Devices sold while the count ran.
    pub sold_meanwhile: i64,
    /// Devices moved by somebody while the count ran.
    pub moved_meanwhile: i64,
    /// Items of bulk stock kept there.
    pub items: i64,
    /// Items with fewer than the books say.
    pub short: i64,
    /// Items with more than the books say.
    pub over: i64,
    /// Items that nobody counted.
    pub items_not_counted: i64,
}

/// A stocktake with how far it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StocktakeDetail {
    /// Its head.
    #[serde(flatten)]
    pub stocktake: Stocktake,
    /// Devices counted so far.
    pub counted: i64,
    /// Items of bulk stock counted so far.
    pub items_counted: i64,
    /// Codes that no device and no item has.
    pub unknown: i64,
    /// What came of things; absent of a blind count until it is submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub figures: Option<StocktakeFigures>,
    /// The statuses that this caller may give it now.
    pub allowed: Vec<StocktakeStatus>,
}

/// Whether what is expected is kept from whoever counts.
fn is_hidden(stocktake: &Stocktake) -> bool {
    stocktake.is_blind && stocktake.status == StocktakeStatus::Counting
}

/// Who may take a stocktake from one status to another.
fn capability(from: StocktakeStatus, to: StocktakeStatus) -> Capability {
    match (from, to) {
        (StocktakeStatus::Counting, _) => Capability::AdjustBulkStock,
        _ => Capability::ApproveStocktake,
    }
}

async fn detail(
    conn: &mut PgConnection,
    actor: &Actor,
    stocktake: Stocktake,
) -> Result<StocktakeDetail, Refusal> {
    let (expected, counted, items, items_counted) = db::stocktakes::totals(conn, stocktake.id).await?;
    let outcomes = db::stocktakes::outcomes(conn, stocktake.id).await?;
    let of = |outcome: StocktakeOutcome| {
        outcomes
            .iter()
            .find(|row| row.outcome == outcome)
            .map_or(0, |row| row.count)
    };
    let figures = StocktakeFigures {
        expected,
        found: of(StocktakeOutcome::Found),
        missing: of(StocktakeOutcome::Missing),
        unexpected: of(StocktakeOutcome::Unexpected),
        wrong_place: of(StocktakeOutcome::WrongPlace),
        sold_meanwhile: of(StocktakeOutcome::SoldMeanwhile),
        moved_meanwhile: of(StocktakeOutcome::MovedMeanwhile),
        items,
        short: of(StocktakeOutcome::Short),
        over: of(StocktakeOutcome::Over),
        items_not_counted: of(StocktakeOutcome::NotCounted),
    };
    Ok(StocktakeDetail {
        counted,
        items_counted,
        unknown: of(StocktakeOutcome::Unknown),
        figures: (!is_hidden(&stocktake)).then_some(figures),
        allowed: stocktake
            .status
            .allowed()
            .filter(|to| actor.can(capability(stocktake.status, *to)))
            .collect(),
        stocktake,
    })
}

/// The stocktake under its lock, unless somebody changed it since the caller read it.
async fn lock(tx: &mut Tx, id: StocktakeId) -> Result<Stocktake, Refusal> {
    let stocktake = db::stocktakes::stocktake_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("stocktake"))?;
    tx.check_version(stocktake.updated_at)?;
    Ok(stocktake)
}

/// The stocktake as it is now, for the answer of an action.
async fn answer(tx: &mut Tx, id: StocktakeId) -> Result<StocktakeDetail, Refusal> {
    let actor = tx.actor().clone();
    let stocktake = db::stocktakes::stocktake_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("stocktake"))?;
    detail(tx.conn(), &actor, stocktake).await
}

/// Begins to count a place. There is one count of a place at a time.
pub async fn start(shop: &Shop, actor: &Actor, new: NewStocktake) -> Result<StocktakeDetail, Refusal> {
    actor.require(Capability::AdjustBulkStock)?;
    let mut tx = shop.begin(actor).await?;
    if let Some(open) = db::stocktakes::stocktake_open_at(tx.conn(), new.location_id).await? {
        return Err(already_counted(&open));
    }
    let id = start_in(&mut tx, &new).await?;
    let begun = answer(&mut tx, id).await?;
    tx.commit(201, &begun).await?;
    Ok(begun)
}

/// The same inside somebody's transaction, where no count of the place is open.
async fn start_in(tx: &mut Tx, new: &NewStocktake) -> Result<StocktakeId, Refusal> {
    let notes = new.notes.as_ref().and_then(Text::non_empty);
    let blind = new.is_blind.unwrap_or(false);
    let id = db::stocktakes::stocktake_insert(tx.conn(), new.location_id, blind, notes).await?;
    let begun = db::stocktakes::stocktake_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("stocktake"))?;
    tx.audit(
        "stocktake.start",
        "stocktakes",
        id.get(),
        None,
        Some(json!(begun)),
    )
    .await?;
    Ok(id)
}

/// The stocktakes that are not decided yet, one of a place at most.
pub async fn open(shop: &Shop) -> Result<Vec<Stocktake>, Refusal> {
    Ok(db::stocktakes::stocktakes_open(&mut *shop.read().await?).await?)
}

fn already_counted(open: &Stocktake) -> Refusal {
    Refusal::conflict(
        "count_open",
        format!(
            "{} is being counted already by {}: go on with that one, or have it approved or cancelled first.",
            open.location_name, open.stocktake_number
        ),
    )
}

/// Reads a stocktake with how far it is.
pub async fn find(shop: &Shop, actor: &Actor, id: StocktakeId) -> Result<StocktakeDetail, Refusal> {
    let mut conn = shop.read().await?;
    let stocktake = db::stocktakes::stocktake_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("stocktake"))?;
    detail(&mut conn, actor, stocktake).await
}

/// Who counted how much in it: name, and how many scans.
pub async fn counters(shop: &Shop, id: StocktakeId) -> Result<Vec<Counter>, Refusal> {
    let mut conn = shop.read().await?;
    let there = db::stocktakes::stocktake_find(&mut conn, id).await?;
    there.ok_or_else(|| Refusal::not_found("stocktake"))?;
    Ok(db::stocktakes::counters(&mut conn, id).await?)
}

/// A page of one of a stocktake's lists: `public` as it is described, `spec` with one filter more, the stocktake.
async fn page_of<T>(
    shop: &Shop,
    public: &ListSpec,
    spec: &ListSpec,
    id: StocktakeId,
    request: &PageRequest,
    tells_expected: bool,
) -> Result<Page<T>, Refusal>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    public.sql(request)?;
    let stocktake = db::stocktakes::stocktake_find(&mut *shop.read().await?, id)
        .await?
        .ok_or_else(|| Refusal::not_found("stocktake"))?;
    if tells_expected && is_hidden(&stocktake) {
        return Err(hidden(&stocktake));
    }
    let mut request = request.clone();
    request.filters.push(("stocktake_id".into(), id.to_string()));
    lists::page(shop, spec, &request).await
}

fn hidden(stocktake: &Stocktake) -> Refusal {
    Refusal::conflict(
        "blind_count",
        format!(
            "{} is counted blind: what is expected is shown when it is submitted.",
            stocktake.stocktake_number
        ),
    )
}

/// A page of the devices of a stocktake, with what came of each.
pub async fn devices(
    shop: &Shop,
    id: StocktakeId,
    request: &PageRequest,
) -> Result<Page<StocktakeDevice>, Refusal> {
    page_of(shop, &DEVICES, &db::stocktakes::DEVICES_OF, id, request, true).await
}

/// A page of the items of a stocktake, with what came of each.
pub async fn items(
    shop: &Shop,
    id: StocktakeId,
    request: &PageRequest,
) -> Result<Page<StocktakeItem>, Refusal> {
    page_of(shop, &ITEMS, &db::stocktakes::ITEMS_OF, id, request, true).await
}

/// A page of what was counted, latest first.
pub async fn counts(
    shop: &Shop,
    id: StocktakeId,
    request: &PageRequest,
) -> Result<Page<StocktakeCount>, Refusal> {
    page_of(shop, &COUNTS, &db::stocktakes::COUNTS_OF, id, request, false).await
}

impl Row for Stocktake {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("stocktake_number", |s| Cell::code(&s.stocktake_number)).in_title(),
        Column::<Self>::new("location_name", |s| (&s.location_name).into()).label("Place"),
        Column::<Self>::new("status", |s| Cell::state(s.status.as_str(), s.status.tone()))
            .label("State")
            .on_phone(OnPhone::State),
        Column::<Self>::new("is_blind", |s| s.is_blind.into())
            .label("Blind")
            .unusual(),
        Column::<Self>::new("started_at", |s| s.started_at.into())
            .label("Begun")
            .sorts("started_at"),
        Column::<Self>::new("started_by", |s| s.started_by_name.as_ref().into()).label("By"),
        Column::<Self>::new("submitted_at", |s| s.submitted_at.into())
            .label("Submitted")
            .unusual(),
        Column::<Self>::new("submitted_by", |s| s.submitted_by_name.as_ref().into()).unusual(),
        Column::<Self>::new("decided_at", |s| s.decided_at.into())
            .label("Decided")
            .unusual(),
        Column::<Self>::new("decided_by", |s| s.decided_by_name.as_ref().into()).label("Decided by"),
        Column::<Self>::new("notes", |s| s.notes.as_ref().into()).unusual(),
        Column::<Self>::new("cancellation_reason", |s| s.cancellation_reason.as_ref().into()).unusual(),
    ];
}
