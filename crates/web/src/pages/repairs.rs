//! Repair tickets: the board, the list, one ticket with its history, and the form that takes a device in.

use super::bench::waited;
use super::invoices::{pdf, when};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event, Head, ListPage, Tab};
use crate::extract::PathId;
use crate::file;
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use app::repairs::{
    self, Answered, NewEstimate, NewNote, NewPart, NewTicket, RepairEvent, RepairTicket, TicketChange,
    TicketStatus,
};
use app::{Actor, Capability, PageRequest, Refusal, Shop};
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AssetId, EstimateAnswer, Money, PaidBy, Phone, RepairOutcome, RepairPartId, RepairStatus, RepairTicketId,
    UserId,
};
use http::StatusCode;

/// Days after which a device that is Ready counts as not fetched.
const UNCOLLECTED_DAYS: &str = "14";

/// A ticket as a card of the board or of the bench.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) href: String,
    pub(super) number: String,
    pub(super) device: String,
    pub(super) issue: String,
    pub(super) who: String,
    pub(super) age: String,
    due: String,
    overdue: bool,
    technician: String,
    pub(super) chip: Chip,
}

pub(super) fn status_chip(status: RepairStatus) -> Chip {
    Chip::toned(status.as_str(), status.tone())
}

pub(super) fn card(now: DateTime<Utc>, today: NaiveDate, t: &RepairTicket) -> Card {
    Card {
        href: format!("/repairs/{}", t.id),
        number: t.ticket_number.clone(),
        device: t.device.clone().unwrap_or_else(|| t.issue_type.clone()),
        issue: t.issue_type.clone(),
        who: t.customer_name.clone().unwrap_or_else(|| "Our own stock".into()),
        age: waited(now, t.status_since),
        due: t
            .promised_date
            .map(|d| d.format("%-d %b").to_string())
            .unwrap_or_default(),
        overdue: t.promised_date.is_some_and(|d| d < today) && t.status != RepairStatus::Ready,
        technician: t.assigned_to_name.clone().unwrap_or_default(),
        chip: status_chip(t.status),
    }
}

#[derive(Debug)]
struct Column {
    title: &'static str,
    tone: &'static str,
    count: String,
    cards: Vec<Card>,
}

/// templates/pages/repairs_board.html
#[derive(Debug, Template)]
#[template(path = "pages/repairs_board.html")]
pub struct Board {
    frame: Frame,
    tabs: Vec<Tab>,
    columns: Vec<Column>,
    is_empty: bool,
    may_open: bool,
}

fn tabs(actor: &Actor, current: &str) -> Vec<Tab> {
    let mut tabs = vec![("Board", "/repairs".to_owned())];
    if actor.can(Capability::WorkRepair) {
        tabs.push(("Mine", "/repairs?mine=true".to_owned()));
    }
    tabs.extend([
        (
            "Not fetched",
            format!("/repairs/list?uncollected_days={UNCOLLECTED_DAYS}"),
        ),
        ("All tickets", "/repairs/list".to_owned()),
    ]);
    tabs.into_iter()
        .map(|(label, href)| Tab {
            label: label.into(),
            current: label == current,
            href,
            count: String::new(),
        })
        .collect()
}

/// `GET /repairs`
pub async fn board(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let mine = asked.is_on("mine") && visitor.actor.can(Capability::WorkRepair);
    let mut tickets = repairs::board(&state.shop).await?;
    if mine {
        tickets.retain(|t| t.assigned_to == visitor.actor.user_id);
    }
    let (now, today) = (state.shop.now(), state.shop.today());
    let columns = RepairStatus::ALL
        .iter()
        .filter(|status| **status != RepairStatus::Closed)
        .map(|status| {
            let cards: Vec<Card> = tickets
                .iter()
                .filter(|t| t.status == *status)
                .map(|t| card(now, today, t))
                .collect();
            Column {
                title: status.as_str(),
                tone: status.tone().as_str(),
                count: cards.len().to_string(),
                cards,
            }
        })
        .collect();
    show(&Board {
        tabs: tabs(&visitor.actor, if mine { "Mine" } else { "Board" }),
        is_empty: tickets.is_empty(),
        may_open: visitor.actor.can(Capability::OpenRepair),
        columns,
        frame: visitor.frame.titled("Repairs"),
    })
}

