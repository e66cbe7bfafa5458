//! Returns: the list and one of them. The form that takes goods back, the exchange and the requests stand beside it.

mod exchange;
mod goods_back;
mod requests;

pub use exchange::{exchange, exchange_form};
pub use goods_back::{form, take_back};
pub use requests::{approve, decline, request_find};

use crate::AppState;
use crate::components::{Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use crate::pages::invoices::{pdf, when};
use crate::pages::{PageResult, show, show_with};
use app::invoices::{self, Layout};
use app::returns::{self, NewRefund, Return, ReturnRequest};
use app::{Actor, Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{Disposition, ListName, PaymentMethod, ReturnId};
use http::StatusCode;

impl Listed for Return {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        self.return_number.clone()
    }
    fn href(&self) -> String {
        format!("/returns/{}", self.id)
    }
    fn leads_to(&self, column: &str, _: &Actor) -> String {
        match column {
            "invoice_number" => format!("/invoices/{}", self.invoice_id),
            _ => String::new(),
        }
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Returns,
    path: "/returns",
    spec: &returns::LIST,
    title: "Returns",
    row: "Credit note",
    row_sort: "id",
    search: "Number, invoice or customer",
};

fn asked_row(state: &AppState, request: &ReturnRequest) -> (String, Vec<String>) {
    (
        format!("/return-requests/{}", request.id),
        vec![
            request.invoice_number.clone(),
            request.requested_by_name.clone().unwrap_or_default(),
            when(&state.shop, request.created_at),
            request.reason.clone(),
        ],
    )
}

/// `GET /returns`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch =
        |shop, request| async move { app::lists::page::<Return>(&shop, &returns::LIST, &request).await };
    let (listing, page) = match Listing::<Return>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let asked = returns::open_requests(&state.shop, None).await?;
    let asked = asked.iter().map(|r| asked_row(&state, r)).collect();
    let customer = match listing.filter("customer_id").parse() {
        Ok(id) => app::customers::find(&state.shop, id)
            .await
            .map(|c| c.full_name)
            .unwrap_or_default(),
        Err(_) => String::new(),
    };
    listing
        .view(&state, visitor, &page)
        .back("Invoices", "/invoices")
        .waiting(
            "Waiting for a decision",
            &["Invoice", "Asked by", "When", "Why"],
            asked,
        )
        .day("From", "from")
        .day("To", "to")
        .named("customer_id", "Customer", customer)
        .named("invoice_id", "Invoice", String::new())
        .named("return_date", "Date", String::new())
        .empty(
            "No return is like that",
            "Nothing came back yet",
            "A return begins on the page of its invoice.",
            "undo-2",
        )
        .offer(true, "Show invoices", "/invoices")
        .show()
}

/// templates/pages/return.html
#[derive(Debug, Template)]
#[template(path = "pages/return.html")]
pub struct ReturnPage {
    frame: Frame,
    id: String,
    number: String,
    date: String,
    invoice: String,
    invoice_href: String,
    sub: String,
    reason: String,
    lines: Vec<ReturnedLine>,
    sums: Vec<(String, String)>,
    total: String,
    refunds: Vec<GivenBack>,
    owed: String,
    may_refund: bool,
    methods: Vec<Choice>,
    instead: Vec<Choice>,
    amount: String,
    reference: String,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct ReturnedLine {
    title: String,
    code: String,
    href: String,
    quantity: String,
    what: String,
    total: String,
}

#[derive(Debug)]
struct GivenBack {
    label: String,
    reference: String,
    when: String,
    amount: String,
    href: String,
}

fn became(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Diagnostics => "To diagnostics",
        Disposition::Repair => "To the repair bench",
        Disposition::Scrap => "Scrapped",
        Disposition::Restock => "Back on the shelf",
    }
}

async fn return_page(
    state: &AppState,
    visitor: Visitor,
    id: ReturnId,
    form: &Form,
    errors: Errors,
) -> Result<ReturnPage, Refusal> {
    let detail = returns::find(&state.shop, id).await?;
    let invoice = invoices::find(&state.shop, detail.head.invoice_id).await?.invoice;
    let head = detail.head;
    let owed = invoice.credit_due;
    let tenders = returns::tenders_left(&state.shop, invoice.id).await?;
    let mut sums = vec![("Subtotal".to_owned(), head.subtotal.grouped())];
    sums.extend(
        head.tax_lines
            .iter()
            .map(|t| (t.name.clone(), t.amount.grouped())),
    );
    if sums.len() == 1 {
        sums.clear();
    }
    Ok(ReturnPage {
        id: id.to_string(),
        date: long_date(head.return_date),
        invoice: head.invoice_number,
        invoice_href: format!("/invoices/{}", head.invoice_id),
        sub: format!(
            "{} · taken back by {}",
            head.customer_name.as_deref().unwrap_or("Walk-in"),
            head.approved_by_name.as_deref().unwrap_or("BizHub")
        ),
        reason: head.reason,
        lines: detail
            .lines
            .iter()
            .map(|l| ReturnedLine {
                title: l.item_description.clone(),
                code: l.asset_tag.clone().or_else(|| l.sku.clone()).unwrap_or_default(),
                href: match (l.asset_id, l.bulk_stock_id) {
                    (Some(id), _) => format!("/devices/{id}"),
                    (_, Some(id)) => format!("/stock/{id}"),
                    _ => String::new(),
                },
                quantity: l.quantity.to_string(),
                what: became(l.disposition).into(),
                total: l.line_total.grouped(),
            })
            .collect(),
        sums,
        total: head.total_amount.grouped(),
        refunds: detail
            .refunds
            .iter()
            .map(|r| GivenBack {
                label: match r.exchange_invoice_id {
                    Some(_) => "Paid another invoice".into(),
                    None => match r.instead_of {
                        Some(other) => format!("{} instead of {other}", r.payment_method),
                        None => r.payment_method.to_string(),
                    },
                },
                reference: r.reference.clone().unwrap_or_default(),
                when: when(&state.shop, r.created_at),
                amount: r.amount.grouped(),
                href: r
                    .exchange_invoice_id
                    .map(|id| format!("/invoices/{id}"))
                    .unwrap_or_default(),
            })
            .collect(),
        owed: if owed.is_positive() {
            owed.grouped()
        } else {
            String::new()
        },
        may_refund: owed.is_positive() && visitor.actor.can(Capability::ApproveReturns),
        methods: method_choices(form.get("payment_method")),
        instead: Choice::list(
            tenders.iter().map(|(m, _)| (m.as_str(), m.as_str())),
            form.get("instead_of"),
        ),
        amount: match form.get("amount") {
            "" => owed.to_string(),
            typed => typed.to_owned(),
        },
        reference: form.get("reference").into(),
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled(head.return_number.clone()),
        number: head.return_number,
    })
}

fn method_choices(chosen: &str) -> Vec<Choice> {
    Choice::list(
        PaymentMethod::ALL.iter().map(|m| (m.as_str(), m.as_str())),
        chosen,
    )
}

/// `GET /returns/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ReturnId>,
) -> PageResult {
    show(&return_page(&state, visitor, id, &Form::default(), Errors::default()).await?)
}

/// `POST /returns/{id}/refunds`
pub async fn refund(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ReturnId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/returns/{id}/refunds"));
    let outcome = match form.parse::<NewRefund>(&[]) {
        Ok(new) => returns::refund(&state.shop, &visitor.actor, id, new)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => Ok(redirect(
            &format!("/returns/{id}"),
            Some(("good", "The money is given back.")),
        )),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/returns/{id}"), None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &return_page(&state, visitor, id, &form, errors).await?,
            )
        }
    }
}

/// `GET /returns/{id}/document.pdf?layout=a4|receipt`
pub async fn document(
    State(state): State<AppState>,
    _visitor: Visitor,
    PathId(id): PathId<ReturnId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let receipt = query
        .as_deref()
        .is_some_and(|q| q.split('&').any(|p| p == "layout=receipt"));
    let layout = if receipt { Layout::Receipt } else { Layout::A4 };
    let printed = returns::print(&state.shop, id, layout).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
