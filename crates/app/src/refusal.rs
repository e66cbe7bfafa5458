//! Why something is not done: a sentence for the person at the counter, and a stable word for programs.

use crate::connections::connection_failed;
use db::Fault;
use db::list::ListError;
use domain::{FieldError, Role};

/// The one error of all use cases. The web layer renders it as a page or as problem+json, the command line as a line.
#[derive(Debug)]
pub enum Refusal {
    /// Values that cannot be taken (422): each with its JSON pointer.
    Invalid(Vec<FieldError>),
    /// There is no such thing, or not for this person (404).
    NotFound(String),
    /// Not possible in the present state (409).
    Conflict {
        /// Stable word.
        code: String,
        /// Sentence.
        detail: String,
        /// For a status: where it may go from here.
        allowed: Option<Vec<String>>,
    },
    /// Not for this person (403).
    Forbidden {
        /// Stable word.
        code: &'static str,
        /// Sentence.
        detail: String,
    },
    /// Not signed in, or no longer (401).
    Unauthenticated(String),
    /// Somebody changed it meanwhile (412).
    Stale,
    /// Too often (429).
    TooMany {
        /// Sentence.
        detail: String,
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The file or body is not of a kind that can be read (400, 413, 415).
    Unreadable {
        /// HTTP status.
        status: u16,
        /// Sentence.
        detail: String,
    },
    /// The database is out of reach (503): nothing was saved.
    Unavailable(String),
    /// The same request was answered before: this is that answer. Not an error, but it ends a use case early.
    Replay(StoredAnswer),
    /// A bug or a broken installation (500); the cause is logged, never shown.
    Internal(String),
}

/// An answer given before under the same `Idempotency-Key`.
#[derive(Debug, Clone)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// JSON body; empty for 204.
    pub body: Vec<u8>,
}

impl StoredAnswer {
    /// A field of the stored body, for pages that go on to the thing made.
    pub fn field(&self, name: &str) -> Option<serde_json::Value> {
        serde_json::from_slice::<serde_json::Value>(&self.body)
            .ok()?
            .get_mut(name)
            .map(serde_json::Value::take)
    }
}

impl Refusal {
    /// One wrong value.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Refusal::Invalid(vec![FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        }])
    }

    /// `what` as in "device": the sentence says that there is none.
    pub fn not_found(what: &str) -> Self {
        Refusal::NotFound(format!(
            "There is no such {what}. Check the number, or search for it."
        ))
    }

    /// Not possible now.
    pub fn conflict(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Refusal::Conflict {
            code: code.into(),
            detail: detail.into(),
            allowed: None,
        }
    }

    /// Not for this person.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Refusal::Forbidden {
            code,
            detail: detail.into(),
        }
    }

    /// Not for this role.
    pub fn not_allowed(role: Role) -> Self {
        Refusal::forbidden(
            "not_allowed",
            format!("Your role ({role}) may not do this. Ask a Manager, or somebody whose work it is."),
        )
    }

    /// The sentence, for faces without fields.
    pub fn sentence(&self) -> String {
        match self {
            Refusal::Invalid(errors) => {
                errors.iter().map(|e| e.detail.as_str()).collect::<Vec<_>>().join(" ")
            }
            Refusal::NotFound(detail)
            | Refusal::Conflict { detail, .. }
            | Refusal::Forbidden { detail, .. }
            | Refusal::Unauthenticated(detail)
            | Refusal::TooMany { detail, .. }
            | Refusal::Unreadable { detail, .. }
            | Refusal::Unavailable(detail) => detail.clone(),
            Refusal::Stale => {
                "Somebody changed this since you opened it. Open it again and repeat your change.".into()
            }
            Refusal::Replay(_) => "This was already done.".into(),
            Refusal::Internal(_) => {
                "Something went wrong on our side and nothing was saved. Try again; if it happens again, tell the \
                 administrator the request number."
                    .into()
            }
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Internal(cause) => write!(f, "{} ({cause})", self.sentence()),
            _ => f.write_str(&self.sentence()),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Vec<FieldError>> for Refusal {
    fn from(errors: Vec<FieldError>) -> Self {
        Refusal::Invalid(errors)
    }
}

impl From<domain::Invalid> for Refusal {
    fn from(invalid: domain::Invalid) -> Self {
        Refusal::Invalid(invalid.0)
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Fault::from(error).into()
    }
}

impl From<ListError> for Refusal {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Parameter { name, detail } => Refusal::invalid(format!("/{name}"), detail),
            ListError::Fault(fault) => fault.into(),
        }
    }
}

