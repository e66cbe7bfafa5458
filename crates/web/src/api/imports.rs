//! `/imports`

use crate::AppState;
use crate::answer::{Answer, ListAnswer};
use crate::extract::{ListQuery, PathId};
use crate::form::Form;
use crate::frame::Caller;
use crate::problem::Problem;
use crate::upload::Upload;
use app::imports::{self, Import, ImportMode, ImportSummary, ManifestOptions};
use app::{Invalid, Refusal};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::{ImportId, text};
use http::header;
use utoipa::ToSchema;

/// A manifest and how to receive it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is read as it comes")]
pub struct ManifestUpload {
    /// CSV or XLSX, at most 20 MB; its kind is told by its content.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What is received when some rows are at fault: nothing (as long as nothing is said), or the good rows.
    #[schema(required = false)]
    mode: ImportMode,
    /// Only look, and receive nothing.
    #[schema(required = false, default = false)]
    dry_run: bool,
    /// Who sold the devices, where a row does not say.
    #[schema(required = false, max_length = 100)]
    supplier: String,
    /// Where they stand, where a row does not say.
    #[schema(required = false)]
    location_id: domain::LocationId,
    /// The day; today unless said otherwise.
    #[schema(required = false)]
    received_date: chrono::NaiveDate,
    /// Cedis for one of the currency that the costs are in, if that is another.
    #[schema(required = false, value_type = String, pattern = "^[0-9]{1,6}(\\.[0-9]{1,6})?$", example = "15.55")]
    exchange_rate: String,
    /// What the costs are in, where the file does not say.
    #[schema(required = false)]
    currency: domain::Currency,
    /// The lot that the devices belong to. Without one, the supplier's reference finds it or makes it; without that, the
    /// import makes one.
    #[schema(required = false)]
    lot_id: domain::LotId,
    /// The supplier's number for the lot, where a row does not say.
    #[schema(required = false, max_length = 100)]
    supplier_reference: String,
    /// Receive nothing: note in the lot what the supplier says will come.
    #[schema(required = false, default = false)]
    expect_only: bool,
    /// What columns mean where the guess is wrong: a JSON object of columns' names or numbers, and fields or null.
    #[schema(required = false, example = "{\"Ser. nr.\": \"serial_number\"}")]
    columns: String,
    /// Models of the file that the catalogue has under another spelling: a JSON object of `brand|name|processor|memory|disk` as the
    /// file says them, in whatever case and with whatever blanks, and the number of the product model, or null for a new one.
    #[schema(
        required = false,
        example = "{\"HP|EliteBook 840 G7|i5-10310U|16GB|512GB\": 12}"
    )]
    models: String,
}

/// Receive the devices of a manifest.
///
/// That rows are at fault is no error: the answer names each of them. A serial number that stands in the stock is
/// reported and never received again.
#[utoipa::path(post, path = "/imports/manifest", tag = "imports",
    request_body(content = ManifestUpload, content_type = "multipart/form-data"),
    responses((status = 200, description = "What came of it", body = Import)))]
pub async fn manifest(
    State(state): State<AppState>,
    Caller(mut actor): Caller,
    upload: Upload,
) -> Result<Answer, Problem> {
    upload.fingerprint(&mut actor);
    let options = options(&upload.fields)?;
    let import =
        imports::import_manifest(&state.shop, &actor, &upload.path, &upload.file_name, &options).await?;
    Answer::ok(&actor, &import)
}

/// Imports and uploads, the latest first, without what was only looked at.
#[utoipa::path(get, path = "/imports", tag = "imports",
    responses((status = 200, description = "A page", body = ListAnswer<ImportSummary>)))]
pub async fn list(
    State(state): State<AppState>,
    Caller(actor): Caller,
    ListQuery(query): ListQuery,
) -> Result<Answer, Problem> {
    Answer::list(
        &actor,
        app::lists::page::<ImportSummary>(&state.shop, &imports::LIST, &query).await?,
    )
}

/// Undo a whole import while nothing of it has moved on: its devices are taken off the books, and the same file may be imported
/// again.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, description = "The import", body = Import)))]
pub async fn undo(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ImportId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &imports::undo(&state.shop, &actor, id).await?)
}

/// Throw a file away of which nothing was received.
#[utoipa::path(delete, path = "/imports/{id}", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 204, description = "Gone")))]
pub async fn discard(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ImportId>,
) -> Result<Answer, Problem> {
    imports::discard(&state.shop, &actor, id).await?;
    Ok(Answer::no_content())
}

/// An import: how far it is, and what came of it.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, description = "The import", body = Import)))]
pub async fn find(
    State(state): State<AppState>,
    Caller(actor): Caller,
    PathId(id): PathId<ImportId>,
) -> Result<Answer, Problem> {
    Answer::ok(&actor, &imports::find(&state.shop, id).await?)
}

/// The rows of an import that were at fault, as a CSV file with the reason in each: mended, it can be imported.
#[utoipa::path(get, path = "/imports/{id}/rejected.csv", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, description = "The rows", body = String, content_type = "text/csv")))]
pub async fn rejected(
    State(state): State<AppState>,
    PathId(id): PathId<ImportId>,
) -> Result<Response, Problem> {
    let file = imports::rejected_file(&state.shop, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, file).into_response())
}

/// How a manifest is to be received, from the fields beside its file. Empty ones count as absent.
pub fn options(fields: &Form) -> Result<ManifestOptions, Refusal> {
    let mut options = ManifestOptions::default();
    let mut invalid = Invalid::new();
    for name in fields.names() {
        let value = fields.get(name).trim();
        let pointer = format!("/{name}");
        if value.is_empty() {
            continue;
        }
        match name {
            "mode" => {
                options.mode = invalid
                    .check(pointer, value.parse())
                    .unwrap_or(ImportMode::AllOrNothing)
            }
            "dry_run" | "expect_only" => {
                let on = match value.to_ascii_lowercase().as_str() {
                    "true" => true,
                    "false" => false,
                    _ => {
                        invalid.push(pointer, "This must be true or false.");
                        continue;
                    }
                };
                if name == "dry_run" {
                    options.dry_run = on;
                } else {
                    options.expect_only = on;
                }
            }
            "lot_id" => options.lot_id = invalid.check(pointer, value.parse()),
            "supplier_reference" => {
                options.supplier_reference = invalid.check(pointer, text::required_line(value, 100));
            }
            "currency" => options.currency = invalid.check(pointer, value.parse()),
            "supplier" => options.supplier = invalid.check(pointer, text::required_line(value, 100)),
            "location_id" => options.location_id = invalid.check(pointer, value.parse()),
            "received_date" => {
                let date = value.parse().map_err(|_| "Write the date like 2026-01-31.");
                options.received_date = invalid.check(pointer, date);
            }
            "exchange_rate" => match ManifestOptions::parse_exchange_rate(value) {
                Ok(rate) => options.exchange_rate = Some(rate),
                Err(refusal) => invalid.push(pointer, refusal.sentence()),
            },
            "columns" => match ManifestOptions::parse_columns(value) {
                Ok(columns) => options.columns = columns,
                Err(refusal) => invalid.push(pointer, refusal.sentence()),
            },
            "models" => match ManifestOptions::parse_models(value) {
                Ok(models) => options.models = models,
                Err(refusal) => invalid.push(pointer, refusal.sentence()),
            },
            _ => invalid.push(
                pointer,
                format!("There is no field {name} here. Leave it out, or check its spelling."),
            ),
        }
    }
    invalid.into_result()?;
    Ok(options)
}
