use serde_json::Value;

/// The longest word that is printed without places to break it: longer than any serial number, tag or reference.
const LONGEST_WORD: usize = 40;
/// How far apart those places are; the narrowest column that holds free text has room for more.
const BREAK_EVERY: usize = 8;
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// Makes every text inside `value` safe to lay out; see [`printable`].
pub(crate) fn make_printable(value: &mut Value) {
    match value {
        Value::String(text) => *text = printable(text),
        Value::Array(items) => items.iter_mut().for_each(make_printable),
        Value::Object(fields) => fields.values_mut().for_each(make_printable),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `text` as it can be printed: without control characters and without marks that turn the direction of writing
/// (they make a name or an amount read as another), line ends as `\n` and at most two of them in a row, and with
/// invisible places to break in words that no line could hold.
pub(crate) fn printable(text: &str) -> String {
    let mut printed = String::with_capacity(text.len());
    let mut line_ends = 0;
    for character in text.replace("\r\n", "\n").chars() {
        let character = match character {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => continue,
            c if c.is_control() => ' ',
            c => c,
        };
        line_ends = if character == '\n' { line_ends + 1 } else { 0 };
        if line_ends <= 2 {
            printed.push(character);
        }
    }
    breakable(printed.trim())
}

fn breakable(text: &str) -> String {
    let mut broken = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        if word.chars().count() <= LONGEST_WORD {
            broken.push_str(word);
            continue;
        }
        let mut unbroken = 0;
        for character in word.chars() {
            // Only before a letter, digit or ASCII sign: never between a letter and the accent that follows it.
            if unbroken >= BREAK_EVERY && (character.is_alphanumeric() || character.is_ascii_punctuation()) {
                broken.push(ZERO_WIDTH_SPACE);
                unbroken = 0;
            }
            broken.push(character);
            unbroken += 1;
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::printable;

    #[test]
    fn texts_become_printable() {
        for (text, expected) in [
            ("HP 65 W charger -> blue", "HP 65 W charger -> blue"),
            ("#eval(\"x\") *_$\\", "#eval(\"x\") *_$\\"),
            ("one\r\ntwo\rthree", "one\ntwo\nthree"),
            ("a\n\n\n\n\nb", "a\n\nb"),
            ("tab\there\0", "tab here"),
            ("\u{202e}00.005 ₵HG\u{202c}", "00.005 ₵HG"),
            ("  Ama  ", "Ama"),
            ("Ama \u{1f642} Ɔseɛ", "Ama \u{1f642} Ɔseɛ"),
        ] {
            assert_eq!(printable(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn only_invisible_characters_are_added_or_taken(text in "[ -~À-ɏ]{0,400}") {
            let kept: String = printable(&text).chars().filter(|&c| c != '\u{200b}').collect();
            prop_assert_eq!(kept, text.trim());
        }

        #[test]
        fn no_word_is_too_long_to_break(text in "[a-z0-9#$/.]{41,400}") {
            let printed = printable(&text);
            let longest = printed.split('\u{200b}').map(|part| part.chars().count()).max();
            prop_assert!(longest <= Some(8), "{}", printed);
        }
    }
}
