//! Who is signed in: sessions, API tokens and the throttling of sign-ins (PRODUCT.md section 1).

use chrono::{DateTime, Utc};
use domain::{ApiTokenId, Role, SessionId, UserId};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

/// The person behind a session or a token, as every request needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The user.
    pub user_id: UserId,
    /// Their role at this moment.
    pub role: Role,
    /// Their name.
    pub full_name: String,
    /// Their sign-in name.
    pub username: String,
    /// Whether they must change their password before anything else.
    pub must_change_password: bool,
    /// When this session or token was last seen; `None` for a token never used.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// The session, when it is one.
    pub session_id: Option<SessionId>,
    /// The token, when it is one.
    pub api_token_id: Option<ApiTokenId>,
}

/// Finds the live session with this token hash. A session ends by sign-out, at `expires_at`, after `idle_before`
/// without use, and when its user is deactivated.
pub async fn session_find(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
    idle_before: DateTime<Utc>,
) -> Result<Option<SignedIn>, sqlx::Error> {
    sqlx::query_as!(
        SignedIn,
        r#"SELECT u.id AS user_id, u.role, u.full_name, u.username, u.must_change_password,
                  s.last_seen_at AS "last_seen_at?", s.expires_at, s.id AS "session_id?", NULL::integer AS "api_token_id?: ApiTokenId"
           FROM sessions s JOIN users u ON u.id = s.user_id
           WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $3 AND u.is_active"#,
        token_hash,
        now,
        idle_before
    )
    .fetch_optional(conn)
    .await
}

