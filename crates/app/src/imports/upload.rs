//! A manifest in the browser: sent, looked at, received while one does something else.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use db::catalog::ProductModel;
use db::imports::{self, Import, ImportMode, ImportState, ImportSummary, NewImport, ScannedDevice};
use domain::{AssetId, ImportId, ProductModelId, catalog};
use serde_json::json;
use tokio::task::spawn_blocking;

use super::import_manifest::{self, Manifest, ManifestOptions, look, run, without_key};
use super::manifest_file::Header;
use super::mapping::Field;
use super::row::ModelSpec;
use crate::{Actor, Capability, Refusal, Shop};

/// Days that a file waits to be imported.
const UPLOAD_DAYS: i32 = 7;

/// A file and what would come of it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The waiting import.
    pub import: Import,
    /// The row with the columns' names.
    pub header: Header,
    /// What each column means.
    pub fields: Vec<Option<Field>>,
    /// The first value in each column.
    pub samples: Vec<String>,
    /// Why nothing can be received, if so: a column is missing.
    pub problem: Option<String>,
    /// Rows below the header.
    pub rows: i32,
    /// Rows that can be received.
    pub accepted: i32,
    /// Rows with a fault, those with a known serial number among them.
    pub rejected: i32,
    /// Rows with a serial number that stands in the stock already.
    pub repeated: i32,
    /// Models that will be added to the catalogue, by their names.
    pub new_models: Vec<NewModel>,
    /// The currency of the costs, if it is not the cedi.
    pub foreign_currency: Option<&'static str>,
    /// The first rows, and those with a fault.
    pub shown: Vec<PreviewRow>,
}

/// A model of the file that the catalogue has not, or not by this spelling.
#[derive(Debug, Clone)]
pub struct NewModel {
    /// What it is named by in [`ManifestOptions::models`].
    pub key: String,
    /// What it will be called: `HP EliteBook 840 G7 · 16 GB · 512 GB`.
    pub title: String,
    /// Good rows with it.
    pub rows: u32,
    /// The one model of the catalogue that it most likely is.
    pub likely: Option<ProductModelId>,
    /// The models that it may be, the nearest first, 20 at most.
    pub nearest: Vec<(ProductModelId, String)>,
}

/// A row of a preview.
#[derive(Debug, Clone)]
pub struct PreviewRow {
    /// As a spreadsheet numbers it.
    pub number: u32,
    /// Its cells, one for each column.
    pub cells: Vec<String>,
    /// What is wrong: the column, and why.
    pub errors: Vec<(String, String)>,
}

/// Keeps a file until somebody has looked at it and says go.
pub async fn upload(shop: &Shop, actor: &Actor, path: &Path, file_name: &str) -> Result<ImportId, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let manifest = import_manifest::open(path, &ManifestOptions::default()).await?;
    let bytes = tokio::fs::read(path)
        .await
        .map_err(|error| Refusal::Internal(error.to_string()))?;
    let file_name: String = file_name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(255)
        .collect();
    let mut tx = shop.begin(actor).await?;
    imports::uploads_forget(tx.conn(), UPLOAD_DAYS).await?;
    let new = NewImport {
        file_name: &file_name,
        sha256: &manifest.sha256,
        mode: ImportMode::GoodRows,
        dry_run: false,
        expect_only: false,
        state: ImportState::Queued,
        source_file: Some(&bytes),
    };
    let id = imports::import_insert(tx.conn(), &new).await?;
    imports::import_progress(tx.conn(), id, manifest.rows, 0).await?;
    tx.commit(201, &()).await?;
    Ok(id)
}

