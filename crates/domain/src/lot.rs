//! Lots (PRODUCT.md section 2): the money that a supplier is paid in, and how a charge is spread over the devices.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{Money, MoneyError, TextError};

text_enum! {
    /// What a charge of a lot is for.
    pub enum ChargeKind {
        /// Sea or air freight.
        Freight = "Freight",
        /// Import duty and its levies.
        Duty = "Duty",
        /// The levy on used electronics.
        EcoLevy = "Eco-levy",
        /// The clearing agent and the port.
        Clearing = "Clearing",
        /// Insurance on the way.
        Insurance = "Insurance",
        /// From the port to the shop.
        LocalTransport = "Local transport",
        /// Anything else.
        Other = "Other",
    }
}

text_enum! {
    /// How a charge is spread over the devices of a lot.
    pub enum ChargeMethod {
        /// In proportion to what each cost to buy.
        ByValue = "by value",
        /// The same for each.
        PerUnit = "per unit",
    }
}

/// The currencies that are paid with somewhere, by their codes of ISO 4217, sorted.
const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD",
    "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY",
    "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP",
    "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR",
    "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT",
    "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
    "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD",
    "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY",
    "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF",
    "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

checked_text! {
    /// The code of a currency of ISO 4217: three capital letters.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Currency;
    "the code of a currency, like \"USD\"", |schema| schema.enum_values(Some(CURRENCIES.iter().copied())).examples(["USD"])
}

impl Currency {
    /// Reads a code, in whatever case.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let code = text.trim().to_ascii_uppercase();
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err("Write the currency as three letters, like USD.".into());
        }
        match CURRENCIES.binary_search(&code.as_str()) {
            Ok(_) => Ok(Self(code)),
            Err(_) => Err(TextError(format!(
                "There is no currency {code}: write its code, like USD, EUR or GBP."
            ))),
        }
    }

    /// Ghana cedis.
    pub fn cedi() -> Self {
        Self("GHS".into())
    }

    /// Whether it is the cedi, whose rate is 1.
    pub fn is_cedi(&self) -> bool {
        self.0 == "GHS"
    }
}

/// How many cedis one of another currency is: more than nothing, less than a million, at most six decimals; text in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct ExchangeRate(Decimal);

impl ExchangeRate {
    /// A cedi is a cedi.
    pub const ONE: Self = Self(Decimal::ONE);

    /// The number.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// An amount of that currency in cedis, half up to the pesewa.
    pub fn in_cedis(self, amount: Money) -> Result<Money, MoneyError> {
        let cedis = amount.decimal().checked_mul(self.0);
        cedis.ok_or(MoneyError::OutOfRange).and_then(Money::round_half_up)
    }
}

impl FromStr for ExchangeRate {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        let rate = Decimal::from_str_exact(text.trim()).ok().filter(|rate| {
            *rate > Decimal::ZERO && *rate < Decimal::from(1_000_000) && rate.normalize().scale() <= 6
        });
        rate.map(Self)
            .ok_or_else(|| "Write how many cedis one was, like 15.55.".into())
    }
}

impl fmt::Display for ExchangeRate {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(&self.0.normalize(), f)
    }
}

impl Serialize for ExchangeRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ExchangeRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize(deserializer, "a rate as text, like \"15.55\"")
    }
}

impl PartialSchema for ExchangeRate {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Cedis for one of the currency, as text with at most six decimals."))
            .pattern(Some(
                r"^([1-9][0-9]{0,5}(\.[0-9]{1,6})?|0\.(0{0,5}[1-9]|0{0,4}[1-9][0-9]|0{0,3}[1-9][0-9]{2}|0{0,2}[1-9][0-9]{3}|0?[1-9][0-9]{4}|[1-9][0-9]{5}))$",
            ))
            .examples(["15.55"])
            .into()
    }
}

impl ToSchema for ExchangeRate {}

