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
        conn.execute(
            "SELECT set_config('bizhub.user_id', (SELECT id::text FROM users WHERE username = 'yaw'), false)",
        )
        .await
        .unwrap();
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

    /// What is broken in the books: the name of each invariant that does not hold, and what breaks it. Nothing, unless
    /// there is a bug.
    pub async fn broken_books(&self) -> Vec<String> {
        let mut conn = self.superuser().await;
        let broken = app::verify::verify(&mut conn).await.unwrap();
        broken.iter().map(ToString::to_string).collect()
    }
}
