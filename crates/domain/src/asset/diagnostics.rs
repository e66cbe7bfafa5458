//! Diagnostics: what is looked at, and how it ends.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

use crate::{Category, Text, TextError};

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

    /// How diagnostics end whose findings are these: one failure fails the device, one note is a pass with notes.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        match verdicts.into_iter().max() {
            None | Some(Verdict::Pass) => Self::Pass,
            Some(Verdict::Note) => Self::PassWithNotes,
            Some(Verdict::Fail) => Self::Fail,
        }
    }
}

text_enum! {
    /// What is found at one item of the checklist, from good to bad.
    pub enum Verdict {
        /// It works.
        Pass = "pass",
        /// It works, but.
        Note = "note",
        /// It does not work.
        Fail = "fail",
    }
}

impl Verdict {
    /// Reads a finding of `checklist_data`: `pass`, `fail`, `fail: dark line`, or what is to be said of it.
    pub fn read(finding: &str) -> (Self, &str) {
        let finding = finding.trim();
        let rest = |word: &str| {
            let start = finding.get(..word.len())?;
            let rest = finding.get(word.len()..)?;
            let ends = rest.is_empty() || rest.starts_with([':', ' ', ',']);
            (start.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start_matches([':', ' ', ',']))
        };
        match (rest("pass"), rest("fail")) {
            (Some(""), _) => (Self::Pass, ""),
            (_, Some(note)) => (Self::Fail, note),
            _ => (Self::Note, finding),
        }
    }

    /// The finding as it stands in `checklist_data`. A note says what it is.
    pub fn write(self, note: &str) -> Result<String, TextError> {
        match (self, note.trim()) {
            (Self::Pass, _) => Ok("pass".into()),
            (Self::Fail, "") => Ok("fail".into()),
            (Self::Fail, note) => Ok(format!("fail: {note}")),
            (Self::Note, "") => Err("Say what is to be noted.".into()),
            (Self::Note, note) => Ok(note.to_owned()),
        }
    }
}

/// The name of an item of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key(String);

const KEY_PATTERN: &str = "^[a-z0-9_]{1,50}$";
const MOST_FINDINGS: usize = 60;

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if (1..=50).contains(&key.len()) && key.bytes().all(fits) {
            Ok(Self(key))
        } else {
            Err(D::Error::custom(
                "The name of a check has 1 to 50 small letters, digits and underscores.",
            ))
        }
    }
}

/// What was found, check by check: `{"display": "pass", "ports": "1 USB-A port not working"}`. 1 to 60 of them, with
/// at most 500 characters each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Findings(BTreeMap<String, String>);

impl Findings {
    /// The findings by the names of their checks.
    pub const fn entries(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Findings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = BTreeMap::<Key, Text<1, 500>>::deserialize(deserializer)?;
        match found.len() {
            0 => Err(D::Error::custom("Say what was found: at least one check.")),
            1..=MOST_FINDINGS => Ok(Self(
                found
                    .into_iter()
                    .map(|(key, text)| (key.0, text.into_string()))
                    .collect(),
            )),
            many => Err(D::Error::custom(format!(
                "A checklist has at most {MOST_FINDINGS} checks; these are {many}."
            ))),
        }
    }
}

impl PartialSchema for Findings {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .min_properties(Some(1))
            .max_properties(Some(MOST_FINDINGS))
            .property_names(Some(Schema::Object(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some(KEY_PATTERN))
                    .build(),
            )))
            .additional_properties(Some(Text::<1, 500>::schema()))
            .into()
    }
}

impl ToSchema for Findings {}

macro_rules! measured {
    ($(#[$meta:meta])* $name:ident, $most:literal, $sentence:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(i32);

        impl $name {
            /// The number itself.
            pub const fn get(self) -> i32 {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match i32::deserialize(deserializer)? {
                    number @ 0..=$most => Ok(Self(number)),
                    _ => Err(D::Error::custom($sentence)),
                }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                    .minimum(Some(0_isize))
                    .maximum(Some($most as isize))
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

measured! {
    /// What is left of a battery's capacity, in percent.
    BatteryHealth, 100, "Battery health is a percentage from 0 to 100."
}

measured! {
    /// How often a battery was charged.
    BatteryCycles, 100_000, "Battery cycles are a whole number from 0 to 100,000."
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
    fn findings_are_read_as_they_are_written() {
        for (verdict, note, text) in [
            (Verdict::Pass, "", "pass"),
            (Verdict::Fail, "", "fail"),
            (Verdict::Fail, "dark line", "fail: dark line"),
            (
                Verdict::Note,
                "1 USB-A port not working",
                "1 USB-A port not working",
            ),
            (Verdict::Note, "passable", "passable"),
            (Verdict::Note, "failing hinge", "failing hinge"),
        ] {
            assert_eq!(verdict.write(note).as_deref(), Ok(text));
            assert_eq!(Verdict::read(text), (verdict, note));
        }
        assert_eq!(Verdict::read("PASS"), (Verdict::Pass, ""));
        assert!(Verdict::Note.write(" ").is_err());
        use Verdict::{Fail, Note, Pass};
        assert_eq!(DiagnosticsResult::of([Pass, Pass]), DiagnosticsResult::Pass);
        assert_eq!(
            DiagnosticsResult::of([Pass, Note]),
            DiagnosticsResult::PassWithNotes
        );
        assert_eq!(DiagnosticsResult::of([Note, Fail, Pass]), DiagnosticsResult::Fail);
    }

    #[test]
    fn checklists_have_bounds() {
        let read = |json: &str| serde_json::from_str::<Findings>(json);
        assert_eq!(
            read(r#"{"display": " pass "}"#).unwrap().entries()["display"],
            "pass"
        );
        for wrong in [
            r#"{}"#,
            r#"{"Display": "pass"}"#,
            r#"{"": "pass"}"#,
            r#"{"display": ""}"#,
            r#"{"display": 1}"#,
            r#"[]"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let many = |n: usize| {
            (0..n)
                .map(|n| (format!("c{n}"), "pass"))
                .collect::<BTreeMap<_, _>>()
        };
        assert!(read(&serde_json::to_string(&many(60)).unwrap()).is_ok());
        assert!(read(&serde_json::to_string(&many(61)).unwrap()).is_err());
        assert!(read(&format!(r#"{{"display": "{}"}}"#, "x".repeat(501))).is_err());
        assert_eq!(
            serde_json::from_str::<BatteryHealth>("100")
                .map(BatteryHealth::get)
                .ok(),
            Some(100)
        );
        assert!(serde_json::from_str::<BatteryHealth>("101").is_err());
        assert!(serde_json::from_str::<BatteryCycles>("-1").is_err());
    }

    #[test]
    fn only_a_fail_stops_a_device() {
        assert!(DiagnosticsResult::Pass.passed() && DiagnosticsResult::PassWithNotes.passed());
        assert!(!DiagnosticsResult::Fail.passed());
    }
}
