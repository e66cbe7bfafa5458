//! Messages: writing one, the outbox, one with its steps, and what a customer allows.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event, Head, ListPage, Tab, link};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::pages::invoices::when;
use app::messages::{self, Message, NewMessage, Preview};
use app::{Actor, Capability, Refusal, Shop};
use askama::Template;
use axum::extract::{RawQuery, State};
use chrono::{DateTime, Utc};
use domain::{Allows, Channel, ConsentHow, CustomerId, MessageAction, MessageId, MessageKind, MessageStatus};
use http::{HeaderName, HeaderValue, StatusCode};

/// templates/pages/messages.html
#[derive(Debug, Template)]
#[template(path = "pages/messages.html")]
pub struct Messages {
    frame: Frame,
    tabs: Vec<Tab>,
    q: String,
    channels: Vec<Choice>,
    channel_on: bool,
    clear_href: String,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<Row>,
    shown: String,
    next_href: String,
    first_href: String,
    waiting: String,
    may_set_up: bool,
}

#[derive(Debug)]
struct Row {
    href: String,
    title: String,
    to: String,
    about: String,
    channel: Channel,
    age: String,
    chip: Chip,
    error: String,
}

/// A message on the page of what it is about.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) href: String,
    pub(super) text: String,
    pub(super) age: String,
    pub(super) chip: Chip,
}

/// What the customer was written about something, newest first, and where they are written now: the message that waits to be opened in
/// WhatsApp, else the form that writes one. Nothing of it is sent past the outbox, and a customer's no is asked there.
pub(super) async fn told(
    shop: &Shop,
    actor: &Actor,
    kind: MessageKind,
    about: messages::About,
) -> Result<(Vec<Told>, String), Refusal> {
    if !actor.can(Capability::SendMessages) {
        return Ok((Vec::new(), String::new()));
    }
    let written = messages::about(shop, actor, about).await?;
    let (name, id) = match about {
        messages::About::Preorder(id) => ("preorder_id", id.to_string()),
        messages::About::Repair(id) => ("repair_ticket_id", id.to_string()),
        _ => return Ok((Vec::new(), String::new())),
    };
    let waits = written
        .iter()
        .find(|m| m.kind == kind && m.status == MessageStatus::Ready);
    let href = match waits {
        Some(message) => format!("/messages/{}", message.id),
        None => link(
            "/messages/new",
            &[
                ("kind", kind.as_str()),
                ("channel", Channel::WhatsApp.as_str()),
                (name, &id),
            ],
        ),
    };
    let now = shop.now();
    let told = written
        .iter()
        .map(|m| Told {
            href: format!("/messages/{}", m.id),
            text: format!("{} by {}", m.kind, m.channel),
            age: age(now, m.created_at),
            chip: chip(m.status),
        })
        .collect();
    Ok((told, href))
}

fn chip(status: MessageStatus) -> Chip {
    Chip::toned(status.as_str(), status.tone())
}

