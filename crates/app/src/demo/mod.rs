//! Demo data (schema 8.2): a year in the life of a shop. Its people do everything through the use cases, each at their
//! instant, so that stock, money, movements and audit hold together as they would after a real year.

mod bench;
mod bulk_changes;
mod dice;
mod messages;
mod people;
mod service;
mod stock_list;
mod stocktakes;
mod tills;
mod year;

pub use people::{PASSWORD, STAFF};

use crate::{Refusal, Shop};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;
use std::str::FromStr;
use year::Year;

/// How long the history is.
const DAYS: i64 = 365;

/// What was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Users that were made, with [`PASSWORD`]; those who were there keep theirs.
    pub new_users: Vec<String>,
    /// Customers.
    pub customers: usize,
    /// Product models.
    pub product_models: usize,
    /// Items of bulk stock.
    pub items: usize,
    /// Devices received.
    pub devices: usize,
    /// Invoices, sales at the counter among them.
    pub invoices: usize,
}

/// Fills an empty shop with a year of history that ends now; with a scale of N, N times as much. It is the same each time,
/// but for the days it ends on.
pub async fn seed(shop: &Shop, scale: u32) -> Result<Summary, Refusal> {
    if !db::demo::shop_is_untouched(&mut *shop.read().await?).await? {
        return Err(Refusal::conflict(
            "demo_not_empty",
            "This shop has stock, customers or sales already, and demo data goes into an empty shop only: name another \
             folder for it, like bizhub seed --demo --data-dir ./demo-data.",
        ));
    }
    let scale = usize::try_from(scale.max(1)).unwrap_or(1);
    let mut year = Year::open(shop, scale).await?;
    for days_ago in (0..=DAYS).rev() {
        year.day(days_ago).await?;
    }
    year.trade().await?;
    messages::write(shop, year.staff()).await?;
    bench::write(shop, year.staff()).await?;
    bulk_changes::make(shop, year.staff()).await?;
    stocktakes::count(shop, year.staff()).await?;
    Ok(year.summary())
}

/// A value out of this folder's tables, or made from them.
fn made<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("demo data keeps the rules of its types")
}

/// A number out of this folder's tables, or made from them.
fn counted<T: DeserializeOwned>(number: impl Into<Value>) -> T {
    serde_json::from_value(number.into()).expect("demo data keeps the rules of its types")
}
