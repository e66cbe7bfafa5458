//! What went wrong in the database, in terms a use case can decide on.

use std::borrow::Cow;

/// A database error, sorted by what the caller can do about it.
#[derive(Debug)]
pub enum Fault {
    /// A named constraint, unique index or guard trigger refused the change. `message` is the database's own text;
    /// guard triggers write it as a sentence for people.
    Refused {
        /// Name of the constraint, index or guard.
        constraint: String,
        /// SQLSTATE, e.g. `23505`.
        state: String,
        /// The database's message.
        message: String,
    },
    /// The database cannot be reached or is shutting down: nothing was saved, trying again may help.
    Unavailable(sqlx::Error),
    /// Two transactions stood in each other's way; the caller may run the whole use case again.
    Conflict(sqlx::Error),
    /// No row where one had to be.
    NotFound,
    /// Anything else: a bug or a broken installation.
    Other(sqlx::Error),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Fault::NotFound,
            sqlx::Error::Database(inner) => {
                let state = inner.code().unwrap_or(Cow::Borrowed("")).into_owned();
                match state.as_str() {
                    "40001" | "40P01" | "55P03" => Fault::Conflict(error),
                    "57P01" | "57P02" | "57P03" | "53300" | "53100" | "25006" => Fault::Unavailable(error),
                    _ => match inner.constraint() {
                        Some(name) => Fault::Refused {
                            constraint: name.to_owned(),
                            message: inner.message().to_owned(),
                            state,
                        },
                        None => Fault::Other(error),
                    },
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Fault::Unavailable(error),
            _ => Fault::Other(error),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Refused {
                constraint, message, ..
            } => write!(f, "{constraint}: {message}"),
            Fault::Unavailable(e) | Fault::Conflict(e) | Fault::Other(e) => write!(f, "{e}"),
            Fault::NotFound => f.write_str("no such row"),
        }
    }
}

impl std::error::Error for Fault {}
