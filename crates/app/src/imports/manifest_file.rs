//! A supplier's file, opened: what kind it is (told by its content, never by its name), where its header stands,
//! and its rows one after another.
//!
//! A file comes from outside, so each of its dimensions has a limit, and each refusal is a sentence that says how to
//! mend the file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::csv_file::{CsvFormat, CsvRows};
use super::mapping::Mapping;
use super::workbook::{SheetRows, Workbook};

/// How many rows at the top of a file are searched for the header.
const HEADER_ROWS: usize = 20;

/// What a manifest may be at most.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Size in bytes of all that a workbook holds, unpacked.
    pub unpacked_bytes: u64,
    /// Rows below the header.
    pub rows: u32,
    /// Columns.
    pub columns: usize,
    /// Characters in one cell.
    pub cell_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 50 * 1024 * 1024,
            unpacked_bytes: 256 * 1024 * 1024,
            rows: 200_000,
            columns: 200,
            cell_chars: 10_000,
        }
    }
}

/// Why a file as a whole cannot be read as a manifest.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// Nothing in it.
    #[error("This file is empty: choose the file that lists the devices.")]
    Empty,
    /// A header at best.
    #[error("This file has a header but no rows below it: choose the file that lists the devices.")]
    NoRows,
    /// Something else than a table.
    #[error(
        "This is {found}, not a manifest: save the list as CSV or as an Excel workbook (.xlsx) and try again."
    )]
    WrongType {
        /// What it looks like, with its article.
        found: &'static str,
    },
    /// More bytes than the limit.
    #[error("This file is larger than {limit_mb} MB: split the list into several files, or save it as CSV.")]
    TooLarge {
        /// The limit.
        limit_mb: u64,
    },
    /// A workbook that unpacks to more than a manifest could need.
    #[error(
        "This workbook unpacks to far more than a list of devices needs, so it was not opened: save the list as CSV and try again."
    )]
    Bomb,
    /// More rows than the limit.
    #[error("This file has more than {limit} rows: split it into several files.")]
    TooManyRows {
        /// The limit.
        limit: u32,
    },
    /// More columns than the limit.
    #[error("Row {row} has more than {limit} columns: delete the columns that the list does not need.")]
    TooManyColumns {
        /// The row.
        row: u32,
        /// The limit.
        limit: usize,
    },
    /// A cell or a line over the limit.
    #[error(
        "Row {row} has a cell that is far too long: shorten it, or look there for an opening quotation mark (\") that is never closed."
    )]
    CellTooLong {
        /// The row.
        row: u32,
    },
    /// A workbook that cannot be read.
    #[error(
        "This workbook is damaged and cannot be read: open it in Excel or LibreOffice, save it again as .xlsx or CSV, and try again."
    )]
    Damaged,
    /// Columns without which no device can be received.
    #[error("{missing} found in row {row}, which reads: {found}. Add {it} to the file, or say which column it is.", it = if *.several { "them" } else { "it" })]
    MissingColumns {
        /// "No serial number column was", "No brand and no model column were".
        missing: String,
        /// More than one is missing.
        several: bool,
        /// The row that was taken for the header.
        row: u32,
        /// Its names.
        found: String,
    },
    /// An override that names no column.
    #[error("There is no column “{name}” in this file: its columns are {found}.")]
    UnknownColumn {
        /// What was asked for.
        name: String,
        /// The file's columns.
        found: String,
    },
    /// The file cannot be read from the disk.
    #[error("The file could not be read ({0}): check that it is there and may be read, and try again.")]
    Io(#[from] io::Error),
}

/// One row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// As a spreadsheet numbers it; the first is 1.
    pub number: u32,
    /// Its cells, without the blanks around them.
    pub cells: Vec<String>,
}

impl RawRow {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// The row with the columns' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its number in the file.
    pub row: u32,
    /// The names.
    pub names: Vec<String>,
}

