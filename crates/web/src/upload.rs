//! Files that somebody sends, beside the fields of its form: written to the disk as it comes, and never held in memory.

use crate::form::Form;
use crate::problem::Problem;
use app::{Actor, Refusal};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use http::header::CONTENT_TYPE;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::time::Duration;
use tempfile::{NamedTempFile, TempPath};

/// The largest file that is kept.
const FILE_LIMIT: u64 = 20 * 1024 * 1024;
/// What is larger is read to its end all the same, and dropped, so that the browser gets to see the answer …
const DRAIN_LIMIT: u64 = 1024 * 1024 * 1024;
/// … for so long.
const TIME_LIMIT: Duration = Duration::from_secs(180);
/// The largest other field.
const FIELD_LIMIT: usize = 16 * 1024;

/// A form with one file in the field `file`.
#[derive(Debug)]
pub struct Upload {
    /// Where the file lies until this is dropped.
    pub path: TempPath,
    /// Its name where it came from.
    pub file_name: String,
    /// The other fields.
    pub fields: Form,
    digest: Vec<u8>,
}

impl Upload {
    /// The gate cannot read a file to know it again: with the same `Idempotency-Key`, another one is another request.
    pub fn fingerprint(&self, actor: &mut Actor) {
        add_to_fingerprint(&self.digest, actor);
    }
}

fn add_to_fingerprint(sent: &[u8], actor: &mut Actor) {
    if let Some(idempotency) = &mut actor.request.idempotency {
        let mut digest = Sha256::new();
        digest.update(&idempotency.fingerprint);
        digest.update(sent);
        idempotency.fingerprint = digest.finalize().to_vec();
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let multipart = Multipart::from_request(request, state).await.map_err(|_| {
            let detail = "Send the file as multipart/form-data, in the field file.".to_owned();
            Problem::from(Refusal::Unreadable { status: 415, detail })
        })?;
        let slow = || Refusal::Unreadable {
            status: 400,
            detail: "The file took too long to arrive. Send it again.".into(),
        };
        Ok(tokio::time::timeout(TIME_LIMIT, read(multipart))
            .await
            .map_err(|_| slow())??)
    }
}

async fn read(mut multipart: Multipart) -> Result<Upload, Refusal> {
    let mut file = None;
    let mut fields = Vec::new();
    let mut digest = Sha256::new();
    while let Some(field) = multipart.next_field().await.map_err(cut_off)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            if file.is_some() {
                return Err(Refusal::invalid("/file", "Send one file at a time."));
            }
            let file_name = field.file_name().unwrap_or_default().to_owned();
            file = Some((spool(field, &mut digest).await?, file_name));
        } else {
            let value = text(field, &name, FIELD_LIMIT).await?;
            digest.update(format!("\0{name}\0{value}\0"));
            fields.push((name, value));
        }
    }
    let (path, file_name) = file.ok_or_else(|| Refusal::invalid("/file", "Choose the file first."))?;
    let file_name = match file_name.rsplit(['/', '\\']).next().map(str::trim) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ if path.metadata().is_ok_and(|file| file.len() == 0) => {
            return Err(Refusal::invalid(
                "/file",
                "Choose the file first: nothing was sent, or an empty file.",
            ));
        }
        _ => "manifest".to_owned(),
    };
    Ok(Upload {
        path,
        file_name,
        fields: Form::from_pairs(fields),
        digest: digest.finalize().to_vec(),
    })
}

/// A form that may carry several photos, in any fields. What is wrong with a file is said of that file: the other fields are there to be
/// shown again.
#[derive(Debug)]
pub struct Uploads {
    /// The files, in order; fields where none was chosen are left out.
    pub files: Vec<Received>,
    /// The other fields.
    pub fields: Form,
    digest: Vec<u8>,
}

/// A file of a form.
#[derive(Debug)]
pub struct Received {
    /// The field that it came in.
    pub field: String,
    /// Where it lies until this is dropped, or the sentence that says why it was not kept.
    pub file: Result<TempPath, String>,
}

/// The most files of one form that are kept until it is decided; what comes after them is refused.
const MOST_FILES: usize = 20;
/// The largest form without files.
const FORM_LIMIT: usize = 512 * 1024;

