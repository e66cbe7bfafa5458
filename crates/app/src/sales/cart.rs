//! A cart: what its lines name, what they cost, and whether this person may sell at that price.

use super::{MOST_LINES, MOST_OF_AN_ITEM, NewLine, PREMIUM_SKU, unavailable};
use crate::catalog::bundle::Allowance;
use crate::{Capability, Refusal, Settings, Shop, Tx};
use db::invoices::{InvoiceLine, PriceApproval};
use db::sales::{CartNames, LineValues, SaleItem, StockChange};
use domain::invoice::totals::{discount_exceeds, line_total};
use domain::{AssetId, AssetStatus, Invalid, InvoiceLineId, Money, Price, PricePercents, Serial};
use std::collections::{BTreeMap, HashMap, HashSet};

/// One priced line.
#[derive(Debug, Clone)]
pub struct CartLine {
    /// What is written of it.
    pub values: LineValues,
    /// Quantity × unit price.
    pub line_total: Money,
    /// Asset tag or SKU.
    pub code: String,
    /// Serial number of a device.
    pub serial_number: Option<String>,
    /// Whether its stock is counted.
    pub is_stocked: bool,
    /// The list price, or what the customer's price list makes of it: below that it is a discount.
    pub usual_price: Option<Money>,
}

/// The priced lines of a sale. Its devices are locked and free.
#[derive(Debug, Clone, Default)]
pub struct Cart {
    /// In the order of the request.
    pub lines: Vec<CartLine>,
}

/// How a line names its thing.
enum Name<'a> {
    AssetId(AssetId),
    Tag(String),
    Serial(&'a Serial),
    ItemId(i32),
    Sku(&'a str),
}

impl NewLine {
    fn name(&self) -> Option<Name<'_>> {
        let mut names = [
            self.asset_id.map(Name::AssetId),
            self.asset_tag
                .as_ref()
                .map(|tag| Name::Tag(tag.as_str().to_uppercase())),
            self.serial_number.as_ref().map(Name::Serial),
            self.bulk_stock_id.map(|id| Name::ItemId(id.get())),
            self.sku.as_ref().map(|sku| Name::Sku(sku.as_str())),
        ]
        .into_iter()
        .flatten();
        names.next().filter(|_| names.next().is_none())
    }
}

/// Refuses what needs no database, for all lines at once. `list` is the JSON pointer of the lines.
pub(crate) fn check(lines: &[NewLine], list: &str) -> Result<(), Refusal> {
    let mut invalid = Invalid::new();
    if lines.is_empty() {
        invalid.push(list, "There is nothing on this sale: add a device or an item.");
    }
    if lines.len() > MOST_LINES {
        invalid.push(
            list,
            format!("An invoice has at most {MOST_LINES} lines: make it several invoices."),
        );
    }
    for (n, line) in lines.iter().enumerate() {
        if line.name().is_none() {
            let text =
                "Name the device or item once: asset_id, asset_tag, serial_number, bulk_stock_id or sku.";
            invalid.push(format!("{list}/{n}"), text);
        }
        match line.quantity {
            Some(0) => invalid.push(format!("{list}/{n}/quantity"), "The quantity must be at least 1."),
            Some(many) if many > MOST_OF_AN_ITEM => {
                invalid.push(
                    format!("{list}/{n}/quantity"),
                    format!("The quantity may be at most {MOST_OF_AN_ITEM}."),
                );
            }
            _ => {}
        }
    }
    invalid.into_result().map_err(|e| Refusal::Invalid(e.0))
}

/// What the lines of a cart name.
pub(crate) fn names(lines: &[NewLine]) -> CartNames {
    lines
        .iter()
        .filter_map(NewLine::name)
        .fold(CartNames::default(), |mut names, name| {
            match name {
                Name::AssetId(id) => names.asset_ids.push(id.get()),
                Name::Tag(tag) => names.asset_tags.push(tag),
                Name::Serial(serial) => names.serial_numbers.push(serial.as_str().to_owned()),
                Name::ItemId(id) => names.bulk_stock_ids.push(id),
                Name::Sku(sku) => names.skus.push(sku.to_owned()),
            }
            names
        })
}

