//! Repair tickets, their parts and their history (schema sections 3.17 and 3.18).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, BulkStockId, CustomerId, EstimateAnswer, InvoiceId, InvoiceStatus, LedgerKind, Money, PaidBy,
    RepairEventId, RepairOutcome, RepairPartId, RepairStatus, RepairTicketId, UserId, WarrantyClaimId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A repair ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct RepairTicket {
    /// Number of the record.
    pub id: RepairTicketId,
    /// `TKT-000001`.
    pub ticket_number: String,
    /// Whose device it is; nobody's where the shop repairs its own.
    pub customer_id: Option<CustomerId>,
    /// Their name.
    pub customer_name: Option<String>,
    /// Their phone.
    pub customer_phone: Option<String>,
    /// A device that we sold or own.
    pub asset_id: Option<AssetId>,
    /// Its tag.
    pub asset_tag: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// What the device is called: its model, or what its owner says.
    pub device: Option<String>,
    /// Make of a device that we never had.
    pub device_brand: Option<String>,
    /// Its model.
    pub device_model: Option<String>,
    /// Its serial number.
    pub device_serial: Option<String>,
    /// Screen Repair, Battery Replacement …
    pub issue_type: String,
    /// What is wrong with it.
    pub issue_description: String,
    /// How it looked when it was taken in.
    pub condition_notes: Option<String>,
    /// What was handed in with it.
    pub accessories: Option<String>,
    /// By when it was promised.
    pub promised_date: Option<NaiveDate>,
    /// Where it is.
    pub status: RepairStatus,
    /// Since when.
    pub status_since: DateTime<Utc>,
    /// Who pays.
    pub paid_by: PaidBy,
    /// Whose work it is.
    pub assigned_to: Option<UserId>,
    /// Their name.
    pub assigned_to_name: Option<String>,
    /// The day it was taken in.
    pub opened_date: NaiveDate,
    /// The day it was closed.
    pub closed_date: Option<NaiveDate>,
    /// How it ended.
    pub outcome: Option<RepairOutcome>,
    /// What was done.
    pub resolution_notes: Option<String>,
    /// Labour and services: at their price for the customer, else at their cost.
    pub labor_cost: Option<Money>,
    /// Parts: at their price for the customer, else at their cost.
    pub parts_cost: Option<Money>,
    /// Both.
    pub total_cost: Option<Money>,
    /// What it was estimated to come to.
    pub estimate_amount: Option<Money>,
    /// What the estimate is for.
    pub estimate_notes: Option<String>,
    /// What the customer says to it.
    pub estimate_answer: Option<EstimateAnswer>,
    /// The invoice that bills it.
    pub invoice_id: Option<InvoiceId>,
    /// Its number.
    pub invoice_number: Option<String>,
    /// Where that invoice is.
    pub invoice_status: Option<InvoiceStatus>,
    /// The warranty claim behind it.
    pub warranty_claim_id: Option<WarrantyClaimId>,
    /// Its number.
    pub claim_number: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// When made.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

/// A part or a service on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct RepairPart {
    /// Number of the record.
    pub id: RepairPartId,
    /// The ticket.
    pub repair_ticket_id: RepairTicketId,
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// Its SKU then.
    pub sku: String,
    /// Its name then.
    pub item_name: String,
    /// False for a service, which counts as labour.
    pub is_stocked: bool,
    /// How many.
    pub quantity: i32,
    /// Price of one then.
    pub unit_price: Money,
    /// Cost of one then.
    pub unit_cost: Option<Money>,
    /// Who took it.
    pub added_by: Option<UserId>,
    /// Their name.
    pub added_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was given back.
    pub removed_at: Option<DateTime<Utc>>,
}

/// A ticket with its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RepairDetail {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: RepairTicket,
    /// Parts and services, those that were given back among them.
    pub parts: Vec<RepairPart>,
}

