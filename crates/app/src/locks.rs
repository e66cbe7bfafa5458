//! The one order in which rows are locked, so that two use cases never wait for each other in a circle:
//!
//! 1. the idempotency key (in [`crate::Shop::begin`])
//! 2. users, customers
//! 3. invoices, preorders, by id
//! 4. product models, imports, lots, by id
//! 5. stocktakes, by id; assets, by id
//! 6. bulk stock, by id
//! 7. warranties, claims, tickets, by id
//! 8. till sessions, and after them the lock of closed days: both are taken by triggers on the money, and by whoever closes
//!
//! Several rows of one kind are locked by one statement with `ORDER BY id … FOR UPDATE`. A use case that learns late
//! that it needs a row of an earlier kind reads it first without a lock, locks in order, and checks again.
