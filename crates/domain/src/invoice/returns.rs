//! What comes back: what it is worth, and how its money is given back.

use crate::invoice::payment::PaymentMethod;
use crate::{FieldError, Money};
use rust_decimal::Decimal;

text_enum! {
    /// What becomes of something that comes back.
    pub enum Disposition {
        /// A device is tested again, wiped and graded before it is sold again.
        Diagnostics = "Diagnostics",
        /// A device goes to the repair bench.
        Repair = "Repair",
        /// It is thrown away.
        Scrap = "Scrap",
        /// An item goes back on the shelf.
        Restock = "Restock",
    }
}

impl Disposition {
    /// What a device may become.
    pub const OF_DEVICES: &'static [Disposition] =
        &[Disposition::Diagnostics, Disposition::Repair, Disposition::Scrap];
    /// What an item may become.
    pub const OF_ITEMS: &'static [Disposition] = &[Disposition::Restock, Disposition::Scrap];
}

text_enum! {
    /// What became of a request for a return.
    pub enum ReturnRequestStatus {
        /// Somebody asks for it.
        Requested = "Requested",
        /// A Manager approved it: the return is made.
        Approved = "Approved",
        /// A Manager declined it.
        Declined = "Declined",
    }
}

impl ReturnRequestStatus {
    /// The colour of its chip.
    pub const fn tone(self) -> crate::Tone {
        match self {
            ReturnRequestStatus::Requested => crate::Tone::Warn,
            ReturnRequestStatus::Approved => crate::Tone::Good,
            ReturnRequestStatus::Declined => crate::Tone::Bad,
        }
    }
}

/// What an invoice charged: the sum of its lines, and each tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// Whether the prices of the lines have the taxes in them.
    pub inclusive: bool,
    /// All lines, quantity × unit price.
    pub lines: Money,
    /// Each tax of the whole invoice, as it was charged.
    pub taxes: Vec<Money>,
}

/// What a credit note comes to: `subtotal + tax_amount = total_amount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Without tax.
    pub subtotal: Money,
    /// All taxes.
    pub tax_amount: Money,
    /// What the customer is credited.
    pub total_amount: Money,
    /// Each tax, in the order of [`Charged::taxes`].
    pub taxes: Vec<Money>,
}

/// What goods at `coming` (quantity × unit price) are worth that come back after goods at `before` came back already; none
/// when that is more than was sold. Of each tax everything up to now is its share of what was charged, rounded half up, and
/// this return takes what the returns before it did not: however a purchase comes back, the parts add up to the whole.
pub fn credit(charged: &Charged, before: Money, coming: Money) -> Option<Credit> {
    let after = before.checked_add(coming)?;
    if before.is_negative() || coming.is_negative() || after > charged.lines {
        return None;
    }
    let share = |tax: Money, of: Money| -> Option<Money> {
        if of.is_zero() {
            return Some(Money::ZERO);
        }
        Money::round_half_up(tax.decimal() * of.decimal() / charged.lines.decimal()).ok()
    };
    let taxes: Vec<Money> = charged
        .taxes
        .iter()
        .map(|tax| share(*tax, after)?.checked_sub(share(*tax, before)?))
        .collect::<Option<_>>()?;
    let tax_amount = Money::sum(taxes.iter().copied())?;
    let (subtotal, total_amount) = if charged.inclusive {
        (coming.checked_sub(tax_amount)?, coming)
    } else {
        (coming, coming.checked_add(tax_amount)?)
    };
    // A line of a pesewa or two whose taxes all round up would be worth less than nothing without them.
    if subtotal.is_negative() {
        return credit_without_tax_beyond(coming, taxes);
    }
    Some(Credit {
        subtotal,
        tax_amount,
        total_amount,
        taxes,
    })
}

/// Inclusive taxes cut down to what was paid in all.
fn credit_without_tax_beyond(coming: Money, taxes: Vec<Money>) -> Option<Credit> {
    let mut left = coming;
    let mut kept = Vec::with_capacity(taxes.len());
    for tax in taxes {
        let part = tax.min(left);
        left = left.checked_sub(part)?;
        kept.push(part);
    }
    Some(Credit {
        subtotal: left,
        tax_amount: coming.checked_sub(left)?,
        total_amount: coming,
        taxes: kept,
    })
}

/// Money to be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Giveback {
    /// How.
    pub payment_method: PaymentMethod,
    /// How much.
    pub amount: Money,
    /// The tender that it counts against, where it is given back by another method.
    pub instead_of: Option<PaymentMethod>,
}

/// What one tender paid, less what was given back of it.
pub type TenderLeft = (PaymentMethod, Money);

