//! Money: Ghana cedis with exactly two decimals, never a float.

use std::{fmt, ops::Neg, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// An amount in Ghana cedis with exactly two decimals, within the range of a DECIMAL(10,2) column.
///
/// Only a sum that the database worked out for a report may be larger than a column: the API describes it as [`MoneySum`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

/// Why a text or number is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Letters, signs, separators.
    #[error("This is not an amount of money: write digits with at most two decimals, like 5000.00.")]
    NotANumber,
    /// More exact than a pesewa.
    #[error("Money has at most two decimals, like 5000.00.")]
    TooManyDecimals,
    /// Beyond what a column can hold.
    #[error("This amount is too large: the most is 99,999,999.99.")]
    OutOfRange,
    /// Less than nothing where that makes no sense.
    #[error("This amount may not be negative.")]
    Negative,
    /// Nothing, or less, where something is handed over.
    #[error("This must be more than 0.00.")]
    NotPositive,
}

const PATTERN: &str = r"^-?[0-9]{1,8}(\.[0-9]{1,2})?$";
const MAX_PESEWAS: i64 = 9_999_999_999;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self::from_pesewas(0);
    /// The most that a DECIMAL(10,2) column holds.
    pub const MAX: Self = Self::from_pesewas(MAX_PESEWAS);

    /// An amount known when the program is written.
    ///
    /// # Panics
    /// If it is beyond [`Money::MAX`]; for what is computed, use [`Money::try_new`].
    pub const fn from_pesewas(pesewas: i64) -> Self {
        assert!(
            pesewas.unsigned_abs() <= MAX_PESEWAS as u64,
            "an amount beyond DECIMAL(10,2)"
        );
        let size = pesewas.unsigned_abs();
        Self(Decimal::from_parts(
            size as u32,
            (size >> 32) as u32,
            0,
            pesewas < 0,
            2,
        ))
    }

    /// The amount in pesewas.
    pub fn pesewas(self) -> i64 {
        i64::try_from(self.0.mantissa()).expect("no amount is larger: `bounded` sees to it")
    }

    /// Reads digits with at most two decimals and perhaps a minus: `5000`, `5000.5`, `-12.30`. No separators, no blanks.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) {
            Err(MoneyError::NotANumber)
        } else if decimals.len() > 2 {
            Err(MoneyError::TooManyDecimals)
        } else if whole.len() > 8 {
            Err(MoneyError::OutOfRange)
        } else {
            Self::try_new(Decimal::from_str(text).map_err(|_| MoneyError::NotANumber)?)
        }
    }

    /// Like [`Money::parse`], and not less than nothing: prices, costs, payments.
    pub fn parse_non_negative(text: &str) -> Result<Self, MoneyError> {
        Self::parse(text)?.non_negative()
    }

    /// The amount, unless it is less than nothing.
    pub fn non_negative(self) -> Result<Self, MoneyError> {
        if self.is_negative() {
            Err(MoneyError::Negative)
        } else {
            Ok(self)
        }
    }

    /// An amount from a decimal that has no more than two decimals.
    pub fn try_new(amount: Decimal) -> Result<Self, MoneyError> {
        if amount.normalize().scale() > 2 {
            return Err(MoneyError::TooManyDecimals);
        }
        Self::round_half_up(amount)
    }

    /// The one place where money is rounded: to the pesewa, half away from zero.
    pub fn round_half_up(amount: Decimal) -> Result<Self, MoneyError> {
        Self::bounded(amount, Self::MAX.0)
    }

    fn bounded(amount: Decimal, limit: Decimal) -> Result<Self, MoneyError> {
        let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        if rounded.abs() > limit {
            return Err(MoneyError::OutOfRange);
        }
        rounded.rescale(2);
        if rounded.is_zero() {
            rounded.set_sign_positive(true);
        }
        Ok(Self(rounded))
    }

    /// The amount as a decimal.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// The sum, unless it is out of range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::try_new(self.0.checked_add(other.0)?).ok()
    }

    /// The difference, unless it is out of range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(-other)
    }

    /// So many times the amount, unless that is out of range.
    pub fn checked_mul_quantity(self, quantity: i32) -> Option<Self> {
        Self::try_new(self.0.checked_mul(quantity.into())?).ok()
    }

    /// The sum of all, unless it is out of range.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Shares the amount out by weight so that the shares add up to it exactly: what rounding leaves over goes, a pesewa
    /// each, to those who lost most by it. Weights of nothing get nothing; if all are nothing, all count the same.
    /// Without anybody to share with, the answer is empty.
    pub fn spread(self, weights: &[Decimal]) -> Vec<Self> {
        let largest = weights.iter().copied().fold(Decimal::ZERO, Decimal::max);
        // Weights are brought to at most 1, so that multiplying them by pesewas stays within a decimal's digits.
        let weights: Vec<Decimal> = match largest.is_zero() {
            true => vec![Decimal::ONE; weights.len()],
            false => weights
                .iter()
                .map(|weight| (*weight).max(Decimal::ZERO) / largest)
                .collect(),
        };
        let whole: Decimal = weights.iter().sum();
        let pesewas = Decimal::from(self.pesewas().unsigned_abs());
        let exact: Vec<Decimal> = weights.iter().map(|weight| pesewas * weight / whole).collect();
        let mut shares: Vec<Decimal> = exact.iter().map(Decimal::floor).collect();
        let left_over = (pesewas - shares.iter().sum::<Decimal>()).to_usize().unwrap_or(0);
        let mut order: Vec<usize> = (0..weights.len()).filter(|n| !weights[*n].is_zero()).collect();
        order.sort_by_key(|n| shares[*n] - exact[*n]);
        for n in order
            .into_iter()
            .cycle()
            .take(if weights.is_empty() { 0 } else { left_over })
        {
            shares[n] += Decimal::ONE;
        }
        let sign = if self.is_negative() {
            -Decimal::ONE
        } else {
            Decimal::ONE
        };
        let to_money = |share: Decimal| Self::bounded(sign * share / Decimal::ONE_HUNDRED, self.0.abs());
        shares
            .into_iter()
            .map(|share| to_money(share).expect("a share is not larger than the whole"))
            .collect()
    }

    /// More than nothing.
    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// Less than nothing.
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }

    /// Nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The size of the amount, whatever its sign.
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// `5,000.00`
    pub fn grouped(self) -> String {
        let text = self.0.abs().to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, "00"));
        let mut grouped = String::from(if self.is_negative() { "-" } else { "" });
        for (n, digit) in whole.chars().enumerate() {
            if n > 0 && (whole.len() - n).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped + "." + decimals
    }

    /// `GH₵ 5,000.00`, and with the sign before the currency `-GH₵ 5,000.00`
    pub fn ghs(self) -> String {
        format!(
            "{}GH₵ {}",
            if self.is_negative() { "-" } else { "" },
            self.abs().grouped()
        )
    }
}

