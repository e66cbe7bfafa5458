//! `bizhub seed`: a shop with a year of history to try things out in.

use std::io::Write;

use app::demo;
use clap::Args;

use crate::config::{InstallationArgs, Settings};
use crate::database::Database;
use crate::failure::Failure;
use crate::shop;

/// The arguments of `seed`.
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// Make the demonstration data
    #[arg(long, required = true)]
    pub demo: bool,
    /// So many times as much of it
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub scale: u32,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Examples for the command's help.
pub const EXAMPLES: &str = "\
Examples:
  bizhub seed --demo
      Fill an empty shop with devices, customers and sales to try things out
  bizhub seed --demo --scale 10
      Ten times as much of them";

/// Migrates and fills the shop, and prints what it made and who may sign in.
pub async fn run(settings: &Settings, scale: u32) -> Result<(), Failure> {
    let database = Database::for_command(settings).await?;
    let made = fill(settings, &database, scale).await;
    database.close().await;
    let made = made?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Made {} customers, {} product models, {} devices, {} items and {} invoices.",
        made.customers, made.product_models, made.devices, made.items, made.invoices
    )?;
    if !made.new_users.is_empty() {
        writeln!(out, "Sign in with the password {} as:", demo::PASSWORD)?;
    }
    for (username, role, full_name, _) in demo::STAFF {
        if made.new_users.iter().any(|new| new == username) {
            writeln!(out, "  {username:<6} {full_name} ({role})")?;
        }
    }
    Ok(())
}

async fn fill(settings: &Settings, database: &Database, scale: u32) -> Result<demo::Summary, Failure> {
    shop::migrate(&database.urls().owner).await?;
    let shop = shop::open(settings, database.urls(), "http://127.0.0.1:8080").await?;
    let made = demo::seed(&shop, scale).await;
    shop.close().await;
    Ok(made?)
}
