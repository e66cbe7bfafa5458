//! `bizhub user`: accounts from the command line, also when nobody can sign in any more.

use clap::{Args, Subcommand};

use crate::config::InstallationArgs;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an account; asks for its password
    #[command(after_help = "\
Example:
  bizhub user add ama --name 'Ama Mensah' --role Sales
      Make an account; the password is asked for, or read from standard input with --password-stdin")]
    Add(AddArgs),
    /// Set a new password; signs the account out everywhere
    #[command(after_help = "\
Example:
  bizhub user passwd ama
      Set a new password for ama, who must change it at the next sign-in")]
    Passwd(PasswdArgs),
    /// List the accounts
    #[command(after_help = "\
Example:
  bizhub user list
      List user names, roles and who is active")]
    List(ListArgs),
}

/// The arguments of `user add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The name to sign in with
    pub username: String,
    /// The person's full name
    #[arg(long = "name", value_name = "FULL-NAME")]
    pub full_name: String,
    /// The person's e-mail address
    #[arg(long)]
    pub email: Option<String>,
    /// Admin, Manager, Sales, Technician or Warehouse
    #[arg(long)]
    pub role: String,
    /// Read the password from standard input instead of asking for it
    #[arg(long)]
    pub password_stdin: bool,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// The arguments of `user passwd`.
#[derive(Debug, Args)]
pub struct PasswdArgs {
    /// The name to sign in with
    pub username: String,
    /// Read the password from standard input instead of asking for it
    #[arg(long)]
    pub password_stdin: bool,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// The arguments of `user list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Examples for the help of `user`.
pub const EXAMPLES: &str = "\
Example:
  bizhub user passwd admin
      Let the administrator in again";
