//! Receiving what a manifest lists.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use db::PgConnection;
use db::imports::{
    self, DeviceRow, Import, ImportMode, ImportResult, ImportState, KnownDevice, ModelRow, NewImport,
    Request, RowError,
};
use db::locations::Location;
use db::lots::{LineValues, LotValues};
use domain::{
    ChargeMethod, Currency, ExchangeRate, ImportId, LocationId, LotId, Money, ProductModelId, catalog,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, spawn_blocking};

use super::manifest_file::{FileProblem, Limits, ManifestFile, RawRow};
use super::mapping::{CURRENCIES, Field, Mapping};
use super::row::{Columns, ModelSpec, ParsedRow, RowReader};
use super::tally::Tally;
use crate::{Actor, Capability, Refusal, Shop, Tx};

/// How the reason begins for a row whose device stands in the stock.
const RECEIVED_BEFORE: &str = "This device was received already";

/// Rows that travel together from the file to the database.
const CHUNK: usize = 1000;

/// How often it is noted how far an import is: whoever watches looks every second or two.
const NOTED_EVERY: Duration = Duration::from_millis(400);

/// An import keeps a core busy and writes a lot: the shop sells on while they stand in line.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

/// How a manifest is to be received.
#[derive(Debug, Clone)]
pub struct ManifestOptions {
    /// What is received when some rows are at fault.
    pub mode: ImportMode,
    /// Only look, and receive nothing.
    pub dry_run: bool,
    /// What columns mean where the guess is wrong: a column's name or number, and the field or none.
    pub columns: Vec<(String, Option<Field>)>,
    /// Models of the file that are models of the catalogue, though they are spelled otherwise: by `brand|name|processor|memory|disk`,
    /// or none where it is made new.
    pub models: BTreeMap<String, Option<ProductModelId>>,
    /// Who sold the devices, where a row does not say.
    pub supplier: Option<String>,
    /// Where they stand, where a row does not say.
    pub location_id: Option<LocationId>,
    /// The day; today unless said otherwise.
    pub received_date: Option<NaiveDate>,
    /// The lot that the devices belong to. Without one, the supplier's reference finds it or makes it; without that, the import
    /// makes one.
    pub lot_id: Option<LotId>,
    /// The supplier's number for the lot, where a row does not say.
    pub supplier_reference: Option<String>,
    /// What the costs are in, where the file does not say.
    pub currency: Option<Currency>,
    /// Cedis for one of the currency that the costs are in, if that is another.
    pub exchange_rate: Option<ExchangeRate>,
    /// Receive nothing: note what the supplier says will come, and let it be scanned in.
    pub expect_only: bool,
}

impl Default for ManifestOptions {
    fn default() -> Self {
        Self {
            mode: ImportMode::AllOrNothing,
            dry_run: false,
            columns: Vec::new(),
            models: BTreeMap::new(),
            supplier: None,
            location_id: None,
            received_date: None,
            lot_id: None,
            supplier_reference: None,
            currency: None,
            exchange_rate: None,
            expect_only: false,
        }
    }
}

impl ManifestOptions {
    /// Reads how many cedis one of another currency was: `15.55`.
    pub fn parse_exchange_rate(text: &str) -> Result<ExchangeRate, Refusal> {
        text.parse()
            .map_err(|error: domain::TextError| Refusal::invalid("/exchange_rate", error.to_string()))
    }

    /// Reads what columns mean: a JSON object of columns' names or numbers, and fields or null.
    pub fn parse_columns(text: &str) -> Result<Vec<(String, Option<Field>)>, Refusal> {
        let wrong = |detail: String| Refusal::invalid("/columns", detail);
        let columns: BTreeMap<String, Option<String>> = serde_json::from_str(text).map_err(|_| {
            wrong("Write a JSON object of columns and fields, like {\"Ser. no.\": \"serial_number\"}.".into())
        })?;
        let field = |(column, key): (String, Option<String>)| {
            let field = key.map(|key| Field::from_key(&key).ok_or(key)).transpose();
            field.map(|field| (column, field)).map_err(|key| {
                let keys = Field::ALL.map(Field::key);
                wrong(format!(
                    "There is no field {key}: use {}, or null for none.",
                    domain::text::one_of(&keys)
                ))
            })
        };
        columns.into_iter().map(field).collect()
    }
}

