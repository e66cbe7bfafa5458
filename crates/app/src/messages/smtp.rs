//! An e-mail, by SMTP.

use super::send::{ATTEMPT, Outcome};
use super::ways::{Smtp, SmtpSecurity};
use crate::invoices::Printed;
use chrono::{DateTime, Utc};
use domain::MessageId;
use lettre::address::Address;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use std::time::Duration;
use tokio_rustls::rustls;

/// Everything that one attempt needs. It holds a password, so its `Debug` says which message it is and nothing else.
pub(super) struct Mail {
    pub(super) server: Smtp,
    pub(super) password: Option<String>,
    pub(super) sender: String,
    pub(super) id: MessageId,
    pub(super) written_at: DateTime<Utc>,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) attachment: Option<Printed>,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail({})", self.id)
    }
}

type SmtpError = lettre::transport::smtp::Error;

/// Sends it. Until its last line is given the server has not taken anything; what breaks after that is unknown.
pub(super) async fn send(mail: Mail) -> Outcome {
    send_trusting(mail, None).await
}

/// The same, believing this authority beside those that everybody knows.
pub(super) async fn send_trusting(mail: Mail, authority: Option<Certificate>) -> Outcome {
    let (from, to) = match (mail.server.from.parse::<Address>(), mail.to.parse::<Address>()) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(_), _) => return Outcome::NotNow(
            "The shop's own e-mail address cannot be used: an Admin corrects it under Settings, Messages."
                .into(),
        ),
        (_, Err(_)) => {
            return Outcome::Never(format!(
                "{} is not an e-mail address that can be written to.",
                mail.to
            ));
        }
    };
    let letter = match written(&mail, &from, &to) {
        Ok(letter) => letter,
        Err(error) => return Outcome::Never(format!("The e-mail cannot be put together: {error}.")),
    };
    let mut line = match tokio::time::timeout(ATTEMPT, ready(&mail, &from, &to, authority)).await {
        Err(_) => return Outcome::NotNow(format!("{} did not answer within a minute.", mail.server.host)),
        Ok(Err(error)) => return refused(&mail.server.host, &error),
        Ok(Ok(line)) => line,
    };
    let outcome = match tokio::time::timeout(ATTEMPT, line.message(&letter)).await {
        Ok(Ok(_)) => Outcome::Taken,
        Ok(Err(error)) if error.status().is_some() => refused(&mail.server.host, &error),
        Ok(Err(_)) | Err(_) => Outcome::Unknown(format!(
            "The line to {} broke before it said whether it took the e-mail.",
            mail.server.host
        )),
    };
    // It is taken, whatever becomes of the goodbye.
    let _ = tokio::time::timeout(Duration::from_secs(2), line.abort()).await;
    outcome
}

/// Up to the point where the letter itself is asked for.
async fn ready(
    mail: &Mail,
    from: &Address,
    to: &Address,
    authority: Option<Certificate>,
) -> Result<AsyncSmtpConnection, SmtpError> {
    let server = &mail.server;
    let hello = ClientId::Domain(from.domain().to_owned());
    let tls = || {
        let known = TlsParameters::builder(server.host.clone());
        match &authority {
            None => known.build_rustls(),
            Some(one) => known.add_root_certificate(one.clone()).build_rustls(),
        }
    };
    let at_once = match server.security {
        SmtpSecurity::Tls => Some(tls()?),
        SmtpSecurity::StartTls | SmtpSecurity::None => None,
    };
    let mut line = AsyncSmtpConnection::connect_tokio1(
        (server.host.as_str(), server.port),
        Some(ATTEMPT),
        &hello,
        at_once,
        None,
    )
    .await?;
    if server.security == SmtpSecurity::StartTls {
        line.starttls(tls()?, &hello).await?;
    }
    if !server.username.is_empty() {
        let credentials =
            Credentials::new(server.username.clone(), mail.password.clone().unwrap_or_default());
        line.auth(DEFAULT_MECHANISMS, &credentials).await?;
    }
    let mut options = Vec::new();
    let foreign = !(from.as_ref() as &str).is_ascii() || !(to.as_ref() as &str).is_ascii();
    if foreign && line.server_info().supports_feature(Extension::SmtpUtfEight) {
        options.push(MailParameter::SmtpUtfEight);
    }
    if line.server_info().supports_feature(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    command(&mut line, MailFrom::new(Some(from.clone()), options)).await?;
    command(&mut line, Rcpt::new(to.clone(), Vec::new())).await?;
    command(&mut line, Data).await?;
    Ok(line)
}

async fn command(
    line: &mut AsyncSmtpConnection,
    command: impl std::fmt::Display,
) -> Result<Response, SmtpError> {
    line.command(command).await
}

/// What went wrong before the letter was given, or what the server answered to it.
fn refused(host: &str, error: &SmtpError) -> Outcome {
    let words = match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    if is_about_certificate(error) {
        return Outcome::NotNow(format!("{host} is not who it says it is: {words}."));
    }
    if error.is_permanent() {
        // 535 and its kin are about our password, which an Admin can mend; the letter itself is as good as before.
        return match error.status().map(u16::from) {
            Some(530 | 534 | 535 | 538) => Outcome::NotNow(format!(
                "{host} does not accept the user or the password: {words}."
            )),
            _ => Outcome::Never(format!("{host} refuses it: {words}.")),
        };
    }
    Outcome::NotNow(format!("{host} cannot take it now: {words}."))
}

/// Whether the line was given up because of who stood at its other end.
fn is_about_certificate(error: &SmtpError) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(one) = cause {
        let inner = one
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        let told = inner.map_or_else(|| one.downcast_ref(), |inner| inner.downcast_ref());
        if let Some(rustls::Error::InvalidCertificate(_)) = told {
            return true;
        }
        cause = one.source();
    }
    false
}

fn written(mail: &Mail, from: &Address, to: &Address) -> Result<Vec<u8>, lettre::error::Error> {
    // The same number at each attempt, so that a mailbox that got it twice all the same shows it once.
    let number = format!(
        "<bizhub.{}.{}@{}>",
        mail.id,
        mail.written_at.timestamp_micros(),
        from.domain()
    );
    let head = lettre::Message::builder()
        .from(Mailbox::new(Some(mail.sender.clone()), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(mail.subject.clone())
        .message_id(Some(number))
        .date(mail.written_at.into());
    let text = SinglePart::plain(mail.text.clone());
    let letter = match &mail.attachment {
        None => head.singlepart(text)?,
        Some(printed) => {
            let pdf = Attachment::new(printed.file_name.clone()).body(
                printed.pdf.clone(),
                ContentType::parse("application/pdf").expect("a kind of file"),
            );
            head.multipart(MultiPart::mixed().singlepart(text).singlepart(pdf))?
        }
    };
    Ok(letter.formatted())
}
