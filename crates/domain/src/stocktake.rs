//! Stocktakes: what is counted in a place, and what came of each thing.

use crate::Tone;
use StocktakeStatus::{Approved, Cancelled, Counting, Submitted};

text_enum! {
    /// Where a stocktake is.
    pub enum StocktakeStatus {
        /// It is being counted.
        Counting = "Counting",
        /// Counted; a Manager looks at it.
        Submitted = "Submitted",
        /// What it found was carried out.
        Approved = "Approved",
        /// Given up; nothing was changed.
        Cancelled = "Cancelled",
    }
}

/// The table: from, what a button says, to. The database's guard refuses everything else.
pub const MOVES: &[(StocktakeStatus, &str, StocktakeStatus)] = &[
    (Counting, "Submit the count", Submitted),
    (Counting, "Cancel", Cancelled),
    (Submitted, "Count further", Counting),
    (Submitted, "Approve", Approved),
    (Submitted, "Cancel", Cancelled),
];

/// The workflow as a page of docs/workflows.
pub fn workflow_markdown() -> String {
    let needs = |from: StocktakeStatus, to: StocktakeStatus| match (from, to) {
        (_, Submitted) => "something counted, unless nothing is expected",
        (_, Approved) => "a Manager; no item left with fewer than open invoices hold",
        (Counting, Cancelled) => "a reason",
        (_, Cancelled) => "a Manager, and a reason",
        _ => "a Manager",
    };
    let moves: Vec<_> = MOVES
        .iter()
        .map(|(from, label, to)| (from.as_str(), (*label).to_owned(), to.as_str(), needs(*from, *to)))
        .collect();
    crate::text::workflow_page(
        "The life of a stocktake",
        "crates/domain/src/stocktake.rs",
        &moves,
    )
}

impl StocktakeStatus {
    /// Where it may go from here.
    pub fn allowed(self) -> impl Iterator<Item = StocktakeStatus> {
        MOVES
            .iter()
            .filter(move |(from, ..)| *from == self)
            .map(|(.., to)| *to)
    }

    /// Whether it may go there.
    pub fn may_become(self, to: StocktakeStatus) -> bool {
        self.allowed().any(|allowed| allowed == to)
    }

    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Counting => Tone::Info,
            Submitted => Tone::Warn,
            Approved => Tone::Good,
            Cancelled => Tone::Neutral,
        }
    }
}

text_enum! {
    /// What came of one thing in a stocktake.
    pub enum StocktakeOutcome {
        /// It is where the books have it.
        Found = "Found",
        /// It is not there, and nothing says where it went.
        Missing = "Missing",
        /// It is there, and by the books it is nowhere, scrapped, or sold before the count began.
        Unexpected = "Unexpected",
        /// It is there, and by the books it is somewhere else.
        WrongPlace = "Wrong Place",
        /// It was sold while the count ran, before or after it was counted.
        SoldMeanwhile = "Sold Meanwhile",
        /// Somebody moved or scrapped it while the count ran.
        MovedMeanwhile = "Moved Meanwhile",
        /// A code that no device and no item has.
        Unknown = "Unknown",
        /// Fewer of an item than the books say.
        Short = "Short",
        /// More of an item than the books say.
        Over = "Over",
        /// An item that nobody counted.
        NotCounted = "Not Counted",
    }
}

impl StocktakeOutcome {
    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Found => Tone::Good,
            Self::Missing | Self::Short | Self::Unknown => Tone::Bad,
            Self::Unexpected | Self::WrongPlace | Self::Over => Tone::Warn,
            Self::SoldMeanwhile | Self::MovedMeanwhile => Tone::Info,
            Self::NotCounted => Tone::Neutral,
        }
    }

    /// What it means, and what the approval does about it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Found => "Counted where the books have them.",
            Self::Missing => {
                "Not counted, and nothing says where they went. The approval puts them to the place Missing, with their status as it is."
            }
            Self::Unexpected => {
                "Counted here, though by the books they are nowhere, scrapped, or sold before the count began. The approval moves them here, but for sold ones: ask who has them."
            }
            Self::WrongPlace => {
                "Counted here, and somewhere else by the books. The approval moves them here."
            }
            Self::SoldMeanwhile => {
                "Sold while the count ran, so it does not matter whether they were counted. Nothing is done."
            }
            Self::MovedMeanwhile => "Moved or scrapped by somebody while the count ran. Nothing is done.",
            Self::Unknown => {
                "Codes that no device and no item has: receive them, or find out what was scanned."
            }
            Self::Short => {
                "Fewer than the books said when they were counted. The approval takes the difference away."
            }
            Self::Over => {
                "More than the books said when they were counted. The approval adds the difference."
            }
            Self::NotCounted => {
                "Kept here, and not counted. Their quantity stays as it is; count 0 of what is gone."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_line() {
        let page = workflow_markdown();
        assert_eq!(page.matches("\n| ").count(), MOVES.len() + 1);
        assert!(page.contains("    [*] --> Counting\n") && page.contains("    Approved --> [*]\n"));
    }

    #[test]
    fn what_is_decided_stays() {
        assert_eq!(Approved.allowed().count() + Cancelled.allowed().count(), 0);
        assert!(Submitted.may_become(Counting) && !Counting.may_become(Approved));
    }
}