impl Default for Money {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        if self.is_zero() { self } else { Self(-self.0) }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Money({})", self.0)
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Self::parse(text)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "money as text, like \"5000.00\"")
    }
}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An amount in Ghana cedis, as text with two decimals."))
            .pattern(Some(PATTERN))
            .examples(["5000.00"])
            .into()
    }
}

impl ToSchema for Money {}

/// How the API describes a [`Money`] that is a sum over rows: unlike one amount, it may be larger than a column holds.
#[derive(Debug)]
pub enum MoneySum {}

impl PartialSchema for MoneySum {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A sum in Ghana cedis over many amounts, as text with two decimals.",
            ))
            .pattern(Some(r"^-?[0-9]{1,17}\.[0-9]{2}$"))
            .examples(["485969688.00"])
            .into()
    }
}

impl ToSchema for MoneySum {}

#[cfg(feature = "sqlx")]
mod column {
    use sqlx::{
        Decode, Encode, Postgres, Type,
        encode::IsNull,
        error::BoxDynError,
        postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef},
    };

    use super::{Decimal, Money};

    impl Type<Postgres> for Money {
        fn type_info() -> PgTypeInfo {
            <Decimal as Type<Postgres>>::type_info()
        }
        fn compatible(ty: &PgTypeInfo) -> bool {
            <Decimal as Type<Postgres>>::compatible(ty)
        }
    }

    impl PgHasArrayType for Money {
        fn array_type_info() -> PgTypeInfo {
            <Decimal as PgHasArrayType>::array_type_info()
        }
        fn array_compatible(ty: &PgTypeInfo) -> bool {
            <Decimal as PgHasArrayType>::array_compatible(ty)
        }
    }

    impl Encode<'_, Postgres> for Money {
        fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
            <Decimal as Encode<Postgres>>::encode_by_ref(&self.0, buf)
        }
    }

    impl<'r> Decode<'r, Postgres> for Money {
        /// Sums of a report may be larger than a column, and averages have more decimals.
        fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
            const MOST_PESEWAS_OF_AN_I64: Decimal =
                Decimal::from_parts(u32::MAX, i32::MAX as u32, 0, false, 2);
            Ok(Self::bounded(
                <Decimal as Decode<Postgres>>::decode(value)?,
                MOST_PESEWAS_OF_AN_I64,
            )?)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn reads_what_people_write() {
        for (text, pesewas) in [
            ("5000", 500_000),
            ("5000.5", 500_050),
            ("5000.00", 500_000),
            ("0", 0),
            ("-0", 0),
            ("-0.00", 0),
            ("007", 700),
            ("-12.30", -1_230),
            ("99999999.99", MAX_PESEWAS),
            ("-99999999.99", -MAX_PESEWAS),
        ] {
            assert_eq!(Money::parse(text), Ok(Money::from_pesewas(pesewas)), "{text}");
            assert_eq!(money(text).pesewas(), pesewas);
        }
        for text in [
            "", "-", ".5", "5.", "5,000.00", " 5", "5 ", "+5", "1e3", "five", "--5", "5.0.0", "٥", "NaN",
            "5_0",
        ] {
            assert_eq!(Money::parse(text), Err(MoneyError::NotANumber), "{text:?}");
        }
        assert_eq!(Money::parse("5.001"), Err(MoneyError::TooManyDecimals));
        assert_eq!(Money::parse("100000000"), Err(MoneyError::OutOfRange));
        assert_eq!(
            Money::parse("9".repeat(400).as_str()),
            Err(MoneyError::OutOfRange)
        );
        assert_eq!(Money::parse_non_negative("-0.01"), Err(MoneyError::Negative));
        assert_eq!(Money::parse_non_negative("-0"), Ok(Money::ZERO));
    }

    #[test]
    fn writes_two_decimals_always() {
        assert_eq!(Money::default().to_string(), "0.00");
        assert_eq!(money("5000").to_string(), "5000.00");
        assert_eq!(money("5000").grouped(), "5,000.00");
        assert_eq!(money("5000").ghs(), "GH₵ 5,000.00");
        assert_eq!(money("-1234567.8").ghs(), "-GH₵ 1,234,567.80");
        assert_eq!(money("999").grouped(), "999.00");
        assert_eq!(money("100000.05").grouped(), "100,000.05");
        assert_eq!((-Money::ZERO).to_string(), "0.00");
        assert_eq!(format!("{:>9}", money("5")), "     5.00");
    }

    #[test]
    fn json_is_text_only() {
        assert_eq!(serde_json::to_string(&money("5000")).unwrap(), "\"5000.00\"");
        assert_eq!(
            serde_json::from_str::<Money>("\"5000.5\"").unwrap(),
            money("5000.50")
        );
        for number in ["5000", "5000.5", "null", "true", "\"5000.505\"", "\"\""] {
            assert!(serde_json::from_str::<Money>(number).is_err(), "{number}");
        }
        let schema = serde_json::to_value(Money::schema()).unwrap();
        assert_eq!(schema["pattern"], PATTERN);
        assert_eq!(schema["examples"][0], "5000.00");
    }

    #[test]
    fn half_goes_away_from_zero() {
        for (exact, rounded) in [
            ("0.005", "0.01"),
            ("0.0049", "0.00"),
            ("-0.005", "-0.01"),
            ("2.675", "2.68"),
            ("2.665", "2.67"),
        ] {
            assert_eq!(
                Money::round_half_up(decimal(exact)),
                Ok(money(rounded)),
                "{exact}"
            );
        }
        assert_eq!(
            Money::round_half_up(decimal("99999999.995")),
            Err(MoneyError::OutOfRange)
        );
        assert_eq!(Money::try_new(decimal("1.001")), Err(MoneyError::TooManyDecimals));
        assert_eq!(Money::try_new(decimal("1.1000")), Ok(money("1.10")));
    }

    #[test]
    fn nothing_overflows() {
        assert_eq!(Money::MAX.checked_add(money("0.01")), None);
        assert_eq!((-Money::MAX).checked_sub(money("0.01")), None);
        assert_eq!(Money::MAX.checked_mul_quantity(i32::MAX), None);
        assert_eq!(money("120").checked_mul_quantity(2), Some(money("240")));
        assert_eq!(Money::sum([money("1.10"), money("2.20")]), Some(money("3.30")));
        assert_eq!(Money::sum([Money::MAX, Money::MAX]), None);
        assert_eq!(Money::sum([]), Some(Money::ZERO));
    }

    #[test]
    fn spreading_favours_who_lost_most() {
        let weights: Vec<Decimal> = ["1", "1", "1"].map(decimal).into();
        assert_eq!(
            money("100").spread(&weights),
            [money("33.34"), money("33.33"), money("33.33")]
        );
        assert_eq!(
            money("0.05").spread(&["0.5", "0", "9"].map(decimal)),
            [money("0"), money("0"), money("0.05")]
        );
        assert_eq!(
            money("-0.03").spread(&["0", "0"].map(decimal)),
            [money("-0.02"), money("-0.01")]
        );
        assert_eq!(money("5").spread(&[]), []);
        assert_eq!(Money::MAX.spread(&[Decimal::MAX, Decimal::MAX]).len(), 2);
    }

    fn any_money() -> impl Strategy<Value = Money> {
        (-MAX_PESEWAS..=MAX_PESEWAS).prop_map(Money::from_pesewas)
    }

    proptest! {
        #[test]
        fn text_and_back(amount in any_money()) {
            prop_assert_eq!(Money::parse(&amount.to_string()), Ok(amount));
            prop_assert_eq!(Money::parse(&amount.grouped().replace(',', "")), Ok(amount));
            prop_assert_eq!(Money::from_pesewas(amount.pesewas()), amount);
            prop_assert_eq!(amount.decimal().scale(), 2);
        }

        #[test]
        fn no_text_panics(text in "[-0-9., e]{0,12}|.{0,12}") {
            if let Ok(amount) = Money::parse(&text) {
                prop_assert!(amount.abs() <= Money::MAX);
            }
        }

        #[test]
        fn adding_is_adding_pesewas(a in any_money(), b in any_money()) {
            let sum = a.pesewas() + b.pesewas();
            prop_assert_eq!(a.checked_add(b).map(Money::pesewas), (sum.abs() <= MAX_PESEWAS).then_some(sum));
            prop_assert_eq!(a.cmp(&b), a.pesewas().cmp(&b.pesewas()));
        }

        #[test]
        fn rounding_is_that_of_whole_numbers(tenths in -1_000_000_000_i64..1_000_000_000) {
            let half_up = (tenths.abs() + 5) / 10 * tenths.signum();
            prop_assert_eq!(Money::round_half_up(Decimal::new(tenths, 3)).map(Money::pesewas), Ok(half_up));
        }

        #[test]
        fn shares_add_up(amount in any_money(), weights in prop::collection::vec((0_u64.., 0_u32..20), 1..40)) {
            let weights: Vec<Decimal> =
                weights.into_iter().map(|(size, scale)| Decimal::from_i128_with_scale(size.into(), scale)).collect();
            let shares = amount.spread(&weights);
            prop_assert_eq!(shares.len(), weights.len());
            prop_assert_eq!(shares.iter().map(|share| share.pesewas()).sum::<i64>(), amount.pesewas());
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!(!weight.is_zero() || share.is_zero() || weights.iter().all(Decimal::is_zero));
                prop_assert!(share.is_zero() || share.is_negative() == amount.is_negative());
            }
        }

        #[test]
        fn a_share_is_within_a_pesewa_of_its_due(pesewas in 0..MAX_PESEWAS, weights in prop::collection::vec(0_u32..1000, 1..20)) {
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            prop_assume!(whole > 0);
            let shares = Money::from_pesewas(pesewas).spread(&weights.iter().map(|w| Decimal::from(*w)).collect::<Vec<_>>());
            for (share, weight) in shares.iter().zip(&weights) {
                let off = i128::from(share.pesewas()) * whole - i128::from(pesewas) * i128::from(*weight);
                prop_assert!(off.abs() < whole);
            }
        }
    }
}