impl ManifestOptions {
    /// Reads which models are which: a JSON object of models as the file spells them, and numbers or null.
    pub fn parse_models(text: &str) -> Result<BTreeMap<String, Option<ProductModelId>>, Refusal> {
        serde_json::from_str(text).map_err(|_| {
            Refusal::invalid(
                "/models",
                "Write a JSON object of models and their numbers in the catalogue, like \
                 {\"HP|EliteBook 840 G7|i5-10310U|16GB|512GB\": 12}, or null for a new one.",
            )
        })
    }
}

impl From<FileProblem> for Refusal {
    fn from(problem: FileProblem) -> Self {
        let detail = problem.to_string();
        match problem {
            FileProblem::TooLarge { .. } => Refusal::Unreadable { status: 413, detail },
            FileProblem::WrongType { .. } => Refusal::Unreadable { status: 415, detail },
            FileProblem::Io(_) => Refusal::Unreadable { status: 400, detail },
            _ => Refusal::invalid("/file", detail),
        }
    }
}

/// Receives the devices of a manifest.
///
/// The answer tells every row that was not received and why; that rows are at fault is no error. A serial number that
/// stands in the stock is reported and never received again, so the same file may be sent as often as one likes.
pub async fn import_manifest(
    shop: &Shop,
    actor: &Actor,
    path: &Path,
    file_name: &str,
    options: &ManifestOptions,
) -> Result<Import, Refusal> {
    actor.require(Capability::ReceiveStock)?;
    let manifest = open(path, options).await?;
    run(shop, actor, None, manifest, file_name, options).await
}

/// How many of the rejected rows name a device that stood in the stock before.
pub fn received_before(import: &Import) -> usize {
    import
        .errors
        .iter()
        .filter(|error| error.reason.starts_with(RECEIVED_BEFORE))
        .count()
}

/// A file that can be read, with what its columns mean.
pub(super) struct Manifest {
    pub(super) file: ManifestFile,
    pub(super) columns: Columns,
    pub(super) rows: i32,
    pub(super) sha256: Vec<u8>,
    /// Where it lies until it is read, if that is ours.
    pub(super) spool: Option<TempPath>,
}

/// Opens a file and counts its rows: what is wrong with it as a whole is found before anything is begun.
pub(super) async fn open(path: &Path, options: &ManifestOptions) -> Result<Manifest, Refusal> {
    let (path, overrides) = (path.to_owned(), options.columns.clone());
    let opened = spawn_blocking(move || -> Result<Manifest, FileProblem> {
        let mut file = ManifestFile::open(&path, &Limits::default())?;
        let header = file.header().clone();
        let mut mapping = Mapping::guess(&header.names);
        for (column, field) in &overrides {
            mapping.assign(&header, column, *field)?;
        }
        let mut rows = 0;
        for row in file.rows()? {
            row?;
            rows += 1;
        }
        Ok(Manifest {
            file,
            columns: Columns { header, mapping },
            rows,
            sha256: hash(&path)?,
            spool: None,
        })
    });
    Ok(opened
        .await
        .map_err(|error| Refusal::Internal(error.to_string()))??)
}

fn hash(path: &Path) -> io::Result<Vec<u8>> {
    let (mut file, mut digest, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest.finalize().to_vec()),
            read => digest.update(&buffer[..read]),
        }
    }
}

