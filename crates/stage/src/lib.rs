//! Where tests play: a shop of their own on a real PostgreSQL, with its five actors.
//!
//! `TEST_DATABASE_URL` names a superuser's database on a throw-away server; scripts/with-postgres.sh starts one. Each
//! stage is a database of its own, copied from a migrated template, and is dropped when the test ends.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a stage that cannot be set up must fail its test"
)]

pub mod browser;
pub mod devices;
pub mod http;

use app::{Actor, Clock, PoolOptions, RequestInfo, Shop};
use chrono::{DateTime, TimeZone, Utc};
use domain::{Role, UserId};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Row};
use std::str::FromStr;
use std::time::Duration;

/// A shop of a test's own.
#[derive(Debug)]
pub struct Stage {
    /// The open shop, at a fixed instant: Wed 14 Jan 2026, 10:00 in Accra.
    pub shop: Shop,
    /// Name of its database.
    pub database: String,
    admin_url: String,
}

/// The password of every actor on the stage.
pub const PASSWORD: &str = "kente-cloth-42";

/// The instant at which stages stand.
pub fn opening() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 14, 10, 0, 0).unwrap()
}

fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL")
        .expect("TEST_DATABASE_URL is set: run the tests through scripts/with-postgres.sh or `make test`")
}

fn options_for(database: &str) -> PgConnectOptions {
    PgConnectOptions::from_str(&server_url())
        .unwrap()
        .database(database)
}

async fn connect(database: &str) -> PgConnection {
    options_for(database).connect().await.unwrap()
}

/// The migrated template, made by whoever comes first; others wait at the advisory lock.
async fn template() -> String {
    let fingerprint = db::MIGRATOR.iter().fold(0_u64, |sum, m| {
        m.checksum
            .iter()
            .fold(sum, |s, b| s.wrapping_mul(31).wrapping_add(u64::from(*b)))
    });
    let name = format!("stage_template_{fingerprint:x}");
    let mut server = connect("postgres").await;
    server.execute("SELECT pg_advisory_lock(7461)").await.unwrap();
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut server)
        .await
        .unwrap();
    if !exists {
        let building = format!("{name}_building");
        server
            .execute(sqlx::raw_sql(AssertSqlSafe(format!(
                "DROP DATABASE IF EXISTS {building}"
            ))))
            .await
            .unwrap();
        server
            .execute(sqlx::raw_sql(AssertSqlSafe(format!(
                "CREATE DATABASE {building}"
            ))))
            .await
            .unwrap();
        let mut fresh = connect(&building).await;
        db::migrate(&mut fresh).await.unwrap();
        people(&mut fresh).await;
        fresh.close().await.unwrap();
        server
            .execute(sqlx::raw_sql(AssertSqlSafe(format!(
                "ALTER DATABASE {building} RENAME TO {name}"
            ))))
            .await
            .unwrap();
    }
    server.execute("SELECT pg_advisory_unlock(7461)").await.unwrap();
    server.close().await.unwrap();
    name
}

/// One person a role, named for their work.
const PEOPLE: &[(&str, Role, &str)] = &[
    ("efua", Role::Admin, "Efua Boateng"),
    ("kwame", Role::Manager, "Kwame Asante"),
    ("ama", Role::Sales, "Ama Mensah"),
    ("kofi", Role::Technician, "Kofi Owusu"),
    ("yaw", Role::Warehouse, "Yaw Darko"),
];

async fn people(conn: &mut PgConnection) {
    // bcrypt cost 4 of PASSWORD: tests sign in often, and the cost is tested where it matters.
    let hash = bcrypt_hash().await;
    for (username, role, full_name) in PEOPLE {
        sqlx::query(
            "INSERT INTO users (username, email, password_hash, role, full_name, must_change_password)
             VALUES ($1, $1 || '@example.com', $2, $3, $4, false)",
        )
        .bind(username)
        .bind(&hash)
        .bind(role.as_str())
        .bind(full_name)
        .execute(&mut *conn)
        .await
        .unwrap();
    }
}

async fn bcrypt_hash() -> String {
    tokio::task::spawn_blocking(|| bcrypt::hash(PASSWORD, 4).unwrap())
        .await
        .unwrap()
}

impl Stage {
    /// Opens a shop of the test's own.
    pub async fn open() -> Stage {
        let template = template().await;
        let database = format!("stage_{:016x}", rand::random::<u64>());
        let mut server = connect("postgres").await;
        server
            .execute(sqlx::raw_sql(AssertSqlSafe(format!(
                "CREATE DATABASE {database} TEMPLATE {template}"
            ))))
            .await
            .unwrap();
        server.close().await.unwrap();
        let admin_url = options_for(&database).to_url_lossy().to_string();
        let pool = PoolOptions {
            max: 16,
            min: 0,
            acquire_timeout: Duration::from_secs(60),
            ..PoolOptions::default()
        };
        let clock = Clock::Fixed(opening());
        let shop = Shop::open(
            &admin_url,
            Some("bizhub_app"),
            &pool,
            clock,
            chrono_tz::Africa::Accra,
            "http://shop.test",
        )
        .await
        .unwrap();
        Stage {
            shop,
            database,
            admin_url,
        }
    }

    /// The person with this role: Efua (Admin), Kwame (Manager), Ama (Sales), Kofi (Technician), Yaw (Warehouse).
    pub async fn actor(&self, role: Role) -> Actor {
        let (username, _, full_name) = PEOPLE.iter().find(|(_, r, _)| *r == role).unwrap();
        let mut conn = self.shop.read().await.unwrap();
        let id: i32 = sqlx::query_scalar("SELECT id FROM users WHERE username = $1")
            .bind(username)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        Actor {
            user_id: Some(UserId::new(id)),
            role,
            full_name: (*full_name).into(),
            username: (*username).into(),
            request: RequestInfo::default(),
        }
    }

    /// A connection as the superuser, for looking at what was stored.
    pub async fn superuser(&self) -> PgConnection {
        connect(&self.database).await
    }

    /// A connection as `bizhub_app`, for trying what the database refuses.
    pub async fn bizhub_app(&self) -> PgConnection {
        let mut conn = connect(&self.database).await;
        conn.execute("SET ROLE bizhub_app").await.unwrap();
        conn
    }

    /// One number from the database, as the superuser.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut conn = self.superuser().await;
        let row = conn.fetch_one(sql).await.unwrap();
        row.try_get::<i64, _>(0).unwrap()
    }

    /// The superuser's URL of this stage's database.
    pub fn url(&self) -> &str {
        &self.admin_url
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let database = self.database.clone();
        // A test's runtime may be single-threaded and about to end: drop the database from a thread of its own.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut server = connect("postgres").await;
                let sql = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
                let _ = server.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
            });
        })
        .join();
    }
}
