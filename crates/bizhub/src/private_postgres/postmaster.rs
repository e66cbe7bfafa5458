//! One running PostgreSQL server process: started, awaited, stopped.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{Connection, PgConnection};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use super::StartError;
use super::account::command;
use super::error::tells_of_full_disk;
use super::folder::DataFolder;
use super::programs::Programs;
use super::secrets::Secrets;
use super::urls::Address;

/// How often a state that cannot be waited for is looked at.
const GLANCE: Duration = Duration::from_millis(10);
/// How long a fast shutdown, which writes a checkpoint, may take before the server is told to drop everything.
const PATIENCE: Duration = Duration::from_secs(60);

/// What it takes to start the server again, any number of times.
pub struct Plan {
    pub programs: Programs,
    pub folder: DataFolder,
    pub address: Address,
    pub secrets: Secrets,
}

/// A server that is this process's child. Dropping it tells it to shut down without waiting for it.
pub struct Postmaster {
    child: Child,
}

impl Plan {
    /// Starts the server and returns when it answers.
    pub async fn launch(&self) -> Result<Postmaster, StartError> {
        let program = self.programs.program("postgres");
        let spawn = |error| StartError::Spawn {
            program: program.clone(),
            error,
        };
        let log_dir = self.folder.path.join("log");
        let startup_log = log_dir.join("startup.log");
        let io = |error| StartError::folder(&startup_log, error);
        let sizes = log_sizes(&log_dir);
        // What is said before the server's own logging begins.
        self.folder.write_private(&startup_log, "").map_err(io)?;
        let stderr = File::options().append(true).open(&startup_log).map_err(io)?;
        let mut postgres = Command::from(command(&program, &self.folder.account));
        postgres.arg("-D").arg(self.folder.seen_by_account("postgres"));
        postgres.stdout(Stdio::null()).stderr(stderr);
        let mut postmaster = Postmaster {
            child: postgres.spawn().map_err(spawn)?,
        };
        let pid_file = PidFile::path(&self.folder.cluster());
        let mut glances = tokio::time::interval(GLANCE);
        let mut next_notice = Instant::now() + Duration::from_secs(10);
        loop {
            glances.tick().await;
            if let Some(status) = postmaster.child.try_wait().map_err(spawn)? {
                return Err(self.why_not(status, &log_dir, &sizes).await);
            }
            let ours = PidFile::read(&pid_file)
                .filter(|file| postmaster.child.id() == Some(file.pid.as_raw().cast_unsigned()));
            if ours.is_some_and(|file| file.ready) && self.answers().await? {
                return Ok(postmaster);
            }
            if Instant::now() >= next_notice {
                tracing::info!("PostgreSQL is still starting; after a crash it first repairs its files");
                next_notice += Duration::from_secs(30);
            }
        }
    }

    /// A connection as the superuser.
    pub async fn superuser(&self) -> Result<PgConnection, sqlx::Error> {
        PgConnection::connect(&self.address.superuser_url(&self.secrets)).await
    }

    async fn answers(&self) -> Result<bool, StartError> {
        match timeout(Duration::from_secs(5), self.superuser()).await {
            Ok(Ok(connection)) => {
                // A connection that is not closed in order would only be a line in the log.
                connection.close().await.ok();
                Ok(true)
            }
            Ok(Err(error)) if is_wrong_password(&error) => Err(StartError::WrongSecrets {
                path: Secrets::path(&self.folder.path),
            }),
            Ok(Err(error)) => {
                tracing::debug!(%error, "PostgreSQL does not answer yet");
                Ok(false)
            }
            Err(_) => Ok(false),
        }
    }

    async fn why_not(&self, status: ExitStatus, log_dir: &Path, sizes: &HashMap<PathBuf, u64>) -> StartError {
        // The process that writes the log outlives the server by a moment.
        let mut said = said_since(log_dir, sizes);
        let mut glances = tokio::time::interval(GLANCE);
        let last_look = Instant::now() + Duration::from_secs(1);
        while !said.contains("FATAL:") && !said.contains("PANIC:") && Instant::now() < last_look {
            glances.tick().await;
            said = said_since(log_dir, sizes);
        }
        if said.contains("Address already in use") {
            return StartError::PortTaken {
                port: self.address.port,
            };
        }
        if tells_of_full_disk(&said) {
            return StartError::DiskFull {
                path: self.folder.path.clone(),
            };
        }
        if said.contains("is still in use") {
            return StartError::StillInUse;
        }
        let words = said
            .lines()
            .rfind(|line| line.contains("FATAL:") || line.contains("PANIC:"))
            .or_else(|| said.lines().rfind(|line| !line.trim().is_empty()))
            .map_or_else(
                || format!("it ended at once ({status})"),
                |line| line.trim().to_owned(),
            );
        StartError::Refused {
            words,
            log: log_dir.to_owned(),
        }
    }
}

fn is_wrong_password(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|code| code == "28P01")
}

