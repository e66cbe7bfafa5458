//! Devices: what they are, and what is known of one.

pub mod diagnostics;
pub mod identity;
pub mod machine;
pub mod receipt;
pub mod status;
pub mod wipe;

pub use diagnostics::{
    BatteryCycles, BatteryHealth, ChecklistItem, DiagnosticsResult, Findings, Verdict, default_checklist,
};
pub use identity::{AssetTag, Imei, NUMBER_PREFIXES, Serial};
pub use machine::{MachineBattery, MachineReport, MemoryModule};
pub use receipt::ReceivedDate;
pub use wipe::WipeMethod;

text_enum! {
    /// What kind of product it is.
    pub enum Category {
        /// A laptop.
        Laptop = "Laptop",
        /// A phone.
        Phone = "Phone",
        /// Anything with a serial number and nobody's data on it.
        Accessory = "Accessory",
    }
}

text_enum! {
    /// How good a device looks and works.
    pub enum Grade {
        /// Like new.
        A = "A",
        /// Signs of use.
        B = "B",
        /// Marks that everybody sees.
        C = "C",
    }
}
