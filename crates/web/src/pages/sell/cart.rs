//! The sale as the form of the till carries it.

use crate::form::{Form, form_key};
use app::Refusal;
use app::sales::NewTradeIn;
use app::sales::till::TillItem;
use chrono::NaiveDate;
use domain::{Amount, AssetId, BulkStockId, CustomerId, Money, PaymentMethod, PricePercents};
use std::str::FromStr;

/// What a line of the cart names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    Asset(AssetId),
    Stock(BulkStockId),
}

impl FromStr for Reference {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            Some(("asset", id)) => id.parse().map(Reference::Asset).map_err(|_| ()),
            Some(("stock", id)) => id.parse().map(Reference::Stock).map_err(|_| ()),
            _ => Err(()),
        }
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reference::Asset(id) => write!(f, "asset:{id}"),
            Reference::Stock(id) => write!(f, "stock:{id}"),
        }
    }
}

impl Reference {
    pub(super) fn of(item: &TillItem) -> Option<Reference> {
        item.asset_id
            .map(Reference::Asset)
            .or(item.bulk_stock_id.map(Reference::Stock))
    }
}

#[derive(Debug, Clone)]
pub(super) struct CartLine {
    pub(super) reference: Reference,
    pub(super) quantity: String,
    pub(super) unit_price: String,
    /// The device that it goes with, as `asset:12`; empty for what is sold by itself.
    pub(super) bundled: String,
    pub(super) is_new: bool,
    pub(super) error: String,
}

#[derive(Debug, Clone)]
pub(super) struct CartPayment {
    pub(super) method: PaymentMethod,
    pub(super) amount: String,
    pub(super) reference: String,
    pub(super) claimed: bool,
    pub(super) is_new: bool,
    pub(super) error: String,
}

/// The sale as the form carries it.
#[derive(Debug, Clone)]
pub(super) struct Cart {
    pub(super) lines: Vec<CartLine>,
    pub(super) payments: Vec<CartPayment>,
    pub(super) customer_id: Option<CustomerId>,
    pub(super) customer_query: String,
    pub(super) new_name: String,
    pub(super) new_phone: String,
    pub(super) customer_type: String,
    pub(super) lead_source: String,
    pub(super) warranty_tier: String,
    pub(super) trade: TradeIn,
    pub(super) approver: String,
    pub(super) sale_date: String,
    pub(super) back_date_reason: String,
    pub(super) notes: String,
    pub(super) key: String,
}

impl Cart {
    pub(super) fn empty() -> Self {
        Cart::read(&Form::default())
    }

    pub(super) fn read(form: &Form) -> Self {
        let mut quantities = form.all("quantity");
        let mut prices = form.all("unit_price");
        let mut bundles = form.all("bundled");
        let lines = form
            .all("line")
            .filter_map(|reference| {
                let quantity = quantities.next().unwrap_or("1").trim().to_owned();
                let unit_price = prices.next().unwrap_or("").trim().to_owned();
                let bundled = bundles.next().unwrap_or("").to_owned();
                let reference = reference.parse().ok()?;
                Some(CartLine {
                    reference,
                    quantity,
                    unit_price,
                    bundled,
                    is_new: false,
                    error: String::new(),
                })
            })
            .take(app::sales::MOST_LINES)
            .collect();
        let mut amounts = form.all("payment_amount");
        let mut references = form.all("payment_reference");
        let mut claims = form.all("payment_claimed");
        let payments = form
            .all("payment_method")
            .filter_map(|method| {
                let amount = amounts.next().unwrap_or("").trim().to_owned();
                let reference = references.next().unwrap_or("").trim().to_owned();
                let claimed = claims.next() == Some("true");
                let method = method.parse().ok()?;
                Some(CartPayment {
                    method,
                    amount,
                    reference,
                    claimed,
                    is_new: false,
                    error: String::new(),
                })
            })
            .take(20)
            .collect();
        let key = form.get("idempotency_key");
        Cart {
            lines,
            payments,
            customer_id: form.get("customer_id").parse().ok(),
            customer_query: form.get("customer_query").trim().to_owned(),
            new_name: form.get("new_name").trim().to_owned(),
            new_phone: form.get("new_phone").trim().to_owned(),
            customer_type: form.get("customer_type").to_owned(),
            lead_source: form.get("lead_source").to_owned(),
            warranty_tier: form.get("warranty_tier").to_owned(),
            trade: TradeIn::read(form),
            approver: form.get("approval_username").trim().to_owned(),
            sale_date: form.get("invoice_date").trim().to_owned(),
            back_date_reason: form.get("back_date_reason").trim().to_owned(),
            notes: form.get("notes").trim().to_owned(),
            key: if key.is_empty() {
                form_key()
            } else {
                key.to_owned()
            },
        }
    }

