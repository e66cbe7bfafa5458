//! One row of a manifest, read as a device, or what is wrong with it.

use std::collections::HashMap;

use db::imports::RowError;
use domain::text::{optional_paragraph, required_line};
use domain::{AssetTag, Category, Decimal, Grade, Imei, Money, MoneyError, Serial, catalog};

use super::manifest_file::{Header, RawRow};
use super::mapping::{CURRENCIES, Field, Mapping};

/// What a device is, as far as it shares that with others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelSpec {
    /// Laptop, Phone or Accessory.
    pub category: Category,
    /// The maker.
    pub brand: String,
    /// The model's name.
    pub model_name: String,
    /// The processor.
    pub cpu: Option<String>,
    /// The memory.
    pub ram: Option<String>,
    /// The disk.
    pub storage: Option<String>,
    /// The screen's diagonal.
    pub screen_size: Option<String>,
    /// The graphics card.
    pub gpu: Option<String>,
    /// The operating system.
    pub operating_system: Option<String>,
}

/// A row that can be received.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedRow {
    /// As a spreadsheet numbers it.
    pub row: u32,
    /// The serial number; of a phone without one, its IMEI.
    pub serial_number: Serial,
    /// A phone's first IMEI.
    pub imei: Option<Imei>,
    /// A phone's second IMEI.
    pub imei2: Option<Imei>,
    /// Our own tag, where it has one already.
    pub asset_tag: Option<AssetTag>,
    /// What it is.
    pub model: ModelSpec,
    /// A, B or C.
    pub condition_grade: Option<Grade>,
    /// What one sees.
    pub cosmetic_notes: Option<String>,
    /// What is left of the battery, in percent.
    pub battery_health_percent: Option<i32>,
    /// Who sold it to us.
    pub supplier: Option<String>,
    /// What it cost, in `currency`.
    pub purchase_cost: Option<Money>,
    /// The code of the money that it was bought in, where the file says so.
    pub currency: Option<&'static str>,
    /// The lot's reference.
    pub lot: Option<String>,
    /// The name of the place where it stands.
    pub location: Option<String>,
}

/// A file's columns: their names, and what they mean.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The row with their names.
    pub header: Header,
    /// What they mean.
    pub mapping: Mapping,
}

impl Columns {
    /// What is wrong with a row, at the column that it is wrong in. Without serial numbers, an IMEI is one.
    pub(super) fn error(&self, row: u32, field: Field, reason: impl Into<String>) -> RowError {
        let column = self.mapping.column(field);
        let column = column.or_else(|| {
            self.mapping
                .column(Field::Imei)
                .filter(|_| field == Field::SerialNumber)
        });
        let column = column.map_or_else(|| field.label().to_owned(), |column| self.header.name(column));
        RowError {
            row,
            column,
            reason: reason.into(),
        }
    }
}

/// Reads the rows of one file: it remembers what it has seen, so that nothing comes twice.
pub struct RowReader {
    columns: Columns,
    seen: HashMap<(Field, String), u32>,
}

/// Said of a cell by whoever wrote the file: nobody knows.
const NOT_KNOWN: &[&str] = &[
    "-",
    "--",
    "---",
    "?",
    "n/a",
    "na",
    "n.a.",
    "none",
    "null",
    "nil",
    "tbc",
    "tbd",
    "unknown",
    "unspecified",
    "not specified",
    "not available",
    "not known",
    "default string",
    "to be filled by o.e.m.",
    "system serial number",
    "system sku#",
];

/// What a spreadsheet shows in place of a value.
const SPREADSHEET_ERRORS: &[&str] = &[
    "#n/a",
    "#ref!",
    "#value!",
    "#name?",
    "#div/0!",
    "#null!",
    "#num!",
    "#getting_data",
    "#spill!",
    "#calc!",
];

impl RowReader {
    /// A reader for the rows below this header.
    pub fn new(columns: Columns) -> Self {
        Self {
            columns,
            seen: HashMap::new(),
        }
    }

