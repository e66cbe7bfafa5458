//! Invoices: the list, one of them, what can be done with it, and what is printed.

use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event, Tab, link};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use crate::listing::{ListOf, Listed, Listing, Read};
use app::invoices::{self, Cancellation, Invoice, InvoiceDetail, Layout};
use app::sales::till;
use app::{Capability, Refusal, Shop};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::{
    Channel, InvoiceCustomerType, InvoiceId, InvoiceStatus, ListName, MessageKind, Money, PaymentMethod,
    ReturnRequestId, WarrantyStatus,
};
use http::{HeaderValue, StatusCode, header};

/// "Wed 14 Jan 2026, 10:00" in the shop's zone.
pub fn when(shop: &Shop, instant: DateTime<Utc>) -> String {
    instant
        .with_timezone(&shop.zone())
        .format("%a %-d %b %Y, %H:%M")
        .to_string()
}

fn chip(status: InvoiceStatus) -> Chip {
    Chip::toned(status.as_str(), status.tone())
}

impl Listed for Invoice {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn title(&self) -> String {
        self.invoice_number.clone()
    }
    fn href(&self) -> String {
        format!("/invoices/{}", self.id)
    }
}

const LIST: ListOf = ListOf {
    name: ListName::Invoices,
    path: "/invoices",
    spec: &invoices::LIST,
    title: "Invoices",
    row: "Invoice",
    row_sort: "",
    search: "Number or customer",
};

/// `GET /invoices`, and the same as a file
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let fetch =
        |shop, request| async move { app::lists::page::<Invoice>(&shop, &invoices::LIST, &request).await };
    let (listing, page) = match Listing::<Invoice>::read(&state, &visitor, LIST, query, fetch).await? {
        Read::Here(listing, page) => (listing, page),
        Read::Elsewhere(answer) => return Ok(answer),
    };
    let status = listing.filter("status");
    let statuses = [
        InvoiceStatus::Draft,
        InvoiceStatus::Sent,
        InvoiceStatus::Paid,
        InvoiceStatus::Refunded,
        InvoiceStatus::Cancelled,
    ];
    let mut tabs = vec![Tab {
        label: "All".into(),
        href: "/invoices".into(),
        current: status.is_empty(),
        count: String::new(),
    }];
    tabs.extend(statuses.iter().map(|s| Tab {
        label: s.to_string(),
        href: format!("/invoices?status={s}"),
        current: status == s.as_str(),
        count: String::new(),
    }));
    let sellers = till::sellers(&state.shop).await?;
    let customer = match listing.filter("customer_id").parse() {
        Ok(id) => app::customers::find(&state.shop, id)
            .await
            .map(|c| c.full_name)
            .unwrap_or_default(),
        Err(_) => String::new(),
    };
    let sells = visitor.actor.can(Capability::Sell);
    listing
        .view(&state, visitor, &page)
        .tabs("By status", tabs)
        .action(true, "Returns", "/returns", "undo-2")
        .action(sells, "New sale", "/sell", "shopping-cart")
        .select(
            "Seller",
            "sales_rep_id",
            sellers.iter().map(|(id, name)| (id, name.as_str())),
        )
        .select(
            "Kind",
            "customer_type",
            InvoiceCustomerType::ALL.iter().map(|t| (t.as_str(), t.as_str())),
        )
        .day("From", "from")
        .day("To", "to")
        .named("customer_id", "Customer", customer)
        .named("invoice_date", "Date", String::new())
        .named("due_from", "Due from", String::new())
        .named("due_to", "Due to", String::new())
        .empty(
            "No invoice is like that",
            "No invoices yet",
            "Each sale makes one.",
            "file-text",
        )
        .offer(sells, "Start a sale", "/sell")
        .show()
}

/// templates/pages/invoice.html
#[derive(Debug, Template)]
#[template(path = "pages/invoice.html")]
pub struct InvoicePage {
    frame: Frame,
    id: String,
    invoice_number: String,
    chip: Chip,
    date: String,
    customer: String,
    customer_href: String,
    sub: String,
    hold: String,
    lines: Vec<InvoiceItem>,
    is_draft: bool,
    sums: Vec<InvoiceSum>,
    total: String,
    paid: String,
    balance: String,
    profit: String,
    /// With what its devices cost by now; empty where that is the same.
    profit_today: String,
    payments: Vec<PaymentRow>,
    warranties: Vec<WarrantyRow>,
    events: Vec<Event>,
    notes: String,
    may_pay: bool,
    may_send: bool,
    may_cancel: bool,
    may_renew: bool,
    may_release: bool,
    claims: String,
    may_confirm: bool,
    methods: Vec<Choice>,
    amount: String,
    reference: String,
    errors: Errors,
    idempotency_key: String,
    whatsapp_href: String,
    email_href: String,
    credited: String,
    refunded: String,
    credit_due: String,
    returns: Vec<ReturnRow>,
    return_label: &'static str,
    may_exchange: bool,
    asked_href: String,
}

