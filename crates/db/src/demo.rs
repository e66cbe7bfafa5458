//! What demo data has to know before it is made.

use sqlx::PgConnection;

/// Whether nothing was received, stocked or sold yet: the services that every shop begins with do not count.
pub async fn shop_is_untouched(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT NOT (
             EXISTS (SELECT FROM assets) OR EXISTS (SELECT FROM invoices) OR EXISTS (SELECT FROM customers)
             OR EXISTS (SELECT FROM product_models) OR EXISTS (SELECT FROM bulk_stock WHERE is_stocked)
           ) AS "untouched!""#
    )
    .fetch_one(conn)
    .await
}
