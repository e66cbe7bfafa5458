//! What a machine says of itself: a report of `dmidecode`, read as tolerantly as people paste it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::TextError;
use crate::catalog::{meaningful, normalise_brand, tidy_cpu, tidy_model};

/// The largest report that is read, in bytes. Real ones have 10 to 60 thousand.
pub const REPORT_LIMIT: usize = 1024 * 1024;

/// A module of memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemoryModule {
    /// Where it sits, as the board calls it.
    pub slot: Option<String>,
    /// Its size in megabytes.
    pub size_mb: u32,
    /// DDR4, LPDDR3 …
    pub kind: Option<String>,
    /// Its speed, like `2400 MT/s`.
    pub speed: Option<String>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Its part number.
    pub part_number: Option<String>,
}

/// A battery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MachineBattery {
    /// Its name.
    pub name: Option<String>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// What it held when it was new, in milliwatt-hours.
    pub design_capacity_mwh: Option<u32>,
    /// LION, LiP …
    pub chemistry: Option<String>,
}

/// What could be read of a report. What is absent was not in it, or was one of the words that say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MachineReport {
    /// The brand in its usual spelling.
    pub brand: Option<String>,
    /// The model as people call it; of a Lenovo that is its Version, since its Product Name is a number.
    pub model_name: Option<String>,
    /// The maker's number of the exact machine, where it differs from the model's name.
    pub product_number: Option<String>,
    /// Serial number.
    pub serial_number: Option<String>,
    /// Laptop, Notebook, Convertible …
    pub form: Option<String>,
    /// Processor, as the catalogue spells it.
    pub cpu: Option<String>,
    /// Memory altogether, in megabytes, by its modules.
    pub memory_mb: Option<u32>,
    /// The same as the catalogue spells it: `16 GB`.
    pub ram: Option<String>,
    /// The modules that are there.
    pub memory_modules: Vec<MemoryModule>,
    /// How many sockets for memory there are, with and without a module.
    pub memory_slots: u32,
    /// The batteries that say anything.
    pub batteries: Vec<MachineBattery>,
    /// Version of the firmware.
    pub bios_version: Option<String>,
    /// Date of the firmware.
    pub bios_date: Option<NaiveDate>,
    /// What could not be read, and why, a sentence each.
    pub remarks: Vec<String>,
}

/// The sections that are read, by their titles.
const TITLES: &[&str] = &[
    "BIOS Information",
    "System Information",
    "Base Board Information",
    "Chassis Information",
    "Processor Information",
    "Memory Module Information",
    "Memory Device",
    "Portable Battery",
];

/// The titles that a machine has once, and that come first: without handles a second one begins another report.
const FIRST_TITLES: &[&str] = &["BIOS Information", "System Information"];

/// The titles of what is not read. In a text that lost its indentation they alone tell where a section ends: the lines of a list
/// within one look like titles.
const OTHER_TITLES: &[&str] = &[
    "Cache Information",
    "Memory Controller Information",
    "Port Connector Information",
    "System Slot Information",
    "On Board Device Information",
    "Onboard Device",
    "OEM Strings",
    "System Configuration Options",
    "BIOS Language Information",
    "Group Associations",
    "System Event Log",
    "Physical Memory Array",
    "32-bit Memory Error Information",
    "64-bit Memory Error Information",
    "Memory Array Mapped Address",
    "Memory Device Mapped Address",
    "Built-in Pointing Device",
    "System Reset",
    "Hardware Security",
    "System Power Controls",
    "Voltage Probe",
    "Cooling Device",
    "Temperature Probe",
    "Electrical Current Probe",
    "Out-of-band Remote Access",
    "Boot Integrity Services Entry Point",
    "System Boot Information",
    "Management Device",
    "Management Device Component",
    "Management Device Threshold Data",
    "Memory Channel",
    "IPMI Device Information",
    "System Power Supply",
    "Additional Information",
    "Management Controller Host Interface",
    "TPM Device",
    "Processor Additional Information",
    "Firmware Inventory Information",
    "String Property",
    "Inactive",
    "OEM-specific Type",
    "Unknown Type",
    "End Of Table",
];

/// What else people paste: words that it alone has, and what to say of it. The first that fits counts.
const OTHER_TEXTS: &[(&[&str], &str)] = &[
    (
        &["dmidecode: command not found", "dmidecode: not found"],
        "dmidecode is not installed on that machine. Install it, or start the machine from a USB stick that has it, then run sudo dmidecode.",
    ),
    (
        &[
            "/dev/mem: Permission denied",
            "/sys/firmware/dmi/tables/smbios_entry_point: Permission denied",
        ],
        "dmidecode was not allowed to read the machine. Run it as root, with sudo dmidecode, and paste all that it prints.",
    ),
    (
        &["No SMBIOS nor DMI entry point found"],
        "dmidecode found nothing to read on that machine: its firmware tells nothing. Write down what is on its label instead.",
    ),
    (
        &["DxDiag Version:", "DirectX Version:"],
        "This is what dxdiag of Windows writes",
    ),
    (
        &[
            "*-core",
            "*-firmware",
            "<lshw",
            "\"id\" : \"core\"",
            "\"id\": \"core\"",
        ],
        "This is what lshw prints",
    ),
    (
        &["Hardware Overview:", "Model Identifier:", "SPHardwareDataType"],
        "This is what the System Information of a Mac prints",
    ),
    (
        &[
            "System Information report written at:",
            "[System Summary]",
            "OS Name\t",
        ],
        "This is what msinfo32 of Windows writes",
    ),
    (
        &["OS Build Type:", "Original Install Date:"],
        "This is what systeminfo of Windows prints",
    ),
    (
        &["IdentifyingNumber", "SMBIOSBIOSVersion", "CSProduct", "csproduct"],
        "This is what wmic of Windows prints",
    ),
    (&["Hardware Class:"], "This is what hwinfo prints"),
    (
        &["Machine:\n", "System:    Host:", "System:\n  Host:"],
        "This is what inxi prints",
    ),
    (
        &["# dmidecode ", "DMI type "],
        "This part of what dmidecode prints names nothing of the machine. Run sudo dmidecode and paste all that it prints.",
    ),
];

/// One section with its lines `Key: Value`, the first of a key.
#[derive(Debug, Default)]
struct Section<'a> {
    title: &'a str,
    /// The line before it with its handle, type and length; empty where there is none.
    handle: &'a str,
    /// Whether its lines stand further in than its title.
    indented: bool,
    fields: Vec<(&'a str, &'a str)>,
}

impl Section<'_> {
    fn get(&self, key: &str) -> Option<String> {
        let (_, value) = self
            .fields
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        said(value)
    }

    fn contradicts(&self, other: &Section) -> bool {
        let differs = |(key, value): &(&str, &str)| {
            let there = other.fields.iter().find(|(name, _)| name == key);
            there.is_some_and(|(_, said)| said != value)
        };
        self.title != other.title || self.fields.iter().any(differs)
    }
}

