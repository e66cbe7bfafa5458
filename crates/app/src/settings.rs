//! The shop's settings: as the use cases need them, and changing them.

use crate::{Actor, Capability, FieldError, Refusal, Shop};
use chrono::NaiveDate;
use domain::{Email, TaxOn, Text};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Name, address and contact that stand on every document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShopDetails {
    /// Trading name.
    pub name: String,
    /// Street.
    pub address: String,
    /// Town.
    pub city: String,
    /// Country.
    pub country: String,
    /// Web site as printed.
    pub website: String,
    /// Phone as printed.
    pub phone: String,
    /// E-mail as printed.
    pub email: String,
    /// Taxpayer identification number, if any.
    pub tin: String,
}

impl Default for ShopDetails {
    fn default() -> Self {
        ShopDetails {
            name: "Payless4Tech".into(),
            address: String::new(),
            city: "Accra".into(),
            country: "Ghana".into(),
            website: String::new(),
            phone: String::new(),
            email: String::new(),
            tin: String::new(),
        }
    }
}

/// A tax rate by name, valid from a date on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// As printed on the receipt.
    pub name: String,
    /// Percent of what it is on.
    pub percent: Decimal,
    /// What it is on: the net amount, or that and the levies.
    #[serde(default, skip_serializing_if = "TaxOn::is_base")]
    pub on: TaxOn,
    /// First day, inclusive; open when absent.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Last day, inclusive; open when absent.
    #[serde(default)]
    pub until: Option<NaiveDate>,
}

/// Tax: off, inclusive or exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxSettings {
    /// `off`, `inclusive` or `exclusive`.
    pub mode: String,
    /// Named rates with dates.
    pub rates: Vec<TaxRate>,
}

impl Default for TaxSettings {
    fn default() -> Self {
        TaxSettings {
            mode: "off".into(),
            rates: Vec::new(),
        }
    }
}

/// One thing to look at in diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChecklistItem {
    /// Key in `checklist_data`.
    pub key: String,
    /// As the technician reads it.
    pub label: String,
}

/// All settings, with the defaults that hold when a key is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The shop.
    pub shop: ShopDetails,
    /// Percentage below list price that Sales may give alone.
    pub allowed_discount_percent: Decimal,
    /// Whether cash is taken and given only by somebody with an open till.
    pub till_required: bool,
    /// Hours that a Draft or Sent invoice holds its goods.
    pub hold_hours: i64,
    /// Days of a Standard warranty.
    pub warranty_standard_days: i64,
    /// Days of a Premium warranty.
    pub warranty_premium_days: i64,
    /// The deposit of a preorder, unless another is agreed.
    pub preorder_deposit: domain::Amount,
    /// Days from the order within which a preorder is promised.
    pub preorder_sla_days: i64,
    /// What customers agree to with a preorder; the schema's own words when absent.
    pub preorder_policy: Option<String>,
    /// Below which quantity an item of bulk stock is low, unless it says otherwise itself.
    pub reorder_threshold: domain::Quantity,
    /// Tax.
    pub tax: TaxSettings,
    /// Wipe methods offered at the bench.
    pub wipe_methods: Vec<String>,
    /// Diagnostics checklists by category; the domain's defaults where absent.
    pub diagnostics_checklists: std::collections::BTreeMap<String, Vec<ChecklistItem>>,
    /// Whether findings of checks that are not on the list are refused.
    pub only_listed_checks: bool,
    /// Labels of checks that were on a checklist once, by their names, so that old results are read as they were written.
    pub retired_checks: std::collections::BTreeMap<String, String>,
    /// The ways out for messages; their keys are kept elsewhere.
    pub message_ways: crate::messages::ways::MessageWays,
    /// The shop's own words for messages.
    pub message_templates: crate::messages::ways::Templates,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            shop: ShopDetails::default(),
            allowed_discount_percent: Decimal::TEN,
            till_required: false,
            hold_hours: 48,
            warranty_standard_days: 90,
            warranty_premium_days: 365,
            preorder_deposit: domain::Amount::try_from(domain::Money::from_pesewas(50_000))
                .expect("500.00 is more than nothing"),
            preorder_sla_days: 21,
            preorder_policy: None,
            reorder_threshold: domain::Quantity::TEN,
            tax: TaxSettings::default(),
            wipe_methods: domain::WipeMethod::KNOWN
                .iter()
                .map(|m| (*m).to_owned())
                .collect(),
            diagnostics_checklists: std::collections::BTreeMap::new(),
            only_listed_checks: false,
            retired_checks: std::collections::BTreeMap::new(),
            message_ways: crate::messages::ways::MessageWays::default(),
            message_templates: crate::messages::ways::Templates::new(),
        }
    }
}