/// Finds the live API token with this hash.
pub async fn api_token_find(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<SignedIn>, sqlx::Error> {
    sqlx::query_as!(
        SignedIn,
        r#"SELECT u.id AS user_id, u.role, u.full_name, u.username, u.must_change_password,
                  t.last_used_at AS "last_seen_at?", t.expires_at, NULL::integer AS "session_id?: SessionId", t.id AS "api_token_id?"
           FROM api_tokens t JOIN users u ON u.id = t.user_id
           WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 AND u.is_active"#,
        token_hash,
        now
    )
    .fetch_optional(conn)
    .await
}

/// Notes that a session or token was used. Called at most once a minute for each.
pub async fn seen_note(
    conn: &mut PgConnection,
    who: &SignedIn,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    if let Some(id) = who.session_id {
        sqlx::query!(
            "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2",
            id.get(),
            now
        )
        .execute(conn)
        .await?;
    } else if let Some(id) = who.api_token_id {
        sqlx::query!(
            "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1",
            id.get(),
            now
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// What signing in needs to know of an account.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user.
    pub id: UserId,
    /// Sign-in name.
    pub username: String,
    /// Name.
    pub full_name: String,
    /// Role.
    pub role: Role,
    /// bcrypt hash.
    pub password_hash: String,
    /// Deactivated accounts cannot sign in.
    pub is_active: bool,
    /// Whether the password must be changed first.
    pub must_change_password: bool,
}

/// Finds an account by user name or e-mail address, whatever their case.
pub async fn account_find(
    conn: &mut PgConnection,
    name_or_email: &str,
) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as!(
        Account,
        "SELECT id, username, full_name, role, password_hash, is_active, must_change_password FROM users
         WHERE lower(username) = lower($1) OR lower(email) = lower($1)",
        name_or_email
    )
    .fetch_optional(conn)
    .await
}

/// Reads an account by id.
pub async fn account_by_id(conn: &mut PgConnection, id: UserId) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as!(
        Account,
        "SELECT id, username, full_name, role, password_hash, is_active, must_change_password FROM users WHERE id = $1",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Failed sign-ins that count against a new try.
#[derive(Debug, Clone, Copy)]
pub struct Failures {
    /// Against this account: from this address alone when it signed in successfully before, else from anywhere.
    pub account: i64,
    /// From this address, against any account.
    pub address: i64,
}

/// Writes a try down as failed before the password is even looked at, so that a hundred at once count as a hundred.
pub async fn attempt_insert(
    conn: &mut PgConnection,
    account_key: &str,
    address: &str,
    at: DateTime<Utc>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO sign_in_attempts (account_key, address, succeeded, at) VALUES ($1, $2, false, $3) RETURNING id",
        account_key,
        address,
        at
    )
    .fetch_one(conn)
    .await
}

/// Counts the failures since an instant, the present try included.
pub async fn failures_count(
    conn: &mut PgConnection,
    account_key: &str,
    address: &str,
    since: DateTime<Utc>,
) -> Result<Failures, sqlx::Error> {
    sqlx::query_as!(
        Failures,
        r#"WITH known AS (
             SELECT EXISTS (SELECT 1 FROM sign_in_attempts WHERE account_key = $1 AND address = $2 AND succeeded) AS yes
           )
           SELECT (SELECT count(*) FROM sign_in_attempts
                   WHERE account_key = $1 AND NOT succeeded AND at > $3
                     AND (NOT (SELECT yes FROM known) OR address = $2)) AS "account!",
                  CASE WHEN (SELECT yes FROM known) THEN 0 ELSE
                    (SELECT count(*) FROM sign_in_attempts WHERE address = $2 AND NOT succeeded AND at > $3)
                  END AS "address!""#,
        account_key,
        address,
        since
    )
    .fetch_one(conn)
    .await
}

/// Marks a try as successful and forgets the failures before it.
pub async fn attempt_succeeded(
    conn: &mut PgConnection,
    id: i64,
    account_key: &str,
    address: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM sign_in_attempts WHERE account_key = $1 AND address = $2 AND id <> $3",
        account_key,
        address,
        id
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("UPDATE sign_in_attempts SET succeeded = true WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes back a try that was refused before the password was looked at: waiting must help.
pub async fn attempt_remove(conn: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM sign_in_attempts WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Begins a session.
pub async fn session_insert(
    conn: &mut PgConnection,
    user_id: UserId,
    token_hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    user_agent: Option<&str>,
    address: Option<&str>,
) -> Result<SessionId, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO sessions (user_id, token_hash, created_at, last_seen_at, expires_at, user_agent, address)
         VALUES ($1, $2, $3, $3, $4, $5, $6) RETURNING id",
        user_id.get(),
        token_hash,
        now,
        expires_at,
        user_agent,
        address
    )
    .fetch_one(conn)
    .await
}

/// Makes an API token.
pub async fn api_token_insert(
    conn: &mut PgConnection,
    user_id: UserId,
    name: &str,
    token_hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<ApiTokenId, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO api_tokens (user_id, name, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        user_id.get(),
        name,
        token_hash,
        now,
        expires_at
    )
    .fetch_one(conn)
    .await
}

/// Notes a sign-in on the user.
pub async fn last_login_note(
    conn: &mut PgConnection,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE users SET last_login = $2 WHERE id = $1", id.get(), now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends sessions and tokens of a user: all of them, but for the ones named.
pub async fn credentials_revoke(
    conn: &mut PgConnection,
    user_id: UserId,
    keep_session: Option<SessionId>,
    keep_token: Option<ApiTokenId>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $3",
        user_id.get(),
        now,
        keep_session.map(SessionId::get)
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE api_tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $3",
        user_id.get(),
        now,
        keep_token.map(ApiTokenId::get)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends one session of a user.
pub async fn session_revoke(
    conn: &mut PgConnection,
    user_id: UserId,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE sessions SET revoked_at = $3 WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL",
        user_id.get(),
        id.get(),
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends one token of a user.
pub async fn api_token_revoke(
    conn: &mut PgConnection,
    user_id: UserId,
    id: ApiTokenId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE api_tokens SET revoked_at = $3 WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL",
        user_id.get(),
        id.get(),
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets a password.
pub async fn password_update(
    conn: &mut PgConnection,
    id: UserId,
    password_hash: &str,
    must_change: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE users SET password_hash = $2, must_change_password = $3 WHERE id = $1",
        id.get(),
        password_hash,
        must_change
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A session that is still good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Session {
    /// Number.
    pub id: SessionId,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// The browser, as it names itself.
    pub user_agent: Option<String>,
    /// Where it was begun.
    pub address: Option<String>,
    /// Whether this request came with it.
    pub current: bool,
}

/// The sessions of a user that are still good, the last used first. `current` is the one that asks.
pub async fn sessions_live(
    conn: &mut PgConnection,
    user_id: UserId,
    current: Option<SessionId>,
    now: DateTime<Utc>,
    idle_before: DateTime<Utc>,
) -> Result<Vec<Session>, sqlx::Error> {
    sqlx::query_as!(
        Session,
        r#"SELECT id, created_at, last_seen_at, expires_at, user_agent, address, id IS NOT DISTINCT FROM $2 AS "current!"
           FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $3 AND last_seen_at > $4
           ORDER BY last_seen_at DESC, id DESC LIMIT 200"#,
        user_id.get(),
        current.map(SessionId::get),
        now,
        idle_before
    )
    .fetch_all(conn)
    .await
}

/// An API token that is still good; its secret is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiToken {
    /// Number.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Whether this request came with it.
    pub current: bool,
}

/// The tokens of a user that are still good, the newest first. `current` is the one that asks.
pub async fn api_tokens_live(
    conn: &mut PgConnection,
    user_id: UserId,
    current: Option<ApiTokenId>,
    now: DateTime<Utc>,
) -> Result<Vec<ApiToken>, sqlx::Error> {
    sqlx::query_as!(
        ApiToken,
        r#"SELECT id, name, created_at, expires_at, last_used_at, id IS NOT DISTINCT FROM $2 AS "current!"
           FROM api_tokens WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $3
           ORDER BY id DESC LIMIT 200"#,
        user_id.get(),
        current.map(ApiTokenId::get),
        now
    )
    .fetch_all(conn)
    .await
}

/// Whose session it is.
pub async fn session_owner(conn: &mut PgConnection, id: SessionId) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT user_id FROM sessions WHERE id = $1 AND revoked_at IS NULL",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Whose token it is.
pub async fn api_token_owner(conn: &mut PgConnection, id: ApiTokenId) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT user_id FROM api_tokens WHERE id = $1 AND revoked_at IS NULL",
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Forgets failed sign-ins that no longer count. Successful ones are kept: they say which addresses a person uses.
pub async fn failures_forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM sign_in_attempts WHERE NOT succeeded AND at < $1",
        before
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the failed sign-ins against one account: it has a new password.
pub async fn failures_of_account_forget(
    conn: &mut PgConnection,
    account_key: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM sign_in_attempts WHERE account_key = $1 AND NOT succeeded",
        account_key
    )
    .execute(conn)
    .await?;
    Ok(())
}
