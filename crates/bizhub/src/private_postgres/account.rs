//! The account that PostgreSQL runs as: PostgreSQL refuses to run as root.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User};

use super::StartError;

/// The unprivileged account that the server programs run as when BizHub itself was started by root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The name for messages.
    pub name: String,
    /// The user.
    pub uid: Uid,
    /// Its first group.
    pub gid: Gid,
}

impl Account {
    /// `None` when BizHub runs as an ordinary user, who then owns everything. As root: the owner of the existing
    /// cluster, or else the account `postgres`, which every package of the server brings.
    pub fn choose(cluster: &Path) -> Result<Option<Self>, StartError> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        let owner = std::fs::metadata(cluster).ok().filter(|folder| folder.uid() != 0);
        if let Some(folder) = owner {
            let (uid, gid) = (Uid::from_raw(folder.uid()), Gid::from_raw(folder.gid()));
            let name = User::from_uid(uid)
                .ok()
                .flatten()
                .map_or_else(|| uid.to_string(), |user| user.name);
            return Ok(Some(Self { name, uid, gid }));
        }
        match User::from_name("postgres") {
            Ok(Some(user)) if !user.uid.is_root() => Ok(Some(Self {
                name: user.name,
                uid: user.uid,
                gid: user.gid,
            })),
            _ => Err(StartError::NoAccount),
        }
    }

    /// The first folder on the way to `path` that this account may not pass through, judged by the permission bits.
    pub fn first_closed_folder(&self, path: &Path) -> Option<PathBuf> {
        let mut folders: Vec<&Path> = path.ancestors().collect();
        folders.reverse();
        folders
            .into_iter()
            .find(|folder| std::fs::metadata(folder).is_ok_and(|meta| !self.may_enter(&meta)))
            .map(Path::to_owned)
    }

    /// Whether the permission bits of one folder let this account pass.
    pub fn may_enter(&self, folder: &std::fs::Metadata) -> bool {
        let bit = if folder.uid() == self.uid.as_raw() {
            0o100
        } else if folder.gid() == self.gid.as_raw() {
            0o010
        } else {
            0o001
        };
        folder.mode() & bit != 0
    }

    /// Whether this account can really get to `folder`, tried out rather than computed, because access lists count too.
    pub fn can_reach(account: &Option<Self>, folder: &Path) -> bool {
        if account.is_none() {
            return true;
        }
        let mut command = command(Path::new("/bin/sh"), account);
        command
            .args(["-c", "cd \"$1\"", "sh"])
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

/// A command that runs as `account`, away from the terminal's signals, and untouched by the caller's PG… variables.
pub fn command(program: &Path, account: &Option<Account>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        if name_text.starts_with("PG") || name_text.starts_with("LC_") || name_text == "LANGUAGE" {
            command.env_remove(name);
        }
    }
    // Messages in English, because a few of them are recognised; the cluster's own locale is set explicitly.
    command.env("LANG", "C").env("LC_MESSAGES", "C").env("TZ", "UTC");
    command.current_dir("/").process_group(0).stdin(Stdio::null());
    if let Some(account) = account {
        command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
    }
    command
}
