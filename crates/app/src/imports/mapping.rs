//! Which column of a supplier's file is which of ours.

use super::manifest_file::{FileProblem, Header};

/// What a manifest may say about a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The maker's serial number.
    SerialNumber,
    /// A phone's first IMEI.
    Imei,
    /// A phone's second IMEI.
    Imei2,
    /// Our own tag, where devices have one already.
    AssetTag,
    /// The maker.
    Brand,
    /// The model's name.
    ModelName,
    /// The processor.
    Cpu,
    /// The memory.
    Ram,
    /// The disk.
    Storage,
    /// The screen's diagonal.
    ScreenSize,
    /// The graphics card.
    Gpu,
    /// The operating system.
    OperatingSystem,
    /// Laptop, Phone or Accessory.
    Category,
    /// A, B or C.
    ConditionGrade,
    /// What one sees.
    CosmeticNotes,
    /// Who sold it to us.
    Supplier,
    /// What it cost.
    PurchaseCost,
    /// In which money.
    Currency,
    /// The lot's reference.
    Lot,
    /// Where it stands.
    Location,
    /// What is left of the battery, in percent.
    BatteryHealth,
}

impl Field {
    /// All of them, in the order in which a person is shown them.
    pub const ALL: [Self; 21] = [
        Self::SerialNumber,
        Self::Imei,
        Self::Imei2,
        Self::AssetTag,
        Self::Brand,
        Self::ModelName,
        Self::Category,
        Self::Cpu,
        Self::Ram,
        Self::Storage,
        Self::ScreenSize,
        Self::Gpu,
        Self::OperatingSystem,
        Self::ConditionGrade,
        Self::CosmeticNotes,
        Self::BatteryHealth,
        Self::Supplier,
        Self::Lot,
        Self::PurchaseCost,
        Self::Currency,
        Self::Location,
    ];

