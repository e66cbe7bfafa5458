//! One act on many devices: scan fifty, act once.

use super::change_status::{change_in, check_reason_given};
use super::check_quality::check_in;
use super::move_to::move_in;
use super::{AssetAnswer, QualityCheck, Relocation, StatusChange};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use domain::{AssetId, AssetStatus};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The most devices of one act.
pub const MOST: usize = 2_000;

/// What is done with each device; the permission of each is that of its own call.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Put to another place.
    Move(Relocation),
    /// Given another status.
    Status(StatusChange),
    /// Its quality check recorded.
    QualityCheck(QualityCheck),
}

impl PartialSchema for Act {
    fn schema() -> RefOr<Schema> {
        let one = |name: &str, schema: &str| {
            ObjectBuilder::new()
                .schema_type(Type::Object)
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
                .property(name, Ref::from_schema_name(schema))
                .required(name)
        };
        OneOfBuilder::new()
            .item(one("move", "Relocation"))
            .item(one("status", "StatusChange"))
            .item(one("quality_check", "QualityCheck"))
            .into()
    }
}

impl ToSchema for Act {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [
            ("Relocation", Relocation::schema()),
            ("StatusChange", StatusChange::schema()),
            ("QualityCheck", QualityCheck::schema()),
        ] {
            schemas.push((name.into(), schema));
        }
        Relocation::schemas(schemas);
        StatusChange::schemas(schemas);
        QualityCheck::schemas(schemas);
    }
}

/// What becomes of the rest when one device cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchMode {
    /// Nothing is done.
    #[default]
    AllOrNothing,
    /// The others are done.
    GoodOnes,
}

/// One act on many devices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The devices.
    pub asset_ids: Vec<AssetId>,
    /// What is done with each.
    pub act: Act,
    /// What becomes of the rest when one cannot be done; nothing is done unless said otherwise.
    #[serde(default)]
    pub mode: BatchMode,
}

impl PartialSchema for Batch {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .property(
                "asset_ids",
                ArrayBuilder::new()
                    .items(AssetId::schema())
                    .min_items(Some(1))
                    .max_items(Some(MOST)),
            )
            .required("asset_ids")
            .property("act", Act::schema())
            .required("act")
            .property("mode", BatchMode::schema())
            .into()
    }
}

impl ToSchema for Batch {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Act::schemas(schemas);
    }
}

/// What became of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchRow {
    /// The device.
    pub asset_id: AssetId,
    /// Our own number on it; null where there is no such device.
    pub asset_tag: Option<String>,
    /// Whether it can be done, and was unless nothing was.
    pub done: bool,
    /// Its status now.
    pub status: Option<AssetStatus>,
    /// Where it lies now.
    pub location_name: Option<String>,
    /// Why it cannot be done; null where it can.
    pub reason: Option<String>,
}

/// What became of an act on many devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchAnswer {
    /// Whether anything was written. False of all or nothing when one device could not be done.
    pub carried_out: bool,
    /// How many were done; 0 where nothing was carried out.
    pub done: usize,
    /// How many cannot be done.
    pub refused: usize,
    /// Each device, in the order in which they were given.
    pub results: Vec<BatchRow>,
}

/// Does one thing with many devices. Each answers for itself why it cannot be done.
pub async fn batch(shop: &Shop, actor: &Actor, batch: Batch) -> Result<BatchAnswer, Refusal> {
    if batch.asset_ids.is_empty() {
        return Err(Refusal::invalid("/asset_ids", "Choose at least one device."));
    }
    if batch.asset_ids.len() > MOST {
        return Err(Refusal::invalid(
            "/asset_ids",
            "Choose at most 2,000 devices at once.",
        ));
    }
    match &batch.act {
        Act::Move(_) => actor.require(Capability::MoveStock)?,
        Act::Status(change) => check_reason_given(change).map_err(|refusal| below("/act/status", refusal))?,
        Act::QualityCheck(_) => actor.require(Capability::RecordDiagnostics)?,
    }
    // The version of one record says nothing about many.
    let mut actor = actor.clone();
    actor.request.if_match = None;
    let mut ids = batch.asset_ids.clone();
    ids.sort_unstable();
    ids.dedup();
    let mut tx = shop.begin(&actor).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.push(one(&mut tx, id, &batch.act).await?);
    }
    let refused = rows.iter().filter(|row| !row.done).count();
    let carried_out = rows.len() > refused && (refused == 0 || batch.mode == BatchMode::GoodOnes);
    let place = |id: AssetId| rows.binary_search_by_key(&id, |row| row.asset_id).ok();
    let mut given = batch.asset_ids;
    let mut seen = std::collections::HashSet::new();
    given.retain(|id| seen.insert(*id));
    let answer = BatchAnswer {
        carried_out,
        done: if carried_out { rows.len() - refused } else { 0 },
        refused,
        results: given
            .into_iter()
            .filter_map(|id| Some(rows[place(id)?].clone()))
            .collect(),
    };
    if carried_out {
        tx.commit(200, &answer).await?;
    }
    Ok(answer)
}

/// A refusal whose pointers are below this one.
fn below(pointer: &str, refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(mut fields) => {
            for field in &mut fields {
                field.pointer = format!("{pointer}{}", field.pointer);
            }
            Refusal::Invalid(fields)
        }
        other => other,
    }
}

/// Does it with one device. What it refuses leaves nothing behind; what is wrong with the whole ends the whole.
async fn one(tx: &mut Tx, id: AssetId, act: &Act) -> Result<BatchRow, Refusal> {
    tx.mark().await?;
    let done: Result<AssetAnswer, Refusal> = match act {
        Act::Move(to) => move_in(tx, id, to).await,
        Act::Status(change) => change_in(tx, id, change).await,
        Act::QualityCheck(check) => check_in(tx, id, check).await,
    };
    match done {
        Ok(answer) => {
            tx.forget_mark().await?;
            Ok(BatchRow {
                asset_id: id,
                asset_tag: Some(answer.asset.asset_tag),
                done: true,
                status: Some(answer.asset.status),
                location_name: answer.asset.location_name,
                reason: None,
            })
        }
        // A place that there is not is wrong for all of them.
        Err(Refusal::Invalid(fields)) if fields.iter().any(|field| field.pointer == "/location_id") => {
            Err(below("/act/move", Refusal::Invalid(fields)))
        }
        Err(
            refusal @ (Refusal::Conflict { .. }
            | Refusal::NotFound(_)
            | Refusal::Forbidden { .. }
            | Refusal::Invalid(_)),
        ) => {
            tx.back_to_mark().await?;
            let there = db::assets::asset_find(tx.conn(), id).await?;
            Ok(BatchRow {
                asset_id: id,
                reason: Some(refusal.sentence()),
                done: false,
                asset_tag: there.as_ref().map(|r| r.asset.asset_tag.clone()),
                status: there.as_ref().map(|r| r.asset.status),
                location_name: there.and_then(|r| r.asset.location_name),
            })
        }
        Err(refusal) => Err(refusal),
    }
}
