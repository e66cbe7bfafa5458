//! Devices and items on the shelf, brought there by the legal steps, as the application's role.

use crate::Stage;
use domain::{AssetId, BulkStockId};
use sqlx::Executor;

impl Stage {
    /// An HP EliteBook of grade A, Ready for Sale at 5,000.00: received, diagnosed, wiped, checked.
    pub async fn ready_device(&self, serial: &str) -> AssetId {
        self.ready_device_of("Laptop", serial).await
    }

    /// The same of a category. An accessory skips the wipe.
    pub async fn ready_device_of(&self, category: &str, serial: &str) -> AssetId {
        let mut conn = self.bizhub_app().await;
        conn.execute("BEGIN; SELECT set_config('bizhub.user_id', (SELECT id::text FROM users WHERE username = 'kofi'), true)")
            .await
            .unwrap();
        let model: Option<i32> =
            sqlx::query_scalar("SELECT id FROM product_models WHERE category = $1 AND brand = 'HP' LIMIT 1")
                .bind(category)
                .fetch_optional(&mut conn)
                .await
                .unwrap();
        let model = match model {
            Some(model) => model,
            None => sqlx::query_scalar(
                "INSERT INTO product_models (category, brand, model_name, cpu, ram, storage, default_price_grade_a)
                 VALUES ($1, 'HP', 'EliteBook 840 G5', 'Core i5-8350U', '16 GB', '256 GB SSD', 5000) RETURNING id",
            )
            .bind(category)
            .fetch_one(&mut conn)
            .await
            .unwrap(),
        };
        let id: AssetId = sqlx::query_scalar(
            "INSERT INTO assets (serial_number, product_model_id, purchase_cost, landed_cost, received_date, location_id)
             VALUES ($1, $2, 3000, 3200, '2026-01-05', (SELECT id FROM locations WHERE location_name = 'Shop Floor')) RETURNING id",
        )
        .bind(serial)
        .bind(model)
        .fetch_one(&mut conn)
        .await
        .unwrap();
        let mut steps = vec![
            "UPDATE assets SET status = 'Diagnostics Pending' WHERE id = $1",
            "INSERT INTO diagnostics_results (asset_id, technician_id, checklist_data, overall_result) SELECT $1, shop_actor(), '{}', 'Pass'",
        ];
        if category == "Accessory" {
            steps.push("UPDATE assets SET status = 'QC Pending' WHERE id = $1");
        } else {
            steps.extend([
                "UPDATE assets SET status = 'Wipe Pending' WHERE id = $1",
                "INSERT INTO wipe_certificates (asset_id, technician_id, wipe_method) SELECT $1, shop_actor(), 'NIST 800-88 Clear'",
                "UPDATE assets SET status = 'QC Pending' WHERE id = $1",
            ]);
        }
        steps.push("UPDATE assets SET status = 'Ready for Sale', condition_grade = 'A' WHERE id = $1");
        for step in steps {
            sqlx::query(step).bind(id).execute(&mut conn).await.unwrap();
        }
        conn.execute("COMMIT").await.unwrap();
        id
    }

    /// An item of bulk stock at 120.00, so many on the shelf.
    pub async fn stocked_item(&self, sku: &str, quantity: i32) -> BulkStockId {
        let mut conn = self.bizhub_app().await;
        sqlx::query_scalar(
            "INSERT INTO bulk_stock (sku, item_name, category, unit_cost, unit_price, quantity)
             VALUES ($1, 'Charger 65 W', 'Charger', 70, 120, $2) RETURNING id",
        )
        .bind(sku)
        .bind(quantity)
        .fetch_one(&mut conn)
        .await
        .unwrap()
    }

