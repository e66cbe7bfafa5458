//! Messages to customers: the outbox, what customers allow, and the keys of the ways out (PRODUCT.md section 12).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Allows, Channel, ConsentHow, CustomerId, InvoiceId, MessageId, MessageKind, MessageStatus, Money,
    PreorderId, RepairTicketId, ReturnId, UserId, WarrantyId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Message {
    /// Number of the record.
    pub id: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// How it goes.
    pub channel: Channel,
    /// Where it is on its way.
    pub status: MessageStatus,
    /// The customer, where there is one.
    pub customer_id: Option<CustomerId>,
    /// Their name.
    pub customer_name: Option<String>,
    /// Phone in international form, or e-mail address.
    pub recipient: String,
    /// Subject, of an e-mail.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// Number of the document that it is about.
    pub about: Option<String>,
    /// The invoice that it is about.
    pub invoice_id: Option<InvoiceId>,
    /// The return that it is about.
    pub return_id: Option<ReturnId>,
    /// The preorder that it is about.
    pub preorder_id: Option<PreorderId>,
    /// The repair that it is about.
    pub repair_ticket_id: Option<RepairTicketId>,
    /// The warranty that it is about.
    pub warranty_id: Option<WarrantyId>,
    /// First day of a statement.
    pub statement_from: Option<NaiveDate>,
    /// Last day of a statement.
    pub statement_to: Option<NaiveDate>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Why it did not go out the last time.
    pub last_error: Option<String>,
    /// When it was taken.
    pub sent_at: Option<DateTime<Utc>>,
    /// Who wrote it; null for BizHub itself.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Where a WhatsApp message is opened.
    #[sqlx(default)]
    pub link: Option<String>,
}

macro_rules! message_select {
    () => {
        "SELECT m.id, m.kind, m.channel, m.status, m.customer_id, coalesce(c.business_name, c.full_name) AS customer_name,
       m.recipient, m.subject, m.body,
       coalesce(r.return_number, p.preorder_number, t.ticket_number, w.warranty_number, i.invoice_number) AS about,
       m.invoice_id, m.return_id, m.preorder_id, m.repair_ticket_id, m.warranty_id, m.statement_from, m.statement_to,
       m.attempts, m.next_attempt_at, m.last_error, m.sent_at, m.created_by, u.full_name AS created_by_name, m.created_at, m.updated_at
FROM messages m
LEFT JOIN customers c ON c.id = m.customer_id
LEFT JOIN users u ON u.id = m.created_by
LEFT JOIN invoices i ON i.id = m.invoice_id
LEFT JOIN returns r ON r.id = m.return_id
LEFT JOIN preorders p ON p.id = m.preorder_id
LEFT JOIN repair_tickets t ON t.id = m.repair_ticket_id
LEFT JOIN warranties w ON w.id = m.warranty_id"
    };
}

/// The list of messages, newest first.
pub const MESSAGES: ListSpec = ListSpec {
    select: message_select!(),
    always: "true",
    id: "m.id",
    sorts: &[
        Column { name: "created_at", sql: "m.created_at", kind: Kind::Instant },
        Column { name: "id", sql: "m.id", kind: Kind::Int },
    ],
    default_sort: "-created_at",
    filters: &[
        Filter { name: "status", sql: "m.status = ?", kind: Kind::Text },
        Filter { name: "channel", sql: "m.channel = ?", kind: Kind::Text },
        Filter { name: "kind", sql: "m.kind = ?", kind: Kind::Text },
        Filter { name: "customer_id", sql: "m.customer_id = ?", kind: Kind::Int },
        Filter { name: "invoice_id", sql: "m.invoice_id = ?", kind: Kind::Int },
        Filter { name: "preorder_id", sql: "m.preorder_id = ?", kind: Kind::Int },
        Filter { name: "repair_ticket_id", sql: "m.repair_ticket_id = ?", kind: Kind::Int },
        Filter { name: "warranty_id", sql: "m.warranty_id = ?", kind: Kind::Int },
    ],
    search: Some(
        "m.recipient = ? OR m.invoice_id = ANY (ARRAY(SELECT s.id FROM invoices s WHERE s.invoice_number = upper(?)))
         OR m.customer_id = ANY (ARRAY(SELECT s.id FROM customers s WHERE s.full_name ILIKE '%' || ? || '%'
              OR s.business_name ILIKE '%' || ? || '%' LIMIT 500))",
    ),
};

