//! The schema against a real PostgreSQL: all migrations into a fresh database, then what the database itself must refuse.
//!
//! `TEST_DATABASE_URL` names a superuser's connection to a server where databases may be created.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

const SCRIPTS: &[(&str, &str)] = &[
    ("append_only", include_str!("sql/append_only.sql")),
    ("asset_workflow", include_str!("sql/asset_workflow.sql")),
    ("people_and_service", include_str!("sql/people_and_service.sql")),
    ("roles", include_str!("sql/roles.sql")),
    ("sales", include_str!("sql/sales.sql")),
    ("stock", include_str!("sql/stock.sql")),
    ("views", include_str!("sql/views.sql")),
];

/// Every name of an index in the schema document, ten of them carried by unique constraints.
const CONTRACT_INDEXES: &str = "
    idx_assets_invoice idx_assets_location idx_assets_model idx_assets_received_date idx_assets_serial idx_assets_status
    idx_assets_tag idx_bulk_stock_category idx_bulk_stock_quantity idx_bulk_stock_sku idx_customers_deleted
    idx_customers_name idx_customers_phone idx_customers_type idx_diagnostics_asset idx_diagnostics_date
    idx_invoice_lines_asset idx_invoice_lines_bulk idx_invoice_lines_invoice idx_invoices_customer idx_invoices_date
    idx_invoices_lead_source idx_invoices_number idx_invoices_status idx_movements_asset idx_movements_date
    idx_payments_date idx_payments_invoice idx_payments_method idx_preorder_events_date idx_preorder_events_preorder
    idx_preorders_asset idx_preorders_customer idx_preorders_number idx_preorders_sla idx_preorders_status
    idx_product_models_brand idx_product_models_category idx_product_models_model idx_repair_events_date
    idx_repair_events_ticket idx_repair_tickets_asset idx_repair_tickets_assigned idx_repair_tickets_customer
    idx_repair_tickets_date idx_repair_tickets_number idx_repair_tickets_status idx_users_email idx_users_role
    idx_users_username idx_warranties_asset idx_warranties_customer idx_warranties_dates idx_warranties_invoice
    idx_warranties_number idx_warranty_claims_date idx_warranty_claims_number idx_warranty_claims_status
    idx_warranty_claims_warranty idx_wipe_asset idx_wipe_date";

const CONTRACT_TABLES: &str = "
    assets bulk_stock customers diagnostics_results inventory_movements invoice_lines invoices lead_sources locations
    payments preorder_events preorders product_models repair_events repair_tickets users warranties warranty_claims
    wipe_certificates";

/// A database of its own for one test, with all migrations run as its owner.
struct Trial {
    conn: PgConnection,
    server: String,
    name: String,
}

