//! Data wipes: how a device was emptied.

use crate::{TextError, text};

checked_text! {
    /// How the data was wiped. One of [`WipeMethod::KNOWN`], or what else the shop uses.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct WipeMethod; "a wipe method of 1 to 50 characters", |schema| schema
        .min_length(Some(1))
        .max_length(Some(50))
        .pattern(Some(text::LINE_PATTERN))
        .examples(WipeMethod::KNOWN.iter().copied())
}

const BLANCCO: &str = "Blancco";

impl WipeMethod {
    /// The methods that are offered.
    pub const KNOWN: &'static [&'static str] = &[
        "NIST 800-88 Clear",
        "NIST 800-88 Purge",
        "DoD 3-pass",
        "Quick Format",
        BLANCCO,
    ];

    /// Reads a method; a known one gets its usual spelling.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        let method = text::required_line(value, 50)?;
        let known = Self::KNOWN
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&method));
        Ok(Self(known.map_or(method, |known| (*known).to_owned())))
    }

    /// Whether the certificate of another program must be named.
    pub fn needs_reference(&self) -> bool {
        self.0
            .get(..BLANCCO.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(BLANCCO))
    }

    /// The external reference: a line of at most 100 characters, and there if the method needs one.
    pub fn check_reference(&self, reference: Option<&str>) -> Result<Option<String>, TextError> {
        let reference = text::optional_line(reference, 100)?;
        if reference.is_none() && self.needs_reference() {
            return Err("Blancco makes a certificate of its own: enter its reference.".into());
        }
        Ok(reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_methods_get_their_spelling() {
        assert_eq!(WipeMethod::parse("DOD 3-PASS").unwrap().as_str(), "DoD 3-pass");
        assert_eq!(WipeMethod::parse(" Shredder ").unwrap().as_str(), "Shredder");
        assert!(WipeMethod::parse("").is_err());
        for known in WipeMethod::KNOWN {
            assert_eq!(WipeMethod::parse(known).unwrap().as_str(), *known);
        }
    }

    #[test]
    fn blancco_needs_its_reference() {
        let blancco = WipeMethod::parse("blancco drive eraser").unwrap();
        assert!(blancco.check_reference(Some(" ")).is_err());
        assert_eq!(
            blancco.check_reference(Some("BL-1")).unwrap().as_deref(),
            Some("BL-1")
        );
        assert_eq!(
            WipeMethod::parse("Quick Format").unwrap().check_reference(None),
            Ok(None)
        );
        assert!(!WipeMethod::parse("Blanccé").unwrap().needs_reference());
    }
}
