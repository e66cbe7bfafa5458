//! Whether the books hold together (QUALITY.md section 2): every invariant of `db::verify`, asked at one instant.

use crate::Refusal;
use db::PgConnection;
use db::verify::{INVARIANTS, Invariant, MOST_SHOWN, Offence};
use sqlx::Executor;
use std::fmt;

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: &'static Invariant,
    /// What breaks it: at least one row, and not more than are worth reading.
    pub offences: Vec<Offence>,
}

impl fmt::Display for Broken {
    /// One sentence with what breaks the invariant.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.offences.iter().map(|o| o.words.as_str()).collect();
        let law = self.invariant.law.trim_end_matches('.');
        write!(f, "{}: {law}, but {}", self.invariant.name, words.join("; "))?;
        f.write_str(if words.len() < MOST_SHOWN {
            "."
        } else {
            "; and maybe more."
        })
    }
}

/// How many invariants there are.
pub fn invariants() -> usize {
    INVARIANTS.len()
}

/// Asks every invariant of one snapshot of the database, so that a shop that goes on selling does not disturb it, and
/// answers those that are broken. The connection is the caller's own, with the right to read every table; it is in no
/// transaction before and after.
pub async fn verify(conn: &mut PgConnection) -> Result<Vec<Broken>, Refusal> {
    conn.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let mut broken = Vec::new();
    for invariant in INVARIANTS {
        let offences = db::verify::invariant_offences(conn, invariant).await?;
        if !offences.is_empty() {
            broken.push(Broken { invariant, offences });
        }
    }
    conn.execute("ROLLBACK").await?;
    Ok(broken)
}