impl Trial {
    async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("TEST_DATABASE_URL")
            .expect("set TEST_DATABASE_URL to a superuser's connection, e.g. postgres://postgres@127.0.0.1:5432/postgres");
        let name = format!(
            "bizhub_schema_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let mut admin = PgConnection::connect(&server)
            .await
            .expect("TEST_DATABASE_URL answers");
        run(
            &mut admin,
            "DO $$ BEGIN CREATE ROLE bizhub_schema_owner CREATEROLE;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        )
        .await;
        run(
            &mut admin,
            &format!("CREATE DATABASE {name} OWNER bizhub_schema_owner"),
        )
        .await;
        let mut conn = PgConnection::connect(&url_of(&server, &name))
            .await
            .expect("the new database answers");
        run(
            &mut conn,
            "SET ROLE bizhub_schema_owner; SET client_min_messages = warning",
        )
        .await;
        MIGRATOR
            .run_direct(None, &mut conn, false)
            .await
            .expect("the migrations run as the owner");
        run(&mut conn, "RESET ROLE").await;
        run(&mut conn, include_str!("sql/00_trial.sql")).await;
        Self { conn, server, name }
    }

    async fn names(&mut self, sql: &'static str) -> BTreeSet<String> {
        sqlx::query_scalar(sql)
            .fetch_all(&mut self.conn)
            .await
            .expect("the catalog answers")
            .into_iter()
            .collect()
    }

    async fn close(self) {
        self.conn.close().await.expect("the connection closes");
        let mut admin = PgConnection::connect(&self.server)
            .await
            .expect("TEST_DATABASE_URL answers");
        run(&mut admin, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

fn url_of(server: &str, database: &str) -> String {
    let (address, options) = server
        .split_once('?')
        .map_or((server, None), |(a, o)| (a, Some(o)));
    let slash = address
        .rfind('/')
        .filter(|at| !address[..*at].ends_with('/'))
        .unwrap_or(address.len());
    let options = options.map(|o| format!("?{o}")).unwrap_or_default();
    format!("{}/{database}{options}", &address[..slash])
}

async fn run(conn: &mut PgConnection, sql: &str) {
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await {
        panic!("{error}\n{}", sql.lines().take(3).collect::<Vec<_>>().join("\n"));
    }
}

#[tokio::test]
async fn the_database_refuses_what_it_must() {
    let mut trial = Trial::new().await;
    for (name, script) in SCRIPTS {
        if let Err(error) = sqlx::raw_sql(AssertSqlSafe(*script))
            .execute(&mut trial.conn)
            .await
        {
            panic!("{name}.sql: {error}");
        }
    }
    trial.close().await;
}

/// The workflow as the product's description has it: from, to, and what refuses the move when nothing was recorded.
const MOVES: &[(&str, &str, Option<&str>)] = &[
    ("Received", "Diagnostics Pending", None),
    ("Received", "Not Sellable", Some("check_not_sellable_reason")),
    ("Received", "Scrapped", None),
    (
        "Diagnostics Pending",
        "Wipe Pending",
        Some("asset_needs_diagnostics"),
    ),
    ("Diagnostics Pending", "Repair Hold", None),
    (
        "Diagnostics Pending",
        "Not Sellable",
        Some("check_not_sellable_reason"),
    ),
    ("Diagnostics Pending", "Scrapped", None),
    ("Wipe Pending", "QC Pending", Some("asset_needs_wipe")),
    ("Wipe Pending", "Repair Hold", None),
    ("Wipe Pending", "Not Sellable", Some("check_not_sellable_reason")),
    ("Wipe Pending", "Scrapped", None),
    ("QC Pending", "Ready for Sale", Some("asset_needs_grade")),
    ("QC Pending", "Diagnostics Pending", None),
    ("QC Pending", "Repair Hold", None),
    ("QC Pending", "Not Sellable", Some("check_not_sellable_reason")),
    ("QC Pending", "Scrapped", None),
    ("Ready for Sale", "Reserved", Some("asset_needs_holder")),
    ("Ready for Sale", "Sold", Some("asset_needs_paid_line")),
    ("Ready for Sale", "Diagnostics Pending", None),
    ("Ready for Sale", "Repair Hold", None),
    (
        "Ready for Sale",
        "Not Sellable",
        Some("check_not_sellable_reason"),
    ),
    ("Ready for Sale", "Scrapped", None),
    ("Reserved", "Sold", Some("asset_needs_paid_line")),
    ("Reserved", "Ready for Sale", Some("asset_is_held")),
    ("Sold", "Returned", Some("asset_needs_return")),
    ("Returned", "Diagnostics Pending", None),
    ("Returned", "Repair Hold", None),
    ("Returned", "Not Sellable", Some("check_not_sellable_reason")),
    ("Returned", "Scrapped", None),
    ("Repair Hold", "Diagnostics Pending", None),
    ("Repair Hold", "QC Pending", None),
    ("Repair Hold", "Not Sellable", Some("check_not_sellable_reason")),
    ("Repair Hold", "Scrapped", None),
    ("Not Sellable", "Diagnostics Pending", None),
    ("Not Sellable", "Repair Hold", None),
    ("Not Sellable", "Scrapped", None),
];

/// What must come of one pair. Accessories go from diagnostics to the quality check without a wipe.
fn expected(category: &str, from: &str, to: &str, ready: bool) -> &'static str {
    let accessory = category == "Accessory";
    let listed = match (from, to) {
        ("Diagnostics Pending", "Wipe Pending") if accessory => None,
        ("Diagnostics Pending", "QC Pending") if accessory => Some(Some("asset_needs_diagnostics")),
        _ => MOVES
            .iter()
            .find(|(f, t, _)| (*f, *t) == (from, to))
            .map(|(_, _, needs)| *needs),
    };
    match listed {
        None => "asset_status_move",
        Some(Some(needs)) if !ready => needs,
        Some(_) => "moved",
    }
}

#[tokio::test]
async fn every_pair_of_states_as_the_application() {
    let mut trial = Trial::new().await;
    run(&mut trial.conn, "SET ROLE bizhub_app").await;
    for category in ["Laptop", "Phone", "Accessory"] {
        for ready in [true, false] {
            // A state kept is no move; an accessory is never in Wipe Pending.
            let pairs: Vec<(String, String, String)> = sqlx::query_as(
                "WITH states (state) AS (SELECT unnest(ARRAY['Received', 'Diagnostics Pending', 'Wipe Pending',
                     'QC Pending', 'Ready for Sale', 'Reserved', 'Sold', 'Returned', 'Repair Hold', 'Scrapped',
                     'Not Sellable']))
                 SELECT o.state, t.state, trial.attempt($1, o.state, t.state, $2) FROM states o CROSS JOIN states t
                 WHERE o.state <> t.state AND ($1 <> 'Accessory' OR o.state <> 'Wipe Pending')",
            )
            .bind(category)
            .bind(ready)
            .fetch_all(&mut trial.conn)
            .await
            .expect("every attempt ends in an answer");
            assert_eq!(pairs.len(), if category == "Accessory" { 100 } else { 110 });
            for (from, to, answer) in pairs {
                let expected = expected(category, &from, &to, ready);
                assert_eq!(answer, expected, "{category}, ready: {ready}: {from} → {to}");
            }
        }
    }
    run(&mut trial.conn, "RESET ROLE").await;
    trial.close().await;
}

