//! Messages to customers (PRODUCT.md section 12): an outbox.
//!
//! A use case that has something to tell a customer calls [`notify`] inside its own transaction, so that the message is
//! there exactly when the thing it tells of is:
//!
//! ```ignore
//! // A preorder has arrived, a repair is ready, a warranty ends soon; what the record itself does not say comes along.
//! let rest = ("balance", rest_to_pay.ghs());
//! app::messages::notify(&mut tx, &shop, &settings, MessageKind::PreorderArrived, About::Preorder(id), &[rest]).await?;
//! ```
//!
//! `notify` takes the first channel that is set up and that the customer allows, and does nothing when there is none: what
//! happened is not refused for want of a telephone. [`queue`] takes the channel that a person chose, and says why not.
//! Nothing is sent here: [`work`] does that in the background, from any server on the database, and sends none twice.

mod consent;
#[cfg(test)]
mod encrypted;
mod gateway;
mod send;
mod smtp;
pub mod ways;
mod words;

pub use consent::{NewConsents, consents, consents_set};
pub use db::messages::{Consent, MESSAGES as LIST, Message, MessageEvent};
pub use send::{Round, run, work};

use crate::reports::period::Period;
use crate::{Actor, Capability, Page, PageRequest, Refusal, Settings, Shop, Tx};
use chrono::NaiveDate;
use db::messages::{MESSAGES_ABOUT_DOCUMENTS, MessageValues};
use domain::{
    Channel, CustomerId, Email, InvoiceId, MessageAction, MessageId, MessageKind, MessageStatus, Phone,
    PreorderId, RepairTicketId, ReturnId, Text, WarrantyId,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use words::Facts;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An invoice: its receipt, the invoice itself, what is due on it.
    Invoice(InvoiceId),
    /// A return: its credit note.
    Return(ReturnId),
    /// A customer's account over some days.
    Account(CustomerId, Period),
    /// A preorder.
    Preorder(PreorderId),
    /// A repair.
    Repair(RepairTicketId),
    /// A warranty.
    Warranty(WarrantyId),
    /// The shop's own set-up.
    Shop,
}

/// What is needed to write a message.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// What it is about.
    pub kind: MessageKind,
    /// How it goes.
    pub channel: Channel,
    /// For a Receipt, an Invoice and a Balance Due.
    #[serde(default)]
    pub invoice_id: Option<InvoiceId>,
    /// For a Credit Note.
    #[serde(default)]
    pub return_id: Option<ReturnId>,
    /// For a Statement.
    #[serde(default)]
    pub customer_id: Option<CustomerId>,
    /// For a Preorder Arrived.
    #[serde(default)]
    pub preorder_id: Option<PreorderId>,
    /// For a Repair Ready.
    #[serde(default)]
    pub repair_ticket_id: Option<RepairTicketId>,
    /// For a Warranty Ends.
    #[serde(default)]
    pub warranty_id: Option<WarrantyId>,
    /// First day of a Statement; the first of the month when absent.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Last day of a Statement; today when absent.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Phone or e-mail address; the customer's own when absent.
    #[serde(default)]
    pub recipient: Option<Text<1, 100>>,
    /// Subject of an e-mail; the template's when absent.
    #[serde(default)]
    pub subject: Option<Text<1, 200>>,
    /// The text; the template's when absent.
    #[serde(default)]
    pub body: Option<Text<1, 2000>>,
}

impl NewMessage {
    /// A message of a kind by a channel, about nothing yet.
    pub fn new(kind: MessageKind, channel: Channel) -> Self {
        NewMessage {
            kind,
            channel,
            invoice_id: None,
            return_id: None,
            customer_id: None,
            preorder_id: None,
            repair_ticket_id: None,
            warranty_id: None,
            from: None,
            to: None,
            recipient: None,
            subject: None,
            body: None,
        }
    }