impl Header {
    /// The name of a column, or its letter where it has none.
    pub fn name(&self, column: usize) -> String {
        match self.names.get(column) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => format!("column {}", column + 1),
        }
    }

    /// All names in one line, shortened.
    pub(super) fn in_one_line(&self) -> String {
        let named: Vec<&str> = self
            .names
            .iter()
            .map(String::as_str)
            .filter(|name| !name.is_empty())
            .collect();
        let shown: Vec<String> = named
            .iter()
            .take(20)
            .map(|name| name.chars().take(40).collect())
            .collect();
        let rest = named.len().saturating_sub(shown.len());
        let more = if rest > 0 {
            format!(" and {rest} more")
        } else {
            String::new()
        };
        format!("{}{more}", shown.join(", "))
    }
}

/// An opened manifest.
pub struct ManifestFile {
    path: PathBuf,
    limits: Limits,
    source: Source,
    header: Header,
}

enum Source {
    Csv(CsvFormat),
    Workbook(Box<Workbook>),
}

impl ManifestFile {
    /// Open a file, tell what it is and find its header.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, FileProblem> {
        let size = path.metadata()?.len();
        if size == 0 {
            return Err(FileProblem::Empty);
        }
        if size > limits.bytes {
            return Err(FileProblem::TooLarge {
                limit_mb: limits.bytes / 1024 / 1024,
            });
        }
        let mut start = vec![0; 8192];
        let read = read_start(&mut File::open(path)?, &mut start)?;
        let (source, header) = match detect(&start[..read])? {
            Kind::Zip => {
                let mut workbook = Workbook::open(path, limits)?;
                let header = workbook.choose_sheet(limits)?;
                (Source::Workbook(Box::new(workbook)), header)
            }
            Kind::Text => {
                let (format, header) = CsvFormat::guess(path, limits)?;
                (Source::Csv(format), header)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            limits: limits.clone(),
            source,
            header,
        })
    }

    /// The row with the columns' names.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The worksheet that is read, where the file is a workbook.
    pub fn sheet(&self) -> Option<&str> {
        match &self.source {
            Source::Csv(_) => None,
            Source::Workbook(workbook) => Some(workbook.sheet()),
        }
    }

    /// The rows below the header, from the first one, however often it is called. Blank rows are left out.
    pub fn rows(&mut self) -> Result<Rows<'_>, FileProblem> {
        let inner = match &mut self.source {
            Source::Csv(format) => Inner::Csv(Box::new(CsvRows::open(&self.path, format, &self.limits)?)),
            Source::Workbook(workbook) => Inner::Sheet(Box::new(workbook.rows(&self.limits)?)),
        };
        Ok(Rows {
            inner,
            after: self.header.row,
            seen: 0,
            limit: self.limits.rows,
            ended: false,
        })
    }
}

/// The rows of an opened manifest.
pub struct Rows<'a> {
    inner: Inner<'a>,
    after: u32,
    seen: u32,
    limit: u32,
    ended: bool,
}

enum Inner<'a> {
    Csv(Box<CsvRows>),
    Sheet(Box<SheetRows<'a>>),
}

impl Rows<'_> {
    fn next_row(&mut self) -> Result<Option<RawRow>, FileProblem> {
        loop {
            let row = match &mut self.inner {
                Inner::Csv(rows) => rows.next_row()?,
                Inner::Sheet(rows) => rows.next_row()?,
            };
            let Some(row) = row else {
                return if self.seen == 0 {
                    Err(FileProblem::NoRows)
                } else {
                    Ok(None)
                };
            };
            if row.number <= self.after || row.is_blank() {
                continue;
            }
            self.seen += 1;
            if self.seen > self.limit {
                return Err(FileProblem::TooManyRows { limit: self.limit });
            }
            return Ok(Some(row));
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<RawRow, FileProblem>;

    /// After a problem there is nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_row().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Reads until the buffer is full or the file ends.
pub(super) fn read_start(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

enum Kind {
    Text,
    Zip,
}

/// Tell a file's kind by its first bytes.
fn detect(start: &[u8]) -> Result<Kind, FileProblem> {
    const ELSE: &[(&[u8], &str)] = &[
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"GIF8", "a picture"),
        (b"BM", "a picture"),
        (b"II*\0", "a picture"),
        (b"MM\0*", "a picture"),
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "an old Excel file (.xls), another old Office document or a workbook with a password",
        ),
        (b"PK\x05\x06", "an empty zip archive"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"7z\xBC\xAF", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"{\\rtf", "a Rich Text document"),
        (b"\x7FELF", "a program"),
        (b"MZ", "a program"),
    ];
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Kind::Zip);
    }
    // Two letters alone could begin a list of devices as well; a picture or a program has zero bytes soon after.
    let binary = start.contains(&0) && !is_utf16(start);
    if let Some((_, found)) = ELSE
        .iter()
        .find(|(magic, _)| start.starts_with(magic) && (magic.len() > 2 || binary || magic[0] == 0x1F))
    {
        return Err(FileProblem::WrongType { found });
    }
    let text: String = start
        .iter()
        .take(512)
        .map(|byte| byte.to_ascii_lowercase() as char)
        .collect();
    let text = text.trim_start_matches("\u{ef}\u{bb}\u{bf}").trim_start();
    if text.starts_with("<!doctype html") || text.starts_with("<html") {
        return Err(FileProblem::WrongType { found: "a web page" });
    }
    if text.starts_with("<?xml") || text.starts_with("<svg") {
        return Err(FileProblem::WrongType {
            found: "an XML document",
        });
    }
    let controls = start
        .iter()
        .filter(|byte| **byte < 0x20 && !b"\t\r\n\x0C".contains(byte))
        .count();
    if !is_utf16(start) && (binary || controls * 100 > start.len()) {
        return Err(FileProblem::WrongType {
            found: "a binary file",
        });
    }
    if start
        .iter()
        .all(|byte| byte.is_ascii_whitespace() || [0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0].contains(byte))
        && start.len() < 8192
    {
        return Err(FileProblem::Empty);
    }
    Ok(Kind::Text)
}

