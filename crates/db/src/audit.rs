//! The audit log: who changed or looked at what (PRODUCT.md section 12). Append-only in the database.

use domain::UserId;
use serde_json::Value;
use sqlx::PgConnection;

/// One audit row, written in the transaction of the change itself.
#[derive(Debug)]
pub struct AuditRow<'a> {
    /// Who; `None` for the system itself.
    pub user_id: Option<UserId>,
    /// What was done, a stable word such as `sale.checkout`.
    pub action: &'a str,
    /// The table.
    pub entity: &'a str,
    /// The row.
    pub entity_id: Option<i32>,
    /// The row before, as far as it changed.
    pub before: Option<Value>,
    /// The row after.
    pub after: Option<Value>,
    /// The request.
    pub request_id: Option<&'a str>,
    /// Where it came from.
    pub address: Option<&'a str>,
}

/// Appends one row.
pub async fn audit_append(conn: &mut PgConnection, row: AuditRow<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO audit_log (at, user_id, action, entity, entity_id, before, after, request_id, address)
         VALUES (shop_now(), $1, $2, $3, $4, $5, $6, $7, $8)",
        row.user_id.map(UserId::get),
        row.action,
        row.entity,
        row.entity_id,
        row.before,
        row.after,
        row.request_id,
        row.address
    )
    .execute(conn)
    .await?;
    Ok(())
}
