//! Who does something, and for which request.

use crate::Refusal;
use domain::{Capability, Role, UserId};

/// The person (or the system on their behalf) that a use case acts for. Writes carry it into movements, ledger and
/// audit rows.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The user; `None` only for the system's own jobs.
    pub user_id: Option<UserId>,
    /// Their role, which decides what they may do and see.
    pub role: Role,
    /// Their name.
    pub full_name: String,
    /// Their sign-in name.
    pub username: String,
    /// The request behind it.
    pub request: RequestInfo,
}

/// What a use case needs to know of the request that asked for it.
#[derive(Debug, Clone, Default)]
pub struct RequestInfo {
    /// `X-Request-Id`.
    pub id: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// `Idempotency-Key` with the fingerprint of the request that carries it.
    pub idempotency: Option<Idempotency>,
    /// `If-Match`.
    pub if_match: Option<String>,
}

/// An idempotency key and what it was sent with.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// The client's key, 1–255 characters.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub fingerprint: Vec<u8>,
}

impl Actor {
    /// The system itself: jobs and the first set-up.
    pub fn system() -> Self {
        Actor {
            user_id: None,
            role: Role::Admin,
            full_name: "BizHub".into(),
            username: "bizhub".into(),
            request: RequestInfo::default(),
        }
    }

    /// Whether this person may do it.
    pub fn can(&self, capability: Capability) -> bool {
        self.role.can(capability)
    }

    /// Refuses what this person may not do. Routes are gated already; use cases ask for what depends on the data.
    pub fn require(&self, capability: Capability) -> Result<(), Refusal> {
        if self.can(capability) {
            Ok(())
        } else {
            Err(Refusal::not_allowed(self.role))
        }
    }

    /// The user's id, for columns that need one.
    pub fn user(&self) -> Result<UserId, Refusal> {
        self.user_id.ok_or_else(|| {
            Refusal::forbidden("no_user", "This needs a person: sign in as a user and try again.")
        })
    }
}
