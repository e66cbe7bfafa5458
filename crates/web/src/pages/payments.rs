//! Payments that wait to be confirmed, and a provider's statement.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::api::payments::{options, read};
use crate::components::{Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::problem::Problem;
use crate::upload::Upload;
use app::payments::{self, ClaimedPayment, Compared, Rejection};
use app::{PageRequest, Refusal};
use askama::Template;
use axum::extract::State;
use domain::{InvoiceId, PaymentId, PaymentMethod, PreorderId};
use http::StatusCode;

const CLAIMED: &str = "/payments/claimed";

/// templates/pages/payments_claimed.html
#[derive(Debug, Template)]
#[template(path = "pages/payments_claimed.html")]
pub struct Claimed {
    frame: Frame,
    rows: Vec<Row>,
    more: bool,
    problem: String,
}

/// A payment that waits.
#[derive(Debug)]
struct Row {
    confirm_action: String,
    reject_action: String,
    amount: String,
    method: String,
    reference: String,
    customer: String,
    invoice: String,
    href: String,
    when: String,
    form_key: String,
}

async fn page(state: &AppState, frame: Frame, problem: String) -> Result<Claimed, Refusal> {
    let request = PageRequest {
        limit: 100,
        ..PageRequest::default()
    };
    let page = app::lists::page::<ClaimedPayment>(&state.shop, &payments::CLAIMED, &request).await?;
    Ok(Claimed {
        frame: frame.titled("Claimed payments"),
        more: page.next_cursor.is_some(),
        rows: page
            .data
            .into_iter()
            .map(|p| Row {
                confirm_action: decide_href(&p, "confirm", "confirm-deposit"),
                reject_action: decide_href(&p, "reject", "reject-deposit"),
                amount: p.amount.grouped(),
                method: p.payment_method.to_string(),
                reference: p.reference.unwrap_or_default(),
                customer: p.customer_name.unwrap_or_else(|| "Walk-in".into()),
                href: paper(p.invoice_id, p.preorder_id),
                invoice: p.invoice_number.or(p.preorder_number).unwrap_or_default(),
                when: long_date(p.payment_date),
                form_key: form_key(),
            })
            .collect(),
        problem,
    })
}

/// The invoice or the preorder for which something was paid.
fn paper(invoice: Option<InvoiceId>, preorder: Option<PreorderId>) -> String {
    match (invoice, preorder) {
        (Some(id), _) => format!("/invoices/{id}"),
        (_, Some(id)) => format!("/preorders/{id}"),
        _ => String::new(),
    }
}

/// Where a claim is decided: a deposit by its preorder.
fn decide_href(p: &ClaimedPayment, payment: &str, deposit: &str) -> String {
    match (p.id, p.preorder_id) {
        (Some(id), _) => format!("/payments/{id}/{payment}"),
        (_, Some(id)) => format!("/preorders/{id}/{deposit}"),
        _ => String::new(),
    }
}

/// `GET /payments/claimed`
pub async fn claimed(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    show(&page(&state, visitor.frame, String::new()).await?)
}

async fn back(state: &AppState, visitor: Visitor, outcome: Result<&str, Refusal>) -> PageResult {
    match outcome {
        Ok(word) => Ok(redirect(CLAIMED, Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(CLAIMED, None)),
        Err(refusal @ (Refusal::Conflict { .. } | Refusal::Invalid(_))) => {
            let problem = refusal.sentence();
            show_with(StatusCode::CONFLICT, &page(state, visitor.frame, problem).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /payments/{id}/confirm`
pub async fn confirm(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<PaymentId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/payments/{id}/confirm"));
    let outcome = payments::confirm(&state.shop, &visitor.actor, id, payments::Confirmation::default()).await;
    back(&state, visitor, outcome.map(|_| "The payment is confirmed.")).await
}

/// `POST /payments/{id}/reject`
pub async fn reject(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<PaymentId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/payments/{id}/reject"));
    let outcome = match form.parse::<Rejection>(&["back"]) {
        Ok(word) => payments::reject(&state.shop, &visitor.actor, id, word).await,
        Err(_) => Err(Refusal::invalid(
            "/reason",
            "Say why it is sure that this money never came.",
        )),
    };
    let word = "The payment is taken back: its invoice is open again.";
    back(&state, visitor, outcome.map(|_| word)).await
}

/// templates/pages/payments_statement.html
#[derive(Debug, Template)]
#[template(path = "pages/payments_statement.html")]
pub struct StatementPage {
    frame: Frame,
    methods: Vec<Choice>,
    form_key: String,
    errors: Errors,
    lists: Vec<Difference>,
    summary: String,
}

/// One of the lists that a comparison answers.
#[derive(Debug)]
struct Difference {
    title: &'static str,
    lines: Vec<DifferenceLine>,
}

#[derive(Debug)]
struct DifferenceLine {
    reference: String,
    day: String,
    text: String,
    href: String,
    amount: String,
}

fn statement_page(frame: Frame, fields: &Form, errors: Errors, compared: Option<Compared>) -> StatementPage {
    let mut lists = Vec::new();
    let mut summary = String::new();
    if let Some(c) = compared {
        summary = format!(
            "{} match, {} of them confirmed now. {} in the statement only, {} in the books only, {} with another amount.",
            c.matched.len(),
            c.confirmed,
            c.not_in_books.len(),
            c.not_in_statement.len(),
            c.amounts_differ.len()
        );
        let day = |date: Option<chrono::NaiveDate>| date.map(long_date).unwrap_or_default();
        lists = vec![
            Difference {
                title: "Amounts differ",
                lines: (c.amounts_differ.into_iter())
                    .map(|p| DifferenceLine {
                        text: format!(
                            "{} here, {} in the statement",
                            p.book.amount.ghs(),
                            p.statement.amount.ghs()
                        ),
                        day: day(p.statement.date),
                        href: paper(p.book.invoice_id, p.book.preorder_id),
                        amount: p.statement.amount.grouped(),
                        reference: p.book.reference,
                    })
                    .collect(),
            },
            Difference {
                title: "In the statement, not in the books",
                lines: (c.not_in_books.into_iter())
                    .map(|row| DifferenceLine {
                        day: day(row.date),
                        text: row.sender,
                        href: String::new(),
                        amount: row.amount.grouped(),
                        reference: row.reference,
                    })
                    .collect(),
            },
            Difference {
                title: "In the books, not in the statement",
                lines: (c.not_in_statement.into_iter())
                    .map(|b| DifferenceLine {
                        day: long_date(b.payment_date),
                        text: format!("{} {}", b.customer_name.unwrap_or_default(), b.invoice_numbers),
                        href: paper(b.invoice_id, b.preorder_id),
                        amount: b.amount.grouped(),
                        reference: b.reference,
                    })
                    .collect(),
            },
            Difference {
                title: "Rows that cannot be read",
                lines: (c.unread.into_iter())
                    .map(|u| DifferenceLine {
                        reference: format!("Row {}", u.row),
                        day: String::new(),
                        text: u.reason,
                        href: String::new(),
                        amount: String::new(),
                    })
                    .collect(),
            },
            Difference {
                title: "Matched",
                lines: (c.matched.into_iter())
                    .map(|p| DifferenceLine {
                        day: day(p.statement.date),
                        text: format!(
                            "{}{}",
                            p.book.invoice_numbers,
                            match (p.confirmed_now, p.book.claimed) {
                                (true, _) => ", confirmed now",
                                (_, true) => ", waits to be confirmed",
                                _ => "",
                            }
                        ),
                        href: paper(p.book.invoice_id, p.book.preorder_id),
                        amount: p.book.amount.grouped(),
                        reference: p.book.reference,
                    })
                    .collect(),
            },
        ];
        lists.retain(|list| !list.lines.is_empty());
    }
    StatementPage {
        frame: frame.titled("Provider's statement"),
        methods: Choice::list(
            [PaymentMethod::MoMo, PaymentMethod::BankTransfer].map(|m| (m.as_str(), m.as_str())),
            fields.get("payment_method"),
        ),
        form_key: form_key(),
        errors,
        lists,
        summary,
    }
}

/// `GET /payments/statement`
pub async fn statement_form(visitor: Visitor) -> PageResult {
    show(&statement_page(
        visitor.frame,
        &Form::default(),
        Errors::default(),
        None,
    ))
}

/// `POST /payments/statement`
pub async fn statement(
    State(state): State<AppState>,
    visitor: Visitor,
    upload: Result<Upload, Problem>,
) -> PageResult {
    let (fields, outcome) = match upload {
        Ok(upload) => {
            let compared = async {
                let (method, confirm) = options(&upload.fields)?;
                let statement = read(&upload).await?;
                payments::compare(&state.shop, &visitor.actor, method, statement, confirm).await
            };
            let outcome = compared.await;
            (upload.fields, outcome)
        }
        Err(problem) => (Form::default(), Err(*problem.0)),
    };
    match outcome {
        Ok(compared) => show(&statement_page(
            visitor.frame,
            &fields,
            Errors::default(),
            Some(compared),
        )),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &statement_page(visitor.frame, &fields, errors, None),
            )
        }
    }
}
