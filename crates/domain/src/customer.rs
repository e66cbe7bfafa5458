//! Customers: what they are, and how one reaches them.

use std::{fmt::Write, str::FromStr};

use phonenumber::{Mode, PhoneNumber, country::Id::GH};

use crate::{TextError, text};

text_enum! {
    /// What kind of customer it is.
    pub enum CustomerType {
        /// Buys for themselves.
        Retail = "Retail",
        /// Sells on.
        Wholesale = "Wholesale",
    }
}

checked_text! {
    /// A phone number in international form: `+233244123456`.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Phone; "a phone number, like \"024 412 3456\" or \"+233244123456\"", |schema| schema
        .min_length(Some(5))
        .max_length(Some(40))
        .pattern(Some(r"^[0-9+() ./-]+$"))
        .description(Some("A phone number as people write it; answers have the international form."))
        .examples(["+233244123456"])
}

const GHANA: &str = "+233";

impl Phone {
    /// Reads a phone number as people write it. Without a country's code it is Ghana's.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        let typed = text::required_line(value, 40)?;
        if typed.chars().any(char::is_alphabetic) {
            return Err("A phone number has no letters in it: write it like 024 412 3456.".into());
        }
        if !typed
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | ' ' | '.' | '/' | '-'))
        {
            return Err("Write the phone number with digits only, like 024 412 3456.".into());
        }
        // People write "00" for the "+", and "+233 (0)24 …".
        let compact: String = typed
            .replace("(0)", "")
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect();
        let dialled = compact
            .strip_prefix("00")
            .map_or(compact.clone(), |rest| format!("+{rest}"));
        (phonenumber::parse(Some(GH), &dialled).ok())
            .filter(|number| number.is_valid() || is_long_enough_for_ghana(number))
            .map(|number| Self(number.format().mode(Mode::E164).to_string()))
            .filter(|phone| phone.0.len() <= 20)
            .ok_or_else(|| {
                "This is not a phone number: write all its digits, like 024 412 3456, or +44 … from abroad."
                    .into()
            })
    }

    /// As people in the country write it, `024 412 3456`; numbers of other countries have their code.
    pub fn national(&self) -> String {
        let mode = if self.0.starts_with(GHANA) {
            Mode::National
        } else {
            Mode::International
        };
        self.formatted(mode)
    }

    /// With the country's code, `+233 24 412 3456`.
    pub fn international(&self) -> String {
        self.formatted(Mode::International)
    }

    fn formatted(&self, mode: Mode) -> String {
        PhoneNumber::from_str(&self.0).map_or_else(
            |_| self.0.clone(),
            |number| number.format().mode(mode).to_string(),
        )
    }

    /// Enough to recognise a number one knows already, and no more: `••• ••• 456`.
    pub fn masked(&self) -> String {
        let hidden = self.0.chars().count().saturating_sub(3);
        format!(
            "••• ••• {}",
            self.0.chars().skip(hidden.max(3)).collect::<String>()
        )
    }

    /// A link that opens WhatsApp with this number and a text.
    pub fn whatsapp_link(&self, text: &str) -> String {
        let digits: String = self.0.chars().filter(char::is_ascii_digit).collect();
        let mut link = format!("https://wa.me/{digits}");
        for (n, byte) in text.bytes().enumerate() {
            link.push_str(if n == 0 { "?text=" } else { "" });
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => link.push(byte.into()),
                _ => write!(link, "%{byte:02X}").expect("writing to a string cannot fail"),
            }
        }
        link
    }

    /// A link that calls it.
    pub fn call_link(&self) -> String {
        format!("tel:{}", self.0)
    }
}

/// New prefixes are given out more often than anybody updates a table of them.
fn is_long_enough_for_ghana(number: &PhoneNumber) -> bool {
    number.country().code() == 233 && (200_000_000..=599_999_999).contains(&number.national().value())
}