/// Refuses what is wrong with an import as a whole, before anything is begun.
pub(super) async fn check(
    shop: &Shop,
    manifest: &Manifest,
    options: &ManifestOptions,
) -> Result<(), Refusal> {
    manifest.columns.mapping.check(&manifest.columns.header)?;
    if options.received_date.is_some_and(|day| day > shop.today()) {
        let detail = "Devices cannot be received on a day to come: choose today or an earlier day.";
        return Err(Refusal::invalid("/received_date", detail));
    }
    if let Some(currency) = &options.currency {
        known_currency(currency)?;
    }
    let chosen: Vec<i32> = options.models.values().flatten().map(|id| id.get()).collect();
    if !chosen.is_empty() {
        let there = db::catalog::models_find(&mut *shop.read().await?, &chosen).await?;
        if let Some(id) = chosen
            .iter()
            .find(|id| !there.iter().any(|model| model.id.get() == **id))
        {
            let detail = format!("There is no model {id} in the catalogue: choose another, or make it new.");
            return Err(Refusal::invalid("/models", detail));
        }
    }
    if let Some(id) = options.lot_id {
        let lot = db::lots::lot_find(&mut *shop.read().await?, id).await?;
        let lot = lot
            .ok_or_else(|| Refusal::invalid("/lot_id", "There is no such lot: choose one from the list."))?;
        if lot.closed_at.is_some() {
            let detail = format!(
                "{} is closed: open it again first, or choose another.",
                lot.lot_number
            );
            return Err(Refusal::invalid("/lot_id", detail));
        }
    }
    if let Some(id) = options.location_id {
        let mut conn = shop.read().await?;
        if db::locations::location_name(&mut conn, id).await?.is_none() {
            return Err(Refusal::invalid(
                "/location_id",
                "There is no such location: choose one from the list.",
            ));
        }
        crate::locations::check_by_hand(&mut conn, id).await?;
    }
    Ok(())
}

/// The currencies that files are read in, but for the cedi.
pub fn foreign_currencies() -> Vec<&'static str> {
    let codes = CURRENCIES.iter().map(|(_, code)| *code);
    let mut codes: Vec<&str> = codes.filter(|code| *code != "GHS").collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The currencies that a lot or a charge may be in, for choosing one: the cedi, and those of files.
pub fn currencies() -> Vec<&'static str> {
    let mut codes = foreign_currencies();
    codes.insert(0, "GHS");
    codes
}

/// The code of a currency that files are read in.
fn known_currency(currency: &Currency) -> Result<&'static str, Refusal> {
    let known = CURRENCIES.iter().find(|(_, code)| *code == currency.as_str());
    known.map(|(_, code)| *code).ok_or_else(|| {
        let mut codes: Vec<&str> = CURRENCIES.iter().map(|(_, code)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        Refusal::invalid(
            "/currency",
            format!("Costs are read in {}.", domain::text::one_of(&codes)),
        )
    })
}

/// What the options say, with what the chosen lot says where they do not.
async fn completed(shop: &Shop, options: &ManifestOptions) -> Result<ManifestOptions, Refusal> {
    let mut options = options.clone();
    if let Some(id) = options.lot_id
        && let Some(lot) = db::lots::lot_find(&mut *shop.read().await?, id).await?
    {
        options.supplier = options.supplier.or(lot.supplier);
        if options.currency.is_none() && !lot.currency.is_cedi() {
            options.currency = Some(lot.currency);
            options.exchange_rate = options.exchange_rate.or(Some(lot.exchange_rate));
        }
    }
    Ok(options)
}

/// Runs an import: a new one, or an upload that waits.
pub(super) async fn run(
    shop: &Shop,
    actor: &Actor,
    waiting: Option<ImportId>,
    manifest: Manifest,
    file_name: &str,
    options: &ManifestOptions,
) -> Result<Import, Refusal> {
    check(shop, &manifest, options).await?;
    let options = &completed(shop, options).await?;
    let _turn = ONE_AT_A_TIME
        .acquire()
        .await
        .map_err(|error| Refusal::Internal(error.to_string()))?;
    let mut tx = shop.begin(actor).await?;
    let file_name: String = file_name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(255)
        .collect();
    // Its own record is written apart, so that everybody sees how far it is, and that it was given up.
    let record = Record {
        shop,
        actor: without_key(actor),
        rows: manifest.rows,
    };
    let id = match waiting {
        Some(id) => id,
        None => record.begin(&manifest.sha256, &file_name, options).await?,
    };
    let mut work = Work {
        record: &record,
        id,
        options,
        file_name: &file_name,
        received_date: options.received_date.unwrap_or(shop.today()),
        columns: manifest.columns.clone(),
        locations: HashMap::new(),
        models: HashMap::new(),
        currency: options.currency.as_ref().map(known_currency).transpose()?,
        lots: BTreeMap::new(),
        made_lots: Vec::new(),
        last_reason: String::new(),
        receiving: false,
    };
    let done = match work.all(&mut tx, manifest).await {
        Ok(tally) => finish(tx, id, &file_name, options, tally, work.made_lots).await,
        Err(refusal) => Err(refusal),
    };
    if let Err(refusal) = &done {
        record.fail(id, refusal).await;
    }
    done
}

