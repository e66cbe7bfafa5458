//! `bizhub seed`: a shop with a year of history to try things out in.

use clap::Args;

use crate::config::InstallationArgs;

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
