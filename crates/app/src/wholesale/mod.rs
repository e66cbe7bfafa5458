//! Wholesale (PRODUCT.md section 7): price lists, terms, goods on credit, accounts, one payment over several invoices.

pub mod account;
pub mod pay;
pub mod price_lists;
pub mod release;
pub mod terms;

pub use account::{Account, account, print_account, receivables};
pub use db::wholesale::{AccountEntry, CustomerTerms, PRICE_LISTS, PaymentBatch, PriceList, Receivable};
pub use pay::{Allocation, CustomerPayment, Receipt, ReceiptPart, pay};
pub use price_lists::{NewPriceList, PriceListChange};
pub use release::release;
pub use terms::{TermsChange, set_terms, terms};
