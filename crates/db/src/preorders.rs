//! Preorders, their events and their money (schema sections 3.13 and 3.14). What moves with a step (device, event, number)
//! is done by the triggers of 0110_preorders.sql; what is said here of "overdue" needs a transaction of the shop's clock.

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, AssetStatus, CustomerId, CustomerType, DepositKind, Grade, ImportId, InvoiceId, LotId, Money,
    PaymentId, PaymentMethod, PreorderId, PreorderStatus, ProductModelId, UserId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A preorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct Preorder {
    /// Number of the record.
    pub id: PreorderId,
    /// `PRE-000001`.
    pub preorder_number: String,
    /// Who waits.
    pub customer_id: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Their phone.
    pub customer_phone: Option<String>,
    /// What they want, in their words.
    pub requested_specs: String,
    /// The model that would do, where it is known.
    pub product_model_id: Option<ProductModelId>,
    /// Its brand and name.
    pub model_name: Option<String>,
    /// The grade that is wanted.
    pub wanted_grade: Option<Grade>,
    /// What they want to spend at least.
    pub target_price_min: Option<Money>,
    /// What they want to spend at most.
    pub target_price_max: Option<Money>,
    /// What the device is to cost, without tax that comes on top; always there once a device arrived.
    pub agreed_price: Option<Money>,
    /// The deposit that is asked for, or was taken.
    pub deposit_amount: Money,
    /// Whether it was taken and seen.
    pub deposit_paid: bool,
    /// On which day.
    pub deposit_date: Option<NaiveDate>,
    /// How.
    pub deposit_payment_method: Option<PaymentMethod>,
    /// The other side's number for it.
    pub deposit_reference: Option<String>,
    /// Whether it is only claimed so far.
    pub deposit_claimed: bool,
    /// What of it the shop still holds for the customer.
    pub deposit_held: Money,
    /// Where it is.
    pub status: PreorderStatus,
    /// When it was ordered.
    pub order_date: Option<NaiveDate>,
    /// Until when it was promised.
    pub sla_date: Option<NaiveDate>,
    /// Whether it is past that date and still not here.
    pub is_overdue: bool,
    /// When it arrived.
    pub arrival_date: Option<NaiveDate>,
    /// When the customer was told.
    pub customer_notified_date: Option<NaiveDate>,
    /// What arrived.
    pub asset_id: Option<AssetId>,
    /// Its tag.
    pub asset_tag: Option<String>,
    /// The invoice by which it was picked up.
    pub invoice_id: Option<InvoiceId>,
    /// Its number.
    pub invoice_number: Option<String>,
    /// Why the customer did not want it.
    pub rejection_reason: Option<String>,
    /// What it brought when it was sold to somebody else.
    pub resale_recovery_amount: Option<Money>,
    /// The invoice of that sale.
    pub resale_invoice_id: Option<InvoiceId>,
    /// Its number.
    pub resale_invoice_number: Option<String>,
    /// Why a Manager decided what it is worth, where it sold to nobody.
    pub value_decided_reason: Option<String>,
    /// When the shop called it off, because it never came; it takes no other step then.
    pub called_off_at: Option<DateTime<Utc>>,
    /// Why.
    pub called_off_reason: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// The policy that was agreed to.
    pub policy_terms: Option<String>,
    /// Who looks after it.
    pub assigned_to: Option<UserId>,
    /// Their name.
    pub assigned_to_name: Option<String>,
    /// When it was taken.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

macro_rules! is_overdue {
    () => {
        "(p.status IN ('Ordered', 'In Transit') AND p.called_off_at IS NULL AND coalesce(p.sla_date < shop_today(), false))"
    };
}

macro_rules! undecided {
    () => {
        "(d.claimed AND NOT EXISTS (SELECT FROM preorder_deposit_decisions y WHERE y.deposit_id = d.id))"
    };
}

macro_rules! preorder_select {
    () => {
        concat!(
            "SELECT p.id, p.preorder_number, p.customer_id, c.full_name AS customer_name, c.phone AS customer_phone, p.requested_specs,
       p.product_model_id, m.brand || ' ' || m.model_name AS model_name, p.wanted_grade, p.target_price_min, p.target_price_max,
       p.agreed_price, p.deposit_amount, p.deposit_paid, p.deposit_date, p.deposit_payment_method, p.deposit_reference,
       EXISTS (SELECT FROM preorder_deposits d WHERE d.preorder_id = p.id AND ", undecided!(), ") AS deposit_claimed,
       h.held AS deposit_held, p.status, p.order_date, p.sla_date, ", is_overdue!(), " AS is_overdue, p.arrival_date,
       p.customer_notified_date, p.asset_id, a.asset_tag, p.invoice_id, i.invoice_number, p.rejection_reason,
       p.resale_recovery_amount, p.resale_invoice_id, r.invoice_number AS resale_invoice_number, p.value_decided_reason,
       p.called_off_at, p.called_off_reason, p.notes, p.policy_terms,
       p.assigned_to, u.full_name AS assigned_to_name, p.created_at, p.updated_at
FROM preorders p JOIN customers c ON c.id = p.customer_id JOIN view_preorder_deposits h ON h.preorder_id = p.id
LEFT JOIN product_models m ON m.id = p.product_model_id LEFT JOIN assets a ON a.id = p.asset_id
LEFT JOIN invoices i ON i.id = p.invoice_id LEFT JOIN invoices r ON r.id = p.resale_invoice_id
LEFT JOIN users u ON u.id = p.assigned_to"
        )
    };
}

/// All preorders, newest first.
pub const PREORDERS: ListSpec = ListSpec {
    select: preorder_select!(),
    always: "true",
    id: "p.id",
    sorts: &[
        Column { name: "created_at", sql: "p.created_at", kind: Kind::Instant },
        Column { name: "sla_date", sql: "coalesce(p.sla_date, date '9999-12-31')", kind: Kind::Date },
        Column { name: "id", sql: "p.id", kind: Kind::Int },
    ],
    default_sort: "-created_at",
    filters: &[
        Filter { name: "status", sql: "p.status = ?", kind: Kind::Text },
        Filter { name: "is_overdue", sql: concat!(is_overdue!(), " = ?"), kind: Kind::Bool },
        Filter { name: "is_called_off", sql: "(p.called_off_at IS NOT NULL) = ?", kind: Kind::Bool },
        Filter { name: "customer_id", sql: "p.customer_id = ?", kind: Kind::Int },
        Filter { name: "asset_id", sql: "p.asset_id = ?", kind: Kind::Int },
        Filter { name: "product_model_id", sql: "p.product_model_id = ?", kind: Kind::Int },
        Filter { name: "assigned_to", sql: "p.assigned_to = ?", kind: Kind::Int },
    ],
    search: Some(
        "p.preorder_number IN (upper(?), 'PRE-' || lpad(?, greatest(6, length(?)), '0')) OR strpos(lower(p.requested_specs), lower(?)) > 0
         OR p.customer_id = ANY (ARRAY(SELECT s.id FROM customers s WHERE s.full_name ILIKE '%' || ? || '%' LIMIT 500))",
    ),
};

/// Something that happened to a preorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct PreorderEvent {
    /// Number of the record.
    pub id: i32,
    /// The preorder.
    pub preorder_id: PreorderId,
    /// `created`, `deposit_received`, `ordered`, `in_transit`, `arrived`, `customer_notified`, `picked_up`, `rejected`,
    /// `resold`, `closed`, `given_up`, `called_off`, and what happens to its money.
    pub event_type: String,
    /// From which status; null when it stayed.
    pub from_status: Option<PreorderStatus>,
    /// To which; null when it stayed.
    pub to_status: Option<PreorderStatus>,
    /// More about it.
    pub notes: Option<String>,
    /// Who.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

macro_rules! event_select {
    () => {
        "SELECT e.id, e.preorder_id, e.event_type, e.from_status, e.to_status, e.notes, e.created_by, u.full_name AS created_by_name,
       e.created_at
FROM preorder_events e LEFT JOIN users u ON u.id = e.created_by"
    };
}

/// What happened to a preorder, newest first.
pub const EVENTS: ListSpec = ListSpec {
    select: event_select!(),
    always: "true",
    id: "e.id",
    sorts: &[Column {
        name: "id",
        sql: "e.id",
        kind: Kind::Int,
    }],
    default_sort: "-id",
    filters: &[Filter {
        name: "event_type",
        sql: "e.event_type = ?",
        kind: Kind::Text,
    }],
    search: None,
};

/// The same with the filter that the address of the preorder stands for.
pub const EVENTS_OF_PREORDER: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "event_type",
            sql: "e.event_type = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "preorder_id",
            sql: "e.preorder_id = ?",
            kind: Kind::Int,
        },
    ],
    ..EVENTS
};

