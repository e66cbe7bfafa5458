//! How an invoice is paid: any number of payments by any method, never beyond what is due.

use crate::{FieldError, Money};

text_enum! {
    /// How somebody pays.
    pub enum PaymentMethod {
        /// Notes and coins.
        Cash = "Cash",
        /// Mobile money.
        MoMo = "MoMo",
        /// From bank to bank.
        BankTransfer = "Bank Transfer",
        /// By card.
        Card = "Card",
        /// Another way.
        Other = "Other",
    }
}

/// What somebody hands over, or what is recorded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tender {
    /// How.
    pub payment_method: PaymentMethod,
    /// How much.
    pub amount: Money,
    /// The other side's number for it.
    pub reference: Option<String>,
}

/// What becomes of the tenders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What is recorded, in the order of the tenders: never more than was due.
    pub recorded: Vec<Tender>,
    /// What goes back to the customer in cash.
    pub change: Money,
    /// What is left to pay.
    pub balance: Money,
}

/// Why a tender is refused. `index` counts the tenders from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRefused {
    /// Nothing, or less.
    #[error("A payment must be more than 0.00.")]
    NotPositive {
        /// Which tender.
        index: usize,
    },
    /// More than is due, and no cash that change could be given on.
    #[error("This is more than what is left to pay, GH₵ {}: only cash gives change.", left.grouped())]
    BeyondBalance {
        /// Which tender.
        index: usize,
        /// What could be taken at most.
        left: Money,
    },
    /// Nothing is due.
    #[error("Nothing is left to pay here: leave this payment out.")]
    NothingDue {
        /// Which tender.
        index: usize,
    },
    /// A reference that does not fit.
    #[error("The reference of a payment may have at most 100 characters on one line.")]
    Reference {
        /// Which tender.
        index: usize,
    },
    /// All tenders together are beyond any amount.
    #[error("This amount is too large: the most is 99,999,999.99.")]
    OutOfRange {
        /// Which tender.
        index: usize,
    },
}

impl PaymentRefused {
    /// Which tender it is, from 0.
    pub const fn index(self) -> usize {
        match self {
            Self::NotPositive { index }
            | Self::BeyondBalance { index, .. }
            | Self::NothingDue { index }
            | Self::Reference { index }
            | Self::OutOfRange { index } => index,
        }
    }

    /// Whether it is the state of the invoice that forbids it, and not the tender itself.
    pub const fn is_conflict(self) -> bool {
        matches!(self, Self::BeyondBalance { .. } | Self::NothingDue { .. })
    }

    /// The same for a list of payments under a JSON pointer: `/payments`.
    pub fn at(self, list: &str) -> FieldError {
        let field = if matches!(self, Self::Reference { .. }) {
            "reference"
        } else {
            "amount"
        };
        FieldError {
            pointer: format!("{list}/{}/{field}", self.index()),
            detail: self.to_string(),
        }
    }
}

