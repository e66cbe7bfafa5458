//! `bizhub import`: what suppliers send.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use app::imports::{self, Field, Import, ImportMode, ManifestOptions};
use app::{Actor, Shop};
use clap::{Args, Subcommand};

use crate::config::{InstallationArgs, Settings};
use crate::database::Database;
use crate::failure::Failure;
use crate::shop;

/// What to import.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import a supplier's manifest of devices (CSV or XLSX)
    ///
    /// Says of each row that is not received why, on standard output. A device that was received already is never received
    /// again, so the same file may be imported as often as one likes.
    #[command(after_help = MANIFEST_EXAMPLES)]
    Manifest(ManifestArgs),
    /// Import a list of phones' type allocation codes (CSV), which tell brand and model by the IMEI
    ///
    /// The list has the columns tac, name (brand) and name (model), as the Osmocom TAC database has. Codes that are known get
    /// the names of the list; none is taken away.
    #[command(after_help = TAC_EXAMPLES)]
    Tac(TacArgs),
}

/// The arguments of `import tac`.
#[derive(Debug, Args)]
pub struct TacArgs {
    /// The file
    pub file: PathBuf,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Imports type allocation codes.
pub async fn tac(settings: &Settings, args: &TacArgs) -> Result<(), Failure> {
    if let Err(error) = std::fs::metadata(&args.file) {
        return Err(Failure::new(format!(
            "{} cannot be read ({error}): check its name and try again.",
            args.file.display()
        )));
    }
    let database = Database::for_command(settings).await?;
    let done = import_tac(settings, args, &database).await;
    database.close().await;
    done
}

async fn import_tac(settings: &Settings, args: &TacArgs, database: &Database) -> Result<(), Failure> {
    shop::migrate(&database.urls().owner).await?;
    let shop = shop::open(settings, database.urls(), "http://127.0.0.1").await?;
    let imported = app::tac::import(&shop, &Actor::system(), &args.file).await;
    shop.close().await;
    let done = imported.map_err(|refusal| Failure::new(refusal.sentence()))?;
    let mut out = std::io::stdout().lock();
    let words = format!(
        "{} rows: {} new codes, {} renamed, {} left out.",
        done.rows, done.added, done.changed, done.left_out
    );
    writeln!(out, "{words}")
        .map_err(|error| Failure::new(format!("the outcome could not be written: {error}")))
}

/// The arguments of `import manifest`.
#[derive(Debug, Args)]
pub struct ManifestArgs {
    /// The file
    pub file: PathBuf,
    /// Check everything and say what would happen, but change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Import the good rows even if others are wrong [default: all rows or none]
    #[arg(long)]
    pub good_rows_only: bool,
    /// What a column means where the guess is wrong, like "Ser. nr.=serial_number"; nothing behind the = sets it aside
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = column)]
    pub column: Vec<(String, Option<Field>)>,
    /// Which model of the catalogue one of the file is that is spelled otherwise, like
    /// "HP|EliteBook 840 G7|i5-10310U|16GB|512GB=12"
    #[arg(long, value_name = "MODEL=ID", value_parser = model)]
    pub model: Vec<(String, domain::ProductModelId)>,
    /// Who sold the devices, where a row does not say
    #[arg(long)]
    pub supplier: Option<String>,
    /// Cedis for one of the currency that the costs are in, if that is another, like 15.55
    #[arg(long, value_name = "CEDIS", value_parser = exchange_rate)]
    pub exchange_rate: Option<domain::ExchangeRate>,
    /// What the costs are in, where the file does not say, like USD
    #[arg(long, value_name = "CODE")]
    pub currency: Option<domain::Currency>,
    /// The supplier's number for the lot; the lot that has it is used, or one is made
    #[arg(long, value_name = "REFERENCE")]
    pub reference: Option<String>,
    /// The number of a lot that is recorded, like 12 for the page /lots/12
    #[arg(long, value_name = "ID", conflicts_with = "reference")]
    pub lot: Option<domain::LotId>,
    /// The day on which the devices came in, like 2026-01-31 [default: today]
    #[arg(long, value_name = "DAY")]
    pub received: Option<chrono::NaiveDate>,
    /// Receive nothing: note what the supplier says will come, to be scanned in later
    #[arg(long)]
    pub expect_only: bool,
    /// Write the rows that are wrong into this CSV file, to be mended and imported again
    #[arg(long, value_name = "FILE")]
    pub rejected: Option<PathBuf>,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Examples for the help of `import`.
pub const EXAMPLES: &str = "\
Example:
  bizhub import manifest lot-2025-11.csv
      Receive every device of a lot";

const TAC_EXAMPLES: &str = "\
Example:
  bizhub import tac tacdb.csv
      Brand and model are suggested when a phone's IMEI is scanned";

