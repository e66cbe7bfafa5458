//! What is wrong with a request, field by field.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field, as a JSON pointer.
    #[schema(example = "/lines/0/quantity")]
    pub pointer: String,
    /// What is wrong, and what to do about it.
    #[schema(example = "The quantity must be at least 1.")]
    pub detail: String,
}

/// Everything that is wrong with a request, so that it is mended in one go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// One thing wrong.
    pub fn one(pointer: impl Into<String>, detail: impl fmt::Display) -> Self {
        let mut invalid = Self::new();
        invalid.push(pointer, detail);
        invalid
    }

    /// Notes what is wrong with a field.
    pub fn push(&mut self, pointer: impl Into<String>, detail: impl fmt::Display) {
        self.0.push(FieldError {
            pointer: pointer.into(),
            detail: detail.to_string(),
        });
    }

    /// The value, or nothing and a note of what is wrong with it.
    pub fn check<T, E: fmt::Display>(
        &mut self,
        pointer: impl Into<String>,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.push(pointer, error)).ok()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fails if anything is wrong.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<FieldError> for Invalid {
    fn from(error: FieldError) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (n, error) in self.0.iter().enumerate() {
            write!(
                f,
                "{}{}: {}",
                if n == 0 { "" } else { " " },
                error.pointer,
                error.detail
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;

    #[test]
    fn everything_wrong_is_collected() {
        let mut invalid = Invalid::new();
        assert_eq!(
            invalid.check("/amount", Money::parse("5.00")),
            Some(Money::from_pesewas(500))
        );
        assert_eq!(invalid.check("/lines/0/unit_price", Money::parse("five")), None);
        invalid.push("/lines/0/quantity", "The quantity must be at least 1.");
        assert_eq!(invalid.0.len(), 2);
        let text = invalid.into_result().unwrap_err().to_string();
        assert!(
            text.ends_with("/lines/0/quantity: The quantity must be at least 1."),
            "{text}"
        );
        assert_eq!(Invalid::new().into_result(), Ok(()));
    }
}
