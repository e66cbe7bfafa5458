//! Accounts: names to sign in with, and passwords that are hard enough to guess.

use crate::{TextError, text};

checked_text! {
    /// The name somebody signs in with. Ama and ama are the same person: compare by [`Username::key`].
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Username; "a username of 3 to 50 letters, digits, dots, dashes and underscores", |schema| schema
        .min_length(Some(3))
        .max_length(Some(50))
        .pattern(Some("^[A-Za-z0-9._-]{3,50}$"))
        .examples(["ama.mensah"])
}

impl Username {
    /// Reads a username.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        let name = text::required_line(value, 50)?;
        if name.len() < 3
            || !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        {
            return Err(
                "A username has 3 to 50 letters, digits, dots, dashes or underscores, and no spaces.".into(),
            );
        }
        Ok(Self(name))
    }

    /// What is compared: small letters.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// A new password, checked but for the name of its user. It is never shown or written down.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password itself, for hashing.
    pub fn into_secret(self) -> String {
        self.0
    }

    /// Refuses the user's own name as password.
    pub fn check_for(&self, username: &str) -> Result<(), PasswordRefused> {
        check_password(&self.0, username)
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl std::str::FromStr for Password {
    type Err = PasswordRefused;
    fn from_str(text: &str) -> Result<Self, PasswordRefused> {
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
            .min_length(Some(PASSWORD_MIN_CHARS))
            .max_length(Some(PASSWORD_MAX_BYTES))
            .write_only(true)
            .description(Some(
                "At least 8 characters and at most 72 bytes, not a common password and not the user name.",
            ))
            .into()
    }
}

impl utoipa::ToSchema for Password {}

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Fewer than [`PASSWORD_MIN_CHARS`] characters.
    #[error("A password has at least 8 characters: three or four words make a good one.")]
    TooShort,
    /// More than bcrypt reads.
    #[error("A password may be at most 72 bytes long: take a shorter one.")]
    TooLong,
    /// Everybody tries it.
    #[error("This password is one of the first that anybody would try: take another one.")]
    Common,
    /// The username again.
    #[error("The password may not be the username: take another one.")]
    IsUsername,
    /// A character that ends a password too early.
    #[error("This password has an invisible character in it: type it again.")]
    Control,
}

/// The fewest characters of a password.
pub const PASSWORD_MIN_CHARS: usize = 8;
/// The most bytes of a password: bcrypt reads no further.
pub const PASSWORD_MAX_BYTES: usize = 72;

const COMMON_PASSWORDS: &str = include_str!("user/common_passwords.txt");

/// Whether somebody may take this password. Case does not make a common one better.
pub fn check_password(password: &str, username: &str) -> Result<(), PasswordRefused> {
    if password.chars().count() < PASSWORD_MIN_CHARS {
        return Err(PasswordRefused::TooShort);
    }
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(PasswordRefused::TooLong);
    }
    if password.contains('\0') {
        return Err(PasswordRefused::Control);
    }
    let plain = password.trim().to_lowercase();
    if plain == username.trim().to_lowercase() {
        return Err(PasswordRefused::IsUsername);
    }
    if COMMON_PASSWORDS.split_whitespace().any(|common| common == plain) {
        return Err(PasswordRefused::Common);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn usernames() {
        assert_eq!(Username::parse(" Ama.Mensah ").unwrap().key(), "ama.mensah");
        for wrong in ["", "am", "ama mensah", "ama@shop", "ɛfua", "a\0b"] {
            assert!(Username::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(Username::parse(&"a".repeat(51)).is_err());
    }

    #[test]
    fn a_password_is_not_shown() {
        let password: Password = "tro-tro to Madina".parse().unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert_eq!(
            password.check_for("tro-tro to madina"),
            Err(PasswordRefused::IsUsername)
        );
        assert_eq!("password".parse::<Password>(), Err(PasswordRefused::Common));
    }

    #[test]
    fn passwords() {
        assert_eq!(check_password("tro-tro to Madina", "ama"), Ok(()));
        assert_eq!(check_password("short", "ama"), Err(PasswordRefused::TooShort));
        assert_eq!(check_password("ɛɔɛɔɛɔɛ", "ama"), Err(PasswordRefused::TooShort));
        assert_eq!(
            check_password(&"ɛ".repeat(37), "ama"),
            Err(PasswordRefused::TooLong)
        );
        assert_eq!(check_password(&"xy".repeat(36), "ama"), Ok(()));
        assert_eq!(
            check_password("Ama.Mensah", "ama.mensah"),
            Err(PasswordRefused::IsUsername)
        );
        assert_eq!(
            check_password("correct\0horse", "ama"),
            Err(PasswordRefused::Control)
        );
        for common in [
            "changeme123",
            "ChangeMe123",
            "password",
            "12345678",
            " qwerty123 ",
        ] {
            assert_eq!(
                check_password(common, "ama"),
                Err(PasswordRefused::Common),
                "{common}"
            );
        }
    }

    #[test]
    fn the_list_is_long_and_each_of_it_counts() {
        let list: Vec<&str> = COMMON_PASSWORDS.split_whitespace().collect();
        assert!(list.len() >= 300, "{}", list.len());
        assert_eq!(
            list.iter().collect::<HashSet<_>>().len(),
            list.len(),
            "some stand there twice"
        );
        for common in list {
            assert_eq!(
                check_password(common, "ama"),
                Err(PasswordRefused::Common),
                "{common}"
            );
        }
    }
}