/// Shows what would come of a waiting file.
pub async fn preview(
    shop: &Shop,
    actor: &Actor,
    id: ImportId,
    options: &ManifestOptions,
) -> Result<Preview, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let import = find(shop, id).await?;
    let mut manifest = reopen(shop, id, options).await?;
    let header = manifest.columns.header.clone();
    let mapping = manifest.columns.mapping.clone();
    let fields: Vec<_> = (0..header.names.len())
        .map(|column| mapping.field(column))
        .collect();
    let mut preview = Preview {
        import,
        samples: vec![String::new(); header.names.len()],
        fields,
        problem: mapping.check(&header).err().map(|problem| problem.to_string()),
        rows: manifest.rows,
        accepted: 0,
        rejected: 0,
        repeated: 0,
        new_models: Vec::new(),
        foreign_currency: None,
        shown: Vec::new(),
        header,
    };
    let width = preview.header.names.len();
    if preview.problem.is_some() {
        let first = manifest.file.rows()?.take(5).collect::<Result<Vec<_>, _>>()?;
        preview.shown = first
            .into_iter()
            .map(|raw| PreviewRow::new(raw.number, raw.cells, width, Vec::new()))
            .collect();
    } else {
        let tally = look(shop, manifest, options).await?;
        (preview.accepted, preview.rejected, preview.repeated) =
            (tally.accepted, tally.rejected, tally.repeated);
        preview.foreign_currency = tally.foreign;
        if !tally.new_models.is_empty() {
            let there = db::catalog::models_all(&mut *shop.read().await?).await?;
            preview.new_models = new_models(tally.new_models, &there);
        }
        let rows = tally.shown.into_iter().map(|(raw, errors)| {
            let errors = errors
                .into_iter()
                .map(|error| (error.column, error.reason))
                .collect();
            PreviewRow::new(raw.number, raw.cells, width, errors)
        });
        preview.shown = rows.collect();
        preview.shown.sort_by_key(|row| row.number);
    }
    for (column, sample) in preview.samples.iter_mut().enumerate() {
        let filled = preview
            .shown
            .iter()
            .map(|row| &row.cells[column])
            .find(|cell| !cell.is_empty());
        *sample = filled.cloned().unwrap_or_default();
    }
    Ok(preview)
}

/// The models that one may be of which the catalogue has not the spelling.
const NEAREST: usize = 20;

fn named(brand: &str, model_name: &str, specs: &str) -> String {
    let title = catalog::title(brand, model_name);
    match specs.is_empty() {
        true => title,
        false => format!("{title} · {specs}"),
    }
}

/// The new models of a file beside those of the catalogue that each may be.
fn new_models(found: HashMap<String, (ModelSpec, u32)>, there: &[ProductModel]) -> Vec<NewModel> {
    let mut by_brand: HashMap<String, Vec<(String, &ProductModel)>> = HashMap::new();
    for model in there {
        let specs = [&model.cpu, &model.ram, &model.storage].map(|spec| spec.as_deref());
        let key = catalog::model_key(&model.brand, &model.model_name, specs[0], specs[1], specs[2]);
        let brand = key.split('|').next().unwrap_or_default().to_owned();
        by_brand.entry(brand).or_default().push((key, model));
    }
    let one = |(key, (spec, rows)): (String, (ModelSpec, u32))| {
        let brand = key.split('|').next().unwrap_or_default();
        let same_brand = by_brand.get(brand).map(Vec::as_slice).unwrap_or_default();
        let mut near: Vec<(u8, usize, &str, &ProductModel)> = same_brand
            .iter()
            .filter(|(_, model)| model.category == spec.category)
            .map(|(other, model)| {
                let alike = key.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
                let rank = match () {
                    () if catalog::is_likely_same(&key, other) => 0,
                    () if catalog::is_same_name(&key, other) => 1,
                    () => 2,
                };
                (rank, alike, other.as_str(), *model)
            })
            .collect();
        near.sort_by_key(|(rank, alike, _, model)| (*rank, std::cmp::Reverse(*alike), model.id));
        near.dedup_by(|one, other| one.2 == other.2);
        let likely = match near.as_slice() {
            [(0, _, _, model)] | [(0, _, _, model), (1.., ..), ..] => Some(model.id),
            _ => None,
        };
        let specs = catalog::specs(spec.cpu.as_deref(), spec.ram.as_deref(), spec.storage.as_deref());
        NewModel {
            title: named(&spec.brand, &spec.model_name, &specs),
            rows,
            likely,
            nearest: near
                .into_iter()
                .take(NEAREST)
                .map(|(_, _, _, model)| (model.id, named(&model.brand, &model.model_name, &model.specs())))
                .collect(),
            key,
        }
    };
    let mut models: Vec<NewModel> = found.into_iter().map(one).collect();
    models.sort_by(|one, other| one.title.cmp(&other.title));
    models
}

/// The rows of a waiting file that are at fault, as a CSV file.
pub async fn rejected_preview(
    shop: &Shop,
    actor: &Actor,
    id: ImportId,
    options: &ManifestOptions,
) -> Result<Vec<u8>, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let manifest = reopen(shop, id, options).await?;
    manifest.columns.mapping.check(&manifest.columns.header)?;
    look(shop, manifest, options)
        .await?
        .rejected_file()
        .ok_or_else(no_row_at_fault)
}

fn no_row_at_fault() -> Refusal {
    Refusal::NotFound("No row of this file is at fault, so there is nothing to download.".into())
}

impl PreviewRow {
    fn new(number: u32, mut cells: Vec<String>, width: usize, errors: Vec<(String, String)>) -> Self {
        cells.resize(width, String::new());
        Self {
            number,
            cells,
            errors,
        }
    }
}

