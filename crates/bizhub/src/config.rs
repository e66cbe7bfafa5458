//! The settings: each is a flag, an environment variable `BIZHUB_…` and a key of `bizhub.toml`, in that order.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use clap::{Args, ValueEnum};
use nix::unistd::Uid;
use serde::Deserialize;

use crate::private_postgres;

/// Where the shop's data is: for every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Installation")]
pub struct InstallationArgs {
    /// Read settings from this file instead of bizhub.toml in the data folder
    #[arg(long, env = "BIZHUB_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of BizHub's own database [default: ~/.local/share/bizhub, for root /var/lib/bizhub]
    #[arg(long, env = "BIZHUB_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Use this PostgreSQL database, as its owner, instead of one of BizHub's own
    #[arg(long, env = "BIZHUB_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Connect the application with this URL [default: the database URL, as role bizhub_app]
    #[arg(
        long,
        env = "BIZHUB_APP_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub app_database_url: Option<String>,
    /// Folder of PostgreSQL's server programs [default: found by itself]
    #[arg(long, env = "BIZHUB_PG_BIN_DIR", value_name = "DIR")]
    pub pg_bin_dir: Option<PathBuf>,
    /// Port of BizHub's own database on 127.0.0.1 [default: a free one, always the same for a data folder]
    #[arg(long, env = "BIZHUB_PG_PORT", value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub pg_port: Option<u16>,
    /// The shop's time zone [default: Africa/Accra]
    #[arg(long, env = "BIZHUB_TIME_ZONE", value_name = "ZONE", value_parser = time_zone)]
    pub time_zone: Option<Tz>,
    /// What to log: error, warn, info, debug, or a filter such as info,sqlx=debug [default: warn, for serve info]
    #[arg(long, env = "BIZHUB_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How to write the log [default: text]
    #[arg(long, env = "BIZHUB_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// How the server works: for `serve`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerArgs {
    /// Address and port of the web pages and the API [default: 127.0.0.1:8080]
    #[arg(long, env = "BIZHUB_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The address under which browsers reach BizHub, if a proxy stands in between
    #[arg(long, env = "BIZHUB_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Most connections to the database [default: 20]
    #[arg(long, env = "BIZHUB_POOL_MAX", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub pool_max: Option<u32>,
    /// Connections to the database that are kept open [default: 5]
    #[arg(long, env = "BIZHUB_POOL_MIN", value_name = "N")]
    pub pool_min: Option<u32>,
    /// Longest wait for a connection [default: 30]
    #[arg(long, env = "BIZHUB_POOL_ACQUIRE_SECONDS", value_name = "SECONDS")]
    pub pool_acquire_seconds: Option<u64>,
    /// Close a connection that nobody has used for so long [default: 10]
    #[arg(long, env = "BIZHUB_POOL_IDLE_SECONDS", value_name = "SECONDS")]
    pub pool_idle_seconds: Option<u64>,
    /// Longest time for one request [default: 60]
    #[arg(long, env = "BIZHUB_REQUEST_TIMEOUT_SECONDS", value_name = "SECONDS")]
    pub request_timeout_seconds: Option<u64>,
    /// Largest body of a request [default: 1024]
    #[arg(long, env = "BIZHUB_BODY_LIMIT_KIB", value_name = "KIB")]
    pub body_limit_kib: Option<usize>,
    /// Largest uploaded file [default: 50]
    #[arg(long, env = "BIZHUB_UPLOAD_LIMIT_MIB", value_name = "MIB")]
    pub upload_limit_mib: Option<usize>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// The keys of `bizhub.toml`, named like the flags.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    app_database_url: Option<String>,
    pg_bin_dir: Option<PathBuf>,
    pg_port: Option<u16>,
    time_zone: Option<String>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    public_url: Option<String>,
    pool_max: Option<u32>,
    pool_min: Option<u32>,
    pool_acquire_seconds: Option<u64>,
    pool_idle_seconds: Option<u64>,
    request_timeout_seconds: Option<u64>,
    body_limit_kib: Option<usize>,
    upload_limit_mib: Option<usize>,
}

/// All settings as they hold.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file that was read, if there is one.
    pub config_file: Option<PathBuf>,
    /// The data folder, not yet made.
    pub data_dir: PathBuf,
    /// An external database, as its owner.
    pub database_url: Option<String>,
    /// The application's own way into it.
    pub app_database_url: Option<String>,
    /// Where the server programs are.
    pub pg_bin_dir: Option<PathBuf>,
    /// The private database's port.
    pub pg_port: Option<u16>,
    /// The shop's time zone.
    pub time_zone: Tz,
    /// What to log.
    pub log: Option<String>,
    /// How to log.
    pub log_format: LogFormat,
    /// Where the web server listens.
    pub listen: SocketAddr,
    /// Where browsers reach it.
    pub public_url: Option<String>,
    /// The application's connections.
    pub pool: PoolSettings,
    /// What one request may cost.
    pub limits: Limits,
}

