//! One use case, one transaction.

use crate::connections::Connected;
use crate::{Actor, Refusal, StoredAnswer, disclosure};
use chrono::{DateTime, Utc};
use db::audit::AuditRow;
use db::idempotency::Claim;
use serde::Serialize;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor, PgConnection};

/// An open transaction on behalf of an [`Actor`].
///
/// It does not use sqlx's own transaction type: in 0.9.0 a cancelled `begin()` can leave a pooled connection inside a
/// transaction. Here the guard exists before `BEGIN` is sent, and dropping it without [`Tx::commit`] rolls back before
/// the connection goes back to the pool, wherever the work was cut off.
#[derive(Debug)]
pub struct Tx {
    conn: Option<Connected>,
    actor: Actor,
    now: DateTime<Utc>,
}

impl Tx {
    pub(crate) async fn begin(
        conn: Connected,
        actor: &Actor,
        now: DateTime<Utc>,
        fixed_clock: bool,
    ) -> Result<Tx, Refusal> {
        let mut tx = Tx {
            conn: Some(conn),
            actor: actor.clone(),
            now,
        };
        // One round trip: triggers read who and when from transaction-local settings. Only an integer and a
        // timestamp that we formatted ourselves enter the text.
        let user = actor.user_id.map(|id| id.get().to_string()).unwrap_or_default();
        let when = if fixed_clock {
            now.to_rfc3339()
        } else {
            String::new()
        };
        let begin = format!(
            "BEGIN; SELECT set_config('bizhub.user_id', '{user}', true), set_config('bizhub.now', '{when}', true)"
        );
        tx.conn().execute(sqlx::raw_sql(AssertSqlSafe(begin))).await?;
        if let (Some(idempotency), Some(user_id)) = (&actor.request.idempotency, actor.user_id) {
            let claim =
                db::idempotency::key_claim(tx.conn(), user_id, &idempotency.key, &idempotency.fingerprint)
                    .await?;
            if let Claim::Answered {
                fingerprint,
                status,
                body,
            } = claim
            {
                if fingerprint != idempotency.fingerprint {
                    return Err(Refusal::invalid(
                        "",
                        "This Idempotency-Key was used for another request. Use a new key for each new request.",
                    ));
                }
                let status = u16::try_from(status).unwrap_or(200);
                return Err(Refusal::Replay(StoredAnswer { status, body }));
            }
        }
        Ok(tx)
    }

    /// The connection, for the queries of `db`.
    pub fn conn(&mut self) -> &mut PgConnection {
        self.conn
            .as_mut()
            .expect("a transaction has its connection until it is finished")
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The instant of this transaction.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Appends an audit row.
    pub async fn audit(
        &mut self,
        action: &str,
        entity: &str,
        entity_id: impl Into<Option<i32>>,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<(), Refusal> {
        let actor = self.actor.clone();
        let row = AuditRow {
            user_id: actor.user_id,
            action,
            entity,
            entity_id: entity_id.into(),
            before,
            after,
            request_id: actor.request.id.as_deref(),
            address: actor.request.address.as_deref(),
        };
        db::audit::audit_append(self.conn(), row).await?;
        Ok(())
    }

    /// Refuses a change to something that was changed since the client read it (`If-Match`).
    pub fn check_version(&self, updated_at: DateTime<Utc>) -> Result<(), Refusal> {
        match &self.actor.request.if_match {
            Some(expected) if !etag_matches(expected, updated_at) => Err(Refusal::Stale),
            _ => Ok(()),
        }
    }

    /// Marks this point of the transaction, for [`Tx::back_to_mark`].
    pub async fn mark(&mut self) -> Result<(), Refusal> {
        self.conn().execute(sqlx::raw_sql("SAVEPOINT mark")).await?;
        Ok(())
    }

    /// Undoes what was written since the last [`Tx::mark`]; the transaction goes on from there, also after a statement that
    /// the database refused.
    pub async fn back_to_mark(&mut self) -> Result<(), Refusal> {
        self.conn()
            .execute(sqlx::raw_sql("ROLLBACK TO SAVEPOINT mark"))
            .await?;
        Ok(())
    }

    /// Forgets the last [`Tx::mark`], keeping what was written since.
    pub async fn forget_mark(&mut self) -> Result<(), Refusal> {
        self.conn()
            .execute(sqlx::raw_sql("RELEASE SAVEPOINT mark"))
            .await?;
        Ok(())
    }

    /// Commits, keeping the answer for a repeated `Idempotency-Key` in the same transaction. `body` is what the API
    /// answers; `&()` when it answers nothing.
    pub async fn commit<T: Serialize + ?Sized>(mut self, status: u16, body: &T) -> Result<(), Refusal> {
        if let (Some(idempotency), Some(user_id)) =
            (self.actor.request.idempotency.clone(), self.actor.user_id)
        {
            let body = if status == 204 {
                Vec::new()
            } else {
                disclosure::disclose(self.actor.role, body).map_err(|e| Refusal::Internal(e.to_string()))?
            };
            db::idempotency::key_answer(self.conn(), user_id, &idempotency.key, i32::from(status), &body)
                .await?;
        }
        self.conn().execute(sqlx::raw_sql("COMMIT")).await?;
        self.conn = None;
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    // A connection that cannot even roll back is not given to anybody else.
                    if conn.execute(sqlx::raw_sql("ROLLBACK")).await.is_err() {
                        conn.close_on_drop();
                    }
                });
            }
            Err(_) => conn.close_on_drop(),
        }
    }
}

/// The strong entity tag of a record that was last changed at this instant.
pub fn etag(updated_at: DateTime<Utc>) -> String {
    format!("\"{:x}\"", updated_at.timestamp_micros())
}

fn etag_matches(if_match: &str, updated_at: DateTime<Utc>) -> bool {
    let current = etag(updated_at);
    if_match
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag == current)
}
