//! Who may do what: one table, asked by every route, every button and every answer.

use Role::{Admin, Manager, Sales, Technician, Warehouse};

text_enum! {
    /// What somebody does in the shop.
    pub enum Role {
        /// Users, settings, backups, audit, and everything else.
        Admin = "Admin",
        /// Approves discounts, refunds and claims; watches the figures; closes the till.
        Manager = "Manager",
        /// Sells, takes payments and preorders.
        Sales = "Sales",
        /// Tests, wipes, grades and repairs.
        Technician = "Technician",
        /// Receives, moves and counts stock.
        Warehouse = "Warehouse",
    }
}

text_enum! {
    /// One thing that a role may or may not do.
    pub enum Capability {
        /// Create, change and deactivate user accounts, and revoke other people's API tokens.
        ManageUsers = "manage_users",
        /// Change the settings of the shop.
        ManageSettings = "manage_settings",
        /// Make, verify and restore backups.
        ManageBackups = "manage_backups",
        /// Read who changed what and when.
        ReadAuditLog = "read_audit_log",
        /// See what a device or an item cost to buy and land.
        SeePurchaseCost = "see_purchase_cost",
        /// See margin and profit.
        SeeMargin = "see_margin",
        /// Create and change product models, prices, locations and lead sources.
        EditCatalog = "edit_catalog",
        /// See devices, product models, locations, lead sources and bulk stock.
        ViewStock = "view_stock",
        /// Receive devices and items, and import manifests.
        ReceiveStock = "receive_stock",
        /// Change the details of a device.
        EditAssets = "edit_assets",
        /// Move stock from one location to another.
        MoveStock = "move_stock",
        /// Count stock, and create and adjust items of bulk stock.
        AdjustBulkStock = "adjust_bulk_stock",
        /// Send a Received, Returned or Not Sellable device to diagnostics.
        SendToDiagnostics = "send_to_diagnostics",
        /// Record diagnostics, wipes, quality checks and grades.
        RecordDiagnostics = "record_diagnostics",
        /// Take a device out of the sellable stock, or put it back.
        MarkNotSellable = "mark_not_sellable",
        /// Scrap a device.
        Scrap = "scrap",
        /// See customers, without their contact details.
        ViewCustomers = "view_customers",
        /// See phone numbers, e-mail and street addresses of customers.
        SeeCustomerContacts = "see_customer_contacts",
        /// Create, change, merge and delete customers.
        EditCustomers = "edit_customers",
        /// See invoices and payments.
        ViewInvoices = "view_invoices",
        /// Check out, create invoices and take payments.
        Sell = "sell",
        /// Sell below the list price by more than the allowed percentage.
        Discount = "discount",
        /// Hand over goods that are not paid in full.
        ReleaseOnCredit = "release_on_credit",
        /// Confirm a payment that is only claimed so far.
        ConfirmPayments = "confirm_payments",
        /// Enter something for an earlier day.
        BackDate = "back_date",
        /// Close a day or a month.
        CloseDay = "close_day",
        /// Cancel anybody's unpaid invoice.
        CancelAnyInvoice = "cancel_any_invoice",
        /// Cancel an own draft.
        CancelOwnDraft = "cancel_own_draft",
        /// Approve returns and pay refunds.
        ApproveReturns = "approve_returns",
        /// Ask for a return.
        RequestReturn = "request_return",
        /// See preorders.
        ViewPreorders = "view_preorders",
        /// Take preorders and move them on.
        EditPreorders = "edit_preorders",
        /// See warranty claims.
        ViewClaims = "view_claims",
        /// Submit a warranty claim.
        SubmitClaim = "submit_claim",
        /// Approve, deny and complete warranty claims.
        DecideClaim = "decide_claim",
        /// See warranties.
        ViewWarranties = "view_warranties",
        /// Void a warranty.
        VoidWarranty = "void_warranty",
        /// Open and see repair tickets.
        OpenRepair = "open_repair",
        /// Work on repair tickets and close them, and hold devices for repair.
        WorkRepair = "work_repair",
        /// See all reports.
        ReportsAll = "reports_all",
        /// See reports on one's own sales.
        ReportsOwnSales = "reports_own_sales",
        /// See reports on one's own bench.
        ReportsBench = "reports_bench",
        /// See reports on stock.
        ReportsStock = "reports_stock",
        /// One's own profile, password and API tokens, and the search box.
        OwnAccount = "own_account",
        /// Open and close one's own till.
        UseTill = "use_till",
        /// Open and close anybody's till.
        AnyTill = "any_till",
        /// Write messages to customers, and see those about what one may see.
        SendMessages = "send_messages",
        /// See all messages, have them sent again and cancel them.
        ManageMessages = "manage_messages",
        /// Merge customers, give out what is held about one, and erase one.
        ManageCustomers = "manage_customers",
        /// Approve what a stocktake found, or open it again.
        ApproveStocktake = "approve_stocktake",
        /// Share a saved view of a list with everybody.
        ShareViews = "share_views",
    }
}

