//! Text with a length, checked when it is read: the schema's `VARCHAR(n)` at the edge.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Text of `MIN` to `MAX` characters after white space at both ends is cut off, without control characters other than
/// line breaks and tabs. Errors are sentences.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The text, or nothing when it is empty: an empty field of a form is a field left blank.
    pub fn non_empty(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

impl<const MIN: usize, const MAX: usize> FromStr for Text<MIN, MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let length = text.chars().count();
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            return Err("This text contains a control character. Type it again without it.".into());
        }
        if length < MIN {
            return Err(match MIN {
                1 => "This must not be empty.".into(),
                _ => format!("This needs at least {MIN} characters."),
            });
        }
        if length > MAX {
            return Err(format!(
                "This takes at most {MAX} characters; these are {length}."
            ));
        }
        Ok(Text(text.to_owned()))
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MIN: usize, const MAX: usize> Serialize for Text<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        // What is not white space or a control character must be enough to fill the minimum after trimming.
        let visible = if MIN > 0 {
            format!(
                "^[^\\x00-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000][^\\x00-\\x1f\\x7f-\\x9f]{{{},{}}}$",
                MIN - 1,
                MAX - 1
            )
        } else {
            "^[^\\x00-\\x1f\\x7f-\\x9f]*$".to_owned()
        };
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .min_length(Some(MIN))
            .max_length(Some(MAX))
            .pattern(Some(visible))
            .build()
            .into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Text{MIN}To{MAX}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_and_measured_in_characters() {
        assert_eq!(
            "  Zoë ".parse::<Text<1, 3>>().map(Text::into_string),
            Ok("Zoë".to_owned())
        );
        assert!("Zoës".parse::<Text<1, 3>>().is_err());
        assert_eq!(
            "   ".parse::<Text<1, 3>>(),
            Err("This must not be empty.".to_owned())
        );
        assert_eq!(
            "".parse::<Text<0, 3>>().map(|t| t.non_empty().is_none()),
            Ok(true)
        );
        assert!("a\u{0}b".parse::<Text<1, 9>>().is_err());
        assert!("a\nb".parse::<Text<1, 9>>().is_ok());
    }
}
