//! Finding the PostgreSQL server programs that are installed on this machine.

use std::path::{Path, PathBuf};

use super::StartError;

/// The oldest PostgreSQL that BizHub's schema works on.
pub const OLDEST_VERSION: u32 = 14;

/// One installed PostgreSQL: the folder of its programs and its major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// The folder that holds `postgres` and `initdb`.
    pub bin_dir: PathBuf,
    /// The major version, for example 15.
    pub version: u32,
}

impl Programs {
    /// Chooses the programs for a data folder: those of exactly the version that made the existing cluster, or the
    /// newest ones for a new cluster.
    pub fn find(bin_dir: Option<&Path>, cluster_version: Option<u32>) -> Result<Self, StartError> {
        let installed = match bin_dir {
            Some(dir) => match Self::in_dir(dir) {
                Some(programs) => vec![programs],
                None => return Err(StartError::NotABinDir { dir: dir.to_owned() }),
            },
            None => Self::installed(),
        };
        choose(installed, cluster_version)
    }

    /// Every PostgreSQL server on this machine, the newest first.
    pub fn installed() -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for dir in candidate_dirs() {
            if let Some(programs) = Self::in_dir(&dir)
                && !found.contains(&programs)
            {
                found.push(programs);
            }
        }
        found.sort_by_key(|programs| std::cmp::Reverse(programs.version));
        found
    }

    /// The path of one of the programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }

    fn in_dir(dir: &Path) -> Option<Self> {
        // Resolved first: distributions link single programs into /usr/local/bin, the others lie beside the target.
        let bin_dir = std::fs::canonicalize(dir.join("postgres"))
            .ok()?
            .parent()?
            .to_owned();
        if !bin_dir.join("initdb").is_file() {
            return None;
        }
        let output = std::process::Command::new(bin_dir.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        let version = parse_version(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { bin_dir, version })
    }
}

fn candidate_dirs() -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    // Debian and Ubuntu, Fedora and its relatives, the project's own default, Homebrew.
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/lib64", "pgsql"),
    ] {
        let Ok(entries) = std::fs::read_dir(parent) else {
            continue;
        };
        dirs.extend(
            entries
                .flatten()
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
                .map(|entry| entry.path().join("bin"))
                .filter(|bin| bin.join("postgres").exists()),
        );
    }
    dirs.push(PathBuf::from("/usr/local/pgsql/bin"));
    dirs
}

fn choose(installed: Vec<Programs>, cluster_version: Option<u32>) -> Result<Programs, StartError> {
    let versions: Vec<u32> = installed.iter().map(|programs| programs.version).collect();
    let Some(newest) = installed.first().cloned() else {
        return Err(StartError::NoPrograms);
    };
    match cluster_version {
        Some(made_by) => installed
            .into_iter()
            .find(|programs| programs.version == made_by)
            .ok_or(StartError::OtherVersion {
                made_by,
                installed: versions,
            }),
        None if newest.version < OLDEST_VERSION => Err(StartError::TooOld {
            version: newest.version,
        }),
        None => Ok(newest),
    }
}

/// Reads the major version from what `postgres --version` prints, e.g. `postgres (PostgreSQL) 15.18 (Debian …)`.
fn parse_version(text: &str) -> Option<u32> {
    let number = text.split("(PostgreSQL) ").nth(1)?;
    number
        .chars()
        .take_while(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(version: u32) -> Programs {
        Programs {
            bin_dir: PathBuf::from(format!("/pg/{version}/bin")),
            version,
        }
    }

    #[test]
    fn versions_are_read_as_every_packager_prints_them() {
        for (text, version) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 17.2\n", Some(17)),
            ("postgres (PostgreSQL) 18beta1\n", Some(18)),
            ("postgres: command not found", None),
            ("", None),
        ] {
            assert_eq!(parse_version(text), version, "{text:?}");
        }
    }

    #[test]
    fn an_existing_cluster_gets_its_own_version_and_a_new_one_the_newest() {
        let both = || vec![programs(17), programs(15)];
        assert_eq!(choose(both(), None).expect("two are installed").version, 17);
        assert_eq!(choose(both(), Some(15)).expect("15 is installed").version, 15);
        assert!(matches!(
            choose(both(), Some(16)),
            Err(StartError::OtherVersion { made_by: 16, .. })
        ));
        assert!(matches!(
            choose(vec![programs(13)], None),
            Err(StartError::TooOld { version: 13 })
        ));
        assert!(matches!(choose(vec![], Some(15)), Err(StartError::NoPrograms)));
    }
}
