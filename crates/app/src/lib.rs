//! What people do: one file per use case. Each is one function and one transaction, with its audit rows, events and
//! jobs inside. Only this crate begins and commits.
//!
//! The shape of a use case: refuse what needs no database, [`Shop::begin`], lock, check again with the rules of
//! `domain`, write, [`Tx::audit`], [`Tx::commit`].

pub mod accounts;
pub mod actor;
pub mod assets;
pub mod bulk_changes;
pub mod catalog;
pub mod claims;
pub mod clock;
pub mod closed_days;
mod connections;
pub mod customers;
pub mod demo;
pub mod disclosure;
pub mod export;
pub mod housekeeping;
pub mod imports;
pub mod invoices;
pub mod labels;
pub mod lead_sources;
pub mod lists;
pub mod locations;
pub mod locks;
mod look_ups;
pub mod lots;
mod merging;
pub mod messages;
pub mod patch;
pub mod payments;
pub mod photos;
pub mod preorders;
pub mod refusal;
pub mod repairs;
pub mod reports;
pub mod returns;
pub mod sales;
pub mod scan_sets;
pub mod search;
pub mod settings;
pub mod shop;
pub mod stock;
pub mod stocktakes;
pub mod tac;
pub mod tills;
pub mod tx;
pub mod users;
pub mod verify;
pub mod warranties;
pub mod wholesale;

pub use actor::{Actor, Idempotency, RequestInfo};
pub use clock::Clock;
pub use db::list::{Page, PageRequest};
pub use domain::{Capability, FieldError, Invalid, Role};
pub use refusal::{Refusal, StoredAnswer};
pub use settings::Settings;
pub use shop::{PoolOptions, Shop};
pub use tx::Tx;