/// A row of a preorder's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct PreorderDeposit {
    /// Number of the record.
    pub id: i32,
    /// Deposit, Refund, Kept or Shortfall.
    pub kind: DepositKind,
    /// Its business day.
    pub entry_date: NaiveDate,
    /// How; null where no money moved.
    pub payment_method: Option<PaymentMethod>,
    /// How much.
    pub amount: Money,
    /// The other side's number for it.
    pub reference: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// Whether the customer only said so when it was written.
    pub claimed: bool,
    /// What became of the claim: whether the money came; null before anybody said.
    pub confirmed: Option<bool>,
    /// Who took or gave it.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A deposit that the shop holds for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct DepositHeld {
    /// The preorder.
    pub preorder_id: PreorderId,
    /// Its number.
    pub preorder_number: String,
    /// Whose money it is.
    pub customer_id: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Their phone.
    pub customer_phone: Option<String>,
    /// Where the preorder is.
    pub status: PreorderStatus,
    /// When it was taken.
    pub deposit_date: Option<NaiveDate>,
    /// How.
    pub deposit_payment_method: Option<PaymentMethod>,
    /// The other side's number for it.
    pub deposit_reference: Option<String>,
    /// Whether it is only claimed so far.
    pub deposit_claimed: bool,
    /// What is held.
    pub deposit_held: Money,
}

