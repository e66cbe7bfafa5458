//! Repair tickets.

use crate::Tone;

text_enum! {
    /// Where a repair is.
    pub enum RepairStatus {
        /// Taken in.
        Open = "Open",
        /// Somebody looks for the fault.
        Diagnosing = "Diagnosing",
        /// Parts are ordered.
        WaitingForParts = "Waiting for Parts",
        /// On the bench.
        InRepair = "In Repair",
        /// Done, to be fetched.
        Ready = "Ready",
        /// Gone.
        Closed = "Closed",
    }
}

text_enum! {
    /// How a repair ended.
    pub enum RepairOutcome {
        /// It works again.
        Repaired = "Repaired",
        /// The customer got another one.
        Replaced = "Replaced",
        /// The customer got the money back.
        Refunded = "Refunded",
        /// It cannot be repaired.
        Unable = "Unable",
    }
}

impl RepairStatus {
    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Open | Self::WaitingForParts => Tone::Warn,
            Self::Diagnosing | Self::InRepair => Tone::Info,
            Self::Ready => Tone::Good,
            Self::Closed => Tone::Neutral,
        }
    }
}
