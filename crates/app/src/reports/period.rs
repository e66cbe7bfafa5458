//! The days that a report or a statement is over.

use crate::{Invalid, Refusal};
use chrono::{Datelike, NaiveDate};

/// Two days and what is between them, both included, in the shop's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Period {
    /// Days as people write them, 2026-01-31; from the first of the month until today where they are empty.
    pub fn parse(from: &str, to: &str, today: NaiveDate) -> Result<Period, Refusal> {
        let mut invalid = Invalid::new();
        let mut day = |name: &str, text: &str| {
            if text.is_empty() {
                return None;
            }
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()
                .filter(|d| (2000..=2200).contains(&d.year()));
            if day.is_none() {
                invalid.push(format!("/{name}"), "Give a day as 2026-01-31.");
            }
            day
        };
        let (from, to) = (day("from", from), day("to", to));
        invalid.into_result().map_err(|e| Refusal::Invalid(e.0))?;
        let to = to.unwrap_or_else(|| from.map_or(today, |from| from.max(today)));
        let from = from.unwrap_or_else(|| to.with_day(1).unwrap_or(to));
        if from > to {
            return Err(Refusal::invalid(
                "/from",
                "The first day is after the last: swap them.",
            ));
        }
        Ok(Period { from, to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_filled_in() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let today = day("2026-01-14");
        for (asked, from, to) in [
            (("", ""), "2026-01-01", "2026-01-14"),
            (("2025-12-24", ""), "2025-12-24", "2026-01-14"),
            (("", "2025-12-24"), "2025-12-01", "2025-12-24"),
            (("2026-02-01", ""), "2026-02-01", "2026-02-01"),
        ] {
            let period = Period {
                from: day(from),
                to: day(to),
            };
            assert_eq!(Period::parse(asked.0, asked.1, today).ok(), Some(period));
        }
        for (from, to) in [
            ("soon", ""),
            ("", "2026-13-01"),
            ("2026-01-02", "2026-01-01"),
            ("0001-01-01", ""),
        ] {
            assert!(Period::parse(from, to, today).is_err(), "{from} {to}");
        }
    }
}