/// Named constraints as sentences: (constraint, JSON pointer or "" for a conflict, sentence).
const CONSTRAINTS: &[(&str, &str, &str)] = &[
    (
        "idx_users_username",
        "",
        "This username is taken. Choose another.",
    ),
    (
        "idx_users_username_key",
        "",
        "This username is taken. Choose another.",
    ),
    (
        "idx_users_email",
        "",
        "This e-mail address belongs to another user already.",
    ),
    (
        "idx_users_email_key",
        "",
        "This e-mail address belongs to another user already.",
    ),
    (
        "idx_assets_serial",
        "",
        "A device with this serial number is recorded already. Find it by its serial.",
    ),
    (
        "idx_assets_serial_key",
        "",
        "A device with this serial number is recorded already. Find it by its serial.",
    ),
    (
        "idx_assets_tag",
        "",
        "Another device carries this asset tag. Leave the tag empty to get the next free one.",
    ),
    (
        "idx_assets_tag_key",
        "",
        "Another device carries this asset tag. Leave the tag empty to get the next free one.",
    ),
    ("idx_assets_imei_1", "", "Another device has this IMEI."),
    ("idx_assets_imei_2", "", "Another device has this IMEI."),
    ("asset_imeis_key", "", "Another device has this IMEI."),
    (
        "idx_bulk_stock_sku",
        "",
        "Another item has this SKU. Choose another, or change that item.",
    ),
    (
        "idx_bulk_stock_sku_key",
        "",
        "Another item has this SKU. Choose another, or change that item.",
    ),
    (
        "locations_location_name_key",
        "",
        "A location with this name exists already.",
    ),
    (
        "lead_sources_source_name_key",
        "",
        "A lead source with this name exists already.",
    ),
    (
        "assets_product_model_id_fkey",
        "/product_model_id",
        "There is no such product model.",
    ),
    (
        "idx_lots_reference",
        "",
        "There is a lot of this supplier with this reference already: open that one instead.",
    ),
    ("assets_lot_id_fkey", "/lot_id", "There is no such lot."),
    (
        "assets_location_id_fkey",
        "/location_id",
        "There is no such location.",
    ),
    (
        "stocktakes_location_id_fkey",
        "/location_id",
        "There is no such location. Choose one of the list.",
    ),
    (
        "idx_stocktakes_open",
        "",
        "This place is being counted already: go on with that stocktake, or have it approved or cancelled first.",
    ),
    (
        "bulk_stock_location_id_fkey",
        "/location_id",
        "There is no such location.",
    ),
    (
        "idx_invoice_lines_live_asset",
        "",
        "This device is on another invoice already. Finish or cancel that one first.",
    ),
    (
        "idx_payments_reference",
        "",
        "This MoMo or bank reference paid another invoice already. Ask for the message of this payment.",
    ),
    (
        "idx_price_lists_name",
        "/name",
        "There is a price list with this name already. Choose another name, or change that one.",
    ),
    (
        "check_invoice_not_overpaid",
        "",
        "This is more than what is left to pay. Open the invoice again and take the rest only.",
    ),
    (
        "check_stock_quantity",
        "",
        "There is not enough of this item. Sell fewer, or receive more first.",
    ),
    (
        "check_stock_reserved",
        "",
        "There is not enough of this item: open invoices hold the rest. Sell fewer, or receive more first.",
    ),
    (
        "idx_till_sessions_open",
        "",
        "You have an open till already: use it, or close it first.",
    ),
    (
        "preorders_product_model_id_fkey",
        "/product_model_id",
        "There is no such product model.",
    ),
    (
        "preorders_assigned_to_fkey",
        "/assigned_to",
        "There is no such user.",
    ),
    (
        "idx_preorder_deposits_reference",
        "",
        "This MoMo or bank reference paid another deposit already. Ask for the message of this payment.",
    ),
    (
        "idx_saved_views_name",
        "/view_name",
        "You have a view of this list with this name already. Choose another name, or change that one.",
    ),
    (
        "invoices_customer_id_fkey",
        "/customer_id",
        "There is no such customer.",
    ),
];

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotFound => Refusal::not_found("record"),
            Fault::Conflict(_) => Refusal::conflict(
                "busy",
                "Somebody else was changing the same thing at this moment and nothing was saved. Try again.",
            ),
            Fault::Unavailable(error) => {
                if !matches!(error, sqlx::Error::PoolTimedOut) {
                    connection_failed();
                }
                tracing::error!(%error, "the database is out of reach");
                Refusal::Unavailable(
                    "The database cannot be reached, so nothing was saved. Try again in a few seconds."
                        .into(),
                )
            }
            Fault::Refused {
                constraint,
                state,
                message,
            } => {
                match CONSTRAINTS.iter().find(|(name, _, _)| *name == constraint) {
                    Some((_, "", sentence)) => Refusal::conflict(constraint, *sentence),
                    Some((_, pointer, sentence)) => Refusal::invalid(*pointer, *sentence),
                    // Guard triggers of our own write sentences; everything else would leak internals.
                    None if state.starts_with("BZ") => Refusal::conflict(constraint, message),
                    None => Refusal::Internal(format!("{constraint}: {message}")),
                }
            }
            Fault::Other(error) => Refusal::Internal(error.to_string()),
        }
    }
}
