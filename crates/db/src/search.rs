//! The search box: anything by its number, name or phone. Each part of a query goes through an index of its own.

use sqlx::{FromRow, PgConnection};

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Hit {
    /// 0 for exactly what was typed, larger for what is only like it.
    pub rank: i32,
    /// `device`, `item`, `model`, `customer`, `invoice`, `warranty`, `preorder`, `ticket`, `claim`, `lot`,
    /// `stocktake` or `return`.
    pub kind: String,
    /// Its number.
    pub id: i32,
    /// What it is called.
    pub title: String,
    /// More about it, without a phone.
    pub subtitle: String,
    /// A customer's phone.
    pub phone: Option<String>,
    /// The page that shows it.
    pub url: String,
}

/// What is looked for exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExactTerms {
    /// As serials, IMEIs and SKUs are compared: capitals without blanks.
    pub key: String,
    /// Numbers of documents and tags that were typed, capitals: `INV-000412`.
    pub numbers: Vec<String>,
    /// Numbers that may be meant when only digits were typed.
    pub guesses: Vec<String>,
    /// A phone in international form, or empty.
    pub phone: String,
    /// An e-mail address in small letters, or empty.
    pub email: String,
    /// A name in small letters.
    pub name: String,
    /// The kinds that may be shown.
    pub kinds: Vec<String>,
}

macro_rules! device_columns {
    () => {
        "'device' AS kind, a.id, a.asset_tag AS title, m.brand || ' ' || m.model_name || ' · ' || a.serial_number || ' · ' || a.status
           AS subtitle, NULL::text AS phone, '/devices/' || a.id AS url"
    };
}

macro_rules! item_columns {
    () => {
        "'item' AS kind, s.id, s.item_name AS title, s.sku || CASE WHEN s.is_stocked THEN ' · ' || s.quantity || ' on the shelf'
           ELSE ' · service' END AS subtitle, NULL::text AS phone, '/stock/' || s.id AS url"
    };
}

macro_rules! model_columns {
    () => {
        "'model' AS kind, m.id, m.brand || ' ' || m.model_name AS title, concat_ws(' · ', m.category, m.cpu, m.ram, m.storage)
           AS subtitle, NULL::text AS phone, '/models/' || m.id AS url"
    };
}

macro_rules! customer_columns {
    () => {
        "'customer' AS kind, c.id, c.full_name AS title, coalesce(c.business_name, c.customer_type) AS subtitle, c.phone,
           '/customers/' || c.id AS url"
    };
}

