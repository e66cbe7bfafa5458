//! What stands on the foundation: the schema brought up to date, the shop opened, its pages and API served.

use app::{Clock, PoolOptions, Shop};
use sqlx::migrate::MigrateError;
use sqlx::{Connection, PgConnection};

use crate::config::Settings;
use crate::failure::Failure;
use crate::private_postgres::Urls;
use crate::serve::{Foundation, shown};

/// Migrates, opens and serves until the foundation's shutdown comes.
pub async fn open_and_serve(foundation: Foundation) -> Result<(), Failure> {
    let is_first = migrate(&foundation.urls.owner).await?;
    let address = shown(foundation.listener.local_addr()?);
    let shop = open(
        &foundation.settings,
        &foundation.urls,
        &format!("http://{address}"),
    )
    .await?;
    app::imports::fail_interrupted(&shop).await?;
    foundation.announce(
        is_first.then_some("Sign in as admin with the password changeme123; it must be changed at once."),
    )?;
    let housekeeping = tokio::spawn(app::housekeeping::run(
        shop.clone(),
        foundation.shutdown.clone().cancelled_owned(),
    ));
    let hearing = tokio::spawn({
        let (shop, stop) = (shop.clone(), foundation.shutdown.clone());
        async move { shop.hear_changes(stop.cancelled_owned()).await }
    });
    let outbox = tokio::spawn(app::messages::run(
        shop.clone(),
        foundation.shutdown.clone().cancelled_owned(),
    ));
    web::serve(foundation.listener, shop, foundation.shutdown.cancelled_owned()).await?;
    // They have been told to stop as well; work that is under way comes to its end.
    let _ = housekeeping.await;
    let _ = outbox.await;
    let _ = hearing.await;
    Ok(())
}

/// Opens the shop as the application. `address` is where browsers reach it, unless the settings say so.
pub async fn open(settings: &Settings, urls: &Urls, address: &str) -> Result<Shop, Failure> {
    let pool = PoolOptions {
        max: settings.pool.max,
        min: settings.pool.min,
        acquire_timeout: settings.pool.acquire,
        idle_timeout: settings.pool.idle,
        ..PoolOptions::default()
    };
    let public_url = settings.public_url.as_deref().unwrap_or(address);
    Ok(Shop::open(
        &urls.app,
        None,
        &pool,
        Clock::System,
        settings.time_zone,
        public_url,
    )
    .await?)
}

/// Brings the schema up to date as its owner, and says whether the database was empty before.
pub async fn migrate(owner_url: &str) -> Result<bool, Failure> {
    let mut owner = PgConnection::connect(owner_url).await.map_err(|error| {
        Failure::new(format!("the database cannot be reached as its owner ({error}): check the database URL and that its server runs"))
    })?;
    let was_empty: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NULL")
        .fetch_one(&mut owner)
        .await?;
    db::migrate(&mut owner)
        .await
        .map_err(|error| Failure::new(sentence(&error)))?;
    owner.close().await?;
    Ok(was_empty)
}

fn sentence(error: &MigrateError) -> String {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
            "this database was brought up to date by a newer BizHub: start that version again, or restore a backup from before".to_owned()
        }
        MigrateError::VersionMismatch(version) => format!(
            "migration {version} of this database is not the one that this BizHub knows: start the version that made the database"
        ),
        MigrateError::Dirty(version) => format!(
            "migration {version} was cut off on this database: restore the last backup, then start again"
        ),
        other => format!("the schema could not be brought up to date ({other}): nothing was changed; see that the owner's role may create tables and roles"),
    }
}