async fn finish(
    mut tx: Tx,
    id: ImportId,
    file_name: &str,
    options: &ManifestOptions,
    mut tally: Tally,
    made_lots: Vec<LotId>,
) -> Result<Import, Refusal> {
    if options.mode == ImportMode::AllOrNothing && !options.dry_run && tally.rejected > 0 {
        tally.accepted = 0;
    }
    let rejected_file = tally.rejected_file();
    let result = ImportResult {
        rows: tally.rows,
        accepted: tally.accepted,
        rejected: tally.rejected,
        errors: &tally.errors,
        rejected_file: rejected_file.as_deref(),
    };
    imports::import_finish(tx.conn(), id, &result).await?;
    for lot in made_lots {
        let after = db::lots::lot_find(tx.conn(), lot).await?;
        tx.audit("lot.create", "lots", lot.get(), None, Some(json!(after)))
            .await?;
    }
    if !options.dry_run {
        let after = json!({
            "file_name": file_name, "mode": options.mode, "rows": tally.rows, "accepted": tally.accepted,
            "rejected": tally.rejected, "new_models": tally.new_models.len(),
            "matched_models": options.models.values().flatten().count(), "expect_only": options.expect_only,
        });
        tx.audit("import.manifest", "imports", id.get(), None, Some(after))
            .await?;
    }
    let import = imports::import_find(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("import"))?;
    tx.commit(200, &import).await?;
    Ok(import)
}

/// The record of an import, in transactions of its own.
struct Record<'a> {
    shop: &'a Shop,
    actor: Actor,
    rows: i32,
}

impl Record<'_> {
    fn request(&self) -> Request<'_> {
        let request = &self.actor.request;
        Request {
            id: request.id.as_deref(),
            address: request.address.as_deref(),
        }
    }

    async fn begin(
        &self,
        sha256: &[u8],
        file_name: &str,
        options: &ManifestOptions,
    ) -> Result<ImportId, Refusal> {
        let mut tx = self.shop.begin(&self.actor).await?;
        let new = NewImport {
            file_name,
            sha256,
            mode: options.mode,
            dry_run: options.dry_run,
            expect_only: options.expect_only,
            state: ImportState::Running,
            source_file: None,
        };
        let id = imports::import_insert(tx.conn(), &new).await?;
        tx.commit(201, &()).await?;
        Ok(id)
    }

    async fn progress(&self, id: ImportId, done: i32) -> Result<(), Refusal> {
        let mut tx = self.shop.begin(&self.actor).await?;
        imports::import_progress(tx.conn(), id, self.rows, done).await?;
        tx.commit(200, &()).await
    }

    async fn fail(&self, id: ImportId, refusal: &Refusal) {
        let noted = async {
            let mut tx = self.shop.begin(&self.actor).await?;
            imports::import_fail(tx.conn(), id, &refusal.sentence()).await?;
            tx.commit(200, &()).await
        };
        if let Err(error) = noted.await {
            tracing::warn!(import = id.get(), %error, "that an import was given up could not be noted");
        }
    }
}

/// The same person, but not the same request: its idempotency key belongs to the one transaction of its effect.
pub(super) fn without_key(actor: &Actor) -> Actor {
    let mut actor = actor.clone();
    actor.request.idempotency = None;
    actor.request.if_match = None;
    actor
}

/// Looks at all rows of a file and receives nothing.
pub(super) async fn look(
    shop: &Shop,
    manifest: Manifest,
    options: &ManifestOptions,
) -> Result<Tally, Refusal> {
    let options = &completed(shop, options).await?;
    let record = Record {
        shop,
        actor: Actor::system(),
        rows: manifest.rows,
    };
    let mut work = Work {
        record: &record,
        id: ImportId::new(0),
        options,
        file_name: "",
        received_date: shop.today(),
        columns: manifest.columns.clone(),
        locations: HashMap::new(),
        models: HashMap::new(),
        currency: options.currency.as_ref().map(known_currency).transpose()?,
        lots: BTreeMap::new(),
        made_lots: Vec::new(),
        last_reason: String::new(),
        receiving: false,
    };
    let mut conn = shop.read().await?;
    work.prepare(&mut conn).await?;
    Ok(work.pass(&mut conn, manifest.file, false).await?.0)
}

