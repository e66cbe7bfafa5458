//! Signing out: here, or everywhere.

use crate::{Actor, Capability, Refusal, Shop};
use db::accounts::SignedIn;
use domain::UserId;

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
    tx.audit("account.sign_out", "users", who.user_id.get(), None, None)
        .await?;
    tx.commit(204, &()).await?;
    shop.signed_in().forget();
    Ok(())
}

/// Ends every session and token of a person: oneself, or anybody for who manages users.
pub async fn everywhere(shop: &Shop, actor: &Actor, user_id: UserId) -> Result<(), Refusal> {
    if actor.user_id != Some(user_id) {
        actor.require(Capability::ManageUsers)?;
    }
    let now = shop.now();
    let mut tx = shop.begin(actor).await?;
    db::users::user_find(tx.conn(), user_id)
        .await?
        .ok_or_else(|| Refusal::not_found("user"))?;
    db::accounts::credentials_revoke(tx.conn(), user_id, None, None, now).await?;
    tx.audit("account.sign_out_everywhere", "users", user_id.get(), None, None)
        .await?;
    tx.commit(204, &()).await?;
    shop.signed_in().forget();
    Ok(())
}
