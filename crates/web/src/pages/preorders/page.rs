//! One preorder: who waits for what, its money, its history and what comes next.

use super::{due, plain_amount};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date};
use crate::pages::invoices::when;
use crate::pages::messages::{self, Told};
use crate::pages::{PageResult, show};
use app::messages::About;
use app::preorders::{self, FittingDevice, Preorder, PreorderDetail};
use app::{Capability, Refusal};
use askama::Template;
use axum::extract::State;
use chrono::NaiveDate;
use domain::{AssetStatus, MessageKind, Money, NotifyChannel, PaymentMethod, PreorderId, PreorderStatus};

/// templates/pages/preorder.html
#[derive(Debug, Template)]
#[template(path = "pages/preorder.html")]
pub struct PreorderPage {
    frame: Frame,
    id: String,
    number: String,
    chip: Chip,
    due: Chip,
    status: PreorderStatus,
    customer: String,
    customer_href: String,
    phone: String,
    call_href: String,
    tell_href: String,
    told: Vec<Told>,
    wanted: String,
    facts: Vec<(&'static str, String)>,
    money: Vec<(&'static str, String)>,
    device: Option<(String, String)>,
    papers: Vec<(String, String)>,
    settlement: Option<app::preorders::SettlementDue>,
    deposits: Vec<MoneyRow>,
    events: Vec<Event>,
    fitting: Vec<Fitting>,
    called_off: bool,
    called_off_reason: String,
    may_act: bool,
    may_refund: bool,
    may_confirm: bool,
    deposit_paid: bool,
    deposit_claimed: bool,
    deposit_amount: String,
    held: String,
    has_deposit: bool,
    rest: String,
    shortfall: String,
    price: String,
    methods: Vec<Choice>,
    second_methods: Vec<Choice>,
    refund_methods: Vec<Choice>,
    channels: Vec<Choice>,
    form: Form,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct MoneyRow {
    label: &'static str,
    how: String,
    note: String,
    when: String,
    amount: String,
}

#[derive(Debug)]
struct Fitting {
    id: String,
    href: String,
    title: String,
    code: String,
    chip: Chip,
    grade: String,
    price: String,
    is_ready: bool,
}

fn fitting(device: FittingDevice) -> Fitting {
    Fitting {
        id: device.asset_id.to_string(),
        href: format!("/devices/{}", device.asset_id),
        title: device.title,
        code: format!("{} · {}", device.asset_tag, device.serial_number),
        chip: device.status.into(),
        grade: device.condition_grade.map(|g| g.to_string()).unwrap_or_default(),
        price: device.list_price.map(Money::grouped).unwrap_or_default(),
        is_ready: device.status == AssetStatus::ReadyForSale,
    }
}

/// Icon, tone and words of what happened.
fn told(event_type: &str) -> (&'static str, &'static str, &'static str) {
    match event_type {
        "created" => ("plus", "neutral", "Taken"),
        "deposit_received" => ("wallet", "good", "Deposit taken"),
        "deposit_claimed" => ("clock", "warn", "Deposit said to be paid"),
        "deposit_confirmed" => ("check", "good", "Deposit confirmed"),
        "deposit_rejected" => ("x", "bad", "The deposit never came"),
        "deposit_refunded" => ("undo-2", "neutral", "Given back"),
        "deposit_kept" => ("wallet", "neutral", "Kept of the deposit"),
        "shortfall_received" => ("wallet", "good", "Shortfall paid"),
        "ordered" => ("shopping-cart", "info", "Ordered"),
        "in_transit" => ("truck", "info", "In transit"),
        "arrived" => ("package", "good", "Arrived"),
        "customer_notified" => ("megaphone", "info", "Customer told"),
        "picked_up" => ("circle-check", "good", "Picked up"),
        "rejected" => ("circle-x", "warn", "Rejected"),
        "resold" => ("tag", "info", "Sold to somebody else"),
        "called_off" => ("ban", "warn", "Called off"),
        "given_up" => ("ban", "neutral", "Given up"),
        "closed" => ("check", "neutral", "Closed"),
        _ => ("info", "neutral", "Noted"),
    }
}

fn facts(p: &Preorder) -> Vec<(&'static str, String)> {
    let date = |d: Option<NaiveDate>| d.map(long_date).unwrap_or_default();
    let target = match (p.target_price_min, p.target_price_max) {
        (Some(min), Some(max)) => format!("{} to {}", min.ghs(), max.grouped()),
        (Some(min), None) => format!("From {}", min.ghs()),
        (None, Some(max)) => format!("Up to {}", max.ghs()),
        (None, None) => String::new(),
    };
    vec![
        ("Model", p.model_name.clone().unwrap_or_default()),
        ("Grade", p.wanted_grade.map(|g| g.to_string()).unwrap_or_default()),
        ("Wants to spend", target),
        ("Ordered", date(p.order_date)),
        ("Promised by", date(p.sla_date)),
        ("Arrived", date(p.arrival_date)),
        ("Customer told", date(p.customer_notified_date)),
        ("Rejected because", p.rejection_reason.clone().unwrap_or_default()),
        (
            "Decided because",
            p.value_decided_reason.clone().unwrap_or_default(),
        ),
        (
            "Called off because",
            p.called_off_reason.clone().unwrap_or_default(),
        ),
        ("Looked after by", p.assigned_to_name.clone().unwrap_or_default()),
        ("Notes", p.notes.clone().unwrap_or_default()),
    ]
}

pub(super) async fn detail_page(
    state: &AppState,
    visitor: Visitor,
    id: PreorderId,
    form: Form,
    errors: Errors,
) -> Result<PreorderPage, Refusal> {
    let detail = preorders::find(&state.shop, &visitor.actor, id).await?;
    let devices = match detail.preorder.status.is_awaited() && detail.preorder.called_off_at.is_none() {
        true => preorders::devices_fitting(&state.shop, id).await?,
        false => Vec::new(),
    };
    let about = About::Preorder(id);
    let (written, tell_href) =
        messages::told(&state.shop, &visitor.actor, MessageKind::PreorderArrived, about).await?;
    let frame = visitor.frame;
    let (sees_contacts, sees_invoices) = (
        frame.can(&Capability::SeeCustomerContacts),
        frame.can(&Capability::ViewInvoices),
    );
    let PreorderDetail {
        preorder: p,
        deposits,
        events,
        settlement,
        ..
    } = &detail;
    let price = match form.get("unit_price") {
        "" => p.agreed_price.map(|m| m.to_string()).unwrap_or_default(),
        typed => typed.to_owned(),
    };
    let rest = Money::parse(&plain_amount(&price))
        .unwrap_or(Money::ZERO)
        .checked_sub(p.deposit_held)
        .unwrap_or(Money::ZERO);
    let papers = [
        (p.invoice_id, &p.invoice_number, "Picked up with"),
        (p.resale_invoice_id, &p.resale_invoice_number, "Resold with"),
    ];
    let mut money = vec![
        ("Price agreed", p.agreed_price),
        ("Deposit", Some(p.deposit_amount)),
    ];
    money.push(("Held for the customer", Some(p.deposit_held)));
    let method = |name: &str| {
        Choice::list(
            PaymentMethod::ALL.iter().map(|m| (m.as_str(), m.as_str())),
            form.get(name),
        )
    };
    let last_method = p
        .deposit_payment_method
        .map(PaymentMethod::as_str)
        .unwrap_or("Cash");
    let called = p
        .customer_phone
        .as_deref()
        .and_then(|t| t.parse::<domain::Phone>().ok())
        .filter(|_| sees_contacts);
    Ok(PreorderPage {
        id: id.to_string(),
        chip: Chip::toned(p.status.as_str(), p.status.tone()),
        due: due(p, state.shop.today()),
        status: p.status,
        customer: p.customer_name.clone(),
        customer_href: format!("/customers/{}", p.customer_id),
        phone: p
            .customer_phone
            .as_deref()
            .map(|text| frame.phone(text))
            .unwrap_or_default(),
        call_href: called.as_ref().map(domain::Phone::call_link).unwrap_or_default(),
        tell_href: match p.status.holds_device() {
            true => tell_href,
            false => String::new(),
        },
        told: written,
        wanted: p.requested_specs.clone(),
        facts: facts(p),
        money: money
            .into_iter()
            .filter_map(|(name, sum)| Some((name, sum?.grouped())))
            .collect(),
        device: p
            .asset_id
            .map(|id| (format!("/devices/{id}"), p.asset_tag.clone().unwrap_or_default())),
        papers: papers
            .into_iter()
            .filter(|_| sees_invoices)
            .filter_map(|(id, number, what)| {
                Some((
                    format!("/invoices/{}", id?),
                    format!("{what} {}", number.as_deref()?),
                ))
            })
            .collect(),
        settlement: settlement.clone(),
        deposits: deposits
            .iter()
            .map(|d| MoneyRow {
                label: match d.kind {
                    domain::DepositKind::Deposit => "Deposit",
                    domain::DepositKind::Refund => "Given back",
                    domain::DepositKind::Kept => "Kept by the shop",
                    domain::DepositKind::Shortfall => "Shortfall paid",
                },
                how: [d.payment_method.map(|m| m.to_string()), d.reference.clone()]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" "),
                note: match (d.claimed, d.confirmed) {
                    (true, None) => "Waits to be confirmed".into(),
                    (true, Some(true)) => "Confirmed".into(),
                    (true, Some(false)) => "Never came".into(),
                    _ => d.notes.clone().unwrap_or_default(),
                },
                when: format!(
                    "{}, {}",
                    when(&state.shop, d.created_at),
                    d.created_by_name.as_deref().unwrap_or("BizHub")
                ),
                amount: d.amount.grouped(),
            })
            .collect(),
        events: events
            .iter()
            .rev()
            .map(|e| {
                let (icon, tone, title) = told(&e.event_type);
                Event {
                    icon: icon.into(),
                    tone: tone.into(),
                    title: title.into(),
                    detail: e.notes.clone().unwrap_or_default(),
                    who: e.created_by_name.clone().unwrap_or_default(),
                    when: when(&state.shop, e.created_at),
                    when_iso: e.created_at.to_rfc3339(),
                    href: String::new(),
                }
            })
            .collect(),
        fitting: devices.into_iter().map(fitting).collect(),
        called_off: p.called_off_at.is_some(),
        called_off_reason: p.called_off_reason.clone().unwrap_or_default(),
        may_act: frame.can(&Capability::EditPreorders),
        may_refund: frame.can(&Capability::ApproveReturns),
        may_confirm: frame.can(&Capability::ConfirmPayments),
        deposit_paid: p.deposit_paid,
        deposit_claimed: p.deposit_claimed,
        deposit_amount: match form.get("amount") {
            "" => p.deposit_amount.to_string(),
            typed => typed.to_owned(),
        },
        held: if p.deposit_held.is_positive() {
            p.deposit_held.grouped()
        } else {
            String::new()
        },
        has_deposit: detail.deposit().is_some(),
        rest: match form.get("payments_0_amount") {
            "" => rest.max(Money::ZERO).to_string(),
            typed => typed.to_owned(),
        },
        shortfall: match form.get("amount") {
            "" => settlement
                .as_ref()
                .map(|s| s.still_owed.to_string())
                .unwrap_or_default(),
            typed => typed.to_owned(),
        },
        price,
        methods: method(if form.get("payments_0_payment_method").is_empty() {
            "payment_method"
        } else {
            "payments_0_payment_method"
        }),
        second_methods: method("payments_1_payment_method"),
        refund_methods: Choice::list(
            PaymentMethod::ALL.iter().map(|m| (m.as_str(), m.as_str())),
            if form.get("payment_method").is_empty() {
                last_method
            } else {
                form.get("payment_method")
            },
        ),
        channels: Choice::list(
            NotifyChannel::ALL.iter().map(|c| (c.as_str(), c.as_str())),
            if form.get("channel").is_empty() {
                "WhatsApp"
            } else {
                form.get("channel")
            },
        ),
        number: p.preorder_number.clone(),
        form,
        form_key: form_key(),
        errors,
        frame: frame.titled(p.preorder_number.clone()),
    })
}

/// `GET /preorders/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PreorderId>,
) -> PageResult {
    show(&detail_page(&state, visitor, id, Form::default(), Errors::default()).await?)
}
