//! Lists as files.

use crate::Refusal;
use std::borrow::Cow;

/// A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A CSV file with a head. It begins with the mark by which spreadsheets know UTF-8.
pub fn csv<'a>(head: &[&str], rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>) -> Result<Vec<u8>, Refusal> {
    let broken = |e: csv::Error| Refusal::Internal(e.to_string());
    let mut file = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    file.write_record(head).map_err(broken)?;
    write_rows(file, rows)
}

/// More lines of a CSV file, without its head: for files that are sent as they are read.
pub fn csv_rows<'a>(rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>) -> Result<Vec<u8>, Refusal> {
    write_rows(csv::Writer::from_writer(Vec::new()), rows)
}

fn write_rows<'a>(
    mut file: csv::Writer<Vec<u8>>,
    rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>,
) -> Result<Vec<u8>, Refusal> {
    for row in rows {
        let cells = row.iter().map(|cell| harmless(cell).into_owned());
        file.write_record(cells)
            .map_err(|e| Refusal::Internal(e.to_string()))?;
    }
    file.into_inner().map_err(|e| Refusal::Internal(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let row = vec!["=1+1".into(), "a, \"b\"".into(), "5.00".into(), "@SUM(A1)".into()];
        let file = csv(&["a", "b", "c", "d"], [row]).expect("it is written");
        assert_eq!(
            String::from_utf8(file).expect("UTF-8"),
            "\u{feff}a,b,c,d\n'=1+1,\"a, \"\"b\"\"\",5.00,'@SUM(A1)\n"
        );
    }
}
