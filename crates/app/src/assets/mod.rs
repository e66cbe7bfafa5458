//! Devices: receiving them, taking them through the workflow, finding them, and what happened to each.
//!
//! One file a use case. What moves a device locks it, reads the facts, asks `domain::asset::status`, writes the record and
//! the status, and answers the device as it is then.

mod as_of;
mod batch;
mod change;
mod change_status;
mod check_quality;
mod checklists;
mod diagnose;
mod find;
mod history;
mod machine;
mod move_to;
mod moves;
mod print_wipe;
mod queue;
mod receive;
mod record_wipe;
mod scan_in;
mod scan_in_many;

pub use as_of::{AssetThen, as_of};
pub use batch::{Act, Batch, BatchAnswer, BatchMode, BatchRow, batch};
pub(crate) use change::change_in as bulk_change_in;
pub use change::{AssetChange, change};
pub(crate) use change_status::change_in as bulk_status_in;
pub use change_status::{StatusChange, change_status};
pub use check_quality::{QualityCheck, check_quality};
pub use checklists::{Checklists, ChecklistsChange, change_checklists, checklist_text, labels};
pub use db::assets::{
    ALL_MOVEMENTS, ASSETS as LIST, Asset, AssetRecord, AssetSale, AssetTakenBack, AssetWarranty, DIAGNOSTICS,
    DiagnosticsRecord, FIND_BY_SERIAL, MOVEMENTS, Movement, MovementEntry, QUALITY_CHECKS,
    QualityCheckRecord, QueueEntry, WIPES, WipeCertificate,
};
pub use db::catalog::ProductModel;
pub use db::lots::ListedDevice;
pub use diagnose::{Diagnosis, diagnose};
pub use find::{by_code, by_serial, by_tag, find, page, suppliers, these};
pub use history::{
    History, all_movements, diagnostics, history, movements, quality_checks, wipe_certificates,
};
pub use machine::{
    MachineComparison, MachineDifference, ReportField, StoredReport, TakeOver, compare_typed, fits,
    fitting_models, keep_report, machine_model, read_report, report_text, reports, take_over,
};
pub(crate) use move_to::put_in as bulk_put_in;
pub use move_to::{Relocation, move_to};
pub use moves::{MoveAnswer, moves};
pub use print_wipe::print_wipe;
pub use queue::{
    Bench, BenchQueue, BenchState, QUEUE, QUEUES, WaitingDevice, bench, bench_state, checklist,
    first_in_queue, next_in_queue, waiting,
};
pub(crate) use receive::our_own;
pub use receive::{NewAsset, receive, receive_with_report};
pub use record_wipe::{NewWipe, record_wipe};
pub use scan_in::{ModelGuess, expected, guess_model, misread, scan_in, take_back};
pub use scan_in_many::{NewAssets, ReceivedMany, ReceivedRow, receive_many};

use crate::{Actor, Refusal, Role, Tx};
use domain::asset::status::{MoveRefused, plain_moves};
use domain::{AssetId, AssetStatus, Document as Holder, Facts};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// One device as the API answers it: with its model, and where this caller may send it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssetAnswer {
    /// The device.
    #[serde(flatten)]
    pub asset: Asset,
    /// Its model.
    pub product_model: ProductModel,
    /// The statuses that this caller may give it now by `POST /assets/{id}/status`.
    pub allowed: Vec<AssetStatus>,
    /// By whom and why it was taken back, where it was received by mistake: then it is no device of the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<AssetTakenBack>,
    /// The result just recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics_result: Option<DiagnosticsRecord>,
    /// The certificate just recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wipe_certificate: Option<WipeCertificate>,
    /// What the supplier's list says otherwise of the device just received: another model or cost, or nothing of it at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_warning: Option<String>,
}

impl AssetAnswer {
    fn new(record: AssetRecord, role: Role) -> Self {
        let AssetRecord { asset, product_model } = record;
        let mut allowed: Vec<AssetStatus> = plain_moves(asset.status, role)
            .filter(|line| line.categories.contains(&asset.category))
            .map(|line| line.to)
            .collect();
        allowed.sort();
        allowed.dedup();
        AssetAnswer {
            asset,
            product_model,
            allowed,
            taken_back: None,
            diagnostics_result: None,
            wipe_certificate: None,
            list_warning: None,
        }
    }
}

/// The device under its lock, unless somebody changed it since the caller read it.
async fn lock(tx: &mut Tx, id: AssetId) -> Result<AssetRecord, Refusal> {
    let record = db::assets::asset_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("device"))?;
    tx.check_version(record.asset.updated_at)?;
    stands(&record.asset)?;
    Ok(record)
}

/// Refuses what was taken back: its record stays as it is.
pub(crate) fn stands(asset: &Asset) -> Result<(), Refusal> {
    match asset.voided_at {
        None => Ok(()),
        Some(_) => Err(Refusal::conflict(
            "taken_back",
            format!(
                "Device {} was taken back: its record stays as it is. Receive the device again.",
                asset.asset_tag
            ),
        )),
    }
}

/// What is known of a locked device.
async fn facts(tx: &mut Tx, record: &AssetRecord) -> Result<Facts, Refusal> {
    let known = db::assets::asset_facts(tx.conn(), record.asset.id).await?;
    Ok(Facts {
        grade: record.asset.condition_grade,
        price_known: record.asset.price.is_some(),
        diagnostics_passed_since_entry: known.passed,
        wiped_since_entry: known.wiped,
        cleared_since_return: known.cleared,
        held_by: known
            .invoice_number
            .map(Holder::Invoice)
            .or(known.preorder_number.map(Holder::Preorder)),
        ..Facts::of(record.asset.category)
    })
}

/// The device as it is now, for the answer.
async fn answer(tx: &mut Tx, id: AssetId) -> Result<AssetAnswer, Refusal> {
    let record = db::assets::asset_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("device"))?;
    let taken_back = db::assets::asset_taken_back(tx.conn(), id).await?;
    Ok(AssetAnswer {
        taken_back,
        ..AssetAnswer::new(record, tx.actor().role)
    })
}

fn not_allowed(refused: MoveRefused) -> Refusal {
    Refusal::Conflict {
        code: "status_not_allowed".into(),
        detail: refused.detail,
        allowed: Some(refused.allowed.iter().map(ToString::to_string).collect()),
    }
}

/// Costs are written only by those who see them, and a device's own price by those who set prices.
fn check_money(actor: &Actor, costs: bool, price: bool) -> Result<(), Refusal> {
    use domain::Capability::{EditCatalog, SeePurchaseCost};
    if costs {
        actor.require(SeePurchaseCost)?;
    }
    if price && !actor.can(EditCatalog) {
        return Err(Refusal::forbidden(
            "not_allowed",
            format!(
                "Your role ({}) may not set prices. Leave list_price out, or ask a Manager.",
                actor.role
            ),
        ));
    }
    Ok(())
}

/// The schema of a text that may be null.
fn nullable(text: RefOr<Schema>) -> ObjectBuilder {
    match text {
        RefOr::T(Schema::Object(text)) => {
            ObjectBuilder::from(text).schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        }
        _ => ObjectBuilder::new(),
    }
}
