//! What each command does; the command line itself is in [`crate::cli`].

pub mod db;
pub mod doctor;
pub mod import;
pub mod migrate;
pub mod openapi;
pub mod seed;
pub mod token;
pub mod user;
pub mod verify;
