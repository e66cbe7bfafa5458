//! Writes a preview of each document into the folder named on the command line: `cargo run -p documents --example previews -- FOLDER`.

use std::path::PathBuf;
use std::time::Instant;

use documents::{
    CreditNoteDoc, DocumentError, InvoiceDoc, PreorderSettlementDoc, TillReportDoc, WarrantyDoc,
    WipeCertificateDoc,
};

type Preview = (&'static str, fn() -> Result<Vec<u8>, DocumentError>);

const PREVIEWS: [Preview; 12] = [
    ("invoice", || documents::invoice(&InvoiceDoc::sample())),
    ("invoice-wholesale", || documents::invoice(&wholesale())),
    ("receipt", || documents::receipt(&InvoiceDoc::sample())),
    ("receipt-unpaid", || documents::receipt(&wholesale())),
    ("credit-note", || documents::credit_note(&CreditNoteDoc::sample())),
    ("credit-receipt", || {
        documents::credit_receipt(&CreditNoteDoc::sample())
    }),
    ("wipe-certificate", || {
        documents::wipe_certificate(&WipeCertificateDoc::sample())
    }),
    ("warranty-certificate", || {
        documents::warranty_certificate(&WarrantyDoc::sample())
    }),
    ("warranty-standard", || {
        documents::warranty_certificate(&standard())
    }),
    ("preorder-settlement", || {
        documents::preorder_settlement(&PreorderSettlementDoc::sample())
    }),
    ("till-report", || documents::till_report(&TillReportDoc::sample())),
    ("till-report-roll", || {
        documents::till_report_roll(&TillReportDoc::sample())
    }),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name the folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    for (name, draw) in PREVIEWS {
        let first = Instant::now();
        let pdf = draw()?;
        let first = first.elapsed();
        let again = Instant::now();
        draw()?;
        eprintln!(
            "{name}: {} bytes, first {first:.1?}, again {:.1?}",
            pdf.len(),
            again.elapsed()
        );
        std::fs::write(folder.join(name).with_extension("pdf"), pdf)?;
    }
    Ok(())
}

fn wholesale() -> InvoiceDoc {
    let mut doc = InvoiceDoc::sample();
    doc.status = "Draft".into();
    doc.due_date = Some("13 Feb 2025".into());
    doc.lines = doc.lines.iter().cycle().take(60).cloned().collect();
    doc.payments.clear();
    doc.cash_given = None;
    doc.change_given = None;
    doc.taxes_included = true;
    doc.balance_due = doc.total.clone();
    doc
}

fn standard() -> WarrantyDoc {
    WarrantyDoc {
        warranty_tier: "Standard".into(),
        status: "Void".into(),
        end_date: "14 April 2025".into(),
        includes_accessories: false,
        includes_certificate: false,
        includes_premium_boxing: false,
        ..WarrantyDoc::sample()
    }
}