    /// What it is about, which its kind decides.
    fn about(&self, today: NaiveDate) -> Result<About, Refusal> {
        let named = [
            ("invoice_id", self.invoice_id.map(About::Invoice)),
            ("return_id", self.return_id.map(About::Return)),
            ("preorder_id", self.preorder_id.map(About::Preorder)),
            ("repair_ticket_id", self.repair_ticket_id.map(About::Repair)),
            ("warranty_id", self.warranty_id.map(About::Warranty)),
            (
                "customer_id",
                match self.customer_id {
                    Some(id) => Some(About::Account(id, self.period(today)?)),
                    None => None,
                },
            ),
        ];
        let needed = match self.kind {
            MessageKind::Receipt | MessageKind::Invoice | MessageKind::BalanceDue => "invoice_id",
            MessageKind::CreditNote => "return_id",
            MessageKind::Statement => "customer_id",
            MessageKind::PreorderArrived => "preorder_id",
            MessageKind::RepairReady => "repair_ticket_id",
            MessageKind::WarrantyEnds => "warranty_id",
            MessageKind::Test => {
                return Err(Refusal::invalid(
                    "/kind",
                    "A test message is sent from Settings → Messages.",
                ));
            }
        };
        for (name, about) in &named {
            if *name != needed && about.is_some() {
                return Err(Refusal::invalid(
                    format!("/{name}"),
                    format!("A message of the kind {} is about its {needed} alone.", self.kind),
                ));
            }
        }
        if self.kind != MessageKind::Statement && (self.from.is_some() || self.to.is_some()) {
            return Err(Refusal::invalid("/from", "Only a statement has days."));
        }
        named
            .into_iter()
            .find_map(|(name, about)| about.filter(|_| name == needed))
            .ok_or_else(|| Refusal::invalid(format!("/{needed}"), "Say what this message is about."))
    }

    fn period(&self, today: NaiveDate) -> Result<Period, Refusal> {
        let text = |day: Option<NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
        Period::parse(&text(self.from), &text(self.to), today)
    }
}

/// A message before it is written, for whoever writes it to look at.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The customer, where there is one.
    pub customer_id: Option<CustomerId>,
    /// Their name, or empty.
    pub customer_name: String,
    /// Number of the document, or empty.
    pub about: String,
    /// Phone or address, or empty where none is known.
    pub recipient: String,
    /// Subject of an e-mail.
    pub subject: String,
    /// The text.
    pub body: String,
    /// Why it will not be sent, as far as one can tell now.
    pub hindrance: Option<String>,
    /// Whether that is because the customer does not allow it.
    pub not_allowed: bool,
}

/// What would be written.
pub async fn preview(shop: &Shop, actor: &Actor, new: &NewMessage) -> Result<Preview, Refusal> {
    actor.require(Capability::SendMessages)?;
    let settings = shop.settings().await?;
    let about = new.about(shop.today())?;
    let mut conn = shop.read().await?;
    let facts = Facts::read(&mut conn, shop.public_url(), &settings, new.kind, about).await?;
    let (subject, body) = facts.template(&settings, new.kind, new.channel);
    let hindrance = match settings.message_ways.is_set_up(new.channel) {
        Ok(()) => consent::check(&mut conn, &facts, new.kind, new.channel)
            .await
            .err(),
        Err(refusal) => Some(refusal),
    };
    let not_allowed = matches!(&hindrance, Some(Refusal::Conflict { code, .. }) if code == "no_consent");
    Ok(Preview {
        not_allowed,
        customer_id: facts.customer_id(),
        customer_name: facts.customer_name(),
        about: facts.number().to_owned(),
        recipient: facts.recipient(new.channel).unwrap_or_default(),
        subject,
        body,
        hindrance: hindrance.map(|refusal| refusal.sentence()),
    })
}

/// Writes a message in the caller's transaction, on a channel that a person chose. Refused where the customer does not
/// want it, the channel is not set up, or there is no address.
pub async fn queue(
    tx: &mut Tx,
    shop: &Shop,
    settings: &Settings,
    new: &NewMessage,
) -> Result<MessageId, Refusal> {
    let about = new.about(shop.today())?;
    let facts = Facts::read(tx.conn(), shop.public_url(), settings, new.kind, about).await?;
    settings.message_ways.is_set_up(new.channel)?;
    consent::check(tx.conn(), &facts, new.kind, new.channel).await?;
    let recipient = match &new.recipient {
        Some(typed) => address(new.channel, typed.as_str())?,
        None => facts.recipient(new.channel).ok_or_else(|| {
            let what = match new.channel {
                Channel::Email => "e-mail address",
                Channel::WhatsApp | Channel::Sms => "phone number",
            };
            Refusal::invalid("/recipient", format!("There is no {what} yet: type it here."))
        })?,
    };
    let (subject, body) = facts.template(settings, new.kind, new.channel);
    let subject = new.subject.as_ref().map_or(subject, |s| s.to_string());
    if subject.contains(['\n', '\r']) {
        return Err(Refusal::invalid("/subject", "A subject is one line."));
    }
    let body = new.body.as_ref().map_or(body, |b| b.to_string());
    write(tx, &facts, new.kind, new.channel, about, recipient, subject, body).await
}

