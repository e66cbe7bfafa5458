//! A customer's account: what happened over some days, what they owe, a payment over several invoices, their terms.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Choice, Errors, link};
use crate::extract::{PathId, period};
use crate::file;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use app::invoices::Invoice;
use app::reports::period::Period;
use app::wholesale::{self, Allocation, CustomerPayment, TermsChange, price_lists};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{Amount, CustomerId, InvoiceId, Money, PaymentMethod};
use http::StatusCode;

/// templates/pages/customer_account.html
#[derive(Debug, Template)]
#[template(path = "pages/customer_account.html")]
pub struct AccountPage {
    frame: Frame,
    id: String,
    customer_href: String,
    name: String,
    from: String,
    to: String,
    opening: String,
    closing: String,
    rows: Vec<Entry>,
    balance: String,
    credit_used: String,
    credit_limit: String,
    price_list: String,
    days: String,
    open_href: String,
    pdf_href: String,
    csv_href: String,
    email_href: String,
    may_pay: bool,
    may_set_terms: bool,
    methods: Vec<Choice>,
    price_lists: Vec<Choice>,
    pay: Form,
    pay_errors: Errors,
    open_invoices: Vec<OpenInvoice>,
    spread: bool,
    terms: Form,
    terms_errors: Errors,
    form_key: String,
}

#[derive(Debug)]
struct Entry {
    date: String,
    text: String,
    href: String,
    due: String,
    charged: String,
    paid: String,
    balance: String,
}

/// A sent invoice, with how much of the payment is for it.
#[derive(Debug)]
struct OpenInvoice {
    field: String,
    label: String,
    due: String,
    amount: String,
}

/// What the name of an invoice's part of a payment begins with.
const PART: &str = "for_";

/// Invoices of one customer among which a payment is spread by hand.
const SPREAD_OVER: u32 = 50;

/// The payment that a form says, with the parts that were named in it. An error of a part is under its own field.
fn payment(form: &Form) -> Result<(CustomerPayment, Vec<String>), Refusal> {
    let plain = |text: &str| text.trim().replace([',', ' '], "");
    let known = form.names().filter(|name| !name.starts_with(PART));
    let fields: Vec<(String, String)> = known
        .map(|name| {
            let value = form.get(name);
            (
                name.to_owned(),
                if name == "amount" {
                    plain(value)
                } else {
                    value.to_owned()
                },
            )
        })
        .collect();
    let mut payment: CustomerPayment = Form::from_pairs(fields).parse(&[])?;
    let (mut parts, mut names) = (Vec::new(), Vec::new());
    for name in form.names().filter(|name| name.starts_with(PART)) {
        let typed = plain(form.get(name));
        if typed.is_empty() || Money::parse(&typed).is_ok_and(Money::is_zero) {
            continue;
        }
        let amount: Amount = typed
            .parse()
            .map_err(|e: domain::MoneyError| Refusal::invalid(format!("/{name}"), e.to_string()))?;
        let invoice_id: InvoiceId = name
            .trim_start_matches(PART)
            .parse()
            .map_err(|_| Refusal::invalid(format!("/{name}"), "There is no such invoice."))?;
        parts.push(Allocation { invoice_id, amount });
        names.push(name.to_owned());
    }
    if !parts.is_empty() {
        payment.allocations = Some(parts);
    }
    Ok((payment, names))
}

/// A form that needs another look.
#[derive(Debug)]
enum Typed {
    Nothing,
    Payment(Form, Errors),
    Terms(Form, Errors),
}

fn blank(amount: Money) -> String {
    if amount.is_zero() {
        String::new()
    } else {
        amount.grouped()
    }
}

