//! A customer's account over time, and what all customers owe by age.

use crate::export::{Column, Row};
use crate::invoices::Printed;
use crate::invoices::print::{day, draw, letterhead};
use crate::reports::period::Period;
use crate::{Actor, Capability, Refusal, Shop};
use db::customers::Customer;
use db::wholesale::{AccountEntry, Receivable};
use documents::{StatementDoc, StatementLine};
use domain::{CustomerId, Money, MoneySum};
use serde::Serialize;
use utoipa::ToSchema;

/// A statement of account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Account {
    /// The customer.
    pub customer_id: CustomerId,
    /// Their business or name.
    pub customer_name: String,
    /// First day.
    pub from: chrono::NaiveDate,
    /// Last day.
    pub to: chrono::NaiveDate,
    /// What was owed before the first day.
    #[schema(value_type = MoneySum)]
    pub opening: Money,
    /// What happened, with what was owed after each line.
    pub entries: Vec<AccountEntry>,
    /// What was owed at the end of the last day.
    #[schema(value_type = MoneySum)]
    pub closing: Money,
}

/// A line of a statement as a file.
#[derive(Debug, Clone)]
pub struct AccountRow(AccountEntry, bool);

impl Account {
    /// The lines of its file; the first is what was brought forward.
    pub fn rows(&self) -> Vec<AccountRow> {
        let opening = AccountEntry {
            entry_date: self.from,
            kind: "Brought forward".into(),
            number: String::new(),
            invoice_id: domain::InvoiceId::new(0),
            due_date: None,
            charged: Money::ZERO,
            paid: Money::ZERO,
            balance: self.opening,
        };
        let entries = self.entries.iter().cloned().map(|entry| AccountRow(entry, true));
        std::iter::once(AccountRow(opening, false))
            .chain(entries)
            .collect()
    }
}

impl Row for AccountRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("date", |r| r.0.entry_date.into()),
        Column::new("kind", |r| (&r.0.kind).into()),
        Column::new("number", |r| (&r.0.number).into()),
        Column::new("due_date", |r| r.0.due_date.into()),
        Column::new("charged", |r| r.1.then_some(r.0.charged).into()),
        Column::new("paid", |r| r.1.then_some(r.0.paid).into()),
        Column::new("balance", |r| r.0.balance.into()),
    ];
}

impl Row for db::wholesale::Receivable {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("customer_name", |r| (&r.customer_name).into()),
        Column::new("customer_phone", |r| (&r.customer_phone).into()),
        Column::new("invoices", |r| r.invoices.into()),
        Column::new("not_due", |r| r.not_due.into()),
        Column::new("days_1_30", |r| r.days_1_30.into()),
        Column::new("days_31_60", |r| r.days_31_60.into()),
        Column::new("days_61_90", |r| r.days_61_90.into()),
        Column::new("days_over_90", |r| r.days_over_90.into()),
        Column::new("total", |r| r.total.into()),
        Column::new("credit_limit", |r| r.credit_limit.into()),
    ];
}

/// The account of a customer over these days: invoices that were sent, payments, returns and refunds.
pub async fn account(shop: &Shop, actor: &Actor, id: CustomerId, period: Period) -> Result<Account, Refusal> {
    Ok(read(shop, actor, id, period).await?.0)
}

async fn read(
    shop: &Shop,
    actor: &Actor,
    id: CustomerId,
    period: Period,
) -> Result<(Account, Customer), Refusal> {
    actor.require(Capability::ViewInvoices)?;
    let mut conn = shop.read().await?;
    let customer = db::customers::customer_find(&mut conn, id)
        .await?
        .ok_or_else(|| Refusal::not_found("customer"))?;
    let id = customer.id;
    let opening = db::wholesale::account_opening(&mut conn, id, period.from).await?;
    let entries = db::wholesale::account_entries(&mut conn, id, period.from, period.to, opening).await?;
    let account = Account {
        customer_id: id,
        customer_name: customer
            .business_name
            .clone()
            .unwrap_or_else(|| customer.full_name.clone()),
        from: period.from,
        to: period.to,
        opening,
        closing: entries.last().map_or(opening, |entry| entry.balance),
        entries,
    };
    Ok((account, customer))
}

/// The statement on A4.
pub async fn print_account(
    shop: &Shop,
    actor: &Actor,
    id: CustomerId,
    period: Period,
) -> Result<Printed, Refusal> {
    let (account, customer) = read(shop, actor, id, period).await?;
    let settings = shop.settings().await?;
    let blank = |amount: Money| {
        if amount.is_zero() {
            String::new()
        } else {
            amount.grouped()
        }
    };
    let doc = StatementDoc {
        shop: letterhead(&settings.shop),
        customer: match &customer.business_name {
            Some(business) => format!("{business}\n{}", customer.full_name),
            None => customer.full_name.clone(),
        },
        phone: Some(customer.phone.clone()),
        period: format!("{} to {}", day(account.from), day(account.to)),
        opening: account.opening.ghs(),
        lines: account
            .entries
            .iter()
            .map(|entry| StatementLine {
                date: day(entry.entry_date),
                text: format!("{} {}", entry.kind, entry.number),
                due: entry.due_date.map(day),
                charged: blank(entry.charged),
                paid: blank(entry.paid),
                balance: entry.balance.grouped(),
            })
            .collect(),
        closing: account.closing.ghs(),
        created_at: shop.now(),
    };
    draw(format!("statement-{id}-{}.pdf", account.to), move || {
        documents::statement(&doc)
    })
    .await
}

/// What is due today, by customer and age.
pub async fn receivables(shop: &Shop, actor: &Actor) -> Result<Vec<Receivable>, Refusal> {
    actor.require(Capability::ReportsAll)?;
    Ok(db::wholesale::receivables(&mut *shop.read().await?, shop.today()).await?)
}
