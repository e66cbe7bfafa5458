//! The press: draws one template with one set of texts. It knows typst, and no other file of this crate does.

use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use typst::diag::{FileError, FileResult, SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use crate::plain_text::{make_printable, printable};
use crate::qr_svg;

/// How many documents long what one has computed is kept for the next, such as parsed templates and shaped words:
/// what every document needs is used by each and so never goes; more only costs memory.
const REMEMBERED_DOCUMENTS: usize = 2;

static FACES: [&[u8]; 3] = [
    include_bytes!("../fonts/Inter-Regular.ttf"),
    include_bytes!("../fonts/Inter-SemiBold.ttf"),
    include_bytes!("../fonts/JetBrainsMono-Regular.ttf"),
];

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The template failed; `cause` is for the log.
    #[error(
        "The {document} could not be drawn. Try again; if it fails again, tell whoever looks after BizHub which one it was."
    )]
    Drawing {
        /// What was to be drawn, such as "invoice".
        document: &'static str,
        /// What the template said.
        #[source]
        cause: TemplateError,
    },
    /// More text than a QR code can hold.
    #[error("This text is too long for a QR code. Use one of at most 2,900 letters.")]
    QrTooLong,
}

/// What went wrong inside a template, with file and line: for the log, not for the person at the counter.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

/// The templates that can be drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Template {
    Invoice,
    Receipt,
    CreditNote,
    CreditReceipt,
    WipeCertificate,
    WarrantyCertificate,
    TillReport,
    TillReportRoll,
    Statement,
    PreorderAgreement,
    PreorderSettlement,
    DepositReceipt,
    RepairSlip,
    Labels,
    StocktakeReport,
}

impl Template {
    fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Receipt => "receipt",
            Self::CreditNote | Self::CreditReceipt => "credit note",
            Self::WipeCertificate => "wipe certificate",
            Self::WarrantyCertificate => "warranty certificate",
            Self::TillReport | Self::TillReportRoll => "till report",
            Self::Statement => "statement",
            Self::PreorderAgreement => "preorder agreement",
            Self::PreorderSettlement => "preorder settlement",
            Self::DepositReceipt => "deposit receipt",
            Self::RepairSlip => "repair slip",
            Self::Labels => "sheet of labels",
            Self::StocktakeReport => "stocktake report",
        }
    }

    fn source(self) -> &'static Source {
        match self {
            Self::Invoice => &PRESS.invoice,
            Self::Receipt => &PRESS.receipt,
            Self::CreditNote => &PRESS.credit_note,
            Self::CreditReceipt => &PRESS.credit_receipt,
            Self::WipeCertificate => &PRESS.wipe_certificate,
            Self::WarrantyCertificate => &PRESS.warranty_certificate,
            Self::TillReport => &PRESS.till_report,
            Self::TillReportRoll => &PRESS.till_report_roll,
            Self::Statement => &PRESS.statement,
            Self::PreorderAgreement => &PRESS.preorder_agreement,
            Self::PreorderSettlement => &PRESS.preorder_settlement,
            Self::DepositReceipt => &PRESS.deposit_receipt,
            Self::RepairSlip => &PRESS.repair_slip,
            Self::Labels => &PRESS.labels,
            Self::StocktakeReport => &PRESS.stocktake_report,
        }
    }
}

/// One thing to print.
pub(crate) struct Job<'a, T> {
    pub template: Template,
    pub title: String,
    pub check_url: Option<&'a str>,
    pub created_at: DateTime<Utc>,
    pub texts: &'a T,
}

impl<T: Serialize> Job<'_, T> {
    /// The document as PDF bytes.
    pub fn print(&self) -> Result<Vec<u8>, DocumentError> {
        self.print_pages().map_err(|cause| DocumentError::Drawing {
            document: self.template.name(),
            cause,
        })
    }

    fn print_pages(&self) -> Result<Vec<u8>, TemplateError> {
        let (world, laid_out) = self.lay_out()?;
        let options = PdfOptions {
            creator: Smart::Custom(Some("BizHub".into())),
            timestamp: timestamp(self.created_at),
            ..PdfOptions::default()
        };
        let pdf = laid_out
            .output
            .and_then(|pages| typst_pdf::pdf(&pages, &options))
            .map_err(|e| world.explain(&e));
        typst::comemo::evict(REMEMBERED_DOCUMENTS);
        pdf
    }

    /// The pages before they become a PDF, with the template's warnings; tests read them.
    pub(crate) fn lay_out(&self) -> Result<(OneJob, Warned<Laid>), TemplateError> {
        let data = self.data().map_err(|e| TemplateError(e.to_string()))?;
        let world = OneJob {
            main: self.template.source().id(),
            data: Bytes::from_string(data.to_string()),
        };
        let laid_out = typst::compile::<PagedDocument>(&world);
        Ok((world, laid_out))
    }

    fn data(&self) -> serde_json::Result<Value> {
        let mut data = serde_json::to_value(self.texts)?;
        make_printable(&mut data);
        data["title"] = printable(&self.title).into();
        // The address stays as it is: a break inside it would be copied with it. An address too long for a code is
        // printed without one.
        data["check"] = match self.check_url {
            Some(url) if !url.is_empty() => json!({ "url": url, "svg": qr_svg(url).ok() }),
            _ => Value::Null,
        };
        Ok(data)
    }
}

