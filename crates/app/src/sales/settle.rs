//! The end of a sale: the invoice's new status, and with it the devices, the stock and the warranties.

use super::{PREMIUM_SKU, unavailable};
use crate::{Refusal, Settings, Shop, Tx};
use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use db::invoices::{Invoice, InvoiceLine};
use db::sales::{Settled, Settlement, StockChange, WarrantyValues};
use domain::{AssetId, AssetStatus, CustomerId, InvoiceId, InvoiceStatus, WarrantyTier};
use std::collections::BTreeMap;

/// The goods of an invoice on their way.
#[derive(Debug)]
pub(crate) struct Goods {
    /// Devices, locked already.
    pub asset_ids: Vec<AssetId>,
    /// Items.
    pub stock: Vec<StockChange>,
}

impl Goods {
    /// Nothing that changes.
    pub(crate) fn none() -> Self {
        Goods {
            asset_ids: Vec::new(),
            stock: Vec::new(),
        }
    }

    /// What an invoice holds; `stock` is what one that holds it lets go of, or takes when it is `sold`.
    pub(crate) fn held(lines: &[InvoiceLine], sold: bool) -> Self {
        let live = || lines.iter().filter(|line| line.released_at.is_none());
        let mut asset_ids: Vec<AssetId> = live().filter_map(|line| line.asset_id).collect();
        asset_ids.sort_unstable();
        let mut counts = BTreeMap::new();
        for line in live().filter(|line| line.is_stocked) {
            if let Some(id) = line.bulk_stock_id {
                *counts.entry(id).or_insert(0_i32) += line.quantity;
            }
        }
        let stock = counts
            .into_iter()
            .map(|(bulk_stock_id, count)| StockChange {
                bulk_stock_id,
                taken: if sold { count } else { 0 },
                held: -count,
            })
            .collect();
        Goods { asset_ids, stock }
    }
}

/// The warranties that come with a paid invoice: each device's, Premium ones as far as they are bought, by the order of
/// lines. Nobody without a name gets one.
pub(crate) fn plan_warranties(
    settings: &Settings,
    day: NaiveDate,
    customer: Option<CustomerId>,
    devices: &[AssetId],
    premiums: usize,
) -> Vec<WarrantyValues> {
    if customer.is_none() {
        return Vec::new();
    }
    let standard_days = u16::try_from(settings.warranty_standard_days).unwrap_or(0);
    let plan = |(n, asset_id): (usize, &AssetId)| {
        let warranty_tier = if n < premiums {
            WarrantyTier::PremiumOneYear
        } else {
            WarrantyTier::Standard
        };
        let end_date = warranty_tier.end_date(day, standard_days)?;
        Some(WarrantyValues {
            asset_id: *asset_id,
            warranty_tier,
            end_date,
        })
    };
    devices.iter().enumerate().filter_map(plan).collect()
}

/// Where a sale leads.
pub(super) struct End<'a> {
    pub(super) invoice_id: InvoiceId,
    pub(super) status: InvoiceStatus,
    /// Whether the goods leave.
    pub(super) gone: bool,
    pub(super) customer_id: Option<CustomerId>,
    pub(super) warranties: &'a [WarrantyValues],
    /// When they begin, where it is not today.
    pub(super) start_date: Option<NaiveDate>,
}

/// Settles an invoice whose devices are locked: its goods leave, or are held.
pub(super) async fn settle(
    tx: &mut Tx,
    shop: &Shop,
    settings: &Settings,
    end: &End<'_>,
    goods: &Goods,
) -> Result<(Settled, Option<DateTime<Utc>>), Refusal> {
    let hold_expires_at = (!end.gone).then(|| hold_end(shop, settings));
    let settled = db::sales::sale_settle(
        tx.conn(),
        &Settlement {
            invoice_id: end.invoice_id,
            status: end.status,
            hold_expires_at,
            asset_ids: &goods.asset_ids,
            asset_status: if end.gone {
                AssetStatus::Sold
            } else {
                AssetStatus::Reserved
            },
            stock: &goods.stock,
            customer_id: end.customer_id,
            warranties: end.warranties,
            start_date: end.start_date,
        },
    )
    .await?;
    let missing: Vec<_> = goods
        .stock
        .iter()
        .map(|c| c.bulk_stock_id)
        .filter(|id| !settled.stock_ids.contains(id))
        .collect();
    if missing.is_empty() {
        Ok((settled, hold_expires_at))
    } else {
        Err(unavailable::stock(tx, &goods.stock, &missing).await)
    }
}

