//! The command line.

use clap::{Parser, Subcommand};

use crate::commands::{db, doctor, import, migrate, openapi, seed, token, user, verify};
use crate::config::{InstallationArgs, ServerArgs, Settings};
use crate::failure::Failure;
use crate::{serve, shop, telemetry};

/// BizHub: buying, testing, selling and looking after refurbished devices
///
/// Every setting is a flag, an environment variable BIZHUB_… and a key of bizhub.toml in the data folder (named like
/// the flag, with _ for -), in that order of precedence.
#[derive(Debug, Parser)]
#[command(
    name = "bizhub",
    version,
    propagate_version = true,
    after_help = "\
Examples:
  bizhub serve
      Open the shop: keeps its own database and serves http://127.0.0.1:8080
  bizhub doctor
      Check the installation and say how to mend what is wrong with it"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the web pages and the API
    ///
    /// Brings the database's schema up to date and serves until it is told to stop (Ctrl-C or SIGTERM). Without a
    /// database URL it makes, starts, supervises and stops a PostgreSQL cluster of its own in the data folder; started
    /// by root, that cluster runs as the account postgres. Prints one line with the address when it is ready.
    #[command(after_help = "\
Examples:
  bizhub serve
      Serve http://127.0.0.1:8080 with a database of its own
  bizhub serve --listen 0.0.0.0:8080 --data-dir /srv/bizhub
      Serve the whole network, with the data in /srv/bizhub
  BIZHUB_DATABASE_URL=postgresql://bizhub:secret@db/bizhub bizhub serve
      Use a database that somebody else runs")]
    Serve(ServeArgs),
    /// Bring the database's schema up to date
    ///
    /// serve does it by itself; this is for updating without opening the shop. Needs no server to be running.
    #[command(after_help = "\
Example:
  bizhub migrate --data-dir /srv/bizhub
      Bring the schema in /srv/bizhub up to date without serving")]
    Migrate(migrate::MigrateArgs),
    /// The database itself
    #[command(after_help = "\
Example:
  bizhub db url --role readonly
      Print the URL for a reporting tool")]
    Db {
        /// What to do with it.
        #[command(subcommand)]
        command: db::Command,
    },
    /// Import what suppliers send
    #[command(after_help = import::EXAMPLES)]
    Import {
        /// What to import.
        #[command(subcommand)]
        command: import::Command,
    },
    /// Fill an empty shop with demonstration data: a year of history to try things out in
    #[command(after_help = seed::EXAMPLES)]
    Seed(seed::SeedArgs),
    /// Accounts
    #[command(after_help = user::EXAMPLES)]
    User {
        /// What to do with them.
        #[command(subcommand)]
        command: user::Command,
    },
    /// Access for programs
    #[command(after_help = token::EXAMPLES)]
    Token {
        /// What to do with it.
        #[command(subcommand)]
        command: token::Command,
    },
    /// Check everything that could be wrong with an installation, and say how to mend it
    #[command(after_help = "\
Example:
  bizhub doctor --data-dir /srv/bizhub
      Check the installation whose data is in /srv/bizhub; ends with 1 if something must be mended")]
    Doctor(doctor::DoctorArgs),
    /// Check that the books hold together: money, goods, movements, warranties, numbers
    ///
    /// Asks the database for everything that breaks one of the invariants of the books, and prints each broken one as a
    /// sentence with the offending numbers. Works while the server runs.
    #[command(after_help = verify::EXAMPLES)]
    Verify(verify::VerifyArgs),
    /// Print the OpenAPI document of the API
    #[command(after_help = "\
Example:
  bizhub openapi > openapi.json
      Keep the description of the API for a client generator")]
    Openapi,
}

/// The arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// How it works.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Runs a command to its end.
pub fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Serve(args) => {
            let settings = begin(args.installation, args.server, "info,sqlx=warn")?;
            block_on(serve::run(settings, shop::open_and_serve))
        }
        Command::Migrate(args) => {
            let settings = begin(args.installation, ServerArgs::default(), "warn")?;
            block_on(migrate::run(&settings))
        }
        Command::Openapi => openapi::run(),
        Command::User {
            command: user::Command::Add(args),
        } => {
            let settings = begin(args.installation.clone(), ServerArgs::default(), "warn")?;
            block_on(user::add(&settings, args))
        }
        Command::User {
            command: user::Command::Passwd(args),
        } => {
            let settings = begin(args.installation.clone(), ServerArgs::default(), "warn")?;
            block_on(user::passwd(&settings, args))
        }
        Command::User {
            command: user::Command::List(args),
        } => {
            let settings = begin(args.installation, ServerArgs::default(), "warn")?;
            block_on(user::list(&settings))
        }
        Command::Token {
            command: token::Command::Create(args),
        } => {
            let settings = begin(args.installation.clone(), ServerArgs::default(), "warn")?;
            block_on(token::create(&settings, args))
        }
        Command::Seed(args) => {
            let settings = begin(args.installation, ServerArgs::default(), "warn")?;
            block_on(seed::run(&settings, args.scale))
        }
        Command::Db {
            command: db::Command::Url(args),
        } => {
            let settings = begin(args.installation.clone(), ServerArgs::default(), "warn")?;
            db::url(&settings, args.role)
        }
        Command::Db {
            command: db::Command::Psql(args),
        } => {
            let settings = begin(args.installation.clone(), ServerArgs::default(), "warn")?;
            block_on(db::psql(&settings, &args))
        }
        Command::Import {
            command: import::Command::Manifest(args),
        } => {
            let settings = begin(args.installation.clone(), ServerArgs::default(), "warn")?;
            block_on(import::manifest(&settings, &args))
        }
        Command::Import {
            command: import::Command::Tac(args),
        } => {
            let settings = begin(args.installation.clone(), ServerArgs::default(), "warn")?;
            block_on(import::tac(&settings, &args))
        }
        Command::Doctor(args) => {
            let settings = begin(args.installation, args.server, "error")?;
            block_on(doctor::run(&settings))
        }
        Command::Verify(args) => {
            let settings = begin(args.installation, ServerArgs::default(), "warn")?;
            block_on(verify::run(&settings))
        }
    }
}

/// Settles the settings and begins the log.
fn begin(installation: InstallationArgs, server: ServerArgs, log: &str) -> Result<Settings, Failure> {
    let settings = Settings::resolve(installation, server)?;
    telemetry::begin(settings.log.as_deref().unwrap_or(log), settings.log_format)?;
    Ok(settings)
}

fn block_on(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn commands(of: &clap::Command, path: &str, found: &mut Vec<(String, clap::Command)>) {
        for command in of
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
        {
            let path = format!("{path} {}", command.get_name());
            found.push((path.clone(), command.clone()));
            commands(command, &path, found);
        }
    }

    #[test]
    fn every_command_explains_itself_with_an_example() {
        let mut cli = Cli::command();
        cli.build();
        cli.clone().debug_assert();
        let mut found = vec![("bizhub".to_owned(), cli.clone())];
        commands(&cli, "bizhub", &mut found);
        assert!(found.len() > 4);
        for (path, mut command) in found {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Example"), "{path} has no example");
            assert!(
                help.contains("  bizhub ") || help.contains(" bizhub serve"),
                "{path}: {help}"
            );
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{path}: {} is not explained",
                    argument.get_id()
                );
            }
        }
    }
}