/// An import at work.
struct Work<'a> {
    record: &'a Record<'a>,
    id: ImportId,
    options: &'a ManifestOptions,
    file_name: &'a str,
    received_date: NaiveDate,
    columns: Columns,
    /// By name in small letters.
    locations: HashMap<String, Location>,
    /// By [`catalog::model_key`].
    models: HashMap<String, ProductModelId>,
    /// What the costs are in, where the file does not say.
    currency: Option<&'static str>,
    /// The lots that rows went to so far.
    lots: BTreeMap<Batch, LotId>,
    /// Those of them that are new.
    made_lots: Vec<LotId>,
    last_reason: String,
    /// Devices are written, not only looked at.
    receiving: bool,
}

/// Rows that belong together: the lot's reference in the file, and the supplier in small letters.
type Batch = (Option<String>, Option<String>);

type ReadRow = (RawRow, Result<ParsedRow, Vec<RowError>>);

impl Work<'_> {
    async fn all(&mut self, tx: &mut Tx, manifest: Manifest) -> Result<Tally, Refusal> {
        if !self.options.dry_run {
            imports::imports_lock(tx.conn()).await?;
            // No model is made twice, here and by hand.
            db::catalog::models_guard(tx.conn()).await?;
        }
        self.prepare(tx.conn()).await?;
        let mut file = manifest.file;
        if self.options.dry_run || self.options.mode == ImportMode::AllOrNothing {
            let (tally, read) = self.pass(tx.conn(), file, true).await?;
            if self.options.dry_run || tally.rejected > 0 {
                return Ok(tally);
            }
            file = read;
        }
        self.receiving = true;
        Ok(self.pass(tx.conn(), file, true).await?.0)
    }

    /// Reads what all rows need.
    async fn prepare(&mut self, conn: &mut PgConnection) -> Result<(), Refusal> {
        for location in db::locations::locations_all(conn).await? {
            self.locations
                .insert(location.location_name.to_lowercase(), location);
        }
        self.models = db::catalog::models_by_key(conn).await?;
        for (model, id) in &self.options.models {
            let Some(id) = id else { continue };
            if let [brand, name, cpu, ram, storage] = model.split('|').collect::<Vec<_>>()[..] {
                let key = catalog::model_key(brand, name, Some(cpu), Some(ram), Some(storage));
                self.models.insert(key, *id);
            }
            self.models.insert(model.clone(), *id);
        }
        Ok(())
    }

    /// Goes through the file once, chunk by chunk, while another thread reads ahead.
    async fn pass(
        &mut self,
        conn: &mut PgConnection,
        file: ManifestFile,
        noted: bool,
    ) -> Result<(Tally, ManifestFile), Refusal> {
        let mut tally = Tally::new(&self.columns.header);
        let (mut chunks, reader) = read_ahead(file, self.columns.clone());
        let mut last_noted = Instant::now();
        while let Some(chunk) = chunks.recv().await {
            self.take(conn, chunk?, &mut tally).await?;
            if noted && last_noted.elapsed() > NOTED_EVERY {
                last_noted = Instant::now();
                self.record.progress(self.id, tally.rows).await?;
            }
        }
        tally.errors.sort_by_key(|error| error.row);
        let file = reader
            .await
            .map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok((tally, file))
    }

    async fn take(
        &mut self,
        conn: &mut PgConnection,
        chunk: Vec<ReadRow>,
        tally: &mut Tally,
    ) -> Result<(), Refusal> {
        tally.rows += i32::try_from(chunk.len()).expect("a chunk is small");
        let mut good: Vec<(RawRow, ParsedRow)> = Vec::with_capacity(chunk.len());
        for (raw, read) in chunk {
            match read {
                Ok(row) => good.push((raw, row)),
                Err(errors) => tally.reject(raw, errors),
            }
        }
        let known = known_devices(conn, &good).await?;
        let mut lots: BTreeMap<Batch, Vec<(RawRow, DeviceRow, ModelSpec)>> = BTreeMap::new();
        for (index, (raw, row)) in good.into_iter().enumerate() {
            let known = known.get(&index).map(Vec::as_slice).unwrap_or_default();
            let lot = row.lot.clone();
            match self.device(row, known, tally) {
                Ok((device, model)) => {
                    let supplier = device.supplier.as_ref().map(|name| name.to_lowercase());
                    lots.entry((lot, supplier))
                        .or_default()
                        .push((raw, device, model));
                }
                Err(errors) => tally.reject(raw, errors),
            }
        }
        for (lot, rows) in lots {
            self.receive(conn, lot, rows, tally).await?;
        }
        Ok(())
    }

    /// What is written of a row, or why it cannot be, in the face of what is there already.
    fn device(
        &self,
        row: ParsedRow,
        known: &[KnownDevice],
        tally: &mut Tally,
    ) -> Result<(DeviceRow, ModelSpec), Vec<RowError>> {
        let mut errors: Vec<RowError> = Vec::new();
        let mut refuse = |field, reason: String| errors.push(self.columns.error(row.row, field, reason));
        if let Some(device) = known.iter().find(|device| device.what == "serial_number") {
            tally.repeated += 1;
            let day = device.received_date.format("%-d %b %Y");
            refuse(
                Field::SerialNumber,
                format!("{RECEIVED_BEFORE} on {day}: it is {}.", device.asset_tag),
            );
        } else {
            if let Some(other) = known.iter().find(|device| device.what == "code") {
                let reason = format!(
                    "This is the tag or SKU of {}, and no serial number: write the one that its maker gave the device.",
                    other.asset_tag
                );
                refuse(Field::SerialNumber, reason);
            }
            for device in known.iter().filter(|device| device.what != "code") {
                let (field, name) = match device.what.as_str() {
                    "imei" => (Field::Imei, "IMEI"),
                    _ => (Field::AssetTag, "asset tag"),
                };
                refuse(
                    field,
                    format!(
                        "Another device, {}, has this {name} already: read it again.",
                        device.asset_tag
                    ),
                );
            }
        }
        let location_id = match &row.location {
            None => self.options.location_id,
            Some(name) => {
                let found = self.locations.get(&name.to_lowercase());
                let wrong = match found {
                    None => Some(format!(
                        "There is no location “{name}”: write one that there is, or leave it empty."
                    )),
                    Some(place) => crate::locations::not_by_hand(&place.location_name),
                };
                if let Some(reason) = wrong {
                    refuse(Field::Location, reason);
                }
                found.map(|place| place.id)
            }
        };
        let currency = row.currency.or(self.currency);
        let purchase_cost = match self.in_cedis(row.purchase_cost, currency, tally) {
            Ok(cost) => cost,
            Err(reason) => {
                refuse(Field::PurchaseCost, reason);
                None
            }
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let device = DeviceRow {
            serial_number: row.serial_number.into(),
            asset_tag: row.asset_tag.map(String::from),
            imei_1: row.imei.map(String::from),
            imei_2: row.imei2.map(String::from),
            product_model_id: ProductModelId::new(0),
            supplier: row.supplier.or_else(|| self.options.supplier.clone()),
            purchase_cost,
            invoiced_cost: row.purchase_cost,
            currency: currency.unwrap_or("GHS"),
            condition_grade: row.condition_grade.map(|grade| grade.as_str()),
            cosmetic_notes: row.cosmetic_notes,
            battery_health_percent: row.battery_health_percent,
            location_id,
        };
        Ok((device, row.model))
    }

    fn in_cedis(
        &self,
        cost: Option<Money>,
        currency: Option<&'static str>,
        tally: &mut Tally,
    ) -> Result<Option<Money>, String> {
        let (Some(cost), Some(currency)) = (cost, currency.filter(|code| *code != "GHS")) else {
            return Ok(cost);
        };
        let first = *tally.foreign.get_or_insert(currency);
        if first != currency {
            return Err(format!(
                "This cost is in {currency} and others are in {first}: put them into files of their own."
            ));
        }
        let Some(rate) = self.options.exchange_rate else {
            return Err(format!(
                "This cost is in {currency}: say how many cedis one {currency} was, and read the file again."
            ));
        };
        rate.in_cedis(cost)
            .map(Some)
            .map_err(|error| format!("In cedis this cost cannot be kept. {error}"))
    }

    /// Writes the devices of a lot, or counts them.
    async fn receive(
        &mut self,
        conn: &mut PgConnection,
        batch: Batch,
        rows: Vec<(RawRow, DeviceRow, ModelSpec)>,
        tally: &mut Tally,
    ) -> Result<(), Refusal> {
        let keys: Vec<String> = rows.iter().map(|(_, _, model)| model_key(model)).collect();
        let mut missing: Vec<ModelRow> = Vec::new();
        for (key, (_, _, model)) in keys.iter().zip(&rows) {
            if self.models.contains_key(key) {
                continue;
            }
            let (_, rows) = tally.new_models.entry(key.clone()).or_insert_with(|| {
                missing.push(model_row(model));
                (model.clone(), 0)
            });
            *rows += 1;
        }
        if !self.receiving {
            rows.into_iter().for_each(|(raw, ..)| tally.accept(raw));
            return Ok(());
        }
        if !missing.is_empty() {
            for model in imports::models_insert(conn, &missing, self.record.request()).await? {
                let (cpu, ram, storage) = (
                    model.cpu.as_deref(),
                    model.ram.as_deref(),
                    model.storage.as_deref(),
                );
                let key = catalog::model_key(&model.brand, &model.model_name, cpu, ram, storage);
                self.models.insert(key, model.id);
            }
        }
        let mut raws = Vec::with_capacity(rows.len());
        let (mut devices, mut specs) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for (key, (raw, device, model)) in keys.iter().zip(rows) {
            let missing = || Refusal::Internal(format!("the model {key} was recorded and is not there"));
            let product_model_id = *self.models.get(key).ok_or_else(missing)?;
            devices.push(DeviceRow {
                product_model_id,
                ..device
            });
            specs.push(model);
            raws.push(raw);
        }
        let first = devices.first().expect("a batch has rows");
        let lot_id = self.lot(conn, &batch, first).await?;
        let lines: Vec<LineValues> = devices
            .iter()
            .zip(&specs)
            .map(|(device, model)| line(device, model))
            .collect();
        if self.options.expect_only {
            db::lots::lines_insert(conn, lot_id, Some(self.id), &lines).await?;
            raws.into_iter().for_each(|raw| tally.accept(raw));
            return Ok(());
        }
        let reason = match &batch.0 {
            Some(lot) => format!("Received with {}, lot {lot}", self.file_name),
            None => format!("Received with {}", self.file_name),
        };
        if self.last_reason != reason {
            imports::reason_set(conn, &reason).await?;
            self.last_reason = reason;
        }
        let received: HashSet<String> = imports::devices_insert(
            conn,
            &devices,
            self.received_date,
            (lot_id, self.id),
            self.record.request(),
        )
        .await?
        .into_iter()
        .collect();
        db::lots::lines_insert(conn, lot_id, Some(self.id), &lines).await?;
        for (raw, device) in raws.into_iter().zip(&devices) {
            if received.contains(&device.serial_number) {
                tally.accept(raw);
            } else if self.options.mode == ImportMode::AllOrNothing {
                return Err(Refusal::conflict(
                    "received_meanwhile",
                    format!(
                        "Somebody received {} while this ran, so nothing was received. Try again.",
                        device.serial_number
                    ),
                ));
            } else {
                let reason =
                    "Somebody received this device, or gave its tag or IMEI to another, while this ran.";
                let errors = vec![self.columns.error(raw.number, Field::SerialNumber, reason)];
                tally.repeated += 1;
                tally.reject(raw, errors);
            }
        }
        Ok(())
    }
}