/// When a hold that begins now runs out.
fn hold_end(shop: &Shop, settings: &Settings) -> DateTime<Utc> {
    let hours = TimeDelta::try_hours(settings.hold_hours.clamp(1, 24 * 366)).unwrap_or(TimeDelta::days(2));
    // Columns keep microseconds; what is answered now is what is read later.
    (shop.now() + hours).trunc_subsecs(6)
}

/// Completes a Draft or Sent invoice, which holds its goods (or has handed them over on credit) and has nothing left to pay.
/// Its row is locked.
pub(crate) async fn complete(
    tx: &mut Tx,
    shop: &Shop,
    settings: &Settings,
    invoice: &Invoice,
    lines: &[InvoiceLine],
) -> Result<(), Refusal> {
    // Goods that were released are with the customer already, and their warranties run.
    let goods = match invoice.goods_released_at {
        None => Goods::held(lines, true),
        Some(_) => Goods::none(),
    };
    db::sales::devices_lock(tx.conn(), &goods.asset_ids).await?;
    hand_over(tx, shop, settings, invoice, lines, &goods, InvoiceStatus::Paid).await
}

/// Completes several invoices, whose rows are locked: all their devices are locked first and then all their items, so that
/// no two such payments wait for each other.
pub(crate) async fn complete_all(
    tx: &mut Tx,
    shop: &Shop,
    settings: &Settings,
    invoices: &[Invoice],
) -> Result<(), Refusal> {
    let mut all = Vec::new();
    let (mut devices, mut items) = (Vec::new(), Vec::new());
    for invoice in invoices {
        let lines = db::invoices::invoice_lines(tx.conn(), invoice.id).await?;
        if invoice.goods_released_at.is_none() {
            let goods = Goods::held(&lines, true);
            devices.extend(goods.asset_ids);
            items.extend(goods.stock.iter().map(|change| change.bulk_stock_id));
        }
        all.push((invoice, lines));
    }
    db::sales::devices_lock(tx.conn(), &devices).await?;
    db::wholesale::stock_lock(tx.conn(), &items).await?;
    for (invoice, lines) in all {
        let reason = format!("On invoice {}", invoice.invoice_number);
        db::sales::reason_set(tx.conn(), invoice.id, &reason).await?;
        complete(tx, shop, settings, invoice, &lines).await?;
    }
    Ok(())
}

/// Hands over goods, whose devices are locked, with their warranties, and brings the invoice to its status.
pub(crate) async fn hand_over(
    tx: &mut Tx,
    shop: &Shop,
    settings: &Settings,
    invoice: &Invoice,
    lines: &[InvoiceLine],
    goods: &Goods,
    status: InvoiceStatus,
) -> Result<(), Refusal> {
    let live = || lines.iter().filter(|line| line.released_at.is_none());
    let devices: Vec<AssetId> = live()
        .filter_map(|line| line.asset_id)
        .filter(|id| goods.asset_ids.contains(id))
        .collect();
    let premiums = live()
        .filter(|line| line.sku.as_deref() == Some(PREMIUM_SKU))
        .map(|line| usize::try_from(line.quantity).unwrap_or(0))
        .sum();
    let warranties = plan_warranties(settings, shop.today(), invoice.customer_id, &devices, premiums);
    let end = End {
        invoice_id: invoice.id,
        status,
        gone: true,
        customer_id: invoice.customer_id,
        warranties: &warranties,
        start_date: None,
    };
    settle(tx, shop, settings, &end, goods).await?;
    Ok(())
}

/// Brings a Draft or Sent invoice to the status it says, with a hold that begins now, and holds what is new on it.
pub(crate) async fn hold_goods(
    tx: &mut Tx,
    shop: &Shop,
    settings: &Settings,
    invoice: &Invoice,
    new: &Goods,
) -> Result<(), Refusal> {
    let end = End {
        invoice_id: invoice.id,
        status: invoice.status,
        gone: false,
        customer_id: invoice.customer_id,
        warranties: &[],
        start_date: None,
    };
    settle(tx, shop, settings, &end, new).await?;
    Ok(())
}
