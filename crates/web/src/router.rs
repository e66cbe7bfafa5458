//! The permission sheet: every route of BizHub and who may use it. To change who may do what, change a line here or
//! the table in `domain/permission.rs`; docs/permissions.md shows the outcome.

use crate::gate::{Access, Gate, SheetLine, may};
use crate::{AppState, api, health, openapi, pages, security, statics};
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum::{Extension, Router};

use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

/// Largest body of a call or form; uploads have their own limit.
const BODY_LIMIT: usize = 1024 * 1024;

/// The committed document. A test holds it against what the routes say of themselves.
const DOCUMENT: &str = include_str!("../../../openapi.json");

/// The whole sheet, with a document to describe its calls in where one is wanted. In parts, as one expression of all its
/// lines needs more stack without optimisation than a thread has.
fn gate(document: Option<utoipa::openapi::OpenApi>) -> Gate {
    let parts: [fn(Gate) -> Gate; 9] = [
        people_and_catalog,
        stock,
        receiving,
        selling,
        settings,
        money,
        messages,
        promises,
        counting,
    ];
    parts
        .into_iter()
        .fold(Gate::new(document), |gate, part| part(gate))
}

/// Accounts, customers, product models.
fn people_and_catalog(gate: Gate) -> Gate {
    gate.api(routes!(api::auth::sign_in), Access::Public)
        .api(routes!(api::auth::me), may!(OwnAccount))
        .api(routes!(api::auth::sign_out), may!(OwnAccount))
        .api(routes!(api::auth::password), may!(OwnAccount))
        .page("GET", "/", get(pages::accounts::first), Access::Public)
        .page(
            "GET POST",
            "/sign-in",
            get(pages::accounts::sign_in_form).post(pages::accounts::sign_in),
            Access::Public,
        )
        .page(
            "POST",
            "/sign-out",
            post(pages::accounts::sign_out),
            may!(OwnAccount),
        )
        .page(
            "GET POST",
            "/account/password",
            get(pages::accounts::password_form).post(pages::accounts::password),
            may!(OwnAccount),
        )
        .list(
            routes!(api::customers::list),
            &app::customers::LIST,
            may!(ViewCustomers),
        )
        .api(routes!(api::customers::create), may!(EditCustomers))
        .api(routes!(api::customers::find), may!(ViewCustomers))
        .api(routes!(api::customers::change), may!(EditCustomers))
        .api(routes!(api::customers::delete), may!(EditCustomers))
        .page(
            "GET",
            "/customers",
            get(pages::customers::list),
            may!(ViewCustomers),
        )
        .page(
            "GET POST",
            "/customers/new",
            get(pages::customers::new).post(pages::customers::create),
            may!(EditCustomers),
        )
        .page(
            "GET",
            "/customers/{id}",
            get(pages::customers::find),
            may!(ViewCustomers),
        )
        .page(
            "GET POST",
            "/customers/{id}/edit",
            get(pages::customers::edit).post(pages::customers::change),
            may!(EditCustomers),
        )
        .page(
            "GET POST",
            "/customers/{id}/delete",
            get(pages::customers::ask_delete).post(pages::customers::delete),
            may!(EditCustomers),
        )
        .list(
            routes!(api::product_models::list),
            &app::catalog::LIST,
            may!(ViewStock),
        )
        .api(routes!(api::product_models::create), may!(EditCatalog))
        .api(routes!(api::product_models::find), may!(ViewStock))
        .api(routes!(api::product_models::change), may!(EditCatalog))
        .api(
            upload_route(routes!(api::product_models::put_image)),
            may!(EditCatalog),
        )
        .api(routes!(api::product_models::take_image_off), may!(EditCatalog))
        .api(routes!(api::product_models::photos), may!(ViewStock))
        .page(
            "POST",
            "/models/{id}/picture",
            post(pages::models::put_picture).layer(DefaultBodyLimit::disable()),
            may!(EditCatalog),
        )
        .page(
            "POST",
            "/models/{id}/picture/choose",
            post(pages::models::choose_picture),
            may!(EditCatalog),
        )
        .api(routes!(api::product_models::put_in_bundle), may!(EditCatalog))
        .api(
            routes!(api::product_models::take_out_of_bundle),
            may!(EditCatalog),
        )
        .page(
            "POST",
            "/models/{id}/bundle",
            post(pages::models::bundle),
            may!(EditCatalog),
        )
        .list(
            routes!(api::product_models::prices),
            &app::catalog::prices::LIST,
            may!(ViewStock),
        )
        .api(routes!(api::product_models::duplicates), may!(EditCatalog))
        .api(routes!(api::product_models::merge), may!(EditCatalog))
        .api(routes!(api::product_models::preview_change), may!(EditCatalog))
        .api(routes!(api::product_models::make_change), may!(EditCatalog))
        .list(
            routes!(api::product_models::changes),
            &app::catalog::bulk::LIST,
            may!(EditCatalog),
        )
        .api(routes!(api::product_models::undo_change), may!(EditCatalog))
        .page(
            "GET POST",
            "/models/bulk",
            get(pages::model_care::ask).post(pages::model_care::change),
            may!(EditCatalog),
        )
        .page(
            "GET",
            "/models/changes",
            get(pages::model_care::changes),
            may!(EditCatalog),
        )
        .page(
            "POST",
            "/models/changes/{id}/undo",
            post(pages::model_care::undo),
            may!(EditCatalog),
        )
        .page(
            "GET",
            "/models/duplicates",
            get(pages::model_care::duplicates),
            may!(EditCatalog),
        )
        .page(
            "GET POST",
            "/models/{id}/merge",
            get(pages::model_care::ask_merge).post(pages::model_care::merge_models),
            may!(EditCatalog),
        )
        .page(
            "GET POST",
            "/devices/bulk",
            get(pages::bulk::devices).post(pages::bulk::change_devices),
            may!(ViewStock),
        )
        .page(
            "GET POST",
            "/stock/bulk",
            get(pages::bulk::items).post(pages::bulk::change_items),
            may!(ViewStock),
        )
        .page("GET", "/models", get(pages::models::list), may!(ViewStock))
        .page(
            "GET POST",
            "/models/new",
            get(pages::models::new).post(pages::models::create),
            may!(EditCatalog),
        )
        .page("GET", "/models/{id}", get(pages::models::find), may!(ViewStock))
        .page(
            "POST",
            "/models/{id}",
            post(pages::models::change),
            may!(EditCatalog),
        )
        .list(routes!(api::bulk_stock::list), &app::stock::LIST, may!(ViewStock))
        .api(routes!(api::bulk_stock::create), may!(AdjustBulkStock))
        .api(routes!(api::bulk_stock::find), may!(ViewStock))
        .api(routes!(api::bulk_stock::change), may!(AdjustBulkStock))
        .api(routes!(api::bulk_stock::adjust), may!(AdjustBulkStock))
        .list(
            routes!(api::bulk_stock::ledger),
            &app::stock::LEDGER,
            may!(ViewStock),
        )
        .list(
            routes!(api::bulk_stock::whole_ledger),
            &app::stock::LEDGER_OF_ALL,
            may!(ViewStock),
        )
}