/// Words that hold a place in firmware beside those of the catalogue, in small letters.
const NOTHING_SAID: &[&str] = &[
    "not provided",
    "not present",
    "not defined",
    "not set",
    "not supported",
    "not supported by cpu",
    "no asset tag",
    "no asset information",
    "invalid",
    "tbd",
    "serial",
    "product name",
    "system name",
    "system model",
    "systemserialnumb",
    "system serial#",
    "system version",
    "system sku",
    "system sku#",
    "sku",
    "chassis manufacturer",
    "battery name",
    "battery manufacturer",
    "type1productconfigid",
    "<bad index>",
    "<out of spec>",
    "withheld",
    "removed",
    "redacted",
    "empty",
    "not applicable",
];

/// A value, unless it says nothing: empty, a placeholder, somebody counting on the number keys (`0123456789ABCDEF`), or one
/// character again and again (`--`, `00000000`, `xxxx`, `****`).
fn said(value: &str) -> Option<String> {
    let clean: String = value.chars().filter(|c| !c.is_control()).collect();
    let text = meaningful(&clean)?;
    let lower = text.to_lowercase();
    let telling: Vec<char> = lower
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '_' | ':' | '/'))
        .collect();
    let one_again = telling.windows(2).all(|pair| pair[0] == pair[1])
        && (telling.is_empty() || telling.len() > 3 || matches!(telling[0], '0' | 'x' | '*' | '#' | '?'));
    let count = lower.strip_prefix("ssn").unwrap_or(&lower);
    let keys = ["012345678901234567890123456789", "0123456789abcdef"];
    let counting =
        count.len() > 4 && count.starts_with(['0', '1']) && keys.iter().any(|keys| keys.contains(count));
    let left_to_others = ["by o.e.m", "by oem", "default string", "default_string"];
    let nothing = one_again
        || counting
        || NOTHING_SAID.contains(&lower.as_str())
        || lower.starts_with("unknown")
        || lower.ends_with("serial number")
        || left_to_others.iter().any(|words| lower.contains(words));
    (!nothing).then_some(text)
}

/// The text cut to so many characters, as the columns of the catalogue hold them.
fn cut(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most).collect::<String>().trim_end().to_owned()
}

/// A line without the marks that mail programs put before what they quote.
fn unquoted(mut line: &str) -> &str {
    while let Some(rest) = line.strip_prefix('>') {
        line = rest.strip_prefix(' ').unwrap_or(rest);
    }
    line
}

/// A line without what terminals and web pages put around it.
fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// The sections of each run of dmidecode in a text. A run begins with its first line, or where a handle comes again.
fn runs<'a>(text: &'a str) -> Vec<Vec<Section<'a>>> {
    let mut all: Vec<Vec<Section>> = Vec::new();
    let mut run: Vec<Section> = Vec::new();
    let mut handles: HashSet<&str> = HashSet::new();
    for line in text.split(['\n', '\r']).map(unquoted) {
        let words = bare(line);
        if words.is_empty() {
            continue;
        }
        if words.starts_with("# dmidecode ") {
            all.push(std::mem::take(&mut run));
            handles = HashSet::new();
            continue;
        }
        if words.starts_with("Handle 0x") {
            if !handles.insert(words) {
                all.push(std::mem::take(&mut run));
                handles = HashSet::from([words]);
            }
            run.push(Section {
                handle: words,
                ..Section::default()
            });
            continue;
        }
        // Also without handles, as `dmidecode -q` prints it or as somebody pasted a part of it.
        if let Some(title) = TITLES.iter().find(|title| **title == words) {
            let handle = run.pop_if(|s| s.title.is_empty()).map_or("", |s| s.handle);
            let before = Some(*title)
                .filter(|title| handle.is_empty() && FIRST_TITLES.contains(title))
                .and_then(|title| run.iter().position(|s| s.title == title));
            if let Some(before) = before {
                // What came before it came before it again.
                let titles = |part: &[Section<'a>]| part.iter().map(|s| s.title).collect::<Vec<_>>();
                let whole = run.len() - before;
                let next = if titles(&run[whole.max(before)..]) == titles(&run[..before]) {
                    run.split_off(whole)
                } else {
                    Vec::new()
                };
                all.push(std::mem::replace(&mut run, next));
                handles = HashSet::new();
            }
            run.push(Section {
                title,
                handle,
                ..Section::default()
            });
            continue;
        }
        let Some(section) = run.last_mut() else { continue };
        let further_in = line.starts_with(char::is_whitespace);
        match words.split_once(':') {
            // What somebody wrote below it, or the next command.
            Some(_) if section.indented && !further_in => run.push(Section::default()),
            Some((key, value)) if !section.title.is_empty() => {
                let key = key.trim();
                if section.fields.is_empty() {
                    section.indented = further_in;
                }
                if section.fields.len() < 200 && !section.fields.iter().any(|(name, _)| *name == key) {
                    section.fields.push((key, value.trim()));
                }
            }
            // The title of a section that is not read ends the one before it.
            None if OTHER_TITLES.contains(&words) || (!further_in && section.indented) => {
                run.push(Section::default())
            }
            _ => {}
        }
    }
    all.push(run);
    all
}

/// The sections that are read, each with its lines, and whether there is more than one report in the text: then the first one
/// counts. Runs of other types, or that say the same under the same handles, are parts of one report: `dmidecode -t system` and
/// `dmidecode -t memory`.
fn sections(text: &str) -> (Vec<Section<'_>>, bool) {
    let mut all: Vec<Section> = Vec::new();
    let mut handles: HashMap<&str, usize> = HashMap::new();
    let mut titles: HashSet<&str> = HashSet::new();
    let mut more = false;
    for run in runs(text) {
        let known = |s: &Section| handles.get(s.handle).map(|n| &all[*n]);
        // Of one machine all sections with a title come in one run.
        let another = run.iter().any(|s| match known(s) {
            Some(other) => s.contradicts(other),
            None => !s.title.is_empty() && titles.contains(s.title),
        });
        let nothing_new = !run.is_empty() && run.iter().all(|s| known(s).is_some());
        more |= another || nothing_new;
        if another {
            continue;
        }
        for section in run {
            if handles.contains_key(section.handle) {
                continue;
            }
            if !section.handle.is_empty() {
                handles.insert(section.handle, all.len());
            }
            titles.insert(section.title);
            all.push(section);
        }
    }
    (all, more)
}

