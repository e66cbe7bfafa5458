//! The shop's settings as the use cases need them.

use chrono::NaiveDate;
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
    /// Percent.
    pub percent: Decimal,
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
        TaxSettings { mode: "off".into(), rates: Vec::new() }
    }
}

/// One thing to look at in diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Hours that a Draft or Sent invoice holds its goods.
    pub hold_hours: i64,
    /// Days of a Standard warranty.
    pub warranty_standard_days: i64,
    /// Days of a Premium warranty.
    pub warranty_premium_days: i64,
    /// Tax.
    pub tax: TaxSettings,
    /// Wipe methods offered at the bench.
    pub wipe_methods: Vec<String>,
    /// Diagnostics checklists by category; the domain's defaults where absent.
    pub diagnostics_checklists: std::collections::BTreeMap<String, Vec<ChecklistItem>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            shop: ShopDetails::default(),
            allowed_discount_percent: Decimal::TEN,
            hold_hours: 48,
            warranty_standard_days: 90,
            warranty_premium_days: 365,
            tax: TaxSettings::default(),
            wipe_methods: domain::WipeMethod::KNOWN.iter().map(|m| (*m).to_owned()).collect(),
            diagnostics_checklists: std::collections::BTreeMap::new(),
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
