//! Tables as CSV that a spreadsheet opens without running anything in them.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// A table that is being written.
#[derive(Debug, Clone)]
pub struct Table(String);

impl Table {
    /// With its column names.
    pub fn new(columns: &[&str]) -> Self {
        // Excel reads UTF-8 only after a byte order mark.
        let mut table = Table("\u{feff}".into());
        table.row(columns.iter().map(|c| (*c).to_owned()));
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().map(|cell| quoted(&harmless(&cell))).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    /// As a file to save.
    pub fn download(self, name: &str) -> Response {
        let mut response = self.0.into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        );
        if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe; a negative number stays a number.
fn harmless(cell: &str) -> String {
    let is_number = cell
        .strip_prefix('-')
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r', ';']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=HYPERLINK(\"x\")", "+1", "-cmd", "@sum", "\t=1", "\r=1"] {
            assert!(harmless(cell).starts_with('\''), "{cell}");
        }
        assert_eq!(harmless("-12.50"), "-12.50");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
