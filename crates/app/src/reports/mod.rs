//! Reports (PRODUCT.md section 11): the schema's four views as lists, and what the first page shows.
//!
//! They are read in a transaction, because that tells the database what day it is in the shop.

pub mod dashboard;
mod file;
pub mod period;
pub mod tax;
pub mod warranty;

use crate::{Actor, Capability, Page, PageRequest, Refusal, Shop};
use db::list::ListSpec;
pub use db::reports::{
    AGING_BUCKETS, AGING_INVENTORY, AgingAsset, AgingTotals, INVENTORY_SUMMARY, InventorySummary,
    InventoryTotals, LowItem, OpenInvoices, OverduePreorder, PREORDER_SLA, PaceDay, PreorderSla,
    PreorderTotals, RecentSale, SALES_DAILY_OF_SELLER as SALES_DAILY, SalesDay, SalesTotals, StageCount,
    Tender,
};
use db::reports::{AGING_TOTALS, INVENTORY_TOTALS, PREORDER_TOTALS, SALES_TOTALS};
use sqlx::FromRow;
use sqlx::postgres::PgRow;

async fn page<T>(
    shop: &Shop,
    actor: &Actor,
    spec: &ListSpec,
    request: &PageRequest,
) -> Result<Page<T>, Refusal>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut tx = shop.begin(actor).await?;
    let page = spec.fetch(tx.conn(), request).await?;
    tx.commit(200, &()).await?;
    Ok(page)
}

async fn sums<T>(
    shop: &Shop,
    actor: &Actor,
    spec: &ListSpec,
    request: &PageRequest,
    columns: &'static str,
) -> Result<T, Refusal>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut tx = shop.begin(actor).await?;
    let sums = spec.sums(tx.conn(), request, columns).await?;
    tx.commit(200, &()).await?;
    Ok(sums)
}

fn require_stock(actor: &Actor) -> Result<(), Refusal> {
    if actor.can(Capability::ReportsAll) {
        Ok(())
    } else {
        actor.require(Capability::ReportsStock)
    }
}

fn require_sales(actor: &Actor) -> Result<(), Refusal> {
    if actor.can(Capability::ReportsAll) {
        Ok(())
    } else {
        actor.require(Capability::ReportsOwnSales)
    }
}

/// Models and how many of each there are.
pub async fn inventory_summary(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<Page<InventorySummary>, Refusal> {
    require_stock(actor)?;
    page(shop, actor, &INVENTORY_SUMMARY, request).await
}

/// Their sums.
pub async fn inventory_totals(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<InventoryTotals, Refusal> {
    require_stock(actor)?;
    sums(shop, actor, &INVENTORY_SUMMARY, request, INVENTORY_TOTALS).await
}

/// The list and the request for the sales that this person may see: all, or those of one seller, who is themselves for
/// whoever may see no others.
fn own_sales(actor: &Actor, request: &PageRequest) -> Result<(&'static ListSpec, PageRequest), Refusal> {
    require_sales(actor)?;
    let mut request = request.clone();
    if !actor.can(Capability::ReportsAll) {
        request
            .filters
            .push(("sales_rep_id".into(), actor.user()?.to_string()));
    }
    let of_seller = request.filters.iter().any(|(name, _)| name == "sales_rep_id");
    Ok((
        if of_seller {
            &SALES_DAILY
        } else {
            &db::reports::SALES_DAILY
        },
        request,
    ))
}

/// Days and what was sold on each: everybody's invoices, or only one's own.
pub async fn sales_daily(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<Page<SalesDay>, Refusal> {
    let (spec, request) = own_sales(actor, request)?;
    page(shop, actor, spec, &request).await
}

/// Their sums.
pub async fn sales_totals(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<SalesTotals, Refusal> {
    let (spec, request) = own_sales(actor, request)?;
    sums(shop, actor, spec, &request, SALES_TOTALS).await
}

/// Devices that could be sold, and how long each has been here.
pub async fn aging_inventory(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<Page<AgingAsset>, Refusal> {
    require_stock(actor)?;
    page(shop, actor, &AGING_INVENTORY, request).await
}

/// Their count, and that of each bucket.
pub async fn aging_totals(shop: &Shop, actor: &Actor, request: &PageRequest) -> Result<AgingTotals, Refusal> {
    require_stock(actor)?;
    sums(shop, actor, &AGING_INVENTORY, request, AGING_TOTALS).await
}

/// Preorders that are not closed, and which of them are late.
pub async fn preorder_sla(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<Page<PreorderSla>, Refusal> {
    require_sales(actor)?;
    page(shop, actor, &PREORDER_SLA, request).await
}

/// Their count, and that of the late ones.
pub async fn preorder_totals(
    shop: &Shop,
    actor: &Actor,
    request: &PageRequest,
) -> Result<PreorderTotals, Refusal> {
    require_sales(actor)?;
    sums(shop, actor, &PREORDER_SLA, request, PREORDER_TOTALS).await
}