/// The same for those who see messages about documents only.
pub const MESSAGES_ABOUT_DOCUMENTS: ListSpec = ListSpec {
    always: "m.kind <> 'Test'",
    ..MESSAGES
};

/// What is written of a new message.
#[derive(Debug, Clone)]
pub struct MessageValues {
    /// What it is about.
    pub kind: MessageKind,
    /// How it goes.
    pub channel: Channel,
    /// To whom.
    pub customer_id: Option<CustomerId>,
    /// Phone or address.
    pub recipient: String,
    /// Subject, of an e-mail.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// About this invoice.
    pub invoice_id: Option<InvoiceId>,
    /// About this return.
    pub return_id: Option<ReturnId>,
    /// About this preorder.
    pub preorder_id: Option<PreorderId>,
    /// About this repair.
    pub repair_ticket_id: Option<RepairTicketId>,
    /// About this warranty.
    pub warranty_id: Option<WarrantyId>,
    /// About the account over these days.
    pub statement: Option<(NaiveDate, NaiveDate)>,
}

/// Writes a message: Queued for now, or Ready for WhatsApp.
pub async fn message_insert(conn: &mut PgConnection, v: &MessageValues) -> Result<MessageId, sqlx::Error> {
    sqlx::query_scalar!(
        r#"INSERT INTO messages (kind, channel, status, next_attempt_at, customer_id, recipient, subject, body, invoice_id, return_id,
                                 preorder_id, repair_ticket_id, warranty_id, statement_from, statement_to)
           VALUES ($1, $2::text, CASE $2::text WHEN 'WhatsApp' THEN 'Ready' ELSE 'Queued' END, CASE $2::text WHEN 'WhatsApp' THEN NULL ELSE shop_now() END,
                   $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
           RETURNING id AS "id: MessageId""#,
        v.kind.as_str(),
        v.channel.as_str(),
        v.customer_id.map(CustomerId::get),
        v.recipient,
        v.subject,
        v.body,
        v.invoice_id.map(InvoiceId::get),
        v.return_id.map(ReturnId::get),
        v.preorder_id.map(PreorderId::get),
        v.repair_ticket_id.map(RepairTicketId::get),
        v.warranty_id.map(WarrantyId::get),
        v.statement.map(|s| s.0),
        v.statement.map(|s| s.1)
    )
    .fetch_one(conn)
    .await
}

