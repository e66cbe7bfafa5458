//! Wholesale (PRODUCT.md section 7): prices off the list, credit, what is owed and since when, one payment over several
//! invoices.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{Category, InvoiceId, Money, TextError};

/// A percentage from 0 to 100 with at most two decimals, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Percent(Decimal);

impl Percent {
    /// The number: 12.5 for 12.5 %.
    pub const fn decimal(self) -> Decimal {
        self.0
    }
}

impl std::str::FromStr for Percent {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let plain = text.trim().trim_end_matches('%').trim_end();
        Decimal::from_str_exact(plain)
            .ok()
            .filter(|p| !p.is_sign_negative() && *p <= Decimal::ONE_HUNDRED && p.normalize().scale() <= 2)
            .map(Percent)
            .ok_or_else(|| "Give a percentage from 0 to 100, with at most two decimals.".into())
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "a percentage as text, like \"12.5\"")
    }
}

impl PartialSchema for Percent {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A percentage from 0 to 100, as text with at most two decimals.",
            ))
            .pattern(Some(r"^(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)$"))
            .examples(["12.5"])
            .into()
    }
}

impl ToSchema for Percent {}

/// What a price list takes off the list price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricePercents {
    /// Off everything that has no percentage of its own.
    pub percent: Decimal,
    /// Off laptops.
    pub laptop: Option<Decimal>,
    /// Off phones.
    pub phone: Option<Decimal>,
    /// Off accessories that are devices.
    pub accessory: Option<Decimal>,
}

impl PricePercents {
    /// The price of a device of this category, or of a stocked item, half up to the pesewa.
    pub fn price(&self, list: Money, category: Option<Category>) -> Money {
        let own = match category {
            Some(Category::Laptop) => self.laptop,
            Some(Category::Phone) => self.phone,
            Some(Category::Accessory) => self.accessory,
            None => None,
        };
        let left = Decimal::ONE_HUNDRED - own.unwrap_or(self.percent);
        Money::round_half_up(list.decimal() * left / Decimal::ONE_HUNDRED).unwrap_or(list)
    }
}

/// By how much goods worth `this` would go past a customer's limit, on top of what is `open` already; nothing when they fit.
pub fn beyond_credit(limit: Money, open: Money, this: Money) -> Option<Money> {
    let owed = open.checked_add(this).unwrap_or(Money::MAX);
    owed.checked_sub(limit).filter(|over| over.is_positive())
}

/// Shares an amount over what is open, in the order given, each filled before the next. What no invoice needs is the second
/// answer.
pub fn in_order(amount: Money, open: &[(InvoiceId, Money)]) -> (Vec<(InvoiceId, Money)>, Money) {
    let mut left = amount;
    let mut parts = Vec::new();
    for (id, due) in open.iter().filter(|(_, due)| due.is_positive()) {
        let part = left.min(*due);
        if !part.is_positive() {
            break;
        }
        parts.push((*id, part));
        left = left.checked_sub(part).unwrap_or(Money::ZERO);
    }
    (parts, left)
}

text_enum! {
    /// For how many days money has been due.
    pub enum ReceivableAge {
        /// Not due yet, or today.
        NotDue = "not due",
        /// For 1 to 30 days.
        To30 = "1-30",
        /// For 31 to 60 days.
        To60 = "31-60",
        /// For 61 to 90 days.
        To90 = "61-90",
        /// For longer.
        Over90 = "90+",
    }
}

impl ReceivableAge {
    /// The age on a day of what was due on another.
    pub fn of(due: NaiveDate, today: NaiveDate) -> Self {
        match (today - due).num_days() {
            ..=0 => Self::NotDue,
            1..=30 => Self::To30,
            31..=60 => Self::To60,
            61..=90 => Self::To90,
            91.. => Self::Over90,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn a_price_list_takes_its_percentage_off() {
        let list = PricePercents {
            percent: Decimal::TEN,
            laptop: Some("12.5".parse().unwrap()),
            phone: Some(Decimal::ZERO),
            accessory: None,
        };
        assert_eq!(
            list.price(money("4999.99"), Some(Category::Laptop)),
            money("4374.99")
        );
        assert_eq!(list.price(money("100"), Some(Category::Phone)), money("100"));
        assert_eq!(
            list.price(money("0.05"), Some(Category::Accessory)),
            money("0.05")
        );
        assert_eq!(list.price(money("120"), None), money("108"));
    }

    #[test]
    fn percentages_are_read_as_people_write_them() {
        for (text, number) in [("12.5", "12.5"), ("10 %", "10"), ("0", "0"), ("100", "100")] {
            assert_eq!(
                text.parse::<Percent>().unwrap().decimal(),
                number.parse().unwrap()
            );
        }
        for wrong in ["", "-1", "100.01", "1.005", "ten", "1e1"] {
            assert!(wrong.parse::<Percent>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn credit_ends_at_the_limit() {
        assert_eq!(beyond_credit(money("1000"), money("400"), money("600")), None);
        assert_eq!(
            beyond_credit(money("1000"), money("400"), money("600.01")),
            Some(money("0.01"))
        );
        assert_eq!(beyond_credit(Money::MAX, Money::MAX, Money::MAX), None);
    }

    #[test]
    fn ages_end_on_their_last_day() {
        let day = |n: u64| NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(n);
        for (days, age) in [
            (0, "not due"),
            (1, "1-30"),
            (30, "1-30"),
            (31, "31-60"),
            (60, "31-60"),
            (61, "61-90"),
            (90, "61-90"),
            (91, "90+"),
        ] {
            assert_eq!(ReceivableAge::of(day(0), day(days)).as_str(), age);
        }
        assert_eq!(ReceivableAge::of(day(5), day(0)), ReceivableAge::NotDue);
    }

    proptest! {
        #[test]
        fn parts_and_rest_are_the_whole(amount in 1_i64..1_000_000, open in prop::collection::vec(0_i64..100_000, 0..20)) {
            let open: Vec<_> = open.iter().enumerate()
                .map(|(n, due)| (InvoiceId::new(n as i32 + 1), Money::from_pesewas(*due))).collect();
            let (parts, left) = in_order(Money::from_pesewas(amount), &open);
            let sum: i64 = parts.iter().map(|(_, part)| part.pesewas()).sum();
            prop_assert_eq!(sum + left.pesewas(), amount);
            let all: i64 = open.iter().map(|(_, due)| due.pesewas()).sum();
            prop_assert_eq!(left.pesewas(), (amount - all).max(0));
            for (id, part) in &parts {
                let due = open.iter().find(|(o, _)| o == id).unwrap().1;
                prop_assert!(part.is_positive() && *part <= due);
            }
        }
    }
}
