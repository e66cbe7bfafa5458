//! Exchanging goods of an invoice for others, with what is owed either way shown before it is done.

use super::goods_back::{
    FormLine, FormRefund, Typed, amount, form_lines, form_refunds, in_the_form, left, money_fields, read,
};
use super::method_choices;
use crate::AppState;
use crate::components::{Choice, Errors};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, redirect};
use crate::pages::{PageResult, show, show_with};
use app::Refusal;
use app::invoices::{self, InvoiceDetail};
use app::returns::{self, NewExchange};
use app::sales::till::{self, Scanned, TillItem};
use app::sales::{NewInvoice, NewLine, NewPayment, NewSale};
use askama::Template;
use axum::extract::State;
use domain::invoice::returns::as_it_came;
use domain::{AssetStatus, InvoiceId, Money, PaymentMethod, Price};
use http::StatusCode;

/// templates/pages/exchange_form.html
#[derive(Debug, Template)]
#[template(path = "pages/exchange_form.html")]
pub struct ExchangeForm {
    frame: Frame,
    id: String,
    invoice_number: String,
    lines: Vec<FormLine>,
    scan: String,
    goods: Vec<NewGoods>,
    reason: String,
    worth: String,
    total: String,
    to_pay: String,
    to_give: String,
    methods: Vec<Choice>,
    pay_amount: String,
    pay_reference: String,
    refunds: Vec<FormRefund>,
    form_key: String,
    errors: Errors,
}

/// Something that goes out instead, as it is typed.
#[derive(Debug)]
struct NewGoods {
    code: String,
    title: String,
    sub: String,
    price: String,
    error: String,
}

/// The goods that go out: their code and their price, as typed.
fn typed_goods(form: &Form) -> Vec<(String, String)> {
    let mut prices = form.all("goods_price");
    form.all("goods")
        .map(|code| {
            let price = prices.next().unwrap_or("").trim().to_owned();
            (code.trim().to_owned(), price)
        })
        .take(app::sales::MOST_LINES)
        .collect()
}

/// "5,140.50" and "5 140.5" as people type them.
fn money(text: &str) -> Option<Money> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | ' ' | '\u{a0}'))
        .collect();
    Money::parse_non_negative(&plain).ok()
}

/// What an exact code names, where it can be sold.
async fn find(state: &AppState, code: &str) -> Result<Result<TillItem, String>, Refusal> {
    Ok(match till::scan(&state.shop, code).await? {
        Scanned::Exact(item) => match item.status {
            Some(status) if status != AssetStatus::ReadyForSale => {
                Err(format!("{} is {status}: it cannot be sold.", item.code))
            }
            _ => Ok(*item),
        },
        Scanned::Found(_) => Err(format!(
            "Nothing has exactly the tag, serial number or SKU {code}."
        )),
    })
}

