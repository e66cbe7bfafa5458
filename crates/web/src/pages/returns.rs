//! Returns: the list, one of them, the form that takes goods back or asks for it, and requests.

use super::invoices::{pdf, when};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Head, ListPage};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use app::invoices::{self, InvoiceDetail, Layout};
use app::returns::{self, Decline, NewRefund, NewReturn, NewReturnLine, Return, ReturnRequest};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use domain::{
    Amount, Disposition, InvoiceId, Money, PaymentMethod, ReturnId, ReturnRequestId, ReturnRequestStatus,
};
use http::StatusCode;

/// templates/pages/returns.html
#[derive(Debug, Template)]
#[template(path = "pages/returns.html")]
pub struct Returns {
    frame: Frame,
    q: String,
    from: String,
    to: String,
    clear_href: String,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<ReturnRow>,
    asked: Vec<AskedRow>,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct ReturnRow {
    href: String,
    number: String,
    date: String,
    invoice: String,
    invoice_href: String,
    customer: String,
    reason: String,
    total: String,
}

#[derive(Debug)]
struct AskedRow {
    href: String,
    invoice: String,
    who: String,
    when: String,
    reason: String,
}

fn asked_row(state: &AppState, request: &ReturnRequest) -> AskedRow {
    AskedRow {
        href: format!("/return-requests/{}", request.id),
        invoice: request.invoice_number.clone(),
        who: request.requested_by_name.clone().unwrap_or_default(),
        when: when(&state.shop, request.created_at),
        reason: request.reason.clone(),
    }
}

/// `GET /returns`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query("/returns", &query.unwrap_or_default(), &returns::LIST);
    let page = app::lists::page::<Return>(&state.shop, &returns::LIST, &list.request).await?;
    let asked = returns::open_requests(&state.shop, None).await?;
    let rows: Vec<ReturnRow> = page
        .data
        .iter()
        .map(|r| ReturnRow {
            href: format!("/returns/{}", r.id),
            number: r.return_number.clone(),
            date: long_date(r.return_date),
            invoice: r.invoice_number.clone(),
            invoice_href: format!("/invoices/{}", r.invoice_id),
            customer: r.customer_name.clone().unwrap_or_else(|| "Walk-in".into()),
            reason: r.reason.clone(),
            total: r.total_amount.grouped(),
        })
        .collect();
    show(&Returns {
        q: list.q().into(),
        from: list.filter("from").into(),
        to: list.filter("to").into(),
        clear_href: list.clear_href(),
        filtered: list.filtered(),
        heads: vec![
            list.head("Credit note", "", false),
            list.head("Date", "return_date", false),
            list.head("Invoice", "", false),
            list.head("Customer", "", false),
            list.head("Why", "", false),
            list.head("Credited", "", true),
        ],
        shown: list.shown(rows.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        asked: asked.iter().map(|r| asked_row(&state, r)).collect(),
        rows,
        frame: visitor.frame.titled("Returns"),
    })
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

/// templates/pages/return_form.html
#[derive(Debug, Template)]
#[template(path = "pages/return_form.html")]
pub struct ReturnForm {
    frame: Frame,
    id: String,
    invoice_number: String,
    asks: bool,
    title: String,
    lines: Vec<FormLine>,
    refunds: Vec<FormRefund>,
    other_methods: Vec<Choice>,
    other_instead: Vec<Choice>,
    other_amount: String,
    other_reference: String,
    other_error: String,
    reason: String,
    worth: String,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct FormLine {
    title: String,
    code: String,
    price: String,
    hint: String,
    quantity_name: String,
    quantity: String,
    disposition_name: String,
    dispositions: Vec<Choice>,
    error: String,
    disposition_error: String,
}

#[derive(Debug)]
struct FormRefund {
    label: String,
    hint: String,
    amount_name: String,
    amount: String,
    reference_name: String,
    reference: String,
    wants_reference: bool,
    error: String,
}

/// How many of each line can still come back.
fn left(detail: &InvoiceDetail, line_number: i32) -> i32 {
    let Some(line) = detail.lines.iter().find(|l| l.line_number == line_number) else {
        return 0;
    };
    if line.released_at.is_some() {
        return 0;
    }
    let back: i32 = detail
        .returns
        .iter()
        .flat_map(|r| &r.lines)
        .filter(|l| l.line_number == line_number)
        .map(|l| l.quantity)
        .sum();
    line.quantity - back
}

/// What was typed, and where each part of it stands in the form.
struct Typed {
    wish: NewReturn,
    places: Vec<i32>,
    refund_places: Vec<String>,
}

/// "5,140.50" and "5 140.5" as people type them.
fn amount(text: &str, place: &str) -> Result<Amount, Refusal> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | ' ' | '\u{a0}'))
        .collect();
    plain
        .parse()
        .map_err(|e: domain::MoneyError| Refusal::invalid(format!("/{place}"), e.to_string()))
}

