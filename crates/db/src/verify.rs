//! The invariants of the books (QUALITY.md section 2): what holds at every commit, asked of the tables themselves.
//!
//! Each is one static query for the rows that break it. They ask what the guards, checks and triggers keep, without
//! trusting them: they find what a bug, a damaged restore or somebody's hand in the database left behind.

use sqlx::PgConnection;

/// Something that always holds in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invariant {
    /// Stable name, in kebab case.
    pub name: &'static str,
    /// What holds, as a sentence.
    pub law: &'static str,
    /// Selects what breaks it: a number of the record and words about it, at most [`MOST_SHOWN`] of them.
    pub sql: &'static str,
}

/// How many rows that break an invariant are read.
pub const MOST_SHOWN: usize = 20;

/// One row that breaks an invariant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Offence {
    /// Number of the record.
    pub id: i64,
    /// What is wrong with it.
    pub words: String,
}

/// The rows that break an invariant, [`MOST_SHOWN`] at most.
pub async fn invariant_offences(
    conn: &mut PgConnection,
    invariant: &Invariant,
) -> Result<Vec<Offence>, sqlx::Error> {
    sqlx::query_as(invariant.sql).fetch_all(conn).await
}

macro_rules! invariants {
    ($($name:literal: $law:literal => $sql:literal,)*) => {
        /// All of them, in the order in which they are read: money, goods, service, records.
        pub const INVARIANTS: &[Invariant] = &[$(Invariant {
            name: $name,
            law: $law,
            sql: concat!("SELECT id::bigint AS id, words::text AS words FROM (", $sql, ") AS broken ORDER BY 1, 2 LIMIT 20"),
        }),*];
    };
}