#[derive(Debug)]
struct ReturnRow {
    number: String,
    href: String,
    date: String,
    what: String,
    total: String,
}

#[derive(Debug)]
struct InvoiceItem {
    number: String,
    title: String,
    code: String,
    href: String,
    quantity: String,
    unit_price: String,
    total: String,
    cost: String,
}

#[derive(Debug)]
struct InvoiceSum {
    label: String,
    amount: String,
}

#[derive(Debug)]
struct PaymentRow {
    when: String,
    method: String,
    reference: String,
    who: String,
    amount: String,
}

#[derive(Debug)]
struct WarrantyRow {
    number: String,
    device: String,
    until: String,
    chip: Chip,
    pdf_href: String,
}

/// Total less what the goods cost, where every line has a cost.
fn profit(detail: &InvoiceDetail) -> Option<Money> {
    let mut cost = Money::ZERO;
    for line in &detail.lines {
        cost = cost.checked_add(line.unit_cost?.checked_mul_quantity(line.quantity)?)?;
    }
    let net = detail
        .invoice
        .total_amount
        .checked_sub(detail.invoice.tax_amount)?;
    net.checked_sub(cost)
}

/// The page that writes a message about this invoice, or empty where there is nothing to send or nobody who may.
fn message_href(actor: &app::Actor, detail: &InvoiceDetail, channel: Channel) -> String {
    let kind = match detail.invoice.status {
        InvoiceStatus::Paid | InvoiceStatus::Refunded => MessageKind::Receipt,
        InvoiceStatus::Sent => MessageKind::Invoice,
        InvoiceStatus::Draft | InvoiceStatus::Cancelled => return String::new(),
    };
    if !actor.can(Capability::SendMessages) {
        return String::new();
    }
    let id = detail.invoice.id.to_string();
    let query = [
        ("kind", kind.as_str()),
        ("channel", channel.as_str()),
        ("invoice_id", &id),
    ];
    link("/messages/new", &query)
}

fn event(icon: &str, tone: &str, title: String, who: String, shop: &Shop, at: DateTime<Utc>) -> Event {
    Event {
        icon: icon.into(),
        tone: tone.into(),
        title,
        detail: String::new(),
        who,
        when: when(shop, at),
        when_iso: at.to_rfc3339(),
        href: String::new(),
    }
}

fn amount_or_none(amount: Money) -> String {
    if amount.is_positive() {
        amount.grouped()
    } else {
        String::new()
    }
}

/// What happened to it, the newest first.
fn events(shop: &Shop, detail: &InvoiceDetail) -> Vec<Event> {
    let invoice = &detail.invoice;
    let mut events: Vec<Event> = detail
        .payments
        .iter()
        .map(|p| {
            let title = format!("{} {} taken", p.amount.ghs(), p.payment_method);
            let who = p.received_by_name.clone().unwrap_or_default();
            event("banknote", "good", title, who, shop, p.created_at)
        })
        .collect();
    events.extend(detail.returns.iter().map(|r| {
        let title = format!("{} back with {}", r.head.total_amount.ghs(), r.head.return_number);
        let who = r.head.approved_by_name.clone().unwrap_or_default();
        let mut back = event("undo-2", "warn", title, who, shop, r.head.created_at);
        back.detail = r.head.reason.clone();
        back.href = format!("/returns/{}", r.head.id);
        back
    }));
    events.push(event(
        "file-text",
        "neutral",
        "Invoice made".into(),
        invoice.sales_rep_name.clone().unwrap_or_default(),
        shop,
        invoice.created_at,
    ));
    if invoice.status == InvoiceStatus::Cancelled {
        let reason = invoice.cancelled_reason.clone().unwrap_or_default();
        let mut cancelled = event(
            "ban",
            "bad",
            "Cancelled".into(),
            String::new(),
            shop,
            invoice.updated_at,
        );
        cancelled.detail = reason;
        events.insert(0, cancelled);
    }
    events.sort_by(|a, b| b.when_iso.cmp(&a.when_iso));
    events
}