    /// The name in forms, in the API and on the command line: the schema's column where there is one.
    pub fn key(self) -> &'static str {
        match self {
            Self::SerialNumber => "serial_number",
            Self::Imei => "imei",
            Self::Imei2 => "imei2",
            Self::AssetTag => "asset_tag",
            Self::Brand => "brand",
            Self::ModelName => "model_name",
            Self::Cpu => "cpu",
            Self::Ram => "ram",
            Self::Storage => "storage",
            Self::ScreenSize => "screen_size",
            Self::Gpu => "gpu",
            Self::OperatingSystem => "operating_system",
            Self::Category => "category",
            Self::ConditionGrade => "condition_grade",
            Self::CosmeticNotes => "cosmetic_notes",
            Self::Supplier => "supplier",
            Self::PurchaseCost => "purchase_cost",
            Self::Currency => "currency",
            Self::Lot => "lot",
            Self::Location => "location",
            Self::BatteryHealth => "battery_health_percent",
        }
    }

    /// The name that a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::SerialNumber => "serial number",
            Self::Imei => "IMEI",
            Self::Imei2 => "second IMEI",
            Self::AssetTag => "asset tag",
            Self::Brand => "brand",
            Self::ModelName => "model",
            Self::Cpu => "CPU",
            Self::Ram => "RAM",
            Self::Storage => "storage",
            Self::ScreenSize => "screen size",
            Self::Gpu => "graphics card",
            Self::OperatingSystem => "operating system",
            Self::Category => "category",
            Self::ConditionGrade => "grade",
            Self::CosmeticNotes => "cosmetic notes",
            Self::Supplier => "supplier",
            Self::PurchaseCost => "purchase cost",
            Self::Currency => "currency",
            Self::Lot => "lot",
            Self::Location => "location",
            Self::BatteryHealth => "battery health",
        }
    }

    /// The field of a [`Field::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// Names of columns that mean this field, the surest first, in lower case and without anything but letters and
    /// digits.
    fn synonyms(self) -> impl Iterator<Item = &'static str> {
        let names = match self {
            Self::SerialNumber => {
                "serialnumber serialno serialnr serialnum serial sn servicetag assetserial \
                 assetserialnumber deviceserial deviceserialnumber manufacturerserial unitserial \
                 systemserial serialnumbers serials sno hwid hardwareid"
            }
            Self::Imei => "imei imei1 imeinumber imeino primaryimei imeimeid imeisn",
            Self::Imei2 => "imei2 secondimei secondaryimei imeinumber2",
            Self::AssetTag => "assettag assettagno tag assetno assetnumber assetid inventorynumber",
            Self::Brand => "brand vendor make manufacturer mfr mfg oem maker brandname",
            Self::ModelName => {
                "modelname model modelno modelnumber devicemodel productname product device \
                 devicename item itemname description itemdescription"
            }
            Self::Cpu => "cpu processor cpumodel cputype cpuname processortype processormodel chip",
            Self::Ram => "ram ramgb memory memorygb ramsize memorysize ramsizegb rammb memorymb",
            Self::Storage => {
                "storage storagegb hdd ssd hddssd ssdhdd disk harddrive harddisk diskgb hddgb ssdgb \
                 disksize hddsize ssdsize storagesize storagecapacity drive capacity internalstorage \
                 rom"
            }
            Self::ScreenSize => "screensize screen display displaysize lcd lcdsize screeninch size",
            Self::Gpu => "gpu graphics graphicscard videocard vga video",
            Self::OperatingSystem => "operatingsystem os coa windows software",
            Self::Category => "category devicetype producttype type formfactor chassis productcategory class",
            Self::ConditionGrade => "conditiongrade grade cosmeticgrade gradecosmetic condition visualgrade",
            Self::CosmeticNotes => {
                "cosmeticnotes cosmetics cosmetic notes note comments comment remarks remark defects \
                 faults conditionnotes conditioncomments damage"
            }
            Self::Supplier => "supplier suppliername seller source purchasedfrom",
            Self::PurchaseCost => {
                "purchasecost purchaseprice unitcost cost costprice unitprice price buyprice \
                 buyingprice amount priceperunit costperunit"
            }
            Self::Currency => "currency ccy curr currencycode",
            Self::Lot => "lot lotno lotnumber lotid lotref lotreference batch batchno pallet palletid",
            Self::Location => "location locationname site shelf bin",
            Self::BatteryHealth => {
                "batteryhealthpercent batteryhealth battery batterypercent batterypercentage bh \
                 batterycondition batterycapacity maxcapacity"
            }
        };
        names.split_whitespace()
    }

    fn position(self) -> usize {
        Self::ALL
            .iter()
            .position(|field| *field == self)
            .expect("ALL lists every field")
    }
}

/// What a header's wording says about a column's values beyond which field they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    /// Counted from 0.
    pub(super) index: usize,
    /// "Unit cost (USD)".
    pub(super) currency: Option<&'static str>,
    /// "RAM MB".
    pub(super) megabytes: bool,
}

/// The columns of a file by what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: [Option<Column>; Field::ALL.len()],
}

impl Mapping {
    /// Guess by the names of the columns. Where two columns could be one field, the surer name wins, then the first.
    pub fn guess(header: &[String]) -> Self {
        let mut mapping = Self {
            columns: [None; Field::ALL.len()],
        };
        let names: Vec<_> = header.iter().map(|name| plain(name)).collect();
        for field in Field::ALL {
            let rank = |name: &str| field.synonyms().position(|synonym| synonym == name);
            let taken = |index| {
                mapping
                    .columns
                    .iter()
                    .flatten()
                    .any(|column| column.index == index)
            };
            let sure = (names.iter().enumerate())
                .filter(|(index, _)| !taken(*index))
                .filter_map(|(index, name)| Some((rank(&name.text)?, index)))
                .min();
            mapping.columns[field.position()] = sure.map(|(_, index)| Column::new(index, &header[index]));
        }
        mapping
    }