invariants! {
    // Invoices and their lines
    "line-totals": "A line's total is its price times its quantity." =>
        "SELECT l.id, i.invoice_number || ' line ' || l.line_number || ': ' || l.quantity || ' at ' || l.unit_price || ' is not ' || l.line_total AS words
         FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE l.line_total <> l.unit_price * l.quantity",
    "line-signs": "A line sells at least one of something, at no less than nothing." =>
        "SELECT l.id, 'line ' || l.id || ' sells ' || l.quantity || ' at ' || l.unit_price AS words
         FROM invoice_lines l WHERE l.quantity < 1 OR l.unit_price < 0",
    "line-items": "A line sells one device or an item, never both." =>
        "SELECT l.id, 'line ' || l.id || ' names ' || num_nonnulls(l.asset_id, l.bulk_stock_id) || ' things, quantity ' || l.quantity AS words
         FROM invoice_lines l
         WHERE num_nonnulls(l.asset_id, l.bulk_stock_id) <> 1 OR (l.asset_id IS NOT NULL AND l.quantity <> 1)",
    "lines-are-totals": "An invoice's lines add up to what it says." =>
        "SELECT i.id, i.invoice_number || ': its lines are ' || coalesce(l.total, 0) || ', it says '
                || CASE i.tax_mode WHEN 'inclusive' THEN i.total_amount ELSE i.subtotal END AS words
         FROM invoices i
         LEFT JOIN (SELECT invoice_id, sum(line_total) AS total FROM invoice_lines GROUP BY invoice_id) l ON l.invoice_id = i.id
         WHERE coalesce(l.total, 0) <> CASE i.tax_mode WHEN 'inclusive' THEN i.total_amount ELSE i.subtotal END",
    "total-is-net-and-tax": "An invoice's total is its net and its tax." =>
        "SELECT i.id, i.invoice_number || ': ' || i.subtotal || ' and ' || i.tax_amount || ' are not ' || i.total_amount AS words
         FROM invoices i WHERE i.total_amount <> i.subtotal + i.tax_amount",
    "tax-parts": "The taxes of an invoice add up to its tax." =>
        "SELECT i.id, i.invoice_number || ': its taxes are ' || t.amount || ', it says ' || i.tax_amount AS words
         FROM invoices i CROSS JOIN LATERAL (
           SELECT coalesce(sum((t ->> 'amount')::numeric), 0) AS amount FROM jsonb_array_elements(i.tax_lines) t
         ) t WHERE t.amount <> i.tax_amount",
    "no-tax-when-off": "An invoice without tax charges none." =>
        "SELECT i.id, i.invoice_number || ' is without tax and charges ' || i.tax_amount AS words
         FROM invoices i WHERE i.tax_mode = 'off' AND (i.tax_amount <> 0 OR i.tax_lines <> '[]')",
    "issued-has-lines": "An invoice that was given out sells something." =>
        "SELECT i.id, i.invoice_number || ' is ' || i.status || ' and has no lines' AS words
         FROM invoices i WHERE i.status IN ('Sent', 'Paid', 'Refunded')
           AND NOT EXISTS (SELECT FROM invoice_lines l WHERE l.invoice_id = i.id)",
    "cancelled-lets-go": "A cancelled invoice holds nothing." =>
        "SELECT l.id, i.invoice_number || ' is Cancelled and its line ' || l.line_number || ' is live' AS words
         FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE i.status = 'Cancelled' AND l.released_at IS NULL",
    "refunded-came-back": "Everything on a refunded invoice came back." =>
        "SELECT l.id, i.invoice_number || ' is Refunded and its line ' || l.line_number || ' is live' AS words
         FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE i.status = 'Refunded' AND l.released_at IS NULL",
    "released-on-credit": "Goods go out on credit by somebody's hand, and not from a Draft." =>
        "SELECT i.id, i.invoice_number || ' is ' || i.status || ', its release is half written' AS words
         FROM invoices i WHERE (i.goods_released_at IS NULL) <> (i.goods_released_by IS NULL)
            OR (i.goods_released_at IS NOT NULL AND i.status = 'Draft')",
    "paid-holds-no-longer": "A paid invoice has no hold that could run out." =>
        "SELECT i.id, i.invoice_number || ' is Paid and its hold ends ' || i.hold_expires_at AS words
         FROM invoices i WHERE i.status = 'Paid' AND i.hold_expires_at IS NOT NULL",

    "approvals-are-on-lines": "Who approved the prices of an invoice stands on a line of it." =>
        "SELECT p.invoice_id AS id, i.invoice_number || ' has an approval by ' || p.approver_name || ' that none of its lines needed' AS words
         FROM price_approvals p JOIN invoices i ON i.id = p.invoice_id
         WHERE NOT EXISTS (SELECT FROM invoice_lines l WHERE l.invoice_id = p.invoice_id AND l.price_approved_by = p.approved_by)",

    // Payments and refunds
    "paid-is-payments": "What an invoice says was paid is the sum of its payments." =>
        "SELECT i.id, i.invoice_number || ' says ' || i.amount_paid || ' is paid, its payments are ' || coalesce(p.amount, 0) AS words
         FROM invoices i LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM payments GROUP BY invoice_id) p ON p.invoice_id = i.id
         WHERE coalesce(p.amount, 0) <> i.amount_paid",
    "refunded-is-refunds": "What an invoice says was given back is the sum of its refunds." =>
        "SELECT i.id, i.invoice_number || ' says ' || i.amount_refunded || ' went back, its refunds are ' || coalesce(r.amount, 0) AS words
         FROM invoices i LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM refunds GROUP BY invoice_id) r ON r.invoice_id = i.id
         WHERE coalesce(r.amount, 0) <> i.amount_refunded",
    "never-overpaid": "Nobody pays more than an invoice's total." =>
        "SELECT i.id, i.invoice_number || ': ' || i.amount_paid - i.amount_refunded || ' is kept of ' || i.total_amount AS words
         FROM invoices i WHERE i.amount_paid - i.amount_refunded > i.total_amount",
    "refunds-within-paid": "Never more goes back than was paid." =>
        "SELECT i.id, i.invoice_number || ': ' || i.amount_refunded || ' went back of ' || i.amount_paid AS words
         FROM invoices i WHERE i.amount_refunded > i.amount_paid OR i.amount_refunded < 0 OR i.amount_paid < 0",
    "paid-in-full": "A Paid invoice was paid in full." =>
        "SELECT i.id, i.invoice_number || ' is Paid with ' || i.amount_paid || ' of ' || i.total_amount AS words
         FROM invoices i WHERE i.status IN ('Paid', 'Refunded') AND (i.amount_paid - i.amount_refunded < i.total_amount - i.amount_credited
            OR (i.amount_paid - i.amount_refunded <> i.total_amount AND NOT EXISTS (SELECT FROM returns r WHERE r.invoice_id = i.id)))",
    "paid-is-seen": "Nothing is Paid by money that a customer only claims." =>
        "SELECT i.id, i.invoice_number || ' is Paid and its payment ' || p.id || ' is only claimed' AS words
         FROM payments p JOIN invoices i ON i.id = p.invoice_id
         WHERE p.claimed AND i.status IN ('Paid', 'Refunded')
           AND NOT EXISTS (SELECT FROM payment_confirmations c WHERE c.payment_id = p.id)
           AND NOT EXISTS (SELECT FROM payment_rejections r WHERE r.payment_id = p.id)",
    "open-is-owed": "An invoice with nothing left to pay is Paid." =>
        "SELECT i.id, i.invoice_number || ' is ' || i.status || ' and ' || i.amount_paid || ' of ' || i.total_amount || ' is paid' AS words
         FROM invoices i WHERE i.status IN ('Draft', 'Sent') AND i.total_amount > i.amount_credited
           AND i.amount_paid - i.amount_refunded >= i.total_amount - i.amount_credited
           AND NOT EXISTS (SELECT FROM payments p WHERE p.invoice_id = i.id AND p.claimed
             AND NOT EXISTS (SELECT FROM payment_confirmations c WHERE c.payment_id = p.id)
             AND NOT EXISTS (SELECT FROM payment_rejections r WHERE r.payment_id = p.id))",
    "cancelled-keeps-no-money": "A cancelled invoice gave its money back." =>
        "SELECT i.id, i.invoice_number || ' is Cancelled and keeps ' || i.amount_paid - i.amount_refunded AS words
         FROM invoices i WHERE i.status = 'Cancelled' AND i.amount_paid <> i.amount_refunded",
    "money-moves-forward": "Each payment and each refund is of more than nothing, and change is given in cash alone." =>
        "SELECT p.id, 'payment ' || p.id || ' is of ' || p.amount || ' by ' || p.payment_method || ', ' || coalesce(p.tendered::text, 'no change') AS words
         FROM payments p WHERE p.amount <= 0 OR p.tendered <= p.amount OR (p.tendered IS NOT NULL AND p.payment_method <> 'Cash')
         UNION ALL SELECT r.id, 'refund ' || r.id || ' is of ' || r.amount FROM refunds r WHERE r.amount <= 0",
    "references-once": "A MoMo or bank reference pays once." =>
        "SELECT min(p.id) AS id, p.payment_method || ' ' || serial_key(p.reference) || ' paid ' || count(*) || ' times' AS words
         FROM payments p WHERE p.reference IS NOT NULL AND p.payment_method IN ('MoMo', 'Bank Transfer')
         GROUP BY p.payment_method, serial_key(p.reference) HAVING count(*) > 1",
    "confirmed-was-claimed": "Only what a customer claimed is confirmed." =>
        "SELECT p.id, 'payment ' || p.id || ' was never only claimed and is confirmed' AS words
         FROM payment_confirmations c JOIN payments p ON p.id = c.payment_id WHERE NOT p.claimed",

    "batches-are-their-parts": "One payment over several invoices is what its parts add up to." =>
        "SELECT b.id, 'payment over several ' || b.id || ' is of ' || b.amount || ', its parts are ' || coalesce(p.amount, 0) AS words
         FROM payment_batches b LEFT JOIN (SELECT batch_id, sum(amount) AS amount FROM payments GROUP BY 1) p ON p.batch_id = b.id
         WHERE coalesce(p.amount, 0) <> b.amount",
    "till-money-is-in-its-days": "Money of a till was taken while that till was open, by whoever had it open." =>
        "SELECT p.id, 'payment ' || p.id || ' is in till ' || t.id || ', which was not open then' AS words
         FROM payments p JOIN till_sessions t ON t.id = p.till_session_id
         WHERE p.created_at < t.opened_at OR p.created_at > t.closed_at
         UNION ALL
         SELECT r.id, 'refund ' || r.id || ' is in till ' || t.id || ', which was not open then'
         FROM refunds r JOIN till_sessions t ON t.id = r.till_session_id
         WHERE r.created_at < t.opened_at OR r.created_at > t.closed_at",

    // Returns
    "credited-is-returns": "What an invoice says came back is what its credit notes add up to." =>
        "SELECT i.id, i.invoice_number || ' says ' || i.amount_credited || ' came back, its returns are ' || coalesce(r.amount, 0) AS words
         FROM invoices i LEFT JOIN (SELECT invoice_id, sum(total_amount) AS amount FROM returns GROUP BY 1) r ON r.invoice_id = i.id
         WHERE coalesce(r.amount, 0) <> i.amount_credited",
    "credit-notes-add-up": "A credit note's total is its net and its taxes." =>
        "SELECT r.id, r.return_number || ': ' || r.subtotal || ' and ' || t.amount || ' are not ' || r.total_amount AS words
         FROM returns r CROSS JOIN LATERAL (
           SELECT coalesce(sum((t ->> 'amount')::numeric), 0) AS amount FROM jsonb_array_elements(r.tax_lines) t
         ) t WHERE r.subtotal + t.amount <> r.total_amount OR t.amount <> r.tax_amount",
    "exchanges-have-two-halves": "What an exchange took off one invoice it paid on the other." =>
        "SELECT r.id, r.return_number || ': its halves are ' || coalesce(f.amount, 0) || ' and ' || coalesce(p.amount, 0) AS words
         FROM returns r
         LEFT JOIN (SELECT return_id, sum(amount) AS amount FROM refunds WHERE exchange_invoice_id IS NOT NULL GROUP BY 1) f ON f.return_id = r.id
         LEFT JOIN (SELECT s.return_id, sum(p.amount) AS amount FROM payment_sources s JOIN payments p ON p.id = s.payment_id
                    WHERE s.return_id IS NOT NULL GROUP BY 1) p ON p.return_id = r.id
         WHERE coalesce(f.amount, 0) <> coalesce(p.amount, 0)",
    "returns-have-lines": "A return says what came back." =>
        "SELECT r.id, r.return_number || ' has no lines' AS words
         FROM returns r WHERE NOT EXISTS (SELECT FROM return_lines l WHERE l.return_id = r.id)",
    "returns-within-sold": "Never more of a line comes back than was sold." =>
        "SELECT l.id, i.invoice_number || ' line ' || l.line_number || ' sold ' || l.quantity || ', ' || sum(r.quantity) || ' came back' AS words
         FROM return_lines r JOIN invoice_lines l ON l.id = r.invoice_line_id JOIN invoices i ON i.id = l.invoice_id
         GROUP BY l.id, i.id HAVING sum(r.quantity) > l.quantity",
    "returns-of-their-invoice": "What comes back is on the invoice of its return." =>
        "SELECT r.id, t.return_number || ' takes back line ' || r.invoice_line_id || ' of another invoice' AS words
         FROM return_lines r JOIN returns t ON t.id = r.return_id JOIN invoice_lines l ON l.id = r.invoice_line_id
         WHERE l.invoice_id <> t.invoice_id",
    "returned-is-released": "A line is released when all of it came back, and not before." =>
        "SELECT l.id, i.invoice_number || ' line ' || l.line_number || ' sold ' || l.quantity || ', ' || coalesce(r.quantity, 0)
                || ' came back, and it is ' || CASE WHEN l.released_at IS NULL THEN 'live' ELSE 'released' END AS words
         FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
         LEFT JOIN (SELECT invoice_line_id, sum(quantity) AS quantity FROM return_lines GROUP BY 1) r ON r.invoice_line_id = l.id
         WHERE i.status <> 'Cancelled' AND (l.released_at IS NOT NULL) <> (coalesce(r.quantity, 0) >= l.quantity
           OR EXISTS (SELECT FROM buy_backs b WHERE b.invoice_line_id = l.id))",
    "buy-backs-pay-a-sale": "A device that came back in trade was paid for, and pays for another sale what was agreed." =>
        "SELECT b.id, 'the device of ' || i.invoice_number || ' line ' || l.line_number || ' came back in trade for ' || b.agreed_value
                || CASE WHEN i.status = 'Paid' THEN ', which pays nothing' ELSE ', and its invoice is ' || i.status END AS words
         FROM buy_backs b JOIN invoice_lines l ON l.id = b.invoice_line_id JOIN invoices i ON i.id = l.invoice_id
         WHERE i.status NOT IN ('Paid', 'Refunded') OR NOT EXISTS (
           SELECT FROM payment_sources s JOIN payments p ON p.id = s.payment_id
           WHERE s.asset_id = l.asset_id AND p.amount = b.agreed_value AND p.created_at = b.created_at AND p.invoice_id <> i.id)",

    // Devices and what holds them
    "one-live-line": "A device is on one live line at most." =>
        "SELECT l.asset_id AS id, 'device ' || l.asset_id || ' is on ' || count(*) || ' live lines' AS words
         FROM invoice_lines l WHERE l.released_at IS NULL AND l.asset_id IS NOT NULL GROUP BY l.asset_id HAVING count(*) > 1",
    "sold-has-its-line": "A Sold device is on a live line of an invoice that is paid, or whose goods were released." =>
        "SELECT a.id, a.asset_tag || ' is Sold and on no live line of a paid or released invoice' AS words
         FROM assets a WHERE a.status = 'Sold' AND NOT EXISTS (
           SELECT FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
           WHERE l.asset_id = a.id AND l.released_at IS NULL
             AND (i.status = 'Paid' OR (i.status = 'Sent' AND i.goods_released_at IS NOT NULL)))",
    "line-has-its-device": "A device on a live line is Sold when its goods went out, and Reserved while they wait." =>
        "SELECT a.id, a.asset_tag || ' is ' || a.status || ' and on a live line of ' || i.invoice_number || ', ' || i.status AS words
         FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id JOIN assets a ON a.id = l.asset_id
         WHERE l.released_at IS NULL AND a.status <> CASE
           WHEN i.status = 'Paid' OR (i.status = 'Sent' AND i.goods_released_at IS NOT NULL) THEN 'Sold' ELSE 'Reserved' END",
    "reserved-has-its-holder": "A Reserved device is held by an open invoice or by a preorder." =>
        "SELECT a.id, a.asset_tag || ' is Reserved and nothing holds it' AS words
         FROM assets a WHERE a.status = 'Reserved'
           AND NOT EXISTS (SELECT FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
             WHERE l.asset_id = a.id AND l.released_at IS NULL AND i.status IN ('Draft', 'Sent') AND i.goods_released_at IS NULL)
           AND NOT EXISTS (SELECT FROM preorders p WHERE p.asset_id = a.id AND p.status IN ('Arrived', 'Customer Notified'))",
    "preorder-holds-its-device": "What arrived for a preorder is Reserved for it, and for it alone." =>
        "SELECT p.id, p.preorder_number || ' is ' || p.status || ' and its device ' || coalesce(a.asset_tag, 'is none') || ' is ' || coalesce(a.status, 'missing') AS words
         FROM preorders p LEFT JOIN assets a ON a.id = p.asset_id
         WHERE p.status IN ('Arrived', 'Customer Notified') AND (a.status IS DISTINCT FROM 'Reserved' OR EXISTS (
           SELECT FROM preorders o WHERE o.asset_id = p.asset_id AND o.status IN ('Arrived', 'Customer Notified') AND o.id < p.id))",
    "sold-knows-its-sale": "A Sold device knows its invoice, day and price, and no other device does." =>
        "SELECT a.id, a.asset_tag || ' is ' || a.status || ' and says it was sold for ' || coalesce(a.sale_price::text, 'nothing') AS words
         FROM assets a LEFT JOIN invoice_lines l ON l.asset_id = a.id AND l.released_at IS NULL
         LEFT JOIN invoices i ON i.id = l.invoice_id
         WHERE (a.status = 'Sold' AND (a.invoice_id, a.sale_price, a.sale_date) IS DISTINCT FROM (l.invoice_id, l.unit_price, i.invoice_date))
            OR (a.status <> 'Sold' AND num_nonnulls(a.invoice_id, a.sale_price, a.sale_date) > 0)",
    "sellable-is-graded": "A device is graded before it is for sale." =>
        "SELECT a.id, a.asset_tag || ' is ' || a.status || ' without a grade' AS words
         FROM assets a WHERE a.status IN ('Ready for Sale', 'Reserved', 'Sold') AND a.condition_grade IS NULL",
    "unsellable-says-why": "A device that cannot be sold says why." =>
        "SELECT a.id, a.asset_tag || ' is Not Sellable without a reason' AS words
         FROM assets a WHERE a.status = 'Not Sellable' AND coalesce(btrim(a.not_sellable_reason), '') = ''",
    "serials-once": "A serial, a tag and an IMEI is one device's, whatever its case and blanks." =>
        "SELECT min(n.id) AS id, n.kind || ' ' || n.key || ' stands on ' || count(*) || ' devices' AS words FROM (
           SELECT id, 'serial' AS kind, serial_key(serial_number) AS key FROM assets
           UNION ALL SELECT id, 'tag', upper(asset_tag) FROM assets
           UNION ALL SELECT id, 'IMEI', imei_1 FROM assets WHERE imei_1 IS NOT NULL
           UNION ALL SELECT id, 'IMEI', imei_2 FROM assets WHERE imei_2 IS NOT NULL
         ) n GROUP BY n.kind, n.key HAVING count(*) > 1",
    "imeis-kept": "The IMEIs that are kept apart, so that none is given twice, are those of the devices." =>
        "SELECT coalesce(d.id, k.asset_id) AS id, 'IMEI ' || coalesce(d.imei, k.imei) || CASE WHEN k.imei IS NULL THEN ' of device ' || d.id || ' is not kept'
                ELSE ' is kept for device ' || k.asset_id || ', which has another' END AS words
         FROM (SELECT id, imei_1 AS imei FROM assets WHERE imei_1 IS NOT NULL
               UNION SELECT id, imei_2 FROM assets WHERE imei_2 IS NOT NULL) d
         FULL JOIN asset_imeis k ON k.imei = d.imei AND k.asset_id = d.id WHERE d.imei IS NULL OR k.imei IS NULL",

    // Movements
    "first-movement-is-receipt": "The first movement of a device is its receipt." =>
        "SELECT a.id, a.asset_tag || coalesce(' began as ' || coalesce(m.to_status, 'nothing'), ' has no movement') AS words
         FROM assets a
         LEFT JOIN (SELECT asset_id, min(id) AS id FROM inventory_movements GROUP BY asset_id) f ON f.asset_id = a.id
         LEFT JOIN inventory_movements m ON m.id = f.id WHERE m.to_status IS DISTINCT FROM 'Received' OR m.from_status IS NOT NULL",
    "last-movement-is-status": "A device's last movement led to the status and place that it has." =>
        "SELECT a.id, a.asset_tag || ' is ' || a.status || ', its last movement led to ' || coalesce(m.to_status, 'nothing') AS words
         FROM assets a
         LEFT JOIN (SELECT asset_id, max(id) AS id FROM inventory_movements GROUP BY asset_id) f ON f.asset_id = a.id
         LEFT JOIN inventory_movements m ON m.id = f.id WHERE (m.to_status, m.to_location_id) IS DISTINCT FROM (a.status, a.location_id)",
    "movements-follow": "Each movement begins where the one before it ended." =>
        "SELECT m.asset_id AS id, 'device ' || m.asset_id || ': movement ' || m.id || ' begins at ' || coalesce(m.from_status, 'nothing')
                || ', the one before ended at ' || coalesce(m.before, 'nothing') AS words
         FROM (SELECT n.id, n.asset_id, n.from_status, n.from_location_id,
                      lag(n.to_status) OVER w AS before, lag(n.to_location_id) OVER w AS place, row_number() OVER w AS place_in_row
               FROM inventory_movements n WINDOW w AS (PARTITION BY n.asset_id ORDER BY n.id)) m
         WHERE m.place_in_row > 1 AND (m.before, m.place) IS DISTINCT FROM (m.from_status, m.from_location_id)",
    "movements-are-allowed": "Devices move as the workflow says." =>
        "SELECT m.asset_id AS id, 'device ' || m.asset_id || ' went from ' || m.from_status || ' to ' || m.to_status AS words
         FROM inventory_movements m WHERE m.from_status <> m.to_status AND NOT EXISTS (
           SELECT FROM asset_status_moves s WHERE s.from_status = m.from_status AND s.to_status = m.to_status)",
    "a-movement-a-change": "A device has one movement for each change of its status." =>
        "SELECT a.id, a.asset_tag || ' changed ' || a.status_entry || ' times, its movements say ' || coalesce(m.changes, 0) AS words
         FROM assets a LEFT JOIN (
           SELECT asset_id, count(*) AS changes FROM inventory_movements WHERE from_status IS DISTINCT FROM to_status GROUP BY asset_id
         ) m ON m.asset_id = a.id WHERE coalesce(m.changes, 0) <> a.status_entry",
    "movements-have-actors": "Somebody did each movement, or the audit log tells what the system did by itself at that instant." =>
        "SELECT m.asset_id AS id, 'movement ' || m.id || ' of device ' || m.asset_id || ' to ' || coalesce(m.to_status, 'nothing') || ' has nobody who did it' AS words
         FROM inventory_movements m WHERE m.moved_by IS NULL
           AND NOT EXISTS (SELECT FROM audit_log g WHERE g.at = m.created_at AND g.user_id IS NULL)",
    "diagnosed-before-on": "A device leaves diagnostics for the wipe or the check with a passed result of that stay." =>
        "SELECT m.asset_id AS id, 'device ' || m.asset_id || ' left diagnostics for ' || m.to_status || ' without a passed result' AS words
         FROM (SELECT n.asset_id, n.from_status, n.to_status, row_number() OVER (PARTITION BY n.asset_id ORDER BY n.id) - 1 AS entry
               FROM inventory_movements n WHERE n.from_status IS DISTINCT FROM n.to_status) m
         WHERE m.from_status = 'Diagnostics Pending' AND m.to_status IN ('Wipe Pending', 'QC Pending') AND NOT EXISTS (
           SELECT FROM diagnostics_results d WHERE d.asset_id = m.asset_id AND d.status_entry = m.entry
             AND d.overall_result IN ('Pass', 'Pass with Notes'))",
    "wiped-before-on": "A device leaves the wipe for the check with a certificate of that stay." =>
        "SELECT m.asset_id AS id, 'device ' || m.asset_id || ' left the wipe without a certificate' AS words
         FROM (SELECT n.asset_id, n.from_status, n.to_status, row_number() OVER (PARTITION BY n.asset_id ORDER BY n.id) - 1 AS entry
               FROM inventory_movements n WHERE n.from_status IS DISTINCT FROM n.to_status) m
         WHERE m.from_status = 'Wipe Pending' AND m.to_status = 'QC Pending' AND NOT EXISTS (
           SELECT FROM wipe_certificates w WHERE w.asset_id = m.asset_id AND w.status_entry = m.entry)",
    "returned-is-wiped-again": "A device that came back was tested and wiped again before it is sold again." =>
        "SELECT a.id, a.asset_tag || ' came back and is ' || a.status || ' without a new test and wipe' AS words
         FROM assets a JOIN product_models p ON p.id = a.product_model_id
         WHERE a.returned_entry IS NOT NULL AND a.status IN ('Ready for Sale', 'Reserved', 'Sold') AND NOT (
           EXISTS (SELECT FROM diagnostics_results d WHERE d.asset_id = a.id AND d.status_entry > a.returned_entry
             AND d.overall_result IN ('Pass', 'Pass with Notes'))
           AND (p.category = 'Accessory' OR EXISTS (
             SELECT FROM wipe_certificates w WHERE w.asset_id = a.id AND w.status_entry > a.returned_entry)))",

    // Bulk stock
    "stock-is-ledger": "What is on the shelf is what its ledger adds up to." =>
        "SELECT b.id, b.sku || ': the shelf says ' || b.quantity || ', its ledger ' || coalesce(g.quantity, 0) AS words
         FROM bulk_stock b
         LEFT JOIN (SELECT bulk_stock_id, sum(quantity_change) AS quantity FROM stock_ledger GROUP BY 1) g ON g.bulk_stock_id = b.id
         WHERE coalesce(g.quantity, 0) <> b.quantity",
    "ledger-follows": "Each line of the ledger goes on from the one before it." =>
        "SELECT g.id, 'ledger line ' || g.id || ': ' || coalesce(g.before, 0) || ' and ' || g.quantity_change || ' are not ' || g.quantity_after AS words
         FROM (SELECT n.*, lag(n.quantity_after) OVER (PARTITION BY n.bulk_stock_id ORDER BY n.id) AS before FROM stock_ledger n) g
         WHERE coalesce(g.before, 0) + g.quantity_change <> g.quantity_after",
    "held-is-open-lines": "What is held of an item is on the lines of open invoices." =>
        "SELECT b.id, b.sku || ' holds ' || b.reserved_quantity || ', its open lines are ' || coalesce(l.quantity, 0) AS words
         FROM bulk_stock b LEFT JOIN (
           SELECT n.bulk_stock_id, sum(n.quantity) AS quantity FROM invoices i JOIN invoice_lines n ON n.invoice_id = i.id
           WHERE i.status IN ('Draft', 'Sent') AND i.goods_released_at IS NULL AND n.released_at IS NULL GROUP BY 1
         ) l ON l.bulk_stock_id = b.id
         WHERE b.is_stocked AND coalesce(l.quantity, 0) <> b.reserved_quantity",
    "stock-places-add-up": "What lies elsewhere is what its places hold, no place is the item's home, and its home is not below nothing." =>
        "SELECT s.id, s.sku || ' says that ' || s.elsewhere_quantity || ' of ' || s.quantity || ' are elsewhere, its places hold ' || coalesce(l.held, 0) AS words
         FROM bulk_stock s LEFT JOIN (SELECT bulk_stock_id, sum(quantity) AS held FROM bulk_stock_locations GROUP BY 1) l ON l.bulk_stock_id = s.id
         WHERE s.elsewhere_quantity <> coalesce(l.held, 0) OR s.elsewhere_quantity > s.quantity
           OR EXISTS (SELECT FROM bulk_stock_locations h WHERE h.bulk_stock_id = s.id AND h.location_id = s.location_id)",
    "stock-receipts-are-booked": "Each delivery of an item is in its ledger as received." =>
        "SELECT r.id, 'delivery ' || r.id || ' of ' || r.quantity || ' is not in the ledger of item ' || r.bulk_stock_id AS words
         FROM stock_receipts r WHERE NOT EXISTS (
           SELECT FROM stock_ledger l WHERE l.bulk_stock_id = r.bulk_stock_id AND l.kind = 'Received' AND l.quantity_change = r.quantity
             AND l.created_at = r.created_at AND l.quantity_after = r.quantity_before + r.quantity)",
    "deliveries-average-the-cost": "A delivery makes the cost of an item the average of what was there and what came, by the piece." =>
        "SELECT r.id, 'delivery ' || r.id || ' made ' || b.sku || ' cost ' || r.cost_after || ': ' || r.quantity_before || ' at '
                || coalesce(r.cost_before::text, 'nothing') || ' and ' || r.quantity || ' at ' || r.unit_cost AS words
         FROM stock_receipts r JOIN bulk_stock b ON b.id = r.bulk_stock_id
         WHERE r.quantity < 1 OR r.quantity_before < 0 OR r.cost_after <> round(
           (r.quantity_before * coalesce(r.cost_before, r.unit_cost) + r.quantity * r.unit_cost) / (r.quantity_before + r.quantity), 2)",
    "cost-is-what-deliveries-made-it": "An item costs what its last delivery made it cost, unless somebody wrote another cost since, which is in the audit log." =>
        "SELECT r.bulk_stock_id AS id, b.sku || ' costs ' || coalesce(r.cost::text, 'nothing') || ', its delivery ' || r.id || ' made it ' || r.cost_after AS words
         FROM (SELECT n.id, n.bulk_stock_id, n.created_at, n.cost_after, CASE WHEN lead(n.id) OVER w IS NULL THEN i.unit_cost ELSE lead(n.cost_before) OVER w END AS cost,
                 lead(n.created_at) OVER w AS until
               FROM stock_receipts n JOIN bulk_stock i ON i.id = n.bulk_stock_id WINDOW w AS (PARTITION BY n.bulk_stock_id ORDER BY n.id)) r
         JOIN bulk_stock b ON b.id = r.bulk_stock_id
         WHERE r.cost IS DISTINCT FROM r.cost_after AND NOT EXISTS (
           SELECT FROM audit_log a WHERE a.entity = 'bulk_stock' AND a.entity_id = r.bulk_stock_id AND a.action <> 'bulk_stock.receive'
             AND a.at >= r.created_at AND (r.until IS NULL OR a.at <= r.until) AND (a.after ->> 'unit_cost') IS DISTINCT FROM (a.before ->> 'unit_cost'))",
    "stock-within-bounds": "No shelf is below nothing, nor holds more than is on it." =>
        "SELECT b.id, b.sku || ': ' || b.reserved_quantity || ' held of ' || b.quantity AS words
         FROM bulk_stock b WHERE b.quantity < 0 OR b.reserved_quantity < 0 OR b.reserved_quantity > b.quantity
            OR (NOT b.is_stocked AND b.quantity <> 0)",
    "sold-stock-names-its-invoice": "What left the shelf by a sale names the invoice." =>
        "SELECT g.id, 'ledger line ' || g.id || ': a sale of ' || -g.quantity_change || ' names no invoice' AS words
         FROM stock_ledger g WHERE g.kind = 'Sold' AND g.invoice_id IS NULL",
    "sold-stock-left-the-shelf": "What a paid invoice sold of an item left the shelf." =>
        "SELECT l.invoice_id AS id, i.invoice_number || ' sold ' || l.quantity || ' of ' || b.sku || ', ' || coalesce(-g.quantity, 0) || ' left the shelf' AS words
         FROM (SELECT invoice_id, bulk_stock_id, sum(quantity) AS quantity FROM invoice_lines WHERE bulk_stock_id IS NOT NULL GROUP BY 1, 2) l
         JOIN invoices i ON i.id = l.invoice_id AND i.status = 'Paid'
         JOIN bulk_stock b ON b.id = l.bulk_stock_id AND b.is_stocked
         LEFT JOIN (
           SELECT invoice_id, bulk_stock_id, sum(quantity_change) AS quantity FROM stock_ledger WHERE kind = 'Sold' GROUP BY 1, 2
         ) g ON g.invoice_id = l.invoice_id AND g.bulk_stock_id = l.bulk_stock_id
         WHERE coalesce(-g.quantity, 0) <> l.quantity",
    "ledger-has-actors": "Somebody did each change of the stock, or the audit log tells what the system did by itself at that instant." =>
        "SELECT g.id, 'ledger line ' || g.id || ' (' || g.kind || ' ' || g.quantity_change || ') has nobody who did it' AS words
         FROM stock_ledger g WHERE g.created_by IS NULL
           AND NOT EXISTS (SELECT FROM audit_log l WHERE l.at = g.created_at AND l.user_id IS NULL)",

    // Warranties, claims, tickets, preorders
    "warranty-of-a-sale": "A warranty that is in force is for a device that is still sold on its invoice." =>
        "SELECT w.id, w.warranty_number || ' is ' || w.status || ' and its device is on no live line of its invoice' AS words
         FROM warranties w WHERE w.status IN ('Active', 'Claimed') AND w.asset_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
           WHERE l.invoice_id = w.invoice_id AND l.asset_id = w.asset_id AND l.released_at IS NULL
             AND (i.status = 'Paid' OR (i.status = 'Sent' AND i.goods_released_at IS NOT NULL)))",
    "warranty-dates": "A warranty runs from its sale on, to a later day." =>
        "SELECT w.id, w.warranty_number || ' runs from ' || w.start_date || ' to ' || w.end_date || ', its invoice is of ' || i.invoice_date AS words
         FROM warranties w JOIN invoices i ON i.id = w.invoice_id WHERE w.end_date <= w.start_date
            OR (w.start_date < i.invoice_date AND w.replaces_warranty_id IS NULL)",
    "warranty-holder": "A warranty is its buyer's." =>
        "SELECT w.id, w.warranty_number || ' is of customer ' || w.customer_id || ', its invoice of ' || coalesce(i.customer_id::text, 'nobody') AS words
         FROM warranties w JOIN invoices i ON i.id = w.invoice_id WHERE w.customer_id IS DISTINCT FROM i.customer_id",
    "one-active-warranty": "A device has one warranty in force at most." =>
        "SELECT w.asset_id AS id, 'device ' || w.asset_id || ' has ' || count(*) || ' active warranties' AS words
         FROM warranties w WHERE w.status = 'Active' AND w.asset_id IS NOT NULL GROUP BY w.asset_id HAVING count(*) > 1",
    "premium-is-whole": "A Premium warranty comes with accessories, certificate and box." =>
        "SELECT w.id, w.warranty_number || ' is ' || w.warranty_tier || ' without all of it' AS words
         FROM warranties w WHERE w.warranty_tier <> 'Standard'
           AND NOT (w.includes_accessories AND w.includes_certificate AND w.includes_premium_boxing)",
    "claims-of-the-holder": "A claim is its warranty holder's, from the days that it covers." =>
        "SELECT c.id, c.claim_number || ' of ' || c.claim_date || ' by customer ' || c.customer_id || ' does not fit ' || w.warranty_number AS words
         FROM warranty_claims c JOIN warranties w ON w.id = c.warranty_id
         WHERE c.customer_id <> w.customer_id OR c.claim_date < w.start_date",
    "service-costs": "What a ticket or a claim cost is its labour and its parts." =>
        "SELECT t.id, t.ticket_number || ': ' || t.labor_cost || ' and ' || t.parts_cost || ' are not ' || t.total_cost AS words
         FROM repair_tickets t WHERE t.total_cost <> t.labor_cost + t.parts_cost
         UNION ALL
         SELECT c.id, c.claim_number || ': ' || coalesce(c.labor_cost, 0) || ' and ' || coalesce(c.parts_cost, 0) || ' are not ' || c.total_cost
         FROM warranty_claims c WHERE c.total_cost <> coalesce(c.labor_cost, 0) + coalesce(c.parts_cost, 0)",
    "ticket-sums": "A ticket's parts are what was built in, at the price for the customer and at cost for others." =>
        "SELECT t.id, t.ticket_number || ' says parts ' || t.parts_cost || ' and labour ' || t.labor_cost || ', its rows say '
                || coalesce(p.parts, 0) || ' and ' || t.labor_entered + coalesce(p.labor, 0) AS words
         FROM repair_tickets t LEFT JOIN LATERAL (
           SELECT sum(r.amount) FILTER (WHERE r.is_stocked) AS parts, sum(r.amount) FILTER (WHERE NOT r.is_stocked) AS labor
           FROM (SELECT n.is_stocked, n.quantity * CASE t.paid_by WHEN 'Customer' THEN n.unit_price ELSE coalesce(n.unit_cost, 0) END AS amount
                 FROM repair_parts n WHERE n.repair_ticket_id = t.id AND n.removed_at IS NULL) r
         ) p ON true
         WHERE t.parts_cost <> coalesce(p.parts, 0) OR t.labor_cost <> t.labor_entered + coalesce(p.labor, 0)",
    "parts-left-the-shelf": "What is built into a ticket left the shelf, and what was taken out came back." =>
        "SELECT coalesce(p.repair_ticket_id, g.repair_ticket_id) AS id, 'ticket ' || coalesce(p.repair_ticket_id, g.repair_ticket_id) || ' has '
                || coalesce(p.quantity, 0) || ' of item ' || coalesce(p.bulk_stock_id, g.bulk_stock_id) || ', the ledger says ' || coalesce(g.quantity, 0) AS words
         FROM (SELECT repair_ticket_id, bulk_stock_id, sum(quantity) FILTER (WHERE removed_at IS NULL) AS quantity
               FROM repair_parts WHERE is_stocked GROUP BY 1, 2) p
         FULL JOIN (SELECT repair_ticket_id, bulk_stock_id, -sum(quantity_change) AS quantity
                    FROM stock_ledger WHERE repair_ticket_id IS NOT NULL GROUP BY 1, 2) g
           ON g.repair_ticket_id = p.repair_ticket_id AND g.bulk_stock_id = p.bulk_stock_id
         WHERE coalesce(p.quantity, 0) <> coalesce(g.quantity, 0)",
    "tickets-have-their-history": "A ticket is where its history left it." =>
        "SELECT t.id, t.ticket_number || ' is ' || t.status || ', its history says ' || coalesce(e.to_status, 'nothing') AS words
         FROM repair_tickets t LEFT JOIN LATERAL (
           SELECT n.to_status FROM repair_events n WHERE n.repair_ticket_id = t.id AND n.to_status IS NOT NULL ORDER BY n.id DESC LIMIT 1
         ) e ON true WHERE e.to_status IS DISTINCT FROM t.status",
    "only-customers-are-billed": "An invoice bills a repair that its customer pays." =>
        "SELECT t.id, t.ticket_number || ' is paid by ' || t.paid_by || ' and billed with ' || i.invoice_number AS words
         FROM repair_tickets t JOIN invoices i ON i.id = t.invoice_id
         WHERE t.paid_by <> 'Customer' OR i.customer_id IS DISTINCT FROM t.customer_id",
    "own-repairs-are-costs": "What closed repairs of our own stock came to stands on the device." =>
        "SELECT a.id, a.asset_tag || ' says repairs cost ' || a.repair_cost || ', its tickets ' || coalesce(t.cost, 0) AS words
         FROM assets a LEFT JOIN (SELECT asset_id, sum(total_cost) AS cost FROM repair_tickets
           WHERE paid_by = 'Shop' AND status = 'Closed' GROUP BY 1) t ON t.asset_id = a.id
         WHERE a.repair_cost <> coalesce(t.cost, 0)",
    "claimed-has-its-claim": "A warranty is Claimed while one claim on it is open, and only then." =>
        "SELECT w.id, w.warranty_number || ' is ' || w.status || ' with ' || count(k.id) || ' open claims' AS words
         FROM warranties w LEFT JOIN warranty_claims k ON k.warranty_id = w.id AND k.status IN ('Submitted', 'Approved')
         GROUP BY w.id HAVING count(k.id) > 1 OR (w.status = 'Claimed') <> (count(k.id) = 1)",
    "claims-end-with-outcomes": "A claim has an outcome when it is settled: Denied where it was denied, and with its reason." =>
        "SELECT k.id, k.claim_number || ' is ' || k.status || ' with the outcome ' || coalesce(k.outcome, 'none') AS words
         FROM warranty_claims k WHERE (k.outcome IS NOT NULL) <> (k.status IN ('Denied', 'Completed'))
            OR (k.status = 'Denied') <> coalesce(k.outcome = 'Denied', false) OR (k.outcome IS NULL) <> (k.outcome_date IS NULL)
            OR (k.status = 'Denied' AND k.denial_reason IS NULL)",
    "approved-claims-have-tickets": "An approved claim has its repair ticket, paid by the warranty, closed when it is completed." =>
        "SELECT k.id, k.claim_number || ' is ' || k.status || ', its ticket ' || coalesce(t.ticket_number || ' is ' || t.status, 'is not there') AS words
         FROM warranty_claims k LEFT JOIN repair_tickets t ON t.id = k.repair_ticket_id
         WHERE (k.status IN ('Approved', 'Completed') AND (t.id IS NULL OR t.paid_by <> 'Warranty'))
            OR (k.status = 'Completed' AND t.status <> 'Closed')",
    "replacements-carry-on": "A replacement's warranty has the dates of the one that it carries on, which is Void." =>
        "SELECT n.id, n.warranty_number || ' runs until ' || n.end_date || ', ' || o.warranty_number || ' (' || o.status || ') until ' || o.end_date AS words
         FROM warranties n JOIN warranties o ON o.id = n.replaces_warranty_id
         WHERE (n.start_date, n.end_date, n.customer_id) <> (o.start_date, o.end_date, o.customer_id) OR o.status <> 'Void'",
    "settled-claims-show-how": "A replaced claim names its replacement, invoice, warranty and return, and a refunded one its return." =>
        "SELECT k.id, k.claim_number || ' is ' || k.outcome || ' without all that it led to' AS words
         FROM warranty_claims k WHERE k.outcome IS NOT NULL
           AND num_nonnulls(k.replacement_asset_id, k.replacement_invoice_id, k.replacement_warranty_id, k.return_id)
             <> CASE k.outcome WHEN 'Replaced' THEN 4 WHEN 'Refunded' THEN 1 ELSE 0 END",
    "closed-tickets-are-dated": "A closed ticket has an outcome and a day, and an open one has no closing day." =>
        "SELECT t.id, t.ticket_number || ' is ' || t.status || ', closed ' || coalesce(t.closed_date::text, 'never') AS words
         FROM repair_tickets t WHERE (t.status = 'Closed') <> (t.closed_date IS NOT NULL) OR (t.status = 'Closed' AND t.outcome IS NULL)",
    "deposits-are-held": "Never more of a deposit is applied, given back or kept than was taken, and a closed or called off preorder holds nothing." =>
        "SELECT p.id, p.preorder_number || ' is ' || p.status || ' and holds ' || coalesce(d.amount, 0) - coalesce(y.amount, 0) AS words
         FROM preorders p
         LEFT JOIN (SELECT preorder_id, sum(CASE kind WHEN 'Deposit' THEN amount WHEN 'Shortfall' THEN 0 ELSE -amount END) AS amount
                    FROM preorder_deposits GROUP BY 1) d ON d.preorder_id = p.id
         LEFT JOIN (SELECT preorder_id, sum(amount) AS amount FROM payments WHERE preorder_id IS NOT NULL GROUP BY 1) y ON y.preorder_id = p.id
         WHERE coalesce(d.amount, 0) < coalesce(y.amount, 0) OR ((p.status = 'Closed' OR p.called_off_at IS NOT NULL) AND coalesce(d.amount, 0) <> coalesce(y.amount, 0))",
    "deposits-add-up": "All deposits that are held are what was taken less what was applied, given back and kept." =>
        "SELECT 0 AS id, 'the list says ' || l.held || ', the books ' || b.held AS words
         FROM (SELECT coalesce(sum(held), 0) AS held FROM view_preorder_deposits) l,
           (SELECT (SELECT coalesce(sum(CASE kind WHEN 'Deposit' THEN amount WHEN 'Shortfall' THEN 0 ELSE -amount END), 0) FROM preorder_deposits)
                 - (SELECT coalesce(sum(amount), 0) FROM payments WHERE preorder_id IS NOT NULL) AS held) b
         WHERE l.held <> b.held",
    "deposit-is-its-row": "What a preorder says of its deposit is what was taken for it." =>
        "SELECT p.id, p.preorder_number || ' says that ' || p.deposit_amount || ' is paid, and no such deposit was taken' AS words
         FROM preorders p WHERE p.deposit_paid AND NOT EXISTS (
           SELECT FROM preorder_deposits d WHERE d.preorder_id = p.id AND d.kind = 'Deposit' AND d.amount = p.deposit_amount AND d.entry_date = p.deposit_date)",
    "deposit-references-once": "A MoMo or bank reference pays one deposit or one invoice." =>
        "SELECT min(m.id) AS id, m.method || ' ' || m.reference || ' paid ' || count(*) || ' times, a deposit among them' AS words
         FROM (SELECT id, payment_method AS method, serial_key(reference) AS reference, true AS deposit FROM preorder_deposits
               WHERE reference IS NOT NULL AND payment_method IN ('MoMo', 'Bank Transfer') AND kind IN ('Deposit', 'Shortfall')
               UNION ALL SELECT id, payment_method, serial_key(reference), false FROM payments
               WHERE reference IS NOT NULL AND payment_method IN ('MoMo', 'Bank Transfer')) m
         GROUP BY m.method, m.reference HAVING count(*) > 1 AND bool_or(m.deposit)",
    "deposit-money-is-in-its-days": "A deposit is in a till that was open when it was taken." =>
        "SELECT d.id, 'deposit ' || d.id || ' is in till ' || t.id || ', which was not open then' AS words
         FROM preorder_deposits d JOIN till_sessions t ON t.id = d.till_session_id
         WHERE d.created_at < t.opened_at OR d.created_at > t.closed_at",
    "picked-up-has-its-sale": "What was picked up is on its paid invoice, with the deposit among its payments." =>
        "SELECT p.id, p.preorder_number || ' is ' || p.status || ', its invoice is ' || coalesce(i.status, 'missing') AS words
         FROM preorders p LEFT JOIN invoices i ON i.id = p.invoice_id
         WHERE (p.status = 'Picked Up' OR p.invoice_id IS NOT NULL) AND (coalesce(i.status, '') NOT IN ('Paid', 'Refunded')
           OR NOT EXISTS (SELECT FROM payments y WHERE y.invoice_id = i.id AND y.preorder_id = p.id)
           OR NOT EXISTS (SELECT FROM invoice_lines l WHERE l.invoice_id = i.id AND l.asset_id = p.asset_id))
         UNION ALL
         SELECT p.id, p.preorder_number || ' paid invoice ' || y.invoice_id || ' and was not picked up with it'
         FROM payments y JOIN preorders p ON p.id = y.preorder_id WHERE y.invoice_id IS DISTINCT FROM p.invoice_id",
    "preorder-dates": "What happens to a preorder happens in its order." =>
        "SELECT p.id, p.preorder_number || ': ' || concat_ws(', ', 'deposit ' || p.deposit_date, 'order ' || p.order_date, 'due ' || p.sla_date,
                'arrival ' || p.arrival_date, 'notice ' || p.customer_notified_date) AS words
         FROM preorders p WHERE p.deposit_date > p.order_date OR p.order_date > p.sla_date OR p.order_date > p.arrival_date
            OR p.arrival_date > p.customer_notified_date",
    "preorder-steps-have-events": "Each step of a preorder is an event, and they follow each other." =>
        "SELECT e.preorder_id AS id, p.preorder_number || ' went from ' || coalesce(e.before, 'nowhere') || ' and says it was ' || coalesce(e.from_status, 'nowhere') AS words
         FROM (SELECT preorder_id, from_status, lag(to_status) OVER (PARTITION BY preorder_id ORDER BY id) AS before
               FROM preorder_events WHERE to_status IS NOT NULL) e JOIN preorders p ON p.id = e.preorder_id
         WHERE e.before IS DISTINCT FROM e.from_status
         UNION ALL
         SELECT p.id, p.preorder_number || ' is ' || p.status || ', its last event says ' || coalesce(e.to_status, 'nothing')
         FROM preorders p LEFT JOIN LATERAL (
           SELECT v.to_status FROM preorder_events v WHERE v.preorder_id = p.id AND v.to_status IS NOT NULL ORDER BY v.id DESC LIMIT 1) e ON true
         WHERE e.to_status IS DISTINCT FROM p.status",
    "settled-as-reckoned": "A resale is settled to the pesewa: the deposit covers what it lost, and the rest goes back." =>
        "SELECT p.id, p.preorder_number || ' lost ' || greatest(p.agreed_price - p.resale_recovery_amount, 0) || ' of a deposit of ' || p.deposit_amount
                || ', kept ' || d.kept || ', gave back ' || d.back AS words
         FROM preorders p CROSS JOIN LATERAL (
           SELECT coalesce(sum(amount) FILTER (WHERE kind = 'Kept'), 0) AS kept, coalesce(sum(amount) FILTER (WHERE kind = 'Shortfall'), 0) AS shortfall,
             coalesce(sum(amount) FILTER (WHERE kind = 'Refund' AND NOT EXISTS (SELECT FROM preorder_deposit_decisions y WHERE y.refund_id = e.id)), 0) AS back
           FROM preorder_deposits e WHERE e.preorder_id = p.id) d
         WHERE p.status = 'Closed' AND p.resale_recovery_amount IS NOT NULL
           AND (d.kept <> least(p.deposit_amount, greatest(p.agreed_price - p.resale_recovery_amount, 0))
             OR d.back <> p.deposit_amount - d.kept OR d.kept + d.shortfall > greatest(p.agreed_price - p.resale_recovery_amount, 0))",
    "preorders-are-paid-for": "Nothing is ordered for a customer before the deposit, which has its day." =>
        "SELECT p.id, p.preorder_number || ' is ' || p.status || ', its deposit ' || CASE WHEN p.deposit_paid THEN 'has no day' ELSE 'is not paid' END AS words
         FROM preorders p WHERE (p.status NOT IN ('Deposit Pending', 'Closed') AND NOT p.deposit_paid) OR (p.deposit_paid AND p.deposit_date IS NULL)",

    // Lots and what their devices carry
    "charges-are-their-shares": "What the devices carry of a charge adds up to it, and it is its bill at its rate." =>
        "SELECT c.id, x.lot_number || ' charge ' || c.charge_number || ' is ' || c.amount_ghs || ', its shares ' || coalesce(s.amount, 0) AS words
         FROM lot_charges c JOIN lots x ON x.id = c.lot_id
         LEFT JOIN (SELECT lot_charge_id, sum(amount) AS amount FROM lot_charge_shares GROUP BY lot_charge_id) s ON s.lot_charge_id = c.id
         WHERE s.amount IS DISTINCT FROM c.amount_ghs OR c.amount_ghs <> round(c.amount * c.exchange_rate, 2)",
    "devices-carry-their-shares": "A device carries its shares of its lot's charges, and nothing without a lot." =>
        "SELECT a.id, a.asset_tag || ' carries ' || a.charge_cost || ', its shares are ' || coalesce(s.amount, 0) AS words
         FROM assets a LEFT JOIN (
           SELECT h.asset_id, c.lot_id, sum(h.amount) AS amount
           FROM lot_charge_shares h JOIN lot_charges c ON c.id = h.lot_charge_id GROUP BY h.asset_id, c.lot_id
         ) s ON s.asset_id = a.id AND s.lot_id = a.lot_id
         WHERE a.charge_cost <> coalesce(s.amount, 0)",
    "landed-is-purchase-and-shares": "A landed cost is what was paid for the device, or what somebody wrote, and its shares." =>
        "SELECT a.id, a.asset_tag || ' landed at ' || coalesce(a.landed_cost::text, 'nothing') || ': bought for ' || coalesce(a.purchase_cost::text, 'nothing')
                || ', written ' || coalesce(a.landed_entered::text, 'nothing') || ', shares ' || a.charge_cost AS words
         FROM assets a WHERE a.landed_cost IS DISTINCT FROM CASE
           WHEN a.landed_entered IS NOT NULL THEN a.landed_entered + a.charge_cost
           WHEN a.charge_cost > 0 THEN coalesce(a.purchase_cost, 0) + a.charge_cost END",
    "reversals-take-all-back": "A charge is taken back whole, from each device what it carried." =>
        "SELECT g.reversal AS id, x.lot_number || ' charge ' || g.charge_number || ' leaves ' || g.amount || ' of what it takes back on device ' || g.asset_id AS words
         FROM (
           SELECT r.id AS reversal, r.lot_id, r.charge_number, s.asset_id, sum(s.amount) AS amount
           FROM lot_charges r JOIN lot_charge_shares s ON s.lot_charge_id IN (r.id, r.reverses_id)
           WHERE r.reverses_id IS NOT NULL GROUP BY r.id, s.asset_id
         ) g JOIN lots x ON x.id = g.lot_id WHERE g.amount <> 0
         UNION ALL
         SELECT r.id, x.lot_number || ' charge ' || r.charge_number || ' is of another lot than charge ' || c.charge_number
         FROM lot_charges r JOIN lot_charges c ON c.id = r.reverses_id JOIN lots x ON x.id = r.lot_id
         WHERE r.lot_id <> c.lot_id OR r.amount_ghs <> -c.amount_ghs OR c.reverses_id IS NOT NULL",
    "shares-stay-with-the-lot": "What a lot's charges put on a device is on a device of that lot, or on one that the lot keeps as sold and taken in trade." =>
        "SELECT s.asset_id AS id, 'device ' || s.asset_id || ' carries ' || s.amount || ' of ' || x.lot_number || ', to which it does not belong' AS words
         FROM (SELECT h.asset_id, c.lot_id, sum(h.amount) AS amount
               FROM lot_charge_shares h JOIN lot_charges c ON c.id = h.lot_charge_id GROUP BY h.asset_id, c.lot_id) s
         JOIN lots x ON x.id = s.lot_id JOIN assets a ON a.id = s.asset_id
         WHERE s.amount <> 0 AND a.lot_id IS DISTINCT FROM s.lot_id AND NOT EXISTS (
           SELECT FROM buy_backs b JOIN invoice_lines l ON l.id = b.invoice_line_id WHERE l.asset_id = s.asset_id AND b.lot_id = s.lot_id)",
    "undone-is-off-the-books": "What was taken back, alone or with its import, is Scrapped, of no lot, and on no invoice." =>
        "SELECT a.id, a.asset_tag || ' was taken off the books and is ' || a.status AS words
         FROM assets a LEFT JOIN imports i ON i.id = a.import_id
         WHERE (a.voided_at IS NOT NULL AND (a.status <> 'Scrapped' OR a.lot_id IS NOT NULL OR (a.import_id IS NOT NULL AND i.undone_at IS NULL)
                OR EXISTS (SELECT FROM invoice_lines l WHERE l.asset_id = a.id)))
            OR (a.voided_at IS NULL AND i.undone_at IS NOT NULL)",

    // Stocktakes
    "one-count-of-a-place": "A place is counted by one stocktake at a time." =>
        "SELECT min(s.id) AS id, string_agg(s.stocktake_number, ' and ' ORDER BY s.id) || ' count one place' AS words
         FROM stocktakes s WHERE s.status IN ('Counting', 'Submitted') GROUP BY s.location_id HAVING count(*) > 1",
    "counted-once": "Nothing is counted twice in a stocktake." =>
        "SELECT min(c.id) AS id, s.stocktake_number || ' counts ' || min(c.code) || ' ' || count(*) || ' times' AS words
         FROM stocktake_counts c JOIN stocktakes s ON s.id = c.stocktake_id
         WHERE c.removed_at IS NULL AND c.bulk_stock_id IS NULL
         GROUP BY s.stocktake_number, c.stocktake_id, coalesce(c.asset_id::text, serial_key(c.code)) HAVING count(*) > 1",
    "approved-counts-are-judged": "Of each thing expected or counted it is written what came of it once a stocktake is approved, and not before." =>
        "SELECT s.id, s.stocktake_number || ' is ' || s.status || ' with ' || r.results || ' results for ' || t.things || ' things' AS words
         FROM stocktakes s CROSS JOIN LATERAL (SELECT count(*) AS results FROM stocktake_results r WHERE r.stocktake_id = s.id) r
         CROSS JOIN LATERAL (
           SELECT count(DISTINCT thing) AS things FROM (
             SELECT 'a' || e.asset_id AS thing FROM stocktake_expected e WHERE e.stocktake_id = s.id
             UNION ALL SELECT 'b' || i.bulk_stock_id FROM stocktake_expected_items i WHERE i.stocktake_id = s.id
             UNION ALL SELECT coalesce('a' || c.asset_id, 'b' || c.bulk_stock_id, 'c' || c.id) FROM stocktake_counts c
             WHERE c.stocktake_id = s.id AND c.removed_at IS NULL
           ) x
         ) t WHERE r.results <> CASE s.status WHEN 'Approved' THEN t.things ELSE 0 END",
    "results-follow-the-counts": "What was found was counted, what is missing was not." =>
        "SELECT r.id, s.stocktake_number || ' says ' || r.outcome || ' of device ' || r.asset_id || CASE WHEN c.id IS NULL THEN ', which was not counted' ELSE ', which was counted' END AS words
         FROM stocktake_results r JOIN stocktakes s ON s.id = r.stocktake_id
         LEFT JOIN stocktake_counts c ON c.id = r.count_id AND c.stocktake_id = r.stocktake_id AND c.asset_id = r.asset_id AND c.removed_at IS NULL
         WHERE r.asset_id IS NOT NULL AND ((r.outcome = 'Missing' AND c.id IS NOT NULL) OR (r.outcome IN ('Found', 'Wrong Place', 'Unexpected') AND c.id IS NULL))",
    "counts-moved-what-they-say": "Where a stocktake put a device, a movement says so." =>
        "SELECT r.id, s.stocktake_number || ' put device ' || r.asset_id || ' to place ' || r.to_location_id || ' and no movement says so' AS words
         FROM stocktake_results r JOIN stocktakes s ON s.id = r.stocktake_id
         WHERE r.to_location_id IS NOT NULL AND NOT EXISTS (SELECT FROM inventory_movements m WHERE m.asset_id = r.asset_id
           AND m.to_location_id = r.to_location_id AND m.from_location_id IS NOT DISTINCT FROM r.from_location_id
           AND m.reason LIKE s.stocktake_number || ':%')",
    "counts-adjusted-what-they-say": "What a stocktake did to a quantity stands in the ledger, and is what was counted less what the books said." =>
        "SELECT r.id, s.stocktake_number || ' changed item ' || r.bulk_stock_id || ' by ' || r.quantity_change AS words
         FROM stocktake_results r JOIN stocktakes s ON s.id = r.stocktake_id
         WHERE r.bulk_stock_id IS NOT NULL AND (r.quantity_change <> coalesce(r.counted_quantity - r.expected_quantity, 0)
           OR (r.quantity_change <> 0 AND NOT EXISTS (SELECT FROM stock_ledger l WHERE l.bulk_stock_id = r.bulk_stock_id
             AND l.kind = 'Adjusted' AND l.quantity_change = r.quantity_change AND l.reason LIKE s.stocktake_number || ':%')))",
    "counts-are-decided-by-somebody": "A stocktake is begun, submitted and decided by somebody." =>
        "SELECT s.id, s.stocktake_number || ' is ' || s.status || ' and nobody did that' AS words FROM stocktakes s
         WHERE s.started_by IS NULL OR (s.submitted_at IS NULL) <> (s.submitted_by IS NULL)
           OR (s.decided_at IS NULL) <> (s.decided_by IS NULL) OR (s.decided_at IS NULL) <> (s.status IN ('Counting', 'Submitted'))",

    // Numbers, keys, the audit log, counts
    "numbers-once": "Document numbers are of their form, and given once." =>
        "SELECT min(n.id) AS id, n.number || CASE WHEN count(*) > 1 THEN ' was given ' || count(*) || ' times' ELSE ' is not of the form ' || n.form END AS words
         FROM (
           SELECT id, invoice_number AS number, '^INV-[0-9]{6,}$' AS form FROM invoices
           UNION ALL SELECT id, return_number, '^RET-[0-9]{6,}$' FROM returns
           UNION ALL SELECT id, warranty_number, '^WAR-[0-9]{6,}$' FROM warranties
           UNION ALL SELECT id, claim_number, '^WCLAIM-[0-9]{6,}$' FROM warranty_claims
           UNION ALL SELECT id, ticket_number, '^TKT-[0-9]{6,}$' FROM repair_tickets
           UNION ALL SELECT id, preorder_number, '^PRE-[0-9]{6,}$' FROM preorders
           UNION ALL SELECT id, lot_number, '^LOT-[0-9]{6,}$' FROM lots
           UNION ALL SELECT id, stocktake_number, '^CNT-[0-9]{6,}$' FROM stocktakes
         ) n GROUP BY n.number, n.form HAVING count(*) > 1 OR n.number !~ n.form",
    "next-number-is-free": "The next number of an invoice and of a warranty was not given yet." =>
        "SELECT n.next AS id, n.kind || ' numbers go on from ' || n.next || ', and one later was given' AS words FROM (
           SELECT 'invoice' AS kind, last_value AS next, (SELECT max(id) FROM invoices WHERE invoice_number > pad_number('INV-', last_value)
             AND length(invoice_number) >= length(pad_number('INV-', last_value))) AS later FROM invoice_number_seq
           UNION ALL
           SELECT 'warranty', last_value, (SELECT max(id) FROM warranties WHERE warranty_number > pad_number('WAR-', last_value)
             AND length(warranty_number) >= length(pad_number('WAR-', last_value))) FROM warranty_number_seq
         ) n WHERE n.later IS NOT NULL",
    "check-codes-once": "The code of a public page is 22 characters long and one document's." =>
        "SELECT min(n.id) AS id, 'a check code of ' || length(n.check_code) || ' characters stands on ' || count(*) || ' documents' AS words
         FROM (SELECT id, check_code FROM invoices UNION ALL SELECT id, check_code FROM warranties
               UNION ALL SELECT id, check_code FROM wipe_certificates) n
         GROUP BY n.check_code HAVING count(*) > 1 OR length(n.check_code) <> 22",
    "keys-have-answers": "A kept Idempotency-Key has the answer that it was given." =>
        "SELECT k.user_id AS id, 'a key of user ' || k.user_id || ' of ' || k.created_at || ' has no answer' AS words
         FROM idempotency_keys k WHERE k.status IS NULL OR k.body IS NULL OR k.status NOT BETWEEN 200 AND 299",
    "invoices-are-audited": "The audit log tells of each invoice." =>
        "SELECT i.id, i.invoice_number || ' is not in the audit log' AS words
         FROM invoices i WHERE NOT EXISTS (SELECT FROM audit_log a WHERE a.entity = 'invoices' AND a.entity_id = i.id)",
    "payments-are-audited": "The audit log tells of what was done when money moved." =>
        "SELECT p.id, 'payment ' || p.id || ' of ' || p.created_at || ' is not in the audit log' AS words
         FROM payments p WHERE NOT EXISTS (SELECT FROM audit_log a WHERE a.at = p.created_at)
         UNION ALL
         SELECT r.id, 'refund ' || r.id || ' of ' || r.created_at || ' is not in the audit log'
         FROM refunds r WHERE NOT EXISTS (SELECT FROM audit_log a WHERE a.at = r.created_at)",
    "counted-devices": "The first page's counts of devices are what there is." =>
        "SELECT 0 AS id, coalesce(a.status, c.status) || ': the counts say ' || coalesce(c.units, 0) || ', there are ' || coalesce(a.units, 0) AS words
         FROM (SELECT status, count(*) AS units FROM assets WHERE voided_at IS NULL GROUP BY status) a
         FULL JOIN (SELECT status, sum(units) AS units FROM asset_status_changes GROUP BY status) c ON c.status = a.status
         WHERE coalesce(a.units, 0) <> coalesce(c.units, 0)",
    "summed-lots": "What is kept of a lot's sums is what its devices come to, unless it is noted as changed." =>
        "SELECT x.id, x.lot_number || ' is kept with ' || g.device_count || ' devices at ' || g.landed || ', ' || g.sold_count || ' sold at '
                || g.sales_amount || '; it has ' || f.device_count || ' at ' || f.landed || ', ' || f.sold_count || ' at ' || f.sales_amount AS words
         FROM lots x JOIN lot_figures g ON g.lot_id = x.id CROSS JOIN LATERAL add_up_lot(x.id) f
         WHERE NOT EXISTS (SELECT FROM lot_changes c WHERE c.lot_id = x.id)
           AND (g.line_count, g.device_count, g.sold_count, g.without_cost, g.bought, g.charge_cost, g.landed, g.sales_amount, g.cost_at_sale, g.cost_now)
             <> (f.line_count, f.device_count, f.sold_count, f.without_cost, f.bought, f.charge_cost, f.landed, f.sales_amount, f.cost_at_sale, f.cost_now)",
    "counted-sales": "The first page's sales of each day are what was sold." =>
        "SELECT 0 AS id, coalesce(i.invoice_date, c.invoice_date) || ': the counts say ' || coalesce(c.sales, 0) || ' by ' || coalesce(c.number, 0)
                || ', there are ' || coalesce(i.sales, 0) || ' by ' || coalesce(i.number, 0) AS words
         FROM (SELECT invoice_date, count(*) AS number, sum(total_amount) AS sales FROM invoices WHERE status IN ('Paid', 'Refunded') GROUP BY 1) i
         FULL JOIN (SELECT invoice_date, sum(transaction_count) AS number, sum(total_sales) AS sales FROM paid_day_changes GROUP BY 1) c
           ON c.invoice_date = i.invoice_date
         WHERE (coalesce(i.number, 0), coalesce(i.sales, 0)) <> (coalesce(c.number, 0), coalesce(c.sales, 0))",
    "merged-names-nobody": "Nothing names a customer who was merged into another." =>
        "SELECT c.id, 'customer ' || c.id || ' was merged into ' || c.merged_into || ', and ' || t.named || ' still names them' AS words
         FROM customers c JOIN (
           SELECT customer_id, 'an invoice' AS named FROM invoices UNION ALL SELECT customer_id, 'a preorder' FROM preorders
           UNION ALL SELECT customer_id, 'a warranty' FROM warranties UNION ALL SELECT customer_id, 'a claim' FROM warranty_claims
           UNION ALL SELECT customer_id, 'a repair' FROM repair_tickets UNION ALL SELECT customer_id, 'a payment' FROM payment_batches
           UNION ALL SELECT customer_id, 'a message' FROM messages UNION ALL SELECT customer_id, 'a consent' FROM customer_consents
           UNION ALL SELECT merged_into, 'another merge' FROM customers
         ) t ON t.customer_id = c.id WHERE c.merged_into IS NOT NULL",
    "erased-are-gone": "Of an erased customer no personal detail is kept." =>
        "SELECT c.id, 'customer ' || c.id || ' was erased and their details are still there' AS words FROM customers c
         WHERE c.erased_at IS NOT NULL AND (
           (c.full_name, c.phone) IS DISTINCT FROM ('Erased customer', '')
           OR num_nonnulls(c.business_name, c.email, c.alternate_phone, c.address, c.city, c.region, c.notes) > 0
           OR EXISTS (SELECT FROM messages m WHERE m.customer_id = c.id AND (m.recipient <> '[erased]' OR m.body <> '[erased]'))
           OR EXISTS (SELECT FROM audit_log a WHERE a.entity = 'customers' AND a.entity_id = c.id
             AND (without_person(a.before), without_person(a.after)) IS DISTINCT FROM (a.before, a.after)))",
    "messages-are-their-steps": "Each message stands where its last step led, and was sent once at most." =>
        "SELECT m.id, 'message ' || m.id || ' is ' || m.status || ', its last step says ' || coalesce(e.to_status, 'nothing') AS words
         FROM messages m LEFT JOIN LATERAL (
           SELECT e.to_status FROM message_events e WHERE e.message_id = m.id ORDER BY e.id DESC LIMIT 1
         ) e ON true WHERE e.to_status IS DISTINCT FROM m.status
         UNION ALL
         SELECT e.message_id, 'message ' || e.message_id || ' was sent ' || count(*) || ' times' FROM message_events e
         WHERE e.to_status = 'Sent' GROUP BY e.message_id HAVING count(*) > 1",
    "photos-have-pictures": "A photo has its picture until it is taken away, and then it has none." =>
        "SELECT p.id, 'photo ' || p.id || CASE WHEN p.removed_at IS NULL THEN ' has no picture' ELSE ' was taken away and its picture is still there' END AS words
         FROM photos p LEFT JOIN photo_files f ON f.photo_id = p.id WHERE (p.removed_at IS NULL) <> (f.photo_id IS NOT NULL)",
    "models-show-their-own": "The picture that a model shows, where it is one of ours, is its own and still there." =>
        "SELECT m.id, 'model ' || m.id || ' shows ' || m.image_url || ', which is no picture of it' AS words
         FROM product_models m WHERE m.image_url ~ '^/api/v1/photos/[0-9]+/image.jpg$' AND NOT EXISTS (
           SELECT FROM photos p WHERE p.product_model_id = m.id AND p.removed_at IS NULL
             AND m.image_url = '/api/v1/photos/' || p.id || '/image.jpg')",
    "erased-have-no-photos": "Of what an erased customer brought in no photo is kept." =>
        "SELECT p.id, 'photo ' || p.id || ' is of an erased customer''s repair' AS words
         FROM photos p JOIN repair_tickets t ON t.id = p.repair_ticket_id JOIN customers c ON c.id = t.customer_id
         WHERE c.erased_at IS NOT NULL AND p.removed_at IS NULL",
    "graded-by-its-check": "A device on sale has the grade of its last quality check, if it has one since it was received." =>
        "SELECT a.id, a.asset_tag || ' is grade ' || a.condition_grade || ', its last check said ' || q.condition_grade AS words
         FROM assets a JOIN LATERAL (
           SELECT q.condition_grade, q.status_entry FROM quality_checks q WHERE q.asset_id = a.id ORDER BY q.id DESC LIMIT 1
         ) q ON true WHERE a.status = 'Ready for Sale' AND q.status_entry = a.status_entry - 1 AND q.condition_grade <> a.condition_grade",
    "prices-follow-their-history": "Each price of a model goes on from the one before it, and the last one is what it costs." =>
        "SELECT h.id, 'price ' || h.id || ' of model ' || h.product_model_id || ', grade ' || h.grade || ', follows ' || coalesce(h.old_price::text, 'none')
                || ', the one before was ' || coalesce(h.before::text, 'none') AS words
         FROM (SELECT n.id, n.product_model_id, n.grade, n.old_price, lag(n.new_price) OVER w AS before, row_number() OVER w AS place
               FROM product_model_prices n WINDOW w AS (PARTITION BY n.product_model_id, n.grade, n.merged_from ORDER BY n.id)) h
         WHERE h.before IS DISTINCT FROM h.old_price AND NOT (h.place = 1 AND h.old_price IS NULL)
         UNION ALL
         SELECT p.id, 'model ' || p.id || ', grade ' || p.grade || ', costs ' || coalesce(p.price::text, 'nothing') || ', its last price was ' || coalesce(h.new_price::text, 'none')
         FROM (SELECT m.id, g.grade, g.price FROM product_models m CROSS JOIN LATERAL (VALUES ('A', m.default_price_grade_a),
                 ('B', m.default_price_grade_b), ('C', m.default_price_grade_c)) g (grade, price)) p
         LEFT JOIN LATERAL (SELECT n.new_price FROM product_model_prices n
           WHERE n.product_model_id = p.id AND n.grade = p.grade AND n.merged_from IS NULL ORDER BY n.id DESC LIMIT 1) h ON true
         WHERE p.price IS DISTINCT FROM h.new_price",
    "bulk-changes-tell-what-they-made": "A change of many records tells of at least one, and of each what became another." =>
        "SELECT c.id, c.word || c.id || ' tells of ' || c.fields || ' fields, ' || c.same || ' of them as they were' AS words
         FROM (
           SELECT g.id, 'bulk change ' AS word, count(r.field) AS fields, count(r.field) FILTER (WHERE r.old_value IS NOT DISTINCT FROM r.new_value) AS same
           FROM bulk_changes g LEFT JOIN bulk_change_rows r ON r.bulk_change_id = g.id GROUP BY g.id
           UNION ALL
           SELECT g.id, 'catalogue change ', count(r.field), count(r.field) FILTER (WHERE r.old_value IS NOT DISTINCT FROM r.new_value)
           FROM catalog_changes g LEFT JOIN catalog_change_rows r ON r.catalog_change_id = g.id GROUP BY g.id
         ) c WHERE c.fields = 0 OR c.same > 0",
    "taken-back-by-somebody-later": "A change of many records that was taken back says when and by whom, and not before it was made." =>
        "SELECT c.id, c.word || c.id || ' of ' || c.made_at || ' was taken back ' || coalesce(c.undone_at::text, 'at no time')
                || ' by ' || coalesce('user ' || c.undone_by, 'nobody') AS words
         FROM (
           SELECT id, 'bulk change ' AS word, made_at, undone_at, undone_by FROM bulk_changes
           UNION ALL SELECT id, 'catalogue change ', made_at, undone_at, undone_by FROM catalog_changes
         ) c WHERE (c.undone_at IS NULL) <> (c.undone_by IS NULL) OR c.undone_at < c.made_at",
    "bulk-changes-are-of-their-table": "A change of many records names records that are there, or models that were merged away, and fields of theirs." =>
        "SELECT g.id, 'bulk change ' || g.id || ' of ' || g.changed || ' names ' || r.field || ' of ' || r.record_id AS words
         FROM bulk_changes g JOIN bulk_change_rows r ON r.bulk_change_id = g.id
         WHERE CASE g.changed
           WHEN 'assets' THEN r.field NOT IN ('list_price', 'supplier', 'accessories_included', 'location_id', 'status')
             OR NOT EXISTS (SELECT FROM assets a WHERE a.id = r.record_id)
           ELSE r.field NOT IN ('unit_price', 'reorder_threshold', 'category', 'supplier', 'location_id')
             OR NOT EXISTS (SELECT FROM bulk_stock s WHERE s.id = r.record_id) END
         UNION ALL
         SELECT r.catalog_change_id, 'catalogue change ' || r.catalog_change_id || ' names ' || r.field || ' of ' || r.product_model_id
         FROM catalog_change_rows r
         WHERE r.field NOT IN ('default_price_grade_a', 'default_price_grade_b', 'default_price_grade_c', 'category', 'brand', 'cpu', 'ram',
             'storage', 'screen_size', 'gpu', 'operating_system')
            OR NOT (EXISTS (SELECT FROM product_models m WHERE m.id = r.product_model_id)
              OR EXISTS (SELECT FROM product_model_merges g WHERE g.gone_id = r.product_model_id))",
    "bulk-changes-are-audited": "The audit log tells of each change of many records, of how many, and of taking it back." =>
        "SELECT c.id, c.word || c.id || ' of ' || c.records || ' records is not in the audit log like that' AS words
         FROM (
           SELECT g.id, 'bulk change ' AS word, 'bulk_change' AS action, 'bulk_changes' AS entity, 'records' AS counted, g.undone_at,
             (SELECT count(DISTINCT r.record_id) FROM bulk_change_rows r WHERE r.bulk_change_id = g.id) AS records FROM bulk_changes g
           UNION ALL
           SELECT g.id, 'catalogue change ', 'catalog_change', 'catalog_changes', 'models', g.undone_at,
             (SELECT count(DISTINCT r.product_model_id) FROM catalog_change_rows r WHERE r.catalog_change_id = g.id) FROM catalog_changes g
         ) c
         WHERE NOT EXISTS (SELECT FROM audit_log a WHERE a.entity = c.entity AND a.entity_id = c.id AND a.action = c.action || '.make'
                AND (a.after ->> c.counted)::bigint = c.records)
            OR (c.undone_at IS NOT NULL AND NOT EXISTS (
                SELECT FROM audit_log a WHERE a.entity = c.entity AND a.entity_id = c.id AND a.action = c.action || '.undo'))",
    "bulk-moves-are-movements": "Where a change of many devices put one, and which status it gave it, is a movement of it, and so is taking that back." =>
        "SELECT g.id, 'bulk change ' || g.id || ' took ' || r.field || ' of device ' || r.record_id || ' from ' || coalesce(r.old_value, 'none')
                || ' to ' || coalesce(r.new_value, 'none') || CASE WHEN g.undone_at IS NULL THEN '' ELSE ' and back' END || ', its movements do not say so' AS words
         FROM bulk_changes g JOIN bulk_change_rows r ON r.bulk_change_id = g.id
         WHERE g.changed = 'assets' AND r.field IN ('location_id', 'status') AND (
           NOT EXISTS (SELECT FROM inventory_movements m WHERE m.asset_id = r.record_id AND m.created_at = g.made_at
             AND CASE r.field WHEN 'status' THEN m.from_status ELSE m.from_location_id::text END IS NOT DISTINCT FROM r.old_value
             AND CASE r.field WHEN 'status' THEN m.to_status ELSE m.to_location_id::text END IS NOT DISTINCT FROM r.new_value)
           OR (g.undone_at IS NOT NULL AND NOT EXISTS (
             SELECT FROM inventory_movements m WHERE m.asset_id = r.record_id AND m.created_at = g.undone_at
             AND CASE r.field WHEN 'status' THEN m.from_status ELSE m.from_location_id::text END IS NOT DISTINCT FROM r.new_value)))",
    "catalog-prices-are-in-their-history": "Each price that a change of many models made, and taking it back, is in the history of that price." =>
        "SELECT g.id, 'catalogue change ' || g.id || ' took ' || r.field || ' of model ' || r.product_model_id || ' from ' || coalesce(r.old_value, 'none')
                || ' to ' || coalesce(r.new_value, 'none') || CASE WHEN g.undone_at IS NULL THEN '' ELSE ' and back' END || ', its history does not say so' AS words
         FROM catalog_changes g JOIN catalog_change_rows r ON r.catalog_change_id = g.id
         WHERE r.field LIKE 'default\\_price\\_grade\\__' AND (
           NOT EXISTS (SELECT FROM product_model_prices h WHERE r.product_model_id IN (h.product_model_id, h.merged_from)
             AND h.grade = upper(right(r.field, 1)) AND h.changed_at = g.made_at
             AND h.old_price IS NOT DISTINCT FROM r.old_value::numeric AND h.new_price IS NOT DISTINCT FROM r.new_value::numeric)
           OR (g.undone_at IS NOT NULL AND NOT EXISTS (
             SELECT FROM product_model_prices h WHERE r.product_model_id IN (h.product_model_id, h.merged_from)
             AND h.grade = upper(right(r.field, 1)) AND h.changed_at = g.undone_at
             AND h.old_price IS NOT DISTINCT FROM r.new_value::numeric AND h.new_price IS NOT DISTINCT FROM r.old_value::numeric)))",
    "merged-models-are-gone": "A model that was merged into another is gone, and nothing names it or any other that is not there." =>
        "SELECT g.gone_id AS id, 'model ' || g.gone_id || ' was merged into ' || g.product_model_id || ' and is still there' AS words
         FROM product_model_merges g JOIN product_models m ON m.id = g.gone_id
         UNION ALL
         SELECT t.model, t.named || ' names model ' || t.model || coalesce(', which was merged into ' || g.product_model_id, ', which is not there')
         FROM (
           SELECT product_model_id AS model, 'device ' || id AS named FROM assets
           UNION ALL SELECT product_model_id, 'preorder ' || id FROM preorders
           UNION ALL SELECT product_model_id, 'the bundle with item ' || bulk_stock_id FROM product_model_bundles
           UNION ALL SELECT product_model_id, 'line ' || id || ' of a supplier''s list' FROM lot_lines
           UNION ALL SELECT product_model_id, 'price ' || id FROM product_model_prices
           UNION ALL SELECT product_model_id, 'photo ' || id FROM photos
           UNION ALL SELECT product_model_id, 'the merge of model ' || gone_id FROM product_model_merges
         ) t LEFT JOIN product_models m ON m.id = t.model LEFT JOIN product_model_merges g ON g.gone_id = t.model
         WHERE t.model IS NOT NULL AND m.id IS NULL",
    "merges-are-audited": "The audit log tells of each merge of models." =>
        "SELECT g.gone_id AS id, 'the merge of model ' || g.gone_id || ' is not in the audit log' AS words
         FROM product_model_merges g WHERE NOT EXISTS (
           SELECT FROM audit_log a WHERE a.entity = 'product_models' AND a.entity_id = g.gone_id AND a.action = 'product_model.merge')",
    "views-are-of-their-list": "A list opens with a view of that list, and a view keeps filters, sort and columns alone." =>
        "SELECT c.saved_view_id AS id, 'user ' || c.user_id || ' opens ' || c.list || ' with view ' || v.id || ', which is of ' || v.list AS words
         FROM list_choices c JOIN saved_views v ON v.id = c.saved_view_id WHERE v.list <> c.list
         UNION ALL
         SELECT v.id, 'view ' || v.id || ' of ' || v.list || ' keeps ' || v.query FROM saved_views v
         WHERE v.list NOT IN ('devices', 'models', 'stock', 'movements', 'lots', 'receipts', 'ledger', 'customers', 'invoices', 'moves', 'returns', 'warranties',
           'preorders', 'stocktakes', 'claims', 'repairs')
            OR v.query ~ '(^|[&])(cursor|view|format|limit)='",
    "views-have-owners": "A person has one view of a list under a name, and views are somebody's." =>
        "SELECT min(v.id) AS id, v.list || ' has ' || count(*) || ' views ' || lower(v.view_name) || ' of user ' || v.owner_id AS words
         FROM saved_views v LEFT JOIN users u ON u.id = v.owner_id GROUP BY v.owner_id, v.list, lower(v.view_name), u.id
         HAVING count(*) > 1 OR u.id IS NULL",
    "sets-hold-devices-once": "A scanned set is somebody's, and holds a device that is there, once." =>
        "SELECT min(s.id) AS id, 'the set of user ' || s.user_id || ' holds device ' || s.asset_id
                || CASE WHEN count(*) > 1 THEN ' ' || count(*) || ' times' ELSE ', which is not there, or is nobody''s' END AS words
         FROM scan_set_devices s LEFT JOIN assets a ON a.id = s.asset_id LEFT JOIN users u ON u.id = s.user_id
         GROUP BY s.user_id, s.asset_id, a.id, u.id HAVING count(*) > 1 OR a.id IS NULL OR u.id IS NULL",
    "photos-are-of-something": "A photo is of a device, a repair or a product model that is there, and whoever took it away is known with the time." =>
        "SELECT p.id, 'photo ' || p.id || ' is of nothing that is there, or was taken away by nobody' AS words
         FROM photos p LEFT JOIN assets a ON a.id = p.asset_id LEFT JOIN repair_tickets t ON t.id = p.repair_ticket_id
           LEFT JOIN product_models m ON m.id = p.product_model_id
         WHERE num_nonnulls(a.id, t.id, m.id) <> 1 OR num_nonnulls(p.asset_id, p.repair_ticket_id, p.product_model_id) <> 1
            OR (p.removed_at IS NULL AND p.removed_by IS NOT NULL) OR (p.removed_at IS NOT NULL AND p.caption IS NOT NULL)",
    "nothing-hangs-loose": "Each record names records that are there." =>
        "SELECT l.id, 'line ' || l.id || ' names an invoice, device or item that is not there' AS words FROM invoice_lines l
         WHERE NOT EXISTS (SELECT FROM invoices i WHERE i.id = l.invoice_id)
            OR (l.asset_id IS NOT NULL AND NOT EXISTS (SELECT FROM assets a WHERE a.id = l.asset_id))
            OR (l.bulk_stock_id IS NOT NULL AND NOT EXISTS (SELECT FROM bulk_stock b WHERE b.id = l.bulk_stock_id))
         UNION ALL
         SELECT p.id, 'payment ' || p.id || ' names an invoice that is not there' FROM payments p
         WHERE NOT EXISTS (SELECT FROM invoices i WHERE i.id = p.invoice_id)
         UNION ALL
         SELECT m.id, 'movement ' || m.id || ' names a device that is not there' FROM inventory_movements m
         WHERE NOT EXISTS (SELECT FROM assets a WHERE a.id = m.asset_id)
         UNION ALL
         SELECT g.id, 'ledger line ' || g.id || ' names an item that is not there' FROM stock_ledger g
         WHERE NOT EXISTS (SELECT FROM bulk_stock b WHERE b.id = g.bulk_stock_id)
         UNION ALL
         SELECT i.id, i.invoice_number || ' names a customer who is not there' FROM invoices i
         WHERE i.customer_id IS NOT NULL AND NOT EXISTS (SELECT FROM customers c WHERE c.id = i.customer_id)",
    "somebody-can-let-in": "There is an Admin who can sign in." =>
        "SELECT 0 AS id, 'no user is an active Admin' AS words
         WHERE NOT EXISTS (SELECT FROM users u WHERE u.role = 'Admin' AND u.is_active)",
}
