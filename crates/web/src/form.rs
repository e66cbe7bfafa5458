//! Forms: what was typed, kept for showing it again, and parsed by the same types as the API's bodies.

use crate::problem::PageProblem;
use app::{FieldError, Idempotency, Refusal};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use std::borrow::Cow;

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
    /// belong to the page alone. Everything that is wrong is told at once, each beside its field.
    pub fn parse<T: DeserializeOwned>(&self, not_for_it: &[&str]) -> Result<T, Refusal> {
        let mut pairs: Vec<(&str, Cow<str>)> = self
            .0
            .iter()
            .filter(|(name, value)| !value.trim().is_empty() && !not_for_it.contains(&name.as_str()))
            .filter(|(name, _)| name != "form_key")
            // A space at the end of a password belongs to it.
            .map(|(name, value)| {
                let whole = name.contains("password");
                let value = if whole { value.as_str() } else { value.trim() };
                (name.as_str(), Cow::Borrowed(value))
            })
            .collect();
        let mut wrong: Vec<FieldError> = Vec::new();
        loop {
            let error = match parse_pairs::<T>(&pairs)? {
                Ok(parsed) if wrong.is_empty() => return Ok(parsed),
                Ok(_) => return Err(Refusal::Invalid(wrong)),
                Err(error) => error,
            };
            let name = error.pointer.trim_start_matches('/').to_owned();
            // A number that was written as the pages show it.
            let grouped = pairs
                .iter_mut()
                .find(|(field, value)| *field == name && is_grouped(value));
            if let Some((_, value)) = grouped {
                *value = Cow::Owned(value.replace(',', ""));
                continue;
            }
            // A field that was left out because it is wrong is missed now; that it is wrong was said.
            if wrong.iter().any(|said| said.pointer == error.pointer) {
                return Err(Refusal::Invalid(wrong));
            }
            wrong.push(error);
            let before = pairs.len();
            pairs.retain(|(field, _)| *field != name);
            if pairs.len() == before {
                return Err(Refusal::Invalid(wrong));
            }
        }
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

/// Whether this is a number with its thousands apart, like `4,000.50`.
fn is_grouped(text: &str) -> bool {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut groups = whole.split(',');
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().unwrap_or_default().trim_start_matches('-');
    (1..=3).contains(&first.len())
        && digits(first)
        && whole.contains(',')
        && groups.all(|group| group.len() == 3 && digits(group))
}

/// The first thing that is wrong with these fields, if anything is.
fn parse_pairs<T: DeserializeOwned>(pairs: &[(&str, Cow<str>)]) -> Result<Result<T, FieldError>, Refusal> {
    let text = serde_urlencoded::to_string(pairs).map_err(|e| Refusal::Internal(e.to_string()))?;
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    Ok(serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let mut detail = error.into_inner().to_string();
        // What the standard library says of a number that is none.
        if detail.contains("invalid digit found")
            || detail.contains("parse integer")
            || detail.contains("number too")
        {
            detail = "Write a whole number here, without spaces.".into();
        }
        let name = detail.split('`').nth(1).unwrap_or("");
        let pointer = if detail.starts_with("missing field") {
            format!("/{name}")
        } else if path == "." {
            String::new()
        } else {
            format!("/{path}")
        };
        if detail.starts_with("missing field") {
            detail = "Please fill this in.".into();
        }
        FieldError { pointer, detail }
    }))
}

/// A fresh key for a form.
pub fn form_key() -> String {
    format!("{:016x}{:016x}", rand::random::<u64>(), rand::random::<u64>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{BatteryHealth, Imei, Text};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Wanted {
        #[expect(dead_code, reason = "only parsed")]
        name: Text<1, 5>,
        #[expect(dead_code, reason = "only parsed")]
        imei_1: Option<Imei>,
        #[expect(dead_code, reason = "only parsed")]
        health: Option<BatteryHealth>,
        #[expect(dead_code, reason = "only parsed")]
        number: Option<u8>,
    }

    fn wrong(fields: &str) -> Vec<(String, String)> {
        match Form::parse_bytes(fields.as_bytes()).unwrap().parse::<Wanted>(&[]) {
            Ok(_) => Vec::new(),
            Err(Refusal::Invalid(errors)) => errors.into_iter().map(|e| (e.pointer, e.detail)).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        assert!(wrong("name=ab&health=80").is_empty());
        let of = |fields| {
            wrong(fields)
                .into_iter()
                .map(|(pointer, _)| pointer)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(""), ["/name"]);
        assert_eq!(
            of("health=150&number=x&name=toolong&imei_1=12"),
            ["/health", "/number", "/name", "/imei_1"]
        );
        assert_eq!(of("number=300"), ["/number", "/name"]);
    }

    #[test]
    fn amounts_are_read_as_the_pages_show_them() {
        #[derive(Debug, Deserialize)]
        struct Prices {
            name: Text<1, 20>,
            price: domain::Price,
        }
        let read = |fields: &str| Form::parse_bytes(fields.as_bytes()).unwrap().parse::<Prices>(&[]);
        for (typed, price) in [
            ("4,000.50", "4000.50"),
            ("12,345,678", "12345678.00"),
            ("4000.5", "4000.50"),
        ] {
            let prices = read(&format!("name=4,000.50&price={typed}")).unwrap();
            assert_eq!(prices.price.to_string(), price);
            assert_eq!(prices.name.as_str(), "4,000.50", "words stay as they are");
        }
        for typed in ["4,00", "4,0000", ",400", "4,000,", "1.000,50", "4,000.505"] {
            assert!(read(&format!("name=a&price={typed}")).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_wrong_check_digit_is_not_called_a_wrong_number() {
        let [(_, detail)] = &wrong("name=a&imei_1=490154203237519")[..] else {
            panic!("one is wrong");
        };
        assert!(detail.contains("does not fit the others"), "{detail}");
        let [(_, detail)] = &wrong("name=a&number=many")[..] else {
            panic!("one is wrong");
        };
        assert_eq!(detail, "Write a whole number here, without spaces.");
    }
}
