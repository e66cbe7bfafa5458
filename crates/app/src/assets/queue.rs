//! The technicians' queue.

use super::QueueEntry;
use crate::settings::ChecklistItem;
use crate::{Actor, Refusal, Settings, Shop};
use domain::asset::default_checklist;
use domain::{AssetId, AssetStatus, Category};

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
