//! What the bench reads and shows: machines, phones' codes, photos, and what a device was.

use crate::AppState;
use crate::answer::{Answer, ListAnswer, Pdf};
use crate::extract::{Body, ListQuery, PathId};
use crate::form::Form;
use crate::frame::Caller;
use crate::problem::Problem;
use crate::report::ReportText;
use crate::upload::Upload;
use app::assets::{
    self, AssetAnswer, AssetThen, BenchState, Checklists, ChecklistsChange, MachineComparison, ModelGuess,
    MoveAnswer, QualityCheckRecord, TakeOver, WaitingDevice,
};
use app::lots::{self, AssetCosts};
use app::photos::{self, Photo, Subject};
use app::tac::{self, TacAnswer, TacImport};
use app::{Actor, Capability, Refusal};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use domain::{AssetId, Imei, MachineReport, PhotoId, RepairTicketId, Serial};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What `dmidecode` prints: at most 1 MB, with at least one of its sections.
#[derive(Debug)]
pub struct DmidecodeText;

impl PartialSchema for DmidecodeText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(domain::asset::machine::REPORT_LIMIT))
            .pattern(Some(
                r"(?:BIOS|System|Base Board|Chassis|Processor) Information\n\t[A-Z][a-z]+: .|Memory Device\n\t[A-Z][a-z]+: .",
            ))
            .examples(["System Information\n\tManufacturer: LENOVO\n\tProduct Name: 20L50000IX\n\tVersion: ThinkPad T480\n"])
            .into()
    }
}

impl ToSchema for DmidecodeText {}

/// The same as a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is read as it comes")]
pub struct DmidecodeFile {
    /// The report, at most 1 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A photo and what is to be seen.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is read as it comes")]
pub struct PhotoUpload {
    /// JPEG, PNG or WebP, at most 10 MB and 25 megapixels; its kind is told by its content.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What is to be seen.
    #[schema(required = false, max_length = 200)]
    caption: String,
}

/// A list of codes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is read as it comes")]
pub struct TacUpload {
    /// CSV, at most 20 MB, with the columns tac, name (brand) and name (model).
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// All photos of something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Photos {
    /// Oldest first.
    pub data: Vec<Photo>,
}

/// All reports of a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct MachineReports {
    /// Newest first.
    pub data: Vec<MachineComparison>,
}

/// Where a device may go.
#[derive(Debug, Serialize, ToSchema)]
pub struct Moves {
    /// All ten other statuses.
    pub data: Vec<MoveAnswer>,
}

/// Read a report of dmidecode, and keep nothing.
#[utoipa::path(post, path = "/dmidecode", tag = "assets",
    request_body(content((DmidecodeText = "text/plain"), (DmidecodeFile = "multipart/form-data"))),
    responses((status = 200, description = "What it says", body = MachineReport)))]
pub async fn dmidecode(Caller(actor): Caller, report: ReportText) -> Result<Answer, Problem> {
    Answer::ok(&actor, &assets::read_report(&report.text)?)
}

/// Keep a report of dmidecode with its device. The answer says what differs from the record.
#[utoipa::path(post, path = "/assets/{id}/machine-report", tag = "assets", params(("id" = AssetId, Path)),
    request_body(content((DmidecodeText = "text/plain"), (DmidecodeFile = "multipart/form-data"))),
    responses((status = 201, description = "Kept", body = MachineComparison)))]
pub async fn keep_report(
    State(state): State<AppState>,
    Caller(mut actor): Caller,
    PathId(id): PathId<AssetId>,
    report: ReportText,
) -> Result<Answer, Problem> {
    report.fingerprint(&mut actor);
    Answer::created(
        &actor,
        &assets::keep_report(&state.shop, &actor, id, &report.text).await?,
    )
}

/// The reports of a device's machine beside its record, newest first, 50 at most.
#[utoipa::path(get, path = "/assets/{id}/machine-reports", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "The reports", body = MachineReports)))]
pub async fn reports(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
) -> Result<Answer, Problem> {
    let data = assets::reports(&state.shop, id).await?;
    Answer::ok(&actor, &MachineReports { data })
}

/// Take fields of a report over into the record of the device. Another processor or other memory is another product model: the
/// one of the catalogue that is like it, or with `create_model` a new one.
#[utoipa::path(post, path = "/assets/{id}/machine-report/take-over", tag = "assets", params(("id" = AssetId, Path)),
    request_body = TakeOver, responses((status = 200, description = "The device as it is now", body = AssetAnswer)))]
pub async fn take_over(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    Body(take): Body<TakeOver>,
) -> Result<Answer, Problem> {
    let device = assets::take_over(&state.shop, &actor, id, take).await?;
    Ok(Answer::ok(&actor, &device)?.version(device.asset.updated_at))
}

/// What a device was at the end of a day: status, place, grade, price.
#[utoipa::path(get, path = "/assets/{id}/history", tag = "assets",
    params(("id" = AssetId, Path), ("at" = NaiveDate, Query, description = "The day; from 2000-01-01 to today")),
    responses((status = 200, description = "The device as it was", body = AssetThen)))]
