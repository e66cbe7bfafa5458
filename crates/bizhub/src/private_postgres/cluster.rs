//! The cluster's files: made by `initdb`, configured afresh at every start.

use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::StartError;
use super::account::command;
use super::error::tells_of_full_disk;
use super::folder::DataFolder;
use super::programs::Programs;
use super::secrets::Secrets;
use super::urls::Address;

/// The major version that made the cluster, or `None` if there is no cluster yet.
pub fn version(cluster: &Path) -> Result<Option<u32>, StartError> {
    match std::fs::read_to_string(cluster.join("PG_VERSION")) {
        Ok(text) => match text.trim().parse() {
            Ok(version) => Ok(Some(version)),
            Err(_) => Err(StartError::NotACluster {
                path: cluster.to_owned(),
            }),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let empty = std::fs::read_dir(cluster).map_or(true, |mut entries| entries.next().is_none());
            if empty {
                Ok(None)
            } else {
                Err(StartError::NotACluster {
                    path: cluster.to_owned(),
                })
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(StartError::ClusterOfAnother {
                path: cluster.to_owned(),
            })
        }
        Err(error) => Err(StartError::folder(cluster, error)),
    }
}

/// How the folders of unfinished clusters begin.
const DRAFT: &str = "postgres.new-";

/// Removes what attempts that were cut off have left.
pub fn remove_drafts(folder: &DataFolder) {
    for entry in std::fs::read_dir(&folder.path).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(DRAFT)
            && let Err(error) = std::fs::remove_dir_all(entry.path())
        {
            tracing::debug!(%error, "an unfinished cluster stays until the next start");
        }
    }
}

/// Makes the cluster beside its place and moves it there when it is whole, so that a start that was cut off leaves
/// nothing that looks like a cluster.
pub async fn create(folder: &DataFolder, programs: &Programs, secrets: &Secrets) -> Result<(), StartError> {
    let cluster = folder.cluster();
    let fail = |error| StartError::folder(&cluster, error);
    // A name that no other attempt has: the initdb of a BizHub that was killed may still be at work.
    let name = format!("{DRAFT}{:08x}", rand::random::<u32>());
    let draft = folder.create_private(&name)?;
    let password_file = folder.path.join("run").join("initdb-password");
    folder
        .write_private(&password_file, &secrets.postgres)
        .map_err(fail)?;
    let made = run_initdb(folder, programs, &name).await;
    std::fs::remove_file(&password_file).map_err(fail)?;
    made?;
    let conf = draft.join("postgresql.conf");
    let mut text = std::fs::read_to_string(&conf).map_err(fail)?;
    text.push_str(
        "\n# BizHub writes bizhub.conf afresh at every start. Put settings of your own into custom.conf.\n\
         include 'bizhub.conf'\ninclude_if_exists 'custom.conf'\n",
    );
    folder.write_private(&conf, &text).map_err(fail)?;
    if cluster.exists() {
        std::fs::remove_dir(&cluster).map_err(fail)?;
    }
    std::fs::rename(&draft, &cluster).map_err(fail)?;
    std::fs::File::open(&folder.path)
        .and_then(|dir| dir.sync_all())
        .map_err(fail)
}

async fn run_initdb(folder: &DataFolder, programs: &Programs, draft: &str) -> Result<(), StartError> {
    let program = programs.program("initdb");
    // The C locale with UTF-8 is on every Debian; elsewhere plain C does the same where ICU has the say.
    let mut words = String::new();
    for locale in ["C.UTF-8", "C"] {
        let mut initdb = Command::from(command(&program, &folder.account));
        initdb.arg("--pgdata").arg(folder.seen_by_account(draft));
        initdb
            .arg("--pwfile")
            .arg(folder.seen_by_account("run/initdb-password"));
        initdb.args([
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--data-checksums",
        ]);
        initdb.args([
            "--no-instructions",
            "--lc-messages=C",
            &format!("--locale={locale}"),
        ]);
        if programs.version >= 15 {
            initdb.args(["--locale-provider=icu", "--icu-locale=en-US"]);
        }
        let output = initdb
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|error| StartError::Spawn {
                program: program.clone(),
                error,
            })?;
        if output.status.success() {
            return Ok(());
        }
        words = String::from_utf8_lossy(&output.stderr).into_owned();
        if !words.contains("invalid locale") {
            break;
        }
    }
    if tells_of_full_disk(&words) {
        return Err(StartError::DiskFull {
            path: folder.path.clone(),
        });
    }
    let line = words
        .lines()
        .find(|line| line.contains("error:") || line.contains("FATAL:"))
        .unwrap_or(words.trim());
    Err(StartError::Init {
        path: folder.cluster(),
        words: line.to_owned(),
    })
}

