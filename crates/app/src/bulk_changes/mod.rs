//! Many devices, or many items of bulk stock, changed at once: looked at first, made in one transaction, and taken back by one act
//! while nothing of it was changed again. Each record is changed by the use case of one. What cannot be changed is left as it is
//! and says why; the others are changed.

mod assets;
mod sellable;
mod stock;

pub use assets::{AssetBulkChange, make_assets, preview_assets, undo_assets};
pub use db::bulk_changes::{ASSET_CHANGES, BulkChangeRecord, RecordChange, STOCK_CHANGES};
pub use stock::{StockBulkChange, make_stock, preview_stock, undo_stock};

use crate::{Actor, Refusal, Shop, Tx};
use domain::{BulkChangeId, Money, Price, PriceStep};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// The most records that are changed at once.
const MOST: usize = 500;

/// How each price changes, and by how much.
type Step = (PriceStep, Price);

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

/// The numbers in their order, each once; or what is wrong with them.
fn wanted(pointer: &str, what: &str, ids: impl Iterator<Item = i32>) -> Result<Vec<i32>, Refusal> {
    let mut ids: Vec<i32> = ids.collect();
    if ids.is_empty() {
        return Err(Refusal::invalid(pointer, format!("Choose the {what} first.")));
    }
    if ids.len() > MOST {
        return Err(Refusal::invalid(
            pointer,
            format!("Change at most {MOST} {what} at once."),
        ));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The step of the prices, where one is asked for; `others` says whether anything else is.
fn step(
    step: Option<PriceStep>,
    value: Option<Price>,
    others: bool,
) -> Result<Option<(PriceStep, Price)>, Refusal> {
    match (step, value) {
        (Some(step), Some(value)) => Ok(Some((step, value))),
        (Some(_), None) => Err(Refusal::invalid("/value", "Say by how much, or to what.")),
        (None, Some(_)) => Err(Refusal::invalid("/step", "Say how the prices change.")),
        (None, None) if !others => Err(Refusal::invalid(
            "/step",
            "Say how the prices change, or what all of them have in common.",
        )),
        (None, None) => Ok(None),
    }
}

/// The price after a step. A record without one gets one only where the step says which.
fn stepped(old: Option<Money>, (step, by): (PriceStep, Price)) -> Result<Price, Refusal> {
    let from = match (old, step) {
        (Some(price), _) => price,
        (None, PriceStep::SetTo) => Money::ZERO,
        (None, _) => {
            let text = "It has no price yet: set one first.";
            return Err(Refusal::conflict("price_missing", text));
        }
    };
    let impossible = || {
        Refusal::conflict(
            "price_impossible",
            "Its price would be impossible: change it by less.",
        )
    };
    let new = step.apply(from, by).ok_or_else(impossible)?;
    Price::try_from(new).map_err(|_| impossible())
}

/// The change in words, as long as there is room for.
fn words(price: Option<(PriceStep, Price)>, fields: &[(&str, Option<String>)]) -> String {
    let mut parts = Vec::new();
    parts.extend(price.map(|(step, value)| format!("Prices {}", step.words(value))));
    for (name, value) in fields {
        parts.extend(value.as_ref().map(|value| format!("{name} {value}")));
    }
    parts.join(", ").chars().take(200).collect()
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
        done: Result<Vec<RecordChange>, Refusal>,
    ) -> Result<(), Refusal> {
        match done {
            Ok(changes) => {
                tx.forget_mark().await?;
                let title = title.unwrap_or_default();
                self.rows.extend(changes.into_iter().map(|c| ChangedField {
                    record_id: c.record_id,
                    title: title.clone(),
                    field: c.field,
                    old_value: c.old_value,
                    new_value: c.new_value,
                }));
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

/// A change that is to be taken back, with what it made; its row is locked.
async fn to_undo(
    tx: &mut Tx,
    changed: &str,
    id: BulkChangeId,
) -> Result<(BulkChangeRecord, Vec<RecordChange>), Refusal> {
    let before = db::bulk_changes::change_lock(tx.conn(), changed, id)
        .await?
        .ok_or_else(|| Refusal::not_found("change"))?;
    if before.undone_at.is_some() {
        return Err(Refusal::conflict(
            "undone_already",
            "This change was taken back already.",
        ));
    }
    let rows = db::bulk_changes::change_rows(tx.conn(), id).await?;
    Ok((before, rows))
}

/// Ends taking a change back. `later` names the records that were changed since: then nothing is taken back.
async fn undone(
    mut tx: Tx,
    before: BulkChangeRecord,
    rows: Vec<RecordChange>,
    mut later: Vec<String>,
) -> Result<ChangeUndone, Refusal> {
    if !later.is_empty() {
        later.dedup();
        let more = if later.len() > 3 { " and others" } else { "" };
        later.truncate(3);
        let text = format!(
            "This cannot be taken back: {}{more} changed since. Change them one by one.",
            later.join(", ")
        );
        return Err(Refusal::conflict("changed_since", text));
    }
    let by = tx.actor().user_id;
    db::bulk_changes::change_undone(tx.conn(), before.id, by).await?;
    let change = db::bulk_changes::change_find(tx.conn(), before.id)
        .await?
        .ok_or_else(|| Refusal::not_found("change"))?;
    let (was, is) = (Some(json!(before)), Some(json!(change)));
    tx.audit("bulk_change.undo", "bulk_changes", before.id.get(), was, is)
        .await?;
    let answer = ChangeUndone { change, rows };
    tx.commit(200, &answer).await?;
    Ok(answer)
}

/// A change of a field, where it is one.
fn changed(id: i32, field: &str, old: Option<String>, new: Option<String>) -> Option<RecordChange> {
    (old != new).then(|| RecordChange {
        record_id: id,
        field: field.to_owned(),
        old_value: old,
        new_value: new,
    })
}

/// A recorded value as what it was, or an error of the machine: it was written by this program.
fn recorded<T: std::str::FromStr>(field: &str, value: Option<&str>) -> Result<Option<T>, Refusal> {
    let broken = |_| Refusal::Internal(format!("a change of {field} is recorded that cannot be read"));
    value.map(|text| text.parse::<T>().map_err(broken)).transpose()
}

/// A recorded price.
fn recorded_price(field: &str, value: Option<&str>) -> Result<Option<Price>, Refusal> {
    let broken = || Refusal::Internal(format!("a change of {field} is recorded that cannot be read"));
    value
        .map(|text| {
            let money = Money::parse(text).map_err(|_| broken())?;
            Price::try_from(money).map_err(|_| broken())
        })
        .transpose()
}

/// The changes of one of the two tables, newest first.
pub async fn page(
    shop: &Shop,
    of: &crate::lists::ListSpec,
    request: &crate::PageRequest,
) -> Result<crate::Page<BulkChangeRecord>, Refusal> {
    crate::lists::page(shop, of, request).await
}
