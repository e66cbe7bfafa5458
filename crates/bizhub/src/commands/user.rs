//! `bizhub user`: accounts from the command line, also when nobody can sign in any more.

use std::io::{BufRead, IsTerminal, Write};

use app::accounts::console::{self, ConsoleUser};
use app::{Refusal, Shop};
use clap::{Args, Subcommand};
use domain::Password;

use crate::config::{InstallationArgs, Settings};
use crate::database::Database;
use crate::failure::Failure;
use crate::shop;

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

/// Makes an account, after asking for its password.
pub async fn add(settings: &Settings, args: AddArgs) -> Result<(), Failure> {
    let wrong = |field: &str, sentence: String| Failure::new(format!("{field}: {sentence}"));
    let user = ConsoleUser {
        username: args
            .username
            .parse()
            .map_err(|e: domain::TextError| wrong("the user name", e.to_string()))?,
        email: match &args.email {
            Some(text) => Some(
                text.parse()
                    .map_err(|e: domain::TextError| wrong("--email", e.to_string()))?,
            ),
            None => None,
        },
        role: args
            .role
            .parse()
            .map_err(|e: domain::TextError| wrong("--role", e.to_string()))?,
        full_name: args.full_name.parse().map_err(|e: String| wrong("--name", e))?,
        phone: None,
    };
    let password = password(args.password_stdin)?;
    let made = with_shop(settings, async |shop| {
        console::user_add(shop, user, password).await
    })
    .await?;
    say(&format!(
        "{} ({}) may sign in and chooses a password then.",
        made.username, made.role
    ))
}

/// Sets a password.
pub async fn passwd(settings: &Settings, args: PasswdArgs) -> Result<(), Failure> {
    let password = password(args.password_stdin)?;
    let name = args.username;
    let user = with_shop(settings, async |shop| {
        console::user_set_password(shop, &name, password).await
    })
    .await?;
    say(&format!(
        "The password of {} is set; it is to be changed at the next sign-in.",
        user.username
    ))
}

/// Lists the accounts.
pub async fn list(settings: &Settings) -> Result<(), Failure> {
    let users = with_shop(settings, async |shop| console::user_list(shop).await).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<20} {:<11} {:<9} name", "user name", "role", "active")?;
    for user in users {
        let active = if user.is_active { "yes" } else { "no" };
        writeln!(
            out,
            "{:<20} {:<11} {active:<9} {}",
            user.username,
            user.role.as_str(),
            user.full_name
        )?;
    }
    Ok(())
}

/// Opens the shop for one use case, with its schema up to date.
pub(super) async fn with_shop<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Shop) -> Result<T, Refusal>,
) -> Result<T, Failure> {
    let database = Database::for_command(settings).await?;
    let done = async {
        shop::migrate(&database.urls().owner).await?;
        let shop = shop::open(settings, database.urls(), "http://127.0.0.1:8080").await?;
        let done = work(&shop).await;
        shop.close().await;
        Ok::<T, Failure>(done?)
    }
    .await;
    database.close().await;
    done
}

fn say(sentence: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{sentence}")?;
    Ok(())
}

/// Asks for a password twice without showing it, or reads one line of standard input.
fn password(from_stdin: bool) -> Result<Password, Failure> {
    let text = if from_stdin || !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line.trim_end_matches(['\n', '\r']).to_owned()
    } else {
        let first = rpassword::prompt_password("New password: ")?;
        if first != rpassword::prompt_password("The same again: ")? {
            return Err(Failure::new(
                "the two passwords are not the same: nothing was changed, try again".to_owned(),
            ));
        }
        first
    };
    text.parse()
        .map_err(|e: domain::user::PasswordRefused| Failure::new(e.to_string()))
}
