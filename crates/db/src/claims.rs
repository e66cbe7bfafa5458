//! Warranty claims (schema section 3.16).

use crate::list::{Column, Filter, Kind, ListSpec};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, ClaimOutcome, ClaimStatus, CustomerId, InvoiceId, Money, MoneySum, RepairTicketId, ReturnId,
    UserId, WarrantyClaimId, WarrantyId,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// A warranty claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct WarrantyClaim {
    /// Number of the record.
    pub id: WarrantyClaimId,
    /// `WCLAIM-000001`.
    pub claim_number: String,
    /// The warranty.
    pub warranty_id: WarrantyId,
    /// Its number.
    pub warranty_number: String,
    /// The device.
    pub asset_id: Option<AssetId>,
    /// Its tag.
    pub asset_tag: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// What it is called.
    pub device: Option<String>,
    /// Who claims.
    pub customer_id: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Their phone.
    pub customer_phone: Option<String>,
    /// What is wrong.
    pub issue_description: String,
    /// The day of the claim.
    pub claim_date: NaiveDate,
    /// Where it is.
    pub status: ClaimStatus,
    /// Why it was denied.
    pub denial_reason: Option<String>,
    /// The repair that the approval opened.
    pub repair_ticket_id: Option<RepairTicketId>,
    /// Its number.
    pub ticket_number: Option<String>,
    /// How it ended.
    pub outcome: Option<ClaimOutcome>,
    /// When.
    pub outcome_date: Option<NaiveDate>,
    /// What labour cost the shop.
    pub labor_cost: Option<Money>,
    /// What parts cost the shop.
    pub parts_cost: Option<Money>,
    /// Both.
    pub total_cost: Option<Money>,
    /// The device that was given instead.
    pub replacement_asset_id: Option<AssetId>,
    /// Its tag.
    pub replacement_asset_tag: Option<String>,
    /// The invoice that gave it.
    pub replacement_invoice_id: Option<InvoiceId>,
    /// Its number.
    pub replacement_invoice_number: Option<String>,
    /// The warranty that carries on.
    pub replacement_warranty_id: Option<WarrantyId>,
    /// Its number.
    pub replacement_warranty_number: Option<String>,
    /// The return that it made.
    pub return_id: Option<ReturnId>,
    /// Number of its credit note.
    pub return_number: Option<String>,
    /// Who submitted it.
    pub submitted_by_name: Option<String>,
    /// Who decided it.
    pub decided_by: Option<UserId>,
    /// Their name.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Notes.
    pub notes: Option<String>,
    /// When made.
    pub created_at: DateTime<Utc>,
    /// When last changed.
    pub updated_at: DateTime<Utc>,
}

macro_rules! claim_select {
    () => {
        "SELECT k.id, k.claim_number, k.warranty_id, w.warranty_number, w.asset_id, a.asset_tag, a.serial_number,
       m.brand || ' ' || m.model_name AS device, k.customer_id, c.full_name AS customer_name, c.phone AS customer_phone,
       k.issue_description, k.claim_date, k.status, k.denial_reason, k.repair_ticket_id, t.ticket_number, k.outcome, k.outcome_date,
       k.labor_cost, k.parts_cost, k.total_cost, k.replacement_asset_id, ra.asset_tag AS replacement_asset_tag,
       k.replacement_invoice_id, ri.invoice_number AS replacement_invoice_number, k.replacement_warranty_id,
       rw.warranty_number AS replacement_warranty_number, k.return_id, rt.return_number, su.full_name AS submitted_by_name,
       k.decided_by, du.full_name AS decided_by_name, k.decided_at, k.notes, k.created_at, k.updated_at
FROM warranty_claims k
JOIN warranties w ON w.id = k.warranty_id
JOIN customers c ON c.id = k.customer_id
LEFT JOIN assets a ON a.id = w.asset_id
LEFT JOIN product_models m ON m.id = a.product_model_id
LEFT JOIN repair_tickets t ON t.id = k.repair_ticket_id
LEFT JOIN assets ra ON ra.id = k.replacement_asset_id
LEFT JOIN invoices ri ON ri.id = k.replacement_invoice_id
LEFT JOIN warranties rw ON rw.id = k.replacement_warranty_id
LEFT JOIN returns rt ON rt.id = k.return_id
LEFT JOIN users su ON su.id = k.submitted_by
LEFT JOIN users du ON du.id = k.decided_by"
    };
}

