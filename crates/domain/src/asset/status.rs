//! The life of a device: one table of moves, which the buttons, the API, the checks and the documents all read.

use std::fmt::{self, Write};

use crate::{Capability, Category, FieldError, Grade, Role, Tone, text};

use AssetStatus::*;

text_enum! {
    /// Where a device is in its life.
    pub enum AssetStatus {
        /// In the house, not looked at yet.
        Received = "Received",
        /// Waits for diagnostics.
        DiagnosticsPending = "Diagnostics Pending",
        /// Works; waits to be wiped.
        WipePending = "Wipe Pending",
        /// Wiped; waits for the quality check and its grade.
        QcPending = "QC Pending",
        /// Can be sold.
        ReadyForSale = "Ready for Sale",
        /// Held by an open invoice or a preorder.
        Reserved = "Reserved",
        /// Belongs to a customer.
        Sold = "Sold",
        /// Came back from a customer.
        Returned = "Returned",
        /// Has to be repaired first.
        RepairHold = "Repair Hold",
        /// Kept from sale for a reason.
        NotSellable = "Not Sellable",
        /// Gone for good.
        Scrapped = "Scrapped",
    }
}

impl AssetStatus {
    /// The colour of its chip.
    pub const fn tone(self) -> Tone {
        match self {
            Received | Sold => Tone::Neutral,
            DiagnosticsPending | WipePending | QcPending | Reserved => Tone::Info,
            ReadyForSale => Tone::Good,
            Returned | RepairHold => Tone::Warn,
            NotSellable | Scrapped => Tone::Bad,
        }
    }

    /// Its place in a device's life, from 0.
    pub const fn order(self) -> usize {
        self as usize
    }
}

text_enum! {
    /// What one does with a device, as a button says it.
    pub enum AssetAction {
        /// Put it into the technicians' queue.
        SendToDiagnostics = "Send to diagnostics",
        /// Record diagnostics that it passed.
        PassDiagnostics = "Pass diagnostics",
        /// Record diagnostics that it failed.
        FailDiagnostics = "Fail diagnostics",
        /// Record that its data is wiped.
        RecordWipe = "Record wipe",
        /// Grade it and let it be sold.
        PassQualityCheck = "Pass quality check",
        /// Find at the quality check that it has to be repaired.
        FailQualityCheck = "Fail quality check",
        /// Hold it for an open invoice or a preorder.
        Reserve = "Reserve",
        /// Let go of it.
        Release = "Release",
        /// Sell it.
        Sell = "Sell",
        /// Take it back from the customer.
        Return = "Return",
        /// Keep it from sale until it is repaired.
        HoldForRepair = "Hold for repair",
        /// Send it to the quality check after a repair.
        RepairDone = "Repair done",
        /// Keep it from sale for a reason.
        MarkNotSellable = "Mark not sellable",
        /// Throw it away.
        Scrap = "Scrap",
    }
}

text_enum! {
    /// The record that justifies a move. Posting the record moves the device.
    pub enum Record {
        /// A diagnostics result.
        Diagnostics = "a diagnostics result",
        /// A wipe certificate.
        WipeCertificate = "a wipe certificate",
        /// A quality check.
        QualityCheck = "a quality check",
        /// The line of an invoice, or a preorder.
        InvoiceLine = "an invoice line or a preorder",
        /// The line of a return.
        ReturnLine = "a return line",
    }
}

/// One line of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Move {
    /// Where the device is.
    pub from: AssetStatus,
    /// What one does.
    pub action: AssetAction,
    /// Where it is then.
    pub to: AssetStatus,
    /// Who may.
    pub capability: Capability,
    /// The record that it needs; a move without one is a plain change of status.
    pub record: Option<Record>,
    /// Whether one has to say why.
    pub reason_required: bool,
    /// What kinds of device take this way.
    pub categories: &'static [Category],
}