impl Settings {
    /// From the rows of the table. A value that cannot be read falls back to its default and is logged, so that one
    /// bad setting never closes the shop.
    pub fn from_rows(rows: Vec<(String, Value)>) -> Self {
        let mut fields = Map::new();
        for (key, value) in rows {
            let mut alone = Map::new();
            alone.insert(key.clone(), value.clone());
            match serde_json::from_value::<Settings>(Value::Object(alone)) {
                Ok(_) => {
                    fields.insert(key, value);
                }
                Err(error) => tracing::warn!(key, %error, "a setting cannot be read and its default holds"),
            }
        }
        serde_json::from_value(Value::Object(fields)).unwrap_or_default()
    }
}

/// What the settings page sends. Money, holds and warranties made so far keep what they were made with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// Trading name.
    pub name: Text<1, 100>,
    /// Street.
    #[serde(default)]
    pub address: Option<Text<0, 200>>,
    /// Town.
    #[serde(default)]
    pub city: Option<Text<0, 100>>,
    /// Country.
    #[serde(default)]
    pub country: Option<Text<0, 100>>,
    /// Phone as printed.
    #[serde(default)]
    pub phone: Option<Text<0, 50>>,
    /// E-mail as printed.
    #[serde(default)]
    pub email: Option<Email>,
    /// Web site as printed.
    #[serde(default)]
    pub website: Option<Text<0, 100>>,
    /// Taxpayer identification number.
    #[serde(default)]
    pub tin: Option<Text<0, 50>>,
    /// Percentage below list price that Sales may give alone.
    pub allowed_discount_percent: Text<1, 10>,
    /// Whether cash needs an open till.
    #[serde(default)]
    pub till_required: bool,
    /// Hours that a Draft or Sent invoice holds its goods.
    pub hold_hours: i64,
    /// Days of a Standard warranty.
    pub warranty_standard_days: i64,
    /// Days of a Premium warranty.
    pub warranty_premium_days: i64,
    /// The deposit of a preorder, unless another is agreed; as it is when absent.
    #[serde(default)]
    pub preorder_deposit: Option<domain::Amount>,
    /// Days from the order within which a preorder is promised; as they are when absent.
    #[serde(default)]
    pub preorder_sla_days: Option<i64>,
    /// What customers agree to with a preorder.
    #[serde(default)]
    pub preorder_policy: Option<Text<0, 2000>>,
    /// `off`, `inclusive` or `exclusive`.
    pub tax_mode: Text<1, 20>,
    /// One tax a line: see [`parse_tax_rates`].
    #[serde(default)]
    pub tax_rates: Option<Text<0, 2000>>,
}

/// How prices and tax belong together: what is stored, and how people read it.
pub const TAX_MODES: [(&str, &str); 3] = [
    ("off", "No tax"),
    ("inclusive", "Prices include tax"),
    ("exclusive", "Tax comes on top of prices"),
];

