//! What people are signed in with: their sessions and API tokens, to look at and to end.

use super::authenticate::{SESSION_IDLE, new_secret};
use crate::{Actor, Capability, Refusal, Shop};
use chrono::{DateTime, TimeDelta, Utc};
use db::accounts::SignedIn;
pub use db::accounts::{ApiToken, Session};
use domain::{ApiTokenId, SessionId, Text, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Days that a token lives unless said otherwise.
pub const TOKEN_DAYS: i64 = 30;
/// Days that a token lives at most.
const TOKEN_DAYS_MAX: i64 = 365;

/// What a new API token is for, and for how long.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, so that it can be recognised and revoked.
    pub name: Text<1, 100>,
    /// Days until it ends; 30 unless said otherwise.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    pub expires_in_days: Option<i64>,
}

/// A new API token.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MadeToken {
    /// Number.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// For `Authorization: Bearer`. Shown this once: null when the request is repeated with its `Idempotency-Key`.
    #[schema(required = true)]
    pub token: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Makes an API token for oneself. It may never do more than its user.
pub async fn create_token(shop: &Shop, actor: &Actor, new: NewToken) -> Result<MadeToken, Refusal> {
    create_token_for(shop, actor, actor.user()?, new).await
}

/// Makes an API token for somebody, for the command line.
pub(crate) async fn create_token_for(
    shop: &Shop,
    actor: &Actor,
    user_id: UserId,
    new: NewToken,
) -> Result<MadeToken, Refusal> {
    let days = new.expires_in_days.unwrap_or(TOKEN_DAYS);
    if !(1..=TOKEN_DAYS_MAX).contains(&days) {
        return Err(Refusal::invalid(
            "/expires_in_days",
            "A token lives for 1 to 365 days.",
        ));
    }
    let (secret, hash) = new_secret();
    let created_at = shop.now();
    let expires_at = created_at + TimeDelta::days(days);
    let mut tx = shop.begin(actor).await?;
    let id = db::accounts::api_token_insert(
        tx.conn(),
        user_id,
        new.name.as_str(),
        &hash,
        created_at,
        expires_at,
    )
    .await?;
    let mut made = MadeToken {
        id,
        name: new.name.into_string(),
        token: None,
        created_at,
        expires_at,
    };
    let after = json!({"user_id": user_id, "name": made.name, "expires_at": expires_at});
    tx.audit("api_token.create", "api_tokens", id.get(), None, Some(after))
        .await?;
    // The answer that is kept for a repeated request is without the secret: that is stored as a hash only.
    tx.commit(201, &made).await?;
    made.token = Some(secret);
    Ok(made)
}

/// One's own tokens, or those of anybody for who manages users.
pub async fn tokens(
    shop: &Shop,
    actor: &Actor,
    who: &SignedIn,
    user_id: UserId,
) -> Result<Vec<ApiToken>, Refusal> {
    require_own(actor, user_id)?;
    Ok(
        db::accounts::api_tokens_live(&mut *shop.read().await?, user_id, who.api_token_id, shop.now())
            .await?,
    )
}

/// One's own sessions, or those of anybody for who manages users.
pub async fn sessions(
    shop: &Shop,
    actor: &Actor,
    who: &SignedIn,
    user_id: UserId,
) -> Result<Vec<Session>, Refusal> {
    require_own(actor, user_id)?;
    let now = shop.now();
    let mut conn = shop.read().await?;
    Ok(db::accounts::sessions_live(&mut conn, user_id, who.session_id, now, now - SESSION_IDLE).await?)
}

fn require_own(actor: &Actor, user_id: UserId) -> Result<(), Refusal> {
    if actor.user_id == Some(user_id) {
        Ok(())
    } else {
        actor.require(Capability::ManageUsers)
    }
}

/// Ends a session of one's own, or of anybody for who manages users. Another person's is not there for others.
pub async fn end_session(shop: &Shop, actor: &Actor, id: SessionId) -> Result<(), Refusal> {
    let now = shop.now();
    let mut tx = shop.begin(actor).await?;
    let owner = db::accounts::session_owner(tx.conn(), id).await?;
    let owner = owner
        .filter(|user| require_own(actor, *user).is_ok())
        .ok_or_else(|| Refusal::not_found("session"))?;
    db::accounts::session_revoke(tx.conn(), owner, id, now).await?;
    tx.audit(
        "session.end",
        "sessions",
        id.get(),
        None,
        Some(json!({"user_id": owner})),
    )
    .await?;
    tx.commit(204, &()).await?;
    shop.signed_in().forget();
    Ok(())
}

/// Revokes a token of one's own, or of anybody for who manages users.
pub async fn revoke_token(shop: &Shop, actor: &Actor, id: ApiTokenId) -> Result<(), Refusal> {
    let now = shop.now();
    let mut tx = shop.begin(actor).await?;
    let owner = db::accounts::api_token_owner(tx.conn(), id).await?;
    let owner = owner
        .filter(|user| require_own(actor, *user).is_ok())
        .ok_or_else(|| Refusal::not_found("token"))?;
    db::accounts::api_token_revoke(tx.conn(), owner, id, now).await?;
    tx.audit(
        "api_token.revoke",
        "api_tokens",
        id.get(),
        None,
        Some(json!({"user_id": owner})),
    )
    .await?;
    tx.commit(204, &()).await?;
    shop.signed_in().forget();
    Ok(())
}
