//! Preorders: a device that a customer asked for and we get. One table of moves, and what is owed when it goes wrong.

use std::fmt::Write;

use PreorderStatus::*;

use crate::{Capability, Money, Tone};

text_enum! {
    /// Where a preorder is.
    pub enum PreorderStatus {
        /// Asked for; we order when the deposit is paid.
        DepositPending = "Deposit Pending",
        /// Ordered from the supplier.
        Ordered = "Ordered",
        /// On its way to us.
        InTransit = "In Transit",
        /// Here, and reserved.
        Arrived = "Arrived",
        /// The customer knows.
        CustomerNotified = "Customer Notified",
        /// Paid and handed over.
        PickedUp = "Picked Up",
        /// The customer does not want it.
        Rejected = "Rejected",
        /// Sold to somebody else.
        Resold = "Resold",
        /// Settled.
        Closed = "Closed",
    }
}

text_enum! {
    /// What one does with a preorder, as a button says it.
    pub enum PreorderAction {
        /// Order it from the supplier.
        Order = "Order",
        /// It left the supplier.
        Ship = "Mark in transit",
        /// It is here: a device is linked and reserved.
        Arrive = "Record arrival",
        /// Tell the customer.
        Notify = "Notify customer",
        /// Sell it to the customer: invoice, deposit, rest, device, warranty.
        PickUp = "Hand over",
        /// The customer does not want it.
        Reject = "Record rejection",
        /// Sell it to somebody else.
        Resell = "Resell",
        /// Settle what is owed and end it, or give it up before it is ordered.
        Close = "Close",
    }
}

text_enum! {
    /// What a row of a preorder's money is.
    pub enum DepositKind {
        /// Taken, and held from then on.
        Deposit = "Deposit",
        /// Given back out of what is held.
        Refund = "Refund",
        /// Kept by the shop to cover what a resale lost.
        Kept = "Kept",
        /// What the customer paid of that loss beyond the deposit.
        Shortfall = "Shortfall",
    }
}