/// How long ago, in the largest unit: "3 minutes", "2 days".
pub(super) fn age(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    let minutes = (now - at).num_minutes().max(0);
    let (number, unit) = match minutes {
        0 => return "just now".into(),
        1..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

/// `INV-000001 · Receipt`
fn title(message: &Message) -> String {
    message
        .customer_name
        .clone()
        .unwrap_or_else(|| message.recipient.clone())
}

/// `GET /messages`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let Visitor { actor, frame } = visitor;
    let list = ListPage::from_query("/messages", &query.unwrap_or_default(), &messages::LIST);
    let page = messages::page(&state.shop, &actor, &list.request).await?;
    let waiting = match actor.can(Capability::ManageMessages) {
        true => messages::waiting_for_people(&state.shop).await?,
        false => 0,
    };
    let now = state.shop.now();
    let shown = list.shown(page.data.len(), page.next_cursor.is_some());
    let status = list.filter("status").to_owned();
    let mut tabs = vec![Tab {
        label: "All".into(),
        href: "/messages".into(),
        current: status.is_empty(),
        count: String::new(),
    }];
    tabs.extend(MessageStatus::ALL.iter().map(|s| Tab {
        label: s.to_string(),
        href: link("/messages", &[("status", s.as_str())]),
        current: s.as_str() == status,
        count: String::new(),
    }));
    let rows = page
        .data
        .iter()
        .map(|m| Row {
            href: format!("/messages/{}", m.id),
            title: title(m),
            to: m.recipient.clone(),
            about: match &m.about {
                Some(number) => format!("{} {number}", m.kind),
                None => m.kind.to_string(),
            },
            channel: m.channel,
            age: age(now, m.created_at),
            chip: chip(m.status),
            error: m
                .last_error
                .clone()
                .filter(|_| !matches!(m.status, MessageStatus::Sent | MessageStatus::Cancelled))
                .unwrap_or_default(),
        })
        .collect();
    show(&Messages {
        tabs,
        q: list.q().into(),
        channels: Choice::filter(Channel::ALL.iter().map(|c| (c, c)), list.filter("channel")),
        channel_on: !list.filter("channel").is_empty(),
        clear_href: list.clear_href(),
        filtered: list.filtered(),
        heads: vec![
            list.head("To", "", false),
            list.head("About", "", false),
            list.head("By", "", false),
            list.head("Written", "created_at", false),
            list.head("Status", "", false),
        ],
        rows,
        shown,
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        waiting: match waiting {
            0 => String::new(),
            1 => "1 message needs a decision: it failed, or it is unclear whether it went out.".into(),
            n => {
                format!("{n} messages need a decision: they failed, or it is unclear whether they went out.")
            }
        },
        may_set_up: frame.can(&Capability::ManageSettings),
        frame: frame.titled("Messages"),
    })
}

/// templates/pages/message_form.html
#[derive(Debug, Template)]
#[template(path = "pages/message_form.html")]
pub struct MessageForm {
    frame: Frame,
    back: String,
    back_href: String,
    tabs: Vec<Tab>,
    hidden: Vec<(String, String)>,
    channel: Channel,
    preview: Preview,
    form: Form,
    form_key: String,
    errors: Errors,
    attachment: bool,
}

/// The fields that a person writes; everything else says what the message is about.
const OWN_WORDS: &[&str] = &["recipient", "subject", "body", "form_key"];

/// Where a message about this leads back to.
fn about_href(new: &NewMessage) -> String {
    if let Some(id) = new.invoice_id {
        return format!("/invoices/{id}");
    }
    if let Some(id) = new.return_id {
        return format!("/returns/{id}");
    }
    match new.customer_id {
        Some(id) => format!("/customers/{id}/account"),
        None => "/messages".into(),
    }
}

async fn form_page(
    shop: &Shop,
    actor: &Actor,
    frame: Frame,
    new: &NewMessage,
    form: Form,
    errors: Errors,
) -> Result<MessageForm, Refusal> {
    let preview = messages::preview(shop, actor, new).await?;
    let hidden: Vec<(String, String)> = form
        .names()
        .filter(|name| !OWN_WORDS.contains(name))
        .map(|name| (name.to_owned(), form.get(name).to_owned()))
        .collect();
    let typed = form.names().any(|name| name == "body");
    let tabs = Channel::ALL
        .iter()
        .map(|channel| {
            let query: Vec<(&str, &str)> = hidden
                .iter()
                .map(|(name, value)| match name.as_str() {
                    "channel" => ("channel", channel.as_str()),
                    name => (name, value.as_str()),
                })
                .collect();
            Tab {
                label: channel.to_string(),
                href: link("/messages/new", &query),
                current: *channel == new.channel,
                count: String::new(),
            }
        })
        .collect();
    let filled = match typed {
        true => form,
        false => Form::from_pairs([
            ("recipient", preview.recipient.clone()),
            ("subject", preview.subject.clone()),
            ("body", preview.body.clone()),
        ]),
    };
    Ok(MessageForm {
        back: match preview.about.is_empty() {
            true => preview.customer_name.clone(),
            false => preview.about.clone(),
        },
        back_href: about_href(new),
        tabs,
        hidden,
        channel: new.channel,
        attachment: new.channel == Channel::Email
            && (new.invoice_id.is_some() || new.return_id.is_some() || new.customer_id.is_some()),
        preview,
        form: filled,
        form_key: form_key(),
        errors,
        frame: frame.titled(format!("Send: {}", new.kind)),
    })
}

/// `GET /messages/new?kind=Receipt&channel=E-mail&invoice_id=1`
pub async fn new(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes())?;
    if form.get("kind").is_empty() {
        return Ok(redirect("/messages", None));
    }
    let new = form.parse::<NewMessage>(OWN_WORDS)?;
    show(
        &form_page(
            &state.shop,
            &visitor.actor,
            visitor.frame,
            &new,
            form,
            Errors::default(),
        )
        .await?,
    )
}

