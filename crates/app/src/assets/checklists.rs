//! The checklists of diagnostics and the wipe methods, as the shop sets them.

use super::checklist;
use crate::settings::ChecklistItem;
use crate::{Actor, Capability, FieldError, Refusal, Settings, Shop};
use domain::asset::default_checklist;
use domain::{Category, Findings, Text, WipeMethod};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

const MOST_CHECKS: usize = 60;
const LONGEST_LABEL: usize = 60;
const MOST_METHODS: usize = 20;

/// What the settings page sends: one check a line, one method a line. A list left empty is the usual one.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistsChange {
    /// Of laptops.
    #[serde(default)]
    pub laptop: Option<Text<0, 8000>>,
    /// Of phones.
    #[serde(default)]
    pub phone: Option<Text<0, 8000>>,
    /// Of accessories.
    #[serde(default)]
    pub accessory: Option<Text<0, 8000>>,
    /// Whether findings of other checks are refused.
    #[serde(default)]
    pub only_listed_checks: bool,
    /// Wipe methods.
    #[serde(default)]
    pub wipe_methods: Option<Text<0, 2000>>,
}

/// What is looked at in diagnostics of each kind of device, and the wipe methods, as they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Checklists {
    /// Of laptops.
    pub laptop: Vec<ChecklistItem>,
    /// Of phones.
    pub phone: Vec<ChecklistItem>,
    /// Of accessories.
    pub accessory: Vec<ChecklistItem>,
    /// Whether findings of other checks are refused.
    pub only_listed_checks: bool,
    /// Wipe methods.
    pub wipe_methods: Vec<String>,
}

impl Checklists {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Self {
        Checklists {
            laptop: checklist(settings, Category::Laptop),
            phone: checklist(settings, Category::Phone),
            accessory: checklist(settings, Category::Accessory),
            only_listed_checks: settings.only_listed_checks,
            wipe_methods: settings.wipe_methods.clone(),
        }
    }
}

/// The name in `checklist_data` that a label gets: `Wi-Fi and LAN` is `wi_fi_and_lan`.
fn key_of(label: &str) -> String {
    let mut key = String::new();
    for c in label.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    key.trim_end_matches('_').chars().take(50).collect::<String>()
}

/// Reads checks, one a line: `Display`, or `bios_lock: No BIOS lock` where the name in the data differs from the words.
fn parse(text: &str) -> Result<Vec<ChecklistItem>, String> {
    let mut items: Vec<ChecklistItem> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_key = |key: &str| {
            (1..=50).contains(&key.len())
                && key
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        let (key, label) = match line.split_once(':') {
            Some((key, label)) if is_key(key.trim()) => (key.trim().to_owned(), label.trim()),
            _ => (key_of(line), line),
        };
        if label.is_empty() || label.chars().count() > LONGEST_LABEL || label.chars().any(char::is_control) {
            return Err(format!(
                "A check has 1 to {LONGEST_LABEL} characters: look at \u{201c}{line}\u{201d}."
            ));
        }
        if key.is_empty() {
            return Err(format!(
                "\u{201c}{line}\u{201d} has no Latin letters for its name. Write one before it, like power_on: {line}"
            ));
        }
        if items.iter().any(|item| item.key == key) {
            return Err(format!("\u{201c}{label}\u{201d} stands there twice."));
        }
        items.push(ChecklistItem {
            key,
            label: label.to_owned(),
        });
    }
    if items.len() > MOST_CHECKS {
        return Err(format!(
            "A checklist has at most {MOST_CHECKS} checks; these are {}.",
            items.len()
        ));
    }
    Ok(items)
}

