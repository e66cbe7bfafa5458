//! What the shop prints: invoices, receipts and certificates as PDF, and QR codes.
//!
//! A document is a struct of texts that the caller has formatted already (amounts, dates, names); what it looks like
//! stands in `templates/*.typ`. Every text is printed as it is and never read as markup. The same struct gives the
//! same bytes, on every machine: faces and templates are part of the binary, and templates reach no file, no network
//! and no clock.
//!
//! Drawing takes some milliseconds of processor time: call it from a thread that may block.

mod code128;
mod credit_note;
mod invoice;
mod labels;
mod plain_text;
mod preorder;
mod preorder_settlement;
mod press;
mod qr;
mod repair_slip;
mod shop;
mod statement;
mod stocktake_report;
mod till_report;
mod warranty_certificate;
mod wipe_certificate;

#[cfg(test)]
mod tests;

pub use credit_note::{CreditNoteDoc, CreditNoteLine, CreditNoteRefund, credit_note, credit_receipt};
pub use invoice::{InvoiceCustomer, InvoiceDoc, InvoiceLine, InvoicePayment, InvoiceTax, invoice, receipt};
pub use labels::{Label, LabelCode, LabelPaper, LabelsDoc, labels};
pub use preorder::{PreorderDoc, deposit_receipt, preorder_agreement};
pub use preorder_settlement::{PreorderSettlementDoc, SettlementLine, SettlementMoney, preorder_settlement};
pub use press::{DocumentError, TemplateError};
pub use qr::qr_svg;
pub use repair_slip::{RepairSlipDoc, RepairSlipLine, repair_slip};
pub use shop::Shop;
pub use statement::{StatementDoc, StatementLine, statement};
pub use stocktake_report::{StocktakeReportDoc, StocktakeReportGroup, StocktakeReportRow, stocktake_report};
pub use till_report::{
    TillReportCount, TillReportDoc, TillReportMethod, TillReportMovement, till_report, till_report_roll,
};
pub use warranty_certificate::{WarrantyDoc, warranty_certificate};
pub use wipe_certificate::{WipeCertificateDoc, wipe_certificate};
