//! The lists that people save views of.

text_enum! {
    /// A list with a page of its own, by the last part of its address.
    pub enum ListName {
        /// Devices.
        Devices = "devices",
        /// Product models.
        Models = "models",
        /// Bulk stock.
        Stock = "stock",
        /// Movements of all devices.
        Movements = "movements",
        /// Lots.
        Lots = "lots",
        /// Deliveries of bulk stock.
        Receipts = "receipts",
        /// Every change of a quantity of bulk stock.
        Ledger = "ledger",
        /// Customers.
        Customers = "customers",
        /// Invoices.
        Invoices = "invoices",
        /// Moves of bulk stock between places.
        StockMoves = "moves",
        /// Returns.
        Returns = "returns",
        /// Warranties.
        Warranties = "warranties",
        /// Preorders.
        Preorders = "preorders",
        /// Stocktakes.
        Stocktakes = "stocktakes",
        /// Warranty claims.
        Claims = "claims",
        /// Repair tickets.
        Repairs = "repairs",
    }
}
