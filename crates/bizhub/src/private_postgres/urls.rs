//! The addresses of the private cluster's database, one per role.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::secrets::Secrets;

/// The database of the shop inside the private cluster.
pub const DATABASE: &str = "bizhub";

/// The longest path that fits into a Unix socket's address on Linux and macOS alike, with its final zero.
const LONGEST_SOCKET_PATH: usize = 103;

/// Where the private cluster listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// The folder of the socket; `None` where its path would be too long for one.
    pub socket_dir: Option<PathBuf>,
}

impl Address {
    /// The address of a cluster in this data folder.
    pub fn new(data_dir: &Path, port: u16) -> Self {
        let dir = data_dir.join("run");
        let length = dir.join(format!(".s.PGSQL.{port}")).as_os_str().len();
        Self {
            port,
            socket_dir: (length <= LONGEST_SOCKET_PATH).then_some(dir),
        }
    }

    /// The same address without the socket: for tools of other people, who may not enter the socket's folder.
    pub fn loopback(&self) -> Self {
        Self {
            port: self.port,
            socket_dir: None,
        }
    }

    fn url(&self, user: &str, password: &str, database: &str) -> String {
        match &self.socket_dir {
            // The host is only there because a URL with a user must have one; both libpq and sqlx prefer the parameter.
            Some(dir) => format!(
                "postgresql://{user}:{password}@localhost:{}/{database}?host={}",
                self.port,
                percent_encoded(&dir.to_string_lossy())
            ),
            None => format!(
                "postgresql://{user}:{password}@127.0.0.1:{}/{database}?sslmode=disable",
                self.port
            ),
        }
    }

    /// The superuser's way in, for setting the cluster up.
    pub(super) fn superuser_url(&self, secrets: &Secrets) -> String {
        self.url("postgres", &secrets.postgres, "postgres")
    }
}

/// The connection URL of each role.
#[derive(Clone, PartialEq, Eq)]
pub struct Urls {
    /// Owns the schema: migrations, maintenance.
    pub owner: String,
    /// The application: cannot change the schema, nor what is append-only.
    pub app: String,
    /// Reports and other people's tools: can only read. `None` if an external database names none.
    pub readonly: Option<String>,
}

impl Urls {
    /// The URLs of a private cluster.
    pub fn private(address: &Address, secrets: &Secrets) -> Self {
        Self {
            owner: address.url("bizhub_owner", &secrets.owner, DATABASE),
            app: address.url("bizhub_app", &secrets.app, DATABASE),
            readonly: Some(address.url("bizhub_readonly", &secrets.readonly, DATABASE)),
        }
    }

    /// The URLs of a database that somebody else runs. Without a URL of its own the application connects as the owner
    /// and becomes `bizhub_app` in the same breath.
    pub fn external(owner: &str, app: Option<&str>) -> Self {
        Self {
            owner: owner.to_owned(),
            app: app.map_or_else(|| as_role(owner, "bizhub_app"), str::to_owned),
            readonly: None,
        }
    }
}

fn as_role(url: &str, role: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let option = format!("-c%20role%3D{role}");
    match url.find("options=") {
        // libpq lets the last of two `options` win, so that there must be only one.
        Some(start) => {
            let end = url[start..].find('&').map_or(url.len(), |length| start + length);
            format!("{}%20{option}{}", &url[..end], &url[end..])
        }
        None => format!("{url}{separator}options={option}"),
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a String cannot fail");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets {
            postgres: "p".into(),
            owner: "o".into(),
            app: "a".into(),
            readonly: "r".into(),
        }
    }

    #[test]
    fn a_short_path_uses_the_socket_and_a_long_one_the_loopback_port() {
        let short = Urls::private(&Address::new(Path::new("/srv/my shop"), 5433), &secrets());
        assert_eq!(
            short.app,
            "postgresql://bizhub_app:a@localhost:5433/bizhub?host=/srv/my%20shop/run"
        );
        let long = Urls::private(
            &Address::new(Path::new(&format!("/srv/{}", "x".repeat(100))), 5433),
            &secrets(),
        );
        assert_eq!(
            long.owner,
            "postgresql://bizhub_owner:o@127.0.0.1:5433/bizhub?sslmode=disable"
        );
    }

    #[test]
    fn an_external_database_gets_the_application_role() {
        for (owner, app) in [
            (
                "postgres://u@h/d",
                "postgres://u@h/d?options=-c%20role%3Dbizhub_app",
            ),
            (
                "postgres://u@h/d?sslmode=require",
                "postgres://u@h/d?sslmode=require&options=-c%20role%3Dbizhub_app",
            ),
            (
                "postgres://u@h/d?options=-c%20jit%3Doff&sslmode=require",
                "postgres://u@h/d?options=-c%20jit%3Doff%20-c%20role%3Dbizhub_app&sslmode=require",
            ),
        ] {
            assert_eq!(Urls::external(owner, None).app, app);
        }
        assert_eq!(
            Urls::external("postgres://u@h/d", Some("postgres://a@h/d")).app,
            "postgres://a@h/d"
        );
    }
}
