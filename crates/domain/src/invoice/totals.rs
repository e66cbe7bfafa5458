//! What an invoice adds up to, and the tax in it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Money, TextError, text};

text_enum! {
    /// How prices and tax belong together.
    pub enum TaxMode {
        /// No tax.
        Off = "Off",
        /// Prices have the tax in them.
        Inclusive = "Inclusive",
        /// Tax comes on top of prices.
        Exclusive = "Exclusive",
    }
}

/// One tax, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// What the receipt calls it.
    #[schema(example = "VAT")]
    pub name: String,
    /// So many per cent of the net amount.
    #[schema(value_type = String, example = "15")]
    pub percent: Decimal,
}

/// The taxes of a time, as the settings keep them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxScheme {
    /// How prices and tax belong together.
    pub mode: TaxMode,
    /// The taxes, in the order of the receipt.
    pub rates: Vec<TaxRate>,
}

/// What one tax came to on an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxPart {
    /// Its name at that time.
    pub name: String,
    /// Its rate at that time.
    #[schema(value_type = String, example = "15")]
    pub percent: Decimal,
    /// What it came to.
    pub amount: Money,
}

/// What an invoice adds up to: `subtotal + tax_amount = total_amount`, and the parts of the tax add up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Before tax.
    pub subtotal: Money,
    /// The tax.
    pub tax_amount: Money,
    /// What is to be paid.
    pub total_amount: Money,
    /// The tax by name.
    pub taxes: Vec<TaxPart>,
}

/// Why an invoice does not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TotalsError {
    /// A line of nothing.
    #[error("The quantity must be at least 1.")]
    Quantity,
    /// Less than nothing.
    #[error("A price may not be negative.")]
    Negative,
    /// Too much for a column.
    #[error("This comes to more than 99,999,999.99: make it several invoices.")]
    OutOfRange,
}

impl TaxScheme {
    /// No tax.
    pub const fn off() -> Self {
        Self {
            mode: TaxMode::Off,
            rates: Vec::new(),
        }
    }

    /// Whether the settings may keep it: names that differ, and each rate above 0 and up to 100 %.
    pub fn check(&self) -> Result<(), TextError> {
        for (n, rate) in self.rates.iter().enumerate() {
            text::required_line(&rate.name, 50)?;
            if self.rates[..n]
                .iter()
                .any(|other| other.name.trim().eq_ignore_ascii_case(rate.name.trim()))
            {
                return Err(TextError(format!(
                    "There are two taxes named {}: give one another name.",
                    rate.name
                )));
            }
            if rate.percent <= Decimal::ZERO
                || rate.percent > Decimal::ONE_HUNDRED
                || rate.percent.normalize().scale() > 4
            {
                return Err(TextError(format!(
                    "{} must be above 0 and at most 100 %, with at most 4 decimals.",
                    rate.name
                )));
            }
        }
        if self.mode != TaxMode::Off && self.rates.is_empty() {
            return Err("Add a tax, or switch taxes off.".into());
        }
        Ok(())
    }
}

/// Quantity × unit price.
pub fn line_total(unit_price: Money, quantity: i32) -> Result<Money, TotalsError> {
    if quantity < 1 {
        return Err(TotalsError::Quantity);
    }
    if unit_price.is_negative() {
        return Err(TotalsError::Negative);
    }
    unit_price
        .checked_mul_quantity(quantity)
        .ok_or(TotalsError::OutOfRange)
}

/// Adds up an invoice. Each named tax is worked out on the exact net amount of the whole invoice and rounded half up by
/// itself; what they leave of an inclusive total is the subtotal, so that the parts always add up.
pub fn totals(
    line_totals: impl IntoIterator<Item = Money>,
    scheme: &TaxScheme,
) -> Result<Totals, TotalsError> {
    let lines = Money::sum(line_totals).ok_or(TotalsError::OutOfRange)?;
    let hundred = Decimal::ONE_HUNDRED;
    let divisor = match scheme.mode {
        TaxMode::Off => {
            return Ok(Totals {
                subtotal: lines,
                tax_amount: Money::ZERO,
                total_amount: lines,
                taxes: Vec::new(),
            });
        }
        TaxMode::Inclusive => hundred + scheme.rates.iter().map(|rate| rate.percent).sum::<Decimal>(),
        TaxMode::Exclusive => hundred,
    };
    let tax = |rate: &TaxRate| {
        let amount = Money::round_half_up(lines.decimal() * rate.percent / divisor)
            .map_err(|_| TotalsError::OutOfRange)?;
        Ok(TaxPart {
            name: rate.name.clone(),
            percent: rate.percent,
            amount,
        })
    };
    let taxes: Vec<TaxPart> = scheme.rates.iter().map(tax).collect::<Result<_, _>>()?;
    let tax_amount = Money::sum(taxes.iter().map(|part| part.amount)).ok_or(TotalsError::OutOfRange)?;
    let (subtotal, total_amount) = match scheme.mode {
        TaxMode::Inclusive => (lines.checked_sub(tax_amount), Some(lines)),
        _ => (Some(lines), lines.checked_add(tax_amount)),
    };
    match (subtotal, total_amount) {
        (Some(subtotal), Some(total_amount)) => Ok(Totals {
            subtotal,
            tax_amount,
            total_amount,
            taxes,
        }),
        _ => Err(TotalsError::OutOfRange),
    }
}

