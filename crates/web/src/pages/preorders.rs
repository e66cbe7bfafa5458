//! Preorders: the board, the list, taking one, one of them with its next step, and the deposits that are held.

use super::invoices::{pdf, when};
use super::{PageResult, show, show_with};
use crate::AppState;
use crate::components::{Chip, Choice, Errors, Event, Head, ListPage, link};
use crate::extract::{PathId, PathIds};
use crate::form::{Form, form_key};
use crate::frame::{Frame, Visitor, long_date, redirect};
use app::preorders::{
    self, Arrival, CallOff, Close, FittingDevice, NewDeposit, NewPreorder, NewShortfall, Notice, PickUp,
    Preorder, PreorderDetail, Rejection, ValueDecision,
};
use app::sales::{NewLine, NewPayment, NewSale};
use app::{Actor, Capability, PageRequest, Refusal};
use askama::Template;
use axum::extract::{RawQuery, State};
use chrono::NaiveDate;
use domain::{
    Amount, AssetStatus, Grade, InvoiceCustomerType, Money, NotifyChannel, PaymentMethod, PreorderId,
    PreorderStatus,
};
use http::StatusCode;
use std::str::FromStr;

/// templates/pages/preorders.html
#[derive(Debug, Template)]
#[template(path = "pages/preorders.html")]
pub struct Board {
    frame: Frame,
    columns: Vec<Column>,
    open: String,
    overdue: String,
    held: String,
    sees_money: bool,
    may_take: bool,
}

/// A column of the board.
#[derive(Debug)]
struct Column {
    chip: Chip,
    count: String,
    cards: Vec<Card>,
    more_href: String,
}

/// A preorder on the board.
#[derive(Debug)]
struct Card {
    href: String,
    number: String,
    customer: String,
    thing: String,
    due: Chip,
}

/// What is due of a preorder, and how urgent it is.
fn due(p: &Preorder, today: NaiveDate) -> Chip {
    let days = |from: NaiveDate| (today - from).num_days();
    let plain = |n: i64| {
        if n == 1 {
            "1 day".to_owned()
        } else {
            format!("{n} days")
        }
    };
    let with = |text: String, tone: &str, icon: &str| Chip {
        status: text,
        tone: tone.into(),
        icon: icon.into(),
    };
    if p.called_off_at.is_some() {
        return with("Called off".into(), "neutral", "ban");
    }
    match (p.status, p.sla_date) {
        (PreorderStatus::DepositPending, _) if p.deposit_paid => {
            with("To be ordered".into(), "info", "check")
        }
        (PreorderStatus::DepositPending, _) if p.deposit_claimed => {
            with("Deposit to confirm".into(), "warn", "clock")
        }
        (PreorderStatus::DepositPending, _) => with("Deposit to take".into(), "warn", "wallet"),
        (status, Some(date)) if status.is_awaited() => match days(date) {
            late @ 1.. => with(format!("{} overdue", plain(late)), "bad", "circle-alert"),
            early if early >= -3 => with(format!("Due {}", long_date(date)), "warn", "clock"),
            _ => with(format!("Due {}", long_date(date)), "neutral", "calendar"),
        },
        (PreorderStatus::Arrived, _) => with("Tell the customer".into(), "warn", "megaphone"),
        (PreorderStatus::CustomerNotified, _) => {
            let since = p.customer_notified_date.map_or(0, days);
            let text = if since > 0 {
                format!("Told {} ago", plain(since))
            } else {
                "Told today".into()
            };
            with(text, if since > 7 { "warn" } else { "neutral" }, "clock")
        }
        (PreorderStatus::Rejected, _) => with("To be resold".into(), "warn", "tag"),
        (PreorderStatus::Resold, _) => with("To be settled".into(), "warn", "wallet"),
        (PreorderStatus::PickedUp, _) => with("To be closed".into(), "neutral", "check"),
        (status, _) => with(status.to_string(), "neutral", "check"),
    }
}