    /// What is broken in the books: each a sentence. Nothing, unless there is a bug.
    pub async fn broken_books(&self) -> Vec<String> {
        let mut conn = self.superuser().await;
        sqlx::query_scalar(
            "SELECT 'Device ' || a.asset_tag || ' is ' || a.status || ' but its live line is on ' || coalesce(i.status, 'nothing')
             FROM assets a LEFT JOIN invoice_lines l ON l.asset_id = a.id AND l.released_at IS NULL
             LEFT JOIN invoices i ON i.id = l.invoice_id
             WHERE (a.status = 'Sold') IS DISTINCT FROM coalesce(i.status = 'Paid' OR i.goods_released_at IS NOT NULL, false)
                OR (a.status = 'Reserved') IS DISTINCT FROM coalesce(i.status IN ('Draft', 'Sent') AND i.goods_released_at IS NULL, false)
             UNION ALL
             SELECT 'The ledger of ' || b.sku || ' says ' || coalesce(sum(g.quantity_change), 0) || ', the shelf ' || b.quantity
             FROM bulk_stock b LEFT JOIN stock_ledger g ON g.bulk_stock_id = b.id
             GROUP BY b.id HAVING coalesce(sum(g.quantity_change), 0) <> b.quantity
             UNION ALL
             SELECT b.sku || ' holds ' || b.reserved_quantity || ', its open lines ' || coalesce(sum(l.quantity), 0)
             FROM bulk_stock b LEFT JOIN (
               SELECT n.bulk_stock_id, n.quantity FROM invoice_lines n JOIN invoices i ON i.id = n.invoice_id
               WHERE i.status IN ('Draft', 'Sent') AND i.goods_released_at IS NULL AND n.released_at IS NULL
             ) l ON l.bulk_stock_id = b.id
             WHERE b.is_stocked GROUP BY b.id HAVING coalesce(sum(l.quantity), 0) <> b.reserved_quantity
             UNION ALL
             SELECT i.invoice_number || ' says ' || i.amount_paid || ' is paid, its payments ' || coalesce(sum(p.amount), 0)
             FROM invoices i LEFT JOIN payments p ON p.invoice_id = i.id
             GROUP BY i.id HAVING coalesce(sum(p.amount), 0) <> i.amount_paid OR i.amount_paid - i.amount_refunded > i.total_amount
             UNION ALL
             SELECT i.invoice_number || ' is Paid with ' || (i.total_amount - i.amount_credited - i.amount_paid + i.amount_refunded) || ' to pay'
             FROM invoices i WHERE i.status = 'Paid' AND i.total_amount - i.amount_credited > i.amount_paid - i.amount_refunded
             UNION ALL
             SELECT i.invoice_number || ' says ' || i.amount_credited || ' came back, its returns ' || coalesce(sum(r.total_amount), 0)
             FROM invoices i LEFT JOIN returns r ON r.invoice_id = i.id
             GROUP BY i.id HAVING coalesce(sum(r.total_amount), 0) <> i.amount_credited
             UNION ALL
             SELECT i.invoice_number || ' says ' || i.amount_refunded || ' was given back, its refunds ' || coalesce(sum(f.amount), 0)
             FROM invoices i LEFT JOIN refunds f ON f.invoice_id = i.id
             GROUP BY i.id HAVING coalesce(sum(f.amount), 0) <> i.amount_refunded
             UNION ALL
             SELECT i.invoice_number || ': ' || sum(n.quantity) || ' of ' || l.quantity || ' came back'
             FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id JOIN return_lines n ON n.invoice_line_id = l.id
             GROUP BY i.id, l.id HAVING sum(n.quantity) > l.quantity OR (sum(n.quantity) = l.quantity) <> (l.released_at IS NOT NULL)
             UNION ALL
             SELECT 'The exchange of ' || r.return_number || ' has halves of ' || coalesce(f.amount, 0) || ' and ' || coalesce(p.amount, 0)
             FROM returns r
             LEFT JOIN (SELECT return_id, sum(amount) AS amount FROM refunds WHERE exchange_invoice_id IS NOT NULL GROUP BY return_id) f
               ON f.return_id = r.id
             LEFT JOIN (SELECT s.return_id, sum(p.amount) AS amount FROM payment_sources s JOIN payments p ON p.id = s.payment_id
                        WHERE s.return_id IS NOT NULL GROUP BY s.return_id) p ON p.return_id = r.id
             WHERE coalesce(f.amount, 0) <> coalesce(p.amount, 0)
             UNION ALL
             SELECT i.invoice_number || ': its lines are ' || coalesce(sum(l.line_total), 0) || ', it says ' || i.total_amount
             FROM invoices i LEFT JOIN invoice_lines l ON l.invoice_id = i.id
             GROUP BY i.id
             HAVING coalesce(sum(l.line_total), 0) <> CASE i.tax_mode WHEN 'inclusive' THEN i.total_amount ELSE i.subtotal END
             UNION ALL
             SELECT 'The last movement of ' || a.asset_tag || ' led to ' || m.to_status || ', it is ' || a.status
             FROM assets a JOIN LATERAL (
               SELECT n.to_status, n.moved_by FROM inventory_movements n WHERE n.asset_id = a.id ORDER BY n.id DESC LIMIT 1
             ) m ON true WHERE m.to_status <> a.status
             UNION ALL
             SELECT 'A sale of ' || g.quantity_change || ' names no invoice' FROM stock_ledger g WHERE g.kind = 'Sold' AND g.invoice_id IS NULL",
        )
        .fetch_all(&mut conn)
        .await
        .unwrap()
    }
}
