//! A provider's statement against the books: matched by reference, and what differs on both sides.

use super::confirm_in;
use crate::{Actor, Capability, Refusal, Shop};
use chrono::NaiveDate;
use db::payments::BookPayment;
use domain::{Money, PaymentMethod};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

const FOUND: &str = "Found in the provider's statement";

/// Most rows of a statement.
pub const MOST_ROWS: usize = 10_000;
/// The most columns of a statement.
const MOST_COLUMNS: usize = 200;
/// Largest statement in bytes.
pub const MOST_BYTES: u64 = 5 * 1024 * 1024;

/// A row of a provider's statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementRow {
    /// Its line in the file.
    pub row: u64,
    /// Day.
    pub date: Option<NaiveDate>,
    /// The provider's number.
    pub reference: String,
    /// How much came in.
    pub amount: Money,
    /// Who sent it.
    pub sender: String,
}

/// A statement as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What came in.
    pub rows: Vec<StatementRow>,
    /// Rows that could not be read, with why.
    pub unread: Vec<Unread>,
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Unread {
    /// Its line in the file.
    pub row: u64,
    /// Why.
    pub reason: String,
}

/// A row of the statement beside what the books say.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Pair {
    /// The statement's.
    pub statement: StatementRow,
    /// The books'.
    pub book: BookPayment,
    /// Whether it was confirmed just now.
    pub confirmed_now: bool,
}

/// What a statement and the books have in common, and what not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Compared {
    /// First day of the statement.
    pub from: Option<NaiveDate>,
    /// Last day of the statement.
    pub to: Option<NaiveDate>,
    /// Same reference, same amount.
    pub matched: Vec<Pair>,
    /// Same reference, another amount.
    pub amounts_differ: Vec<Pair>,
    /// In the statement, and not in the books (or there twice, or found never to have come).
    pub not_in_books: Vec<StatementRow>,
    /// In the books of these days, and not in the statement.
    pub not_in_statement: Vec<BookPayment>,
    /// Rows that could not be read.
    pub unread: Vec<Unread>,
    /// How many claimed payments and deposits were confirmed.
    pub confirmed: usize,
}

/// Compares a statement with the payments and deposits of one method, and confirms what is claimed and matches, when asked to.
pub async fn compare(
    shop: &Shop,
    actor: &Actor,
    method: PaymentMethod,
    statement: Statement,
    confirm: bool,
) -> Result<Compared, Refusal> {
    actor.require(Capability::ConfirmPayments)?;
    if !matches!(method, PaymentMethod::MoMo | PaymentMethod::BankTransfer) {
        return Err(Refusal::invalid(
            "/payment_method",
            "This must be MoMo or Bank Transfer.",
        ));
    }
    let references: Vec<String> = statement.rows.iter().map(|row| row.reference.clone()).collect();
    let days = || statement.rows.iter().filter_map(|row| row.date);
    let (from, to) = (days().min(), days().max());
    let settings = shop.settings().await?;
    let mut tx = shop.begin(actor).await?;
    let mut books = db::payments::book_payments(tx.conn(), method, &references, from.zip(to)).await?;
    let mut compared = Compared {
        from,
        to,
        matched: Vec::new(),
        amounts_differ: Vec::new(),
        not_in_books: Vec::new(),
        not_in_statement: Vec::new(),
        unread: statement.unread,
        confirmed: 0,
    };
    for row in statement.rows {
        let key = reference_key(&row.reference);
        match books
            .iter()
            .position(|b| reference_key(&b.reference) == key && !b.rejected)
        {
            None => compared.not_in_books.push(row),
            Some(n) => {
                let pair = Pair {
                    book: books.swap_remove(n),
                    statement: row,
                    confirmed_now: false,
                };
                if pair.book.amount == pair.statement.amount {
                    compared.matched.push(pair);
                } else {
                    compared.amounts_differ.push(pair);
                }
            }
        }
    }
    books.retain(|b| {
        !b.rejected
            && from
                .zip(to)
                .is_some_and(|(from, to)| (from..=to).contains(&b.payment_date))
    });
    books.sort_by_key(|b| (b.payment_date, b.id, b.preorder_id));
    compared.not_in_statement = books;
    if confirm {
        // By invoice, as every payment over several locks them.
        let mut wanted: Vec<usize> = (0..compared.matched.len())
            .filter(|n| compared.matched[*n].book.claimed)
            .collect();
        wanted.sort_by_key(|n| {
            let book = &compared.matched[*n].book;
            (book.invoice_id, book.preorder_id)
        });
        for n in wanted {
            let book = &compared.matched[n].book;
            if let Some(id) = book.id {
                confirm_in(&mut tx, shop, &settings, id, Some(FOUND)).await?;
            } else if let Some(id) = book.preorder_id {
                crate::preorders::confirm_deposit_in(&mut tx, id, FOUND).await?;
            }
            compared.matched[n].book.claimed = false;
            compared.matched[n].confirmed_now = true;
            compared.confirmed += 1;
        }
    }
    let told = json!({"payment_method": method, "from": from, "to": to, "matched": compared.matched.len(),
        "amounts_differ": compared.amounts_differ.len(), "not_in_books": compared.not_in_books.len(),
        "not_in_statement": compared.not_in_statement.len(), "confirmed": compared.confirmed});
    tx.audit("payment.statement", "payments", None, None, Some(told))
        .await?;
    tx.commit(200, &compared).await?;
    Ok(compared)
}