pub async fn history(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    RawQuery(query): RawQuery,
) -> Result<Answer, Problem> {
    let asked = form_urlencoded::parse(query.as_deref().unwrap_or("").as_bytes())
        .find(|(name, _)| name == "at")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let day = read_day(&asked)?;
    Answer::ok(&actor, &assets::as_of(&state.shop, id, day).await?)
}

/// A day as `YYYY-MM-DD`.
pub(crate) fn read_day(text: &str) -> Result<NaiveDate, Refusal> {
    Some(text)
        .filter(|text| text.len() == 10)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Refusal::invalid("/at", "Write the date like 2026-01-31."))
}

/// Every status that a device could get: whether this caller may give it now, or why not and what to do instead.
#[utoipa::path(get, path = "/assets/{id}/moves", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "The moves", body = Moves)))]
pub async fn moves(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
) -> Result<Answer, Problem> {
    let data = assets::moves(&state.shop, &actor, id).await?;
    Answer::ok(&actor, &Moves { data })
}

/// The quality checks of a device, newest first.
#[utoipa::path(get, path = "/assets/{id}/quality-checks", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "A page", body = ListAnswer<QualityCheckRecord>)))]
pub async fn quality_checks(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, assets::quality_checks(&state.shop, id, &query).await?)
}

async fn take_photo(
    state: &AppState,
    mut actor: Actor,
    of: Subject,
    upload: Upload,
) -> Result<Answer, Problem> {
    upload.fingerprint(&mut actor);
    if let Some(name) = upload.fields.names().find(|name| *name != "caption") {
        return Err(Refusal::invalid(
            format!("/{name}"),
            format!("There is no field {name} here. Leave it out, or check its spelling."),
        )
        .into());
    }
    let photo = photos::take(&state.shop, &actor, of, &upload.path, caption(&upload.fields)?).await?;
    Ok(Answer::created(&actor, &photo)?.location(format!("/api/v1/photos/{}/image.jpg", photo.id)))
}

/// What is to be seen on a photo.
pub(crate) fn caption(fields: &Form) -> Result<Option<domain::Text<0, 200>>, Refusal> {
    match fields.get("caption").trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|wrong: String| Refusal::invalid("/caption", wrong)),
    }
}

/// Keep a photo of a device. It is made smaller and written anew as JPEG; where and when it was taken does not stay in it.
#[utoipa::path(post, path = "/assets/{id}/photos", tag = "assets", params(("id" = AssetId, Path)),
    request_body(content = PhotoUpload, content_type = "multipart/form-data"),
    responses((status = 201, description = "Kept", body = Photo)))]
pub async fn photograph_asset(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
    upload: Upload,
) -> Result<Answer, Problem> {
    take_photo(&state, actor, Subject::Asset(id), upload).await
}

/// The photos of a device, oldest first.
#[utoipa::path(get, path = "/assets/{id}/photos", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "The photos", body = Photos)))]
pub async fn asset_photos(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
) -> Result<Answer, Problem> {
    let data = photos::list(&state.shop, &actor, Subject::Asset(id)).await?;
    Answer::ok(&actor, &Photos { data })
}

/// Keep a photo of what is taken in for repair.
#[utoipa::path(post, path = "/repair-tickets/{id}/photos", tag = "repairs", params(("id" = RepairTicketId, Path)),
    request_body(content = PhotoUpload, content_type = "multipart/form-data"),
    responses((status = 201, description = "Kept", body = Photo)))]
pub async fn photograph_ticket(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
    upload: Upload,
) -> Result<Answer, Problem> {
    take_photo(&state, actor, Subject::RepairTicket(id), upload).await
}

/// The photos of a repair ticket, oldest first.
#[utoipa::path(get, path = "/repair-tickets/{id}/photos", tag = "repairs", params(("id" = RepairTicketId, Path)),
    responses((status = 200, description = "The photos", body = Photos)))]
pub async fn ticket_photos(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<RepairTicketId>,
) -> Result<Answer, Problem> {
    let data = photos::list(&state.shop, &actor, Subject::RepairTicket(id)).await?;
    Answer::ok(&actor, &Photos { data })
}

/// A picture that this browser may keep for an hour, and nobody between.
pub(crate) fn jpeg(bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=3600, immutable"),
    );
    response
}

/// The picture of a photo.
#[utoipa::path(get, path = "/photos/{id}/image.jpg", tag = "assets", params(("id" = PhotoId, Path)),
    responses((status = 200, description = "At most 1600 pixels a side", body = Pdf, content_type = "image/jpeg")))]
pub async fn image(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PhotoId>,
) -> Result<Response, Problem> {
    Ok(jpeg(photos::file(&state.shop, &actor, id, false).await?))
}

/// The small picture of a photo.
#[utoipa::path(get, path = "/photos/{id}/thumbnail.jpg", tag = "assets", params(("id" = PhotoId, Path)),
    responses((status = 200, description = "At most 320 pixels a side", body = Pdf, content_type = "image/jpeg")))]
