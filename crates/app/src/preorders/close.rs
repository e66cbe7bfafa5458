//! The end of a preorder: what is owed is settled, or it is given up.

use super::{PreorderDetail, SettlementDue, after, finish, lock};
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::preorders::{DepositValues, Preorder, StepValues};
use domain::{Amount, DepositKind, Money, PaymentMethod, PreorderAction, PreorderId, PreorderStatus, Text};
use serde::Deserialize;
use utoipa::ToSchema;

/// How a preorder ends.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// How what is owed is paid: back to the customer (as the deposit was paid unless said otherwise), or by the customer
    /// (without it the shortfall is left owing).
    #[serde(default)]
    pub payment_method: Option<PaymentMethod>,
    /// The other side's number for it.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
    /// Why it is given up, or how it ended.
    #[serde(default)]
    pub reason: Option<Text<0, 1000>>,
}

/// Closes a preorder. Money that goes back to the customer needs whoever may approve refunds.
pub async fn close(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    how: Close,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let to = after(&before, PreorderAction::Close)?;
    let reference = how.reference.as_ref().and_then(Text::non_empty);
    let reason = how.reason.as_ref().and_then(Text::non_empty);
    if before.deposit_claimed {
        let text = format!(
            "The deposit of {} is only claimed so far: have it confirmed, or found never to have come, then close.",
            before.preorder_number
        );
        return Err(Refusal::conflict("deposit_claimed", text));
    }
    let mut back = before.deposit_held;
    if before.status == PreorderStatus::Resold {
        let deposits = db::preorders::preorder_deposits(tx.conn(), id).await?;
        let due = SettlementDue::of(&before, &deposits).ok_or_else(|| {
            Refusal::Internal(format!("{} is Resold without a price", before.preorder_number))
        })?;
        if due.kept.is_positive() {
            let what = match before.value_decided_reason {
                None => "Resold for",
                Some(_) => "Decided to be worth",
            };
            let note = format!(
                "{what} {} of {} agreed",
                due.resale_recovery_amount.ghs(),
                due.agreed_price.ghs()
            );
            write(&mut tx, id, DepositKind::Kept, None, due.kept, None, Some(&note)).await?;
        }
        if due.still_owed.is_positive()
            && let Some(method) = how.payment_method
        {
            write(
                &mut tx,
                id,
                DepositKind::Shortfall,
                Some(method),
                due.still_owed,
                reference,
                None,
            )
            .await?;
        }
        back = due.to_customer;
    }
    if back.is_positive() {
        require_refund(actor, &before, back)?;
        let method = how
            .payment_method
            .or(before.deposit_payment_method)
            .unwrap_or(PaymentMethod::Cash);
        write(
            &mut tx,
            id,
            DepositKind::Refund,
            Some(method),
            back,
            reference,
            reason,
        )
        .await?;
    }
    let step = StepValues {
        note: reason,
        ..StepValues::default()
    };
    db::preorders::preorder_step(tx.conn(), id, to, &step).await?;
    finish(tx, "preorder.close", 200, Some(&before), id, None).await
}

/// What a customer pays of a resale's loss.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShortfall {
    /// How.
    pub payment_method: PaymentMethod,
    /// How much; all that is still owed unless said otherwise.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// The other side's number for it. A MoMo or bank reference pays once.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
}

/// Takes what the customer still owes after a preorder was closed.
pub async fn pay_shortfall(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    new: NewShortfall,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let deposits = db::preorders::preorder_deposits(tx.conn(), id).await?;
    let owed = SettlementDue::of(&before, &deposits)
        .filter(|_| before.status == PreorderStatus::Closed)
        .map_or(Money::ZERO, |due| due.still_owed);
    if !owed.is_positive() {
        let text = format!(
            "Nothing is owed on {}: a shortfall is what a resale lost beyond the deposit, once it is closed.",
            before.preorder_number
        );
        return Err(Refusal::conflict("nothing_owed", text));
    }
    let amount = new.amount.map_or(owed, Amount::money);
    if amount > owed {
        let text = format!("The customer owes {}: take that, or less.", owed.ghs());
        return Err(Refusal::invalid("/amount", text));
    }
    let reference = new.reference.as_ref().and_then(Text::non_empty);
    write(
        &mut tx,
        id,
        DepositKind::Shortfall,
        Some(new.payment_method),
        amount,
        reference,
        None,
    )
    .await?;
    finish(tx, "preorder.shortfall", 201, Some(&before), id, None).await
}

async fn write(
    tx: &mut Tx,
    id: PreorderId,
    kind: DepositKind,
    payment_method: Option<PaymentMethod>,
    amount: Money,
    reference: Option<&str>,
    notes: Option<&str>,
) -> Result<(), Refusal> {
    let values = DepositValues {
        kind,
        payment_method,
        amount,
        reference,
        notes,
        claimed: false,
    };
    db::preorders::deposit_insert(tx.conn(), id, &values).await?;
    Ok(())
}

fn require_refund(actor: &Actor, preorder: &Preorder, back: Money) -> Result<(), Refusal> {
    if actor.can(Capability::ApproveReturns) {
        return Ok(());
    }
    let text = format!(
        "Closing {} gives {} back to the customer, which a Manager does: ask one to close it.",
        preorder.preorder_number,
        back.ghs()
    );
    Err(Refusal::forbidden("refund_needs_manager", text))
}
