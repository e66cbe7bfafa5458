//! Text with a meaning: enumerations spelled as in the schema, and strings that were checked once and then trusted.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::de::{Deserializer, Error, Visitor};

/// Why a text is refused: a sentence for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TextError(pub String);

impl From<&str> for TextError {
    fn from(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}

/// The pattern of one line of text: no control characters, and something to see.
pub const LINE_PATTERN: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";

/// A line that must be there: trimmed, 1 to `max` characters, no control characters.
pub fn required_line(value: &str, max: usize) -> Result<String, TextError> {
    let line = value.trim();
    if line.is_empty() {
        return Err("This may not be empty.".into());
    }
    if line.chars().any(char::is_control) {
        return Err("This has line breaks or invisible characters in it: type it on one line.".into());
    }
    check_length(line, max)?;
    Ok(line.to_owned())
}

/// A line that may be missing; blank counts as missing.
pub fn optional_line(value: Option<&str>, max: usize) -> Result<Option<String>, TextError> {
    value
        .filter(|text| !text.trim().is_empty())
        .map(|text| required_line(text, max))
        .transpose()
}

/// Notes that may be missing and may have line breaks; blank counts as missing.
pub fn optional_paragraph(value: Option<&str>, max: usize) -> Result<Option<String>, TextError> {
    let Some(text) = value.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err("This has invisible characters in it: type it again.".into());
    }
    check_length(text, max)?;
    Ok(Some(text.to_owned()))
}

fn check_length(text: &str, max: usize) -> Result<(), TextError> {
    match text.chars().count() {
        length if length > max => Err(TextError(format!(
            "This may be at most {max} characters long; it has {length}."
        ))),
        _ => Ok(()),
    }
}

/// "A, B or C".
pub fn one_of<T: fmt::Display>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(T::to_string).collect();
            format!("{} or {last}", first.join(", "))
        }
    }
}

/// A workflow as a page of docs/workflows, from its moves: from, what happens, to, what it needs.
pub fn workflow_page(title: &str, source: &str, moves: &[(&str, String, &str, &str)]) -> String {
    let name = |status: &str| status.replace(' ', "");
    let mut names: Vec<&str> = Vec::new();
    for status in moves.iter().flat_map(|(from, _, to, _)| [*from, *to]) {
        if !names.contains(&status) {
            names.push(status);
        }
    }
    let mut page =
        format!("# {title}\n\nGenerated from the table in `{source}`.\n\n```mermaid\nstateDiagram-v2\n");
    for status in &names {
        page.push_str(&format!("    state \"{status}\" as {}\n", name(status)));
    }
    if let Some(first) = names.first() {
        page.push_str(&format!("    [*] --> {}\n", name(first)));
    }
    for (from, what, to, _) in moves {
        page.push_str(&format!("    {} --> {}: {what}\n", name(from), name(to)));
    }
    for end in names
        .iter()
        .filter(|s| !moves.iter().any(|(from, ..)| from == *s))
    {
        page.push_str(&format!("    {} --> [*]\n", name(end)));
    }
    page.push_str("```\n\n| from | what happens | to | needs |\n|---|---|---|---|\n");
    for (from, what, to, needs) in moves {
        page.push_str(&format!("| {from} | {what} | {to} | {needs} |\n"));
    }
    page
}

/// Reads a text and nothing else (no numbers, no null), by the type's own `FromStr`.
pub fn deserialize<'de, D, T>(deserializer: D, expecting: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct Text<T>(&'static str, PhantomData<T>);
    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str(self.0)
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Text(expecting, PhantomData))
}

/// An enumeration spelled as in the schema, in JSON, in the database and on the page alike:
///
/// ```
/// domain::text_enum! {
///     /// How a lamp is.
///     pub enum Lamp {
///         /// It burns.
///         SwitchedOn = "Switched On",
///         /// It does not.
///         Off = "Off",
///     }
/// }
/// assert_eq!("Switched On".parse(), Ok(Lamp::SwitchedOn));
/// assert_eq!("on".parse::<Lamp>().unwrap_err().to_string(), "This must be Switched On or Off.");
/// ```
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// All values, in the order in which people read them.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The texts of all values, in that order.
            $vis const TEXTS: &'static [&'static str] = &[$($text),+];

            /// The text that stands in the database, in JSON and on the page.
            $vis const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::text::TextError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::text::TextError(format!("This must be {}.", $crate::text::one_of(Self::ALL)))),
                }
            }
        }

        impl $crate::macro_support::utoipa::PartialSchema for $name {
            fn schema() -> $crate::macro_support::utoipa::openapi::RefOr<$crate::macro_support::utoipa::openapi::Schema> {
                $crate::macro_support::utoipa::openapi::ObjectBuilder::new()
                    .schema_type($crate::macro_support::utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),+]))
                    .into()
            }
        }

        $crate::text_traits!($name, "one of the listed texts", |value| value.as_str());
    };
}

/// A string that was checked once, by the type's own `parse(&str) -> Result<Self, TextError>`; `$schema` completes its
/// OpenAPI schema. What the database holds came in through `parse` and is not checked again.
macro_rules! checked_text {
    ($(#[$meta:meta])* pub struct $name:ident; $expecting:literal, |$builder:ident| $schema:expr) => {
        $(#[$meta])*
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::text::TextError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::Schema> {
                let $builder = ::utoipa::openapi::ObjectBuilder::new().schema_type(::utoipa::openapi::schema::Type::String);
                $schema.into()
            }
        }

        $crate::text_traits!(@read trusted $name, $expecting, |value| value.as_str());
    };
}

/// Display, serde, OpenAPI name and columns of a type that is one text.
#[doc(hidden)]
#[macro_export]
macro_rules! text_traits {
    ($name:ident, $expecting:literal, |$value:ident| $text:expr) => {
        $crate::text_traits!(@read parsed $name, $expecting, |$value| $text);
    };
    (@read $read:ident $name:ident, $expecting:literal, |$value:ident| $text:expr) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter) -> ::std::fmt::Result {
                let $value = self;
                f.pad($text)
            }
        }

        impl $crate::macro_support::serde::Serialize for $name {
            fn serialize<S: $crate::macro_support::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                serializer.serialize_str($text)
            }
        }

        impl<'de> $crate::macro_support::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::macro_support::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::text::deserialize(deserializer, $expecting)
            }
        }

        impl $crate::macro_support::utoipa::ToSchema for $name {}

        $crate::text_columns!($read $name, |$value| $text);
    };
}

