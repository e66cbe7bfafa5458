//! The passwords of the private cluster's roles, made once and kept in a file that only BizHub's user can read.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use serde::{Deserialize, Serialize};

use super::StartError;

/// One password per role.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The cluster's superuser, `postgres`; used only to set the cluster up.
    pub postgres: String,
    /// `bizhub_owner`, who owns the schema and runs the migrations.
    pub owner: String,
    /// `bizhub_app`, whom the application connects as.
    pub app: String,
    /// `bizhub_readonly`, for reporting tools.
    pub readonly: String,
}

impl Secrets {
    /// The file in the data folder.
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("secrets.toml")
    }

    /// Reads the data folder's secrets; `None` if there are none yet.
    pub fn read(data_dir: &Path) -> Result<Option<Self>, StartError> {
        let path = Self::path(data_dir);
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .map(Some)
                .map_err(|_| StartError::Secrets { path }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                Err(StartError::SecretsOfAnother { path })
            }
            Err(error) => Err(StartError::folder(&path, error)),
        }
    }

    /// Makes new secrets and writes them, whole or not at all.
    pub fn create(data_dir: &Path) -> Result<Self, StartError> {
        let secrets = Self {
            postgres: password(),
            owner: password(),
            app: password(),
            readonly: password(),
        };
        let text = toml::to_string(&secrets).expect("four texts are valid TOML");
        let path = Self::path(data_dir);
        let draft = data_dir.join("secrets.toml.new");
        let write = || -> std::io::Result<()> {
            if let Err(error) = std::fs::remove_file(&draft)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(error);
            }
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&draft)?;
            file.write_all(b"# Passwords of BizHub's own PostgreSQL. Keep this file with the data folder, and to yourself.\n")?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&draft, &path)
        };
        write().map_err(|error| StartError::folder(data_dir, error))?;
        Ok(secrets)
    }
}

/// 32 random bytes in an alphabet that needs no quoting in SQL, in a URL or in TOML.
fn password() -> String {
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .expect("the system's random source is always there on Unix");
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn secrets_are_kept_private_and_come_back_the_same() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert!(Secrets::read(dir.path()).expect("an empty folder").is_none());
        let made = Secrets::create(dir.path()).expect("secrets");
        let read = Secrets::read(dir.path()).expect("readable").expect("there");
        assert_eq!(made.owner, read.owner);
        assert_eq!(made.app.len(), 43);
        assert_ne!(made.app, made.readonly);
        let mode = std::fs::metadata(Secrets::path(dir.path()))
            .expect("the file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