    /// Read a row as a device, or say everything that is wrong with it.
    pub fn read(&mut self, raw: &RawRow) -> Result<ParsedRow, Vec<RowError>> {
        let mut row = Cells {
            columns: &self.columns,
            raw,
            errors: Vec::new(),
        };

        let imei = row.imei(Field::Imei);
        let imei2 = row.imei(Field::Imei2);
        let serial_number = row.serial(imei.as_ref());
        let asset_tag = row
            .identifier(Field::AssetTag)
            .and_then(|text| row.check(Field::AssetTag, AssetTag::parse(&text)));
        let model = row.model(imei.is_some());
        let condition_grade = row.grade();
        let cosmetic_notes = row.known(Field::CosmeticNotes).map(plain_text);
        let cosmetic_notes = row
            .check(Field::CosmeticNotes, optional_paragraph(cosmetic_notes, 2000))
            .flatten();
        let battery_health_percent = row.battery_health();
        let supplier = row.line(Field::Supplier, 100);
        let (purchase_cost, currency) = row.cost();
        let lot = row.line(Field::Lot, 50);
        let location = row.line(Field::Location, 50);

        // Which of two is the true one nobody here can know, but the first may be received.
        let mut errors = row.errors;
        let identities = [
            (Field::SerialNumber, serial_number.as_ref().map(Serial::key)),
            (Field::Imei, imei.as_ref().map(|imei| imei.as_str().to_owned())),
            (Field::Imei, imei2.as_ref().map(|imei| imei.as_str().to_owned())),
            (
                Field::AssetTag,
                asset_tag.as_ref().map(|tag| tag.as_str().to_uppercase()),
            ),
        ];
        for (field, identity) in identities {
            let Some(identity) = identity else { continue };
            let first = *self.seen.entry((field, identity)).or_insert(raw.number);
            if first != raw.number {
                let reason = format!(
                    "This {} stands in row {first} already: a device can be received only once.",
                    field.label()
                );
                let error = self.columns.error(raw.number, field, reason);
                if !errors.contains(&error) {
                    errors.push(error);
                }
            }
        }
        match (serial_number, model) {
            (Some(serial_number), Some(model)) if errors.is_empty() => Ok(ParsedRow {
                row: raw.number,
                serial_number,
                imei,
                imei2,
                asset_tag,
                model,
                condition_grade,
                cosmetic_notes,
                battery_health_percent,
                supplier,
                purchase_cost,
                currency,
                lot,
                location,
            }),
            _ => Err(errors),
        }
    }
}

/// The cells of a row by what they mean, and what is wrong with them so far.
struct Cells<'a> {
    columns: &'a Columns,
    raw: &'a RawRow,
    errors: Vec<RowError>,
}

