//! The ways out and the words: the e-mail server, the SMS gateway and the templates, as an Admin sets them.
//!
//! Keys are kept apart from the settings, in a table of their own: they are written and used, and nobody reads them again.

use crate::{Actor, Capability, FieldError, Refusal, Settings, Shop};
use domain::message::check_template;
use domain::{Channel, Email, MessageKind, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const SMTP_SECRET: &str = "smtp_password";
pub(super) const SMS_SECRET: &str = "sms_secret";

domain::text_enum! {
    /// How the line to the e-mail server is kept from listeners.
    pub enum SmtpSecurity {
        /// Encrypted from the first byte; usually port 465.
        Tls = "tls",
        /// Begins open and must become encrypted; usually port 587.
        StartTls = "starttls",
        /// Not at all: only for a server on the same machine.
        None = "none",
    }
}

domain::text_enum! {
    /// What the gateway takes.
    pub enum SmsBody {
        /// JSON.
        Json = "json",
        /// A form, as browsers send it.
        Form = "form",
        /// Nothing: everything stands in the address.
        None = "none",
    }
}

domain::text_enum! {
    /// How the gateway is called.
    pub enum SmsMethod {
        /// POST
        Post = "POST",
        /// GET
        Get = "GET",
        /// PUT
        Put = "PUT",
    }
}

/// The e-mail server. Set up once it has a host and an address to send from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Smtp {
    /// Name of the server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Encryption.
    pub security: SmtpSecurity,
    /// User, or empty to send without signing in.
    pub username: String,
    /// The address that messages come from.
    pub from: String,
}

impl Default for Smtp {
    fn default() -> Self {
        Smtp {
            host: String::new(),
            port: 587,
            security: SmtpSecurity::StartTls,
            username: String::new(),
            from: String::new(),
        }
    }
}

/// The SMS gateway. Set up once it has an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sms {
    /// Its address, with `{to}`, `{text}` and `{secret}` where they go.
    pub url: String,
    /// Method.
    pub method: SmsMethod,
    /// One header a line, `Name: value`, with `{secret}` where it goes.
    pub headers: String,
    /// What kind of body it takes.
    pub kind: SmsBody,
    /// The body, with `{to}`, `{text}` and `{secret}` where they go; each is escaped as its kind asks.
    pub body: String,
}

impl Default for Sms {
    fn default() -> Self {
        Sms {
            url: String::new(),
            method: SmsMethod::Post,
            headers: "Authorization: Bearer {secret}".into(),
            kind: SmsBody::Json,
            body: "{\"to\": \"{to}\", \"message\": \"{text}\"}".into(),
        }
    }
}

/// Both ways.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageWays {
    /// E-mail.
    pub smtp: Smtp,
    /// SMS.
    pub sms: Sms,
}

impl MessageWays {
    /// Whether a channel can be used; else what to do about it. WhatsApp needs nothing.
    pub fn is_set_up(&self, channel: Channel) -> Result<(), Refusal> {
        let ready = match channel {
            Channel::WhatsApp => true,
            Channel::Email => !self.smtp.host.is_empty() && !self.smtp.from.is_empty(),
            Channel::Sms => !self.sms.url.is_empty(),
        };
        if ready {
            return Ok(());
        }
        Err(Refusal::conflict(
            "channel_not_set_up",
            format!("{channel} is not set up yet: an Admin does that under Settings, Messages."),
        ))
    }
}

/// The shop's own words for a kind of message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Subject of an e-mail.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// The shop's own words, by the name of their kind. What is absent has the words that come with BizHub.
pub type Templates = BTreeMap<String, Template>;

impl Settings {
    /// Subject and text of a kind of message.
    pub fn message_template(&self, kind: MessageKind) -> (String, String) {
        match self.message_templates.get(kind.as_str()) {
            Some(own) => (own.subject.clone(), own.text.clone()),
            None => {
                let (subject, text) = kind.default_template();
                (subject.to_owned(), text.to_owned())
            }
        }
    }
}

/// What the page of the ways out sends. It holds keys, so its `Debug` says nothing of what is in it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaysChange {
    /// Name of the e-mail server; absent takes e-mail away.
    #[serde(default)]
    pub smtp_host: Option<Text<0, 200>>,
    /// Its port.
    #[serde(default)]
    pub smtp_port: Option<u16>,
    /// Its encryption.
    pub smtp_security: SmtpSecurity,
    /// User.
    #[serde(default)]
    pub smtp_username: Option<Text<0, 200>>,
    /// From which address.
    #[serde(default)]
    pub smtp_from: Option<Email>,
    /// A new password; absent keeps the one there is.
    #[serde(default)]
    pub smtp_password: Option<Text<1, 500>>,
    /// Address of the gateway; absent takes SMS away.
    #[serde(default)]
    pub sms_url: Option<Text<0, 500>>,
    /// Method.
    pub sms_method: SmsMethod,
    /// Headers.
    #[serde(default)]
    pub sms_headers: Option<Text<0, 2000>>,
    /// Kind of body.
    pub sms_kind: SmsBody,
    /// Body.
    #[serde(default)]
    pub sms_body: Option<Text<0, 4000>>,
    /// A new key; absent keeps the one there is.
    #[serde(default)]
    pub sms_password: Option<Text<1, 500>>,
}