impl Work<'_> {
    /// The lot that rows belong to: the chosen one, the one with their reference, or a new one.
    async fn lot(
        &mut self,
        conn: &mut PgConnection,
        batch: &Batch,
        first: &DeviceRow,
    ) -> Result<LotId, Refusal> {
        if let Some(id) = self.options.lot_id {
            return Ok(id);
        }
        if let Some(id) = self.lots.get(batch) {
            return Ok(*id);
        }
        let reference = batch
            .0
            .clone()
            .or_else(|| self.options.supplier_reference.clone());
        let known = match &reference {
            Some(reference) => db::lots::lot_by_reference(conn, first.supplier.as_deref(), reference).await?,
            None => None,
        };
        let id = match known {
            Some(id) => id,
            None => {
                let currency: Currency = first
                    .currency
                    .parse()
                    .expect("the codes that files are read in are codes");
                let exchange_rate = match currency.is_cedi() {
                    true => ExchangeRate::ONE,
                    false => self.options.exchange_rate.unwrap_or(ExchangeRate::ONE),
                };
                let values = LotValues {
                    supplier: first.supplier.clone(),
                    supplier_reference: reference.map(|text| text.chars().take(100).collect()),
                    received_date: self.received_date,
                    currency,
                    exchange_rate,
                    charge_method: ChargeMethod::ByValue,
                    expected_count: None,
                    notes: None,
                };
                let id = db::lots::lot_insert(conn, &values).await?;
                self.made_lots.push(id);
                id
            }
        };
        self.lots.insert(batch.clone(), id);
        Ok(id)
    }
}