/// Claims, newest first.
pub const CLAIMS: ListSpec = ListSpec {
    select: claim_select!(),
    always: "true",
    id: "k.id",
    sorts: &[
        Column { name: "claim_date", sql: "k.claim_date", kind: Kind::Date },
        Column { name: "id", sql: "k.id", kind: Kind::Int },
    ],
    default_sort: "-id",
    filters: &[
        Filter { name: "status", sql: "k.status = ?", kind: Kind::Text },
        Filter { name: "open", sql: "(k.status IN ('Submitted', 'Approved')) = ?", kind: Kind::Bool },
        Filter { name: "outcome", sql: "k.outcome = ?", kind: Kind::Text },
        Filter { name: "warranty_id", sql: "k.warranty_id = ?", kind: Kind::Int },
        Filter { name: "customer_id", sql: "k.customer_id = ?", kind: Kind::Int },
        Filter { name: "asset_id", sql: "w.asset_id = ?", kind: Kind::Int },
        Filter { name: "product_model_id", sql: "a.product_model_id = ?", kind: Kind::Int },
        Filter { name: "from", sql: "k.claim_date >= ?", kind: Kind::Date },
        Filter { name: "to", sql: "k.claim_date <= ?", kind: Kind::Date },
    ],
    search: Some(
        "k.claim_number IN (upper(?), 'WCLAIM-' || lpad(?, greatest(6, length(?)), '0')) OR w.warranty_number = upper(?)
         OR w.asset_id = ANY (ARRAY(SELECT s.id FROM assets s WHERE serial_key(s.serial_number) = serial_key(?) OR upper(s.asset_tag) = upper(?)))
         OR k.customer_id = ANY (ARRAY(SELECT s.id FROM customers s WHERE s.full_name ILIKE '%' || ? || '%' LIMIT 500))",
    ),
};

