//! Changing one's own password.

use crate::{Actor, Refusal, Shop};
use db::accounts::SignedIn;
use domain::user::check_password;
use serde::Deserialize;
use utoipa::ToSchema;

/// The password now, and the one from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password now.
    #[schema(max_length = 200)]
    pub current_password: String,
    /// At least 8 characters, at most 72 bytes, not a common one.
    #[schema(min_length = 8, max_length = 72)]
    pub new_password: String,
}

/// Changes it and ends every other session and token of this person.
pub async fn change_password(
    shop: &Shop,
    actor: &Actor,
    who: &SignedIn,
    change: PasswordChange,
) -> Result<(), Refusal> {
    check_password(&change.new_password, &who.username)
        .map_err(|detail| Refusal::invalid("/new_password", detail.to_string()))?;
    let account = db::accounts::account_by_id(&mut *shop.read().await?, who.user_id)
        .await?
        .ok_or_else(|| Refusal::not_found("user"))?;
    if change.current_password == change.new_password {
        return Err(Refusal::invalid(
            "/new_password",
            "The new password is the old one. Choose another.",
        ));
    }
    if change.current_password.len() > 200
        || !shop
            .verify_password(change.current_password, account.password_hash)
            .await?
    {
        return Err(Refusal::invalid(
            "/current_password",
            "This is not your password now. Type it again.",
        ));
    }
    let hash = shop.hash_password(change.new_password).await?;
    let now = shop.now();
    let mut tx = shop.begin(actor).await?;
    db::accounts::password_update(tx.conn(), who.user_id, &hash, false).await?;
    db::accounts::credentials_revoke(tx.conn(), who.user_id, who.session_id, who.api_token_id, now).await?;
    tx.audit("account.change_password", "users", who.user_id.get(), None, None)
        .await?;
    tx.commit(204, &()).await?;
    shop.signed_in().forget();
    Ok(())
}