/// templates/pages/repairs.html
#[derive(Debug, Template)]
#[template(path = "pages/repairs.html")]
pub struct Repairs {
    frame: Frame,
    tabs: Vec<Tab>,
    q: String,
    statuses: Vec<Choice>,
    status_on: bool,
    payers: Vec<Choice>,
    payer_on: bool,
    uncollected: String,
    clear_href: String,
    csv_href: String,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<ListRow>,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct ListRow {
    href: String,
    number: String,
    opened: String,
    device: String,
    code: String,
    who: String,
    issue: String,
    technician: String,
    age: String,
    chip: Chip,
    pays: &'static str,
}

/// `GET /repairs/list`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query("/repairs/list", &query.unwrap_or_default(), &repairs::LIST);
    if list.is_file() {
        let shop = state.shop.clone();
        return Ok(file::csv(
            &state,
            &visitor.actor,
            "repair-tickets",
            list.request,
            move |request: PageRequest| {
                let shop = shop.clone();
                async move { app::lists::page::<RepairTicket>(&shop, &repairs::LIST, &request).await }
            },
        ));
    }
    let page = app::lists::page::<RepairTicket>(&state.shop, &repairs::LIST, &list.request).await?;
    let now = state.shop.now();
    let rows: Vec<ListRow> = page
        .data
        .iter()
        .map(|t| ListRow {
            href: format!("/repairs/{}", t.id),
            number: t.ticket_number.clone(),
            opened: long_date(t.opened_date),
            device: t.device.clone().unwrap_or_default(),
            code: t
                .asset_tag
                .clone()
                .or_else(|| t.device_serial.clone())
                .unwrap_or_default(),
            who: t.customer_name.clone().unwrap_or_else(|| "Our own stock".into()),
            issue: t.issue_type.clone(),
            technician: t.assigned_to_name.clone().unwrap_or_default(),
            age: match t.status {
                RepairStatus::Closed => String::new(),
                _ => waited(now, t.status_since),
            },
            chip: status_chip(t.status),
            pays: t.paid_by.as_str(),
        })
        .collect();
    let uncollected = list.filter("uncollected_days").to_owned();
    show(&Repairs {
        tabs: tabs(
            &visitor.actor,
            if uncollected.is_empty() {
                "All tickets"
            } else {
                "Not fetched"
            },
        ),
        q: list.q().into(),
        statuses: Choice::filter(RepairStatus::ALL.iter().map(|s| (s, s)), list.filter("status")),
        status_on: !list.filter("status").is_empty(),
        payers: Choice::filter(PaidBy::ALL.iter().map(|s| (s, s)), list.filter("paid_by")),
        payer_on: !list.filter("paid_by").is_empty(),
        uncollected,
        clear_href: list.clear_href(),
        csv_href: list.export_href("csv"),
        filtered: list.filtered(),
        heads: vec![
            list.head("Ticket", "id", false),
            list.head("Device", "", false),
            list.head("Customer", "", false),
            list.head("Fault", "", false),
            list.head("Technician", "", false),
            list.head("Pays", "", false),
            list.head("Status", "", false),
            list.head("For", "status_since", false),
            list.head("Taken in", "opened_date", false),
        ],
        shown: list.shown(rows.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        rows,
        frame: visitor.frame.titled("Repairs"),
    })
}

/// templates/pages/repair_form.html
#[derive(Debug, Template)]
#[template(path = "pages/repair_form.html")]
pub struct RepairForm {
    frame: Frame,
    form: Form,
    customer_id: String,
    customer: String,
    asset_id: String,
    asset: String,
    technicians: Vec<Choice>,
    may_work: bool,
    issue_types: &'static [&'static str],
    form_key: String,
    errors: Errors,
}

/// Kinds of fault that are proposed; any other can be typed.
const ISSUE_TYPES: &[&str] = &[
    "Screen Repair",
    "Battery Replacement",
    "Keyboard Repair",
    "Charging Port Repair",
    "Storage Upgrade",
    "Memory Upgrade",
    "Water Damage",
    "Software",
    "Diagnostics",
    "Other",
];