impl SettingsChange {
    /// Checks every field and puts the values over the present settings.
    fn onto(self, now: &Settings) -> Result<Settings, Refusal> {
        let mut errors = Vec::new();
        let mut wrong = |name: &str, detail: String| {
            errors.push(FieldError {
                pointer: format!("/{name}"),
                detail,
            });
        };
        let percent = Decimal::from_str_exact(self.allowed_discount_percent.as_str())
            .ok()
            .filter(|p| *p >= Decimal::ZERO && *p <= Decimal::ONE_HUNDRED && p.normalize().scale() <= 2);
        if percent.is_none() {
            wrong(
                "allowed_discount_percent",
                "Give a percentage from 0 to 100, with at most two decimals.".into(),
            );
        }
        for (name, value, max, unit) in [
            ("hold_hours", self.hold_hours, 24 * 90, "hours"),
            (
                "warranty_standard_days",
                self.warranty_standard_days,
                3650,
                "days",
            ),
            ("warranty_premium_days", self.warranty_premium_days, 3650, "days"),
            (
                "preorder_sla_days",
                self.preorder_sla_days.unwrap_or(now.preorder_sla_days),
                365,
                "days",
            ),
        ] {
            if !(1..=max).contains(&value) {
                wrong(name, format!("Give 1 to {max} {unit}."));
            }
        }
        let mode = self.tax_mode.as_str();
        if !TAX_MODES.iter().any(|(word, _)| *word == mode) {
            wrong("tax_mode", "Choose off, inclusive or exclusive.".into());
        }
        let rates =
            parse_tax_rates(self.tax_rates.as_ref().map_or("", Text::as_str)).unwrap_or_else(|detail| {
                wrong("tax_rates", detail);
                Vec::new()
            });
        if mode != "off" && rates.is_empty() && !errors.iter().any(|e| e.pointer == "/tax_rates") {
            errors.push(FieldError {
                pointer: "/tax_rates".into(),
                detail: "Name at least one tax, or choose no tax.".into(),
            });
        }
        let Some(allowed_discount_percent) = percent.filter(|_| errors.is_empty()) else {
            return Err(errors.into());
        };
        let text = |value: Option<String>| value.unwrap_or_default();
        Ok(Settings {
            shop: ShopDetails {
                name: self.name.into_string(),
                address: text(self.address.map(Text::into_string)),
                city: text(self.city.map(Text::into_string)),
                country: text(self.country.map(Text::into_string)),
                phone: text(self.phone.map(Text::into_string)),
                email: text(self.email.map(|e| e.to_string())),
                website: text(self.website.map(Text::into_string)),
                tin: text(self.tin.map(Text::into_string)),
            },
            allowed_discount_percent,
            till_required: self.till_required,
            hold_hours: self.hold_hours,
            warranty_standard_days: self.warranty_standard_days,
            warranty_premium_days: self.warranty_premium_days,
            preorder_deposit: self.preorder_deposit.unwrap_or(now.preorder_deposit),
            preorder_sla_days: self.preorder_sla_days.unwrap_or(now.preorder_sla_days),
            preorder_policy: match self.preorder_policy {
                Some(text) => Some(text.into_string()).filter(|text| !text.is_empty()),
                None => now.preorder_policy.clone(),
            },
            tax: TaxSettings {
                mode: mode.to_owned(),
                rates,
            },
            ..now.clone()
        })
    }
}

/// Reads taxes, one a line: `VAT 15`, with dates `VAT 15 from 2026-01-01 until 2026-12-31`, or as the older cascade had it
/// `VAT 15 on levies until 2025-12-31`: on the net amount and the levies on it.
pub fn parse_tax_rates(text: &str) -> Result<Vec<TaxRate>, String> {
    let mut rates: Vec<TaxRate> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let rate = parse_tax_rate(line).ok_or_else(|| {
            format!("\u{201c}{line}\u{201d} is not read as a tax. Write its name and its percentage, like VAT 15, and if you like: on levies from 2026-01-01 until 2026-12-31.")
        })?;
        let overlaps = |other: &TaxRate| {
            other.name.eq_ignore_ascii_case(&rate.name)
                && other
                    .until
                    .is_none_or(|until| rate.from.is_none_or(|from| from <= until))
                && rate
                    .until
                    .is_none_or(|until| other.from.is_none_or(|from| from <= until))
        };
        if rates.iter().any(overlaps) {
            return Err(format!("{} stands there twice for the same days.", rate.name));
        }
        rates.push(rate);
    }
    Ok(rates)
}

