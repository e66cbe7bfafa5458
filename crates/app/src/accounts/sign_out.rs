//! Signing out: here, or everywhere.

use crate::{Actor, Refusal, Shop};
use db::accounts::SignedIn;

/// Ends the session or token that this request came with.
pub async fn here(shop: &Shop, actor: &Actor, who: &SignedIn) -> Result<(), Refusal> {
    let now = shop.now();
    let mut tx = shop.begin(actor).await?;
    if let Some(id) = who.session_id {
        db::accounts::session_revoke(tx.conn(), who.user_id, id, now).await?;
    }
    if let Some(id) = who.api_token_id {
        db::accounts::api_token_revoke(tx.conn(), who.user_id, id, now).await?;
    }
    tx.audit("account.sign_out", "users", who.user_id.get(), None, None).await?;
    tx.commit(204, &()).await
}

/// Ends every session and token of this person.
pub async fn everywhere(shop: &Shop, actor: &Actor) -> Result<(), Refusal> {
    let user_id = actor.user()?;
    let now = shop.now();
    let mut tx = shop.begin(actor).await?;
    db::accounts::credentials_revoke(tx.conn(), user_id, None, None, now).await?;
    tx.audit("account.sign_out_everywhere", "users", user_id.get(), None, None).await?;
    tx.commit(204, &()).await
}
