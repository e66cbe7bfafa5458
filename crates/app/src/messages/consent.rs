//! What customers allow: their no is respected when a message is written and again when it is sent.

use super::words::Facts;
use crate::{Actor, Capability, Refusal, Shop};
use chrono::NaiveDate;
use db::messages::Consent;
use domain::message::UNASKED;
use domain::{Allows, Channel, ConsentHow, CustomerId, MessageKind};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;

/// What a customer says about the channels. A channel that is not named stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsents {
    /// By e-mail.
    #[serde(default)]
    pub email: Option<Allows>,
    /// By WhatsApp.
    #[serde(default)]
    pub whatsapp: Option<Allows>,
    /// By SMS.
    #[serde(default)]
    pub sms: Option<Allows>,
    /// How they said so.
    pub given_how: ConsentHow,
    /// The day on which they said so; today when absent.
    #[serde(default)]
    pub given_on: Option<NaiveDate>,
}

/// What a customer allows on each channel: as they said it last, or the default for who was never asked.
pub async fn consents(shop: &Shop, id: CustomerId) -> Result<Vec<Consent>, Refusal> {
    let mut conn = shop.read().await?;
    db::customers::customer_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    Ok(db::messages::customer_consents(&mut conn, id).await?)
}

/// Writes down what a customer allows; what they said before stays as it was.
pub async fn consents_set(
    shop: &Shop,
    actor: &Actor,
    id: CustomerId,
    new: NewConsents,
) -> Result<Vec<Consent>, Refusal> {
    actor.require(Capability::EditCustomers)?;
    let given_on = new.given_on.unwrap_or_else(|| shop.today());
    if given_on > shop.today() || given_on < shop.today() - chrono::TimeDelta::days(3650) {
        return Err(Refusal::invalid(
            "/given_on",
            "Give the day on which the customer said so: today, or one that is past.",
        ));
    }
    if new.given_how == ConsentHow::Merged {
        return Err(Refusal::invalid(
            "/given_how",
            "Say how the customer told you: In person, By phone or In writing.",
        ));
    }
    let said: Vec<(Channel, Allows)> = [
        (Channel::Email, new.email),
        (Channel::WhatsApp, new.whatsapp),
        (Channel::Sms, new.sms),
    ]
    .into_iter()
    .filter_map(|(channel, allows)| Some((channel, allows?)))
    .collect();
    if said.is_empty() {
        return Err(Refusal::invalid(
            "",
            "Say what the customer allows on one channel at least.",
        ));
    }
    let mut tx = shop.begin(actor).await?;
    let customer = db::customers::customer_lock(tx.conn(), id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    let before = db::messages::customer_consents(tx.conn(), customer.id).await?;
    for (channel, allows) in said {
        db::messages::consent_insert(tx.conn(), customer.id, channel, allows, given_on, new.given_how)
            .await?;
    }
    let after = db::messages::customer_consents(tx.conn(), customer.id).await?;
    tx.audit(
        "customer.consent",
        "customers",
        customer.id.get(),
        Some(json!({"consents": before})),
        Some(json!({"consents": after})),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}

/// Refuses a message that the customer does not want.
pub(super) async fn check(
    conn: &mut PgConnection,
    facts: &Facts,
    kind: MessageKind,
    channel: Channel,
) -> Result<(), Refusal> {
    match facts.customer_id() {
        Some(id) => check_customer(conn, id, kind, channel, &facts.customer_name()).await,
        None => Ok(()),
    }
}

/// The same for a customer by number.
pub(super) async fn check_customer(
    conn: &mut PgConnection,
    id: CustomerId,
    kind: MessageKind,
    channel: Channel,
    name: &str,
) -> Result<(), Refusal> {
    let allows = db::messages::customer_consents(conn, id)
        .await?
        .iter()
        .find(|c| c.channel == channel)
        .map_or(UNASKED, |c| c.allows);
    if allows >= kind.needs() {
        return Ok(());
    }
    let sentence = match allows {
        Allows::Nothing => format!(
            "{name} wants no messages by {channel}. If they changed their mind, write it down on their page first."
        ),
        _ => format!(
            "{name} has not agreed to reminders by {channel}. Ask them, and write it down on their page first."
        ),
    };
    Err(Refusal::conflict("no_consent", sentence))
}
