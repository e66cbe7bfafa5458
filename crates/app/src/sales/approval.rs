//! A price far below the list, approved at the till: a Manager or an Admin gives their own sign-in for this one sale. It is
//! checked as a sign-in is, under the same throttle, and signs nobody in. The password is kept nowhere.

use crate::accounts::sign_in;
use crate::{Actor, Capability, Refusal, Shop};
use db::invoices::PriceApproval;
use serde::Deserialize;
use utoipa::ToSchema;

/// A Manager's or an Admin's own sign-in, for the prices of one sale.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// User name or e-mail address.
    #[schema(min_length = 1, max_length = 100)]
    pub username: String,
    /// Password.
    #[schema(min_length = 1, max_length = 200)]
    pub password: String,
}

impl std::fmt::Debug for Approval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Approval").finish_non_exhaustive()
    }
}

/// Who approves, checked before the sale begins: nothing is locked while a password is hashed. Somebody who may give the
/// price needs nobody, and a sale that was answered before is not asked again.
pub(super) async fn approver(
    shop: &Shop,
    actor: &Actor,
    approval: Option<&Approval>,
) -> Result<Option<PriceApproval>, Refusal> {
    let Some(approval) = approval.filter(|_| !actor.can(Capability::Discount)) else {
        return Ok(None);
    };
    if let (Some(idempotency), Some(user)) = (&actor.request.idempotency, actor.user_id) {
        let mut conn = shop.read().await?;
        if db::idempotency::key_find(&mut conn, user, &idempotency.key)
            .await?
            .is_some()
        {
            return Ok(None);
        }
    }
    if approval.username.trim().is_empty() {
        return Err(Refusal::invalid(
            "/approval/username",
            "Say who approves: the Manager's user name or e-mail address.",
        ));
    }
    if approval.password.is_empty() {
        return Err(Refusal::invalid(
            "/approval/password",
            "The Manager types their own password here.",
        ));
    }
    let account = sign_in::check(shop, &actor.request, &approval.username, &approval.password)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Unauthenticated(sentence) => Refusal::invalid("/approval/password", sentence),
            other => other,
        })?;
    if !account.role.can(Capability::Discount) {
        let text = format!(
            "{} ({}) may not approve this price: a Manager or an Admin can.",
            account.full_name, account.role
        );
        return Err(Refusal::invalid("/approval/username", text));
    }
    if account.must_change_password {
        let text = format!(
            "{} has a password that somebody else set: sign in as {0} and change it first.",
            account.full_name
        );
        return Err(Refusal::invalid("/approval/username", text));
    }
    Ok(Some(PriceApproval {
        approved_by: account.id,
        approver_name: account.full_name,
    }))
}