/// A device as the supplier's list names it.
fn line(device: &DeviceRow, model: &ModelSpec) -> LineValues {
    let specs = catalog::specs(
        model.cpu.as_deref(),
        model.ram.as_deref(),
        model.storage.as_deref(),
    );
    let mut name = catalog::title(&model.brand, &model.model_name);
    if !specs.is_empty() {
        name = format!("{name} · {specs}");
    }
    LineValues {
        serial_number: device.serial_number.clone(),
        model: name.chars().take(255).collect(),
        product_model_id: Some(device.product_model_id),
        invoiced_cost: device.invoiced_cost,
        purchase_cost: device.purchase_cost,
    }
}

async fn known_devices(
    conn: &mut PgConnection,
    rows: &[(RawRow, ParsedRow)],
) -> Result<HashMap<usize, Vec<KnownDevice>>, Refusal> {
    let serials: Vec<&str> = rows.iter().map(|(_, row)| row.serial_number.as_str()).collect();
    let imeis: Vec<_> = rows
        .iter()
        .map(|(_, row)| [&row.imei, &row.imei2].map(|imei| imei.as_ref().map(|imei| imei.as_str())))
        .collect();
    let tags: Vec<_> = rows
        .iter()
        .map(|(_, row)| row.asset_tag.as_ref().map(|tag| tag.as_str()))
        .collect();
    let mut known: HashMap<usize, Vec<KnownDevice>> = HashMap::new();
    for device in imports::devices_known(conn, &serials, &imeis, &tags).await? {
        known
            .entry(usize::try_from(device.index).unwrap_or(usize::MAX))
            .or_default()
            .push(device);
    }
    Ok(known)
}

