//! The day on which a device came in.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

use crate::TextError;

/// The day on which a device came in, of this century.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ReceivedDate(NaiveDate);

impl ReceivedDate {
    /// The day itself.
    pub const fn date(self) -> NaiveDate {
        self.0
    }
}

impl FromStr for ReceivedDate {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        let date = text
            .parse()
            .ok()
            .filter(|_| text.len() == 10 && text.starts_with("20"));
        date.map(Self)
            .ok_or_else(|| "Write the day like 2026-01-14.".into())
    }
}

impl fmt::Display for ReceivedDate {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for ReceivedDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "a day like \"2026-01-14\"")
    }
}

impl PartialSchema for ReceivedDate {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .pattern(Some("^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"))
            .examples(["2026-01-14"])
            .into()
    }
}

impl ToSchema for ReceivedDate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_of_this_century() {
        assert_eq!(
            "2026-01-14".parse::<ReceivedDate>().unwrap().to_string(),
            "2026-01-14"
        );
        for wrong in [
            "",
            "1999-12-31",
            "2026-02-30",
            "14/01/2026",
            "20260-1-14",
            "2026-1-4",
            "+2026-01-1",
        ] {
            assert!(wrong.parse::<ReceivedDate>().is_err(), "{wrong}");
        }
    }
}
