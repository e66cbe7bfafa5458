//! The form that takes goods back, or asks a Manager to.

use super::{became, method_choices};
use crate::AppState;
use crate::components::{Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::pages::{PageResult, show, show_with};
use app::invoices::{self, InvoiceDetail};
use app::returns::{self, NewRefund, NewReturn, NewReturnLine};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::State;
use domain::{Amount, Disposition, InvoiceId, Money, PaymentMethod};
use http::StatusCode;

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
pub(super) struct FormLine {
    pub(super) title: String,
    pub(super) code: String,
    pub(super) price: String,
    pub(super) hint: String,
    pub(super) quantity_name: String,
    pub(super) quantity: String,
    pub(super) disposition_name: String,
    pub(super) dispositions: Vec<Choice>,
    pub(super) error: String,
    pub(super) disposition_error: String,
}

#[derive(Debug)]
pub(super) struct FormRefund {
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) amount_name: String,
    pub(super) amount: String,
    pub(super) reference_name: String,
    pub(super) reference: String,
    pub(super) wants_reference: bool,
    pub(super) error: String,
}

/// How many of each line can still come back.
pub(super) fn left(detail: &InvoiceDetail, line_number: i32) -> i32 {
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
pub(super) struct Typed {
    pub(super) wish: NewReturn,
    pub(super) places: Vec<i32>,
    pub(super) refund_places: Vec<String>,
}

/// "5,140.50" and "5 140.5" as people type them.
pub(super) fn amount(text: &str, place: &str) -> Result<Amount, Refusal> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | ' ' | '\u{a0}'))
        .collect();
    plain
        .parse()
        .map_err(|e: domain::MoneyError| Refusal::invalid(format!("/{place}"), e.to_string()))
}

/// Reads the form as the command that the API takes.
pub(super) fn read(
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
pub(super) fn in_the_form(refusal: Refusal, places: &[i32], refunds: &[String]) -> Refusal {
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

/// What can come back, as it is typed.
pub(super) fn form_lines(detail: &InvoiceDetail, form: &Form, errors: &Errors) -> Vec<FormLine> {
    detail
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
        .collect()
}

/// What can be given back by each way that it was paid, as it is typed.
pub(super) fn form_refunds(
    tenders: &[(PaymentMethod, Money)],
    form: &Form,
    errors: &Errors,
) -> Vec<FormRefund> {
    tenders
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
        .collect()
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
        lines: form_lines(detail, &form, &errors),
        refunds: form_refunds(&tenders, &form, &errors),
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

pub(super) fn money_fields(
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