/// What the total is made of, where there is more than one part.
fn sums(invoice: &Invoice) -> Vec<InvoiceSum> {
    let mut sums = vec![InvoiceSum {
        label: "Subtotal".into(),
        amount: invoice.subtotal.grouped(),
    }];
    sums.extend(invoice.tax_lines.iter().map(|t| InvoiceSum {
        label: t.name.clone(),
        amount: t.amount.grouped(),
    }));
    if sums.len() == 1 {
        sums.clear();
    }
    sums
}

/// Who bought, who sold, and what is special about it, in one line.
fn subline(detail: &InvoiceDetail) -> String {
    let invoice = &detail.invoice;
    let seller = invoice.sales_rep_name.as_deref().unwrap_or_default();
    // "Walk-in" once says it.
    let nobody = invoice.customer_name.is_none() && invoice.customer_type == InvoiceCustomerType::WalkIn;
    let mut sub = match nobody {
        true => format!("sold by {seller}"),
        false => format!("{} · sold by {seller}", invoice.customer_type),
    };
    if let Some(source) = invoice
        .lead_source
        .as_deref()
        .filter(|s| !nobody || *s != "Walk-in")
    {
        sub.push_str(&format!(" · from {source}"));
    }
    if let Some(approval) = &detail.price_approval {
        sub.push_str(&format!(" · price approved by {}", approval.approver_name));
    }
    sub
}

/// How long an open one keeps its goods, or since when they are out.
fn hold(shop: &Shop, invoice: &Invoice) -> String {
    match (
        invoice.hold_expires_at,
        invoice.goods_released_at,
        invoice.due_date,
    ) {
        (Some(until), ..) => format!("Holds its goods until {}", when(shop, until)),
        (None, Some(at), Some(due)) => {
            let (out, due) = (when(shop, at), long_date(due));
            format!("Its goods went out on {out}. Due on {due}.")
        }
        _ => String::new(),
    }
}

fn items(detail: &InvoiceDetail, sees_profit: bool) -> Vec<InvoiceItem> {
    detail
        .lines
        .iter()
        .map(|l| InvoiceItem {
            number: l.line_number.to_string(),
            title: l.item_description.clone(),
            code: l.asset_tag.clone().or_else(|| l.sku.clone()).unwrap_or_default(),
            href: match (l.asset_id, l.bulk_stock_id) {
                (Some(id), _) => format!("/devices/{id}"),
                (_, Some(id)) => format!("/stock/{id}"),
                _ => String::new(),
            },
            quantity: l.quantity.to_string(),
            unit_price: l.unit_price.grouped(),
            total: l.line_total.grouped(),
            cost: l
                .unit_cost
                .filter(|_| sees_profit)
                .map(|c| c.grouped())
                .unwrap_or_default(),
        })
        .collect()
}

fn payment_rows(shop: &Shop, detail: &InvoiceDetail) -> Vec<PaymentRow> {
    detail
        .payments
        .iter()
        .map(|p| PaymentRow {
            when: when(shop, p.created_at),
            method: match (p.claimed, p.rejected) {
                (true, _) => format!("{}, claimed", p.payment_method),
                (_, true) => format!("{}, never came", p.payment_method),
                _ => p.payment_method.to_string(),
            },
            reference: p.reference.clone().unwrap_or_default(),
            who: p.received_by_name.clone().unwrap_or_else(|| "BizHub".into()),
            amount: p.amount.grouped(),
        })
        .collect()
}

fn warranty_rows(detail: &InvoiceDetail) -> Vec<WarrantyRow> {
    detail
        .warranties
        .iter()
        .map(|w| WarrantyRow {
            number: w.warranty_number.clone(),
            device: w.item_description.clone().unwrap_or_default(),
            until: long_date(w.end_date),
            chip: warranty_chip(w.status),
            pdf_href: format!("/warranties/{}/document.pdf", w.id),
        })
        .collect()
}

fn return_rows(detail: &InvoiceDetail) -> Vec<ReturnRow> {
    detail
        .returns
        .iter()
        .map(|r| ReturnRow {
            number: r.head.return_number.clone(),
            href: format!("/returns/{}", r.head.id),
            date: long_date(r.head.return_date),
            what: r
                .lines
                .iter()
                .map(|l| {
                    l.item_description
                        .split(" · ")
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                })
                .collect::<Vec<_>>()
                .join(", "),
            total: r.head.total_amount.grouped(),
        })
        .collect()
}