const EXACT: &str = concat!(
    "SELECT h.* FROM (
       SELECT CASE WHEN t.guessed THEN 1 ELSE 0 END AS rank, ",
    device_columns!(),
    " FROM (
         SELECT n.id, bool_and(n.guessed) AS guessed FROM (
           SELECT id, false AS guessed FROM assets WHERE serial_key(serial_number) = $1
           UNION ALL SELECT id, false FROM assets WHERE upper(asset_tag) = ANY ($2)
           UNION ALL SELECT id, true FROM assets WHERE upper(asset_tag) = ANY ($3)
           UNION ALL SELECT id, false FROM assets WHERE imei_1 = $1
           UNION ALL SELECT id, false FROM assets WHERE imei_2 = $1
         ) n GROUP BY n.id
       ) t JOIN assets a ON a.id = t.id JOIN product_models m ON m.id = a.product_model_id WHERE a.voided_at IS NULL
       UNION ALL
       SELECT 0, ",
    item_columns!(),
    " FROM bulk_stock s WHERE upper(s.sku) = $1
       UNION ALL
       SELECT 0, ",
    customer_columns!(),
    " FROM (
         SELECT id FROM customers WHERE phone = $4
         UNION SELECT id FROM customers WHERE alternate_phone = $4
         UNION SELECT id FROM customers WHERE lower(email) = $5
         LIMIT 20
       ) t JOIN customers c ON c.id = t.id WHERE c.deleted_at IS NULL
       UNION ALL
       SELECT 0, ",
    model_columns!(),
    " FROM product_models m WHERE lower(m.brand || ' ' || m.model_name) = $6 OR lower(m.model_name) = $6
       UNION ALL
       SELECT CASE WHEN i.invoice_number = ANY ($2) THEN 0 ELSE 1 END, 'invoice', i.id, i.invoice_number,
              concat_ws(' · ', coalesce(c.full_name, 'Walk-in'), i.status, to_char(i.invoice_date, 'FMDD Mon YYYY'),
                        'GH₵ ' || to_char(i.total_amount, 'FM999,999,990.00')), NULL, '/invoices/' || i.id
       FROM invoices i LEFT JOIN customers c ON c.id = i.customer_id WHERE i.invoice_number = ANY ($2 || $3)
       UNION ALL
       SELECT CASE WHEN w.warranty_number = ANY ($2) THEN 0 ELSE 1 END, 'warranty', w.id, w.warranty_number,
              concat_ws(' · ', c.full_name, w.warranty_tier, w.status, 'until ' || to_char(w.end_date, 'FMDD Mon YYYY')), NULL,
              '/warranties/' || w.id
       FROM warranties w JOIN customers c ON c.id = w.customer_id WHERE w.warranty_number = ANY ($2 || $3)
       UNION ALL
       SELECT CASE WHEN p.preorder_number = ANY ($2) THEN 0 ELSE 1 END, 'preorder', p.id, p.preorder_number,
              concat_ws(' · ', c.full_name, p.status), NULL, '/preorders/' || p.id
       FROM preorders p JOIN customers c ON c.id = p.customer_id WHERE p.preorder_number = ANY ($2 || $3)
       UNION ALL
       SELECT CASE WHEN r.ticket_number = ANY ($2) THEN 0 ELSE 1 END, 'ticket', r.id, r.ticket_number,
              concat_ws(' · ', r.issue_type, r.status), NULL, '/repairs/' || r.id
       FROM repair_tickets r WHERE r.ticket_number = ANY ($2 || $3)
       UNION ALL
       SELECT CASE WHEN k.claim_number = ANY ($2) THEN 0 ELSE 1 END, 'claim', k.id, k.claim_number,
              concat_ws(' · ', c.full_name, k.status), NULL, '/claims/' || k.id
       FROM warranty_claims k JOIN customers c ON c.id = k.customer_id WHERE k.claim_number = ANY ($2 || $3)
       UNION ALL
       SELECT CASE WHEN l.lot_number = ANY ($2) THEN 0 ELSE 1 END, 'lot', l.id, l.lot_number,
              concat_ws(' · ', l.supplier, l.supplier_reference, to_char(l.received_date, 'FMDD Mon YYYY')), NULL, '/lots/' || l.id
       FROM lots l WHERE l.lot_number = ANY ($2 || $3)
       UNION ALL
       SELECT CASE WHEN s.stocktake_number = ANY ($2) THEN 0 ELSE 1 END, 'stocktake', s.id, s.stocktake_number,
              concat_ws(' · ', p.location_name, s.status), NULL, '/stocktakes/' || s.id
       FROM stocktakes s JOIN locations p ON p.id = s.location_id WHERE s.stocktake_number = ANY ($2 || $3)
       UNION ALL
       SELECT CASE WHEN r.return_number = ANY ($2) THEN 0 ELSE 1 END, 'return', r.id, r.return_number,
              concat_ws(' · ', i.invoice_number, to_char(r.return_date, 'FMDD Mon YYYY')), NULL, '/returns/' || r.id
       FROM returns r JOIN invoices i ON i.id = r.invoice_id WHERE r.return_number = ANY ($2 || $3)
     ) h WHERE h.kind = ANY ($7) ORDER BY h.rank, h.title, h.id LIMIT 20"
);

/// What is called exactly so: by serial, tag, IMEI, SKU, number, phone, e-mail or a model's name.
pub async fn hits_exact(conn: &mut PgConnection, terms: &ExactTerms) -> Result<Vec<Hit>, sqlx::Error> {
    sqlx::query_as(EXACT)
        .bind(&terms.key)
        .bind(&terms.numbers)
        .bind(&terms.guesses)
        .bind(&terms.phone)
        .bind(&terms.email)
        .bind(&terms.name)
        .bind(&terms.kinds)
        .fetch_all(conn)
        .await
}

