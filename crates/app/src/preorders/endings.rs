//! What would stand for ever: a rejected device that nobody buys, and an ordered one that never comes.

use super::{PreorderDetail, after, finish, lock};
use crate::{Actor, Capability, Refusal, Shop};
use db::preorders::{DepositValues, Preorder};
use domain::{DepositKind, PaymentMethod, PreorderAction, PreorderId, PreorderStatus, Price, Text};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a rejected device is worth that does not sell.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueDecision {
    /// What it counts for instead of a resale; 0 where nothing can be had for it.
    pub resale_recovery_amount: Price,
    /// Why it does not sell, and why it is worth that.
    pub reason: Text<1, 1000>,
}

/// Takes a Manager's word for what a rejected device is worth, as if it had been resold for that: the preorder is Resold and
/// can be settled. What the device brings one day is the shop's.
pub async fn decide_value(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    decision: ValueDecision,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::ApproveReturns)?;
    let Some(reason) = decision.reason.non_empty() else {
        return Err(Refusal::invalid("/reason", "Say why it is worth that."));
    };
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    after(&before, PreorderAction::Resell)?;
    let value = decision.resale_recovery_amount.money();
    if let Some(agreed) = before.agreed_price
        && value > agreed
    {
        let text = format!(
            "It is worth something between nothing and the {} agreed: more would have to be seen in a sale.",
            agreed.ghs()
        );
        return Err(Refusal::invalid("/resale_recovery_amount", text));
    }
    let note = format!("Not sold; decided to be worth {}: {reason}", value.ghs());
    db::preorders::preorder_decide_value(tx.conn(), id, value, reason, &note).await?;
    finish(tx, "preorder.decide_value", 200, Some(&before), id, None).await
}

/// Why a preorder is called off, and how its deposit goes back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOff {
    /// Why it never comes.
    pub reason: Text<1, 1000>,
    /// How the deposit goes back; as it was paid unless said otherwise.
    #[serde(default)]
    pub payment_method: Option<PaymentMethod>,
    /// The other side's number for it.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
}

/// Calls off what was ordered and never comes: the customer gets the whole deposit back at once. The workflow has no way from
/// Ordered or In Transit but the arrival, so the preorder stays there, says that it was called off, and takes no other step.
pub async fn call_off(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    how: CallOff,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::ApproveReturns)?;
    let Some(reason) = how.reason.non_empty() else {
        return Err(Refusal::invalid("/reason", "Say why it never comes."));
    };
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    may_go_on(&before)?;
    if !before.status.is_awaited() {
        let hint = match before.status {
            PreorderStatus::DepositPending => "give it up instead, which gives back what is held",
            PreorderStatus::Arrived | PreorderStatus::CustomerNotified => {
                "record a rejection, which lets go of the device"
            }
            _ => "only what is Ordered or In Transit is called off",
        };
        let text = format!("{} is {}: {hint}.", before.preorder_number, before.status);
        return Err(Refusal::Conflict {
            code: "preorder_status".into(),
            detail: text,
            allowed: Some(before.status.allowed().map(|s| s.to_string()).collect()),
        });
    }
    db::preorders::preorder_call_off(tx.conn(), id, reason).await?;
    if before.deposit_held.is_positive() {
        let values = DepositValues {
            kind: DepositKind::Refund,
            payment_method: Some(
                how.payment_method
                    .or(before.deposit_payment_method)
                    .unwrap_or(PaymentMethod::Cash),
            ),
            amount: before.deposit_held,
            reference: how.reference.as_ref().and_then(Text::non_empty),
            notes: Some("Called off"),
            claimed: false,
        };
        db::preorders::deposit_insert(tx.conn(), id, &values).await?;
    }
    finish(tx, "preorder.call_off", 200, Some(&before), id, None).await
}

/// Refuses every further step of what was called off.
pub(super) fn may_go_on(preorder: &Preorder) -> Result<(), Refusal> {
    if preorder.called_off_at.is_none() {
        return Ok(());
    }
    let text = format!(
        "{} was called off and its deposit given back: take a new preorder.",
        preorder.preorder_number
    );
    Err(Refusal::Conflict {
        code: "preorder_called_off".into(),
        detail: text,
        allowed: Some(Vec::new()),
    })
}