/// Reads the form as the command that the API takes.
fn read(
    detail: &InvoiceDetail,
    tenders: &[(PaymentMethod, Money)],
    form: &Form,
    with_money: bool,
) -> Result<Typed, Refusal> {
    let (mut lines, mut places) = (Vec::new(), Vec::new());
    for line in &detail.lines {
        let name = format!("quantity_{}", line.line_number);
        let typed = form.get(&name).trim();
        if matches!(typed, "" | "0") {
            continue;
        }
        let quantity: u32 = typed
            .parse()
            .map_err(|_| Refusal::invalid(format!("/{name}"), "A quantity is a whole number."))?;
        let name = format!("disposition_{}", line.line_number);
        let disposition = form
            .get(&name)
            .parse()
            .map_err(|e: domain::TextError| Refusal::invalid(format!("/{name}"), e.to_string()))?;
        lines.push(NewReturnLine {
            line_number: line.line_number.unsigned_abs(),
            quantity,
            disposition,
        });
        places.push(line.line_number);
    }
    let (mut refunds, mut refund_places) = (Vec::new(), Vec::new());
    let reference = |name: &str| {
        form.get(name)
            .parse()
            .map(Some)
            .map_err(|e: String| Refusal::invalid(format!("/{name}"), e))
    };
    if with_money {
        for (n, (method, _)) in tenders.iter().enumerate() {
            let place = format!("refund_{n}");
            if !matches!(form.get(&place).trim(), "" | "0" | "0.00") {
                refunds.push(NewRefund {
                    payment_method: *method,
                    amount: amount(form.get(&place), &place)?,
                    reference: reference(&format!("reference_{n}"))?,
                    instead_of: None,
                });
                refund_places.push(place);
            }
        }
        if !matches!(form.get("other_amount").trim(), "" | "0" | "0.00") {
            refunds.push(NewRefund {
                payment_method: form
                    .get("other_method")
                    .parse()
                    .map_err(|_| Refusal::invalid("/other_method", "Choose how the money is given back."))?,
                amount: amount(form.get("other_amount"), "other_amount")?,
                reference: reference("other_reference")?,
                instead_of: form.get("other_instead").parse().ok(),
            });
            refund_places.push("other_amount".into());
        }
    }
    Ok(Typed {
        wish: NewReturn {
            reason: form
                .get("reason")
                .parse()
                .map_err(|_| Refusal::invalid("/reason", "Say why it comes back."))?,
            lines,
            refunds,
        },
        places,
        refund_places,
    })
}

/// Points at the fields of the form instead of those of the body.
fn in_the_form(refusal: Refusal, places: &[i32], refunds: &[String]) -> Refusal {
    let Refusal::Invalid(mut errors) = refusal else {
        return refusal;
    };
    for error in &mut errors {
        let parts: Vec<&str> = error.pointer.trim_start_matches('/').split('/').collect();
        let index = parts.get(1).and_then(|n| n.parse::<usize>().ok());
        let place = match (parts.first().copied(), index) {
            (Some("lines"), Some(n)) => places.get(n).map(|line| match parts.get(2) {
                Some(&"disposition") => format!("/disposition_{line}"),
                _ => format!("/quantity_{line}"),
            }),
            (Some("refunds"), Some(n)) => refunds.get(n).map(|place| format!("/{place}")),
            (Some("lines" | "refunds"), None) => Some(String::new()),
            _ => None,
        };
        if let Some(place) = place {
            error.pointer = place;
        }
    }
    Refusal::Invalid(errors)
}

