//! What is stored: the migrations, and one file of queries per noun.
//!
//! Every function takes `&mut PgConnection` and is named `noun_verb`. None of them begins or commits: that is for
//! `app` alone, so that one use case stays one transaction.

pub mod accounts;
pub mod assets;
pub mod audit;
pub mod bench;
pub mod bulk_changes;
pub mod bundles;
pub mod buy_backs;
pub mod catalog;
pub mod catalog_care;
pub mod claims;
pub mod closed_days;
pub mod customers;
pub mod demo;
pub mod fault;
pub mod idempotency;
pub mod imports;
pub mod invoices;
pub mod lead_sources;
pub mod list;
pub mod locations;
pub mod lots;
pub mod machine_reports;
pub mod messages;
pub mod parked;
pub mod payments;
pub mod photos;
pub mod preorders;
pub mod repairs;
pub mod reports;
pub mod returns;
pub mod sales;
pub mod saved_views;
pub mod scan_sets;
pub mod search;
pub mod settings;
pub mod stock;
pub mod stock_places;
pub mod stocktakes;
pub mod tac_codes;
pub mod taxes;
pub mod till;
pub mod tills;
pub mod users;
pub mod verify;
pub mod warranties;
pub mod wholesale;

pub use fault::Fault;
pub use sqlx::PgConnection;

use sqlx::migrate::Migrator;

/// All migrations, embedded in the binary.
pub static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// Brings the schema up to date. Must run as the owner of the database (schema section 12.4): the application's own
/// role may not change the schema. Safe when several servers start at once: sqlx holds an advisory lock.
pub async fn migrate(owner: &mut PgConnection) -> Result<(), sqlx::migrate::MigrateError> {
    MIGRATOR.run_direct(None, owner, false).await
}

/// Whether the database has exactly the migrations that this binary knows, for `/readyz` and `bizhub doctor`.
pub async fn is_migrated(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
        .fetch_one(conn)
        .await?;
    Ok(usize::try_from(applied).is_ok_and(|n| n == MIGRATOR.iter().count()))
}
