//! A server of its own for a test: started, asked, signalled, stopped.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;

/// Generous, because the machine that runs the tests may be busy; what is measured is measured elsewhere.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn bizhub(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bizhub"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BIZHUB_") {
            command.env_remove(name);
        }
    }
    command
        .env("BIZHUB_DATA_DIR", data_dir)
        .env("BIZHUB_LISTEN", "127.0.0.1:0");
    command.stdin(Stdio::null()).current_dir("/");
    command
}

pub fn refused(command: &mut Command) -> String {
    let Output {
        status,
        stderr,
        stdout,
    } = command.output().expect("it starts");
    let sentence = String::from_utf8_lossy(&stderr).trim().to_owned();
    assert_eq!(
        status.code(),
        Some(1),
        "{sentence} {}",
        String::from_utf8_lossy(&stdout)
    );
    let last = sentence.lines().last().expect("a sentence").to_owned();
    assert!(last.starts_with("bizhub: "), "{sentence}");
    assert!(
        !sentence.contains("panicked") && !sentence.contains("RUST_BACKTRACE"),
        "{sentence}"
    );
    last
}

pub struct Server {
    pub child: Child,
    pub data_dir: PathBuf,
    pub address: String,
}

impl Server {
    pub fn start(data_dir: &Path) -> Self {
        Self::start_with(bizhub(data_dir).arg("serve"), data_dir)
    }

    pub fn start_with(command: &mut Command, data_dir: &Path) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("readable");
        if line.is_empty() {
            let mut said = String::new();
            child
                .stderr
                .take()
                .expect("piped")
                .read_to_string(&mut said)
                .expect("readable");
            panic!("the server did not get ready: {said}");
        }
        let address = line
            .trim()
            .strip_prefix("BizHub is ready at http://")
            .expect("the one line")
            .to_owned();
        Self {
            child,
            data_dir: data_dir.to_owned(),
            address,
        }
    }

    pub fn postmaster(&self) -> Pid {
        let text = std::fs::read_to_string(self.data_dir.join("postgres/postmaster.pid")).expect("it runs");
        Pid::from_raw(
            text.lines()
                .next()
                .expect("a first line")
                .parse()
                .expect("a number"),
        )
    }

    pub fn url(&self, role: &str) -> String {
        let output = bizhub(&self.data_dir)
            .args(["db", "url", "--role", role])
            .output()
            .expect("it runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).expect("it runs");
    }

    pub fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        assert!(
            !self.data_dir.join("postgres/postmaster.pid").exists(),
            "the database was stopped too"
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.signal(Signal::SIGTERM);
            self.child.wait().ok();
        }
    }
}

pub fn alive(pid: Pid) -> bool {
    // A zombie is as dead as it gets, whoever should collect it.
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}

pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what} has not happened");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}

pub fn ask(url: &str, question: &'static str) -> Result<String, sqlx::Error> {
    block_on(async {
        let mut conn = PgConnection::connect(url).await?;
        let answer = sqlx::query_scalar(question).fetch_one(&mut conn).await?;
        conn.close().await?;
        Ok(answer)
    })
}

pub fn tell(url: &str, statements: &'static str) -> Result<(), sqlx::Error> {
    block_on(async {
        let mut conn = PgConnection::connect(url).await?;
        conn.execute(statements).await?;
        conn.close().await
    })
}

/// A folder that every account may pass through, as an ordinary data folder's surroundings are.
pub fn open_dir() -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o755)).expect("it is ours");
    dir
}