async fn form_page(
    state: &AppState,
    visitor: Visitor,
    form: Form,
    errors: Errors,
) -> Result<RepairForm, Refusal> {
    let customer = match form.get("customer_id").parse() {
        Ok(id) => app::customers::find(&state.shop, id).await.ok(),
        Err(_) => None,
    };
    let asset = match form.get("asset_id").parse::<AssetId>() {
        Ok(id) => app::assets::find(&state.shop, &visitor.actor, id).await.ok(),
        Err(_) => None,
    };
    let may_work = visitor.actor.can(Capability::WorkRepair);
    let technicians = repairs::technicians(&state.shop).await?;
    Ok(RepairForm {
        customer_id: customer.as_ref().map(|c| c.id.to_string()).unwrap_or_default(),
        customer: customer
            .map(|c| format!("{} · {}", c.full_name, visitor.frame.phone(&c.phone)))
            .unwrap_or_default(),
        asset_id: asset.as_ref().map(|a| a.asset.id.to_string()).unwrap_or_default(),
        asset: asset
            .map(|a| format!("{} · {} · {}", a.asset.title(), a.asset.asset_tag, a.asset.status))
            .unwrap_or_default(),
        technicians: Choice::list(technicians, form.get("assigned_to")),
        may_work,
        issue_types: ISSUE_TYPES,
        form,
        form_key: form_key(),
        errors,
        frame: visitor.frame.titled("Take in a repair"),
    })
}

/// `GET /repairs/new?customer_id=&asset_id=`
pub async fn new(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let form = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    show(&form_page(&state, visitor, form, Errors::default()).await?)
}

/// Reads the intake form as the command that the API takes.
async fn read(shop: &Shop, form: &Form) -> Result<NewTicket, Refusal> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for name in [
        "customer_id",
        "asset_id",
        "device_brand",
        "device_model",
        "device_serial",
        "issue_type",
        "issue_description",
        "condition_notes",
        "accessories",
        "promised_date",
        "assigned_to",
        "notes",
    ] {
        pairs.push((name, form.get(name).to_owned()));
    }
    let code = form.get("code").trim();
    if form.get("asset_id").is_empty() && !code.is_empty() {
        let id = app::assets::by_code(shop, code).await?.ok_or_else(|| {
            Refusal::invalid(
                "/code",
                "No device of ours has this tag, serial number or IMEI. Leave it empty and write make and model.",
            )
        })?;
        pairs.retain(|(name, _)| *name != "asset_id");
        pairs.push(("asset_id", id.to_string()));
    }
    let mut new: NewTicket = Form::from_pairs(pairs).parse(&[])?;
    let (name, phone) = (form.get("full_name").trim(), form.get("phone").trim());
    if new.customer_id.is_none() && !(name.is_empty() && phone.is_empty()) {
        let who = Form::from_pairs([("full_name", name.to_owned()), ("phone", phone.to_owned())]);
        new.customer = Some(who.parse(&[])?);
    }
    Ok(new)
}

