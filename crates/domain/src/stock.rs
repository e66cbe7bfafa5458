//! Bulk stock: what is counted, not told apart.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, OneOfBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

use crate::{Money, TextError, text};

/// The most that is counted in one go. An item may grow beyond it by several.
const MOST: i32 = 1_000_000;

fn between(least: i32, most: i32) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(least as isize))
        .maximum(Some(most as isize))
}

macro_rules! counted {
    ($(#[$meta:meta])* $name:ident, $least:expr, $sentence:literal, |$number:ident| $holds:expr, $schema:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(i32);

        impl $name {
            /// The number, if it is one that this can be.
            pub fn new($number: i32) -> Result<Self, TextError> {
                if ($least..=MOST).contains(&$number) && $holds { Ok(Self($number)) } else { Err($sentence.into()) }
            }

            /// The number itself.
            pub const fn get(self) -> i32 {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(i32::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {}
    };
}

counted! {
    /// How many there are of an item: 0 to a million.
    Quantity, 0, "A quantity is a whole number from 0 to 1,000,000.", |number| true, between(0, MOST)
}

impl Quantity {
    /// Ten: what is low when nobody says.
    pub const TEN: Self = Self(10);
}

counted! {
    /// How many are received or moved: at least one.
    Pieces, 1, "This is a whole number from 1 to 1,000,000.", |number| true, between(1, MOST)
}

/// What one piece costs on average after a delivery: those that were there at their cost, those that came at their own, half a
/// pesewa up. What had no cost, or was not there, does not count.
///
/// ```
/// # use domain::{Money, stock::moving_average};
/// let ghs = |cedis: i64| Money::from_pesewas(cedis * 100);
/// assert_eq!(moving_average(10, Some(ghs(100)), 30, ghs(120)), ghs(115));
/// ```
pub fn moving_average(held: i32, cost: Option<Money>, received: i32, unit_cost: Money) -> Money {
    let (held, received) = (i128::from(held.max(0)), i128::from(received.max(0)));
    let total = held + received;
    if total == 0 {
        return cost.unwrap_or(unit_cost);
    }
    let (old, new) = (cost.unwrap_or(unit_cost).pesewas(), unit_cost.pesewas());
    let sum = held * i128::from(old) + received * i128::from(new);
    // Between the two costs, so it is as small as they are.
    Money::from_pesewas(i64::try_from((2 * sum + total) / (2 * total)).unwrap_or(i64::MAX))
}

counted! {
    /// How many more or fewer there are of an item. Never 0: that would be no change.
    QuantityChange, -MOST, "A change is a whole number, like 10 or -2, and not 0.", |number| number != 0,
    OneOfBuilder::new().item(between(-MOST, -1)).item(between(1, MOST))
}

checked_text! {
    /// The code of an item of bulk stock, in capitals and without blanks: `CHG-65W`.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Sku; "a SKU of 1 to 50 characters", |schema| schema
        .min_length(Some(1))
        .max_length(Some(50))
        .pattern(Some(r"^[^\s\x00-\x1f\x7f-\x9f]+$"))
        .examples(["CHG-65W"])
}

impl Sku {
    /// Reads a SKU; small letters become capitals.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        let sku = text::required_line(value, 50)?.to_uppercase();
        if sku.chars().any(char::is_whitespace) {
            return Err("A SKU has no spaces in it: use a dash, like CHG-65W.".into());
        }
        // Capitals can be longer than the small letter they stand for.
        text::required_line(&sku, 50).map(Self)
    }
}

text_enum! {
    /// Why the quantity of an item changed.
    pub enum LedgerKind {
        /// Came in.
        Received = "Received",
        /// Sold on an invoice.
        Sold = "Sold",
        /// Came back from a customer, or from a cancelled invoice.
        Returned = "Returned",
        /// Corrected by hand, with a reason.
        Adjusted = "Adjusted",
        /// Used up by a repair.
        Consumed = "Consumed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn averages() {
        let ghs = Money::from_pesewas;
        // held at its cost, received at its cost: the average
        for (held, cost, received, unit, average) in [
            (0, None, 10, 8000, 8000),
            (0, Some(5000), 10, 8000, 8000),
            (10, None, 10, 8000, 8000),
            (10, Some(8000), 10, 9000, 8500),
            (1, Some(100), 1, 101, 101),
            (2, Some(100), 1, 101, 100),
            (1, Some(0), 2, 1, 1),
            (1_000_000, Some(999_999_999), 1_000_000, 999_999_998, 999_999_999),
        ] {
            let is = moving_average(held, cost.map(ghs), received, ghs(unit));
            assert_eq!(is, ghs(average), "{held} {cost:?} {received} {unit}");
        }
    }

    proptest! {
        #[test]
        fn an_average_lies_between_and_is_the_nearest_pesewa(
            held in 0..1_000_000_i32, cost in 0..1_000_000_000_i64, received in 1..1_000_000_i32, unit in 0..1_000_000_000_i64,
        ) {
            let is = i128::from(moving_average(held, Some(Money::from_pesewas(cost)), received, Money::from_pesewas(unit)).pesewas());
            let exact = i128::from(held) * i128::from(cost) + i128::from(received) * i128::from(unit);
            let total = i128::from(held + received);
            prop_assert!(2 * (is * total - exact).abs() <= total);
            prop_assert!(held == 0 || (i128::from(cost.min(unit))..=i128::from(cost.max(unit))).contains(&is));
        }
    }

    #[test]
    fn quantities_have_bounds() {
        let quantity = |json| serde_json::from_str::<Quantity>(json).map(Quantity::get).ok();
        assert_eq!((quantity("0"), quantity("1000000")), (Some(0), Some(1_000_000)));
        assert_eq!(
            (
                quantity("-1"),
                quantity("1000001"),
                quantity("\"1\""),
                quantity("1.5")
            ),
            (None, None, None, None)
        );
        let change = |json| {
            serde_json::from_str::<QuantityChange>(json)
                .map(QuantityChange::get)
                .ok()
        };
        assert_eq!(
            (change("-1000000"), change("1"), change("0")),
            (Some(-1_000_000), Some(1), None)
        );
        let schema = serde_json::to_value(QuantityChange::schema()).unwrap();
        assert_eq!(schema["oneOf"][0]["maximum"], -1);
        assert_eq!(schema["oneOf"][1]["minimum"], 1);
    }

    #[test]
    fn skus_are_capitals_without_blanks() {
        assert_eq!(Sku::parse(" chg-65w ").unwrap().as_str(), "CHG-65W");
        assert!(Sku::parse("chg 65w").is_err());
        assert!(Sku::parse("").is_err());
        assert!(Sku::parse(&"x".repeat(51)).is_err());
        assert!(Sku::parse(&"ß".repeat(26)).is_err());
    }
}
