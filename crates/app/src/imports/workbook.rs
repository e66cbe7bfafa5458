//! Excel workbooks (.xlsx), read cell by cell, after a look at what they would unpack to.

use std::fs::File;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{Cell, DataRef, Reader, SheetType, Xlsx, XlsxCellReader};
use zip::ZipArchive;

use super::manifest_file::{FileProblem, Header, Limits, RawRow, find_header, header_rows};

/// Text that a workbook keeps apart from its sheets is held in memory while it is read.
const SHARED_STRINGS: u64 = 48 * 1024 * 1024;
/// XML between two `<`, which the reader holds in one piece.
const PIECE: u64 = 1024 * 1024;
/// Packed sheets of real lists reach 1:30; nothing that is not made to harm reaches this.
const RATIO: u64 = 250;
/// Below this a ratio says nothing.
const RATIO_FROM: u64 = 4 * 1024 * 1024;
const PARTS: usize = 2_000;
const SHEETS: usize = 30;

type OpenXlsx = Xlsx<BufReader<File>>;

/// An opened workbook and the sheet to read.
pub(super) struct Workbook {
    xlsx: OpenXlsx,
    sheet: String,
}

impl Workbook {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<Self, FileProblem> {
        check_archive(path, limits)?;
        let file = BufReader::new(File::open(path)?);
        let xlsx = guarded(|| OpenXlsx::new(file).map_err(|_| FileProblem::Damaged))?;
        Ok(Self {
            xlsx,
            sheet: String::new(),
        })
    }

    pub(super) fn sheet(&self) -> &str {
        &self.sheet
    }

    /// Choose the first sheet with a header that is understood, or else the first with anything in it.
    pub(super) fn choose_sheet(&mut self, limits: &Limits) -> Result<Header, FileProblem> {
        let sheets: Vec<String> = (self.xlsx.sheets_metadata().iter())
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| sheet.name.clone())
            .take(SHEETS)
            .collect();
        let mut best: Option<(String, Header, usize)> = None;
        for sheet in sheets {
            self.sheet = sheet;
            let first = self.first_rows(limits)?;
            if let Some((header, score)) = find_header(&first)
                && best
                    .as_ref()
                    .is_none_or(|(.., so_far)| score >= 1_000 && score > *so_far)
            {
                best = Some((self.sheet.clone(), header, score));
            }
        }
        let (sheet, header, _) = best.ok_or(FileProblem::Empty)?;
        self.sheet = sheet;
        Ok(header)
    }

    fn first_rows(&mut self, limits: &Limits) -> Result<Vec<RawRow>, FileProblem> {
        let mut rows = self.rows(limits)?;
        let mut first = Vec::new();
        while first.len() < header_rows()
            && let Some(row) = rows.next_row()?
        {
            first.push(row);
        }
        Ok(first)
    }

    pub(super) fn rows(&mut self, limits: &Limits) -> Result<SheetRows<'_>, FileProblem> {
        let (xlsx, sheet) = (&mut self.xlsx, &self.sheet);
        let cells = guarded(|| {
            xlsx.worksheet_cells_reader(sheet)
                .map_err(|_| FileProblem::Damaged)
        })?;
        Ok(SheetRows {
            cells,
            begun: None,
            last: 0,
            ended: false,
            columns: limits.columns,
            cell_chars: limits.cell_chars,
        })
    }
}

/// The rows of a sheet, read as they are asked for; rows without text are left out.
pub(super) struct SheetRows<'a> {
    cells: XlsxCellReader<'a, BufReader<File>>,
    /// The first cell of the row that follows.
    begun: Option<(u32, usize, String)>,
    /// The number of the last row given out.
    last: u32,
    ended: bool,
    columns: usize,
    cell_chars: usize,
}

impl SheetRows<'_> {
    pub(super) fn next_row(&mut self) -> Result<Option<RawRow>, FileProblem> {
        let Some((number, column, text)) = (match self.begun.take() {
            Some(begun) => Some(begun),
            None => self.next_text()?,
        }) else {
            return Ok(None);
        };
        // Rows in another order than their numbers are nothing that a spreadsheet writes.
        if number <= self.last {
            return Err(FileProblem::Damaged);
        }
        self.last = number;
        let mut row = RawRow {
            number,
            cells: Vec::new(),
        };
        row.put(column, text);
        while let Some((next, column, text)) = self.next_text()? {
            if next != number {
                self.begun = Some((next, column, text));
                break;
            }
            row.put(column, text);
        }
        Ok(Some(row))
    }

    /// The next cell that is not blank: its row from 1, its column from 0, its text.
    fn next_text(&mut self) -> Result<Option<(u32, usize, String)>, FileProblem> {
        // Behind its end the reader would take the rest of the sheet for damage.
        while !self.ended {
            let cells = &mut self.cells;
            let Some(cell) = guarded(|| cells.next_cell().map_err(|_| FileProblem::Damaged))? else {
                self.ended = true;
                break;
            };
            let (row, column) = cell.get_position();
            let (row, column) = (row.saturating_add(1), column as usize);
            let text = cell_text(&cell);
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            if column >= self.columns {
                return Err(FileProblem::TooManyColumns {
                    row,
                    limit: self.columns,
                });
            }
            if text.len() > self.cell_chars && text.chars().count() > self.cell_chars {
                return Err(FileProblem::CellTooLong { row });
            }
            return Ok(Some((row, column, text.to_owned())));
        }
        Ok(None)
    }
}

impl RawRow {
    fn put(&mut self, column: usize, text: String) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
    }
}