/// Bulk stock, devices, the bench.
fn stock(gate: Gate) -> Gate {
    gate.list(
        routes!(api::bulk_stock::reorder),
        &app::stock::REORDER,
        may!(ViewStock),
    )
    .list(
        routes!(api::bulk_stock::receipts),
        &app::stock::RECEIPTS,
        may!(ViewStock),
    )
    .page(
        "GET",
        "/stock/receipts",
        get(pages::stock_movements::receipts),
        may!(ViewStock),
    )
    .api(
        routes!(api::bulk_changes::preview_assets),
        may!(EditAssets, MoveStock, MarkNotSellable),
    )
    .api(
        routes!(api::bulk_changes::make_assets),
        may!(EditAssets, MoveStock, MarkNotSellable),
    )
    .list(
        routes!(api::bulk_changes::asset_changes),
        &app::bulk_changes::ASSET_CHANGES,
        may!(EditAssets, MoveStock, MarkNotSellable),
    )
    .api(
        routes!(api::bulk_changes::undo_assets),
        may!(EditAssets, MoveStock, MarkNotSellable),
    )
    .api(routes!(api::bulk_changes::preview_stock), may!(AdjustBulkStock))
    .api(routes!(api::bulk_changes::make_stock), may!(AdjustBulkStock))
    .list(
        routes!(api::bulk_changes::stock_changes),
        &app::bulk_changes::STOCK_CHANGES,
        may!(AdjustBulkStock),
    )
    .api(routes!(api::bulk_changes::undo_stock), may!(AdjustBulkStock))
    .api(
        routes!(api::bench::checklists),
        may!(ManageSettings, RecordDiagnostics),
    )
    .api(routes!(api::bench::set_checklists), may!(ManageSettings))
    .api(routes!(api::product_models::preview_merge), may!(EditCatalog))
    .api(routes!(api::saved_views::choice), may!(OwnAccount))
    .api(routes!(api::saved_views::choose), may!(OwnAccount))
    .page(
        "GET",
        "/devices/changes",
        get(pages::bulk::device_changes),
        may!(EditAssets, MoveStock, MarkNotSellable),
    )
    .page(
        "POST",
        "/devices/changes/{id}/undo",
        post(pages::bulk::undo_devices),
        may!(EditAssets, MoveStock, MarkNotSellable),
    )
    .page(
        "GET",
        "/stock/changes",
        get(pages::bulk::item_changes),
        may!(AdjustBulkStock),
    )
    .page(
        "POST",
        "/stock/changes/{id}/undo",
        post(pages::bulk::undo_items),
        may!(AdjustBulkStock),
    )
    .page(
        "GET POST",
        "/lots/bulk",
        get(pages::bulk::lots::ask).post(pages::bulk::lots::change),
        may!(ReceiveStock),
    )
    .api(routes!(api::bulk_stock::receive), may!(AdjustBulkStock))
    .api(routes!(api::bulk_stock::places), may!(ViewStock))
    .api(routes!(api::bulk_stock::shift), may!(AdjustBulkStock))
    .page(
        "GET",
        "/stock/ledger",
        get(pages::stock_movements::ledger),
        may!(ViewStock),
    )
    .page(
        "GET",
        "/stock/reorder",
        get(pages::stock_movements::reorder),
        may!(ViewStock),
    )
    .page(
        "POST",
        "/stock/{id}/receipts",
        post(pages::stock_movements::receive),
        may!(AdjustBulkStock),
    )
    .page(
        "POST",
        "/stock/{id}/moves",
        post(pages::stock_movements::shift),
        may!(AdjustBulkStock),
    )
    .api(routes!(api::parked_sales::list), may!(Sell))
    .api(routes!(api::parked_sales::park), may!(Sell))
    .api(routes!(api::parked_sales::take), may!(Sell))
    .page("GET", "/stock", get(pages::stock::list), may!(ViewStock))
    .page(
        "GET POST",
        "/stock/new",
        get(pages::stock::new).post(pages::stock::create),
        may!(AdjustBulkStock),
    )
    .page("GET", "/stock/{id}", get(pages::stock::find), may!(ViewStock))
    .page(
        "POST",
        "/stock/{id}/adjustments",
        post(pages::stock::adjust),
        may!(AdjustBulkStock),
    )
    .page(
        "GET POST",
        "/stock/{id}/edit",
        get(pages::stock::edit).post(pages::stock::change),
        may!(AdjustBulkStock),
    )
    .list(routes!(api::assets::list), &app::assets::LIST, may!(ViewStock))
    .api(routes!(api::assets::receive), may!(ReceiveStock))
    .api(routes!(api::assets::find), may!(ViewStock))
    .api(routes!(api::assets::change), may!(EditAssets))
    .api(routes!(api::assets::by_serial), may!(ViewStock))
    .api(routes!(api::assets::by_tag), may!(ViewStock))
    .api(
        routes!(api::assets::status),
        may!(
            SendToDiagnostics,
            RecordDiagnostics,
            MarkNotSellable,
            WorkRepair,
            Scrap
        ),
    )
    .api(routes!(api::assets::relocate), may!(MoveStock))
    .api(routes!(api::assets::diagnose), may!(RecordDiagnostics))
    .list(
        routes!(api::assets::diagnostics),
        &app::assets::DIAGNOSTICS,
        may!(ViewStock),
    )
    .api(routes!(api::assets::wipe), may!(RecordDiagnostics))
    .list(routes!(api::assets::wipes), &app::assets::WIPES, may!(ViewStock))
    .api(routes!(api::assets::wipe_document), may!(ViewStock))
    .api(routes!(api::assets::quality_check), may!(RecordDiagnostics))
    .list(
        routes!(api::assets::movements),
        &app::assets::MOVEMENTS,
        may!(ViewStock),
    )
    .list(
        routes!(api::assets::all_movements),
        &app::assets::ALL_MOVEMENTS,
        may!(ViewStock),
    )
    .page("GET", "/movements", get(pages::movements::list), may!(ViewStock))
    .list(
        routes!(api::saved_views::list),
        &app::lists::SAVED_VIEWS,
        may!(OwnAccount),
    )
    .api(routes!(api::saved_views::create), may!(OwnAccount))
    .api(routes!(api::saved_views::change), may!(OwnAccount))
    .api(routes!(api::saved_views::delete), may!(OwnAccount))
    .api(routes!(api::saved_views::open), may!(OwnAccount))
    .page(
        "POST",
        "/lists/{list}/columns",
        post(pages::lists::columns),
        may!(OwnAccount),
    )
    .page(
        "POST",
        "/lists/{list}/views",
        post(pages::lists::save),
        may!(OwnAccount),
    )
    .page(
        "POST",
        "/lists/{list}/views/{id}",
        post(pages::lists::change),
        may!(OwnAccount),
    )
    .page("GET", "/devices", get(pages::devices::list), may!(ViewStock))
    .page(
        "GET POST",
        "/devices/new",
        get(pages::devices::form::new)
            .post(pages::devices::form::receive)
            .layer(DefaultBodyLimit::disable()),
        may!(ReceiveStock),
    )
    .page("GET", "/devices/{id}", get(pages::devices::find), may!(ViewStock))
    .page(
        "GET POST",
        "/devices/{id}/edit",
        get(pages::devices::form::edit).post(pages::devices::form::change),
        may!(EditAssets),
    )
    .page(
        "POST",
        "/devices/{id}/status",
        post(pages::devices::status),
        may!(
            SendToDiagnostics,
            RecordDiagnostics,
            MarkNotSellable,
            WorkRepair,
            Scrap
        ),
    )
    .page(
        "POST",
        "/devices/{id}/move",
        post(pages::devices::relocate),
        may!(MoveStock),
    )
    .page(
        "GET",
        "/devices/{id}/wipe-certificates/{certificate_id}/document.pdf",
        get(pages::devices::wipe_certificate),
        may!(ViewStock),
    )
    .api(
        upload_route(routes!(api::bench::dmidecode)),
        may!(ReceiveStock, RecordDiagnostics, EditAssets),
    )
    .api(
        upload_route(routes!(api::bench::keep_report)),
        may!(ReceiveStock, RecordDiagnostics, EditAssets),
    )
    .api(routes!(api::bench::reports), may!(ViewStock))
    .api(
        routes!(api::bench::take_over),
        may!(ReceiveStock, RecordDiagnostics, EditAssets),
    )
    .api(routes!(api::bench::history), may!(ViewStock))
    .api(routes!(api::bench::moves), may!(ViewStock))
    .list(
        routes!(api::bench::quality_checks),
        &app::assets::QUALITY_CHECKS,
        may!(ViewStock),
    )
    .api(
        upload_route(routes!(api::bench::photograph_asset)),
        may!(ReceiveStock, RecordDiagnostics, EditAssets),
    )
    .api(routes!(api::bench::asset_photos), may!(ViewStock))
    .api(
        upload_route(routes!(api::bench::photograph_ticket)),
        may!(OpenRepair),
    )
    .api(routes!(api::bench::ticket_photos), may!(OpenRepair))
    .api(routes!(api::bench::image), may!(ViewStock, OpenRepair))
    .api(routes!(api::bench::thumbnail), may!(ViewStock, OpenRepair))
    .api(
        routes!(api::bench::remove_photo),
        may!(ReceiveStock, RecordDiagnostics, EditAssets, OpenRepair),
    )
    .api(routes!(api::bench::tac_lookup), may!(ViewStock))
    .api(routes!(api::bench::guess_model), may!(ViewStock))
    .api(upload_route(routes!(api::bench::tac_import)), may!(EditCatalog))
    .page(
        "GET POST",
        "/devices/{id}/machine",
        get(pages::machine::open)
            .post(pages::machine::keep)
            .layer(DefaultBodyLimit::disable()),
        may!(ReceiveStock, RecordDiagnostics, EditAssets),
    )
    .page(
        "POST",
        "/devices/{id}/machine/take-over",
        post(pages::machine::take_over),
        may!(ReceiveStock, RecordDiagnostics, EditAssets),
    )
    .page(
        "POST",
        "/devices/{id}/photos",
        post(pages::photos::of_device).layer(DefaultBodyLimit::disable()),
        may!(ReceiveStock, RecordDiagnostics, EditAssets),
    )
    .page(
        "POST",
        "/repairs/{id}/photos",
        post(pages::photos::of_ticket).layer(DefaultBodyLimit::disable()),
        may!(OpenRepair),
    )
    .page(
        "GET",
        "/photos/{id}",
        get(pages::photos::image),
        may!(ViewStock, OpenRepair),
    )
    .page(
        "GET",
        "/photos/{id}/small",
        get(pages::photos::thumbnail),
        may!(ViewStock, OpenRepair),
    )
    .page(
        "POST",
        "/photos/{id}/remove",
        post(pages::photos::remove),
        may!(ReceiveStock, RecordDiagnostics, EditAssets, OpenRepair),
    )
    .page(
        "GET POST",
        "/settings/checklists",
        get(pages::bench_settings::checklists).post(pages::bench_settings::save_checklists),
        may!(ManageSettings),
    )
    .page(
        "GET POST",
        "/settings/phone-codes",
        get(pages::bench_settings::tac_codes)
            .post(pages::bench_settings::import_tac_codes)
            .layer(DefaultBodyLimit::disable()),
        may!(EditCatalog),
    )
    .page("GET", "/bench", get(pages::bench::open), may!(RecordDiagnostics))
    .page(
        "POST",
        "/bench/{id}/diagnostics",
        post(pages::bench::diagnose),
        may!(RecordDiagnostics),
    )
    .page(
        "POST",
        "/bench/{id}/wipe",
        post(pages::bench::wipe),
        may!(RecordDiagnostics),
    )
    .page(
        "POST",
        "/bench/{id}/quality-check",
        post(pages::bench::quality_check),
        may!(RecordDiagnostics),
    )
    .list(
        routes!(api::locations::list),
        &app::locations::LIST,
        may!(ViewStock),
    )
    .api(routes!(api::locations::create), may!(EditCatalog))
    .api(routes!(api::locations::change), may!(EditCatalog))
    .api(upload_route(routes!(api::imports::manifest)), may!(ReceiveStock))
    .api(routes!(api::imports::find), may!(ReceiveStock))
    .list(
        routes!(api::imports::list),
        &app::imports::LIST,
        may!(ReceiveStock),
    )
}