/// `POST /repairs/new`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency("/repairs/new");
    let outcome = match read(&state.shop, &form).await {
        Ok(new) => repairs::open(&state.shop, &visitor.actor, new).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(detail) => Ok(redirect(
            &format!("/repairs/{}", detail.ticket.id),
            Some((
                "good",
                &format!(
                    "{} is taken in. Print the slip to sign.",
                    detail.ticket.ticket_number
                ),
            )),
        )),
        Err(Refusal::Replay(answer)) => {
            let id = answer.field("id").map(|id| id.to_string()).unwrap_or_default();
            Ok(redirect(&format!("/repairs/{id}"), None))
        }
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            for error in &mut errors.list {
                // What a body says of the customer stands in the form's own fields.
                match error.name.as_str() {
                    "customer_id" | "customer" | "customer_full_name" => error.name = "full_name".into(),
                    "customer_phone" => error.name = "phone".into(),
                    "asset_id" => error.name = "code".into(),
                    _ => {}
                }
            }
            let page = form_page(&state, visitor, form, errors).await?;
            show_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

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
    whatsapp_href: String,
    technicians: Vec<Choice>,
    events: Vec<Event>,
    photos: Vec<super::photos::PhotoView>,
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

async fn page(
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
    let sees_contacts = actor.can(Capability::SeeCustomerContacts);
    let phone = t
        .customer_phone
        .as_deref()
        .map(|p| frame.phone(p))
        .unwrap_or_default();
    let shop_name = state.shop.settings().await?.shop.name.clone();
    let whatsapp_href = match (t.status, t.customer_phone.as_deref().map(Phone::parse)) {
        (RepairStatus::Ready, Some(Ok(phone))) if sees_contacts => {
            phone.whatsapp_link(&repairs::ready_message(&shop_name, t))
        }
        _ => String::new(),
    };
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
        whatsapp_href,
        technicians: Choice::list(technicians, &chosen),
        events: all_events(&state.shop, id).await?,
        photos: app::photos::list(&state.shop, &actor, app::photos::Subject::RepairTicket(id))
            .await?
            .iter()
            .map(|p| super::photos::view(&state.shop, &actor, p))
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

/// After a form of a ticket's page: the page again, with a word or with what was wrong.
/// The page of a ticket again, with what was wrong.
pub(super) async fn again(
    state: &AppState,
    visitor: Visitor,
    id: RepairTicketId,
    form: Form,
    errors: Errors,
    status: StatusCode,
) -> PageResult {
    show_with(status, &page(state, visitor, id, form, errors).await?)
}

async fn after<T>(
    state: &AppState,
    visitor: Visitor,
    id: RepairTicketId,
    form: Form,
    word: &str,
    outcome: Result<T, Refusal>,
) -> PageResult {
    match outcome {
        Ok(_) => Ok(redirect(&format!("/repairs/{id}"), Some(("good", word)))),
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/repairs/{id}"), None)),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::CONFLICT,
            };
            let errors = Errors::from_refusal(refusal)?;
            show_with(status, &page(state, visitor, id, form, errors).await?)
        }
    }
}

macro_rules! keyed {
    ($visitor:ident, $form:ident, $id:ident, $what:literal) => {
        $visitor.actor.request.idempotency = $form.idempotency(&format!(concat!("/repairs/{}/", $what), $id))
    };
}

/// `POST /repairs/{id}/status`
pub async fn status(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "status");
    let outcome = match form.parse::<TicketStatus>(&[]) {
        Ok(to) => repairs::set_status(&state.shop, &visitor.actor, id, to).await,
        Err(refusal) => Err(refusal),
    };
    let word = format!("The ticket is {} now.", form.get("status"));
    after(&state, visitor, id, form, &word, outcome).await
}

/// `POST /repairs/{id}/notes`
pub async fn note(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "notes");
    let outcome = match form.parse::<NewNote>(&[]) {
        Ok(new) => repairs::note(&state.shop, &visitor.actor, id, new).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, form, "The note is written.", outcome).await
}

/// `POST /repairs/{id}/parts`
pub async fn add_part(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "parts");
    let outcome = match part(&state.shop, &form).await {
        Ok(new) => repairs::add_part(&state.shop, &visitor.actor, id, new).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, form, "The part is on the ticket.", outcome).await
}

async fn part(shop: &Shop, form: &Form) -> Result<NewPart, Refusal> {
    let sku = form.get("sku").trim();
    let bulk_stock_id = repairs::item_by_sku(shop, sku)
        .await?
        .ok_or_else(|| Refusal::invalid("/sku", "There is no item with this SKU: choose one of the list."))?;
    let quantity = form
        .get("quantity")
        .trim()
        .parse()
        .map_err(|_| Refusal::invalid("/quantity", "A quantity is a whole number."))?;
    Ok(NewPart {
        bulk_stock_id,
        quantity,
    })
}