/// The form as it is typed; a first look proposes everything that is left, as it was paid.
async fn form_page(
    state: &AppState,
    visitor: Visitor,
    detail: &InvoiceDetail,
    mut form: Form,
    errors: Errors,
    mut worth: String,
) -> Result<ReturnForm, Refusal> {
    let id = detail.invoice.id;
    let tenders = returns::tenders_left(&state.shop, id).await?;
    if form.names().next().is_none() {
        let fields: Vec<(String, String)> = detail
            .lines
            .iter()
            .flat_map(|l| {
                let first = if l.asset_id.is_some() {
                    "Diagnostics"
                } else {
                    "Restock"
                };
                [
                    (
                        format!("quantity_{}", l.line_number),
                        left(detail, l.line_number).to_string(),
                    ),
                    (format!("disposition_{}", l.line_number), first.to_owned()),
                ]
            })
            .chain([("reason".to_owned(), "-".to_owned())])
            .collect();
        let proposed = Form::from_pairs(fields.clone());
        let mut fields: Vec<(String, String)> = fields.into_iter().filter(|(n, _)| n != "reason").collect();
        if let Ok(typed) = read(detail, &tenders, &proposed, false)
            && let Ok(preview) = returns::preview(&state.shop, id, &typed.wish).await
        {
            fields.extend(money_fields(&tenders, &preview.refunds));
            worth = preview.total.grouped();
        }
        form = Form::from_pairs(fields);
    }
    let asks = !visitor.actor.can(Capability::ApproveReturns);
    Ok(ReturnForm {
        id: id.to_string(),
        invoice_number: detail.invoice.invoice_number.clone(),
        asks,
        title: if asks {
            "Ask for a return".into()
        } else {
            "Take goods back".into()
        },
        lines: detail
            .lines
            .iter()
            .filter(|l| left(detail, l.line_number) > 0)
            .map(|l| {
                let quantity_name = format!("quantity_{}", l.line_number);
                let disposition_name = format!("disposition_{}", l.line_number);
                let allowed = if l.asset_id.is_some() {
                    Disposition::OF_DEVICES
                } else {
                    Disposition::OF_ITEMS
                };
                FormLine {
                    title: l.item_description.clone(),
                    code: l.asset_tag.clone().or_else(|| l.sku.clone()).unwrap_or_default(),
                    price: l.unit_price.grouped(),
                    hint: match left(detail, l.line_number) {
                        1 => "1 can come back; 0 keeps it with the customer.".into(),
                        many => format!("{many} can come back; 0 keeps them with the customer."),
                    },
                    quantity: form.get(&quantity_name).into(),
                    dispositions: Choice::list(
                        allowed.iter().map(|d| (d.as_str(), became(*d))),
                        form.get(&disposition_name),
                    ),
                    error: errors.of(&quantity_name).into(),
                    disposition_error: errors.of(&disposition_name).into(),
                    quantity_name,
                    disposition_name,
                }
            })
            .collect(),
        refunds: tenders
            .iter()
            .enumerate()
            .filter(|(_, (_, left))| left.is_positive())
            .map(|(n, (method, left))| FormRefund {
                label: format!("Give back by {method}"),
                hint: format!("{method} paid {} that was not given back.", left.ghs()),
                amount: form.get(&format!("refund_{n}")).into(),
                reference: form.get(&format!("reference_{n}")).into(),
                wants_reference: *method != PaymentMethod::Cash,
                error: errors.of(&format!("refund_{n}")).into(),
                amount_name: format!("refund_{n}"),
                reference_name: format!("reference_{n}"),
            })
            .collect(),
        other_methods: method_choices(form.get("other_method")),
        other_instead: Choice::list(
            tenders.iter().map(|(m, _)| (m.as_str(), m.as_str())),
            form.get("other_instead"),
        ),
        other_amount: form.get("other_amount").into(),
        other_reference: form.get("other_reference").into(),
        other_error: errors.of("other_amount").into(),
        reason: form.get("reason").into(),
        worth,
        form_key: form_key(),
        errors,
        frame: visitor
            .frame
            .titled(format!("Return of {}", detail.invoice.invoice_number)),
    })
}

fn money_fields(
    tenders: &[(PaymentMethod, Money)],
    refunds: &[(PaymentMethod, Money)],
) -> Vec<(String, String)> {
    tenders
        .iter()
        .enumerate()
        .map(|(n, (method, _))| {
            let part = refunds.iter().find(|(m, _)| m == method);
            (
                format!("refund_{n}"),
                part.map(|(_, amount)| amount.to_string()).unwrap_or_default(),
            )
        })
        .collect()
}

