//! The life of an invoice: one table of moves.

use InvoiceStatus::*;

use crate::{Money, Tone};

text_enum! {
    /// Where an invoice is in its life.
    pub enum InvoiceStatus {
        /// Being written; its lines can still change.
        Draft = "Draft",
        /// Given to the customer; to be paid.
        Sent = "Sent",
        /// Paid in full.
        Paid = "Paid",
        /// Called off before it was paid.
        Cancelled = "Cancelled",
        /// Everything on it came back.
        Refunded = "Refunded",
    }
}

text_enum! {
    /// What one does with an invoice, as a button says it.
    pub enum InvoiceAction {
        /// Give it to the customer; its lines are fixed.
        Send = "Send",
        /// Take the payment that completes it.
        Pay = "Pay",
        /// Call it off; devices and stock are released.
        Cancel = "Cancel",
        /// Take back everything on it.
        Refund = "Refund",
    }
}

/// The table: from, action, to. A sale at the counter is sent and paid in one step.
pub const MOVES: &[(InvoiceStatus, InvoiceAction, InvoiceStatus)] = &[
    (Draft, InvoiceAction::Send, Sent),
    (Draft, InvoiceAction::Pay, Paid),
    (Draft, InvoiceAction::Cancel, Cancelled),
    (Sent, InvoiceAction::Pay, Paid),
    (Sent, InvoiceAction::Cancel, Cancelled),
    (Paid, InvoiceAction::Refund, Refunded),
];

/// The workflow as a page of docs/workflows.
pub fn workflow_markdown() -> String {
    let moves: Vec<_> = MOVES
        .iter()
        .map(|(from, action, to)| {
            let needs = match (from, action) {
                (_, InvoiceAction::Send) => {
                    "at least one line; devices stay Reserved and items held until the hold runs out"
                }
                (_, InvoiceAction::Pay) => {
                    "payments that reach the total, by themselves; devices become Sold and get their warranty"
                }
                (Draft, InvoiceAction::Cancel) => "whoever made it, or a Manager; what it holds is released",
                (_, InvoiceAction::Cancel) => "a Manager, and nothing paid; what it holds is released",
                (_, InvoiceAction::Refund) => "every line has come back, by itself with the last return",
            };
            (from.as_str(), action.as_str().to_owned(), to.as_str(), needs)
        })
        .collect();
    crate::text::workflow_page(
        "The life of an invoice",
        "crates/domain/src/invoice/status.rs",
        &moves,
    )
}

/// Why an invoice cannot be moved, and where it can go instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InvoiceMoveRefused {
    /// The reason, as a sentence.
    pub detail: String,
    /// Where the table leads from here.
    pub allowed: Vec<InvoiceStatus>,
}

impl InvoiceStatus {
    /// Where an action leads.
    pub fn after(self, action: InvoiceAction) -> Result<Self, InvoiceMoveRefused> {
        let to = MOVES
            .iter()
            .find(|(from, with, _)| (*from, *with) == (self, action))
            .map(|(_, _, to)| *to);
        to.ok_or_else(|| {
            let hint = match (self, action) {
                (Paid, InvoiceAction::Cancel) => "what is paid comes back by a return",
                (Paid, InvoiceAction::Pay) => "nothing is left to pay",
                (Cancelled | Refunded, _) => "make a new invoice",
                (Sent, InvoiceAction::Send) => "it is with the customer already",
                _ => "that is not possible any more",
            };
            InvoiceMoveRefused {
                detail: format!("This invoice is {self}: {hint}."),
                allowed: self.allowed().collect(),
            }
        })
    }

    /// Where an invoice is after a payment: Paid when nothing is left to pay, or else Sent, because what somebody paid on
    /// is no draft any more.
    pub fn after_payment(self, balance: Money) -> Result<Self, InvoiceMoveRefused> {
        let paid = self.after(InvoiceAction::Pay)?;
        Ok(if balance.is_positive() { Sent } else { paid })
    }

    /// Where the table leads from here.
    pub fn allowed(self) -> impl Iterator<Item = Self> {
        MOVES
            .iter()
            .filter(move |(from, ..)| *from == self)
            .map(|(_, _, to)| *to)
    }

    /// Whether it holds its devices and stock without being paid.
    pub const fn is_open(self) -> bool {
        matches!(self, Draft | Sent)
    }

    /// Whether its lines are live: what is on it cannot be on another invoice.
    pub const fn is_live(self) -> bool {
        matches!(self, Draft | Sent | Paid)
    }

    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Draft => Tone::Neutral,
            Sent => Tone::Info,
            Paid => Tone::Good,
            Cancelled => Tone::Bad,
            Refunded => Tone::Warn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_statuses() {
        let listed: [(InvoiceStatus, &[InvoiceStatus]); 5] = [
            (Draft, &[Sent, Paid, Cancelled]),
            (Sent, &[Paid, Cancelled]),
            (Paid, &[Refunded]),
            (Cancelled, &[]),
            (Refunded, &[]),
        ];
        assert_eq!(listed.map(|(from, _)| from), InvoiceStatus::ALL);
        for (from, to) in listed {
            assert_eq!(from.allowed().collect::<Vec<_>>(), to);
            for action in InvoiceAction::ALL {
                match from.after(*action) {
                    Ok(reached) => assert!(to.contains(&reached)),
                    Err(refused) => {
                        assert_eq!(refused.allowed, to);
                        assert!(refused.detail.contains(from.as_str()) && refused.detail.ends_with('.'));
                    }
                }
            }
        }
        assert!(Paid.after(InvoiceAction::Cancel).is_err());
    }

    #[test]
    fn a_payment_fixes_a_draft_and_the_last_one_completes_it() {
        let left = Money::from_pesewas(1);
        assert_eq!(Draft.after_payment(left), Ok(Sent));
        assert_eq!(Sent.after_payment(left), Ok(Sent));
        assert_eq!(Draft.after_payment(Money::ZERO), Ok(Paid));
        assert_eq!(Sent.after_payment(Money::ZERO), Ok(Paid));
        for done in [Paid, Cancelled, Refunded] {
            assert!(done.after_payment(Money::ZERO).is_err());
        }
    }
}