/// The application's connections to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSettings {
    /// Most at once.
    pub max: u32,
    /// Kept open.
    pub min: u32,
    /// Longest wait for one.
    pub acquire: Duration,
    /// Unused ones are closed after this.
    pub idle: Duration,
}

/// What one request may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest time.
    pub request_timeout: Duration,
    /// Largest body.
    pub body_bytes: usize,
    /// Largest uploaded file.
    pub upload_bytes: usize,
}

/// Why the settings do not hold.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's sentence says it")]
pub enum ConfigError {
    #[error("the settings file {} cannot be read ({error}): check its path and its permissions", path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("the settings file {} is not right: {message}", path.display())]
    Invalid { path: PathBuf, message: String },
    #[error("there is no home folder to keep the data in: choose a folder with --data-dir")]
    NoHome,
    #[error("pool_min ({min}) is larger than pool_max ({max}): lower the one or raise the other")]
    PoolSizes { min: u32, max: u32 },
    #[error(
        "{0} is not the address of a PostgreSQL database: it looks like postgresql://user:password@host/database"
    )]
    NotAUrl(&'static str),
    #[error("{0}")]
    TimeZone(String),
}

impl Settings {
    /// Brings flags, environment and file together.
    pub fn resolve(installation: InstallationArgs, server: ServerArgs) -> Result<Self, ConfigError> {
        let default_dir = default_data_dir();
        let chosen_dir = installation
            .data_dir
            .clone()
            .filter(|dir| !dir.as_os_str().is_empty());
        let (config_file, file) = match &installation.config {
            Some(path) => (
                Some(path.clone()),
                read(path)?.ok_or_else(|| ConfigError::Unreadable {
                    path: path.clone(),
                    error: ErrorKind::NotFound.into(),
                })?,
            ),
            None => match chosen_dir.as_ref().or(default_dir.as_ref()) {
                Some(dir) => {
                    let path = dir.join("bizhub.toml");
                    let file = read(&path)?;
                    (file.is_some().then_some(path), file.unwrap_or_default())
                }
                None => (None, File::default()),
            },
        };
        // A relative folder in the file is meant relative to the file.
        let beside_file = |dir: PathBuf| {
            config_file
                .as_deref()
                .and_then(Path::parent)
                .map_or(dir.clone(), |at| at.join(&dir))
        };
        let data_dir = chosen_dir
            .or(file.data_dir.map(beside_file))
            .or(default_dir)
            .ok_or(ConfigError::NoHome)?;
        let pool = PoolSettings {
            max: server.pool_max.or(file.pool_max).unwrap_or(20),
            min: server.pool_min.or(file.pool_min).unwrap_or(5),
            acquire: Duration::from_secs(
                server
                    .pool_acquire_seconds
                    .or(file.pool_acquire_seconds)
                    .unwrap_or(30),
            ),
            idle: Duration::from_secs(server.pool_idle_seconds.or(file.pool_idle_seconds).unwrap_or(10)),
        };
        if pool.min > pool.max {
            return Err(ConfigError::PoolSizes {
                min: pool.min,
                max: pool.max,
            });
        }
        let file_zone = file
            .time_zone
            .as_deref()
            .map(time_zone)
            .transpose()
            .map_err(ConfigError::TimeZone)?;
        let request_timeout = server
            .request_timeout_seconds
            .or(file.request_timeout_seconds)
            .unwrap_or(60);
        Ok(Self {
            data_dir,
            database_url: database_url("database_url", installation.database_url.or(file.database_url))?,
            app_database_url: database_url(
                "app_database_url",
                installation.app_database_url.or(file.app_database_url),
            )?,
            pg_bin_dir: installation.pg_bin_dir.or(file.pg_bin_dir),
            pg_port: installation.pg_port.or(file.pg_port).filter(|port| *port != 0),
            time_zone: installation.time_zone.or(file_zone).unwrap_or(Tz::Africa__Accra),
            log: installation.log.or(file.log).filter(|filter| !filter.is_empty()),
            log_format: installation.log_format.or(file.log_format).unwrap_or_default(),
            listen: server
                .listen
                .or(file.listen)
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: server
                .public_url
                .or(file.public_url)
                .filter(|url| !url.is_empty()),
            pool,
            limits: Limits {
                request_timeout: Duration::from_secs(request_timeout),
                body_bytes: server
                    .body_limit_kib
                    .or(file.body_limit_kib)
                    .unwrap_or(1024)
                    .saturating_mul(1 << 10),
                upload_bytes: server
                    .upload_limit_mib
                    .or(file.upload_limit_mib)
                    .unwrap_or(50)
                    .saturating_mul(1 << 20),
            },
            config_file,
        })
    }