/// Imports, lots, receiving.
fn receiving(gate: Gate) -> Gate {
    gate.api(routes!(api::imports::undo), may!(ReceiveStock))
        .api(routes!(api::imports::discard), may!(ReceiveStock))
        .page(
            "POST",
            "/receive/{id}/discard",
            post(pages::receive::discard),
            may!(ReceiveStock),
        )
        .page(
            "POST",
            "/receive/{id}/undo",
            post(pages::receive::undo),
            may!(ReceiveStock),
        )
        .list(routes!(api::lots::list), &app::lots::LIST, may!(ReceiveStock))
        .api(routes!(api::lots::create), may!(ReceiveStock))
        .api(routes!(api::lots::find), may!(ReceiveStock))
        .api(routes!(api::lots::change), may!(ReceiveStock))
        .list(routes!(api::lots::lines), &app::lots::LINES, may!(ReceiveStock))
        .api(routes!(api::lots::charge), may!(ReceiveStock))
        .api(routes!(api::lots::reverse), may!(ReceiveStock))
        .api(routes!(api::lots::spread_again), may!(ReceiveStock))
        .page("GET", "/lots", get(pages::lots::list), may!(ReceiveStock))
        .page(
            "GET POST",
            "/lots/new",
            get(pages::lots::new).post(pages::lots::create),
            may!(ReceiveStock),
        )
        .page("GET", "/lots/{id}", get(pages::lots::find), may!(ReceiveStock))
        .page(
            "GET POST",
            "/lots/{id}/edit",
            get(pages::lots::edit).post(pages::lots::change),
            may!(ReceiveStock),
        )
        .page(
            "GET",
            "/lots/{id}/expected",
            get(pages::lots::expected),
            may!(ReceiveStock),
        )
        .page(
            "POST",
            "/lots/{id}/closed",
            post(pages::lots::close),
            may!(ReceiveStock),
        )
        .page(
            "POST",
            "/lots/{id}/charges",
            post(pages::lots::charge),
            may!(ReceiveStock),
        )
        .page(
            "POST",
            "/lots/{id}/charges/{charge_number}/reverse",
            post(pages::lots::reverse),
            may!(ReceiveStock),
        )
        .page(
            "POST",
            "/lots/{id}/charges/{charge_number}/spread",
            post(pages::lots::spread_again),
            may!(ReceiveStock),
        )
        .page(
            "GET",
            "/reports/lots",
            get(pages::reports::lots::lots),
            may!(ReportsAll),
        )
        .page(
            "GET POST",
            "/receive",
            get(pages::receive::first)
                .post(pages::receive::upload)
                .layer(DefaultBodyLimit::disable()),
            may!(ReceiveStock),
        )
        .page(
            "GET POST",
            "/receive/scan",
            get(pages::receive::scan::form).post(pages::receive::scan::scan),
            may!(ReceiveStock),
        )
        .page(
            "GET",
            "/receive/{id}",
            get(pages::receive::show_import),
            may!(ReceiveStock),
        )
        .page(
            "POST",
            "/receive/{id}/import",
            post(pages::receive::import),
            may!(ReceiveStock),
        )
        .page(
            "GET",
            "/receive/{id}/rejected.csv",
            get(pages::receive::rejected),
            may!(ReceiveStock),
        )
        .api(routes!(api::sales::checkout), may!(Sell))
        .list(
            routes!(api::invoices::list),
            &app::invoices::LIST,
            may!(ViewInvoices),
        )
}

