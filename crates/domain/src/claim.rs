//! Warranty claims.

use crate::Tone;

text_enum! {
    /// Where a claim is.
    pub enum ClaimStatus {
        /// To be decided.
        Submitted = "Submitted",
        /// Accepted; the repair ticket is open.
        Approved = "Approved",
        /// Refused, with a reason.
        Denied = "Denied",
        /// Settled.
        Completed = "Completed",
    }
}

text_enum! {
    /// How a claim ended.
    pub enum ClaimOutcome {
        /// The device was repaired.
        Repaired = "Repaired",
        /// The customer got another device, which carries the rest of the warranty.
        Replaced = "Replaced",
        /// The customer got the money back.
        Refunded = "Refunded",
        /// Nothing was owed.
        Denied = "Denied",
    }
}

impl ClaimStatus {
    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Submitted => Tone::Warn,
            Self::Approved => Tone::Info,
            Self::Denied => Tone::Bad,
            Self::Completed => Tone::Good,
        }
    }
}