/// What is looked for by a part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LikeTerms {
    /// The beginning of a serial, tag or SKU: capitals without blanks.
    pub key: String,
    /// The longest word of a name, or empty when it is too short to look for.
    pub longest: String,
    /// All words of a name.
    pub words: Vec<String>,
    /// Digits within a phone, or empty.
    pub digits: String,
    /// The kinds that may be shown.
    pub kinds: Vec<String>,
}

/// `text` anywhere, for LIKE.
fn within(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

// Comparing as text_pattern_ops does (~>=~) uses its index whatever the value, which LIKE does not with a parameter.
const LIKE: &str = concat!(
    "SELECT h.* FROM (
       (SELECT 2 AS rank, ",
    device_columns!(),
    " FROM (
           SELECT id FROM assets WHERE serial_key(serial_number) ~>=~ $1 AND serial_key(serial_number) ~<~ $2 AND voided_at IS NULL
           ORDER BY serial_key(serial_number) USING ~<~ LIMIT 8
         ) t JOIN assets a ON a.id = t.id JOIN product_models m ON m.id = a.product_model_id)
       UNION
       (SELECT 2, ",
    device_columns!(),
    " FROM (
           SELECT id FROM assets WHERE upper(asset_tag) ~>=~ $1 AND upper(asset_tag) ~<~ $2 AND voided_at IS NULL
           ORDER BY upper(asset_tag) USING ~<~ LIMIT 8
         ) t JOIN assets a ON a.id = t.id JOIN product_models m ON m.id = a.product_model_id)
       UNION
       (SELECT 3, ",
    item_columns!(),
    " FROM bulk_stock s WHERE upper(s.sku) ~>=~ $1 AND upper(s.sku) ~<~ $2 OR $3 <> '' AND s.item_name ILIKE ALL ($4)
         ORDER BY s.item_name, s.id LIMIT 8)
       UNION
       (SELECT 3, ",
    model_columns!(),
    " FROM product_models m
         WHERE $3 <> '' AND (m.brand || ' ' || m.model_name) ILIKE $3 AND (m.brand || ' ' || m.model_name) ILIKE ALL ($4)
         ORDER BY m.brand, m.model_name, m.id LIMIT 8)
       UNION
       (SELECT 3, ",
    customer_columns!(),
    " FROM (
           SELECT id FROM (
             SELECT n.id, n.full_name FROM customers n
             WHERE $3 <> '' AND (n.full_name ILIKE $3 OR n.business_name ILIKE $3)
               AND ($7 = '' OR n.full_name ILIKE $7 OR n.business_name ILIKE $7)
               AND ($8 = '' OR n.full_name ILIKE $8 OR n.business_name ILIKE $8)
               AND concat_ws(' ', n.full_name, n.business_name) ILIKE ALL ($4) AND n.deleted_at IS NULL LIMIT 300
           ) n ORDER BY n.full_name, n.id LIMIT 10
         ) t JOIN customers c ON c.id = t.id)
       UNION
       (SELECT 3, ",
    customer_columns!(),
    " FROM customers c WHERE $5 <> '' AND c.phone LIKE $5 AND c.deleted_at IS NULL LIMIT 10)
     ) h WHERE h.kind = ANY ($6) ORDER BY h.rank, h.title, h.id LIMIT 20"
);

/// What begins with the key, or has the words in its name, or the digits in its phone.
pub async fn hits_like(conn: &mut PgConnection, terms: &LikeTerms) -> Result<Vec<Hit>, sqlx::Error> {
    let some = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            within(text)
        }
    };
    // The index knows words of three characters and more; of several, the rarest decides what is read.
    let mut others: Vec<&str> = terms.words.iter().map(String::as_str).collect();
    others.retain(|w| w.chars().count() >= 3 && *w != terms.longest);
    others.sort_by_key(|w| std::cmp::Reverse(w.chars().count()));
    let other = |n: usize| some(others.get(n).copied().unwrap_or_default());
    // A plan of its own each time: whether an index helps depends on how rare the words are.
    sqlx::query_as(LIKE)
        .bind(&terms.key)
        .bind(format!("{}\u{10ffff}", terms.key))
        .bind(some(&terms.longest))
        .bind(terms.words.iter().map(|w| within(w)).collect::<Vec<_>>())
        .bind(some(&terms.digits))
        .bind(&terms.kinds)
        .bind(other(0))
        .bind(other(1))
        .persistent(false)
        .fetch_all(conn)
        .await
}