/// `asked` is a request for a return that nobody decided yet, `later_cost` what its devices cost more by now than at the sale.
fn page(
    state: &AppState,
    visitor: Visitor,
    detail: &InvoiceDetail,
    (asked, later_cost): (Option<ReturnRequestId>, Money),
    form: &Form,
    errors: Errors,
) -> InvoicePage {
    let (shop, actor, invoice) = (&state.shop, &visitor.actor, &detail.invoice);
    let open = matches!(invoice.status, InvoiceStatus::Draft | InvoiceStatus::Sent);
    let own = invoice.sales_rep_id == actor.user_id;
    let out = (invoice.status == InvoiceStatus::Paid || (open && invoice.goods_released_at.is_some()))
        && detail.lines.iter().any(|l| l.released_at.is_none());
    let may_cancel = open
        && invoice.amount_paid.is_zero()
        && (actor.can(Capability::CancelAnyInvoice)
            || (own && invoice.status == InvoiceStatus::Draft && actor.can(Capability::CancelOwnDraft)));
    let amount = match form.get("amount") {
        "" => invoice.balance_due.to_string(),
        typed => typed.to_owned(),
    };
    let sees_profit = visitor.frame.sees_margin();
    InvoicePage {
        id: invoice.id.to_string(),
        invoice_number: invoice.invoice_number.clone(),
        chip: chip(invoice.status),
        date: long_date(invoice.invoice_date),
        customer: invoice.customer_name.clone().unwrap_or_else(|| "Walk-in".into()),
        customer_href: invoice
            .customer_id
            .map(|id| format!("/customers/{id}"))
            .unwrap_or_default(),
        sub: subline(detail),
        hold: if open { hold(shop, invoice) } else { String::new() },
        lines: items(detail, sees_profit),
        is_draft: invoice.status == InvoiceStatus::Draft,
        sums: sums(invoice),
        total: invoice.total_amount.grouped(),
        paid: invoice.amount_paid.grouped(),
        balance: invoice.balance_due.grouped(),
        profit: profit(detail)
            .filter(|_| sees_profit)
            .map(|p| p.grouped())
            .unwrap_or_default(),
        profit_today: profit(detail)
            .filter(|_| sees_profit && !later_cost.is_zero())
            .and_then(|p| p.checked_sub(later_cost))
            .map(|p| p.grouped())
            .unwrap_or_default(),
        payments: payment_rows(shop, detail),
        warranties: warranty_rows(detail),
        events: events(shop, detail),
        notes: invoice.notes.clone().unwrap_or_default(),
        may_pay: open && invoice.balance_due.is_positive() && actor.can(Capability::Sell),
        may_send: invoice.status == InvoiceStatus::Draft && actor.can(Capability::Sell),
        may_cancel,
        may_renew: open && invoice.hold_expires_at.is_some() && actor.can(Capability::Sell),
        may_release: invoice.status == InvoiceStatus::Sent
            && invoice.goods_released_at.is_none()
            && invoice.customer_id.is_some()
            && actor.can(Capability::ReleaseOnCredit),
        claims: match Money::sum(detail.payments.iter().filter(|p| p.claimed).map(|p| p.amount)) {
            Some(claimed) if claimed.is_positive() => {
                format!(
                    "{} is only claimed so far. The goods wait until a Manager has seen the money.",
                    claimed.ghs()
                )
            }
            _ => String::new(),
        },
        may_confirm: actor.can(Capability::ConfirmPayments),
        methods: Choice::list(
            PaymentMethod::ALL.iter().map(|m| (m.as_str(), m.as_str())),
            form.get("payment_method"),
        ),
        amount,
        reference: form.get("reference").into(),
        errors,
        idempotency_key: form_key(),
        whatsapp_href: message_href(actor, detail, Channel::WhatsApp),
        email_href: message_href(actor, detail, Channel::Email),
        credited: amount_or_none(invoice.amount_credited),
        refunded: amount_or_none(invoice.amount_refunded),
        credit_due: amount_or_none(invoice.credit_due),
        returns: return_rows(detail),
        may_exchange: out && actor.can(Capability::ApproveReturns),
        return_label: match (out, actor.can(Capability::ApproveReturns)) {
            (false, _) => "",
            (true, true) => "Take goods back",
            (true, false) if actor.can(Capability::RequestReturn) => "Ask for a return",
            (true, false) => "",
        },
        asked_href: asked
            .map(|id| format!("/return-requests/{id}"))
            .unwrap_or_default(),
        frame: visitor.frame.titled(invoice.invoice_number.clone()),
    }
}

