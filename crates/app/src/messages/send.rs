//! Sending what waits. A message is claimed and committed as Sending before the wire is touched; what is Sending past its
//! lease is Unclear, and a person decides. So a message goes out once, or is shown, and never goes out twice by itself.

use super::{consent, gateway, smtp, ways};
use crate::invoices::print::{Layout, Printed};
use crate::reports::period::Period;
use crate::{Actor, Refusal, Shop};
use db::messages::Message;
use domain::message::{TRIED_FOR, pause_after};
use domain::{Channel, MessageAction, MessageKind, MessageStatus};
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long one attempt may take, on the wire and off it.
pub(super) const ATTEMPT: Duration = Duration::from_secs(60);
/// How long a server may be silent about a message that it has claimed: several attempts' time, in seconds.
const LEASE: i32 = 5 * 60;
/// How long a stopping server waits for the message that is on the wire.
const FAREWELL: Duration = Duration::from_secs(15);
/// Between two looks at the outbox.
const LOOK: Duration = Duration::from_secs(5);

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The other side took it.
    Taken,
    /// It surely did not go out, and may later.
    NotNow(String),
    /// It surely did not go out, and never will.
    Never(String),
    /// It may have gone out.
    Unknown(String),
}

/// What was done in one look at the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Messages that were taken.
    pub sent: u64,
    /// Messages that wait again.
    pub postponed: u64,
    /// Messages that failed.
    pub failed: u64,
    /// Messages that are unclear.
    pub unclear: u64,
}

/// Looks at the outbox until `stop` comes. Several servers may do it on one database.
pub async fn run(shop: Shop, stop: impl Future<Output = ()> + Send) {
    let mut stop = std::pin::pin!(stop);
    let stopping = AtomicBool::new(false);
    loop {
        let mut round = std::pin::pin!(look(&shop, &stopping));
        let (done, last) = tokio::select! {
            done = &mut round => (done, false),
            () = &mut stop => {
                // The message on the wire comes to its end; no other is begun. Past that it will be Unclear.
                stopping.store(true, Ordering::Relaxed);
                match tokio::time::timeout(FAREWELL, round).await {
                    Ok(done) => (done, true),
                    Err(_) => return,
                }
            }
        };
        if let Err(refusal) = done {
            tracing::warn!(%refusal, "the outbox could not be looked at and is tried again");
        }
        if last {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = &mut stop => return,
        }
    }
}

/// Sends everything that is due now, one after the other.
pub async fn work(shop: &Shop) -> Result<Round, Refusal> {
    look(shop, &AtomicBool::new(false)).await
}

async fn look(shop: &Shop, stopping: &AtomicBool) -> Result<Round, Refusal> {
    let system = Actor::system();
    let mut round = Round::default();
    let mut tx = shop.begin(&system).await?;
    let words = "The server stopped while this was on the wire: it may have gone out.";
    round.unclear += db::messages::messages_lose(tx.conn(), words).await?;
    tx.commit(204, &()).await?;
    loop {
        if stopping.load(Ordering::Relaxed) {
            return Ok(round);
        }
        let mut tx = shop.begin(&system).await?;
        let claimed = db::messages::message_claim(tx.conn(), LEASE).await?;
        tx.commit(204, &()).await?;
        let Some(message) = claimed else { return Ok(round) };
        let outcome = attempt(shop, &message).await;
        let ended = finish(shop, &message, outcome).await?;
        match ended {
            MessageStatus::Sent => round.sent += 1,
            MessageStatus::Queued => round.postponed += 1,
            MessageStatus::Failed => round.failed += 1,
            _ => round.unclear += 1,
        }
    }
}

