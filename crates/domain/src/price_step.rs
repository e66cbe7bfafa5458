//! Changing many prices by one rule.

use crate::{Decimal, Money, Price};

text_enum! {
    /// How prices are changed.
    pub enum PriceStep {
        /// Up by so many percent.
        RaisePercent = "raise_percent",
        /// Down by so many percent.
        LowerPercent = "lower_percent",
        /// Up by so many cedis.
        RaiseAmount = "raise_amount",
        /// Down by so many cedis.
        LowerAmount = "lower_amount",
        /// To so many cedis.
        SetTo = "set_to",
    }
}

impl PriceStep {
    /// The price after the step, to the pesewa, half a pesewa up. `None` where it would be less than nothing or more than a
    /// price can be.
    pub fn apply(self, old: Money, value: Price) -> Option<Money> {
        let (old, value) = (old.decimal(), value.money().decimal());
        let part = old.checked_mul(value)?.checked_div(Decimal::ONE_HUNDRED)?;
        let new = match self {
            Self::RaisePercent => old.checked_add(part)?,
            Self::LowerPercent => old.checked_sub(part)?,
            Self::RaiseAmount => old.checked_add(value)?,
            Self::LowerAmount => old.checked_sub(value)?,
            Self::SetTo => value,
        };
        let new = Money::round_half_up(new).ok()?;
        Price::try_from(new).ok().map(Price::money)
    }

    /// `5 % up`, `to GH₵ 4,900.00`
    pub fn words(self, value: Price) -> String {
        let amount = value.money();
        let percent = amount.decimal().normalize();
        match self {
            Self::RaisePercent => format!("{percent} % up"),
            Self::LowerPercent => format!("{percent} % down"),
            Self::RaiseAmount => format!("{} up", amount.ghs()),
            Self::LowerAmount => format!("{} down", amount.ghs()),
            Self::SetTo => format!("to {}", amount.ghs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_step_is_exact_to_the_pesewa() {
        for (step, old, value, new) in [
            (PriceStep::RaisePercent, "4900.00", "5", Some("5145.00")),
            (PriceStep::LowerPercent, "0.05", "10", Some("0.05")),
            (PriceStep::LowerPercent, "99.99", "33.33", Some("66.66")),
            (PriceStep::LowerPercent, "10.00", "100", Some("0.00")),
            (PriceStep::LowerPercent, "10.00", "100.01", Some("0.00")),
            (PriceStep::LowerPercent, "10.00", "101", None),
            (PriceStep::RaiseAmount, "1.00", "0.50", Some("1.50")),
            (PriceStep::LowerAmount, "1.00", "1.01", None),
            (PriceStep::RaiseAmount, "99999999.99", "0.01", None),
            (PriceStep::SetTo, "1.00", "7", Some("7.00")),
        ] {
            let applied = step.apply(old.parse().unwrap(), value.parse().unwrap());
            assert_eq!(
                applied.map(|m| m.to_string()).as_deref(),
                new,
                "{step} {old} {value}"
            );
        }
    }

    proptest! {
        #[test]
        fn up_and_down_by_an_amount_is_where_it_was(old in 0_i64..1_000_000_000, step in 0_i64..1_000_000_000) {
            let (old, step) = (Money::from_pesewas(old), Price::try_from(Money::from_pesewas(step)).unwrap());
            let up = PriceStep::RaiseAmount.apply(old, step).unwrap();
            prop_assert_eq!(PriceStep::LowerAmount.apply(up, step), Some(old));
        }
    }
}
