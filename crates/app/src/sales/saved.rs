//! Whether a sale was saved, asked after the connection was lost: by the key that the form sent with it.
//!
//! The answer is for good. A sale that is still on its way is waited for, as both claim the same key; and when there is none
//! the key is closed by the question itself, so that a request which arrives late is refused instead of selling after the
//! till has said "not saved".

use crate::{Actor, Capability, Refusal, RequestInfo, Shop, StoredAnswer};
use db::idempotency::{Claim, key_answer, key_claim, wait_at_most};

/// Fingerprint of the question: no request has one as short.
const ASKED: &[u8] = b"asked";

/// Milliseconds that a question waits for a sale on its way; then it is refused as a conflict.
const MOST_WAITING: i32 = 5000;

/// Asks for the answer under the actor's own key; `None`: nothing was saved, and nothing will be with this key.
pub async fn saved(shop: &Shop, actor: &Actor, key: &str) -> Result<Option<StoredAnswer>, Refusal> {
    actor.require(Capability::Sell)?;
    let user = actor.user()?;
    let mut tx = shop
        .begin(&Actor {
            request: RequestInfo {
                idempotency: None,
                ..actor.request.clone()
            },
            ..actor.clone()
        })
        .await?;
    // A till asks again: it does not pile up questions behind a sale that takes long.
    wait_at_most(tx.conn(), MOST_WAITING).await?;
    match key_claim(tx.conn(), user, key, ASKED).await? {
        Claim::Fresh => {
            key_answer(tx.conn(), user, key, 204, &[]).await?;
            tx.commit(204, &()).await?;
            Ok(None)
        }
        Claim::Answered { fingerprint, .. } if fingerprint == ASKED => Ok(None),
        Claim::Answered { status, body, .. } => Ok(Some(StoredAnswer {
            status: u16::try_from(status).unwrap_or(200),
            body,
        })),
    }
}
