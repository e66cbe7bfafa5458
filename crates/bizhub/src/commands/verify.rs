//! `bizhub verify`: whether the books hold together.

use std::io::Write;
use std::str::FromStr;

use clap::Args;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::config::{InstallationArgs, Settings};
use crate::database::Database;
use crate::failure::Failure;

/// The arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Examples for the command's help.
pub const EXAMPLES: &str = "\
Examples:
  bizhub verify
      Check the books of ./bizhub-data, while the shop goes on selling or not
  bizhub verify --data-dir /srv/bizhub
      The same of the shop in /srv/bizhub; ends with 1 if something does not hold";

/// Asks every invariant, prints those that are broken, and fails if there are any.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let database = Database::for_command(settings).await?;
    let found = look(&database).await;
    database.close().await;
    let broken = found?;
    let mut out = std::io::stdout().lock();
    for one in &broken {
        writeln!(out, "{one}")?;
    }
    match broken.len() {
        0 => writeln!(out, "{} invariants hold", app::verify::invariants())?,
        1 => {
            return Err(Failure::new(
                "one invariant of the books is broken: keep a copy of the data, and report what the line above says",
            ));
        }
        n => {
            return Err(Failure::new(format!(
                "{n} invariants of the books are broken: keep a copy of the data, and report what the lines above say"
            )));
        }
    }
    Ok(())
}

async fn look(database: &Database) -> Result<Vec<app::verify::Broken>, Failure> {
    // Reading a large shop's books whole takes seconds, which is no news.
    let options = PgConnectOptions::from_str(&database.urls().owner)?.disable_statement_logging();
    let mut conn = options.connect().await.map_err(|error| {
        Failure::new(format!("the database cannot be reached as its owner ({error}): check the database URL and that its server runs"))
    })?;
    if !db::is_migrated(&mut conn).await.unwrap_or(false) {
        return Err(Failure::new(
            "the database does not have the schema of this version: run bizhub migrate first",
        ));
    }
    let broken = app::verify::verify(&mut conn).await?;
    conn.close().await?;
    Ok(broken)
}
