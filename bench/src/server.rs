//! The product under measurement: its release binary with its own PostgreSQL, in a data folder of its own.

use crate::Failure;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `127.0.0.1:PORT`
    pub address: String,
    /// From the start of the process until it said that it is ready.
    pub start: Duration,
}

/// Where PostgreSQL's programs and the product are, and its data.
#[derive(Debug, Clone)]
pub struct Place {
    /// The product.
    pub bizhub: PathBuf,
    /// Its data folder.
    pub data_dir: PathBuf,
    /// Its port.
    pub port: u16,
}

impl Place {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.bizhub);
        command.args(arguments).arg("--data-dir").arg(&self.data_dir);
        command
    }

    /// Starts the server and waits until it is ready.
    pub async fn serve(&self) -> Result<Server, Failure> {
        let address = format!("127.0.0.1:{}", self.port);
        let begun = Instant::now();
        let mut child = self
            .command(&["serve", "--listen", &address, "--log", "error"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            if line.contains("ready at") {
                let start = begun.elapsed();
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Server {
                    child,
                    address,
                    start,
                });
            }
        }
        Err("the server ended before it was ready".into())
    }

    /// The output of a command of the product, and how long it took; fails as the command does.
    pub async fn run(&self, arguments: &[&str]) -> Result<(String, Duration), Failure> {
        let begun = Instant::now();
        let output = self.command(arguments).stderr(Stdio::inherit()).output().await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            Ok((text, begun.elapsed()))
        } else {
            Err(format!("bizhub {} failed: {text}", arguments.join(" ")).into())
        }
    }

    /// The URL of the application's role.
    pub async fn app_url(&self) -> Result<String, Failure> {
        Ok(self
            .run(&["db", "url", "--role", "app"])
            .await?
            .0
            .trim()
            .to_owned())
    }

    /// The URL of the cluster's superuser, who alone may load with the triggers off.
    pub async fn superuser_url(&self) -> Result<String, Failure> {
        let secrets = std::fs::read_to_string(self.data_dir.join("secrets.toml"))?;
        let password = secrets
            .lines()
            .find_map(|line| line.strip_prefix("postgres = "))
            .ok_or("the superuser has no password")?
            .trim_matches('"');
        let app = self.app_url().await?;
        let (_, rest) = app.split_once('@').ok_or("the URL has no host")?;
        Ok(format!("postgresql://postgres:{password}@{rest}"))
    }
}

impl Server {
    /// Memory of the server's process that is its own, in MB (PostgreSQL's is not counted).
    pub fn memory(&self) -> f64 {
        let pid = self.child.id().unwrap_or_default();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
        kilobytes.map_or(f64::NAN, |kb| kb / 1024.0)
    }

    /// Stops it as `systemctl stop` does.
    pub async fn stop(mut self) -> Result<(), Failure> {
        if let Some(pid) = self.child.id() {
            Command::new("kill")
                .arg("-TERM")
                .arg(pid.to_string())
                .status()
                .await?;
        }
        self.child.wait().await?;
        Ok(())
    }
}

/// The first of the folders where distributions put PostgreSQL's programs that has this one.
pub fn program(name: &str) -> PathBuf {
    let told = std::env::var_os("BIZHUB_PG_BIN_DIR").map(PathBuf::from);
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    found.sort();
    told.into_iter()
        .chain(found.into_iter().rev())
        .map(|dir| dir.join(name))
        .find(|path| path.exists())
        .unwrap_or_else(|| Path::new(name).to_owned())
}
