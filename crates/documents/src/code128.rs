use std::fmt::Write;

/// Widths of bars and spaces, in modules, of each symbol of Code 128 (ISO/IEC 15417): bar first, six to a symbol.
const SYMBOLS: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232",
];
const STOP: &str = "2331112";
const TO_C: usize = 99;
const TO_B: usize = 100;
const START_B: usize = 104;
const START_C: usize = 105;

/// The white border that readers need at both ends, in modules.
const QUIET_ZONE: usize = 10;

/// A bar code of a text: how many modules it is wide, its quiet zones included, and its bars as an SVG that fills the box
/// it is put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bars {
    /// Width in modules.
    pub modules: usize,
    /// The picture.
    pub svg: String,
}

/// How many digits stand at the start of these bytes.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// The symbols of a text in Code 128: set B, and set C, which takes two digits at a time, where that is shorter. `None` for
/// a text that is empty or has characters beyond printable ASCII.
fn symbols(text: &str) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(|b| (32..=126).contains(b)) {
        return None;
    }
    let mut in_c = digits(bytes) >= 4 || (bytes.len() == 2 && digits(bytes) == 2);
    let mut found = vec![if in_c { START_C } else { START_B }];
    let mut at = 0;
    while at < bytes.len() {
        let run = digits(&bytes[at..]);
        if in_c && run < 2 {
            found.push(TO_B);
            in_c = false;
        } else if in_c {
            found.push(usize::from(bytes[at] - b'0') * 10 + usize::from(bytes[at + 1] - b'0'));
            at += 2;
        } else if run >= 4 && run.is_multiple_of(2) {
            found.push(TO_C);
            in_c = true;
        } else {
            found.push(usize::from(bytes[at] - 32));
            at += 1;
        }
    }
    let sum: usize = found
        .iter()
        .enumerate()
        .map(|(place, symbol)| place.max(1) * symbol)
        .sum();
    found.push(sum % 103);
    Some(found)
}

/// The bar code of a text; `None` where Code 128 has no character for some of it.
pub(crate) fn bars(text: &str) -> Option<Bars> {
    let mut path = String::new();
    let mut x = QUIET_ZONE;
    let widths = symbols(text)?
        .into_iter()
        .map(|symbol| SYMBOLS[symbol])
        .chain([STOP]);
    for (place, width) in widths.flat_map(|w| w.bytes().enumerate()) {
        let width = usize::from(width - b'0');
        if place % 2 == 0 {
            write!(path, "M{x} 0h{width}v10h-{width}z").expect("writing to a string cannot fail");
        }
        x += width;
    }
    let modules = x + QUIET_ZONE;
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {modules} 10" preserveAspectRatio="none"><path fill="#000" d="{path}"/></svg>"##
    );
    Some(Bars { modules, svg })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_digits_take_one_symbol() {
        // Start B, P 4 T -, to C, 00 00 01, check
        assert_eq!(
            symbols("P4T-000001").unwrap(),
            [
                START_B,
                48,
                20,
                52,
                13,
                TO_C,
                0,
                0,
                1,
                (104 + 48 + 40 + 156 + 52 + 495 + 8) % 103
            ]
        );
        assert_eq!(symbols("123456").unwrap()[..4], [START_C, 12, 34, 56]);
        assert_eq!(symbols("12345").unwrap()[..5], [START_C, 12, 34, TO_B, 21]);
        assert!(symbols("").is_none());
        assert!(symbols("Esi\u{25b}").is_none());
    }

    #[test]
    fn a_symbol_is_eleven_modules_wide() {
        for (place, symbol) in SYMBOLS.iter().enumerate() {
            let width: u32 = symbol.bytes().map(|b| u32::from(b - b'0')).sum();
            assert_eq!(width, 11, "{place}");
        }
        assert_eq!(bars("P4T-000001").unwrap().modules, 10 * 11 + 13 + 2 * QUIET_ZONE);
    }
}
