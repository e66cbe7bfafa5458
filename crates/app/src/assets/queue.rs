//! The technicians' queue.

use super::QueueEntry;
use crate::settings::ChecklistItem;
use crate::{Actor, Page, PageRequest, Refusal, Settings, Shop};
use chrono::{DateTime, Utc};
pub use db::bench::{QUEUE, WaitingDevice};
use domain::asset::default_checklist;
use domain::{AssetId, AssetStatus, Category};
use serde::Serialize;
use utoipa::ToSchema;

/// The states in which devices wait for the bench, in the order in which they go through them.
pub const QUEUES: [AssetStatus; 5] = [
    AssetStatus::Received,
    AssetStatus::DiagnosticsPending,
    AssetStatus::WipePending,
    AssetStatus::QcPending,
    AssetStatus::RepairHold,
];

/// A queue of the bench.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BenchQueue {
    /// The state.
    pub status: AssetStatus,
    /// How many wait in it.
    pub count: i64,
    /// Since when the one waits who waits longest; null where nobody does.
    pub waiting_since: Option<DateTime<Utc>>,
}

/// What waits for the bench, and what the caller did today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BenchState {
    /// The queues, in the order in which devices go through them.
    pub queues: Vec<BenchQueue>,
    /// Diagnostics that the caller recorded today.
    pub tested_today: i64,
    /// Wipes that the caller recorded today.
    pub wiped_today: i64,
}

/// What waits for the bench.
pub async fn bench_state(shop: &Shop, actor: &Actor) -> Result<BenchState, Refusal> {
    let mut conn = shop.read().await?;
    let (tested_today, wiped_today) = match actor.user_id {
        Some(user) => db::assets::bench_today(&mut conn, user, shop.today()).await?,
        None => (0, 0),
    };
    let counts = db::assets::queue_counts(&mut conn, &QUEUES).await?;
    let mut queues = Vec::with_capacity(QUEUES.len());
    for status in QUEUES {
        queues.push(BenchQueue {
            status,
            count: counts.iter().find(|(s, _)| *s == status).map_or(0, |(_, n)| *n),
            waiting_since: db::bench::queue_oldest(&mut conn, status).await?,
        });
    }
    Ok(BenchState {
        queues,
        tested_today,
        wiped_today,
    })
}

/// A page of who waits in a state, the longest first: for diagnostics unless the request names another state.
pub async fn waiting(shop: &Shop, request: &PageRequest) -> Result<Page<WaitingDevice>, Refusal> {
    let mut request = request.clone();
    if !request.filters.iter().any(|(name, _)| name == "status") {
        let diagnostics = AssetStatus::DiagnosticsPending.as_str();
        request.filters.push(("status".into(), diagnostics.into()));
    }
    crate::lists::page(shop, &QUEUE, &request).await
}

/// What waits, and what was done.
#[derive(Debug, Clone)]
pub struct Bench {
    /// Who waits in the state that is looked at, the longest first.
    pub queue: Vec<QueueEntry>,
    /// How many wait in each state.
    pub counts: Vec<(AssetStatus, i64)>,
    /// Diagnostics that this person recorded today.
    pub tested_today: i64,
    /// Wipes that this person recorded today.
    pub wiped_today: i64,
}

impl Bench {
    /// How many wait in a state.
    pub fn count(&self, status: AssetStatus) -> i64 {
        self.counts
            .iter()
            .find(|(s, _)| *s == status)
            .map_or(0, |(_, n)| *n)
    }
}

/// How many of those who wait are shown.
const SHOWN: i64 = 20;

/// What waits in a state, with counts for the others.
pub async fn bench(
    shop: &Shop,
    actor: &Actor,
    status: AssetStatus,
    states: &[AssetStatus],
) -> Result<Bench, Refusal> {
    let mut conn = shop.read().await?;
    let (tested_today, wiped_today) = match actor.user_id {
        Some(user) => db::assets::bench_today(&mut conn, user, shop.today()).await?,
        None => (0, 0),
    };
    Ok(Bench {
        queue: db::assets::queue_list(&mut conn, status, SHOWN).await?,
        counts: db::assets::queue_counts(&mut conn, states).await?,
        tested_today,
        wiped_today,
    })
}

/// The device that waits longest in a state.
pub async fn first_in_queue(shop: &Shop, status: AssetStatus) -> Result<Option<AssetId>, Refusal> {
    let first = db::assets::queue_list(&mut *shop.read().await?, status, 1).await?;
    Ok(first.first().map(|entry| entry.id))
}

/// The device that waits after this one in the same state.
pub async fn next_in_queue(shop: &Shop, id: AssetId) -> Result<Option<AssetId>, Refusal> {
    Ok(db::assets::queue_next(&mut *shop.read().await?, id).await?)
}

/// What is looked at for a kind of device: as the settings say, else the usual.
pub fn checklist(settings: &Settings, category: Category) -> Vec<ChecklistItem> {
    match settings.diagnostics_checklists.get(category.as_str()) {
        Some(items) if !items.is_empty() => items.clone(),
        _ => default_checklist(category)
            .iter()
            .map(|item| ChecklistItem {
                key: item.key.into(),
                label: item.label.into(),
            })
            .collect(),
    }
}
