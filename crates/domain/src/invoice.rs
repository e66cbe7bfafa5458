//! Invoices: how they move, what they add up to, how they are paid.

pub mod payment;
pub mod returns;
pub mod status;
pub mod totals;

text_enum! {
    /// Whom an invoice is for.
    pub enum InvoiceCustomerType {
        /// Somebody who buys for themselves.
        Retail = "Retail",
        /// Somebody who sells on.
        Wholesale = "Wholesale",
        /// Somebody who left no name.
        WalkIn = "Walk-in",
    }
}