/// Sales, invoices, returns, warranties.
fn selling(gate: Gate) -> Gate {
    gate.api(routes!(api::invoices::create), may!(Sell))
        .api(routes!(api::invoices::find), may!(ViewInvoices))
        .api(routes!(api::invoices::change), may!(Sell))
        .api(routes!(api::invoices::add_line), may!(Sell))
        .api(routes!(api::invoices::remove_line), may!(Sell))
        .api(routes!(api::invoices::send), may!(Sell))
        .api(routes!(api::invoices::renew_hold), may!(Sell))
        .api(
            routes!(api::invoices::cancel),
            may!(CancelOwnDraft, CancelAnyInvoice),
        )
        .api(routes!(api::invoices::pay), may!(Sell))
        .api(routes!(api::invoices::document), may!(ViewInvoices))
        .api(
            routes!(api::returns::take_back),
            may!(ApproveReturns, RequestReturn),
        )
        .api(
            routes!(api::returns::exchange),
            may!(ApproveReturns, RequestReturn),
        )
        .api(routes!(api::returns::request), may!(RequestReturn))
        .list(
            routes!(api::returns::list),
            &app::returns::LIST,
            may!(ViewInvoices),
        )
        .api(routes!(api::returns::find), may!(ViewInvoices))
        .api(routes!(api::returns::refund), may!(ApproveReturns))
        .api(routes!(api::returns::document), may!(ViewInvoices))
        .list(
            routes!(api::returns::requests),
            &app::returns::REQUESTS,
            may!(RequestReturn),
        )
        .api(routes!(api::returns::request_find), may!(RequestReturn))
        .api(routes!(api::returns::approve), may!(ApproveReturns))
        .api(routes!(api::returns::decline), may!(ApproveReturns))
        .list(
            routes!(api::warranties::list),
            &app::warranties::LIST,
            may!(ViewWarranties),
        )
        .api(routes!(api::warranties::find), may!(ViewWarranties))
        .api(routes!(api::warranties::void), may!(VoidWarranty))
        .api(routes!(api::warranties::document), may!(ViewWarranties))
        .page(
            "GET POST",
            "/sell",
            get(pages::sell::till).post(pages::sell::act),
            may!(Sell),
        )
        .page("POST", "/sell/saved", post(pages::sell::saved), may!(Sell))
        .page("GET", "/invoices", get(pages::invoices::list), may!(ViewInvoices))
        .page(
            "GET",
            "/invoices/{id}",
            get(pages::invoices::show_one),
            may!(ViewInvoices),
        )
        .page(
            "GET",
            "/invoices/{id}/sold",
            get(pages::invoices::sold),
            may!(ViewInvoices),
        )
        .page(
            "GET",
            "/invoices/{id}/document.pdf",
            get(pages::invoices::document),
            may!(ViewInvoices),
        )
        .page(
            "POST",
            "/invoices/{id}/payments",
            post(pages::invoices::pay),
            may!(Sell),
        )
        .page(
            "POST",
            "/invoices/{id}/send",
            post(pages::invoices::send),
            may!(Sell),
        )
        .page(
            "POST",
            "/invoices/{id}/renew",
            post(pages::invoices::renew),
            may!(Sell),
        )
        .page(
            "POST",
            "/invoices/{id}/cancel",
            post(pages::invoices::cancel),
            may!(CancelOwnDraft, CancelAnyInvoice),
        )
        .page(
            "POST",
            "/invoices/{id}/lines/{line_number}/remove",
            post(pages::invoices::remove_line),
            may!(Sell),
        )
        .page(
            "GET POST",
            "/invoices/{id}/exchange",
            get(pages::returns::exchange_form).post(pages::returns::exchange),
            may!(ApproveReturns),
        )
        .page(
            "GET POST",
            "/invoices/{id}/return",
            get(pages::returns::form).post(pages::returns::take_back),
            may!(RequestReturn),
        )
        .page("GET", "/returns", get(pages::returns::list), may!(ViewInvoices))
        .page(
            "GET",
            "/returns/{id}",
            get(pages::returns::find),
            may!(ViewInvoices),
        )
        .page(
            "GET",
            "/returns/{id}/document.pdf",
            get(pages::returns::document),
            may!(ViewInvoices),
        )
        .page(
            "POST",
            "/returns/{id}/refunds",
            post(pages::returns::refund),
            may!(ApproveReturns),
        )
        .page(
            "GET",
            "/return-requests/{id}",
            get(pages::returns::request_find),
            may!(RequestReturn),
        )
        .page(
            "POST",
            "/return-requests/{id}/approve",
            post(pages::returns::approve),
            may!(ApproveReturns),
        )
        .page(
            "POST",
            "/return-requests/{id}/decline",
            post(pages::returns::decline),
            may!(ApproveReturns),
        )
        .page(
            "GET",
            "/warranties",
            get(pages::warranties::list),
            may!(ViewWarranties),
        )
        .page(
            "GET",
            "/warranties/{id}/document.pdf",
            get(pages::warranties::document),
            may!(ViewWarranties),
        )
        .page(
            "GET",
            "/check/{code}",
            get(pages::warranties::check),
            Access::Public,
        )
        .page(
            "GET POST",
            "/settings/locations",
            get(pages::locations::list).post(pages::locations::create),
            may!(EditCatalog),
        )
        .page(
            "POST",
            "/settings/locations/{id}",
            post(pages::locations::change),
            may!(EditCatalog),
        )
}