/// Writes the settings that BizHub wants at this start.
pub fn configure(folder: &DataFolder, address: &Address, time_zone: &str) -> Result<(), StartError> {
    let path = folder.cluster().join("bizhub.conf");
    let draft = folder.cluster().join("bizhub.conf.new");
    let write = || -> std::io::Result<()> {
        folder.write_private(&draft, &settings(address, time_zone, machine_memory_mb()))?;
        std::fs::rename(&draft, &path)
    };
    write().map_err(|error| StartError::folder(&path, error))
}

fn settings(address: &Address, time_zone: &str, memory_mb: Option<u64>) -> String {
    let memory = memory_mb.unwrap_or(1024);
    let shared_buffers = (memory / 8).clamp(64, 1024);
    let cache = (memory / 2).max(128);
    // Relative to the cluster's folder, so that no path is too long and none needs quoting.
    let sockets = if address.socket_dir.is_some() {
        "../run"
    } else {
        ""
    };
    let port = address.port;
    format!(
        "# Written by BizHub at every start; changes are lost. Put your own into custom.conf.\n\
         listen_addresses = '127.0.0.1'\n\
         port = {port}\n\
         unix_socket_directories = '{sockets}'\n\
         unix_socket_permissions = 0700\n\
         max_connections = 100\n\
         password_encryption = 'scram-sha-256'\n\
         shared_buffers = {shared_buffers}MB\n\
         effective_cache_size = {cache}MB\n\
         random_page_cost = 1.1\n\
         max_wal_size = 2GB\n\
         jit = off\n\
         timezone = '{time_zone}'\n\
         log_timezone = '{time_zone}'\n\
         lc_messages = 'C'\n\
         cluster_name = 'bizhub'\n\
         logging_collector = on\n\
         log_destination = 'stderr'\n\
         log_directory = '../log'\n\
         log_filename = 'postgresql-%a.log'\n\
         log_rotation_age = 1d\n\
         log_rotation_size = 0\n\
         log_truncate_on_rotation = on\n\
         log_line_prefix = '%m [%p] %q%u@%d '\n\
         log_min_duration_statement = 2s\n\
         log_error_verbosity = terse\n\
         log_parameter_max_length = 0\n\
         log_parameter_max_length_on_error = 0\n"
    )
}

fn machine_memory_mb() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}

/// Gives the superuser the password of newly made secrets, in single-user mode: the only way in when the old ones are
/// lost.
pub async fn reset_superuser(
    folder: &DataFolder,
    programs: &Programs,
    secrets: &Secrets,
) -> Result<(), StartError> {
    let program = programs.program("postgres");
    let spawn = |error| StartError::Spawn {
        program: program.clone(),
        error,
    };
    let mut single = Command::from(command(&program, &folder.account));
    single
        .arg("--single")
        .arg("-D")
        .arg(folder.seen_by_account("postgres"));
    // Its own log is switched off: a statement with a password is not written anywhere.
    single.args([
        "-c",
        "logging_collector=off",
        "-c",
        "log_min_error_statement=panic",
        "postgres",
    ]);
    single
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = single.spawn().map_err(spawn)?;
    let mut input = child.stdin.take().expect("it was asked for");
    let statement = format!("ALTER ROLE postgres PASSWORD '{}'\n", secrets.postgres);
    input.write_all(statement.as_bytes()).await.map_err(spawn)?;
    drop(input);
    let output = child.wait_with_output().await.map_err(spawn)?;
    let words = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && !words.contains("ERROR:") {
        return Ok(());
    }
    let line = words
        .lines()
        .find(|line| line.contains("FATAL:") || line.contains("ERROR:"))
        .unwrap_or("no reason given");
    Err(StartError::Refused {
        words: line.to_owned(),
        log: folder.path.join("log"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_modest_on_small_machines_and_bounded_on_large_ones() {
        let address = Address {
            port: 5433,
            socket_dir: None,
        };
        for (machine, buffers) in [
            (Some(256), 64),
            (Some(4096), 512),
            (Some(262_144), 1024),
            (None, 128),
        ] {
            let text = settings(&address, "Africa/Accra", machine);
            assert!(
                text.contains(&format!("shared_buffers = {buffers}MB\n")),
                "{machine:?}: {text}"
            );
        }
    }

    #[test]
    fn durability_is_never_switched_off() {
        let text = settings(
            &Address {
                port: 5433,
                socket_dir: None,
            },
            "Africa/Accra",
            None,
        );
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            assert!(
                !text.contains(setting),
                "{setting} must keep PostgreSQL's own safe value"
            );
        }
    }

    #[test]
    fn a_folder_with_something_else_in_it_is_not_taken_for_a_cluster() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(version(&dir.path().join("missing")).expect("no cluster"), None);
        assert_eq!(version(dir.path()).expect("no cluster"), None);
        std::fs::write(dir.path().join("holiday.jpg"), "x").expect("writable");
        assert!(matches!(version(dir.path()), Err(StartError::NotACluster { .. })));
        std::fs::write(dir.path().join("PG_VERSION"), "13\n").expect("writable");
        assert_eq!(version(dir.path()).expect("a cluster"), Some(13));
    }
}
