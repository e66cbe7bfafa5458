//! The data folder: made, checked, and opened to the account that PostgreSQL runs as.

use std::fs::{DirBuilder, File};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::unistd::Uid;

use super::StartError;
use super::account::Account;

/// A data folder that is ready for PostgreSQL.
pub struct DataFolder {
    /// Its absolute path.
    pub path: PathBuf,
    /// Whom the server programs run as; `None` for the present user.
    pub account: Option<Account>,
    /// The path by which that account gets there.
    view: PathBuf,
    /// Held open where `view` goes through it.
    _handle: Option<File>,
}

impl DataFolder {
    /// Makes the folder if it is missing and returns its absolute path, if it can be written.
    pub fn create(data_dir: &Path) -> Result<PathBuf, StartError> {
        let fail = |error| StartError::folder(data_dir, error);
        if !data_dir.exists() {
            if let Some(parent) = data_dir.parent() {
                std::fs::create_dir_all(parent).map_err(fail)?;
            }
            match DirBuilder::new().mode(0o700).create(data_dir) {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(fail(error)),
                _ => {}
            }
        }
        let path = std::fs::canonicalize(data_dir).map_err(fail)?;
        if !path.is_dir() {
            return Err(StartError::NotAFolder { path });
        }
        // Tried out: permission bits, access lists, read-only mounts and full disks all show themselves here.
        tempfile_probe(&path).map_err(fail)?;
        Ok(path)
    }

    /// Opens the folder, already locked, to the account that PostgreSQL will run as.
    pub fn open(path: PathBuf) -> Result<Self, StartError> {
        let fail = |error| StartError::folder(&path, error);
        let cluster = path.join("postgres");
        let account = Account::choose(&cluster)?;
        let Some(account) = account else {
            if let Ok(meta) = std::fs::metadata(&cluster)
                && meta.uid() != Uid::effective().as_raw()
            {
                return Err(StartError::ClusterOfAnother { path: cluster });
            }
            return Ok(Self {
                view: path.clone(),
                path,
                account: None,
                _handle: None,
            });
        };
        let meta = std::fs::metadata(&path).map_err(fail)?;
        if !account.may_enter(&meta) {
            // Only a folder that is BizHub's own is opened, and only to this account: nobody's home by accident.
            if !is_ours(&path) {
                return Err(StartError::Unreachable {
                    folder: path,
                    account: account.name,
                });
            }
            std::os::unix::fs::chown(&path, None, Some(account.gid.as_raw())).map_err(fail)?;
            let mode = (meta.mode() & 0o7777) | 0o010;
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).map_err(fail)?;
        }
        let account = Some(account);
        if Account::can_reach(&account, &path) {
            return Ok(Self {
                view: path.clone(),
                path,
                account,
                _handle: None,
            });
        }
        // A folder above is closed to the account (/root, most often). It need not be opened: the server programs
        // inherit the open folder and reach everything through it.
        let handle = File::open(&path).map_err(fail)?;
        fcntl(&handle, FcntlArg::F_SETFD(FdFlag::empty())).map_err(|errno| fail(errno.into()))?;
        let view = PathBuf::from(format!("/proc/self/fd/{}", handle.as_raw_fd()));
        if let Some(account) = account.as_ref().filter(|_| !Account::can_reach(&account, &view)) {
            let folder = account.first_closed_folder(&path).unwrap_or(path);
            return Err(StartError::Unreachable {
                folder,
                account: account.name.clone(),
            });
        }
        Ok(Self {
            path,
            account,
            view,
            _handle: Some(handle),
        })
    }

    /// The cluster's folder.
    pub fn cluster(&self) -> PathBuf {
        self.path.join("postgres")
    }

    /// A path inside the folder as the server programs are to be told.
    pub fn seen_by_account(&self, inside: &str) -> PathBuf {
        self.view.join(inside)
    }

    /// Makes a folder inside that belongs to the account alone, with everything that is in it already.
    pub fn create_private(&self, name: &str) -> Result<PathBuf, StartError> {
        let path = self.path.join(name);
        let make = || -> std::io::Result<()> {
            if !path.is_dir() {
                DirBuilder::new().mode(0o700).create(&path)?;
            }
            self.own_tree(&path)
        };
        make().map_err(|error| StartError::folder(&path, error))?;
        Ok(path)
    }

    /// Writes a new file, in place of an old one, that only the account can read. The account owns the folder around it
    /// and could have put a link there: none is followed.
    pub fn write_private(&self, path: &Path, text: &str) -> std::io::Result<()> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        if let Some(account) = &self.account {
            std::os::unix::fs::fchown(&file, Some(account.uid.as_raw()), Some(account.gid.as_raw()))?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Gives a folder and everything in it to the account, if it is not its own yet: a copy made by root, for example.
    fn own_tree(&self, path: &Path) -> std::io::Result<()> {
        let Some(account) = &self.account else {
            return Ok(());
        };
        if std::fs::metadata(path)?.uid() == account.uid.as_raw() {
            return Ok(());
        }
        give_tree(path, account)
    }
}

fn give_tree(path: &Path, account: &Account) -> std::io::Result<()> {
    // The contents first: the top folder's owner is what tells whether the work is done.
    if std::fs::symlink_metadata(path)?.is_dir() {
        for entry in std::fs::read_dir(path)? {
            give_tree(&entry?.path(), account)?;
        }
    }
    std::os::unix::fs::lchown(path, Some(account.uid.as_raw()), Some(account.gid.as_raw()))
}

fn is_ours(path: &Path) -> bool {
    const OWN: [&str; 4] = ["bizhub.lock", "bizhub.toml", "secrets.toml", "lost+found"];
    path.join("postgres").is_dir()
        || std::fs::read_dir(path).is_ok_and(|entries| {
            entries
                .flatten()
                .all(|entry| OWN.iter().any(|name| entry.file_name() == *name))
        })
}

fn tempfile_probe(dir: &Path) -> std::io::Result<()> {
    let probe = dir.join(format!(".bizhub-probe-{}", std::process::id()));
    std::fs::write(&probe, "x")?;
    std::fs::remove_file(&probe)
}