/// Settings, users, the first pages.
fn settings(gate: Gate) -> Gate {
    gate.list(
        routes!(api::lead_sources::list),
        &app::lead_sources::LIST,
        may!(ViewStock),
    )
    .api(routes!(api::lead_sources::create), may!(EditCatalog))
    .api(routes!(api::lead_sources::change), may!(EditCatalog))
    .page(
        "GET POST",
        "/settings/lead-sources",
        get(pages::lead_sources::list).post(pages::lead_sources::create),
        may!(EditCatalog),
    )
    .page(
        "POST",
        "/settings/lead-sources/{id}",
        post(pages::lead_sources::change),
        may!(EditCatalog),
    )
    .page("GET", "/settings", get(pages::settings::hub), may!(EditCatalog))
    .page(
        "GET POST",
        "/settings/shop",
        get(pages::settings::form).post(pages::settings::change),
        may!(ManageSettings),
    )
    .list(routes!(api::users::list), &app::users::LIST, may!(ManageUsers))
    .api(routes!(api::users::create), may!(ManageUsers))
    .api(routes!(api::users::find), may!(ManageUsers))
    .api(routes!(api::users::change), may!(ManageUsers))
    .page(
        "GET POST",
        "/settings/users",
        get(pages::users::list).post(pages::users::create),
        may!(ManageUsers),
    )
    .page(
        "GET",
        "/settings/users/new",
        get(pages::users::new),
        may!(ManageUsers),
    )
    .page(
        "GET POST",
        "/settings/users/{id}",
        get(pages::users::edit).post(pages::users::change),
        may!(ManageUsers),
    )
    .page(
        "POST",
        "/settings/users/{id}/password",
        post(pages::users::set_password),
        may!(ManageUsers),
    )
    .page(
        "POST",
        "/settings/users/{id}/sign-out",
        post(pages::users::sign_out),
        may!(ManageUsers),
    )
    .page(
        "POST",
        "/settings/users/{id}/revoke-token",
        post(pages::users::revoke_token),
        may!(ManageUsers),
    )
    .api(routes!(api::auth::sessions), may!(OwnAccount))
    .api(routes!(api::auth::end_session), may!(OwnAccount))
    .api(routes!(api::auth::tokens), may!(OwnAccount))
    .api(routes!(api::auth::create_token), may!(OwnAccount))
    .api(routes!(api::auth::revoke_token), may!(OwnAccount))
    .page(
        "GET",
        "/account",
        get(pages::my_account::show_account),
        may!(OwnAccount),
    )
    .page(
        "POST",
        "/account/theme",
        post(pages::my_account::theme),
        may!(OwnAccount),
    )
    .page(
        "POST",
        "/account/tokens",
        post(pages::my_account::create_token),
        may!(OwnAccount),
    )
    .page(
        "POST",
        "/account/tokens/{id}/revoke",
        post(pages::my_account::revoke_token),
        may!(OwnAccount),
    )
    .page(
        "POST",
        "/account/sessions/{id}/end",
        post(pages::my_account::end_session),
        may!(OwnAccount),
    )
    .page(
        "POST",
        "/account/sign-out-everywhere",
        post(pages::my_account::sign_out_everywhere),
        may!(OwnAccount),
    )
    .page(
        "GET",
        "/api/docs",
        get(pages::api_docs::show_docs),
        Access::Public,
    )
    .list(
        routes!(api::reports::inventory_summary),
        &app::reports::INVENTORY_SUMMARY,
        may!(ReportsAll, ReportsStock),
    )
    .list(
        routes!(api::reports::sales_daily),
        &app::reports::SALES_DAILY,
        may!(ReportsAll, ReportsOwnSales),
    )
    .list(
        routes!(api::reports::aging_inventory),
        &app::reports::AGING_INVENTORY,
        may!(ReportsAll, ReportsStock),
    )
    .list(
        routes!(api::reports::preorder_sla),
        &app::reports::PREORDER_SLA,
        may!(ReportsAll, ReportsOwnSales),
    )
    .api(routes!(api::reports::dashboard), may!(ReportsAll))
    .page("GET", "/today", get(pages::today::today), may!(ReportsAll))
    .page(
        "GET",
        "/reports",
        get(pages::reports::first),
        may!(ReportsAll, ReportsOwnSales, ReportsStock),
    )
    .page(
        "GET",
        "/reports/inventory-summary",
        get(pages::reports::inventory_summary),
        may!(ReportsAll, ReportsStock),
    )
    .page(
        "GET",
        "/reports/sales-daily",
        get(pages::reports::sales_daily),
        may!(ReportsAll, ReportsOwnSales),
    )
    .page(
        "GET",
        "/reports/aging-inventory",
        get(pages::reports::aging_inventory),
        may!(ReportsAll, ReportsStock),
    )
    .page(
        "GET",
        "/reports/preorder-sla",
        get(pages::reports::preorder_sla),
        may!(ReportsAll, ReportsOwnSales),
    )
    .list(
        routes!(api::till_sessions::list),
        &app::tills::LIST,
        may!(UseTill),
    )
}