const ANY: &[Category] = Category::ALL;
const WITH_DATA: &[Category] = &[Category::Laptop, Category::Phone];
const WITHOUT_DATA: &[Category] = &[Category::Accessory];

const fn step(from: AssetStatus, action: AssetAction, to: AssetStatus, capability: Capability) -> Move {
    let reason_required = matches!(action, AssetAction::MarkNotSellable | AssetAction::Scrap);
    Move {
        from,
        action,
        to,
        capability,
        record: None,
        reason_required,
        categories: ANY,
    }
}

impl Move {
    const fn needs(self, record: Record) -> Self {
        Self {
            record: Some(record),
            ..self
        }
    }

    const fn only(self, categories: &'static [Category]) -> Self {
        Self { categories, ..self }
    }
}

/// The table. Two lines may lead the same way (a device is held for repair by hand, or by failed diagnostics); the plain
/// one stands first.
pub const MOVES: &[Move] = &[
    step(
        Received,
        AssetAction::SendToDiagnostics,
        DiagnosticsPending,
        Capability::SendToDiagnostics,
    ),
    step(
        Received,
        AssetAction::MarkNotSellable,
        NotSellable,
        Capability::MarkNotSellable,
    ),
    step(Received, AssetAction::Scrap, Scrapped, Capability::Scrap),
    step(
        DiagnosticsPending,
        AssetAction::PassDiagnostics,
        WipePending,
        Capability::RecordDiagnostics,
    )
    .needs(Record::Diagnostics)
    .only(WITH_DATA),
    step(
        DiagnosticsPending,
        AssetAction::PassDiagnostics,
        QcPending,
        Capability::RecordDiagnostics,
    )
    .needs(Record::Diagnostics)
    .only(WITHOUT_DATA),
    step(
        DiagnosticsPending,
        AssetAction::HoldForRepair,
        RepairHold,
        Capability::WorkRepair,
    ),
    step(
        DiagnosticsPending,
        AssetAction::FailDiagnostics,
        RepairHold,
        Capability::RecordDiagnostics,
    )
    .needs(Record::Diagnostics),
    step(
        DiagnosticsPending,
        AssetAction::MarkNotSellable,
        NotSellable,
        Capability::MarkNotSellable,
    ),
    step(
        DiagnosticsPending,
        AssetAction::Scrap,
        Scrapped,
        Capability::Scrap,
    ),
    step(
        WipePending,
        AssetAction::RecordWipe,
        QcPending,
        Capability::RecordDiagnostics,
    )
    .needs(Record::WipeCertificate),
    step(
        WipePending,
        AssetAction::HoldForRepair,
        RepairHold,
        Capability::WorkRepair,
    ),
    step(
        WipePending,
        AssetAction::MarkNotSellable,
        NotSellable,
        Capability::MarkNotSellable,
    ),
    step(WipePending, AssetAction::Scrap, Scrapped, Capability::Scrap),
    step(
        QcPending,
        AssetAction::PassQualityCheck,
        ReadyForSale,
        Capability::RecordDiagnostics,
    )
    .needs(Record::QualityCheck),
    step(
        QcPending,
        AssetAction::SendToDiagnostics,
        DiagnosticsPending,
        Capability::RecordDiagnostics,
    ),
    step(
        QcPending,
        AssetAction::HoldForRepair,
        RepairHold,
        Capability::WorkRepair,
    ),
    step(
        QcPending,
        AssetAction::FailQualityCheck,
        RepairHold,
        Capability::RecordDiagnostics,
    )
    .needs(Record::QualityCheck),
    step(
        QcPending,
        AssetAction::MarkNotSellable,
        NotSellable,
        Capability::MarkNotSellable,
    ),
    step(QcPending, AssetAction::Scrap, Scrapped, Capability::Scrap),
    step(ReadyForSale, AssetAction::Reserve, Reserved, Capability::Sell).needs(Record::InvoiceLine),
    step(ReadyForSale, AssetAction::Sell, Sold, Capability::Sell).needs(Record::InvoiceLine),
    step(
        ReadyForSale,
        AssetAction::SendToDiagnostics,
        DiagnosticsPending,
        Capability::RecordDiagnostics,
    ),
    step(
        ReadyForSale,
        AssetAction::HoldForRepair,
        RepairHold,
        Capability::WorkRepair,
    ),
    step(
        ReadyForSale,
        AssetAction::MarkNotSellable,
        NotSellable,
        Capability::MarkNotSellable,
    ),
    step(ReadyForSale, AssetAction::Scrap, Scrapped, Capability::Scrap),
    step(Reserved, AssetAction::Sell, Sold, Capability::Sell).needs(Record::InvoiceLine),
    step(Reserved, AssetAction::Release, ReadyForSale, Capability::Sell).needs(Record::InvoiceLine),
    step(Sold, AssetAction::Return, Returned, Capability::ApproveReturns).needs(Record::ReturnLine),
    step(
        Returned,
        AssetAction::SendToDiagnostics,
        DiagnosticsPending,
        Capability::SendToDiagnostics,
    ),
    step(
        Returned,
        AssetAction::HoldForRepair,
        RepairHold,
        Capability::WorkRepair,
    ),
    step(
        Returned,
        AssetAction::MarkNotSellable,
        NotSellable,
        Capability::MarkNotSellable,
    ),
    step(Returned, AssetAction::Scrap, Scrapped, Capability::Scrap),
    step(
        RepairHold,
        AssetAction::SendToDiagnostics,
        DiagnosticsPending,
        Capability::RecordDiagnostics,
    ),
    step(
        RepairHold,
        AssetAction::RepairDone,
        QcPending,
        Capability::WorkRepair,
    ),
    step(
        RepairHold,
        AssetAction::MarkNotSellable,
        NotSellable,
        Capability::MarkNotSellable,
    ),
    step(RepairHold, AssetAction::Scrap, Scrapped, Capability::Scrap),
    step(
        NotSellable,
        AssetAction::SendToDiagnostics,
        DiagnosticsPending,
        Capability::SendToDiagnostics,
    ),
    step(
        NotSellable,
        AssetAction::HoldForRepair,
        RepairHold,
        Capability::MarkNotSellable,
    ),
    step(NotSellable, AssetAction::Scrap, Scrapped, Capability::Scrap),
];