/// What each device carries of a charge, in the order of the devices: the shares add up to the charge exactly. By value, a
/// device whose cost is not known carries nothing, unless none has a cost: then all carry the same. What rounding leaves over
/// goes a pesewa each to those who lost most by it, and of equal ones to the first: the same devices get the same shares
/// whenever one asks. Without devices the answer is empty.
pub fn spread(charge: Money, method: ChargeMethod, costs: &[Option<Money>]) -> Vec<Money> {
    let weights: Vec<Decimal> = match method {
        ChargeMethod::PerUnit => vec![Decimal::ONE; costs.len()],
        ChargeMethod::ByValue => costs
            .iter()
            .map(|cost| cost.unwrap_or_default().decimal())
            .collect(),
    };
    charge.spread(&weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cedis(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn a_thousand_cedis_over_3_7_and_999_devices() {
        let thousand = cedis("1000.00");
        for devices in [3_usize, 7, 999] {
            let costs: Vec<Option<Money>> = (0..devices)
                .map(|n| {
                    Some(Money::from_pesewas(
                        i64::try_from(n * 7_919 % 90_000).unwrap() + 1,
                    ))
                })
                .collect();
            for method in ChargeMethod::ALL {
                let shares = spread(thousand, *method, &costs);
                assert_eq!(shares.len(), devices);
                assert_eq!(Money::sum(shares), Some(thousand), "{devices} {method}");
            }
        }
        let thirds = spread(thousand, ChargeMethod::PerUnit, &[None; 3]);
        assert_eq!(thirds, ["333.34", "333.33", "333.33"].map(cedis));
        let sevenths = spread(thousand, ChargeMethod::PerUnit, &[None; 7]);
        assert_eq!(sevenths.iter().filter(|s| **s == cedis("142.86")).count(), 5);
        let by_value = [Some(cedis("100")), Some(cedis("200")), None, Some(cedis("700"))];
        assert_eq!(
            spread(thousand, ChargeMethod::ByValue, &by_value),
            ["100.00", "200.00", "0.00", "700.00"].map(cedis)
        );
        assert_eq!(
            spread(thousand, ChargeMethod::ByValue, &[None, Some(Money::ZERO)]),
            ["500.00"; 2].map(cedis)
        );
        assert!(spread(thousand, ChargeMethod::ByValue, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn shares_add_up_follow_the_costs_and_are_the_same_again(
            charge in 1_i64..9_999_999_999, costs in prop::collection::vec(prop::option::of(0_i64..9_000_000), 1..400),
            by_value in any::<bool>(),
        ) {
            let method = if by_value { ChargeMethod::ByValue } else { ChargeMethod::PerUnit };
            let charge = Money::from_pesewas(charge);
            let costs: Vec<_> = costs.into_iter().map(|c| c.map(Money::from_pesewas)).collect();
            let shares = spread(charge, method, &costs);
            prop_assert_eq!(Money::sum(shares.iter().copied()), Some(charge));
            prop_assert_eq!(&spread(charge, method, &costs), &shares);
            prop_assert!(shares.iter().all(|share| !share.is_negative()));
            // Taking a charge back takes the same from each.
            let back: Vec<_> = shares.iter().map(|share| -*share).collect();
            prop_assert_eq!(spread(-charge, method, &costs), back);
            let whole: i64 = costs.iter().map(|c| c.unwrap_or_default().pesewas()).sum();
            for (cost, share) in costs.iter().zip(&shares) {
                // Never a whole pesewa away from the exact part.
                let (weight, all) = match by_value && whole > 0 {
                    true => (i128::from(cost.unwrap_or_default().pesewas()), i128::from(whole)),
                    false => (1, costs.len() as i128),
                };
                let off = i128::from(share.pesewas()) * all - i128::from(charge.pesewas()) * weight;
                prop_assert!(off.abs() < all, "{share} for {cost:?} of {whole}");
            }
        }
    }

    #[test]
    fn rates_and_currencies() {
        assert_eq!("15.5500".parse::<ExchangeRate>().unwrap().to_string(), "15.55");
        assert_eq!(
            "15.555555"
                .parse::<ExchangeRate>()
                .unwrap()
                .in_cedis(cedis("100.01")),
            Ok(cedis("1555.71"))
        );
        for wrong in ["0", "-1", "1.2345678", "1000000", "x", ""] {
            assert!(wrong.parse::<ExchangeRate>().is_err(), "{wrong}");
        }
        assert_eq!(" usd ".parse::<Currency>().unwrap().as_str(), "USD");
        for wrong in ["", "US", "USDT", "U$D", "₵₵₵", "DOL", "CED", "POU"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
        assert!(CURRENCIES.is_sorted(), "they are searched by halves");
    }
}