/// Tills, closed days, wholesale, payments, tax.
fn money(gate: Gate) -> Gate {
    gate.api(routes!(api::till_sessions::open), may!(UseTill))
        .api(routes!(api::till_sessions::current), may!(UseTill))
        .api(routes!(api::till_sessions::find), may!(UseTill))
        .api(routes!(api::till_sessions::move_cash), may!(UseTill))
        .api(routes!(api::till_sessions::close), may!(UseTill))
        .api(routes!(api::till_sessions::document), may!(UseTill))
        .list(
            routes!(api::closed_days::list),
            &app::closed_days::LIST,
            may!(CloseDay),
        )
        .api(routes!(api::closed_days::close), may!(CloseDay))
        .page(
            "GET POST",
            "/till",
            get(pages::tills::mine).post(pages::tills::open),
            may!(UseTill),
        )
        .page("GET", "/tills", get(pages::tills::list), may!(UseTill))
        .page("GET", "/tills/{id}", get(pages::tills::find), may!(UseTill))
        .page(
            "POST",
            "/tills/{id}/movements",
            post(pages::tills::move_cash),
            may!(UseTill),
        )
        .page(
            "POST",
            "/tills/{id}/close",
            post(pages::tills::close),
            may!(UseTill),
        )
        .page(
            "GET",
            "/tills/{id}/document.pdf",
            get(pages::tills::document),
            may!(UseTill),
        )
        .page(
            "GET POST",
            "/reports/close-day",
            get(pages::close_day::open).post(pages::close_day::close),
            may!(CloseDay),
        )
        .list(
            routes!(api::wholesale::list),
            &app::wholesale::PRICE_LISTS,
            may!(ViewInvoices),
        )
        .api(routes!(api::wholesale::create), may!(EditCatalog))
        .api(routes!(api::wholesale::change), may!(EditCatalog))
        .api(routes!(api::wholesale::terms), may!(ViewInvoices))
        .api(routes!(api::wholesale::set_terms), may!(EditCatalog))
        .api(routes!(api::wholesale::release), may!(ReleaseOnCredit))
        .api(routes!(api::wholesale::pay), may!(Sell))
        .api(routes!(api::wholesale::account), may!(ViewInvoices))
        .api(routes!(api::wholesale::account_document), may!(ViewInvoices))
        .api(routes!(api::wholesale::receivables), may!(ReportsAll))
        .list(
            routes!(api::payments::claimed),
            &app::payments::CLAIMED,
            may!(ConfirmPayments),
        )
        .api(routes!(api::payments::confirm), may!(ConfirmPayments))
        .api(routes!(api::payments::reject), may!(ConfirmPayments))
        .api(
            upload_route(routes!(api::payments::statement)),
            may!(ConfirmPayments),
        )
        .page(
            "GET POST",
            "/settings/price-lists",
            get(pages::price_lists::list).post(pages::price_lists::create),
            may!(EditCatalog),
        )
        .page(
            "POST",
            "/settings/price-lists/{id}",
            post(pages::price_lists::change),
            may!(EditCatalog),
        )
        .page(
            "GET",
            "/customers/{id}/account",
            get(pages::customer_account::account),
            may!(ViewInvoices),
        )
        .page(
            "GET",
            "/customers/{id}/account/document.pdf",
            get(pages::customer_account::document),
            may!(ViewInvoices),
        )
        .page(
            "POST",
            "/customers/{id}/payments",
            post(pages::customer_account::pay),
            may!(Sell),
        )
        .page(
            "POST",
            "/customers/{id}/terms",
            post(pages::customer_account::set_terms),
            may!(EditCatalog),
        )
        .page(
            "POST",
            "/invoices/{id}/release",
            post(pages::invoices::release),
            may!(ReleaseOnCredit),
        )
        .page(
            "GET",
            "/payments/claimed",
            get(pages::payments::claimed),
            may!(ConfirmPayments),
        )
        .page(
            "POST",
            "/payments/{id}/confirm",
            post(pages::payments::confirm),
            may!(ConfirmPayments),
        )
        .page(
            "POST",
            "/payments/{id}/reject",
            post(pages::payments::reject),
            may!(ConfirmPayments),
        )
        .page(
            "GET POST",
            "/payments/statement",
            get(pages::payments::statement_form)
                .post(pages::payments::statement)
                .layer(DefaultBodyLimit::disable()),
            may!(ConfirmPayments),
        )
        .page(
            "GET",
            "/reports/receivables",
            get(pages::reports::receivables::by_age),
            may!(ReportsAll),
        )
        .api(routes!(api::reports::tax_by_name), may!(ReportsAll))
        .list(
            routes!(api::reports::tax_documents),
            &app::reports::tax::TAX_DOCUMENTS,
            may!(ReportsAll),
        )
        .page(
            "GET",
            "/reports/tax",
            get(pages::reports::tax::by_name),
            may!(ReportsAll),
        )
        .page(
            "GET",
            "/reports/tax/documents",
            get(pages::reports::tax::documents),
            may!(ReportsAll),
        )
        .api(routes!(api::customers::duplicates), may!(ManageCustomers))
        .api(routes!(api::customers::merge), may!(ManageCustomers))
        .api(routes!(api::customers::export), may!(ManageCustomers))
        .api(routes!(api::customers::erase), may!(ManageCustomers))
        .page(
            "GET",
            "/customers/duplicates",
            get(pages::merge::duplicates),
            may!(ManageCustomers),
        )
        .page(
            "GET POST",
            "/customers/{id}/merge",
            get(pages::merge::ask).post(pages::merge::merge),
            may!(ManageCustomers),
        )
        .page(
            "GET",
            "/customers/{id}/privacy",
            get(pages::privacy::ask),
            may!(ManageCustomers),
        )
        .page(
            "GET",
            "/customers/{id}/export.json",
            get(pages::privacy::export),
            may!(ManageCustomers),
        )
        .page(
            "POST",
            "/customers/{id}/erase",
            post(pages::privacy::erase),
            may!(ManageCustomers),
        )
        .list(
            routes!(api::messages::list),
            &app::messages::LIST,
            may!(SendMessages),
        )
        .api(routes!(api::messages::create), may!(SendMessages))
}

/// Messages.
fn messages(gate: Gate) -> Gate {
    gate.api(routes!(api::messages::find), may!(SendMessages))
        .api(routes!(api::messages::open), may!(SendMessages))
        .api(routes!(api::messages::retry), may!(ManageMessages))
        .api(routes!(api::messages::cancel), may!(ManageMessages))
        .api(routes!(api::messages::consents), may!(EditCustomers))
        .api(routes!(api::messages::consents_set), may!(EditCustomers))
        .page("GET", "/messages", get(pages::messages::list), may!(SendMessages))
        .page(
            "GET POST",
            "/messages/new",
            get(pages::messages::new).post(pages::messages::create),
            may!(SendMessages),
        )
        .page(
            "GET",
            "/messages/{id}",
            get(pages::messages::find),
            may!(SendMessages),
        )
        .page(
            "POST",
            "/messages/{id}/open",
            post(pages::messages::open),
            may!(SendMessages),
        )
        .page(
            "POST",
            "/messages/{id}/retry",
            post(pages::messages::retry),
            may!(ManageMessages),
        )
        .page(
            "POST",
            "/messages/{id}/cancel",
            post(pages::messages::cancel),
            may!(ManageMessages),
        )
        .page(
            "GET POST",
            "/customers/{id}/consent",
            get(pages::messages::consent).post(pages::messages::consent_set),
            may!(EditCustomers),
        )
        .page(
            "GET POST",
            "/settings/messages",
            get(pages::message_settings::form).post(pages::message_settings::change),
            may!(ManageSettings),
        )
        .page(
            "POST",
            "/settings/messages/test",
            post(pages::message_settings::test),
            may!(ManageSettings),
        )
        .page(
            "GET POST",
            "/settings/messages/words",
            get(pages::message_settings::words).post(pages::message_settings::change_words),
            may!(ManageSettings),
        )
        .list(
            routes!(api::preorders::list),
            &app::preorders::LIST,
            may!(ViewPreorders),
        )
        .api(routes!(api::preorders::create), may!(EditPreorders))
        .api(routes!(api::preorders::find), may!(ViewPreorders))
        .list(
            routes!(api::preorders::events),
            &app::preorders::EVENTS,
            may!(ViewPreorders),
        )
        .api(routes!(api::preorders::devices), may!(ViewPreorders))
}

