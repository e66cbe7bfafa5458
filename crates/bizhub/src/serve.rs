//! The server's life: lock, listen, database, the work itself, and everything back in the opposite order.

use std::io::{ErrorKind, Write};
use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::Settings;
use crate::database::{Database, external};
use crate::failure::Failure;
use crate::private_postgres::{DataFolder, FolderLock, Urls};

/// What the shop is built on: everything that is there before the first request.
pub struct Foundation {
    /// The settings as they hold.
    pub settings: Settings,
    /// The database, one URL per role.
    pub urls: Urls,
    /// Bound already, so that a taken port is known before anything else starts.
    pub listener: TcpListener,
    /// Cancelled when the server is to stop: finish what runs, take nothing new.
    pub shutdown: CancellationToken,
}

impl Foundation {
    /// Says on standard output that the server is ready, and after the first start how to sign in.
    pub fn announce(&self, first_sign_in: Option<&str>) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        let address = shown(self.listener.local_addr()?);
        let say = |out: &mut std::io::StdoutLock<'_>| -> std::io::Result<()> {
            writeln!(out, "BizHub is ready at http://{address}")?;
            if let Some(sentence) = first_sign_in {
                writeln!(out, "{sentence}")?;
            }
            out.flush()
        };
        // Nobody may be reading any more; the shop opens all the same.
        say(&mut out).or_else(|error| {
            if error.kind() == ErrorKind::BrokenPipe {
                Ok(())
            } else {
                Err(error)
            }
        })?;
        Ok(())
    }
}

/// Serves until a signal comes: `work` migrates, opens the shop and serves it, and returns when it has been shut down.
/// A second signal does not wait for it any longer.
pub async fn run(
    settings: Settings,
    work: impl AsyncFnOnce(Foundation) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Signals { shutdown, hurry } = Signals::watch()?;
    let lock = match external(&settings) {
        Some(_) => None,
        None => Some(FolderLock::for_server(&DataFolder::create(&settings.data_dir)?)?),
    };
    let listener = listen(settings.listen).await?;
    let database = tokio::select! {
        database = Database::for_server(&settings, lock) => database?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let foundation = Foundation {
        settings,
        urls: database.urls().clone(),
        listener,
        shutdown,
    };
    let result = tokio::select! {
        result = work(foundation) => result,
        () = hurry.cancelled() => {
            tracing::warn!("told to stop a second time: requests that are still running are dropped");
            Ok(())
        }
    };
    database.close().await;
    result
}

struct Signals {
    shutdown: CancellationToken,
    hurry: CancellationToken,
}

impl Signals {
    fn watch() -> Result<Self, Failure> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let signals = Self {
            shutdown: CancellationToken::new(),
            hurry: CancellationToken::new(),
        };
        let (shutdown, hurry) = (signals.shutdown.clone(), signals.hurry.clone());
        tokio::spawn(async move {
            for token in [shutdown, hurry] {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                    _ = hang_up.recv() => {}
                }
                token.cancel();
            }
        });
        Ok(signals)
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let (ip, port) = (address.ip(), address.port());
        Failure::new(match error.kind() {
            ErrorKind::AddrInUse => format!(
                "port {port} on {ip} is taken by another program: stop that, or choose another with --listen {}",
                SocketAddr::new(ip, port.checked_add(1).unwrap_or(8080))
            ),
            ErrorKind::PermissionDenied => format!(
                "this user may not listen on port {port}: choose one above 1023, for example --listen {}",
                SocketAddr::new(ip, 8080)
            ),
            ErrorKind::AddrNotAvailable => format!(
                "this machine has no address {ip}: listen on 127.0.0.1 for this machine only, or on 0.0.0.0 for its whole network"
            ),
            _ => format!("cannot listen on {address}: {error}"),
        })
    })
}

/// An address that a browser can open: "all addresses" is none.
pub fn shown(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => SocketAddr::from(([127, 0, 0, 1], v4.port())),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => SocketAddr::from(([127, 0, 0, 1], v6.port())),
        other => other,
    }
}