/// Why money is not given back. `index` counts the refunds from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefused {
    /// More than there is to give back.
    #[error("{}", nothing_more(*left))]
    BeyondCredit {
        /// Which refund.
        index: usize,
        /// What could be given back at most.
        left: Money,
    },
    /// More than this tender paid.
    #[error(
        "{method} paid GH₵ {} that was not given back yet: give back no more than that as {method}, or say in instead_of which other tender the rest stands for.",
        left.grouped()
    )]
    BeyondTender {
        /// Which refund.
        index: usize,
        /// The tender.
        method: PaymentMethod,
        /// What it paid and was not given back.
        left: Money,
    },
    /// Instead of itself.
    #[error("Leave instead_of out where the money goes back as it came.")]
    InsteadOfItself {
        /// Which refund.
        index: usize,
    },
}

fn nothing_more(left: Money) -> String {
    if left.is_positive() {
        format!(
            "This is more than there is to give back: GH₵ {} at most.",
            left.grouped()
        )
    } else {
        "There is nothing to give back: what came back lowers what is owed.".into()
    }
}

impl RefundRefused {
    /// The same for a list of refunds under a JSON pointer: `/refunds`.
    pub fn at(self, list: &str) -> FieldError {
        let (index, field) = match self {
            Self::BeyondCredit { index, .. } | Self::BeyondTender { index, .. } => (index, "amount"),
            Self::InsteadOfItself { index } => (index, "instead_of"),
        };
        FieldError {
            pointer: format!("{list}/{index}/{field}"),
            detail: self.to_string(),
        }
    }
}

/// Whether these refunds may be given: together no more than `most`, and by each tender that paid no more than it paid. A
/// method that paid nothing is another way of giving the money back, which whoever approves the return has decided;
/// `instead_of` says for which tender one that did pay stands.
pub fn check_refunds(refunds: &[Giveback], tenders: &[TenderLeft], most: Money) -> Result<(), RefundRefused> {
    let mut left = most;
    let mut tenders = tenders.to_vec();
    for (index, refund) in refunds.iter().enumerate() {
        if refund.instead_of == Some(refund.payment_method) {
            return Err(RefundRefused::InsteadOfItself { index });
        }
        let method = refund.instead_of.unwrap_or(refund.payment_method);
        match tenders.iter_mut().find(|(m, _)| *m == method) {
            Some((_, of_tender)) if refund.amount > *of_tender => {
                return Err(RefundRefused::BeyondTender {
                    index,
                    method,
                    left: *of_tender,
                });
            }
            Some((_, of_tender)) => *of_tender = of_tender.checked_sub(refund.amount).unwrap_or(Money::ZERO),
            None if refund.instead_of.is_some() => {
                return Err(RefundRefused::BeyondTender {
                    index,
                    method,
                    left: Money::ZERO,
                });
            }
            None => {}
        }
        match left.checked_sub(refund.amount) {
            Some(rest) if !rest.is_negative() => left = rest,
            _ => {
                return Err(RefundRefused::BeyondCredit {
                    index,
                    left: left.max(Money::ZERO),
                });
            }
        }
    }
    Ok(())
}

/// How a sum is given back as it came: by the tenders that paid it, in their order, never more than
/// each has left.
pub fn as_it_came(tenders: &[TenderLeft], sum: Money) -> Vec<TenderLeft> {
    let mut left = sum;
    let mut parts = Vec::new();
    for (method, of_tender) in tenders {
        let part = left.min(*of_tender);
        if part.is_positive() {
            parts.push((*method, part));
            left = left.checked_sub(part).unwrap_or(Money::ZERO);
        }
    }
    parts
}

