//! Signing in, by page (a session) or by API (a token).

use super::authenticate::{SESSION_ABSOLUTE, new_secret};
use crate::{Actor, Refusal, RequestInfo, Shop};
use chrono::{DateTime, TimeDelta, Utc};
use db::accounts::Account;
use domain::{Role, Text, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Failures against one account before it has to wait.
const ACCOUNT_FAILURES: i64 = 8;
/// Failures from one address before it has to wait.
const ADDRESS_FAILURES: i64 = 60;
/// How long failures count. Nobody is locked out for longer, and an address that signed in to an account before is
/// not locked out by what others try.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// How long a token from `POST /auth/token` lives.
const TOKEN_LIFE: TimeDelta = TimeDelta::days(30);
/// Compared with when there is no such account, so that both take the same time: a hash of nobody's password.
const NOBODY: &str = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

/// User name or e-mail address, and password.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// User name or e-mail address.
    #[schema(min_length = 1, max_length = 100)]
    pub username: String,
    /// Password.
    #[schema(min_length = 1, max_length = 200)]
    pub password: String,
    /// What the token is for, shown in the list of tokens.
    #[serde(default)]
    pub name: Option<Text<0, 100>>,
}

/// The person who signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// Number.
    pub id: UserId,
    /// Sign-in name.
    pub username: String,
    /// Role.
    pub role: Role,
    /// Name.
    pub full_name: String,
    /// Whether nothing else works before the password is changed.
    pub must_change_password: bool,
}

/// A fresh token, shown this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FreshToken {
    /// For `Authorization: Bearer`.
    pub token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Whose it is.
    pub user: Me,
}

/// A fresh session: its secret goes into the cookie.
#[derive(Debug, Clone)]
pub struct FreshSession {
    /// For the cookie.
    pub secret: String,
    /// Whose it is.
    pub user: Me,
}

fn me(account: &Account) -> Me {
    Me {
        id: account.id,
        username: account.username.clone(),
        role: account.role,
        full_name: account.full_name.clone(),
        must_change_password: account.must_change_password,
    }
}

fn wrong() -> Refusal {
    Refusal::Unauthenticated("The user name or the password is wrong. Check both and try again.".into())
}

/// What the throttle counts an account by.
pub(crate) fn account_key(id: UserId) -> String {
    format!("#{id}")
}

/// Checks name and password under the throttle. One answer and one duration for every kind of wrong.
pub(crate) async fn check(
    shop: &Shop,
    request: &RequestInfo,
    name: &str,
    password: &str,
) -> Result<Account, Refusal> {
    if name.len() > 100 || password.len() > 200 || name.contains('\0') {
        return Err(wrong());
    }
    let now = shop.now();
    let key = name.trim().to_lowercase();
    let address = request.address.as_deref().unwrap_or("");
    let mut conn = shop.read().await?;
    let account = db::accounts::account_find(&mut conn, name.trim()).await?;
    // The same person by name and by e-mail address is one account to the throttle.
    let key = account.as_ref().map_or(key, |a| account_key(a.id));
    let attempt = db::accounts::attempt_insert(&mut conn, &key, address, now).await?;
    let failures = db::accounts::failures_count(&mut conn, &key, address, now - WINDOW).await?;
    if failures.account > ACCOUNT_FAILURES || failures.address > ADDRESS_FAILURES {
        db::accounts::attempt_remove(&mut conn, attempt).await?;
        return Err(Refusal::TooMany {
            detail: "Too many wrong passwords. Wait 15 minutes, or ask an Admin to set a new password."
                .into(),
            retry_after: WINDOW.num_seconds().unsigned_abs(),
        });
    }
    drop(conn);
    let hash = account
        .as_ref()
        .map_or(NOBODY, |a| a.password_hash.as_str())
        .to_owned();
    let matches = shop.verify_password(password.to_owned(), hash).await?;
    let account = account.filter(|a| matches && a.is_active).ok_or_else(wrong)?;
    let mut conn = shop.read().await?;
    db::accounts::attempt_succeeded(&mut conn, attempt, &key, address).await?;
    db::accounts::failures_forget(&mut conn, now - WINDOW).await?;
    Ok(account)
}

fn actor(account: &Account, request: &RequestInfo) -> Actor {
    Actor {
        user_id: Some(account.id),
        role: account.role,
        full_name: account.full_name.clone(),
        username: account.username.clone(),
        request: RequestInfo {
            idempotency: None,
            ..request.clone()
        },
    }
}

/// `POST /auth/token`.
pub async fn for_token(shop: &Shop, request: &RequestInfo, sign_in: SignIn) -> Result<FreshToken, Refusal> {
    let account = check(shop, request, &sign_in.username, &sign_in.password).await?;
    let (secret, hash) = new_secret();
    let now = shop.now();
    let expires_at = now + TOKEN_LIFE;
    let mut tx = shop.begin(&actor(&account, request)).await?;
    let name = sign_in.name.as_ref().and_then(Text::non_empty).unwrap_or("API");
    let id = db::accounts::api_token_insert(tx.conn(), account.id, name, &hash, now, expires_at).await?;
    db::accounts::last_login_note(tx.conn(), account.id, now).await?;
    tx.audit("account.sign_in", "api_tokens", id.get(), None, None)
        .await?;
    tx.commit(201, &()).await?;
    Ok(FreshToken {
        token: secret,
        expires_at,
        user: me(&account),
    })
}

/// The sign-in page. Each sign-in makes a new session.
pub async fn for_session(
    shop: &Shop,
    request: &RequestInfo,
    username: &str,
    password: &str,
    user_agent: Option<&str>,
) -> Result<FreshSession, Refusal> {
    let account = check(shop, request, username, password).await?;
    let (secret, hash) = new_secret();
    let now = shop.now();
    let mut tx = shop.begin(&actor(&account, request)).await?;
    let user_agent = user_agent.map(|ua| ua.chars().take(200).collect::<String>());
    let id = db::accounts::session_insert(
        tx.conn(),
        account.id,
        &hash,
        now,
        now + SESSION_ABSOLUTE,
        user_agent.as_deref(),
        request.address.as_deref(),
    )
    .await?;
    db::accounts::last_login_note(tx.conn(), account.id, now).await?;
    tx.audit("account.sign_in", "sessions", id.get(), None, None)
        .await?;
    tx.commit(201, &()).await?;
    Ok(FreshSession {
        secret,
        user: me(&account),
    })
}

/// Whether the seeded administrator still has the seeded password, so that the sign-in page may say which it is.
pub async fn is_first_start(shop: &Shop) -> Result<bool, Refusal> {
    let account = db::accounts::account_find(&mut *shop.read().await?, "admin").await?;
    Ok(account.is_some_and(|a| a.must_change_password))
}

#[cfg(test)]
mod tests {
    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let parts: bcrypt::HashParts = super::NOBODY.parse().expect("a hash of bcrypt");
        assert_eq!(parts.get_cost(), 10);
        assert!(!bcrypt::verify("changeme123", super::NOBODY).expect("it can be compared with"));
    }
}