/// The chip of a warranty.
pub fn warranty_chip(status: WarrantyStatus) -> Chip {
    Chip::toned(status.as_str(), status.tone())
}

/// What the page needs beside the invoice.
async fn beside(
    state: &AppState,
    actor: &app::Actor,
    id: InvoiceId,
) -> Result<(Option<ReturnRequestId>, Money), Refusal> {
    let open = app::returns::open_requests(&state.shop, Some(id)).await?;
    let later_cost = app::lots::later_cost(&state.shop, actor, id).await?;
    Ok((open.first().map(|request| request.id), later_cost))
}

/// `GET /invoices/{id}`
pub async fn show_one(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
) -> PageResult {
    let detail = invoices::find(&state.shop, id).await?;
    let beside = beside(&state, &visitor.actor, id).await?;
    show(&page(
        &state,
        visitor,
        &detail,
        beside,
        &Form::default(),
        Errors::default(),
    ))
}

/// After an action: back to the invoice with a word, or the invoice with what is wrong.
async fn after(
    state: &AppState,
    visitor: Visitor,
    id: InvoiceId,
    form: &Form,
    outcome: Result<&str, Refusal>,
) -> PageResult {
    match outcome {
        Ok(word) => Ok(redirect(&format!("/invoices/{id}"), Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/invoices/{id}"), None)),
        Err(refusal) => {
            let errors = Errors::from_refusal(refusal)?;
            let detail = invoices::find(&state.shop, id).await?;
            let beside = beside(state, &visitor.actor, id).await?;
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(state, visitor, &detail, beside, form, errors),
            )
        }
    }
}

/// `POST /invoices/{id}/payments`
pub async fn pay(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
    form: Form,
) -> PageResult {
    let path = format!("/invoices/{id}/payments");
    visitor.actor.request.idempotency = form.idempotency_named("idempotency_key", &path);
    let outcome = match form.parse(&["idempotency_key"]) {
        Ok(payment) => invoices::pay(&state.shop, &visitor.actor, id, payment).await,
        Err(refusal) => Err(refusal),
    };
    if let Ok(detail) = &outcome
        && detail.invoice.status == InvoiceStatus::Paid
    {
        return Ok(redirect(&format!("/invoices/{id}/sold"), None));
    }
    after(
        &state,
        visitor,
        id,
        &form,
        outcome.map(|_| "The payment is taken."),
    )
    .await
}

/// `POST /invoices/{id}/send`
pub async fn send(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
    form: Form,
) -> PageResult {
    let outcome = invoices::send(&state.shop, &visitor.actor, id)
        .await
        .map(|_| "The invoice is sent: it is no draft any more.");
    after(&state, visitor, id, &form, outcome).await
}

/// `POST /invoices/{id}/renew`
pub async fn renew(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
    form: Form,
) -> PageResult {
    let outcome = invoices::renew_hold(&state.shop, &visitor.actor, id)
        .await
        .map(|_| "The goods are held for longer.");
    after(&state, visitor, id, &form, outcome).await
}

/// `POST /invoices/{id}/release`
pub async fn release(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
    form: Form,
) -> PageResult {
    let outcome = app::wholesale::release(&state.shop, &visitor.actor, id).await;
    let word = "The goods are released: hand them over.";
    after(&state, visitor, id, &form, outcome.map(|_| word)).await
}

/// `POST /invoices/{id}/cancel`
pub async fn cancel(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
    form: Form,
) -> PageResult {
    let reason = form.get("reason").parse().ok();
    let outcome = invoices::cancel(&state.shop, &visitor.actor, id, Cancellation { reason }).await;
    after(
        &state,
        visitor,
        id,
        &form,
        outcome.map(|_| "The invoice is cancelled and its goods are on sale again."),
    )
    .await
}

/// `POST /invoices/{id}/lines/{line_number}/remove`
pub async fn remove_line(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((id, line)): Path<(String, String)>,
    form: Form,
) -> PageResult {
    let (Ok(id), Ok(line)) = (id.parse::<InvoiceId>(), line.parse::<i32>()) else {
        return Err(Refusal::not_found("invoice line").into());
    };
    let outcome = invoices::remove_line(&state.shop, &visitor.actor, id, line)
        .await
        .map(|()| "The line is gone.");
    after(&state, visitor, id, &form, outcome).await
}

/// A PDF that opens in the browser under its name.
pub fn pdf(name: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// `GET /invoices/{id}/document.pdf?layout=a4|receipt`
pub async fn document(
    State(state): State<AppState>,
    _visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let receipt = query
        .as_deref()
        .is_some_and(|q| q.split('&').any(|p| p == "layout=receipt"));
    let layout = if receipt { Layout::Receipt } else { Layout::A4 };
    let printed = invoices::print(&state.shop, id, layout).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// templates/pages/sold.html
#[derive(Debug, Template)]
#[template(path = "pages/sold.html")]
pub struct Sold {
    frame: Frame,
    invoice_id: String,
    invoice_number: String,
    change: String,
    whatsapp_href: String,
    email_href: String,
    receipt: Receipt,
    warranties: Vec<SoldWarranty>,
    warranty_hint: String,
}

#[derive(Debug)]
struct Receipt {
    shop_name: String,
    shop_lines: Vec<String>,
    number: String,
    when: String,
    seller: String,
    customer: String,
    lines: Vec<ReceiptLine>,
    taxes: Vec<ReceiptSum>,
    total: String,
    payments: Vec<ReceiptSum>,
    change: String,
    foot: String,
}

#[derive(Debug)]
struct ReceiptLine {
    title: String,
    code: String,
    quantity: String,
    amount: String,
}

#[derive(Debug)]
struct ReceiptSum {
    label: String,
    amount: String,
}

#[derive(Debug)]
struct SoldWarranty {
    number: String,
    device: String,
    until: String,
    href: String,
}

/// `GET /invoices/{id}/sold`: after the sale.
pub async fn sold(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<InvoiceId>,
) -> PageResult {
    let detail = invoices::find(&state.shop, id).await?;
    let invoice = &detail.invoice;
    if invoice.status != InvoiceStatus::Paid {
        return Ok(redirect(&format!("/invoices/{id}"), None));
    }
    let settings = state.shop.settings().await?;
    let details = &settings.shop;
    let change = if detail.change_due.is_positive() {
        detail.change_due.grouped()
    } else {
        String::new()
    };
    let devices = detail.lines.iter().any(|l| l.asset_id.is_some());
    let shop_lines = [
        [details.address.as_str(), details.city.as_str()]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        details.phone.clone(),
        if details.tin.is_empty() {
            String::new()
        } else {
            format!("TIN {}", details.tin)
        },
    ];
    let receipt = Receipt {
        shop_name: details.name.clone(),
        shop_lines: shop_lines.into_iter().filter(|s| !s.is_empty()).collect(),
        number: invoice.invoice_number.clone(),
        when: when(&state.shop, invoice.created_at),
        seller: invoice.sales_rep_name.clone().unwrap_or_default(),
        customer: invoice.customer_name.clone().unwrap_or_default(),
        lines: detail
            .lines
            .iter()
            .map(|l| ReceiptLine {
                title: l.item_description.clone(),
                code: l
                    .serial_number
                    .clone()
                    .or_else(|| l.sku.clone())
                    .unwrap_or_default(),
                quantity: if l.quantity > 1 {
                    format!("{} × {}", l.quantity, l.unit_price.grouped())
                } else {
                    String::new()
                },
                amount: l.line_total.grouped(),
            })
            .collect(),
        taxes: invoice
            .tax_lines
            .iter()
            .map(|t| ReceiptSum {
                label: t.name.clone(),
                amount: t.amount.grouped(),
            })
            .collect(),
        total: invoice.total_amount.grouped(),
        payments: detail
            .payments
            .iter()
            .map(|p| ReceiptSum {
                label: p.payment_method.to_string(),
                amount: p.tendered.unwrap_or(p.amount).grouped(),
            })
            .collect(),
        change: change.clone(),
        foot: "Thank you. Keep this receipt: it is needed for the warranty.".into(),
    };
    show(&Sold {
        frame: visitor.frame.titled("Sold"),
        invoice_id: invoice.id.to_string(),
        invoice_number: invoice.invoice_number.clone(),
        change,
        whatsapp_href: message_href(&visitor.actor, &detail, Channel::WhatsApp),
        email_href: message_href(&visitor.actor, &detail, Channel::Email),
        receipt,
        warranty_hint: if devices && detail.warranties.is_empty() {
            "No warranty was given: it needs the customer's name and phone at the sale.".into()
        } else {
            String::new()
        },
        warranties: detail
            .warranties
            .iter()
            .map(|w| SoldWarranty {
                number: w.warranty_number.clone(),
                device: w.item_description.clone().unwrap_or_default(),
                until: long_date(w.end_date),
                href: format!("/warranties/{}/document.pdf", w.id),
            })
            .collect(),
    })
}