/// A cell as its reader sees it on the screen, as far as that matters in a list of devices.
fn cell_text(cell: &Cell<DataRef<'_>>) -> String {
    match cell.get_value() {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) if moment.is_duration() => number_text(moment.as_f64()),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(error) => error.to_string(),
    }
}

/// A number with the fifteen digits that Excel keeps: 0.1 + 0.2 is 0.3, and what has more digits before the point is
/// written with an exponent, because its last digits are lost.
fn number_text(number: f64) -> String {
    let text = format!("{number:.14e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-9..15).contains(&exponent) {
        return format!(
            "{}E{exponent:+}",
            digits.trim_end_matches('0').trim_end_matches('.')
        );
    }
    let decimals = usize::try_from(14 - exponent).unwrap_or(0);
    let plain = format!("{number:.decimals$}");
    match plain.split_once('.') {
        Some(_) => plain.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => plain,
    }
}

/// The reader of workbooks counts on well-made ones; what makes it panic is a damaged file, not our end.
fn guarded<T>(read: impl FnOnce() -> Result<T, FileProblem>) -> Result<T, FileProblem> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(FileProblem::Damaged))
}

/// Refuse an archive that is no workbook, or that would unpack to more than its limits. The sizes that the archive
/// claims are not believed: every part is unpacked once, into nothing, while its bytes are counted.
fn check_archive(path: &Path, limits: &Limits) -> Result<(), FileProblem> {
    let file = File::open(path)?;
    let packed = file.metadata()?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| FileProblem::Damaged)?;
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.map(|name| name.to_lowercase()).unwrap_or_default())
        .collect();
    let any = |wanted: &dyn Fn(&str) -> bool| names.iter().any(|name| wanted(name));
    if any(&|name| name == "xl/workbook.bin") {
        return Err(FileProblem::WrongType {
            found: "a binary Excel workbook (.xlsb)",
        });
    }
    if any(&|name| name.starts_with("word/")) {
        return Err(FileProblem::WrongType {
            found: "a Word document",
        });
    }
    if any(&|name| name.starts_with("ppt/")) {
        return Err(FileProblem::WrongType {
            found: "a PowerPoint file",
        });
    }
    if any(&|name| name == "content.xml") && any(&|name| name == "mimetype") {
        return Err(FileProblem::WrongType {
            found: "an OpenDocument file (.ods)",
        });
    }
    if !any(&|name| name == "[content_types].xml") || !any(&|name| name.ends_with("workbook.xml")) {
        return Err(FileProblem::WrongType {
            found: "a zip archive",
        });
    }
    if archive.len() > PARTS
        || archive
            .decompressed_size()
            .is_some_and(|size| size > u128::from(limits.unpacked_bytes))
    {
        return Err(FileProblem::Bomb);
    }
    let most = limits
        .unpacked_bytes
        .min(packed.saturating_mul(RATIO).max(RATIO_FROM));
    let mut total = 0;
    for (part, name) in names.iter().enumerate() {
        let mut reader = archive.by_index(part).map_err(|_| FileProblem::Damaged)?;
        let strings = name.ends_with("sharedstrings.xml");
        let xml = name.ends_with(".xml") || name.ends_with(".rels");
        total = check_part(
            &mut reader,
            total,
            most,
            if strings { SHARED_STRINGS } else { most },
            xml,
            strings,
        )?;
    }
    Ok(())
}

fn check_part(
    part: &mut impl Read,
    before: u64,
    most: u64,
    most_here: u64,
    xml: bool,
    strings: bool,
) -> Result<u64, FileProblem> {
    let mut buffer = vec![0; 64 * 1024];
    let (mut here, mut piece) = (0, 0_u64);
    let mut tail: Vec<u8> = Vec::new();
    loop {
        let read = part.read(&mut buffer).map_err(|_| FileProblem::Damaged)?;
        if read == 0 {
            break;
        }
        let bytes = &buffer[..read];
        here += read as u64;
        if here > most_here || before + here > most {
            return Err(FileProblem::Bomb);
        }
        if !xml {
            continue;
        }
        // Another encoding than the one that every spreadsheet writes would hide what is looked for here.
        if bytes.contains(&0) {
            return Err(FileProblem::Damaged);
        }
        for stretch in bytes.split_inclusive(|byte| *byte == b'<') {
            piece += stretch.len() as u64;
            if piece > PIECE {
                return Err(FileProblem::Bomb);
            }
            if stretch.ends_with(b"<") {
                piece = 0;
            }
        }
        if strings {
            tail.extend_from_slice(bytes);
            refuse_false_count(&tail)?;
            let keep = tail.len().saturating_sub(128);
            tail.drain(..keep);
        }
    }
    Ok(before + here)
}

/// The number of texts is claimed ahead of them, and room is made for as many as it claims.
fn refuse_false_count(bytes: &[u8]) -> Result<(), FileProblem> {
    const NAME: &[u8] = b"uniqueCount";
    let mut from = 0;
    while let Some(found) = bytes[from..]
        .windows(NAME.len())
        .position(|window| window == NAME)
    {
        from += found + NAME.len();
        let digits = (bytes[from..].iter())
            .skip_while(|byte| byte.is_ascii_whitespace() || b"=\"'".contains(byte))
            .take_while(|byte| byte.is_ascii_digit())
            .skip_while(|digit| **digit == b'0')
            .count();
        if digits > 7 {
            return Err(FileProblem::Bomb);
        }
    }
    Ok(())
}
