//! What a sale reads and writes: few statements, each over sets, so that a checkout takes few round trips.

use crate::invoices::StoredTotals;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, AssetStatus, BulkStockId, Category, CustomerId, Decimal, InvoiceCustomerType, InvoiceId,
    InvoiceLineId, InvoiceStatus, Money, PaymentBatchId, PaymentId, PaymentMethod, PreorderStatus,
    PricePercents, UserId, WarrantyId, WarrantyTier,
};
use sqlx::{FromRow, PgConnection};

/// The customer and lead source that a sale names.
#[derive(Debug, Clone, FromRow)]
pub struct SaleReferences {
    /// Whether the lead source exists and is active; true when none is named.
    pub lead_source_known: bool,
    /// The customer, unless there is none with this number.
    pub customer_id: Option<CustomerId>,
    /// Their name.
    pub full_name: Option<String>,
    /// Their business.
    pub business_name: Option<String>,
    /// Their phone.
    pub phone: Option<String>,
    /// Off everything, by their price list; null without one.
    pub percent: Option<Decimal>,
    /// Off laptops.
    pub laptop_percent: Option<Decimal>,
    /// Off phones.
    pub phone_percent: Option<Decimal>,
    /// Off accessories.
    pub accessory_percent: Option<Decimal>,
}

impl SaleReferences {
    /// What the customer's price list takes off.
    pub fn percents(&self) -> Option<PricePercents> {
        self.percent.map(|percent| PricePercents {
            percent,
            laptop: self.laptop_percent,
            phone: self.phone_percent,
            accessory: self.accessory_percent,
        })
    }
}

/// Looks up what a sale names. The customer cannot be deleted until the transaction ends.
pub async fn sale_references(
    conn: &mut PgConnection,
    customer: Option<CustomerId>,
    lead_source: Option<&str>,
) -> Result<SaleReferences, sqlx::Error> {
    let found: SaleReferences = sqlx::query_as(
        "SELECT $2::text IS NULL OR EXISTS (
                  SELECT FROM lead_sources WHERE source_name = $2 AND is_active
                ) AS lead_source_known, c.id AS customer_id, c.full_name, c.business_name, c.phone,
                l.percent, l.laptop_percent, l.phone_percent, l.accessory_percent
         FROM (VALUES (1)) AS one LEFT JOIN LATERAL (
           SELECT id, full_name, business_name, phone, price_list_id FROM customers
           WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE
         ) c ON true LEFT JOIN price_lists l ON l.id = c.price_list_id",
    )
    .bind(customer)
    .bind(lead_source)
    .fetch_one(&mut *conn)
    .await?;
    // Merged away, perhaps while this waited: the sale is to the one that stayed.
    if let Some(id) = customer.filter(|_| found.customer_id.is_none())
        && let Some(survivor) = crate::customers::customer_survivor(conn, id).await?
    {
        return Box::pin(sale_references(conn, Some(survivor), lead_source)).await;
    }
    Ok(found)
}

/// Makes transactions that record customers with the same phone wait for each other, so that the second finds the first.
pub async fn phone_lock(conn: &mut PgConnection, phone: &str) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(7462, hashtext($1))")
        .bind(phone)
        .execute(conn)
        .await?;
    Ok(())
}

/// What the lines of a cart name.
#[derive(Debug, Default)]
pub struct CartNames {
    /// Devices by number.
    pub asset_ids: Vec<i32>,
    /// Devices by tag.
    pub asset_tags: Vec<String>,
    /// Devices by serial number.
    pub serial_numbers: Vec<String>,
    /// Items by number.
    pub bulk_stock_ids: Vec<i32>,
    /// Items by SKU, in capitals.
    pub skus: Vec<String>,
}

/// A device or an item, as it is put on a line.
#[derive(Debug, Clone, FromRow)]
pub struct SaleItem {
    /// The device, or null.
    pub asset_id: Option<AssetId>,
    /// The item, or null.
    pub bulk_stock_id: Option<BulkStockId>,
    /// Asset tag or SKU.
    pub code: String,
    /// Serial number of a device.
    pub serial_number: Option<String>,
    /// Status of a device.
    pub status: Option<AssetStatus>,
    /// What the line will call it.
    pub item_description: String,
    /// The device's own price, or its model's for its grade; the item's price.
    pub list_price: Option<Money>,
    /// What one cost.
    pub unit_cost: Option<Money>,
    /// How many are free; null for a device or a service.
    pub available: Option<i32>,
    /// What kind of device it is.
    pub category: Option<Category>,
}

