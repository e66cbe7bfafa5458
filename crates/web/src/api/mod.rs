//! The JSON API. A handler is: extract, parse into domain types, one call, answer.

pub mod auth;
pub mod customers;
pub mod invoices;
pub mod locations;
pub mod reports;
pub mod sales;
pub mod search;
pub mod warranties;
