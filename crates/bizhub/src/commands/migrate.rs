//! `bizhub migrate`: the schema brought up to date.

use clap::Args;

use crate::config::{InstallationArgs, Settings};
use crate::database::Database;
use crate::failure::Failure;

/// The arguments of `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Examples for the command's help.
pub const EXAMPLES: &str = "\
Example:
  bizhub migrate --data-dir /srv/bizhub
      Bring the schema in /srv/bizhub up to date without serving; serve does it by itself";

/// Runs `migrate` with the owner's URL.
pub async fn run<E: std::error::Error>(
    settings: &Settings,
    migrate: impl AsyncFnOnce(&str) -> Result<(), E>,
) -> Result<(), Failure> {
    let database = Database::for_command(settings).await?;
    let result = migrate(&database.urls().owner).await;
    database.close().await;
    Ok(result?)
}
