//! Files of our own: style sheet, script, fonts, icons. Addresses carry a hash, so browsers keep them for good.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

struct Asset {
    bytes: Vec<u8>,
    kind: &'static str,
}

struct Assets {
    by_path: BTreeMap<String, Asset>,
    css: String,
    js: String,
}

/// Concatenates the files named in `static/<folder>/ORDER`, one per line.
fn bundle(folder: &str) -> Vec<u8> {
    let order = Files::get(&format!("{folder}/ORDER")).expect("static/*/ORDER is embedded");
    let order = String::from_utf8_lossy(&order.data).into_owned();
    let mut bytes = Vec::new();
    for name in order
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        let file = Files::get(&format!("{folder}/{name}")).expect("each file that ORDER names is embedded");
        bytes.extend_from_slice(&file.data);
        bytes.push(b'\n');
    }
    bytes
}

fn hashed(stem: &str, extension: &str, bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hash: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("{stem}.{hash}.{extension}")
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webmanifest") => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    }
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let mut by_path = BTreeMap::new();
    for path in Files::iter() {
        let kind = kind(&path);
        let is_part = path.starts_with("css/") || path.starts_with("js/");
        if let Some(file) = Files::get(&path).filter(|_| !is_part) {
            by_path.insert(
                path.to_string(),
                Asset {
                    bytes: file.data.into_owned(),
                    kind,
                },
            );
        }
    }
    let css = bundle("css");
    let js = bundle("js");
    let css_name = hashed("app", "css", &css);
    let js_name = hashed("app", "js", &js);
    by_path.insert(
        css_name.clone(),
        Asset {
            bytes: css,
            kind: kind("x.css"),
        },
    );
    by_path.insert(
        js_name.clone(),
        Asset {
            bytes: js,
            kind: kind("x.js"),
        },
    );
    Assets {
        by_path,
        css: format!("/static/{css_name}"),
        js: format!("/static/{js_name}"),
    }
});

/// Hashed address of the style sheet.
pub fn css() -> &'static str {
    &ASSETS.css
}

/// Hashed address of the script.
pub fn js() -> &'static str {
    &ASSETS.js
}

/// `GET /static/{*path}`.
pub async fn serve(Path(path): Path<String>) -> Response {
    let Some(asset) = ASSETS.by_path.get(&path) else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let mut response = asset.bytes.as_slice().to_vec().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    // Only what carries a hash in its name, or a version, never changes.
    let forever = path.starts_with("app.") || path.starts_with("vendor/") || path.starts_with("fonts/");
    let cache = if forever {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=86400"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