/// The form as it is typed, with what is owed. A first look proposes the first device that can come back.
async fn page(
    state: &AppState,
    visitor: Visitor,
    detail: &InvoiceDetail,
    mut form: Form,
    mut errors: Errors,
) -> Result<ExchangeForm, Refusal> {
    let id = detail.invoice.id;
    let tenders = returns::tenders_left(&state.shop, id).await?;
    if form.names().next().is_none() {
        let one = detail
            .lines
            .iter()
            .find(|l| l.asset_id.is_some() && left(detail, l.line_number) > 0)
            .map(|l| l.line_number);
        form = Form::from_pairs(detail.lines.iter().flat_map(|l| {
            let back = if Some(l.line_number) == one { "1" } else { "0" };
            let becomes = if l.asset_id.is_some() {
                "Diagnostics"
            } else {
                "Restock"
            };
            [
                (format!("quantity_{}", l.line_number), back.to_owned()),
                (format!("disposition_{}", l.line_number), becomes.to_owned()),
            ]
        }));
    }
    let (mut goods, mut priced) = (Vec::new(), Vec::new());
    for (n, (code, price)) in typed_goods(&form).into_iter().enumerate() {
        let mut row = NewGoods {
            error: errors.of(&format!("goods_{n}")).to_owned(),
            code,
            title: String::new(),
            sub: String::new(),
            price,
        };
        match find(state, &row.code).await? {
            Ok(item) => {
                if row.price.is_empty() {
                    row.price = item.list_price.map(|p| p.to_string()).unwrap_or_default();
                }
                row.title = item.title;
                row.sub = item.sub;
            }
            Err(why) if row.error.is_empty() => row.error = why,
            Err(_) => {}
        }
        match money(&row.price) {
            Some(price) => priced.push((price, 1)),
            None if row.error.is_empty() => row.error = "A price is an amount like 4900 or 4900.50.".into(),
            None => {}
        }
        goods.push(row);
    }
    let total = till::reckon(&state.shop, state.shop.today(), &priced)
        .await?
        .total_amount;
    // A reason is asked for at the end; what comes back is worth the same without it.
    let with_reason = Form::from_pairs(
        form.pairs()
            .filter(|(name, _)| *name != "reason")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain([("reason".to_owned(), "-".to_owned())]),
    );
    let back = match read(detail, &tenders, &with_reason, false) {
        Ok(typed) => returns::preview(&state.shop, id, &typed.wish)
            .await
            .map_err(|refusal| in_the_form(refusal, &typed.places, &[])),
        Err(refusal) => Err(refusal),
    };
    let (mut worth, mut credit) = (Money::ZERO, Money::ZERO);
    match back {
        Ok(preview) => (worth, credit) = (preview.total, preview.credit_due),
        Err(refusal) if errors.summary.is_empty() && errors.list.is_empty() => {
            errors = Errors::from_refusal(refusal)?;
        }
        Err(_) => {}
    }
    let over = |a: Money, b: Money| a.checked_sub(b).filter(|m| m.is_positive());
    let (to_pay, to_give) = (over(total, credit), over(credit, total));
    // Nothing else was typed since: the money follows what comes back and what goes out.
    if form.get("act") != "exchange" {
        let parts = as_it_came(&tenders, to_give.unwrap_or(Money::ZERO));
        let kept = form
            .pairs()
            .filter(|(name, _)| !name.starts_with("refund_") && *name != "pay_amount")
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let pay = to_pay.map(|m| m.to_string()).unwrap_or_default();
        form = Form::from_pairs(
            kept.chain(money_fields(&tenders, &parts))
                .chain([("pay_amount".to_owned(), pay)])
                .collect::<Vec<_>>(),
        );
    }
    let shown = |amount: Option<Money>| amount.map(Money::grouped).unwrap_or_default();
    Ok(ExchangeForm {
        id: id.to_string(),
        invoice_number: detail.invoice.invoice_number.clone(),
        lines: form_lines(detail, &form, &errors),
        scan: form.get("scan").into(),
        goods,
        reason: form.get("reason").into(),
        worth: worth.grouped(),
        total: total.grouped(),
        to_pay: shown(to_pay),
        to_give: shown(to_give),
        methods: method_choices(form.get("pay_method")),
        pay_amount: form.get("pay_amount").into(),
        pay_reference: form.get("pay_reference").into(),
        refunds: form_refunds(&tenders, &form, &errors),
        form_key: match form.get("form_key") {
            "" => form_key(),
            // Pressed again after a lost answer, it is the same exchange.
            key if errors.summary.is_empty() && errors.list.is_empty() => key.to_owned(),
            _ => form_key(),
        },
        errors,
        frame: visitor
            .frame
            .titled(format!("Exchange of {}", detail.invoice.invoice_number)),
    })
}

/// `GET /invoices/{id}/exchange`
pub async fn exchange_form(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
) -> PageResult {
    let detail = invoices::find(&state.shop, id).await?;
    show(&page(&state, visitor, &detail, Form::default(), Errors::default()).await?)
}

/// The sale half, as the API takes it; pointers of what is wrong name the form's fields.
async fn sale_half(state: &AppState, detail: &InvoiceDetail, form: &Form) -> Result<NewSale, Refusal> {
    let mut lines = Vec::new();
    for (n, (code, price)) in typed_goods(form).into_iter().enumerate() {
        let at = format!("/goods_{n}");
        // Whether it can still be sold is the exchange's to say: pressed again, it is the same exchange.
        let Scanned::Exact(item) = till::scan(&state.shop, &code).await? else {
            return Err(Refusal::invalid(
                at,
                format!("Nothing has exactly the tag, serial number or SKU {code}."),
            ));
        };
        let price = money(&price).and_then(|money| Price::try_from(money).ok());
        lines.push(NewLine {
            asset_id: item.asset_id,
            bulk_stock_id: item.bulk_stock_id,
            unit_price: Some(
                price.ok_or_else(|| Refusal::invalid(at, "A price is an amount like 4900 or 4900.50."))?,
            ),
            ..NewLine::default()
        });
    }
    let mut payments = Vec::new();
    if !matches!(form.get("pay_amount").trim(), "" | "0" | "0.00") {
        payments.push(NewPayment {
            payment_method: form.get("pay_method").parse().unwrap_or(PaymentMethod::Cash),
            amount: amount(form.get("pay_amount"), "pay_amount")?,
            reference: match form.get("pay_reference").trim() {
                "" => None,
                text => Some(
                    text.parse()
                        .map_err(|e: String| Refusal::invalid("/pay_reference", e))?,
                ),
            },
            notes: None,
            payment_date: None,
            back_date_reason: None,
            claimed: false,
        });
    }
    let invoice = NewInvoice {
        customer_id: None,
        customer: None,
        customer_type: detail.invoice.customer_type,
        lead_source: None,
        notes: None,
        lines,
        warranty_tier: None,
    };
    Ok(NewSale {
        payments,
        ..invoice.into()
    })
}

