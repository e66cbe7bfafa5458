//! BizHub's own PostgreSQL: the machine's installed server with a cluster of its own in the data folder.
//!
//! ```text
//! DATA_DIR/bizhub.lock   one BizHub at a time
//! DATA_DIR/secrets.toml  the roles' passwords
//! DATA_DIR/postgres/     the cluster
//! DATA_DIR/run/          its socket
//! DATA_DIR/log/          its log, one file for each day of the week
//! ```

mod account;
mod cluster;
mod error;
mod folder;
mod lock;
mod postmaster;
mod programs;
mod roles;
mod secrets;
mod urls;

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

pub use error::StartError;
pub use folder::DataFolder;
pub use lock::{Attempt, FolderLock, Holder};
pub use programs::{OLDEST_VERSION, Programs};
pub use secrets::Secrets;
pub use urls::{Address, DATABASE, Urls};

use postmaster::{PidFile, Plan, Postmaster};

/// How long the memory of a server that was killed may stay in use by its last processes.
const LINGERING: Duration = Duration::from_secs(30);
/// The longest pause between two attempts to start a server that keeps crashing.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What the private cluster needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data folder, as [`DataFolder::create`] returned it.
    pub data_dir: PathBuf,
    /// The folder of the server programs, if they are not to be looked for.
    pub bin_dir: Option<PathBuf>,
    /// The port on 127.0.0.1, if it is not to be chosen.
    pub port: Option<u16>,
    /// The shop's time zone.
    pub time_zone: String,
}

/// A running private cluster. It is started again when it crashes, and stopped by [`PrivatePostgres::stop`].
pub struct PrivatePostgres {
    urls: Urls,
    stop: Option<oneshot::Sender<()>>,
    supervisor: JoinHandle<()>,
}

impl PrivatePostgres {
    /// Starts the cluster of a data folder whose lock is held, making it first if there is none.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let folder = DataFolder::open(config.data_dir.clone())?;
        let programs = Programs::find(config.bin_dir.as_deref(), cluster::version(&folder.cluster())?)?;
        folder.create_private("run")?;
        folder.create_private("log")?;
        cluster::remove_drafts(&folder);
        let is_new = cluster::version(&folder.cluster())?.is_none();
        let known = Secrets::read(&folder.path)?;
        let new_passwords = known.is_none();
        let secrets = known.map_or_else(|| Secrets::create(&folder.path), Ok)?;
        if is_new {
            tracing::info!("making a new database cluster in {}", folder.cluster().display());
            cluster::create(&folder, &programs, &secrets).await?;
        } else {
            folder.create_private("postgres")?;
            postmaster::stop_orphan(&folder).await?;
            if new_passwords {
                cluster::reset_superuser(&folder, &programs, &secrets).await?;
            }
        }
        let mut port = choose_port(config.port, &folder.path, 0)?;
        let mut plan = Plan {
            programs,
            address: Address::new(&folder.path, port),
            folder,
            secrets,
        };
        let begun = Instant::now();
        let mut attempts = 0;
        let postmaster = loop {
            cluster::configure(&plan.folder, &plan.address, &config.time_zone)?;
            match plan.launch().await {
                Ok(postmaster) => break postmaster,
                // Somebody took the port between our look and the server's.
                Err(StartError::PortTaken { .. }) if config.port.is_none() && attempts < 20 => {
                    attempts += 1;
                    port = choose_port(None, &plan.folder.path, attempts)?;
                    plan.address = Address::new(&plan.folder.path, port);
                }
                Err(StartError::StillInUse) if begun.elapsed() < LINGERING => {
                    sleep(Duration::from_millis(200)).await
                }
                Err(error) => return Err(error),
            }
        };
        roles::ensure(&plan, &config.time_zone, new_passwords)
            .await
            .map_err(StartError::Setup)?;
        let urls = Urls::private(&plan.address, &plan.secrets);
        let (stop, stopped) = oneshot::channel();
        let supervisor = tokio::spawn(supervise(plan, postmaster, stopped));
        Ok(Self {
            urls,
            stop: Some(stop),
            supervisor,
        })
    }

    /// The connection URL of each role.
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// Shuts the cluster down and returns when everything is on the disk.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
        if let Err(error) = self.supervisor.await {
            tracing::error!(%error, "the supervision of PostgreSQL failed");
        }
    }

    /// Where the cluster of this data folder listens, if it takes connections.
    pub fn running(data_dir: &Path) -> Option<Address> {
        let file = PidFile::read(&PidFile::path(&data_dir.join("postgres")))?;
        if file.ready {
            Some(Address::new(data_dir, file.port?))
        } else {
            None
        }
    }

    /// Where the cluster of this data folder will listen when it is started.
    pub fn expected(config: &Config) -> Result<Address, StartError> {
        Ok(Address::new(
            &config.data_dir,
            choose_port(config.port, &config.data_dir, 0)?,
        ))
    }
}