    pub(super) fn add(&mut self, item: &TillItem, prices: Option<&PricePercents>) {
        let Some(reference) = Reference::of(item) else {
            return;
        };
        let same = |l: &&mut CartLine| l.reference == reference && l.bundled.is_empty();
        if let Some(line) = self.lines.iter_mut().find(same) {
            if item.bulk_stock_id.is_some() {
                let more = line.quantity.parse::<u32>().unwrap_or(0).saturating_add(1);
                line.quantity = more.to_string();
            }
            line.is_new = true;
            return;
        }
        let unit_price = item
            .usual_price(prices)
            .map(|p| p.to_string())
            .unwrap_or_default();
        self.lines.push(CartLine {
            reference,
            quantity: "1".into(),
            unit_price,
            bundled: String::new(),
            is_new: true,
            error: String::new(),
        });
    }

    /// The day of the sale, where another than today is given.
    pub(super) fn day(&self) -> Option<NaiveDate> {
        self.sale_date.parse().ok()
    }

    pub(super) fn has_customer(&self) -> bool {
        self.customer_id.is_some() || (!self.new_name.is_empty() && !self.new_phone.is_empty())
    }
}

/// "5,140.50" and "5 140.5" as people type them.
pub(super) fn typed_money(text: &str) -> Option<Money> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | ' ' | '\u{a0}'))
        .collect();
    Money::parse_non_negative(&plain).ok()
}

/// An old device taken as part payment, as it is typed.
#[derive(Debug, Clone, Default)]
pub(super) struct TradeIn {
    pub(super) serial_number: String,
    pub(super) model: String,
    pub(super) value: String,
    pub(super) condition: String,
}

impl TradeIn {
    pub(super) const SERIAL: &str = "trade_ins_0_serial_number";
    pub(super) const MODEL: &str = "trade_ins_0_product_model_id";
    pub(super) const VALUE: &str = "trade_ins_0_agreed_value";
    pub(super) const CONDITION: &str = "trade_ins_0_condition";

    pub(super) fn read(form: &Form) -> Self {
        let text = |name| form.get(name).trim().to_owned();
        TradeIn {
            serial_number: text(Self::SERIAL),
            model: text(Self::MODEL),
            value: text(Self::VALUE),
            condition: text(Self::CONDITION),
        }
    }

    pub(super) fn is_typed(&self) -> bool {
        !self.serial_number.is_empty() || !self.value.is_empty()
    }

    /// As the sale takes it.
    pub(super) fn wish(&self) -> Result<Vec<NewTradeIn>, Refusal> {
        if !self.is_typed() {
            return Ok(Vec::new());
        }
        let at = |name: &str, text: String| Refusal::invalid(format!("/{name}"), text);
        let value = typed_money(&self.value)
            .and_then(|money| Amount::try_from(money).ok())
            .ok_or_else(|| at(Self::VALUE, "Say what it counts for, like 1500.".into()))?;
        let condition = self.condition.parse().map_err(|e| at(Self::CONDITION, e))?;
        Ok(vec![NewTradeIn {
            serial_number: domain::Serial::parse(&self.serial_number)
                .map_err(|e| at(Self::SERIAL, e.to_string()))?,
            product_model_id: self
                .model
                .parse()
                .map_err(|_| at(Self::MODEL, "Choose its model.".into()))?,
            agreed_value: value,
            condition: Some(condition),
        }])
    }
}