impl Postmaster {
    /// Returns when the server has ended.
    pub async fn ended(&mut self) -> std::io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Shuts the server down: open transactions are rolled back, everything committed is written.
    pub async fn stop(mut self) {
        for (signal, patience) in [
            (Signal::SIGINT, PATIENCE),
            (Signal::SIGQUIT, Duration::from_secs(10)),
            (Signal::SIGKILL, Duration::from_secs(10)),
        ] {
            self.signal(signal);
            match timeout(patience, self.child.wait()).await {
                Ok(_) => return,
                Err(_) => tracing::warn!(
                    "PostgreSQL has not stopped after {} s ({signal})",
                    patience.as_secs()
                ),
            }
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.child.id() {
            // It may have ended in between.
            kill(Pid::from_raw(pid.cast_signed()), signal).ok();
        }
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        self.signal(Signal::SIGINT);
    }
}

/// What `postmaster.pid` says about the server of a cluster.
#[derive(Debug, PartialEq, Eq)]
pub struct PidFile {
    /// The server process, if it still lives.
    pub pid: Pid,
    /// The port it listens on.
    pub port: Option<u16>,
    /// Whether it takes connections.
    pub ready: bool,
}

impl PidFile {
    /// Where it lies.
    pub fn path(cluster: &Path) -> PathBuf {
        cluster.join("postmaster.pid")
    }

    /// Reads it; `None` if there is none or it is only half written.
    pub fn read(path: &Path) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(path).ok()?)
    }

    // The lines are: process, data folder, start time, port, socket folder, listen address, shared memory, status.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        // A server in single-user mode writes its number with a minus.
        let pid: i32 = lines.first()?.parse::<i32>().ok()?.checked_abs()?;
        Some(Self {
            pid: Pid::from_raw(pid),
            port: lines.get(3).and_then(|line| line.parse().ok()),
            ready: lines.get(7) == Some(&"ready"),
        })
    }
}

/// Ends a server that an earlier BizHub left behind when it was killed, and clears away what a dead one left.
pub async fn stop_orphan(folder: &DataFolder) -> Result<(), StartError> {
    let cluster = folder.cluster();
    let pid_file = PidFile::path(&cluster);
    if let Some(PidFile { pid, .. }) = PidFile::read(&pid_file) {
        end(pid, &cluster).await?;
    }
    // What is left names a process that is gone. Its number may belong to another by now, or to a dead one that nobody
    // has collected, and PostgreSQL would take either for a living server. The data folder's own lock, which we hold,
    // says that there is none.
    let sockets = std::fs::read_dir(folder.path.join("run"))
        .into_iter()
        .flatten()
        .flatten();
    let sockets = sockets.map(|entry| entry.path()).filter(|path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(".s.PGSQL."))
    });
    for path in sockets.chain([pid_file]) {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StartError::folder(&path, error));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn end(pid: Pid, cluster: &Path) -> Result<(), StartError> {
    if !is_server_of(pid, cluster) {
        return Ok(());
    }
    tracing::warn!("a PostgreSQL (process {pid}) is left from a BizHub that was killed; stopping it");
    for (signal, patience) in [
        (Signal::SIGINT, PATIENCE),
        (Signal::SIGQUIT, Duration::from_secs(10)),
    ] {
        if kill(pid, signal) == Err(Errno::EPERM) {
            break;
        }
        let gone = async {
            let mut glances = tokio::time::interval(GLANCE);
            while is_server_of(pid, cluster) {
                glances.tick().await;
            }
        };
        if timeout(patience, gone).await.is_ok() {
            return Ok(());
        }
    }
    Err(StartError::OrphanStays { pid: pid.as_raw() })
}

/// Whether the process is a PostgreSQL server of this very cluster: its working folder is always the cluster's.
fn is_server_of(pid: Pid, cluster: &Path) -> bool {
    if kill(pid, None) == Err(Errno::ESRCH) {
        return false;
    }
    let process = PathBuf::from(format!("/proc/{pid}"));
    if !Path::new("/proc/self/cwd").exists() {
        return true;
    }
    // One that has ended and only waits to be collected by its parent has no working folder any more.
    std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == cluster)
}

fn log_files(log_dir: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(log_dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
}

fn log_sizes(log_dir: &Path) -> HashMap<PathBuf, u64> {
    log_files(log_dir)
        .filter(|path| !path.ends_with("startup.log"))
        .filter_map(|path| std::fs::metadata(&path).ok().map(|meta| (path, meta.len())))
        .collect()
}

/// What the logs have got since their sizes were noted.
fn said_since(log_dir: &Path, sizes: &HashMap<PathBuf, u64>) -> String {
    let mut files: Vec<PathBuf> = log_files(log_dir).collect();
    files.sort_by_key(|path| !path.ends_with("startup.log"));
    files
        .iter()
        .filter_map(|path| {
            let bytes = std::fs::read(path).ok()?;
            let known = sizes
                .get(path)
                .and_then(|size| usize::try_from(*size).ok())
                .unwrap_or(0);
            let new = if known <= bytes.len() {
                &bytes[known..]
            } else {
                &bytes[..]
            };
            Some(String::from_utf8_lossy(new).into_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_is_read_at_every_stage_of_a_start() {
        let full = "4711\n/srv/postgres\n1700000000\n5433\n../run\n127.0.0.1\n  1234  5\nready   \n";
        for (text, read) in [
            (full, Some((4711, Some(5433), true))),
            (
                &full.replace("ready   ", "starting"),
                Some((4711, Some(5433), false)),
            ),
            ("4711\n/srv/postgres\n1700000000\n", Some((4711, None, false))),
            ("-4711\n/srv/postgres\n", Some((4711, None, false))),
            ("", None),
            ("rubbish\n", None),
        ] {
            let parsed = PidFile::parse(text).map(|file| (file.pid.as_raw(), file.port, file.ready));
            assert_eq!(parsed, read, "{text:?}");
        }
    }

    #[test]
    fn a_number_that_now_belongs_to_another_process_is_not_the_server() {
        assert!(!is_server_of(Pid::this(), Path::new("/nowhere")));
        assert!(is_server_of(
            Pid::this(),
            &std::env::current_dir().expect("it exists")
        ));
    }
}