impl std::fmt::Debug for WaysChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WaysChange")
    }
}

const SMS_WORDS: &[&str] = &["to", "text", "secret"];

impl WaysChange {
    fn checked(&self) -> Result<MessageWays, Refusal> {
        let mut errors = Vec::new();
        let mut wrong = |name: &str, detail: String| {
            errors.push(FieldError {
                pointer: format!("/{name}"),
                detail,
            });
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let smtp = Smtp {
            host: text(&self.smtp_host.as_ref().map(Text::to_string)),
            port: self.smtp_port.unwrap_or(Smtp::default().port),
            security: self.smtp_security,
            username: text(&self.smtp_username.as_ref().map(Text::to_string)),
            from: text(&self.smtp_from.as_ref().map(Email::to_string)),
        };
        if smtp
            .host
            .chars()
            .any(|c| c.is_whitespace() || matches!(c, '/' | '@'))
        {
            wrong(
                "smtp_host",
                "Give the name of the server alone, like mail.example.com.".into(),
            );
        }
        if smtp.port == 0 {
            wrong(
                "smtp_port",
                "Give the port, from 1 to 65535; usually 587 or 465.".into(),
            );
        }
        if !smtp.host.is_empty() && smtp.from.is_empty() {
            wrong(
                "smtp_from",
                "Give the address that your messages come from.".into(),
            );
        }
        let sms = Sms {
            url: text(&self.sms_url.as_ref().map(Text::to_string)),
            method: self.sms_method,
            headers: text(&self.sms_headers.as_ref().map(Text::to_string)),
            kind: self.sms_kind,
            body: text(&self.sms_body.as_ref().map(Text::to_string)),
        };
        if !sms.url.is_empty() {
            if let Err(error) = check_template(&sms.url, SMS_WORDS) {
                wrong("sms_url", error.0);
            }
            if let Err(detail) = super::gateway::Call::new(&sms, "x", "+233244123456", "A \"test\"\n& more") {
                wrong(detail.0, detail.1);
            }
            let everything = format!("{}{}", sms.url, sms.body);
            if !(everything.contains("{to}") && everything.contains("{text}")) {
                wrong(
                    if sms.kind == SmsBody::None {
                        "sms_url"
                    } else {
                        "sms_body"
                    },
                    "Write {to} where the phone number goes and {text} where the message goes.".into(),
                );
            }
        }
        match errors.is_empty() {
            true => Ok(MessageWays { smtp, sms }),
            false => Err(errors.into()),
        }
    }
}

/// Which keys are kept, for the page to say so: of the e-mail server, of the gateway.
pub async fn keys_kept(shop: &Shop, actor: &Actor) -> Result<(bool, bool), Refusal> {
    actor.require(Capability::ManageSettings)?;
    let names = db::messages::secret_names(&mut *shop.read().await?).await?;
    let has = |name: &str| names.iter().any(|n| n == name);
    Ok((has(SMTP_SECRET), has(SMS_SECRET)))
}

fn host_of(url: &str) -> Option<String> {
    let uri = url.split('{').next()?.parse::<http::Uri>().ok()?;
    uri.authority().map(|a| a.as_str().to_ascii_lowercase())
}

/// Changes the ways out. A key is forgotten when it would go to another server than the one it was typed for, or to the
/// same one without encryption: nobody reads a key by sending it to themselves.
pub async fn change(shop: &Shop, actor: &Actor, change: WaysChange) -> Result<(), Refusal> {
    actor.require(Capability::ManageSettings)?;
    let after = change.checked()?;
    let mut tx = shop.begin(actor).await?;
    let before = Settings::from_rows(db::settings::settings_all(tx.conn()).await?).message_ways;
    let (smtp, sms) = (&after.smtp, &after.sms);
    let smtp_moved = (
        &before.smtp.host,
        before.smtp.port,
        before.smtp.security,
        &before.smtp.username,
    ) != (&smtp.host, smtp.port, smtp.security, &smtp.username);
    let sms_moved = host_of(&before.sms.url) != host_of(&sms.url)
        || before.sms.url.starts_with("https:") != sms.url.starts_with("https:");
    let mut keys = Vec::new();
    for (name, typed, moved) in [
        (SMTP_SECRET, &change.smtp_password, smtp_moved),
        (SMS_SECRET, &change.sms_password, sms_moved),
    ] {
        match typed {
            Some(typed) => {
                db::messages::secret_set(tx.conn(), name, Some(typed.as_str())).await?;
                keys.push(json!({name: "changed"}));
            }
            None if moved => {
                db::messages::secret_set(tx.conn(), name, None).await?;
                keys.push(json!({name: "forgotten"}));
            }
            None => {}
        }
    }
    if before != after || !keys.is_empty() {
        let (was, is) = (as_json(&before)?, as_json(&after)?);
        db::settings::setting_set(tx.conn(), "message_ways", &is, actor.user_id).await?;
        tx.audit(
            "settings.change",
            "settings",
            None,
            Some(json!({"message_ways": was})),
            Some(json!({"message_ways": is, "keys": keys})),
        )
        .await?;
    }
    tx.commit(204, &()).await?;
    shop.forget_settings();
    Ok(())
}

fn as_json<T: Serialize>(value: &T) -> Result<Value, Refusal> {
    serde_json::to_value(value).map_err(|e| Refusal::Internal(e.to_string()))
}

/// The shop's own words for one kind of message.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateChange {
    /// Subject of an e-mail; absent with the text brings back the words that come with BizHub.
    #[serde(default)]
    pub subject: Option<Text<1, 200>>,
    /// The text.
    #[serde(default)]
    pub text: Option<Text<1, 2000>>,
}

