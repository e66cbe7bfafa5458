//! Devices that we sold and that come back as part payment of another sale.

use domain::{AssetId, InvoiceId, InvoiceLineId, InvoiceStatus, Money, ProductModelId};
use sqlx::{FromRow, PgConnection};

/// A device that is with a customer, on the line that sold it.
#[derive(Debug, Clone, FromRow)]
pub struct SoldLine {
    /// The device.
    pub asset_id: AssetId,
    /// Its tag.
    pub asset_tag: String,
    /// Its serial number.
    pub serial_number: String,
    /// Its model.
    pub product_model_id: ProductModelId,
    /// What it had cost until now.
    pub cost: Option<Money>,
    /// The line.
    pub invoice_line_id: InvoiceLineId,
    /// Its invoice.
    pub invoice_id: InvoiceId,
    /// Its number.
    pub invoice_number: String,
    /// Its status.
    pub invoice_status: InvoiceStatus,
}

/// Which of these serial numbers are devices that are with a customer.
pub async fn sold_lines(conn: &mut PgConnection, serials: &[&str]) -> Result<Vec<SoldLine>, sqlx::Error> {
    sqlx::query_as(
        "SELECT a.id AS asset_id, a.asset_tag, a.serial_number, a.product_model_id,
                coalesce(a.landed_cost, a.purchase_cost) AS cost, l.id AS invoice_line_id, i.id AS invoice_id,
                i.invoice_number, i.status AS invoice_status
         FROM assets a JOIN invoice_lines l ON l.asset_id = a.id AND l.released_at IS NULL
         JOIN invoices i ON i.id = l.invoice_id
         WHERE a.status = 'Sold' AND serial_key(a.serial_number) = ANY (ARRAY(SELECT serial_key(t) FROM unnest($1::text[]) t))
         ORDER BY i.id, a.id",
    )
    .bind(serials)
    .fetch_all(conn)
    .await
}

/// Locks invoices by number, in order, until the transaction ends.
pub async fn invoices_lock(conn: &mut PgConnection, ids: &[InvoiceId]) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT id FROM invoices WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE")
        .bind(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a device off the line that sold it: that sale stands, and the device has its agreed value as its cost from now on.
pub async fn buy_back(
    conn: &mut PgConnection,
    line: &SoldLine,
    value: Money,
    from: &str,
    condition: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO buy_backs (invoice_line_id, agreed_value, previous_cost) VALUES ($1, $2, $3)")
        .bind(line.invoice_line_id)
        .bind(value)
        .bind(line.cost)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE assets SET purchase_cost = $2, landed_cost = NULL, lot_id = NULL, supplier = $3, cosmetic_notes = coalesce($4, cosmetic_notes)
         WHERE id = $1",
    )
    .bind(line.asset_id)
    .bind(value)
    .bind(from)
    .bind(condition)
    .execute(conn)
    .await?;
    Ok(())
}