/// Whether text is UTF-16: by its mark, or because every other byte of its (mostly Latin) letters is zero.
pub(super) fn is_utf16(start: &[u8]) -> bool {
    utf16_order(start).is_some()
}

/// The byte order of UTF-16 text, `None` if it is something else.
pub(super) fn utf16_order(start: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    if start.starts_with(b"\xFF\xFE") {
        return Some(encoding_rs::UTF_16LE);
    }
    if start.starts_with(b"\xFE\xFF") {
        return Some(encoding_rs::UTF_16BE);
    }
    let pairs = start.chunks_exact(2).take(200);
    let (total, low, high) = pairs.fold((0, 0, 0), |(total, low, high), pair| {
        let plain = |byte: u8| (0x20..0x7F).contains(&byte) || b"\t\r\n".contains(&byte);
        (
            total + 1,
            low + usize::from(pair[1] == 0 && plain(pair[0])),
            high + usize::from(pair[0] == 0 && plain(pair[1])),
        )
    });
    match total {
        0..4 => None,
        _ if low * 10 >= total * 9 => Some(encoding_rs::UTF_16LE),
        _ if high * 10 >= total * 9 => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// Finds the header among the first rows: the first in which two columns are known, one of them a device's
/// identifier; failing that the row that comes nearest, so that a person can be shown what was found.
pub(super) fn find_header(first_rows: &[RawRow]) -> Option<(Header, usize)> {
    let mut best: Option<(&RawRow, usize)> = None;
    for row in first_rows.iter().take(HEADER_ROWS) {
        let mapping = Mapping::guess(&row.cells);
        let score = match mapping.recognised() {
            known if known >= 2 && mapping.has_identifier() => 10_000 + known,
            known if known >= 2 => 1_000 + known,
            _ => row.cells.iter().filter(|cell| !cell.is_empty()).count(),
        };
        if score > 0 && best.is_none_or(|(_, so_far)| score > so_far && so_far < 10_000) {
            best = Some((row, score));
        }
    }
    best.map(|(row, score)| {
        (
            Header {
                row: row.number,
                names: row.cells.clone(),
            },
            score,
        )
    })
}

/// How many rows to read before [`find_header`].
pub(super) fn header_rows() -> usize {
    HEADER_ROWS
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use rust_xlsxwriter::{Format, Workbook as Writer};
    use tempfile::NamedTempFile;
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    use super::*;
    use crate::imports::Field;

    fn file(bytes: &[u8]) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn open(bytes: &[u8]) -> Result<ManifestFile, FileProblem> {
        // The file must stay while its rows are read: a test's temporary folder is emptied by the system.
        ManifestFile::open(&file(bytes).into_temp_path().keep().unwrap(), &Limits::default())
    }

    /// The header's row, and the rows below it as `number:cell|cell`.
    fn read(bytes: &[u8]) -> (u32, Vec<String>) {
        let mut manifest = open(bytes).unwrap();
        let header = manifest.header().row;
        let rows = manifest.rows().unwrap().map(|row| row.unwrap());
        (
            header,
            rows.map(|row| format!("{}:{}", row.number, row.cells.join("|")))
                .collect(),
        )
    }

    fn refusal(bytes: &[u8]) -> String {
        refusal_within(bytes, &Limits::default())
    }

    fn refusal_within(bytes: &[u8], limits: &Limits) -> String {
        let file = file(bytes);
        match ManifestFile::open(file.path(), limits) {
            Err(problem) => problem.to_string(),
            Ok(mut manifest) => match manifest
                .rows()
                .and_then(|rows| rows.collect::<Result<Vec<_>, _>>())
            {
                Err(problem) => problem.to_string(),
                Ok(rows) => panic!("read {} rows", rows.len()),
            },
        }
    }

    const PLAIN: &str = "Serial,Brand,Model\nPF1ABC,Lenovo,ThinkPad T480\n5CG9,HP,EliteBook 840\n";

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn text_is_read_in_any_encoding_and_with_any_delimiter() {
        let rows = ["2:PF1ABC|Lenovo|ThinkPad T480", "3:5CG9|HP|EliteBook 840"];
        let mut cases: Vec<(&str, Vec<u8>)> = vec![
            ("plain", PLAIN.into()),
            ("with a mark", [b"\xEF\xBB\xBF", PLAIN.as_bytes()].concat()),
            ("Windows line ends", PLAIN.replace('\n', "\r\n").into()),
            ("old Mac line ends", PLAIN.replace('\n', "\r").into()),
            ("no last line end", PLAIN.trim_end().into()),
            ("all quoted", "\"Serial\",\"Brand\",\"Model\"\n\"PF1ABC\",\"Lenovo\",\"ThinkPad T480\"\n\"5CG9\",\"HP\",\"EliteBook 840\"".into()),
            ("blanks around", " Serial , Brand , Model \n PF1ABC , Lenovo , ThinkPad T480\n5CG9,HP,EliteBook 840".into()),
        ];
        for delimiter in [";", "\t", "|"] {
            cases.push((delimiter, PLAIN.replace(',', delimiter).into()));
        }
        for little in [true, false] {
            cases.push(("UTF-16 with a mark", utf16(&format!("\u{feff}{PLAIN}"), little)));
            cases.push(("UTF-16 without", utf16(&PLAIN.replace(',', ";"), little)));
        }
        for (name, bytes) in cases {
            assert_eq!(read(&bytes), (1, rows.map(String::from).to_vec()), "{name}");
        }
    }

    #[test]
    fn what_excel_on_windows_writes_keeps_its_letters() {
        let (_, rows) = read(b"Serial;Brand;Notes\nA1;Dell;rayures l\xE9g\xE8res, 50 \x80\n");
        assert_eq!(rows, ["2:A1|Dell|rayures légères, 50 €"]);
        let (_, rows) = read("Serial;Brand;Notes\nA1;Dell;rayures légères, 50 €\n".as_bytes());
        assert_eq!(rows, ["2:A1|Dell|rayures légères, 50 €"]);
    }

    #[test]
    fn rows_have_the_numbers_that_a_spreadsheet_shows() {
        let text = "\r\nAccra lot 7;;\r\n\r\nSerial;Brand;Model\r\n\r\nA1;Dell;\"E7270\r\nscratched\"\r\n;;\r\nB2;Dell;E7280\r\n";
        assert_eq!(
            read(text.as_bytes()),
            (
                4,
                vec!["6:A1|Dell|E7270\r\nscratched".into(), "8:B2|Dell|E7280".into()]
            )
        );
        // The same with the other line ends.
        assert_eq!(
            read(text.replace("\r\n", "\n").as_bytes()).1[1],
            "8:B2|Dell|E7280"
        );
        assert_eq!(
            read(text.replace("\r\n", "\r").as_bytes()).1[1],
            "8:B2|Dell|E7280"
        );
    }

    #[test]
    fn rows_can_be_read_again_and_again() {
        let mut manifest = open(PLAIN.as_bytes()).unwrap();
        assert_eq!(manifest.rows().unwrap().count(), 2);
        assert_eq!(manifest.rows().unwrap().count(), 2);
    }

    #[test]
    fn a_stray_inch_mark_is_only_text() {
        assert_eq!(
            read(b"Serial,Brand,Screen\nA1,Dell,14\" FHD\nB2,HP,15\"\n").1,
            ["2:A1|Dell|14\" FHD", "3:B2|HP|15\""]
        );
    }

    #[test]
    fn the_header_is_found_below_titles() {
        let title = "Kofi Traders Ltd,,,\nPacking list,12 May 2026,,\nSupplier:,Kofi,,\n,,,\nS/N,Make,Model Name,Cost (GHS)\nA1,Dell,E7270,500\n";
        let manifest = open(title.as_bytes()).unwrap();
        assert_eq!(manifest.header().row, 5);
        assert_eq!(
            manifest.header().names,
            ["S/N", "Make", "Model Name", "Cost (GHS)"]
        );
        // With nothing better, the row that comes nearest, so that the person sees what was taken for the header.
        let none = open(b"Lot 7\nBrand,Model,CPU\nDell,E7270,i5\nHP,840,i5\n").unwrap();
        assert_eq!(none.header().row, 2);
        // A device that happens to be called like a column is not taken for a header below the true one.
        let late = open(b"Serial,Brand,Model\nSN,Model,Brand\n").unwrap();
        assert_eq!(late.header().row, 1);
    }

    fn workbook(fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::new();
        fill(&mut writer);
        writer.save_to_buffer().unwrap()
    }

    #[test]
    fn workbooks_are_read_below_a_title_and_beyond_a_cover_sheet() {
        let bytes = workbook(|writer| {
            writer
                .add_worksheet()
                .set_name("Cover")
                .unwrap()
                .write(0, 0, "Dear customer")
                .unwrap();
            let sheet = writer.add_worksheet().set_name("Devices").unwrap();
            sheet
                .merge_range(0, 0, 0, 4, "Kofi Traders Ltd", &Format::new())
                .unwrap();
            for (column, name) in ["Serial Number", "Brand", "Model", "IMEI 1", "Cost GHS", "Bought"]
                .iter()
                .enumerate()
            {
                sheet.write(2, column as u16, *name).unwrap();
            }
            for (row, serial) in [(3, "A1"), (5, "B2")] {
                sheet.write(row, 0, serial).unwrap();
                sheet.write(row, 1, "Samsung").unwrap();
                sheet.write(row, 2, "Galaxy S9").unwrap();
                sheet.write(row, 3, 356_938_035_643_809_u64).unwrap();
                sheet.write(row, 4, 0.1 + 0.2).unwrap();
                let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 3, 1).unwrap();
                sheet
                    .write_with_format(row, 5, &date, &Format::new().set_num_format("dd/mm/yyyy"))
                    .unwrap();
            }
            sheet.write(900_000, 3, " ").unwrap();
        });
        assert_eq!(open(&bytes).unwrap().sheet(), Some("Devices"));
        let rows = [
            "4:A1|Samsung|Galaxy S9|356938035643809|0.3|2026-03-01",
            "6:B2|Samsung|Galaxy S9|356938035643809|0.3|2026-03-01",
        ];
        assert_eq!(read(&bytes), (3, rows.map(String::from).to_vec()));
    }

    #[test]
    fn workbooks_numbers_are_read_as_excel_shows_them() {
        let bytes = workbook(|writer| {
            let sheet = writer.add_worksheet();
            for (row, value) in [
                8.0,
                1234.5,
                299.969_999_999_999_97,
                1e15,
                12_345_678_901_234_567_890.0,
                0.85,
                -3.0,
            ]
            .iter()
            .enumerate()
            {
                sheet.write(row as u32 + 1, 0, *value).unwrap();
            }
            sheet.write(0, 0, "Serial").unwrap();
            sheet.write(0, 1, "Brand").unwrap();
        });
        let rows = [
            "2:8",
            "3:1234.5",
            "4:299.97",
            "5:1E+15",
            "6:1.23456789012346E+19",
            "7:0.85",
            "8:-3",
        ];
        assert_eq!(read(&bytes), (1, rows.map(String::from).to_vec()));
    }

    #[test]
    fn wrong_files_are_refused_with_a_sentence() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("photo.jpg", SimpleFileOptions::default()).unwrap();
        let zip = zip.finish().unwrap().into_inner();
        let broken = workbook(|writer| drop(writer.add_worksheet().write(0, 0, "Serial")));
        let cases: &[(&[u8], &str)] = &[
            (b"", "This file is empty"),
            (b"\xEF\xBB\xBF\r\n \r\n", "This file is empty"),
            (b"Serial,Brand,Model\n", "has a header but no rows"),
            (b"%PDF-1.7\n1 0 obj", "a PDF document"),
            (b"\x89PNG\r\n\x1a\n\0\0\0", "a picture"),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "a picture"),
            (
                b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0",
                "an old Excel file (.xls)",
            ),
            (&zip, "a zip archive"),
            (b"PK\x03\x04 and nothing more", "damaged"),
            (&broken[..broken.len() / 2], "damaged"),
            (b"\x7FELF\x02\x01\x01\0\0\0", "a program"),
            (b"\x01\x02\x03\x04\0\x05serial,brand", "a binary file"),
            (b"<!DOCTYPE html><html>", "a web page"),
            (
                &workbook(|writer| _ = writer.add_worksheet()),
                "This file is empty",
            ),
        ];
        for (bytes, expected) in cases {
            let sentence = refusal(bytes);
            assert!(sentence.contains(expected), "{expected}: {sentence}");
            assert!(sentence.ends_with('.'), "{sentence}");
        }
    }

    #[test]
    fn every_dimension_has_a_limit() {
        let small = Limits {
            bytes: 1000,
            rows: 3,
            columns: 5,
            cell_chars: 50,
            ..Limits::default()
        };
        let rows = |count: usize| format!("Serial,Brand,Model\n{}", "A,B,C\n".repeat(count));
        let cases = [
            (rows(4), "more than 3 rows"),
            (rows(400), "larger than"),
            (
                format!("Serial,Brand{}\nA,B\n", ",x".repeat(9)),
                "Row 1 has more than 5 columns",
            ),
            (
                format!("Serial,Brand\nA,B{}\n", ",".repeat(9)),
                "Row 2 has more than 5 columns",
            ),
            (
                format!("Serial,Brand\nA,{}\n", "x".repeat(51)),
                "Row 2 has a cell that is far too long",
            ),
        ];
        for (text, expected) in cases {
            assert!(
                refusal_within(text.as_bytes(), &small).contains(expected),
                "{expected}"
            );
        }
        let open_quote = format!("Serial,Brand\nA,\"B\n{}", "C,D\n".repeat(100_000));
        assert!(refusal(open_quote.as_bytes()).contains("Row 2 has a cell that is far too long"));
        let one_line = "x".repeat(2_000_000);
        assert!(refusal(one_line.as_bytes()).contains("far too long"));
        let million_columns = format!("Serial,Brand,Model{}\n", ",c".repeat(1_000_000));
        assert!(refusal(million_columns.as_bytes()).contains("columns"));
        let wide = workbook(|writer| {
            let sheet = writer.add_worksheet();
            for (column, name) in [(0, "Serial"), (1, "Brand"), (16_000, "Model")] {
                sheet.write(0, column, name).unwrap();
            }
        });
        assert!(refusal(&wide).contains("Row 1 has more than 200 columns"));
    }

    /// A workbook whose one sheet and shared strings are given.
    fn forged(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
        let honest = workbook(|writer| drop(writer.add_worksheet().write(0, 0, "Serial")));
        let mut archive = zip::ZipArchive::new(Cursor::new(honest)).unwrap();
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for part in 0..archive.len() {
            let mut entry = archive.by_index(part).unwrap();
            let name = entry.name().unwrap().into_owned();
            writer.start_file(name.as_str(), options).unwrap();
            match name.as_str() {
                "xl/worksheets/sheet1.xml" => writer.write_all(sheet).unwrap(),
                "xl/sharedStrings.xml" => writer.write_all(strings).unwrap(),
                _ => drop(std::io::copy(&mut entry, &mut writer).unwrap()),
            }
        }
        writer.finish().unwrap().into_inner()
    }

    fn sheet(rows: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>"
        )
    }

    const STRINGS: &str = "<?xml version=\"1.0\"?><sst uniqueCount=\"3\"><si><t>Serial</t></si><si><t>Brand</t></si><si><t>A1</t></si></sst>";
    const HEADER: &str =
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>";

    #[test]
    fn forged_workbooks_are_refused_or_read_without_harm() {
        let device = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c></row>";
        // It claims sixteen thousand columns and a million rows; what counts is what is there.
        assert_eq!(
            read(&forged(
                sheet(&format!("{HEADER}{device}")).as_bytes(),
                STRINGS.as_bytes()
            ))
            .1,
            ["2:A1"]
        );

        let empty = |count: usize| {
            sheet(&format!(
                "{HEADER}{}",
                "<row r=\"2\"><c r=\"A2\"/></row>".repeat(count)
            ))
        };
        let cases = [
            (
                "zeros",
                forged(&vec![b' '; 20 << 20], STRINGS.as_bytes()),
                "unpacks to far more",
            ),
            (
                "many empty rows",
                forged(empty(100_000).as_bytes(), STRINGS.as_bytes()),
                "no rows below it",
            ),
            (
                "a false count of strings",
                forged(
                    sheet(HEADER).as_bytes(),
                    STRINGS.replace("\"3\"", "\"99999999999999\"").as_bytes(),
                ),
                "unpacks to far more",
            ),
            (
                "UTF-16",
                forged(sheet(HEADER).as_bytes(), &utf16(STRINGS, true)),
                "damaged",
            ),
            (
                "rows out of order",
                forged(
                    sheet(&format!("{HEADER}{device}{HEADER}")).as_bytes(),
                    STRINGS.as_bytes(),
                ),
                "damaged",
            ),
            (
                "a cell beyond all numbers",
                forged(
                    sheet(&format!(
                        "{HEADER}<row r=\"2\"><c r=\"ZZZZZZZZZZ9\"><v>1</v></c></row>"
                    ))
                    .as_bytes(),
                    STRINGS.as_bytes(),
                ),
                "damaged",
            ),
            (
                "a string that is not there",
                forged(
                    sheet(&device.replace(">2<", ">9<")).as_bytes(),
                    STRINGS.as_bytes(),
                ),
                "damaged",
            ),
            (
                "cut off",
                forged(
                    sheet(HEADER).replace("</sheetData></worksheet>", "").as_bytes(),
                    STRINGS.as_bytes(),
                ),
                "damaged",
            ),
        ];
        for (name, bytes, expected) in cases {
            let sentence = refusal(&bytes);
            assert!(sentence.contains(expected), "{name}: {sentence}");
        }
    }

    #[test]
    fn entities_that_grow_are_not_expanded() {
        let laughs = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><sst uniqueCount=\"3\"><si><t>Serial</t></si><si><t>Brand</t></si><si><t>&b;</t></si></sst>";
        let rows = format!("{HEADER}<row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c></row>");
        let bytes = forged(sheet(&rows).as_bytes(), laughs.as_bytes());
        let manifest = file(&bytes);
        if let Ok(mut manifest) = ManifestFile::open(manifest.path(), &Limits::default()) {
            for row in manifest.rows().unwrap().flatten() {
                assert!(!row.cells[0].contains("haha"), "{row:?}");
            }
        }
    }

    #[test]
    fn the_sentence_names_what_is_missing_and_what_is_there() {
        let manifest = open(b"Brand,CPU\nDell,i5\n").unwrap();
        let problem = Mapping::guess(&manifest.header().names)
            .check(manifest.header())
            .unwrap_err();
        assert_eq!(
            problem.to_string(),
            "No serial number and no model columns were found in row 1, which reads: Brand, CPU. \
             Add them to the file, or say which column it is."
        );
        let manifest = open(b"Ser. nr. of unit,Brand,Model\nA1,Dell,E7270\n").unwrap();
        let mut mapping = Mapping::guess(&manifest.header().names);
        let problem = mapping.check(manifest.header()).unwrap_err().to_string();
        assert!(
            problem.starts_with("No serial number column was found in row 1"),
            "{problem}"
        );
        mapping
            .assign(manifest.header(), "ser nr of unit", Some(Field::SerialNumber))
            .unwrap();
        mapping.check(manifest.header()).unwrap();
    }
}
