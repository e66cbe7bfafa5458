//! Settings → Messages: the ways out, a test, and the words.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors, Tab, link};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use app::messages::{self, ways};
use app::{Actor, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::message::fill;
use domain::{Channel, MessageKind};
use http::StatusCode;

const PATH: &str = "/settings/messages";
const WORDS: &str = "/settings/messages/words";

/// templates/pages/message_ways.html
#[derive(Debug, Template)]
#[template(path = "pages/message_ways.html")]
pub struct Ways {
    frame: Frame,
    tabs: Vec<Tab>,
    form: Form,
    securities: Vec<Choice>,
    methods: Vec<Choice>,
    kinds: Vec<Choice>,
    smtp_key: bool,
    sms_key: bool,
    can_email: bool,
    can_sms: bool,
    test_to: String,
    form_key: String,
    errors: Errors,
    test_errors: Errors,
}

fn tabs(path: &str) -> Vec<Tab> {
    [(PATH, "Ways out"), (WORDS, "Words")]
        .into_iter()
        .map(|(href, label)| Tab {
            label: label.into(),
            href: href.into(),
            current: href == path,
            count: String::new(),
        })
        .collect()
}

async fn page(
    state: &AppState,
    actor: &Actor,
    frame: Frame,
    typed: Option<Form>,
    errors: Errors,
    test: (String, Errors),
) -> Result<Ways, Refusal> {
    let settings = state.shop.settings().await?;
    let now = &settings.message_ways;
    let form = typed.unwrap_or_else(|| {
        Form::from_pairs([
            ("smtp_host", now.smtp.host.clone()),
            ("smtp_port", now.smtp.port.to_string()),
            ("smtp_security", now.smtp.security.to_string()),
            ("smtp_username", now.smtp.username.clone()),
            ("smtp_from", now.smtp.from.clone()),
            ("sms_url", now.sms.url.clone()),
            ("sms_method", now.sms.method.to_string()),
            ("sms_headers", now.sms.headers.clone()),
            ("sms_kind", now.sms.kind.to_string()),
            ("sms_body", now.sms.body.clone()),
        ])
    });
    let (smtp_key, sms_key) = ways::keys_kept(&state.shop, actor).await?;
    Ok(Ways {
        tabs: tabs(PATH),
        securities: Choice::list(
            [
                ("starttls", "STARTTLS, usually port 587"),
                ("tls", "TLS, usually port 465"),
                ("none", "None, for a server on this machine"),
            ],
            form.get("smtp_security"),
        ),
        methods: Choice::list(["POST", "GET", "PUT"].map(|m| (m, m)), form.get("sms_method")),
        kinds: Choice::list(
            [
                ("json", "JSON"),
                ("form", "Form"),
                ("none", "Nothing, all in the address"),
            ],
            form.get("sms_kind"),
        ),
        smtp_key,
        sms_key,
        can_email: now.is_set_up(Channel::Email).is_ok(),
        can_sms: now.is_set_up(Channel::Sms).is_ok(),
        test_to: test.0,
        form,
        form_key: form_key(),
        errors,
        test_errors: test.1,
        frame: frame.titled("Messages"),
    })
}

/// `GET /settings/messages`
pub async fn form(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let test = (String::new(), Errors::default());
    show(
        &page(
            &state,
            &visitor.actor,
            visitor.frame,
            None,
            Errors::default(),
            test,
        )
        .await?,
    )
}

/// `POST /settings/messages`
pub async fn change(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(PATH);
    let outcome = match form.parse(&[]) {
        Ok(change) => ways::change(&state.shop, &visitor.actor, change).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(PATH, Some(("good", "The ways out are saved.")))),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let test = (String::new(), Errors::default());
            let page = page(&state, &visitor.actor, visitor.frame, Some(form), errors, test).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// `POST /settings/messages/test`
pub async fn test(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/settings/messages/test");
    let to = form.get("recipient").trim().to_owned();
    let outcome = match form.get("channel").parse::<Channel>() {
        Ok(channel) if channel != Channel::WhatsApp => {
            messages::test(&state.shop, &visitor.actor, channel, &to).await
        }
        _ => Err(Refusal::invalid("/channel", "Choose E-mail or SMS.")),
    };
    match outcome {
        Ok(message) => Ok(redirect(
            &format!("/messages/{}", message.id),
            Some((
                "info",
                "The test is on its way. This page says what becomes of it.",
            )),
        )),
        Err(Refusal::Replay(answer)) => Ok(redirect(
            &format!("/messages/{}", answer.field("id").unwrap_or_default()),
            None,
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = page(
                &state,
                &visitor.actor,
                visitor.frame,
                None,
                Errors::default(),
                (to, errors),
            )
            .await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// templates/pages/message_words.html
#[derive(Debug, Template)]
#[template(path = "pages/message_words.html")]
pub struct Words {
    frame: Frame,
    tabs: Vec<Tab>,
    kinds: Vec<Tab>,
    kind: MessageKind,
    placeholders: Vec<String>,
    own: bool,
    preview_subject: String,
    preview_text: String,
    form: Form,
    form_key: String,
    errors: Errors,
}

async fn words_page(
    state: &AppState,
    frame: Frame,
    kind: MessageKind,
    typed: Option<Form>,
    errors: Errors,
) -> Result<Words, Refusal> {
    let settings = state.shop.settings().await?;
    let (subject, text) = settings.message_template(kind);
    let form = typed.unwrap_or_else(|| Form::from_pairs([("subject", subject), ("text", text)]));
    let filled = |words: &str| fill(words, |name| ways::example(&settings, name));
    Ok(Words {
        tabs: tabs(WORDS),
        kinds: MessageKind::ALL
            .iter()
            .map(|k| Tab {
                label: k.to_string(),
                href: link(WORDS, &[("kind", k.as_str())]),
                current: *k == kind,
                count: String::new(),
            })
            .collect(),
        kind,
        placeholders: kind.placeholders().iter().map(|p| format!("{{{p}}}")).collect(),
        own: settings.message_templates.contains_key(kind.as_str()),
        preview_subject: filled(form.get("subject")),
        preview_text: filled(form.get("text")),
        form,
        form_key: form_key(),
        errors,
        frame: frame.titled("Words of messages"),
    })
}

fn kind_of(form: &Form) -> MessageKind {
    form.get("kind").parse().unwrap_or(MessageKind::Receipt)
}

/// `GET /settings/messages/words?kind=Receipt`
pub async fn words(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    show(&words_page(&state, visitor.frame, kind_of(&asked), None, Errors::default()).await?)
}

/// `POST /settings/messages/words`: looks at the words, saves them, or brings back those that come with BizHub.
pub async fn change_words(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(WORDS);
    let kind = kind_of(&form);
    let for_page = &["kind", "do"];
    let change = match form.get("do") {
        "reset" => Ok(ways::TemplateChange {
            subject: None,
            text: None,
        }),
        _ => form.parse::<ways::TemplateChange>(for_page),
    };
    let outcome = match (change, form.get("do")) {
        (Ok(change), "preview") => match ways::check(kind, &change) {
            Ok(_) => {
                let page = words_page(&state, visitor.frame, kind, Some(form), Errors::default()).await?;
                return show(&page);
            }
            Err(refusal) => Err(refusal),
        },
        (Ok(change), _) => ways::change_template(&state.shop, &visitor.actor, kind, change).await,
        (Err(refusal), _) => Err(refusal),
    };
    match outcome {
        Ok(()) | Err(Refusal::Replay(_)) => Ok(redirect(
            &link(WORDS, &[("kind", kind.as_str())]),
            Some(("good", "The words are saved.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let page = words_page(&state, visitor.frame, kind, Some(form), errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
