//! Tills: how a drawer is counted and what becomes of it.

use crate::{Money, TextError, Tone};

text_enum! {
    /// Where a till session is in its life.
    pub enum TillState {
        /// It takes money.
        Open = "Open",
        /// The drawer was counted; its difference waits for a reason.
        Counted = "Counted",
        /// For good.
        Closed = "Closed",
    }
}

impl TillState {
    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Open => Tone::Good,
            Self::Counted => Tone::Warn,
            Self::Closed => Tone::Neutral,
        }
    }
}

text_enum! {
    /// Cash that goes into a till or out of it without a sale.
    pub enum TillMovementKind {
        /// Into the drawer: more change, for instance.
        PayIn = "Pay in",
        /// Out of it: to the bank, for petrol.
        PayOut = "Pay out",
    }
}

text_enum! {
    /// A note or a coin of the Ghana cedi. There are notes and coins of 2 and of 1.
    pub enum Denomination {
        /// GH₵ 200.
        Note200 = "200 note",
        /// GH₵ 100.
        Note100 = "100 note",
        /// GH₵ 50.
        Note50 = "50 note",
        /// GH₵ 20.
        Note20 = "20 note",
        /// GH₵ 10.
        Note10 = "10 note",
        /// GH₵ 5.
        Note5 = "5 note",
        /// GH₵ 2, as paper.
        Note2 = "2 note",
        /// GH₵ 1, as paper.
        Note1 = "1 note",
        /// GH₵ 2, as metal.
        Coin2 = "2 coin",
        /// GH₵ 1, as metal.
        Coin1 = "1 coin",
        /// 50 pesewas.
        Coin50p = "0.50 coin",
        /// 20 pesewas.
        Coin20p = "0.20 coin",
        /// 10 pesewas.
        Coin10p = "0.10 coin",
    }
}

impl Denomination {
    /// What one is worth.
    pub const fn value(self) -> Money {
        Money::from_pesewas(match self {
            Self::Note200 => 20_000,
            Self::Note100 => 10_000,
            Self::Note50 => 5_000,
            Self::Note20 => 2_000,
            Self::Note10 => 1_000,
            Self::Note5 => 500,
            Self::Note2 | Self::Coin2 => 200,
            Self::Note1 | Self::Coin1 => 100,
            Self::Coin50p => 50,
            Self::Coin20p => 20,
            Self::Coin10p => 10,
        })
    }

    /// What so many are worth.
    ///
    /// # Errors
    /// When it is more than one can state.
    pub fn times(self, quantity: i32) -> Result<Money, TextError> {
        self.value()
            .checked_mul_quantity(quantity)
            .ok_or_else(|| "This is more money than can be written down. Count again.".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_denomination_is_worth_what_it_says() {
        for one in Denomination::ALL {
            let (worth, kind) = one.as_str().split_once(' ').expect("two words");
            assert_eq!(one.value(), worth.parse().expect("an amount"), "{one}");
            assert!(kind == "note" || kind == "coin");
        }
        assert_eq!(Denomination::ALL.len(), 13);
    }

    proptest! {
        #[test]
        fn a_drawer_is_the_sum_of_its_pieces(quantities in proptest::collection::vec(0..10_000_i32, 13)) {
            let pieces = Denomination::ALL.iter().zip(&quantities);
            let total = Money::sum(pieces.clone().map(|(d, q)| d.times(*q).expect("little"))).expect("little");
            let pesewas: i64 = pieces.map(|(d, q)| d.value().pesewas() * i64::from(*q)).sum();
            prop_assert_eq!(total.pesewas(), pesewas);
        }
    }
}
