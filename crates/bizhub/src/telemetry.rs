//! The log, and what a panic leaves behind.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;
use crate::failure::Failure;

/// Lines that wait to be written. When there are more, because nobody reads the log, further ones are dropped: a shop does
/// not stop selling for its log.
const LINES_WAITING: usize = 10_000;

static WRITER: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// Begins logging to standard error, from a thread of its own.
pub fn begin(filter: &str, format: LogFormat) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter).map_err(|_| {
        Failure::new(format!(
            "{filter:?} is not a log filter: write it like info or info,sqlx=debug"
        ))
    })?;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(LINES_WAITING)
        .lossy(true)
        .thread_name("log")
        .finish(std::io::stderr());
    *WRITER.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer);
    match format {
        LogFormat::Text => builder
            .with_target(false)
            .with_ansi(std::io::stderr().is_terminal())
            .init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Writes what waits, but not for long if nobody reads it.
pub fn end() {
    drop(WRITER.lock().unwrap_or_else(PoisonError::into_inner).take());
}

/// A panic is a mistake of ours: one sentence for the person, the place of it in the log, never a backtrace.
pub fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let message = panic.payload_as_str().map_or_else(
            || "no message".to_owned(),
            |message| message.lines().collect::<Vec<_>>().join(" "),
        );
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        tracing::error!(place, message, thread, "panic");
        if tracing::enabled!(tracing::Level::ERROR) {
            eprintln!(
                "bizhub: a mistake in BizHub itself stopped this work; nothing half-done was saved; the log line above says where, please report it"
            );
        } else {
            eprintln!(
                "bizhub: a mistake in BizHub itself stopped this work; nothing half-done was saved; please report it with this: {place}: {message}"
            );
        }
    }));
}