/// `GET /invoices/{id}/return`
pub async fn form(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
) -> PageResult {
    let detail = invoices::find(&state.shop, id).await?;
    let page = form_page(
        &state,
        visitor,
        &detail,
        Form::default(),
        Errors::default(),
        String::new(),
    )
    .await?;
    show(&page)
}

/// `POST /invoices/{id}/return`: works the money out, takes the goods back, or asks for it.
pub async fn take_back(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
    form: Form,
) -> PageResult {
    let detail = invoices::find(&state.shop, id).await?;
    let tenders = returns::tenders_left(&state.shop, id).await?;
    if form.get("act") == "reckon" {
        return reckon(&state, visitor, &detail, &tenders, form).await;
    }
    visitor.actor.request.idempotency = form.idempotency(&format!("/invoices/{id}/return"));
    let asks = !visitor.actor.can(Capability::ApproveReturns);
    let outcome = match read(&detail, &tenders, &form, true) {
        Ok(typed) => {
            let Typed {
                wish,
                places,
                refund_places,
            } = typed;
            let done = if asks {
                returns::request(&state.shop, &visitor.actor, id, wish)
                    .await
                    .map(|made| format!("/return-requests/{}", made.id))
            } else {
                returns::take_back(&state.shop, &visitor.actor, id, wish)
                    .await
                    .map(|taken| format!("/returns/{}", taken.made.head.id))
            };
            done.map_err(|refusal| in_the_form(refusal, &places, &refund_places))
        }
        Err(refusal) => Err(refusal),
    };
    let word = if asks {
        "A Manager is asked for this return."
    } else {
        "The goods are back."
    };
    match outcome {
        Ok(href) => Ok(redirect(&href, Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/invoices/{id}"), None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(&state, visitor, &detail, form, errors, String::new()).await?,
            )
        }
    }
}

/// The same form with what the chosen lines are worth, as it was paid.
async fn reckon(
    state: &AppState,
    visitor: Visitor,
    detail: &InvoiceDetail,
    tenders: &[(PaymentMethod, Money)],
    form: Form,
) -> PageResult {
    let keep = |name: &str| {
        !name.starts_with("refund_") && !name.starts_with("other_") && name != "form_key" && name != "act"
    };
    let mut fields: Vec<(String, String)> = form
        .names()
        .filter(|name| keep(name))
        .map(|name| (name.to_owned(), form.get(name).to_owned()))
        .collect();
    let mut asked = fields.clone();
    if form.get("reason").trim().is_empty() {
        asked.retain(|(name, _)| name != "reason");
        asked.push(("reason".into(), "-".into()));
    }
    let worked = match read(detail, tenders, &Form::from_pairs(asked), false) {
        Ok(typed) => returns::preview(&state.shop, detail.invoice.id, &typed.wish)
            .await
            .map_err(|refusal| in_the_form(refusal, &typed.places, &[])),
        Err(refusal) => Err(refusal),
    };
    match worked {
        Ok(preview) => {
            fields.extend(money_fields(tenders, &preview.refunds));
            let worth = preview.total.grouped();
            show(
                &form_page(
                    state,
                    visitor,
                    detail,
                    Form::from_pairs(fields),
                    Errors::default(),
                    worth,
                )
                .await?,
            )
        }
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &form_page(state, visitor, detail, form, errors, String::new()).await?,
            )
        }
    }
}

/// templates/pages/return_request.html
#[derive(Debug, Template)]
#[template(path = "pages/return_request.html")]
pub struct RequestPage {
    frame: Frame,
    id: String,
    invoice: String,
    invoice_href: String,
    chip: Chip,
    sub: String,
    reason: String,
    lines: Vec<ReturnedLine>,
    refunds: Vec<(String, String)>,
    outcome: String,
    outcome_href: String,
    may_decide: bool,
    decline_reason: String,
    form_key: String,
    errors: Errors,
}