/// A checklist as the settings page shows it.
pub fn checklist_text(items: &[ChecklistItem]) -> String {
    let line = |item: &ChecklistItem| {
        if key_of(&item.label) == item.key {
            item.label.clone()
        } else {
            format!("{}: {}", item.key, item.label)
        }
    };
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn methods(text: &str) -> Result<Vec<String>, String> {
    let mut methods: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let method = WipeMethod::parse(line)
            .map_err(|wrong| wrong.to_string())?
            .to_string();
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    match methods.len() {
        0 => Ok(WipeMethod::KNOWN.iter().map(|m| (*m).to_owned()).collect()),
        1..=MOST_METHODS => Ok(methods),
        many => Err(format!(
            "At most {MOST_METHODS} methods are offered; these are {many}."
        )),
    }
}

/// Changes checklists and wipe methods. What was recorded keeps its words: a check that is taken off the list is still known
/// by its label.
pub async fn change_checklists(
    shop: &Shop,
    actor: &Actor,
    change: ChecklistsChange,
) -> Result<Checklists, Refusal> {
    actor.require(Capability::ManageSettings)?;
    let mut errors: Vec<FieldError> = Vec::new();
    let mut lists: BTreeMap<String, Vec<ChecklistItem>> = BTreeMap::new();
    for (category, name, text) in [
        (Category::Laptop, "laptop", &change.laptop),
        (Category::Phone, "phone", &change.phone),
        (Category::Accessory, "accessory", &change.accessory),
    ] {
        match parse(text.as_ref().map_or("", Text::as_str)) {
            Ok(items) if items.is_empty() => {}
            Ok(items) => drop(lists.insert(category.to_string(), items)),
            Err(detail) => errors.push(FieldError {
                pointer: format!("/{name}"),
                detail,
            }),
        }
    }
    let methods = methods(change.wipe_methods.as_ref().map_or("", Text::as_str)).unwrap_or_else(|detail| {
        errors.push(FieldError {
            pointer: "/wipe_methods".into(),
            detail,
        });
        Vec::new()
    });
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let mut tx = shop.begin(actor).await?;
    let now = Settings::from_rows(db::settings::settings_all(tx.conn()).await?);
    let mut retired = now.retired_checks.clone();
    for category in Category::ALL {
        for item in checklist(&now, *category) {
            retired.insert(item.key, item.label);
        }
    }
    // The usual checks are remembered by the domain.
    retired.retain(|key, label| {
        !Category::ALL
            .iter()
            .flat_map(|c| default_checklist(*c))
            .any(|usual| usual.key == key && usual.label == label)
    });
    let (mut was, mut is) = (serde_json::Map::new(), serde_json::Map::new());
    for (key, old, new) in [
        (
            "diagnostics_checklists",
            json!(now.diagnostics_checklists),
            json!(lists),
        ),
        ("wipe_methods", json!(now.wipe_methods), json!(methods)),
        ("retired_checks", json!(now.retired_checks), json!(retired)),
        (
            "only_listed_checks",
            json!(now.only_listed_checks),
            json!(change.only_listed_checks),
        ),
    ] {
        if old != new {
            db::settings::setting_set(tx.conn(), key, &new, actor.user_id).await?;
            was.insert(key.to_owned(), old);
            is.insert(key.to_owned(), new);
        }
    }
    if !is.is_empty() {
        tx.audit(
            "settings.change",
            "settings",
            None,
            Some(Value::Object(was)),
            Some(Value::Object(is)),
        )
        .await?;
    }
    let lists = Checklists::of(&Settings::from_rows(db::settings::settings_all(tx.conn()).await?));
    tx.commit(200, &lists).await?;
    shop.forget_settings();
    Ok(lists)
}

/// The labels by which findings are read: the list of today first, then what was ever on it.
pub fn labels(settings: &Settings, category: Category) -> Vec<ChecklistItem> {
    let mut all = checklist(settings, category);
    let usual = default_checklist(category).iter().map(|item| ChecklistItem {
        key: item.key.into(),
        label: item.label.into(),
    });
    let retired = settings.retired_checks.iter().map(|(key, label)| ChecklistItem {
        key: key.clone(),
        label: label.clone(),
    });
    for item in usual.chain(retired) {
        if !all.iter().any(|known| known.key == item.key) {
            all.push(item);
        }
    }
    all
}

/// Refuses findings of checks that are not on the list of this kind of device, if the shop wants that. Else findings are as
/// free as the schema leaves them (section 3.8).
pub(super) fn check_findings(
    settings: &Settings,
    category: Category,
    found: &Findings,
) -> Result<(), Refusal> {
    if !settings.only_listed_checks {
        return Ok(());
    }
    let items = checklist(settings, category);
    let unknown = found
        .entries()
        .keys()
        .filter(|key| !items.iter().any(|item| item.key == **key));
    let errors: Vec<FieldError> = unknown
        .map(|key| FieldError {
            pointer: format!("/checklist_data/{key}"),
            detail: format!(
                "There is no check {key} on the list of this kind of device ({category}). It has: {}.",
                items
                    .iter()
                    .map(|item| item.key.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checklists_are_read_as_they_are_shown() {
        let items = parse("Display\n\n Wi-Fi and LAN \nbios_lock: No BIOS or MDM lock\n").unwrap();
        let keys: Vec<&str> = items.iter().map(|i| i.key.as_str()).collect();
        assert_eq!(keys, ["display", "wi_fi_and_lan", "bios_lock"]);
        assert_eq!(parse(&checklist_text(&items)).unwrap(), items);
        for category in Category::ALL {
            let usual = checklist(&Settings::default(), *category);
            assert_eq!(parse(&checklist_text(&usual)).unwrap(), usual);
        }
        for wrong in [
            "Display\ndisplay",
            "???",
            &"x".repeat(61),
            &(0..61).map(|n| format!("check {n}\n")).collect::<String>(),
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(methods("").unwrap().len(), WipeMethod::KNOWN.len());
        assert_eq!(
            methods("Shredder\nshredder \nblancco").unwrap(),
            ["Shredder", "shredder", "Blancco"]
        );
    }
}