async fn page(
    state: &AppState,
    visitor: Visitor,
    id: CustomerId,
    period: Period,
    typed: Typed,
) -> Result<AccountPage, Refusal> {
    let actor = &visitor.actor;
    let account = wholesale::account(&state.shop, actor, id, period).await?;
    let terms = wholesale::terms(&state.shop, actor, id).await?;
    let lists = price_lists::all(&state.shop).await?;
    let stored = || {
        Form::from_pairs([
            (
                "price_list_id",
                terms.price_list_id.map(|id| id.to_string()).unwrap_or_default(),
            ),
            (
                "credit_limit",
                terms.credit_limit.map(|m| m.to_string()).unwrap_or_default(),
            ),
            (
                "payment_terms_days",
                terms
                    .payment_terms_days
                    .map(|d| d.to_string())
                    .unwrap_or_default(),
            ),
        ])
    };
    let (pay, pay_errors, terms_form, terms_errors) = match typed {
        Typed::Nothing => (Form::default(), Errors::default(), stored(), Errors::default()),
        Typed::Payment(form, errors) => (form, errors, stored(), Errors::default()),
        Typed::Terms(form, errors) => (Form::default(), Errors::default(), form, errors),
    };
    let pay = if pay.names().next().is_none() && terms.balance_due.is_positive() {
        Form::from_pairs([("amount", terms.balance_due.to_string())])
    } else {
        pay
    };
    let open = app::PageRequest {
        limit: SPREAD_OVER,
        sort: Some("invoice_date".into()),
        filters: vec![
            ("customer_id".into(), id.to_string()),
            ("status".into(), "Sent".into()),
        ],
        ..app::PageRequest::default()
    };
    let open = app::lists::page::<Invoice>(&state.shop, &app::invoices::LIST, &open)
        .await?
        .data;
    let open_invoices: Vec<OpenInvoice> = open
        .into_iter()
        .filter(|invoice| invoice.balance_due.is_positive())
        .map(|invoice| {
            let field = format!("{PART}{}", invoice.id);
            OpenInvoice {
                label: format!(
                    "{} of {}",
                    invoice.invoice_number,
                    long_date(invoice.invoice_date)
                ),
                due: invoice.balance_due.grouped(),
                amount: pay.get(&field).to_owned(),
                field,
            }
        })
        .collect();
    let (from, to) = (period.from.to_string(), period.to.to_string());
    let path = format!("/customers/{id}/account");
    let days = [("from", from.as_str()), ("to", to.as_str())];
    let id_text = id.to_string();
    let statement = [
        ("kind", "Statement"),
        ("channel", "E-mail"),
        ("customer_id", id_text.as_str()),
        ("from", from.as_str()),
        ("to", to.as_str()),
    ];
    Ok(AccountPage {
        email_href: match actor.can(Capability::SendMessages) {
            true => link("/messages/new", &statement),
            false => String::new(),
        },
        may_pay: actor.can(Capability::Sell) && terms.balance_due.is_positive(),
        may_set_terms: actor.can(Capability::EditCatalog),
        methods: Choice::list(
            PaymentMethod::ALL.iter().map(|m| (m.as_str(), m.as_str())),
            pay.get("payment_method"),
        ),
        price_lists: Choice::list(
            std::iter::once((String::new(), "List prices".to_owned())).chain(
                lists
                    .iter()
                    .filter(|list| list.is_active || Some(list.id) == terms.price_list_id)
                    .map(|list| (list.id.to_string(), list.name.clone())),
            ),
            terms_form.get("price_list_id"),
        ),
        open_href: link(
            "/invoices",
            &[("customer_id", &id.to_string()), ("status", "Sent")],
        ),
        pdf_href: link(&format!("{path}/document.pdf"), &days),
        csv_href: link(&path, &[days.as_slice(), &[("format", "csv")]].concat()),
        id: id.to_string(),
        customer_href: format!("/customers/{id}"),
        opening: account.opening.grouped(),
        closing: account.closing.grouped(),
        rows: account
            .entries
            .iter()
            .map(|entry| Entry {
                date: long_date(entry.entry_date),
                text: format!("{} {}", entry.kind, entry.number),
                href: format!("/invoices/{}", entry.invoice_id),
                due: entry.due_date.map(long_date).unwrap_or_default(),
                charged: blank(entry.charged),
                paid: blank(entry.paid),
                balance: entry.balance.grouped(),
            })
            .collect(),
        name: account.customer_name,
        balance: terms.balance_due.grouped(),
        credit_used: terms.credit_used.grouped(),
        credit_limit: terms.credit_limit.map_or_else(|| "None".into(), Money::grouped),
        price_list: terms.price_list_name.unwrap_or_else(|| "List prices".into()),
        days: terms.payment_terms_days.map_or_else(
            || "At once".into(),
            |days| {
                if days == 1 {
                    "1 day".into()
                } else {
                    format!("{days} days")
                }
            },
        ),
        from,
        to,
        spread: open_invoices.iter().any(|invoice| !invoice.amount.is_empty())
            || !pay_errors.of("allocations").is_empty(),
        open_invoices,
        pay,
        pay_errors,
        terms: terms_form,
        terms_errors,
        form_key: form_key(),
        frame: visitor.frame.titled("Account"),
    })
}