/// References are the same whatever their case and blanks.
fn reference_key(reference: &str) -> String {
    reference
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

const DATE: &[&str] = &[
    "date",
    "transaction date",
    "value date",
    "time",
    "completion time",
    "posting date",
];
const REFERENCE: &[&str] = &[
    "reference",
    "transaction id",
    "transaction ref",
    "ref",
    "reference no",
    "reference number",
    "receipt no",
    "id",
];
const AMOUNT: &[&str] = &[
    "amount",
    "credit",
    "paid in",
    "amount received",
    "money in",
    "credit amount",
];
const SENDER: &[&str] = &[
    "sender",
    "from",
    "from name",
    "sender name",
    "name",
    "narration",
    "description",
    "details",
];

/// Reads a statement: CSV with a row of names, separated by commas, semicolons or tabs.
pub fn read(bytes: &[u8]) -> Result<Statement, Refusal> {
    let wrong = |detail: &str| Refusal::invalid("/file", detail);
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned();
    if text.contains('\0') {
        return Err(wrong(
            "This is no CSV file: save the statement as CSV and choose it again.",
        ));
    }
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .ok_or_else(|| wrong("This file is empty."))?;
    let separator = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|separator| first.bytes().filter(|b| b == separator).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|_| wrong("The first row of this file cannot be read."))?;
    if header.len() > MOST_COLUMNS {
        return Err(wrong(
            "The first row has more than 200 columns: delete those that a statement does not need.",
        ));
    }
    let names: Vec<String> = header
        .iter()
        .map(|name| name.to_lowercase().replace(['_', '.'], " ").trim().to_owned())
        .collect();
    let column = |known: &[&str]| {
        known
            .iter()
            .find_map(|word| names.iter().position(|name| name == word))
    };
    let (Some(reference), Some(amount)) = (column(REFERENCE), column(AMOUNT)) else {
        return Err(wrong(
            "The first row must name the columns, with one called reference (or transaction id) and one called amount (or credit).",
        ));
    };
    let (date, sender) = (column(DATE), column(SENDER));
    let mut statement = Statement {
        rows: Vec::new(),
        unread: Vec::new(),
    };
    for record in reader.records() {
        let Ok(record) = record else {
            return Err(wrong(
                "This file cannot be read to its end: save it as CSV again.",
            ));
        };
        let row = record.position().map_or(0, csv::Position::line);
        let cell = |n: usize| record.get(n).unwrap_or("").trim();
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if statement.rows.len() + statement.unread.len() >= MOST_ROWS {
            return Err(wrong(
                "A statement may have at most 10,000 rows: send it in parts.",
            ));
        }
        let mut unread = |reason: String| statement.unread.push(Unread { row, reason });
        let number: String = cell(reference).chars().take(100).collect();
        if number.is_empty() {
            unread("There is no reference.".into());
            continue;
        }
        let typed = cell(amount);
        // Charges and money that went out are no payments of customers.
        if typed.is_empty() || typed.starts_with('-') {
            continue;
        }
        let plain: String = typed
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let Some(amount) = Money::parse_non_negative(&plain)
            .ok()
            .filter(|amount| amount.is_positive())
        else {
            unread(format!(
                "\u{201c}{}\u{201d} is no amount.",
                typed.chars().take(40).collect::<String>()
            ));
            continue;
        };
        statement.rows.push(StatementRow {
            row,
            date: date.and_then(|n| day(cell(n))),
            reference: number,
            amount,
            sender: sender
                .map(|n| cell(n).chars().take(100).collect())
                .unwrap_or_default(),
        });
    }
    Ok(statement)
}

/// A day as statements write it, with or without a time; the day comes before the month, as in Ghana.
fn day(text: &str) -> Option<NaiveDate> {
    let text = text.split(['T', ' ']).next().unwrap_or(text);
    [
        "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d-%b-%Y", "%d/%m/%y", "%Y/%m/%d",
    ]
    .iter()
    .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
    .filter(|day| (2000..=2200).contains(&chrono::Datelike::year(day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_as_providers_write_them() {
        let text = "Transaction Date;Transaction ID;Paid In;From Name\n14/01/2026 09:12;MP 1;1,200.50;Esi\n\n2026-01-15;MP2;-3.00;fee\n;;5;\nx;MP3;lots;\n";
        let read = read(text.as_bytes()).expect("a statement");
        let row = &read.rows[0];
        assert_eq!(read.rows.len(), 1);
        assert_eq!(
            (
                row.row,
                row.date.map(|d| d.to_string()).as_deref(),
                row.reference.as_str(),
                row.amount,
                row.sender.as_str()
            ),
            (2, Some("2026-01-14"), "MP 1", Money::from_pesewas(120_050), "Esi")
        );
        assert_eq!(read.unread.iter().map(|u| u.row).collect::<Vec<_>>(), [5, 6]);
        for wrong in ["", "a,b\n1,2\n", "reference,amount\0"] {
            assert!(super::read(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        let said = |wrong: String| format!("{:?}", super::read(wrong.as_bytes()).unwrap_err());
        assert!(said("reference,amount,".repeat(100_000)).contains("more than 200 columns"));
    }
}