/// Sets tenders against what is due. What is not cash is taken in full and must fit; cash fills the rest and gives
/// change. Cash that would be nothing but change is refused: there is nothing to record.
pub fn settle(due: Money, tenders: &[Tender]) -> Result<Settled, PaymentRefused> {
    let cash = |tender: &&Tender| tender.payment_method == PaymentMethod::Cash;
    for (index, tender) in tenders.iter().enumerate() {
        if !tender.amount.is_positive() {
            return Err(PaymentRefused::NotPositive { index });
        }
        if crate::text::optional_line(tender.reference.as_deref(), 100).is_err() {
            return Err(PaymentRefused::Reference { index });
        }
    }
    let mut left = due;
    let mut amounts = vec![Money::ZERO; tenders.len()];
    for (index, tender) in tenders.iter().enumerate().filter(|(_, tender)| !cash(tender)) {
        match left.checked_sub(tender.amount) {
            _ if !left.is_positive() => return Err(PaymentRefused::NothingDue { index }),
            Some(rest) if !rest.is_negative() => left = rest,
            _ => return Err(PaymentRefused::BeyondBalance { index, left }),
        }
        amounts[index] = tender.amount;
    }
    let mut change = Money::ZERO;
    for (index, tender) in tenders.iter().enumerate().filter(|(_, tender)| cash(tender)) {
        if !left.is_positive() {
            return Err(PaymentRefused::NothingDue { index });
        }
        let out_of_range = PaymentRefused::OutOfRange { index };
        amounts[index] = tender.amount.min(left);
        left = left.checked_sub(amounts[index]).ok_or(out_of_range)?;
        let back = tender.amount.checked_sub(amounts[index]).ok_or(out_of_range)?;
        change = change.checked_add(back).ok_or(out_of_range)?;
    }
    let recorded = tenders
        .iter()
        .zip(amounts)
        .map(|(tender, amount)| Tender {
            amount,
            ..tender.clone()
        })
        .collect();
    Ok(Settled {
        recorded,
        change,
        balance: left,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn tender(payment_method: PaymentMethod, amount: &str) -> Tender {
        Tender {
            payment_method,
            amount: money(amount),
            reference: None,
        }
    }

    use PaymentMethod::{Card, Cash, MoMo};

    #[test]
    fn split_payment() {
        let settled = settle(money("5000"), &[tender(Cash, "3000"), tender(MoMo, "2000")]).unwrap();
        assert_eq!(settled.recorded, [tender(Cash, "3000"), tender(MoMo, "2000")]);
        assert_eq!((settled.change, settled.balance), (Money::ZERO, Money::ZERO));
    }

    #[test]
    fn cash_gives_change_whatever_the_order() {
        for tenders in [
            [tender(Cash, "5200"), tender(Card, "100")],
            [tender(Card, "100"), tender(Cash, "5200")],
        ] {
            let settled = settle(money("5140"), &tenders).unwrap();
            assert_eq!(settled.change, money("160"));
            assert!(settled.recorded.contains(&tender(Cash, "5040")));
            assert_eq!(settled.balance, Money::ZERO);
        }
    }

    #[test]
    fn part_payment_leaves_a_balance() {
        let settled = settle(money("5000"), &[tender(MoMo, "1999.99")]).unwrap();
        assert_eq!((settled.balance, settled.change), (money("3000.01"), Money::ZERO));
        assert_eq!(settle(money("5000"), &[]).unwrap().balance, money("5000"));
    }

    #[test]
    fn refusals() {
        let refused = |due: &str, tenders: &[Tender]| settle(money(due), tenders).unwrap_err();
        assert_eq!(
            refused("5000", &[tender(Cash, "1"), tender(MoMo, "5000.01")]),
            PaymentRefused::BeyondBalance {
                index: 1,
                left: money("5000")
            }
        );
        assert_eq!(
            refused("100", &[tender(MoMo, "100"), tender(Cash, "50")]),
            PaymentRefused::NothingDue { index: 1 }
        );
        assert_eq!(
            refused("0", &[tender(Cash, "50")]),
            PaymentRefused::NothingDue { index: 0 }
        );
        assert_eq!(
            refused("10", &[tender(Cash, "0")]),
            PaymentRefused::NotPositive { index: 0 }
        );
        assert_eq!(
            refused("10", &[tender(Cash, "-5")]),
            PaymentRefused::NotPositive { index: 0 }
        );
        let long = Tender {
            reference: Some("x".repeat(101)),
            ..tender(MoMo, "5")
        };
        assert_eq!(
            refused("10", &[long]).at("/payments").pointer,
            "/payments/0/reference"
        );
        assert!(
            refused("10", &[tender(Card, "11")])
                .to_string()
                .contains("GH₵ 10.00")
        );
    }

    proptest! {
        #[test]
        fn what_is_handed_over_is_recorded_or_given_back(
            due in 1_i64..1_000_000,
            tenders in prop::collection::vec((0_usize..5, 1_i64..500_000), 0..6),
        ) {
            let tenders: Vec<Tender> = tenders.into_iter()
                .map(|(method, amount)| Tender { payment_method: PaymentMethod::ALL[method], amount: Money::from_pesewas(amount), reference: None })
                .collect();
            let sum = |list: &[Tender]| Money::sum(list.iter().map(|tender| tender.amount)).unwrap();
            if let Ok(settled) = settle(Money::from_pesewas(due), &tenders) {
                prop_assert_eq!(sum(&settled.recorded).checked_add(settled.change), Some(sum(&tenders)));
                prop_assert_eq!(sum(&settled.recorded).checked_add(settled.balance), Some(Money::from_pesewas(due)));
                prop_assert!(settled.recorded.iter().all(|tender| tender.amount.is_positive()));
                prop_assert!(settled.change.is_zero() || settled.balance.is_zero());
            } else {
                prop_assert!(sum(&tenders).pesewas() > due);
            }
        }
    }
}