impl Cart {
    /// Reads and prices the lines, by the customer's price list where they have one, and locks their devices. `first_number` is the number of the first line; `list` points
    /// at the lines. `held` is the device that the preorder holds which is picked up by it.
    pub(crate) async fn load(
        tx: &mut Tx,
        shop: &Shop,
        lines: &[NewLine],
        prices: Option<&PricePercents>,
        first_number: i32,
        list: &str,
        held: Option<AssetId>,
    ) -> Result<Cart, Refusal> {
        let items = Shelf::of(db::sales::cart_lock(tx.conn(), &names(lines)).await?);

        let mut invalid = Invalid::new();
        let (mut cart, mut taken, mut devices) = (Cart::default(), Vec::new(), HashSet::new());
        for (n, line) in lines.iter().enumerate() {
            let item = match items.find(line) {
                Ok(item) => item,
                Err((field, sentence)) => {
                    invalid.push(format!("{list}/{n}/{field}"), sentence);
                    continue;
                }
            };
            if let Some(id) = item.asset_id {
                if line.quantity.unwrap_or(1) != 1 {
                    invalid.push(
                        format!("{list}/{n}/quantity"),
                        "There is one of each device: its quantity is 1.",
                    );
                } else if !devices.insert(id) {
                    invalid.push(
                        format!("{list}/{n}"),
                        format!("{} is on this sale already: leave this line out.", item.code),
                    );
                } else if item.status != Some(AssetStatus::ReadyForSale) && held != Some(id) {
                    taken.push(id);
                    continue;
                }
            }
            let is_service = item.asset_id.is_none() && item.available.is_none();
            let usual_price = match (prices, item.list_price) {
                (Some(prices), Some(list)) if !is_service => Some(prices.price(list, item.category)),
                (_, list) => list,
            };
            let Some(unit_price) = line.unit_price.map(Price::money).or(usual_price) else {
                let text = format!("{} has no price: say what it is sold for.", item.code);
                invalid.push(format!("{list}/{n}/unit_price"), text);
                continue;
            };
            let quantity = i32::try_from(line.quantity.unwrap_or(1)).unwrap_or(i32::MAX);
            let Some(total) = invalid.check(format!("{list}/{n}"), line_total(unit_price, quantity)) else {
                continue;
            };
            cart.lines.push(CartLine {
                values: LineValues {
                    line_number: first_number.saturating_add(i32::try_from(n).unwrap_or(i32::MAX)),
                    asset_id: item.asset_id,
                    bulk_stock_id: item.bulk_stock_id,
                    item_description: item.item_description.clone(),
                    quantity,
                    unit_price,
                    list_price: item.list_price,
                    price_approved_by: None,
                    unit_cost: item.unit_cost,
                },
                line_total: total,
                code: item.code.clone(),
                serial_number: item.serial_number.clone(),
                is_stocked: item.available.is_some(),
                usual_price,
            });
        }
        invalid.into_result().map_err(|e| Refusal::Invalid(e.0))?;
        if !taken.is_empty() {
            return Err(unavailable::devices(tx, shop, &taken).await);
        }
        cart.check_stock(&items)?;
        Ok(cart)
    }

    /// A price far below the list needs somebody who may give it, the seller or who approves it; they stand on the line.
    /// Answers the approval where one was used.
    pub(crate) async fn approve_prices(
        &mut self,
        tx: &mut Tx,
        settings: &Settings,
        approval: Option<PriceApproval>,
    ) -> Result<Option<PriceApproval>, Refusal> {
        let allowed = settings.allowed_discount_percent;
        let actor = tx.actor().clone();
        let (may, mut used) = (actor.can(Capability::Discount), false);
        let is_below = |line: &CartLine| {
            line.usual_price
                .is_some_and(|list| discount_exceeds(list, line.values.unit_price, allowed))
        };
        let items_below = |line: &CartLine| line.values.bulk_stock_id.is_some() && is_below(line);
        let mut bundled = match self.lines.iter().any(items_below) {
            true => Allowance::of(&db::bundles::bundles_of(tx.conn(), &self.devices()).await?),
            false => Allowance::default(),
        };
        for line in &mut self.lines {
            let Some(list) = line.usual_price.filter(|_| is_below(line)) else {
                continue;
            };
            let (price, quantity) = (line.values.unit_price, line.values.quantity);
            if line
                .values
                .bulk_stock_id
                .is_some_and(|item| bundled.take(item, price, quantity))
            {
                continue;
            }
            used |= !may;
            if !may && approval.is_none() {
                return Err(Refusal::forbidden(
                    "discount_needs_manager",
                    format!(
                        "{} for {} is more than {} % below its list price of {}. Ask a Manager to sell it at this price, \
                         or sell it for more.",
                        line.values.unit_price.ghs(),
                        line.code,
                        allowed.normalize(),
                        list.ghs()
                    ),
                ));
            }
            line.values.price_approved_by = match &approval {
                Some(approval) if !may => Some(approval.approved_by),
                _ => actor.user_id,
            };
        }
        Ok(approval.filter(|_| used))
    }

    /// Refuses early what is not there; the settlement looks again under its lock.
    fn check_stock(&self, items: &Shelf) -> Result<(), Refusal> {
        let short: Vec<String> = self
            .stock(true)
            .iter()
            .filter_map(|change| {
                let item = items
                    .0
                    .iter()
                    .find(|item| item.bulk_stock_id == Some(change.bulk_stock_id))?;
                let free = item.available?;
                (free < change.taken)
                    .then(|| unavailable::too_few(&item.code, &item.item_description, free, change.taken))
            })
            .collect();
        if short.is_empty() {
            Ok(())
        } else {
            Err(Refusal::conflict("not_enough_stock", short.join(" ")))
        }
    }

