//! One BizHub per data folder.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use super::StartError;

/// Who holds a data folder: a server for as long as it runs, a command for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// `bizhub serve`.
    Server,
    /// Any other command, which started the database for itself.
    Command,
}

/// The lock on a data folder. The kernel lets it go when the process ends, however it ends.
pub struct FolderLock {
    _file: Flock<File>,
}

/// What an attempt to lock a data folder found.
pub enum Attempt {
    /// It is ours.
    Locked(FolderLock),
    /// Another process holds it.
    Held {
        /// The kind of holder; `None` while it is still writing its name.
        by: Option<Holder>,
        /// Its process id, as far as it is known.
        pid: Option<u32>,
    },
}

impl FolderLock {
    /// The file in the data folder.
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("bizhub.lock")
    }

    /// Tries to take the lock without waiting.
    pub fn attempt(data_dir: &Path, holder: Holder) -> Result<Attempt, StartError> {
        let path = Self::path(data_dir);
        let io = |error| StartError::folder(&path, error);
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(mut file) => {
                let name = match holder {
                    Holder::Server => "server",
                    Holder::Command => "command",
                };
                let mut write = || {
                    file.set_len(0)?;
                    file.rewind()?;
                    writeln!(file, "{} {name}", std::process::id())
                };
                write().map_err(io)?;
                Ok(Attempt::Locked(Self { _file: file }))
            }
            Err((mut file, nix::errno::Errno::EWOULDBLOCK)) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(io)?;
                let mut words = text.split_whitespace();
                let pid = words.next().and_then(|word| word.parse().ok());
                let by = match words.next() {
                    Some("server") => Some(Holder::Server),
                    Some("command") => Some(Holder::Command),
                    _ => None,
                };
                Ok(Attempt::Held { by, pid })
            }
            Err((_, errno)) => Err(io(errno.into())),
        }
    }

    /// Takes the lock for a server, or says who has it.
    pub fn for_server(data_dir: &Path) -> Result<Self, StartError> {
        match Self::attempt(data_dir, Holder::Server)? {
            Attempt::Locked(lock) => Ok(lock),
            Attempt::Held { by, pid } => Err(StartError::in_use(data_dir, by, pid)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_locked_once_and_names_its_holder() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let lock = FolderLock::for_server(dir.path()).expect("nobody holds it");
        let Ok(Attempt::Held { by, pid }) = FolderLock::attempt(dir.path(), Holder::Command) else {
            panic!("the second must be refused")
        };
        assert_eq!((by, pid), (Some(Holder::Server), Some(std::process::id())));
        let error = FolderLock::for_server(dir.path())
            .err()
            .expect("refused")
            .to_string();
        assert!(error.contains(&std::process::id().to_string()), "{error}");
        drop(lock);
        assert!(matches!(
            FolderLock::attempt(dir.path(), Holder::Command),
            Ok(Attempt::Locked(_))
        ));
    }
}
