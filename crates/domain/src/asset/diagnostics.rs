//! Diagnostics: what is looked at, and how it ends.

use crate::Category;

text_enum! {
    /// How diagnostics ended.
    pub enum DiagnosticsResult {
        /// Everything works.
        Pass = "Pass",
        /// It can be sold, and the notes say what is wrong.
        PassWithNotes = "Pass with Notes",
        /// It cannot be sold like this.
        Fail = "Fail",
    }
}

impl DiagnosticsResult {
    /// Whether the device may go on.
    pub const fn passed(self) -> bool {
        !matches!(self, Self::Fail)
    }
}

/// One thing to look at. The key stands in `checklist_data`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ChecklistItem {
    /// Its name in `checklist_data`.
    pub key: &'static str,
    /// What the technician reads.
    pub label: &'static str,
}

const fn item(key: &'static str, label: &'static str) -> ChecklistItem {
    ChecklistItem { key, label }
}

const LAPTOP: &[ChecklistItem] = &[
    item("power_on", "Powers on"),
    item("display", "Display"),
    item("keyboard", "Keyboard"),
    item("trackpad", "Trackpad"),
    item("ports", "Ports"),
    item("wifi", "Wi-Fi"),
    item("bluetooth", "Bluetooth"),
    item("speakers", "Speakers"),
    item("microphone", "Microphone"),
    item("webcam", "Webcam"),
    item("battery", "Battery"),
    item("charging", "Charging"),
    item("storage", "Storage health"),
    item("hinges", "Hinges and body"),
    item("bios_lock", "No BIOS or MDM lock"),
];

const PHONE: &[ChecklistItem] = &[
    item("power_on", "Powers on"),
    item("display", "Display"),
    item("touch", "Touch"),
    item("buttons", "Buttons"),
    item("front_camera", "Front camera"),
    item("rear_camera", "Rear camera"),
    item("speakers", "Speakers"),
    item("microphone", "Microphone"),
    item("cellular", "SIM and calls"),
    item("wifi", "Wi-Fi"),
    item("bluetooth", "Bluetooth"),
    item("biometrics", "Fingerprint or face"),
    item("charging", "Charging port"),
    item("battery", "Battery"),
    item("account_lock", "No account or network lock"),
];

const ACCESSORY: &[ChecklistItem] = &[
    item("power_on", "Powers on"),
    item("function", "Does what it is for"),
    item("connectors", "Cable and connectors"),
    item("body", "Body"),
];

/// What is looked at unless the settings say otherwise.
pub const fn default_checklist(category: Category) -> &'static [ChecklistItem] {
    match category {
        Category::Laptop => LAPTOP,
        Category::Phone => PHONE,
        Category::Accessory => ACCESSORY,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_are_unique_and_the_schemas_own_are_there() {
        for category in Category::ALL {
            let keys: HashSet<_> = default_checklist(*category).iter().map(|item| item.key).collect();
            assert_eq!(keys.len(), default_checklist(*category).len());
        }
        let laptop: HashSet<_> = LAPTOP.iter().map(|item| item.key).collect();
        for key in [
            "power_on",
            "display",
            "keyboard",
            "trackpad",
            "ports",
            "wifi",
            "bluetooth",
            "speakers",
            "webcam",
            "battery",
        ] {
            assert!(laptop.contains(key), "{key}");
        }
    }

    #[test]
    fn only_a_fail_stops_a_device() {
        assert!(DiagnosticsResult::Pass.passed() && DiagnosticsResult::PassWithNotes.passed());
        assert!(!DiagnosticsResult::Fail.passed());
    }
}
