//! The steps of a preorder that make no invoice.

use super::{PreorderDetail, after, finish, lock};
use crate::messages::{self, NewMessage};
use crate::sales::unavailable_devices;
use crate::{Actor, Capability, Refusal, Shop};
use db::preorders::StepValues;
use domain::{AssetId, AssetStatus, Channel, MessageKind, NotifyChannel, PreorderAction, PreorderId, Text};
use serde::Deserialize;
use utoipa::ToSchema;

async fn step(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    action: PreorderAction,
    name: &str,
    values: StepValues<'_>,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let to = after(&before, action)?;
    db::preorders::preorder_step(tx.conn(), id, to, &values).await?;
    finish(tx, name, 200, Some(&before), id, None).await
}

/// Orders it: from now on the promised days run.
pub async fn order(shop: &Shop, actor: &Actor, id: PreorderId) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let to = after(&before, PreorderAction::Order)?;
    if !before.deposit_paid {
        let text = match before.deposit_claimed {
            true => format!(
                "The deposit of {} is only claimed so far: have it confirmed, then order.",
                before.preorder_number
            ),
            false => format!(
                "{} waits for its deposit of {}: take it first, then order.",
                before.preorder_number,
                before.deposit_amount.ghs()
            ),
        };
        return Err(Refusal::Conflict {
            code: "deposit_needed".into(),
            detail: text,
            allowed: Some(before.status.allowed().map(|s| s.to_string()).collect()),
        });
    }
    let values = StepValues {
        sla_days: Some(i32::try_from(settings.preorder_sla_days).unwrap_or(21)),
        ..StepValues::default()
    };
    db::preorders::preorder_step(tx.conn(), id, to, &values).await?;
    finish(tx, "preorder.order", 200, Some(&before), id, None).await
}

/// Records that it left the supplier.
pub async fn ship(shop: &Shop, actor: &Actor, id: PreorderId) -> Result<PreorderDetail, Refusal> {
    step(
        shop,
        actor,
        id,
        PreorderAction::Ship,
        "preorder.in_transit",
        StepValues::default(),
    )
    .await
}

/// What arrived.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// The device, which is Ready for Sale.
    pub asset_id: AssetId,
}

/// Links the device that arrived, which is Reserved for this preorder from now on.
pub async fn arrive(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    arrival: Arrival,
) -> Result<PreorderDetail, Refusal> {
    actor.require(Capability::EditPreorders)?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let to = after(&before, PreorderAction::Arrive)?;
    let Some((status, tag)) = db::preorders::device_lock(tx.conn(), arrival.asset_id).await? else {
        return Err(Refusal::invalid(
            "/asset_id",
            "There is no device with this number.",
        ));
    };
    if status != AssetStatus::ReadyForSale {
        return Err(unavailable_devices(&mut tx, shop, &[arrival.asset_id]).await);
    }
    let reason = format!("Arrived for preorder {}", before.preorder_number);
    let values = StepValues {
        asset_id: Some(arrival.asset_id),
        note: Some(&tag),
        reason: Some(&reason),
        ..StepValues::default()
    };
    db::preorders::preorder_step(tx.conn(), id, to, &values).await?;
    finish(tx, "preorder.arrive", 200, Some(&before), id, None).await
}

/// How the customer was told.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// By what; WhatsApp unless said otherwise.
    #[serde(default)]
    pub channel: Option<NotifyChannel>,
}

/// Records that the customer was told that their device is here. By SMS or e-mail the shop tells them itself, where it is
/// set up to and has their address: the message goes into the outbox in the same transaction. A customer's no is respected.
pub async fn notify(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    notice: Notice,
) -> Result<PreorderDetail, Refusal> {
    let channel = notice.channel.unwrap_or(NotifyChannel::WhatsApp);
    let values = StepValues {
        note: Some(channel.as_str()),
        ..StepValues::default()
    };
    actor.require(Capability::EditPreorders)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let before = lock(&mut tx, id).await?;
    let to = after(&before, PreorderAction::Notify)?;
    let way = match channel {
        NotifyChannel::Sms => Some(Channel::Sms),
        NotifyChannel::Email => Some(Channel::Email),
        NotifyChannel::WhatsApp | NotifyChannel::Phone | NotifyChannel::InPerson => None,
    };
    if let Some(way) = way
        && settings.message_ways.is_set_up(way).is_ok()
    {
        let message = NewMessage {
            preorder_id: Some(id),
            ..NewMessage::new(MessageKind::PreorderArrived, way)
        };
        match messages::queue(&mut tx, shop, &settings, &message).await {
            // Without an address somebody has told them another way.
            Ok(_) | Err(Refusal::Invalid(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    db::preorders::preorder_step(tx.conn(), id, to, &values).await?;
    finish(tx, "preorder.notify", 200, Some(&before), id, None).await
}

/// Why the customer does not want it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreorderRejection {
    /// The reason.
    pub reason: Text<1, 1000>,
}

/// Records that the customer does not want what arrived. Its device can be sold to somebody else from now on, here or at
/// the till: either way that sale settles the preorder.
pub async fn reject(
    shop: &Shop,
    actor: &Actor,
    id: PreorderId,
    rejection: PreorderRejection,
) -> Result<PreorderDetail, Refusal> {
    let Some(why) = rejection.reason.non_empty() else {
        return Err(Refusal::invalid(
            "/reason",
            "Say why the customer does not want it.",
        ));
    };
    let reason = format!("Rejected by its customer: {why}");
    let values = StepValues {
        rejection_reason: Some(why),
        note: Some(why),
        reason: Some(&reason),
        ..StepValues::default()
    };
    step(shop, actor, id, PreorderAction::Reject, "preorder.reject", values).await
}