impl Uploads {
    /// As [`Upload::fingerprint`].
    pub fn fingerprint(&self, actor: &mut Actor) {
        add_to_fingerprint(&self.digest, actor);
    }
}

impl<S: Send + Sync> FromRequest<S> for Uploads {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            let body = axum::body::to_bytes(request.into_body(), FORM_LIMIT).await;
            let bytes = body.map_err(|_| Refusal::Unreadable {
                status: 413,
                detail: "This form is larger than it may be.".into(),
            })?;
            return Ok(Uploads {
                files: Vec::new(),
                fields: Form::parse_bytes(&bytes)?,
                digest: Vec::new(),
            });
        }
        let multipart = Multipart::from_request(request, state).await.map_err(|_| {
            let detail = "Send the form as multipart/form-data.".to_owned();
            Problem::from(Refusal::Unreadable { status: 415, detail })
        })?;
        let slow = || Refusal::Unreadable {
            status: 400,
            detail: "The photos took too long to arrive. Send them again.".into(),
        };
        Ok(tokio::time::timeout(TIME_LIMIT, read_all(multipart))
            .await
            .map_err(|_| slow())??)
    }
}

async fn read_all(mut multipart: Multipart) -> Result<Uploads, Refusal> {
    let mut files = Vec::new();
    let mut fields = Vec::new();
    let mut digest = Sha256::new();
    let mut typed = 0;
    while let Some(field) = multipart.next_field().await.map_err(cut_off)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file_name) = field.file_name().map(str::to_owned) else {
            let value = text(field, &name, FORM_LIMIT).await?;
            typed += value.len();
            if typed > FORM_LIMIT {
                let detail = "This form is larger than it may be.".into();
                return Err(Refusal::Unreadable { status: 413, detail });
            }
            fields.push((name, value));
            continue;
        };
        let file = match spool(field, &mut digest).await {
            Ok(path) if file_name.is_empty() && path.metadata().is_ok_and(|file| file.len() == 0) => continue,
            Ok(_) if files.len() >= MOST_FILES => Err("These are too many photos at once.".to_owned()),
            Err(Refusal::Unreadable { status: 413, .. }) => Err(format!(
                "This photo is larger than {} MB. Take it at a lower resolution, or choose a smaller one.",
                app::photos::FILE_LIMIT >> 20
            )),
            // A body that broke off says nothing more of the form either.
            Err(other) => return Err(other),
            Ok(path) => Ok(path),
        };
        files.push(Received { field: name, file });
    }
    Ok(Uploads {
        files,
        fields: Form::from_pairs(fields),
        digest: digest.finalize().to_vec(),
    })
}

async fn spool(mut field: Field<'_>, digest: &mut Sha256) -> Result<TempPath, Refusal> {
    let broken = |error: std::io::Error| {
        Refusal::Internal(format!("an upload could not be written to the disk: {error}"))
    };
    let mut file = NamedTempFile::new().map_err(broken)?;
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(cut_off)? {
        size += chunk.len() as u64;
        if size > DRAIN_LIMIT {
            break;
        }
        if size <= FILE_LIMIT {
            digest.update(&chunk);
            // A chunk is a few kilobytes for the page cache: quicker than a thread of its own for each.
            file.write_all(&chunk).map_err(broken)?;
        }
    }
    if size > FILE_LIMIT {
        let detail = format!(
            "This file is larger than {} MB: send a smaller one. A list can be split into several files.",
            FILE_LIMIT >> 20
        );
        return Err(Refusal::Unreadable { status: 413, detail });
    }
    Ok(file.into_temp_path())
}

async fn text(mut field: Field<'_>, name: &str, most: usize) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(cut_off)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            return Err(Refusal::invalid(format!("/{name}"), "This is far too long."));
        }
    }
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    text.ok_or_else(|| {
        Refusal::invalid(
            format!("/{name}"),
            "This is not text that can be kept: type it again.",
        )
    })
}

fn cut_off(error: MultipartError) -> Refusal {
    tracing::debug!(%error, "an upload could not be read");
    Refusal::Unreadable {
        status: 400,
        detail: "The file did not arrive whole. Send it again.".into(),
    }
}
