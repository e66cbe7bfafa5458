//! The database's own limit: pgbench against the same server, with the statements of the same work.

use crate::Failure;
use crate::server::program;
use std::io::Write;
use std::time::Duration;
use tokio::process::Command;

/// Transactions a second of a script, over as many connections as there are clients.
pub async fn rate(
    url: &str,
    script: &str,
    clients: usize,
    length: Duration,
    variables: &[(&str, i64)],
) -> Result<f64, Failure> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(script.as_bytes())?;
    let mut command = Command::new(program("pgbench"));
    command
        .args(["-n", "-M", "prepared", "-j", "2", "-c", &clients.to_string()])
        .args(["-T", &length.as_secs().max(1).to_string(), "-f"])
        .arg(file.path());
    for (name, value) in variables {
        command.arg("-D").arg(format!("{name}={value}"));
    }
    let output = command.arg(url).output().await?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    if complaints.contains("aborted") || complaints.contains("ERROR") {
        return Err(format!("pgbench: {complaints}").into());
    }
    text.lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|rest| rest.split(' ').next())
        .and_then(|number| number.parse().ok())
        .filter(|rate| *rate > 0.0)
        .ok_or_else(|| format!("pgbench said no rate: {text}{complaints}").into())
}

/// The row changes of one checkout, statement by statement in one transaction. `audit` is what the product's own audit row
/// says. Client variables: first, clients, n, user, customers, item_first, items.
pub fn checkout(audit: &str) -> String {
    let audit: String = audit.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "\\set n :n + 1
\\set device :first + :client_id + :clients * :n
\\set item :item_first + random(0, :items - 1)
\\set customer random(1, :customers)
BEGIN;
SELECT set_config('bizhub.user_id', (:user)::text, true);
SELECT id, full_name, business_name, phone FROM customers WHERE id = :customer AND deleted_at IS NULL FOR KEY SHARE;
SELECT a.id, a.asset_tag, a.serial_number, a.status, a.list_price, a.landed_cost, p.brand, p.model_name, p.cpu, p.ram, p.storage
 FROM assets a JOIN product_models p ON p.id = a.product_model_id WHERE upper(a.asset_tag) = pad_number('P4T-', :device) FOR NO KEY UPDATE OF a;
SELECT id, sku, item_name, unit_price, unit_cost, quantity - reserved_quantity FROM bulk_stock WHERE id = :item;
INSERT INTO invoices (customer_id, customer_type, subtotal, total_amount, sales_rep_id) VALUES (:customer, 'Retail', 3120, 3120, :user) RETURNING id AS invoice \\gset
INSERT INTO invoice_lines (invoice_id, line_number, asset_id, item_description, quantity, unit_price, line_total, list_price, unit_cost)
 VALUES (:invoice, 1, :device, 'HP EliteBook 105 · Core i5-8350U · 16 GB · 256 GB SSD · Grade A', 1, 3000, 3000, 3000, 2100);
INSERT INTO invoice_lines (invoice_id, line_number, bulk_stock_id, item_description, quantity, unit_price, line_total, list_price, unit_cost)
 VALUES (:invoice, 2, :item, 'Charger', 1, 120, 120, 120, 70);
INSERT INTO payments (invoice_id, payment_method, amount, reference) VALUES (:invoice, 'MoMo', 3000, 'PG' || :device);
INSERT INTO payments (invoice_id, payment_method, amount) VALUES (:invoice, 'Cash', 120);
SELECT set_config('bizhub.invoice_id', (:invoice)::text, true), set_config('bizhub.reason', 'On invoice', true), set_config('bizhub.stock_kind', 'Sold', true);
UPDATE invoices SET status = 'Paid' WHERE id = :invoice;
UPDATE assets SET status = 'Sold', location_id = 5 WHERE id = :device;
INSERT INTO warranties (invoice_id, asset_id, customer_id, warranty_tier, start_date, end_date) VALUES (:invoice, :device, :customer, 'Standard', shop_today(), shop_today() + 90);
INSERT INTO audit_log (action, entity, entity_id, after, request_id, address)
 VALUES ('sale.checkout', 'invoices', :invoice, convert_from(decode('{audit}', 'hex'), 'UTF8')::jsonb, '01999999-9999-7999-9999-999999999999', '127.0.0.1');
UPDATE bulk_stock SET quantity = quantity - 1 WHERE id = :item AND quantity - reserved_quantity >= 1;
COMMIT;
"
    )
}
