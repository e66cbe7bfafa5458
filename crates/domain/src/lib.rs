//! What is true: the rules of the shop, without a database, a network or a clock.
//!
//! Every type here can only hold what the rules allow: text is parsed into it at the edge, and what comes out of it
//! needs no second check. Errors are sentences for the person at the counter.

#[macro_use]
pub mod text;
pub mod asset;
pub mod bounded;
pub mod bulk_status;
pub mod catalog;
pub mod claim;
pub mod customer;
pub mod ids;
pub mod invalid;
pub mod invoice;
pub mod label;
pub mod list_name;
pub mod lot;
pub mod message;
pub mod money;
pub mod permission;
pub mod preorder;
pub mod price;
pub mod price_step;
pub mod repair;
pub mod stock;
pub mod stocktake;
pub mod till;
pub mod user;
pub mod warranty;
pub mod wholesale;

pub use asset::{
    AssetTag, BatteryCycles, BatteryHealth, Category, ChecklistItem, DiagnosticsResult, Findings, Grade,
    Imei, MachineReport, NUMBER_PREFIXES, ReceivedDate, Serial, Verdict, WipeMethod,
    status::{AssetAction, AssetStatus, Document, Facts, Move, MoveRefused, Record},
};
pub use bounded::Text;
pub use bulk_status::BulkStatus;
pub use claim::{ClaimOutcome, ClaimStatus};
pub use customer::{CustomerType, Email, Phone};
pub use ids::*;
pub use invalid::{FieldError, Invalid};
pub use invoice::{
    InvoiceCustomerType,
    payment::{PaymentMethod, Settled, Tender},
    returns::{Disposition, ReturnRequestStatus},
    status::{InvoiceAction, InvoiceStatus},
    totals::{TaxMode, TaxOn, TaxPart, TaxRate, TaxScheme, Totals},
};
pub use label::{LabelCode, LabelSize};
pub use list_name::ListName;
pub use lot::{ChargeKind, ChargeMethod, Currency, ExchangeRate};
pub use message::{Allows, Channel, ConsentHow, MessageAction, MessageKind, MessageStatus};
pub use money::{Money, MoneyError, MoneySum};
pub use permission::{Capability, Role};
pub use preorder::{DepositKind, NotifyChannel, PreorderAction, PreorderStatus};
pub use price::{Amount, Price};
pub use price_step::PriceStep;
pub use repair::{EstimateAnswer, PaidBy, RepairOutcome, RepairStatus};
pub use rust_decimal::Decimal;
pub use stock::{LedgerKind, Pieces, Quantity, QuantityChange, Sku};
pub use stocktake::{StocktakeOutcome, StocktakeStatus};
pub use text::{TextError, Tone};
pub use till::{Denomination, TillMovementKind, TillState};
pub use user::{Password, Username};
pub use warranty::{WarrantyStatus, WarrantyTier};
pub use wholesale::{Percent, PricePercents, ReceivableAge};

/// What the macros of this crate need wherever they are used.
#[doc(hidden)]
pub mod macro_support {
    pub use serde;
    #[cfg(feature = "sqlx")]
    pub use sqlx;
    pub use utoipa;
}