checked_text! {
    /// An e-mail address, lightly checked: whether it works, only a letter to it can tell.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct Email; "an e-mail address", |schema| schema
        .max_length(Some(100))
        .pattern(Some(r"^[^\s@\x00-\x1f\x7f-\x9f]+@[^\s@.\x00-\x1f\x7f-\x9f]+(\.[^\s@.\x00-\x1f\x7f-\x9f]+)+$"))
        .examples(["ama@example.com"])
}

impl Email {
    /// Reads an address.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        let email = text::required_line(value, 100)?;
        let holds = email.split_once('@').is_some_and(|(person, host)| {
            !person.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && host.split('.').all(|part| !part.is_empty())
        });
        if !holds || email.chars().any(char::is_whitespace) {
            return Err("This is not an e-mail address: it should look like ama@example.com.".into());
        }
        Ok(Self(email))
    }

    /// What is compared: small letters.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn phones_get_their_international_form() {
        for (typed, kept) in [
            ("024 412 3456", "+233244123456"),
            ("0244123456", "+233244123456"),
            ("+233 24 412 3456", "+233244123456"),
            ("00233244123456", "+233244123456"),
            ("233244123456", "+233244123456"),
            ("+233 (0)24-412-3456", "+233244123456"),
            ("(024) 412.3456", "+233244123456"),
            ("0551234567", "+233551234567"),
            ("0302123456", "+233302123456"),
            ("+44 20 7946 0958", "+442079460958"),
            ("+2348031234567", "+2348031234567"),
        ] {
            assert_eq!(
                Phone::parse(typed).map(String::from),
                Ok(kept.to_owned()),
                "{typed}"
            );
        }
        for wrong in [
            "",
            "12",
            "024 412",
            "02441234567890",
            "abc",
            "024-CALL-ME",
            "+999 123",
            "+",
            "٠٢٤٤١٢٣٤٥٦",
            "024412345\u{0}6",
        ] {
            assert!(Phone::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(
            Phone::parse("024 CALL")
                .unwrap_err()
                .to_string()
                .contains("no letters")
        );
    }

    #[test]
    fn phones_are_shown() {
        let phone = Phone::parse("024 412 3456").unwrap();
        assert_eq!(phone.national(), "024 412 3456");
        assert_eq!(phone.international(), "+233 24 412 3456");
        assert_eq!(phone.masked(), "••• ••• 456");
        assert_eq!(phone.call_link(), "tel:+233244123456");
        assert_eq!(phone.whatsapp_link(""), "https://wa.me/233244123456");
        assert_eq!(
            phone.whatsapp_link("Paid: GH₵ 5&"),
            "https://wa.me/233244123456?text=Paid%3A%20GH%E2%82%B5%205%26"
        );
        assert_eq!(
            Phone::parse("+44 20 7946 0958").unwrap().national(),
            "+44 20 7946 0958"
        );
        for odd in ["", "12", "x"] {
            let odd = Phone(odd.into());
            assert!(odd.masked().starts_with("•••") && !odd.masked().ends_with("12"));
            assert_eq!(odd.national(), odd.as_str());
        }
    }

    #[test]
    fn emails_are_lightly_checked() {
        assert_eq!(
            Email::parse(" Ama@Example.com ").unwrap().key(),
            "ama@example.com"
        );
        for wrong in [
            "",
            "ama",
            "ama@",
            "@example.com",
            "ama@example",
            "a b@example.com",
            "a@b@c.com",
            "a@b..com",
            "a@.com",
        ] {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(90))).is_err());
    }

    proptest! {
        #[test]
        fn what_was_read_reads_the_same(typed in "[+0]{0,2}[0-9 ()/.-]{0,20}|.{0,12}") {
            if let Ok(phone) = Phone::parse(&typed) {
                prop_assert!(phone.as_str().len() <= 20 && phone.as_str().starts_with('+'));
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
            }
        }
    }
}