/// Columns of a type that is one text: TEXT and VARCHAR alike, and arrays of them.
#[cfg(feature = "sqlx")]
#[doc(hidden)]
#[macro_export]
macro_rules! text_columns {
    ($read:ident $name:ident, |$value:ident| $text:expr) => {
        const _: () = {
            use $crate::macro_support::sqlx::{
                Decode, Encode, Postgres, Type,
                encode::IsNull,
                error::BoxDynError,
                postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef},
            };

            impl Type<Postgres> for $name {
                fn type_info() -> PgTypeInfo {
                    <&str as Type<Postgres>>::type_info()
                }
                fn compatible(ty: &PgTypeInfo) -> bool {
                    <&str as Type<Postgres>>::compatible(ty)
                }
            }

            impl PgHasArrayType for $name {
                fn array_type_info() -> PgTypeInfo {
                    <&str as PgHasArrayType>::array_type_info()
                }
                fn array_compatible(ty: &PgTypeInfo) -> bool {
                    <&str as PgHasArrayType>::array_compatible(ty)
                }
            }

            impl Encode<'_, Postgres> for $name {
                fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                    let $value = self;
                    <&str as Encode<Postgres>>::encode_by_ref(&$text, buf)
                }
            }

            impl<'r> Decode<'r, Postgres> for $name {
                fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
                    let text = <&str as Decode<Postgres>>::decode(value)?;
                    $crate::text_columns!(@$read text)
                }
            }
        };
    };
    (@parsed $stored:ident) => {
        $stored
            .parse()
            .map_err(|error| format!("unknown text {:?} in the database: {error}", $stored).into())
    };
    (@trusted $stored:ident) => {
        Ok(Self($stored.to_owned()))
    };
}

/// Without the database there are no columns.
#[cfg(not(feature = "sqlx"))]
#[doc(hidden)]
#[macro_export]
macro_rules! text_columns {
    ($($any:tt)*) => {};
}

text_enum! {
    /// What a chip's colour means. Never the only sign: the word stands beside it.
    pub enum Tone {
        /// Nothing to do about it.
        Neutral = "neutral",
        /// On its way.
        Info = "info",
        /// Somebody should look at it.
        Warn = "warn",
        /// As one wishes it.
        Good = "good",
        /// Lost, refused or broken.
        Bad = "bad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_trimmed_and_bounded() {
        assert_eq!(required_line("  Ama Mensah ", 20).unwrap(), "Ama Mensah");
        assert!(required_line(" \t ", 20).is_err());
        assert!(required_line("a\0b", 20).is_err());
        assert!(required_line("a\nb", 20).is_err());
        assert!(required_line("ɛɛɛ", 3).is_ok());
        assert_eq!(
            required_line("abcd", 3).unwrap_err().to_string(),
            "This may be at most 3 characters long; it has 4."
        );
        assert_eq!(optional_line(Some("  "), 3).unwrap(), None);
        assert_eq!(
            optional_paragraph(Some(" a\nb "), 9).unwrap().as_deref(),
            Some("a\nb")
        );
        assert!(optional_paragraph(Some("a\0"), 9).is_err());
    }

    #[test]
    fn choices_read_like_a_sentence() {
        assert_eq!(one_of::<Tone>(&[]), "");
        assert_eq!(one_of(&[Tone::Good]), "good");
        assert_eq!(one_of(&[Tone::Good, Tone::Bad, Tone::Info]), "good, bad or info");
    }

    #[test]
    fn enumerations_travel_as_their_text() {
        for tone in Tone::ALL {
            assert_eq!(tone.as_str().parse(), Ok(*tone));
            assert_eq!(serde_json::to_string(tone).unwrap(), format!("\"{tone}\""));
        }
        assert!(serde_json::from_str::<Tone>("1").is_err());
        assert!(serde_json::from_str::<Tone>("\"Good\"").is_err());
        let schema = serde_json::to_value(<Tone as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(schema["enum"][4], "bad");
        assert_eq!(schema["type"], "string");
    }

    #[cfg(feature = "sqlx")]
    #[test]
    fn columns_are_text_or_varchar() {
        use sqlx::{
            Postgres, Type, TypeInfo,
            postgres::{PgHasArrayType, PgTypeInfo},
        };
        for name in ["text", "varchar"] {
            assert!(
                <Tone as Type<Postgres>>::compatible(&PgTypeInfo::with_name(name)),
                "{name}"
            );
            assert!(
                <crate::Sku as Type<Postgres>>::compatible(&PgTypeInfo::with_name(name)),
                "{name}"
            );
        }
        assert!(!<Tone as Type<Postgres>>::compatible(&PgTypeInfo::with_name(
            "int4"
        )));
        assert_eq!(Tone::array_type_info().name(), "TEXT[]");
        assert_eq!(crate::AssetId::array_type_info().name(), "INT4[]");
        assert_eq!(crate::Money::array_type_info().name(), "NUMERIC[]");
    }
}
