//! A report of a machine that somebody sends: as the body itself, or pasted or attached in a form.

use crate::form::Form;
use crate::problem::{PageProblem, Problem};
use app::{Actor, Refusal};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use domain::asset::machine::REPORT_LIMIT;
use http::header;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// What is larger is read to its end all the same, and dropped, so that the browser gets to see the answer …
const DRAIN_LIMIT: usize = 1024 * 1024 * 1024;
/// … for so long.
const TIME_LIMIT: Duration = Duration::from_secs(180);
/// The largest other field.
const FIELD_LIMIT: usize = 16 * 1024;

/// The text of a report.
#[derive(Debug)]
pub struct ReportText {
    /// What was pasted or attached.
    pub text: String,
    /// The other fields of a form.
    pub fields: Form,
    is_form: bool,
}

impl ReportText {
    /// The gate cannot read a form with a file to know it again: with the same `Idempotency-Key`, another report is another
    /// request.
    pub fn fingerprint(&self, actor: &mut Actor) {
        if let Some(idempotency) = actor.request.idempotency.as_mut().filter(|_| self.is_form) {
            let mut digest = Sha256::new();
            digest.update(&idempotency.fingerprint);
            digest.update(&self.text);
            idempotency.fingerprint = digest.finalize().to_vec();
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for ReportText {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("text/plain")
            .to_ascii_lowercase();
        let refuse = |status, detail: &str| {
            Problem::from(Refusal::Unreadable {
                status,
                detail: detail.into(),
            })
        };
        if kind.starts_with("multipart/form-data") {
            let multipart = Multipart::from_request(request, state)
                .await
                .map_err(|_| refuse(400, "The form could not be read. Send it again."))?;
            let FormWithReport { fields, text } = in_time(multipart).await?;
            return Ok(ReportText {
                text: text?,
                fields,
                is_form: true,
            });
        }
        if !(kind.starts_with("text/plain") || kind.starts_with("application/octet-stream")) {
            return Err(refuse(
                415,
                "Send the report as text/plain, or as multipart/form-data in the field file.",
            ));
        }
        let long = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|v| v.to_str().ok()?.parse::<usize>().ok())
            .is_some_and(|length| length > REPORT_LIMIT);
        if long {
            return Err(refuse(
                413,
                "A report has at most 1 MB: send that of one machine.",
            ));
        }
        let bytes = axum::body::to_bytes(request.into_body(), REPORT_LIMIT)
            .await
            .map_err(|_| refuse(413, "A report has at most 1 MB: send that of one machine."))?;
        Ok(ReportText {
            text: app::assets::report_text(&bytes),
            fields: Form::default(),
            is_form: false,
        })
    }
}

/// A form of a page that a report may come along with, pasted in `text` or attached as `file`. What is wrong with the report
/// alone leaves the other fields as they were typed.
#[derive(Debug)]
pub struct FormWithReport {
    /// The other fields.
    pub fields: Form,
    /// What was pasted or attached, which counts more; empty where neither was.
    pub text: Result<String, Refusal>,
}

impl<S: Send + Sync> FromRequest<S> for FormWithReport {
    type Rejection = PageProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageProblem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data")) {
            let multipart = Multipart::from_request(request, state)
                .await
                .map_err(|_| cut_off())?;
            return Ok(in_time(multipart).await?);
        }
        // A report takes up to three times its size there.
        let bytes = axum::body::to_bytes(request.into_body(), 4 * REPORT_LIMIT)
            .await
            .map_err(|_| cut_off())?;
        let form = Form::parse_bytes(&bytes)?;
        let others = form.pairs().filter(|(name, _)| !matches!(*name, "text" | "file"));
        Ok(FormWithReport {
            text: Ok(form.get("text").to_owned()),
            fields: Form::from_iter(others),
        })
    }
}

async fn in_time(multipart: Multipart) -> Result<FormWithReport, Refusal> {
    tokio::time::timeout(TIME_LIMIT, read_form(multipart))
        .await
        .map_err(|_| Refusal::Unreadable {
            status: 400,
            detail: "The report took too long to arrive. Send it again.".into(),
        })?
}

async fn read_form(mut multipart: Multipart) -> Result<FormWithReport, Refusal> {
    let mut fields = Vec::new();
    let (mut pasted, mut attached) = (Ok(Vec::new()), Ok(Vec::new()));
    while let Some(field) = multipart.next_field().await.map_err(|_| cut_off())? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "text" => pasted = bytes(field, REPORT_LIMIT, &name).await,
            "file" => attached = bytes(field, REPORT_LIMIT, &name).await,
            _ => {
                let value = String::from_utf8(bytes(field, FIELD_LIMIT, &name).await?)
                    .ok()
                    .filter(|text| !text.contains('\0'))
                    .ok_or_else(|| {
                        Refusal::invalid(format!("/{name}"), "This is not text: type it again.")
                    })?;
                fields.push((name, value));
            }
        }
    }
    let sent = match attached {
        Ok(bytes) if bytes.is_empty() => pasted,
        other => other,
    };
    Ok(FormWithReport {
        text: sent.map(|bytes| app::assets::report_text(&bytes)),
        fields: Form::from_pairs(fields),
    })
}

async fn bytes(mut field: Field<'_>, limit: usize, name: &str) -> Result<Vec<u8>, Refusal> {
    let (mut bytes, mut size) = (Vec::new(), 0);
    while let Some(chunk) = field.chunk().await.map_err(|_| cut_off())? {
        size += chunk.len();
        if size > DRAIN_LIMIT {
            break;
        }
        if size <= limit {
            bytes.extend_from_slice(&chunk);
        }
    }
    if size > limit {
        return Err(Refusal::invalid(
            format!("/{name}"),
            "This is far too long: a report of one machine has less than 1 MB.",
        ));
    }
    Ok(bytes)
}

fn cut_off() -> Refusal {
    Refusal::Unreadable {
        status: 400,
        detail: "The report did not arrive whole. Send it again.".into(),
    }
}