const EVERYBODY: &[Role] = Role::ALL;

/// The table. Each line says what it is about (to complete "may not …") and who may.
const TABLE: &[(Capability, &str, &[Role])] = &[
    (Capability::ManageUsers, "manage users", &[Admin]),
    (Capability::ManageSettings, "change settings", &[Admin]),
    (Capability::ManageBackups, "make or restore backups", &[Admin]),
    (Capability::ReadAuditLog, "read the audit log", &[Admin, Manager]),
    (
        Capability::SeePurchaseCost,
        "see purchase costs",
        &[Admin, Manager, Warehouse],
    ),
    (Capability::SeeMargin, "see margin and profit", &[Admin, Manager]),
    (
        Capability::EditCatalog,
        "change product models, prices, locations or lead sources",
        &[Admin, Manager],
    ),
    (Capability::ViewStock, "see stock", EVERYBODY),
    (
        Capability::ReceiveStock,
        "receive stock",
        &[Admin, Manager, Warehouse],
    ),
    (
        Capability::EditAssets,
        "change the details of a device",
        &[Admin, Manager, Warehouse],
    ),
    (Capability::MoveStock, "move stock", &[Admin, Manager, Warehouse]),
    (
        Capability::AdjustBulkStock,
        "count or adjust stock",
        &[Admin, Manager, Warehouse],
    ),
    (
        Capability::SendToDiagnostics,
        "send devices to diagnostics",
        &[Admin, Manager, Technician, Warehouse],
    ),
    (
        Capability::RecordDiagnostics,
        "record diagnostics, wipes and quality checks",
        &[Admin, Manager, Technician],
    ),
    (
        Capability::MarkNotSellable,
        "mark devices Not Sellable or put them back",
        &[Admin, Manager, Technician, Warehouse],
    ),
    (Capability::Scrap, "scrap devices", &[Admin, Manager]),
    (Capability::ViewCustomers, "see customers", EVERYBODY),
    (
        Capability::SeeCustomerContacts,
        "see customers' contact details",
        &[Admin, Manager, Sales],
    ),
    (
        Capability::EditCustomers,
        "create or change customers",
        &[Admin, Manager, Sales],
    ),
    (Capability::ViewInvoices, "see invoices", &[Admin, Manager, Sales]),
    (
        Capability::Sell,
        "sell or take payments",
        &[Admin, Manager, Sales],
    ),
    (
        Capability::Discount,
        "give a discount beyond the allowed percentage",
        &[Admin, Manager],
    ),
    (
        Capability::ReleaseOnCredit,
        "release goods before they are paid",
        &[Admin, Manager],
    ),
    (
        Capability::ConfirmPayments,
        "confirm claimed payments",
        &[Admin, Manager],
    ),
    (
        Capability::BackDate,
        "enter things for an earlier day",
        &[Admin, Manager],
    ),
    (Capability::CloseDay, "close a day", &[Admin, Manager]),
    (
        Capability::CancelAnyInvoice,
        "cancel other people's or sent invoices",
        &[Admin, Manager],
    ),
    (
        Capability::CancelOwnDraft,
        "cancel a draft",
        &[Admin, Manager, Sales],
    ),
    (Capability::ApproveReturns, "approve returns", &[Admin, Manager]),
    (
        Capability::RequestReturn,
        "ask for a return",
        &[Admin, Manager, Sales],
    ),
    (Capability::ViewPreorders, "see preorders", EVERYBODY),
    (
        Capability::EditPreorders,
        "take or change preorders",
        &[Admin, Manager, Sales],
    ),
    (
        Capability::ViewClaims,
        "see warranty claims",
        &[Admin, Manager, Sales, Technician],
    ),
    (
        Capability::SubmitClaim,
        "submit warranty claims",
        &[Admin, Manager, Sales],
    ),
    (
        Capability::DecideClaim,
        "decide warranty claims",
        &[Admin, Manager],
    ),
    (Capability::ViewWarranties, "see warranties", EVERYBODY),
    (Capability::VoidWarranty, "void warranties", &[Admin, Manager]),
    (
        Capability::OpenRepair,
        "open repair tickets",
        &[Admin, Manager, Sales, Technician],
    ),
    (
        Capability::WorkRepair,
        "work on repairs",
        &[Admin, Manager, Technician],
    ),
    (Capability::ReportsAll, "see all reports", &[Admin, Manager]),
    (
        Capability::ReportsOwnSales,
        "see reports on sales",
        &[Admin, Manager, Sales],
    ),
    (
        Capability::ReportsBench,
        "see reports on the bench",
        &[Admin, Manager, Technician],
    ),
    (
        Capability::ReportsStock,
        "see reports on stock",
        &[Admin, Manager, Warehouse],
    ),
    (Capability::OwnAccount, "use an account", EVERYBODY),
    (Capability::UseTill, "use a till", &[Admin, Manager, Sales]),
    (Capability::AnyTill, "use other people's tills", &[Admin, Manager]),
    (
        Capability::SendMessages,
        "write messages to customers",
        &[Admin, Manager, Sales],
    ),
    (
        Capability::ManageMessages,
        "look after messages",
        &[Admin, Manager],
    ),
    (
        Capability::ManageCustomers,
        "merge, give out or erase customers",
        &[Admin, Manager],
    ),
    (
        Capability::ApproveStocktake,
        "approve stocktakes",
        &[Admin, Manager],
    ),
    (Capability::ShareViews, "share views of lists", &[Admin, Manager]),
];

