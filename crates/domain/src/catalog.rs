//! The catalogue: one spelling for what suppliers spell in many ways, so that the same model is found again.

use crate::{TextError, text};

checked_text! {
    /// Where the picture of a model is: a path of our own (`/pictures/840g7.jpg`) or an `https://` address.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ImageUrl; "a path or an https address of a picture", |schema| schema
        .min_length(Some(1))
        .max_length(Some(255))
        .pattern(Some(r"^(https://[A-Za-z0-9][!#-;=?-\[\]_a-z~%]*|/?[A-Za-z0-9._~%-]+(/[A-Za-z0-9._~%-]+)*)$"))
        .examples(["/pictures/840g7.jpg"])
}

impl ImageUrl {
    /// Reads a path or an address. Other schemes (`javascript:`, `data:`, plain http) are refused.
    pub fn parse(value: &str) -> Result<Self, TextError> {
        let url = text::required_line(value, 255)?;
        let is_segment = |segment: &str| {
            let mut bytes = segment.bytes();
            !segment.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b"._~%-".contains(&b))
        };
        let holds = match url.strip_prefix("https://") {
            Some(rest) => {
                let plain = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
                rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && rest.bytes().all(plain)
            }
            None => url.strip_prefix('/').unwrap_or(&url).split('/').all(is_segment),
        };
        if holds {
            Ok(Self(url))
        } else {
            Err("Give an address that begins with https://, or a path like /pictures/840g7.jpg.".into())
        }
    }
}

/// A model as people say it, its brand once: `HP EliteBook 840 G7`.
pub fn title(brand: &str, model: &str) -> String {
    format!("{brand} {}", tidy_model(brand, model))
}

/// What tells variants of a model apart, on one line: `i5-10310U · 16GB · 512GB SSD`.
pub fn specs(cpu: Option<&str>, ram: Option<&str>, storage: Option<&str>) -> String {
    let known: Vec<&str> = [cpu, ram, storage]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    known.join(" · ")
}

/// Brands by the letters and digits of their usual spellings.
const BRANDS: &[(&str, &[&str])] = &[
    ("Acer", &["acer"]),
    ("AMD", &["amd", "advancedmicrodevices"]),
    ("Apple", &["apple"]),
    ("ASUS", &["asus", "asustek", "asustekcomputer"]),
    ("Dell", &["dell", "dellemc"]),
    (
        "Fujitsu",
        &["fujitsu", "fujitsusiemens", "fujitsuclientcomputing"],
    ),
    ("Google", &["google"]),
    ("HP", &["hp", "hewlettpackard", "hpe"]),
    ("Huawei", &["huawei"]),
    ("IBM", &["ibm", "internationalbusinessmachines"]),
    ("Infinix", &["infinix", "infinixmobility"]),
    ("itel", &["itel", "itelmobile"]),
    ("Lenovo", &["lenovo", "lenovogroup"]),
    ("LG", &["lg", "lge"]),
    ("Logitech", &["logitech"]),
    ("Microsoft", &["microsoft"]),
    ("Motorola", &["motorola", "motorolamobility"]),
    ("MSI", &["msi", "microstar", "microstarinternational"]),
    ("Nokia", &["nokia", "hmdglobal", "hmd"]),
    ("OnePlus", &["oneplus"]),
    ("OPPO", &["oppo"]),
    (
        "Panasonic",
        &[
            "panasonic",
            "panasonicconnect",
            "matsushita",
            "matsushitaelectricindustrial",
        ],
    ),
    ("Razer", &["razer"]),
    ("realme", &["realme"]),
    ("Samsung", &["samsung"]),
    ("Sony", &["sony", "sonymobile", "sonyericsson"]),
    ("TECNO", &["tecno", "tecnomobile"]),
    ("Toshiba", &["toshiba", "toshibaclientsolutions"]),
    ("vivo", &["vivo"]),
    ("Xiaomi", &["xiaomi", "timi"]),
    ("ZTE", &["zte"]),
];

