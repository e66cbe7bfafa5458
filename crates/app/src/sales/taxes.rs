//! What an invoice adds up to under the settings of its day.

use crate::settings::TaxSettings;
use crate::{Refusal, Settings};
use chrono::NaiveDate;
use db::invoices::{StoredTotals, TaxLine};
use domain::invoice::totals::totals;
use domain::{Money, TaxMode, TaxRate, TaxScheme};

/// Adds up lines. `lines` is where to point when they come to too much.
pub(crate) fn total_up(
    settings: &Settings,
    day: NaiveDate,
    line_totals: impl IntoIterator<Item = Money>,
    lines: &str,
) -> Result<StoredTotals, Refusal> {
    let scheme = scheme_of(&settings.tax, day);
    let sum = totals(line_totals, &scheme).map_err(|e| Refusal::invalid(lines, e.to_string()))?;
    Ok(StoredTotals {
        subtotal: sum.subtotal,
        tax_amount: sum.tax_amount,
        total_amount: sum.total_amount,
        tax_mode: match scheme.mode {
            TaxMode::Off => "off",
            TaxMode::Inclusive => "inclusive",
            TaxMode::Exclusive => "exclusive",
        },
        tax_lines: sum
            .taxes
            .into_iter()
            .map(|part| TaxLine {
                name: part.name,
                rate: part.percent,
                on: part.on,
                amount: part.amount,
            })
            .collect(),
    })
}

/// The taxes of a day. Without a rate that holds on it, there is no tax.
fn scheme_of(tax: &TaxSettings, day: NaiveDate) -> TaxScheme {
    let mode = match tax.mode.as_str() {
        "inclusive" => TaxMode::Inclusive,
        "exclusive" => TaxMode::Exclusive,
        _ => TaxMode::Off,
    };
    let holds = |rate: &&crate::settings::TaxRate| {
        rate.from.is_none_or(|from| from <= day) && rate.until.is_none_or(|until| day <= until)
    };
    let rates: Vec<TaxRate> = tax
        .rates
        .iter()
        .filter(holds)
        .map(|rate| TaxRate {
            name: rate.name.clone(),
            percent: rate.percent,
            on: rate.on,
        })
        .collect();
    if mode == TaxMode::Off || rates.is_empty() {
        TaxScheme::off()
    } else {
        TaxScheme { mode, rates }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::TaxRate as SetRate;

    #[test]
    fn rates_hold_from_their_first_to_their_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let rate = |name: &str, from: Option<&str>, until: Option<&str>| SetRate {
            name: name.into(),
            percent: 10.into(),
            on: domain::TaxOn::Base,
            from: from.map(day),
            until: until.map(day),
        };
        let tax = TaxSettings {
            mode: "exclusive".into(),
            rates: vec![
                rate("old", None, Some("2025-12-31")),
                rate("new", Some("2026-01-01"), None),
            ],
        };
        let settings = Settings {
            tax,
            ..Settings::default()
        };
        for (on, name) in [("2025-12-31", "old"), ("2026-01-01", "new")] {
            let sum =
                total_up(&settings, day(on), [Money::from_pesewas(10_000)], "/lines").expect("it adds up");
            assert_eq!(
                (sum.tax_mode, sum.tax_lines.len(), sum.tax_lines[0].name.as_str()),
                ("exclusive", 1, name)
            );
            assert_eq!(sum.total_amount, Money::from_pesewas(11_000));
        }
        let ended = TaxSettings {
            mode: "inclusive".into(),
            rates: vec![rate("old", None, Some("2025-12-31"))],
        };
        let settings = Settings {
            tax: ended,
            ..Settings::default()
        };
        let sum =
            total_up(&settings, day("2026-01-01"), [Money::from_pesewas(100)], "/lines").expect("it adds up");
        assert_eq!((sum.tax_mode, sum.tax_amount), ("off", Money::ZERO));
    }
}