    /// Say what a column is: by its name, or by its number from 1. A field that had another column loses it, and
    /// `None` sets the column aside.
    pub fn assign(&mut self, header: &Header, column: &str, field: Option<Field>) -> Result<(), FileProblem> {
        let wanted = plain(column).text;
        let by_name = header.names.iter().position(|name| name == column.trim());
        let alike = || {
            header
                .names
                .iter()
                .position(|name| !wanted.is_empty() && plain(name).text == wanted)
        };
        let by_number = || {
            column
                .trim()
                .parse::<usize>()
                .ok()
                .filter(|number| (1..=header.names.len()).contains(number))
        };
        let index = (by_name.or_else(alike))
            .or_else(|| by_number().map(|number| number - 1))
            .ok_or_else(|| FileProblem::UnknownColumn {
                name: column.to_owned(),
                found: header.in_one_line(),
            })?;
        for known in &mut self.columns {
            if known.is_some_and(|column| column.index == index) {
                *known = None;
            }
        }
        if let Some(field) = field {
            self.columns[field.position()] = Some(Column::new(index, &header.names[index]));
        }
        Ok(())
    }

    /// The column of a field, counted from 0.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.get(field).map(|column| column.index)
    }

    /// The field of a column, counted from 0.
    pub fn field(&self, column: usize) -> Option<Field> {
        Field::ALL
            .into_iter()
            .find(|field| self.column(*field) == Some(column))
    }

    pub(super) fn get(&self, field: Field) -> Option<Column> {
        self.columns[field.position()]
    }

    /// How many columns have a meaning.
    pub(super) fn recognised(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    pub(super) fn has_identifier(&self) -> bool {
        self.get(Field::SerialNumber).is_some() || self.get(Field::Imei).is_some()
    }

    /// Without a serial number, a brand and a model no device can be received.
    pub fn check(&self, header: &Header) -> Result<(), FileProblem> {
        let mut missing = Vec::new();
        if !self.has_identifier() {
            missing.push("serial number");
        }
        for field in [Field::Brand, Field::ModelName] {
            if self.get(field).is_none() {
                missing.push(field.label());
            }
        }
        let several = missing.len() > 1;
        let missing = match missing.as_slice() {
            [] => return Ok(()),
            [one] => format!("No {one} column was"),
            [first @ .., last] => format!("No {} and no {last} columns were", first.join(", no ")),
        };
        Err(FileProblem::MissingColumns {
            missing,
            several,
            row: header.row,
            found: header.in_one_line(),
        })
    }
}

impl Column {
    fn new(index: usize, name: &str) -> Self {
        let name = plain(name);
        Self {
            index,
            currency: name.currency,
            megabytes: name.text.ends_with("mb"),
        }
    }
}

struct PlainName {
    text: String,
    currency: Option<&'static str>,
}

