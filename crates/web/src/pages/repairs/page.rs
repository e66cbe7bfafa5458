//! One ticket: whose device, its work, its money and its history.

use super::status_chip;
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event};
use crate::extract::PathId;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date};
use crate::pages::bench::waited;
use crate::pages::invoices::when;
use crate::pages::messages::{self, Told};
use crate::pages::{PageResult, show, show_with};
use app::messages::About;
use app::repairs::{self, RepairEvent};
use app::{Capability, PageRequest, Refusal, Shop};
use askama::Template;
use axum::extract::State;
use domain::{MessageKind, Money, PaidBy, RepairOutcome, RepairStatus, RepairTicketId};
use http::StatusCode;

/// templates/pages/repair.html
#[derive(Debug, Template)]
#[template(path = "pages/repair.html")]
pub struct Repair {
    frame: Frame,
    id: String,
    number: String,
    title: String,
    issue: String,
    chip: Chip,
    sub: String,
    promised: String,
    overdue: bool,
    moves: Vec<MoveButton>,
    outcomes: Vec<Choice>,
    may_work: bool,
    is_open: bool,
    takes_parts: bool,
    facts: Vec<(&'static str, String, String)>,
    parts: Vec<PartRow>,
    items: Vec<(String, String)>,
    sums: Vec<(&'static str, String)>,
    estimate: String,
    estimate_notes: String,
    estimate_answer: String,
    wants_answer: bool,
    may_estimate: bool,
    may_bill: bool,
    invoice: String,
    invoice_href: String,
    invoice_chip: Chip,
    pay_href: String,
    tell_href: String,
    told: Vec<Told>,
    promised_on: String,
    technicians: Vec<Choice>,
    events: Vec<Event>,
    photos: Vec<crate::pages::photos::PhotoView>,
    closing_slip: bool,
    form: Form,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct MoveButton {
    label: &'static str,
    status: &'static str,
    closes: bool,
}

#[derive(Debug)]
struct PartRow {
    id: String,
    name: String,
    sku: String,
    quantity: String,
    price: String,
    who: String,
    removed: bool,
}

fn event(shop: &Shop, e: RepairEvent) -> Event {
    let (icon, tone, title) = match e.event_type.as_str() {
        "opened" => ("package-plus", "info", "Taken in".to_owned()),
        "status_change" => {
            let to = e.to_status;
            (
                to.map_or("history", |s| match s {
                    RepairStatus::Ready => "circle-check",
                    RepairStatus::Closed => "check",
                    RepairStatus::WaitingForParts => "clock",
                    _ => "wrench",
                }),
                to.map_or("neutral", |s| s.tone().as_str()),
                to.map(|s| s.to_string()).unwrap_or_default(),
            )
        }
        "note_added" => ("pencil", "neutral", "Note".into()),
        "assigned" => ("user", "neutral", "Given to".into()),
        "part_added" => ("package", "info", "Part built in".into()),
        "part_removed" => ("undo-2", "warn", "Part taken out".into()),
        "labor_changed" => ("wallet", "neutral", "Labour".into()),
        "estimate_given" => ("file-text", "info", "Estimate".into()),
        "estimate_answered" => ("message-circle", "info", "The customer says".into()),
        "billed" => ("receipt", "good", "Billed".into()),
        "promised" => ("calendar", "neutral", "Promise".into()),
        "ready_notice" => ("message-circle", "good", "To tell the customer".into()),
        _ => ("info", "neutral", "Changed".into()),
    };
    Event {
        icon: icon.into(),
        tone: tone.into(),
        title,
        detail: e.notes.unwrap_or_default(),
        who: e.created_by_name.unwrap_or_else(|| "BizHub".into()),
        when: when(shop, e.created_at),
        when_iso: e.created_at.to_rfc3339(),
        href: String::new(),
    }
}

async fn all_events(shop: &Shop, id: RepairTicketId) -> Result<Vec<Event>, Refusal> {
    let request = PageRequest {
        limit: 200,
        sort: Some("-id".into()),
        ..PageRequest::default()
    };
    let page = repairs::events(shop, id, &request).await?;
    Ok(page.data.into_iter().map(|e| event(shop, e)).collect())
}

pub(super) async fn page(
    state: &AppState,
    visitor: Visitor,
    id: RepairTicketId,
    form: Form,
    errors: Errors,
) -> Result<Repair, Refusal> {
    let Visitor { actor, frame } = visitor;
    let detail = repairs::find(&state.shop, id).await?;
    let t = &detail.ticket;
    let may_work = actor.can(Capability::WorkRepair);
    let is_open = t.status != RepairStatus::Closed;
    let billed = t.invoice_id.is_some() && t.invoice_status != Some(domain::InvoiceStatus::Cancelled);
    let customer_pays = t.paid_by == PaidBy::Customer;
    let sees_sums = customer_pays || actor.can(Capability::SeePurchaseCost);
    let takes_parts = may_work && t.status.takes_parts() && !billed;
    let phone = t
        .customer_phone
        .as_deref()
        .map(|p| frame.phone(p))
        .unwrap_or_default();
    let (told, tell_href) =
        messages::told(&state.shop, &actor, MessageKind::RepairReady, About::Repair(id)).await?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let link = |sees: bool, href: String| if sees { href } else { String::new() };
    let facts: Vec<(&'static str, String, String)> = vec![
        (
            "Customer",
            text(&t.customer_name),
            t.customer_id
                .map(|c| format!("/customers/{c}"))
                .unwrap_or_default(),
        ),
        ("Phone", phone, String::new()),
        (
            "Device",
            text(&t.asset_tag),
            t.asset_id.map(|a| format!("/devices/{a}")).unwrap_or_default(),
        ),
        (
            "Serial number",
            t.serial_number
                .clone()
                .or(t.device_serial.clone())
                .unwrap_or_default(),
            String::new(),
        ),
        ("Condition", text(&t.condition_notes), String::new()),
        ("Handed in with it", text(&t.accessories), String::new()),
        ("Pays", t.paid_by.to_string(), String::new()),
        (
            "Claim",
            text(&t.claim_number),
            t.warranty_claim_id
                .map(|c| link(actor.can(Capability::ViewClaims), format!("/claims/{c}")))
                .unwrap_or_default(),
        ),
        ("Technician", text(&t.assigned_to_name), String::new()),
        ("Taken in", long_date(t.opened_date), String::new()),
        (
            "Closed",
            t.closed_date.map(long_date).unwrap_or_default(),
            String::new(),
        ),
        (
            "Outcome",
            t.outcome.map(|o| o.to_string()).unwrap_or_default(),
            String::new(),
        ),
        ("What was done", text(&t.resolution_notes), String::new()),
        ("Notes", text(&t.notes), String::new()),
    ];
    let items = match takes_parts {
        true => {
            let request = PageRequest {
                limit: 200,
                ..PageRequest::default()
            };
            let page =
                app::lists::page::<app::stock::BulkStock>(&state.shop, &app::stock::LIST, &request).await?;
            page.data
                .into_iter()
                .map(|item| {
                    let left = item
                        .available
                        .map_or("service".to_owned(), |n| format!("{n} left"));
                    (item.sku, format!("{} · {left}", item.item_name))
                })
                .collect()
        }
        false => Vec::new(),
    };
    let money = |amount: Option<Money>| amount.unwrap_or(Money::ZERO).grouped();
    let pays_at = |number: &str| {
        t.invoice_id
            .filter(|_| actor.can(Capability::Sell) && t.invoice_status == Some(domain::InvoiceStatus::Sent))
            .map(|id| format!("/invoices/{id}"))
            .filter(|_| !number.is_empty())
            .unwrap_or_default()
    };
    let technicians = match may_work && is_open {
        true => repairs::technicians(&state.shop).await?,
        false => Vec::new(),
    };
    let chosen = t.assigned_to.map(|u| u.to_string()).unwrap_or_default();
    let due = t.promised_date.filter(|_| is_open);
    Ok(Repair {
        id: id.to_string(),
        title: t.device.clone().unwrap_or_else(|| t.issue_type.clone()),
        issue: t.issue_description.clone(),
        chip: status_chip(t.status),
        sub: format!(
            "{} · {} · {} for {}",
            t.issue_type,
            t.customer_name.as_deref().unwrap_or("our own stock"),
            t.status,
            waited(state.shop.now(), t.status_since)
        ),
        promised: due.map(long_date).unwrap_or_default(),
        overdue: due.is_some_and(|d| d < state.shop.today()) && t.status != RepairStatus::Ready,
        moves: match may_work {
            true => t
                .status
                .allowed()
                .map(|(label, to)| MoveButton {
                    label,
                    status: to.as_str(),
                    closes: to == RepairStatus::Closed,
                })
                .collect(),
            false => Vec::new(),
        },
        outcomes: Choice::list(
            RepairOutcome::ALL
                .iter()
                .filter(|o| {
                    t.paid_by != PaidBy::Shop || matches!(o, RepairOutcome::Repaired | RepairOutcome::Unable)
                })
                .map(|o| (o, o)),
            form.get("outcome"),
        ),
        may_work,
        is_open,
        takes_parts,
        facts: facts
            .into_iter()
            .filter(|(_, value, _)| !value.is_empty())
            .collect(),
        parts: detail
            .parts
            .iter()
            .map(|p| PartRow {
                id: p.id.to_string(),
                name: p.item_name.clone(),
                sku: p.sku.clone(),
                quantity: p.quantity.to_string(),
                price: match customer_pays {
                    true => p
                        .unit_price
                        .checked_mul_quantity(p.quantity)
                        .map(Money::grouped)
                        .unwrap_or_default(),
                    false if sees_sums => p
                        .unit_cost
                        .and_then(|c| c.checked_mul_quantity(p.quantity))
                        .map(Money::grouped)
                        .unwrap_or_default(),
                    false => String::new(),
                },
                who: p.added_by_name.clone().unwrap_or_default(),
                removed: p.removed_at.is_some(),
            })
            .collect(),
        items,
        sums: match sees_sums {
            true => vec![
                ("Labour", money(t.labor_cost)),
                ("Parts", money(t.parts_cost)),
                (
                    if customer_pays {
                        "Total"
                    } else {
                        "Cost to the shop"
                    },
                    money(t.total_cost),
                ),
            ],
            false => Vec::new(),
        },
        estimate: t.estimate_amount.map(Money::grouped).unwrap_or_default(),
        estimate_notes: text(&t.estimate_notes),
        estimate_answer: t.estimate_answer.map(|a| a.to_string()).unwrap_or_default(),
        wants_answer: is_open && t.estimate_amount.is_some() && t.estimate_answer.is_none(),
        may_estimate: may_work && is_open && customer_pays && t.status != RepairStatus::Ready,
        may_bill: actor.can(Capability::Sell)
            && customer_pays
            && !billed
            && matches!(t.status, RepairStatus::Ready | RepairStatus::Closed)
            && t.total_cost.is_some_and(Money::is_positive),
        invoice: text(&t.invoice_number),
        invoice_href: t
            .invoice_id
            .map(|i| link(actor.can(Capability::ViewInvoices), format!("/invoices/{i}")))
            .unwrap_or_default(),
        invoice_chip: t
            .invoice_status
            .map_or(Chip::new("", "neutral"), |s| Chip::toned(s.as_str(), s.tone())),
        pay_href: pays_at(&text(&t.invoice_number)),
        tell_href: match t.status == RepairStatus::Ready && t.customer_id.is_some() {
            true => tell_href,
            false => String::new(),
        },
        told,
        promised_on: match form.get("promised_date") {
            "" => t.promised_date.map(|d| d.to_string()).unwrap_or_default(),
            typed => typed.to_owned(),
        },
        technicians: Choice::list(technicians, &chosen),
        events: all_events(&state.shop, id).await?,
        photos: app::photos::list(&state.shop, &actor, app::photos::Subject::RepairTicket(id))
            .await?
            .iter()
            .map(|p| crate::pages::photos::view(&state.shop, &actor, p))
            .collect(),
        closing_slip: matches!(t.status, RepairStatus::Ready | RepairStatus::Closed),
        form,
        form_key: form_key(),
        errors,
        frame: frame.titled(t.ticket_number.clone()),
        number: t.ticket_number.clone(),
    })
}

/// `GET /repairs/{id}`
pub async fn find(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
) -> PageResult {
    show(&page(&state, visitor, id, Form::default(), Errors::default()).await?)
}

/// The page of a ticket again, with what was wrong.
pub(in crate::pages) async fn again(
    state: &AppState,
    visitor: Visitor,
    id: RepairTicketId,
    form: Form,
    errors: Errors,
    status: StatusCode,
) -> PageResult {
    show_with(status, &page(state, visitor, id, form, errors).await?)
}
