//! What is shown: the pages and the JSON API, both over the use cases of `app`.
//!
//! [`router`] is the permission sheet: every route says there who may use it.

pub mod answer;
pub mod api;
pub mod components;
pub mod extract;
pub mod file;
pub mod form;
pub mod frame;
pub mod gate;
pub mod health;
pub mod listing;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod report;
pub mod router;
pub mod security;
pub mod serve;
pub mod statics;
mod summary;
pub mod upload;

pub use gate::{Access, SheetLine};
pub use router::{document_and_sheet, openapi_json, permission_sheet};
pub use serve::serve;

use app::Shop;

/// What every handler can reach.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The open shop.
    pub shop: Shop,
    /// Whether cookies are for TLS only (`__Host-` prefix and `Secure`): true when the public address is https.
    pub secure_cookies: bool,
}

impl AppState {
    /// The state for a shop.
    pub fn new(shop: Shop) -> Self {
        let secure_cookies = shop.public_url().starts_with("https://");
        AppState { shop, secure_cookies }
    }

    /// Name of the session cookie.
    pub fn cookie_name(&self) -> &'static str {
        if self.secure_cookies {
            "__Host-bizhub"
        } else {
            "bizhub"
        }
    }
}