fn thing(p: &Preorder) -> String {
    let mut text: String = p
        .requested_specs
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(90)
        .collect();
    if text.len() < p.requested_specs.len() {
        text.push('…');
    }
    text
}

/// `GET /preorders`
pub async fn board(State(state): State<AppState>, visitor: Visitor) -> PageResult {
    let columns = preorders::board(&state.shop, &visitor.actor).await?;
    let (_, held) = preorders::held_total(&state.shop).await?;
    let today = state.shop.today();
    let overdue = columns
        .iter()
        .flat_map(|c| &c.preorders)
        .filter(|p| p.is_overdue)
        .count();
    show(&Board {
        open: columns.iter().map(|c| c.count).sum::<i64>().to_string(),
        overdue: overdue.to_string(),
        held: held.grouped(),
        sees_money: visitor.frame.can(&Capability::ViewInvoices),
        may_take: visitor.frame.can(&Capability::EditPreorders),
        columns: columns
            .iter()
            .map(|c| Column {
                chip: Chip::toned(c.status.as_str(), c.status.tone()),
                count: c.count.to_string(),
                more_href: match usize::try_from(c.count).is_ok_and(|n| n > c.preorders.len()) {
                    true => link("/preorders/list", &[("status", c.status.as_str())]),
                    false => String::new(),
                },
                cards: c
                    .preorders
                    .iter()
                    .map(|p| Card {
                        href: format!("/preorders/{}", p.id),
                        number: p.preorder_number.clone(),
                        customer: p.customer_name.clone(),
                        thing: thing(p),
                        due: due(p, today),
                    })
                    .collect(),
            })
            .collect(),
        frame: visitor.frame.titled("Preorders"),
    })
}