/// What to say of a text that is no report.
fn no_report(text: &str) -> String {
    const WHAT_TO_DO: &str = "Run sudo dmidecode on the machine and paste all that it prints.";
    if text.trim().is_empty() {
        return format!("There is nothing to read yet. {WHAT_TO_DO}");
    }
    let known = OTHER_TEXTS
        .iter()
        .find(|(words, _)| words.iter().any(|words| text.contains(words)));
    match known {
        Some((_, said)) if said.ends_with('.') => (*said).to_owned(),
        Some((_, said)) => format!("{said}, not dmidecode. {WHAT_TO_DO}"),
        None => format!("This is no report of dmidecode. {WHAT_TO_DO}"),
    }
}

/// `8 GB`, `8192 MB`, `2097152 kB`, `1 TB`, in megabytes.
fn megabytes(size: &str) -> Option<u32> {
    let mut words = size.split_whitespace();
    let number: u64 = words.next()?.parse().ok()?;
    let mb = match words.next()?.to_ascii_uppercase().as_str() {
        "KB" => number / 1024,
        "MB" => number,
        "GB" => number.checked_mul(1024)?,
        "TB" => number.checked_mul(1024 * 1024)?,
        _ => return None,
    };
    u32::try_from(mb)
        .ok()
        .filter(|mb| (1..=16 * 1024 * 1024).contains(mb))
}

/// Memory as the catalogue spells it: whole gigabytes, rounded, because firmware keeps some for itself.
pub fn ram_text(mb: u32) -> String {
    if mb < 1024 {
        format!("{mb} MB")
    } else {
        format!("{} GB", (mb + 512) / 1024)
    }
}

/// How many gigabytes a text of the catalogue says, like `16GB DDR4`, `16 GB` or `16`.
pub fn ram_gigabytes(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok()?;
    let unit = text[digits.len()..].trim_start().to_ascii_lowercase();
    if unit.starts_with("mb") {
        Some(number.saturating_add(512) / 1024)
    } else if unit.starts_with("tb") {
        number.checked_mul(1024)
    } else {
        Some(number)
    }
}

/// Whether two processors are the same, whatever of maker and family is written: `i5-8350U`, `Intel Core i5-8350U CPU @ 1.70GHz`.
pub fn same_cpu(one: &str, other: &str) -> bool {
    let key = |text: &str| {
        let tidy = tidy_cpu(text).unwrap_or_default().to_lowercase();
        tidy.split_whitespace()
            .filter(|word| !matches!(*word, "intel" | "amd" | "core" | "apple"))
            .collect::<String>()
    };
    key(one) == key(other)
}

/// Whether two names of a model are the same, whatever of case, blanks and kind is written: `EliteBook 840 G7 Notebook PC`.
pub fn same_model(one: &str, other: &str) -> bool {
    let key = |text: &str| -> String {
        let letters = without_kind(text.trim()).chars().filter(|c| !c.is_whitespace());
        letters.flat_map(char::to_lowercase).collect()
    };
    key(one) == key(other)
}

/// `01/24/2022`, or as some tools turn it, `2022-01-24`.
fn date(text: &str) -> Option<NaiveDate> {
    let read =
        NaiveDate::parse_from_str(text, "%m/%d/%Y").or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d"));
    let first = NaiveDate::from_ymd_opt(1985, 1, 1)?;
    let last = NaiveDate::from_ymd_opt(2100, 1, 1)?;
    read.ok().filter(|day| *day > first && *day < last)
}

/// Firmware that names another machine than the one it runs on, or one that is none.
const BORROWED: &[&str] = &[
    "acidanthera",
    "coreboot",
    "qemu",
    "innotek gmbh",
    "vmware",
    "xen",
    "parallels",
    "openstack",
    "red hat",
    "bochs",
    "amazon ec2",
    "nutanix",
];

/// A name without the maker's number in brackets after it: `HP Compaq nc6000 (DJ254A#ABB)`.
fn without_code(name: &str) -> (&str, Option<&str>) {
    let parts = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    match parts {
        Some((name, code)) if code.contains(|c: char| c.is_ascii_digit()) && !code.contains(' ') => {
            (name, Some(code))
        }
        _ => (name, None),
    }
}

/// A model's name without the kind of thing that follows it, unless it is all there is.
fn without_kind(name: &str) -> &str {
    ["Notebook PC", "Notebook", "Mobile Workstation PC"]
        .iter()
        .find_map(|kind| name.strip_suffix(kind))
        .map(str::trim_end)
        .filter(|short| !short.is_empty())
        .unwrap_or(name)
}

/// Whether a text names a processor: some firmware gives its stepping instead, like `A0`.
fn is_processor(text: &str) -> bool {
    text.contains([' ', '-']) || text.chars().filter(|c| c.is_alphabetic()).count() > 3
}

/// A model as people call it, without its brand, what kind of thing it is, and what only its maker needs.
fn model_name(brand: &str, name: &str) -> String {
    let tidy = tidy_model(brand, name);
    let name = without_kind(&tidy);
    match brand {
        "Dell" => name.strip_prefix("System ").unwrap_or(name).to_owned(),
        // `VivoBook_ASUSLaptop X509DA_D509DA`: the number of the series and the one of the shop.
        "ASUS" => {
            let name = name.replace("_ASUSLaptop ", " ");
            match name.rsplit_once('_') {
                Some((short, number)) if !short.is_empty() && !number.contains(' ') => short.to_owned(),
                _ => name,
            }
        }
        _ => name.to_owned(),
    }
}

/// Whether a memory device is memory to work in: not the chip of the firmware, nor memory that stands in for a disk.
fn is_memory(device: &Section) -> bool {
    let kind = device.get("Type").unwrap_or_default().to_lowercase();
    let lasting = device.get("Memory Technology").is_some_and(|t| t != "DRAM")
        && device.get("Non-Volatile Size").is_some()
        && device.get("Volatile Size").is_none();
    !(lasting || kind == "flash" || kind.ends_with("rom") || kind.contains("non-volatile"))
}

