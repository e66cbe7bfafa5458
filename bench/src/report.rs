//! The table: each figure beside its goal, on the terminal and in docs/benchmarks.md.

use crate::Failure;
use std::fmt::Write;
use std::path::Path;

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Line {
    /// What was measured.
    pub work: String,
    /// What is asked of it.
    pub goal: String,
    /// What it came to.
    pub figure: String,
    /// Whether that is enough; `None` where there is nothing to reach.
    pub passed: Option<bool>,
}

impl Line {
    /// A line.
    pub fn new(work: &str, goal: &str, figure: String, passed: Option<bool>) -> Line {
        Line {
            work: work.to_owned(),
            goal: goal.to_owned(),
            figure,
            passed,
        }
    }
}

/// The lines as a table of Markdown.
pub fn table(lines: &[Line]) -> String {
    let mut text = String::from("| work | goal | figure | |\n|---|---|---|---|\n");
    for line in lines {
        let mark = match line.passed {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "",
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {mark} |",
            line.work, line.goal, line.figure
        );
    }
    text
}

/// Puts a size's section into the file, in the place of the one that was there; the rest of the file stays as it is.
pub fn keep(file: &Path, size: &str, section: &str) -> Result<(), Failure> {
    let (from, to) = (
        format!("<!-- measured: {size} -->"),
        format!("<!-- end: {size} -->"),
    );
    let section = format!("{from}\n{section}{to}\n");
    let mut text = std::fs::read_to_string(file)
        .unwrap_or_else(|_| "# Benchmarks\n\nWritten by `make bench`.\n".to_owned());
    match (text.find(&from), text.find(&to)) {
        (Some(begin), Some(end)) if begin < end => {
            text.replace_range(begin..end + to.len() + 1, &section);
        }
        _ => {
            text.push('\n');
            text.push_str(&section);
        }
    }
    std::fs::write(file, text)?;
    Ok(())
}