text_enum! {
    /// How a customer is told.
    pub enum NotifyChannel {
        /// A WhatsApp message.
        WhatsApp = "WhatsApp",
        /// A call.
        Phone = "Phone",
        /// A text message.
        Sms = "SMS",
        /// An e-mail.
        Email = "E-mail",
        /// They stood in the shop.
        InPerson = "In person",
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub struct PreorderMove {
    /// From where.
    pub from: PreorderStatus,
    /// By what.
    pub action: PreorderAction,
    /// To where.
    pub to: PreorderStatus,
    /// What must hold, and what the move itself does.
    pub needs: &'static str,
}

const fn step(
    from: PreorderStatus,
    action: PreorderAction,
    to: PreorderStatus,
    needs: &'static str,
) -> PreorderMove {
    PreorderMove {
        from,
        action,
        to,
        needs,
    }
}

/// The table (PRODUCT.md section 8). Nothing else moves a preorder; `guard_preorder_update` in the database says the same.
pub const MOVES: &[PreorderMove] = &[
    step(
        DepositPending,
        PreorderAction::Order,
        Ordered,
        "the deposit is paid; sets order and SLA date",
    ),
    step(
        DepositPending,
        PreorderAction::Close,
        Closed,
        "given up; a deposit is given back by an Admin or Manager",
    ),
    step(Ordered, PreorderAction::Ship, InTransit, ""),
    step(
        InTransit,
        PreorderAction::Arrive,
        Arrived,
        "a device that is Ready for Sale, which is Reserved by it",
    ),
    step(Arrived, PreorderAction::Notify, CustomerNotified, ""),
    step(
        Arrived,
        PreorderAction::Reject,
        Rejected,
        "a reason; lets go of the device",
    ),
    step(
        CustomerNotified,
        PreorderAction::PickUp,
        PickedUp,
        "a paid invoice with the device and the deposit on it",
    ),
    step(
        CustomerNotified,
        PreorderAction::Reject,
        Rejected,
        "a reason; lets go of the device",
    ),
    step(
        PickedUp,
        PreorderAction::Close,
        Closed,
        "nothing of the deposit is left",
    ),
    step(
        Rejected,
        PreorderAction::Resell,
        Resold,
        "the device is sold to somebody else, here or at the till",
    ),
    step(
        Resold,
        PreorderAction::Close,
        Closed,
        "what is owed is settled; money goes back by an Admin or Manager",
    ),
];

/// Why a preorder cannot be moved, and where it can go instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct PreorderMoveRefused {
    /// The reason, as a sentence.
    pub detail: String,
    /// Where the table leads from here.
    pub allowed: Vec<PreorderStatus>,
}

impl PreorderStatus {
    /// Where an action leads.
    pub fn after(self, action: PreorderAction) -> Result<Self, PreorderMoveRefused> {
        let to = MOVES
            .iter()
            .find(|m| (m.from, m.action) == (self, action))
            .map(|m| m.to);
        to.ok_or_else(|| {
            let hint = match (self, action) {
                (Closed, _) => "it is over, so take a new preorder",
                (DepositPending, _) => "take the deposit and order it first",
                (Ordered, _) => "it has to be on its way first",
                (InTransit, _) => "it has to arrive first",
                (Arrived, PreorderAction::PickUp) => "record first that the customer was told",
                (Rejected, PreorderAction::Close) => {
                    "what came for it has to be sold first, so that it can be settled"
                }
                (Rejected, _) => "the customer did not want it",
                (PickedUp, PreorderAction::Reject) => {
                    "it was handed over, so take it back by a return of its invoice"
                }
                (PickedUp | Resold, _) => "what is left is to close it",
                _ => "that step is behind it or does not follow yet",
            };
            PreorderMoveRefused {
                detail: format!("This preorder is {self}: {hint}."),
                allowed: self.allowed().collect(),
            }
        })
    }

    /// What can be done from here.
    pub fn actions(self) -> impl Iterator<Item = PreorderAction> {
        MOVES.iter().filter(move |m| m.from == self).map(|m| m.action)
    }

    /// Where the table leads from here.
    pub fn allowed(self) -> impl Iterator<Item = Self> {
        MOVES.iter().filter(move |m| m.from == self).map(|m| m.to)
    }

    /// Whether it holds its device.
    pub const fn holds_device(self) -> bool {
        matches!(self, Arrived | CustomerNotified)
    }

    /// Whether its device is still to come: only then it can be late.
    pub const fn is_awaited(self) -> bool {
        matches!(self, Ordered | InTransit)
    }

    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::DepositPending | Self::Rejected => Tone::Warn,
            Self::Ordered | Self::InTransit | Self::CustomerNotified | Self::Resold => Tone::Info,
            Self::Arrived | Self::PickedUp => Tone::Good,
            Self::Closed => Tone::Neutral,
        }
    }
}

/// What is owed when what a customer rejected was sold to somebody else. The customer answers for what the resale brought
/// less than agreed, first out of the deposit; what it brought more is the shop's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// What the resale lost against the agreed price.
    pub loss: Money,
    /// What the shop keeps of the deposit for it.
    pub kept: Money,
    /// What the customer gets back.
    pub to_customer: Money,
    /// What the customer owes beyond the deposit.
    pub by_customer: Money,
}

impl Settlement {
    /// From the agreed price, the deposit that is held and what the resale brought.
    ///
    /// ```
    /// # use domain::{Money, preorder::Settlement};
    /// let ghs = |cedis: i64| Money::from_pesewas(cedis * 100);
    /// assert_eq!(Settlement::of(ghs(6500), ghs(500), ghs(6200)).to_customer, ghs(200));
    /// ```
    pub fn of(agreed_price: Money, deposit: Money, recovered: Money) -> Self {
        let less = |a: Money, b: Money| a.checked_sub(b).unwrap_or(Money::ZERO).max(Money::ZERO);
        let loss = less(agreed_price, recovered);
        let kept = loss.min(deposit);
        Settlement {
            loss,
            kept,
            to_customer: less(deposit, kept),
            by_customer: less(loss, kept),
        }
    }
}

