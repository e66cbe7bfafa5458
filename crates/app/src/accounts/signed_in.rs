//! Who was found behind a credential a moment ago, so that a scan costs one question to the database and not two.
//!
//! What is held is forgotten at once when a user, a session or a token changes, in this process and in every other one
//! on the same database: the database tells (`NOTIFY bizhub_signed_in`, migration 0120), each server listens. A server
//! that does not hear holds nothing, and nothing is held longer than [`HELD_FOR`].

use db::accounts::SignedIn;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that an answer of the database is held.
const HELD_FOR: Duration = Duration::from_secs(10);
/// More credentials than a shop has people; when they are more, all are forgotten.
const MOST: usize = 1000;
/// Before the database is asked again to tell.
const PAUSE: Duration = Duration::from_secs(1);
/// The channel of migration 0120.
const CHANNEL: &str = "bizhub_signed_in";

/// The hash of a session's or token's secret.
type Hash = [u8; 32];

#[derive(Debug, Default)]
struct Held {
    /// Whether changes reach us. Nothing is held otherwise.
    hears: bool,
    /// Goes up with each change: what was read before it is not held after it.
    round: u64,
    people: HashMap<Hash, (SignedIn, Instant)>,
}

/// The people behind the credentials of the last seconds. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignedInPeople(Arc<Mutex<Held>>);

impl SignedInPeople {
    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is held for this hash, or the round in which the database is asked.
    pub fn find(&self, hash: &Hash) -> Result<SignedIn, u64> {
        let held = self.held();
        match held.people.get(hash) {
            Some((who, since)) if since.elapsed() < HELD_FOR => Ok(who.clone()),
            _ => Err(held.round),
        }
    }

    /// Holds what the database answered, unless something has changed since it was asked.
    pub fn hold(&self, hash: Hash, who: &SignedIn, round: u64) {
        let mut held = self.held();
        if !held.hears || held.round != round {
            return;
        }
        if held.people.len() >= MOST {
            held.people.clear();
        }
        held.people.insert(hash, (who.clone(), Instant::now()));
    }

    /// Forgets everybody: the next request of each asks the database.
    pub fn forget(&self) {
        self.hear(None);
    }

    fn hear(&self, hears: Option<bool>) {
        let mut held = self.held();
        held.hears = hears.unwrap_or(held.hears);
        held.round = held.round.wrapping_add(1);
        held.people.clear();
    }

    /// Listens until `stop` comes.
    pub async fn listen(self, pool: PgPool, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                end = self.changes(&pool) => {
                    self.hear(Some(false));
                    if let Err(sqlx::Error::PoolClosed) = end {
                        return;
                    }
                    tracing::warn!("changes of users and sessions are not heard; each request asks for itself until they are");
                    tokio::time::sleep(PAUSE).await;
                }
                () = &mut stop => return self.hear(Some(false)),
            }
        }
    }

    /// Ends when the connection does.
    async fn changes(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        self.hear(Some(true));
        while listener.try_recv().await?.is_some() {
            self.forget();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Role, UserId};

    fn ama() -> SignedIn {
        SignedIn {
            user_id: UserId::new(3),
            role: Role::Sales,
            full_name: "Ama Mensah".into(),
            username: "ama".into(),
            must_change_password: false,
            last_seen_at: None,
            expires_at: chrono::DateTime::UNIX_EPOCH,
            session_id: None,
            api_token_id: None,
        }
    }

    #[test]
    fn nobody_is_held_while_changes_are_not_heard() {
        let people = SignedInPeople::default();
        people.hold([1; 32], &ama(), 0);
        assert!(people.find(&[1; 32]).is_err());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_held_after_it() {
        let people = SignedInPeople::default();
        people.hear(Some(true));
        let round = people.find(&[1; 32]).expect_err("nobody is held yet");
        people.forget();
        people.hold([1; 32], &ama(), round);
        assert!(people.find(&[1; 32]).is_err());
        let round = people.find(&[1; 32]).expect_err("still nobody");
        people.hold([1; 32], &ama(), round);
        assert_eq!(people.find(&[1; 32]), Ok(ama()));
        people.forget();
        assert!(people.find(&[1; 32]).is_err());
    }
}