/// Reads what a cart names and locks its devices, by number, until the transaction ends. Items are not locked yet: a
/// charger that everybody buys is held from its last statement to the commit and no longer.
pub async fn cart_lock(conn: &mut PgConnection, names: &CartNames) -> Result<Vec<SaleItem>, sqlx::Error> {
    sqlx::query_as(
        "WITH devices AS MATERIALIZED (
           SELECT a.id, a.asset_tag, a.serial_number, a.status, m.category,
                  left(concat_ws(' · ', m.brand || ' ' || m.model_name, m.cpu, m.ram, m.storage,
                                 'Grade ' || a.condition_grade), 255) AS item_description,
                  coalesce(a.list_price, CASE a.condition_grade WHEN 'A' THEN m.default_price_grade_a
                    WHEN 'B' THEN m.default_price_grade_b WHEN 'C' THEN m.default_price_grade_c END) AS list_price,
                  coalesce(a.landed_cost, a.purchase_cost, CASE WHEN a.repair_cost > 0 THEN 0 END) + a.repair_cost AS unit_cost
           FROM assets a
           -- OFFSET 0 keeps the planner to one model a device: it expects thousands of devices from three arrays.
           JOIN LATERAL (SELECT p.* FROM product_models p WHERE p.id = a.product_model_id OFFSET 0) m ON true
           WHERE a.id = ANY ($1) OR upper(a.asset_tag) = ANY (ARRAY(SELECT upper(t) FROM unnest($2::text[]) t))
              OR serial_key(a.serial_number) = ANY (ARRAY(SELECT serial_key(t) FROM unnest($3::text[]) t))
           ORDER BY a.id FOR NO KEY UPDATE OF a
         )
         SELECT d.id AS asset_id, NULL::integer AS bulk_stock_id, d.asset_tag AS code, d.serial_number, d.status,
                d.item_description, d.list_price, d.unit_cost, NULL::integer AS available, d.category
         FROM devices d
         UNION ALL
         SELECT NULL, b.id, b.sku, NULL, NULL, b.item_name, b.unit_price, b.unit_cost,
                CASE WHEN b.is_stocked THEN b.quantity - b.reserved_quantity END, NULL
         FROM bulk_stock b WHERE b.id = ANY ($4) OR upper(b.sku) = ANY ($5)",
    )
    .bind(&names.asset_ids)
    .bind(&names.asset_tags)
    .bind(&names.serial_numbers)
    .bind(&names.bulk_stock_ids)
    .bind(&names.skus)
    .fetch_all(conn)
    .await
}