/// templates/pages/preorder_list.html
#[derive(Debug, Template)]
#[template(path = "pages/preorder_list.html")]
pub struct List {
    frame: Frame,
    q: String,
    statuses: Vec<Choice>,
    has_status: bool,
    overdue: Vec<Choice>,
    has_overdue: bool,
    called_off: Vec<Choice>,
    has_called_off: bool,
    clear_href: String,
    filtered: bool,
    heads: Vec<Head>,
    rows: Vec<Row>,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct Row {
    href: String,
    number: String,
    customer: String,
    thing: String,
    chip: Chip,
    due: Chip,
    deposit: String,
}

/// `GET /preorders/list`
pub async fn list(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let list = ListPage::from_query("/preorders/list", &query.unwrap_or_default(), &preorders::LIST);
    let page = preorders::page(&state.shop, &visitor.actor, &list.request).await?;
    let today = state.shop.today();
    let rows: Vec<Row> = page
        .data
        .iter()
        .map(|p| Row {
            href: format!("/preorders/{}", p.id),
            number: p.preorder_number.clone(),
            customer: p.customer_name.clone(),
            thing: thing(p),
            chip: Chip::toned(p.status.as_str(), p.status.tone()),
            due: due(p, today),
            deposit: if p.deposit_held.is_positive() {
                p.deposit_held.grouped()
            } else {
                String::new()
            },
        })
        .collect();
    let statuses = PreorderStatus::ALL.iter().map(|s| (s.as_str(), s.as_str()));
    show(&List {
        q: list.q().into(),
        statuses: Choice::filter(statuses, list.filter("status")),
        has_status: !list.filter("status").is_empty(),
        overdue: Choice::filter(
            [("true", "Overdue"), ("false", "In time")],
            list.filter("is_overdue"),
        ),
        has_overdue: !list.filter("is_overdue").is_empty(),
        called_off: Choice::filter(
            [("false", "Go on"), ("true", "Called off")],
            list.filter("is_called_off"),
        ),
        has_called_off: !list.filter("is_called_off").is_empty(),
        clear_href: list.clear_href(),
        filtered: list.filtered(),
        heads: vec![
            list.head("Preorder", "created_at", false),
            list.head("Customer", "", false),
            list.head("Wanted", "", false),
            list.head("Status", "", false),
            list.head("Due", "sla_date", false),
            list.head("Deposit held", "", true),
        ],
        shown: list.shown(rows.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        rows,
        frame: visitor.frame.titled("All preorders"),
    })
}

/// templates/pages/preorder_deposits.html
#[derive(Debug, Template)]
#[template(path = "pages/preorder_deposits.html")]
pub struct Deposits {
    frame: Frame,
    total: String,
    count: String,
    q: String,
    clear_href: String,
    filtered: bool,
    export_href: String,
    heads: Vec<Head>,
    rows: Vec<HeldRow>,
    shown: String,
    next_href: String,
    first_href: String,
}

#[derive(Debug)]
struct HeldRow {
    href: String,
    number: String,
    customer: String,
    chip: Chip,
    taken: String,
    how: String,
    claimed: bool,
    amount: String,
}

/// `GET /preorders/deposits`
pub async fn deposits(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> PageResult {
    let list = ListPage::from_query(
        "/preorders/deposits",
        &query.unwrap_or_default(),
        &preorders::DEPOSITS_HELD,
    );
    if list.is_file() {
        let (shop, actor) = (state.shop.clone(), visitor.actor.clone());
        let fetch = move |request: PageRequest| {
            let (shop, actor) = (shop.clone(), actor.clone());
            async move { preorders::held(&shop, &actor, &request).await }
        };
        return Ok(crate::file::csv(
            &state,
            &visitor.actor,
            "deposits-held",
            list.request,
            fetch,
        ));
    }
    let page = preorders::held(&state.shop, &visitor.actor, &list.request).await?;
    let (count, total) = preorders::held_total(&state.shop).await?;
    let rows: Vec<HeldRow> = page
        .data
        .iter()
        .map(|d| HeldRow {
            href: format!("/preorders/{}", d.preorder_id),
            number: d.preorder_number.clone(),
            customer: d.customer_name.clone(),
            chip: Chip::toned(d.status.as_str(), d.status.tone()),
            taken: d.deposit_date.map(long_date).unwrap_or_default(),
            how: [
                d.deposit_payment_method.map(|m| m.to_string()),
                d.deposit_reference.clone(),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
            claimed: d.deposit_claimed,
            amount: d.deposit_held.grouped(),
        })
        .collect();
    show(&Deposits {
        total: total.grouped(),
        count: count.to_string(),
        q: list.q().into(),
        clear_href: list.clear_href(),
        filtered: list.filtered(),
        export_href: list.export_href("csv"),
        heads: vec![
            list.head("Preorder", "", false),
            list.head("Customer", "", false),
            list.head("Status", "", false),
            list.head("Taken", "deposit_date", false),
            list.head("How", "", false),
            list.head("Held", "deposit_held", true),
        ],
        shown: list.shown(rows.len(), page.next_cursor.is_some()),
        next_href: list.next_href(page.next_cursor.as_deref()),
        first_href: list.first_href(),
        rows,
        frame: visitor.frame.titled("Deposits held"),
    })
}

/// templates/pages/preorder_form.html
#[derive(Debug, Template)]
#[template(path = "pages/preorder_form.html")]
pub struct NewPage {
    frame: Frame,
    form: Form,
    found: Vec<FoundCustomer>,
    looked: bool,
    models: Vec<Choice>,
    grades: Vec<Choice>,
    policy: String,
    form_key: String,
    errors: Errors,
}

#[derive(Debug)]
struct FoundCustomer {
    id: String,
    name: String,
    phone: String,
    chosen: bool,
}

async fn new_page(
    state: &AppState,
    visitor: Visitor,
    mut form: Form,
    errors: Errors,
) -> Result<NewPage, Refusal> {
    let settings = state.shop.settings().await?;
    let known = form.get("customer_id").to_owned();
    let mut found = Vec::new();
    if let Ok(id) = known.parse() {
        found.push(app::customers::find(&state.shop, id).await?);
    } else if !form.get("find").trim().is_empty() {
        let request = PageRequest {
            limit: 6,
            q: Some(form.get("find").trim().into()),
            ..PageRequest::default()
        };
        found = app::customers::page(&state.shop, &visitor.actor, &request)
            .await?
            .data;
    }
    if form.names().next().is_none() || form.get("deposit_amount").is_empty() {
        let mut pairs: Vec<(String, String)> = form
            .names()
            .map(|n| (n.to_owned(), form.get(n).to_owned()))
            .collect();
        pairs.retain(|(name, _)| name != "deposit_amount");
        pairs.push(("deposit_amount".into(), settings.preorder_deposit.to_string()));
        form = pairs.into_iter().collect();
    }
    let request = PageRequest {
        limit: 200,
        ..PageRequest::default()
    };
    let models = app::lists::page::<app::catalog::ProductModel>(&state.shop, &app::catalog::LIST, &request)
        .await?
        .data;
    let label = |m: &app::catalog::ProductModel| {
        [
            Some(domain::catalog::title(&m.brand, &m.model_name)),
            m.cpu.clone(),
            m.ram.clone(),
            m.storage.clone(),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
    };
    Ok(NewPage {
        looked: !form.get("find").trim().is_empty() && known.is_empty(),
        found: found
            .iter()
            .map(|c| FoundCustomer {
                id: c.id.to_string(),
                name: c.business_name.as_ref().map_or(c.full_name.clone(), |b| format!("{} ({b})", c.full_name)),
                phone: visitor.frame.phone(&c.phone),
                chosen: known == c.id.to_string(),
            })
            .collect(),
        models: Choice::list(models.iter().map(|m| (m.id, label(m))), form.get("product_model_id")),
        grades: Choice::list(Grade::ALL.iter().map(|g| (g.as_str(), format!("Grade {g}"))), form.get("wanted_grade")),
        policy: settings.preorder_policy.clone().unwrap_or_else(|| {
            "Deposit applied toward purchase. If rejected, the shop may resell before reimbursing. The customer owes any shortfall.".into()
        }),
        form_key: form_key(),
        form,
        errors,
        frame: visitor.frame.titled("New preorder"),
    })
}

/// `GET /preorders/new`
pub async fn new(State(state): State<AppState>, visitor: Visitor, RawQuery(query): RawQuery) -> PageResult {
    let asked = Form::parse_bytes(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    show(&new_page(&state, visitor, asked, Errors::default()).await?)
}

/// "5,140.50" and "5 140.5" as people type them.
fn plain_amount(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, ',' | ' ' | '\u{a0}'))
        .collect()
}

fn new_wish(form: &Form) -> Result<NewPreorder, Refusal> {
    let money = [
        "target_price_min",
        "target_price_max",
        "agreed_price",
        "deposit_amount",
    ];
    let fields = form
        .names()
        .filter(|n| !["find", "act", "full_name", "phone"].contains(n))
        .map(|name| {
            let value = form.get(name);
            (
                name.to_owned(),
                if money.contains(&name) {
                    plain_amount(value)
                } else {
                    value.to_owned()
                },
            )
        });
    let mut wish: NewPreorder = Form::from_pairs(fields).parse(&[])?;
    if wish.customer_id.is_none()
        && !(form.get("full_name").trim().is_empty() && form.get("phone").trim().is_empty())
    {
        let fields = ["full_name", "phone"].map(|name| (name, form.get(name).to_owned()));
        wish.customer = Some(Form::from_pairs(fields).parse(&[])?);
    }
    Ok(wish)
}

/// `POST /preorders/new`
pub async fn create(State(state): State<AppState>, mut visitor: Visitor, form: Form) -> PageResult {
    if form.get("act") == "find" {
        return show(&new_page(&state, visitor, form, Errors::default()).await?);
    }
    visitor.actor.request.idempotency = form.idempotency("/preorders/new");
    let outcome = match new_wish(&form) {
        Ok(wish) => preorders::create(&state.shop, &visitor.actor, wish).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(detail) => {
            let text = format!(
                "{} is taken. Take its deposit next.",
                detail.preorder.preorder_number
            );
            Ok(redirect(
                &format!("/preorders/{}", detail.preorder.id),
                Some(("good", &text)),
            ))
        }
        Err(Refusal::Replay(answer)) => {
            let id = answer.field("id").map(|id| id.to_string()).unwrap_or_default();
            Ok(redirect(&format!("/preorders/{id}"), None))
        }
        Err(refusal) => {
            let mut errors = Errors::from_refusal(refusal)?;
            for error in &mut errors.list {
                if error.name == "customer_id" || error.name == "customer" {
                    error.name = "find".into();
                    error.label = "Customer".into();
                }
            }
            show_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &new_page(&state, visitor, form, errors).await?,
            )
        }
    }
}

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
    whatsapp_href: String,
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

async fn detail_page(
    state: &AppState,
    visitor: Visitor,
    id: PreorderId,
    form: Form,
    errors: Errors,
) -> Result<PreorderPage, Refusal> {
    let detail = preorders::find(&state.shop, &visitor.actor, id).await?;
    let settings = state.shop.settings().await?;
    let devices = match detail.preorder.status.is_awaited() && detail.preorder.called_off_at.is_none() {
        true => preorders::devices_fitting(&state.shop, id).await?,
        false => Vec::new(),
    };
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
        whatsapp_href: match (p.status.holds_device(), sees_contacts) {
            (true, true) => preorders::arrived_whatsapp(p, &settings.shop.name).unwrap_or_default(),
            _ => String::new(),
        },
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

/// What a form of the page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Takes the deposit.
    Deposit,
    /// Orders.
    Order,
    /// It left the supplier.
    InTransit,
    /// Links what arrived.
    Arrive,
    /// The customer was told.
    Notify,
    /// Sells it to the customer.
    PickUp,
    /// The customer does not want it.
    Reject,
    /// Sells it to somebody else.
    Resell,
    /// Settles and ends it.
    Close,
    /// Takes what the customer still owes.
    Shortfall,
    /// It never comes.
    CallOff,
    /// What is rejected does not sell.
    DecideValue,
    /// A claimed deposit was seen.
    ConfirmDeposit,
    /// A claimed deposit never came.
    RejectDeposit,
}

impl FromStr for Step {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "deposit" => Step::Deposit,
            "order" => Step::Order,
            "in-transit" => Step::InTransit,
            "arrive" => Step::Arrive,
            "notify" => Step::Notify,
            "pick-up" => Step::PickUp,
            "reject" => Step::Reject,
            "resell" => Step::Resell,
            "close" => Step::Close,
            "shortfall" => Step::Shortfall,
            "call-off" => Step::CallOff,
            "decide-value" => Step::DecideValue,
            "confirm-deposit" => Step::ConfirmDeposit,
            "reject-deposit" => Step::RejectDeposit,
            _ => return Err(()),
        })
    }
}

