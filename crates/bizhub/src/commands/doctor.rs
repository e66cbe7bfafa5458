//! `bizhub doctor`: everything that could be wrong with an installation, and how to mend each.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;

use chrono::{DateTime, Datelike, Utc};
use clap::Args;
use nix::sys::statvfs::statvfs;
use sqlx::{Connection, PgConnection};

use crate::config::{InstallationArgs, ServerArgs, Settings};
use crate::database::{Database, external};
use crate::failure::Failure;
use crate::private_postgres::{DataFolder, OLDEST_VERSION, PrivatePostgres, Programs};

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// How the server works.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Where the data is.
    #[command(flatten)]
    pub installation: InstallationArgs,
}

/// Less free space than this is soon none.
const LOW_SPACE_MIB: u64 = 1024;

/// What one look found: a fact, or what is wrong and how to mend it.
type Finding = Result<String, String>;

/// Looks at everything, prints what it found, and fails if something must be mended.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let mut report = Report { wrong: 0 };
    let file = settings.config_file.as_deref();
    report.say(
        "settings",
        Ok(file.map_or_else(
            || "no bizhub.toml, defaults".to_owned(),
            |file| file.display().to_string(),
        )),
    )?;
    report.say("clock", clock())?;
    if external(settings).is_none() {
        report.say("server programs", programs(settings))?;
        let folder = data_folder(settings);
        let usable = folder.is_ok();
        report.say("data folder", folder)?;
        if usable {
            report.say("disk", disk_space(&settings.data_dir))?;
        }
        if !usable || !settings.data_dir.join("postgres").join("PG_VERSION").exists() {
            report.say(
                "database",
                Ok("none yet: the first start of bizhub serve makes it".to_owned()),
            )?;
            report.say("port", port(settings))?;
            return report.end();
        }
    }
    report.say("port", port(settings))?;
    match Database::for_command(settings).await {
        Err(failure) => report.say("database", Err(failure.to_string()))?,
        Ok(database) => {
            let said = look_at(&database, settings, &mut report).await;
            database.close().await;
            said?;
        }
    }
    report.end()
}

struct Report {
    wrong: usize,
}

impl Report {
    fn say(&mut self, subject: &str, finding: Finding) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        match finding {
            Ok(fact) => writeln!(out, "✓ {subject}: {fact}")?,
            Err(sentence) => {
                self.wrong += 1;
                writeln!(out, "✗ {subject}: {sentence}")?;
            }
        }
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        match self.wrong {
            0 => Ok(()),
            1 => Err(Failure::new("one thing must be mended; the line with ✗ says how")),
            wrong => Err(Failure::new(format!(
                "{wrong} things must be mended; the lines with ✗ say how"
            ))),
        }
    }
}

fn programs(settings: &Settings) -> Finding {
    let found = Programs::find(settings.pg_bin_dir.as_deref(), None).map_err(|error| error.to_string())?;
    Ok(format!(
        "PostgreSQL {} in {} ({OLDEST_VERSION} or later is needed)",
        found.version,
        found.bin_dir.display()
    ))
}

fn data_folder(settings: &Settings) -> Finding {
    if !settings.data_dir.exists() {
        return Ok(format!(
            "{} is not there yet: the first start of bizhub serve makes it",
            settings.data_dir.display()
        ));
    }
    let path = DataFolder::create(&settings.data_dir).map_err(|error| error.to_string())?;
    let folder = DataFolder::open(path).map_err(|error| error.to_string())?;
    let account = folder
        .account
        .as_ref()
        .map_or("this user", |account| account.name.as_str());
    Ok(format!(
        "{} can be written; the database runs as {account}",
        folder.path.display()
    ))
}

fn disk_space(data_dir: &Path) -> Finding {
    // Before the first start it is the folder around it that counts.
    let Some(existing) = data_dir.ancestors().find(|folder| folder.exists()) else {
        return Ok("unknown".to_owned());
    };
    let disk = statvfs(existing).map_err(|errno| {
        format!(
            "the free space of {} cannot be asked for: {errno}",
            existing.display()
        )
    })?;
    let free = disk.blocks_available().saturating_mul(disk.fragment_size()) >> 20;
    if free < LOW_SPACE_MIB {
        return Err(format!(
            "only {free} MiB are free for {}: make room before the database cannot save any more",
            data_dir.display()
        ));
    }
    Ok(format!("{} GiB are free", free >> 10))
}

fn port(settings: &Settings) -> Finding {
    let served =
        std::fs::canonicalize(&settings.data_dir).is_ok_and(|dir| PrivatePostgres::running(&dir).is_some());
    match TcpListener::bind(settings.listen) {
        Ok(_) => Ok(format!("{} is free for the web server", settings.listen)),
        Err(_) if served => Ok(format!(
            "{} is in use, as it should be while the server runs",
            settings.listen
        )),
        Err(error) => Err(format!(
            "the web server could not listen on {} ({error}): stop the program that does, or choose another with --listen",
            settings.listen
        )),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "here the machine's clock itself is what is looked at"
)]
fn machine_time() -> DateTime<Utc> {
    Utc::now()
}

fn clock() -> Finding {
    let now = machine_time();
    if now.year() < 2025 {
        return Err(format!(
            "the clock of this machine says {now}: set it, or every invoice gets a wrong date"
        ));
    }
    Ok(format!("{} UTC", now.format("%Y-%m-%d %H:%M")))
}