/// Points at the fields of the form instead of those of the body.
fn on_the_page(refusal: Refusal, places: &[i32], refunds: &[String]) -> Refusal {
    let mut refusal = in_the_form(refusal, places, refunds);
    if let Refusal::Invalid(errors) = &mut refusal {
        for error in errors {
            let Some(rest) = error.pointer.strip_prefix("/sale/") else {
                continue;
            };
            let mut parts = rest.split('/');
            error.pointer = match (parts.next(), parts.next(), parts.next()) {
                (Some("lines"), Some(n), _) => format!("/goods_{n}"),
                (Some("payments"), Some(_), Some("reference")) => "/pay_reference".into(),
                (Some("payments"), ..) => "/pay_amount".into(),
                _ => String::new(),
            };
        }
    }
    refusal
}

/// `POST /invoices/{id}/exchange`: adds what goes out, works the money out, or exchanges.
pub async fn exchange(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
    form: Form,
) -> PageResult {
    let detail = invoices::find(&state.shop, id).await?;
    let act = form.get("act").to_owned();
    if act != "exchange" {
        return change_goods(&state, visitor, &detail, &form, &act).await;
    }
    let tenders = returns::tenders_left(&state.shop, id).await?;
    let outcome = match (
        read(&detail, &tenders, &form, true),
        sale_half(&state, &detail, &form).await,
    ) {
        (Ok(typed), Ok(sale)) => {
            let Typed {
                wish,
                places,
                refund_places,
            } = typed;
            let new = NewExchange {
                reason: wish.reason,
                lines: wish.lines,
                refunds: wish.refunds,
                sale,
            };
            visitor.actor.request.idempotency = form.idempotency(&format!("/invoices/{id}/exchange"));
            let done = returns::exchange(&state.shop, &visitor.actor, id, new).await;
            visitor.actor.request.idempotency = None;
            done.map(|made| made.invoice.invoice.id.to_string())
                .map_err(|refusal| on_the_page(refusal, &places, &refund_places))
        }
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
    };
    let word = (
        "good",
        "The exchange is made: the goods are back and the others are sold.",
    );
    match outcome {
        Ok(sold) => Ok(redirect(&format!("/invoices/{sold}"), Some(word))),
        Err(Refusal::Replay(answer)) => {
            let sold = answer.field("invoice").and_then(|i| i.get("id").cloned());
            let sold = sold.unwrap_or_default();
            Ok(redirect(&format!("/invoices/{sold}"), Some(word)))
        }
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&state, visitor, &detail, form, errors).await?,
            )
        }
    }
}

/// The same form with one thing more or less that goes out, and the money worked out anew.
async fn change_goods(
    state: &AppState,
    visitor: Visitor,
    detail: &InvoiceDetail,
    form: &Form,
    act: &str,
) -> PageResult {
    let mut goods = typed_goods(form);
    let mut errors = Errors::default();
    let mut scanned = form.get("scan").trim().to_owned();
    if let Some(n) = act.strip_prefix("remove:").and_then(|n| n.parse::<usize>().ok()) {
        if n < goods.len() {
            goods.remove(n);
        }
    } else if !scanned.is_empty() {
        match find(state, &scanned).await? {
            Ok(item) => {
                if !goods.iter().any(|(code, _)| *code == item.code) {
                    let price = item.list_price.map(|p| p.to_string()).unwrap_or_default();
                    goods.push((item.code, price));
                }
                scanned.clear();
            }
            Err(why) => errors.summary = why,
        }
    }
    let kept = form
        .pairs()
        .filter(|(name, _)| !matches!(*name, "goods" | "goods_price" | "scan" | "act"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let goods = goods
        .into_iter()
        .flat_map(|(code, price)| [("goods".to_owned(), code), ("goods_price".to_owned(), price)]);
    let form = Form::from_pairs(
        kept.chain(goods)
            .chain([("scan".to_owned(), scanned)])
            .collect::<Vec<_>>(),
    );
    let status = match errors.summary.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    show_with(status, &page(state, visitor, detail, form, errors).await?)
}