/// Reads a claim.
pub async fn claim_find(
    conn: &mut PgConnection,
    id: WarrantyClaimId,
) -> Result<Option<WarrantyClaim>, sqlx::Error> {
    sqlx::query_as(concat!(claim_select!(), " WHERE k.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Reads a claim and locks its row.
pub async fn claim_lock(
    conn: &mut PgConnection,
    id: WarrantyClaimId,
) -> Result<Option<WarrantyClaim>, sqlx::Error> {
    sqlx::query_as(concat!(
        claim_select!(),
        " WHERE k.id = $1 FOR NO KEY UPDATE OF k"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The claims on a warranty, newest first.
pub async fn claims_of_warranty(
    conn: &mut PgConnection,
    id: WarrantyId,
) -> Result<Vec<WarrantyClaim>, sqlx::Error> {
    sqlx::query_as(concat!(
        claim_select!(),
        " WHERE k.warranty_id = $1 ORDER BY k.id DESC LIMIT 50"
    ))
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Submits a claim; its warranty is Claimed with that.
pub async fn claim_insert(
    conn: &mut PgConnection,
    warranty: WarrantyId,
    customer: CustomerId,
    issue: &str,
    notes: Option<&str>,
) -> Result<WarrantyClaimId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO warranty_claims (warranty_id, customer_id, issue_description, notes) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(warranty)
    .bind(customer)
    .bind(issue)
    .bind(notes)
    .fetch_one(conn)
    .await
}

/// Approves a claim with the repair that it opened.
pub async fn claim_approve(
    conn: &mut PgConnection,
    id: WarrantyClaimId,
    ticket: RepairTicketId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE warranty_claims SET status = 'Approved', repair_ticket_id = $2, decided_by = shop_actor(), decided_at = shop_now() WHERE id = $1",
    )
    .bind(id)
    .bind(ticket)
    .execute(conn)
    .await?;
    Ok(())
}

/// Denies a claim; its warranty is Active again.
pub async fn claim_deny(
    conn: &mut PgConnection,
    id: WarrantyClaimId,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE warranty_claims SET status = 'Denied', denial_reason = $2, outcome = 'Denied', outcome_date = shop_today(),
                decided_by = shop_actor(), decided_at = shop_now() WHERE id = $1",
    )
    .bind(id)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// Completes a claim with what it cost; its warranty is Active again.
pub async fn claim_complete(
    conn: &mut PgConnection,
    id: WarrantyClaimId,
    outcome: ClaimOutcome,
    costs: (Money, Money),
    notes: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE warranty_claims SET status = 'Completed', outcome = $2, outcome_date = shop_today(), labor_cost = $3, parts_cost = $4,
                notes = CASE WHEN $5::text IS NULL THEN notes ELSE concat_ws(E'\\n', notes, $5) END WHERE id = $1",
    )
    .bind(id)
    .bind(outcome)
    .bind(costs.0)
    .bind(costs.1)
    .bind(notes)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a completed claim led to.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClaimLinks {
    /// The device that was given instead.
    pub asset: Option<AssetId>,
    /// The invoice that gave it.
    pub invoice: Option<InvoiceId>,
    /// The warranty that carries on.
    pub warranty: Option<WarrantyId>,
    /// The return that it made.
    pub made: Option<ReturnId>,
}

/// Writes down what a completed claim led to.
pub async fn claim_link(
    conn: &mut PgConnection,
    id: WarrantyClaimId,
    links: &ClaimLinks,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE warranty_claims SET replacement_asset_id = $2, replacement_invoice_id = $3, replacement_warranty_id = $4, return_id = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(links.asset)
    .bind(links.invoice)
    .bind(links.warranty)
    .bind(links.made)
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives the device of a sale the rest of another warranty: its tier, its terms and its dates. The sale may have given it one
/// of its own, which becomes this one.
pub async fn warranty_carry_over(
    conn: &mut PgConnection,
    old: WarrantyId,
    invoice: InvoiceId,
    asset: AssetId,
) -> Result<WarrantyId, sqlx::Error> {
    let own: Option<WarrantyId> = sqlx::query_scalar(
        "UPDATE warranties n SET warranty_tier = o.warranty_tier, start_date = o.start_date, end_date = o.end_date,
                coverage_details = o.coverage_details, exclusions = o.exclusions, includes_accessories = o.includes_accessories,
                includes_certificate = o.includes_certificate, includes_premium_boxing = o.includes_premium_boxing,
                replaces_warranty_id = o.id
         FROM warranties o WHERE o.id = $1 AND n.invoice_id = $2 AND n.asset_id = $3 AND n.status = 'Active' RETURNING n.id",
    )
    .bind(old)
    .bind(invoice)
    .bind(asset)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(id) = own {
        return Ok(id);
    }
    sqlx::query_scalar(
        "INSERT INTO warranties (invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date, coverage_details, exclusions,
                                 includes_accessories, includes_certificate, includes_premium_boxing, replaces_warranty_id)
         SELECT $2, $3, o.customer_id, o.warranty_tier, o.start_date, o.end_date, o.coverage_details, o.exclusions,
                o.includes_accessories, o.includes_certificate, o.includes_premium_boxing, o.id
         FROM warranties o WHERE o.id = $1 RETURNING id",
    )
    .bind(old)
    .bind(invoice)
    .bind(asset)
    .fetch_one(conn)
    .await
}

/// Stores that Active warranties whose last day is past have Expired. Answers how many.
pub async fn warranties_expire(conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE warranties SET status = 'Expired' WHERE status = 'Active' AND end_date < shop_today()",
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// What a code means for a look-up: a warranty, or a device that we know.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct LookedUp {
    /// The warranty, where there is one.
    pub warranty_id: Option<WarrantyId>,
    /// The device, where there is one.
    pub asset_id: Option<AssetId>,
    /// Its tag.
    pub asset_tag: Option<String>,
    /// Its status.
    pub asset_status: Option<domain::AssetStatus>,
    /// The day it was sold.
    pub sale_date: Option<NaiveDate>,
    /// What it is called.
    pub device: Option<String>,
    /// Its serial number.
    pub serial_number: Option<String>,
}

/// What a serial number, tag, IMEI, phone, invoice's or warranty's number means: each device's last warranty, and devices that
/// have none. Newest first, 20 at most.
pub async fn warranty_look_up(
    conn: &mut PgConnection,
    code: &str,
    phone: Option<&str>,
) -> Result<Vec<LookedUp>, sqlx::Error> {
    sqlx::query_as(
        "WITH devices AS (
           SELECT a.id FROM assets a WHERE serial_key(a.serial_number) = serial_key($1) OR upper(a.asset_tag) = upper($1)
              OR a.imei_1 = $1 OR a.imei_2 = $1
           UNION SELECT w.asset_id FROM warranties w WHERE w.warranty_number = upper($1)
           UNION SELECT l.asset_id FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id
              WHERE i.invoice_number = upper($1) AND i.status IN ('Paid', 'Sent', 'Refunded')
           UNION SELECT w.asset_id FROM warranties w JOIN customers c ON c.id = w.customer_id
              WHERE $2::text IS NOT NULL AND (c.phone = $2 OR c.alternate_phone = $2)
           UNION SELECT l.asset_id FROM customers c JOIN invoices i ON i.customer_id = c.id JOIN invoice_lines l ON l.invoice_id = i.id
              WHERE $2::text IS NOT NULL AND (c.phone = $2 OR c.alternate_phone = $2)
                AND i.status IN ('Paid', 'Sent', 'Refunded') AND l.asset_id IS NOT NULL AND l.released_at IS NULL
         )
         SELECT w.id AS warranty_id, a.id AS asset_id, a.asset_tag::text AS asset_tag, a.status AS asset_status, a.sale_date,
                m.brand || ' ' || m.model_name AS device, a.serial_number::text AS serial_number
         FROM devices d JOIN assets a ON a.id = d.id JOIN product_models m ON m.id = a.product_model_id
         LEFT JOIN LATERAL (
           SELECT x.id, x.end_date FROM warranties x
           WHERE x.asset_id = a.id ORDER BY x.warranty_number = upper($1) DESC, x.status = 'Void', x.id DESC LIMIT 1
         ) w ON true
         ORDER BY w.end_date DESC NULLS LAST, a.id DESC LIMIT 20",
    )
    .bind(code)
    .bind(phone)
    .fetch_all(conn)
    .await
}

/// What warranties cost over a period, of one model, supplier or lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct WarrantyCost {
    /// The model, the supplier, or what one supplier delivered on one day.
    pub name: String,
    /// Warranties that held on some day of the period.
    pub warranties: i64,
    /// Claims made in it.
    pub claims: i64,
    /// Those that were denied.
    pub denied: i64,
    /// Those that ended with a repair.
    pub repaired: i64,
    /// Those that ended with another device.
    pub replaced: i64,
    /// Those that ended with the money back.
    pub refunded: i64,
    /// Labour and parts of these claims.
    #[schema(value_type = MoneySum)]
    pub service_cost: Money,
    /// What the devices cost that were given instead.
    #[schema(value_type = MoneySum)]
    pub replacement_cost: Money,
    /// What was given back.
    #[schema(value_type = MoneySum)]
    pub refunded_amount: Money,
    /// All three.
    #[schema(value_type = MoneySum)]
    pub cost_total: Money,
    /// What the sales of the devices earned whose warranties these are: net of tax, less what the devices had cost.
    #[schema(value_type = MoneySum)]
    pub sale_profit: Money,
    /// What is left of that after the cost of warranty.
    #[schema(value_type = MoneySum)]
    pub earned: Money,
}

/// What warranties cost in these days, both included, by `model`, `supplier` or `lot`: the claims made in them, with all that
/// they led to since. The dearest first.
pub async fn warranty_costs(
    conn: &mut PgConnection,
    from: NaiveDate,
    to: NaiveDate,
    by: &str,
) -> Result<Vec<WarrantyCost>, sqlx::Error> {
    sqlx::query_as(
        "WITH named AS (
           SELECT w.id, w.start_date, w.end_date, w.replaces_warranty_id, w.asset_id, w.invoice_id, CASE $3
               WHEN 'model' THEN m.brand || ' ' || m.model_name
               WHEN 'device' THEN a.asset_tag || ' · ' || m.brand || ' ' || m.model_name
               WHEN 'supplier' THEN coalesce(a.supplier, 'Supplier not known')
               ELSE coalesce(nullif(concat_ws(' · ', o.lot_number, o.supplier, o.supplier_reference), ''),
                             coalesce(a.supplier, 'Supplier not known') || ' · ' || a.received_date) END AS name
           FROM warranties w JOIN assets a ON a.id = w.asset_id JOIN product_models m ON m.id = a.product_model_id
           -- A device that was taken in trade since was of its lot when it was sold.
           LEFT JOIN LATERAL (
             SELECT b.lot_id FROM buy_backs b JOIN invoice_lines l ON l.id = b.invoice_line_id
             WHERE l.asset_id = a.id AND l.invoice_id = w.invoice_id ORDER BY b.id DESC LIMIT 1
           ) earlier ON TRUE
           LEFT JOIN lots o ON o.id = coalesce(earlier.lot_id, a.lot_id)
         ), made AS (
           SELECT n.name, k.status, k.outcome, coalesce(k.total_cost, 0) AS service,
                  coalesce((SELECT sum(l.unit_cost * l.quantity) FROM invoice_lines l WHERE l.invoice_id = k.replacement_invoice_id), 0) AS given,
                  CASE k.outcome WHEN 'Refunded' THEN coalesce((SELECT sum(f.amount) FROM refunds f WHERE f.return_id = k.return_id), 0) ELSE 0 END AS back
           FROM warranty_claims k JOIN named n ON n.id = k.warranty_id WHERE k.claim_date BETWEEN $1 AND $2
         ), held AS (
           SELECT n.name, count(*) AS warranties, sum(round(l.line_total * i.subtotal / nullif(t.lines, 0), 2) - coalesce(l.unit_cost, 0)) AS profit
           FROM named n LEFT JOIN invoice_lines l ON l.invoice_id = n.invoice_id AND l.asset_id = n.asset_id
           LEFT JOIN invoices i ON i.id = l.invoice_id
           LEFT JOIN LATERAL (SELECT sum(a.line_total) AS lines FROM invoice_lines a WHERE a.invoice_id = i.id) t ON true
           WHERE n.start_date <= $2 AND n.end_date >= $1 AND n.replaces_warranty_id IS NULL GROUP BY n.name
         )
         SELECT coalesce(h.name, c.name) AS name, coalesce(h.warranties, 0) AS warranties, coalesce(c.claims, 0) AS claims,
                coalesce(c.denied, 0) AS denied, coalesce(c.repaired, 0) AS repaired, coalesce(c.replaced, 0) AS replaced,
                coalesce(c.refunded, 0) AS refunded, coalesce(c.service, 0)::numeric(12, 2) AS service_cost,
                coalesce(c.given, 0)::numeric(12, 2) AS replacement_cost, coalesce(c.back, 0)::numeric(12, 2) AS refunded_amount,
                coalesce(c.service + c.given + c.back, 0)::numeric(12, 2) AS cost_total,
                coalesce(h.profit, 0)::numeric(12, 2) AS sale_profit,
                (coalesce(h.profit, 0) - coalesce(c.service + c.given + c.back, 0))::numeric(12, 2) AS earned
         FROM held h FULL JOIN (
           SELECT name, count(*) AS claims, count(*) FILTER (WHERE status = 'Denied') AS denied,
                  count(*) FILTER (WHERE outcome = 'Repaired') AS repaired, count(*) FILTER (WHERE outcome = 'Replaced') AS replaced,
                  count(*) FILTER (WHERE outcome = 'Refunded') AS refunded, sum(service) AS service, sum(given) AS given, sum(back) AS back
           FROM made GROUP BY name
         ) c ON c.name = h.name
         ORDER BY cost_total DESC, claims DESC, name LIMIT 500",
    )
    .bind(from)
    .bind(to)
    .bind(by)
    .fetch_all(conn)
    .await
}
