//! Manifests: reading a supplier's list of devices, and receiving what it lists.

mod csv_file;
mod manifest_file;
mod mapping;
mod row;
mod workbook;

pub use manifest_file::{FileProblem, Header, Limits, ManifestFile, RawRow, Rows};
pub use mapping::{Field, Mapping};
pub use row::{ModelSpec, ParsedRow, RowError, RowReader};