async fn request_page(
    state: &AppState,
    visitor: Visitor,
    id: ReturnRequestId,
    form: &Form,
    errors: Errors,
) -> Result<RequestPage, Refusal> {
    let request = returns::request_find(&state.shop, id).await?;
    let detail = invoices::find(&state.shop, request.invoice_id).await?;
    let wish = returns::request::wished(&request)?;
    let decider = request.decided_by_name.as_deref().unwrap_or("Somebody");
    let (outcome, outcome_href) = match request.status {
        ReturnRequestStatus::Requested => (String::new(), String::new()),
        ReturnRequestStatus::Approved => (
            format!(
                "{decider} approved it: {}",
                request.return_number.as_deref().unwrap_or("")
            ),
            request
                .return_id
                .map(|id| format!("/returns/{id}"))
                .unwrap_or_default(),
        ),
        ReturnRequestStatus::Declined => (
            format!(
                "{decider} declined it: {}",
                request.decline_reason.as_deref().unwrap_or("")
            ),
            String::new(),
        ),
    };
    let lines = wish
        .lines
        .iter()
        .filter_map(|w| {
            let line = detail
                .lines
                .iter()
                .find(|l| l.line_number.unsigned_abs() == w.line_number)?;
            let quantity = i32::try_from(w.quantity).ok()?;
            Some(ReturnedLine {
                title: line.item_description.clone(),
                code: line
                    .asset_tag
                    .clone()
                    .or_else(|| line.sku.clone())
                    .unwrap_or_default(),
                href: match (line.asset_id, line.bulk_stock_id) {
                    (Some(id), _) => format!("/devices/{id}"),
                    (_, Some(id)) => format!("/stock/{id}"),
                    _ => String::new(),
                },
                quantity: w.quantity.to_string(),
                what: became(w.disposition).into(),
                total: line
                    .unit_price
                    .checked_mul_quantity(quantity)
                    .map(Money::grouped)
                    .unwrap_or_default(),
            })
        })
        .collect();
    Ok(RequestPage {
        id: id.to_string(),
        invoice: request.invoice_number.clone(),
        invoice_href: format!("/invoices/{}", request.invoice_id),
        chip: Chip::toned(request.status.as_str(), request.status.tone()),
        sub: format!(
            "{} · asked by {} · {}",
            request.customer_name.as_deref().unwrap_or("Walk-in"),
            request.requested_by_name.as_deref().unwrap_or("BizHub"),
            when(&state.shop, request.created_at)
        ),
        reason: request.reason.clone(),
        lines,
        refunds: wish
            .refunds
            .iter()
            .map(|r| (r.payment_method.to_string(), r.amount.money().grouped()))
            .collect(),
        outcome,
        outcome_href,
        may_decide: request.status == ReturnRequestStatus::Requested
            && visitor.actor.can(Capability::ApproveReturns),
        decline_reason: form.get("reason").into(),
        form_key: form_key(),
        errors,
        frame: visitor
            .frame
            .titled(format!("Return asked for {}", request.invoice_number)),
    })
}

/// `GET /return-requests/{id}`
pub async fn request_find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<ReturnRequestId>,
) -> PageResult {
    show(&request_page(&state, visitor, id, &Form::default(), Errors::default()).await?)
}

async fn decided(
    state: &AppState,
    visitor: Visitor,
    id: ReturnRequestId,
    form: &Form,
    outcome: Result<&str, Refusal>,
) -> PageResult {
    let here = format!("/return-requests/{id}");
    match outcome {
        Ok(word) => Ok(redirect(&here, Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&here, None)),
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            // What was asked for does not fit any more: there is no field of it here.
            if let Some(first) = errors.list.iter().find(|e| e.name != "reason") {
                errors.summary = first.text.clone();
            }
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &request_page(state, visitor, id, form, errors).await?,
            )
        }
    }
}

/// `POST /return-requests/{id}/approve`
pub async fn approve(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ReturnRequestId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/return-requests/{id}/approve"));
    let outcome = returns::approve(&state.shop, &visitor.actor, id).await;
    decided(&state, visitor, id, &form, outcome.map(|_| "The return is made.")).await
}

/// `POST /return-requests/{id}/decline`
pub async fn decline(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<ReturnRequestId>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/return-requests/{id}/decline"));
    let outcome = match form.parse::<Decline>(&[]) {
        Ok(why) => returns::decline(&state.shop, &visitor.actor, id, why)
            .await
            .map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    decided(
        &state,
        visitor,
        id,
        &form,
        outcome.map(|()| "The request is declined."),
    )
    .await
}