fn parse_tax_rate(line: &str) -> Option<TaxRate> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let mut date_after = |word: &str| match words.iter().position(|w| w.eq_ignore_ascii_case(word)) {
        Some(at) => {
            let date = words.get(at + 1)?.parse::<NaiveDate>().ok()?;
            words.drain(at..at + 2);
            Some(Some(date))
        }
        None => Some(None),
    };
    let until = date_after("until")?;
    let from = date_after("from")?;
    let on = match words.as_slice() {
        [.., on, levies] if on.eq_ignore_ascii_case("on") && levies.eq_ignore_ascii_case("levies") => {
            words.truncate(words.len() - 2);
            TaxOn::BaseAndLevies
        }
        _ => TaxOn::Base,
    };
    let (percent, name) = words.split_last()?;
    let percent = Decimal::from_str_exact(percent.trim_end_matches('%')).ok()?;
    let name = name.join(" ");
    let holds = !name.is_empty()
        && name.chars().count() <= 50
        && percent > Decimal::ZERO
        && percent <= Decimal::ONE_HUNDRED
        && percent.normalize().scale() <= 4
        && from.is_none_or(|from| until.is_none_or(|until| from <= until));
    holds.then_some(TaxRate {
        name,
        percent,
        on,
        from,
        until,
    })
}

impl std::fmt::Display for TaxRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.percent.normalize())?;
        if !self.on.is_base() {
            f.write_str(" on levies")?;
        }
        if let Some(from) = self.from {
            write!(f, " from {from}")?;
        }
        if let Some(until) = self.until {
            write!(f, " until {until}")?;
        }
        Ok(())
    }
}

/// Changes the settings; only what differs is written.
pub async fn change(shop: &Shop, actor: &Actor, change: SettingsChange) -> Result<(), Refusal> {
    actor.require(Capability::ManageSettings)?;
    let mut tx = shop.begin(actor).await?;
    let rows = db::settings::settings_all(tx.conn()).await?;
    let stored: Map<String, Value> = rows.iter().cloned().collect();
    let before = Settings::from_rows(rows);
    let after = change.onto(&before)?;
    let as_map = |settings: &Settings| match serde_json::to_value(settings) {
        Ok(Value::Object(map)) => Ok(map),
        other => Err(Refusal::Internal(format!(
            "settings are not an object: {other:?}"
        ))),
    };
    let (before, after) = (as_map(&before)?, as_map(&after)?);
    let (mut was, mut is) = (Map::new(), Map::new());
    for (key, value) in after {
        if before.get(&key) != Some(&value) {
            db::settings::setting_set(tx.conn(), &key, &value, actor.user_id).await?;
            was.insert(key.clone(), stored.get(&key).cloned().unwrap_or(Value::Null));
            is.insert(key, value);
        }
    }
    if !is.is_empty() {
        tx.audit(
            "settings.change",
            "settings",
            None,
            Some(was.into()),
            Some(is.into()),
        )
        .await?;
    }
    tx.commit(204, &()).await?;
    shop.forget_settings();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taxes_are_read_and_written_alike() {
        let text = "VAT 15\nCOVID levy 1.5% until 2026-02-28\nCOVID levy 1 from 2026-03-01\nVAT 2 12.5 on levies until 2025-12-31\n\n";
        let rates = parse_tax_rates(text).expect("taxes");
        let written: Vec<String> = rates.iter().map(TaxRate::to_string).collect();
        assert_eq!(
            written,
            [
                "VAT 15",
                "COVID levy 1.5 until 2026-02-28",
                "COVID levy 1 from 2026-03-01",
                "VAT 2 12.5 on levies until 2025-12-31"
            ]
        );
        assert_eq!(parse_tax_rates(&written.join("\n")), Ok(rates.clone()));
        assert_eq!((rates[0].on, rates[3].on), (TaxOn::Base, TaxOn::BaseAndLevies));
        for wrong in [
            "VAT",
            "15",
            "VAT 0",
            "VAT -1",
            "VAT 101",
            "VAT 1.00001",
            "VAT 15 from soon",
            "VAT on levies",
            "VAT 15 on everything",
            "VAT 15\nvat 2",
            "VAT 1 from 2026-02-01 until 2026-01-01",
        ] {
            assert!(parse_tax_rates(wrong).is_err(), "{wrong}");
        }
    }
}
