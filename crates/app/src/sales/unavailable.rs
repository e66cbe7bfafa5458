//! What a seller is told who cannot have a device or an item: who has it, or what it still needs.

use crate::{Refusal, Shop, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use db::sales::{DeviceHold, StockChange};
use domain::{AssetId, AssetStatus, BulkStockId, InvoiceStatus};

/// The refusal for devices that cannot be sold, naming what holds each.
pub(crate) async fn devices(tx: &mut Tx, shop: &Shop, ids: &[AssetId]) -> Refusal {
    match db::sales::device_holds(tx.conn(), ids).await {
        Ok(holds) => {
            let sentences: Vec<String> = holds.iter().map(|hold| sentence(shop, hold)).collect();
            Refusal::conflict("device_not_available", sentences.join(" "))
        }
        Err(error) => error.into(),
    }
}

/// The refusal for items of which too few are free, saying how many there are.
pub(super) async fn stock(tx: &mut Tx, wanted: &[StockChange], missing: &[BulkStockId]) -> Refusal {
    match db::sales::stock_free(tx.conn(), missing).await {
        Ok(free) => {
            let asked = |id| {
                wanted
                    .iter()
                    .find(|c| c.bulk_stock_id == id)
                    .map_or(0, |c| c.taken + c.held)
            };
            let sentences: Vec<String> = free
                .iter()
                .map(|(id, sku, name, free)| too_few(sku, name, *free, asked(*id)))
                .collect();
            Refusal::conflict("not_enough_stock", sentences.join(" "))
        }
        Err(error) => error.into(),
    }
}

/// `There are 3 of Charger 65 W (CHG-65W), and 5 are wanted: sell fewer, or receive more first.`
pub(super) fn too_few(sku: &str, name: &str, free: i32, wanted: i32) -> String {
    let there = match free {
        i32::MIN..=0 => format!("There is no {name} ({sku}) left"),
        1 => format!("There is only 1 of {name} ({sku})"),
        _ => format!("There are only {free} of {name} ({sku})"),
    };
    format!("{there}, and {wanted} are wanted: sell fewer, or receive more first.")
}

fn day(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

fn sentence(shop: &Shop, hold: &DeviceHold) -> String {
    let tag = &hold.asset_tag;
    let until = |at: DateTime<Utc>| {
        at.with_timezone(&shop.zone())
            .format("%a %-d %b %Y, %H:%M")
            .to_string()
    };
    match (&hold.invoice_number, hold.invoice_status, &hold.preorder_number) {
        (Some(number), Some(InvoiceStatus::Paid | InvoiceStatus::Refunded), _) => {
            let on = hold
                .invoice_date
                .map(|d| format!(" on {}", day(d)))
                .unwrap_or_default();
            format!("{tag} was sold{on} with {number}.")
        }
        (Some(number), Some(status), _) => {
            let who = hold
                .sales_rep_name
                .as_ref()
                .map(|name| format!(", {name}"))
                .unwrap_or_default();
            let end = hold
                .hold_expires_at
                .map(|at| format!(" until {}", until(at)))
                .unwrap_or_default();
            format!(
                "{tag} is held by {number} ({status}{who}){end}: finish or cancel that invoice, or choose another device."
            )
        }
        (_, _, Some(number)) => {
            let status = hold
                .preorder_status
                .map(|s| format!(" ({s})"))
                .unwrap_or_default();
            format!(
                "{tag} is held by preorder {number}{status}: hand it over there, or choose another device."
            )
        }
        _ => {
            let next = match hold.status {
                AssetStatus::Received => "send it to diagnostics first",
                AssetStatus::DiagnosticsPending => "it has to pass diagnostics first",
                AssetStatus::WipePending => "its data has to be wiped first",
                AssetStatus::QcPending => "it has to pass the quality check first",
                AssetStatus::Returned => {
                    "it came back from a customer and has to pass diagnostics, wipe and quality check again"
                }
                AssetStatus::RepairHold => "it has to be repaired and checked first",
                AssetStatus::NotSellable => "put it back to diagnostics first if it shall be sold after all",
                AssetStatus::ReadyForSale | AssetStatus::Reserved => {
                    "it was let go of at this moment, so try again"
                }
                AssetStatus::Sold | AssetStatus::Scrapped => "choose another device",
            };
            let why = hold
                .not_sellable_reason
                .as_ref()
                .filter(|_| hold.status == AssetStatus::NotSellable);
            let why = why.map(|reason| format!(" ({reason})")).unwrap_or_default();
            format!("{tag} is {}{why}: {next}.", hold.status)
        }
    }
}
