//! What an installation goes through: started, crashed, killed, refused, and found again.

mod drill;
mod private_postgres;
mod race;
mod server;