/// The deposits that are held, oldest first. They add up to the books: [`held_total`].
pub const DEPOSITS_HELD: ListSpec = ListSpec {
    select: concat!(
        "SELECT p.id AS preorder_id, p.preorder_number, p.customer_id, c.full_name AS customer_name, c.phone AS customer_phone, p.status,
       p.deposit_date, p.deposit_payment_method, p.deposit_reference, h.held AS deposit_held,
       EXISTS (SELECT FROM preorder_deposits d WHERE d.preorder_id = p.id AND ",
        undecided!(),
        ") AS deposit_claimed
FROM preorders p JOIN customers c ON c.id = p.customer_id JOIN view_preorder_deposits h ON h.preorder_id = p.id"
    ),
    always: "h.held <> 0",
    id: "p.id",
    sorts: &[
        Column { name: "deposit_date", sql: "coalesce(p.deposit_date, date '9999-12-31')", kind: Kind::Date },
        Column { name: "deposit_held", sql: "h.held", kind: Kind::Money },
    ],
    default_sort: "deposit_date",
    filters: &[
        Filter { name: "status", sql: "p.status = ?", kind: Kind::Text },
        Filter { name: "customer_id", sql: "p.customer_id = ?", kind: Kind::Int },
    ],
    search: Some("p.preorder_number = upper(?) OR strpos(lower(c.full_name), lower(?)) > 0"),
};

/// What a preorder is taken with.
#[derive(Debug, Clone)]
pub struct PreorderValues {
    /// Who waits.
    pub customer_id: CustomerId,
    /// What they want.
    pub requested_specs: String,
    /// The model that would do.
    pub product_model_id: Option<ProductModelId>,
    /// The grade that is wanted.
    pub wanted_grade: Option<Grade>,
    /// At least.
    pub target_price_min: Option<Money>,
    /// At most.
    pub target_price_max: Option<Money>,
    /// The price.
    pub agreed_price: Option<Money>,
    /// The deposit to be taken.
    pub deposit_amount: Money,
    /// Notes.
    pub notes: Option<String>,
    /// The policy; the schema's own words when absent.
    pub policy_terms: Option<String>,
    /// Who looks after it.
    pub assigned_to: Option<UserId>,
}

/// Takes a preorder.
pub async fn preorder_insert(conn: &mut PgConnection, v: &PreorderValues) -> Result<PreorderId, sqlx::Error> {
    let id: PreorderId = sqlx::query_scalar(
        "INSERT INTO preorders (customer_id, requested_specs, product_model_id, wanted_grade, target_price_min, target_price_max,
                                agreed_price, deposit_amount, notes, assigned_to)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
    )
    .bind(v.customer_id)
    .bind(&v.requested_specs)
    .bind(v.product_model_id)
    .bind(v.wanted_grade)
    .bind(v.target_price_min)
    .bind(v.target_price_max)
    .bind(v.agreed_price)
    .bind(v.deposit_amount)
    .bind(&v.notes)
    .bind(v.assigned_to)
    .fetch_one(&mut *conn)
    .await?;
    if let Some(terms) = &v.policy_terms {
        sqlx::query("UPDATE preorders SET policy_terms = $2 WHERE id = $1")
            .bind(id)
            .bind(terms)
            .execute(conn)
            .await?;
    }
    Ok(id)
}