impl<'a> Cells<'a> {
    /// The text of a field, `None` if it is blank or the file has no such column.
    fn text(&self, field: Field) -> Option<&'a str> {
        let cell = self.raw.cells.get(self.columns.mapping.column(field)?)?;
        Some(cell.as_str()).filter(|text| !text.is_empty())
    }

    /// The text of a field, `None` also if the file says that nobody knows it.
    fn known(&self, field: Field) -> Option<&'a str> {
        self.text(field)
            .filter(|text| !NOT_KNOWN.contains(&text.to_lowercase().as_str()))
    }

    fn refuse(&mut self, field: Field, reason: impl Into<String>) {
        self.errors
            .push(self.columns.error(self.raw.number, field, reason));
    }

    fn check<T, E: ToString>(&mut self, field: Field, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.refuse(field, error.to_string())).ok()
    }

    /// One line of text: a line break that somebody typed into a cell is a blank, what a spreadsheet could not work out
    /// is an error.
    fn line(&mut self, field: Field, max: usize) -> Option<String> {
        let text = self.known(field)?;
        if SPREADSHEET_ERRORS.contains(&text.to_lowercase().as_str()) {
            self.refuse(
                field,
                format!("The spreadsheet shows the error {text} here: put the value in its place."),
            );
            return None;
        }
        let line = plain_text(text).split_whitespace().collect::<Vec<_>>().join(" ");
        self.check(field, required_line(&line, max))
    }

    /// A number that names one device: what spreadsheets do to keep it from being a number is undone, what they did
    /// when they took it for one is told.
    fn identifier(&mut self, field: Field) -> Option<String> {
        let text = self.line(field, 200)?;
        let bare = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
        let bare = bare.or_else(|| text.strip_prefix('\'')).unwrap_or(&text).trim();
        let shortened = bare.split_once(['E', 'e']).is_some_and(|(digits, exponent)| {
            exponent
                .strip_prefix('+')
                .is_some_and(|power| power.len() == 2 && power.bytes().all(|byte| byte.is_ascii_digit()))
                && digits.contains(['.', ','])
                && digits
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b".,".contains(&byte))
        });
        if shortened {
            let label = field.label();
            self.refuse(
                field,
                format!("Excel has turned this {label} into a number and lost digits of it ({bare}): format the column as text and enter it again."),
            );
            return None;
        }
        Some(bare.to_owned())
    }

    fn imei(&mut self, field: Field) -> Option<Imei> {
        let text = self.identifier(field)?;
        self.check(field, Imei::parse(&text))
    }

    fn serial(&mut self, imei: Option<&Imei>) -> Option<Serial> {
        let before = self.errors.len();
        if let Some(text) = self.identifier(Field::SerialNumber) {
            let serial = self.check(Field::SerialNumber, Serial::parse(&text));
            if serial.as_ref().is_some_and(Serial::is_ours) {
                self.refuse(Field::SerialNumber, crate::assets::our_own(&text));
                return None;
            }
            return serial;
        }
        if self.errors.len() > before {
            return None;
        }
        if let Some(imei) = imei {
            return self.check(Field::Imei, Serial::parse(imei.as_str()));
        }
        // A wrong IMEI has been told already.
        let has_column = self.columns.mapping.column(Field::SerialNumber).is_some();
        match self.text(Field::SerialNumber) {
            Some(text) => self.refuse(
                Field::SerialNumber,
                format!("“{text}” is no serial number: read it from the device."),
            ),
            None if has_column => self.refuse(
                Field::SerialNumber,
                "The serial number is missing: read it from the device.",
            ),
            None if self.errors.is_empty() => self.refuse(
                Field::Imei,
                "The IMEI is missing: dial *#06# on the phone to see it.",
            ),
            None => {}
        }
        None
    }

    fn model(&mut self, has_imei: bool) -> Option<ModelSpec> {
        let before = self.errors.len();
        let brand = self
            .required(Field::Brand, 50)
            .map(|brand| catalog::normalise_brand(&brand));
        let model_name = self.required(Field::ModelName, 100);
        let category = self.category(has_imei);
        let laptop = category == Some(Category::Laptop);
        let cpu = self
            .stated(Field::Cpu, laptop, 100)
            .and_then(|cpu| catalog::tidy_cpu(&cpu));
        let megabytes = self
            .columns
            .mapping
            .get(Field::Ram)
            .is_some_and(|column| column.megabytes);
        let ram = self.stated(Field::Ram, laptop, 50);
        let ram = ram.and_then(|ram| self.check(Field::Ram, memory_size(&ram, megabytes)));
        let storage = self.line(Field::Storage, 50);
        let storage = storage.and_then(|disk| self.check(Field::Storage, memory_size(&disk, false)));
        let screen_size = self.line(Field::ScreenSize, 20);
        let gpu = self.line(Field::Gpu, 100);
        let operating_system = self.line(Field::OperatingSystem, 50);
        if self.errors.len() > before {
            return None;
        }
        let brand = brand?;
        let model_name = catalog::tidy_model(&brand, &model_name?);
        Some(ModelSpec {
            category: category?,
            brand,
            model_name,
            cpu,
            ram,
            storage,
            screen_size,
            gpu,
            operating_system,
        })
    }

    /// A field without which there is no device.
    fn required(&mut self, field: Field, max: usize) -> Option<String> {
        let before = self.errors.len();
        let line = self.line(field, max);
        if line.is_none() && self.errors.len() == before {
            self.refuse(field, format!("The {} is missing: fill it in.", field.label()));
        }
        line
    }

    /// A field that a laptop's row may leave open only in words, if the file has a column for it: a blank may be a
    /// slip, and devices of one model are told apart by it.
    fn stated(&mut self, field: Field, must: bool, max: usize) -> Option<String> {
        if must && self.columns.mapping.column(field).is_some() && self.text(field).is_none() {
            let label = field.label();
            self.refuse(
                field,
                format!(
                    "The {label} is missing: fill it in, or write Unknown to receive the device without it."
                ),
            );
            return None;
        }
        self.line(field, max)
    }

    fn category(&mut self, has_imei: bool) -> Option<Category> {
        let Some(text) = self.line(Field::Category, 50) else {
            return Some(if has_imei {
                Category::Phone
            } else {
                Category::Laptop
            });
        };
        let word = text.to_lowercase();
        let is = |words: &[&str]| words.iter().any(|known| word.contains(known));
        // "Laptop charger" is an accessory, "Mobile workstation" a laptop.
        if is(&[
            "accessor", "charger", "adapter", "dock", "monitor", "mouse", "keyboard", "cable", "headset",
            "printer", "bag",
        ]) {
            Some(Category::Accessory)
        } else if is(&[
            "laptop",
            "notebook",
            "convertible",
            "ultrabook",
            "chromebook",
            "macbook",
            "workstation",
            "2-in-1",
            "2 in 1",
            "netbook",
            "detachable",
        ]) {
            Some(Category::Laptop)
        } else if is(&["phone", "mobile", "handset", "tablet", "ipad"]) {
            Some(Category::Phone)
        } else {
            self.refuse(
                Field::Category,
                format!("“{text}” is no category here: write Laptop, Phone or Accessory."),
            );
            None
        }
    }

    fn grade(&mut self) -> Option<Grade> {
        let text = self.line(Field::ConditionGrade, 50)?;
        let word = text.to_uppercase();
        let letter = word
            .strip_prefix("GRADE")
            .or_else(|| word.strip_suffix("GRADE"))
            .unwrap_or(&word);
        let letter = letter.trim_matches([' ', '-', ':', '_']);
        match letter.parse() {
            Ok(grade) => Some(grade),
            Err(_) => {
                self.refuse(
                    Field::ConditionGrade,
                    format!("“{text}” is no grade: write A, B or C, or leave it empty."),
                );
                None
            }
        }
    }

    fn battery_health(&mut self) -> Option<i32> {
        let text = self.line(Field::BatteryHealth, 50)?;
        let percent = text.trim_end_matches('%').trim().replace(',', ".");
        let health = percent.parse::<Decimal>().ok().map(|number| {
            // A workbook holds 85 % as 0.85.
            let fraction = !text.ends_with('%') && percent.contains('.') && number <= Decimal::ONE;
            if fraction {
                number * Decimal::ONE_HUNDRED
            } else {
                number
            }
        });
        match health
            .map(|health| health.round())
            .and_then(|health| i32::try_from(health).ok())
        {
            Some(health @ 0..=100) => Some(health),
            _ => {
                self.refuse(
                    Field::BatteryHealth,
                    format!(
                        "“{text}” is no battery health: write a percentage from 0 to 100, or leave it empty."
                    ),
                );
                None
            }
        }
    }

    fn cost(&mut self) -> (Option<Money>, Option<&'static str>) {
        let mut stated = self.line(Field::Currency, 20).and_then(|text| {
            let code = currency(&text);
            if code.is_none() {
                self.refuse(
                    Field::Currency,
                    format!("“{text}” is no currency that is known here: write GHS, USD, EUR or GBP."),
                );
            }
            code
        });
        let header = self
            .columns
            .mapping
            .get(Field::PurchaseCost)
            .and_then(|column| column.currency);
        let Some(text) = self.line(Field::PurchaseCost, 50) else {
            return (None, stated.or(header));
        };
        let (amount, sign) = split_currency(&text);
        for other in [header, sign].into_iter().flatten() {
            if *stated.get_or_insert(other) != other {
                self.refuse(
                    Field::PurchaseCost,
                    format!("This cost is in {other}, but the row or the column's name says {}: correct one of them.", stated.unwrap_or(other)),
                );
                return (None, None);
            }
        }
        let cost = amount_digits(amount)
            .ok_or(MoneyError::NotANumber)
            .and_then(|digits| Money::parse_non_negative(&digits));
        (
            self.check(
                Field::PurchaseCost,
                cost.map_err(|error| format!("{error} Here stands “{text}”.")),
            ),
            stated,
        )
    }
}

