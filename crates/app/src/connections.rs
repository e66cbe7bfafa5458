//! Connections to the database at hand for the next request.
//!
//! sqlx's pool asks a connection whether it still answers each time that it comes back, which is a second round trip for
//! a scan that needs one. So the connections at work go from one request to the next past the pool, and back to it when
//! they have rested or when any connection has failed.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A connection that was used this lately is taken without asking whether it still answers.
pub(crate) const SURELY_ALIVE: Duration = Duration::from_secs(1);
/// After this time the pool sees a connection again, to end those that are too old.
const LONGEST_AWAY: Duration = Duration::from_secs(60);

/// How often a connection has failed in this process. What was at hand before a failure is not trusted after it.
static FAILURES: AtomicU64 = AtomicU64::new(0);

/// To be called for each error that says that a connection, or the database, is gone.
pub(crate) fn connection_failed() {
    FAILURES.fetch_add(1, Ordering::SeqCst);
}

/// A connection between two requests.
#[derive(Debug)]
struct AtHand {
    conn: PoolConnection<Postgres>,
    /// When it left the pool.
    away_since: Instant,
    /// When it was last used.
    used: Instant,
    /// [`FAILURES`] when it left the pool.
    failures: u64,
}

impl AtHand {
    fn is_trusted(&self) -> bool {
        self.used.elapsed() < SURELY_ALIVE
            && self.away_since.elapsed() < LONGEST_AWAY
            && self.failures == FAILURES.load(Ordering::SeqCst)
    }
}

/// The stack of those at hand: the last used is taken first, so that what is not needed rests at its bottom.
#[derive(Debug, Default)]
struct Stack(Mutex<Vec<AtHand>>);

impl Stack {
    fn held(&self) -> MutexGuard<'_, Vec<AtHand>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Giving a connection back needs the runtime; when that has ended, so has the process.
        if tokio::runtime::Handle::try_current().is_err() {
            std::mem::forget(std::mem::take(&mut *self.held()));
        }
    }
}

/// All connections of a shop. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    pool: PgPool,
    at_hand: Arc<Stack>,
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Connections {
    /// At most `busy` are at work at once; who waits longer than `patience` is told so.
    pub fn new(pool: PgPool, busy: u32, patience: Duration) -> Self {
        Connections {
            pool,
            at_hand: Arc::default(),
            places: Arc::new(Semaphore::new(usize::try_from(busy).unwrap_or(1))),
            patience,
        }
    }

    /// The pool, for what is not a request's own work.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A connection, and a place among those at work.
    pub async fn take(&self) -> Result<Connected, sqlx::Error> {
        let place = tokio::time::timeout(self.patience, self.places.clone().acquire_owned())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let (found, rested) = {
            let mut held = self.at_hand.held();
            let found = held.pop().filter(AtHand::is_trusted);
            (found, rested(&mut held))
        };
        drop(rested);
        let taken = match found {
            Some(taken) => taken,
            None => {
                let failures = FAILURES.load(Ordering::SeqCst);
                let conn = self.pool.acquire().await?;
                let now = Instant::now();
                AtHand {
                    conn,
                    away_since: now,
                    used: now,
                    failures,
                }
            }
        };
        Ok(Connected {
            taken: Some(taken),
            at_hand: self.at_hand.clone(),
            _place: place,
        })
    }

    /// Connections open, and how many of them are idle.
    pub fn figures(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle() + self.at_hand.held().len())
    }

    /// Waits for running work and closes all.
    pub async fn close(&self) {
        // From here on nothing is kept at hand.
        connection_failed();
        self.at_hand.held().clear();
        self.pool.close().await;
    }
}

/// Takes those off the bottom that nobody needed for a while; the pool ends them in its own time.
fn rested(held: &mut Vec<AtHand>) -> Vec<AtHand> {
    let count = held.iter().take_while(|c| !c.is_trusted()).count();
    held.drain(..count).collect()
}

/// A connection at work, and its place among those.
#[derive(Debug)]
pub struct Connected {
    taken: Option<AtHand>,
    at_hand: Arc<Stack>,
    _place: OwnedSemaphorePermit,
}

const TAKEN: &str = "a connection is there until it is dropped";

impl Connected {
    /// Not given to anybody else afterwards.
    pub(crate) fn close_on_drop(&mut self) {
        if let Some(mut taken) = self.taken.take() {
            taken.conn.close_on_drop();
        }
    }
}

impl Deref for Connected {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.taken.as_ref().expect(TAKEN).conn
    }
}

impl DerefMut for Connected {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.taken.as_mut().expect(TAKEN).conn
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let Some(mut taken) = self.taken.take() else {
            return;
        };
        taken.used = Instant::now();
        if taken.is_trusted() {
            self.at_hand.held().push(taken);
        }
    }
}