/// Whether a price is below the list price by more than the allowed percentage.
pub fn discount_exceeds(list: Money, price: Money, allowed_percent: Decimal) -> bool {
    (list.decimal() - price.decimal()) * Decimal::ONE_HUNDRED > list.decimal() * allowed_percent
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn ghana(mode: TaxMode) -> TaxScheme {
        let rate = |name: &str, percent: &str| TaxRate {
            name: name.into(),
            percent: percent.parse().unwrap(),
        };
        TaxScheme {
            mode,
            rates: vec![rate("VAT", "15"), rate("NHIL", "2.5"), rate("GETFund", "2.5")],
        }
    }

    fn amounts(totals: &Totals) -> (String, String, String, Vec<String>) {
        let parts = totals.taxes.iter().map(|part| part.amount.to_string()).collect();
        (
            totals.subtotal.to_string(),
            totals.tax_amount.to_string(),
            totals.total_amount.to_string(),
            parts,
        )
    }

    #[test]
    fn worked_examples() {
        let parts = |texts: [&str; 3]| texts.map(String::from).to_vec();
        let inclusive = totals([money("5000")], &ghana(TaxMode::Inclusive)).unwrap();
        assert_eq!(
            amounts(&inclusive),
            (
                "4166.66".into(),
                "833.34".into(),
                "5000.00".into(),
                parts(["625.00", "104.17", "104.17"])
            )
        );
        let exclusive = totals([money("4000"), money("166.67")], &ghana(TaxMode::Exclusive)).unwrap();
        assert_eq!(
            amounts(&exclusive),
            (
                "4166.67".into(),
                "833.34".into(),
                "5000.01".into(),
                parts(["625.00", "104.17", "104.17"])
            )
        );
        let off = totals([money("5000")], &TaxScheme::off()).unwrap();
        assert_eq!(
            amounts(&off),
            ("5000.00".into(), "0.00".into(), "5000.00".into(), vec![])
        );
        assert_eq!(
            totals([], &ghana(TaxMode::Inclusive)).unwrap().total_amount,
            Money::ZERO
        );
    }

    #[test]
    fn lines_are_quantity_times_price() {
        assert_eq!(line_total(money("120"), 2), Ok(money("240")));
        assert_eq!(line_total(money("120"), 0), Err(TotalsError::Quantity));
        assert_eq!(line_total(money("-1"), 1), Err(TotalsError::Negative));
        assert_eq!(line_total(Money::MAX, 2), Err(TotalsError::OutOfRange));
        assert_eq!(
            totals([Money::MAX, Money::MAX], &TaxScheme::off()),
            Err(TotalsError::OutOfRange)
        );
        assert_eq!(
            totals([Money::MAX], &ghana(TaxMode::Exclusive)),
            Err(TotalsError::OutOfRange)
        );
        assert!(totals([Money::MAX], &ghana(TaxMode::Inclusive)).is_ok());
    }

    #[test]
    fn discounts_up_to_the_limit_are_free() {
        let five = Decimal::from(5);
        assert!(!discount_exceeds(money("5000"), money("4750"), five));
        assert!(discount_exceeds(money("5000"), money("4749.99"), five));
        assert!(!discount_exceeds(money("5000"), money("6000"), Decimal::ZERO));
        assert!(discount_exceeds(money("0.01"), money("0"), Decimal::from(99)));
        assert!(!discount_exceeds(money("0"), money("0"), Decimal::ZERO));
    }

    #[test]
    fn settings_refuse_odd_rates() {
        assert_eq!(ghana(TaxMode::Inclusive).check(), Ok(()));
        assert_eq!(TaxScheme::off().check(), Ok(()));
        assert!(
            TaxScheme {
                mode: TaxMode::Exclusive,
                rates: vec![]
            }
            .check()
            .is_err()
        );
        for (n, percent) in [("0", 0), ("-1", 0), ("100.1", 0), ("1.00001", 0)]
            .iter()
            .map(|(p, n)| (*n, *p))
        {
            let mut scheme = ghana(TaxMode::Inclusive);
            scheme.rates[n].percent = percent.parse().unwrap();
            assert!(scheme.check().is_err(), "{percent}");
        }
        let mut twice = ghana(TaxMode::Inclusive);
        twice.rates[1].name = "vat".into();
        assert!(twice.check().is_err());
    }

    proptest! {
        #[test]
        fn parts_add_up(
            lines in prop::collection::vec(0_i64..50_000_000, 0..20),
            rates in prop::collection::vec(1_i64..300_000, 0..5),
            inclusive: bool,
        ) {
            let mode = if inclusive { TaxMode::Inclusive } else { TaxMode::Exclusive };
            let rates: Vec<_> = rates.iter().enumerate().map(|(n, p)| TaxRate { name: n.to_string(), percent: Decimal::new(*p, 4) }).collect();
            let whole: i64 = lines.iter().sum();
            let totals = totals(lines.into_iter().map(Money::from_pesewas), &TaxScheme { mode, rates: rates.clone() }).unwrap();
            prop_assert_eq!(totals.subtotal.checked_add(totals.tax_amount), Some(totals.total_amount));
            prop_assert_eq!(Money::sum(totals.taxes.iter().map(|part| part.amount)), Some(totals.tax_amount));
            prop_assert_eq!(if inclusive { totals.total_amount } else { totals.subtotal }.pesewas(), whole);
            // The same in whole numbers: pesewas × percent·10⁴ ÷ divisor·10⁴, half up.
            let base = 1_000_000 + if inclusive { rates.iter().map(|rate| i128::from(rate.percent.mantissa() as i64)).sum() } else { 0 };
            for (part, rate) in totals.taxes.iter().zip(&rates) {
                let twice = 2 * i128::from(whole) * rate.percent.mantissa();
                prop_assert_eq!(i128::from(part.amount.pesewas()), (twice + base) / (2 * base));
            }
        }
    }
}