/// The preorder workflow as the product's description has it: from, to, and what refuses the move when nothing was recorded.
const PREORDER_MOVES: &[(&str, &str, Option<&str>)] = &[
    ("Deposit Pending", "Ordered", Some("check_deposit_before_order")),
    ("Deposit Pending", "Closed", None),
    ("Ordered", "In Transit", None),
    ("In Transit", "Arrived", Some("check_preorder_asset")),
    ("Arrived", "Customer Notified", None),
    ("Arrived", "Rejected", Some("preorder_needs_reason")),
    ("Customer Notified", "Picked Up", Some("preorder_needs_sale")),
    ("Customer Notified", "Rejected", Some("preorder_needs_reason")),
    ("Picked Up", "Closed", None),
    ("Rejected", "Resold", Some("preorder_needs_resale")),
    ("Resold", "Closed", Some("preorder_holds_money")),
];

#[tokio::test]
async fn every_pair_of_a_preorders_statuses_as_the_application() {
    let mut trial = Trial::new().await;
    run(&mut trial.conn, "SET ROLE bizhub_app").await;
    for ready in [true, false] {
        let pairs: Vec<(String, String, String)> = sqlx::query_as(
            "WITH states (state) AS (SELECT unnest(ARRAY['Deposit Pending', 'Ordered', 'In Transit', 'Arrived',
                 'Customer Notified', 'Picked Up', 'Rejected', 'Resold', 'Closed']))
             SELECT o.state, t.state, trial.preorder_attempt(o.state, t.state, $1) FROM states o CROSS JOIN states t
             WHERE o.state <> t.state",
        )
        .bind(ready)
        .fetch_all(&mut trial.conn)
        .await
        .expect("every attempt ends in an answer");
        assert_eq!(pairs.len(), 72);
        for (from, to, answer) in pairs {
            let listed = PREORDER_MOVES
                .iter()
                .find(|(f, t, _)| (*f, *t) == (from.as_str(), to.as_str()));
            let expected = match listed {
                None => "preorder_status_move",
                Some((_, _, Some(needs))) if !ready => needs,
                Some(_) => "moved",
            };
            assert_eq!(answer, expected, "ready: {ready}: {from} → {to}");
        }
    }
    run(&mut trial.conn, "RESET ROLE").await;
    trial.close().await;
}