/// Currencies as they stand in headers and cells, longest first.
pub(super) const CURRENCIES: &[(&str, &str)] = &[
    ("cedis", "GHS"),
    ("dollars", "USD"),
    ("euros", "EUR"),
    ("pounds", "GBP"),
    ("ghs", "GHS"),
    ("ghc", "GHS"),
    ("gh₵", "GHS"),
    ("gh¢", "GHS"),
    ("usd", "USD"),
    ("us$", "USD"),
    ("eur", "EUR"),
    ("gbp", "GBP"),
    ("cny", "CNY"),
    ("rmb", "CNY"),
    ("aed", "AED"),
    ("ngn", "NGN"),
    ("cfa", "XOF"),
    ("xof", "XOF"),
    ("₵", "GHS"),
    ("¢", "GHS"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₦", "NGN"),
];

/// A name without case, blanks and punctuation, and without the currency that it ends with.
fn plain(name: &str) -> PlainName {
    let lower = name.trim().to_lowercase();
    let lower = lower.trim_end_matches([')', ']', '.', ' ']);
    let currency = CURRENCIES.iter().find(|(word, _)| {
        // "s/n (usd)" ends with a currency, "focus" does not: letters need a break before them.
        lower.strip_suffix(word).is_some_and(|before| {
            !before.is_empty()
                && (!word.chars().all(char::is_alphabetic) || !before.ends_with(char::is_alphanumeric))
        })
    });
    let rest = currency
        .and_then(|(word, _)| lower.strip_suffix(word))
        .unwrap_or(lower);
    let mut text: String = rest.chars().filter(|letter| letter.is_alphanumeric()).collect();
    // "Cost in USD".
    if currency.is_some() && text.len() > 4 && text.ends_with("in") {
        text.truncate(text.len() - 2);
    }
    PlainName {
        text,
        currency: currency.map(|(_, code)| *code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(header: &str) -> Vec<(&str, Field)> {
        let names: Vec<String> = header.split(';').map(str::to_owned).collect();
        let mapping = Mapping::guess(&names);
        header
            .split(';')
            .enumerate()
            .filter_map(|(index, name)| Some((name, mapping.field(index)?)))
            .collect()
    }

    #[test]
    fn columns_are_known_by_many_names() {
        use Field::*;
        let cases = [
            ("Serial Number", SerialNumber),
            ("S/N", SerialNumber),
            ("serial_no.", SerialNumber),
            ("Service Tag", SerialNumber),
            ("HW_ID", SerialNumber),
            ("IMEI 1", Imei),
            ("IMEI-2", Imei2),
            ("Asset Tag", AssetTag),
            ("Manufacturer", Brand),
            ("MAKE", Brand),
            ("Product Name", ModelName),
            ("Processor", Cpu),
            ("RAM (GB)", Ram),
            ("Memory", Ram),
            ("HDD/SSD", Storage),
            ("Screen Size", ScreenSize),
            ("O.S.", OperatingSystem),
            ("Form factor", Category),
            ("Grade", ConditionGrade),
            ("Remarks", CosmeticNotes),
            ("Supplier", Supplier),
            ("Cost", PurchaseCost),
            ("Unit Cost (USD)", PurchaseCost),
            ("Price GH₵", PurchaseCost),
            ("cost_ghs", PurchaseCost),
            ("Cost in $", PurchaseCost),
            ("Currency", Currency),
            ("Lot No.", Lot),
            ("Location", Location),
            ("Battery Health", BatteryHealth),
        ];
        for (name, field) in cases {
            assert_eq!(guess(name), [(name, field)], "{name}");
        }
        for unknown in [
            "",
            "Colour",
            "sku_number",
            "ram_type",
            "battery_mfr",
            "focus",
            "(GHS)",
        ] {
            assert_eq!(guess(unknown), [], "{unknown}");
        }
    }

    #[test]
    fn every_synonym_is_written_as_it_is_compared_and_stands_once() {
        let all: Vec<&str> = Field::ALL.iter().flat_map(|field| field.synonyms()).collect();
        for (index, synonym) in all.iter().enumerate() {
            assert_eq!(plain(synonym).text, *synonym);
            assert!(!all[..index].contains(synonym), "{synonym} means two fields");
        }
        for field in Field::ALL {
            assert_eq!(Field::from_key(field.key()), Some(field));
        }
    }

    #[test]
    fn the_surer_name_wins_then_the_first() {
        assert_eq!(guess("product_name;model"), [("model", Field::ModelName)]);
        assert_eq!(
            guess("SN;Serial Number"),
            [("Serial Number", Field::SerialNumber)]
        );
        assert_eq!(guess("Brand;brand"), [("Brand", Field::Brand)]);
    }

    #[test]
    fn a_headers_currency_and_unit_are_kept() {
        let names = ["Unit cost (USD)", "RAM MB"].map(String::from);
        let mapping = Mapping::guess(&names);
        assert_eq!(mapping.get(Field::PurchaseCost).unwrap().currency, Some("USD"));
        assert!(mapping.get(Field::Ram).unwrap().megabytes);
    }

    #[test]
    fn a_person_can_say_otherwise() {
        let header = Header {
            row: 1,
            names: ["Serial", "Make", "Price", "Model"].map(String::from).into(),
        };
        let mut mapping = Mapping::guess(&header.names);
        mapping.assign(&header, "price", None).unwrap();
        assert_eq!(mapping.column(Field::PurchaseCost), None);
        mapping.assign(&header, "3", Some(Field::Lot)).unwrap();
        assert_eq!(mapping.column(Field::Lot), Some(2));
        mapping.assign(&header, "Make", Some(Field::ModelName)).unwrap();
        assert_eq!(
            (mapping.column(Field::ModelName), mapping.column(Field::Brand)),
            (Some(1), None)
        );
        assert_eq!(mapping.field(3), None);
        for unknown in ["Colour", "0", "5", ""] {
            let problem = mapping.assign(&header, unknown, None).unwrap_err().to_string();
            assert!(
                problem.ends_with("its columns are Serial, Make, Price, Model."),
                "{problem}"
            );
        }
    }
}