/// `POST /messages/new`. A WhatsApp message goes on to WhatsApp at once.
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/messages/new");
    let new = form.parse::<NewMessage>(&[])?;
    let back = about_href(&new);
    match messages::create(&state.shop, &visitor.actor, new.clone()).await {
        Ok(message) if message.link.is_some() => opened(&state, visitor, message).await,
        Ok(_) => {
            let text = format!(
                "The {} is on its way.",
                match new.channel {
                    Channel::Email => "e-mail",
                    _ => "SMS",
                }
            );
            Ok(redirect(&back, Some(("good", &text))))
        }
        Err(Refusal::Replay(answer)) => Ok(redirect(
            &format!("/messages/{}", answer.field("id").unwrap_or_default()),
            None,
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = form_page(&state.shop, &visitor.actor, visitor.frame, &new, form, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// templates/pages/message.html
#[derive(Debug, Template)]
#[template(path = "pages/message.html")]
pub struct MessagePage {
    frame: Frame,
    id: MessageId,
    title: String,
    kind: String,
    about: String,
    about_href: String,
    customer_href: String,
    channel: Channel,
    recipient: String,
    subject: String,
    body: String,
    chip: Chip,
    written: String,
    next_attempt: String,
    error: String,
    link: String,
    opening: bool,
    may_open: bool,
    retry: &'static str,
    cancel: &'static str,
    events: Vec<Event>,
    errors: Errors,
}

async fn page(
    state: &AppState,
    visitor: Visitor,
    m: Message,
    errors: Errors,
    opening: bool,
) -> Result<MessagePage, Refusal> {
    let shop = &state.shop;
    let manages = visitor.actor.can(Capability::ManageMessages);
    let events = messages::steps(shop, m.id)
        .await?
        .into_iter()
        .map(|step| Event {
            icon: match step.to_status {
                MessageStatus::Sent | MessageStatus::Opened => "circle-check",
                MessageStatus::Failed | MessageStatus::Unclear => "triangle-alert",
                MessageStatus::Cancelled => "ban",
                _ => "clock",
            }
            .into(),
            tone: step.to_status.tone().as_str().into(),
            title: match step.to_status {
                MessageStatus::Sending => format!("Sending, attempt {}", step.attempt),
                status => status.to_string(),
            },
            detail: step.words.unwrap_or_default(),
            who: step.created_by_name.unwrap_or_default(),
            when: when(shop, step.created_at),
            when_iso: step.created_at.to_rfc3339(),
            href: String::new(),
        })
        .collect();
    let about_href = match (m.invoice_id, m.return_id, m.statement_to, m.customer_id) {
        (Some(id), ..) => format!("/invoices/{id}"),
        (_, Some(id), ..) => format!("/returns/{id}"),
        (_, _, Some(_), Some(id)) => format!("/customers/{id}/account"),
        _ => String::new(),
    };
    Ok(MessagePage {
        id: m.id,
        title: title(&m),
        kind: m.kind.to_string(),
        about: m.about.clone().unwrap_or_else(|| match m.statement_to {
            Some(_) => "Account".into(),
            None => String::new(),
        }),
        about_href,
        customer_href: m
            .customer_id
            .map(|id| format!("/customers/{id}"))
            .unwrap_or_default(),
        channel: m.channel,
        chip: chip(m.status),
        written: format!(
            "{} · {}",
            when(shop, m.created_at),
            m.created_by_name.as_deref().unwrap_or("BizHub")
        ),
        next_attempt: m.next_attempt_at.map(|at| when(shop, at)).unwrap_or_default(),
        error: m
            .last_error
            .clone()
            .filter(|_| !matches!(m.status, MessageStatus::Sent | MessageStatus::Cancelled))
            .unwrap_or_default(),
        may_open: m.channel == Channel::WhatsApp && m.status.can(MessageAction::Open),
        retry: match m.status.can(MessageAction::Retry) && manages {
            true => "Send again",
            false => "",
        },
        cancel: match (manages && m.status.can(MessageAction::Cancel), m.status) {
            (false, _) => "",
            (true, MessageStatus::Unclear | MessageStatus::Failed) => "Leave it",
            (true, _) => "Cancel the message",
        },
        link: m.link.unwrap_or_default(),
        recipient: m.recipient,
        subject: m.subject.unwrap_or_default(),
        body: m.body,
        opening,
        events,
        errors,
        frame: visitor.frame.titled("Message"),
    })
}

/// The page of a WhatsApp message that goes on to WhatsApp by itself: a form may not lead to another site, a page may.
async fn opened(state: &AppState, visitor: Visitor, message: Message) -> PageResult {
    let link = message.link.clone().unwrap_or_default();
    let mut response = show(&page(state, visitor, message, Errors::default(), true).await?)?;
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={link}")) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("refresh"), refresh);
    }
    Ok(response)
}

/// `GET /messages/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<MessageId>,
) -> PageResult {
    let message = messages::find(&state.shop, &visitor.actor, id).await?;
    show(&page(&state, visitor, message, Errors::default(), false).await?)
}

/// `POST /messages/{id}/open`
pub async fn open(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<MessageId>,
) -> PageResult {
    match messages::open(&state.shop, &visitor.actor, id).await {
        Ok(message) => opened(&state, visitor, message).await,
        Err(refusal) => refused(&state, visitor, id, refusal).await,
    }
}

/// `POST /messages/{id}/retry`
pub async fn retry(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<MessageId>,
) -> PageResult {
    match messages::retry(&state.shop, &visitor.actor, id).await {
        Ok(_) => Ok(redirect(
            &format!("/messages/{id}"),
            Some(("good", "The message goes out again.")),
        )),
        Err(refusal) => refused(&state, visitor, id, refusal).await,
    }
}

/// `POST /messages/{id}/cancel`
pub async fn cancel(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<MessageId>,
) -> PageResult {
    match messages::cancel(&state.shop, &visitor.actor, id).await {
        Ok(_) => Ok(redirect(
            &format!("/messages/{id}"),
            Some(("good", "The message will not go out.")),
        )),
        Err(refusal) => refused(&state, visitor, id, refusal).await,
    }
}

async fn refused(state: &AppState, visitor: Visitor, id: MessageId, refusal: Refusal) -> PageResult {
    let errors = Errors::from_refusal(refusal)?;
    let message = messages::find(&state.shop, &visitor.actor, id).await?;
    show_with(
        StatusCode::CONFLICT,
        &page(state, visitor, message, errors, false).await?,
    )
}

/// templates/pages/consent.html
#[derive(Debug, Template)]
#[template(path = "pages/consent.html")]
pub struct ConsentPage {
    frame: Frame,
    id: CustomerId,
    full_name: String,
    back_href: String,
    channels: Vec<ConsentField>,
    hows: Vec<Choice>,
    form: Form,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct ConsentField {
    label: String,
    name: &'static str,
    choices: Vec<Choice>,
    said: String,
    error: String,
}

/// What each answer means, as the customer is asked.
const ALLOWS: [(Allows, &str); 3] = [
    (Allows::Nothing, "No messages"),
    (Allows::Documents, "What they ask for and wait for"),
    (Allows::Everything, "Reminders too"),
];

async fn consent_page(
    state: &AppState,
    frame: Frame,
    id: CustomerId,
    form: Form,
    errors: Errors,
) -> Result<ConsentPage, Refusal> {
    let customer = app::customers::find(&state.shop, id).await?;
    let said = messages::consents(&state.shop, customer.id).await?;
    let channels = [
        (Channel::Email, "email"),
        (Channel::WhatsApp, "whatsapp"),
        (Channel::Sms, "sms"),
    ]
    .into_iter()
    .map(|(channel, name)| {
        let last = said.iter().find(|c| c.channel == channel);
        let chosen = match form.get(name) {
            "" => last.map_or(domain::message::UNASKED, |c| c.allows).as_str(),
            typed => typed,
        };
        ConsentField {
            label: channel.to_string(),
            name,
            choices: Choice::list(ALLOWS.map(|(allows, words)| (allows.as_str(), words)), chosen),
            said: match last {
                Some(c) => format!(
                    "{}, {}{}",
                    crate::frame::long_date(c.given_on),
                    c.given_how.as_str().to_lowercase(),
                    c.created_by_name
                        .as_ref()
                        .map(|n| format!(", to {n}"))
                        .unwrap_or_default()
                ),
                None => "Never asked".into(),
            },
            error: errors.of(name).to_owned(),
        }
    })
    .collect();
    Ok(ConsentPage {
        id: customer.id,
        back_href: format!("/customers/{}", customer.id),
        full_name: customer.full_name,
        channels,
        hows: Choice::list(
            ConsentHow::ALL
                .iter()
                .filter(|how| **how != ConsentHow::Merged)
                .map(|how| (how, how)),
            form.get("given_how"),
        ),
        form,
        form_key: form_key(),
        errors,
        frame: frame.titled("What the customer allows"),
    })
}

/// `GET /customers/{id}/consent`
pub async fn consent(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
) -> PageResult {
    let form = Form::from_pairs([("given_on", state.shop.today().to_string())]);
    show(&consent_page(&state, visitor.frame, id, form, Errors::default()).await?)
}

/// `POST /customers/{id}/consent`
pub async fn consent_set(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/customers/{id}/consent"));
    let outcome = match form.parse(&[]) {
        Ok(new) => messages::consents_set(&state.shop, &visitor.actor, id, new)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &format!("/customers/{id}"),
            Some(("good", "What the customer allows is written down.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = consent_page(&state, visitor.frame, id, form, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