/// The workflow as a page of docs/workflows.
pub fn workflow_markdown() -> String {
    let mut page = String::from(
        "# The life of a preorder\n\nGenerated from the table in `crates/domain/src/preorder.rs`.\n\n```mermaid\nstateDiagram-v2\n",
    );
    let mut line = |text: String| writeln!(page, "{text}").expect("writing to a string cannot fail");
    for status in PreorderStatus::ALL {
        line(format!("    state \"{status}\" as {status:?}"));
    }
    line("    [*] --> DepositPending".into());
    for m in MOVES {
        line(format!("    {:?} --> {:?}: {}", m.from, m.to, m.action));
    }
    line("    Closed --> [*]\n```\n\n| from | action | to | who | needs |\n|---|---|---|---|---|".into());
    let who: Vec<&str> = Capability::EditPreorders
        .roles()
        .iter()
        .map(|role| role.as_str())
        .collect();
    for m in MOVES {
        line(format!(
            "| {} | {} | {} | {} | {} |",
            m.from,
            m.action,
            m.to,
            who.join(", "),
            m.needs
        ));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Section 8 of the product's description, spelled out once more.
    const PAIRS: [(PreorderStatus, &[PreorderStatus]); 9] = [
        (DepositPending, &[Ordered, Closed]),
        (Ordered, &[InTransit]),
        (InTransit, &[Arrived]),
        (Arrived, &[CustomerNotified, Rejected]),
        (CustomerNotified, &[PickedUp, Rejected]),
        (PickedUp, &[Closed]),
        (Rejected, &[Resold]),
        (Resold, &[Closed]),
        (Closed, &[]),
    ];

    #[test]
    fn every_pair_of_statuses() {
        assert_eq!(PAIRS.map(|(from, _)| from), PreorderStatus::ALL);
        for (from, to) in PAIRS {
            assert_eq!(from.allowed().collect::<Vec<_>>(), to);
            for action in PreorderAction::ALL {
                match from.after(*action) {
                    Ok(reached) => assert!(to.contains(&reached)),
                    Err(refused) => {
                        assert_eq!(refused.allowed, to);
                        assert!(refused.detail.contains(from.as_str()) && refused.detail.ends_with('.'));
                    }
                }
            }
        }
    }

    #[test]
    fn settlements() {
        let ghs = |cedis: i64| Money::from_pesewas(cedis * 100);
        // agreed, deposit, resale: kept, to the customer, by the customer
        for (agreed, deposit, resale, kept, back, owed) in [
            (6500, 500, 6700, 0, 500, 0),
            (6500, 500, 6500, 0, 500, 0),
            (6500, 500, 6200, 300, 200, 0),
            (6500, 500, 6000, 500, 0, 0),
            (6500, 500, 5800, 500, 0, 200),
            (6500, 0, 5800, 0, 0, 700),
            (500, 500, 0, 500, 0, 0),
        ] {
            let s = Settlement::of(ghs(agreed), ghs(deposit), ghs(resale));
            assert_eq!(
                (s.kept, s.to_customer, s.by_customer),
                (ghs(kept), ghs(back), ghs(owed)),
                "{agreed} {deposit} {resale}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_settlement_never_makes_or_loses_a_pesewa(agreed in 1..10_000_000_i64, deposit in 0..1_000_000_i64, resale in 0..10_000_000_i64) {
            let p = Money::from_pesewas;
            let s = Settlement::of(p(agreed), p(deposit), p(resale));
            prop_assert_eq!(s.kept.pesewas() + s.to_customer.pesewas(), deposit);
            prop_assert_eq!(s.kept.pesewas() + s.by_customer.pesewas(), s.loss.pesewas());
            prop_assert_eq!(s.loss.pesewas(), (agreed - resale).max(0));
            prop_assert!(s.to_customer.pesewas() == 0 || s.by_customer.pesewas() == 0);
            // The shop ends with the agreed price, or with what the resale brought when that is more.
            prop_assert_eq!(resale + s.kept.pesewas() + s.by_customer.pesewas(), agreed.max(resale));
        }
    }

    #[test]
    fn the_page_draws_the_table() {
        let page = workflow_markdown();
        assert_eq!(page.matches("\n| ").count(), MOVES.len() + 1);
        assert!(page.contains("    Rejected --> Resold: Resell\n"));
    }
}
