//! The shop's database for one command: somebody else's, the running server's, or the private one started for it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::config::Settings;
use crate::failure::Failure;
use crate::private_postgres::{
    Attempt, DataFolder, FolderLock, Holder, PrivatePostgres, Secrets, StartError, Urls,
};

/// How long a command waits for a server that is starting, or for another command.
const PATIENCE: Duration = Duration::from_secs(60);

/// A database that answers.
pub struct Database {
    urls: Urls,
    /// The private cluster and the lock, if this process started it.
    own: Option<(PrivatePostgres, FolderLock)>,
}

impl Database {
    /// The database of an external URL, or the private cluster started under a lock that is already held.
    pub async fn for_server(settings: &Settings, lock: Option<FolderLock>) -> Result<Self, Failure> {
        if let Some(urls) = external(settings) {
            return Ok(Self { urls, own: None });
        }
        let data_dir = DataFolder::create(&settings.data_dir)?;
        let lock = lock.map_or_else(|| FolderLock::for_server(&data_dir), Ok)?;
        let postgres = PrivatePostgres::start(&settings.private_postgres(data_dir)).await?;
        Ok(Self {
            urls: postgres.urls().clone(),
            own: Some((postgres, lock)),
        })
    }

    /// The same database, whether a server runs or not: if none does, it is started for this command.
    pub async fn for_command(settings: &Settings) -> Result<Self, Failure> {
        if let Some(urls) = external(settings) {
            return Ok(Self { urls, own: None });
        }
        let data_dir = DataFolder::create(&settings.data_dir)?;
        let begun = Instant::now();
        loop {
            let (by, pid) = match FolderLock::attempt(&data_dir, Holder::Command)? {
                Attempt::Locked(lock) => {
                    let postgres = PrivatePostgres::start(&settings.private_postgres(data_dir)).await?;
                    return Ok(Self {
                        urls: postgres.urls().clone(),
                        own: Some((postgres, lock)),
                    });
                }
                Attempt::Held { by, pid } => (by, pid),
            };
            // Another command's database ends with that command: only a server's is worth joining.
            if by == Some(Holder::Server)
                && let Some(address) = PrivatePostgres::running(&data_dir)
                && let Some(secrets) = Secrets::read(&data_dir)?
            {
                return Ok(Self {
                    urls: Urls::private(&address, &secrets),
                    own: None,
                });
            }
            if begun.elapsed() > PATIENCE {
                return Err(StartError::in_use(&data_dir, by, pid).into());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// The connection URLs.
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// Stops what was started for it.
    pub async fn close(self) {
        if let Some((postgres, lock)) = self.own {
            postgres.stop().await;
            drop(lock);
        }
    }
}

/// The URLs of a database that somebody else runs, if the settings name one.
pub fn external(settings: &Settings) -> Option<Urls> {
    let owner = settings.database_url.as_deref()?;
    Some(Urls::external(owner, settings.app_database_url.as_deref()))
}