/// The kind of a customer who is not deleted, who stays until the transaction ends.
pub async fn buyer_lock(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Option<CustomerType>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT customer_type FROM customers WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Reads a preorder.
pub async fn preorder_find(conn: &mut PgConnection, id: PreorderId) -> Result<Option<Preorder>, sqlx::Error> {
    sqlx::query_as(concat!(preorder_select!(), " WHERE p.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Reads a preorder after locking its row: what is read is what the last holder of the lock left.
pub async fn preorder_lock(conn: &mut PgConnection, id: PreorderId) -> Result<Option<Preorder>, sqlx::Error> {
    sqlx::query("SELECT id FROM preorders WHERE id = $1 FOR NO KEY UPDATE")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    preorder_find(conn, id).await
}

/// What a step writes beside the status.
#[derive(Debug, Default)]
pub struct StepValues<'a> {
    /// What arrived.
    pub asset_id: Option<AssetId>,
    /// By which it is picked up.
    pub invoice_id: Option<InvoiceId>,
    /// Until when it is promised, in days from the order.
    pub sla_days: Option<i32>,
    /// Why it is rejected.
    pub rejection_reason: Option<&'a str>,
    /// For the event.
    pub note: Option<&'a str>,
    /// For the movement of the device.
    pub reason: Option<&'a str>,
}

/// Moves a preorder on. Its device, its dates and its event follow by the database's own triggers.
pub async fn preorder_step(
    conn: &mut PgConnection,
    id: PreorderId,
    to: PreorderStatus,
    step: &StepValues<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('bizhub.preorder_note', $1, true), set_config('bizhub.reason', coalesce($2, current_setting('bizhub.reason', true), ''), true)")
        .bind(step.note.unwrap_or_default())
        .bind(step.reason)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE preorders SET status = $2, asset_id = coalesce($3, asset_id), invoice_id = coalesce($4, invoice_id),
                sla_date = CASE WHEN $5::integer IS NULL THEN sla_date ELSE shop_today() + $5 END,
                rejection_reason = coalesce($6, rejection_reason)
         WHERE id = $1",
    )
    .bind(id)
    .bind(to)
    .bind(step.asset_id)
    .bind(step.invoice_id)
    .bind(step.sla_days)
    .bind(step.rejection_reason)
    .execute(&mut *conn)
    .await?;
    sqlx::query("SELECT set_config('bizhub.preorder_note', '', true)")
        .execute(conn)
        .await?;
    Ok(())
}

/// Calls off what never comes. Its whole deposit goes back in the same transaction, or the commit refuses.
pub async fn preorder_call_off(
    conn: &mut PgConnection,
    id: PreorderId,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE preorders SET called_off_at = shop_now(), called_off_reason = $2 WHERE id = $1")
        .bind(id)
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes what was rejected Resold for what it is decided to be worth, without a sale.
pub async fn preorder_decide_value(
    conn: &mut PgConnection,
    id: PreorderId,
    value: Money,
    reason: &str,
    note: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('bizhub.preorder_note', $1, true)")
        .bind(note)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE preorders SET status = 'Resold', resale_recovery_amount = $2, value_decided_reason = $3 WHERE id = $1",
    )
    .bind(id)
    .bind(value)
    .bind(reason)
    .execute(&mut *conn)
    .await?;
    sqlx::query("SELECT set_config('bizhub.preorder_note', '', true)")
        .execute(conn)
        .await?;
    Ok(())
}

/// A row of a preorder's money to be written.
#[derive(Debug)]
pub struct DepositValues<'a> {
    /// Deposit, Refund, Kept or Shortfall.
    pub kind: DepositKind,
    /// How; none where no money moves.
    pub payment_method: Option<PaymentMethod>,
    /// How much.
    pub amount: Money,
    /// The other side's number for it.
    pub reference: Option<&'a str>,
    /// Notes.
    pub notes: Option<&'a str>,
    /// Whether the customer only says so.
    pub claimed: bool,
}

/// Writes a row of a preorder's money.
pub async fn deposit_insert(
    conn: &mut PgConnection,
    id: PreorderId,
    v: &DepositValues<'_>,
) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO preorder_deposits (preorder_id, kind, payment_method, amount, reference, notes, claimed)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind(id)
    .bind(v.kind)
    .bind(v.payment_method)
    .bind(v.amount)
    .bind(v.reference)
    .bind(v.notes)
    .bind(v.claimed)
    .fetch_one(conn)
    .await
}