/// A document that holds, sells or takes back a device. It is known by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// An invoice.
    Invoice(String),
    /// A preorder.
    Preorder(String),
    /// A return.
    Return(String),
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Invoice(number) => write!(f, "invoice {number}"),
            Self::Preorder(number) => write!(f, "preorder {number}"),
            Self::Return(number) => write!(f, "return {number}"),
        }
    }
}

/// What is known of a device when it is to be moved, read under its lock. [`Facts::of`] knows nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What kind of device it is.
    pub category: Category,
    /// Its grade.
    pub grade: Option<Grade>,
    /// Whether it has a price of its own, or its model has one for its grade.
    pub price_known: bool,
    /// Whether it passed diagnostics since it last came to Diagnostics Pending.
    pub diagnostics_passed_since_entry: bool,
    /// Whether it was wiped since it last came to Wipe Pending.
    pub wiped_since_entry: bool,
    /// Whether it passed diagnostics, and was wiped unless it is an accessory, since it last came back from a customer;
    /// true as well if it never came back. (Without this a returned device could reach a customer by way of the repair
    /// bench with the last one's data on it.)
    pub cleared_since_return: bool,
    /// The open invoice or preorder that holds it, or the invoice that sold it.
    pub held_by: Option<Document>,
    /// The document in whose name it is to be moved; for an invoice that completes a preorder, the preorder.
    pub document: Option<Document>,
    /// Whether that document is paid, or its goods are released on credit.
    pub paid_or_released: bool,
}

