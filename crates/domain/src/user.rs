//! Users: the names they sign in with, and the passwords that may guard an account.

use std::fmt;
use std::str::FromStr;

use crate::{TextError, text};

checked_text! {
    /// A name to sign in with. Without an `@`, so that it can never be somebody's e-mail address.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Username; "a user name", |schema| schema
        .min_length(Some(2))
        .max_length(Some(50))
        .pattern(Some(r"^[A-Za-z0-9][A-Za-z0-9._-]{1,49}$"))
        .examples(["ama"])
}

impl Username {
    /// Reads a user name.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        let name = text::required_line(value, 50)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if name.len() < 2 || !name.chars().all(allowed) || !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err(
                "A user name has 2 to 50 letters, digits, dots, hyphens or underscores, and begins with a letter or digit."
                    .into(),
            );
        }
        Ok(Self(name))
    }
}

/// A new password that is long enough, short enough and not one that everybody uses. It is never shown or written down.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password itself, for hashing.
    pub fn into_secret(self) -> String {
        self.0
    }

    /// Refuses the user's own name as password.
    pub fn check_for(&self, username: &str) -> Result<(), &'static str> {
        check_password(&self.0, username)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl FromStr for Password {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        check_password(text, "")?;
        Ok(Self(text.to_owned()))
    }
}

impl<'de> serde::Deserialize<'de> for Password {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "a password")
    }
}

impl utoipa::PartialSchema for Password {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(8))
            .max_length(Some(72))
            .write_only(Some(true))
            .description(Some("8 characters to 72 bytes, not a common password and not the user name."))
            .into()
    }
}

impl utoipa::ToSchema for Password {}

/// Passwords that are tried first by whoever tries; also as a stem with digits or signs behind it.
const COMMON: &str = include_str!("common_passwords.txt");

fn is_common(password: &str) -> bool {
    let whole = password.to_lowercase();
    let stem = whole.trim_end_matches(|c: char| !c.is_alphabetic());
    let known = |text: &str| COMMON.lines().any(|common| common == text);
    let repeats = whole.chars().next().is_some_and(|first| whole.chars().all(|c| c == first));
    repeats || known(&whole) || (stem.len() >= 4 && known(stem))
}

/// Checks a new password.
pub fn check_password(password: &str, username: &str) -> Result<(), &'static str> {
    if password.chars().count() < 8 {
        return Err("A password needs at least 8 characters.");
    }
    if password.len() > 72 {
        return Err("A password takes at most 72 bytes: 72 plain letters and digits, fewer with accents or pictures.");
    }
    if password.contains('\0') {
        return Err("A password cannot contain the character U+0000.");
    }
    if password.eq_ignore_ascii_case(username) || is_common(password) {
        return Err("This password is too easy to guess. Choose another.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_no_e_mail_addresses() {
        for good in ["ama", "k.owusu", "till-2", "A1"] {
            assert_eq!(good.parse::<Username>().unwrap().as_str(), good);
        }
        assert_eq!(" ama ".parse::<Username>().unwrap().as_str(), "ama");
        for bad in ["", "a", "ama@example.com", "ama mensah", ".ama", "ɛsi", &"a".repeat(51)] {
            assert!(bad.parse::<Username>().is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_that_everybody_uses_are_refused() {
        for bad in [
            "short", "password", "Password1", "PASSWORD2026!", "12345678", "qwertyuiop", "changeme123", "ghana2026", "aaaaaaaa",
            "payless4tech", "iloveyou", "efua.boateng",
        ] {
            assert!(check_password(bad, "Efua.Boateng").is_err(), "{bad}");
        }
        for good in ["kente-cloth-42", "ɛyɛ anɔpa", "correct horse", "11112222x", &"x1".repeat(36)] {
            assert_eq!(check_password(good, "efua"), Ok(()), "{good}");
        }
        assert!(check_password(&"x1".repeat(37), "efua").is_err());
        assert!(check_password(&"ɛɔ".repeat(19), "efua").is_err());
        assert_eq!(format!("{:?}", "kente-cloth-42".parse::<Password>().unwrap()), "Password(…)");
    }
}
