//! Who a request comes from: the session cookie or the bearer token behind it.

use crate::{Refusal, Shop};
use chrono::{DateTime, TimeDelta, Utc};
pub use db::accounts::SignedIn;
use rand::RngCore;
use sha2::{Digest, Sha256};

/// A session ends after this time without a request.
pub const SESSION_IDLE: TimeDelta = TimeDelta::hours(12);
/// A session ends this long after sign-in, whatever happens.
pub const SESSION_ABSOLUTE: TimeDelta = TimeDelta::days(7);
/// `last_seen_at` is written at most this often.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// How a request proves who sent it.
#[derive(Debug, Clone, Copy)]
pub enum Credential<'a> {
    /// The browser's cookie.
    Session(&'a str),
    /// `Authorization: Bearer`.
    Token(&'a str),
}

/// A new secret: 256 random bits as text for the client, and the hash that is stored.
pub fn new_secret() -> (String, Vec<u8>) {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    let text = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
    let hash = hash_secret(&text);
    (text, hash)
}

/// What is stored of a secret. It is random, so a plain digest is enough.
pub fn hash_secret(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Finds who is behind a credential, or nobody.
pub async fn authenticate(shop: &Shop, credential: Credential<'_>) -> Result<Option<SignedIn>, Refusal> {
    let now = shop.now();
    let (Credential::Session(secret) | Credential::Token(secret)) = credential;
    // A session's secret is no token, nor the other way round.
    let mut digest = Sha256::new_with_prefix(secret.as_bytes());
    digest.update(match credential {
        Credential::Session(_) => b"session",
        Credential::Token(_) => b"token::",
    });
    let key = digest.finalize().into();
    let round = match shop.signed_in().find(&key) {
        Ok(who) if now < who.expires_at && !unseen(&who, now) => return Ok(Some(who)),
        Ok(_) => None,
        Err(round) => Some(round),
    };
    let mut conn = shop.read().await?;
    let mut found = match credential {
        Credential::Session(secret) => {
            db::accounts::session_find(&mut conn, &hash_secret(secret), now, now - SESSION_IDLE).await?
        }
        Credential::Token(secret) => {
            db::accounts::api_token_find(&mut conn, &hash_secret(secret), now).await?
        }
    };
    if let Some(who) = &mut found {
        if unseen(who, now) {
            db::accounts::seen_note(&mut conn, who, now).await?;
            who.last_seen_at = Some(now);
        }
        if let Some(round) = round {
            shop.signed_in().hold(key, who, round);
        }
    }
    Ok(found)
}

/// Whether it is time to write down that they are here.
fn unseen(who: &SignedIn, now: DateTime<Utc>) -> bool {
    who.last_seen_at.is_none_or(|seen| now - seen > SEEN_EVERY)
}