/// Locks devices by number, in order, until the transaction ends.
pub async fn devices_lock(conn: &mut PgConnection, ids: &[AssetId]) -> Result<(), sqlx::Error> {
    if !ids.is_empty() {
        sqlx::query("SELECT id FROM assets WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE")
            .bind(ids)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// What keeps a device from being sold.
#[derive(Debug, Clone, FromRow)]
pub struct DeviceHold {
    /// Its tag.
    pub asset_tag: String,
    /// Its status.
    pub status: AssetStatus,
    /// Why it may not be sold.
    pub not_sellable_reason: Option<String>,
    /// The invoice that holds or sold it.
    pub invoice_number: Option<String>,
    /// Its status.
    pub invoice_status: Option<InvoiceStatus>,
    /// Its day.
    pub invoice_date: Option<NaiveDate>,
    /// Until when it holds.
    pub hold_expires_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub sales_rep_name: Option<String>,
    /// The preorder that holds it.
    pub preorder_number: Option<String>,
    /// Its status.
    pub preorder_status: Option<PreorderStatus>,
}

/// What keeps these devices from being sold.
pub async fn device_holds(conn: &mut PgConnection, ids: &[AssetId]) -> Result<Vec<DeviceHold>, sqlx::Error> {
    sqlx::query_as(
        "SELECT a.asset_tag, a.status, a.not_sellable_reason, i.invoice_number, i.status AS invoice_status, i.invoice_date,
                i.hold_expires_at, u.full_name AS sales_rep_name, p.preorder_number, p.status AS preorder_status
         FROM assets a
         LEFT JOIN invoice_lines l ON l.asset_id = a.id AND l.released_at IS NULL
         LEFT JOIN invoices i ON i.id = l.invoice_id
         LEFT JOIN users u ON u.id = i.sales_rep_id
         LEFT JOIN preorders p ON p.asset_id = a.id AND p.status IN ('Arrived', 'Customer Notified')
         WHERE a.id = ANY ($1) ORDER BY a.id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await
}

/// The head of an invoice to be made.
#[derive(Debug)]
pub struct InvoiceValues<'a> {
    /// Who buys.
    pub customer_id: Option<CustomerId>,
    /// Retail, Wholesale or Walk-in.
    pub customer_type: InvoiceCustomerType,
    /// What it adds up to.
    pub totals: &'a StoredTotals,
    /// Where the customer comes from.
    pub lead_source: Option<&'a str>,
    /// Who sells.
    pub sales_rep_id: Option<UserId>,
    /// Notes.
    pub notes: Option<&'a str>,
    /// Its business day, where it is not today.
    pub invoice_date: Option<NaiveDate>,
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct LineValues {
    /// Place on the invoice.
    pub line_number: i32,
    /// The device, or none.
    pub asset_id: Option<AssetId>,
    /// The item, or none.
    pub bulk_stock_id: Option<BulkStockId>,
    /// What it is called.
    pub item_description: String,
    /// How many.
    pub quantity: i32,
    /// Price of one.
    pub unit_price: Money,
    /// List price of one.
    pub list_price: Option<Money>,
    /// Who approved a price far below the list.
    pub price_approved_by: Option<UserId>,
    /// Cost of one.
    pub unit_cost: Option<Money>,
}

/// A payment to be written.
#[derive(Debug, Clone)]
pub struct PaymentValues {
    /// Its day, where it is not today.
    pub payment_date: Option<NaiveDate>,
    /// How.
    pub payment_method: PaymentMethod,
    /// What is recorded.
    pub amount: Money,
    /// Cash put on the counter, where it was more.
    pub tendered: Option<Money>,
    /// The other side's number for it.
    pub reference: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// Whether the customer only says so.
    pub claimed: bool,
    /// What it is a part of.
    pub batch_id: Option<PaymentBatchId>,
}

/// What the database gave a new invoice.
#[derive(Debug, Clone, FromRow)]
pub struct WrittenInvoice {
    /// Number of the record.
    pub id: InvoiceId,
    /// `INV-000001`.
    pub invoice_number: String,
    /// Business day.
    pub invoice_date: NaiveDate,
    /// The code of its public page.
    pub check_code: String,
    /// When made.
    pub created_at: DateTime<Utc>,
    /// Numbers of its lines, in order.
    pub line_ids: Vec<InvoiceLineId>,
    /// Numbers of its payments, in order.
    pub payment_ids: Vec<PaymentId>,
}

/// Writes a Draft with its lines and payments, in one statement. What follows in the transaction (movements, ledger)
/// is written in its name.
pub async fn sale_insert(
    conn: &mut PgConnection,
    invoice: &InvoiceValues<'_>,
    lines: &[LineValues],
    payments: &[PaymentValues],
) -> Result<WrittenInvoice, sqlx::Error> {
    let l = Columns::of(lines);
    sqlx::query_as(
        "WITH invoice AS (
           INSERT INTO invoices (customer_id, customer_type, subtotal, tax_amount, total_amount, tax_mode, tax_lines,
                                 lead_source, sales_rep_id, notes, invoice_date)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce($25, shop_today()))
           RETURNING id, invoice_number, invoice_date, check_code, created_at
         ), lines AS (
           INSERT INTO invoice_lines (invoice_id, line_number, asset_id, bulk_stock_id, item_description, quantity, unit_price,
                                      line_total, list_price, price_approved_by, unit_cost)
           SELECT i.id, n.line, n.asset, n.item, n.description, n.quantity, n.price, n.price * n.quantity, n.list, n.approved, n.cost
           FROM invoice i, unnest($11::integer[], $12::integer[], $13::integer[], $14::text[], $15::integer[], $16::numeric[],
                                  $17::numeric[], $18::integer[], $19::numeric[])
                           AS n(line, asset, item, description, quantity, price, list, approved, cost)
           RETURNING id, line_number
         ), paid AS (
           INSERT INTO payments (invoice_id, payment_method, amount, tendered, reference, notes, payment_date, claimed)
           SELECT i.id, p.method, p.amount, p.tendered, p.reference, p.notes, coalesce(p.day, shop_today()), p.claimed
           FROM invoice i, unnest($20::text[], $21::numeric[], $22::numeric[], $23::text[], $24::text[], $26::date[], $27::boolean[])
                           AS p(method, amount, tendered, reference, notes, day, claimed)
           RETURNING id
         )
         SELECT i.*, ARRAY(SELECT id FROM lines ORDER BY line_number) AS line_ids, ARRAY(SELECT id FROM paid ORDER BY id) AS payment_ids,
                set_config('bizhub.invoice_id', i.id::text, true), set_config('bizhub.reason', 'On invoice ' || i.invoice_number, true)
         FROM invoice i",
    )
    .bind(invoice.customer_id)
    .bind(invoice.customer_type)
    .bind(invoice.totals.subtotal)
    .bind(invoice.totals.tax_amount)
    .bind(invoice.totals.total_amount)
    .bind(invoice.totals.tax_mode)
    .bind(sqlx::types::Json(&invoice.totals.tax_lines))
    .bind(invoice.lead_source)
    .bind(invoice.sales_rep_id)
    .bind(invoice.notes)
    .bind(l.line_numbers)
    .bind(l.asset_ids)
    .bind(l.bulk_stock_ids)
    .bind(l.descriptions)
    .bind(l.quantities)
    .bind(l.unit_prices)
    .bind(l.list_prices)
    .bind(l.approved_by)
    .bind(l.unit_costs)
    .bind(payments.iter().map(|p| p.payment_method.as_str()).collect::<Vec<_>>())
    .bind(payments.iter().map(|p| p.amount).collect::<Vec<_>>())
    .bind(payments.iter().map(|p| p.tendered).collect::<Vec<_>>())
    .bind(payments.iter().map(|p| p.reference.as_deref()).collect::<Vec<_>>())
    .bind(payments.iter().map(|p| p.notes.as_deref()).collect::<Vec<_>>())
    .bind(invoice.invoice_date)
    .bind(payments.iter().map(|p| p.payment_date).collect::<Vec<_>>())
    .bind(payments.iter().map(|p| p.claimed).collect::<Vec<_>>())
    .fetch_one(conn)
    .await
}

/// Lines as the columns that `unnest` takes.
struct Columns<'a> {
    line_numbers: Vec<i32>,
    asset_ids: Vec<Option<AssetId>>,
    bulk_stock_ids: Vec<Option<BulkStockId>>,
    descriptions: Vec<&'a str>,
    quantities: Vec<i32>,
    unit_prices: Vec<Money>,
    list_prices: Vec<Option<Money>>,
    approved_by: Vec<Option<UserId>>,
    unit_costs: Vec<Option<Money>>,
}

