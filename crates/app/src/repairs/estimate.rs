//! What a repair would come to, and what the customer says to that.

use super::{RepairDetail, finish, lock, refuse_closed, status};
use crate::{Actor, Capability, Refusal, Shop};
use domain::{EstimateAnswer, PaidBy, Price, RepairStatus, RepairTicketId, Text};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What a repair would come to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEstimate {
    /// How much.
    pub amount: Price,
    /// What for.
    #[serde(default)]
    pub notes: Option<Text<0, 2000>>,
}

/// Estimates a repair that the customer pays for. A new estimate asks the customer again.
pub async fn estimate(
    shop: &Shop,
    actor: &Actor,
    id: RepairTicketId,
    new: NewEstimate,
) -> Result<RepairDetail, Refusal> {
    actor.require(Capability::WorkRepair)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    refuse_closed(&before)?;
    if before.paid_by != PaidBy::Customer {
        let text = format!(
            "{} costs the customer nothing: there is nothing to estimate.",
            before.ticket_number
        );
        return Err(Refusal::conflict("nothing_to_estimate", text));
    }
    let notes = new.notes.as_ref().and_then(Text::non_empty);
    db::repairs::ticket_estimate(tx.conn(), id, new.amount.money(), notes).await?;
    let words = match notes {
        Some(notes) => format!("{}: {notes}", new.amount.money().ghs()),
        None => new.amount.money().ghs(),
    };
    db::repairs::event_insert(tx.conn(), id, "estimate_given", None, Some(&words)).await?;
    finish(tx, "repair.estimate", 200, id, Some(json!(before))).await
}

/// What the customer says.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// Yes or No.
    pub answer: EstimateAnswer,
    /// Their words.
    #[serde(default)]
    pub notes: Option<Text<0, 2000>>,
}

/// Writes down the customer's yes or no. After a no the device is Ready to be fetched as it is.
pub async fn answer_estimate(
    shop: &Shop,
    actor: &Actor,
    id: RepairTicketId,
    answered: Answered,
) -> Result<RepairDetail, Refusal> {
    actor.require(Capability::OpenRepair)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    refuse_closed(&before)?;
    let Some(amount) = before.estimate_amount else {
        let text = format!(
            "{} has no estimate yet: write what the repair would come to first.",
            before.ticket_number
        );
        return Err(Refusal::conflict("no_estimate", text));
    };
    if let Some(said) = before.estimate_answer {
        let text = format!(
            "The customer said {said} to the estimate of {} already: write a new estimate to ask again.",
            before.ticket_number
        );
        return Err(Refusal::conflict("estimate_answered", text));
    }
    db::repairs::ticket_answer(tx.conn(), id, answered.answer).await?;
    let mut words = format!("{} to {}", answered.answer, amount.ghs());
    if let Some(notes) = answered.notes.as_ref().and_then(Text::non_empty) {
        words.push_str(&format!(": {notes}"));
    }
    db::repairs::event_insert(tx.conn(), id, "estimate_answered", None, Some(&words)).await?;
    if answered.answer == EstimateAnswer::No {
        status::walk(
            &mut tx,
            shop,
            &before,
            RepairStatus::Ready,
            Some("The customer does not want the repair"),
        )
        .await?;
    }
    finish(tx, "repair.answer", 200, id, Some(json!(before))).await
}
