//! Comma-, semicolon-, tab- or bar-separated text in any of the encodings that spreadsheets write, as a stream of
//! rows in constant memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, UTF_8, WINDOWS_1252};

use super::manifest_file::{
    FileProblem, Header, Limits, RawRow, find_header, header_rows, read_start, utf16_order,
};

const CHUNK: usize = 64 * 1024;
/// One row's text at most: wide rows with notes stay far below it, an unclosed quotation mark does not.
const LINE: usize = 256 * 1024;

/// How a text file is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct CsvFormat {
    encoding: &'static Encoding,
    delimiter: u8,
}

impl CsvFormat {
    /// Find out the encoding and the delimiter, and the header that they lead to.
    pub(super) fn guess(path: &Path, limits: &Limits) -> Result<(Self, Header), FileProblem> {
        let encoding = guess_encoding(path)?;
        let mut best: Option<(Self, Header, usize)> = None;
        let mut problem = None;
        for delimiter in *b",;\t|" {
            let format = Self { encoding, delimiter };
            let first_rows = match first_rows(path, &format, limits) {
                Ok(rows) => rows,
                // Said only if no other delimiter makes sense of the file. A wrong one makes one long cell of a line.
                Err(reason) => {
                    if problem.is_none() || matches!(reason, FileProblem::TooManyColumns { .. }) {
                        problem = Some(reason);
                    }
                    continue;
                }
            };
            if let Some((header, score)) = find_header(&first_rows)
                && best.as_ref().is_none_or(|(.., so_far)| score > *so_far)
            {
                best = Some((format, header, score));
            }
        }
        match (best, problem) {
            (Some((.., score)), Some(reason)) if score < 2 => Err(reason),
            (Some((format, header, _)), _) => Ok((format, header)),
            (None, Some(reason)) => Err(reason),
            (None, None) => Err(FileProblem::Empty),
        }
    }
}

fn first_rows(path: &Path, format: &CsvFormat, limits: &Limits) -> Result<Vec<RawRow>, FileProblem> {
    let mut rows = CsvRows::open(path, format, limits)?;
    let mut first = Vec::new();
    while first.len() < header_rows() {
        match rows.next_row()? {
            Some(row) if row.is_blank() => {}
            Some(row) => first.push(row),
            None => break,
        }
    }
    Ok(first)
}

/// UTF-16 by its look, UTF-8 if all of the file is, and otherwise what Excel on Windows writes.
fn guess_encoding(path: &Path) -> Result<&'static Encoding, FileProblem> {
    let mut file = File::open(path)?;
    let mut bytes = vec![0; CHUNK];
    let read = read_start(&mut file, &mut bytes)?;
    if let Some(encoding) = utf16_order(&bytes[..read]) {
        return Ok(encoding);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut decoder = UTF_8.new_decoder();
    let mut text = vec![0; CHUNK * 3 + 16];
    loop {
        let read = file.read(&mut bytes)?;
        match decoder
            .decode_to_utf8_without_replacement(&bytes[..read], &mut text, read == 0)
            .0
        {
            DecoderResult::Malformed(..) => return Ok(WINDOWS_1252),
            _ if read == 0 => return Ok(UTF_8),
            _ => {}
        }
    }
}

/// The comma-separated rows of another list than a manifest, within the same limits and in the same constant memory.
pub(crate) struct CommaRows(CsvRows);

impl CommaRows {
    pub(crate) fn open(path: &Path) -> Result<Self, FileProblem> {
        let format = CsvFormat {
            encoding: guess_encoding(path)?,
            delimiter: b',',
        };
        CsvRows::open(path, &format, &Limits::default()).map(Self)
    }

    /// The cells of the next row that is not blank, without the blanks around them.
    pub(crate) fn next_row(&mut self) -> Result<Option<Vec<String>>, FileProblem> {
        Ok(self.0.next_row()?.map(|row| row.cells))
    }
}