impl<'a> Columns<'a> {
    fn of(lines: &'a [LineValues]) -> Self {
        Columns {
            line_numbers: lines.iter().map(|l| l.line_number).collect(),
            asset_ids: lines.iter().map(|l| l.asset_id).collect(),
            bulk_stock_ids: lines.iter().map(|l| l.bulk_stock_id).collect(),
            descriptions: lines.iter().map(|l| l.item_description.as_str()).collect(),
            quantities: lines.iter().map(|l| l.quantity).collect(),
            unit_prices: lines.iter().map(|l| l.unit_price).collect(),
            list_prices: lines.iter().map(|l| l.list_price).collect(),
            approved_by: lines.iter().map(|l| l.price_approved_by).collect(),
            unit_costs: lines.iter().map(|l| l.unit_cost).collect(),
        }
    }
}

/// Adds lines to a Draft.
pub async fn lines_insert(
    conn: &mut PgConnection,
    id: InvoiceId,
    lines: &[LineValues],
) -> Result<(), sqlx::Error> {
    let l = Columns::of(lines);
    sqlx::query(
        "INSERT INTO invoice_lines (invoice_id, line_number, asset_id, bulk_stock_id, item_description, quantity, unit_price,
                                    line_total, list_price, price_approved_by, unit_cost)
         SELECT $1, n.line, n.asset, n.item, n.description, n.quantity, n.price, n.price * n.quantity, n.list, n.approved, n.cost
         FROM unnest($2::integer[], $3::integer[], $4::integer[], $5::text[], $6::integer[], $7::numeric[], $8::numeric[],
                     $9::integer[], $10::numeric[])
              AS n(line, asset, item, description, quantity, price, list, approved, cost)",
    )
    .bind(id)
    .bind(l.line_numbers)
    .bind(l.asset_ids)
    .bind(l.bulk_stock_ids)
    .bind(l.descriptions)
    .bind(l.quantities)
    .bind(l.unit_prices)
    .bind(l.list_prices)
    .bind(l.approved_by)
    .bind(l.unit_costs)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a payment to an open invoice. What follows in the transaction is written in the invoice's name.