/// Writes whether the money of a claimed deposit came; when it did not, with the row that takes it back.
pub async fn decision_insert(
    conn: &mut PgConnection,
    deposit: i32,
    refund: Option<i32>,
    reason: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO preorder_deposit_decisions (deposit_id, confirmed, refund_id, reason) VALUES ($1, $2, $3, $4)")
        .bind(deposit)
        .bind(refund.is_none())
        .bind(refund)
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(())
}

/// Pays an invoice with what is held for a preorder. It was in a till on its own day and is in none now.
pub async fn deposit_apply(
    conn: &mut PgConnection,
    invoice: InvoiceId,
    id: PreorderId,
    amount: Money,
    reference: &str,
    notes: &str,
) -> Result<PaymentId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO payments (invoice_id, payment_method, amount, reference, notes, preorder_id)
         VALUES ($1, 'Other', $2, $3, $4, $5) RETURNING id",
    )
    .bind(invoice)
    .bind(amount)
    .bind(reference)
    .bind(notes)
    .bind(id)
    .fetch_one(conn)
    .await
}

/// The money of a preorder, in order.
pub async fn preorder_deposits(
    conn: &mut PgConnection,
    id: PreorderId,
) -> Result<Vec<PreorderDeposit>, sqlx::Error> {
    sqlx::query_as(
        "SELECT d.id, d.kind, d.entry_date, d.payment_method, d.amount, d.reference, d.notes, d.claimed, y.confirmed, d.created_by,
                u.full_name AS created_by_name, d.created_at
         FROM preorder_deposits d LEFT JOIN preorder_deposit_decisions y ON y.deposit_id = d.id
         LEFT JOIN users u ON u.id = d.created_by WHERE d.preorder_id = $1 ORDER BY d.id",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What happened to a preorder, in order.
pub async fn preorder_events(
    conn: &mut PgConnection,
    id: PreorderId,
) -> Result<Vec<PreorderEvent>, sqlx::Error> {
    sqlx::query_as(concat!(
        event_select!(),
        " WHERE e.preorder_id = $1 ORDER BY e.id"
    ))
    .bind(id)
    .fetch_all(conn)
    .await
}

/// What all deposits that are held come to, and how many they are.
pub async fn held_total(conn: &mut PgConnection) -> Result<(i64, Money), sqlx::Error> {
    sqlx::query_as("SELECT count(*), coalesce(sum(held), 0) FROM view_preorder_deposits WHERE held <> 0")
        .fetch_one(conn)
        .await
}

/// The board: of each status but Closed so many preorders, the most urgent first, each with how many there are.
pub async fn preorder_board(
    conn: &mut PgConnection,
    most: i64,
) -> Result<Vec<(PreorderStatus, i64, Vec<PreorderId>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT status, count(*), (array_agg(id ORDER BY coalesce(sla_date, created_at::date), id))[1:$1::integer]
         FROM preorders WHERE status <> 'Closed' AND called_off_at IS NULL GROUP BY status",
    )
    .bind(most)
    .fetch_all(conn)
    .await
}

/// Reads preorders by number.
pub async fn preorders_by_id(
    conn: &mut PgConnection,
    ids: &[PreorderId],
) -> Result<Vec<Preorder>, sqlx::Error> {
    sqlx::query_as(concat!(
        preorder_select!(),
        " WHERE p.id = ANY ($1) ORDER BY coalesce(p.sla_date, p.created_at::date), p.id"
    ))
    .bind(ids)
    .fetch_all(conn)
    .await
}

/// A device that would do for a preorder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct FittingDevice {
    /// The device.
    pub asset_id: AssetId,
    /// Its tag.
    pub asset_tag: String,
    /// Its serial number.
    pub serial_number: String,
    /// Brand, model and what is in it.
    pub title: String,
    /// Its grade.
    pub condition_grade: Option<Grade>,
    /// Where it is in its life: only what is Ready for Sale can be kept now.
    pub status: AssetStatus,
    /// What it costs.
    pub list_price: Option<Money>,
}

// A device fits by its model, or, where none was named, when the customer's words name the first two words of its model.
macro_rules! fits {
    () => {
        "(p.product_model_id = m.id OR (p.product_model_id IS NULL
           AND strpos(lower(p.requested_specs), lower(btrim(split_part(m.model_name, ' ', 1) || ' ' || split_part(m.model_name, ' ', 2)))) > 0))
         AND (p.wanted_grade IS NULL OR a.condition_grade IS NULL OR p.wanted_grade = a.condition_grade)"
    };
}

