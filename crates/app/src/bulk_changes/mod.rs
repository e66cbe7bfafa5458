//! Many devices, or many items of bulk stock, changed at once: looked at first, made in one transaction, and taken back by one act
//! while nothing of it was changed again. Each record is changed by the use case of one. What cannot be changed is left as it is
//! and says why; the others are changed.

mod assets;
mod rules;
mod sellable;
mod stock;

pub use assets::{AssetBulkChange, make_assets, preview_assets, undo_assets};
pub use db::bulk_changes::{ASSET_CHANGES, BulkChangeRecord, RecordChange, STOCK_CHANGES};
pub(crate) use rules::{
    Field, check_not_undone, check_step, check_unchanged, differences, recorded, wanted, words,
};
pub use stock::{StockBulkChange, make_stock, preview_stock, undo_stock};

use crate::{Actor, Refusal, Shop, Tx};
use domain::{BulkChangeId, LocationId};
use rules::{Difference, stepped};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// What becomes of one field of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedField {
    /// The device or the item.
    pub record_id: i32,
    /// What it is called: its tag or code, and its name.
    pub title: String,
    /// The field.
    pub field: String,
    /// What it is, or was.
    pub old_value: Option<String>,
    /// What it becomes.
    pub new_value: Option<String>,
}

/// A record that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotChanged {
    /// The device or the item.
    pub record_id: i32,
    /// What it is called; null where there is no such record.
    pub title: Option<String>,
    /// Why it cannot be changed.
    pub reason: String,
}

/// What a change of many records would make, without making it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangePreview {
    /// The change in words.
    pub summary: String,
    /// What becomes of what; nothing of a record that is like that already.
    pub rows: Vec<ChangedField>,
    /// What cannot be changed, and why.
    pub refused: Vec<NotChanged>,
}

/// A change of many records, as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeDetail {
    /// The change.
    #[serde(flatten)]
    pub change: BulkChangeRecord,
    /// What became of what.
    pub rows: Vec<ChangedField>,
    /// What could not be changed, and why.
    pub refused: Vec<NotChanged>,
}

/// A change of many records, taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeUndone {
    /// The change.
    #[serde(flatten)]
    pub change: BulkChangeRecord,
    /// What it had made of what, and is as it was before. A device that was taken out of the sale goes back to the bench: its
    /// `status` is Diagnostics Pending, or Repair Hold where it was that.
    pub rows: Vec<RecordChange>,
}

/// A change of many records of one table: how each is locked, changed by the use case of one, and put back.
trait Change: Sync {
    /// The table, as `bulk_changes.changed` says it.
    const TABLE: &'static str;
    /// What a record is called, where there is none.
    const RECORD: &'static str;
    /// A record of the table.
    type Record: Send + Sync;

    /// The records in their order, each once; or what is wrong with the change, or more than this actor may.
    fn check(&self, actor: &Actor) -> Result<Vec<i32>, Refusal>;

    /// A place for all.
    fn place(&self) -> Option<LocationId>;

    /// The change in words, with the name of that place.
    fn summary(&self, place: Option<String>) -> String;

    /// Locks a record until the transaction ends.
    fn lock(tx: &mut Tx, id: i32) -> impl Future<Output = Result<Option<Self::Record>, Refusal>> + Send;

    /// Its tag or code.
    fn code(record: &Self::Record) -> &str;

    /// What it is.
    fn name(record: &Self::Record) -> String;

    /// The fields that a change can be of, as texts, always in the same order.
    fn fields(record: &Self::Record) -> Vec<Field>;

    /// Changes a locked record, and tells what it is then.
    fn apply(
        &self,
        tx: &mut Tx,
        shop: &Shop,
        record: &Self::Record,
    ) -> impl Future<Output = Result<Self::Record, Refusal>> + Send;

    /// What this actor needs besides, to take these changes back.
    fn may_undo(_: &Actor, _: &[RecordChange]) -> Result<(), Refusal> {
        Ok(())
    }

    /// Whether a record is no longer one of the shop, whatever its fields say.
    fn is_void(_: &Self::Record) -> bool {
        false
    }

    /// Gives the fields of a locked record their old values.
    fn put_back(
        tx: &mut Tx,
        shop: &Shop,
        id: i32,
        rows: &[RecordChange],
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}

async fn preview<C: Change>(shop: &Shop, actor: &Actor, change: &C) -> Result<ChangePreview, Refusal> {
    let ids = change.check(actor)?;
    let mut tx = shop.begin(&for_many(actor, true)).await?;
    let Outcome { rows, refused } = all(&mut tx, shop, &ids, change).await?;
    Ok(ChangePreview {
        summary: summary(&mut tx, change).await?,
        rows,
        refused,
    })
}

async fn make<C: Change>(shop: &Shop, actor: &Actor, change: &C) -> Result<ChangeDetail, Refusal> {
    let ids = change.check(actor)?;
    let mut tx = shop.begin(&for_many(actor, false)).await?;
    let outcome = all(&mut tx, shop, &ids, change).await?;
    let summary = summary(&mut tx, change).await?;
    outcome.keep(tx, C::TABLE, &summary).await
}

async fn undo<C: Change>(shop: &Shop, actor: &Actor, id: BulkChangeId) -> Result<ChangeUndone, Refusal> {
    let mut tx = shop.begin(&for_many(actor, false)).await?;
    let before = db::bulk_changes::change_lock(tx.conn(), C::TABLE, id)
        .await?
        .ok_or_else(|| Refusal::not_found("change"))?;
    check_not_undone(before.undone_at.is_some())?;
    let rows = db::bulk_changes::change_rows(tx.conn(), id).await?;
    C::may_undo(actor, &rows)?;
    let mut later = Vec::new();
    for of_one in rows.chunk_by(|a, b| a.record_id == b.record_id) {
        let Some(&RecordChange { record_id, .. }) = of_one.first() else {
            continue;
        };
        let Some(found) = C::lock(&mut tx, record_id).await? else {
            continue;
        };
        let now = C::fields(&found);
        let stands = |row: &RecordChange| now.iter().any(|(f, v)| *f == row.field && *v == row.new_value);
        if C::is_void(&found) || !of_one.iter().all(stands) {
            later.push(C::code(&found).to_owned());
        } else if later.is_empty() {
            C::put_back(&mut tx, shop, record_id, of_one).await?;
        }
    }
    check_unchanged(later, "Change them one by one.")?;
    let by = tx.actor().user_id;
    db::bulk_changes::change_undone(tx.conn(), id, by).await?;
    let change = db::bulk_changes::change_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("change"))?;
    let (was, is) = (Some(json!(before)), Some(json!(change)));
    tx.audit("bulk_change.undo", "bulk_changes", id.get(), was, is)
        .await?;
    let answer = ChangeUndone { change, rows };
    tx.commit(200, &answer).await?;
    Ok(answer)
}