fn model_key(model: &ModelSpec) -> String {
    let (cpu, ram, storage) = (
        model.cpu.as_deref(),
        model.ram.as_deref(),
        model.storage.as_deref(),
    );
    catalog::model_key(&model.brand, &model.model_name, cpu, ram, storage)
}

fn model_row(model: &ModelSpec) -> ModelRow {
    let ModelSpec {
        category,
        brand,
        model_name,
        cpu,
        ram,
        storage,
        screen_size,
        gpu,
        operating_system,
    } = model.clone();
    ModelRow {
        category: category.as_str(),
        brand,
        model_name,
        cpu,
        ram,
        storage,
        screen_size,
        gpu,
        operating_system,
    }
}

type Chunk = Result<Vec<ReadRow>, FileProblem>;

/// Reads a file's rows on a thread of its own, a little ahead of the database; the file comes back at the end.
fn read_ahead(mut file: ManifestFile, columns: Columns) -> (mpsc::Receiver<Chunk>, JoinHandle<ManifestFile>) {
    let (send, receive) = mpsc::channel(2);
    let reader = spawn_blocking(move || {
        if let Err(problem) = read_chunks(&mut file, columns, |chunk| send.blocking_send(Ok(chunk)).is_ok()) {
            // Nobody listens any more if the import was given up.
            let _ = send.blocking_send(Err(problem));
        }
        file
    });
    (receive, reader)
}

fn read_chunks(
    file: &mut ManifestFile,
    columns: Columns,
    mut give: impl FnMut(Vec<ReadRow>) -> bool,
) -> Result<(), FileProblem> {
    let mut reader = RowReader::new(columns);
    let mut chunk = Vec::with_capacity(CHUNK);
    for raw in file.rows()? {
        let raw = raw?;
        let read = reader.read(&raw);
        chunk.push((raw, read));
        if chunk.len() == CHUNK && !give(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))) {
            return Ok(());
        }
    }
    if !chunk.is_empty() {
        give(chunk);
    }
    Ok(())
}
