//! `bizhub token`: access for programs.

use clap::{Args, Subcommand};

use crate::config::InstallationArgs;

/// What to do with API tokens.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an API token and print it, this once
    #[command(after_help = "\
Example:
  bizhub token create ama --name 'stock label printer'
      Print a token that acts with ama's rights")]
    Create(CreateArgs),
}

/// The arguments of `token create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The account whose rights it has
    pub username: String,
    /// What it is for, so that it can be recognised and revoked
    #[arg(long)]
    pub name: String,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Examples for the help of `token`.
pub const EXAMPLES: &str = "\
Example:
  bizhub token create ama --name 'stock label printer'
      Print a token that acts with ama's rights";