pub async fn payment_insert(
    conn: &mut PgConnection,
    id: InvoiceId,
    number: &str,
    payment: &PaymentValues,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH paid AS (
           INSERT INTO payments (invoice_id, payment_method, amount, tendered, reference, notes, payment_date, claimed, batch_id)
           VALUES ($1, $2, $3, $4, $5, $6, coalesce($8, shop_today()), $9, $10)
         )
         SELECT set_config('bizhub.invoice_id', $1::integer::text, true), set_config('bizhub.reason', 'On invoice ' || $7, true)",
    )
    .bind(id)
    .bind(payment.payment_method)
    .bind(payment.amount)
    .bind(payment.tendered)
    .bind(payment.reference.as_deref())
    .bind(payment.notes.as_deref())
    .bind(number)
    .bind(payment.payment_date)
    .bind(payment.claimed)
    .bind(payment.batch_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Says in whose name what follows in the transaction is done.
pub async fn reason_set(conn: &mut PgConnection, id: InvoiceId, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('bizhub.invoice_id', $1::integer::text, true), set_config('bizhub.reason', $2, true)")
        .bind(id)
        .bind(reason)
        .execute(conn)
        .await?;
    Ok(())
}

/// How an item of bulk stock changes: what leaves the shelf, and what is held or let go of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockChange {
    /// The item.
    pub bulk_stock_id: BulkStockId,
    /// How many leave.
    pub taken: i32,
    /// How many more are held; less than nothing when let go of.
    pub held: i32,
}

/// A warranty to be given.
#[derive(Debug, Clone)]
pub struct WarrantyValues {
    /// The device.
    pub asset_id: AssetId,
    /// Standard or Premium 1-Year.
    pub warranty_tier: WarrantyTier,
    /// Last day.
    pub end_date: NaiveDate,
}

/// What becomes of an invoice's goods.
#[derive(Debug)]
pub struct Settlement<'a> {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its status then.
    pub status: InvoiceStatus,
    /// Until when it holds its goods.
    pub hold_expires_at: Option<DateTime<Utc>>,
    /// Its devices, which are locked already.
    pub asset_ids: &'a [AssetId],
    /// Their status then.
    pub asset_status: AssetStatus,
    /// Its items, by number.
    pub stock: &'a [StockChange],
    /// Who gets the warranties.
    pub customer_id: Option<CustomerId>,
    /// Warranties that come with it.
    pub warranties: &'a [WarrantyValues],
    /// When they begin, where it is not today.
    pub start_date: Option<NaiveDate>,
}

/// A warranty that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenWarranty {
    /// Number of the record.
    pub id: WarrantyId,
    /// `WAR-000001`.
    pub warranty_number: String,
    /// The code of its public page.
    pub check_code: String,
}

/// What a settlement did.
#[derive(Debug, Clone)]
pub struct Settled {
    /// When the invoice was changed.
    pub updated_at: DateTime<Utc>,
    /// When it is to be paid.
    pub due_date: Option<NaiveDate>,
    /// Items of which enough were there.
    pub stock_ids: Vec<BulkStockId>,
    /// The warranties, in the order asked for.
    pub warranties: Vec<WrittenWarranty>,
}

