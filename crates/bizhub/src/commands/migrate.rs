//! `bizhub migrate`: the schema brought up to date.

use std::io::Write;

use clap::Args;

use crate::config::{InstallationArgs, Settings};
use crate::database::Database;
use crate::failure::Failure;
use crate::shop;

/// The arguments of `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Migrates as the owner.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let database = Database::for_command(settings).await?;
    let result = shop::migrate(&database.urls().owner).await;
    database.close().await;
    let was_empty = result?;
    let sentence = if was_empty {
        "The database is set up."
    } else {
        "The schema is up to date."
    };
    writeln!(std::io::stdout(), "{sentence}")?;
    Ok(())
}
