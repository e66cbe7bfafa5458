//! The JSON API. A handler is: extract, parse into domain types, one call, answer.

pub mod auth;
pub mod customers;
pub mod locations;