/// `GET /customers/{id}/account`
pub async fn account(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let days = period(query.as_deref(), state.shop.today())?;
    let is_file = file::is_asked(&query.unwrap_or_default());
    if is_file {
        let account = wholesale::account(&state.shop, &visitor.actor, id, days).await?;
        let name = format!("statement-{id}-{}", days.to);
        return Ok(file::small_csv(&visitor.actor, &name, &account.rows())?);
    }
    show(&page(&state, visitor, id, days, Typed::Nothing).await?)
}

/// `GET /customers/{id}/account/document.pdf`
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let days = period(query.as_deref(), state.shop.today())?;
    let printed = wholesale::print_account(&state.shop, &visitor.actor, id, days).await?;
    Ok(super::invoices::pdf(&printed.file_name, printed.pdf))
}

/// `POST /customers/{id}/payments`
pub async fn pay(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/customers/{id}/payments"));
    let (outcome, parts) = match payment(&form) {
        Ok((payment, parts)) => (
            wholesale::pay(&state.shop, &visitor.actor, id, payment).await,
            parts,
        ),
        Err(refusal) => (Err(refusal), Vec::new()),
    };
    let back = format!("/customers/{id}/account");
    match outcome {
        Ok(receipt) => {
            let change = if receipt.change_due.is_positive() {
                format!(" Give {} change.", receipt.change_due.ghs())
            } else {
                String::new()
            };
            let many = match receipt.parts.len() {
                1 => "1 invoice".to_owned(),
                many => format!("{many} invoices"),
            };
            let word = format!("{} is taken for {many}.{change}", receipt.payment.amount.ghs());
            Ok(redirect(&back, Some(("good", &word))))
        }
        Err(Refusal::Replay(_)) => Ok(redirect(&back, None)),
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            for error in &mut errors.list {
                let nth = error
                    .name
                    .strip_prefix("allocations_")
                    .and_then(|rest| rest.split('_').next()?.parse::<usize>().ok());
                if let Some(name) = nth.and_then(|n| parts.get(n)) {
                    error.name = name.clone();
                }
            }
            again(&state, visitor, id, Typed::Payment(form, errors)).await
        }
    }
}

/// `POST /customers/{id}/terms`
pub async fn set_terms(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<CustomerId>,
    form: Form,
) -> PageResult {
    let outcome = match form.parse::<TermsChange>(&[]) {
        Ok(change) => wholesale::set_terms(&state.shop, &visitor.actor, id, change).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => Ok(redirect(
            &format!("/customers/{id}/account"),
            Some(("good", "The terms are saved.")),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            again(&state, visitor, id, Typed::Terms(form, errors)).await
        }
    }
}

async fn again(state: &AppState, visitor: Visitor, id: CustomerId, typed: Typed) -> PageResult {
    let days = period(None, state.shop.today())?;
    let page = page(state, visitor, id, days, typed).await?;
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