impl Facts {
    /// A device of which only the category is known, and that never came back from a customer.
    pub const fn of(category: Category) -> Self {
        Self {
            category,
            grade: None,
            price_known: false,
            diagnostics_passed_since_entry: false,
            wiped_since_entry: false,
            cleared_since_return: true,
            held_by: None,
            document: None,
            paid_or_released: false,
        }
    }
}

/// Why a device cannot be moved, and where it can go instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct MoveRefused {
    /// The reason, as a sentence.
    pub detail: String,
    /// Where it can go as things are.
    pub allowed: Vec<AssetStatus>,
}

impl Move {
    /// Whether the facts permit this move, or else what is missing.
    fn guard(&self, facts: &Facts) -> Result<(), String> {
        match (self.action, &facts.held_by, &facts.document) {
            (AssetAction::PassDiagnostics, ..) if !facts.diagnostics_passed_since_entry => {
                Err("This device has not passed diagnostics yet: record a result first.".into())
            }
            (AssetAction::RecordWipe, ..) if !facts.wiped_since_entry => {
                Err("This device has not been wiped yet: record the wipe first.".into())
            }
            (AssetAction::PassQualityCheck, ..) if facts.grade.is_none() => {
                Err("This device has no grade yet: grade it A, B or C first.".into())
            }
            (AssetAction::PassQualityCheck, ..) if !facts.price_known => Err(
                "This device has no price: give it one, or give its product model a price for this grade.".into(),
            ),
            (AssetAction::PassQualityCheck, ..) if !facts.cleared_since_return => Err(
                "This device came back from a customer: send it through diagnostics and wipe before it is sold again."
                    .into(),
            ),
            (AssetAction::Reserve | AssetAction::Sell, Some(holder), document) if document.as_ref() != Some(holder) => {
                Err(format!("This device is held by {holder}: release it there first."))
            }
            (AssetAction::Reserve, _, None) => {
                Err("A device is reserved by putting it on an invoice or a preorder.".into())
            }
            (AssetAction::Sell, _, None) => Err("A device is sold by putting it on an invoice and paying that.".into()),
            (AssetAction::Sell, None, _) if self.from == Reserved => {
                Err("Nothing holds this device any more: release it, then sell it.".into())
            }
            (AssetAction::Sell, _, Some(document)) if !facts.paid_or_released => {
                Err(format!("The {document} is not paid: take the payment first."))
            }
            (AssetAction::Release, Some(holder), document) if document.as_ref() != Some(holder) => {
                Err(format!("This device is held by {holder}: cancel that, or take the device off it."))
            }
            (AssetAction::Return, _, document) if !matches!(document, Some(Document::Return(_))) => {
                Err("A sold device comes back by a return of its invoice.".into())
            }
            _ => Ok(()),
        }
    }

    /// The reason given for this move, trimmed; an error at `/reason` if one is required and missing, or too long.
    pub fn check_reason(&self, given: Option<&str>) -> Result<Option<String>, FieldError> {
        let error = |detail: String| FieldError {
            pointer: "/reason".into(),
            detail,
        };
        match text::optional_paragraph(given, MAX_REASON).map_err(|wrong| error(wrong.to_string()))? {
            None if self.reason_required => Err(error(format!("Say why the device becomes {}.", self.to))),
            reason => Ok(reason),
        }
    }

    /// Whether it needs no other record, so that a plain change of status may do it.
    pub const fn is_plain(&self) -> bool {
        self.record.is_none()
    }
}

const MAX_REASON: usize = 1000;

/// The lines of the table that lead on from a status for a kind of device.
pub fn allowed_from(status: AssetStatus, category: Category) -> impl Iterator<Item = &'static Move> {
    MOVES
        .iter()
        .filter(move |line| line.from == status && line.categories.contains(&category))
}

/// The plain moves that somebody of this role may make: the buttons of a device's page.
pub fn plain_moves(from: AssetStatus, role: Role) -> impl Iterator<Item = &'static Move> {
    MOVES
        .iter()
        .filter(move |line| line.from == from && line.is_plain() && role.can(line.capability))
}

