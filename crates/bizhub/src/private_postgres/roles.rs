//! The roles and the database inside the cluster.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::postmaster::Plan;
use super::urls::DATABASE;

/// Makes what is missing. `new_passwords` sets those of the existing roles too.
pub async fn ensure(plan: &Plan, time_zone: &str, new_passwords: bool) -> Result<(), sqlx::Error> {
    let mut connection = plan.superuser().await?;
    let conn = &mut connection;
    // The statements hold passwords: none of them goes to the log.
    conn.execute("SET log_min_duration_statement = -1; SET log_min_error_statement = panic")
        .await?;
    let secrets = &plan.secrets;
    let roles = [
        // Migrations make and grant roles; without being superuser the owner may.
        ("bizhub_owner", "LOGIN CREATEROLE", &secrets.owner),
        ("bizhub_app", "LOGIN", &secrets.app),
        ("bizhub_readonly", "LOGIN", &secrets.readonly),
    ];
    for (role, rights, password) in roles {
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
            .bind(role)
            .fetch_one(&mut *conn)
            .await?;
        // The names are ours and the passwords consist of letters, digits, - and _.
        if !exists {
            conn.execute(AssertSqlSafe(format!(
                "CREATE ROLE {role} {rights} PASSWORD '{password}'"
            )))
            .await?;
        } else if new_passwords {
            conn.execute(AssertSqlSafe(format!("ALTER ROLE {role} PASSWORD '{password}'")))
                .await?;
        }
    }
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(DATABASE)
        .fetch_one(&mut *conn)
        .await?;
    if !exists {
        set_up_database(conn).await?;
    }
    let zone: Option<String> = sqlx::query_scalar(
        "SELECT split_part(setting, '=', 2) FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS setting \
         WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = $1) AND setrole = 0 \
         AND lower(setting) LIKE 'timezone=%'",
    )
    .bind(DATABASE)
    .fetch_optional(&mut *conn)
    .await?;
    if zone.as_deref() != Some(time_zone) {
        // The name is one of the zones that the settings know.
        conn.execute(AssertSqlSafe(format!(
            "ALTER DATABASE {DATABASE} SET timezone TO '{time_zone}'"
        )))
        .await?;
    }
    connection.close().await
}

async fn set_up_database(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    for statement in [
        "GRANT bizhub_app, bizhub_readonly TO bizhub_owner WITH ADMIN OPTION",
        "ALTER ROLE bizhub_readonly SET default_transaction_read_only = on",
        "CREATE DATABASE bizhub OWNER bizhub_owner",
        "REVOKE ALL ON DATABASE bizhub FROM PUBLIC",
        "GRANT CONNECT ON DATABASE bizhub TO bizhub_app, bizhub_readonly",
    ] {
        conn.execute(statement).await?;
    }
    Ok(())
}
