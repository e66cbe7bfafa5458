//! What the till shows before a sale is made: what was scanned, and what the cart adds up to. Nothing is held or written;
//! the checkout looks at everything again under its locks.

use super::total_up;
use crate::{Refusal, Shop};
use chrono::NaiveDate;
use db::invoices::StoredTotals;
pub use db::till::TillItem;
use domain::invoice::totals::line_total;
use domain::{AssetId, BulkStockId, Money};

/// What was scanned or typed.
#[derive(Debug, Clone)]
pub enum Scanned {
    /// Exactly this tag, serial number, IMEI or SKU.
    Exact(Box<TillItem>),
    /// Things with a name like that; none, when nothing is called so.
    Found(Vec<TillItem>),
}

/// Finds what a scanner read or a person typed.
pub async fn scan(shop: &Shop, text: &str) -> Result<Scanned, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 100 || text.contains('\0') {
        return Ok(Scanned::Found(Vec::new()));
    }
    let mut conn = shop.read().await?;
    let mut exact = db::till::till_exact(&mut conn, text).await?;
    match (exact.pop(), exact.is_empty()) {
        (Some(item), true) => Ok(Scanned::Exact(Box::new(item))),
        (Some(item), false) => {
            exact.push(item);
            Ok(Scanned::Found(exact))
        }
        (None, _) => Ok(Scanned::Found(db::till::till_search(&mut conn, text).await?)),
    }
}

/// Reads what is in a cart, by number.
pub async fn items(shop: &Shop, assets: &[AssetId], stock: &[BulkStockId]) -> Result<Vec<TillItem>, Refusal> {
    let assets: Vec<i32> = assets.iter().map(|id| id.get()).collect();
    let stock: Vec<i32> = stock.iter().map(|id| id.get()).collect();
    Ok(db::till::till_items(&mut *shop.read().await?, &assets, &stock).await?)
}

/// Adds up (unit price, quantity) pairs under the taxes of a day.
pub async fn reckon(shop: &Shop, day: NaiveDate, lines: &[(Money, i32)]) -> Result<StoredTotals, Refusal> {
    let settings = shop.settings().await?;
    let totals = lines
        .iter()
        .map(|(price, quantity)| line_total(*price, *quantity))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| Refusal::invalid("/lines", e.to_string()))?;
    total_up(&settings, day, totals, "/lines")
}

/// What was pasted or scanned in one run, line by line: what was found, and what was not with its reason.
#[derive(Debug, Default)]
pub struct Pasted {
    /// Found and free to be sold.
    pub found: Vec<TillItem>,
    /// As it was written, and why it cannot be sold.
    pub refused: Vec<(String, String)>,
}

/// Finds what a list names, one serial number, tag, IMEI or SKU a line.
pub async fn paste(shop: &Shop, text: &str) -> Result<Pasted, Refusal> {
    let mut pasted = Pasted::default();
    let mut seen = std::collections::HashSet::new();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    for (n, line) in lines.enumerate() {
        let mut refuse = |why: String| pasted.refused.push((line.to_owned(), why));
        if n >= super::MOST_LINES {
            refuse(format!("A sale has at most {} lines.", super::MOST_LINES));
            continue;
        }
        let item = match scan(shop, line).await? {
            Scanned::Exact(item) => *item,
            Scanned::Found(found) if found.len() > 1 => {
                refuse("Several things are called so: scan this one by itself.".into());
                continue;
            }
            Scanned::Found(_) => {
                refuse("Nothing has this tag, serial number, IMEI or SKU.".into());
                continue;
            }
        };
        match item.status {
            Some(_) if !seen.insert(item.asset_id) => {
                refuse(format!("{} stands on the list twice.", item.code))
            }
            Some(domain::AssetStatus::ReadyForSale) => pasted.found.push(item),
            Some(status) => refuse(format!("{} is {status}.", item.code)),
            None if item.available.is_none_or(|free| free > 0) => pasted.found.push(item),
            None => refuse(format!("There is none of {} left.", item.code)),
        }
    }
    Ok(pasted)
}

/// The active lead sources, for choosing one.
pub async fn lead_sources(shop: &Shop) -> Result<Vec<String>, Refusal> {
    Ok(db::till::lead_source_names(&mut *shop.read().await?).await?)
}

/// The people whose invoices can be looked for.
pub async fn sellers(shop: &Shop) -> Result<Vec<(i32, String)>, Refusal> {
    Ok(db::till::seller_names(&mut *shop.read().await?).await?)
}
