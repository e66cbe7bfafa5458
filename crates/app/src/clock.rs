//! Time as a parameter: nothing else asks the machine what time it is.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// Where the present comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A fixed instant, for tests and for demo data with a history. The database follows it: see [`crate::Tx`].
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The present instant.
    pub fn now(self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
            Clock::System => Utc::now(),
            Clock::Fixed(instant) => instant,
        }
    }

    /// The business day in the shop's time zone.
    pub fn today(self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }
}