impl Capability {
    /// The roles that may do it.
    pub fn roles(self) -> &'static [Role] {
        self.line().2
    }

    /// What it is about, to complete "may not …": `scrap devices`.
    pub fn verb(self) -> &'static str {
        self.line().1
    }

    fn line(self) -> &'static (Capability, &'static str, &'static [Role]) {
        &TABLE[self as usize]
    }
}

impl Role {
    /// Whether somebody of this role may do it.
    pub fn can(self, capability: Capability) -> bool {
        capability.roles().contains(&self)
    }

    /// Why not: `Your role, Sales, may not scrap devices. Ask an Admin or Manager.`
    pub fn refusal(self, capability: Capability) -> String {
        let who = crate::text::one_of(capability.roles());
        let article = if who.starts_with('A') { "an" } else { "a" };
        format!(
            "Your role, {self}, may not {}. Ask {article} {who}.",
            capability.verb()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spelled out once more, in the order Admin, Manager, Sales, Technician, Warehouse.
    const MATRIX: &str = "
        manage_users           A....
        manage_settings        A....
        manage_backups         A....
        read_audit_log         AM...
        see_purchase_cost      AM..W
        see_margin             AM...
        edit_catalog           AM...
        view_stock             AMSTW
        receive_stock          AM..W
        edit_assets            AM..W
        move_stock             AM..W
        adjust_bulk_stock      AM..W
        send_to_diagnostics    AM.TW
        record_diagnostics     AM.T.
        mark_not_sellable      AM.TW
        scrap                  AM...
        view_customers         AMSTW
        see_customer_contacts  AMS..
        edit_customers         AMS..
        view_invoices          AMS..
        sell                   AMS..
        discount               AM...
        release_on_credit      AM...
        confirm_payments       AM...
        back_date              AM...
        close_day              AM...
        cancel_any_invoice     AM...
        cancel_own_draft       AMS..
        approve_returns        AM...
        request_return         AMS..
        view_preorders         AMSTW
        edit_preorders         AMS..
        view_claims            AMST.
        submit_claim           AMS..
        decide_claim           AM...
        view_warranties        AMSTW
        void_warranty          AM...
        open_repair            AMST.
        work_repair            AM.T.
        reports_all            AM...
        reports_own_sales      AMS..
        reports_bench          AM.T.
        reports_stock          AM..W
        own_account            AMSTW
        use_till               AMS..
        any_till               AM...
        send_messages          AMS..
        manage_messages        AM...
        manage_customers       AM...
        approve_stocktake      AM...
        share_views            AM...
    ";

    #[test]
    fn the_table_is_the_matrix() {
        let lines: Vec<&str> = MATRIX
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(lines.len(), Capability::ALL.len());
        for (line, capability) in lines.iter().zip(Capability::ALL) {
            let (name, cells) = line.split_once(' ').unwrap();
            assert_eq!(name, capability.as_str());
            for (role, cell) in Role::ALL.iter().zip(cells.trim().chars()) {
                assert_eq!(
                    role.can(*capability),
                    role.as_str().starts_with(cell),
                    "{role} {name}"
                );
            }
        }
    }

    #[test]
    fn each_capability_finds_its_own_line() {
        assert_eq!(TABLE.len(), Capability::ALL.len());
        for capability in Capability::ALL {
            assert_eq!(capability.line().0, *capability);
        }
    }

    #[test]
    fn a_refusal_says_whom_to_ask() {
        assert_eq!(
            Role::Sales.refusal(Capability::Scrap),
            "Your role, Sales, may not scrap devices. Ask an Admin or Manager."
        );
    }
}