    /// What of each item leaves the shelf when it is sold, or is held when it is not; in the order of locks.
    pub(crate) fn stock(&self, sold: bool) -> Vec<StockChange> {
        let mut counts = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.is_stocked) {
            if let Some(id) = line.values.bulk_stock_id {
                let count: &mut i32 = counts.entry(id).or_default();
                *count = count.saturating_add(line.values.quantity);
            }
        }
        counts
            .into_iter()
            .map(|(bulk_stock_id, count)| StockChange {
                bulk_stock_id,
                taken: if sold { count } else { 0 },
                held: if sold { 0 } else { count },
            })
            .collect()
    }

    /// Its devices, in the order of the lines.
    pub(crate) fn devices(&self) -> Vec<AssetId> {
        self.lines
            .iter()
            .filter_map(|line| line.values.asset_id)
            .collect()
    }

    /// How many Premium warranties are bought.
    pub(crate) fn premiums(&self) -> usize {
        let bought = self
            .lines
            .iter()
            .filter(|line| line.code == PREMIUM_SKU && line.values.asset_id.is_none());
        bought
            .map(|line| usize::try_from(line.values.quantity).unwrap_or(0))
            .sum()
    }

    /// What is written of the lines.
    pub(crate) fn values(&self) -> Vec<LineValues> {
        self.lines.iter().map(|line| line.values.clone()).collect()
    }

    /// The lines as the invoice shows them, with the numbers that the database gave them.
    pub(crate) fn written(self, ids: Vec<InvoiceLineId>) -> Vec<InvoiceLine> {
        let written = |(line, id): (CartLine, InvoiceLineId)| InvoiceLine {
            id,
            line_number: line.values.line_number,
            asset_id: line.values.asset_id,
            bulk_stock_id: line.values.bulk_stock_id,
            asset_tag: line.values.asset_id.map(|_| line.code.clone()),
            serial_number: line.serial_number,
            sku: line.values.bulk_stock_id.map(|_| line.code),
            item_description: line.values.item_description,
            quantity: line.values.quantity,
            unit_price: line.values.unit_price,
            line_total: line.line_total,
            list_price: line.values.list_price,
            price_approved_by: line.values.price_approved_by,
            unit_cost: line.values.unit_cost,
            released_at: None,
            is_stocked: line.is_stocked,
        };
        self.lines.into_iter().zip(ids).map(written).collect()
    }
}

/// What the database found for a cart.
struct Shelf(Vec<SaleItem>, HashMap<String, usize>);

impl Shelf {
    fn of(items: Vec<SaleItem>) -> Self {
        let mut keys = HashMap::new();
        for (n, item) in items.iter().enumerate() {
            match (item.asset_id, item.bulk_stock_id) {
                (Some(id), _) => {
                    keys.insert(format!("asset {id}"), n);
                    keys.insert(format!("tag {}", item.code.to_uppercase()), n);
                    if let Some(serial) = item.serial_number.as_deref().and_then(|s| Serial::parse(s).ok()) {
                        keys.insert(format!("serial {}", serial.key()), n);
                    }
                }
                (None, Some(id)) => {
                    keys.insert(format!("item {id}"), n);
                    keys.insert(format!("sku {}", item.code.to_uppercase()), n);
                }
                (None, None) => {}
            }
        }
        Shelf(items, keys)
    }

    /// What a line means, or the field that names nothing and a sentence about it.
    fn find(&self, line: &NewLine) -> Result<&SaleItem, (&'static str, String)> {
        let (field, key, sentence) = match line.name() {
            Some(Name::AssetId(id)) => (
                "asset_id",
                format!("asset {id}"),
                "There is no device with this number.".into(),
            ),
            Some(Name::Tag(tag)) => (
                "asset_tag",
                format!("tag {tag}"),
                format!("There is no device with the tag {tag}: check it, or receive it first."),
            ),
            Some(Name::Serial(serial)) => (
                "serial_number",
                format!("serial {}", serial.key()),
                format!("There is no device with the serial number {serial}: check it, or receive it first."),
            ),
            Some(Name::ItemId(id)) => (
                "bulk_stock_id",
                format!("item {id}"),
                "There is no item with this number.".into(),
            ),
            Some(Name::Sku(sku)) => (
                "sku",
                format!("sku {sku}"),
                format!("There is no item with the SKU {sku}: check it, or add it to the stock."),
            ),
            None => ("", String::new(), "Name the device or item.".into()),
        };
        self.1
            .get(&key)
            .and_then(|n| self.0.get(*n))
            .ok_or((field, sentence))
    }
}
