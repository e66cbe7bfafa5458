//! The permission sheet: every route of BizHub and who may use it. To change who may do what, change a line here or
//! the table in `domain/permission.rs`; docs/permissions.md shows the outcome.

use crate::gate::{Access, Gate, SheetLine, may};
use crate::{AppState, api, health, openapi, pages, security, statics};
use axum::{Extension, Router};
use axum::middleware::from_fn;
use axum::routing::{get, post};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa_axum::routes;

/// Largest body of a call or form; uploads have their own limit.
const BODY_LIMIT: usize = 1024 * 1024;

fn gate() -> Gate {
    Gate::new(openapi::head())
        .api(routes!(api::auth::sign_in), Access::Public)
        .api(routes!(api::auth::me), may!(OwnAccount))
        .api(routes!(api::auth::sign_out), may!(OwnAccount))
        .api(routes!(api::auth::password), may!(OwnAccount))
        .page("GET", "/", get(pages::accounts::first), Access::Public)
        .page("GET POST", "/sign-in", get(pages::accounts::sign_in_form).post(pages::accounts::sign_in), Access::Public)
        .page("POST", "/sign-out", post(pages::accounts::sign_out), may!(OwnAccount))
        .page("GET POST", "/account/password", get(pages::accounts::password_form).post(pages::accounts::password), may!(OwnAccount))
        .list(routes!(api::customers::list), &app::customers::LIST, may!(ViewCustomers))
        .api(routes!(api::customers::create), may!(EditCustomers))
        .api(routes!(api::customers::find), may!(ViewCustomers))
        .api(routes!(api::customers::change), may!(EditCustomers))
        .api(routes!(api::customers::delete), may!(EditCustomers))
        .list(routes!(api::locations::list), &app::locations::LIST, may!(ViewStock))
        .api(routes!(api::locations::create), may!(EditCatalog))
        .api(routes!(api::locations::change), may!(EditCatalog))
        .api(routes!(api::sales::checkout), may!(Sell))
        .list(routes!(api::invoices::list), &app::invoices::LIST, may!(ViewInvoices))
        .api(routes!(api::invoices::create), may!(Sell))
        .api(routes!(api::invoices::find), may!(ViewInvoices))
        .api(routes!(api::invoices::change), may!(Sell))
        .api(routes!(api::invoices::add_line), may!(Sell))
        .api(routes!(api::invoices::remove_line), may!(Sell))
        .api(routes!(api::invoices::send), may!(Sell))
        .api(routes!(api::invoices::renew_hold), may!(Sell))
        .api(routes!(api::invoices::cancel), may!(CancelOwnDraft, CancelAnyInvoice))
        .api(routes!(api::invoices::pay), may!(Sell))
        .api(routes!(api::invoices::document), may!(ViewInvoices))
        .list(routes!(api::warranties::list), &app::warranties::LIST, may!(ViewWarranties))
        .api(routes!(api::warranties::find), may!(ViewWarranties))
        .api(routes!(api::warranties::void), may!(VoidWarranty))
        .api(routes!(api::warranties::document), may!(ViewWarranties))
        .page("GET POST", "/settings/locations", get(pages::locations::list).post(pages::locations::create), may!(EditCatalog))
        .list(routes!(api::reports::inventory_summary), &app::reports::INVENTORY_SUMMARY, may!(ReportsAll, ReportsStock))
        .list(routes!(api::reports::sales_daily), &app::reports::SALES_DAILY, may!(ReportsAll, ReportsOwnSales))
        .list(routes!(api::reports::aging_inventory), &app::reports::AGING_INVENTORY, may!(ReportsAll, ReportsStock))
        .list(routes!(api::reports::preorder_sla), &app::reports::PREORDER_SLA, may!(ReportsAll, ReportsOwnSales))
        .api(routes!(api::reports::dashboard), may!(ReportsAll))
        .page("GET", "/today", get(pages::today::today), may!(ReportsAll))
        .page("GET", "/reports", get(pages::reports::first), may!(ReportsAll, ReportsOwnSales, ReportsStock))
        .page("GET", "/reports/inventory-summary", get(pages::reports::inventory_summary), may!(ReportsAll, ReportsStock))
        .page("GET", "/reports/sales-daily", get(pages::reports::sales_daily), may!(ReportsAll, ReportsOwnSales))
        .page("GET", "/reports/aging-inventory", get(pages::reports::aging_inventory), may!(ReportsAll, ReportsStock))
        .page("GET", "/reports/preorder-sla", get(pages::reports::preorder_sla), may!(ReportsAll, ReportsOwnSales))
        .api(routes!(api::search::find), may!(OwnAccount))
        .page("GET", "/search", get(pages::search::list), may!(OwnAccount))
        .page("GET", "/find", get(pages::search::find), may!(OwnAccount))
}

/// Everything that BizHub serves.
pub fn app(state: AppState) -> Router {
    let (gated, document, _) = gate().into_parts();
    let document: Arc<str> = document.to_json().unwrap_or_default().into();
    Router::new()
        .merge(gated)
        .route("/api/v1/openapi.json", get(move || async move { json_document(document) }))
        .route("/static/{*path}", get(statics::serve))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(security::not_found)
        .method_not_allowed_fallback(security::method_not_allowed)
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(CsrfLayer::new().with_rejection_response(security::cross_site))
        .layer(CompressionLayer::new())
        .layer(from_fn(security::around))
        .layer(Extension(state.clone()))
        .with_state(state)
}

fn json_document(document: Arc<str>) -> axum::response::Response {
    use axum::response::IntoResponse;
    ([(http::header::CONTENT_TYPE, "application/json")], document.to_string()).into_response()
}

/// The OpenAPI document, for `bizhub openapi` and the committed openapi.json.
pub fn openapi_json() -> String {
    let mut text = gate().into_parts().1.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The role × route matrix, for the committed docs/permissions.md.
pub fn permission_sheet() -> String {
    let mut lines = gate().into_parts().2;
    lines.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    let mut text = String::from(
        "# Who may use which route\n\nGenerated from the permission sheet in crates/web/src/router.rs by `make generate`.\n\n\
         | route | Admin | Manager | Sales | Technician | Warehouse | nobody |\n|---|---|---|---|---|---|---|\n",
    );
    for SheetLine { method, path, access } in lines {
        text.push_str(&format!("| `{method} {path}` |"));
        for role in app::Role::ALL {
            let may = match access {
                Access::Public => true,
                Access::Any(capabilities) => capabilities.iter().any(|c| role.can(*c)),
            };
            text.push_str(if may { " ✓ |" } else { " |" });
        }
        text.push_str(if access == Access::Public { " ✓ |\n" } else { " |\n" });
    }
    text
}
