//! What an import comes to: its counts, everything that is wrong, and the rows with a fault as a file.

use std::collections::HashMap;

use db::imports::RowError;

use super::manifest_file::{Header, RawRow};
use super::row::ModelSpec;

/// Rows of a preview: all that are wrong up to this many …
const SHOWN_WRONG: usize = 200;
/// … and the first good ones.
const SHOWN_GOOD: usize = 20;

/// The counts and faults of one reading of a file.
pub(super) struct Tally {
    pub(super) rows: i32,
    pub(super) accepted: i32,
    pub(super) rejected: i32,
    /// Rows with a serial number that stands in the stock already.
    pub(super) repeated: i32,
    /// Models that were not in the catalogue, by their keys, with the good rows of each.
    pub(super) new_models: HashMap<String, (ModelSpec, u32)>,
    pub(super) errors: Vec<RowError>,
    pub(super) foreign: Option<&'static str>,
    /// Rows to be shown before anything is received.
    pub(super) shown: Vec<(RawRow, Vec<RowError>)>,
    shown_wrong: usize,
    rejected_rows: csv::Writer<Vec<u8>>,
    width: usize,
}

impl Tally {
    pub(super) fn new(header: &Header) -> Self {
        let mut rejected_rows = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::from("\u{feff}"));
        let names = header.names.iter().map(|name| harmless(name));
        write_row(
            &mut rejected_rows,
            names.chain(["Row".to_owned(), "What is wrong".to_owned()]),
        );
        Self {
            rows: 0,
            accepted: 0,
            rejected: 0,
            repeated: 0,
            new_models: HashMap::new(),
            errors: Vec::new(),
            foreign: None,
            shown: Vec::new(),
            shown_wrong: 0,
            rejected_rows,
            width: header.names.len(),
        }
    }

    pub(super) fn accept(&mut self, raw: RawRow) {
        self.accepted += 1;
        if self.shown.len() - self.shown_wrong < SHOWN_GOOD {
            self.shown.push((raw, Vec::new()));
        }
    }

    pub(super) fn reject(&mut self, raw: RawRow, errors: Vec<RowError>) {
        self.rejected += 1;
        let why: Vec<String> = errors
            .iter()
            .map(|error| format!("{}: {}", error.column, error.reason))
            .collect();
        let mut cells: Vec<String> = raw.cells.iter().map(|cell| harmless(cell)).collect();
        cells.resize(self.width.max(cells.len()), String::new());
        write_row(
            &mut self.rejected_rows,
            cells
                .into_iter()
                .chain([raw.number.to_string(), harmless(&why.join(" "))]),
        );
        if self.shown_wrong < SHOWN_WRONG {
            self.shown_wrong += 1;
            self.shown.push((raw, errors.clone()));
        }
        self.errors.extend(errors);
    }

    /// The rows with a fault as a file that spreadsheets open and [`super::ManifestFile`] reads again.
    pub(super) fn rejected_file(&mut self) -> Option<Vec<u8>> {
        let empty = csv::Writer::from_writer(Vec::new());
        let written = std::mem::replace(&mut self.rejected_rows, empty)
            .into_inner()
            .ok();
        written.filter(|_| self.rejected > 0)
    }
}

fn write_row(writer: &mut csv::Writer<Vec<u8>>, cells: impl Iterator<Item = String>) {
    writer
        .write_record(cells)
        .expect("writing to memory does not fail, and rows may differ in length");
}

/// A text that no spreadsheet takes for a formula: an apostrophe before it, which is taken off again when it is read.
pub(super) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::imports::{Columns, Limits, ManifestFile, Mapping, RowReader};

    #[test]
    fn the_rows_with_a_fault_come_back_as_they_were_and_harmless() {
        let header = Header {
            row: 3,
            names: ["Serial", "Brand", "Model", "Notes"].map(String::from).into(),
        };
        let mut tally = Tally::new(&header);
        let error = |row| {
            vec![RowError {
                row,
                column: "Brand".into(),
                reason: "The brand is missing.".into(),
            }]
        };
        for (number, notes) in [
            (4, "=HYPERLINK(\"http://x\",\"y\")"),
            (5, "-2+3; \"quoted\"\nnew line"),
            (6, "'tis"),
        ] {
            let cells = ["A1", "", "x", notes].map(String::from).into();
            tally.reject(RawRow { number, cells }, error(number));
        }
        assert_eq!((tally.rejected, tally.errors.len()), (3, 3));
        let bytes = tally.rejected_file().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(
            !text.contains(",=")
                && !text.contains("\n=")
                && !text.contains(",-")
                && text.contains("'=HYPERLINK"),
            "{text}"
        );

        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        let mut manifest = ManifestFile::open(file.path(), &Limits::default()).unwrap();
        assert_eq!(
            manifest.header().names,
            ["Serial", "Brand", "Model", "Notes", "Row", "What is wrong"]
        );
        let mapping = Mapping::guess(&manifest.header().names);
        let mut reader = RowReader::new(Columns {
            header: manifest.header().clone(),
            mapping,
        });
        let notes: Vec<_> = manifest
            .rows()
            .unwrap()
            .enumerate()
            .map(|(n, row)| {
                let mut row = row.unwrap();
                row.cells[0] = format!("A{n}");
                row.cells[1] = "Dell".into();
                reader.read(&row).unwrap().cosmetic_notes.unwrap()
            })
            .collect();
        assert_eq!(
            notes,
            [
                "=HYPERLINK(\"http://x\",\"y\")",
                "-2+3; \"quoted\"\nnew line",
                "'tis"
            ]
        );
    }

    #[test]
    fn nothing_wrong_is_no_file() {
        let mut tally = Tally::new(&Header {
            row: 1,
            names: vec!["Serial".into()],
        });
        tally.accept(RawRow {
            number: 2,
            cells: vec!["A1".into()],
        });
        assert!(tally.rejected_file().is_none());
        assert_eq!((tally.accepted, tally.shown.len()), (1, 1));
    }
}
