//! Warranties: until when, and what they are worth today.

use chrono::{Days, Months, NaiveDate};

use crate::Tone;

text_enum! {
    /// What kind of warranty it is.
    pub enum WarrantyTier {
        /// Comes with every device; its days are a setting.
        Standard = "Standard",
        /// Bought beside the device, for a year.
        PremiumOneYear = "Premium 1-Year",
    }
}

text_enum! {
    /// What a warranty is worth.
    pub enum WarrantyStatus {
        /// It holds.
        Active = "Active",
        /// A claim is open.
        Claimed = "Claimed",
        /// Its time is over.
        Expired = "Expired",
        /// Taken back, by a return for instance.
        Void = "Void",
    }
}

/// The table: from, what happens, to. The database holds the same in `warranty_status_moves`.
pub const MOVES: &[(WarrantyStatus, &str, WarrantyStatus)] = &[
    (
        WarrantyStatus::Active,
        "A claim is submitted",
        WarrantyStatus::Claimed,
    ),
    (
        WarrantyStatus::Active,
        "Its last day is past",
        WarrantyStatus::Expired,
    ),
    (WarrantyStatus::Active, "Void", WarrantyStatus::Void),
    (
        WarrantyStatus::Claimed,
        "The claim is denied or completed",
        WarrantyStatus::Active,
    ),
    (WarrantyStatus::Expired, "Void", WarrantyStatus::Void),
];

impl WarrantyStatus {
    /// Whether the table leads from here to there.
    pub fn may_become(self, to: Self) -> bool {
        MOVES.iter().any(|(from, _, next)| (*from, *next) == (self, to))
    }
}

/// The workflow as a page of docs/workflows.
pub fn workflow_markdown() -> String {
    let needs = |to: WarrantyStatus| match to {
        WarrantyStatus::Void => "a reason; a return or a replacement voids it too",
        WarrantyStatus::Claimed => "within its dates",
        _ => "",
    };
    let moves: Vec<_> = MOVES
        .iter()
        .map(|(from, label, to)| (from.as_str(), (*label).to_owned(), to.as_str(), needs(*to)))
        .collect();
    crate::text::workflow_page("The life of a warranty", "crates/domain/src/warranty.rs", &moves)
}

/// The days of a Standard warranty unless the settings say otherwise.
pub const STANDARD_DAYS: u16 = 90;

/// The last day of a warranty of so many days: it begins on `start` and still holds on the day this answers. Nothing if
/// there are no days, or the calendar ends.
pub fn period(start: NaiveDate, days: u16) -> Option<NaiveDate> {
    start
        .checked_add_days(Days::new(days.into()))
        .filter(|end| *end > start)
}

impl WarrantyTier {
    /// The last day on which a warranty of this tier holds. Nothing if there are no days, or the calendar ends.
    pub fn end_date(self, start: NaiveDate, standard_days: u16) -> Option<NaiveDate> {
        match self {
            Self::Standard => period(start, standard_days),
            Self::PremiumOneYear => start.checked_add_months(Months::new(12)),
        }
    }
}

impl WarrantyStatus {
    /// What the stored status means on a day: an Active warranty whose last day is past has Expired, whether or not
    /// anybody wrote that down. An open claim stays open.
    pub fn effective(self, end_date: NaiveDate, today: NaiveDate) -> Self {
        if self == Self::Active && today > end_date {
            Self::Expired
        } else {
            self
        }
    }

    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Claimed => Tone::Info,
            Self::Expired => Tone::Neutral,
            Self::Void => Tone::Bad,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn ends_after_it_starts() {
        assert_eq!(period(day("2026-01-14"), 90), Some(day("2026-04-14")));
        assert_eq!(period(day("2026-01-14"), 0), None);
        assert_eq!(period(NaiveDate::MAX, 90), None);
        assert_eq!(
            WarrantyTier::Standard.end_date(day("2026-01-14"), 30),
            Some(day("2026-02-13"))
        );
        assert_eq!(
            WarrantyTier::PremiumOneYear.end_date(day("2026-01-14"), 30),
            Some(day("2027-01-14"))
        );
        assert_eq!(
            WarrantyTier::PremiumOneYear.end_date(day("2028-02-29"), 30),
            Some(day("2029-02-28"))
        );
    }

    #[test]
    fn every_pair_of_statuses() {
        use WarrantyStatus::{Active, Claimed, Expired, Void};
        let allowed = [
            (Active, Claimed),
            (Active, Expired),
            (Active, Void),
            (Claimed, Active),
            (Expired, Void),
        ];
        for from in WarrantyStatus::ALL {
            for to in WarrantyStatus::ALL {
                assert_eq!(
                    from.may_become(*to),
                    allowed.contains(&(*from, *to)),
                    "{from} {to}"
                );
            }
        }
    }

    #[test]
    fn expires_by_itself_after_the_last_day() {
        let end = day("2026-04-14");
        assert_eq!(WarrantyStatus::Active.effective(end, end), WarrantyStatus::Active);
        assert_eq!(
            WarrantyStatus::Active.effective(end, day("2026-04-15")),
            WarrantyStatus::Expired
        );
        for kept in [
            WarrantyStatus::Claimed,
            WarrantyStatus::Void,
            WarrantyStatus::Expired,
        ] {
            assert_eq!(kept.effective(end, day("2027-01-01")), kept);
        }
    }
}
