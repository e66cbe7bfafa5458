//! `bizhub db`: the way into the database for people and for other programs.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{InstallationArgs, Settings};
use crate::database::{Database, external};
use crate::failure::Failure;
use crate::private_postgres::{PrivatePostgres, Programs, Secrets, Urls};

/// What to do with the database.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the connection URL
    ///
    /// It holds the password. The address of BizHub's own database stays the same and answers while the server runs.
    #[command(after_help = "\
Examples:
  psql \"$(bizhub db url --role readonly)\" -c 'SELECT * FROM v_sales_daily'
      Ask the database something without being able to change it
  bizhub db url --data-dir /srv/bizhub
      Print the owner's URL of the database in /srv/bizhub")]
    Url(UrlArgs),
    /// Open psql on the database
    ///
    /// Starts BizHub's own database for as long as psql is open, if no server is running.
    #[command(after_help = "\
Examples:
  bizhub db psql
      Type SQL as the owner of the schema
  bizhub db psql --role readonly -- -c 'SELECT count(*) FROM assets'
      Run one statement; what follows -- goes to psql")]
    Psql(PsqlArgs),
}

/// The arguments of `db url`.
#[derive(Debug, Args)]
pub struct UrlArgs {
    /// Whose connection
    #[arg(long, value_enum, default_value_t = Role::Owner)]
    pub role: Role,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// The arguments of `db psql`.
#[derive(Debug, Args)]
pub struct PsqlArgs {
    /// Whose connection
    #[arg(long, value_enum, default_value_t = Role::Owner)]
    pub role: Role,
    /// Arguments for psql
    #[arg(last = true, value_name = "PSQL-ARGUMENT")]
    pub arguments: Vec<String>,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// The roles of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Owns the schema
    Owner,
    /// The application: cannot change the schema or what is append-only
    App,
    /// Can only read
    Readonly,
}

impl Role {
    fn of(self, urls: Urls) -> Result<String, Failure> {
        match self {
            Self::Owner => Ok(urls.owner),
            Self::App => Ok(urls.app),
            Self::Readonly => urls.readonly.ok_or_else(|| {
                Failure::new("the settings name no read-only URL for this database: ask whoever runs it for the password of bizhub_readonly")
            }),
        }
    }
}

/// Prints the URL of a role.
pub fn url(settings: &Settings, role: Role) -> Result<(), Failure> {
    let urls = match external(settings) {
        Some(urls) => urls,
        None => private_urls(settings)?,
    };
    writeln!(std::io::stdout(), "{}", role.of(urls)?)?;
    Ok(())
}

fn private_urls(settings: &Settings) -> Result<Urls, Failure> {
    let missing = || {
        Failure::new(format!(
            "there is no database in {} yet: make it with bizhub serve, or name the right folder with --data-dir",
            settings.data_dir.display()
        ))
    };
    let data_dir = std::fs::canonicalize(&settings.data_dir).map_err(|_| missing())?;
    let secrets = Secrets::read(&data_dir)?.ok_or_else(missing)?;
    let address = match PrivatePostgres::running(&data_dir) {
        Some(address) => address,
        None => {
            eprintln!("bizhub: the database is not running now; this address answers once bizhub serve runs");
            PrivatePostgres::expected(&settings.private_postgres(data_dir))?
        }
    };
    Ok(Urls::private(&address.loopback(), &secrets))
}

/// Opens psql and ends with its success.
pub async fn psql(settings: &Settings, args: &PsqlArgs) -> Result<(), Failure> {
    let program = psql_program(settings);
    let database = Database::for_command(settings).await?;
    let result = open_psql(program, &database, args).await;
    database.close().await;
    result
}

async fn open_psql(program: PathBuf, database: &Database, args: &PsqlArgs) -> Result<(), Failure> {
    let url = args.role.of(database.urls().clone())?;
    // Ctrl-C at psql's prompt is meant for psql alone.
    let _interrupts = signal(SignalKind::interrupt())?;
    let mut psql = tokio::process::Command::new(&program);
    // In the environment, not among the arguments, where every user of the machine could read the password.
    psql.env("PGDATABASE", "").args(&args.arguments);
    for (name, value) in connection_variables(&url)? {
        psql.env(name, value);
    }
    let status = psql.status().await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new(
            "psql is not installed on this machine: install it (apt-get install postgresql-client), or use bizhub db url with a tool of your own",
        ),
        _ => Failure::new(format!("{} could not be started: {error}", program.display())),
    })?;
    match status.code() {
        Some(0) => Ok(()),
        _ => Err(Failure::new(format!(
            "psql ended without success ({status}); what it said stands above"
        ))),
    }
}

fn connection_variables(url: &str) -> Result<Vec<(&'static str, String)>, Failure> {
    let options: sqlx::postgres::PgConnectOptions = url.parse()?;
    let password = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('@'))
        .and_then(|(user, _)| user.split_once(':'))
        .map(|(_, password)| percent_decoded(password));
    let host = options
        .get_socket()
        .map_or_else(|| options.get_host().to_owned(), |dir| dir.display().to_string());
    let mut variables = vec![
        ("PGHOST", host),
        ("PGPORT", options.get_port().to_string()),
        ("PGUSER", options.get_username().to_owned()),
        (
            "PGDATABASE",
            options
                .get_database()
                .unwrap_or(options.get_username())
                .to_owned(),
        ),
    ];
    variables.extend(
        options
            .get_options()
            .map(|options| ("PGOPTIONS", options.to_owned())),
    );
    variables.extend(password.map(|password| ("PGPASSWORD", password)));
    Ok(variables)
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The psql beside the server programs, if there is one, or whatever the search path has.
fn psql_program(settings: &Settings) -> PathBuf {
    let beside =
        Programs::find(settings.pg_bin_dir.as_deref(), None).map(|programs| programs.program("psql"));
    beside
        .ok()
        .filter(|psql| psql.is_file())
        .unwrap_or_else(|| PathBuf::from("psql"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn psql_is_given_the_connection_without_its_password_in_the_arguments() {
        let url = "postgresql://bizhub_app:a%2Fb@localhost:5433/bizhub?host=/srv/my%20shop/run&options=-c%20role%3Dx";
        let variables = connection_variables(url).expect("a URL");
        for expected in [
            ("PGHOST", "/srv/my shop/run"),
            ("PGPORT", "5433"),
            ("PGUSER", "bizhub_app"),
            ("PGDATABASE", "bizhub"),
            ("PGPASSWORD", "a/b"),
            ("PGOPTIONS", "-c role=x"),
        ] {
            assert!(
                variables
                    .iter()
                    .any(|(name, value)| (*name, value.as_str()) == expected),
                "{expected:?}: {variables:?}"
            );
        }
    }
}