/// Preorders, repairs, claims.
fn promises(gate: Gate) -> Gate {
    gate.api(routes!(api::preorders::deposit), may!(EditPreorders))
        .api(routes!(api::preorders::confirm_deposit), may!(ConfirmPayments))
        .api(routes!(api::preorders::reject_deposit), may!(ConfirmPayments))
        .api(routes!(api::preorders::order), may!(EditPreorders))
        .api(routes!(api::preorders::in_transit), may!(EditPreorders))
        .api(routes!(api::preorders::arrive), may!(EditPreorders))
        .api(routes!(api::preorders::notify), may!(EditPreorders))
        .api(routes!(api::preorders::pick_up), may!(EditPreorders))
        .api(routes!(api::preorders::reject), may!(EditPreorders))
        .api(routes!(api::preorders::resell), may!(EditPreorders))
        .api(routes!(api::preorders::close), may!(EditPreorders))
        .api(routes!(api::preorders::call_off), may!(ApproveReturns))
        .api(routes!(api::preorders::decide_value), may!(ApproveReturns))
        .api(routes!(api::preorders::shortfall), may!(EditPreorders))
        .api(routes!(api::preorders::agreement), may!(EditPreorders))
        .api(routes!(api::preorders::deposit_receipt), may!(EditPreorders))
        .api(routes!(api::preorders::settlement), may!(EditPreorders))
        .list(
            routes!(api::preorders::held),
            &app::preorders::DEPOSITS_HELD,
            may!(ViewInvoices),
        )
        .page(
            "GET",
            "/preorders",
            get(pages::preorders::board),
            may!(ViewPreorders),
        )
        .page(
            "GET",
            "/preorders/list",
            get(pages::preorders::list),
            may!(ViewPreorders),
        )
        .page(
            "GET",
            "/preorders/deposits",
            get(pages::preorders::deposits),
            may!(ViewInvoices),
        )
        .page(
            "GET POST",
            "/preorders/new",
            get(pages::preorders::new).post(pages::preorders::create),
            may!(EditPreorders),
        )
        .page(
            "GET",
            "/preorders/{id}",
            get(pages::preorders::find),
            may!(ViewPreorders),
        )
        .page(
            "POST",
            "/preorders/{id}/{step}",
            post(pages::preorders::step),
            may!(EditPreorders),
        )
        .page(
            "GET",
            "/preorders/{id}/agreement.pdf",
            get(pages::preorders::agreement),
            may!(EditPreorders),
        )
        .page(
            "GET",
            "/preorders/{id}/deposit.pdf",
            get(pages::preorders::deposit_receipt),
            may!(EditPreorders),
        )
        .page(
            "GET",
            "/preorders/{id}/settlement.pdf",
            get(pages::preorders::settlement),
            may!(EditPreorders),
        )
        .list(
            routes!(api::repair_tickets::list),
            &app::repairs::LIST,
            may!(OpenRepair),
        )
        .api(routes!(api::repair_tickets::open), may!(OpenRepair))
        .api(routes!(api::repair_tickets::find), may!(OpenRepair))
        .api(routes!(api::repair_tickets::change), may!(OpenRepair))
        .list(
            routes!(api::repair_tickets::events),
            &app::repairs::EVENTS,
            may!(OpenRepair),
        )
        .api(routes!(api::repair_tickets::status), may!(WorkRepair))
        .api(routes!(api::repair_tickets::note), may!(OpenRepair))
        .api(routes!(api::repair_tickets::add_part), may!(WorkRepair))
        .api(routes!(api::repair_tickets::remove_part), may!(WorkRepair))
        .api(routes!(api::repair_tickets::estimate), may!(WorkRepair))
        .api(routes!(api::repair_tickets::answer_estimate), may!(OpenRepair))
        .api(routes!(api::repair_tickets::bill), may!(Sell))
        .api(routes!(api::repair_tickets::document), may!(OpenRepair))
        .page("GET", "/repairs", get(pages::repairs::board), may!(OpenRepair))
        .page(
            "GET",
            "/repairs/list",
            get(pages::repairs::list),
            may!(OpenRepair),
        )
        .page(
            "GET POST",
            "/repairs/new",
            get(pages::repairs::new)
                .post(pages::repairs::create)
                .layer(DefaultBodyLimit::disable()),
            may!(OpenRepair),
        )
        .page(
            "GET",
            "/repairs/{id}",
            get(pages::repairs::find),
            may!(OpenRepair),
        )
        .page(
            "GET",
            "/repairs/{id}/document.pdf",
            get(pages::repairs::document),
            may!(OpenRepair),
        )
        .page(
            "POST",
            "/repairs/{id}/status",
            post(pages::repairs::status),
            may!(WorkRepair),
        )
        .page(
            "POST",
            "/repairs/{id}/notes",
            post(pages::repairs::note),
            may!(OpenRepair),
        )
        .page(
            "POST",
            "/repairs/{id}/parts",
            post(pages::repairs::add_part),
            may!(WorkRepair),
        )
        .page(
            "POST",
            "/repairs/{id}/parts/{part_id}/remove",
            post(pages::repairs::remove_part),
            may!(WorkRepair),
        )
        .page(
            "POST",
            "/repairs/{id}/estimate",
            post(pages::repairs::estimate),
            may!(WorkRepair),
        )
        .page(
            "POST",
            "/repairs/{id}/estimate-answer",
            post(pages::repairs::answer_estimate),
            may!(OpenRepair),
        )
        .page(
            "POST",
            "/repairs/{id}/work",
            post(pages::repairs::work),
            may!(WorkRepair),
        )
        .page(
            "POST",
            "/repairs/{id}/bill",
            post(pages::repairs::bill),
            may!(Sell),
        )
        .list(
            routes!(api::warranty_claims::list),
            &app::claims::LIST,
            may!(ViewClaims),
        )
        .api(routes!(api::warranty_claims::submit), may!(SubmitClaim))
        .api(routes!(api::warranty_claims::find), may!(ViewClaims))
        .api(routes!(api::warranty_claims::approve), may!(DecideClaim))
        .api(routes!(api::warranty_claims::deny), may!(DecideClaim))
        .api(routes!(api::warranty_claims::complete), may!(DecideClaim))
        .api(routes!(api::warranties::look_up), may!(ViewWarranties))
        .api(routes!(api::reports::warranty_cost), may!(ReportsAll))
        .page("GET", "/claims", get(pages::claims::list), may!(ViewClaims))
        .page("GET", "/claims/{id}", get(pages::claims::find), may!(ViewClaims))
        .page(
            "POST",
            "/claims/{id}/approve",
            post(pages::claims::approve),
            may!(DecideClaim),
        )
        .page(
            "POST",
            "/claims/{id}/deny",
            post(pages::claims::deny),
            may!(DecideClaim),
        )
        .page(
            "POST",
            "/claims/{id}/complete",
            post(pages::claims::complete),
            may!(DecideClaim),
        )
        .page(
            "GET",
            "/warranties/{id}",
            get(pages::warranties::find),
            may!(ViewWarranties),
        )
        .page(
            "GET POST",
            "/warranties/{id}/claim",
            get(pages::claims::new).post(pages::claims::submit),
            may!(SubmitClaim),
        )
        .page(
            "POST",
            "/warranties/{id}/void",
            post(pages::warranties::void),
            may!(VoidWarranty),
        )
        .page(
            "GET",
            "/reports/warranty-cost",
            get(pages::reports::warranty::costs),
            may!(ReportsAll),
        )
        .api(routes!(api::labels::print), may!(ViewStock))
        .page(
            "GET POST",
            "/labels",
            get(pages::labels::form).post(pages::labels::print),
            may!(ViewStock),
        )
        .api(
            routes!(api::assets::batch),
            may!(
                MoveStock,
                SendToDiagnostics,
                RecordDiagnostics,
                MarkNotSellable,
                WorkRepair,
                Scrap
            ),
        )
}