/// The fields of a form that a command takes, with amounts as they are read.
fn fields<T: serde::de::DeserializeOwned>(form: &Form, names: &[&'static str]) -> Result<T, Refusal> {
    let read = |name: &&'static str| {
        let value = form.get(name);
        let value = if matches!(*name, "amount" | "unit_price" | "resale_recovery_amount") {
            plain_amount(value)
        } else {
            value.to_owned()
        };
        (*name, value)
    };
    Form::from_pairs(names.iter().map(read).collect::<Vec<_>>()).parse(&[])
}

/// The two rows of tender of a form that sells.
fn tenders(form: &Form) -> Result<Vec<NewPayment>, Refusal> {
    let mut payments = Vec::new();
    for n in 0..2 {
        let typed = plain_amount(form.get(&format!("payments_{n}_amount")));
        if typed.is_empty() || Money::parse(&typed).is_ok_and(Money::is_zero) {
            continue;
        }
        let at = |field: &str| format!("/payments_{n}_{field}");
        let amount: Amount = typed
            .parse()
            .map_err(|e: domain::MoneyError| Refusal::invalid(at("amount"), e.to_string()))?;
        let method: PaymentMethod = form
            .get(&format!("payments_{n}_payment_method"))
            .parse()
            .map_err(|e: domain::TextError| Refusal::invalid(at("payment_method"), e.to_string()))?;
        let reference = form.get(&format!("payments_{n}_reference")).trim().to_owned();
        payments.push(NewPayment {
            payment_method: method,
            amount,
            reference: match reference.is_empty() {
                true => None,
                false => Some(
                    reference
                        .parse()
                        .map_err(|e: String| Refusal::invalid(at("reference"), e))?,
                ),
            },
            notes: None,
            payment_date: None,
            back_date_reason: None,
            claimed: false,
        });
    }
    Ok(payments)
}