/// Devices in the house that would do for a preorder: those that can be kept now first.
pub async fn devices_fitting(
    conn: &mut PgConnection,
    id: PreorderId,
    most: i64,
) -> Result<Vec<FittingDevice>, sqlx::Error> {
    sqlx::query_as(concat!(
        "SELECT a.id AS asset_id, a.asset_tag, a.serial_number, concat_ws(' · ', m.brand || ' ' || m.model_name, m.cpu, m.ram, m.storage) AS title,
                a.condition_grade, a.status, coalesce(a.list_price, CASE a.condition_grade WHEN 'A' THEN m.default_price_grade_a
                  WHEN 'B' THEN m.default_price_grade_b WHEN 'C' THEN m.default_price_grade_c END) AS list_price
         FROM preorders p JOIN product_models m ON true JOIN assets a ON a.product_model_id = m.id
         WHERE p.id = $1 AND a.status IN ('Ready for Sale', 'QC Pending', 'Wipe Pending', 'Diagnostics Pending', 'Received') AND ",
        fits!(),
        " ORDER BY array_position(ARRAY['Ready for Sale', 'QC Pending', 'Wipe Pending', 'Diagnostics Pending', 'Received'], a.status::text),
                  a.received_date, a.id LIMIT $2"
    ))
    .bind(id)
    .bind(most)
    .fetch_all(conn)
    .await
}

/// Open preorders whose device is still to come and for which one of these devices would do: the most urgent first.
pub async fn preorders_fitting(
    conn: &mut PgConnection,
    assets: &[AssetId],
) -> Result<Vec<Preorder>, sqlx::Error> {
    let ids: Vec<PreorderId> = sqlx::query_scalar(concat!(
        "SELECT p.id FROM preorders p WHERE p.status IN ('Ordered', 'In Transit') AND p.called_off_at IS NULL AND EXISTS (
           SELECT FROM assets a JOIN product_models m ON m.id = a.product_model_id WHERE a.id = ANY ($1)
             AND a.status IN ('Ready for Sale', 'QC Pending', 'Wipe Pending', 'Diagnostics Pending', 'Received') AND ",
        fits!(),
        ") ORDER BY p.sla_date, p.id LIMIT 50"
    ))
    .bind(assets)
    .fetch_all(&mut *conn)
    .await?;
    preorders_by_id(conn, &ids).await
}

/// Open preorders for which something would do that came with this import.
pub async fn preorders_fitting_import(
    conn: &mut PgConnection,
    import: ImportId,
) -> Result<Vec<Preorder>, sqlx::Error> {
    let assets: Vec<AssetId> = sqlx::query_scalar(
        "SELECT id FROM assets WHERE import_id = $1 AND voided_at IS NULL ORDER BY id LIMIT 5000",
    )
    .bind(import)
    .fetch_all(&mut *conn)
    .await?;
    preorders_fitting(conn, &assets).await
}

/// Open preorders for which something would do that is of this lot.
pub async fn preorders_fitting_lot(
    conn: &mut PgConnection,
    lot: LotId,
) -> Result<Vec<Preorder>, sqlx::Error> {
    let assets: Vec<AssetId> = sqlx::query_scalar(
        "SELECT id FROM assets WHERE lot_id = $1 AND voided_at IS NULL ORDER BY id LIMIT 5000",
    )
    .bind(lot)
    .fetch_all(&mut *conn)
    .await?;
    preorders_fitting(conn, &assets).await
}

/// The device with this tag or serial number.
pub async fn device_by_code(conn: &mut PgConnection, code: &str) -> Result<Option<AssetId>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM assets
         WHERE (upper(asset_tag) = upper($1) OR serial_key(serial_number) = serial_key($1)) AND voided_at IS NULL ORDER BY id LIMIT 1")
        .bind(code.trim())
        .fetch_optional(conn)
        .await
}

/// The status of a device, whose row is locked until the transaction ends.
pub async fn device_lock(
    conn: &mut PgConnection,
    id: AssetId,
) -> Result<Option<(AssetStatus, String)>, sqlx::Error> {
    sqlx::query_as("SELECT status, asset_tag::text FROM assets WHERE id = $1 FOR NO KEY UPDATE")
        .bind(id)
        .fetch_optional(conn)
        .await
}