pub async fn thumbnail(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PhotoId>,
) -> Result<Response, Problem> {
    Ok(jpeg(photos::file(&state.shop, &actor, id, true).await?))
}

/// Take a photo away: whoever took it, or a Manager.
#[utoipa::path(delete, path = "/photos/{id}", tag = "assets", params(("id" = PhotoId, Path)),
    responses((status = 204, description = "Gone")))]
pub async fn remove_photo(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<PhotoId>,
) -> Result<Answer, Problem> {
    photos::remove(&state.shop, &actor, id).await?;
    Ok(Answer::no_content())
}

/// Which phone an IMEI belongs to, by the list of codes that the shop imported.
#[utoipa::path(get, path = "/tac/{imei}", tag = "assets", params(("imei" = Imei, Path)),
    responses((status = 200, description = "The phone", body = TacAnswer)))]
pub async fn tac_lookup(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(imei): PathId<String>,
) -> Result<Answer, Problem> {
    let imei: Imei = imei
        .parse()
        .map_err(|why: domain::TextError| Refusal::NotFound(why.to_string()))?;
    Answer::ok(&actor, &tac::lookup(&state.shop, &imei).await?)
}

/// Which model the device with this serial number or IMEI most likely is of: by the list of codes, by the devices received before, and
/// before both by the list of the lot that it comes with.
#[utoipa::path(get, path = "/model-guesses/{code}", tag = "assets", params(("code" = Serial, Path),
    ("lot_id" = Option<domain::LotId>, Query, description = "The lot that it comes with; without it, the only open one that expects it")),
    responses((status = 200, description = "What is known; nothing of it where nothing is alike. `expected` is there for those who receive", body = ModelGuess)))]
pub async fn guess_model(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(code): PathId<Serial>,
    RawQuery(query): RawQuery,
) -> Result<Answer, Problem> {
    let lot = form_urlencoded::parse(query.as_deref().unwrap_or("").as_bytes())
        .find(|(name, value)| name == "lot_id" && !value.is_empty())
        .map(|(_, value)| value.parse())
        .transpose()
        .map_err(|_| Refusal::invalid("/lot_id", "There is no such lot."))?;
    let mut guess = assets::guess_model(&state.shop, code.as_str(), lot).await?;
    if !actor.can(Capability::ReceiveStock) {
        guess.expected = None;
    }
    Answer::ok(&actor, &guess)
}

/// Import a list of type allocation codes. Codes that are there get the names of the list.
#[utoipa::path(post, path = "/imports/tac", tag = "imports",
    request_body(content = TacUpload, content_type = "multipart/form-data"),
    responses((status = 200, description = "What came of it", body = TacImport)))]
pub async fn tac_import(
    State(state): State<AppState>,
    Caller(mut actor): Caller,
    upload: Upload,
) -> Result<Answer, Problem> {
    upload.fingerprint(&mut actor);
    Answer::ok(&actor, &tac::import(&state.shop, &actor, &upload.path).await?)
}

/// What is looked at in diagnostics of each kind of device, and the wipe methods.
#[utoipa::path(get, path = "/settings/checklists", tag = "settings",
    responses((status = 200, description = "The checklists", body = Checklists)))]
pub async fn checklists(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    let settings = state.shop.settings().await?;
    Answer::ok(&actor, &Checklists::of(&settings))
}

/// Set the checklists and wipe methods: one a line, `Display` or `bios_lock: No BIOS lock`. What is absent or empty is the usual.
#[utoipa::path(put, path = "/settings/checklists", tag = "settings", request_body = ChecklistsChange,
    responses((status = 200, description = "The checklists as they are now", body = Checklists)))]
pub async fn set_checklists(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Body(change): Body<ChecklistsChange>,
) -> Result<Answer, Problem> {
    let lists = assets::change_checklists(&state.shop, &actor, change).await?;
    Answer::ok(&actor, &lists)
}

/// What waits for the bench in each state, since when, and what the caller recorded today.
#[utoipa::path(get, path = "/bench", tag = "assets", responses((status = 200, description = "As of now", body = BenchState)))]
pub async fn bench_state(State(state): State<AppState>, Caller(actor): Caller) -> Result<Answer, Problem> {
    Answer::ok(&actor, &assets::bench_state(&state.shop, &actor).await?)
}

/// Who waits in a state, the longest first: in Diagnostics Pending unless `status` names another.
#[utoipa::path(get, path = "/bench/queue", tag = "assets",
    responses((status = 200, description = "A page", body = ListAnswer<WaitingDevice>)))]
pub async fn queue(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(&actor, assets::waiting(&state.shop, &query).await?)
}

/// What a device cost with its shares of the lot's charges, and what it brought.
#[utoipa::path(get, path = "/assets/{id}/costs", tag = "assets", params(("id" = AssetId, Path)),
    responses((status = 200, description = "The costs", body = AssetCosts)))]
pub async fn costs(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<AssetId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &lots::costs_of(&state.shop, &actor, id).await?)
}