const MANIFEST_EXAMPLES: &str = "\
Examples:
  bizhub import manifest lot-2025-11.csv --dry-run
      See what would be imported and which rows are wrong
  bizhub import manifest lot-2025-11.xlsx --good-rows-only --rejected mend.csv
      Import what is right, list the rest and keep it in mend.csv
  bizhub import manifest lot-2025-11.csv --supplier Retek --reference RT-4471 --currency USD --exchange-rate 15.55
      Import a lot that was paid in dollars";

fn column(text: &str) -> Result<(String, Option<Field>), String> {
    let (column, key) = text
        .rsplit_once('=')
        .ok_or("write the column's name, = and the field")?;
    let fields = || domain::text::one_of(&Field::ALL.map(Field::key));
    let field = match key.trim() {
        "" => None,
        key => {
            Some(Field::from_key(key).ok_or_else(|| format!("there is no field {key}: use {}", fields()))?)
        }
    };
    Ok((column.trim().to_owned(), field))
}

fn model(text: &str) -> Result<(String, domain::ProductModelId), String> {
    let (model, id) = text
        .rsplit_once('=')
        .ok_or("write brand|name|processor|memory|disk, = and the number of the model")?;
    let id = id
        .trim()
        .parse()
        .map_err(|_| format!("{id} is no number of a model"))?;
    Ok((model.trim().to_owned(), id))
}

fn exchange_rate(text: &str) -> Result<domain::ExchangeRate, String> {
    ManifestOptions::parse_exchange_rate(text).map_err(|refusal| refusal.sentence())
}

/// Imports a manifest.
pub async fn manifest(settings: &Settings, args: &ManifestArgs) -> Result<(), Failure> {
    // What is wrong with the file needs no database.
    if let Err(error) = std::fs::metadata(&args.file) {
        return Err(Failure::new(format!(
            "{} cannot be read ({error}): check its name and try again.",
            args.file.display()
        )));
    }
    let database = Database::for_command(settings).await?;
    let done = import(settings, args, &database).await;
    database.close().await;
    done
}

async fn import(settings: &Settings, args: &ManifestArgs, database: &Database) -> Result<(), Failure> {
    shop::migrate(&database.urls().owner).await?;
    let shop = shop::open(settings, database.urls(), "http://127.0.0.1").await?;
    let options = ManifestOptions {
        mode: if args.good_rows_only {
            ImportMode::GoodRows
        } else {
            ImportMode::AllOrNothing
        },
        dry_run: args.dry_run,
        columns: args.column.clone(),
        models: (args.model.iter())
            .map(|(model, id)| (model.clone(), Some(*id)))
            .collect(),
        supplier: args.supplier.clone(),
        exchange_rate: args.exchange_rate,
        currency: args.currency.clone(),
        supplier_reference: args.reference.clone(),
        lot_id: args.lot,
        received_date: args.received,
        expect_only: args.expect_only,
        ..ManifestOptions::default()
    };
    let name = args
        .file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let begun = Instant::now();
    let imported = imports::import_manifest(&shop, &Actor::system(), &args.file, &name, &options).await;
    let told = match imported {
        Ok(import) => tell(&shop, args, &import, begun.elapsed()).await,
        Err(refusal) => Err(Failure::new(refusal.sentence())),
    };
    shop.close().await;
    told
}

async fn tell(shop: &Shop, args: &ManifestArgs, import: &Import, took: Duration) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for error in import.errors.iter() {
        writeln!(out, "row {}, {}: {}", error.row, error.column, error.reason)?;
    }
    if let Some(file) = &args.rejected
        && import.rejected > 0
    {
        std::fs::write(file, imports::rejected_file(shop, import.id).await?)?;
    }
    let Import {
        rows,
        accepted,
        rejected,
        ..
    } = import;
    let before = imports::received_before(import);
    let before = if before > 0 {
        format!(" ({before} of them received before)")
    } else {
        String::new()
    };
    if import.dry_run {
        writeln!(
            out,
            "{rows} rows: {accepted} are good, {rejected} are not{before}. Nothing was received, as you asked."
        )?;
    } else if *rejected > 0 && import.mode == ImportMode::AllOrNothing {
        return Err(Failure::new(format!(
            "nothing was received, because {rejected} of {rows} rows are not good{before}: mend them, or receive the others with --good-rows-only"
        )));
    } else {
        let what = if import.expect_only {
            "expected"
        } else {
            "received"
        };
        writeln!(
            out,
            "{rows} rows: {accepted} devices {what}, {rejected} rows were not{before}, in {took:.1?}."
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_by_name_and_field() {
        assert_eq!(
            column("Ser. nr.=serial_number"),
            Ok(("Ser. nr.".into(), Some(Field::SerialNumber)))
        );
        assert_eq!(column("a=b = brand"), Ok(("a=b".into(), Some(Field::Brand))));
        assert_eq!(column("Price="), Ok(("Price".into(), None)));
        assert!(column("Price").is_err());
        assert!(
            column("Price=colour")
                .unwrap_err()
                .contains("there is no field colour: use serial_number,")
        );
        assert!(exchange_rate("0").is_err() && exchange_rate("x").is_err() && exchange_rate("15.55").is_ok());
    }
}