async fn finish(shop: &Shop, message: &Message, outcome: Outcome) -> Result<MessageStatus, Refusal> {
    let too_old = shop.now() - message.created_at >= TRIED_FOR;
    let (action, words, next) = match outcome {
        Outcome::Taken => (MessageAction::Take, None, None),
        Outcome::NotNow(words) if too_old => (
            MessageAction::Refuse,
            Some(format!("It was tried for three days. The last time: {words}")),
            None,
        ),
        Outcome::NotNow(words) => (
            MessageAction::Postpone,
            Some(words),
            Some(shop.now() + pause_after(message.attempts)),
        ),
        Outcome::Never(words) => (MessageAction::Refuse, Some(words), None),
        Outcome::Unknown(words) => (MessageAction::Lose, Some(words), None),
    };
    let to = message.status.after(action).map_err(|e| Refusal::Internal(e.0))?;
    let words: Option<String> = words.map(|w| w.chars().filter(|c| !c.is_control()).take(500).collect());
    let mut tx = shop.begin(&Actor::system()).await?;
    let counted = db::messages::message_finish(
        tx.conn(),
        message.id,
        message.attempts,
        to,
        words.as_deref(),
        next,
    )
    .await?;
    tx.commit(204, &()).await?;
    tracing::info!(message = message.id.get(), channel = %message.channel, status = %to, counted, "a message was tried");
    Ok(to)
}

async fn attempt(shop: &Shop, message: &Message) -> Outcome {
    // What stands in the way before the wire is touched is tried again, but for a customer's no.
    match prepared(shop, message).await {
        Ok(Prepared::Email(mail)) => smtp::send(mail).await,
        Ok(Prepared::Sms(call)) => gateway::send(call).await,
        Err(Refusal::Conflict { code, detail, .. }) if code == "no_consent" => Outcome::Never(detail),
        Err(Refusal::NotFound(detail)) => Outcome::Never(detail),
        Err(refusal) => {
            if let Refusal::Internal(cause) = &refusal {
                tracing::error!(
                    message = message.id.get(),
                    cause,
                    "a message could not be made ready"
                );
            }
            Outcome::NotNow(refusal.sentence())
        }
    }
}

enum Prepared {
    Email(smtp::Mail),
    Sms(gateway::Call),
}

async fn prepared(shop: &Shop, message: &Message) -> Result<Prepared, Refusal> {
    let settings = shop.settings().await?;
    settings.message_ways.is_set_up(message.channel)?;
    let key = {
        let mut conn = shop.read().await?;
        if let Some(id) = message.customer_id {
            let name = message.customer_name.as_deref().unwrap_or("The customer");
            consent::check_customer(&mut conn, id, message.kind, message.channel, name).await?;
        }
        let name = match message.channel {
            Channel::Email => ways::SMTP_SECRET,
            Channel::Sms | Channel::WhatsApp => ways::SMS_SECRET,
        };
        db::messages::secret_find(&mut conn, name).await?
    };
    if message.channel == Channel::Sms {
        let key = key.unwrap_or_default();
        return gateway::Call::new(
            &settings.message_ways.sms,
            &key,
            &message.recipient,
            &message.body,
        )
        .map(Prepared::Sms)
        .map_err(|(_, detail)| Refusal::conflict("gateway", detail));
    }
    Ok(Prepared::Email(smtp::Mail {
        server: settings.message_ways.smtp.clone(),
        password: key,
        sender: settings.shop.name.clone(),
        id: message.id,
        written_at: message.created_at,
        to: message.recipient.clone(),
        subject: message.subject.clone().unwrap_or_default(),
        text: message.body.clone(),
        attachment: attachment(shop, message).await?,
    }))
}

/// The document that a message brings along.
async fn attachment(shop: &Shop, message: &Message) -> Result<Option<Printed>, Refusal> {
    let printed = match (
        message.kind,
        message.invoice_id,
        message.return_id,
        message.customer_id,
    ) {
        (MessageKind::Receipt | MessageKind::Invoice | MessageKind::BalanceDue, Some(id), ..) => {
            crate::invoices::print(shop, id, Layout::A4).await?
        }
        (MessageKind::CreditNote, _, Some(id), _) => crate::returns::print(shop, id, Layout::A4).await?,
        (MessageKind::Statement, .., Some(id)) => {
            let (Some(from), Some(to)) = (message.statement_from, message.statement_to) else {
                return Ok(None);
            };
            let period = Period { from, to };
            crate::wholesale::print_account(shop, &Actor::system(), id, period).await?
        }
        _ => return Ok(None),
    };
    Ok(Some(printed))
}