/// Words that a company adds to its brand.
const COMPANY_WORDS: &[&str] = &[
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "coltd",
    "company",
    "ltd",
    "limited",
    "llc",
    "plc",
    "gmbh",
    "ag",
    "sa",
    "computer",
    "computers",
    "technology",
    "technologies",
    "electronics",
    "communications",
    "international",
    "intl",
];

/// What a text says that says nothing.
const PLACEHOLDERS: &[&str] = &[
    "",
    "-",
    "n/a",
    "na",
    "none",
    "null",
    "unknown",
    "not specified",
    "not available",
    "undefined",
    "default string",
    "to be filled by o.e.m.",
    "system manufacturer",
    "system product name",
    "cpu version",
    "o.e.m.",
    "oem",
];

/// The text with single blanks, or nothing if it only holds a place: `Unknown`, `To Be Filled By O.E.M.`
pub fn meaningful(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!PLACEHOLDERS.contains(&text.to_lowercase().as_str())).then_some(text)
}

/// The usual spelling of a brand: `Hewlett-Packard` and `HP Inc.` are `HP`, `LENOVO` is `Lenovo`. A brand that is not
/// known keeps its letters, except that long ones all in capitals or all in small letters get one capital a word.
pub fn normalise_brand(brand: &str) -> String {
    let mut words: Vec<&str> = brand.split_whitespace().collect();
    let letters = |words: &[&str]| -> String {
        words
            .concat()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    loop {
        let key = letters(&words);
        if let Some((name, _)) = BRANDS
            .iter()
            .find(|(_, spellings)| spellings.contains(&key.as_str()))
        {
            return (*name).to_owned();
        }
        match words.last() {
            Some(last) if words.len() > 1 && is_company_word(&letters(&[last])) => words.pop(),
            _ => break,
        };
    }
    let name = words.join(" ").trim_end_matches(',').to_owned();
    let one_case = name == name.to_uppercase() || name == name.to_lowercase();
    if one_case && name.chars().count() > 4 {
        title_case(&name)
    } else {
        name
    }
}

/// Also what has no letters: the comma in `Framework , Inc.`
fn is_company_word(word: &str) -> bool {
    word.is_empty() || COMPANY_WORDS.contains(&word)
}

fn title_case(text: &str) -> String {
    let mut start = true;
    text.chars()
        .flat_map(|c| {
            let cased: Vec<char> = if start {
                c.to_uppercase().collect()
            } else {
                c.to_lowercase().collect()
            };
            start = !c.is_alphanumeric();
            cased
        })
        .collect()
}

/// A model's name without its brand before it: `HP EliteBook 840 G7` of HP is `EliteBook 840 G7`.
pub fn tidy_model(brand: &str, model: &str) -> String {
    let words: Vec<&str> = model.split_whitespace().collect();
    let brand = normalise_brand(brand);
    let own = (1..words.len().min(4))
        .rev()
        .find(|n| normalise_brand(&words[..*n].join(" ")) == brand);
    words[own.unwrap_or(0)..].join(" ")
}

/// A processor's name as people say it: `Intel(R) Core(TM) i5-7300U CPU @ 2.60GHz` is `Intel Core i5-7300U`. Nothing if
/// the text names none.
pub fn tidy_cpu(cpu: &str) -> Option<String> {
    let mut text = meaningful(cpu)?;
    for mark in ["(R)", "(r)", "(TM)", "(tm)", "(Tm)", "(C)", "®", "™"] {
        text = text.replace(mark, "");
    }
    // The clock, the graphics and the count of cores follow from the name.
    let lower = text.to_ascii_lowercase();
    let ends = ["@", ",", " with ", " w/", " radeon"];
    let end = ends
        .iter()
        .filter_map(|mark| lower.find(mark))
        .min()
        .unwrap_or(text.len());
    let mut words: Vec<String> = Vec::new();
    for word in text[..end].replace("Core2", "Core 2").split_whitespace() {
        match word.to_ascii_lowercase().as_str() {
            "processor" => drop(words.pop_if(|count| count.to_ascii_lowercase().ends_with("-core"))),
            "cpu" | "apu" | "genuine" => {}
            "gen" => drop(words.pop_if(|ordinal| ordinal.starts_with(|c: char| c.is_ascii_digit()))),
            speed if speed.ends_with("ghz") || speed.ends_with("mhz") => {}
            lower if is_core_number(lower) => {
                words.push(format!("{}{}", &lower[..3], lower[3..].to_uppercase()))
            }
            _ => words.push(word.to_owned()),
        }
    }
    join_first_generation(&mut words);
    match words.first()?.to_ascii_lowercase().as_str() {
        "core" => words.insert(0, "Intel".into()),
        first if is_core_number(first) => drop(words.splice(0..0, ["Intel".into(), "Core".into()])),
        _ => {}
    }
    Some(words.join(" "))
}

/// `i5-7300u`
fn is_core_number(word: &str) -> bool {
    matches!(
        word.as_bytes(),
        [b'i', b'3' | b'5' | b'7' | b'9', b'-', b'0'..=b'9', ..]
    ) && word.is_ascii()
}

/// The first generation wrote `i5 M 520` for what everybody calls i5-520M.
fn join_first_generation(words: &mut Vec<String>) {
    let found = words.windows(3).position(|three| {
        matches!(three[0].as_str(), "i3" | "i5" | "i7")
            && matches!(three[1].as_str(), "M" | "L" | "U" | "Q" | "X")
            && three[2].len() == 3
            && three[2].bytes().all(|b| b.is_ascii_digit())
    });
    if let Some(n) = found {
        let suffix = if words[n + 1] == "M" {
            "M".to_owned()
        } else {
            format!("{}M", words[n + 1])
        };
        let joined = format!("{}-{}{suffix}", words[n], words[n + 2]);
        words.splice(n..n + 3, [joined]);
    }
}

/// What two product models have in common when they are the same one: brand, name, processor, memory and storage,
/// whatever their spelling.
pub fn model_key(
    brand: &str,
    model: &str,
    cpu: Option<&str>,
    ram: Option<&str>,
    storage: Option<&str>,
) -> String {
    let letters = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let size = |text: Option<&str>| size_key(&letters(&text.and_then(meaningful).unwrap_or_default()));
    [
        letters(&normalise_brand(brand)),
        letters(&tidy_model(brand, model)),
        letters(&cpu.and_then(tidy_cpu).unwrap_or_default()),
        size(ram),
        size(storage),
    ]
    .join("|")
}

/// What kinds of disk and memory are called.
const KINDS: [&str; 6] = ["ssd", "hdd", "nvme", "emmc", "ddr", "ufs"];

/// A size in one spelling, `512gbssd` for `512G-SSD` and `SSD 512GB`, `1tb` for `1024 GB`; a bare number is of gigabytes.
fn size_key(text: &str) -> String {
    let text: String = text.chars().filter(|c| !"-/_(),".contains(*c)).collect();
    let turned = KINDS.iter().find_map(|kind| {
        let size = text.strip_prefix(kind)?;
        size.starts_with(|c: char| c.is_ascii_digit() && *kind != "ddr")
            .then(|| format!("{size}{kind}"))
    });
    let text = turned.unwrap_or(text);
    let Some((size, unit, kind)) = split_size(&text) else {
        return text;
    };
    // Whole gigabytes and terabytes under 1024, as everybody says them.
    match (size.parse::<u32>(), unit) {
        (Ok(mb), "mb") if mb > 0 && mb % 1024 == 0 => size_key(&format!("{}gb{kind}", mb / 1024)),
        (Ok(gb), "gb") if gb > 0 && gb % 1024 == 0 => format!("{}tb{kind}", gb / 1024),
        _ => format!("{size}{unit}{kind}"),
    }
}

/// `512`, `gb` and `ssd` of `512gbssd`; nothing if the text does not begin with a size.
fn split_size(text: &str) -> Option<(&str, &'static str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (size, rest) = text.split_at(end);
    if size.is_empty() {
        return None;
    }
    if rest.is_empty() {
        return Some((size, "gb", ""));
    }
    let units = [
        ("gib", "gb"),
        ("gb", "gb"),
        ("tib", "tb"),
        ("tb", "tb"),
        ("mib", "mb"),
        ("mb", "mb"),
    ];
    let long = units
        .iter()
        .find_map(|(word, unit)| Some((size, *unit, rest.strip_prefix(word)?)));
    // One letter alone is a unit only where nothing else could begin with it: `512g`, `512gssd`.
    long.or_else(|| {
        [("g", "gb"), ("t", "tb")].iter().find_map(|(word, unit)| {
            let kind = rest.strip_prefix(word)?;
            let alone = kind.is_empty() || KINDS.iter().any(|known| kind.starts_with(known));
            alone.then_some((size, *unit, kind))
        })
    })
}

/// Whether the models of two keys have the same brand and name, whatever they are equipped with.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let name = |key: &str| key.splitn(3, '|').take(2).map(str::to_owned).collect::<Vec<_>>();
    name(one) == name(other)
}

