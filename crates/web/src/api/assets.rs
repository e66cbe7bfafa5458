//! `/assets`

use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf, pdf};
use crate::extract::{Body, ListQuery, PathId, PathIds};
use crate::frame::Caller;
use crate::problem::Problem;
use app::assets::{
    self, Asset, AssetAnswer, AssetChange, Batch, BatchAnswer, Diagnosis, DiagnosticsRecord, Movement,
    MovementEntry, NewAsset, NewAssets, NewWipe, QualityCheck, ReceivedMany, Relocation, StatusChange,
    WipeCertificate,
};
use axum::extract::State;
use axum::response::Response;
use domain::{AssetId, AssetTag, Serial, WipeCertificateId};

/// Devices.
#[utoipa::path(get, path = "/assets", tag = "assets", responses((status = 200, description = "A page", body = ListAnswer<Asset>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, assets::page(&state.shop, &query).await?)
}

/// The movements of all devices, newest first.
#[utoipa::path(get, path = "/inventory-movements", tag = "assets", responses((status = 200, description = "A page", body = ListAnswer<MovementEntry>)))]
pub async fn all_movements(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, assets::all_movements(&state.shop, &query).await?)
}

/// Receive a device.
#[utoipa::path(post, path = "/assets", tag = "assets", request_body = NewAsset,
    responses((status = 201, description = "Received", body = AssetAnswer)))]
pub async fn receive(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewAsset>,
) -> Result<Answer, Problem> {
    let device = assets::receive(&state.shop, &actor, new).await?;
    Ok(Answer::created(&actor, &device)?
        .version(device.asset.updated_at)
        .location(format!("/api/v1/assets/{}", device.asset.id)))
}

/// One device.
#[utoipa::path(get, path = "/assets/{id}", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "The device", body = AssetAnswer)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
) -> Result<Answer, Problem> {
    let device = assets::find(&state.shop, &actor, id).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// The device with this serial number, whatever its case and spaces.
#[utoipa::path(get, path = "/assets/by-serial/{serial_number}", tag = "assets", params(("serial_number" = Serial, Path)),
    responses((status = 200, description = "The device", body = AssetAnswer)))]
pub async fn by_serial(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(serial): PathId<Serial>,
) -> Result<Answer, Problem> {
    let device = assets::by_serial(&state.shop, &actor, &serial).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// The device with this tag, whatever its case and spaces.
#[utoipa::path(get, path = "/assets/by-tag/{asset_tag}", tag = "assets", params(("asset_tag" = AssetTag, Path)),
    responses((status = 200, description = "The device", body = AssetAnswer)))]
pub async fn by_tag(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(tag): PathId<AssetTag>,
) -> Result<Answer, Problem> {
    let device = assets::by_tag(&state.shop, &actor, &tag).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// Change the details of a device. Its status and its place have calls of their own.
#[utoipa::path(patch, path = "/assets/{id}", tag = "assets", params(("id" = AssetId, Path)), request_body = AssetChange,
    responses((status = 200, description = "Changed", body = AssetAnswer)))]
pub async fn change(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    Body(change): Body<AssetChange>,
) -> Result<Answer, Problem> {
    let device = assets::change(&state.shop, &actor, id, change).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// Give a device another status: every move of docs/workflows/asset.md that needs no other record. Who may depends on the
/// move. What the workflow refuses is 409 `status_not_allowed`, with the statuses that are `allowed`.
#[utoipa::path(post, path = "/assets/{id}/status", tag = "assets", params(("id" = AssetId, Path)), request_body = StatusChange,
    responses((status = 200, description = "The device as it is now", body = AssetAnswer)))]
pub async fn status(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    Body(change): Body<StatusChange>,
) -> Result<Answer, Problem> {
    let device = assets::change_status(&state.shop, &actor, id, change).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// Put a device to another place.
#[utoipa::path(post, path = "/assets/{id}/move", tag = "assets", params(("id" = AssetId, Path)), request_body = Relocation,
    responses((status = 200, description = "The device as it is now", body = AssetAnswer)))]