type Laid = typst::diag::SourceResult<PagedDocument>;

fn timestamp(at: DateTime<Utc>) -> Option<Timestamp> {
    let small = |number: u32| u8::try_from(number).ok();
    let datetime = Datetime::from_ymd_hms(
        at.year(),
        small(at.month())?,
        small(at.day())?,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
    )?;
    Some(Timestamp::new_utc(datetime))
}

/// What all documents share; made once.
struct Press {
    library: LazyHash<Library>,
    faces: Vec<Font>,
    book: LazyHash<FontBook>,
    theme: Source,
    invoice: Source,
    receipt: Source,
    credit_note: Source,
    credit_receipt: Source,
    wipe_certificate: Source,
    statement: Source,
    preorder_agreement: Source,
    preorder_settlement: Source,
    deposit_receipt: Source,
    repair_slip: Source,
    labels: Source,
    stocktake_report: Source,
    warranty_certificate: Source,
    till_report: Source,
    till_report_roll: Source,
    data: FileId,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let faces: Vec<Font> = FACES
        .into_iter()
        .flat_map(|face| Font::iter(Bytes::new(face)))
        .collect();
    let template = |path, text: &str| Source::new(file_id(path), text.into());
    Press {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&faces)),
        faces,
        theme: template("/theme.typ", include_str!("../templates/theme.typ")),
        invoice: template("/invoice.typ", include_str!("../templates/invoice.typ")),
        receipt: template("/receipt.typ", include_str!("../templates/receipt.typ")),
        statement: template("/statement.typ", include_str!("../templates/statement.typ")),
        preorder_agreement: template(
            "/preorder_agreement.typ",
            include_str!("../templates/preorder_agreement.typ"),
        ),
        preorder_settlement: template(
            "/preorder_settlement.typ",
            include_str!("../templates/preorder_settlement.typ"),
        ),
        deposit_receipt: template(
            "/deposit_receipt.typ",
            include_str!("../templates/deposit_receipt.typ"),
        ),
        labels: template("/labels.typ", include_str!("../templates/labels.typ")),
        stocktake_report: template(
            "/stocktake_report.typ",
            include_str!("../templates/stocktake_report.typ"),
        ),
        repair_slip: template("/repair_slip.typ", include_str!("../templates/repair_slip.typ")),
        credit_note: template("/credit_note.typ", include_str!("../templates/credit_note.typ")),
        credit_receipt: template(
            "/credit_receipt.typ",
            include_str!("../templates/credit_receipt.typ"),
        ),
        wipe_certificate: template(
            "/wipe_certificate.typ",
            include_str!("../templates/wipe_certificate.typ"),
        ),
        warranty_certificate: template(
            "/warranty_certificate.typ",
            include_str!("../templates/warranty_certificate.typ"),
        ),
        till_report: template("/till_report.typ", include_str!("../templates/till_report.typ")),
        till_report_roll: template(
            "/till_report_roll.typ",
            include_str!("../templates/till_report_roll.typ"),
        ),
        data: file_id("/document.json"),
    }
});

fn file_id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("the paths above are plain file names");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// All that a template sees while one document is drawn: itself, the theme, and its texts.
pub(crate) struct OneJob {
    main: FileId,
    data: Bytes,
}

impl World for OneJob {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PRESS.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let press = &*PRESS;
        [
            &press.theme,
            &press.invoice,
            &press.receipt,
            &press.credit_note,
            &press.credit_receipt,
            &press.wipe_certificate,
            &press.statement,
            &press.preorder_agreement,
            &press.preorder_settlement,
            &press.deposit_receipt,
            &press.repair_slip,
            &press.labels,
            &press.stocktake_report,
            &press.warranty_certificate,
            &press.till_report,
            &press.till_report_roll,
        ]
        .into_iter()
        .find(|source| source.id() == id)
        .cloned()
        .ok_or_else(|| not_here(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == PRESS.data {
            Ok(self.data.clone())
        } else {
            Err(not_here(id))
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        PRESS.faces.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_here(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.vpath().get_with_slash()))
}

impl OneJob {
    pub(crate) fn explain(&self, diagnostics: &[SourceDiagnostic]) -> TemplateError {
        let lines: Vec<String> = diagnostics.iter().map(|found| self.explain_one(found)).collect();
        TemplateError(lines.join("; "))
    }

    fn explain_one(&self, found: &SourceDiagnostic) -> String {
        let place = found.span.id().and_then(|id| {
            let source = self.source(id).ok()?;
            let line = source.lines().byte_to_line(self.range(found.span)?.start)?;
            Some(format!("{}:{}: ", id.vpath().get_without_slash(), line + 1))
        });
        format!("{}{}", place.unwrap_or_default(), found.message)
    }
}
