//! Forms: what was typed, kept for showing it again, and parsed by the same types as the API's bodies.

use crate::problem::PageProblem;
use app::{Idempotency, Refusal};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

/// The fields of a form, in their order.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = PageProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageProblem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| {
            PageProblem::from(Refusal::Unreadable {
                status: 413,
                detail: "This form is larger than it may be.".into(),
            })
        })?;
        Form::parse_bytes(&bytes).map_err(PageProblem::from)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Form {
    /// A form filled in with what is stored.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        Form(
            fields
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl Form {
    /// From `application/x-www-form-urlencoded`.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Form, Refusal> {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(bytes).map_err(|_| Refusal::Unreadable {
                status: 400,
                detail: "This form could not be read. Open the page again and repeat.".into(),
            })?;
        if pairs.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Refusal::invalid(
                "",
                "A text contains the character U+0000, which cannot be stored.",
            ));
        }
        Ok(Form(pairs))
    }

    /// From fields that did not come as a form: those of another kind of body, or filled in by the page itself.
    pub fn from_pairs<N: Into<String>>(pairs: impl IntoIterator<Item = (N, String)>) -> Form {
        Form(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }

    /// The fields with their values, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The names of the fields, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The first value of a field, or empty.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// All fields whose name begins so, with the rest of the name.
    pub fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        self.0
            .iter()
            .filter_map(move |(n, v)| n.strip_prefix(prefix).map(|rest| (rest, v.as_str())))
    }

    /// Whether a checkbox is on.
    pub fn is_on(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Parses the fields into the type of a use case. Empty fields count as absent; `not_for_it` names fields that
    /// belong to the page alone.
    pub fn parse<T: DeserializeOwned>(&self, not_for_it: &[&str]) -> Result<T, Refusal> {
        let pairs: Vec<(&str, &str)> = self
            .0
            .iter()
            .filter(|(name, value)| !value.trim().is_empty() && !not_for_it.contains(&name.as_str()))
            .filter(|(name, _)| name != "form_key")
            // A space at the end of a password belongs to it.
            .map(|(name, value)| {
                (
                    name.as_str(),
                    if name.contains("password") {
                        value.as_str()
                    } else {
                        value.trim()
                    },
                )
            })
            .collect();
        let text = serde_urlencoded::to_string(pairs).map_err(|e| Refusal::Internal(e.to_string()))?;
        let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let path = error.path().to_string();
            let mut message = error.into_inner().to_string();
            // What the standard library says of a number that is none.
            if message.contains("digit")
                || message.contains("parse integer")
                || message.contains("number too")
            {
                message = "Write a whole number here, without spaces.".into();
            }
            let name = message.split('`').nth(1).unwrap_or("");
            if message.starts_with("missing field") {
                Refusal::invalid(format!("/{name}"), "Please fill this in.")
            } else if path == "." {
                Refusal::invalid("", message)
            } else {
                Refusal::invalid(format!("/{path}"), message)
            }
        })
    }

    /// The key of this filling-in of the form (a hidden field `form_key` with a random value), so that a double click
    /// or a repeated request has one effect. The fingerprint is the form itself.
    pub fn idempotency(&self, path: &str) -> Option<Idempotency> {
        self.idempotency_named("form_key", path)
    }

    /// The same for a form whose key has another name.
    pub fn idempotency_named(&self, name: &str, path: &str) -> Option<Idempotency> {
        let key = self.get(name);
        if key.is_empty() || key.len() > 100 || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        Some(Idempotency {
            key: format!("form-{key}"),
            fingerprint: self.fingerprint(path),
        })
    }

    /// A digest of everything that was sent, but for passwords: it is kept, and they must not be found again from it.
    pub fn fingerprint(&self, path: &str) -> Vec<u8> {
        use sha2::{Digest, Sha256};
        let mut digest = Sha256::new();
        digest.update(path);
        for (name, value) in self.0.iter().filter(|(name, _)| !name.ends_with("password")) {
            digest.update(name);
            digest.update([0]);
            digest.update(value);
            digest.update([0]);
        }
        digest.finalize().to_vec()
    }
}

/// A fresh key for a form.
pub fn form_key() -> String {
    format!("{:016x}{:016x}", rand::random::<u64>(), rand::random::<u64>())
}