async fn perform(
    state: &AppState,
    actor: &Actor,
    id: PreorderId,
    step: Step,
    form: &Form,
) -> Result<(PreorderDetail, &'static str), Refusal> {
    let shop = &state.shop;
    Ok(match step {
        Step::Deposit => {
            let mut new: NewDeposit = fields(form, &["payment_method", "amount", "reference", "notes"])?;
            new.claimed = form.is_on("claimed");
            (
                preorders::deposit(shop, actor, id, new).await?,
                "The deposit is taken.",
            )
        }
        Step::ConfirmDeposit => (
            preorders::confirm_deposit(shop, actor, id).await?,
            "The deposit is confirmed.",
        ),
        Step::RejectDeposit => {
            let word = fields(form, &["reason"])?;
            (
                preorders::reject_deposit(shop, actor, id, word).await?,
                "The deposit is taken back: another can be taken.",
            )
        }
        Step::Order => (preorders::order(shop, actor, id).await?, "It is ordered."),
        Step::InTransit => (preorders::ship(shop, actor, id).await?, "It is on its way."),
        Step::Arrive => {
            let asset_id = match (form.get("asset_id").trim(), form.get("code").trim()) {
                ("", "") => {
                    return Err(Refusal::invalid(
                        "/code",
                        "Choose the device that arrived, or scan its tag or serial number.",
                    ));
                }
                (chosen, "") => chosen
                    .parse()
                    .map_err(|_| Refusal::invalid("/code", "There is no such device."))?,
                (_, code) => preorders::device_named(shop, code)
                    .await
                    .map_err(|refusal| match refusal {
                        Refusal::Invalid(_) => Refusal::invalid("/code", refusal.sentence()),
                        other => other,
                    })?,
            };
            (
                preorders::arrive(shop, actor, id, Arrival { asset_id }).await?,
                "The device is kept for this preorder.",
            )
        }
        Step::Notify => {
            let notice: Notice = fields(form, &["channel"])?;
            (
                preorders::notify(shop, actor, id, notice).await?,
                "Noted that the customer was told.",
            )
        }
        Step::PickUp => {
            let mut wish: PickUp = fields(form, &["unit_price", "notes"])?;
            wish.payments = tenders(form)?;
            if !form.get("sku").trim().is_empty() {
                let sku = form
                    .get("sku")
                    .trim()
                    .parse()
                    .map_err(|e: domain::TextError| Refusal::invalid("/sku", e.to_string()))?;
                wish.lines.push(NewLine {
                    sku: Some(sku),
                    ..NewLine::default()
                });
            }
            let done = preorders::pick_up(shop, actor, id, wish)
                .await
                .map_err(|refusal| match refusal {
                    Refusal::Invalid(errors) if errors.iter().any(|e| e.pointer.starts_with("/lines")) => {
                        Refusal::invalid("/sku", Refusal::Invalid(errors).sentence())
                    }
                    other => other,
                })?;
            (done, "Handed over: the invoice is paid and the device is sold.")
        }
        Step::Reject => {
            let rejection: Rejection = fields(form, &["reason"])?;
            (
                preorders::reject(shop, actor, id, rejection).await?,
                "Noted. The device can be sold to somebody else.",
            )
        }
        Step::Resell => {
            let preorder = preorders::find(shop, actor, id).await?.preorder;
            let typed = ["full_name", "phone"].map(|name| (name, form.get(name).to_owned()));
            let known = typed.iter().any(|(_, value)| !value.trim().is_empty());
            let price = fields::<PickUp>(form, &["unit_price"])?.unit_price;
            let sale = NewSale {
                customer_id: None,
                customer: if known {
                    Some(Form::from_pairs(typed).parse(&[])?)
                } else {
                    None
                },
                customer_type: if known {
                    InvoiceCustomerType::Retail
                } else {
                    InvoiceCustomerType::WalkIn
                },
                approval: None,
                lead_source: None,
                notes: None,
                lines: vec![NewLine {
                    asset_id: preorder.asset_id,
                    unit_price: price,
                    ..NewLine::default()
                }],
                payments: tenders(form)?,
                warranty_tier: None,
                invoice_date: None,
                back_date_reason: None,
                trade_ins: Vec::new(),
            };
            (
                preorders::resell(shop, actor, id, sale).await?,
                "Sold. Settle with the customer next.",
            )
        }
        Step::Close => {
            let how: Close = fields(form, &["payment_method", "reference", "reason"])?;
            (
                preorders::close(shop, actor, id, how).await?,
                "The preorder is closed.",
            )
        }
        Step::CallOff => {
            let how: CallOff = fields(form, &["reason", "payment_method", "reference"])?;
            (
                preorders::call_off(shop, actor, id, how).await?,
                "Called off, and the deposit is given back.",
            )
        }
        Step::DecideValue => {
            let decision: ValueDecision = fields(form, &["resale_recovery_amount", "reason"])?;
            (
                preorders::decide_value(shop, actor, id, decision).await?,
                "Decided. Settle with the customer next.",
            )
        }
        Step::Shortfall => {
            let new: NewShortfall = fields(form, &["payment_method", "amount", "reference"])?;
            (
                preorders::pay_shortfall(shop, actor, id, new).await?,
                "The money is taken.",
            )
        }
    })
}

