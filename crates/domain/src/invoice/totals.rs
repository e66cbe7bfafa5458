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

text_enum! {
    /// What a tax is a percentage of.
    #[derive(Default)]
    pub enum TaxOn {
        /// The net amount.
        #[default]
        Base = "base",
        /// The net amount and the levies on it: the older cascade.
        BaseAndLevies = "base and levies",
    }
}

impl TaxOn {
    /// Whether it is on the net amount alone, as it is unless said otherwise.
    pub fn is_base(&self) -> bool {
        *self == TaxOn::Base
    }
}

/// One tax, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// What the receipt calls it.
    #[schema(example = "VAT")]
    pub name: String,
    /// So many per cent of what it is on.
    #[schema(value_type = String, example = "15")]
    pub percent: Decimal,
    /// What it is on.
    #[serde(default)]
    pub on: TaxOn,
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
    /// What it was on.
    #[serde(default)]
    pub on: TaxOn,
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

    /// Each rate as so many per cent of the net amount alone, exactly: 15 % on net and 6 % of levies is 15.9 %.
    fn of_net(&self) -> Vec<Decimal> {
        let levies: Decimal = self
            .rates
            .iter()
            .filter(|rate| rate.on.is_base())
            .map(|rate| rate.percent)
            .sum();
        let of_net = |rate: &TaxRate| match rate.on {
            TaxOn::Base => rate.percent,
            TaxOn::BaseAndLevies => rate.percent * (Decimal::ONE_HUNDRED + levies) / Decimal::ONE_HUNDRED,
        };
        self.rates.iter().map(of_net).collect()
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
/// itself, also one that is on the net amount and the levies; what they leave of an inclusive total is the subtotal, so that
/// the parts always add up.
pub fn totals(
    line_totals: impl IntoIterator<Item = Money>,
    scheme: &TaxScheme,
) -> Result<Totals, TotalsError> {
    let lines = Money::sum(line_totals).ok_or(TotalsError::OutOfRange)?;
    let hundred = Decimal::ONE_HUNDRED;
    let of_net = scheme.of_net();
    let divisor = match scheme.mode {
        TaxMode::Off => {
            return Ok(Totals {
                subtotal: lines,
                tax_amount: Money::ZERO,
                total_amount: lines,
                taxes: Vec::new(),
            });
        }
        TaxMode::Inclusive => hundred + of_net.iter().sum::<Decimal>(),
        TaxMode::Exclusive => hundred,
    };
    let tax = |(rate, of_net): (&TaxRate, &Decimal)| {
        let amount =
            Money::round_half_up(lines.decimal() * *of_net / divisor).map_err(|_| TotalsError::OutOfRange)?;
        Ok(TaxPart {
            name: rate.name.clone(),
            percent: rate.percent,
            on: rate.on,
            amount,
        })
    };
    let taxes: Vec<TaxPart> = scheme
        .rates
        .iter()
        .zip(&of_net)
        .map(tax)
        .collect::<Result<_, _>>()?;
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
            on: TaxOn::Base,
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

    /// Before 2026: levies on the net amount, VAT on both.
    fn cascade(mode: TaxMode) -> TaxScheme {
        let rate = |name: &str, percent: &str, on| TaxRate {
            name: name.into(),
            percent: percent.parse().unwrap(),
            on,
        };
        TaxScheme {
            mode,
            rates: vec![
                rate("NHIL", "2.5", TaxOn::Base),
                rate("GETFund", "2.5", TaxOn::Base),
                rate("COVID-19", "1", TaxOn::Base),
                rate("VAT", "15", TaxOn::BaseAndLevies),
            ],
        }
    }

    #[test]
    fn the_older_cascade_taxes_the_levies_too() {
        let parts = |texts: [&str; 4]| texts.map(String::from).to_vec();
        for (mode, lines) in [(TaxMode::Exclusive, "1000"), (TaxMode::Inclusive, "1219")] {
            let sum = totals([money(lines)], &cascade(mode)).unwrap();
            assert_eq!(
                amounts(&sum),
                (
                    "1000.00".into(),
                    "219.00".into(),
                    "1219.00".into(),
                    parts(["25.00", "25.00", "10.00", "159.00"])
                )
            );
        }
        let odd = totals([money("5000")], &cascade(TaxMode::Inclusive)).unwrap();
        assert_eq!(
            amounts(&odd),
            (
                "4101.73".into(),
                "898.27".into(),
                "5000.00".into(),
                parts(["102.54", "102.54", "41.02", "652.17"])
            )
        );
    }

    /// splitmix64: a million carts that are the same on every run.
    struct Carts(u64);

    impl Carts {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            (z ^ (z >> 31)) % most
        }
    }

    /// Half up in whole numbers, for what is not negative.
    fn half_up(numerator: i128, denominator: i128) -> i128 {
        (2 * numerator + denominator) / (2 * denominator)
    }

    #[test]
    fn a_million_carts_add_up_as_whole_numbers_do() {
        let mut carts = Carts(42);
        for n in 0..1_000_000_u32 {
            let lines: Vec<(i64, i32)> = (0..carts.below(6))
                .map(|_| (carts.below(3_000_000) as i64, 1 + carts.below(9) as i32))
                .collect();
            let rates: Vec<(i64, bool)> = (0..carts.below(5))
                .map(|_| {
                    (
                        1 + carts.below(if n % 2 == 0 { 300_000 } else { 30 }) as i64,
                        carts.below(3) == 0,
                    )
                })
                .map(|(tenth, on)| (if n % 2 == 0 { tenth } else { tenth * 5_000 }, on))
                .collect();
            let mode = TaxMode::ALL[carts.below(3) as usize];
            let scheme = TaxScheme {
                mode,
                rates: rates
                    .iter()
                    .enumerate()
                    .map(|(n, (percent, compound))| TaxRate {
                        name: n.to_string(),
                        percent: Decimal::new(*percent, 4),
                        on: if *compound {
                            TaxOn::BaseAndLevies
                        } else {
                            TaxOn::Base
                        },
                    })
                    .collect(),
            };
            let whole: i128 = lines
                .iter()
                .map(|(price, many)| i128::from(*price) * i128::from(*many))
                .sum();
            let sum = totals(
                lines
                    .iter()
                    .map(|(price, many)| line_total(Money::from_pesewas(*price), *many).unwrap()),
                &scheme,
            )
            .unwrap();

            // Rates in 1/1,000,000 of one; one times one is a billionth of a thousandth, and all of it fits in 128 bits.
            const ONE: i128 = 1_000_000;
            let levies: i128 = rates.iter().filter(|r| !r.1).map(|r| i128::from(r.0)).sum();
            let of_net: Vec<i128> = rates
                .iter()
                .map(|(percent, compound)| i128::from(*percent) * if *compound { ONE + levies } else { ONE })
                .collect();
            let (expected, net, gross): (Vec<i128>, i128, i128) = match mode {
                TaxMode::Off => (Vec::new(), whole, whole),
                TaxMode::Exclusive => {
                    let parts: Vec<i128> = of_net.iter().map(|r| half_up(whole * r, ONE * ONE)).collect();
                    let tax: i128 = parts.iter().sum();
                    (parts, whole, whole + tax)
                }
                TaxMode::Inclusive => {
                    let all = ONE * ONE + of_net.iter().sum::<i128>();
                    let parts: Vec<i128> = of_net.iter().map(|r| half_up(whole * r, all)).collect();
                    let tax: i128 = parts.iter().sum();
                    (parts, whole - tax, whole)
                }
            };
            let pesewas = |amount: Money| i128::from(amount.pesewas());
            let parts: Vec<i128> = sum.taxes.iter().map(|part| pesewas(part.amount)).collect();
            assert_eq!(parts, expected, "cart {n}: {lines:?} {scheme:?}");
            assert_eq!(pesewas(sum.subtotal), net, "cart {n}");
            assert_eq!(pesewas(sum.total_amount), gross, "cart {n}");
            assert_eq!(
                pesewas(sum.subtotal) + parts.iter().sum::<i128>(),
                gross,
                "cart {n}"
            );
            assert_eq!(pesewas(sum.tax_amount), parts.iter().sum::<i128>(), "cart {n}");
        }
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
            let rates: Vec<_> = rates.iter().enumerate().map(|(n, p)| TaxRate { name: n.to_string(), percent: Decimal::new(*p, 4), on: TaxOn::Base }).collect();
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
