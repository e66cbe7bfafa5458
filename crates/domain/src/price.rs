//! Prices and costs: money that is not less than nothing.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{Money, MoneyError};

/// A price or a cost, as it comes in at the edge: an amount of money from 0.00 up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Price(Money);

impl Price {
    /// The amount.
    pub const fn money(self) -> Money {
        self.0
    }
}

impl FromStr for Price {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Money::parse_non_negative(text).map(Self)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "money as text, like \"5000.00\"")
    }
}

impl PartialSchema for Price {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "An amount in Ghana cedis from 0.00 up, as text with two decimals.",
            ))
            .pattern(Some(r"^[0-9]{1,8}(\.[0-9]{1,2})?$"))
            .examples(["5000.00"])
            .into()
    }
}

impl ToSchema for Price {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_start_at_nothing() {
        assert_eq!("240".parse::<Price>().map(|p| p.to_string()), Ok("240.00".into()));
        assert_eq!("-0.00".parse::<Price>().map(Price::money), Ok(Money::ZERO));
        assert_eq!("-1".parse::<Price>(), Err(MoneyError::Negative));
        assert_eq!("1.005".parse::<Price>(), Err(MoneyError::TooManyDecimals));
        assert_eq!("100000000".parse::<Price>(), Err(MoneyError::OutOfRange));
        assert!(serde_json::from_str::<Price>("5").is_err());
        assert_eq!(
            serde_json::to_string(&"5".parse::<Price>().unwrap()).unwrap(),
            "\"5.00\""
        );
    }
}
