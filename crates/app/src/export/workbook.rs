//! An XLSX workbook with one sheet, written row by row into an archive that is sent while it is made.

use super::{Cell, Columns};
use crate::Refusal;
use chrono::NaiveDate;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Mutex};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// The rows that a sheet can have, less the one that says that there are more.
const MOST_ROWS: u32 = 1_048_575;
/// The characters that a cell can have.
const MOST_CHARACTERS: usize = 32_767;

/// What is written and not sent yet.
#[derive(Debug, Clone, Default)]
struct Outbox(Arc<Mutex<Vec<u8>>>);

impl Write for Outbox {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut held = self.0.lock().map_err(|e| std::io::Error::other(e.to_string()))?;
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A workbook in the making.
pub(super) struct Workbook {
    archive: Option<ZipWriter<StreamWriter<Outbox>>>,
    outbox: Outbox,
    row: u32,
}

impl Default for Workbook {
    fn default() -> Self {
        let outbox = Outbox::default();
        Workbook {
            archive: Some(ZipWriter::new_stream(outbox.clone())),
            outbox,
            row: 0,
        }
    }
}

/// The parts beside the sheet. Styles: 0 as it is, 1 an amount, 2 a day, 3 a head, 4 an instant.
const PARTS: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"#,
    ),
];

const SHEET_START: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"#;
const SHEET_END: &str = "</sheetData></worksheet>";
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

impl Workbook {
    /// Writes rows, and gives out what is ready to be sent. The first call writes the heads, the last one closes the file.
    pub(super) fn rows<T>(
        &mut self,
        columns: &Columns<T>,
        first: bool,
        rows: &[T],
        last: bool,
    ) -> Result<Vec<u8>, Refusal> {
        self.write(columns, first, rows, last)
            .map_err(|e| Refusal::Internal(e.to_string()))?;
        let mut held = (self.outbox.0.lock()).map_err(|e| Refusal::Internal(e.to_string()))?;
        Ok(std::mem::take(&mut *held))
    }

    fn write<T>(&mut self, columns: &Columns<T>, first: bool, rows: &[T], last: bool) -> std::io::Result<()> {
        let Some(archive) = &mut self.archive else {
            return Ok(());
        };
        let packed = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1));
        let mut sheet = String::new();
        if first {
            for (name, text) in PARTS {
                archive.start_file(name, packed)?;
                archive.write_all(XML.as_bytes())?;
                archive.write_all(text.as_bytes())?;
            }
            archive.start_file("xl/worksheets/sheet1.xml", packed)?;
            sheet.push_str(XML);
            sheet.push_str(SHEET_START);
            self.row += 1;
            row(
                &mut sheet,
                self.row,
                columns.iter().map(|c| (Cell::from(c.name), 3)),
            );
        }
        for entry in rows {
            if self.row == MOST_ROWS {
                self.row += 1;
                let more = "A sheet holds no more rows: filter the list, or take it as CSV.";
                row(&mut sheet, self.row, [(Cell::from(more), 3)].into_iter());
            }
            if self.row > MOST_ROWS {
                break;
            }
            self.row += 1;
            row(&mut sheet, self.row, columns.iter().map(|c| (c.cell(entry), 0)));
        }
        if last {
            sheet.push_str(SHEET_END);
        }
        archive.write_all(sheet.as_bytes())?;
        if last && let Some(archive) = self.archive.take() {
            archive.finish()?;
        }
        Ok(())
    }
}

fn row(sheet: &mut String, number: u32, cells: impl Iterator<Item = (Cell, u8)>) {
    _ = write!(sheet, "<row r=\"{number}\">");
    for (column, (cell, style)) in cells.enumerate() {
        push_cell(sheet, column, number, cell, style);
    }
    sheet.push_str("</row>");
}

/// `A`, `B` … `Z`, `AA` …
fn letters(mut column: usize) -> String {
    let mut name = String::new();
    loop {
        let letter = u8::try_from(column % 26).unwrap_or(0) + b'A';
        name.insert(0, char::from(letter));
        if column < 26 {
            return name;
        }
        column = column / 26 - 1;
    }
}

/// Days since the day from which spreadsheets count.
fn days(day: NaiveDate) -> i64 {
    let start = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day of the calendar");
    (day - start).num_days()
}

fn push_cell(sheet: &mut String, column: usize, row: u32, cell: Cell, style: u8) {
    let at = letters(column);
    let number = |sheet: &mut String, style: u8, value: &dyn std::fmt::Display| {
        _ = write!(sheet, "<c r=\"{at}{row}\" s=\"{style}\"><v>{value}</v></c>");
    };
    match cell {
        Cell::Empty => {}
        // A text is a text here, whatever it begins with.
        Cell::Text(text) | Cell::Code(text) | Cell::State(text, _) => {
            _ = write!(
                sheet,
                "<c r=\"{at}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"
            );
            push_text(sheet, &text);
            sheet.push_str("</t></is></c>");
        }
        Cell::Grade(grade) => push_cell(sheet, column, row, Cell::from(grade), style),
        Cell::Number(value) => number(sheet, style, &value),
        Cell::Flag(flag) => {
            _ = write!(
                sheet,
                "<c r=\"{at}{row}\" s=\"{style}\" t=\"b\"><v>{}</v></c>",
                u8::from(flag)
            );
        }
        Cell::Money(money) => number(sheet, 1, &money),
        Cell::Date(day) => number(sheet, 2, &days(day)),
        Cell::Instant(instant) => {
            let seconds = instant.timestamp().rem_euclid(86_400);
            let millionths = (seconds * 1_000_000 + 43_200) / 86_400;
            let value = format!("{}.{millionths:06}", days(instant.date_naive()));
            number(sheet, 4, &value);
        }
    }
}

/// Without the characters that XML cannot hold.
fn push_text(sheet: &mut String, text: &str) {
    for character in text.chars().take(MOST_CHARACTERS) {
        match character {
            '&' => sheet.push_str("&amp;"),
            '<' => sheet.push_str("&lt;"),
            '>' => sheet.push_str("&gt;"),
            '\r' => sheet.push_str("&#13;"),
            '\t' | '\n' => sheet.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => sheet.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(letters).into();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
