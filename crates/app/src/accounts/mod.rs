//! Accounts: signing in and out, users, sessions and API tokens.

pub mod authenticate;
pub mod change_password;
pub mod console;
pub mod credentials;
pub mod sign_in;
pub mod sign_out;
pub(crate) mod signed_in;
