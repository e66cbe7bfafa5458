//! Stories over HTTP, told with the shop's five actors: one program, so that it is linked once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod assets;
mod bench;
mod bench_pages;
mod catalog;
mod claims;
mod conventions;
mod counter;
mod customers_merge;
mod customers_pages;
mod demo;
mod devices_pages;
mod exports;
mod generated;
mod imports;
mod labels;
mod lists;
mod lots;
mod main_job;
mod messages;
mod moves;
mod payments;
mod preorders;
mod repairs;
mod reports;
mod returns;
mod sales;
mod scale;
mod scan;
mod search;
mod shelf;
mod stock;
mod stocktakes;
mod tax;
mod tills;
mod verify;
mod wholesale;
