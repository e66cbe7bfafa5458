//! Bulk stock: what is counted, not told apart.

use crate::{TextError, text};

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

    #[test]
    fn skus_are_capitals_without_blanks() {
        assert_eq!(Sku::parse(" chg-65w ").unwrap().as_str(), "CHG-65W");
        assert!(Sku::parse("chg 65w").is_err());
        assert!(Sku::parse("").is_err());
        assert!(Sku::parse(&"x".repeat(51)).is_err());
        assert!(Sku::parse(&"ß".repeat(26)).is_err());
    }
}
