//! Deposits: money that is held for somebody from the day on which it is taken.

use super::{PreorderDetail, finish, lock};
use crate::sales::CLAIM_BY_WIRE;
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::preorders::{DepositValues, Preorder, PreorderDeposit};
use domain::{Amount, DepositKind, PaymentMethod, PreorderId, PreorderStatus, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// A deposit that a customer pays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeposit {
    /// How.
    pub payment_method: PaymentMethod,
    /// How much; what the preorder says unless said otherwise.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// The other side's number for it. A MoMo or bank reference pays once.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 500>>,
    /// Whether the customer only says so: nothing is ordered until somebody has seen the money. MoMo and bank transfers only.
    #[serde(default)]
    pub claimed: bool,
}

/// Takes the deposit. It is in the till of whoever takes it, and owed until it is applied or given back.
pub async fn deposit(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    new: NewDeposit,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    if new.claimed
        && !matches!(
            new.payment_method,
            PaymentMethod::MoMo | PaymentMethod::BankTransfer
        )
    {
        return Err(Refusal::invalid("/claimed", CLAIM_BY_WIRE));
    }
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    if before.status != PreorderStatus::DepositPending {
        let text = format!(
            "{} is {}: its deposit was taken before it was ordered.",
            before.preorder_number, before.status
        );
        return Err(Refusal::Conflict {
            code: "preorder_status".into(),
            detail: text,
            allowed: Some(before.status.allowed().map(|s| s.to_string()).collect()),
        });
    }
    if before.deposit_held.is_positive() {
        let text = format!(
            "The deposit of {} was taken already{}.",
            before.preorder_number,
            if before.deposit_claimed {
                ", and waits to be confirmed"
            } else {
                ""
            }
        );
        return Err(Refusal::conflict("deposit_taken", text));
    }
    let values = DepositValues {
        kind: DepositKind::Deposit,
        payment_method: Some(new.payment_method),
        amount: new.amount.map_or(before.deposit_amount, Amount::money),
        reference: new.reference.as_ref().and_then(Text::non_empty),
        notes: new.notes.as_ref().and_then(Text::non_empty),
        claimed: new.claimed,
    };
    db::preorders::deposit_insert(tx.conn(), id, &values).await?;
    finish(tx, "preorder.deposit", 201, Some(&before), id, None).await
}

/// That the money of a claimed deposit never came.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepositRejection {
    /// Why that is sure.
    pub reason: Text<1, 500>,
}

/// Confirms that the money of a claimed deposit was seen.
pub async fn confirm_deposit(shop: &Shop, actor: &Actor, id: PreorderId) -> Result<PreorderDetail, Refusal> {
    decide(shop, actor, id, None).await
}

/// Records that it never came: what was held is held no more, and another deposit can be taken.
pub async fn reject_deposit(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    word: DepositRejection,
) -> Result<PreorderDetail, Refusal> {
    decide(shop, actor, id, Some(word)).await
}

/// Confirms a deposit that a provider's statement names, inside its transaction.
pub(crate) async fn confirm_deposit_in(tx: &mut Tx, id: PreorderId, notes: &str) -> Result<(), Refusal> {
    let before = db::preorders::preorder_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("preorder"))?;
    let deposits = db::preorders::preorder_deposits(tx.conn(), id).await?;
    let claimed = open_claim(&before, &deposits)?;
    db::preorders::decision_insert(tx.conn(), claimed.id, None, Some(notes)).await?;
    let after = db::preorders::preorder_find(tx.conn(), id).await?;
    tx.audit(
        "preorder.deposit_confirm",
        "preorders",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await
}

/// The deposit that waits for somebody's word.
fn open_claim<'a>(
    preorder: &Preorder,
    deposits: &'a [PreorderDeposit],
) -> Result<&'a PreorderDeposit, Refusal> {
    deposits
        .iter()
        .find(|d| d.claimed && d.confirmed.is_none())
        .ok_or_else(|| {
            let text = format!(
                "No deposit of {} waits to be confirmed.",
                preorder.preorder_number
            );
            Refusal::conflict("deposit_not_claimed", text)
        })
}

async fn decide(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    rejection: Option<DepositRejection>,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::ConfirmPayments)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let deposits = db::preorders::preorder_deposits(tx.conn(), id).await?;
    let claimed = open_claim(&before, &deposits)?;
    let refund = match &rejection {
        None => None,
        Some(word) => {
            let values = DepositValues {
                kind: DepositKind::Refund,
                payment_method: claimed.payment_method,
                amount: claimed.amount,
                reference: None,
                notes: Some(word.reason.as_str()),
                claimed: false,
            };
            Some(db::preorders::deposit_insert(tx.conn(), id, &values).await?)
        }
    };
    let reason = rejection.as_ref().map(|word| word.reason.as_str());
    db::preorders::decision_insert(tx.conn(), claimed.id, refund, reason).await?;
    let action = if refund.is_none() {
        "preorder.deposit_confirm"
    } else {
        "preorder.deposit_reject"
    };
    finish(tx, action, 200, Some(&before), id, None).await
}
