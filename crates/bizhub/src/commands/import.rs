//! `bizhub import`: what suppliers send.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::config::InstallationArgs;

/// What to import.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import a supplier's manifest of devices (CSV or XLSX)
    #[command(after_help = MANIFEST_EXAMPLES)]
    Manifest(ManifestArgs),
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
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Examples for the help of `import`.
pub const EXAMPLES: &str = "\
Example:
  bizhub import manifest lot-2025-11.csv
      Receive every device of a lot";

const MANIFEST_EXAMPLES: &str = "\
Examples:
  bizhub import manifest lot-2025-11.csv --dry-run
      See what would be imported and which rows are wrong
  bizhub import manifest lot-2025-11.xlsx --good-rows-only
      Import what is right and list the rest";