/// The rows of a text file, read as they are asked for.
pub(super) struct CsvRows {
    file: File,
    decoder: Decoder,
    bytes: Vec<u8>,
    text: Vec<u8>,
    /// What of `text` has not been parsed yet.
    rest: std::ops::Range<usize>,
    /// No more text will come.
    at_end: bool,
    parser: Reader,
    record: Vec<u8>,
    ends: Vec<usize>,
    next_number: u32,
    after_return: bool,
    cell_chars: usize,
}

impl CsvRows {
    pub(super) fn open(path: &Path, format: &CsvFormat, limits: &Limits) -> Result<Self, FileProblem> {
        Ok(Self {
            file: File::open(path)?,
            decoder: format.encoding.new_decoder_with_bom_removal(),
            bytes: vec![0; CHUNK],
            // A Windows-1252 byte becomes three bytes at most.
            text: vec![0; CHUNK * 3 + 16],
            rest: 0..0,
            at_end: false,
            parser: ReaderBuilder::new().delimiter(format.delimiter).build(),
            record: vec![0; LINE],
            ends: vec![0; limits.columns + 1],
            next_number: 1,
            after_return: false,
            cell_chars: limits.cell_chars,
        })
    }

    /// The next row; lines without a character are counted and left out.
    pub(super) fn next_row(&mut self) -> Result<Option<RawRow>, FileProblem> {
        self.skip_empty_lines()?;
        let number = self.next_number;
        let (mut written, mut cells) = (0, 0);
        loop {
            self.fill()?;
            let input = &self.text[self.rest.clone()];
            let (result, read, wrote, ended) =
                self.parser
                    .read_record(input, &mut self.record[written..], &mut self.ends[cells..]);
            if read > 0 {
                self.after_return = input[read - 1] == b'\r';
            }
            self.rest.start += read;
            written += wrote;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => return Err(FileProblem::CellTooLong { row: number }),
                ReadRecordResult::OutputEndsFull => {
                    return Err(FileProblem::TooManyColumns {
                        row: number,
                        limit: self.ends.len() - 1,
                    });
                }
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
            }
        }
        if cells >= self.ends.len() {
            return Err(FileProblem::TooManyColumns {
                row: number,
                limit: self.ends.len() - 1,
            });
        }
        self.next_number += 1;
        let mut start = 0;
        let mut row = RawRow {
            number,
            cells: Vec::with_capacity(cells),
        };
        for end in &self.ends[..cells] {
            let cell = String::from_utf8_lossy(&self.record[start..*end]);
            let cell = cell.trim();
            if cell.len() > self.cell_chars && cell.chars().count() > self.cell_chars {
                return Err(FileProblem::CellTooLong { row: number });
            }
            row.cells.push(cell.to_owned());
            start = *end;
        }
        Ok(Some(row))
    }

    /// The parser passes over empty lines without a word, but a spreadsheet numbers them.
    fn skip_empty_lines(&mut self) -> Result<(), FileProblem> {
        loop {
            self.fill()?;
            match self.text[self.rest.clone()].first() {
                Some(b'\n') if self.after_return => self.after_return = false,
                Some(b'\n') => self.next_number += 1,
                Some(b'\r') => {
                    self.next_number += 1;
                    self.after_return = true;
                }
                _ => {
                    self.after_return = false;
                    return Ok(());
                }
            }
            self.rest.start += 1;
        }
    }

    /// See that there is text to parse, unless the file has ended.
    fn fill(&mut self) -> Result<(), FileProblem> {
        while self.rest.is_empty() && !self.at_end {
            let read = self.file.read(&mut self.bytes)?;
            let (result, _, written, _) =
                self.decoder
                    .decode_to_utf8(&self.bytes[..read], &mut self.text, read == 0);
            debug_assert_eq!(result, CoderResult::InputEmpty, "the text buffer holds any chunk");
            self.rest = 0..written;
            self.at_end = read == 0;
        }
        Ok(())
    }
}
