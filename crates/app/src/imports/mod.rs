//! Manifests: reading a supplier's list of devices, and receiving what it lists.
//!
//! From the file to its rows: [`ManifestFile`] tells what the file is, [`Mapping`] what its columns mean, [`RowReader`]
//! what each row says. [`import_manifest`] receives the devices, for every face alike; [`upload`], [`preview`] and
//! [`start`] are its steps in the browser.

mod csv_file;
mod import_manifest;
mod manifest_file;
mod mapping;
mod row;
mod tally;
mod undo;
mod upload;
mod workbook;

pub(crate) use csv_file::CommaRows;
pub use db::imports::{IMPORTS as LIST, Import, ImportMode, ImportState, ImportSummary, RowError};
pub use import_manifest::{
    ManifestOptions, currencies, foreign_currencies, import_manifest, received_before,
};
pub use manifest_file::{FileProblem, Header, Limits, ManifestFile, RawRow, Rows};
pub use mapping::{Field, Mapping};
pub use row::{Columns, ModelSpec, ParsedRow, RowReader};
pub use undo::undo;
pub use upload::{
    NewModel, Preview, PreviewRow, discard, fail_interrupted, find, preview, recent, rejected_file,
    rejected_preview, scanned, scanned_ids, start, upload,
};
