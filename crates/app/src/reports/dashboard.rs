//! What the first page shows: today, what is ready, what is stuck, what is overdue, what is low.

use super::{LowItem, OpenInvoices, OverduePreorder, PaceDay, RecentSale, StageCount, Tender};
use crate::{Actor, Capability, Refusal, Shop};
use chrono::{Datelike, Days, Months, NaiveDate};
use domain::{Money, MoneySum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many rows stand under each heading; the counts are of all.
const SHOWN: i64 = 10;

/// Counts are added up from as many rows as this before they are folded together.
const ENTRIES: i64 = 1000;

/// Folds what counts are added up from, beside the answer that noticed it.
async fn fold(shop: Shop) {
    const MOST: u32 = 50_000;
    loop {
        let folded = async {
            let mut tx = shop.begin(&Actor::system()).await?;
            let folded = db::reports::counts_fold(tx.conn(), MOST.into()).await?;
            tx.commit(204, &()).await?;
            Ok::<_, Refusal>(folded)
        };
        match folded.await {
            Ok(folded) if folded >= u64::from(MOST) => {}
            Ok(_) => return,
            Err(error) => return tracing::warn!(%error, "counts could not be folded and will be later"),
        }
    }
}

/// Sales of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DaySales {
    /// The day.
    pub invoice_date: NaiveDate,
    /// Paid invoices.
    pub transaction_count: i64,
    /// Their totals.
    #[schema(value_type = MoneySum)]
    pub total_sales: Money,
    /// What returns of this day credited.
    #[schema(value_type = MoneySum)]
    pub returned_amount: Money,
    /// The sales less the returns.
    #[schema(value_type = MoneySum)]
    pub net_sales: Money,
}

/// Everything that the first page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dashboard {
    /// Today, in the shop.
    pub date: NaiveDate,
    /// Today's sales, as /reports/sales-daily counts them.
    pub today: DaySales,
    /// Those of the same day last week.
    pub same_day_last_week: DaySales,
    /// What today's sales brought without tax, less what the goods cost, and less the profit of what came back today. Only for those who may see it.
    #[schema(required = false)]
    #[schema(value_type = MoneySum)]
    pub profit: Money,
    /// What today's goods cost, less the cost of what came back. Only for those who may see it.
    #[schema(required = false)]
    #[schema(value_type = MoneySum)]
    pub cost_total: Money,
    /// Lines sold today whose cost is not known; it counts as nothing.
    pub lines_without_cost: i64,
    /// Today's money by method.
    pub tender: Vec<Tender>,
    /// The days of this month with a sale.
    pub month: Vec<PaceDay>,
    /// The days of the month before.
    pub month_before: Vec<PaceDay>,
    /// Devices in the house, by state, in the order of a device's life.
    pub stages: Vec<StageCount>,
    /// How many preorders are late.
    pub overdue_preorder_count: i64,
    /// The first of them.
    pub overdue_preorders: Vec<OverduePreorder>,
    /// Returns that are asked for and wait for a Manager.
    pub return_request_count: i64,
    /// How many items are below their reorder threshold.
    pub low_stock_count: i64,
    /// The first of them.
    pub low_stock: Vec<LowItem>,
    /// What is not paid yet.
    pub open_invoices: OpenInvoices,
    /// Today's latest invoices.
    pub recent_sales: Vec<RecentSale>,
}

fn day_sales(days: &[PaceDay], day: NaiveDate) -> DaySales {
    let none = DaySales {
        invoice_date: day,
        transaction_count: 0,
        total_sales: Money::ZERO,
        returned_amount: Money::ZERO,
        net_sales: Money::ZERO,
    };
    days.iter()
        .find(|d| d.invoice_date == day)
        .map_or(none, |d| DaySales {
            invoice_date: day,
            transaction_count: d.transaction_count,
            total_sales: d.total_sales,
            returned_amount: d.returned_amount,
            net_sales: d
                .total_sales
                .checked_sub(d.returned_amount)
                .unwrap_or(Money::ZERO),
        })
}

/// Reads what the first page shows.
pub async fn dashboard(shop: &Shop, actor: &Actor) -> Result<Dashboard, Refusal> {
    actor.require(Capability::ReportsAll)?;
    let (now, date) = (shop.now(), shop.today());
    let this_month = date.with_day(1).unwrap_or(date);
    let month_before = this_month
        .checked_sub_months(Months::new(1))
        .unwrap_or(this_month);
    let mut conn = shop.read().await?;
    let pace = db::reports::sales_pace(&mut conn, month_before, date).await?;
    let earned = db::reports::sales_profit(&mut conn, date).await?;
    let tender = db::reports::tender_by_method(&mut conn, date).await?;
    let mut stages = db::reports::stages_count(&mut conn).await?;
    let overdue_preorders = db::reports::preorders_overdue(&mut conn, date, SHOWN).await?;
    let low_stock = db::reports::items_low(&mut conn, SHOWN).await?;
    let open_invoices = db::reports::invoices_open(&mut conn, now, date).await?;
    let return_request_count = db::returns::requests_open_count(&mut conn).await?;
    let recent_sales = db::reports::sales_recent(&mut conn, date, SHOWN).await?;
    drop(conn);
    if pace
        .iter()
        .map(|d| d.entries)
        .chain(stages.iter().map(|s| s.entries))
        .sum::<i64>()
        > ENTRIES
    {
        tokio::spawn(fold(shop.clone()));
    }
    stages.sort_by_key(|s| s.status.order());
    let today = day_sales(&pace, date);
    let same_day_last_week = day_sales(&pace, date.checked_sub_days(Days::new(7)).unwrap_or(date));
    let (before, month) = pace.into_iter().partition(|d| d.invoice_date < this_month);
    Ok(Dashboard {
        date,
        today,
        same_day_last_week,
        profit: earned.profit,
        cost_total: earned.cost_total,
        lines_without_cost: earned.lines_without_cost,
        tender,
        month,
        month_before: before,
        stages,
        overdue_preorder_count: overdue_preorders.first().map_or(0, |p| p.total),
        overdue_preorders,
        return_request_count,
        low_stock_count: low_stock.first().map_or(0, |i| i.total),
        low_stock,
        open_invoices,
        recent_sales,
    })
}