pub async fn relocate(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    Body(to): Body<Relocation>,
) -> Result<Answer, Problem> {
    let device = assets::move_to(&state.shop, &actor, id, to).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// Do one thing with many devices: move them, give them another status, or record their quality check. Each answers for
/// itself why it cannot be done; `mode` says what becomes of the rest then. Who may depends on the act, as with the call for
/// one device.
#[utoipa::path(post, path = "/assets/batch", tag = "assets", request_body = Batch,
    responses((status = 200, description = "What became of each", body = BatchAnswer)))]
pub async fn batch(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(batch): Body<Batch>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &assets::batch(&state.shop, &actor, batch).await?)
}

/// Receive what many codes stand for, in one act. Each answers for itself why it cannot be; `mode` says what becomes of the rest then.
#[utoipa::path(post, path = "/assets/receive", tag = "assets", request_body = NewAssets,
    responses((status = 200, description = "What became of each", body = ReceivedMany)))]
pub async fn receive_many(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(new): Body<NewAssets>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &assets::receive_many(&state.shop, &actor, new).await?)
}

/// Take back a device that was received by mistake, while nothing has happened to it since.
#[utoipa::path(post, path = "/assets/{id}/take-back", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "The record, Scrapped, its serial number free again", body = AssetAnswer)))]
pub async fn take_back(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
) -> Result<Answer, Problem> {
    let device = assets::take_back(&state.shop, &actor, id).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// Record diagnostics; the result moves the device on.
#[utoipa::path(post, path = "/assets/{id}/diagnostics", tag = "assets", params(("id" = AssetId, Path)), request_body = Diagnosis,
    responses((status = 201, description = "The device as it is now, with the result", body = AssetAnswer)))]
pub async fn diagnose(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    Body(found): Body<Diagnosis>,
) -> Result<Answer, Problem> {
    let device = assets::diagnose(&state.shop, &actor, id, found).await?;
    Ok(Answer::created(&actor, &device)?.version(device.asset.updated_at))
}

/// Record a wipe; the certificate moves the device on.
#[utoipa::path(post, path = "/assets/{id}/wipe-certificates", tag = "assets", params(("id" = AssetId, Path)), request_body = NewWipe,
    responses((status = 201, description = "The device as it is now, with the certificate", body = AssetAnswer)))]
pub async fn wipe(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    Body(wipe): Body<NewWipe>,
) -> Result<Answer, Problem> {
    let device = assets::record_wipe(&state.shop, &actor, id, wipe).await?;
    Ok(Answer::created(&actor, &device)?.version(device.asset.updated_at))
}

/// Record the quality check: the grade, and whether the device can be sold. A grade without a price is 409
/// `price_missing`.
#[utoipa::path(post, path = "/assets/{id}/quality-check", tag = "assets", params(("id" = AssetId, Path)), request_body = QualityCheck,
    responses((status = 200, description = "The device as it is now", body = AssetAnswer)))]
pub async fn quality_check(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    Body(check): Body<QualityCheck>,
) -> Result<Answer, Problem> {
    let device = assets::check_quality(&state.shop, &actor, id, check).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// Every change of a device's status and place, newest first.
#[utoipa::path(get, path = "/assets/{id}/movements", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<Movement>)))]
pub async fn movements(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, assets::movements(&state.shop, id, &query).await?)
}

/// The diagnostics of a device, newest first.
#[utoipa::path(get, path = "/assets/{id}/diagnostics", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<DiagnosticsRecord>)))]
pub async fn diagnostics(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, assets::diagnostics(&state.shop, id, &query).await?)
}

/// The wipe certificates of a device, newest first.
#[utoipa::path(get, path = "/assets/{id}/wipe-certificates", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<WipeCertificate>)))]
pub async fn wipes(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, assets::wipe_certificates(&state.shop, id, &query).await?)
}

/// A wipe certificate as PDF.
#[utoipa::path(get, path = "/assets/{id}/wipe-certificates/{certificate_id}/document.pdf", tag = "assets",
    params(("id" = AssetId, Path), ("certificate_id" = WipeCertificateId, Path)),
    responses((status = 200, description = "The certificate", body = Pdf, content_type = "application/pdf")))]
pub async fn wipe_document(
    State(state): State<AppState>,
    PathIds(id, certificate): PathIds<AssetId, WipeCertificateId>,
) -> Result<Response, Problem> {
    let printed = assets::print_wipe(&state.shop, id, certificate).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