/// Changes the records one after the other.
async fn all<C: Change>(tx: &mut Tx, shop: &Shop, ids: &[i32], change: &C) -> Result<Outcome, Refusal> {
    if let Some(place) = change.place()
        && !db::stock_places::location_exists(tx.conn(), place).await?
    {
        return Err(Refusal::invalid("/location_id", "There is no such place."));
    }
    let mut outcome = Outcome::default();
    for &id in ids {
        tx.mark().await?;
        let found = C::lock(tx, id).await?;
        let title = (found.as_ref()).map(|record| format!("{} · {}", C::code(record), C::name(record)));
        let done = match &found {
            Some(before) => (change.apply(tx, shop, before).await)
                .map(|after| differences(C::fields(before), C::fields(&after)).collect()),
            None => Err(Refusal::not_found(C::RECORD)),
        };
        outcome.take(tx, id, title, done).await?;
    }
    Ok(outcome)
}

async fn summary<C: Change>(tx: &mut Tx, change: &C) -> Result<String, Refusal> {
    let place = match change.place() {
        Some(id) => db::locations::location_name(tx.conn(), id).await?,
        None => None,
    };
    Ok(change.summary(place))
}

/// The same request without what is for one record alone: a version, and for a look without effect the key.
fn for_many(actor: &Actor, is_look: bool) -> Actor {
    let mut actor = actor.clone();
    actor.request.if_match = None;
    if is_look {
        actor.request.idempotency = None;
    }
    actor
}

/// What was done with the records, one after the other.
#[derive(Debug, Default)]
struct Outcome {
    rows: Vec<ChangedField>,
    refused: Vec<NotChanged>,
}

impl Outcome {
    /// Takes up what became of a record, after [`Tx::mark`]: what it refuses leaves nothing behind. What is wrong with all of
    /// them, or with the machine, ends the whole.
    async fn take(
        &mut self,
        tx: &mut Tx,
        id: i32,
        title: Option<String>,
        done: Result<Vec<Difference>, Refusal>,
    ) -> Result<(), Refusal> {
        match done {
            Ok(changes) => {
                tx.forget_mark().await?;
                let title = title.unwrap_or_default();
                (self.rows).extend(
                    changes
                        .into_iter()
                        .map(|(field, old_value, new_value)| ChangedField {
                            record_id: id,
                            title: title.clone(),
                            field: field.to_owned(),
                            old_value,
                            new_value,
                        }),
                );
                Ok(())
            }
            Err(Refusal::Invalid(fields)) if fields.iter().any(|field| field.pointer == "/location_id") => {
                Err(Refusal::Invalid(fields))
            }
            Err(refusal @ (Refusal::Conflict { .. } | Refusal::NotFound(_) | Refusal::Invalid(_))) => {
                tx.back_to_mark().await?;
                self.refused.push(NotChanged {
                    record_id: id,
                    title,
                    reason: refusal.sentence(),
                });
                Ok(())
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Writes down what was changed, and commits.
    async fn keep(self, mut tx: Tx, changed: &str, summary: &str) -> Result<ChangeDetail, Refusal> {
        let Outcome { rows, refused } = self;
        if rows.is_empty() {
            return Err(match refused.first() {
                None => Refusal::conflict(
                    "nothing_changes",
                    "Nothing would change: they are like that already.",
                ),
                Some(first) => Refusal::conflict(
                    "nothing_changes",
                    format!("None of them can be changed. {}", first.reason),
                ),
            });
        }
        let records: Vec<RecordChange> = rows
            .iter()
            .map(|row| RecordChange {
                record_id: row.record_id,
                field: row.field.clone(),
                old_value: row.old_value.clone(),
                new_value: row.new_value.clone(),
            })
            .collect();
        let id = db::bulk_changes::change_insert(tx.conn(), changed, summary, &records).await?;
        let change = db::bulk_changes::change_find(tx.conn(), id)
            .await?
            .ok_or_else(|| Refusal::not_found("change"))?;
        tx.audit(
            "bulk_change.make",
            "bulk_changes",
            id.get(),
            None,
            Some(json!(change)),
        )
        .await?;
        let detail = ChangeDetail {
            change,
            rows,
            refused,
        };
        tx.commit(201, &detail).await?;
        Ok(detail)
    }
}

/// The changes of one of the two tables, newest first.
pub async fn page(
    shop: &Shop,
    of: &crate::lists::ListSpec,
    request: &crate::PageRequest,
) -> Result<crate::Page<BulkChangeRecord>, Refusal> {
    crate::lists::page(shop, of, request).await
}
