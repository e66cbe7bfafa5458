//! Warranty claims.

use crate::Tone;

text_enum! {
    /// Where a claim is.
    pub enum ClaimStatus {
        /// To be decided.
        Submitted = "Submitted",
        /// Accepted; the repair ticket is open.
        Approved = "Approved",
        /// Refused, with a reason.
        Denied = "Denied",
        /// Settled.
        Completed = "Completed",
    }
}

text_enum! {
    /// How a claim ended.
    pub enum ClaimOutcome {
        /// The device was repaired.
        Repaired = "Repaired",
        /// The customer got another device, which carries the rest of the warranty.
        Replaced = "Replaced",
        /// The customer got the money back.
        Refunded = "Refunded",
        /// Nothing was owed.
        Denied = "Denied",
    }
}

impl ClaimStatus {
    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Submitted => Tone::Warn,
            Self::Approved => Tone::Info,
            Self::Denied => Tone::Bad,
            Self::Completed => Tone::Good,
        }
    }
}

use ClaimStatus::{Approved, Completed, Denied, Submitted};

/// The table: from, what a button says, to. The database holds the same in `claim_status_moves`.
pub const MOVES: &[(ClaimStatus, &str, ClaimStatus)] = &[
    (Submitted, "Approve", Approved),
    (Submitted, "Deny", Denied),
    (Approved, "Complete", Completed),
];

/// Why a claim cannot be moved, and where it can go instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ClaimMoveRefused {
    /// The reason, as a sentence that begins with "This claim".
    pub detail: String,
    /// Where the table leads from here.
    pub allowed: Vec<ClaimStatus>,
}

impl ClaimStatus {
    /// Whether the table leads from here to there.
    pub fn check_move(self, to: Self) -> Result<(), ClaimMoveRefused> {
        if MOVES.iter().any(|(from, _, next)| (*from, *next) == (self, to)) {
            return Ok(());
        }
        let hint = match (self, to) {
            (Submitted, _) => "approve or deny it first",
            (Approved, _) => "it is decided, complete it",
            (Denied | Completed, _) => "it is settled. Another fault is another claim",
        };
        Err(ClaimMoveRefused {
            detail: format!("This claim is {self}: {hint}."),
            allowed: self.allowed().collect(),
        })
    }

    /// Where the table leads from here.
    pub fn allowed(self) -> impl Iterator<Item = Self> {
        MOVES
            .iter()
            .filter(move |(from, ..)| *from == self)
            .map(|(_, _, to)| *to)
    }

    /// Whether it waits for a decision or for its end: its warranty is Claimed meanwhile.
    pub const fn is_open(self) -> bool {
        matches!(self, Submitted | Approved)
    }
}

text_enum! {
    /// How an approved claim ends.
    pub enum Settlement {
        /// The device was repaired.
        Repaired = "Repaired",
        /// The customer gets another device, which carries the rest of the warranty.
        Replaced = "Replaced",
        /// The customer gets the money back.
        Refunded = "Refunded",
    }
}

impl Settlement {
    /// What is written on the claim, and on its repair ticket.
    pub const fn outcomes(self) -> (ClaimOutcome, crate::RepairOutcome) {
        match self {
            Self::Repaired => (ClaimOutcome::Repaired, crate::RepairOutcome::Repaired),
            Self::Replaced => (ClaimOutcome::Replaced, crate::RepairOutcome::Replaced),
            Self::Refunded => (ClaimOutcome::Refunded, crate::RepairOutcome::Refunded),
        }
    }
}

/// The workflow as a page of docs/workflows.
pub fn workflow_markdown() -> String {
    let needs = |to: ClaimStatus| match to {
        Approved => "opens the repair ticket",
        Denied => "a reason",
        Completed => "an outcome: Repaired, Replaced or Refunded",
        Submitted => "",
    };
    let moves: Vec<_> = MOVES
        .iter()
        .map(|(from, label, to)| (from.as_str(), (*label).to_owned(), to.as_str(), needs(*to)))
        .collect();
    crate::text::workflow_page(
        "The life of a warranty claim",
        "crates/domain/src/claim.rs",
        &moves,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_statuses() {
        let listed: [(ClaimStatus, &[ClaimStatus]); 4] = [
            (Submitted, &[Approved, Denied]),
            (Approved, &[Completed]),
            (Denied, &[]),
            (Completed, &[]),
        ];
        assert_eq!(listed.map(|(from, _)| from), ClaimStatus::ALL);
        for (from, allowed) in listed {
            for to in ClaimStatus::ALL {
                match from.check_move(*to) {
                    Ok(()) => assert!(allowed.contains(to), "{from} {to}"),
                    Err(refused) => {
                        assert!(!allowed.contains(to), "{from} {to}");
                        assert_eq!(refused.allowed, allowed);
                        assert!(refused.detail.ends_with('.'));
                    }
                }
            }
            assert_eq!(from.is_open(), !allowed.is_empty());
        }
    }
}