impl MachineReport {
    /// Reads a report. Cut ones and foreign text around them are fine; a text without any of its sections is not one.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.len() > REPORT_LIMIT {
            return Err("This is larger than 1 MB: paste the report of one machine.".into());
        }
        let (sections, more) = sections(text);
        let of = |title: &'static str| {
            sections
                .iter()
                .filter(move |s| s.title == title && !s.fields.is_empty())
        };
        // dxdiag of Windows has a title in common with it, and nothing else.
        if !TITLES.iter().any(|title| of(title).next().is_some()) || text.contains("DxDiag Version:") {
            return Err(TextError(no_report(text)));
        }
        let mut report = Self::default();
        if more {
            report.remark("There is more than one report in this text: the first one was read.");
        }
        report.read_names(
            of("System Information").next(),
            of("Base Board Information").next(),
        );
        let chassis = of("Chassis Information").next();
        report.form = chassis
            .and_then(|s| s.get("Type"))
            .filter(|form| form != "Other")
            .map(|t| cut(t, 50));
        if report.serial_number.is_none() {
            report.remark(
                "The serial number is withheld or was never written: root may read it, others see none.",
            );
        }
        report.cpu = of("Processor Information")
            .filter_map(|s| tidy_cpu(&s.get("Version")?))
            .find(|cpu| is_processor(cpu))
            .map(|cpu| cut(cpu, 100));
        if report.cpu.is_none() {
            report.remark("No processor is named.");
        }
        report.read_memory(
            of("Memory Device").filter(|s| is_memory(s)).collect(),
            of("Memory Module Information").collect(),
        );
        report.read_batteries(of("Portable Battery"));
        if let Some(bios) = of("BIOS Information").next() {
            report.bios_version = bios.get("Version").map(|t| cut(t, 100));
            report.bios_date = bios.get("Release Date").and_then(|day| date(&day));
        }
        if report.bios_date.is_none() {
            report.remark("The date of the firmware is not there or is none.");
        }
        Ok(report)
    }

    fn remark(&mut self, sentence: &str) {
        self.remarks.push(sentence.to_owned());
    }

    fn read_names(&mut self, system: Option<&Section>, board: Option<&Section>) {
        let maker = system
            .and_then(|s| s.get("Manufacturer"))
            .or_else(|| board.and_then(|s| s.get("Manufacturer")));
        let is_virtual = ["Product Name", "Family"]
            .iter()
            .any(|key| system.and_then(|s| s.get(key)).as_deref() == Some("Virtual Machine"));
        if let Some(maker) = &maker
            && (is_virtual || BORROWED.iter().any(|name| maker.to_lowercase().starts_with(name)))
        {
            self.remark(&format!(
                "The firmware says {}: it names another machine than this one, so brand, model and serial number are left out.",
                cut(maker.clone(), 50)
            ));
            return;
        }
        self.brand = maker.map(|name| cut(normalise_brand(&name), 50));
        let Some(system) = system else {
            self.remark(
                "The section System Information is not there: brand, model and serial number stand in it.",
            );
            return;
        };
        self.serial_number = system.get("Serial Number").map(|t| cut(t, 100));
        let brand = self.brand.clone().unwrap_or_default();
        let product = system.get("Product Name");
        let version = system.get("Version");
        let family = system.get("Family");
        // IBM named its ThinkPads as Lenovo does.
        let is_lenovo = matches!(brand.as_str(), "Lenovo" | "IBM");
        let name = if is_lenovo {
            let telling =
                |name: &String| name.contains([' ', '-']) && !name.eq_ignore_ascii_case("lenovo product");
            version
                .clone()
                .filter(telling)
                .or(family.filter(telling))
                .or(product.clone())
        } else {
            product.clone()
        };
        let (name, code) = name.map_or((None, None), |name| {
            let (name, code) = without_code(&name);
            (Some(model_name(&brand, name)), code.map(str::to_owned))
        });
        self.model_name = name.map(|name| cut(name, 100));
        self.product_number = match brand.as_str() {
            "Lenovo" | "IBM" => product,
            "Toshiba" | "Dynabook" => version,
            _ => system.get("SKU Number").or(code),
        }
        .filter(|number| Some(tidy_model(&brand, number)) != self.model_name)
        .map(|t| cut(t, 100));
        if self.model_name.is_none() {
            self.remark("The model has no name in its firmware.");
        }
    }

    /// From the modules of the older kind of section where the newer one names none.
    fn read_memory(&mut self, devices: Vec<&Section>, older: Vec<&Section>) {
        let size = |s: &Section| {
            let size = s.get("Size").or_else(|| s.get("Installed Size"))?;
            megabytes(&size)
        };
        let is_told = |all: &[&Section]| all.iter().any(|s| size(s).is_some());
        let devices = if is_told(&devices) || !is_told(&older) {
            devices
        } else {
            older
        };
        for device in devices.into_iter().take(64) {
            self.memory_slots += 1;
            let Some(size_mb) = size(device) else {
                continue;
            };
            // Makers' numbers in hexadecimal tell people nothing.
            let readable = |text: &String| {
                let lower = text.to_lowercase();
                let nothing = ["manufacturer", "partnum", "mfg ", "jedec id"];
                !lower.starts_with("0x") && !nothing.iter().any(|words| lower.contains(words))
            };
            self.memory_modules.push(MemoryModule {
                slot: device
                    .get("Locator")
                    .or_else(|| device.get("Socket Designation"))
                    .map(|t| cut(t, 50)),
                size_mb,
                kind: device.get("Type").map(|t| cut(t, 50)),
                speed: device.get("Speed").map(|t| cut(t, 50)),
                manufacturer: device
                    .get("Manufacturer")
                    .filter(|t| readable(t) && !t.chars().all(|c| c.is_ascii_hexdigit()))
                    .map(|t| cut(t, 50)),
                part_number: device.get("Part Number").filter(readable).map(|t| cut(t, 50)),
            });
        }
        let total: u64 = self.memory_modules.iter().map(|m| u64::from(m.size_mb)).sum();
        self.memory_mb = u32::try_from(total).ok().filter(|mb| *mb > 0);
        self.ram = self.memory_mb.map(ram_text);
        if self.ram.is_none() {
            self.remark("No module of memory says its size.");
        }
    }

    fn read_batteries<'a>(&mut self, batteries: impl Iterator<Item = &'a Section<'a>>) {
        let mut seen = 0;
        for battery in batteries.take(8) {
            seen += 1;
            let capacity = battery.get("Design Capacity").and_then(|text| {
                let mut words = text.split_whitespace();
                let number: u32 = words.next()?.parse().ok()?;
                (words.next()? == "mWh" && (5_000..=1_000_000).contains(&number)).then_some(number)
            });
            let name = battery.get("Name").map(|t| cut(t, 50));
            let maker = battery.get("Manufacturer").unwrap_or_default();
            let of_a_sample = ["Intel Corp", "-Virtual"].iter().any(|m| maker.starts_with(m));
            if capacity.is_none() && (of_a_sample || name.as_deref().is_none_or(|n| n.starts_with("CRB "))) {
                continue;
            }
            self.batteries.push(MachineBattery {
                name,
                manufacturer: battery.get("Manufacturer").map(|t| cut(t, 50)),
                design_capacity_mwh: capacity,
                chemistry: battery
                    .get("Chemistry")
                    .or_else(|| battery.get("SBDS Chemistry"))
                    .map(|t| cut(t, 50)),
            });
        }
        match (seen, self.batteries.is_empty()) {
            (0, _) => self.remark("No battery is described."),
            (_, true) => self.remark("The battery's section says nothing of it."),
            _ => {}
        }
    }

    /// `HP EliteBook 840 G7 · Intel Core i7-10510U · 16 GB`
    pub fn line(&self) -> String {
        let name = match (&self.brand, &self.model_name) {
            (Some(brand), Some(model)) => Some(crate::catalog::title(brand, model)),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        [name, self.cpu.clone(), self.ram.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const THINKPAD: &str = "# dmidecode 3.4\nGetting SMBIOS data from sysfs.\n\nHandle 0x0001, DMI type 17, 40 bytes\nMemory Device\n\tSize: 8 GB\n\tLocator: ChannelA-DIMM0\n\tType: DDR4\n\tSpeed: 2400 MT/s\n\tManufacturer: Kingston\n\tPart Number: ABC-8G     \n\nHandle 0x0002, DMI type 17, 40 bytes\nMemory Device\n\tSize: No Module Installed\n\tLocator: ChannelB-DIMM0\n\nHandle 0x0003, DMI type 4, 48 bytes\nProcessor Information\n\tFlags:\n\t\tFPU (Floating-point unit on-chip)\n\tVersion: Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz\n\nHandle 0x0004, DMI type 0, 24 bytes\nBIOS Information\n\tVendor: LENOVO\n\tVersion: N24ET69W (1.44 )\n\tRelease Date: 05/25/2022\n\nHandle 0x0005, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: LENOVO\n\tProduct Name: 20L5000AXX\n\tVersion: ThinkPad T480\n\tSerial Number: PF1ABCDE\n\tFamily: ThinkPad T480\n\nHandle 0x0006, DMI type 3, 22 bytes\nChassis Information\n\tType: Notebook\n\tSerial Number: PF1ABCDE\n\nHandle 0x0007, DMI type 22, 26 bytes\nPortable Battery\n\tManufacturer: SMP\n\tName: 01AV424\n\tDesign Capacity: 24050 mWh\n\tSBDS Chemistry: LiP\n";

    #[test]
    fn a_report_is_read() {
        let r = MachineReport::parse(THINKPAD).unwrap();
        assert_eq!(r.brand.as_deref(), Some("Lenovo"));
        assert_eq!(r.model_name.as_deref(), Some("ThinkPad T480"));
        assert_eq!(r.product_number.as_deref(), Some("20L5000AXX"));
        assert_eq!(r.serial_number.as_deref(), Some("PF1ABCDE"));
        assert_eq!(r.cpu.as_deref(), Some("Intel Core i5-8250U"));
        assert_eq!(
            (r.memory_mb, r.ram.as_deref(), r.memory_slots),
            (Some(8192), Some("8 GB"), 2)
        );
        assert_eq!(r.memory_modules[0].part_number.as_deref(), Some("ABC-8G"));
        assert_eq!(r.batteries[0].design_capacity_mwh, Some(24050));
        assert_eq!(r.bios_date, NaiveDate::from_ymd_opt(2022, 5, 25));
        assert_eq!(r.form.as_deref(), Some("Notebook"));
        assert!(r.remarks.is_empty(), "{:?}", r.remarks);
        assert_eq!(r.line(), "Lenovo ThinkPad T480 · Intel Core i5-8250U · 8 GB");
    }

    #[test]
    fn pasted_differently_it_says_the_same() {
        let whole = MachineReport::parse(THINKPAD).unwrap();
        let quiet: String = THINKPAD
            .lines()
            .filter(|l| !l.starts_with("Handle"))
            .map(|l| format!("{l}\n"))
            .collect();
        for text in [
            THINKPAD.replace('\n', "\r\n"),
            THINKPAD.replace('\t', "    "),
            quiet,
            format!("kofi@bench:~$ sudo dmidecode\n{THINKPAD}\nkofi@bench:~$ "),
        ] {
            assert_eq!(MachineReport::parse(&text).unwrap(), whole);
        }
        // Chat programs take the blanks before each line away, mail programs put marks there, web pages other blanks.
        let each = |to: &dyn Fn(&str) -> String| THINKPAD.lines().map(to).collect::<String>();
        for text in [
            each(&|l| format!("{}\n", l.trim())),
            each(&|l| format!("{}\r\n", l.trim())),
            each(&|l| format!("> {l}\n")),
            each(&|l| format!(">> {l}\r")),
            each(&|l| format!("{}\n", l.replace('\t', "\u{a0}\u{a0}"))),
            format!("\u{feff}{THINKPAD}"),
            each(&|l| format!("    {l}\n")),
            format!("[root@bench ~]# dmidecode | tee report\n{THINKPAD}[root@bench ~]# exit\n"),
        ] {
            assert_eq!(MachineReport::parse(&text).unwrap(), whole, "{text}");
        }
    }

    #[test]
    fn parts_and_old_versions_are_read() {
        let system = "# dmidecode 3.3\nGetting SMBIOS data from sysfs.\nSMBIOS 3.1.1 present.\n\nHandle 0x000F, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: Dell Inc.\n\tProduct Name: Latitude 7490\n\tVersion: Not Specified\n\tSerial Number: 5ABCDE2\n\tUUID: 4c4c4544\n\tWake-up Type: Power Switch\n\tSKU Number: 081C\n\tFamily: Latitude\n\nHandle 0x0023, DMI type 12, 5 bytes\nSystem Configuration Options\n\tOption 1: Default string\n\nHandle 0x0045, DMI type 32, 11 bytes\nSystem Boot Information\n\tStatus: No errors detected\n";
        let r = MachineReport::parse(system).unwrap();
        assert_eq!(
            (
                r.brand.as_deref(),
                r.model_name.as_deref(),
                r.serial_number.as_deref(),
                r.product_number.as_deref()
            ),
            (Some("Dell"), Some("Latitude 7490"), Some("5ABCDE2"), Some("081C"))
        );
        assert_eq!((r.cpu, r.memory_slots), (None, 0));
        // As 2.4 to 2.6 print it: the type on a line of its own, everything further in, a full stop.
        let old = "# dmidecode 2.6\nSMBIOS 2.3 present.\n39 structures occupying 1410 bytes.\nTable at 0x000E0010.\nHandle 0x0000\n\tDMI type 0, 20 bytes.\n\tBIOS Information\n\t\tVendor: IBM\n\t\tVersion: 1RETDRWW (3.23 )\n\t\tRelease Date: 06/18/2007\n\t\tCharacteristics:\n\t\t\tPCI is supported\n\t\t\tBoot from CD is supported\nHandle 0x0001\n\tDMI type 1, 25 bytes.\n\tSystem Information\n\t\tManufacturer: IBM\n\t\tProduct Name: 2373W2Q\n\t\tVersion: ThinkPad T42\n\t\tSerial Number: 99A1234\nHandle 0x0006\n\tDMI type 4, 35 bytes.\n\tProcessor Information\n\t\tFlags:\n\t\t\tFPU (Floating-point unit on-chip)\n\t\tVersion: Intel(R) Pentium(R) M processor\nHandle 0x0027\n\tDMI type 17, 27 bytes.\n\tMemory Device\n\t\tSize: 1024 MB\n\t\tType: DDR\n";
        for text in [
            old.to_owned(),
            old.replace('\t', "        "),
            old.replace('\t', "  "),
        ] {
            let r = MachineReport::parse(&text).unwrap();
            assert_eq!(
                (r.brand.as_deref(), r.serial_number.as_deref()),
                (Some("IBM"), Some("99A1234"))
            );
            assert_eq!(r.ram.as_deref(), Some("1 GB"));
            assert!(
                r.cpu.as_deref().is_some_and(|cpu| cpu.contains("Pentium")),
                "{:?}",
                r.cpu
            );
            assert_eq!(r.bios_date, NaiveDate::from_ymd_opt(2007, 6, 18));
        }
    }

    #[test]
    fn a_section_ends_where_another_begins() {
        let quiet = "Portable Battery\n\tName: 01AV424\n\nSystem Power Supply\n\tManufacturer: Delta\n";
        for margin in ["", "    ", "> ", ">     "] {
            let text: String = quiet.lines().map(|l| format!("{margin}{l}\n")).collect();
            let r = MachineReport::parse(&text).unwrap();
            assert_eq!(r.batteries[0].manufacturer, None, "{margin:?}");
        }
    }

    #[test]
    fn what_is_pasted_twice_counts_once() {
        let whole = MachineReport::parse(THINKPAD).unwrap();
        let other = THINKPAD.replace("PF1ABCDE", "PF9ZZZZZ");
        let after = THINKPAD.split_once("sysfs.\n").unwrap().1;
        for text in [
            format!("{THINKPAD}{THINKPAD}"),
            format!("{THINKPAD}\n{other}"),
            format!("{THINKPAD}{after}"),
        ] {
            let mut r = MachineReport::parse(&text).unwrap();
            assert_eq!(
                r.remarks.remove(0),
                "There is more than one report in this text: the first one was read."
            );
            assert_eq!(r, whole);
        }
        // Without handles too; and a machine whose handles are all others is another one.
        let quiet: String = after
            .lines()
            .filter(|l| !l.starts_with("Handle"))
            .map(|l| format!("{l}\n"))
            .collect();
        for text in [
            quiet.repeat(2),
            format!("{THINKPAD}{}", other.replace("Handle 0x0", "Handle 0x1")),
        ] {
            let mut r = MachineReport::parse(&text).unwrap();
            assert!(r.remarks.remove(0).starts_with("There is more than one report"));
            assert_eq!(r, whole);
        }
    }

    #[test]
    fn runs_of_some_types_are_one_report() {
        let whole = MachineReport::parse(THINKPAD).unwrap();
        let (head, rest) = THINKPAD.split_once("Handle").unwrap();
        let sections: Vec<String> = rest.split("Handle").map(|s| format!("Handle{s}")).collect();
        let runs = |parts: [&[String]; 3]| {
            let prompt = "kofi@bench:~$ sudo dmidecode -t memory\n";
            parts
                .map(|part| format!("{prompt}{head}{}", part.concat()))
                .concat()
        };
        for text in [
            runs([&sections[..2], &sections[2..3], &sections[3..]]),
            runs([&sections[3..], &sections[2..3], &sections[..2]]),
            // The whole once more after a part of it.
            runs([&sections[4..5], &[], &sections]),
        ] {
            assert_eq!(MachineReport::parse(&text).unwrap(), whole);
            // As chat programs leave it.
            let bare: String = text.lines().map(|l| format!("{}\n", l.trim())).collect();
            assert_eq!(MachineReport::parse(&bare).unwrap(), whole);
        }
        // Another machine of the same model has the same handles, and another serial number.
        let other = format!("{head}{}", sections.concat()).replace("PF1ABCDE", "PF9ZZZZZ");
        let r = MachineReport::parse(&format!("{}{other}", sections[4])).unwrap();
        assert_eq!(
            (r.serial_number.as_deref(), r.memory_mb),
            (Some("PF1ABCDE"), None)
        );
        let note = "System Information\n\tManufacturer: HP\n\tProduct Name: HP ProBook 450 G8\nSerial Number: see the sticker\n";
        assert_eq!(MachineReport::parse(note).unwrap().serial_number, None);
    }

    /// A report of nothing but the machine's names.
    fn named(maker: &str, product: &str, version: &str, serial: &str) -> MachineReport {
        let text = format!(
            "System Information\n\tManufacturer: {maker}\n\tProduct Name: {product}\n\tVersion: {version}\n\tSerial Number: {serial}\n\tSKU Number: Not Specified\n\nChassis Information\n\tType: Notebook\n\tSerial Number: CH-77\n"
        );
        MachineReport::parse(&text).unwrap()
    }

    #[test]
    fn machines_are_called_what_people_call_them() {
        for (maker, product, version, brand, name, number) in [
            (
                "LENOVO",
                "81AX",
                "V330-15IKB",
                "Lenovo",
                "V330-15IKB",
                Some("81AX"),
            ),
            (
                "LENOVO",
                "82C7",
                "Lenovo V15-ADA",
                "Lenovo",
                "V15-ADA",
                Some("82C7"),
            ),
            ("LENOVO", "20042", "INVALID", "Lenovo", "20042", None),
            (
                "LENOVO",
                "Lenovo 3000 G410     ",
                "     ",
                "Lenovo",
                "3000 G410",
                None,
            ),
            (
                "IBM",
                "2373W2Q",
                "ThinkPad T42",
                "IBM",
                "ThinkPad T42",
                Some("2373W2Q"),
            ),
            (
                "TOSHIBA",
                "PORTEGE R830",
                "PT324T-0AB",
                "Toshiba",
                "PORTEGE R830",
                Some("PT324T-0AB"),
            ),
            (
                "Dynabook Inc.",
                "TECRA A50-J",
                "A1PSB-0AB",
                "Dynabook",
                "TECRA A50-J",
                Some("A1PSB-0AB"),
            ),
            (
                "Hewlett-Packard",
                "HP Compaq nc6000 (DJ254A#ABB)  ",
                "F.0F",
                "HP",
                "Compaq nc6000",
                Some("DJ254A#ABB"),
            ),
            (
                "Microsoft Corporation",
                "Surface Pro (5th Gen)",
                "124",
                "Microsoft",
                "Surface Pro (5th Gen)",
                None,
            ),
            (
                "Dell Inc.",
                "Dell System XPS L502X",
                "0.1",
                "Dell",
                "XPS L502X",
                None,
            ),
            (
                "ASUSTeK COMPUTER INC.",
                "ROG G703GI_G7BI",
                "1.0",
                "ASUS",
                "ROG G703GI",
                None,
            ),
            (
                "ASUSTeK COMPUTER INC.",
                "VivoBook_ASUSLaptop X509DA_D509DA",
                "1.0",
                "ASUS",
                "VivoBook X509DA",
                None,
            ),
            ("Google", "Auron_Paine", "1.0", "Google", "Auron_Paine", None),
            (
                "FUJITSU CLIENT COMPUTING LIMITED",
                "LIFEBOOK U7410",
                "1",
                "Fujitsu",
                "LIFEBOOK U7410",
                None,
            ),
        ] {
            let r = named(maker, product, version, "AB12345");
            assert_eq!(
                (
                    r.brand.as_deref(),
                    r.model_name.as_deref(),
                    r.product_number.as_deref()
                ),
                (Some(brand), Some(name), number)
            );
        }
    }

    #[test]
    fn the_serial_number_is_the_machines_own() {
        for nothing in [
            "System Serial Number",
            "Chassis Serial Number",
            "SystemSerialNumb",
            "To Be Filled By O.E.M.",
            "To be filled by OEM",
            "TBD By OEM",
            "Default string",
            "<BAD INDEX>",
            "<OUT OF SPEC>",
            "Not Applicable",
            "Unknown (0)",
            "Not Supported by CPU",
            "TBD",
            "12345",
            "123456789ABC",
            "0123456789012345",
            "SSN12345678901234567",
            "FFFFFFFF",
            "",
        ] {
            let r = named("LENOVO", "20L5", "ThinkPad T480", nothing);
            assert_eq!(r.serial_number, None, "{nothing}");
        }
        for serial in [
            "PF1ABCDE",
            "12345AB",
            "28199095-9401530",
            "5CG0123XYZ",
            "5CG123456789",
        ] {
            let r = named("LENOVO", "20L5", "ThinkPad T480", serial);
            assert_eq!(r.serial_number.as_deref(), Some(serial));
        }
    }

    #[test]
    fn the_processor_is_the_first_that_has_a_name() {
        let read = |versions: &[&str]| {
            let sections = versions
                .iter()
                .map(|v| format!("Processor Information\n\tVersion: {v}\n\n"));
            MachineReport::parse(&sections.collect::<String>()).unwrap().cpu
        };
        assert_eq!(read(&["A0"]), None);
        assert_eq!(read(&["CPU Version"]), None);
        assert_eq!(read(&["Celeron", "None"]).as_deref(), Some("Celeron"));
        let two = ["Not Specified", "Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz"];
        assert_eq!(read(&two).as_deref(), Some("Intel Xeon E5-2620 v3"));
    }

    #[test]
    fn a_virtual_machine_is_none_to_sell() {
        for (maker, product) in [
            ("Microsoft Corporation", "Virtual Machine"),
            ("OpenStack Foundation", "OpenStack Nova"),
            ("Red Hat", "KVM"),
        ] {
            let r = named(maker, product, "7.0", "1111-2222-3333");
            assert_eq!((r.brand, r.model_name, r.serial_number), (None, None, None));
            assert!(r.remarks[0].contains(maker), "{:?}", r.remarks);
        }
    }

    fn device(fields: &str) -> String {
        format!("Memory Device\n\t{}\n\n", fields.replace("; ", "\n\t"))
    }

    #[test]
    fn memory_is_what_one_works_in() {
        for maker in [
            "Unknown (0)",
            "Mfg 0",
            "JEDEC ID:80 2C",
            "Manufacturer0",
            "80CE",
            "0x802C",
        ] {
            let text = device(&format!(
                "Size: 8 GB; Manufacturer: {maker}; Part Number: PartNum0"
            ));
            let read = &MachineReport::parse(&text).unwrap().memory_modules[0];
            assert_eq!((&read.manufacturer, &read.part_number), (&None, &None), "{maker}");
        }
        let module = device("Size: 8192 MB; Locator: DIMM 1; Type: DDR4");
        for other in [
            "Size: 8192 kB; Form Factor: TSOP; Locator: Flash ROM; Type: Flash",
            "Size: 4096 kB; Type: EEPROM",
            "Size: 256 GB; Type: Logical non-volatile device",
            "Size: 128 GB; Type: DDR4; Memory Technology: Intel Optane DC persistent memory; Non-Volatile Size: 126 GB; Volatile Size: None",
        ] {
            let r = MachineReport::parse(&format!("{module}{}", device(other))).unwrap();
            assert_eq!((r.memory_mb, r.memory_slots), (Some(8192), 1), "{other}");
        }
        let new = device(
            "Size: 4 GB; Type: LPDDR5; Memory Technology: DRAM; Non-Volatile Size: None; Volatile Size: 4 GB",
        );
        let r = MachineReport::parse(&new.repeat(4)).unwrap();
        assert_eq!((r.ram.as_deref(), r.memory_slots), (Some("16 GB"), 4));
        // Before SMBIOS 2.1 there were other sections, and for a while both.
        let older = "Memory Module Information\n\tSocket Designation: DIMM Slot 1\n\tInstalled Size: 512 MB (Double-bank Connection)\n\tEnabled Size: 512 MB (Double-bank Connection)\n\nMemory Module Information\n\tInstalled Size: Not Installed\n\nCache Information\n\tInstalled Size: 2048 kB\n\n";
        let r = MachineReport::parse(older).unwrap();
        assert_eq!((r.memory_mb, r.memory_slots), (Some(512), 2));
        assert_eq!(r.memory_modules[0].slot.as_deref(), Some("DIMM Slot 1"));
        let r = MachineReport::parse(&format!("{older}{module}")).unwrap();
        assert_eq!((r.memory_mb, r.memory_slots), (Some(8192), 1));
    }

    #[test]
    fn batteries_of_sample_boards_are_none() {
        let battery = |maker: &str, name: &str, capacity: &str| {
            let text = format!(
                "Portable Battery\n\tManufacturer: {maker}\n\tName: {name}\n\tDesign Capacity: {capacity}\n"
            );
            MachineReport::parse(&text).unwrap().batteries
        };
        for (maker, name, capacity) in [
            ("Intel Corp.", "Smart Battery", "Unknown"),
            ("Intel Corporation", "Intel Corporation", "1000 mWh"),
            ("-Virtual Battery 0-", "CRB Battery 0", "Unknown"),
            ("Battery Manufacturer", "Battery Name", "Unknown"),
            ("TOSHIBA", "      ", "Unknown"),
            ("Not Specified", "<BAD INDEX>", "Unknown"),
        ] {
            assert_eq!(battery(maker, name, capacity), [], "{maker} {name}");
        }
        assert_eq!(battery("SMP", "01AV424", "Unknown").len(), 1);
        assert_eq!(
            battery("Not Specified", "Not Specified", "48000 mWh")[0].design_capacity_mwh,
            Some(48000)
        );
    }

    #[test]
    fn what_other_programs_print_is_named() {
        for (text, says) in [
            (
                "laptop\n    description: Notebook\n    product: 20L5 (LENOVO)\n    vendor: LENOVO\n    serial: PF1\n  *-core\n       description: Motherboard\n",
                "lshw",
            ),
            ("{\n  \"id\" : \"core\",\n  \"class\" : \"bus\"}", "lshw"),
            (
                "Hardware:\n\n    Hardware Overview:\n\n      Model Name: MacBook Pro\n      Model Identifier: MacBookPro15,2\n      Serial Number (system): C02\n",
                "Mac",
            ),
            (
                "System Information report written at: 01/02/26 10:00:00\nSystem Name: PC\n[System Summary]\n\nItem\tValue\nOS Name\tMicrosoft Windows 11 Pro\nSystem Model\t20L5\n",
                "msinfo32",
            ),
            (
                "Host Name:                 PC\nOS Build Type:             Multiprocessor Free\nSystem Manufacturer:       LENOVO\n",
                "systeminfo",
            ),
            (
                "IdentifyingNumber  Name        Vendor\nPF1ABCDE           20L5000AXX  LENOVO\n",
                "wmic",
            ),
            (
                "------------------\nSystem Information\n------------------\n      Time of this report: 1/2/2026, 10:00:00\n System Manufacturer: LENOVO\n      DxDiag Version: 10.00.22621\n",
                "dxdiag",
            ),
            ("bash: dmidecode: command not found", "is not installed"),
            ("sudo: dmidecode: command not found\n", "is not installed"),
            (
                "# dmidecode 3.4\n/sys/firmware/dmi/tables/smbios_entry_point: Permission denied\nScanning /dev/mem for entry point.\n/dev/mem: Permission denied\n",
                "as root",
            ),
            (
                "# dmidecode 3.4\n# No SMBIOS nor DMI entry point found, sorry.\n",
                "nothing to read",
            ),
            (
                "# dmidecode 3.4\nSMBIOS 3.0.0 present.\n\nHandle 0x0000, DMI type 222, 14 bytes\nOEM-specific Type\n\tStrings:\n\t\tMemory Init",
                "This part of what dmidecode prints",
            ),
            ("PF1ABCDE\n", "no report of dmidecode"),
        ] {
            let said = MachineReport::parse(text).unwrap_err().to_string();
            assert!(said.contains(says) && said.ends_with('.'), "{text:?}: {said}");
        }
    }

    #[test]
    fn what_says_nothing_is_unknown() {
        let text = "System Information\n\tManufacturer: Hewlett-Packard\n\tProduct Name: HP EliteBook 840 G7 Notebook PC\n\tVersion: Not Specified\n\tSerial Number: To be filled by O.E.M.\n\tSKU Number: System SKU#\nProcessor Information\n\tVersion: \nMemory Device\n\tSize: Unknown\nPortable Battery\n\tName: Not Specified\n\tDesign Capacity: Unknown\nBIOS Information\n\tRelease Date: 00/00/0000\n";
        let r = MachineReport::parse(text).unwrap();
        assert_eq!(
            (r.brand.as_deref(), r.model_name.as_deref()),
            (Some("HP"), Some("EliteBook 840 G7"))
        );
        assert_eq!(
            (r.serial_number, r.product_number, r.cpu, r.ram, r.bios_date),
            (None, None, None, None, None)
        );
        assert!(r.batteries.is_empty());
        assert_eq!(r.remarks.len(), 5, "{:?}", r.remarks);
        for nothing in [
            "--",
            "  ",
            "00000000",
            "XXXXXXXX",
            "********",
            "None",
            "Default string",
            "123456789",
            "0",
            "Withheld",
        ] {
            assert_eq!(said(nothing), None, "{nothing}");
        }
        for something in ["5CG0123XYZ", "A", "G5", "11", "PF1-00000"] {
            assert!(said(something).is_some(), "{something}");
        }
    }

    #[test]
    fn borrowed_firmware_names_no_machine() {
        let text = "System Information\n\tManufacturer: Acidanthera\n\tProduct Name: MacBookPro15,2\n\tSerial Number: C02ABC\nProcessor Information\n\tVersion: Intel(R) Celeron(R) CPU 4205U @ 1.80GHz\n";
        let r = MachineReport::parse(text).unwrap();
        assert_eq!((r.brand, r.model_name, r.serial_number), (None, None, None));
        assert_eq!(r.cpu.as_deref(), Some("Intel Celeron 4205U"));
        assert!(r.remarks[0].contains("Acidanthera"));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        assert!(
            MachineReport::parse("")
                .unwrap_err()
                .to_string()
                .contains("sudo dmidecode")
        );
        assert!(MachineReport::parse("System Information").is_err());
        assert!(MachineReport::parse("lshw: command not found").is_err());
        assert!(
            MachineReport::parse(&"x".repeat(REPORT_LIMIT + 1))
                .unwrap_err()
                .to_string()
                .contains("1 MB")
        );
    }

    #[test]
    fn memory_and_processors_are_compared_by_what_they_are() {
        for (text, gb) in [
            ("16GB", 16),
            ("16 GB DDR4", 16),
            ("8", 8),
            ("8192 MB", 8),
            ("1TB", 1024),
        ] {
            assert_eq!(ram_gigabytes(text), Some(gb), "{text}");
        }
        assert_eq!(ram_gigabytes("much"), None);
        assert_eq!(ram_gigabytes("4294967295 MB"), Some(4_194_303));
        assert_eq!(ram_text(8072), "8 GB");
        assert!(same_model("EliteBook 840 G7", "ELITEBOOK 840  G7 Notebook PC"));
        assert!(!same_model("EliteBook 840 G7", "EliteBook 840 G8"));
        assert!(same_cpu("i5-8350U", "Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz"));
        assert!(same_cpu("Core i5-8350U", "Intel Core i5-8350U"));
        assert!(!same_cpu("i5-8350U", "i5-8250U"));
    }

    proptest! {
        /// Lines of a report in any order, cut anywhere, doubled, with foreign ones between and other ends.
        #[test]
        fn no_report_breaks_it(
            lines in prop::collection::vec((0_usize..60, 0_usize..80, "[\\PC]{0,12}"), 0..120),
            end in prop::sample::select(vec!["\n", "\r\n", "\r", "\n\n", "\u{2028}", "\0\n"]),
        ) {
            let whole: Vec<&str> = THINKPAD.lines().collect();
            let text: String = lines
                .iter()
                .map(|(n, cut, more)| {
                    let line: String = whole[n % whole.len()].chars().take(*cut).collect();
                    format!("{line}{more}{end}")
                })
                .collect();
            if let Ok(report) = MachineReport::parse(&text) {
                prop_assert!(report.serial_number.is_none_or(|serial| serial.chars().count() <= 100));
                prop_assert!(report.memory_slots <= 64 && report.memory_modules.len() <= 64 && report.batteries.len() <= 8);
            }
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,400}", at in 0_usize..1200) {
            let _ = MachineReport::parse(&text);
            let cut: String = THINKPAD.chars().take(at).collect();
            let _ = MachineReport::parse(&format!("{cut}{text}"));
        }
    }
}
