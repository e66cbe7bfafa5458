//! Repair tickets.

use crate::Tone;

text_enum! {
    /// Where a repair is.
    pub enum RepairStatus {
        /// Taken in.
        Open = "Open",
        /// Somebody looks for the fault.
        Diagnosing = "Diagnosing",
        /// Parts are ordered.
        WaitingForParts = "Waiting for Parts",
        /// On the bench.
        InRepair = "In Repair",
        /// Done, to be fetched.
        Ready = "Ready",
        /// Gone.
        Closed = "Closed",
    }
}

text_enum! {
    /// How a repair ended.
    pub enum RepairOutcome {
        /// It works again.
        Repaired = "Repaired",
        /// The customer got another one.
        Replaced = "Replaced",
        /// The customer got the money back.
        Refunded = "Refunded",
        /// It cannot be repaired.
        Unable = "Unable",
    }
}

impl RepairStatus {
    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Open | Self::WaitingForParts => Tone::Warn,
            Self::Diagnosing | Self::InRepair => Tone::Info,
            Self::Ready => Tone::Good,
            Self::Closed => Tone::Neutral,
        }
    }
}

text_enum! {
    /// Who pays for a repair.
    pub enum PaidBy {
        /// The customer, by an invoice.
        Customer = "Customer",
        /// A warranty: nothing is billed, what it costs is kept.
        Warranty = "Warranty",
        /// The shop, for a device of its own stock.
        Shop = "Shop",
    }
}

text_enum! {
    /// What a customer says to an estimate.
    pub enum EstimateAnswer {
        /// Repair it.
        Yes = "Yes",
        /// Leave it.
        No = "No",
    }
}

use RepairStatus::{Closed, Diagnosing, InRepair, Open, Ready, WaitingForParts};

/// The table: from, what a button says, to. The database holds the same in `repair_status_moves`.
pub const MOVES: &[(RepairStatus, &str, RepairStatus)] = &[
    (Open, "Start diagnosing", Diagnosing),
    (Diagnosing, "Start repair", InRepair),
    (Diagnosing, "Wait for parts", WaitingForParts),
    (WaitingForParts, "Start repair", InRepair),
    (InRepair, "Ready to fetch", Ready),
    (InRepair, "Wait for parts", WaitingForParts),
    (Ready, "Close", Closed),
    (Ready, "Back to repair", InRepair),
];

/// Why a ticket cannot be moved, and where it can go instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct RepairMoveRefused {
    /// The reason, as a sentence that begins with "This ticket".
    pub detail: String,
    /// Where the table leads from here.
    pub allowed: Vec<RepairStatus>,
}

impl RepairStatus {
    /// Whether the table leads from here to there.
    pub fn check_move(self, to: Self) -> Result<(), RepairMoveRefused> {
        if MOVES.iter().any(|(from, _, next)| (*from, *next) == (self, to)) {
            return Ok(());
        }
        let allowed: Vec<Self> = self.allowed().map(|(_, next)| next).collect();
        let hint = match self {
            Closed => "it stays as it is. Open another ticket for more work".to_owned(),
            same if same == to => "nothing changes".to_owned(),
            _ => format!("it can become {}", crate::text::one_of(&allowed)),
        };
        Err(RepairMoveRefused {
            detail: format!("This ticket is {self}: {hint}."),
            allowed,
        })
    }

    /// Where the table leads from here: what a button says, and the status then.
    pub fn allowed(self) -> impl Iterator<Item = (&'static str, Self)> {
        MOVES
            .iter()
            .filter(move |(from, ..)| *from == self)
            .map(|(_, label, to)| (*label, *to))
    }

    /// The shortest way from here to Ready or Closed, for what ends a repair in one step: a claim that is completed, an
    /// estimate that is refused.
    pub fn way_to(self, end: Self) -> Vec<Self> {
        const WAY: [RepairStatus; 5] = [Open, Diagnosing, InRepair, Ready, Closed];
        let here = match self {
            WaitingForParts => 1,
            other => WAY.iter().position(|s| *s == other).unwrap_or(WAY.len()),
        };
        let last = WAY.iter().position(|s| *s == end).unwrap_or(0);
        WAY.iter()
            .enumerate()
            .filter(|(n, _)| *n > here && *n <= last)
            .map(|(_, s)| *s)
            .collect()
    }

    /// Whether parts may be added and taken off: before it is Ready.
    pub const fn takes_parts(self) -> bool {
        !matches!(self, Ready | Closed)
    }
}

/// The workflow as a page of docs/workflows.
pub fn workflow_markdown() -> String {
    let moves: Vec<_> = MOVES
        .iter()
        .map(|(from, label, to)| (from.as_str(), (*label).to_owned(), to.as_str(), repair_needs(*to)))
        .collect();
    crate::text::workflow_page(
        "The life of a repair ticket",
        "crates/domain/src/repair.rs",
        &moves,
    )
}

fn repair_needs(to: RepairStatus) -> &'static str {
    match to {
        Closed => "an outcome",
        InRepair => "the customer's yes, where an estimate was given",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_statuses() {
        let listed: [(RepairStatus, &[RepairStatus]); 6] = [
            (Open, &[Diagnosing]),
            (Diagnosing, &[InRepair, WaitingForParts]),
            (WaitingForParts, &[InRepair]),
            (InRepair, &[Ready, WaitingForParts]),
            (Ready, &[Closed, InRepair]),
            (Closed, &[]),
        ];
        assert_eq!(listed.map(|(from, _)| from), RepairStatus::ALL);
        for (from, allowed) in listed {
            assert_eq!(from.allowed().map(|(_, to)| to).collect::<Vec<_>>(), allowed);
            for to in RepairStatus::ALL {
                match from.check_move(*to) {
                    Ok(()) => assert!(allowed.contains(to), "{from} {to}"),
                    Err(refused) => {
                        assert!(!allowed.contains(to), "{from} {to}");
                        assert_eq!(refused.allowed, allowed);
                        assert!(refused.detail.contains(from.as_str()) && refused.detail.ends_with('.'));
                    }
                }
            }
        }
    }

    #[test]
    fn the_way_to_the_end_is_made_of_moves() {
        for from in RepairStatus::ALL {
            for end in [Ready, Closed] {
                let mut at = *from;
                for next in from.way_to(end) {
                    at.check_move(next).expect("each step is a move");
                    at = next;
                }
                assert!(at == end || *from == Closed, "{from} ends at {at}");
            }
        }
        assert_eq!(Open.way_to(Closed), [Diagnosing, InRepair, Ready, Closed]);
        assert_eq!(Ready.way_to(Ready), []);
    }
}