/// `POST /preorders/{id}/{step}`
pub async fn step(
    State(state): State<AppState>,
    mut visitor: Visitor,
    PathIds(id, step): PathIds<PreorderId, Step>,
    form: Form,
) -> PageResult {
    visitor.actor.request.idempotency = form.idempotency(&format!("/preorders/{id}/{step:?}"));
    match perform(&state, &visitor.actor, id, step, &form).await {
        Ok((_, word)) => {
            let to = match form.get("back") {
                "claimed" => "/payments/claimed".to_owned(),
                _ => format!("/preorders/{id}"),
            };
            Ok(redirect(&to, Some(("good", word))))
        }
        Err(Refusal::Replay(_)) => Ok(redirect(&format!("/preorders/{id}"), None)),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Conflict { .. } => StatusCode::CONFLICT,
                Refusal::Forbidden { .. } => StatusCode::FORBIDDEN,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let errors = Errors::from_refusal(refusal)?;
            show_with(status, &detail_page(&state, visitor, id, form, errors).await?)
        }
    }
}

/// `GET /preorders/{id}/agreement.pdf`
pub async fn agreement(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PreorderId>,
) -> PageResult {
    let printed = preorders::print_agreement(&state.shop, &visitor.actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}

/// `GET /preorders/{id}/deposit.pdf`
pub async fn deposit_receipt(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<PreorderId>,
) -> PageResult {
    let printed = preorders::print_deposit(&state.shop, &visitor.actor, id).await?;
    Ok(pdf(&printed.file_name, printed.pdf))
}