/// The statuses that the facts permit to go to, each once, in the order of life.
pub fn allowed_now(from: AssetStatus, facts: &Facts) -> Vec<AssetStatus> {
    let mut allowed: Vec<_> = allowed_from(from, facts.category)
        .filter(|line| line.guard(facts).is_ok())
        .map(|line| line.to)
        .collect();
    allowed.sort();
    allowed.dedup();
    allowed
}

/// The line by which a device gets from one status to another, if the facts permit it. Of two lines that lead the same
/// way the plain one is meant; [`decide_action`] names the other.
pub fn decide(from: AssetStatus, to: AssetStatus, facts: &Facts) -> Result<&'static Move, MoveRefused> {
    settle(
        allowed_from(from, facts.category).find(|line| line.to == to),
        facts,
    )
    .map_err(|missing| {
        let detail = missing.unwrap_or_else(|| match from {
            _ if from == to => format!("This device is already {}.", standing(from, facts)),
            Scrapped => "This device is Scrapped: nothing can be done with it any more.".into(),
            _ => format!(
                "This device is {}: it cannot become {to}.{}",
                standing(from, facts),
                way_to(from, to, facts)
            ),
        });
        refused(detail, from, facts)
    })
}

/// The line by which an action moves a device, if the facts permit it.
pub fn decide_action(
    from: AssetStatus,
    action: AssetAction,
    facts: &Facts,
) -> Result<&'static Move, MoveRefused> {
    settle(
        allowed_from(from, facts.category).find(|line| line.action == action),
        facts,
    )
    .map_err(|missing| {
        let detail = missing.unwrap_or_else(|| match action {
            AssetAction::Reserve | AssetAction::Sell => {
                format!("This device is {}: it cannot be sold.", standing(from, facts))
            }
            _ => format!(
                "This device is {}: \"{action}\" is not possible.",
                standing(from, facts)
            ),
        });
        refused(detail, from, facts)
    })
}

/// `Sold on invoice INV-000001`, `Reserved for preorder PRE-000007`, `Received`
fn standing(status: AssetStatus, facts: &Facts) -> String {
    match (status, &facts.held_by) {
        (Sold, Some(document)) => format!("{status} on {document}"),
        (_, Some(document)) => format!("{status} for {document}"),
        _ => status.to_string(),
    }
}

/// What can be done instead, after a blank: how a device comes to the status that is out of reach; or nothing where no way leads on.
fn way_to(from: AssetStatus, to: AssetStatus, facts: &Facts) -> String {
    let way = match (from, to) {
        (Sold, _) => match &facts.held_by {
            Some(document) => return format!(" It has to come back by a return of {document} first."),
            None => "It has to come back by a return of its invoice first.",
        },
        (Reserved, _) => match &facts.held_by {
            Some(document) => return format!(" Cancel {document}, or take the device off it, first."),
            None => "It has to be released first.",
        },
        (_, Received) => "A device is received once, when it comes to the shop.",
        (_, Returned) => "Only a sold device is returned.",
        (_, Reserved | Sold) => "Only a device that is Ready for Sale is put on an invoice or a preorder.",
        (_, WipePending) => "It gets there from Diagnostics Pending, by passing diagnostics.",
        (_, QcPending) => {
            "It gets there from Wipe Pending, by its wipe, or from Repair Hold, when its repair is done."
        }
        (_, ReadyForSale) => "It gets there from QC Pending, by passing the quality check.",
        (WipePending, DiagnosticsPending) => "Hold it for repair first; from there it goes to diagnostics.",
        _ => return String::new(),
    };
    format!(" {way}")
}