    /// What the private PostgreSQL needs of them.
    pub fn private_postgres(&self, data_dir: PathBuf) -> private_postgres::Config {
        private_postgres::Config {
            data_dir,
            bin_dir: self.pg_bin_dir.clone(),
            port: self.pg_port,
            time_zone: self.time_zone.name().to_owned(),
        }
    }
}

fn read(path: &Path) -> Result<Option<File>, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map(Some)
            .map_err(|error| ConfigError::Invalid {
                path: path.to_owned(),
                message: described(&text, &error),
            }),
        // A data folder that is none gets its own sentence where it is used.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(ConfigError::Unreadable {
            path: path.to_owned(),
            error,
        }),
    }
}

/// One line: the TOML reader's own text draws a picture of several.
fn described(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().lines().collect::<Vec<_>>().join(" ");
    match error.span() {
        Some(span) => format!(
            "line {}: {message}",
            text[..span.start.min(text.len())].matches('\n').count() + 1
        ),
        None => message,
    }
}

fn database_url(key: &'static str, url: Option<String>) -> Result<Option<String>, ConfigError> {
    match url.filter(|url| !url.is_empty()) {
        Some(url) if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) => {
            Err(ConfigError::NotAUrl(key))
        }
        url => Ok(url),
    }
}

fn time_zone(name: &str) -> Result<Tz, String> {
    name.parse()
        .map_err(|_| format!("{name:?} is not a time zone: write it like Africa/Accra or Europe/London"))
}

fn default_data_dir() -> Option<PathBuf> {
    if Uid::effective().is_root() {
        return Some(PathBuf::from("/var/lib/bizhub"));
    }
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    folder("XDG_DATA_HOME")
        .or_else(|| Some(folder("HOME")?.join(".local/share")))
        .map(|share| share.join("bizhub"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file(text: &str) -> (tempfile::TempDir, InstallationArgs) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(dir.path().join("bizhub.toml"), text).expect("writable");
        let args = InstallationArgs {
            data_dir: Some(dir.path().to_owned()),
            ..Default::default()
        };
        (dir, args)
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let (_dir, mut args) =
            with_file("listen = \"127.0.0.1:9000\"\ntime_zone = \"Europe/London\"\npool_max = 7\n");
        let settings = Settings::resolve(args.clone(), ServerArgs::default()).expect("valid");
        assert_eq!(settings.listen.port(), 9000);
        assert_eq!(settings.time_zone.name(), "Europe/London");
        assert_eq!((settings.pool.max, settings.pool.min), (7, 5));
        args.time_zone = Some(Tz::UTC);
        let server = ServerArgs {
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 9001))),
            ..Default::default()
        };
        let settings = Settings::resolve(args, server).expect("valid");
        assert_eq!((settings.listen.port(), settings.time_zone), (9001, Tz::UTC));
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_line() {
        for (text, expected) in [
            (
                "listen = \"127.0.0.1:9000\"\nlisten_too = 1\n",
                "line 2: unknown field `listen_too`",
            ),
            ("pool_max = \"many\"\n", "line 1: invalid type"),
            ("time_zone = \"Accra\"\n", "is not a time zone"),
            ("pool_max = 2\n", "pool_min (5) is larger"),
            (
                "database_url = \"mysql://x\"\n",
                "database_url is not the address of a PostgreSQL database",
            ),
        ] {
            let (_dir, args) = with_file(text);
            let error = Settings::resolve(args, ServerArgs::default())
                .expect_err("refused")
                .to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
            assert!(!error.contains('\n'), "one line: {error}");
        }
    }

    #[test]
    fn a_settings_file_that_was_named_must_be_there() {
        let args = InstallationArgs {
            config: Some("/nowhere/bizhub.toml".into()),
            ..Default::default()
        };
        assert!(matches!(
            Settings::resolve(args, ServerArgs::default()),
            Err(ConfigError::Unreadable { .. })
        ));
    }

    #[test]
    fn a_data_folder_in_a_settings_file_is_relative_to_it() {
        let (dir, _) = with_file("data_dir = \"shop\"\n");
        let args = InstallationArgs {
            config: Some(dir.path().join("bizhub.toml")),
            ..Default::default()
        };
        let settings = Settings::resolve(args, ServerArgs::default()).expect("valid");
        assert_eq!(settings.data_dir, dir.path().join("shop"));
    }
}