/// Scanned sets, labels, stocktakes, reports, search.
fn counting(gate: Gate) -> Gate {
    gate.api(routes!(api::assets::take_back), may!(ReceiveStock))
        .api(routes!(api::assets::receive_many), may!(ReceiveStock))
        .page(
            "POST",
            "/receive/scan/list",
            post(pages::receive::scan::scan_list),
            may!(ReceiveStock),
        )
        .page(
            "POST",
            "/receive/scan/{id}/take-back",
            post(pages::receive::scan::take_back),
            may!(ReceiveStock),
        )
        .api(routes!(api::scan_set::find), may!(ViewStock))
        .api(routes!(api::scan_set::add), may!(ViewStock))
        .api(routes!(api::scan_set::clear), may!(ViewStock))
        .api(routes!(api::scan_set::count), may!(AdjustBulkStock))
        .page(
            "GET POST",
            "/scan",
            get(pages::scan::open).post(pages::scan::add),
            may!(ViewStock),
        )
        .page("POST", "/scan/act", post(pages::scan::act), may!(ViewStock))
        .list(
            routes!(api::stocktakes::list),
            &app::stocktakes::LIST,
            may!(AdjustBulkStock),
        )
        .api(routes!(api::stocktakes::start), may!(AdjustBulkStock))
        .api(routes!(api::stocktakes::find), may!(AdjustBulkStock))
        .list(
            routes!(api::stocktakes::devices),
            &app::stocktakes::DEVICES,
            may!(AdjustBulkStock),
        )
        .list(
            routes!(api::stocktakes::items),
            &app::stocktakes::ITEMS,
            may!(AdjustBulkStock),
        )
        .list(
            routes!(api::stocktakes::counts),
            &app::stocktakes::COUNTS,
            may!(AdjustBulkStock),
        )
        .api(routes!(api::stocktakes::count), may!(AdjustBulkStock))
        .api(routes!(api::stocktakes::uncount), may!(AdjustBulkStock))
        .api(routes!(api::stocktakes::submit), may!(AdjustBulkStock))
        .api(routes!(api::stocktakes::reopen), may!(ApproveStocktake))
        .api(routes!(api::stocktakes::approve), may!(ApproveStocktake))
        .api(routes!(api::stocktakes::cancel), may!(AdjustBulkStock))
        .api(routes!(api::stocktakes::report), may!(AdjustBulkStock))
        .page(
            "GET",
            "/stocktakes",
            get(pages::stocktakes::list),
            may!(AdjustBulkStock),
        )
        .page(
            "GET POST",
            "/stocktakes/new",
            get(pages::stocktakes::new).post(pages::stocktakes::start),
            may!(AdjustBulkStock),
        )
        .page(
            "GET",
            "/stocktakes/{id}",
            get(pages::stocktakes::find),
            may!(AdjustBulkStock),
        )
        .page(
            "POST",
            "/stocktakes/{id}/counts",
            post(pages::stocktakes::count),
            may!(AdjustBulkStock),
        )
        .page(
            "POST",
            "/stocktakes/{id}/counts/{count_id}/remove",
            post(pages::stocktakes::uncount),
            may!(AdjustBulkStock),
        )
        .page(
            "POST",
            "/stocktakes/{id}/submit",
            post(pages::stocktakes::submit),
            may!(AdjustBulkStock),
        )
        .page(
            "POST",
            "/stocktakes/{id}/reopen",
            post(pages::stocktakes::reopen),
            may!(ApproveStocktake),
        )
        .page(
            "POST",
            "/stocktakes/{id}/approve",
            post(pages::stocktakes::approve),
            may!(ApproveStocktake),
        )
        .page(
            "POST",
            "/stocktakes/{id}/cancel",
            post(pages::stocktakes::cancel),
            may!(AdjustBulkStock),
        )
        .page(
            "GET",
            "/stocktakes/{id}/report.pdf",
            get(pages::stocktakes::report),
            may!(AdjustBulkStock),
        )
        .api(routes!(api::bench::bench_state), may!(RecordDiagnostics))
        .list(
            routes!(api::bench::queue),
            &app::assets::QUEUE,
            may!(RecordDiagnostics),
        )
        .api(routes!(api::bench::costs), may!(SeePurchaseCost))
        .list(
            routes!(api::bulk_stock::moves),
            &app::stock::MOVES,
            may!(ViewStock),
        )
        .list(
            routes!(api::bulk_stock::all_moves),
            &app::stock::MOVES_OF_ALL,
            may!(ViewStock),
        )
        .page(
            "GET",
            "/stock/moves",
            get(pages::stock_movements::moves),
            may!(ViewStock),
        )
        .sums(
            routes!(api::reports::lot_totals),
            &app::lots::LIST,
            may!(ReportsAll),
        )
        .api(routes!(api::scan_set::remove), may!(ViewStock))
        .api(routes!(api::stocktakes::counters), may!(AdjustBulkStock))
        .api(routes!(api::imports::rejected), may!(ReceiveStock))
        .api(routes!(api::search::find), may!(OwnAccount))
        .page("GET", "/search", get(pages::search::list), may!(OwnAccount))
        .page("GET", "/find", get(pages::search::find), may!(OwnAccount))
}

/// A call that takes a file, which has a limit of its own: see [`crate::upload`].
fn upload_route((schemas, paths, router): UtoipaMethodRouter<AppState>) -> UtoipaMethodRouter<AppState> {
    (schemas, paths, router.layer(DefaultBodyLimit::disable()))
}

/// Everything that BizHub serves.
pub fn app(state: AppState) -> Router {
    let (gated, _, _) = gate(None).into_parts();
    Router::new()
        .merge(gated)
        .route(
            "/api/v1/openapi.json",
            get(|| async { ([(http::header::CONTENT_TYPE, "application/json")], DOCUMENT) }),
        )
        .route("/static/{*path}", get(statics::serve))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(security::not_found)
        .method_not_allowed_fallback(security::method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(security::too_large))
        .layer(CsrfLayer::new().with_rejection_response(security::cross_site))
        .layer(CompressionLayer::new())
        .layer(from_fn(security::around))
        .layer(Extension(state.clone()))
        .with_state(state)
}

/// The OpenAPI document and the permission sheet, as data.
pub fn document_and_sheet() -> (utoipa::openapi::OpenApi, Vec<SheetLine>) {
    let (_, document, sheet) = gate(Some(openapi::head())).into_parts();
    (document, sheet)
}

/// The OpenAPI document, for `bizhub openapi` and the committed openapi.json.
pub fn openapi_json() -> String {
    let mut text = document_and_sheet().0.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The role × route matrix, for the committed docs/permissions.md.
pub fn permission_sheet() -> String {
    let mut lines = gate(None).into_parts().2;
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
        text.push_str(if access == Access::Public {
            " ✓ |\n"
        } else {
            " |\n"
        });
    }
    text
}