/// The size of a memory or disk in one spelling: `8`, `8GB` and `8192 MB` are `8 GB`; what follows the size stays:
/// `1tb nvme` is `1 TB nvme`. A text that does not begin with a number is left as it is.
fn memory_size(text: &str, megabytes: bool) -> Result<String, String> {
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let Ok(size) = text[..digits].parse::<Decimal>() else {
        return Ok(text.to_owned());
    };
    let rest = text[digits..].trim_start();
    let word = rest
        .find(|letter: char| !letter.is_alphabetic())
        .unwrap_or(rest.len());
    let (size, unit, rest) = match rest[..word].to_lowercase().as_str() {
        "" if rest.is_empty() && megabytes => (size, "MB", ""),
        "" if rest.is_empty() => (size, "GB", ""),
        "gb" | "g" | "gib" | "gig" | "gigs" => (size, "GB", &rest[word..]),
        "tb" | "t" | "tib" => (size, "TB", &rest[word..]),
        "mb" | "m" | "mib" => (size, "MB", &rest[word..]),
        _ => return Ok(text.to_owned()),
    };
    if size.is_zero() {
        return Err(format!(
            "“{text}” is no size: write gigabytes like 8 or 16, or Unknown."
        ));
    }
    let whole = size % Decimal::from(1024) == Decimal::ZERO;
    let (size, unit) = if unit == "MB" && whole {
        (size / Decimal::from(1024), "GB")
    } else {
        (size, unit)
    };
    let sized = format!("{} {unit}", size.normalize());
    Ok(if rest.trim().is_empty() {
        sized
    } else {
        format!("{sized} {}", rest.trim())
    })
}

