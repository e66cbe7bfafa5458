//! The end of a command that did not work: one sentence for the person at the terminal.

use std::fmt::{self, Display};

/// Why a command failed, and how to mend it.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// A failure with its sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Every error's own text is its sentence; what caused it goes to the log.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut cause = error.source();
        while let Some(source) = cause {
            tracing::debug!(%source, "caused by");
            cause = source.source();
        }
        Self(error.to_string())
    }
}