/// Tells a customer of something in the caller's transaction, on the first channel that is set up and that they allow: by
/// SMS, by e-mail, or ready for somebody to open in WhatsApp. `more` are values of placeholders that the record itself does
/// not know. `None` where the customer is unknown, does not want it or cannot be reached.
pub async fn notify(
    tx: &mut Tx,
    shop: &Shop,
    settings: &Settings,
    kind: MessageKind,
    about: About,
    more: &[(&'static str, String)],
) -> Result<Option<MessageId>, Refusal> {
    let mut facts = Facts::read(tx.conn(), shop.public_url(), settings, kind, about).await?;
    facts.add(more);
    for channel in [Channel::Sms, Channel::Email, Channel::WhatsApp] {
        if settings.message_ways.is_set_up(channel).is_err()
            || facts.customer_id().is_none()
            || consent::check(tx.conn(), &facts, kind, channel).await.is_err()
        {
            continue;
        }
        if let Some(recipient) = facts.recipient(channel) {
            let (subject, body) = facts.template(settings, kind, channel);
            return write(tx, &facts, kind, channel, about, recipient, subject, body)
                .await
                .map(Some);
        }
    }
    Ok(None)
}

#[expect(clippy::too_many_arguments, reason = "each is a column")]
async fn write(
    tx: &mut Tx,
    facts: &Facts,
    kind: MessageKind,
    channel: Channel,
    about: About,
    recipient: String,
    subject: String,
    body: String,
) -> Result<MessageId, Refusal> {
    let mut values = MessageValues {
        kind,
        channel,
        customer_id: facts.customer_id(),
        recipient,
        subject: (channel == Channel::Email).then_some(subject),
        body,
        invoice_id: None,
        return_id: None,
        preorder_id: None,
        repair_ticket_id: None,
        warranty_id: None,
        statement: None,
    };
    match about {
        About::Invoice(id) => values.invoice_id = Some(id),
        About::Return(id) => values.return_id = Some(id),
        About::Account(_, period) => values.statement = Some((period.from, period.to)),
        About::Preorder(id) => values.preorder_id = Some(id),
        About::Repair(id) => values.repair_ticket_id = Some(id),
        About::Warranty(id) => values.warranty_id = Some(id),
        About::Shop => {}
    }
    let id = db::messages::message_insert(tx.conn(), &values).await?;
    // What it says and to whom stands in the message; the log tells that it was written.
    let record =
        json!({"kind": kind, "channel": channel, "customer_id": values.customer_id, "about": facts.number()});
    tx.audit("message.write", "messages", id.get(), None, Some(record))
        .await?;
    Ok(id)
}

/// A phone number in international form, or an e-mail address.
fn address(channel: Channel, typed: &str) -> Result<String, Refusal> {
    match channel {
        Channel::Email => typed.parse::<Email>().map(|e| e.to_string()),
        Channel::WhatsApp | Channel::Sms => typed.parse::<Phone>().map(|p| p.to_string()),
    }
    .map_err(|error| Refusal::invalid("/recipient", error.to_string()))
}

fn with_link(mut message: Message) -> Message {
    if message.channel == Channel::WhatsApp {
        message.link = Phone::parse(&message.recipient)
            .ok()
            .map(|phone| phone.whatsapp_link(&message.body));
    }
    message
}

async fn read(tx: &mut Tx, id: MessageId) -> Result<Message, Refusal> {
    db::messages::message_find(tx.conn(), id)
        .await?
        .map(with_link)
        .ok_or_else(|| Refusal::not_found("message"))
}

/// Writes a message. For WhatsApp it is opened at the same time: the link is in the answer.
pub async fn create(shop: &Shop, actor: &Actor, new: NewMessage) -> Result<Message, Refusal> {
    actor.require(Capability::SendMessages)?;
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let id = queue(&mut tx, shop, &settings, &new).await?;
    if new.channel == Channel::WhatsApp {
        db::messages::message_move(tx.conn(), id, MessageStatus::Opened).await?;
    }
    let message = read(&mut tx, id).await?;
    tx.commit(201, &message).await?;
    Ok(message)
}

/// A message that shows whether a way out works.
pub async fn test(shop: &Shop, actor: &Actor, channel: Channel, to: &str) -> Result<Message, Refusal> {
    actor.require(Capability::ManageSettings)?;
    let settings = shop.settings().await?;
    settings.message_ways.is_set_up(channel)?;
    let recipient = address(channel, to)?;
    let mut tx = shop.begin(actor).await?;
    let facts = Facts::read(
        tx.conn(),
        shop.public_url(),
        &settings,
        MessageKind::Test,
        About::Shop,
    )
    .await?;
    let (subject, body) = facts.template(&settings, MessageKind::Test, channel);
    let id = write(
        &mut tx,
        &facts,
        MessageKind::Test,
        channel,
        About::Shop,
        recipient,
        subject,
        body,
    )
    .await?;
    let message = read(&mut tx, id).await?;
    tx.commit(201, &message).await?;
    Ok(message)
}

/// A page of messages: all of them for a Manager, else those about documents.
pub async fn page(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<Page<Message>, Refusal> {
    let spec = match actor.can(Capability::ManageMessages) {
        true => &LIST,
        false => &MESSAGES_ABOUT_DOCUMENTS,
    };
    Ok(crate::lists::page(shop, spec, request).await?.map(with_link))
}

/// Reads a message.
pub async fn find(shop: &Shop, actor: &Actor, id: MessageId) -> Result<Message, Refusal> {
    actor.require(Capability::SendMessages)?;
    db::messages::message_find(&mut *shop.read().await?, id)
        .await?
        .filter(|m| m.kind != MessageKind::Test || actor.can(Capability::ManageMessages))
        .map(with_link)
        .ok_or_else(|| Refusal::not_found("message"))
}

/// The newest messages about a preorder, a repair or a warranty; none for whoever sees no messages.
pub async fn about(shop: &Shop, actor: &Actor, about: About) -> Result<Vec<Message>, Refusal> {
    let (name, id) = match about {
        About::Preorder(id) => ("preorder_id", id.to_string()),
        About::Repair(id) => ("repair_ticket_id", id.to_string()),
        About::Warranty(id) => ("warranty_id", id.to_string()),
        About::Invoice(id) => ("invoice_id", id.to_string()),
        About::Return(_) | About::Account(..) | About::Shop => return Ok(Vec::new()),
    };
    if !actor.can(Capability::SendMessages) {
        return Ok(Vec::new());
    }
    let request = PageRequest {
        limit: 5,
        filters: vec![(name.into(), id)],
        ..PageRequest::default()
    };
    Ok(page(shop, actor, &request).await?.data)
}

/// The newest messages to a customer.
pub async fn of_customer(shop: &Shop, actor: &Actor, id: CustomerId) -> Result<Vec<Message>, Refusal> {
    actor.require(Capability::SendMessages)?;
    Ok(
        db::messages::customer_messages(&mut *shop.read().await?, id, crate::customers::HISTORY)
            .await?
            .into_iter()
            .map(with_link)
            .collect(),
    )
}

/// The steps of a message, newest first.
pub async fn steps(shop: &Shop, id: MessageId) -> Result<Vec<MessageEvent>, Refusal> {
    Ok(db::messages::message_events(&mut *shop.read().await?, id).await?)
}

/// How many messages need a person's decision.
pub async fn waiting_for_people(shop: &Shop) -> Result<i64, Refusal> {
    Ok(db::messages::messages_waiting_for_people(&mut *shop.read().await?).await?)
}

/// Opens a WhatsApp message, as often as somebody presses it; each time is written down.
pub async fn open(shop: &Shop, actor: &Actor, id: MessageId) -> Result<Message, Refusal> {
    actor.require(Capability::SendMessages)?;
    step(shop, actor, id, MessageAction::Open, "message.open").await
}

/// Has a message sent again that has Failed or is Unclear: a person says so.
pub async fn retry(shop: &Shop, actor: &Actor, id: MessageId) -> Result<Message, Refusal> {
    actor.require(Capability::ManageMessages)?;
    step(shop, actor, id, MessageAction::Retry, "message.retry").await
}

/// Calls a message off that did not go out, or leaves an Unclear one as it is.
pub async fn cancel(shop: &Shop, actor: &Actor, id: MessageId) -> Result<Message, Refusal> {
    actor.require(Capability::ManageMessages)?;
    step(shop, actor, id, MessageAction::Cancel, "message.cancel").await
}

async fn step(
    shop: &Shop,
    actor: &Actor,
    id: MessageId,
    action: MessageAction,
    word: &str,
) -> Result<Message, Refusal> {
    let mut tx = shop.begin(actor).await?;
    let before = db::messages::message_lock(tx.conn(), id)
        .await?
        .filter(|m| m.kind != MessageKind::Test || actor.can(Capability::ManageMessages))
        .ok_or_else(|| Refusal::not_found("message"))?;
    let to = match (before.channel, action) {
        (Channel::Email | Channel::Sms, MessageAction::Open) => Err(domain::TextError(
            "This message goes out by itself: there is nothing to open.".into(),
        )),
        _ => before.status.after(action),
    }
    .map_err(|error| Refusal::conflict("message_status", error.0))?;
    db::messages::message_move(tx.conn(), id, to).await?;
    let after = read(&mut tx, id).await?;
    tx.audit(
        word,
        "messages",
        id.get(),
        Some(json!({"status": before.status})),
        Some(json!({"status": after.status})),
    )
    .await?;
    tx.commit(200, &after).await?;
    Ok(after)
}