/// What the shop still owes a customer: what was paid beyond what the goods that stayed with them cost.
pub fn credit_due(total: Money, credited: Money, paid: Money, refunded: Money) -> Money {
    let owed = total.decimal() - credited.decimal();
    let held = paid.decimal() - refunded.decimal();
    Money::try_new((held - owed).max(Decimal::ZERO)).unwrap_or(Money::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::totals::{TaxMode, TaxRate, TaxScheme, totals};
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn a_return_has_its_share_of_the_tax() {
        // 1,000.00 and 100.00 with 15 + 2.5 + 2.5 % on top.
        let charged = Charged {
            inclusive: false,
            lines: money("1100"),
            taxes: vec![money("165"), money("27.50"), money("27.50")],
        };
        let first = credit(&charged, Money::ZERO, money("100")).unwrap();
        assert_eq!(first.total_amount, money("120"));
        let rest = credit(&charged, money("100"), money("1000")).unwrap();
        assert_eq!(
            (rest.subtotal, rest.tax_amount, rest.total_amount),
            (money("1000"), money("200"), money("1200"))
        );
        assert_eq!(
            credit(&charged, money("100"), money("1000.01")),
            None,
            "more than was sold"
        );

        let inclusive = Charged {
            inclusive: true,
            lines: money("5000"),
            taxes: vec![money("625"), money("104.17"), money("104.17")],
        };
        let whole = credit(&inclusive, Money::ZERO, money("5000")).unwrap();
        assert_eq!(
            (whole.subtotal, whole.total_amount),
            (money("4166.66"), money("5000"))
        );
    }

    #[test]
    fn each_tender_gives_back_what_it_paid() {
        use PaymentMethod::{Card, Cash, MoMo};
        let back = |payment_method, amount: &str, instead_of| Giveback {
            payment_method,
            amount: money(amount),
            instead_of,
        };
        let tenders = [(Cash, money("3000")), (MoMo, money("2000"))];
        let most = money("5000");
        let check = |refunds: &[Giveback]| check_refunds(refunds, &tenders, most);
        assert_eq!(
            check(&[back(Cash, "3000", None), back(MoMo, "2000", None)]),
            Ok(())
        );
        assert!(matches!(
            check(&[back(MoMo, "2000.01", None)]),
            Err(RefundRefused::BeyondTender { index: 0, .. })
        ));
        assert!(matches!(
            check(&[back(MoMo, "1500", None), back(MoMo, "501", None)]),
            Err(RefundRefused::BeyondTender { index: 1, .. })
        ));
        assert_eq!(
            check(&[back(Cash, "3000", None), back(Cash, "2000", Some(MoMo))]),
            Ok(())
        );
        assert_eq!(check(&[back(Card, "5000", None)]), Ok(()), "by another method");
        assert!(matches!(
            check(&[back(Card, "5000.01", None)]),
            Err(RefundRefused::BeyondCredit { .. })
        ));
        assert!(matches!(
            check(&[back(Cash, "1", Some(Card))]),
            Err(RefundRefused::BeyondTender { .. })
        ));
        assert!(matches!(
            check(&[back(Cash, "1", Some(Cash))]),
            Err(RefundRefused::InsteadOfItself { .. })
        ));
        assert_eq!(
            as_it_came(&tenders, money("3500")),
            [(Cash, money("3000")), (MoMo, money("500"))]
        );
    }

    #[test]
    fn what_is_owed_to_a_customer() {
        let due = |total, credited, paid, refunded| {
            credit_due(money(total), money(credited), money(paid), money(refunded)).to_string()
        };
        assert_eq!(due("5000", "0", "5000", "0"), "0.00");
        assert_eq!(due("5000", "120", "5000", "0"), "120.00");
        assert_eq!(due("5000", "120", "5000", "100"), "20.00");
        assert_eq!(
            due("5000", "4000", "1000", "0"),
            "0.00",
            "it only lowers what is owed"
        );
        assert_eq!(due("5000", "5000", "1000", "0"), "1000.00");
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(
            lines in prop::collection::vec((1_i64..500_000, 1_i32..6), 1..6),
            rates in prop::collection::vec(1_i64..300_000, 0..4),
            mode in 0_usize..3,
            order in prop::collection::vec(any::<prop::sample::Index>(), 30),
        ) {
            let mode = [TaxMode::Off, TaxMode::Inclusive, TaxMode::Exclusive][mode];
            let rates = rates.iter().map(|p| TaxRate { name: p.to_string(), percent: Decimal::new(*p, 4), on: Default::default() }).collect();
            let total = |(price, count): &(i64, i32)| Money::from_pesewas(price * i64::from(*count));
            let whole = totals(lines.iter().map(total), &TaxScheme { mode, rates }).unwrap();
            let charged = Charged {
                inclusive: mode == TaxMode::Inclusive,
                lines: Money::sum(lines.iter().map(total)).unwrap(),
                taxes: whole.taxes.iter().map(|t| t.amount).collect(),
            };
            // Every piece comes back by itself, in any order.
            let mut pieces: Vec<Money> =
                lines.iter().flat_map(|(price, count)| (0..*count).map(|_| Money::from_pesewas(*price))).collect();
            let mut before = Money::ZERO;
            let mut credits = Vec::new();
            for pick in order.iter().cycle() {
                if pieces.is_empty() { break; }
                let piece = pieces.swap_remove(pick.index(pieces.len()));
                let part = credit(&charged, before, piece).unwrap();
                prop_assert_eq!(part.subtotal.checked_add(part.tax_amount), Some(part.total_amount));
                prop_assert!(!part.subtotal.is_negative() && !part.tax_amount.is_negative());
                before = before.checked_add(piece).unwrap();
                credits.push(part);
            }
            prop_assert_eq!(Money::sum(credits.iter().map(|c| c.total_amount)), Some(whole.total_amount));
            // Prices of a pesewa or two may leave their tax with the subtotal; elsewhere the parts agree to the pesewa.
            if lines.iter().all(|(price, _)| *price > 10) {
                prop_assert_eq!(Money::sum(credits.iter().map(|c| c.tax_amount)), Some(whole.tax_amount));
                prop_assert_eq!(Money::sum(credits.iter().map(|c| c.subtotal)), Some(whole.subtotal));
                for (n, tax) in whole.taxes.iter().enumerate() {
                    prop_assert_eq!(Money::sum(credits.iter().map(|c| c.taxes[n])), Some(tax.amount));
                }
            }
            prop_assert_eq!(credit(&charged, before, Money::from_pesewas(1)), None);
        }
    }
}