/// Something that happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct RepairEvent {
    /// Number of the record.
    pub id: RepairEventId,
    /// The ticket.
    pub repair_ticket_id: RepairTicketId,
    /// `status_change`, `note_added`, `assigned`, `part_added` …
    pub event_type: String,
    /// Status before.
    pub from_status: Option<RepairStatus>,
    /// Status then.
    pub to_status: Option<RepairStatus>,
    /// Words about it.
    pub notes: Option<String>,
    /// Who.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

macro_rules! ticket_select {
    () => {
        "SELECT t.id, t.ticket_number, t.customer_id, c.full_name AS customer_name, c.phone AS customer_phone, t.asset_id, a.asset_tag,
       a.serial_number, coalesce(m.brand || ' ' || m.model_name, nullif(concat_ws(' ', t.device_brand, t.device_model), '')) AS device,
       t.device_brand, t.device_model, t.device_serial, t.issue_type, t.issue_description, t.condition_notes, t.accessories,
       t.promised_date, t.status, t.status_since, t.paid_by, t.assigned_to, u.full_name AS assigned_to_name, t.opened_date,
       t.closed_date, t.outcome, t.resolution_notes, t.labor_cost, t.parts_cost, t.total_cost, t.estimate_amount, t.estimate_notes,
       t.estimate_answer, t.invoice_id, i.invoice_number, i.status AS invoice_status, k.id AS warranty_claim_id, k.claim_number,
       t.notes, t.created_at, t.updated_at
FROM repair_tickets t
LEFT JOIN customers c ON c.id = t.customer_id
LEFT JOIN assets a ON a.id = t.asset_id
LEFT JOIN product_models m ON m.id = a.product_model_id
LEFT JOIN users u ON u.id = t.assigned_to
LEFT JOIN invoices i ON i.id = t.invoice_id
LEFT JOIN warranty_claims k ON k.repair_ticket_id = t.id"
    };
}

/// Repair tickets, newest first.
pub const TICKETS: ListSpec = ListSpec {
    select: ticket_select!(),
    always: "true",
    id: "t.id",
    sorts: &[
        Column { name: "opened_date", sql: "t.opened_date", kind: Kind::Date },
        Column { name: "status_since", sql: "t.status_since", kind: Kind::Instant },
        Column { name: "promised_date", sql: "coalesce(t.promised_date, date '9999-12-31')", kind: Kind::Date },
        Column { name: "id", sql: "t.id", kind: Kind::Int },
    ],
    default_sort: "-id",
    filters: &[
        Filter { name: "status", sql: "t.status = ?", kind: Kind::Text },
        Filter { name: "open", sql: "(t.status <> 'Closed') = ?", kind: Kind::Bool },
        Filter { name: "assigned_to", sql: "t.assigned_to = ?", kind: Kind::Int },
        Filter { name: "customer_id", sql: "t.customer_id = ?", kind: Kind::Int },
        Filter { name: "asset_id", sql: "t.asset_id = ?", kind: Kind::Int },
        Filter { name: "invoice_id", sql: "t.invoice_id = ?", kind: Kind::Int },
        Filter { name: "paid_by", sql: "t.paid_by = ?", kind: Kind::Text },
        Filter { name: "uncollected_days", sql: "t.status = 'Ready' AND extract(epoch FROM shop_now() - t.status_since) > 86400.0 * ?", kind: Kind::Int },
        Filter { name: "from", sql: "t.opened_date >= ?", kind: Kind::Date },
        Filter { name: "to", sql: "t.opened_date <= ?", kind: Kind::Date },
    ],
    search: Some(
        "t.ticket_number IN (upper(?), 'TKT-' || lpad(?, greatest(6, length(?)), '0'))
         OR t.asset_id = ANY (ARRAY(SELECT s.id FROM assets s WHERE serial_key(s.serial_number) = serial_key(?) OR upper(s.asset_tag) = upper(?)))
         OR serial_key(t.device_serial) = serial_key(?) OR t.issue_type ILIKE '%' || ? || '%'
         OR t.customer_id = ANY (ARRAY(SELECT s.id FROM customers s WHERE s.full_name ILIKE '%' || ? || '%' LIMIT 500))",
    ),
};

