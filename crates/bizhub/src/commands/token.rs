//! `bizhub token`: access for programs.

use std::io::Write;

use app::accounts::console;
use app::accounts::credentials::NewToken;
use clap::{Args, Subcommand};

use super::user::with_shop;
use crate::config::{InstallationArgs, Settings};
use crate::failure::Failure;

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
    /// Days until it ends
    #[arg(long, default_value_t = 30, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=365))]
    pub days: i64,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Examples for the help of `token`.
pub const EXAMPLES: &str = "\
Example:
  bizhub token create ama --name 'stock label printer'
      Print a token that acts with ama's rights";

/// Makes a token and prints it, and nothing else, to standard output.
pub async fn create(settings: &Settings, args: CreateArgs) -> Result<(), Failure> {
    let name = args
        .name
        .parse()
        .map_err(|e: String| Failure::new(format!("--name: {e}")))?;
    let new = NewToken {
        name,
        expires_in_days: Some(args.days),
    };
    let username = args.username;
    let made = with_shop(settings, async |shop| {
        console::token_create(shop, &username, new).await
    })
    .await?;
    let token = made.token.ok_or_else(|| {
        Failure::new("the token was made but cannot be shown again: make another".to_owned())
    })?;
    writeln!(std::io::stdout().lock(), "{token}")?;
    Ok(())
}