/// Starts the server again whenever it ends, until it is told to stop or nobody is there to tell it.
async fn supervise(plan: Plan, mut postmaster: Postmaster, mut stop: oneshot::Receiver<()>) {
    let mut pause = Duration::ZERO;
    loop {
        let up_since = Instant::now();
        tokio::select! {
            status = postmaster.ended() => {
                let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                tracing::error!("PostgreSQL has ended by itself ({status}); starting it again");
            }
            _ = &mut stop => return postmaster.stop().await,
        }
        let down_since = Instant::now();
        pause = if up_since.elapsed() > LINGERING {
            Duration::ZERO
        } else {
            longer(pause)
        };
        let mut reason = String::new();
        postmaster = loop {
            tokio::select! {
                () = sleep(pause) => {}
                _ = &mut stop => return,
            }
            let launched = tokio::select! {
                launched = plan.launch() => launched,
                _ = &mut stop => return,
            };
            match launched {
                Ok(postmaster) => break postmaster,
                Err(error) => {
                    let sentence = error.to_string();
                    // Said once, not at every attempt.
                    if sentence != reason {
                        tracing::error!("{sentence}");
                        reason = sentence;
                    }
                    pause = longer(pause);
                }
            }
        };
        tracing::warn!(
            "PostgreSQL runs again after {} ms",
            down_since.elapsed().as_millis()
        );
    }
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).clamp(Duration::from_millis(100), LONGEST_PAUSE)
}

/// The port that was asked for, if it is free; or else a free one that stays the same for the same data folder as long
/// as nobody else takes it, so that other people's tools find the database again.
fn choose_port(asked: Option<u16>, data_dir: &Path, skip: usize) -> Result<u16, StartError> {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    if let Some(port) = asked {
        return if free(&port) {
            Ok(port)
        } else {
            Err(StartError::PortTaken { port })
        };
    }
    // Below the range from which systems take the ports of outgoing connections.
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    let path = data_dir.as_os_str().as_encoded_bytes();
    let hash = path.iter().fold(0_u16, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(u16::from(*byte))
    });
    (0..COUNT)
        .map(|step| FIRST + (hash % COUNT + step) % COUNT)
        .filter(free)
        .nth(skip)
        .ok_or(StartError::NoFreePort)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_was_asked_for_must_be_free() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = taken.local_addr().expect("it is bound").port();
        let refused = choose_port(Some(port), Path::new("/srv"), 0).expect_err("it is taken");
        assert!(refused.to_string().contains("--pg-port"), "{refused}");
        drop(taken);
        assert_eq!(
            choose_port(Some(port), Path::new("/srv"), 0).expect("free again"),
            port
        );
    }

    #[test]
    fn a_folder_keeps_its_port_and_gives_way_to_others() {
        let folder = Path::new("/srv/a shop that nobody else has");
        let first = choose_port(None, folder, 0).expect("one is free");
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).expect("it was free");
        assert_ne!(choose_port(None, folder, 0).expect("another is free"), first);
        drop(taken);
        assert_eq!(choose_port(None, folder, 0).expect("free again"), first);
    }
}
