//! The names of one device: serial number, asset tag, IMEI.

use std::{
    cmp::Ordering,
    hash::{Hash, Hasher},
};

use crate::{TextError, text};

checked_text! {
    /// A serial number, kept as it was typed; the same one with other blanks or in small letters is equal.
    #[derive(Debug, Clone)]
    pub struct Serial; "a serial number of 1 to 100 characters", |schema| schema
        .min_length(Some(1))
        .max_length(Some(100))
        .pattern(Some(text::LINE_PATTERN))
        .examples(["5CG0123XYZ"])
}

impl Serial {
    /// Reads a serial number.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        text::required_line(value, 100).map(Self)
    }

    /// What is compared: capitals without blanks.
    pub fn key(&self) -> String {
        self.0
            .chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_uppercase)
            .collect()
    }
}

/// What the shop's own numbers begin with (PRODUCT.md sections 2 to 7): tags, invoices, warranties and so on.
pub const NUMBER_PREFIXES: &[&str] = &["P4T", "INV", "WAR", "PRE", "TKT", "WCLAIM", "LOT", "CNT", "RET"];

impl Serial {
    /// Whether a scanner read something that no maker writes as a serial number: one of our own numbers (`INV-000001`), or an
    /// address such as the one on a certificate.
    pub fn is_ours(&self) -> bool {
        let key = self.key();
        let is_number = |prefix: &&str| {
            let digits = key.strip_prefix(*prefix).and_then(|rest| rest.strip_prefix('-'));
            digits.is_some_and(|digits| digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit()))
        };
        key.contains("://") || NUMBER_PREFIXES.iter().any(is_number)
    }
}

impl PartialEq for Serial {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Serial {}

impl PartialOrd for Serial {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Serial {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Serial {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

checked_text! {
    /// Our own number on a device: `P4T-000001`.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct AssetTag; "an asset tag of 1 to 50 characters", |schema| schema
        .min_length(Some(1))
        .max_length(Some(50))
        .pattern(Some(text::LINE_PATTERN))
        .examples(["P4T-000001"])
}

impl AssetTag {
    /// Reads an asset tag.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        text::required_line(value, 50).map(Self)
    }
}

checked_text! {
    /// The number of a phone: 15 digits, of which the last one checks the others.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Imei; "an IMEI of 15 digits", |schema| schema
        .pattern(Some("^[0-9]{15}$"))
        .examples(["490154203237518"])
}

impl Imei {
    /// Reads an IMEI; blanks, dashes and slashes between the digits do not matter.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        let digits: String = value
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/'))
            .collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err("An IMEI has only digits: dial *#06# on the phone to see it.".into());
        }
        if digits.len() != 15 {
            return Err(TextError(format!(
                "An IMEI has 15 digits, and this has {}: dial *#06# on the phone to see it.",
                digits.len()
            )));
        }
        if !luhn_holds(&digits) {
            return Err("The last digit of this IMEI does not fit the others: read it again.".into());
        }
        Ok(Self(digits))
    }
}

impl Imei {
    /// Whether this has the fifteen digits of an IMEI and a check digit that does not fit: of a phone it was misread.
    pub fn is_misread(value: &str) -> bool {
        let digits: String = value
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/'))
            .collect();
        digits.len() == 15 && digits.bytes().all(|b| b.is_ascii_digit()) && !luhn_holds(&digits)
    }
}

/// Counted from the right, every second digit is doubled; the digits of all that must add up to a multiple of ten.
fn luhn_holds(digits: &str) -> bool {
    let sum: u32 = (digits.bytes().rev().map(|b| u32::from(b - b'0')).enumerate())
        .map(|(n, digit)| {
            if n % 2 == 1 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                digit
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn serials_compare_without_case_and_blanks() {
        let typed = Serial::parse("  5cg 0123 xyz ").unwrap();
        assert_eq!(typed.as_str(), "5cg 0123 xyz");
        assert_eq!(typed.key(), "5CG0123XYZ");
        assert_eq!(typed, Serial::parse("5CG0123XYZ").unwrap());
        assert_ne!(typed, Serial::parse("5CG0123XYY").unwrap());
        assert!(Serial::parse("\u{7}").is_err());
        assert!(Serial::parse(&"x".repeat(101)).is_err());
        assert!(AssetTag::parse(&"x".repeat(51)).is_err());
        assert_eq!(
            serde_json::from_str::<AssetTag>("\" P4T-1 \"").unwrap().as_str(),
            "P4T-1"
        );
        assert!(serde_json::from_str::<AssetTag>("\"\"").is_err());
    }

    #[test]
    fn our_own_numbers_are_nobodys_serials() {
        for (code, ours) in [
            ("INV-000001", true),
            ("inv-000001", true),
            ("WCLAIM-1234567", true),
            ("http://192.168.1.2:8080/check/AAAA", true),
            ("INV-00001", false),
            ("INV-00000A", false),
            ("INVENTEC-000001", false),
            ("5CG0123XYZ", false),
        ] {
            assert_eq!(Serial::parse(code).unwrap().is_ours(), ours, "{code}");
        }
    }

    #[test]
    fn imeis_are_checked() {
        assert_eq!(
            Imei::parse("49-015420-323751-8").unwrap().as_str(),
            "490154203237518"
        );
        assert!(
            Imei::parse("490154203237517")
                .unwrap_err()
                .to_string()
                .contains("does not fit")
        );
        assert!(
            Imei::parse("49015420323751")
                .unwrap_err()
                .to_string()
                .contains("this has 14")
        );
        assert!(
            Imei::parse("49015420323751X")
                .unwrap_err()
                .to_string()
                .contains("only digits")
        );
        assert!(Imei::parse("٤٩٠١٥٤٢٠٣٢٣٧٥١٨").is_err());
        for (code, misread) in [
            ("490154203237518", false),
            ("490154203237517", true),
            ("49-015420-323751-7", true),
            ("49015420323751", false),
            ("5CG0123XYZ12345", false),
        ] {
            assert_eq!(Imei::is_misread(code), misread, "{code}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_noticed(body in "[0-9]{14}", at in 0_usize..15, off in 1_u8..10) {
            let good = (0..10).map(|check| format!("{body}{check}")).filter(|imei| luhn_holds(imei)).collect::<Vec<_>>();
            prop_assert_eq!(good.len(), 1);
            let mut bytes = good[0].clone().into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + off) % 10;
            prop_assert!(Imei::parse(std::str::from_utf8(&bytes).unwrap()).is_err());
        }
    }
}
