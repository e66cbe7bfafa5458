//! Closing a till: the count, blind and for good, then the reason of its difference if there is one.
//!
//! It cannot get stuck. Count and reason may come together; without a reason a count that differs is kept, the session is
//! Counted, and only the reason is missing. A closed till answers a second closing with itself.

use super::{BY_TOTAL, TillDetail, check_version, lock, read_again};
use crate::{Actor, Capability, Refusal, Shop};
use db::tills::TillCount;
use domain::{Denomination, Invalid, Money, PaymentMethod, Price, Text, TillSessionId, TillState};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashSet;
use utoipa::ToSchema;

/// Most pieces of one denomination.
const MOST_PIECES: u32 = 100_000;

/// How many there are of a note or a coin.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountedCash {
    /// Which.
    pub denomination: Denomination,
    /// How many.
    #[schema(minimum = 0, maximum = 100_000)]
    pub quantity: u32,
}

/// What a method other than cash comes to, by the terminal's or the phone's own list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountedTotal {
    /// MoMo, Bank Transfer, Card or Other.
    pub payment_method: PaymentMethod,
    /// How much.
    pub amount: Price,
}

/// A count, or the reason of its difference, or both.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseTill {
    /// The cash, by denomination; what is left out is none. Needed once.
    #[serde(default)]
    #[schema(max_items = 13)]
    pub cash: Option<Vec<CountedCash>>,
    /// Totals of other methods; what is left out is not compared.
    #[serde(default)]
    #[schema(max_items = 4)]
    pub totals: Option<Vec<CountedTotal>>,
    /// Why the count differs from what is expected.
    #[serde(default)]
    pub difference_reason: Option<Text<0, 500>>,
}

impl CloseTill {
    /// What is counted, all denominations in their order, then the totals.
    fn counts(&self) -> Result<Vec<TillCount>, Refusal> {
        let mut invalid = Invalid::new();
        let cash = self.cash.as_deref().unwrap_or_default();
        let totals = self.totals.as_deref().unwrap_or_default();
        let mut seen = HashSet::new();
        for (n, piece) in cash.iter().enumerate() {
            if !seen.insert(piece.denomination) {
                let text = format!("The {} stands here twice: give one number.", piece.denomination);
                invalid.push(format!("/cash/{n}/denomination"), text);
            }
            if piece.quantity > MOST_PIECES {
                invalid.push(
                    format!("/cash/{n}/quantity"),
                    "There are at most 100,000 of one piece.",
                );
            }
        }
        let mut methods = HashSet::new();
        for (n, total) in totals.iter().enumerate() {
            if !BY_TOTAL.contains(&total.payment_method) {
                let text = "Cash is counted by its notes and coins, under cash.";
                invalid.push(format!("/totals/{n}/payment_method"), text);
            } else if !methods.insert(total.payment_method) {
                let text = format!("{} stands here twice: give one total.", total.payment_method);
                invalid.push(format!("/totals/{n}/payment_method"), text);
            }
        }
        let mut counts = Vec::new();
        for denomination in Denomination::ALL.iter().copied() {
            let quantity = cash
                .iter()
                .find(|piece| piece.denomination == denomination)
                .and_then(|piece| i32::try_from(piece.quantity).ok())
                .unwrap_or(0);
            let amount = invalid.check("/cash", denomination.times(quantity));
            counts.push(TillCount {
                payment_method: PaymentMethod::Cash,
                denomination: Some(denomination),
                quantity: Some(quantity),
                amount: amount.unwrap_or(Money::ZERO),
            });
        }
        invalid.into_result().map_err(|e| Refusal::Invalid(e.0))?;
        counts.extend(totals.iter().map(|total| TillCount {
            payment_method: total.payment_method,
            denomination: None,
            quantity: None,
            amount: total.amount.money(),
        }));
        Ok(counts)
    }

    fn has_count(&self) -> bool {
        self.cash.is_some() || self.totals.as_ref().is_some_and(|totals| !totals.is_empty())
    }
}

/// The same pieces and totals, in whatever order.
fn same(a: &[TillCount], b: &[TillCount]) -> bool {
    let key = |c: &TillCount| (c.payment_method, c.denomination, c.amount);
    let (a, b): (HashSet<_>, HashSet<_>) = (a.iter().map(key).collect(), b.iter().map(key).collect());
    a == b
}

/// Counts a till and closes it. The answer says where it is then: Closed, or Counted while a reason is missing.
pub async fn close(
    shop: &Shop,
    actor: &Actor,
    id: TillSessionId,
    close: CloseTill,
) -> Result<TillDetail, Refusal> {
    actor.require(Capability::UseTill)?;
    let counts = close.counts()?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, actor, id).await?;
    check_version(&mut tx, actor, id).await?;
    if before.state == TillState::Closed {
        let closed = read_again(&mut tx, actor, id).await?;
        tx.commit(200, &closed).await?;
        return Ok(closed);
    }
    if before.state == TillState::Open {
        if close.cash.is_none() {
            return Err(Refusal::invalid(
                "/cash",
                "Count the cash first: how many there are of each note and coin.",
            ));
        }
        db::tills::till_count(tx.conn(), id, &counts).await?;
    } else if close.has_count() && !same(&db::tills::till_counts(tx.conn(), id).await?, &counts) {
        return Err(Refusal::conflict(
            "till_counted",
            "This till was counted already, and a count is not changed: say in the reason what is different.",
        ));
    }
    let differs = db::tills::till_balances(tx.conn(), id)
        .await?
        .iter()
        .any(|b| b.difference.is_some_and(|d| !d.is_zero()));
    let reason = close
        .difference_reason
        .as_ref()
        .and_then(Text::non_empty)
        .filter(|_| differs);
    if !differs || reason.is_some() {
        db::tills::till_close(tx.conn(), id, reason).await?;
    }
    let after = read_again(&mut tx, actor, id).await?;
    let action = match after.session.state {
        TillState::Closed => "till.close",
        _ => "till.count",
    };
    let was = json!({"state": before.state, "user_id": before.user_id});
    tx.audit(action, "till_sessions", id.get(), Some(was), Some(json!(after)))
        .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}