async fn look_at(database: &Database, settings: &Settings, report: &mut Report) -> Result<(), Failure> {
    let mut owner = match PgConnection::connect(&database.urls().owner).await {
        Ok(owner) => owner,
        Err(error) => {
            return report.say(
                "database",
                Err(format!(
                    "the owner cannot connect ({error}): check the database URL and that its server runs"
                )),
            );
        }
    };
    report.say("database", version(&mut owner).await)?;
    report.say("locale", locale(&mut owner).await)?;
    report.say("time zone", time_zone(&mut owner, settings).await)?;
    let schema = schema(&mut owner).await;
    let has_books = schema.is_ok();
    report.say("schema", schema)?;
    if has_books {
        report.say("books", books(&mut owner).await)?;
    }
    report.say("application role", application_role(&database.urls().app).await)?;
    owner.close().await?;
    Ok(())
}

async fn version(conn: &mut PgConnection) -> Finding {
    let number: i32 = scalar(conn, "SELECT current_setting('server_version_num')::int").await?;
    let text: String = scalar(conn, "SELECT current_setting('server_version')").await?;
    if number / 10_000 < OLDEST_VERSION.cast_signed() {
        return Err(format!(
            "PostgreSQL {text} is too old: version {OLDEST_VERSION} or later is needed"
        ));
    }
    Ok(format!("PostgreSQL {text} answers"))
}

async fn locale(conn: &mut PgConnection) -> Finding {
    let encoding: String = scalar(conn, "SELECT current_setting('server_encoding')").await?;
    if encoding != "UTF8" {
        return Err(format!(
            "the database stores text as {encoding}: make it anew with ENCODING 'UTF8'"
        ));
    }
    let icu: bool = scalar(
        conn,
        "SELECT EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i')",
    )
    .await?;
    if !icu {
        return Err("this PostgreSQL was built without ICU, so that names are not sorted as people expect: install your distribution's own package".to_owned());
    }
    Ok("UTF-8, with ICU".to_owned())
}

async fn time_zone(conn: &mut PgConnection, settings: &Settings) -> Finding {
    let wanted = settings.time_zone.name();
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1)")
        .bind(wanted)
        .fetch_one(&mut *conn)
        .await
        .map_err(|error| format!("the database does not answer: {error}"))?;
    if !known {
        return Err(format!(
            "the database does not know the shop's time zone {wanted}: install the package tzdata, or choose another with --time-zone"
        ));
    }
    let theirs: i64 = scalar(conn, "SELECT extract(epoch FROM clock_timestamp())::bigint").await?;
    let ours = machine_time().timestamp();
    let apart = theirs.abs_diff(ours);
    if apart > 5 {
        return Err(format!(
            "the clocks of this machine and of the database are {apart} s apart: let both follow a time server"
        ));
    }
    Ok(format!(
        "{wanted}, and the database's clock agrees with this machine's"
    ))
}

async fn schema(conn: &mut PgConnection) -> Finding {
    let there: bool = scalar(conn, "SELECT to_regclass('_sqlx_migrations') IS NOT NULL").await?;
    if !there {
        return Err("the database is still empty: start bizhub serve, which sets it up".to_owned());
    }
    let failed: bool = scalar(
        conn,
        "SELECT EXISTS (SELECT FROM _sqlx_migrations WHERE NOT success)",
    )
    .await?;
    if failed {
        return Err(
            "a change of the schema was cut off: restore the last backup, then start the server again"
                .to_owned(),
        );
    }
    match db::is_migrated(conn).await {
        Ok(true) => Ok("up to date".to_owned()),
        Ok(false) => Err(
            "it is not that of this version: run bizhub migrate, or start bizhub serve, which does it"
                .to_owned(),
        ),
        Err(error) => Err(format!("the database does not answer: {error}")),
    }
}

async fn books(conn: &mut PgConnection) -> Finding {
    let broken = app::verify::verify(conn)
        .await
        .map_err(|error| format!("they could not be read: {error}"))?;
    match broken.first() {
        None => Ok(format!("{} invariants hold", app::verify::invariants())),
        Some(first) => Err(format!(
            "{} of {} invariants are broken: keep a copy of the data and run bizhub verify, which names all; {first}",
            broken.len(),
            app::verify::invariants()
        )),
    }
}

async fn application_role(url: &str) -> Finding {
    let connect = async {
        let mut conn = PgConnection::connect(url).await?;
        let role: String = sqlx::query_scalar("SELECT current_user::text")
            .fetch_one(&mut conn)
            .await?;
        conn.close().await?;
        Ok::<_, sqlx::Error>(role)
    };
    match connect.await {
        Ok(role) if role == "bizhub_app" => Ok(role),
        Ok(role) => Err(format!(
            "the application connects as {role}, who may do more than it needs: let it connect as bizhub_app"
        )),
        Err(error) => Err(format!(
            "the application cannot connect ({error}): bring the schema up to date, which makes its role"
        )),
    }
}

async fn scalar<T>(conn: &mut PgConnection, question: &'static str) -> Result<T, String>
where
    T: Send + Unpin + sqlx::Type<sqlx::Postgres> + for<'r> sqlx::Decode<'r, sqlx::Postgres>,
{
    sqlx::query_scalar(question)
        .fetch_one(conn)
        .await
        .map_err(|error| format!("the database does not answer: {error}"))
}