#[tokio::test]
async fn the_catalog_holds_what_the_contract_names() {
    let mut trial = Trial::new().await;

    let tables = trial
        .names("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
        .await;
    for table in CONTRACT_TABLES.split_whitespace() {
        assert!(tables.contains(table), "table {table} is missing");
    }
    let views = trial
        .names("SELECT viewname::text FROM pg_views WHERE schemaname = 'public'")
        .await;
    let wanted = [
        "till_balances",
        "till_entries",
        "lot_members",
        "view_aging_inventory",
        "view_bulk_stock_places",
        "view_customer_account",
        "view_inventory_summary",
        "view_preorder_deposits",
        "view_preorder_sla",
        "view_sales_daily",
        "view_stocktake_devices",
        "view_stocktake_items",
        "view_tax_documents",
    ];
    assert_eq!(views, wanted.map(String::from).into());

    let indexes = trial
        .names("SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public'")
        .await;
    for index in CONTRACT_INDEXES.split_whitespace() {
        assert!(indexes.contains(index), "index {index} is missing");
    }
    let doubled = trial
        .names(
            "SELECT concat(a.indexrelid::regclass, ' = ', b.indexrelid::regclass) FROM pg_index a
             JOIN pg_index b ON a.indrelid = b.indrelid AND a.indexrelid < b.indexrelid
               AND a.indkey = b.indkey AND a.indclass = b.indclass AND a.indoption = b.indoption
               AND a.indpred IS NOT DISTINCT FROM b.indpred AND a.indexprs IS NOT DISTINCT FROM b.indexprs",
        )
        .await;
    assert_eq!(doubled, BTreeSet::new(), "two indexes do the work of one");

    let without_trigger = trial
        .names(
            "SELECT c.relname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
             WHERE a.attname = 'updated_at' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (
               SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
               WHERE t.tgrelid = c.oid AND p.proname = 'update_updated_at_column' AND t.tgenabled = 'O'
                 AND t.tgname = 'update_' || c.relname || '_timestamp')",
        )
        .await;
    assert_eq!(
        without_trigger,
        BTreeSet::new(),
        "updated_at stands still on these tables"
    );

    let secrets = trial
        .names(
            "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0
               AND (a.attname ~ '(password|token)_hash' OR c.relname IN ('sessions', 'api_tokens', 'idempotency_keys', 'secrets'))
               AND has_column_privilege('bizhub_readonly', c.oid, a.attnum, 'SELECT')",
        )
        .await;
    assert_eq!(secrets, BTreeSet::new(), "the reporting role sees secrets");

    // 12.4: the application may work with every table, except where rows only grow or belong to the database itself.
    let withheld = trial
        .names(
            "SELECT t.tablename || ': ' || p.privilege
             FROM pg_tables t CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p (privilege)
             WHERE t.schemaname = 'public' AND NOT has_table_privilege('bizhub_app', t.tablename::regclass, p.privilege)",
        )
        .await;
    let grow_only = [
        "audit_log",
        "audit_seals",
        "buy_backs",
        "closed_days",
        "diagnostics_results",
        "inventory_movements",
        "payment_batches",
        "payment_confirmations",
        "payment_rejections",
        "payments",
        "preorder_deposit_decisions",
        "preorder_deposits",
        "preorder_events",
        "price_approvals",
        "refunds",
        "repair_events",
        "return_lines",
        "returns",
        "till_counts",
        "till_movements",
        "wipe_certificates",
        "stock_ledger",
        "payment_sources",
        "machine_reports",
        "quality_checks",
        "audit_redactions",
        "customer_consents",
        "invoice_names",
        "message_events",
        "lot_charges",
        "lot_charge_shares",
        "bulk_change_rows",
        "catalog_change_rows",
        "stock_moves",
        "stock_receipts",
        "stocktake_expected",
        "stocktake_expected_items",
        "stocktake_results",
        "asset_status_moves",
        "repair_status_moves",
        "claim_status_moves",
        "warranty_status_moves",
        "_sqlx_migrations",
    ];
    let mut wanted: BTreeSet<String> = grow_only
        .iter()
        .flat_map(|t| [format!("{t}: UPDATE"), format!("{t}: DELETE")])
        .collect();
    let ours = [
        "asset_status_moves",
        "repair_status_moves",
        "claim_status_moves",
        "warranty_status_moves",
        "_sqlx_migrations",
    ];
    wanted.extend(
        ours.iter()
            .chain(&["stock_ledger"])
            .map(|t| format!("{t}: INSERT")),
    );
    // What triggers alone write, what is only added to or ended, and what is never deleted.
    for (tables, privileges) in [
        (
            "asset_imeis bulk_stock_locations product_model_merges product_model_prices",
            "INSERT UPDATE DELETE",
        ),
        ("audit_redactions invoice_names message_events", "INSERT"),
        ("bulk_changes catalog_changes", "UPDATE DELETE"),
        ("photo_files scan_set_devices", "UPDATE"),
        (
            "lots messages photos preorders price_lists repair_parts return_requests stocktake_counts stocktakes till_sessions",
            "DELETE",
        ),
    ] {
        for table in tables.split(' ') {
            wanted.extend(privileges.split(' ').map(|p| format!("{table}: {p}")));
        }
    }
    assert_eq!(withheld, wanted);
    let kept = trial
        .names(
            "SELECT c.relname::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
             WHERE p.proname IN ('refuse_change', 'refuse_change_but_of_customer') AND t.tgenabled = 'O'
             GROUP BY c.relname HAVING bit_or(t.tgtype::integer) & 56 = 56", // UPDATE, DELETE and TRUNCATE
        )
        .await;
    let by_trigger = grow_only
        .iter()
        .filter(|t| !ours.contains(t) && **t != "invoice_names");
    assert_eq!(kept, by_trigger.map(|t| (*t).to_owned()).collect());

    let checked_by_null = trial
        .names("SELECT conname::text FROM pg_constraint WHERE contype = 'c' AND pg_get_constraintdef(oid) ~* 'NULL::'")
        .await;
    assert_eq!(
        checked_by_null,
        BTreeSet::new(),
        "a CHECK … IN (…, NULL) never fails"
    );
    trial.close().await;
}

#[tokio::test]
async fn a_fresh_installation_has_its_reference_data() {
    let mut trial = Trial::new().await;
    let locations = trial.names("SELECT location_name::text FROM locations").await;
    assert_eq!(
        locations,
        ["Shop Floor", "Backroom", "Repair Bench", "Warehouse", "Sold"]
            .map(String::from)
            .into()
    );
    let lead_sources: i64 = sqlx::query_scalar("SELECT count(*) FROM lead_sources")
        .fetch_one(&mut trial.conn)
        .await
        .expect("a count");
    assert_eq!(lead_sources, 8);
    let admin: (String, String, bool, bool) =
        sqlx::query_as("SELECT role, left(password_hash, 7), must_change_password, is_active FROM users WHERE username = 'admin'")
            .fetch_one(&mut trial.conn)
            .await
            .expect("the seeded user");
    assert_eq!(admin, ("Admin".into(), "$2b$10$".into(), true, true));
    // Running the migrations again changes nothing.
    MIGRATOR
        .run_direct(None, &mut trial.conn, false)
        .await
        .expect("a second run");
    trial.close().await;
}

#[tokio::test]
async fn two_sellers_of_one_device_at_once() {
    let mut trial = Trial::new().await;
    let device: i32 = sqlx::query_scalar("SELECT trial.device_at('Laptop', 'Ready for Sale')")
        .fetch_one(&mut trial.conn)
        .await
        .expect("a device");
    let mut sellers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let url = url_of(&trial.server, &trial.name);
        sellers.spawn(async move {
            let mut conn = PgConnection::connect(&url).await.expect("the database answers");
            run(&mut conn, "SET ROLE bizhub_app").await;
            let mut sale = conn.begin().await.expect("a transaction");
            let drafted = sqlx::query_scalar::<_, i32>("SELECT trial.draft($1)")
                .bind(device)
                .fetch_one(&mut *sale)
                .await;
            match drafted {
                Ok(invoice) => {
                    sqlx::query("SELECT trial.pay($1)")
                        .bind(invoice)
                        .execute(&mut *sale)
                        .await
                        .expect("a payment");
                    sqlx::query("SELECT trial.move($1, 'Sold')")
                        .bind(device)
                        .execute(&mut *sale)
                        .await
                        .expect("the sale");
                    sale.commit().await.expect("the commit");
                    "sold".to_owned()
                }
                Err(refused) => refused
                    .as_database_error()
                    .and_then(|e| e.constraint())
                    .unwrap_or("refused without a name")
                    .to_owned(),
            }
        });
    }
    let mut answers = sellers.join_all().await;
    answers.sort();
    assert_eq!(answers.pop().as_deref(), Some("sold"));
    assert!(
        answers
            .iter()
            .all(|a| a == "line_asset_sellable" || a == "idx_invoice_lines_live_asset"),
        "{answers:?}"
    );
    trial.close().await;
}