/// Example values, to look at a template with.
pub fn example(settings: &Settings, name: &str) -> Option<String> {
    let value = match name {
        "customer" => "Ama Mensah",
        "number" => "INV-000042",
        "date" => "14 Jan 2026",
        "from" => "1 Jan 2026",
        "amount" => "GH₵ 5,140.00",
        "balance" => "GH₵ 200.00",
        "device" => "HP EliteBook 840 G5",
        "link" => "https://shop.example/check/…",
        "shop" => return Some(settings.shop.name.clone()),
        "phone" => return Some(settings.shop.phone.clone()),
        _ => return None,
    };
    Some(value.to_owned())
}

/// Checks the words of a template.
pub fn check(kind: MessageKind, change: &TemplateChange) -> Result<Option<Template>, Refusal> {
    let (subject, text) = match (&change.subject, &change.text) {
        (None, None) => return Ok(None),
        (Some(subject), Some(text)) => (subject.to_string(), text.to_string()),
        (None, _) => return Err(Refusal::invalid("/subject", "Please fill this in.")),
        (_, None) => return Err(Refusal::invalid("/text", "Please fill this in.")),
    };
    let mut errors = Vec::new();
    for (name, words) in [("subject", &subject), ("text", &text)] {
        if let Err(error) = check_template(words, kind.placeholders()) {
            errors.push(FieldError {
                pointer: format!("/{name}"),
                detail: error.0,
            });
        }
    }
    if subject.contains(['\n', '\r']) {
        errors.push(FieldError {
            pointer: "/subject".into(),
            detail: "A subject is one line.".into(),
        });
    }
    match errors.is_empty() {
        true => Ok(Some(Template { subject, text })),
        false => Err(errors.into()),
    }
}

/// Changes the words of one kind of message.
pub async fn change_template(
    shop: &Shop,
    actor: &Actor,
    kind: MessageKind,
    change: TemplateChange,
) -> Result<(), Refusal> {
    actor.require(Capability::ManageSettings)?;
    let own = check(kind, &change)?;
    let mut tx = shop.begin(actor).await?;
    let mut templates = Settings::from_rows(db::settings::settings_all(tx.conn()).await?).message_templates;
    let before = templates.get(kind.as_str()).cloned();
    let (subject, text) = kind.default_template();
    match own.filter(|own| (own.subject.as_str(), own.text.as_str()) != (subject, text)) {
        Some(own) => templates.insert(kind.to_string(), own),
        None => templates.remove(kind.as_str()),
    };
    let after = templates.get(kind.as_str()).cloned();
    if before != after {
        let value = as_json(&templates)?;
        db::settings::setting_set(tx.conn(), "message_templates", &value, actor.user_id).await?;
        tx.audit(
            "settings.change",
            "settings",
            None,
            Some(json!({"template": kind, "was": before})),
            Some(json!({"template": kind, "is": after})),
        )
        .await?;
    }
    tx.commit(204, &()).await?;
    shop.forget_settings();
    Ok(())
}