/// A text without the apostrophe that keeps a spreadsheet from taking it for a formula.
fn plain_text(text: &str) -> &str {
    text.strip_prefix('\'')
        .filter(|rest| rest.starts_with(['=', '+', '-', '@']))
        .unwrap_or(text)
}

/// The code of a currency as people write it.
fn currency(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    CURRENCIES
        .iter()
        .find(|(word, code)| text == *word || text == code.to_lowercase())
        .map(|(_, code)| *code)
}

/// An amount without the currency before or behind it.
fn split_currency(text: &str) -> (&str, Option<&'static str>) {
    for (word, code) in CURRENCIES {
        let length = word.len();
        let starts = text
            .get(..length)
            .is_some_and(|start| start.to_lowercase() == *word);
        if starts {
            return (text[length..].trim_start_matches(['.', ':']).trim(), Some(code));
        }
        let from = text.len().saturating_sub(length);
        if text.get(from..).is_some_and(|end| end.to_lowercase() == *word) {
            return (text[..from].trim(), Some(code));
        }
    }
    (text, None)
}

/// The digits of an amount without what groups them: `1,234.50`, `1.234,50`, `1 234.50`, `1,234`. `None` if it is not
/// clear which mark stands before the pesewas.
fn amount_digits(text: &str) -> Option<String> {
    let text = text.replace([' ', '\u{a0}', '\u{202f}', '\''], "");
    let grouped = |part: &str, mark: char| {
        let mut groups = part.trim_start_matches('-').split(mark);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len()))
            && groups.all(|group| group.len() == 3)
    };
    match (text.rfind(','), text.rfind('.')) {
        (None, None) => Some(text),
        (Some(comma), Some(dot)) => {
            let (at, mark) = if comma > dot { (comma, '.') } else { (dot, ',') };
            let (whole, decimals) = (&text[..at], &text[at + 1..]);
            grouped(whole, mark).then(|| format!("{}.{decimals}", whole.replace(mark, "")))
        }
        (Some(comma), None) => match text.len() - comma - 1 {
            3 => grouped(&text, ',').then(|| text.replace(',', "")),
            1 | 2 if text.matches(',').count() == 1 => Some(text.replace(',', ".")),
            _ => None,
        },
        (None, Some(_)) if text.matches('.').count() > 1 => {
            grouped(&text, '.').then(|| text.replace('.', ""))
        }
        (None, Some(_)) => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a little file: its first line is the header, `;` stands between its cells.
    fn read(file: &str) -> Vec<Result<ParsedRow, Vec<String>>> {
        let mut rows = (1..).zip(
            file.lines()
                .map(|line| line.split(';').map(|cell| cell.trim().to_owned()).collect()),
        );
        let (row, names): (u32, Vec<String>) = rows.next().unwrap();
        let mapping = Mapping::guess(&names);
        let mut reader = RowReader::new(Columns {
            header: Header { row, names },
            mapping,
        });
        rows.map(|(number, cells)| {
            let errors = |error: RowError| format!("{} {}: {}", error.row, error.column, error.reason);
            reader
                .read(&RawRow { number, cells })
                .map_err(|list| list.into_iter().map(errors).collect())
        })
        .collect()
    }

    fn good(file: &str) -> ParsedRow {
        read(file).remove(0).unwrap()
    }

    fn wrong(file: &str) -> Vec<String> {
        read(file).pop().unwrap().unwrap_err()
    }

    /// A row that has all it needs, and one more column.
    fn with(column: &str, cell: &str) -> String {
        format!("Serial;Brand;Model;{column}\nPF1ABC;Lenovo;ThinkPad T480;{cell}")
    }

    #[test]
    fn a_full_row_becomes_a_device() {
        let row = good(
            "S/N;Make;Model;Processor;RAM (GB);SSD;Screen;GPU;OS;Type;Grade;Remarks;Supplier;Unit cost;Currency;Lot;Location;Battery health;Tag\n\
             pf1 abc;LENOVO;ThinkPad T480;Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz;8;256GB;14\" FHD;Intel UHD 620;Win 10 Pro;Notebook;grade b;scratch on lid;Kofi Traders;1,250.50;GHS;L7;Warehouse;87%;P4T-9",
        );
        assert_eq!(row.row, 2);
        assert_eq!(row.serial_number.key(), "PF1ABC");
        assert_eq!(row.model.category, Category::Laptop);
        assert_eq!(
            (row.model.brand.as_str(), row.model.model_name.as_str()),
            ("Lenovo", "ThinkPad T480")
        );
        assert_eq!(row.model.ram.as_deref(), Some("8 GB"));
        assert_eq!(row.model.storage.as_deref(), Some("256 GB"));
        assert_eq!(row.model.screen_size.as_deref(), Some("14\" FHD"));
        assert_eq!(row.condition_grade, Some(Grade::B));
        assert_eq!(row.purchase_cost, Some(Money::from_pesewas(125_050)));
        assert_eq!(row.currency, Some("GHS"));
        assert_eq!(row.battery_health_percent, Some(87));
        assert_eq!(row.asset_tag.unwrap().as_str(), "P4T-9");
        assert_eq!(
            (
                row.supplier.as_deref(),
                row.lot.as_deref(),
                row.location.as_deref()
            ),
            (Some("Kofi Traders"), Some("L7"), Some("Warehouse"))
        );
    }

    #[test]
    fn a_phone_may_have_no_other_number_than_its_imei() {
        let row = good("IMEI;IMEI 2;Brand;Model\n490154203237518;35-693803-564380-9;Samsung;Galaxy S9");
        assert_eq!(row.serial_number.as_str(), "490154203237518");
        assert_eq!(row.imei2.unwrap().as_str(), "356938035643809");
        assert_eq!(row.model.category, Category::Phone);
        let wrong = wrong("IMEI;Brand;Model\n490154203237517;Samsung;Galaxy S9");
        assert_eq!(wrong.len(), 1);
        assert!(
            wrong[0].starts_with("2 IMEI: The last digit of this IMEI does not fit"),
            "{wrong:?}"
        );
    }

    #[test]
    fn what_is_missing_is_told_by_row_and_column() {
        let file = "hw_id;form_factor;vendor;model;cpu;ram_gb\n";
        let cases = [
            (
                ";Notebook;Dell;E7270;i5;8",
                "2 hw_id: The serial number is missing",
            ),
            (
                "Unknown;Notebook;Dell;E7270;i5;8",
                "2 hw_id: “Unknown” is no serial number",
            ),
            ("A1;Notebook;;E7270;i5;8", "2 vendor: The brand is missing"),
            ("A1;Notebook;Dell;-;i5;8", "2 model: The model is missing"),
            ("A1;Notebook;Dell;E7270;;8", "2 cpu: The CPU is missing"),
            ("A1;Notebook;Dell;E7270;i5;", "2 ram_gb: The RAM is missing"),
            ("A1;Notebook", "2 vendor: The brand is missing"),
            (
                "A1;Spaceship;Dell;E7270;i5;8",
                "2 form_factor: “Spaceship” is no category here",
            ),
            (
                "A1;Notebook;Dell;E7270;#REF!;8",
                "2 cpu: The spreadsheet shows the error #REF! here",
            ),
            (
                "A1;Notebook;Dell;E7\u{1}270;i5;8",
                "2 model: This has line breaks or invisible characters",
            ),
        ];
        for (row, expected) in cases {
            let errors = wrong(&format!("{file}{row}"));
            assert!(errors[0].starts_with(expected), "{expected}: {errors:?}");
        }
        assert_eq!(
            wrong(&format!("{file};Notebook;;;;")).len(),
            5,
            "all that is wrong is told at once"
        );
        // Said in words, or not asked by the file, or of no laptop: nothing is wrong.
        for file in [
            format!("{file}A1;Notebook;Dell;E7270;Not Specified;unknown"),
            "Serial;Brand;Model\nA1;Dell;E7270".into(),
            format!("{file}A1;Phone;Samsung;Galaxy S9;;"),
        ] {
            let row = good(&file);
            assert_eq!((row.model.cpu, row.model.ram), (None, None));
        }
    }

    #[test]
    fn a_number_comes_once_in_a_file() {
        let rows = read(
            "Serial;IMEI;Tag;Brand;Model\nA 1;;T1;Dell;x\nB2;490154203237518;;Dell;x\na1;;;Dell;x\nC3;490154203237518;t1;Dell;x\nA1;;;;x",
        );
        assert!(rows[0].is_ok() && rows[1].is_ok());
        assert_eq!(
            *rows[2].as_ref().unwrap_err(),
            ["4 Serial: This serial number stands in row 2 already: a device can be received only once."]
        );
        let errors = rows[3].as_ref().unwrap_err();
        assert!(
            errors[0].starts_with("5 IMEI: This IMEI stands in row 3 already"),
            "{errors:?}"
        );
        assert!(
            errors[1].starts_with("5 Tag: This asset tag stands in row 2 already"),
            "{errors:?}"
        );
        assert_eq!(rows[4].as_ref().unwrap_err().len(), 2);
        let phones = read("IMEI;Brand;Model\n490154203237518;Samsung;S9\n490154203237518;Samsung;S9");
        assert_eq!(
            phones[1].as_ref().unwrap_err().len(),
            2,
            "the IMEI is the serial number, too"
        );
    }

    #[test]
    fn costs_are_read_as_people_write_them() {
        let cases = [
            ("1250", 125_000),
            ("1250.5", 125_050),
            ("1,250.50", 125_050),
            ("1.250,50", 125_050),
            ("1 250.50", 125_050),
            ("1,250", 125_000),
            ("12,5", 1_250),
            ("GHS 1,250", 125_000),
            ("₵1250", 125_000),
            ("GH₵ 99.99", 9_999),
            ("1250 ghs", 125_000),
            ("0", 0),
            ("1,234,567", 123_456_700),
            ("1'250.00", 125_000),
        ];
        for (text, pesewas) in cases {
            assert_eq!(
                good(&with("Cost", text)).purchase_cost,
                Some(Money::from_pesewas(pesewas)),
                "{text}"
            );
        }
        assert_eq!(good(&with("Cost", "")).purchase_cost, None);
        for text in [
            "-1",
            "abc",
            "1.2.3",
            "12,34,567",
            "1,2345",
            "1.234",
            "1250.555",
            "99999999999",
            "1e5",
            "NaN",
            "=1+1",
            "1,25.50",
        ] {
            assert!(wrong(&with("Cost", text))[0].starts_with("2 Cost: "), "{text}");
        }
    }

    #[test]
    fn a_costs_currency_is_told_in_one_place_only_or_the_same_in_all() {
        let currency = |column: &str, cell: &str| good(&with(column, cell)).currency;
        assert_eq!(currency("Cost", "100"), None);
        assert_eq!(currency("Cost (USD)", "100"), Some("USD"));
        assert_eq!(currency("Cost", "$100"), Some("USD"));
        assert_eq!(currency("Cost USD", "$100"), Some("USD"));
        assert!(wrong(&with("Cost GHS", "$100"))[0].contains("This cost is in USD, but"));
        assert!(wrong(&with("Currency", "cowries"))[0].contains("is no currency"));
        assert!(
            wrong("Serial;Brand;Model;Cost;Currency\nA1;Dell;x;€5;GHS")[0]
                .contains("This cost is in EUR, but")
        );
    }

    #[test]
    fn sizes_have_one_spelling() {
        for (text, size) in [
            ("8", "8 GB"),
            ("8GB", "8 GB"),
            ("8 gb", "8 GB"),
            ("8192MB", "8 GB"),
            ("1.5", "1.5 GB"),
            ("512 MB", "512 MB"),
            ("1tb NVMe", "1 TB NVMe"),
            ("256GB SSD", "256 GB SSD"),
            ("2x4GB", "2x4GB"),
            ("SSD 256", "SSD 256"),
            ("16.00", "16 GB"),
            ("8/256", "8/256"),
        ] {
            assert_eq!(memory_size(text, false).as_deref(), Ok(size), "{text}");
        }
        assert_eq!(good(&with("RAM MB", "4096")).model.ram.as_deref(), Some("4 GB"));
        assert!(wrong(&with("RAM", "0"))[0].contains("“0” is no size"));
    }

    #[test]
    fn grades_and_battery_health_are_read_as_people_write_them() {
        for (text, grade) in [
            ("A", Grade::A),
            ("b", Grade::B),
            ("Grade C", Grade::C),
            ("A Grade", Grade::A),
            ("grade-b", Grade::B),
        ] {
            assert_eq!(good(&with("Grade", text)).condition_grade, Some(grade), "{text}");
        }
        for text in ["D", "A+", "AB", "good", "1"] {
            assert_eq!(
                wrong(&with("Grade", text)),
                [format!(
                    "2 Grade: “{text}” is no grade: write A, B or C, or leave it empty."
                )]
            );
        }
        for (text, percent) in [
            ("85", 85),
            ("85%", 85),
            ("85.4 %", 85),
            ("0.85", 85),
            ("1", 1),
            ("1.0", 100),
            ("100", 100),
            ("0", 0),
        ] {
            assert_eq!(
                good(&with("Battery", text)).battery_health_percent,
                Some(percent),
                "{text}"
            );
        }
        for text in ["101", "-1", "good", "99999999999999999999999999999999999"] {
            assert!(
                wrong(&with("Battery", text))[0].contains("is no battery health"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_a_spreadsheet_did_to_a_serial_number_is_undone_or_told() {
        for (text, serial) in [
            ("=\"00123\"", "00123"),
            ("'00123", "00123"),
            ("12E45", "12E45"),
            ("5E+12", "5E+12"),
        ] {
            assert_eq!(
                good(&format!("Serial;Brand;Model\n{text};Dell;x"))
                    .serial_number
                    .as_str(),
                serial,
                "{text}"
            );
        }
        for text in ["3.56938E+14", "1.23456789012346E+19", "3,56938E+14"] {
            assert!(
                wrong(&format!("Serial;Brand;Model\n{text};Dell;x"))[0].contains("lost digits of it"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_looks_like_a_formula_is_only_text() {
        for text in [
            "=HYPERLINK(\"http://x\")",
            "+233",
            "@SUM(A1)",
            "-2+3",
            "<script>alert(1)</script>",
        ] {
            assert_eq!(good(&with("Notes", text)).cosmetic_notes.as_deref(), Some(text));
        }
    }

    #[test]
    fn nothing_is_longer_than_its_place() {
        for (column, max) in [
            ("Supplier", 100),
            ("CPU", 100),
            ("OS", 50),
            ("Screen", 20),
            ("Lot", 50),
            ("Tag", 50),
            ("Notes", 2000),
        ] {
            assert!(read(&with(column, &"x".repeat(max)))[0].is_ok(), "{column}");
            let errors = wrong(&with(column, &"x".repeat(max + 1)));
            assert!(errors[0].contains("characters long"), "{column}: {errors:?}");
        }
    }
}