/// `POST /repairs/{id}/parts/{part_id}/remove`
pub async fn remove_part(
    State(state): State<AppState>,
    mut visitor: Visitor,
    Path((id, part_id)): Path<(String, String)>,
    form: Form,
) -> PageResult {
    let id: RepairTicketId = id.parse().map_err(|_| Refusal::not_found("repair ticket"))?;
    let part_id: RepairPartId = part_id
        .parse()
        .map_err(|_| Refusal::not_found("part on this ticket"))?;
    visitor.actor.request.idempotency = form.idempotency(&format!("/repairs/{id}/parts/{part_id}/remove"));
    let outcome = repairs::remove_part(&state.shop, &visitor.actor, id, part_id).await;
    after(
        &state,
        visitor,
        id,
        form,
        "The part is back in the stock.",
        outcome,
    )
    .await
}

/// `POST /repairs/{id}/estimate`
pub async fn estimate(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "estimate");
    let outcome = match form.parse::<NewEstimate>(&[]) {
        Ok(new) => repairs::estimate(&state.shop, &visitor.actor, id, new).await,
        Err(refusal) => Err(refusal),
    };
    let word = "The estimate is written: ask the customer.";
    after(&state, visitor, id, form, word, outcome).await
}

/// `POST /repairs/{id}/estimate-answer`
pub async fn answer_estimate(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "estimate-answer");
    let outcome = match form.parse::<Answered>(&[]) {
        Ok(answered) => repairs::answer_estimate(&state.shop, &visitor.actor, id, answered).await,
        Err(refusal) => Err(refusal),
    };
    let word = match form.get("answer").parse() {
        Ok(EstimateAnswer::No) => "The customer said no: the device is ready to be fetched.",
        _ => "The customer said yes.",
    };
    after(&state, visitor, id, form, word, outcome).await
}

/// `POST /repairs/{id}/work`: whose work it is, labour, the promised day, what was done.
pub async fn work(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "work");
    let outcome = match change(&form) {
        Ok(change) => repairs::change(&state.shop, &visitor.actor, id, change).await,
        Err(refusal) => Err(refusal),
    };
    after(&state, visitor, id, form, "The ticket is changed.", outcome).await
}

/// Fields that the form shows, blank ones emptied; labour that is blank stays.
fn change(form: &Form) -> Result<TicketChange, Refusal> {
    let optional = |name: &str| Some(form.get(name).trim()).filter(|text| !text.is_empty());
    let mut change = TicketChange::default();
    if form.names().any(|n| n == "assigned_to") {
        let user: Option<UserId> = optional("assigned_to")
            .map(str::parse)
            .transpose()
            .map_err(|_| Refusal::invalid("/assigned_to", "Choose somebody of the list."))?;
        change.assigned_to = Some(user);
    }
    if form.names().any(|n| n == "promised_date") {
        let day = optional("promised_date")
            .map(str::parse)
            .transpose()
            .map_err(|_| Refusal::invalid("/promised_date", "Give a day as 2026-01-31."))?;
        change.promised_date = Some(day);
    }
    if let Some(labor) = optional("labor_cost") {
        let plain: String = labor.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
        change.labor_cost = Some(
            plain
                .parse()
                .map_err(|e: domain::MoneyError| Refusal::invalid("/labor_cost", e.to_string()))?,
        );
    }
    if form.names().any(|n| n == "resolution_notes") {
        change.resolution_notes = Some(
            optional("resolution_notes")
                .map(str::parse)
                .transpose()
                .map_err(|e: String| Refusal::invalid("/resolution_notes", e))?,
        );
    }
    Ok(change)
}

/// `POST /repairs/{id}/bill`
pub async fn bill(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    form: Form,
) -> PageResult {
    keyed!(visitor, form, id, "bill");
    match repairs::bill(&state.shop, &visitor.actor, id).await {
        Ok(detail) => {
            let to = match detail.ticket.invoice_id {
                Some(invoice) => format!("/invoices/{invoice}"),
                None => format!("/repairs/{id}"),
            };
            Ok(redirect(
                &to,
                Some(("good", "The repair is billed: take the payment.")),
            ))
        }
        other => after(&state, visitor, id, form, "", other).await,
    }
}

/// `GET /repairs/{id}/document.pdf?slip=intake|closing`
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<RepairTicketId>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let slip = crate::api::repair_tickets::slip(query.as_deref().unwrap_or(""))?;
    let printed = repairs::print(&state.shop, &visitor.actor, id, slip).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