/// Receives a waiting file, and answers at once: [`find`] tells how far it is.
pub async fn start(
    shop: &Shop,
    actor: &Actor,
    id: ImportId,
    options: &ManifestOptions,
) -> Result<(), Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let manifest = reopen(shop, id, options).await?;
    import_manifest::check(shop, &manifest, options).await?;
    let import = find(shop, id).await?;
    let mut tx = shop.begin(actor).await?;
    if !imports::import_start(tx.conn(), id, options.mode, options.expect_only).await? {
        return Err(Refusal::conflict(
            "import_started",
            "This file is being received already, or was.",
        ));
    }
    tx.commit(200, &()).await?;
    let (shop, actor, options) = (shop.clone(), without_key(actor), options.clone());
    tokio::spawn(async move {
        if let Err(error) = run(&shop, &actor, Some(id), manifest, &import.file_name, &options).await {
            tracing::warn!(import = id.get(), %error, "an import was given up");
        }
    });
    Ok(())
}

/// Throws a file away of which nothing was received: the wrong one, or one that was given up.
pub async fn discard(shop: &Shop, actor: &Actor, id: ImportId) -> Result<Import, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let import = find(shop, id).await?;
    let mut tx = shop.begin(actor).await?;
    if !imports::upload_delete(tx.conn(), id).await? {
        return Err(Refusal::conflict(
            "import_started",
            "This file is being received, or was: it stays with what came of it.",
        ));
    }
    let told = json!({"file_name": import.file_name, "rows": import.rows});
    tx.audit("import.discard", "imports", id.get(), Some(told), None)
        .await?;
    tx.commit(204, &()).await?;
    Ok(import)
}

/// Opens a waiting file again.
async fn reopen(shop: &Shop, id: ImportId, options: &ManifestOptions) -> Result<Manifest, Refusal> {
    let gone = "This file was received already, or waited too long: send it again.";
    let bytes = imports::import_source(&mut *shop.read().await?, id).await?;
    let bytes = bytes.ok_or_else(|| Refusal::conflict("import_source_gone", gone))?;
    let spooled = spawn_blocking(move || {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(&bytes)?;
        file.flush().map(|()| file.into_temp_path())
    });
    let path = spooled
        .await
        .map_err(|error| Refusal::Internal(error.to_string()))?;
    let path =
        path.map_err(|error| Refusal::Internal(format!("a manifest could not be spooled: {error}")))?;
    let mut manifest = import_manifest::open(&path, options).await?;
    manifest.spool = Some(path);
    Ok(manifest)
}

/// Reads an import.
pub async fn find(shop: &Shop, id: ImportId) -> Result<Import, Refusal> {
    imports::import_find(&mut *shop.read().await?, id)
        .await?
        .ok_or_else(|| Refusal::not_found("import"))
}

/// The latest imports.
pub async fn recent(shop: &Shop) -> Result<Vec<ImportSummary>, Refusal> {
    Ok(imports::imports_recent(&mut *shop.read().await?, 20).await?)
}

/// What this person scanned in just now, in one go: how many, and the latest ten.
pub async fn scanned(shop: &Shop, actor: &Actor) -> Result<(usize, Vec<ScannedDevice>), Refusal> {
    let mut conn = shop.read().await?;
    let run = imports::scanned_run(&mut conn, actor.user()?, shop.now()).await?;
    let latest = &run[run.len().saturating_sub(10)..];
    let latest = imports::scanned_devices(&mut conn, latest).await?;
    Ok((run.len(), latest))
}

/// All that this person scanned in just now, in the order of the scans: for their labels.
pub async fn scanned_ids(shop: &Shop, actor: &Actor) -> Result<Vec<AssetId>, Refusal> {
    Ok(imports::scanned_run(&mut *shop.read().await?, actor.user()?, shop.now()).await?)
}

/// The rows of an import that were at fault, as a CSV file, if there were any.
pub async fn rejected_file(shop: &Shop, id: ImportId) -> Result<Vec<u8>, Refusal> {
    let file = imports::import_rejected_file(&mut *shop.read().await?, id).await?;
    file.ok_or_else(no_row_at_fault)
}

/// Says of imports that a stopped server left at work that they were given up. For the start of a server.
pub async fn fail_interrupted(shop: &Shop) -> Result<u64, Refusal> {
    let mut tx = shop.begin(&Actor::system()).await?;
    let reason = "The server stopped while this ran, so nothing was received. Send the file again.";
    let failed = imports::imports_fail_interrupted(tx.conn(), reason).await?;
    tx.commit(200, &()).await?;
    Ok(failed)
}
