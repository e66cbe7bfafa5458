//! Money that somebody states: a price, which may be nothing, and an amount handed over, which may not.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{Money, MoneyError};

macro_rules! stated_money {
    ($(#[$meta:meta])* $name:ident, $accepts:expr, $refused:expr, $pattern:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Money);

        impl $name {
            /// The money.
            pub const fn money(self) -> Money {
                self.0
            }
        }

        impl TryFrom<Money> for $name {
            type Error = MoneyError;
            fn try_from(money: Money) -> Result<Self, MoneyError> {
                let accepts: fn(Money) -> bool = $accepts;
                if accepts(money) { Ok(Self(money)) } else { Err($refused) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = MoneyError;
            fn from_str(text: &str) -> Result<Self, MoneyError> {
                Money::parse(text)?.try_into()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::text::deserialize(deserializer, "money as text, like \"5000.00\"")
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some("An amount in Ghana cedis, as text with at most two decimals."))
                    .pattern(Some($pattern))
                    .examples(["5000.00"])
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

stated_money! {
    /// A price: nothing or more.
    Price, |money| !money.is_negative(), MoneyError::Negative, r"^[0-9]{1,8}(\.[0-9]{1,2})?$"
}

stated_money! {
    /// An amount handed over: more than nothing.
    Amount, |money| money.is_positive(), MoneyError::NotPositive,
    r"^([1-9][0-9]{0,7}(\.[0-9]{1,2})?|0\.(0[1-9]|[1-9][0-9]?))$"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_may_be_nothing_and_amounts_may_not() {
        assert_eq!("0".parse::<Price>().map(Price::money), Ok(Money::ZERO));
        assert_eq!("-1".parse::<Price>(), Err(MoneyError::Negative));
        assert_eq!(
            "0.01".parse::<Amount>().map(Amount::money),
            Ok(Money::from_pesewas(1))
        );
        for nothing in ["0", "0.00", "-5"] {
            assert_eq!(
                nothing.parse::<Amount>(),
                Err(MoneyError::NotPositive),
                "{nothing}"
            );
        }
        assert!(serde_json::from_str::<Amount>("5").is_err());
        assert!(serde_json::from_str::<Price>("\"1234567890.00\"").is_err());
    }
}
