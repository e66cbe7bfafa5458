//! The open shop: everything a use case needs besides its actor.

use crate::accounts::signed_in::SignedInPeople;
use crate::connections::{Connected, Connections, SURELY_ALIVE};
use crate::look_ups::LookUps;
use crate::{Actor, Clock, Refusal, Settings, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::future::Future;
use std::str::FromStr;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The connection pool's figures (schema section 11.2).
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// Most connections.
    pub max: u32,
    /// Connections kept.
    pub min: u32,
    /// Most that are at work at once: with more, each is slower and all together are not faster. The rest waits its
    /// turn, as it would for a connection.
    pub busy: u32,
    /// How long to wait for one.
    pub acquire_timeout: Duration,
    /// How long an idle one is kept.
    pub idle_timeout: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        PoolOptions {
            max: 20,
            min: 5,
            busy: busy(),
            acquire_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(10),
        }
    }
}

/// Four for each core that PostgreSQL shares with us, and eight at least.
fn busy() -> u32 {
    std::thread::available_parallelism()
        .map_or(8, |n| {
            u32::try_from(n.get().saturating_mul(4)).unwrap_or(u32::MAX)
        })
        .max(8)
}

/// The open shop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shop {
    connections: Connections,
    clock: Clock,
    zone: Tz,
    settings: Arc<RwLock<(Arc<Settings>, DateTime<Utc>)>>,
    hashing: Arc<Semaphore>,
    signed_in: SignedInPeople,
    look_ups: LookUps,
    public_url: Arc<str>,
}

/// Settings are read again after this time, so that a second server on the same database follows a change.
const SETTINGS_AGE: chrono::TimeDelta = chrono::TimeDelta::seconds(5);

impl Shop {
    /// Connects as the application's role. `role` is set for an external database whose URL names the owner: the
    /// session then runs as that role from its first statement.
    pub async fn open(
        url: &str,
        role: Option<&str>,
        options: &PoolOptions,
        clock: Clock,
        zone: Tz,
        public_url: &str,
    ) -> Result<Shop, Refusal> {
        let mut connect = PgConnectOptions::from_str(url)
            .map_err(|e| Refusal::Unavailable(format!("The database URL cannot be read: {e}.")))?
            .application_name("bizhub")
            .options([("jit", "off")]);
        if let Some(role) = role {
            connect = connect.options([("role", role)]);
        }
        let pool = PgPoolOptions::new()
            .max_connections(options.max)
            .min_connections(options.min.min(options.max))
            .acquire_timeout(options.acquire_timeout)
            .idle_timeout(options.idle_timeout)
            // sqlx asks for UTC when it connects; the shop's business days are in the shop's zone.
            .after_connect(move |conn, _| {
                Box::pin(async move {
                    sqlx::query("SELECT set_config('TimeZone', $1, false)")
                        .bind(zone.name())
                        .execute(conn)
                        .await?;
                    Ok(())
                })
            })
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move {
                    if meta.idle_for > SURELY_ALIVE {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(connect)
            .await?;
        let hashers = std::thread::available_parallelism().map_or(1, |n| n.get().div_ceil(2));
        // The rest of the pool is for settings, read while somebody has a transaction open, and for listening.
        let busy = options.busy.min(options.max.saturating_mul(2) / 3).max(1);
        let shop = Shop {
            connections: Connections::new(pool, busy, options.acquire_timeout),
            clock,
            zone,
            settings: Arc::new(RwLock::new((Arc::new(Settings::default()), DateTime::UNIX_EPOCH))),
            // Hashing a password takes a core for a tenth of a second: never more than half of them at once.
            hashing: Arc::new(Semaphore::new(hashers)),
            signed_in: SignedInPeople::default(),
            look_ups: LookUps::default(),
            public_url: public_url.trim_end_matches('/').into(),
        };
        shop.settings().await?;
        Ok(shop)
    }

    /// The same shop at a fixed instant: for tests, and for demo data with a history.
    pub fn at(&self, instant: DateTime<Utc>) -> Shop {
        Shop {
            clock: Clock::Fixed(instant),
            ..self.clone()
        }
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The business day.
    pub fn today(&self) -> NaiveDate {
        self.clock.today(self.zone)
    }

    /// The shop's time zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Where customers' QR codes lead, without a slash at the end.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// A connection for reading. Never write through it: that is what [`Shop::begin`] is for.
    pub async fn read(&self) -> Result<Connected, Refusal> {
        Ok(self.connections.take().await?)
    }

    /// The device with this serial number, whatever its case and spaces; scans that come together are looked up together.
    pub(crate) async fn asset_by_serial(
        &self,
        serial: &str,
    ) -> Result<Option<db::assets::AssetRecord>, Refusal> {
        Ok(self.look_ups.by_serial(&self.connections, serial).await?)
    }

    /// Begins the one transaction of a use case. A request whose `Idempotency-Key` was answered before ends here with
    /// [`Refusal::Replay`].
    pub async fn begin(&self, actor: &Actor) -> Result<Tx, Refusal> {
        let conn = self.read().await?;
        Tx::begin(conn, actor, self.now(), matches!(self.clock, Clock::Fixed(_))).await
    }

    /// The settings, at most a few seconds old.
    pub async fn settings(&self) -> Result<Arc<Settings>, Refusal> {
        let now = Clock::System.now();
        if let Ok(held) = self.settings.read()
            && now - held.1 < SETTINGS_AGE
        {
            return Ok(held.0.clone());
        }
        let rows = db::settings::settings_all(&mut *self.connections.pool().acquire().await?).await?;
        let fresh = Arc::new(Settings::from_rows(rows));
        if let Ok(mut held) = self.settings.write() {
            *held = (fresh.clone(), now);
        }
        Ok(fresh)
    }

    /// Makes the next [`Shop::settings`] read the table again.
    pub fn forget_settings(&self) {
        if let Ok(mut held) = self.settings.write() {
            held.1 = DateTime::UNIX_EPOCH;
        }
    }

    /// Hashes a password (bcrypt, schema section 12.1), off the async threads and never on all cores at once.
    pub async fn hash_password(&self, password: String) -> Result<String, Refusal> {
        self.hashing(move || bcrypt::hash(password, 10).map_err(|e| Refusal::Internal(e.to_string())))
            .await?
    }

    /// Compares a password with its hash.
    pub async fn verify_password(&self, password: String, hash: String) -> Result<bool, Refusal> {
        self.hashing(move || bcrypt::verify(password, &hash).unwrap_or(false))
            .await
    }

    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let _permit = self
            .hashing
            .acquire()
            .await
            .map_err(|e| Refusal::Internal(e.to_string()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| Refusal::Internal(e.to_string()))
    }

    /// Who was found behind a credential in the last seconds.
    pub(crate) fn signed_in(&self) -> &SignedInPeople {
        &self.signed_in
    }

    /// Listens to changes of users, sessions and tokens until `stop` comes. Only while it runs is it remembered who is
    /// signed in.
    pub async fn hear_changes(&self, stop: impl Future<Output = ()> + Send) {
        (self.signed_in.clone())
            .listen(self.connections.pool().clone(), stop)
            .await;
    }

    /// Whether the database answers and has this binary's schema.
    pub async fn is_ready(&self) -> bool {
        match self.read().await {
            Ok(mut conn) => db::is_migrated(&mut conn).await.unwrap_or(false),
            Err(_) => false,
        }
    }

    /// Connections in use and open, for the metrics.
    pub fn pool_figures(&self) -> (u32, usize) {
        self.connections.figures()
    }

    /// Waits for running work and closes the connections.
    pub async fn close(&self) {
        self.connections.close().await;
    }
}
