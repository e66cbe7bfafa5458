//! The JSON API. A handler is: extract, parse into domain types, one call, answer.

pub mod assets;
pub mod auth;
pub mod bulk_stock;
pub mod closed_days;
pub mod customers;
pub mod imports;
pub mod invoices;
pub mod lead_sources;
pub mod locations;
pub mod messages;
pub mod payments;
pub mod preorders;
pub mod product_models;
pub mod repair_tickets;
pub mod reports;
pub mod returns;
pub mod sales;
pub mod saved_views;
pub mod search;
pub mod till_sessions;
pub mod users;
pub mod warranties;
pub mod warranty_claims;
pub mod wholesale;