/// What happened to a ticket, oldest first.
pub const EVENTS: ListSpec = ListSpec {
    select: "SELECT e.id, e.repair_ticket_id, e.event_type, e.from_status, e.to_status, e.notes, e.created_by, u.full_name AS created_by_name, e.created_at
FROM repair_events e LEFT JOIN users u ON u.id = e.created_by",
    always: "true",
    id: "e.id",
    sorts: &[Column { name: "id", sql: "e.id", kind: Kind::Int }],
    default_sort: "id",
    filters: &[Filter { name: "event_type", sql: "e.event_type = ?", kind: Kind::Text }],
    search: None,
};

/// The same with the filter that the address of the ticket stands for.
pub const EVENTS_OF_TICKET: ListSpec = ListSpec {
    filters: &[
        Filter {
            name: "event_type",
            sql: "e.event_type = ?",
            kind: Kind::Text,
        },
        Filter {
            name: "repair_ticket_id",
            sql: "e.repair_ticket_id = ?",
            kind: Kind::Int,
        },
    ],
    ..EVENTS
};

/// Reads a ticket.
pub async fn ticket_find(
    conn: &mut PgConnection,
    id: RepairTicketId,
) -> Result<Option<RepairTicket>, sqlx::Error> {
    sqlx::query_as(concat!(ticket_select!(), " WHERE t.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Reads a ticket and locks its row.
pub async fn ticket_lock(
    conn: &mut PgConnection,
    id: RepairTicketId,
) -> Result<Option<RepairTicket>, sqlx::Error> {
    sqlx::query_as(concat!(
        ticket_select!(),
        " WHERE t.id = $1 FOR NO KEY UPDATE OF t"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Reads a ticket with its parts.
pub async fn ticket_detail(
    conn: &mut PgConnection,
    id: RepairTicketId,
) -> Result<Option<RepairDetail>, sqlx::Error> {
    let Some(ticket) = ticket_find(&mut *conn, id).await? else {
        return Ok(None);
    };
    let parts = ticket_parts(conn, id).await?;
    Ok(Some(RepairDetail { ticket, parts }))
}

macro_rules! part_select {
    () => {
        "SELECT p.id, p.repair_ticket_id, p.bulk_stock_id, p.sku, p.item_name, p.is_stocked, p.quantity, p.unit_price, p.unit_cost,
                p.added_by, u.full_name AS added_by_name, p.created_at, p.removed_at
         FROM repair_parts p LEFT JOIN users u ON u.id = p.added_by"
    };
}

/// The parts of a ticket, in the order in which they were taken.
pub async fn ticket_parts(
    conn: &mut PgConnection,
    id: RepairTicketId,
) -> Result<Vec<RepairPart>, sqlx::Error> {
    sqlx::query_as(concat!(
        part_select!(),
        " WHERE p.repair_ticket_id = $1 ORDER BY p.id"
    ))
    .bind(id)
    .fetch_all(conn)
    .await
}

/// One part of a ticket.
pub async fn part_find(
    conn: &mut PgConnection,
    ticket: RepairTicketId,
    id: RepairPartId,
) -> Result<Option<RepairPart>, sqlx::Error> {
    sqlx::query_as(concat!(
        part_select!(),
        " WHERE p.repair_ticket_id = $1 AND p.id = $2"
    ))
    .bind(ticket)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// What is written of a ticket when it is taken in or changed.
#[derive(Debug, Clone)]
pub struct TicketValues {
    /// Whose it is.
    pub customer_id: Option<CustomerId>,
    /// A device that we sold or own.
    pub asset_id: Option<AssetId>,
    /// Make of another device.
    pub device_brand: Option<String>,
    /// Its model.
    pub device_model: Option<String>,
    /// Its serial number.
    pub device_serial: Option<String>,
    /// Kind of fault.
    pub issue_type: String,
    /// What is wrong.
    pub issue_description: String,
    /// How it looks.
    pub condition_notes: Option<String>,
    /// What came with it.
    pub accessories: Option<String>,
    /// By when.
    pub promised_date: Option<NaiveDate>,
    /// Who pays.
    pub paid_by: PaidBy,
    /// Whose work it is.
    pub assigned_to: Option<UserId>,
    /// Labour with the services on it.
    pub labor_cost: Money,
    /// What was done.
    pub resolution_notes: Option<String>,
    /// Notes.
    pub notes: Option<String>,
}

/// Takes a device in.
pub async fn ticket_insert(conn: &mut PgConnection, v: &TicketValues) -> Result<RepairTicketId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO repair_tickets (customer_id, asset_id, device_brand, device_model, device_serial, issue_type, issue_description,
                                     condition_notes, accessories, promised_date, paid_by, assigned_to, labor_cost, notes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id",
    )
    .bind(v.customer_id)
    .bind(v.asset_id)
    .bind(&v.device_brand)
    .bind(&v.device_model)
    .bind(&v.device_serial)
    .bind(&v.issue_type)
    .bind(&v.issue_description)
    .bind(&v.condition_notes)
    .bind(&v.accessories)
    .bind(v.promised_date)
    .bind(v.paid_by)
    .bind(v.assigned_to)
    .bind(v.labor_cost)
    .bind(&v.notes)
    .fetch_one(conn)
    .await
}

/// Writes what may change of a ticket: not whose device it is, and not its status.
pub async fn ticket_update(
    conn: &mut PgConnection,
    id: RepairTicketId,
    v: &TicketValues,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE repair_tickets SET device_brand = $2, device_model = $3, device_serial = $4, issue_type = $5, issue_description = $6,
                condition_notes = $7, accessories = $8, promised_date = $9, assigned_to = $10, labor_cost = $11,
                resolution_notes = $12, notes = $13 WHERE id = $1",
    )
    .bind(id)
    .bind(&v.device_brand)
    .bind(&v.device_model)
    .bind(&v.device_serial)
    .bind(&v.issue_type)
    .bind(&v.issue_description)
    .bind(&v.condition_notes)
    .bind(&v.accessories)
    .bind(v.promised_date)
    .bind(v.assigned_to)
    .bind(v.labor_cost)
    .bind(&v.resolution_notes)
    .bind(&v.notes)
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a ticket on. `outcome` and `resolution` are for Closed.
pub async fn ticket_status_set(
    conn: &mut PgConnection,
    id: RepairTicketId,
    status: RepairStatus,
    outcome: Option<RepairOutcome>,
    resolution: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE repair_tickets SET status = $2, outcome = coalesce($3, outcome), resolution_notes = coalesce($4, resolution_notes) WHERE id = $1",
    )
    .bind(id)
    .bind(status)
    .bind(outcome)
    .bind(resolution)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes an estimate, which has no answer yet.
pub async fn ticket_estimate(
    conn: &mut PgConnection,
    id: RepairTicketId,
    amount: Money,
    notes: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE repair_tickets SET estimate_amount = $2, estimate_notes = $3, estimate_answer = NULL WHERE id = $1")
        .bind(id)
        .bind(amount)
        .bind(notes)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes what the customer says to the estimate.
pub async fn ticket_answer(
    conn: &mut PgConnection,
    id: RepairTicketId,
    answer: EstimateAnswer,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE repair_tickets SET estimate_answer = $2 WHERE id = $1")
        .bind(id)
        .bind(answer)
        .execute(conn)
        .await?;
    Ok(())
}

/// Says which invoice bills a ticket.
pub async fn ticket_billed(
    conn: &mut PgConnection,
    id: RepairTicketId,
    invoice: InvoiceId,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE repair_tickets SET invoice_id = $2 WHERE id = $1")
        .bind(id)
        .bind(invoice)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds to what repairs of our own device cost.
pub async fn asset_repair_cost_add(
    conn: &mut PgConnection,
    id: AssetId,
    cost: Money,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE assets SET repair_cost = repair_cost + $2 WHERE id = $1")
        .bind(id)
        .bind(cost)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a repair of our own device cost so far, beside buying and landing it.
pub async fn asset_repair_cost(conn: &mut PgConnection, id: AssetId) -> Result<Money, sqlx::Error> {
    sqlx::query_scalar("SELECT repair_cost FROM assets WHERE id = $1")
        .bind(id)
        .fetch_one(conn)
        .await
}

/// Writes into the history of a ticket.
pub async fn event_insert(
    conn: &mut PgConnection,
    id: RepairTicketId,
    event_type: &str,
    statuses: Option<(Option<RepairStatus>, RepairStatus)>,
    notes: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO repair_events (repair_ticket_id, event_type, from_status, to_status, notes) VALUES ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(event_type)
        .bind(statuses.and_then(|(from, _)| from))
        .bind(statuses.map(|(_, to)| to))
        .bind(notes)
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts an item on a ticket, as it is priced now. Its row is locked; a stocked one leaves the shelf in the same breath.
pub async fn part_insert(
    conn: &mut PgConnection,
    ticket: &RepairTicket,
    item: &crate::stock::BulkStock,
    quantity: i32,
) -> Result<RepairPartId, sqlx::Error> {
    let id = sqlx::query_scalar(
        "INSERT INTO repair_parts (repair_ticket_id, bulk_stock_id, sku, item_name, is_stocked, quantity, unit_price, unit_cost)
         VALUES ($1, $2, $3, $4, $5, $6, coalesce($7, 0), $8) RETURNING id",
    )
    .bind(ticket.id)
    .bind(item.id)
    .bind(&item.sku)
    .bind(&item.item_name)
    .bind(item.is_stocked)
    .bind(quantity)
    .bind(item.unit_price)
    .bind(item.unit_cost)
    .fetch_one(&mut *conn)
    .await?;
    if item.is_stocked {
        stock_moved(conn, ticket, LedgerKind::Consumed, item.id, -quantity, "Built in").await?;
    }
    Ok(id)
}

/// Takes a part off a ticket, back onto the shelf. Its item is locked.
pub async fn part_remove(
    conn: &mut PgConnection,
    ticket: &RepairTicket,
    part: &RepairPart,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE repair_parts SET removed_at = shop_now(), removed_by = shop_actor() WHERE id = $1")
        .bind(part.id)
        .execute(&mut *conn)
        .await?;
    if part.is_stocked {
        stock_moved(
            conn,
            ticket,
            LedgerKind::Returned,
            part.bulk_stock_id,
            part.quantity,
            "Taken out again",
        )
        .await?;
    }
    Ok(())
}

async fn stock_moved(
    conn: &mut PgConnection,
    ticket: &RepairTicket,
    kind: LedgerKind,
    item: BulkStockId,
    change: i32,
    what: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "SELECT set_config('bizhub.stock_kind', $1, true), set_config('bizhub.reason', $2, true), set_config('bizhub.repair_ticket_id', $3, true)",
    )
    .bind(kind.as_str())
    .bind(format!("{what}: {}", ticket.ticket_number))
    .bind(ticket.id.to_string())
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE bulk_stock SET quantity = quantity + $2 WHERE id = $1")
        .bind(item)
        .bind(change)
        .execute(&mut *conn)
        .await?;
    sqlx::query("SELECT set_config('bizhub.repair_ticket_id', '', true)")
        .execute(conn)
        .await?;
    Ok(())
}

/// Who took an item from the shelf last.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct LastTaker {
    /// The ticket or invoice that has it.
    pub document: Option<String>,
    /// Who took it.
    pub who: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The last time that some of an item left the shelf.
pub async fn item_last_taken(
    conn: &mut PgConnection,
    item: BulkStockId,
) -> Result<Option<LastTaker>, sqlx::Error> {
    sqlx::query_as(
        "SELECT coalesce(t.ticket_number, i.invoice_number)::text AS document, u.full_name::text AS who, l.created_at AS at
         FROM stock_ledger l LEFT JOIN repair_tickets t ON t.id = l.repair_ticket_id LEFT JOIN invoices i ON i.id = l.invoice_id
         LEFT JOIN users u ON u.id = l.created_by
         WHERE l.bulk_stock_id = $1 AND l.quantity_change < 0 ORDER BY l.id DESC LIMIT 1",
    )
    .bind(item)
    .fetch_optional(conn)
    .await
}

/// Everything on the board: what is not closed, oldest first, at most so many.
pub async fn tickets_open(conn: &mut PgConnection, limit: i64) -> Result<Vec<RepairTicket>, sqlx::Error> {
    sqlx::query_as(concat!(
        ticket_select!(),
        " WHERE t.status <> 'Closed' ORDER BY t.status_since, t.id LIMIT $1"
    ))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The open tickets of one technician and those that are nobody's yet, oldest first.
pub async fn tickets_of_bench(
    conn: &mut PgConnection,
    user: UserId,
) -> Result<Vec<RepairTicket>, sqlx::Error> {
    sqlx::query_as(concat!(
        ticket_select!(),
        " WHERE t.status NOT IN ('Ready', 'Closed') AND (t.assigned_to = $1 OR t.assigned_to IS NULL)
          ORDER BY t.assigned_to IS NULL, coalesce(t.promised_date, date '9999-12-31'), t.id LIMIT 50"
    ))
    .bind(user)
    .fetch_all(conn)
    .await
}

/// The repairs of a device, newest first.
pub async fn tickets_of_asset(
    conn: &mut PgConnection,
    id: AssetId,
) -> Result<Vec<RepairTicket>, sqlx::Error> {
    sqlx::query_as(concat!(
        ticket_select!(),
        " WHERE t.asset_id = $1 ORDER BY t.id DESC LIMIT 50"
    ))
    .bind(id)
    .fetch_all(conn)
    .await
}

/// The repairs of a customer, newest first.
pub async fn tickets_of_customer(
    conn: &mut PgConnection,
    id: CustomerId,
) -> Result<Vec<RepairTicket>, sqlx::Error> {
    sqlx::query_as(concat!(
        ticket_select!(),
        " WHERE t.customer_id = $1 ORDER BY t.id DESC LIMIT 50"
    ))
    .bind(id)
    .fetch_all(conn)
    .await
}

/// The open ticket of a device.
pub async fn ticket_open_of_asset(
    conn: &mut PgConnection,
    id: AssetId,
) -> Result<Option<RepairTicket>, sqlx::Error> {
    sqlx::query_as(concat!(
        ticket_select!(),
        " WHERE t.asset_id = $1 AND t.status <> 'Closed'"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Who buys a device has it now: the customer of the invoice that sold it.
pub async fn asset_holder(conn: &mut PgConnection, id: AssetId) -> Result<Option<CustomerId>, sqlx::Error> {
    let holder: Option<Option<CustomerId>> = sqlx::query_scalar(
        "SELECT i.customer_id FROM assets a JOIN invoices i ON i.id = a.invoice_id WHERE a.id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(holder.flatten())
}

/// People who may work on repairs: number and name.
pub async fn technicians(conn: &mut PgConnection) -> Result<Vec<(UserId, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, full_name::text FROM users WHERE is_active AND role IN ('Technician', 'Manager', 'Admin')
         ORDER BY role <> 'Technician', full_name LIMIT 100",
    )
    .fetch_all(conn)
    .await
}

/// The number of a service item by its SKU.
pub async fn service_item(conn: &mut PgConnection, sku: &str) -> Result<Option<BulkStockId>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM bulk_stock WHERE upper(sku) = upper($1) AND NOT is_stocked")
        .bind(sku)
        .fetch_optional(conn)
        .await
}

/// The number of an item by its SKU.
pub async fn item_by_sku(conn: &mut PgConnection, sku: &str) -> Result<Option<BulkStockId>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM bulk_stock WHERE upper(sku) = upper($1)")
        .bind(sku)
        .fetch_optional(conn)
        .await
}
