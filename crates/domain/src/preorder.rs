//! Preorders: a device that a customer asked for and we get.

use crate::Tone;

text_enum! {
    /// Where a preorder is.
    pub enum PreorderStatus {
        /// Asked for; we order when the deposit is paid.
        DepositPending = "Deposit Pending",
        /// Ordered from the supplier.
        Ordered = "Ordered",
        /// On its way to us.
        InTransit = "In Transit",
        /// Here, and reserved.
        Arrived = "Arrived",
        /// The customer knows.
        CustomerNotified = "Customer Notified",
        /// Paid and handed over.
        PickedUp = "Picked Up",
        /// The customer does not want it.
        Rejected = "Rejected",
        /// Sold to somebody else.
        Resold = "Resold",
        /// Settled.
        Closed = "Closed",
    }
}

impl PreorderStatus {
    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::DepositPending | Self::Rejected => Tone::Warn,
            Self::Ordered | Self::InTransit | Self::CustomerNotified | Self::Resold => Tone::Info,
            Self::Arrived | Self::PickedUp => Tone::Good,
            Self::Closed => Tone::Neutral,
        }
    }
}
