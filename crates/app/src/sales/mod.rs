//! The counter (PRODUCT.md section 7): from a cart to a paid invoice, all or nothing.

mod approval;
mod back_date;
pub mod cart;
pub mod checkout;
pub mod parked;
pub mod public_check;
pub mod saved;
mod settle;
mod taxes;
pub mod till;
mod trade_in;
mod unavailable;

pub use approval::Approval;
pub(crate) use back_date::{BackDate, back_date};
pub use cart::Cart;
pub use checkout::checkout;
pub use parked::NewParked;
pub use public_check::{PublicCheck, public_check};
pub(crate) use settle::{Goods, complete, complete_all, hand_over, hold_goods};
pub(crate) use taxes::total_up;
pub(crate) use unavailable::devices as unavailable_devices;

use crate::customers::NewCustomer;
use chrono::NaiveDate;
use domain::{
    Amount, AssetId, AssetTag, BulkStockId, CustomerId, InvoiceCustomerType, PaymentMethod, Price,
    ProductModelId, Serial, Sku, Text, WarrantyTier,
};
use serde::Deserialize;
use utoipa::ToSchema;

/// SKU of the service that makes a warranty a Premium one.
pub const PREMIUM_SKU: &str = "WARRANTY-PREMIUM";
/// Most lines of one invoice.
pub const MOST_LINES: usize = 200;
/// Most of one item on a line.
pub const MOST_OF_AN_ITEM: u32 = 100_000;

/// A sale at the counter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSale {
    /// Who buys, by number.
    #[serde(default)]
    pub customer_id: Option<CustomerId>,
    /// Who buys, recorded in place; an active customer with the same phone is used instead of a duplicate.
    #[serde(default)]
    pub customer: Option<NewCustomer>,
    /// Retail, Wholesale or Walk-in.
    pub customer_type: InvoiceCustomerType,
    /// Name of an active lead source.
    #[serde(default)]
    pub lead_source: Option<Text<0, 50>>,
    /// Notes for the customer.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
    /// What is sold.
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewLine>,
    /// How it is paid. Less than the total needs a customer: the goods are then held for them and the invoice is Sent.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub payments: Vec<NewPayment>,
    /// The warranty wanted for each device. Premium 1-Year needs the item WARRANTY-PREMIUM among the lines, one a device.
    #[serde(default)]
    pub warranty_tier: Option<WarrantyTier>,
    /// Its business day; today unless said otherwise. An earlier day needs a Manager and a reason, and a later one is refused.
    #[serde(default)]
    pub invoice_date: Option<NaiveDate>,
    /// Why it is entered for an earlier day.
    #[serde(default)]
    pub back_date_reason: Option<Text<0, 500>>,
    /// Old devices taken as part payment of a known customer, for no more than the sale comes to.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub trade_ins: Vec<NewTradeIn>,
    /// Who approves prices further below the list than the seller may go. Not needed by who may go there.
    #[serde(default)]
    pub approval: Option<Approval>,
}

/// An old device taken as part payment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTradeIn {
    /// Its serial number. One that we sold is that same device: it comes back, and its earlier sale stands.
    pub serial_number: Serial,
    /// Its model.
    pub product_model_id: ProductModelId,
    /// What it counts for, which is its purchase cost then.
    pub agreed_value: Amount,
    /// How it looks.
    #[serde(default)]
    pub condition: Option<Text<0, 1000>>,
}

/// An invoice to be paid later: a sale without payments.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvoice {
    /// Who buys, by number.
    #[serde(default)]
    pub customer_id: Option<CustomerId>,
    /// Who buys, recorded in place; an active customer with the same phone is used instead of a duplicate.
    #[serde(default)]
    pub customer: Option<NewCustomer>,
    /// Retail, Wholesale or Walk-in.
    pub customer_type: InvoiceCustomerType,
    /// Name of an active lead source.
    #[serde(default)]
    pub lead_source: Option<Text<0, 50>>,
    /// Notes for the customer.
    #[serde(default)]
    pub notes: Option<Text<0, 5000>>,
    /// What is sold.
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<NewLine>,
    /// The warranty wanted for each device; it is given when the invoice is paid.
    #[serde(default)]
    pub warranty_tier: Option<WarrantyTier>,
}

impl From<NewInvoice> for NewSale {
    fn from(new: NewInvoice) -> Self {
        NewSale {
            customer_id: new.customer_id,
            customer: new.customer,
            customer_type: new.customer_type,
            lead_source: new.lead_source,
            notes: new.notes,
            lines: new.lines,
            payments: Vec::new(),
            warranty_tier: new.warranty_tier,
            invoice_date: None,
            back_date_reason: None,
            trade_ins: Vec::new(),
            approval: None,
        }
    }
}

/// A line of a cart: exactly one of `asset_id`, `asset_tag`, `serial_number`, `bulk_stock_id` and `sku` says what it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// A device, by number.
    #[serde(default)]
    pub asset_id: Option<AssetId>,
    /// A device, by its tag.
    #[serde(default)]
    pub asset_tag: Option<AssetTag>,
    /// A device, by its serial number.
    #[serde(default)]
    pub serial_number: Option<Serial>,
    /// An item, by number.
    #[serde(default)]
    pub bulk_stock_id: Option<BulkStockId>,
    /// An item, by SKU.
    #[serde(default)]
    pub sku: Option<Sku>,
    /// How many; 1 unless said otherwise, and always 1 of a device.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: Option<u32>,
    /// Price of one; the list price unless said otherwise.
    #[serde(default)]
    pub unit_price: Option<Price>,
}

/// What the customer hands over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// How.
    pub payment_method: PaymentMethod,
    /// How much. Cash beyond the balance gives change; nothing else may be beyond it.
    pub amount: Amount,
    /// The other side's number for it. A MoMo or bank reference pays once.
    #[serde(default)]
    pub reference: Option<Text<0, 100>>,
    /// Notes.
    #[serde(default)]
    pub notes: Option<Text<0, 500>>,
    /// The day of the payment; of a sale its invoice_date, else today. An earlier day needs a Manager and a reason.
    #[serde(default)]
    pub payment_date: Option<NaiveDate>,
    /// Why it is entered for an earlier day.
    #[serde(default)]
    pub back_date_reason: Option<Text<0, 500>>,
    /// Whether the customer only says so: the goods stay held until somebody has seen the money, or a Manager releases
    /// them. MoMo and bank transfers only.
    #[serde(default)]
    pub claimed: bool,
}

/// Why something else than a transfer cannot be claimed.
pub(crate) const CLAIM_BY_WIRE: &str =
    "Only a MoMo or bank payment can be claimed: anything else is seen when it is taken.";
