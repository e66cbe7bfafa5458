//! Why a private PostgreSQL does not start, each as one sentence with the way out.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::lock::Holder;
use super::programs::OLDEST_VERSION;

/// Why the private cluster could not be started.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's sentence says it")]
pub enum StartError {
    #[error(
        "PostgreSQL's server programs are not installed on this machine: install them (apt-get install postgresql), \
         name their folder with --pg-bin-dir, or use a database elsewhere with --database-url"
    )]
    NoPrograms,
    #[error("the folder {} does not hold PostgreSQL's programs postgres and initdb: give the right one with --pg-bin-dir", dir.display())]
    NotABinDir { dir: PathBuf },
    #[error(
        "PostgreSQL {version} is too old for BizHub: install version {OLDEST_VERSION} or later (apt-get install postgresql)"
    )]
    TooOld { version: u32 },
    #[error(
        "this data folder was made by PostgreSQL {made_by}, but only {} is installed: install that version too \
         (apt-get install postgresql-{made_by}), or dump the database with it and restore the dump into a new data folder",
        list(installed)
    )]
    OtherVersion { made_by: u32, installed: Vec<u32> },
    #[error(
        "PostgreSQL does not run as root, and this machine has no account named postgres for it: make one \
         (useradd --system postgres) or start BizHub as an ordinary user"
    )]
    NoAccount,
    #[error("PostgreSQL runs as {account} here and may not pass through the folder {0}: let it (chmod o+x {0}) or choose another with --data-dir", folder.display())]
    Unreachable { folder: PathBuf, account: String },
    #[error("BizHub may not write to {0}: give the folder to this user (chown) or choose another with --data-dir", path.display())]
    NotWritable { path: PathBuf },
    #[error("{} is not a folder: choose another with --data-dir", path.display())]
    NotAFolder { path: PathBuf },
    #[error("the disk that holds {} is full: free some space and start again; nothing that was saved is lost", path.display())]
    DiskFull { path: PathBuf },
    #[error("BizHub cannot use {}: {error}", path.display())]
    Folder { path: PathBuf, error: std::io::Error },
    #[error("another BizHub server (process {pid}) is running on the data folder {}: stop it first, or choose another folder with --data-dir", path.display())]
    ServerRunning { path: PathBuf, pid: String },
    #[error("a bizhub command (process {pid}) is using the data folder {}: start again when it is done", path.display())]
    CommandRunning { path: PathBuf, pid: String },
    #[error("the cluster {} belongs to another user: start BizHub as that user or as root", path.display())]
    ClusterOfAnother { path: PathBuf },
    #[error("{} holds something that is not a PostgreSQL cluster: move it away or choose another folder with --data-dir", path.display())]
    NotACluster { path: PathBuf },
    #[error("{} cannot be read by this user: use the account that the server runs as", path.display())]
    SecretsOfAnother { path: PathBuf },
    #[error("{} is damaged: move it away and start the server again, which makes new passwords", path.display())]
    Secrets { path: PathBuf },
    #[error("the passwords in {} do not fit this cluster: move the file away and start the server again, which makes new ones", path.display())]
    WrongSecrets { path: PathBuf },
    #[error(
        "port {port} on 127.0.0.1, which the database is to use, is taken by another program: stop that or choose another with --pg-port"
    )]
    PortTaken { port: u16 },
    #[error("no free port for the database was found on 127.0.0.1: choose one with --pg-port")]
    NoFreePort,
    #[error("the program {} could not be started: {error}", program.display())]
    Spawn { program: PathBuf, error: std::io::Error },
    #[error("the new database cluster in {} could not be made: {words}", path.display())]
    Init { path: PathBuf, words: String },
    #[error("PostgreSQL did not start: {words} (more in {})", log.display())]
    Refused { words: String, log: PathBuf },
    #[error(
        "memory of the PostgreSQL that ran before is still in use: wait until its last processes have ended and start again"
    )]
    StillInUse,
    #[error(
        "the PostgreSQL that was left running by an earlier BizHub (process {pid}) does not stop: end it (kill -QUIT {pid}) and start again"
    )]
    OrphanStays { pid: i32 },
    #[error("the new database could not be set up: {0}")]
    Setup(#[source] sqlx::Error),
}

impl StartError {
    /// The sentence for a file or folder that could not be used.
    pub(super) fn folder(path: &Path, error: std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path },
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            ErrorKind::NotADirectory => Self::NotAFolder { path },
            _ => Self::Folder { path, error },
        }
    }

    /// The sentence for a folder that another process holds.
    pub fn in_use(data_dir: &Path, by: Option<Holder>, pid: Option<u32>) -> Self {
        let path = data_dir.to_owned();
        let pid = pid.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string());
        match by {
            Some(Holder::Command) => Self::CommandRunning { path, pid },
            _ => Self::ServerRunning { path, pid },
        }
    }
}

/// Whether PostgreSQL's words mean that the disk is full: it says so in several ways.
pub(super) fn tells_of_full_disk(words: &str) -> bool {
    [
        "No space left on device",
        "Disk quota exceeded",
        "could not extend file",
    ]
    .iter()
    .any(|sign| words.contains(sign))
}

fn list(versions: &[u32]) -> String {
    versions.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}