/// Whether two keys are most likely of one model: all that both say is the same, but that one says less of the kind of its memory
/// or disk (`512gb`, `512gbssd`). Not certain: somebody has to say so.
pub fn is_likely_same(one: &str, other: &str) -> bool {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split('|').collect(), other.split('|').collect());
    let alike = |a: &str, b: &str| match (split_size(a), split_size(b)) {
        (Some((a, unit_a, kind_a)), Some((b, unit_b, kind_b))) => {
            (a, unit_a) == (b, unit_b) && (kind_a == kind_b || kind_a.is_empty() || kind_b.is_empty())
        }
        _ => a == b,
    };
    one.len() == 5
        && other.len() == 5
        && one[..3] == other[..3]
        && alike(one[3], other[3])
        && alike(one[4], other[4])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pictures_are_ours_or_come_over_tls() {
        for good in [
            "/pictures/840g7.jpg",
            "840g7.jpg",
            "a/b-c_d.png",
            "https://example.com/a?b=c&d=[1]#x",
        ] {
            assert_eq!(ImageUrl::parse(good).map(String::from), Ok(good.to_owned()));
        }
        for wrong in [
            "",
            "//example.com/a.png",
            "http://example.com/a.png",
            "javascript:alert(1)",
            "data:image/png;base64,x",
            "https://",
            "https://exa mple.com",
            "https://example.com/\"onload=",
            "/a//b",
            "/",
            "\\\\host\\a.png",
        ] {
            assert!(ImageUrl::parse(wrong).is_err(), "{wrong}");
        }
        assert!(ImageUrl::parse(&format!("https://example.com/{}", "a".repeat(250))).is_err());
    }

    #[test]
    fn models_are_said_with_their_brand_once() {
        assert_eq!(title("HP", "HP EliteBook 840 G7"), "HP EliteBook 840 G7");
        assert_eq!(title("Apple", "MacBook Pro"), "Apple MacBook Pro");
        assert_eq!(specs(Some("i5"), None, Some("512GB")), "i5 · 512GB");
    }

    #[test]
    fn brands_have_one_spelling() {
        for (typed, brand) in [
            ("Hewlett-Packard", "HP"),
            ("HEWLETT PACKARD", "HP"),
            ("HP Inc.", "HP"),
            ("hp", "HP"),
            ("LENOVO", "Lenovo"),
            ("Dell Inc.", "Dell"),
            ("Dell Computer Corporation", "Dell"),
            ("Apple Inc.", "Apple"),
            ("ASUSTeK COMPUTER INC.", "ASUS"),
            ("SAMSUNG ELECTRONICS CO., LTD.", "Samsung"),
            ("SAMSUNG ELECTRONICS CO.,LTD", "Samsung"),
            ("Micro-Star International Co., Ltd.", "MSI"),
            ("MICRO-STAR INT'L CO.,LTD.", "MSI"),
            ("FUJITSU CLIENT COMPUTING LIMITED", "Fujitsu"),
            ("Matsushita Electric Industrial Co.,Ltd.", "Panasonic"),
            ("Panasonic Connect Co., Ltd.", "Panasonic"),
            ("TOSHIBA CLIENT SOLUTIONS CO., LTD.", "Toshiba"),
            ("TIMI", "Xiaomi"),
            ("IBM", "IBM"),
            ("infinix mobility limited", "Infinix"),
            ("Acidanthera", "Acidanthera"),
            ("PURISM", "Purism"),
            ("XMG", "XMG"),
            ("Framework, Inc.", "Framework"),
            ("", ""),
            ("Co", "Co"),
        ] {
            assert_eq!(normalise_brand(typed), brand, "{typed}");
        }
    }

    #[test]
    fn processors_as_people_say_them() {
        for (typed, cpu) in [
            (
                "Intel(R) Core(TM) i5-7300U CPU @ 2.60GHz",
                Some("Intel Core i5-7300U"),
            ),
            ("12th Gen Intel(R) Core(TM) i7-1255U", Some("Intel Core i7-1255U")),
            (
                "11th Gen Intel(R) Core(TM) i7-11850H @ 2.50GHz",
                Some("Intel Core i7-11850H"),
            ),
            (
                "Intel(R) Core(TM)2 Duo CPU     P8600  @ 2.40GHz",
                Some("Intel Core 2 Duo P8600"),
            ),
            (
                "Intel(R) Core(TM) i5 CPU       M 520  @ 2.40GH",
                Some("Intel Core i5-520M"),
            ),
            (
                "Intel(R) Core(TM) i7 CPU       L 620  @ 2.00GHz",
                Some("Intel Core i7-620LM"),
            ),
            (
                "Intel(R) Core(TM) i7 CPU       Q 720  @ 1.60GHz",
                Some("Intel Core i7-720QM"),
            ),
            (
                "Intel(R) Core(TM) M-5Y10c CPU @ 0.80GHz",
                Some("Intel Core M-5Y10c"),
            ),
            (
                "Intel(R) Pentium(R) CPU 5405U @ 2.30GHz",
                Some("Intel Pentium 5405U"),
            ),
            (
                "Intel(R) Xeon(R) CPU E3-1535M v6 @ 3.10GHz",
                Some("Intel Xeon E3-1535M v6"),
            ),
            ("Intel(R) Core(TM) Ultra 7 155H", Some("Intel Core Ultra 7 155H")),
            (
                "AMD Ryzen 7 4700U with Radeon Graphics",
                Some("AMD Ryzen 7 4700U"),
            ),
            (
                "AMD Ryzen 7 PRO 2700U w/ Radeon Vega Mobile Gfx",
                Some("AMD Ryzen 7 PRO 2700U"),
            ),
            (
                "AMD A10-9600P RADEON R5, 10 COMPUTE CORES 4C+6G",
                Some("AMD A10-9600P"),
            ),
            (
                "AMD A6-4400M APU with Radeon(tm) HD Graphics",
                Some("AMD A6-4400M"),
            ),
            (
                "AMD PRO A8-8600B R6, 10 Compute Cores 4C+6G",
                Some("AMD PRO A8-8600B R6"),
            ),
            (
                "AMD Ryzen 7 1700X Eight-Core Processor",
                Some("AMD Ryzen 7 1700X"),
            ),
            (
                "Pentium(R) Dual-Core CPU       T4400  @ 2.20GHz",
                Some("Pentium Dual-Core T4400"),
            ),
            ("i5-10310u", Some("Intel Core i5-10310U")),
            ("Core i5-10310U 1.70GHz", Some("Intel Core i5-10310U")),
            ("Apple M1", Some("Apple M1")),
            ("CPU Version", None),
            ("Unknown", None),
            ("  ", None),
            ("CPU @ 2.40GHz", None),
        ] {
            assert_eq!(tidy_cpu(typed).as_deref(), cpu, "{typed}");
        }
    }

    #[test]
    fn the_same_model_has_one_key() {
        let key = model_key(
            "HP",
            "EliteBook 840 G7",
            Some("i5-10310U"),
            Some("16GB"),
            Some("512GB SSD"),
        );
        assert_eq!(key, "hp|elitebook840g7|intelcorei5-10310u|16gb|512gbssd");
        let same = model_key(
            "Hewlett-Packard",
            "HP  Elitebook 840 G7",
            Some("Intel(R) Core(TM) i5-10310U CPU @ 1.70GHz"),
            Some("16"),
            Some("512 GB SSD"),
        );
        assert_eq!(same, key);
        assert_ne!(
            model_key(
                "HP",
                "EliteBook 840 G7",
                Some("i5-10310U"),
                Some("8GB"),
                Some("512GB SSD")
            ),
            key
        );
        assert_ne!(model_key("HP", "EliteBook 840 G7", None, None, None), key);
        assert_eq!(tidy_model("HP", "HP"), "HP");
        assert_eq!(tidy_model("Xiaomi", "Redmi Note 10"), "Redmi Note 10");
        assert_eq!(tidy_model("Lenovo", "ThinkPad X1"), "ThinkPad X1");
    }

    #[test]
    fn sizes_are_one_however_they_are_spelled_and_never_two_in_one() {
        let key = |storage| model_key("HP", "EliteBook 840 G7", None, Some("16GB"), Some(storage));
        for (same, as_this) in [
            ("512 GB SSD", "512GB SSD"),
            ("SSD 512GB", "512GB SSD"),
            ("512G-SSD", "512GB SSD"),
            ("512 GiB ssd", "512GB SSD"),
            ("512", "512 GB"),
            ("1024 GB", "1TB"),
            ("1024GB NVMe", "1 TB nvme"),
            ("524288 MB", "512 GB"),
        ] {
            assert_eq!(key(same), key(as_this), "{same}");
        }
        let others = [
            "512GB",
            "512GB SSD",
            "512GB HDD",
            "256GB SSD",
            "256GB + 512GB",
            "1TB",
            "1TB SSD",
            "5TB",
            "none",
        ];
        for (n, one) in others.iter().enumerate() {
            for other in &others[n + 1..] {
                assert_ne!(key(one), key(other));
            }
        }
        assert!(is_likely_same(&key("512GB"), &key("512 GB SSD")));
        assert!(is_likely_same(&key("512GB SSD"), &key("512GB")));
        for (one, other) in [
            ("512GB SSD", "512GB HDD"),
            ("512GB", "256GB"),
            ("512GB", "5TB"),
            ("512GB", "none"),
        ] {
            assert!(!is_likely_same(&key(one), &key(other)), "{one} {other}");
            assert!(is_same_name(&key(one), &key(other)));
        }
        let cpu = |cpu| model_key("HP", "EliteBook 840 G7", cpu, Some("16GB"), Some("512GB"));
        assert!(!is_likely_same(&cpu(None), &cpu(Some("i5-10310U"))));
        assert!(!is_same_name(
            &key("512GB"),
            &model_key("HP", "EliteBook 840 G8", None, None, None)
        ));
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(size in "(SSD |DDR4 )?[0-9]{0,5}(\\.[0-9])? ?(G|GB|gib|TB|MB|m)?[ -]?(SSD|HDD|\\PC{0,6})?") {
            let once = size_key(&size.split_whitespace().collect::<String>().to_lowercase());
            prop_assert_eq!(size_key(&once), once);
        }

        #[test]
        fn tidy_stays_tidy(brand in "[A-Za-z0-9éÉ .,&-]{0,20}", odd in "\\PC{0,20}", cpu in "(Intel\\(R\\) Core\\(TM\\) )?\\PC{0,20}( CPU)?( @ 2.40GHz)?") {
            let tidy = normalise_brand(&brand);
            prop_assert_eq!(normalise_brand(&tidy), tidy);
            prop_assert!(!tidy_model(&brand, &odd).contains("  "));
            if let Some(tidy) = tidy_cpu(&cpu) {
                prop_assert!(!tidy.is_empty() && !tidy.contains("(R)"));
            }
        }
    }
}