/// Reads a message.
pub async fn message_find(conn: &mut PgConnection, id: MessageId) -> Result<Option<Message>, sqlx::Error> {
    sqlx::query_as(concat!(message_select!(), " WHERE m.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Reads a message and locks its row.
pub async fn message_lock(conn: &mut PgConnection, id: MessageId) -> Result<Option<Message>, sqlx::Error> {
    sqlx::query_as(concat!(
        message_select!(),
        " WHERE m.id = $1 FOR NO KEY UPDATE OF m"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The newest messages to a customer.
pub async fn customer_messages(
    conn: &mut PgConnection,
    id: CustomerId,
    limit: i64,
) -> Result<Vec<Message>, sqlx::Error> {
    sqlx::query_as(concat!(
        message_select!(),
        " WHERE m.customer_id = $1 ORDER BY m.id DESC LIMIT $2"
    ))
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Takes the message that has waited longest, for one server alone: it is Sending, and after the lease Unclear.
pub async fn message_claim(
    conn: &mut PgConnection,
    lease_seconds: i32,
) -> Result<Option<Message>, sqlx::Error> {
    let id = sqlx::query_scalar!(
        r#"UPDATE messages SET status = 'Sending', attempts = attempts + 1, next_attempt_at = NULL,
                  claimed_until = shop_now() + make_interval(secs => $1::integer)
           WHERE id = (SELECT id FROM messages WHERE status = 'Queued' AND next_attempt_at <= shop_now()
                       ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING id AS "id: MessageId""#,
        lease_seconds
    )
    .fetch_optional(&mut *conn)
    .await?;
    match id {
        Some(id) => message_find(conn, id).await,
        None => Ok(None),
    }
}

/// How an attempt ended. Only the attempt that is on the wire counts: one that comes too late changes nothing, but to say
/// that an Unclear message went out after all.
pub async fn message_finish(
    conn: &mut PgConnection,
    id: MessageId,
    attempt: i32,
    to: MessageStatus,
    words: Option<&str>,
    next: Option<DateTime<Utc>>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE messages SET status = $3::text, last_error = $4, next_attempt_at = $5, claimed_until = NULL,
                sent_at = CASE $3::text WHEN 'Sent' THEN shop_now() END
         WHERE id = $1 AND attempts = $2 AND (status = 'Sending' OR (status = 'Unclear' AND $3::text = 'Sent'))",
        id.get(),
        attempt,
        to.as_str(),
        words,
        next
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Makes Unclear what is Sending past its lease: the server that had it is gone.
pub async fn messages_lose(conn: &mut PgConnection, words: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE messages SET status = 'Unclear', claimed_until = NULL, last_error = $1
         WHERE id IN (SELECT id FROM messages WHERE status = 'Sending' AND claimed_until < shop_now() FOR UPDATE SKIP LOCKED)",
        words
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// What a person decides: to Queued it is tried at once.
pub async fn message_move(
    conn: &mut PgConnection,
    id: MessageId,
    to: MessageStatus,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE messages SET status = $2::text, next_attempt_at = CASE $2::text WHEN 'Queued' THEN shop_now() END WHERE id = $1",
        id.get(),
        to.as_str()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A step of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageEvent {
    /// To where.
    pub to_status: MessageStatus,
    /// The how manieth attempt.
    pub attempt: i32,
    /// What the other side said.
    pub words: Option<String>,
    /// Who did it; none is BizHub itself.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// The steps of a message, newest first.
pub async fn message_events(
    conn: &mut PgConnection,
    id: MessageId,
) -> Result<Vec<MessageEvent>, sqlx::Error> {
    sqlx::query_as!(
        MessageEvent,
        r#"SELECT e.to_status AS "to_status: MessageStatus", e.attempt, e.words, u.full_name AS "created_by_name?", e.created_at
           FROM message_events e LEFT JOIN users u ON u.id = e.created_by
           WHERE e.message_id = $1 ORDER BY e.id DESC LIMIT 200"#,
        id.get()
    )
    .fetch_all(conn)
    .await
}

/// How many messages need a person: Failed and Unclear.
pub async fn messages_waiting_for_people(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM messages WHERE status IN ('Failed', 'Unclear')"#)
        .fetch_one(conn)
        .await
}

/// What is told of a preorder or a repair.
#[derive(Debug, Clone)]
pub struct Subject {
    /// `PRE-000001`, `TKT-000001`
    pub number: String,
    /// The customer.
    pub customer_id: Option<CustomerId>,
    /// The device, as it was asked for or is called.
    pub device: String,
    /// What is to pay, as far as the record itself says.
    pub amount: Money,
}

/// A preorder, as its message tells it.
pub async fn preorder_subject(
    conn: &mut PgConnection,
    id: PreorderId,
) -> Result<Option<Subject>, sqlx::Error> {
    sqlx::query_as!(
        Subject,
        r#"SELECT p.preorder_number AS number, p.customer_id AS "customer_id?: CustomerId",
                  coalesce(m.brand || ' ' || m.model_name, p.requested_specs) AS "device!",
                  greatest(coalesce(p.agreed_price, a.list_price, CASE a.condition_grade WHEN 'A' THEN m.default_price_grade_a
                    WHEN 'B' THEN m.default_price_grade_b ELSE m.default_price_grade_c END, 0) - d.held, 0)::numeric(10, 2) AS "amount!: Money"
           FROM preorders p JOIN view_preorder_deposits d ON d.preorder_id = p.id LEFT JOIN assets a ON a.id = p.asset_id LEFT JOIN product_models m ON m.id = a.product_model_id
           WHERE p.id = $1"#,
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// A repair, as its message tells it.
pub async fn repair_subject(
    conn: &mut PgConnection,
    id: RepairTicketId,
) -> Result<Option<Subject>, sqlx::Error> {
    sqlx::query_as!(
        Subject,
        r#"SELECT t.ticket_number AS number, t.customer_id AS "customer_id?: CustomerId",
                  coalesce(m.brand || ' ' || m.model_name, nullif(concat_ws(' ', t.device_brand, t.device_model), ''), t.issue_type) AS "device!",
                  CASE t.paid_by WHEN 'Customer' THEN t.total_cost ELSE 0 END AS "amount!: Money"
           FROM repair_tickets t LEFT JOIN assets a ON a.id = t.asset_id LEFT JOIN product_models m ON m.id = a.product_model_id
           WHERE t.id = $1"#,
        id.get()
    )
    .fetch_optional(conn)
    .await
}

/// Active warranties that end within so many days, of customers who want to be reminded, and of which nobody was told yet.
/// Until the transaction ends no other asks for them.
pub async fn warranties_to_remind(
    conn: &mut PgConnection,
    days: i32,
    limit: i64,
) -> Result<Vec<WarrantyId>, sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(7468)")
        .execute(&mut *conn)
        .await?;
    sqlx::query_scalar(
        "SELECT w.id FROM warranties w
         WHERE w.status = 'Active' AND w.end_date BETWEEN shop_today() AND shop_today() + $1
           AND NOT EXISTS (SELECT FROM messages m WHERE m.warranty_id = w.id)
           AND EXISTS (
             SELECT FROM (SELECT DISTINCT ON (c.channel) c.allows FROM customer_consents c
                          WHERE c.customer_id = w.customer_id ORDER BY c.channel, c.id DESC) last
             WHERE last.allows = 'Everything')
         ORDER BY w.end_date, w.id LIMIT $2",
    )
    .bind(days)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What a customer allows on a channel, as they said it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Consent {
    /// The channel.
    pub channel: Channel,
    /// What they allow.
    pub allows: Allows,
    /// The day on which they said so.
    pub given_on: NaiveDate,
    /// How they said so.
    pub given_how: ConsentHow,
    /// Who wrote it down.
    pub created_by_name: Option<String>,
}

/// What a customer said last, a row a channel that they spoke of.
pub async fn customer_consents(conn: &mut PgConnection, id: CustomerId) -> Result<Vec<Consent>, sqlx::Error> {
    sqlx::query_as!(
        Consent,
        r#"SELECT DISTINCT ON (k.channel) k.channel AS "channel: Channel", k.allows AS "allows: Allows", k.given_on,
                  k.given_how AS "given_how: ConsentHow", u.full_name AS "created_by_name?"
           FROM customer_consents k LEFT JOIN users u ON u.id = k.created_by
           WHERE k.customer_id = $1 ORDER BY k.channel, k.id DESC"#,
        id.get()
    )
    .fetch_all(conn)
    .await
}

/// Writes down what a customer allows.
pub async fn consent_insert(
    conn: &mut PgConnection,
    id: CustomerId,
    channel: Channel,
    allows: Allows,
    given_on: NaiveDate,
    given_how: ConsentHow,
) -> Result<(), sqlx::Error> {
    // Under its own name the macro's code looks like an attribute to clippy.
    let scope = allows.as_str();
    sqlx::query!(
        "INSERT INTO customer_consents (customer_id, channel, allows, given_on, given_how) VALUES ($1, $2, $3, $4, $5)",
        id.get(),
        channel.as_str(),
        scope,
        given_on,
        given_how.as_str()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A key. It goes on the wire and nowhere else.
pub async fn secret_find(conn: &mut PgConnection, name: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT value FROM secrets WHERE name = $1", name)
        .fetch_optional(conn)
        .await
}

/// Which keys there are.
pub async fn secret_names(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT name FROM secrets ORDER BY name")
        .fetch_all(conn)
        .await
}

/// Keeps a key, or forgets it.
pub async fn secret_set(conn: &mut PgConnection, name: &str, value: Option<&str>) -> Result<(), sqlx::Error> {
    match value {
        Some(value) => {
            sqlx::query!(
                "INSERT INTO secrets (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = shop_now(), updated_by = shop_actor()",
                name,
                value
            )
            .execute(conn)
            .await?
        }
        None => {
            sqlx::query!("DELETE FROM secrets WHERE name = $1", name)
                .execute(conn)
                .await?
        }
    };
    Ok(())
}