/// The line if its guard holds; or what is missing; or nothing if there is no such line.
fn settle(line: Option<&'static Move>, facts: &Facts) -> Result<&'static Move, Option<String>> {
    let line = line.ok_or(None)?;
    line.guard(facts).map(|()| line).map_err(Some)
}

fn refused(detail: String, from: AssetStatus, facts: &Facts) -> MoveRefused {
    let allowed = allowed_now(from, facts);
    let detail = match allowed.is_empty() {
        true => detail,
        false => format!("{detail} It can now become {}.", text::one_of(&allowed)),
    };
    MoveRefused { detail, allowed }
}

/// The table as a page of documentation, with a diagram.
pub fn workflow_markdown() -> String {
    let name = |status: AssetStatus| format!("{status:?}");
    let mut page = String::from(
        "# The life of a device\n\nGenerated from the table in `crates/domain/src/asset/status.rs`.\n\n\
         ```mermaid\nstateDiagram-v2\n",
    );
    let mut line = |text: String| writeln!(page, "{text}").expect("writing to a string cannot fail");
    for status in AssetStatus::ALL {
        line(format!("    state \"{status}\" as {}", name(*status)));
    }
    line("    [*] --> Received".into());
    for step in MOVES {
        line(format!(
            "    {} --> {}: {}",
            name(step.from),
            name(step.to),
            step.action
        ));
    }
    line("    Scrapped --> [*]\n```\n\n| from | action | to | who | needs |\n|---|---|---|---|---|".into());
    for step in MOVES {
        let mut needs: Vec<&str> = step.record.iter().map(|record| record.as_str()).collect();
        if step.reason_required {
            needs.push("a reason");
        }
        match step.categories {
            [Category::Accessory] => needs.push("an accessory"),
            [Category::Laptop, Category::Phone] => needs.push("a laptop or a phone"),
            _ => {}
        }
        let who: Vec<&str> = step.capability.roles().iter().map(|role| role.as_str()).collect();
        line(format!(
            "| {} | {} | {} | {} | {} |",
            step.from,
            step.action,
            step.to,
            who.join(", "),
            needs.join("; ")
        ));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 3 of the product's description, spelled out once more.
    const PAIRS: [(AssetStatus, &[AssetStatus]); 11] = [
        (Received, &[DiagnosticsPending, NotSellable, Scrapped]),
        (
            DiagnosticsPending,
            &[WipePending, RepairHold, NotSellable, Scrapped],
        ),
        (WipePending, &[QcPending, RepairHold, NotSellable, Scrapped]),
        (
            QcPending,
            &[
                DiagnosticsPending,
                ReadyForSale,
                RepairHold,
                NotSellable,
                Scrapped,
            ],
        ),
        (
            ReadyForSale,
            &[
                DiagnosticsPending,
                Reserved,
                Sold,
                RepairHold,
                NotSellable,
                Scrapped,
            ],
        ),
        (Reserved, &[ReadyForSale, Sold]),
        (Sold, &[Returned]),
        (Returned, &[DiagnosticsPending, RepairHold, NotSellable, Scrapped]),
        (
            RepairHold,
            &[DiagnosticsPending, QcPending, NotSellable, Scrapped],
        ),
        (NotSellable, &[DiagnosticsPending, RepairHold, Scrapped]),
        (Scrapped, &[]),
    ];

    fn invoice() -> Document {
        Document::Invoice("INV-000001".into())
    }

    /// A device that lacks nothing, for any move out of this status.
    fn complete(from: AssetStatus, to: AssetStatus, category: Category) -> Facts {
        Facts {
            grade: Some(Grade::A),
            price_known: true,
            diagnostics_passed_since_entry: true,
            wiped_since_entry: true,
            held_by: (from == Reserved).then(invoice),
            document: Some(if to == Returned {
                Document::Return("RET-000001".into())
            } else {
                invoice()
            }),
            paid_or_released: true,
            ..Facts::of(category)
        }
    }

    #[test]
    fn every_pair_of_statuses() {
        assert_eq!(PAIRS.map(|(from, _)| from), AssetStatus::ALL);
        for category in Category::ALL {
            for (from, listed) in PAIRS {
                for to in AssetStatus::ALL {
                    let accessory = *category == Category::Accessory;
                    let expected = match (from, to) {
                        (DiagnosticsPending, WipePending) => !accessory,
                        (DiagnosticsPending, QcPending) => accessory,
                        _ => listed.contains(to),
                    };
                    let answer = decide(from, *to, &complete(from, *to, *category));
                    assert_eq!(answer.is_ok(), expected, "{category}: {from} → {to}: {answer:?}");
                    if let Ok(line) = answer {
                        assert_eq!((line.from, line.to), (from, *to));
                    }
                }
            }
        }
    }

    #[test]
    fn an_action_leads_one_way_only() {
        for category in Category::ALL {
            for from in AssetStatus::ALL {
                for action in AssetAction::ALL {
                    assert!(
                        allowed_from(*from, *category)
                            .filter(|line| line.action == *action)
                            .count()
                            <= 1
                    );
                }
            }
        }
    }

    #[test]
    fn plain_lines_stand_first() {
        for (n, line) in MOVES.iter().enumerate().filter(|(_, line)| line.is_plain()) {
            assert!(
                !MOVES[..n]
                    .iter()
                    .any(|other| (other.from, other.to) == (line.from, line.to)),
                "{line:?}"
            );
        }
    }

    #[test]
    fn each_missing_fact_refuses() {
        type Spoil = fn(&mut Facts);
        let cases: [(AssetStatus, AssetStatus, Spoil, &str); 12] = [
            (
                DiagnosticsPending,
                WipePending,
                |f| f.diagnostics_passed_since_entry = false,
                "not passed diagnostics",
            ),
            (
                WipePending,
                QcPending,
                |f| f.wiped_since_entry = false,
                "not been wiped",
            ),
            (QcPending, ReadyForSale, |f| f.grade = None, "no grade"),
            (QcPending, ReadyForSale, |f| f.price_known = false, "no price"),
            (
                QcPending,
                ReadyForSale,
                |f| f.cleared_since_return = false,
                "came back from a customer",
            ),
            (
                ReadyForSale,
                Reserved,
                |f| f.document = None,
                "putting it on an invoice",
            ),
            (
                ReadyForSale,
                Reserved,
                |f| f.held_by = Some(Document::Preorder("PRE-000007".into())),
                "preorder PRE-000007",
            ),
            (
                ReadyForSale,
                Sold,
                |f| f.paid_or_released = false,
                "invoice INV-000001 is not paid",
            ),
            (
                Reserved,
                Sold,
                |f| f.document = Some(Document::Invoice("INV-000002".into())),
                "held by invoice INV-000001",
            ),
            (Reserved, Sold, |f| f.held_by = None, "Nothing holds"),
            (
                Reserved,
                ReadyForSale,
                |f| f.document = None,
                "held by invoice INV-000001",
            ),
            (Sold, Returned, |f| f.document = None, "a return of its invoice"),
        ];
        for (from, to, spoil, sentence) in cases {
            let mut facts = complete(from, to, Category::Laptop);
            assert!(decide(from, to, &facts).is_ok(), "{from} → {to}");
            spoil(&mut facts);
            let refused = decide(from, to, &facts).unwrap_err();
            assert!(
                refused.detail.contains(sentence),
                "{from} → {to}: {}",
                refused.detail
            );
            assert!(!refused.allowed.contains(&to));
        }
    }

    #[test]
    fn a_refusal_says_where_the_device_can_go() {
        let refused = decide(Received, Sold, &Facts::of(Category::Laptop)).unwrap_err();
        assert_eq!(refused.allowed, [DiagnosticsPending, NotSellable, Scrapped]);
        assert_eq!(
            refused.to_string(),
            "This device is Received: it cannot become Sold. Only a device that is Ready for Sale is put on an invoice or a \
             preorder. It can now become Diagnostics Pending, Not Sellable or Scrapped."
        );
        let scrapped = decide(Scrapped, Received, &Facts::of(Category::Phone)).unwrap_err();
        assert_eq!(
            scrapped.detail,
            "This device is Scrapped: nothing can be done with it any more."
        );
        assert_eq!(scrapped.allowed, []);
        let same = decide(Received, Received, &Facts::of(Category::Phone)).unwrap_err();
        assert!(same.detail.starts_with("This device is already Received."));
        let held = Facts {
            held_by: Some(invoice()),
            ..Facts::of(Category::Phone)
        };
        // Where nothing can be done by hand, what can be done instead is named with the document that holds the device.
        for (from, to, way) in [
            (
                Reserved,
                RepairHold,
                "Cancel invoice INV-000001, or take the device off it, first.",
            ),
            (
                Sold,
                DiagnosticsPending,
                "come back by a return of invoice INV-000001 first.",
            ),
            (
                DiagnosticsPending,
                ReadyForSale,
                "from QC Pending, by passing the quality check.",
            ),
            (WipePending, DiagnosticsPending, "Hold it for repair first"),
        ] {
            let detail = decide(from, to, &held).unwrap_err().detail;
            assert!(detail.contains(way), "{detail}");
        }
        let reserved = decide_action(Reserved, AssetAction::Reserve, &held).unwrap_err();
        assert_eq!(
            reserved.detail,
            "This device is Reserved for invoice INV-000001: it cannot be sold."
        );
        let sold = decide_action(Sold, AssetAction::Sell, &held).unwrap_err();
        assert_eq!(
            sold.detail,
            "This device is Sold on invoice INV-000001: it cannot be sold."
        );
    }

    #[test]
    fn failures_lead_to_the_repair_bench() {
        let facts = Facts::of(Category::Laptop);
        for (from, action) in [
            (DiagnosticsPending, AssetAction::FailDiagnostics),
            (QcPending, AssetAction::FailQualityCheck),
        ] {
            assert_eq!(decide_action(from, action, &facts).unwrap().to, RepairHold);
        }
        assert!(decide(DiagnosticsPending, RepairHold, &facts).unwrap().is_plain());
    }

    #[test]
    fn buttons_are_those_of_the_role() {
        let to = |from, role| plain_moves(from, role).map(|line| line.to).collect::<Vec<_>>();
        assert_eq!(to(Received, Role::Warehouse), [DiagnosticsPending, NotSellable]);
        assert_eq!(
            to(Received, Role::Manager),
            [DiagnosticsPending, NotSellable, Scrapped]
        );
        assert_eq!(to(RepairHold, Role::Warehouse), [NotSellable]);
        assert_eq!(to(NotSellable, Role::Warehouse), [DiagnosticsPending, RepairHold]);
        assert_eq!(
            to(RepairHold, Role::Technician),
            [DiagnosticsPending, QcPending, NotSellable]
        );
        for from in AssetStatus::ALL {
            assert_eq!(to(*from, Role::Sales), []);
        }
        for from in [Reserved, Sold, Scrapped] {
            assert_eq!(to(from, Role::Admin), []);
        }
    }

    #[test]
    fn reasons_are_asked_for() {
        let scrap = decide(Received, Scrapped, &Facts::of(Category::Phone)).unwrap();
        assert_eq!(scrap.check_reason(Some(" ")).unwrap_err().pointer, "/reason");
        assert_eq!(
            scrap.check_reason(Some(" burnt ")).unwrap().as_deref(),
            Some("burnt")
        );
        let send = decide(Received, DiagnosticsPending, &Facts::of(Category::Phone)).unwrap();
        assert_eq!(send.check_reason(None), Ok(None));
        assert!(
            MOVES
                .iter()
                .all(|line| line.reason_required == matches!(line.to, NotSellable | Scrapped))
        );
    }

    #[test]
    fn the_page_has_every_line() {
        let page = workflow_markdown();
        assert_eq!(page.matches("\n| ").count(), MOVES.len() + 1);
        assert!(page.contains("    ReadyForSale --> Sold: Sell\n"));
        assert!(page.contains("| Received | Scrap | Scrapped | Admin, Manager | a reason |"));
    }
}