/// Moves an invoice on with its goods: the devices take their status, stock is taken or held, warranties are given; in one
/// statement. Each part waits for the part that its guard asks about. An item of which not enough are free stays as it is
/// and is missing from the answer: the caller then rolls back.
pub async fn sale_settle(conn: &mut PgConnection, s: &Settlement<'_>) -> Result<Settled, sqlx::Error> {
    let ids = |w: &[WarrantyValues]| w.iter().map(|w| w.asset_id).collect::<Vec<_>>();
    type Row = (
        DateTime<Utc>,
        Option<NaiveDate>,
        Vec<BulkStockId>,
        Vec<WarrantyId>,
        Vec<String>,
        Vec<String>,
    );
    let row: Row = sqlx::query_as(
        "WITH invoice AS (
           UPDATE invoices i SET status = $2, hold_expires_at = $3, due_date = CASE WHEN $2 = 'Sent' AND i.due_date IS NULL
               THEN shop_today() + (SELECT c.payment_terms_days FROM customers c WHERE c.id = i.customer_id) ELSE i.due_date END
           WHERE id = $1 RETURNING id, updated_at, due_date
         ), devices AS (
           UPDATE assets a SET status = $5, location_id = CASE WHEN $5 = 'Sold'
                    THEN coalesce((SELECT l.id FROM locations l WHERE l.location_name = 'Sold'), a.location_id) ELSE a.location_id END
           FROM invoice WHERE a.id = ANY ($4)
         ), items AS MATERIALIZED (
           SELECT b.id FROM bulk_stock b WHERE b.id = ANY ($6) ORDER BY b.id FOR NO KEY UPDATE
         ), stock AS (
           UPDATE bulk_stock b SET quantity = b.quantity - n.taken, reserved_quantity = b.reserved_quantity + n.held
           FROM items JOIN unnest($6::integer[], $7::integer[], $8::integer[]) AS n(id, taken, held) ON n.id = items.id
           WHERE b.id = items.id AND b.quantity - b.reserved_quantity >= n.taken + n.held
           RETURNING b.id
         ), given AS (
           INSERT INTO warranties (invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date,
                                   includes_accessories, includes_certificate, includes_premium_boxing)
           SELECT i.id, n.asset, $9, n.tier, coalesce($13, shop_today()), n.last, n.tier <> 'Standard', n.tier <> 'Standard', n.tier <> 'Standard'
           FROM invoice i, unnest($10::integer[], $11::text[], $12::date[]) AS n(asset, tier, last)
           RETURNING id, warranty_number, check_code
         )
         SELECT i.updated_at, i.due_date, ARRAY(SELECT id FROM stock), ARRAY(SELECT id FROM given ORDER BY id),
                ARRAY(SELECT warranty_number::text FROM given ORDER BY id), ARRAY(SELECT check_code::text FROM given ORDER BY id),
                set_config('bizhub.stock_kind', 'Sold', true)
         FROM invoice i",
    )
    .bind(s.invoice_id)
    .bind(s.status)
    .bind(s.hold_expires_at)
    .bind(s.asset_ids)
    .bind(s.asset_status)
    .bind(s.stock.iter().map(|c| c.bulk_stock_id).collect::<Vec<_>>())
    .bind(s.stock.iter().map(|c| c.taken).collect::<Vec<_>>())
    .bind(s.stock.iter().map(|c| c.held).collect::<Vec<_>>())
    .bind(s.customer_id)
    .bind(ids(s.warranties))
    .bind(s.warranties.iter().map(|w| w.warranty_tier.as_str()).collect::<Vec<_>>())
    .bind(s.warranties.iter().map(|w| w.end_date).collect::<Vec<_>>())
    .bind(s.start_date)
    .fetch_one(conn)
    .await?;
    let (updated_at, due_date, stock_ids, ids, numbers, codes) = row;
    let warranties = ids
        .into_iter()
        .zip(numbers)
        .zip(codes)
        .map(|((id, warranty_number), check_code)| WrittenWarranty {
            id,
            warranty_number,
            check_code,
        })
        .collect();
    Ok(Settled {
        updated_at,
        due_date,
        stock_ids,
        warranties,
    })
}

/// Lets go of devices and items that a line or an invoice held.
pub async fn goods_release(
    conn: &mut PgConnection,
    asset_ids: &[AssetId],
    stock: &[StockChange],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH devices AS (
           UPDATE assets SET status = 'Ready for Sale' WHERE id = ANY ($1) AND status = 'Reserved'
         ), items AS MATERIALIZED (
           SELECT b.id FROM bulk_stock b WHERE b.id = ANY ($2) ORDER BY b.id FOR NO KEY UPDATE
         )
         UPDATE bulk_stock b SET reserved_quantity = b.reserved_quantity + n.held
         FROM items JOIN unnest($2::integer[], $3::integer[]) AS n(id, held) ON n.id = items.id
         WHERE b.id = items.id",
    )
    .bind(asset_ids)
    .bind(stock.iter().map(|c| c.bulk_stock_id).collect::<Vec<_>>())
    .bind(stock.iter().map(|c| c.held).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// How many of these items are free: id, SKU, name, free.
pub async fn stock_free(
    conn: &mut PgConnection,
    ids: &[BulkStockId],
) -> Result<Vec<(BulkStockId, String, String, i32)>, sqlx::Error> {
    sqlx::query_as("SELECT id, sku::text, item_name::text, quantity - reserved_quantity FROM bulk_stock WHERE id = ANY ($1) ORDER BY id")
        .bind(ids)
        .fetch_all(conn)
        .await
}
